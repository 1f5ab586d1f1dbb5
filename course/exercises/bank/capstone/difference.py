"""Exercise 14.1: Welch's interval of a difference."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from helpers.metrics import student_quantile as quantile

Array = npt.NDArray[Any]
Ends = tuple[float, float, float]


def difference(first: Array, second: Array, level: float) -> Ends:
    """Mean of the first minus mean of the second, and the ends of Welch's interval."""
    a = first.var(ddof=1) / len(first)
    b = second.var(ddof=1) / len(second)
    error = np.sqrt(a + b)
    freedom = (a + b) ** 2 / (a**2 / (len(first) - 1) + b**2 / (len(second) - 1))
    half = quantile((1 + level) / 2, freedom) * error
    mean = first.mean() - second.mean()
    return mean, mean - half, mean + half


def _probes(rng: np.random.Generator) -> list[Probe]:
    example = np.array([70.0, 74, 72, 71, 73]), np.array([69.0, 70, 71, 68, 70])
    return [
        Probe((*example, 0.95), label=EXAMPLE),
        Probe((rng.normal(3, 9, 5), rng.normal(0, 1, 8), 0.9), label="five seeds and eight"),
        Probe((rng.normal(0, 1, 3), rng.normal(1, 4, 12), 0.99), label="three seeds and twelve"),
        Probe((rng.normal(50, 3, 7), rng.normal(40, 5, 4), 0.8), label="another level"),
    ]


