"""Keep slot values beyond their frame."""

from typing import Any

import numpy as np


def kept(value: Any) -> Any:
    """Return a value that stays as it is: bare arrays are filled anew in place, so are copied."""
    is_filled_anew = isinstance(value, np.ndarray) and value.flags.writeable
    return value.copy() if is_filled_anew else value
