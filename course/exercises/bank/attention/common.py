"""What the builds of lesson 11 share: states, queries, weights and masks, and torch's attention."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

SIZES = ((2, 3, 2), (3, 4, 5), (4, 2, 3))  # (B, S, H), all different
ONE = np.array([[[1.0, 2.0], [3.0, -1.0]]])  # the text's example: two states of one sentence


def states(rng: np.random.Generator, B: int, S: int, H: int) -> tuple[Array, Array]:
    """Encoder states (B, S, H) and a query for each sentence (B, H)."""
    return rng.normal(size=(B, S, H)).round(2), rng.normal(size=(B, H)).round(2)


def some_mask(B: int, S: int) -> Array:
    """A mask (B, S): the first sentence is whole, each next one a token shorter, down to one."""
    lengths = np.maximum(S - np.arange(B), 1)
    return np.asarray(np.arange(S) < lengths[:, None])


def some_weights(rng: np.random.Generator, B: int, S: int) -> Array:
    """Weights (B, S) that sum to one in each row."""
    weights = rng.uniform(0.1, 1.0, size=(B, S))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def torch_attention(h: Array, s_t: Array, mask: Array | None) -> tuple[Any, Any, Any]:
    """Torch's weights (B, S), as a tensor, and the leaves h and s_t that they come from."""
    import torch

    leaves = torch.tensor(h, requires_grad=True), torch.tensor(s_t, requires_grad=True)
    scores = torch.einsum("bsh,bh->bs", *leaves)
    if mask is not None:
        scores = scores.masked_fill(~torch.tensor(mask), -torch.inf)
    return scores.softmax(dim=-1), *leaves
