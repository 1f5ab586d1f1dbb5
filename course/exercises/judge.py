"""Judge an answer: from what its calls did to points and a message.

The learner's code is called by `run.run` and nowhere else. `judge_code` looks at the plain data
that came back, so the calls may as well have been made in another process: a grader makes the
probes from a seed of its own (`Bench`), has them called elsewhere, and judges here. What the
message says of the function itself is read where the function is (`About`).
"""

from __future__ import annotations

import inspect
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Any

import numpy as np

from course.exercises.bank import SEEDS, CodeExercise, Probe, Property, ValueExercise
from course.exercises.compare import (
    Difference,
    describe,
    diagnose,
    difference,
    number,
    same_outcome,
)
from course.exercises.explain import function_of, parameter_names, short, steady
from course.exercises.run import Foreign, Huge, Outcome, Run, Tensor, plain, run, same_bits
from course.exercises.score import Score, amount, in_points

__all__ = [
    "About",
    "Bench",
    "assess",
    "judge_code",
    "judge_given",
    "judge_value",
    "matches",
    "not_a_function",
    "plain_score",
    "refused",
    "unattempted",
]


@dataclass(frozen=True)
class About:
    """What a message may say of a function, read from it without a call.

    Attributes
    ----------
    parameters : list of str, optional
        Its positional parameters, or None where they cannot be known.
    reads : list of str
        The notebook's variables (data, no functions) that it reads.
    empty : bool
        Whether its body does nothing at all: `pass` or `...`.
    computes : bool
        Whether it has variables of its own.
    """

    parameters: list[str] | None = None
    reads: Sequence[str] = ()
    empty: bool = False
    computes: bool = False

    @classmethod
    def of(cls, answer: Any) -> About:
        """Read a function; what is no plain function says nothing."""
        function = function_of(answer)
        computes = function is not None and _own_locals(function.__code__) > 0
        return cls(parameter_names(answer), _reads(answer), _is_empty(answer), computes)


class Bench:
    """The probes of an exercise and what its reference does with them.

    Parameters
    ----------
    exercise : CodeExercise
        The exercise.
    seeds : sequence of int
        The seeds to make probes from.
    """

    def __init__(self, exercise: CodeExercise, seeds: Sequence[int] = SEEDS) -> None:
        self.exercise = exercise
        self.probes: list[Probe] = []
        self.groups: list[tuple[Property, list[int]]] = []
        for seed in seeds:
            probes, groups = exercise.make_probes(seed)
            shift = len(self.probes)
            self.groups += [(prop, [shift + i for i in places]) for prop, places in groups]
            self.probes += probes
        if not self.probes:
            raise ValueError(f"{exercise.name}: no probes; `probes(rng)` returned an empty list")
        for probe in self.probes:
            if probe.part not in exercise.parts:
                raise ValueError(
                    f"{exercise.name}: a probe names the part {probe.part!r}; "
                    f"the points have {list(exercise.parts)}"
                )
        self._wanted: list[Outcome] | None = None
        self._others: dict[tuple[Any, int], list[Outcome]] = {}

    def others(self, function: Callable[..., Any], first: int) -> list[Outcome]:
        """Give what a mistake does with the `first` calls; it is called once."""
        key = function, first
        if key not in self._others:
            self._others[key] = self.run(function, first=first).outcomes
        return self._others[key]

    def run(
        self,
        answer: Any,
        *,
        limit: float | None = None,
        repeat: bool = False,
        first: int | None = None,
    ) -> Run:
        """Make every call, or the `first` ones, with an answer. See `run.run`."""
        exercise = self.exercise
        return run(
            answer,
            [(probe.args, dict(probe.kwargs)) for probe in self.probes[:first]],
            names=exercise.argument_names,
            may_change=exercise.may_change,
            adapter=exercise.call,
            limit=limit,
            repeat=repeat,
        )

    @property
    def wanted(self) -> list[Outcome]:
        """What the reference does."""
        if self._wanted is None:
            self._wanted = self.run(self.exercise.reference).outcomes
        return self._wanted

    def inputs(self, index: int) -> dict[str, Any]:
        """The arguments of one probe, by name."""
        probe, names = self.probes[index], self.exercise.argument_names
        named = {
            names[i] if i < len(names) else f"argument {i + 1}": arg
            for i, arg in enumerate(probe.args)
        }
        return {**named, **probe.kwargs}


