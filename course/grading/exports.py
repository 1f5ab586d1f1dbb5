"""Take the points to a platform: its own sheet with the column filled, and the feedback as a zip.

Canvas (Grades → Export), Moodle (grading worksheet) and Brightspace give a sheet with a row for
each person. Here its rows are matched with the graded students, and a copy is written with the
points, which the platform takes back. Everything else in the sheet stays as it is.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from course.grading.collecting import student_name
from course.grading.grade import read_records
from course.grading.platforms import Sender
from course.grading.release import Trouble, open_course
from course.grading.results import Row, read_results
from course.grading.roster import Roster, read_roster

__all__ = ["export", "feedback_zip"]

NUMBERS = ("ID", "Identifier", "OrgDefinedId", "SIS User ID")
ACCOUNTS = ("SIS Login ID", "Username", "Email address", "Email")
NAMES = ("Student", "Full name", "Name")


@dataclass(frozen=True)
class Filled:
    """What became of a sheet."""

    path: Path
    matched: list[str]
    no_row: list[str]
    nobody: list[str]


def export(course: Path, assignment: str, sheet: Path, column: str = "") -> Filled:
    """Fill a platform's sheet with the points of an assignment.

    Parameters
    ----------
    course : Path
        The course's folder.
    assignment : str
        The assignment.
    sheet : Path
        What was downloaded from the platform.
    column : str
        The column for the points; without it, Moodle's is Grade, and another's is the one whose
        name begins with the assignment's.

    Returns
    -------
    Filled
        The copy, in ``report/<assignment>``, and who is in one of the two alone.

    Raises
    ------
    Trouble
        If the sheet cannot be read, or has no such column.
    """
    lines, dialect = _read(sheet)
    head = lines[0]
    place = _column(sheet, head, column, assignment)
    _, rows = read_results(open_course(course), course, assignment)
    points = {row.student: row for row in rows if row.points}
    roster = read_roster(course)
    matched, nobody = [], []
    for line in lines[1:]:
        given = dict(zip(head, line, strict=False))
        who = _who(given, points, roster)
        if who is None:
            told = _first(given, NAMES) or _first(given, ACCOUNTS)
            if told and not re.fullmatch(r"\s*Points Possible\s*", told):
                nobody.append(told)
            continue
        line[place] = f"{points[who].total:g}"
        matched.append(who)
    folder = course / "report" / assignment
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"filled-{sheet.name}"
    text = io.StringIO()
    csv.writer(text, dialect, lineterminator="\n").writerows(lines)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return Filled(path, matched, sorted(set(points) - set(matched)), nobody)


def _read(sheet: Path) -> tuple[list[list[str]], type[csv.Dialect]]:
    try:
        text = sheet.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"{sheet}: cannot be read as UTF-8 ({error})") from None

    class Dialect(csv.excel):
        delimiter = max(",;\t", key=text.partition("\n")[0].count)

    lines = [line for line in csv.reader(io.StringIO(text), Dialect) if line]
    if len(lines) < 2:
        raise Trouble(f"{sheet}: the sheet has no rows below its head")
    return lines, Dialect


def _column(sheet: Path, head: Sequence[str], column: str, assignment: str) -> int:
    """Find the column for the points."""
    wanted = column or ("Grade" if "Identifier" in head else assignment)
    exact = [i for i, name in enumerate(head) if name == wanted]
    fits = exact or [i for i, name in enumerate(head) if _plain(name).startswith(_plain(wanted))]
    if len(fits) == 1:
        return fits[0]
    number = "several columns begin" if fits else "no column begins"
    raise Trouble(f"{sheet}: {number} with {wanted!r}; name one with --column: {', '.join(head)}")


def _plain(text: str) -> str:
    """Week 2 and week-2 are one."""
    return re.sub(r"\W+", " ", text.casefold()).strip()


def _first(given: Mapping[str, str], columns: Sequence[str]) -> str:
    return next((given[name].strip() for name in columns if given.get(name, "").strip()), "")


def _who(given: Mapping[str, str], points: Mapping[str, Row], roster: Roster) -> str | None:
    """Find whose a row of a sheet is, among those who have points."""
    number = re.sub(r"\D", "", _first(given, NUMBERS))
    accounts = [given[name].strip() for name in ACCOUNTS if given.get(name, "").strip()]
    name = _first(given, NAMES) or " ".join(
        given.get(part, "").strip() for part in ("First Name", "Last Name")
    )
    if roster:
        for text in (*(account.partition("@")[0] for account in accounts), name):
            platform = "Moodle" if "Identifier" in given else "Canvas"
            found, _ = roster.find(text, Sender(platform, text, number))
            if found:
                return found.id if found.id in points else None
        return None
    if number:
        ending = [one for one in points if one.endswith(f"_{number}")]
        if ending:
            return ending[0] if len(ending) == 1 else None
    ids = {one.casefold(): one for one in points}
    for text in (*accounts, *(account.partition("@")[0] for account in accounts), name):
        if text.strip() and student_name(text).casefold() in ids:
            return ids[student_name(text).casefold()]
    return None


def feedback_zip(course: Path, assignment: str) -> Path:
    """Pack the students' pages under the names with which their submissions came.

    Moodle and Brightspace hand such a zip out to the people of these folders.

    Raises
    ------
    Trouble
        If there is no feedback yet.
    """
    path = course / "report" / assignment / "feedback.zip"
    records = read_records(course, assignment)
    count = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for folder in sorted((course / "feedback").glob(f"*/{assignment}")):
            student = folder.parent.name
            came_as = records.get(student, {}).get("came_as") or [student]
            around = PurePosixPath(came_as[0])
            name = around.stem if around.suffix.lower() in (".ipynb", ".zip") else around.name
            for page in sorted(folder.glob("*.html")):
                packed.write(page, f"{name}/{page.name}")
                count += 1
    if not count:
        path.unlink()
        raise Trouble(f"there is no feedback for {assignment} yet: see `report`")
    return path
