"""The ledger: what a claim, its record and its verdict are.

The modules of the lessons enter their claims here (`register`). `records` reads what was measured,
`measure` measures it, `fingerprints` says whether a record is out of date.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from course.claims.trials import Grid, Trial
from helpers.metrics import student_quantile, welch_interval

HOLDS, HOLDS_WITHIN, FAILS = "holds", "holds within", "does not hold"

Figures: TypeAlias = dict[str, float]


LONGEST_VERDICT = 120


@dataclass(frozen=True)
class Verdict:
    """What a rule makes of a record: `word` is one of HOLDS, HOLDS_WITHIN, FAILS.

    `reason` starts, after HOLDS_WITHIN, with the range that was tested. The whole verdict is one
    line of at most LONGEST_VERDICT characters.
    """

    word: str
    reason: str

    def __post_init__(self) -> None:
        words = (HOLDS, HOLDS_WITHIN, FAILS)
        if self.word not in words:
            raise ValueError(
                f"Verdict: {self.word!r} is no verdict, expected one of "
                f"{', '.join(map(repr, words))}; put the explanation into reason"
            )
        if not self.reason.strip() or "\n" in self.reason:
            raise ValueError("Verdict: reason is empty or has several lines, expected one line")
        if len(str(self)) > LONGEST_VERDICT:
            raise ValueError(
                f"Verdict: {len(str(self))} characters, expected at most {LONGEST_VERDICT}; "
                f"shorten {str(self)!r}"
            )

    def __str__(self) -> str:
        joint = " " if self.word == HOLDS_WITHIN else ": "
        return f"{self.word}{joint}{self.reason}"


@dataclass(frozen=True)
class Challenge:
    """An attempt by somebody else to overturn a verdict.

    Attributes
    ----------
    what : str
        What was changed, in one line: "twice the training".
    figures : dict
        What came out: from a figure's name to its value or its values.
    stood : bool
        Whether the verdict stood.
    reading : str
        What the claim's rule made of the figures, or a better reading in words.
    """

    what: str
    figures: dict[str, Any]
    stood: bool
    reading: str = ""

    def __post_init__(self) -> None:
        if not self.what.strip() or "\n" in self.what or not self.figures:
            raise ValueError(
                f"Challenge: what={self.what!r} with {len(self.figures)} figure(s) was given, "
                f"expected one line of text and at least one figure"
            )

    def __str__(self) -> str:
        shown = ", ".join(f"{name} {value}" for name, value in self.figures.items())
        reading = f", {self.reading}" if self.reading else ""
        outcome = "it stood" if self.stood else "it fell"
        return f"challenged by {self.what}: {shown}; {outcome}{reading}"


@dataclass(frozen=True)
class Interval:
    """A centre with a lower and an upper end."""

    mean: float
    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Claim:
    """One line of the ledger.

    Attributes
    ----------
    number, statement, source, lesson
        The claim as the textbook says it, where it is said, and the lesson that measures it. A
        promise of the course's own has a name, lower case with underscores, in place of a number.
    experiment : callable
        ``experiment(seed, **settings)`` returns a dict from figure names to numbers.
    rule : callable
        ``rule(record)`` returns the Verdict.
    settings : dict
        The full tier's keyword arguments, plain JSON values.
    live_settings : dict
        What the live tier changes in `settings`. It may measure fewer figures; each that it
        measures must be measured as in the full tier, or the two cannot be compared.
    seeds : tuple of int
        At least five.
    tolerance : float
        A difference smaller than this is rounding, for the live seed's comparison.
    conditions : dict
        What a reader must know to repeat it, in about five lines: ``{"training": "Adam, …"}``.
    decides : tuple of str
        The figures that decide the verdict; the ledger's page and the challenges show them.
    grids : tuple of Grid
        How the settings were chosen.
    trials : tuple of Trial
        The challenges.
    """

    number: int | str
    statement: str
    source: str
    lesson: str
    experiment: Callable[..., Figures]
    rule: Callable[[Record], Verdict]
    settings: Mapping[str, Any] = field(default_factory=dict)
    live_settings: Mapping[str, Any] = field(default_factory=dict)
    seeds: tuple[int, ...] = tuple(range(10))
    tolerance: float = 1e-9
    conditions: Mapping[str, str] = field(default_factory=dict)
    decides: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    trials: tuple[Trial, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.number, str) and not re.fullmatch(r"[a-z][a-z_]*", self.number):
            raise ValueError(
                f"Claim: number={self.number!r} was given, expected a whole number, or a name in "
                f"lower-case letters and underscores such as 'addition'"
            )
        if len(set(self.seeds)) < 5:
            raise ValueError(
                f"Claim {self.number}: {len(set(self.seeds))} different seed(s), expected at "
                f"least 5; one run is an anecdote"
            )
        unknown = set(self.live_settings) - set(self.settings)
        if unknown:
            raise ValueError(
                f"Claim {self.number}: live_settings name {sorted(unknown)}, expected only names "
                f"in settings: {sorted(self.settings)}"
            )


@dataclass(frozen=True)
class Record:
    """The full tier's result, as read from its file.

    Attributes
    ----------
    claim : int or str
    seeds : list of int
    figures : dict
        From a figure's name to its values, one for each seed, in the order of `seeds`.
    settings, versions, machine : dicts
    measured, commit, fingerprint : str
    data : dict
        From each data file that the experiment may read to a hash of what it held.
    challenges : list of Challenge
        Attempts to overturn the verdict.
    seconds : float
        CPU time that all seeds took together; 0 if the record does not say.
    """

    claim: int | str
    seeds: list[int]
    figures: dict[str, list[float]]
    settings: dict[str, Any]
    versions: dict[str, str]
    machine: dict[str, Any]
    measured: str
    commit: str
    fingerprint: str
    data: dict[str, str] = field(default_factory=dict)
    challenges: list[Challenge] = field(default_factory=list)
    seconds: float = 0

    def values(self, name: str, **parts: object) -> npt.NDArray[np.float64]:
        """Return a figure's values, one for each seed; `name` and `parts` as in `figure`."""
        return np.array(_find(self.figures, figure(name, **parts), "values"), dtype=float)

    def interval(self, name: str, level: float = 0.95, **parts: object) -> Interval:
        """Return the mean over the seeds with its confidence interval (Student's t)."""
        values = self.values(name, **parts)
        mean, spread = float(values.mean()), float(values.std(ddof=1))
        half = student_quantile((1 + level) / 2, len(values) - 1) * spread / math.sqrt(len(values))
        return Interval(mean, mean - half, mean + half)

    def prediction(self, name: str, level: float = 0.99, **parts: object) -> Interval:
        """Return the interval in which one further seed falls with probability `level`.

        For n values with mean m and standard deviation s it is m ± t s √(1 + 1/n), t the quantile
        of Student's distribution with n − 1 degrees of freedom. Figures that are positive for every
        seed are taken as logarithms first, so that the interval stays positive.
        """
        values = self.values(name, **parts)
        positive = bool((values > 0).all())
        scaled = np.log(values) if positive else values
        n, centre, spread = len(values), float(scaled.mean()), float(scaled.std(ddof=1))
        half = student_quantile((1 + level) / 2, n - 1) * spread * math.sqrt(1 + 1 / n)
        ends = (centre, centre - half, centre + half)
        return Interval(*(math.exp(e) for e in ends)) if positive else Interval(*ends)


