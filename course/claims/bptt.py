"""Claim 8, measured in lesson 05: what truncated backpropagation through time saves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course.claims.fast import rnn_layer_backward_fast, rnn_layer_fast
from course.claims.ledger import (
    FAILS,
    HOLDS,
    HOLDS_IF,
    Claim,
    Figures,
    Record,
    Verdict,
    figure,
    listed,
    register,
    student_quantile,
)
from helpers.rnn import rnn_layer_backward_truncated, rnn_output, rnn_output_backward

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
    lags: Sequence[int],
    methods: Sequence[str],
    batches: Sequence[int],
    rates: Sequence[float],
    budget: float,
    learnt_below: float,
) -> Figures:
    """Count what truncation saves, measure its bias, and train with and without it.

    The task is an echo: inputs are random signs, and the output at step t is to be the input of
    step t − lag. The network has one input, H hidden units, one output; W_hh starts orthogonal.
    "full" goes back to the first step. "chunks" is TBPTT(k, k), the sequence cut every k steps.
    "sliding" is TBPTT(1, k): after each step its loss goes back k steps. In the training runs each
    method has, for each lag, the batch size and the rate with which it needs the fewest
    multiplications: a smaller batch, too, buys more updates for the same work.
    """
    figures: Figures = {}
    variants = {("full", T): (T, T), ("sliding", T): (1, T)}
    variants |= {("chunks", window): (window, window) for window in windows}
    variants |= {("sliding", window): (1, window) for window in windows}
    for (method, window), (k1, k2) in variants.items():
        parts = {"method": method, "k": window}
        walked = steps_back(T, k1, k2)
        figures[figure("steps back, one pass", **parts)] = sum(walked)
        figures[figure("multiplications, one pass", **parts)] = multiplications(T, walked, H)
        figures[figure("multiplications, one update", **parts)] = multiplications(
            k1, [max(walked)], H
        )
        figures[figure("bytes kept", **parts)] = bytes_kept(max(walked), H)

    many = max(sequences, default=0)
    for lag in bias_lags:
        rng = np.random.default_rng([seed, lag])
        weights, data = first_weights(rng, H), echo(rng, many, T, lag)
        full = gradient(weights, *data, lag, T, T)
        for window in windows:
            for method, k1 in (("chunks", window), ("sliding", 1)):
                parts = {"method": method, "k": window, "lag": lag}
                cut = gradient(weights, *data, lag, k1, window)
                size = np.linalg.norm(cut) / np.linalg.norm(full)
                figures[figure("angle", **parts)] = angle(cut, full)
                figures[figure("norm", **parts)] = float(size)
        if lag == noise_lag:  # gradients of few sequences against the full one of many others
            fresh = echo(rng, many, T, lag)
            for n in sequences:
                for method, window in (("full", T), ("chunks", k)):
                    estimate = gradient(weights, fresh[0][:n], fresh[1][:n], lag, window, window)
                    parts = {"method": method, "sequences": n}
                    figures[figure("angle to the many", **parts)] = angle(estimate, full)

    lengths = {"full": (T, T), "chunks": (k, k), "sliding": (1, k)}
    for lag in lags:
        for method in methods:
            runs = [
                learn(seed, H, T, lag, *lengths[method], batch, rate, budget, learnt_below)
                for batch in batches
                for rate in rates
            ]
            needed, learnt = min(runs, key=lambda run: run[0])
            parts = {"method": method, "lag": lag}
            figures[figure("multiplications until learnt", **parts)] = needed
            figures[figure("learnt", **parts)] = int(learnt)
    return figures


def steps_back(T: int, k1: int, k2: int) -> list[int]:
    """Return how many steps each window of TBPTT(k1, k2) walks back over T steps."""
    return [min(first + k1, T) - max(first + k1 - k2, 0) for first in range(0, T, k1)]


def multiplications(forward: int, back: Sequence[int], H: int, D: int = 1, O: int = 1) -> int:  # noqa: E741
    """Count the multiplications in products with weights or for their gradients, for one sequence.

    `forward` steps are taken forward, and for each window the steps in `back` backward. What is
    needed by nobody is left out: the gradient of the inputs, and that of the state on a window's
    left edge.
    """
    there = forward * (H * D + H * H + O * H)  # W_xh x_t, W_hh h_{t−1}, W_hy h_t
    output = forward * 2 * O * H  # dW_hy, and W_hyᵀ dy_t
    return there + output + sum(n * (H * D + H * H) + (n - 1) * H * H for n in back)


def bytes_kept(steps: int, H: int, D: int = 1) -> int:
    """Count the bytes that a window's inputs and states take, the state before it included."""
    return 8 * (steps * D + (steps + 1) * H)


