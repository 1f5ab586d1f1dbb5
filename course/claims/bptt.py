"""Claim 8, measured in lesson 05: what truncated backpropagation through time saves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course.claims.fast import rnn_layer_backward_fast, rnn_layer_fast
from course.claims.ledger import (
    FAILS,
    HOLDS,
    HOLDS_WITHIN,
    Claim,
    Figures,
    Interval,
    Record,
    Verdict,
    difference,
    figure,
    listed,
    register,
)
from course.claims.trials import Grid, Trial
from course.claims.truncated import rnn_layer_backward_truncated
from helpers.rnn import rnn_output, rnn_output_backward

Array = npt.NDArray[Any]


def experiment_8(
    seed: int,
    H: int,
    T: int,
    k: int,
    windows: Sequence[int],
    bias_lags: Sequence[int],
    noise_lag: int,
    sequences: Sequence[int],
    runs: Mapping[str, Mapping[str, Any]],
    budget: float,
    learnt_below: float,
) -> Figures:
    """Count what truncation saves, measure its bias, and train with and without it.

    The task is an echo: inputs are random signs, and the output at step t is to be the input of
    step t − lag. The network has one input, H hidden units, one output; W_hh starts as `gain` times
    an orthogonal matrix. "full" goes back to the first step. "chunks" is TBPTT(k, k), the sequence
    cut every k steps. "sliding" is TBPTT(1, k): after each step its loss goes back k steps. Each of
    `runs` trains a method at a lag, with a batch size and a learning rate of its own.
    """
    figures: Figures = {}
    for method, window, k1 in _variants(T, windows):
        parts = {"method": method, "k": window}
        walked = steps_back(T, k1, window)
        figures[figure("steps back, one pass", **parts)] = sum(walked)
        figures[figure("multiplications, one pass", **parts)] = multiplications(T, walked, H)
        one = multiplications(k1, [max(walked)], H)
        figures[figure("multiplications, one update", **parts)] = one
        figures[figure("bytes kept", **parts)] = bytes_kept(max(walked), H)
    for lag in bias_lags:
        few = sequences if lag == noise_lag else ()
        figures |= bias(seed, H, T, lag, windows, max(sequences), few, k)
    lengths = {"full": (T, T), "chunks": (k, k), "sliding": (1, k)}
    for run in runs.values():
        how = (run["lag"], *lengths[run["method"]], run["batch"], run["gain"], run["rate"])
        outcome = learn(seed, H, T, *how, budget, learnt_below)
        for name, value in zip(OUTCOMES, outcome, strict=True):
            figures[figure(name, **_parts(run))] = value
    return figures


OUTCOMES = ("multiplications until learnt", "learnt", "error afterwards")


def _parts(run: Mapping[str, Any]) -> dict[str, Any]:
    """Return what names a run's figures: all but its rate."""
    return {name: run[name] for name in ("method", "lag", "batch", "gain")}


def _variants(T: int, windows: Sequence[int]) -> list[tuple[str, int, int]]:
    """Return the ways to truncate that are counted: method, k and the steps between updates."""
    whole = [("full", T, T), ("sliding", T, 1)]
    chunks = [("chunks", window, window) for window in windows]
    return [*whole, *chunks, *(("sliding", window, 1) for window in windows if window != T)]


def bias(
    seed: int,
    H: int,
    T: int,
    lag: int,
    windows: Sequence[int],
    many: int,
    sequences: Sequence[int],
    k: int,
) -> Figures:
    """Compare truncated gradients with the full one of `many` sequences, before training.

    And, where `sequences` are given, gradients of so few others with that full one.
    """
    figures: Figures = {}
    rng = np.random.default_rng([seed, lag])
    weights, data = first_weights(rng, H), echo(rng, many, T, lag)
    full = gradient(weights, *data, lag, T, T)
    for window in windows:
        for method, k1 in (("chunks", window), ("sliding", 1)):
            parts = {"method": method, "k": window, "lag": lag}
            cut = gradient(weights, *data, lag, k1, window)
            figures[figure("angle", **parts)] = angle(cut, full)
            figures[figure("norm", **parts)] = float(np.linalg.norm(cut) / np.linalg.norm(full))
    fresh = echo(rng, many, T, lag)
    for n in sequences:
        for method, window in (("full", T), ("chunks", k)):
            estimate = gradient(weights, fresh[0][:n], fresh[1][:n], lag, window, window)
            parts = {"method": method, "sequences": n}
            figures[figure("angle to the many", **parts)] = angle(estimate, full)
    return figures


