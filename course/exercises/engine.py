"""What a learner calls: `check` and `hint` (`use` is in `handover`).

The stages, each a file with what it hands on: `run` → Run, `compare` → Comparison, `judge` →
Verdict, `explain` → Score. A value takes the short way through `value`.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from course.exercises import memory, mine
from course.exercises.bank import SEEDS, find, suggestions, trouble
from course.exercises.bank.kinds import CodeExercise, Exercise, ValueExercise
from course.exercises.bench import Bench
from course.exercises.compare import compare
from course.exercises.data import plain, short, steady
from course.exercises.explain import explain, plain_score, refused
from course.exercises.judge import judge as find_why
from course.exercises.judge import state_of
from course.exercises.mend import with_proposal
from course.exercises.quiet import replaced_note, untouched
from course.exercises.run import Run, given
from course.exercises.score import Hint, Score
from course.exercises.value import judge_value

__all__ = ["check", "hint", "judge", "judge_run", "state"]

_RAISE_OWN_ERRORS = False
"""The tests set this, so that an error of the engine's own is not mistaken for a verdict."""


def judge(exercise: Exercise, answer: Any, seeds: tuple[int, ...] = SEEDS) -> Score:
    """Judge an answer to an exercise, with probes from the given seeds.

    Parameters
    ----------
    exercise : Exercise
        A code or value exercise.
    answer : object
        The learner's function or value.
    seeds : tuple of int
        What the probes are made from.
    """
    if isinstance(exercise, CodeExercise):
        instead = given(answer, takes_a_class=exercise.call is not None)
        if instead is not None:
            return refused(exercise, instead)
        with untouched() as replaced:
            bench = Bench(exercise, seeds)
            done = with_proposal(bench, answer, _called(bench, answer, replaced))
            return judge_run(bench, done)
    if isinstance(exercise, ValueExercise):
        with untouched():
            return judge_value(exercise, answer)
    said = "This answer is read by a person. Compare it with the rubric in Solutions."
    return plain_score(exercise, "unattempted", [said])


def judge_run(bench: Bench, done: Run) -> Score:
    """Take what the calls did, here or in another process, through the stages after the first.

    Parameters
    ----------
    bench : Bench
        The probes and what is wanted.
    done : Run
        What an answer did with them.
    """
    compared = compare(bench, done)
    return explain(bench, done, compared, find_why(bench, done, compared))


def state(exercise: Exercise, answer: Any, seeds: tuple[int, ...] = SEEDS) -> str:
    """Say only whether an answer passes: no cause is looked for, so this is cheap.

    Parameters
    ----------
    exercise : Exercise
        A code or value exercise.
    answer : object
        The learner's function or value.
    seeds : tuple of int
        What the probes are made from.

    Returns
    -------
    str
        A state of `Score`'s: ``solved``, ``partly``, ``wrong``, ``unattempted``, ``stopped``.
    """
    if not isinstance(exercise, CodeExercise) or given(answer, exercise.call is not None):
        return judge(exercise, answer, seeds).state
    with untouched() as replaced:
        bench = Bench(exercise, seeds)
        done = _called(bench, answer, replaced)
        return state_of(bench, done, compare(bench, done))[0]


def _called(bench: Bench, answer: Any, replaced: list[str]) -> Run:
    _ = bench.wanted, bench.watch  # first, so that their imports do not cost the learner's time
    done = bench.run(answer, limit=bench.exercise.time_limit, repeat=True)
    return dataclasses.replace(done, notes=(*done.notes, *replaced_note(replaced)))


def _name_of(name: Any) -> str:
    data = plain(name)
    return short(steady(data), 60) if isinstance(data, str) else ""


def _unknown(name: str, what: str) -> Score:
    near = suggestions(name) if name else []
    texts = []
    if not name:
        texts.append(
            f'The first argument is the exercise\'s name in quotes: `{what}("rnn.step", …)`.'
        )
    if trouble(name):
        texts.append(f"The exercises of this lesson could not be loaded: `{trouble(name)}`.")
    if near:
        texts.append(f"Did you mean {' or '.join(f'`{n}`' for n in near[:3])}?")
    elif name and not trouble(name):
        texts.append("The names are in the lesson's check cells.")
    return Score(0.0, 0.0, exercise=name, state="unknown", title=name, paragraphs=texts)


def check(name: str, answer: Any, record: bool = True) -> Score:
    """Check an answer. It never raises: the message says what is right and what is not.

    Parameters
    ----------
    name : str
        The exercise, as ``rnn.step``.
    answer : object
        Your function, or your value.
    record : bool
        False for solution cells: judge in the same way, remember nothing.

    Returns
    -------
    Score
        The points; a notebook shows the message.
    """
    try:
        text = _name_of(name)
        exercise = find(text) if text else None
        if exercise is None:
            return _unknown(text, "check")
        score = judge(exercise, answer)
        if record:
            notes = [memory.remember(exercise, score)]
            if score.state == "solved" and memory.is_on():
                notes.append(mine.keep(exercise, answer))
            for note in filter(None, notes):
                score = score.with_note(note)
        return score
    except KeyboardInterrupt:
        return Score(0.0, 0.0, state="stopped", paragraphs=["You stopped the check."])
    except Exception as error:
        if _RAISE_OWN_ERRORS:
            raise
        said = steady(short(f"{type(error).__name__}: {error}", 200)).replace("`", "'")
        return Score(
            0.0,
            0.0,
            state="failed",
            title=str(plain(name)) if isinstance(plain(name), str) else "",
            paragraphs=[
                f"This is not your fault: `{said}`. Please report it with the exercise's name."
            ],
        )


def hint(name: str, restart: bool = False) -> Hint:
    """Give one more step of help: the concept, the shapes, the plan, one line of code.

    Parameters
    ----------
    name : str
        The exercise, as ``rnn.step``.
    restart : bool
        Begin again with the first.

    Returns
    -------
    Hint
        A notebook shows its text.
    """
    text = _name_of(name)
    exercise = find(text) if text else None
    if exercise is None:
        score = _unknown(text, "hint")
        _, title, paragraphs, _ = score._shown
        return Hint(title, " ".join(paragraphs), state="unknown")
    hints = list(exercise.hints)
    if not hints:
        return Hint(exercise.title, "There is no hint for this one.")
    given, note = memory.count_hint(exercise, restart)
    number = min(given, len(hints))
    left = len(hints) - number
    if given > len(hints):
        tail = "That was the last one. The solution is at the lesson's end, under Solutions."
    elif left == 0:
        tail = "No hint is left. The solution is at the lesson's end, under Solutions."
    else:
        tail = f"{left} more hint{'s' if left > 1 else ''}: run this cell again."
    title = f"{exercise.title} · {number} of {len(hints)}"
    return Hint(title, hints[number - 1], f"{tail} {note}".strip())
