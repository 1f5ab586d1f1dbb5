"""Exercise 8.3, wrong answers: a step with one of its lines replaced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank.gru.common import Array, Results
from course.exercises.bank.gru.reset import reset
from course.exercises.bank.gru.update import update
from helpers.gru import GRUStates, GRUWeights, gru_reset, gru_update
from helpers.lstm import sigmoid

Gate = Callable[[Array, Array, GRUWeights], Array]


def reset_gate(x: Array, h: Array, w: GRUWeights) -> Array:
    return sigmoid(x @ w.W_xr.T + h @ w.W_hr.T + w.b_r)


def update_gate(x: Array, h: Array, w: GRUWeights) -> Array:
    return sigmoid(x @ w.W_xz.T + h @ w.W_hz.T + w.b_z)


def candidate(x: Array, past: Array, r: Array, w: GRUWeights) -> Array:
    return np.tanh(x @ w.W_xn.T + w.b_n + past)


def states_of(h: Array, r: Array, z: Array, n: Array, past: Array) -> Any:
    return h, r, z, n


def step_with(
    r: Gate = reset_gate,
    z: Gate = update_gate,
    n: Callable[..., Array] = candidate,
    seen: Callable[..., Array] = gru_reset,
    mix: Callable[..., Array] = gru_update,
    result: Callable[..., Any] = states_of,
) -> Callable[..., Any]:
    """A step with one of its lines replaced."""

    def wrong(x: Array, h: Array, w: GRUWeights, **how: Any) -> Any:
        after, weighs = how.get("reset_after", True), how.get("z_weighs", "past")
        one, other = r(x, h, w), z(x, h, w)
        past = seen(h, one, w.W_hn, w.b_hn, reset_after=after)
        new = n(x, past, one, w)
        return result(mix(h, new, other, z_weighs=weighs), one, other, new, past)

    return wrong


def fixed(function: Callable[..., Array]) -> Callable[..., Array]:
    """The function with its default convention, whatever is asked for."""
    return lambda *args, **how: function(*args)


def unpacked_by_kind(x: Array, h: Array, w: GRUWeights, **how: Any) -> Any:
    """All of W_x, all of W_h, the biases; own functions refuse no shape, as the package's do."""
    return step_with(seen=reset, mix=update)(
        x, h, GRUWeights(*(w[i] for i in (0, 3, 6, 1, 4, 7, 2, 5, 8, 9))), **how
    )


def filled(**taken: str) -> Callable[..., Any]:
    """A step that finds some arrays where others should be."""

    def wrong(x: Array, h: Array, w: GRUWeights, **how: Any) -> Any:
        return step_with()(
            x, h, w._replace(**{to: getattr(w, of) for to, of in taken.items()}), **how
        )

    return wrong


def all_turned(x: Array, h: Array, w: GRUWeights, **how: Any) -> Any:
    flat = {f"W_{one}": getattr(w, f"W_{one}").T for one in ("xr", "hr", "xz", "hz", "xn")}
    return step_with()(x, h, w._replace(**flat), **how)


def matrix_first(x: Array, h: Array, w: GRUWeights, **how: Any) -> GRUStates:
    r = sigmoid(w.W_xr @ x + w.W_hr @ h + w.b_r)
    z = sigmoid(w.W_xz @ x + w.W_hz @ h + w.b_z)
    past = gru_reset(h, r, w.W_hn, w.b_hn, reset_after=how.get("reset_after", True))
    n = np.tanh(w.W_xn @ x + w.b_n + past)
    return GRUStates(gru_update(h, n, z, z_weighs=how.get("z_weighs", "past")), r, z, n)


def z_sees_the_reset_state(x: Array, h: Array, w: GRUWeights, **how: Any) -> Results:
    states = step_with()(x, h, w, **how)
    z = update_gate(x, states[1] * h, w)
    h_t = gru_update(h, states[3], z, z_weighs=how.get("z_weighs", "past"))
    return h_t, states[1], z, states[3]


def other_place(h: Array, r: Array, W: Array, b: Array, *, reset_after: bool) -> Array:
    return gru_reset(h, r, W, b, reset_after=not reset_after)


def with_one_gate(
    x: Array, h: Array, w: GRUWeights, gate: str, reset_after: bool = True, z_weighs: Any = "past"
) -> Results:
    """Both jobs done by one gate."""
    r, z = reset_gate(x, h, w), update_gate(x, h, w)
    both = z if gate == "z" else r
    n = candidate(x, gru_reset(h, both, w.W_hn, w.b_hn, reset_after=reset_after), r, w)
    return gru_update(h, n, both, z_weighs=z_weighs), r, z, n


def mixed_past(x: Array, h: Array, w: GRUWeights, **how: Any) -> Results:
    """The mixture of `past` and the candidate."""
    _, r, z, n, past = step_with(result=lambda *five: five)(x, h, w, **how)
    return update(past, n, z, z_weighs=how.get("z_weighs", "past")), r, z, n


def one_minus_r(h: Array, r: Array, W: Array, b: Array, *, reset_after: bool) -> Array:
    return gru_reset(h, 1 - r, W, b, reset_after=reset_after)


def past_turned(h: Array, r: Array, W: Array, b: Array, *, reset_after: bool) -> Array:
    return gru_reset(h, r, W.T, b, reset_after=reset_after)


def no_reset(h: Array, r: Array, W: Array, b: Array, *, reset_after: bool) -> Array:
    return h @ W.T + b


def bias_outside(h: Array, r: Array, W: Array, b: Array, *, reset_after: bool) -> Array:
    return gru_reset(h, r, W, 0 * b, reset_after=reset_after) + b


def without(*biases: str) -> Callable[..., Any]:
    """A step without some biases."""
    return lambda x, h, w, **how: step_with()(
        x, h, w._replace(**{name: 0 * getattr(w, name) for name in biases}), **how
    )
