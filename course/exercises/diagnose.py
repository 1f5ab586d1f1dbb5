"""Try single edits of the reference, and two written mistakes at once, on a wrong answer.

An edit is believed only if its outputs are the learner's on every call, and if no other edit that
says something else does as well. The smallest wrong call comes first and leaves few. Calls and
lines are counted, not seconds, so that a slow machine says what a fast one does.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import io
import itertools
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course.exercises.bank.kinds import CodeExercise, Mistake
from course.exercises.bench import Bench
from course.exercises.compare import same_outcome
from course.exercises.data import array_of
from course.exercises.differ import difference
from course.exercises.formula import Edit, apply, edits
from course.exercises.mutants import define, parse
from course.exercises.run import Outcome, once

__all__ = ["Search"]

_MOST_CALLS = 5_000
_MOST_LINES = 20_000
_MOST_LINES_IN_ALL = 400_000
_MOST_PAIRS = 60
_FILE = "<edit>"

Test = Callable[[Outcome, int], bool]
"""Tells whether what an edited function did with a call is what the learner's did."""


@dataclass(frozen=True)
class _Candidate:
    """An edited function, and what it does with the call that is tried first."""

    edit: Edit
    tree: ast.FunctionDef
    target: Callable[..., Any]
    function: Callable[..., Any]
    outcome: Outcome


class _Late(Exception):
    """All calls or lines are spent."""


