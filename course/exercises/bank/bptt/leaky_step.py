"""Exercise 5.8: a leaky cell, backwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, register
from course.exercises.bank.bptt.common import Array, Grads


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


def _leaky_then(change: Callable[..., Grads]) -> Callable[..., Grads]:
    """The right gradients changed: `change(gradients, dh_t, W_hh, da_t, h_prev, alpha)`."""

    def backward(*args: Any) -> Grads:
        dh_t, x_t, h_prev, W_xh, W_hh, b_h, alpha = args
        c_t = np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)
        da_t = alpha * dh_t * (1 - c_t**2)
        return change(leaky_step_backward(*args), dh_t, W_hh, da_t, h_prev, alpha)

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
                "`dh_prev` lacks the direct path: the old state also enters the new one times "
                "1 − α, past the tanh. Add what comes back along that path.",
                _leaky_with(lambda dh, h, c, alpha: (alpha * dh * (1 - c**2), 0)),
            ),
            Mistake(
                "no_alpha",
                "Between `dh_t` and tanh the gradient passes the factor α; `da_t` lacks it.",
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
                "The direct path has the factor 1 − α; yours lets `dh_t` through as it is.",
                _leaky_with(lambda dh, h, c, alpha: (alpha * dh * (1 - c**2), dh)),
            ),
            Mistake(
                "plain_cell",
                "This is the gradient of the plain cell, or of a leak sent through the tanh. The "
                "path through tanh has the factor α. The leak goes past it: add "
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
                "slope_of_alpha_tanh",
                "The slope of α tanh(a) is α (1 − c_t²). You took 1 − (α c_t)²: α is a factor "
                "outside tanh.",
                _leaky_with(
                    lambda dh, h, c, alpha: (dh * (1 - (alpha * c) ** 2), (1 - alpha) * dh)
                ),
            ),
            Mistake(
                "alpha_in_the_square",
                "The factor α stands before the slope; inside it, square c_t alone: α (1 − c_t²).",
                _leaky_with(
                    lambda dh, h, c, alpha: (alpha * dh * (1 - (alpha * c) ** 2), (1 - alpha) * dh)
                ),
            ),
            Mistake(
                "alpha_on_the_square",
                "α multiplies the whole slope, α (1 − c_t²). You multiplied c_t² alone.",
                _leaky_with(lambda dh, h, c, alpha: (dh * (1 - alpha * c**2), (1 - alpha) * dh)),
            ),
            Mistake(
                "alpha_for_the_leak",
                "The direct path has the factor 1 − α; you took α.",
                _leaky_with(lambda dh, h, c, alpha: (alpha * dh * (1 - c**2), alpha * dh)),
            ),
            Mistake(
                "leak_from_da",
                "The direct path goes past tanh: it starts from `dh_t`, not from `da_t`.",
                _leaky_with(
                    lambda dh, h, c, alpha: (
                        alpha * dh * (1 - c**2),
                        (1 - alpha) * alpha * dh * (1 - c**2),
                    )
                ),
            ),
            Mistake(
                "leak_of_the_state",
                "The direct path carries back a gradient: (1 − α) times `dh_t`, not times "
                "`h_prev`.",
                _leaky_with(lambda dh, h, c, alpha: (alpha * dh * (1 - c**2), (1 - alpha) * h)),
            ),
            Mistake(
                "no_square",
                "The slope of tanh is 1 − c_t²: square c_t.",
                _leaky_with(lambda dh, h, c, alpha: (alpha * dh * (1 - c), (1 - alpha) * dh)),
            ),
            Mistake(
                "slope_at_h_prev",
                "You took the slope at the old state. It needs what tanh returned in this "
                "step, `c_t`.",
                _leaky_with(lambda dh, h, c, alpha: (alpha * dh * (1 - h**2), (1 - alpha) * dh)),
            ),
            Mistake(
                "leak_through_the_matrix",
                "The direct path passes no matrix: add (1 − α) · `dh_t` itself, not its "
                "product with `W_hh`.",
                _leaky_then(
                    lambda g, dh, V, da, h, alpha: (g[0], da @ V + (1 - alpha) * dh @ V, *g[2:])
                ),
            ),
            Mistake(
                "whole_sum_times_leak",
                "The factor 1 − α belongs to the direct path alone. You multiplied both paths "
                "in `dh_prev` by it.",
                _leaky_then(
                    lambda g, dh, V, da, h, alpha: (g[0], (1 - alpha) * (dh + da @ V), *g[2:])
                ),
            ),
            Mistake(
                "alpha_twice_in_dh_prev",
                "In `dh_prev` the path through tanh has α twice: `da_t` holds it already.",
                _leaky_then(
                    lambda g, dh, V, da, h, alpha: (g[0], (1 - alpha) * dh + alpha * da @ V, *g[2:])
                ),
            ),
            Mistake(
                "alpha_twice_in_dW_hh",
                "`dW_hh` has α twice: `da_t` holds it already.",
                _leaky_then(lambda g, dh, V, da, h, alpha: (*g[:3], alpha * g[3], g[4])),
            ),
            Mistake(
                "leak_in_dW_hh",
                "`dW_hh` has a part of the direct path in it. That path passes no weight.",
                _leaky_then(
                    lambda g, dh, V, da, h, alpha: (*g[:3], g[3] + (1 - alpha) * dh.T @ h, g[4])
                ),
            ),
            Mistake(
                "new_state",
                "`dW_hh` is taken with the new state. `W_hh` was multiplied by the old one.",
                _leaky_new_state,
            ),
        ],
        hints=[
            "List the paths that lead from the old state to the new one. There are two, and the "
            "gradient comes back along both.",
            "Compute what tanh returned first, `c_t`, (B, H). All gradients have the shapes of "
            "their namesakes.",
            "Into the tanh: `dh_t`, times α, times the slope 1 − c_t². That is `da_t`, and the "
            "four products with it are those of the lesson. Past the tanh: (1 − α) · `dh_t`.",
            "`dh_prev = (1 - alpha) * dh_t + da_t @ W_hh`",
        ],
        solved="The direct path passes no tanh and no matrix: with a small α the gradient comes "
        "back nearly as it left. The gates of lesson 07 are made of this.",
    )
)
