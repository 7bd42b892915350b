"""Keep slot values beyond their frame."""

from typing import Any

import numpy as np


def kept(value: Any) -> Any:
    """Return a value that stays as it is: bare arrays are filled anew in place, so are copied."""
    return value.copy() if isinstance(value, np.ndarray) else value
