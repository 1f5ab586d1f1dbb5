"""What the tests of this folder share; helpers/tools/pytest_plugin.py has what every run needs."""

from __future__ import annotations

import matplotlib
from hypothesis import settings

matplotlib.use("agg")  # no window opens; the lessons' kernels choose for themselves

# The same inputs on every run and machine, and no limit on time: a busy machine is no bug.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")
