"""What many wrong results have in common: a sign, an axis, a factor, one step late.

A relation is named only if it has been tried on every failing call and is true of each: undone, it
gives the right result, or done to the right result it gives the learner's. Of steps and sequences
only those exercises hear whose axes have the letters T and B.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course.exercises.data import array_of, is_scalar, number, scalar_of
from course.exercises.differ import as_array, close, difference

__all__ = ["Relation", "relation"]

Pair = tuple[np.ndarray, np.ndarray]
Try = Callable[[np.ndarray, np.ndarray], Iterable[tuple[Hashable, Any, Any]]]
"""Gives variants of one relation: a key, and two arrays that are equal where it is true."""


@dataclass(frozen=True)
class Relation:
    """What was found to be true of every failing call.

    Attributes
    ----------
    said : str
        The sentence.
    weak : bool
        Whether it only describes the result and does not mend it.
    """

    said: str
    weak: bool = False


def relation(
    results: Sequence[tuple[Any, Any]],
    output: int | None = None,
    letters: str = "",
    has_state: bool = False,
) -> Relation | None:
    """Say what all wrong results have in common with the right ones, or nothing.

    Parameters
    ----------
    results : sequence of (got, want)
        Plain data of every failing call.
    output : int, optional
        Which output to look at, where there are several.
    letters : str
        A letter for each axis, ``"BTH"``, as the exercise gives them.
    has_state : bool
        Whether a state is handed on from step to step.
    """
    if output is not None and _swapped(results):
        return Relation("The results are right, but returned in another order.")
    pairs = [_pair(got, want, output) for got, want in results]
    known = [pair for pair in pairs if pair is not None]
    if not known or len(known) < len(pairs):
        return None
    for said, attempt, weak in _relations(letters, has_state, known[0][1].ndim == 0):
        if _is_true(attempt, known):
            return Relation(said, weak)
    said = _factor(known)
    return Relation(said) if said else None


def _is_true(attempt: Try, pairs: Sequence[Pair]) -> bool:
    """Tell whether one and the same variant is true of every pair."""
    left: set[Hashable] | None = None
    for got, want in pairs:
        try:
            with np.errstate(all="ignore"):
                fits = {key for key, a, b in attempt(got, want) if _equal(a, b)}
        except (ValueError, IndexError):
            return False
        left = fits if left is None else left & fits
        if not left:
            return False
    return True


def _equal(left: Any, right: Any) -> bool:
    left, right = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    return left.shape == right.shape and bool(close(left, right, (1e-5, 1e-7)).all())


def _pair(got: Any, want: Any, output: int | None) -> Pair | None:
    """Give the two results as arrays of real numbers, or None where they are none."""
    if output is not None:
        if not isinstance(got, tuple | list) or len(got) != len(want):
            return None
        got, want = got[output], want[output]
    made = []
    for value in (got, want):
        array = as_array(value) if isinstance(value, list) else array_of(value)
        if array is None and is_scalar(value) and scalar_of(value)[0] in "if":
            array = np.array(min(max(value, -(10**300)), 10**300) if value == value else value)
        if array is None or array.dtype.kind not in "iuf":
            return None
        made.append(array.astype(float))
    return made[0], made[1]


def _relations(letters: str, has_state: bool, single: bool) -> list[tuple[str, Try, bool]]:
    """List the relations in the order in which they are tried."""
    found = [*_of_values(single), *_of_axes()]
    if letters.startswith("B"):
        found.append(
            ("Only the first sequence of the batch is returned.", _one(lambda w: w[0]), False)
        )
    if "T" in letters:
        found += _of_time(letters.index("T"), len(letters), has_state)
    return found


def _one(make: Callable[[np.ndarray], Any]) -> Try:
    """Try whether the result is what `make` does to the right one."""
    return lambda got, want: [(0, got, make(want))]


def _of_values(single: bool) -> list[tuple[str, Try, bool]]:
    every = "Your result" if single else "Every entry"

    def rounded(got: np.ndarray, want: np.ndarray) -> Iterable[tuple[Hashable, Any, Any]]:
        if got.any():
            yield from ((digits, got, want.round(digits)) for digits in (0, 1, 2, 3, 4))

    def zero(got: np.ndarray, want: np.ndarray) -> Iterable[tuple[Hashable, Any, Any]]:
        yield 0, got, np.zeros_like(want)

    what = "Your result is"
    return [
        (f"{every} is zero.", zero, True),  # first: cut off or rounded, small numbers are zero
        (f"{every} has the wrong sign.", _one(lambda w: -w), False),
        (
            "All decimals are cut off: an array of whole numbers takes no fractions."
            if not single
            else "The decimals are cut off.",
            _one(np.trunc),
            False,
        ),
        ("The result is rounded: return it as it is.", rounded, False),
        (f"{what} e to the power of the right one: an `exp` too many.", _one(np.exp), False),
        (
            f"{what} the logarithm of the right one: a `log` too many, or an `exp` missing.",
            _one(np.log),
            False,
        ),
        (f"{what} the square of the right one: a root is missing.", _one(np.square), False),
        (f"{what} the square root of the right one: a root too many.", _one(np.sqrt), False),
        (f"{what} one over the right one.", _one(lambda w: 1 / w), False),
        (f"{what} one minus the right one.", _one(lambda w: 1 - w), False),
    ]


def _of_axes() -> list[tuple[str, Try, bool]]:
    def permuted(got: np.ndarray, want: np.ndarray) -> Iterable[tuple[Hashable, Any, Any]]:
        if 3 <= want.ndim <= 4:
            orders = itertools.permutations(range(want.ndim))
            next(orders)
            yield from ((order, got, want.transpose(order)) for order in orders)

    def extra_axis(got: np.ndarray, want: np.ndarray) -> Iterable[tuple[Hashable, Any, Any]]:
        if got.shape != want.shape:
            yield 0, got.squeeze(), want.squeeze()

    def flattened(got: np.ndarray, want: np.ndarray) -> Iterable[tuple[Hashable, Any, Any]]:
        if got.ndim != want.ndim:
            yield 0, got.ravel(), want.ravel()

    def summed(got: np.ndarray, want: np.ndarray) -> Iterable[tuple[Hashable, Any, Any]]:
        yield from ((axis, got, want.sum(axis)) for axis in range(want.ndim))

    def turned(got: np.ndarray, want: np.ndarray) -> Iterable[tuple[Hashable, Any, Any]]:
        if want.ndim == 2:
            yield 0, got, want.T

    return [
        ("Your result is the transpose of the right one.", turned, False),
        ("The axes stand in another order than wanted; the values are right.", permuted, False),
        ("The values are right, an axis of length 1 is too many or too few.", extra_axis, False),
        ("The values are right, but laid out in another shape.", flattened, False),
        ("Your result is the right one summed over one axis.", summed, False),
    ]


def _of_time(axis: int, ndim: int, has_state: bool) -> list[tuple[str, Try, bool]]:
    """List what may be wrong with the steps; `axis` counts them."""

    def late(got: np.ndarray, want: np.ndarray) -> Iterable[tuple[Hashable, Any, Any]]:
        if got.shape == want.shape and want.shape[axis] > 1:
            own, right = np.moveaxis(got, axis, 0), np.moveaxis(want, axis, 0)
            yield 0, own[1:], right[:-1]

    def late_or_short(got: np.ndarray, want: np.ndarray) -> Iterable[tuple[Hashable, Any, Any]]:
        if want.shape[axis] == 1 and got.shape == want.shape:
            yield 0, 0, 0  # one step cannot tell
        yield from late(got, want)

    def early(got: np.ndarray, want: np.ndarray) -> Iterable[tuple[Hashable, Any, Any]]:
        yield from late_or_short(want, got)

    def first_right(got: np.ndarray, want: np.ndarray) -> Iterable[tuple[Hashable, Any, Any]]:
        if got.shape == want.shape and want.shape[axis] > 1:
            yield 0, np.take(got, 0, axis), np.take(want, 0, axis)

    state = " Look at how the state passes from one step to the next." if has_state else ""
    listed: list[tuple[str, Try, bool]] = [
        ("Only the last step is returned; all steps are wanted.", _one(_step(-1, axis)), False),
        ("Only the first step is returned; all steps are wanted.", _one(_step(0, axis)), False),
        ("The steps stand in reverse order of time.", _one(lambda w: np.flip(w, axis)), False),
        (
            "Your result comes one step late: what belongs to step t stands at t + 1."
            + (" Is the state stored before it is updated?" if has_state else ""),
            late_or_short,
            False,
        ),
        (
            "Your result comes one step early: what belongs to step t + 1 stands at t.",
            early,
            False,
        ),
    ]
    if ndim > 1:  # of one axis alone, entry 0 may be a start that costs nothing: a distance of 0
        listed.append((f"The first step is right, later ones are not.{state}", first_right, True))
    return [(said, _with_steps(attempt, ndim), weak) for said, attempt, weak in listed]


def _with_steps(attempt: Try, ndim: int) -> Try:
    """Try only where the right result has all its axes."""

    def checked(got: np.ndarray, want: np.ndarray) -> Iterable[tuple[Hashable, Any, Any]]:
        return attempt(got, want) if want.ndim == ndim else ()

    return checked


def _step(index: int, axis: int) -> Callable[[np.ndarray], np.ndarray]:
    return lambda want: np.take(want, index, axis)


# --- factors -----------------------------------------------------------------------------------


def _factor(pairs: Sequence[Pair]) -> str:
    """Say by which factor or amount the result is off, if it is the same one everywhere."""
    for got, want in pairs:
        finite = np.isfinite(got).all() and np.isfinite(want).all()
        if got.shape != want.shape or not finite:
            return ""
    factors = [_ratio(got, want) for got, want in pairs]
    known = [factor for factor in factors if factor is not None]
    count = sum(int((np.abs(want) > 1e-9).sum()) for _, want in pairs)
    if known and len(known) == len(factors) and abs(known[0]) > 1e-9 and count > 2:
        if np.allclose(known, known[0], rtol=1e-6):
            return _factor_words(known[0])
        if all(got.size > 1 for got, _ in pairs):
            said = "Within each call every entry is off by one factor, which changes from call "
            whole = all(_is_whole(f) or _is_whole(1 / f) for f in known)
            guess = ": a sum in place of a mean, or a division by the wrong count?"
            return said + ("to call" + guess if whole else "to call.")
    offsets = np.concatenate([(got - want).ravel() for got, want in pairs])
    if offsets.size > 2 and np.allclose(offsets, offsets[0], rtol=1e-6, atol=1e-9):
        more = "more" if offsets[0] > 0 else "less"
        return f"Every entry is {number(abs(float(offsets[0])))} {more} than the right one."
    return ""


def _ratio(got: np.ndarray, want: np.ndarray) -> float | None:
    """Give the one factor between two arrays, or None. Times 0 is 0, whatever the factor."""
    used = np.abs(want) > 1e-9
    if not used.any() or (np.abs(got[~used]) > 1e-9).any():
        return None
    ratios = got[used] / want[used]
    factor = float(ratios.flat[0])
    return factor if factor and _equal(got, factor * want) else None


def _factor_words(factor: float) -> str:
    inverse = 1 / factor
    if 0 < factor < 1 and _is_whole(inverse):
        return f"Every entry is 1/{round(inverse)} of the right one."
    return f"Every entry is {number(factor)} times the right one."


def _is_whole(value: float) -> bool:
    return value > 1.5 and abs(value - round(value)) < 1e-6


def _swapped(results: Sequence[tuple[Any, Any]]) -> bool:
    """Tell whether several results are right, in another order that is the same everywhere."""
    count = len(results[0][1])
    if not 2 <= count <= 6:
        return False
    orders = itertools.permutations(range(count))
    next(orders)
    return any(
        all(
            isinstance(got, tuple | list)
            and len(got) == count
            and all(difference(got[i], want[order[i]]) is None for i in range(count))
            for got, want in results
        )
        for order in orders
    )
