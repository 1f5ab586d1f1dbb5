"""Mutants: a reference with one small thing changed, to see whether the probes notice.

Each mutant changes one node of the function's syntax tree: an operator, a comparison, a constant,
an index, an axis, a term left out, two arguments swapped, a statement removed, a call replaced by
its argument, one library function by its neighbour. A mutant that earns full points is a survivor:
either a probe is missing, or it computes the same, and then the exercise says why.
"""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from course.exercises.bank.kinds import CodeExercise

__all__ = ["Mutant", "define", "mutants", "parse"]


@dataclass(frozen=True)
class Mutant:
    """A changed reference.

    Attributes
    ----------
    key : str
        ``"2: a + b → a - b"``: the line within the function, the code before and after.
    function : callable
        The reference with this one change.
    """

    key: str
    function: Callable[..., Any]


_OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_NEIGHBOURS = {
    "sum": "mean",
    "mean": "sum",
    "max": "min",
    "min": "max",
    "argmax": "argmin",
    "argmin": "argmax",
    "zeros": "ones",
    "ones": "zeros",
    "zeros_like": "ones_like",
    "ones_like": "zeros_like",
    "exp": "expm1",
    "log": "log1p",
    "tanh": "arctan",
    "maximum": "minimum",
    "minimum": "maximum",
    "cumsum": "cumprod",
    "any": "all",
    "all": "any",
    "floor": "ceil",
    "append": "extend",
}


def _replacements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in a node's place."""
    if isinstance(node, ast.BinOp):
        yield from _other_operations(node)
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for new in _COMPARISONS.get(type(operator), ()):
                ops = [*node.ops[:place], new(), *node.ops[place + 1 :]]
                yield ast.Compare(node.left, ops, node.comparators)
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield ast.BoolOp(other, node.values)
        yield from node.values
    elif isinstance(node, ast.IfExp):
        yield node.body
        yield node.orelse
    elif isinstance(node, ast.Constant):
        yield from _other_constants(node.value)
    elif isinstance(node, ast.Attribute):
        if node.attr in ("T", "mT"):
            yield node.value
        if node.attr in _NEIGHBOURS:
            yield ast.Attribute(node.value, _NEIGHBOURS[node.attr], node.ctx)
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield node.value
    elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load):
        for place in range(len(node.elts) - 1):
            items = list(node.elts)
            items[place], items[place + 1] = items[place + 1], items[place]
            yield ast.Tuple(items, node.ctx)
    elif isinstance(node, ast.Slice):
        yield from _other_slices(node)
    elif isinstance(node, ast.Call):
        yield from _other_calls(node)


def _other_operations(node: ast.BinOp) -> Iterator[ast.AST]:
    for kind in _OPERATORS.get(type(node.op), ()):
        yield ast.BinOp(node.left, kind(), node.right)
    yield node.left
    yield node.right
    if isinstance(node.op, ast.MatMult | ast.Sub | ast.Div | ast.Pow):
        yield ast.BinOp(node.right, node.op, node.left)


def _other_slices(node: ast.Slice) -> Iterator[ast.AST]:
    if node.lower is not None:
        yield ast.Slice(None, node.upper, node.step)
    if node.upper is not None:
        yield ast.Slice(node.lower, None, node.step)
    if node.step is not None:
        yield ast.Slice(node.lower, node.upper, None)
    if node.lower is None and node.step is None:
        yield ast.Slice(ast.Constant(1), node.upper, None)


def _other_constants(value: Any) -> Iterator[ast.AST]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
        yield ast.UnaryOp(ast.USub(), ast.Constant(1)) if value == 0 else ast.Constant(value - 1)
    elif isinstance(value, float):
        yield ast.Constant(value + 1.0)
        if value:
            yield ast.Constant(value * 2)
    elif isinstance(value, str) and value:
        yield ast.Constant("")
        if "->" in value:
            left, _, right = value.partition("->")
            yield ast.Constant(f"{left}->{right[::-1]}")


def _other_calls(node: ast.Call) -> Iterator[ast.AST]:
    for place in range(len(node.args) - 1):
        if isinstance(node.args[place], ast.Starred):
            continue
        args = list(node.args)
        args[place], args[place + 1] = args[place + 1], args[place]
        yield ast.Call(node.func, args, node.keywords)
    if len(node.args) > 1:
        yield ast.Call(node.func, node.args[:-1], node.keywords)
    for place in range(len(node.keywords)):
        if node.keywords[place].arg == "strict":
            continue
        rest = node.keywords[:place] + node.keywords[place + 1 :]
        yield ast.Call(node.func, node.args, rest)
    if isinstance(node.func, ast.Name) and node.func.id in _NEIGHBOURS:
        yield ast.Call(ast.Name(_NEIGHBOURS[node.func.id], ast.Load()), node.args, node.keywords)
    is_range = isinstance(node.func, ast.Name) and node.func.id == "range"
    if is_range and len(node.args) == 1:
        yield ast.Call(node.func, [ast.Constant(1), node.args[0]], [])
        yield ast.Call(node.func, [ast.BinOp(node.args[0], ast.Sub(), ast.Constant(1))], [])
    if is_range:
        yield ast.Call(ast.Name("reversed", ast.Load()), [node], [])
        return
    if node.args and not isinstance(node.args[0], ast.Starred):
        yield node.args[0]
    if isinstance(node.func, ast.Attribute) and not _is_module(node.func.value):
        yield node.func.value


