"""What to write instead of a word that the grammar lacks, or of a word that does not fit.

Each function gives `Repair`s, the likeliest first; `advice` keeps those with which the sentence is
accepted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..hangul import final, is_syllable
from ..lexicon import rows
from ..tables.times import TIMES
from . import foreign as other
from .choosing import STEMS, objects
from .figures import figure_repairs, number_repairs, why_figures
from .forms import (
    COPULAS,
    NOUN,
    NOUN_NAMES,
    PARTICLE_SHAPES,
    Reading,
    Stem,
    classes,
    join_particle,
    names,
    readings,
)
from .idioms import THOUGHT, idiom_repairs
from .near import near, other_shape
from .repair import Repair
from .spelling import may_precede, run_together, ways
from .stand_in import in_place, is_past, last_words, person_for, swapped

STYLES = "is in the {} style, and says more than a plain form does"
BARE = "is in the {} style, and may be a statement; it may be a command, too"
UNSAID = {  # particles that the grammar lacks, and those that come nearest
    "에만": ("에",), "에서만": ("에서",), "에도": ("에",), "에서도": ("에서",), "에게도": ("에게",),
    "한테도": ("에게",), "에서부터": ("에서",), "에까지": ("에",), "조차": ("도",), "마저": ("도",),
    "에게서": ("의", "에게"), "한테서": ("의", "에게"), "로부터": ("에게", "에서"),
    "밖에": ("을/를",),
    "마다": ("에", "은/는"), "처럼": (), "같이": (), "만큼": ("보다",), "이나": (),
    "보고": ("에게",), "들은": ("은/는",), "들이": ("이/가",),
    "들을": ("을/를",), "들과": ("과/와",), "들에게": ("에게",), "들도": ("도",), "들의": ("의",),
    "으로써": ("으로/로",), "으로서": ("으로/로",), "님은": ("은/는",), "님이": ("이/가",),
    "야": ("은/는",), "아": ("은/는",), "이는": ("은/는",), "이가": ("이/가",),
}  # fmt: skip
HELPERS = "간|갈|온|올|있|없|보|봤|봅|본|볼|봐|주|줬|준|줄|줘|줍|버|두|뒀|놓|놨|드렸|달|왔|갔|와|가"
PATTERNS = (  # ending of the first word, what follows, what to write; T is the verb in its tense
    ("어", rf"({HELPERS})\S*", "V"),
    ("지", r"(못하|못한|못했|못할)\S*", "못"),
    ("을", r"줄 (알|아|안|압)\S*", "을+수+있다"), ("을", r"줄 (모|몰)\S*", "을+수+없다"),
    ("은", r"적[이은]? (있|없)\S*", "었다"),
    ("는", r"것 같\S*", "는다"), ("은", r"것 같\S*", "었다"), ("을", r"것 같\S*", "을+것이다"),
    ("어도", r"(되|돼|된|됩|괜찮)\S*", "을+수+있다"),
    ("으면", r"안 (되|돼|된|됩)\S*", "을+수+없다"),
    ("으면", r"(되|돼|된|됩)\S*", "을+수+있다"),
    ("는", r"중\S*", "고+있다"), ("기", r"시작\S*", "T"), ("기", r"위해서?", "고+싶어서"),
    ("기", r"위하여", "고+싶어서"), ("고", r"나서", "은+후에"), ("고", r"난 후에?", "은+후에"),
    ("은", r"후|다음에?|뒤에?", "은+후에"), ("을", r"때마다|때는|때에는?|때도", "을+때"),
    ("기", r"때문이\S*|때문입\S*", "T"), ("기", r"전에는|전", "기+전에"),
    ("으려고", r"(하|한|했|해|합)\S*", "고+싶다"), ("는", r"동안에?|도중에", "으면서"),
    ("지", r"(마|말)\S*", "지+않는다"), ("게", r"(되|돼|됐|된|됩)\S*", "T"),
    ("을", r"필요[가는도]? (있|없)\S*", "어야+한다"), ("고", r"(계|있으)\S*", "고+있다"),
)  # fmt: skip
BARE_TIMES = {row[0] for row in rows(TIMES) if not row[0].endswith(("에", "마다"))}
BOUND_STARTS = "적것줄중거수"  # bound nouns: 간 적이 있다
NOMINAL = re.compile(r"(것|거|걸|게)[을를이가은는도]?")


def style(word: str, why: str, ending: str = "", instead: str = "") -> str:
    """Why a foreign word form is refused."""
    if why == "casual" and ending == "어":
        return f"{word!r} {BARE.format(why)}"
    if why in ("polite", "casual"):
        return f"{word!r} {STYLES.format(why)}"
    if why == "honorific":
        return f"{word!r} has the honorific -시-, which the grammar lacks"
    if why == "dictionary":
        return f"{word!r} is the dictionary form, and a sentence ends with an inflected one"
    if why == "noun":
        return f"{word!r} is a verb used as a noun (-기), which the grammar lacks"
    if why == "synonym":
        return f"{word!r} is not in the grammar, {instead!r} is"
    if why == "state":
        return f"{word!r} has the ending -{ending} of verbs, and its stem is an adjective"
    return f"the ending -{ending} of {word!r} is not in the grammar"


def _missing(word: str) -> str:
    if any(c.isdigit() for c in word):
        return why_figures(word)
    if not all(is_syllable(c) for c in word):
        return f"{word!r} is not written in Hangul syllables"
    return f"{word!r} is not in the grammar"


def foreign_repairs(words: tuple[str, ...], i: int, asked: bool) -> Iterator[Repair]:
    """The plain forms of a polite, casual or dictionary form, or of an ending that is lacking."""
    word, is_last = words[i], i == len(words) - 1
    for entry in other.foreign().get(word, ()):
        late = entry.why in ("casual", "dictionary") and not is_last
        instead = entry.asked if asked and is_last else entry.instead
        if instead and not late:
            why = style(word, entry.why, entry.ending, instead)
            yield Repair(i, i + 1, tuple(instead.split()), why)
    for k in range(len(word) - 1, 0, -1):  # 갈거예요, 먹고싶어요
        first, rest = word[:k], word[k:]
        if rest not in other.foreign():
            continue
        heads = [(first,)] if first in readings() else run_together(first)[:2]
        for pieces in (p for p in heads if may_precede(p[-1], rest)):
            joined = (*words[:i], *pieces, rest, *words[i + 1 :])
            for repair in foreign_repairs(joined, i + len(pieces), asked):
                yield Repair(i, i + 1, (*pieces, *repair.words), repair.why)


def stem_forms(word: str) -> list[tuple[Stem, str]]:
    """The stems and endings that a word can have, those that the grammar lacks included."""
    found = []
    for reading in readings().get(word, ()):
        if reading.kind in STEMS and len(reading.cut) == 2:
            stem = Stem(reading.head, classes()[reading.head, reading.kind], reading.kind)
            found.append((stem, reading.ending))
    found += [(e.stem, e.ending) for e in other.foreign().get(word, ()) if e.stem]
    return found


def pattern_repairs(words: tuple[str, ...], i: int, asked: bool) -> Iterator[Repair]:
    """What to write for a form of several words: 먹어 봤다 -> 먹었다."""
    for k in range(len(words[i]) - 1, 0, -1):  # 가봤다
        first, rest = words[i][:k], words[i][k:]
        if words[i] in readings() or words[i] in other.foreign():
            break
        if stem_forms(first) and (len(rest) > 1 or stem_forms(rest)):
            apart = (*words[:i], first, rest, *words[i + 1 :])
            for repair in pattern_repairs(apart, i, asked):
                why = f"the form {words[i]!r} is not in the grammar"
                yield repair._replace(end=repair.end - 1, why=why)
    for stem, ending in stem_forms(words[i]):
        for first, rest, template in PATTERNS:
            if first != ending:
                continue
            for length in (1, 2):
                followers = " ".join(words[i + 1 : i + 1 + length])
                if len(words) < i + 1 + length or not re.fullmatch(rest, followers):
                    continue
                end = i + 1 + length
                instead = _in_tense(stem, template, followers, asked and end == len(words))
                shown = " ".join(words[i:end])
                why = f"the form {shown!r} is not in the grammar"
                yield Repair(i, end, tuple(instead.split()), why)


def _in_tense(stem: Stem, template: str, followers: str, asked: bool) -> str:
    past = is_past(followers)
    if template == "V":  # with the ending of the second verb
        ends = [e for s, e in stem_forms(followers) if s.kind != "adjective"]
        return (
            other.words_of(stem, ends[0])
            if ends and ends[0] != "다"
            else _in_tense(stem, "T", followers, asked)
        )
    if template == "못":
        return "못 " + _in_tense(stem, "T", followers, asked)
    if template == "T":
        template = ("었" if past else "") + ("니" if asked else "다" if past else "는다")
    elif template.endswith(("있다", "없다", "한다", "싶다")):
        if past:
            template = template.replace("한다", "하다")[:-1]
            template = {"하": template[:-1] + "했다"}.get(template[-1], template + "었다")
        if asked:
            template = template.replace("한다", "하다")[:-1] + "니"
    elif asked and template == "을+것이다":
        template = "을+거니"
    return other.words_of(stem, template)


def noun_repairs(words: tuple[str, ...], i: int, asked: bool) -> Iterator[Repair]:
    """Without the verb that is used as a noun: 책 읽는 것을 좋아한다 -> 책을 좋아한다."""
    following = words[i + 1] if i + 1 < len(words) else ""
    for stem, ending in stem_forms(words[i]):
        if ending in ("기를", "기가", "기는", "기도"):
            end = i + 1
        elif ending in ("는", "은", "을") and NOMINAL.fullmatch(following):
            end = i + 2
        else:
            continue
        why = f"{' '.join(words[i:end])!r} is a verb used as a noun, which the grammar lacks"
        if i and not words[i - 1].endswith(("은", "는", "가", "이", "에", "에서")):
            yield Repair(i, end, (), why)
        if end < len(words):
            plain = _in_tense(stem, "T", words[-1], asked)
            yield Repair(i, len(words), (plain,), why)


def _apart(words: tuple[str, ...], i: int) -> Iterator[Repair]:
    """A word joined to its particle: 학생 은 -> 학생은."""
    word, before = words[i], words[i - 1] if i else ""
    pair = next((p for p in ("은/는", "이/가", "을/를", "과/와") if word in p.split("/")), word)
    if (
        before
        and word in PARTICLE_SHAPES
        and is_syllable(before[-1])
        and join_particle(before, pair) in readings()
    ):
        joined = join_particle(before, pair)
        why = f"{word!r} is a particle, and belongs to the word before it"
        yield Repair(i - 1, i + 1, (joined,), why)


def particle_repairs(words: tuple[str, ...], i: int) -> Iterator[Repair]:
    """Another particle for one that the grammar lacks, and a word joined to its particle."""
    word, before = words[i], words[i - 1] if i else ""
    if not all(is_syllable(c) for c in word):
        return
    yield from _apart(words, i)
    known = [n for n in (*names(), *(r for r in (before,) if r)) if word.startswith(n)]
    for mark, pairs in sorted(UNSAID.items(), key=lambda item: -len(item[0])):
        noun = word.removesuffix(mark)
        if noun == word or not noun or (noun not in known and not ways(noun)):
            continue
        why = f"the particle -{mark} of {word!r} is not in the grammar"
        if all(r.kind in STEMS for r in readings().get(noun, ())) and noun in readings():
            yield Repair(i, i + 1, (noun,), why)
            continue
        if mark.startswith("들"):
            why = f"{word!r} is not in the grammar: 들 stands only after what is counted"
        if mark in ("야", "아", "이는", "이가", "님은", "님이"):
            if not final(noun) and mark not in ("야", "님은", "님이"):
                continue
            why = f"{word!r} is not in the grammar, {noun!r} is"
        if mark == "밖에" and words[i + 1 : i + 2] in (("안",), ("못",)):
            yield Repair(i, i + 2, (noun + "만",), why)
        if mark == "밖에" and words[i + 1 : i + 2] and words[i + 1].startswith("없"):
            has = "있" + words[i + 1][1:]
            yield Repair(i, i + 2, (join_particle(noun, "이/가"), has), why)
        if noun in BARE_TIMES:
            yield Repair(i, i + 1, (noun,), why)
        for pair in pairs:
            yield Repair(i, i + 1, (join_particle(noun, pair),), why)
        if not pairs:
            yield Repair(i, i + 1, (), why)
    for right in other_shape(word):
        yield Repair(i, i + 1, (right,), f"{word!r} has its particle in the wrong shape")


def synonym_repairs(words: tuple[str, ...], i: int, asked: bool) -> Iterator[Repair]:
    """A word of the grammar that means nearly the same."""
    word = words[i]
    for name, instead in other.synonyms().items():
        rest = word.removeprefix(name)
        if not word.startswith(name) or (len(name) < 2 and rest):
            continue
        why = (
            f"{name!r} is not in the grammar, {instead!r} is"
            if instead
            else (f"{name!r} is not in the grammar, which does without it")
        )
        if not rest:
            yield Repair(i, i + 1, (instead,) if instead else (), why)
        elif instead:
            if rest in PARTICLE_SHAPES:
                yield Repair(i, i + 1, (swapped(word, instead),), why)
            fixed = (*words[:i], instead + rest, *words[i + 1 :])
            yield Repair(i, i + 1, (instead + rest,), why)
            for repair in foreign_repairs(fixed, i, asked):
                yield repair._replace(why=why)
            copula = rest if rest in COPULAS else f"이{rest}"
            if copula in COPULAS:
                yield Repair(i, i + 1, (instead + copula,), why)


def neighbour_repairs(words: tuple[str, ...], i: int, later: list[Reading]) -> Iterator[Repair]:
    """A word of the same kind for one that is known to be lacking: 딥러닝을 -> 수학을."""
    word = words[i]
    for name in sorted(other.neighbours(), key=len, reverse=True):
        if not word.startswith(name):
            continue
        nearest = other.neighbours()[name]
        verb = next((r.head for r in later if r.kind == "verb"), "")
        nearest = sorted(nearest, key=lambda noun: not takes(verb, noun))
        shown = ", ".join(map(repr, nearest))
        why = f"{name!r} is not in the grammar, and its nearest words there are {shown}"
        if word == name and i + 1 < len(words):
            yield Repair(i, i + 1, (), why)  # 인공지능 모델을
        for instead in nearest:
            rest = word.removeprefix(name)
            written = swapped(word, instead) if rest in PARTICLE_SHAPES else instead + rest
            if ways(written):
                yield Repair(i, i + 1, (written,), why)


def about_repairs(words: tuple[str, ...], i: int) -> Iterator[Repair]:
    """An object for what something is about: 음악에 대해 -> 음악을."""
    noun = words[i - 1].removesuffix("에") if i else ""
    if words[i] in ("대해", "대해서", "관해", "관해서") and noun in NOUN_NAMES:
        why = f"{' '.join(words[i - 1 : i + 1])!r} (about) is not in the grammar"
        yield Repair(i - 1, i + 1, (join_particle(noun, "을/를"),), why)


def name_repairs(words: tuple[str, ...], i: int, later: list[Reading]) -> Iterator[Repair]:
    """A name of the corpus for one that it lacks: 지수는 -> 민수는."""
    known = ", ".join(n.korean for n in NOUN.values() if n.kind == "name")
    for named in person_for(words[i], later):
        why = f"{words[i]!r} is not in the grammar; for a name, write one that it has ({known})"
        yield Repair(i, i + 1, (named,), why)


def deed_repairs(words: tuple[str, ...], i: int) -> Iterator[Repair]:
    """A noun and 하다 for a verb that the grammar lacks: 질문했다 -> 질문을 했다."""
    for k in range(1, len(words[i])):
        noun, does = words[i][:k], words[i][k:]
        if noun not in NOUN_NAMES:
            continue
        known = [does] * any(r.head == "하" for r in readings().get(does, ()))
        polite = [
            e.instead for e in other.foreign().get(does, ()) if e.stem and e.stem.stem == "하"
        ]
        why = f"{words[i]!r} is not in the grammar as one word"
        for done in (*known, *polite):
            yield Repair(i, i + 1, (join_particle(noun, "을/를"), *done.split()), why)


def word_repairs(
    words: tuple[str, ...], i: int, known: list[Reading], later: list[Reading], asked: bool
) -> Iterator[Repair]:
    """All repairs of a word that cannot be read, the likeliest first.

    `known` are the readings of the words before it, `later` those of the words behind it.
    """
    word, is_last = words[i], i == len(words) - 1
    if word in other.PHRASES and len(words) > 1:
        yield Repair(i, i + 1, (), f"{word!r} is a word of greeting or answering by itself")
    yield from idiom_repairs(words, i, known, asked)
    yield from number_repairs(words, i, known, later, asked)
    yield from pattern_repairs(words, i, asked)
    yield from noun_repairs(words, i, asked)
    yield from foreign_repairs(words, i, asked)
    yield from about_repairs(words, i)
    yield from synonym_repairs(words, i, asked)
    yield from neighbour_repairs(words, i, later)
    yield from particle_repairs(words, i)
    yield from figure_repairs(words, i, asked)
    yield from deed_repairs(words, i)
    if all(is_syllable(c) for c in word):
        unlike = len(word) == 1 or word[0] in BOUND_STARTS or word in other.PHRASES
        unlike = unlike or bool(THOUGHT.fullmatch(word))
        for closest in () if unlike else near(word)[:6]:
            why = f"{_missing(word)}, and is spelt like {closest!r}"
            yield Repair(i, i + 1, (closest,), why)
    yield from name_repairs(words, i, later)
    if not is_last and word + words[i + 1] in readings():
        yield Repair(i, i + 2, (word + words[i + 1],), f"{word!r} is not in the grammar")
    guessed = last_words(word, known, asked) if is_last else in_place(word, known, later)
    for instead in guessed:
        yield Repair(i, i + 1, (instead,) if instead else (), _missing(word))
    if not is_last:
        yield Repair(i, i + 1, (), _missing(word))


def takes(stem: str, noun: str) -> bool:
    """Whether the noun is an object of the verb."""
    return noun in objects().get(stem, ())
