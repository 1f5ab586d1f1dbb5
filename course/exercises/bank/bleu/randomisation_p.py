"""Exercise 10.5: a paired test."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from helpers.bleu import bleu_from_statistics, bleu_statistics

Array = npt.NDArray[Any]

# Why mutants are right.
_SCALE = "BLEU is made of ratios: a common factor of all statistics cancels"
_ROUNDING = "the margin is there for rounding alone; no difference lies so near"


def randomisation_p(first: Array, second: Array, swaps: Array) -> float:
    """P-value of the difference in BLEU, where swaps (R, S) says which sentences change places."""
    seen = abs(bleu_from_statistics(first.sum(axis=0)) - bleu_from_statistics(second.sum(axis=0)))
    hits = 0
    for swap in swaps:
        a = np.where(swap[:, None], second, first).sum(axis=0)
        b = np.where(swap[:, None], first, second).sum(axis=0)
        hits += abs(bleu_from_statistics(a) - bleu_from_statistics(b)) >= seen - 1e-9
    return float((hits + 1) / (len(swaps) + 1))


def _trace(first: Array, second: Array, swaps: Array) -> dict[str, Any]:
    """How far apart the scores are, and how many trials set them as far apart."""
    seen = abs(bleu_from_statistics(first.sum(axis=0)) - bleu_from_statistics(second.sum(axis=0)))
    hits = 0
    for swap in swaps:
        a = np.where(swap[:, None], second, first).sum(axis=0)
        b = np.where(swap[:, None], first, second).sum(axis=0)
        hits += abs(bleu_from_statistics(a) - bleu_from_statistics(b)) >= seen - 1e-9
    return {"seen": seen, "hits": int(hits)}


def _randomisation_signs(first: Array, second: Array, swaps: Array) -> float:
    total = first.sum(axis=0) + second.sum(axis=0)
    signs = np.vstack([np.ones(len(first)), 1 - 2 * swaps])  # the first row swaps nothing
    apart = signs @ (first - second)  # (R + 1, 10)
    differences = [
        abs(bleu_from_statistics((total + d) / 2) - bleu_from_statistics((total - d) / 2))
        for d in apart
    ]
    return sum(d >= differences[0] - 1e-9 for d in differences) / len(differences)


def _some_statistics(
    rng: np.random.Generator, sentences: int, wrong: float
) -> tuple[list[list[str]], list[list[list[str]]]]:
    references = [
        [rng.choice(list("abcdefghij"), size=rng.integers(5, 12)).tolist()]
        for _ in range(sentences)
    ]
    hypotheses = [
        [token if rng.random() > wrong else "x" for token in refs[0]] for refs in references
    ]
    return hypotheses, references


def _two_sentences() -> tuple[Array, Array, Array]:
    """The text's example: two sentences, three trials."""
    a, b = "a b c d e f".split(), "a b c d e x".split()
    first = bleu_statistics([a, a], [[a], [a]])
    second = bleu_statistics([b, b], [[a], [a]])
    return first, second, np.array([[True, False], [True, True], [False, False]])


def _randomisation_probes(rng: np.random.Generator) -> list[Probe]:
    probes = [Probe(_two_sentences(), label=EXAMPLE)]
    for sentences, trials, wrong, label in (
        (6, 40, (0.05, 0.3), "the first is better"),
        (7, 60, (0.4, 0.05), "the second is better"),
        (9, 50, (0.15, 0.15), "about as good"),
        (12, 80, (0.1, 0.2), ""),
        (5, 30, (0.2, 0.25), ""),
    ):
        hypotheses, references = _some_statistics(rng, sentences, wrong[0])
        others = [
            [token if rng.random() > wrong[1] else "y" for token in refs[0]] for refs in references
        ]
        first, second = bleu_statistics(hypotheses, references), bleu_statistics(others, references)
        swaps = rng.random((trials, sentences)) < 0.5
        swaps[0], swaps[1] = False, True  # as they are, and all changed
        probes.append(Probe((first, second, swaps), label=label))
    hypotheses, references = _some_statistics(rng, 8, 0.1)
    others = [hypothesis[:-2] for hypothesis in hypotheses]
    first, second = bleu_statistics(hypotheses, references), bleu_statistics(others, references)
    swaps = rng.random((40, 8)) < 0.5
    probes.append(Probe((first, second, swaps), label="the second writes less"))
    same = probes[0].args[0]
    probes.append(
        Probe((same, same.copy(), rng.random((20, len(same))) < 0.5), label="equal systems")
    )
    return probes


