"""With how many examples a claim is tried: some in `make test`, more in the long run."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from hypothesis import HealthCheck, settings

Test = TypeVar("Test", bound=Callable[..., Any])

LONG_PROFILE: Final = "long"
"""The profile of hypothesis for `pytest -m long`, which runs all claims with examples again."""
QUICK: Final = 50
LONG: Final = 500
"""Examples of a claim that does not say how many it wants."""


def examples(quick: int, long: int) -> Callable[[Test], Test]:
    """Return a decorator, to be written above `@given`, that tries a claim so often."""
    is_long = settings.get_current_profile_name() == LONG_PROFILE
    return settings(max_examples=long if is_long else quick)


def register_profiles(*, same_each_time: bool) -> None:
    """Tell hypothesis how often claims are tried, and that none has a limit in seconds."""
    for name, count in (("quick", QUICK), (LONG_PROFILE, LONG)):
        settings.register_profile(
            name,
            max_examples=count,
            derandomize=same_each_time,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
