"""Arrays from the bytes of an .npz file, which may be damaged, or say more than it holds."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from irrun.errors.loading import LimitExceeded
from irrun.limits import RECORDED_BYTES


def arrays_of(data: bytes) -> dict[str, NDArray[Any]]:
    """Return the arrays of an .npz file by name.

    Raises:
        LimitExceeded: IR105, unpacked they are larger than a file of recorded values may be.
        Exception: It is damaged; zipfile and numpy have many ways to say so.
    """
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        size = sum(member.file_size for member in packed.infolist())
    if size > RECORDED_BYTES.value:
        raise LimitExceeded(
            what="the unpacked size",
            got=f"{size} bytes",
            limit=f"{RECORDED_BYTES.value} bytes",
            hint=RECORDED_BYTES.way_out,
        )
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except MemoryError:
        raise ValueError("an array says that it is larger than the memory") from None
