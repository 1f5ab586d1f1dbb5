"""What the tests share; course/maintenance/pytest_plugin.py has what every run needs."""

from __future__ import annotations

from typing import Any

import matplotlib
from hypothesis import settings

from course.maintenance import contract, refresh

matplotlib.use("agg")  # no window opens; the lessons' kernels choose for themselves

# The same inputs on every run and machine, and no limit on time: a busy machine is no bug.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Report the lessons' lengths: a long cell is allowed, but should be a decision."""
    terminalreporter.section("lengths of the lessons' cores")
    terminalreporter.write_line(contract.table(refresh.lessons(refresh.ROOT / "notebooks")))