def steps_back(T: int, k1: int, k2: int) -> list[int]:
    """Return how many steps each window of TBPTT(k1, k2) walks back over T steps."""
    return [min(first + k1, T) - max(first + k1 - k2, 0) for first in range(0, T, k1)]


def multiplications(forward: int, back: Sequence[int], H: int, D: int = 1, O: int = 1) -> int:  # noqa: E741
    """Count the multiplications in products with weights or for their gradients, for one sequence.

    `forward` steps are taken forward, and for each window the steps in `back` backward. What is
    needed by nobody is left out: the gradient of the inputs, and that of the state on a window's
    left edge.

    A step forward takes H·H, a step back 2 H·H: for dW_hh and for the gradient of the state before.
    So an update of full BPTT takes about 3 T·H·H, one of TBPTT(k, k) about 3 k·H·H, its share is
    k / T. One of TBPTT(1, T) goes forward once and back T times, 2 T·H·H: two thirds.
    """
    there = forward * (H * D + H * H + O * H)  # W_xh x_t, W_hh h_{t−1}, W_hy h_t
    output = forward * 2 * O * H  # dW_hy, and W_hyᵀ dy_t
    return there + output + sum(n * (H * D + H * H) + (n - 1) * H * H for n in back)


def bytes_kept(steps: int, H: int, D: int = 1) -> int:
    """Count the bytes that a window's inputs and states take, the state before it included."""
    return 8 * (steps * D + (steps + 1) * H)


def first_weights(rng: np.random.Generator, H: int, gain: float = 1) -> list[Array]:
    """Draw W_xh (H, 1), W_hh (H, H) orthogonal times gain, b_h (H,), W_hy (1, H), b_y (1,)."""
    W_xh = rng.normal(size=(H, 1))
    W_hh = gain * np.linalg.qr(rng.normal(size=(H, H)))[0]
    return [W_xh, W_hh, np.zeros(H), 0.1 * rng.normal(size=(1, H)) / math.sqrt(H), np.zeros(1)]


def echo(rng: np.random.Generator, sequences: int, T: int, lag: int) -> tuple[Array, Array]:
    """Draw random signs x (B, T, 1), and as targets the same signs, `lag` steps later."""
    x = rng.choice([-1.0, 1.0], size=(sequences, T, 1))
    target = np.zeros_like(x)
    target[:, lag:] = x[:, : T - lag]
    return x, target


def gradient(weights: list[Array], x: Array, target: Array, lag: int, k1: int, k2: int) -> Array:
    """Return the gradient of the mean squared error by TBPTT(k1, k2), as (H + H·H + H,).

    It holds W_xh, W_hh and b_h, those weights that truncation touches.
    """
    W_xh, W_hh, b_h, W_hy, b_y = weights
    h_0 = np.zeros((len(x), len(b_h)))
    h = rnn_layer_fast(x, h_0, W_xh, W_hh, b_h)  # (B, T, H)
    error = rnn_output(h, W_hy, b_y) - target  # (B, T, 1)
    error[:, :lag] = 0
    dh = 2 * error @ W_hy / error[:, lag:].size  # (B, T, H)
    *_, dW_xh, dW_hh, db_h = rnn_layer_backward_truncated(dh, x, h_0, h, W_xh, W_hh, k1, k2)
    return np.concatenate([dW_xh.ravel(), dW_hh.ravel(), db_h])


def angle(one: Array, other: Array) -> float:
    """Return the angle between two vectors, in degrees."""
    # Between unit vectors; this form stays exact for small angles, where arccos does not.
    a, b = one / np.linalg.norm(one), other / np.linalg.norm(other)
    return float(np.degrees(2 * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b))))


