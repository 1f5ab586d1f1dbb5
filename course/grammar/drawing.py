"""Drawing at random: choices in balance, and the pairs of words that are held out."""

from __future__ import annotations

import random
import zlib
from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

from .lexicon import ADJECTIVE, VERB

T = TypeVar("T")

HELD_OUT = 8  # of a hundred verb-object and noun-adjective pairs, in test_combinations alone
RICH = 8  # only words with at least so many partners give pairs away


def _held_out_pairs() -> frozenset[str]:
    pairs = []
    for verb in VERB:
        if len(verb.objects) >= RICH:
            pairs += [f"{verb.stem}|{key}" for key in verb.objects]
    for adjective in ADJECTIVE:
        if len(adjective.nouns) >= RICH:
            pairs += [f"{adjective.stem}|{key}" for key in adjective.nouns]
    return frozenset(p for p in pairs if zlib.crc32(p.encode()) % 100 < HELD_OUT)


HELD_OUT_PAIRS = _held_out_pairs()


def held_out(pair: str) -> bool:
    """Say whether a pair is kept for test_combinations: decided by its spelling alone."""
    return pair in HELD_OUT_PAIRS


class Unsayable(Exception):
    """What was drawn does not go together; another draw is needed."""


class Picker:
    """Random choices that keep the words in balance: of a few draws, the one least used so far."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.used: Counter[str] = Counter()
        self.sentences = 0
        self.log: list[str] = []  # the choices of the sentence at hand

    def chance(self, probability: float) -> bool:
        """Return True with this probability."""
        return self.random.random() < probability

    def any(self, options: Sequence[T]) -> T:
        """Return one of the options."""
        return options[int(self.random.random() * len(options))]

    def take(self, options: list[T]) -> T:
        """Take one of the options out of the list."""
        return options.pop(int(self.random.random() * len(options)))

    def weighted(self, options: Sequence[tuple[float, T]]) -> T:
        """Return one of the options, by their weights."""
        roll = self.random.random() * sum(weight for weight, _ in options)
        for weight, option in options:
            roll -= weight
            if roll < 0:
                return option
        return options[-1][1]

    def keep(self) -> None:
        """Let the choices of this sentence count."""
        self.sentences += 1
        self.log.clear()

    def forget(self) -> None:
        """Take back the choices since `keep`: their sentence was not used."""
        self.used.subtract(self.log)
        self.log.clear()

    def note(self, key: str) -> None:
        """Count a choice."""
        self.used[key] += 1
        self.log.append(key)

    def row(self, table: Sequence[T], draws: int = 8) -> T:
        """Return a row of a table, balanced by the numbers of the rows."""
        return table[int(self.balanced([str(i) for i in range(len(table))], draws))]

    def balanced(self, options: Sequence[str], draws: int = 8) -> str:
        """Return, of a few draws, the option least used so far.

        Of a short list fewer are drawn, so that no word stands in one frame alone because it is
        rare elsewhere.
        """
        draws = 1 if self.chance(0.4) else max(2, min(draws, len(options) // 2, 3))
        best = min((self.any(options) for _ in range(draws)), key=lambda o: self.used[o])
        self.note(best)
        return best
