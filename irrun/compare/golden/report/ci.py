"""Whether this runs in CI, where nothing is recorded, accepted, left or asked."""

import os
from typing import Final

NOT_CI: Final = ("", "0", "false", "no")
"""What `CI` may be set to and still not count, in any case of letters."""


def in_ci() -> bool:
    """True if the variable `CI` is set, and not to nothing, `0`, `false` or `no`."""
    return os.environ.get("CI", "").strip().lower() not in NOT_CI
