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
