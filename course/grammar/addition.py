"""Sums of two numbers up to 999, written as text: "57+5" asks for "62".

A small task in which one sequence becomes another. Each answer is right or wrong, and a test
question cannot be looked up in training. The corpus has no file: `load` draws the same 50,000
questions each time it is called.
"""

from __future__ import annotations

import random
from typing import NamedTuple

SIZES = {"train": 45_000, "validation": 2_500, "test": 2_500}
SEED = 2026


class Addition(NamedTuple):
    """A question such as "57+5", and its answer, "62"."""

    question: str
    answer: str


def load(part: str) -> list[Addition]:
    """Return one part: 45,000 questions to train on, 2,500 for validation and 2,500 for the test.

    A pair of numbers is in one question of the whole corpus: where one part asks 57+5, no part asks
    it again, and none asks 5+57.
    """
    if part not in SIZES:
        raise ValueError(f"load: part={part!r} was given, expected one of {', '.join(SIZES)}")
    return generate()[part]


def generate(seed: int = SEED) -> dict[str, list[Addition]]:
    """Draw the questions and deal them to the parts; the same seed gives the same ones.

    For each number a length of one, two or three digits is drawn first, and then a number of that
    length, so that long numbers do not crowd out the short ones. Two numbers that were in a
    question before, in either order, are drawn again. The questions are shuffled before they are
    dealt.
    """
    rng = random.Random(seed)  # its random() gives the same numbers in every version of Python
    asked: dict[tuple[int, int], Addition] = {}
    while len(asked) < sum(SIZES.values()):
        a, b = _number(rng), _number(rng)
        asked.setdefault((min(a, b), max(a, b)), Addition(f"{a}+{b}", str(a + b)))
    # The short questions run out first and stand early: sorted by chance, all parts have as many.
    questions = sorted(asked.values(), key=lambda _: rng.random())
    parts, start = {}, 0
    for part, size in SIZES.items():
        parts[part] = questions[start : start + size]
        start += size
    return parts


def _number(rng: random.Random) -> int:
    """Draw a number of digits, then a number that has so many: 0–9, 10–99 or 100–999."""
    low, high = ((0, 10), (10, 100), (100, 1000))[int(3 * rng.random())]
    return low + int((high - low) * rng.random())
