"""Run a student's notebook in a child process, and judge here what came back.

The parent holds the probes, the right answers and the clock. The child gets cells and calls, and
returns plain data (`wire`). A child that hangs is killed with all that it started (`process`); one
that dies is started again without the cell or the call that killed it. So a grade never rests on
what a student's process says of itself, and one exercise's trouble is not another's.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from course.exercises.bank import SEEDS, CodeExercise, Exercise, ValueExercise
from course.exercises.bench import Bench
from course.exercises.data import Tensor
from course.exercises.engine import judge_run
from course.exercises.explain import plain_score, refused, unattempted
from course.exercises.run import Given
from course.exercises.score import Score
from course.exercises.value import judge_given
from course.grading import wire
from course.grading.plan import Cell, Place, needed
from course.grading.process import SHORT, Child, Gone, Limits

__all__ = ["Ask", "Finding", "Limits", "collect"]


# --- asking ----------------------------------------------------------------------------------


@dataclass
class Ask:
    """An exercise to be looked for in a notebook.

    Attributes
    ----------
    exercise : Exercise
        With the points that it has in this assignment.
    variable : str
        The name that the release's check cell passes.
    places : list of Place
        Where its answers stand.
    seeds : tuple of int
        What the grader's own probes are made from.
    """

    exercise: Exercise
    variable: str
    places: list[Place]
    seeds: tuple[int, ...]


@dataclass
class Finding:
    """What an exercise earned, and where the answer was.

    Attributes
    ----------
    score : Score
        Points and message.
    notes : list of str
        What a teacher should know: a copied cell, a renamed function.
    seconds : float
        How long it took.
    look : list of str
        What the process noted of the student's code: references that it called, and the like.
    """

    score: Score
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    look: list[str] = field(default_factory=list)


_BENCHES: dict[Any, Bench] = {}


def _bench(exercise: CodeExercise, seeds: tuple[int, ...]) -> Bench:
    """Make an exercise's probes and right answers once in this process."""
    key = exercise.name, exercise.total, seeds
    if key not in _BENCHES:
        bench = Bench(exercise, seeds)
        _ = bench.wanted
        _BENCHES[key] = bench
    return _BENCHES[key]


class _Look:
    """One exercise at one place: the requests to send, and the judgement of the replies."""

    def __init__(self, ask: Ask, place: Place) -> None:
        self.ask, self.place = ask, place
        self.score: Score | None = None
        self.found_as = ""
        self.seen: dict[str, None] = {}

    def look(
        self, child: Child, errors: dict[int, str], limits: Limits, in_short: bool = False
    ) -> None:
        """Send the requests and judge. Raises `Gone` where the child did not survive them."""
        exercise = self.ask.exercise
        if isinstance(exercise, ValueExercise):
            reply = child.ask(("value", self.place.names), 30.0, "your value cannot be read")
            self.score = self._of_value(exercise, reply, errors)
            return
        assert isinstance(exercise, CodeExercise)
        limit = SHORT if in_short else exercise.time_limit * limits.patience
        own = self._code(child, exercise, SEEDS, errors, limit)
        self.score = own
        if own == 0:
            return
        unseen = self._code(child, exercise, self.ask.seeds, errors, limit)
        if unseen < own:
            said = "With the check's own inputs it goes further; the grader uses others as well."
            self.score = unseen.with_note(said)

    def _code(
        self,
        child: Child,
        exercise: CodeExercise,
        seeds: tuple[int, ...],
        errors: dict[int, str],
        limit: float,
    ) -> Score:
        bench = _bench(exercise, seeds)
        calls = [(probe.args, dict(probe.kwargs)) for probe in bench.probes]
        reply = child.ask(
            ("code", exercise.name, self.place.names, calls, limit, bench.watch),
            limit + min(limit, 5.0) + 1.0,
            f"after {limit:g} seconds your function still ran, and could not be stopped",
        )
        self.seen |= dict.fromkeys(_noted(reply))
        early = self._of_no_answer(reply, errors)
        if early is not None:
            return early
        try:
            if "given" in reply:
                given = Given(value=reply["given"], is_class=bool(reply["class"]))
                return self._judged(lambda: refused(exercise, given))
            done = bench.interpreted(wire.run_from_data(reply["run"], len(calls)))
        except (wire.Malformed, KeyError, ValueError, TypeError):
            raise Gone("your code broke the pipe") from None
        score = self._judged(lambda: judge_run(bench, done))
        if done.stuck:
            self.score = score
            raise Gone("")
        return score

    def _of_value(
        self, exercise: ValueExercise, reply: dict[str, Any], errors: dict[int, str]
    ) -> Score:
        early = self._of_no_answer(reply, errors)
        if early is not None:
            return early
        if "value" not in reply:
            raise Gone("your code broke the pipe")
        value = reply["value"]
        given = value.array if isinstance(value, Tensor) else value
        return self._judged(lambda: judge_given(exercise, given))

    def _judged(self, judge: Callable[[], Score]) -> Score:
        """Judge; a result that the judge itself stumbles over earns nothing."""
        try:
            return judge()
        except Exception as error:
            said = f"The result cannot be compared ({type(error).__name__})."
            return plain_score(self.ask.exercise, "wrong", [said])

    def _of_no_answer(self, reply: dict[str, Any], errors: dict[int, str]) -> Score | None:
        exercise = self.ask.exercise
        if "nothing" in reply:
            return unattempted(exercise)
        if "ours" in reply:
            said = "This is the course's own answer, not yours: it earns nothing."
            return plain_score(exercise, "wrong", [said])
        if "missing" not in reply:
            return None
        error = errors.get(self.place.after)
        if error:
            said = (
                f"The cell stops with `{error.replace('`', chr(39))}`, so there is no "
                f"`{self.ask.variable}` to check."
            )
            return plain_score(exercise, "wrong", [said])
        return None if self.place.elsewhere else missing(self.ask)


