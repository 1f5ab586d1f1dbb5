"""Which cells an answer needs, and where in a notebook the answers stand.

A lesson trains networks; an exercise seldom needs them. The cells are read, not run: a cell is
needed where it gives a name that a needed cell uses, or changes one in place. So the grader runs
imports, the lesson's functions and the student's own helpers, and leaves the trainings out. Where
a name is missing all the same, the grader runs everything (see `sandbox`).
"""

from __future__ import annotations

import ast
import contextlib
import re
import symtable
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Cell", "Place", "called_check", "needed", "places", "read_cell"]

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


@dataclass
class Cell:
    """What one code cell does with names, read from its text.

    Attributes
    ----------
    gives : set of str
        Names that it binds at the notebook's level.
    data : set of str
        Those of them that are neither imported nor `def` nor `class`.
    uses : set of str
        Names that it reads, also inside its functions.
    changes : set of str
        Names whose object it changes in place: `x[0] = 1`, `np.tanh = …`.
    touches : set of str
        Names that it passes to a call or whose methods it calls: their objects may change.
    opaque : bool
        True where reading does not tell: a star import, `exec`, `globals()`, a magic.
    readable : bool
        False where the text is no Python.
    """

    gives: set[str] = field(default_factory=set)
    data: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    touches: set[str] = field(default_factory=set)
    opaque: bool = False
    readable: bool = True
    checks: list[tuple[str, str | None]] = field(default_factory=list)
    only_checks: bool = False
    defines: list[str] = field(default_factory=list)


def read_cell(source: str) -> Cell:
    """Read a code cell; what cannot be read is run to be on the safe side."""
    try:
        tree = _parse(source)
        if tree is None:
            return Cell(opaque=True, readable=False)
        cell = Cell()
        for node in tree.body:
            _read_statement(node, cell)
        for inner in ast.walk(tree):
            _read_node(inner, cell)
        _read_scopes(symtable.symtable(ast.unparse(tree), "cell", "exec"), cell)
    except (RecursionError, MemoryError, ValueError, SyntaxError):  # nested without end
        return Cell(opaque=True, readable=False)
    cell.checks = [found for found in map(called_check, tree.body) if found is not None]
    cell.only_checks = bool(tree.body) and len(cell.checks) == len(tree.body)
    return cell


_LONGEST = 200_000


def _parse(source: str) -> ast.Module | None:
    if len(source) > _LONGEST:
        return None
    for text in (source, _without_magics(source)):
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def _without_magics(source: str) -> str:
    """Put `pass` in the place of lines that only IPython understands: %matplotlib, !ls."""
    lines = source.split("\n")
    if lines[0].startswith("%%"):
        lines[0] = ""
    return "\n".join(re.sub(r"^(\s*)[%!].*", r"\1pass", line) for line in lines)


def called_check(node: ast.stmt) -> tuple[str, str | None] | None:
    """Read ``check("rnn.step", step)``: the exercise's name and the variable's, or None.

    A call with ``record=False`` is a solution's and does not count.
    """
    call = node.value if isinstance(node, ast.Expr) else None
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
        return None
    if call.func.id != "check" or not call.args or any(k.arg == "record" for k in call.keywords):
        return None
    name = call.args[0]
    if not (isinstance(name, ast.Constant) and isinstance(name.value, str)):
        return None
    answer = call.args[1] if len(call.args) > 1 else None
    return name.value, answer.id if isinstance(answer, ast.Name) else None


def _read_scopes(table: symtable.SymbolTable, cell: Cell) -> None:
    """Note the notebook's names that are bound and read, as Python itself tells them apart."""
    outermost = table.get_type() == "module"
    for symbol in table.get_symbols():
        name = symbol.get_name()
        if not (outermost or symbol.is_global()):
            continue
        if symbol.is_assigned():
            cell.gives.add(name)
            if not (symbol.is_imported() or symbol.is_namespace()):
                cell.data.add(name)
        if symbol.is_referenced():
            cell.uses.add(name)
    for inner in table.get_children():
        _read_scopes(inner, cell)


def _at_this_level(node: ast.AST) -> Iterator[ast.AST]:
    """Walk over a statement, but into no function, class or lambda."""
    yield node
    if isinstance(node, _SCOPES):
        return
    for child in ast.iter_child_nodes(node):
        yield from _at_this_level(child)


