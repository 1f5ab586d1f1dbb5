"""Tell an exception out of a learner's function: the line it came from and a likely cause."""

from __future__ import annotations

import ast
import builtins
import difflib
import linecache
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

import numpy as np

from course.exercises.data import short, steady, type_name
from course.exercises.source import file_of, parameter_names, statements, their_frame

__all__ = ["Failure", "tell"]


@dataclass(frozen=True)
class Failure:
    """An exception, told without a traceback.

    Attributes
    ----------
    type : str
        The exception's type.
    message : str
        Its message, in one line, without addresses.
    line : int, optional
        The line of the learner's code, counted within the cell (or file).
    source : str
        That line.
    cause : str
        What probably led to it, in plain words; may be empty.
    """

    type: str
    message: str = ""
    line: int | None = None
    source: str = ""
    cause: str = ""


# --- likely causes ---------------------------------------------------------------------------


class _CannotTell(Exception):
    pass


_PLAIN = (int, float, bool, tuple, list, slice, type(None))


def _value(node: ast.expr, frame: FrameType) -> Any:
    """Evaluate the harmless part of the language: names, `.T`, indices, arithmetic on arrays."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        for space in (frame.f_locals, frame.f_globals):
            if node.id in space:
                value = space[node.id]
                if _is_array(value) or type(value) in _PLAIN or isinstance(value, np.generic):
                    return value
        raise _CannotTell
    if isinstance(node, ast.Attribute) and node.attr in ("T", "shape", "ndim", "size"):
        owner = _value(node.value, frame)
        if _is_array(owner):
            return getattr(owner, node.attr)
    if isinstance(node, ast.Tuple):
        return tuple(_value(item, frame) for item in node.elts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, frame)
    if isinstance(node, ast.Slice):
        ends = (node.lower, node.upper, node.step)
        return slice(*(None if end is None else _value(end, frame) for end in ends))
    if isinstance(node, ast.Subscript):
        return _value(node.value, frame)[_value(node.slice, frame)]
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left, frame), _value(node.right, frame)
        operation = _OPERATIONS.get(type(node.op))
        if operation is not None and (_is_array(left) or _is_array(right)):
            return operation(left, right)
    raise _CannotTell


def _is_array(value: Any) -> bool:
    if type(value) is np.ndarray:
        return value.dtype != object and value.size <= 1_000_000
    torch = sys.modules.get("torch")
    return torch is not None and type(value) is torch.Tensor and value.numel() <= 1_000_000


_OPERATIONS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.MatMult: lambda a, b: a @ b,
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}
_SIGNS = {ast.MatMult: "@", ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_PRODUCTS = ("dot", "matmul", "mm", "bmm")


def _shape(value: Any) -> str:
    return str(tuple(value.shape)) if hasattr(value, "shape") else "a number"


def _expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """Walk over a statement's expressions, not into the statements inside it."""
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop(0)
        if isinstance(node, ast.expr):
            yield node
        todo += [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt)]


def _operands(statement: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr, str]]:
    """Walk over a statement's operations: left, right and the sign between them."""
    for node in _expressions(statement):
        if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
            yield node.left, node.right, _SIGNS[type(node.op)]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in _PRODUCTS and len(node.args) == 2:
                yield node.args[0], node.args[1], "@"
            elif node.func.attr in _PRODUCTS and len(node.args) == 1:
                yield node.func.value, node.args[0], "@"


def _shapes_that_clash(statement: ast.stmt, frame: FrameType) -> str:
    """Find the operation in a statement whose operands do not fit, and name their shapes."""
    for left_node, right_node, sign in _operands(statement):
        try:
            left, right = _value(left_node, frame), _value(right_node, frame)
        except Exception:
            continue
        if not (_is_array(left) and _is_array(right)):
            continue
        operation = next(_OPERATIONS[kind] for kind, text in _SIGNS.items() if text == sign)
        try:
            operation(left, right)
        except Exception:
            return _clash(left_node, right_node, sign, left, right)
    return ""


