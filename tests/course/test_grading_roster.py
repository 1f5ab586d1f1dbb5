"""A class hands in, and every row gets exactly what it should: through nbgrader, end to end."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

pytest.importorskip("nbgrader")

from grading_roster import PIXEL, Class, cell_of, mistake_code, variable_of
from nbgrader.api import Gradebook

from course.exercises.bank import CodeExercise, exercises, find
from course.grading.grade import grade, read_records
from course.grading.plan import Place, read_cell
from course.grading.preprocessors import read_marks, without_markup
from course.grading.release import due_of, open_course, release
from course.grading.report import report
from course.grading.sandbox import Ask, Limits, collect

ROOT = Path(__file__).resolve().parents[2]
DAY, LAYER, MASKED, OPEN = (
    "rnn.third_day",
    "rnn.repaired_layer",
    "rnn.masked_layer",
    "rnn.where_memory",
)
TORCH = "gru.to_torch"
NAME = "week"

WRONG = """def masked_layer(x, mask, h_0, W_xh, W_hh, b_h):
    return np.zeros((x.shape[0], x.shape[1], h_0.shape[1]))
"""
LYING = """
import sys, course.exercises, course.exercises.engine, course.exercises.judge
np.tanh = np.allclose = np.isclose = lambda *_, **__: True
check = course.exercises.check = course.exercises.engine.check = lambda *_, **__: 3.0
course.exercises.engine.judge_run = course.exercises.judge.judge = lambda *_, **__: 3.0
"""
LOOP = (
    "def masked_layer(*_):\n    while True:\n        try:\n            pass\n        except: pass\n"
)
LOOP_IN_C = "def masked_layer(*_):\n    return sum(range(10**14))\n"
HOSTILE = """
import os, sys
print("x" * 10**6)
os.write(2, b"x" * 10**6)
for attempt in (lambda: os.kill(os.getppid(), 9), lambda: os.kill(-1, 9), os.fork,
                lambda: open("{course}/gradebook.db", "w"),
                lambda: os.remove("{course}/submitted/solved/week/02_rnn_cell.ipynb")):
    try:
        attempt()
    except OSError:
        pass
