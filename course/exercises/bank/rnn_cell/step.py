"""Exercise 2.2: build the step."""

from __future__ import annotations

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Probe, register
from course.exercises.bank.rnn_cell.common import DAYS, GARDEN, Array, torch_states
from course.exercises.bank.rnn_cell.step_mistakes import MISTAKES


def step(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """One step of the cell."""
    a_t = x_t @ W_xh.T + h_prev @ W_hh.T + b_h
    h_t = np.tanh(a_t)
    return h_t


def _step_trace(
    x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array
) -> dict[str, Array]:
    """The lines of the step by name, in the formula's order."""
    a_t = x_t @ W_xh.T + h_prev @ W_hh.T + b_h
    return {"a_t": a_t, "h_t": np.tanh(a_t)}


def _step_torch(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return torch_states(x_t[:, None], h_prev, W_xh, W_hh, b_h)[:, 0]


def _step_probes(rng: np.random.Generator) -> list[Probe]:
    """Day 1, a small cell, then batches with all sizes different.

    Products the wrong way round stop with an error there; two of everything tells them apart.
    """
    probes = [Probe((DAYS[:1].copy(), np.zeros((1, 2)), *GARDEN), label=EXAMPLE)]
    sizes = (
        (1, 2, 2, "two inputs"),
        (2, 2, 2, "two of everything"),
        (3, 4, 2, ""),
        (4, 2, 3, ""),
        (2, 3, 1, "one unit"),
    )
    for B, D, H, label in sizes:
        arrays = (
            rng.normal(size=(B, D)),
            rng.uniform(-1, 1, size=(B, H)),
            rng.normal(size=(H, D)),
            rng.normal(size=(H, H)),
            rng.normal(size=H),
        )
        probes.append(Probe(tuple(array.round(2) for array in arrays), label=label))
    return probes


def _step_einsum(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return np.tanh(np.einsum("bd,hd->bh", x_t, W_xh) + np.einsum("bk,hk->bh", h_prev, W_hh) + b_h)


def _step_loops(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return np.array([np.tanh(W_xh @ x + W_hh @ h + b_h) for x, h in zip(x_t, h_prev, strict=True)])


register(
    CodeExercise(
        name="rnn.step",
        title="Build the step",
        points=2,
        package="rnn.rnn_step",
        reference=step,
        trace=_step_trace,
        probes=_step_probes,
        oracle=_step_torch,
        # Later steps and lessons read them all again.
        must_not_change=("x_t", "h_prev", "W_xh", "W_hh", "b_h"),
        equivalents={"torch": _step_torch, "einsum": _step_einsum, "loops": _step_loops},
        outputs=("h_t",),
        axes=("BH",),
        mistakes=MISTAKES,
        hints=[
            "Each hidden unit adds up three things: what comes from the input, what comes from the "
            "old state, and its bias. Then it squashes the sum.",
            "Both products must be (B, H). (B, D) times (D, H) gives that. Which form of `W_xh`, "
            "(H, D), has the shape (D, H)? `W_hh` needs the same, though (H, H) does not show it.",
            "First line: `a_t` is one product, plus another product, plus `b_h`. Second line: "
            "`h_t` is the tanh of `a_t`. Third line: return it.",
            "`a_t = x_t @ W_xh.T + …`: the second product is built like the first.",
        ],
        solved="Batch rows never mix: row 3 of the result depends only on row 3 of `x_t` and "
        "`h_prev`.",
    )
)
