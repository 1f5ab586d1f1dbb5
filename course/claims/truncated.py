"""Truncated backpropagation through time with two lengths, which claim 8 measures."""

from __future__ import annotations

import numpy as np

from helpers.rnn import Gradients, rnn_layer_backward
from helpers.shapes import Array, shapes


@shapes(x="B T D", h_0="B H", h="float B T H", dh="B T H", W_xh="H D", W_hh="H H")
def rnn_layer_backward_truncated(
    dh: Array, x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array, k1: int, k2: int
) -> Gradients:
    """Truncated backpropagation through time, TBPTT(k1, k2): an estimate of the gradient.

    After every k1 steps their losses go back through k2 steps, these k1 included. What lies before
    counts as a constant. The states are those of the whole sequence; only the way back is cut. With
    k1 = k2 it is `helpers.rnn.rnn_layer_backward_chunks`; with k2 ≥ k1 + T − 1, or with
    k1 = k2 ≥ T, nothing is cut. ValueError unless 1 ≤ k1 ≤ k2.

    Arrays and results are those of `rnn_layer_backward`. `dh_0` is what reaches the first state
    from the windows that begin with it. Williams & Peng 1990, Neural Computation 2(4), write
    BPTT(h; h') with h = k2 and h' = k1; the name with k1 and k2 follows Sutskever 2013, Training
    recurrent neural networks.
    """
    _check_truncation("rnn_layer_backward_truncated", k1, k2)
    dx, dh_0 = np.zeros_like(x, dtype=h.dtype), np.zeros_like(h_0, dtype=h.dtype)
    dW_xh, dW_hh = np.zeros_like(W_xh, dtype=h.dtype), np.zeros_like(W_hh, dtype=h.dtype)
    db_h = np.zeros_like(W_hh[0], dtype=h.dtype)  # (H,)
    for first in range(0, x.shape[1], k1):  # the losses of steps first … end − 1 …
        end, start = first + k1, max(first + k1 - k2, 0)  # … go back as far as start
        dh_window = dh[:, start:end].copy()
        dh_window[:, : first - start] = 0  # earlier losses have had their turn
        h_start = h[:, start - 1] if start > 0 else h_0  # came forward; here it is a constant
        dx_window, dh_start, *dW = rnn_layer_backward(
            dh_window, x[:, start:end], h_start, h[:, start:end], W_xh, W_hh
        )
        dx[:, start:end] += dx_window
        dh_0 += dh_start if start == 0 else 0
        dW_xh, dW_hh, db_h = dW_xh + dW[0], dW_hh + dW[1], db_h + dW[2]
    return dx, dh_0, dW_xh, dW_hh, db_h


def _check_truncation(function: str, k1: int, k2: int) -> None:
    """Check the two lengths of truncated backpropagation through time."""
    for name, k in (("k1", k1), ("k2", k2)):
        if isinstance(k, bool) or not isinstance(k, int | np.integer):
            raise TypeError(
                f"{function}: {name} is {k!r}, expected a whole number; pass int({name})"
            )
    if not 1 <= k1 <= k2:
        raise ValueError(
            f"{function}: k1 is {k1} and k2 is {k2}, expected 1 ≤ k1 ≤ k2; every k1 steps their "
            f"losses go back k2 steps"
        )
