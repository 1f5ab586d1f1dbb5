"""The exercises of lesson 05, Backpropagation through time."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import (
    CodeExercise,
    Mistake,
    OpenExercise,
    Probe,
    Property,
    ValueExercise,
    register,
)

Array = npt.NDArray[Any]
Grads = tuple[Array, ...]

# --- 5.1 · Only the last step counts -------------------------------------------------------------


def _last_step_counts() -> float:
    """Torch's gradient at w_hh of the paper network when the loss looks at step 2 alone."""
    import torch

    w_hh = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    h = torch.tensor(-0.4, dtype=torch.float64)
    for x in ((math.log(2) + 0.1) / 2, (math.log(3) - 0.4) / 2):
        h = torch.tanh(2 * x + w_hh * h + 0.1)
    (0.5 * (2 * h - 0.5 - 0.6) ** 2).backward()
    assert w_hh.grad is not None
    return float(w_hh.grad)


register(
    ValueExercise(
        name="bptt.last_step_counts",
        title="Only the last step counts",
        points=1,
        answer=0.1699,
        tolerance=0.001,
        oracle=_last_step_counts,
        mistakes=[
            Mistake(
                "no_sum",
                "This is what step 2 contributes. The weight works at step 1 as well: walk on, and "
                "add `da_1` · `h_0`.",
                0.216,
            ),
            Mistake(
                "both_losses",
                "This is the gradient with both losses. Without the loss of step 1 nothing comes "
                "into `dh_1` from `y_1`; only the way through step 2 is left.",
                0.3235,
            ),
            Mistake(
                "new_state",
                "You multiplied each da by the state after its step. The weight was multiplied by "
                "the state before it: `h_1` at step 2, `h_0` at step 1.",
                0.3571,
            ),
            Mistake(
                "no_slope",
                "You left out the slope of tanh, 1 − h², on the way from dh to da.",
                0.4,
            ),
            Mistake(
                "slope_once",
                "You took dh from step 2 back to step 1 without the slope at step 2: what goes "
                "back through `w_hh` is `da_2`, not `dh_2`.",
                0.088,
            ),
            Mistake(
                "no_loop_weight",
                "On its way back from `da_2` to `dh_1` the gradient passes `w_hh`: multiply by "
                "0.5.",
                0.1238,
            ),
            Mistake(
                "slope_of_the_sum",
                "The slope of tanh is 1 − h², with the state itself, not 1 − a² with the sum that "
                "tanh was given.",
                -0.1027,
            ),
            Mistake(
                "no_output_weight",
                "On its way from `y_2` to `h_2` the gradient passes `w_hy`: multiply by 2.",
                0.085,
            ),
            Mistake(
                "sign",
                "Mind the sign of `h_0`: it is −0.4.",
                0.2621,
            ),
            Mistake(
                "first_use_alone",
                "This is what step 1 contributes. The weight worked at step 2 as well: add "
                "`da_2` · `h_1`.",
                -0.0461,
            ),
            Mistake(
                "no_slope_at_step_1",
                "You left out the slope of tanh at step 1: `da_1` is `dh_1` · 0.64.",
                0.144,
            ),
            Mistake(
                "da_alone",
                "This is `da_2`. The weight's gradient is da times the state that the weight was "
                "multiplied by, added up over both steps.",
                0.36,
            ),
        ],
        hints=[
            "Nothing changes on the way forward. On the way back one of the two losses is gone. "
            "Which line of the worked example does it take away?",
            "The gradient is a sum of two numbers, one for each step at which `w_hh` was used. "
            "The first, from step 2, is the one of the worked example.",
            "Find `dh_1` again: this time it is `da_2` · `w_hh` alone. Then `da_1` with the slope "
            "0.64. Then the sum.",
            "0.216 + `da_1` · (−0.4), with `da_1` = 0.18 · 0.64.",
        ],
        solved="Step 2 gives 0.216, step 1 gives −0.0461. The rest of 0.3235 had come from the "
        "loss of step 1.",
    )
)


# Why a mutant of reshape(-1, …) is right.
_ANY_NEGATIVE = "NumPy works out the axis for any negative number, −2 as well as −1"

# --- 5.2 · The output, backwards -----------------------------------------------------------------


def output_backward(dy: Array, h: Array, W_hy: Array) -> tuple[Array, Array, Array]:
    """Gradients of y = h W_hyᵀ + b_y, those of the weights summed over batch and time."""
    O, H = W_hy.shape  # noqa: E741
    dh = dy @ W_hy
    dW_hy = dy.reshape(-1, O).T @ h.reshape(-1, H)
    db_y = dy.reshape(-1, O).sum(axis=0)
    return dh, dW_hy, db_y


