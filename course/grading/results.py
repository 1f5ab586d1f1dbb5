"""What was graded, read from the gradebook, the grader's notes and the autograded notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course.exercises.bank import CodeExercise, Exercise, ValueExercise, exercises, find
from course.grading.grade import read_records
from course.grading.roster import read_roster

__all__ = ["ABSENT", "Item", "Made", "Row", "find_mistakes", "read_results"]


ABSENT = "nothing handed in"


@dataclass
class Item:
    """One graded cell of an assignment."""

    grade_id: str
    exercise: Exercise | None
    points: float

    @property
    def name(self) -> str:
        """The exercise's name, or the cell's."""
        return self.exercise.name if self.exercise is not None else self.grade_id

    @property
    def title(self) -> str:
        """The exercise's title."""
        return self.exercise.title if self.exercise is not None else self.grade_id

    @property
    def by_hand(self) -> bool:
        """Whether a person grades it."""
        return not isinstance(self.exercise, CodeExercise | ValueExercise)


@dataclass
class Row:
    """One student."""

    student: str
    points: dict[str, float] = field(default_factory=dict)
    awaiting: set[str] = field(default_factory=set)
    marks: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    status: str = "graded"
    problems: list[str] = field(default_factory=list)
    look: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    penalty: float = 0.0
    late: float = 0.0  # hours

    @property
    def total(self) -> float:
        """The points so far, late penalty taken off."""
        return max(0.0, sum(self.points.values()) - self.penalty)


def read_results(api: Any, course: Path, assignment: str) -> tuple[list[Item], list[Row]]:
    """Return the graded cells of an assignment and what each student has.

    Parameters
    ----------
    api : NbGraderAPI
        The course, as `open_course` gives it.
    course : Path
        The course's folder.
    assignment : str
        The assignment.
    """
    import nbformat
    from nbgrader.api import Gradebook

    from course.grading.preprocessors import MARK, open_name, read_marks

    by_id = {e.name.replace(".", "-").replace("_", "-"): e for e in exercises()}
    rows: dict[str, Row] = {}
    items: list[Item] = []
    with Gradebook(api.coursedir.db_url, api.coursedir.course_id) as book:
        found = book.find_assignment(assignment)
        for notebook in sorted(found.notebooks, key=lambda one: one.name):
            for cell in notebook.grade_cells:
                exercise = by_id.get(cell.name.removesuffix("-check")) or find(open_name(cell.name))
                items.append(Item(cell.name, exercise, float(cell.max_score)))
        order = {exercise.name: place for place, exercise in enumerate(exercises())}
        items.sort(key=lambda item: order.get(item.name, 10**6))
        names = {item.grade_id: item for item in items}
        _assign_penalties(api, assignment, found.submissions)
        book.db.expire_all()
        for submission in found.submissions:
            row = rows.setdefault(submission.student_id, Row(submission.student_id))
            row.late = max(0.0, submission.total_seconds_late / 3600)
            for notebook in submission.notebooks:
                row.penalty += float(notebook.late_submission_penalty or 0.0)
                for comment in notebook.comments:
                    if comment.comment:
                        row.comments[comment.name] = str(comment.comment)
                for grade in notebook.grades:
                    item = names[grade.name]
                    row.points[item.name] = float(grade.score or 0.0)
                    if item.by_hand and grade.needs_manual_grade:
                        row.awaiting.add(item.name)
                        row.points[item.name] = 0.0
    for one in read_roster(course).students:
        if one.id not in rows:
            rows[one.id] = Row(one.id, status=ABSENT, problems=["nothing was handed in"])
    records = read_records(course, assignment)
    for student, record in records.items():
        row = rows.setdefault(student, Row(student))
        row.problems = [str(said) for said in record.get("problems", [])]
        row.status = "graded" if row.status == ABSENT else row.status
        if record.get("state") == "unreadable":
            row.status, row.points, row.awaiting = "not graded", {}, set()
    for row in rows.values():
        if row.status != "graded":
            continue
        paths = sorted((course / "autograded" / row.student / assignment).glob("*.ipynb"))
        if not paths:
            row.status = "not graded"
            row.problems.append("grading was interrupted or failed: start `grade` again")
        for path in paths:
            nb = nbformat.read(path, as_version=4)
            row.marks.update({mark["exercise"]: mark for mark in read_marks(nb)})
            row.look += nb.metadata.get(MARK, {}).get("suspicious", [])
            row.unread += nb.metadata.get(MARK, {}).get("unread", [])
            for cell in nb.cells:
                meta = cell.metadata.get("nbgrader", {})
                if meta.get("solution"):
                    row.answers[meta["grade_id"]] = cell.source
        row.problems += [
            f"{name}: {note}" for name, mark in row.marks.items() for note in mark["notes"]
        ]
    return items, [rows[student] for student in sorted(rows)]


def _assign_penalties(api: Any, assignment: str, submissions: Any) -> None:
    """Let nbgrader's plugin take points for lateness from the totals as they are now.

    When a notebook is graded, the marks of a hand are not known yet.
    """
    from nbformat.v4 import new_notebook
    from nbgrader.preprocessors import AssignLatePenalties

    for submission in submissions:
        for notebook in submission.notebooks:
            if submission.total_seconds_late > 0 or notebook.late_submission_penalty:
                about = {
                    "notebook": notebook.name,
                    "assignment": assignment,
                    "student": submission.student_id,
                    "db_url": api.coursedir.db_url,
                }
                step = AssignLatePenalties(config=api.config)
                step.preprocess(new_notebook(), {"nbgrader": about})


@dataclass
class Made:
    """How often a named mistake was made."""

    item: Item
    tag: str
    message: str
    students: list[str]


def find_mistakes(items: Sequence[Item], rows: Sequence[Row]) -> list[Made]:
    """Count for each named mistake who made it."""
    made = []
    for item in items:
        if item.by_hand or not isinstance(item.exercise, CodeExercise | ValueExercise):
            continue
        for mistake in item.exercise.mistakes:
            who = [
                row.student
                for row in rows
                if row.marks.get(item.name, {}).get("tag") == mistake.tag
            ]
            made.append(Made(item, mistake.tag, mistake.message, who))
    return made
