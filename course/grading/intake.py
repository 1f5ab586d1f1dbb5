"""Find an assignment's notebooks in what was handed in, and say what is wrong with the rest."""

from __future__ import annotations

import hashlib
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from course.grading.pictures import Pictures

__all__ = ["HandedIn", "Released", "gather", "read_notebook", "student_name"]

_MOST_BYTES = 1024**3
_MOST_OF_ONE = 256 * 1024**2
_MOST_FILES = 20_000
_MOST_LISTS, _MOST_COMMAS = 5_000_000, 20_000_000
_DEEPEST_ARCHIVE = 3
_LONGEST_NAME = 80
_MOST_CELLS = 2_000
_MOST_TEXT = 5_000_000
_MOODLE = re.compile(r"(.+?)(?:_(\d+))?_assignsubmission_[a-z]+_?(.*)", re.DOTALL)
# What would move a terminal's cursor, hide text or cannot be written as UTF-8.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


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
        self._find(released)
        # A file's name is the student's to choose, and what is said here is shown to the teacher.
        self.problems = [_UNSEEN.sub("\ufffd", said)[:500] for said in self.problems]

    def _find(self, released: Released) -> None:
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
    people: dict[tuple[str, str], HandedIn] = {}
    taken: dict[tuple[str, str], int] = {}  # bytes out of archives
    own: set[tuple[str, str]] = set()  # who has a folder or a file of their own
    entries = [e for e in sorted(folder.iterdir()) if not e.is_symlink()]

    def key_of(name: str) -> tuple[str, str]:
        """Tell people of one name apart by the number that Moodle gives them."""
        match = _MOODLE.fullmatch(name)
        return student_name(name, notebooks), (match.group(2) or "") if match else ""

    def of(name: str) -> HandedIn:
        return people.setdefault(key_of(name), HandedIn(key_of(name)[0]))

    def take(
        parts: tuple[str, ...], content: Path | bytes, owner: str = "", depth: int = 0
    ) -> None:
        """Sort one file in; `parts` is its path, the first of them names the student."""
        name = parts[-1]
        suffix = PurePosixPath(name).suffix.lower()
        if any(part.startswith((".", "__MACOSX")) for part in parts):
            return
        if suffix not in (".zip", ".ipynb"):
            return
        owner = owner or (parts[0] if len(parts) > 1 else PurePosixPath(name).stem)
        if suffix == ".ipynb":
            of(owner).files.append(("/".join(parts[1:]) or name, content))
            return
        person, key = of(owner), key_of(owner)
        if depth >= _DEEPEST_ARCHIVE:
            person.problems.append(f"{name}: an archive in an archive in an archive")
            return
        inside, reason = _unzip(content, _MOST_OF_ONE - taken.get(key, 0))
        taken[key] = taken.get(key, 0) + sum(len(data) for _, data in inside)
        if reason:
            person.problems.append(f"{name}: {reason}")
        for path, data in inside:
            take((owner, *path), data, owner, depth + 1)

    archives = []
    for entry in entries:
        if entry.name.startswith((".", "__MACOSX")):
            continue
        if entry.is_dir():
            of(entry.name)  # also a folder without any notebook
            for path in sorted(entry.rglob("*")):
                if path.is_file() and not path.is_symlink():
                    take((entry.name, *path.relative_to(entry).parts), path)
            own.add(key_of(entry.name))
        elif entry.suffix.lower() == ".zip" and _holds_people(names := _listed(entry), notebooks):
            archives.append((entry, names))
        elif entry.is_file():
            take((entry.name,), entry)
            own.add(key_of(entry.stem))
    for entry, _ in archives:
        _take_class(entry, take, of, key_of, own, alone=len(entries) == 1)
    same: dict[str, int] = {}
    for name, _ in people:
        same[name] = same.get(name, 0) + 1
    for (name, number), person in people.items():
        if same[name] > 1 and number:
            person.student = f"{name}_{number}"
            person.problems.append("somebody else has the same name: the number tells them apart")
    return sorted(people.values(), key=lambda person: person.student)