def missing(ask: Ask) -> Score:
    """Say that an exercise's answer is not in the notebook."""
    said = (
        f"There is no `{ask.variable}` in this notebook: the exercise's cell was removed, or its "
        "name was changed, and no other cell gives it."
    )
    return plain_score(ask.exercise, "unattempted", [said])


def collect(
    sources: Sequence[str],
    cells: Sequence[Cell],
    asks: Sequence[Ask],
    limits: Limits,
    lesson: Collection[int] = (),
) -> list[Finding]:
    """Run what is needed of a notebook and judge each exercise.

    Parameters
    ----------
    sources : sequence of str
        The texts of the code cells.
    cells : sequence of Cell
        The same cells, read.
    asks : sequence of Ask
        The exercises.
    limits : Limits
        What the student's process may take.
    lesson : collection of int
        The cells that stand so in the lesson.

    Returns
    -------
    list of Finding
        In the order of the asks.
    """
    end = time.monotonic() + limits.submission
    started = time.monotonic()
    waste = [0.0]
    seen: dict[str, None] = {}
    looks = [_Look(ask, place) for ask in asks for place in ask.places]
    plan = needed(cells, sorted({look.place.after for look in looks}))
    patience = [limits.lesson if i in lesson else limits.cell for i in range(len(sources))]
    _run(sources, patience, plan, looks, limits, end, waste, seen)
    again = [look for look in looks if _lacks_a_name(look, cells, plan)]
    if again:  # reading did not tell all: run everything, as the student did
        for look in again:
            look.score = None
        everything = {i for i, cell in enumerate(cells) if not cell.only_checks}
        _run(sources, patience, everything, again, limits, end, waste, seen)
    seconds = time.monotonic() - started
    found = [_finding(ask, [look for look in looks if look.ask is ask], seconds) for ask in asks]
    return [replace(one, look=[*seen, *one.look]) for one in found]


def _lacks_a_name(look: _Look, cells: Sequence[Cell], plan: set[int]) -> bool:
    """Tell whether an answer failed for want of a name that a cell left out would give."""
    if look.score is None or look.score.state not in ("wrong", "partly"):
        return False
    left_out = set().union(
        *(cell.gives for i, cell in enumerate(cells) if i not in plan and i < look.place.after)
    )
    names = re.findall(r"NameError: name '(\w+)' is not defined", look.score.message)
    return any(name in left_out for name in names)


