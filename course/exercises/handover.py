"""`use`: hand a lesson over to what its reader has built."""

from __future__ import annotations

import functools
import importlib
from typing import Any

from course.exercises import engine, memory, mine
from course.exercises.bank import SEEDS, CodeExercise, Exercise, OpenExercise, ValueExercise, find
from course.exercises.bench import Bench
from course.exercises.data import Tensor, plain
from course.exercises.quiet import untouched

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
        passes with torch's tensors where the course's gives arrays is taken in a wrapper that gives
        arrays, so that the lesson's next lines can work with either.
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
        module, _, name = exercise.package.rpartition(".")
        if module:
            return getattr(importlib.import_module(f"helpers.{module}"), name)
        return exercise.reference
    assert isinstance(exercise, ValueExercise)
    return exercise.value


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
    """Wrap a function that gives torch's tensors where the reference gives arrays."""
    if not isinstance(exercise, CodeExercise) or exercise.call is not None:
        return answer
    with untouched():
        bench = Bench(exercise, SEEDS[:1])
        wanted, got = (
            bench.run(one, limit=exercise.time_limit, only=[0]).outcomes[0].value
            for one in (exercise.reference, answer)
        )
    if _holds_tensors(wanted) or not _holds_tensors(got):
        return answer

    @functools.wraps(answer)
    def with_arrays(*args: Any, **kwargs: Any) -> Any:
        return _to_arrays(answer(*args, **kwargs))

    return with_arrays


def _holds_tensors(value: Any) -> bool:
    """Say whether a plain value is a tensor or a tuple or list with one in it."""
    if isinstance(value, (tuple, list)):
        return any(_holds_tensors(item) for item in value)
    return isinstance(value, Tensor)


def _to_arrays(value: Any) -> Any:
    """Make arrays of the tensors in a value, and tuples of its tuples and lists."""
    if isinstance(value, (tuple, list)):
        return tuple(_to_arrays(item) for item in value)
    made = plain(value)
    return made.array if isinstance(made, Tensor) else value
