"""What an instructor hands out holds no solution.

nbconvert's TagRemovePreprocessor takes out the cells tagged `solution`, and only with
`enabled = True`: without it, it succeeds and ships them.
"""

from __future__ import annotations

import ast
import copy
from pathlib import Path
from typing import Any

import nbformat
import pytest
from lesson_builder import find, good_lesson
from nbconvert.preprocessors import TagRemovePreprocessor

from course.maintenance import anatomy, refresh

PATHS = refresh.lessons(refresh.ROOT / "notebooks")


def release(notebook: dict[str, Any], enabled: bool = True) -> dict[str, Any]:
    """Return what a learner gets from an instructor."""
    remover = TagRemovePreprocessor(enabled=enabled, remove_cell_tags={"solution"})
    released, _ = remover(nbformat.from_dict(copy.deepcopy(notebook)), {})
    return released


def lines_of_solutions(notebook: dict[str, Any]) -> set[str]:
    """Return the lines of code that stand in solutions alone, apart from the trivial."""
    lines: dict[bool, set[str]] = {True: set(), False: set()}
    for cell in anatomy.code_cells(notebook):
        inside = "solution" in anatomy.tags(cell)
        lines[inside] |= {line.strip() for line in cell["source"].splitlines()}
    return {line for line in lines[True] - lines[False] if len(line) > 12}


def gives_away(notebook: dict[str, Any]) -> list[str]:
    """Return the traces of solutions that a release of a notebook still has."""
    cells = release(notebook)["cells"]
    shown = {line.strip("` ") for cell in cells for line in cell["source"].splitlines()}
    traces = sorted(lines_of_solutions(notebook) & shown)
    checks = [cell["source"] for cell in cells if "record=False" in cell["source"]]
    return traces + checks


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_release_of_a_lesson_has_its_exercises_and_no_solution(path: Path) -> None:
    notebook = refresh.read(path)
    released = release(notebook)
    nbformat.validate(released)
    assert not [cell for cell in released["cells"] if "solution" in anatomy.tags(cell)]
    assert gives_away(notebook) == []
    removed = len(notebook["cells"]) - len(released["cells"])
    assert removed >= len(anatomy.exercises(notebook))
    assert len(anatomy.exercises(released)) == len(anatomy.exercises(notebook))
    solutions = anatomy.part(released, "Solutions")
    assert solutions and all(cell["cell_type"] == "markdown" for cell in solutions.cells)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_what_is_released_stands_without_what_was_removed(path: Path) -> None:
    """No other cell uses a name that only a solution defines."""
    notebook = refresh.read(path)
    defined: dict[bool, set[str]] = {True: set(), False: set()}
    used: set[str] = set()
    for cell in anatomy.code_cells(notebook):
        inside = "solution" in anatomy.tags(cell)
        for node in ast.walk(ast.parse(cell["source"])):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                defined[inside].add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                defined[inside].add(node.id)
            elif isinstance(node, ast.Name) and not inside:
                used.add(node.id)
    assert used & (defined[True] - defined[False]) == set()


def test_without_enabled_the_solutions_would_be_shipped() -> None:
    notebook = good_lesson()
    assert len(release(notebook, enabled=False)["cells"]) == len(notebook["cells"])
    assert len(release(notebook)["cells"]) < len(notebook["cells"])


def test_a_forgotten_tag_is_noticed() -> None:
    notebook = good_lesson()
    assert gives_away(notebook) == []
    find(notebook, 'check("rnn.one", answer')["metadata"]["tags"] = []
    assert gives_away(notebook)


def test_a_solution_quoted_in_the_text_is_noticed() -> None:
    notebook = good_lesson()
    find(notebook, 'check("rnn.one", answer')["source"] = "total = first + second\nrecord=False"
    find(notebook, "## Recap")["source"] += "\n\n```python\ntotal = first + second\n```"
    assert gives_away(notebook) == ["total = first + second"]
