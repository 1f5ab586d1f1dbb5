"""The way of an answer runs in one direction: no stage imports one that comes after it."""

from __future__ import annotations

import ast
import dataclasses
import re
from pathlib import Path

import pytest

from course.exercises.compare import Comparison
from course.exercises.judge import Verdict
from course.exercises.run import Run
from course.exercises.score import Score

HOME = Path(__file__).resolve().parents[2] / "course" / "exercises"

ORDER = """
data source failure worker quiet run
bank.kinds bench differ compare
relations mutants mend formula diagnose judge
score explain value
bank mine memory engine handover
survivors __init__ __main__
""".split()
"""From the first to the last: a module may import those before it alone."""


def module_names() -> list[str]:
    return [*(path.stem for path in HOME.glob("*.py")), "bank", "bank.kinds"]


def imports_of(name: str) -> list[str]:
    """List the engine's own modules that one of them imports, at the top or inside a function."""
    path = HOME / f"{name.replace('.', '/')}.py"
    tree = ast.parse((path if path.exists() else HOME / name / "__init__.py").read_text())
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("course.exercises"):
            own = (node.module or "").removeprefix("course.exercises").removeprefix(".")
            found += [own] if own else [alias.name for alias in node.names]
    return found


def drawn() -> str:
    """Draw who imports whom, a line for each module."""
    return "\n".join(f"{name:10} <- {', '.join(imports_of(name)) or '-'}" for name in ORDER)


def test_every_module_has_its_place() -> None:
    assert sorted(ORDER) == sorted(module_names())


def test_no_stage_knows_a_later_one() -> None:
    for place, name in enumerate(ORDER):
        later = [other for other in imports_of(name) if other not in ORDER[:place]]
        assert not later, f"{name} imports {later}, which come after it:\n{drawn()}"


@pytest.mark.parametrize("handed_on", [Run, Comparison, Verdict])
def test_what_a_stage_hands_on_is_frozen_and_can_be_printed(handed_on: type) -> None:
    assert dataclasses.is_dataclass(handed_on)
    assert handed_on.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "repr" in str(handed_on.__repr__)


def test_the_table_of_faults_names_every_file_and_each_phrase_where_it_is() -> None:
    import course.exercises

    told = course.exercises.__doc__ or ""
    for name in set(ORDER) - {"__init__", "__main__", "survivors", "mutants", "bank.kinds"}:
        assert re.search(rf"\b{name}\b", told), name
    table = told.partition("the words\n")[2].partition("\n\n")[0]
    rows = [re.split(r"\s{2,}", row.strip()) for row in table.splitlines()]
    quoted = [(phrase, row[-1]) for row in rows for phrase in re.findall(r'"([^"]+)"', row[0])]
    assert len(rows) > 20 and len(quoted) > 20
    for phrase, files in quoted:
        for name in files.split(", "):
            assert phrase in (HOME / f"{name}.py").read_text(encoding="utf-8"), (phrase, name)


def test_files_and_functions_are_short() -> None:
    for path in [*HOME.glob("*.py"), HOME / "bank" / "__init__.py", HOME / "bank" / "kinds.py"]:
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 500, path.name
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                doc = ast.get_docstring(node, clean=False) or ""
                assert length - len(doc.splitlines()) <= 40, f"{path.name}: {node.name}"


def test_score_is_the_last_thing_handed_on() -> None:
    assert issubclass(Score, float)