def _swapped(first: Array, second: Array, swap: Array) -> tuple[Any, Any]:
    a = np.where(swap[:, None], second, first).sum(axis=0)
    b = np.where(swap[:, None], first, second).sum(axis=0)
    return bleu_from_statistics(a), bleu_from_statistics(b)


def _p(first: Array, second: Array, swaps: Array, kind: str) -> float:
    """Typical wrong p-values."""
    none = np.zeros(len(first), dtype=bool)
    x, y = _swapped(first, second, none)
    seen, apart = x - y, np.array([np.subtract(*_swapped(first, second, s)) for s in swaps])
    n = len(swaps)
    if kind == "one_sided":
        return float(((apart >= seen - 1e-9).sum() + 1) / (n + 1))
    if kind == "strict":
        return float(((np.abs(apart) > abs(seen) + 1e-9).sum() + 1) / (n + 1))
    if kind == "no_one":
        return float((np.abs(apart) >= abs(seen) - 1e-9).mean())
    if kind == "complement":
        return float(((np.abs(apart) < abs(seen) - 1e-9).sum() + 1) / (n + 1))
    if kind == "wins":
        return float((apart > 0).mean())
    if kind == "count":
        return float((np.abs(apart) >= abs(seen) - 1e-9).sum())
    if kind == "only_top":
        return float(((np.abs(apart) >= abs(seen) - 1e-9).sum() + 1) / n)
    if kind == "only_below":
        return float((np.abs(apart) >= abs(seen) - 1e-9).sum() / (n + 1))
    if kind == "signed_seen":
        return float(((apart >= abs(seen) - 1e-9).sum() + 1) / (n + 1))
    if kind == "sentences":
        return float(((np.abs(apart) >= abs(seen) - 1e-9).sum() + 1) / (len(first) + 1))
    if kind == "against_zero":
        return float(((np.abs(apart) > 1e-9).sum() + 1) / (n + 1))
    if kind == "confidence":
        return 1 - float(((np.abs(apart) >= abs(seen) - 1e-9).sum() + 1) / (n + 1))
    means = bleu_from_statistics(first).mean() - bleu_from_statistics(second).mean()
    singles = bleu_from_statistics(first) - bleu_from_statistics(second)
    moved = np.array([np.where(s, -singles, singles).mean() for s in swaps])
    return float(((np.abs(moved) >= abs(means) - 1e-9).sum() + 1) / (n + 1))


def _one_moves(first: Array, second: Array, swaps: Array) -> float:
    none = np.zeros(len(first), dtype=bool)
    x, y = _swapped(first, second, none)
    apart = np.array([_swapped(first, second, s)[0] - y for s in swaps])
    return float(((np.abs(apart) >= abs(x - y) - 1e-9).sum() + 1) / (len(swaps) + 1))


def _randomisation_sacrebleu(first: Array, second: Array, swaps: Array) -> float:
    from sacrebleu.metrics import BLEU

    def score(rows: Array) -> float:
        total = [int(entry) for entry in rows.sum(axis=0)]
        return float(BLEU.compute_bleu(total[2:6], total[6:], total[0], total[1]).score)

    apart = [
        score(np.where(s[:, None], second, first)) - score(np.where(s[:, None], first, second))
        for s in swaps
    ]
    seen = score(first) - score(second)
    hits = sum(abs(difference) >= abs(seen) - 1e-9 for difference in apart)
    return (hits + 1) / (len(swaps) + 1)


def _randomisation_product(first: Array, second: Array, swaps: Array) -> float:
    moved = swaps.astype(int) @ (second - first)
    apart = bleu_from_statistics(first.sum(axis=0) + moved) - bleu_from_statistics(
        second.sum(axis=0) - moved
    )
    seen = bleu_from_statistics(first.sum(axis=0)) - bleu_from_statistics(second.sum(axis=0))
    return float((1 + (np.abs(apart) >= abs(seen) - 1e-9).sum()) / (1 + len(swaps)))


