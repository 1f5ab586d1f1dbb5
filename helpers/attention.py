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
all target steps at once, and with any of the scores. In a backward function ``dh`` stands for the
gradient of the loss with respect to ``h``, and so for every other letter. Padding has to hold
finite numbers too; they change no result, and their gradient is zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from helpers.recurrent import Array, _check_arrays, _check_finite

# --- softmax over the tokens -----------------------------------------------------------------


def masked_softmax(scores: Array, mask: Array | None = None) -> Array:
    """Turn scores into a distribution over source positions.

    Parameters
    ----------
    scores : array, shape (B, S) or (B, T, S)
        Similarity of one query, or of each target step's, with each source position.
    mask : bool array, shape (B, S) or that of `scores`, optional
        True where the source holds a token, False where it is padding. With shape (B, S) it counts
        for every target step.

    Returns
    -------
    array, shape of `scores`
        Non-negative, summing to one over S, exactly zero where `mask` is False.

    Raises
    ------
    TypeError
        If `scores` is not an array of float or int64, or `mask` no array of bool.
    ValueError
        If the shapes disagree, a row of `mask` is False throughout, or the score of a token is NaN
        or infinite.

    References
    ----------
    Bahdanau et al. 2015, arXiv:1409.0473, eq. 6.
    """
    _check_scores("masked_softmax", scores, mask)
    if mask is not None:
        steps = mask if mask.ndim == scores.ndim else mask[:, None]  # (B, S) -> (B, 1, S)
        scores = np.where(steps, scores, -np.inf)  # e^{−∞} = 0
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))  # the largest is e^0: no overflow
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def masked_softmax_backward(dattention_weights: Array, attention_weights: Array) -> Array:
    """Send the gradient of `masked_softmax` back to the scores.

    Parameters
    ----------
    dattention_weights : array, shape (B, S) or (B, T, S)
        Gradient of the loss with respect to the weights.
    attention_weights : array, same shape
        What `masked_softmax` returned. No mask is needed: a weight of zero has a gradient of zero.

    Returns
    -------
    array, same shape
        Gradient with respect to the scores; it sums to zero over S.

    Raises
    ------
    TypeError, ValueError
        If an argument is not an array of numbers, or the shapes disagree.
    """
    _check_weights("masked_softmax_backward", dattention_weights, attention_weights)
    dscores = dattention_weights * attention_weights
    return np.asarray(dscores - attention_weights * dscores.sum(axis=-1, keepdims=True))


# --- two layers, for one query ---------------------------------------------------------------


def attention_weight_layer(h: Array, s_t: Array, mask: Array | None = None) -> Array:
    """Say how much each source position matters now: dot product, then softmax.

    Parameters
    ----------
    h : array, shape (B, S, H)
        The encoder's states.
    s_t : array, shape (B, H)
        The decoder's state at one step: the query.
    mask : bool array, shape (B, S), optional
        True where there is a token.

    Returns
    -------
    array, shape (B, S)
        Attention weights: non-negative, summing to one over S, exactly zero on padding.

    Raises
    ------
    TypeError, ValueError
        As `masked_softmax`, or if `h` or `s_t` holds NaN or infinity.

    References
    ----------
    Luong et al. 2015, arXiv:1508.04025, section 3.1 (the score "dot").
    """
    _check_states("attention_weight_layer", h, s_t, mask)
    scores = (h * s_t[:, None]).sum(axis=-1)  # (B, S, H) * (B, 1, H) -> (B, S)
    return masked_softmax(scores, mask)


def attention_weight_layer_backward(
    dattention_weights: Array, h: Array, s_t: Array, attention_weights: Array
) -> tuple[Array, Array]:
    """Send the gradient of the attention weights back to the states that were compared.

    Parameters
    ----------
    dattention_weights : array, shape (B, S)
        Gradient of the loss with respect to the weights.
    h, s_t : arrays, shapes (B, S, H), (B, H)
        What `attention_weight_layer` was given.
    attention_weights : array, shape (B, S)
        What it returned.

    Returns
    -------
    dh, ds_t : arrays
        Gradients, each in the shape of its namesake.

    Raises
    ------
    TypeError, ValueError
        If an argument is not an array of numbers, or the shapes disagree.
    """
    _check_axes(
        "attention_weight_layer_backward",
        h=(h, "B S H"),
        s_t=(s_t, "B H"),
        attention_weights=(attention_weights, "B S"),
        dattention_weights=(dattention_weights, "B S"),
    )
    dscores = masked_softmax_backward(dattention_weights, attention_weights)  # (B, S)
    dh = dscores[:, :, None] * s_t[:, None]  # (B, S, 1) * (B, 1, H) -> (B, S, H)
    ds_t = (dscores[:, :, None] * h).sum(axis=1)  # (B, S, 1) * (B, S, H) -> (B, H)
    return dh, ds_t


