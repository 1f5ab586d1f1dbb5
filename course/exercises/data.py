"""Plain data: what a result becomes before anything is said of it.

Numbers, text, arrays, tuples, lists, dicts and sets, and names for the rest. The copy is made
without calling a method of the learner's own. Every stage after `run` sees nothing else.
"""

from __future__ import annotations

import contextlib
import math
import re
import sys
import types
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = [
    "Foreign",
    "Huge",
    "Tensor",
    "array_of",
    "describe",
    "dtype_name",
    "is_scalar",
    "kind_of",
    "number",
    "plain",
    "same_bits",
    "scalar_of",
    "short",
    "steady",
    "type_name",
]

_MOST_BYTES = 64 * 1024**2
_MOST_LEAVES = 200_000


@dataclass(frozen=True, eq=False)
class Tensor:
    """A torch tensor, kept as an array and the name of its dtype."""

    array: np.ndarray
    dtype: str


@dataclass(frozen=True)
class Foreign:
    """Something that is no data: a generator, a class, a ragged array, an object."""

    type: str
    advice: str = ""


@dataclass(frozen=True)
class Huge:
    """An array too large to be copied."""

    shape: tuple[int, ...]
    dtype: str


def plain(value: Any) -> Any:
    """Copy a value into plain data, without calling any of its own methods.

    Parameters
    ----------
    value : object
        Whatever a function returned.

    Returns
    -------
    object
        None, bool, int, float, complex, str, bytes, arrays of numbers or text, tuples, lists,
        dicts and sets of these; `Tensor` for a torch tensor; `Foreign` or `Huge` for the rest.
    """
    try:
        return _plain(value, [_MOST_LEAVES], 0)
    except _TooMuch as error:
        return Foreign(str(error))


class _TooMuch(Exception):
    """Says in which way a value is too large."""


def _plain(value: Any, left: list[int], depth: int) -> Any:
    left[0] -= 1
    kind = type(value)
    if left[0] < 0:
        raise _TooMuch("a collection of more than 200,000 entries")
    if depth > 30:
        raise _TooMuch("a collection nested more than 30 deep")
    if value is None or kind is bool or kind is float or kind is complex:
        return value
    if kind is int:
        return value if value.bit_length() < 4096 else Foreign("an integer of over 1,000 digits")
    if issubclass(kind, np.generic) and not issubclass(kind, str | bytes):
        if value.dtype.kind in "biufcUS":
            return np.array(value)
        return Foreign(type_name(value))
    if issubclass(kind, np.ndarray):
        return _plain_array(value, kind)
    if issubclass(kind, str):
        left[0] -= str.__len__(value) // 16
        text = str.__str__(value)
        return text if left[0] >= 0 else Foreign(f"a string of {len(text):,} characters")
    if issubclass(kind, bytes):
        return bytes.__getitem__(value, slice(0, 100_000))
    if issubclass(kind, int):
        return int.__int__(value)
    if issubclass(kind, float):
        return float.__float__(value)
    if issubclass(kind, tuple):
        return tuple(_plain(item, left, depth + 1) for item in tuple.__iter__(value))
    if issubclass(kind, list):
        return [_plain(item, left, depth + 1) for item in list.__iter__(value)]
    if issubclass(kind, dict):
        return {_key(key): _plain(item, left, depth + 1) for key, item in dict.items(value)}
    if issubclass(kind, set | frozenset):
        base = set if issubclass(kind, set) else frozenset
        return {_key(item) for item in base.__iter__(value)}
    torch = sys.modules.get("torch")
    if torch is not None and issubclass(kind, torch.Tensor):
        return _plain_tensor(value, torch)
    return _foreign(value, kind)


def _key(key: Any) -> Any:
    """Make a dict's key or a set's member plain and hashable."""
    made = plain(key)
    if isinstance(made, np.ndarray):
        return made.item() if made.ndim == 0 else Foreign("array")
    try:
        hash(made)
    except TypeError:
        return Foreign(type_name(key))
    return made


