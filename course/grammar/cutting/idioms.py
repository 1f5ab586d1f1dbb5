"""Turns of speech that the grammar lacks, each with what says nearly the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .foreign import foreign
from .forms import NOUN, Reading, Stem, copula_surface, readings
from .repair import Repair
from .stand_in import is_past

THOUGHT = re.compile(r"생각(나|났|난|날|납)\S*")
POINTED = {"저기": "저", "여기": "이", "거기": "그"}
POSES = ("서", "앉아", "누워")  # 저기 서 있는 사람
COLOUR = re.compile(
    r"(빨간|빨강|파란|파랑|노란|노랑|하얀|하양|흰|까만|검은|검정|검)(?:색)?"
    r"(이?다|이?야|이?에요|예요|입니다|이?니|이었다|였다|이었니|이지만|이고)"
)
COLOURS = {"빨": "빨갛", "파": "파랗", "노": "노랗", "하": "하얗", "흰": "하얗", "까": "까맣",
           "검": "까맣"}  # fmt: skip
PAST = {"빨갛": "빨갰", "파랗": "파랬", "노랗": "노랬", "하얗": "하얬", "까맣": "까맸"}
WOMEN = ("그녀", "언니", "누나", "여동생", "딸", "어머니", "할머니", "이모", "여자")


def _ended(stem: str, past: str, word: str, asked: bool) -> str:
    """The stem with the ending of a statement or a question, in the tense of the word."""
    return (past if is_past(word) else stem) + ("니" if asked or word.endswith("니") else "다")


def thought_repairs(words: tuple[str, ...], i: int, asked: bool) -> Iterator[Repair]:
    """What one misses, for what comes to one's mind: 네가 생각난다 -> 네가 보고 싶다."""
    if THOUGHT.fullmatch(words[i]) and i == len(words) - 1:
        wished = _ended("싶", "싶었", words[i], asked)
        why = f"{words[i]!r} (to come to mind) is not in the grammar"
        yield Repair(i, i + 1, ("보고", wished), why)


def _bidden_stems(word: str) -> list[Stem]:
    """The verbs of which the word is a command, or a form that may be one: 먹어라, 먹어."""
    own = [Stem(r.head, "", r.kind) for r in readings().get(word, ()) if r.ending == "어라"]
    other = [e.stem for e in foreign().get(word, ()) if e.stem and e.ending in ("어", "으세요")]
    return [stem for stem in (*own, *other) if stem.kind == "verb"]


def stop_repairs(words: tuple[str, ...], i: int) -> Iterator[Repair]:
    """A prohibition for 그만: 그만 먹어라 -> 먹지 마라."""
    apart = words[i] == "그만"
    if not words[i].startswith("그만") or i + 1 + apart != len(words):
        return
    bidden = words[-1] if apart else words[i].removeprefix("그만")
    why = "'그만' (to stop) is not in the grammar"
    for stem in _bidden_stems(bidden):
        yield Repair(i, len(words), (stem.stem + "지", "마라"), why)


def pointed_repairs(words: tuple[str, ...], i: int) -> Iterator[Repair]:
    """저 사람 for 저기 있는 사람, 저기 서 있는 사람."""
    end = i + (words[i] in POSES)
    if words[end : end + 1] != ("있는",) or end + 1 >= len(words):
        return
    start = end - 1 - (end > 0 and words[end - 1] in POSES)
    place = re.sub("(에|에서|서)$", "", words[start]) if start >= 0 else ""
    if place in POINTED:
        shown = " ".join(words[start : end + 2])
        why = f"{shown!r} has a relative clause, which the grammar lacks"
        yield Repair(start, end + 1, (POINTED[place],), why)


def colour_repairs(words: tuple[str, ...], i: int, asked: bool) -> Iterator[Repair]:
    """An adjective for the noun of a colour: 빨간색이다 -> 빨갛다."""
    match = COLOUR.fullmatch(words[i])
    if match:
        stem = COLOURS[match[1][0]]
        joint = next((m for m in ("지만", "고") if words[i].endswith(m)), "")
        instead = stem + joint if joint else _ended(stem, PAST[stem], words[i], asked)
        why = f"{words[i]!r} is not in the grammar, {instead!r} is"
        yield Repair(i, i + 1, (instead,), why)


def called_repairs(
    words: tuple[str, ...], i: int, known: Sequence[Reading], asked: bool
) -> Iterator[Repair]:
    """A name of the corpus for one that it lacks: 내 이름은 존이다, 나는 존이라고 한다."""
    topic = next((r.head for r in known if r.ending in ("은/는", "이/가")), "")
    end = i + 2 if words[i].endswith("라고") and words[i + 1 : i + 2] != () else i + 1
    called = end == i + 2 and words[i + 1][0] in "하한해합했"
    if not (topic == "이름" or called) or end != len(words):
        return
    names = [n for n in NOUN.values() if n.kind == "name"]
    shown = ", ".join(n.korean for n in names)
    why = f"{words[i]!r} is not in the grammar; for a name, write one that it has ({shown})"
    form = ("이었" if is_past(words[i]) else "이") + (
        "니" if asked or words[i].endswith("니") else "다"
    )
    names.sort(key=lambda n: (n.korean == "유나") != any(r.head in WOMEN for r in known))
    for name in names[:2]:
        yield Repair(i, end, (copula_surface(name.korean, form),), why)


def idiom_repairs(
    words: tuple[str, ...], i: int, known: Sequence[Reading], asked: bool
) -> Iterator[Repair]:
    """All of these, at an unknown word."""
    yield from pointed_repairs(words, i)
    yield from stop_repairs(words, i)
    yield from thought_repairs(words, i, asked)
    yield from colour_repairs(words, i, asked)
    yield from called_repairs(words, i, known, asked)
