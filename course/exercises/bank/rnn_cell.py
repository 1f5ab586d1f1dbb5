"""The exercises of lesson 02, The RNN cell."""

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

# --- 2.1 · The third day -------------------------------------------------------------------------

GARDEN = (
    np.array([[-0.5, 2.5, -0.1, 0.1], [-0.4, 0.1, 0.4, 0.8]]),  # W_xh (H, D)
    np.array([[0.9, 0.1], [0.2, 0.5]]),  # W_hh (H, H)
    np.array([0.1, -0.1]),  # b_h (H,)
)
DAYS = np.array([[0.0, 1.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]])  # (T, D)


def _torch_states(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """All hidden states (B, T, H) from torch's own layer."""
    import torch

    H, D = W_xh.shape
    layer = torch.nn.RNN(D, H, batch_first=True, dtype=torch.float64)
    weights = (W_xh, W_hh, b_h, np.zeros(H))
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    layer.load_state_dict({n: torch.tensor(w) for n, w in zip(names, weights, strict=True)})
    with torch.no_grad():
        states, _ = layer(torch.tensor(x), torch.tensor(h_0)[None])
    return states.numpy()


def _third_day() -> tuple[float, float]:
    wet, cold = _torch_states(DAYS[None], np.zeros((1, 2)), *GARDEN)[0, -1]
    return float(wet), float(cold)


register(
    ValueExercise(
        name="rnn.third_day",
        title="The third day",
        points=1,
        answer=(0.0228, -0.4298),
        tolerance=0.005,
        oracle=_third_day,
        mistakes=[
            Mistake(
                "no_tanh",
                "These are the sums. Squash each of them with tanh; only then are they the state.",
                (0.0229, -0.4597),
            ),
            Mistake(
                "day_two",
                "This is the state after day 2. Go one step further: its two numbers are "
                "yesterday's state now.",
                (0.4823, -0.1122),
            ),
            Mistake(
                "empty_state",
                "You started from (0, 0), as if there had been no yesterday. The old state after "
                "day 2 is (0.4823, −0.1122).",
                (-0.3799, -0.4621),
            ),
            Mistake(
                "no_bias",
                "You left out the biases: 0.1 for wet, −0.1 for cold.",
                (-0.0770, -0.3449),
            ),
            Mistake(
                "transposed",
                "The weights between the units stand the wrong way round: wet gets 0.1 of the old "
                "cold, cold gets 0.2 of the old wet.",
                (0.0116, -0.4683),
            ),
            Mistake(
                "one_unit_each",
                "Each unit hears both old units, the other one as well: wet gets 0.9 of the old "
                "wet and 0.1 of the old cold.",
                (0.0341, -0.5051),
            ),
            Mistake(
                "swapped",
                "The numbers are right and stand in the wrong order: (wet, cold) is asked for.",
                (-0.4298, 0.0228),
            ),
            Mistake(
                "signs",
                "The sizes are right, the signs are not. Add up the four terms again; tanh keeps "
                "the sign of the sum.",
                (-0.0228, 0.4298),
            ),
            Mistake(
                "scores",
                "These are the outputs, “water” and “wait”. The exercise asks for the hidden state "
                "that they are computed from.",
                (0.2921, -0.1677),
            ),
            Mistake(
                "minus_of_cold",
                "Mind the sign: the old cold is −0.1122, so what it adds to both sums is negative.",
                (0.0453, -0.3341),
            ),
            Mistake(
                "no_sun",
                "You left out the weight from sun: −0.5 for wet, −0.4 for cold. The sky counts "
                "today, too.",
                (0.4799, -0.0596),
            ),
        ],
        hints=[
            "The state after day 3 mixes two things: what the gardener sees today (sun), and the "
            "state after day 2. It is day 2's calculation with new old values.",
            "Two numbers come out, one for each unit. Into each go four terms: the weight from "
            "sun, a weight times the old wet, a weight times the old cold, the bias.",
            "Write the two sums, one under the other. Take 0.4823 for the old wet and −0.1122 for "
            "the old cold; mind the minus signs. Then take tanh of each sum.",
            "wet: tanh(−0.5 + 0.9 · 0.4823 + 0.1 · (−0.1122) + 0.1). Do the same for cold.",
        ],
        solved="Both scores follow: “water” 0.2921, “wait” −0.1677. She waters, although today "
        "looks just like day 2. The wet of day 1 has faded from the state.",
    )
)


# --- 2.2 · Build the step ------------------------------------------------------------------------


def step(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """One step of the cell."""
    a_t = x_t @ W_xh.T + h_prev @ W_hh.T + b_h
    h_t = np.tanh(a_t)
    return h_t


def _step_trace(
    x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array
) -> dict[str, Array]:
    """The lines of the step by name, in the formula's order."""
    a_t = x_t @ W_xh.T + h_prev @ W_hh.T + b_h
    return {"a_t": a_t, "h_t": np.tanh(a_t)}


def _step_torch(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return _torch_states(x_t[:, None], h_prev, W_xh, W_hh, b_h)[:, 0]


def _step_probes(rng: np.random.Generator) -> list[Probe]:
    """Day 1, a small cell, then batches with all sizes different.

    Products the wrong way round stop with an error there; two of everything tells them apart.
    """
    probes = [Probe((DAYS[:1].copy(), np.zeros((1, 2)), *GARDEN), label="day 1")]
    sizes = (
        (1, 2, 2, "two inputs"),
        (2, 2, 2, "two of everything"),
        (3, 4, 2, ""),
        (4, 2, 3, ""),
        (2, 3, 1, "one unit"),
    )
    for B, D, H, label in sizes:
        arrays = (
            rng.normal(size=(B, D)),
            rng.uniform(-1, 1, size=(B, H)),
            rng.normal(size=(H, D)),
            rng.normal(size=(H, H)),
            rng.normal(size=H),
        )
        probes.append(Probe(tuple(array.round(2) for array in arrays), label=label))
    return probes


def _step_einsum(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return np.tanh(np.einsum("bd,hd->bh", x_t, W_xh) + np.einsum("bk,hk->bh", h_prev, W_hh) + b_h)


def _step_loops(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return np.array([np.tanh(W_xh @ x + W_hh @ h + b_h) for x, h in zip(x_t, h_prev, strict=True)])


def _step_sums(
    change: Callable[[Array, Array, Array], Array],
) -> Callable[[Array, Array, Array, Array, Array], Array]:
    """A wrong step, given the three terms: from the input, from the old state, the bias."""

    def wrong(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
        return change(x_t @ W_xh.T, h_prev @ W_hh.T, b_h)

    return wrong


def _step_turned(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh + b_h)


def _step_columns(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return np.tanh(W_xh @ x_t.T + W_hh @ h_prev.T + b_h[:, None])


def _step_untransposed(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)


def _step_input_untransposed(
    x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array
) -> Array:
    return np.tanh(x_t @ W_xh + h_prev @ W_hh.T + b_h)


def _step_matrix_first(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return np.tanh(W_xh @ x_t + W_hh @ h_prev + b_h)


def _step_columns_bias(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return np.tanh(W_xh @ x_t.T + W_hh @ h_prev.T + b_h)


def _step_star(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return np.tanh(x_t * W_xh + h_prev * W_hh + b_h)


def _step_plus_old(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return h_prev + step(x_t, h_prev, W_xh, W_hh, b_h)


def _step_old_unweighted(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return np.tanh(x_t @ W_xh.T + h_prev + b_h)


def _step_first_row(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return np.tanh(W_xh @ x_t[0] + W_hh @ h_prev[0] + b_h)


def _step_both(
    x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array
) -> tuple[Array, Array]:
    a_t = x_t @ W_xh.T + h_prev @ W_hh.T + b_h
    return a_t, np.tanh(a_t)


def _step_bias_down(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h[:, None])


def _step_one_matrix(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return np.tanh((x_t @ W_xh.T + h_prev) @ W_hh.T + b_h)


register(
    CodeExercise(
        name="rnn.step",
        title="Build the step",
        points=2,
        package="rnn.rnn_step",
        reference=step,
        trace=_step_trace,
        probes=_step_probes,
        oracle=_step_torch,
        equivalents={"torch": _step_torch, "einsum": _step_einsum, "loops": _step_loops},
        outputs=("h_t",),
        axes=("BH",),
        mistakes=[
            Mistake(
                "turned",
                "The old state's product is the wrong way round: with `W_hh` in place of `W_hh.T`, "
                "unit j gets the weights that lead *out of* it. Both have the right shape, (H, H), "
                "so no error tells you.",
                _step_turned,
            ),
            Mistake(
                "untransposed",
                "Both products need the transposed matrix: (B, D) times (H, D) does not fit, but "
                "(B, D) times (D, H) does. That is `W_xh.T`, and `W_hh.T` likewise.",
                _step_untransposed,
            ),
            Mistake(
                "input_untransposed",
                "`x_t` is (B, D) and `W_xh` is (H, D): these do not fit. (D, H), that is `W_xh.T`, "
                "does.",
                _step_input_untransposed,
            ),
            Mistake(
                "matrix_first",
                "`W_xh @ x_t` is right for one sequence. In a batch the sequences are rows, so "
                "the data come first: `x_t @ …`, (B, D) times (D, H).",
                _step_matrix_first,
            ),
            Mistake(
                "columns_bias",
                "Your products are (H, B), so the sequences are columns and the bias does not fit. "
                "In the course they are rows: write `x_t` and `h_prev` first in the products.",
                _step_columns_bias,
            ),
            Mistake(
                "star",
                "`*` multiplies entry by entry. A matrix product is `@`.",
                _step_star,
            ),
            Mistake(
                "no_bias",
                "You left out the bias `b_h`.",
                _step_sums(lambda x, h, b: np.tanh(x + h)),
            ),
            Mistake(
                "no_tanh",
                "This is $a_t$, what reaches the units. Squash it with tanh; only then is it the "
                "state.",
                _step_sums(lambda x, h, b: x + h + b),
            ),
            Mistake(
                "no_memory",
                "The old state `h_prev` plays no part in your result, so nothing is remembered.",
                _step_sums(lambda x, h, b: np.tanh(x + b)),
            ),
            Mistake(
                "no_input",
                "The input `x_t` plays no part in your result.",
                _step_sums(lambda x, h, b: np.tanh(h + b)),
            ),
            Mistake(
                "bias_outside",
                "You add the bias after tanh. It belongs inside: it is part of the sum that is "
                "squashed.",
                _step_sums(lambda x, h, b: np.tanh(x + h) + b),
            ),
            Mistake(
                "tanh_each",
                "You squash each product on its own. Add everything up, then apply tanh once.",
                _step_sums(lambda x, h, b: np.tanh(x) + np.tanh(h) + b),
            ),
            Mistake(
                "tanh_each_and_bias",
                "You squash each term on its own. Add all three up first, then apply tanh once.",
                _step_sums(lambda x, h, b: np.tanh(x) + np.tanh(h) + np.tanh(b)),
            ),
            Mistake(
                "tanh_of_input",
                "tanh covers the input's part alone. It has to cover the whole sum.",
                _step_sums(lambda x, h, b: np.tanh(x) + h + b),
            ),
            Mistake(
                "tanh_of_state",
                "tanh covers the old state's part alone. It has to cover the whole sum.",
                _step_sums(lambda x, h, b: x + np.tanh(h) + b),
            ),
            Mistake(
                "sigmoid",
                "You squash with a sigmoid, into (0, 1). This cell uses tanh, into (−1, 1).",
                _step_sums(lambda x, h, b: 1 / (1 + np.exp(-(x + h + b)))),
            ),
            Mistake(
                "relu",
                "You cut off at zero (ReLU). This cell uses tanh.",
                _step_sums(lambda x, h, b: np.maximum(x + h + b, 0)),
            ),
            Mistake(
                "tan",
                "You used `np.tan`, the tangent. The formula has the *hyperbolic* tangent, "
                "`np.tanh`.",
                _step_sums(lambda x, h, b: np.tan(x + h + b)),
            ),
            Mistake(
                "twice",
                "You apply tanh twice.",
                _step_sums(lambda x, h, b: np.tanh(np.tanh(x + h + b))),
            ),
            Mistake(
                "columns",
                "Your result is (H, B): its columns are the sequences. In the course they are "
                "rows: write `x_t` and `h_prev` first in the products.",
                _step_columns,
            ),
            Mistake(
                "plus_old",
                "You add the old state to the new one. The new state replaces it; `h_prev` comes "
                "in only through `W_hh`.",
                _step_plus_old,
            ),
            Mistake(
                "old_unweighted",
                "You add `h_prev` as it is. Each unit receives the old units through its row of "
                "`W_hh`.",
                _step_old_unweighted,
            ),
            Mistake(
                "first_row",
                "You use the first sequence of the batch alone. Every row of `x_t` needs a row in "
                "the result.",
                _step_first_row,
            ),
            Mistake(
                "both",
                "You return two things, the sum and the state. Return the state alone.",
                _step_both,
            ),
            Mistake(
                "bias_down",
                "`b_h[:, None]` spreads the bias over the wrong axis. `b_h` alone, (H,), is added "
                "to each row.",
                _step_bias_down,
            ),
            Mistake(
                "one_matrix",
                "The input's part goes through `W_hh` as well. Only `h_prev` does: form the two "
                "products separately, then add.",
                _step_one_matrix,
            ),
            Mistake(
                "minus_bias",
                "You subtract the bias. It is added.",
                _step_sums(lambda x, h, b: np.tanh(x + h - b)),
            ),
        ],
        hints=[
            "Each hidden unit adds up three things: what comes from the input, what comes from the "
            "old state, and its bias. Then it squashes the sum.",
            "Both products have to be (B, H). (B, D) times (D, H) is. Which form of `W_xh`, "
            "(H, D), has the shape (D, H)? `W_hh` needs the same, although (H, H) hides it.",
            "First line: `a_t` is one product, plus another product, plus `b_h`. Second line: "
            "`h_t` is the tanh of `a_t`. Third line: return it.",
            "`a_t = x_t @ W_xh.T + …`: the second product is built like the first.",
        ],
        solved="Batch rows never mix: row 3 of the result depends on row 3 of `x_t` and `h_prev` "
        "alone.",
    )
)


# --- 2.4 · Find the bug --------------------------------------------------------------------------


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


def _layer_probes(rng: np.random.Generator) -> list[Probe]:
    """The garden, then layers with all sizes different, then special lengths."""
    probes = [Probe((DAYS[None].copy(), np.zeros((1, 2)), *GARDEN), label="the gardener's days")]
    for B, T, D, H, label in ((4, 5, 3, 2, ""), (2, 3, 5, 4, ""), (3, 1, 2, 5, "T = 1")):
        probes.append(
            Probe(
                (
                    rng.normal(size=(B, T, D)),
                    rng.uniform(-1, 1, size=(B, H)),
                    rng.normal(size=(H, D)),
                    rng.normal(size=(H, H)),
                    rng.normal(size=H),
                ),
                label=label,
            )
        )
    return probes


def _layer_einsum(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    states = np.empty((*x.shape[:2], len(b_h)))
    h_t = h_0.copy()
    for t in range(x.shape[1]):
        h_t[...] = np.tanh(
            np.einsum("bd,hd->bh", x[:, t], W_xh) + np.einsum("bk,hk->bh", h_t, W_hh) + b_h
        )
        states[:, t] = h_t
    return states


def _layer_copies(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    h_t, h = h_0.copy(), []
    for t in range(x.shape[1]):
        h_t[:] = np.tanh(x[:, t] @ W_xh.T + h_t @ W_hh.T + b_h)
        h.append(h_t.copy())
    return np.stack(h, axis=1)


def _still_one_array(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return given_layer(x, h_0.copy(), W_xh, W_hh, b_h)


def _still_changes_h_0(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    h_t, h = h_0, []
    for t in range(x.shape[1]):
        h_t[:] = np.tanh(x[:, t] @ W_xh.T + h_t @ W_hh.T + b_h)
        h.append(h_t.copy())
    return np.stack(h, axis=1)


def _restarts(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    h = [np.tanh(x[:, t] @ W_xh.T + h_0 @ W_hh.T + b_h) for t in range(x.shape[1])]
    return np.stack(h, axis=1)


def _too_early(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    h_t, h = h_0, []
    for t in range(x.shape[1]):
        h.append(h_t)
        h_t = np.tanh(x[:, t] @ W_xh.T + h_t @ W_hh.T + b_h)
    return np.stack(h, axis=1)


def _time_first(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return repaired_layer(x, h_0, W_xh, W_hh, b_h).transpose(1, 0, 2)


def _from_zeros(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return repaired_layer(x, np.zeros_like(h_0), W_xh, W_hh, b_h)


def _with_h_0(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return np.concatenate([h_0[:, None], repaired_layer(x, h_0, W_xh, W_hh, b_h)], axis=1)


def _with_last(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> tuple[Array, Array]:
    h = repaired_layer(x, h_0, W_xh, W_hh, b_h)
    return h, h[:, -1]


def _last_state(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return repaired_layer(x, h_0, W_xh, W_hh, b_h)[:, -1]


register(
    CodeExercise(
        name="rnn.repaired_layer",
        title="Find the bug",
        points=2,
        reference=repaired_layer,
        given=given_layer,
        must_not_change=("h_0",),
        probes=_layer_probes,
        oracle=_torch_states,
        equivalents={"torch": _torch_states, "einsum": _layer_einsum, "copies": _layer_copies},
        outputs=("h",),
        axes=("BTH",),
        mistakes=[
            Mistake(
                "still_one_array",
                "`h_0` is safe now. But the list still holds one and the same array T times, and "
                "each step writes over it, so every time step shows the last state.",
                _still_one_array,
            ),
            Mistake(
                "still_changes_h_0",
                "The states are right now. But `h_t[:] = …` still writes into the array that the "
                "caller passed as `h_0`: whoever calls twice starts from another state.",
                _still_changes_h_0,
            ),
            Mistake(
                "restarts",
                "Every step starts from `h_0` again, so nothing is carried from one step to the "
                "next. The state that a step returns is what the next step needs.",
                _restarts,
            ),
            Mistake(
                "too_early",
                "You keep the state before each step: yours are h_0 … h_{T−1}. The layer returns "
                "h_1 … h_T; append after the update.",
                _too_early,
            ),
            Mistake(
                "time_first",
                "Your result is time-first, (T, B, H). Stack along `axis=1`.",
                _time_first,
            ),
            Mistake(
                "last_state",
                "You return the last state alone, (B, H). All T of them are wanted.",
                _last_state,
            ),
            Mistake(
                "from_zeros",
                "You start from zeros, not from `h_0`. For the gardener that is the same; for "
                "others it is not.",
                _from_zeros,
            ),
            Mistake(
                "with_h_0",
                "Your result begins with `h_0`, so it holds T + 1 states. The layer returns "
                "h_1 … h_T.",
                _with_h_0,
            ),
            Mistake(
                "with_last",
                "You return two things, all states and the last one, as torch does. All states "
                "alone are wanted.",
                _with_last,
            ),
        ],
        hints=[
            "An assignment to a name, `h_t = …`, makes the name stand for another array. An "
            "assignment to its entries, `h_t[:] = …`, changes the array itself, for all who hold "
            "it.",
            "Count the arrays of shape (B, H). The result needs T different ones, and `h_0` has to "
            "stay as it was. How many does the code create?",
            "Let each step make a new array and give it the name `h_t`. Then the list gets T "
            "different arrays, and `h_0` is never written to. One line changes.",
            "`h_t = np.tanh(…)` in place of `h_t[:] = np.tanh(…)`",
        ],
        solved="Writing in place saves an array and costs the past. If you need it for speed, "
        "write into the result, `h[:, t] = …`, which nobody else holds.",
    )
)


# --- 2.3 · Build the layer -----------------------------------------------------------------------


def layer(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """The layer: the step in a loop."""
    h_t = h_0
    h = []
    for t in range(x.shape[1]):
        h_t = step(x[:, t], h_t, W_xh, W_hh, b_h)
        h.append(h_t)
    return np.stack(h, axis=1)


def _every_step_from(
    steps: Callable[[int], list[int]],
) -> Callable[[Array, Array, Array, Array, Array], Array]:
    """A wrong layer that goes through the time steps in another way."""

    def wrong(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
        return layer(x[:, steps(x.shape[1])], h_0, W_xh, W_hh, b_h)

    return wrong


def _concatenated(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    h = layer(x, h_0, W_xh, W_hh, b_h)
    return np.concatenate(list(h.transpose(1, 0, 2)), axis=1)


def _stacked_last(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return layer(x, h_0, W_xh, W_hh, b_h).transpose(0, 2, 1)


def _no_tanh_layer(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    h_t, h = h_0, []
    for t in range(x.shape[1]):
        h_t = x[:, t] @ W_xh.T + h_t @ W_hh.T + b_h
        h.append(h_t)
    return np.stack(h, axis=1)


def _turned_layer(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return layer(x, h_0, W_xh, W_hh.T, b_h)


def _no_bias_layer(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    return layer(x, h_0, W_xh, W_hh, np.zeros_like(b_h))


def _batch_as_time(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    h_t, h = h_0, []
    for t in range(x.shape[0]):
        h_t = step(x[:, t], h_t, W_xh, W_hh, b_h)
        h.append(h_t)
    return np.stack(h, axis=1)


def _rows_as_time(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    h_t, h = h_0, []
    for x_t in x:
        h_t = step(x_t, h_t, W_xh, W_hh, b_h)
        h.append(h_t)
    return np.stack(h, axis=1)


register(
    CodeExercise(
        name="rnn.layer",
        title="Build the layer",
        points=2,
        package="rnn.rnn_layer",
        reference=layer,
        also_mutate=(step,),
        probes=_layer_probes,
        oracle=_torch_states,
        equivalents={"torch": _torch_states, "einsum": _layer_einsum, "copies": _layer_copies},
        outputs=("h",),
        axes=("BTH",),
        mistakes=[
            Mistake(
                "restarts",
                "Every step starts from `h_0` again, so nothing is carried from one step to the "
                "next. Each step needs the state that the step before it returned.",
                _restarts,
            ),
            Mistake(
                "too_early",
                "You keep the state before each step: yours are h_0 to h_{T−1}. The layer returns "
                "h_1 to h_T, so append after the update.",
                _too_early,
            ),
            Mistake(
                "time_first",
                "Your result is time-first, (T, B, H), as a list of the states is. Stack them "
                "along a new axis 1: `np.stack(…, axis=1)`.",
                _time_first,
            ),
            Mistake(
                "stacked_last",
                "Your result is (B, H, T). Time comes second: stack along axis 1.",
                _stacked_last,
            ),
            Mistake(
                "concatenated",
                "`np.concatenate` joins the states along an axis that is there already, which "
                "gives (B, T · H). `np.stack` makes a new axis.",
                _concatenated,
            ),
            Mistake(
                "last_state",
                "You return the last state alone, (B, H). Return all T of them.",
                _last_state,
            ),
            Mistake(
                "from_zeros",
                "You start from zeros instead of `h_0`. For the gardener that is the same; in "
                "general it is not.",
                _from_zeros,
            ),
            Mistake(
                "with_h_0",
                "Your result begins with `h_0`, so it holds T + 1 states. The layer returns h_1 to "
                "h_T.",
                _with_h_0,
            ),
            Mistake(
                "with_last",
                "You return two things, all states and the last one, as torch does. Return all "
                "states alone.",
                _with_last,
            ),
            Mistake(
                "one_array",
                "The list holds the same array T times, and each step writes over it, so every "
                "time step shows the last state. Let each step make a new array.",
                _still_one_array,
            ),
            Mistake(
                "first_input",
                "Every step reads the first input, `x[:, 0]`. Step t reads `x[:, t]`.",
                _every_step_from(lambda T: [0] * T),
            ),
            Mistake(
                "without_first",
                "Your loop leaves out the first time step. Python counts from 0.",
                _every_step_from(lambda T: list(range(1, T))),
            ),
            Mistake(
                "without_last",
                "Your loop leaves out the last time step. `range(T)` ends at T − 1 already.",
                _every_step_from(lambda T: list(range(T - 1))),
            ),
            Mistake(
                "backwards",
                "You read the sequence from its end. Begin with `x[:, 0]`.",
                _every_step_from(lambda T: list(range(T))[::-1]),
            ),
            Mistake(
                "batch_as_time",
                "Your loop runs B times, `x.shape[0]`. The time steps are along the middle axis, "
                "`x.shape[1]`.",
                _batch_as_time,
            ),
            Mistake(
                "rows_as_time",
                "`for x_t in x` walks along the first axis, the batch. The time steps are along "
                "the middle one: `x[:, t]`.",
                _rows_as_time,
            ),
            Mistake(
                "no_tanh", "A tanh is missing: the state is squashed at each step.", _no_tanh_layer
            ),
            Mistake("turned", "`W_hh` has to be transposed: `h_t @ W_hh.T`.", _turned_layer),
            Mistake("no_bias", "The bias `b_h` is missing.", _no_bias_layer),
        ],
        hints=[
            "A layer is `rnn_step` in a loop over time. The state that one step returns is what "
            "the next step gets as `h_prev`.",
            "`x[:, t]` is (B, D), the state (B, H). The result (B, T, H) has one more axis, in the "
            "middle, with an entry for each step.",
            "Begin with `h_t = h_0` and an empty list. In the loop, replace `h_t` by the result of "
            "`rnn_step`, and append it. At the end, stack the list along axis 1.",
            "`h_t = rnn_step(x[:, t], h_t, W_xh, W_hh, b_h)`",
        ],
        solved="The loop cannot be avoided: step t needs the state of step t − 1. This is why RNNs "
        "are slow on parallel machines (lesson 12).",
    )
)


# --- 2.3 · Count the parameters ------------------------------------------------------------------


def count_parameters(T: int, D: int, H: int, O: int) -> int:  # noqa: E741
    """W_xh, W_hh, b_h, W_hy, b_y; the number of steps plays no part."""
    return H * D + H * H + H + O * H + O


def _count_probes(rng: np.random.Generator) -> list[tuple[int, int, int, int]]:
    sizes = [tuple(int(n) for n in rng.permutation(np.arange(2, 40))[:4]) for _ in range(4)]
    return [(3, 4, 2, 2), (50, 5, 3, 2), (1, 100, 64, 10), *sizes]  # type: ignore[list-item]


def _count_torch(T: int, D: int, H: int, O: int) -> int:  # noqa: E741
    import torch

    # torch's RNN has two biases of H numbers where one is enough
    layer, output = torch.nn.RNN(D, H), torch.nn.Linear(H, O)
    return sum(p.numel() for m in (layer, output) for p in m.parameters()) - H


def _count_shapes(T: int, D: int, H: int, O: int) -> int:  # noqa: E741
    return int(sum(np.prod(shape) for shape in ((H, D), (H, H), (H,), (O, H), (O,))))


def _count_rows(T: int, D: int, H: int, O: int) -> int:  # noqa: E741
    return H * (D + H + 1) + O * (H + 1)


register(
    CodeExercise(
        name="rnn.count_parameters",
        title="Count the parameters",
        points=1,
        reference=count_parameters,
        probes=_count_probes,
        oracle=_count_torch,
        equivalents={"shapes": _count_shapes, "rows": _count_rows},
        outputs=("count",),
        mistakes=[
            Mistake(
                "every_step",
                "You counted the weights once for each step. They are shared: all T steps use the "
                "same numbers, so T plays no part.",
                lambda T, D, H, Y: T * (H * D + H * H + H + Y * H + Y),
            ),
            Mistake(
                "every_step_but_output",
                "You counted the cell once for each step. Its weights are shared: all T steps use "
                "the same numbers, so T plays no part.",
                lambda T, D, H, Y: T * (H * D + H * H + H) + Y * H + Y,
            ),
            Mistake(
                "no_biases",
                "You left out the biases, `b_h` with H numbers and `b_y` with O.",
                lambda T, D, H, Y: H * D + H * H + Y * H,
            ),
            Mistake(
                "no_recurrence",
                "You left out `W_hh`, the weights from the state to the state. That is what makes "
                "it recurrent.",
                lambda T, D, H, Y: H * D + H + Y * H + Y,
            ),
            Mistake(
                "recurrence_of_h",
                "You counted H numbers for `W_hh`. Each of the H units hears all H units, so it is "
                "a square, (H, H).",
                lambda T, D, H, Y: H * D + H + H + Y * H + Y,
            ),
            Mistake(
                "two_biases",
                "You have H numbers too many: a second bias for the cell, as torch has one, or "
                "`h_0`, which is a state and no parameter.",
                lambda T, D, H, Y: H * D + H * H + 2 * H + Y * H + Y,
            ),
            Mistake(
                "no_b_h",
                "You left out `b_h`, the bias of the cell: one number for each hidden unit.",
                lambda T, D, H, Y: H * D + H * H + Y * H + Y,
            ),
            Mistake(
                "no_b_y",
                "You left out `b_y`, the bias of the output: one number for each output.",
                lambda T, D, H, Y: H * D + H * H + H + Y * H,
            ),
            Mistake(
                "no_W_hy",
                "You left out `W_hy`, the weights from the state to the output.",
                lambda T, D, H, Y: H * D + H * H + H + Y,
            ),
            Mistake(
                "no_output",
                "You counted the cell alone. The output has parameters too, `W_hy` and `b_y`.",
                lambda T, D, H, Y: H * D + H * H + H,
            ),
        ],
        hints=[
            "Parameters are what learning may change. Inputs and states are not parameters: they "
            "are different for each sequence.",
            "Five arrays: `W_xh` (H, D), `W_hh` (H, H), `b_h` (H,), `W_hy` (O, H), `b_y` (O,).",
            "The number of entries of each array is the product of its axes. Add the five "
            "products. Then ask what T changes.",
            "`return H * D + …` and so on for the other four; the gardener's parts are "
            "8 + 4 + 2 + 4 + 2.",
        ],
        solved="T plays no part: a sequence of a million steps needs no parameter more. It grows "
        "with H²: once H is much larger than D and O, twice the state costs about four times the "
        "weights.",
    )
)


# Reasons why a mutant is right.
_OTHER_WEIGHTS = "other weights that do the task; any that do are right"
_LISTS = "nested lists are taken as well as arrays"


# --- 2.4 · A light switch ------------------------------------------------------------------------


def switch_weights() -> tuple[Array, Array, Array]:
    """One unit with two resting places, pushed up by “on” and down by “off”."""
    W_xh = np.array([[6.0, -6.0]])
    W_hh = np.array([[3.0]])
    b_h = np.array([-1.0])
    return W_xh, W_hh, b_h


def _checked(weights: Any, shapes: dict[str, tuple[int, ...]]) -> list[Array] | str:
    """Turn what a learner returned into arrays, or say in a sentence what is wrong with it."""
    if not isinstance(weights, tuple | list) or len(weights) != len(shapes):
        return f"Return {len(shapes)} arrays, in this order: {', '.join(shapes)}."
    arrays = []
    for (name, shape), weight in zip(shapes.items(), weights, strict=True):
        if type(weight).__module__.partition(".")[0] == "torch":
            weight = weight.detach().numpy()
        try:
            array = np.array(weight, dtype=float)
        except (TypeError, ValueError):
            return f"`{name}` is not made of numbers."
        if array.shape != shape:
            return f"`{name}` has to be of shape {shape}."
        if not np.isfinite(array).all():
            return f"`{name}` holds nan or infinity. Give ordinary numbers."
        arrays.append(array)
    return arrays


def _shape_mistakes(right: Callable[[], tuple[Array, ...]], told: dict[str, str]) -> list[Mistake]:
    """One mistake for the number of arrays and one for the shape of each."""
    shapes = {name: array.shape for name, array in zip(told, right(), strict=True)}

    def flat(index: int) -> Callable[[], Any]:
        return lambda: tuple(w.sum() if i == index else w for i, w in enumerate(right()))

    listed = ", ".join(f"`{name}`" for name in told)
    count = f"Return {len(told)} arrays, in this order: {listed}."
    return [Mistake("count", count, lambda: None)] + [
        Mistake(f"shape_of_{name}", f"`{name}` has to be of shape {shapes[name]}: {text}", flat(i))
        for i, (name, text) in enumerate(told.items())
    ]


def _run_switch(answer: Callable[..., Any], commands: Array, read: Array) -> Any:
    """+1 where the state says “on”, −1 where it says “off”, 0 where it is in between."""
    if answer is _last_command:  # the oracle, which needs no network
        return _last_command(commands, read)
    weights = _checked(answer(), {"W_xh": (1, 2), "W_hh": (1, 1), "b_h": (1,)})
    if isinstance(weights, str):
        return weights
    (push_on, push_off), loop, bias = weights[0][0], float(weights[1][0, 0]), float(weights[2][0])
    h, states = 0.0, []
    for on, off in commands.tolist():
        h = math.tanh(push_on * on + push_off * off + loop * h + bias)
        states.append(h)
    said = np.array(states)[read]
    return (said > 0.5).astype(int) - (said < -0.5).astype(int)


def _last_command(commands: Array, read: Array) -> Array:
    """What a switch has to say, without any network."""
    last, said = -1, []
    for on, off in commands.tolist():
        last = 1 if on else -1 if off else last
        said.append(last)
    return np.array(said)[read]


ON, OFF, NOTHING = (1, 0), (0, 1), (0, 0)


def _phases(*phases: tuple[tuple[int, int], int]) -> tuple[Array, Array]:
    """Commands (T, 2) made of phases (command, how long), read at the end of each phase."""
    commands = np.array([command for command, steps in phases for _ in range(steps)])
    read = np.cumsum([steps for _, steps in phases]) - 1
    return commands, read


def _switch_probes(rng: np.random.Generator) -> list[Probe]:
    # Each silence is read at two successive steps: a state that flips at each is caught by one.
    wait, long_wait, again = (NOTHING, 100), (NOTHING, 1500), (NOTHING, 1)
    busy = [(ON, 1) if bit else (OFF, 1) for bit in rng.integers(0, 2, 30)]
    calm = [
        phase for bit in rng.integers(0, 2, 4) for phase in ((ON if bit else OFF, 1), wait, again)
    ]
    late = _phases((NOTHING, 50), (ON, 1))  # whether the silence is off is another part's question
    start, keep = "starts off", "remembers"
    return [
        Probe(_phases((ON, 1)), label="“on” at the first step"),
        Probe(_phases((OFF, 1), (ON, 1), (OFF, 1)), label="“off”, “on”, “off”"),
        Probe(_phases(*busy), label="a command at each step"),
        Probe(_phases((NOTHING, 1), wait, again), part=start, label="no command ever comes"),
        Probe((late[0], late[1][1:]), label="“on” after 50 silent steps"),
        Probe(_phases((ON, 1), wait, again), part=keep, label="“on”, then 100 steps of silence"),
        Probe(_phases((ON, 1), (OFF, 1), wait, again), part=keep, label="“on”, “off”, silence"),
        Probe(
            _phases((ON, 1), wait, again, (OFF, 1), wait, again),
            part=keep,
            label="“on”, silence, “off”, silence",
        ),
        Probe(
            _phases((OFF, 5), (ON, 1), wait, again),
            part=keep,
            label="“off” five times, “on”, silence",
        ),
        Probe(
            _phases((ON, 5), (OFF, 1), wait, again),
            part=keep,
            label="“on” five times, “off”, silence",
        ),
        Probe(_phases(*calm), part=keep, label="commands with 100 silent steps between"),
        Probe(
            _phases((ON, 1), long_wait, again), part=keep, label="“on”, then 1500 steps of silence"
        ),
    ]


def _switch_property(
    message: str,
    part: str,
    holds: Callable[..., Any],
    *phases: tuple[str, tuple[tuple[tuple[int, int], int], ...]],
) -> Property:
    """Name a cause for all weights that show it: ``holds`` gets what was said in each run."""

    def probes(rng: np.random.Generator) -> list[Probe]:
        return [Probe(_phases(*run), label=label) for label, run in phases]

    def seen(outputs: Any, probes: Any) -> bool:
        return bool(holds(*(said.tolist() for said in outputs)))

    return Property(message, seen, probes=probes, part=part)


_FADES = (
    "Your cell obeys, and then forgets: after a long silence “on” is gone. Without input there is "
    "a single resting place. A steeper loop, a `W_hh` well above 1, makes two, unless the bias is "
    "so strong that it takes one away."
)
_FADES_TO_ZERO = (
    "Your cell forgets: in silence its state shrinks towards 0. A steeper loop, a `W_hh` well "
    "above 1, gives it two resting places."
)
_STARTS_ON = "Before any command your cell says “on”. The bias pushes the wrong way."
_STARTS_LATE = (
    "Your cell ends up off, but not at once: after one silent step it stands at tanh(b). That has "
    "to be below −0.5, so b below −0.55."
)
_NEVER_ON = (
    "Your cell never turns on: not even from 0 does “on” bring it above 0.5. The weight of “on” "
    "has to outweigh the bias and, at rest near −1, the loop."
)
_ON_TOO_WEAK = (
    "“On” is too weak to cross: at rest near −1 the loop pushes down by about `W_hh`, and a "
    "negative bias helps it. The weight of “on” has to outweigh both."
)
_OFF_TOO_WEAK = (
    "“On” works, but your cell does not turn off: at rest near 1 the loop pushes up by about "
    "`W_hh`. The weight of “off” has to outweigh that."
)
_FLIPS = (
    "With a negative `W_hh` the state changes its sign at every step. To hold, it has to push "
    "itself further the way it stands."
)

_SILENCE = ("no command for 101 steps", ((NOTHING, 1), (NOTHING, 99), (NOTHING, 1)))
_AFTER_ON = ("“on”, then 101 steps of silence", ((ON, 1), (NOTHING, 100), (NOTHING, 1)))


def _switch(push_on: float, push_off: float, loop: float, bias: float) -> Callable[[], Any]:
    return lambda: (np.array([[push_on, push_off]]), np.array([[loop]]), np.array([bias]))


def _switch_lists() -> Any:
    return [[12.5, -9]], [[5]], [-2]


def _switch_torch() -> Any:
    import torch

    return torch.tensor([[5.0, -5.0]]), torch.tensor([[2.5]]), torch.tensor([-0.7])


register(
    CodeExercise(
        name="rnn.switch_weights",
        title="Set the weights: a light switch",
        points={"obeys": 1, "starts off": 1, "remembers": 1},
        reference=switch_weights,
        call=_run_switch,
        probes=_switch_probes,
        oracle=_last_command,
        equivalents={"larger": _switch_lists, "torch": _switch_torch},
        outputs=("the state (1: on, −1: off, 0: between)",),
        properties=[
            _switch_property(
                _NEVER_ON,
                "obeys",
                lambda on, off: not (on[0] < 1 and off[0] < 1),
                ("“on” at the first step", ((ON, 1),)),
                ("“off” at the first step", ((OFF, 1),)),
            ),
            _switch_property(
                _ON_TOO_WEAK,
                "obeys",
                lambda first, later: not (first[0] == 1 and later[0] == -1 and later[1] < 1),
                ("“on” at the first step", ((ON, 1),)),
                ("“off” five times, “on”", ((OFF, 5), (ON, 1))),
            ),
            _switch_property(
                _OFF_TOO_WEAK,
                "obeys",
                lambda first, later: not (first[0] < 1 and later[0] == 1 and later[1] > -1),
                ("“off” at the first step", ((OFF, 1),)),
                ("“on” five times, “off”", ((ON, 5), (OFF, 1))),
            ),
            _switch_property(
                _STARTS_LATE, "starts off", lambda said: said != [0, -1, -1], _SILENCE
            ),
            _switch_property(_STARTS_ON, "starts off", lambda said: said[1:] != [1, 1], _SILENCE),
            _switch_property(_FADES, "remembers", lambda said: said != [1, -1, -1], _AFTER_ON),
            _switch_property(
                _FADES_TO_ZERO, "remembers", lambda said: said != [1, 0, 0], _AFTER_ON
            ),
            _switch_property(_FLIPS, "remembers", lambda said: said[1] * said[2] != -1, _AFTER_ON),
        ],
        mistakes=[
            Mistake(
                "fades",
                _FADES,
                _switch(6, -6, 0.8, -1),
            ),
            Mistake(
                "fades_to_zero",
                _FADES_TO_ZERO,
                _switch(6, -6, 0.8, 0),
            ),
            Mistake(
                "undecided",
                "Your cell remembers commands. But before the first one it stands at 0, neither "
                "on nor off: `h_0` is 0, and nothing pushes it. The bias can.",
                _switch(6, -6, 3, 0),
            ),
            Mistake("starts_on", _STARTS_ON, _switch(6, -6, 3, 1)),
            Mistake("starts_late", _STARTS_LATE, _switch(6, -6, 3, -0.3)),
            Mistake("off_too_weak", _OFF_TOO_WEAK, _switch(6, -1, 3, -1)),
            Mistake("on_too_weak", _ON_TOO_WEAK, _switch(2, -6, 3, -1)),
            Mistake(
                "input_too_weak",
                _NEVER_ON,
                _switch(1, -1, 3, -1),
            ),
            Mistake(
                "same_push",
                "“Off” turns your cell on: both input weights push upwards. One of them has to be "
                "negative.",
                _switch(6, 6, 3, -1),
            ),
            Mistake(
                "swapped",
                "Your cell takes “on” for “off”. The first column of `W_xh` is for “on”.",
                _switch(-6, 6, 3, -1),
            ),
            Mistake("negative_loop", _FLIPS, _switch(6, -6, -3, -1)),
            *_shape_mistakes(
                switch_weights,
                {
                    "W_xh": "one row for the unit, one column an input, as in `[[1.0, 2.0]]`.",
                    "W_hh": "one row, one column, as in `np.array([[1.0]])`.",
                    "b_h": "one number for the one unit, as in `np.array([1.0])`.",
                },
            ),
        ],
        hints=[
            "Start from the latch of the lesson. It can be switched on and holds. What has to push "
            "it back, and how hard?",
            "`W_xh` is (1, 2): one weight for “on”, one for “off”. `W_hh` is (1, 1), `b_h` is "
            "(1,).",
            "Three conditions. The loop is steep enough for two resting places (well above 1). "
            "The bias is negative enough to bring the state from 0 to the lower one in one step. "
            "Each input is strong enough to carry the state across from the other side: it has to "
            "outweigh the loop.",
            "`W_xh = np.array([[6.0, …]])` with the loop and the bias of the lesson's latch. What "
            "stands in place of the dots?",
        ],
        solved="You built one bit of memory out of a tanh. An LSTM (lesson 07) learns to build "
        "cells like it, with gates in place of your two inputs.",
        survivors={
            "3: 6.0 → 7.0": _OTHER_WEIGHTS,
            "3: 6.0 → 12.0": _OTHER_WEIGHTS,
            "3: 6.0 → 7.0 (2)": _OTHER_WEIGHTS,
            "3: 6.0 → 12.0 (2)": _OTHER_WEIGHTS,
            "4: 3.0 → 4.0": _OTHER_WEIGHTS,
            "3: np.array([[6.0, -6.0]]) → [[6.0, -6.0]]": _LISTS,
            "4: np.array([[3.0]]) → [[3.0]]": _LISTS,
            "5: np.array([-1.0]) → [-1.0]": _LISTS,
        },
    )
)


# --- 2.5 · Sequences of different length ---------------------------------------------------------


def masked_layer(x: Array, mask: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """Take the new state where there is a real step, keep the old one where there is none."""
    h_t = h_0
    h = []
    for t in range(x.shape[1]):
        new = np.tanh(x[:, t] @ W_xh.T + h_t @ W_hh.T + b_h)
        h_t = np.where(mask[:, t, None], new, h_t)
        h.append(h_t)
    return np.stack(h, axis=1)


def _masked_arguments(rng: np.random.Generator, mask: Array, D: int, H: int) -> tuple[Array, ...]:
    B, T = mask.shape
    return (
        rng.normal(size=(B, T, D)),
        mask,
        rng.uniform(-1, 1, size=(B, H)),
        rng.normal(size=(H, D)),
        rng.normal(size=(H, H)),
        rng.normal(size=H),
    )


def _masked_probes(rng: np.random.Generator) -> list[Probe]:
    garden = (DAYS[None].copy(), np.array([[True, True, False]]), np.zeros((1, 2)), *GARDEN)
    lengths = np.array([5, 2, 4])
    right = np.arange(5) < lengths[:, None]  # (3, 5)
    holes = rng.random((4, 6)) < 0.6
    holes[0], holes[1, 2:5] = [True, False, True, True, False, True], [False, True, False]
    return [
        Probe(garden, label="the gardener's days"),
        Probe(_masked_arguments(rng, right, 4, 2), label="padding on the right"),
        Probe(_masked_arguments(rng, right[:, ::-1].copy(), 4, 2), label="padding on the left"),
        Probe(_masked_arguments(rng, holes, 3, 5), label="padding in between"),
        Probe(_masked_arguments(rng, np.ones((2, 3), dtype=bool), 4, 5), label="no padding"),
        Probe(_masked_arguments(rng, np.array([[True], [False]]), 3, 4), label="T = 1"),
    ]


def _other_padding(rng: np.random.Generator) -> list[Probe]:
    """The same sequences twice, with other numbers in the padding."""
    mask = np.arange(6) < np.array([6, 1, 3])[:, None]
    x, *rest = _masked_arguments(rng, mask, 2, 4)
    other = np.where(mask[:, :, None], x, rng.normal(size=x.shape))
    return [Probe((x, *rest)), Probe((other, *rest), label="other numbers in the padding")]


def _masked_torch(x: Array, mask: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """Torch's layer on each sequence's real steps alone, then spread out over time."""
    states = np.empty((*mask.shape, len(b_h)))
    for i in range(len(x)):
        real = x[i, mask[i]]
        seen = [h_0[i]]
        if len(real):
            seen.extend(_torch_states(real[None], h_0[i : i + 1], W_xh, W_hh, b_h)[0])
        states[i] = np.array(seen)[np.cumsum(mask[i])]
    return states


def _masked_blend(x: Array, mask: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    h = np.empty((*mask.shape, len(b_h)))
    h_t = h_0
    for t in range(x.shape[1]):
        m = mask[:, t : t + 1].astype(float)
        h_t = m * np.tanh(x[:, t] @ W_xh.T + h_t @ W_hh.T + b_h) + (1 - m) * h_t
        h[:, t] = h_t
    return h


def _masked_rows(x: Array, mask: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    h_t, h = h_0.copy(), []
    for t in range(x.shape[1]):
        m = mask[:, t]
        h_t[m] = np.tanh(x[m, t] @ W_xh.T + h_t[m] @ W_hh.T + b_h)
        h.append(h_t.copy())
    return np.stack(h, axis=1)


def _masked_with(choose: Callable[..., tuple[Array, Array]]) -> Callable[..., Array]:
    """A layer that goes wrong at `choose(m, new, old, shown before) -> (state, shown)`."""

    def layer(x: Array, mask: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
        h_t, shown, h = h_0, h_0, []
        for t in range(x.shape[1]):
            new = np.tanh(x[:, t] @ W_xh.T + h_t @ W_hh.T + b_h)
            h_t, shown = choose(mask[:, t, None], new, h_t, shown)
            h.append(shown)
        return np.stack(h, axis=1)

    return layer


def _chosen(mask: Array, where_true: Array, where_false: Array) -> Array:
    return np.asarray(np.where(mask, where_true, where_false))


def _both(state: Array) -> tuple[Array, Array]:
    return state, state


def _masked_inputs(
    x: Array, mask: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array
) -> Array:
    return repaired_layer(x * mask[:, :, None], h_0, W_xh, W_hh, b_h)


def _masked_length(
    x: Array, mask: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array
) -> Array:
    lengths = mask.sum(axis=1)[:, None]
    return masked_layer(x, np.arange(x.shape[1]) < lengths, h_0, W_xh, W_hh, b_h)


def _masked_back_to_start(
    x: Array, mask: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array
) -> Array:
    h_t, h = h_0, []
    for t in range(x.shape[1]):
        new = np.tanh(x[:, t] @ W_xh.T + h_t @ W_hh.T + b_h)
        h_t = _chosen(mask[:, t, None], new, h_0)
        h.append(h_t)
    return np.stack(h, axis=1)


def _masked_one_array(
    x: Array, mask: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array
) -> Array:
    h_t, h = h_0.copy(), []
    for t in range(x.shape[1]):
        m = mask[:, t]
        h_t[m] = np.tanh(x[m, t] @ W_xh.T + h_t[m] @ W_hh.T + b_h)
        h.append(h_t)
    return np.stack(h, axis=1)


def _masked_time_first(*args: Array) -> Array:
    return masked_layer(*args).transpose(1, 0, 2)


register(
    CodeExercise(
        name="rnn.masked_layer",
        title="Sequences of different length",
        points={"values": 2, "padding": 1},
        reference=masked_layer,
        probes=_masked_probes,
        oracle=_masked_torch,
        equivalents={"blend": _masked_blend, "rows": _masked_rows, "torch": _masked_torch},
        properties=[
            Property(
                "What stands in the padding reaches your states. Two batches that differ only "
                "there have to give the same result.",
                lambda outputs, probes: np.allclose(outputs[0], outputs[1]),
                probes=_other_padding,
                part="padding",
            )
        ],
        outputs=("h",),
        axes=("BTH",),
        mistakes=[
            Mistake(
                "ignores_mask",
                "Your layer does not look at the mask: the state moves on through the padding.",
                _masked_with(lambda m, new, old, shown: _both(new)),
            ),
            Mistake(
                "zero_state",
                "Where the mask is False you set the state to zero. Then the past is lost; the "
                "state has to stay as it was.",
                _masked_with(lambda m, new, old, shown: _both(new * m)),
            ),
            Mistake(
                "zero_output",
                "You hide the padded states, but inside the layer the state still moves on. The "
                "next real step then starts from a wrong one, and the last state is zero.",
                _masked_with(lambda m, new, old, shown: (new, new * m)),
            ),
            Mistake(
                "masks_the_input",
                "You set the padded inputs to zero. The state moves on all the same: `W_hh` and "
                "`b_h` do not need an input for that.",
                _masked_inputs,
            ),
            Mistake(
                "shows_the_old",
                "What you return stands still, but the state that goes into the next step does "
                "not. With padding on the left or in between that shows.",
                _masked_with(lambda m, new, old, shown: (new, _chosen(m, new, shown))),
            ),
            Mistake(
                "inverted",
                "The mask is the wrong way round: True means a real step.",
                _masked_with(lambda m, new, old, shown: _both(_chosen(m, old, new))),
            ),
            Mistake(
                "all_or_none",
                "You freeze all sequences as soon as one of them is padded. Each row of the batch "
                "needs its own decision; `np.where` makes it entry by entry.",
                _masked_with(lambda m, new, old, shown: _both(new if m.all() else old)),
            ),
            Mistake(
                "any",
                "As soon as one sequence has a real step, all of them move on. Each row of the "
                "batch needs its own decision; `np.where` makes it entry by entry.",
                _masked_with(lambda m, new, old, shown: _both(new if m.any() else old)),
            ),
            Mistake(
                "length",
                "You take the mask for a length. That is right when all padding stands at the end; "
                "it may stand anywhere.",
                _masked_length,
            ),
            Mistake(
                "back_to_start",
                "Where the mask is False you go back to `h_0`. The state has to stay as it was one "
                "step before.",
                _masked_back_to_start,
            ),
            Mistake(
                "stores_the_new",
                "The state that you carry on is right. What you store is the other one, computed "
                "from the padding: append the state after the choice.",
                _masked_with(lambda m, new, old, shown: (_chosen(m, new, old), new)),
            ),
            Mistake(
                "one_array",
                "You write into one array and store it T times, so every time step shows the last "
                "state (Exercise 2.2).",
                _masked_one_array,
            ),
            Mistake(
                "time_first",
                "Your result is time-first, (T, B, H). Stack along `axis=1`.",
                _masked_time_first,
            ),
        ],
        hints=[
            "At each step a sequence has two candidates for its state: the new one, and the one it "
            "had. The mask chooses, for each sequence of the batch by itself.",
            "`mask[:, t]` is (B,), the states are (B, H). Give the mask a last axis of length one, "
            "`mask[:, t, None]`, (B, 1), and it goes for all H units.",
            "Take `rnn_layer`. Compute the step's result as before, under another name. Then let "
            "`h_t` be that result where the mask is True and the old `h_t` where it is False.",
            "`h_t = np.where(mask[:, t, None], new, h_t)`",
        ],
        survivors={
            "7: (:, t, None) → (:, None, t)": "t is a number, so both are the column t as (B, 1)"
        },
        solved="Now `h[:, -1]` is each sequence's last real state, wherever its padding starts. "
        "The encoders of lesson 09 read batches just so.",
    )
)


# --- 2.6 · Where does the memory live? -----------------------------------------------------------

register(
    OpenExercise(
        name="rnn.where_memory",
        title="Where does the memory live?",
        points=4,
        rubric=[
            "Says that the weights stay the same while the network reads.",
            "Says that the hidden state changes at each step and is what carries the past.",
            "Tells learning (weights change, between sequences) from remembering (state changes, "
            "within one).",
            "Describes an experiment that could come out otherwise, for instance: run the layer on "
            "two sequences with the same last input, compare the last states and the weights "
            "before and after.",
        ],
        hints=[
            "List everything that stands in the formula. Which of these have an index t?",
            "`rnn_layer` gets the weights as arguments. Compare them before and after the call.",
            "An experiment needs something to compare: two runs that differ in one thing only.",
            "Same weights, same last input, another past: `rnn_layer(…)[:, -1]`.",
        ],
    )
)


# --- 2.7 · Odd or even? --------------------------------------------------------------------------


def parity_weights() -> tuple[Array, ...]:
    """Unit 1: bit or old parity. Unit 2: both of them. Odd: the first without the second."""
    W_xh = np.array([[8.0], [8.0]])
    W_hh = np.array([[4.0, -4.0], [4.0, -4.0]])
    b_h = np.array([-4.0, -12.0])
    W_hy = np.array([[1.0, -1.0]])
    b_y = np.array([-1.0])
    return W_xh, W_hh, b_h, W_hy, b_y


_PARITY_SHAPES = {"W_xh": (2, 1), "W_hh": (2, 2), "b_h": (2,), "W_hy": (1, 2), "b_y": (1,)}


def _parity_sharp() -> tuple[Array, ...]:
    """The same two units in the other order, with steeper switches."""
    W_xh, W_hh = np.full((2, 1), 20.0), np.array([[-10.0, 10.0], [-10.0, 10.0]])
    return W_xh, W_hh, np.array([-30.0, -10.0]), np.array([[-1.0, 1.0]]), np.array([-1.0])


def _run_parity(answer: Callable[..., Any], bits: Array) -> Any:
    """+1 where the output is positive (odd), −1 where it is negative (even), 0 where it is 0."""
    if answer is _count_odd:  # the oracle, which needs no network
        return _count_odd(bits)
    weights = _checked(answer(), _PARITY_SHAPES)
    if isinstance(weights, str):
        return weights
    W_xh, W_hh, b_h, W_hy, b_y = weights
    from_bit, h, said = W_xh[:, 0], np.zeros(2), []
    for bit in bits.tolist():
        h = np.tanh(from_bit * bit + W_hh @ h + b_h)
        said.append(np.sign(W_hy[0] @ h + b_y[0]))
    return np.array(said).astype(int)


def _count_odd(bits: Array) -> Array:
    """Odd or even by counting."""
    return np.where(np.cumsum(bits) % 2 == 1, 1, -1)


def _parity_probes(rng: np.random.Generator) -> list[Probe]:
    one = np.zeros(100, dtype=int)
    one[4] = 1
    return [
        Probe((np.array([0, 0, 0]),), label="no ones"),
        Probe((np.array([1]),), label="a single one"),
        Probe((np.array([0, 1, 1, 0, 1, 0]),), label="a few bits"),
        Probe((np.ones(12, dtype=int),), label="ones only"),
        Probe((one,), label="a single one, then 95 zeros"),
        Probe((rng.integers(0, 2, 40),), label="random bits"),
        Probe((rng.integers(0, 2, 300),), label="300 random bits"),
    ]


def _parity(W_xh: Any, W_hh: Any, b_h: Any, W_hy: Any, b_y: Any) -> Callable[[], Any]:
    return lambda: tuple(np.array(w, dtype=float) for w in (W_xh, W_hh, b_h, W_hy, b_y))


def _parity_other_way() -> Any:
    """Unit 1: both. Unit 2: neither. Odd: not the one and not the other."""
    return ([[10], [-10]], [[-5, -5], [5, 5]], [-15, 5], [[-3, -3]], [-3])


register(
    CodeExercise(
        name="rnn.parity_weights",
        title="Odd or even?",
        points=4,
        reference=parity_weights,
        call=_run_parity,
        probes=_parity_probes,
        oracle=_count_odd,
        equivalents={"neither and both": _parity_other_way, "sharper, in turn": _parity_sharp},
        outputs=("the output (1: odd, −1: even)",),
        axes=("T",),
        mistakes=[
            Mistake(
                "latch",
                "Your cell latches: after the first one it says “odd” for ever. The second one has "
                "to bring it back.",
                _parity([[8], [8]], [[8, 0], [0, 8]], [-4, -4], [[1, 1]], [0]),
            ),
            Mistake(
                "last_bit",
                "Your output says what the last bit was. It has to depend on the old state too.",
                _parity([[8], [8]], [[0, 0], [0, 0]], [-4, -4], [[1, 1]], [0]),
            ),
            Mistake(
                "transposed",
                "`W_hh` is transposed. Row j holds what flows into unit j; both units need the "
                "old parity, so both rows are equal.",
                _parity([[8], [8]], [[4, 4], [-4, -4]], [-4, -12], [[1, -1]], [-1]),
            ),
            Mistake(
                "never_odd",
                "Your output never says “odd”. Either both units switch at the same place (one has "
                "to switch between 0 and 1, the other between 1 and 2), or the weights into them "
                "are too small to make a switch.",
                _parity([[8], [8]], [[4, -4], [4, -4]], [0, 0], [[1, -1]], [-1]),
            ),
            Mistake(
                "swapped",
                "Your cell counts right and says it the wrong way round: positive means odd.",
                _parity([[8], [8]], [[4, -4], [4, -4]], [-4, -12], [[-1, 1]], [1]),
            ),
            Mistake(
                "too_gentle",
                "The plan is right, the weights are too small: the units stay in tanh's gentle "
                "middle, and in a long row of zeros the answer is lost. Multiply the weights into "
                "the units, and their biases.",
                _parity([[2], [2]], [[1, -1], [1, -1]], [-1, -3], [[1, -1]], [-1]),
            ),
            Mistake(
                "no_output_bias",
                "Your two units are right. The output is not: at “even” they are equal, so without "
                "a bias it is about 0.",
                _parity([[8], [8]], [[4, -4], [4, -4]], [-4, -12], [[1, -1]], [0]),
            ),
            *_shape_mistakes(
                parity_weights,
                {
                    "W_xh": "one row for each unit, one column for the bit.",
                    "W_hh": "one row for the unit it flows into, one column for where it is from.",
                    "b_h": "one number for each unit.",
                    "W_hy": "one row for the output, one column for each unit.",
                    "b_y": "one number for the one output.",
                },
            ),
        ],
        hints=[
            "New parity = XOR of the bit and the old parity. XOR is true when “at least one” of "
            "the two is, but “not both”. Each of these halves is a threshold, and a tanh with "
            "large weights is a threshold.",
            "Unit 1 says “at least one”, unit 2 says “both”; `W_xh` (2, 1), `W_hh` (2, 2). The old "
            "parity, as 0 or 1, is (unit 1 − unit 2) / 2.",
            "Let s be bit + old parity: 0, 1 or 2. Unit 1 switches at s = 0.5, unit 2 at s = 1.5. "
            "Both rows of `W_hh` compute the old parity. The output compares the units: their "
            "difference is 2 for odd and 0 for even.",
            "`W_hh = 8 * np.array([[0.5, -0.5], [0.5, -0.5]])`, `b_h = 8 * np.array([-0.5, …])`",
        ],
        solved="Two numbers count through a sequence of any length. A feed-forward network over a "
        "window of k bits cannot: the bit before the window may turn the answer round.",
        survivors={
            "3: 8.0 → 9.0": _OTHER_WEIGHTS,
            "3: 8.0 → 16.0": _OTHER_WEIGHTS,
            "3: 8.0 → 9.0 (2)": _OTHER_WEIGHTS,
            "4: 4.0 → 5.0": _OTHER_WEIGHTS,
            "4: 4.0 → 5.0 (2)": _OTHER_WEIGHTS,
            "4: 4.0 → 5.0 (3)": _OTHER_WEIGHTS,
            "4: 4.0 → 5.0 (4)": _OTHER_WEIGHTS,
            "5: 4.0 → 5.0": _OTHER_WEIGHTS,
            "5: 12.0 → 13.0": _OTHER_WEIGHTS,
            "3: np.array([[8.0], [8.0]]) → [[8.0], [8.0]]": _LISTS,
            "4: np.array([[4.0, -4.0], [4.0, -4.0]]) → [[4.0, -4.0], [4.0, -4.0]]": _LISTS,
            "5: np.array([-4.0, -12.0]) → [-4.0, -12.0]": _LISTS,
            "6: np.array([[1.0, -1.0]]) → [[1.0, -1.0]]": _LISTS,
            "7: np.array([-1.0]) → [-1.0]": _LISTS,
        },
    )
)
