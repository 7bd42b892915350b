"""Settings for all tests."""

import pytest
from examples import LONG_PROFILE
from hypothesis import settings

from irrun.compare.golden.ci import in_ci

pytest_plugins = ["pytester"]

# In CI the same examples each time: a run is red because of its change, not by chance. New
# examples are found where people work, and by `make test` without CI set.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("work", deadline=None)
settings.register_profile(LONG_PROFILE, derandomize=in_ci(), deadline=None)


def pytest_configure(config: pytest.Config) -> None:
    """Choose how many examples are tried, before any test is collected."""
    if config.getoption("markexpr") == "long":
        settings.load_profile(LONG_PROFILE)
    else:
        settings.load_profile("ci" if in_ci() else "work")