def matches(bench: Bench, outcomes: Sequence[Outcome], other: Any) -> bool:
    """Tell whether outcomes are, on every probe, those of another function.

    Parameters
    ----------
    bench : Bench
        The probes.
    outcomes : sequence of Outcome
        What the answer did.
    other : callable
        A mistake, or the code that a bug hunt starts from.
    """
    tolerance = bench.exercise.tolerance
    for first in (1, len(outcomes)):  # most differ at once
        theirs = bench.others(other, first)
        pairs = zip(outcomes[:first], theirs, strict=True)
        if not all(same_outcome(own, right, tolerance) for own, right in pairs):
            return False
    return True


def _bare(value: Any) -> Any:
    """Plain data as a property sees it: torch tensors have become arrays."""
    if isinstance(value, Tensor):
        return value.array.copy()
    if isinstance(value, Foreign | Huge):
        raise TypeError
    if isinstance(value, np.ndarray):
        return value.copy() if value.ndim else value[()]
    if isinstance(value, tuple | list):
        return type(value)(_bare(item) for item in value)
    return value


def _holds(holds: Callable[..., Any], output: Any, *rest: Any) -> bool:
    try:
        with np.errstate(all="ignore"):
            return bool(np.all(holds(_bare(output), *rest)))
    except Exception:
        return False


def _wrong(exercise: CodeExercise, own: Outcome, right: Outcome) -> Difference | None:
    """Say what is wrong with one call, or None."""
    if own.kind in ("late", "skipped"):
        return Difference(own.kind, "")
    if right.kind == "raised":
        assert right.failure is not None
        kind = right.failure.type
        if own.kind == "raised":
            assert own.failure is not None
            if own.failure.type == kind:
                return None
            return Difference("raised", f"A {kind} is wanted here.")
        return Difference("type", f"A {kind} is wanted here; your function returns a result.")
    if own.kind == "raised":
        return Difference("raised", "")
    if exercise.compare:
        return difference(
            own.value,
            right.value,
            tolerance=exercise.tolerance,
            outputs=exercise.outputs,
            axes=exercise.axes,
        )
    if own.value is None or isinstance(own.value, Foreign | Huge):
        advice = own.value.advice if isinstance(own.value, Foreign) else ""
        said = f"The result is {describe(own.value)}; {describe(right.value)} would do. {advice}"
        return Difference("type", said.strip())
    return None


def _call_text(bench: Bench, index: int) -> str:
    """Describe a call by its label and the shapes of its arguments.

    Behind an adapter the learner's function is not called with the probe's arguments, so there
    the label alone is shown.
    """
    probe = bench.probes[index]
    if bench.exercise.call is not None:
        return f"Tried with: {probe.label}." if probe.label else ""
    told = []
    for name, value in bench.inputs(index).items():
        data = plain(value)
        if isinstance(data, np.ndarray | Tensor):
            array = data.array if isinstance(data, Tensor) else data
            small = array.size <= 4 and array.ndim == 1
            shown = str([number(v) for v in array]).replace("'", "") if small else array.shape
            told.append(f"{name} {shown}" if array.ndim else f"{name} = {number(array[()])}")
        elif isinstance(data, bool | int | float | str):
            told.append(f"{name} = {number(data)}")
        elif isinstance(data, list | tuple) and len(repr(data)) <= 40:
            told.append(f"{name} = {data!r}")
        elif isinstance(data, list | tuple | dict):
            told.append(f"{name}: {type(data).__name__} of {len(data)}")
        else:
            told.append(name)
    label = f" ({probe.label})" if probe.label else ""
    return f"Call {index + 1} of {len(bench.probes)}{label}, with `{short(', '.join(told), 220)}`."