LEDGER: dict[int | str, Claim] = {}


def register(claim: Claim) -> Claim:
    """Enter a claim into the ledger; a number or name that is taken raises ValueError."""
    if claim.number in LEDGER:
        raise ValueError(
            f"register: claim {claim.number} is in the ledger already "
            f"({LEDGER[claim.number].statement!r}); choose another"
        )
    LEDGER[claim.number] = claim
    return claim


def get(number: int | str) -> Claim:
    """Return a claim of the ledger; an unknown number raises KeyError with those it knows."""
    if number not in LEDGER:
        known = ", ".join(str(n) for n in ordered()) or "none yet"
        raise UnknownClaim(f"claim {number} is not in the ledger, expected one of: {known}")
    return LEDGER[number]


def ordered() -> list[int | str]:
    """Return what the ledger holds: textbook claims by number, then the course's own by name."""
    return sorted(LEDGER, key=lambda number: (isinstance(number, str), number))


def figure(name: str, **parts: object) -> str:
    """Return a figure's name in a record: ``figure("error", T=4)`` is ``"error T=4"``."""
    shown = (f"{part:g}" if isinstance(part, float) else str(part) for part in parts.values())
    return " ".join([name, *(f"{key}={value}" for key, value in zip(parts, shown, strict=True))])


def listed(parts: Iterable[object], joint: str = "and") -> str:
    """Write parts as "a, b and c", or "none" if there is none."""
    *most, last = [str(part) for part in parts] or ["none"]
    return f"{', '.join(most)} {joint} {last}" if most else last


def is_clock(name: str) -> bool:
    """Say whether a figure is a time, or a rate in time, which differs from machine to machine.

    Its name, before the first ``key=``, holds the word "second" or "seconds":
    ``"training seconds run=full"``, ``"tokens a second"``.
    """
    words = itertools.takewhile(lambda word: "=" not in word, name.split())
    return not {"second", "seconds"}.isdisjoint(words)


class UnknownClaim(KeyError):
    """A KeyError whose text is its message, without quotation marks."""

    def __str__(self) -> str:
        return str(self.args[0])


def _find(figures: Mapping[str, list[float]], name: str, function: str) -> list[float]:
    if name not in figures:
        known = "; ".join(list(figures)[:8])
        raise UnknownClaim(
            f"{function}: the record has no figure {name!r}, expected one of its "
            f"{len(figures)}: {known}{' …' if len(figures) > 8 else ''}"
        )
    return figures[name]


def difference(
    first: npt.NDArray[np.float64], second: npt.NDArray[np.float64], level: float = 0.95
) -> Interval:
    """Return the mean of `first` minus that of `second` with Welch's interval.

    The two are independent samples, one value a seed, and may spread differently. Source: Welch
    1947, "The generalization of Student's problem when several different population variances are
    involved".
    """
    if np.ptp(first) == np.ptp(second) == 0:
        return Interval(*[float(first.mean() - second.mean())] * 3)
    return Interval(*map(float, welch_interval(first, second, level)))
