"""Exercise 10.4: BLEU of a corpus."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from helpers import bleu

Array = npt.NDArray[Any]


def brevity_penalty(c: float, r: float) -> float:
    """The factor of Exercise 10.3; 0 where nothing has been said."""
    return float(min(1.0, np.exp(1 - r / c))) if c else 0.0


def bleu_of_corpus(statistics: Array) -> float:
    """BLEU of a corpus from its rows (S, 10): c, r, four matches, four totals."""
    sums = statistics.sum(axis=0)
    c, r = sums[0], sums[1]
    matches, totals = sums[2:6], sums[6:10]
    p = matches / np.maximum(totals, 1)
    return float(100 * brevity_penalty(c, r) * np.prod(p) ** (1 / 4))


def _trace(statistics: Array) -> dict[str, Any]:
    sums = statistics.sum(axis=0)
    matches, totals = sums[2:6], sums[6:10]
    p = matches / np.maximum(totals, 1)
    return {"sums": sums, "matches": matches, "totals": totals, "p": p}


PAPER = [8, 9, 7, 5, 3, 1, 8, 7, 6, 5]
OTHER = [6, 6, 4, 3, 2, 1, 6, 5, 4, 3]


def _probes(rng: np.random.Generator) -> list[Probe]:
    probes = [
        Probe((np.array([PAPER]),), label="the pair on paper"),
        Probe((np.array([PAPER, OTHER]),), label=EXAMPLE),
        Probe((np.array([[9, 6, 6, 4, 3, 2, 9, 8, 7, 6]]),), label="longer than its reference"),
        Probe((np.array([[5, 5, 4, 2, 1, 0, 5, 4, 3, 2]]),), label="no four words in a row right"),
        Probe((np.array([[3, 3, 3, 2, 1, 0, 3, 2, 1, 0]]),), label="three words, all right"),
        Probe(
            (np.array([[3, 3, 3, 2, 1, 0, 3, 2, 1, 0], OTHER]),), label="a short one and another"
        ),
        Probe((np.array([[4, 4, 4, 3, 2, 1, 4, 3, 2, 1]]),), label="four words, all right"),
    ]
    letters = list("abcdef")
    for S in (3, 5):
        references = [[rng.choice(letters, size=rng.integers(6, 13)).tolist()] for _ in range(S)]
        hypotheses = [
            [t if rng.random() > 0.2 else "x" for t in refs[0][: rng.integers(5, 13)]]
            for refs in references
        ]
        rows = bleu.bleu_statistics([*hypotheses, list("abcde")], [*references, [list("abcdeff")]])
        probes.append(Probe((rows,)))
    return probes


def _sacrebleu(statistics: Array) -> float:
    from sacrebleu.metrics import BLEU

    sums = [int(entry) for entry in statistics.sum(axis=0)]
    found = BLEU.compute_bleu(sums[2:6], sums[6:], sums[0], sums[1], smooth_method="none")
    return float(found.score)


def _logs(statistics: Array) -> float:
    c, r, *counts = statistics.sum(axis=0).tolist()
    if 0 in counts[:4]:
        return 0.0
    logs = [np.log(m / t) for m, t in zip(counts[:4], counts[4:], strict=True)]
    return float(100 * np.exp(min(0, 1 - r / c) + sum(logs) / 4))


Parts = tuple[float, float, Array, Array]


def _from_sums(change: Callable[[float, float, Array, Array], Any]) -> Callable[[Array], Any]:
    """A wrong score, given c, r, matches and totals of the whole corpus."""

    def answer(statistics: Array) -> Any:
        sums = statistics.sum(axis=0)
        with np.errstate(all="ignore"):
            return change(sums[0], sums[1], sums[2:6].astype(float), sums[6:10].astype(float))

    return answer


def _from_p(change: Callable[[float, Array], Any]) -> Callable[[Array], Any]:
    """A wrong score, given the penalty and the precisions."""
    return _from_sums(lambda c, r, m, t: change(brevity_penalty(c, r), m / np.maximum(t, 1)))


def _rows(statistics: Array) -> list[float]:
    return [bleu_of_corpus(row[None]) for row in statistics]


def _mean_precisions(statistics: Array) -> float:
    c, r = statistics[:, :2].sum(axis=0)
    p = (statistics[:, 2:6] / np.maximum(statistics[:, 6:], 1)).mean(axis=0)
    return float(100 * brevity_penalty(c, r) * np.prod(p) ** 0.25)


def _mean_penalty(statistics: Array) -> float:
    penalties = [brevity_penalty(row[0], row[1]) for row in statistics]
    whole = _from_p(lambda bp, p: 100 * np.prod(p) ** 0.25)(statistics)
    return float(np.mean(penalties) * whole)


def _shifted(statistics: Array) -> float:
    sums = statistics.sum(axis=0)
    p = sums[1:5] / np.maximum(sums[5:9], 1)
    return float(100 * brevity_penalty(sums[0], sums[1]) * np.prod(p) ** 0.25)


def _interleaved(statistics: Array) -> float:
    sums = statistics.sum(axis=0)
    p = sums[2::2] / np.maximum(sums[3::2], 1)
    return float(100 * brevity_penalty(sums[0], sums[1]) * np.prod(p) ** 0.25)


def _without_zeros(bp: float, p: Array) -> float:
    return float(100 * bp * np.exp(sum(np.log(x) for x in p if x > 0) / 4))


def _d2l(bp: float, p: Array) -> float:
    return float(100 * bp * np.prod(p ** (0.5 ** np.arange(1, 5))))


def _harmonic(p: Array) -> float:
    return 4 / (1 / p).sum() if p.all() else 0.0


MISTAKES = [
    Mistake(
        "mean_of_sentences",
        "You score each sentence and take the mean. Sum the rows first, then score once.",
        lambda statistics: float(np.mean(_rows(statistics))),
    ),
    Mistake(
        "first_row",
        "You score the first row only. Sum all rows: `statistics.sum(axis=0)`.",
        lambda statistics: _rows(statistics)[0],
    ),
    Mistake(
        "mean_of_precisions",
        "You take each sentence's precisions and average them. The formula sums matches and totals "
        "over all sentences and divides once.",
        _mean_precisions,
    ),
    Mistake(
        "mean_of_penalties",
        "You give each sentence a penalty and average these. There is one penalty, from the "
        "lengths of the whole corpus.",
        _mean_penalty,
    ),
    Mistake(
        "no_penalty",
        "You left out the brevity penalty.",
        _from_p(lambda bp, p: 100 * np.prod(p) ** 0.25),
    ),
    Mistake(
        "penalty_turned",
        "`brevity_penalty` takes c first, then r. Yours lowers the score of long translations.",
        _from_sums(
            lambda c, r, m, t: 100 * brevity_penalty(r, c) * np.prod(m / np.maximum(t, 1)) ** 0.25
        ),
    ),
    Mistake(
        "arithmetic_mean",
        "You took the arithmetic mean of the precisions. BLEU takes the geometric one: the fourth "
        "root of their product.",
        _from_p(lambda bp, p: 100 * bp * p.mean()),
    ),
    Mistake(
        "harmonic_mean",
        "You took the harmonic mean of the precisions. BLEU takes the geometric one.",
        _from_p(lambda bp, p: 100 * bp * _harmonic(p)),
    ),
    Mistake(
        "no_root",
        "You multiplied the four precisions and took no root. The geometric mean has a fourth "
        "root, a power of 1/4.",
        _from_p(lambda bp, p: 100 * bp * np.prod(p)),
    ),
    Mistake(
        "no_root_no_penalty",
        "Two things. The geometric mean has a fourth root. And the brevity penalty is missing.",
        _from_p(lambda bp, p: 100 * np.prod(p)),
    ),
    Mistake(
        "divided_not_rooted",
        "You divided the product by 4. The geometric mean takes the fourth root: a power of 1/4.",
        _from_p(lambda bp, p: 100 * bp * np.prod(p) / 4),
    ),
    Mistake(
        "power_four",
        "You took the fourth power. The geometric mean takes the fourth *root*: a power of 1/4. "
        "Mind the brackets: `** (1 / 4)`.",
        _from_p(lambda bp, p: 100 * bp * np.prod(p) ** 4),
    ),
    Mistake(
        "square_root",
        "You took the square root. There are four precisions: the fourth root.",
        _from_p(lambda bp, p: 100 * bp * np.prod(p) ** 0.5),
    ),
    Mistake(
        "penalty_under_the_root",
        "You put the brevity penalty under the root. The root is of the four precisions alone.",
        _from_p(lambda bp, p: 100 * (bp * np.prod(p)) ** 0.25),
    ),
    Mistake(
        "falling_weights",
        "Your weights are 1/2, 1/4, 1/8 and 1/16, which do not sum to one. BLEU weighs the four "
        "precisions alike, 1/4 each.",
        _from_p(_d2l),
    ),
    Mistake(
        "zeros_left_out",
        "You leave out a precision of 0, or its logarithm. It is a factor of the product, so BLEU "
        "is 0.",
        _from_p(_without_zeros),
    ),
    Mistake(
        "not_a_number",
        "Where a total is 0, you divide 0 by 0. Let p be 0 there: `np.maximum(totals, 1)` below "
        "the line does it.",
        _from_sums(lambda c, r, m, t: 100 * brevity_penalty(c, r) * np.prod(m / t) ** 0.25),
    ),
    Mistake(
        "three_orders",
        "You use three precisions. There are four: columns 2 to 5 hold the matches.",
        _from_p(lambda bp, p: 100 * bp * np.prod(p[:3]) ** (1 / 3)),
    ),
    Mistake(
        "single_tokens",
        "You use the precision of single tokens alone. BLEU multiplies four.",
        _from_p(lambda bp, p: 100 * bp * p[0]),
    ),
    Mistake(
        "by_length",
        "You divide all matches by c. Each n has its own total, in columns 6 to 9.",
        _from_sums(lambda c, r, m, t: 100 * brevity_penalty(c, r) * np.prod(m / c) ** 0.25),
    ),
    Mistake(
        "recall",
        "You divide by the reference's length. Precision divides by the totals of the hypotheses, "
        "columns 6 to 9.",
        _from_sums(lambda c, r, m, t: 100 * brevity_penalty(c, r) * np.prod(m / r) ** 0.25),
    ),
    Mistake(
        "ratio_of_sums",
        "You add up the matches of all n and divide once. Each n has a precision of its own.",
        _from_sums(lambda c, r, m, t: 100 * brevity_penalty(c, r) * m.sum() / t.sum()),
    ),
    Mistake(
        "shifted",
        "Your columns are one too far left. A row begins with c and r; the matches are columns 2 "
        "to 5, the totals 6 to 9.",
        _shifted,
    ),
    Mistake(
        "interleaved",
        "You read matches and totals in turn. First come the four matches (columns 2 to 5), then "
        "the four totals.",
        _interleaved,
    ),
    Mistake(
        "fraction",
        "Right as a fraction. In this course BLEU goes up to 100.",
        _from_p(lambda bp, p: bp * np.prod(p) ** 0.25),
    ),
    Mistake(
        "precisions",
        "You return the four precisions. BLEU is their geometric mean, times the brevity penalty, "
        "times 100.",
        _from_p(lambda bp, p: p),
    ),
]

register(
    CodeExercise(
        name="bleu.of_corpus",
        title="BLEU of a corpus",
        points=3,
        reference=bleu_of_corpus,
        trace=_trace,
        probes=_probes,
        oracle=_sacrebleu,
        must_not_change=("statistics",),
        equivalents={"logs": _logs, "package": lambda s: bleu.bleu_from_statistics(s.sum(axis=0))},
        mistakes=MISTAKES,
        hints=[
            "First make one row of many: sum over the sentences. Everything else is the "
            "calculation on paper.",
            "`statistics` is (S, 10). After the sum there are ten numbers: c, r, four matches, "
            "four totals.",
            "Four divisions at once, then `np.prod`, the fourth root, the brevity penalty of c and "
            "r, and 100. Let a total of 0 give p = 0.",
            "`p = matches / np.maximum(totals, 1)`",
        ],
        survivors={
            "3: statistics.sum → statistics.mean": "BLEU is made of ratios: a common factor of all "
            "statistics cancels",
            "5: 6:10 → 6:": "a row has ten numbers",
            "5: 10 → 11": "a row has ten numbers",
            "6: np.maximum(totals, 1) → np.maximum(1, totals)": "the larger of two numbers, in "
            "either order",
            "7: float(100 * brevity_penalty(c, r) * np.prod(p) ** (1 / 4)) → "
            "100 * brevity_penalty(c, r) * np.prod(p) ** (1 / 4)": "the same number, of NumPy's "
            "type",
        },
        solved="The longer a sentence, the more n-grams it has, so the more it weighs.",
    )
)
