"""Exercise 13.1: Find the bug: a block that leaks."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import CodeExercise, Mistake, Probe, Property, register

Array = npt.NDArray[Any]


def given_layer(x: Array, W: Array, gain: Array, bias: Array) -> Array:
    """The colleague's part with its residual, as the learner finds it."""
    mean = x.mean(axis=1, keepdims=True)
    variance = x.var(axis=1, keepdims=True)
    n = gain * (x - mean) / np.sqrt(variance + 1e-5) + bias
    return x + np.maximum(n @ W.T, 0)


def layer(x: Array, W: Array, gain: Array, bias: Array) -> Array:
    """x + ReLU(W LayerNorm(x)) at each position: a part in pre-norm order, (B, T, d)."""
    mean = x.mean(axis=-1, keepdims=True)
    variance = x.var(axis=-1, keepdims=True)
    n = gain * (x - mean) / np.sqrt(variance + 1e-5) + bias
    return x + np.maximum(n @ W.T, 0)


def _layer_probes(rng: np.random.Generator) -> list[Probe]:
    def one(B: int, T: int, d: int) -> tuple[Array, Array, Array, Array]:
        return (
            2 * rng.normal(size=(B, T, d)) + 1,
            rng.normal(size=(d, d)),
            rng.uniform(0.5, 1.5, size=d),
            rng.normal(size=d),
        )

    return [
        Probe(one(2, 3, 4)),
        Probe(one(1, 5, 3), label="B = 1"),
        Probe(one(3, 1, 5), label="T = 1"),
    ]


def _layer_torch(x: Array, W: Array, gain: Array, bias: Array) -> Array:
    import torch
    from torch.nn import functional as F

    n = F.layer_norm(torch.tensor(x), (x.shape[-1],), torch.tensor(gain), torch.tensor(bias))
    return (torch.tensor(x) + F.relu(F.linear(n, torch.tensor(W)))).numpy()


def _layer_by_position(x: Array, W: Array, gain: Array, bias: Array) -> Array:
    y = x.copy()
    for b, t in np.ndindex(*x.shape[:2]):
        centred = x[b, t] - x[b, t].sum() / x.shape[2]
        n = gain * centred / (centred @ centred / x.shape[2] + 1e-5) ** 0.5 + bias
        y[b, t] += (W @ n).clip(0)
    return y


def _normed(x: Array, gain: Array, bias: Array, axis: Any = -1, ddof: int = 0) -> Array:
    mean = x.mean(axis=axis, keepdims=True)
    spread = x.var(axis=axis, ddof=ddof, keepdims=True)
    return np.asarray(gain * (x - mean) / np.sqrt(spread + 1e-5) + bias)


def _stream_normed(x: Array, W: Array, gain: Array, bias: Array) -> Array:
    n = _normed(x, gain, bias)
    return np.asarray(n + np.maximum(n @ W.T, 0))


def _no_leak_probes(rng: np.random.Generator) -> list[Probe]:
    x, W = rng.normal(size=(2, 4, 3)), rng.normal(size=(3, 3))
    later = x.copy()
    later[:, 3] += 1 + rng.random(size=3)
    rest = (W, np.ones(3), np.zeros(3))
    return [Probe((x, *rest), label="before"), Probe((later, *rest), label="position 3 changed")]


register(
    CodeExercise(
        name="transformer.leak",
        title="A block that leaks",
        points=2,
        reference=layer,
        given=given_layer,
        probes=_layer_probes,
        oracle=_layer_torch,
        equivalents={"torch": _layer_torch, "by position": _layer_by_position},
        outputs=("x",),
        axes=("BTd",),
        properties=[
            Property(
                "Your results at earlier positions change when the last position of `x` does: "
                "something is still computed over the positions.",
                lambda outputs, probes: np.allclose(outputs[0][:, :3], outputs[1][:, :3]),
                probes=_no_leak_probes,
            )
        ],
        mistakes=[
            Mistake(
                "only_mean",
                "The mean is taken over the columns now, the variance over the positions still.",
                lambda x, W, gain, bias: (
                    x
                    + np.maximum(
                        (
                            gain
                            * (x - x.mean(-1, keepdims=True))
                            / np.sqrt(x.var(1, keepdims=True) + 1e-5)
                            + bias
                        )
                        @ W.T,
                        0,
                    )
                ),
            ),
            Mistake(
                "only_variance",
                "The variance is taken over the columns now, the mean over the positions still.",
                lambda x, W, gain, bias: (
                    x
                    + np.maximum(
                        (
                            gain
                            * (x - x.mean(1, keepdims=True))
                            / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
                            + bias
                        )
                        @ W.T,
                        0,
                    )
                ),
            ),
            Mistake(
                "both_axes",
                "You normalise over positions and columns together. The positions still see each "
                "other through the mean.",
                lambda x, W, gain, bias: (
                    x + np.maximum(_normed(x, gain, bias, axis=(1, 2)) @ W.T, 0)
                ),
            ),
            Mistake(
                "over_the_batch",
                "You normalise over the batch, axis 0. Now the sentences in it see each other.",
                lambda x, W, gain, bias: x + np.maximum(_normed(x, gain, bias, axis=0) @ W.T, 0),
            ),
            Mistake(
                "stream_normed",
                "You added to the normalised vector. The stream goes around the part as it is.",
                _stream_normed,
            ),
            Mistake(
                "no_residual",
                "The residual is gone: what the part makes is *added to* `x`.",
                lambda x, W, gain, bias: np.maximum(_normed(x, gain, bias) @ W.T, 0),
            ),
            Mistake(
                "sum_normed",
                "You normalise the sum, as in post-norm. Here the part reads a normalised `x`, and "
                "the sum stays as it is.",
                lambda x, W, gain, bias: _normed(x + np.maximum(x @ W.T, 0), gain, bias),
            ),
        ],
        hints=[
            "Which numbers go into the mean of one position?",
            "`x` is (B, T, d): axis 0 the sentences, axis 1 the positions, axis 2 the columns of a "
            "vector.",
            "Layer normalisation treats each position by itself: over its d numbers. Two lines "
            "take another axis.",
            "`mean = x.mean(axis=-1, keepdims=True)`",
        ],
        survivors={
            "6: np.maximum(n @ W.T, 0) → np.maximum(0, n @ W.T)": "the larger of two numbers is "
            "the same in either order"
        },
        solved="A mask protects attention alone. Whatever else mixes positions must be masked, or "
        "not be there; and no loss tells, for a decoder that sees the future has a lower one.",
    )
)
