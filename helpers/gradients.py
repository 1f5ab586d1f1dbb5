"""Gradients on their way back through time: how much is left, and what can be done about it.

One step back multiplies the gradient of a plain recurrent network's state by the transpose of
J_t = diag(1 − h_t²) W_hh. With ∂h_T/∂h_t = J_T J_{T−1} … J_{t+1}::

    dh_t = (∂h_T/∂h_t)ᵀ dh_T
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from helpers.shapes import Array, shapes

if TYPE_CHECKING:
    from torch import Tensor


@shapes(h="T H", W_hh="H H", finite=("h",))
def jacobian_norms(h: Array, W_hh: Array) -> Array:
    """Return the largest singular value of ∂h_T/∂h_{T−d} for the distances d = 0 … T − 1, (T,).

    It bounds what is left of a gradient d steps back, and of a change d steps on. `h` (T, H) are
    the states of one sequence (Pascanu, Mikolov and Bengio 2013, arXiv:1211.5063).
    """
    product = np.eye(len(W_hh))  # (H, H)  ∂h_T/∂h_T
    norms = []
    for h_t in h[::-1]:  # the last state first
        norms.append(np.linalg.norm(product, 2))
        J = np.diag(1 - h_t**2) @ W_hh  # (H, H)  the step that led to h_t
        product = product @ J  # older steps stand on the right
    return np.array(norms)


@shapes(dh="B H", dh_T="B H")
def keep_norm(dh: Tensor, dh_T: Tensor) -> Tensor:
    """Give the gradient of a state, row by row, the norm that it had at the last state.

    For a hook: ``h_t.register_hook(lambda dh: keep_norm(dh, dh_T))``. The direction of each row of
    `dh` (B, H) stays; a row of zeros stays one.
    """
    norm_T = dh_T.norm(dim=1, keepdim=True)  # (B, 1)
    norm = dh.norm(dim=1, keepdim=True)  # (B, 1)
    kept = dh * norm_T / (norm + 1e-30)  # (B, H)
    return kept


def clip_by_norm(gradients: Sequence[Array], limit: float) -> list[Array]:
    """Shorten gradients whose joint norm is above `limit`, all by one factor.

    Pascanu, Mikolov and Bengio 2013, arXiv:1211.5063; as ``torch.nn.utils.clip_grad_norm_``.
    """
    norm = np.sqrt(sum((g**2).sum() for g in gradients))
    factor = min(1.0, limit / (norm + 1e-6))
    clipped = [factor * g for g in gradients]
    return clipped
