"""Exercise 10.2: count matches, clipped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from helpers.bleu import ngram_counts

Tokens = Sequence[str]
Pair = tuple[int, int]
Answer = Callable[[Tokens, Sequence[Tokens], int], Any]


def clipped_matches(hypothesis: Tokens, references: Sequence[Tokens], n: int) -> Pair:
    """Count n-grams of the hypothesis, each at most as often as one reference has it."""
    counts, allowed = ngram_counts(hypothesis, n), ngram_counts(references[0], n)
    for reference in references[1:]:
        allowed |= ngram_counts(reference, n)
    matches = sum([min(count, allowed[gram]) for gram, count in counts.items() if gram in allowed])
    return matches, sum(counts.values())


def _trace(hypothesis: Tokens, references: Sequence[Tokens], n: int) -> dict[str, Any]:
    """The counts of both sides, and the clipped matches."""
    counts, allowed = ngram_counts(hypothesis, n), ngram_counts(references[0], n)
    for reference in references[1:]:
        allowed |= ngram_counts(reference, n)
    matches = sum([min(count, allowed[gram]) for gram, count in counts.items() if gram in allowed])
    return {"counts": counts, "allowed": allowed, "matches": matches}


def _probes(rng: np.random.Generator) -> list[Probe]:
    cat = "the cat is on the mat".split()
    there = "there is a cat on the mat".split()
    probes = [
        Probe((["the"] * 7, [cat], 1), label=EXAMPLE),
        Probe((["the"] * 7, [cat, there], 1), label="“the” seven times, two references"),
        Probe((["the", "cat"], [cat], 2), label="one pair"),
        Probe(("on the mat on the mat".split(), [cat], 2), label="a pair said twice"),
        Probe(("the cat on the mat".split(), [cat, there], 2), label="pairs of two references"),
        Probe((["mat", "there"], [cat, there], 2), label="a pair that spans two references"),
        Probe(([], [cat], 1), label="an empty hypothesis"),
        Probe((["the"], [cat], 3), label="shorter than n"),
        Probe((cat, [[], there], 1), label="an empty reference"),
        Probe((["dog", "dog"], [cat], 1), label="nothing shared"),
        Probe((cat, [there, cat[:3], cat], 3), label="three references"),
    ]
    for size, count, n in ((6, 1, 1), (9, 2, 2), (12, 3, 1), (14, 2, 3)):
        draw = lambda m: rng.choice(list("abc"), size=m).tolist()  # noqa: E731
        references = [draw(int(rng.integers(3, 9))) for _ in range(count)]
        probes.append(Probe((draw(size), references, n)))
    return probes


def _one_by_one(hypothesis: Tokens, references: Sequence[Tokens], n: int) -> Pair:
    """Cross off what a reference can vouch for, in plain loops: the oracle."""
    grams = [tuple(hypothesis[i : i + n]) for i in range(len(hypothesis) - n + 1)]
    listed = [[tuple(r[i : i + n]) for i in range(len(r) - n + 1)] for r in references]
    used: dict[Any, int] = {}
    matches = 0
    for gram in grams:
        used[gram] = used.get(gram, 0) + 1
        matches += any(theirs.count(gram) >= used[gram] for theirs in listed)
    return matches, len(grams)


def _intersection(hypothesis: Tokens, references: Sequence[Tokens], n: int) -> Pair:
    allowed: Counter[Any] = Counter()
    for reference in references:
        allowed |= ngram_counts(reference, n)
    counts = ngram_counts(hypothesis, n)
    return (counts & allowed).total(), counts.total()


def _made(
    join: Callable[[list[Counter[Any]]], Counter[Any]],
    count: Callable[[Counter[Any], Counter[Any]], Any] = lambda h, a: (h & a).total(),
    total: Callable[[Counter[Any], Counter[Any]], Any] = lambda h, a: h.total(),
) -> Answer:
    """A wrong answer, given how references are joined, matches counted and n-grams counted."""

    def answer(hypothesis: Tokens, references: Sequence[Tokens], n: int) -> Any:
        h = ngram_counts(hypothesis, n)
        a = join([ngram_counts(reference, n) for reference in references])
        return count(h, a), total(h, a)

    return answer


def _most(counts: list[Counter[Any]]) -> Counter[Any]:
    joined: Counter[Any] = Counter()
    for one in counts:
        joined |= one
    return joined


def _least(counts: list[Counter[Any]]) -> Counter[Any]:
    joined = counts[0]
    for one in counts[1:]:
        joined = joined & one
    return joined


def _summed(counts: list[Counter[Any]]) -> Counter[Any]:
    joined: Counter[Any] = Counter()
    for one in counts:
        joined.update(one)
    return joined


def _best_reference(hypothesis: Tokens, references: Sequence[Tokens], n: int) -> Pair:
    h = ngram_counts(hypothesis, n)
    return max((h & ngram_counts(r, n)).total() for r in references), h.total()


def _single_tokens(hypothesis: Tokens, references: Sequence[Tokens], n: int) -> Pair:
    return clipped_matches(hypothesis, references, 1)


def _joined_text(hypothesis: Tokens, references: Sequence[Tokens], n: int) -> Pair:
    return clipped_matches(hypothesis, [[t for r in references for t in r]], n)


def _up_to_n(hypothesis: Tokens, references: Sequence[Tokens], n: int) -> Pair:
    pairs = [clipped_matches(hypothesis, references, m) for m in range(1, n + 1)]
    return sum(m for m, _ in pairs), sum(t for _, t in pairs)


def _pair(change: Callable[[int, int], Any]) -> Answer:
    return lambda h, rs, n: change(*clipped_matches(h, rs, n))


_FIRST = "You look at the first reference only. `references` is a list; use all of it."
_LENGTH = (
    "Your first number is right. The second counts the tokens; n-grams are fewer: a hypothesis of "
    "5 tokens has 4 pairs."
)

MISTAKES = [
    Mistake(
        "not_clipped",
        "You do not clip: an n-gram counts as often as the hypothesis has it, so *the* seven times "
        "gets 7. Take the smaller of its two counts.",
        _made(_most, lambda h, a: sum(k for gram, k in h.items() if gram in a)),
    ),
    Mistake(
        "kinds_only",
        "You count each different n-gram once. A second *the* is right too if a reference has two.",
        _made(_most, lambda h, a: len(h.keys() & a.keys())),
    ),
    Mistake(
        "sum_over_references",
        "You add up the counts of the references. Two references with two *the* each do not allow "
        "four: for each n-gram, take its largest count in any one reference.",
        _made(_summed),
    ),
    Mistake(
        "smallest_count",
        "You take the reference that has an n-gram least often (`&`). The one that has it most "
        "often decides (`|`).",
        _made(_least),
    ),
    Mistake("first_reference", _FIRST, _made(lambda counts: counts[0])),
    Mistake(
        "last_reference",
        "Only the last reference counts in your result: each turn of the loop overwrites what the "
        "turn before it found.",
        _made(lambda counts: counts[-1]),
    ),
    Mistake(
        "best_reference",
        "You match each reference as a whole and take the best one. Clipping works n-gram by "
        "n-gram: one may come from the first reference and the next from the second.",
        _best_reference,
    ),
    Mistake(
        "joined_text",
        "You put the references together as one text. That adds their counts up, and it makes "
        "n-grams across the border.",
        _joined_text,
    ),
    Mistake(
        "larger_count",
        "You take the larger of the two counts. Clipping takes the smaller.",
        _made(_most, lambda h, a: sum(max(k, a[gram]) for gram, k in h.items() if gram in a)),
    ),
    Mistake(
        "allowed_counts",
        "You add up what the references allow, whether the hypothesis uses it or not. Take the "
        "smaller of both counts for each n-gram.",
        _made(_most, lambda h, a: sum(a[gram] for gram in h)),
    ),
    Mistake(
        "not_clipped_and_first_reference",
        f"Two things. You do not clip. And {_FIRST[0].lower()}{_FIRST[1:]}",
        _made(lambda c: c[0], lambda h, a: sum(k for gram, k in h.items() if gram in a)),
    ),
    Mistake(
        "kinds_of_first_reference",
        f"Two things. You count each different n-gram once. And {_FIRST[0].lower()}{_FIRST[1:]}",
        _made(lambda c: c[0], lambda h, a: len(h.keys() & a.keys())),
    ),
    Mistake(
        "total_of_kinds",
        "Your first number is right. The second counts the *different* n-grams; count all of them.",
        _made(_most, total=lambda h, a: len(h)),
    ),
    Mistake(
        "kinds_of_both",
        "Both numbers count each different n-gram once. Repeated ones count as well.",
        _made(_most, lambda h, a: len(h.keys() & a.keys()), lambda h, a: len(h)),
    ),
    Mistake("total_is_length", _LENGTH, lambda h, rs, n: (clipped_matches(h, rs, n)[0], len(h))),
    Mistake(
        "total_negative",
        "For a hypothesis shorter than n your second number is negative: it has no n-grams, so "
        "none at all, 0.",
        lambda h, rs, n: (clipped_matches(h, rs, n)[0], len(h) - n + 1),
    ),
    Mistake(
        "total_one_short",
        "Your first number is right. The second is one too small: 5 tokens have 4 pairs, and "
        "4 = 5 − 2 + 1.",
        lambda h, rs, n: (clipped_matches(h, rs, n)[0], max(len(h) - n, 0)),
    ),
    Mistake(
        "total_of_references",
        "Your second number counts the n-grams of the references: that would be recall. Precision "
        "divides by those of the hypothesis.",
        _made(_most, total=lambda h, a: a.total()),
    ),
    Mistake(
        "total_of_first_reference",
        "Your second number counts the n-grams of the first reference: that would be recall. "
        "Precision divides by those of the hypothesis.",
        lambda h, rs, n: (clipped_matches(h, rs, n)[0], ngram_counts(rs[0], n).total()),
    ),
    Mistake(
        "swapped",
        "The numbers are right but in the wrong order; return the matches first.",
        _pair(lambda m, t: (t, m)),
    ),
    Mistake(
        "quotient",
        "You divide. Return both numbers: a corpus adds them up before it divides.",
        _pair(lambda m, t: m / t if t else 0.0),
    ),
    Mistake(
        "matches_alone",
        "You return only the matches. Return a pair: the matches and the number of n-grams.",
        _pair(lambda m, t: m),
    ),
    Mistake(
        "misses",
        "Your first number counts the n-grams that are *not* matched.",
        _pair(lambda m, t: (t - m, t)),
    ),
    Mistake(
        "single_tokens",
        "You count single tokens whatever n is. Pass n on to `ngram_counts`.",
        _single_tokens,
    ),
    Mistake(
        "up_to_n",
        "You add up all lengths from 1 to n. Only n-grams of length n are wanted.",
        _up_to_n,
    ),
]

# Why a mutant is right.
_AGAIN = "the larger of a count and itself is that count, so the first may come twice"

register(
    CodeExercise(
        name="bleu.clipped_matches",
        title="Count matches, clipped",
        points=3,
        package="bleu.clipped_matches",
        reference=clipped_matches,
        trace=_trace,
        probes=_probes,
        oracle=_one_by_one,
        must_not_change=("hypothesis", "references"),
        outputs=("matches", "total"),
        equivalents={"intersection": _intersection, "one by one": _one_by_one},
        mistakes=MISTAKES,
        hints=[
            "Each n-gram of the hypothesis has a count of its own and a limit: the largest count "
            "in any one reference. It scores the smaller of the two.",
            "`ngram_counts(hypothesis, n)` is a Counter, and so is that of each reference. Two "
            "whole numbers come out.",
            "`|` keeps the larger count of each n-gram in two Counters, `&` the smaller. Join the "
            "references with one of them; what does the other do with the hypothesis?",
            "`matches = sum((counts & allowed).values())`",
        ],
        survivors={
            "4: references[1:] → references": _AGAIN,
            "4: 1: → :": _AGAIN,
            "4: 1 → 0": _AGAIN,
            "6: min(count, allowed[gram]) → min(allowed[gram], count)": "the smaller of two "
            "numbers, in either order",
        },
        solved="Seven times *the* gets 2 of 7: repeating a right word earns nothing more.",
    )
)
