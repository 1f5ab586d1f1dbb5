"""Find an assignment's notebooks in what a student handed in, and say what is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from course.grading.pictures import Pictures

__all__ = ["HandedIn", "Piece", "Released", "read_notebook"]

_MOST_BYTES = 1024**3
_MOST_LISTS, _MOST_COMMAS = 5_000_000, 20_000_000
_MOST_CELLS = 2_000
_MOST_TEXT = 5_000_000
# What platforms and browsers put behind the name of a second file: -1, (1).
_ATTEMPT = re.compile(r"-(\d{1,3})$|\s*\((\d{1,3})\)$")
# What would move a terminal's cursor, hide text or cannot be written as UTF-8.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True)
class Released:
    """What the gradebook knows of an assignment: its notebooks and the names of their cells."""

    notebooks: Mapping[str, frozenset[str]]

    def recognise(self, name: str, nb: NotebookNode) -> str:
        """Tell by its name or its cells which notebook of the assignment this is, or nothing."""
        stem = PurePosixPath(name).stem
        for known in (stem, _ATTEMPT.sub("", stem)):
            if known in self.notebooks:
                return known
        marks = {
            str(meta.get("grade_id"))
            for cell in nb.cells
            if isinstance(meta := cell.metadata.get("nbgrader"), dict)
        }
        text = "\n".join(cell.source for cell in nb.cells if cell.cell_type == "code")
        called = set(re.findall(r"""check\(\s*["']([\w.]+)["']""", text))
        marks |= {f"{one.replace('.', '-').replace('_', '-')}-check" for one in called}
        shared = {known: len(marks & cells) for known, cells in self.notebooks.items()}
        best = max(shared, key=lambda known: shared[known], default="")
        return best if best and shared[best] > 0 else ""


@dataclass(frozen=True)
class Piece:
    """A notebook's file among what a student handed in.

    Attributes
    ----------
    name : str
        Its path below the student's own folder.
    content : Path or bytes
        Where it is, or what it holds.
    when : datetime, optional
        When it was handed in or last changed, where that is known.
    order : int
        The platform's number of the file, which grows with time.
    """

    name: str
    content: Path | bytes
    when: datetime | None = None
    order: int = 0


@dataclass
class HandedIn:
    """What one student handed in.

    Attributes
    ----------
    student : str
        The name in the gradebook.
    names : list of str
        The folders and files of the class that are this student's, as they were called.
    files : list of Piece
        The notebooks that there are.
    others : list of str
        The names of other files.
    notebooks : dict
        For each notebook of the assignment that was found: the cleaned notebook.
    problems : list of str
        What was wrong, with the file's name.
    when : datetime, optional
        When the newest of it was handed in, if the platform tells.
    late : bool
        Whether the platform calls any of it late.
    """

    student: str
    names: list[str] = field(default_factory=list)
    files: list[Piece] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    notebooks: dict[str, NotebookNode] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    when: datetime | None = None
    late: bool = False

    def note_time(self, when: datetime | None, late: bool) -> None:
        """Note what a platform tells of a file's time."""
        self.late = self.late or late
        if when is not None and (self.when is None or when > self.when):
            self.when = when

    def read(self, released: Released) -> None:
        """Read the files and find the assignment's notebooks among them."""
        self._find(released)
        # A file's name is the student's to choose, and what is said here is shown to the teacher.
        self.problems = [_UNSEEN.sub("\ufffd", said)[:500] for said in self.problems]

    def _find(self, released: Released) -> None:
        found: dict[str, list[tuple[Piece, NotebookNode]]] = {}
        trouble: list[tuple[str, str]] = []
        unknown: list[str] = []
        for piece in sorted(self.files, key=lambda piece: piece.name):
            name, stem = piece.name, PurePosixPath(piece.name).stem
            nb, reason = read_notebook(piece.content)
            if nb is None:
                trouble.append((stem, f"{name}: {reason}"))
                continue
            known = released.recognise(name, nb)
            if not known:
                unknown.append(f"{name}: this is no notebook of this assignment")
                continue
            if stem != known:
                self.problems.append(f"{name}: handed in under this name; taken as {known}.ipynb")
            if reason:
                self.problems.append(f"{name}: {reason}")
            found.setdefault(known, []).append((piece, nb))
        for known, candidates in found.items():
            self.notebooks[known] = self._newest(known, candidates)
        self.problems += [said for stem, said in trouble if stem not in self.notebooks]
        if not self.notebooks:
            self.problems += unknown
            if not self.files and not self.problems:
                others = f", only {', '.join(self.others[:5])}" if self.others else ""
                self.problems.append(f"no notebook was handed in{others}")
        for known in released.notebooks:
            if known not in self.notebooks and self.notebooks:
                self.problems.append(f"{known}.ipynb was not handed in")

    def _newest(self, known: str, candidates: list[tuple[Piece, NotebookNode]]) -> NotebookNode:
        """Choose among several files of one notebook, and say which were left aside."""

        times = [piece.when.timestamp() if piece.when else 0.0 for piece, _ in candidates]

        def age(one: tuple[Piece, NotebookNode]) -> tuple[int, float, int, bool, str]:
            piece, stem = one[0], PurePosixPath(one[0].name).stem
            seconds = piece.when.timestamp() if piece.when else 0.0
            copied = seconds > max(times) - 60  # with the newest, so its time says nothing
            attempt = _ATTEMPT.search(stem)
            count = int(attempt[1] or attempt[2]) if attempt and stem != known else 0
            order = max(times) if copied else seconds
            return piece.order, order, count, stem == known, piece.name

        *others, (piece, nb) = sorted(candidates, key=age)
        if others:
            aside = ", ".join(other.name for other, _ in others)
            told = f" (of {piece.when:%d %B %Y, %H:%M})" if piece.when else ""
            self.problems.append(f"{piece.name}{told} was graded, the newest; left aside: {aside}")
        return nb


# --- one notebook ----------------------------------------------------------------------------


def read_notebook(content: Path | bytes) -> tuple[NotebookNode | None, str]:
    """Read a notebook, whatever its form, and leave its outputs behind.

    Parameters
    ----------
    content : Path or bytes
        The file.

    Returns
    -------
    notebook : NotebookNode or None
        In nbformat's newest form, made anew from what can be used.
    reason : str
        Why there is none, or what was odd about it.
    """
    try:
        if isinstance(content, Path):
            if content.stat().st_size > _MOST_BYTES:
                return None, "the file is larger than 1 GB"
            content = content.read_bytes()
    except OSError as error:
        return None, f"the file cannot be read ({error.strerror})"
    if not content.strip(b"\0 \t\r\n"):
        return None, "the file is empty"
    lists = content.count(b"[") + content.count(b"{")
    if lists > _MOST_LISTS or content.count(b",") > _MOST_COMMAS:  # each takes memory once read
        return None, "the file holds too many lists; clear its outputs"
    text, odd = _decode(content)
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        return None, f"this is not JSON: line {error.lineno}, column {error.colno}: {error.msg}"
    except (RecursionError, ValueError):
        return None, "this is not JSON that can be read"
    if not isinstance(data, dict) or not ("cells" in data or "worksheets" in data):
        return None, "this is no notebook: it has no cells"
    try:
        if "worksheets" in data:
            old = f"an old notebook (nbformat {data.get('nbformat', 3)}), brought up to date"
            odd = f"{odd}; {old}" if odd else old
            for sheet in data["worksheets"]:
                for cell in sheet.get("cells", []):
                    cell["outputs"] = []
            version = data.get("nbformat")
            data["nbformat"] = version if version in (2, 3) else 3
            data.setdefault("nbformat_minor", 0)
            data.setdefault("metadata", {})
            data = nbformat.convert(nbformat.from_dict(data), 4)
        if len(data.get("cells") or ()) > _MOST_CELLS:
            return None, "the notebook holds more than 2,000 cells"
        nb = _made_anew(data)
    except Exception as error:
        return None, f"this is no notebook that can be read ({type(error).__name__})"
    if sum(len(cell.source) for cell in nb.cells) > _MOST_TEXT:
        return None, "the notebook holds more than 5 MB of text"
    return nb, odd


def _decode(content: bytes) -> tuple[str, str]:
    """Decode text; Korean Windows writes cp949, and some editors UTF-16."""
    encodings = ["utf-8-sig", "cp949", "latin-1"]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings.insert(0, "utf-16")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text, "" if encoding == "utf-8-sig" else f"not UTF-8; read as {encoding}"
    raise AssertionError("latin-1 reads every byte")


def _text(source: Any) -> str:
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    text = source if isinstance(source, str) else ""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def _made_anew(data: Mapping[str, Any]) -> NotebookNode:
    made, pictures = new_notebook(), Pictures()
    kinds = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
    for cell in _dicts(data.get("cells")):
        make = kinds.get(cell.get("cell_type", ""), new_raw_cell)
        metadata = cell.get("metadata")
        kept: dict[str, Any] = {}
        if isinstance(metadata, dict):
            tags = metadata.get("tags")
            if isinstance(tags, list):
                plain = [
                    t for t in tags[:50] if isinstance(t, str) and re.fullmatch(r"[\w.:-]{1,60}", t)
                ]
                kept["tags"] = list(dict.fromkeys(plain))
            mark = metadata.get("nbgrader")
            if isinstance(mark, dict) and isinstance(mark.get("grade_id"), str):
                kept["nbgrader"] = {"grade_id": mark["grade_id"]}
        text = _text(cell.get("source"))
        if make is new_markdown_cell:
            text, kept_pictures = pictures.keep(text, cell.get("attachments"))
        made.cells.append(make(text, metadata=kept))
        if make is new_markdown_cell and kept_pictures:
            made.cells[-1].attachments = nbformat.from_dict(kept_pictures)
    made.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    return made


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    for item in value if isinstance(value, list) else []:
        if isinstance(item, dict):
            yield item
