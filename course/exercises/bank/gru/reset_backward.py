"""Exercise 8.6: back through the reset gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from course.exercises.bank.gru.common import (
    SIZES,
    TWO,
    Array,
    Results,
    by_convention,
    in_both,
    reset_call,
)

Back = Callable[[Array, Array, Array, Array, Array], Any]


def reset_backward(
    dpast: Array, h_prev: Array, r: Array, W_hn: Array, b_hn: Array, *, reset_after: bool = True
) -> Results:
    """Send the gradient back through gate and product."""
    if reset_after:
        dr = dpast * (h_prev @ W_hn.T + b_hn)
        dproduct = dpast * r
        return dproduct @ W_hn, dr, dproduct.T @ h_prev, dproduct.sum(axis=0)
    dproduct = dpast @ W_hn
    return dproduct * r, dproduct * h_prev, dpast.T @ (r * h_prev), dpast.sum(axis=0)


def _torch(
    dpast: Array, h_prev: Array, r: Array, W_hn: Array, b_hn: Array, *, reset_after: bool = True
) -> Results:
    import torch

    leaves = [torch.tensor(a, requires_grad=True) for a in (h_prev, r, W_hn, b_hn)]
    h, gate, W, b = leaves
    linear = torch.nn.functional.linear
    past = gate * linear(h, W, b) if reset_after else linear(gate * h, W, b)
    past.backward(torch.tensor(dpast))
    return tuple(leaf.grad.numpy() for leaf in leaves)  # type: ignore[union-attr]


def _einsum(
    dpast: Array, h_prev: Array, r: Array, W_hn: Array, b_hn: Array, *, reset_after: bool = True
) -> Results:
    if reset_after:
        scaled = np.einsum("bj,bj->bj", dpast, r)
        dr = dpast * (np.einsum("bk,jk->bj", h_prev, W_hn) + b_hn)
        return scaled @ W_hn, dr, np.einsum("bj,bk->jk", scaled, h_prev), np.einsum("bj->j", scaled)
    back = np.einsum("bj,jk->bk", dpast, W_hn)
    return back * r, back * h_prev, np.einsum("bj,bk->jk", dpast, r * h_prev), dpast.sum(0)


def _probes(rng: np.random.Generator) -> list[Probe]:
    made: list[tuple[tuple[Any, ...], str]] = [((np.array([[1.0, 3.0]]), *TWO), EXAMPLE)]
    made += [
        ((rng.normal(size=(B, H)).round(2), *reset_call(rng, B, H)), label) for B, H, label in SIZES
    ]
    return in_both("reset_after", True, False, made)


def _line_by_line(
    dr: Back = lambda d, h, r, W, b: d * (h @ W.T + b),
    dproduct: Back = lambda d, h, r, W, b: d * r,
    dh: Callable[..., Any] = lambda p, d, W: p @ W,
    dW: Callable[..., Any] = lambda p, d, h: p.T @ h,
    db: Callable[..., Any] = lambda p, d: p.sum(axis=0),
) -> Back:
    """*After*, with some lines replaced; p is `dproduct`, d is `dpast`."""

    def back(d: Array, h: Array, r: Array, W: Array, b: Array) -> Results:
        p = dproduct(d, h, r, W, b)
        return dh(p, d, W), dr(d, h, r, W, b), dW(p, d, h), db(p, d)

    return back


def _other(
    dproduct: Callable[..., Any] = lambda d, W: d @ W,
    dh: Callable[..., Any] = lambda p, d, r: p * r,
    dr: Callable[..., Any] = lambda p, d, h: p * h,
    dW: Callable[..., Any] = lambda p, d, r, h: d.T @ (r * h),
    db: Callable[..., Any] = lambda p, d, r: d.sum(axis=0),
) -> Back:
    """*Before*, with some lines replaced; p is `dproduct`, d is `dpast`."""

    def back(d: Array, h: Array, r: Array, W: Array, b: Array) -> Results:
        p = dproduct(d, W)
        return dh(p, d, r), dr(p, d, h), dW(p, d, r, h), db(p, d, r)

    return back


_AFTER, _BEFORE = _line_by_line(), _other()


def _in(after: Back = _AFTER, before: Back = _BEFORE) -> Callable[..., Any]:
    return by_convention(after, before, "reset_after", True)


def _changed(change: Callable[[Results], Any]) -> Callable[..., Any]:
    return _in(lambda *args: change(_AFTER(*args)), lambda *args: change(_BEFORE(*args)))


def _with(back: Back, place: int, made: Back) -> Back:
    """What is right but for one of the four gradients."""

    def changed(*args: Array) -> Results:
        gradients = list(back(*args))
        gradients[place] = made(*args)
        return tuple(gradients)

    return changed


def _first_sequence(back: Back) -> Back:
    """The parameters' gradients from the batch's first sequence alone."""

    def first(d: Array, h: Array, r: Array, W: Array, b: Array) -> Results:
        return *back(d, h, r, W, b)[:2], *back(d[:1], h[:1], r[:1], W, b)[2:]

    return first


def _over_batch(back: Back, *places: int) -> Back:
    """Some gradients divided by the size of the batch."""

    def mean(*args: Array) -> Results:
        return tuple(
            one / len(args[0]) if i in places else one for i, one in enumerate(back(*args))
        )

    return mean


_THE_BATCH = "The loss is a sum, so every sequence's part is added as it is."

MISTAKES = [
    Mistake(
        "always_after",
        "Your gradients are the same for both values of `reset_after`. *Before*, the gradient "
        "meets the matrix first, and then the gate.",
        _in(before=_AFTER),
    ),
    Mistake(
        "always_before",
        "You go back through the matrix first in both cases. *After*, the gradient meets the gate "
        "first, and then the matrix.",
        _in(after=_BEFORE),
    ),
    Mistake("exchanged", "You exchanged the two cases.", _in(_BEFORE, _AFTER)),
    Mistake(
        "before_missing",
        "With reset_after=False your function returns nothing. Is there a `return` for that case?",
        _in(before=lambda *args: None),
    ),
    Mistake(
        "dr_without_bias",
        "*After*: `dr` lacks the bias. `r` was multiplied by everything in the brackets, "
        "$W_{hn} h_{t-1} + b_{hn}$.",
        _in(_line_by_line(dr=lambda d, h, r, W, b: d * (h @ W.T))),
    ),
    Mistake(
        "dr_bias_outside",
        "*After*: in `dr`, `b_hn` is added last. `dpast` multiplies the bias as well: put brackets "
        "around product and bias.",
        _in(_line_by_line(dr=lambda d, h, r, W, b: d * (h @ W.T) + b)),
    ),
    Mistake(
        "dr_turned",
        "*After*: in `dr`, `W_hn` is the wrong way round. It is the forward product once more, "
        "`h_prev @ W_hn.T`.",
        _in(_line_by_line(dr=lambda d, h, r, W, b: d * (h @ W + b))),
    ),
    Mistake(
        "dr_gated",
        "*After*: `dr` has the factor r. The slope with respect to r is what r was multiplied by.",
        _in(_line_by_line(dr=lambda d, h, r, W, b: d * r * (h @ W.T + b))),
    ),
    Mistake(
        "dr_times_state",
        "*After*: `dr` has `h_prev` as its slope. Here r was multiplied by the product and bias, "
        "$W_{hn} h_{t-1} + b_{hn}$.",
        _in(_line_by_line(dr=lambda d, h, r, W, b: d * h)),
    ),
    Mistake(
        "dh_turned",
        "`dh_prev` goes back through `W_hn.T`. Forwards the product was `… @ W_hn.T`, so backwards "
        "it is `… @ W_hn`.",
        _in(
            _line_by_line(dh=lambda p, d, W: p @ W.T),
            _other(dproduct=lambda d, W: d @ W.T),
        ),
    ),
    Mistake(
        "after_turned",
        "*After*: `dh_prev` goes back through `W_hn.T`. Forwards the product was `… @ W_hn.T`, so "
        "backwards it is `(dpast * r) @ W_hn`.",
        _in(_line_by_line(dh=lambda p, d, W: p @ W.T)),
    ),
    Mistake(
        "after_turned_before_missing",
        "*After*: `dh_prev` goes back through `W_hn.T`; it should be `W_hn`. And with "
        "reset_after=False your function does not return four arrays.",
        _in(_line_by_line(dh=lambda p, d, W: p @ W.T), _other(dh=lambda p, d, r: None)),
    ),
    Mistake(
        "after_matrix_first",
        "*After*: `dh_prev` meets the matrix first and then the gate. Forwards the gate came "
        "last, so backwards it comes first: `(dpast * r) @ W_hn`.",
        _in(_with(_AFTER, 0, lambda d, h, r, W, b: (d @ W) * r)),
    ),
    Mistake(
        "after_dW_from_the_scaled_state",
        "*After*: in `dW_hn` you took `r * h_prev`. Here `W_hn` was multiplied by `h_prev` as it "
        "is.",
        _in(_with(_AFTER, 2, lambda d, h, r, W, b: (d * r).T @ (r * h))),
    ),
    Mistake(
        "after_dW_as_before",
        "*After*: `dW_hn` is that of *before*. Here r scales the product: the gradient at it is "
        "`dpast * r`, and `W_hn` was multiplied by `h_prev`.",
        _in(_with(_AFTER, 2, lambda d, h, r, W, b: d.T @ (r * h))),
    ),
    Mistake(
        "after_dr_as_before",
        "*After*: `dr` is that of *before*. Here r was multiplied by the product and bias, "
        "$W_{hn} h_{t-1} + b_{hn}$.",
        _in(_with(_AFTER, 1, lambda d, h, r, W, b: (d @ W) * h)),
    ),
    Mistake(
        "dh_ungated",
        "*After*: `dh_prev` starts from `dpast`. Its path goes through the gate first, "
        "`dpast * r`.",
        _in(_line_by_line(dh=lambda p, d, W: d @ W)),
    ),
    Mistake(
        "dW_ungated",
        "*After*: `dW_hn` starts from `dpast`. The product's path goes through the gate first, "
        "`dpast * r`.",
        _in(_line_by_line(dW=lambda p, d, h: d.T @ h)),
    ),
    Mistake(
        "db_ungated",
        "*After*: `db_hn` sums `dpast`. The bias is inside the brackets that r scales: sum "
        "`dpast * r`.",
        _in(_line_by_line(db=lambda p, d: d.sum(axis=0))),
    ),
    Mistake(
        "weights_ungated",
        "*After*: `dW_hn` and `db_hn` start from `dpast`. Both are inside the brackets that r "
        "scales: start from `dpast * r`.",
        _in(_line_by_line(dW=lambda p, d, h: d.T @ h, db=lambda p, d: d.sum(axis=0))),
    ),
    Mistake(
        "nothing_gated",
        "*After*: `dh_prev`, `dW_hn` and `db_hn` start from `dpast`. All three are inside the "
        "brackets that r scales: start from `dpast * r`.",
        _in(_line_by_line(dproduct=lambda d, h, r, W, b: d)),
    ),
    Mistake(
        "before_turned",
        "*Before*: `W_hn` is the wrong way round. Backwards the product is `dpast @ W_hn`.",
        _in(before=_other(dproduct=lambda d, W: d @ W.T)),
    ),
    Mistake(
        "before_dh_ungated",
        "*Before*: `dh_prev` lacks the gate. The state was multiplied by r before the product.",
        _in(before=_other(dh=lambda p, d, r: p)),
    ),
    Mistake(
        "before_dr_short",
        "*Before*: `dr` skips the matrix. The path goes back through `W_hn` first, and then r was "
        "multiplied by `h_prev`.",
        _in(before=_other(dr=lambda p, d, h: d * h)),
    ),
    Mistake(
        "before_dh_gate_first",
        "*Before*: `dh_prev` meets the gate first and then the matrix, as *after*. Forwards the "
        "state was scaled first, so backwards the gate comes last: `(dpast @ W_hn) * r`.",
        _in(before=_with(_BEFORE, 0, lambda d, h, r, W, b: (d * r) @ W)),
    ),
    Mistake(
        "before_dr_as_after",
        "*Before*: `dr` is that of *after*. Here r was multiplied by `h_prev`, before the "
        "product: `(dpast @ W_hn) * h_prev`.",
        _in(before=_with(_BEFORE, 1, lambda d, h, r, W, b: d * (h @ W.T + b))),
    ),
    Mistake(
        "before_dr_from_the_gated",
        "*Before*: in `dr` the gradient meets the gate on its way. The slope with respect to r is "
        "what r was multiplied by, `h_prev`.",
        _in(before=_with(_BEFORE, 1, lambda d, h, r, W, b: (d @ W) * r * h)),
    ),
    Mistake(
        "before_gate_first",
        "*Before*: the gradient meets the gate first and then the matrix, in `dh_prev` and in "
        "`dr`. Start from `dpast @ W_hn`.",
        _in(
            before=_with(
                _with(_BEFORE, 0, lambda d, h, r, W, b: (d * r) @ W),
                1,
                lambda d, h, r, W, b: ((d * r) @ W) * h,
            )
        ),
    ),
    Mistake(
        "before_exchanged",
        "*Before*: `dh_prev` and `dr` are exchanged. `h_prev` was multiplied by r, and r by "
        "`h_prev`; the slope is the other factor.",
        _in(before=lambda *args: tuple(_BEFORE(*args)[i] for i in (1, 0, 2, 3))),
    ),
    Mistake(
        "before_dW_ungated",
        "*Before*: in `dW_hn` you took `h_prev`. `W_hn` was multiplied by `r * h_prev`.",
        _in(before=_other(dW=lambda p, d, r, h: d.T @ h)),
    ),
    Mistake(
        "before_dW_through_the_matrix",
        "*Before*: `dW_hn` starts from `dpast @ W_hn`. That is the gradient at the scaled state; "
        "at the product it is `dpast`.",
        _in(before=_with(_BEFORE, 2, lambda d, h, r, W, b: (d @ W).T @ h)),
    ),
    Mistake(
        "before_dW_gated_twice",
        "*Before*: r is in `dW_hn` twice. `W_hn` was multiplied by `r * h_prev`, and `dpast` "
        "arrives as it is.",
        _in(before=_with(_BEFORE, 2, lambda d, h, r, W, b: (d * r).T @ (r * h))),
    ),
    Mistake(
        "before_dW_gated_first",
        "*Before*: in `dW_hn` the gate is on the wrong side. `W_hn` was multiplied by "
        "`r * h_prev`, and `dpast` arrives as it is.",
        _in(before=_other(dW=lambda p, d, r, h: (d * r).T @ h)),
    ),
    Mistake(
        "before_db_gated",
        "*Before*: `db_hn` sums `dpast * r`. Here the bias is added after the gate: sum `dpast`.",
        _in(before=_other(db=lambda p, d, r: (d * r).sum(axis=0))),
    ),
    Mistake(
        "before_db_through_the_matrix",
        "*Before*: `db_hn` went back through `W_hn`. The bias is added after the product: sum "
        "`dpast`.",
        _in(before=_other(db=lambda p, d, r: p.sum(axis=0))),
    ),
    Mistake(
        "dW_transposed",
        "`dW_hn` is transposed. Row j belongs to the candidate that the weight leads to, so the "
        "gradient comes first: `….T @ …`.",
        _changed(lambda g: (g[0], g[1], g[2].T, g[3])),
    ),
    Mistake(
        "after_dW_transposed",
        "*After*: `dW_hn` is transposed. The gradient comes first: `(dpast * r).T @ …`.",
        _in(_with(_AFTER, 2, lambda d, h, r, W, b: h.T @ (d * r))),
    ),
    Mistake(
        "before_dW_transposed",
        "*Before*: `dW_hn` is transposed. The gradient comes first: `dpast.T @ …`.",
        _in(before=_with(_BEFORE, 2, lambda d, h, r, W, b: (r * h).T @ d)),
    ),
    Mistake(
        "first_sequence_alone",
        "Your `dW_hn` and `db_hn` hold the batch's first sequence alone. All sequences share the "
        "parameters: sum over the batch.",
        _in(_first_sequence(_AFTER), _first_sequence(_BEFORE)),
    ),
    Mistake(
        "mean_of_both",
        f"You averaged `dW_hn` and `db_hn` over the batch. {_THE_BATCH}",
        _in(_over_batch(_AFTER, 2, 3), _over_batch(_BEFORE, 2, 3)),
    ),
    Mistake(
        "mean_of_dW",
        f"You averaged `dW_hn` over the batch. {_THE_BATCH}",
        _in(_over_batch(_AFTER, 2), _over_batch(_BEFORE, 2)),
    ),
    Mistake(
        "db_not_summed",
        "`db_hn` has a row for each sequence. All of them share the bias: sum over the batch, "
        "axis 0.",
        _in(_line_by_line(db=lambda p, d: p), _other(db=lambda p, d, r: d)),
    ),
    Mistake(
        "db_over_units",
        "`db_hn` is summed over the units. Sum over the batch, axis 0.",
        _in(_line_by_line(db=lambda p, d: p.sum(axis=1)), _other(db=lambda p, d, r: d.sum(axis=1))),
    ),
    Mistake(
        "db_one_number",
        "`db_hn` is one number. Sum over the batch only, axis 0.",
        _changed(lambda g: (g[0], g[1], g[2], g[3].sum())),
    ),
    Mistake(
        "mean",
        "You averaged `db_hn` over the batch. The loss is a sum, so it is summed.",
        _in(
            _line_by_line(db=lambda p, d: p.mean(axis=0)), _other(db=lambda p, d, r: d.mean(axis=0))
        ),
    ),
    Mistake(
        "dr_first",
        "`dh_prev` and `dr` are exchanged. Return `dh_prev, dr, dW_hn, db_hn`.",
        _changed(lambda g: (g[1], g[0], g[2], g[3])),
    ),
    Mistake(
        "weights_first",
        "The gradients are right but in another order. Return `dh_prev, dr, dW_hn, db_hn`.",
        _changed(lambda g: (g[2], g[3], g[0], g[1])),
    ),
    Mistake(
        "no_db",
        "One of four is missing: return `db_hn` as well.",
        _changed(lambda g: g[:3]),
    ),
    Mistake(
        "through_sigmoid",
        "You multiplied `dr` by the slope of σ. That comes later; `dr` is the gradient at r "
        "itself.",
        _in(
            lambda d, h, r, W, b: (lambda g: (g[0], g[1] * r * (1 - r), g[2], g[3]))(
                _AFTER(d, h, r, W, b)
            ),
            lambda d, h, r, W, b: (lambda g: (g[0], g[1] * r * (1 - r), g[2], g[3]))(
                _BEFORE(d, h, r, W, b)
            ),
        ),
    ),
]

register(
    CodeExercise(
        name="gru.reset_backward",
        title="Back through the reset gate",
        points=3,
        package="gru.gru_reset_backward",
        reference=reset_backward,
        probes=_probes,
        oracle=_torch,
        equivalents={"torch": _torch, "einsum": _einsum},
        outputs=("dh_prev", "dr", "dW_hn", "db_hn"),
        axes=("BH", "BH", "HK", "H"),
        mistakes=MISTAKES,
        hints=[
            "Follow each formula from left to right, because the gradient arrives at its result. "
            "*After*: first the gate, then product and bias. *Before*: first the product, then "
            "the gate.",
            "`dh_prev` and `dr` are (B, H). `dW_hn` is (H, H): (H, B) times (B, H). `db_hn` is "
            "(H,), summed over the batch.",
            "*After*: `dpast * r` is the gradient at product plus bias; dh_prev, dW_hn and db_hn "
            "come from it as in lesson 05. *Before*: `dpast @ W_hn` is the gradient at r ⊙ h.",
            "*After*: `dr = dpast * (h_prev @ W_hn.T + b_hn)`. *Before*: "
            "`dr = (dpast @ W_hn) * h_prev`.",
        ],
        solved="The same two factors, gate and matrix, in opposite order.",
    )
)
