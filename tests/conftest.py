"""Settings for all tests."""

from hypothesis import settings

from irrun.compare.golden.ci import in_ci

pytest_plugins = ["pytester"]

# In CI the same examples each time: a run is red because of its change, not by chance. New
# examples are found where people work, and by `make test` without CI set.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("work", deadline=None)
settings.load_profile("ci" if in_ci() else "work")