def weighted_sum_layer(h: Array, attention_weights: Array) -> Array:
    """Mix the encoder's states in the proportions that the weights name.

    Parameters
    ----------
    h : array, shape (B, S, H)
        The encoder's states.
    attention_weights : array, shape (B, S)
        One distribution over the source for each row.

    Returns
    -------
    array, shape (B, H)
        The context vector Σ_j a_j h_j.

    Raises
    ------
    TypeError, ValueError
        If an argument is not an array of finite numbers, or the shapes disagree.

    References
    ----------
    Bahdanau et al. 2015, arXiv:1409.0473, eq. 5.
    """
    _check_axes("weighted_sum_layer", h=(h, "B S H"), attention_weights=(attention_weights, "B S"))
    _check_all_finite("weighted_sum_layer", h=h, attention_weights=attention_weights)
    context: Array = (attention_weights[:, :, None] * h).sum(axis=1)  # (B, S, 1) * (B, S, H)
    return context


def weighted_sum_layer_backward(
    dcontext: Array, h: Array, attention_weights: Array
) -> tuple[Array, Array]:
    """Send the gradient of the context vector back to the states and to their weights.

    Parameters
    ----------
    dcontext : array, shape (B, H)
        Gradient of the loss with respect to the context vector.
    h, attention_weights : arrays, shapes (B, S, H), (B, S)
        What `weighted_sum_layer` was given.

    Returns
    -------
    dh, dattention_weights : arrays
        Gradients, each in the shape of its namesake.

    Raises
    ------
    TypeError, ValueError
        If an argument is not an array of numbers, or the shapes disagree.
    """
    _check_axes(
        "weighted_sum_layer_backward",
        h=(h, "B S H"),
        attention_weights=(attention_weights, "B S"),
        dcontext=(dcontext, "B H"),
    )
    dh = attention_weights[:, :, None] * dcontext[:, None]  # (B, S, 1) * (B, 1, H) -> (B, S, H)
    dattention_weights = (h * dcontext[:, None]).sum(axis=-1)  # (B, S, H) * (B, 1, H) -> (B, S)
    return dh, dattention_weights


def attention_step(h: Array, s_t: Array, mask: Array | None = None) -> tuple[Array, Array]:
    """Look once at all encoder states: the two layers, one after the other.

    Parameters
    ----------
    h, s_t, mask : arrays, shapes (B, S, H), (B, H), (B, S)
        As in `attention_weight_layer`.

    Returns
    -------
    context, attention_weights : arrays, shapes (B, H), (B, S)

    Raises
    ------
    TypeError, ValueError
        As `attention_weight_layer`.
    """
    _check_states("attention_step", h, s_t, mask)
    attention_weights = attention_weight_layer(h, s_t, mask)  # (B, S)
    return weighted_sum_layer(h, attention_weights), attention_weights


def attention_step_backward(
    dcontext: Array, h: Array, s_t: Array, attention_weights: Array
) -> tuple[Array, Array]:
    """Send the gradient of one context vector back to the states.

    Parameters
    ----------
    dcontext : array, shape (B, H)
        Gradient of the loss with respect to the context vector.
    h, s_t : arrays, shapes (B, S, H), (B, H)
        What `attention_step` was given.
    attention_weights : array, shape (B, S)
        What it returned beside the context vector.

    Returns
    -------
    dh, ds_t : arrays
        Gradients, each in the shape of its namesake. `h` went into both layers, so two gradients
        come back to it and are added.

    Raises
    ------
    TypeError, ValueError
        If an argument is not an array of numbers, or the shapes disagree.
    """
    dh_summed, dattention_weights = weighted_sum_layer_backward(dcontext, h, attention_weights)
    dh_compared, ds_t = attention_weight_layer_backward(
        dattention_weights, h, s_t, attention_weights
    )
    return dh_summed + dh_compared, ds_t


