"""Exercise 2.3: build the layer."""

from __future__ import annotations

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Probe, register
from course.exercises.bank.rnn_cell.common import DAYS, GARDEN, Array, torch_states
from course.exercises.bank.rnn_cell.layer_mistakes import LAYER_MISTAKES
from course.exercises.bank.rnn_cell.layer_slips import SLIPS
from course.exercises.bank.rnn_cell.step import step


def layer(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """The layer: the step in a loop."""
    h_t = h_0
    h = []
    for t in range(x.shape[1]):
        h_t = step(x[:, t], h_t, W_xh, W_hh, b_h)
        h.append(h_t)
    return np.stack(h, axis=1)


def layer_probes(rng: np.random.Generator) -> list[Probe]:
    """The garden, layers with all sizes different, special lengths.

    Two of everything tells arguments in another order apart: there, nothing stops with an error.
    """
    probes = [Probe((DAYS[None].copy(), np.zeros((1, 2)), *GARDEN), label=EXAMPLE)]
    sizes = (
        (2, 2, 2, 2, "two of everything"),
        (4, 5, 3, 2, ""),
        (2, 3, 5, 4, ""),
        (3, 1, 2, 5, "T = 1"),
    )
    for B, T, D, H, label in sizes:
        arrays = (
            rng.normal(size=(B, T, D)),
            rng.uniform(-1, 1, size=(B, H)),
            rng.normal(size=(H, D)),
            rng.normal(size=(H, H)),
            rng.normal(size=H),
        )
        probes.append(Probe(tuple(array.round(2) for array in arrays), label=label))
    return probes


def layer_einsum(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    states = np.empty((*x.shape[:2], len(b_h)))
    h_t = h_0.copy()
    for t in range(x.shape[1]):
        h_t[...] = np.tanh(
            np.einsum("bd,hd->bh", x[:, t], W_xh) + np.einsum("bk,hk->bh", h_t, W_hh) + b_h
        )
        states[:, t] = h_t
    return states


def layer_copies(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    h_t, h = h_0.copy(), []
    for t in range(x.shape[1]):
        h_t[:] = np.tanh(x[:, t] @ W_xh.T + h_t @ W_hh.T + b_h)
        h.append(h_t.copy())
    return np.stack(h, axis=1)


register(
    CodeExercise(
        name="rnn.layer",
        title="Build the layer",
        points=2,
        package="rnn.rnn_layer",
        reference=layer,
        also_mutate=(step,),
        probes=layer_probes,
        must_not_change=("h_0",),  # the lesson goes on with the same array
        oracle=torch_states,
        equivalents={"torch": torch_states, "einsum": layer_einsum, "copies": layer_copies},
        outputs=("h",),
        axes=("BTH",),
        mistakes=[*LAYER_MISTAKES, *SLIPS],
        hints=[
            "A layer is `rnn_step` in a loop over time. The state that one step returns is what "
            "the next step gets as `h_prev`.",
            "`x[:, t]` is (B, D), the state (B, H). The result (B, T, H) has one more axis, in the "
            "middle, with an entry for each step.",
            "Begin with `h_t = h_0` and an empty list. In the loop, replace `h_t` with the result "
            "of `rnn_step`, and append it. At the end, stack the list along axis 1.",
            "`h_t = rnn_step(x[:, t], h_t, W_xh, W_hh, b_h)`",
        ],
        solved="For this cell the loop cannot be avoided: step t needs the state of step t − 1. "
        "This is why RNNs make poor use of parallel hardware (lesson 12).",
    )
)
