"""The LSTM in NumPy: one step, then a layer, forward and backward.

The weights are stacked as torch stacks them: `W_x` (4 H, D), `W_h` (4 H, H) and `b` (4 H,) hold the
rows of input gate i, forget gate f, candidate g and output gate o, in this order; `b` is the sum of
torch's two biases. Data are batch-first: ``x`` (B, T, D), ``h`` and ``c`` (B, T, H). A function
``…_backward`` takes the gradient of what its namesake returned first, and returns those of what it
was given. ``dh`` stands for the gradient of the loss with respect to ``h``, in the shape of ``h``,
and so for every other letter; the gradients of weights are summed over batch and time.

Every function raises TypeError for what is no NumPy array of real numbers, and ValueError where
shapes disagree; the forward ones refuse NaN and infinity in inputs and first states, too.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from helpers.shapes import Array, fields, shapes


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


STEP, LAYER = fields(LSTMStates, "float B H"), fields(LSTMStates, "float B T H")


def sigmoid(x: Array) -> Array:
    """Squeeze numbers into (0, 1): σ(x) = 1 / (1 + e^−x), for an array of any shape.

    Computed as (1 + tanh(x / 2)) / 2, which is the same function and cannot overflow: e^−x does
    from x = −710 on. float32 stays float32.
    """
    return 0.5 * (1 + np.tanh(0.5 * x))


@shapes(
    x_t="B D", h_prev="B H", c_prev="B H", W_x="4*H D", W_h="4*H H", b="4*H",
    finite=("x_t", "h_prev", "c_prev"),
)  # fmt: skip
def lstm_step(
    x_t: Array, h_prev: Array, c_prev: Array, W_x: Array, W_h: Array, b: Array
) -> LSTMStates:
    """Read one input, renew the cell state and let a part of it out as the hidden state.

    `x_t` (B, D) is the input, `h_prev` and `c_prev` (B, H) are the states after the step before.
    The result's arrays (B, H) are::

        a = W_x x_t + W_h h_{t-1} + b               the four sums, (B, 4 H)
        i, f, o = σ(a_i), σ(a_f), σ(a_o)            how much is written, kept, shown
        g = tanh(a_g)                               what is written
        c_t = f ⊙ c_{t-1} + i ⊙ g
        h_t = o ⊙ tanh(c_t)

    Hochreiter & Schmidhuber 1997, Long short-term memory, Neural Computation 9; the forget gate is
    from Gers, Schmidhuber & Cummins 2000, Learning to forget, Neural Computation 12.
    """
    a = x_t @ W_x.T + h_prev @ W_h.T + b  # (B, D)·(D, 4 H) + (B, H)·(H, 4 H) + (4 H,)
    a_i, a_f, a_g, a_o = np.split(a, 4, axis=1)  # (B, H) each
    i = sigmoid(a_i)
    f = sigmoid(a_f)
    g = np.tanh(a_g)
    o = sigmoid(a_o)
    c_t = f * c_prev + i * g  # (B, H)  keep a part of the old, write a part of the new
    h_t = o * np.tanh(c_t)  # (B, H)  show a part
    return LSTMStates(h_t, c_t, i, f, g, o)


@shapes(
    dh_t="B H", dc_next="B H", x_t="B D", h_prev="B H", c_prev="B H", states=STEP,
    W_x="4*H D", W_h="4*H H",
)  # fmt: skip
def lstm_step_backward(
    dh_t: Array,
    dc_next: Array,
    x_t: Array,
    h_prev: Array,
    c_prev: Array,
    states: LSTMStates,
    W_x: Array,
    W_h: Array,
) -> tuple[Array, Array, Array, Array, Array, Array]:
    """Send the gradient of one LSTM step back to all that went into it.

    `dh_t` (B, H) is the sum of what comes from this step's output and what comes back from the step
    after; `dc_next` (B, H) is what comes back from the step after along the cell state. Returns
    dx_t (B, D), dh_prev (B, H), dc_prev (B, H), dW_x (4 H, D), dW_h (4 H, H) and db (4 H,).
    """
    _, c_t, i, f, g, o = states
    do = dh_t * np.tanh(c_t)
    dc_t = dc_next + dh_t * o * (1 - np.tanh(c_t) ** 2)  # from the step after, and through h_t
    di = dc_t * g
    df = dc_t * c_prev
    dg = dc_t * i
    dc_prev = dc_t * f  # along the cell state: no matrix, no tanh
    da_i = di * i * (1 - i)
    da_f = df * f * (1 - f)
    da_g = dg * (1 - g**2)
    da_o = do * o * (1 - o)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)  # (B, 4 H)
    dx_t = da @ W_x  # (B, 4 H)·(4 H, D)
    dh_prev = da @ W_h  # (B, 4 H)·(4 H, H)
    dW_x = da.T @ x_t  # (4 H, B)·(B, D)
    dW_h = da.T @ h_prev  # (4 H, B)·(B, H)
    db = da.sum(axis=0)  # (4 H,)
    return dx_t, dh_prev, dc_prev, dW_x, dW_h, db


@shapes(
    x="B T D", h_0="B H", c_0="B H", W_x="4*H D", W_h="4*H H", b="4*H", finite=("x", "h_0", "c_0")
)
def lstm_layer(x: Array, h_0: Array, c_0: Array, W_x: Array, W_h: Array, b: Array) -> LSTMStates:
    """Run the LSTM step over a whole sequence x (B, T, D); return every state and gate, (B, T, H).

    `h_0` and `c_0` (B, H) are the states before the first step; all steps share one set of weights.
    `states.h` is the layer's output; from `states.h[:, -1]` and `states.c[:, -1]` a second call
    goes on. The gates are there to be looked at.
    """
    h_t, c_t = h_0, c_0  # (B, H)
    steps = []
    for t in range(x.shape[1]):
        step = lstm_step(x[:, t], h_t, c_t, W_x, W_h, b)
        h_t, c_t = step.h, step.c
        steps.append(step)
    return LSTMStates(*(np.stack(arrays, axis=1) for arrays in zip(*steps, strict=True)))


@shapes(
    dh="B T H", x="B T D", h_0="B H", c_0="B H", states=LAYER, W_x="4*H D", W_h="4*H H", dc_T="B H"
)
def lstm_layer_backward(
    dh: Array,
    x: Array,
    h_0: Array,
    c_0: Array,
    states: LSTMStates,
    W_x: Array,
    W_h: Array,
    dc_T: Array | None = None,
) -> tuple[Array, Array, Array, Array, Array, Array]:
    """Backpropagation through time for an LSTM: from the last step to the first.

    `dh` (B, T, H) is zero where the loss does not use a state; `dc_T` (B, H) is the gradient of the
    last cell state, where something else goes on from it. Returns dx (B, T, D), dh_0 (B, H), dc_0
    (B, H), dW_x (4 H, D), dW_h (4 H, H) and db (4 H,).
    """
    dtype = states.h.dtype
    dx = np.zeros(x.shape, dtype=dtype)  # (B, T, D)
    dW_x, dW_h, db = (np.zeros(n, dtype=dtype) for n in (W_x.shape, W_h.shape, len(W_h)))
    dh_next = np.zeros(h_0.shape, dtype=dtype)  # (B, H)  nothing comes back from after the end
    dc_next = np.zeros(c_0.shape, dtype=dtype) if dc_T is None else dc_T  # (B, H)
    for t in reversed(range(x.shape[1])):
        h_prev = states.h[:, t - 1] if t > 0 else h_0  # (B, H)
        c_prev = states.c[:, t - 1] if t > 0 else c_0  # (B, H)
        dh_t = dh[:, t] + dh_next  # (B, H)  from this step's output and from the step after
        step = LSTMStates(*(array[:, t] for array in states))  # (B, H) each
        dx[:, t], dh_next, dc_next, *dweights = lstm_step_backward(
            dh_t, dc_next, x[:, t], h_prev, c_prev, step, W_x, W_h
        )
        for total, part in zip((dW_x, dW_h, db), dweights, strict=True):
            total += part
    return dx, dh_next, dc_next, dW_x, dW_h, db


class LSTMWeights(NamedTuple):
    """The parameters of one LSTM layer, gate by gate: `W_x…` (H, D), `W_h…` (H, H), `b_…` (H,)."""

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


WEIGHTS = fields(LSTMWeights, W_x="H D", W_h="H H", b="H")


@shapes(
    weight_ih="4*H D", weight_hh="4*H H", bias_ih="4*H", bias_hh="4*H",
    too_many="of several layers or directions take four arrays at a time",
)  # fmt: skip
def lstm_from_torch(
    weight_ih: Array, weight_hh: Array, bias_ih: Array, bias_hh: Array
) -> LSTMWeights:
    """Take apart the weights of `torch.nn.LSTM`, as the fast layers want them; returns a copy.

    ``lstm_from_torch(*(p.detach().numpy() for p in module.parameters()))`` reads a module of one
    layer and one direction; of others, take four parameters at a time.
    """
    W_x = np.split(weight_ih.copy(), 4)  # four of (H, D)
    W_h = np.split(weight_hh.copy(), 4)  # four of (H, H)
    b = np.split(bias_ih + bias_hh, 4)  # four of (H,)
    gates = zip(W_x, W_h, b, strict=True)  # i, f, g, o
    return LSTMWeights(*(array for gate in gates for array in gate))
