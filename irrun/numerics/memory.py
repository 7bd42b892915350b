"""Where arrays get their memory from."""

from functools import cache
from typing import Final

import numpy as np

_BYTES: Final = 16 * 1024 * 1024


@cache
def keep_freed_memory() -> None:
    """Have the C library keep freed memory for the next array, up to some 32 MB.

    glibc gives memory back to the system as soon as 128 KB at the end of the heap are free. The
    next array gets it back page by page, which takes longer than computing what is stored there.
    The limit grows when a larger block is freed (mallopt(3), M_MMAP_THRESHOLD), so one is
    allocated and freed, without being touched. Other C libraries take no notice.
    """
    np.empty(_BYTES, np.uint8)
