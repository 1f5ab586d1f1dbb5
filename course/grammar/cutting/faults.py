"""What to write where the words are known and do not make a sentence of the grammar."""

from __future__ import annotations

from collections.abc import Iterator

from ..hangul import final
from .choosing import PREDICATES, STEMS, Fault, objects, opens_phrase
from .foreign import PHRASES, stem_word
from .forms import (
    COPULAS,
    FINITE,
    NOUN,
    STATEMENTS,
    VERB,
    Reading,
    Stem,
    classes,
    copula_surface,
    join_particle,
)
from .repair import Repair
from .repairs import (
    foreign_repairs,
    noun_repairs,
    pattern_repairs,
    stem_forms,
    takes,
)
from .spelling import CONTRACTIONS, ways
from .stand_in import POINTERS, last_words


def finite(reading: Reading, asked: bool, kind: str = "") -> str:
    """The word that ends a sentence (or goes on with `kind`), in the tense of the reading."""
    past = any(final(m[:1]) == "ㅆ" for m in (reading.ending or " ") if "가" <= m[:1] <= "힣")
    if reading.kind == "copula":
        noun = "".join(reading.cut[:-1])
        form = ("이었" if past else "이") + (kind or ("니" if asked else "다"))
        return copula_surface(noun, form) if form in COPULAS else ""
    ending = kind or ("니" if asked else "다" if past else "는다")
    stem = Stem(reading.cut[-2], classes().get((reading.cut[-2], reading.kind), ""), reading.kind)
    if len(reading.cut) != 2:
        return ""
    return stem_word(stem, ("었" if past else "") + ending)


def plain_noun(reading: Reading) -> str:
    """The noun of a reading without its particle."""
    return "".join(reading.cut[:-1] if reading.ending else reading.cut)


def _particles(noun: Reading, later: list[Reading]) -> tuple[str, ...]:
    """The particles that a bare noun may lack, the likeliest first."""
    name = noun.head
    verb = next((r for r in later if r.kind in PREDICATES), None)
    if verb and verb.head == "되":
        return ("이/가",)
    if name in POINTERS and verb and "" not in objects().get(verb.head, ("",)):
        return ("을/를", "은/는")
    if name in ("나", "너", "그", "그녀", "그들", "우리", "너희", "이것", "그것", "저것"):
        return ("은/는", "이/가", "을/를")
    if name in ("어디", "여기", "거기", "저기"):
        return ("에", "에서")
    if name == "무엇" and (not verb or verb.kind == "verb"):
        return ("을/를", "이/가", "에")
    if verb and verb.kind == "verb":
        if takes(verb.head, name):
            return ("을/를", "이/가", "에")
        places = {
            NOUN[key].korean for v in VERB if v.stem == verb.head for key in v.places if key in NOUN
        }
        if name in places:
            return ("에", "에서", "이/가")
        if "" not in objects().get(verb.head, ("",)):
            return ("을/를", "은/는", "이/가")
    return ("이/가", "은/는", "을/를", "에")


def _bare(
    words: tuple[str, ...], i: int, read: list[Reading], later: list[Reading]
) -> Iterator[Repair]:
    why = f"{words[i]!r} has no particle"
    *first, name = CONTRACTIONS.get(words[i], words[i]).split()
    if len(read) > 1 and read[-2].kind == "numeral":  # 한 시간 공부한다
        yield Repair(i - 1, i + 1, (), f"{' '.join(words[i - 1 : i + 1])!r} has no particle")
    for pair in _particles(read[-1], later):
        yield Repair(i, i + 1, (*first, join_particle(name, pair)), why)


def _unfinished(words: tuple[str, ...], read: list[Reading], asked: bool) -> Iterator[Repair]:
    """A verb, an adjective or 이다 for the end of the sentence."""
    last, i = read[-1], len(words) - 1
    why = f"there is no verb at the end, only {words[i]!r}"
    if last.kind in PREDICATES:
        ended = finite(last, asked)
        if ended:
            yield Repair(i, i + 1, (ended,), why)
        return
    named = last.kind in ("noun", "pronoun", "time", "counter")
    if named and not last.ending:
        copula = copula_surface(words[i], "이니" if asked else "이다")
        yield Repair(i, i + 1, (copula,), why)
    for predicate in last_words("", read, asked):
        yield Repair(i + 1, i + 1, (predicate,), why)