class Search:
    """Edits of an exercise's reference, tried on a wrong answer.

    Parameters
    ----------
    bench : Bench
        The probes.
    outcomes : sequence of Outcome
        What the answer did.
    first : int
        The call to try first.

    Attributes
    ----------
    only_updates : bool
        Whether to believe no edit but a variable that is never set or added to.
    """

    def __init__(self, bench: Bench, outcomes: Sequence[Outcome], first: int) -> None:
        self.bench, self.outcomes, self.first = bench, outcomes, first
        self.exercise = bench.exercise
        self.known = _known_names(bench.exercise)
        self.calls, self.lines = _MOST_CALLS, _MOST_LINES_IN_ALL
        self.only_updates = False
        self._made: list[_Candidate] | None = None

    def by_edit(self, output: int | None = None) -> str:
        """Give the words of the one single edit that does what the answer does, or nothing.

        Parameters
        ----------
        output : int, optional
            Look at this output alone.
        """
        with _quiet():
            try:
                return self._only(self._candidates, self._test(output))
            except _Late:
                return ""

    def by_edit_of_trace(self, name: str) -> str:
        """Give the words of the one edit of the trace that gives the learner's value of a name."""
        trace = self.exercise.trace
        assert trace is not None

        def test(made: Outcome, index: int) -> bool:
            if not isinstance(made.value, dict) or name not in made.value:
                return False
            own = self.outcomes[index]
            if name not in own.seen or self._differ(own.seen[name], made.value[name]):
                return False
            return self._gives(made.value, index)

        with _quiet():
            try:
                return self._only(list(self._edited(trace)), test)
            except _Late:
                return ""

    def follows_from(self, name: str) -> bool:
        """Tell whether the trace, continued from the learner's values of a name, gives the results.

        Only then is the mistake in that line: elsewhere the name may stand for something else, or
        for one turn of a loop.
        """
        trace = self.exercise.trace
        assert trace is not None
        held = [i for i, own in enumerate(self.outcomes) if own.kind == "value"]
        with _quiet():
            try:
                tree = parse(trace)
                for index in held:
                    seen = self.outcomes[index].seen
                    function = _continued(trace, tree, name, seen[name]) if name in seen else None
                    made = None if function is None else self._called(function, index).value
                    if not isinstance(made, dict) or not self._gives(made, index):
                        return False
            except (_Late, ValueError, OSError, TypeError, SyntaxError):
                return False
        return bool(held)

    def is_returned(self, name: str) -> bool:
        """Tell whether the learner returns, in every call, what has an output's name."""
        outputs = list(self.exercise.outputs)
        if name not in outputs:
            return False
        for own in self.outcomes:
            value = own.value
            if len(outputs) > 1 and isinstance(value, tuple | list) and len(value) == len(outputs):
                value = value[outputs.index(name)]
            if own.kind == "value" and (
                name not in own.seen or self._differ(own.seen[name], value)
            ):
                return False
        return True

    def _gives(self, traced: dict[str, Any], index: int) -> bool:
        """Tell whether the results that a trace ends with are the learner's."""
        names, own = self.exercise.outputs, self.outcomes[index].value
        if not names or not set(names) <= set(traced):
            return False
        made = [traced[name] for name in names]
        return not self._differ(own, made[0] if len(made) == 1 else tuple(made))

    def both_of_two(self, wrong: Sequence[int]) -> tuple[Mistake, ...]:
        """Find for each output that is wrong the one written mistake that gives it.

        A mistake's message speaks of all that it gets wrong, so the answer has to have all of that
        in common with it. The one that gives the most is taken.

        Parameters
        ----------
        wrong : sequence of int
            The outputs that are wrong in some call.
        """
        given = [(mistake, self._gets_wrong(mistake)) for mistake in self.exercise.mistakes]
        given = [
            (mistake, spoilt) for mistake, spoilt in given if spoilt <= self._in_common(mistake)
        ]
        found = []
        for output in wrong:
            most = max((len(spoilt) for _, spoilt in given if output in spoilt), default=0)
            fits = [m for m, spoilt in given if output in spoilt and len(spoilt) == most]
            if len(fits) != 1:
                return ()
            found += fits
        return tuple(dict.fromkeys(found))

    def _in_common(self, mistake: Mistake) -> set[int]:
        """List the outputs that the answer and a mistake have in common, in every call."""
        made = [self.bench.other(mistake.answer, i) for i in range(len(self.outcomes))]
        outputs = range(len(self.exercise.outputs))
        return {o for o in outputs if all(map(self._test(o), made, range(len(made))))}

    def _gets_wrong(self, mistake: Mistake) -> set[int]:
        """List the outputs that a mistake gets wrong in some call; all if it gives fewer."""
        outputs = range(len(self.exercise.outputs))
        wrong: set[int] = set()
        for index, right in enumerate(self.bench.wanted):
            made = self.bench.other(mistake.answer, index).value
            if not isinstance(made, tuple | list) or len(made) < len(outputs):
                return set(outputs)
            wrong |= {o for o in outputs if self._differ(made[o], right.value[o])}
        return wrong

    def two_at_once(self) -> tuple[Mistake, ...]:
        """Find the two written mistakes that the answer makes at once, each a single edit."""
        found: set[frozenset[str]] = set()
        test = self._test(None)
        with _quiet():
            try:
                pairs = itertools.permutations(self._as_edits(), 2)
                for (one, left), (other, right) in itertools.islice(pairs, _MOST_PAIRS):
                    if one is not other and left.target is right.target:
                        if any(self._fits(function, test) for function in self._both(left, right)):
                            found.add(frozenset((one.tag, other.tag)))
            except _Late:
                return ()
        if len(found) != 1:
            return ()
        tags = found.pop()
        return tuple(mistake for mistake in self.exercise.mistakes if mistake.tag in tags)

    # --- the search --------------------------------------------------------------------------

    @property
    def _candidates(self) -> list[_Candidate]:
        """Every single edit of the reference and of its helpers."""
        if self._made is None:
            made: list[_Candidate] = []
            for target in (self.exercise.reference, *self.exercise.also_mutate):
                made += self._edited(target)
            self._made = made
        return self._made

    def _edited(self, target: Callable[..., Any]) -> Iterator[_Candidate]:
        """Make every single edit of a function and call it once."""
        try:
            tree = parse(target)
        except (ValueError, OSError, TypeError, SyntaxError):
            return  # no source, or no plain function
        for edit in edits(tree, self.known):
            function = self._defined(target, apply(tree, edit))
            if function is not None:
                outcome = self._called(function, self.first)
                yield _Candidate(edit, tree, target, function, outcome)

    def _defined(
        self, target: Callable[..., Any], tree: ast.FunctionDef
    ) -> Callable[..., Any] | None:
        """Make the function that an edit gives; of a helper's edit, the reference that calls it."""
        space = dict(target.__globals__)
        try:
            made = define(tree, space, _FILE)
            if target in self.exercise.also_mutate:
                return define(parse(self.exercise.reference), space, _FILE)
            return made
        except (SyntaxError, ValueError, TypeError):
            return None

    def _called(self, function: Callable[..., Any], index: int) -> Outcome:
        if self.calls <= 0 or self.lines <= 0:
            raise _Late
        self.calls -= 1
        probe = self.bench.probes[index]
        with _few_lines() as left:
            made = once(function, probe.args, probe.kwargs)
        self.lines -= _MOST_LINES - left[0]
        return made

    def _fits(self, function: Callable[..., Any], test: Test) -> bool:
        """Tell whether a function does on every call what the learner's did."""
        rest = [i for i in range(len(self.outcomes)) if i != self.first]
        return all(test(self._called(function, index), index) for index in [self.first, *rest])

    def _only(self, candidates: Sequence[_Candidate], test: Test) -> str:
        """Give the words of the edits of the best rank that fit, if all of them say the same."""
        near = [one for one in candidates if test(one.outcome, self.first)]
        if self.only_updates:
            near = [one for one in near if isinstance(one.edit.new, ast.Pass)]
        for rank in sorted({one.edit.rank for one in near}):
            words = {
                one.edit.words
                for one in near
                if one.edit.rank == rank and self._fits(one.function, test)
            }
            if words:
                return words.pop() if len(words) == 1 else ""
        return ""

    def _as_edits(self) -> list[tuple[Mistake, _Candidate]]:
        """Find the written mistakes that are a single edit of the reference each."""
        found = []
        for mistake in self.exercise.mistakes:
            test = self._like(mistake)
            for one in self._candidates:
                if test(one.outcome, self.first) and self._fits(one.function, test):
                    found.append((mistake, one))
                    break
        return found

    def _both(self, left: _Candidate, right: _Candidate) -> Iterator[Callable[..., Any]]:
        """Make the functions with one edit, then another that says the same as the second."""
        tree = apply(left.tree, left.edit)
        for edit in edits(tree, self.known):
            if edit.words == right.edit.words:
                function = self._defined(left.target, apply(tree, edit))
                if function is not None:
                    yield function

    # --- what counts as the same ---------------------------------------------------------------

    def _test(self, output: int | None) -> Test:
        def same(made: Outcome, index: int) -> bool:
            own = self.outcomes[index]
            if output is None:
                return same_outcome(self.exercise, own, made)
            got, other = own.value, made.value
            if not isinstance(got, tuple | list) or not isinstance(other, tuple | list):
                return False
            if output >= min(len(got), len(other)):
                return False
            return not self._differ(got[output], other[output])

        return same

    def _like(self, mistake: Mistake) -> Test:
        def same(made: Outcome, index: int) -> bool:
            return same_outcome(self.exercise, self.bench.other(mistake.answer, index), made)

        return same

    def _differ(self, got: Any, want: Any) -> bool:
        return difference(got, want, tolerance=self.exercise.tolerance) is not None


