"""Find the first place where one piece of plain data is not another.

Kind, count, shape and family of dtype come before values, and nothing is broadcast. What is right
in another dress is right: a list or a tensor for an array, float32 within its precision, a whole
number for a float. With `strict` the type has to be the wanted one as well.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from course.exercises.data import (
    Foreign,
    Huge,
    Tensor,
    array_of,
    describe,
    dtype_name,
    is_scalar,
    kind_of,
    number,
    same_bits,
    scalar_of,
)

__all__ = ["Difference", "as_array", "close", "coarser", "difference", "tidy"]

Tolerance = tuple[float, float]


@dataclass(frozen=True)
class Difference:
    """The first place where a result is wrong.

    Attributes
    ----------
    kind : str
        ``type``, ``count``, ``shape``, ``dtype``, ``nan`` or ``value``.
    text : str
        Where it is, what came and what was wanted.
    output : int, optional
        Which output, where there are several.
    """

    kind: str
    text: str
    output: int | None = None


@dataclass(frozen=True)
class _Place:
    """Where in a result we are: the output's name, the way into it, a letter for each axis."""

    name: str = ""
    way: str = ""
    letters: str = ""
    tolerance: Tolerance | None = None
    strict: bool = False

    @property
    def start(self) -> str:
        """Begin a sentence about this place."""
        if self.name:
            return f"`{self.name}{self.way}`"
        return f"Entry `{self.way}` of the result" if self.way else "The result"

    def inside(self, key: Any) -> _Place:
        """Go to an entry."""
        return replace(self, way=f"{self.way}[{number(key)}]", letters="")

    def wrong(self, kind: str, said: str) -> Difference:
        """Say what is wrong at this place."""
        return Difference(kind, f"{self.start} {said}")

    def type(self, got: Any, want: Any) -> Difference:
        """Say that something of another kind is wanted here."""
        advice = f" {got.advice}" if isinstance(got, Foreign) and got.advice else ""
        return self.wrong("type", f"is {describe(got)}; {kind_of(want)} is wanted.{advice}")


def difference(
    got: Any,
    want: Any,
    *,
    tolerance: Tolerance | None = None,
    outputs: Sequence[str] = (),
    axes: Sequence[str] = (),
    strict: bool = False,
) -> Difference | None:
    """Find the first place where `got` is not `want`, or None.

    Parameters
    ----------
    got, want : object
        Plain data, as `data.plain` makes it.
    tolerance : (relative, absolute), optional
        For values; by default one that suits the dtype.
    outputs : sequence of str
        What the outputs are called.
    axes : sequence of str
        A letter for each axis of each output, ``("BTH",)``.
    strict : bool
        Whether the type itself has to be right: no list for an array, no float32 for float64.
    """
    if not isinstance(want, tuple):
        name = outputs[0] if len(outputs) == 1 else ""
        place = _Place(name, "", axes[0] if axes else "", tolerance, strict)
        return _one(got, want, place)
    items = _items(got, want, strict)
    if items is None:
        return Difference("count", _count_text(got, want, outputs))
    for index, (own, right) in enumerate(zip(items, want, strict=True)):
        name = outputs[index] if index < len(outputs) else f"result {index + 1}"
        letters = axes[index] if index < len(axes) else ""
        place = _Place(name if index < len(outputs) else "", "", letters, tolerance, strict)
        if not place.name:
            place = replace(place, way=f"[{index}]")
        found = _one(own, right, place)
        if found is not None:
            return replace(found, output=index)
    return None


def _items(got: Any, want: tuple[Any, ...], strict: bool) -> Sequence[Any] | None:
    """Give the entries of what was returned for several results, or None where they are no."""
    if isinstance(got, tuple | list):
        return got if len(got) == len(want) else None
    array = array_of(got)
    if array is None or strict or array.ndim == 0 or len(array) != len(want):
        return None
    return [np.array(entry) for entry in array]


def _count_text(got: Any, want: tuple[Any, ...], outputs: Sequence[str]) -> str:
    named = f" ({', '.join(outputs)})" if len(outputs) == len(want) else ""
    advice = f" {got.advice}" if isinstance(got, Foreign) and got.advice else ""
    count = len(got) if isinstance(got, tuple | list) else describe(got)
    return f"{len(want)} results{named} are wanted; your function returns {count}.{advice}"


