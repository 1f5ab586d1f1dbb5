"""Exercise 7.4: what people write in place of the step's way back."""

from __future__ import annotations

from typing import Any

import numpy as np

from course.exercises.bank import Mistake
from course.exercises.bank.lstm.common import Answer, Array, Arrays
from helpers.lstm import LSTMStates, sigmoid


def _back(
    do: Any = lambda dh, dc, s: dh * np.tanh(s.c),
    dc: Any = lambda dh, dc_next, s: dc_next + dh * s.o * (1 - np.tanh(s.c) ** 2),
    di: Any = lambda dc, dc_next, s: dc * s.g,
    df: Any = lambda dc, dc_next, s, c_prev: dc * c_prev,
    dg: Any = lambda dc, dc_next, s: dc * s.i,
    dc_prev: Any = lambda dc, dc_next, s: dc * s.f,
    slope: Any = lambda y: y * (1 - y),
    slope_g: Any = lambda g: 1 - g**2,
    slope_o: Any = None,
    order: tuple[int, ...] = (0, 1, 2, 3),
    rest: Any = lambda da, x, h, W_x, W_h, s: (
        da @ W_x,
        da @ W_h,
        da.T @ x,
        da.T @ h,
        da.sum(axis=0),
    ),
) -> Answer:
    """The step's way back with some of its lines replaced."""

    def backward(
        dh: Array,
        dc_next: Array,
        x: Array,
        h: Array,
        c_prev: Array,
        s: LSTMStates,
        W_x: Array,
        W_h: Array,
    ) -> Arrays:
        dc_t = dc(dh, dc_next, s)
        to_o = do(dh, dc_t, s)
        to_i, to_g = di(dc_t, dc_next, s), dg(dc_t, dc_next, s)
        to_f = df(dc_t, dc_next, s, c_prev)
        at_o = (slope_o or slope)(s.o)
        sums = to_i * slope(s.i), to_f * slope(s.f), to_g * slope_g(s.g), to_o * at_o
        da = np.concatenate([sums[k] for k in order], axis=1)
        dx, dh_prev, dW_x, dW_h, db = rest(da, x, h, W_x, W_h, s)
        return dx, dh_prev, dc_prev(dc_t, dc_next, s), dW_x, dW_h, db

    return backward


RIGHT = _back()


def _returned(*order: int) -> Answer:
    """The right gradients, in another order or not all of them."""
    return lambda *args: tuple(RIGHT(*args)[k] for k in order)


CELL = [
    Mistake(
        "not_through_h",
        "`dc_t` lacks the path through this step's own hidden state: h_t = o ⊙ tanh(c_t) gives "
        "dh_t ⊙ o ⊙ (1 − tanh² c_t). Add it to `dc_next`.",
        _back(dc=lambda dh, dc_next, s: dc_next),
    ),
    Mistake(
        "only_through_h",
        "`dc_t` lacks what comes back from the step after: add `dc_next`.",
        _back(dc=lambda dh, dc_next, s: dh * s.o * (1 - np.tanh(s.c) ** 2)),
    ),
    Mistake(
        "slope_at_c",
        "In `dc_t` you took 1 − c_t² as the slope of tanh. It is 1 − tanh²(c_t).",
        _back(dc=lambda dh, dc_next, s: dc_next + dh * s.o * (1 - s.c**2)),
    ),
    Mistake(
        "slope_at_h",
        "In `dc_t` you took 1 − h_t². In an LSTM h_t is o ⊙ tanh(c_t), so the slope of tanh is "
        "1 − tanh²(c_t).",
        _back(dc=lambda dh, dc_next, s: dc_next + dh * s.o * (1 - s.h**2)),
    ),
    Mistake(
        "no_slope_at_c",
        "`dc_t` lacks the slope of the tanh in h_t = o ⊙ tanh(c_t): 1 − tanh²(c_t).",
        _back(dc=lambda dh, dc_next, s: dc_next + dh * s.o),
    ),
    Mistake(
        "no_output_gate",
        "`dc_t` lacks the output gate: the path through h_t = o ⊙ tanh(c_t) has the slope "
        "o ⊙ (1 − tanh² c_t).",
        _back(dc=lambda dh, dc_next, s: dc_next + dh * (1 - np.tanh(s.c) ** 2)),
    ),
    Mistake(
        "neither_o_nor_slope",
        "You added `dh_t` to `dc_next` as it is. On its way to c_t it passes the output gate and "
        "the slope of tanh: dh_t ⊙ o ⊙ (1 − tanh² c_t).",
        _back(dc=lambda dh, dc_next, s: dc_next + dh),
    ),
    Mistake(
        "forget_gate_again",
        "You multiplied `dc_next` by the forget gate. It has passed the gate of the step after "
        "already; this step's gate comes in only with `dc_prev`.",
        _back(dc=lambda dh, dc_next, s: dc_next * s.f + dh * s.o * (1 - np.tanh(s.c) ** 2)),
    ),
    Mistake(
        "no_forget_gate",
        "`dc_prev` lacks the forget gate: c_t = f ⊙ c_{t−1} + …, so this path's slope is f.",
        _back(dc_prev=lambda dc, dc_next, s: dc),
    ),
    Mistake(
        "only_what_came",
        "In `dc_prev` you multiplied `dc_next` by the forget gate. What came through h_t goes on "
        "to c_{t−1} as well: multiply `dc_t`.",
        _back(dc_prev=lambda dc, dc_next, s: dc_next * s.f),
    ),
    Mistake(
        "input_gate_back",
        "In `dc_prev` you multiplied by the input gate. The old cell state was multiplied by the "
        "forget gate.",
        _back(dc_prev=lambda dc, dc_next, s: dc * s.i),
    ),
]

