"""Claim 9: what its experiment measures, apart from the record."""

from __future__ import annotations

import numpy as np
import pytest

from course import claims
from course.claims import FAILS, HOLDS_WITHIN, Record, figure
from course.claims import sequence_models as lesson


def changed(number: int, figures: dict[str, float]) -> Record:
    """Return a claim's record in which some figures are the same number for all seeds."""
    record = claims.record(number)
    new = {name: [value] * len(record.seeds) for name, value in figures.items()}
    return Record(**{**vars(record), "figures": {**record.figures, **new}})


@pytest.mark.parametrize("task", lesson.TASKS)
@pytest.mark.parametrize("T", [3, 9, 41])
def test_claim_9_the_answers_are_right_and_balanced(task: str, T: int) -> None:
    x, answers = lesson.task_batch(task, 4000, T, np.random.default_rng(T))
    assert x.shape == (4000, T)
    told = {
        "third from the end": lambda row: row[-3],
        "first": lambda row: row[0],
        "marker": lambda row: int(2 in row),
        "more ones": lambda row: int(row.count(1) > row.count(0)),
    }[task]
    assert [told(row) for row in x.tolist()] == answers.tolist()
    assert abs(answers.mean() - 0.5) < 0.04


def test_claim_9_a_tie_is_refused() -> None:
    with pytest.raises(ValueError, match="an odd T from 3 on"):
        lesson.task_batch("more ones", 5, 4, np.random.default_rng(0))


def test_claim_9_the_verdict_follows_the_record() -> None:
    record = claims.record(9)
    assert claims.get(9).rule(record).word == HOLDS_WITHIN
    T, tasks = max(record.settings["lengths"]), record.settings["tasks"]
    accuracy = {figure("accuracy", task=task, T=T): 1.0 for task in tasks}
    assert "4 of 4 tasks" in claims.get(9).rule(changed(9, accuracy)).reason
    assert claims.get(9).rule(changed(9, {figure("taken", T=1000): 0.0})).word == FAILS
    low = dict.fromkeys(accuracy, 0.5)
    assert str(claims.get(9).rule(changed(9, low))).startswith(f"{FAILS}: only the shapes")


def test_claim_9_each_task_was_learned_at_the_lengths_of_training() -> None:
    record = claims.record(9)
    for task in record.settings["tasks"]:
        T = record.settings["longest_trained"]
        assert record.interval("accuracy", task=task, T=T).low > 0.95


def test_claim_9_the_marker_comes_once_or_twice() -> None:
    x, answers = lesson.once_or_twice("", 4000, 13, np.random.default_rng(0))
    assert ((x == 2).sum(axis=1) == 1 + answers).all()
    assert abs(answers.mean() - 0.5) < 0.04


def test_claim_9_counting_to_two_is_lost_though_it_needs_no_more_room_than_the_marker() -> None:
    """Lesson 01 tells it with these numbers."""
    told = claims.record(9).challenges[0].figures
    assert told[figure("accuracy", task="once or twice", T=13)] == 1.0
    assert round(100 * told[figure("accuracy", task="once or twice", T=513)]) == 58


@pytest.mark.parametrize("change", [lesson.with_relu, lesson.with_once_or_twice])
def test_claim_9_a_challenge_leaves_the_experiment_as_it_was(change) -> None:
    import torch

    before = torch.nn.RNN, lesson.task_batch, lesson.TASKS
    settings = {**claims.get(9).settings, "steps": 2, "sequences": 2, "lengths": [3], "taken": [2]}
    task = "once or twice" if change is lesson.with_once_or_twice else "first"
    change(0, **{**settings, "tasks": [task]})
    assert (torch.nn.RNN, lesson.task_batch, lesson.TASKS) == before