def _run(
    sources: Sequence[str],
    patience: Sequence[float],
    plan: set[int],
    looks: Sequence[_Look],
    limits: Limits,
    end: float,
    waste: list[float],
    seen: dict[str, None],
) -> None:
    """Run the cells in order and look at the answers, with a new child after each death.

    `waste` holds the seconds that were lost so far to what had to be stopped, `seen` what the
    process noted of the cells.
    """
    bad: set[int] = set()
    errors: dict[int, str] = {}
    child: Child | None = None
    try:
        while any(look.score is None for look in looks):
            if time.monotonic() > end:
                for look in looks:
                    if look.score is None:
                        look.score = _stopped(look, "The time for the whole notebook was over.")
                return
            current: int | _Look | None = None
            since = time.monotonic()
            try:
                child = Child(limits)
                for i, source in enumerate(sources):
                    if not any(k.score is None and k.place.after >= i for k in looks):
                        break
                    if i in plan and i not in bad:
                        current, since = i, time.monotonic()
                        left = min(patience[i], max(1.0, end - since))
                        if waste[0] > limits.wasted and patience[i] <= limits.cell:
                            left = min(left, SHORT)
                        late = f"the cell still ran after {left:.0f} seconds"
                        reply = child.ask(("cell", source), left, late, soft=True)
                        said = reply.get("error")
                        seen |= dict.fromkeys(_noted(reply))
                        if not isinstance(said, str):
                            raise Gone("your code broke the pipe")
                        took = time.monotonic() - since
                        waste[0] += took if took >= left else 0.0  # it was interrupted
                        errors[i] = said[:400]
                    for look in looks:
                        if look.place.after == i and look.score is None:
                            current, since = look, time.monotonic()
                            look.look(child, errors, limits, waste[0] > limits.wasted)
                            if look.score is None:
                                look.score = missing(look.ask)
            except Gone as gone:
                waste[0] += time.monotonic() - since
                if isinstance(current, _Look):
                    if current.score is None or str(gone):
                        current.score = _stopped(current, _sentence(gone))
                elif current is not None:
                    bad.add(current)
                    errors[current] = str(gone)
                else:
                    raise RuntimeError(f"the child process cannot be started: {gone}") from None
            finally:
                if child is not None:
                    child.close()
                    child = None
    finally:
        if child is not None:
            child.close()


def _sentence(gone: Gone) -> str:
    text = str(gone)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _stopped(look: _Look, text: str) -> Score:
    return plain_score(look.ask.exercise, "stopped", [text])


def _finding(ask: Ask, looks: list[_Look], seconds: float) -> Finding:
    """Choose among the places: the last attempt counts, the exercise's own cells first."""
    if not looks:
        return Finding(missing(ask), ["no cell of this exercise was found"], seconds)
    scored = [look for look in looks if look.score is not None]

    def attempts(elsewhere: bool) -> list[_Look]:
        return [
            look
            for look in scored
            if look.place.elsewhere is elsewhere
            and look.score is not None
            and look.score.state != "unattempted"
        ]

    chosen = (attempts(False) or attempts(True) or scored)[-1]
    assert chosen.score is not None
    notes = []
    if chosen.place.elsewhere and chosen.score.state != "unattempted":
        notes.append("the answer was found in a cell of the student's own")
    if len({look.score.message for look in attempts(False) if look.score is not None}) > 1:
        notes.append("the exercise stands more than once; the last attempt counted")
    return Finding(chosen.score, notes, seconds, [text for look in looks for text in look.seen])


def _noted(reply: dict[str, Any]) -> list[str]:
    """What a child says that it noted, within bounds: nobody vouches for it."""
    seen = reply.get("seen")
    found = seen if isinstance(seen, list) else []
    return [text[:150] for text in found[:20] if isinstance(text, str)]


def with_points(exercise: Exercise, points: float) -> Exercise:
    """Give an exercise other points; its parts keep their shares.

    Parameters
    ----------
    exercise : Exercise
        From the bank.
    points : float
        What it is worth in this assignment.
    """
    if points == exercise.total:
        return exercise
    factor = points / exercise.total
    return replace(exercise, points={part: of * factor for part, of in exercise.parts.items()})
