"""Exercise 2.2: wrong products, lost sequences and wrong loops in place of the step.

Weights are called U (`W_xh`), V (`W_hh`) and b (`b_h`) here. A product that does not fit stops the
function on most probes; where the sizes are equal its numbers tell it from the others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import Mistake
from course.exercises.bank.rnn_cell.common import Array

Wrong = Callable[[Array, Array, Array, Array, Array], Any]


def summed(change: Callable[[Array, Array, Array, Array, Array], Array]) -> Wrong:
    """A step that squashes another sum."""
    return lambda x, h, U, V, b: np.tanh(change(x, h, U, V, b))


def _only(rows: int | None, units: int | None) -> Wrong:
    """A loop that returns too early: all other entries stay zero."""

    def wrong(x: Array, h: Array, U: Array, V: Array, b: Array) -> Array:
        result = np.zeros_like(h)
        result[:rows, :units] = np.tanh(x @ U.T + h @ V.T + b)[:rows, :units]
        return result

    return wrong


def _loops(
    from_input: Callable[[Array, Array, int, int, int], Any] = lambda x, U, b, j, i: (
        U[j, i] * x[b, i]
    ),
    from_state: Callable[[Array, Array, int, int, int], Any] = lambda h, V, b, j, k: (
        V[j, k] * h[b, k]
    ),
    inputs: Callable[[Array], Any] = lambda x: range(x.shape[1]),
    fresh: bool = True,
    squash_inside: bool = False,
) -> Wrong:
    """A step written as loops over sequences, units and what reaches them."""

    def wrong(x: Array, h: Array, U: Array, V: Array, bias: Array) -> Array:
        result, total = np.zeros_like(h), 0.0
        for b in range(len(h)):
            for j in range(h.shape[1]):
                total = bias[j] if fresh else total + bias[j]
                for i in inputs(x):
                    total = total + from_input(x, U, b, j, i)
                for k in range(h.shape[1]):
                    total = total + from_state(h, V, b, j, k)
                    total = np.tanh(total) if squash_inside else total
                result[b, j] = total if squash_inside else np.tanh(total)
        return result

    return wrong


def _gardeners_sizes(x: Array, h: Array, U: Array, V: Array, b: Array) -> Array:
    result = np.zeros((len(x), 2))
    for row in range(len(x)):
        for j in range(2):
            from_input = sum(U[j, i] * x[row, i] for i in range(4))
            from_state = sum(V[j, k] * h[row, k] for k in range(2))
            result[row, j] = np.tanh(b[j] + from_input + from_state)
    return result


def _in_place(x: Array, h: Array, U: Array, V: Array, b: Array) -> Array:
    h[:] = np.tanh(x @ U.T + h @ V.T + b)
    return h


def _in_place_units(x: Array, h: Array, U: Array, V: Array, b: Array) -> Array:
    for row in range(len(x)):
        for j in range(len(b)):
            h[row, j] = np.tanh(U[j] @ x[row] + V[j] @ h[row] + b[j])
    return h


TURNED = (
    "`W_hh` is the wrong way round: unit j gets the weights that lead *out of* it. A batch needs "
    "`h_prev @ W_hh.T`, a loop `W_hh[j, k] * h_prev[b, k]`. Either way round the shape is (H, H), "
    "so NumPy raises no error."
)

PRODUCTS = [
    Mistake(
        "untransposed",
        "Both weight matrices are the wrong way round. (B, D) times (H, D) does not fit, but "
        "(B, D) times (D, H) does: use `W_xh.T` and, in the same way, `W_hh.T`.",
        summed(lambda x, h, U, V, b: x @ U + h @ V + b),
    ),
    Mistake(
        "untransposed_einsum",
        "In `einsum` the letters name the axes in their order. Both weight matrices have the new "
        "unit first: `W_xh` is hd, `W_hh` is hk.",
        summed(
            lambda x, h, U, V, b: np.einsum("bd,dh->bh", x, U) + np.einsum("bk,kh->bh", h, V) + b
        ),
    ),
    Mistake(
        "input_untransposed",
        "`W_xh` is the wrong way round. It is (H, D), a row for each unit: a batch needs "
        "`x_t @ W_xh.T`, a single sequence x needs `W_xh @ x`.",
        summed(lambda x, h, U, V, b: x @ U + h @ V.T + b),
    ),
    Mistake(
        "input_reshaped",
        "`reshape` keeps the numbers in their old order. To swap the two axes of `W_xh`, "
        "transpose it: `W_xh.T`.",
        summed(lambda x, h, U, V, b: x @ U.reshape(U.shape[::-1]) + h @ V.T + b),
    ),
    Mistake(
        "input_reshaped_and_turned",
        "`reshape` keeps the numbers in their old order, so it transposes neither `W_xh` nor "
        "`W_hh`. Use `W_xh.T` and `W_hh.T`.",
        summed(lambda x, h, U, V, b: x @ U.reshape(U.shape[::-1]) + h @ V + b),
    ),
    Mistake(
        "swapped",
        "`x_t` meets `W_hh` in your function, and `h_prev` meets `W_xh`. Either the weights are "
        "swapped in the products, or `x_t` and `h_prev` are swapped somewhere.",
        summed(lambda x, h, U, V, b: x @ V.T + h @ U.T + b),
    ),
    Mistake(
        "one_W",
        "You use `W_xh` for both products. `h_prev` has weights of its own, `W_hh`.",
        summed(lambda x, h, U, V, b: x @ U.T + h @ U.T + b),
    ),
    Mistake(
        "joined_wrongly",
        "You join `x_t` and `h_prev` in one order and `W_xh` and `W_hh` in the other. The two "
        "orders must agree.",
        summed(lambda x, h, U, V, b: np.hstack([h, x]) @ np.hstack([U, V]).T + b),
    ),
    Mistake(
        "matrix_first",
        "`W_xh @ x_t` is right for one sequence. In a batch the sequences are rows, so the data "
        "come first: `x_t @ …`, (B, D) times (D, H).",
        summed(lambda x, h, U, V, b: U @ x + V @ h + b),
    ),
    Mistake(
        "turned_matrix_first",
        "In a batch the sequences are rows, so the data come first: `x_t @ W_xh.T`, (B, D) times "
        "(D, H), and `h_prev @ W_hh.T`.",
        summed(lambda x, h, U, V, b: U.T @ x + V.T @ h + b),
    ),
    Mistake(
        "half_columns",
        "Your first product is (H, B), and the second does not fit. In a batch the sequences are "
        "rows, so the data come first in both: `x_t @ …` and `h_prev @ …`.",
        summed(lambda x, h, U, V, b: U @ x.T + V @ h + b),
    ),
    Mistake(
        "state_matrix_first",
        "`W_hh @ h_prev` is right for one sequence. In a batch write the second product as you "
        "wrote the first, with the data first: `h_prev @ …`.",
        summed(lambda x, h, U, V, b: x @ U.T + V @ h + b),
    ),
    Mistake(
        "state_turned",
        "`(h_prev.T @ W_hh).T` does not fit. Write the second product as you wrote the first: "
        "`h_prev @ W_hh.T`.",
        summed(lambda x, h, U, V, b: x @ U.T + (h.T @ V).T + b),
    ),
    Mistake(
        "columns_bias",
        "Your products are (H, B): the sequences are columns, so the bias (H,) does not fit. In "
        "the course they are rows: write `x_t` and `h_prev` first in the products.",
        summed(lambda x, h, U, V, b: U @ x.T + V @ h.T + b),
    ),
    Mistake(
        "columns",
        "The numbers are right, but your result is (H, B): its columns are the sequences. In the "
        "course they are rows. Is there a `.T` too many at the end, or one missing?",
        lambda x, h, U, V, b: np.tanh(x @ U.T + h @ V.T + b).T,
    ),
    Mistake(
        "turned_columns",
        f"Two things. Your result is (H, B); in the course it is (B, H). {TURNED}",
        lambda x, h, U, V, b: np.tanh(x @ U.T + h @ V + b).T,
    ),
    Mistake(
        "bias_down",
        "Your bias is spread along the wrong axis: entry j must reach unit j. `b_h`, (H,), does "
        "that by itself where the sum is (B, H), not where it is (H, B).",
        summed(lambda x, h, U, V, b: x @ U.T + h @ V.T + b[:, None]),
    ),
    Mistake(
        "star",
        "`*` multiplies entry by entry. A matrix product is `@`.",
        summed(lambda x, h, U, V, b: x * U + h * V + b),
    ),
    Mistake(
        "star_transposed",
        "`*` multiplies entry by entry. A matrix product is `@`; with it your transposes fit.",
        summed(lambda x, h, U, V, b: x * U.T + h * V.T + b),
    ),
    Mistake(
        "star_of_state",
        "`W_hh * h_prev[b]` multiplies entry by entry. The matrix product is `W_hh @ h_prev[b]`.",
        lambda x, h, U, V, b: np.array(
            [np.tanh(U @ row + V * old + b) for row, old in zip(x, h, strict=True)]
        ),
    ),
]

BATCH = [
    Mistake(
        "first_row",
        "You use only the first sequence in the batch. Every row of `x_t` needs a row in the "
        "result.",
        lambda x, h, U, V, b: np.tanh(U @ x[0] + V @ h[0] + b),
    ),
    Mistake(
        "first_row_alone",
        "Your result has one row, that of the first sequence. Every row of `x_t` needs a row in "
        "the result.",
        lambda x, h, U, V, b: np.tanh(x[:1] @ U.T + h[:1] @ V.T + b),
    ),
    Mistake(
        "returns_in_batch_loop",
        "Only the first row is computed; all others are still 0. Does `return` stand inside the "
        "loop over the sequences? It ends the function.",
        _only(1, None),
    ),
    Mistake(
        "returns_in_unit_loop",
        "Only the first entry is computed; all others are still 0. Does `return` stand inside a "
        "loop? It ends the function.",
        _only(1, 1),
    ),
    Mistake(
        "first_old_state",
        "Every sequence gets the old state of the first one, `h_prev[0]`. Row b needs `h_prev[b]`.",
        summed(lambda x, h, U, V, b: x @ U.T + h[0] @ V.T + b),
    ),
    Mistake(
        "first_input",
        "Every sequence gets the input of the first one, `x_t[0]`. Row b needs `x_t[b]`.",
        summed(lambda x, h, U, V, b: x[0] @ U.T + h @ V.T + b),
    ),
    Mistake(
        "batch_summed",
        "Your products add up the sequences of the batch. Each row of the result belongs to one "
        "sequence: keep the batch axis, in `einsum` the letter b after the arrow.",
        summed(lambda x, h, U, V, b: x.sum(axis=0) @ U.T + h.sum(axis=0) @ V.T + b),
    ),
    Mistake(
        "batch_mean",
        "You average over the sequences of the batch. Return a row for each of them.",
        lambda x, h, U, V, b: np.tanh(x @ U.T + h @ V.T + b).mean(axis=0),
    ),
    Mistake(
        "carries_on",
        "Your sum goes on from one unit to the next. It must begin anew for each unit of each "
        "sequence.",
        _loops(fresh=False),
    ),
    Mistake(
        "tanh_inside",
        "Your tanh stands inside the loop over the old state, so it is applied after each term. "
        "Squash once, when the sum is complete.",
        _loops(squash_inside=True),
    ),
    Mistake(
        "gardeners_sizes",
        "A size of the gardener's cell, 2 units or 4 inputs, is written into your function. Other "
        "cells have other sizes: take them from the arrays, H and D from `W_xh.shape`.",
        _gardeners_sizes,
    ),
    Mistake(
        "input_index",
        "`W_xh` is (H, D): the unit comes first. For unit j and input i that is `W_xh[j, i]`.",
        _loops(from_input=lambda x, U, b, j, i: U[i, j] * x[b, i]),
    ),
    Mistake(
        "old_row",
        "One index of `h_prev` is missing: `h_prev[k]` is a whole row, that of sequence k. For "
        "sequence b and unit k write `h_prev[b, k]`.",
        _loops(from_state=lambda h, V, b, j, k: V[j, k] * h[k]),
    ),
    Mistake(
        "inputs_from_1",
        "Your sum leaves out the first input, the one with index 0.",
        _loops(inputs=lambda x: range(1, x.shape[1])),
    ),
    Mistake(
        "inputs_to_the_last",
        "Your sum leaves out the last input. `range(D)` already ends at D − 1.",
        _loops(inputs=lambda x: range(x.shape[1] - 1)),
    ),
    Mistake(
        "inputs_as_batch",
        "Your loop over the inputs runs B times, `len(x_t)`. There are D of them, `x_t.shape[1]`.",
        _loops(inputs=lambda x: range(len(x))),
    ),
    Mistake(
        "gardeners_state",
        "Your old state is always the lesson's `h_0`, (0, 0). Use the argument `h_prev`.",
        summed(lambda x, h, U, V, b: x @ U.T + np.zeros(2) @ V.T + b),
    ),
    Mistake(
        "in_place",
        "The numbers are right, but you write them into `h_prev`. The caller needs it again: in a "
        "layer, all time steps would share this one array. Make a new array.",
        _in_place,
    ),
    Mistake(
        "in_place_units",
        "You write the new state into `h_prev`, so later units of the same step already read new "
        "values. Make a new array for the result.",
        _in_place_units,
    ),
]
