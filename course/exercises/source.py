"""Read a function and a frame: names, variables, the line, the loop. Nothing is called."""

from __future__ import annotations

import ast
import functools
import hashlib
import inspect
import linecache
import os
import sysconfig
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from types import CodeType, FrameType, FunctionType, MethodType, TracebackType
from typing import Any

import numpy as np

from course.exercises.data import Tensor, plain

__all__ = [
    "About",
    "file_of",
    "function_of",
    "loop_at",
    "mark_of",
    "parameter_names",
    "statements",
    "their_frame",
    "tree_of",
]

_ENGINE = os.path.dirname(os.path.abspath(__file__))
_COURSE = os.path.dirname(_ENGINE)
_OURS = (_COURSE, os.path.join(os.path.dirname(_COURSE), "helpers"))
_SYSTEM = tuple(
    {
        os.path.normcase(os.path.abspath(path))
        for path in (
            sysconfig.get_path("stdlib"),
            sysconfig.get_path("platstdlib"),
            sysconfig.get_path("purelib"),
            sysconfig.get_path("platlib"),
            os.path.dirname(os.path.dirname(np.__file__)),
        )
        if path
    }
)


def parameter_names(function: Any) -> list[str] | None:
    """List the positional parameters of a function, or None where they cannot be known."""
    if type(function) not in (FunctionType, MethodType, functools.partial):
        return None
    try:
        parameters = inspect.signature(function).parameters.values()
    except Exception:
        return None
    if any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters):
        return None
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [p.name for p in parameters if p.kind in positional]


def function_of(answer: Any) -> FunctionType | None:
    """Find the plain function in an answer (a function, a method, a partial one), or None."""
    for _ in range(10):
        if type(answer) is FunctionType:
            inner = answer.__dict__.get("__wrapped__")
            if type(inner) is not FunctionType:
                return answer
            answer = inner
        elif type(answer) is MethodType:
            answer = answer.__func__
        elif type(answer) is functools.partial:
            answer = answer.func
        else:
            return None
    return None


def file_of(answer: Any) -> str:
    """Name the file or cell that holds an answer's code, or the empty string."""
    function = function_of(answer)
    return "" if function is None else function.__code__.co_filename


def _is_theirs(filename: str, answer_file: str) -> bool:
    if filename == answer_file:
        return True
    if filename.startswith("<ipython-input") or "ipykernel_" in filename:
        return True
    if filename.startswith("<"):
        return False
    path = os.path.normcase(os.path.abspath(filename))
    return not path.startswith((*map(os.path.normcase, _OURS), *_SYSTEM))


def their_frame(
    trace: TracebackType | None, answer_file: str
) -> tuple[FrameType | None, int | None, bool]:
    """Find the innermost frame of the learner's, its line, and whether it is the last frame."""
    found: tuple[FrameType | None, int | None, bool] = (None, None, False)
    count = 0
    while trace is not None and count < 5000:
        frame = trace.tb_frame
        filename = frame.f_code.co_filename
        is_engine = os.path.dirname(filename) == _ENGINE and filename != answer_file
        if not is_engine and _is_theirs(filename, answer_file):
            found = (frame, trace.tb_lineno, trace.tb_next is None)
        trace = trace.tb_next
        count += 1
    return found


@functools.lru_cache(maxsize=8)
def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None


def statements(frame: FrameType, line: int) -> list[ast.stmt]:
    """List the statements of a frame's file or cell that hold a line, the outermost first."""
    lines = linecache.getlines(frame.f_code.co_filename, frame.f_globals)
    node: ast.AST | None = _parsed("".join(lines))
    found: list[ast.stmt] = []
    while node is not None:
        inside = [
            child
            for child in ast.iter_child_nodes(node)
            if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case)
            and _first_line(child) <= line <= _last_line(child)
        ]
        node = inside[-1] if inside else None
        if isinstance(node, ast.stmt):
            found.append(node)
    return found


def tree_of(function: FunctionType) -> ast.FunctionDef | None:
    """Find a function in its file or cell: its tree, with the lines that a frame has, or None."""
    code = function.__code__
    module = _parsed("".join(linecache.getlines(code.co_filename, function.__globals__)))
    for node in [] if module is None else ast.walk(module):
        if isinstance(node, ast.FunctionDef) and node.lineno == code.co_firstlineno:
            return node if node.name == code.co_name else None
    return None


def _first_line(node: ast.AST) -> int:
    first = node.pattern if isinstance(node, ast.match_case) else node
    return int(getattr(first, "lineno", 0))


def _last_line(node: ast.AST) -> int:
    last = node.body[-1] if isinstance(node, ast.match_case) else node
    return int(getattr(last, "end_lineno", None) or _first_line(last))


def loop_at(frame: FrameType | None, answer_file: str) -> tuple[int | None, str]:
    """Find the loop that a running call is in: its line and its source.

    Parameters
    ----------
    frame : frame, optional
        The innermost frame of the running thread.
    answer_file : str
        The file or cell that holds the learner's function.

    Returns
    -------
    line : int or None
        Of the innermost `while`, or else of the innermost `for`.
    source : str
        That line.
    """
    loops: list[tuple[ast.stmt, str]] = []
    while frame is not None:
        if frame.f_code.co_filename == answer_file:
            lines = linecache.getlines(answer_file, frame.f_globals)
            for node in reversed(statements(frame, frame.f_lineno or 0)):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    break
                if isinstance(node, ast.While | ast.For):
                    loops.append((node, lines[node.lineno - 1].strip()))
        frame = frame.f_back
    loops.sort(key=lambda loop: isinstance(loop[0], ast.For))
    return (loops[0][0].lineno, loops[0][1]) if loops else (None, "")


