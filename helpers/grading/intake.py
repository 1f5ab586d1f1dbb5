"""Find an assignment's notebooks in what was handed in, and say what is wrong with the rest."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

__all__ = ["HandedIn", "Released", "gather", "read_notebook", "student_name"]

_MOST_BYTES = 1024**3
_MOST_FILES = 20_000
_MOST_CELLS = 2_000
_MOST_TEXT = 5_000_000
_MOODLE = re.compile(r"(.+?)(?:_\d+)?_assignsubmission_[a-z]+_?(.*)")


@dataclass(frozen=True)
class Released:
    """What the gradebook knows of an assignment: its notebooks and the names of their cells."""

    notebooks: Mapping[str, frozenset[str]]

    def recognise(self, name: str, nb: NotebookNode) -> str:
        """Tell by its name or its cells which notebook of the assignment this is, or nothing."""
        stem = PurePosixPath(name).stem
        if stem in self.notebooks:
            return stem
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


@dataclass
class HandedIn:
    """What one student handed in.

    Attributes
    ----------
    student : str
        The name in the gradebook.
    notebooks : dict
        For each notebook of the assignment that was found: the cleaned notebook.
    problems : list of str
        What was wrong, with the file's name.
    files : list of (str, Path or bytes)
        What there is.
    """

    student: str
    files: list[tuple[str, Path | bytes]] = field(default_factory=list)
    notebooks: dict[str, NotebookNode] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def read(self, released: Released) -> None:
        """Read the files and find the assignment's notebooks among them."""
        found: dict[str, list[tuple[bool, str, NotebookNode]]] = {}
        trouble: list[tuple[str, str]] = []
        unknown: list[str] = []
        for name, content in sorted(self.files, key=lambda file: file[0]):
            nb, reason = read_notebook(content)
            if nb is None:
                trouble.append((PurePosixPath(name).stem, f"{name}: {reason}"))
                continue
            known = released.recognise(name, nb)
            if not known:
                unknown.append(f"{name}: this is no notebook of this assignment")
                continue
            exact = PurePosixPath(name).stem == known
            if not exact:
                self.problems.append(f"{name}: handed in under this name; taken as {known}.ipynb")
            if reason:
                self.problems.append(f"{name}: {reason}")
            found.setdefault(known, []).append((exact, name, nb))
        for known, candidates in found.items():
            candidates.sort(key=lambda one: one[:2])
            self.notebooks[known] = candidates[-1][2]
            if len(candidates) > 1:
                others = ", ".join(one[1] for one in candidates[:-1])
                self.problems.append(f"{candidates[-1][1]} was graded; left aside: {others}")
        self.problems += [said for stem, said in trouble if stem not in self.notebooks]
        if not self.notebooks:
            self.problems += unknown
            if not self.files and not self.problems:
                self.problems.append("no notebook was handed in")
        for known in released.notebooks:
            if known not in self.notebooks and self.notebooks:
                self.problems.append(f"{known}.ipynb was not handed in")


def gather(folder: Path, notebooks: set[str]) -> list[HandedIn]:
    """List who handed in what.

    Parameters
    ----------
    folder : Path
        Holds a folder, a notebook or an archive for each student, or archives with these.
    notebooks : set of str
        The names of the assignment's notebooks, without their ending.
    """
    people: dict[str, HandedIn] = {}

    def of(name: str) -> HandedIn:
        student = student_name(name, notebooks)
        return people.setdefault(student, HandedIn(student))

    def take(parts: tuple[str, ...], content: Path | bytes, owner: str = "") -> None:
        """Sort one file in; `parts` is its path, the first of them names the student."""
        name = parts[-1]
        suffix = PurePosixPath(name).suffix.lower()
        if any(part.startswith((".", "__MACOSX")) for part in parts):
            return
        if suffix == ".zip":
            inside, reason = _unzip(content)
            if not owner and len(parts) == 1 and _holds_people(inside, notebooks):
                for path, data in inside:
                    take(path, data)
                return
            person = of(owner or (parts[0] if len(parts) > 1 else PurePosixPath(name).stem))
            if reason:
                person.problems.append(f"{name}: {reason}")
            for path, data in inside:
                take((person.student, *path), data, person.student)
        elif suffix == ".ipynb":
            stem = PurePosixPath(name).stem
            person = of(owner or (parts[0] if len(parts) > 1 else stem))
            person.files.append(("/".join(parts[1:]) or name, content))

    for entry in sorted(folder.iterdir()):
        if entry.is_symlink():
            continue
        if entry.is_dir():
            before = set(people)
            for path in sorted(entry.rglob("*")):
                if path.is_file() and not path.is_symlink():
                    take((entry.name, *path.relative_to(entry).parts), path)
            if set(people) == before and not entry.name.startswith((".", "__MACOSX")):
                of(entry.name)  # a folder without any notebook
        else:
            take((entry.name,), entry)
    return [people[name] for name in sorted(people)]


def student_name(text: str, notebooks: set[str] = frozenset()) -> str:  # type: ignore[assignment]
    """Make a student's name for the gradebook of a folder's or a file's name."""
    match = _MOODLE.fullmatch(text)
    name = match.group(1) if match else text
    for stem in notebooks:
        if name != stem and name.endswith(stem):
            name = name.removesuffix(stem).rstrip("_- ")
    name = re.sub(r"[^\w.@-]+", "_", name).strip("._-@")
    return name or "unnamed"


def _holds_people(inside: list[tuple[tuple[str, ...], bytes]], notebooks: set[str]) -> bool:
    """Tell an archive of a class from the archive of one student."""
    folders = {path[0] for path, _ in inside if len(path) > 1}
    singles = {PurePosixPath(path[0]).stem for path, _ in inside if len(path) == 1}
    if singles & notebooks:
        return False
    return len(folders) > 1 or (not folders and len(singles) > 1)


def _unzip(content: Path | bytes) -> tuple[list[tuple[tuple[str, ...], bytes]], str]:
    """Read an archive's notebooks into memory; nothing is written, so no path can lead out."""
    source = io.BytesIO(content) if isinstance(content, bytes) else content
    found: list[tuple[tuple[str, ...], bytes]] = []
    try:
        with zipfile.ZipFile(source) as archive:
            total = 0
            for number, member in enumerate(archive.infolist()):
                suffix = PurePosixPath(member.filename).suffix.lower()
                if member.is_dir() or suffix not in (".ipynb", ".zip"):
                    continue
                with archive.open(member) as file:  # what it holds, not what it says it holds
                    data = file.read(_MOST_BYTES - total + 1)
                total += len(data)
                if total > _MOST_BYTES or number > _MOST_FILES:
                    return found, "the archive is too large"
                parts = PurePosixPath(member.filename.replace("\\", "/")).parts
                found.append((tuple(p for p in parts if p not in ("/", "..", ".")), data))
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
    made = new_notebook()
    kinds = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
    for cell in _dicts(data.get("cells")):
        make = kinds.get(cell.get("cell_type", ""), new_raw_cell)
        metadata = cell.get("metadata")
        kept: dict[str, Any] = {}
        if isinstance(metadata, dict):
            tags = metadata.get("tags")
            if isinstance(tags, list):
                kept["tags"] = list(dict.fromkeys(str(tag) for tag in tags if str(tag)))
            mark = metadata.get("nbgrader")
            if isinstance(mark, dict) and isinstance(mark.get("grade_id"), str):
                kept["nbgrader"] = {"grade_id": mark["grade_id"]}
        made.cells.append(make(_text(cell.get("source")), metadata=kept))
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
