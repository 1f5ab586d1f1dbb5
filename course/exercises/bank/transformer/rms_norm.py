"""Exercise 13.1: A simpler normalisation."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import CodeExercise, Mistake, Probe, register

Array = npt.NDArray[Any]


def rms_norm(x: Array, gain: Array, eps: float = 1e-5) -> Array:
    """Divide each vector of x (B, T, d) by its root mean square."""
    mean_square = (x**2).mean(axis=-1, keepdims=True)
    return gain * x / np.sqrt(mean_square + eps)


def _rms_probes(rng: np.random.Generator) -> list[Probe]:
    def one(B: int, T: int, d: int, size: float = 1.0) -> tuple[Array, Array, float]:
        x = size * (rng.normal(size=(B, T, d)) + 0.7)
        return x, rng.uniform(0.5, 2.0, size=d), 1e-5

    return [
        Probe((np.array([[[3.0, 4.0]]]), np.ones(2), 0.0), label="the example"),
        Probe(one(2, 3, 5)),
        Probe(one(4, 1, 3), label="T = 1"),
        Probe(one(1, 4, 2, 0.01), label="small numbers"),
        Probe((*one(3, 2, 4)[:2], 0.3), label="eps = 0.3"),
        Probe((np.zeros((1, 2, 3)), np.ones(3), 1e-5), label="zeros"),
    ]


def _rms_torch(x: Array, gain: Array, eps: float = 1e-5) -> Array:
    import torch

    return torch.nn.functional.rms_norm(
        torch.tensor(x), (x.shape[-1],), torch.tensor(gain), eps
    ).numpy()


def _rms_loop(x: Array, gain: Array, eps: float = 1e-5) -> Array:
    y = np.empty_like(x)
    B, T, d = x.shape
    for b in range(B):
        for t in range(T):
            y[b, t] = x[b, t] * gain * (np.dot(x[b, t], x[b, t]) / d + eps) ** -0.5
    return y


def _rms_mistake(kind: str) -> Any:
    def answer(x: Array, gain: Array, eps: float = 1e-5) -> Array:
        with np.errstate(all="ignore"):
            square = x**2
            if kind == "layer_norm":
                x = x - x.mean(-1, keepdims=True)
                return gain * x / np.sqrt((x**2).mean(-1, keepdims=True) + eps)
            if kind == "spread":
                return gain * x / np.sqrt(x.var(-1, keepdims=True) + eps)
            if kind == "eps_fixed":
                return gain * x / np.sqrt(square.mean(-1, keepdims=True) + 1e-5)
            if kind == "sum":
                return gain * x / np.sqrt(square.sum(-1, keepdims=True) + eps)
            if kind == "eps_outside":
                return gain * x / (np.sqrt(square.mean(-1, keepdims=True)) + eps)
            if kind == "no_root":
                return gain * x / (square.mean(-1, keepdims=True) + eps)
            if kind == "no_eps":
                return gain * x / np.sqrt(square.mean(-1, keepdims=True))
            if kind == "no_gain":
                return x / np.sqrt(square.mean(-1, keepdims=True) + eps)
            axis = 1 if kind == "positions" else None
            return gain * x / np.sqrt(square.mean(axis, keepdims=True) + eps)

    return answer


register(
    CodeExercise(
        name="transformer.rms_norm",
        title="A simpler normalisation",
        points=2,
        reference=rms_norm,
        probes=_rms_probes,
        oracle=_rms_torch,
        equivalents={"torch": _rms_torch, "loop": _rms_loop},
        outputs=("y",),
        axes=("BTd",),
        mistakes=[
            Mistake(
                "layer_norm",
                "You took the mean off first. That is layer normalisation; this one only divides.",
                _rms_mistake("layer_norm"),
            ),
            Mistake(
                "spread",
                "You divided by the root of the variance, which takes the mean off before it "
                "squares. Here the squares are those of `x` itself.",
                _rms_mistake("spread"),
            ),
            Mistake(
                "eps_fixed",
                "You wrote a number where `eps` belongs. It is an argument: each call may bring "
                "another.",
                _rms_mistake("eps_fixed"),
            ),
            Mistake(
                "sum",
                "You divided by the length of the vector, the root of the *sum* of squares. The "
                "root of their *mean* is √d times smaller.",
                _rms_mistake("sum"),
            ),
            Mistake(
                "eps_outside",
                "`eps` stands outside the root. Inside, it counts as much as a square: with small "
                "numbers that shows.",
                _rms_mistake("eps_outside"),
            ),
            Mistake(
                "no_root",
                "You divided by the mean square; its root is missing.",
                _rms_mistake("no_root"),
            ),
            Mistake(
                "no_eps",
                "Where all numbers are zero you divide by zero: `eps` is missing under the root.",
                _rms_mistake("no_eps"),
            ),
            Mistake(
                "no_gain",
                "You left out `gain`, one number for each of the d columns.",
                _rms_mistake("no_gain"),
            ),
            Mistake(
                "positions",
                "You took the mean over the positions, axis 1. Each position is normalised by "
                "itself, over its d numbers.",
                _rms_mistake("positions"),
            ),
            Mistake(
                "everything",
                "You took one mean over the whole batch. Each vector has its own.",
                _rms_mistake("everything"),
            ),
        ],
        hints=[
            "Layer normalisation without the mean: each vector is divided by the root of the mean "
            "of its squares.",
            "`x` is (B, T, d); the mean square is (B, T, 1), so that it can be broadcast.",
            "Square, take the mean over the last axis and keep that axis, add `eps`, take the "
            "root, divide, multiply by `gain`.",
            "`mean_square = (x**2).mean(axis=-1, keepdims=True)`",
        ],
        solved="It saves the mean and the bias, and does as well. Many large language models use "
        "it in place of layer normalisation (Zhang and Sennrich 2019).",
    )
)
