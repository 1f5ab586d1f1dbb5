"""Compare what a learner's function returned with what was wanted, and say where they part.

Everything here works on the plain data of `course.exercises.run`: no call of the learner's code
is made. Kind, count, shape and dtype are compared before values, and nothing is broadcast.
"""

from __future__ import annotations

import itertools
import math
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course.exercises.run import Foreign, Huge, Tensor, same_bits

__all__ = ["Difference", "describe", "diagnose", "difference", "number", "same_outcome"]


@dataclass(frozen=True)
class Difference:
    """The first place where a result is wrong.

    Attributes
    ----------
    kind : str
        ``type``, ``count``, ``shape``, ``dtype``, ``nan`` or ``value``.
    output : int, optional
        Which output, where there are several.
    text : str
        Where it is, what came and what was wanted.
    """

    kind: str
    text: str
    output: int | None = None


def number(value: Any) -> str:
    """Write one entry of a result, with six significant digits at most."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, int | float | complex):
        text = repr(value)
        return text if len(text) <= 60 else text[:59] + "…"
    if isinstance(value, int):
        return str(value)
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
            return f"the {_dtype(value)} number {number(value[()])}"
        return f"{_article(_dtype(value))} array of shape {value.shape}"
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


def _dtype(value: np.ndarray) -> str:
    return "text" if value.dtype.kind in "US" else value.dtype.name


def _array(value: Any) -> np.ndarray | None:
    if isinstance(value, Tensor):
        return value.array
    return value if isinstance(value, np.ndarray) else None


def _is_scalar(value: Any) -> bool:
    if isinstance(value, bool | int | float | complex):
        return True
    array = _array(value)
    return array is not None and array.ndim == 0 and array.dtype.kind in "biufc"


def _scalar(value: Any) -> tuple[str, str, Any]:
    """Give a scalar's kind (b, i, f, c), its dtype and itself."""
    if isinstance(value, bool):
        return "b", "bool", value
    if isinstance(value, int):
        return "i", "int", value
    if isinstance(value, float):
        return "f", "float64", value
    if isinstance(value, complex):
        return "c", "complex128", value
    array = _array(value)
    assert array is not None
    name = value.dtype if isinstance(value, Tensor) else array.dtype.name
    return array.dtype.kind.replace("u", "i"), name, array.item()


def _tolerances(dtype: np.dtype | str, given: tuple[float, float] | None) -> tuple[float, float]:
    if given is not None:
        return given
    name = str(dtype)
    if name in ("float16", "bfloat16"):
        return 1e-2, 1e-3
    if name in ("float32", "complex64"):
        return 1e-4, 1e-5
    return 1e-6, 1e-9


def close(got: np.ndarray, want: np.ndarray, given: tuple[float, float] | None) -> np.ndarray:
    """Tell entry by entry whether two arrays of one shape agree.

    Parameters
    ----------
    got, want : array, of the same shape
        Not-a-numbers and infinities agree with their like.
    given : (relative, absolute), optional
        The tolerance; by default one that suits the dtype, absolute ones scaled by the largest
        entry of `want`.
    """
    if want.dtype.kind not in "fc" or got.dtype.kind not in "fcbiu":
        return np.asarray(got == want)
    relative, absolute = _tolerances(want.dtype, given)
    if given is None and want.size:
        finite = np.abs(want[np.isfinite(want)])
        absolute *= max(1.0, float(finite.max())) if finite.size else 1.0
    with np.errstate(all="ignore"):
        return np.isclose(got, want, rtol=relative, atol=absolute, equal_nan=True)


def difference(
    got: Any,
    want: Any,
    *,
    tolerance: tuple[float, float] | None = None,
    outputs: Sequence[str] = (),
    axes: Sequence[str] = (),
) -> Difference | None:
    """Find the first place where `got` is not `want`, or None.

    Parameters
    ----------
    got, want : object
        Plain data, as `run.plain` makes it.
    tolerance : (relative, absolute), optional
        For values; by default one that suits the dtype.
    outputs : sequence of str
        What the outputs are called.
    axes : sequence of str
        A letter for each axis of each output, ``("BTH",)``.
    """
    if isinstance(want, tuple):
        return _tuple(got, want, tolerance, outputs, axes)
    name = outputs[0] if len(outputs) == 1 else ""
    letters = axes[0] if axes else ""
    return _one(got, want, tolerance, name, letters)


