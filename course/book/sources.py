"""Write the pages that Sphinx reads, from the executed notebooks, the guides and the ledger."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from course.exercises.bank import CodeExercise, ValueExercise, find
from course.lessons import LESSONS

__all__ = ["ROOT", "write_sources"]

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
GUIDES = ("docs/glossary.md", "docs/notation.md", "docs/teaching.md", "docs/students.md",
          "docs/hub/README.md", "data/README.md", "data/korean_english/README.md",
          "data/dates/README.md", "data/results/README.md")  # fmt: skip
CHECK = re.compile(r'^check\("([\w.]+)"')
HEAD = re.compile(r"^(#+) (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
TERM = re.compile(r"\*\*([^*\n]{2,60})\*\*(?= \([^)]*[가-힣])")
ONCE = (
    "*On this page you can read the lesson. To do its exercises, open it in JupyterLab on your own "
    "computer: [the start page](../index.md) has the two commands.*"
)

Cell = dict[str, Any]


def write_sources(folder: Path) -> None:
    """Write all pages below a folder, which is made anew.

    Raises
    ------
    ValueError
        If a lesson explains a term that the glossary has not.
    """
    shutil.rmtree(folder, ignore_errors=True)
    terms = _terms()
    for lesson in LESSONS:
        path = ROOT / "notebooks" / f"{lesson.slug}.ipynb"
        if path.exists():
            nb = json.loads(path.read_text(encoding="utf-8"))
            _write(folder / "notebooks" / path.name, json.dumps(_lesson(nb, terms, path.stem)))
    for name in GUIDES:
        text = (ROOT / name).read_text(encoding="utf-8")
        made = _glossary(text) if name.endswith("glossary.md") else _guide(text, ROOT / name)
        _write(folder / name, made)
    shutil.copytree(ROOT / "data" / "results" / "figures", folder / "data" / "results" / "figures")
    shutil.copy(ROOT / "docs" / "alignment.png", folder / "docs" / "alignment.png")
    # The front page lies two folders down in the repository and at the top of the site.
    front = (HERE / "index.md").read_text(encoding="utf-8").replace("](../../", "](")
    _write(folder / "index.md", front)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def slug(text: str) -> str:
    """The target that a heading gets, by GitHub's rule."""
    return re.sub(r"[^\w\- ]", "", text.lower()).strip().replace(" ", "-")


# --- lessons -----------------------------------------------------------------------------------


