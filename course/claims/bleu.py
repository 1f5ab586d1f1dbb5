"""Claim 22, measured in lesson 10: does BLEU put translations into the right order?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from course.claims.ledger import (
    FAILS,
    HOLDS,
    HOLDS_IF,
    Claim,
    Figures,
    Record,
    Verdict,
    figure,
    register,
)
from helpers.bleu import bleu_from_statistics, bleu_statistics
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
    """Cut a Korean sentence in three ways: words (어절), morphemes, characters."""
    words = pair.korean.rstrip(".?").split()
    return {
        "words": words,
        "morphemes": list(pair.morphemes),
        "characters": list("".join(words)),
    }


def particle_or_noun(pair: Pair, others: Sequence[str]) -> dict[str, Case] | None:
    """Pair "왕이 노래했다" with "군인은 노래했다" for "왕은 노래했다", cut in three ways.

    The topic particle of the first word becomes a subject particle, which hardly changes what is
    said; or its noun becomes another that takes the same particle, the first that fits in `others`.
    """
    cut, morphemes = korean_tokens(pair), pair.morphemes
    noun, particle = morphemes[0], morphemes[1] if len(morphemes) > 1 else ""
    if particle not in TOPIC or cut["words"][0] != noun + particle or noun in ("나", "너", "저"):
        return None
    final = (ord(noun[-1]) - ord("가")) % 28 > 0
    other = next(o for o in others if o != noun and ((ord(o[-1]) - ord("가")) % 28 > 0) == final)
    cases = {}
    for kind, tokens in cut.items():
        if kind == "morphemes":
            harmless = [noun, TOPIC[particle], *tokens[2:]]
            wrong = [other, *tokens[1:]]
        elif kind == "words":
            harmless = [noun + TOPIC[particle], *tokens[1:]]
            wrong = [other + particle, *tokens[1:]]
        else:
            harmless = [*noun, TOPIC[particle], *tokens[len(noun) + 1 :]]
            wrong = [*other, *tokens[len(noun) :]]
        cases[kind] = Case(tokens, harmless, wrong)
    return cases


@cache
def _pool() -> dict[str, Any]:
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


# --- the experiment --------------------------------------------------------------------------


def _compared(better: Any, worse: Any) -> tuple[float, float]:
    """Return the shares of scores in the right order, and of equal ones."""
    apart = np.asarray(better) - np.asarray(worse)
    return float((apart > 1e-9).mean()), float((np.abs(apart) <= 1e-9).mean())


def _case_figures(
    cases: Sequence[Case], rng: np.random.Generator, size: int, corpora: int, **parts: object
) -> Figures:
    """Score the harmless and the wrong side of cases, sentence by sentence and as corpora."""
    references = [[case.reference] for case in cases]
    sides = [
        bleu_statistics([case.harmless for case in cases], references),
        bleu_statistics([case.wrong for case in cases], references),
    ]
    single = [bleu_from_statistics(side, "exp", effective_order=True) for side in sides]
    drawn = [rng.integers(len(cases), size=size) for _ in range(corpora)]  # with replacement
    whole = [[bleu_from_statistics(side[d].sum(axis=0), "exp") for d in drawn] for side in sides]
    figures = {}
    for sentences, scores in ((1, single), (size, whole)):
        right, tied = _compared(*scores)
        figures[figure("right", **parts, sentences=sentences)] = right
        figures[figure("tied", **parts, sentences=sentences)] = tied
    for name, scores in zip(("harmless", "wrong"), whole, strict=True):
        figures[figure("BLEU", **parts, side=name)] = float(np.mean(scores))
    return figures


def experiment_22(
    seed: int,
    sizes: Sequence[int],
    base: int,
    gaps: Sequence[int],
    trials: int,
    kinds: Sequence[str],
    rates: Sequence[int],
    singles: int,
    cases: Sequence[str],
    case_size: int,
    corpora: int,
    korean: Sequence[str],
) -> Figures:
    """Count how often BLEU orders two translations right whose order is known by construction.

    *Errors of one kind.* References get exactly `base` errors in 100 words, and, at other places,
    `base` + gap, at least one more: words replaced, dropped, or exchanged with the next. "right" is
    the share of `trials` corpora of each size on which fewer errors score higher. For one sentence
    it is one error against two, in `singles` sentences. Sentences and cases are smoothed as
    sacreBLEU does.

    *Cases.* One hypothesis changes nothing that matters, the other turns the sense of the
    sentence; "right" is the share in which the first scores higher: single sentences, and `corpora`
    corpora of `case_size`. The Korean case is scored by words, morphemes and characters.
    """
    pool, figures = _pool(), Figures()
    sentences, stock = pool["sentences"], pool["stock"]
    for kind in kinds:
        rng = np.random.default_rng([seed, sorted(KINDS).index(kind)])
        for size in sizes:
            won = dict.fromkeys(gaps, 0)
            for _ in range(trials):
                drawn = [sentences[i] for i in rng.choice(len(sentences), size, replace=False)]
                words, references = sum(map(len, drawn)), [[s] for s in drawn]

                def score(errors: int) -> float:
                    made = with_errors(drawn, errors, kind, rng, stock)  # noqa: B023
                    return float(bleu_from_statistics(bleu_statistics(made, references).sum(0)))  # noqa: B023

                fewer = round(words * base / 100)
                better = score(fewer)
                for gap in gaps:
                    more = max(round(words * (base + gap) / 100), fewer + 1)
                    won[gap] += better > score(more)
            for gap in gaps:
                parts = {"kind": kind, "gap": gap, "sentences": size}
                figures[figure("right", **parts)] = won[gap] / trials
        drawn = [sentences[i] for i in rng.choice(len(sentences), singles, replace=False)]
        scores = []
        for errors in (1, 2):
            made = [with_errors([s], errors, kind, rng, stock)[0] for s in drawn]
            rows = bleu_statistics(made, [[s] for s in drawn])
            scores.append(bleu_from_statistics(rows, "exp", effective_order=True))
        right, tied = _compared(*scores)
        figures[figure("right", kind=kind, sentences=1)] = right
        figures[figure("tied", kind=kind, sentences=1)] = tied
        drawn = [sentences[i] for i in rng.choice(len(sentences), singles, replace=False)]
        for rate in rates:
            made = with_errors(drawn, round(sum(map(len, drawn)) * rate / 100), kind, rng, stock)
            rows = bleu_statistics(made, [[s] for s in drawn])
            figures[figure("BLEU", kind=kind, errors=rate)] = float(
                bleu_from_statistics(rows.sum(axis=0))
            )
    for name in cases:
        rng = np.random.default_rng([seed, 10 + list(CASES).index(name)])
        found = pool["cases"][name]
        half = min(singles, len(found) // 2)  # so that seeds differ
        chosen = [found[i] for i in rng.permutation(len(found))[:half]]
        figures |= _case_figures(chosen, rng, case_size, corpora, case=name)
    if korean:
        rng = np.random.default_rng([seed, 20])
        topics = [pool["topics"][i] for i in rng.permutation(len(pool["topics"]))[:singles]]
        nouns = [pair.morphemes[0] for pair in pool["topics"]]
        made_cases = [
            particle_or_noun(pair, rng.permutation(nouns)[:200].tolist()) for pair in topics
        ]
        for cut in korean:
            of_this_cut = [case[cut] for case in made_cases if case is not None]
            figures |= _case_figures(of_this_cut, rng, case_size, corpora, korean=cut)
    return figures


def rule_22(record: Record) -> Verdict:
    """Judge "BLEU measures how close a translation is to a human one" by the order of pairs.

    *Large*: on the largest corpora, fewer errors score higher at every kind and gap, in at least
    95 % of the pairs (lower end of the 95 % interval over the seeds). *Small*: so do they in single
    sentences, one error against two. *Cases*: in every case, on corpora, the harmless change scores
    higher than the wrong one in at least 95 %. The claim holds if all three are so, holds if …
    where corpora are large at least, and does not hold otherwise.
    """
    settings = record.settings
    size, kinds, gaps = settings["sizes"][-1], settings["kinds"], settings["gaps"]
    large = [
        record.interval("right", kind=kind, gap=gap, sentences=size)
        for kind in kinds
        for gap in gaps
    ]
    single = [record.interval("right", kind=kind, sentences=1) for kind in kinds]
    cases = [
        record.interval("right", case=case, sentences=settings["case_size"])
        for case in settings["cases"]
    ]
    enough = 0.95
    is_large = all(interval.low >= enough for interval in large)
    is_small = all(interval.low >= enough for interval in single)
    blind = sum(interval.low < enough for interval in cases)
    share = 100 * min(interval.mean for interval in large)
    ordered = f"of two corpora of {size} sentences the one with fewer errors scores higher in " + (
        "all pairs" if share == 100 else f"at least {share:.0f} % of the pairs"
    )
    alone = (
        f"of two hypotheses for one sentence in {100 * min(i.mean for i in single):.0f} to "
        f"{100 * max(i.mean for i in single):.0f} %"
    )
    sense = (
        f"in {blind} of {len(cases)} cases a harmless change does not score reliably above one "
        "that turns the sense"
    )
    if is_large and is_small and not blind:
        return Verdict(HOLDS, f"{ordered}, {alone}")
    if is_large:
        conditions = [] if is_small else ["the corpora are large"]
        conditions += ["the errors are of one kind"] if blind else []
        return Verdict(HOLDS_IF, f"{' and '.join(conditions)}: {ordered}, {alone}; {sense}")
    return Verdict(FAILS, f"{ordered}, {alone}; {sense}")


register(
    Claim(
        number=22,
        statement="BLEU measures how close a translation is to a human one.",
        source="Papineni, Roukos, Ward and Zhu 2002, doi:10.3115/1073083.1073135: “the closer a "
        "machine translation is to a professional human translation, the better it is”",
        lesson="10_bleu",
        experiment=experiment_22,
        rule=rule_22,
        settings={
            "sizes": [10, 30, 100, 300, 1000],
            "base": 10,
            "gaps": [1, 2, 5],
            "trials": 10,
            "kinds": ["replaced", "dropped", "exchanged"],
            "rates": [0, 5, 10, 15, 20, 25, 30],
            "singles": 600,
            "cases": list(CASES),
            "case_size": 30,
            "corpora": 20,
            "korean": ["words", "morphemes", "characters"],
        },
        live_settings={"sizes": [10, 100], "gaps": [1, 5], "kinds": ["replaced"], "rates": []},
        tolerance=0.11,  # one trial of ten
    )
)
