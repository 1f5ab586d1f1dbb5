"""The way of a value: compared, its mistake found, said. No call is made, so it is one file."""

from __future__ import annotations

import unicodedata
from typing import Any

import numpy as np

from course.exercises.bank.kinds import ValueExercise
from course.exercises.data import Foreign, Huge, Tensor, describe, number, plain, short
from course.exercises.explain import title_of, unattempted
from course.exercises.score import Score

__all__ = ["judge_given", "judge_value", "value_equal"]


def _text_key(text: str) -> str:
    if len(text) > 1000:  # no wanted word is as long, and accents without end take time without end
        return text
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _simple(value: Any) -> Any:
    """Bring an answer into Python's own types: 0-d arrays to numbers, arrays to lists."""
    data = value.array if isinstance(value, Tensor) else value
    if isinstance(data, np.ndarray):
        return data.tolist()
    if isinstance(data, tuple):
        return [_simple(item) for item in data]
    if isinstance(data, list):
        return [_simple(item) for item in data]
    return data


def value_equal(got: Any, want: Any, tolerance: float) -> bool:
    """Tell whether a given value is the wanted one.

    Parameters
    ----------
    got, want : object
        Plain data. True is not 1, and a list equals a tuple or an array of the same entries.
    tolerance : float
        For floats, absolute.
    """
    got, want = _simple(got), _simple(want)
    if isinstance(want, bool) or isinstance(got, bool):
        return isinstance(want, bool) and isinstance(got, bool) and got is want
    if isinstance(want, str):
        return isinstance(got, str) and _text_key(got) == _text_key(want)
    if isinstance(want, int | float):
        if not isinstance(got, int | float):
            return False
        if isinstance(want, int) and tolerance == 0:
            return got == want
        return _is_near(got, want, tolerance)
    if isinstance(want, list):
        return (
            isinstance(got, list)
            and len(got) == len(want)
            and all(value_equal(g, w, tolerance) for g, w in zip(got, want, strict=True))
        )
    if isinstance(want, dict):
        return (
            isinstance(got, dict)
            and got.keys() == want.keys()
            and all(value_equal(got[k], want[k], tolerance) for k in want)
        )
    return type(got) is type(want) and bool(got == want)


def _is_near(got: float, want: float, tolerance: float) -> bool:
    """Tell whether two numbers are within the tolerance; no float is as large as some integers."""
    try:
        return bool(abs(got - want) <= tolerance * (1 + 1e-9) + 1e-12)
    except OverflowError:
        return False


def _value_type_text(got: Any, want: Any) -> str:
    """Say that a value is of the wrong kind, or nothing."""
    got, want = _simple(got), _simple(want)
    if isinstance(got, Foreign | Huge):
        return f"A {_word(want)} is wanted; this is {describe(got)}."
    if isinstance(got, str) and not isinstance(want, str):
        return f"A {_word(want)} is wanted: write it without quotes."
    if isinstance(want, bool) and not isinstance(got, bool):
        return "True or False is wanted."
    if isinstance(got, bool) and not isinstance(want, bool):
        return f"A {_word(want)} is wanted; {got} is a truth value."
    if isinstance(want, int | float) and not isinstance(got, int | float):
        return f"One number is wanted; this is {describe(got)}."
    if isinstance(want, str) and not isinstance(got, str):
        return "A word is wanted: write it in quotes."
    if isinstance(want, list):
        if not isinstance(got, list):
            names = " Give the values alone, without names." if isinstance(got, dict) else ""
            return f"{len(want)} values are wanted, as in (1, 2); this is {describe(got)}.{names}"
        if len(got) == 1 and isinstance(got[0], list) and len(got[0]) == len(want):
            if not isinstance(want[0], list):
                return "This is a matrix of one row; take the row out of it with `[0]`."
        if _is_column(got) and len(got) == len(want) and not isinstance(want[0], list):
            return (
                f"This is a column: {len(got)} rows of one number each. {len(want)} plain values "
                "are wanted, as in (1, 2); `[:, 0]` takes them out of an array."
            )
        if len(got) != len(want):
            return f"{len(want)} values are wanted; you gave {len(got)}."
        for place, (own, right) in enumerate(zip(got, want, strict=True), 1):
            said = _value_type_text(own, right)
            if said:
                return f"Value {place}: {said}"
    return ""


def _is_column(got: list[Any]) -> bool:
    return all(isinstance(row, list) and len(row) == 1 for row in got)