def _lesson(nb: Cell, terms: dict[str, str], name: str) -> Cell:
    """Return a notebook as the site shows it: hints and solutions folded, terms linked."""
    cells: list[Cell] = []
    solutions: list[Cell] = []
    in_solutions = False
    for cell in nb["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            if re.match(r"## Solutions\b", text):
                in_solutions = True
                text = "## Solutions"
            text = _markdown(text, terms, name)
            if in_solutions and text.startswith("### Solution"):
                solutions.append({"title": text, "code": []})
            else:
                cells.append(_text(text))
        elif in_solutions and solutions:
            solutions[-1]["code"].append(_without_checks(text))
        elif match := CHECK.match(text):
            cells.append(_text(_exercise(match.group(1))))
        elif not re.match(r"(hint|progress)\(", text):
            cells.append(_code(cell))
    cells[1:1] = [_text(ONCE)]
    cells += [_text(_folded(one["title"], one["code"])) for one in solutions]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    return {**nb, "cells": cells}


def _text(text: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def _code(cell: Cell) -> Cell:
    """A code cell; its pictures have their alternative texts where myst-nb looks for them."""
    tags = cell["metadata"].get("tags", [])
    made: Cell = {**cell, "metadata": {}, "outputs": [] if "exercise" in tags else cell["outputs"]}
    for output in made["outputs"]:
        alt = output.get("metadata", {}).get("image/png", {}).get("alt")
        if alt:
            made["metadata"] = {"mystnb": {"image": {"alt": alt}}}
    return made


def _markdown(text: str, terms: dict[str, str], name: str) -> str:
    """Turn a notebook's links into the site's, and terms into links to the glossary."""

    def link(match: re.Match[str]) -> str:
        target = match.group(1)
        if target.startswith("#"):
            target = f"#{slug(target[1:].replace('-', ' '))}"
        return f"]({target})"

    def term(match: re.Match[str]) -> str:
        words = _plain(match.group(1)).split()
        ends = [" ".join(words[i:]) for i in range(len(words))]  # largest singular value
        key = next((end for end in ends if end in terms), "")
        if not key:
            raise ValueError(
                f"{name}: the term {match.group(1)!r} is explained with its Korean and is not in "
                "docs/glossary.md; add it there"
            )
        return f"[**{match.group(1)}**](#{terms[key]})"

    return TERM.sub(term, LINK.sub(link, text))


def _without_checks(code: str) -> str:
    return re.sub(r"\n*^check\(.*\)$", "", code, flags=re.MULTILINE).strip()


def _folded(title: str, codes: list[str]) -> str:
    """A solution: its heading stays, so that links find it, and the rest opens on a click."""
    head, _, rest = title.partition("\n")
    shown = "\n\n".join([rest.strip(), *(f"```python\n{code}\n```" for code in codes if code)])
    opened = '<details class="solution"><summary>Show the solution</summary>'
    return f"{head}\n\n{opened}\n\n{shown}\n\n</details>"


def _exercise(name: str) -> str:
    """What stands in place of a check: how to run it, and hints that open one by one."""
    exercise = find(name)
    hints = exercise.hints if isinstance(exercise, CodeExercise | ValueExercise) else ()
    inner = ""
    for number, hint in reversed(list(enumerate(hints, start=1))):
        shown = _inline(hint)
        inner = (
            f'<details class="hint"><summary>Hint {number} of {len(hints)}</summary>'
            f"<p>{shown}</p>{inner}</details>"
        )
    told = f'<p class="run">In JupyterLab, <code>check("{name}", …)</code> judges your answer.</p>'
    return f'<div class="exercise">{told}{inner}</div>'


def _inline(text: str) -> str:
    """A hint's text as HTML: code in backquotes is all its markup."""
    parts = html.escape(text).split("`")
    return "".join(f"<code>{p}</code>" if i % 2 else p for i, p in enumerate(parts))


# --- guides ------------------------------------------------------------------------------------


def _guide(text: str, path: Path) -> str:
    """A guide whose links to pages that the site has not become plain text."""

    def link(match: re.Match[str]) -> str:
        label, target = match.group(1), match.group(2)
        if target.startswith(("http", "#")):
            return match.group(0)
        file = (path.parent / target.partition("#")[0]).resolve()
        known = {(ROOT / name).resolve() for name in GUIDES}
        inside = file in known or file.suffix in (".ipynb", ".png")
        return match.group(0) if inside and file.exists() else label

    return re.sub(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)", link, text)


def _plain(term: str) -> str:
    return re.sub(r"\s+", " ", term.lower()).strip()


def _rows() -> Iterator[list[str]]:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and cells[0] not in ("term", "---"):
            yield cells


def _names(term: str) -> list[str]:
    """The names of a row: backward pass, backwards; what is in brackets is one more."""
    names = re.split(r", (?![^(]*\))", term)
    for name in list(names):
        short = re.search(r"\(([^)]+)\)", name)
        names += [name.partition(" (")[0], *([short.group(1)] if short else [])]
    return names


def _terms() -> dict[str, str]:
    """For each name of a term the target in the glossary."""
    found: dict[str, str] = {}
    for cells in _rows():
        for name in _names(cells[0]):
            for form in (name, f"{name}s", f"{name}es"):
                found.setdefault(_plain(form), f"term-{slug(cells[0])}")
    return found


def _glossary(text: str) -> str:
    """The glossary with a target for each term; its table is a list, which fits a phone."""
    head = text.partition("| term |")[0]
    parts = [head.strip()]
    for term, korean, meaning, lesson in _rows():
        parts.append(f"(term-{slug(term)})=\n**{term}** · {korean} · lesson {lesson}\n: {meaning}")
    return "\n\n".join(parts) + "\n"
