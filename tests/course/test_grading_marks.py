"""Marks of a hand, lateness, and text beside its place: what must outlast a second grading."""

from __future__ import annotations

import csv
import io
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("nbgrader")

from grading_roster import Class, cell_of
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook

from course.grading.grade import BANK, Work, grade
from course.grading.regrade import regrade
from course.grading.release import Trouble, release
from course.grading.report import report

NAME, DAY, OPEN = "week", "rnn.third_day", "rnn.where_memory"
ANSWER = "rnn-where-memory"
LATE = "Week 2_{}_attempt_2026-11-{:02}-10-00-00_02_rnn_cell.ipynb"
BESIDE = "In my opinion the state changes at every step and the weights do not."


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two people answer in time, one late, one beside the place; one hands in nothing."""
    folder = tmp_path_factory.mktemp("marks")
    made = folder / "course"
    release(made, NAME, [DAY, OPEN], due=datetime(2026, 11, 20, 12, tzinfo=UTC))
    config = made / "nbgrader_config.py"
    late = 'c.LateSubmissionPlugin.penalty_method = "zero"\n'
    config.write_text(config.read_text().replace("configure(c)", f"configure(c)\n{late}"))
    (made / "roster.csv").write_text("id,name\n" + "".join(f"{n},\n" for n in (
        "ada", "bo", "cy", "dee", "eli"
    )))  # fmt: skip
    handed_in(made)
    assert grade(made, NAME, folder / "handed-in", jobs=1) == 0
    yield made


def handed_in(course: Path, ada: str = "The state.") -> Path:
    """Write the class's files; `ada` is the answer that may change."""
    folder = course.parent / "handed-in"
    made = Class(course / "release" / NAME / "02_rnn_cell.ipynb", folder)

    def answered(text: str) -> Any:
        nb = made.answered({DAY: "h_3 = (0.0228, -0.4298)"})
        if text:
            cell_of(nb, ANSWER).source = text
        return nb

    made.hand_in("ada", answered(ada))
    made.hand_in("bo", answered("The weights."))
    beside = answered("")
    place = beside.cells.index(cell_of(beside, ANSWER))
    beside.cells.insert(place + 1, new_markdown_cell(BESIDE))
    made.hand_in("cy", beside)
    made.hand_in("", answered("Late."), LATE.format("dee", 24))
    return folder


def mark(course: Path, student: str, points: float) -> None:
    """Give points by hand, as the formgrader does."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        found = book.find_grade(ANSWER, "02_rnn_cell", NAME, student)
        found.manual_score, found.needs_manual_grade = points, False
        book.db.commit()


def grades(course: Path) -> dict[str, dict[str, str]]:
    assert report(course, NAME, feedback=False) == 0
    text = (course / "report" / NAME / "grades.csv").read_text("utf-8-sig")
    return {row["student"]: row for row in csv.DictReader(io.StringIO(text))}


def test_a_mark_stays_while_the_answer_is_the_same(course: Path) -> None:
    mark(course, "ada", 3)
    mark(course, "bo", 1)
    handed = course.parent / "handed-in"
    assert grade(course, NAME, handed, jobs=1, again=True) == 0
    found = grades(course)
    assert (found["ada"][OPEN], found["ada"]["points"]) == ("3", "4")
    assert found["bo"][OPEN] == "1"
    assert grade(course, NAME, handed_in(course, ada="Another answer."), jobs=1) == 0
    found = grades(course)
    assert found["ada"][OPEN] == "awaiting" and found["bo"][OPEN] == "1"


def test_text_beside_an_answers_place_is_listed(course: Path) -> None:
    found = grades(course)
    assert BESIDE in found["cy"]["unread"] and not found["bo"]["unread"]
    page = (course / "report" / NAME / "class.html").read_text("utf-8")
    assert "Written beside an answer" in page and BESIDE in page


def test_lateness_is_shown_and_the_penalty_follows_the_marks_of_a_hand(course: Path) -> None:
    found = grades(course)
    assert float(found["dee"]["hours late"]) > 90 and found["ada"]["hours late"] == "0.0"
    assert (found["dee"]["late penalty"], found["dee"]["points"]) == ("1", "0")
    mark(course, "dee", 4)
    found = grades(course)
    assert (found["dee"]["late penalty"], found["dee"]["points"]) == ("5", "0")


def test_who_handed_in_nothing_is_in_the_report(course: Path) -> None:
    found = grades(course)
    assert found["eli"]["status"] == "nothing handed in" and found["eli"]["points"] == "0"
    assert "Handed in: 4." in (course / "report" / NAME / "class.html").read_text("utf-8")


def test_points_from_a_cell_elsewhere_are_no_missing_response(course: Path) -> None:
    handed = course.parent / "handed-in"
    made = Class(course / "release" / NAME / "02_rnn_cell.ipynb", handed)
    moved = made.blank()
    moved.cells.append(cell_of(made.answered({DAY: "h_3 = (0.0228, -0.4298)"}), "rnn-third-day"))
    moved.cells[-1].metadata = {}
    made.hand_in("bo", moved)
    assert grade(course, NAME, handed, jobs=1) == 0
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        assert book.find_grade("rnn-third-day-check", "02_rnn_cell", NAME, "bo").auto_score == 1
        told = book.find_comment("rnn-third-day", "02_rnn_cell", NAME, "bo").auto_comment
    assert told is None


def test_a_corrected_check_is_noticed_and_regrading_keeps_the_marks(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mark(course, "dee", 4)
    grades(course)
    assert "checks that have changed" not in capsys.readouterr().out
    corrected = course.parent / "bank"
    shutil.copytree(BANK, corrected, ignore=shutil.ignore_patterns("__pycache__"))
    changed = corrected / "rnn_cell" / "__init__.py"
    changed.write_text(changed.read_text() + "\n# corrected\n")
    monkeypatch.setattr("course.grading.grade.BANK", corrected)
    grades(course)
    assert "were graded by checks that have changed since" in capsys.readouterr().out
    with pytest.raises(Trouble, match=r"'rnn.nothing' is not in week; there are: rnn\.third_day"):
        regrade(course, NAME, ["rnn.nothing"])
    assert regrade(course, NAME, [DAY], jobs=1) == 0
    assert "No points have changed." in capsys.readouterr().out
    assert grades(course)["dee"][OPEN] == "4"
    assert "checks that have changed" not in capsys.readouterr().out


def _slow_for_bo(course: str, assignment: str, student: str) -> str:
    time.sleep(900 if student == "bo" else 0)
    return ""


def test_one_students_pages_hold_nobody_up(tmp_path: Path) -> None:
    work = Work(_slow_for_bo, tmp_path, NAME, 1, seconds=15)  # a worker starts in two
    tasks = ((student, Path(), None) for student in ("ada", "bo", "cy"))
    state: Counter[str] = Counter()
    failed: list[str] = []
    assert not work.run(tasks, 3, state, failed)
    assert state == {"graded": 2, "failed": 1}
    assert failed == ["bo: this took more than 15 seconds and was left out"]