def _output_probes(rng: np.random.Generator) -> list[Probe]:
    probes = [
        Probe(
            (
                np.array([[[-0.3], [0.5]]]),
                np.array([[[0.6], [0.8]]]),
                np.array([[2.0]]),
            ),
            label="the network on paper",
        )
    ]
    for B, T, H, O, label in (  # noqa: E741
        (3, 4, 5, 2, ""),
        (2, 5, 3, 4, ""),
        (1, 3, 4, 2, "B = 1"),
        (4, 1, 2, 3, "T = 1"),
    ):
        arrays = rng.normal(size=(B, T, O)), rng.normal(size=(B, T, H)), rng.normal(size=(O, H))
        probes.append(Probe(arrays, label=label))
    return probes


def _output_torch(dy: Array, h: Array, W_hy: Array) -> Grads:
    import torch

    states, weights = (torch.tensor(array, requires_grad=True) for array in (h, W_hy))
    bias = torch.zeros(len(W_hy), dtype=torch.float64, requires_grad=True)
    torch.nn.functional.linear(states, weights, bias).backward(torch.tensor(dy))
    return tuple(tensor.grad.numpy() for tensor in (states, weights, bias))  # type: ignore[union-attr]


def _output_einsum(dy: Array, h: Array, W_hy: Array) -> Grads:
    return (
        np.einsum("bto,oh->bth", dy, W_hy),
        np.einsum("bto,bth->oh", dy, h),
        np.einsum("bto->o", dy),
    )


def _output_steps(dy: Array, h: Array, W_hy: Array) -> Grads:
    dh, dW_hy, db_y = np.zeros_like(h), np.zeros_like(W_hy), np.zeros(len(W_hy))
    for t in range(dy.shape[1]):
        dh[:, t] = dy[:, t] @ W_hy
        dW_hy += dy[:, t].T @ h[:, t]
        db_y += dy[:, t].sum(axis=0)
    return dh, dW_hy, db_y


def _output_batched_product(dy: Array, h: Array, W_hy: Array) -> Grads:
    return dy @ W_hy, dy.transpose(0, 2, 1) @ h, dy.sum(axis=(0, 1))


register(
    CodeExercise(
        name="bptt.output_backward",
        title="The output, backwards",
        points=2,
        reference=output_backward,
        probes=_output_probes,
        oracle=_output_torch,
        equivalents={"torch": _output_torch, "einsum": _output_einsum, "steps": _output_steps},
        outputs=("dh", "dW_hy", "db_y"),
        axes=("BTH", "OH", "O"),
        mistakes=[
            Mistake(
                "last_step",
                "`dW_hy` and `db_y` hold the last step alone. All steps share the weights, so "
                "their gradients add up over time.",
                lambda dy, h, W_hy: (dy @ W_hy, dy[:, -1].T @ h[:, -1], dy[:, -1].sum(axis=0)),
            ),
            Mistake(
                "mean",
                "You averaged over batch and time. The loss is a sum, so gradients are summed; a "
                "loss that is a mean has its division in `dy` already.",
                lambda dy, h, W_hy: (
                    dy @ W_hy,
                    np.einsum("bto,bth->oh", dy, h) / (dy.shape[0] * dy.shape[1]),
                    dy.mean(axis=(0, 1)),
                ),
            ),
            Mistake(
                "batch_mean",
                "You summed over time and averaged over the batch. Sum over both: if the loss is a "
                "mean, that division is in `dy` already.",
                lambda dy, h, W_hy: (
                    dy @ W_hy,
                    np.einsum("bto,bth->oh", dy, h) / len(dy),
                    dy.sum(axis=(0, 1)) / len(dy),
                ),
            ),
            Mistake(
                "transposed",
                "`dW_hy` is transposed. A gradient has the shape of its namesake, (O, H).",
                lambda dy, h, W_hy: (
                    dy @ W_hy,
                    np.einsum("bto,bth->ho", dy, h),
                    dy.sum(axis=(0, 1)),
                ),
            ),
            Mistake(
                "one_per_sequence",
                "`dW_hy` has an axis too many: one matrix for each sequence. The sequences of a "
                "batch share the weights as the steps do; sum over both axes.",
                _output_batched_product,
            ),
            Mistake(
                "bias_over_batch_only",
                "`db_y` has one row for each step. Sum over time as well: `axis=(0, 1)`.",
                lambda dy, h, W_hy: (
                    dy @ W_hy,
                    np.einsum("bto,bth->oh", dy, h),
                    dy.sum(axis=0),
                ),
            ),
            Mistake(
                "with_slope",
                "You multiplied `dh` by the slope of tanh. There is no tanh between a state and "
                "its output; that slope comes later, in the layer.",
                lambda dy, h, W_hy: (
                    dy @ W_hy * (1 - h**2),
                    np.einsum("bto,bth->oh", dy, h),
                    dy.sum(axis=(0, 1)),
                ),
            ),
            Mistake(
                "other_order",
                "The three gradients are right but in another order: `dh`, `dW_hy`, `db_y`.",
                lambda dy, h, W_hy: (
                    np.einsum("bto,bth->oh", dy, h),
                    dy.sum(axis=(0, 1)),
                    dy @ W_hy,
                ),
            ),
        ],
        hints=[
            "A state goes into all outputs of its own step. A weight goes into the output of each "
            "step of each sequence, so its gradient is a sum over B and T.",
            "`dy` is (B, T, O), `h` is (B, T, H), `W_hy` is (O, H). Wanted: `dh` (B, T, H), "
            "`dW_hy` (O, H), `db_y` (O,).",
            "`dh` is one product with `W_hy`. For `dW_hy` lay all steps of all sequences under "
            "each other, (B·T, O) and (B·T, H): one product then sums over them. `db_y` is a sum.",
            "`dW_hy = dy.reshape(-1, O).T @ h.reshape(-1, H)`",
        ],
        survivors={
            "5: 1 → 2": _ANY_NEGATIVE,
            "5: 1 → 2 (2)": _ANY_NEGATIVE,
            "6: 1 → 2": _ANY_NEGATIVE,
        },
        solved="Nothing in here looks from one step at another: the output layer knows no time. "
        "All of time is in the hidden state.",
    )
)


