"""Exercise 11.7: the additive score."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import (
    CodeExercise,
    Mistake,
    Probe,
    register,
)

Array = npt.NDArray[Any]


def _softmax(scores: Array, axis: int = -1) -> Array:
    e = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return np.asarray(e / e.sum(axis=axis, keepdims=True))


def additive(s: Array, h: Array, W_q: Array, W_k: Array, v: Array) -> Array:
    """Scores v · tanh(W_q s_t + W_k h_j) of T queries with S keys: (T, S)."""
    scores = np.zeros((len(s), len(h)))
    for t in range(len(s)):
        for j in range(len(h)):
            scores[t, j] = v @ np.tanh(W_q @ s[t] + W_k @ h[j])
    return scores


def _additive_probes(rng: np.random.Generator) -> list[Probe]:
    def one(T: int, S: int, D_q: int, D_k: int, A: int) -> tuple[Array, ...]:
        shapes = ((T, D_q), (S, D_k), (A, D_q), (A, D_k), (A,))
        return tuple(rng.normal(size=shape) for shape in shapes)

    small = (np.array([[1.0]]), np.array([[0.0], [1.0]]), np.array([[1.0]]), np.array([[-1.0]]))
    return [
        Probe((*small, np.array([2.0])), label="the example"),
        Probe(one(2, 4, 3, 5, 6)),
        Probe(one(3, 2, 4, 4, 4), label="equal widths"),
        Probe(one(1, 1, 2, 3, 4), label="one query, one key"),
    ]


def _additive_torch(s: Array, h: Array, W_q: Array, W_k: Array, v: Array) -> Array:
    import torch
    from torch.nn import functional as F

    q, k = (F.linear(torch.tensor(x), torch.tensor(W)) for x, W in ((s, W_q), (h, W_k)))
    mixed = torch.tanh(q.unsqueeze(1) + k.unsqueeze(0))  # (T, S, A)
    return np.asarray(F.linear(mixed, torch.tensor(v)[None]).squeeze(-1).numpy())


def _additive_package(s: Array, h: Array, W_q: Array, W_k: Array, v: Array) -> Array:
    from helpers.attention import AdditiveWeights, additive_score

    weights = AdditiveWeights(W_q, W_k, np.zeros(len(v)), v)
    return np.asarray(additive_score(s[None], h[None], weights)[0])


def _additive_concatenated(s: Array, h: Array, W_q: Array, W_k: Array, v: Array) -> Array:
    W = np.concatenate([W_q, W_k], axis=1)  # (A, D_q + D_k): Luong's "concat" is the same
    return np.array([[v @ np.tanh(W @ np.concatenate([q, k])) for k in h] for q in s])


def _additive_with(mix: Callable[..., Any]) -> Any:
    def answer(s: Array, h: Array, W_q: Array, W_k: Array, v: Array) -> Array:
        return np.asarray(mix((s @ W_q.T)[:, None], (h @ W_k.T)[None], v))

    return answer


register(
    CodeExercise(
        name="attention.additive",
        title="The additive score",
        points=3,
        reference=additive,
        probes=_additive_probes,
        oracle=_additive_torch,
        equivalents={
            "torch": _additive_torch,
            "package": _additive_package,
            "concatenated": _additive_concatenated,
        },
        outputs=("scores",),
        axes=("TS",),
        mistakes=[
            Mistake(
                "no_tanh",
                "You left out tanh. Without it the query adds the same to the scores of all keys, "
                "and softmax takes that away again: every query would look alike.",
                _additive_with(lambda q, k, v: (q + k) @ v),
            ),
            Mistake(
                "tanh_last",
                "tanh stands inside: it bends the sum of the two maps, entry by entry, and then v "
                "makes a number of it.",
                _additive_with(lambda q, k, v: np.tanh((q + k) @ v)),
            ),
            Mistake(
                "tanh_apart",
                "You bent query and key each by itself. tanh takes their sum: only so can one "
                "change what the other counts for.",
                _additive_with(lambda q, k, v: (np.tanh(q) + np.tanh(k)) @ v),
            ),
            Mistake(
                "multiplied",
                "You multiplied query and key. This score adds them; hence its name.",
                _additive_with(lambda q, k, v: np.tanh(q * k) @ v),
            ),
            Mistake(
                "no_v",
                "You summed the entries of tanh. Each has its own weight in v.",
                _additive_with(lambda q, k, v: np.tanh(q + k).sum(axis=-1)),
            ),
            Mistake(
                "turned",
                "Your scores stand on their side: one row for each query t, one column for each "
                "key j.",
                lambda s, h, W_q, W_k, v: _additive_package(s, h, W_q, W_k, v).T,
            ),
            Mistake(
                "softmax_too",
                "These are weights already. The score is what goes into softmax.",
                lambda s, h, W_q, W_k, v: _softmax(_additive_package(s, h, W_q, W_k, v)),
            ),
        ],
        hints=[
            "A small network with two inputs, one hidden layer of A units, and one output. It is "
            "asked once for each pair of a query and a key.",
            "s (T, D_q), h (S, D_k), W_q (A, D_q), W_k (A, D_k), v (A,). W_q s_t and W_k h_j are "
            "both (A,).",
            "Two loops, over t and over j; or (T, 1, A) + (1, S, A), which is (T, S, A).",
            "`scores[t, j] = v @ np.tanh(W_q @ s[t] + W_k @ h[j])`",
        ],
        survivors={
            "3: np.zeros → np.ones": "each entry is written over",
            "4: range(len(s)) → reversed(range(len(s)))": "pairs may be taken in any order",
            "5: range(len(h)) → reversed(range(len(h)))": "pairs may be taken in any order",
            "6: v @ np.tanh(W_q @ s[t] + W_k @ h[j]) → np.tanh(W_q @ s[t] + W_k @ h[j]) @ v": (
                "the dot product of two vectors is the same either way round"
            ),
        },
        solved="All pairs at once take memory for T · S · A numbers, a matrix of dot products for "
        "T · S. That is the additive score's real price.",
    )
)
