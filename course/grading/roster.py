"""The people of a class: ``roster.csv`` in the course's folder.

It has a row for each person, with the columns ``id`` (the name in the gradebook), ``name``,
``address`` (e-mail) and ``number`` (the platform's) in any order; only ``id`` has to be there. They
are separated by commas, semicolons or tabs. With a roster, what a platform calls Jane Doe, doejane
or 12345 is one person in every week, and who has handed in nothing is in the report. Without it,
ids are made of names and numbers.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from course.grading.platforms import Sender
from course.grading.release import Trouble

__all__ = ["NOBODY", "ROSTER", "Roster", "Student", "read_roster"]

ROSTER = "roster.csv"
COLUMNS = ("id", "name", "address", "number")


@dataclass(frozen=True)
class Student:
    """A row of the roster."""

    id: str
    name: str = ""
    address: str = ""
    number: str = ""


@dataclass(frozen=True)
class Roster:
    """All rows, which `find` searches; empty where a course has no roster."""

    students: tuple[Student, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.students)

    def find(self, text: str, sender: Sender | None = None) -> tuple[Student | None, str]:
        """Look for a person.

        Parameters
        ----------
        text : str
            The name of a file or folder, without what the assignment adds.
        sender : Sender, optional
            What a platform told.

        Returns
        -------
        student : Student or None
            The only one who fits.
        reason : str
            Why there is none.
        """
        if sender and sender.number:
            found = [one for one in self.students if one.number == sender.number]
            if len(found) == 1:
                return found[0], ""
        name = sender.name if sender else text
        for fits in (_by_id, _by_account, _by_name):
            found = [one for one in self.students if fits(one, name)]
            if sender and sender.number:  # somebody else's number is somebody else
                found = [one for one in found if not one.number or sender.platform == "Moodle"]
            if len(found) == 1:
                return found[0], ""
            if found:
                several = " and ".join(one.id for one in found)
                return None, f"{name!r} may be {several}: give them their numbers in {ROSTER}"
        return None, f"{name!r} is not in {ROSTER}"


NOBODY = Roster()


def _by_id(student: Student, name: str) -> bool:
    return student.id.casefold() == name.casefold()


def _by_account(student: Student, name: str) -> bool:
    return bool(student.address) and student.address.partition("@")[0].casefold() == name.casefold()


def _by_name(student: Student, name: str) -> bool:
    """Whether the words of the two names are the same: Jane Doe is Doe, Jane and doejane."""
    words = _words(student.name)
    turned = {"".join(words[i:] + words[:i]) for i in range(len(words))}
    return bool(words) and (
        sorted(words) == sorted(_words(name)) or "".join(_words(name)) in turned
    )


def _words(name: str) -> list[str]:
    """The words of a name, without case, accents and marks: Zoë O'Neil is zoe and oneil."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = unicodedata.normalize("NFC", re.sub(r"['’`]", "", plain))
    return re.findall(r"[^\W_]+", plain)


def read_roster(course: Path) -> Roster:
    """Read a course's roster; an empty one where there is none.

    Raises
    ------
    Trouble
        If a column is unknown or missing, or two people share an id or a number.
    """
    path = course / ROSTER
    if not path.exists():
        return NOBODY
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"{path}: cannot be read as UTF-8 ({error})") from None
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    rows = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    columns = [str(name).strip().lower() for name in rows.fieldnames or ()]
    if "id" not in columns:
        raise Trouble(f"{path}, line 1: no column `id`; the columns are {', '.join(COLUMNS)}")
    students: list[Student] = []
    for row in rows:
        given = {
            name: (value or "").strip() for name, value in zip(columns, row.values(), strict=False)
        }
        student = Student(*(given.get(name, "") for name in COLUMNS))
        if not any(given.values()):
            continue
        _check(path, rows.line_num, student, students)
        students.append(student)
    return Roster(tuple(students))


def _check(path: Path, line: int, student: Student, others: list[Student]) -> None:
    """Raise Trouble where a row cannot be used."""
    if not re.fullmatch(r"[\w@][\w.@-]{0,79}", student.id):
        raise Trouble(
            f"{path}, line {line}: the id {student.id!r} cannot name a folder; use letters, "
            "digits, _, -, . and @"
        )
    for other in others:
        if other.id.casefold() == student.id.casefold():
            raise Trouble(f"{path}, line {line}: the id {student.id!r} is there twice")
        if student.number and other.number == student.number:
            raise Trouble(f"{path}, line {line}: {student.id} and {other.id} have the same number")