def _tuple(
    got: Any,
    want: tuple[Any, ...],
    tolerance: tuple[float, float] | None,
    outputs: Sequence[str],
    axes: Sequence[str],
) -> Difference | None:
    named = f" ({', '.join(outputs)})" if len(outputs) == len(want) else ""
    if not isinstance(got, tuple | list):
        advice = f" {got.advice}" if isinstance(got, Foreign) and got.advice else ""
        return Difference(
            "count",
            f"{len(want)} results{named} are wanted; your function returns "
            f"{describe(got)}.{advice}",
        )
    if len(got) != len(want):
        return Difference(
            "count", f"{len(want)} results{named} are wanted; your function returns {len(got)}."
        )
    first_shape = None
    for place, (own, right) in enumerate(zip(got, want, strict=True)):
        name = outputs[place] if place < len(outputs) else f"result {place + 1}"
        letters = axes[place] if place < len(axes) else ""
        found = _one(own, right, tolerance, name, letters)
        if found is not None:
            first_shape = first_shape or Difference(found.kind, found.text, place)
    return first_shape


def _one(
    got: Any, want: Any, tolerance: tuple[float, float] | None, name: str, letters: str
) -> Difference | None:
    what = f"`{name}`" if name else "the result"
    start = what[0].upper() + what[1:]
    wanted = describe(want)
    if isinstance(got, Foreign):
        advice = f" {got.advice}" if got.advice else ""
        return Difference("type", f"{start} is {got.type}; {_kind_of(want)} is wanted.{advice}")
    if got is None and want is not None:
        return Difference("type", f"{start} is None; {_kind_of(want)} is wanted.")
    if isinstance(got, Huge):
        target = _array(want)
        if target is None:
            return Difference("type", f"{start} is {describe(got)}; {_kind_of(want)} is wanted.")
        return Difference("shape", f"{start} has shape {got.shape}, wanted is {target.shape}.")
    if _is_scalar(want):
        return _compare_scalar(got, want, tolerance, start)
    target = _array(want)
    if target is not None:
        return _compare_array(got, want, target, tolerance, start, letters)
    if isinstance(want, str):
        return _compare_text(got, want, start)
    if isinstance(want, list | tuple):
        return _compare_list(got, want, tolerance, what, start)
    if isinstance(want, dict):
        return _compare_dict(got, want, tolerance, what, start)
    if type(got) is not type(want):
        return Difference("type", f"{start} is {describe(got)}; {wanted} is wanted.")
    if not same_bits(got, want):
        if isinstance(want, set):
            return Difference("value", _set_text(got, want, start))
        return Difference("value", f"{start} is {number(got)}, wanted is {number(want)}.")
    return None


def _kind_of(want: Any) -> str:
    if _is_scalar(want):
        return {"b": "True or False", "i": "an integer", "f": "a number", "c": "a number"}[
            _scalar(want)[0]
        ]
    if isinstance(want, Tensor):
        return f"a torch tensor of shape {want.array.shape}"
    if isinstance(want, np.ndarray):
        return f"an array of shape {want.shape}"
    if want is None:
        return "None"
    return {"str": "a string"}.get(type(want).__name__, f"a {type(want).__name__}")


def _compare_scalar(
    got: Any, want: Any, tolerance: tuple[float, float] | None, start: str
) -> Difference | None:
    if not _is_scalar(got):
        array = _array(got)
        if array is not None and array.ndim:
            return Difference(
                "shape", f"{start} has shape {array.shape}; one number is wanted, shape ()."
            )
        return Difference("type", f"{start} is {describe(got)}; {_kind_of(want)} is wanted.")
    (kind, dtype, value), (right_kind, right_dtype, right) = _scalar(got), _scalar(want)
    if kind != right_kind and not (kind == "i" and right_kind == "f"):
        return Difference("dtype", f"{start} is {describe(got)}; {_kind_of(want)} is wanted.")
    if right_kind in "fc" and kind == right_kind and dtype != right_dtype:
        return Difference(
            "dtype", f"{start} is a {dtype} number; {right_dtype} is wanted.{_float_advice(dtype)}"
        )
    if right_kind in "bi":
        if value != right:
            return Difference("value", f"{start} is {number(value)}, wanted is {number(right)}.")
        return None
    got_array, want_array = np.array(value), np.array(right)
    if right_kind == "f":
        try:
            got_array = np.array(float(value))
        except OverflowError:
            got_array = np.array(math.inf)
        want_array = want_array.astype(right_dtype if right_dtype != "bfloat16" else "float32")
    if bool(close(got_array, want_array, tolerance)):
        return None
    bad = not np.isfinite(got_array) and bool(np.isfinite(want_array))
    return Difference(
        "nan" if bad else "value", f"{start} is {number(value)}, wanted is {number(right)}."
    )


