"""Settings for all tests."""

import pytest
from hypothesis import is_hypothesis_test, settings
from support.examples import LONG_PROFILE, register_profiles

from irrun.compare.golden.report.ci import in_ci

pytest_plugins = ["pytester"]

# In CI the same examples each time: a run is red because of its change, not by chance. New
# examples are found where people work, and by `make test` without CI set.
register_profiles(same_each_time=in_ci())


def is_long_run(config: pytest.Config) -> bool:
    """True for `make test-long`."""
    return bool(config.getoption("markexpr") == "long")


def pytest_configure(config: pytest.Config) -> None:
    """Choose how many examples are tried, before any test is imported."""
    settings.load_profile(LONG_PROFILE if is_long_run(config) else "quick")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In the long run, try every claim that has examples with more of them."""
    if not is_long_run(config):
        return
    for item in items:
        if isinstance(item, pytest.Function) and is_hypothesis_test(item.obj):
            item.add_marker(pytest.mark.long)
