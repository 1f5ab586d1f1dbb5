"""Exercise 4.3: build the gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, Property, register
from course.exercises.bank.character_language_model.common import HELLO, TARGETS, Array, softmax_of


def softmax(y: Array) -> Array:
    """Softmax, under the name that the reader's line calls."""
    return softmax_of(y)


def cross_entropy_backward(y: Array, targets: Array) -> Array:
    """Gradient of the mean cross-entropy at the scores."""
    p = softmax(y)
    one_hot = np.eye(y.shape[-1])[targets]
    dy: Array = (p - one_hot) / targets.size
    return dy


def _trace(y: Array, targets: Array) -> dict[str, Array]:
    """The lines of the gradient by name."""
    p = softmax(y)
    one_hot = np.eye(y.shape[-1])[targets]
    dy = (p - one_hot) / targets.size
    return {"p": p, "one_hot": one_hot, "dy": dy}


def _probes(rng: np.random.Generator) -> list[Probe]:
    """Step 1 of *hello*, all four steps, other batches."""
    probes = [
        Probe((HELLO[None, :1].copy(), TARGETS[None, :1].copy()), label=EXAMPLE),
        Probe((HELLO[None].copy(), TARGETS[None].copy()), label="all of hello"),
    ]
    for shape, V in (((1, 2), 3), ((2, 3), 4), ((3, 3), 3), ((3, 2), 5), ((4, 4), 4)):
        y = 2 * rng.normal(size=(*shape, V)).round(2)
        targets = rng.integers(0, V, size=shape)
        targets[0, :2] = 0, V - 1  # not all targets are one and the same
        probes.append(Probe((y, targets), label=f"y of shape {y.shape}"))
    return probes


def _torch(y: Array, targets: Array) -> Array:
    import torch

    leaf = torch.tensor(y, requires_grad=True)
    flat = leaf.flatten(0, -2), torch.tensor(targets).flatten()
    torch.nn.functional.cross_entropy(*flat).backward()
    assert leaf.grad is not None
    return leaf.grad.numpy()


def _in_place(y: Array, targets: Array) -> Array:
    dy = softmax_of(y)
    for place in np.ndindex(targets.shape):
        dy[place][targets[place]] -= 1
    return dy / np.prod(targets.shape)


def _compared(y: Array, targets: Array) -> Array:
    wanted = np.arange(y.shape[-1]) == targets[..., None]
    return np.where(wanted, softmax_of(y) - 1, softmax_of(y)) / targets.size


def _with(
    p: Callable[[Array], Array] = softmax_of,
    wanted: Callable[[Array, Array], Any] = lambda y, targets: np.eye(y.shape[-1])[targets],
    divide: Callable[[Array, Array], Any] = lambda y, targets: targets.size,
    sign: float = 1.0,
) -> Callable[[Array, Array], Array]:
    """A gradient with the given parts."""
    return lambda y, targets: np.asarray(sign * (p(y) - wanted(y, targets)) / divide(y, targets))


def _likeliest(y: Array, _: Array) -> Array:
    return np.asarray(np.eye(y.shape[-1])[y.argmax(axis=-1)])


def _target_alone(y: Array, targets: Array) -> Array:
    one_hot = np.eye(y.shape[-1])[targets]
    return np.asarray((softmax_of(y) - 1) * one_hot / targets.size)


def _at_the_probability(y: Array, targets: Array) -> Array:
    one_hot = np.eye(y.shape[-1])[targets]
    return np.asarray(-one_hot / softmax_of(y) / targets.size)


def _slope_of_softmax(y: Array, targets: Array) -> Array:
    p = softmax_of(y)
    return np.asarray(p * (1 - p) / targets.size)


def _logarithms(y: Array, targets: Array) -> Array:
    one_hot = np.eye(y.shape[-1])[targets]
    return np.asarray((np.log(softmax_of(y)) - one_hot) / targets.size)


def _of_all(y: Array) -> Array:
    exps = np.exp(y - y.max())
    return np.asarray(exps / exps.sum())


def _softmax_slope_at_target(y: Array, targets: Array) -> Array:
    p, one_hot = softmax_of(y), np.eye(y.shape[-1])[targets]
    return np.asarray(p * (one_hot - p) / targets.size)


def _times_the_loss(y: Array, targets: Array) -> Array:
    p = softmax_of(y)
    losses = -np.log(np.take_along_axis(p, targets[..., None], axis=-1))
    return np.asarray((p - np.eye(y.shape[-1])[targets]) * losses / targets.size)