GATES = [
    Mistake(
        "do_without_tanh",
        "`do` is wrong: h_t = o ⊙ tanh(c_t), so the slope along o is tanh(c_t), not c_t.",
        _back(do=lambda dh, dc, s: dh * s.c),
    ),
    Mistake(
        "do_from_dc",
        "`do` is wrong: the output gate feeds only into h_t, so start from `dh_t`, not `dc_t`.",
        _back(do=lambda dh, dc, s: dc * np.tanh(s.c)),
    ),
    Mistake(
        "do_from_h",
        "`do` is wrong: you multiplied by h_t, which contains o already. Multiply by tanh(c_t).",
        _back(do=lambda dh, dc, s: dh * s.h),
    ),
    Mistake(
        "df_from_the_new",
        "`df` is wrong: you multiplied by the new cell state. The forget gate multiplied the old "
        "one, `c_prev`.",
        _back(df=lambda dc, dc_next, s, c_prev: dc * s.c),
    ),
    Mistake(
        "di_dg_exchanged",
        "`di` and `dg` are exchanged. In i ⊙ g each one's slope is the other: di = dc_t ⊙ g, "
        "dg = dc_t ⊙ i.",
        _back(di=lambda dc, dc_next, s: dc * s.i, dg=lambda dc, dc_next, s: dc * s.g),
    ),
    Mistake(
        "gates_from_dc_next",
        "You started `di`, `df` and `dg` from `dc_next`. What came back through h_t reaches them "
        "too: start from `dc_t`.",
        _back(
            di=lambda dc, dc_next, s: dc_next * s.g,
            df=lambda dc, dc_next, s, c_prev: dc_next * c_prev,
            dg=lambda dc, dc_next, s: dc_next * s.i,
        ),
    ),
]

SLOPES = [
    Mistake(
        "no_slopes",
        "You left out the slopes of σ and tanh. The sums get di ⊙ i ⊙ (1 − i), …, and "
        "dg ⊙ (1 − g²).",
        _back(slope=lambda y: 1, slope_g=lambda g: 1),
    ),
    Mistake(
        "no_gate_slopes",
        "You left out the slope of σ: di ⊙ i ⊙ (1 − i), and likewise for f and o.",
        _back(slope=lambda y: 1),
    ),
    Mistake(
        "no_candidate_slope",
        "`da_g` lacks the slope of tanh: multiply `dg` by 1 − g².",
        _back(slope_g=lambda g: 1),
    ),
    Mistake(
        "no_output_slope",
        "`da_o` lacks the slope of σ: multiply `do` by o ⊙ (1 − o).",
        _back(slope_o=lambda o: 1),
    ),
    Mistake(
        "tanh_slope_for_gates",
        "You took 1 − i² as the gates' slope. That is for tanh; the slope of σ is i (1 − i).",
        _back(slope=lambda y: 1 - y**2),
    ),
    Mistake(
        "sigma_slope_for_the_candidate",
        "In `da_g` you took g (1 − g), the slope of σ. The candidate went through tanh: 1 − g².",
        _back(slope_g=lambda g: g * (1 - g)),
    ),
    Mistake(
        "slopes_exchanged",
        "You exchanged the slopes. The gates went through σ, with slope i (1 − i); the candidate "
        "through tanh, with slope 1 − g².",
        _back(slope=lambda y: 1 - y**2, slope_g=lambda g: g * (1 - g)),
    ),
    Mistake(
        "half_a_slope",
        "You took 1 − i as the slope of σ. It is i (1 − i): multiply by the gate, too.",
        _back(slope=lambda y: 1 - y),
    ),
    Mistake(
        "sigma_twice",
        "Your gates' slopes apply σ again. `i`, `f` and `o` are what σ returned already: "
        "i (1 − i).",
        _back(slope=lambda y: sigmoid(y) * (1 - sigmoid(y))),
    ),
    Mistake(
        "tanh_twice",
        "In `da_g` you applied tanh to g again. `g` is what tanh returned already: 1 − g².",
        _back(slope_g=lambda g: 1 - np.tanh(g) ** 2),
    ),
]

