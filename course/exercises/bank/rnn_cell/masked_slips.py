"""Exercise 2.4: slips of loops over the sequences. Weights are called U, V and b here."""

from __future__ import annotations

import numpy as np

from course.exercises.bank import Mistake
from course.exercises.bank.rnn_cell.common import Array
from course.exercises.bank.rnn_cell.masked_mistakes import (
    MISTAKES,
    chosen,
    right,
    then,
    unmasked,
)

_MESSAGES = {mistake.tag: mistake.message for mistake in MISTAKES}


def _ends_rows(h: Array, mask: Array, h_0: Array) -> Array:
    begun = np.cumprod(mask, axis=1)[:, :, None]
    return chosen(begun > 0, h, 0)


def _packed(h: Array, mask: Array, h_0: Array) -> Array:
    result = np.zeros_like(h)
    for b, real in enumerate(mask):
        result[b, : real.sum()] = h[b, real]
    return result


def _real_states_alone(x: Array, mask: Array, h_0: Array, *weights: Array) -> Array:
    h = right(x, mask, h_0, *weights)
    return np.array([row[real] for row, real in zip(h, mask, strict=True)])


def _fills_by_length(x: Array, mask: Array, h_0: Array, *weights: Array) -> Array:
    h = unmasked(x, mask, h_0, *weights)
    for b, n in enumerate(mask.sum(axis=1)):
        h[b, n:] = h[b, n - 1]
    return h


def _wraps(x: Array, mask: Array, h_0: Array, *weights: Array) -> Array:
    """Padding copies `h[:, t - 1]`, which at t = 0 is still zero, and the state is read there."""
    first = chosen(mask[:, :1], h_0, 0)
    return right(x, mask, first, *weights)


def _repairs_rows(x: Array, mask: Array, h_0: Array, *weights: Array) -> Array:
    h = unmasked(x, mask, h_0, *weights)
    for b in range(len(x)):
        for t in range(x.shape[1]):
            if not mask[b, t]:
                h[b, t] = h[b, t - 1]
    return h


def _squashes_the_kept(x: Array, mask: Array, h_0: Array, U: Array, V: Array, b: Array) -> Array:
    h_t, h = h_0, []
    for t in range(x.shape[1]):
        h_t = np.tanh(chosen(mask[:, t, None], x[:, t] @ U.T + h_t @ V.T + b, h_t))
        h.append(h_t)
    return np.stack(h, axis=1)


def _forgets_before_padding(
    x: Array, mask: Array, h_0: Array, U: Array, V: Array, b: Array
) -> Array:
    h_t, h = h_0, []
    for t in range(x.shape[1]):
        h_t = np.tanh(x[:, t] @ U.T + (h_t * mask[:, t, None]) @ V.T + b)
        h.append(h_t)
    return np.stack(h, axis=1)


SLIPS = [
    Mistake(
        "ends_rows",
        "Each sequence ends at its first padding, and the rest of your result is zero. The state "
        "must stay there as it was, and real steps may follow: go on (`continue`, not `break`).",
        then(_ends_rows),
    ),
    Mistake(
        "packed",
        "Your states stand at the left, one after another, and zeros follow. Step t of the result "
        "belongs to step t of the input: at padding it shows the state as it was.",
        then(_packed),
    ),
    Mistake(
        "real_states_alone",
        "You keep a state only where the mask is True, so states are missing. Append one at every "
        "step: at padding it is the state as it was.",
        _real_states_alone,
    ),
    Mistake(
        "fills_by_length",
        f"{_MESSAGES['length']} And a sequence without a real step keeps `h_0`.",
        _fills_by_length,
    ),
    Mistake(
        "wraps",
        "Where a sequence begins with padding, your state becomes zero: at t = 0 the index `t - 1` "
        "is −1, the last step, where nothing is written yet. There the state is `h_0`.",
        _wraps,
    ),
    Mistake(
        "h_0_at_padding",
        "You run the layer without the mask, then put `h_0` at padding. The state there is the one "
        "of the step before, and it must not move on: the mask belongs inside the loop.",
        lambda x, mask, h_0, *weights: chosen(
            mask[:, :, None], unmasked(x, mask, h_0, *weights), h_0[:, None]
        ),
    ),
    Mistake(
        "repairs_rows",
        f"{_MESSAGES['fills_up']} (And at t = 0 the index `t - 1` is −1, the last step.)",
        _repairs_rows,
    ),
    Mistake(
        "squashes_the_kept",
        "The state that stays goes through tanh again. Squash first, then choose.",
        _squashes_the_kept,
    ),
    Mistake(
        "forgets_before_padding",
        "At padding you set the old state to zero before the step, so the step computes a new "
        "state from the padding. The old state must stay there as it was.",
        _forgets_before_padding,
    ),
]
