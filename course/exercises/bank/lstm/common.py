"""What the exercises of lesson 07 share: a cell built by hand, random cells, torch as oracle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Arrays = tuple[Any, ...]
Answer = Callable[..., Any]


def by_hand() -> tuple[Array, Array, Array]:
    """The lesson's cell of one unit: its gates are 0.1 or 0.9."""
    k = np.log(9)
    W_x = np.array([[0, 2 * k, 0], [0, -2 * k, 0], [1, 0, 0], [0, 0, 2 * k]])
    return W_x, np.zeros((4, 1)), np.array([-k, k, 0, -k])


def marked() -> tuple[Array, ...]:
    """The lesson's first step: 0.5493 with a mark, no question, and a cell state of 0.3."""
    return np.array([[0.5493, 1, 0]]), np.array([[0.2]]), np.array([[0.3]])


def weights(rng: np.random.Generator, D: int, H: int) -> tuple[Array, Array, Array]:
    """Random weights W_x (4 H, D), W_h (4 H, H), b (4 H,)."""
    arrays = (rng.normal(size=size) for size in ((4 * H, D), (4 * H, H), (4 * H,)))
    return tuple(array.round(2) for array in arrays)  # type: ignore[return-value]


def state(rng: np.random.Generator, B: int, D: int, H: int) -> tuple[Array, Array, Array]:
    """A random input x_t (B, D) and states h_prev and c_prev (B, H)."""
    x_t, c_prev = rng.normal(size=(B, D)).round(2), 1.5 * rng.normal(size=(B, H)).round(2)
    return x_t, rng.uniform(-1, 1, size=(B, H)).round(2), c_prev


def by_torch(
    x: Array, h_0: Array, c_0: Array, W_x: Array, W_h: Array, b: Array
) -> tuple[Array, Array]:
    """All hidden states (B, T, H) and the last cell state (B, H) of torch's layer."""
    import torch

    layer = torch.nn.LSTM(x.shape[2], h_0.shape[1], batch_first=True, dtype=torch.float64)
    arrays = W_x, W_h, 0.25 * b, 0.75 * b
    with torch.no_grad():
        for parameter, array in zip(layer.parameters(), arrays, strict=True):
            parameter.copy_(torch.tensor(array))
        h, (_, c_T) = layer(torch.tensor(x), (torch.tensor(h_0)[None], torch.tensor(c_0)[None]))
    return h.numpy(), c_T[0].numpy()
