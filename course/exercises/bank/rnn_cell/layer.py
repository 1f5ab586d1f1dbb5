"""Exercises 2.3 and 2.4: build the layer, and find the bug in a colleague's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, register
from course.exercises.bank.rnn_cell.common import DAYS, GARDEN, Array, torch_states
from course.exercises.bank.rnn_cell.step import step

# --- 2.3 · Build the layer -----------------------------------------------------------------------


def layer(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """The layer: the step in a loop."""
    h_t = h_0
    h = []
    for t in range(x.shape[1]):
        h_t = step(x[:, t], h_t, W_xh, W_hh, b_h)
        h.append(h_t)
    return np.stack(h, axis=1)


def _layer_probes(rng: np.random.Generator) -> list[Probe]:
    """The garden, then layers with all sizes different, then special lengths."""
    probes = [Probe((DAYS[None].copy(), np.zeros((1, 2)), *GARDEN), label="the gardener's days")]
    for B, T, D, H, label in ((4, 5, 3, 2, ""), (2, 3, 5, 4, ""), (3, 1, 2, 5, "T = 1")):
        probes.append(
            Probe(
                (
                    rng.normal(size=(B, T, D)),
                    rng.uniform(-1, 1, size=(B, H)),
                    rng.normal(size=(H, D)),
                    rng.normal(size=(H, H)),
                    rng.normal(size=H),
                ),
                label=label,
            )
        )
    return probes


def _layer_einsum(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    states = np.empty((*x.shape[:2], len(b_h)))
    h_t = h_0.copy()
    for t in range(x.shape[1]):
        h_t[...] = np.tanh(
            np.einsum("bd,hd->bh", x[:, t], W_xh) + np.einsum("bk,hk->bh", h_t, W_hh) + b_h
        )
        states[:, t] = h_t
    return states


def _layer_copies(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    h_t, h = h_0.copy(), []
    for t in range(x.shape[1]):
        h_t[:] = np.tanh(x[:, t] @ W_xh.T + h_t @ W_hh.T + b_h)
        h.append(h_t.copy())
    return np.stack(h, axis=1)


def _still_one_array(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return given_layer(x, h_0.copy(), W_xh, W_hh, b_h)


def _still_changes_h_0(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    h_t, h = h_0, []
    for t in range(x.shape[1]):
        h_t[:] = np.tanh(x[:, t] @ W_xh.T + h_t @ W_hh.T + b_h)
        h.append(h_t.copy())
    return np.stack(h, axis=1)


def _restarts(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    h = [np.tanh(x[:, t] @ W_xh.T + h_0 @ W_hh.T + b_h) for t in range(x.shape[1])]
    return np.stack(h, axis=1)


def _too_early(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    h_t, h = h_0, []
    for t in range(x.shape[1]):
        h.append(h_t)
        h_t = np.tanh(x[:, t] @ W_xh.T + h_t @ W_hh.T + b_h)
    return np.stack(h, axis=1)


def _time_first(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return layer(x, h_0, W_xh, W_hh, b_h).transpose(1, 0, 2)


def _from_zeros(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return layer(x, np.zeros_like(h_0), W_xh, W_hh, b_h)


def _with_h_0(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return np.concatenate([h_0[:, None], layer(x, h_0, W_xh, W_hh, b_h)], axis=1)


def _with_last(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> tuple[Array, Array]:
    h = layer(x, h_0, W_xh, W_hh, b_h)
    return h, h[:, -1]


def _last_state(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return layer(x, h_0, W_xh, W_hh, b_h)[:, -1]


def _every_step_from(
    steps: Callable[[int], list[int]],
) -> Callable[[Array, Array, Array, Array, Array], Array]:
    """A wrong layer that goes through the time steps in another way."""

    def wrong(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
        return layer(x[:, steps(x.shape[1])], h_0, W_xh, W_hh, b_h)

    return wrong


def _concatenated(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    h = layer(x, h_0, W_xh, W_hh, b_h)
    return np.concatenate(list(h.transpose(1, 0, 2)), axis=1)


def _stacked_last(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return layer(x, h_0, W_xh, W_hh, b_h).transpose(0, 2, 1)


def _no_tanh_layer(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    h_t, h = h_0, []
    for t in range(x.shape[1]):
        h_t = x[:, t] @ W_xh.T + h_t @ W_hh.T + b_h
        h.append(h_t)
    return np.stack(h, axis=1)


def _turned_layer(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return layer(x, h_0, W_xh, W_hh.T, b_h)


def _no_bias_layer(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return layer(x, h_0, W_xh, W_hh, np.zeros_like(b_h))


def _batch_as_time(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    h_t, h = h_0, []
    for t in range(x.shape[0]):
        h_t = step(x[:, t], h_t, W_xh, W_hh, b_h)
        h.append(h_t)
    return np.stack(h, axis=1)


def _rows_as_time(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    h_t, h = h_0, []
    for x_t in x:
        h_t = step(x_t, h_t, W_xh, W_hh, b_h)
        h.append(h_t)
    return np.stack(h, axis=1)


register(
    CodeExercise(
        name="rnn.layer",
        title="Build the layer",
        points=2,
        package="rnn.rnn_layer",
        reference=layer,
        also_mutate=(step,),
        probes=_layer_probes,
        oracle=torch_states,
        equivalents={"torch": torch_states, "einsum": _layer_einsum, "copies": _layer_copies},
        outputs=("h",),
        axes=("BTH",),
        mistakes=[
            Mistake(
                "restarts",
                "Every step starts from `h_0` again, so nothing is carried from one step to the "
                "next. Each step needs the state that the step before it returned.",
                _restarts,
            ),
            Mistake(
                "too_early",
                "You keep the state before each step: yours are h_0 to h_{T−1}. The layer returns "
                "h_1 to h_T, so append after the update.",
                _too_early,
            ),
            Mistake(
                "time_first",
                "Your result is time-first, (T, B, H), because stacking a list puts time first. "
                "Stack along a new axis 1: `np.stack(…, axis=1)`.",
                _time_first,
            ),
            Mistake(
                "stacked_last",
                "Your result is (B, H, T). Time comes second: stack along axis 1.",
                _stacked_last,
            ),
            Mistake(
                "concatenated",
                "`np.concatenate` joins the states along an existing axis, which gives (B, T · "
                "H). `np.stack` makes a new axis.",
                _concatenated,
            ),
            Mistake(
                "last_state",
                "You return only the last state, (B, H). Return all T states.",
                _last_state,
            ),
            Mistake(
                "from_zeros",
                "You start from zeros instead of `h_0`. For the gardener that is the same; in "
                "general it is not.",
                _from_zeros,
            ),
            Mistake(
                "with_h_0",
                "Your result begins with `h_0`, so it holds T + 1 states. The layer returns h_1 to "
                "h_T.",
                _with_h_0,
            ),
            Mistake(
                "with_last",
                "You return two things, all states and the last one, as torch does. Return only "
                "the states.",
                _with_last,
            ),
            Mistake(
                "one_array",
                "The list holds the same array T times, and each step writes over it, so every "
                "time step shows the last state. Let each step make a new array.",
                _still_one_array,
            ),
            Mistake(
                "first_input",
                "Every step reads the first input, `x[:, 0]`. Step t reads `x[:, t]`.",
                _every_step_from(lambda T: [0] * T),
            ),
            Mistake(
                "without_first",
                "Your loop leaves out the first time step. Python counts from 0.",
                _every_step_from(lambda T: list(range(1, T))),
            ),
            Mistake(
                "without_last",
                "Your loop leaves out the last time step. `range(T)` already ends at T − 1.",
                _every_step_from(lambda T: list(range(T - 1))),
            ),
            Mistake(
                "backwards",
                "You read the sequence from its end. Begin with `x[:, 0]`.",
                _every_step_from(lambda T: list(range(T))[::-1]),
            ),
            Mistake(
                "batch_as_time",
                "Your loop runs `x.shape[0]` = B times. The time steps are along the middle axis, "
                "`x.shape[1]`.",
                _batch_as_time,
            ),
            Mistake(
                "rows_as_time",
                "`for x_t in x` walks along the first axis, the batch. The time steps are along "
                "the middle one: `x[:, t]`.",
                _rows_as_time,
            ),
            Mistake(
                "no_tanh", "A tanh is missing: each step must squash the state.", _no_tanh_layer
            ),
            Mistake("turned", "`W_hh` must be transposed: `h_t @ W_hh.T`.", _turned_layer),
            Mistake("no_bias", "The bias `b_h` is missing.", _no_bias_layer),
        ],
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


# --- 2.4 · Find the bug --------------------------------------------------------------------------


def given_layer(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """The colleague's layer, as the learner finds it."""
    h_t = h_0
    h = []
    for t in range(x.shape[1]):
        h_t[:] = np.tanh(x[:, t] @ W_xh.T + h_t @ W_hh.T + b_h)
        h.append(h_t)
    return np.stack(h, axis=1)


