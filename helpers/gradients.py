"""Checking a gradient: finite differences, and how far two gradients are apart."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from helpers.shapes import Array


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
