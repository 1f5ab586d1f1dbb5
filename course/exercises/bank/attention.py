"""The exercises of lesson 11, Attention."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import (
    CodeExercise,
    Mistake,
    OpenExercise,
    Probe,
    ValueExercise,
    register,
)

Array = npt.NDArray[Any]

# --- 11.1 · Twice the query ----------------------------------------------------------------------


def _twice_the_query() -> float:
    """The weight of 학생 by torch, for the query of the page times two."""
    import torch

    h = torch.tensor([[1.0, 0, 0, 1], [1, 0, 0, 2], [1, 1, 2, 0], [1, 1, 0, 0]]).double()
    s = torch.tensor([-1.705, -1.396, 1.439, -0.598]).double()
    return float((h @ (2 * s)).softmax(dim=0)[2])


register(
    ValueExercise(
        name="attention.twice_the_query",
        title="Twice the query",
        points=1,
        answer=0.977,
        tolerance=0.003,
        oracle=_twice_the_query,
        mistakes=[
            Mistake(
                "unchanged",
                "The weights would stay if only the query's *direction* counted. Here the scores "
                "double, and $e^{2x}$ is not $2 e^x$.",
                0.8,
            ),
            Mistake(
                "doubled",
                "A weight cannot be above 1. What doubles is the score, not the weight.",
                1.6,
            ),
            Mistake(
                "not_divided",
                "$0.8^2 = 0.64$ is the right beginning. Now all four squares have to be divided by "
                "their sum.",
                0.64,
            ),
            Mistake(
                "flattened",
                "These are the weights for *half* the query: you took roots where squares belong.",
                0.540,
            ),
            Mistake(
                "two_of_them",
                "You left out the two smallest weights. Their squares count, too, though little.",
                0.9846,
            ),
        ],
        hints=[
            "What happens to each score $s · h_j$, and then to $e$ to the power of it?",
            "$e^{2x} = (e^x)^2$: each weight is squared, and then all are divided by the new sum.",
            "The squares are 0.01, 0.003025, 0.64 and 0.002025.",
            "`0.64 / (0.01 + 0.003025 + 0.64 + 0.002025)`",
        ],
        solved="The direction of the query says where to look, its length how sharply. A network "
        "learns both.",
    )
)


# --- 11.2 · Find the bug: a look at nothing ------------------------------------------------------


def given_weights(scores: Array, mask: Array) -> Array:
    """The colleague's weights, as the learner finds them."""
    scores = scores * mask
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def masked_weights(scores: Array, mask: Array) -> Array:
    """Attention weights (B, S) that are exactly zero on padding, where the mask is False."""
    scores = np.where(mask, scores, -np.inf)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights: Array = e / e.sum(axis=-1, keepdims=True)
    return weights


def _masked_probes(rng: np.random.Generator) -> list[Probe]:
    def one(lengths: Sequence[int], S: int, scale: float = 2.0) -> tuple[Array, Array]:
        mask = np.arange(S) < np.array(lengths)[:, None]
        return scale * rng.normal(size=mask.shape), mask

    far = np.array([[-40.0, -41.0, 3.0], [700.0, 800.0, -3.0]])
    return [
        Probe((np.array([[1.0, 0.0, 9.0]]), np.array([[True, True, False]])), label="a padded row"),
        Probe(one([4, 2, 3], 5), label="padding in every row"),
        Probe(one([3, 3], 3), label="no padding"),
        Probe(one([1, 4], 4), label="one token"),
        Probe((far, np.array([[True, True, False], [True, True, False]])), label="scores far off"),
        Probe(
            (np.array([[1.0, 2.0, 2000.0]]), np.array([[True, True, False]])),
            label="a large score on padding",
        ),
        Probe(
            (np.array([[-300.0, -301.0, 0.0]]), np.array([[True, True, False]])),
            label="all scores of words below -300",
        ),
    ]


def _masked_torch(scores: Array, mask: Array) -> Array:
    import torch

    filled = torch.tensor(scores).masked_fill(~torch.tensor(mask), -torch.inf)
    return np.asarray(filled.softmax(dim=-1).numpy())


