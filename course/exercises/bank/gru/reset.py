"""Exercise 8.2: two places for the reset gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from course.exercises.bank.gru.common import (
    SIZES,
    TWO,
    Array,
    by_convention,
    in_both,
    reset_call,
)
from helpers.lstm import sigmoid

Gate = Callable[[Array, Array, Array, Array], Any]


def reset(h_prev: Array, r: Array, W_hn: Array, b_hn: Array, *, reset_after: bool = True) -> Array:
    """What the reset gate lets the candidate see of the past."""
    if reset_after:
        return r * (h_prev @ W_hn.T + b_hn)
    return (r * h_prev) @ W_hn.T + b_hn


def _torch(h_prev: Array, r: Array, W_hn: Array, b_hn: Array, *, reset_after: bool = True) -> Array:
    import torch

    h, gate, W, b = (torch.tensor(a) for a in (h_prev, r, W_hn, b_hn))
    if reset_after:
        return (gate * torch.nn.functional.linear(h, W, b)).numpy()
    return torch.nn.functional.linear(gate * h, W, b).numpy()


def _einsum(
    h_prev: Array, r: Array, W_hn: Array, b_hn: Array, *, reset_after: bool = True
) -> Array:
    if reset_after:
        return np.einsum("bj,jk,bk->bj", r, W_hn, h_prev) + r * b_hn
    return np.einsum("jk,bk,bk->bj", W_hn, r, h_prev) + b_hn


def _probes(rng: np.random.Generator) -> list[Probe]:
    made: list[tuple[tuple[Any, ...], str]] = [(TWO, EXAMPLE)]
    made += [(reset_call(rng, B, H), label) for B, H, label in SIZES]
    return in_both("reset_after", True, False, made)


def _after(h: Array, r: Array, W: Array, b: Array) -> Array:
    return r * (h @ W.T + b)


def _before(h: Array, r: Array, W: Array, b: Array) -> Array:
    return (r * h) @ W.T + b


def _gates(after: Gate = _after, before: Gate = _before) -> Callable[..., Any]:
    return by_convention(after, before, "reset_after", True)


def _each(change: Callable[..., Any]) -> Callable[..., Any]:
    """The same mistake in both: `change(one, h, r, W, b)`, where `one` does it right."""
    return _gates(lambda *args: change(_after, *args), lambda *args: change(_before, *args))


_TURNED = (
    "`W_hn` is the wrong way round. For a batch whose rows are sequences the product is "
    "`… @ W_hn.T`; a square matrix fits either way, so NumPy says nothing."
)

MISTAKES = [
    Mistake(
        "always_after",
        "Your result is the same for both values of `reset_after`. With False the gate scales the "
        "state first, and the product comes second.",
        _gates(before=_after),
    ),
    Mistake(
        "always_before",
        "Your gate scales the state before the product in both cases. With reset_after=True the "
        "product and the bias come first, and the gate scales their sum.",
        _gates(after=_before),
    ),
    Mistake(
        "exchanged",
        "You exchanged the two cases. *After* means that the gate acts after the product.",
        _gates(_before, _after),
    ),
    Mistake(
        "before_missing",
        "With reset_after=False your function returns nothing. Is there a `return` for that case?",
        _gates(before=lambda *args: None),
    ),
    Mistake(
        "bias_outside",
        "*After*: `b_hn` is inside the brackets, so the gate scales it as well. This is why torch "
        "keeps a second bias.",
        _gates(lambda h, r, W, b: r * (h @ W.T) + b),
    ),
    Mistake(
        "bias_in_the_gate_before",
        "*Before*: the gate scales only the state. `b_hn` is added whole, after the product.",
        _gates(before=lambda h, r, W, b: (r * h) @ W.T + r * b),
    ),
    Mistake(
        "bias_wrong_in_both",
        "The bias is in the wrong place in both cases: *after*, the gate scales it; *before*, it "
        "does not.",
        _gates(lambda h, r, W, b: r * (h @ W.T) + b, lambda h, r, W, b: (r * h) @ W.T + r * b),
    ),
    Mistake(
        "no_bias",
        "You left out the bias `b_hn`.",
        _each(lambda one, h, r, W, b: one(h, r, W, 0 * b)),
    ),
    Mistake(
        "no_bias_after",
        "*After*: you left out the bias `b_hn`.",
        _gates(lambda h, r, W, b: r * (h @ W.T)),
    ),
    Mistake(
        "no_bias_before",
        "*Before*: you left out the bias `b_hn`. It is added after the product.",
        _gates(before=lambda h, r, W, b: (r * h) @ W.T),
    ),
    Mistake(
        "bias_into_the_product",
        "*Before*: you added `b_hn` to the state, so it goes through the product. It is added "
        "after the product.",
        _gates(before=lambda h, r, W, b: (r * h + b) @ W.T),
    ),
    Mistake(
        "bias_twice",
        "*After*: you added `b_hn` twice, inside the brackets and outside.",
        _gates(lambda h, r, W, b: r * (h @ W.T + b) + b),
    ),
    Mistake(
        "bias_subtracted",
        "You subtracted `b_hn`. A bias is added.",
        _each(lambda one, h, r, W, b: one(h, r, W, -b)),
    ),
    Mistake("turned", _TURNED, _each(lambda one, h, r, W, b: one(h, r, W.T, b))),
    Mistake("turned_after", f"*After*: {_TURNED}", _gates(lambda h, r, W, b: r * (h @ W + b))),
    Mistake(
        "turned_before", f"*Before*: {_TURNED}", _gates(before=lambda h, r, W, b: (r * h) @ W + b)
    ),
    Mistake(
        "turned_and_bias_outside",
        f"Two things. {_TURNED} And *after*, the gate scales `b_hn` as well.",
        _gates(lambda h, r, W, b: r * (h @ W) + b, lambda h, r, W, b: (r * h) @ W + b),
    ),
    Mistake(
        "product_first_in_both",
        "*Before*: you scaled the product, so the gate acts after it in both cases. Scale the "
        "state: `r * h_prev` goes into the product.",
        _gates(before=lambda h, r, W, b: r * (h @ W.T) + b),
    ),
    Mistake(
        "no_gate",
        "The gate plays no part in your result. Multiply by `r`.",
        _each(lambda one, h, r, W, b: one(h, np.ones_like(r), W, b)),
    ),
    Mistake(
        "no_gate_before",
        "*Before*: the gate plays no part in your result.",
        _gates(before=lambda h, r, W, b: h @ W.T + b),
    ),
    Mistake(
        "gate_twice",
        "*Before*: you scaled twice, the state and the sum. Only the state is scaled.",
        _gates(before=lambda h, r, W, b: r * ((r * h) @ W.T + b)),
    ),
    Mistake(
        "gate_twice_after",
        "*After*: you scaled twice, the state and the sum. Only the sum is scaled.",
        _gates(lambda h, r, W, b: r * ((r * h) @ W.T + b)),
    ),
    Mistake(
        "gate_twice_in_both",
        "In both cases you scaled twice, the state and the sum. *After*, only the sum is scaled; "
        "*before*, only the state.",
        _each(lambda one, h, r, W, b: r * ((r * h) @ W.T + b)),
    ),
    Mistake(
        "gate_on_state_and_matrix",
        "*Before*: r is in your result twice, at the state and at the matrix. Only the state is "
        "scaled.",
        _gates(before=lambda h, r, W, b: (r * h) @ (r * W.T) + b),
    ),
    Mistake(
        "gate_on_the_matrix",
        "*Before*: you scaled `W_hn`. Each sequence has a gate of its own, but all of them share "
        "the matrix: scale the state, `r * h_prev`.",
        _gates(before=lambda h, r, W, b: h @ (r * W).T + b),
    ),
    Mistake(
        "sigmoid_again",
        "You applied σ to `r`. It is a gate already, a number from 0 to 1.",
        _each(lambda one, h, r, W, b: one(h, sigmoid(r), W, b)),
    ),
    Mistake(
        "one_minus_r",
        "You scaled by 1 − r. The reset gate is the weight itself: an open gate, r = 1, lets the "
        "past through.",
        _each(lambda one, h, r, W, b: one(h, 1 - r, W, b)),
    ),
    Mistake(
        "star",
        "`*` multiplies entry by entry. The product with `W_hn.T` is a matrix product, `@`.",
        _gates(lambda h, r, W, b: r * (h * W.T + b), lambda h, r, W, b: (r * h) * W.T + b),
    ),
    Mistake(
        "always_after_bias_outside",
        "Two things. Your result is the same for both values of `reset_after`; and *after*, the "
        "gate scales `b_hn` as well.",
        _gates(lambda h, r, W, b: r * (h @ W.T) + b, lambda h, r, W, b: r * (h @ W.T) + b),
    ),
    Mistake(
        "always_before_bias_gated",
        "Two things. *After*, the gate scales the product and the bias, not the state. *Before*, "
        "`b_hn` is added whole.",
        _gates(_before, lambda h, r, W, b: (r * h) @ W.T + r * b),
    ),
    Mistake(
        "always_after_turned",
        f"Two things. {_TURNED} And your result is the same for both values of `reset_after`.",
        _gates(lambda h, r, W, b: r * (h @ W + b), lambda h, r, W, b: r * (h @ W + b)),
    ),
    Mistake(
        "exchanged_turned",
        f"Two things. {_TURNED} And you exchanged the two cases: *after* means that the gate acts "
        "after the product.",
        _gates(lambda h, r, W, b: (r * h) @ W + b, lambda h, r, W, b: r * (h @ W + b)),
    ),
    Mistake(
        "one_minus_r_before",
        "*Before*: you scaled by 1 − r. The reset gate is the weight itself.",
        _gates(before=lambda h, r, W, b: ((1 - r) * h) @ W.T + b),
    ),
    Mistake(
        "one_minus_r_after",
        "*After*: you scaled by 1 − r. The reset gate is the weight itself.",
        _gates(lambda h, r, W, b: (1 - r) * (h @ W.T + b)),
    ),
    Mistake(
        "no_product_before",
        "*Before*: the scaled state does not go through `W_hn`. Multiply it by `W_hn.T`.",
        _gates(before=lambda h, r, W, b: r * h + b),
    ),
    Mistake(
        "bias_twice_before",
        "*Before*: `b_hn` is in your result twice.",
        _gates(before=lambda h, r, W, b: (r * h) @ W.T + 2 * b),
    ),
    Mistake(
        "one_gate_for_the_batch",
        "You averaged `r` over the batch. Each sequence has a gate of its own.",
        _each(lambda one, h, r, W, b: one(h, r.mean(axis=0), W, b)),
    ),
    Mistake(
        "gate_by_matrix_product",
        "`r @ …` is a matrix product. The gate scales entry by entry: `r * …`.",
        _gates(lambda h, r, W, b: r @ (h @ W.T + b), lambda h, r, W, b: (r @ h) @ W.T + b),
    ),
    Mistake(
        "star_unturned",
        "`*` multiplies entry by entry. Between the state and the matrix stands a matrix product, "
        "`… @ W_hn.T`.",
        _gates(lambda h, r, W, b: r * (h * W + b), lambda h, r, W, b: (r * h) * W + b),
    ),
    Mistake(
        "gate_by_matrix_product_after",
        "*After*: `r @ ….T` is a matrix product. The gate scales entry by entry: `r * …`.",
        _gates(lambda h, r, W, b: r @ (h @ W.T + b).T),
    ),
    Mistake(
        "matrix_first",
        "`W_hn @ h_prev` takes the rows of the batch for units. Rows are sequences here: write "
        "`h_prev @ W_hn.T`.",
        _gates(lambda h, r, W, b: r * (W @ h + b), lambda h, r, W, b: W @ (r * h) + b),
    ),
    Mistake(
        "tanh",
        "You applied tanh. The candidate adds the input's part first, so tanh comes later.",
        _each(lambda one, h, r, W, b: np.tanh(one(h, r, W, b))),
    ),
]

register(
    CodeExercise(
        name="gru.reset",
        title="Two places for the reset gate",
        points=2,
        package="gru.gru_reset",
        reference=reset,
        probes=_probes,
        oracle=_torch,
        equivalents={"torch": _torch, "einsum": _einsum},
        outputs=("past",),
        axes=("BH",),
        mistakes=MISTAKES,
        hints=[
            "Both cases have the same three ingredients, product, bias and gate, in a different "
            "order.",
            "`h_prev` and `r` are (B, H), and `W_hn` is (H, H). The product is `… @ W_hn.T`, the "
            "gate multiplies with `*`, and the bias is added to each row.",
            "*After*: product, plus bias, in brackets; then times `r`. *Before*: `r * h_prev` in "
            "brackets; then the product, plus bias.",
            "`return (r * h_prev) @ W_hn.T + …` is one of the two cases.",
        ],
        solved="*After*, r decides which candidates see the past. *Before*, it decides which units "
        "are seen.",
    )
)
