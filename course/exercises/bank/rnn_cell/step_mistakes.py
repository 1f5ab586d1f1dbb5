"""Exercise 2.2: what people write in place of the step.

Weights are called U (`W_xh`), V (`W_hh`) and b (`b_h`) here. A product that does not fit stops the
function on most probes; where the sizes are equal its numbers tell it from the others.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course.exercises.bank import Mistake
from course.exercises.bank.rnn_cell.common import B_Y, W_HY, Array
from course.exercises.bank.rnn_cell.step_products import BATCH, PRODUCTS, TURNED, Wrong, summed
from course.exercises.bank.rnn_cell.step_slips import SLIPS


def _terms(change: Callable[[Array, Array, Array], Array]) -> Wrong:
    """A wrong step, given the three terms: from the input, from the old state, the bias."""
    return lambda x, h, U, V, b: change(x @ U.T, h @ V.T, b)


def _softmax(a: Array) -> Array:
    return np.exp(a) / np.exp(a).sum(axis=1, keepdims=True)


def _reads_too_early(*args: Array) -> Array:
    raise UnboundLocalError


_NO_BIAS = "You left out the bias `b_h`."
_NO_TANH = "This is $a_t$, the sum before tanh. The state is tanh of it: return that."

# The likeliest come first: pairs of them are tried as well, from the first on.
_SUM = [
    Mistake("turned", TURNED, summed(lambda x, h, U, V, b: x @ U.T + h @ V + b)),
    Mistake("no_bias", _NO_BIAS, _terms(lambda x, h, b: np.tanh(x + h))),
    Mistake("no_tanh", _NO_TANH, _terms(lambda x, h, b: x + h + b)),
    Mistake(
        "no_memory",
        "The old state `h_prev` plays no part in your result, so nothing is remembered.",
        _terms(lambda x, h, b: np.tanh(x + b)),
    ),
    Mistake(
        "no_input",
        "The input `x_t` plays no part in your result.",
        _terms(lambda x, h, b: np.tanh(h + b)),
    ),
    Mistake(
        "sigmoid",
        "You squash with a sigmoid, into (0, 1). This cell uses tanh, into (−1, 1).",
        _terms(lambda x, h, b: 1 / (1 + np.exp(-(x + h + b)))),
    ),
    Mistake(
        "turned_and_no_bias",
        f"Two things. {TURNED} And you left out the bias `b_h`.",
        summed(lambda x, h, U, V, b: x @ U.T + h @ V),
    ),
    Mistake(
        "turned_and_no_tanh",
        f"Two things. {TURNED} And this is the sum before tanh: return tanh of it.",
        lambda x, h, U, V, b: x @ U.T + h @ V + b,
    ),
    Mistake(
        "turned_and_bias_outside",
        f"Two things. {TURNED} And the bias belongs inside tanh.",
        lambda x, h, U, V, b: np.tanh(x @ U.T + h @ V) + b,
    ),
    Mistake(
        "turned_and_sigmoid",
        f"Two things. {TURNED} And you squash with a sigmoid; this cell uses tanh.",
        lambda x, h, U, V, b: 1 / (1 + np.exp(-(x @ U.T + h @ V + b))),
    ),
    Mistake(
        "turned_and_relu",
        f"Two things. {TURNED} And you cut off at zero (ReLU); this cell uses tanh.",
        lambda x, h, U, V, b: np.maximum(x @ U.T + h @ V + b, 0),
    ),
    Mistake(
        "products_alone",
        "Two things. You left out the bias `b_h`, and you return the sum before tanh.",
        _terms(lambda x, h, b: x + h),
    ),
    Mistake(
        "turned_products_alone",
        f"Three things. {TURNED} You left out the bias `b_h`, and you return the sum before tanh.",
        lambda x, h, U, V, b: x @ U.T + h @ V,
    ),
    Mistake(
        "input_alone",
        "Your result is the tanh of the input's part alone: `h_prev` and the bias `b_h` are "
        "missing.",
        _terms(lambda x, h, b: np.tanh(x)),
    ),
    Mistake(
        "input_and_bias_outside",
        "Two things. The old state `h_prev` plays no part in your result, and the bias belongs "
        "inside tanh.",
        _terms(lambda x, h, b: np.tanh(x) + b),
    ),
    Mistake(
        "bias_outside",
        "You add the bias after tanh. It belongs inside: it is part of the sum that is squashed.",
        _terms(lambda x, h, b: np.tanh(x + h) + b),
    ),
    Mistake(
        "minus_bias",
        "You subtract the bias. Add it instead.",
        _terms(lambda x, h, b: np.tanh(x + h - b)),
    ),
    Mistake(
        "bias_twice",
        "The bias is in your sum twice. It belongs there once.",
        _terms(lambda x, h, b: np.tanh(x + h + 2 * b)),
    ),
    Mistake(
        "times_bias",
        "You multiply by the bias. Add it instead.",
        _terms(lambda x, h, b: np.tanh((x + h) * b)),
    ),
    Mistake(
        "product_of_terms",
        "You multiply the input's part by the old state's part. Add them instead.",
        _terms(lambda x, h, b: np.tanh(x * h + b)),
    ),
    Mistake(
        "minus_state",
        "You subtract the old state's part. Add it instead.",
        _terms(lambda x, h, b: np.tanh(x - h + b)),
    ),
    Mistake(
        "plus_old",
        "You add the old state to the new one. The new state replaces it; `h_prev` comes in only "
        "through `W_hh`.",
        lambda x, h, U, V, b: h + np.tanh(x @ U.T + h @ V.T + b),
    ),
    Mistake(
        "old_unweighted",
        "You add `h_prev` as it is. Multiply it by `W_hh.T` first.",
        summed(lambda x, h, U, V, b: x @ U.T + h + b),
    ),
    Mistake(
        "old_outside",
        "You add `h_prev` as it is, and after tanh. Multiply it by `W_hh.T` and add it inside.",
        lambda x, h, U, V, b: h + np.tanh(x @ U.T + b),
    ),
    Mistake(
        "diagonal",
        "Each unit receives only its own old value. It needs those of all units: a matrix product.",
        summed(lambda x, h, U, V, b: x @ U.T + h * np.diag(V) + b),
    ),
    Mistake(
        "one_matrix",
        "The input's part goes through `W_hh` as well. Only `h_prev` should: form the two "
        "products separately, then add.",
        summed(lambda x, h, U, V, b: (x @ U.T + h) @ V.T + b),
    ),
]

_SQUASH = [
    Mistake(
        "tanh_each",
        "You squash each product on its own. Add everything up, then apply tanh once.",
        _terms(lambda x, h, b: np.tanh(x) + np.tanh(h) + b),
    ),
    Mistake(
        "tanh_each_and_bias",
        "You squash each term on its own. Add all three up first, then apply tanh once.",
        _terms(lambda x, h, b: np.tanh(x) + np.tanh(h) + np.tanh(b)),
    ),
    Mistake(
        "tanh_of_input",
        "You applied tanh only to the input term. Apply it to the whole sum.",
        _terms(lambda x, h, b: np.tanh(x) + h + b),
    ),
    Mistake(
        "tanh_of_state",
        "You applied tanh only to the old-state term. Apply it to the whole sum.",
        _terms(lambda x, h, b: x + np.tanh(h) + b),
    ),
    Mistake(
        "tanh_of_h_prev",
        "You squash `h_prev` before its product. It is squashed already, by the step before: "
        "take it as it is.",
        summed(lambda x, h, U, V, b: x @ U.T + np.tanh(h) @ V.T + b),
    ),
    Mistake(
        "tanh_before",
        "You squash what goes into the products. Squash what comes out: the whole sum, once.",
        lambda x, h, U, V, b: np.tanh(x) @ U.T + np.tanh(h) @ V.T + b,
    ),
    Mistake("twice", "You apply tanh twice.", _terms(lambda x, h, b: np.tanh(np.tanh(x + h + b)))),
    Mistake(
        "relu",
        "You cut off at zero (ReLU). This cell uses tanh.",
        _terms(lambda x, h, b: np.maximum(x + h + b, 0)),
    ),
    Mistake(
        "softmax",
        "You use a softmax, so each row sums to 1. This cell uses tanh, on each unit alone.",
        _terms(lambda x, h, b: _softmax(x + h + b)),
    ),
    Mistake(
        "tan",
        "You used the tangent, `np.tan`. The formula has the *hyperbolic* tangent, `np.tanh`.",
        _terms(lambda x, h, b: np.tan(x + h + b)),
    ),
    Mistake(
        "sinh",
        "This is the hyperbolic *sine* of the sum. tanh also divides by the hyperbolic cosine; "
        "`np.tanh` does it all.",
        _terms(lambda x, h, b: np.sinh(x + h + b)),
    ),
]

_RETURNED = [
    Mistake(
        "both",
        "You return two things, the sum and the state. Return only the state.",
        _terms(lambda x, h, b: (x + h + b, np.tanh(x + h + b))),  # type: ignore[arg-type,return-value]
    ),
    Mistake(
        "old_state",
        "This is `h_prev`, the old state. Return the new one.",
        lambda x, h, U, V, b: h.copy(),
    ),
    Mistake(
        "output",
        "You return the output, computed from the new state with `W_hy` and `b_y`. The step ends "
        "with the state: return that.",
        lambda x, h, U, V, b: np.tanh(x @ U.T + h @ V.T + b) @ W_HY.T + B_Y,
    ),
    Mistake(
        "constant",
        "You return day 1's numbers whatever the input is. Compute them from the arguments.",
        lambda x, h, U, V, b: np.array([[0.9866, 0.3799]]),
    ),
    Mistake(
        "reads_too_early",
        "A line reads a variable that gets its value only later. The state before the step is "
        "the argument `h_prev`.",
        _reads_too_early,
    ),
]

MISTAKES = [*_SUM, *_SQUASH, *PRODUCTS, *BATCH, *_RETURNED, *SLIPS]