def _one(got: Any, want: Any, place: _Place) -> Difference | None:
    if isinstance(got, Foreign) or (got is None and want is not None):
        return place.type(got, want)
    target = array_of(want)
    if isinstance(got, Huge):
        if target is None:
            return place.type(got, want)
        return place.wrong("shape", f"has shape {got.shape}, should be {target.shape}.")
    if isinstance(got, np.ndarray) and got.ndim == 0 and got.dtype.kind == "U":
        got = str(got[()])
    if is_scalar(want):
        return _scalar(got, want, place)
    if target is not None:
        return _array(got, want, target, place)
    for kinds, compare in _COMPARE:
        if isinstance(want, kinds):
            return compare(got, want, place)
    if type(got) is not type(want):
        return place.type(got, want)
    if same_bits(got, want):
        return None
    return place.wrong("value", f"is {number(got)}, should be {number(want)}.")


# --- numbers -----------------------------------------------------------------------------------


def _tolerances(dtype: str, given: Tolerance | None) -> Tolerance:
    if dtype in ("float16", "bfloat16"):
        least = 1e-2, 1e-3
    elif dtype in ("float32", "complex64"):
        least = 1e-4, 1e-5
    else:
        return given or (1e-6, 1e-9)
    return least if given is None else (max(given[0], least[0]), max(given[1], least[1]))


_PRECISION = {"bfloat16": 0, "float16": 0, "float32": 1, "complex64": 1}


def coarser(one: str, other: str) -> str:
    """Give the dtype with the lower precision."""
    return min(one, other, key=lambda name: _PRECISION.get(name, 2))


def close(
    got: np.ndarray, want: np.ndarray, given: Tolerance | None, dtype: str = ""
) -> np.ndarray:
    """Tell entry by entry whether two arrays of one shape agree.

    Parameters
    ----------
    got, want : array, of the same shape
        Not-a-numbers and infinities agree with their like.
    given : (relative, absolute), optional
        The tolerance; by default one that suits the dtype, absolute ones scaled by the largest
        entry of `want`.
    dtype : str
        The dtype whose precision counts; by default the coarser of the two.
    """
    numbers = "fcbiu"
    if want.dtype.kind not in numbers or got.dtype.kind not in numbers:
        return np.asarray(got == want)
    if want.dtype.kind not in "fc" and got.dtype.kind not in "fc":
        return np.asarray(got == want)
    relative, absolute = _tolerances(dtype or coarser(got.dtype.name, want.dtype.name), given)
    if want.dtype.kind not in "fc":
        relative, absolute = 1e-9, 1e-9  # a count is a count
    elif given is None and want.size:
        finite = np.abs(want[np.isfinite(want)])
        absolute *= max(1.0, float(finite.max())) if finite.size else 1.0
    with np.errstate(all="ignore"):
        return np.isclose(got, want, rtol=relative, atol=absolute, equal_nan=True)


def _family(dtype: str) -> str:
    """Name what numbers of a dtype are: truth values, real or complex ones, text."""
    if dtype in ("bool", "text"):
        return dtype
    return "complex" if dtype.startswith("complex") else "real"


def _scalar(got: Any, want: Any, place: _Place) -> Difference | None:
    if not is_scalar(got):
        array = array_of(got)
        if array is not None and array.ndim:
            said = f"has shape {array.shape}; one number is wanted, shape ()."
            return place.wrong("shape", said)
        return place.type(got, want)
    (kind, dtype, value), (right_kind, right_dtype, right) = scalar_of(got), scalar_of(want)
    strict_kind = place.strict and kind != right_kind and not (kind == "i" and right_kind == "f")
    if _family(dtype) != _family(right_dtype) or strict_kind:
        return replace(place.type(got, want), kind="dtype")
    if place.strict and kind == right_kind and kind in "fc" and dtype != right_dtype:
        said = f"is a {dtype} number; {right_dtype} is wanted.{_dtype_advice(dtype, right_dtype)}"
        return place.wrong("dtype", said)
    if kind in "bi" and right_kind in "bi":
        right_one = value == right
    else:
        try:
            value = float(value) if kind == "i" else value
        except OverflowError:
            value = math.inf
        pair = np.array(value), np.array(right)
        right_one = bool(close(*pair, place.tolerance, coarser(dtype, right_dtype)))
    if right_one:
        return None
    odd = right_kind in "fc" and not np.isfinite(value) and bool(np.isfinite(right))
    return place.wrong("nan" if odd else "value", f"is {number(value)}, should be {number(right)}.")


def as_array(got: Any) -> np.ndarray | None:
    """Make an array of nested lists and tuples of numbers, or give None where they make none."""
    try:
        made = np.array(_bare(got))
    except Exception:
        return None
    return made if made.dtype.kind in "biufcUS" else None


