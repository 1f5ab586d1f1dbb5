"""Sort what a class handed in: whose is which file.

A folder holds a folder, a notebook or an archive for each student, as somebody collected them or as
a platform names them. An archive in that folder is its sender's alone, whatever names are in it: a
class's archive is the one that the teacher names (``grade week-2 all.zip``).
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from course.grading.intake import HandedIn, Piece
from course.grading.platforms import Sender, recognise
from course.grading.release import Trouble
from course.grading.roster import NOBODY, Roster

__all__ = ["gather", "student_name"]

_MOST_BYTES = 1024**3
_MOST_OF_ONE = 256 * 1024**2
_MOST_FILES = 20_000
_DEEPEST_ARCHIVE = 3
_LONGEST_NAME = 80


@dataclass(frozen=True)
class _Found:
    """A file of the class: its path, the first part of which names the student."""

    parts: tuple[str, ...]
    content: Path | bytes
    when: datetime | None


def gather(place: Path, notebooks: set[str], roster: Roster = NOBODY) -> list[HandedIn]:
    """List who handed in what.

    Parameters
    ----------
    place : Path
        A folder, or the archive of a whole class.
    notebooks : set of str
        The names of the assignment's notebooks, without their ending.
    roster : Roster
        The people of the class, if the course has a list.
    """
    people: dict[str, HandedIn] = {}
    if place.is_dir():
        found, folders = _in_folder(place)
    else:
        found, folders = _in_archive(place)
    for name in folders:  # also those without any notebook
        _person(people, name, notebooks, roster)
    spent: dict[str, int] = {}
    for one in found:
        person, sender = _person(people, one.parts[0], notebooks, roster)
        inner = one.parts[1:] or ((sender.file,) if sender and sender.file else one.parts)
        when = sender.when if sender and sender.when else one.when
        _take(person, inner, one.content, when, sender.order if sender else 0, spent)
        if sender:
            person.note_time(sender.when, sender.late)
    return sorted(people.values(), key=lambda person: person.student)


def _person(
    people: dict[str, HandedIn], name: str, notebooks: set[str], roster: Roster
) -> tuple[HandedIn, Sender | None]:
    """Find whose a top-level folder or file is."""
    is_file = PurePosixPath(name).suffix.lower() in (".ipynb", ".zip")
    bare = PurePosixPath(name).stem if is_file else name
    sender = recognise(name)
    plain = sender.name if sender else bare
    known, reason = roster.find(_without(plain, notebooks), sender) if roster else (None, "")
    if known:
        student = known.id
    else:
        student = student_name(plain, notebooks)
        if sender and sender.number:
            student = f"{student}_{sender.number}"
        if roster and student.casefold() in {one.id.casefold() for one in roster.students}:
            student = f"{student}_unknown"  # never somebody else's place
    person = people.setdefault(student, HandedIn(student))
    if name not in person.names:
        person.names.append(name)
    if reason and reason not in person.problems:
        person.problems.append(reason)
    return person, sender


def _in_folder(folder: Path) -> tuple[list[_Found], list[str]]:
    """List the files and the folders of a folder; links are left aside."""
    found, folders = [], []
    for entry in sorted(folder.iterdir()):
        if entry.is_symlink() or _is_hidden(entry.name):
            continue
        if entry.is_dir():
            folders.append(entry.name)
            for path in sorted(entry.rglob("*")):
                parts = (entry.name, *path.relative_to(entry).parts)
                if path.is_file() and not path.is_symlink() and not any(map(_is_hidden, parts)):
                    found.append(_Found(parts, path, _changed(path)))
        elif entry.is_file() and entry.suffix.lower() in (".ipynb", ".zip"):
            found.append(_Found((entry.name,), entry, _changed(entry)))
    return found, folders


def _in_archive(archive: Path) -> tuple[list[_Found], list[str]]:
    """List the members of a class's archive, without a single folder around them all."""
    inside, reason = _unzip(archive, _MOST_BYTES)
    if reason and not inside:
        raise Trouble(f"{archive}: {reason}")
    inside += [(parts, b"", None) for parts in _others(archive)]
    around = {parts[0] for parts, _, _ in inside if len(parts) > 2}
    everything = {parts[0] for parts, _, _ in inside}
    if len(around) == 1 == len(everything) and recognise(*around) is None:
        inside = [(parts[1:], data, when) for parts, data, when in inside]
    found = [_Found(*member) for member in inside if not any(map(_is_hidden, member[0]))]
    return found, sorted({one.parts[0] for one in found if len(one.parts) > 1})


