"""Exercise 11.1: what a query of twice the length changes."""

from __future__ import annotations

from course.exercises.bank import (
    Mistake,
    ValueExercise,
    register,
)


def _twice_the_query() -> float:
    """The weight of 학생 by torch, for the query of the page times two."""
    import torch

    h = torch.tensor([[1.0, 0, 0, 1], [1, 0, 0, 2], [1, 1, 2, 0], [1, 1, 0, 0]]).double()
    s = torch.tensor([-1.705, -1.396, 1.439, -0.598]).double()
    return float((h @ (2 * s)).softmax(dim=0)[2])


register(
    ValueExercise(
        name="attention.twice_the_query",
        title="Twice the query",
        points=1,
        answer=0.977,
        tolerance=0.003,
        oracle=_twice_the_query,
        mistakes=[
            Mistake(
                "unchanged",
                "The weights would stay if only the query's *direction* counted. Here the scores "
                "double, and $e^{2x}$ is not $2 e^x$.",
                0.8,
            ),
            Mistake(
                "doubled",
                "A weight cannot be above 1. What doubles is the score, not the weight.",
                1.6,
            ),
            Mistake(
                "not_divided",
                "$0.8^2 = 0.64$ is the right beginning. Now all four squares have to be divided by "
                "their sum.",
                0.64,
            ),
            Mistake(
                "flattened",
                "These are the weights for *half* the query: you took roots where squares belong.",
                0.540,
            ),
            Mistake(
                "two_of_them",
                "You left out the two smallest weights. Their squares count, too, though little.",
                0.9846,
            ),
        ],
        hints=[
            "What happens to each score $s · h_j$, and then to $e$ to the power of it?",
            "$e^{2x} = (e^x)^2$: each weight is squared, and then all are divided by the new sum.",
            "The squares are 0.01, 0.003025, 0.64 and 0.002025.",
            "`0.64 / (0.01 + 0.003025 + 0.64 + 0.002025)`",
        ],
        solved="The direction of the query says where to look, its length how sharply. A network "
        "learns both.",
    )
)
