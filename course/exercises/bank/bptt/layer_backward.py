"""Exercise 5.4: the layer, backwards."""

from __future__ import annotations

import numpy as np

from course.exercises.bank import CodeExercise, register
from course.exercises.bank.bptt.common import (
    AXES,
    GRADIENTS,
    Array,
    Grads,
    by_torch,
    gathered,
    layer_probes,
)
from course.exercises.bank.bptt.layer_mistakes import LOOP, WHOLE
from course.exercises.bank.bptt.step_backward import step_backward

SQUARE = "W_hh is square, (H, H)"


def layer_backward(dh: Array, x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array) -> Grads:
    """Walk the layer's steps from the last to the first."""
    dx = np.zeros(x.shape)
    dW_xh = np.zeros(W_xh.shape)
    dW_hh = np.zeros(W_hh.shape)
    db_h = np.zeros(W_hh.shape[0])
    dh_next = np.zeros(h_0.shape)
    for t in reversed(range(x.shape[1])):
        h_prev = h[:, t - 1] if t > 0 else h_0
        dh_t = dh[:, t] + dh_next
        dx[:, t], dh_next, dW_xh_t, dW_hh_t, db_h_t = step_backward(
            dh_t, x[:, t], h_prev, h[:, t], W_xh, W_hh
        )
        dW_xh += dW_xh_t
        dW_hh += dW_hh_t
        db_h += db_h_t
    return dx, dh_next, dW_xh, dW_hh, db_h


register(
    CodeExercise(
        name="bptt.layer_backward",
        title="The layer, backwards",
        points=3,
        package="rnn.rnn_layer_backward",
        reference=layer_backward,
        probes=layer_probes,
        oracle=by_torch,
        must_not_change=("dh", "h"),
        equivalents={"torch": by_torch, "gathered": gathered},
        outputs=GRADIENTS,
        axes=AXES,
        mistakes=[*LOOP, *WHOLE],
        hints=[
            "Walk from the last step to the first. Each state has two paths to the loss: its own "
            "output, and the step after. Each weight collects contributions from all steps.",
            "`dh[:, t]` and what the step after sent back are both (B, H). `dx` is (B, T, D); the "
            "weights' gradients have the weights' shapes and start at zero.",
            "Before the loop: zeros for `dx`, `dW_xh`, `dW_hh`, `db_h` and `dh_next`. In the loop: "
            "find `h_prev` (at t = 0 it is `h_0`), add `dh[:, t]` and `dh_next`, call "
            "`rnn_step_backward`, store `dx[:, t]`, keep its `dh_prev` as `dh_next`, add up the "
            "rest. After the loop `dh_next` is `dh_0`.",
            "`dh_t = dh[:, t] + dh_next`",
        ],
        survivors={
            "3: np.zeros → np.ones": "every entry of dx is written by the loop",
            "6: 0 → 1": SQUARE,
            "6: 0 → -1": SQUARE,
        },
        solved="Forwards, the loop carries `h_t`; backwards, it carries `dh_next`. The work is "
        "about twice that of the forward pass, whatever T is.",
    )
)
