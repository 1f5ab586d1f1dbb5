"""What the exercises of lesson 04 share: the scores of *hello*, and softmax."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

# The scores of h, e, l, o at the four steps of "hell", rounded; and the targets "ello".
HELLO = np.array(
    [
        [0.3070, -0.1653, -0.4292, 0.3779],
        [-0.1259, 0.4632, 0.2448, 0.0427],
        [0.1620, 0.4217, -0.1379, 0.4538],
        [0.2163, 0.5490, -0.1866, 0.5989],
    ]
)
TARGETS = np.array([1, 2, 2, 3])


def softmax_of(y: Array) -> Array:
    """Softmax over the last axis."""
    e = np.exp(y - y.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))