def _float_advice(dtype: str) -> str:
    if dtype == "float32":
        return " Somewhere a float32 array or `dtype=` halves the precision."
    return ""


def _compare_array(
    got: Any,
    want: Any,
    target: np.ndarray,
    tolerance: tuple[float, float] | None,
    start: str,
    letters: str,
) -> Difference | None:
    if isinstance(got, list | tuple):
        return Difference("type", _list_for_array(got, target, tolerance, start, want))
    if isinstance(want, Tensor) and isinstance(got, np.ndarray):
        return Difference(
            "type", f"{start} is a NumPy array; a torch tensor is wanted, all the way through."
        )
    array = _array(got)
    if array is None and _is_scalar(got):
        return Difference(
            "shape",
            f"{start} is a single number; shape {_lettered(target.shape, letters)} is wanted.",
        )
    if array is None:
        return Difference("type", f"{start} is {describe(got)}; {_kind_of(want)} is wanted.")
    if array.shape != target.shape:
        return Difference(
            "shape",
            f"{start} has shape {array.shape}, wanted is {_lettered(target.shape, letters)}.",
        )
    dtype = got.dtype if isinstance(got, Tensor) else _dtype(array)
    right = want.dtype if isinstance(want, Tensor) else _dtype(target)
    if dtype != right:
        return Difference(
            "dtype", f"{start} holds {dtype}, wanted is {right}.{_dtype_advice(dtype, right)}"
        )
    good = close(array, target, tolerance)
    if bool(good.all()):
        return None
    if target.dtype.kind in "fc":
        odd = ~np.isfinite(array) & np.isfinite(target)
        if odd.any():
            index = tuple(int(i) for i in np.argwhere(odd)[0])
            names = sorted({number(value) for value in array[odd]})
            return Difference(
                "nan",
                f"{start} holds {' and '.join(names)}: {int(odd.sum())} of {array.size} entries, "
                f"the first at {_place(index, letters)}, where {number(target[index])} is wanted.",
            )
    index = tuple(int(i) for i in np.argwhere(~good)[0])
    wrong = int((~good).sum())
    share = "every entry" if wrong == array.size else f"{wrong} of {array.size} entries"
    if array.size == 1:
        share = "its only entry"
    return Difference(
        "value",
        f"{start} differs in {share}; first at {_place(index, letters)}: "
        f"got {number(array[index])}, wanted {number(target[index])}.",
    )


def _lettered(shape: tuple[int, ...], letters: str) -> str:
    if len(letters) == len(shape) and shape:
        comma = "," if len(shape) == 1 else ""
        return f"{shape} = ({', '.join(letters)}{comma})"
    return str(shape)


def _place(index: tuple[int, ...], letters: str) -> str:
    inside = ", ".join(str(i) for i in index)
    names = {"B": "sequence", "T": "step", "S": "source step", "H": "unit", "O": "output"}
    if len(letters) == len(index) and all(letter in names for letter in letters):
        said = ", ".join(f"{names[letter]} {i}" for letter, i in zip(letters, index, strict=True))
        return f"[{inside}] ({said})"
    return f"[{inside}]"


def _dtype_advice(dtype: str, right: str) -> str:
    if dtype == "float32" and right == "float64":
        return " Something makes float32 of it: a `dtype=` or a torch default."
    if dtype == "float64" and right == "float32":
        return " Something makes float64 of it: an array made without `dtype=`."
    if dtype.startswith(("int", "uint")) and right.startswith("float"):
        return (
            " An array made from whole numbers, or like one, cuts off all decimals: "
            "give `dtype=float`."
        )
    if dtype.startswith("float") and right.startswith("int"):
        return " Whole numbers are wanted: counts or indices."
    if dtype == "bool":
        return " A comparison makes truth values."
    return ""


def _list_for_array(
    got: Any, target: np.ndarray, tolerance: tuple[float, float] | None, start: str, want: Any
) -> str:
    wrap = "torch.tensor" if isinstance(want, Tensor) else "np.array"
    said = f"{start} is a {type(got).__name__}; {_kind_of(want)} is wanted."
    try:
        made = np.array([_unwrapped(item) for item in got])
    except Exception:
        if isinstance(got, tuple) and all(isinstance(item, np.ndarray | Tensor) for item in got):
            return f"{said} Does your function return {len(got)} things in place of one?"
        return f"{said} Its rows have different lengths, so they make no array."
    if made.dtype == object:
        return said
    if made.shape == target.shape and made.dtype.kind in "biuf" and target.dtype.kind in "biuf":
        if bool(close(made, target, tolerance).all()):
            return f"{said} The values are right: wrap the result in `{wrap}(…)`."
    return f"{said} Wrap the result in `{wrap}(…)`."