# --- the same at every target step -----------------------------------------------------------


def attention_layer(h: Array, s: Array, mask: Array | None = None) -> tuple[Array, Array]:
    """Take the step for one decoder state after the other.

    Parameters
    ----------
    h : array, shape (B, S, H)
        The encoder's states.
    s : array, shape (B, T, H)
        The decoder's states.
    mask : bool array, shape (B, S), optional
        True where the source holds a token.

    Returns
    -------
    context, attention_weights : arrays, shapes (B, T, H), (B, T, S)

    Raises
    ------
    TypeError, ValueError
        As `attention_step`.
    """
    _check_states("attention_layer", h, s, mask)
    steps = [attention_step(h, s[:, t], mask) for t in range(s.shape[1])]  # T of (B, H), (B, S)
    context, attention_weights = (np.stack(parts, axis=1) for parts in zip(*steps, strict=True))
    return context, attention_weights  # (B, T, H), (B, T, S)


def attention_layer_backward(
    dcontext: Array, h: Array, s: Array, attention_weights: Array
) -> tuple[Array, Array]:
    """Send the gradients of all context vectors back.

    Parameters
    ----------
    dcontext : array, shape (B, T, H)
        Gradient of the loss with respect to each context vector.
    h, s : arrays, shapes (B, S, H), (B, T, H)
        What `attention_layer` was given.
    attention_weights : array, shape (B, T, S)
        What it returned beside the context vectors.

    Returns
    -------
    dh, ds : arrays
        Gradients, each in the shape of its namesake; that of `h` is summed over the target steps,
        because all of them look at the same states.

    Raises
    ------
    TypeError, ValueError
        If an argument is not an array of numbers, or the shapes disagree.
    """
    _check_axes(
        "attention_layer_backward",
        h=(h, "B S H"),
        s=(s, "B T H"),
        attention_weights=(attention_weights, "B T S"),
        dcontext=(dcontext, "B T H"),
    )
    dh = np.zeros(h.shape, dtype=attention_weights.dtype)  # (B, S, H)
    ds = np.zeros(s.shape, dtype=attention_weights.dtype)  # (B, T, H)
    for t in range(s.shape[1]):
        dh_t, ds[:, t] = attention_step_backward(
            dcontext[:, t], h, s[:, t], attention_weights[:, t]
        )
        dh += dh_t
    return dh, ds


# --- scores: how like are a query and a key? -------------------------------------------------


def dot_score(query: Array, key: Array) -> Array:
    """Compare by the dot product: q · k.

    Parameters
    ----------
    query : array, shape (B, T, H)
        One query for each target step; for a single one, `query[:, None]`.
    key : array, shape (B, S, H)
        One key for each source position.

    Returns
    -------
    array, shape (B, T, S)

    Raises
    ------
    TypeError, ValueError
        If an argument is not an array of finite float or int64, or the shapes disagree.

    References
    ----------
    Luong et al. 2015, arXiv:1508.04025, section 3.1.
    """
    _check_query_and_key("dot_score", query, key)
    return np.asarray(query @ key.transpose(0, 2, 1))  # (B, T, H)·(B, H, S) -> (B, T, S)


def dot_score_backward(dscores: Array, query: Array, key: Array) -> tuple[Array, Array]:
    """Send the gradient of `dot_score` back.

    Parameters
    ----------
    dscores : array, shape (B, T, S)
        Gradient of the loss with respect to the scores.
    query, key : arrays, shapes (B, T, H), (B, S, H)
        What `dot_score` was given.

    Returns
    -------
    dquery, dkey : arrays
        Gradients, each in the shape of its namesake.

    Raises
    ------
    TypeError, ValueError
        As `dot_score`.
    """
    _check_query_and_key("dot_score_backward", query, key, dscores)
    dquery = dscores @ key  # (B, T, S)·(B, S, H) -> (B, T, H)
    dkey = dscores.transpose(0, 2, 1) @ query  # (B, S, T)·(B, T, H) -> (B, S, H)
    return dquery, dkey