def _clash(left_node: ast.expr, right_node: ast.expr, sign: str, left: Any, right: Any) -> str:
    """Name the shapes of two operands."""
    names = ast.unparse(left_node), ast.unparse(right_node)
    said = f"In `{names[0]} {sign} {names[1]}` the shapes are {_shape(left)} and {_shape(right)}"
    if sign != "@":
        return f"{said}; they have to be equal, or 1, axis by axis from the right."
    inner = left.shape[-1], right.shape[-2 if len(right.shape) > 1 else 0]
    return f"{said}: the {inner[0]} of the left meets the {inner[1]} of the right."


def _scope(frame: FrameType) -> list[str]:
    names = [*frame.f_locals, *frame.f_globals, *dir(builtins)]
    return [name for name in dict.fromkeys(names) if not name.startswith("_")]


def _name_cause(error: NameError, frame: FrameType | None) -> str:
    name = getattr(error, "name", None)
    if not name:
        found = re.search(r"'(\w+)'", str(error))
        name = found.group(1) if found else None
    if not name or frame is None:
        return ""
    if isinstance(error, UnboundLocalError):
        return (
            f"`{name}` is given a value somewhere in your function, so it is local there, and "
            "this line reads it before it has one. Give it its first value above this line."
        )
    if name in ("np", "torch", "math", "plt"):
        return f"`{name}` is imported in the lesson's first code cell: run that cell."
    near = difflib.get_close_matches(name, _scope(frame), n=1, cutoff=0.6)
    if not near:
        lower = {entry.lower(): entry for entry in _scope(frame)}
        near = [lower[name.lower()]] if name.lower() in lower else []
    hint = f" Did you mean `{near[0]}`?" if near else ""
    return f"There is no variable `{name}` at this place.{hint}"


def _statement(frame: FrameType | None, line: int | None) -> ast.stmt | None:
    """Find the innermost statement of a frame that holds a line."""
    around = statements(frame, line) if frame is not None and line is not None else []
    return around[-1] if around else None


def _index_cause(error: IndexError, frame: FrameType | None, line: int | None) -> str:
    text = str(error)
    found = re.search(
        r"index (-?\d+) is out of bounds for (?:axis|dimension) (\d+) with size (\d+)", text
    )
    if found:
        index, axis, size = map(int, found.groups())
        if size == 0:
            return "That axis is empty: a loop or a slice before this line took nothing."
        return _out_of_bounds(index, axis, size, frame, line)
    if "list index out of range" in text or "tuple index" in text or "string index" in text:
        return "The sequence is shorter than the index assumes. Counting starts at 0."
    if "too many indices" in text:
        return "The array has fewer axes than you index. Print its `.shape` before this line."
    return ""


def _out_of_bounds(
    index: int, axis: int, size: int, frame: FrameType | None, line: int | None
) -> str:
    """Name the array, its axis and its index; a loop only where one runs over that axis."""
    ends = f"indices run from 0 to {size - 1}" if size > 1 else "only index is 0"
    statement = _statement(frame, line)
    for node in [] if statement is None else _expressions(statement):
        if frame is None or not isinstance(node, ast.Subscript):
            continue
        try:
            array, place = _value(node.value, frame), _of_axis(node.slice, axis)
            fits = int(_value(place, frame)) == index and array.shape[axis] == size
        except Exception:
            continue
        if fits:
            name, own = ast.unparse(node.value), ast.unparse(place)
            said = f"`{name}` has shape {_shape(array)}: on axis {axis} the {ends}, and "
            said += f"{index} is asked for" if own == str(index) else f"`{own}` is {index}"
            return f"{said}.{_loop_over(name, own, axis, frame, line)}"
    return f"On axis {axis}, of size {size}, the {ends}; {index} is asked for."


def _of_axis(node: ast.expr, axis: int) -> ast.expr:
    """Give the index that belongs to one axis."""
    listed = node.elts if isinstance(node, ast.Tuple) else [node]
    if any(isinstance(one, ast.Constant) and type(one.value) is not int for one in listed):
        raise _CannotTell  # None and `...` shift the axes
    return listed[axis]


