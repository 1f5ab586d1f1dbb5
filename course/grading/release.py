"""Turn lessons or single exercises into an nbgrader assignment."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from course.exercises.bank import Exercise, exercises, find, suggestions
from course.grading.config import write_config
from course.lessons import LESSONS, Lesson

__all__ = ["Released", "Trouble", "add_package", "choose", "due_of", "release"]

ROOT = Path(__file__).resolve().parents[2]
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "grading", ".progress.json")
_LINKS = re.compile(r"\s*\[(?:Solution|What a good\s+answer\s+contains)\]\(#Solution-[\d.]+\)")


class Trouble(Exception):
    """What a teacher has to set right; the text says how."""


@dataclass(frozen=True)
class Released:
    """One exercise of a release.

    Attributes
    ----------
    exercise : Exercise
        The exercise.
    points : float
        What it is worth here.
    """

    exercise: Exercise
    points: float


def choose(what: Sequence[str]) -> dict[Lesson, list[Exercise]]:
    """Find the exercises that a teacher names.

    Parameters
    ----------
    what : sequence of str
        Lessons (``02``, ``rnn``, ``02_rnn_cell``) and exercises (``rnn.masked_layer``).

    Raises
    ------
    Trouble
        If a name is unknown; similar names are given.
    """
    chosen: dict[str, Exercise] = {}
    for name in what:
        lesson = next(
            (
                one
                for one in LESSONS
                if name.removesuffix(".ipynb") in (one.number, one.word, one.slug)
            ),
            None,
        )
        if lesson is not None:
            found: Iterable[Exercise] = exercises(lesson.word)
        else:
            exercise = find(name)
            if exercise is None:
                near = suggestions(name)
                words = ", ".join(f"{one.number} ({one.word})" for one in LESSONS)
                did = f"did you mean {' or '.join(near[:3])}? " if near else ""
                raise Trouble(
                    f"there is no lesson or exercise {name!r}; {did}Lessons: {words}. "
                    "The names of exercises: make exercises"
                )
            found = [exercise]
        chosen.update((exercise.name, exercise) for exercise in found)
        if not chosen:
            raise Trouble(f"the lesson {name!r} has no exercises yet")
    made: dict[Lesson, list[Exercise]] = {}
    for exercise in exercises():
        if exercise.name in chosen and exercise.lesson is not None:
            made.setdefault(exercise.lesson, []).append(exercise)
    return made


def release(
    course: Path,
    assignment: str,
    what: Sequence[str],
    *,
    points: Mapping[str, float] | None = None,
    due: datetime | None = None,
    course_id: str = "",
) -> list[Released]:
    """Make an assignment in an nbgrader course folder.

    Parameters
    ----------
    course : Path
        The folder; made where it is missing.
    assignment : str
        The assignment's name.
    what : sequence of str
        Lessons and exercises; see `choose`.
    points : mapping, optional
        Points other than the exercises' own.
    due : datetime, optional
        With a time zone; without it, an assignment that is released again keeps its own.
    course_id : str
        What nbgrader's exchange calls the course.

    Returns
    -------
    list of Released
        What counts, in the order of the course.

    Raises
    ------
    Trouble
        If something is unknown, or the assignment has submissions and would change.
    """
    if not re.fullmatch(r"\w[\w.-]*", assignment):
        raise Trouble(
            f"an assignment's name is made of letters, digits, - and _; {assignment!r} is not"
        )
    worth = dict(points or {})
    lessons = choose(what)
    names = {exercise.name for found in lessons.values() for exercise in found}
    for name, value in worth.items():
        if name not in names:
            raise Trouble(f"--points {name}: this exercise is not in the release: {sorted(names)}")
        if not 0 < value < 10_000:
            raise Trouble(f"--points {name}={value:g}: give a positive number")
    for lesson in lessons:
        if not (ROOT / "notebooks" / lesson.notebook).exists():
            raise Trouble(
                f"there is no {lesson.notebook}; run this in a copy of the course's repository"
            )
    course.mkdir(parents=True, exist_ok=True)
    write_config(course, course_id or course.resolve().name)
    source = course / "source" / assignment
    due = due or due_of(course, assignment)  # released again, it keeps its date
    with _kept(source), _kept(course / "release" / assignment):
        source.mkdir(parents=True)
        made = []
        for lesson, found in lessons.items():
            counted = [Released(e, float(worth.get(e.name, e.total))) for e in found]
            _write_source(lesson, counted, source, assignment, due)
            made += counted
        _generate(course, assignment, due)
    if not (course / "release" / assignment / "helpers").is_dir():
        raise Trouble(
            "the helper package could not be laid beside the notebooks: is the disk full?"
        )
    leaks = _solutions_in(course / "release" / assignment)
    if leaks:
        shutil.rmtree(course / "release" / assignment)
        raise Trouble(f"the release would have shown solutions ({leaks[0]}); it was removed")
    return made


class _kept:
    """Put a folder's old state back where the new one cannot be made."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.old = folder, folder.with_name(folder.name + ".old")

    def __enter__(self) -> None:
        shutil.rmtree(self.old, ignore_errors=True)
        if self.folder.exists():
            self.folder.rename(self.old)

    def __exit__(self, kind: Any, *_: Any) -> None:
        if kind is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            if self.old.exists():
                self.old.rename(self.folder)
        shutil.rmtree(self.old, ignore_errors=True)


