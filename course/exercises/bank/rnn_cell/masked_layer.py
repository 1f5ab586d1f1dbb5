"""Exercise 2.5: sequences of different length."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, Property, register
from course.exercises.bank.rnn_cell.common import DAYS, GARDEN, Array, torch_states
from course.exercises.bank.rnn_cell.layer import layer


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
        Probe(garden, label="the gardener's days"),
        Probe(_masked_arguments(rng, right, 4, 2), label="padding on the right"),
        Probe(_masked_arguments(rng, right[:, ::-1].copy(), 4, 2), label="padding on the left"),
        Probe(_masked_arguments(rng, holes, 3, 5), label="padding in between"),
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


def _masked_with(choose: Callable[..., tuple[Array, Array]]) -> Callable[..., Array]:
    """A layer that goes wrong at `choose(m, new, old, shown before) -> (state, shown)`."""

    def layer(x: Array, mask: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
        h_t, shown, h = h_0, h_0, []
        for t in range(x.shape[1]):
            new = np.tanh(x[:, t] @ W_xh.T + h_t @ W_hh.T + b_h)
            h_t, shown = choose(mask[:, t, None], new, h_t, shown)
            h.append(shown)
        return np.stack(h, axis=1)

    return layer


def _chosen(mask: Array, where_true: Array, where_false: Array) -> Array:
    return np.asarray(np.where(mask, where_true, where_false))


def _both(state: Array) -> tuple[Array, Array]:
    return state, state


def _masked_inputs(
    x: Array, mask: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array
) -> Array:
    return layer(x * mask[:, :, None], h_0, W_xh, W_hh, b_h)


def _masked_length(
    x: Array, mask: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array
) -> Array:
    lengths = mask.sum(axis=1)[:, None]
    return masked_layer(x, np.arange(x.shape[1]) < lengths, h_0, W_xh, W_hh, b_h)


def _masked_back_to_start(
    x: Array, mask: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array
) -> Array:
    h_t, h = h_0, []
    for t in range(x.shape[1]):
        new = np.tanh(x[:, t] @ W_xh.T + h_t @ W_hh.T + b_h)
        h_t = _chosen(mask[:, t, None], new, h_0)
        h.append(h_t)
    return np.stack(h, axis=1)


def _masked_one_array(
    x: Array, mask: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array
) -> Array:
    h_t, h = h_0.copy(), []
    for t in range(x.shape[1]):
        m = mask[:, t]
        h_t[m] = np.tanh(x[m, t] @ W_xh.T + h_t[m] @ W_hh.T + b_h)
        h.append(h_t)
    return np.stack(h, axis=1)


def _masked_time_first(*args: Array) -> Array:
    return masked_layer(*args).transpose(1, 0, 2)


register(
    CodeExercise(
        name="rnn.masked_layer",
        title="Sequences of different length",
        points={"values": 2, "padding": 1},
        reference=masked_layer,
        probes=_masked_probes,
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
        mistakes=[
            Mistake(
                "ignores_mask",
                "Your layer does not look at the mask: the state moves on through the padding.",
                _masked_with(lambda m, new, old, shown: _both(new)),
            ),
            Mistake(
                "zero_state",
                "Where the mask is False you set the state to zero, so the past is lost. The "
                "state must stay as it was.",
                _masked_with(lambda m, new, old, shown: _both(new * m)),
            ),
            Mistake(
                "zero_output",
                "You hide the padded states, but inside the layer the state still moves on. The "
                "next real step then starts from the wrong state, and padding at the end makes "
                "the last state zero.",
                _masked_with(lambda m, new, old, shown: (new, new * m)),
            ),
            Mistake(
                "masks_the_input",
                "You set the padded inputs to zero. That does not stop the state: `W_hh` and "
                "`b_h` still change it when the input is zero.",
                _masked_inputs,
            ),
            Mistake(
                "shows_the_old",
                "You return a frozen state but pass the updated one on. This gives wrong results "
                "when padding comes first or in between.",
                _masked_with(lambda m, new, old, shown: (new, _chosen(m, new, shown))),
            ),
            Mistake(
                "inverted",
                "The mask is the wrong way round: True means a real step.",
                _masked_with(lambda m, new, old, shown: _both(_chosen(m, old, new))),
            ),
            Mistake(
                "all_or_none",
                "You freeze all sequences as soon as one of them is padded. Each row of the batch "
                "needs its own decision; `np.where` chooses for each row.",
                _masked_with(lambda m, new, old, shown: _both(new if m.all() else old)),
            ),
            Mistake(
                "any",
                "As soon as one sequence has a real step, all of them move on. Each row of the "
                "batch needs its own decision; `np.where` chooses for each row.",
                _masked_with(lambda m, new, old, shown: _both(new if m.any() else old)),
            ),
            Mistake(
                "length",
                "You treat the mask as a length. That works only when all padding is at the end.",
                _masked_length,
            ),
            Mistake(
                "back_to_start",
                "Where the mask is False you go back to `h_0`. The state must stay as it was one "
                "step before.",
                _masked_back_to_start,
            ),
            Mistake(
                "stores_the_new",
                "The state that you carry on is right. But you store the new state, computed from "
                "padding; append after `np.where`.",
                _masked_with(lambda m, new, old, shown: (_chosen(m, new, old), new)),
            ),
            Mistake(
                "one_array",
                "You write into one array and store it T times, so every time step shows the last "
                "state (Exercise 2.4).",
                _masked_one_array,
            ),
            Mistake(
                "time_first",
                "Your result is time-first, (T, B, H). Stack along `axis=1`.",
                _masked_time_first,
            ),
        ],
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
        "their padding is at the end, so they pick it by its index.",
    )
)
