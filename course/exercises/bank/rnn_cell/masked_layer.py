"""Exercise 2.4: sequences of different length."""

from __future__ import annotations

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Probe, Property, register
from course.exercises.bank.rnn_cell.common import DAYS, GARDEN, Array, torch_states
from course.exercises.bank.rnn_cell.masked_mistakes import MISTAKES
from course.exercises.bank.rnn_cell.masked_slips import SLIPS


def masked_layer(x: Array, mask: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """Take the new state where there is a real step, keep the old one where there is none."""
    h_t = h_0
    h = []
    for t in range(x.shape[1]):
        new = np.tanh(x[:, t] @ W_xh.T + h_t @ W_hh.T + b_h)
        h_t = np.where(mask[:, t, None], new, h_t)
        h.append(h_t)
    return np.stack(h, axis=1)


def _masked_arguments(rng: np.random.Generator, mask: Array, D: int, H: int) -> tuple[Array, ...]:
    B, T = mask.shape
    return (
        rng.normal(size=(B, T, D)),
        mask,
        rng.uniform(-1, 1, size=(B, H)),
        rng.normal(size=(H, D)),
        rng.normal(size=(H, H)),
        rng.normal(size=H),
    )


def _masked_probes(rng: np.random.Generator) -> list[Probe]:
    garden = (DAYS[None].copy(), np.array([[True, True, False]]), np.zeros((1, 2)), *GARDEN)
    lengths = np.array([5, 2, 4])
    right = np.arange(5) < lengths[:, None]  # (3, 5)
    holes = rng.random((4, 6)) < 0.6
    holes[0], holes[1, 2:5] = [True, False, True, True, False, True], [False, True, False]
    return [
        Probe(garden, label=EXAMPLE),
        Probe(_masked_arguments(rng, right, 4, 2), label="padding on the right"),
        Probe(_masked_arguments(rng, right[:, ::-1].copy(), 4, 2), label="padding on the left"),
        Probe(_masked_arguments(rng, holes, 3, 5), label="padding in between"),
        Probe(_masked_arguments(rng, np.array([[True, False], [True, True]]), 2, 2)),
        Probe(_masked_arguments(rng, np.ones((2, 3), dtype=bool), 4, 5), label="no padding"),
        Probe(_masked_arguments(rng, np.array([[True], [False]]), 3, 4), label="T = 1"),
    ]


def _other_padding(rng: np.random.Generator) -> list[Probe]:
    """The same sequences twice, with other numbers in the padding."""
    mask = np.arange(6) < np.array([6, 1, 3])[:, None]
    x, *rest = _masked_arguments(rng, mask, 2, 4)
    other = np.where(mask[:, :, None], x, rng.normal(size=x.shape))
    return [Probe((x, *rest)), Probe((other, *rest), label="other numbers in the padding")]


def _masked_torch(x: Array, mask: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """Torch's layer on each sequence's real steps alone, then spread out over time."""
    states = np.empty((*mask.shape, len(b_h)))
    for i in range(len(x)):
        real = x[i, mask[i]]
        seen = [h_0[i]]
        if len(real):
            seen.extend(torch_states(real[None], h_0[i : i + 1], W_xh, W_hh, b_h)[0])
        states[i] = np.array(seen)[np.cumsum(mask[i])]
    return states


def _masked_blend(x: Array, mask: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    h = np.empty((*mask.shape, len(b_h)))
    h_t = h_0
    for t in range(x.shape[1]):
        m = mask[:, t : t + 1].astype(float)
        h_t = m * np.tanh(x[:, t] @ W_xh.T + h_t @ W_hh.T + b_h) + (1 - m) * h_t
        h[:, t] = h_t
    return h


def _masked_rows(x: Array, mask: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    h_t, h = h_0.copy(), []
    for t in range(x.shape[1]):
        m = mask[:, t]
        h_t[m] = np.tanh(x[m, t] @ W_xh.T + h_t[m] @ W_hh.T + b_h)
        h.append(h_t.copy())
    return np.stack(h, axis=1)


register(
    CodeExercise(
        name="rnn.masked_layer",
        title="Sequences of different length",
        points={"values": 2, "padding": 1},
        reference=masked_layer,
        probes=_masked_probes,
        must_not_change=("h_0",),  # the lesson goes on with the same array
        oracle=_masked_torch,
        equivalents={"blend": _masked_blend, "rows": _masked_rows, "torch": _masked_torch},
        properties=[
            Property(
                "Values in the padding affect your states: two batches that differ only there give "
                "different results.",
                lambda outputs, probes: np.allclose(outputs[0], outputs[1]),
                probes=_other_padding,
                part="padding",
            )
        ],
        outputs=("h",),
        axes=("BTH",),
        mistakes=[*MISTAKES, *SLIPS],
        hints=[
            "At each step a sequence has two candidates for its state: the new one, and the one "
            "it had. The mask chooses separately for each sequence of the batch.",
            "`mask[:, t]` is (B,), the states are (B, H). Give the mask a last axis of length "
            "one, `mask[:, t, None]`, (B, 1), and it broadcasts over all H units.",
            "Take `rnn_layer`. Compute the step's result as before, under another name. Then let "
            "`h_t` be that result where the mask is True and the old `h_t` where it is False.",
            "`h_t = np.where(mask[:, t, None], new, h_t)`",
        ],
        survivors={
            "7: (:, t, None) → (:, None, t)": "t is a number, so both are the column t as (B, 1)"
        },
        solved="Now `h[:, -1]` is each sequence's last real state, wherever its padding is; for a "
        "row without a real step it is `h_0`. The encoders of lesson 09 need that state too. All "
        "their padding is at the end, so torch can stop at each row's last token.",
    )
)