MISTAKES = [
    Mistake(
        "one_hot_alone",
        "These are minus the one-hot targets. The probabilities are missing: the gradient "
        "is p minus one-hot.",
        lambda y, targets: cross_entropy_backward(y, targets) - softmax(y) / targets.size,
    ),
    Mistake(
        "times_the_positions",
        "You multiply by the number of positions. The loss is a mean: divide by it.",
        lambda y, targets: cross_entropy_backward(y, targets) * targets.size**2,
    ),
    Mistake(
        "sign_lost",
        "No entry is negative here. The target's score has a negative gradient: p − 1.",
        lambda y, targets: abs(cross_entropy_backward(y, targets)),
    ),
    Mistake(
        "squared",
        "You square the difference. The gradient of cross-entropy is the difference itself.",
        lambda y, targets: cross_entropy_backward(y, targets) ** 2 * targets.size,
    ),
    Mistake(
        "times_p",
        "You multiply by the probabilities once more. The derivation has done that already: its "
        "result is p minus one-hot.",
        _softmax_slope_at_target,
    ),
    Mistake(
        "times_the_loss",
        "You multiply by the loss. The gradient is p minus one-hot, divided by the number of "
        "positions.",
        _times_the_loss,
    ),
    Mistake(
        "doubled",
        "Every entry is doubled, as for a squared error. Cross-entropy has no factor 2.",
        _with(divide=lambda y, targets: targets.size / 2),
    ),
    Mistake(
        "one_hot_of_the_batch",
        "The identity matrix has the size of the batch. A one-hot vector has V entries: "
        "`np.eye(y.shape[-1])`.",
        lambda y, targets: (softmax_of(y) - np.eye(len(y))[targets]) / targets.size,
    ),
    Mistake(
        "columns_picked",
        "You pick columns of the identity matrix, and the axes come out in another order. Pick "
        "rows: `np.eye(V)[targets]`.",
        lambda y, targets: (softmax_of(y) - np.eye(y.shape[-1])[:, targets]) / targets.size,
    ),
    Mistake(
        "target_entries_returned",
        "You return the targets' entries alone, (B, T, 1). Every score has a gradient: return "
        "(B, T, V).",
        lambda y, targets: (
            (np.take_along_axis(softmax_of(y), targets[..., None], axis=-1) - 1) / targets.size
        ),
    ),
    Mistake(
        "mean_over_positions",
        "You take the mean over the positions. Divide by their number, and keep the shape "
        "(B, T, V).",
        lambda y, targets: (softmax_of(y) - np.eye(y.shape[-1])[targets]).mean(axis=(0, 1)),
    ),
    Mistake(
        "divided_by_batch_and_vocabulary",
        "You divide by B times V. Divide by the number of positions, B·T.",
        _with(divide=lambda y, targets: len(targets) * y.shape[-1]),
    ),
    Mistake(
        "sign_and_all_scores",
        "Two things. The sign is turned: it is p minus one-hot. And divide by the number of "
        "positions, not of scores.",
        _with(sign=-1.0, divide=lambda y, targets: y.size),
    ),
    Mistake(
        "not_divided",
        "This is the gradient of the *sum* of the losses. The loss is their mean: divide by the "
        "number of positions.",
        _with(divide=lambda y, targets: 1),
    ),
    Mistake(
        "one_hot_divided",
        "Only the one-hot targets are divided by the number of positions: `/` comes before `-`. "
        "Put brackets round the difference.",
        lambda y, targets: softmax_of(y) - np.eye(y.shape[-1])[targets] / targets.size,
    ),
    Mistake(
        "mean_of_everything",
        "You return one number, the mean of all gradients. Each score has a gradient of its own: "
        "divide by the number of positions, and keep the shape (B, T, V).",
        lambda y, targets: (softmax_of(y) - np.eye(y.shape[-1])[targets]).mean(),
    ),
    Mistake(
        "sign",
        "The sign is turned: the gradient is p minus one-hot. The score that should rise has the "
        "negative gradient, because descent goes against it.",
        _with(sign=-1.0),
    ),
    Mistake(
        "sign_and_sum",
        "Two things. The sign is turned: it is p minus one-hot. And divide by the number of "
        "positions.",
        _with(sign=-1.0, divide=lambda y, targets: 1),
    ),
    Mistake(
        "no_target",
        "These are the probabilities, divided by the number of positions. Subtract the one-hot "
        "targets first.",
        _with(wanted=lambda y, targets: 0),
    ),
    Mistake(
        "probabilities",
        "These are the probabilities. Subtract the one-hot targets, and divide by the number of "
        "positions.",
        _with(wanted=lambda y, targets: 0, divide=lambda y, targets: 1),
    ),
    Mistake(
        "no_softmax",
        "You subtract the one-hot targets from the scores. Turn the scores into probabilities "
        "first.",
        _with(p=lambda y: y),
    ),
    Mistake(
        "exponentials",
        "You use e^y undivided. Probabilities need the division by the sum: call `softmax`.",
        _with(p=np.exp),
    ),
    Mistake(
        "likeliest",
        "You subtract 1 at the likeliest character. Subtract it at the target, however unlikely.",
        _with(wanted=_likeliest),
    ),
    Mistake(
        "target_alone",
        "Only the target's entry is filled. Every score is in softmax's denominator, so every "
        "score has a gradient: its probability.",
        _target_alone,
    ),
    Mistake(
        "one_everywhere",
        "You subtract 1 from every probability. Subtract it at the target alone: that is what the "
        "one-hot vector is for.",
        _with(wanted=lambda y, targets: 1),
    ),
    Mistake(
        "ids_subtracted",
        "You subtract the targets' *numbers*. Subtract their one-hot vectors: 1 at the target, 0 "
        "elsewhere.",
        _with(wanted=lambda y, targets: targets[..., None]),
    ),
    Mistake(
        "divided_by_all_scores",
        "You divide by the number of scores, positions times V. Divide by the number of positions.",
        _with(divide=lambda y, targets: y.size),
    ),
    Mistake(
        "divided_by_vocabulary",
        "You divide by V. The mean is over the positions: divide by B·T.",
        _with(divide=lambda y, targets: y.shape[-1]),
    ),
    Mistake(
        "divided_by_batch",
        "You divide by the number of sequences, B. The mean is over all B·T positions.",
        _with(divide=lambda y, targets: len(targets)),
    ),
    Mistake(
        "divided_by_time",
        "You divide by the number of steps, T. The mean is over all B·T positions.",
        _with(divide=lambda y, targets: targets.shape[1]),
    ),
    Mistake(
        "at_the_probability",
        "−1/p is the gradient with respect to the *probability*. Go on through softmax to the "
        "scores, as the derivation does.",
        _at_the_probability,
    ),
    Mistake(
        "slope_of_softmax",
        "p(1 − p) is how a probability changes with its own score. The loss is missing: its "
        "gradient is p minus one-hot.",
        _slope_of_softmax,
    ),
    Mistake(
        "logarithms",
        "You subtract the one-hot targets from the *logarithms* of the probabilities. Take the "
        "probabilities.",
        _logarithms,
    ),
    Mistake(
        "softmax_of_all",
        "Your softmax runs over the whole array. It belongs to each position, over the last axis.",
        _with(p=_of_all),
    ),
    Mistake(
        "softmax_over_time",
        "Your softmax runs along the time axis. It belongs on the last axis, over the V scores.",
        _with(p=lambda y: np.moveaxis(softmax_of(np.moveaxis(y, 1, -1)), -1, 1)),
    ),
]

