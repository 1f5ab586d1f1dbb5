"""Exercise 3.2: smooth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, Property, register
from course.exercises.bank.language_models.counts import WORD, Counts, count_ngrams

Array = npt.NDArray[Any]
Model = Callable[[Counts, str, float, Sequence[str]], Any]
LETTERS = "abcdr"


def add_k(counts: Counts, context: str, k: float, alphabet: Sequence[str]) -> Array:
    """Add k to each count, and divide by the sum."""
    row = counts.get(context, {})
    c = np.array([row.get(x, 0) for x in alphabet])  # (V,)
    p: Array = (c + k) / (c.sum() + k * len(alphabet))
    return p


def _trace(counts: Counts, context: str, k: float, alphabet: Sequence[str]) -> dict[str, Array]:
    """The counts in the alphabet's order, then the probabilities."""
    row = counts.get(context, {})
    c = np.array([row.get(x, 0) for x in alphabet])
    p = (c + k) / (c.sum() + k * len(alphabet))
    return {"c": c, "p": p}


def some_text(rng: np.random.Generator, letters: str, length: int) -> str:
    """Draw a text in which the first letters are the commonest."""
    chances = 0.5 ** np.arange(len(letters))
    return "".join(rng.choice(list(letters), size=length, p=chances / chances.sum()))


def _probes(rng: np.random.Generator) -> list[Probe]:
    pairs = count_ngrams(WORD, 2)
    text = some_text(rng, "dbca", 60)
    seen = text[3:5]
    return [
        Probe((pairs, "c", 1, LETTERS), label=EXAMPLE),
        Probe((pairs, "a", 0.5, LETTERS)),
        Probe((pairs, "z", 0.25, LETTERS), label="a context never seen", part="unseen"),
        Probe((pairs, "b", 2, "zrdcbay"), label="another alphabet"),
        Probe((count_ngrams(WORD, 1), "", 0.1, LETTERS), label="n = 1"),
        Probe((count_ngrams(text, 3), seen, 0.3, "abcd")),
        Probe((count_ngrams(text, 2), text[0], 0.01, ("x", "c", "a", "b", "d"))),
    ]


def _fractions(counts: Counts, context: str, k: float, alphabet: Sequence[str]) -> Array:
    """Count again in exact fractions."""
    seen = [Fraction(counts[context].get(x, 0) if context in counts else 0) for x in alphabet]
    total = sum(seen) + len(alphabet) * Fraction(k)
    return np.array([float((one + Fraction(k)) / total) for one in seen])


def _loop(counts: Counts, context: str, k: float, alphabet: Sequence[str]) -> list[float]:
    row = counts[context] if context in counts else {}
    smoothed = [row[x] + k if x in row else k for x in alphabet]
    return [one / sum(smoothed) for one in smoothed]


def _with(change: Callable[[Array, float, int], Any]) -> Model:
    """Make something else of the counts c (V,), k and V."""

    def model(counts: Counts, context: str, k: float, alphabet: Sequence[str]) -> Any:
        row = counts.get(context, {})
        with np.errstate(all="ignore"):
            c = np.array([row.get(x, 0) for x in alphabet])
            return change(c, k, len(alphabet))

    return model


def _strict_characters(counts: Counts, context: str, k: float, alphabet: Sequence[str]) -> Array:
    row = counts.get(context, {})
    c = np.array([row[x] for x in alphabet])
    return np.asarray((c + k) / (c.sum() + k * len(alphabet)))


def _divided(number: Callable[[Counts, str], float]) -> Model:
    """Divide by N(c) + k times another number than V."""

    def model(counts: Counts, context: str, k: float, alphabet: Sequence[str]) -> Any:
        row = counts.get(context, {})
        c = np.array([row.get(x, 0) for x in alphabet])
        with np.errstate(all="ignore"):
            return (c + k) / (c.sum() + k * number(counts, context))

    return model


def _row_alone(counts: Counts, context: str, k: float, alphabet: Sequence[str]) -> Array:
    c = np.array(list(counts.get(context, {}).values()))
    return np.asarray((c + k) / (c.sum() + k * len(alphabet)))


def _all_totals(counts: Counts, context: str, k: float, alphabet: Sequence[str]) -> Array:
    row = counts.get(context, {})
    c = np.array([row.get(x, 0) for x in alphabet])
    total = sum(sum(other.values()) for other in counts.values())
    return np.asarray((c + k) / (total + k * len(alphabet)))


