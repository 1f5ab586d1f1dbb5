"""Exercise 7.4: the step, backwards."""

from __future__ import annotations

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Probe, register
from course.exercises.bank.lstm.backward_mistakes import MISTAKES
from course.exercises.bank.lstm.common import Array, Arrays, by_hand, marked, state, weights
from helpers.lstm import LSTMStates, lstm_step


def step_backward(
    dh_t: Array,
    dc_next: Array,
    x_t: Array,
    h_prev: Array,
    c_prev: Array,
    states: LSTMStates,
    W_x: Array,
    W_h: Array,
) -> Arrays:
    """Send the gradient of one step back to everything that went into it."""
    _, c_t, i, f, g, o = states
    do = dh_t * np.tanh(c_t)
    dc_t = dc_next + dh_t * o * (1 - np.tanh(c_t) ** 2)
    di = dc_t * g
    df = dc_t * c_prev
    dg = dc_t * i
    dc_prev = dc_t * f
    da_i = di * i * (1 - i)
    da_f = df * f * (1 - f)
    da_g = dg * (1 - g**2)
    da_o = do * o * (1 - o)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    dx_t = da @ W_x
    dh_prev = da @ W_h
    dW_x = da.T @ x_t
    dW_h = da.T @ h_prev
    db = da.sum(axis=0)
    return dx_t, dh_prev, dc_prev, dW_x, dW_h, db


def _trace(
    dh_t: Array,
    dc_next: Array,
    x_t: Array,
    h_prev: Array,
    c_prev: Array,
    states: LSTMStates,
    W_x: Array,
    W_h: Array,
) -> dict[str, Array]:
    """The lines of the derivation's table by name."""
    _, c_t, i, f, g, o = states
    do = dh_t * np.tanh(c_t)
    dc_t = dc_next + dh_t * o * (1 - np.tanh(c_t) ** 2)
    di = dc_t * g
    df = dc_t * c_prev
    dg = dc_t * i
    dc_prev = dc_t * f
    da_i = di * i * (1 - i)
    da_f = df * f * (1 - f)
    da_g = dg * (1 - g**2)
    da_o = do * o * (1 - o)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    dx_t = da @ W_x
    dh_prev = da @ W_h
    dW_x = da.T @ x_t
    dW_h = da.T @ h_prev
    db = da.sum(axis=0)
    paths = {"do": do, "dc_t": dc_t, "di": di, "df": df, "dg": dg, "dc_prev": dc_prev}
    sums = {"da_i": da_i, "da_f": da_f, "da_g": da_g, "da_o": da_o, "da": da}
    rest = {"dx_t": dx_t, "dh_prev": dh_prev, "dW_x": dW_x, "dW_h": dW_h, "db": db}
    return paths | sums | rest


def _torch(
    dh_t: Array,
    dc_next: Array,
    x_t: Array,
    h_prev: Array,
    c_prev: Array,
    states: LSTMStates,
    W_x: Array,
    W_h: Array,
) -> Arrays:
    """Autograd; what the bias added, which is no argument, is found from the gates."""
    import torch

    gates = [np.log(s / (1 - s)) for s in (states.i, states.f, states.o)]
    sums = np.concatenate([*gates[:2], np.arctanh(states.g), gates[2]], axis=1)
    rest = torch.tensor(sums - x_t @ W_x.T - h_prev @ W_h.T)
    bias = np.zeros(len(W_x))
    leaves = [torch.tensor(a, requires_grad=True) for a in (x_t, h_prev, c_prev, W_x, W_h, bias)]
    x, h, c, W_in, W_loop, b = leaves
    total = torch.nn.functional.linear(x, W_in, b) + torch.nn.functional.linear(h, W_loop) + rest
    i, f, g, o = total.chunk(4, dim=1)
    c_new = f.sigmoid() * c + i.sigmoid() * g.tanh()
    h_new = o.sigmoid() * c_new.tanh()
    torch.autograd.backward([h_new, c_new], [torch.tensor(dh_t), torch.tensor(dc_next)])
    return tuple(leaf.grad.numpy() for leaf in leaves)  # type: ignore[union-attr]


