"""Exercise 12.4: find the bug, a mask that leaks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, Property, register
from course.exercises.bank.self_attention.common import Array


def given_causal(query: Array, key: Array, value: Array) -> tuple[Array, Array]:
    """The colleague's causal attention, as the learner finds it."""
    scores = query @ key.T / np.sqrt(query.shape[1])
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = e / e.sum(axis=1, keepdims=True)
    weights = weights * np.tril(np.ones(scores.shape))
    return weights @ value, weights


def causal_attention(query: Array, key: Array, value: Array) -> tuple[Array, Array]:
    """Context (T, d_v) and weights (T, T) of attention that sees no future."""
    scores = query @ key.T / np.sqrt(query.shape[1])
    past = np.tri(len(scores), dtype=bool)
    scores = np.where(past, scores, -np.inf)
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = e / e.sum(axis=1, keepdims=True)
    return weights @ value, weights


def _causal_probes(rng: np.random.Generator) -> list[Probe]:
    def one(T: int, d_k: int, d_v: int, size: float = 1.0) -> tuple[Array, ...]:
        return tuple(size * rng.normal(size=shape) for shape in ((T, d_k), (T, d_k), (T, d_v)))

    # Above 709, where exp overflows, but for the second word's; near each other in each row.
    high = one(4, 3, 2)
    high[0][:, 0], high[1][:, 0] = (40.0, 0.0, 40.0, 40.0), 40.0

    return [
        Probe(one(3, 4, 2), label="T = 3"),
        Probe(one(5, 2, 3), label="T = 5"),
        Probe(one(1, 3, 2), label="one word"),
        Probe(one(4, 3, 5, 5.0), label="scores far apart"),
        Probe(high, label="large scores"),
        Probe(
            (np.array([[0.0], [1.0], [0.0]]), np.array([[0.0], [0.0], [900.0]]), np.eye(3)),
            label="a future that would win",
        ),
    ]


def _same_past(rng: np.random.Generator) -> list[Probe]:
    first = [rng.normal(size=shape) for shape in ((4, 3), (4, 3), (4, 2))]
    second = [array.copy() for array in first]
    for array in second:
        array[2:] = rng.normal(size=array[2:].shape)
    return [
        Probe(tuple(first), label="T = 4"),
        Probe(tuple(second), label="T = 4, the last two words changed"),
    ]


def _causal_torch(query: Array, key: Array, value: Array) -> tuple[Array, Array]:
    import torch

    q, k, v = (torch.tensor(array)[None] for array in (query, key, value))
    attention = torch.nn.functional.scaled_dot_product_attention
    eye = torch.eye(len(value), dtype=torch.float64)[None]  # as values, they show the weights
    return (
        np.asarray(attention(q, k, v, is_causal=True)[0].numpy()),
        np.asarray(attention(q, k, eye, is_causal=True)[0].numpy()),
    )


def _causal_renormalised(query: Array, key: Array, value: Array) -> tuple[Array, Array]:
    """Zeros after softmax do no harm where each row is divided by its sum once more."""
    scores = query @ key.T / np.sqrt(query.shape[1])
    top = np.array([scores[t, : t + 1].max() for t in range(len(scores))])[:, None]
    e = np.tril(np.exp(np.minimum(scores - top, 0)))
    weights = e / e.sum(axis=1, keepdims=True)
    return weights @ value, weights


def _causal_prefixes(query: Array, key: Array, value: Array) -> tuple[Array, Array]:
    weights = np.zeros((len(query), len(key)))
    for t in range(len(query)):
        scores = key[: t + 1] @ query[t] / query.shape[1] ** 0.5
        e = np.exp(scores - scores.max())
        weights[t, : t + 1] = e / e.sum()
    return weights @ value, weights


