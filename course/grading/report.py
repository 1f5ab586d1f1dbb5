"""What a teacher gets: grades as CSV, each student's feedback, and a page about the class."""

from __future__ import annotations

import csv
import html
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from course.grading.class_page import class_page, open_answers, page
from course.grading.grade import (
    Work,
    api_of,
    digest_of_checks,
    read_records,
    released_cells,
    what_failed,
)
from course.grading.intake import Released
from course.grading.release import Trouble, open_course
from course.grading.results import ABSENT, Item, Made, Row, find_mistakes, read_results

__all__ = ["report", "write_csv"]

AWAITING = "awaiting"
SECONDS = 60.0  # for one student's pages; a text can be made to hold nbconvert for minutes


def report(course: Path, assignment: str, *, feedback: bool = True, jobs: int = 0) -> int:
    """Write the grades, the feedback and the class page.

    Parameters
    ----------
    course : Path
        The course's folder.
    assignment : str
        The assignment.
    feedback : bool
        Whether to write the students' pages.
    jobs : int
        How many pages at a time; 0 for one on each core.

    Returns
    -------
    int
        0, or 1 where a page could not be written.

    Raises
    ------
    Trouble
        If nothing has been graded.
    """
    api = open_course(course)
    released = released_cells(api, assignment)
    items, rows = read_results(api, course, assignment)
    if not rows:
        raise Trouble(f"nothing of {assignment} has been graded yet: see `grade`")
    folder = course / "report" / assignment
    folder.mkdir(parents=True, exist_ok=True)
    _write_grades(folder / "grades.csv", items, rows)
    mistakes = find_mistakes(items, rows)
    _write_mistakes(folder / "mistakes.csv", mistakes)
    (folder / "class.html").write_text(
        class_page(assignment, items, rows, mistakes), encoding="utf-8"
    )
    graded = [row.student for row in rows if row.status == "graded"]
    failed: list[str] = []
    if feedback:
        work = Work(_feedback_one, course, assignment, jobs, SECONDS)
        tasks = ((student, Path(), None) for student in graded)
        if work.run(tasks, len(graded), Counter(), failed):
            return 130
        for row in rows:
            place = course / "feedback" / row.student / assignment
            if row.status == "graded":
                _write_feedback(place, assignment, items, row)
            elif row.status != ABSENT:
                _write_problem(place, row)
    _offer_to_regrade(course, assignment, released)
    awaiting = sum(len(row.awaiting) for row in rows)
    print(f"{len(graded)} graded, {len(rows) - len(graded)} not graded.")
    if awaiting:
        print(f"{open_answers(awaiting)} you in the formgrader; the totals are without them.")
    for name in ("grades.csv", "mistakes.csv", "class.html"):
        print(folder / name)
    if feedback:
        print(course / "feedback" / "STUDENT" / assignment / "index.html")
    return 1 if failed else 0


def _offer_to_regrade(course: Path, assignment: str, released: Released) -> None:
    """Say how many were graded by checks that have been corrected since."""
    now = digest_of_checks(released.notebooks)
    records = read_records(course, assignment).values()
    old = sum(record.get("checks", now) != now for record in records)
    if old:
        print(
            f"{old} were graded by checks that have changed since. To grade them by today's: "
            f"python -m course.grading regrade {assignment}. Marks of a hand stay."
        )


def _feedback_one(course: str, assignment: str, student: str) -> str:
    return what_failed(api_of(course).generate_feedback(assignment, student, force=True))


def _safe(text: Any) -> Any:
    """Keep a spreadsheet from taking a student's text for a formula."""
    return (
        f"'{text}" if isinstance(text, str) and text[:1] in "=+-@\t\r\n＝＋－＠" and text else text
    )


def write_csv(path: Path, lines: Sequence[Sequence[Any]]) -> None:
    """Write lines as CSV that a spreadsheet opens, and in which no text is a formula."""
    text = io.StringIO()
    csv.writer(text).writerows([[_safe(value) for value in line] for line in lines])
    path.write_text(text.getvalue(), encoding="utf-8-sig", newline="")


def _write_grades(path: Path, items: Sequence[Item], rows: Sequence[Row]) -> None:
    head = ["student", "status", "points", "of", "awaiting", *(i.name for i in items)]
    lines: list[list[Any]] = [
        [*head, "hours late", "late penalty", "what was odd", "worth a look", "unread"]
    ]
    of = sum(item.points for item in items)
    for row in rows:
        cells = [
            AWAITING if item.name in row.awaiting else f"{row.points.get(item.name, 0.0):g}"
            for item in items
        ]
        lines.append(
            [
                row.student,
                row.status,
                f"{row.total:g}",
                f"{of:g}",
                len(row.awaiting),
                *cells,
                f"{row.late:.1f}",
                f"{row.penalty:g}",
                "; ".join(row.problems),
                "; ".join(row.look),
                "; ".join(row.unread),
            ]
        )
    write_csv(path, lines)


def _write_mistakes(path: Path, mistakes: Sequence[Made]) -> None:
    lines: list[list[Any]] = [["exercise", "mistake", "students", "message"]]
    lines += [[one.item.name, one.tag, len(one.students), one.message] for one in mistakes]
    write_csv(path, lines)


def _write_problem(folder: Path, row: Row) -> None:
    """Tell a student why nothing was graded."""
    folder.mkdir(parents=True, exist_ok=True)
    said = "".join(f"<li>{html.escape(problem)}</li>" for problem in row.problems)
    body = (
        "<p>What you handed in could not be graded:</p>"
        f"<ul>{said}</ul><p>Please hand it in again, or talk to your teacher.</p>"
    )
    (folder / "index.html").write_text(page("Not graded", body), encoding="utf-8")


def _write_feedback(folder: Path, assignment: str, items: Sequence[Item], row: Row) -> None:
    """Write a student's page: points, messages and answers, exercise by exercise."""
    of = sum(item.points for item in items)
    parts = [f"<p><strong>{row.total:g} of {of:g} points</strong> for {html.escape(row.student)}"]
    if row.awaiting:
        parts.append(", and what your open answers will earn: they have not been read yet")
    parts.append(".")
    if row.penalty:
        parts.append(f" {row.penalty:g} points were taken off because it came late.")
    parts.append("</p>")
    for item in items:
        earned = "not read yet" if item.name in row.awaiting else f"{row.points[item.name]:g}"
        points = f"{earned} of {item.points:g}" if item.name not in row.awaiting else earned
        parts.append(f"<h2>{html.escape(item.title)}: {points}</h2>")
        mark = row.marks.get(item.name)
        if mark is not None:
            parts.append(mark["html"])
            if mark["points"] != row.points[item.name]:
                parts.append("<p>Your teacher has set these points by hand.</p>")
            parts += [f"<p>Note: {html.escape(note)}.</p>" for note in mark["notes"]]
        stub = item.grade_id.removesuffix("-check")
        for key in dict.fromkeys((stub, item.grade_id)):
            if row.comments.get(key):
                parts.append(f"<p>Comment: {html.escape(row.comments[key])}</p>")
        if row.answers.get(stub):
            parts.append(
                "<details><summary>Your answer</summary>"
                f"<pre>{html.escape(row.answers[stub])}</pre></details>"
            )
    pages = sorted(path.name for path in folder.glob("*.html") if path.name != "index.html")
    links = ", ".join(f'<a href="{html.escape(n)}">{html.escape(n)}</a>' for n in pages)
    if links:
        parts.append(f"<h2>The whole notebook</h2><p>{links}</p>")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(page(assignment, "".join(parts)), encoding="utf-8")
