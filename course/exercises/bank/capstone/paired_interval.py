"""Exercise 14.2: the same seeds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import (
    CodeExercise,
    Mistake,
    Probe,
    register,
)

Array = npt.NDArray[Any]


def paired_interval(first: Array, second: Array, quantile: float) -> tuple[float, float, float]:
    """Mean difference over the seeds, and the two ends of its interval."""
    d = first - second
    half = quantile * d.std(ddof=1) / np.sqrt(len(d))
    return d.mean(), d.mean() - half, d.mean() + half


def _interval_probes(rng: np.random.Generator) -> list[Probe]:
    def one(n: int, quantile: float) -> tuple[Array, Array, float]:
        common = rng.normal(70, 6, size=n)  # a hard seed is hard for both
        return common + rng.normal(2, 1, size=n), common + rng.normal(0, 1, size=n), quantile

    example = np.array([70.0, 74, 72, 71, 73]), np.array([69.0, 70, 71, 68, 70])
    return [
        Probe((*example, 2.776), label="the example"),
        Probe(one(7, 2.447)),
        Probe(one(12, 1.796), label="another level"),
        Probe(one(3, 4.303), label="three seeds"),
        Probe((example[1], example[0] - 9.5, 2.776), label="the first one far ahead"),
    ]


def _interval_statistics(first: Array, second: Array, quantile: float) -> Any:
    import statistics

    apart = [float(a) - float(b) for a, b in zip(first, second, strict=True)]
    centre = statistics.fmean(apart)
    half = quantile * statistics.stdev(apart) / math.sqrt(len(apart))
    return centre, centre - half, centre + half


def _interval_torch(first: Array, second: Array, quantile: float) -> Any:
    import torch

    apart = torch.tensor(first) - torch.tensor(second)
    half = quantile * apart.std() / len(apart) ** 0.5
    return apart.mean(), apart.mean() - half, apart.mean() + half


def _interval_with(half: Any) -> Any:
    def answer(first: Array, second: Array, quantile: float) -> tuple[float, float, float]:
        centre, width = (first - second).mean(), half(first, second, quantile)
        return centre, centre - width, centre + width

    return answer


def _half_returned(first: Array, second: Array, quantile: float) -> tuple[float, float, float]:
    mean, _, high = paired_interval(first, second, quantile)
    return mean, mean - high, high - mean


register(
    CodeExercise(
        name="capstone.paired_interval",
        title="The same seeds",
        points=2,
        reference=paired_interval,
        probes=_interval_probes,
        oracle=_interval_statistics,
        equivalents={"torch": _interval_torch, "statistics": _interval_statistics},
        outputs=("mean", "low", "high"),
        mistakes=[
            Mistake(
                "unpaired",
                "This is the interval for two groups that have nothing to do with one another: "
                "both spreads are in it. Here each seed gives a pair, so take the differences "
                "first and then their spread.",
                _interval_with(
                    lambda a, b, q: q * np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(a))
                ),
            ),
            Mistake(
                "divided_by_n",
                "Your standard deviation divides by n. From a sample it divides by n − 1: "
                "`ddof=1`.",
                _interval_with(lambda a, b, q: q * (a - b).std() / np.sqrt(len(a))),
            ),
            Mistake(
                "no_root",
                "This interval would hold single seeds. That of a mean is narrower: divide by √n.",
                _interval_with(lambda a, b, q: q * (a - b).std(ddof=1)),
            ),
            Mistake(
                "divided_twice",
                "You divided by n. The mean of n seeds spreads by 1/√n, not by 1/n.",
                _interval_with(lambda a, b, q: q * (a - b).std(ddof=1) / len(a)),
            ),
            Mistake(
                "normal",
                "You took 1.96, the normal distribution's. With few seeds the spread itself is "
                "uncertain, and Student's quantile, which is given, is larger.",
                _interval_with(lambda a, b, q: 1.96 * (a - b).std(ddof=1) / np.sqrt(len(a))),
            ),
            Mistake(
                "swapped",
                "The sign is the other way round: first minus second, so that a gain of the first "
                "is positive.",
                lambda a, b, q: paired_interval(b, a, q),
            ),
            Mistake(
                "variance",
                "You took the variance for the standard deviation: its root is missing.",
                _interval_with(lambda a, b, q: q * (a - b).var(ddof=1) / np.sqrt(len(a))),
            ),
            Mistake(
                "one_less_twice",
                "You took n − 1 twice. It belongs in the standard deviation (`ddof=1`); the mean "
                "spreads by s/√n.",
                _interval_with(lambda a, b, q: q * (a - b).std(ddof=1) / np.sqrt(len(a) - 1)),
            ),
            Mistake(
                "quantile_fixed",
                "2.776 belongs to five seeds. With other numbers of seeds it is another: take "
                "`quantile`.",
                lambda a, b, q: paired_interval(a, b, 2.776),
            ),
            Mistake(
                "five_fixed",
                "You divided by √5. The number of seeds is `len(first)`; it is five in the example "
                "only.",
                _interval_with(lambda a, b, q: q * (a - b).std(ddof=1) / np.sqrt(5)),
            ),
            Mistake(
                "half_returned",
                "You returned half the width. Wanted are the two ends: the mean minus and plus it.",
                _half_returned,
            ),
        ],
        hints=[
            "What both models owe to the seed falls out of the difference.",
            "Two arrays of shape (n,) go in, and three numbers come out.",
            "Subtract first; then mean and standard deviation (`ddof=1`) of the differences.",
            "`half = quantile * d.std(ddof=1) / np.sqrt(len(d))`",
        ],
        solved="Where a seed is hard for both, the difference does not notice. Two kinds of model "
        "share no weights, so pairing them need not gain anything: there the course takes Welch's "
        "interval.",
    )
)