def _loop_over(name: str, index: str, axis: int, frame: FrameType, line: int | None) -> str:
    """Ask for the bounds of the loop whose variable is the index, if they come from that axis."""
    for node in statements(frame, line or 0):
        if isinstance(node, ast.For) and ast.unparse(node.target) == index:
            bounds = ast.unparse(node.iter)
            own = [f"{name}.shape[{axis}]", *([f"len({name})"] if axis == 0 else [])]
            if bounds.startswith("range(") and any(one in bounds for one in own):
                return f" Does the loop of `{index}` run one step too long?"
    return ""


def _no_number(frame: FrameType | None, line: int | None) -> str:
    """Say that an array stands where one number is needed, and which arrays the line reads."""
    said = "An array stands where one number is needed"
    statement = _statement(frame, line)
    if not isinstance(statement, ast.Assign) or frame is None:
        return f"{said}."
    names = dict.fromkeys(n.id for n in ast.walk(statement.value) if isinstance(n, ast.Name))
    known = {name: frame.f_locals[name] for name in names if name in frame.f_locals}
    shapes = [f"`{n}` has shape {_shape(v)}" for n, v in known.items() if _is_array(v) and v.ndim]
    return f"{said}: {' and '.join(shapes)}." if shapes else f"{said}."


def _of_list(frame: FrameType | None, line: int | None) -> str:
    """Say what to make of a list in arithmetic, as far as the lists of the line allow it."""
    said = "A Python list does no arithmetic: "
    nodes = [] if frame is None else ast.walk(_statement(frame, line) or ast.Pass())
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    space = {} if frame is None else frame.f_locals
    lists = [space[name] for name in names & {*space} if isinstance(space[name], list)]
    entries = [entry for found in lists for entry in found if _is_array(entry)]
    if any(len({e.shape for e in found if _is_array(e)}) > 1 for found in lists):
        return f"{said}go through its arrays, which have different shapes, one at a time."
    if any(type(entry) is not np.ndarray for entry in entries):
        return f"{said}make it a tensor with `torch.stack`."
    return f"{said}make it an array with `np.array`."


def _axis_for_number(frame: FrameType | None, line: int | None) -> str:
    """Give min or max where the line passes two numbers to NumPy's function of that name."""
    statement = None if frame is None else _statement(frame, line)
    for node in ast.walk(statement or ast.Pass()):
        if isinstance(node, ast.Call) and len(node.args) == 2:
            name = ast.unparse(node.func)
            if name in ("np.min", "np.max"):
                return name[3:]
    return ""


def _of_arguments(text: str, frame: FrameType | None, line: int | None) -> str:
    """Name an argument as torch has it, or the axis that `np.min(a, b)` takes `b` for."""
    found = re.search(r"(\w+)\(\) got an unexpected keyword argument '(axis|keepdims)'", text)
    if found and (text.startswith("Tensor.") or "torch" in text):
        own = {"axis": "dim", "keepdims": "keepdim"}[found.group(2)]
        return f"In torch, the argument `{found.group(2)}` of `{found.group(1)}` is called `{own}`."
    if "cannot be interpreted as an integer" in text and (name := _axis_for_number(frame, line)):
        return (
            f"`np.{name}` takes the smallest or largest of one array, and a second argument is its "
            f"axis. Of two numbers, use `{name}(a, b)`; of two arrays, `np.{name}imum(a, b)`."
        )
    return ""