def _refused(bench: Bench, index: int, outcome: Outcome) -> str:
    """Give the sentence with which an adapter refused an answer, or nothing."""
    said, wanted = outcome.value, bench.wanted[index].value
    if bench.exercise.call is None or not isinstance(said, str) or isinstance(wanted, str):
        return ""
    return short(steady(said), 300)


def _failure_text(outcome: Outcome) -> list[str]:
    failure = outcome.failure
    assert failure is not None
    said = f"Your function stops with `{failure.type}"
    said += f": {failure.message.replace('`', chr(39))}`" if failure.message else "`"
    if failure.line is not None:
        said += f" in line {failure.line}"
        said += f": `{failure.source}`" if failure.source and "`" not in failure.source else ""
    texts = [f"{said}."]
    if failure.cause:
        texts.append(failure.cause)
    return texts


def _none_text(about: About, printed: str) -> str:
    if printed:
        return "Your function prints its result and returns nothing: end it with `return`."
    if about.computes:
        return "Your function computes, but returns nothing: does it lack its `return` line?"
    return "Your function returns nothing: is a `return` missing, or reached in some cases only?"


def _is_empty(answer: Any) -> bool:
    """Tell whether a function's body does nothing at all: `pass` or `...`."""
    function = function_of(answer)
    if function is None:
        return False
    code = function.__code__
    extra = [c for c in code.co_consts if c is not None and c != function.__doc__]
    return not code.co_names and not _own_locals(code) and all(c is Ellipsis for c in extra)


def _own_locals(code: CodeType) -> int:
    """Count a function's variables apart from its parameters."""
    stars = bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    return code.co_nlocals - code.co_argcount - code.co_kwonlyargcount - stars


def _reads(answer: Any) -> list[str]:
    """List the notebook's variables (data, no functions) that a function reads."""
    function = function_of(answer)
    if function is None:
        return []
    space = function.__globals__
    found = []
    for name in function.__code__.co_names:
        value = plain(space[name]) if name in space else None
        if isinstance(value, np.ndarray | Tensor | float | int) and not isinstance(value, bool):
            if not name.isupper():
                found.append(name)
    return found


def unattempted(exercise: Any, why: str = "") -> Score:
    """Say that an exercise has not been attempted, and how to begin."""
    if exercise.kind == "code":
        task = "Take out `raise NotImplementedError`, write your code and run both cells."
        if getattr(exercise, "given", None) is not None:
            task = "The code does what it did: find the bug, mend it and run both cells."
    else:
        task = "Put your answer in the place of `None` and run both cells."
    begin = f' Where to begin? `hint("{exercise.name}")`' if exercise.hints else ""
    return plain_score(exercise, "unattempted", [*([why] if why else []), task + begin])


def plain_score(exercise: Any, state: str, texts: Sequence[str]) -> Score:
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
        title=_title(exercise, earned),
        paragraphs=list(texts),
    )


def _title(exercise: Any, earned: float | None) -> str:
    share = "" if earned is None else f"{amount(earned)} of "
    return f"{exercise.title} · {share}{in_points(exercise.total)}"


def not_a_function(exercise: CodeExercise, answer: Any) -> Score | None:
    """Say what is wrong with an answer that cannot be called, or None if it can."""
    if answer is None or answer is Ellipsis:
        return unattempted(exercise)
    is_class = isinstance(answer, type)
    if callable(answer) and not (is_class and exercise.call is None):
        return None
    return refused(exercise, plain(answer), is_class)


def refused(exercise: CodeExercise, given: Any, is_class: bool = False) -> Score:
    """Say that something else than a function was given.

    Parameters
    ----------
    exercise : CodeExercise
        The exercise.
    given : object
        What was given, as plain data.
    is_class : bool
        Whether it was a class.
    """
    name = exercise.reference.__name__
    if is_class:
        said = "A function is wanted, and this is a class."
    else:
        said = (
            f"A function is wanted, and this is {describe(given)}. Give the function itself, "
            f'without brackets: `check("{exercise.name}", {name})`.'
        )
    return plain_score(exercise, "wrong", [said])


