"""Stage 2: compare what the calls did with what is wanted, and hand on a `Comparison`.

Each call is right or has a `Difference` (`differ`); each property holds or is broken. From that
follow the points. Why something is wrong is no matter here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course.exercises.bank.kinds import CodeExercise, Property
from course.exercises.bench import Bench
from course.exercises.data import (
    Foreign,
    Huge,
    Tensor,
    array_of,
    describe,
    dtype_name,
    is_scalar,
    same_bits,
    scalar_of,
)
from course.exercises.differ import Difference, as_array, coarser, difference
from course.exercises.failure import Failure
from course.exercises.run import Outcome, Run

__all__ = ["Broken", "Comparison", "compare", "listed_arguments", "same_outcome"]


@dataclass(frozen=True)
class Broken:
    """A property that does not hold.

    Attributes
    ----------
    message : str
        What the author says of it; empty where a nan keeps it from being told.
    index : int
        The first call that shows it.
    part : str
        The part of the points that it costs.
    """

    message: str
    index: int
    part: str


@dataclass(frozen=True)
class Comparison:
    """What is right and what is wrong, call by call.

    Attributes
    ----------
    problems : tuple of Difference or None
        For each call. Beside the kinds of `differ` there are ``raised``, ``late``, ``skipped``,
        ``changed`` (a forbidden argument, or a result that lies in its memory) and ``again``
        (another result at the second call).
    broken : tuple of Broken
        The properties that do not hold.
    earned : dict
        The points of each part.
    notes : tuple of str
        What cost nothing and is worth a word: another type, a changed argument.
    """

    problems: tuple[Difference | None, ...]
    broken: tuple[Broken, ...]
    earned: Mapping[str, float]
    notes: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        """All points together."""
        return sum(self.earned.values())


def compare(bench: Bench, done: Run) -> Comparison:
    """Find what is wrong, call by call, and what each part of the points earns.

    Parameters
    ----------
    bench : Bench
        The probes and what is wanted.
    done : Run
        What an answer did with them.
    """
    exercise, outcomes = bench.exercise, done.outcomes
    problems = [
        _problem(exercise, own, right) for own, right in zip(outcomes, bench.wanted, strict=True)
    ]
    if problems[0] is None and done.again is not None and not _same_again(exercise, done):
        problems[0] = Difference("again", "")
    broken = [*_forbidden_means(exercise, done), *_broken_properties(bench, outcomes)]
    lost = {bench.probes[i].part for i, problem in enumerate(problems) if problem is not None}
    lost |= {one.part for one in broken}
    earned = {part: 0.0 if part in lost else of for part, of in exercise.parts.items()}
    return Comparison(tuple(problems), tuple(broken), earned, tuple(_notes(bench, done, problems)))


def _problem(exercise: CodeExercise, own: Outcome, right: Outcome) -> Difference | None:
    """Say what is wrong with one call, or None."""
    if own.kind in ("late", "skipped"):
        return Difference(own.kind, "")
    found = _result(exercise, own, right)
    shared = not {*own.shared}.isdisjoint(exercise.must_not_change)
    if found is None and (_forbidden(exercise, own) or shared):
        return Difference("changed", "")
    return found


def _result(exercise: CodeExercise, own: Outcome, right: Outcome) -> Difference | None:
    if right.failure is not None:
        kind = right.failure.type
        if own.failure is None:
            said = f"A {kind} is wanted here; your function returns {describe(own.value)}."
            return Difference("type", said)
        return None if own.failure.type == kind else Difference("raised", f"A {kind} is wanted.")
    if own.kind == "raised":
        return Difference("raised", "")
    if exercise.compare:
        return difference(
            own.value,
            right.value,
            tolerance=exercise.tolerance,
            outputs=exercise.outputs,
            axes=exercise.axes,
            strict=exercise.strict_type,
        )
    if own.value is None or isinstance(own.value, Foreign | Huge):
        advice = own.value.advice if isinstance(own.value, Foreign) else ""
        said = f"The result is {describe(own.value)}; {describe(right.value)} would do. {advice}"
        return Difference("type", said.strip())
    if _holds_text(own.value) and not _holds_text(right.value):
        return Difference("type", "Numbers are wanted, and your result holds text: no quotes.")
    return None


def _holds_text(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return any(map(_holds_text, value))
    if isinstance(value, dict):
        return any(map(_holds_text, value.values()))
    return isinstance(value, str) or (isinstance(value, np.ndarray) and value.dtype.kind in "US")


def _forbidden(exercise: CodeExercise, outcome: Outcome) -> tuple[str, ...]:
    """List the arguments that a call changed although the text forbids it."""
    return tuple(name for name in outcome.changed if name in exercise.must_not_change)


def _same_again(exercise: CodeExercise, done: Run) -> bool:
    first, again = done.outcomes[0], done.again
    assert again is not None
    if first.kind == "value" and again.kind == "value" and same_bits(first.value, again.value):
        return True
    return same_outcome(exercise, first, again)


def same_outcome(exercise: CodeExercise, own: Outcome, other: Outcome) -> bool:
    """Tell whether two calls did the same: the same result, or an exception of the same type.

    Parameters
    ----------
    exercise : CodeExercise
        It says how values are compared and which arguments must stay.
    own, other : Outcome
        As `run.run` returns them.
    """
    if own.kind != other.kind or _forbidden(exercise, own) != _forbidden(exercise, other):
        return False
    if own.failure is not None and other.failure is not None:
        return _same_failure(own.failure, other.failure)
    if own.kind != "value":
        return False
    if isinstance(own.value, Foreign | Huge) or isinstance(other.value, Foreign | Huge):
        return type(own.value) is type(other.value) and bool(own.value == other.value)
    strict = exercise.strict_type
    return difference(own.value, other.value, tolerance=exercise.tolerance, strict=strict) is None


def _same_failure(own: Failure, other: Failure) -> bool:
    """Tell whether two exceptions are of one kind; two of these types say many different things."""
    if own.type != other.type or own.type not in ("RuntimeError", "AttributeError"):
        return own.type == other.type
    first_words = [re.findall("[a-z]+", failure.message.lower())[:3] for failure in (own, other)]
    return first_words[0] == first_words[1] or [] in first_words


_WITHOUT = {"a loop": "the exercise asks to do without", "torch": "the exercise asks for NumPy"}


def _forbidden_means(exercise: CodeExercise, done: Run) -> list[Broken]:
    """Find what the answer uses although the text forbids it."""
    part = next(iter(exercise.parts))
    return [
        Broken(f"Your function uses {means}; {_WITHOUT[means]}.", 0, part)
        for means in exercise.must_not_use
        if means in done.about.uses
    ]


# --- properties --------------------------------------------------------------------------------


def _broken_properties(bench: Bench, outcomes: Sequence[Outcome]) -> list[Broken]:
    """Find the properties that do not hold, each with the first probe that shows it."""
    usable = {i for i, o in enumerate(outcomes) if o.kind == "value"}
    grouped = {i for _, places in bench.groups for i in places}
    first_part = next(iter(bench.exercise.parts))
    broken: dict[int, Broken] = {}

    def note(prop: Property, index: int, places: Sequence[int]) -> None:
        odd = bench.exercise.compare and any(
            _holds_nan(outcomes[i].value) and not _holds_nan(bench.wanted[i].value) for i in places
        )
        message = "" if odd else prop.message  # nan is not even equal to itself
        broken.setdefault(id(prop), Broken(message, index, prop.part or first_part))

    for prop in bench.exercise.properties:
        if prop.probes is None:
            for index in sorted(usable - grouped):
                value, want = outcomes[index].value, bench.wanted[index].value
                if not _holds(prop.holds, value, want, *bench.probes[index].args):
                    note(prop, index, [index])
                    break
    for prop, places in bench.groups:
        if usable.issuperset(places):
            values = [_seen(outcomes[i].value, bench.wanted[i].value) for i in places]
            if not _holds(prop.holds, values, None, [bench.probes[i] for i in places]):
                note(prop, places[0], places)
    return list(broken.values())


def _bare(value: Any, want: Any = None) -> Any:
    """Plain data as a property sees it: an array where an array is wanted, tensors as arrays."""
    if isinstance(want, tuple) and isinstance(value, tuple | list) and len(value) == len(want):
        return tuple(_bare(own, right) for own, right in zip(value, want, strict=True))
    if isinstance(value, tuple | list) and array_of(want) is not None:
        value = as_array(value)
    if isinstance(value, Tensor):
        return value.array.copy()
    if isinstance(value, Foreign | Huge):
        raise TypeError
    if isinstance(value, np.ndarray):
        return value.copy() if value.ndim else value[()]
    if isinstance(value, tuple | list):
        return type(value)(_bare(item) for item in value)
    return value


def _seen(value: Any, want: Any) -> Any:
    try:
        return _bare(value, want)
    except TypeError:
        return value


def _holds_nan(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return any(map(_holds_nan, value))
    array = array_of(value)
    if array is not None:
        return array.dtype.kind in "fc" and bool(np.isnan(array).any())
    return isinstance(value, float) and value != value


def _holds(holds: Callable[..., Any], output: Any, wanted: Any, *rest: Any) -> bool:
    try:
        with np.errstate(all="ignore"):
            return bool(np.all(holds(_bare(output, wanted), *rest)))
    except Exception:
        return False


# --- what costs nothing ------------------------------------------------------------------------


def _notes(bench: Bench, done: Run, problems: Sequence[Difference | None]) -> list[str]:
    """Say what cost nothing: another type of a right result, a changed argument."""
    exercise, notes = bench.exercise, []
    if exercise.compare and not any(problems):
        dresses = [
            said
            for own, right in zip(done.outcomes, bench.wanted, strict=True)
            if own.kind == "value"
            for said in _dresses(own.value, right.value, exercise.outputs)
        ]
        notes += [f"A note on the type: {said}." for said in dresses[:1]]
    return [*notes, *(bench.copied(said) for said in _of_changed(exercise, done, problems))]


def listed_arguments(names: Sequence[str]) -> str:
    """Name arguments, as in "arguments `w` and `m`"."""
    listed = " and ".join(f"`{name}`" for name in names)
    return f"argument{'s' if len(names) > 1 else ''} {listed}" if names else ""


def _of_changed(
    exercise: CodeExercise, done: Run, problems: Sequence[Difference | None]
) -> list[str]:
    """Say which arguments a call changed, and whether the wrong result may come from it."""
    wrong = [
        name
        for own, problem in zip(done.outcomes, problems, strict=True)
        if problem is not None and problem.kind != "changed"
        for name in own.changed
    ]
    free = [name for own in done.outcomes for name in own.changed]
    free = [name for name in free if name not in exercise.must_not_change]
    listed = listed_arguments(list(dict.fromkeys(wrong or free)))
    if wrong:
        return [
            f"Your function changes its {listed}, and whatever reads that later gets the "
            "new numbers. This may be the mistake: work on a copy (`.copy()`)."
        ]
    if free and not any(problems):
        return [
            f"Your function changes its {listed}. That costs nothing here, but its "
            "caller will find other numbers there: work on a copy (`.copy()`)."
        ]
    return []


def _dresses(got: Any, want: Any, outputs: Sequence[str]) -> list[str]:
    if isinstance(want, tuple) and isinstance(got, tuple | list):
        named = [*outputs, *[""] * len(want)]
        said = [_dress(own, right, n) for own, right, n in zip(got, want, named, strict=False)]
    else:
        said = [_dress(got, want, outputs[0] if len(outputs) == 1 else "")]
    return [text for text in said if text]


def _dress(got: Any, want: Any, name: str = "") -> str:
    """Say in which other dress a right result came, or nothing where it came as it was wanted.

    Parameters
    ----------
    got, want : object
        Plain data that agree.
    name : str
        What the result is called.
    """
    what = f"`{name}`" if name else "your result"
    if isinstance(want, np.ndarray) and want.ndim:
        if isinstance(got, list | tuple):
            return f"{what} is a {type(got).__name__}; an array is more use later: `np.array(…)`"
        if isinstance(got, Tensor):
            return f"{what} is a torch tensor; the lesson goes on with NumPy arrays"
    if isinstance(want, tuple) and array_of(got) is not None:
        return f"{what} is an array; {len(want)} results are meant"
    own, right = array_of(got), array_of(want)
    kinds = [scalar_of(v)[:2] if is_scalar(v) else ("", "") for v in (got, want)]
    if own is not None and right is not None and own.ndim:
        kinds = [("f" if a.dtype.kind == "f" else "i", dtype_name(a)) for a in (own, right)]
    (kind, dtype), (right_kind, right_dtype) = kinds
    if kind == "f" and right_kind == "i":
        return f"{what} holds {dtype}; whole numbers are meant"
    if kind == right_kind == "f" and coarser(dtype, right_dtype) != right_dtype:
        return f"{what} is right within the precision of {dtype}; the lesson uses {right_dtype}"
    if right is not None and right.ndim and kind == "i" and right_kind == "f":
        return f"{what} holds {dtype}; {right_dtype} is meant, or later decimals are cut off"
    return ""