# --- what a function says of itself ------------------------------------------------------------


@dataclass(frozen=True)
class About:
    """What a message may say of a function, read from it without a call.

    Attributes
    ----------
    parameters : tuple of str, optional
        Its positional parameters, or None where they cannot be known.
    reads : tuple of str
        The notebook's variables (data, no functions) that it reads.
    empty : bool
        Whether its body does nothing at all: `pass` or `...`.
    computes : bool
        Whether it has variables of its own.
    mark : str
        A mark of its code: the same for two functions that are written alike.
    uses : tuple of str
        ``a loop`` and ``torch``, if it uses them, or a function of the notebook's that it calls.
    """

    parameters: Sequence[str] | None = None
    reads: Sequence[str] = ()
    empty: bool = False
    computes: bool = False
    mark: str = ""
    uses: Sequence[str] = ()

    @classmethod
    def of(cls, answer: Any) -> About:
        """Read a function; what is no plain function says nothing."""
        function = function_of(answer)
        names = parameter_names(answer)
        if function is None:
            return cls(None if names is None else tuple(names))
        code = function.__code__
        return cls(
            None if names is None else tuple(names),
            tuple(_reads(function)),
            _is_empty(function),
            _own_locals(code) > 0,
            mark_of(_source_of(function)),
            tuple(sorted(_uses(function, set()))),
        )


def mark_of(source: str) -> str:
    """Give a mark of a function's code: the same where two are written alike.

    Its name, docstring and annotations do not count, nor what the bank's type checks ask for:
    `strict=`, `np.asarray(…)` around a result, an underscore before a helper's name.

    Parameters
    ----------
    source : str
        The function's source. Where it cannot be read there is no mark, but the empty string.
    """
    try:
        node = ast.parse(textwrap.dedent(source)).body[0]
    except (SyntaxError, ValueError, IndexError, RecursionError):
        return ""
    if not isinstance(node, ast.FunctionDef):
        return ""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    names = [arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)]
    plain_body = [ast.dump(_Plainer().visit(statement)) for statement in body]
    return hashlib.sha256(str((names, plain_body)).encode()).hexdigest()[:16]


class _Plainer(ast.NodeTransformer):
    """Take out of a tree what says nothing of how a function works."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        node.keywords = [keyword for keyword in node.keywords if keyword.arg != "strict"]
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        self.generic_visit(node)
        value = node.value
        if isinstance(value, ast.Call) and len(value.args) == 1 and not value.keywords:
            if isinstance(value.func, ast.Attribute) and value.func.attr == "asarray":
                node.value = value.args[0]
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = node.id.lstrip("_")
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        return ast.Assign([node.target], node.value) if node.value is not None else ast.Pass()


def _source_of(function: FunctionType) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError, IndexError, SyntaxError):
        return ""


def _is_empty(function: FunctionType) -> bool:
    """Tell whether a function's body does nothing at all: `pass` or `...`."""
    code = function.__code__
    extra = [c for c in code.co_consts if c is not None and c != function.__doc__]
    return not code.co_names and not _own_locals(code) and all(c is Ellipsis for c in extra)


def _own_locals(code: CodeType) -> int:
    """Count a function's variables apart from its parameters."""
    stars = bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    return code.co_nlocals - code.co_argcount - code.co_kwonlyargcount - stars


def _reads(function: FunctionType) -> list[str]:
    """List the notebook's variables (data, no functions) that a function reads."""
    space = function.__globals__
    found = []
    for name in function.__code__.co_names:
        value = plain(space[name]) if name in space else None
        if isinstance(value, np.ndarray | Tensor | float | int) and not isinstance(value, bool):
            if not name.isupper():
                found.append(name)
    return found


def _uses(function: FunctionType, seen: set[Any]) -> set[str]:
    """Find what an exercise may forbid, in a function and in those of the notebook it calls."""
    seen.add(function.__code__)
    found: set[str] = set()
    space = function.__globals__
    try:
        tree = ast.parse(textwrap.dedent(_source_of(function)))
    except (SyntaxError, ValueError, RecursionError):
        return found
    for node in ast.walk(tree):
        if isinstance(node, ast.While):
            found.add("a loop")
        if isinstance(node, ast.For | ast.comprehension) and not _is_listed(node.iter):
            found.add("a loop")
        if isinstance(node, ast.Import | ast.ImportFrom):
            origin = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
            found |= {"torch"} & {(origin or "").partition(".")[0]}
        if isinstance(node, ast.Name):
            value = space.get(node.id)
            module = value.__name__ if inspect.ismodule(value) else ""
            found |= {"torch"} & {module.partition(".")[0]}
            inner = value if type(value) is FunctionType else None
            if inner is not None and inner.__globals__ is space and inner.__code__ not in seen:
                found |= _uses(inner, seen)
    return found


def _is_listed(node: ast.expr) -> bool:
    """Tell whether a loop runs over things that are written out: `for a in (query, key)`."""
    return isinstance(node, ast.Tuple | ast.List) and not any(
        isinstance(item, ast.Starred) for item in node.elts
    )