def judge_code(bench: Bench, done: Run, about: About | None = None) -> Score:
    """Turn what the calls did into points and a message.

    Parameters
    ----------
    bench : Bench
        The probes and what is wanted.
    done : Run
        What the learner's function did with them.
    about : About, optional
        What is known of the function itself.

    Returns
    -------
    Score
        Between 0 and the exercise's points.
    """
    about = about or About()
    exercise, outcomes = bench.exercise, done.outcomes
    own_names = [o.failure.type for o in outcomes if o.failure is not None]
    if len(own_names) == len(outcomes) and set(own_names) == {"NotImplementedError"}:
        return unattempted(exercise)
    if all(o.kind == "value" and o.value is None for o in outcomes) and about.empty:
        return unattempted(exercise, "Your function is still empty.")
    problems, broken, earned = assess(bench, done)
    points = sum(earned.values())
    lost = points < exercise.total
    if not lost:
        return _solved(exercise, done)
    if exercise.given is not None and matches(bench, outcomes, exercise.given):
        return unattempted(exercise)
    return _explained(bench, done, about, problems, broken, earned, points)


def assess(
    bench: Bench, done: Run
) -> tuple[list[Difference | None], list[tuple[Property, int]], dict[str, float]]:
    """Find what is wrong, call by call, and what each part of the points earns.

    Parameters
    ----------
    bench : Bench
        The probes and what is wanted.
    done : Run
        What an answer did with them.

    Returns
    -------
    problems : list of Difference or None
        For each probe.
    broken : list of (Property, int)
        The properties that do not hold, each with a probe that shows it.
    earned : dict
        The points of each part.
    """
    exercise, outcomes = bench.exercise, done.outcomes
    problems: list[Difference | None] = [
        _wrong(exercise, own, right) for own, right in zip(outcomes, bench.wanted, strict=True)
    ]
    for index, outcome in enumerate(outcomes):
        if problems[index] is None and outcome.changed:
            problems[index] = Difference("changed", "")
    if problems[0] is None and done.again is not None and not _same_again(exercise, done):
        problems[0] = Difference("again", "")
    broken = _broken_properties(bench, outcomes)
    lost = {bench.probes[i].part for i, problem in enumerate(problems) if problem is not None}
    lost |= {prop.part or next(iter(exercise.parts)) for prop, _ in broken}
    earned = {part: 0.0 if part in lost else of for part, of in exercise.parts.items()}
    return problems, broken, earned


def _same_again(exercise: CodeExercise, done: Run) -> bool:
    first, again = done.outcomes[0], done.again
    assert again is not None
    if first.kind == "value" and again.kind == "value" and same_bits(first.value, again.value):
        return True
    return same_outcome(first, again, exercise.tolerance)


def _broken_properties(bench: Bench, outcomes: Sequence[Outcome]) -> list[tuple[Property, int]]:
    """Find the properties that do not hold, each with the first probe that shows it."""
    usable = {i for i, o in enumerate(outcomes) if o.kind == "value"}
    grouped = {i for _, places in bench.groups for i in places}
    broken: dict[int, tuple[Property, int]] = {}
    for prop in bench.exercise.properties:
        if prop.probes is not None:
            continue
        for index in sorted(usable - grouped):
            if not _holds(prop.holds, outcomes[index].value, *bench.probes[index].args):
                broken[id(prop)] = prop, index
                break
    for prop, places in bench.groups:
        if id(prop) in broken or not usable.issuperset(places):
            continue
        values = [outcomes[i].value for i in places]
        if not _holds(prop.holds, values, [bench.probes[i] for i in places]):
            broken[id(prop)] = prop, places[0]
    return list(broken.values())


def _solved(exercise: CodeExercise, done: Run) -> Score:
    texts = [exercise.solved] if exercise.solved else []
    texts += _remarks(done)
    return Score(
        exercise.total,
        exercise.total,
        exercise=exercise.name,
        state="solved",
        title=_title(exercise, exercise.total),
        paragraphs=texts,
        printed=_printed(done.outcomes[0].printed),
    )


