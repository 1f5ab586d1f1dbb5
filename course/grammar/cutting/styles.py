"""Polite, casual and honorific sentences, read as the plain ones that say the same.

Only a form with one plain counterpart is read: 갔어요 is 갔다.  A form that says more, or that may
be a command, is left to `advice`: 가네요, 가세요, and 가 without a question mark.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, product

from .choosing import morphemes_of
from .foreign import (
    EXACT,
    EXACT_ASKED,
    EXACT_WITHIN,
    EXACT_WORDS,
    POLITE,
    UNBIDDEN,
    Foreign,
    foreign,
    stem_word,
)
from .forms import FINITE, Reading, readings
from .reading import is_accepted, read
from .spelling import ways
from .stand_in import is_person

TRIED = 48  # plain sentences, at most
CLEAR = 0.2  # the best of several plain sentences is better than the next by more than this
PLAIN = ("는다", "었다", "니", "었니")
WISHES = ("으세요", "세요")
ELDERS = "선생님 부모님 어머니 아버지 할머니 할아버지 이모 삼촌 교수 의사 손님".split()
DANCES = "추춘췄춰출춥춤"  # 춤을 추다
ASKING = ("무엇", "뭐", "누구", "어디", "언제", "왜", "몇", "무슨")


def _likeliest(words: Sequence[str]) -> list[Reading]:
    """The first way to read each word."""
    return [reading for word in words for way in ways(word)[:1] for reading in way]


def _is_asking(words: Sequence[str]) -> bool:
    """Whether one of the words asks: 누가, 뭐, 몇."""
    return any(r.head in ASKING for r in _likeliest(words))


def _is_bidden(entry: Foreign, before: Sequence[str]) -> bool:
    """Whether a form in -어 may be a command: 밥을 먹어, but not 추워, 비가 와, 할 수 있어."""
    last = before[-1] if before else ""
    if entry.stem is None or entry.stem.stem in UNBIDDEN:
        return False
    named = [r for r in _likeliest(before) if r.ending == "이/가" and r.kind == "noun"]
    if any(not is_person(r.head) for r in named):
        return False
    if entry.stem.kind == "exist":
        return last != "수"
    needed = entry.stem.stem == "하" and last.endswith(("야", "어"))  # 가야 해, 싶어 해
    return entry.stem.kind == "verb" and not needed and last not in ("안", "못")


def _is_honoured(before: Sequence[str]) -> bool:
    """Whether the subject is an elder, so that a form in -세요 is no wish: 할머니는 주무세요."""
    return any(r.head in ELDERS and r.ending in ("은/는", "이/가") for r in _likeliest(before))


def _is_ordered(entry: Foreign, before: Sequence[str], bidden: bool) -> bool:
    """Whether a form in -세요 or -십시오 tells the hearer what to do: 문을 여세요.

    Where `bidden`, a form in -어 does, too: 빨리 와!
    """
    wished = entry.ending in (*WISHES, "으십시오") and entry.stem and entry.stem.kind == "verb"
    wished = wished or (
        bidden
        and entry.ending == "어"
        and entry.stem
        and entry.stem.kind == "verb"
        and _is_bidden(entry, before)
    )
    named = any(r.ending in ("은/는", "이/가") for r in _likeliest(before))
    return bool(wished) and not named


def _is_exact(entry: Foreign, surface: str, before: Sequence[str], asked: bool) -> bool:
    """Whether the form says what its plain counterpart says, at the end of a sentence."""
    if entry.why == "synonym":
        return False
    if entry.ending == "":
        return surface in EXACT_WORDS
    if entry.ending == "야" and not before and not asked:
        return False  # 철수야: a call
    if entry.ending in PLAIN and entry.why != "honorific":
        return False  # 예쁜다
    if entry.ending in WISHES and not asked:
        return _is_honoured(before)
    if entry.ending == "어" and not asked:
        return not _is_bidden(entry, before)
    return entry.ending in EXACT or (asked and entry.ending in EXACT_ASKED)


def _last(word: str, before: Sequence[str], asked: bool, bidden: bool = False) -> list[str]:
    """The plain forms of the last word; what is run together with it is kept: 먹고싶어요."""
    asked_by_word = asked or _is_asking(before) or word.startswith(ASKING)
    for k in range(len(word)):
        first, rest = word[:k], word[k:]
        found: dict[str, None] = {}
        for entry in foreign().get(rest, ()):
            earlier = (*before, first) if first else before
            asks = asked_by_word or _is_asking([first])
            ordered = not asks and _is_ordered(entry, earlier, bidden)
            if not ordered and not _is_exact(entry, rest, earlier, asks):
                continue
            shared = not rest.endswith("다")  # 갔습니다 asks nothing, whatever stands before it
            if ordered and entry.stem:
                found[first + stem_word(entry.stem, "어라")] = None
                continue
            plain = entry.asked if asked or (shared and asked_by_word) else entry.instead
            joined = first + plain.replace(" ", "")
            if plain and (not first or ways(joined)):
                found[joined if first else plain] = None
        if found:
            return list(found)
    return []


def _within(word: str) -> list[str]:
    """The plain forms of a word before the end: 저는, 가셔서."""
    return [
        entry.instead
        for entry in foreign().get(word, ())
        if word in POLITE or (entry.why == "honorific" and entry.ending in EXACT_WITHIN)
    ]


def _joined(words: Sequence[str]) -> list[str]:
    """Write a foreign form of 이다 and of 춤을 추다 as one word: 학생 이에요, 춤을 춰요."""
    *before, last = words
    adverbs = before[-1:] if before and before[-1] in ("안", "못", "잘") else []
    noun = before[: len(before) - len(adverbs)][-1:]
    if noun and noun[0] in ("춤", "춤을") and last[0] in DANCES:  # 춤을 못 춰요
        return [*before[: -1 - len(adverbs)], *adverbs, "춤" + last]
    apart = before and last not in readings() and last not in EXACT_WORDS
    if apart and last[0] in "이예입인였" and before[-1] + last in foreign():
        return [*before[:-1], before[-1] + last]
    return list(words)


def ordered(words: Sequence[str]) -> list[str]:
    """The commands that a last word in -어 may be: 와 -> 와라."""
    *before, last = _joined(words)
    return [word for word in _last(last, before, False, True) if word.endswith("라")]


def plainer(words: Sequence[str], asked: bool) -> tuple[str, ...]:
    """The words in the plain style, where a plain form says the same."""
    *before, last = _joined(words)
    plain = [word if ways(word) else next(iter(_within(word)), word) for word in before]
    end = next(iter(_last(last, before, asked)), last)
    return (*" ".join(plain).split(), *end.split())


def plain_morphemes(words: Sequence[str], asked: bool, bidden: bool = False) -> list[str]:
    """The morphemes of the plain sentence that says the same, or none if it is not one.

    `bidden` is whether an exclamation mark stands at the end.
    """
    *before, last = _joined(words)
    options = []
    for word in before:
        plain = _within(word)
        options.append([*([word] if ways(word) or not plain else []), *plain])
    ends = _last(last, before, asked, bidden)
    options.append([*([last] if ways(last) or not ends else []), *ends])
    found: dict[tuple[str, ...], float] = {}
    for combination in islice(product(*options), TRIED):
        plain = " ".join(combination).split()
        if plain != list(words) and is_accepted(plain, False):
            choice = read(plain).choice
            assert choice is not None and choice.readings[-1].ending in FINITE
            morphemes = tuple(morphemes_of(choice.readings))
            found[morphemes] = min(choice.cost, found.get(morphemes, choice.cost))
    best = sorted(found, key=lambda morphemes: found[morphemes])
    if not best or (len(best) > 1 and found[best[1]] - found[best[0]] <= CLEAR):
        return []
    return list(best[0])
