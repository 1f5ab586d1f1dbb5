"""Exercise 2.4: what people write in place of the layer with a mask.

Weights are called U (`W_xh`), V (`W_hh`) and b (`b_h`) here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import Mistake
from course.exercises.bank.rnn_cell.common import Array
from course.exercises.bank.rnn_cell.step import step

Wrong = Callable[[Array, Array, Array, Array, Array, Array], Any]


def chosen(mask: Array, where_true: Array, where_false: Array | float) -> Array:
    return np.asarray(np.where(mask, where_true, where_false))


def with_choice(
    choose: Callable[..., tuple[Array, Array]] = lambda m, new, old, shown, h_0: both(
        chosen(m, new, old)
    ),
    at: Callable[[Array, int], Array] = lambda mask, t: mask[:, t, None],
    one_step: Callable[..., Array] = step,
) -> Wrong:
    """A layer that goes wrong at `choose(m, new, old, shown before, h_0) -> (state, shown)`."""

    def layer(x: Array, mask: Array, h_0: Array, *weights: Array) -> Array:
        h_t, shown, h = h_0, h_0, []
        for t in range(x.shape[1]):
            new = one_step(x[:, t], h_t, *weights)
            h_t, shown = choose(at(mask, t), new, h_t, shown, h_0)
            h.append(shown)
        return np.stack(h, axis=1)

    return layer


def both(state: Array) -> tuple[Array, Array]:
    return state, state


right = with_choice()


def unmasked(x: Array, mask: Array, *rest: Array) -> Array:
    """All states of the layer without a mask."""
    return right(x, np.ones_like(mask), *rest)


def given(change: Callable[..., tuple[Array, ...]]) -> Wrong:
    """The right layer, given other arguments."""
    return lambda *args: right(*change(*args))


def then(change: Callable[[Array, Array, Array], Any]) -> Wrong:
    """The right states, put together wrongly: `change(h, mask, h_0)`."""
    return lambda x, mask, h_0, *weights: change(right(x, mask, h_0, *weights), mask, h_0)


def _if(whole: Callable[[Array], Any], skip: bool = False) -> Wrong:
    """A layer that decides for all sequences at once, and leaves the step out otherwise."""

    def layer(x: Array, mask: Array, h_0: Array, *weights: Array) -> Array:
        h_t, h = h_0, []
        for t in range(x.shape[1]):
            if whole(mask[:, t]):
                h_t = step(x[:, t], h_t, *weights)
            if whole(mask[:, t]) or not skip:
                h.append(h_t)
        return np.stack(h, axis=1)

    return layer


def _breaks(x: Array, mask: Array, h_0: Array, *weights: Array) -> Array:
    h_t, h = h_0, []
    for t in range(x.shape[1]):
        if not mask[0, t]:
            break
        h_t = step(x[:, t], h_t, *weights)
        h.append(h_t)
    return np.stack(h, axis=1)


def _from_result(x: Array, mask: Array, h_0: Array, *weights: Array) -> Array:
    """The state is right, but padding copies `h[b, t - 1]`: at t = 0 that is still zero."""
    h = right(x, mask, h_0, *weights)
    begun = np.cumsum(mask, axis=1) > 0
    return chosen(begun[:, :, None], h, 0)


def _fills_up(x: Array, mask: Array, h_0: Array, *weights: Array) -> Array:
    h = right(x, np.ones_like(mask), h_0, *weights)
    for t in range(1, x.shape[1]):
        h[:, t] = chosen(mask[:, t, None], h[:, t], h[:, t - 1])
    return h


def _in_place(x: Array, mask: Array, h_0: Array, *weights: Array) -> Array:
    h_t, h = h_0, []
    for t in range(x.shape[1]):
        h_t[:] = chosen(mask[:, t, None], step(x[:, t], h_t, *weights), h_t)
        h.append(h_t)
    return np.stack(h, axis=1)


def _changes_h_0(x: Array, mask: Array, h_0: Array, *weights: Array) -> Array:
    h = right(x, mask, h_0, *weights)
    h_0[:] = h[:, -1]
    return h


def _real_rows(x: Array, mask: Array, h_0: Array, *weights: Array) -> Array:
    h_t, h = h_0, []
    for t in range(x.shape[1]):
        real = mask[:, t]
        h_t = step(x[real, t], h_t[real], *weights)
        h.append(h_t)
    return np.stack(h, axis=1)


def _steps_of_rows(x: Array, mask: Array, h_0: Array, *weights: Array) -> Array:
    h_t, h = h_0, []
    for t in range(x.shape[1]):
        for _ in range(mask[:, t].sum()):
            h_t = step(x[:, t], h_t, *weights)
        h.append(h_t)
    return np.stack(h, axis=1)


def _truth_of_an_array(x: Array, mask: Array, h_0: Array, *weights: Array) -> Array:
    return _if(lambda column: column)(x, mask, h_0, *weights)


def _length(x: Array, mask: Array, *rest: Array) -> tuple[Array, ...]:
    return x, np.arange(x.shape[1]) < mask.sum(axis=1)[:, None], *rest


def _no_tanh(x_t: Array, h_prev: Array, U: Array, V: Array, b: Array) -> Array:
    return x_t @ U.T + h_prev @ V.T + b


_MASK = [
    Mistake(
        "ignores_mask",
        "Your state moves on through the padding as if the mask were True everywhere. Padding is "
        "known by the mask alone: its inputs need not be zero.",
        given(lambda x, mask, *rest: (x, np.ones_like(mask), *rest)),
    ),
    Mistake(
        "zero_state",
        "Where the mask is False you set the state to zero, so the past is lost. The state must "
        "stay as it was.",
        with_choice(lambda m, new, old, shown, h_0: both(chosen(m, new, 0))),
    ),
    Mistake(
        "zero_output",
        "You hide the padded states, but inside the layer the state still moves on. The next real "
        "step then starts from the wrong state, and padding at the end makes the last state zero.",
        with_choice(lambda m, new, old, shown, h_0: (new, chosen(m, new, 0))),
    ),
    Mistake(
        "zeros_at_padding",
        "The state itself stays, but your result holds zeros at padding. It must show the state "
        "there, too.",
        then(lambda h, mask, h_0: h * mask[:, :, None]),
    ),
    Mistake(
        "zeros_at_the_beginning",
        "Where a sequence begins with padding, your result holds zeros. Before its first real step "
        "the state is `h_0`. (At t = 0, the index `t - 1` is −1: the last step.)",
        _from_result,
    ),
    Mistake(
        "nan",
        "Where the mask is False your state is no number (`nan`). It must stay as it was.",
        with_choice(lambda m, new, old, shown, h_0: both(chosen(m, new, np.nan))),
    ),
    Mistake(
        "masks_the_input",
        "You set the padded inputs to zero. That does not stop the state: `W_hh` and `b_h` still "
        "change it when the input is zero.",
        given(lambda x, mask, *rest: (chosen(mask[:, :, None], x, 0), np.ones_like(mask), *rest)),
    ),
    Mistake(
        "shows_the_old",
        "Your result holds a state that stays, but the one that you pass on moves. This gives "
        "wrong results when padding comes first or in between.",
        with_choice(lambda m, new, old, shown, h_0: (new, chosen(m, new, shown))),
    ),
    Mistake(
        "fills_up",
        "You run the layer without the mask and repair its result afterwards. The states after "
        "padding have then started from a wrong one: the mask belongs inside the loop.",
        _fills_up,
    ),
    Mistake(
        "inverted",
        "The mask is the wrong way round: True means a real step.",
        given(lambda x, mask, *rest: (x, ~mask, *rest)),
    ),
    Mistake(
        "all_or_none",
        "You freeze all sequences as soon as one of them is padded. Each row of the batch needs "
        "its own decision; `np.where` chooses for each row.",
        _if(lambda column: column.all()),
    ),
    Mistake(
        "any",
        "As soon as one sequence has a real step, all of them move on. Each row of the batch needs "
        "its own decision; `np.where` chooses for each row.",
        _if(lambda column: column.any()),
    ),
    Mistake(
        "first_decides",
        "The mask of the first sequence decides for all of them. Each row of the batch needs its "
        "own decision; `np.where` chooses for each row.",
        _if(lambda column: column[0]),
    ),
    Mistake(
        "skips_all",
        "Where a step is padding for some sequence, your list gets no state at all. It needs one "
        "for each step, and each row of the batch needs its own decision.",
        _if(lambda column: column.all(), skip=True),
    ),
    Mistake(
        "skips_any",
        "Where a step is padding for every sequence, your list gets no state at all; where it is "
        "for some, they move on. The list needs a state for each step, chosen row by row.",
        _if(lambda column: column.any(), skip=True),
    ),
    Mistake(
        "skips_first",
        "Where a step is padding for the first sequence, your list gets no state at all. It needs "
        "one for each step, and each row of the batch needs its own decision.",
        _if(lambda column: column[0], skip=True),
    ),
    Mistake(
        "breaks",
        "Your loop ends at the first sequence's first padding, for the whole batch. Other "
        "sequences go on, and padding may come first or in between.",
        _breaks,
    ),
    Mistake(
        "truth_of_an_array",
        "A whole column of the mask stands where one True or False is needed. `.any()` or `.all()` "
        "would decide for all sequences at once; `np.where` chooses for each row.",
        _truth_of_an_array,
    ),
    Mistake(
        "no_new_axis",
        "`mask[:, t]` is (B,), the states are (B, H), so the mask meets the units, not the "
        "sequences. Give it a last axis: `mask[:, t, None]`.",
        with_choice(at=lambda mask, t: mask[:, t]),
    ),
    Mistake(
        "no_new_axis_inverted",
        "Two things. The mask is the wrong way round: True means a real step. And `mask[:, t]`, "
        "(B,), needs a last axis: `mask[:, t, None]`.",
        with_choice(at=lambda mask, t: ~mask[:, t]),
    ),
    Mistake(
        "batch_index",
        "`mask[t]` is the mask of sequence t. The mask of all sequences at step t is `mask[:, t]`.",
        with_choice(at=lambda mask, t: mask[t][:, None]),
    ),
    Mistake(
        "mask_before",
        "You read the mask one step too early, and at t = 0 that of the last step. Step t has "
        "`mask[:, t]`.",
        with_choice(at=lambda mask, t: mask[:, t - 1, None]),
    ),
    Mistake(
        "length",
        "You treat the mask as a length. That works only when all padding is at the end.",
        given(_length),
    ),
]

_STATE = [
    Mistake(
        "back_to_start",
        "Where the mask is False you go back to `h_0`. The state must stay as it was one step "
        "before.",
        with_choice(lambda m, new, old, shown, h_0: both(chosen(m, new, h_0))),
    ),
    Mistake(
        "stores_the_new",
        "The state that you carry on is right. But you store the new state, computed from padding; "
        "append after `np.where`.",
        with_choice(lambda m, new, old, shown, h_0: (chosen(m, new, old), new)),
    ),
    Mistake(
        "never_updated",
        "Every time step of your result is `h_0`: your state never changes. Is the new state "
        "assigned? (`np.where` changes no array, it returns a new one.) And is the mask's truth "
        "value used as such? A NumPy bool is never `is True`.",
        lambda x, mask, h_0, *weights: np.repeat(h_0[:, None], x.shape[1], axis=1),
    ),
    Mistake(
        "always_from_h_0",
        "Every real step starts from `h_0`. It needs the state that the step before it left.",
        lambda x, mask, h_0, *weights: with_choice(
            one_step=lambda x_t, h_t, *w: step(x_t, h_0, *w)
        )(x, mask, h_0, *weights),
    ),
    Mistake(
        "from_zeros",
        "You start from zeros instead of `h_0`. The state may come from an earlier batch.",
        given(lambda x, mask, h_0, *weights: (x, mask, 0 * h_0, *weights)),
    ),
    Mistake(
        "first_start",
        "Every sequence starts from `h_0[0]`. Sequence b starts from its own row, `h_0[b]`.",
        given(
            lambda x, mask, h_0, *weights: (x, mask, np.repeat(h_0[:1], len(x), axis=0), *weights)
        ),
    ),
    Mistake(
        "adds",
        "You add the new state to the old one. It has to replace it: where the mask is True, the "
        "old state counts no more.",
        with_choice(lambda m, new, old, shown, h_0: both(old + chosen(m, new, 0))),
    ),
    Mistake(
        "minus_old",
        "Where the mask is False your state changes its sign. It must stay: add the two parts "
        "instead of subtracting.",
        with_choice(lambda m, new, old, shown, h_0: both(chosen(m, new, -old))),
    ),
    Mistake(
        "one_array",
        "Every time step of your result shows the last state: either your list holds one array T "
        "times and each step writes over it, or you stack the last state T times.",
        then(lambda h, mask, h_0: np.repeat(h[:, -1:], h.shape[1], axis=1)),
    ),
    Mistake(
        "in_place",
        "You write each new state into `h_0` itself. So the list holds one array T times, every "
        "time step shows the last state, and the caller's `h_0` is lost.",
        _in_place,
    ),
    Mistake(
        "changes_h_0",
        "The states are right, but you write into the array that the caller passed as `h_0`. "
        "Begin with a copy of it, or let each step make a new array.",
        _changes_h_0,
    ),
    Mistake(
        "real_rows_alone",
        "You step only the sequences that have a real input and drop the others. Their rows must "
        "stay in the state, as they were.",
        _real_rows,
    ),
    Mistake(
        "steps_of_rows",
        "You step the whole batch once for each sequence with a real input. Step it once, then "
        "choose for each row between the new state and the old.",
        _steps_of_rows,
    ),
    Mistake(
        "time_first",
        "Your result is time-first, (T, B, H). Stack along `axis=1`.",
        then(lambda h, mask, h_0: h.transpose(1, 0, 2)),
    ),
    Mistake(
        "last_state",
        "You return only the last state, (B, H). Return all T states.",
        then(lambda h, mask, h_0: h[:, -1]),
    ),
    Mistake(
        "turned",
        "`W_hh` is the wrong way round. For a batch the old state's part is `h_t @ W_hh.T`.",
        with_choice(one_step=lambda x_t, h_t, U, V, b: step(x_t, h_t, U, V.T, b)),
    ),
    Mistake(
        "no_bias",
        "The bias `b_h` is missing.",
        with_choice(one_step=lambda x_t, h_t, U, V, b: step(x_t, h_t, U, V, 0 * b)),
    ),
    Mistake(
        "no_tanh",
        "A tanh is missing: each step must squash the state.",
        with_choice(one_step=_no_tanh),
    ),
]

MISTAKES = [*_MASK, *_STATE]
