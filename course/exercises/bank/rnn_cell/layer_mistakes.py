"""Exercises 2.3 and 2.7: what people write in place of the layer.

Weights are called U (`W_xh`), V (`W_hh`) and b (`b_h`) here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import Mistake
from course.exercises.bank.rnn_cell.common import B_Y, DAYS, W_HY, Array
from course.exercises.bank.rnn_cell.step import step

Wrong = Callable[[Array, Array, Array, Array, Array], Any]


def states(x: Array, h_0: Array, *weights: Array) -> Array:
    """All states, (B, T, H), of the right layer."""
    h_t, h = h_0, []
    for t in range(x.shape[1]):
        h_t = step(x[:, t], h_t, *weights)
        h.append(h_t)
    return np.stack(h, axis=1)


def _then(change: Callable[[Array], Any]) -> Wrong:
    """The right states, put together wrongly."""
    return lambda *args: change(states(*args))


def _with(change: Callable[[Array, Array, Array, Array, Array], tuple[Array, ...]]) -> Wrong:
    """The right layer, given other arguments."""
    return lambda *args: states(*change(*args))


def looped(
    one_step: Callable[..., Array] = step,
    read: Callable[[Array, int], Array] = lambda x, t: x[:, t],
    steps: Callable[[Array], Any] = lambda x: range(x.shape[1]),
    state: Callable[[Array, Array, int], Array] = lambda h_0, h_t, t: h_t,
) -> Wrong:
    """A layer that steps, reads or passes its state on in another way."""

    def wrong(x: Array, h_0: Array, *weights: Array) -> Array:
        h_t, h = h_0, []
        for t in steps(x):
            h_t = one_step(read(x, t), state(h_0, h_t, t), *weights)
            h.append(h_t)
        return np.stack(h, axis=1)

    return wrong


def _no_tanh(x_t: Array, h_prev: Array, U: Array, V: Array, b: Array) -> Array:
    return x_t @ U.T + h_prev @ V.T + b


def _from_first_state(x: Array, h_0: Array, *weights: Array) -> Array:
    first = step(x[:, 0], h_0, *weights)
    later = [step(x[:, t], first, *weights) for t in range(1, x.shape[1])]
    return np.stack([first, *later], axis=1)


def _from_older_state(x: Array, h_0: Array, *weights: Array) -> Array:
    h = [h_0]
    for t in range(x.shape[1]):
        h.append(step(x[:, t], h[t - 1] if t else h_0, *weights))
    return np.stack(h[1:], axis=1)


def _h_0_for_h_1(x: Array, h_0: Array, *weights: Array) -> Array:
    h = np.zeros((*x.shape[:2], h_0.shape[1]))
    h[:, 0] = h_0
    for t in range(1, x.shape[1]):
        h[:, t] = step(x[:, t], h[:, t - 1], *weights)
    return h


def _sequence_after_sequence(x: Array, h_0: Array, *weights: Array) -> Array:
    B, T, D = x.shape
    return states(x.reshape(1, B * T, D), h_0[:1], *weights).reshape(B, T, -1)


def _rows_of_time(x: Array, h_0: Array, *weights: Array) -> Array:
    h = np.zeros((*x.shape[:2], h_0.shape[1]))
    for t, h_t in enumerate(states(x, h_0, *weights).transpose(1, 0, 2)):
        h[t] = h_t
    return h


def _as_wide_as_the_input(x: Array, h_0: Array, *weights: Array) -> Array:
    h = np.zeros(x.shape)
    h[:] = states(x, h_0, *weights)
    return h


def _too_early(x: Array, h_0: Array, *weights: Array) -> Array:
    return np.concatenate([h_0[:, None], states(x, h_0, *weights)[:, :-1]], axis=1)


def _extra_zeros(h: Array) -> Array:
    return np.concatenate([h, np.zeros_like(h[:, :1])], axis=1)


def _reads_too_early(*args: Array) -> Array:
    raise UnboundLocalError


def in_place(x: Array, h_0: Array, U: Array, V: Array, b: Array) -> Array:
    """Write each state into `h_0`, through slices, and keep that one array T times."""
    h_t, h = h_0[:], []
    for t in range(x.shape[1]):
        h_t[:] = step(x[:, t], h_t, U, V, b)
        h.append(h_t)
    return np.stack(h, axis=1)


def changes_h_0(x: Array, h_0: Array, *weights: Array) -> Array:
    """Return the right states, but leave the last one in `h_0`."""
    h = states(x, h_0, *weights)
    h_0[:] = h[:, -1]
    return h


def last_state_everywhere(*args: Array) -> Array:
    """The last state T times."""
    h = states(*args)
    return np.stack([h[:, -1]] * h.shape[1], axis=1)


_TIME_FIRST = (
    "Your result is time-first, (T, B, H), as a list of the states is. Stack along a "
    "new axis 1: `np.stack(…, axis=1)`."
)
_restarts = looped(state=lambda h_0, h_t, t: h_0)
_from_zeros = _with(lambda x, h_0, U, V, b: (x, np.zeros_like(h_0), U, V, b))
_turned = _with(lambda x, h_0, U, V, b: (x, h_0, U, V.T, b))
_no_bias = _with(lambda x, h_0, U, V, b: (x, h_0, U, V, 0 * b))

_ALONE = [
    Mistake(
        "restarts",
        "Every step starts from `h_0` again, so nothing is carried from one step to the next. Each "
        "step needs the state that the step before it returned.",
        _restarts,
    ),
    Mistake(
        "too_early",
        "You keep the state before each step: yours are h_0 to h_{T−1}. The layer returns h_1 to "
        "h_T: store each state after its step.",
        _too_early,
    ),
    Mistake(
        "from_zeros",
        "You start from zeros instead of `h_0`. For the gardener that is the same; in general it "
        "is not.",
        _from_zeros,
    ),
    Mistake(
        "turned",
        "`W_hh` is the wrong way round. For a batch the old state's part is `h_t @ W_hh.T`.",
        _turned,
    ),
    Mistake("no_bias", "The bias `b_h` is missing.", _no_bias),
]


def _also_time_first(mistake: Mistake) -> Mistake:
    answer = mistake.answer
    return Mistake(
        f"{mistake.tag}_time_first",
        f"Two things. {mistake.message} And your result is time-first, (T, B, H): stack along "
        "axis 1.",
        lambda *args: answer(*args).transpose(1, 0, 2),
    )


_STACKING = [
    Mistake("time_first", _TIME_FIRST, _then(lambda h: h.transpose(1, 0, 2))),
    Mistake(
        "stacked_last",
        "Your result is (B, H, T). Time comes second: stack along axis 1.",
        _then(lambda h: h.transpose(0, 2, 1)),
    ),
    Mistake(
        "all_turned",
        "Your result is (H, B, T): `.T` reverses all axes. Stack along axis 1 and leave it out.",
        _then(lambda h: h.transpose(2, 0, 1)),
    ),
    Mistake(
        "reshaped",
        "`reshape` does not swap axes: it reads the numbers in their order, and in a stacked list "
        "time comes first. Stack along axis 1: `np.stack(…, axis=1)`.",
        _then(lambda h: h.transpose(1, 0, 2).reshape(h.shape)),
    ),
    Mistake(
        "concatenated",
        "You join the states along an axis that they have, which gives (B, T · H). `np.stack` "
        "makes a new axis.",
        _then(lambda h: h.reshape(len(h), -1)),
    ),
    Mistake(
        "concatenated_rows",
        "All rows stand under one another, (T · B, H). Time needs an axis of its own: append each "
        "state as it is, then `np.stack(…, axis=1)`.",
        _then(lambda h: h.transpose(1, 0, 2).reshape(-1, h.shape[2])),
    ),
    Mistake(
        "flat",
        "Your result is one long row: `np.append` flattens what it joins. Append the states to a "
        "list and stack it at the end.",
        _then(lambda h: h.transpose(1, 0, 2).ravel()),
    ),
    Mistake(
        "last_state",
        "You return only the last state, (B, H). Return all T states.",
        _then(lambda h: h[:, -1]),
    ),
    Mistake(
        "last_state_alone",
        "Your result holds one state, the last. It needs all T: `h = []` belongs before the loop, "
        "`append` inside it.",
        _then(lambda h: h[:, -1:]),
    ),
    Mistake(
        "first_state",
        "You return only the first state, (B, H). Return all T states, after the loop.",
        _then(lambda h: h[:, 0]),
    ),
    Mistake(
        "first_state_alone",
        "Your result holds one state, the first. Does `return` stand inside the loop? It ends the "
        "function.",
        _then(lambda h: h[:, :1]),
    ),
    Mistake(
        "mean",
        "You average over time, so one state is left, (B, H). Return all T states.",
        _then(lambda h: h.mean(axis=1)),
    ),
    Mistake(
        "with_h_0",
        "Your result begins with `h_0`, so it holds T + 1 states. The layer returns h_1 to h_T.",
        lambda x, h_0, *weights: np.concatenate([h_0[:, None], states(x, h_0, *weights)], axis=1),
    ),
    Mistake(
        "last_twice",
        "The last state is in your result twice, so it holds T + 1 states. Does an `append` stand "
        "after the loop, too?",
        _then(lambda h: np.concatenate([h, h[:, -1:]], axis=1)),
    ),
    Mistake(
        "extra_zeros",
        "Your result has room for T + 1 states, and the last is left at zero. T states are wanted.",
        _then(_extra_zeros),
    ),
    Mistake(
        "with_last",
        "You return two things, all states and the last one, as torch does. Return only the "
        "states.",
        _then(lambda h: (h, h[:, -1])),
    ),
    Mistake(
        "backwards_stacked",
        "The states are right, but they stand in reverse order of time. `append` puts each one at "
        "the end.",
        _then(lambda h: h[:, ::-1]),
    ),
    Mistake(
        "all_zero",
        "Every state in your result is 0. Either nothing is written into your array, or it holds "
        "integers, which cuts the decimals off.",
        _then(np.zeros_like),
    ),
    Mistake(
        "outputs",
        "These are the outputs, computed from the states with `W_hy` and `b_y`. Return the states.",
        _then(lambda h: h @ W_HY.T + B_Y),
    ),
    Mistake(
        "a_step_axis",
        "Your result has four axes, (B, T, B, H): inputs meet the old states of all sequences. "
        "`x[:, t]`, (B, D), goes with all rows of the state, one row `x[b, t]` with one, `h_0[b]`.",
        looped(read=lambda x, t: x[:, t : t + 1]),
    ),
]

_STEPS = [
    Mistake(
        "first_input",
        "Every step reads the first input, `x[:, 0]`. Step t reads `x[:, t]`.",
        looped(read=lambda x, t: x[:, 0]),
    ),
    Mistake(
        "input_before",
        "Each step reads the input of the step before, and the first one, at `t - 1` = −1, the "
        "last input. In Python's counting step t reads `x[:, t]`.",
        looped(read=lambda x, t: x[:, t - 1]),
    ),
    Mistake(
        "first_sequence",
        "Every sequence of the batch reads the inputs of the first one. Take the inputs of all: "
        "`x[:, t]`.",
        looped(read=lambda x, t: x[0, t]),
    ),
    Mistake(
        "batch_index",
        "`x[t]` is sequence t, with all its steps. Step t of all sequences is `x[:, t]`.",
        looped(read=lambda x, t: x[t]),
    ),
    Mistake(
        "last_axis",
        "`x[:, :, t]` takes one input variable at all time steps. Time is the middle axis: "
        "`x[:, t]`, for t below `x.shape[1]`.",
        looped(read=lambda x, t: x[:, :, t], steps=lambda x: range(x.shape[2])),
    ),
    Mistake(
        "all_turned_input",
        "`np.transpose(x)` reverses all three axes, (D, T, B). To put time first, swap only the "
        "first two; or read `x[:, t]`.",
        looped(read=lambda x, t: x.T[t], steps=lambda x: range(len(x.T))),
    ),
    Mistake(
        "without_first",
        "Your loop leaves out the first time step. Python counts from 0.",
        looped(steps=lambda x: range(1, x.shape[1])),
    ),
    Mistake(
        "without_last",
        "Your loop leaves out the last time step. `range(T)` already ends at T − 1.",
        looped(steps=lambda x: range(x.shape[1] - 1)),
    ),
    Mistake(
        "backwards",
        "You read the sequence from its end. Begin with `x[:, 0]`.",
        looped(steps=lambda x: range(x.shape[1])[::-1]),
    ),
    Mistake(
        "three_steps",
        "You take three steps, as many as the gardener has days. Take as many as the sequence has: "
        "`x.shape[1]`.",
        looped(steps=lambda x: range(3)),
    ),
    Mistake(
        "gardeners_days",
        "You read the lesson's `days`. Read the argument `x`.",
        looped(read=lambda x, t: DAYS[None][:, t], steps=lambda x: range(3)),
    ),
    Mistake(
        "batch_as_time",
        "Your loop runs B times, the length of the first axis of `x`. The time steps are along the "
        "middle axis, `x.shape[1]`.",
        looped(steps=lambda x: range(len(x))),
    ),
    Mistake(
        "rows_as_time",
        "Your loop walks along the first axis of `x`, the batch. The time steps are along the "
        "middle one: `x[:, t]`.",
        looped(read=lambda x, t: x[t], steps=lambda x: range(len(x))),
    ),
    Mistake(
        "whole_x",
        "You give all time steps to one call of the step. The steps come one after another: give "
        "it `x[:, t]` and the state before, in a loop over t.",
        step,
    ),
    Mistake(
        "swapped",
        "In your step the input meets `W_hh`, and the state meets `W_xh`: two arguments are "
        "swapped. The order is `rnn_step(x_t, h_prev, W_xh, W_hh, b_h)`.",
        looped(lambda x_t, h_t, U, V, b: step(h_t, x_t, U, V, b)),
    ),
    Mistake("no_tanh", "A tanh is missing: each step must squash the state.", looped(_no_tanh)),
    Mistake(
        "twice",
        "Your states are squashed twice. `rnn_step` applies tanh already.",
        looped(lambda *args: np.tanh(step(*args))),
    ),
    Mistake(
        "adds_old",
        "You add the state before each step to the new one. The new state replaces it.",
        looped(lambda x_t, h_t, *weights: h_t + step(x_t, h_t, *weights)),
    ),
    Mistake(
        "sums",
        "Each entry of your result is added to the one before. Store each state as it is.",
        _then(lambda h: np.cumsum(h, axis=1)),
    ),
    Mistake(
        "from_first_state",
        "All later steps start from the first new state, h_1. Each step needs the state that the "
        "step just before it returned.",
        _from_first_state,
    ),
    Mistake(
        "state_too_old",
        "From the second step on, you start each step from a state that is one step too old.",
        _from_older_state,
    ),
    Mistake(
        "h_0_for_h_1",
        "You put `h_0` in the place of h_1, and the first input is never read. The first state "
        "comes from `x[:, 0]` and `h_0`.",
        _h_0_for_h_1,
    ),
    Mistake(
        "starts_from_input",
        "You start from the first input in place of the state `h_0`.",
        _with(lambda x, h_0, U, V, b: (x, x[:, 0], U, V, b)),
    ),
    Mistake(
        "gardeners_start",
        "Your first state has the gardener's two units, all zero. Start from the argument `h_0`.",
        _with(lambda x, h_0, U, V, b: (x, np.zeros((1, 2)), U, V, b)),
    ),
    Mistake(
        "sequence_after_sequence",
        "Your state runs on from one sequence into the next. Sequence b starts from its own row, "
        "`h_0[b]`.",
        _sequence_after_sequence,
    ),
    Mistake(
        "first_start",
        "Every sequence starts from `h_0[0]`. Sequence b starts from its own row, `h_0[b]`.",
        _with(lambda x, h_0, U, V, b: (x, np.repeat(h_0[:1], len(x), axis=0), U, V, b)),
    ),
    Mistake(
        "rows_of_time",
        "You store the states along the first axis, the batch: `h[t]`. Time is the middle axis: "
        "`h[:, t]`.",
        _rows_of_time,
    ),
    Mistake(
        "as_wide_as_the_input",
        "Your result has the shape of `x`, (B, T, D). The states are (B, T, H).",
        _as_wide_as_the_input,
    ),
    Mistake(
        "restarts_last_state",
        "Two things. Every step starts from `h_0` again, so nothing is carried on. And you return "
        "only the last state, (B, H); return all T.",
        lambda *args: _restarts(*args)[:, -1],
    ),
    Mistake(
        "no_bias_from_zeros",
        "Two things. You start from zeros instead of `h_0`, and the bias `b_h` is missing.",
        _with(lambda x, h_0, U, V, b: (x, 0 * h_0, U, V, 0 * b)),
    ),
    Mistake(
        "reads_too_early",
        "A line reads a variable that gets its value only later. The state needs its first value, "
        "`h_0`, before the loop.",
        _reads_too_early,
    ),
]

SHARED = [*_ALONE, *_STACKING, *_STEPS, *map(_also_time_first, _ALONE)]

LAYER_MISTAKES = [
    *SHARED,
    Mistake(
        "one_array",
        "Every time step of your result shows the last state. Either your list holds one array T "
        "times and each step writes over it, or you stack the last state T times. Keep a new array "
        "from each step.",
        last_state_everywhere,
    ),
    Mistake(
        "in_place",
        "You write each new state into `h_0` itself. So the list holds one array T times, every "
        "time step shows the last state, and the caller's `h_0` is lost. Let each step make a new "
        "array.",
        in_place,
    ),
    Mistake(
        "changes_h_0",
        "The states are right, but you write into the array that the caller passed as `h_0`: a "
        "second call with it starts from the wrong state. Let each step make a new array.",
        changes_h_0,
    ),
]
