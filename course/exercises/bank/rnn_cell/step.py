"""Exercise 2.2: build the step."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, register
from course.exercises.bank.rnn_cell.common import DAYS, GARDEN, Array, torch_states


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
    return torch_states(x_t[:, None], h_prev, W_xh, W_hh, b_h)[:, 0]


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
                "You used `W_hh` where `W_hh.T` is needed: unit j then gets the weights that lead "
                "*out of* it. Both have the right shape, (H, H), so NumPy raises no error.",
                _step_turned,
            ),
            Mistake(
                "untransposed",
                "Both products need the transposed matrix: (B, D) times (H, D) does not fit, but "
                "(B, D) times (D, H) does. Use `W_xh.T` and, in the same way, `W_hh.T`.",
                _step_untransposed,
            ),
            Mistake(
                "input_untransposed",
                "`x_t` is (B, D) and `W_xh` is (H, D): these do not fit. Use `W_xh.T`, which is "
                "(D, H).",
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
                "This is $a_t$, the sum before tanh. It becomes the state only after tanh.",
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
                "You applied tanh only to the input term. Apply it to the whole sum.",
                _step_sums(lambda x, h, b: np.tanh(x) + h + b),
            ),
            Mistake(
                "tanh_of_state",
                "You applied tanh only to the old-state term. Apply it to the whole sum.",
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
                "You add `h_prev` as it is. Multiply it by `W_hh.T` first.",
                _step_old_unweighted,
            ),
            Mistake(
                "first_row",
                "You use only the first sequence in the batch. Every row of `x_t` needs a row in "
                "the result.",
                _step_first_row,
            ),
            Mistake(
                "both",
                "You return two things, the sum and the state. Return only the state.",
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
                "The input's part goes through `W_hh` as well. Only `h_prev` should: form the two "
                "products separately, then add.",
                _step_one_matrix,
            ),
            Mistake(
                "minus_bias",
                "You subtract the bias. Add it instead.",
                _step_sums(lambda x, h, b: np.tanh(x + h - b)),
            ),
        ],
        hints=[
            "Each hidden unit adds up three things: what comes from the input, what comes from the "
            "old state, and its bias. Then it squashes the sum.",
            "Both products must be (B, H). (B, D) times (D, H) gives that. Which form of `W_xh`, "
            "(H, D), has the shape (D, H)? `W_hh` needs the same, though (H, H) does not show it.",
            "First line: `a_t` is one product, plus another product, plus `b_h`. Second line: "
            "`h_t` is the tanh of `a_t`. Third line: return it.",
            "`a_t = x_t @ W_xh.T + …`: the second product is built like the first.",
        ],
        solved="Batch rows never mix: row 3 of the result depends only on row 3 of `x_t` and "
        "`h_prev`.",
    )
)
