"""With how many examples a claim is tried: some in `make test`, more in the long run."""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings

Test = TypeVar("Test", bound=Callable[..., Any])

LONG_PROFILE = "long"
"""The profile of hypothesis that stands for the long run; `conftest.py` loads it for `-m long`."""


def in_long_run() -> bool:
    """True if what is collected now is for `make test-long`."""
    return settings.get_current_profile_name() == LONG_PROFILE


def examples(quick: int, long: int | None = None) -> Callable[[Test], Test]:
    """Return a decorator that tries a claim with so many examples; if `long`, in both runs.

    To be written above `@given`.
    """
    count = long if long is not None and in_long_run() else quick
    few = settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck))

    def decorated(test: Test) -> Test:
        tried = few(test)
        return pytest.mark.long(tried) if long is not None and in_long_run() else tried

    return decorated
