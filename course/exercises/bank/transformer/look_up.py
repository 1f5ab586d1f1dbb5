"""Exercise 13.6: one step with a cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, register
from course.exercises.bank.transformer.common import Array, filled, outputs_of


def look_up(
    attention: Any, x: Any, keys: Any, values: Any, mask: Any = None, first: int = 0
) -> Any:
    """Attention whose keys and values are given."""
    from helpers.self_attention import scaled_dot_product_attention
    from helpers.transformer import turned

    query = turned(attention, attention.query(x), first)
    context, weights = scaled_dot_product_attention(query, keys, values, mask)
    return attention.output(context.transpose(1, 2).flatten(2)), weights


def _attention(flat: Array, d: int, heads: int, widths: tuple[int, int], rotary: bool) -> Any:
    from helpers.self_attention import MultiHeadAttention

    return filled(flat, MultiHeadAttention(d, heads, *widths, rotary=rotary))


def _call(answer: Callable[..., Any], x: Array, keys: Array, values: Array, *rest: Any) -> Any:
    """Call an answer with an attention that has these weights."""
    import torch

    mask, first, flat, rotary = rest
    widths = keys.shape[-1], values.shape[-1]
    attention = _attention(flat, x.shape[-1], keys.shape[1], widths, rotary)
    given = [torch.tensor(array) for array in (x, keys, values, mask)]
    return outputs_of(answer(attention, *given, first), 2, "y, then the attention weights")


def _probes(rng: np.random.Generator) -> list[Probe]:
    """One head and more, turned and not, with one new vector and with several."""
    probes = []
    for B, T, S, heads, d, d_k, d_v, first, rotary, label in (
        (1, 1, 2, 1, 2, 2, 2, 0, False, "one head"),
        (2, 1, 4, 2, 6, 2, 3, 0, False, "two heads"),
        (2, 1, 4, 2, 4, 2, 2, 3, True, "turned, at place 3"),
        (3, 2, 5, 3, 6, 4, 4, 1, True, "T = 2, turned"),
        (2, 3, 4, 2, 4, 4, 2, 0, False, "T = 3"),
    ):
        keys = rng.normal(size=(B, heads, S, d_k))
        values = rng.normal(size=(B, heads, S, d_v))
        mask = np.ones((B, 1, 1, S), dtype=bool)
        mask[-1, ..., -1] = False
        size = 2 * heads * d_k * (d + 1) + heads * d_v * (d + 1) + d * (heads * d_v + 1)
        flat = rng.normal(size=size)
        args = rng.normal(size=(B, T, d)), keys, values, mask, first, flat, rotary
        probes.append(Probe(args, label=label))
    return probes


def _turn(query: Array, first: int) -> Array:
    """Turn a query (T, d_k) with complex numbers."""
    half = query.shape[-1] // 2
    places = np.arange(first, first + len(query))[:, None]
    speeds = 10_000.0 ** (-np.arange(half) / half)
    points = (query[:, :half] + 1j * query[:, half:]) * np.exp(1j * places * speeds)
    return np.concatenate([points.real, points.imag], axis=-1)


def _by_heads(x: Array, keys: Array, values: Array, *rest: Any) -> Any:
    """In NumPy, one head after the other, from the weights alone."""
    mask, first, flat, rotary = rest
    d, heads, d_k, d_v = x.shape[-1], keys.shape[1], keys.shape[-1], values.shape[-1]
    n, v = heads * d_k, heads * d_v
    sizes = [n * d, n, n * d, n, v * d, v, d * v, d]
    W_q, b_q, *_, W_o, b_o = np.split(flat, np.cumsum(sizes)[:-1])
    y = np.empty(x.shape)
    weights = np.empty((len(x), heads, x.shape[1], keys.shape[2]))
    for b, vectors in enumerate(x):
        found = []
        for head in range(heads):
            rows = slice(head * d_k, (head + 1) * d_k)
            query = vectors @ W_q.reshape(n, d)[rows].T + b_q[rows]
            query = _turn(query, first) if rotary else query
            scores = np.exp(query @ keys[b, head].T / np.sqrt(d_k)) * mask[b, 0]
            weights[b, head] = scores / scores.sum(axis=-1, keepdims=True)
            found.append(weights[b, head] @ values[b, head])
        y[b] = np.concatenate(found, axis=-1) @ W_o.reshape(d, v).T + b_o
    return y, weights


def _torch_s(
    attention: Any, x: Any, keys: Any, values: Any, mask: Any = None, first: int = 0
) -> Any:
    """With torch's attention; the weights once more by themselves."""
    from torch.nn import functional as F

    from helpers.self_attention import rotate

    query = attention.query(x).unflatten(-1, (attention.heads, -1)).transpose(1, 2)
    query = rotate(query, first) if attention.rotary else query
    context = F.scaled_dot_product_attention(query, keys, values, attn_mask=mask)
    scores = query @ keys.transpose(2, 3) / query.shape[-1] ** 0.5
    weights = scores.masked_fill(~mask, -1e30).softmax(dim=-1)
    B, T, _ = x.shape
    return [attention.output(context.transpose(1, 2).reshape(B, T, -1)), weights]


