"""The grammar's inverse: from an ordinary Korean sentence to its morphemes.

`forms` lists every word that the grammar can write, `spelling` reads what is written otherwise,
`choosing` decides between several readings by the whole sentence, and `advice` says what to write
where nothing can be read.
"""

from __future__ import annotations

import re

from ..hangul import is_syllable, normalise
from .advice import refusal
from .choosing import morphemes_of
from .forms import COPULAS, endings, forms, morphemes, stems
from .reading import is_accepted, read
from .stand_in import is_person
from .styles import plain_morphemes

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
        and (words[0] not in endings() or words[0] == "자")  # 자 ㄹ 것 이다
        and words[-1] in endings()
        and (words[-1] != "자" or any(s.stem == words[-2] for s in stems()))  # 잘 자
    )


def cut(sentence: str) -> list[str]:
    """Cut a Korean sentence of the grammar into morphemes.

    Parameters
    ----------
    sentence : str
        Ordinary Korean, with or without a full stop or question mark at the end, and with or
        without quotation marks around it; composed or decomposed Hangul, any spacing between the
        words.

    Returns
    -------
    list of str
        The morphemes: ``cut("나는 학생이다.") == ["나", "는", "학생", "이다"]``.

    Raises
    ------
    ValueError
        If the sentence is not one of the grammar's. The message says what is wrong (an ending or
        a particle that the grammar lacks, a relative clause, a command, an unknown word …) and
        shows a sentence that `cut` accepts.

    Notes
    -----
    A sentence that is typed already cut is taken as it stands: where every word between two spaces
    is a morpheme of the grammar, and one of them is no word by itself, the words are returned.
    ``cut("나 는 학생 이다")`` is ``["나", "는", "학생", "이다"]``.

    What is written otherwise and means the same is read as the grammar writes it: contractions
    (난, 이게, 뭘), missing spaces (나는학생이다, 갈것이다), 이다 apart (학생 이다), figures to
    twelve (10시에), 공부를 했다 as 공부했다, 밥 먹었다 as 밥을 먹었다, 엄마 as 어머니, and the
    particles 하고, 이랑 (as 와), 한테, 께 (에게), 께서 (이/가), 에는 and 에서는 (에, 에서).

    The grammar writes the plain style only, commands and proposals (가라, 가자) among it. A
    sentence in another style is read as the plain one, where only one plain sentence says the
    same:

    - polite forms (-어요, -습니다, 이에요, 거예요, and 저, 제, 저희 for 나, 내, 우리):
      저는 학생입니다 is 나는 학생이다, and 어디에 가요 is 어디에 가니;
    - honorific forms (-시-, 드시다, 계시다, 주무시다): 어머니께서 오셨어요 is 어머니가 왔다;
    - casual forms of the past, of 이다 and 것이다, of adjectives, and in questions: 밥 먹었어, 나는
      학생이야, 갈 거야, 추워, 어디 가?

    A polite command is read as the plain one: 문을 여세요 is 문을 열어라, and 갑시다 is 가자.

    A form that says more than a plain one (가네요, 갈게요, 갈까요) is refused with advice. So is a
    casual present of a verb (밥을 먹어, 집에 가), for it may be a command or a statement; with an
    exclamation mark it is a command: 빨리 와! is 빨리 와라.

    A word with several readings is decided by the sentence as a whole: 산다 is 사 ㄴ다 where there
    is an object, and 살 ㄴ다 where there is none.
    """
    words, asked = _words(sentence)
    _refuse_call(sentence, words)
    if _is_cut_already(words) and (not asked or words[-1].endswith("니")):
        return words
    bidden = normalise(sentence).rstrip(" " + QUOTES).endswith(("!", "！"))
    choice = read(words).choice if is_accepted(words, asked) else None
    found = morphemes_of(choice.readings) if choice else plain_morphemes(words, asked, bidden)
    if not found:
        raise refusal(tuple(words), asked)
    return found


def _refuse_call(sentence: str, words: list[str]) -> None:
    """Refuse a sentence that calls someone first: 선생님, 질문이 있어요.

    Raises
    ------
    ValueError
        If a person stands at the beginning, before a comma.
    """
    called = normalise(sentence).lstrip(" " + QUOTES).startswith(f"{words[0]},")
    if not called or len(words) == 1 or not is_person(words[0]):
        return
    rest = " ".join(words[1:]) + "?" * normalise(sentence).rstrip(" " + QUOTES).endswith("?")
    cut(rest)
    raise ValueError(f"cut: {words[0]!r} calls someone, which the grammar does not; write {rest!r}")


def _words(sentence: str) -> tuple[list[str], bool]:
    """The words of one Korean sentence, and whether it ends in a question mark.

    Raises
    ------
    ValueError
        If the sentence is no string, empty, more than one sentence or not Korean.
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
    return words, asked