"""
# Student: points of the day (1), the layer (2), the masked layer (3), and what awaits a reader.
EXPECTED: dict[str, tuple[float, float, float, int]] = {
    "solved": (1, 2, 3, 1),
    "unsolved": (0, 0, 0, 0),
    "mistakes": (0, 0, 0, 0),
    "half": (0, 0, 1, 0),
    "tampered": (0, 0, 0, 0),
    "looping": (1, 0, 0, 0),
    "looping_in_c": (1, 0, 0, 0),
    "crashing": (1, 2, 0, 0),
    "copied": (1, 2, 3, 1),
    "deleted": (1, 2, 0, 0),
    "renamed": (1, 2, 3, 1),
    "moved": (1, 2, 3, 0),
    "old": (1, 2, 3, 0),
    "zipped": (1, 2, 3, 1),
    "hostile": (1, 2, 3, 0),
    "pictures": (1, 0, 0, 1),
}
NOT_GRADED = {
    "empty": "the file is empty",
    "broken": "this is not JSON: line 1, column 1",
    "foreign": "this is no notebook of this assignment",
    "nothing": "no notebook was handed in",
}


def class_of_the_rnn(course: Path, folder: Path) -> Class:
    """Write the roster of lesson 02."""
    made = Class(course / "release" / NAME / "02_rnn_cell.ipynb", folder)
    day = f"h_3 = {(0.0228, -0.4298)}"
    solved = made.solved()
    cell_of(solved, "rnn-where-memory").source = "In the state: change the weights and see."
    made.hand_in("solved", solved)
    made.hand_in("unsolved", made.blank())
    wrong = {
        DAY: mistake_code(DAY, "no_tanh", "h_3"),
        LAYER: mistake_code(LAYER, "from_zeros", "repaired_layer"),
        MASKED: mistake_code(MASKED, "inverted", "masked_layer"),
    }
    made.hand_in("mistakes", made.answered(wrong))
    made.hand_in("half", made.answered({MASKED: mistake_code(MASKED, "length", "masked_layer")}))
    tampered = made.answered({MASKED: LYING + WRONG})
    for cell in tampered.cells:
        mark = cell.metadata.get("nbgrader")
        if mark and cell.source.startswith("check("):
            cell.source = "3.0"
            mark.update(points=1000, locked=False)
        elif mark and cell.cell_type == "code":
            mark.update(grade=True, points=50, schema_version=1)
    made.hand_in("tampered", tampered)
    made.hand_in("looping", made.answered({DAY: day, MASKED: LOOP}))
    made.hand_in("looping_in_c", made.answered({DAY: day, MASKED: LOOP_IN_C}))
    crashing = {DAY: day, LAYER: made.solutions[LAYER], MASKED: "import os\nos._exit(0)"}
    made.hand_in("crashing", made.answered(crashing))
    copied = nbformat.from_dict(json.loads(json.dumps(solved)))
    for name in ("rnn-masked-layer-check", "rnn-masked-layer", "rnn-third-day-check"):
        cell = cell_of(copied, name)
        place = copied.cells.index(cell)
        copied.cells.insert(place, nbformat.from_dict(json.loads(json.dumps(cell))))
    made.hand_in("copied", copied)
    deleted = made.solved()
    gone = ("rnn-masked-layer", "rnn-masked-layer-check", "rnn-third-day-check", "rnn-where-memory")
    for name in gone:
        deleted.cells.remove(cell_of(deleted, name))
    made.hand_in("deleted", deleted)
    made.hand_in("renamed", solved, "my homework (2).ipynb")
    moved = made.blank()  # the answers in cells of the student's own, below the checks
    for code in (day, made.solutions[LAYER], made.solutions[MASKED]):
        moved.cells.append(new_code_cell(code))
    made.hand_in("moved", moved)
    made.hand_in("old", old_notebook(made.solved()))
    with zipfile.ZipFile(folder / "zipped.zip", "w") as archive:
        archive.writestr("week/02_rnn_cell.ipynb", nbformat.writes(solved))
        archive.writestr("../../evil.ipynb", "{}")
    hostile = made.solved()
    cell_of(hostile, "rnn-third-day").source = HOSTILE.replace("{course}", str(course)) + day
    made.hand_in("hostile", hostile)
    pictured = made.answered({DAY: day})
    answer = cell_of(pictured, "rnn-where-memory")
    answer.source = "![photo](attachment:photo.png) and ![gone](attachment:gone.png)"
    answer.attachments = {"photo.png": {"image/png": PIXEL}}
    made.hand_in("pictures", pictured)
    made.hand_in("empty", "")
    made.hand_in("broken", "not a notebook")
    foreign = nbformat.v4.new_notebook(cells=[new_code_cell("1")])
    made.hand_in("foreign", json.dumps(foreign), "notes.ipynb")
    (folder / "nothing").mkdir()
    return made


def old_notebook(nb: Any) -> bytes:
    """Write a notebook as nbformat 3 had it, in the encoding of Korean Windows."""
    cells: list[dict[str, Any]] = []
    for cell in nb.cells:
        text = cell.source.encode("cp949", "replace").decode("cp949")
        if cell.cell_type == "code":
            kind = {"cell_type": "code", "input": text, "language": "python", "outputs": []}
            cells.append(
                {**kind, "prompt_number": 1, "collapsed": False, "metadata": cell.metadata}
            )
        else:
            cells.append({"cell_type": "markdown", "source": text, "metadata": cell.metadata})
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "한글"}}
    text = json.dumps({**old, "worksheets": [{"cells": cells, "metadata": {}}]}, ensure_ascii=False)
    return text.encode("cp949")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Release two assignments, hand in, grade with an interruption, and grade on."""
    folder = tmp_path_factory.mktemp("grading")
    made = folder / "course"
    release(made, NAME, [DAY, LAYER, MASKED, OPEN])
    due = datetime(2040, 3, 31, 18, tzinfo=UTC)
    release(made, "torch", [TORCH], due=due)
    release(made, "torch", [TORCH], points={TORCH: 6})
    assert due_of(made, "torch") == due  # released again, it keeps its date
    config = made / "nbgrader_config.py"
    limits = "c.GradeInChild.patience = 0.5\nc.GradeInChild.cell_seconds = 20\n"
    config.write_text(config.read_text().replace("configure(c)", f"configure(c)\n{limits}"))
    handed = folder / "handed-in"
    class_of_the_rnn(made, handed)
    kill_while_grading(made, handed)
    done = run("grade", NAME, str(handed), "--course", str(made), "--jobs", "1")
    assert done.returncode == 0, done.stderr
    torch = Class(made / "release" / "torch" / "08_gru.ipynb", folder / "torch")
    torch.hand_in("solved", torch.solved())
    tag = mistake_code(TORCH, "order_rnz", variable_of(torch.blank(), TORCH))
    torch.hand_in("mistakes", torch.answered({TORCH: tag}))
    assert grade(made, "torch", torch.folder, jobs=1) == 0
    yield made
    shutil.rmtree(folder, ignore_errors=True)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "course.grading", *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT, timeout=3000)