def _bare(item: Any) -> Any:
    if isinstance(item, Tensor):
        return item.array
    if isinstance(item, list | tuple):
        return [_bare(entry) for entry in item]
    if not isinstance(item, np.ndarray | bool | int | float | complex | str):
        raise TypeError
    return item


def _array(got: Any, want: Any, target: np.ndarray, place: _Place) -> Difference | None:
    made = as_array(got) if isinstance(got, list | tuple) else array_of(got)
    if made is None and is_scalar(got):
        said = f"is a single number; shape {_lettered(target.shape, place.letters)} is wanted."
        return place.wrong("shape", said)
    if made is None:
        return _no_array(got, want, place)
    missing_tensor = isinstance(want, Tensor) and not isinstance(got, Tensor)
    if missing_tensor or (place.strict and isinstance(got, list | tuple)):
        return _other_dress(got, want, made, target, place)
    if made.shape != target.shape:
        wanted = _lettered(target.shape, place.letters)
        return place.wrong("shape", f"has shape {made.shape}, should be {wanted}.")
    dtype = got.dtype if isinstance(got, Tensor) else dtype_name(made)
    right = want.dtype if isinstance(want, Tensor) else dtype_name(target)
    empty_list = isinstance(got, list | tuple) and made.size == 0
    if (_family(dtype) != _family(right) and not empty_list) or (place.strict and dtype != right):
        said = f"holds {dtype}, should be {right}.{_dtype_advice(dtype, right)}"
        return place.wrong("dtype", said)
    good = close(made, target, place.tolerance, coarser(dtype, right))
    return None if bool(good.all()) else _entry(made, target, good, place)


def _no_array(got: Any, want: Any, place: _Place) -> Difference:
    found = place.type(got, want)
    if not isinstance(got, list | tuple):
        return found
    if isinstance(got, tuple) and all(isinstance(item, np.ndarray | Tensor) for item in got):
        more = f" Does your function return {len(got)} things in place of one?"
    else:
        more = " Its rows have different lengths, so they make no array."
    return replace(found, text=found.text + more)


def _other_dress(
    got: Any, want: Any, made: np.ndarray, target: np.ndarray, place: _Place
) -> Difference:
    """Say that the type itself is wrong, and whether the values are right."""
    what = "a NumPy array" if isinstance(got, np.ndarray) else f"a {type(got).__name__}"
    found = place.wrong("type", f"is {what}; {kind_of(want)} is wanted.")
    if made.shape != target.shape or not bool(close(made, target, place.tolerance).all()):
        return found
    way = "torch.tensor" if isinstance(want, Tensor) else "np.array"
    if isinstance(want, Tensor) and isinstance(got, list | tuple):
        way = "torch.stack" if all(isinstance(item, Tensor) for item in got) else way
    return replace(found, text=f"{found.text} The values are right: `{way}(…)` makes one.")


def _entry(made: np.ndarray, target: np.ndarray, good: np.ndarray, place: _Place) -> Difference:
    """Name the first entry that is wrong; nan and infinity before all."""
    if target.dtype.kind in "fc":
        odd = ~np.isfinite(made) & np.isfinite(target)
        if odd.any():
            index = tuple(int(i) for i in np.argwhere(odd)[0])
            names = sorted({number(value) for value in made[odd]})
            return place.wrong(
                "nan",
                f"holds {' and '.join(names)}: {int(odd.sum())} of {made.size} entries, the first "
                f"at {_index(index, place.letters)}, where {number(target[index])} is wanted.",
            )
    index = tuple(int(i) for i in np.argwhere(~good)[0])
    wrong = int((~good).sum())
    share = "every entry" if wrong == made.size else f"{wrong} of {made.size} entries"
    if made.size == 1:
        share = "its only entry"
    got, want = (tidy(array, target)[index] for array in (made, target))
    return place.wrong(
        "value",
        f"differs in {share}; first at {_index(index, place.letters)}: "
        f"got {number(got)}, wanted {number(want)}.",
    )


