"""Stage 4: say it. A `Verdict` becomes a `Score`, points with a message.

The likely cause comes first, then what came and what was wanted, then the call, so that it can be
made again by hand. Everything is known by now; only sentences are made here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from course.exercises.bank.kinds import CodeExercise, Exercise
from course.exercises.bench import Bench
from course.exercises.compare import Comparison, listed_arguments
from course.exercises.data import Tensor, array_of, describe, number, short, steady
from course.exercises.differ import tidy
from course.exercises.judge import Line, Verdict
from course.exercises.run import Given, Outcome, Run
from course.exercises.score import Score, amount, in_points
from course.exercises.source import About

__all__ = ["explain", "plain_score", "refused", "title_of", "unattempted"]

_SMALL = 12
"""So many numbers of an argument or result are shown; of larger ones the shape is."""


def explain(bench: Bench, done: Run, compared: Comparison, verdict: Verdict) -> Score:
    """Compose the score of a code exercise.

    Parameters
    ----------
    bench : Bench
        The probes and what is wanted.
    done : Run
        What the answer did.
    compared : Comparison
        What of it is right.
    verdict : Verdict
        What is to be said of it.
    """
    exercise = bench.exercise
    if verdict.state == "unattempted":
        if verdict.why == "left":
            said = "Your code stands there, and `raise NotImplementedError` still ends it: take it "
            said += "out, `return` the result and run both cells."
            return plain_score(exercise, "unattempted", [said])
        why = "Your function is still empty." if verdict.why == "empty" else ""
        return unattempted(exercise, why)
    if verdict.state == "solved":
        return _solved(exercise, done, compared)
    index = verdict.index
    assert index is not None
    problem = compared.problems[index]
    happened = _what_happened(bench, done, compared, verdict, index)
    told = happened[:1] if problem is None else [*happened[:1], problem.text]
    texts = _likely_cause(verdict, exercise, told) + happened
    texts += _properties(compared, index)
    if not verdict.messages:
        texts += _about_the_function(exercise, done.about, compared, index)
    if not _refusal(bench, index, done.outcomes[index]):
        texts += _call(bench, index)
    notes = () if verdict.messages else compared.notes  # a named mistake needs no guess beside it
    texts += [*_shares(exercise, compared), *notes, *_remarks(done)]
    if exercise.hints:
        texts.append(f'One step of help: `hint("{exercise.name}")`')
    return Score(
        compared.points,
        exercise.total,
        exercise=exercise.name,
        state=verdict.state,
        title=title_of(exercise, compared.points),
        paragraphs=list(dict.fromkeys(texts)),  # nothing is said twice
        printed=_printed(done.outcomes[index].printed),
        tag=verdict.tag,
        inputs=bench.inputs(index),
    )


def _shares(exercise: CodeExercise, compared: Comparison) -> list[str]:
    """Say what each part of the points earns, where there are several."""
    if len(exercise.parts) < 2:
        return []
    shares = ", ".join(
        f"{part} {amount(compared.earned[part])} of {amount(of)}"
        for part, of in exercise.parts.items()
    )
    return [f"Points: {shares}."]


# --- without a verdict -------------------------------------------------------------------------


def title_of(exercise: Exercise, earned: float | None) -> str:
    """Write an exercise's title with its points."""
    share = "" if earned is None else f"{amount(earned)} of "
    return f"{exercise.title} · {share}{in_points(exercise.total)}"


def plain_score(exercise: Exercise, state: str, texts: Sequence[str]) -> Score:
    """Say that an answer earns nothing, and why.

    Parameters
    ----------
    exercise : Exercise
        The exercise.
    state : str
        A state of `Score`'s.
    texts : sequence of str
        The message.
    """
    earned = None if state == "unattempted" else 0.0
    return Score(
        0.0,
        exercise.total,
        exercise=exercise.name,
        state=state,
        title=title_of(exercise, earned),
        paragraphs=list(texts),
    )


