"""Exercise 2.7: find the bug in a colleague's layer."""

from __future__ import annotations

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, register
from course.exercises.bank.rnn_cell.common import Array, torch_states
from course.exercises.bank.rnn_cell.layer import layer_copies, layer_einsum, layer_probes
from course.exercises.bank.rnn_cell.layer_mistakes import (
    SHARED,
    changes_h_0,
    in_place,
    last_state_everywhere,
)


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


def _erases_h_0(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    h = np.tanh(x @ W_xh.T + b_h)
    h_0[:] = h[:, -1]
    return h


register(
    CodeExercise(
        name="rnn.repaired_layer",
        title="Find the bug",
        points=2,
        reference=repaired_layer,
        given=given_layer,
        must_not_change=("h_0",),
        probes=layer_probes,
        oracle=torch_states,
        equivalents={"torch": torch_states, "einsum": layer_einsum, "copies": layer_copies},
        outputs=("h",),
        axes=("BTH",),
        mistakes=[
            Mistake(
                "still_one_array",
                "`h_0` is safe now. But every time step still shows the last state: either the "
                "list holds the same array T times and each step writes over it, or you stack the "
                "last state T times.",
                last_state_everywhere,
            ),
            Mistake(
                "still_changes_h_0",
                "The states are right now. But you still write into the array that the caller "
                "passed as `h_0`: a second call with it starts from the wrong state.",
                changes_h_0,
            ),
            Mistake(
                "still_both",
                "Every time step still shows the last state, and `h_0` is still overwritten. A "
                "slice such as `h_t[:]` is no copy: it shows the same memory. `h_t.copy()` on a "
                "line of its own makes a copy that nobody keeps.",
                in_place,
            ),
            Mistake(
                "h_0_everywhere",
                "Every time step of your result is `h_0`: your list holds that array, not the new "
                "states. (If you write into it and restore it at the end, every entry of the list "
                "is restored with it.)",
                lambda x, h_0, *weights: np.repeat(h_0[:, None], x.shape[1], axis=1),
            ),
            Mistake(
                "erases_h_0",
                "You set the array `h_0` to zero or overwrite it before the step has read it, so "
                "the old state plays no part.",
                _erases_h_0,
            ),
            *SHARED,
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
