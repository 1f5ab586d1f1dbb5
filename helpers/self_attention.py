"""Self-attention with torch, as lesson 12 builds it: one head, masks, positions, several heads.

Every mask is True where a query may look.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from helpers.shapes import shapes


@shapes(query="... T d_k", key="... S d_k", value="... S d_v")
def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Look up values by how well their keys match each query (Vaswani et al. 2017, eq. 1).

    `query` (…, T, d_k), `key` (…, S, d_k), `value` (…, S, d_v); `mask`, broadcast to (…, T, S), is
    True where a query may look, at least once in each row. Returns for each query the weighted sum
    of the values, (…, T, d_v), and the weights (…, T, S): non-negative, summing to one over S,
    exactly zero where the mask is False.
    """
    _check_mask(mask)
    scores = query @ key.transpose(-2, -1)  # (…, T, d_k) @ (…, d_k, S) -> (…, T, S)
    scores = scores / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    attention_weights = scores.softmax(dim=-1)  # over S
    return attention_weights @ value, attention_weights  # (…, T, S) @ (…, S, d_v) -> (…, T, d_v)


def causal_mask(T: int, device: torch.device | None = None) -> Tensor:
    """Return the mask that hides the future: (T, T), True at [t, s] where s ≤ t."""
    return torch.ones(T, T, dtype=torch.bool, device=device).tril()


def sinusoidal_positions(T: int, d_model: int) -> Tensor:
    """Return a vector for each of T positions, (T, d_model), with d_model even.

    Columns 2i and 2i + 1 hold sine and cosine of the angle t / 10000^(2i / d_model).
    """
    if d_model % 2:
        raise ValueError(f"sinusoidal_positions: d_model is {d_model}; give an even number")
    t = torch.arange(T).unsqueeze(1)  # (T, 1)
    angles = t / 10000 ** (torch.arange(0, d_model, 2) / d_model)  # (T, d_model / 2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)  # (T, d_model)


def rotate(x: Tensor, first: int = 0, base: float = 10_000.0) -> Tensor:
    """Turn x (…, T, d), d even, by angles that grow with the place, which begins at `first`.

    Entries i and i + d/2 of place t make a point of the plane; it is turned by the angle
    ``t · base^(−2i / d)``. The dot product of two vectors turned at t and s depends on t − s alone
    (Su et al. 2021, arXiv:2104.09864). Raises ValueError if d is odd.
    """
    T, d = x.shape[-2:]
    if d % 2:
        raise ValueError(f"rotate: the vectors have {d} entries; give an even number")
    speeds = base ** -(torch.arange(0, d, 2, device=x.device, dtype=x.dtype) / d)  # (d / 2,)
    places = torch.arange(first, first + T, device=x.device, dtype=x.dtype)
    angles = places.unsqueeze(1) * speeds  # (T, d / 2)
    left, right = x.chunk(2, dim=-1)  # (…, T, d / 2) each
    cos, sin = angles.cos(), angles.sin()
    return torch.cat([left * cos - right * sin, left * sin + right * cos], dim=-1)


class MultiHeadAttention(nn.Module):
    """Several attentions side by side, each with its own view of the same vectors.

    There are N `heads`. Keys and queries of a head are `d_k` wide, values `d_v`; both are
    ``d_model // heads`` if not given (Vaswani et al. 2017, arXiv:1706.03762, section 3.2.2). If
    `rotary`, queries and keys are turned by their places (see `rotate`).
    """

    def __init__(
        self,
        d_model: int,
        heads: int,
        d_k: int | None = None,
        d_v: int | None = None,
        rotary: bool = False,
    ) -> None:
        super().__init__()
        _check_heads(d_model, heads, d_k, d_v)
        d_k, d_v = d_k or d_model // heads, d_v or d_model // heads
        self.heads = heads
        self.rotary = rotary
        self.query = nn.Linear(d_model, heads * d_k)
        self.key = nn.Linear(d_model, heads * d_k)
        self.value = nn.Linear(d_model, heads * d_v)
        self.output = nn.Linear(heads * d_v, d_model)

    @shapes(x="B T d_model", source="B S d_model")
    def forward(
        self, x: Tensor, source: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Let each position of `x` look at `source`, which is `x` itself in self-attention.

        `x` (B, T, d_model) makes the queries, `source` (B, S, d_model) keys and values. `mask`,
        broadcast to (B, T, S), is True where a query may look, the same for all heads. Returns y
        (B, T, d_model) and the weights (B, N, T, S).
        """
        query = self.split(self.query(x))  # (B, T, d_model) -> (B, N, T, d_k)
        key = self.split(self.key(source))  # (B, S, d_model) -> (B, N, S, d_k)
        value = self.split(self.value(source))  # (B, S, d_model) -> (B, N, S, d_v)
        if self.rotary:
            query, key = rotate(query), rotate(key)
        if mask is not None:
            mask = mask.unsqueeze(-3)  # (B, T, S) -> (B, 1, T, S): the same for all heads
        context, attention_weights = scaled_dot_product_attention(query, key, value, mask)
        joined = context.transpose(1, 2).flatten(2)  # (B, N, T, d_v) -> (B, T, N · d_v)
        return self.output(joined), attention_weights

    def split(self, x: Tensor) -> Tensor:
        """Cut the last axis into heads: (B, T, N · d) -> (B, N, T, d)."""
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)


def _check_mask(mask: Tensor | None) -> None:
    """Raise ValueError unless the mask is of booleans and each query may look somewhere."""
    if mask is None:
        return
    if mask.dtype != torch.bool:
        raise ValueError(
            f"scaled_dot_product_attention: the mask is of {mask.dtype}; give booleans, True where "
            "a query may look"
        )
    if not mask.any(dim=-1).all():
        raise ValueError(
            f"scaled_dot_product_attention: a row of the mask, of shape {tuple(mask.shape)}, is "
            "False throughout; each query must be allowed to look somewhere"
        )


def _check_heads(d_model: int, heads: int, d_k: int | None, d_v: int | None) -> None:
    if heads < 1 or (d_model % heads and not (d_k and d_v)):
        raise ValueError(
            f"MultiHeadAttention: {heads} heads do not divide d_model {d_model}; choose other "
            "numbers, or give d_k and d_v"
        )