def scaled_dot_score(query: Array, key: Array) -> Array:
    """Compare by the dot product, divided by the root of its length: q · k / √H.

    Where the entries are independent with mean 0 and variance 1, so is the result; the plain dot
    product's variance is H.

    Parameters
    ----------
    query, key : arrays, shapes (B, T, H), (B, S, H)
        As in `dot_score`.

    Returns
    -------
    array, shape (B, T, S)

    Raises
    ------
    TypeError, ValueError
        As `dot_score`.

    References
    ----------
    Vaswani et al. 2017, arXiv:1706.03762, section 3.2.1.
    """
    _check_query_and_key("scaled_dot_score", query, key)
    return dot_score(query, key) / math.sqrt(key.shape[-1])  # (B, T, S)


def scaled_dot_score_backward(dscores: Array, query: Array, key: Array) -> tuple[Array, Array]:
    """Send the gradient of `scaled_dot_score` back.

    Parameters, result and errors are those of `dot_score_backward`.
    """
    _check_query_and_key("scaled_dot_score_backward", query, key, dscores)
    return dot_score_backward(dscores / math.sqrt(key.shape[-1]), query, key)


def cosine_score(query: Array, key: Array, eps: float = 1e-8) -> Array:
    """Compare the directions alone: q · k / (|q| |k|), between −1 and 1.

    A length below `eps` counts as `eps`, as in `torch.nn.functional.cosine_similarity`. So a zero
    vector, which has no direction, scores 0 with every other instead of NaN.

    Parameters
    ----------
    query, key : arrays, shapes (B, T, H), (B, S, H)
        As in `dot_score`.
    eps : float
        The smallest length to divide by.

    Returns
    -------
    array, shape (B, T, S)

    Raises
    ------
    TypeError, ValueError
        As `dot_score`.

    References
    ----------
    Graves et al. 2014, Neural Turing machines, arXiv:1410.5401, section 3.3.1.
    """
    _check_query_and_key("cosine_score", query, key)
    q = query / np.maximum(np.linalg.norm(query, axis=-1, keepdims=True), eps)  # (B, T, H)
    k = key / np.maximum(np.linalg.norm(key, axis=-1, keepdims=True), eps)  # (B, S, H)
    return np.asarray(q @ k.transpose(0, 2, 1))  # (B, T, H)·(B, H, S) -> (B, T, S)


def cosine_score_backward(
    dscores: Array, query: Array, key: Array, eps: float = 1e-8
) -> tuple[Array, Array]:
    """Send the gradient of `cosine_score` back.

    It shrinks with the vector's length as 1 / |q|: a short vector turns easily. Below `eps` it no
    longer grows; at a zero vector it is finite, but with the default `eps` up to 10⁸, as torch's.
    Padding gets none of it, since its `dscores` are zero.

    Parameters
    ----------
    dscores : array, shape (B, T, S)
        Gradient of the loss with respect to the scores.
    query, key, eps
        What `cosine_score` was given.

    Returns
    -------
    dquery, dkey : arrays, shapes (B, T, H), (B, S, H)

    Raises
    ------
    TypeError, ValueError
        As `dot_score`.
    """
    _check_query_and_key("cosine_score_backward", query, key, dscores)
    q_norm = np.linalg.norm(query, axis=-1, keepdims=True)  # (B, T, 1)
    k_norm = np.linalg.norm(key, axis=-1, keepdims=True)  # (B, S, 1)
    q, k = query / np.maximum(q_norm, eps), key / np.maximum(k_norm, eps)
    dq, dk = dot_score_backward(dscores, q, k)  # (B, T, H), (B, S, H)
    # Only what is at right angles to a vector turns it; along it, a step changes its length alone.
    dq -= q * (q * dq).sum(axis=-1, keepdims=True) * (q_norm > eps)
    dk -= k * (k * dk).sum(axis=-1, keepdims=True) * (k_norm > eps)
    return dq / np.maximum(q_norm, eps), dk / np.maximum(k_norm, eps)


def euclidean_score(query: Array, key: Array) -> Array:
    """Compare by the negative Euclidean distance: −|q − k|, not squared, at most 0.

    Squared, it would be 2 q · k − |q|² − |k|²: the dot product but for the lengths.

    Parameters
    ----------
    query, key : arrays, shapes (B, T, H), (B, S, H)
        As in `dot_score`. The differences take memory for B·T·S·H numbers.

    Returns
    -------
    array, shape (B, T, S)

    Raises
    ------
    TypeError, ValueError
        As `dot_score`.
    """
    _check_query_and_key("euclidean_score", query, key)
    difference = query[:, :, None] - key[:, None]  # (B, T, 1, H) - (B, 1, S, H) -> (B, T, S, H)
    return np.asarray(-np.linalg.norm(difference, axis=-1))  # (B, T, S)


