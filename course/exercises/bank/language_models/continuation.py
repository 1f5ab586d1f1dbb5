"""Exercise 3.8: Kneser and Ney's counts."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import CodeExercise, Mistake, Probe, Property, register

Array = npt.NDArray[Any]


def continuation(ids: Array, V: int) -> Array:
    """Count the different characters that each character comes after."""
    companions: list[set[Any]] = [set() for _ in range(V)]
    for previous, current in pairwise(ids):
        companions[current].add(previous)
    kinds = np.array([len(before) for before in companions])
    return np.divide(kinds, kinds.sum())


def _continuation_probes(rng: np.random.Generator) -> list[Probe]:
    letters = np.array(["abcdr".index(c) for c in "abracadabra"])
    skewed = rng.choice(6, size=40, p=[0.4, 0.25, 0.15, 0.1, 0.07, 0.03])
    return [
        Probe((letters, 5), label="abracadabra"),
        Probe((skewed, 6)),
        Probe((rng.integers(0, 4, size=11), 7), label="ids that never come"),
        Probe((np.array([2, 0, 0, 0, 1, 0, 1]), 3), label="the first id comes once"),
        Probe((np.array([1, 0]), 2), label="a single pair"),
    ]


def _continuation_pairs(ids: Array, V: int) -> Array:
    """Look at all V² pairs one by one."""
    text = list(pairwise(ids.tolist()))
    kinds = [sum((p, c) in text for p in range(V)) for c in range(V)]
    return np.array([float(Fraction(k, sum(kinds))) for k in kinds])


def _continuation_unique(ids: Array, V: int) -> Array:
    pairs = np.unique(np.stack([ids[:-1], ids[1:]], axis=1), axis=0)
    counts = np.bincount(pairs[:, 1], minlength=V)
    return np.asarray(counts / len(pairs))


def _share(values: Array, total: float | None = None) -> Array:
    return np.asarray(values / (values.sum() if total is None else total))


def _followers(ids: Array, V: int) -> Array:
    return continuation(ids[::-1], V)


def _plain_counts(ids: Array, V: int) -> Array:
    return _share(np.bincount(ids, minlength=V))


def _pair_counts(ids: Array, V: int) -> Array:
    return _share(np.bincount(ids[1:], minlength=V))


def _kinds(ids: Array, V: int) -> Array:
    pairs = np.unique(np.stack([ids[:-1], ids[1:]], axis=1), axis=0)
    return np.asarray(np.bincount(pairs[:, 1], minlength=V))


def _doubles(ids: Array, V: int) -> Array:
    """Mark the characters that come after themselves, shape (V,)."""
    return np.isin(np.arange(V), ids[1:][ids[1:] == ids[:-1]])


register(
    CodeExercise(
        name="language.continuation",
        title="In whose company?",
        points=3,
        reference=continuation,
        probes=_continuation_probes,
        oracle=_continuation_pairs,
        equivalents={"all pairs": _continuation_pairs, "unique": _continuation_unique},
        properties=[
            Property(
                "Your shares do not sum to one.",
                lambda output, ids, V: np.isclose(np.sum(output), 1),
            )
        ],
        outputs=("shares",),
        axes=("V",),
        mistakes=[
            Mistake(
                "plain_counts",
                "These are the plain counts. What counts here is after how many different "
                "characters a character comes, not how often.",
                _plain_counts,
            ),
            Mistake(
                "every_pair",
                "You count each pair as often as it comes. A pair that comes ten times is still "
                "one pair.",
                _pair_counts,
            ),
            Mistake(
                "followers",
                "You count what comes after each character. Count what comes before it: after how "
                "many different characters it was seen.",
                _followers,
            ),
            Mistake(
                "not_divided",
                "These are counts of different companions. Divide them by their sum, so that "
                "they are a distribution.",
                lambda ids, V: _kinds(ids, V).astype(float),
            ),
            Mistake(
                "divided_by_V",
                "You divided by V, the number of possible companions. Divide by the number of "
                "different pairs, so that the shares sum to one.",
                lambda ids, V: _share(_kinds(ids, V), V),
            ),
            Mistake(
                "divided_by_tokens",
                "You divided by the number of characters. Divide by the number of different pairs, "
                "so that the shares sum to one.",
                lambda ids, V: _share(_kinds(ids, V), len(ids)),
            ),
            Mistake(
                "divided_by_pairs",
                "You divided by all pairs of the text, repeated ones too. Divide by the number of "
                "different pairs, so that the shares sum to one.",
                lambda ids, V: _share(_kinds(ids, V), len(ids) - 1),
            ),
            Mistake(
                "no_doubles",
                "You left out the pairs of a character with itself, such as aa. They count like "
                "any other pair.",
                lambda ids, V: _share(_kinds(ids, V) - _doubles(ids, V)),
            ),
            Mistake(
                "start_as_companion",
                "You count the beginning of the text as a companion of the first character. Only "
                "pairs of two characters count.",
                lambda ids, V: _share(_kinds(ids, V) + (np.arange(V) == ids[0])),
            ),
        ],
        hints=[
            "“Angeles” may come often, but only after “Los”. After any other word it is a poor "
            "guess. So count companions, not occurrences.",
            "V numbers. For abracadabra the different pairs are ab, br, ra, ac, ca, ad, da: seven.",
            "Collect the set of different pairs (previous, current). Count for each character how "
            "many of them end on it. Divide by the number of pairs in the set.",
            "`pairs = set(zip(ids[:-1].tolist(), ids[1:].tolist()))`",
        ],
        solved="This is the distribution that Kneser and Ney fall back to, in place of plain "
        "counts.",
        survivors={
            "3: range(V) → reversed(range(V))": "the loop's variable is not used",
        },
    )
)