def _plain_array(value: np.ndarray, kind: type) -> Any:
    dtype = np.ndarray.dtype.__get__(value)
    shape = np.ndarray.shape.__get__(value)
    if dtype.kind == "O":
        return Foreign(
            "an array of Python objects", "Its rows probably have different lengths or shapes."
        )
    if dtype.kind not in "biufcUS":
        return Foreign(f"an array of {dtype.name}")
    if np.ndarray.nbytes.__get__(value) > _MOST_BYTES:
        return Huge(tuple(shape), dtype.name)
    if kind is not np.ndarray and kind.__module__.partition(".")[0] == "numpy":
        return Foreign(f"a {type_name(value)}", "Return a plain array: `np.asarray(…)`.")
    return np.array(value, copy=True, subok=False, order="C")


def _plain_tensor(value: Any, torch: Any) -> Any:
    base = torch.Tensor
    dtype = str(value.dtype).removeprefix("torch.")
    shape = tuple(value.shape)
    if value.numel() * value.element_size() > _MOST_BYTES:
        return Huge(shape, dtype)
    if value.is_sparse or value.is_quantized or value.device.type == "meta":
        return Foreign("a sparse, quantised or empty (meta) tensor")
    tensor = base.cpu(base.detach(value))
    if value.dtype is torch.bfloat16:
        tensor = base.float(tensor)
    array = base.numpy(tensor.resolve_conj().resolve_neg())
    return Tensor(np.array(array, copy=True, order="C"), dtype)


def _foreign(value: Any, kind: type) -> Foreign:
    if isinstance(value, types.GeneratorType):
        with contextlib.suppress(BaseException):
            value.close()
        if value.__name__ == "<genexpr>":
            return Foreign("a generator", "Round brackets made it: write `[… for … in …]`.")
        return Foreign("a generator", "A `yield` makes one; collect the values and `return` them.")
    if isinstance(value, types.CoroutineType):
        with contextlib.suppress(BaseException):
            value.close()
        return Foreign("a coroutine", "Take the word `async` off your function.")
    if kind is map or kind is filter or kind is zip or kind is range or kind is enumerate:
        return Foreign(f"a {kind.__name__} object", "Make a list of it: `list(…)`.")
    if issubclass(kind, type):
        return Foreign("a class", "Return a value, not its type.")
    if (
        kind in (types.FunctionType, types.BuiltinFunctionType, types.MethodType)
        or kind is np.ufunc
    ):
        return Foreign("a function", "Are the brackets missing after its name?")
    if value is Ellipsis:
        return Foreign("the placeholder `...`", "Put your result in its place.")
    if value is NotImplemented:
        return Foreign("NotImplemented")
    return Foreign(f"an object of type {type_name(value)}")


def same_bits(left: Any, right: Any) -> bool:
    """Tell whether two pieces of plain data are the same, dtype and not-a-numbers included."""
    if type(left) is not type(right):
        return False
    if isinstance(left, np.ndarray):
        if left.shape != right.shape or left.dtype != right.dtype:
            return False
        return bool(np.array_equal(left, right, equal_nan=left.dtype.kind in "fc"))
    if isinstance(left, Tensor):
        return left.dtype == right.dtype and same_bits(left.array, right.array)
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same_bits, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same_bits(left[k], right[k]) for k in left)
    if isinstance(left, float) and left != left:
        return right != right
    return bool(left == right)


# --- in words ----------------------------------------------------------------------------------


def type_name(value: Any) -> str:
    """Name a value's type without asking the value itself."""
    cls = type(value)
    name = type.__dict__["__name__"].__get__(cls)
    module = type.__dict__["__module__"].__get__(cls)
    if isinstance(module, str) and module.partition(".")[0] == "numpy" and name != "ndarray":
        return f"np.{name}"
    if name == "ndarray":
        return "NumPy array"
    if isinstance(module, str) and module.partition(".")[0] == "torch" and name == "Tensor":
        return "torch tensor"
    return str(name)


