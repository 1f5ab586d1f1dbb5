"""Stage 3: find why an answer is wrong, and hand on a `Verdict`.

In this order: a mistake that an author has written, two of them at once, what is true of all wrong
results (`relations`), a single edit of the reference (`formula`), the first intermediate value that
goes wrong. Each is named only if it was tried on what the calls did and fits. No sentence is
composed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from course.exercises.bank.kinds import CodeExercise, Mistake
from course.exercises.bench import Bench
from course.exercises.compare import Comparison, same_outcome
from course.exercises.differ import difference
from course.exercises.relations import Relation, relation
from course.exercises.run import Outcome, Run
from course.exercises.source import About

__all__ = ["Verdict", "judge", "state_of"]


@dataclass(frozen=True)
class Verdict:
    """What is to be said of an answer.

    Attributes
    ----------
    state : str
        A state of `Score`'s.
    why : str
        Why it is as unattempted as it was given: ``empty``, or why it is wrong as it was given:
        ``changed nothing``.
    tag : str
        The written mistake that it makes.
    messages : tuple of str
        That mistake's message; both where it makes two at once.
    relation : Relation, optional
        What is true of all wrong results.
    index : int, optional
        The call that the message speaks of.
    """

    state: str
    why: str = ""
    tag: str = ""
    messages: tuple[str, ...] = ()
    relation: Relation | None = None
    index: int | None = None


def state_of(bench: Bench, done: Run, compared: Comparison) -> tuple[str, str]:
    """Say whether an answer is solved, unattempted, stopped, partly right or wrong, and why.

    Parameters
    ----------
    bench : Bench
        The probes and what is wanted.
    done : Run
        What the answer did.
    compared : Comparison
        What of it is right.

    Returns
    -------
    state, why : str
        As in `Verdict`.
    """
    outcomes, about = done.outcomes, done.about
    raised = [o.failure.type for o in outcomes if o.failure is not None]
    if len(raised) == len(outcomes) and set(raised) == {"NotImplementedError"}:
        return "unattempted", ""
    if all(o.kind == "value" and o.value is None for o in outcomes) and about.empty:
        return "unattempted", "empty"
    if compared.points >= bench.exercise.total:
        return "solved", ""
    why = ""
    given = bench.exercise.given
    if given is not None and _does_the_same(bench, outcomes, given):
        if about.mark in ("", About.of(given).mark):
            return "unattempted", ""
        why = "changed nothing"
    complete = all(o.kind in ("value", "raised") for o in outcomes)
    if not complete and (done.interrupted or compared.points == 0):
        return "stopped", why
    return ("partly" if compared.points > 0 else "wrong"), why


def judge(bench: Bench, done: Run, compared: Comparison) -> Verdict:
    """Find what is to be said of an answer.

    Parameters
    ----------
    bench : Bench
        The probes and what is wanted.
    done : Run
        What the answer did.
    compared : Comparison
        What of it is right.
    """
    state, why = state_of(bench, done, compared)
    if state in ("solved", "unattempted"):
        return Verdict(state, why)
    index = _which_call(bench, compared)
    complete = all(o.kind in ("value", "raised") for o in done.outcomes)
    mistake = _written(bench, done.outcomes) if complete else None
    if mistake is not None:
        return Verdict(state, why, mistake.tag, (mistake.message,), index=index)
    found = _relation(bench, done, compared, index)
    return Verdict(state, why, relation=found, index=index)


def _which_call(bench: Bench, compared: Comparison) -> int:
    """Choose the call to speak of: the first wrong one, before those that have to raise."""
    wrong = [i for i, problem in enumerate(compared.problems) if problem is not None]
    if not wrong:
        return compared.broken[0].index
    return next((i for i in wrong if bench.wanted[i].kind == "value"), wrong[0])


def _does_the_same(bench: Bench, outcomes: Sequence[Outcome], function: object) -> bool:
    """Tell whether outcomes are, on every probe, those of another function."""
    return all(
        same_outcome(bench.exercise, own, bench.other(function, index))  # type: ignore[arg-type]
        for index, own in enumerate(outcomes)
    )


def _written(bench: Bench, outcomes: Sequence[Outcome]) -> Mistake | None:
    """Find the written mistake that does the same on every probe."""
    for mistake in bench.exercise.mistakes:
        if _does_the_same(bench, outcomes, mistake.answer):
            return mistake
    return None


_OF_VALUES = ("shape", "value", "nan", "count", "dtype")
_STATES = ("h_0", "c_0", "h_prev", "c_prev", "s_0", "s_prev", "state")


def _relation(bench: Bench, done: Run, compared: Comparison, index: int) -> Relation | None:
    """Try what all wrong results may have in common with the right ones."""
    problem, exercise = compared.problems[index], bench.exercise
    if problem is None or problem.kind not in _OF_VALUES or not exercise.compare:
        return None
    wrong = [i for i, one in enumerate(compared.problems) if one is not None]
    pairs = [(done.outcomes[i], bench.wanted[i]) for i in wrong]
    if any(own.kind != "value" or right.kind != "value" for own, right in pairs):
        return None
    results = [(own.value, right.value) for own, right in pairs]
    if problem.output is None and any(isinstance(want, tuple) for _, want in results):
        return None
    if problem.output is not None:
        results = [pair for pair in results if _differs(exercise, pair, problem.output)]
    has_state = any(name in exercise.argument_names for name in _STATES)
    return relation(results, problem.output, bench.letters(problem.output), has_state)


def _differs(exercise: CodeExercise, pair: tuple[object, object], output: int) -> bool:
    """Tell whether one output of several is wrong."""
    got, want = pair
    if not isinstance(got, tuple | list) or not isinstance(want, tuple) or len(got) != len(want):
        return True
    return difference(got[output], want[output], tolerance=exercise.tolerance) is not None