register(
    CodeExercise(
        name="language.add_k",
        title="Build add-k smoothing",
        points={"values": 1, "unseen": 1},
        package="language.add_k",
        reference=add_k,
        trace=_trace,
        probes=_probes,
        oracle=_fractions,
        equivalents={"fractions": _fractions, "loop": _loop},
        properties=[
            Property(
                "Your probabilities do not sum to one.",
                lambda output, *args: np.isclose(np.sum(output), 1),
            )
        ],
        outputs=("p",),
        axes=("V",),
        mistakes=[
            Mistake(
                "k_once_below",
                "You add k only once below the line. Above it k is added V times, once for each "
                "character, so the sum grows by k V.",
                _with(lambda c, k, V: (c + k) / (c.sum() + k)),
            ),
            Mistake(
                "k_only_above",
                "You add k above the line but not below it, so the probabilities sum to more than "
                "one.",
                _with(lambda c, k, V: (c + k) / c.sum()),
            ),
            Mistake(
                "k_only_below",
                "You add k V below the line but no k above it: what was never seen still gets 0.",
                _with(lambda c, k, V: c / (c.sum() + k * V)),
            ),
            Mistake(
                "no_smoothing",
                "These are the plain shares N(c, x) / N(c). Add k to each count first.",
                _with(lambda c, k, V: c / c.sum()),
            ),
            Mistake(
                "without_k_below",
                "Below the line you add V. Add k V.",
                _with(lambda c, k, V: (c + k) / (c.sum() + V)),
            ),
            Mistake(
                "always_one",
                "You add 1 whatever k is. Add the argument `k`.",
                _with(lambda c, k, V: (c + 1) / (c.sum() + V)),
            ),
            Mistake(
                "one_above",
                "You add 1 above the line, but k V below it. Add k above.",
                _with(lambda c, k, V: (c + 1) / (c.sum() + k * V)),
            ),
            Mistake(
                "brackets_above",
                "A pair of brackets is missing above the line: `(c + k) / …`, not `c + k / …`.",
                _with(lambda c, k, V: c + k / (c.sum() + k * V)),
            ),
            Mistake(
                "brackets_below",
                "A pair of brackets is missing below the line: `… / (c.sum() + k * V)`, not "
                "`… / c.sum() + k * V`.",
                _with(lambda c, k, V: (c + k) / c.sum() + k * V),
            ),
            Mistake(
                "k_times_N",
                "Below the line you multiply k by N(c) and add V. It is the other way round: "
                "N(c) + k V.",
                _with(lambda c, k, V: (c + k) / (V + k * c.sum())),
            ),
            Mistake(
                "kinds_for_N",
                "Below the line you take the number of *different* characters seen after the "
                "context. N(c) is the sum of their counts.",
                _with(lambda c, k, V: (c + k) / ((c > 0).sum() + k * V)),
            ),
            Mistake(
                "only_the_unseen",
                "You add k only to the counts that are 0. Add it to all.",
                _with(lambda c, k, V: np.where(c == 0, k, c) / np.where(c == 0, k, c).sum()),
            ),
            Mistake(
                "only_the_seen",
                "You add k only to the counts above 0, so what was never seen still gets 0.",
                _with(lambda c, k, V: (c + k * (c > 0)) / (c.sum() + k * (c > 0).sum())),
            ),
            Mistake(
                "contexts_for_V",
                "You multiply k by the number of contexts in `counts`. V is the number of "
                "characters in `alphabet`.",
                _divided(lambda counts, context: len(counts)),
            ),
            Mistake(
                "row_for_V",
                "You multiply k by the number of characters seen after this context. V is the "
                "number of all characters in `alphabet`.",
                _divided(lambda counts, context: len(counts.get(context, {}))),
            ),
            Mistake(
                "all_totals",
                "You divide by the counts of all contexts. N(c) is the sum of this context's row "
                "alone.",
                _all_totals,
            ),
            Mistake(
                "row_alone",
                "Your result has a number only for each character that was seen. Go through "
                "`alphabet`, so that there are V numbers.",
                _row_alone,
            ),
            Mistake(
                "alphabetical",
                "You sorted the characters. Position i of the result belongs to `alphabet[i]`.",
                lambda counts, context, k, alphabet: add_k(counts, context, k, sorted(alphabet)),
            ),
            Mistake(
                "context_must_be_there",
                "`counts[context]` stops with an error for a context that was never seen. "
                "`counts.get(context, {})` gives an empty row for it.",
                lambda counts, context, k, alphabet: add_k(
                    {context: counts[context]}, context, k, alphabet
                ),
            ),
            Mistake(
                "character_must_be_there",
                "`row[x]` stops with an error for a character that has no entry. `row.get(x, 0)` "
                "gives 0 for it.",
                _strict_characters,
            ),
            Mistake(
                "unseen_context_is_zero",
                "For a context that was never seen you return zeros. Its counts are all 0, so the "
                "formula gives k / (k V), the same for every character.",
                _with(lambda c, k, V: (c + k) / (c.sum() + k * V) if c.any() else np.zeros(V)),
            ),
            Mistake(
                "not_divided",
                "These are counts with k added. Divide them by their sum.",
                _with(lambda c, k, V: c + k),
            ),
            Mistake(
                "counts",
                "These are the counts. Add k to each, and divide by the sum.",
                _with(lambda c, k, V: c),
            ),
            Mistake(
                "dict",
                "You return a dict. Return an array (V,) in the order of `alphabet`.",
                lambda counts, context, k, alphabet: dict(
                    zip(alphabet, add_k(counts, context, k, alphabet).tolist(), strict=True)
                ),
            ),
        ],
        hints=[
            "Pretend that every character of the alphabet was seen k times more often than it was. "
            "Then take shares as before.",
            "`c` has V entries, one for each character of `alphabet` in its order. So has the "
            "result, and it sums to one.",
            "Get the context's row, or an empty one. Make the array `c` of counts, 0 where the row "
            "has no entry. Add k to it. Divide by the sum of `c` plus k times V.",
            "`c = np.array([row.get(x, 0) for x in alphabet])`",
        ],
        solved="For a context never seen, all V characters get 1/V. Add-k then knows nothing, "
        "however much it has read.",
    )
)
