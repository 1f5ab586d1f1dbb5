"""What the exercises of lesson 12 share: the page's example, and the way into torch and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

LN2, LN5 = float(np.log(2)), float(np.log(5))
W_Q = np.array([[1.0, 0, 0, 0], [1, 2, 2, 2], [1, 0, 0, 0], [1, 0, 0, 0]])
W_K = np.array([[LN2, LN5, LN5, LN5], [LN2, 0, 0, 0], [0, LN5, LN5, LN5], [0, 0, 0, 0]])
W_V = np.array([[0.8, 1.6, 0, 0], [0.8, 0, 1.6, 0], [0.8, 0, 0, 1.6]])
"""The page's three matrices, d_k = 4 and d_v = 3, for the vectors of `WORDS`."""
WORDS = {
    "배": [1, 0, 0, 0],
    "를": [0, 0, 0, 0],
    "가": [0, 0, 0, 0],
    "그": [0, 0, 0, 0],
    "먹었다": [0, 1, 0, 0],
    "탔다": [0, 0, 1, 0],
    "아팠다": [0, 0, 0, 1],
}


def into_torch(array: Array | None, trained: bool = False) -> Any:
    """Return an array as a tensor, or None as it is; `trained` asks for its gradient."""
    import torch

    if array is None:
        return None
    tensor = torch.tensor(array)
    return tensor.requires_grad_(trained) if tensor.is_floating_point() else tensor


def out_of_torch(result: Any, what: str = "result", trained: bool = False) -> Any:
    """Return a tensor as an array, or a sentence that says why it cannot be used.

    With `trained`, no gradient that stops on the way is accepted.
    """
    import torch

    if isinstance(result, tuple):
        parts = [out_of_torch(part, what, trained) for part in result]
        return next((part for part in parts if isinstance(part, str)), tuple(parts))
    if isinstance(result, np.ndarray | list):
        return f"Your {what} is no torch tensor, so no gradient could pass through it."
    if not isinstance(result, torch.Tensor):
        return result
    if trained and not result.requires_grad:
        return f"Your {what} is cut off from its inputs: no gradient would reach them."
    return result.detach().numpy()


def softmax(scores: Array, axis: int = -1) -> Array:
    """Softmax in NumPy."""
    e = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return np.asarray(e / e.sum(axis=axis, keepdims=True))
