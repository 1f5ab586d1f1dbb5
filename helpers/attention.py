"""Attention in NumPy: scores, weights, context; one query, then all of them; forward and backward.

The encoder leaves one state for each source position. At each step the decoder compares its own
state with all of them, turns the scores into weights that sum to one, and takes the weighted sum::

    e_tj = score(s_t, h_j)
    a_t  = softmax(e_t)              attention weights, over the source
    c_t  = Σ_j a_tj h_j              context vector

Shapes: encoder states ``h`` (B, S, H), decoder states ``s`` (B, T, H), ``attention_weights``
(B, T, S), ``context`` (B, T, H); without T where one step stands alone. A ``mask`` is True where
there is a token. With the general names ``s`` is the query, and ``h`` is key and value at once.

The first functions read like the lesson that builds them. `attention` returns the same numbers for
all target steps at once, and with any of the scores. A function ``…_backward`` takes the gradient
of what its namesake returned first, and returns those of what it was given; ``dh`` stands for the
gradient of the loss with respect to ``h``, in the shape of ``h``, and so for every other letter.

Every function raises TypeError for what is no NumPy array of real numbers and ValueError where
shapes disagree; the forward ones refuse NaN and infinity. Padding has to hold finite numbers too;
they change no result, and their gradient is zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from helpers.axes import check_finite
from helpers.shapes import Array, fields, shapes

# --- softmax over the tokens -----------------------------------------------------------------


@shapes(scores="B S | B T S | B T S", mask="B S | B S | B T S")
def masked_softmax(scores: Array, mask: Array | None = None) -> Array:
    """Turn scores (B, S) or (B, T, S) into distributions over S, exactly zero on padding.

    `mask` (B, S), for every target step, or of the shape of `scores`, is True where the source
    holds a token. ValueError also if a row of it is False throughout, or a token's score is NaN or
    infinite; what padding scores does not matter (Bahdanau et al. 2015, arXiv:1409.0473, eq. 6).
    """
    _check_scores(scores, mask)
    if mask is not None:
        steps = mask if mask.ndim == scores.ndim else mask[:, None]  # (B, S) -> (B, 1, S)
        scores = np.where(steps, scores, -np.inf)  # e^{−∞} = 0
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))  # the largest is e^0: no overflow
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


@shapes(attention_weights="B S | B T S", dattention_weights="B S | B T S")
def masked_softmax_backward(dattention_weights: Array, attention_weights: Array) -> Array:
    """Return the gradient with respect to the scores; it sums to zero over S.

    No mask is needed: a weight of zero has a gradient of zero.
    """
    dscores = dattention_weights * attention_weights
    return np.asarray(dscores - attention_weights * dscores.sum(axis=-1, keepdims=True))


@shapes(h="B S H", s_t="B H", mask="B S", finite=("h", "s_t"))
def attention_weight_layer(h: Array, s_t: Array, mask: Array | None = None) -> Array:
    """Say how much each source position matters now: dot product, then softmax.

    `h` (B, S, H) are the encoder's states, `s_t` (B, H) is the decoder's at one step, `mask` (B, S)
    is True where there is a token. Returns weights (B, S): non-negative, summing to one over S,
    exactly zero on padding (Luong et al. 2015, arXiv:1508.04025, section 3.1, the score "dot").
    """
    scores = (h * s_t[:, None]).sum(axis=-1)  # (B, S, H) * (B, 1, H) -> (B, S)
    return masked_softmax(scores, mask)


@shapes(h="B S H", s_t="B H", attention_weights="B S", dattention_weights="B S")
def attention_weight_layer_backward(
    dattention_weights: Array, h: Array, s_t: Array, attention_weights: Array
) -> tuple[Array, Array]:
    """Return `dh` and `ds_t`, the gradients of the states that were compared."""
    dscores = masked_softmax_backward(dattention_weights, attention_weights)  # (B, S)
    dh = dscores[:, :, None] * s_t[:, None]  # (B, S, 1) * (B, 1, H) -> (B, S, H)
    ds_t = (dscores[:, :, None] * h).sum(axis=1)  # (B, S, 1) * (B, S, H) -> (B, H)
    return dh, ds_t


@shapes(h="B S H", attention_weights="B S", finite=("h", "attention_weights"))
def weighted_sum_layer(h: Array, attention_weights: Array) -> Array:
    """Mix the states h (B, S, H) in the proportions that the weights (B, S) give.

    Returns the context vector Σ_j a_j h_j, (B, H) (Bahdanau et al. 2015, arXiv:1409.0473, eq. 5).
    """
    context: Array = (attention_weights[:, :, None] * h).sum(axis=1)  # (B, S, 1) * (B, S, H)
    return context


@shapes(h="B S H", attention_weights="B S", dcontext="B H")
def weighted_sum_layer_backward(
    dcontext: Array, h: Array, attention_weights: Array
) -> tuple[Array, Array]:
    """Return `dh` and `dattention_weights`, the gradients of the states and of their weights."""
    dh = attention_weights[:, :, None] * dcontext[:, None]  # (B, S, 1) * (B, 1, H) -> (B, S, H)
    dattention_weights = (h * dcontext[:, None]).sum(axis=-1)  # (B, S, H) * (B, 1, H) -> (B, S)
    return dh, dattention_weights


@shapes(h="B S H", s_t="B H", mask="B S")
def attention_step(h: Array, s_t: Array, mask: Array | None = None) -> tuple[Array, Array]:
    """Look once at all encoder states: the two layers, one after the other.

    Returns the context vector (B, H) and the attention weights (B, S).
    """
    attention_weights = attention_weight_layer(h, s_t, mask)  # (B, S)
    return weighted_sum_layer(h, attention_weights), attention_weights


@shapes(h="B S H", s_t="B H", attention_weights="B S", dcontext="B H")
def attention_step_backward(
    dcontext: Array, h: Array, s_t: Array, attention_weights: Array
) -> tuple[Array, Array]:
    """Return `dh` and `ds_t`.

    `h` went into both layers, so two gradients come back to it and are added.
    """
    dh_summed, dattention_weights = weighted_sum_layer_backward(dcontext, h, attention_weights)
    dh_compared, ds_t = attention_weight_layer_backward(
        dattention_weights, h, s_t, attention_weights
    )
    return dh_summed + dh_compared, ds_t


@shapes(h="B S H", s="B T H", mask="B S", finite=("s",))
def attention_layer(h: Array, s: Array, mask: Array | None = None) -> tuple[Array, Array]:
    """Take the step for one decoder state after the other, s (B, T, H).

    `h` (B, S, H) are the encoder's states, `mask` (B, S) is True where the source holds a token.
    Returns the context (B, T, H) and the attention weights (B, T, S).
    """
    steps = [attention_step(h, s[:, t], mask) for t in range(s.shape[1])]  # T of (B, H), (B, S)
    context, attention_weights = (np.stack(parts, axis=1) for parts in zip(*steps, strict=True))
    return context, attention_weights  # (B, T, H), (B, T, S)


# --- scores: how like are a query and a key? -------------------------------------------------


@shapes(query="B T H", key="B S H", finite=("query", "key"))
def dot_score(query: Array, key: Array) -> Array:
    """Compare each query (B, T, H) with each key (B, S, H) by the dot product q · k: (B, T, S).

    Luong et al. 2015, arXiv:1508.04025, section 3.1. A single query is `query[:, None]`.
    """
    return np.asarray(query @ key.transpose(0, 2, 1))  # (B, T, H)·(B, H, S) -> (B, T, S)


@shapes(query="B T H", key="B S H", dscores="B T S", finite=("query", "key"))
def dot_score_backward(dscores: Array, query: Array, key: Array) -> tuple[Array, Array]:
    """Return `dquery` (B, T, H) and `dkey` (B, S, H)."""
    dquery = dscores @ key  # (B, T, S)·(B, S, H) -> (B, T, H)
    dkey = dscores.transpose(0, 2, 1) @ query  # (B, S, T)·(B, T, H) -> (B, S, H)
    return dquery, dkey


@shapes(query="B T H", key="B S H", finite=("query", "key"))
def scaled_dot_score(query: Array, key: Array) -> Array:
    """Compare as `dot_score` does, and divide by the root of the length: q · k / √H.

    Where the entries are independent with mean 0 and variance 1, so is the result; the plain dot
    product's variance is H (Vaswani et al. 2017, arXiv:1706.03762, section 3.2.1).
    """
    return dot_score(query, key) / math.sqrt(key.shape[-1])  # (B, T, S)


@shapes(query="B T H", key="B S H", dscores="B T S", finite=("query", "key"))
def scaled_dot_score_backward(dscores: Array, query: Array, key: Array) -> tuple[Array, Array]:
    """Return `dquery` and `dkey`."""
    return dot_score_backward(dscores / math.sqrt(key.shape[-1]), query, key)


@shapes(query="B T H", key="B S H", finite=("query", "key"))
def cosine_score(query: Array, key: Array, eps: float = 1e-8) -> Array:
    """Compare the directions alone: q · k / (|q| |k|), between −1 and 1; shapes as for `dot_score`.

    A length below `eps` counts as `eps`, as in `torch.nn.functional.cosine_similarity`. So a zero
    vector, which has no direction, scores 0 with every other instead of NaN (Graves et al. 2014,
    Neural Turing machines, arXiv:1410.5401, section 3.3.1).
    """
    q = query / np.maximum(np.linalg.norm(query, axis=-1, keepdims=True), eps)  # (B, T, H)
    k = key / np.maximum(np.linalg.norm(key, axis=-1, keepdims=True), eps)  # (B, S, H)
    return np.asarray(q @ k.transpose(0, 2, 1))  # (B, T, H)·(B, H, S) -> (B, T, S)


@shapes(query="B T H", key="B S H", dscores="B T S", finite=("query", "key"))
def cosine_score_backward(
    dscores: Array, query: Array, key: Array, eps: float = 1e-8
) -> tuple[Array, Array]:
    """Return `dquery` and `dkey`.

    They shrink with the vector's length as 1 / |q|: a short vector turns easily. Below `eps` they
    no longer grow; at a zero vector they are finite, but with the default `eps` up to 10⁸, as
    torch's. Padding gets none of it, since its `dscores` are zero.
    """
    q_norm = np.linalg.norm(query, axis=-1, keepdims=True)  # (B, T, 1)
    k_norm = np.linalg.norm(key, axis=-1, keepdims=True)  # (B, S, 1)
    q, k = query / np.maximum(q_norm, eps), key / np.maximum(k_norm, eps)
    dq, dk = dot_score_backward(dscores, q, k)  # (B, T, H), (B, S, H)
    # Only what is at right angles to a vector turns it; along it, a step changes its length alone.
    dq -= q * (q * dq).sum(axis=-1, keepdims=True) * (q_norm > eps)
    dk -= k * (k * dk).sum(axis=-1, keepdims=True) * (k_norm > eps)
    return dq / np.maximum(q_norm, eps), dk / np.maximum(k_norm, eps)


@shapes(query="B T H", key="B S H", finite=("query", "key"))
def euclidean_score(query: Array, key: Array) -> Array:
    """Compare by the negative Euclidean distance, −|q − k|; shapes as for `dot_score`.

    Squared, it would be 2 q · k − |q|² − |k|²: the dot product but for the lengths. The differences
    take memory for B·T·S·H numbers.
    """
    difference = query[:, :, None] - key[:, None]  # (B, T, 1, H) - (B, 1, S, H) -> (B, T, S, H)
    return np.asarray(-np.linalg.norm(difference, axis=-1))  # (B, T, S)


@shapes(query="B T H", key="B S H", dscores="B T S", finite=("query", "key"))
def euclidean_score_backward(dscores: Array, query: Array, key: Array) -> tuple[Array, Array]:
    """Return `dquery` and `dkey`.

    Where query and key are equal the distance has a kink; the gradient there is taken as zero, as
    `torch.cdist` does.
    """
    difference = query[:, :, None] - key[:, None]  # (B, T, S, H)
    distance = np.linalg.norm(difference, axis=-1, keepdims=True)  # (B, T, S, 1)
    direction = difference / np.where(distance > 0, distance, 1)  # length 1, or 0 where equal
    ddifference = -dscores[..., None] * direction  # (B, T, S, H)
    return ddifference.sum(axis=2), -ddifference.sum(axis=1)  # (B, T, H), (B, S, H)


class AdditiveWeights(NamedTuple):
    """The parameters of the additive score, with A units of its own.

    `W_q` (A, D_q), `W_k` (A, D_k), `b` (A,), `v` (A,): D_q and D_k are the widths of queries and
    keys, which may differ.
    """

    W_q: Array
    W_k: Array
    b: Array
    v: Array


WEIGHTS = fields(AdditiveWeights, W_q="A D_q", W_k="A D_k", b="A", v="A")


@shapes(query="B T D_q", key="B S D_k", weights=WEIGHTS, finite=("query", "key", "weights"))
def additive_score(query: Array, key: Array, weights: AdditiveWeights) -> Array:
    """Compare with a small network: v · tanh(W_q q + W_k k + b).

    Queries (B, T, D_q) and keys (B, S, D_k) may differ in width. Returns (B, T, S) (Bahdanau et al.
    2015, arXiv:1409.0473, appendix A.1.2, where it has no b).
    """
    W_q, W_k, b, v = weights
    # (B, T, 1, A) + (B, 1, S, A) + (A,) -> (B, T, S, A)
    u = np.tanh((query @ W_q.T)[:, :, None] + (key @ W_k.T)[:, None] + b)
    return np.asarray(u @ v)  # (B, T, S, A)·(A,) -> (B, T, S)


@shapes(query="B T D_q", key="B S D_k", weights=WEIGHTS, dscores="B T S")
def additive_score_backward(
    dscores: Array, query: Array, key: Array, weights: AdditiveWeights
) -> tuple[Array, Array, AdditiveWeights]:
    """Return `dquery`, `dkey` and the gradients of the weights, as AdditiveWeights."""
    W_q, W_k, b, v = weights
    u = np.tanh((query @ W_q.T)[:, :, None] + (key @ W_k.T)[:, None] + b)  # (B, T, S, A)
    da = dscores[..., None] * v * (1 - u**2)  # (B, T, S, A)  what tanh was given
    dv = np.tensordot(dscores, u, axes=3)  # (B, T, S)·(B, T, S, A) -> (A,)
    da_q, da_k = da.sum(axis=2), da.sum(axis=1)  # (B, T, A), (B, S, A)
    dW_q = np.tensordot(da_q, query, axes=([0, 1], [0, 1]))  # (B, T, A)·(B, T, D_q) -> (A, D_q)
    dW_k = np.tensordot(da_k, key, axes=([0, 1], [0, 1]))  # (B, S, A)·(B, S, D_k) -> (A, D_k)
    dweights = AdditiveWeights(dW_q, dW_k, da.sum(axis=(0, 1, 2)), dv)
    return da_q @ W_q, da_k @ W_k, dweights


class Score(NamedTuple):
    """A measure of likeness: `forward(query, key)` and `backward(dscores, query, key)`."""

    forward: Callable[..., Array]
    backward: Callable[..., tuple[Any, ...]]


SCORES = {
    "dot": Score(dot_score, dot_score_backward),
    "scaled_dot": Score(scaled_dot_score, scaled_dot_score_backward),
    "cosine": Score(cosine_score, cosine_score_backward),
    "euclidean": Score(euclidean_score, euclidean_score_backward),
    "additive": Score(additive_score, additive_score_backward),
}


@shapes(
    query="B T D_q", key="B S D_k", value="B S d_v", mask="B S | B T S",
    finite=("query", "key", "value"),
)  # fmt: skip
def attention(
    query: Array,
    key: Array,
    value: Array,
    mask: Array | None = None,
    score: str = "dot",
    score_weights: AdditiveWeights | None = None,
) -> tuple[Array, Array]:
    """Look for each query (B, T, H) at all keys (B, S, H), and mix the values (B, S, d_v).

    With ``query=s, key=h, value=h`` it returns what `attention_layer(h, s, mask)` returns.

    Parameters
    ----------
    query, key, value : arrays
        For the additive score query and key may differ in width.
    mask : bool array, shape (B, S) or (B, T, S), optional
        True where there is a token that may be looked at.
    score, score_weights : str and AdditiveWeights
        "dot", "scaled_dot", "cosine", "euclidean" or "additive", which alone has weights.

    Returns
    -------
    context, attention_weights : arrays, shapes (B, T, d_v), (B, T, S)

    Raises
    ------
    TypeError, ValueError
        As `masked_softmax`, or if the score is unknown, or has parameters and they are missing.
    """
    _check_score("attention", score, score_weights)
    parameters = () if score_weights is None else (score_weights,)
    scores = SCORES[score].forward(query, key, *parameters)  # (B, T, S)
    attention_weights = masked_softmax(scores, mask)  # (B, T, S)
    return attention_weights @ value, attention_weights  # (B, T, S)·(B, S, d_v) -> (B, T, d_v)


@shapes(
    query="B T D_q", key="B S D_k", value="B S d_v", attention_weights="B T S", dcontext="B T d_v"
)
def attention_backward(
    dcontext: Array,
    query: Array,
    key: Array,
    value: Array,
    attention_weights: Array,
    score: str = "dot",
    score_weights: AdditiveWeights | None = None,
) -> tuple[Any, ...]:
    """Return `dquery`, `dkey`, `dvalue` and, for the additive score, those of its weights.

    `attention_weights` (B, T, S) are those that `attention` returned. Where one array was key and
    value at once, its gradient is `dkey + dvalue`.
    """
    _check_score("attention_backward", score, score_weights)
    parameters = () if score_weights is None else (score_weights,)
    dvalue = attention_weights.transpose(0, 2, 1) @ dcontext  # (B, S, T)·(B, T, d_v)
    dattention_weights = dcontext @ value.transpose(0, 2, 1)  # (B, T, d_v)·(B, d_v, S)
    dscores = masked_softmax_backward(dattention_weights, attention_weights)  # (B, T, S)
    dquery, dkey, *dparameters = SCORES[score].backward(dscores, query, key, *parameters)
    return dquery, dkey, dvalue, *dparameters


def _check_scores(scores: Array, mask: Array | None) -> None:
    """Raise ValueError if a row of the mask has no token, or a token's score is not finite."""
    if mask is not None:
        empty = np.argwhere(~mask.any(axis=-1))
        if len(empty):
            row = ", ".join(str(i) for i in empty[0])
            raise ValueError(
                f"masked_softmax: mask[{row}] has no token, so there is nothing to look at; each "
                "row needs at least one True: leave empty sources out of the batch"
            )
        scores = np.where(mask if mask.ndim == scores.ndim else mask[:, None], scores, 0)
    check_finite("masked_softmax", "scores", scores)


def _check_score(function: str, score: str, score_weights: AdditiveWeights | None) -> None:
    """Raise ValueError unless the score is known and has its parameters, if it needs any."""
    if score not in SCORES:
        raise ValueError(f"{function}: score {score!r} is unknown, expected one of {list(SCORES)}")
    if (score == "additive") != (score_weights is not None):
        raise ValueError(
            f"{function}: score {score!r} and score_weights "
            f"{'missing' if score_weights is None else 'given'}; the additive score needs "
            "AdditiveWeights, the others have no parameters"
        )
