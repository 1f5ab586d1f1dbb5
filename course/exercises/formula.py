"""Single edits of a function's formula, each with words for what it does.

"without the term `W_hh h_prev`", "with `W_hh` in place of `W_hh.T`": a dropped term or factor, a
flipped sign, swapped operands, another axis, a missing transpose, root or function, another name.
The words never show a whole line, and name only what the learner has read.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Edit", "apply", "edits"]

Path = tuple[tuple[str, int | None], ...]

_MOST_WORDS = 44


@dataclass(frozen=True)
class Edit:
    """One change of a syntax tree.

    Attributes
    ----------
    words : str
        What it does: ``without the term `b_h` ``.
    rank : int
        0 for what people do most: a term, a sign, a transpose; 1 for a name or a statement; 2 for a
        number or a boundary. A lower rank is believed first.
    path : tuple
        Where in the tree it is.
    new : AST
        What stands there then.
    """

    words: str
    rank: int
    path: Path
    new: ast.AST


def apply(tree: ast.FunctionDef, *chosen: Edit) -> ast.FunctionDef:
    """Make a tree with some edits. Their places must not lie inside one another."""
    changed = copy.deepcopy(tree)
    for edit in chosen:
        node: ast.AST = changed
        for field, index in edit.path[:-1]:
            node = _child(node, field, index)
        field, index = edit.path[-1]
        if index is None:
            setattr(node, field, copy.deepcopy(edit.new))
        else:
            getattr(node, field)[index] = copy.deepcopy(edit.new)
    return changed


def edits(tree: ast.FunctionDef, known: set[str]) -> list[Edit]:
    """List the single edits of a function.

    Parameters
    ----------
    tree : FunctionDef
        As `mutants.parse` gives it.
    known : set of str
        The names that the words may use.
    """
    names = _data_names(tree)
    found = []
    for path, parents, node in _walk(tree, (), ()):
        for words, rank, new in _options(node, parents, names):
            if ast.dump(new) != ast.dump(node):
                if _is_index(parents, path):
                    words, rank = _of_index(new, node), 2
                found.append(Edit(_in_known_words(words, known), rank, path, new))
    return found


def _is_index(parents: tuple[ast.AST, ...], path: Path) -> bool:
    """Tell whether a node is part of an index, or of the bounds of a loop."""
    steps = zip(parents, path, strict=True)
    return any(
        (isinstance(parent, ast.Subscript) and field == "slice")
        or (
            isinstance(parent, ast.Call)
            and isinstance(parent.func, ast.Name)
            and parent.func.id in ("range", "slice")
        )
        for parent, (field, _) in steps
    )


def _of_index(new: ast.AST, old: ast.AST) -> _Words:
    general = "with another index, or another start or end of a loop"
    if isinstance(old, ast.Constant | ast.stmt):
        return _Words(general, (), general)
    return _replaced(new, old, general)


def _child(node: ast.AST, field: str, index: int | None) -> ast.AST:
    value = getattr(node, field)
    child = value if index is None else value[index]
    assert isinstance(child, ast.AST)
    return child


def _walk(
    node: ast.AST, path: Path, parents: tuple[ast.AST, ...]
) -> Iterator[tuple[Path, tuple[ast.AST, ...], ast.AST]]:
    """Walk over all nodes of a function's body, with the way to each and its parents."""
    for name, field in ast.iter_fields(node):
        if isinstance(node, ast.FunctionDef) and name != "body":
            continue
        children = list(enumerate(field)) if isinstance(field, list) else [(None, field)]
        for index, child in children:
            if isinstance(child, ast.AST) and not isinstance(child, ast.Raise):
                here = (*path, (name, index))
                yield here, (*parents, node), child
                yield from _walk(child, here, (*parents, node))


