"""Who handed in a file, as far as the names tell that learning platforms give to downloads.

Moodle      Jane Doe_1234567_assignsubmission_file_/06.ipynb, or with _file_06.ipynb behind it
Canvas      doejane_12345_678901_06.ipynb, doejane_LATE_12345_678901_06-1.ipynb
Blackboard  Week 6_jdoe_attempt_2026-11-24-10-11-12_06.ipynb
D2L         4711-98765 - Jane Doe - Nov 24, 2026 1011 AM/06.ipynb

Canvas and D2L give a person a number that stays; Moodle's belongs to a person and an assignment.
Canvas counts files with the second number and attempts with -1, -2 behind the name.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from datetime import datetime

__all__ = ["Sender", "recognise"]


@dataclass(frozen=True)
class Sender:
    """The person, the time and the attempt that a downloaded name tells.

    Attributes
    ----------
    platform : str
        Moodle, Canvas, Blackboard or D2L.
    name : str
        As the platform writes it: Jane Doe, doejane, or an account's name.
    number : str
        The platform's number of the person; empty where there is none.
    file : str
        The name of the file itself; empty where the name is a folder's.
    when : datetime, optional
        When it was handed in, in the platform's own time zone, which it does not tell.
    late : bool
        Whether the platform calls it late.
    order : int
        The greater, the newer, among one person's files; Canvas's number of the file.
    """

    platform: str
    name: str
    number: str = ""
    file: str = ""
    when: datetime | None = None
    late: bool = False
    order: int = 0


_FORMS = {
    "Moodle": r"(?P<name>.+?)(?:_(?P<number>\d+))?_assignsubmission_[a-z]+_?(?P<file>.*)",
    "Canvas": r"(?P<name>[^\W\d_]+)(?P<late>_LATE)?_(?P<number>\d{2,})_(?P<order>\d{3,})"
    r"_(?P<file>.+)",
    "Blackboard": r"(?P<assignment>.+)_(?P<name>[^_]+)_attempt"
    r"_(?P<when>\d{4}(?:-\d\d){5})(?:_(?P<file>.*))?",
    "D2L": r"(?P<number>\d+)-\d+\s*-\s*(?P<name>.+?)\s*-\s*"
    r"(?P<when>[A-Z][a-z]{2,8} \d{1,2}, \d{4} \d{3,4} ?[AP]M)",
}


def recognise(text: str) -> Sender | None:
    """Read the name of a downloaded file or folder; None where no platform gave it."""
    for platform, form in _FORMS.items():
        match = re.fullmatch(form, text, re.DOTALL)
        if match is None:
            continue
        found = {key: value or "" for key, value in match.groupdict().items()}
        return Sender(
            platform,
            found["name"].strip(),
            found.get("number", ""),
            found.get("file", ""),
            _time(found.get("when", "")),
            bool(found.get("late")),
            int(found.get("order") or 0),
        )
    return None


def _time(text: str) -> datetime | None:
    """Read Blackboard's and D2L's times."""
    clock = re.fullmatch(r"(.+ )(\d{3,4}) ?([AP]M)", text)
    if clock:
        text = f"{clock[1]}{clock[2]:0>4} {clock[3]}"
    for form in ("%Y-%m-%d-%H-%M-%S", "%b %d, %Y %I%M %p", "%B %d, %Y %I%M %p"):
        with contextlib.suppress(ValueError):
            return datetime.strptime(text, form)
    return None
