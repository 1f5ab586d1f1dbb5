"""From the words of a sentence to its readings, without advice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .choosing import Choice, choose
from .forms import COPULAS, FINITE, QUESTIONS, copula_surface, readings
from .spelling import Way, join_words, ways


class Read(NamedTuple):
    """Words with their readings.

    `unknown` are the places of the words that cannot be read; `choice` is None if there are any.
    """

    words: tuple[str, ...]
    options: tuple[list[Way], ...]
    unknown: tuple[int, ...]
    choice: Choice | None

    @property
    def is_right(self) -> bool:
        """Whether the words make a sentence, and only one."""
        return self.choice is not None and not self.choice.faults and not self.choice.rival


def join_copula(words: Sequence[str]) -> list[str]:
    """Write 이다, or a form of it, together with the noun before it: 학생 이다 -> 학생이다."""
    joined: list[str] = []
    for i, word in enumerate(words):
        noun = joined[-1] if joined else ""
        if word == "다" and i < len(words) - 1:  # 숙제 다 했니: all of it
            noun = ""
        found = readings().get(noun + word, ()) if noun else ()
        if any("".join(r.cut[:-1]) == noun and r.cut[-1] in COPULAS for r in found):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def lone_copula(words: Sequence[str]) -> str:
    """A form of 이다 that stands alone without a noun before it, or "": 나는 이다."""
    tooth = {copula_surface("이", form) for form in COPULAS}  # 이니: "is it a tooth?"
    return next((word for word in words if word in COPULAS - tooth), "")


def read(words: Sequence[str]) -> Read:
    """Read the words of a sentence as the grammar would write them."""
    joined = join_words(join_copula(words))
    following = [*joined[1:], ""]
    options = tuple(ways(word, after) for word, after in zip(joined, following, strict=True))
    unknown = tuple(i for i, found in enumerate(options) if not found)
    choice = None if unknown else choose(options)
    return Read(tuple(joined), options, unknown, choice)


def is_accepted(words: Sequence[str], asked: bool) -> bool:
    """Whether `cut` takes the words, as a question or as a statement."""
    if lone_copula(join_copula(words)):
        return False
    found = read(words)
    if not found.is_right or found.choice is None:
        return False
    last = found.choice.readings[-1].ending
    return last in FINITE and (not asked or last in QUESTIONS)
