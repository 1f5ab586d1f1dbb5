"""How good a model's answers are, and how sure one can be of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt


def exact_match(answers: Sequence[Sequence[Any]], wanted: Sequence[Sequence[Any]]) -> float:
    """Return the fraction of answers that equal what was wanted, token for token.

    Parameters
    ----------
    answers, wanted : sequences of token sequences
        As many of one as of the other; a list equals a tuple of the same tokens.

    Raises
    ------
    ValueError
        If there is none, or the numbers differ.
    """
    if len(answers) != len(wanted) or len(wanted) == 0:
        raise ValueError(
            f"exact_match: {len(answers)} answers for {len(wanted)} wanted sequences; "
            "give one answer for each, and at least one"
        )
    hits = [list(a) == list(w) for a, w in zip(answers, wanted, strict=True)]
    return sum(hits) / len(hits)


def perplexity(log_probabilities: npt.ArrayLike) -> float:
    """Return the perplexity: the inverse geometric mean of the tokens' probabilities.

    Parameters
    ----------
    log_probabilities : array
        Natural logarithm of the probability that the model gave to each token that came.

    Raises
    ------
    ValueError
        If there is no token, or a value is above 0 or not a number.
    """
    values = np.asarray(log_probabilities, dtype=float)
    if values.size == 0 or np.isnan(values).any() or (values > 0).any():
        raise ValueError(
            "perplexity: needs at least one logarithm of a probability, each at most 0; "
            "pass log-probabilities, not probabilities or losses"
        )
    mean = float(values.mean())
    return math.inf if mean < -700 else math.exp(-mean)


def bootstrap_interval(
    values: npt.ArrayLike, level: float = 0.95, resamples: int = 10_000, seed: int = 0
) -> tuple[float, float]:
    """Return a percentile bootstrap interval for the mean.

    Parameters
    ----------
    values : array, shape (n,)
        Independent measurements, for instance one per seed or one per sentence.
    level : float
        Fraction of resampled means that the interval holds.
    resamples : int
        How many samples of size n to draw with replacement.
    seed : int
        Of the draws: the same values give the same interval.

    Returns
    -------
    (float, float)
        Lower and upper end.

    Raises
    ------
    ValueError
        If there are fewer than two values, or `level` is not between 0 and 1.

    References
    ----------
    Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
    """
    data = np.asarray(values, dtype=float)
    if data.ndim != 1 or data.size < 2:
        raise ValueError(
            f"bootstrap_interval: got an array of shape {data.shape}; "
            "give at least two measurements in one dimension"
        )
    if not 0 < level < 1:
        raise ValueError(f"bootstrap_interval: level is {level}; give a fraction such as 0.95")
    rng = np.random.default_rng(seed)
    means = np.empty(resamples)
    # In blocks: 10,000 resamples of 10,000 values at once would take 800 MB.
    block = max(1, 1_000_000 // data.size)
    for start in range(0, resamples, block):
        rows = min(block, resamples - start)
        draws = rng.integers(data.size, size=(rows, data.size))
        means[start : start + rows] = data[draws].mean(axis=1)
    tail = (1 - level) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)
