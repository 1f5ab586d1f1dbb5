"""Sheets of platforms come back with the points; answers that are alike are found."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("nbgrader")

from grading_roster import Class

from course.grading.exports import export, feedback_zip
from course.grading.grade import grade
from course.grading.release import Trouble, release
from course.grading.report import report
from course.grading.similarity import alike, tokens_of, write_similarity
from course.grading.totals import total_of, write_totals

NAME, DAY, LAYER = "week-2", "rnn.third_day", "rnn.layer"
RIGHT = {DAY: "h_3 = (0.0228, -0.4298)"}
PEOPLE = {
    "Kim Minsu_11_assignsubmission_file": RIGHT,
    "Kim Minsu_12_assignsubmission_file": {},
    "doejane_4711_98765_02_rnn_cell.ipynb": RIGHT,
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("exports")
    made = folder / "course"
    for name in (NAME, "week-3"):
        release(made, name, [DAY])
        handed = Class(made / "release" / name / "02_rnn_cell.ipynb", folder / name)
        for who, answers in PEOPLE.items():
            file = who if who.endswith(".ipynb") else "02_rnn_cell.ipynb"
            inner = "" if who.endswith(".ipynb") else who
            handed.hand_in(inner, handed.answered(answers if name == NAME else {}), file)
        assert grade(made, name, handed.folder, jobs=1) == 0
    yield made


def filled(course: Path, text: str, column: str = "") -> tuple[list[dict[str, str]], list[str]]:
    sheet = course.parent / "sheet.csv"
    sheet.write_text(text, encoding="utf-8-sig")
    done = export(course, NAME, sheet, column)
    return list(csv.DictReader(io.StringIO(done.path.read_text("utf-8")))), done.nobody


def test_moodles_worksheet_comes_back_with_the_grades(course: Path) -> None:
    rows, nobody = filled(
        course,
        "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Feedback comments\n"
        'Participant 12,Kim Minsu,b@uni.example,Submitted,,1,"keep, this"\n'
        "Participant 11,Kim Minsu,a@uni.example,Submitted,,1,\n"
        "Participant 13,Lee Sora,c@uni.example,No submission,,1,\n",
    )
    assert [row["Grade"] for row in rows] == ["0", "1", ""]
    assert rows[0]["Feedback comments"] == "keep, this" and nobody == ["Lee Sora"]


def test_canvass_gradebook_comes_back_with_the_points(course: Path) -> None:
    rows, nobody = filled(
        course,
        "Student,ID,SIS User ID,SIS Login ID,Section,Week 1 (1),Week 2 (2)\n"
        "    Points Possible,,,,,10,1\n"
        '"Doe, Jane",4711,u4711,jdoe,A,7,\n'
        '"Roe, John",4712,u4712,jroe,A,8,\n',
    )
    assert [row["Week 2 (2)"] for row in rows] == ["1", "1", ""]
    assert [row["Week 1 (1)"] for row in rows] == ["10", "7", "8"] and nobody == ["Roe, John"]


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("Student,ID,Week 1\nDoe,4711,\n", "", "no column begins with 'week-2'"),
        ("Student,ID,Week 2 a,Week 2 b\nDoe,4711,,\n", "", "several columns begin"),
        ("Student,ID\n", "", "has no rows"),
    ],
)
def test_a_sheet_that_cannot_be_filled_says_why(
    course: Path, text: str, column: str, said: str
) -> None:
    with pytest.raises(Trouble, match=said):
        filled(course, text, column)


def test_a_roster_joins_the_platforms_names(course: Path) -> None:
    (course / "roster.csv").write_text(
        "id,name,address,number\ndoejane_4711,Jane Doe,jane@uni.example,77\n"
    )
    try:
        rows, _ = filled(course, "Student,ID,SIS Login ID,Week 2\nJ. D.,77,x,\nKim Minsu,1,y,\n")
    finally:
        (course / "roster.csv").unlink()
    assert [row["Week 2"] for row in rows] == ["1", ""]


def test_feedback_is_packed_under_the_names_of_the_submissions(course: Path) -> None:
    with pytest.raises(Trouble, match="no feedback"):
        feedback_zip(course, "week-3")
    assert report(course, NAME, jobs=1) == 0
    names = zipfile.ZipFile(feedback_zip(course, NAME)).namelist()
    around = {name.partition("/")[0] for name in names}
    assert around == {name.removesuffix(".ipynb") for name in PEOPLE}
    assert all(f"{name}/index.html" in names for name in around)


def test_a_term_is_added_up_with_weights_and_without_the_lowest(course: Path) -> None:
    assert total_of({"a": 1.0, "b": 0.5, "c": 0.0}, {"a": 1, "b": 3, "c": 1}, 1) == (62.5, ["c"])
    assert total_of({"a": 0.0, "b": 0.0}, {"a": 1, "b": 3}, 1) == (0.0, ["a"])
    path = write_totals(course, [NAME, "week-3"], {NAME: 3.0})
    rows = {row["student"]: row for row in csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))}
    assert rows["Kim_Minsu_11"]["percent"] == "75.0" and rows["Kim_Minsu_12"]["percent"] == "0.0"
    path = write_totals(course, [NAME, "week-3"], {NAME: 3.0}, drop=1)
    rows = {row["student"]: row for row in csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))}
    assert rows["Kim_Minsu_11"]["percent"] == "100.0"
    assert rows["Kim_Minsu_11"]["not counted"] == "week-3"
    with pytest.raises(Trouble, match="none would count"):
        write_totals(course, [NAME], {}, drop=1)
    with pytest.raises(Trouble, match="not among"):
        write_totals(course, [NAME], {"week-9": 2.0})


LOOP = """def layer(x, h):
    out = []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W.T + h @ V.T + b)  # one step
        out.append(h)
    return np.stack(out, axis=1)