def _take_class(
    archive: Path,
    take: Callable[..., None],
    of: Callable[[str], HandedIn],
    key_of: Callable[[str], tuple[str, str]],
    own: set[tuple[str, str]],
    *,
    alone: bool,
) -> None:
    """Sort in an archive that names several students.

    It may as well be one student's, with folders that bear others' names. So it adds nothing to
    those who have handed in themselves, and where it is not alone the others are noted.
    """
    inside, reason = _unzip(archive, _MOST_BYTES)
    if reason:
        of(archive.stem).problems.append(f"{archive.name}: {reason}")
    came: set[tuple[str, str]] = set()
    for path, data in inside:
        name = path[0] if len(path) > 1 else PurePosixPath(path[0]).stem
        if key_of(name) in own:
            said = f"{archive.name}: what it holds under this name was left aside"
            if said not in of(name).problems:
                of(name).problems.append(said)
            continue
        take(path, data)
        if not alone and key_of(name) not in came and not name.startswith((".", "__MACOSX")):
            of(name).problems.append(f"this came in {archive.name}")
        came.add(key_of(name))
    own |= came


def student_name(text: str, notebooks: set[str] = frozenset()) -> str:  # type: ignore[assignment]
    """Make a student's name for the gradebook of a folder's or a file's name."""
    text = unicodedata.normalize("NFC", text)  # macOS writes 하나 and é in parts
    match = _MOODLE.fullmatch(text)
    name = match.group(1) if match else text
    for stem in notebooks:
        if name != stem and name.endswith(stem):
            name = name.removesuffix(stem).rstrip("_- ")
    name = re.sub(r"[^\w.@-]+", "_", name).strip("._-@")
    if len(name) > _LONGEST_NAME:  # a file is named after it
        digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:8]
        name = f"{name[: _LONGEST_NAME - 9]}_{digest}"
    return name or "unnamed"


def _listed(archive: Path) -> list[tuple[str, ...]]:
    """List the notebooks and archives in an archive; nothing where it cannot be read."""
    try:
        with zipfile.ZipFile(archive) as opened:
            return [_parts(m.filename) for m in opened.infolist() if _counts(m)]
    except Exception:
        return []


def _parts(name: str) -> tuple[str, ...]:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return tuple(p for p in parts if p not in ("/", "..", "."))


def _counts(member: zipfile.ZipInfo) -> bool:
    suffix = PurePosixPath(member.filename).suffix.lower()
    return suffix in (".ipynb", ".zip") and not member.is_dir() and bool(_parts(member.filename))


def _holds_people(inside: list[tuple[str, ...]], notebooks: set[str]) -> bool:
    """Tell an archive of a class from the archive of one student."""
    inside = [path for path in inside if not path[0].startswith((".", "__MACOSX"))]
    folders = {path[0] for path in inside if len(path) > 1}
    singles = {PurePosixPath(path[0]).stem for path in inside if len(path) == 1}
    if singles & notebooks:
        return False
    return len(folders) > 1 or (not folders and len(singles) > 1)


def _unzip(content: Path | bytes, most: int) -> tuple[list[tuple[tuple[str, ...], bytes]], str]:
    """Read an archive's notebooks into memory; nothing is written, so no path can lead out."""
    source = io.BytesIO(content) if isinstance(content, bytes) else content
    found: list[tuple[tuple[str, ...], bytes]] = []
    try:
        with zipfile.ZipFile(source) as archive:
            total = 0
            for number, member in enumerate(archive.infolist()):
                if not _counts(member):
                    continue
                with archive.open(member) as file:  # what it holds, not what it says it holds
                    data = file.read(max(0, most - total) + 1)
                total += len(data)
                if total > most or number > _MOST_FILES:
                    return found, "the archive is too large"
                found.append((_parts(member.filename), data))
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