def _unwrapped(item: Any) -> Any:
    if isinstance(item, Tensor):
        return item.array
    if isinstance(item, list | tuple):
        return [_unwrapped(entry) for entry in item]
    if isinstance(item, Foreign | Huge) or item is None:
        raise ValueError
    return item


def _compare_text(got: Any, want: str, start: str) -> Difference | None:
    if not isinstance(got, str):
        return Difference("type", f"{start} is {describe(got)}; a string is wanted.")
    if got == want:
        return None
    said = f"{start} is {number(got)}, wanted is {number(want)}."
    for way, change in _TEXT_WAYS:
        if change(got) == change(want):
            return Difference("value", f"{said} They differ {way}.")
    return Difference("value", said)


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


def _compare_list(
    got: Any, want: Any, tolerance: tuple[float, float] | None, what: str, start: str
) -> Difference | None:
    array = _array(got)
    if array is not None:
        return Difference(
            "type",
            f"{start} is {describe(got)}; a {type(want).__name__} is wanted: `.tolist()` makes "
            "a list.",
        )
    if not isinstance(got, list | tuple):
        return Difference("type", f"{start} is {describe(got)}; {_kind_of(want)} is wanted.")
    for place, (own, right) in enumerate(zip(got, want, strict=False)):
        found = _one(own, right, tolerance, "", "")
        if found is not None:
            rest = found.text[len("The result ") :]
            inside = rest if rest.startswith(("is ", "has ", "holds ", "differs ")) else found.text
            return Difference(found.kind, f"{start}[{place}] {inside}")
    if len(got) != len(want):
        return Difference("count", f"{start} has {len(got)} entries, wanted are {len(want)}.")
    return None


def _compare_dict(
    got: Any, want: dict[Any, Any], tolerance: tuple[float, float] | None, what: str, start: str
) -> Difference | None:
    if not isinstance(got, dict):
        return Difference("type", f"{start} is {describe(got)}; a dict is wanted.")
    for key in want:
        if key not in got:
            return Difference("count", f"{start} lacks the key {number(key)}.")
        found = _one(got[key], want[key], tolerance, "", "")
        if found is not None:
            rest = found.text[len("The result ") :]
            return Difference(found.kind, f"{start}[{number(key)}] {rest}")
    for key in got:
        if key not in want:
            return Difference("count", f"{start} has the key {number(key)}, which is not wanted.")
    return None


def _set_text(got: Any, want: Any, start: str) -> str:
    def first(entries: set[Any]) -> str:
        return number(min(entries, key=lambda entry: (str(type(entry)), str(entry))))

    if want - got:
        return f"{start} lacks {first(want - got)}."
    return f"{start} holds {first(got - want)}, which is not wanted."


def same_outcome(own: Any, other: Any, tolerance: tuple[float, float] | None) -> bool:
    """Tell whether two calls did the same: the same result, or an exception of the same type.

    Parameters
    ----------
    own, other : Outcome
        As `run.run` returns them.
    tolerance : (relative, absolute), optional
        For values.
    """
    if own.kind != other.kind or own.changed != other.changed:
        return False
    if own.kind == "raised":
        return own.failure.type == other.failure.type
    if own.kind != "value":
        return False
    if isinstance(own.value, Foreign | Huge) or isinstance(other.value, Foreign | Huge):
        return type(own.value) is type(other.value) and bool(own.value == other.value)
    return difference(own.value, other.value, tolerance=tolerance) is None


# --- what many mistakes have in common -------------------------------------------------------


def _pairs(got: Any, want: Any, output: int | None) -> tuple[np.ndarray, np.ndarray] | None:
    if output is not None:
        if not isinstance(got, tuple | list) or len(got) != len(want):
            return None
        got, want = got[output], want[output]
    own, right = _array(got), _array(want)
    if own is None and _is_scalar(got) and not isinstance(got, bool):
        own = np.array(_scalar(got)[2], dtype=float) if _scalar(got)[0] in "if" else None
    if right is None and _is_scalar(want) and not isinstance(want, bool):
        right = np.array(_scalar(want)[2], dtype=float) if _scalar(want)[0] in "if" else None
    if own is None or right is None:
        return None
    if own.dtype.kind not in "iuf" or right.dtype.kind not in "iuf":
        return None
    return own.astype(float), right.astype(float)


