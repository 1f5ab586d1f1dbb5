"""Of all ways to read the words of a sentence, the one that makes a sentence.

A beam search goes through the words.  Each reading is weighed against what stands before it: a
particle that nothing takes up, a noun that no particle marks, an ending that calls for another
word.  A weight with a name is a fault that `cut` refuses; one without a name only decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from .forms import COUNTERS, FINITE, NOUN, NOUN_NAMES, VERB, Reading

Weight = tuple[float, str]
STEMS = ("verb", "adjective", "exist")
PREDICATES = (*STEMS, "copula")
NAMES = ("noun", "pronoun", "time", "counter")
OPENERS = (*NAMES, "numeral", "determiner", "possessive", "copula")  # what begins a noun phrase
AFTER = {  # the words that must follow an ending
    "을": ("것", "수", "때"), "었을": ("것", "때"), "지": ("않", "못하", "말"),
    "기": ("때문", "전"),
    "었기": ("때문",), "어야": ("하", "되"), "어": ("하",),
}  # fmt: skip
CALLED_FOR = {"것": ("을", "었을"), "수": ("을",)}  # and the endings before a bound noun
MARKED = ("우리", "너희", "누구")  # pronouns that stand bare before a noun: 우리 집
CONJUNCTIONS = (("그리", "고"), ("하", "지만"))  # and, but: not draws and does
EATEN = {"fruit", "vegetable", "food", "dish"}  # kinds of nouns
WIDTH = 24
CLOSE = 0.1  # two readings nearer than this are told apart by the reader


class Fault(NamedTuple):
    """A named fault at the word number `place`; the end of the sentence is a place, too."""

    name: str
    place: int


class Choice(NamedTuple):
    """The best readings, their faults, another cut that is as good (or none), and the weight."""

    readings: tuple[Reading, ...]
    faults: tuple[Fault, ...]
    rival: tuple[Reading, ...] = ()
    cost: float = 0.0


@lru_cache(maxsize=1)
def objects() -> dict[str, frozenset[str]]:
    """The objects of each verb; a verb that also stands without one has "" among them."""
    found: dict[str, set[str]] = {}
    for verb in VERB:
        path = verb.places if "path" in verb.flags else ()  # 해변을 걷는다
        own = {NOUN[key].korean for key in (*verb.objects, *path)} or {""}
        own |= {""} if path else set()
        found.setdefault(verb.stem, set()).update(own)
    return {stem: frozenset(nouns) for stem, nouns in found.items()}


@lru_cache(maxsize=1)
def dwelling() -> frozenset[str]:
    """The verbs that stand with a place and without an object: 살다."""
    placed = {verb.stem for verb in VERB if verb.places and not verb.objects}
    return frozenset(placed - {verb.stem for verb in VERB if verb.objects or not verb.places})


def _is_adnominal(reading: Reading) -> bool:
    return reading.kind in ("adjective", "exist") and reading.ending in ("은", "는")


def opens_phrase(reading: Reading | None) -> bool:
    """Whether a noun phrase can begin with the word."""
    return reading is not None and (reading.kind in OPENERS or _is_adnominal(reading))


def _after_stem(last: Reading, word: Reading | None) -> Iterator[Weight]:
    """What the ending of a verb or adjective asks of the next word."""
    follows = word.head if word else ""
    ending = last.ending
    if last.kind == "verb" and ending == "은":
        wanted: tuple[str, ...] = ("후",)
    elif _is_adnominal(last):
        if not opens_phrase(word):
            yield 8.0, "adnominal"
        return
    else:
        wanted = AFTER.get(ending, ())
    helps = follows in ("않", "못하", "하", "되", "말")
    bound = word is not None and (word.kind == "bound" or helps)
    if wanted and not (bound and follows in wanted):
        relative = ending in ("은", "을") and opens_phrase(word)
        yield (6.0, "relative") if relative else (10.0, "dangling")
    if ending in FINITE and word:
        yield 6.0, "middle"


def _after_name(before: Sequence[Reading], word: Reading | None) -> Iterator[Weight]:
    """What a noun without a particle asks of the next word."""
    last = before[-1]
    if word is None:
        return
    if last.kind == "pronoun":
        named = last.head in MARKED or (last.head == "어디" and word.head == "있")
        before_noun = word.kind in (*OPENERS, "relation") and word.kind != "pronoun"
        if not (named and (before_noun or _is_adnominal(word))):
            yield 5.0, "bare"
    elif last.kind == "noun":
        if word.kind == "copula" and word.head in ("누구", "무엇", "어디"):
            yield 4.0, "bare"  # 이 사람 누구니
        elif last.head == "시간" and len(before) > 1 and before[-2].kind == "numeral":
            return  # 두 시간 공부했다
        elif word.kind in (*STEMS, "adverb") and not _is_adnominal(word):
            yield 4.0, "bare"
        elif word.kind in ("noun", "pronoun", "possessive", "determiner", "copula", "time"):
            yield 6.5, ""
        elif _is_adnominal(word):
            yield 4.0, "bare"
        elif word.kind in ("numeral", "bound"):
            yield 0.5, ""


def _expected(before: Sequence[Reading], word: Reading | None) -> Iterator[Weight]:
    """What numerals, determiners and adverbs ask of the next word, and counters of the last."""
    last = before[-1]
    kind = word.kind if word else ""
    if last.kind == "numeral":
        if kind == "counter":
            named = len(before) > 1 and before[-2].kind in ("noun", "relation")
            told = named or last.head != "네"
            yield (0.0 if told else 0.05 if word and word.ending == "이/가" else 0.15), ""
        elif opens_phrase(word) and kind not in ("numeral", "determiner", "pronoun"):
            yield (0.3 if last.head == "한" else 1.0), ""
        else:
            yield 6.0, "numeral"
    elif kind == "counter" or is_unit(word):
        yield 6.0, "uncounted"
    hours = ("시간",), ("시", "에"), ("시", "부터"), ("시", "까지")
    if last.cut == ("너", "의") and word and word.cut in hours:
        yield 1.0, ""  # four o'clock, not your poem
    mine = word is not None and word.head == "것" and last.kind == "possessive"
    fits = (opens_phrase(word) or mine) and kind != "pronoun"
    if last.kind in ("determiner", "possessive") and not fits:
        yield 6.0, "determiner"
    people = len(before) > 2 and before[-3].kind == "noun"
    if last.cut == ("분",) and kind in PREDICATES and not people:
        yield 6.0, "numeral"  # ten minutes, not ten persons
    if last.cut in (("안",), ("못",)) and (kind not in PREDICATES or kind == "exist"):
        yield 3.0, "adverb"


def _is_listed(deed: Reading, word: Reading) -> bool:
    """Whether a verb in 하고 may be a thing to eat that is listed with the next: 사과하고."""
    kinds = {n.kind for n in NOUN.values() if n.korean + "하" == deed.head}
    return bool(kinds & EATEN & {n.kind for n in NOUN.values() if n.korean == word.head})


def is_unit(word: Reading | None) -> bool:
    """Whether the word is 이다 after a counter that is no noun, or after 나: 부니, 나니."""
    if not word or word.kind != "copula":
        return False
    return word.head == "나" or word.head in COUNTERS - NOUN_NAMES


def _is_told_of(before: Sequence[Reading], verb: str, objects_: frozenset[str]) -> bool:
    """Whether the clauses before have the verb or one of its objects: 옷이 비싸지만 나는 산다."""
    ends = [i for i, r in enumerate(before) if r.kind in PREDICATES]
    earlier = before[: ends[-1] + 1] if ends else ()
    return any(r.head == verb if r.kind == "verb" else r.head in objects_ for r in earlier)


def _object(before: Sequence[Reading], word: Reading) -> Iterator[Weight]:
    """Whether the predicate takes the object that stands before it, or misses one."""
    found: Reading | None = None
    name = ""
    for i in range(len(before) - 1, -1, -1):
        earlier = before[i]
        alone = earlier.ending in ("만", "도") and earlier.kind in NAMES
        told = alone and word.kind == "verb" and earlier.head in objects().get(word.head, ())
        told = told and all(r.ending != "에" for r in before[i:])  # 닭도 농장에 산다: lives
        if earlier.ending == "을/를" or told:
            found = earlier
            counted = earlier.kind == "counter" and i > 1 and before[i - 2].kind == "noun"
            name = before[i - 2].head if counted else earlier.head
            break
        if earlier.kind in PREDICATES and not _is_adnominal(earlier):
            break
    helps = bool(before) and before[-1].ending in ("고", "지", "어야", "어")
    if word.kind != "verb":
        if found and not _is_adnominal(word):
            yield 5.0, "object"
        return
    if len(word.cut) > 2 or word.head not in objects() or (word.head == "하" and helps):
        return
    taken = objects()[word.head]
    if found and taken == {""}:
        yield 1.5, ""
    elif found:
        if name not in taken:
            yield (0.25 if found.kind == "counter" else 0.6), ""
    elif "" not in taken:
        yield (0.0 if _is_told_of(before, word.head, taken) else 1.0), ""
    elif word.head in dwelling() and before and before[-1].cut == ("못",):
        placed = any(r.ending in ("에", "에서") for r in before)
        yield (0.0 if placed else 1.5), ""  # 옷이 비싸서 못 산다: buys
    elif word.head in dwelling() and not any(r.ending in ("에", "에서") for r in before):
        yield 0.3, ""


def _likeness(before: Sequence[Reading], word: Reading) -> Iterator[Weight]:
    """What only decides between two words that are written alike."""
    if word.cut == ("별", "로"):
        yield 1.0, ""  # 별로 없다: few, rather than with a star
    if word.ending == "과/와" and word.head + "하" in objects():
        yield 0.5, ""  # 일하고: works, rather than with the work
    if not before:
        return
    last = before[-1]
    if last.kind == "verb" and last.ending == "고" and _is_listed(last, word):
        yield 1.0, ""  # 사과하고 배를 샀다: apples and pears, not an apology
    if last.ending == "과/와" and word.head in ("있", "싶"):
        yield 1.0, ""  # 여행하고 있다
    if word.kind == "possessive" and last.kind == "noun" and not last.ending:
        yield 4.0, ""
    if word.head == "않" and last.ending == "지" and (last.kind == "verb") != (word.kind == "verb"):
        yield 0.5, ""  # 어렵지 않다, 가지 않는다


def weigh(before: Sequence[Reading], word: Reading | None) -> Iterator[Weight]:
    """The weights of a reading after those before it; None is the end of the sentence."""
    last = before[-1] if before else None
    if last:
        if last.kind in STEMS:
            yield from _after_stem(last, word)
        elif last.ending in FINITE and word:
            yield 6.0, "middle"
        elif last.ending == "" and last.kind in NAMES:
            yield from _after_name(before, word)
        elif last.cut == ("안",) and last.kind == "relation" and word and word.kind in STEMS:
            yield 4.0, "bare"  # 학교 안 갔다: did not go, rather than inside
        yield from _expected(before, word)
    elif word and word.kind == "counter":
        yield 6.0, "uncounted"
    if word is None:
        if not last or last.ending not in FINITE:
            yield 10.0, "unfinished"
        return
    yield from _likeness(before, word)
    if word.kind == "bound" and word.head in CALLED_FOR:
        owned = last is not None and last.ending == "의" and word.head == "것"
        if not last or not (owned or last.ending in CALLED_FOR[word.head]):
            yield 6.0, "bound"
    elif word.kind == "bound" and (
        not last or last.kind not in (*STEMS, *NAMES) or (last.kind in NAMES and last.ending)
    ):
        yield 6.0, "bound"
    if word.head in ("싶", "있") and last and last.kind == "copula" and last.ending == "이고":
        yield 10.0, "dangling"
    first = not before or before[-1].ending in FINITE
    if word.cut in CONJUNCTIONS and (first or word.head == "그리"):
        drawn = any(r.ending == "을/를" for r in before)
        yield (0.0, "") if drawn and not first else (4.0, "conjunction")
    if word.kind in PREDICATES:
        yield from _object(before, word)


def choose(options: Sequence[Sequence[tuple[Reading, ...]]]) -> Choice:
    """Choose a way to read each word; `options` holds for each word the readings of its parts."""
    beams: list[tuple[float, tuple[Reading, ...], tuple[Fault, ...]]] = [(0.0, (), ())]
    for place, ways in enumerate([*options, ((None,),)]):
        grown = []
        for (cost, before, faults), way in product(beams, ways):
            for word in way:
                for weight, name in weigh(before, word):
                    cost += weight
                    if name:
                        faults = (*faults, Fault(name, place))
                if word is not None:
                    before = (*before, word)
            grown.append((cost, before, faults))
        grown.sort(key=lambda beam: beam[0])
        beams = grown[:WIDTH]
    cost, best, faults = beams[0]
    for other_cost, other, _ in beams[1:]:
        if other_cost > cost + CLOSE:
            break
        exists = any(reading.kind == "exist" for reading in best)  # 네 개가 있다
        if exists and morphemes_of(other) != morphemes_of(best):
            return Choice(best, faults, other, cost)
    return Choice(best, faults, cost=cost)


def morphemes_of(readings: Sequence[Reading]) -> list[str]:
    """The morphemes of the readings in a row."""
    return [morpheme for reading in readings for morpheme in reading.cut]