def _masked_by_row(scores: Array, mask: Array) -> Array:
    weights = np.zeros(scores.shape)
    for b, keep in enumerate(mask):
        row = scores[b, keep]
        row = np.exp(row - row.max())
        weights[b, keep] = row / row.sum()
    return weights


def _softmax(scores: Array, axis: int = -1) -> Array:
    e = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return np.asarray(e / e.sum(axis=axis, keepdims=True))


def _masked_with(largest: Callable[[Array], Any]) -> Any:
    """Mask, and take away something else than each row's largest score."""

    def answer(scores: Array, mask: Array) -> Array:
        filled = np.where(mask, scores, -np.inf)
        with np.errstate(all="ignore"):
            e = np.exp(filled - largest(filled))
            return np.asarray(e / e.sum(axis=-1, keepdims=True))

    return answer


def _infinity_by_zero(scores: Array, mask: Array) -> Array:
    with np.errstate(invalid="ignore"):
        return _softmax(scores - np.inf * (1 - mask))


def _over_the_batch(scores: Array, mask: Array) -> Array:
    filled = np.where(mask, scores, -np.inf)
    with np.errstate(invalid="ignore"):
        return _softmax(filled, axis=0)


register(
    CodeExercise(
        name="attention.masked_weights",
        title="A look at nothing",
        points=2,
        reference=masked_weights,
        given=given_weights,
        probes=_masked_probes,
        oracle=_masked_torch,
        equivalents={"torch": _masked_torch, "row by row": _masked_by_row},
        outputs=("weights",),
        axes=("BS",),
        mistakes=[
            Mistake(
                "masked_after",
                "Padding gets zero now, but the rows no longer sum to one: its share was cut off "
                "after softmax had given it away. Take padding out before softmax.",
                lambda scores, mask: _softmax(scores) * mask,
            ),
            Mistake(
                "no_mask",
                "The mask is not used at all.",
                lambda scores, mask: _softmax(scores),
            ),
            Mistake(
                "not_far_enough",
                "You put −10 where padding is. That is little beside most scores, not beside all: "
                "of the probes one has scores near −40. Only −∞ is below every number.",
                lambda scores, mask: _softmax(np.where(mask, scores, -10.0)),
            ),
            Mistake(
                "mask_inverted",
                "You look at the padding alone. The mask is True where there is a token.",
                lambda scores, mask: _softmax(np.where(mask, -1e300, scores)),
            ),
            Mistake(
                "over_the_batch",
                "Your columns sum to one, not your rows: softmax ran over the batch. Each sentence "
                "shares out its own look, over its S positions.",
                _over_the_batch,
            ),
            Mistake(
                "zero_is_padding",
                "A token whose score is exactly 0 has lost its weight: you took it for padding. "
                "Ask the mask, not the product.",
                lambda scores, mask: _softmax(np.where(scores * mask == 0, -np.inf, scores)),
            ),
            Mistake(
                "infinity_by_zero",
                "∞ · 0 is not 0, it is nan, and so every token's score is lost. Choose between the "
                "score and −∞ with `np.where`.",
                _infinity_by_zero,
            ),
            Mistake(
                "overflow",
                "The mask is right. But with scores near 800, e^score is infinite, and infinity by "
                "infinity is nan. The given code took the row's largest score away first; keep it.",
                _masked_with(lambda scores: 0.0),
            ),
            Mistake(
                "largest_of_all",
                "The mask is right. But you took away the largest score of the whole batch: where "
                "a row lies far below it, e^score is zero, and zero by zero is nan. Take away each "
                "row's own largest.",
                _masked_with(lambda scores: scores.max()),
            ),
            Mistake(
                "one_axis_more",
                "Every weight is 1: your softmax ran over an axis of length one. Look at the shape "
                "before you take softmax; it must run over S.",
                lambda scores, mask: _softmax(scores[..., None])[..., 0] * mask,
            ),
        ],
        hints=[
            "What is $e^0$? And to which score does softmax give a share of exactly zero?",
            "`scores` and `mask` are (B, S). Softmax runs over S, the last axis.",
            "Padding needs a score that is below every number, before softmax sees it.",
            "`scores = np.where(mask, scores, -np.inf)`",
        ],
        survivors={
            "4: -1 → 1": "the scores have two axes, so these are the same",
            "5: -1 → 1": "the scores have two axes, so these are the same",
        },
        solved="A score of 0 is no score below the others, it is one among them. A test that asks "
        "for sums of one and for exact zeros on padding finds this bug and its relatives.",
    )
)