def _middle(words: tuple[str, ...], i: int, reading: Reading) -> Iterator[Repair]:
    """A verb that ends a sentence before others: join the sentences, or put it last."""
    why = f"{words[i]!r} ends a sentence, and other words follow"
    ending = {"하지만": "지만", "그리고": "고"}.get(words[i + 1], "")
    if ending and finite(reading, False, ending):
        yield Repair(i, i + 2, (finite(reading, False, ending),), why)
    joined = finite(reading, False, "고")
    if joined:
        yield Repair(i, i + 1, (joined,), why)


def _moved(words: tuple[str, ...], i: int) -> Iterator[Repair]:
    """The verb put last."""
    why = f"{words[i]!r} ends a sentence, and other words follow"
    yield Repair(i, len(words), (*words[i + 1 :], words[i]), why)


def _object(words: tuple[str, ...], i: int, read: list[list[Reading]]) -> Iterator[Repair]:
    """Another particle for an object before a predicate that takes none."""
    for j in range(i - 1, -1, -1):
        last = read[j][-1]
        if last.ending != "을/를":
            continue
        for k in range(j + 1, i):  # 한국어를 배우는 학생이 많다
            yield from relative_repairs(words, k)
        noun = plain_noun(last)
        taker = read[i][-1]
        what = "이다" if taker.kind == "copula" else "an adjective"
        why = (
            f"{words[j]!r} is an object, and {words[i]!r} takes none: {what} says what its subject "
            "is"
        )
        pairs = ("은/는", "이/가") if j == 0 else ("이/가", "은/는")
        for pair in pairs:
            yield Repair(j, j + 1, (join_particle(noun, pair),), why)
        return


def relative_repairs(words: tuple[str, ...], i: int) -> Iterator[Repair]:
    """Two sentences for a relative clause: 내가 산 책이 재미있다."""
    later = [r for w in (ways(words[i + 1]) if i + 1 < len(words) else ()) for r in w]
    for stem, ending in sorted(stem_forms(words[i]), key=lambda found: -_fits(found[0], later)):
        if ending not in ("은", "는", "던", "었던", "을") or i + 1 >= len(words):
            continue
        tense = {"는": "는다", "을": "을+것이다"}.get(ending, "었다")
        if stem.kind != "verb" and ending == "은":
            tense = "는다"  # 돈이 많은 사람
        found = ways(words[i + 1])
        head = next((w[-1] for w in found if w[-1].kind in ("noun", "pronoun", "copula")), None)
        if head is None:
            continue
        start, subject = _clause_start(words, i)
        noun = plain_noun(head)
        clause = list(words[start:i])
        objects_ = any(w.endswith(("을", "를")) for w in clause)
        topic = [w for w in words[:start] if w.endswith(("은", "는"))][:1]
        verb = _words_in(stem, tense)
        needs = "" not in objects().get(stem.stem, ("",)) and not subject
        if (takes(stem.stem, noun) or needs) and not objects_:
            first = [] if subject else topic or ["나는"]
            aside = [*first, *clause, join_particle(noun, "을/를"), *verb]
        elif subject and stem.kind != "verb":  # 돈이 없는 사람
            aside = ["그", join_particle(noun, "은/는"), *clause, *verb]
        elif subject:
            pair = "을/를" if "" not in objects().get(stem.stem, ("",)) else "에"
            aside = [*clause, join_particle(noun, pair), *verb]
        else:
            aside = [join_particle(noun, "이/가"), *clause, *verb]
        why = f"{' '.join(words[i : i + 2])!r} has a relative clause, which the grammar lacks"
        for before in (("그",), ()):
            yield Repair(start, i + 1, before, why, tuple(aside))


def _fits(stem: Stem, nouns: list[Reading]) -> bool:
    """Whether one of the nouns is an object or a place of the verb."""
    keys = {k for v in VERB if v.stem == stem.stem for k in (*v.objects, *v.places)}
    return any(NOUN[key].korean == r.head for key in keys & NOUN.keys() for r in nouns)


def _words_in(stem: Stem, template: str) -> list[str]:
    first, *rest = template.split("+")
    return [stem_word(stem, first), *rest]