def euclidean_score_backward(dscores: Array, query: Array, key: Array) -> tuple[Array, Array]:
    """Send the gradient of `euclidean_score` back.

    Where query and key are equal the distance has a kink; the gradient there is taken as zero, as
    `torch.cdist` does.

    Parameters, result and errors are those of `dot_score_backward`.
    """
    _check_query_and_key("euclidean_score_backward", query, key, dscores)
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


def additive_score(query: Array, key: Array, weights: AdditiveWeights) -> Array:
    """Compare with a small network: v · tanh(W_q q + W_k k + b).

    Parameters
    ----------
    query : array, shape (B, T, D_q)
        One query for each target step.
    key : array, shape (B, S, D_k)
        One key for each source position.
    weights : AdditiveWeights
        Shapes (A, D_q), (A, D_k), (A,), (A,).

    Returns
    -------
    array, shape (B, T, S)

    Raises
    ------
    TypeError
        If an argument is not an array of float or int64, or `weights` no AdditiveWeights.
    ValueError
        If the shapes disagree, or a value is NaN or infinite.

    References
    ----------
    Bahdanau et al. 2015, arXiv:1409.0473, appendix A.1.2, where it has no b.
    """
    _check_additive("additive_score", query, key, weights)
    W_q, W_k, b, v = weights
    # (B, T, 1, A) + (B, 1, S, A) + (A,) -> (B, T, S, A)
    u = np.tanh((query @ W_q.T)[:, :, None] + (key @ W_k.T)[:, None] + b)
    return np.asarray(u @ v)  # (B, T, S, A)·(A,) -> (B, T, S)


def additive_score_backward(
    dscores: Array, query: Array, key: Array, weights: AdditiveWeights
) -> tuple[Array, Array, AdditiveWeights]:
    """Send the gradient of `additive_score` back.

    Parameters
    ----------
    dscores : array, shape (B, T, S)
        Gradient of the loss with respect to the scores.
    query, key, weights
        What `additive_score` was given.

    Returns
    -------
    dquery, dkey : arrays, shapes (B, T, D_q), (B, S, D_k)
    dweights : AdditiveWeights
        Gradients, each in the shape of its namesake, summed over batch, steps and positions.

    Raises
    ------
    TypeError, ValueError
        As `additive_score`.
    """
    _check_additive("additive_score_backward", query, key, weights, dscores)
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


# --- all queries at once, with any score -----------------------------------------------------


def attention(
    query: Array,
    key: Array,
    value: Array,
    mask: Array | None = None,
    score: str = "dot",
    score_weights: AdditiveWeights | None = None,
) -> tuple[Array, Array]:
    """Look for each query at all keys, and mix the values that stand beside them.

    With ``query=s, key=h, value=h`` it returns what `attention_layer(h, s, mask)` returns.

    Parameters
    ----------
    query : array, shape (B, T, H)
        One query for each target step.
    key : array, shape (B, S, H)
        What the queries are compared with. For the additive score its width may be another.
    value : array, shape (B, S, d_v)
        What is mixed.
    mask : bool array, shape (B, S) or (B, T, S), optional
        True where there is a token that may be looked at.
    score : str
        "dot", "scaled_dot", "cosine", "euclidean" or "additive".
    score_weights : AdditiveWeights, optional
        For the additive score; the others have no parameters.

    Returns
    -------
    context : array, shape (B, T, d_v)
    attention_weights : array, shape (B, T, S)
        Non-negative, summing to one over S, exactly zero where `mask` is False.

    Raises
    ------
    TypeError
        If an argument is not an array of float or int64, or `mask` no array of bool.
    ValueError
        If the score is unknown, it has parameters and they are missing (or the reverse), the shapes
        disagree, a row of `mask` is False throughout, or a value is NaN or infinite.

    References
    ----------
    Bahdanau et al. 2015, arXiv:1409.0473; Vaswani et al. 2017, arXiv:1706.03762, section 3.2.
    """
    _check_attention("attention", query, key, value, score, score_weights, mask=mask)
    parameters = () if score_weights is None else (score_weights,)
    scores = SCORES[score].forward(query, key, *parameters)  # (B, T, S)
    attention_weights = masked_softmax(scores, mask)  # (B, T, S)
    return attention_weights @ value, attention_weights  # (B, T, S)·(B, S, d_v) -> (B, T, d_v)


