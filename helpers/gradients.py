"""Gradients: checking them, following them back through time, and what can be done about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from helpers.shapes import Array, shapes

if TYPE_CHECKING:
    from torch import Tensor


def numerical_gradient(loss: Callable[[Array], float], w: Array, epsilon: float = 1e-5) -> Array:
    """Return the slope of `loss` along each entry of w, in the shape of w.

    Central differences: (loss above − loss below) / 2ε, one entry nudged at a time. `loss` is
    called twice for each entry; w is left as it is. ValueError if w holds whole numbers, which
    cannot be nudged.
    """
    _check_floating(w)
    gradient = np.zeros_like(w)
    for index in np.ndindex(w.shape):
        nudge = np.zeros_like(w)
        nudge[index] = epsilon
        gradient[index] = (loss(w + nudge) - loss(w - nudge)) / (2 * epsilon)
    return gradient


def _check_floating(w: Array) -> None:
    """Check that a small step can be added to w."""
    if not np.issubdtype(w.dtype, np.floating):
        raise ValueError(
            f"numerical_gradient: w holds {w.dtype}, expected floating point; pass w.astype(float)"
        )


def relative_difference(a: Array, b: Array) -> float:
    """Return ‖a − b‖ / (‖a‖ + ‖b‖): 0 if the two are equal, at most 1; 0 if both are zero."""
    size = np.linalg.norm(a) + np.linalg.norm(b)
    return float(np.linalg.norm(a - b) / size) if size > 0 else 0.0


@shapes(h="T H", W_hh="H H", finite=("h",))
def jacobian_norms(h: Array, W_hh: Array) -> Array:
    """Return the largest singular value of ∂h_T/∂h_{T−d} for the distances d = 0 … T − 1, (T,).

    It bounds what is left of a gradient d steps back. `h` (T, H) are the states of one sequence
    (Pascanu, Mikolov and Bengio 2013, arXiv:1211.5063).
    """
    product = np.eye(len(W_hh))  # (H, H)
    norms = []
    for h_t in h[::-1]:  # the last state first
        norms.append(np.linalg.norm(product, 2))
        J = np.diag(1 - h_t**2) @ W_hh  # (H, H)
        product = product @ J
    return np.array(norms)


@shapes(dh="B H", dh_T="B H")
def keep_norm(dh: Tensor, dh_T: Tensor) -> Tensor:
    """Give the gradient of a state, row by row, the norm that it had at the last state.

    For ``h_t.register_hook(lambda dh: keep_norm(dh, dh_T))``. A row of zeros stays one.
    """
    norm_T = dh_T.norm(dim=1, keepdim=True)  # (B, 1)
    norm = dh.norm(dim=1, keepdim=True)  # (B, 1)
    kept = dh * norm_T / (norm + 1e-30)  # (B, H)
    return kept


def clip_by_norm(gradients: Sequence[Array], limit: float) -> list[Array]:
    """Shorten gradients whose joint norm is above `limit`, all by one factor, as torch does."""
    norm = np.sqrt(sum((g**2).sum() for g in gradients))
    factor = min(1.0, limit / (norm + 1e-6))
    clipped = [factor * g for g in gradients]
    return clipped
