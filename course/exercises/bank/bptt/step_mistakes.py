"""Exercise 5.3: what people write in place of the step's way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import Mistake
from course.exercises.bank.bptt.common import Array, Backward, Grads


def _step(
    slope: Callable[[Array, Array, Array], Any] = lambda dh, h_prev, h: dh * (1 - h**2),
    dx: Callable[[Array, Array, Array], Any] = lambda da, U, dh: da @ U,
    dh_prev: Callable[[Array, Array, Array], Any] = lambda da, V, dh: da @ V,
    dW_xh: Callable[[Array, Array, Array], Any] = lambda da, x, dh: da.T @ x,
    dW_hh: Callable[..., Any] = lambda da, h_prev, h, dh: da.T @ h_prev,
    db_h: Callable[[Array, Array], Any] = lambda da, dh: da.sum(axis=0),
) -> Backward:
    """The step's way back with some of its lines replaced; U is `W_xh`, V is `W_hh`."""

    def backward(dh: Array, x: Array, h_prev: Array, h: Array, U: Array, V: Array) -> Grads:
        da = slope(dh, h_prev, h)
        weights = dW_xh(da, x, dh), dW_hh(da, h_prev, h, dh), db_h(da, dh)
        return dx(da, U, dh), dh_prev(da, V, dh), *weights

    return backward


RIGHT = _step()


def _without_bias(slope: Callable[[Array], Array]) -> Backward:
    """The slope at a sum that is computed anew, without the bias, which is no argument."""

    def backward(dh: Array, x: Array, h_prev: Array, h: Array, U: Array, V: Array) -> Grads:
        at = slope(x @ U.T + h_prev @ V.T)
        return _step(slope=lambda dh, h_prev, h: dh * at)(dh, x, h_prev, h, U, V)

    return backward


def _reordered(*order: int) -> Backward:
    """The five right gradients, in another order or not all of them."""
    return lambda *args: tuple(RIGHT(*args)[i] for i in order)


_SLOPE = "`da_t` is wrong, and everything follows from it. "

SLOPES = [
    Mistake(
        "no_slope",
        f"{_SLOPE}You left out the slope of tanh: multiply `dh_t` by $1 - h_t^2$.",
        _step(slope=lambda dh, h_prev, h: dh),
    ),
    Mistake(
        "tanh_twice",
        f"{_SLOPE}`h_t` is what tanh returned already. Its slope is `1 - h_t**2`, without another "
        "tanh.",
        _step(slope=lambda dh, h_prev, h: dh * (1 - np.tanh(h) ** 2)),
    ),
    Mistake(
        "slope_of_the_sum",
        f"{_SLOPE}You took $1 - a_t^2$, with the sum that tanh was given. The slope is "
        "$1 - h_t^2$, with what tanh returned.",
        _step(slope=lambda dh, h_prev, h: dh * (1 - np.arctanh(h) ** 2)),
    ),
    Mistake(
        "slope_at_h_prev",
        f"{_SLOPE}The slope belongs to this step's tanh, so it needs `h_t`. You took it at "
        "`h_prev`.",
        _step(slope=lambda dh, h_prev, h: dh * (1 - h_prev**2)),
    ),
    Mistake(
        "sigmoids_slope",
        f"{_SLOPE}h (1 − h) is the slope of a sigmoid. That of tanh is 1 − h².",
        _step(slope=lambda dh, h_prev, h: dh * h * (1 - h)),
    ),
    Mistake(
        "no_square",
        f"{_SLOPE}You took 1 − h. The slope of tanh is 1 − h²: square `h_t`.",
        _step(slope=lambda dh, h_prev, h: dh * (1 - h)),
    ),
    Mistake(
        "plus",
        f"{_SLOPE}The slope is 1 *minus* h².",
        _step(slope=lambda dh, h_prev, h: dh * (1 + h**2)),
    ),
    Mistake(
        "brackets",
        f"{_SLOPE}`dh_t * 1 - h_t**2` multiplies first: put brackets around `1 - h_t**2`.",
        _step(slope=lambda dh, h_prev, h: dh * 1 - h**2),
    ),
    Mistake(
        "squares_the_difference",
        f"{_SLOPE}You squared the difference, (1 − h)². Square only h: 1 − h².",
        _step(slope=lambda dh, h_prev, h: dh * (1 - h) ** 2),
    ),
    Mistake(
        "slope_alone",
        f"{_SLOPE}It is the slope of tanh alone. Multiply it by `dh_t`, which came back to this "
        "step.",
        _step(slope=lambda dh, h_prev, h: 1 - h**2),
    ),
    Mistake(
        "forwards_again",
        f"{_SLOPE}You applied tanh to `dh_t`. Going back, a gradient is multiplied by the slope.",
        _step(slope=lambda dh, h_prev, h: np.tanh(dh)),
    ),
]

