"""Words of the grammar that can stand where an unknown word stands, by the grammar's own tables."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from ..hangul import decompose, is_syllable
from ..lexicon import Verb
from .choosing import objects
from .foreign import stem_word
from .forms import (
    ADJECTIVE,
    DEGREES,
    NOUN,
    PARTICLES,
    PRONOUN_WORDS,
    VERB,
    Reading,
    copula_surface,
    join_particle,
    stems,
)

HOW_MANY = 4
GOALS = {"to", "on", "arrive", "into", "bare", "stative"}  # of verbs whose place takes 에
# What a noun of a class is: 서울은 도시이다.
IS_A = {"town": "도시", "fruit": "과일", "vegetable": "채소", "dish": "음식", "food": "음식",
        "flower": "꽃", "tree": "나무", "book": "책", "name": "친구"}  # fmt: skip
POINTERS = ("이것", "그것", "저것")
# What a word that joins clauses ends in, and the ending that joins them in the grammar.
JOINTS = (("다고", "는다고"), ("지만", "지만"), ("서", "어서"), ("면", "으면"), ("고", "고"),
          ("기", "기"), ("는데", "지만"), ("니까", "고"))  # fmt: skip


@lru_cache(maxsize=1)
def _by_length() -> list[tuple[str, str]]:
    """Every particle shape with its pair, the longest first."""
    shapes = [(shape, pair) for pair in PARTICLES for shape in pair.split("/")]
    return sorted(shapes, key=lambda s: -len(s[0]))


def is_past(word: str) -> bool:
    """Whether a word form is in the past: 갔다, but not 있다."""
    return any(is_syllable(c) and decompose(c)[2] == "ㅆ" and c not in "있겠" for c in word)


def _koreans(keys: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(NOUN[key].korean for key in keys if key in NOUN))


def _of_kind(*kinds: str) -> list[str]:
    return [n.korean for n in NOUN.values() if n.kind in kinds]


def _nouns_for(pair: str, before: Sequence[Reading], later: Sequence[Reading]) -> list[str]:
    """Nouns that can stand with a particle before the words that follow."""
    said = next((r for r in later if r.kind in ("verb", "adjective", "copula")), None)
    if said is None:
        placed = any(r.kind == "relation" or r.ending == "에" for r in before)
        things = _of_kind("thing")[:HOW_MANY] if placed else ["돈"] if before else []
        return [*(things if pair == "이/가" else []), *_nouns_by_default(pair)]
    if said.head == "언제":
        return _of_kind("event")[:HOW_MANY]
    found: list[str] = []
    verbs = [v for v in VERB if v.stem == said.head] if said.kind == "verb" else []
    with_object = {r.head for r in later if r.ending == "을/를"}
    fitting = [v for v in verbs if with_object & set(_koreans(v.objects))] or verbs
    pair = {"만": "을/를", "까지": "에", "부터": "에"}.get(pair, pair)
    if pair == "을/를" and verbs and not any(v.objects for v in verbs):
        return [""]
    if pair == "에" and verbs and not any(v.places for v in verbs):
        return ["아침"]
    if pair == "을/를" and said.head.endswith("하") and any(r.ending == "에게" for r in before):
        found = ["전화"]  # 친구한테 전화를 했다, not 숙제를
    elif pair == "을/를":
        found = [noun for v in verbs for noun in _koreans(v.objects)[:3]]
    elif pair in ("에", "에서", "으로/로"):
        found = [noun for v in fitting for noun in _koreans(v.places)[:3]]
    elif pair in ("은/는", "이/가", "도") and fitting:
        found = [noun for v in fitting for noun in _koreans(v.subjects)[:2]]
    elif said.head in ("많", "필요하") and pair == "이/가" and before:
        found = ["돈", "시간"]
    elif said.kind == "adjective":
        described = [a for a in ADJECTIVE if a.stem == said.head]
        found = [noun for a in described for noun in _koreans(a.nouns)[:3]]
    elif said.kind == "copula" and said.head not in _of_kind("person", "kin", "name"):
        found = [] if before else [*POINTERS]
    return [*found[:HOW_MANY], *_nouns_by_default(pair)]


def _nouns_by_default(pair: str) -> list[str]:
    if pair == "을/를":
        return _of_kind("book")[:HOW_MANY]
    if pair in ("에", "에서", "으로/로"):
        return _of_kind("place")[:HOW_MANY]
    return _of_kind("person", "name")[:HOW_MANY]


def is_person(name: str) -> bool:
    """Whether the noun names a person."""
    return any(n.is_human for n in NOUN.values() if n.korean == name)


def wants_person(pair: str, later: Sequence[Reading]) -> bool:
    """Whether mostly persons stand before the particle and what is said of them."""
    said = next((r for r in later if r.kind in ("verb", "adjective", "copula")), None)
    if pair == "에게":
        return True
    if said is None or pair not in ("은/는", "이/가", "도", "과/와"):
        return False
    if said.kind == "copula":
        return is_person(said.head)
    verbs = [v.subjects for v in VERB if v.stem == said.head and said.kind == "verb"]
    states = [a.nouns for a in ADJECTIVE if a.stem == said.head and said.kind == "adjective"]
    keys = {key for subjects in (*verbs, *states) for key in subjects}
    human = [key in NOUN and NOUN[key].is_human for key in keys]
    return 2 * sum(human) > len(human)


def person_for(
    word: str, later: Sequence[Reading], sure: bool = False, words: Sequence[str] = ()
) -> list[str]:
    """The names of the corpus in place of another name with its particle: 지수는, 태현이가.

    It is `sure` to be a name where 씨 stands behind it; a name that `words` hold is no other's.
    """
    text = " ".join(words)
    names = [n for n in _of_kind("name") if n not in text or word[1:].startswith(n)]
    names.sort(key=lambda n: not word[1:].startswith(n))  # 김민수는
    for shape, pair in (*_by_length(), ("한테", "에게"), ("께서", "이/가"), ("랑", "과/와")):
        noun = word.removesuffix(shape)
        if noun != word and len(noun) in (2, 3) and all(is_syllable(c) for c in word):
            fits = sure or wants_person(pair, later)
            return [join_particle(name, pair) for name in names[:1] if fits]
    return [f"{names[0]}는", f"{names[0]}의", names[0]] if sure and len(word) in (2, 3) else []


def _takes_place(verb: Verb, places: dict[str, str]) -> bool:
    """Whether one of the places, with its particle, can stand with the verb."""
    particle = "에" if verb.flags & GOALS else "에서"
    return any(places.get(noun, "") == particle for noun in _koreans(verb.places))


def _predicates(ending: str, before: Sequence[Reading]) -> list[str]:
    """Verbs that take the object before them, or else what can be said of the subject."""
    taken = next((r.head for r in reversed(before) if r.ending == "을/를"), "")
    places = {r.head: r.ending for r in before if r.ending in ("에", "에서", "으로/로")}
    subject = next((r.head for r in reversed(before) if r.ending in ("은/는", "이/가", "도")), "")
    if subject in PRONOUN_WORDS and subject not in POINTERS:
        subject = "친구"
    if taken in PRONOUN_WORDS and taken not in (*POINTERS, "무엇"):
        taken = "친구"
    fitting: set[tuple[str, str]] = set()
    if taken:
        fitting = {(s, "verb") for s, nouns in objects().items() if taken in nouns}
    elif places and (not subject or is_person(subject)):
        fitting = {(v.stem, "verb") for v in VERB if not v.objects and _takes_place(v, places)}
    if places and not fitting and "에" in places.values() and is_person(subject):
        fitting = {("가", "verb")}
    if not fitting and any(r.ending == "에게" for r in before):
        fitting = {("전화하", "verb")}
    plain = (*DEGREES, "안", "못")
    done = bool(before) and before[-1].kind == "adverb" and before[-1].head not in plain
    if not fitting and not taken and subject and not done:
        fitting = {(a.stem, "adjective") for a in ADJECTIVE if subject in _koreans(a.nouns)}
        if not fitting or (ending.startswith("었") and is_person(subject)):
            fitting = {
                (v.stem, "verb") for v in VERB if not v.objects and subject in _koreans(v.subjects)
            }
    if not fitting and subject and not done and not is_person(subject):
        fitting = {("좋", "adjective")}
    if not fitting:
        fitting = {(s, "verb") for s, nouns in objects().items() if "" in nouns}
    return [stem_word(s, ending) for s in stems() if (s.stem, s.kind) in fitting][:HOW_MANY]


def topic_of(before: Sequence[Reading]) -> str:
    """What the sentence is about: what has 은 or 는, or else the last subject."""
    marked = [r.head for r in before if r.ending == "은/는"]
    named = [r.head for r in before if r.ending in ("이/가", "도")]
    return (marked[:1] or named[-1:] or [""])[0]


def last_words(word: str, before: Sequence[Reading], asked: bool) -> list[str]:
    """Predicates for the end of the sentence, in the tense of the unknown word."""
    pointed = any(r.head in POINTERS for r in before)
    form = "이니" if asked else "이다"
    topic = topic_of(before)
    kinds = {n.kind for n in NOUN.values() if n.korean == topic}
    likely = [IS_A[kind] for kind in sorted(kinds & IS_A.keys())]
    likely += ["책", "학생"] if pointed else ["학생"] if not kinds or is_person(topic) else []
    copulas = [copula_surface(noun, form) for noun in likely]
    past = "었" * is_past(word)
    verbs = _predicates(past + ("니" if asked else "다" if past else "는다"), before)
    named = pointed or word.endswith(("이다", "이니", "입니다", "이에요", "예요", "이야"))
    return [*copulas, *verbs] if named else [*verbs, *copulas]


def in_place(word: str, before: Sequence[Reading], later: Sequence[Reading]) -> list[str]:
    """Words that can stand for an unknown one within the sentence; "" is none at all."""
    for shape, ending in JOINTS:
        joins = word.endswith(shape) and not word.endswith("에서") and len(word) > len(shape)
        if joins and before:
            return _predicates(ending, before)
    for shape, pair in _by_length():
        if word.endswith(shape) and len(word) > len(shape):
            nouns = _nouns_for(pair, before, later)
            if before and before[-1].head in ("우리", "너희", "나", "너") and not before[-1].ending:
                nouns.sort(key=lambda noun: noun in _of_kind("name"))  # 우리 친구가
            elif before and not before[-1].ending and is_person(before[-1].head):
                nouns = _of_kind("name")[:HOW_MANY]  # 배우 민수를
            return [join_particle(noun, pair) if noun else "" for noun in nouns]
    return [""]


def swapped(word: str, noun: str) -> str:
    """The known noun with the particle of the unknown word."""
    for shape, pair in _by_length():
        if word.endswith(shape):
            return join_particle(noun, pair)
    return noun
