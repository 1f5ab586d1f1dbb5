"""Try single edits of the reference, and two written mistakes at once, on a wrong answer.

An edit is believed only if its outputs are the learner's on every call, and if no other edit that
says something else does as well. The smallest wrong call comes first and leaves few; all together
may take a second.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from course.exercises import worker
from course.exercises.bank.kinds import CodeExercise, Mistake
from course.exercises.bench import Bench
from course.exercises.compare import same_outcome
from course.exercises.differ import difference
from course.exercises.formula import Edit, apply, edits
from course.exercises.mutants import define, parse
from course.exercises.run import Outcome, run

__all__ = ["both_of_two", "by_edit", "by_edit_of_trace", "two_at_once"]

_SECONDS = 1.0
_MOST_PAIRS = 80

Test = Callable[[Outcome, int], bool]
"""Tells whether what an edited function did with a call is what the learner's did."""


@dataclass(frozen=True)
class _Candidate:
    """An edited function."""

    edit: Edit
    tree: ast.FunctionDef
    target: Callable[..., Any]
    function: Callable[..., Any]


def by_edit(
    bench: Bench, outcomes: Sequence[Outcome], first: int, output: int | None = None
) -> str:
    """Find the one single edit of the reference that does what an answer does.

    Parameters
    ----------
    bench : Bench
        The probes.
    outcomes : sequence of Outcome
        What the answer did.
    first : int
        The call to try first.
    output : int, optional
        Look at this output alone.

    Returns
    -------
    str
        The edit's words, or nothing.
    """
    test = _test(bench, outcomes, output)
    return _in_time(lambda: _only(_fitting(bench, _candidates(bench.exercise), test, first)))


def by_edit_of_trace(bench: Bench, outcomes: Sequence[Outcome], first: int, name: str) -> str:
    """Find the one edit of the trace that gives an intermediate value as the learner has it."""
    exercise = bench.exercise
    assert exercise.trace is not None

    def test(made: Outcome, index: int) -> bool:
        if not isinstance(made.value, dict) or name not in made.value:
            return False
        own = outcomes[index].seen
        return name in own and not _differ(own[name], made.value[name], exercise)

    candidates = _candidates(exercise, exercise.trace)
    return _in_time(lambda: _only(_fitting(bench, candidates, test, first)))


def both_of_two(
    bench: Bench, outcomes: Sequence[Outcome], wrong: Sequence[int]
) -> tuple[Mistake, ...]:
    """Find for each output that is wrong the one written mistake that gives it.

    Parameters
    ----------
    bench : Bench
        The probes.
    outcomes : sequence of Outcome
        What the answer did: several outputs in every call.
    wrong : sequence of int
        The outputs that are wrong in some call.
    """
    found = []
    for output in wrong:
        test = _test(bench, outcomes, output)
        fits = [
            mistake
            for mistake in bench.exercise.mistakes
            if all(test(bench.other(mistake.answer, i), i) for i in range(len(outcomes)))
        ]
        if len(fits) != 1:
            return ()
        found += fits
    return tuple(dict.fromkeys(found))


def two_at_once(bench: Bench, outcomes: Sequence[Outcome], first: int) -> tuple[Mistake, ...]:
    """Find the two written mistakes that an answer makes at once, each a single edit."""
    found: list[frozenset[str]] = []

    def search() -> str:
        test = _test(bench, outcomes, None)
        singles = list(_as_edits(bench, first))
        pairs = itertools.permutations(singles, 2)
        for (one, left), (other, right) in itertools.islice(pairs, _MOST_PAIRS):
            if one is not other and left.target is right.target:
                for function in _both(bench.exercise, left, right):
                    if _fits(bench, function, test, first):
                        found.append(frozenset((one.tag, other.tag)))
        return ""

    _in_time(search)
    if len(set(found)) != 1:
        return ()
    return tuple(mistake for mistake in bench.exercise.mistakes if mistake.tag in found[0])


# --- the search --------------------------------------------------------------------------------


def _test(bench: Bench, outcomes: Sequence[Outcome], output: int | None) -> Test:
    def same(made: Outcome, index: int) -> bool:
        own = outcomes[index]
        if output is None:
            return same_outcome(bench.exercise, own, made)
        got, other = own.value, made.value
        if not isinstance(got, tuple | list) or not isinstance(other, tuple | list):
            return False
        if output >= min(len(got), len(other)):
            return False
        return not _differ(got[output], other[output], bench.exercise)

    return same


