"""What a refusal says: what is wrong, and a sentence that `cut` accepts.

Repairs are tried one after another until the sentence is read; only such a sentence is advised.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from .choosing import STEMS, morphemes_of
from .faults import fault_repairs, question_repair, relative_repairs
from .forms import NOUN, QUESTIONS, Reading
from .idioms import pointed_repairs
from .reading import Read, is_accepted, join_copula, lone_copula, read
from .repair import Repair
from .repairs import (
    STYLES,
    noun_repairs,
    pattern_repairs,
    reason_repairs,
    stem_forms,
    word_repairs,
)
from .spelling import Way, ways
from .stand_in import last_words
from .styles import ordered, plainer

DEPTH = 7  # repairs in one sentence
BUDGET = 160  # sentences read in search of one that is accepted
EACH = 14  # repairs of one word
QUOTED = "'\""  # a reason that begins with a word is about that word
GUESSED = ("' is not in the grammar", "' is not written in Hangul syllables")
CLASSES = {"kin": "person", "name": "person", "town": "place", "country": "place"}
EXAMPLE = "나는 학생이다"


class Advice(NamedTuple):
    """The sentence to write, those that are told apart before it, and why."""

    words: tuple[str, ...]
    asides: tuple[tuple[str, ...], ...]
    reasons: tuple[str, ...]
    swaps: tuple[tuple[str, str], ...] = ()  # unknown words, and those that stand in for them


class _Search:
    """A search for a sentence that is accepted, with a budget."""

    def __init__(self, asked: bool) -> None:
        self.asked = asked
        self.left = BUDGET
        self.seen: set[tuple[str, ...]] = set()

    def solve(self, words: tuple[str, ...], depth: int = DEPTH) -> Advice | None:
        """The nearest sentence that is accepted, or None."""
        if words in self.seen or not words or self.left <= 0:
            return None
        self.seen.add(words)
        self.left -= 1
        if is_accepted(words, self.asked):
            return Advice(read(words).words, (), ())
        if depth == 0:
            return None
        found = read(words)
        for repair in islice(_repairs(found, self.asked), EACH):
            base = found.words
            fixed = (*base[: repair.start], *repair.words, *base[repair.end :])
            aside = _Search(False).solve(repair.aside, 3) if repair.aside else None
            if repair.aside and aside is None:
                continue
            rest = self.solve(fixed, depth - 1)
            if rest:
                asides = (*((aside.words,) if aside else ()), *rest.asides)
                swap = (" ".join(base[repair.start : repair.end]), " ".join(repair.words))
                swaps = (swap,) * repair.why.endswith(GUESSED) + rest.swaps
                return Advice(rest.words, asides, (repair.why, *rest.reasons), swaps)
        return None


def _repairs(found: Read, asked: bool) -> Iterator[Repair]:
    """The repairs of the first thing that is wrong."""
    words = found.words
    read_words = zip(words, found.options, strict=True)
    firsts = [plainest(options) if options else meant(word) for word, options in read_words]
    if found.unknown:
        i = found.unknown[0]
        before = [r for word in firsts[:i] for r in word]
        later = [r for word in firsts[i + 1 :] for r in word]
        yield from reason_repairs(words, i)
        for j in range(max(0, i - 2), i + 1):
            yield from pattern_repairs(words, j, asked)
            yield from noun_repairs(words, j, asked)
        yield from pointed_repairs(words, i)
        if words[i] == "많은" or any(e in ("는", "던", "었던") for _, e in stem_forms(words[i])):
            yield from relative_repairs(words, i)
        yield from word_repairs(words, i, before, later, asked)
        return
    choice = found.choice
    if choice is None:
        return
    grouped = by_word(found)
    for fault in choice.faults[:2]:
        yield from fault_repairs(words, fault, grouped, asked)
    if asked and not choice.faults and grouped[-1][-1].ending not in QUESTIONS:
        yield from question_repair(words, grouped)


def plainest(found: list[Way]) -> list[Reading]:
    """The likeliest way to read a word alone: an adverb or a noun rather than a verb."""
    return list(next((way for way in found if way[0].kind not in STEMS), found[0]))


def meant(word: str) -> list[Reading]:
    """A form that the grammar lacks, as if it had it: its stem and its ending."""
    return [Reading((stem.stem, ""), stem.kind, ending) for stem, ending in stem_forms(word)[:1]]


def by_word(found: Read) -> list[list[Reading]]:
    """The chosen readings, those of each written word together."""
    assert found.choice is not None
    left = list(found.choice.readings)
    grouped = []
    for ways_ in found.options:
        way = next(way for way in ways_ if list(way) == left[: len(way)])
        grouped.append(left[: len(way)])
        left = left[len(way) :]
    return grouped


def written(words: tuple[str, ...], asked: bool) -> str:
    """The sentence as advice shows it."""
    return repr(" ".join(words) + ("?" if asked else ""))


def _ambiguous(found: Read) -> ValueError:
    """The error for words that can be read in two ways, with a sentence for each."""
    assert found.choice is not None
    first = " ".join(morphemes_of(found.choice.readings))
    second = " ".join(morphemes_of(found.choice.rival))
    return ValueError(
        f"cut: {' '.join(found.words)!r} can be read in two ways; write the morphemes apart, "
        f"{first!r} or {second!r}"
    )


def refusal(words: tuple[str, ...], asked: bool) -> ValueError:
    """The error for words that make no sentence of the grammar."""
    alone = lone_copula(join_copula(words))
    if alone:
        return ValueError(
            f"cut: {alone!r} has no noun before it; write the noun and {alone!r} as one word, "
            f"like {'학생' + alone!r}"
        )
    given, words = words, plainer(words, asked)
    found = read(words)
    if found.choice and found.choice.rival and not found.choice.faults:
        return _ambiguous(found)
    strange = [i for i in found.unknown if not stem_forms(found.words[i])]
    advice = _Search(asked).solve(tuple(words))
    if advice is None or _is_guessed(found, advice, strange):
        kept = advice is not None and advice.words[-1] == found.words[-1]
        if advice and kept and all(new for _, new in advice.swaps) and len(advice.swaps) > 1:
            return _stood_in(advice, asked)
        return _hopeless(found, asked)
    reasons = told(_about(advice.reasons, given))
    if not reasons:
        reasons = f"{given[-1]!r} has more than one plain form"
    sentence = written(advice.words, asked)
    if asked and "question mark" in reasons:
        return ValueError(
            f"cut: {reasons}; write {sentence} to ask, or leave the question mark out"
        )
    if advice.asides:
        apart = " and ".join(written(aside, False) for aside in advice.asides)
        return ValueError(f"cut: {reasons}; write more than one sentence: {apart} and {sentence}")
    guessed = any(reason.endswith("is not in the grammar") for reason in advice.reasons)
    verb = "write, for example," if guessed else "write"
    return ValueError(f"cut: {reasons}; {verb} {sentence}{_as_command(advice, given)}")


def _as_command(advice: Advice, given: tuple[str, ...]) -> str:
    """The command as well, for a form that may be a statement or a command: 빨리 와."""
    if not any("it may be a command" in reason for reason in advice.reasons):
        return ""
    told = (*advice.words[:-1], given[-1])
    for last in ordered(given) if ordered(told) else ():
        for before in (given[:-1], advice.words[:-1] if len(advice.words) == len(given) else ()):
            if is_accepted((*before, last), False):
                command = read((*before, last)).words
                return f", or {written(command, False)} to tell someone to"
    return ""


def _about(reasons: tuple[str, ...], words: tuple[str, ...]) -> tuple[str, ...]:
    """The reasons that are about words of the reader's, or all if none is.

    A word that a repair made, 요리하시고, gives way to the reader's that ends like it, 잘하시고.
    """
    text = " ".join(words)
    own = tuple(r for r in reasons if r[0] != "'" or r[1:].split("'")[0] in text)
    return own or tuple(_with_own_word(reason, words) for reason in reasons)


def _with_own_word(reason: str, words: tuple[str, ...]) -> str:
    """The reason with the word of the reader's that has the same last two syllables or more."""
    made = reason[1:].split("'")[0]
    alike = [word for word in words if len(word) > 1 and word[-2:] == made[-2:]]
    return reason.replace(made, alike[-1], 1) if alike else reason