def _continued(
    trace: Callable[..., Any], tree: ast.FunctionDef, name: str, value: Any
) -> Callable[..., Any] | None:
    """Make a trace in which a name has a given value; None unless it is set once, in no loop."""
    sets = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == name]
    count = sum(isinstance(node.ctx, ast.Store) for node in sets)
    places = [
        place
        for place, node in enumerate(tree.body)
        if isinstance(node, ast.Assign) and [ast.unparse(t) for t in node.targets] == [name]
    ]
    if count != 1 or len(places) != 1:
        return None
    changed = copy.deepcopy(tree)
    changed.body[places[0]].value = ast.Name("_own_value", ast.Load())  # type: ignore[attr-defined]
    array = array_of(value)
    space = {**trace.__globals__, "_own_value": value if array is None else array}
    return define(changed, space, _FILE)


def _known_names(exercise: CodeExercise) -> set[str]:
    """List the names that the learner has read: of arguments, outputs, hints and messages."""
    texts = [exercise.title, *exercise.hints, *exercise.outputs, exercise.solved]
    texts += [mistake.message for mistake in exercise.mistakes]
    words = set(re.findall(r"[A-Za-z_]\w*", " ".join(texts)))
    if exercise.trace is not None:
        words |= set(exercise.trace.__code__.co_varnames)
    return words | set(exercise.argument_names)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            yield


class _TooManyLines(BaseException):
    """An edited function runs on."""


@contextlib.contextmanager
def _few_lines() -> Iterator[list[int]]:
    """End an edited function that runs on, after a number of lines; give how many are left."""
    left = [_MOST_LINES]

    def count(frame: Any, event: str, arg: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise _TooManyLines
        return count

    def enter(frame: Any, event: str, arg: Any) -> Any:
        return count if frame.f_code.co_filename == _FILE else None

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        yield left
    finally:
        sys.settrace(before)
