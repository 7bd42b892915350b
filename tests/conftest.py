"""Settings for all tests."""

import os

from hypothesis import settings

pytest_plugins = ["pytester"]

# In CI the same examples each time: a run is red because of its change, not by chance. New
# examples are found where people work, and by `make test` without CI set.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("work", deadline=None)
settings.load_profile("work" if os.environ.get("CI", "false") in ("", "false") else "ci")