"""
RENAMED = LOOP.replace("out", "states").replace("h ", "state ").replace("# one step", "# mine")
OTHER = """def layer(x, h):
    states = np.empty((len(x), x.shape[1], h.shape[1]))
    t = 0
    while t < x.shape[1]:
        states[:, t] = np.tanh(np.einsum("bd,hd->bh", x[:, t], W) + np.dot(h, V.T) + b)
        h, t = states[:, t], t + 1
    return states
"""


def test_names_numbers_and_comments_do_not_count() -> None:
    assert tokens_of("a = b + 1  # c") == tokens_of("x=y+23") == ["N", "=", "N", "+", "0"]
    assert tokens_of("np.sum(a)") != tokens_of("np.max(a)")
    assert tokens_of("def f(:\n  '")[:3] == ["def", "N", "("]  # what cannot be read ends it


def test_a_copied_answer_is_found_and_another_is_not() -> None:
    answers = {"ada": LOOP, "bo": RENAMED, "cy": OTHER}
    (pair,) = alike("rnn.layer", answers, [])
    assert (pair.first, pair.second) == ("ada", "bo") and pair.share > 0.9
    assert not alike("rnn.layer", answers, [LOOP])  # both wrote what everybody has


def test_the_page_of_pairs_shows_both_answers(tmp_path: Path) -> None:
    made = tmp_path / "course"
    release(made, "week", [LAYER])
    handed = Class(made / "release" / "week" / "02_rnn_cell.ipynb", tmp_path / "in")
    odd = """def rnn_layer(x, h_0, W_xh, W_hh, b_h):
    everything, now, t = np.zeros((x.shape[0], x.shape[1], h_0.shape[1])), h_0 * 1.0, 0
    while t < x.shape[1]:
        first = np.einsum("bd,hd->bh", x[:, t], W_xh)
        second = np.einsum("bk,hk->bh", now, W_hh)
        now = np.tanh(first + second + b_h.reshape(1, -1))
        everything[:, t, :] = now
        t += 1
    return everything
"""
    for student, code in (("ada", odd), ("bo", odd.replace("now", "z").replace("first", "q"))):
        handed.hand_in(student, handed.answered({LAYER: code}))
    handed.hand_in("cy", handed.solved())
    assert grade(made, "week", handed.folder, jobs=1) == 0
    text = write_similarity(made, "week").read_text("utf-8")
    assert "ada and bo" in text and "cy" not in text and text.count("<pre>") == 2