def attention_backward(
    dcontext: Array,
    query: Array,
    key: Array,
    value: Array,
    attention_weights: Array,
    score: str = "dot",
    score_weights: AdditiveWeights | None = None,
) -> tuple[Any, ...]:
    """Send the gradient of `attention` back to queries, keys and values.

    Parameters
    ----------
    dcontext : array, shape (B, T, d_v)
        Gradient of the loss with respect to the context vectors.
    query, key, value, score, score_weights
        What `attention` was given.
    attention_weights : array, shape (B, T, S)
        What it returned beside the context vectors.

    Returns
    -------
    dquery, dkey, dvalue : arrays
        Gradients, each in the shape of its namesake. Where one array was key and value at once, its
        gradient is `dkey + dvalue`.
    dscore_weights : AdditiveWeights
        As a fourth result, for the additive score alone.

    Raises
    ------
    TypeError, ValueError
        As `attention`.
    """
    _check_attention(
        "attention_backward", query, key, value, score, score_weights, attention_weights, dcontext
    )
    parameters = () if score_weights is None else (score_weights,)
    dvalue = attention_weights.transpose(0, 2, 1) @ dcontext  # (B, S, T)·(B, T, d_v)
    dattention_weights = dcontext @ value.transpose(0, 2, 1)  # (B, T, d_v)·(B, d_v, S)
    dscores = masked_softmax_backward(dattention_weights, attention_weights)  # (B, T, S)
    dquery, dkey, *dparameters = SCORES[score].backward(dscores, query, key, *parameters)
    return dquery, dkey, dvalue, *dparameters


# --- input checks ----------------------------------------------------------------------------


def _check_axes(function: str, **arrays: tuple[Array | None, str]) -> None:
    """Raise unless the arrays hold numbers and agree in the axes that bear the same letter."""
    sizes: dict[str, tuple[int, str]] = {}
    for name, (array, axes) in arrays.items():
        if array is None:
            continue
        _check_arrays(function, **{name: array})
        if array.dtype.kind != "f" and array.dtype != np.int64:
            raise TypeError(
                f"{function}: {name} holds {array.dtype}, expected floating-point numbers; "
                f"pass {name}.astype(float)"
            )
        letters = axes.split()
        wanted = f"({', '.join(letters)})"
        if array.ndim != len(letters):
            raise ValueError(
                f"{function}: {name} has shape {array.shape}, expected {wanted}; "
                f"{name}[None] adds a batch axis, {name}[:, None] a step's"
            )
        for letter, size in zip(letters, array.shape, strict=True):
            known, owner = sizes.setdefault(letter, (size, name))
            if size != known:
                raise ValueError(
                    f"{function}: {name} has shape {array.shape}, expected {wanted} with "
                    f"{letter} = {known} as in {owner}; pass arrays that belong together"
                )
            if size == 0:
                raise ValueError(
                    f"{function}: {name} has shape {array.shape}, {wanted} with {letter} = 0; "
                    "leave out what is empty"
                )


def _check_all_finite(function: str, **arrays: Array) -> None:
    """Raise ValueError if one of the arrays holds NaN or infinity."""
    for name, array in arrays.items():
        _check_finite(function, name, array)


def _check_mask(function: str, mask: Array | None, shapes: list[tuple[int, ...]]) -> None:
    """Raise unless the mask is of bool, has one of the shapes, and a token in each row."""
    if mask is None:
        return
    _check_arrays(function, mask=mask)
    if mask.dtype != bool:
        raise TypeError(
            f"{function}: mask holds {mask.dtype}, expected bool, True where there is a token; "
            "pass mask.astype(bool)"
        )
    if mask.shape not in shapes:
        raise ValueError(
            f"{function}: mask has shape {mask.shape}, expected (B, S) = {shapes[0]}"
            + (f" or (B, T, S) = {shapes[1]}" if len(shapes) > 1 else "")
            + "; text.pad returns it beside the padded ids"
        )
    empty = np.argwhere(~mask.any(axis=-1))
    if len(empty):
        row = ", ".join(str(i) for i in empty[0])
        raise ValueError(
            f"{function}: mask[{row}] has no token, so there is nothing to look at; "
            "each row needs at least one True: leave empty sources out of the batch"
        )