def _type_cause(error: TypeError, frame: FrameType | None, line: int | None) -> str:
    text = str(error)
    found = re.search(r"'(\w+)' object is not callable", text)
    if found:
        kind = found.group(1)
        if kind in ("int", "float", "ndarray", "list", "str", "tuple", "Tensor"):
            return (
                f"Something that is a value ({kind}) is called like a function. Is a `*` missing "
                "before a bracket, or does one of your variables carry a function's name (sum, "
                "max, len)?"
            )
    if "NoneType" in text:
        return "A value is None here: does a function that you call return nothing?"
    if re.search(r"'(numpy\.ufunc|ufunc|\w*function\w*|method)' object is not subscriptable", text):
        return "A function is called with round brackets; square ones take entries of an array."
    found = re.search(r"'(\w+)' object is not (subscriptable|iterable)", text)
    if found:
        return f"A single {found.group(1)} stands where a sequence or an array is needed."
    if "list indices must be integers" in text:
        return "A list is indexed with more than one number: make it an array with `np.array`."
    if "can't multiply sequence" in text or ("unsupported operand" in text and "list" in text):
        return _of_list(frame, line)
    if "@" in text and "unsupported operand" in text:
        return "One side of `@` is not an array."
    if said := _of_arguments(text, frame, line):
        return said
    needs_one = ("only integer scalar arrays", "only length-1 arrays", "only 0-dimensional arrays")
    if any(words in text for words in needs_one):
        return _no_number(frame, line)
    found = re.search(r"^(\w+)\(\): argument .* must be Tensor, not (?:numpy\.)?ndarray", text)
    if found:
        own = found.group(1)
        other = f": NumPy has its own, `np.{own}`" if hasattr(np, own) else ""
        return f"`torch.{own}` takes tensors, and this is a NumPy array{other}."
    if "Tensor" in text and ("ndarray" in text or "numpy" in text):
        return "A NumPy array meets a torch tensor: turn one into the other first."
    return ""


def _value_cause(error: Exception, frame: FrameType | None, line: int | None) -> str:
    text = str(error)
    if "truth value of an array" in text or "Boolean value of Tensor" in text:
        return (
            "An `if`, `and`, `or`, `not`, `min` or `max` got a whole array, and that is neither "
            "true nor false. Is one number wanted there? If not, `np.where` chooses entry by entry."
        )
    if "inhomogeneous shape" in text:
        return "The rows have different lengths or shapes, so they make no array."
    if "setting an array element with a sequence" in text:
        return _no_number(frame, line)
    found = re.search(r"not enough values to unpack \(expected (\d+), got (\d+)\)", text)
    if found:
        return f"{found.group(1)} names stand on the left, {found.group(2)} values on the right."
    found = re.search(r"too many values to unpack", text)
    if found:
        return "There are more values on the right than names on the left."
    if "Improper number of dimensions to norm" in text:
        return (
            "`np.linalg.norm` takes a vector or a matrix, and this is neither. Print the array and "
            "its shape just before."
        )
    about_shapes = ("shape", "dimension", "broadcast", "mat1", "size", "aligned", "Einstein")
    if any(word in text for word in about_shapes):
        if frame is not None and line is not None:
            statement = _statement(frame, line)
            said = _shapes_that_clash(statement, frame) if statement is not None else ""
            if said:
                return said
            if isinstance(statement, ast.Assign) and isinstance(
                statement.targets[0], ast.Subscript
            ):
                return (
                    "The place on the left of `=` and the value on the right have different shapes."
                )
        return "Two shapes do not fit together on this line. Print them just before it."
    return ""


def _attribute_cause(error: AttributeError) -> str:
    text = str(error)
    if "'NoneType' object has no attribute" in text:
        return "A value is None here: does a function that you call return nothing?"
    found = re.search(r"'(list|tuple|int|float)' object has no attribute '(\w+)'", text)
    if found and found.group(2) in ("shape", "T", "sum", "mean", "dot", "reshape", "ndim", "dtype"):
        return (
            f"A {found.group(1)} has no `.{found.group(2)}`; an array has: make one with "
            "`np.array`."
        )
    if "'numpy.ndarray' object has no attribute" in text:
        return (
            "This name belongs to torch tensors or to something else; NumPy arrays do not have it."
        )
    found = re.search(r"module 'numpy' has no attribute '(\w+)'", text)
    if found:
        typed = found.group(1)
        swapped = [name for name in dir(np) if sorted(name) == sorted(typed)]  # tahn is tanh
        near = swapped or difflib.get_close_matches(typed, dir(np), n=1, cutoff=0.6)
        return f"Did you mean `np.{near[0]}`?" if near else ""
    return ""