def told(reasons: tuple[str, ...]) -> str:
    """The first reasons in one phrase; words of the same style are named together."""
    for name in ("polite", "casual"):
        rule = STYLES.format(name)
        same = [r.removesuffix(" " + rule) for r in dict.fromkeys(reasons) if r.endswith(rule)]
        if len(same) > 1:
            whole = f"{' and '.join(same)} are{rule.removeprefix('is')}"
            rest = [r for r in reasons if not r.endswith(rule)]
            return "; ".join(dict.fromkeys([whole, *rest][:2]))
    ends = {r.partition("; for a name")[1:] for r in reasons if "; for a name" in r}
    strangers = [r.split(" is not")[0] for r in dict.fromkeys(reasons) if "; for a name" in r]
    if len(ends) == 1 and len(strangers) > 1:
        return f"{' and '.join(strangers)} are not in the grammar{''.join(*ends)}"
    return "; ".join(dict.fromkeys(reasons[:2]))


def _is_guessed(found: Read, advice: Advice, strange: list[int]) -> bool:
    """Whether the advice has little to do with the sentence: two words in it stand for others."""
    guessed = {r for r in advice.reasons if r[0] in QUOTED and r.endswith(GUESSED)}
    guessed |= {r for r in advice.reasons if "has figures" in r}
    kept = set(found.words) & set(advice.words)
    return len(guessed) > 1 or (len(guessed) == len(strange) == len(found.words) and not kept)