register(
    CodeExercise(
        name="bleu.randomisation_p",
        title="A paired test",
        points=3,
        package="bleu.randomisation_p",
        trace=_trace,
        must_not_change=("first", "second", "swaps"),
        reference=randomisation_p,
        probes=_randomisation_probes,
        oracle=_randomisation_sacrebleu,
        equivalents={"product": _randomisation_product, "signs": _randomisation_signs},
        mistakes=[
            Mistake(
                "one_sided",
                "You count only the trials in which the first system is ahead by as much. The "
                "question is whether they differ: compare absolute values.",
                lambda first, second, swaps: _p(first, second, swaps, "one_sided"),
            ),
            Mistake(
                "strict",
                "A trial that sets them exactly as far apart is as extreme as what was seen, so it "
                "counts: use ≥.",
                lambda first, second, swaps: _p(first, second, swaps, "strict"),
            ),
            Mistake(
                "no_one",
                "You left out the two ones in (hits + 1) / (R + 1). What was seen is itself one of "
                "the arrangements, so a p-value is never 0.",
                lambda first, second, swaps: _p(first, second, swaps, "no_one"),
            ),
            Mistake(
                "complement",
                "You count the trials that are *less* far apart. A p-value counts those at least "
                "as far.",
                lambda first, second, swaps: _p(first, second, swaps, "complement"),
            ),
            Mistake(
                "wins",
                "You count how often the first wins: that is another question. Count how "
                "often the difference is at least as large as the one that was seen.",
                lambda first, second, swaps: _p(first, second, swaps, "wins"),
            ),
            Mistake(
                "means",
                "You compare means of sentence scores. Sum the statistics first, then score each "
                "system once a trial.",
                lambda first, second, swaps: _p(first, second, swaps, "means"),
            ),
            Mistake(
                "one_moves",
                "The first system gets the second's sentences, but the second keeps its own. In a "
                "swap both change.",
                _one_moves,
            ),
            Mistake(
                "only_top",
                "You add 1 to the hits but not to R. What was seen is one more arrangement: it "
                "counts above and below the line.",
                lambda first, second, swaps: _p(first, second, swaps, "only_top"),
            ),
            Mistake(
                "only_below",
                "You add 1 to R but not to the hits. What was seen is itself a hit.",
                lambda first, second, swaps: _p(first, second, swaps, "only_below"),
            ),
            Mistake(
                "count",
                "You return the number of hits. Return (hits + 1) / (R + 1).",
                lambda first, second, swaps: _p(first, second, swaps, "count"),
            ),
            Mistake(
                "sentences",
                "You divide by the number of sentences plus one. R is the number of trials, "
                "`len(swaps)`.",
                lambda first, second, swaps: _p(first, second, swaps, "sentences"),
            ),
            Mistake(
                "signed_trials",
                "You take the absolute value of the difference seen, but not of the trials' "
                "differences. A trial in which the second is as far ahead is a hit too.",
                lambda first, second, swaps: _p(first, second, swaps, "signed_seen"),
            ),
            Mistake(
                "against_zero",
                "You count the trials with any difference. Compare with the difference that was "
                "seen without a swap.",
                lambda first, second, swaps: _p(first, second, swaps, "against_zero"),
            ),
            Mistake(
                "confidence",
                "You return 1 − p. Return p itself: small where chance rarely does as much.",
                lambda first, second, swaps: _p(first, second, swaps, "confidence"),
            ),
        ],
        hints=[
            "If the systems are equally good, which of them wrote which hypothesis is a matter of "
            "chance. A trial redraws that chance.",
            "`first` and `second` are (S, 10), one trial is (S,), true where the two rows change "
            "places.",
            "For each trial: put the two corpora together with `np.where(swap[:, None], …)`, sum "
            "over the sentences, score both, compare the absolute difference with that at the "
            "start.",
            "`a = np.where(swap[:, None], second, first).sum(axis=0)`, and `b` the other way "
            "round.",
        ],
        survivors={
            "3: bleu_from_statistics(first.sum(axis=0)) - bleu_from_statistics(second.sum(axis=0))"
            " → bleu_from_statistics(second.sum(axis=0)) - "
            "bleu_from_statistics(first.sum(axis=0))": "the absolute value takes the sign away",
            "3: first.sum → first.mean": _SCALE,
            "3: second.sum → second.mean": _SCALE,
            "6: np.where(swap[:, None], second, first).sum → "
            "np.where(swap[:, None], second, first).mean": _SCALE,
            "7: np.where(swap[:, None], first, second).sum → "
            "np.where(swap[:, None], first, second).mean": _SCALE,
            "8: abs(bleu_from_statistics(a) - bleu_from_statistics(b)) >= seen - 1e-09 → "
            "abs(bleu_from_statistics(a) - bleu_from_statistics(b)) > seen - 1e-09": _ROUNDING,
            "8: bleu_from_statistics(a) - bleu_from_statistics(b) → "
            "bleu_from_statistics(b) - bleu_from_statistics(a)": "the absolute value takes the "
            "sign away",
            "8: seen - 1e-09 → seen": _ROUNDING,
            "8: 1e-09 → 2e-09": _ROUNDING,
            "9: float((hits + 1) / (len(swaps) + 1)) → (hits + 1) / (len(swaps) + 1)": "`hits` is "
            "a NumPy integer; the quotient is the same number",
        },
        solved="sacreBLEU does the same with `--paired-ar`.",
    )
)