JOINED = [
    Mistake(
        "order_ifog",
        "You joined the sums in the order i, f, o, g. The rows of `W_x` are i, f, g, o.",
        _back(order=(0, 1, 3, 2)),
    ),
    Mistake(
        "order_oifg",
        "You joined the sums with the output gate first. The rows of `W_x` are i, f, g, o.",
        _back(order=(3, 0, 1, 2)),
    ),
    Mistake(
        "order_fi",
        "You joined the sums with the forget gate first. The rows of `W_x` are i, f, g, o.",
        _back(order=(1, 0, 2, 3)),
    ),
    Mistake(
        "new_state",
        "`dW_h` is wrong: you took it with the new state. `W_h` was multiplied by `h_prev`.",
        _back(
            rest=lambda da, x, h, U, V, s: (da @ U, da @ V, da.T @ x, da.T @ s.h, da.sum(axis=0))
        ),
    ),
    Mistake(
        "weights_transposed",
        "The gradients of the weights are transposed. A gradient has the shape of its namesake: "
        "`da.T @ x_t` is (4 H, D).",
        _back(rest=lambda da, x, h, U, V, s: (da @ U, da @ V, x.T @ da, h.T @ da, da.sum(axis=0))),
    ),
    Mistake(
        "bias_not_summed",
        "`db` has a row for each sequence. The bias went into all of them: sum over axis 0.",
        _back(rest=lambda da, x, h, U, V, s: (da @ U, da @ V, da.T @ x, da.T @ h, da)),
    ),
    Mistake(
        "bias_over_units",
        "`db` is summed over the units. Sum over the batch, axis 0.",
        _back(rest=lambda da, x, h, U, V, s: (da @ U, da @ V, da.T @ x, da.T @ h, da.sum(axis=1))),
    ),
    Mistake(
        "bias_keeps_an_axis",
        "`db` is (1, 4 H). A gradient has the shape of its namesake, (4 H,): leave out `keepdims`.",
        _back(
            rest=lambda da, x, h, U, V, s: (
                da @ U,
                da @ V,
                da.T @ x,
                da.T @ h,
                da.sum(axis=0, keepdims=True),
            )
        ),
    ),
    Mistake(
        "mean",
        "You averaged the weights' gradients over the batch. The loss is a sum, so sum them.",
        _back(
            rest=lambda da, x, h, U, V, s: (
                da @ U,
                da @ V,
                da.T @ x / len(x),
                da.T @ h / len(x),
                da.mean(axis=0),
            )
        ),
    ),
]

RETURNED = [
    Mistake(
        "cell_first",
        "`dh_prev` and `dc_prev` are exchanged. Return `dx_t, dh_prev, dc_prev, dW_x, dW_h, db`.",
        _returned(0, 2, 1, 3, 4, 5),
    ),
    Mistake(
        "weights_first",
        "All six are right but in another order: `dx_t, dh_prev, dc_prev, dW_x, dW_h, db`.",
        _returned(3, 4, 5, 0, 1, 2),
    ),
    Mistake(
        "no_cell",
        "One of six is missing: return `dc_prev` as well, after `dh_prev`.",
        _returned(0, 1, 3, 4, 5),
    ),
    Mistake(
        "no_bias",
        "One of six is missing: return `db` as well, at the end.",
        _returned(0, 1, 2, 3, 4),
    ),
]

MISTAKES = [*CELL, *GATES, *SLOPES, *JOINED, *RETURNED]
