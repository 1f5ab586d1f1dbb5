"""Exercise 7.2: build the step."""

from __future__ import annotations

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Probe, register
from course.exercises.bank.lstm.common import Array, Arrays, by_hand, marked, state, weights
from course.exercises.bank.lstm.step_mistakes import MISTAKES
from helpers.lstm import LSTMStates, sigmoid


def step(x_t: Array, h_prev: Array, c_prev: Array, W_x: Array, W_h: Array, b: Array) -> LSTMStates:
    """One step of the cell."""
    a = x_t @ W_x.T + h_prev @ W_h.T + b
    a_i, a_f, a_g, a_o = np.split(a, 4, axis=1)
    i = sigmoid(a_i)
    f = sigmoid(a_f)
    g = np.tanh(a_g)
    o = sigmoid(a_o)
    c_t = f * c_prev + i * g
    h_t = o * np.tanh(c_t)
    return LSTMStates(h_t, c_t, i, f, g, o)


def _trace(
    x_t: Array, h_prev: Array, c_prev: Array, W_x: Array, W_h: Array, b: Array
) -> dict[str, Array]:
    """The lines of the step by name, in the formula's order."""
    a = x_t @ W_x.T + h_prev @ W_h.T + b
    a_i, a_f, a_g, a_o = np.split(a, 4, axis=1)
    i = sigmoid(a_i)
    f = sigmoid(a_f)
    g = np.tanh(a_g)
    o = sigmoid(a_o)
    c_t = f * c_prev + i * g
    h_t = o * np.tanh(c_t)
    sums = {"a": a, "a_i": a_i, "a_f": a_f, "a_g": a_g, "a_o": a_o}
    return {**sums, "i": i, "f": f, "g": g, "o": o, "c_t": c_t, "h_t": h_t}


def _torch(x_t: Array, h_prev: Array, c_prev: Array, W_x: Array, W_h: Array, b: Array) -> Arrays:
    """Torch's cell for the states; each gate by torch's own functions."""
    import torch

    cell = torch.nn.LSTMCell(x_t.shape[1], h_prev.shape[1], dtype=torch.float64)
    x, h, c = (torch.tensor(array) for array in (x_t, h_prev, c_prev))
    with torch.no_grad():
        for parameter, array in zip(cell.parameters(), (W_x, W_h, b, 0 * b), strict=True):
            parameter.copy_(torch.tensor(array))
        h_t, c_t = cell(x, (h, c))
        linear = torch.nn.functional.linear
        sums = linear(x, cell.weight_ih, cell.bias_ih) + linear(h, cell.weight_hh)
        i, f, g, o = sums.chunk(4, dim=1)
    gates = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    return tuple(array.numpy() for array in (h_t, c_t, *gates))


def _gate_by_gate(
    x_t: Array, h_prev: Array, c_prev: Array, W_x: Array, W_h: Array, b: Array
) -> Arrays:
    """Slices in place of one product that is cut apart."""
    H = h_prev.shape[1]
    rows = [slice(k * H, (k + 1) * H) for k in range(4)]
    i, f, g, o = (x_t @ W_x[r].T + h_prev @ W_h[r].T + b[r] for r in rows)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (i, f, o))
    g = np.tanh(g)
    c = c_prev * f + g * i
    return np.tanh(c) * o, c, i, f, g, o


def _joined(
    x_t: Array, h_prev: Array, c_prev: Array, W_x: Array, W_h: Array, b: Array
) -> LSTMStates:
    """One matrix for input and state, one sequence at a time."""
    W, rows = np.concatenate([W_x, W_h], axis=1), []
    for x, h, c in zip(x_t, h_prev, c_prev, strict=True):
        i, f, g, o = (W @ np.concatenate([x, h]) + b).reshape(4, -1)
        g, i, f, o = np.tanh(g), sigmoid(i), sigmoid(f), sigmoid(o)
        new = f * c + i * g
        rows.append((o * np.tanh(new), new, i, f, g, o))
    return LSTMStates(*(np.array(arrays) for arrays in zip(*rows, strict=True)))


def _probes(rng: np.random.Generator) -> list[Probe]:
    """The step worked out above, a small cell, then batches with all sizes different."""
    probes = [Probe((*marked(), *by_hand()), label=EXAMPLE)]
    sizes = (
        (1, 1, 1, "one input, one unit"),
        (1, 4, 1, "as many inputs as sums"),
        (1, 2, 2, "two units"),
        (3, 2, 4, ""),
        (4, 5, 3, "B = 4"),
    )
    for B, D, H, label in sizes:
        probes.append(Probe((*state(rng, B, D, H), *weights(rng, D, H)), label=label))
    return probes


register(
    CodeExercise(
        name="lstm.step",
        title="Build the step",
        points=3,
        package="lstm.lstm_step",
        reference=step,
        trace=_trace,
        probes=_probes,
        oracle=_torch,
        # Later steps read them all again.
        must_not_change=("x_t", "h_prev", "c_prev", "W_x", "W_h", "b"),
        equivalents={"torch": _torch, "gate by gate": _gate_by_gate, "joined": _joined},
        outputs=("h_t", "c_t", "i", "f", "g", "o"),
        axes=("BH", "BH", "BH", "BH", "BH", "BH"),
        mistakes=MISTAKES,
        hints=[
            "One product gives all four sums at once. Cut the result into four blocks, squash "
            "each block, then compute the cell state and the hidden state.",
            "`a` is (B, 4 H): (B, D) times (D, 4 H), plus (B, H) times (H, 4 H), plus (4 H,). "
            "Each block is (B, H), and so are all six results.",
            "`a` is built as in lesson 02. Cut it along axis 1, in the order i, f, g, o. Sigmoid "
            "for three of the blocks, tanh for the candidate. The last two formulas are "
            "products entry by entry: `*`, not `@`.",
            "`a_i, a_f, a_g, a_o = np.split(a, 4, axis=1)`",
        ],
        solved="Everything up to the last two lines is what a plain cell does, four times over. "
        "The line of `c_t` is what makes an LSTM.",
    )
)
