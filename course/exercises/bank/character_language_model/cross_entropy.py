"""Exercise 4.2: build cross-entropy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from course.exercises.bank.character_language_model.common import HELLO, TARGETS, Array, softmax_of

LARGE = "large scores"


def cross_entropy(y: Array, targets: Array) -> float:
    """Mean surprise, in nats, at the targets."""
    shifted = y - y.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    log_p_target = np.take_along_axis(log_p, targets[..., None], axis=-1)
    return float(-log_p_target.mean())


def _trace(y: Array, targets: Array) -> dict[str, Array]:
    """The lines of cross-entropy by name."""
    shifted = y - y.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    log_p_target = np.take_along_axis(log_p, targets[..., None], axis=-1)
    return {"shifted": shifted, "log_p": log_p, "log_p_target": log_p_target}


def _probes(rng: np.random.Generator) -> list[Probe]:
    """Step 1 of *hello*, all four steps, other batches; scores a thousand apart."""
    probes = [
        Probe((HELLO[None, :1].copy(), TARGETS[None, :1].copy()), label=EXAMPLE),
        Probe((HELLO[None].copy(), TARGETS[None].copy()), label="all of hello"),
    ]
    for shape, V in (((1, 2), 3), ((2, 3), 4), ((3, 3), 3), ((3, 2), 5), ((4, 4), 2)):
        y = 2 * rng.normal(size=(*shape, V)).round(2)
        targets = rng.integers(0, V, size=shape)
        targets[0, :2] = 0, V - 1  # not all targets are one and the same
        probes.append(Probe((y, targets), label=f"y of shape {y.shape}"))
    y = np.array([[[1000.0, 0.0, 998.0], [1.0, 0.0, 2.0]]]) + rng.normal(size=(1, 2, 3)).round(2)
    probes += [
        Probe((y, np.array([[2, 1]])), part=LARGE, label="scores near 1000"),
        Probe((y, np.array([[1, 2]])), part=LARGE, label="a target 1000 below the largest score"),
    ]
    return probes


def _torch(y: Array, targets: Array) -> float:
    import torch

    flat = torch.tensor(y).flatten(0, -2), torch.tensor(targets).flatten()
    return float(torch.nn.functional.cross_entropy(*flat))


def _position_by_position(y: Array, targets: Array) -> float:
    losses = []
    for place in np.ndindex(targets.shape):
        row = y[place]
        top = row.max()
        losses.append(np.log(np.exp(row - top).sum()) + top - row[targets[place]])
    return float(np.mean(losses))


def _by_one_hot(y: Array, targets: Array) -> float:
    shifted = y - y.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return float(-(np.eye(y.shape[-1])[targets] * log_p).sum() / targets.size)


def _log_p(y: Array) -> Array:
    shifted = y - y.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def _picked(values: Array, targets: Array) -> Array:
    return np.take_along_axis(values, targets[..., None], axis=-1)


def _quiet(answer: Callable[[Array, Array], float]) -> Callable[[Array, Array], float]:
    def quiet(y: Array, targets: Array) -> float:
        with np.errstate(all="ignore"):
            return float(answer(y, targets))

    return quiet


def _by_log_p(change: Callable[[Array, Array], float]) -> Callable[[Array, Array], float]:
    """An answer from the right log-probabilities (…, V) and the targets."""
    return _quiet(lambda y, targets: change(_log_p(y), targets))


def _unshifted(y: Array, targets: Array) -> float:
    log_p = y - np.log(np.exp(y).sum(axis=-1, keepdims=True))
    return float(-_picked(log_p, targets).mean())


def _sum_without_axis(y: Array, targets: Array) -> float:
    shifted = y - y.max(axis=-1, keepdims=True)
    return float(-_picked(shifted - np.log(np.exp(shifted).sum()), targets).mean())


def _no_logarithm_of_the_sum(y: Array, targets: Array) -> float:
    shifted = y - y.max(axis=-1, keepdims=True)
    return float(-_picked(shifted - np.exp(shifted).sum(axis=-1, keepdims=True), targets).mean())


def _shift_forgotten(y: Array, targets: Array) -> float:
    shifted = y - y.max(axis=-1, keepdims=True)
    log_p = y - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return float(-_picked(log_p, targets).mean())


def _largest_of_all(y: Array, targets: Array) -> float:
    shifted = y - y.max()
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return float(-_picked(log_p, targets).mean())


def _sum_of_logarithms(y: Array, targets: Array) -> float:
    shifted = y - y.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted)).sum(axis=-1, keepdims=True)
    return float(-_picked(log_p, targets).mean())


def _softmax_twice(y: Array, targets: Array) -> float:
    return cross_entropy(softmax_of(y), targets)


def _no_axis_kept(y: Array, targets: Array) -> float:
    shifted = y - y.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1))
    return float(-_picked(log_p, targets).mean())


def _sum_over_time(y: Array, targets: Array) -> float:
    shifted = y - y.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-_picked(log_p, targets).mean())


def _by_parts(combine: Callable[[Array, Array], Array]) -> Callable[[Array, Array], float]:
    """An answer that combines the shifted scores and the sum of their exponentials."""

    def answer(y: Array, targets: Array) -> float:
        shifted = y - y.max(axis=-1, keepdims=True)
        log_p = combine(shifted, np.exp(shifted).sum(axis=-1, keepdims=True))
        return float(-_picked(log_p, targets).mean())

    return _quiet(answer)


def _both_sides(y: Array, targets: Array) -> float:
    p, one_hot = softmax_of(y), np.eye(y.shape[-1])[targets]
    return float(-(one_hot * np.log(p) + (1 - one_hot) * np.log(1 - p)).sum(axis=-1).mean())


MISTAKES = [
    Mistake(
        "no_axis_added",
        "`targets` needs a last axis of length one to pick along: `targets[..., None]`.",
        lambda y, targets: -np.take_along_axis(_log_p(y), targets, axis=-1).mean(),
    ),
    Mistake(
        "axis_added_in_front",
        "The new axis belongs last: `targets[..., None]` is (B, T, 1).",
        lambda y, targets: -np.take_along_axis(_log_p(y), targets[None], axis=-1).mean(),
    ),
    Mistake(
        "logarithm_to_base_two",
        "One term uses `np.log2`, the other the base e. Use the natural logarithm, `np.log`.",
        _by_parts(lambda shifted, total: shifted - np.log2(total)),
    ),
    Mistake(
        "logarithm_added",
        "You add the logarithm of the sum. Subtract it: ln of a quotient is a difference.",
        _by_parts(lambda shifted, total: shifted + np.log(total)),
    ),
    Mistake(
        "divided_by_the_logarithm",
        "You divide by the logarithm of the sum. Subtract it: ln of a quotient is a difference.",
        _by_parts(lambda shifted, total: shifted / np.log(total)),
    ),
    Mistake(
        "no_axis_kept",
        "Your sum loses its axis. Keep it with `keepdims=True`, so that each position has its own "
        "sum.",
        _quiet(_no_axis_kept),
    ),
    Mistake(
        "sum_over_time",
        "Your sum of exponentials runs along time, axis 1. Sum over the V scores: `axis=-1`.",
        _quiet(_sum_over_time),
    ),
    Mistake(
        "every_target_everywhere",
        "`log_p[..., targets]` picks *every* target at every position. "
        "`np.take_along_axis` picks each position's own.",
        _by_log_p(lambda log_p, targets: -log_p[..., targets].mean()),
    ),
    Mistake(
        "targets_as_rows",
        "`log_p[targets]` picks along the first axis, the batch. `np.take_along_axis` picks along "
        "the last.",
        _by_log_p(lambda log_p, targets: -log_p[targets].mean()),
    ),
    Mistake(
        "mean_by_sequence",
        "You return one mean for each sequence. Take the mean over all positions, one number.",
        lambda y, targets: -_picked(_log_p(y), targets).mean(axis=1),
    ),
    Mistake(
        "both_sides",
        "You also count ln(1 − p) of the other characters, as for independent yes-no questions. "
        "Only the target's ln p counts.",
        _quiet(_both_sides),
    ),
    Mistake(
        "small_number_added",
        "A small number added inside the logarithm limits the loss: a target 1000 below the "
        "largest score should cost about 1000. Compute ln p from the shifted scores.",
        _quiet(lambda y, targets: -np.log(_picked(softmax_of(y), targets) + 1e-9).mean()),
    ),
    Mistake(
        "log_of_softmax",
        "You take the logarithm of softmax's result. Where a probability is so small that it is "
        "rounded to 0, its logarithm is minus infinity. Compute ln p from the scores: the score, "
        "shifted, minus the logarithm of the sum.",
        _quiet(lambda y, targets: -np.log(_picked(softmax_of(y), targets)).mean()),
    ),
    Mistake(
        "overflow",
        "With scores near 1000, e^y is infinite. Subtract each position's largest score first, "
        "and go on from the shifted scores.",
        _quiet(_unshifted),
    ),
    Mistake(
        "largest_of_all",
        "You subtract the largest of *all* scores, not of each position.",
        _quiet(_largest_of_all),
    ),
    Mistake(
        "no_minus",
        "The loss came out negative: ln p of a probability below 1 is negative, and the surprise "
        "is −ln p.",
        _by_log_p(lambda log_p, targets: _picked(log_p, targets).mean()),
    ),
    Mistake(
        "sum",
        "This is the sum of the losses. Take their mean, so that a batch's size does not matter.",
        _by_log_p(lambda log_p, targets: -_picked(log_p, targets).sum()),
    ),
    Mistake(
        "mean_over_all_scores",
        "You divide by the number of scores, positions times V. One character comes at each "
        "position: divide by the number of positions.",
        _by_log_p(lambda log_p, targets: -_picked(log_p, targets).sum() / log_p.size),
    ),
    Mistake(
        "mean_over_batch",
        "You divide by the number of sequences, B. Divide by the number of positions, B·T.",
        _by_log_p(lambda log_p, targets: -_picked(log_p, targets).sum() / len(targets)),
    ),
    Mistake(
        "mean_over_time",
        "You divide by the number of steps, T. Divide by the number of positions, B·T.",
        _by_log_p(lambda log_p, targets: -_picked(log_p, targets).sum() / targets.shape[1]),
    ),
    Mistake(
        "bits",
        "This is in bits. Here the loss is in nats: use the natural logarithm, `np.log`.",
        _by_log_p(lambda log_p, targets: -_picked(log_p, targets).mean() / np.log(2)),
    ),
    Mistake(
        "perplexity",
        "You return e to the power of the loss, which is the perplexity. Return the loss.",
        _by_log_p(lambda log_p, targets: np.exp(-_picked(log_p, targets).mean())),
    ),
    Mistake(
        "no_logarithm",
        "This is minus the mean probability of the targets: the logarithm is missing.",
        _quiet(lambda y, targets: -_picked(softmax_of(y), targets).mean()),
    ),
    Mistake(
        "logarithm_of_the_mean",
        "You take the mean of the probabilities, then one logarithm. Take the logarithm at each "
        "position, then the mean.",
        _quiet(lambda y, targets: -np.log(_picked(softmax_of(y), targets).mean())),
    ),
    Mistake(
        "all_characters",
        "You average −ln p over all V characters. Only the one that came counts: pick each "
        "position's target.",
        _by_log_p(lambda log_p, targets: -log_p.mean()),
    ),
    Mistake(
        "likeliest",
        "You pick each position's largest probability. Pick the target's, however small it is.",
        _by_log_p(lambda log_p, targets: -log_p.max(axis=-1).mean()),
    ),
    Mistake(
        "entropy",
        "You weigh each −ln p with the model's own p. That is the entropy of the model, which does "
        "not ask what came. Pick the targets.",
        _quiet(lambda y, targets: -(softmax_of(y) * _log_p(y)).sum(axis=-1).mean()),
    ),
    Mistake(
        "first_position",
        "Every position's loss is computed with the first position's target.",
        _by_log_p(lambda log_p, targets: -log_p[..., targets[0, 0]].mean()),
    ),
    Mistake(
        "last_position",
        "You score the last position alone. The loss is the mean over all of them.",
        _by_log_p(lambda log_p, targets: -_picked(log_p, targets)[:, -1].mean()),
    ),
    Mistake(
        "no_softmax",
        "You pick the targets' scores. Turn the scores into log-probabilities first.",
        _quiet(lambda y, targets: -_picked(y, targets).mean()),
    ),
    Mistake(
        "shifted_alone",
        "You pick the targets' shifted scores. The logarithm of the sum is still to be subtracted.",
        _quiet(lambda y, targets: -_picked(y - y.max(axis=-1, keepdims=True), targets).mean()),
    ),
    Mistake(
        "softmax_twice",
        "You treat probabilities as scores: softmax is applied twice. Start from `y` itself.",
        _quiet(_softmax_twice),
    ),
    Mistake(
        "sum_without_axis",
        "Your sum of exponentials runs over the whole array. Each position needs its own: sum over "
        "the last axis.",
        _quiet(_sum_without_axis),
    ),
    Mistake(
        "no_logarithm_of_the_sum",
        "You subtract the sum of the exponentials. Subtract its logarithm.",
        _quiet(_no_logarithm_of_the_sum),
    ),
    Mistake(
        "sum_of_logarithms",
        "You take the logarithm of each exponential, then the sum, so the logarithms undo the "
        "exponentials. Sum first, then take one logarithm.",
        _quiet(_sum_of_logarithms),
    ),
    Mistake(
        "not_averaged",
        "You return the loss of each position. Return their mean, one number.",
        lambda y, targets: -_picked(_log_p(y), targets),
    ),
    Mistake(
        "shift_forgotten",
        "You subtract the largest score inside the sum only. What is shifted there has to be "
        "shifted in the first term as well.",
        _quiet(_shift_forgotten),
    ),
]

register(
    CodeExercise(
        name="character.cross_entropy",
        title="Build cross-entropy",
        points={"values": 2, LARGE: 1},
        package="language.cross_entropy",
        reference=cross_entropy,
        trace=_trace,
        probes=_probes,
        oracle=_torch,
        equivalents={
            "torch": _torch,
            "position by position": _position_by_position,
            "one-hot": _by_one_hot,
        },
        outputs=("loss",),
        axes=("",),
        mistakes=MISTAKES,
        survivors={
            "5: np.take_along_axis(log_p, targets[..., None], axis=-1) → "
            "np.take_along_axis(log_p, targets[..., None])": "-1 is NumPy's own default",
            "6: float(-log_p_target.mean()) → -log_p_target.mean()": "a NumPy number is right too",
        },
        hints=[
            "At each position only one number counts: the logarithm of the probability that the "
            "target got. The loss is minus the mean of these.",
            "`y` is (B, T, V) and `targets` is (B, T). `targets[..., None]` is (B, T, 1), which "
            "is what `np.take_along_axis` needs to pick one of V at each position.",
            "Subtract each position's largest score. Subtract the logarithm of the sum of the "
            "exponentials: that is ln p for all V. Pick the targets', take the mean, change the "
            "sign.",
            "`log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))`",
        ],
        solved="Divide by ln 2 and you have lesson 03's bits per character; e to the power of the "
        "loss is the perplexity. If Python warns of underflow, that is harmless here: e to the "
        "power of −1000 is rounded to 0, as it should be.",
    )
)