def _stood_in(advice: Advice, asked: bool) -> ValueError:
    """The error for several unknown nouns, each with a word of the nearest class."""
    unknown = " and ".join(repr(old) for old, _ in advice.swaps)
    near = " and ".join(f"{new!r}{_class_of(new)}" for _, new in advice.swaps)
    what = f"cut: {unknown} are not in the grammar; words of the nearest class in it are {near}"
    if not advice.asides:
        return ValueError(f"{what}; write, for example, {written(advice.words, asked)}")
    apart = " and ".join(written(aside, False) for aside in advice.asides)
    return ValueError(
        f"{what}; write more than one sentence: {apart} and {written(advice.words, asked)}"
    )


def _class_of(word: str) -> str:
    """What kind of thing a word names, in brackets."""
    heads = [way[-1].head for way in ways(word)]
    kinds = [n.kind for n in NOUN.values() if n.korean in heads]
    return f" ({CLASSES.get(kinds[0], kinds[0])})" if kinds else ""


def _about_topic(found: Read, asked: bool) -> str:
    """A sentence that says something of the topic of the reader's, or else the example."""
    topic = found.words[0]
    read_as = plainest(found.options[0]) if found.options[0] else []
    if read_as and read_as[-1].ending == "은/는":
        for said in last_words("이니" if asked else "이다", read_as, asked):
            if is_accepted((topic, said), asked):
                return written((topic, said), asked)
    return repr(EXAMPLE)


def _hopeless(found: Read, asked: bool) -> ValueError:
    """The error for a sentence of which too little is known."""
    example = _about_topic(found, asked)
    unknown = [repr(found.words[i]) for i in found.unknown] or [repr(" ".join(found.words))]
    shown = ", ".join(unknown[:4])
    if len(unknown) == len(found.words):
        what = "no word of this sentence is in the grammar"
    else:
        what = f"{shown} cannot be read with the words and endings of the grammar"
    return ValueError(
        f"cut: {what}; start from a sentence like {example} "
        "(data/korean_english/README.md says where the words are listed)"
    )
