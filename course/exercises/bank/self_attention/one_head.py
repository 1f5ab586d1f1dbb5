"""Exercise 12.2: build one head of attention."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from course.exercises.bank.self_attention.common import (
    W_K,
    W_Q,
    W_V,
    WORDS,
    Array,
    into_torch,
    out_of_torch,
    softmax,
)


def scaled_dot_product_attention(query: Any, key: Any, value: Any, mask: Any = None) -> Any:
    """Scores, weights, weighted sum."""
    import torch

    scores = query @ key.transpose(-2, -1)
    scores = scores / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    attention_weights = scores.softmax(dim=-1)
    return attention_weights @ value, attention_weights


def _call(answer: Callable[..., Any], *arrays: Array | None) -> Any:
    """Call an answer with tensors that ask for gradients."""
    query, key, value = (into_torch(array, trained=True) for array in arrays[:3])
    if len(arrays) < 4:
        return out_of_torch(answer(query, key, value), trained=True)
    return out_of_torch(answer(query, key, value, into_torch(arrays[3])), trained=True)


def _probes(rng: np.random.Generator) -> list[Probe]:
    def one(*front: int, T: int, S: int, d_k: int, d_v: int) -> tuple[Array, ...]:
        return tuple(rng.normal(size=(*front, *shape)) for shape in ((T, d_k), (S, d_k), (S, d_v)))

    def hide(*shape: int) -> Array:
        mask = rng.random(shape) < 0.6
        mask[..., 0] = True
        mask[..., 0, 1] = False
        return mask

    x = np.array([WORDS[word] for word in ("배", "를", "먹었다")], dtype=float)
    page = tuple((x @ W.T)[None] for W in (W_Q, W_K, W_V))
    high = one(1, T=3, S=4, d_k=2, d_v=3)  # scores above 709, where exp overflows
    high[0][..., 0], high[1][..., 0] = 40.0, 40.0
    low = (np.ones((1, 1, 1)), np.array([[[-3000.0], [-3001.0], [0.0]]]), np.eye(3)[None])
    won = (np.ones((1, 1, 1)), np.array([[[0.0], [1.0], [900.0]]]), np.eye(3)[None])
    return [
        Probe(page, label=EXAMPLE),
        Probe(one(2, T=3, S=4, d_k=5, d_v=2), label="no mask"),
        Probe((*one(2, T=3, S=4, d_k=5, d_v=2), hide(2, 3, 4)), label="a mask"),
        Probe((*one(2, 3, T=4, S=5, d_k=2, d_v=6), hide(2, 1, 4, 5)), label="B and N in front"),
        Probe((*one(1, T=4, S=4, d_k=3, d_v=4), np.tri(4, dtype=bool)), label="T = S"),
        Probe(one(2, T=1, S=1, d_k=3, d_v=4), label="one word"),
        Probe(high, label="large scores"),
        Probe((*low, np.array([[[True, True, False]]])), label="scores far below zero"),
        Probe((*won, np.array([[[True, True, False]]])), label="a hidden score that would win"),
    ]


def _trace(query: Array, key: Array, value: Array, mask: Array | None = None) -> dict[str, Array]:
    scores = query @ key.swapaxes(-2, -1) / np.sqrt(query.shape[-1])
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    attention_weights = softmax(scores)
    context = attention_weights @ value
    return {"scores": scores, "attention_weights": attention_weights, "context": context}


def _oracle(query: Array, key: Array, value: Array, mask: Array | None = None) -> Any:
    """Torch's own function; an identity matrix for values shows its weights."""
    import torch

    q, k, v = (torch.tensor(array) for array in (query, key, value))
    eye = torch.eye(k.shape[-2], dtype=torch.float64).expand(*k.shape[:-1], -1)
    attend = torch.nn.functional.scaled_dot_product_attention
    return tuple(attend(q, k, one, attn_mask=into_torch(mask)).numpy() for one in (v, eye))


def _einsum(query: Any, key: Any, value: Any, mask: Any = None) -> Any:
    import torch

    scores = torch.einsum("...td,...sd->...ts", query, key) * query.shape[-1] ** -0.5
    if mask is not None:
        scores = torch.where(mask, scores, float("-inf"))
    weights = torch.nn.functional.softmax(scores, dim=-1)
    return torch.einsum("...ts,...sv->...tv", weights, value), weights


def _added(query: Any, key: Any, value: Any, mask: Any = None) -> Any:
    import torch

    scores = query @ key.mT / math.sqrt(key.shape[-1])
    if mask is not None:
        scores = scores + torch.zeros(mask.shape).masked_fill(mask.logical_not(), -1e9)
    weights = torch.softmax(scores, -1)
    return weights.matmul(value), weights