def _changed(path: Path) -> datetime | None:
    with contextlib.suppress(OSError, ValueError, OverflowError):
        return datetime.fromtimestamp(path.stat().st_mtime)
    return None


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "__MACOSX"))


def _take(
    person: HandedIn,
    parts: tuple[str, ...],
    content: Path | bytes,
    when: datetime | None,
    order: int,
    spent: dict[str, int],
    depth: int = 0,
) -> None:
    """Give a file to its sender, and what an archive holds; `spent` counts bytes out of those."""
    name = "/".join(parts)
    suffix = PurePosixPath(name).suffix.lower()
    if suffix == ".ipynb":
        person.files.append(Piece(name, content, when, order))
    elif suffix != ".zip":
        person.others.append(name)
    elif depth >= _DEEPEST_ARCHIVE:
        person.problems.append(f"{name}: an archive in an archive in an archive")
    else:
        inside, reason = _unzip(content, _MOST_OF_ONE - spent.get(person.student, 0))
        spent[person.student] = spent.get(person.student, 0) + sum(len(one[1]) for one in inside)
        if reason:
            person.problems.append(f"{name}: {reason}")
        for path, data, changed in inside:
            if not any(map(_is_hidden, path)):
                _take(person, path, data, changed or when, order, spent, depth + 1)


def _without(name: str, notebooks: set[str]) -> str:
    """A name without the notebook's behind it: ada_02_rnn_cell is ada."""
    for stem in notebooks:
        if name != stem and name.endswith(stem):
            name = name.removesuffix(stem).rstrip("_- ")
    return name


def student_name(text: str, notebooks: set[str] = frozenset()) -> str:  # type: ignore[assignment]
    """Make a student's name for the gradebook of a person's, a folder's or a file's name."""
    text = unicodedata.normalize("NFC", text)  # macOS writes 하나 and é in parts
    name = re.sub(r"[^\w.@-]+", "_", _without(text, notebooks)).strip("._-@")
    if len(name) > _LONGEST_NAME:  # a file is named after it
        digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:8]
        name = f"{name[: _LONGEST_NAME - 9]}_{digest}"
    return name or "unnamed"


Member = tuple[tuple[str, ...], bytes, datetime | None]


def _unzip(content: Path | bytes, most: int) -> tuple[list[Member], str]:
    """Read an archive's notebooks into memory; nothing is written, so no path can lead out."""
    source = io.BytesIO(content) if isinstance(content, bytes) else content
    found: list[Member] = []
    try:
        with zipfile.ZipFile(source) as archive:
            total = 0
            for number, member in enumerate(_counted(archive)):
                with archive.open(member) as file:  # what it holds, not what it says it holds
                    data = file.read(max(0, most - total) + 1)
                total += len(data)
                if total > most or number > _MOST_FILES:
                    return found, "the archive is too large"
                found.append((_parts(member.filename), data, _dated(member)))
    except (
        zipfile.BadZipFile,
        OSError,
        RuntimeError,
        NotImplementedError,
        ValueError,
        EOFError,
    ) as error:
        return found, f"the archive cannot be read ({error or type(error).__name__})"
    except Exception as error:  # zlib's and lzma's own
        return found, f"the archive cannot be read ({type(error).__name__})"
    return found, "" if found else "the archive holds no notebook"


def _counted(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    """The notebooks and archives among an archive's members."""
    for member in archive.infolist():
        suffix = PurePosixPath(member.filename).suffix.lower()
        if suffix in (".ipynb", ".zip") and not member.is_dir() and _parts(member.filename):
            yield member


def _others(archive: Path) -> list[tuple[str, ...]]:
    """The members that are no notebooks and no archives: to be named, not to be read."""
    with zipfile.ZipFile(archive) as opened:
        counted = {member.filename for member in _counted(opened)}
        members = opened.infolist()[:_MOST_FILES]
        return [
            parts
            for member in members
            if not member.is_dir() and member.filename not in counted
            if (parts := _parts(member.filename))
        ]


def _parts(name: str) -> tuple[str, ...]:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return tuple(p for p in parts if p not in ("/", "..", "."))


def _dated(member: zipfile.ZipInfo) -> datetime | None:
    """When a member was changed; 1980 stands for no time."""
    with contextlib.suppress(ValueError):
        when = datetime(*member.date_time)
        return when if when.year > 1980 else None
    return None