def _differ(got: Any, want: Any, exercise: CodeExercise) -> bool:
    return difference(got, want, tolerance=exercise.tolerance) is not None


def _in_time(search: Callable[[], str]) -> str:
    """Search in a thread that is stopped after a second; then nothing has been found."""
    found: list[str] = []
    over: list[bool] = []

    def task() -> None:
        said = search()
        if not over:
            found.append(said)

    worker.work(task, _SECONDS, "", lambda: over.append(True))
    return found[0] if found and not over else ""


def _candidates(
    exercise: CodeExercise, function: Callable[..., Any] | None = None
) -> Iterator[_Candidate]:
    """Make every single edit of the reference, or of another function."""
    known = _known_names(exercise)
    targets = [function] if function is not None else [exercise.reference, *exercise.also_mutate]
    for target in targets:
        try:
            tree = parse(target)
        except (ValueError, OSError, TypeError, SyntaxError):
            continue  # no source, or no plain function
        for edit in edits(tree, known):
            made = _defined(exercise, target, apply(tree, edit), function)
            if made is not None:
                yield _Candidate(edit, tree, target, made)


def _defined(
    exercise: CodeExercise,
    target: Callable[..., Any],
    tree: ast.FunctionDef,
    wanted: Callable[..., Any] | None = None,
) -> Callable[..., Any] | None:
    """Make the function that an edit gives; of a helper's edit, the reference that calls it."""
    space = dict(target.__globals__)
    reference = wanted or exercise.reference
    try:
        made = define(tree, space, "<edit>")
        return made if target is reference else define(parse(reference), space, "<edit>")
    except (SyntaxError, ValueError, TypeError):
        return None


def _known_names(exercise: CodeExercise) -> set[str]:
    """List the names that the learner has read: of arguments, outputs, hints and messages."""
    texts = [exercise.title, *exercise.hints, *exercise.outputs, exercise.solved]
    texts += [mistake.message for mistake in exercise.mistakes]
    words = set(re.findall(r"[A-Za-z_]\w*", " ".join(texts)))
    if exercise.trace is not None:
        words |= set(re.findall(r"[A-Za-z_]\w*", " ".join(exercise.trace.__code__.co_varnames)))
    return words | set(exercise.argument_names)


def _fits(bench: Bench, function: Callable[..., Any], test: Test, first: int) -> bool:
    """Tell whether a function does on every call what the learner's did; one call comes first."""
    rest = [index for index in range(len(bench.probes)) if index != first]
    return all(test(_called(bench, function, index), index) for index in [first, *rest])


def _called(bench: Bench, function: Callable[..., Any], index: int) -> Outcome:
    probe, exercise = bench.probes[index], bench.exercise
    call = probe.args, dict(probe.kwargs)
    return run(function, [call], names=exercise.argument_names, adapter=exercise.call).outcomes[0]


def _fitting(bench: Bench, candidates: Iterator[_Candidate], test: Test, first: int) -> list[Edit]:
    return [one.edit for one in candidates if _fits(bench, one.function, test, first)]


def _only(fitting: Sequence[Edit]) -> str:
    """Give the words of the edits of the best rank, if all of them say the same."""
    if not fitting:
        return ""
    best = min(edit.rank for edit in fitting)
    words = {edit.words for edit in fitting if edit.rank == best}
    return words.pop() if len(words) == 1 else ""


def _as_edits(bench: Bench, first: int) -> Iterator[tuple[Mistake, _Candidate]]:
    """Find the written mistakes that are a single edit of the reference each."""
    left = list(bench.exercise.mistakes)
    for candidate in _candidates(bench.exercise):
        outcome = _called(bench, candidate.function, first)
        for mistake in list(left):
            test = _test(bench, [bench.other(mistake.answer, i) for i in (first,)], None)
            if test(outcome, 0) and _fits(bench, candidate.function, _like(bench, mistake), first):
                left.remove(mistake)
                yield mistake, candidate


def _like(bench: Bench, mistake: Mistake) -> Test:
    def same(made: Outcome, index: int) -> bool:
        return same_outcome(bench.exercise, bench.other(mistake.answer, index), made)

    return same


def _both(
    exercise: CodeExercise, left: _Candidate, right: _Candidate
) -> Iterator[Callable[..., Any]]:
    """Make the functions with one edit, and then another that says the same as the second."""
    tree = apply(left.tree, left.edit)
    for edit in edits(tree, _known_names(exercise)):
        if edit.words == right.edit.words:
            function = _defined(exercise, left.target, apply(tree, edit))
            if function is not None:
                yield function