def tidy(array: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Write what only rounding keeps from being 0 as 0, so that nobody wonders about 1e-17."""
    if array.dtype.kind != "f" or target.dtype.kind != "f" or not target.size:
        return array
    finite = np.abs(target[np.isfinite(target)])
    largest = float(finite.max()) if finite.size else 0.0
    return np.where(np.abs(array) < 1e-14 * largest, 0.0, array)


def _lettered(shape: tuple[int, ...], letters: str) -> str:
    if len(letters) == len(shape) and shape:
        comma = "," if len(shape) == 1 else ""
        return f"{shape} = ({', '.join(letters)}{comma})"
    return str(shape)


_AXES = {
    "B": "sequence",
    "T": "step",
    "S": "source step",
    "H": "unit",
    "O": "output",
    "V": "symbol",
    "D": "feature",
}


def _index(index: tuple[int, ...], letters: str) -> str:
    inside = ", ".join(str(i) for i in index)
    fits = len(letters) == len(index) == len({*letters})
    if fits and all(letter in _AXES for letter in letters):
        said = ", ".join(f"{_AXES[letter]} {i}" for letter, i in zip(letters, index, strict=True))
        return f"[{inside}] ({said})"
    return f"[{inside}]"


def _dtype_advice(dtype: str, right: str) -> str:
    if dtype == "float32" and right == "float64":
        return " Something makes float32 of it: a `dtype=` or a torch default."
    if dtype == "float64" and right == "float32":
        return " Something makes float64 of it: an array made without `dtype=`."
    if dtype.startswith("float") and right.startswith("int"):
        return " Whole numbers are wanted: counts or indices."
    if dtype == "bool":
        return " A comparison makes truth values."
    return ""


# --- text, lists, dicts, sets ------------------------------------------------------------------


def _text(got: Any, want: str, place: _Place) -> Difference | None:
    if not isinstance(got, str):
        return place.type(got, want)
    if got == want:
        return None
    said = f"is {number(got)}, should be {number(want)}."
    way = next((way for way, change in _TEXT_WAYS if change(got) == change(want)), "")
    if way:
        return place.wrong("value", f"{said} They differ {way}.")
    if len(got) > 40 and len(want) > 40:
        at = next((i for i, (a, b) in enumerate(zip(got, want, strict=False)) if a != b), None)
        at = min(len(got), len(want)) if at is None else at
        tails = number(got[at : at + 20]), number(want[at : at + 20])
        said += f" They part at character {at}: got {tails[0]}, wanted {tails[1]}."
    return place.wrong("value", said)


def _spaces(text: str) -> str:
    return "".join(text.split())


_TEXT_WAYS: tuple[tuple[str, Callable[[str], str]], ...] = (
    (
        "in their Unicode form only: one has composed letters (NFC), the other decomposed (NFD)",
        lambda text: unicodedata.normalize("NFC", text),
    ),
    ("in spaces only", _spaces),
    ("in capital letters only", str.casefold),
    ("in spaces and capital letters only", lambda text: _spaces(text).casefold()),
)


def _list(got: Any, want: Any, place: _Place) -> Difference | None:
    array = array_of(got)
    if array is not None and array.ndim and not place.strict:
        got = array.tolist()
    elif array is not None:
        said = f"is {describe(got)}; a {type(want).__name__} is wanted: `.tolist()` makes a list."
        return place.wrong("type", said)
    if not isinstance(got, list | tuple):
        return place.type(got, want)
    found = None
    for index, (own, right) in enumerate(zip(got, want, strict=False)):
        found = _one(own, right, place.inside(index))
        if found is not None:
            break
    if len(got) == len(want):
        return found
    more = "" if found is None else f" {found.text}"
    said = f"has {len(got)} entries, wanted are {len(want)}.{more}"
    return place.wrong("count", said)


def _dict(got: Any, want: dict[Any, Any], place: _Place) -> Difference | None:
    if not isinstance(got, dict):
        return place.type(got, want)
    for key in want:
        if key not in got:
            return place.wrong("count", f"lacks the key {number(key)}.")
        found = _one(got[key], want[key], place.inside(key))
        if found is not None:
            return found
    extra = next((key for key in got if key not in want), None)
    if len(got) == len(want):
        return None
    return place.wrong("count", f"has the key {number(extra)}, which is not wanted.")


def _set(got: Any, want: Any, place: _Place) -> Difference | None:
    if not isinstance(got, set | frozenset):
        return place.type(got, want)

    def first(entries: Any) -> str:
        return number(min(entries, key=lambda entry: (str(type(entry)), str(entry))))

    if want - got:
        return place.wrong("value", f"lacks {first(want - got)}.")
    if got - want:
        return place.wrong("value", f"holds {first(got - want)}, which is not wanted.")
    return None


_COMPARE: tuple[tuple[Any, Callable[[Any, Any, _Place], Difference | None]], ...] = (
    (str, _text),
    ((list, tuple), _list),
    (dict, _dict),
    ((set, frozenset), _set),
)