def learn(
    seed: int,
    H: int,
    T: int,
    lag: int,
    k1: int,
    k2: int,
    batch: int,
    gain: float,
    rate: float,
    budget: float,
    learnt_below: float,
) -> tuple[int, int, float]:
    """Train on echoes with TBPTT(k1, k2) and Adam until the held-out error is small enough.

    Every k1 steps the weights are updated. Each sequence of T steps is new and starts from a state
    of zeros, which goes on from window to window. The held-out error is looked at whenever 2 % more
    work has been done; the first look below `learnt_below` ends the training.

    Returns
    -------
    multiplications : int
        Made until the held-out mean squared error fell below `learnt_below` (1 is chance); at
        most about `budget`.
    learnt : int
        1 if it did, else 0.
    afterwards : float
        The error on 64 further sequences.
    """
    rng = np.random.default_rng([seed, 8])
    weights, held_out = first_weights(rng, H, gain), echo(rng, 64, T, lag)
    adam, made, looked = Adam(weights, rate), 0, 0.0
    while made < budget:
        x, target = echo(rng, batch, T, lag)
        kept = np.zeros((batch, 1, H))  # the states of the window, and the one before it
        for begin in range(0, T, k1):
            gradients, kept = one_update(weights, x, target, kept, begin, lag, k1, k2)
            weights = adam.step(weights, gradients)
            made += batch * multiplications(k1, [kept.shape[1] - 1], H)
            if made >= 1.02 * looked:  # looking costs nothing here: it is not training
                looked = made
                if missed(weights, *held_out, lag) < learnt_below:
                    return made, 1, missed(weights, *echo(rng, 64, T, lag), lag)
    return made, 0, missed(weights, *echo(rng, 64, T, lag), lag)


def one_update(
    weights: list[Array],
    x: Array,
    target: Array,
    kept: Array,
    begin: int,
    lag: int,
    k1: int,
    k2: int,
) -> tuple[list[Array], Array]:
    """Go k1 steps forward from the kept state, k2 back; return the gradients and the states.

    `kept` (B, …, H) are the window's states and the one before it, as they were when computed,
    which in sliding windows is a few updates ago, as is the custom.
    """
    W_xh, W_hh, b_h, W_hy, b_y = weights
    end, start = begin + k1, max(begin + k1 - k2, 0)
    h = rnn_layer_fast(x[:, begin:end], kept[:, -1], W_xh, W_hh, b_h)  # (B, k1, H)
    kept = np.concatenate([kept, h], axis=1)[:, -(end - start + 1) :]
    error = rnn_output(h, W_hy, b_y) - target[:, begin:end]  # (B, k1, 1)
    error[:, : max(lag - begin, 0)] = 0  # nothing can be known before step `lag`
    dh, dW_hy, db_y = rnn_output_backward(2 * error / error.size, h, W_hy)
    older = np.zeros((len(x), begin - start, len(b_h)))  # their losses have had their turn
    dh = np.concatenate([older, dh], axis=1)
    *_, dW_xh, dW_hh, db_h = rnn_layer_backward_fast(
        dh, x[:, start:end], kept[:, 0], kept[:, 1:], W_xh, W_hh
    )
    return [dW_xh, dW_hh, db_h, dW_hy, db_y], kept


class Adam:
    """Adam with torch's settings; a gradient longer than one is clipped to that length."""

    def __init__(self, weights: list[Array], rate: float) -> None:
        self.rate, self.updates = rate, 0
        self.first, self.second = ([np.zeros_like(w) for w in weights] for _ in range(2))

    def step(self, weights: list[Array], gradients: list[Array]) -> list[Array]:
        """Return the weights after one update."""
        self.updates += 1
        size = math.sqrt(sum(float((g**2).sum()) for g in gradients))
        new = []
        for i, (w, g) in enumerate(zip(weights, gradients, strict=True)):
            g = g / max(size, 1.0)
            self.first[i] = 0.9 * self.first[i] + 0.1 * g
            self.second[i] = 0.999 * self.second[i] + 0.001 * g**2
            mean = self.first[i] / (1 - 0.9**self.updates)
            square = self.second[i] / (1 - 0.999**self.updates)
            new.append(w - self.rate * mean / (np.sqrt(square) + 1e-8))
        return new