def short(text: str, limit: int = 200) -> str:
    """Cut a text to `limit` characters and say that it was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def steady(text: str) -> str:
    """Take out of a text what changes from run to run: addresses and temporary paths."""
    text = re.sub(r"\b0x[0-9a-fA-F]{4,}\b", "0x…", text)
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    text = re.sub(r", with gufunc signature \S+", "", text)  # means nothing to a learner
    return re.sub(
        r"(?:[A-Za-z]:)?[/\\](?:[^\s'\"/\\]+[/\\])*ipykernel_\d+[/\\]\d+\.py", "cell", text
    )


def number(value: Any) -> str:
    """Write one entry of a result, with six significant digits at most."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, int | float | complex):
        text = repr(value)
        return text if len(text) <= 60 else text[:59] + "…"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**18 else f"an integer of {len(str(abs(value)))} digits"
    if isinstance(value, complex):
        return f"{value:.6g}"
    if math.isnan(value):
        return "nan"
    return f"{value:.6g}"


def describe(value: Any) -> str:
    """Say in a few words what a result is: ``a float64 array of shape (2, 3)``."""
    if value is None:
        return "None"
    if isinstance(value, Foreign):
        return value.type
    if isinstance(value, Huge):
        return f"a {value.dtype} array of shape {value.shape}"
    if isinstance(value, Tensor):
        return f"a {value.dtype} tensor of shape {value.array.shape}"
    if isinstance(value, np.ndarray):
        if value.ndim == 0:
            return f"the {dtype_name(value)} number {number(value[()])}"
        return f"{_article(dtype_name(value))} array of shape {value.shape}"
    if isinstance(value, bool):
        return f"the truth value {value}"
    if isinstance(value, int | float | complex):
        return f"the {type(value).__name__} {number(value)}"
    if isinstance(value, str):
        return f"the string {number(value)}"
    if isinstance(value, tuple | list | dict | set):
        return f"a {type(value).__name__} of {len(value)}"
    return f"an object of type {type(value).__name__}"


def _article(word: str) -> str:
    return f"an {word}" if word.startswith(("i", "u", "a")) else f"a {word}"


def dtype_name(value: np.ndarray) -> str:
    """Name an array's dtype; all text is ``text``."""
    return "text" if value.dtype.kind in "US" else value.dtype.name


def array_of(value: Any) -> np.ndarray | None:
    """Give the array in an array or tensor, or None."""
    if isinstance(value, Tensor):
        return value.array
    return value if isinstance(value, np.ndarray) else None


def is_scalar(value: Any) -> bool:
    """Tell whether a value is one number or truth value."""
    if isinstance(value, bool | int | float | complex):
        return True
    array = array_of(value)
    return array is not None and array.ndim == 0 and array.dtype.kind in "biufc"


def scalar_of(value: Any) -> tuple[str, str, Any]:
    """Give a scalar's kind (b, i, f, c), its dtype and itself."""
    if isinstance(value, bool):
        return "b", "bool", value
    if isinstance(value, int):
        return "i", "int", value
    if isinstance(value, float):
        return "f", "float64", value
    if isinstance(value, complex):
        return "c", "complex128", value
    array = array_of(value)
    assert array is not None
    name = value.dtype if isinstance(value, Tensor) else array.dtype.name
    return array.dtype.kind.replace("u", "i"), name, array.item()


def kind_of(want: Any) -> str:
    """Say what kind of result is wanted, without its value."""
    if is_scalar(want):
        return {"b": "True or False", "i": "an integer", "f": "a number", "c": "a number"}[
            scalar_of(want)[0]
        ]
    if isinstance(want, Tensor):
        return f"a torch tensor of shape {want.array.shape}"
    if isinstance(want, np.ndarray):
        return f"an array of shape {want.shape}"
    if want is None:
        return "None"
    return {"str": "a string"}.get(type(want).__name__, f"a {type(want).__name__}")