def unattempted(exercise: Exercise, why: str = "") -> Score:
    """Say that an exercise has not been attempted, and how to begin."""
    if exercise.kind == "code":
        task = "Take out `raise NotImplementedError`, write your code and run both cells."
        if getattr(exercise, "given", None) is not None:
            task = "The code does what it did: find the bug, mend it and run both cells."
    else:
        task = "Put your answer in the place of `None` and run both cells."
    begin = f' Where to begin? `hint("{exercise.name}")`' if exercise.hints else ""
    return plain_score(exercise, "unattempted", [*([why] if why else []), task + begin])


def refused(exercise: CodeExercise, given: Given) -> Score:
    """Say that something else than a function was given."""
    if given.nothing:
        return unattempted(exercise)
    if given.is_class:
        said = "`check` needs a function, and this is a class."
    else:
        said = (
            f"`check` needs your function, and this is {describe(given.value)}. Pass the function "
            "itself: its name, without brackets and quotes."
        )
    return plain_score(exercise, "wrong", [said])


def _solved(exercise: CodeExercise, done: Run, compared: Comparison) -> Score:
    texts = [exercise.solved] if exercise.solved else []
    return Score(
        exercise.total,
        exercise.total,
        exercise=exercise.name,
        state="solved",
        title=title_of(exercise, exercise.total),
        paragraphs=[*texts, *compared.notes, *_remarks(done)],
        printed=_printed(done.outcomes[0].printed),
    )


# --- why ---------------------------------------------------------------------------------------


_COMES_AFTER = ("The result is right", "Your function computes, but", "Your function prints its")


def _likely_cause(verdict: Verdict, exercise: CodeExercise, told: Sequence[str]) -> list[str]:
    texts = []
    if verdict.why == "changed nothing":
        texts.append(
            "Your function gives what the given code gave, on every call: what you have changed "
            "so far misses the bug, or a second bug hides the effect."
        )
    if len(verdict.messages) > 1:
        at_once, count = "You have made two mistakes at once.", len(verdict.messages)
        more = {2: "two", 3: "three", 4: "four"}.get(count, "several")
        texts.append(at_once.replace("two", more))
    texts += verdict.messages
    if verdict.line is not None:
        said = _line(verdict.line, bool(verdict.messages))
        beginnings = (f"`{verdict.line.name}`", *_COMES_AFTER)
        is_told = any(text.startswith(beginnings) for text in told)
        texts += said[: bool(verdict.line.name)] if is_told else said
    if verdict.edit and not (verdict.line is not None and verdict.line.edit):
        what = f"`{verdict.edited}`" if verdict.edited else "Your result"
        texts.append(f"{what} is what comes out {verdict.edit}{_path(verdict, exercise)}.")
    return texts


def _line(line: Line, is_named: bool) -> list[str]:
    """Say which of the formula's values is the first that goes wrong."""
    listed = " and ".join(f"`{name}`" for name in line.right)
    are = "are" if len(line.right) > 1 else "is"
    if not line.name:
        return [] if is_named else [f"{listed} {are} right; the mistake comes after."]
    before = f" ({listed} {are} right)" if line.right else ""
    said = f"`{line.name}` is the first line that goes wrong{before}"
    if line.edit:
        return [f"{said}: it is what comes out {line.edit}."]
    return [f"{said}."] if is_named else [f"{said}.", line.text]


def _path(verdict: Verdict, exercise: CodeExercise) -> str:
    """Say of a gradient that lacks a term that one of its paths is missing."""
    names = [verdict.edited] if verdict.edited else exercise.outputs
    is_gradient = bool(names) and all(name.startswith("d") for name in names)
    term = verdict.edit if verdict.edit.startswith("without the term") else ""
    is_term = bool(re.search(r"\bd[A-Za-z]\w*", term))  # it holds a gradient itself
    return ": one path of the gradient is missing" if is_gradient and is_term else ""


