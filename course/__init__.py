"""What makes the notebooks a course: exercises, experiments, figures, grading, maintenance.

A lesson imports what its reader calls: ``from course import check, hint, use, progress``.
"""

from course.exercises import check, hint, progress, use

__all__ = ["check", "hint", "progress", "use"]
