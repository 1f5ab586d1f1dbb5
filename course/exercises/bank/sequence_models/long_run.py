"""Exercise 1.4: where a free-running forecast goes."""

from __future__ import annotations

import math

import numpy as np

from course.exercises.bank import Mistake, ValueExercise, register


def _long_run() -> float:
    """Run the rule for a long time."""
    value = 5.0
    for _ in range(1000):
        value = float(np.dot([0.8, -12.0], [value, 1.0]))
    return value


def _next(n: float) -> str:
    """Say where one more step leads from a number."""
    if not math.isfinite(n):
        return "Each step takes a fifth of the value away, so it stays within bounds."
    return f"From {n:g} one more step leads to {0.8 * n - 12:g}: it has not settled."


register(
    ValueExercise(
        name="sequence.long_run",
        title="Where does it go?",
        points=1,
        answer=-60.0,
        tolerance=0.5,
        oracle=_long_run,
        intermediates=(-12.0, 0.8, 5.0),
        mistakes=[
            Mistake(
                "one_step",
                "This is the forecast one step ahead. Feed it back in, again and again.",
                -8.0,
            ),
            Mistake(
                "two_steps",
                "This is the forecast two steps ahead. It has not settled yet.",
                -18.4,
            ),
            Mistake(
                "three_steps",
                "This is the forecast three steps ahead. It has not settled yet.",
                -26.72,
            ),
            Mistake(
                "no_constant",
                "With the weight alone it would shrink to 0. But the constant is added at every "
                "step.",
                0.0,
            ),
            Mistake(
                "constant_alone",
                "This is the constant. It is where one step leads from 0, and from there the rule "
                "goes on.",
                -12.0,
            ),
            Mistake(
                "divided_by_weight",
                "You divided the constant by 0.8. The value where nothing changes any more solves "
                "v = 0.8 v − 12.",
                -15.0,
            ),
            Mistake(
                "sum_of_both",
                "You divided by 1 + 0.8. Bring both v of v = 0.8 v − 12 to one side: what is left "
                "of v there?",
                -12 / 1.8,
            ),
            Mistake(
                "sign",
                "The size is right, the sign is not. The constant is negative.",
                60.0,
            ),
            Mistake(
                "stays",
                "It does not stay where it starts: the first step leads from 5 to −8.",
                5.0,
            ),
        ],
        consequence=_next,
        hints=[
            "Work out three or four steps. In which direction do they go, and do they get smaller?",
            "At the end nothing changes any more: the forecast equals the value before it.",
            "Call that value v. The rule says v = 0.8 v − 12.",
            "0.2 v = −12.",
        ],
        solved="The start does not matter. Each step shrinks the distance from this value by a "
        "fifth, so a trace of the last measurement fades within some twenty steps.",
    )
)
