"""Grade anew what was handed in, and say whose points change: after a check was corrected."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from course.grading.grade import grade
from course.grading.release import Trouble, open_course
from course.grading.results import Item, Row, read_results

__all__ = ["regrade"]


def regrade(course: Path, assignment: str, names: Sequence[str] = (), *, jobs: int = 0) -> int:
    """Grade all stored submissions again and print the points that have changed.

    Marks of a hand stay where the answer is the same. Grading is the same for the same answer and
    the same check, so only exercises whose check has changed can change their points.

    Parameters
    ----------
    course : Path
        The course's folder.
    assignment : str
        The assignment.
    names : sequence of str
        Exercises whose points are told; all without them.
    jobs : int
        How many at a time; 0 for one on each core.

    Returns
    -------
    int
        As `grade`.

    Raises
    ------
    Trouble
        If an exercise is not in the assignment, or nothing has been graded.
    """
    items, before = _results(course, assignment)
    known = [item.name for item in items]
    for name in names:
        if name not in known:
            raise Trouble(f"{name!r} is not in {assignment}; there are: {', '.join(known)}")
    if not before:
        raise Trouble(f"nothing of {assignment} has been graded yet: see `grade`")
    outcome = grade(course, assignment, None, jobs=jobs, again=True)
    after = _results(course, assignment)[1]
    lines = [
        f"{student}: {name} {before[student].points.get(name, 0):g} → {row.points.get(name, 0):g}"
        for student, row in after.items()
        if student in before
        for name in names or known
        if before[student].points.get(name, 0) != row.points.get(name, 0)
    ]
    print("\n".join(lines) if lines else "No points have changed.")
    return outcome


def _results(course: Path, assignment: str) -> tuple[list[Item], dict[str, Row]]:
    items, rows = read_results(open_course(course), course, assignment)
    return items, {row.student: row for row in rows if row.points}