def _causal_with(
    hide: Callable[[Array], Array] = lambda scores: np.where(
        np.tri(len(scores)) == 1, scores, -np.inf
    ),
    axis: int = 1,
    scaled: bool = True,
) -> Callable[..., tuple[Array, Array]]:
    def answer(query: Array, key: Array, value: Array) -> tuple[Array, Array]:
        with np.errstate(all="ignore"):
            scores = hide(query @ key.T / (np.sqrt(query.shape[1]) if scaled else 1))
            e = np.exp(scores - scores.max(axis=axis, keepdims=True))
            weights = e / e.sum(axis=axis, keepdims=True)
            return weights @ value, weights

    return answer


def _divided_once_more(query: Array, key: Array, value: Array) -> tuple[Array, Array]:
    scores = query @ key.T / np.sqrt(query.shape[1])
    with np.errstate(all="ignore"):
        e = np.tril(np.exp(scores - scores.max(axis=1, keepdims=True)))
        weights = e / e.sum(axis=1, keepdims=True)
        return weights @ value, weights


MISTAKES = [
    Mistake(
        "zero_scores",
        "You set the scores of the future to 0. But exp(0) is 1, so the future still gets a "
        "weight. Set these scores to −∞.",
        _causal_with(lambda scores: scores * np.tri(len(scores))),
    ),
    Mistake(
        "divided_once_more",
        "You set entries to zero after exp and divide each row by its new sum. That removes "
        "the leak, but if a score of the future is so large that all others underflow, the "
        "result is 0 / 0. Hide the future before softmax.",
        _divided_once_more,
    ),
    Mistake(
        "minus_one",
        "You set the scores of the future to −1. exp(−1) is still a weight. Set them to −∞.",
        _causal_with(lambda scores: np.where(np.tri(len(scores)) == 1, scores, -1.0)),
    ),
    Mistake(
        "one_too_far",
        "Each word sees one position ahead: the very word that it should predict. The "
        "diagonal is the last that may be seen.",
        _causal_with(lambda scores: np.where(np.tri(len(scores), k=1) == 1, scores, -np.inf)),
    ),
    Mistake(
        "past_hidden",
        "You hid the past and show the future. Rows are queries: row t may see columns up to t.",
        _causal_with(lambda scores: np.where(np.tri(len(scores)).T == 1, scores, -np.inf)),
    ),
    Mistake(
        "own_place_hidden",
        "A word cannot attend to itself, and the first one to nothing at all. Leave the "
        "diagonal visible.",
        _causal_with(lambda scores: np.where(np.tri(len(scores), k=-1) == 1, scores, -np.inf)),
    ),
    Mistake(
        "columns_sum_to_one",
        "Your softmax runs down the columns. Each row, the weights of one query, should sum "
        "to one.",
        _causal_with(axis=0),
    ),
    Mistake(
        "not_divided",
        "The mask is right, but the division by √d_k is missing.",
        _causal_with(scaled=False),
    ),
]

register(
    CodeExercise(
        name="self_attention.causal_attention",
        title="A mask that leaks",
        points=2,
        reference=causal_attention,
        given=given_causal,
        probes=_causal_probes,
        oracle=_causal_torch,
        equivalents={
            "torch": _causal_torch,
            "renormalised": _causal_renormalised,
            "prefix by prefix": _causal_prefixes,
        },
        properties=[
            Property(
                "Your earlier outputs change when a later word does: something of the future still "
                "reaches them.",
                lambda outputs, probes: all(
                    np.allclose(outputs[0][part][:2], outputs[1][part][:2]) for part in range(2)
                ),
                probes=_same_past,
            ),
        ],
        outputs=("context", "weights"),
        axes=("TD", "TT"),
        mistakes=MISTAKES,
        hints=[
            "The weights of the future are zero. But which sum were the other weights divided by?",
            "A row of the colleague's weights no longer sums to one, and how much is missing "
            "depends on the future.",
            "Hide the future before softmax: what score gives a weight of exactly 0?",
            "`scores = np.where(past, scores, -np.inf)`",
        ],
        survivors={
            "4: np.tri(len(scores), dtype=bool) → np.tri(len(scores))": "1.0 counts as True",
        },
        solved="Zeros after softmax hide the values of the future but not its keys: they are in "
        "the sum that divides every weight. In the record of claim 21, networks use this leak.",
    )
)
