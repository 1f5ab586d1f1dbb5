"""Exercises 5.4 and 5.5: what people write in place of the layer's way back."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from course.exercises.bank import Mistake
from course.exercises.bank.bptt.common import RIGHT, Array, Grads, changed, walked

# What both exercises have in common: slips within the loop.
LOOP = [
    Mistake(
        "wraps_round",
        "Only `dW_hh` is wrong: at t = 0, `h[:, t - 1]` is `h[:, -1]`, the *last* state. The state "
        "before the first step is `h_0`.",
        walked(before=lambda h, h_0, t: h[:, t - 1]),
    ),
    Mistake(
        "transposed_way_back",
        "The gradient passes `W_hh` the wrong way round on its way to the step before. Going "
        "forwards, the state was multiplied by `W_hh.T`; going back, `da_t` is multiplied by "
        "`W_hh`.",
        walked(back=lambda da, W_hh, dh_t: da @ W_hh.T),
    ),
    Mistake(
        "zero_before_the_first",
        "At the first step you use zeros in place of `h_0`. The initial state need not be zero, "
        "and where it is not, `dW_hh` lacks a part.",
        walked(before=lambda h, h_0, t: h[:, t - 1] if t else 0 * h_0),
    ),
    Mistake(
        "first_state_before_itself",
        "At t = 0 you take `h[:, 0]`, which is the state after the first step. The state before it "
        "is `h_0`.",
        walked(before=lambda h, h_0, t: h[:, max(t - 1, 0)]),
    ),
    Mistake(
        "new_state",
        "Only `dW_hh` is wrong: you take it with the state after each step. `W_hh` was multiplied "
        "by the state before it.",
        walked(before=lambda h, h_0, t: h[:, t]),
    ),
    Mistake(
        "h_0_throughout",
        "You use `h_0` as the old state at every step. That is right at t = 0 only; before any "
        "other step the state is `h[:, t - 1]`.",
        walked(before=lambda h, h_0, t: h_0),
    ),
    Mistake(
        "h_0_for_two_steps",
        "You take `h_0` at t = 1 as well. It comes before the first step, t = 0, alone; before "
        "t = 1 the state is `h[:, 0]`.",
        walked(before=lambda h, h_0, t: h[:, t - 1] if t > 1 else h_0),
    ),
    Mistake(
        "two_steps_before",
        "`dW_hh` is wrong: you go back two states. Before step t the state is `h[:, t - 1]`.",
        walked(before=lambda h, h_0, t: h[:, t - 2] if t > 1 else h_0),
    ),
    Mistake(
        "shifted_twice",
        "`dW_hh` is wrong: with `h_0` put in front, entry t of your array is already the state "
        "before step t. You take entry t − 1.",
        walked(
            before=lambda h, h_0, t: np.concatenate([h_0[:, None], h], axis=1)[:, t - 1],
        ),
    ),
    Mistake(
        "tanh_twice",
        "The slope is wrong: `h[:, t]` is what tanh returned already. Its slope is "
        "1 − h², without another tanh.",
        walked(slope=lambda h_t: 1 - np.tanh(h_t) ** 2),
    ),
    Mistake(
        "no_sum",
        "The weights' gradients hold only the contribution of the first step, the last one that "
        "the loop visits. All steps share the weights, so add the contributions up with `+=`.",
        walked(add=False),
    ),
    Mistake(
        "no_way_back",
        "Nothing comes back from the step after. Each state feeds into the next step as well as "
        "its own output, so add `dh_next` to `dh[:, t]`.",
        walked(arriving=lambda dh, t, back: dh[:, t]),
    ),
    Mistake(
        "carries_nothing",
        "`dh_next` stays zero: each step has to hand on the `dh_prev` that the step back returns.",
        walked(back=lambda da, W_hh, dh_t: np.zeros_like(da)),
    ),
]


def _stops_early(T: int) -> Iterable[int]:
    return range(T - 1, 0, -1)


# More that people write when they build the layer from nothing.
WHOLE = [
    Mistake(
        "begins_with_the_last_dh",
        "You start `dh_next` as `dh[:, -1]` and add `dh[:, -1]` again in the loop. Nothing comes "
        "back from after the end: start it at zero.",
        walked(
            arriving=lambda dh, t, back: dh[:, t] + (dh[:, -1] if t == dh.shape[1] - 1 else back)
        ),
    ),
    Mistake(
        "last_dh_at_every_step",
        "You add `dh[:, -1]` at every step. Each state has an output of its own: add `dh[:, t]`.",
        walked(arriving=lambda dh, t, back: dh[:, -1] + back),
    ),
    Mistake(
        "next_dh",
        "You add `dh[:, t + 1]`, what the next state gets from its own output. What comes back "
        "from the next step is its `dh_prev`, which has passed that step.",
        walked(
            arriving=lambda dh, t, back: dh[:, t] + (dh[:, t + 1] if t + 1 < dh.shape[1] else 0)
        ),
    ),
    Mistake(
        "dx_summed",
        "Every step of your `dx` holds the sum over all steps. Each input was used once: write its "
        "gradient into `dx[:, t]`, with `=`.",
        changed(lambda g, *args: (np.repeat(g[0].sum(1, keepdims=True), g[0].shape[1], 1), *g[1:])),
    ),
    Mistake(
        "weights_not_added",
        "The gradients of the weights and the bias are still zero. Add each step's with `+=`.",
        changed(lambda g, *args: (*g[:2], *(0 * one for one in g[2:]))),
    ),
    Mistake(
        "dh_next_before_last",
        "Only `dh_0` is wrong: you return the last `dh_t`, times the slope of tanh. One product is "
        "missing, that with `W_hh`.",
        changed(
            lambda g, *args: (g[0], _arrives_at_the_first(*args) * (1 - args[3][:, 0] ** 2), *g[2:])
        ),
    ),
    Mistake(
        "forwards",
        "Your loop goes from the first step to the last. Step t needs what step t + 1 sends back, "
        "so walk from the last step to the first.",
        walked(steps=range),
    ),
    Mistake(
        "stops_before_the_first",
        "Your loop never reaches t = 0. `range(T - 1, 0, -1)` stops at 1; use "
        "`reversed(range(T))`, or `-1` as the end.",
        walked(steps=_stops_early),
    ),
    Mistake(
        "misses_the_last",
        "Your loop starts one step too early: the last step, T − 1, never gets its turn.",
        walked(steps=lambda T: reversed(range(T - 1))),
    ),
    Mistake(
        "only_from_the_end",
        "Only the last step's `dh` enters. Every state has an output of its own: at each step add "
        "`dh[:, t]` to what comes back.",
        walked(arriving=lambda dh, t, back: dh[:, t] if t == dh.shape[1] - 1 else back),
    ),
    Mistake(
        "all_zero",
        "All your gradients are zero. `dh` never enters, or you multiply it by `dh_next`, which "
        "starts at zero. A state has two paths to the loss; their gradients are added: `dh[:, t]` "
        "plus what comes back from the step after.",
        walked(arriving=lambda dh, t, back: back),
    ),
    Mistake(
        "whole_dh_sent_back",
        "You send `dh_t` itself back to the step before. It has to pass the step first: what "
        "arrives there is the step's `dh_prev`.",
        walked(back=lambda da, W_hh, dh_t: dh_t),
    ),
    Mistake(
        "way_back_piles_up",
        "You add each `dh_prev` to those of later steps. What a later step sent back has already "
        "passed through this step: replace `dh_next`, do not add to it.",
        lambda *args: _piled_up(*args),
    ),
    Mistake(
        "no_slope",
        "You left out the slope of tanh, $1 - h_t^2$.",
        walked(slope=np.ones_like),
    ),
    Mistake(
        "dh_0_is_zero",
        "Four gradients are right, but `dh_0` is all zeros: after the loop, `dh_next` holds what "
        "arrives at `h_0`.",
        changed(lambda g, dh, x, h_0, *rest: (g[0], 0 * h_0, *g[2:])),
    ),
    Mistake(
        "dh_0_from_the_last_step",
        "Four gradients are right, but your `dh_0` is what the *last* step sends back. You return "
        "the first value of `dh_next`; return the one left after the loop.",
        changed(lambda g, *args: (g[0], _sent_by_the_last(*args), *g[2:])),
    ),
    Mistake(
        "dh_1_for_dh_0",
        "Four gradients are right, but your `dh_0` is what arrives at the *first state*, h_1. One "
        "step back is missing: return the `dh_prev` of step 1.",
        changed(lambda g, *args: (g[0], _arrives_at_the_first(*args), *g[2:])),
    ),
    Mistake(
        "dx_reversed",
        "Your `dx` runs backwards in time: you collected it in the order of the loop. Write into "
        "`dx[:, t]`, or reverse the list before you stack it.",
        changed(lambda g, *args: (g[0][:, ::-1], *g[1:])),
    ),
    Mistake(
        "dx_time_first",
        "The steps of `dx` are along the first axis. Time is axis 1: stack with `axis=1`.",
        changed(lambda g, *args: (g[0].transpose(1, 0, 2), *g[1:])),
    ),
    Mistake(
        "dx_of_the_first_step",
        "Your `dx` holds a single step. Each input has its own gradient; write it into `dx[:, t]`.",
        changed(lambda g, *args: (g[0][:, 0], *g[1:])),
    ),
    Mistake(
        "dx_not_stored",
        "`dx` is still all zeros. Write each step's `dx_t` into it: `dx[:, t] = …`.",
        changed(lambda g, *args: (0 * g[0], *g[1:])),
    ),
    Mistake(
        "dh_past_the_step",
        "Each `dh[:, t]` also reaches the step before unchanged, because you add it to `dh_next`. "
        "It belongs to its own step: add it before the step, not after.",
        walked(
            arriving=lambda dh, t, back: (
                dh[:, t] + back + (dh[:, t + 1] if t + 1 < dh.shape[1] else 0)
            )
        ),
    ),
    Mistake(
        "mean_over_time",
        "You averaged the weights' gradients over the steps. The loss is a sum, so they are "
        "summed.",
        changed(lambda g, dh, *args: (*g[:2], *(one / dh.shape[1] for one in g[2:]))),
    ),
    Mistake(
        "mean_over_batch",
        "You averaged the weights' gradients over the batch. The loss is a sum, so they are "
        "summed; where a loss is a mean, that division is in `dh` already.",
        changed(lambda g, dh, *args: (*g[:2], *(one / len(dh) for one in g[2:]))),
    ),
    Mistake(
        "old_state_as_new",
        "You take the slope of tanh at the state before the step. The slope at step t needs "
        "`h[:, t]`, the state after it.",
        lambda *args: _slope_before(*args),
    ),
    Mistake(
        "other_order",
        "The five gradients are right but in another order. Return `dx, dh_0, dW_xh, dW_hh, db_h`.",
        changed(lambda g, *args: (*g[2:], *g[:2])),
    ),
    Mistake(
        "no_dh_0",
        "One of five is missing: return `dh_0` as well, after `dx`.",
        changed(lambda g, *args: (g[0], *g[2:])),
    ),
]


def _piled_up(dh: Array, x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array) -> Grads:
    total = np.zeros(h_0.shape)

    def back(da: Array, W_hh: Array, dh_t: Array) -> Array:
        total[:] += da @ W_hh
        return total.copy()

    return walked(back=back)(dh, x, h_0, h, W_xh, W_hh)


def _slope_before(dh: Array, x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array) -> Grads:
    before = np.concatenate([h_0[:, None], h[:, :-1]], axis=1)
    da, back = np.empty_like(h), np.zeros_like(h_0)
    for t in reversed(range(x.shape[1])):
        da[:, t] = (dh[:, t] + back) * (1 - before[:, t] ** 2)
        back = da[:, t] @ W_hh
    weights = np.einsum("bth,btd->hd", da, x), np.einsum("bth,btk->hk", da, before)
    return da @ W_xh, back, *weights, da.sum(axis=(0, 1))


def _sent_by_the_last(dh: Array, x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array) -> Array:
    return (dh[:, -1] * (1 - h[:, -1] ** 2)) @ W_hh


def _arrives_at_the_first(
    dh: Array, x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array
) -> Array:
    if x.shape[1] == 1:
        return dh[:, 0]
    later = RIGHT(dh[:, 1:], x[:, 1:], h[:, 0], h[:, 1:], W_xh, W_hh)[1]
    return np.asarray(dh[:, 0] + later)