def _with(
    width: Callable[[Any, Any, Any], float] = lambda q, k, v: math.sqrt(q.shape[-1]),
    turn: tuple[int, int] = (-2, -1),
    hide: Callable[[Any, Any], Any] = lambda scores, mask: scores.masked_fill(~mask, -math.inf),
    weigh: Callable[[Any], Any] = lambda scores: scores.softmax(-1),
    after: Callable[[Any, Any], Any] = lambda weights, mask: weights,
    mix: Callable[[Any, Any], Any] = lambda weights, value: weights @ value,
    give: Callable[[Any, Any, Any], Any] = lambda context, weights, scores: (context, weights),
    divide_weights: bool = False,
) -> Callable[..., Any]:
    """Attention with one of its parts changed."""

    def answer(query: Any, key: Any, value: Any, mask: Any = None) -> Any:
        scores = query @ key.transpose(*turn) / width(query, key, value)
        if mask is not None:
            scores = hide(scores, mask)
        weights = weigh(scores) / (math.sqrt(query.shape[-1]) if divide_weights else 1)
        if mask is not None:
            weights = after(weights, mask)
        return give(mix(weights, value), weights, scores)

    return answer


def _always_masked(query: Any, key: Any, value: Any, mask: Any = None) -> Any:
    return scaled_dot_product_attention(query, key, value, ~~mask)


def _elementwise(query: Any, key: Any, value: Any, mask: Any = None) -> Any:
    weights = (query * key / math.sqrt(query.shape[-1])).softmax(-1)
    return weights * value, weights


def _plain(scores: Any, mask: Any) -> Any:
    return scores


