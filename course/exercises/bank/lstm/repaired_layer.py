"""Exercise 7.3: find the bugs in a colleague's layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from course.exercises.bank.lstm.common import Answer, Array, by_torch, weights
from helpers.lstm import sigmoid


def given_layer(
    x: Array, h_0: Array, c_0: Array, W_x: Array, W_h: Array, b: Array
) -> tuple[Array, Array]:
    """The colleague's layer, as the learner finds it."""
    h_t, c_t, h = h_0, c_0, []
    for t in range(x.shape[1]):
        a = x[:, t] @ W_x.T + h_t @ W_h.T + b
        i, f, o, g = np.split(a, 4, axis=1)
        c_t = sigmoid(f) * c_0 + sigmoid(i) * np.tanh(g)
        h_t = sigmoid(o) * c_t
        h.append(h_t)
    return np.stack(h, axis=1), c_t


def repaired_layer(
    x: Array, h_0: Array, c_0: Array, W_x: Array, W_h: Array, b: Array
) -> tuple[Array, Array]:
    """The layer with torch's order, the cell state handed on, and tanh in front of the output."""
    h_t, c_t, h = h_0, c_0, []
    for t in range(x.shape[1]):
        a = x[:, t] @ W_x.T + h_t @ W_h.T + b
        i, f, g, o = np.split(a, 4, axis=1)
        c_t = sigmoid(f) * c_t + sigmoid(i) * np.tanh(g)
        h_t = sigmoid(o) * np.tanh(c_t)
        h.append(h_t)
    return np.stack(h, axis=1), c_t


def _probes(rng: np.random.Generator) -> list[Probe]:
    nothing = np.zeros((1, 1))
    first = np.zeros((1, 1, 1)), nothing, nothing.copy(), np.zeros((4, 1)), np.zeros((4, 1))
    probes = [Probe((*first, np.array([0.0, 0.0, 1.0, 0.0])), label=EXAMPLE)]
    sizes = (
        (1, 1, 1, 1, "T = 1"),
        (1, 2, 1, 1, "T = 2"),
        (2, 3, 4, 1, "one unit"),
        (3, 5, 2, 4, ""),
    )
    for B, T, D, H, label in sizes:
        x, states = rng.normal(size=(B, T, D)).round(2), rng.normal(size=(2, B, H)).round(2)
        arrays = x, states[0].copy(), states[1].copy(), *weights(rng, D, H)
        probes.append(Probe(arrays, label=label))
    return probes


def _last_h(
    x: Array, h_0: Array, c_0: Array, W_x: Array, W_h: Array, b: Array
) -> tuple[Array, Array]:
    h, _ = repaired_layer(x, h_0, c_0, W_x, W_h, b)
    return h, h[:, -1]


def _fixed(
    order: str = "ifgo",
    cell: Any = lambda f, i, g, c_t, c_0, h_t: f * c_t + i * g,
    shown: Any = lambda o, c_t: o * np.tanh(c_t),
) -> Answer:
    """The layer with some of the three bugs repaired, or repaired in another way."""

    def answer(
        x: Array, h_0: Array, c_0: Array, W_x: Array, W_h: Array, b: Array
    ) -> tuple[Array, Array]:
        h_t, c_t, h = h_0, c_0, []
        for t in range(x.shape[1]):
            a = x[:, t] @ W_x.T + h_t @ W_h.T + b
            part = dict(zip(order, np.split(a, 4, axis=1), strict=True))
            i, f, o = (sigmoid(part[name]) for name in "ifo")
            c_t = cell(f, i, np.tanh(part["g"]), c_t, c_0, h_t)
            h_t = shown(o, c_t)
            h.append(h_t)
        return np.stack(h, axis=1), c_t

    return answer


LEFT = "ifog"


def _from_c_0(f: Array, i: Array, g: Array, c_t: Array, c_0: Array, h_t: Array) -> Array:
    return f * c_0 + i * g


def _no_tanh(o: Array, c_t: Array) -> Array:
    return o * c_t


