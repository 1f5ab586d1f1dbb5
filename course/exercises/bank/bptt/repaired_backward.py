"""Exercise 5.5: find the two bugs."""

from __future__ import annotations

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, register
from course.exercises.bank.bptt.common import (
    AXES,
    GRADIENTS,
    Array,
    Grads,
    by_torch,
    changed,
    gathered,
    layer_probes,
    walked,
)
from course.exercises.bank.bptt.layer_mistakes import LOOP, WHOLE


def given_backward(dh: Array, x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array) -> Grads:
    """The colleague's backward pass, as the learner finds it."""
    dx, dh_next = np.zeros(x.shape), np.zeros(h_0.shape)
    dW_xh, dW_hh, db_h = np.zeros(W_xh.shape), np.zeros(W_hh.shape), np.zeros(len(W_hh))
    for t in reversed(range(x.shape[1])):
        da_t = (dh[:, t] + dh_next) * (1 - h[:, t] ** 2)
        dx[:, t] = da_t @ W_xh
        dh_next = da_t @ W_hh.T
        dW_xh += da_t.T @ x[:, t]
        dW_hh += da_t.T @ h[:, t - 1]
        db_h += da_t.sum(axis=0)
    return dx, dh_next, dW_xh, dW_hh, db_h


def repaired_backward(dh: Array, x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array) -> Grads:
    """The colleague's backward pass with the way back turned round, and h_0 at the first step."""
    dx, dh_next = np.zeros(x.shape), np.zeros(h_0.shape)
    dW_xh, dW_hh, db_h = np.zeros(W_xh.shape), np.zeros(W_hh.shape), np.zeros(len(W_hh))
    for t in reversed(range(x.shape[1])):
        h_prev = h[:, t - 1] if t > 0 else h_0
        da_t = (dh[:, t] + dh_next) * (1 - h[:, t] ** 2)
        dx[:, t] = da_t @ W_xh
        dh_next = da_t @ W_hh
        dW_xh += da_t.T @ x[:, t]
        dW_hh += da_t.T @ h_prev
        db_h += da_t.sum(axis=0)
    return dx, dh_next, dW_xh, dW_hh, db_h


register(
    CodeExercise(
        name="bptt.repaired_backward",
        title="Find the two bugs",
        points=3,
        reference=repaired_backward,
        given=given_backward,
        probes=layer_probes,
        oracle=by_torch,
        equivalents={"torch": by_torch, "gathered": gathered},
        outputs=GRADIENTS,
        axes=AXES,
        mistakes=[
            *LOOP,
            *WHOLE,
            Mistake(
                "turned_the_wrong_one",
                "You transposed `dW_hh`. That product was right; look at the line that makes "
                "`dh_next`.",
                changed(lambda g, *args: (*g[:3], g[3].T, g[4])),
            ),
            Mistake(
                "turned_and_wraps",
                "You transposed `dW_hh`, and that product was right. Look at its state instead: at "
                "t = 0, `h[:, t - 1]` is the *last* state.",
                changed(
                    lambda g, *args: (*g[:3], g[3].T, g[4]),
                    walked(before=lambda h, h_0, t: h[:, t - 1]),
                ),
            ),
        ],
        hints=[
            "Two lines are wrong, and neither has a wrong shape. Compare each line with the table "
            "of the derivation, one after the other.",
            "`W_hh` is (H, H), so `da_t @ W_hh` and `da_t @ W_hh.T` have the same shape. And NumPy "
            "takes a negative index without a word.",
            "First bug: which way round does the gradient pass `W_hh`? Second bug: write down what "
            "`h[:, t - 1]` is for t = 2, 1, 0.",
            "`h_prev = h[:, t - 1] if t > 0 else h_0`",
        ],
        survivors={"3: np.zeros → np.ones": "every entry of dx is written by the loop"},
        solved="Square matrices and negative indices hide mistakes from the shapes. The gradient "
        "check finds them, and the row that is off says where to look.",
    )
)
