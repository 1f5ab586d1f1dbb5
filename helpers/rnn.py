"""The plain recurrent network in NumPy: one step, then a layer, forward and backward.

It reads one input after the other and carries a hidden state along::

    h_t = tanh(W_xh x_t + W_hh h_{t-1} + b_h)
    y_t = W_hy h_t + b_y

Shapes: ``W_xh`` (H, D), ``W_hh`` (H, H), ``b_h`` (H,), ``W_hy`` (O, H), ``b_y`` (O,), as in the
formula. Data are batch-first: ``x`` (B, T, D), ``h`` (B, T, H). With torch's names, ``W_xh`` is
``weight_ih_l0``, ``W_hh`` is ``weight_hh_l0`` and ``b_h`` is ``bias_ih_l0 + bias_hh_l0``.

A function ``…_backward`` takes the gradient of what its namesake returned first, and returns those
of what it was given. ``dh`` stands for the gradient of the loss with respect to ``h``, in the shape
of ``h``, and so for every other letter; the gradients of weights are summed over batch and time.
Every function raises TypeError for what is no NumPy array of real numbers, and ValueError where
shapes disagree; the forward ones refuse NaN and infinity in inputs and first states, too.
"""

from __future__ import annotations

import numpy as np

from helpers.shapes import Array, shapes

Gradients = tuple[Array, Array, Array, Array, Array]


