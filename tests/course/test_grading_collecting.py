"""Whose is which file: names of platforms, rosters, archives of one and of many."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course.grading.collecting import gather, student_name
from course.grading.intake import HandedIn, Released
from course.grading.platforms import recognise
from course.grading.release import Trouble
from course.grading.roster import NOBODY, Roster, Student, read_roster

NB = "02_rnn_cell.ipynb"
KNOWN = Released({"02_rnn_cell": frozenset({"rnn-step", "rnn-step-check"})})
NAMES = set(KNOWN.notebooks)


def text(source: str = "x = 1") -> str:
    written: str = nbformat.writes(new_notebook(cells=[new_code_cell(source)]))
    return written


def archive(files: dict[str, str | bytes], hours: dict[str, int] | None = None) -> bytes:
    """Write an archive; `hours` are those of a day at which files were changed."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            member = zipfile.ZipInfo(name, (2026, 11, 24, (hours or {}).get(name, 12), 0, 0))
            made.writestr(member, content)
    return data.getvalue()


def laid(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def gathered(place: Path, roster: Roster = NOBODY) -> dict[str, HandedIn]:
    people = {person.student: person for person in gather(place, NAMES, roster)}
    for person in people.values():
        person.read(KNOWN)
    return people


def names(place: Path, roster: Roster = NOBODY) -> dict[str, list[str]]:
    return {p.student: [piece.name for piece in p.files] for p in gather(place, NAMES, roster)}


def test_folders_files_and_archives_name_their_students(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        f"ada/week/{NB}": text(),
        f"ada/.ipynb_checkpoints/{NB}": text(),
        "berta.ipynb": text(),
        f"cleo_{NB}": text(),
        "dora.zip": archive({f"week/{NB}": text(), "in.zip": archive({"more.ipynb": text()})}),
        f"김하나/{NB}": text(),
        "essay.pdf": b"%PDF",
        "nothing/essay.pdf": b"%PDF",
    }
    assert names(laid(tmp_path, files)) == {
        "ada": [f"week/{NB}"],
        "berta": ["berta.ipynb"],
        "cleo": [f"cleo_{NB}"],
        "dora": [f"week/{NB}", "more.ipynb"],
        "nothing": [],
        "김하나": [NB],
    }
    assert "no notebook was handed in, only essay.pdf" in gathered(tmp_path)["nothing"].problems


@pytest.mark.parametrize(
    ("given", "name", "number", "file", "when", "late"),
    [
        ("Jane Doe_1234567_assignsubmission_file_", "Jane Doe", "1234567", "", None, False),
        (f"Jane Doe_12_assignsubmission_file_{NB}", "Jane Doe", "12", NB, None, False),
        ("Jane Doe_assignsubmission_file", "Jane Doe", "", "", None, False),
        (f"doejane_12345_678901_{NB}", "doejane", "12345", NB, None, False),
        ("doejane_LATE_12345_678901_a-1.ipynb", "doejane", "12345", "a-1.ipynb", None, True),
        ("김하나_12345_678901_a.ipynb", "김하나", "12345", "a.ipynb", None, False),
        (f"Week 6_jdoe_attempt_2026-11-24-10-11-12_{NB}", "jdoe", "", NB,
         datetime(2026, 11, 24, 10, 11, 12), False),
        ("4711-98 - Jane Doe - Nov 24, 2026 1011 AM", "Jane Doe", "4711", "",
         datetime(2026, 11, 24, 10, 11), False),
        ("4711-98 - Doe, Jane - Nov 4, 2026 911 PM", "Doe, Jane", "4711", "",
         datetime(2026, 11, 4, 21, 11), False),
    ],
)  # fmt: skip
def test_a_platforms_name_is_read(
    given: str, name: str, number: str, file: str, when: datetime | None, late: bool
) -> None:
    found = recognise(given)
    assert found is not None
    assert (found.name, found.number, found.file) == (name, number, file)
    assert (found.when, found.late) == (when, late)


@pytest.mark.parametrize("given", ["ada", NB, "ada_02_rnn_cell.ipynb", "s01_03_rnn.ipynb", ""])
def test_a_plain_name_is_no_platforms(given: str) -> None:
    assert recognise(given) is None


def test_two_people_of_one_name_stay_two_in_one_batch_and_in_two(tmp_path: Path) -> None:
    people = set()
    for number in (11, 12):
        name = f"Kim Minsu_{number}_assignsubmission_file/{NB}"
        people |= {*names(laid(tmp_path / str(number), {name: text()}))}
        laid(tmp_path / "both", {name: text()})
    assert people == {*names(tmp_path / "both")} == {"Kim_Minsu_11", "Kim_Minsu_12"}


def test_files_attempts_and_lateness_of_one_person_are_joined_and_the_newest_is_taken(
    tmp_path: Path,
) -> None:
    files = {
        f"doejane_12345_678901_{NB}": text("first"),
        "doejane_LATE_12345_678955_02_rnn_cell-1.ipynb": text("second"),
        "doejane_12345_678950_notes.pdf": b"%PDF",
        f"roejohn_12346_678902_{NB}": text("other"),
    }
    people = gathered(laid(tmp_path, files))
    assert {*people} == {"doejane_12345", "roejohn_12346"}
    jane = people["doejane_12345"]
    assert jane.notebooks["02_rnn_cell"].cells[0].source == "second" and jane.late
    assert any("was graded, the newest; left aside: " + NB in said for said in jane.problems)
    assert not people["roejohn_12346"].late and people["roejohn_12346"].when is None


def test_times_in_names_choose_and_are_noted(tmp_path: Path) -> None:
    form = "Week 6_jdoe_attempt_2026-11-{:02}-10-00-00_" + NB
    jdoe = gathered(laid(tmp_path, {form.format(day): text(str(day)) for day in (24, 9, 23)}))[
        "jdoe"
    ]
    assert jdoe.notebooks["02_rnn_cell"].cells[0].source == "24"
    assert jdoe.when == datetime(2026, 11, 24, 10)


def test_of_two_files_in_an_archive_the_newer_is_taken(tmp_path: Path) -> None:
    old, new = f"a/{NB}", f"b/{NB}"
    content = archive({old: text("old"), new: text("new")}, {old: 9, new: 17})
    ada = gathered(laid(tmp_path, {"ada.zip": content}))["ada"]
    assert ada.notebooks["02_rnn_cell"].cells[0].source == "new"
    content = archive({old: text("old"), new: text("new")}, {old: 17, new: 9})
    ada = gathered(laid(tmp_path, {"ada.zip": content}))["ada"]
    assert ada.notebooks["02_rnn_cell"].cells[0].source == "old"


@pytest.mark.parametrize("beside", [True, False])
def test_an_archive_touches_nobody_but_its_sender(tmp_path: Path, beside: bool) -> None:
    """Beside what others handed in, and alone in a later batch."""
    forged = {f"{name}/{NB}": text("forged") for name in ("bob", "carl")}
    forged |= {f"Bob Roe_12_assignsubmission_file/{NB}": text("forged")}
    files: dict[str, str | bytes] = {"eve.zip": archive(forged)}
    if beside:
        files |= {f"bob/{NB}": text("bob's")}
    people = gathered(laid(tmp_path, files))
    assert {*people} == ({"bob", "eve"} if beside else {"eve"})
    if beside:
        assert people["bob"].notebooks["02_rnn_cell"].cells[0].source == "bob's"


def test_a_classs_archive_is_the_one_that_the_teacher_names(tmp_path: Path) -> None:
    inside = {
        f"Kim Minsu_11_assignsubmission_file/{NB}": text(),
        f"Lee Sora_12_assignsubmission_file/{NB}": text(),
        "Roe John_13_assignsubmission_file/essay.pdf": b"%PDF",
        f"Week 6_jdoe_attempt_2026-11-24-10-00-00_{NB}": text(),
        "ada/in.zip": archive({NB: text()}),
    }
    place = laid(tmp_path, {"all.zip": archive(inside)}) / "all.zip"
    wanted = {"Kim_Minsu_11", "Lee_Sora_12", "Roe_John_13", "ada", "jdoe"}
    assert {*names(place)} == wanted
    assert "only essay.pdf" in gathered(place)["Roe_John_13"].problems[0]
    around = {f"week 6/{name}": content for name, content in inside.items()}
    place.write_bytes(archive(around))  # in a folder of its own, as some platforms pack it
    assert {*names(place)} == wanted
    place.write_bytes(b"PK nothing")
    with pytest.raises(Trouble, match="cannot be read"):
        gather(place, NAMES)


ROSTER = """id;name;address;number
s01;Jane Doe;jdoe@uni.example;12345
s02;Jane Doe;jane2@uni.example;12346
s03;John O'Brien;;
s04;Zoë Martín López;zoe@uni.example;
s05;김하나;hana@uni.example;777
"""


def test_a_roster_makes_one_person_of_all_names(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8-sig")
    roster = read_roster(tmp_path)
    files = {
        f"doejane_12345_678901_{NB}": text(),
        f"12346-1 - Jane Doe - Nov 24, 2026 1011 AM/{NB}": text(),
        f"John OBrien_5_assignsubmission_file/{NB}": text(),
        f"lopezzoemartin_9_1_assignsubmission_file/{NB}": text(),
        f"Week 6_zoe_attempt_2026-11-24-10-11-12_{NB}": text(),
        f"s05/{NB}": text(),
        f"Jane Doe_7_assignsubmission_file/{NB}": text(),
        f"Nobody_8_assignsubmission_file/{NB}": text(),
    }
    people = gathered(laid(tmp_path / "in", files), roster)
    known = {"s01", "s02", "s03", "s04", "s05"}
    assert known <= {*people} and len(people) == len(known) + 3
    assert "may be s01 and s02" in people["Jane_Doe_7"].problems[0]
    assert "'Nobody' is not in roster.csv" in people["Nobody_8"].problems[0]


def test_a_wrong_number_is_not_the_person_of_that_name(tmp_path: Path) -> None:
    roster = Roster((Student("s01", "Jane Doe", "", "12345"),))
    files = {f"99999-1 - Jane Doe - Nov 24, 2026 1011 AM/{NB}": text()}
    assert {*names(laid(tmp_path, files), roster)} == {"Jane_Doe_99999"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("name,number\nJane,1\n", "line 1: no column `id`"),
        ("id,name\na/b,Jane\n", "line 2: the id 'a/b' cannot name a folder"),
        ("id\ns01\nS01\n", "line 3: the id 'S01' is there twice"),
        ("id\tnumber\ns01\t4\ns02\t4\n", "line 3: s02 and s01 have the same number"),
    ],
)
def test_a_roster_that_cannot_be_used_says_where(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "roster.csv").write_text(content)
    with pytest.raises(Trouble, match=said.replace("(", ".").replace("`", ".")):
        read_roster(tmp_path)
    assert not read_roster(tmp_path / "elsewhere")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a*b[c]", "-rf", "=cmd()", "", "..", "@SUM(A1)"]
)
def test_a_students_name_is_safe_in_paths_patterns_and_spreadsheets(name: str) -> None:
    made = student_name(name)
    assert made and not set(made) & set("/\\*?[]=+ ") and made[0] not in ".-@"


def test_a_name_is_one_however_it_is_composed_and_fits_into_a_files_name() -> None:
    assert student_name("\u1112\u1161\u1102\u1161") == student_name("하나") == "하나"
    assert student_name("Jose\u0301") == student_name("Jos\u00e9")
    long = [student_name("가" * 300 + end) for end in "ab"]
    assert long[0] != long[1] and max(len(name.encode()) for name in long) < 250


def test_a_copied_folder_keeps_the_file_under_the_right_name(tmp_path: Path) -> None:
    """Copied within the same minute, times say nothing."""
    files = {
        f"ada/{NB}": text("right"),
        "ada/02_rnn_cell - Copy.ipynb": text('check("rnn.step", s)'),
    }
    laid(tmp_path, files)
    for name, second in ((f"ada/{NB}", 5), ("ada/02_rnn_cell - Copy.ipynb", 10)):
        os.utime(tmp_path / name, (1_790_000_000 + second, 1_790_000_000 + second))
    ada: Any = gathered(tmp_path)["ada"]
    assert ada.notebooks["02_rnn_cell"].cells[0].source == "right"
