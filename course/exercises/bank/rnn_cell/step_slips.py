"""Exercise 2.2: slips within a step that is nearly right.

Weights are called U (`W_xh`), V (`W_hh`) and b (`b_h`) here.
"""

from __future__ import annotations

import numpy as np

from course.exercises.bank import Mistake
from course.exercises.bank.rnn_cell.common import Array
from course.exercises.bank.rnn_cell.step_products import summed


def _total_of_the_sequence(x: Array, h: Array, U: Array, V: Array, b: Array) -> Array:
    """The running sum begins anew for each sequence, but not for each unit."""
    return np.tanh(np.cumsum(x @ U.T + h @ V.T + b, axis=1))


def _total_in_the_bias(x: Array, h: Array, U: Array, V: Array, b: Array) -> Array:
    rows = []
    for row, old in zip(x, h, strict=True):
        b += U @ row + V @ old
        rows.append(np.tanh(b))
    return np.array(rows)


def _first_total_in_the_bias(x: Array, h: Array, U: Array, V: Array, b: Array) -> Array:
    b += U @ x[0] + V @ h[0]
    return np.tanh(b)[None]


def _reads_new_units(x: Array, h: Array, U: Array, V: Array, b: Array) -> Array:
    result = h.copy()
    for row in range(len(x)):
        for j in range(len(b)):
            result[row, j] = np.tanh(U[j] @ x[row] + V[j] @ result[row] + b[j])
    return result


def _batch_as_time(x: Array, h: Array, U: Array, V: Array, b: Array) -> Array:
    state, rows = h[0], []
    for row in x:
        state = np.tanh(U @ row + V @ state + b)
        rows.append(state)
    return np.array(rows)


_RESETS = "In your loops, `=` stands where `+=` is needed: each term of the sum over the "

SLIPS = [
    Mistake(
        "star_of_the_state",
        "`h_prev * W_hh.T` multiplies entry by entry. The matrix product is `h_prev @ W_hh.T`.",
        summed(lambda x, h, U, V, b: x @ U.T + h * V.T + b),
    ),
    Mistake(
        "tanh_of_state_and_bias",
        "You squash the old state's part and the bias, but not the input's part. Apply tanh to "
        "the whole sum.",
        lambda x, h, U, V, b: x @ U.T + np.tanh(h @ V.T + b),
    ),
    Mistake(
        "tanh_of_input_and_bias",
        "You squash the input's part and the bias, but not the old state's part. Apply tanh to "
        "the whole sum.",
        lambda x, h, U, V, b: np.tanh(x @ U.T + b) + h @ V.T,
    ),
    Mistake(
        "tanh_each_and_again",
        "You squash each product, and then their sum as well. Add everything up, then apply tanh "
        "once.",
        summed(lambda x, h, U, V, b: np.tanh(x @ U.T) + np.tanh(h @ V.T) + b),
    ),
    Mistake(
        "input_for_the_state",
        "Your second product starts from the input's part. `W_hh` multiplies the old state: "
        "`h_prev @ W_hh.T`.",
        summed(lambda x, h, U, V, b: x @ U.T + x @ U.T @ V.T + b),
    ),
    Mistake(
        "bias_through_W_hh",
        "The bias goes through `W_hh` in your function. Add it after the product: "
        "`h_prev @ W_hh.T + b_h`.",
        summed(lambda x, h, U, V, b: x @ U.T + (h + b) @ V.T),
    ),
    Mistake(
        "total_of_the_sequence",
        "Your sum goes on from one unit to the next. It must begin anew for each unit, inside the "
        "loop over the units.",
        _total_of_the_sequence,
    ),
    Mistake(
        "last_input_alone",
        f"{_RESETS}inputs replaces what was there, the bias too, so only the last input is left.",
        summed(lambda x, h, U, V, b: x[:, -1:] * U[:, -1] + h @ V.T),
    ),
    Mistake(
        "last_unit_alone",
        f"{_RESETS}old state replaces what was there, so only the term of the last unit is left.",
        summed(lambda x, h, U, V, b: h[:, -1:] * V[:, -1]),
    ),
    Mistake(
        "bias_for_each_input",
        "Your sum takes the bias once for each input: it stands inside the loop over the inputs. "
        "It belongs in the sum once.",
        summed(lambda x, h, U, V, b: x @ U.T + h @ V.T + x.shape[1] * b),
    ),
    Mistake(
        "first_sequence_everywhere",
        "Every row of your result is that of the first sequence. Row b needs `x_t[b]` and "
        "`h_prev[b]`.",
        summed(lambda x, h, U, V, b: np.repeat(x[:1] @ U.T + h[:1] @ V.T + b, len(x), axis=0)),
    ),
    Mistake(
        "total_in_the_bias",
        "You add to `b_h` itself: `total = b_h` makes no copy, so `+=` changes the bias, and what "
        "one sequence adds stays in the sum of the next. Begin with `b_h.copy()`.",
        _total_in_the_bias,
    ),
    Mistake(
        "first_total_in_the_bias",
        "Two things. Your result has one row, that of the first sequence; every row of `x_t` needs "
        "one. And you add to `b_h` itself: `+=` changes the caller's bias.",
        _first_total_in_the_bias,
    ),
    Mistake(
        "reads_new_units",
        "Later units of the same step read the new values of earlier ones. All units read the old "
        "state, `h_prev`: write the new values into an array of their own.",
        _reads_new_units,
    ),
    Mistake(
        "batch_as_time",
        "Your state runs on from one sequence of the batch to the next. Row b starts from its own "
        "old state, `h_prev[b]`.",
        _batch_as_time,
    ),
]