def first_weights(rng: np.random.Generator, H: int) -> list[Array]:
    """Draw W_xh (H, 1), W_hh (H, H) orthogonal, b_h (H,), W_hy (1, H), b_y (1,)."""
    W_xh = rng.normal(size=(H, 1))
    W_hh = np.linalg.qr(rng.normal(size=(H, H)))[0]
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
    rate: float,
    budget: float,
    learnt_below: float,
) -> tuple[int, bool]:
    """Train on echoes with TBPTT(k1, k2) and Adam until the held-out error is small enough.

    Every k1 steps the weights are updated. The state goes on through the sequence of T steps, and
    with it what the window needs: `k2` inputs and states at most, as they were when computed,
    which in sliding windows is a few updates ago, as is the custom.

    Returns
    -------
    multiplications : int
        Made until the held-out mean squared error fell below `learnt_below` (1 is chance); at
        most about `budget`.
    learnt : bool
        Whether it did.
    """
    rng = np.random.default_rng([seed, 8])
    weights = first_weights(rng, H)
    held_out, wanted = echo(rng, 64, T, lag)
    first, second = ([np.zeros_like(w) for w in weights] for _ in range(2))  # Adam's moments
    updates, made, looked = 0, 0, 0.0
    while made < budget:
        x, target = echo(rng, batch, T, lag)
        kept = np.zeros((batch, 1, H))  # the states of the window, and the one before it
        for begin in range(0, T, k1):
            W_xh, W_hh, b_h, W_hy, b_y = weights
            end, start = begin + k1, max(begin + k1 - k2, 0)
            h = rnn_layer_fast(x[:, begin:end], kept[:, -1], W_xh, W_hh, b_h)  # (B, k1, H)
            kept = np.concatenate([kept, h], axis=1)[:, -(end - start + 1) :]
            error = rnn_output(h, W_hy, b_y) - target[:, begin:end]  # (B, k1, 1)
            error[:, : max(lag - begin, 0)] = 0  # nothing can be known before step `lag`
            dh, dW_hy, db_y = rnn_output_backward(2 * error / error.size, h, W_hy)
            older = np.zeros((batch, begin - start, H))  # their losses have had their turn
            *_, dW_xh, dW_hh, db_h = rnn_layer_backward_fast(
                np.concatenate([older, dh], axis=1),
                x[:, start:end],
                kept[:, 0],
                kept[:, 1:],
                W_xh,
                W_hh,
            )
            updates += 1
            made += batch * multiplications(k1, [end - start], H)
            gradients = [dW_xh, dW_hh, db_h, dW_hy, db_y]
            size = math.sqrt(sum(float((g**2).sum()) for g in gradients))
            for i, g in enumerate(gradients):
                g = g / max(size, 1.0)  # clipped to a norm of one
                first[i] = 0.9 * first[i] + 0.1 * g
                second[i] = 0.999 * second[i] + 0.001 * g**2
                mean, square = first[i] / (1 - 0.9**updates), second[i] / (1 - 0.999**updates)
                weights[i] = weights[i] - rate * mean / (np.sqrt(square) + 1e-8)
            if made >= 1.02 * looked:  # looking costs nothing here: it is not training
                looked = made
                h = rnn_layer_fast(held_out, np.zeros((64, H)), *weights[:3])
                missed = (rnn_output(h, weights[3], weights[4]) - wanted)[:, lag:]
                if (missed**2).mean() < learnt_below:
                    return made, True
    return made, False