def _write_source(
    lesson: Lesson, counted: list[Released], folder: Path, assignment: str, due: datetime | None
) -> None:
    """Write the teacher's version of a lesson: what was chosen counts, the rest is practice."""
    import nbformat
    from nbformat.v4 import new_markdown_cell

    nb = nbformat.read(ROOT / "notebooks" / lesson.notebook, as_version=4)
    ids = {_grade_id(one.exercise.name): one for one in counted}
    seen = set()
    for cell in nb.cells:
        meta = cell.metadata.get("nbgrader")
        if cell.cell_type == "markdown" and cell.source.startswith("## Solutions"):
            cell.metadata["tags"] = ["solution"]
        if cell.cell_type == "markdown":
            cell.source = _LINKS.sub("", cell.source)
        if meta is None:
            continue
        own = ids.get(meta["grade_id"].removesuffix("-check"))
        if own is None:
            del cell.metadata["nbgrader"]
        elif meta["grade"]:
            meta["points"] = own.points
            seen.add(own.exercise.name)
    lost = [one.exercise.name for one in counted if one.exercise.name not in seen]
    if lost:
        raise Trouble(f"{lesson.notebook} has no graded cell for {', '.join(lost)}")
    lines = "\n".join(f"- {one.exercise.title}: {one.points:g}" for one in counted)
    until = f", due {due:%d %B %Y, %H:%M %Z}" if due else ""
    total = sum(one.points for one in counted)
    nb.cells.insert(
        1,
        new_markdown_cell(
            f"**Assignment {assignment}**{until}. In this notebook {total:g} points can be "
            f"earned:\n\n{lines}\n\nThe other exercises are practice. Write each answer into its "
            "own cell, and hand in this file under the name that it has.",
            id="assignment",
        ),
    )
    nbformat.write(nb, folder / lesson.notebook)


def _grade_id(name: str) -> str:
    return name.replace(".", "-").replace("_", "-")


def open_course(course: Path) -> Any:
    """Load nbgrader's application programming interface for a course folder.

    Parameters
    ----------
    course : Path
        A folder with an nbgrader_config.py.

    Returns
    -------
    nbgrader.apps.NbGraderAPI

    Raises
    ------
    Trouble
        If it is no such folder.
    """
    import logging
    import os
    import sys

    from nbgrader.apps import NbGraderAPI
    from traitlets.config import PyFileConfigLoader

    if not (course / "nbgrader_config.py").exists():
        raise Trouble(
            f"{course} is no course folder: it has no nbgrader_config.py. `release` makes one"
        )
    # nbgrader starts `alembic`, which stands beside this Python.
    os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    config.CourseDirectory.root = str(course.resolve())
    api = NbGraderAPI(config=config)
    api.log.setLevel(logging.ERROR)
    return api


def _generate(course: Path, assignment: str, due: datetime | None) -> None:
    from nbgrader.api import Gradebook

    api = open_course(course)
    done = api.generate_assignment(assignment, force=True)
    if not done["success"]:
        log = str(done.get("log", "")) + str(done.get("error", ""))
        if "submissions associated" in log:
            raise Trouble(
                f"{assignment} has submissions already, so its exercises cannot be changed; "
                "choose another name for the assignment"
            )
        raise Trouble(f"nbgrader could not make the assignment: {log.strip()[-800:]}")
    if due is not None:
        with Gradebook(api.coursedir.db_url, api.coursedir.course_id) as book:
            utc = due.astimezone(tz=_utc()).replace(tzinfo=None)
            book.update_or_create_assignment(assignment, duedate=utc)


def _utc() -> Any:
    from datetime import UTC

    return UTC


def due_of(course: Path, assignment: str) -> datetime | None:
    """Read from the gradebook when an assignment is due, in this machine's time zone.

    Parameters
    ----------
    course : Path
        The course's folder.
    assignment : str
        The assignment; one that is not known is never due.
    """
    from nbgrader.api import Gradebook, MissingEntry

    if not (course / "gradebook.db").exists():
        return None
    api = open_course(course)
    with Gradebook(api.coursedir.db_url, api.coursedir.course_id) as book:
        try:
            found = book.find_assignment(assignment).duedate
        except MissingEntry:
            return None
    return None if found is None else found.replace(tzinfo=_utc()).astimezone()


def add_package(assignment: str, **_: Any) -> None:
    """Lay the helper package and the data beside the student's notebooks.

    nbgrader calls this after it has made a release, in the course's folder.

    Parameters
    ----------
    assignment : str
        The assignment's name.
    """
    folder = Path("release", assignment)
    for name in ("helpers", "course", "data"):
        if (ROOT / name).is_dir():
            shutil.rmtree(folder / name, ignore_errors=True)
            shutil.copytree(ROOT / name, folder / name, ignore=_LEFT_OUT)


def _solutions_in(folder: Path) -> list[str]:
    """Find what a release must not hold: a solution's cell, or its code."""
    import nbformat

    found = []
    for path in sorted(folder.glob("*.ipynb")):
        lesson = nbformat.read(ROOT / "notebooks" / path.name, as_version=4)
        solutions = {
            cell.source.strip()
            for cell in lesson.cells
            if "solution" in cell.metadata.get("tags", [])
        }
        for number, cell in enumerate(nbformat.read(path, as_version=4).cells, 1):
            tagged = "solution" in cell.metadata.get("tags", [])
            if tagged or cell.source.strip() in solutions or "record=False" in cell.source:
                found.append(f"{path.name}, cell {number}")
    return found