def _equal(left: np.ndarray, right: np.ndarray) -> bool:
    if left.shape != right.shape:
        return False
    return bool(close(left, right, (1e-5, 1e-7)).all())


Relation = Callable[[np.ndarray, np.ndarray], bool | None]  # None: this probe cannot tell


def _time_axis(letters: str, ndim: int) -> int | None:
    if len(letters) == ndim:
        return letters.index("T") if "T" in letters else None
    return 1 if ndim == 3 else None


def _relations(letters: str) -> list[tuple[str, Relation]]:
    """List the relations between a wrong and a right result, each with what it suggests."""

    def in_time(test: Callable[..., bool | None]) -> Relation:
        def holds(got: np.ndarray, want: np.ndarray) -> bool | None:
            axis = _time_axis(letters, want.ndim)
            if axis is None or axis >= want.ndim:
                return False
            return test(got, want, axis)

        return holds

    def late(got: np.ndarray, want: np.ndarray, axis: int) -> bool | None:
        if got.shape != want.shape:
            return False
        if want.shape[axis] < 2:
            return None
        own, right = np.moveaxis(got, axis, 0), np.moveaxis(want, axis, 0)
        return _equal(own[1:], right[:-1])

    def early(got: np.ndarray, want: np.ndarray, axis: int) -> bool | None:
        return late(want, got, axis) if got.shape == want.shape else False

    def only_last(got: np.ndarray, want: np.ndarray, axis: int) -> bool:
        return _equal(got, np.take(want, -1, axis))

    def only_first(got: np.ndarray, want: np.ndarray, axis: int) -> bool:
        return _equal(got, np.take(want, 0, axis))

    def first_step_right(got: np.ndarray, want: np.ndarray, axis: int) -> bool:
        if got.shape != want.shape:
            return False
        return _equal(np.take(got, 0, axis), np.take(want, 0, axis))

    def missing_batch(got: np.ndarray, want: np.ndarray) -> bool:
        return want.ndim > 0 and got.shape == want.shape[1:] and _equal(got, want[0])

    def extra_axis(got: np.ndarray, want: np.ndarray) -> bool:
        if got.shape == want.shape or got.size != want.size:
            return False
        return got.squeeze().shape == want.squeeze().shape and _equal(got.squeeze(), want.squeeze())

    def permuted(got: np.ndarray, want: np.ndarray) -> bool:
        if got.ndim != want.ndim or not 3 <= want.ndim <= 4:
            return False
        orders = itertools.permutations(range(want.ndim))
        next(orders)
        return any(_equal(got, want.transpose(order)) for order in orders)

    def flattened(got: np.ndarray, want: np.ndarray) -> bool:
        return got.ndim != want.ndim and got.size == want.size and _equal(got.ravel(), want.ravel())

    def summed(got: np.ndarray, want: np.ndarray) -> bool:
        return any(_equal(got, want.sum(axis)) for axis in range(want.ndim))

    def exp_of(got: np.ndarray, want: np.ndarray) -> bool:
        with np.errstate(all="ignore"):
            return _equal(got, np.exp(want))

    def log_of(got: np.ndarray, want: np.ndarray) -> bool:
        with np.errstate(all="ignore"):
            return _equal(got, np.log(want))

    def rounded(got: np.ndarray, want: np.ndarray) -> bool:
        return any(_equal(got, want.round(digits)) for digits in (1, 2, 3, 4))

    return [
        ("Every entry has the wrong sign.", lambda got, want: _equal(got, -want)),
        (
            "Your result is the transpose of the right one.",
            lambda got, want: want.ndim == 2 and _equal(got, want.T),
        ),
        ("The axes stand in another order than wanted; the values are right.", permuted),
        ("The values are right, an axis of length 1 is too many or too few.", extra_axis),
        ("Only the first sequence of the batch is returned.", missing_batch),
        ("Only the last step is returned; all steps are wanted.", in_time(only_last)),
        ("Only the first step is returned; all steps are wanted.", in_time(only_first)),
        (
            "The steps stand in reverse order of time.",
            in_time(lambda got, want, axis: _equal(got, np.flip(want, axis))),
        ),
        (
            "Your result comes one step late: what belongs to step t stands at t + 1. Is the "
            "state stored before it is updated?",
            in_time(late),
        ),
        (
            "Your result comes one step early: what belongs to step t + 1 stands at t.",
            in_time(early),
        ),
        ("The values are right, but laid out in another shape.", flattened),
        ("Your result is the right one summed over one axis.", summed),
        ("Your result is e to the power of the right one: an `exp` too many.", exp_of),
        (
            "Your result is the logarithm of the right one: a `log` too many, or an `exp` missing.",
            log_of,
        ),
        (
            "All decimals are cut off: an array of whole numbers takes no fractions.",
            lambda got, want: _equal(got, np.trunc(want)),
        ),
        ("The result is rounded: return it as it is.", rounded),
        ("Every entry is zero.", lambda got, want: got.shape == want.shape and not got.any()),
        (
            "The first step is right, later ones are not: look at how the state passes from one "
            "step to the next.",
            in_time(first_step_right),
        ),
    ]


