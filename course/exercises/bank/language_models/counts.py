"""Exercise 3.1: count."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register

Counts = dict[str, dict[str, int]]
WORD = "abracadabra"


def count_ngrams(text: str, n: int) -> Counts:
    """Count which character follows each context of n − 1 characters."""
    counts: Counts = {}
    for i in range(n - 1, len(text)):
        context = text[i - n + 1 : i]
        row = counts.setdefault(context, {})
        row[text[i]] = row.get(text[i], 0) + 1
    return counts


def _trace(text: str, n: int) -> dict[str, Any]:
    """The last context, and all counts."""
    counts: Counts = {}
    context = ""
    for i in range(n - 1, len(text)):
        context = text[i - n + 1 : i]
        row = counts.setdefault(context, {})
        row[text[i]] = row.get(text[i], 0) + 1
    return {"context": context, "counts": counts}


def _probes(rng: np.random.Generator) -> list[Probe]:
    def some(letters: str, length: int) -> str:
        return "".join(rng.choice(list(letters), size=length))

    return [
        Probe((WORD, 2), label=EXAMPLE),
        Probe(("abc", 3), label="a text with one n-gram"),
        Probe((WORD, 1), label="n = 1"),
        Probe((WORD, 3), label="n = 3"),
        Probe((some("aAb \n", 30), 2), label="blanks, line breaks, capitals"),
        Probe((some("abc", 40), 4), label="n = 4"),
        Probe((some("가나다라", 20), 3), label="Korean"),
        Probe(("ab", 3), label="a text shorter than n"),
    ]


def _oracle(text: str, n: int) -> Counts:
    """Look every string of n characters up, one by one, at every place."""
    grams = {text[i : i + n] for i in range(len(text) - n + 1)}
    counts: Counts = {}
    for gram in grams:
        places = sum(text.startswith(gram, i) for i in range(len(text)))
        counts.setdefault(gram[:-1], {})[gram[-1]] = places
    return counts


def _counters(text: str, n: int) -> Any:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for i in range(len(text) - n + 1):
        counts[text[i : i + n - 1]][text[i + n - 1]] += 1
    return counts


def _zipped(text: str, n: int) -> Counts:
    counts: Counts = {}
    for gram in zip(*(text[j:] for j in range(n)), strict=False):
        row = counts.setdefault("".join(gram[:-1]), {})
        row.setdefault(gram[-1], 0)
        row[gram[-1]] += 1
    return counts


def _counted(
    places: Callable[[str, int], Any] = lambda text, n: range(n - 1, len(text)),
    context: Callable[[str, int, int], Any] = lambda text, n, i: text[i - n + 1 : i],
    after: Callable[[str, int, int], str] = lambda text, n, i: text[i],
) -> Callable[[str, int], Any]:
    """Count in another way: at other places, other contexts, other characters."""

    def count(text: str, n: int) -> Any:
        counts: Any = {}
        for i in places(text, n):
            row = counts.setdefault(context(text, n, i), {})
            row[after(text, n, i)] = row.get(after(text, n, i), 0) + 1
        return counts

    return count


def _then(change: Callable[[Counts], Any]) -> Callable[[str, int], Any]:
    return lambda text, n: change(count_ngrams(text, n))


def _last_only(text: str, n: int) -> Counts:
    counts: Counts = {}
    for i in range(n - 1, len(text)):
        counts[text[i - n + 1 : i]] = {text[i]: 1}
    return counts


def _first_only(text: str, n: int) -> Counts:
    counts: Counts = {}
    for i in range(n - 1, len(text)):
        counts.setdefault(text[i - n + 1 : i], {text[i]: 1})
    return counts


def _lists(text: str, n: int) -> dict[str, list[str]]:
    counts: dict[str, list[str]] = {}
    for i in range(n - 1, len(text)):
        counts.setdefault(text[i - n + 1 : i], []).append(text[i])
    return counts


def _row_missing(text: str, n: int) -> Counts:
    if len(text) >= n:
        raise KeyError(text[: n - 1])
    return {}


def _runs_out_of_text(text: str, n: int) -> Counts:
    if len(text) >= n:
        raise IndexError
    return {}


_FLAT = Mistake(
    "flat",
    "You count whole n-grams in one dict. Count in two levels: `counts[context][character]`, so "
    "that all that follows one context stands together.",
    lambda text, n: dict(Counter(text[i : i + n] for i in range(len(text) - n + 1))),
)

register(
    CodeExercise(
        name="language.count_ngrams",
        title="Build the counts",
        points=2,
        package="language.count_ngrams",
        reference=count_ngrams,
        trace=_trace,
        probes=_probes,
        oracle=_oracle,
        equivalents={"counters": _counters, "zipped": _zipped, "oracle": _oracle},
        outputs=("counts",),
        mistakes=[
            Mistake(
                "n_before",
                "Your contexts have n characters. An n-gram holds the context *and* the character "
                "after it, so the context has n − 1.",
                _counted(lambda text, n: range(n, len(text)), lambda text, n, i: text[i - n : i]),
            ),
            Mistake(
                "starts_at_0",
                "Your loop starts at `i = 0`. The first characters do not have n − 1 characters "
                "before them, and `i - n + 1` is negative there, which Python counts from the end.",
                _counted(lambda text, n: range(len(text))),
            ),
            Mistake(
                "shorter_at_the_start",
                "You also count the first n − 1 characters, with contexts that are too short. "
                "Start at the first character that has n − 1 characters before it.",
                _counted(
                    lambda text, n: range(len(text)),
                    lambda text, n, i: text[max(0, i - n + 1) : i],
                ),
            ),
            Mistake(
                "starts_at_n",
                "You leave out the first n-gram. The first character with n − 1 characters before "
                "it has the index n − 1.",
                _counted(lambda text, n: range(n, len(text))),
            ),
            Mistake(
                "without_last",
                "You leave out the last character. `range(n - 1, len(text))` already stops before "
                "`len(text)`.",
                _counted(lambda text, n: range(n - 1, len(text) - 1)),
            ),
            Mistake(
                "in_blocks",
                "You move on by n characters at a time. N-grams overlap: move on by one.",
                _counted(lambda text, n: range(n - 1, len(text), n)),
            ),
            Mistake(
                "always_one_before",
                "Your context is always one character long. Take n − 1 characters.",
                _counted(context=lambda text, n, i: text[i - 1 : i]),
            ),
            Mistake(
                "holds_the_next",
                "Your contexts end on the character that is counted after them. End the slice "
                "before it: `text[… : i]`.",
                _counted(context=lambda text, n, i: text[i - n + 1 : i + 1]),
            ),
            Mistake(
                "one_too_far_back",
                "Your contexts stop one character too early: `text[i - 1]` belongs to the context "
                "of `text[i]`.",
                _counted(
                    lambda text, n: range(n, len(text)), lambda text, n, i: text[i - n : i - 1]
                ),
            ),
            Mistake(
                "what_comes_before",
                "You count which character comes *before* each n − 1 characters. Count what "
                "follows them.",
                _counted(
                    lambda text, n: range(len(text) - n + 1),
                    lambda text, n, i: text[i + 1 : i + n],
                ),
            ),
            _FLAT,
            Mistake(
                "overwritten",
                "Each time a context comes again you replace its row by a new one. Keep the row "
                "and add one to it.",
                _last_only,
            ),
            Mistake(
                "first_follower",
                "You keep only what followed a context the first time. Add one to its row each "
                "time.",
                _first_only,
            ),
            Mistake(
                "all_ones",
                "Every count is 1. Add one to the old count: `row.get(character, 0) + 1`.",
                _then(lambda counts: {c: dict.fromkeys(row, 1) for c, row in counts.items()}),
            ),
            Mistake(
                "one_too_many",
                "Every count is one too high. A character that has no entry yet has been seen 0 "
                "times before.",
                _then(
                    lambda counts: {
                        c: {x: k + 1 for x, k in row.items()} for c, row in counts.items()
                    }
                ),
            ),
            Mistake(
                "one_too_few",
                "Every count is one too low: the first time a character comes, its count is 1.",
                _then(
                    lambda counts: {
                        c: {x: k - 1 for x, k in row.items()} for c, row in counts.items()
                    }
                ),
            ),
            Mistake(
                "lists",
                "You list what followed each context. Count it: `{'b': 2, 'c': 1, 'd': 1}`.",
                _lists,
            ),
            Mistake(
                "totals",
                "You count the contexts. Count for each context which characters followed it.",
                _then(lambda counts: {c: sum(row.values()) for c, row in counts.items()}),
            ),
            Mistake(
                "probabilities",
                "You divided each row by its sum already. Return the counts; the next exercise "
                "turns them into probabilities.",
                _then(
                    lambda counts: {
                        c: {x: k / sum(row.values()) for x, k in row.items()}
                        for c, row in counts.items()
                    }
                ),
            ),
            Mistake(
                "tuples",
                "Your contexts are tuples of characters. Let them be strings, as a slice of the "
                "text is.",
                _then(lambda counts: {tuple(c): row for c, row in counts.items()}),
            ),
            Mistake(
                "pairs_as_keys",
                "Your keys are pairs (context, character). Count in two levels: "
                "`counts[context][character]`.",
                lambda text, n: {
                    (c, x): k for c, row in count_ngrams(text, n).items() for x, k in row.items()
                },
            ),
            Mistake(
                "row_lost",
                "Your dict stays empty. `counts.get(context, {})` makes a row but does not put it "
                "into `counts`; `counts.setdefault(context, {})` does both.",
                lambda text, n: {},
            ),
            Mistake(
                "row_missing",
                "The first time a context comes it has no row yet, so `counts[context]` stops with "
                "an error. `counts.setdefault(context, {})` puts in an empty row.",
                _row_missing,
            ),
            Mistake(
                "runs_out_of_text",
                "Your contexts have n characters, so the last one has nothing after it and the "
                "index runs out of the text. A context has n − 1 characters.",
                _runs_out_of_text,
            ),
            Mistake(
                "text_count",
                "`text.count` skips places that overlap: it finds “aa” once in “aaa”. Add one at "
                "each place in your loop instead.",
                lambda text, n: {
                    c: {x: text.count(c + x) for x in row}
                    for c, row in count_ngrams(text, n).items()
                },
            ),
            Mistake(
                "all_before",
                "Your contexts hold all that came before. Take the last n − 1 characters of it.",
                _counted(context=lambda text, n, i: text[:i]),
            ),
            Mistake(
                "returns_early",
                "You return after the first n-gram: the `return` stands inside the loop.",
                lambda text, n: count_ngrams(text[:n], n) if len(text) >= n else None,
            ),
        ],
        hints=[
            "Go through the text from left to right. Each character is counted once, in the row "
            "of the n − 1 characters before it.",
            "For n = 3 the first context is `text[0:2]`, and `text[2]` follows it. In general: "
            "which index comes first, and where does the slice begin?",
            "Loop over i from n − 1 to the end. Cut out the context, the n − 1 characters just "
            "before i. Get its row, or put in an empty one. Add one to the entry of `text[i]`.",
            "`row = counts.setdefault(context, {})` returns the row of a context and puts in an "
            "empty one if there is none.",
        ],
        solved="The table needs no zeros: what never came has no entry. That is why counts work "
        "for long contexts at all. With 100 characters there are 100⁶ contexts of six.",
        survivors={
            "4: range(n - 1, len(text)) → reversed(range(n - 1, len(text)))": "counts do not "
            "depend on the order in which they are made",
        },
    )
)
