"""What lesson 01 builds: an autoregressive model, a Markov chain, the update of a latent state."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from helpers.shapes import Array, shapes


@shapes(x="T", finite=("x",))
def fit_window(x: Array, tau: int) -> Array:
    """Fit each value of x (T,) to the τ values before it, by least squares.

    Returns τ weights, the one of the oldest value first, and then the constant: (τ + 1,).
    """
    windows = np.stack([x[t - tau : t] for t in range(tau, len(x))])  # (T − τ, τ)
    inputs = np.column_stack([windows, np.ones(len(windows))])  # (T − τ, τ + 1)
    targets = x[tau:]  # (T − τ,)
    weights = np.linalg.lstsq(inputs, targets)[0]  # (τ + 1,)
    return weights


@shapes(windows="B W", weights="V")
def forecast(windows: Array, weights: Array, steps: int) -> Array:
    """Forecast the next values after each of B windows (B, τ); each forecast enters its window.

    `weights` (τ + 1,) are those of `fit_window`. Returns (B, steps).
    """
    forecasts = []
    for _ in range(steps):
        x_hat = windows @ weights[:-1] + weights[-1]  # (B, τ)·(τ,) -> (B,)
        forecasts.append(x_hat)
        windows = np.column_stack([windows[:, 1:], x_hat])  # (B, τ)
    return np.stack(forecasts, axis=1)  # (B, steps)


def transition_matrix(states: Sequence[int] | Array, n: int) -> Array:
    """Count which of n states follows which, and return P (n, n): each row sums to one."""
    counts = np.zeros((n, n))
    for now, following in pairwise(states):
        counts[now, following] += 1
    P = counts / counts.sum(axis=1, keepdims=True)  # (n, n) / (n, 1)
    return P


@shapes(h_prev="B H", x_t="B", alpha="H")
def update_state(h_prev: Array, x_t: Array, alpha: Array) -> Array:
    """Move H running means (B, H) towards the new value x_t (B,), each by its share α (H,)."""
    change = alpha * (x_t[:, None] - h_prev)  # (H,) * ((B, 1) − (B, H)) -> (B, H)
    h_t = h_prev + change
    return h_t