MISTAKES = [
    Mistake(
        "not_divided",
        "The scores are not divided by √d_k.",
        _with(width=lambda q, k, v: 1.0),
    ),
    Mistake(
        "divided_by_width",
        "You divided the scores by d_k itself. Divide by its square root.",
        _with(width=lambda q, k, v: float(q.shape[-1])),
    ),
    Mistake(
        "times_root",
        "You multiplied the scores by √d_k. Divide by it.",
        _with(width=lambda q, k, v: 1 / math.sqrt(q.shape[-1])),
    ),
    Mistake(
        "root_of_positions",
        "You divided by the root of the number of keys. d_k is the width of a key: the last axis.",
        _with(width=lambda q, k, v: math.sqrt(k.shape[-2])),
    ),
    Mistake(
        "root_of_queries",
        "You divided by the root of the number of queries. d_k is the width of a query: the last "
        "axis.",
        _with(width=lambda q, k, v: math.sqrt(q.shape[-2])),
    ),
    Mistake(
        "root_of_values",
        "You divided by √d_v. The scores are sums of d_k products, so divide by √d_k.",
        _with(width=lambda q, k, v: math.sqrt(v.shape[-1])),
    ),
    Mistake(
        "first_axes_swapped",
        "You swapped axes 0 and 1 of `key`. Swap the last two: `key.transpose(-2, -1)`.",
        _with(turn=(0, 1)),
    ),
    Mistake(
        "fixed_axes_swapped",
        "You swapped axes 1 and 2 of `key`, which is right for three axes only. Later there is one "
        "more for the heads: swap the last two, −2 and −1.",
        _with(turn=(1, 2)),
    ),
    Mistake(
        "all_axes_reversed",
        "`key.T` reverses all axes, the batch included. Swap the last two: "
        "`key.transpose(-2, -1)`.",
        lambda query, key, value, mask=None: query @ key.T,
    ),
    Mistake(
        "not_transposed",
        "`key` is not transposed: (…, T, d_k) @ (…, S, d_k) does not fit. Swap its last two axes.",
        lambda query, key, value, mask=None: query @ key,
    ),
    Mistake(
        "softmax_over_queries",
        "Softmax runs over the queries here. It should run over the keys, the last axis, so that "
        "each query's weights sum to one.",
        _with(weigh=lambda scores: scores.softmax(-2)),
    ),
    Mistake(
        "softmax_over_axis_one",
        "Softmax runs over axis 1. It should run over the keys, which are the last axis however "
        "many there are: `dim=-1`.",
        _with(weigh=lambda scores: scores.softmax(1)),
    ),
    Mistake(
        "softmax_over_batch",
        "Softmax runs over the batch, axis 0. It should run over the keys: `dim=-1`.",
        _with(weigh=lambda scores: scores.softmax(0)),
    ),
    Mistake(
        "no_softmax",
        "The scores are used as weights, without softmax.",
        _with(hide=lambda scores, mask: scores * mask, weigh=lambda scores: scores),
    ),
    Mistake(
        "not_normalised",
        "The exponentials are not divided by their sum.",
        _with(weigh=lambda scores: scores.exp()),
    ),
    Mistake("mask_ignored", "The mask is not used.", _with(hide=_plain)),
    Mistake(
        "mask_inverted",
        "Your mask hides what may be seen, and shows the rest. `masked_fill` fills where its mask "
        "is True, and ours is True where a query may attend: use `~mask`.",
        _with(hide=lambda scores, mask: scores.masked_fill(mask, -math.inf)),
    ),
    Mistake(
        "zero_scores",
        "You set hidden scores to 0. exp(0) is 1, so a hidden position still gets a weight. Use "
        "−∞.",
        _with(hide=lambda scores, mask: scores.masked_fill(~mask, 0.0)),
    ),
    Mistake(
        "minus_one",
        "You set hidden scores to −1. exp(−1) is still a weight. Use −∞.",
        _with(hide=lambda scores, mask: scores.masked_fill(~mask, -1.0)),
    ),
    Mistake(
        "minus_hundred",
        "You set hidden scores to −100. If the other scores are lower still, the hidden position "
        "gets all the weight. Use −∞.",
        _with(hide=lambda scores, mask: scores.masked_fill(~mask, -100.0)),
    ),
    Mistake(
        "mask_needed",
        "Your function fails without a mask. Hide scores only if `mask is not None`.",
        _always_masked,
    ),
    Mistake(
        "renormalised",
        "You set weights to zero after softmax and divided by the new sum. If a hidden score is "
        "far larger than the others, that is 0 / 0. Hide the scores before softmax.",
        _with(
            hide=_plain,
            after=lambda weights, mask: weights * mask / (weights * mask).sum(-1, keepdim=True),
        ),
    ),
    Mistake(
        "divided_after_softmax",
        "You divided the weights by √d_k, after softmax, so they no longer sum to one. Divide the "
        "scores.",
        _with(
            width=lambda q, k, v: 1.0,
            divide_weights=True,
        ),
    ),
    Mistake(
        "elementwise",
        "You multiplied element by element with `*`. Scores are dot products: `@`.",
        _elementwise,
    ),
    Mistake(
        "root_of_batch",
        "You divided by the root of the first axis, the batch. d_k is the last axis.",
        _with(width=lambda q, k, v: math.sqrt(q.shape[0])),
    ),
    Mistake(
        "root_of_axis_one",
        "You divided by the root of axis 1. d_k is the last axis: `query.shape[-1]`.",
        _with(width=lambda q, k, v: math.sqrt(q.shape[1])),
    ),
    Mistake(
        "axis_lost",
        "You divided by a sum without `keepdim=True`, so it is not lined up with the rows.",
        _with(weigh=lambda scores: scores.exp() / scores.exp().sum(-1)),
    ),
    Mistake(
        "plus_infinity",
        "You filled with +∞, so hidden positions get all the weight. Fill with −∞.",
        _with(hide=lambda scores, mask: scores.masked_fill(~mask, math.inf)),
    ),
    Mistake(
        "zeros_after_softmax",
        "You set weights to zero after softmax, so a row with hidden positions no longer sums to "
        "one. Hide the scores before softmax.",
        _with(hide=_plain, after=lambda weights, mask: weights * mask),
    ),
    Mistake(
        "minus_infinity_after_softmax",
        "You put −∞ into the weights. It belongs into the scores, before softmax.",
        _with(hide=_plain, after=lambda weights, mask: weights.masked_fill(~mask, -math.inf)),
    ),
    Mistake(
        "weights_transposed",
        "You transposed the weights before the weighted sum. Rows are queries: "
        "`attention_weights @ value`.",
        _with(mix=lambda weights, value: weights.transpose(-2, -1) @ value),
    ),
    Mistake(
        "keys_mixed",
        "The weighted sum is one of keys. Mix the values.",
        lambda query, key, value, mask=None: _with()(query, key, key, mask),
    ),
    Mistake(
        "queries_and_keys_exchanged",
        "You took `key @ query`, so rows are keys. Rows should be queries: `query @ key`, with "
        "`key` transposed.",
        lambda query, key, value, mask=None: _with()(key, query, value, mask),
    ),
    Mistake(
        "context_alone",
        "You return the context alone. Return two tensors: the context and the weights.",
        _with(give=lambda context, weights, scores: context),
    ),
    Mistake(
        "turned_round",
        "You return the weights first. Return the context, then the weights.",
        _with(give=lambda context, weights, scores: (weights, context)),
    ),
    Mistake(
        "scores_returned",
        "Your second result holds the scores. Return the weights, after softmax.",
        _with(give=lambda context, weights, scores: (context, scores)),
    ),
]

register(
    CodeExercise(
        name="self_attention.one_head",
        title="Build one head",
        points=3,
        package="self_attention.scaled_dot_product_attention",
        reference=scaled_dot_product_attention,
        probes=_probes,
        call=_call,
        oracle=_oracle,
        equivalents={"einsum": _einsum, "a mask added": _added},
        trace=_trace,
        outputs=("context", "attention_weights"),
        axes=("BTD", "BTS"),
        mistakes=MISTAKES,
        hints=[
            "There are three steps: scores, softmax, weighted sum. The mask acts on the scores.",
            "`query` is (…, T, d_k) and `key` is (…, S, d_k). The scores are (…, T, S), so the "
            "last two axes of `key` change places.",
            "Divide by the root of `query.shape[-1]`. Where `mask` is False, fill −∞. Then softmax "
            "over the last axis, and a product with `value`.",
            "`scores = scores.masked_fill(~mask, -torch.inf)`",
        ],
        survivors={
            "5: key.transpose(-2, -1) → key.transpose(-1, -2)": "swapping is the same either way",
        },
        solved="Every Transformer is built around this function. On its own it knows nothing of "
        "word order, and each query has only one set of weights.",
    )
)
