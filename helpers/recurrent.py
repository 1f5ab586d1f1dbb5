"""The recurrent layers of the course in NumPy: one step, then a layer, forward and backward.

A plain RNN reads one input after the other and carries a hidden state along::

    h_t = tanh(W_xh x_t + W_hh h_{t-1} + b_h)
    y_t = W_hy h_t + b_y

Shapes: ``W_xh`` (H, D), ``W_hh`` (H, H), ``b_h`` (H,), ``W_hy`` (O, H), ``b_y`` (O,), as in the
formula. Data are batch-first: ``x`` (B, T, D), ``h`` (B, T, H). With torch's names, ``W_xh`` is
``weight_ih_l0``, ``W_hh`` is ``weight_hh_l0`` and ``b_h`` is ``bias_ih_l0 + bias_hh_l0``.

The LSTM and the GRU stand below, each with one weight for each gate under the gate's own name, and
with functions that convert to and from torch's stacked weights.

The first functions of each part read like the lesson that builds them. Those that end in ``_fast``
return the same numbers with less work for each time step. In a backward function ``dh`` stands for
the gradient of the loss with respect to ``h``, and so for every other letter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]


class RNNWeights(NamedTuple):
    """The three parameters of one RNN layer: `W_xh` (H, D), `W_hh` (H, H), `b_h` (H,)."""

    W_xh: Array
    W_hh: Array
    b_h: Array


# --- one step --------------------------------------------------------------------------------


def rnn_step(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """Read one input and return the new hidden state.

    Parameters
    ----------
    x_t : array, shape (B, D)
        Input at this time step, one row for each sequence of the batch.
    h_prev : array, shape (B, H)
        Hidden state after the step before.
    W_xh, W_hh, b_h : arrays, shapes (H, D), (H, H), (H,)
        Weights from the input, weights from the state, bias.

    Returns
    -------
    array, shape (B, H)
        h_t = tanh(W_xh x_t + W_hh h_{t-1} + b_h).

    Raises
    ------
    TypeError
        If an argument is not a NumPy array of numbers.
    ValueError
        If the shapes disagree, or `x_t` or `h_prev` holds NaN or infinity.

    References
    ----------
    Elman 1990, Finding structure in time, Cognitive Science 14.
    """
    _check_step("rnn_step", x_t, h_prev, W_xh, W_hh, b_h)
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)  # (B, D)·(D, H) + (B, H)·(H, H) + (H,)


def rnn_step_backward(
    dh_t: Array, x_t: Array, h_prev: Array, h_t: Array, W_xh: Array, W_hh: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """Send the gradient of one step back to all that went into it.

    Parameters
    ----------
    dh_t : array, shape (B, H)
        Gradient of the loss with respect to `h_t`: what comes from this step's output and what
        comes back from the step after, added up.
    x_t, h_prev : arrays, shapes (B, D), (B, H)
        What `rnn_step` was given.
    h_t : array, shape (B, H)
        What `rnn_step` returned.
    W_xh, W_hh : arrays, shapes (H, D), (H, H)
        The step's weights.

    Returns
    -------
    dx_t, dh_prev, dW_xh, dW_hh, db_h : arrays
        Gradients, each in the shape of its namesake; those of the weights are summed over the
        batch.

    Raises
    ------
    TypeError, ValueError
        As `rnn_step`.
    """
    _check_step("rnn_step_backward", x_t, h_prev, W_xh, W_hh, None, h_t=h_t, dh_t=dh_t)
    da_t = dh_t * (1 - h_t**2)  # (B, H)  a_t is what tanh was given; tanh' = 1 − tanh²
    dx_t = da_t @ W_xh  # (B, H)·(H, D) -> (B, D)
    dh_prev = da_t @ W_hh  # (B, H)·(H, H) -> (B, H)
    dW_xh = da_t.T @ x_t  # (H, B)·(B, D) -> (H, D)
    dW_hh = da_t.T @ h_prev  # (H, B)·(B, H) -> (H, H)
    db_h = da_t.sum(axis=0)  # (H,)
    return dx_t, dh_prev, dW_xh, dW_hh, db_h


# --- a layer: the same step at every time ----------------------------------------------------


def rnn_layer(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """Run the step over a whole sequence and return every hidden state.

    Parameters
    ----------
    x : array, shape (B, T, D)
        The inputs, batch first.
    h_0 : array, shape (B, H)
        Hidden state before the first step.
    W_xh, W_hh, b_h : arrays, shapes (H, D), (H, H), (H,)
        The one set of weights that all steps share.

    Returns
    -------
    array, shape (B, T, H)
        h_1 … h_T; `h[:, -1]` is the last state.

    Raises
    ------
    TypeError
        If an argument is not a NumPy array of numbers.
    ValueError
        If the shapes disagree, T is zero, or `x` or `h_0` holds NaN or infinity.
    """
    _check_layer("rnn_layer", x, h_0, W_xh, W_hh, b_h)
    h_t = h_0  # (B, H)
    h = []
    for t in range(x.shape[1]):
        h_t = rnn_step(x[:, t], h_t, W_xh, W_hh, b_h)  # (B, D), (B, H) -> (B, H)
        h.append(h_t)
    return np.stack(h, axis=1)  # T of (B, H) -> (B, T, H)


def rnn_layer_backward(
    dh: Array, x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """Backpropagation through time: walk the layer's steps from the last to the first.

    Parameters
    ----------
    dh : array, shape (B, T, H)
        Gradient of the loss with respect to every state that `rnn_layer` returned, zero where the
        loss does not look at a state.
    x, h_0 : arrays, shapes (B, T, D), (B, H)
        What `rnn_layer` was given.
    h : array, shape (B, T, H)
        What `rnn_layer` returned.
    W_xh, W_hh : arrays, shapes (H, D), (H, H)
        The layer's weights.

    Returns
    -------
    dx, dh_0, dW_xh, dW_hh, db_h : arrays
        Gradients, each in the shape of its namesake; those of the weights are summed over batch
        and time, because all steps share them.

    Raises
    ------
    TypeError, ValueError
        As `rnn_layer`.

    References
    ----------
    Werbos 1990, Backpropagation through time: what it does and how to do it, Proc. IEEE 78.
    """
    _check_layer("rnn_layer_backward", x, h_0, W_xh, W_hh, None, h=h, dh=dh)
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


def rnn_layer_backward_truncated(
    dh: Array, x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array, k1: int, k2: int
) -> tuple[Array, Array, Array, Array, Array]:
    """Truncated backpropagation through time, TBPTT(k1, k2): an estimate of the gradient.

    After every k1 steps the losses of these k1 steps go back through k2 steps, their own included.
    What lies before is taken as a constant. The states are those of the whole sequence; only the
    way back is cut. With k1 = k2 the sequence falls into chunks, as with torch's
    ``h.detach()`` every k steps. The weights stay the same throughout.

    Parameters
    ----------
    dh, x, h_0, h, W_xh, W_hh : arrays
        As in `rnn_layer_backward`.
    k1, k2 : int
        1 ≤ k1 ≤ k2. With k2 ≥ k1 + T − 1, or with k1 = k2 ≥ T, nothing is cut.

    Returns
    -------
    dx, dh_0, dW_xh, dW_hh, db_h : arrays
        Estimates of what `rnn_layer_backward` returns. `dh_0` is what reaches the first state from
        the windows that begin with it.

    Raises
    ------
    TypeError, ValueError
        As `rnn_layer`, or if `k1` and `k2` are not whole numbers with 1 ≤ k1 ≤ k2.

    References
    ----------
    Williams & Peng 1990, Neural Computation 2(4), call TBPTT(k1, k2) BPTT(h; h') with h = k2 and
    h' = k1; the name with k1 and k2 follows Sutskever 2013, Training recurrent neural networks.
    """
    _check_layer("rnn_layer_backward_truncated", x, h_0, W_xh, W_hh, None, h=h, dh=dh)
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


# --- the same layer, faster ------------------------------------------------------------------


def rnn_layer_fast(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """Return what `rnn_layer` returns, faster; parameters, result and errors are the same.

    Only W_hh h_{t-1} has to wait for the step before. All the products W_xh x_t are taken at once,
    in front of the loop. The work arrays are time-first, so that the loop reads and writes
    contiguous memory, and nothing is allocated inside it. float32 stays float32.
    """
    _check_layer("rnn_layer_fast", x, h_0, W_xh, W_hh, b_h)
    dtype = _floating(x, h_0, W_xh, W_hh, b_h)
    B, T, D = x.shape
    H = W_hh.shape[0]
    x_steps = np.ascontiguousarray(x.transpose(1, 0, 2), dtype=dtype).reshape(T * B, D)
    h = np.dot(x_steps, W_xh.T.astype(dtype)).reshape(T, B, H)  # W_xh x_t for all t at once
    h += b_h
    W = np.ascontiguousarray(W_hh.T, dtype=dtype)  # (H, H)
    h_t = np.ascontiguousarray(h_0, dtype=dtype)  # (B, H)
    recurrent = np.empty((B, H), dtype=dtype)
    for t in range(T):
        np.dot(h_t, W, out=recurrent)  # (B, H)·(H, H) -> (B, H)
        h_t = h[t]
        h_t += recurrent
        np.tanh(h_t, out=h_t)
    return h.transpose(1, 0, 2)  # (T, B, H) -> (B, T, H), a view


def rnn_layer_backward_fast(
    dh: Array, x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """Return what `rnn_layer_backward` returns, faster; parameters and errors are the same.

    The loop only finds the gradient at what tanh was given, step by step. Once these are known for
    all steps, each weight's gradient is a single product over batch and time.
    """
    _check_layer("rnn_layer_backward_fast", x, h_0, W_xh, W_hh, None, h=h, dh=dh)
    dtype = h.dtype
    B, T, D = x.shape
    H = W_hh.shape[0]
    h_steps = np.ascontiguousarray(h.transpose(1, 0, 2))  # (T, B, H)
    da = np.square(h_steps)  # becomes dh_t * (1 − h_t²)
    np.subtract(1, da, out=da)
    W = np.ascontiguousarray(W_hh, dtype=dtype)
    dh_steps = dh.transpose(1, 0, 2)  # (T, B, H), a view
    dh_next = np.zeros((B, H), dtype=dtype)
    for t in reversed(range(T)):
        dh_next += dh_steps[t]
        da[t] *= dh_next
        np.dot(da[t], W, out=dh_next)  # (B, H)·(H, H) -> (B, H)
    h_prev = np.concatenate([h_0[None].astype(dtype), h_steps[:-1]]).reshape(T * B, H)
    x_steps = np.ascontiguousarray(x.transpose(1, 0, 2), dtype=dtype).reshape(T * B, D)
    da = da.reshape(T * B, H)
    dW_xh = np.dot(da.T, x_steps)  # (H, T·B)·(T·B, D) -> (H, D)
    dW_hh = np.dot(da.T, h_prev)  # (H, T·B)·(T·B, H) -> (H, H)
    db_h = da.sum(axis=0)  # (H,)
    dx = np.dot(da, W_xh.astype(dtype)).reshape(T, B, D).transpose(1, 0, 2)  # (B, T, D)
    return dx, dh_next, dW_xh, dW_hh, db_h


# --- the output ------------------------------------------------------------------------------


def rnn_output(h: Array, W_hy: Array, b_y: Array) -> Array:
    """Turn hidden states into outputs: y_t = W_hy h_t + b_y.

    Parameters
    ----------
    h : array, shape (B, H) or (B, T, H)
        One state, or the states of a whole sequence.
    W_hy, b_y : arrays, shapes (O, H), (O,)
        Weights and bias of the output.

    Returns
    -------
    array, shape (B, O) or (B, T, O)

    Raises
    ------
    TypeError, ValueError
        If an argument is not an array of numbers, or the shapes disagree.
    """
    _check_output("rnn_output", h, W_hy, b_y)
    return h @ W_hy.T + b_y  # (B, T, H)·(H, O) + (O,) -> (B, T, O)


def rnn_output_backward(dy: Array, h: Array, W_hy: Array) -> tuple[Array, Array, Array]:
    """Send the gradient of `rnn_output` back.

    Parameters
    ----------
    dy : array, shape (B, O) or (B, T, O)
        Gradient of the loss with respect to the outputs.
    h, W_hy : arrays
        What `rnn_output` was given.

    Returns
    -------
    dh, dW_hy, db_y : arrays
        Gradients in the shapes of `h`, `W_hy` and `b_y`; those of the weights are summed over
        batch and time.

    Raises
    ------
    TypeError, ValueError
        As `rnn_output`.
    """
    _check_output("rnn_output_backward", h, W_hy, None, dy=dy)
    O, H = W_hy.shape  # noqa: E741
    dh = dy @ W_hy  # (B, T, O)·(O, H) -> (B, T, H)
    dW_hy = dy.reshape(-1, O).T @ h.reshape(-1, H)  # (O, B·T)·(B·T, H) -> (O, H)
    db_y = dy.reshape(-1, O).sum(axis=0)  # (O,)
    return dh, dW_hy, db_y


# --- several layers, both directions ---------------------------------------------------------


def deep_rnn(x: Array, h_0: Sequence[Array] | Array, layers: Sequence[RNNWeights]) -> list[Array]:
    """Stack layers: each reads the states of the layer below.

    Parameters
    ----------
    x : array, shape (B, T, D)
        The inputs of the lowest layer.
    h_0 : sequence of L arrays, shape (B, H) each, or one array, shape (L, B, H)
        The first hidden state of each layer, lowest first.
    layers : sequence of L RNNWeights
        Lowest first. `W_xh` of the first is (H, D), of the others (H, H of the layer below).

    Returns
    -------
    list of L arrays, shape (B, T, H) each
        The states of every layer; the last one is the output of the stack.

    Raises
    ------
    TypeError, ValueError
        As `rnn_layer`, or if there is no layer, or not one first state for each.
    """
    _check_deep("deep_rnn", h_0, layers)
    h = []
    below = x  # (B, T, D)
    for h_0_layer, weights in zip(h_0, layers, strict=True):
        below = rnn_layer_fast(below, h_0_layer, *weights)  # (B, T, H)
        h.append(below)
    return h


def deep_rnn_backward(
    dh: Array, x: Array, h_0: Sequence[Array] | Array, h: list[Array], layers: Sequence[RNNWeights]
) -> tuple[Array, list[Array], list[RNNWeights]]:
    """Send the gradient back through a stack of layers, from the highest to the lowest.

    Parameters
    ----------
    dh : array, shape (B, T, H)
        Gradient of the loss with respect to the states of the highest layer.
    x, h_0, layers
        What `deep_rnn` was given.
    h : list of arrays
        What `deep_rnn` returned.

    Returns
    -------
    dx : array, shape (B, T, D)
    dh_0 : list of L arrays
    gradients : list of L RNNWeights
        The gradients of each layer's weights, lowest layer first.
    """
    _check_deep("deep_rnn_backward", h_0, layers, h=h)
    dh_0, gradients = [], []
    for i in reversed(range(len(layers))):
        below = h[i - 1] if i > 0 else x
        dh, dh_0_layer, *dW = rnn_layer_backward_fast(
            dh, below, h_0[i], h[i], layers[i].W_xh, layers[i].W_hh
        )
        dh_0.append(dh_0_layer)
        gradients.append(RNNWeights(*dW))
    return dh, dh_0[::-1], gradients[::-1]


def bidirectional_rnn(
    x: Array,
    h_0_forward: Array,
    h_0_backward: Array,
    forward: RNNWeights,
    backward: RNNWeights,
) -> Array:
    """Read the sequence once from each end, and lay the two states of each time side by side.

    Parameters
    ----------
    x : array, shape (B, T, D)
        The inputs.
    h_0_forward, h_0_backward : arrays, shape (B, H) each
        First state of each direction; the backward one stands after the last input.
    forward, backward : RNNWeights
        Each direction has its own.

    Returns
    -------
    array, shape (B, T, 2 H)
        At time t the forward state, which has read x_1 … x_t, then the backward state, which has
        read x_T … x_t. The last state of the backward direction is at time 1.

    Raises
    ------
    TypeError, ValueError
        As `rnn_layer`.
    """
    h_forward = rnn_layer_fast(x, h_0_forward, *forward)  # (B, T, H)
    h_backward = rnn_layer_fast(x[:, ::-1], h_0_backward, *backward)[:, ::-1]  # (B, T, H)
    return np.concatenate([h_forward, h_backward], axis=2)  # (B, T, 2 H)


def bidirectional_rnn_backward(
    dh: Array,
    x: Array,
    h_0_forward: Array,
    h_0_backward: Array,
    h: Array,
    forward: RNNWeights,
    backward: RNNWeights,
) -> tuple[Array, Array, Array, RNNWeights, RNNWeights]:
    """Send the gradient back through both directions.

    Parameters
    ----------
    dh : array, shape (B, T, 2 H)
        Gradient of the loss with respect to what `bidirectional_rnn` returned.
    x, h_0_forward, h_0_backward, forward, backward
        What `bidirectional_rnn` was given.
    h : array, shape (B, T, 2 H)
        What it returned.

    Returns
    -------
    dx, dh_0_forward, dh_0_backward : arrays
    forward, backward : RNNWeights
        The gradients of each direction's weights.
    """
    H = forward.W_hh.shape[0]
    dx, dh_0_forward, *dW_forward = rnn_layer_backward_fast(
        dh[:, :, :H], x, h_0_forward, h[:, :, :H], forward.W_xh, forward.W_hh
    )
    dx_backward, dh_0_backward, *dW_backward = rnn_layer_backward_fast(
        dh[:, ::-1, H:], x[:, ::-1], h_0_backward, h[:, ::-1, H:], backward.W_xh, backward.W_hh
    )
    dx = dx + dx_backward[:, ::-1]  # (B, T, D)  both directions read the same input
    return dx, dh_0_forward, dh_0_backward, RNNWeights(*dW_forward), RNNWeights(*dW_backward)


# --- LSTM: one step --------------------------------------------------------------------------


class LSTMWeights(NamedTuple):
    """The parameters of one LSTM layer: for each gate weights from input and state, and a bias.

    `W_xi`, `W_xf`, `W_xg`, `W_xo` (H, D), `W_hi`, `W_hf`, `W_hg`, `W_ho` (H, H), `b_i`, `b_f`,
    `b_g`, `b_o` (H,): input gate i, forget gate f, candidate g, output gate o.
    """

    W_xi: Array
    W_hi: Array
    b_i: Array
    W_xf: Array
    W_hf: Array
    b_f: Array
    W_xg: Array
    W_hg: Array
    b_g: Array
    W_xo: Array
    W_ho: Array
    b_o: Array


class LSTMStates(NamedTuple):
    """What an LSTM computes: (B, H) each for one step, (B, T, H) each for a layer.

    Hidden state `h`, cell state `c`, input gate `i`, forget gate `f`, candidate `g`, output gate
    `o`. Of these only `h` leaves the layer; `c` stays inside and goes to the next step.
    """

    h: Array
    c: Array
    i: Array
    f: Array
    g: Array
    o: Array


def sigmoid(x: Array) -> Array:
    """Squeeze numbers into (0, 1): σ(x) = 1 / (1 + e^−x).

    Computed as (1 + tanh(x / 2)) / 2, which is the same function and cannot overflow: e^−x does
    from x = −710 on. float32 stays float32.

    Parameters
    ----------
    x : array, any shape

    Returns
    -------
    array, the shape of `x`
    """
    return 0.5 * (1 + np.tanh(0.5 * x))


def lstm_step(x_t: Array, h_prev: Array, c_prev: Array, weights: LSTMWeights) -> LSTMStates:
    """Read one input, renew the cell state and let a part of it out as the hidden state.

    Parameters
    ----------
    x_t : array, shape (B, D)
        Input at this time step, one row for each sequence of the batch.
    h_prev, c_prev : arrays, shape (B, H)
        Hidden state and cell state after the step before.
    weights : LSTMWeights

    Returns
    -------
    LSTMStates of arrays, shape (B, H) each
        With W_x, W_h and b of its own for each::

            i = σ(W_xi x_t + W_hi h_{t-1} + b_i)        input gate: how much is written
            f = σ(W_xf x_t + W_hf h_{t-1} + b_f)        forget gate: how much is kept
            g = tanh(W_xg x_t + W_hg h_{t-1} + b_g)     candidate: what is written
            o = σ(W_xo x_t + W_ho h_{t-1} + b_o)        output gate: how much is shown
            c_t = f ⊙ c_{t-1} + i ⊙ g
            h_t = o ⊙ tanh(c_t)

    Raises
    ------
    TypeError
        If an argument is not a NumPy array of numbers, or `weights` no LSTMWeights.
    ValueError
        If the shapes disagree, or `x_t`, `h_prev` or `c_prev` holds NaN or infinity.

    References
    ----------
    Hochreiter & Schmidhuber 1997, Long short-term memory, Neural Computation 9; the forget gate is
    from Gers, Schmidhuber & Cummins 2000, Learning to forget, Neural Computation 12.
    """
    _check_lstm_step("lstm_step", x_t, h_prev, c_prev, weights)
    w = weights
    i = sigmoid(x_t @ w.W_xi.T + h_prev @ w.W_hi.T + w.b_i)  # (B, D)·(D, H) + (B, H)·(H, H) + (H,)
    f = sigmoid(x_t @ w.W_xf.T + h_prev @ w.W_hf.T + w.b_f)  # (B, H)
    g = np.tanh(x_t @ w.W_xg.T + h_prev @ w.W_hg.T + w.b_g)  # (B, H)
    o = sigmoid(x_t @ w.W_xo.T + h_prev @ w.W_ho.T + w.b_o)  # (B, H)
    c_t = f * c_prev + i * g  # (B, H)  keep a part of the old, write a part of the new
    h_t = o * np.tanh(c_t)  # (B, H)  show a part
    return LSTMStates(h_t, c_t, i, f, g, o)


def lstm_step_backward(
    dh_t: Array,
    dc_t: Array,
    x_t: Array,
    h_prev: Array,
    c_prev: Array,
    states: LSTMStates,
    weights: LSTMWeights,
) -> tuple[Array, Array, Array, LSTMWeights]:
    """Send the gradient of one LSTM step back to all that went into it.

    Parameters
    ----------
    dh_t : array, shape (B, H)
        Gradient of the loss with respect to h_t: what comes from this step's output and what comes
        back from the step after, added up.
    dc_t : array, shape (B, H)
        Gradient with respect to c_t that comes back from the step after, along the cell state.
        What reaches c_t through h_t is added here.
    x_t, h_prev, c_prev : arrays, shapes (B, D), (B, H), (B, H)
        What `lstm_step` was given.
    states : LSTMStates of arrays, shape (B, H) each
        What `lstm_step` returned.
    weights : LSTMWeights

    Returns
    -------
    dx_t, dh_prev, dc_prev : arrays, shapes (B, D), (B, H), (B, H)
    dweights : LSTMWeights
        Gradients of the weights, summed over the batch.

    Raises
    ------
    TypeError, ValueError
        As `lstm_step`.
    """
    _check_lstm_step(
        "lstm_step_backward", x_t, h_prev, c_prev, weights, states, {"dh_t": dh_t, "dc_t": dc_t}
    )
    w = weights
    _, c_t, i, f, g, o = states
    tanh_c = np.tanh(c_t)  # (B, H)
    # h_t = o ⊙ tanh(c_t), so c_t is reached two ways: through h_t, and from the step after
    do = dh_t * tanh_c
    dc_t = dc_t + dh_t * o * (1 - tanh_c**2)  # (B, H)
    # c_t = f ⊙ c_{t-1} + i ⊙ g
    df = dc_t * c_prev
    di = dc_t * g
    dg = dc_t * i
    dc_prev = dc_t * f  # (B, H)  the cell state's own way back: no matrix, no tanh
    # a is what σ or tanh was given; σ' = σ (1 − σ), tanh' = 1 − tanh²
    da_i = di * i * (1 - i)  # (B, H)
    da_f = df * f * (1 - f)
    da_g = dg * (1 - g**2)
    da_o = do * o * (1 - o)
    dx_t = da_i @ w.W_xi + da_f @ w.W_xf + da_g @ w.W_xg + da_o @ w.W_xo  # (B, H)·(H, D)
    dh_prev = da_i @ w.W_hi + da_f @ w.W_hf + da_g @ w.W_hg + da_o @ w.W_ho  # (B, H)·(H, H)
    dweights = LSTMWeights(
        da_i.T @ x_t, da_i.T @ h_prev, da_i.sum(axis=0),  # (H, B)·(B, D), (H, B)·(B, H), (H,)
        da_f.T @ x_t, da_f.T @ h_prev, da_f.sum(axis=0),
        da_g.T @ x_t, da_g.T @ h_prev, da_g.sum(axis=0),
        da_o.T @ x_t, da_o.T @ h_prev, da_o.sum(axis=0),
    )  # fmt: skip
    return dx_t, dh_prev, dc_prev, dweights


# --- LSTM: a layer ---------------------------------------------------------------------------


def lstm_layer(x: Array, h_0: Array, c_0: Array, weights: LSTMWeights) -> LSTMStates:
    """Run the LSTM step over a whole sequence and return every state and gate.

    Parameters
    ----------
    x : array, shape (B, T, D)
        The inputs, batch first.
    h_0, c_0 : arrays, shape (B, H)
        Hidden state and cell state before the first step.
    weights : LSTMWeights
        The one set of weights that all steps share.

    Returns
    -------
    LSTMStates of arrays, shape (B, T, H) each
        `states.h` is the layer's output; `states.h[:, -1]` and `states.c[:, -1]` are the last
        states, from which a second call goes on. The gates are there to be looked at.

    Raises
    ------
    TypeError
        If an argument is not a NumPy array of numbers, or `weights` no LSTMWeights.
    ValueError
        If the shapes disagree, T is zero, or `x`, `h_0` or `c_0` holds NaN or infinity.
    """
    _check_lstm_layer("lstm_layer", x, h_0, c_0, weights)
    h_t, c_t = h_0, c_0  # (B, H)
    steps = []
    for t in range(x.shape[1]):
        step = lstm_step(x[:, t], h_t, c_t, weights)
        h_t, c_t = step.h, step.c
        steps.append(step)
    return LSTMStates(*(np.stack(arrays, axis=1) for arrays in zip(*steps, strict=True)))


def lstm_layer_backward(
    dh: Array,
    x: Array,
    h_0: Array,
    c_0: Array,
    states: LSTMStates,
    weights: LSTMWeights,
    dc_T: Array | None = None,
) -> tuple[Array, Array, Array, LSTMWeights]:
    """Backpropagation through time for an LSTM: from the last step to the first.

    Parameters
    ----------
    dh : array, shape (B, T, H)
        Gradient of the loss with respect to every hidden state, zero where the loss does not look
        at one.
    x, h_0, c_0 : arrays, shapes (B, T, D), (B, H), (B, H)
        What `lstm_layer` was given.
    states : LSTMStates of arrays, shape (B, T, H) each
        What `lstm_layer` returned.
    weights : LSTMWeights
        The layer's weights.
    dc_T : array, shape (B, H), optional
        Gradient with respect to the last cell state, where something else goes on from it: a
        decoder, or the next piece of a sequence. Zero if not given.

    Returns
    -------
    dx, dh_0, dc_0 : arrays, shapes (B, T, D), (B, H), (B, H)
    dweights : LSTMWeights
        Gradients of the weights, summed over batch and time.

    Raises
    ------
    TypeError, ValueError
        As `lstm_layer`.
    """
    _check_lstm_layer("lstm_layer_backward", x, h_0, c_0, weights, states, dh, dc_T)
    dtype = states.h.dtype
    dx = np.zeros(x.shape, dtype=dtype)  # (B, T, D)
    dweights = LSTMWeights(*(np.zeros(array.shape, dtype=dtype) for array in weights))
    dh_next = np.zeros(h_0.shape, dtype=dtype)  # (B, H)  nothing comes back from after the end
    dc_next = np.zeros(c_0.shape, dtype=dtype) if dc_T is None else dc_T  # (B, H)
    for t in reversed(range(x.shape[1])):
        h_prev = states.h[:, t - 1] if t > 0 else h_0  # (B, H)
        c_prev = states.c[:, t - 1] if t > 0 else c_0  # (B, H)
        dh_t = dh[:, t] + dh_next  # (B, H)  from this step's output and from the step after
        step = LSTMStates(*(array[:, t] for array in states))  # (B, H) each
        dx[:, t], dh_next, dc_next, dweights_t = lstm_step_backward(
            dh_t, dc_next, x[:, t], h_prev, c_prev, step, weights
        )
        for total, part in zip(dweights, dweights_t, strict=True):
            total += part
    return dx, dh_next, dc_next, dweights


# --- LSTM: the same layer, faster ------------------------------------------------------------


def lstm_layer_fast(x: Array, h_0: Array, c_0: Array, weights: LSTMWeights) -> LSTMStates:
    """Return what `lstm_layer` returns, faster; parameters, result and errors are the same.

    All gates come out of one product at each step, [W_x W_h b]·[x_t; h_{t-1}; 1]. The work arrays
    keep the batch as their last axis, (T, H, B), so that a gate's rows lie together in memory and
    each step's products and sums run over contiguous blocks. What is returned are views of them.
    float32 stays float32.
    """
    _check_lstm_layer("lstm_layer_fast", x, h_0, c_0, weights)
    dtype = _floating(x, h_0, c_0, *weights)
    B, T, D = x.shape
    H = h_0.shape[1]
    W = _one_matrix(weights, "ifog", dtype)  # (4 H, D + H + 1)
    W[: 3 * H] *= 0.5  # i, f and o: σ(a) = (1 + tanh(a / 2)) / 2
    read = np.empty((T + 1, D + H + 1, B), dtype=dtype)  # what each step reads: x_t, h_{t-1}, 1
    read[:T, :D] = x.transpose(1, 2, 0)
    read[0, D:-1] = h_0.T
    read[:, -1] = 1
    h = read[1:, D:-1]  # (T, H, B), each step's state stands where the next one reads it
    c = np.empty((T, H, B), dtype=dtype)
    gates = np.empty((T, 4 * H, B), dtype=dtype)
    c_prev = c_0.T.astype(dtype, order="C")  # (H, B)
    work = np.empty((H, B), dtype=dtype)
    for t in range(T):
        np.dot(W, read[t], out=gates[t])  # (4 H, D + H + 1)·(D + H + 1, B) -> (4 H, B)
        np.tanh(gates[t], out=gates[t])
        sigmoids = gates[t, : 3 * H]
        sigmoids *= 0.5
        sigmoids += 0.5
        i, f, o, g = gates[t].reshape(4, H, B)
        np.multiply(f, c_prev, out=c[t])
        c_prev = c[t]
        c_prev += np.multiply(i, g, out=work)
        np.multiply(o, np.tanh(c_prev, out=work), out=h[t])
    i, f, o, g = gates.reshape(T, 4, H, B).transpose(1, 0, 2, 3)  # (T, H, B) each
    return LSTMStates(*(array.transpose(2, 0, 1) for array in (h, c, i, f, g, o)))


def lstm_layer_backward_fast(
    dh: Array,
    x: Array,
    h_0: Array,
    c_0: Array,
    states: LSTMStates,
    weights: LSTMWeights,
    dc_T: Array | None = None,
) -> tuple[Array, Array, Array, LSTMWeights]:
    """Return what `lstm_layer_backward` returns, faster; parameters and errors are the same.

    The loop finds the gradient at what each gate's σ or tanh was given, and takes it back to
    h_{t-1}. The gradients of the inputs and of the weights are products over batch and time, after
    the loop. Fastest with the states that `lstm_layer_fast` returned.
    """
    _check_lstm_layer("lstm_layer_backward_fast", x, h_0, c_0, weights, states, dh, dc_T)
    dtype = states.h.dtype
    B, T, D = x.shape
    H = h_0.shape[1]
    W = _one_matrix(weights, "ifog", dtype)
    W_x, W_h = np.ascontiguousarray(W[:, :D].T), np.ascontiguousarray(W[:, D:-1].T)  # (·, 4 H)
    h, c, i, f, g, o = (array.transpose(1, 2, 0) for array in states)  # (T, H, B) each
    c_first = c_0.T.astype(dtype, order="C")  # (H, B)
    dc = np.zeros((H, B), dtype=dtype) if dc_T is None else dc_T.T.astype(dtype, order="C")
    dh_t = np.zeros((H, B), dtype=dtype)
    da = np.empty((4 * H, B), dtype=dtype)
    da_i, da_f, da_o, da_g = da.reshape(4, H, B)
    da_steps = np.empty((4 * H, T, B), dtype=dtype)
    work = np.empty((H, B), dtype=dtype)
    for t in reversed(range(T)):
        dh_t += dh[:, t].T
        np.tanh(c[t], out=work)
        work *= h[t]
        np.subtract(o[t], work, out=work)  # o (1 − tanh² c), because h = o tanh c
        work *= dh_t
        dc += work  # dc_t: along the cell state, and through h_t
        np.subtract(1, o[t], out=da_o)  # dh tanh c · o (1 − o) = dh · h (1 − o)
        da_o *= h[t]
        da_o *= dh_t
        np.multiply(i[t], g[t], out=da_i)  # dc · g i (1 − i)
        np.multiply(da_i, g[t], out=da_g)
        da_i *= dc
        np.subtract(1, i[t], out=work)
        da_i *= work
        np.subtract(i[t], da_g, out=da_g)  # dc · i (1 − g²)
        da_g *= dc
        dc *= f[t]  # dc_{t-1}
        np.subtract(1, f[t], out=da_f)  # dc · c_{t-1} f (1 − f)
        da_f *= dc
        da_f *= c[t - 1] if t > 0 else c_first
        np.dot(W_h, da, out=dh_t)  # (H, 4 H)·(4 H, B) -> (H, B), from now on dh_{t-1}
        da_steps[:, t] = da
    da_rows = da_steps.reshape(4 * H, T * B)
    dx = np.dot(W_x, da_rows)  # (D, 4 H)·(4 H, T·B) -> (D, T·B)
    read = np.empty((D + H + 1, T, B), dtype=dtype)  # what each step has read: x_t, h_{t-1}, 1
    read[:D] = x.transpose(2, 1, 0)
    read[D:-1, 0] = h_0.T
    read[D:-1, 1:] = h[:-1].transpose(1, 0, 2)
    read[-1] = 1
    dW = np.dot(da_rows, read.reshape(-1, T * B).T)  # (4 H, T·B)·(T·B, D + H + 1)
    dW_i, dW_f, dW_o, dW_g = dW.reshape(4, H, D + H + 1)
    dweights = (
        part for one in (dW_i, dW_f, dW_g, dW_o) for part in (one[:, :D], one[:, D:-1], one[:, -1])
    )
    dx = dx.reshape(D, T, B).transpose(2, 1, 0)  # (D, T·B) -> (B, T, D), a view
    return dx, dh_t.T, dc.T, LSTMWeights(*dweights)


def _one_matrix(weights: LSTMWeights | GRUWeights, gates: str, dtype: np.dtype[Any]) -> Array:
    """Return [W_x W_h b] of the gates, one below the other: (gates·H, D + H + 1)."""
    named = weights._asdict()
    H, D = named[f"W_x{gates[0]}"].shape
    matrix = np.empty((len(gates), H, D + H + 1), dtype=dtype)
    for rows, gate in zip(matrix, gates, strict=True):
        rows[:, :D] = named[f"W_x{gate}"]
        rows[:, D:-1] = named[f"W_h{gate}"]
        rows[:, -1] = named[f"b_{gate}"]
    return matrix.reshape(len(gates) * H, D + H + 1)


# --- LSTM: torch's weights -------------------------------------------------------------------


def lstm_from_torch(
    weight_ih: Array, weight_hh: Array, bias_ih: Array, bias_hh: Array
) -> LSTMWeights:
    """Take apart the weights of `torch.nn.LSTM`, which stacks its gates in the order i, f, g, o.

    ``lstm_from_torch(*(p.detach().numpy() for p in module.parameters()))`` reads a module of one
    layer and one direction. The result is a copy.

    Parameters
    ----------
    weight_ih, weight_hh : arrays, shapes (4 H, D), (4 H, H)
    bias_ih, bias_hh : arrays, shape (4 H,)
        Torch has two biases; only their sum counts.

    Returns
    -------
    LSTMWeights

    Raises
    ------
    TypeError, ValueError
        If an argument is not an array of numbers, or the shapes disagree.
    """
    _check_stacked("lstm_from_torch", 4, weight_ih, weight_hh, bias_ih, bias_hh)
    W_x = np.split(weight_ih.copy(), 4)  # four of (H, D)
    W_h = np.split(weight_hh.copy(), 4)  # four of (H, H)
    b = np.split(bias_ih + bias_hh, 4)  # four of (H,)
    gates = zip(W_x, W_h, b, strict=True)  # i, f, g, o
    return LSTMWeights(*(array for gate in gates for array in gate))


def lstm_to_torch(weights: LSTMWeights) -> tuple[Array, Array, Array, Array]:
    """Stack the weights as `torch.nn.LSTM` has them, in the order of its parameters.

    Gradients are stacked in the same way: each of torch's biases has the first one's gradient.

    Parameters
    ----------
    weights : LSTMWeights

    Returns
    -------
    weight_ih, weight_hh, bias_ih, bias_hh : arrays, shapes (4 H, D), (4 H, H), (4 H,), (4 H,)
        The whole bias is in the first of the two; the second is zero.
    """
    _check_gates("lstm_to_torch", weights, LSTMWeights)
    bias_ih = np.concatenate(weights[2::3])
    return (
        np.concatenate(weights[0::3]),
        np.concatenate(weights[1::3]),
        bias_ih,
        np.zeros_like(bias_ih),
    )


# --- GRU: one step ---------------------------------------------------------------------------


class GRUWeights(NamedTuple):
    """The parameters of one GRU layer: for each gate weights from input and state, and a bias.

    `W_xr`, `W_xz`, `W_xn` (H, D), `W_hr`, `W_hz`, `W_hn` (H, H), `b_r`, `b_z`, `b_n`, `b_hn` (H,):
    reset gate r, update gate z, candidate n. The candidate has two biases, because torch's reset
    gate scales one of them; where it does not, only their sum counts.
    """

    W_xr: Array
    W_hr: Array
    b_r: Array
    W_xz: Array
    W_hz: Array
    b_z: Array
    W_xn: Array
    W_hn: Array
    b_n: Array
    b_hn: Array


class GRUStates(NamedTuple):
    """What a GRU computes: (B, H) each for one step, (B, T, H) each for a layer.

    Hidden state `h`, reset gate `r`, update gate `z`, candidate `n` (h̃ in the papers).
    """

    h: Array
    r: Array
    z: Array
    n: Array


def gru_reset(
    h_prev: Array, r: Array, W_hn: Array, b_hn: Array, *, reset_after: bool = True
) -> Array:
    """Return what the candidate hears of the past, through the reset gate.

    Parameters
    ----------
    h_prev, r : arrays, shape (B, H)
        Hidden state after the step before, and the reset gate.
    W_hn, b_hn : arrays, shapes (H, H), (H,)
        The candidate's weights from the state, and their bias.
    reset_after : bool
        Where the reset gate stands. True: after the product with W_hn, as in torch and cuDNN.
        False: before it, as in Cho et al. 2014 and Chung et al. 2014.

    Returns
    -------
    array, shape (B, H)
        r ⊙ (W_hn h_{t-1} + b_hn), or W_hn (r ⊙ h_{t-1}) + b_hn.

    Raises
    ------
    TypeError
        If an argument is not a NumPy array of numbers.
    """
    _check_arrays("gru_reset", h_prev=h_prev, r=r, W_hn=W_hn, b_hn=b_hn)
    if reset_after:
        return r * (h_prev @ W_hn.T + b_hn)  # (B, H)·(H, H) -> (B, H)
    return (r * h_prev) @ W_hn.T + b_hn


def gru_reset_backward(
    dpast: Array, h_prev: Array, r: Array, W_hn: Array, b_hn: Array, *, reset_after: bool = True
) -> tuple[Array, Array, Array, Array]:
    """Send the gradient of `gru_reset` back.

    Parameters
    ----------
    dpast : array, shape (B, H)
        Gradient of the loss with respect to what `gru_reset` returned.
    h_prev, r, W_hn, b_hn, reset_after
        What `gru_reset` was given.

    Returns
    -------
    dh_prev, dr, dW_hn, db_hn : arrays
        Gradients, each in the shape of its namesake; those of the weights are summed over the
        batch.

    Raises
    ------
    TypeError
        As `gru_reset`.
    """
    _check_arrays("gru_reset_backward", dpast=dpast, h_prev=h_prev, r=r, W_hn=W_hn, b_hn=b_hn)
    if reset_after:
        dr = dpast * (h_prev @ W_hn.T + b_hn)  # (B, H)
        dproduct = dpast * r  # at W_hn h_{t-1} + b_hn
        return dproduct @ W_hn, dr, dproduct.T @ h_prev, dproduct.sum(axis=0)
    dproduct = dpast @ W_hn  # at r ⊙ h_{t-1}
    return dproduct * r, dproduct * h_prev, dpast.T @ (r * h_prev), dpast.sum(axis=0)


def gru_update(
    h_prev: Array, n: Array, z: Array, *, z_weighs: Literal["past", "present"] = "past"
) -> Array:
    """Mix the old state with the candidate, as the update gate says.

    Parameters
    ----------
    h_prev, n, z : arrays, shape (B, H)
        Hidden state after the step before, candidate, update gate.
    z_weighs : {"past", "present"}
        What the update gate is the weight of. "past": of h_{t-1}, as in torch and Cho et al. 2014.
        "present": of the candidate, as in Chung et al. 2014.

    Returns
    -------
    array, shape (B, H)
        z ⊙ h_{t-1} + (1 − z) ⊙ n, or (1 − z) ⊙ h_{t-1} + z ⊙ n.

    Raises
    ------
    TypeError, ValueError
        If an argument is not a NumPy array of numbers, or `z_weighs` is another word.
    """
    _check_convention("gru_update", z_weighs)
    _check_arrays("gru_update", h_prev=h_prev, n=n, z=z)
    if z_weighs == "past":
        return z * h_prev + (1 - z) * n
    return (1 - z) * h_prev + z * n


def gru_update_backward(
    dh_t: Array, h_prev: Array, n: Array, z: Array, *, z_weighs: Literal["past", "present"] = "past"
) -> tuple[Array, Array, Array]:
    """Send the gradient of `gru_update` back.

    Parameters
    ----------
    dh_t : array, shape (B, H)
        Gradient of the loss with respect to the new state.
    h_prev, n, z, z_weighs
        What `gru_update` was given.

    Returns
    -------
    dh_prev, dn, dz : arrays, shape (B, H)

    Raises
    ------
    TypeError, ValueError
        As `gru_update`.
    """
    _check_convention("gru_update_backward", z_weighs)
    _check_arrays("gru_update_backward", dh_t=dh_t, h_prev=h_prev, n=n, z=z)
    if z_weighs == "past":
        return dh_t * z, dh_t * (1 - z), dh_t * (h_prev - n)
    return dh_t * (1 - z), dh_t * z, dh_t * (n - h_prev)


def gru_step(
    x_t: Array,
    h_prev: Array,
    weights: GRUWeights,
    *,
    reset_after: bool = True,
    z_weighs: Literal["past", "present"] = "past",
) -> GRUStates:
    """Read one input and mix the old hidden state with a candidate for the new one.

    Parameters
    ----------
    x_t : array, shape (B, D)
        Input at this time step, one row for each sequence of the batch.
    h_prev : array, shape (B, H)
        Hidden state after the step before.
    weights : GRUWeights
    reset_after : bool
        Where the reset gate stands. True: after the product with W_hn, as in torch and cuDNN.
        False: before it, as in Cho et al. 2014 and Chung et al. 2014.
    z_weighs : {"past", "present"}
        What the update gate is the weight of. "past": of h_{t-1}, as in torch and Cho et al. 2014.
        "present": of the candidate, as in Chung et al. 2014.

    Returns
    -------
    GRUStates of arrays, shape (B, H) each
        ::

            r = σ(W_xr x_t + W_hr h_{t-1} + b_r)                   reset gate
            z = σ(W_xz x_t + W_hz h_{t-1} + b_z)                   update gate
            n = tanh(W_xn x_t + b_n + r ⊙ (W_hn h_{t-1} + b_hn))   reset_after=True
            n = tanh(W_xn x_t + b_n + W_hn (r ⊙ h_{t-1}) + b_hn)   reset_after=False
            h_t = (1 − z) ⊙ n + z ⊙ h_{t-1}                        z_weighs="past"
            h_t = (1 − z) ⊙ h_{t-1} + z ⊙ n                        z_weighs="present"

    Raises
    ------
    TypeError
        If an argument is not a NumPy array of numbers, or `weights` no GRUWeights.
    ValueError
        If the shapes disagree, `x_t` or `h_prev` holds NaN or infinity, or `z_weighs` is another
        word.

    References
    ----------
    Cho et al. 2014, arXiv:1406.1078, eq. 5 to 8; Chung et al. 2014, arXiv:1412.3555, section 3.2.
    """
    _check_gru_step("gru_step", x_t, h_prev, weights, z_weighs)
    w = weights
    r = sigmoid(x_t @ w.W_xr.T + h_prev @ w.W_hr.T + w.b_r)  # (B, D)·(D, H) + (B, H)·(H, H) + (H,)
    z = sigmoid(x_t @ w.W_xz.T + h_prev @ w.W_hz.T + w.b_z)  # (B, H)
    past = gru_reset(h_prev, r, w.W_hn, w.b_hn, reset_after=reset_after)  # (B, H)
    n = np.tanh(x_t @ w.W_xn.T + w.b_n + past)  # (B, H)
    h_t = gru_update(h_prev, n, z, z_weighs=z_weighs)  # (B, H)
    return GRUStates(h_t, r, z, n)


def gru_step_backward(
    dh_t: Array,
    x_t: Array,
    h_prev: Array,
    states: GRUStates,
    weights: GRUWeights,
    *,
    reset_after: bool = True,
    z_weighs: Literal["past", "present"] = "past",
) -> tuple[Array, Array, GRUWeights]:
    """Send the gradient of one GRU step back to all that went into it.

    Parameters
    ----------
    dh_t : array, shape (B, H)
        Gradient of the loss with respect to h_t: what comes from this step's output and what comes
        back from the step after, added up.
    x_t, h_prev, weights, reset_after, z_weighs
        What `gru_step` was given.
    states : GRUStates of arrays, shape (B, H) each
        What `gru_step` returned.

    Returns
    -------
    dx_t, dh_prev : arrays, shapes (B, D), (B, H)
    dweights : GRUWeights
        Gradients of the weights, summed over the batch.

    Raises
    ------
    TypeError, ValueError
        As `gru_step`.
    """
    _check_gru_step("gru_step_backward", x_t, h_prev, weights, z_weighs, states=states, dh_t=dh_t)
    w = weights
    _, r, z, n = states
    # a is what σ or tanh was given; σ' = σ (1 − σ), tanh' = 1 − tanh²
    dh_kept, dn, dz = gru_update_backward(dh_t, h_prev, n, z, z_weighs=z_weighs)  # (B, H) each
    da_n = dn * (1 - n**2)
    dh_heard, dr, dW_hn, db_hn = gru_reset_backward(
        da_n, h_prev, r, w.W_hn, w.b_hn, reset_after=reset_after
    )
    da_r = dr * r * (1 - r)
    da_z = dz * z * (1 - z)
    dx_t = da_r @ w.W_xr + da_z @ w.W_xz + da_n @ w.W_xn  # (B, H)·(H, D)
    dh_prev = dh_kept + dh_heard + da_r @ w.W_hr + da_z @ w.W_hz  # the four ways back
    dweights = GRUWeights(
        da_r.T @ x_t, da_r.T @ h_prev, da_r.sum(axis=0),  # (H, B)·(B, D), (H, B)·(B, H), (H,)
        da_z.T @ x_t, da_z.T @ h_prev, da_z.sum(axis=0),
        da_n.T @ x_t, dW_hn, da_n.sum(axis=0), db_hn,
    )  # fmt: skip
    return dx_t, dh_prev, dweights


# --- GRU: a layer ----------------------------------------------------------------------------


def gru_layer(
    x: Array,
    h_0: Array,
    weights: GRUWeights,
    *,
    reset_after: bool = True,
    z_weighs: Literal["past", "present"] = "past",
) -> GRUStates:
    """Run the GRU step over a whole sequence and return every state and gate.

    Parameters
    ----------
    x : array, shape (B, T, D)
        The inputs, batch first.
    h_0 : array, shape (B, H)
        Hidden state before the first step.
    weights : GRUWeights
        The one set of weights that all steps share.
    reset_after, z_weighs
        The conventions of the two gates, as in `gru_step`; torch's by default.

    Returns
    -------
    GRUStates of arrays, shape (B, T, H) each
        `states.h` is the layer's output; `states.h[:, -1]` is the last state.

    Raises
    ------
    TypeError
        If an argument is not a NumPy array of numbers, or `weights` no GRUWeights.
    ValueError
        If the shapes disagree, T is zero, `x` or `h_0` holds NaN or infinity, or `z_weighs` is
        another word.
    """
    _check_gru_layer("gru_layer", x, h_0, weights, z_weighs)
    h_t = h_0  # (B, H)
    steps = []
    for t in range(x.shape[1]):
        step = gru_step(x[:, t], h_t, weights, reset_after=reset_after, z_weighs=z_weighs)
        h_t = step.h
        steps.append(step)
    return GRUStates(*(np.stack(arrays, axis=1) for arrays in zip(*steps, strict=True)))


def gru_layer_backward(
    dh: Array,
    x: Array,
    h_0: Array,
    states: GRUStates,
    weights: GRUWeights,
    *,
    reset_after: bool = True,
    z_weighs: Literal["past", "present"] = "past",
) -> tuple[Array, Array, GRUWeights]:
    """Backpropagation through time for a GRU: from the last step to the first.

    Parameters
    ----------
    dh : array, shape (B, T, H)
        Gradient of the loss with respect to every hidden state, zero where the loss does not look
        at one.
    x, h_0, weights, reset_after, z_weighs
        What `gru_layer` was given.
    states : GRUStates of arrays, shape (B, T, H) each
        What `gru_layer` returned.

    Returns
    -------
    dx, dh_0 : arrays, shapes (B, T, D), (B, H)
    dweights : GRUWeights
        Gradients of the weights, summed over batch and time.

    Raises
    ------
    TypeError, ValueError
        As `gru_layer`.
    """
    _check_gru_layer("gru_layer_backward", x, h_0, weights, z_weighs, states=states, dh=dh)
    dtype = states.h.dtype
    dx = np.zeros(x.shape, dtype=dtype)  # (B, T, D)
    dweights = GRUWeights(*(np.zeros(array.shape, dtype=dtype) for array in weights))
    dh_next = np.zeros(h_0.shape, dtype=dtype)  # (B, H)  nothing comes back from after the end
    for t in reversed(range(x.shape[1])):
        h_prev = states.h[:, t - 1] if t > 0 else h_0  # (B, H)
        dh_t = dh[:, t] + dh_next  # (B, H)  from this step's output and from the step after
        step = GRUStates(*(array[:, t] for array in states))  # (B, H) each
        dx[:, t], dh_next, dweights_t = gru_step_backward(
            dh_t, x[:, t], h_prev, step, weights, reset_after=reset_after, z_weighs=z_weighs
        )
        for total, part in zip(dweights, dweights_t, strict=True):
            total += part
    return dx, dh_next, dweights


# --- GRU: the same layer, faster -------------------------------------------------------------


def gru_layer_fast(
    x: Array,
    h_0: Array,
    weights: GRUWeights,
    *,
    reset_after: bool = True,
    z_weighs: Literal["past", "present"] = "past",
) -> GRUStates:
    """Return what `gru_layer` returns, faster; parameters, result and errors are the same.

    The products with x_t are taken in front of the loop. The work arrays keep the batch as their
    last axis, (T, H, B), so that a gate's rows lie together in memory and each step's products and
    sums run over contiguous blocks. What is returned are views of them. float32 stays float32.
    """
    _check_gru_layer("gru_layer_fast", x, h_0, weights, z_weighs)
    dtype = _floating(x, h_0, *weights)
    B, T, D = x.shape
    H = h_0.shape[1]
    W_x, W_h = _two_matrices(weights, z_weighs, dtype)  # (3 H, D + 1) n, r, z; (3 H, H + 1) r, z, n
    W_x[H:] *= 0.5  # r and z: σ(a) = (1 + tanh(a / 2)) / 2
    W_h[: 2 * H] *= 0.5
    x_steps = np.empty((T, D + 1, B), dtype=dtype)  # x_t, 1
    x_steps[:, :D] = x.transpose(1, 2, 0)
    x_steps[:, D] = 1
    gates = np.matmul(W_x, x_steps)  # (3 H, D + 1)·(T, D + 1, B) -> (T, 3 H, B)
    read = np.empty((T + 1, H + 1, B), dtype=dtype)  # h_{t-1}, 1
    read[0, :H] = h_0.T
    read[:, H] = 1
    h = read[1:, :H]  # (T, H, B), each step's state stands where the next one reads it
    reset = np.ones((H + 1, B), dtype=dtype)  # r ⊙ h_{t-1}, 1
    recurrent = np.empty((3 * H, B), dtype=dtype)
    past = recurrent[2 * H :]
    for t in range(T):
        h_prev = read[t, :H]
        n, r, z = gates[t].reshape(3, H, B)
        sigmoids = gates[t, H:]
        if reset_after:
            np.dot(W_h, read[t], out=recurrent)  # (3 H, H + 1)·(H + 1, B) -> (3 H, B)
        else:
            np.dot(W_h[: 2 * H], read[t], out=recurrent[: 2 * H])
        sigmoids += recurrent[: 2 * H]
        np.tanh(sigmoids, out=sigmoids)
        sigmoids *= 0.5
        sigmoids += 0.5
        if reset_after:
            past *= r
        else:
            np.multiply(r, h_prev, out=reset[:H])
            np.dot(W_h[2 * H :], reset, out=past)  # (H, H + 1)·(H + 1, B) -> (H, B)
        n += past
        np.tanh(n, out=n)
        np.subtract(1, z, out=past)
        past *= n
        np.multiply(z, h_prev, out=h[t])
        h[t] += past
    n, r, z = gates.reshape(T, 3, H, B).transpose(1, 0, 2, 3)  # (T, H, B) each
    if z_weighs == "present":
        z = 1 - z
    return GRUStates(*(array.transpose(2, 0, 1) for array in (h, r, z, n)))


def gru_layer_backward_fast(
    dh: Array,
    x: Array,
    h_0: Array,
    states: GRUStates,
    weights: GRUWeights,
    *,
    reset_after: bool = True,
    z_weighs: Literal["past", "present"] = "past",
) -> tuple[Array, Array, GRUWeights]:
    """Return what `gru_layer_backward` returns, faster; parameters and errors are the same.

    The loop finds the gradient at what each gate's σ or tanh was given, and takes it back to
    h_{t-1}. The gradients of the inputs and of the weights are products over batch and time, after
    the loop. Fastest with the states that `gru_layer_fast` returned.
    """
    _check_gru_layer("gru_layer_backward_fast", x, h_0, weights, z_weighs, states=states, dh=dh)
    dtype = states.h.dtype
    B, T, D = x.shape
    H = h_0.shape[1]
    W_x, W_h = _two_matrices(weights, z_weighs, dtype)  # (3 H, D + 1) n, r, z; (3 H, H + 1) r, z, n
    r, z, n = (array.transpose(1, 2, 0) for array in states[1:])  # (T, H, B) each
    if z_weighs == "present":
        z = 1 - z
    h, h_first = states.h.transpose(1, 2, 0), h_0.T.astype(dtype, order="C")
    W_hn, b_hn = W_h[2 * H :, :H], W_h[2 * H :, H:]  # (H, H), (H, 1)
    W_back = np.ascontiguousarray(W_h[:, :H].T)  # (H, 3 H)
    dh_t = np.zeros((H, B), dtype=dtype)
    dh_next = np.zeros((H, B), dtype=dtype)
    da = np.empty((4, H, B), dtype=dtype)
    da_n, da_r, da_z, da_hn = da  # da_hn: at W_hn h_{t-1} + b_hn
    da_steps = np.empty((4 * H, T, B), dtype=dtype)
    work = np.empty((H, B), dtype=dtype)
    for t in reversed(range(T)):
        h_prev = h[t - 1] if t > 0 else h_first
        np.add(dh[:, t].T, dh_next, out=dh_t)
        np.subtract(h_prev, n[t], out=da_z)
        da_z *= dh_t
        np.subtract(1, z[t], out=work)
        np.multiply(dh_t, work, out=da_n)
        work *= z[t]
        da_z *= work
        np.square(n[t], out=work)
        np.subtract(1, work, out=work)
        da_n *= work
        dh_t *= z[t]  # the way back through z ⊙ h_{t-1}
        if reset_after:
            np.dot(W_hn, h_prev, out=da_r)
            da_r += b_hn
            da_r *= da_n
            np.multiply(da_n, r[t], out=da_hn)
        else:
            np.dot(W_back[:, 2 * H :], da_n, out=work)  # at r ⊙ h_{t-1}
            np.multiply(work, h_prev, out=da_r)
            work *= r[t]
            dh_t += work
            da_hn[:] = da_n
        np.subtract(1, r[t], out=work)
        work *= r[t]
        da_r *= work
        if reset_after:
            np.dot(W_back, da[1:].reshape(3 * H, B), out=dh_next)  # (H, 3 H)·(3 H, B)
        else:
            np.dot(W_back[:, : 2 * H], da[1:3].reshape(2 * H, B), out=dh_next)
        dh_next += dh_t
        da_steps[:, t] = da.reshape(4 * H, B)
    da_rows = da_steps.reshape(4 * H, T * B)  # n, r, z, hn
    x_rows = np.empty((D + 1, T, B), dtype=dtype)  # x_t, 1
    x_rows[:D] = x.transpose(2, 1, 0)
    x_rows[D] = 1
    dW_x = np.dot(da_rows[: 3 * H], x_rows.reshape(D + 1, T * B).T)  # (3 H, D + 1)
    read = np.empty((H + 1, T, B), dtype=dtype)  # h_{t-1}, 1
    read[:H, 0] = h_first
    read[:H, 1:] = h[:-1].transpose(1, 0, 2)
    read[H] = 1
    read_rows = read.reshape(H + 1, T * B)
    if reset_after:
        dW_h = np.dot(da_rows[H:], read_rows.T)  # (3 H, H + 1)
    else:
        dW_h = np.empty((3 * H, H + 1), dtype=dtype)
        np.dot(da_rows[H : 3 * H], read_rows.T, out=dW_h[: 2 * H])
        read[:H] *= r.transpose(1, 0, 2)  # r ⊙ h_{t-1}
        np.dot(da_rows[3 * H :], read_rows.T, out=dW_h[2 * H :])
    W_x_back = np.ascontiguousarray(W_x[:, :D].T)  # (D, 3 H)
    dx = np.dot(W_x_back, da_rows[: 3 * H])  # (D, 3 H)·(3 H, T·B) -> (D, T·B)
    if z_weighs == "present":
        dW_x[2 * H :] *= -1
        dW_h[H : 2 * H] *= -1
    (dx_n, dx_r, dx_z), (dh_r, dh_z, dh_n) = dW_x.reshape(3, H, -1), dW_h.reshape(3, H, -1)
    dweights = GRUWeights(
        dx_r[:, :D], dh_r[:, :H], dx_r[:, D],
        dx_z[:, :D], dh_z[:, :H], dx_z[:, D],
        dx_n[:, :D], dh_n[:, :H], dx_n[:, D], dh_n[:, H],
    )  # fmt: skip
    return dx.reshape(D, T, B).transpose(2, 1, 0), dh_next.T, dweights


def _two_matrices(weights: GRUWeights, z_weighs: str, dtype: np.dtype[Any]) -> tuple[Array, Array]:
    """Return [W_x b] of n, r, z (3 H, D + 1) and [W_h b] of r, z, n (3 H, H + 1).

    The update gate weighs the past in them: where it weighs the present, its rows are negated,
    because 1 − σ(a) = σ(−a).
    """
    w = weights
    H, D = w.W_xn.shape
    W_x = np.empty((3, H, D + 1), dtype=dtype)
    W_h = np.empty((3, H, H + 1), dtype=dtype)
    W_x[0, :, :D], W_x[1, :, :D], W_x[2, :, :D] = w.W_xn, w.W_xr, w.W_xz
    W_x[0, :, D], W_x[1, :, D], W_x[2, :, D] = w.b_n, w.b_r, w.b_z
    W_h[0, :, :H], W_h[1, :, :H], W_h[2, :, :H] = w.W_hr, w.W_hz, w.W_hn
    W_h[:2, :, H], W_h[2, :, H] = 0, w.b_hn
    if z_weighs == "present":
        W_x[2] *= -1
        W_h[1] *= -1
    return W_x.reshape(3 * H, D + 1), W_h.reshape(3 * H, H + 1)


# --- GRU: torch's weights --------------------------------------------------------------------


def gru_from_torch(
    weight_ih: Array, weight_hh: Array, bias_ih: Array, bias_hh: Array
) -> GRUWeights:
    """Take apart the weights of `torch.nn.GRU`, which stacks its gates in the order r, z, n.

    ``gru_from_torch(*(p.detach().numpy() for p in module.parameters()))`` reads a module of one
    layer and one direction. The result is a copy, for the conventions that are the default here.

    Parameters
    ----------
    weight_ih, weight_hh : arrays, shapes (3 H, D), (3 H, H)
    bias_ih, bias_hh : arrays, shape (3 H,)
        Of the two biases of r and of z only the sum counts; those of n are kept apart.

    Returns
    -------
    GRUWeights

    Raises
    ------
    TypeError, ValueError
        If an argument is not an array of numbers, or the shapes disagree.
    """
    _check_stacked("gru_from_torch", 3, weight_ih, weight_hh, bias_ih, bias_hh)
    W_xr, W_xz, W_xn = np.split(weight_ih.copy(), 3)  # three of (H, D)
    W_hr, W_hz, W_hn = np.split(weight_hh.copy(), 3)  # three of (H, H)
    b_r, b_z, _ = np.split(bias_ih + bias_hh, 3)  # three of (H,)
    b_n, b_hn = np.split(bias_ih.copy(), 3)[2], np.split(bias_hh.copy(), 3)[2]
    return GRUWeights(W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xn, W_hn, b_n, b_hn)


def gru_to_torch(weights: GRUWeights) -> tuple[Array, Array, Array, Array]:
    """Stack the weights as `torch.nn.GRU` has them, in the order of its parameters.

    Parameters
    ----------
    weights : GRUWeights

    Returns
    -------
    weight_ih, weight_hh, bias_ih, bias_hh : arrays, shapes (3 H, D), (3 H, H), (3 H,), (3 H,)
        The biases of r and z are in the first of the two, and zero in the second.
    """
    _check_gates("gru_to_torch", weights, GRUWeights)
    w = weights
    zero = np.zeros_like(w.b_r)
    return (
        np.concatenate([w.W_xr, w.W_xz, w.W_xn]),
        np.concatenate([w.W_hr, w.W_hz, w.W_hn]),
        np.concatenate([w.b_r, w.b_z, w.b_n]),
        np.concatenate([zero, zero, w.b_hn]),
    )


# --- input checks ----------------------------------------------------------------------------


def _floating(*arrays: Array) -> np.dtype[Any]:
    """Return the dtype that NumPy would compute in; whole numbers become float64."""
    dtype = np.result_type(*arrays)
    return dtype if dtype.kind == "f" else np.dtype(np.float64)


def _check_arrays(function: str, **arrays: Array | None) -> None:
    """Raise TypeError unless each is a NumPy array of real numbers (None is passed over)."""
    for name, array in arrays.items():
        if array is None:
            continue
        if not isinstance(array, np.ndarray):
            kind = type(array).__module__.partition(".")[0]
            cure = f"{name}.detach().numpy()" if kind == "torch" else f"np.array({name})"
            raise TypeError(
                f"{function}: {name} is a {type(array).__name__}, expected a NumPy array; "
                f"pass {cure}"
            )
        if array.dtype.kind not in "fiub":
            raise TypeError(
                f"{function}: {name} holds {array.dtype}, expected real numbers; "
                f"turn it into float64 first"
            )


def _check_shape(
    function: str, name: str, array: Array, axes: str, expected: tuple[int, ...], cure: str
) -> None:
    """Raise ValueError unless `array` has the expected shape."""
    if array.shape != expected:
        raise ValueError(
            f"{function}: {name} has shape {array.shape}, expected {axes} = {expected}; {cure}"
        )


def _check_finite(function: str, name: str, array: Array) -> None:
    """Raise ValueError if `array` holds NaN or infinity."""
    if not np.isfinite(array.sum()) and not np.isfinite(array).all():
        bad = np.argwhere(~np.isfinite(array))
        first = tuple(int(i) for i in bad[0])
        raise ValueError(
            f"{function}: {name} holds {len(bad)} value(s) that are NaN or infinite, the first at "
            f"{first}, expected finite numbers; find where they come from"
        )


def _check_state(function: str, name: str, h: Array | None) -> None:
    """Raise TypeError if states that tanh should have made are whole numbers."""
    if h is not None and h.dtype.kind != "f":
        forward = function.replace("_backward", "")
        raise TypeError(
            f"{function}: {name} holds {h.dtype}, expected floating-point numbers; "
            f"pass what {forward} returned"
        )


def _check_weights(function: str, W_xh: Array, W_hh: Array, b_h: Array | None) -> tuple[int, int]:
    """Check the weights among themselves and return (D, H)."""
    if W_hh.ndim != 2 or W_hh.shape[0] != W_hh.shape[1]:
        raise ValueError(
            f"{function}: W_hh has shape {W_hh.shape}, expected (H, H); "
            f"it maps a state to a state, so it is square"
        )
    H = W_hh.shape[0]
    if W_xh.ndim != 2 or W_xh.shape[0] != H:
        transposed = W_xh.ndim == 2 and W_xh.shape[1] == H
        cure = "pass W_xh.T" if transposed else "W_xh has one row for each row of W_hh"
        raise ValueError(
            f"{function}: W_xh has shape {W_xh.shape}, expected (H, D) with H = {H}; {cure}"
        )
    if b_h is not None:
        cure = "pass b_h.ravel()" if b_h.size == H else "b_h has one entry for each hidden unit"
        _check_shape(function, "b_h", b_h, "(H,)", (H,), cure)
    return W_xh.shape[1], H


def _check_step(
    function: str,
    x_t: Array,
    h_prev: Array,
    W_xh: Array,
    W_hh: Array,
    b_h: Array | None,
    h_t: Array | None = None,
    dh_t: Array | None = None,
) -> None:
    """Check what a step is given."""
    _check_arrays(
        function, x_t=x_t, h_prev=h_prev, W_xh=W_xh, W_hh=W_hh, b_h=b_h, h_t=h_t, dh_t=dh_t
    )
    _check_state(function, "h_t", h_t)
    D, H = _check_weights(function, W_xh, W_hh, b_h)
    states = {"h_prev": h_prev, "h_t": h_t, "dh_t": dh_t}
    _check_step_data(function, x_t, (D, H), ("W_xh", "rnn_layer"), states)
    if b_h is not None:
        _check_finite(function, "x_t", x_t)
        _check_finite(function, "h_prev", h_prev)


def _check_step_data(
    function: str,
    x_t: Array,
    sizes: tuple[int, int],
    names: tuple[str, str],
    states: Mapping[str, Array | None],
) -> None:
    """Check the input and the states of one step against (D, H).

    `names` says which weight reads the input, and which function reads a whole sequence.
    """
    D, H = sizes
    reader, layer = names
    if x_t.ndim != 2 or x_t.shape[1] != D:
        cure = {
            1: "for a single sequence pass x_t[None, :]",
            3: f"for a whole sequence call {layer}, or take one step with x[:, t]",
        }.get(x_t.ndim, f"{reader} {(H, D)} reads {D} features")
        raise ValueError(
            f"{function}: x_t has shape {x_t.shape}, expected (B, D) with D = {D}; {cure}"
        )
    B = x_t.shape[0]
    for name, array in states.items():
        if array is not None and array.shape != (B, H):
            cure = (
                f"for a single sequence pass {name}[None, :]"
                if array.ndim == 1
                else "one state for each row of x_t, one entry for each hidden unit"
            )
            _check_shape(function, name, array, "(B, H)", (B, H), cure)


def _check_layer(
    function: str,
    x: Array,
    h_0: Array,
    W_xh: Array,
    W_hh: Array,
    b_h: Array | None,
    h: Array | None = None,
    dh: Array | None = None,
) -> None:
    """Check what a layer is given."""
    _check_arrays(function, x=x, h_0=h_0, W_xh=W_xh, W_hh=W_hh, b_h=b_h, h=h, dh=dh)
    _check_state(function, "h", h)
    D, H = _check_weights(function, W_xh, W_hh, b_h)
    _check_layer_data(function, x, (D, H), "W_xh", {"h_0": h_0}, {"h": h, "dh": dh})
    if b_h is not None:
        _check_finite(function, "x", x)
        _check_finite(function, "h_0", h_0)


def _check_layer_data(
    function: str,
    x: Array,
    sizes: tuple[int, int],
    reader: str,
    first: Mapping[str, Array | None],
    every: Mapping[str, Array | None],
) -> None:
    """Check a layer's inputs, first (or last) states and states of every time against (D, H).

    `reader` names the weight that reads the input.
    """
    D, H = sizes
    if x.ndim != 3 or x.shape[2] != D:
        cure = (
            "for a single sequence pass x[None, :, :]"
            if x.ndim == 2
            else f"{reader} {(H, D)} reads {D} features"
        )
        raise ValueError(
            f"{function}: x has shape {x.shape}, expected (B, T, D) with D = {D}; {cure}"
        )
    B, T, _ = x.shape
    if T == 0:
        raise ValueError(
            f"{function}: x has shape {x.shape}, that is no time step, expected T ≥ 1; "
            f"leave empty sequences out"
        )
    for name, array in first.items():
        if array is not None and array.shape != (B, H):
            if array.shape == (T, H):
                cure = "x looks time-first: pass x.transpose(1, 0, 2)"
            elif array.shape == (1, B, H):
                cure = f"torch keeps an axis for the layers: pass {name}[0]"
            elif array.ndim == 1:
                cure = f"the same state for each sequence is np.tile({name}, (B, 1))"
            else:
                cure = "one state for each sequence; start from np.zeros((B, H))"
            _check_shape(function, name, array, "(B, H)", (B, H), cure)
    for name, array in every.items():
        if array is not None and array.shape != (B, T, H):
            if array.shape == (T, B, H):
                cure = f"{name} looks time-first: pass {name}.transpose(1, 0, 2)"
            elif name == "dh" and array.shape == (B, H):
                cure = "for a loss on the last state alone set dh = zeros and dh[:, -1] to it"
            else:
                cure = "one state for each sequence and time step"
            _check_shape(function, name, array, "(B, T, H)", (B, T, H), cure)


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


def _check_output(
    function: str, h: Array, W_hy: Array, b_y: Array | None, dy: Array | None = None
) -> None:
    """Check what an output layer is given."""
    _check_arrays(function, h=h, W_hy=W_hy, b_y=b_y, dy=dy)
    if h.ndim not in (2, 3):
        raise ValueError(
            f"{function}: h has shape {h.shape}, expected (B, H) or (B, T, H); "
            f"for a single state pass h[None, :]"
        )
    H = h.shape[-1]
    if W_hy.ndim != 2 or W_hy.shape[1] != H:
        transposed = W_hy.ndim == 2 and W_hy.shape[0] == H
        cure = "pass W_hy.T" if transposed else "W_hy has one column for each hidden unit"
        raise ValueError(
            f"{function}: W_hy has shape {W_hy.shape}, expected (O, H) with H = {H}; {cure}"
        )
    size = W_hy.shape[0]
    if b_y is not None:
        cure = "pass b_y.ravel()" if b_y.size == size else "b_y has one entry for each output"
        _check_shape(function, "b_y", b_y, "(O,)", (size,), cure)
    if dy is not None:
        cure = "one gradient for each output"
        _check_shape(function, "dy", dy, "(…, O)", (*h.shape[:-1], size), cure)


def _check_deep(
    function: str,
    h_0: Sequence[Array] | Array,
    layers: Sequence[RNNWeights],
    h: Sequence[Array] | None = None,
) -> None:
    """Check that there are as many first states (and states) as layers."""
    if len(layers) == 0:
        raise ValueError(f"{function}: layers is empty, expected at least one RNNWeights")
    for name, states in (("h_0", h_0), ("h", h)):
        if states is not None and len(states) != len(layers):
            raise ValueError(
                f"{function}: {name} holds {len(states)} state(s) for {len(layers)} layer(s), "
                f"expected one each; pass a list with one array for each layer, lowest first"
            )


def _check_fields(function: str, name: str, value: Any, kind: type[Any]) -> None:
    """Raise TypeError unless `value` has the fields of a NamedTuple, whoever defined its class."""
    if getattr(value, "_fields", None) != kind._fields:
        raise TypeError(
            f"{function}: {name} is a {type(value).__name__}, expected {kind.__name__}; "
            f"pass {kind.__name__}({', '.join(kind._fields)})"
        )


def _check_gates(function: str, weights: Any, kind: type[Any]) -> tuple[int, int]:
    """Check the weights of all gates among themselves and return (D, H)."""
    _check_fields(function, "weights", weights, kind)
    arrays = weights._asdict()
    _check_arrays(function, **arrays)
    first_input, first_state = kind._fields[:2]
    W_x, W_h = arrays[first_input], arrays[first_state]
    if W_h.ndim != 2 or W_h.shape[0] != W_h.shape[1]:
        raise ValueError(
            f"{function}: {first_state} has shape {W_h.shape}, expected (H, H); "
            f"it maps a state to a state, so it is square"
        )
    H = W_h.shape[0]
    if W_x.ndim != 2 or W_x.shape[0] != H:
        transposed = W_x.ndim == 2 and W_x.shape[1] == H
        cure = f"pass {first_input}.T" if transposed else "one row for each hidden unit"
        raise ValueError(
            f"{function}: {first_input} has shape {W_x.shape}, expected (H, D) with H = {H}; {cure}"
        )
    D = W_x.shape[1]
    for name, array in arrays.items():
        if name.startswith("W_x"):
            cure = f"pass {name}.T" if array.shape == (D, H) else f"as {first_input}"
            _check_shape(function, name, array, "(H, D)", (H, D), cure)
        elif name.startswith("W_h"):
            _check_shape(function, name, array, "(H, H)", (H, H), f"as {first_state}")
        else:
            cure = f"pass {name}.ravel()" if array.size == H else "one entry for each hidden unit"
            _check_shape(function, name, array, "(H,)", (H,), cure)
    return D, H


def _check_states(function: str, states: Any, kind: type[Any]) -> dict[str, Array]:
    """Check the kind of the states that a forward function returned; return them by name."""
    _check_fields(function, "states", states, kind)
    arrays = {f"states.{name}": array for name, array in states._asdict().items()}
    _check_arrays(function, **arrays)
    for name, array in arrays.items():
        _check_state(function, name, array)
    return arrays


def _check_lstm_step(
    function: str,
    x_t: Array,
    h_prev: Array,
    c_prev: Array,
    weights: LSTMWeights,
    states: LSTMStates | None = None,
    gradients: Mapping[str, Array] | None = None,
) -> None:
    """Check what an LSTM step is given."""
    sizes = _check_gates(function, weights, LSTMWeights)
    arrays = {"h_prev": h_prev, "c_prev": c_prev, **(gradients or {})}
    _check_arrays(function, x_t=x_t, **arrays)
    if states is not None:
        arrays |= _check_states(function, states, LSTMStates)
    _check_step_data(function, x_t, sizes, ("W_xi", "lstm_layer"), arrays)
    if states is None:
        for name, array in (("x_t", x_t), ("h_prev", h_prev), ("c_prev", c_prev)):
            _check_finite(function, name, array)


def _check_lstm_layer(
    function: str,
    x: Array,
    h_0: Array,
    c_0: Array,
    weights: LSTMWeights,
    states: LSTMStates | None = None,
    dh: Array | None = None,
    dc_T: Array | None = None,
) -> None:
    """Check what an LSTM layer is given."""
    sizes = _check_gates(function, weights, LSTMWeights)
    _check_arrays(function, x=x, h_0=h_0, c_0=c_0, dh=dh, dc_T=dc_T)
    every: dict[str, Array | None] = {"dh": dh}
    if states is not None:
        every |= _check_states(function, states, LSTMStates)
    _check_layer_data(function, x, sizes, "W_xi", {"h_0": h_0, "c_0": c_0, "dc_T": dc_T}, every)
    if states is None:
        for name, array in (("x", x), ("h_0", h_0), ("c_0", c_0)):
            _check_finite(function, name, array)


def _check_convention(function: str, z_weighs: str) -> None:
    """Raise ValueError unless the update gate's convention is one of the two."""
    if z_weighs not in ("past", "present"):
        raise ValueError(
            f"{function}: z_weighs is {z_weighs!r}, expected 'past' or 'present'; "
            f"torch's update gate weighs the past"
        )


def _check_gru_step(
    function: str,
    x_t: Array,
    h_prev: Array,
    weights: GRUWeights,
    z_weighs: str,
    states: GRUStates | None = None,
    dh_t: Array | None = None,
) -> None:
    """Check what a GRU step is given."""
    _check_convention(function, z_weighs)
    sizes = _check_gates(function, weights, GRUWeights)
    arrays: dict[str, Array | None] = {"h_prev": h_prev, "dh_t": dh_t}
    _check_arrays(function, x_t=x_t, **arrays)
    if states is not None:
        arrays |= _check_states(function, states, GRUStates)
    _check_step_data(function, x_t, sizes, ("W_xr", "gru_layer"), arrays)
    if states is None:
        _check_finite(function, "x_t", x_t)
        _check_finite(function, "h_prev", h_prev)


def _check_gru_layer(
    function: str,
    x: Array,
    h_0: Array,
    weights: GRUWeights,
    z_weighs: str,
    states: GRUStates | None = None,
    dh: Array | None = None,
) -> None:
    """Check what a GRU layer is given."""
    _check_convention(function, z_weighs)
    sizes = _check_gates(function, weights, GRUWeights)
    _check_arrays(function, x=x, h_0=h_0, dh=dh)
    every: dict[str, Array | None] = {"dh": dh}
    if states is not None:
        every |= _check_states(function, states, GRUStates)
    _check_layer_data(function, x, sizes, "W_xr", {"h_0": h_0}, every)
    if states is None:
        _check_finite(function, "x", x)
        _check_finite(function, "h_0", h_0)


def _check_stacked(
    function: str,
    gates: int,
    weight_ih: Array,
    weight_hh: Array,
    bias_ih: Array,
    bias_hh: Array,
) -> None:
    """Check the stacked weights of a torch module of one layer."""
    arrays = {
        "weight_ih": weight_ih,
        "weight_hh": weight_hh,
        "bias_ih": bias_ih,
        "bias_hh": bias_hh,
    }
    _check_arrays(function, **arrays)
    if weight_hh.ndim != 2 or weight_hh.shape[0] != gates * weight_hh.shape[1]:
        raise ValueError(
            f"{function}: weight_hh has shape {weight_hh.shape}, expected ({gates} H, H); "
            f"pass a torch module's parameters in their own order"
        )
    H = weight_hh.shape[1]
    if weight_ih.ndim != 2 or weight_ih.shape[0] != gates * H:
        raise ValueError(
            f"{function}: weight_ih has shape {weight_ih.shape}, expected ({gates} H, D) with "
            f"H = {H}; pass a torch module's parameters in their own order"
        )
    for name in ("bias_ih", "bias_hh"):
        cure = "pass a torch module's parameters in their own order"
        _check_shape(function, name, arrays[name], f"({gates} H,)", (gates * H,), cure)