def _what_happened(
    bench: Bench, done: Run, compared: Comparison, verdict: Verdict, index: int
) -> list[str]:
    """Say what the call did: it ran on, raised, or returned something wrong."""
    problem, outcome = compared.problems[index], done.outcomes[index]
    stopped = ["You stopped the check while your function was running."]
    texts = stopped if done.interrupted and verdict.state == "stopped" else []
    refusal = _refusal(bench, index, outcome)
    if problem is None:
        return texts
    if problem.kind in ("late", "skipped"):
        return texts + _late(bench.exercise, done)
    if problem.kind == "raised":
        return [*texts, *_failure(outcome), *([problem.text] if problem.text else [])]
    if refusal:
        return texts if verdict.tag else [*texts, refusal]
    if problem.kind in ("changed", "again"):
        said = bench.copied(_changed_or_again(bench, outcome, problem.kind))
        return [*texts, *([] if verdict.tag else [said])]
    if outcome.value is None and problem.kind in ("type", "count", "shape"):
        return [*texts, _nothing(done.about, outcome.printed)]
    texts = [*texts, problem.text]
    if verdict.relation is not None:
        texts.append(verdict.relation.said)
    return texts + _whole(bench, index, outcome, problem.output, problem.kind)


def _changed_or_again(bench: Bench, outcome: Outcome, kind: str) -> str:
    if kind == "again":
        return (
            "Called a second time with the same arguments, your function returns something else: "
            "it remembers an earlier call in a variable outside itself or in a default argument."
        )
    must_stay = bench.exercise.must_not_change
    changed = listed_arguments([name for name in outcome.changed if name in must_stay])
    if not changed:
        shared = " and ".join(f"`{name}`" for name in outcome.shared if name in must_stay)
        return (
            f"The result is right, but it is the memory of the argument {shared}: whoever changes "
            "the one changes the other. Return an array of its own (`.copy()`)."
        )
    return (
        f"The result is right, but your function changes its {changed}. Work on a "
        "copy (`.copy()`), or write `a = a + b` in place of `a += b`."
    )


def _refusal(bench: Bench, index: int, outcome: Outcome) -> str:
    """Give the sentence with which an adapter refused an answer, or nothing."""
    said, wanted = outcome.value, bench.wanted[index].value
    if bench.exercise.call is None or not isinstance(said, str) or isinstance(wanted, str):
        return ""
    return short(steady(said), 300)


def _failure(outcome: Outcome) -> list[str]:
    failure = outcome.failure
    assert failure is not None
    said = f"Your function stops with `{failure.type}"
    said += f": {failure.message.replace('`', chr(39))}`" if failure.message else "`"
    if failure.line is not None:
        said += f" in line {failure.line}"
        said += f": `{failure.source}`" if failure.source and "`" not in failure.source else ""
    return [f"{said}.", *([failure.cause] if failure.cause else [])]


def _nothing(about: About, printed: str) -> str:
    if printed:
        return "Your function prints its result and returns nothing: end it with `return`."
    if about.computes:
        return "Your function computes, but returns nothing: does it lack its `return` line?"
    return "Your function returns nothing: is a `return` missing, or reached in some cases only?"


def _late(exercise: CodeExercise, done: Run) -> list[str]:
    seconds = amount(exercise.time_limit)
    texts = [] if done.interrupted else [f"Time is up: after {seconds} seconds your function"]
    texts = [f"{text} was still running." for text in texts]
    line, source = done.loop
    if line is not None:
        texts.append(
            f"It was in the loop of line {line}: `{source}`. Does the loop come to an end?"
        )
    if done.stuck:
        texts.append(
            "It could not be stopped and goes on in the background. Restart the kernel "
            "(menu Kernel) before you go on."
        )
    return texts


def _properties(compared: Comparison, index: int) -> list[str]:
    """Say which properties do not hold; none is seen in a result of another kind."""
    problem = compared.problems[index]
    if problem is not None and problem.kind in ("type", "count", "shape"):
        return []
    return [one.message for one in compared.broken if one.message]