def _read_statement(statement: ast.stmt, cell: Cell) -> None:
    for node in _at_this_level(statement):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            cell.gives.add(node.name)
            cell.defines.append(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                if alias.name == "*":
                    cell.opaque = True
                else:
                    cell.gives.add(alias.asname or alias.name.partition(".")[0])


def _read_node(node: ast.AST, cell: Cell) -> None:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        if node.id in ("exec", "eval", "globals", "locals", "get_ipython", "__import__"):
            cell.opaque = True
    elif isinstance(node, ast.Attribute | ast.Subscript):
        if isinstance(node.ctx, ast.Store | ast.Del):
            root = _root(node)
            if root:
                cell.changes.add(root)
    elif isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute):
            root = _root(node.func)
            if root:
                cell.touches.add(root)
        for argument in [*node.args, *(k.value for k in node.keywords)]:
            cell.touches.update(
                inner.id for inner in ast.walk(argument) if isinstance(inner, ast.Name)
            )


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def needed(cells: Sequence[Cell], wanted: Sequence[int], names: Sequence[str] = ()) -> set[int]:
    """Find the cells that have to run before the wanted ones give what they give.

    Parameters
    ----------
    cells : sequence of Cell
        All code cells, in order.
    wanted : sequence of int
        The cells of the answers.
    names : sequence of str
        Names that are asked for beside.

    Returns
    -------
    set of int
        With the wanted ones. Cells that only check are never among them.
    """
    data: set[str] = set().union(*(cell.data for cell in cells))
    chosen = set(wanted) | {i for i, cell in enumerate(cells) if cell.opaque}
    asked = set(names).union(*(cells[i].uses for i in chosen))
    while True:
        found = set(chosen)
        for i, cell in enumerate(cells):
            alive = cell.gives | cell.changes | (cell.touches & data)
            if alive & asked and not cell.only_checks:
                found.add(i)
        if found == chosen:
            return {i for i in chosen if not cells[i].only_checks}
        chosen = found
        asked |= set().union(*(cells[i].uses for i in chosen))


@dataclass(frozen=True)
class Place:
    """A place in the notebook where an answer can be looked at: after a cell, under a name.

    Attributes
    ----------
    after : int
        The code cell after which the answer stands.
    names : tuple of str
        Under which names to look for it, the likeliest first.
    elsewhere : bool
        True for a cell of the student's own. It counts only where the exercise's own cells hold no
        attempt.
    """

    after: int
    names: tuple[str, ...]
    elsewhere: bool = False


def places(
    cells: Sequence[Cell],
    exercise: str,
    variable: str,
    stubs: Sequence[int],
    marked_checks: Sequence[int],
    own: Sequence[int],
) -> list[Place]:
    """Find where an exercise's answers stand, in the order of the notebook.

    Parameters
    ----------
    cells : sequence of Cell
        All code cells.
    exercise, variable : str
        Its name, and the name that the release's check cell passes.
    stubs : sequence of int
        Cells that carry the exercise's mark, copies included.
    marked_checks : sequence of int
        Cells that carry the check's mark.
    own : sequence of int
        Cells that the release does not hold.
    """
    found: dict[int, list[str]] = {}
    for i in stubs:
        names = [variable]
        defined = cells[i].defines
        if variable not in cells[i].gives and len(defined) == 1:
            names += defined  # the function was renamed
        found[i] = names
    for i, cell in enumerate(cells):
        for name, given in cell.checks:
            if name == exercise:
                found.setdefault(i, [variable])
                if given is not None:
                    found[i].append(given)
    for i in marked_checks:
        found.setdefault(i, [variable])
    kept: list[Place] = []
    for i in sorted(found):
        names = list(dict.fromkeys(found[i]))
        before = kept[-1] if kept else None
        # A check right below its stub sees the same answer.
        if before and all(cells[j].only_checks for j in range(before.after + 1, i + 1)):
            kept[-1] = Place(before.after, tuple(dict.fromkeys([*before.names, *names])))
        else:
            kept.append(Place(i, tuple(names)))
    kept += [
        Place(i, (variable,), elsewhere=True)
        for i in own
        if i not in found and variable in cells[i].gives
    ]
    return sorted(kept, key=lambda place: place.after)


def suspicious(cells: Sequence[str]) -> list[str]:
    """List what in a student's code is worth a look by a person; it changes no score.

    Parameters
    ----------
    cells : sequence of str
        The code cells that the release does not hold.
    """
    said: dict[str, None] = {}
    for source in cells:
        with contextlib.suppress(RecursionError, MemoryError, ValueError):
            tree = _parse(source)
            for node in ast.walk(tree) if tree is not None else ():
                for text in _suspicions(node):
                    said[text[:100]] = None
    return list(said)[:20]


_ODD_MODULES = {"ctypes", "subprocess", "socket", "inspect", "gc", "signal", "multiprocessing"}
_ODD_NAMES = {"reference", "_getframe", "_exit", "kill", "system", "fork", "equivalents", "oracle"}


def _suspicions(node: ast.AST) -> Iterator[str]:
    modules: list[str] = []
    if isinstance(node, ast.Import):
        modules = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module:
        modules = [node.module]
        if node.module == "course.exercises":
            names = {alias.name for alias in node.names} - {"check", "hint", "use", "progress"}
            modules = [f"{node.module}.{name}" for name in sorted(names)]
    for module in modules:
        inside = module.startswith(("course.exercises.", "course.grading"))
        if inside or module.partition(".")[0] in _ODD_MODULES:
            yield f"imports {module}"
    if isinstance(node, ast.Attribute) and node.attr in _ODD_NAMES:
        yield f"uses .{node.attr}"
    if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
        root = _root(node)
        if root in ("np", "numpy", "torch", "sys", "os", "builtins", "math"):
            yield f"replaces {ast.unparse(node)}"


def sources(notebook: Any) -> list[str]:
    """List the texts of a notebook's code cells."""
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]
