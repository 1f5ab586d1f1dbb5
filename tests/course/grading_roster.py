"""Submissions for the grader's tests: made from a release, answered well, badly and not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat

from course.exercises.bank import find

ROOT = Path(__file__).resolve().parents[2]
PIXEL = (  # a picture of one pixel, as a notebook stores it
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAA"
    "DUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def solutions(lesson: str) -> dict[str, str]:
    """Read a lesson's solutions, each under the name that its check cell passes."""
    path = next((ROOT / "notebooks").glob(f"{lesson}_*.ipynb"))
    nb = nbformat.read(path, as_version=4)
    variables, found = {}, {}
    for cell in nb.cells:
        match = re.search(r'\n*check\("([\w.]+)", (\w+)(, record=False)?\)', cell.source)
        if cell.cell_type == "code" and match:
            name, variable, is_solution = match.groups()
            if is_solution:
                code = cell.source[: match.start()]
                found[name] = re.sub(rf"\b{variable}\b", variables[name], code)
            else:
                variables[name] = variable
    return found


def variable_of(nb: Any, name: str) -> str:
    """Give the name under which a notebook's check looks for an answer."""
    for cell in nb.cells:
        match = re.match(rf'check\("{re.escape(name)}", (\w+)\)', cell.source)
        if match:
            return match.group(1)
    raise KeyError(name)


def grade_id(name: str) -> str:
    return name.replace(".", "-").replace("_", "-")


def cell_of(nb: Any, identifier: str) -> Any:
    """Give the cell with a grade id."""
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == identifier:
            return cell
    raise KeyError(identifier)


def mistake_code(name: str, tag: str, variable: str) -> str:
    """Write a named mistake as a learner's cell."""
    exercise = find(name)
    assert exercise is not None
    mistake = next(one for one in exercise.mistakes if one.tag == tag)  # type: ignore[attr-defined]
    if exercise.kind == "value":
        return f"{variable} = {mistake.answer!r}"
    return f"""
from course.exercises.bank import find

made_by_{variable} = next(m for m in find({name!r}).mistakes if m.tag == {tag!r}).answer


def {variable}(*args, **kwargs):
    return made_by_{variable}(*args, **kwargs)
"""


class Class:
    """A folder of submissions to one assignment.

    Parameters
    ----------
    release : Path
        The released notebook.
    folder : Path
        Where the submissions go.
    """

    def __init__(self, release: Path, folder: Path) -> None:
        self.release, self.folder = release, folder
        self.solutions = solutions(release.stem[:2])

    def blank(self) -> Any:
        """Give a student's notebook as it was handed out."""
        return nbformat.read(self.release, as_version=4)

    def solved(self, but: Iterable[str] = ()) -> Any:
        """Give a notebook with the right answers."""
        nb = self.blank()
        present = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in nb.cells}
        for name, code in self.solutions.items():
            if grade_id(name) in present and name not in but:
                cell_of(nb, grade_id(name)).source = code
        return nb

    def answered(self, answers: dict[str, str]) -> Any:
        """Give a notebook with these answers."""
        nb = self.blank()
        for name, code in answers.items():
            cell_of(nb, grade_id(name)).source = code
        return nb

    def hand_in(self, student: str, nb: Any, name: str = "") -> Path:
        """Write a submission; a string or bytes as it stands."""
        path = self.folder / student / (name or self.release.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(nb, bytes):
            path.write_bytes(nb)
        elif isinstance(nb, str):
            path.write_text(nb, encoding="utf-8")
        else:
            path.write_text(json.dumps(nb), encoding="utf-8")
        return path