def _remarks(done: Run) -> list[str]:
    """Say what happened beside the result: warnings, stderr, changed variables."""
    texts = list(done.notes)
    if done.warnings:
        more = f" (and {len(done.warnings) - 1} more)" if len(done.warnings) > 1 else ""
        texts.append(f"On the way Python warned: `{done.warnings[0].replace('`', chr(39))}`{more}.")
    return texts


def _printed(text: str) -> str:
    text = steady(text).rstrip()
    lines = text.splitlines()
    if len(lines) > 8:
        lines = [*lines[:8], f"… and {len(lines) - 8} lines more"]
    return "\n".join(short(line, 120) for line in lines)


def _explained(
    bench: Bench,
    done: Run,
    about: About,
    problems: list[Difference | None],
    broken: list[tuple[Property, int]],
    earned: dict[str, float],
    points: float,
) -> Score:
    """Compose the message of a wrong answer, the likely cause first."""
    exercise, outcomes = bench.exercise, done.outcomes
    wrong = [i for i, problem in enumerate(problems) if problem is not None]
    index = wrong[0] if wrong else broken[0][1]
    problem, outcome = problems[index], outcomes[index]
    texts: list[str] = []
    tag = ""
    state = "partly" if points > 0 else "wrong"
    complete = all(o.kind in ("value", "raised") for o in outcomes)
    if complete:
        for mistake in exercise.mistakes:
            if matches(bench, outcomes, mistake.answer):
                tag = mistake.tag
                texts.append(mistake.message)
                break
    if done.interrupted and not complete:
        state = "stopped"
        texts.append("You stopped the check while your function was running.")
    elif not complete and points == 0:
        state = "stopped"
    kind = problem.kind if problem is not None else "property"
    refused = _refused(bench, index, outcome)
    if kind in ("late", "skipped"):
        texts += _late_text(exercise, done)
    elif kind == "raised":
        texts += _failure_text(outcome)
        if problem is not None and problem.text:
            texts.append(problem.text)
    elif refused:
        texts += [] if tag else [refused]
    elif outcome.value is None and kind in ("type", "count", "shape"):
        texts.append(_none_text(about, outcome.printed))
    elif kind == "changed":
        changed = " and ".join(f"`{name}`" for name in outcome.changed)
        texts.append(
            f"The result is right, but your function changes its argument {changed}. Work on a "
            "copy (`.copy()`), or write `a = a + b` in place of `a += b`."
        )
    elif kind == "again":
        texts.append(
            "Called a second time with the same arguments, your function returns something else: "
            "it remembers an earlier call in a variable outside itself or in a default argument."
        )
    elif problem is not None:
        texts.append(problem.text)
    if outcome.changed and kind != "changed" and kind not in ("late", "skipped"):
        changed = " and ".join(f"`{name}`" for name in outcome.changed)
        texts.append(f"Your function also changes its argument {changed}.")
    if kind == "changed" and tag:
        texts = texts[:1]
    if not tag and kind in ("shape", "value", "nan", "count", "dtype"):
        texts += _generic(bench, outcomes, problem)
    if kind not in ("type", "count", "shape"):  # no property is seen in a result of another kind
        texts += [prop.message for prop, _ in broken if prop.message not in texts]
    if not tag:
        texts += _about_the_function(exercise, about, kind)
    tried = _call_text(bench, index)
    texts += [tried] if tried and not refused else []
    if len(exercise.parts) > 1:
        shares = ", ".join(
            f"{part} {amount(earned[part])} of {amount(of)}" for part, of in exercise.parts.items()
        )
        texts.append(f"Points: {shares}.")
    texts += _remarks(done)
    if exercise.hints:
        texts.append(f'One step of help: `hint("{exercise.name}")`')
    return Score(
        points,
        exercise.total,
        exercise=exercise.name,
        state=state,
        title=_title(exercise, points),
        paragraphs=texts,
        printed=_printed(outcome.printed),
        tag=tag,
        inputs=bench.inputs(index),
    )


def _late_text(exercise: CodeExercise, done: Run) -> list[str]:
    if done.interrupted:
        texts = []
    else:
        texts = [
            f"Time is up: after {amount(exercise.time_limit)} seconds your function still ran."
        ]
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