def _check_scores(function: str, scores: Array, mask: Array | None) -> None:
    """Check scores (B, S) or (B, T, S) and their mask; what padding scores does not matter."""
    _check_axes(function, scores=(scores, "B S" if np.ndim(scores) == 2 else "B T S"))
    shapes = [(scores.shape[0], scores.shape[-1]), scores.shape]
    _check_mask(function, mask, shapes[: scores.ndim - 1])
    if mask is not None:
        steps = mask if mask.ndim == scores.ndim else mask[:, None]
        scores = np.where(steps, scores, 0)
    _check_finite(function, "scores", scores)


def _check_weights(function: str, dattention_weights: Array, attention_weights: Array) -> None:
    """Check weights (B, S) or (B, T, S) and their gradient."""
    axes = "B S" if np.ndim(attention_weights) == 2 else "B T S"
    _check_axes(
        function,
        attention_weights=(attention_weights, axes),
        dattention_weights=(dattention_weights, axes),
    )


def _check_states(function: str, h: Array, s: Array, mask: Array | None) -> None:
    """Check encoder states, one or all decoder states, and the mask."""
    one = not function.endswith("attention_layer")
    s_axes: dict[str, tuple[Array | None, str]] = (
        {"s_t": (s, "B H")} if one else {"s": (s, "B T H")}
    )
    _check_axes(function, h=(h, "B S H"), **s_axes)
    _check_all_finite(function, h=h, **{"s_t" if one else "s": s})
    _check_mask(function, mask, [h.shape[:2]])


def _check_query_and_key(
    function: str, query: Array, key: Array, dscores: Array | None = None
) -> None:
    """Check queries and keys of one width."""
    _check_axes(function, query=(query, "B T H"), key=(key, "B S H"), dscores=(dscores, "B T S"))
    _check_all_finite(function, query=query, key=key)


def _check_additive(
    function: str,
    query: Array,
    key: Array,
    weights: AdditiveWeights,
    dscores: Array | None = None,
) -> None:
    """Check queries and keys of any widths, and the weights that compare them."""
    if not isinstance(weights, AdditiveWeights):
        raise TypeError(
            f"{function}: the weights are a {type(weights).__name__}, expected AdditiveWeights; "
            "pass AdditiveWeights(W_q, W_k, b, v)"
        )
    W_q, W_k, b, v = weights
    _check_axes(
        function,
        query=(query, "B T D_q"),
        key=(key, "B S D_k"),
        W_q=(W_q, "A D_q"),
        W_k=(W_k, "A D_k"),
        b=(b, "A"),
        v=(v, "A"),
        dscores=(dscores, "B T S"),
    )
    _check_all_finite(function, query=query, key=key, **weights._asdict())


def _check_attention(
    function: str,
    query: Array,
    key: Array,
    value: Array,
    score: str,
    score_weights: AdditiveWeights | None,
    attention_weights: Array | None = None,
    dcontext: Array | None = None,
    mask: Array | None = None,
) -> None:
    """Check the score's name, whether it has what it needs, and all arrays."""
    if score not in SCORES:
        raise ValueError(f"{function}: score {score!r} is unknown, expected one of {list(SCORES)}")
    if (score == "additive") != (score_weights is not None):
        raise ValueError(
            f"{function}: score {score!r} and score_weights "
            f"{'missing' if score_weights is None else 'given'}; the additive score needs "
            "AdditiveWeights, the others have no parameters"
        )
    widths = ("D_q", "D_k") if score == "additive" else ("H", "H")
    _check_axes(
        function,
        query=(query, f"B T {widths[0]}"),
        key=(key, f"B S {widths[1]}"),
        value=(value, "B S d_v"),
        attention_weights=(attention_weights, "B T S"),
        dcontext=(dcontext, "B T d_v"),
    )
    _check_all_finite(function, query=query, key=key, value=value)
    _check_mask(function, mask, [key.shape[:2], (*query.shape[:2], key.shape[1])])