def _about_the_function(
    exercise: CodeExercise, about: About, compared: Comparison, index: int
) -> list[str]:
    texts = []
    names, own = exercise.argument_names, about.parameters
    own = None if own is None else list(own)
    if exercise.call is None and own is not None and own != names and sorted(own) == sorted(names):
        texts.append(
            f"Your function takes its arguments in another order ({', '.join(own)}) than the "
            f"exercise passes them ({', '.join(names)})."
        )
    problem = compared.problems[index]
    if about.reads and (problem is None or problem.kind != "late"):
        listed = ", ".join(f"`{name}`" for name in about.reads[:4])
        texts.append(f"Your function reads {listed} from the notebook, not from its arguments.")
    return texts


# --- the call, so that it can be made again ----------------------------------------------------


def _call(bench: Bench, index: int) -> list[str]:
    """Describe a call by its label and its arguments, small ones in full.

    Behind an adapter the learner's function is not called with the probe's arguments, so there
    the label alone is shown.
    """
    probe = bench.probes[index]
    if bench.exercise.call is not None:
        return [f"Tried with: {probe.label}."] if probe.label else []
    label = f" ({probe.label})" if probe.label else ""
    shown = [f"`{_argument(name, data)}`" for name, data in bench.shown_inputs(index).items()]
    return [f"Call {index + 1} of {len(bench.probes)}{label}, with {', '.join(shown)}."]


def _argument(name: str, data: Any) -> str:
    array = array_of(data)
    if array is not None and array.size > _SMALL:
        return f"{name} of shape {array.shape}"
    text = in_full(data)
    if len(text) <= 200:
        return f"{name} = {text}"
    return f"{name}: {type(data).__name__} of {len(data)}" if hasattr(data, "__len__") else name


def in_full(data: Any) -> str:
    """Write plain data as it could be typed, numbers with six digits."""
    array = array_of(data)
    if array is not None:
        if array.size == 0:
            return f"an empty array of shape {array.shape}"
        text = in_full(array.tolist())
        return f"torch.tensor({text})" if isinstance(data, Tensor) and array.ndim else text
    if isinstance(data, list):
        return f"[{', '.join(map(in_full, data))}]"
    if isinstance(data, tuple):
        return f"({', '.join(map(in_full, data))}{',' if len(data) == 1 else ''})"
    if isinstance(data, dict):
        return f"{{{', '.join(f'{number(k)}: {in_full(v)}' for k, v in data.items())}}}"
    return number(data).replace("`", "'")


def _whole(bench: Bench, index: int, outcome: Outcome, output: int | None, kind: str) -> list[str]:
    """Write the whole result and the wanted one where both are small and have several entries."""
    got, want = outcome.value, bench.wanted[index].value
    if output is not None and isinstance(got, tuple | list) and len(got) == len(want):
        got, want = got[output], want[output]
    arrays = array_of(got), array_of(want)
    sizes = [
        np.size(a) if a is not None else _count(v) for a, v in zip(arrays, (got, want), strict=True)
    ]
    if kind not in ("shape", "value", "nan", "count") or max(sizes) > _SMALL or max(sizes) < 2:
        return []
    if arrays[0] is not None and arrays[1] is not None:
        got, want = (tidy(array, arrays[1]) for array in arrays if array is not None)
    texts = in_full(got), in_full(want)
    if max(map(len, texts)) > 160:
        return []
    return [f"In full: got `{texts[0]}`, wanted `{texts[1]}`."]


def _count(value: Any) -> int:
    if isinstance(value, list | tuple | set | frozenset):
        return sum(map(_count, value))
    return 2 * len(value) if isinstance(value, dict) else 1


# --- beside the result -------------------------------------------------------------------------


def _remarks(done: Run) -> list[str]:
    """Say what happened beside the result: warnings, changed variables."""
    texts = list(done.notes)
    if done.warnings:
        more = f" (and {len(done.warnings) - 1} more)" if len(done.warnings) > 1 else ""
        texts.append(f"On the way Python warned: `{done.warnings[0].replace('`', chr(39))}`{more}.")
    return texts


def _printed(text: str) -> str:
    lines = steady(text).rstrip().splitlines()
    if len(lines) > 8:
        lines = [*lines[:8], f"… and {len(lines) - 8} lines more"]
    return "\n".join(short(line, 120) for line in lines)
