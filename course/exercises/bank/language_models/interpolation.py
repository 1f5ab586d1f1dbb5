"""Exercise 3.3: mix contexts of several lengths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, Property, register
from course.exercises.bank.language_models.counts import WORD, Counts, count_ngrams
from course.exercises.bank.language_models.smoothing import LETTERS, add_k, some_text

Array = npt.NDArray[Any]
Tables = Sequence[Counts]
Model = Callable[[Tables, str, float, Sequence[str]], Any]


def interpolate(tables: Tables, context: str, kappa: float, alphabet: Sequence[str]) -> Array:
    """Work up from no context to the longest."""
    p = np.full(len(alphabet), 1 / len(alphabet))  # (V,)
    for n, counts in enumerate(tables, start=1):
        recent = context[len(context) - n + 1 :]
        row = counts.get(recent, {})
        c = np.array([row.get(x, 0) for x in alphabet])  # (V,)
        p = (c + kappa * p) / (c.sum() + kappa)
    return p


def _trace(tables: Tables, context: str, kappa: float, alphabet: Sequence[str]) -> dict[str, Any]:
    """What the last turn of the loop leaves: the longest context, its counts, the mixture."""
    p = np.full(len(alphabet), 1 / len(alphabet))
    for n, counts in enumerate(tables, start=1):
        recent = context[len(context) - n + 1 :]
        row = counts.get(recent, {})
        c = np.array([row.get(x, 0) for x in alphabet])
        p = (c + kappa * p) / (c.sum() + kappa)
    return {"c": c, "p": p}


def _up_to(text: str, n: int) -> list[Counts]:
    return [count_ngrams(text, m) for m in range(1, n + 1)]


def _probes(rng: np.random.Generator) -> list[Probe]:
    text = some_text(rng, "dbca", 80)
    return [
        Probe((_up_to(WORD, 2), "c", 1, LETTERS), label=EXAMPLE),
        Probe((_up_to(WORD, 1), "", 2, LETTERS), label="n = 1"),
        Probe((_up_to(WORD, 1), "ab", 0.5, LETTERS), label="n = 1, context “ab”"),
        Probe((_up_to(WORD, 3), "ra", 0.5, LETTERS), label="n = 3"),
        Probe((_up_to(WORD, 3), "zc", 1, LETTERS), label="“zc” was never seen"),
        Probe((_up_to(WORD, 3), "abra", 2, "zrdcba"), label="a context longer than n − 1"),
        Probe((_up_to(WORD, 3), "b", 2, LETTERS), label="a context shorter than n − 1"),
        Probe((_up_to(text, 4), text[5:8], 3, "abcd")),
        Probe((_up_to(text, 2), text[:6], 0.2, ("x", "c", "a", "b", "d"))),
    ]


def _recursive(tables: Tables, context: str, kappa: float, alphabet: Sequence[str]) -> Array:
    """The formula as it is written, from the longest context down, in exact fractions."""

    def p(n: int) -> list[Fraction]:
        if n == 0:
            return [Fraction(1, len(alphabet))] * len(alphabet)
        shorter = p(n - 1)
        if len(context) < n - 1:
            return shorter
        row = tables[n - 1].get(context[len(context) - (n - 1) :], {})
        total = sum(row.get(x, 0) for x in alphabet) + Fraction(kappa)
        pairs = zip(alphabet, shorter, strict=True)
        return [(row.get(x, 0) + Fraction(kappa) * q) / total for x, q in pairs]

    return np.array([float(value) for value in p(len(tables))])


def _shares(tables: Tables, context: str, kappa: float, alphabet: Sequence[str]) -> Array:
    """Mix shares with a weight instead of counts."""
    p = np.ones(len(alphabet)) / len(alphabet)
    for n, counts in enumerate(tables):
        row = counts.get(context[-n:] if n else "", {})
        if row:
            c = np.array([row.get(x, 0) for x in alphabet])
            weight = c.sum() / (c.sum() + kappa)
            p = weight * c / max(c.sum(), 1) + (1 - weight) * p
    return p


def _mixed(
    step: Callable[[Array, float, Array], Any] = lambda c, kappa, p: (
        (c + kappa * p) / (c.sum() + kappa)
    ),
    start: Callable[[int], Array] = lambda V: np.full(V, 1 / V),
    recent: Callable[[str, int], str] = lambda context, n: context[len(context) - n + 1 :],
    walk: Callable[[Tables], Any] = lambda tables: enumerate(tables, start=1),
) -> Model:
    """Mix in another way: another step, another start, other contexts, another order."""

    def model(tables: Tables, context: str, kappa: float, alphabet: Sequence[str]) -> Any:
        p: Any = start(len(alphabet))
        with np.errstate(all="ignore"):
            for n, counts in walk(tables):
                row = counts.get(recent(context, n), {})
                p = step(np.array([row.get(x, 0) for x in alphabet]), kappa, p)
        return p

    return model


def _strict(tables: Tables, context: str, kappa: float, alphabet: Sequence[str]) -> Array:
    found = [counts[context[len(context) - n + 1 :]] for n, counts in enumerate(tables, start=1)]
    return interpolate(tables, context, kappa, alphabet) if found else np.zeros(0)


def _all_orders(tables: Tables, context: str, kappa: float, alphabet: Sequence[str]) -> Array:
    orders = range(1, len(tables) + 1)
    return np.array([interpolate(tables[:n], context, kappa, alphabet) for n in orders])


def _longest_alone(tables: Tables, context: str, kappa: float, alphabet: Sequence[str]) -> Array:
    recent = context[len(context) - len(tables) + 1 :]
    return add_k(tables[-1], recent, kappa / len(alphabet), alphabet)


def _one_below(tables: Tables, context: str, kappa: float, alphabet: Sequence[str]) -> Array:
    """Mix the longest context with no context at all."""
    p = interpolate(tables[:1], "", kappa, alphabet)
    if len(tables) == 1:
        return p
    row = tables[-1].get(context[len(context) - len(tables) + 1 :], {})
    c = np.array([row.get(x, 0) for x in alphabet])
    return np.asarray((c + kappa * p) / (c.sum() + kappa))


def _mean(tables: Tables, context: str, kappa: float, alphabet: Sequence[str]) -> Array:
    every = [np.full(len(alphabet), 1 / len(alphabet))]
    for n, counts in enumerate(tables, start=1):
        row = counts.get(context[len(context) - n + 1 :], {})
        c = np.array([row.get(x, 0) for x in alphabet])
        every.append(c / max(c.sum(), 1))
    return np.asarray(np.mean(every, axis=0))


MISTAKES = [
    Mistake(
        "kappa_for_each",
        "You add κ to each count. Add κ times the shorter context's probability, `kappa * p`: κ "
        "observations, shared out as p says.",
        _mixed(lambda c, kappa, p: (c + kappa) / (c.sum() + kappa)),
    ),
    Mistake(
        "kappa_for_each_divided",
        "You add κ to each count, which is add-k smoothing. Add κ times the shorter context's "
        "probability, `kappa * p`.",
        _mixed(lambda c, kappa, p: (c + kappa) / (c.sum() + kappa * len(p))),
    ),
    Mistake(
        "p_alone",
        "Above the line you add p without κ. Add `kappa * p`, which sums to κ.",
        _mixed(lambda c, kappa, p: (c + p) / (c.sum() + kappa)),
    ),
    Mistake(
        "kappa_is_one",
        "You add one observation whatever κ is. Add `kappa * p` above the line, κ below it.",
        _mixed(lambda c, kappa, p: (c + p) / (c.sum() + 1)),
    ),
    Mistake(
        "no_kappa_below",
        "Below the line κ is missing. Above it κ observations are added to the counts, so the sum "
        "is N(c) + κ.",
        _mixed(lambda c, kappa, p: (c + kappa * p) / c.sum()),
    ),
    Mistake(
        "kappa_V_below",
        "Below the line you add κ V. `kappa * p` sums to κ, because p sums to one.",
        _mixed(lambda c, kappa, p: (c + kappa * p) / (c.sum() + kappa * len(p))),
    ),
    Mistake(
        "no_kappa_above",
        "Above the line `kappa * p` is missing, so the shorter context plays no part.",
        _mixed(lambda c, kappa, p: c / (c.sum() + kappa)),
    ),
    Mistake(
        "brackets_above",
        "A pair of brackets is missing above the line: `(c + kappa * p) / …`, not "
        "`c + kappa * p / …`.",
        _mixed(lambda c, kappa, p: c + kappa * p / (c.sum() + kappa)),
    ),
    Mistake(
        "brackets_below",
        "A pair of brackets is missing below the line: `… / (c.sum() + kappa)`, not "
        "`… / c.sum() + kappa`.",
        _mixed(lambda c, kappa, p: (c + kappa * p) / c.sum() + kappa),
    ),
    Mistake(
        "each_count_below",
        "Below the line you add κ to each count. N(c) is one number, the sum of all counts in the "
        "row: `c.sum()`.",
        _mixed(lambda c, kappa, p: (c + kappa * p) / (c + kappa)),
    ),
    Mistake(
        "p_below",
        "Below the line you add `kappa * p`. Add κ: all of p together sums to one.",
        _mixed(lambda c, kappa, p: (c + kappa * p) / (c.sum() + kappa * p)),
    ),
    Mistake(
        "p_times_c",
        "You multiply the counts by p. Multiply κ by it: `c + kappa * p`.",
        _mixed(lambda c, kappa, p: (c * p + kappa) / (c.sum() + kappa)),
    ),
    Mistake(
        "adds_the_old",
        "You add the new mixture to the old p. The formula contains the old p already: replace it.",
        _mixed(lambda c, kappa, p: p + (c + kappa * p) / (c.sum() + kappa)),
    ),
    Mistake(
        "kappa_is_a_share",
        "You use κ as a share between 0 and 1. It is a number of observations, to be added to "
        "the counts.",
        _mixed(lambda c, kappa, p: (1 - kappa) * p + kappa * c / max(c.sum(), 1)),
    ),
    Mistake(
        "shares_plus_p",
        "You add κ p to the shares c / N(c). Add it to the counts, then divide by N(c) + κ.",
        _mixed(lambda c, kappa, p: (c / max(c.sum(), 1) + kappa * p) / (1 + kappa)),
    ),
    Mistake(
        "longest_alone",
        "Each order mixes its counts with the uniform distribution, so only the longest counts. "
        "Put the new mixture in place of p, and mix the next order with that.",
        _longest_alone,
    ),
    Mistake(
        "one_below",
        "You mix the longest context with no context, and skip those in between. Work up one "
        "character at a time.",
        _one_below,
    ),
    Mistake(
        "backs_off",
        "You take the longest context that was seen, alone. Mix it with the shorter one: "
        "`(c + kappa * p) / (c.sum() + kappa)`.",
        _mixed(lambda c, kappa, p: c / c.sum() if c.any() else p),
    ),
    Mistake(
        "unseen_is_uniform",
        "After a context that was never seen you start again from the uniform distribution. "
        "There the formula gives p unchanged: the shorter context's answer stands.",
        _mixed(
            lambda c, kappa, p: (
                (c + kappa * p) / (c.sum() + kappa) if c.any() else np.full(len(p), 1 / len(p))
            )
        ),
    ),
    Mistake(
        "unseen_is_zero",
        "After a context that was never seen you return zeros. There the formula gives p "
        "unchanged: the shorter context's answer stands.",
        _mixed(lambda c, kappa, p: (c + kappa * p) / (c.sum() + kappa) if c.any() else 0 * p),
    ),
    Mistake(
        "starts_at_zero",
        "You start from zeros. Before anything is seen, every character has 1/V.",
        _mixed(start=np.zeros),
    ),
    Mistake(
        "starts_at_one",
        "You start from ones. Before anything is seen, every character has 1/V.",
        _mixed(start=np.ones),
    ),
    Mistake(
        "from_the_longest",
        "You begin with the longest context, so the single characters get the last word. Begin "
        "with n = 1.",
        _mixed(walk=lambda tables: [*enumerate(tables, start=1)][::-1]),
    ),
    Mistake(
        "first_characters",
        "You take the *first* n − 1 characters of the context. Those just before the next "
        "character are the last ones.",
        _mixed(recent=lambda context, n: context[: n - 1]),
    ),
    Mistake(
        "minus_zero",
        "`context[-(n - 1):]` is the whole context for n = 1, since −0 is 0. So the single "
        "characters find no row. Count from the front: `context[len(context) - (n - 1) :]`.",
        _mixed(recent=lambda context, n: context[-(n - 1) :]),
    ),
    Mistake(
        "n_from_the_front",
        "`context[len(context) - n :]` has n characters. A table of n-grams has contexts of "
        "n − 1: `context[len(context) - (n - 1) :]`.",
        _mixed(recent=lambda context, n: context[len(context) - n :]),
    ),
    Mistake(
        "drops_n_characters",
        "`context[n - 1 :]` leaves out the first n − 1 characters. Keep the *last* n − 1: "
        "`context[len(context) - (n - 1) :]`.",
        _mixed(recent=lambda context, n: context[n - 1 :]),
    ),
    Mistake(
        "whole_context",
        "You look up contexts of the wrong length. The table of n-grams has contexts of n − 1 "
        "characters: take just the last n − 1 of `context`.",
        _mixed(recent=lambda context, n: context),
    ),
    Mistake(
        "single_characters_alone",
        "Only the table for n = 1 has an effect on your result. Does your loop return after the "
        "first table? Or does it number the tables from 0? The first one is for n = 1.",
        _mixed(walk=enumerate),
    ),
    Mistake(
        "must_be_there",
        "`counts[…]` stops with an error for a context that was never seen. "
        "`counts.get(…, {})` gives an empty row for it.",
        _strict,
    ),
    Mistake(
        "mean",
        "You take the plain mean of the shares of all orders. Use the formula: how much the "
        "shorter context counts depends on N(c).",
        _mean,
    ),
    Mistake(
        "all_orders",
        "You return the mixture for every n. Return the last one, (V,).",
        _all_orders,
    ),
]

register(
    CodeExercise(
        name="language.interpolate",
        title="Build interpolation",
        points=3,
        package="language.interpolate",
        reference=interpolate,
        trace=_trace,
        probes=_probes,
        oracle=_recursive,
        equivalents={"recursive": _recursive, "shares": _shares},
        properties=[
            Property(
                "Your probabilities do not sum to one.",
                lambda output, *args: np.isclose(np.sum(output), 1),
            )
        ],
        outputs=("p",),
        axes=("V",),
        mistakes=MISTAKES,
        hints=[
            "Begin with a guess that knows nothing: 1/V for each character. Each table improves "
            "on the guess so far, the shortest context first.",
            "`p`, `c` and the result are all (V,). `c` is made as in `add_k`. `c.sum()` and "
            "`kappa` are single numbers.",
            "Set p to 1/V. For n = 1, 2, … and its table: take the last n − 1 characters of the "
            "context, make `c` of their row, and replace p by the formula's right-hand side, "
            "where the old p is the shorter context's answer.",
            "`recent = context[len(context) - n + 1 :]` holds the last n − 1 characters, and "
            "nothing for n = 1.",
        ],
        solved="A context seen often trusts its own counts; a rare one listens to the shorter "
        "context. With only one table this is add-k smoothing with k = κ / V.",
    )
)
