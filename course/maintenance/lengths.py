"""How long a lesson is, and how long it may be.

The core is what every reader reads: all but *Further* and the solutions. *Further*, with the
further reading, may be a third as long. These are limits, not aims.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from course.maintenance import refresh
from course.maintenance.anatomy import Cell, Notebook, exercises, part, pictures, tags

MOST_MINUTES = 90
LONGEST_CELL = 15  # lines
FURTHER = ("Further", "Further reading")
DRAWS = re.compile(r"\b(?:axes|ax|plt)(?:\.|\[)")


@dataclass(frozen=True)
class Size:
    """How much there is to read: lines are those of code that are not empty.

    A line counts as drawing if its cell calls matplotlib or is tagged `figure:…`.
    """

    words: int
    cells: int
    lines: int
    drawing: int


CORE = Size(words=2200, cells=32, lines=300, drawing=40)
THIRD = Size(*(limit // 3 for limit in vars(CORE).values()))


@dataclass(frozen=True)
class Lengths:
    """A lesson's lengths, as the table shows them."""

    core: Size
    further: Size
    longest: int
    minutes: int | None
    figures: int
    exercises: int


def code_lines(cell: Cell) -> int:
    """Count a cell's lines that are not empty."""
    return sum(bool(line.strip()) for line in cell["source"].splitlines())


def visible(notebook: Notebook) -> tuple[list[Cell], list[Cell]]:
    """Return the cells of the core and those of *Further*: all that a reader sees unfolded."""

    def inside(title: str) -> set[int]:
        section = part(notebook, title)
        return {id(cell) for cell in section.cells} if section else set()

    further = set().union(*map(inside, FURTHER))
    hidden = inside("Solutions") - further
    core = [c for c in notebook["cells"] if id(c) not in further | hidden]
    return core, [c for c in notebook["cells"] if id(c) in further and "solution" not in tags(c)]


def size(cells: Sequence[Cell]) -> Size:
    """Count some cells."""
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    drawing = [
        cell
        for cell in code
        if DRAWS.search(cell["source"]) or any(tag.startswith("figure") for tag in tags(cell))
    ]
    return Size(
        words=sum(len(c["source"].split()) for c in cells if c["cell_type"] == "markdown"),
        cells=len(code),
        lines=sum(map(code_lines, code)),
        drawing=sum(map(code_lines, drawing)),
    )


def lengths(notebook: Notebook) -> Lengths:
    """Count a lesson."""
    core, further = visible(notebook)
    code = [cell for cell in core + further if cell["cell_type"] == "code"]
    return Lengths(
        core=size(core),
        further=size(further),
        longest=max(map(code_lines, code), default=0),
        minutes=minutes(notebook),
        figures=len(list(pictures(notebook))),
        exercises=len(exercises(notebook)),
    )


def minutes(notebook: Notebook) -> int | None:
    """Return the minutes that the opening states: `90 minutes` or `Minutes: 90`."""
    section = part(notebook, "What you will be able to do")
    text = re.sub(r"\*", "", section.text) if section else ""
    match = re.search(r"(\d+)\s+minutes|minutes:?\s+(\d+)", text, re.IGNORECASE)
    return int(match.group(1) or match.group(2)) if match else None


WHAT = {
    "words": "words",
    "cells": "code cells",
    "lines": "lines of code",
    "drawing": "lines of code that draw",
}


def excess(counted: Size, limits: Size, name: str, where: str) -> Iterator[str]:
    """Say how far some cells go beyond the limit with a name."""
    count, limit = getattr(counted, name), getattr(limits, name)
    if count > limit:
        yield f"has {count:,} {WHAT[name]} in {where}; at most {limit:,} are allowed"


def table(paths: Sequence[Path]) -> str:
    """Return the lengths of lessons, a line each; `+` stands before what *Further* adds."""
    lines = [
        f"{'lesson':27} {'words':>11} {'cells':>7} {'lines':>9} {'drawing':>8} {'longest':>8} "
        f"{'minutes':>8} {'figures':>8} {'exercises':>10}"
    ]
    for path in paths:
        n = lengths(refresh.read(path))
        pairs = [
            f"{getattr(n.core, name)} +{getattr(n.further, name)}".rjust(width)
            for name, width in zip(vars(n.core), (11, 7, 9, 8), strict=True)
        ]
        lines.append(
            f"{path.stem:27} {' '.join(pairs)} {n.longest:8} "
            f"{n.minutes or '?':>8} {n.figures:8} {n.exercises:10}"
        )
    return "\n".join(lines)
