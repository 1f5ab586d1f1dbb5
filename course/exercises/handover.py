"""`use`: hand a lesson over to what its reader has built."""

from __future__ import annotations

import functools
import importlib
import operator
import types
from typing import Any

import numpy as np

from course.exercises import engine, memory, mine
from course.exercises.bank import SEEDS, CodeExercise, Exercise, OpenExercise, ValueExercise, find
from course.exercises.bench import Bench
from course.exercises.data import Tensor, plain
from course.exercises.differ import as_array
from course.exercises.quiet import untouched
from course.exercises.run import Call, run

__all__ = ["use"]

_WHY = {
    "unattempted": "yours is not attempted yet",
    "partly": "yours is partly right",
    "failed": "the check failed",
}
_NOTHING = object()


def use(name: str, answer: Any = _NOTHING) -> Any:
    """Take the learner's answer where it passes its check, otherwise the course's own.

    Parameters
    ----------
    name : str
        The exercise, as ``rnn.step``.
    answer : object, optional
        The learner's function or value. In later lessons it is left out: then, and where it does
        not pass, the part that is kept in ``mine/`` is taken if it still passes.

    Returns
    -------
    object
        The learner's answer, or the reference. A line is printed that says which. A function that
        passes with lists or torch's tensors where the course's gives arrays is taken in a wrapper
        that gives arrays, so that the lesson's next lines can work with any of them.
    """
    exercise = find(name) if isinstance(name, str) else None
    if exercise is None or isinstance(exercise, OpenExercise):
        print(f"use: there is no exercise {name!r} with a check; your own answer is taken.")
        return None if answer is _NOTHING else answer
    if answer is not _NOTHING:
        found = _state(exercise, answer)
        if found == "solved":
            print(f"{name}: using your answer.")
            return _with_arrays(exercise, answer)
        why = _WHY.get(found, "yours does not pass its check yet")
    else:
        why = "none of yours is kept"
    kept = mine.load(exercise) if memory.is_on() else None
    if kept is not None:
        trouble = kept.trouble or _no_longer(exercise, kept.answer)
        if not trouble:
            print(f"{name}: using the part that you built, in {kept.file}.")
            return _with_arrays(exercise, kept.answer)
        why = f"the part in {kept.file} is not used: {trouble}"
    print(f"{name}: using the course's answer ({why}).")
    return _course_s(exercise)


def _course_s(exercise: Exercise) -> Any:
    """Return the course's own answer: the package's, where it is a part of the package."""
    if isinstance(exercise, CodeExercise):
        return _of_package(*exercise.built) if exercise.package else exercise.reference
    assert isinstance(exercise, ValueExercise)
    return exercise.value


@functools.cache
def _of_package(module: str, name: str) -> Any:
    """Return a part of helpers/ as it was first found: a lesson may put the reader's in its place.

    A method is put there by ``EncoderBlock.forward = use(…)``, and the cell may run again.
    """
    return operator.attrgetter(name)(importlib.import_module(f"helpers.{module}"))


def _no_longer(exercise: Exercise, answer: Any) -> str:
    """Say why a kept part is not used, or nothing if it passes."""
    if _state(exercise, answer) == "solved":
        return ""
    message = engine.check(exercise.name, answer, record=False).message.splitlines()
    first = message[1].strip() if len(message) > 1 else ""
    return f"it no longer passes its check. {first}".strip()


def _state(exercise: Exercise, answer: Any) -> str:
    """Say whether an answer passes, whatever happens."""
    try:
        return engine.state(exercise, answer)
    except Exception:
        if engine._RAISE_OWN_ERRORS:
            raise
        return "failed"


def _with_arrays(exercise: Exercise, answer: Any) -> Any:
    """Wrap a function that gives lists or tensors where the reference gives arrays."""
    if not isinstance(exercise, CodeExercise):
        return answer
    calls: list[Call] = [((), {})]
    if exercise.call is None:
        with untouched():
            probe = Bench(exercise, SEEDS[:1]).probes[0]
            calls = [(probe.args, dict(probe.kwargs))]
    elif exercise.argument_names or not isinstance(exercise.reference, types.FunctionType):
        return answer  # an adapter knows how it is called
    with untouched():
        wanted, got = (
            run(one, calls, limit=exercise.time_limit).outcomes[0].value
            for one in (exercise.reference, answer)
        )
    if not _is_dressed(got, wanted):
        return answer

    @functools.wraps(answer)
    def with_arrays(*args: Any, **kwargs: Any) -> Any:
        return _to_arrays(answer(*args, **kwargs), wanted)

    return with_arrays


def _is_dressed(got: Any, want: Any) -> bool:
    """Say whether a list or a tensor stands where an array is wanted, at the top or inside."""
    if isinstance(want, tuple):
        if not isinstance(got, tuple | list) or len(got) != len(want):
            return isinstance(got, np.ndarray | Tensor)
        return isinstance(got, list) or any(map(_is_dressed, got, want))
    if isinstance(want, np.ndarray):
        return isinstance(got, tuple | list | Tensor)
    return isinstance(got, Tensor) and not isinstance(want, Tensor)


def _to_arrays(value: Any, want: Any) -> Any:
    """Make an array of what stands where the reference gives one, and a tuple for a tuple."""
    if isinstance(want, tuple):
        parts = list(value)
        return tuple(map(_to_arrays, parts, want)) if len(parts) == len(want) else value
    made = plain(value)
    if isinstance(made, Tensor):
        return made.array if made.array.ndim or isinstance(want, np.ndarray) else made.array.item()
    if isinstance(want, np.ndarray) and isinstance(made, tuple | list):
        array = as_array(made)
        if array is not None:
            is_whole = array.dtype.kind in "iu" and want.dtype.kind == "f"
            return array.astype(want.dtype) if is_whole else array
    return value