# --- 11.3 · General, backwards -------------------------------------------------------------------


def general_backward(dscores: Array, h: Array, s_t: Array, W: Array) -> tuple[Array, Array, Array]:
    """Gradients of e_j = h_j · W s_t with respect to h (B, S, H), s_t (B, D) and W (H, D)."""
    query = s_t @ W.T  # (B, D)·(D, H) -> (B, H)
    dh = dscores[:, :, None] * query[:, None]  # (B, S, H)
    dquery = (dscores[:, :, None] * h).sum(axis=1)  # (B, H)
    ds_t = dquery @ W  # (B, H)·(H, D) -> (B, D)
    dW = dquery.T @ s_t  # (H, B)·(B, D) -> (H, D)
    return dh, ds_t, dW


def _general_probes(rng: np.random.Generator) -> list[Probe]:
    def one(B: int, S: int, H: int, D: int) -> tuple[Array, ...]:
        shapes = ((B, S), (B, S, H), (B, D), (H, D))
        return tuple(rng.normal(size=shape) for shape in shapes)

    small = (np.array([[1.0, 0.0]]), np.array([[[1.0, 2.0], [3.0, 4.0]]]), np.array([[5.0]]))
    return [
        Probe((*small, np.array([[1.0], [-1.0]])), label="the example"),
        Probe(one(3, 4, 5, 2)),
        Probe(one(2, 3, 3, 3), label="H = D"),
        Probe(one(1, 1, 2, 4), label="one sentence of one word"),
    ]


def _general_autograd(dscores: Array, h: Array, s_t: Array, W: Array) -> tuple[Array, ...]:
    import torch

    leaves = [torch.tensor(array, requires_grad=True) for array in (h, s_t, W)]
    scores = torch.einsum("bsh,hd,bd->bs", leaves[0], leaves[2], leaves[1])
    grads = torch.autograd.grad(scores, leaves, torch.tensor(dscores))
    return tuple(np.asarray(one.numpy()) for one in grads)


def _general_einsum(dscores: Array, h: Array, s_t: Array, W: Array) -> tuple[Array, ...]:
    return (
        np.einsum("bs,hd,bd->bsh", dscores, W, s_t),
        np.einsum("bs,bsh,hd->bd", dscores, h, W),
        np.einsum("bs,bsh,bd->hd", dscores, h, s_t),
    )


def _general_loops(dscores: Array, h: Array, s_t: Array, W: Array) -> tuple[Array, ...]:
    dh, ds_t, dW = np.zeros_like(h), np.zeros_like(s_t), np.zeros_like(W)
    for b in range(len(h)):
        for j in range(h.shape[1]):
            dh[b, j] += dscores[b, j] * (W @ s_t[b])
            ds_t[b] += dscores[b, j] * (W.T @ h[b, j])
            dW += dscores[b, j] * np.outer(h[b, j], s_t[b])
    return dh, ds_t, dW


def _general_with(change: Callable[..., tuple[Any, Any, Any]]) -> Any:
    def answer(dscores: Array, h: Array, s_t: Array, W: Array) -> tuple[Any, Any, Any]:
        return change(*_general_einsum(dscores, h, s_t, W), dscores, h, s_t, W)

    return answer