register(
    CodeExercise(
        name="character.gradient",
        title="Build the gradient",
        points=2,
        package="language.cross_entropy_backward",
        reference=cross_entropy_backward,
        trace=_trace,
        probes=_probes,
        oracle=_torch,
        equivalents={"torch": _torch, "in place": _in_place, "compared": _compared},
        outputs=("dy",),
        axes=("BTV",),
        properties=[
            Property(
                "At one position your V gradients do not sum to zero.",
                lambda output, y, targets: bool(np.allclose(output.sum(axis=-1), 0, atol=1e-5)),
            )
        ],
        mistakes=MISTAKES,
        hints=[
            "The derivation ends in one short formula for one position. The loss is a mean over "
            "positions, which adds a factor.",
            "`softmax(y)` is (B, T, V). The one-hot targets must have that shape too: row i of "
            "`np.eye(V)` is the one-hot vector of id i, and rows can be picked with an array of "
            "ids.",
            "`p` from your softmax; `one_hot` by picking rows of the identity matrix with "
            "`targets`; `dy` is their difference, divided by how many targets there are.",
            "`one_hot = np.eye(y.shape[-1])[targets]`",
        ],
        solved="At each position the gradients sum to zero: what one score gains, the others "
        "lose. The further p is from the target, the larger they are.",
    )
)