def _share(t: float, degrees: float) -> float:
    """Student's distribution between 0 and t, by Simpson's rule."""
    n = 2000
    weights = [1, *([4, 2] * (n // 2))[:-1], 1]
    constant = math.exp(math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2))
    heights = ((1 + (t * i / n) ** 2 / degrees) ** (-(degrees + 1) / 2) for i in range(n + 1))
    total = sum(w * h for w, h in zip(weights, heights, strict=True)) * t / n / 3
    return constant / math.sqrt(degrees * math.pi) * total


def _oracle(first: Array, second: Array, level: float) -> Ends:
    """The standard library's variances, and Student's quantile by bisection of the density."""
    groups = [first.tolist(), second.tolist()]
    parts = [statistics.variance(group) / len(group) for group in groups]
    below = math.fsum(p * p / (len(g) - 1) for p, g in zip(parts, groups, strict=True))
    degrees, low, high = math.fsum(parts) ** 2 / below, 0.0, 60.0
    for _ in range(40):
        t = (low + high) / 2
        low, high = (t, high) if _share(t, degrees) < level / 2 else (low, t)
    mean = statistics.fmean(groups[0]) - statistics.fmean(groups[1])
    half = low * math.sqrt(math.fsum(parts))
    return mean, mean - half, mean + half


def _with(
    part: Callable[[Array], Any] = lambda v: v.var(ddof=1) / len(v),
    error: Callable[[Any, Any], Any] = lambda a, b: np.sqrt(a + b),
    freedom: Callable[..., Any] = lambda a, b, n, m: (
        (a + b) ** 2 / (a**2 / (n - 1) + b**2 / (m - 1))
    ),
    t: Callable[[float, float], float] = lambda level, nu: quantile((1 + level) / 2, nu),
) -> Callable[[Array, Array, float], Ends]:
    """The interval with one of its lines replaced."""

    def answer(first: Array, second: Array, level: float) -> Ends:
        a, b = part(first), part(second)
        half = t(level, freedom(a, b, len(first), len(second))) * error(a, b)
        mean = first.mean() - second.mean()
        return mean, mean - half, mean + half

    return answer


def _by_torch(first: Array, second: Array, level: float) -> Ends:
    import torch

    one, other = torch.tensor(first), torch.tensor(second)
    a, b = float(one.var() / len(one)), float(other.var() / len(other))
    freedom = (a + b) ** 2 / (a**2 / (len(one) - 1) + b**2 / (len(other) - 1))
    mean, half = float(one.mean() - other.mean()), math.sqrt(a + b)
    half *= -quantile((1 - level) / 2, freedom)
    return mean, mean - half, mean + half


def _half_returned(first: Array, second: Array, level: float) -> Ends:
    mean, _, high = difference(first, second, level)
    return mean, mean - high, high - mean


def _swapped(first: Array, second: Array, level: float) -> Ends:
    return difference(second, first, level)


MISTAKES = [
    Mistake(
        "divided_by_n",
        "Your variance divides by n. From a sample it divides by n − 1: `ddof=1`.",
        _with(part=lambda v: v.var() / len(v)),
    ),
    Mistake(
        "single_seeds",
        "You left out the division by n: this is the spread of single seeds. The mean of n seeds "
        "has an n-th of their variance.",
        _with(part=lambda v: v.var(ddof=1)),
    ),
    Mistake(
        "standard_deviations",
        "You divided the standard deviations by n. Divide the variances by n.",
        _with(part=lambda v: v.std(ddof=1) / len(v)),
    ),
    Mistake(
        "no_root",
        "You took the variance of the difference for its spread: the root is missing.",
        _with(error=lambda a, b: a + b),
    ),
    Mistake(
        "errors_added",
        "You added the two spreads. Add their squares, and take the root of the sum.",
        _with(error=lambda a, b: np.sqrt(a) + np.sqrt(b)),
    ),
    Mistake(
        "subtracted",
        "You subtracted one variance from the other. The means are subtracted, but the variances "
        "add up.",
        _with(error=lambda a, b: np.sqrt(abs(a - b))),
    ),
    Mistake(
        "one_sided",
        "Your quantile leaves all of the rest on one side. Half of it is on each side: take "
        "(1 + level) / 2.",
        _with(t=quantile),
    ),
    Mistake(
        "pooled_freedom",
        "You took n + m − 2 degrees of freedom, which is right if both groups spread equally. "
        "Use the formula for ν.",
        _with(freedom=lambda a, b, n, m: n + m - 2),
    ),
    Mistake(
        "smaller_group",
        "You took the degrees of freedom of the smaller group alone. Use the formula for ν.",
        _with(freedom=lambda a, b, n, m: min(n, m) - 1),
    ),
    Mistake(
        "normal",
        "You took the normal distribution's 1.96. With few seeds the spread itself is uncertain: "
        "take Student's quantile.",
        _with(t=lambda level, nu: 1.96),
    ),
    Mistake(
        "not_less_one",
        "In the degrees of freedom you divided by n and m. Divide by n − 1 and m − 1.",
        _with(freedom=lambda a, b, n, m: (a + b) ** 2 / (a**2 / n + b**2 / m)),
    ),
    Mistake(
        "squared_apart",
        "In the numerator of ν the sum is squared. You squared the two parts and then added them.",
        _with(freedom=lambda a, b, n, m: (a**2 + b**2) / (a**2 / (n - 1) + b**2 / (m - 1))),
    ),
    Mistake(
        "not_squared_below",
        "In the denominator of ν each part is squared.",
        _with(freedom=lambda a, b, n, m: (a + b) ** 2 / (a / (n - 1) + b / (m - 1))),
    ),
    Mistake("swapped", "The sign is the other way round: first minus second.", _swapped),
    Mistake(
        "level_fixed",
        "You fixed the level at 0.95. It is an argument.",
        _with(t=lambda level, nu: quantile(0.975, nu)),
    ),
    Mistake(
        "half_returned",
        "You returned half the width. Return the two ends: the mean minus and plus it.",
        _half_returned,
    ),
]

register(
    CodeExercise(
        name="capstone.difference",
        title="Welch's interval",
        points=3,
        package="metrics.welch_interval",
        reference=difference,
        probes=_probes,
        oracle=_oracle,
        oracle_tolerance=(1e-4, 1e-4),
        equivalents={"in parts": _with(), "torch": _by_torch},
        outputs=("mean", "low", "high"),
        mistakes=MISTAKES,
        hints=[
            "How far does the mean of each group spread, and how far the difference of the two?",
            "Two arrays, which may differ in length, and a level go in; three numbers come out.",
            "The two parts first: `first.var(ddof=1) / len(first)`, and the same for `second`. "
            "From them come the error and ν, from ν comes t.",
            "`half = student_quantile((1 + level) / 2, freedom) * np.sqrt(a + b)`",
        ],
        solved="The lesson compares all of its translators with this function.",
    )
)