def _is_module(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in ("np", "numpy", "torch", "math", "F", "nn")


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def parse(function: Callable[..., Any]) -> ast.FunctionDef:
    """Parse a plain function, without its decorators and annotations."""
    source = textwrap.dedent(inspect.getsource(function))
    node = ast.parse(source).body[0]
    if not isinstance(node, ast.FunctionDef) or function.__code__.co_freevars:
        raise ValueError(
            f"mutants: {function.__qualname__} is no plain function; write the reference as a "
            "`def` at the top level of its module"
        )
    node.decorator_list = []
    node.returns = None
    for arg in ast.walk(node.args):
        if isinstance(arg, ast.arg):
            arg.annotation = None
    return node


def _places(node: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    """Walk over all nodes that may be changed, with parent, field and index."""
    for name, field in ast.iter_fields(node):
        if isinstance(node, ast.FunctionDef) and name != "body":
            continue
        if isinstance(node, ast.AnnAssign) and name == "annotation":
            continue
        if isinstance(node, ast.keyword) and node.arg == "strict":
            continue  # a guard of zip's, never part of an answer
        children = list(enumerate(field)) if isinstance(field, list) else [(None, field)]
        for index, child in children:
            if not isinstance(child, ast.AST) or isinstance(child, ast.Raise):
                continue
            if _is_docstring(child):
                continue
            yield node, name, index, child
            yield from _places(child)


def _put(parent: ast.AST, name: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(parent, name, node)
    else:
        getattr(parent, name)[index] = node


def _changes(tree: ast.FunctionDef) -> Iterator[tuple[int, str, str, ast.FunctionDef]]:
    """Yield line, code before, code after and the changed tree."""
    first = tree.lineno
    for parent, name, index, node in list(_places(tree)):
        line = getattr(node, "lineno", first) - first + 1
        options: list[tuple[str, ast.AST]] = []
        if isinstance(node, ast.expr | ast.Slice):
            options = [(ast.unparse(new), new) for new in _replacements(node)]
        elif isinstance(node, ast.AugAssign):
            target = copy.deepcopy(node.target)
            plain = ast.Assign([target], node.value, lineno=node.lineno)
            options = [(ast.unparse(plain), plain), ("(removed)", ast.Pass())]
            for kind in _OPERATORS.get(type(node.op), ()):
                changed = ast.AugAssign(node.target, kind(), node.value)
                options.append((ast.unparse(changed), changed))
        elif isinstance(node, ast.If | ast.While):
            negated = copy.copy(node)
            negated.test = ast.UnaryOp(ast.Not(), node.test)
            options = [(f"not {ast.unparse(node.test)}", negated)]
        elif isinstance(node, ast.Break):
            options = [("continue", ast.Continue())]
        elif isinstance(node, ast.Assign | ast.Expr | ast.Continue | ast.AnnAssign):
            options = [("(removed)", ast.Pass())]
        before = ast.unparse(node.test if isinstance(node, ast.If | ast.While) else node)
        for after, new in options:
            if after == before:
                continue
            _put(parent, name, index, new)
            changed_tree = copy.deepcopy(tree)
            _put(parent, name, index, node)
            yield line, before, after, changed_tree


def define(tree: ast.FunctionDef, space: dict[str, Any], file: str) -> Callable[..., Any]:
    """Make a function of a tree."""
    module = ast.Module([tree], type_ignores=[])
    ast.fix_missing_locations(module)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # `2[0]` is what a mutant may come to
        exec(compile(module, file, "exec"), space)
    return space[tree.name]


def mutants(exercise: CodeExercise) -> list[Mutant]:
    """Make every mutant of an exercise's reference.

    Parameters
    ----------
    exercise : CodeExercise
        The exercise. The functions in its `also_mutate` are changed, too.

    Raises
    ------
    ValueError
        If the reference's source cannot be changed, because it is no plain function.
    """
    made: list[Mutant] = []
    seen: dict[str, int] = {}
    reference = exercise.reference
    for target in (reference, *exercise.also_mutate):
        prefix = "" if target is reference else f"{target.__name__} "
        tree = parse(target)
        for line, before, after, changed in _changes(tree):
            key = " ".join(f"{prefix}{line}: {before} → {after}".split())
            seen[key] = seen.get(key, 0) + 1
            if seen[key] > 1:
                key += f" ({seen[key]})"
            space = dict(target.__globals__)
            try:
                function = define(changed, space, "<mutant>")
                if target is not reference:
                    function = define(parse(reference), space, "<mutant>")
            except (SyntaxError, ValueError, TypeError):
                continue  # no program at all
            made.append(Mutant(key, function))
    return made