def _word(want: Any) -> str:
    if isinstance(want, str):
        return "word"
    if isinstance(want, int | float) and not isinstance(want, bool):
        return "number"
    return "list of values" if isinstance(want, list) else "value"


def judge_value(exercise: ValueExercise, answer: Any) -> Score:
    """Turn a value into points and a message that does not give the right one away.

    Parameters
    ----------
    exercise : ValueExercise
        The exercise.
    answer : object
        What the learner put in.
    """
    if answer is None or answer is Ellipsis:
        return unattempted(exercise)
    return judge_given(exercise, plain(answer))


def judge_given(exercise: ValueExercise, got: Any) -> Score:
    """Judge a value that has been made plain already, as `judge_value` does.

    Parameters
    ----------
    exercise : ValueExercise
        The exercise.
    got : object
        Plain data.
    """
    parts = _simple(got)
    if isinstance(parts, list) and parts and all(p is None or p is Ellipsis for p in parts):
        return unattempted(exercise)
    right = value_equal(got, plain(exercise.value), exercise.tolerance)
    tag, texts = (
        ("", [exercise.solved] if exercise.solved else []) if right else _why(exercise, got)
    )
    if not right and exercise.hints:
        texts = [*texts, f'One step of help: `hint("{exercise.name}")`']
    points = exercise.total if right else 0.0
    return Score(
        points,
        exercise.total,
        exercise=exercise.name,
        state="solved" if right else "wrong",
        title=title_of(exercise, points),
        paragraphs=texts,
        tag=tag,
    )


def _why(exercise: ValueExercise, got: Any) -> tuple[str, list[str]]:
    """Find the mistake's tag and what to say."""
    want = plain(exercise.value)
    for mistake in exercise.mistakes:
        if value_equal(got, plain(mistake.answer), exercise.tolerance):
            return mistake.tag, [mistake.message]
    if exercise.choices is not None:
        known = isinstance(got, str) and _text_key(got) in map(_text_key, exercise.choices)
        if not known:
            keys = ", ".join(f'`"{key}"`' for key in exercise.choices)
            return "", [f"Answer with one of {keys}."]
    said = _value_type_text(got, want)
    return "", [said] if said else _of_the_right_kind(exercise, _simple(got), _simple(want))


def _of_the_right_kind(exercise: ValueExercise, own: Any, right: Any) -> list[str]:
    """Say what is true of a wrong value of the right kind, and what would follow from it."""
    said = _value_difference(own, right, exercise.tolerance)
    follows = ""
    if exercise.consequence is not None and not (isinstance(own, float) and own != own):
        try:
            follows = exercise.consequence(own)
        except Exception:  # not every number has a consequence
            follows = ""
    return [said, follows] if follows else [said]


def _value_difference(got: Any, want: Any, tolerance: float) -> str:
    own, right = _simple(got), _simple(want)
    if isinstance(own, float) and own != own:
        return "This is not a number (nan)."
    if isinstance(right, int | float) and not isinstance(right, bool):
        if right and value_equal(-own, right, tolerance):
            return "The sign is wrong."
        if tolerance > 0 and abs(own) < 1e15:
            if abs(own) > 1 and value_equal(own / 100, right, tolerance / 100 + 1e-12):
                return "This is a percentage; write it as a fraction of one."
            if abs(own - right) <= 5 * tolerance:
                return f"Close. Give it more exactly: within {number(tolerance)}."
        if isinstance(right, int) and tolerance == 0 and own != own // 1:
            return f"{short(_shown(own), 80)} is not a whole number."
    if isinstance(right, list) and isinstance(own, list):
        wrong = [
            str(place)
            for place, (g, w) in enumerate(zip(own, right, strict=True), 1)
            if not value_equal(g, w, tolerance)
        ]
        if len(wrong) < len(right):
            return f"Some values are right. Look again at value {', '.join(wrong)}."
        if _permutation(own, right, tolerance):
            return "These are the right values in another order."
    return f"{short(_shown(own), 80)} is not right."


def _shown(value: Any) -> str:
    """Write a value as a reader would, not with all the digits that Python keeps."""
    if isinstance(value, list):
        return f"[{', '.join(_shown(item) for item in value)}]"
    return str(value) if isinstance(value, dict) else number(value)


def _permutation(own: list[Any], right: list[Any], tolerance: float) -> bool:
    left = list(right)
    for value in own:
        for candidate in left:
            if value_equal(value, candidate, tolerance):
                left.remove(candidate)
                break
        else:
            return False
    return True