def rule_8(record: Record) -> Verdict:
    """Judge "truncated BPTT saves computation" (TBPTT(k, k) against the full gradient).

    Three readings, each with its own figure. *An update*: the multiplications of one update. *A
    pass*: those of one pass over the data. *Learning*: those until the task is learnt, as the ratio
    of the two methods with the 95 % interval of its geometric mean over the seeds, at each lag. A
    reading saves where the ratio (its upper end) is below 0.9; a lag that a method does not learn
    with every seed counts as not saved. The claim holds if all readings save at every lag, holds
    if … where some do, and does not hold where none does.
    """
    settings = record.settings
    T, k, lags = settings["T"], settings["k"], settings["lags"]

    def ratio(name: str, method: str) -> float:
        cut = record.values(name, method=method, k=k)[0]
        return float(cut / record.values(name, method="full", k=T)[0])

    update = ratio("multiplications, one update", "chunks")
    one_pass = ratio("multiplications, one pass", "chunks")
    sliding = ratio("multiplications, one pass", "sliding")
    saving, failing = [], []
    for lag in lags:
        always = record.values("learnt", method="chunks", lag=lag).all()
        if always and learning_ratio(record, lag)[2] < 0.9:
            saving.append(lag)
        elif not always:
            failing.append(lag)
    readings = [update < 0.9, one_pass < 0.9, *(lag in saving for lag in lags)]
    counted = (
        f"with k = {k} for T = {T} one update takes {100 * update:.0f} % of the multiplications, "
        f"one pass over the data {100 * one_pass:.0f} % (in sliding windows {100 * sliding:.0f} %)"
    )
    learning = (
        f"an echo of {listed(saving, 'or')} steps is learnt with fewer multiplications"
        if saving
        else "no echo is learnt with fewer multiplications"
    ) + (f", one of {listed(failing, 'or')} is not learnt with every seed" if failing else "")
    if all(readings):
        return Verdict(HOLDS, f"{counted}; {learning}")
    if not any(readings):
        return Verdict(FAILS, f"{counted}; {learning}")
    parts = [
        "one update is what counts" if update < 0.9 else "",
        "one pass over the data is what counts" if one_pass < 0.9 else "",
        "what has to be learnt lies well within k steps" if saving else "",
    ]
    condition = ", or ".join(part for part in parts if part)
    return Verdict(HOLDS_IF, f"{condition}: {counted}; {learning}")


def learning_ratio(record: Record, lag: int) -> tuple[float, float, float]:
    """Return the geometric mean of the ratio chunks to full of one lag, and its 95 % interval."""
    cut, full = (
        record.values("multiplications until learnt", method=method, lag=lag)
        for method in ("chunks", "full")
    )
    logarithms = np.log(cut / full)
    n = len(logarithms)
    half = student_quantile(0.975, n - 1) * logarithms.std(ddof=1) / math.sqrt(n)
    mean = logarithms.mean()
    return float(np.exp(mean)), float(np.exp(mean - half)), float(np.exp(mean + half))


register(
    Claim(
        number=8,
        statement="Truncated BPTT saves computation.",
        source="said of truncated backpropagation through time in introductory texts; Williams and "
        "Peng 1990, doi:10.1162/neco.1990.2.4.490, compare it with the full gradient at each step",
        lesson="05_bptt",
        experiment=experiment_8,
        rule=rule_8,
        settings={
            "H": 32,
            "T": 64,
            "k": 8,
            "windows": [1, 2, 4, 8, 16, 32, 64],
            "bias_lags": [4, 10],
            "noise_lag": 4,
            "sequences": [4, 16, 64, 256, 1024],
            "lags": [1, 2, 4, 6, 8, 10],
            "methods": ["full", "chunks", "sliding"],
            "batches": [1, 4, 16],
            "rates": [0.003, 0.01, 0.03],
            "budget": 2e8,
            "learnt_below": 0.1,
        },
        live_settings={
            "bias_lags": [],
            "lags": [2, 10],
            "methods": ["full", "chunks"],
        },
    )
)
