"""Exercise 7.2: what people write in place of the step."""

from __future__ import annotations

from typing import Any

import numpy as np

from course.exercises.bank import Mistake
from course.exercises.bank.lstm.common import Answer, Array
from helpers.lstm import LSTMStates, sigmoid

ORDER = "i f g o".split()


def _step(
    total: Any = lambda x, h, c, W_x, W_h, b: x @ W_x.T + h @ W_h.T + b,
    cut: Any = lambda a: np.split(a, 4, axis=1),
    order: str = "ifgo",
    gate: Any = sigmoid,
    candidate: Any = np.tanh,
    cell: Any = lambda i, f, g, c_prev, h_prev: f * c_prev + i * g,
    shown: Any = lambda o, c_t, c_prev: o * np.tanh(c_t),
) -> Answer:
    """The step with some of its lines replaced."""

    def answer(x: Array, h: Array, c: Array, W_x: Array, W_h: Array, b: Array) -> LSTMStates:
        a = dict(zip(order, cut(total(x, h, c, W_x, W_h, b)), strict=True))
        i, f, o = (gate(a[name]) for name in "ifo")
        g = candidate(a["g"])
        c_t = cell(i, f, g, c, h)
        return LSTMStates(shown(o, c_t, c), c_t, i, f, g, o)

    return answer


RIGHT = _step()

SUMS = [
    Mistake(
        "no_bias", "You left out the bias `b`.", _step(lambda x, h, c, U, V, b: x @ U.T + h @ V.T)
    ),
    Mistake(
        "no_state",
        "The hidden state is missing from the four sums: add `h_prev @ W_h.T`.",
        _step(lambda x, h, c, U, V, b: x @ U.T + b),
    ),
    Mistake(
        "no_input",
        "The input is missing from the four sums: add `x_t @ W_x.T`.",
        _step(lambda x, h, c, U, V, b: h @ V.T + b),
    ),
    Mistake(
        "cell_state_in_the_sums",
        "You multiplied `W_h` by the cell state. The sums contain the *hidden* state, `h_prev`.",
        _step(lambda x, h, c, U, V, b: x @ U.T + c @ V.T + b),
    ),
    Mistake(
        "cut_along_the_batch",
        "`np.split` cuts along axis 0 unless told otherwise, and axis 0 is the batch. The four "
        "blocks lie side by side: `axis=1`.",
        _step(cut=lambda a: np.split(a, 4)),
    ),
    Mistake(
        "every_fourth",
        "You took every fourth column. A gate's columns stand together: H of i, then H of f, "
        "and so on.",
        _step(cut=lambda a: [a[:, k::4] for k in range(4)]),
    ),
    *(
        Mistake(
            f"order_{order}",
            f"You cut the sums into {', '.join(order)}. {text}",
            _step(order=order),
        )
        for order, text in (
            ("ifog", "The third block is the candidate's, the last the output gate's: i, f, g, o."),
            ("figo", "The input gate comes first: i, f, g, o."),
            ("iofg", "The order is i, f, g, o."),
            ("fiog", "The order is i, f, g, o."),
            ("fgio", "The order is i, f, g, o."),
            ("igfo", "The forget gate comes before the candidate: i, f, g, o."),
            ("oifg", "The order is i, f, g, o."),
        )
    ),
]

SQUASHED = [
    Mistake(
        "tanh_gates",
        "Your gates are tanh of their sums. A gate is a fraction between 0 and 1, so it needs "
        "`sigmoid`; tanh is for the candidate.",
        _step(gate=np.tanh),
    ),
    Mistake(
        "sigmoid_candidate",
        "Your candidate is the sigmoid of its sum. It may be negative, so it needs tanh.",
        _step(candidate=sigmoid),
    ),
    Mistake(
        "exchanged",
        "You exchanged the two functions: the three gates need `sigmoid`, the candidate tanh.",
        _step(gate=np.tanh, candidate=sigmoid),
    ),
    Mistake(
        "gates_not_squashed",
        "You used the gates' sums as they are. A gate is the sigmoid of its sum.",
        _step(gate=lambda a: a),
    ),
    Mistake(
        "candidate_not_squashed",
        "You used the candidate's sum as it is. The candidate is its tanh.",
        _step(candidate=lambda a: a),
    ),
    Mistake(
        "sign_in_sigma",
        "Your sigmoid falls where it should rise: it is 1 / (1 + e^−a).",
        _step(gate=lambda a: sigmoid(-a)),
    ),
    Mistake(
        "candidate_twice",
        "You took tanh of the candidate twice.",
        _step(candidate=lambda a: np.tanh(np.tanh(a))),
    ),
]