SLOPES += [
    Mistake(
        "sum_without_bias",
        f"{_SLOPE}You compute the sum again, without the bias, and take $1 - a_t^2$. The slope is "
        "$1 - h_t^2$, and `h_t` is an argument.",
        _without_bias(lambda a: 1 - a**2),
    ),
    Mistake(
        "state_without_bias",
        f"{_SLOPE}You compute the state again, and without the bias it is another one. Take the "
        "argument `h_t`.",
        _without_bias(lambda a: 1 - np.tanh(a) ** 2),
    ),
    Mistake(
        "divided_by_the_slope",
        f"{_SLOPE}You divided by the slope of tanh. The chain rule multiplies.",
        _step(slope=lambda dh, h_prev, h: dh / (1 - h**2)),
    ),
    Mistake(
        "slope_minus_one",
        f"{_SLOPE}Its sign is wrong: the slope is 1 − h², not h² − 1.",
        _step(slope=lambda dh, h_prev, h: dh * (h**2 - 1)),
    ),
    Mistake(
        "slope_of_dh",
        f"{_SLOPE}You squared `dh_t`. The slope of tanh needs the state: 1 − h².",
        _step(slope=lambda dh, h_prev, h: dh * (1 - dh**2)),
    ),
]

PRODUCTS = [
    Mistake(
        "columns",
        "`dh_prev` is written for a column, $W^T da$. Here each row is a sequence, so `da_t` comes "
        "first: `da_t @ W_hh`.",
        _step(dh_prev=lambda da, V, dh: V.T @ da),
    ),
    Mistake(
        "columns_outer",
        "`dW_xh` is written for columns, $da\\, x^T$. Here each row is a sequence: `da_t.T @ x_t`.",
        _step(dW_xh=lambda da, x, dh: da @ x.T),
    ),
    Mistake(
        "columns_outer_both",
        "`dW_xh` and `dW_hh` are written for columns. Here each row is a sequence: `da_t.T @ x_t` "
        "and `da_t.T @ h_prev`.",
        _step(dW_xh=lambda da, x, dh: da @ x.T, dW_hh=lambda da, h_prev, h, dh: da @ h_prev.T),
    ),
    Mistake(
        "entry_by_entry",
        "`dh_prev` is multiplied entry by entry. Each unit's sum is fed by all old states, so it "
        "takes the matrix product: `da_t @ W_hh`.",
        _step(dh_prev=lambda da, V, dh: da * np.diagonal(V)),
    ),
    Mistake(
        "transposed_way_back",
        "`dh_prev` is wrong: `W_hh` is the wrong way round. Forwards it was `h_prev @ W_hh.T`, so "
        "backwards it is `da_t @ W_hh`. Either way the shape is right, so NumPy says nothing.",
        _step(dh_prev=lambda da, V, dh: da @ V.T),
    ),
    Mistake(
        "both_transposed",
        "`W_xh` and `W_hh` are the wrong way round. Forwards they were transposed; backwards they "
        "are not: `da_t @ W_xh` and `da_t @ W_hh`.",
        _step(dx=lambda da, U, dh: da @ U.T, dh_prev=lambda da, V, dh: da @ V.T),
    ),
    Mistake(
        "input_transposed",
        "`W_xh` is the wrong way round in `dx_t`: (B, H) times (H, D) gives (B, D).",
        _step(dx=lambda da, U, dh: da @ U.T),
    ),
    Mistake(
        "new_state",
        "`dW_hh` is wrong: you took it with the new state `h_t`. `W_hh` was multiplied by "
        "`h_prev`, the state before the step.",
        _step(dW_hh=lambda da, h_prev, h, dh: da.T @ h),
    ),
    Mistake(
        "dW_hh_transposed",
        "`dW_hh` is transposed. Row j belongs to the unit that the weight leads to, so `da_t` "
        "comes first: `da_t.T @ h_prev`.",
        _step(dW_hh=lambda da, h_prev, h, dh: h_prev.T @ da),
    ),
    Mistake(
        "dW_xh_transposed",
        "`dW_xh` is transposed. A gradient has the shape of its namesake, (H, D).",
        _step(dW_xh=lambda da, x, dh: x.T @ da),
    ),
    Mistake(
        "weights_transposed",
        "Both weights' gradients are transposed. A gradient has the shape of its namesake, and "
        "`da_t` comes first: `da_t.T @ x_t`, `da_t.T @ h_prev`.",
        _step(dW_xh=lambda da, x, dh: x.T @ da, dW_hh=lambda da, h_prev, h, dh: h_prev.T @ da),
    ),
    Mistake(
        "outer",
        "`np.outer` is right for one sequence. It flattens a batch; there, `da_t.T @ x_t` sums the "
        "outer products of all sequences.",
        _step(
            dW_xh=lambda da, x, dh: np.outer(da, x),
            dW_hh=lambda da, h_prev, h, dh: np.outer(da, h_prev),
        ),
    ),
    Mistake(
        "one_per_sequence",
        "Your weights' gradients have one matrix for each sequence. All sequences share the "
        "weights: sum over the batch.",
        _step(
            dW_xh=lambda da, x, dh: np.einsum("bj,bi->bji", da, x),
            dW_hh=lambda da, h_prev, h, dh: np.einsum("bj,bk->bjk", da, h_prev),
        ),
    ),
    Mistake(
        "bias_not_summed",
        "`db_h` has a row for each sequence. The bias went into each of them, so sum over the "
        "batch: axis 0.",
        _step(db_h=lambda da, dh: da),
    ),
    Mistake(
        "bias_over_units",
        "`db_h` is summed over the units. Sum over the batch, axis 0: one number a unit is left.",
        _step(db_h=lambda da, dh: da.sum(axis=1)),
    ),
    Mistake(
        "bias_one_number",
        "`db_h` is one number. Sum over the batch only, axis 0: one number a unit is left.",
        _step(db_h=lambda da, dh: da.sum()),
    ),
    Mistake(
        "bias_keeps_an_axis",
        "`db_h` is (1, H). A gradient has the shape of its namesake, (H,): leave out `keepdims`.",
        _step(db_h=lambda da, dh: da.sum(axis=0, keepdims=True)),
    ),
    Mistake(
        "bias_from_dh",
        "`db_h` is wrong: you summed `dh_t`. The bias is inside tanh, so sum `da_t`.",
        _step(db_h=lambda da, dh: dh.sum(axis=0)),
    ),
    Mistake(
        "mean",
        "You averaged the weights' and the bias's gradients over the batch. The loss is a sum, so "
        "they are summed.",
        _step(
            dW_xh=lambda da, x, dh: da.T @ x / len(x),
            dW_hh=lambda da, h_prev, h, dh: da.T @ h_prev / len(da),
            db_h=lambda da, dh: da.mean(axis=0),
        ),
    ),
    Mistake(
        "bias_mean",
        "You averaged `db_h` over the batch. The loss is a sum, so it is summed.",
        _step(db_h=lambda da, dh: da.mean(axis=0)),
    ),
]