register(
    CodeExercise(
        name="attention.general_backward",
        title="General, backwards",
        points=3,
        reference=general_backward,
        probes=_general_probes,
        oracle=_general_autograd,
        equivalents={
            "torch": _general_autograd,
            "einsum": _general_einsum,
            "loops": _general_loops,
        },
        outputs=("dh", "ds_t", "dW"),
        axes=("BSH", "BD", "HD"),
        mistakes=[
            Mistake(
                "no_W",
                "Your gradient of the states forgets W: what $h_j$ is multiplied with is $W s_t$. "
                "(And so on the other side: $W^\\top h_j$.)",
                lambda dscores, h, s_t, W: (
                    dscores[:, :, None] * s_t[:, None],
                    (dscores[:, :, None] * h).sum(axis=1),
                    np.einsum("bs,bsh,bd->hd", dscores, h, s_t),
                ),
            ),
            Mistake(
                "no_dscores",
                "You left out dscores. Each pair counts by its own `dscores[b, j]`: where that is "
                "0, nothing goes back.",
                lambda dscores, h, s_t, W: _general_einsum(np.ones_like(dscores), h, s_t, W),
            ),
            Mistake(
                "batch_mean",
                "You took the mean over the batch for dW. All sentences use the same W: their "
                "gradients are added.",
                _general_with(lambda dh, ds, dW, *given: (dh, ds, dW / len(given[1]))),
            ),
            Mistake(
                "batch_kept",
                "Your dW has a batch axis: one gradient a sentence. They are to be added.",
                _general_with(
                    lambda dh, ds, dW, dscores, h, s_t, W: (
                        dh,
                        ds,
                        np.einsum("bs,bsh,bd->bhd", dscores, h, s_t),
                    )
                ),
            ),
            Mistake(
                "W_transposed",
                "Your dW is turned on its side. It has the shape of W: rows for the entries of "
                "$h$, columns for those of $s$.",
                _general_with(lambda dh, ds, dW, *given: (dh, ds, dW.T)),
            ),
            Mistake(
                "first_key_only",
                "The query was compared with every $h_j$, so its gradient is a sum over all j. You "
                "took the first.",
                lambda dscores, h, s_t, W: (
                    np.einsum("bs,hd,bd->bsh", dscores, W, s_t),
                    np.einsum("b,bh,hd->bd", dscores[:, 0], h[:, 0], W),
                    np.einsum("b,bh,bd->hd", dscores[:, 0], h[:, 0], s_t),
                ),
            ),
            Mistake(
                "order",
                "The three gradients are right; return them in the order dh, ds_t, dW.",
                _general_with(lambda dh, ds, dW, *given: (ds, dh, dW)),
            ),
        ],
        hints=[
            "Two products, one after the other: first the query $q = W s_t$, then $h_j · q$ for "
            "each j. Go back through the second, then through the first.",
            "dscores (B, S), h (B, S, H), s_t (B, D), W (H, D). Each gradient has the shape of "
            "what it belongs to.",
            "Through the dot products as on the page, with q in the place of s_t: dh and "
            "dq (B, H). Then dq goes through W: to s_t, and to W itself.",
            "`dq = (dscores[:, :, None] * h).sum(axis=1)`",
        ],
        solved="`general` is the score of `AttentionDecoder` below: a dot product with a learned "
        "linear map in between, so that the two states need not be alike in themselves.",
    )
)


# --- 11.4 · The additive score -------------------------------------------------------------------


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


# --- 11.5 · An error rate by hand ----------------------------------------------------------------

BY_HAND = np.array(
    [
        [0.7, 0.2, 0.0, 0.1],  # I
        [0.1, 0.5, 0.1, 0.3],  # am
        [0.0, 0.1, 0.8, 0.1],  # a
        [0.0, 0.1, 0.9, 0.0],  # student
    ]
)
"""Weights of four target words over 나 는 학생 이다."""


def _rate_by_hand() -> float:
    from helpers import metrics

    links = metrics.hard_alignment(BY_HAND)
    return metrics.alignment_error_rate([links], [{(0, 0), (3, 1), (2, 3)}])