CELL = [
    Mistake(
        "gates_exchanged",
        "In `c_t` you exchanged the gates. The forget gate multiplies the old cell state, the "
        "input gate the candidate.",
        _step(cell=lambda i, f, g, c, h: i * c + f * g),
    ),
    Mistake(
        "no_input_gate",
        "`c_t` adds the whole candidate. Multiply it by the input gate.",
        _step(cell=lambda i, f, g, c, h: f * c + g),
    ),
    Mistake(
        "no_forget_gate",
        "`c_t` keeps all of the old cell state. Multiply it by the forget gate.",
        _step(cell=lambda i, f, g, c, h: c + i * g),
    ),
    Mistake(
        "share_forgotten",
        "`c_t` keeps 1 − f of the old cell state. The forget gate is the fraction that is *kept*.",
        _step(cell=lambda i, f, g, c, h: (1 - f) * c + i * g),
    ),
    Mistake(
        "coupled",
        "You wrote with 1 − f. In the LSTM the input gate `i` is a gate of its own.",
        _step(cell=lambda i, f, g, c, h: f * c + (1 - f) * g),
    ),
    Mistake(
        "hidden_for_cell",
        "`c_t` starts from the old hidden state. The forget gate multiplies the old *cell* state, "
        "`c_prev`.",
        _step(cell=lambda i, f, g, c, h: f * h + i * g),
    ),
    Mistake(
        "only_written",
        "`c_t` holds only what is written. Add what is kept of the old cell state.",
        _step(cell=lambda i, f, g, c, h: i * g),
    ),
    Mistake(
        "only_kept",
        "`c_t` holds only what is kept. Add what is written, i ⊙ g.",
        _step(cell=lambda i, f, g, c, h: f * c),
    ),
    Mistake(
        "forgets_the_new",
        "The forget gate multiplies only the old cell state, not what is written: check your "
        "brackets.",
        _step(cell=lambda i, f, g, c, h: f * (c + i * g)),
    ),
    Mistake(
        "tanh_on_the_cell",
        "You took tanh of the new cell state before passing it on. No tanh lies on the path from "
        "cell state to cell state; it comes in only for `h_t`.",
        _step(cell=lambda i, f, g, c, h: np.tanh(f * c + i * g)),
    ),
]

SHOWN = [
    Mistake(
        "no_tanh_in_h",
        "`h_t` is o ⊙ tanh(c_t). You left out this tanh.",
        _step(shown=lambda o, c_t, c: o * c_t),
    ),
    Mistake(
        "no_output_gate",
        "`h_t` shows all of tanh(c_t). Multiply it by the output gate.",
        _step(shown=lambda o, c_t, c: np.tanh(c_t)),
    ),
    Mistake(
        "old_cell_shown",
        "`h_t` shows the old cell state. It shows the new one, `c_t`.",
        _step(shown=lambda o, c_t, c: o * np.tanh(c)),
    ),
    Mistake(
        "tanh_of_the_product",
        "`h_t` is o ⊙ tanh(c_t): only the cell state is inside tanh, not the gate.",
        _step(shown=lambda o, c_t, c: np.tanh(o * c_t)),
    ),
    Mistake(
        "sigmoid_of_the_cell",
        "`h_t` contains the sigmoid of the cell state. It needs its tanh.",
        _step(shown=lambda o, c_t, c: o * sigmoid(c_t)),
    ),
]

RETURNED = [
    Mistake(
        "states_exchanged",
        "The numbers are right, but the two states are exchanged: `LSTMStates` begins with the "
        "hidden state, then the cell state.",
        lambda *arrays: (RIGHT(*arrays)[1], RIGHT(*arrays)[0], *RIGHT(*arrays)[2:]),
    ),
    Mistake(
        "two_alone",
        "Both states are right. Return the gates and the candidate as well: "
        "`LSTMStates(h_t, c_t, i, f, g, o)`.",
        lambda *arrays: tuple(RIGHT(*arrays)[:2]),
    ),
    Mistake(
        "gates_first",
        "All six are right but in another order: `LSTMStates(h_t, c_t, i, f, g, o)`.",
        lambda *arrays: (*RIGHT(*arrays)[2:], *RIGHT(*arrays)[:2]),
    ),
    Mistake(
        "cell_first",
        "All six are right but in another order: `LSTMStates(h_t, c_t, i, f, g, o)` has the "
        "candidate before the output gate.",
        lambda *arrays: (*RIGHT(*arrays)[:4], RIGHT(*arrays)[5], RIGHT(*arrays)[4]),
    ),
    Mistake(
        "hidden_alone",
        "`h_t` is right. The next step also needs `c_t`, and we want to see the gates: return "
        "`LSTMStates(h_t, c_t, i, f, g, o)`.",
        lambda *arrays: RIGHT(*arrays)[0],
    ),
]

MISTAKES = [*SUMS, *SQUASHED, *CELL, *SHOWN, *RETURNED]
