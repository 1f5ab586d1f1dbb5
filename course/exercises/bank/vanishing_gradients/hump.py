"""Exercise 6.7: the top of the hump."""

from __future__ import annotations

import numpy as np

from course.exercises.bank import Mistake, ValueExercise, register


def _hump() -> int:
    """The distance at which the gradient is longest, by trying."""
    W, dh, norms = np.array([[0.85, 2.0], [0.0, 0.85]]), np.array([1.0, 0.0]), []
    for _ in range(60):
        norms.append(np.linalg.norm(dh))
        dh = W.T @ dh
    return int(np.argmax(norms))


register(
    ValueExercise(
        name="vanishing.hump",
        title="The top of the hump",
        points=1,
        answer=6,
        oracle=_hump,
        mistakes=[
            Mistake(
                "falls_at_once",
                "You trusted the eigenvalues: both are 0.85. They rule the long run. Before that, "
                "the entry 2 feeds one direction into the other. Or you multiplied by W: one step "
                "back multiplies by the transposed W.",
                0,
            ),
            Mistake(
                "first_step",
                "One step makes it longer, and so do the next ones: go on until it falls.",
                1,
            ),
            Mistake(
                "one_too_few",
                "Nearly: the step from 5 to 6 still makes it longer, by 6 / 5 · 0.85 = 1.02.",
                5,
            ),
            Mistake(
                "one_too_many",
                "Nearly: the step from 6 to 7 makes it shorter, by 7 / 6 · 0.85 = 0.99.",
                7,
            ),
            Mistake(
                "the_other_matrix",
                "That is the top for the matrix with 0.9 and 1. Here the diagonal is 0.85, so the "
                "second entry grows as long as (d + 1) / d · 0.85 is above 1.",
                9,
            ),
        ],
        hints=[
            "Multiply `dh` by the transposed matrix again and again, and write down its length.",
            "After d steps `dh` is (0.85 to the power of d, 2 d · 0.85 to the power of d − 1). The "
            "second entry is by far the longer one.",
            "The second entry grows as long as (d + 1) / d · 0.85 is above 1.",
            "(d + 1) / d · 0.85 > 1 means d < 5.67.",
        ],
        solved="A matrix with both eigenvalues at 0.85 makes a gradient more than five times as "
        "long before it lets it vanish.",
    )
)
