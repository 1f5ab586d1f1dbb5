"""Exercise 6.7: the top of the hump."""

from __future__ import annotations

import math

import numpy as np

from course.exercises.bank import Mistake, ValueExercise, register


def _hump() -> int:
    """The distance at which the gradient is longest, by trying."""
    W, dh, norms = np.array([[0.85, 2.0], [0.0, 0.85]]), np.array([1.0, 0.0]), []
    for _ in range(60):
        norms.append(np.linalg.norm(dh))
        dh = W.T @ dh
    return int(np.argmax(norms))


def _length(distance: float) -> float:
    """The length of the gradient at a distance."""
    return math.hypot(0.85**distance, 2 * distance * 0.85 ** (distance - 1))


def _consequence(distance: float) -> str:
    """Say what follows from a wrong distance."""
    if distance < 0:
        return "Distances count steps back from the loss, so they are not negative."
    if 5.2 < distance < 5.4:
        return "That is how long the gradient becomes. Asked for is at which distance."
    if 5.6 < distance < 5.8:
        return (
            "As long as the distance d is below 5.67, the step from d to d + 1 makes the gradient "
            "longer. Which whole step is the last of these?"
        )
    if 6.1 <= distance <= 6.2:
        return (
            "A curve through the lengths has its top there, but distances are whole: compare the "
            "two beside it."
        )
    if distance != round(distance):
        return "A distance is a whole number of steps."
    here = f"At distance {distance:g} the gradient is {_length(distance):.3g} long"
    if distance < 6:
        return f"{here}, and one step later it is {_length(distance + 1):.3g}: it is still growing."
    return f"{here}, and one step earlier it was {_length(distance - 1):.3g}: the top is past."


register(
    ValueExercise(
        name="vanishing.hump",
        title="The top of the hump",
        points=1,
        answer=6,
        oracle=_hump,
        consequence=_consequence,
        mistakes=[
            Mistake(
                "falls_at_once",
                "Either you trusted the eigenvalues, both 0.85: they set the pace of the long run, "
                "but before that the entry 2 feeds one direction into the other. Or you multiplied "
                "by W: one step back multiplies by its transpose.",
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
            "From d to d + 1 the second entry is multiplied by (d + 1) / d · 0.85. It grows while "
            "that is above 1.",
            "(d + 1) / d · 0.85 > 1 means d < 5.67.",
        ],
        solved="A matrix with both eigenvalues at 0.85 makes a gradient more than five times as "
        "long before it lets it vanish.",
    )
)