def _einsum(
    dh_t: Array,
    dc_next: Array,
    x_t: Array,
    h_prev: Array,
    c_prev: Array,
    states: LSTMStates,
    W_x: Array,
    W_h: Array,
) -> Arrays:
    h_t, c_t, i, f, g, o = states
    dc = dc_next + dh_t * (o - h_t * np.tanh(c_t))
    da = np.stack(
        [
            dc * g * i * (1 - i),
            dc * c_prev * f * (1 - f),
            dc * (i - i * g * g),
            dh_t * h_t * (1 - o),
        ]
    )
    U, V = W_x.reshape(4, -1, W_x.shape[1]), W_h.reshape(4, -1, W_h.shape[1])
    back = np.einsum("kbh,khd->bd", da, U), np.einsum("kbh,khj->bj", da, V), dc * f
    dU, dV = np.einsum("kbh,bd->khd", da, x_t), np.einsum("kbh,bj->khj", da, h_prev)
    return *back, dU.reshape(W_x.shape), dV.reshape(W_h.shape), da.sum(axis=1).ravel()


def _row_by_row(
    dh_t: Array,
    dc_next: Array,
    x_t: Array,
    h_prev: Array,
    c_prev: Array,
    states: LSTMStates,
    W_x: Array,
    W_h: Array,
) -> Arrays:
    """One sequence after the other, with outer products."""
    rows = []
    for n in range(len(x_t)):
        _, c, i, f, g, o = (array[n] for array in states)
        dc = dc_next[n] + dh_t[n] * o / np.cosh(c) ** 2
        to_gates = dc * g * i * (1 - i), dc * c_prev[n] * f * (1 - f), dc * i * (1 - g * g)
        da = np.concatenate([*to_gates, dh_t[n] * np.tanh(c) * o * (1 - o)])
        outer = np.outer(da, x_t[n]), np.outer(da, h_prev[n]), da
        rows.append((W_x.T @ da, W_h.T @ da, f * dc, *outer))
    columns = [np.array(arrays) for arrays in zip(*rows, strict=True)]
    return *columns[:3], *(array.sum(axis=0) for array in columns[3:])


def _probes(rng: np.random.Generator) -> list[Probe]:
    """The step worked out above, small cells, then batches with all sizes different."""
    x_t, h_prev, c_prev = marked()
    W_x, W_h, b = by_hand()
    states = lstm_step(x_t, h_prev, c_prev, W_x, W_h, b)
    paper = np.array([[1.0]]), np.array([[2.0]]), x_t, h_prev, c_prev, states, W_x, W_h
    probes = [Probe(paper, label=EXAMPLE)]
    sizes = (
        (1, 1, 1, "one input, one unit"),
        (1, 1, 2, "two units"),
        (2, 2, 2, "two of everything"),
        (3, 2, 4, ""),
        (4, 5, 3, ""),
    )
    for B, D, H, label in sizes:
        x_t, h_prev, c_prev = state(rng, B, D, H)
        W_x, W_h, b = weights(rng, D, H)
        states = lstm_step(x_t, h_prev, c_prev, W_x, W_h, b)
        dh_t, dc_next = rng.normal(size=(2, B, H)).round(2)
        arguments = dh_t.copy(), dc_next.copy(), x_t, h_prev, c_prev, states, W_x, W_h
        probes.append(Probe(arguments, label=label))
    return probes


register(
    CodeExercise(
        name="lstm.step_backward",
        title="The step, backwards",
        points=4,
        package="lstm.lstm_step_backward",
        reference=step_backward,
        trace=_trace,
        probes=_probes,
        oracle=_torch,
        oracle_tolerance=(1e-7, 1e-9),  # the oracle inverts the gates
        equivalents={"torch": _torch, "einsum": _einsum, "row by row": _row_by_row},
        outputs=("dx_t", "dh_prev", "dc_prev", "dW_x", "dW_h", "db"),
        axes=("BD", "BH", "BH", "KD", "KH", "K"),
        mistakes=MISTAKES,
        hints=[
            "Take the table line by line, from the top. Every line uses only what the lines above "
            "it gave, and the gates that the step returned.",
            "All lines down to the sums' are (B, H), entry by entry: `*`. Put the four sums' "
            "gradients side by side, (B, 4 H); from there on everything is as in lesson 05.",
            "First `do` and `dc_t`, which is a sum of two paths. Then `di`, `df`, `dg` and "
            "`dc_prev` from `dc_t`. Then the slopes: σ (1 − σ) for i, f, o and 1 − g² for the "
            "candidate. Join them, and multiply: `da @ …` for input and state, `da.T @ …` for the "
            "weights.",
            "`da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)`",
        ],
        solved="Compare `dc_prev` with `dh_prev`: one is a product with the forget gate alone, the "
        "other goes through four slopes and a matrix.",
    )
)