def _constant(values: list[np.ndarray]) -> float | None:
    flat = np.concatenate([value.ravel() for value in values]) if values else np.array([])
    if flat.size < 3 or not np.isfinite(flat).all():
        return None
    return float(flat[0]) if np.allclose(flat, flat[0], rtol=1e-6, atol=1e-9) else None


def _factor(pairs: list[tuple[np.ndarray, np.ndarray]]) -> str:
    """Say by which factor or amount the result is off, if it is the same one everywhere."""
    if any(got.shape != want.shape for got, want in pairs):
        return ""
    ratios: list[np.ndarray] = []
    per_probe: list[float | None] = []
    for got, want in pairs:
        used = np.abs(want) > 1e-9
        if (np.abs(got[~used]) > 1e-9).any():  # no factor makes a number of 0
            ratios = []
            per_probe = [None]
            break
        if not used.any():
            continue
        with np.errstate(all="ignore"):
            ratio = got[used] / want[used]
        ratios.append(ratio)
        steady = ratio.size > 1 and np.allclose(ratio, ratio[0], rtol=1e-6)
        per_probe.append(float(ratio[0]) if steady else None)
    factor = _constant(ratios)
    if factor is not None and abs(factor) > 1e-9:
        if factor < 0 or factor == 1:
            return f"Every entry is {number(factor)} times the right one."
        inverse = 1 / factor
        if factor < 1 and abs(inverse - round(inverse)) < 1e-6:
            return f"Every entry is 1/{round(inverse)} of the right one."
        return f"Every entry is {number(factor)} times the right one."
    if per_probe and all(ratio is not None for ratio in per_probe) and len(set(per_probe)) > 1:
        return (
            "Within each call every entry is off by one factor, which changes from call to call: "
            "a sum in place of a mean, or a division by the wrong count?"
        )
    offset = _constant([got - want for got, want in pairs])
    if offset is not None and abs(offset) > 1e-9:
        more = "more" if offset > 0 else "less"
        return f"Every entry is {number(abs(offset))} {more} than the right one."
    return ""


def diagnose(results: Sequence[tuple[Any, Any]], output: int | None, letters: str = "") -> str:
    """Say what a wrong result has in common with the right one on every probe, or nothing.

    Parameters
    ----------
    results : sequence of (got, want)
        Plain data of every probe.
    output : int, optional
        Which output to look at, where there are several.
    letters : str
        A letter for each axis, ``"BTH"``.
    """
    swapped = _swapped(results, output)
    if swapped:
        return swapped
    pairs = []
    for got, want in results:
        pair = _pairs(got, want, output)
        if pair is None:
            return ""
        if pair[1].size:
            pairs.append(pair)
    wrong = [pair for pair in pairs if not _equal(*pair)]
    if not wrong:
        return ""
    for said, holds in _relations(letters):
        try:
            found = [holds(got, want) for got, want in pairs]
            if False not in found and True in found:
                return said
        except Exception:
            continue
    try:
        return _factor(pairs)
    except Exception:
        return ""


def _swapped(results: Sequence[tuple[Any, Any]], output: int | None) -> str:
    if output is None:
        return ""
    count = len(results[0][1])
    if not 2 <= count <= 6:
        return ""
    for order in itertools.permutations(range(count)):
        if order == tuple(range(count)):
            continue
        if all(
            isinstance(got, tuple | list)
            and len(got) == count
            and all(difference(got[i], want[order[i]]) is None for i in range(count))
            for got, want in results
        ):
            return "The results are right, but returned in another order."
    return ""
