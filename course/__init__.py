"""What makes the notebooks a course: exercises, experiments, figures, grading, maintenance.

A lesson imports what its reader calls: ``from course import check, hint, use, progress``. They are
loaded when they are asked for, so that the maintenance tools start where NumPy does not.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from course.exercises import check, hint, progress, use

__all__ = ["check", "hint", "progress", "use"]


def __getattr__(name: str) -> Any:
    """Load one of the names above when it is first asked for."""
    if name in __all__:
        return getattr(importlib.import_module("course.exercises"), name)
    raise AttributeError(f"module 'course' has no attribute {name!r}")
