"""Claim 10, measured in lesson 02: an unrolled RNN and one wide layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course.claims.fast import rnn_layer_fast
from course.claims.ledger import (
    FAILS,
    HOLDS,
    HOLDS_WITHIN,
    Claim,
    Figures,
    Record,
    Verdict,
    figure,
    register,
)
from course.claims.trials import Trial


def experiment_10(
    seed: int,
    D: int,
    H: int,
    sequences: int,
    inputs: Sequence[float],
    gains: Sequence[float],
    steps: Sequence[int],
    all_states: Sequence[int],
) -> Figures:
    """Compare an unrolled RNN with a deep network of tied layers and with one wide layer.

    The RNN's W_hh is a random orthogonal matrix times `gain`, its W_xh is random times `inputs`, so
    that the two settings say how strongly the state and the inputs drive it. Its inputs are
    independent and normal. The wide layer h = tanh(A [x_1 … x_T] + b) is fitted to the RNN's last
    state on half of the sequences; on the other half its unexplained share of the variance is
    taken: 0 is equality, 1 is no better than the mean.
    """
    rng = np.random.default_rng(seed)
    Q = np.linalg.qr(rng.normal(size=(H, H)))[0]  # (H, H), orthogonal
    W_xh = rng.normal(size=(H, D)) / math.sqrt(D)  # (H, D)
    b_h = 0.1 * rng.normal(size=H)  # (H,)
    T_max = max(*steps, *all_states, 1)
    x = rng.normal(size=(T_max, 2 * sequences, D)).transpose(1, 0, 2)  # (B, T, D)
    h_0 = np.zeros((2 * sequences, H))
    figures: Figures = {}

    # What the claim should say: T layers, each with its own copy of the weights and its own input.
    h = rnn_layer_fast(x, h_0, W_xh, Q, b_h)  # (B, T, H)
    for T in steps:
        layers = [(W_xh.copy(), Q.copy(), b_h.copy()) for _ in range(T)]
        difference = np.abs(deep_network(x[:, :T], layers) - h[:, T - 1]).max()
        figures[figure("unrolled difference", T=T)] = float(difference)

    # What it says: one wide layer over the whole window.
    for size in inputs:
        for gain in gains:
            h = rnn_layer_fast(x, h_0, size * W_xh, gain * Q, size * b_h)  # (B, T, H)
            for T in steps:
                name = figure("unexplained", inputs=size, gain=gain, T=T)
                left, variance = unexplained(x[:, :T], h[:, T - 1])
                figures[name] = left / variance

    # The same for all T states at once, with inputs 1 and gain 1.
    h = rnn_layer_fast(x, h_0, W_xh, Q, b_h)  # (B, T, H)
    parts = [unexplained(x[:, : t + 1], h[:, t]) for t in range(max(all_states, default=0))]
    for T in all_states:
        left, variance = np.sum(parts[:T], axis=0)
        figures[figure("unexplained, all states", T=T)] = float(left / variance)

    # Without tanh the same RNN is one wide layer.
    h_t = h_0
    for t in range(max(steps)):
        h_t = x[:, t] @ W_xh.T + h_t @ Q.T + b_h  # (B, H)
        if t + 1 in steps:
            left, variance = unexplained(x[:, : t + 1], h_t, tanh=False)
            figures[figure("unexplained, no tanh", T=t + 1)] = left / variance

    for T in steps:
        figures[figure("parameters, RNN", T=T)] = H * D + H * H + H
        figures[figure("parameters, T layers of their own", T=T)] = T * (H * D + H * H + H)
        figures[figure("parameters, wide layer for the last state", T=T)] = H * T * D + H
        figures[figure("parameters, wide layer for all states", T=T)] = T * H * T * D + T * H
        figures[figure("steps in sequence, RNN", T=T)] = T
        figures[figure("steps in sequence, wide layer", T=T)] = 1
    return figures


def deep_network(x: npt.NDArray[Any], layers: Sequence[tuple[Any, ...]]) -> npt.NDArray[Any]:
    """Run a feed-forward network whose layer t reads the layer below and the input x_t.

    Parameters
    ----------
    x : array, shape (B, T, D)
    layers : T tuples (W_xh, W_hh, b_h)
        Each layer has its own; nothing in here makes them equal.

    Returns
    -------
    array, shape (B, H)
        What the highest layer puts out. The lowest stands on zeros.
    """
    h = np.zeros((len(x), layers[0][1].shape[0]))  # (B, H)
    for t, (W_xh, W_hh, b_h) in enumerate(layers):
        both = np.concatenate([x[:, t], h], axis=1)  # (B, D + H)
        h = np.tanh(both @ np.concatenate([W_xh, W_hh], axis=1).T + b_h)  # (B, H)
    return h


def unexplained(x: npt.NDArray[Any], h: npt.NDArray[Any], tanh: bool = True) -> tuple[float, float]:
    """Fit one wide layer to states and return what it leaves on fresh sequences.

    Parameters
    ----------
    x : array, shape (B, T, D)
        Windows of inputs; the first half is for the fit, the second for the error.
    h : array, shape (B, H)
        The states to be matched.
    tanh : bool
        Whether the layer has a tanh.

    Returns
    -------
    left, variance : float
        Sum of squared errors, and sum of squared distances from the mean, on the second half.
    """
    half = len(x) // 2
    z = np.concatenate([x.reshape(len(x), -1), np.ones((len(x), 1))], axis=1)  # (B, T·D + 1)
    if tanh:
        A = fit_wide_layer(z[:half], h[:half])  # (T·D + 1, H)
        error = h[half:] - np.tanh(z[half:] @ A)
    else:
        A = np.linalg.lstsq(z[:half], h[:half], rcond=None)[0]
        error = h[half:] - z[half:] @ A
    return float((error**2).sum()), float(((h[half:] - h[half:].mean(axis=0)) ** 2).sum())


def fit_wide_layer(
    z: npt.NDArray[Any], h: npt.NDArray[Any], iterations: int = 15
) -> npt.NDArray[Any]:
    """Find A that makes tanh(z A) closest to h in squared error.

    Least squares on artanh h gives the start, which is exact when h is such a layer; the damped
    Gauss–Newton method (Levenberg 1944, Marquardt 1963) goes on from there, each unit by itself.

    Parameters
    ----------
    z : array, shape (B, K)
        Inputs, with a column of ones for the bias.
    h : array, shape (B, H)
        Targets between −1 and 1.
    iterations : int
        Gauss–Newton steps.

    Returns
    -------
    array, shape (K, H)
    """
    edge = 1 - 1e-12  # artanh of ±1 is infinite
    A = np.linalg.lstsq(z, np.arctanh(h.clip(-edge, edge)), rcond=None)[0]  # (K, H)
    prediction = np.tanh(z @ A)  # (B, H)
    loss = ((h - prediction) ** 2).sum(axis=0)  # (H,)
    damping = np.full(h.shape[1], 1e-3)  # (H,)
    for _ in range(iterations):
        slope = 1 - prediction**2  # (B, H)
        gradient = z.T @ ((h - prediction) * slope)  # (K, H)
        step = np.empty_like(A)
        for j in range(h.shape[1]):
            curvature = z.T @ (z * slope[:, j : j + 1] ** 2)  # (K, K)
            curvature[np.diag_indices_from(curvature)] *= 1 + damping[j]
            step[:, j] = np.linalg.solve(curvature, gradient[:, j])
        tried = np.tanh(z @ (A + step))  # (B, H)
        tried_loss = ((h - tried) ** 2).sum(axis=0)  # (H,)
        better = tried_loss <= loss  # (H,)
        A[:, better] += step[:, better]
        prediction[:, better] = tried[:, better]
        loss = np.where(better, tried_loss, loss)
        damping = np.where(better, damping / 10, damping * 10)
    return A


def rule_10(record: Record) -> Verdict:
    """Judge "an RNN is one wide layer".

    One line settles it: were h_2 = tanh(W_xh x_2 + W_hh tanh(W_xh x_1 + b) + b) one wide layer, its
    artanh would be affine in x_1, and a tanh of x_1 is not. The record says how far off the best
    wide layer is. "Is" means equality, so a setting speaks for the claim only if the upper end of
    the 95 % interval of what that layer leaves unexplained is below 1e-9 of the variance. Settings
    with a single step or with gain 0 are left out: there is nothing to unroll. The claim holds if
    all others speak for it, holds within those that do, and does not hold where none does.
    """
    settings = record.settings
    proper = [
        (size, gain, T)
        for size in settings["inputs"]
        for gain in settings["gains"]
        for T in settings["steps"]
        if gain > 0 and T > 1
    ]
    left = [record.interval("unexplained", inputs=size, gain=gain, T=T) for size, gain, T in proper]
    equal = sum(interval.high < 1e-9 for interval in left)
    if equal == len(proper):
        return Verdict(HOLDS, "the best wide layer leaves nothing unexplained in any setting")
    if equal:
        return Verdict(HOLDS_WITHIN, f"{equal} of {len(proper)} settings; elsewhere it falls short")
    tied = max(float(record.values("unrolled difference", T=T).max()) for T in settings["steps"])
    least, most = (f"{100 * end(one.mean for one in left):.2g}" for end in (min, max))
    return Verdict(
        FAILS,
        f"normal inputs, from 2 steps on: a wide layer leaves {least} to {most} % of "
        "variance" + ("; T tied layers none" if tied < 1e-9 else "; T tied layers differ too"),
    )


# --- attempts to overturn the verdict --------------------------------------------------------


def with_signs(
    seed: int, H: int, sequences: int, steps: Sequence[int], **others: object
) -> Figures:
    """Match an RNN whose one input is +1 or −1 by a wide layer, as `experiment_10` does.

    Where x_1 has two values alone, tanh(w x_1 + b) is affine in it.
    """
    rng = np.random.default_rng(seed)
    W_xh, b_h = rng.normal(size=(H, 1)), 0.1 * rng.normal(size=H)
    Q = np.linalg.qr(rng.normal(size=(H, H)))[0]
    x = rng.choice([-1.0, 1.0], size=(2 * sequences, max(steps), 1))  # (B, T, 1)
    h = rnn_layer_fast(x, np.zeros((len(x), H)), W_xh, Q, b_h)  # (B, T, H)
    figures: Figures = {}
    for T in steps:
        left, variance = unexplained(x[:, :T], h[:, T - 1])
        figures[figure("unexplained", inputs=1, gain=1, T=T)] = left / variance
        tied = deep_network(x[:, :T], [(W_xh, Q, b_h)] * T)
        figures[figure("unrolled difference", T=T)] = float(np.abs(tied - h[:, T - 1]).max())
    return figures


register(
    Claim(
        number=10,
        statement="Unrolled, an RNN is one wide fully connected layer.",
        source="said of the unrolled graph in introductory texts; set right in Goodfellow, Bengio "
        "and Courville 2016, Deep Learning, section 10.1",
        lesson="02_rnn_cell",
        experiment=experiment_10,
        rule=rule_10,
        conditions={
            "task": "match an RNN's last state after T steps (16 units, 4 inputs, normal and "
            "independent) by one wide layer tanh(A [x_1 … x_T] + b)",
            "arms": "the wide layer; T layers with the RNN's own weights; the wide layer where the "
            "RNN has no tanh",
            "fit": "exact least squares on artanh h as the start, then 15 damped Gauss–Newton "
            "steps; 4,000 sequences to fit, 4,000 others to measure",
            "varied": "T from 1 to 16, W_hh orthogonal times 0 to 2, W_xh times 0.1 and 1",
            "seeds": "10; nothing was tuned",
        },
        decides=(
            figure("unexplained", inputs=1, gain=1, T=2),
            figure("unrolled difference", T=2),
        ),
        settings={
            "D": 4,
            "H": 16,
            "sequences": 4000,
            "inputs": [0.1, 1],
            "gains": [0, 0.5, 1, 1.5, 2],
            "steps": [1, 2, 4, 8, 16],
            "all_states": [2, 4, 8, 16],
        },
        trials=(
            Trial(
                "inputs a thousandth as large",
                {
                    "inputs": [0.001],
                    "gains": [0.5, 1, 1.5, 2],
                    "steps": [2, 4, 8],
                    "all_states": [],
                },
                decides=tuple(figure("unexplained", inputs=0.001, gain=1, T=T) for T in (2, 4, 8)),
            ),
            Trial(
                "one input, which is +1 or −1",
                {"D": 1, "inputs": [1], "gains": [1], "steps": [2, 4, 8], "all_states": []},
                experiment=with_signs,
                decides=tuple(figure("unexplained", inputs=1, gain=1, T=T) for T in (2, 4)),
            ),
            Trial(
                "recurrent weights a hundredth of an orthogonal matrix",
                {"inputs": [1], "gains": [0.01], "steps": [2, 4, 8], "all_states": []},
                decides=tuple(figure("unexplained", inputs=1, gain=0.01, T=T) for T in (2, 4)),
            ),
        ),
        live_settings={"inputs": [1], "gains": [1], "steps": [1, 2, 4, 8], "all_states": []},
    )
)