def missed(weights: list[Array], x: Array, target: Array, lag: int) -> float:
    """Return the mean squared error of a network's echoes."""
    h = rnn_layer_fast(x, np.zeros((len(x), len(weights[1]))), *weights[:3])
    return float(((rnn_output(h, weights[3], weights[4]) - target)[:, lag:] ** 2).mean())


def rule_8(record: Record) -> Verdict:
    """Judge "truncated BPTT saves computation" (TBPTT(k, k) against the full gradient).

    Three readings. *An update* and *a pass over the data*: by count. *Learning*, which decides: the
    multiplications until the echo is learnt, in batches of one sequence. At a lag it saves where
    chunks learn with every seed and Welch's 95 % interval of the difference of logarithms lies
    below log 0.9. The claim holds if it saves at every lag, holds within those at which it does,
    and does not hold if there is none.
    """
    T, k = record.settings["T"], record.settings["k"]

    def share(name: str) -> str:
        cut = record.values(name, method="chunks", k=k)[0]
        return f"{100 * cut / record.values(name, method='full', k=T)[0]:.0f} %"

    lags = lags_of(record)
    spans = {lag: learning_ratio(record, lag) for lag in lags}
    counts = {lag: outcome(record, "learnt", "chunks", lag) for lag in lags}
    saving = [lag for lag in lags if counts[lag].all() and spans[lag].high < 0.9]
    never = [lag for lag in lags if not counts[lag].any()]
    counted = (
        f"an update takes {share('multiplications, one update')} of the work, a pass "
        f"{share('multiplications, one pass')}, learning"
    )
    if not saving:
        return Verdict(FAILS, f"{counted} no less at any lag")
    means = [100 * spans[lag].mean for lag in saving]
    learning = f"{counted} {min(means):.0f} to {max(means):.0f} %"
    if saving == lags:
        return Verdict(HOLDS, learning)
    failing = f"; {listed(never)} fail" if never else ""
    reason = f"lags {listed(saving)} at k = {k}, T = {T}: {learning}"
    return Verdict(HOLDS_WITHIN, reason + (failing if len(reason + failing) < 106 else ""))


def lags_of(record: Record) -> list[int]:
    """Return the lags at which chunks were trained in batches of one, from the usual start."""
    runs = record.settings["runs"].values()
    usual = {"method": "chunks", "batch": 1, "gain": 1}
    return [run["lag"] for run in runs if usual.items() <= run.items()]


def outcome(
    record: Record, name: str, method: str, lag: int, batch: int = 1, gain: float = 1
) -> Array:
    """Return what came out of a run, for each seed: "multiplications until learnt", "learnt" …"""
    return record.values(name, method=method, lag=lag, batch=batch, gain=gain)


def learning_ratio(record: Record, lag: int, batch: int = 1) -> Interval:
    """Return the geometric mean of the multiplications, chunks by full, and Welch's interval."""
    logs = [
        np.log(outcome(record, "multiplications until learnt", method, lag, batch))
        for method in ("chunks", "full")
    ]
    span = difference(logs[0], logs[1])
    return Interval(*(math.exp(value) for value in (span.mean, span.low, span.high)))


def _rates(method: str, lag: int) -> tuple[float, ...]:
    """Return the learning rates that are tried: smaller ones where less is learnt."""
    wide = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)
    if method == "sliding":
        return wide[0 if lag >= 8 else 1 : 6]
    return wide[1:6] if method == "chunks" and lag >= 8 else wide[2:]


def _run(
    method: str, lag: int, rate: float, batch: int = 1, gain: float = 1
) -> tuple[str, dict[str, Any]]:
    """Return a run's name and settings."""
    run = {"method": method, "lag": lag, "batch": batch, "gain": gain, "rate": rate}
    return " ".join(f"{name}={value}" for name, value in _parts(run).items()), run


