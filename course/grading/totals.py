"""Totals of a term: weights, and weeks that do not count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from course.grading.release import Trouble, open_course
from course.grading.report import write_csv
from course.grading.results import read_results
from course.grading.roster import read_roster

__all__ = ["total_of", "write_totals"]


def total_of(
    shares: Mapping[str, float], weights: Mapping[str, float], drop: int
) -> tuple[float, list[str]]:
    """Return a student's total in percent, and the assignments that do not count.

    Parameters
    ----------
    shares : dict
        For each assignment the points earned, as a share of those that could be; 0 for nothing.
    weights : dict
        How much each assignment counts.
    drop : int
        How many of the lowest shares do not count; of equal ones the lightest.
    """
    order = sorted(shares, key=lambda name: (shares[name], weights[name], name))
    dropped = order[:drop]
    counted = [name for name in shares if name not in dropped]
    weight = sum(weights[name] for name in counted)
    earned = sum(weights[name] * shares[name] for name in counted)
    return (100 * earned / weight if weight else 0.0), dropped


def write_totals(
    course: Path, assignments: Sequence[str], weights: Mapping[str, float], drop: int = 0
) -> Path:
    """Write ``report/totals.csv``: each student's percent in each assignment, and in all.

    Parameters
    ----------
    course : Path
        The course's folder.
    assignments : sequence of str
        Those of the term.
    weights : dict
        How much an assignment counts; 1 where it is not named.
    drop : int
        How many of each student's lowest assignments do not count.

    Raises
    ------
    Trouble
        If nothing would count, or a weight is for another assignment.
    """
    if not 0 <= drop < len(assignments):
        raise Trouble(f"--drop {drop}: of {len(assignments)} assignments none would count")
    for name in weights:
        if name not in assignments:
            raise Trouble(f"--weight {name}: not among {', '.join(assignments)}")
    heavy = {name: weights.get(name, 1.0) for name in assignments}
    api = open_course(course)
    shares: dict[str, dict[str, float]] = {
        one.id: dict.fromkeys(assignments, 0.0) for one in read_roster(course).students
    }
    open_: dict[str, int] = {}
    for name in assignments:
        items, rows = read_results(api, course, name)
        of = sum(item.points for item in items) or 1.0
        for row in rows:
            mine = shares.setdefault(row.student, dict.fromkeys(assignments, 0.0))
            mine[name] = row.total / of
            open_[row.student] = open_.get(row.student, 0) + len(row.awaiting)
    lines: list[list[object]] = [["student", "percent", *assignments, "not counted", "awaiting"]]
    for student in sorted(shares):
        total, dropped = total_of(shares[student], heavy, drop)
        each = [f"{100 * shares[student][name]:.1f}" for name in assignments]
        lines.append(
            [student, f"{total:.1f}", *each, " ".join(sorted(dropped)), open_.get(student, 0)]
        )
    path = course / "report" / "totals.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_csv(path, lines)
    return path