def kill_while_grading(course: Path, handed: Path) -> None:
    """Start grading and kill it, with all its workers, once somebody has been graded."""
    command = [sys.executable, "-m", "course.grading", "grade", NAME, str(handed)]
    command += ["--course", str(course), "--jobs", "1"]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    records = course / "grading" / NAME
    end = time.monotonic() + 1000
    while time.monotonic() < end and process.poll() is None:
        if any(json.loads(p.read_text())["state"] == "graded" for p in records.glob("*.json")):
            break
        time.sleep(0.1)
    assert process.poll() is None, "it was over before it could be killed"
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for scores in raw_scores(course, NAME).values():
        known = [score is not None for score in scores.values()]
        assert all(known) or not any(known), "the gradebook holds half a submission"


def raw_scores(course: Path, assignment: str) -> dict[str, dict[str, float | None]]:
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        return {
            submission.student_id: {
                grade.name: None if grade.needs_manual_grade else grade.auto_score
                for notebook in submission.notebooks
                for grade in notebook.grades
                if not grade.name.startswith("rnn-where")
            }
            for submission in book.find_assignment(assignment).submissions
        }


def marks_of(course: Path, assignment: str, student: str) -> dict[str, dict[str, Any]]:
    (path,) = (course / "autograded" / student / assignment).glob("*.ipynb")
    return {mark["exercise"]: mark for mark in read_marks(nbformat.read(path, as_version=4))}


@pytest.mark.parametrize("student", EXPECTED)
def test_every_row_of_the_roster_gets_its_exact_score(course: Path, student: str) -> None:
    day, layer, masked, awaiting = EXPECTED[student]
    scores = raw_scores(course, NAME)[student]
    assert scores == {
        "rnn-third-day-check": day,
        "rnn-repaired-layer-check": layer,
        "rnn-masked-layer-check": masked,
    }, marks_of(course, NAME, student)
    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        open_answer = book.find_grade("rnn-where-memory", "02_rnn_cell", NAME, student)
        assert bool(open_answer.needs_manual_grade) == bool(awaiting)
        assert open_answer.auto_score == (None if awaiting else 0)
        total = book.find_submission(NAME, student)
        assert total.score == day + layer + masked and total.max_score == 10


def test_who_cannot_be_graded_is_reported_with_the_reason(course: Path) -> None:
    records = read_records(course, NAME)
    for student, reason in NOT_GRADED.items():
        assert records[student]["state"] == "unreadable"
        assert reason in "; ".join(records[student]["problems"])
    assert set(raw_scores(course, NAME)) == set(EXPECTED)
    assert any("taken as 02_rnn_cell" in said for said in records["renamed"]["problems"])
    assert any("nbformat 3" in said for said in records["old"]["problems"])