def _by_einsum(
    attention: Any, x: Any, keys: Any, values: Any, mask: Any = None, first: int = 0
) -> Any:
    import torch

    query = _turned(attention, attention.query(x), first)
    scores = torch.einsum("bntd,bnsd->bnts", query, keys) / query.shape[-1] ** 0.5
    weights = scores.masked_fill(~mask, -torch.inf).softmax(dim=-1)
    joined = torch.einsum("bnts,bnsd->btnd", weights, values).flatten(2)
    return attention.output(joined), weights


def _turned(attention: Any, x: Any, first: int) -> Any:
    from helpers.transformer import turned

    return turned(attention, x, first)


def _rotated_first(attention: Any, x: Any, first: int) -> Any:
    from helpers.self_attention import rotate

    query = attention.query(x)
    return attention.split(rotate(query, first) if attention.rotary else query)


def _with(
    query: Callable[..., Any] = lambda a, x, first: _turned(a, a.query(x), first),
    stored: Callable[..., Any] = lambda a, x, keys, values, first: (keys, values),
    mask: Callable[..., Any] = lambda mask: mask,
    joined: Callable[..., Any] = lambda context: context.transpose(1, 2).flatten(2),
    output: Callable[..., Any] = lambda a, joined: a.output(joined),
    result: Callable[..., Any] = lambda y, weights: (y, weights),
) -> Callable[..., Any]:
    """The step with one of its lines replaced."""

    def wrong(attention: Any, x: Any, keys: Any, values: Any, hidden: Any, first: int) -> Any:
        from helpers.self_attention import scaled_dot_product_attention

        old, taken = stored(attention, x, keys, values, first)
        asked = query(attention, x, first)
        context, weights = scaled_dot_product_attention(asked, old, taken, mask(hidden))
        return result(output(attention, joined(context)), weights)

    return wrong


def _appended(a: Any, x: Any, keys: Any, values: Any, first: int) -> Any:
    import torch

    new = _turned(a, a.key(x), first), a.split(a.value(x))
    return torch.cat([keys, new[0]], dim=2), torch.cat([values, new[1]], dim=2)


