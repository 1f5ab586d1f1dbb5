"""Exercise 1.1: three steps ahead."""

from __future__ import annotations

import numpy as np

from course.exercises.bank import Mistake, ValueExercise, register


def _three_steps() -> tuple[float, float, float]:
    """Multiply (4, 6) by the matrix of one step, three times over."""
    step = np.array([[0.0, 1.0], [-0.5, 1.5]])  # (older, newer) -> (newer, next)
    return tuple(  # type: ignore[return-value]
        float((np.linalg.matrix_power(step, k) @ [4.0, 6.0])[1]) for k in (1, 2, 3)
    )


register(
    ValueExercise(
        name="sequence.three_steps",
        title="Three steps ahead",
        points=1,
        answer=(7.0, 7.5, 7.75),
        tolerance=0.004,
        oracle=_three_steps,
        mistakes=[
            Mistake(
                "swapped_weights",
                "You gave 1.5 to the older value. In the rule it belongs to the newer one, $x_t$.",
                (3.0, 7.5, 0.75),
            ),
            Mistake(
                "read_backwards",
                "You took 4 for the newest value. They are in order of time: 6 is $x_t$, 4 "
                "is $x_{t-1}$.",
                (3.0, 2.5, 2.25),
            ),
            Mistake(
                "same_again",
                "You forecast one step and repeated it. After the first step the window moves on: "
                "the newest value is 7 now.",
                (7.0, 7.0, 7.0),
            ),
            Mistake(
                "old_stays",
                "The newer value moved on, the older one did not. At the second step the two "
                "values are 6 and 7, not 4 and 7.",
                (7.0, 8.5, 10.75),
            ),
            Mistake(
                "new_stays",
                "The forecast has to become the newer value, and 6 the older one. You kept 6 as "
                "the newer value and put the forecast into the older one's place.",
                (7.0, 5.5, 6.25),
            ),
            Mistake(
                "plus",
                "The second weight is −0.5, with a minus sign.",
                (11.0, 19.5, 34.75),
            ),
            Mistake(
                "straight_line",
                "You drew a straight line through 4 and 6. The rule adds only half of the last "
                "difference: 6 + 0.5 · (6 − 4).",
                (8.0, 10.0, 12.0),
            ),
        ],
        hints=[
            "A forecast of several steps uses its own forecasts as if they were values.",
            "The first step sees 4 and 6. The second sees 6 and the first forecast. The third sees "
            "the first two forecasts.",
            "First: 1.5 · 6 − 0.5 · 4 = 7. Put 7 behind 6, forget 4, and go on.",
        ],
        solved="From the second step on the rule works on its own output. If the first forecast is "
        "off, the others inherit it.",
    )
)
