"""Every word form that the grammar can write, with its cuts and what kind of word each cut is.

All comes from the grammar's own tables: a word or an ending that is added there is read here.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from ..clause import (
    BOUND_NOUNS,
    CONTRACTED_SUBJECTS,
    COPULA,
    ENDINGS,
    POSSESSIVES,
    copula_surface,
)
from ..hangul import attach, particle
from ..lexicon import ADJECTIVE, NOUN, VERB, rows
from ..phrases import PLURALISED
from ..tables.times import DEGREES, FREQUENCIES, NUMERALS, TIMES
from ..tables.verbs import MANNERS

Cut = tuple[str, ...]


class Reading(NamedTuple):
    """One way to read a written word.

    `kind` is noun, pronoun, time, counter, numeral, determiner, possessive, adverb, bound, verb,
    adjective, exist (있다, 없다) or copula (a noun with 이다).  `ending` is the particle of a noun
    ("을/를"), or the ending of a stem in the shape that `hangul.attach` takes ("는다").
    """

    cut: Cut
    kind: str
    ending: str = ""

    @property
    def head(self) -> str:
        """The noun or the stem."""
        return self.cut[0]


PARTICLES = tuple("은/는 이/가 을/를 과/와 에 에서 에게 의 도 보다 으로/로 만 부터 까지".split())
PARTICLE_SHAPES = frozenset(shape for pair in PARTICLES for shape in pair.split("/"))
PRONOUN_WORDS = tuple(
    "나 너 그 그녀 우리 너희 그들 누구 무엇 어디 이것 저것 그것 여기 저기 거기 얼마".split()
)
DETERMINERS = tuple("그 이 저 새 무슨".split())
COUNTING = (*NUMERALS, "몇")
ADVERBS = tuple("안 못 더 지금 언제 왜 아직 벌써 아마 제일 별로".split())
RELATION_WORDS = ("위", "안", "옆", "뒤", "앞", "아래")
AUXILIARIES = (
    ("있", "exist"), ("없", "exist"), ("않", "verb"), ("않", "adjective"), ("싶", "adjective"),
    ("하", "verb"), ("아니", "adjective"), ("많", "adjective"), ("필요하", "adjective"),
    ("생각하", "verb"), ("말하", "verb"), ("믿", "verb"), ("고프", "adjective"), ("오", "verb"),
    ("못하", "verb"),
)  # fmt: skip
# Stems whose past is also written unfused: 보았다, 주었다, 되었다, 하였다.
OPEN_STEMS = ("보", "주", "하", "되", "피", "추", "아니", "꾸")
IRREGULAR_STATES = (("부르", "르"), ("마르", "르"))
NOUN_NAMES = frozenset(n.korean for n in NOUN.values())
# Morphemes that the tables hold and no training sentence does: a model has not seen them.
UNWRITTEN = frozenset(("곳",))
COUNTERS = frozenset(n.counter for n in NOUN.values() if n.counter) - UNWRITTEN
COPULAS = frozenset(form for pair in COPULA.values() for form in pair)
STATEMENTS = frozenset((*ENDINGS["statement"], *COPULA["statement"]))
QUESTIONS = frozenset((*ENDINGS["question"], *COPULA["question"]))
BIDDINGS = frozenset((*ENDINGS["let"], *ENDINGS["order"]))  # 가자, 가라
FINITE = STATEMENTS | QUESTIONS | BIDDINGS
# The kinds of endings that only verbs take.
NOT_OF_STATES = ("before", "after", "while", "to", "let", "order")


def verb_endings() -> set[str]:
    """Every ending that a verb takes in the grammar."""
    own = {e for present, _, past in ENDINGS.values() for e in (present, past)}
    return own | {"고", "지", "을", "어야"}


def adjective_endings() -> set[str]:
    """Every ending that an adjective takes in the grammar."""
    kinds = [kind for kind in ENDINGS if kind not in NOT_OF_STATES]
    own = {ending for kind in kinds for ending in ENDINGS[kind][1:]}
    return own | {"고", "지", "을", "은"}


def adnominal(stem: str) -> str:
    """The ending that puts an adjective before its noun."""
    return "는" if stem[-1] in "있없" else "은"


class Stem(NamedTuple):
    """A stem with its class and what kind of word it makes."""

    stem: str
    irregular: str
    kind: str


@lru_cache(maxsize=1)
def stems() -> tuple[Stem, ...]:
    """All stems of the grammar, each kind once."""
    found = [Stem(v.stem, v.irregular, "verb") for v in VERB]
    for a in ADJECTIVE:
        found.append(Stem(a.stem, a.irregular, "adjective"))
    found += [Stem(stem, "", kind) for stem, kind in AUXILIARIES]
    found += [Stem(stem, irregular, "adjective") for stem, irregular in IRREGULAR_STATES]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """Every noun and pronoun as it is written."""
    return tuple(dict.fromkeys([*(n.korean for n in NOUN.values()), *PRONOUN_WORDS]))


class _Table:
    """Collects readings under the words that are written."""

    def __init__(self) -> None:
        self.readings: dict[str, dict[Reading, None]] = {}

    def add(self, surface: str, cut: Iterable[str], kind: str, ending: str = "") -> None:
        whole = tuple(cut)
        if UNWRITTEN.isdisjoint(whole):
            self.readings.setdefault(surface, {})[Reading(whole, kind, ending)] = None

    def inflected(self, stem: Stem, endings: set[str]) -> None:
        for ending in endings:
            for contract in (True, False) if stem.stem.endswith(OPEN_STEMS) else (True,):
                surface, shape = attach(stem.stem, ending, stem.irregular, contract)
                self.add(surface, (stem.stem, shape), stem.kind, ending)

    def noun(
        self, surface: str, cut: Cut, kind: str = "noun", particles: tuple[str, ...] = PARTICLES
    ) -> None:
        """A noun alone, with every particle, and with 이다 in every form."""
        self.add(surface, cut, kind)
        for pair in particles:
            self.add(join_particle(surface, pair), (*cut, particle(surface, pair)), kind, pair)
        for form in COPULAS:
            whole = (*cut, form)
            self.add(copula_surface(surface, form), whole, "copula", form)
            self.add(surface + form, whole, "copula", form)
            fuses = particle(surface, "이/가") == "가" and form[0] == "이" and len(form) > 1
            if fuses and not form.startswith("이었"):
                self.add(surface + form[1:], whole, "copula", form)


def join_particle(noun: str, pair: str) -> str:
    """The noun with its particle, as it is written: 내가, 책이."""
    shape = particle(noun, pair)
    return CONTRACTED_SUBJECTS.get((noun, shape), noun + shape)


def _add_stems(table: _Table) -> None:
    """Verbs and adjectives with their endings; 싶어 and 기뻐하다."""
    for stem in stems():
        if stem.kind == "verb":
            table.inflected(stem, verb_endings())
            continue
        before_noun = {adnominal(stem.stem)} if stem.stem not in dict(AUXILIARIES) else set()
        table.inflected(stem, adjective_endings() - {"은"} | before_noun)
    table.add("마라", ("말", "아라"), "verb", "어라")
    table.add("말자", ("말", "자"), "verb", "자")
    table.add("싶어", ("싶", "어"), "adjective", "어")
    for adjective in ADJECTIVE:
        felt, shape = attach(adjective.stem, "어", adjective.irregular)
        if "felt" in adjective.flags or ("mind" in adjective.flags and shape == "어"):
            for ending in verb_endings():
                rest, last = attach("하", ending)
                table.add(felt + rest, (adjective.stem, shape, "하", last), "verb", ending)


def _add_nouns(table: _Table) -> None:
    """Nouns, pronouns and counters."""
    several = {NOUN[key].korean for key in PLURALISED}
    for name in dict.fromkeys(n.korean for n in NOUN.values()):
        table.noun(name, (name,))
        if name in several:
            table.noun(name + "들", (name, "들"))
    for name in PRONOUN_WORDS:  # 그만 is: stop it
        fitting = tuple(p for p in PARTICLES if (name, p) != ("그", "만"))
        table.noun(name, (name,), "pronoun", fitting)
    for name in ("우리", "너희"):
        table.noun(name + "들", (name, "들"), "pronoun")
    for key, written in POSSESSIVES.items():
        table.add(written, (key, "의"), "possessive", "의")
    for counter in sorted(COUNTERS):
        table.noun(counter, (counter,), "counter")
    table.noun("하나", ("하나",), "time")  # it stands alone like a time: 질문 하나
    table.noun("키", ("키",))


def _add_times(table: _Table) -> None:
    """오늘, 아침에, 일요일마다, and the same with other particles: 오늘은, 일요일은."""
    for row in rows(TIMES):
        for word in row[0].split():
            mark = next((m for m in ("마다", "에") if word.endswith(m)), "")
            stem = word.removesuffix(mark)
            table.add(word, (stem, mark) if mark else (stem,), "time", mark)
            table.noun(stem, (stem,), "time")
            table.add(stem + "마다", (stem, "마다"), "time", "마다")
    table.noun("지금", ("지금",), "time", ("은/는", "도"))
    for mark in ("에", "부터", "까지"):
        table.add("시" + mark, ("시", mark), "counter", mark)
    table.add("시", ("시",), "counter")


@lru_cache(maxsize=1)
def readings() -> dict[str, tuple[Reading, ...]]:
    """Every word form of the grammar, with its readings."""
    table = _Table()
    _add_stems(table)
    _add_nouns(table)
    _add_times(table)
    for kind, words in (
        ("numeral", COUNTING),
        ("determiner", DETERMINERS),
        ("adverb", (*ADVERBS, *FREQUENCIES, *DEGREES, *(row[0] for row in rows(MANNERS)))),
    ):
        for word in words:
            table.add(word, (word,), kind)
    for word in RELATION_WORDS:
        table.noun(word, (word,), "relation", ("에", "에서"))
    table.add("수", ("수",), "bound")
    table.add("동안", ("동안",), "bound")
    for bound in BOUND_NOUNS.values():
        table.add("".join(bound), bound, "bound")
    for form in COPULAS:
        table.add("것" + form, ("것", form), "bound", form)
    table.add("거니", ("것", "이니"), "bound", "이니")
    return {surface: tuple(found) for surface, found in table.readings.items()}


@lru_cache(maxsize=1)
def forms() -> dict[str, tuple[Cut, ...]]:
    """Every word form of the grammar, with its cuts."""
    return {s: tuple(dict.fromkeys(r.cut for r in found)) for s, found in readings().items()}


@lru_cache(maxsize=1)
def morphemes() -> frozenset[str]:
    """Every morpheme of the grammar."""
    return frozenset(m for cuts in forms().values() for c in cuts for m in c)


@lru_cache(maxsize=1)
def endings() -> frozenset[str]:
    """The endings that a clause can close with, in every shape: 는다, ㄴ다, 았다, 고, 이다."""
    wanted = verb_endings() | adjective_endings()
    last = {attach(s.stem, e, s.irregular)[1] for s in stems() for e in wanted}
    return frozenset((last | COPULAS) & morphemes() - {"기", "지", "을", "ㄹ", "은", "ㄴ"})


@lru_cache(maxsize=1)
def classes() -> dict[tuple[str, str], str]:
    """The irregular class of every stem of a kind."""
    return {(s.stem, s.kind): s.irregular for s in stems()}


def write(reading: Reading, ending: str) -> str:
    """The word of a verb or adjective with another ending; `는다` is 다 after an adjective."""
    if ending == "는다" and reading.kind != "verb":
        ending = "다"
    *before, stem, _ = reading.cut
    irregular = classes().get((stem, reading.kind), "")
    if before:  # 기쁘 + 어 + 하
        first, shape = before
        irregular_first = classes().get((first, "adjective"), "")
        assert shape
        return attach(first, "어", irregular_first)[0] + attach(stem, ending)[0]
    return attach(stem, ending, irregular)[0]