TAKEN_FROM_DH = [
    Mistake(
        "dx_from_dh",
        "`dx_t` is wrong: you started from `dh_t`. An input's path goes through tanh, so start "
        "from `da_t`.",
        _step(dx=lambda da, U, dh: dh @ U),
    ),
    Mistake(
        "dh_prev_from_dh",
        "`dh_prev` is wrong: you started from `dh_t`. The path goes through tanh first, so start "
        "from `da_t`.",
        _step(dh_prev=lambda da, V, dh: dh @ V),
    ),
    Mistake(
        "past_tanh",
        "`dh_prev` has `dh_t` in it as it is. In this cell the old state reaches the new one only "
        "through `W_hh` and tanh.",
        _step(dh_prev=lambda da, V, dh: da @ V + dh),
    ),
    Mistake(
        "slope_again",
        "`dh_prev` has `dh_t` times the slope only. The path also goes through `W_hh`.",
        _step(dh_prev=lambda da, V, dh: da),
    ),
    Mistake(
        "dW_xh_from_dh",
        "`dW_xh` is wrong: you started from `dh_t`. The weight is inside tanh, so start from "
        "`da_t`.",
        _step(dW_xh=lambda da, x, dh: dh.T @ x),
    ),
    Mistake(
        "dW_hh_from_dh",
        "`dW_hh` is wrong: you started from `dh_t`. The weight is inside tanh, so start from "
        "`da_t`.",
        _step(dW_hh=lambda da, h_prev, h, dh: dh.T @ h_prev),
    ),
    Mistake(
        "weights_from_dh",
        "`dW_xh`, `dW_hh` and `db_h` are wrong: you started from `dh_t`. Weights and bias are "
        "inside tanh, so start from `da_t`.",
        _step(
            dW_xh=lambda da, x, dh: dh.T @ x,
            dW_hh=lambda da, h_prev, h, dh: dh.T @ h_prev,
            db_h=lambda da, dh: dh.sum(axis=0),
        ),
    ),
]

RETURNED = [
    Mistake(
        "weights_first",
        "The five gradients are right but in another order. Return "
        "`dx_t, dh_prev, dW_xh, dW_hh, db_h`.",
        _reordered(2, 3, 4, 0, 1),
    ),
    Mistake(
        "state_first",
        "`dx_t` and `dh_prev` are exchanged. Return `dx_t` first.",
        _reordered(1, 0, 2, 3, 4),
    ),
    Mistake(
        "weights_exchanged",
        "`dW_xh` and `dW_hh` are exchanged. Return `dW_xh` first.",
        _reordered(0, 1, 3, 2, 4),
    ),
    Mistake(
        "weights_before_the_state",
        "`dh_prev` and `dW_xh` are exchanged. Return `dh_prev` before the weights.",
        _reordered(0, 2, 1, 3, 4),
    ),
    Mistake(
        "no_bias",
        "One of five is missing: return `db_h` as well, at the end.",
        _reordered(0, 1, 2, 3),
    ),
    Mistake(
        "da_too",
        "You return `da_t` as well. Return the other five.",
        lambda dh, x, h_prev, h, U, V: (dh * (1 - h**2), *RIGHT(dh, x, h_prev, h, U, V)),
    ),
]

MISTAKES = [*SLOPES, *PRODUCTS, *TAKEN_FROM_DH, *RETURNED]