def test_torch_exercises_are_graded_with_the_points_of_the_assignment(course: Path) -> None:
    check = "gru-to-torch-check"
    assert raw_scores(course, "torch") == {
        "solved": {check: 6},
        "mistakes": {check: 0},
    }
    assert marks_of(course, "torch", "mistakes")[TORCH]["tag"] == "order_rnz"
    assert "6 of 6 points" in marks_of(course, "torch", "solved")[TORCH]["message"]


def test_messages_are_those_that_the_learner_saw(course: Path) -> None:
    from course.exercises import check

    marks = marks_of(course, NAME, "mistakes")
    exercise = find(MASKED)
    assert isinstance(exercise, CodeExercise)
    mistake = next(one for one in exercise.mistakes if one.tag == "inverted")
    assert marks[MASKED]["message"] == check(MASKED, mistake.answer, record=False).message
    assert {mark["tag"] for mark in marks.values()} == {"no_tanh", "from_zeros", "inverted"}
    assert marks_of(course, NAME, "looping")[MASKED]["state"] == "stopped"
    assert marks_of(course, NAME, "unsolved")[MASKED]["state"] == "unattempted"


def test_a_grader_sees_the_rubric_beside_the_open_answer(course: Path) -> None:
    (path,) = (course / "autograded" / "solved" / NAME).glob("*.ipynb")
    nb = nbformat.read(path, as_version=4)
    place = nb.cells.index(cell_of(nb, "rnn-where-memory"))
    exercise = find(OPEN)
    assert exercise is not None
    assert all(line in nb.cells[place + 1].source for line in exercise.rubric)  # type: ignore[attr-defined]
    for notebook in (course / "release").glob("*/*.ipynb"):
        assert "What this answer is read for" not in notebook.read_text(encoding="utf-8")


def test_a_pasted_picture_reaches_the_reader_and_a_missing_one_stops_nobody(course: Path) -> None:
    (path,) = (course / "autograded" / "pictures" / NAME).glob("*.ipynb")
    page, _ = HTMLExporter().from_notebook_node(nbformat.read(path, as_version=4))
    assert f"data:image/png;base64,{PIXEL}" in page
    assert "was left out: it is not in the file" in page


def test_a_students_text_is_no_html_in_the_teachers_browser() -> None:
    bs4 = pytest.importorskip("bs4")
    from nbconvert import HTMLExporter

    attack = """<script>alert(1)</script> <img src=x onerror="alert(1)"> <svg/onload=alert(1)>
[a](javascript:alert(1)) [b](&#106;avascript:alert(1)) [c](javascript\\:alert(1)) [d][r]

[r]: JavaScript:alert(1)
"""
    plain = "With $h_{t-1} < 1$ and a < b, *this* is [a link](https://arxiv.org) & `code`.\n"
    assert without_markup(plain) == plain
    for cell in (new_markdown_cell(without_markup(attack)), new_raw_cell(without_markup(attack))):
        shown, _ = HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
        page = bs4.BeautifulSoup(shown, "html.parser").find("main")
        assert not page.find_all(["script", "img", "svg"])
        links = [link["href"].lower() for link in page.find_all("a", href=True)]
        assert not any(link.startswith("javascript:") for link in links)


def test_an_assignment_that_was_handed_in_cannot_be_changed_and_stays_whole(course: Path) -> None:
    def state() -> list[Path]:
        return sorted(
            path.relative_to(course)
            for part in ("source", "release")
            for path in (course / part).rglob("*")
        )

    before = state()
    done = run("release", NAME, MASKED, "--course", str(course))
    assert done.returncode == 1 and "has submissions already" in done.stderr
    assert state() == before


def test_no_release_holds_a_solution(course: Path) -> None:
    for path in (course / "release").glob("*/*.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert "solution" not in json.dumps(
            [cell.metadata.get("tags", []) for cell in nbformat.reads(text, 4).cells]
        )
        assert "record=False" not in text and "_solution(" not in text
        assert "](#Solution" not in text and "## Solutions" not in text
        assert (path.parent / "helpers" / "rnn.py").exists()
        assert not (path.parent / "course" / "grading").exists()
        assert not any(cell.get("outputs") for cell in nbformat.reads(text, 4).cells)
    assert not list((course / "release").rglob("nbgrader_config.py"))


