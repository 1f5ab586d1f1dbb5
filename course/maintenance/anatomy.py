"""A notebook read as a page: its sections, its exercises, its pictures, its Korean terms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

Cell = dict[str, Any]
Notebook = dict[str, Any]

HEADING = re.compile(r"^(#{1,6}) +(.+?) *$", re.MULTILINE)
EXERCISE = re.compile(r"^Exercise (\d+)\.(\d+) · (.+?) ([★☆]{3})$")
CHECK = re.compile(r"""^check\(["']([\w.]+)["'], *\w+\)$""")
RECORDED = re.compile(r"""check\(\s*["']([\w.]+)["'],.*?record=False\s*,?\s*\)""", re.DOTALL)
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(\s*<?([^)\s>]+)>?[^)]*\)")
_HANGUL = r"(?:[A-Za-z-]+ )?[가-힣]+(?:[ -][가-힣]+)*"
_KOREAN = rf"({_HANGUL}(?:, (?:{_HANGUL}|[A-Za-z-]+))*)"
TERM = re.compile(rf"([A-Za-z][A-Za-z\d–’' -]*) (?:· {_KOREAN}|\({_KOREAN}[);])")


def tags(cell: Cell) -> list[str]:
    """Return a cell's tags."""
    return cell["metadata"].get("tags", [])


def code_cells(notebook: Notebook) -> list[Cell]:
    """Return a notebook's code cells."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def prose(text: str) -> str:
    """Return markdown without its fenced code, where `#` starts a comment and no heading."""
    return re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)


@dataclass
class Section:
    """A heading and the cells under it, up to the next heading of its level or above."""

    level: int
    title: str
    cells: list[Cell] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The section's prose."""
        return "\n\n".join(c["source"] for c in self.cells if c["cell_type"] == "markdown")


def sections(notebook: Notebook) -> list[Section]:
    """Split a notebook at its headings.

    A cell belongs to the last heading in it. The other headings of that cell are sections without
    cells of their own.
    """
    result: list[Section] = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            for hashes, title in HEADING.findall(prose(cell["source"])):
                result.append(Section(len(hashes), title))
        if result:
            result[-1].cells.append(cell)
    return result


def part(notebook: Notebook, title: str) -> Section | None:
    """Return a section with everything under it, subsections included; None without one."""
    whole: Section | None = None
    for section in sections(notebook):
        if whole is not None:
            if section.level <= whole.level:
                break
            whole.cells += section.cells
        elif section.title == title:
            whole = section
    return whole


def anchor(title: str) -> str:
    """Return the name that a heading can be linked by in JupyterLab, on GitHub and in nbviewer."""
    return re.sub(r"[*`]", "", title).replace(" ", "-")


@dataclass
class Exercise:
    """An exercise as the notebook shows it."""

    number: str
    stars: str
    text: str
    cells: list[Cell]

    def tagged(self, tag: str) -> list[Cell]:
        """The cells of the exercise with a tag."""
        return [cell for cell in self.cells if tag in tags(cell)]

    @property
    def kind(self) -> str:
        """One of KINDS, by the cell that the learner fills in."""
        stubs = self.tagged("exercise")
        if not stubs or stubs[0]["cell_type"] == "markdown":
            return "open"
        source = stubs[0]["source"]
        if re.search(r"^\w+ = None", source, re.MULTILINE) and "def " not in source:
            return "value"
        return "code" if "raise NotImplementedError" in source else "bug"

    @property
    def name(self) -> str | None:
        """The name in its check cell."""
        for cell in self.tagged("check"):
            if match := CHECK.match(cell["source"].strip()):
                return match.group(1)
        return None


def exercises(notebook: Notebook) -> list[Exercise]:
    """Return a lesson's exercises in their order."""
    result = []
    for section in sections(notebook):
        if match := EXERCISE.match(section.title):
            number = f"{match.group(1)}.{match.group(2)}"
            result.append(Exercise(number, match.group(4), section.text, section.cells))
    return result


class Registered(NamedTuple):
    """What the package holds for an exercise."""

    kind: str
    points: float
    value: Any = None
    tolerance: float = 0.0
    package: str = ""  # the part of helpers/ that is built, as rnn.rnn_step


@dataclass(frozen=True)
class Lesson:
    """A notebook with what is known about it from elsewhere.

    Attributes
    ----------
    notebook : dict
        As `refresh.read` returns it.
    name : str
        Its name without the ending, as `02_rnn_cell`.
    following : str or None
        The name of the course's next lesson, if it is written.
    bank : mapping of str to Registered, or None
        The registered exercises of this lesson by name; None if they are not looked at.
    """

    notebook: Notebook
    name: str
    following: str | None = None
    bank: Mapping[str, Registered] | None = None

    @property
    def cells(self) -> list[Cell]:
        """All its cells."""
        return self.notebook["cells"]

    @cached_property
    def exercises(self) -> list[Exercise]:
        """Its exercises in their order."""
        return exercises(self.notebook)

    def solution(self, exercise: Exercise) -> Cell | None:
        """The cell that solves an exercise and checks it with record=False."""
        for cell in self.cells:
            if "solution" in tags(cell) and exercise.name in RECORDED.findall(cell["source"]):
                return cell
        return None


def terms(notebook: Notebook) -> Iterator[tuple[str, list[str]]]:
    """Yield the terms that a lesson's prose gives in Korean, each with its Korean words.

    They are written “**mask** (마스크)” or “hidden state · 은닉 상태”; other words may follow a
    semicolon. The English part may have words too many in front: nothing marks where it begins.
    An example is written the other way round: “배 (*pear*)”.
    """
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            for block in prose(cell["source"]).replace("*", "").split("\n\n"):
                for english, first, second in TERM.findall(" ".join(block.split())):
                    yield english, (first or second).split(", ")


def pictures(notebook: Notebook) -> Iterator[tuple[int, str]]:
    """Yield each picture among the outputs: its code cell's number and its alternative text."""
    for number, cell in enumerate(code_cells(notebook), start=1):
        for output in cell["outputs"]:
            for kind in ("image/png", "image/jpeg", "image/svg+xml"):
                if kind in output.get("data", {}):
                    yield number, output.get("metadata", {}).get(kind, {}).get("alt", "")
