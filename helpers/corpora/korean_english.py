"""Korean-English sentence pairs from a grammar, with gold word alignments.

``load(part)`` reads pairs, ``english_sentence(tokens)`` writes tokens as a sentence.  The data card
(data/korean_english/README.md) states the conventions; `course.grammar` writes the files and cuts
ordinary Korean into the morphemes that the pairs hold.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from helpers.corpora import DATA, reads

PARTS = ("train", "validation", "test", "test_combinations", "test_longer")
FOLDER = DATA / "korean_english"


class Pair(NamedTuple):
    """A sentence in both languages.

    `korean` is the sentence as it is written, `morphemes` its parts, `english` the tokens of its
    translation, `alignment` which morpheme goes with which token, `clauses` a number from 1 to 4.
    """

    korean: str
    morphemes: tuple[str, ...]
    english: tuple[str, ...]
    alignment: frozenset[tuple[int, int]]
    clauses: int


def english_sentence(tokens: tuple[str, ...] | list[str]) -> str:
    """Write English tokens as a sentence: ('I', 'am', 'a', 'student') -> 'I am a student.'"""
    words = list(tokens)
    if not words:
        raise ValueError(
            "english_sentence: no tokens; pass a list such as ['I', 'am', 'a', 'cook']"
        )
    mark = "?" if words[-1] == "?" else "."
    text = " ".join(words[:-1] if mark == "?" else words).replace(" 's", "'s")
    return text[:1].upper() + text[1:] + mark


def read_row(line: str) -> Pair:
    """Read one line of a table: Korean, morphemes, English, alignment, clauses."""
    korean, morphemes, english, alignment, clauses = line.rstrip("\n").split("\t")
    links = frozenset((int(i), int(j)) for i, j in (link.split("-") for link in alignment.split()))
    return Pair(korean, tuple(morphemes.split()), tuple(english.split()), links, int(clauses))


@lru_cache(maxsize=len(PARTS))
def _load(part: str) -> tuple[Pair, ...]:
    path = FOLDER / f"{part}.tsv"
    if not path.is_file():
        raise FileNotFoundError(
            f"load: {path} is missing; run `python -m course.grammar` to write it"
        )
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(read_row(line) for line in lines[1:])


@reads({part: f"korean_english/{part}.tsv" for part in PARTS})
def load(part: str) -> list[Pair]:
    """Read one of the `PARTS` of the corpus."""
    if part not in PARTS:
        raise ValueError(
            f"load: {part!r} is not a part of the corpus; pass one of {', '.join(PARTS)}"
        )
    return list(_load(part))
