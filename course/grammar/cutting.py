"""The grammar's inverse: from an ordinary Korean sentence to its morphemes.

`forms` lists every word that the grammar can write, `spelling` reads what is written otherwise,
`choosing` decides between several readings by the whole sentence, and `advice` says what to write
where nothing can be read.
"""

from __future__ import annotations

import re

from .advice import refusal
from .choosing import morphemes_of
from .forms import COPULAS, endings, forms, morphemes
from .hangul import is_syllable, normalise
from .reading import is_accepted, read

__all__ = ["cut", "forms", "morphemes"]

QUOTES = "\"'“”‘’„«»「」『』"
STOPS = ".?!。？！…~"
TWO_SENTENCES = re.compile(rf"[가-힣][{STOPS}]+[{QUOTES}]*\s*\S")


def _is_cut_already(words: list[str]) -> bool:
    """Whether every word is a morpheme, one of them cannot stand alone, and an ending is last."""
    return (
        len(words) > 1
        and all(word in morphemes() for word in words)
        and any(word not in forms() or word in COPULAS for word in words)
        and words[0] not in endings()
        and words[-1] in endings()
    )


def cut(sentence: str) -> list[str]:
    """Cut a Korean sentence of the grammar into morphemes.

    Parameters
    ----------
    sentence : str
        Ordinary Korean in the plain style, with or without a full stop or question mark at the
        end, and with or without quotation marks around it; composed or decomposed Hangul, any
        spacing between the words.

    Returns
    -------
    list of str
        The morphemes: ``cut("나는 학생이다.") == ["나", "는", "학생", "이다"]``.

    Raises
    ------
    ValueError
        If the sentence is empty, not Korean, more than one sentence, in the polite or the casual
        style, without a verb at the end, a statement with a question mark, gives 이다 or an
        adjective an object, or holds a figure or a word that the grammar cannot write; the
        message names the word and the nearest ones that it knows.

    Notes
    -----
    A sentence that is typed already cut is taken as it stands: where every word between two spaces
    is a morpheme of the grammar, and one of them is no word by itself, the words are returned.
    ``cut("나 는 학생 이다")`` is ``["나", "는", "학생", "이다"]``.

    이다, or a form of it, that stands apart behind a noun belongs to the noun: 나는 학생 이다 is
    read as 나는 학생이다.
    """
    if not isinstance(sentence, str):
        raise ValueError(
            f"cut: got {type(sentence).__name__}, expected a sentence; pass a string like "
            "'나는 학생이다'"
        )
    text = normalise(sentence).lstrip(" " + QUOTES).rstrip(" " + STOPS + QUOTES)
    if not text:
        raise ValueError("cut: the sentence is empty; pass Korean text like '나는 학생이다'")
    asked = normalise(sentence).rstrip(" " + QUOTES).endswith(("?", "？"))
    if TWO_SENTENCES.search(text):
        raise ValueError(f"cut: {text!r} is more than one sentence; pass one sentence at a time")
    words = text.replace(",", " ").split()
    if not any(is_syllable(c) for c in text):
        raise ValueError(
            f"cut: {text!r} is not written in Hangul syllables; pass one Korean sentence like "
            "'나는 학생이다'"
        )
    if _is_cut_already(words) and (not asked or words[-1].endswith("니")):
        return words
    if not is_accepted(words, asked):
        raise refusal(tuple(words), asked)
    choice = read(words).choice
    assert choice is not None
    return morphemes_of(choice.readings)
