"""Turn one product of the learner's own line, and see: what mends every call is proposed.

"Did you mean `x_t @ W_xh.T`?" is said of a line that stops with two shapes that do not fit, and
only if the answer with that one change is right on all calls.
"""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import FunctionType
from typing import Any

from course.exercises.bench import Bench
from course.exercises.compare import same_outcome
from course.exercises.mutants import define
from course.exercises.run import Run
from course.exercises.source import function_of, tree_of

__all__ = ["with_proposal"]

_MOST_TRIES = 12


def with_proposal(bench: Bench, answer: Any, done: Run) -> Run:
    """Add to what stopped an answer the one change that mends it, if there is one.

    Parameters
    ----------
    bench : Bench
        The probes and what is wanted.
    answer : object
        The learner's function.
    done : Run
        What it did.
    """
    function = function_of(answer)
    stops = (i for i, one in enumerate(done.outcomes) if one.failure is not None)
    first = next((i for i in stops if _is_of_shapes(done, i)), None)
    if first is None or function is not answer or bench.exercise.call is not None:
        return done
    line = done.outcomes[first].failure.line  # type: ignore[union-attr]
    every = range(len(bench.probes))
    for words, edited in itertools.islice(_turned(function, line), _MOST_TRIES):
        if _is_right(bench, edited, [first]) and _is_right(bench, edited, every):
            return _saying(done, line, f" Did you mean `{words}`?")
    return done


def _is_of_shapes(done: Run, index: int) -> bool:
    failure = done.outcomes[index].failure
    return failure is not None and failure.line is not None and " meets the " in failure.cause


def _saying(done: Run, line: int | None, said: str) -> Run:
    outcomes = [
        replace(one, failure=replace(one.failure, cause=one.failure.cause + said))
        if one.failure is not None and one.failure.line == line
        else one
        for one in done.outcomes
    ]
    return replace(done, outcomes=tuple(outcomes))


def _is_right(bench: Bench, function: Any, calls: Sequence[int]) -> bool:
    made = bench.run(function, limit=bench.exercise.time_limit, only=calls).outcomes
    return all(
        same_outcome(bench.exercise, own, bench.wanted[i])
        for i, own in zip(calls, made, strict=True)
    )


def _turned(function: FunctionType, line: int | None) -> Iterator[tuple[str, Any]]:
    """Make the function with one product of a line turned or swapped, in all ways."""
    tree = tree_of(function)
    if tree is None or tree.decorator_list or function.__closure__:
        return
    for place, node in enumerate(ast.walk(tree)):
        pair = _operands(node) if _holds(node, line) else None
        for left, right in [] if pair is None else _ways(*pair):
            changed = copy.deepcopy(tree)
            product = ast.BinOp(left, ast.MatMult(), right)
            target = next(itertools.islice(ast.walk(changed), place, None))
            _Put(target, product).visit(changed)
            yield ast.unparse(product), define(changed, dict(function.__globals__), "<mended>")


def _holds(node: ast.AST, line: int | None) -> bool:
    first, last = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
    return line is not None and first is not None and first <= line <= (last or first)


def _operands(node: ast.AST) -> tuple[ast.expr, ast.expr] | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        return node.left, node.right
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.keywords:
        if node.func.attr in ("dot", "matmul", "mm") and len(node.args) == 2:
            return node.args[0], node.args[1]
        if node.func.attr in ("dot", "mm") and len(node.args) == 1:
            return node.func.value, node.args[0]
    return None


def _ways(left: ast.expr, right: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    return [(left, _turn(right)), (_turn(left), right), (right, _turn(left)), (right, left)]


def _turn(node: ast.expr) -> ast.expr:
    """Transpose an operand; of what is transposed already, that is the operand itself."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return node.value
    return ast.Attribute(node, "T", ast.Load())


class _Put(ast.NodeTransformer):
    """Put a node in another's place."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else super().visit(node)