# --- 5.3 · Find the bugs -------------------------------------------------------------------------


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


def _states(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """All hidden states (B, T, H)."""
    h_t, h = h_0, []
    for t in range(x.shape[1]):
        h_t = np.tanh(x[:, t] @ W_xh.T + h_t @ W_hh.T + b_h)
        h.append(h_t)
    return np.stack(h, axis=1)


def _backward_probes(rng: np.random.Generator) -> list[Probe]:
    probes = []
    for B, T, D, H, label in (
        (1, 2, 1, 2, "a small layer"),
        (3, 4, 5, 2, ""),
        (2, 5, 3, 4, ""),
        (4, 1, 2, 3, "T = 1"),
    ):
        x, h_0 = rng.normal(size=(B, T, D)), rng.uniform(-1, 1, size=(B, H))
        W_xh, W_hh, b_h = rng.normal(size=(H, D)), rng.normal(size=(H, H)), rng.normal(size=H)
        h = _states(x, h_0, W_xh, W_hh, b_h)
        probes.append(Probe((rng.normal(size=h.shape), x, h_0, h, W_xh, W_hh), label=label))
    return probes


def _backward_torch(dh: Array, x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array) -> Grads:
    """Torch's gradients; the bias, which is no argument, is found from the first step."""
    import torch

    b_h = np.arctanh(h[0, 0]) - W_xh @ x[0, 0] - W_hh @ h_0[0]
    leaves = [torch.tensor(a, requires_grad=True) for a in (x, h_0, W_xh, W_hh, b_h)]
    inputs, h_t, W_in, W_loop, bias = leaves
    total = torch.zeros((), dtype=torch.float64)
    for t in range(x.shape[1]):
        h_t = torch.tanh(inputs[:, t] @ W_in.T + h_t @ W_loop.T + bias)
        total = total + (h_t * torch.tensor(dh[:, t])).sum()
    total.backward()
    return tuple(leaf.grad.numpy() for leaf in leaves)  # type: ignore[union-attr]


def _backward_gathered(
    dh: Array, x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array
) -> Grads:
    da, back = np.empty_like(h), np.zeros_like(h_0)
    for t in range(h.shape[1] - 1, -1, -1):
        da[:, t] = (1 - h[:, t] ** 2) * (dh[:, t] + back)
        back = np.einsum("bj,jk->bk", da[:, t], W_hh)
    before = np.concatenate([h_0[:, None], h[:, :-1]], axis=1)
    return (
        da @ W_xh,
        back,
        np.einsum("bth,btd->hd", da, x),
        np.einsum("bth,btk->hk", da, before),
        da.sum(axis=(0, 1)),
    )


def _backward_with(
    way_back: Callable[[Array], Array] = lambda W_hh: W_hh,
    before: Callable[[Array, Array, int], Array] = lambda h, h_0, t: h[:, t - 1] if t else h_0,
    add: bool = True,
    turned: bool = False,
) -> Callable[..., Grads]:
    """A backward pass with the given parts."""

    def backward(dh: Array, x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array) -> Grads:
        dx, dh_next = np.zeros(x.shape), np.zeros(h_0.shape)
        dW_xh, dW_hh, db_h = np.zeros(W_xh.shape), np.zeros(W_hh.shape), np.zeros(len(W_hh))
        for t in reversed(range(x.shape[1])):
            da_t = (dh[:, t] + dh_next) * (1 - h[:, t] ** 2)
            dx[:, t] = da_t @ W_xh
            dh_next = da_t @ way_back(W_hh)
            new = da_t.T @ x[:, t], da_t.T @ before(h, h_0, t), da_t.sum(axis=0)
            old = (dW_xh, dW_hh, db_h) if add else (0, 0, 0)
            dW_xh, dW_hh, db_h = (one + other for one, other in zip(old, new, strict=True))
        return dx, dh_next, dW_xh, dW_hh.T if turned else dW_hh, db_h

    return backward


register(
    CodeExercise(
        name="bptt.repaired_backward",
        title="Find the two bugs",
        points=3,
        reference=repaired_backward,
        given=given_backward,
        probes=_backward_probes,
        oracle=_backward_torch,
        equivalents={"torch": _backward_torch, "gathered": _backward_gathered},
        outputs=("dx", "dh_0", "dW_xh", "dW_hh", "db_h"),
        axes=("BTD", "BH", "HD", "HK", "H"),
        mistakes=[
            Mistake(
                "wraps_round",
                "The way back is right now. One bug is left, and only `dW_hh` shows it: at t = 0, "
                "`h[:, t - 1]` is `h[:, -1]`, which is the last state. Before the first step "
                "stands `h_0`.",
                _backward_with(before=lambda h, h_0, t: h[:, t - 1]),
            ),
            Mistake(
                "transposed_way_back",
                "`h_0` is right now. One bug is left: going forward a state is multiplied by "
                "`W_hh.T`, so going back its gradient is multiplied by `W_hh`.",
                _backward_with(way_back=lambda W_hh: W_hh.T),
            ),
            Mistake(
                "zero_before_the_first",
                "At the first step you put zeros in place of `h_0`. The first state need not be "
                "zero, and where it is not, `dW_hh` lacks a part.",
                _backward_with(before=lambda h, h_0, t: h[:, t - 1] if t else 0 * h_0),
            ),
            Mistake(
                "first_state_before_itself",
                "At t = 0 you take `h[:, 0]`, which is the state after the first step. Before it "
                "stands `h_0`.",
                _backward_with(before=lambda h, h_0, t: h[:, max(t - 1, 0)]),
            ),
            Mistake(
                "new_state",
                "`dW_hh` is taken with the state after the step. `W_hh` was multiplied by the one "
                "before it.",
                _backward_with(before=lambda h, h_0, t: h[:, t]),
            ),
            Mistake(
                "h_0_throughout",
                "You use `h_0` at every step. It stands before the first step alone; before step t "
                "stands `h[:, t - 1]`.",
                _backward_with(before=lambda h, h_0, t: h_0),
            ),
            Mistake(
                "turned_the_wrong_one",
                "You transposed `dW_hh`. That product was in order; turn the one that makes "
                "`dh_next`.",
                _backward_with(turned=True),
            ),
            Mistake(
                "no_sum",
                "The weights' gradients hold the first step alone: `=` replaced what the other "
                "steps had contributed. All steps share the weights, so it is `+=`.",
                _backward_with(add=False),
            ),
            Mistake(
                "no_way_back",
                "Nothing comes back from the step after. `dh_next` has to carry `da_t @ W_hh` to "
                "the step before.",
                _backward_with(way_back=lambda W_hh: 0 * W_hh),
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


# --- 5.4 · What truncation keeps -----------------------------------------------------------------


def kept_pairs(T: int, k1: int, k2: int) -> Array:
    """Loss s goes back from the end of its group of k1 losses through k2 steps."""
    s = np.arange(T)[:, None]
    t = np.arange(T)[None, :]
    start = s // k1 * k1 + k1 - k2
    return (t <= s) & (t >= start)


def _kept_probes(rng: np.random.Generator) -> list[Any]:
    k1 = int(rng.integers(2, 4))
    return [
        (4, 2, 2),
        (6, 1, 3),
        (10, 2, 5),
        (9, 3, 4),
        Probe((1, 1, 1), label="T = 1"),
        (12, k1, int(rng.integers(k1 + 1, 8))),
    ]


def _extremes(rng: np.random.Generator) -> list[Any]:
    T = int(rng.integers(4, 9))
    return [
        Probe((T, T, T), label="k1 = k2 = T"),
        Probe((T, 1, T), label="k1 = 1, k2 = T"),
        Probe((T, 1, 1), label="k1 = k2 = 1"),
    ]


def _kept_torch(T: int, k1: int, k2: int) -> Array:
    """Where torch's gradient is not zero: a one-unit RNN with a copy of its weight at each step."""
    import torch

    kept = np.zeros((T, T), dtype=bool)
    states = [torch.tensor(0.3, dtype=torch.float64)]
    for _ in range(T):
        states.append(torch.tanh(0.9 * states[-1] + 0.2))
    for first in range(0, T, k1):
        start, end = max(first + k1 - k2, 0), min(first + k1, T)
        copies = {
            t: torch.tensor(0.9, dtype=torch.float64, requires_grad=True) for t in range(start, end)
        }
        h = states[start].detach()
        for t in range(start, end):
            h = torch.tanh(copies[t] * h + 0.2)
            if t >= first:
                for copy in copies.values():
                    copy.grad = None
                h.backward(retain_graph=True)
                for u, copy in copies.items():
                    kept[t, u] = copy.grad is not None and bool(copy.grad != 0)
    return kept


def _kept_loops(T: int, k1: int, k2: int) -> Array:
    kept = np.zeros((T, T), dtype=bool)
    for first in range(0, T, k1):
        for s in range(first, min(first + k1, T)):
            kept[s, max(first + k1 - k2, 0) : s + 1] = True
    return kept


def _kept_from_the_end(T: int, k1: int, k2: int) -> Array:
    """Cut out slices whose start may be negative, which NumPy counts from the end."""
    kept = np.zeros((T, T), dtype=bool)
    for s in range(T):
        kept[s, s // k1 * k1 + k1 - k2 : s + 1] = True
    return kept


def _kept_where(condition: Callable[..., Any]) -> Callable[[int, int, int], Array]:
    def kept(T: int, k1: int, k2: int) -> Array:
        s, t = np.indices((T, T))
        return np.asarray(condition(s, t, k1, k2))

    return kept


register(
    CodeExercise(
        name="bptt.kept_pairs",
        title="What truncation keeps",
        points={"values": 2, "extremes": 1},
        reference=kept_pairs,
        probes=_kept_probes,
        oracle=_kept_torch,
        equivalents={"loops": _kept_loops, "torch": _kept_torch},
        properties=[
            Property(
                "Your pairs are wrong at the ends: with k2 = T nothing is cut, so each loss s "
                "keeps all steps t ≤ s; with k2 = 1 each loss keeps its own step alone.",
                lambda outputs, probes: (
                    all(np.array_equal(out, np.tri(len(out), dtype=bool)) for out in outputs[:2])
                    and np.array_equal(outputs[2], np.eye(len(outputs[2]), dtype=bool))
                ),
                probes=_extremes,
                part="extremes",
            )
        ],
        outputs=("kept",),
        mistakes=[
            Mistake(
                "own_window",
                "You let each loss go back k2 steps from its own step. All k1 losses of a group go "
                "back together, to one common start: k2 steps before the group's end.",
                _kept_where(lambda s, t, k1, k2: (t <= s) & (t > s - k2)),
            ),
            Mistake(
                "chunks_only",
                "You cut at the group's first step, as if k2 were k1. The group's losses go back "
                "k2 steps from its end, that is k2 − k1 steps further.",
                _kept_where(lambda s, t, k1, k2: (t <= s) & (t >= s // k1 * k1)),
            ),
            Mistake(
                "k2_before_the_group",
                "You go back k2 steps from the group's first step. The k2 steps are counted from "
                "its end; the group's own k1 steps are among them.",
                _kept_where(lambda s, t, k1, k2: (t <= s) & (t >= s // k1 * k1 - k2)),
            ),
            Mistake(
                "nothing_cut",
                "You keep the whole triangle, as if nothing were cut. k1 and k2 have to play a "
                "part.",
                _kept_where(lambda s, t, k1, k2: t <= s),
            ),
            Mistake(
                "future",
                "Part of your pairs has t > s. A loss does not depend on what happens after it.",
                _kept_where(
                    lambda s, t, k1, k2: (t >= s // k1 * k1 + k1 - k2) & (t < s // k1 * k1 + k1)
                ),
            ),
            Mistake(
                "transposed",
                "Rows and columns are exchanged: row s is the loss, column t the step it reaches.",
                lambda T, k1, k2: kept_pairs(T, k1, k2).T,
            ),
            Mistake(
                "off_by_one",
                "You keep one step too few: the window's first step, group end − k2, belongs to "
                "it.",
                _kept_where(lambda s, t, k1, k2: (t <= s) & (t > s // k1 * k1 + k1 - k2)),
            ),
            Mistake(
                "negative_start",
                "Where a window would begin before step 0, your slice starts at a negative index, "
                "and NumPy counts that from the end. Start it at `max(…, 0)`.",
                _kept_from_the_end,
            ),
            Mistake(
                "chunks_of_k2",
                "You cut into chunks of k2. A window starts k2 before the end of each group of k1 "
                "losses, so windows overlap where k2 > k1.",
                _kept_where(lambda s, t, k1, k2: (t <= s) & (s // k2 == t // k2)),
            ),
            Mistake(
                "one_step_too_many",
                "You let each loss go back k2 steps from its own step, and count that step on top. "
                "All k1 losses of a group share one start: k2 before the group's end.",
                _kept_where(lambda s, t, k1, k2: (t <= s) & (t >= s - k2)),
            ),
            Mistake(
                "not_itself",
                "You left out t = s. A loss reaches the weights of its own step first.",
                _kept_where(lambda s, t, k1, k2: (t < s) & (t >= s // k1 * k1 + k1 - k2)),
            ),
        ],
        hints=[
            "Find for each loss s the group that it belongs to. Its window is the same for all "
            "losses of that group.",
            "Compare two index arrays with each other: `s = np.arange(T)[:, None]`, (T, 1), and "
            "`t = np.arange(T)[None, :]`, (1, T). The result is a bool array, (T, T).",
            "Group: `s // k1`. Its first step: `s // k1 * k1`. Its end, not included: k1 later. "
            "The window starts k2 before that end. Keep t from there up to s.",
            "`(t <= s) & (t >= s // k1 * k1 + k1 - k2)`",
        ],
        solved="The full gradient is the whole triangle. Chunks keep small triangles along the "
        "diagonal, sliding windows a band. Everything else about truncation follows from it.",
        survivors={
            "4: np.arange(T)[None, :] → np.arange(T)": "a vector is taken as a row all the same"
        },
    )
)


# --- 5.5 · Count the steps back ------------------------------------------------------------------


def _count_steps_back() -> int:
    """Count the steps of all windows, one window after the other."""
    return sum(len(range(max(end - 50, 0), end)) for end in range(10, 1001, 10))


register(
    ValueExercise(
        name="bptt.steps_back",
        title="Count the steps back",
        points=1,
        answer=4900,
        oracle=_count_steps_back,
        mistakes=[
            Mistake(
                "start",
                "Nearly. The first windows are shorter: after 10 steps there are no 50 to go back.",
                5000,
            ),
            Mistake(
                "chunks",
                "That is a walk without overlap, k1 = k2. Here each window goes back 50 steps and "
                "the next one ends only 10 steps later.",
                1000,
            ),
            Mistake(
                "updates",
                "That is the number of windows. Each of them walks back up to 50 steps.",
                100,
            ),
            Mistake(
                "each_step",
                "You started a window at every step. It is one in every k1 = 10 steps.",
                50_000,
            ),
            Mistake(
                "each_step_with_start",
                "The short windows at the start are counted right, but you started a window at "
                "every step. It is one in every k1 = 10 steps.",
                48_775,
            ),
            Mistake(
                "last_windows",
                "You left out all windows that are shorter than 50 steps. They are shorter, not "
                "absent: 10, 20, 30 and 40 steps.",
                4800,
            ),
        ],
        hints=[
            "How many windows are there, and how many steps does each walk back?",
            "Write down the windows' ends, 10, 20, 30, …, 1000, and next to each how far back it "
            "can go.",
            "The window that ends at step e walks back min(e, 50) steps.",
            "10 + 20 + 30 + 40 + 96 · 50",
        ],
        solved="Each step is walked back over nearly k2 / k1 = 5 times. In chunks, k1 = k2, it is "
        "once, as in the full gradient.",
    )
)


# --- 5.6 · Older than the window -----------------------------------------------------------------

register(
    OpenExercise(
        name="bptt.older_than_the_window",
        title="Older than the window",
        points=4,
        rubric=[
            "Says that the state is carried forward over the border, so a network trained in "
            "chunks of k can use what is older than k steps.",
            "Says that the gradient is what stops: no loss credits or blames a step in an earlier "
            "chunk, so nothing teaches the network to store something for longer than k.",
            "Draws the conclusion: it can carry old information by luck or because storing helped "
            "within k steps, but learning to do so is not driven by the loss.",
            "Describes an experiment that could come out otherwise, for instance: train on an echo "
            "with lag below and above k, compare held-out errors; or change an old input and look "
            "at both the outputs and the gradient.",
        ],
        hints=[
            "Two things travel through time, in two directions. Which of them is cut?",
            "Look again at the cell that changed the first input. What was zero, and what was not?",
            "Remembering is forward, learning is backward. Say for each what happens at a border.",
            "An experiment: the echo of claim 8, lag 4 and lag 10, with k = 8.",
        ],
    )
)


# --- 5.7 · A leaky cell, backwards ---------------------------------------------------------------


def leaky_step_backward(
    dh_t: Array,
    x_t: Array,
    h_prev: Array,
    W_xh: Array,
    W_hh: Array,
    b_h: Array,
    alpha: float,
) -> Grads:
    """Gradients of h_t = (1 − α) h_{t−1} + α tanh(W_xh x_t + W_hh h_{t−1} + b_h)."""
    c_t = np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)
    da_t = alpha * dh_t * (1 - c_t**2)
    dx_t = da_t @ W_xh
    dh_prev = (1 - alpha) * dh_t + da_t @ W_hh
    dW_xh = da_t.T @ x_t
    dW_hh = da_t.T @ h_prev
    db_h = da_t.sum(axis=0)
    return dx_t, dh_prev, dW_xh, dW_hh, db_h


def _leaky_arguments(rng: np.random.Generator, B: int, D: int, H: int, alpha: float) -> Any:
    return (
        rng.normal(size=(B, H)),
        rng.normal(size=(B, D)),
        rng.uniform(-1, 1, size=(B, H)),
        rng.normal(size=(H, D)),
        rng.normal(size=(H, H)),
        rng.normal(size=H),
        alpha,
    )


def _leaky_probes(rng: np.random.Generator) -> list[Probe]:
    numbers = [[1.0]], [[1.0]], [[0.5]], [[2.0]], [[0.5]]
    return [
        Probe((*map(np.array, numbers), np.array([-0.25]), 0.2), label="one unit"),
        Probe(_leaky_arguments(rng, 3, 4, 2, 0.3)),
        Probe(_leaky_arguments(rng, 2, 3, 5, 0.7)),
        Probe(_leaky_arguments(rng, 4, 2, 3, 1.0), label="α = 1, the plain cell"),
        Probe(_leaky_arguments(rng, 1, 3, 2, 0.0), label="α = 0, nothing but the leak"),
    ]


def _leaky_torch(
    dh_t: Array, x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array, alpha: float
) -> Grads:
    import torch

    leaves = [torch.tensor(a, requires_grad=True) for a in (x_t, h_prev, W_xh, W_hh, b_h)]
    x, h, W_in, W_loop, bias = leaves
    new = torch.tanh(
        torch.nn.functional.linear(x, W_in, bias) + torch.nn.functional.linear(h, W_loop)
    )
    torch.lerp(h, new, alpha).backward(torch.tensor(dh_t))
    return tuple(leaf.grad.numpy() for leaf in leaves)  # type: ignore[union-attr]


def _leaky_einsum(
    dh_t: Array, x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array, alpha: float
) -> Grads:
    slope = np.cosh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h) ** -2
    da = slope * dh_t * alpha
    dh_prev = dh_t - alpha * dh_t + np.einsum("bj,jk->bk", da, W_hh)
    weights = np.einsum("bj,bi->ji", da, x_t), np.einsum("bj,bk->jk", da, h_prev)
    return np.einsum("bj,ji->bi", da, W_xh), dh_prev, *weights, np.einsum("bj->j", da)


def _leaky_with(change: Callable[..., tuple[Any, Any]]) -> Callable[..., Grads]:
    """Gradients from `change(dh_t, h_prev, c_t, alpha) -> (da_t, what goes back directly)`."""

    def backward(
        dh_t: Array, x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array, alpha: float
    ) -> Grads:
        c_t = np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)
        da, direct = change(dh_t, h_prev, c_t, alpha)
        return da @ W_xh, direct + da @ W_hh, da.T @ x_t, da.T @ h_prev, da.sum(axis=0)

    return backward


def _leaky_slope_of_the_sum(*args: Any) -> Grads:
    dh_t, x_t, h_prev, W_xh, W_hh, b_h, alpha = args
    a_t = x_t @ W_xh.T + h_prev @ W_hh.T + b_h
    da = alpha * dh_t * (1 - a_t**2)
    dh_prev = (1 - alpha) * dh_t + da @ W_hh
    return da @ W_xh, dh_prev, da.T @ x_t, da.T @ h_prev, da.sum(axis=0)


def _leaky_transposed(*args: Any) -> Grads:
    dh_t, x_t, h_prev, W_xh, W_hh, b_h, alpha = args
    c_t = np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)
    dx_t, _, dW_xh, dW_hh, db_h = leaky_step_backward(*args)
    return dx_t, (1 - alpha) * dh_t + alpha * dh_t * (1 - c_t**2) @ W_hh.T, dW_xh, dW_hh, db_h


def _leaky_new_state(*args: Any) -> Grads:
    dh_t, x_t, h_prev, W_xh, W_hh, b_h, alpha = args
    c_t = np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)
    dx_t, dh_prev, dW_xh, _, db_h = leaky_step_backward(*args)
    da = alpha * dh_t * (1 - c_t**2)
    return dx_t, dh_prev, dW_xh, da.T @ ((1 - alpha) * h_prev + alpha * c_t), db_h


register(
    CodeExercise(
        name="bptt.leaky_step_backward",
        title="A leaky cell, backwards",
        points=3,
        reference=leaky_step_backward,
        probes=_leaky_probes,
        oracle=_leaky_torch,
        equivalents={"torch": _leaky_torch, "einsum": _leaky_einsum},
        outputs=("dx_t", "dh_prev", "dW_xh", "dW_hh", "db_h"),
        axes=("BD", "BH", "HD", "HK", "H"),
        mistakes=[
            Mistake(
                "no_leak",
                "`dh_prev` lacks the direct way: the old state also goes into the new one times "
                "1 − α, past the tanh. Add what comes back along it.",
                _leaky_with(lambda dh, h, c, alpha: (alpha * dh * (1 - c**2), 0)),
            ),
            Mistake(
                "no_alpha",
                "On its way to the tanh the gradient passes the factor α; `da_t` lacks it.",
                _leaky_with(lambda dh, h, c, alpha: (dh * (1 - c**2), (1 - alpha) * dh)),
            ),
            Mistake(
                "slope_of_the_state",
                "You took the slope 1 − h², with the leaky state. It is the slope of tanh, so it "
                "needs what tanh returned, and that is not h_t here.",
                _leaky_with(
                    lambda dh, h, c, alpha: (
                        alpha * dh * (1 - ((1 - alpha) * h + alpha * c) ** 2),
                        (1 - alpha) * dh,
                    )
                ),
            ),
            Mistake(
                "slope_of_the_sum",
                "You took the slope 1 − a², with the sum that tanh was given. The slope of tanh is "
                "1 − tanh², with what it returned.",
                _leaky_slope_of_the_sum,
            ),
            Mistake(
                "swapped",
                "α and 1 − α are exchanged: α belongs to the tanh, 1 − α to the old state.",
                _leaky_with(lambda dh, h, c, alpha: ((1 - alpha) * dh * (1 - c**2), alpha * dh)),
            ),
            Mistake(
                "leak_without_factor",
                "The direct way has the factor 1 − α; yours lets `dh_t` through as it is.",
                _leaky_with(lambda dh, h, c, alpha: (alpha * dh * (1 - c**2), dh)),
            ),
            Mistake(
                "plain_cell",
                "This is the gradient of the plain cell, or of a leak sent through the tanh. The "
                "way through the tanh has the factor α. The leak goes past it: add "
                "(1 − α) · `dh_t` to `dh_prev` alone.",
                _leaky_with(lambda dh, h, c, alpha: (dh * (1 - c**2), 0)),
            ),
            Mistake(
                "transposed_way_back",
                "In `dh_prev` the gradient passes `W_hh` the wrong way round. Going forward the "
                "state was multiplied by `W_hh.T`, so going back `da_t` is multiplied by `W_hh`.",
                _leaky_transposed,
            ),
            Mistake(
                "no_slope",
                "You left out the slope of tanh, 1 − c_t², in `da_t`.",
                _leaky_with(lambda dh, h, c, alpha: (alpha * dh, (1 - alpha) * dh)),
            ),
            Mistake(
                "new_state",
                "`dW_hh` is taken with the new state. `W_hh` was multiplied by the old one.",
                _leaky_new_state,
            ),
        ],
        hints=[
            "List the ways that lead from the old state to the new one. There are two, and the "
            "gradient comes back along both.",
            "Compute what tanh returned first, `c_t`, (B, H). All gradients have the shapes of "
            "their namesakes.",
            "Into the tanh: `dh_t`, times α, times the slope 1 − c_t². That is `da_t`, and the "
            "four products with it are those of the lesson. Past the tanh: (1 − α) · `dh_t`.",
            "`dh_prev = (1 - alpha) * dh_t + da_t @ W_hh`",
        ],
        solved="The direct way passes no tanh and no matrix: with a small α the gradient comes "
        "back nearly as it left. The gates of lesson 07 are made of this.",
    )
)