_RUNS: dict[str, dict[str, Any]] = dict(
    [
        *(_run("full", lag, rate) for lag, rate in ((2, 0.03), (4, 0.03), (6, 0.03))),
        *(_run("full", lag, rate) for lag, rate in ((8, 0.01), (9, 0.003), (10, 0.01))),
        *(_run("chunks", lag, rate) for lag, rate in ((2, 0.03), (4, 0.01), (6, 0.01))),
        *(_run("chunks", lag, rate) for lag, rate in ((8, 0.001), (9, 0.003), (10, 0.003))),
        *(_run("sliding", lag, rate) for lag, rate in ((2, 0.01), (4, 0.003), (6, 0.003))),
        _run("sliding", 8, 0.0003),
        *(_run("full", lag, 0.03, batch=16) for lag in (2, 6)),
        *(_run("chunks", lag, 0.03, batch=16) for lag in (2, 6)),
        *(_run("full", lag, 0.01, gain=0.5) for lag in (6, 8)),
        *(_run("chunks", lag, rate, gain=0.5) for lag, rate in ((6, 0.003), (8, 0.001))),
    ]
)

_COUNTED = {"bias_lags": [], "windows": [8]}
_TEN_OTHERS = tuple(range(200, 210))
"""As many seeds as the record has, since the rule asks that every one of them learns."""


def _both(*lags: int) -> dict[str, list[str]]:
    """Keep full and chunks at some lags, in batches of one sequence and from the usual start."""
    return {"runs": [_run(method, lag, 0)[0] for lag in lags for method in ("full", "chunks")]}


register(
    Claim(
        number=8,
        statement="Truncated BPTT saves computation.",
        source="said of truncated backpropagation through time in introductory texts; Williams and "
        "Peng 1990, doi:10.1162/neco.1990.2.4.490, compare it with the full gradient at each step",
        lesson="05_bptt",
        experiment=experiment_8,
        rule=rule_8,
        conditions={
            "task": "echo: random signs, the output at step t is the input of step t − lag; every "
            "sequence of T = 64 steps is new and starts from a state of zeros",
            "arms": "full BPTT, chunks TBPTT(8, 8), sliding windows TBPTT(1, 8), whose states are "
            "kept as first computed; the state goes on from window to window in all of them",
            "training": "one input, 32 tanh units, W_hh begun orthogonal; Adam, gradients clipped "
            "to norm 1, one sequence in a batch (and 16 at two lags)",
            "learnt": "first look (after each 2 % of work) at which the squared error of 64 "
            "held-out sequences is below 0.1, chance 1; at most 2e8 multiplications",
            "seeds": "ten; learning rates for each method and lag on four others",
        },
        decides=tuple(
            figure("multiplications until learnt", **_parts(_run(method, lag, 0)[1]))
            for lag in (2, 8)
            for method in ("full", "chunks")
        ),
        grids=tuple(
            Grid(
                f"the rate of {name}",
                f"runs/{name}/rate",
                _rates(run["method"], run["lag"]),
                figure("multiplications until learnt", **_parts(run)),
                least=True,
                keep={"runs": [name]},
                changes={
                    "windows": [],
                    "bias_lags": [],
                    "budget": 2e8 if run["lag"] >= 8 else 1e8,
                },
                seeds=(100, 101, 102, 103),
            )
            for name, run in _RUNS.items()
        ),
        trials=(
            Trial(
                "sequences of 16 steps, of which the full gradient makes one update as well",
                {**_COUNTED, "T": 16},
                keep=_both(2, 4, 6),
                seeds=_TEN_OTHERS,
            ),
            Trial(
                "windows of 16 steps in place of 8",
                {**_COUNTED, "k": 16, "windows": [16]},
                keep=_both(2, 4, 6, 8, 9, 10),
                seeds=_TEN_OTHERS,
            ),
            Trial(
                "an error of 0.01 to be reached, not of 0.1",
                {**_COUNTED, "learnt_below": 0.01},
                keep=_both(2, 4, 6),
                seeds=_TEN_OTHERS,
            ),
        ),
        settings={
            "H": 32,
            "T": 64,
            "k": 8,
            "windows": [1, 2, 4, 8, 16, 32, 64],
            "bias_lags": [4, 10],
            "noise_lag": 4,
            "sequences": [4, 16, 64, 256, 1024],
            "runs": _RUNS,
            "budget": 2e8,
            "learnt_below": 0.1,
        },
        live_settings={
            "bias_lags": [],
            "runs": dict(
                (name, run)
                for name, run in _RUNS.items()
                if run["method"] != "sliding" and run["lag"] in (2, 10) and run["batch"] == 1
            ),
        },
    )
)