MISTAKES = [
    Mistake(
        "not_turned",
        "The queries are not turned by their place. `turned(attention, …, first)` does that where "
        "the attention is rotary.",
        _with(query=lambda a, x, first: a.split(a.query(x))),
    ),
    Mistake(
        "first_forgotten",
        "You turn the queries as if they began at place 0. Pass `first` to `turned`.",
        _with(query=lambda a, x, first: _turned(a, a.query(x), 0)),
    ),
    Mistake(
        "one_place_on",
        "You turn the queries by one place too many. The first of them stands at place `first`.",
        _with(query=lambda a, x, first: _turned(a, a.query(x), first + 1)),
    ),
    Mistake(
        "turned_before_the_split",
        "You turn the queries before they are cut into heads. The pairs that turn together then "
        "come from different heads.",
        _with(query=_rotated_first),
    ),
    Mistake(
        "keys_turned_again",
        "You turn the keys. Those of the cache are turned already, by their own places.",
        _with(stored=lambda a, x, keys, values, first: (_again(a, keys), values)),
    ),
    Mistake(
        "no_query_layer",
        "You cut `x` itself into heads. The queries are `attention.query(x)`.",
        _with(query=lambda a, x, first: _turned(a, x, first)),
    ),
    Mistake(
        "key_layer",
        "Your queries come from the layer of the keys, `attention.key`.",
        _with(query=lambda a, x, first: _turned(a, a.key(x), first)),
    ),
    Mistake(
        "value_layer",
        "Your queries come from the layer of the values, `attention.value`.",
        _with(query=lambda a, x, first: _turned(a, a.value(x), first)),
    ),
    Mistake(
        "no_mask",
        "The mask is not passed on, so padding receives attention weight.",
        _with(mask=lambda mask: None),
    ),
    Mistake(
        "mask_turned_round",
        "You turn the mask round. It is True where a query may look.",
        _with(mask=lambda mask: ~mask),
    ),
    Mistake(
        "one_more_axis",
        "You give the mask another axis. It is (B, 1, 1, S) here and fits the scores as it is.",
        _with(mask=lambda mask: mask.unsqueeze(1)),
    ),
    Mistake(
        "keys_and_values_exchanged",
        "Keys and values are exchanged: the query is compared with the keys.",
        _with(stored=lambda a, x, keys, values, first: (values, keys)),
    ),
    Mistake(
        "appended_here",
        "You append the new word's key and value. `look_up` attends to the keys and values that it "
        "is given; whoever calls it has appended the new ones.",
        _with(stored=_appended),
    ),
    Mistake(
        "not_the_cache",
        "You compute keys and values from `x`. They are given: that is what the cache is for.",
        lambda attention, x, keys, values, mask, first: attention(x, x),
    ),
    Mistake(
        "heads_not_moved",
        "You join the heads without moving their axis behind that of the positions: "
        "`context.transpose(1, 2)` first.",
        _with(joined=lambda c: c.reshape(c.shape[0], c.shape[2], -1)),
    ),
    Mistake(
        "heads_not_joined",
        "The last axis of what you pass to `attention.output` is that of one head. Join the heads: "
        "`flatten(2)` after the transpose.",
        _with(joined=lambda context: context.transpose(1, 2)),
    ),
    Mistake(
        "flattened_alone",
        "You flatten the context without `transpose(1, 2)`, so that positions and heads change "
        "places.",
        _with(joined=lambda context: context.flatten(2)),
    ),
    Mistake(
        "no_output",
        "The last layer is missing: `attention.output` mixes the heads.",
        _with(output=lambda a, joined: joined),
    ),
    Mistake(
        "context_alone",
        "You return the context by heads. Join the heads and apply `attention.output`.",
        _with(joined=lambda context: context, output=lambda a, joined: joined),
    ),
    Mistake(
        "residual_added",
        "You add `x` to the result. The residual is the block's business, not the attention's.",
        lambda attention, x, *rest: _plus(x, look_up(attention, x, *rest)),
    ),
    Mistake(
        "mean_over_heads",
        "You return the mean of the weights over the heads. Return them all, (B, N, T, S).",
        _with(result=lambda y, weights: (y, weights.mean(dim=1))),
    ),
    Mistake(
        "exchanged",
        "You return the weights first. Return y, then the weights.",
        _with(result=lambda y, weights: (weights, y)),
    ),
    Mistake(
        "y_alone",
        "You return y alone. Return the weights after it.",
        _with(result=lambda y, weights: y),
    ),
]


def _again(attention: Any, keys: Any) -> Any:
    from helpers.self_attention import rotate

    return rotate(keys) if attention.rotary else keys


def _plus(x: Any, found: Any) -> Any:
    return x + found[0], found[1]


register(
    CodeExercise(
        name="transformer.look_up",
        title="One step with a cache",
        points=3,
        package="transformer.look_up",
        reference=look_up,
        probes=_probes,
        call=_call,
        oracle=_by_heads,
        equivalents={"torch": _torch_s, "einsum": _by_einsum},
        outputs=("y", "weights"),
        axes=("BTd", "BNTS"),
        mistakes=MISTAKES,
        hints=[
            "It is the forward of lesson 12's attention with two lines less: no keys and no values "
            "are computed.",
            "`attention.query(x)` is (B, T, N · d_k), the query by heads (B, N, T, d_k), the "
            "context (B, N, T, d_v), and y (B, T, d_model).",
            "Make the query and let `turned` cut and turn it; attend; move the axis of the heads "
            "behind T and flatten; apply `attention.output`.",
            "`query = turned(attention, attention.query(x), first)`",
        ],
        survivors={
            "10: context.transpose(1, 2) → context.transpose(2, 1)": "two axes change places in "
            "either order"
        },
        solved="The new word needs one row of scores where the whole triangle was computed before. "
        "The price is memory: a key and a value for each word, head and block.",
    )
)
