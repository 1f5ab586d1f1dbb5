"""Does a page show the answer to an exercise? Code is compared by its syntax tree.

`gives_away` finds a solution's code in other code whatever the function, its arguments and its
variables are called there, whether it stands in a function or in the open, and whether its steps
are named one by one or written as one expression. Docstrings, annotations, decorators and checks
of the input do not count. `tells` finds the number that is asked for.
"""

from __future__ import annotations

import ast
import copy
import functools
import re
from collections.abc import Iterator, Sequence
from typing import Any

LEAST = 6  # nodes: a shorter expression is no answer, it is found anywhere
LONGEST = 500  # nodes: what is longer has grown by inserting, and is nobody's one expression
FENCE = re.compile(r"^(?:```|~~~)(?:python|py)?\n(.*?)^(?:```|~~~)", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"(?<![\w.])[-−]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?", re.IGNORECASE)
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Bare(ast.NodeTransformer):
    """Take out what a page may leave away: docstrings, annotations, input checks.

    Input checks are calls of `_check…`, `if …: raise …`, and the decorator `shapes`.
    """

    def _body(self, node: Any) -> ast.AST:
        self.generic_visit(node)
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:]
        node.body = node.body or [ast.Pass()]
        node.decorator_list = [d for d in node.decorator_list if _called(d) != "shapes"]
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        return node

    visit_FunctionDef = visit_ClassDef = _body

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """Drop an argument's annotation."""
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        """Make of an annotated assignment a plain one."""
        self.generic_visit(node)
        return ast.Assign([node.target], node.value) if node.value else None

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        """Drop calls of `_check…`."""
        checks = isinstance(node.value, ast.Call) and _called(node.value).startswith("_check")
        return None if checks else self.generic_visit(node)

    def visit_If(self, node: ast.If) -> ast.AST | None:
        """Drop `if …: raise …`."""
        if len(node.body) == 1 and isinstance(node.body[0], ast.Raise) and not node.orelse:
            return None
        return self.generic_visit(node)


def _called(node: ast.expr) -> str:
    """Return the last part of the name that a call or a decorator uses."""
    if isinstance(node, ast.Call):
        node = node.func
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


@functools.lru_cache(maxsize=1024)
def bare(source: str) -> ast.Module:
    """Return a source's syntax tree without what a page may leave away; empty for a magic."""
    try:
        return Bare().visit(ast.parse(source))
    except SyntaxError:
        return ast.Module([], [])


def checked_name(source: str) -> str:
    """Return the name that a solution cell checks; empty without a check."""
    checked = re.search(r"""check\(\s*["'][\w.]+["'],\s*(\w+)""", source)
    return checked[1] if checked else ""


def solved(source: str) -> list[Function]:
    """Return what a solution cell checks, from `bare`: a function, or a class's methods.

    How a class sets itself up (`__init__`) is given in many exercises, so it is left out.
    """
    for node in bare(source).body:
        if getattr(node, "name", "") == checked_name(source) != "":
            inner = node.body if isinstance(node, ast.ClassDef) else [node]
            return [x for x in inner if isinstance(x, Function) and x.name != "__init__"]
    return []


def python_in(markdown: str) -> list[str]:
    """Return the code in a text's fences."""
    return FENCE.findall(markdown)


def gives_away(source: str, function: Function, given: str = "") -> bool:
    """Say whether a source holds the body of a function, under whatever names.

    That is so if one of these stands in it: the whole body, statement by statement; the whole body
    as one expression; every statement of the body that is not in `given`, wherever it stands.

    Parameters
    ----------
    source : str
        A cell's code.
    function : ast.FunctionDef
        The solution, from `bare`.
    given : str
        What the exercise itself gives: the code with the bug.
    """
    module = bare(source)
    bound = _bound(function)
    if _weight(function.body) >= LEAST and any(
        _same_run(function.body, block[start : start + len(function.body)], bound)
        for block in _blocks(module)
        for start in range(len(block) - len(function.body) + 1)
    ):
        return True

    def stands(wanted: ast.expr) -> bool:
        return any(_same(wanted, there, bound, {}) for there in _expressions(source))

    whole = _inlined(function.body)
    if whole is not None and _weight(whole) >= LEAST and stands(whole):
        return True
    own = bare(given)
    steps = [
        step
        for step in _values(function)
        if _weight(step) >= LEAST and not any(_same(step, x, bound, {}) for x in ast.walk(own))
    ]
    return bool(steps) and all(map(stands, steps))


@functools.lru_cache(maxsize=1024)
def _expressions(source: str) -> list[ast.expr]:
    """Return every expression in a source, and what each straight function computes as one."""
    module = bare(source)
    places: list[ast.AST] = [module]
    places += [
        value
        for node in ast.walk(module)
        if isinstance(node, Function) and (value := _inlined(node.body)) is not None
    ]
    return [x for place in places for x in ast.walk(place) if isinstance(x, ast.expr)]


