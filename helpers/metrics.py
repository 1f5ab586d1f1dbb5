"""How good a model's answers and its attention are; BLEU is in `helpers.bleu`."""

from __future__ import annotations

import functools
import math
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt


def exact_match(answers: Sequence[Sequence[Any]], wanted: Sequence[Sequence[Any]]) -> float:
    """Return the fraction of answers that equal what was wanted, token for token."""
    if len(answers) != len(wanted) or len(wanted) == 0:
        raise ValueError(
            f"exact_match: {len(answers)} answers for {len(wanted)} wanted sequences; "
            "give one answer for each, and at least one"
        )
    hits = [list(a) == list(w) for a, w in zip(answers, wanted, strict=True)]
    return sum(hits) / len(hits)


def wilson_interval(share: float, n: int, z: float = 1.96) -> tuple[float, float]:
    """Return the ends of the Wilson interval of a share of n independent cases.

    It holds the true share in about 95 of 100 samples (z = 1.96), and unlike ``share ± z · error``
    it stays between 0 and 1 and works at 0 and 1, too. Source: Wilson 1927, "Probable inference,
    the law of succession, and statistical inference"; Newcombe 1998, method 3.
    """
    if n < 1 or not 0 <= share <= 1:
        raise ValueError(
            f"wilson_interval: got a share of {share} of {n} cases; give a share from 0 to 1 and "
            "the number of cases, at least 1"
        )
    centre = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low, high = (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)
    return max(0.0, low), min(1.0, high)


@functools.cache
def student_quantile(probability: float, degrees: float) -> float:
    """Return the quantile of Student's t distribution with so many degrees of freedom.

    Source: Student 1908, "The probable error of a mean"; computed from the integral of the density.
    """
    # With t = √ν tan θ the density becomes cos θ to the power of ν − 1, up to a constant.
    theta = np.linspace(-math.pi / 2, math.pi / 2, 200_001)
    density = np.cos(theta).clip(0) ** (degrees - 1)
    cumulative = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    angle = float(np.interp(probability, cumulative / cumulative[-1], theta))
    return math.sqrt(degrees) * math.tan(angle)


def welch_interval(first: Any, second: Any, level: float = 0.95) -> tuple[float, float, float]:
    """Return the mean difference of two groups and the ends of Welch's interval.

    The arrays `first` (n,) and `second` (m,) hold one value for each seed, and may spread
    differently. Source: Welch 1947, doi:10.1093/biomet/34.1-2.28.
    """
    if min(len(first), len(second)) < 2 or not 0 < level < 1:
        raise ValueError(
            f"welch_interval: got {len(first)} and {len(second)} values at level {level}; give "
            "two values or more in each group, and a level between 0 and 1"
        )
    a = first.var(ddof=1) / len(first)
    b = second.var(ddof=1) / len(second)
    error = np.sqrt(a + b)
    freedom = (a + b) ** 2 / (a**2 / (len(first) - 1) + b**2 / (len(second) - 1))
    half = student_quantile((1 + level) / 2, freedom) * error
    mean = first.mean() - second.mean()
    return mean, mean - half, mean + half


def perplexity(p: npt.ArrayLike) -> float:
    """Return the perplexity: the inverse of the geometric mean of the probabilities.

    `p` (T,) holds the probability that the model gave to each token that came; the base-2 logarithm
    of the result is in bits per token. A probability of 0 makes it infinite.
    """
    _check_probabilities("perplexity", p)
    bits = -np.mean(np.log2(p))
    return float(2.0**bits)


def _check_probabilities(function: str, p: npt.ArrayLike) -> None:
    """Raise ValueError unless there is at least one number, and all are from 0 to 1."""
    values = np.asarray(p, dtype=float)
    if values.size == 0 or not ((values >= 0) & (values <= 1)).all():
        raise ValueError(
            f"{function}: needs at least one probability, each from 0 to 1; "
            "pass probabilities, not their logarithms or losses"
        )


def hard_alignment(attention_weights: npt.ArrayLike) -> frozenset[tuple[int, int]]:
    """Link each target word with the source word that has the largest attention weight.

    `attention_weights` (T, S) have a distribution over the source for each target word, without
    padding and `</s>`. The T links are pairs (source index, target index).
    """
    weights = np.asarray(attention_weights, dtype=float)
    if weights.ndim != 2 or weights.shape[1] == 0 or np.isnan(weights).any():
        raise ValueError(
            f"hard_alignment: got an array of shape {weights.shape}, expected numbers (T, S) with "
            "at least one source word; pass the weights of one pair of sentences"
        )
    return frozenset((int(i), j) for j, i in enumerate(weights.argmax(axis=1)))


def diagonal_alignment(source_length: int, target_length: int) -> frozenset[tuple[int, int]]:
    """Link each target word with the source word at the same place, as a baseline.

    The middle of target word j lies (j + ½) / T of the way through its sentence; the link goes to
    the source word there. The lengths S and T are counted in words; the T links are pairs (source
    index, target index).
    """
    if source_length < 1 or target_length < 1:
        raise ValueError(
            f"diagonal_alignment: the lengths are {source_length} and {target_length}; "
            "each sentence needs at least one word"
        )
    links = ((2 * j + 1) * source_length // (2 * target_length) for j in range(target_length))
    return frozenset((i, j) for j, i in enumerate(links))


def alignment_error_rate(
    alignments: Sequence[Collection[tuple[int, int]]],
    sure: Sequence[Collection[tuple[int, int]]],
    possible: Sequence[Collection[tuple[int, int]]] | None = None,
) -> float:
    """Return the alignment error rate of a corpus, between 0 (perfect) and 1.

    AER = 1 − (|A ∩ S| + |A ∩ P|) / (|A| + |S|), with the links A that were found, the sure links S
    that should be found and the possible links P that may be (Och & Ney 2003). The counts are
    summed over all sentences first. Without further possible links it is 1 − F₁ of the links.

    Each argument has for each pair of sentences a collection of links (source index, target index).
    Sure links, for instance `Pair.alignment` of `helpers.corpora.korean_english`, are possible,
    whether listed or not.
    """
    sides = [alignments, sure, sure if possible is None else possible]
    if len({len(side) for side in sides}) > 1:
        raise ValueError(
            f"alignment_error_rate: {len(alignments)} alignments, but links of {len(sides[1])} "
            f"(sure) and {len(sides[2])} (possible) sentences; give one set for each sentence"
        )
    if not all(isinstance(link, tuple) and len(link) == 2 for s in sides for c in s for link in c):
        raise ValueError(
            "alignment_error_rate: a link is no pair (source index, target index); "
            "give a list of sets of pairs, one set for each sentence"
        )
    hits = links = 0
    for found, s, p in zip(*(map(frozenset, side) for side in sides), strict=True):
        hits += len(found & s) + len(found & (s | p))
        links += len(found) + len(s)
    if links == 0:
        raise ValueError("alignment_error_rate: there is no link at all; the rate is undefined")
    return 1 - hits / links