def test_graded_again_nothing_changes_and_nothing_is_done_twice(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = raw_scores(course, NAME)
    handed = course.parent / "handed-in"
    assert grade(course, NAME, handed, jobs=1) == 0
    assert f"{len(EXPECTED)} graded before and unchanged" in capsys.readouterr().out
    assert raw_scores(course, NAME) == before


def test_the_formgraders_button_grades_alike(course: Path) -> None:
    """The button calls nbgrader's own autograde, which is configured by the course's folder."""
    api = open_course(course)
    done = api.autograde("torch", "mistakes", force=True)
    assert done["success"], done
    assert raw_scores(course, "torch")["mistakes"] == {"gru-to-torch-check": 0}
    assert marks_of(course, "torch", "mistakes")[TORCH]["tag"] == "order_rnz"


def test_the_report_counts_scores_mistakes_and_open_answers(course: Path) -> None:
    assert report(course, NAME, feedback=False) == 0
    folder = course / "report" / NAME
    rows = list(csv.DictReader(io.StringIO((folder / "grades.csv").read_text("utf-8-sig"))))
    assert [row["student"] for row in rows] == sorted([*EXPECTED, *NOT_GRADED])
    by_name = {row["student"]: row for row in rows}
    for student, (day, layer, masked, awaiting) in EXPECTED.items():
        row = by_name[student]
        assert float(row["points"]) == day + layer + masked
        assert row["awaiting"] == str(awaiting)
        assert row[OPEN] == ("awaiting" if awaiting else "0")
    assert by_name["empty"]["status"] == "not graded"
    assert "replaces np.tanh" in by_name["tampered"]["worth a look"]
    text = (folder / "mistakes.csv").read_text("utf-8-sig")
    made = {
        (row["exercise"], row["mistake"]): int(row["students"])
        for row in csv.DictReader(io.StringIO(text))
    }
    named = {key: count for key, count in made.items() if count}
    assert named == {
        (DAY, "no_tanh"): 1,
        (LAYER, "from_zeros"): 1,
        (MASKED, "inverted"): 1,
        (MASKED, "length"): 1,
    }
    page = (folder / "class.html").read_text("utf-8")
    assert page.count("<img ") == page.count(' alt="') == 2
    assert "<script" not in page and "the file is empty" in page


def test_feedback_shows_points_messages_and_the_reason_why_not(course: Path) -> None:
    assert report(course, "torch", jobs=1) == 0
    page = (course / "feedback" / "mistakes" / "torch" / "index.html").read_text("utf-8")
    exercise = next(one for one in exercises("gru") if one.name == TORCH)
    assert isinstance(exercise, CodeExercise)
    message = next(one.message for one in exercise.mistakes if one.tag == "order_rnz")
    assert message.split("`")[0][:30] in page and "0 of 6" in page
    notebook = (course / "feedback" / "mistakes" / "torch" / "08_gru.html").read_text("utf-8")
    assert message.split("`")[0][:30] in notebook


def test_every_named_mistake_of_a_lesson_and_of_torch_is_named_by_the_grader() -> None:
    """All of them in one child, each against the course's own probes and the grader's."""
    sources = ["import numpy as np"]
    asks, wanted = [], []
    for exercise in [*exercises("rnn"), find(TORCH)]:
        if not isinstance(exercise, CodeExercise):
            continue
        for mistake in exercise.mistakes:
            variable = f"answer_{len(sources)}"
            sources.append(mistake_code(exercise.name, mistake.tag, variable))
            place = Place(len(sources) - 1, (variable,))
            asks.append(Ask(exercise, variable, [place], (4711, 4712)))
            wanted.append((exercise.name, mistake.tag))
    found = collect(sources, [read_cell(source) for source in sources], asks, Limits())
    got = [(finding.score.exercise, finding.score.tag) for finding in found]
    assert got == wanted
    assert all(float(f.score) < f.score.of for f in found)
