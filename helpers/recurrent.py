"""The recurrent layers of the course in NumPy: one step, then a layer, forward and backward.

A plain RNN reads one input after the other and carries a hidden state along::

    h_t = tanh(W_xh x_t + W_hh h_{t-1} + b_h)
    y_t = W_hy h_t + b_y

Shapes: ``W_xh`` (H, D), ``W_hh`` (H, H), ``b_h`` (H,), ``W_hy`` (O, H), ``b_y`` (O,), as in the
formula. Data are batch-first: ``x`` (B, T, D), ``h`` (B, T, H). With torch's names, ``W_xh`` is
``weight_ih_l0``, ``W_hh`` is ``weight_hh_l0`` and ``b_h`` is ``bias_ih_l0 + bias_hh_l0``.

The first functions read like the lesson that builds them. Those that end in ``_fast`` return the
same numbers with less work for each time step. In a backward function ``dh`` stands for the
gradient of the loss with respect to ``h``, and so for every other letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

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
    if x_t.ndim != 2 or x_t.shape[1] != D:
        cure = {
            1: "for a single sequence pass x_t[None, :]",
            3: "for a whole sequence call rnn_layer, or take one step with x[:, t]",
        }.get(x_t.ndim, f"W_xh {W_xh.shape} reads {D} features")
        raise ValueError(
            f"{function}: x_t has shape {x_t.shape}, expected (B, D) with D = {D}; {cure}"
        )
    B = x_t.shape[0]
    for name, array in (("h_prev", h_prev), ("h_t", h_t), ("dh_t", dh_t)):
        if array is not None and array.shape != (B, H):
            cure = (
                f"for a single sequence pass {name}[None, :]"
                if array.ndim == 1
                else "one state for each row of x_t, one entry for each hidden unit"
            )
            _check_shape(function, name, array, "(B, H)", (B, H), cure)
    if b_h is not None:
        _check_finite(function, "x_t", x_t)
        _check_finite(function, "h_prev", h_prev)


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
    if x.ndim != 3 or x.shape[2] != D:
        cure = (
            "for a single sequence pass x[None, :, :]"
            if x.ndim == 2
            else f"W_xh {W_xh.shape} reads {D} features"
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
    if h_0.shape != (B, H):
        if h_0.shape == (T, H):
            cure = "x looks time-first: pass x.transpose(1, 0, 2)"
        elif h_0.shape == (1, B, H):
            cure = "torch keeps an axis for the layers: pass h_0[0]"
        elif h_0.ndim == 1:
            cure = "the same state for each sequence is np.tile(h_0, (B, 1))"
        else:
            cure = "one state for each sequence; start from np.zeros((B, H))"
        _check_shape(function, "h_0", h_0, "(B, H)", (B, H), cure)
    for name, array in (("h", h), ("dh", dh)):
        if array is not None and array.shape != (B, T, H):
            if array.shape == (T, B, H):
                cure = f"{name} looks time-first: pass {name}.transpose(1, 0, 2)"
            elif name == "dh" and array.shape == (B, H):
                cure = "for a loss on the last state alone set dh = zeros and dh[:, -1] to it"
            else:
                cure = "one state for each sequence and time step"
            _check_shape(function, name, array, "(B, T, H)", (B, T, H), cure)
    if b_h is not None:
        _check_finite(function, "x", x)
        _check_finite(function, "h_0", h_0)


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
