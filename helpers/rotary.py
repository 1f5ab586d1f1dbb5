"""Rotary positions: queries and keys are turned by an angle that grows with their place.

Two vectors that are turned by the angles of places t and s have a dot product that depends on t − s
alone, so attention sees distances and no absolute places (Su et al. 2021, arXiv:2104.09864). In
cross-attention, t − s is how far a target word stands behind a source word.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from helpers.self_attention import MultiHeadAttention, scaled_dot_product_attention
from helpers.transformer import Transformer


def rotate(x: Tensor, base: float = 10_000.0) -> Tensor:
    """Turn each pair of neighbouring entries of x (…, T, d), d even, by its place times its speed.

    Pair i of position t is turned by the angle ``t · base^(−2i / d)``: the first pair fastest. The
    lengths stay as they are. Raises ValueError if d is odd.
    """
    T, d = x.shape[-2:]
    if d % 2:
        raise ValueError(f"rotate: the vectors have {d} entries; give an even number")
    speeds = base ** -(torch.arange(0, d, 2, device=x.device, dtype=x.dtype) / d)  # (d / 2,)
    angles = torch.arange(T, device=x.device, dtype=x.dtype).unsqueeze(1) * speeds  # (T, d / 2)
    even, odd = x[..., ::2], x[..., 1::2]
    turned = even * angles.cos() - odd * angles.sin(), even * angles.sin() + odd * angles.cos()
    return torch.stack(turned, dim=-1).flatten(-2)  # (…, T, d / 2, 2) -> (…, T, d)


class RotaryAttention(MultiHeadAttention):
    """`MultiHeadAttention` whose queries and keys are turned by their places."""

    def __init__(self, d_model: int, heads: int, base: float = 10_000.0) -> None:
        super().__init__(d_model, heads)
        self.base = base

    def forward(
        self, x: Tensor, source: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Let each position of `x` look at `source`; shapes as in `MultiHeadAttention`."""
        query = rotate(self.split(self.query(x)), self.base)  # (B, N, T, d_k)
        key = rotate(self.split(self.key(source)), self.base)  # (B, N, S, d_k)
        value = self.split(self.value(source))  # (B, N, S, d_v)
        mask = mask if mask is None else mask.unsqueeze(-3)  # the same for all heads
        context, weights = scaled_dot_product_attention(query, key, value, mask)
        return self.output(context.transpose(1, 2).flatten(2)), weights


class RotaryTransformer(Transformer):
    """A `Transformer` without added positions.

    Its queries and keys are turned in self-attention (`within`), in cross-attention (`across`), in
    both or in neither; with neither it does not know the order. It starts with the weights that a
    `Transformer` of the same sizes would start with.
    """

    def __init__(
        self,
        *sizes: Any,
        within: bool = True,
        across: bool = True,
        base: float = 10_000.0,
        **options: Any,
    ) -> None:
        super().__init__(*sizes, **options)
        for stack in (self.encoder, self.decoder):
            for block in stack.blocks:
                if within:
                    block.attention = _turned(block.attention, base)
                if across and hasattr(block, "cross_attention"):
                    block.cross_attention = _turned(block.cross_attention, base)

    def embed(self, embedding: nn.Embedding, tokens: Tensor, first: int = 0) -> Tensor:
        """Return vectors for tokens (B, T); where they stand is told in attention."""
        return self.dropout(embedding(tokens) * math.sqrt(embedding.embedding_dim))


def _turned(attention: Any, base: float) -> RotaryAttention:
    """Return an attention with the same weights that turns queries and keys."""
    if not isinstance(attention, MultiHeadAttention):
        raise TypeError(f"RotaryTransformer: {type(attention).__name__} is no MultiHeadAttention")
    turned = RotaryAttention(attention.query.in_features, attention.heads, base)
    turned.load_state_dict(attention.state_dict())
    return turned