def repaired_layer(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """The colleague's layer with a new array at each step."""
    h_t = h_0
    h = []
    for t in range(x.shape[1]):
        h_t = np.tanh(x[:, t] @ W_xh.T + h_t @ W_hh.T + b_h)
        h.append(h_t)
    return np.stack(h, axis=1)


register(
    CodeExercise(
        name="rnn.repaired_layer",
        title="Find the bug",
        points=2,
        reference=repaired_layer,
        given=given_layer,
        must_not_change=("h_0",),
        probes=_layer_probes,
        oracle=torch_states,
        equivalents={"torch": torch_states, "einsum": _layer_einsum, "copies": _layer_copies},
        outputs=("h",),
        axes=("BTH",),
        mistakes=[
            Mistake(
                "still_one_array",
                "`h_0` is safe now. But the list still holds the same array T times, and each "
                "step writes over it, so every time step shows the last state.",
                _still_one_array,
            ),
            Mistake(
                "still_changes_h_0",
                "The states are right now. But `h_t[:] = …` still writes into the array that the "
                "caller passed as `h_0`: a second call with it starts from the wrong state.",
                _still_changes_h_0,
            ),
            Mistake(
                "restarts",
                "Every step starts from `h_0` again, so nothing is carried from one step to the "
                "next. The state that a step returns is what the next step needs.",
                _restarts,
            ),
            Mistake(
                "too_early",
                "You keep the state before each step: yours are h_0 … h_{T−1}. The layer returns "
                "h_1 … h_T; append after the update.",
                _too_early,
            ),
            Mistake(
                "time_first",
                "Your result is time-first, (T, B, H). Stack along `axis=1`.",
                _time_first,
            ),
            Mistake(
                "last_state",
                "You return only the last state, (B, H). Return all T states.",
                _last_state,
            ),
            Mistake(
                "from_zeros",
                "You start from zeros, not from `h_0`. For the gardener that is the same; in "
                "general it is not.",
                _from_zeros,
            ),
            Mistake(
                "with_h_0",
                "Your result begins with `h_0`, so it holds T + 1 states. The layer returns "
                "h_1 … h_T.",
                _with_h_0,
            ),
            Mistake(
                "with_last",
                "You return two things, all states and the last one, as torch does. Return only "
                "the states.",
                _with_last,
            ),
        ],
        hints=[
            "An assignment to a name, `h_t = …`, makes the name refer to a new array. An "
            "assignment to its entries, `h_t[:] = …`, changes the array itself, for every name "
            "that refers to it.",
            "Count the arrays of shape (B, H). The result needs T different ones, and `h_0` must "
            "stay as it was. How many does the code create?",
            "Let each step make a new array and give it the name `h_t`. Then the list gets T "
            "different arrays, and `h_0` is never written to. One line changes.",
            "`h_t = np.tanh(…)` in place of `h_t[:] = np.tanh(…)`",
        ],
        solved="Writing in place saves memory but overwrites earlier states. To save memory "
        "safely, write into the result, `h[:, t] = …`, which no other code uses.",
    )
)
