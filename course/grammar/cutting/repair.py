"""One change to the words of a sentence, and why."""

from __future__ import annotations

from typing import NamedTuple


class Repair(NamedTuple):
    """The words from `start` to `end` become `words`, because of `why`; `aside` is a sentence
    that is told apart."""

    start: int
    end: int
    words: tuple[str, ...]
    why: str
    aside: tuple[str, ...] = ()
