"""Exercise 1.7: the update of a latent state."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register

Array = npt.NDArray[Any]


def update_state(h_prev: Array, x_t: Array, alpha: Array) -> Array:
    """Move each running mean a share α of the way to the new value."""
    change = alpha * (x_t[:, None] - h_prev)
    h_t = h_prev + change
    return h_t


def _trace(h_prev: Array, x_t: Array, alpha: Array) -> dict[str, Array]:
    """The two lines by name."""
    change = alpha * (x_t[:, None] - h_prev)
    h_t = h_prev + change
    return {"change": change, "h_t": h_t}


def _probes(rng: np.random.Generator) -> list[Probe]:
    """The text's example, then sizes that tell the two axes apart; B = H hides nothing either."""
    example = (np.array([[4.0, 4.0, 4.0]]), np.array([12.0]), np.array([1.0, 0.5, 0.25]))
    probes = [Probe(example, label=EXAMPLE)]
    sizes = ((1, 2, "B = 1"), (2, 2, "two of everything"), (3, 2, ""), (2, 4, ""), (4, 1, "H = 1"))
    for B, H, label in sizes:
        arrays = (
            rng.normal(size=(B, H)),
            rng.normal(size=B),
            rng.uniform(0.1, 0.9, size=H),
        )
        probes.append(Probe(tuple(array.round(2) for array in arrays), label=label))
    whole = (np.array([[4, 2], [1, 3]]), np.array([5, 2]), np.array([0.5, 0.25]))
    probes.append(Probe(whole, label="states of whole numbers"))
    return probes


def _torch(h_prev: Array, x_t: Array, alpha: Array) -> Array:
    import torch

    old, new, share = (
        torch.tensor(array, dtype=torch.float64) for array in (h_prev, x_t[:, None], alpha)
    )
    return torch.lerp(old, new.expand_as(old), share.expand_as(old)).numpy()


def _weighted(h_prev: Array, x_t: Array, alpha: Array) -> Array:
    return np.asarray((1 - alpha) * h_prev + np.outer(x_t, alpha))


def _loops(h_prev: Array, x_t: Array, alpha: Array) -> Array:
    rows = [
        [h + a * (x - h) for h, a in zip(row, alpha, strict=True)]
        for row, x in zip(h_prev, x_t, strict=True)
    ]
    return np.array(rows)


def _again(h_prev: Array, x_t: Array, alpha: Array) -> Array:
    return update_state(update_state(h_prev, x_t, alpha), x_t, alpha)


def _in_place(h_prev: Array, x_t: Array, alpha: Array) -> Array:
    h_prev += alpha * (x_t[:, None] - h_prev)
    return h_prev


MISTAKES = [
    Mistake(
        "shares_swapped",
        "You gave the share α to the old mean and 1 − α to the new value. With α = 1 the mean has "
        "to become the new value.",
        lambda h, x, a: a * h + (1 - a) * x[:, None],
    ),
    Mistake(
        "nothing_forgotten",
        "You add α times the new value, but take nothing away from the old mean. It moves towards "
        "x, so the distance to x counts: x − h.",
        lambda h, x, a: h + a * x[:, None],
    ),
    Mistake(
        "old_forgotten",
        "The old mean is missing from your result: it is only α times the new value.",
        lambda h, x, a: a * x[:, None] * np.ones_like(h),
    ),
    Mistake(
        "change_alone",
        "This is the change. Add it to the old mean.",
        lambda h, x, a: a * (x[:, None] - h),
    ),
    Mistake(
        "away_from_it",
        "Your means move away from the new value. Mind the sign: the distance is x − h.",
        lambda h, x, a: h + a * (h - x[:, None]),
    ),
    Mistake(
        "plus",
        "There is a plus where the distance x − h has a minus.",
        lambda h, x, a: h + a * (x[:, None] + h),
    ),
    Mistake(
        "no_share",
        "Without α, every mean becomes the new value, and the past is gone.",
        lambda h, x, a: np.repeat(x[:, None], h.shape[1], axis=1),
    ),
    Mistake(
        "half_for_all",
        "You take the middle of old and new for every mean. Each has its own α.",
        lambda h, x, a: (h + x[:, None]) / 2,
    ),
    Mistake(
        "lies_flat",
        "`x_t` is (B,), and NumPy lays it along the rows of `h_prev`, (B, H). Each row needs its "
        "own value: `x_t[:, None]` stands upright, (B, 1).",
        lambda h, x, a: h + a * (x - h),
    ),
    Mistake(
        "alpha_stands_up",
        "You turned α upright, (H, 1), so that it goes with the rows. Each column of `h_prev` has "
        "its own α: leave it as it is, (H,).",
        lambda h, x, a: h + a[:, None] * (x[:, None] - h),
    ),
    Mistake(
        "twice",
        "You update twice with the same value. One update for each value is enough.",
        _again,
    ),
    Mistake(
        "in_place",
        "The result is right, but you write it into the array that you were given. Whoever calls "
        "you may still need the old state: return a new array.",
        _in_place,
    ),
    Mistake(
        "divided_again",
        "You divided by 1 + α. The shares are 1 − α for the old mean and α for the new value, and "
        "they already sum to one.",
        lambda h, x, a: (h + a * x[:, None]) / (1 + a),
    ),
    Mistake(
        "always_up",
        "Your means can only rise: you took the size of the distance and lost its sign.",
        lambda h, x, a: h + a * np.abs(x[:, None] - h),
    ),
    Mistake(
        "squared_share",
        "α is in your change twice.",
        lambda h, x, a: h + a * a * (x[:, None] - h),
    ),
]

register(
    CodeExercise(
        name="sequence.update_state",
        title="Build the update",
        points=2,
        package="sequence.update_state",
        reference=update_state,
        trace=_trace,
        probes=_probes,
        oracle=_torch,
        must_not_change=("h_prev",),
        equivalents={"torch": _torch, "weighted": _weighted, "loops": _loops},
        outputs=("h_t",),
        axes=("BH",),
        mistakes=MISTAKES,
        hints=[
            "Each running mean goes a part of the way from where it is to the new value. α says "
            "which part.",
            "`h_prev` is (B, H) and `x_t` is (B,). For the difference you need `x_t` as a column, "
            "(B, 1). `alpha`, (H,), already fits the columns of the result.",
            "First line: `change` is α times the distance from `h_prev` to `x_t`. Second line: "
            "`h_t` is `h_prev` plus that change. Return it.",
            "`change = alpha * (x_t[:, None] - h_prev)`",
        ],
        solved="The state has H numbers, however long the series is. Every value so far has left a "
        "trace in it, and older ones weigh less.",
    )
)
