"""Exercise 11.4: the weighted sum layer."""

from __future__ import annotations

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from course.exercises.bank.attention.common import ONE, SIZES, Array, some_weights, states


def weighted_sum(h: Array, attention_weights: Array) -> Array:
    """Mix the states."""
    context = (attention_weights[:, :, None] * h).sum(axis=1)
    return context


def _trace(h: Array, attention_weights: Array) -> dict[str, Array]:
    """The line by name."""
    context = (attention_weights[:, :, None] * h).sum(axis=1)
    return {"context": context}


def _torch(h: Array, attention_weights: Array) -> Array:
    import torch

    mixed: Array = torch.einsum("bs,bsh->bh", *map(torch.tensor, (attention_weights, h))).numpy()
    return mixed


def _probes(rng: np.random.Generator) -> list[Probe]:
    probes = [Probe((ONE, np.array([[0.25, 0.75]])), label=EXAMPLE)]
    for B, S, H in SIZES:
        h, _ = states(rng, B, S, H)
        probes.append(Probe((h, some_weights(rng, B, S))))
    return probes


register(
    CodeExercise(
        name="attention.weighted_sum",
        title="The weighted sum layer",
        points=1,
        package="attention.weighted_sum_layer",
        reference=weighted_sum,
        trace=_trace,
        probes=_probes,
        oracle=_torch,
        equivalents={
            "a matrix product": lambda h, a: (a[:, None] @ h)[:, 0],
            "a loop": lambda h, a: np.array([a[b] @ h[b] for b in range(len(h))]),
        },
        outputs=("context",),
        axes=("BH",),
        mistakes=[
            Mistake(
                "not_summed",
                "You multiplied each state by its weight, and did not add them up over S.",
                lambda h, a: a[:, :, None] * h,
            ),
            Mistake(
                "summed_over_h",
                "You summed over H, and have a number for each state. Sum over S: a vector.",
                lambda h, a: (a[:, :, None] * h).sum(axis=2),
            ),
            Mistake(
                "mean",
                "You took the mean over S. The weights sum to one already: add.",
                lambda h, a: (a[:, :, None] * h).mean(axis=1),
            ),
            Mistake(
                "even",
                "You took the plain mean of the states: the weights play no part.",
                lambda h, a: h.mean(axis=1),
            ),
            Mistake(
                "plain_sum",
                "You added up the states: the weights play no part.",
                lambda h, a: h.sum(axis=1),
            ),
            Mistake(
                "hard",
                "You took the state with the largest weight. All states are mixed.",
                lambda h, a: h[np.arange(len(h)), a.argmax(axis=1)],
            ),
            Mistake(
                "first_weights",
                "You mixed every sentence by the weights of the first one.",
                lambda h, a: (a[0][None, :, None] * h).sum(axis=1),
            ),
            Mistake(
                "whole_batch",
                "You added up over the batch, too: one vector instead of one for each sentence.",
                lambda h, a: (a[:, :, None] * h).sum(axis=(0, 1)),
            ),
            Mistake(
                "batch_summed",
                "You summed over the batch. Sum over S, which is axis 1.",
                lambda h, a: (a[:, :, None] * h).sum(axis=0),
            ),
            Mistake(
                "softmax_again",
                "You applied the softmax to the weights. They are weights already.",
                lambda h, a: weighted_sum(h, np.exp(a) / np.exp(a).sum(axis=1, keepdims=True)),
            ),
        ],
        hints=[
            "A number times a vector for each state, all added up: lesson 00's context vector.",
            "`attention_weights[:, :, None]` is (B, S, 1), `h` is (B, S, H).",
            "Multiply them and sum over S, which is axis 1.",
            "`context = (attention_weights[:, :, None] * h).sum(axis=1)`",
        ],
        solved="The same numbers come from one matrix product, (B, 1, S) · (B, S, H).",
    )
)
