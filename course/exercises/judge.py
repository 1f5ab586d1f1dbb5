"""Stage 3: find why an answer is wrong, and hand on a `Verdict`.

In this order: a mistake that an author has written, what is true of all wrong results
(`relations`), two written mistakes at once, a single edit of the reference (`diagnose`); and the
first intermediate value that goes wrong. Each is named only if it was tried on what the calls did
and fits. No sentence is composed here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from course.exercises.bank.kinds import CodeExercise, Mistake
from course.exercises.bench import Bench
from course.exercises.compare import Comparison, same_outcome
from course.exercises.diagnose import Search
from course.exercises.differ import difference
from course.exercises.relations import ZEROS, Relation, relation
from course.exercises.run import Outcome, Run
from course.exercises.source import About

__all__ = ["Line", "Verdict", "judge", "state_of"]


@dataclass(frozen=True)
class Line:
    """The first intermediate value of the learner's that goes wrong.

    Attributes
    ----------
    name : str
        What it is called; empty where all that have a name are right.
    text : str
        What came and what was wanted.
    right : tuple of str
        Those before it that are right.
    edit : str
        The single edit of the formula that gives it.
    """

    name: str
    text: str = ""
    right: tuple[str, ...] = ()
    edit: str = ""


@dataclass(frozen=True)
class Verdict:
    """What is to be said of an answer.

    Attributes
    ----------
    state : str
        A state of `Score`'s.
    why : str
        Why it is unattempted: ``empty``, or ``left`` (the `raise` stands under code); or why it is
        wrong as it was given: ``changed nothing``.
    tag : str
        The written mistake that it makes.
    messages : tuple of str
        That mistake's message; both where it makes two at once.
    relation : Relation, optional
        What is true of all wrong results.
    edit : str
        The single edit of the reference that does the same: ``without the term `b_h` ``.
    edited : str
        The output that it is about, where it is not the whole result.
    line : Line, optional
        The first intermediate value that goes wrong.
    index : int, optional
        The call that the message speaks of.
    """

    state: str
    why: str = ""
    tag: str = ""
    messages: tuple[str, ...] = ()
    relation: Relation | None = None
    edit: str = ""
    edited: str = ""
    line: Line | None = None
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
    raised = [o.failure for o in outcomes if o.failure is not None]
    # A library's NotImplementedError says what is not implemented; a stub's says nothing.
    left = [f for f in raised if f.type == "NotImplementedError" and not f.message]
    if len(left) == len(outcomes):
        return "unattempted", "left" if about.computes else ""
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
    search = Search(bench, done.outcomes, index)
    if mistake is not None:
        line = _first_line(bench, done, index, search)
        line = None if line is None else replace(line, edit="")  # the mistake says it better
        return Verdict(state, why, mistake.tag, (mistake.message,), line=line, index=index)
    found = _relation(bench, done, compared, index)
    if not complete or bench.exercise.call is not None or (found and not found.weak):
        line = _first_line(bench, done, index, search)
        line = None if line is None else replace(line, edit="")
        return Verdict(state, why, relation=found, line=line, index=index)
    line = _first_line(bench, done, index, search)
    problem = compared.problems[index]
    if problem is not None and problem.kind in ("changed", "again"):
        return Verdict(state, why, relation=found, index=index)  # the result is right, each line is
    if problem is None or problem.kind not in _OF_VALUES or not bench.exercise.compare:
        return Verdict(state, why, relation=found, line=line, index=index)
    if found is not None and found.said in ZEROS:
        search.only_updates = True  # many an edit gives zeros; only "never set" is a reason
    edit, edited = search.by_edit(), ""
    messages = () if edit else _two(bench, done.outcomes, search)
    if not edit and not messages and problem.output is not None:
        edit, edited = _edit_of_output(bench, search, problem.output)
    return Verdict(state, why, "", messages, found, edit, edited, line, index)


def _two(bench: Bench, outcomes: Sequence[Outcome], search: Search) -> tuple[str, ...]:
    """Give the messages of two written mistakes that are made at once, or nothing."""
    wrong = _wrong_outputs(bench, outcomes)
    mistakes = search.both_of_two(wrong) if len(wrong) > 1 else ()
    if len(mistakes) < 2:
        mistakes = search.two_at_once()
    return tuple(mistake.message for mistake in mistakes) if len(mistakes) > 1 else ()


def _edit_of_output(bench: Bench, search: Search, output: int) -> tuple[str, str]:
    """Find the single edit of the reference that gives one output as the learner has it."""
    outputs = bench.exercise.outputs
    return (search.by_edit(output), outputs[output]) if output < len(outputs) else ("", "")


def _wrong_outputs(bench: Bench, outcomes: Sequence[Outcome]) -> list[int]:
    """List the outputs that are wrong in some call; all calls have to return as many as wanted."""
    wrong: set[int] = set()
    for own, right in zip(outcomes, bench.wanted, strict=True):
        if not isinstance(own.value, tuple | list) or not isinstance(right.value, tuple):
            return []
        if len(own.value) != len(right.value):
            return []
        pair = own.value, right.value
        wrong |= {i for i in range(len(pair[1])) if _differs(bench.exercise, pair, i)}
    return sorted(wrong)


def _first_line(bench: Bench, done: Run, index: int, search: Search) -> Line | None:
    """Find the first of the formula's values that the learner has under its name and wrong."""
    own, wanted = done.outcomes[index], bench.traced(index)
    names = [name for name in wanted if name in own.seen]
    if own.kind != "value" or not names:
        return None
    right: list[str] = []
    tolerance = bench.exercise.tolerance
    for name in names:
        found = difference(own.seen[name], wanted[name], tolerance=tolerance, outputs=(name,))
        if found is None:
            if not _is_right_everywhere(bench, done, name):
                return None
            right.append(name)
            continue
        others = [wanted[other] for other in wanted if other != name]
        if any(difference(own.seen[name], other) is None for other in others):
            return None  # the name has been given to another value, so nothing is known of lines
        edit = search.by_edit_of_trace(name)
        is_it = edit or search.is_returned(name) or search.follows_from(name)
        return Line(name, found.text, tuple(right), edit) if is_it else None
    return Line("", right=tuple(right)) if right else None


def _is_right_everywhere(bench: Bench, done: Run, name: str) -> bool:
    """Tell whether a named value is right in every call that came to its end."""
    return all(
        name in own.seen
        and not difference(
            own.seen[name], bench.traced(i)[name], tolerance=bench.exercise.tolerance
        )
        for i, own in enumerate(done.outcomes)
        if own.kind == "value"
    )


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
    backwards = _is_gradient(exercise.outputs, problem.output)
    return relation(results, problem.output, bench.letters(problem.output), has_state, backwards)


def _is_gradient(outputs: Sequence[str], output: int | None) -> bool:
    """Tell whether an output, or the only one, has a gradient's name: dx, dh_0."""
    name = outputs[output or 0] if len(outputs) > (output or 0) else ""
    return re.fullmatch(r"d[A-Za-z](_\w+)?", name) is not None


def _differs(exercise: CodeExercise, pair: tuple[object, object], output: int) -> bool:
    """Tell whether one output of several is wrong."""
    got, want = pair
    if not isinstance(got, tuple | list) or not isinstance(want, tuple) or len(got) != len(want):
        return True
    return difference(got[output], want[output], tolerance=exercise.tolerance) is not None
