"""Exercise 12.8: build several heads at once.

The check builds a layer with given weights in float64 and calls the answer as its `forward`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, register
from course.exercises.bank.self_attention.common import Array, into_torch, out_of_torch, softmax

Weights = dict[str, Array]
MAPS = ("query", "key", "value", "output")


def _attend(*arguments: Any) -> Any:
    from helpers.self_attention import scaled_dot_product_attention

    return scaled_dot_product_attention(*arguments)


def _rotate(x: Any) -> Any:
    from helpers.self_attention import rotate

    return rotate(x)


def forward(self: Any, x: Any, source: Any, mask: Any = None) -> Any:
    """Cut queries, keys and values into heads, attend, join, and map back."""
    query = self.split(self.query(x))
    key = self.split(self.key(source))
    value = self.split(self.value(source))
    if self.rotary:
        query, key = _rotate(query), _rotate(key)
    if mask is not None:
        mask = mask.unsqueeze(-3)
    context, attention_weights = _attend(query, key, value, mask)
    joined = context.transpose(1, 2).flatten(2)
    return self.output(joined), attention_weights


def _layer(weights: Weights, heads: int, rotary: bool) -> Any:
    """The package's layer with these weights."""
    import torch

    from helpers.self_attention import MultiHeadAttention

    out_width, d_model = weights["output"].shape[1], weights["output"].shape[0]
    d_k = weights["query"].shape[0] // heads
    layer = MultiHeadAttention(d_model, heads, d_k, out_width // heads, rotary).double()
    for name in MAPS:
        part = getattr(layer, name)
        part.weight.data = torch.tensor(weights[name])
        part.bias.data = torch.tensor(weights[f"{name} bias"])
    return layer


def _call(
    answer: Callable[..., Any],
    weights: Weights,
    heads: int,
    rotary: bool,
    x: Array,
    source: Array,
    mask: Array | None = None,
) -> Any:
    """Call an answer as the layer's `forward`."""
    given = into_torch(x, True), into_torch(source, True), into_torch(mask)
    return out_of_torch(answer(_layer(weights, heads, rotary), *given), trained=True)


def _probes(rng: np.random.Generator) -> list[Probe]:
    def one(
        B: int, T: int, S: int, N: int, d_k: int, d_v: int, rotary: bool = False
    ) -> tuple[Any, ...]:
        d_model = 6
        widths = N * d_k, N * d_k, N * d_v
        weights = {n: rng.normal(size=(w, d_model)) for n, w in zip(MAPS[:3], widths, strict=True)}
        weights["output"] = rng.normal(size=(d_model, N * d_v))
        weights |= {f"{name} bias": rng.normal(size=len(weights[name])) for name in MAPS}
        x, source = rng.normal(size=(B, T, d_model)), rng.normal(size=(B, S, d_model))
        return weights, N, rotary, x, source

    def hide(*shape: int) -> Array:
        mask = rng.random(shape) < 0.5
        mask[..., 0] = True
        mask[..., -1, -1] = False
        return mask

    return [
        Probe(one(1, 2, 3, 2, 1, 2), label="B = 1, T = 2, S = 3, N = 2, no mask"),
        Probe(one(2, 3, 4, 3, 4, 5), label="B = 2, T = 3, S = 4, N = 3, no mask"),
        Probe((*one(2, 4, 5, 3, 4, 2), hide(2, 4, 5)), label="a mask (B, T, S)"),
        Probe((*one(2, 4, 4, 3, 2, 4), np.tri(4, dtype=bool)), label="a mask (T, T)"),
        Probe(one(3, 2, 5, 1, 4, 3), label="one head"),
        Probe(one(2, 1, 1, 2, 2, 3), label="one word"),
        Probe((*one(2, 4, 3, 2, 4, 2, rotary=True), hide(2, 4, 3)), label="rotary"),
    ]


def _map(weights: Weights, name: str, x: Array) -> Array:
    return np.asarray(x @ weights[name].T + weights[f"{name} bias"])


def _cut(x: Array, N: int) -> Array:
    return x.reshape(*x.shape[:2], N, -1).swapaxes(1, 2)


def _turned(x: Array, rotary: bool) -> Array:
    """Rotate entries i and i + d/2 as a complex number."""
    T, d = x.shape[-2:]
    if not rotary:
        return x
    turns = np.exp(1j * np.arange(T)[:, None] * 10_000.0 ** (-np.arange(0, d, 2) / d))
    turned = (x[..., : d // 2] + 1j * x[..., d // 2 :]) * turns
    return np.concatenate([turned.real, turned.imag], axis=-1)


def _trace(
    weights: Weights, heads: int, rotary: bool, x: Array, source: Array, mask: Any = None
) -> dict[str, Array]:
    query = _turned(_cut(_map(weights, "query", x), heads), rotary)
    key = _turned(_cut(_map(weights, "key", source), heads), rotary)
    value = _cut(_map(weights, "value", source), heads)
    scores = query @ key.swapaxes(-2, -1) / np.sqrt(query.shape[-1])
    hidden = np.zeros(scores.shape, dtype=bool) if mask is None else ~mask[..., None, :, :]
    attention_weights = softmax(np.where(hidden, -np.inf, scores))
    context = attention_weights @ value
    joined = context.swapaxes(1, 2).reshape(*x.shape[:2], -1)
    y = _map(weights, "output", joined)
    return {
        "query": query,
        "key": key,
        "value": value,
        "context": context,
        "joined": joined,
        "y": y,
        "attention_weights": attention_weights,
    }


def _oracle(
    weights: Weights, heads: int, rotary: bool, x: Array, source: Array, mask: Any = None
) -> Any:
    """A loop over the heads, with torch's function for each of them."""
    import torch

    attend = torch.nn.functional.scaled_dot_product_attention
    cut = [
        np.split(_map(weights, name, array), heads, axis=-1)
        for name, array in zip(MAPS[:3], (x, source, source), strict=True)
    ]
    contexts, shares = [], []
    for q, k, v in zip(*cut, strict=True):
        arrays = _turned(q, rotary), _turned(k, rotary), v
        q_n, k_n, v_n = (torch.tensor(np.ascontiguousarray(array)) for array in arrays)
        eye = torch.eye(k_n.shape[1], dtype=torch.float64).expand(len(k_n), -1, -1)
        hide = into_torch(mask)
        contexts.append(attend(q_n, k_n, v_n, attn_mask=hide).numpy())
        shares.append(attend(q_n, k_n, eye, attn_mask=hide).numpy())
    return _map(weights, "output", np.concatenate(contexts, axis=-1)), np.stack(shares, axis=1)


def _einsum(self: Any, x: Any, source: Any, mask: Any = None) -> Any:
    q, k, v = self.query(x), self.key(source), self.value(source)
    q, k, v = (a.reshape(*a.shape[:2], self.heads, -1).transpose(1, 2) for a in (q, k, v))
    if self.rotary:
        q, k = _rotate(q), _rotate(k)
    scores = (q @ k.mT) / q.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(~mask[..., None, :, :], -np.inf)
    weights = scores.softmax(-1)
    return self.output((weights @ v).permute(0, 2, 1, 3).reshape(*x.shape[:2], -1)), weights


def _in_one_line(self: Any, x: Any, source: Any, mask: Any = None) -> Any:
    three = [
        self.split(part(a))
        for part, a in ((self.query, x), (self.key, source), (self.value, source))
    ]
    if self.rotary:
        three[:2] = _rotate(three[0]), _rotate(three[1])
    four = mask if mask is None else mask.unsqueeze(0) if mask.ndim == 2 else mask[:, None]
    context, weights = _attend(*three, four)
    return self.output(context.swapaxes(1, 2).reshape(len(x), x.shape[1], -1)), weights


def _with(
    of_query: str = "x",
    of_key: str = "source",
    of_value: str = "source",
    cut: Callable[[Any, Any], Any] = lambda self, x: self.split(x),
    rotated: str = "qk",
    masked: Callable[[Any], Any] = lambda mask: mask.unsqueeze(-3),
    join: Callable[[Any], Any] = lambda context: context.transpose(1, 2).flatten(2),
    output: bool = True,
    give: Callable[[Any, Any], Any] = lambda y, weights: (y, weights),
    maps: str = "query key value",
    always: bool = False,
) -> Callable[..., Any]:
    """A `forward` with one of its parts changed."""

    def answer(self: Any, x: Any, source: Any, mask: Any = None) -> Any:
        of = {"x": x, "source": source}
        of_name = zip(maps.split(), (of_query, of_key, of_value), strict=True)
        query, key, value = (cut(self, getattr(self, name)(of[one])) for name, one in of_name)
        if self.rotary or always:
            query = _rotate(query) if "q" in rotated else query
            key = _rotate(key) if "k" in rotated else key
            value = _rotate(value) if "v" in rotated else value
        context, weights = _attend(query, key, value, masked(mask) if mask is not None else None)
        y = join(context)
        return give(self.output(y) if output else y, weights)

    return answer


def _always_masked(self: Any, x: Any, source: Any, mask: Any = None) -> Any:
    return forward(self, x, source, mask.unsqueeze(-3).squeeze(-3))


def _rotated_before_cut(self: Any, x: Any, source: Any, mask: Any = None) -> Any:
    query, key = self.query(x), self.key(source)
    if self.rotary:
        query, key = _rotate(query), _rotate(key)
    three = (self.split(array) for array in (query, key, self.value(source)))
    context, weights = _attend(*three, mask if mask is None else mask.unsqueeze(-3))
    return self.output(context.transpose(1, 2).flatten(2)), weights


def _residual(self: Any, x: Any, source: Any, mask: Any = None) -> Any:
    y, weights = forward(self, x, source, mask)
    return x + y, weights


MISTAKES = [
    Mistake(
        "keys_from_x",
        "The keys are made from `x`. They come from `source`: only the queries are made from `x`.",
        _with(of_key="x"),
    ),
    Mistake(
        "values_from_x",
        "The values are made from `x`. They come from `source`, as the keys do.",
        _with(of_value="x"),
    ),
    Mistake(
        "all_from_x",
        "Queries, keys and values are all made from `x`. Keys and values come from `source`.",
        _with(of_key="x", of_value="x"),
    ),
    Mistake(
        "queries_from_source",
        "The queries are made from `source`. They come from `x`: one output for each position of "
        "`x`.",
        _with(of_query="source"),
    ),
    Mistake(
        "x_and_source_exchanged",
        "`x` and `source` are exchanged. `x` makes the queries; `source` makes keys and values.",
        _with(of_query="source", of_key="x", of_value="x"),
    ),
    Mistake(
        "maps_exchanged",
        "You used `self.key` for the queries and `self.query` for the keys.",
        _with(maps="key query value"),
    ),
    Mistake(
        "queries_by_key_map",
        "You used `self.key` for the queries as well. `self.query` makes them.",
        _with(maps="key key value"),
    ),
    Mistake(
        "keys_by_query_map",
        "You used `self.query` for the keys as well. `self.key` makes them.",
        _with(maps="query query value"),
    ),
    Mistake(
        "values_by_key_map",
        "You used `self.key` for the values as well. `self.value` makes them.",
        _with(maps="query key key"),
    ),
    Mistake(
        "not_split",
        "Queries, keys and values are not cut into heads. Apply `self.split` to each.",
        _with(cut=lambda self, x: x, masked=lambda mask: mask, join=lambda context: context),
    ),
    Mistake(
        "cut_by_reshape",
        "You cut by a plain reshape to (B, N, T, d), which gives a head pieces of several words. "
        "Use `self.split`.",
        _with(cut=lambda self, x: x.reshape(len(x), self.heads, x.shape[1], -1)),
    ),
    Mistake(
        "mask_ignored",
        "The mask is not passed on.",
        _with(masked=lambda mask: None),
    ),
    Mistake(
        "mask_without_heads",
        "The mask has no axis for the heads behind B: (B, T, S) has to become (B, 1, T, S). Insert "
        "it with `mask.unsqueeze(-3)`.",
        _with(masked=lambda mask: mask),
    ),
    Mistake(
        "mask_needed",
        "Your function fails without a mask. Insert the axis only if `mask is not None`.",
        _always_masked,
    ),
    Mistake(
        "mask_last_axis",
        "You inserted the axis for the heads at the end of the mask. It belongs in front of the "
        "last two: `mask.unsqueeze(-3)`.",
        _with(masked=lambda mask: mask.unsqueeze(-1)),
    ),
    Mistake(
        "mask_axis_one",
        "`mask.unsqueeze(1)` fits a mask (B, T, S) but not the causal mask (T, T). Counted from "
        "the end, it fits both: `mask.unsqueeze(-3)`.",
        _with(masked=lambda mask: mask.unsqueeze(1)),
    ),
    Mistake(
        "mask_inverted",
        "You inverted the mask. It is True where a query may attend, here and in the function that "
        "you call.",
        _with(masked=lambda mask: (~mask | mask.all(-1, keepdim=True)).unsqueeze(-3)),
    ),
    Mistake(
        "joined_at_once",
        "The heads are joined by a plain reshape, which mixes words and heads. Swap axes 1 and 2 "
        "of the context first: (B, N, T, d_v) to (B, T, N, d_v).",
        _with(join=lambda c: c.reshape(len(c), c.shape[2], -1)),
    ),
    Mistake(
        "joined_in_turns",
        "In your joined vector the heads take turns, column by column. All columns of head 0 come "
        "first: (B, T, N, d_v), then `flatten(2)`.",
        _with(join=lambda c: c.permute(0, 2, 3, 1).flatten(2)),
    ),
    Mistake(
        "not_joined",
        "The heads are still apart when they reach the output layer: (B, T, N, d_v). Join the last "
        "two axes with `flatten(2)`.",
        _with(join=lambda c: c.transpose(1, 2)),
    ),
    Mistake(
        "not_swapped_back",
        "`flatten(2)` joins time and width here. Swap axes 1 and 2 of the context first: "
        "(B, N, T, d_v) to (B, T, N, d_v).",
        _with(join=lambda c: c.flatten(2)),
    ),
    Mistake(
        "last_axes_swapped",
        "You swapped the last two axes of the context, time and width. Swap axes 1 and 2, heads "
        "and time.",
        _with(join=lambda c: c.transpose(-2, -1).flatten(2)),
    ),
    Mistake(
        "heads_averaged",
        "You took the mean of the heads. Put them side by side: (B, T, N · d_v).",
        _with(join=lambda c: c.mean(1).repeat(1, 1, c.shape[1])),
    ),
    Mistake(
        "heads_added",
        "You added the heads up. Put them side by side: (B, T, N · d_v).",
        _with(join=lambda c: c.sum(1).repeat(1, 1, c.shape[1])),
    ),
    Mistake(
        "input_added",
        "You added `x` to the output. That comes in lesson 13, outside this layer.",
        _residual,
    ),
    Mistake(
        "context_returned",
        "You return the context, with its heads apart. Join the heads and apply `self.output`.",
        _with(join=lambda c: c, output=False),
    ),
    Mistake(
        "no_output",
        "The last linear map is missing: `self.output(joined)`.",
        _with(output=False),
    ),
    Mistake(
        "weights_averaged",
        "You averaged the weights over the heads. Return them for each head: (B, N, T, S).",
        _with(give=lambda y, weights: (y, weights.mean(1))),
    ),
    Mistake(
        "output_alone",
        "You return the output alone. Return two tensors: the output and the weights.",
        _with(give=lambda y, weights: y),
    ),
    Mistake(
        "turned_round",
        "You return the weights first. Return the output, then the weights.",
        _with(give=lambda y, weights: (weights, y)),
    ),
    Mistake(
        "not_rotated",
        "The line for rotary positions is missing. Copy it from the stub, after the three lines "
        "that make queries, keys and values.",
        _with(rotated=""),
    ),
    Mistake(
        "always_rotated",
        "You rotate queries and keys in every layer. Do it only `if self.rotary`.",
        _with(always=True),
    ),
    Mistake(
        "values_rotated",
        "With rotary positions, the values are rotated as well. Rotate the queries and keys alone.",
        _with(rotated="qkv"),
    ),
    Mistake(
        "rotated_before_cut",
        "You rotated queries and keys before cutting them into heads. `rotate` works on the d_k "
        "columns of one head: cut first.",
        _rotated_before_cut,
    ),
    Mistake(
        "keys_not_rotated",
        "With rotary positions, the queries are rotated but the keys are not.",
        _with(rotated="q"),
    ),
    Mistake(
        "queries_not_rotated",
        "With rotary positions, the keys are rotated but the queries are not.",
        _with(rotated="k"),
    ),
]

register(
    CodeExercise(
        name="self_attention.heads",
        title="Build several heads at once",
        points=4,
        package="self_attention.MultiHeadAttention.forward",
        reference=forward,
        probes=_probes,
        call=_call,
        oracle=_oracle,
        must_not_use=("a loop",),
        equivalents={"products": _einsum, "in one line": _in_one_line},
        trace=_trace,
        outputs=("y", "attention_weights"),
        axes=("BTD", "BNTS"),
        mistakes=MISTAKES,
        hints=[
            "Make queries, keys and values, cut each into heads, attend once, join the heads, "
            "apply the last map.",
            "query (B, N, T, d_k), key (B, N, S, d_k), value (B, N, S, d_v), context "
            "(B, N, T, d_v), joined (B, T, N · d_v).",
            "`self.query(x)` makes the queries, `self.key(source)` the keys, `self.value(source)` "
            "the values; `self.split` cuts. The mask gets an axis at −3.",
            "`joined = context.transpose(1, 2).flatten(2)`",
        ],
        survivors={
            "11: context.transpose(1, 2) → context.transpose(2, 1)": "swapping is the same "
            "either way",
        },
        solved="N heads of width d / N need as many multiplications as one head of width d. The "
        "price is that each head's queries and keys are narrower.",
    )
)
