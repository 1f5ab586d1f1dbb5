"""The GRU in NumPy: one step, then a layer, forward and backward, and torch's weights.

Two things are done in two ways; each function here knows both:

reset_after
    Where the reset gate stands. True: after the product with W_hn, as in torch and cuDNN. False:
    before it, as in Cho et al. 2014 and Chung et al. 2014.
z_weighs
    What the update gate is the weight of. "past": of h_{t-1}, as in torch and Cho et al. 2014.
    "present": of the candidate, as in Chung et al. 2014.

Data are batch-first: ``x`` (B, T, D), ``h`` (B, T, H). A function ``…_backward`` takes the
gradient of what its namesake returned, then what that was given and what it returned. ``dh`` stands
for the gradient of the loss with respect to ``h``, in the shape of ``h``, and so for every other
letter; the gradients of weights are summed over batch and time.

Every function raises TypeError for what is no NumPy array of real numbers, or no GRUWeights, and
ValueError where shapes disagree or `z_weighs` is another word; the forward ones refuse NaN and
infinity in inputs and first states, too.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from helpers.lstm import sigmoid
from helpers.shapes import Array, fields, shapes


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


WEIGHTS = fields(GRUWeights, W_x="H D", W_h="H H", b="H")
STEP, LAYER = fields(GRUStates, "float B H"), fields(GRUStates, "float B T H")


@shapes(h_prev="B H", r="B H", W_hn="H H", b_hn="H")
def gru_reset(
    h_prev: Array, r: Array, W_hn: Array, b_hn: Array, *, reset_after: bool = True
) -> Array:
    """Return what the reset gate `r` (B, H) lets the candidate see of the past, (B, H).

    r ⊙ (W_hn h_{t-1} + b_hn) with `reset_after`, W_hn (r ⊙ h_{t-1}) + b_hn without.
    """
    if reset_after:
        return r * (h_prev @ W_hn.T + b_hn)  # (B, H)·(H, H) -> (B, H)
    return (r * h_prev) @ W_hn.T + b_hn


@shapes(h_prev="B H", r="B H", W_hn="H H", b_hn="H", dpast="B H")
def gru_reset_backward(
    dpast: Array, h_prev: Array, r: Array, W_hn: Array, b_hn: Array, *, reset_after: bool = True
) -> tuple[Array, Array, Array, Array]:
    """Return `dh_prev`, `dr`, `dW_hn` and `db_hn`; `dpast` (B, H) is the gradient."""
    if reset_after:
        dr = dpast * (h_prev @ W_hn.T + b_hn)  # (B, H)
        dproduct = dpast * r  # at W_hn h_{t-1} + b_hn
        return dproduct @ W_hn, dr, dproduct.T @ h_prev, dproduct.sum(axis=0)
    dproduct = dpast @ W_hn  # at r ⊙ h_{t-1}
    return dproduct * r, dproduct * h_prev, dpast.T @ (r * h_prev), dpast.sum(axis=0)


@shapes(h_prev="B H", n="B H", z="B H")
def gru_update(
    h_prev: Array, n: Array, z: Array, *, z_weighs: Literal["past", "present"] = "past"
) -> Array:
    """Mix the old state with the candidate `n`, as the update gate `z` says; all are (B, H).

    z ⊙ h_{t-1} + (1 − z) ⊙ n if z_weighs="past", (1 − z) ⊙ h_{t-1} + z ⊙ n if "present".
    """
    _check_convention("gru_update", z_weighs)
    if z_weighs == "past":
        return z * h_prev + (1 - z) * n
    return (1 - z) * h_prev + z * n


@shapes(dh_t="B H", h_prev="B H", n="B H", z="B H")
def gru_update_backward(
    dh_t: Array, h_prev: Array, n: Array, z: Array, *, z_weighs: Literal["past", "present"] = "past"
) -> tuple[Array, Array, Array]:
    """Return `dh_prev`, `dn` and `dz`, of shape (B, H) each."""
    _check_convention("gru_update_backward", z_weighs)
    if z_weighs == "past":
        return dh_t * z, dh_t * (1 - z), dh_t * (h_prev - n)
    return dh_t * (1 - z), dh_t * z, dh_t * (n - h_prev)


@shapes(x_t="B D", h_prev="B H", weights=WEIGHTS, finite=("x_t", "h_prev"))
def gru_step(
    x_t: Array,
    h_prev: Array,
    weights: GRUWeights,
    *,
    reset_after: bool = True,
    z_weighs: Literal["past", "present"] = "past",
) -> GRUStates:
    """Read one input x_t (B, D) and mix the old hidden state (B, H) with a candidate.

    Returned are, of shape (B, H) each::

        r = σ(W_xr x_t + W_hr h_{t-1} + b_r)                   reset gate
        z = σ(W_xz x_t + W_hz h_{t-1} + b_z)                   update gate
        n = tanh(W_xn x_t + b_n + r ⊙ (W_hn h_{t-1} + b_hn))   reset_after=True
        n = tanh(W_xn x_t + b_n + W_hn (r ⊙ h_{t-1}) + b_hn)   reset_after=False
        h_t = (1 − z) ⊙ n + z ⊙ h_{t-1}                        z_weighs="past"
        h_t = (1 − z) ⊙ h_{t-1} + z ⊙ n                        z_weighs="present"

    Cho et al. 2014, arXiv:1406.1078, eq. 5 to 8; Chung et al. 2014, arXiv:1412.3555, section 3.2.
    """
    _check_convention("gru_step", z_weighs)
    w = weights
    r = sigmoid(x_t @ w.W_xr.T + h_prev @ w.W_hr.T + w.b_r)  # (B, D)·(D, H) + (B, H)·(H, H) + (H,)
    z = sigmoid(x_t @ w.W_xz.T + h_prev @ w.W_hz.T + w.b_z)  # (B, H)
    past = gru_reset(h_prev, r, w.W_hn, w.b_hn, reset_after=reset_after)  # (B, H)
    n = np.tanh(x_t @ w.W_xn.T + w.b_n + past)  # (B, H)
    h_t = gru_update(h_prev, n, z, z_weighs=z_weighs)  # (B, H)
    return GRUStates(h_t, r, z, n)


@shapes(x_t="B D", h_prev="B H", states=STEP, weights=WEIGHTS, dh_t="B H")
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

    `dh_t` is the sum of what comes from this step's output and what comes back from the step after.
    Returns dx_t (B, D), dh_prev (B, H) and the gradients of the weights, as GRUWeights.
    """
    _check_convention("gru_step_backward", z_weighs)
    w, (_, r, z, n) = weights, states
    dh_kept, dn, dz = gru_update_backward(dh_t, h_prev, n, z, z_weighs=z_weighs)  # (B, H) each
    da_n = dn * (1 - n**2)  # a is what σ or tanh was given
    reset = (h_prev, r, w.W_hn, w.b_hn)
    dh_read, dr, dW_hn, db_hn = gru_reset_backward(da_n, *reset, reset_after=reset_after)
    da_r, da_z = dr * r * (1 - r), dz * z * (1 - z)
    dx_t = da_r @ w.W_xr + da_z @ w.W_xz + da_n @ w.W_xn  # (B, H)·(H, D)
    dh_prev = dh_kept + dh_read + da_r @ w.W_hr + da_z @ w.W_hz  # four paths back
    dweights = GRUWeights(
        da_r.T @ x_t, da_r.T @ h_prev, da_r.sum(axis=0),  # (H, B)·(B, D), (H, B)·(B, H), (H,)
        da_z.T @ x_t, da_z.T @ h_prev, da_z.sum(axis=0),
        da_n.T @ x_t, dW_hn, da_n.sum(axis=0), db_hn,
    )  # fmt: skip
    return dx_t, dh_prev, dweights