register(
    ValueExercise(
        name="attention.error_rate",
        title="An error rate by hand",
        points=2,
        answer=3 / 7,
        tolerance=0.002,
        oracle=_rate_by_hand,
        mistakes=[
            Mistake(
                "left_out",
                "You left out *a*, which has no partner. That is the convention of the figures "
                "below; here all four words are linked, and the link of *a* is an error.",
                1 / 3,
            ),
            Mistake(
                "accuracy",
                "This is the share that is *right*. The error rate is one minus it.",
                4 / 7,
            ),
            Mistake(
                "precision",
                "You counted how many of the four links are wrong. The gold links count, too: "
                "1 − 2 · hits / (links + gold).",
                0.5,
            ),
            Mistake(
                "hits_once",
                "Each hit counts twice: as a link that is right, and as a gold link that is found.",
                5 / 7,
            ),
            Mistake(
                "am_right",
                "*am* looks most at 는 (0.5), not at its partner 이다 (0.3).",
                1 / 7,
            ),
        ],
        hints=[
            "Link each English word with the morpheme of its largest weight. How many of the "
            "links are gold?",
            "Four links: I–나, am–는, a–학생, student–학생. Three gold links.",
            "AER = 1 − 2 · hits / (number of links + number of gold links).",
            "`1 - 2 * 2 / (4 + 3)`",
        ],
        solved="Where every gold link is sure, as here, AER is one minus the F-score of the links.",
    )
)


# --- 11.6 · Does it know? (open) -----------------------------------------------------------------

register(
    OpenExercise(
        name="attention.explanation",
        title="Does the heatmap explain?",
        points=4,
        rubric=[
            "Says what the heatmap shows: the shares in which encoder states are mixed at a step; "
            "not which words caused the output.",
            "Says why a state is not a word: it holds its neighbours, too (the one-way encoder "
            "looks at the word behind and translates well).",
            "Proposes an experiment that changes the source or the weights and watches the output: "
            "exchange the word, or set its weight to zero.",
            "Says which result would support the colleague and which would not, on many sentences.",
        ],
    )
)


# --- 11.7 · A window (Further) -------------------------------------------------------------------


def local_weights(scores: Array, centre: int, width: int) -> Array:
    """Attention weights (S,) that look no further than `width` positions from `centre`."""
    near = np.abs(np.arange(len(scores)) - centre) <= width
    inside = np.where(near, scores, -np.inf)
    e = np.exp(inside - inside.max())
    return np.asarray(e / e.sum())


def _local_probes(rng: np.random.Generator) -> list[Probe]:
    return [
        Probe((np.zeros(5), 1, 1), label="the example"),
        Probe((rng.normal(size=8), 4, 2)),
        Probe((rng.normal(size=6), 0, 2), label="centre at the beginning"),
        Probe((rng.normal(size=6), 5, 1), label="centre at the end"),
        Probe((rng.normal(size=7), 3, 0), label="width 0"),
        Probe((rng.normal(size=4), 1, 9), label="wider than the source"),
        Probe((np.array([750.0, 800.0, 801.0, 2.0, 3.0]), 1, 1), label="large scores"),
        Probe((np.array([1.0, -800.0, -801.0, 2.0]), 2, 0), label="a low score alone"),
    ]


def _local_torch(scores: Array, centre: int, width: int) -> Array:
    import torch

    place = torch.arange(len(scores))
    filled = torch.tensor(scores).masked_fill((place - centre).abs() > width, -torch.inf)
    return np.asarray(filled.softmax(dim=0).numpy())


def _local_slice(scores: Array, centre: int, width: int) -> Array:
    weights = np.zeros(len(scores))
    window = slice(max(centre - width, 0), centre + width + 1)
    weights[window] = _softmax(scores[window])
    return weights


def _slice_unguarded(scores: Array, centre: int, width: int) -> Array:
    weights = np.zeros(len(scores))
    window = slice(centre - width, centre + width + 1)
    if len(scores[window]):
        weights[window] = _softmax(scores[window])
    return weights


def _local_within(low: int, high: int) -> Any:
    """Positions from centre − width + low to centre + width + high."""

    def answer(scores: Array, centre: int, width: int) -> Array:
        place = np.arange(len(scores))
        near = (place >= centre - width + low) & (place <= centre + width + high)
        return _softmax(np.where(near, scores, -np.inf)) if near.any() else np.zeros(len(scores))

    return answer


