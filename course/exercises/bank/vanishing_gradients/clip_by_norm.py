"""Exercise 6.5: build gradient clipping."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from course.exercises.bank.vanishing_gradients.common import Array

# Why mutants of the small number in the divisor pass.
GUARD = "it guards against a division by zero and changes less than the tolerance, as it should"


def clip_by_norm(gradients: Sequence[Array], limit: float) -> list[Array]:
    """Clip gradients by their joint norm."""
    norm = np.sqrt(sum((g**2).sum() for g in gradients))
    factor = min(1.0, limit / (norm + 1e-6))
    clipped = [factor * g for g in gradients]
    return clipped


def _trace(gradients: Sequence[Array], limit: float) -> dict[str, Any]:
    norm = np.sqrt(sum((g**2).sum() for g in gradients))
    factor = min(1.0, limit / (norm + 1e-6))
    clipped = [factor * g for g in gradients]
    return {"norm": norm, "factor": factor, "clipped": clipped}


def _probes(rng: np.random.Generator) -> list[Probe]:
    probes = [
        Probe(([np.array([[3.0]]), np.array([[4.0]]), np.array([12.0])], 6.5), label=EXAMPLE),
        Probe(([np.array([[0.3]]), np.array([[0.4]]), np.array([1.2])], 6.5), label="norm 1.3"),
        Probe(([np.array([0.6, 0.8])], 0.5), label="one array"),
        Probe(([np.array([[0.3]]), np.array([0.4])], 2.0), label="norm 0.5"),
        Probe(([np.zeros((2, 2)), np.zeros(2)], 0.5), label="all zero"),
    ]
    for D, H, scale, limit, label in (
        (3, 4, 5.0, 1.0, "all too long"),
        (2, 3, 0.01, 1.0, "all short"),
        (4, 2, 1.0, 2.5, "together too long, each short enough"),
    ):
        arrays = [rng.normal(size=shape) for shape in ((H, D), (H, H), (H,))]
        if limit == 2.5:
            arrays = [array * (2.0 / np.linalg.norm(array)) for array in arrays]
        probes.append(Probe(([scale * array for array in arrays], limit), label=label))
    arrays = [rng.normal(size=shape) for shape in ((4, 3), (4, 4), (4,))]
    uneven = [0.01 * arrays[0], 10 * arrays[1], arrays[2]]
    probes.append(Probe((uneven, 3.0), label="one dominates"))
    return probes


def _by_torch(gradients: Sequence[Array], limit: float) -> list[Array]:
    import torch

    weights = []
    for gradient in gradients:
        weight = torch.nn.Parameter(torch.zeros(gradient.shape, dtype=torch.float64))
        weight.grad = torch.tensor(gradient)
        weights.append(weight)
    torch.nn.utils.clip_grad_norm_(weights, limit)
    return [weight.grad.numpy() for weight in weights]  # type: ignore[union-attr]


def _by_if(gradients: Sequence[Array], limit: float) -> list[Array]:
    """The same without the small number."""
    norm = np.linalg.norm(np.concatenate([np.ravel(g) for g in gradients]))
    if norm > limit:
        return [g / norm * limit for g in gradients]
    return list(gradients)


def _norm(array: Array) -> float:
    return float(np.linalg.norm(array))


def _joint(gradients: Sequence[Array]) -> float:
    return math.sqrt(sum(float((g**2).sum()) for g in gradients))


def _by_size(size: Callable[[Sequence[Array]], float]) -> Callable[..., list[Array]]:
    """Clip all by one factor, from another size than the joint norm."""
    return lambda gradients, limit: [
        min(1.0, limit / (size(gradients) + 1e-6)) * g for g in gradients
    ]


def _by_factor(factor: Callable[[float, float], float]) -> Callable[..., list[Array]]:
    """Clip all by one factor of the joint norm and the limit."""
    return lambda gradients, limit: [factor(_joint(gradients), limit) * g for g in gradients]


def _running(gradients: Sequence[Array], limit: float) -> list[Array]:
    """Clip each array in the loop that adds up the squares."""
    clipped, total = [], 0.0
    for g in gradients:
        total += float((g**2).sum())
        clipped.append(min(1.0, limit / (math.sqrt(total) + 1e-6)) * g)
    return clipped


MISTAKES = [
    Mistake(
        "running_norm",
        "Each array is clipped by the norm of the arrays so far. Finish the sum over all arrays "
        "first; then multiply each by one factor, in a second loop.",
        _running,
    ),
    Mistake(
        "factors_alone",
        "You return the bare factors. Multiply each array by the factor: `factor * g`.",
        lambda gradients, limit: [min(1.0, limit / (_joint(gradients) + 1e-6)) for _ in gradients],
    ),
    Mistake(
        "factor_alone",
        "You return the bare factor. Return a list of the arrays, each multiplied by it.",
        lambda gradients, limit: min(1.0, limit / (_joint(gradients) + 1e-6)),
    ),
    Mistake(
        "millions",
        "You added 1e6, a million. The tiny number is 1e-6, with a minus.",
        _by_factor(lambda norm, limit: min(1.0, limit / (norm + 1e6))),
    ),
    Mistake(
        "each_by_itself",
        "You clipped each array by its own norm. That changes the direction: long ones are "
        "shortened, short ones are not. Compute one norm of all arrays together.",
        lambda gradients, limit: [min(1.0, limit / (_norm(g) + 1e-6)) * g for g in gradients],
    ),
    Mistake(
        "short_ones_made_long",
        "A gradient that is short enough is made as long as the limit. Clipping only shortens: "
        "the factor is at most 1.",
        _by_factor(lambda norm, limit: limit / (norm + 1e-6)),
    ),
    Mistake(
        "each_set_to_the_limit",
        "Each array is given the norm `limit`. Compute one norm of all arrays together, and a "
        "factor of at most 1.",
        lambda gradients, limit: [limit / (_norm(g) + 1e-6) * g for g in gradients],
    ),
    Mistake(
        "sum_of_norms",
        "You added the norms of the arrays. The joint norm is the root of the sum of their "
        "squares.",
        _by_size(lambda gradients: sum(map(_norm, gradients))),
    ),
    Mistake(
        "no_root",
        "You left out the root: the norm is the root of the sum of squares.",
        _by_size(lambda gradients: _joint(gradients) ** 2),
    ),
    Mistake(
        "longest_alone",
        "You divided by the longest of the norms. Together the arrays can still be longer than "
        "the limit: take the root of the sum of all squares.",
        _by_size(lambda gradients: max(map(_norm, gradients))),
    ),
    Mistake(
        "first_alone",
        "Your norm is that of the first array alone. All of them count.",
        _by_size(lambda gradients: _norm(gradients[0])),
    ),
    Mistake(
        "last_forgotten",
        "Your norm leaves out the last array. All of them count.",
        _by_size(lambda gradients: _joint(gradients[:-1])),
    ),
    Mistake(
        "mean_square",
        "You took the mean of the squares. The norm is the root of their sum.",
        _by_size(
            lambda gradients: math.sqrt(
                float(np.mean(np.concatenate([np.ravel(g) for g in gradients]) ** 2))
            )
        ),
    ),
    Mistake(
        "upside_down",
        "Your factor is the norm over the limit. A gradient twice as long as the limit has to be "
        "halved: limit over norm.",
        _by_factor(lambda norm, limit: min(1.0, norm / limit)),
    ),
    Mistake(
        "larger_of_the_two",
        "A gradient that is too long stays, and a short one is made longer: either you took the "
        "larger of 1 and limit / norm, or your `if` asks the wrong way round.",
        _by_factor(lambda norm, limit: max(1.0, limit / (norm + 1e-6))),
    ),
    Mistake(
        "limit_of_1",
        "You shortened to norm 1, whatever the limit is.",
        _by_factor(lambda norm, limit: min(1.0, 1.0 / (norm + 1e-6))),
    ),
    Mistake(
        "times_the_limit",
        "A gradient that is too long is multiplied by the limit. Divide by its norm as well.",
        _by_factor(lambda norm, limit: limit if norm > limit else 1.0),
    ),
    Mistake(
        "unit_norm",
        "Your gradients have norm 1. Multiply by the limit as well, and leave a gradient that is "
        "short enough as it is.",
        _by_factor(lambda norm, limit: 1.0 / (norm + 1e-6)),
    ),
    Mistake(
        "by_value",
        "This cuts off entry by entry, which is clipping by value. By norm, all entries are "
        "multiplied by one and the same number.",
        lambda gradients, limit: [g.clip(-limit, limit) for g in gradients],
    ),
    Mistake(
        "dropped",
        "A gradient that is too long is replaced by zeros. Shorten it to the limit.",
        _by_factor(lambda norm, limit: 0.0 if norm > limit else 1.0),
    ),
    Mistake(
        "mean_of_norms",
        "You took the mean of the arrays' norms. The joint norm is the root of the sum of all "
        "squares.",
        _by_size(lambda gradients: sum(map(_norm, gradients)) / len(gradients)),
    ),
    Mistake(
        "sum_of_sizes",
        "You added absolute values. The norm is the root of the sum of squares.",
        _by_size(lambda gradients: float(sum(np.abs(g).sum() for g in gradients))),
    ),
    Mistake(
        "largest_entry",
        "You divided by the largest entry. The norm is the root of the sum of squares.",
        _by_size(lambda gradients: float(max(np.abs(g).max() for g in gradients))),
    ),
    Mistake(
        "subtracted",
        "You subtracted what is too much from every entry. That changes the direction: multiply "
        "all entries by one number instead.",
        lambda gradients, limit: [g - max(0.0, _joint(gradients) - limit) for g in gradients],
    ),
    Mistake(
        "one_vector",
        "The numbers are right, but you return them as one long vector. Return a list of arrays in "
        "the shapes that they had.",
        lambda gradients, limit: np.concatenate(
            [np.ravel(g) for g in clip_by_norm(gradients, limit)]
        ),
    ),
    Mistake(
        "with_the_norm",
        "You return the norm as well. Return the list of clipped arrays alone.",
        lambda gradients, limit: (clip_by_norm(gradients, limit), _joint(gradients)),
    ),
    Mistake(
        "norm_alone",
        "You return the norm. Return the list of clipped arrays.",
        lambda gradients, limit: _joint(gradients),
    ),
    Mistake(
        "nothing_clipped",
        "Nothing is clipped: the gradients come back as they were.",
        lambda gradients, limit: [g.copy() for g in gradients],
    ),
    Mistake(
        "last_alone",
        "Your norm is that of the last array alone: does `=` stand where `+=` is needed?",
        _by_size(lambda gradients: _norm(gradients[-1])),
    ),
    Mistake(
        "squares_of_sums",
        "You added up each array before you squared, so that entries of both signs cancel. "
        "Square every entry, then add.",
        _by_size(lambda gradients: math.sqrt(sum(float(g.sum()) ** 2 for g in gradients))),
    ),
    Mistake(
        "mean_of_each",
        "You took the mean of each array's squares. The norm is the root of their sum.",
        _by_size(lambda gradients: math.sqrt(sum(float((g**2).mean()) for g in gradients))),
    ),
    Mistake(
        "divided_by_the_count",
        "You divided the norm by the number of arrays. The joint norm is the root of the sum of "
        "all squares.",
        _by_size(lambda gradients: _joint(gradients) / len(gradients)),
    ),
    Mistake(
        "root_of_the_norms",
        "You took the root of the sum of the arrays' norms. Their squares are to be added.",
        _by_size(lambda gradients: math.sqrt(sum(map(_norm, gradients)))),
    ),
    Mistake(
        "singular_values",
        "`np.linalg.norm(g, 2)` of a matrix is its largest singular value. The norm here is the "
        "root of the sum of all squares: `np.linalg.norm(g)`.",
        _by_size(
            lambda gradients: math.sqrt(sum(float(np.linalg.norm(g, 2)) ** 2 for g in gradients))
        ),
    ),
    Mistake(
        "largest_of_each",
        "You added the arrays' norms with `np.inf`, their largest rows or entries. The joint "
        "norm is the root of the sum of all squares.",
        _by_size(lambda gradients: float(sum(np.linalg.norm(g, np.inf) for g in gradients))),
    ),
    Mistake(
        "limit_as_factor",
        "Your factor may be as large as the limit. It is the smaller of 1 and limit / norm: 1 "
        "stands first in `min`, and the limit is inside.",
        _by_factor(lambda norm, limit: min(limit, limit / (norm + 1e-6))),
    ),
    Mistake(
        "limit_or_norm",
        "Your factor is the smaller of the limit and the norm. It is a ratio: the smaller of 1 "
        "and limit / norm.",
        _by_factor(min),
    ),
    Mistake(
        "limit_minus_norm",
        "Your factor is a difference. It is a ratio: limit / norm, or 1 if that is smaller.",
        _by_factor(lambda norm, limit: min(1.0, limit - norm)),
    ),
    Mistake(
        "root_of_the_factor",
        "You took a root of limit / norm. The norm has its root already.",
        _by_factor(lambda norm, limit: min(1.0, (limit / (norm + 1e-6)) ** 0.5)),
    ),
    Mistake(
        "factor_squared",
        "You multiplied by the factor twice. Once makes the joint norm equal to the limit.",
        _by_factor(lambda norm, limit: min(1.0, limit / (norm + 1e-6)) ** 2),
    ),
    Mistake(
        "norm_outside_min",
        "The division is outside `min`. It belongs inside: the smaller of 1 and limit / norm.",
        _by_factor(lambda norm, limit: min(1.0, limit) / (norm + 1e-6)),
    ),
    Mistake(
        "short_times_its_norm",
        "A gradient that is short enough is multiplied by its norm. Leave it as it is: factor 1.",
        _by_factor(lambda norm, limit: limit / norm if norm > limit else norm),
    ),
    Mistake(
        "unit_norm_if_long",
        "A gradient that is too long gets norm 1. Its norm has to be the limit.",
        _by_factor(lambda norm, limit: 1 / norm if norm > limit else 1.0),
    ),
    Mistake(
        "always_halved",
        "You halve whatever is too long. That was right for the example; the factor is limit / "
        "norm.",
        _by_factor(lambda norm, limit: 0.5 if norm > limit else 1.0),
    ),
    Mistake(
        "large_guard",
        "The number that you add to the norm is too large: it changes the result of the example "
        "in the fourth digit. Add 1e-6.",
        _by_factor(lambda norm, limit: min(1.0, limit / (norm + 1e-3))),
    ),
    Mistake(
        "guard_outside",
        "You added 1e-6 to the quotient. Add it to the norm, in brackets: `limit / (norm + 1e-6)`.",
        _by_factor(lambda norm, limit: min(1.0, limit / (norm or 1e-300) + 1e-6)),
    ),
    Mistake(
        "cut_above",
        "`np.minimum` cuts off each entry that is above the limit. All entries are to be "
        "multiplied by one and the same number.",
        lambda gradients, limit: [np.minimum(g, limit) for g in gradients],
    ),
    Mistake(
        "first_returned",
        "You return the first array alone: is `return` inside the loop, or only one array "
        "multiplied?",
        lambda gradients, limit: clip_by_norm(gradients, limit)[:1],
    ),
    Mistake(
        "first_array",
        "You return the first array. Return a list of all of them.",
        lambda gradients, limit: clip_by_norm(gradients, limit)[0],
    ),
    Mistake(
        "flattened",
        "The numbers are right, but each array has become one row. Return the shapes that they "
        "had.",
        lambda gradients, limit: [np.ravel(g) for g in clip_by_norm(gradients, limit)],
    ),
    Mistake(
        "squares_not_summed",
        "You added the arrays of squares to each other, so that your norm is an array. Sum all "
        "entries of each: `(g**2).sum()`.",
        lambda gradients, limit: [
            min(1.0, limit / (np.sqrt(sum(g**2 for g in gradients)) + 1e-6)) * g for g in gradients
        ],
    ),
    Mistake(
        "one_axis_summed",
        "You summed along one axis alone, so that your norm is an array. Sum all entries of "
        "each: `(g**2).sum()`, without an axis.",
        lambda gradients, limit: [
            min(1.0, limit / (np.sqrt(sum((g**2).sum(axis=0) for g in gradients)) + 1e-6)) * g
            for g in gradients
        ],
    ),
    Mistake(
        "norms_of_columns",
        "You took the norms of columns (`axis=0`) and added them. One number is wanted: the "
        "root of the sum of all squares.",
        lambda gradients, limit: [
            min(1.0, limit / (sum(np.linalg.norm(g, axis=0) for g in gradients) + 1e-6)) * g
            for g in gradients
        ],
    ),
    Mistake(
        "arrays_joined",
        "The arrays have different shapes, so NumPy cannot join them as they are. Go through the "
        "list and add each array's sum of squares, or join `g.ravel()`.",
        lambda gradients, limit: [
            min(1.0, limit / (np.linalg.norm(np.concatenate(gradients)) + 1e-6)) * g
            for g in gradients
        ],
    ),
    Mistake(
        "nothing_if_short",
        "A gradient that is short enough is not returned: your `return` is reached only if it "
        "is too long.",
        lambda gradients, limit: (
            clip_by_norm(gradients, limit) if _joint(gradients) > limit else None
        ),
    ),
]

register(
    CodeExercise(
        name="vanishing.clip_by_norm",
        title="Build the clip",
        points=2,
        package="gradients.clip_by_norm",
        reference=clip_by_norm,
        trace=_trace,
        probes=_probes,
        oracle=_by_torch,
        oracle_tolerance=(1e-9, 1e-12),
        tolerance=(1e-5, 1e-8),
        must_not_change=("gradients",),
        equivalents={"torch": _by_torch, "without 1e-6": _by_if},
        outputs=("clipped",),
        mistakes=MISTAKES,
        survivors={
            "4: min(1.0, limit / (norm + 1e-06)) → min(limit / (norm + 1e-06), 1.0)": "the smaller "
            "of two numbers does not depend on their order",
            "4: norm + 1e-06 → norm - 1e-06": GUARD,
            "4: norm + 1e-06 → norm": GUARD,
            "4: 1e-06 → 2e-06": GUARD,
        },
        hints=[
            "Clipping must not change the gradient's direction. All arrays together are one long "
            "vector: which change leaves the direction of a vector as it is?",
            "`gradients` is a list of arrays of any shape. The norm is one number for all of them, "
            "the factor is one number, and you return a list of arrays of the same shapes.",
            "The norm is the root of the sum of all squares in all arrays. The factor is the limit "
            "over the norm, but never more than 1. Multiply each array by it.",
            "`factor = min(1.0, limit / (norm + 1e-6))`",
        ],
        solved="One factor for all arrays keeps the direction: the step is shorter, but it goes "
        "where it went before.",
    )
)
