"""Attempts to overturn the verdict of addition."""

from __future__ import annotations

from typing import Any
from unittest import mock

from course.claims.trials import Trial

THREE = (10, 11, 12)


def from_the_first_digit(seed: int, **settings: Any) -> dict[str, float]:
    """Run the experiment of addition; answers are written as they are read.

    The experiment turns each answer round, so that it is given turned ones.
    """
    from course.claims import addition as module
    from course.grammar import addition

    turned = {
        part: [addition.Addition(question, answer[::-1]) for question, answer in pairs]
        for part, pairs in addition.generate().items()
    }
    with mock.patch.object(addition, "generate", lambda: turned):
        return module.experiment_addition(seed, **settings)


_REACHED = ("exact match", "updates")

TRIALS_ADDITION = (
    Trial(
        "one start, not the best of three, and 6 rounds in all, not 15",
        {"starts": 1, "rounds": 4},
        seeds=THREE,
        decides=_REACHED,
    ),
    Trial(
        "32 units in place of 64, from one start, and 8 rounds in all, not 15",
        {"hidden_size": 32, "starts": 1, "rounds": 6},
        seeds=THREE,
        decides=_REACHED,
    ),
    Trial(
        "answers written from their first digit, from one start, and 8 rounds in all, not 15",
        {"starts": 1, "rounds": 6},
        seeds=THREE,
        experiment=from_the_first_digit,
        decides=_REACHED,
    ),
)
