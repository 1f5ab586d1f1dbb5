"""Exercise 5.6: the layer backwards, cut into chunks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, Property, register
from course.exercises.bank.bptt.common import (
    AXES,
    GRADIENTS,
    RIGHT,
    Array,
    Backward,
    Grads,
    by_torch,
    layer,
    on_paper,
    state_before,
    walked,
)
from course.exercises.bank.bptt.layer_backward import SQUARE, layer_backward


def chunks_backward(
    dh: Array, x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array, k: int
) -> Grads:
    """Send each chunk's gradient back to the chunk's first step and no further."""
    dx = np.zeros(x.shape)
    dW_xh = np.zeros(W_xh.shape)
    dW_hh = np.zeros(W_hh.shape)
    db_h = np.zeros(W_hh.shape[0])
    for first in reversed(range(0, x.shape[1], k)):
        chunk = slice(first, first + k)
        h_start = h[:, first - 1] if first > 0 else h_0
        dx[:, chunk], dh_0, dW_xh_chunk, dW_hh_chunk, db_h_chunk = layer_backward(
            dh[:, chunk], x[:, chunk], h_start, h[:, chunk], W_xh, W_hh
        )
        dW_xh += dW_xh_chunk
        dW_hh += dW_hh_chunk
        db_h += db_h_chunk
    return dx, dh_0, dW_xh, dW_hh, db_h


def _probes(rng: np.random.Generator) -> list[Probe]:
    sizes = (
        (1, 4, 1, 1, 2, "T = 4, k = 2, one unit"),
        (2, 6, 2, 2, 3, "T = 6, k = 3, two of everything"),
        (3, 8, 2, 4, 2, "T = 8, k = 2"),
        (3, 7, 4, 2, 3, "T = 7, k = 3: the last chunk is shorter"),
        (2, 5, 3, 4, 1, "k = 1"),
    )
    made = [Probe((*layer(rng, *size), k), label=label) for *size, k, label in sizes]
    return [Probe((*on_paper(), 1), label=EXAMPLE), *made]


def _nothing_cut(rng: np.random.Generator) -> list[Probe]:
    return [
        Probe((*layer(rng, 2, 5, 3, 4), 5), label="k = T"),
        Probe((*layer(rng, 3, 4, 2, 5), 9), label="k > T"),
    ]


def _equal_the_full(outputs: list[Any], probes: list[Probe]) -> bool:
    return all(
        np.allclose(one, other)
        for output, probe in zip(outputs, probes, strict=True)
        for one, other in zip(output, RIGHT(*probe.args[:6]), strict=True)
    )


def _with_k(
    cut: Callable[[int, int, int], bool] = lambda t, k, T: t % k == 0,
    before: Callable[[Array, Array, int, int], Array] = lambda h, h_0, t, k: state_before(
        h, h_0, t
    ),
    counted: Callable[[int, int, int], bool] = lambda t, k, T: True,
) -> Backward:
    """One walk over all steps; where `cut(t, k, T)`, step t sends nothing to the step before."""

    def backward(*args: Any) -> Grads:
        *arrays, k = args
        dh, x, h_0, h, W_xh, W_hh = arrays
        T, dx, back = x.shape[1], np.zeros(x.shape), np.zeros(h_0.shape)
        weights = [np.zeros(W_xh.shape), np.zeros(W_hh.shape), np.zeros(len(W_hh))]
        for t in (t for t in reversed(range(T)) if counted(t, k, T)):
            da = (dh[:, t] + back) * (1 - h[:, t] ** 2)
            dx[:, t], sent = da @ W_xh, da @ W_hh
            back = np.zeros(h_0.shape) if cut(t, k, T) and t > 0 else sent
            new = da.T @ x[:, t], da.T @ before(h, h_0, t, k), da.sum(axis=0)
            weights = [one + other for one, other in zip(weights, new, strict=True)]
        return dx, back, *weights

    return backward


def _sliding(*args: Any) -> Grads:
    """The loss of each step goes back k steps, its own included."""
    dh, x, h_0, h, W_xh, W_hh, k = args
    total: list[Any] = [np.zeros(a.shape) for a in (x, h_0, W_xh, W_hh)] + [np.zeros(len(W_hh))]
    for s in range(x.shape[1]):
        start = max(s + 1 - k, 0)
        alone = np.zeros((len(x), s + 1 - start, h.shape[2]))
        alone[:, -1] = dh[:, s]
        window = slice(start, s + 1)
        arrays = alone, x[:, window], state_before(h, h_0, start), h[:, window]
        dx, dh_0, *weights = RIGHT(*arrays, W_xh, W_hh)
        total[0][:, window] += dx
        total[1] = total[1] + (dh_0 if start == 0 else 0)
        total[2:] = [one + new for one, new in zip(total[2:], weights, strict=True)]
    return tuple(total)


def _each_chunk(combine: Callable[[list[Grads], Grads], Grads]) -> Backward:
    """The gradients of all chunks, first to last, combined in another way."""

    def backward(*args: Any) -> Grads:
        dh, x, h_0, h, W_xh, W_hh, k = args
        parts = []
        for first in range(0, x.shape[1], k):
            chunk = slice(first, first + k)
            arrays = dh[:, chunk], x[:, chunk], state_before(h, h_0, first), h[:, chunk]
            parts.append(RIGHT(*arrays, W_xh, W_hh))
        return combine(parts, _one_walk(*args))

    return backward


_one_walk = _with_k()


def _in_a_loop(
    starts: Callable[[int, int], Any] = lambda T, k: range(0, T, k),
    length: Callable[[int], int] = lambda k: k,
    given: Callable[[Array, slice], Array] = lambda dh, part: dh[:, part],
    states: Callable[[Array, slice], Array] = lambda h, part: h[:, part],
    order: Callable[[Any], Any] = lambda starts: starts,
) -> Backward:
    """The chunks one after the other, with other bounds or arrays; dh_0 is that of step 0."""

    def backward(*args: Any) -> Grads:
        dh, x, h_0, h, W_xh, W_hh, k = args
        dx, dh_0 = np.zeros(x.shape), None
        weights: list[Any] = [np.zeros(W_xh.shape), np.zeros(W_hh.shape), np.zeros(len(W_hh))]
        for first in order(starts(x.shape[1], k)):
            part = slice(first, first + length(k))
            arrays = given(dh, part), x[:, part], state_before(h, h_0, first), states(h, part)
            dx[:, part], sent, *new = layer_backward(*arrays, W_xh, W_hh)
            weights = [one + other for one, other in zip(weights, new, strict=True)]
            dh_0 = sent if first == 0 else dh_0
        return dx, dh_0, *weights

    return backward


def _turned(*args: Any) -> Grads:
    dh, x, h_0, h, W_xh, W_hh, k = args
    walk = walked(back=lambda da, W, dh_t: da @ W.T)
    parts = []
    for first in range(0, x.shape[1], k):
        chunk = slice(first, first + k)
        arrays = dh[:, chunk], x[:, chunk], state_before(h, h_0, first), h[:, chunk]
        parts.append(walk(*arrays, W_xh, W_hh))
    dx = np.concatenate([part[0] for part in parts], axis=1)
    return dx, parts[0][1], *(sum(part[i] for part in parts) for i in (2, 3, 4))


def _last_steps(*args: Any) -> Grads:
    dh, x, h_0, h, W_xh, W_hh, k = args
    first = max(x.shape[1] - k, 0)
    arrays = dh[:, first:], x[:, first:], state_before(h, h_0, first), h[:, first:]
    dx, *rest = RIGHT(*arrays, W_xh, W_hh)
    return np.concatenate([np.zeros_like(x[:, :first]), dx], axis=1), *rest


MISTAKES = [
    Mistake(
        "nothing_cut",
        "This is the full gradient: nothing is cut. What a chunk's first step sends back must not "
        "reach the chunk before.",
        lambda *args: RIGHT(*args[:6]),
    ),
    Mistake(
        "state_reset",
        "`dW_hh` is wrong: you start each chunk from a state of zeros. Truncation cuts the "
        "gradient, not the state: the chunk starts from `h[:, first - 1]`.",
        _with_k(
            before=lambda h, h_0, t, k: 0 * h_0 if t % k == 0 and t > 0 else state_before(h, h_0, t)
        ),
    ),
    Mistake(
        "h_0_for_every_chunk",
        "`dW_hh` is wrong: you start every chunk from `h_0`. Only the first one starts there; the "
        "others start from the state before their first step, `h[:, first - 1]`.",
        _with_k(before=lambda h, h_0, t, k: h_0 if t % k == 0 else h[:, t - 1]),
    ),
    Mistake(
        "wraps_round",
        "`dW_hh` is wrong: for the first chunk, `h[:, first - 1]` is `h[:, -1]`, the *last* state. "
        "The first chunk starts from `h_0`.",
        _with_k(before=lambda h, h_0, t, k: h[:, t - 1]),
    ),
    Mistake(
        "own_first_state",
        "`dW_hh` is wrong: you start a chunk from `h[:, first]`, the state *after* its first step. "
        "The state before it is `h[:, first - 1]`.",
        _with_k(
            before=lambda h, h_0, t, k: h[:, t] if t % k == 0 and t > 0 else state_before(h, h_0, t)
        ),
    ),
    Mistake(
        "first_state_of_the_chunk_before",
        "`dW_hh` is wrong: you start a chunk from the *first* state of the chunk before. It starts "
        "from that chunk's last state, `h[:, first - 1]`.",
        _with_k(
            before=lambda h, h_0, t, k: (
                h[:, t - k] if t % k == 0 and t > 0 else state_before(h, h_0, t)
            )
        ),
    ),
    Mistake(
        "last_chunk_alone",
        "You walk back through the last k steps and stop. Every chunk has losses: walk through "
        "all of them and add up.",
        lambda dh, x, h_0, h, W_xh, W_hh, k: RIGHT(
            *(dh[:, -k:], x[:, -k:], h[:, -k - 1] if k < h.shape[1] else h_0, h[:, -k:]),
            *(W_xh, W_hh),
        ),
    ),
    Mistake(
        "last_chunk_missing",
        "Where T is no multiple of k, the last, shorter chunk is missing. `range(0, T, k)` yields "
        "its first step, too.",
        _with_k(counted=lambda t, k, T: t < T // k * k),
    ),
    Mistake(
        "from_the_end",
        "You count the chunks from the end of the sequence, so the short chunk comes first. Count "
        "them from the first step.",
        _with_k(cut=lambda t, k, T: (T - t) % k == 0),
    ),
    Mistake(
        "one_step_late",
        "Your cut is one step off. The first step of a chunk, t % k == 0, is the one that sends "
        "nothing back.",
        _with_k(cut=lambda t, k, T: (t + 1) % k == 0),
    ),
    Mistake(
        "k_chunks",
        "You cut the sequence into k chunks. It has to be cut into chunks of k steps.",
        _with_k(cut=lambda t, k, T: t % max(-(-T // k), 1) == 0),
    ),
    Mistake(
        "sliding",
        "You let the loss of each step go back k steps. In chunks, it goes back to the first step "
        "of its chunk only.",
        _sliding,
    ),
    Mistake(
        "only_the_last_chunk",
        "Only the last chunk enters. That is right for one update; here add up the gradients of "
        "all chunks.",
        _with_k(counted=lambda t, k, T: t >= (T - 1) // k * k),
    ),
    Mistake(
        "no_sum",
        "The weights' gradients are those of the first chunk alone. Every chunk uses the weights, "
        "so add with `+=`.",
        _each_chunk(lambda parts, right: (*right[:2], *parts[0][2:])),
    ),
    Mistake(
        "no_sum_forwards",
        "The weights' gradients are those of the last chunk alone. Every chunk uses the weights, "
        "so add with `+=`.",
        _each_chunk(lambda parts, right: (*right[:2], *parts[-1][2:])),
    ),
    Mistake(
        "mean_of_chunks",
        "You averaged over the chunks. The loss is a sum over all steps, so their gradients are "
        "summed.",
        _each_chunk(lambda parts, right: (*right[:2], *(g / len(parts) for g in right[2:]))),
    ),
    Mistake(
        "dh_0_of_the_last_chunk",
        "Four gradients are right, but your `dh_0` comes from the last chunk. `h_0` went into the "
        "first chunk only.",
        _each_chunk(lambda parts, right: (right[0], parts[-1][1], *right[2:])),
    ),
    Mistake(
        "dh_0_of_all_chunks",
        "Four gradients are right, but your `dh_0` is the sum over all chunks. `h_0` went into the "
        "first chunk only.",
        _each_chunk(lambda parts, right: (right[0], sum(p[1] for p in parts), *right[2:])),
    ),
    Mistake(
        "dx_of_one_chunk",
        "`dx` holds the inputs of one chunk. Write each chunk's part into `dx[:, chunk]`.",
        _each_chunk(lambda parts, right: (parts[0][0], *right[1:])),
    ),
    Mistake(
        "whole_chunks_only",
        "You walk through T // k chunks, so what is left over is never visited. Use "
        "`range(0, T, k)`: NumPy shortens the last slice by itself.",
        _in_a_loop(starts=lambda T, k: [i * k for i in range(T // k)]),
    ),
    Mistake(
        "chunks_too_short",
        "Your chunks are one step too short: a slice leaves out its end, so the chunk is "
        "`first : first + k`.",
        _in_a_loop(length=lambda k: k - 1),
    ),
    Mistake(
        "chunks_too_long",
        "Your chunks overlap by one step: a slice leaves out its end, so `first : first + k` holds "
        "k steps.",
        _in_a_loop(length=lambda k: k + 1),
    ),
    Mistake(
        "chunks_too_long_backwards",
        "Your chunks are one step too long and overlap: `first : first + k` holds k steps, as a "
        "slice leaves out its end.",
        _in_a_loop(length=lambda k: k + 1, order=lambda starts: reversed(starts)),
    ),
    Mistake(
        "range_too_short",
        "Your range stops at T − 1, which it leaves out: a chunk that starts at the last step is "
        "never visited. Use `range(0, T, k)`.",
        _in_a_loop(starts=lambda T, k: range(0, T - 1, k)),
    ),
    Mistake(
        "first_chunk_missing",
        "Your range starts at k, so the first chunk is never visited. Use `range(0, T, k)`.",
        _in_a_loop(starts=lambda T, k: range(k, T, k)),
    ),
    Mistake(
        "whole_h",
        "You pass all of `h` for every chunk, so each one uses the states of the first. Pass "
        "`h[:, chunk]`.",
        _in_a_loop(states=lambda h, part: h),
    ),
    Mistake(
        "whole_dh",
        "You pass all of `dh` for every chunk, so each one uses the losses of the first. Pass "
        "`dh[:, chunk]`.",
        _in_a_loop(given=lambda dh, part: dh),
    ),
    Mistake(
        "last_k_steps",
        "You walk back through the last k steps alone. Go through every chunk, and add up their "
        "gradients.",
        lambda *args: _last_steps(*args),
    ),
    Mistake(
        "dh_0_is_zero",
        "Four gradients are right, but `dh_0` is all zeros. It is what the first chunk sends back.",
        _each_chunk(lambda parts, right: (right[0], 0 * right[1], *right[2:])),
    ),
    Mistake(
        "dh_0_is_none",
        "Four gradients are right, but `dh_0` is None. It is what the first chunk sends back.",
        _each_chunk(lambda parts, right: (right[0], None, *right[2:])),
    ),
    Mistake(
        "bias_not_added",
        "`db_h` is still zero: add each chunk's with `+=`.",
        _each_chunk(lambda parts, right: (*right[:4], 0 * right[4])),
    ),
    Mistake(
        "weights_not_added",
        "The gradients of the weights and the bias are still zero: add each chunk's with `+=`.",
        _each_chunk(lambda parts, right: (*right[:2], *(0 * one for one in right[2:]))),
    ),
    Mistake(
        "dx_not_stored",
        "`dx` is still all zeros: write each chunk's into `dx[:, chunk]`.",
        _each_chunk(lambda parts, right: (0 * right[0], *right[1:])),
    ),
    Mistake(
        "no_way_back",
        "Nothing comes back from one step to the step before, even within a chunk. Cut only at the "
        "borders between chunks.",
        _with_k(cut=lambda t, k, T: True),
    ),
    Mistake(
        "transposed_way_back",
        "The gradient passes `W_hh` the wrong way round: it is `da_t @ W_hh`, not transposed.",
        _turned,
    ),
]


register(
    CodeExercise(
        name="bptt.chunks_backward",
        title="Truncated, in chunks",
        points={"values": 2, "nothing to cut": 1},
        package="rnn.rnn_layer_backward_chunks",
        reference=chunks_backward,
        probes=_probes,
        oracle=by_torch,
        equivalents={"torch": by_torch, "one walk": _one_walk},
        properties=[
            Property(
                "Your result differs from the full gradient although nothing is cut: with k = T or "
                "more, the whole sequence is one chunk.",
                _equal_the_full,
                probes=_nothing_cut,
                part="nothing to cut",
            )
        ],
        outputs=GRADIENTS,
        axes=AXES,
        mistakes=MISTAKES,
        hints=[
            "A chunk is a short sequence of its own. `rnn_layer_backward` can walk back through "
            "it, if you tell it from which state the chunk started.",
            "With `chunk = slice(first, first + k)`, `dh[:, chunk]`, `x[:, chunk]` and "
            "`h[:, chunk]` are the chunk's arrays. NumPy shortens the last slice by itself.",
            "Zeros for `dx` and the weights' gradients. For each first step in `range(0, T, k)`: "
            "find the state that the chunk started from, call `rnn_layer_backward`, store the "
            "chunk's `dx`, add up the rest. `dh_0` is that of the first chunk; if the loop goes "
            "backwards, it is the one left at the end.",
            "`h_start = h[:, first - 1] if first > 0 else h_0`",
        ],
        survivors={
            "5: np.zeros → np.ones": "every entry of dx is written by the loop",
            "8: 0 → 1": SQUARE,
            "8: 0 → -1": SQUARE,
        },
        solved="The state goes on across the boundary; the gradient does not. In torch, "
        "`h.detach()` does this.",
    )
)
