"""Changed translations for claim 22: errors of one kind, and cases with a harmless change."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from helpers.corpora import korean_english
from helpers.corpora.korean_english import Pair

Tokens = list[str]

# --- errors of one kind ----------------------------------------------------------------------


def replace_words(
    words: Sequence[str], places: Sequence[int], rng: np.random.Generator, stock: Sequence[str]
) -> Tokens:
    """Put another word, drawn from `stock`, at each of the places."""
    changed = list(words)
    for place in places:
        other = words[place]
        while other == words[place]:
            other = stock[int(rng.integers(len(stock)))]
        changed[place] = other
    return changed


def drop_words(
    words: Sequence[str], places: Sequence[int], rng: np.random.Generator, stock: Sequence[str]
) -> Tokens:
    """Leave out the words at the places."""
    return [word for i, word in enumerate(words) if i not in places]


def exchange_words(
    words: Sequence[str], places: Sequence[int], rng: np.random.Generator, stock: Sequence[str]
) -> Tokens:
    """Let the word at each of the places and the word after it change places."""
    changed = list(words)
    for place in places:
        changed[place], changed[place + 1] = changed[place + 1], changed[place]
    return changed


Error = Callable[[Sequence[str], Sequence[int], np.random.Generator, Sequence[str]], Tokens]

KINDS: dict[str, Error] = {
    "replaced": replace_words,
    "dropped": drop_words,
    "exchanged": exchange_words,
}


def error_places(
    sentences: Sequence[Sequence[str]], errors: int, kind: str, rng: np.random.Generator
) -> list[list[int]]:
    """Choose exactly `errors` places in a corpus, all apart; return those of each sentence.

    An exchange takes a place and the next one, both in one sentence, of two different words.
    """
    spots = [(s, i) for s, words in enumerate(sentences) for i in range(len(words))]
    if kind == "exchanged":
        spots = [
            (s, i)
            for s, i in spots
            if i + 1 < len(sentences[s]) and sentences[s][i] != sentences[s][i + 1]
        ]
    taken: set[tuple[int, int]] = set()
    places: list[list[int]] = [[] for _ in sentences]
    chosen = 0
    for at in rng.permutation(len(spots)):
        if chosen == errors:
            return places
        s, i = spots[at]
        needs = {(s, i), (s, i + 1)} if kind == "exchanged" else {(s, i)}
        if not needs & taken:
            taken |= needs
            places[s].append(i)
            chosen += 1
    if chosen < errors:
        raise ValueError(
            f"error_places: {errors} errors do not fit into {len(sentences)} sentences; "
            f"at most {chosen} did"
        )
    return places


def with_errors(
    sentences: Sequence[Sequence[str]],
    errors: int,
    kind: str,
    rng: np.random.Generator,
    stock: Sequence[str] = (),
) -> list[Tokens]:
    """Return a corpus with exactly `errors` errors of one of the KINDS at random places."""
    places = error_places(sentences, errors, kind, rng)
    return [
        KINDS[kind](words, where, rng, stock)
        for words, where in zip(sentences, places, strict=True)
    ]


def with_crowded_errors(
    sentences: Sequence[Sequence[str]],
    errors: int,
    kind: str,
    rng: np.random.Generator,
    stock: Sequence[str] = (),
) -> list[Tokens]:
    """Return a corpus with exactly `errors` errors of one kind, crowded into few sentences.

    Sentences are drawn, and each gets as many as fit, until there are enough.
    """
    made, left = [list(words) for words in sentences], errors
    for s in rng.permutation(len(sentences)):
        words = sentences[s]
        places = list(range(len(words)))
        if kind == "exchanged":
            places = [i for i in places[:-1:2] if words[i] != words[i + 1]]
        made[s] = KINDS[kind](words, places[:left], rng, stock)
        left -= len(places[:left])
    if left:
        raise ValueError(
            f"with_crowded_errors: {errors} errors do not fit into {len(sentences)} sentences; "
            f"at most {errors - left} did"
        )
    return made


# --- cases: a harmless change beside one that spoils the meaning -----------------------------


class Case(NamedTuple):
    """A reference with two hypotheses, the harmless one and the wrong one."""

    reference: Tokens
    harmless: Tokens
    wrong: Tokens


SHORT_FORMS = {
    "did": "didn't",
    "does": "doesn't",
    "do": "don't",
    "is": "isn't",
    "are": "aren't",
    "was": "wasn't",
    "were": "weren't",
    "will": "won't",
    "could": "couldn't",
}

TIMES = (
    *("today", "tomorrow", "yesterday", "the day after tomorrow", "the day before yesterday"),
    *(f"{which} {unit}" for which in ("last", "next") for unit in ("week", "month", "year")),
    *("last night", "at night", "during the day", "at the weekend"),
    *(f"in the {part}" for part in ("morning", "afternoon", "evening")),
    *(f"on {day}" for day in "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()),
    *(f"in {season}" for season in ("spring", "summer", "autumn", "winter")),
    *(
        f"in {month}"
        for month in "January February March April May June July August September October "
        "November December".split()
    ),
)

# Past tenses that are participles, too.
PARTICIPLES = set(
    "borrowed bought brought built called caught cleaned closed collected cooked crossed "
    "discovered explained fixed followed found helped hugged invited lost made memorised met "
    "missed moved opened planted practised praised prepared pulled pushed received remembered "
    "respected saved sold solved touched translated used visited washed watched wiped".split()
)
DETERMINERS = {"the", "a", "an", "my", "your", "our", "that", "this"} | set(
    "Cheolsu Hyeonu Junho Minji Minsu Sumi Yeonghui Yuna".split()
)
LINKS = set("at by for from in into of on to with and or again away off up together not".split())

# A word, another for the same thing, and one for another thing.
SYNONYMS = {
    "big": ("large", "small"),
    "ill": ("unwell", "healthy"),
    "rich": ("wealthy", "poor"),
    "quiet": ("silent", "noisy"),
    "fast": ("quick", "slow"),
    "difficult": ("hard", "easy"),
    "clever": ("intelligent", "lazy"),
    "film": ("movie", "match"),
    "lorry": ("truck", "taxi"),
    "football": ("soccer", "tennis"),
    "trousers": ("pants", "gloves"),
    "bicycle": ("bike", "horse"),
    "taxi": ("cab", "bus"),
    "lawyer": ("attorney", "nurse"),
    "closed": ("shut", "opened"),
    "bought": ("purchased", "sold"),
    "started": ("began", "ended"),
    "television": ("TV", "radio"),
    "photo": ("photograph", "letter"),
    "plane": ("aeroplane", "train"),
    "novelist": ("author", "judge"),
    "sofa": ("couch", "table"),
}
TOPIC = {"은": "이", "는": "가"}


def _plain(pair: Pair) -> bool:
    """Whether a pair is one clause that states something."""
    return pair.clauses == 1 and pair.english[-1] != "?"


def _time_first(words: Tokens) -> Tokens | None:
    """Move a time phrase from the end to the front."""
    text = " ".join(words)
    for time in sorted(TIMES, key=len, reverse=True):
        if text.endswith(f" {time}"):
            return [*time.split(), *words[: -len(time.split())]]
    return None


def _not_dropped(words: Tokens) -> Tokens | None:
    """Drop the one "not" after an auxiliary verb, which turns the sentence into its opposite."""
    if words.count("not") != 1 or words[words.index("not") - 1] not in SHORT_FORMS:
        return None
    return [word for word in words if word != "not"]


def negation_or_short_form(pair: Pair) -> Case | None:
    """Pair "she didn't sleep" with "she did sleep"."""
    words = list(pair.english)
    wrong = _not_dropped(words)
    if wrong is None or not _plain(pair):
        return None
    at = words.index("not")
    return Case(words, [*words[: at - 1], SHORT_FORMS[words[at - 1]], *words[at + 1 :]], wrong)


def negation_or_time_first(pair: Pair) -> Case | None:
    """Pair "in summer she did not sleep" with "she did sleep in summer"."""
    words = list(pair.english)
    wrong, harmless = _not_dropped(words), _time_first(words)
    return Case(words, harmless, wrong) if wrong and harmless and _plain(pair) else None


def roles_or_passive(pair: Pair) -> Case | None:
    """Pair "the thief was followed by the king" with "the thief followed the king"."""
    words = list(pair.english)
    verbs = [i for i, w in enumerate(words) if w in PARTICIPLES and i > 0]
    objects = sum(m in ("을", "를") for m in pair.morphemes)
    if not _plain(pair) or "들" in pair.morphemes or len(verbs) != 1 or objects != 1:
        return None
    subject, verb, thing, rest = words[: verbs[0]], words[verbs[0]], words[verbs[0] + 1 :], []
    for n in (5, 4, 3, 2, 1):
        if " ".join(thing[-n:]) in TIMES:
            thing, rest = thing[:-n], thing[-n:]
            break
    for phrase in (subject, thing):
        if not phrase or phrase[0] not in DETERMINERS or len(phrase) > 3 or set(phrase) & LINKS:
            return None
    if thing[-1].endswith("s"):
        return None
    return Case(
        words, [*thing, "was", verb, "by", *subject, *rest], [*thing, verb, *subject, *rest]
    )


def synonym_or_another_word(pair: Pair) -> Case | None:
    """Pair "a large house" with "a small house"."""
    words = list(pair.english)
    for word, (same, other) in SYNONYMS.items():
        if words.count(word) == 1 and not {same, other} & set(words):
            at = words.index(word)
            if words[at - 1] in ("a", "an"):  # the article would have to follow
                return None
            return Case(
                words,
                [*words[:at], same, *words[at + 1 :]],
                [*words[:at], other, *words[at + 1 :]],
            )
    return None


CASES: dict[str, Callable[[Pair], Case | None]] = {
    "short form or no negation": negation_or_short_form,
    "time first or no negation": negation_or_time_first,
    "passive or exchanged roles": roles_or_passive,
    "synonym or another word": synonym_or_another_word,
}


def korean_tokens(pair: Pair) -> dict[str, Tokens]:
    """Cut a Korean sentence in four ways: words (어절), morphemes, syllables (characters), jamo."""
    words = pair.korean.rstrip(".?").split()
    return {
        "words": words,
        "morphemes": list(pair.morphemes),
        "characters": list("".join(words)),
        "jamo": _jamo(words),
    }


def _jamo(words: Sequence[str]) -> Tokens:
    """Cut words into the letters that their syllables are composed of."""
    return list(unicodedata.normalize("NFD", "".join(words)))


def particle_or_noun(pair: Pair, others: Sequence[str]) -> dict[str, Case] | None:
    """Pair "왕이 노래했다" with "군인은 노래했다" for "왕은 노래했다", cut in four ways.

    The topic particle of the first word becomes a subject particle: the same event with another
    emphasis. Or its noun becomes another that takes the same particle, the first that fits in
    `others`: another event.
    """
    cut, morphemes = korean_tokens(pair), pair.morphemes
    noun, particle = morphemes[0], morphemes[1] if len(morphemes) > 1 else ""
    if particle not in TOPIC or cut["words"][0] != noun + particle or noun in ("나", "너", "저"):
        return None
    final = (ord(noun[-1]) - ord("가")) % 28 > 0
    other = next(o for o in others if o != noun and ((ord(o[-1]) - ord("가")) % 28 > 0) == final)
    cases: dict[str, Case] = {}
    for kind, tokens in cut.items():
        if kind == "morphemes":
            harmless = [noun, TOPIC[particle], *tokens[2:]]
            wrong = [other, *tokens[1:]]
        elif kind == "words":
            harmless = [noun + TOPIC[particle], *tokens[1:]]
            wrong = [other + particle, *tokens[1:]]
        elif kind == "characters":
            harmless = [*noun, TOPIC[particle], *tokens[len(noun) + 1 :]]
            wrong = [*other, *tokens[len(noun) :]]
        else:
            harmless, wrong = _jamo(cases["words"].harmless), _jamo(cases["words"].wrong)
        cases[kind] = Case(tokens, harmless, wrong)
    return cases


@cache
def read_corpus() -> dict[str, Any]:
    """Read the corpus once: its sentences, its words, and the cases that it holds."""
    pairs = korean_english.load("train")
    long_enough = [list(pair.english) for pair in pairs if len(pair.english) >= 6]
    stock = sorted({word for pair in pairs for word in pair.english})
    cases = {
        name: [case for pair in pairs if (case := make(pair)) is not None]
        for name, make in CASES.items()
    }
    topics = [pair for pair in pairs if particle_or_noun(pair, ["왕", "배우", "군인", "의사"])]
    return {"sentences": long_enough, "stock": stock, "cases": cases, "topics": topics}