register(
    CodeExercise(
        name="lstm.repaired_layer",
        title="Find the three bugs",
        points=3,
        reference=repaired_layer,
        given=given_layer,
        probes=_probes,
        oracle=by_torch,
        equivalents={"torch": by_torch, "switches": _fixed()},
        outputs=("h", "c_T"),
        axes=("BTH", "BH"),
        mistakes=[
            Mistake(
                "hidden_state_for_c",
                "`h` is right now. But the second result must be the last cell state, `c_t`; you "
                "returned the last hidden state.",
                _last_h,
            ),
            Mistake(
                "order_left",
                "Two of three are fixed. Which block is the candidate's in torch's order, "
                "i, f, g, o?",
                _fixed(LEFT),
            ),
            Mistake(
                "not_passed_on",
                "Two of three are fixed. Look at which cell state each step starts from.",
                _fixed(cell=_from_c_0),
            ),
            Mistake(
                "no_tanh",
                "Two of three are fixed. Compare the line of `h_t` with the formula.",
                _fixed(shown=_no_tanh),
            ),
            Mistake(
                "order_alone",
                "The order is fixed; two bugs are left. One shows at T = 1 already, the other "
                "from the second step on.",
                _fixed(cell=_from_c_0, shown=_no_tanh),
            ),
            Mistake(
                "cell_state_alone",
                "The cell state is passed on now; two bugs are left. Both show at T = 1 already.",
                _fixed(LEFT, shown=_no_tanh),
            ),
            Mistake(
                "tanh_alone",
                "The line of `h_t` is fixed; two bugs are left. One shows at T = 1 already, the "
                "other from the second step on.",
                _fixed(LEFT, cell=_from_c_0),
            ),
            Mistake(
                "from_h",
                "The cell state of each step now starts from the *hidden* state. It starts from "
                "the cell state of the step before, `c_t`.",
                _fixed(cell=lambda f, i, g, c_t, c_0, h_t: f * h_t + i * g),
            ),
            Mistake(
                "f_first",
                "You exchanged the input gate and the forget gate. The first block is the input "
                "gate's; the forget gate multiplies the old cell state.",
                _fixed("figo"),
            ),
            Mistake(
                "o_before_f",
                "The blocks are now cut into i, o, f, g. Torch's order is i, f, g, o.",
                _fixed("iofg"),
            ),
            Mistake(
                "g_before_f",
                "The blocks are now cut into i, g, f, o. Torch's order is i, f, g, o.",
                _fixed("igfo"),
            ),
            Mistake(
                "tanh_on_the_cell",
                "You put a tanh on the cell state that is passed on. It belongs in the line of "
                "`h_t` only.",
                _fixed(
                    cell=lambda f, i, g, c_t, c_0, h_t: np.tanh(f * c_t + i * g), shown=_no_tanh
                ),
            ),
            Mistake(
                "tanh_twice",
                "The cell state goes through tanh twice now: once before it is passed on, where no "
                "tanh belongs, and once in `h_t`.",
                _fixed(cell=lambda f, i, g, c_t, c_0, h_t: np.tanh(f * c_t + i * g)),
            ),
            Mistake(
                "tanh_of_the_product",
                "In `h_t`, tanh takes in the gate as well. Only the cell state goes through tanh: "
                "o ⊙ tanh(c_t).",
                _fixed(shown=lambda o, c_t: np.tanh(o * c_t)),
            ),
            Mistake(
                "sigmoid_for_tanh",
                "In `h_t`, the cell state goes through the sigmoid. The formula has tanh.",
                _fixed(shown=lambda o, c_t: o * sigmoid(c_t)),
            ),
        ],
        hints=[
            "Compare the code line by line with the six formulas, and with torch's order.",
            "No shape is wrong: all blocks are (B, H). So ask of each name what it stands for.",
            "One bug is in what the four blocks are called, one in which cell state a step starts "
            "from, one in what the output gate is multiplied by.",
            "`i, f, g, o = np.split(a, 4, axis=1)` is the first.",
        ],
        solved="None of the three raises an error, and no shape is wrong. A comparison with torch "
        "finds them in a second.",
    )
)