def _generic(bench: Bench, outcomes: Sequence[Outcome], problem: Difference | None) -> list[str]:
    """Name what all wrong results have in common with the right ones."""
    exercise = bench.exercise
    if not exercise.compare or any(o.kind != "value" for o in outcomes):
        return []
    if any(o.kind != "value" for o in bench.wanted):
        return []
    results = [(o.value, w.value) for o, w in zip(outcomes, bench.wanted, strict=True)]
    output = problem.output if problem is not None else None
    if output is None and any(isinstance(want, tuple) for _, want in results):
        return []
    letters = exercise.axes[output or 0] if len(exercise.axes) > (output or 0) else ""
    said = diagnose(results, output, letters)
    return [said] if said else []


def _about_the_function(exercise: CodeExercise, about: About, kind: str) -> list[str]:
    texts = []
    names, own = exercise.argument_names, about.parameters
    if exercise.call is None and own is not None and own != names and sorted(own) == sorted(names):
        texts.append(
            f"Your function takes its arguments in another order ({', '.join(own)}) than the "
            f"exercise passes them ({', '.join(names)})."
        )
    read = about.reads
    if read and kind != "late":
        listed = ", ".join(f"`{name}`" for name in read[:4])
        texts.append(
            f"Your function reads {listed} from the notebook. Is an argument meant in its place?"
        )
    return texts


# --- values ----------------------------------------------------------------------------------


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
        return abs(got - want) <= tolerance * (1 + 1e-9) + 1e-12
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
            return f"{len(want)} values are wanted, as in (1, 2); this is {describe(got)}."
        if len(got) == 1 and isinstance(got[0], list) and len(got[0]) == len(want):
            if not isinstance(want[0], list):
                return "This is a matrix of one row; take the row out of it with `[0]`."
        if len(got) != len(want):
            return f"{len(want)} values are wanted; these are {len(got)}."
        for place, (own, right) in enumerate(zip(got, want, strict=True), 1):
            said = _value_type_text(own, right)
            if said:
                return f"Value {place}: {said}"
    return ""


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
    want = plain(exercise.value)
    parts = _simple(got)
    if isinstance(parts, list) and parts and all(p is None or p is Ellipsis for p in parts):
        return unattempted(exercise)

    def score(points: float, state: str, texts: list[str], tag: str = "") -> Score:
        if state != "solved" and exercise.hints:
            texts = [*texts, f'One step of help: `hint("{exercise.name}")`']
        return Score(
            points,
            exercise.total,
            exercise=exercise.name,
            state=state,
            title=_title(exercise, points),
            paragraphs=texts,
            tag=tag,
        )

    if value_equal(got, want, exercise.tolerance):
        return score(exercise.total, "solved", [exercise.solved] if exercise.solved else [])
    for mistake in exercise.mistakes:
        if value_equal(got, plain(mistake.answer), exercise.tolerance):
            return score(0.0, "wrong", [mistake.message], mistake.tag)
    if exercise.choices is not None:
        known = isinstance(got, str) and _text_key(got) in map(_text_key, exercise.choices)
        if not known:
            keys = ", ".join(f'`"{key}"`' for key in exercise.choices)
            return score(0.0, "wrong", [f"Answer with one of {keys}."])
    said = _value_type_text(got, want) or _value_difference(got, want, exercise.tolerance)
    return score(0.0, "wrong", [said])


def _value_difference(got: Any, want: Any, tolerance: float) -> str:
    own, right = _simple(got), _simple(want)
    if isinstance(own, float) and own != own:
        return "This is not a number (nan)."
    if isinstance(right, int | float) and not isinstance(right, bool) and tolerance > 0:
        if value_equal(own / 100, right, tolerance) and abs(own) > 1:
            return "This is a percentage; write it as a fraction of one."
        if value_equal(-own, right, tolerance):
            return "The sign is wrong."
        if abs(own - right) <= 5 * tolerance:
            return f"Close. Give it more exactly: within {number(tolerance)}."
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
    return f"{short(_shown(own), 80)} is not it."


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