@shapes(x_t="B D", h_prev="B H", W_xh="H D", W_hh="H H", b_h="H", finite=("x_t", "h_prev"))
def rnn_step(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """Read one input x_t (B, D); return the new hidden state (B, H).

    h_t = tanh(W_xh x_t + W_hh h_{t-1} + b_h), with `h_prev` (B, H) the state after the step before
    (Elman 1990, Finding structure in time, Cognitive Science 14).
    """
    a_t = x_t @ W_xh.T + h_prev @ W_hh.T + b_h  # (B, D)·(D, H) + (B, H)·(H, H) + (H,)
    h_t = np.tanh(a_t)
    return h_t


@shapes(x_t="B D", h_prev="B H", h_t="float B H", dh_t="B H", W_xh="H D", W_hh="H H")
def rnn_step_backward(
    dh_t: Array, x_t: Array, h_prev: Array, h_t: Array, W_xh: Array, W_hh: Array
) -> Gradients:
    """Send the gradient of one step back to everything that went into it.

    `dh_t` is the sum of what comes from this step's output and what comes back from the next step.
    Returns dx_t (B, D), dh_prev (B, H), dW_xh (H, D), dW_hh (H, H), db_h (H,).
    """
    da_t = dh_t * (1 - h_t**2)  # (B, H)  a_t is what tanh was given; tanh' = 1 − tanh²
    dx_t = da_t @ W_xh  # (B, H)·(H, D) -> (B, D)
    dh_prev = da_t @ W_hh  # (B, H)·(H, H) -> (B, H)
    dW_xh = da_t.T @ x_t  # (H, B)·(B, D) -> (H, D)
    dW_hh = da_t.T @ h_prev  # (H, B)·(B, H) -> (H, H)
    db_h = da_t.sum(axis=0)  # (H,)
    return dx_t, dh_prev, dW_xh, dW_hh, db_h


@shapes(x="B T D", h_0="B H", W_xh="H D", W_hh="H H", b_h="H", finite=("x", "h_0"))
def rnn_layer(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """Run the step over a whole sequence x (B, T, D); return every hidden state, (B, T, H).

    `h_0` (B, H) is the state before the first step; all steps share one set of weights. The result
    holds h_1 … h_T, so `h[:, -1]` is the last state.
    """
    h_t = h_0  # (B, H)
    h = []
    for t in range(x.shape[1]):
        h_t = rnn_step(x[:, t], h_t, W_xh, W_hh, b_h)  # (B, D), (B, H) -> (B, H)
        h.append(h_t)
    return np.stack(h, axis=1)  # T of (B, H) -> (B, T, H)


@shapes(x="B T D", h_0="B H", h="float B T H", dh="B T H", W_xh="H D", W_hh="H H")
def rnn_layer_backward(
    dh: Array, x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array
) -> Gradients:
    """Backpropagate through time: walk the layer's steps from the last to the first.

    `dh` (B, T, H) is zero where the loss does not use a state. Returns dx (B, T, D), dh_0 (B, H),
    dW_xh (H, D), dW_hh (H, H), db_h (H,).

    References
    ----------
    Werbos 1990, Backpropagation through time: what it does and how to do it, Proc. IEEE 78.
    """
    dx = np.zeros(x.shape, dtype=h.dtype)  # (B, T, D)
    dW_xh = np.zeros(W_xh.shape, dtype=h.dtype)  # (H, D)
    dW_hh = np.zeros(W_hh.shape, dtype=h.dtype)  # (H, H)
    db_h = np.zeros(W_hh.shape[0], dtype=h.dtype)  # (H,)
    dh_next = np.zeros(h_0.shape, dtype=h.dtype)  # (B, H)  nothing comes back from after the end
    for t in reversed(range(x.shape[1])):
        h_prev = h[:, t - 1] if t > 0 else h_0  # (B, H)
        dh_t = dh[:, t] + dh_next  # (B, H)  from this step's output and from the step after
        dx[:, t], dh_next, dW_xh_t, dW_hh_t, db_h_t = rnn_step_backward(
            dh_t, x[:, t], h_prev, h[:, t], W_xh, W_hh
        )
        dW_xh += dW_xh_t
        dW_hh += dW_hh_t
        db_h += db_h_t
    return dx, dh_next, dW_xh, dW_hh, db_h


@shapes(x="B T D", h_0="B H", h="float B T H", dh="B T H", W_xh="H D", W_hh="H H")
def rnn_layer_backward_chunks(
    dh: Array, x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array, k: int
) -> Gradients:
    """Truncated backpropagation through time in chunks of k steps, TBPTT(k, k).

    The loss of each step goes back to the first step of its chunk and no further. The states are
    those of the whole sequence; only the gradient is cut, as by torch's ``h.detach()`` every k
    steps. The last chunk may be shorter; with k ≥ T nothing is cut. Arrays and results are those of
    `rnn_layer_backward`. ValueError unless k is at least 1.
    """
    _check_chunk(k)
    dx = np.zeros(x.shape, dtype=h.dtype)  # (B, T, D)
    dW_xh = np.zeros(W_xh.shape, dtype=h.dtype)  # (H, D)
    dW_hh = np.zeros(W_hh.shape, dtype=h.dtype)  # (H, H)
    db_h = np.zeros(W_hh.shape[0], dtype=h.dtype)  # (H,)
    for first in reversed(range(0, x.shape[1], k)):
        chunk = slice(first, first + k)
        h_start = h[:, first - 1] if first > 0 else h_0  # (B, H)  a constant here
        dx[:, chunk], dh_0, dW_xh_chunk, dW_hh_chunk, db_h_chunk = rnn_layer_backward(
            dh[:, chunk], x[:, chunk], h_start, h[:, chunk], W_xh, W_hh
        )
        dW_xh += dW_xh_chunk
        dW_hh += dW_hh_chunk
        db_h += db_h_chunk
    return dx, dh_0, dW_xh, dW_hh, db_h


def _check_chunk(k: int) -> None:
    """Check the length of the chunks of truncated backpropagation through time."""
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:
        raise ValueError(
            f"rnn_layer_backward_chunks: k is {k!r}, expected the steps in a chunk, a whole number "
            "from 1 up"
        )


@shapes(h="B H | B T H", W_hy="O H", b_y="O")
def rnn_output(h: Array, W_hy: Array, b_y: Array) -> Array:
    """Turn hidden states (B, H) or (B, T, H) into outputs (B, O) or (B, T, O): W_hy h_t + b_y."""
    return h @ W_hy.T + b_y  # (B, T, H)·(H, O) + (O,) -> (B, T, O)


@shapes(h="B H | B T H", W_hy="O H", dy="B O | B T O")
def rnn_output_backward(dy: Array, h: Array, W_hy: Array) -> tuple[Array, Array, Array]:
    """Return `dh`, `dW_hy` and `db_y`; `dy` has the shape of the outputs."""
    O, H = W_hy.shape  # noqa: E741
    dh = dy @ W_hy  # (B, T, O)·(O, H) -> (B, T, H)
    dW_hy = dy.reshape(-1, O).T @ h.reshape(-1, H)  # (O, B·T)·(B·T, H) -> (O, H)
    db_y = dy.reshape(-1, O).sum(axis=0)  # (O,)
    return dh, dW_hy, db_y


@shapes(x="B T D", h_0="B H", W_xh="H D", W_hh="H H", b_h="H", mask="B T", finite=("x", "h_0"))
def masked_rnn_layer(
    x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array, mask: Array
) -> Array:
    """Run the step over padded sequences: on padding the state stays as it was.

    `mask` (B, T) is True where there is an input, False where there is padding, at the end or
    elsewhere; the rest is as in `rnn_layer`. Of the result (B, T, H), `h[:, -1]` is the state after
    the last input of each sequence.
    """
    h_t = h_0  # (B, H)
    h = []
    for t in range(x.shape[1]):
        h_new = rnn_step(x[:, t], h_t, W_xh, W_hh, b_h)  # (B, H)
        h_t = np.where(mask[:, t, None], h_new, h_t)  # (B, 1), (B, H), (B, H) -> (B, H)
        h.append(h_t)
    return np.stack(h, axis=1)  # (B, T, H)