def _clause_start(words: tuple[str, ...], i: int) -> tuple[int, bool]:
    """Where the relative clause of the verb at `i` begins, and whether it has its own subject."""
    start, subject = i, False
    while start > 0:
        found = ways(words[start - 1])
        last = found[0][-1] if found else None
        if last and (last.ending == "은/는" or (last.kind in STEMS and not opens_phrase(last))):
            break
        if (
            subject
            and not (last and not last.ending and last.kind != "adverb")
            and not (last and last.kind in ("possessive", "determiner"))
        ):
            break
        start -= 1
        subject = subject or bool(last and last.ending == "이/가")
    return start, subject


def fault_repairs(
    words: tuple[str, ...], fault: Fault, read: list[list[Reading]], asked: bool
) -> Iterator[Repair]:
    """The repairs of a named fault; `read` holds the readings of each word."""
    i = fault.place
    flat = [r for word in read[:i] for r in word]
    later = [r for word in read[i:] for r in word]
    yield from _other_forms(words, fault, asked)
    if fault.name == "relative" or (fault.name == "adnominal" and i < len(words)):
        yield from relative_repairs(words, i - 1)
    if fault.name == "bare":
        yield from _bare(words, i - 1, flat, later)
    elif fault.name == "unfinished":
        yield from _unfinished(words, flat, asked)
    elif fault.name == "middle":
        if read[-1][-1].ending not in FINITE:
            yield from _moved(words, i - 1)
        yield from _middle(words, i - 1, flat[-1])
    elif fault.name == "object":
        yield from _object(words, i, read)
    elif fault.name in ("dangling", "adnominal", "relative"):
        why = f"{words[i - 1]!r} has an ending that calls for another word after it"
        for kind in ("", "고"):
            ended = finite(flat[-1], asked, kind)
            if ended:
                yield Repair(i - 1, i, (ended,), why)
    else:
        yield from _misplaced(words, fault)


def _other_forms(words: tuple[str, ...], fault: Fault, asked: bool) -> Iterator[Repair]:
    """Plain forms for forms that the grammar lacks, at the fault and before it."""
    bare = fault.name == "bare"
    for j in (fault.place - 1, fault.place):
        if not 0 <= j < len(words):
            continue
        if words[j] in PHRASES and len(words) > 1:
            why = f"{words[j]!r} is a word of greeting or answering by itself"
            yield Repair(j, j + 1, (), why)
        if bare and j < fault.place:
            continue
        yield from pattern_repairs(words, j, asked)
        yield from noun_repairs(words, j, asked)
        if not bare:
            yield from foreign_repairs(words, j, asked)


def _misplaced(words: tuple[str, ...], fault: Fault) -> Iterator[Repair]:
    """The repairs of a small word that stands where it does not belong."""
    i = fault.place
    before = words[i - 1] if i else ""
    here = words[i] if i < len(words) else ""
    if fault.name == "uncounted":
        yield Repair(i, i, ("한",), f"{here!r} is a counter, and has no number before it")
    elif fault.name == "numeral":
        why = f"{before!r} is a number, and has no counter behind it"
        for counter in ("개를", "개가", "명이"):
            yield Repair(i, i, (counter,), why)
        yield Repair(i - 1, i, (), why)
    elif fault.name == "adverb" and here:
        if before == "안" and here.startswith("있"):
            why = f"{before + ' ' + here!r} is said with 없다"
            yield Repair(i - 1, i + 1, ("없" + here[1:],), why)
        why = f"{before!r} stands before a verb"
        yield Repair(i - 1, i + 1, (here, before), why)
        yield Repair(i - 1, len(words), (*words[i:-1], before, words[-1]), why)
    elif fault.name == "determiner":
        why = f"{before!r} stands before a noun"
        long = {"그": "그는", "이": "이것은", "저": "나는"}.get(before)
        yield from [Repair(i - 1, i, (long,), why)] if long else []
        yield Repair(i - 1, i, (), why)
    elif fault.name == "conjunction":
        yield Repair(i, i + 1, (), f"{here!r} does not begin a sentence in the grammar")
    elif fault.name == "bound":
        yield Repair(i, i + 1, (), f"{here!r} does not fit the word before it")


def question_repair(words: tuple[str, ...], read: list[list[Reading]]) -> Iterator[Repair]:
    """The question for a statement with a question mark."""
    last, i = read[-1][-1], len(words) - 1
    why = f"{words[i]!r} is a statement, and the sentence ends with a question mark"
    if last.ending in STATEMENTS:
        asked = "거니" if last.kind == "bound" else finite(last, True)
        if asked:
            yield Repair(i, i + 1, (asked,), why)