def _cause(error: BaseException, frame: FrameType | None, line: int | None, is_last: bool) -> str:
    if isinstance(error, NotImplementedError) and not str(error):
        return "The line `raise NotImplementedError` is still reached: take it out."
    if isinstance(error, SystemExit):
        return "Your function calls `exit()`. End it with `return` and the result."
    if isinstance(error, KeyboardInterrupt):
        return "Your function raises KeyboardInterrupt, which is what the stop button does."
    if isinstance(error, RecursionError):
        return "Your function calls itself without ever coming to an end."
    if isinstance(error, MemoryError):
        return "Your code asks for far too large an array. Look at the shapes that go into it."
    if isinstance(error, NameError):
        return _name_cause(error, frame)
    if isinstance(error, IndexError):
        return _index_cause(error, frame, line)
    if isinstance(error, KeyError):
        return "The dictionary has no such key."
    if isinstance(error, ZeroDivisionError):
        return "Something is divided by zero. Is a sum or a count empty?"
    if isinstance(error, ModuleNotFoundError):
        return "This package is not installed here. The lesson's own imports are enough."
    if isinstance(error, np.linalg.LinAlgError):
        return "The matrix does not allow this operation. Look at its shape and rank."
    if isinstance(error, AssertionError):
        return "An assertion of your own does not hold for these arguments."
    if isinstance(error, EOFError):
        return "A check passes its arguments; do not ask for `input()`."
    if isinstance(error, AttributeError):
        return _attribute_cause(error)
    if isinstance(error, TypeError):
        return _type_cause(error, frame, line) or _value_cause(error, frame, line)
    if isinstance(error, ValueError | RuntimeError):
        return _value_cause(error, frame, line)
    return ""


def _signature_cause(answer: Any, count: int, names: list[str]) -> str:
    """Say how the parameters of the answer differ from the arguments that are passed."""
    own = parameter_names(answer)
    wanted = f" ({', '.join(names)})" if len(names) >= count > 0 else ""
    plural = "argument" if count == 1 else "arguments"
    if own is None:
        return f"The exercise passes {count} {plural}{wanted}."
    taken = f"{len(own)} argument{'s' if len(own) != 1 else ''}"
    listed = f" ({', '.join(own)})" if own else ""
    return (
        f"Your function takes {taken}{listed}, the exercise passes {count}{wanted}. "
        "Keep the first line of the function as it was given."
    )


def tell(
    error: BaseException, answer: Any, args: tuple[Any, ...], names: list[str], own_call: bool
) -> Failure:
    """Tell an exception without its traceback.

    Parameters
    ----------
    error : BaseException
        What the learner's function raised.
    answer : object
        The learner's function.
    args : tuple
        The arguments it was called with.
    names : list of str
        The names of the exercise's arguments.
    own_call : bool
        True where the answer itself was called with `args`, without an adapter.
    """
    kind = type_name(error).removeprefix("np.")
    try:
        message = steady(short(str(error).strip().replace("\n", " "), 300))
    except BaseException:
        message = "(its message cannot be shown)"
    file = file_of(answer)
    frame, line, is_last = their_frame(error.__traceback__, file)
    source = ""
    if frame is not None and line is not None:
        source = linecache.getline(frame.f_code.co_filename, line, frame.f_globals).strip()
    try:
        if frame is None and isinstance(error, TypeError) and own_call:
            cause = _signature_cause(answer, len(args), names)
        else:
            cause = _cause(error, frame, line, is_last)
    except Exception:
        cause = ""
    if isinstance(error, RecursionError):
        message = "maximum recursion depth exceeded"
    if isinstance(error, KeyError):
        message = f"key {message}"
    return Failure(kind, message, line, short(source, 160), cause)