@shapes(x="B T D", h_0="B H", weights=WEIGHTS, finite=("x", "h_0"))
def gru_layer(
    x: Array,
    h_0: Array,
    weights: GRUWeights,
    *,
    reset_after: bool = True,
    z_weighs: Literal["past", "present"] = "past",
) -> GRUStates:
    """Run the GRU step over a whole sequence x (B, T, D); return every state and gate, (B, T, H).

    `h_0` (B, H) is the state before the first step; all steps share one set of weights. `states.h`
    is the layer's output.
    """
    _check_convention("gru_layer", z_weighs)
    h_t = h_0  # (B, H)
    steps = []
    for t in range(x.shape[1]):
        step = gru_step(x[:, t], h_t, weights, reset_after=reset_after, z_weighs=z_weighs)
        h_t = step.h
        steps.append(step)
    return GRUStates(*(np.stack(arrays, axis=1) for arrays in zip(*steps, strict=True)))


@shapes(x="B T D", h_0="B H", states=LAYER, weights=WEIGHTS, dh="B T H")
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

    `dh` (B, T, H) is zero where the loss does not use a state. Returns dx (B, T, D), dh_0 (B, H)
    and the gradients of the weights, as GRUWeights.
    """
    _check_convention("gru_layer_backward", z_weighs)
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


@shapes(weights=WEIGHTS)
def gru_to_torch(
    weights: GRUWeights, *, z_weighs: Literal["past", "present"] = "past"
) -> tuple[Array, Array, Array, Array]:
    """Stack the weights of a GRU that resets after the product as `torch.nn.GRU` has them.

    Returns weight_ih (3 H, D), weight_hh (3 H, H), bias_ih (3 H,) and bias_hh (3 H,), with rows in
    the order r, z, n. torch's z weighs the past; 1 − σ(a) = σ(−a) turns the other meaning into it.
    Of its two biases for r and z only the sum counts, so `bias_hh` holds `b_hn` alone.
    """
    _check_convention("gru_to_torch", z_weighs)
    w, sign = weights, 1 if z_weighs == "past" else -1
    weight_ih = np.concatenate([w.W_xr, sign * w.W_xz, w.W_xn])
    weight_hh = np.concatenate([w.W_hr, sign * w.W_hz, w.W_hn])
    bias_ih = np.concatenate([w.b_r, sign * w.b_z, w.b_n])
    bias_hh = np.concatenate([0 * w.b_r, 0 * w.b_z, w.b_hn])
    return weight_ih, weight_hh, bias_ih, bias_hh


def _check_convention(function: str, z_weighs: str) -> None:
    """Raise ValueError unless the update gate's convention is one of the two."""
    if z_weighs not in ("past", "present"):
        raise ValueError(
            f"{function}: z_weighs is {z_weighs!r}, expected 'past' or 'present'; "
            f"torch's update gate weighs the past"
        )