def _values(function: Function) -> Iterator[ast.expr]:
    """Yield what the statements in a function compute, each as one expression."""
    for node in ast.walk(function):
        if isinstance(node, ast.stmt) and (value := getattr(node, "value", None)) is not None:
            yield value


def _bound(function: Function) -> set[str]:
    """Return the names that a function is free to choose: its own, its arguments, its variables."""
    names = {function.name}
    for node in ast.walk(function):
        if isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def _weight(code: ast.AST | Sequence[ast.AST]) -> int:
    """Count the nodes that say something; an indexed name counts as one."""
    if not isinstance(code, ast.AST):
        return sum(map(_weight, code))
    if _atom(code) is not None:
        return 1
    silent = isinstance(code, ast.expr_context | ast.operator | ast.arguments | ast.Return)
    return (not silent) + _weight(list(ast.iter_child_nodes(code)))


def _blocks(module: ast.Module) -> Iterator[list[ast.stmt]]:
    """Yield every list of statements in some code."""
    for node in ast.walk(module):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield block


def _same_run(wanted: list[ast.stmt], there: list[ast.stmt], bound: set[str]) -> bool:
    """Compare two runs of statements; what the one returns, the other may assign or show."""
    names: dict[str, str] = {}
    *steps, last = wanted
    if not all(_same(one, two, bound, names) for one, two in zip(steps, there, strict=False)):
        return False
    result, shown = getattr(last, "value", None), getattr(there[-1], "value", None)
    if isinstance(last, ast.Return) and result is not None:
        return _same(result, shown, bound, names)
    return _same(last, there[-1], bound, names)


def _same(one: Any, two: Any, bound: set[str], names: dict[str, str]) -> bool:
    """Compare two trees but for the names in `bound`; `names` says what each is called in two."""
    if isinstance(one, list):
        return (
            isinstance(two, list)
            and len(one) == len(two)
            and all(_same(a, b, bound, names) for a, b in zip(one, two, strict=True))
        )
    if (first := _atom(one)) is not None and first in bound:
        if _atom(two) is None:
            return False
        wanted, called = ast.dump(one), ast.dump(two)
        if wanted not in names and called not in names.values():
            names[wanted] = called
        return names.get(wanted) == called
    if type(one) is not type(two):
        return False
    if not isinstance(one, ast.AST):
        return one == two
    skipped = ("ctx", "kind", "type_comment", "name" if isinstance(one, Function) else "")
    return all(
        _same(value, getattr(two, field, None), bound, names)
        for field, value in ast.iter_fields(one)
        if field not in skipped
    )


def _atom(node: Any) -> str | None:
    """Return the name that a name, an argument or an indexed name begins with; None for another."""
    while isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.arg):
        return node.arg
    return node.id if isinstance(node, ast.Name) else None


def _inlined(body: Sequence[ast.stmt]) -> ast.expr | None:
    """Return what a straight run of statements computes, as one expression; None for another."""
    *steps, last = body
    if not isinstance(last, ast.Return) or last.value is None:
        return None
    values: dict[str, ast.expr] = {}

    class Insert(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            return values.get(node.id, node)

    for step in steps:
        if not (
            isinstance(step, ast.Assign)
            and len(step.targets) == 1
            and isinstance(step.targets[0], ast.Name)
        ):
            return None
        value = values[step.targets[0].id] = Insert().visit(copy.deepcopy(step.value))
        if sum(1 for _ in ast.walk(value)) > LONGEST:
            return None
    return Insert().visit(copy.deepcopy(last.value))


# Numbers


def numbers(value: Any) -> list[float]:
    """Return the numbers in an answer; none for words and yes or no."""
    if isinstance(value, bool | str) or value is None:
        return []
    if isinstance(value, int | float):
        return [float(value)]
    try:
        return [number for item in value for number in numbers(item)]
    except TypeError:
        return numbers(value.item()) if hasattr(value, "item") else []


def tells(text: str, value: Any, tolerance: float) -> bool:
    """Say whether a text holds every number of an answer, within its tolerance.

    A number of fewer than three digits is in too many texts to be found: such an answer is never
    told.
    """
    wanted = numbers(value)
    if not wanted or any(len(f"{abs(x):.6g}".replace(".", "").strip("0")) < 3 for x in wanted):
        return False
    there = [float(x.replace(",", "").replace("−", "-")) for x in NUMBER.findall(text)]
    return all(any(abs(x - y) <= tolerance + 1e-12 * abs(x) for y in there) for x in wanted)
