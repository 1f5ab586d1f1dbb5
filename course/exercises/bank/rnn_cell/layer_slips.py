"""Exercise 2.3: slips within a layer that is nearly right.

Weights are called U (`W_xh`), V (`W_hh`) and b (`b_h`) here.
"""

from __future__ import annotations

import numpy as np

from course.exercises.bank import Mistake
from course.exercises.bank.rnn_cell.common import Array
from course.exercises.bank.rnn_cell.layer_mistakes import looped, states
from course.exercises.bank.rnn_cell.step import step


def _last_step_missing(*args: Array) -> Array:
    h = states(*args)
    h[:, -1] = 0
    return h


def _reread(x: Array, h_0: Array, *weights: Array) -> Array:
    h_t, h = h_0, []
    for t in range(x.shape[1]):
        h.append(step(x[:, t], h_t, *weights))
        h_t = step(x[:, t], h[-1], *weights)
    return np.stack(h, axis=1)


def _reads_before_it_writes(x: Array, h_0: Array, *weights: Array) -> Array:
    h = np.zeros((*x.shape[:2], h_0.shape[1]))
    h[:, 0] = h_0
    for t in range(x.shape[1]):
        h[:, t] = step(x[:, t], h[:, t], *weights)
    return h


def _carries_the_sum(x: Array, h_0: Array, U: Array, V: Array, b: Array) -> Array:
    a_t, h = h_0, []
    for t in range(x.shape[1]):
        a_t = x[:, t] @ U.T + a_t @ V.T + b
        h.append(np.tanh(a_t))
    return np.stack(h, axis=1)


def _reshaped_input(x: Array, h_0: Array, *weights: Array) -> Array:
    B, T, D = x.shape
    return states(x.reshape(T, B, D).transpose(1, 0, 2), h_0, *weights)


_TWICE = (
    "You take each step twice: `x[:, t]` is read twice in a row. One call of the step is enough."
)

SLIPS = [
    Mistake(
        "step_dropped",
        "Every time step of your result is `h_0`: no new state reaches your list. What the step "
        "returns needs the name `h_t`.",
        lambda x, h_0, *weights: np.repeat(h_0[:, None], x.shape[1], axis=1),
    ),
    Mistake(
        "last_step_missing",
        "The last time step of your result is still 0: your loop ends one step too early. "
        "`range(T)` already ends at T − 1.",
        _last_step_missing,
    ),
    Mistake(
        "first_state_missing",
        "Your result holds T − 1 states: the first, h_1, is computed but not kept. Append it, too, "
        "or begin the loop at 0.",
        lambda *args: np.stack([*states(*args).transpose(1, 0, 2)][1:], axis=1),
    ),
    Mistake(
        "step_twice",
        _TWICE,
        looped(lambda x_t, h_t, *weights: step(x_t, step(x_t, h_t, *weights), *weights)),
    ),
    Mistake(
        "step_again",
        "You store the state after the step, but carry on the state after a second one: `x[:, t]` "
        "is read twice. Carry on the state that you store.",
        _reread,
    ),
    Mistake(
        "rounded_states",
        "You round each state, and the next step starts from the rounded one. Round only what you "
        "print.",
        looped(lambda *args: step(*args).round(4)),
    ),
    Mistake(
        "bias_twice",
        "The bias is in each sum twice. (torch's layer has two biases: set one to `b_h`, the other "
        "to zero.)",
        lambda x, h_0, U, V, b: states(x, h_0, U, V, 2 * b),
    ),
    Mistake(
        "first_sequence_alone",
        "Your result holds one sequence, the first of the batch. Every sequence needs its states: "
        "give the step `x[:, t]`, (B, D).",
        lambda x, h_0, *weights: states(x[:1], h_0[:1], *weights),
    ),
    Mistake(
        "reshaped_input",
        "`x.reshape(T, B, D)` does not swap axes: it reads the numbers in their order and mixes "
        "the sequences. Use `x[:, t]`, or `x.transpose(1, 0, 2)`.",
        _reshaped_input,
    ),
    Mistake(
        "reads_before_it_writes",
        "From the second step on, each step starts from zeros: it reads `h[:, t]` before anything "
        "is written there. The state before step t is `h[:, t - 1]`, and `h_0` at t = 0.",
        _reads_before_it_writes,
    ),
    Mistake(
        "carries_the_sum",
        "You carry on the sum before tanh. What the next step gets is the state, tanh of it.",
        _carries_the_sum,
    ),
]
