"""The LSTM in NumPy: one step, then a layer, forward and backward, and torch's weights.

Each gate has weights and a bias of its own, under its own name. Data are batch-first: ``x``
(B, T, D), ``h`` and ``c`` (B, T, H). A function ``…_backward`` takes the gradient of what its
namesake returned first, and returns those of what it was given. ``dh`` stands for the gradient of
the loss with respect to ``h``, in the shape of ``h``, and so for every other letter; the gradients
of weights are summed over batch and time.

Every function raises TypeError for what is no NumPy array of real numbers, or no LSTMWeights, and
ValueError where shapes disagree; the forward ones refuse NaN and infinity in inputs and first
states, too.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from helpers.shapes import Array, fields, shapes


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


WEIGHTS = fields(LSTMWeights, W_x="H D", W_h="H H", b="H")
STEP, LAYER = fields(LSTMStates, "float B H"), fields(LSTMStates, "float B T H")


def sigmoid(x: Array) -> Array:
    """Squeeze numbers into (0, 1): σ(x) = 1 / (1 + e^−x), for an array of any shape.

    Computed as (1 + tanh(x / 2)) / 2, which is the same function and cannot overflow: e^−x does
    from x = −710 on. float32 stays float32.
    """
    return 0.5 * (1 + np.tanh(0.5 * x))


@shapes(x_t="B D", h_prev="B H", c_prev="B H", weights=WEIGHTS, finite=("x_t", "h_prev", "c_prev"))
def lstm_step(x_t: Array, h_prev: Array, c_prev: Array, weights: LSTMWeights) -> LSTMStates:
    """Read one input, renew the cell state and let a part of it out as the hidden state.

    `x_t` (B, D) is the input, `h_prev` and `c_prev` (B, H) are the states after the step before.
    With W_x, W_h and b of its own for each, the result's arrays (B, H) are::

        i = σ(W_xi x_t + W_hi h_{t-1} + b_i)        input gate: how much is written
        f = σ(W_xf x_t + W_hf h_{t-1} + b_f)        forget gate: how much is kept
        g = tanh(W_xg x_t + W_hg h_{t-1} + b_g)     candidate: what is written
        o = σ(W_xo x_t + W_ho h_{t-1} + b_o)        output gate: how much is shown
        c_t = f ⊙ c_{t-1} + i ⊙ g
        h_t = o ⊙ tanh(c_t)

    Hochreiter & Schmidhuber 1997, Long short-term memory, Neural Computation 9; the forget gate is
    from Gers, Schmidhuber & Cummins 2000, Learning to forget, Neural Computation 12.
    """
    w = weights
    i = sigmoid(x_t @ w.W_xi.T + h_prev @ w.W_hi.T + w.b_i)  # (B, D)·(D, H) + (B, H)·(H, H) + (H,)
    f = sigmoid(x_t @ w.W_xf.T + h_prev @ w.W_hf.T + w.b_f)  # (B, H)
    g = np.tanh(x_t @ w.W_xg.T + h_prev @ w.W_hg.T + w.b_g)  # (B, H)
    o = sigmoid(x_t @ w.W_xo.T + h_prev @ w.W_ho.T + w.b_o)  # (B, H)
    c_t = f * c_prev + i * g  # (B, H)  keep a part of the old, write a part of the new
    h_t = o * np.tanh(c_t)  # (B, H)  show a part
    return LSTMStates(h_t, c_t, i, f, g, o)


@shapes(x_t="B D", h_prev="B H", c_prev="B H", states=STEP, weights=WEIGHTS, dh_t="B H", dc_t="B H")
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

    `dh_t` (B, H) is the sum of what comes from this step's output and what comes back from the step
    after; `dc_t` (B, H) is what comes back from the step after along the cell state, and what
    reaches c_t through h_t is added here. Returns dx_t (B, D), dh_prev (B, H), dc_prev (B, H) and
    the gradients of the weights, as LSTMWeights.
    """
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


@shapes(x="B T D", h_0="B H", c_0="B H", weights=WEIGHTS, finite=("x", "h_0", "c_0"))
def lstm_layer(x: Array, h_0: Array, c_0: Array, weights: LSTMWeights) -> LSTMStates:
    """Run the LSTM step over a whole sequence x (B, T, D); return every state and gate, (B, T, H).

    `h_0` and `c_0` (B, H) are the states before the first step; all steps share one set of weights.
    `states.h` is the layer's output; from `states.h[:, -1]` and `states.c[:, -1]` a second call
    goes on. The gates are there to be looked at.
    """
    h_t, c_t = h_0, c_0  # (B, H)
    steps = []
    for t in range(x.shape[1]):
        step = lstm_step(x[:, t], h_t, c_t, weights)
        h_t, c_t = step.h, step.c
        steps.append(step)
    return LSTMStates(*(np.stack(arrays, axis=1) for arrays in zip(*steps, strict=True)))


@shapes(x="B T D", h_0="B H", c_0="B H", states=LAYER, weights=WEIGHTS, dh="B T H", dc_T="B H")
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

    `dh` (B, T, H) is zero where the loss does not use a state; `dc_T` (B, H) is the gradient of the
    last cell state, where something else goes on from it. Returns dx (B, T, D), dh_0 (B, H), dc_0
    (B, H) and the gradients of the weights, as LSTMWeights.
    """
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


@shapes(
    weight_ih="4*H D",
    weight_hh="4*H H",
    bias_ih="4*H",
    bias_hh="4*H",
    too_many="of several layers or directions take four arrays at a time",
)
def lstm_from_torch(
    weight_ih: Array, weight_hh: Array, bias_ih: Array, bias_hh: Array
) -> LSTMWeights:
    """Take apart the weights of `torch.nn.LSTM`, which stacks its gates in the order i, f, g, o.

    ``lstm_from_torch(*(p.detach().numpy() for p in module.parameters()))`` reads a module of one
    layer and one direction; of others, take four parameters at a time. Weights have shapes (4 H, D)
    and (4 H, H), biases (4 H,); of torch's two biases only the sum counts. The result is a copy.
    """
    W_x = np.split(weight_ih.copy(), 4)  # four of (H, D)
    W_h = np.split(weight_hh.copy(), 4)  # four of (H, H)
    b = np.split(bias_ih + bias_hh, 4)  # four of (H,)
    gates = zip(W_x, W_h, b, strict=True)  # i, f, g, o
    return LSTMWeights(*(array for gate in gates for array in gate))