def _local_with(
    largest: Callable[[Array], Any] = np.max,
    near: Callable[[Array, int], Array] = lambda distance, width: distance <= width,
) -> Any:
    """Take away something else than the window's largest score, or allow other distances."""

    def answer(scores: Array, centre: int, width: int) -> Array:
        inside = near(np.abs(np.arange(len(scores)) - centre), width)
        filled = np.where(inside, scores, -np.inf)
        with np.errstate(all="ignore"):
            e = np.where(inside, np.exp(scores - largest(filled)), 0.0)
            return np.asarray(e / e.sum())

    return answer


def _largest_of_all(scores: Array, centre: int, width: int) -> Array:
    return np.asarray(_local_with(lambda inside: scores.max())(scores, centre, width))


def _zero_outside(scores: Array, centre: int, width: int) -> Array:
    near = np.abs(np.arange(len(scores)) - centre) <= width
    return _softmax(np.where(near, scores, 0.0))


def _cut_after(scores: Array, centre: int, width: int) -> Array:
    near = np.abs(np.arange(len(scores)) - centre) <= width
    return np.asarray(_softmax(scores) * near)


register(
    CodeExercise(
        name="attention.local_weights",
        title="A window",
        points=2,
        reference=local_weights,
        probes=_local_probes,
        oracle=_local_torch,
        equivalents={"torch": _local_torch, "slice": _local_slice},
        outputs=("weights",),
        axes=("S",),
        mistakes=[
            Mistake(
                "negative_index",
                "Near the beginning your window starts at a negative index, which Python counts "
                "from the end. Begin it at `max(centre - width, 0)`.",
                _slice_unguarded,
            ),
            Mistake(
                "end_left_out",
                "The last position of your window is missing: a slice ends before its end, and "
                "`centre + width` belongs to the window.",
                _local_within(0, -1),
            ),
            Mistake(
                "both_ends_left_out",
                "Your window is one position too narrow on either side: a distance of `width` is "
                "allowed.",
                _local_with(near=lambda distance, width: distance < width),
            ),
            Mistake(
                "half_the_width",
                "Your window is `width` positions wide in all. It reaches `width` positions to "
                "*either* side of its centre.",
                _local_with(near=lambda distance, width: distance <= width // 2),
            ),
            Mistake(
                "overflow",
                "The window is right. But with scores near 800, e^score is infinite, and infinity "
                "by infinity is nan. Take the window's largest score away first.",
                _local_with(lambda inside: 0.0),
            ),
            Mistake(
                "largest_of_all",
                "The window is right. But you took away the largest of *all* scores: where the "
                "window lies far below it, e^score is zero, and zero by zero is nan. Take away the "
                "window's largest.",
                _largest_of_all,
            ),
            Mistake(
                "zero_outside",
                "You set the scores outside to 0. A score of 0 gets a share; give it −∞, or leave "
                "it out.",
                _zero_outside,
            ),
            Mistake(
                "cut_after",
                "The weights inside do not sum to one. Softmax has to run over the window alone.",
                _cut_after,
            ),
        ],
        hints=[
            "Only positions j with |j − centre| ≤ width take part; the window may stick out over "
            "either end of the source.",
            "`scores` is (S,), and so is the result, with zeros outside the window.",
            "Make a mask of the positions that are near enough; then it is the masked softmax of "
            "the lesson.",
            "`near = np.abs(np.arange(len(scores)) - centre) <= width`",
        ],
        survivors={
            "3: np.arange(len(scores)) - centre → centre - np.arange(len(scores))": (
                "the distance is the same from either end"
            ),
            "6: np.asarray(e / e.sum()) → e / e.sum()": (
                "it is an array already; the call is there for the type checker"
            ),
        },
        solved="In Luong's local attention the centre is the step's own number, or is computed "
        "from the decoder's state. The cost of a look no longer grows with the source.",
    )
)
