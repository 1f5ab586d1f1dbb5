"""The recurrent layers once more, in NumPy, with less work for each time step.

Each function that ends in ``_fast`` returns what its namesake in `helpers.rnn`, `helpers.lstm` or
`helpers.gru` returns, to rounding; parameters, results and errors are the same, and float32 stays
float32. No lesson has to read this file.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from helpers import gru, lstm
from helpers.gru import GRUStates, GRUWeights, _check_convention
from helpers.lstm import LSTMStates, LSTMWeights
from helpers.shapes import Array, shapes


@shapes(x="B T D", h_0="B H", W_xh="H D", W_hh="H H", b_h="H", finite=("x", "h_0"))
def rnn_layer_fast(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """Return what `rnn_layer` returns, faster.

    Only W_hh h_{t-1} has to wait for the step before. All the products W_xh x_t are taken at once,
    in front of the loop. The work arrays are time-first, so that the loop reads and writes
    contiguous memory, and nothing is allocated inside it. float32 stays float32.
    """
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


@shapes(x="B T D", h_0="B H", h="float B T H", dh="B T H", W_xh="H D", W_hh="H H")
def rnn_layer_backward_fast(
    dh: Array, x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """Return what `rnn_layer_backward` returns, faster.

    The loop only finds the gradient at what tanh was given, step by step. Once these are known for
    all steps, each weight's gradient is a single product over batch and time.
    """
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


@shapes(x="B T D", h_0="B H", c_0="B H", weights=lstm.WEIGHTS, finite=("x", "h_0", "c_0"))
def lstm_layer_fast(x: Array, h_0: Array, c_0: Array, weights: LSTMWeights) -> LSTMStates:
    """Return what `lstm_layer` returns, faster.

    All gates come out of one product at each step, [W_x W_h b]·[x_t; h_{t-1}; 1]. The work arrays
    keep the batch as their last axis, (T, H, B), so that a gate's rows lie together in memory and
    each step's products and sums run over contiguous blocks. What is returned are views of them.
    float32 stays float32.
    """
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


@shapes(
    x="B T D", h_0="B H", c_0="B H", states=lstm.LAYER, weights=lstm.WEIGHTS, dh="B T H", dc_T="B H"
)
def lstm_layer_backward_fast(
    dh: Array,
    x: Array,
    h_0: Array,
    c_0: Array,
    states: LSTMStates,
    weights: LSTMWeights,
    dc_T: Array | None = None,
) -> tuple[Array, Array, Array, LSTMWeights]:
    """Return what `lstm_layer_backward` returns, faster.

    The loop finds the gradient at what each gate's σ or tanh was given, and takes it back to
    h_{t-1}. The gradients of the inputs and of the weights are products over batch and time, after
    the loop. Fastest with the states that `lstm_layer_fast` returned.
    """
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


@shapes(x="B T D", h_0="B H", weights=gru.WEIGHTS, finite=("x", "h_0"))
def gru_layer_fast(
    x: Array,
    h_0: Array,
    weights: GRUWeights,
    *,
    reset_after: bool = True,
    z_weighs: Literal["past", "present"] = "past",
) -> GRUStates:
    """Return what `gru_layer` returns, faster.

    The products with x_t are taken in front of the loop. The work arrays keep the batch as their
    last axis, (T, H, B), so that a gate's rows lie together in memory and each step's products and
    sums run over contiguous blocks. What is returned are views of them. float32 stays float32.
    """
    _check_convention("gru_layer_fast", z_weighs)
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


@shapes(x="B T D", h_0="B H", states=gru.LAYER, weights=gru.WEIGHTS, dh="B T H")
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
    """Return what `gru_layer_backward` returns, faster.

    The loop finds the gradient at what each gate's σ or tanh was given, and takes it back to
    h_{t-1}. The gradients of the inputs and of the weights are products over batch and time, after
    the loop. Fastest with the states that `gru_layer_fast` returned.
    """
    _check_convention("gru_layer_backward_fast", z_weighs)
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


def _floating(*arrays: Array) -> np.dtype[Any]:
    """Return the dtype that NumPy would compute in; whole numbers become float64."""
    dtype = np.result_type(*arrays)
    return dtype if dtype.kind == "f" else np.dtype(np.float64)
