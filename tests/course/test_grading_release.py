"""Choosing exercises and taking solutions out, for every lesson; and what a teacher is told."""

from __future__ import annotations

import json
import os
from pathlib import Path

import nbformat
import pytest

pytest.importorskip("nbgrader")

from nbconvert.preprocessors import TagRemovePreprocessor

from course.exercises.bank import exercises
from course.grading.__main__ import _due, main
from course.grading.config import write_config
from course.grading.release import Released, Trouble, _write_source, choose
from course.lessons import LESSONS, Lesson

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
WRITTEN = [lesson for lesson in LESSONS if (NOTEBOOKS / lesson.notebook).exists()]


@pytest.mark.parametrize("lesson", WRITTEN, ids=[lesson.number for lesson in WRITTEN])
def test_no_lesson_s_solution_is_left_and_every_exercise_is_graded(
    lesson: Lesson, tmp_path: Path
) -> None:
    chosen = [Released(one, 10.0) for one in exercises(lesson.word)]
    _write_source(lesson, chosen, tmp_path, "week", None)
    teachers = nbformat.read(tmp_path / lesson.notebook, as_version=4)
    solutions = [c.source for c in teachers.cells if "solution" in c.metadata.get("tags", [])]
    assert len(solutions) > len(chosen)
    remove = TagRemovePreprocessor(enabled=True, remove_cell_tags={"solution"})
    students, _ = remove(teachers, {})
    text = json.dumps([cell.source for cell in students.cells])
    assert not any(json.dumps(solution)[1:-1] in text for solution in solutions if solution)
    assert "record=False" not in text and "(#Solution" not in text
    points = [c.metadata.nbgrader.points for c in students.cells if _graded(c)]
    assert points == [10.0] * len(chosen)


def _graded(cell: nbformat.NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("grade"))


def test_exercises_that_were_not_chosen_stay_as_practice(tmp_path: Path) -> None:
    ((lesson, found),) = choose(["rnn.masked_layer"]).items()
    _write_source(lesson, [Released(found[0], 3.0)], tmp_path, "week", None)
    nb = nbformat.read(tmp_path / lesson.notebook, as_version=4)
    assert sum(_graded(cell) for cell in nb.cells) == 1
    called = [cell for cell in nb.cells if cell.source.startswith("check(")]
    assert len(called) == len([e for e in exercises("rnn") if e.kind != "open"])
    assert "can be earned" in nb.cells[1].source and "3 points" in nb.cells[1].source


def test_lessons_and_exercises_are_known_by_all_their_names() -> None:
    for name in ("02", "rnn", "02_rnn_cell", "02_rnn_cell.ipynb"):
        (lesson,) = choose([name])
        assert lesson.number == "02"
    both = choose(["lstm.step", "rnn", "rnn.masked_layer"])
    assert [lesson.number for lesson in both] == ["02", "07"]
    assert [len(found) for found in both.values()] == [len(exercises("rnn")), 1]


def test_an_unknown_name_is_answered_with_similar_ones() -> None:
    with pytest.raises(Trouble, match=r"rnn\.masked_layer"):
        choose(["rnn.mask_layer"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["release", "a/b", "02"], "letters, digits"),
        (["release", "week", "99"], "no lesson or exercise '99'"),
        (["release", "week", "rnn.third_day", "--points", "rnn.third_day"], "EXERCISE=POINTS"),
        (["release", "week", "rnn.third_day", "--points", "lstm.x=1"], "not in the release"),
        (["release", "week", "rnn.third_day", "--points", "rnn.third_day=-1"], "positive"),
        (["release", "week", "02", "--due", "tomorrow"], "YYYY-MM-DD HH:MM"),
        (["grade", "week", "handed-in"], "no course folder"),
        (["report", "week"], "no course folder"),
    ],
)
def test_what_is_wrong_is_said_in_a_line_without_a_traceback(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    error = capsys.readouterr().err
    assert said in error and "Traceback" not in error and error.count("\n") == 1


def test_a_day_alone_is_due_at_its_end() -> None:
    day, moment = _due("2027-03-31"), _due("2027-03-31 18:00")
    assert day is not None and moment is not None
    assert (day.day, day.hour, day.minute) == (31, 23, 59) and moment.hour == 18
    assert day.tzinfo is not None


def test_the_configuration_is_secret_and_is_written_once(tmp_path: Path) -> None:
    assert write_config(tmp_path, "course")
    path = tmp_path / "nbgrader_config.py"
    first = path.read_text()
    assert os.name != "posix" or path.stat().st_mode & 0o077 == 0
    assert not write_config(tmp_path, "course") and path.read_text() == first
    other = tmp_path / "other"
    other.mkdir()
    write_config(other, "course")
    assert (other / "nbgrader_config.py").read_text() != first