def _data_names(tree: ast.FunctionDef) -> list[str]:
    """List the function's parameters and variables, but for lists and dicts that it fills.

    A list put into itself would be an array without end.
    """
    names = [arg.arg for arg in (*tree.args.posonlyargs, *tree.args.args)]
    filled = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.append(node.id)
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, _CONTAINERS):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            filled |= {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        if isinstance(node, ast.Attribute) and node.attr in ("append", "extend", "update", "add"):
            filled |= {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
    return [name for name in dict.fromkeys(names) if name not in filled]


_CONTAINERS = (ast.List, ast.ListComp, ast.Dict, ast.DictComp, ast.Set, ast.SetComp, ast.Tuple)


# --- words -------------------------------------------------------------------------------------

_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.FloorDiv: "//",
    ast.Mod: "%",
}


def _formula(node: ast.AST) -> str:
    """Write an expression as its formula has it: `h @ W.T` is W h."""
    if isinstance(node, ast.BinOp):
        left, right = _inside(node.left, node), _inside(node.right, node)
        if not isinstance(node.op, ast.MatMult):
            return f"{left} {_SIGNS.get(type(node.op), '?')} {right}"
        if isinstance(node.right, ast.Attribute) and node.right.attr in ("T", "mT"):
            return f"{_formula(node.right.value)} {left}"
    return ast.unparse(node).replace("np.", "").replace("torch.", "").replace("math.", "")


def _inside(node: ast.AST, parent: ast.BinOp) -> str:
    """Write an operand, in brackets where it needs them."""
    text = _formula(node)
    loose = isinstance(node, ast.BinOp) and not isinstance(parent.op, ast.Add)
    return f"({text})" if loose else text


def _code(node: ast.AST) -> str:
    return ast.unparse(node).replace("np.", "").replace("torch.", "")


@dataclass(frozen=True)
class _Words:
    """Words with the expressions in them, and words for where these are not known."""

    text: str
    shown: tuple[ast.AST, ...]
    general: str


def _in_known_words(words: _Words, known: set[str]) -> str:
    used = {n.id for node in words.shown for n in ast.walk(node) if isinstance(n, ast.Name)}
    fits = used <= known | {"np", "torch", "math", "len", "range", "sum", "max", "min"}
    return words.text if fits and len(words.text) <= _MOST_WORDS + 20 else words.general


def _without(what: str, node: ast.AST, general: str) -> _Words:
    return _Words(f"without {what} `{_formula(node)}`", (node,), general)


def _replaced(new: ast.AST, old: ast.AST, general: str) -> _Words:
    return _Words(f"with `{_code(new)}` in place of `{_code(old)}`", (new, old), general)


# --- what may stand in a node's place ----------------------------------------------------------

Option = tuple[_Words, int, ast.AST]


def _options(node: ast.AST, parents: tuple[ast.AST, ...], names: Sequence[str]) -> Iterator[Option]:
    if isinstance(node, ast.BinOp):
        yield from _operations(node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield _without_minus(node, parents[-1]), 0, node.operand
    elif isinstance(node, ast.Compare):
        yield from _comparisons(node)
    elif isinstance(node, ast.Call):
        yield from _calls(node)
    elif isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        yield _replaced(node.value, node, "without one transpose"), 0, node.value
    elif isinstance(node, ast.Attribute) and node.attr in _NEIGHBOURS:
        new = _NEIGHBOURS[node.attr]
        words = _Words(f"with the `{new}` in place of the `{node.attr}`", (), "")
        yield words, 0, ast.Attribute(node.value, new, node.ctx)
    elif isinstance(node, ast.Constant):
        yield from _constants(node, parents)
    elif isinstance(node, ast.AugAssign | ast.Assign):
        yield from _statements(node)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield from _names(node, parents, names)
    if _is_operand(node, parents):
        turned = ast.Attribute(node, "T", ast.Load())  # type: ignore[arg-type]
        yield _replaced(turned, node, "with one transpose too many"), 0, turned


def _without_minus(node: ast.UnaryOp, parent: ast.AST) -> _Words:
    """Say what is lost with a minus sign; a row is sorted the other way in more than one way."""
    if isinstance(parent, ast.Call) and ast.unparse(parent.func) in ("np.argsort", "np.sort"):
        return _Words("with the sorting order reversed", (), "")
    text = f"without the minus sign of `{_code(node)}`"
    return _Words(text, (node,), "without one minus sign")


def _is_operand(node: ast.AST, parents: tuple[ast.AST, ...]) -> bool:
    """Tell whether a node is a bare operand of `@`, to which `.T` may have been added."""
    if not isinstance(node, ast.Name | ast.Subscript) or not isinstance(parents[-1], ast.BinOp):
        return False
    return isinstance(parents[-1].op, ast.MatMult)


_MINUS, _PLUS = "with one minus in place of a plus", "with one plus in place of a minus"


def _operations(node: ast.BinOp) -> Iterator[Option]:
    left, right = node.left, node.right
    in_place = "with one expression in place of another"
    turned = "with two operands swapped"
    if isinstance(node.op, ast.Add):
        general = "without one term of a sum"
        yield _without("the term", right, general), 0, left
        yield _without("the term", left, general), 0, right
        minus = ast.BinOp(left, ast.Sub(), right)
        yield _Words(f"with a minus before `{_formula(right)}`", (right,), _MINUS), 0, minus
    elif isinstance(node.op, ast.Sub):
        yield _without("subtracting", right, "without one term of a difference"), 0, left
        yield _replaced(right, node, in_place), 0, right
        plus = ast.BinOp(left, ast.Add(), right)
        yield _Words(f"with a plus before `{_formula(right)}`", (right,), _PLUS), 0, plus
        yield (
            _replaced(ast.BinOp(right, ast.Sub(), left), node, turned),
            0,
            ast.BinOp(right, ast.Sub(), left),
        )
    elif isinstance(node.op, ast.Mult):
        yield from _products(node)
    elif isinstance(node.op, ast.Div):
        yield _without("dividing by", right, "without one division"), 0, left
        other = ast.BinOp(right, ast.Div(), left)
        yield _replaced(other, node, turned), 0, other
        times = ast.BinOp(left, ast.Mult(), right)
        words = _Words(
            f"multiplied by `{_formula(right)}`, not divided", (right,), "with a product"
        )
        yield words, 0, times
    elif isinstance(node.op, ast.Pow):
        yield _replaced(left, node, "without one power"), 0, left
    elif isinstance(node.op, ast.MatMult):
        other = ast.BinOp(right, ast.MatMult(), left)
        yield _replaced(other, node, "with the two sides of a product swapped"), 0, other


def _products(node: ast.BinOp) -> Iterator[Option]:
    left, right = node.left, node.right
    general = "without one factor"
    yield _without("the factor", right, general), 0, left
    yield _without("the factor", left, general), 0, right
    added = ast.BinOp(left, ast.Add(), right)
    yield _replaced(added, node, "with a sum in place of a product"), 1, added
    for factor in (left, right):
        again = ast.BinOp(node, ast.Mult(), factor)
        text = f"with the factor `{_formula(factor)}` twice"
        yield _Words(text, (factor,), "with one factor twice"), 1, again


_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}


def _comparisons(node: ast.Compare) -> Iterator[Option]:
    if len(node.ops) == 1:
        for new in _COMPARISONS.get(type(node.ops[0]), ()):
            other = ast.Compare(node.left, [new()], node.comparators)
            yield _replaced(other, node, "with one comparison turned round"), 1, other


_NEIGHBOURS = {
    "sum": "mean",
    "mean": "sum",
    "max": "min",
    "min": "max",
    "argmax": "argmin",
    "argmin": "argmax",
    "cumsum": "cumprod",
    "cumprod": "cumsum",
    "maximum": "minimum",
    "minimum": "maximum",
    "floor": "ceil",
    "ceil": "floor",
    "var": "std",
    "std": "var",
}
_MAKERS = (
    "range",
    "zeros",
    "ones",
    "empty",
    "full",
    "eye",
    "arange",
    "len",
    "zeros_like",
    "enumerate",
)


def _calls(node: ast.Call) -> Iterator[Option]:
    """Take a function away, turn its axis, or let a loop run the other way."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    name = node.func.id if isinstance(node.func, ast.Name) else name
    inside = node.args[0] if node.args and not isinstance(node.args[0], ast.Starred) else None
    if name in ("range", "reversed"):
        if name == "range":
            turned: ast.AST = ast.Call(ast.Name("reversed", ast.Load()), [node], [])
        else:
            turned = node.args[0]
        yield _Words("with the loop running the other way", (), ""), 1, turned
        return
    if inside is not None and name and name not in _MAKERS:
        yield _Words(f"without the `{name}`", (), ""), 0, inside
    if name in _SQUASHES and inside is not None:
        other = "sigmoid" if name == "tanh" else "tanh"
        words = _Words(f"with `{other}` in place of `{name}`", (), "")
        yield words, 0, _squashed(other, inside)
    for place, keyword in enumerate(node.keywords):
        if keyword.arg in ("axis", "dim") and isinstance(keyword.value, ast.Constant | ast.UnaryOp):
            old = ast.unparse(keyword.value)
            for axis in (0, 1, 2, None):
                changed = ast.keyword(keyword.arg, ast.Constant(axis))
                keywords = [*node.keywords[:place], changed, *node.keywords[place + 1 :]]
                over = "over all axes" if axis is None else f"over axis {axis}"
                words = _Words(f"with the `{name}` {over} in place of axis {old}", (), "")
                yield words, 0, ast.Call(node.func, node.args, keywords)


_SQUASHES = {"tanh": "np.tanh(0)", "sigmoid": "1 / (1 + np.exp(-0))"}


def _squashed(name: str, inside: ast.expr) -> ast.expr:
    """Write a squashing function of an expression."""

    class Put(ast.NodeTransformer):
        def visit_Constant(self, node: ast.Constant) -> ast.expr:
            return inside if node.value == 0 else node

    return Put().visit(ast.parse(_SQUASHES[name], mode="eval").body)


def _constants(node: ast.Constant, parents: tuple[ast.AST, ...]) -> Iterator[Option]:
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    if isinstance(parents[-1], ast.keyword):
        return
    options = [value + 1, value - 1] if isinstance(value, int) else [value * 2, value / 2]
    for new in options:
        made: ast.expr = ast.Constant(new)
        if new < 0:
            made = ast.UnaryOp(ast.USub(), ast.Constant(-new))
        words = _Words(f"with {new} in place of {value}", (), "")
        above = parents[-1]
        if isinstance(above, ast.Compare) and above.comparators == [node]:
            other = ast.Compare(above.left, above.ops, [made])  # the comparison says more
            words = _replaced(other, above, words.text)
        yield words, 2, made


def _statements(node: ast.AugAssign | ast.Assign) -> Iterator[Option]:
    """Leave out an update; put in where something is added."""
    target = node.target if isinstance(node, ast.AugAssign) else node.targets[0]
    name = ast.unparse(target)
    words = _Words(f"without the line that sets `{name}` anew", (target,), "without one update")
    yield words, 1, ast.Pass()
    if isinstance(node, ast.AugAssign):
        put = ast.Assign([copy.deepcopy(target)], node.value, lineno=node.lineno)
        words = _Words(f"with `=` in place of `+=` for `{name}`", (target,), "with `=` for `+=`")
        yield words, 0, put


def _names(node: ast.Name, parents: tuple[ast.AST, ...], names: Sequence[str]) -> Iterator[Option]:
    """Put another variable in a variable's place."""
    called = isinstance(parents[-1], ast.Call) and parents[-1].func is node
    if node.id not in names or called:
        return
    for other in names:
        if other != node.id:
            new = ast.Name(other, ast.Load())
            yield _replaced(new, node, "with one variable in place of another"), 1, new
