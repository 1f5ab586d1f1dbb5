"""The exercises of lesson 10, BLEU."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import (
    CodeExercise,
    Mistake,
    OpenExercise,
    Probe,
    ValueExercise,
    register,
)
from helpers.bleu import bleu_from_statistics, bleu_statistics

Array = npt.NDArray[Any]

# --- 10.1 · BLEU by hand -------------------------------------------------------------------------

HYPOTHESIS = "my uncle sang a song in winter"
REFERENCE = "my uncle sang a song in the park"


def _by_hand() -> float:
    from sacrebleu.metrics import BLEU

    bleu = BLEU(tokenize="none", smooth_method="none")
    return float(bleu.corpus_score([HYPOTHESIS], [[REFERENCE]]).score)


_PENALTY = 100 * math.exp(1 - 8 / 7)

register(
    ValueExercise(
        name="bleu.by_hand",
        title="BLEU by hand",
        points=2,
        answer=70.14,
        tolerance=0.03,
        oracle=_by_hand,
        mistakes=[
            Mistake(
                "no_penalty",
                "You left out the brevity penalty. The hypothesis has seven tokens, the reference "
                "eight.",
                80.91,
            ),
            Mistake(
                "penalty_turned",
                "Your brevity penalty rewards: it is exp(1 − r/c) with the reference's length on "
                "top, 8/7, and so less than 1.",
                100 * math.exp(1 - 7 / 8) * (3 / 7) ** 0.25,
            ),
            Mistake(
                "penalty_plain_ratio",
                "The brevity penalty is not the plain ratio 7/8 but exp(1 − 8/7).",
                100 * 7 / 8 * (3 / 7) ** 0.25,
            ),
            Mistake(
                "penalty_difference",
                "The brevity penalty is not exp(c − r), with a difference on top, but "
                "exp(1 − r/c), with a ratio: exp(1 − 8/7).",
                100 * math.exp(-1) * (3 / 7) ** 0.25,
            ),
            Mistake(
                "arithmetic_mean",
                "You took the arithmetic mean of the four precisions. BLEU takes the geometric "
                "mean: the fourth root of their product.",
                _PENALTY * (6 / 7 + 5 / 6 + 4 / 5 + 3 / 4) / 4,
            ),
            Mistake(
                "no_root",
                "You multiplied the precisions and took no root. Four precisions, so the fourth "
                "root of the product.",
                _PENALTY * 3 / 7,
            ),
            Mistake(
                "three_orders",
                "You stopped at three tokens in a row. BLEU counts up to four.",
                _PENALTY * (4 / 7) ** (1 / 3),
            ),
            Mistake(
                "three_quarters",
                "You multiplied three precisions and took the fourth root: these weights sum to "
                "0.75. The four-grams belong in, with 3 of 4.",
                _PENALTY * (4 / 7) ** 0.25,
            ),
            Mistake(
                "divided_by_reference",
                "You divided by the n-grams of the reference, 8, 7, 6, 5. Precision divides by "
                "those of the hypothesis, 7, 6, 5, 4.",
                _PENALTY * (6 * 5 * 4 * 3 / (8 * 7 * 6 * 5)) ** 0.25,
            ),
            Mistake(
                "sixth_root",
                "You took the square root of the product. There are four precisions: the fourth "
                "root.",
                _PENALTY * (3 / 7) ** 0.5,
            ),
            Mistake(
                "fraction",
                "Right as a fraction. In this course, as in papers, BLEU runs to 100: multiply by "
                "100.",
                0.7014,
            ),
        ],
        hints=[
            "Four precisions first: how many of the hypothesis's n-grams stand in the reference, "
            "of how many? The last word is wrong, so each count misses one.",
            "6/7, 5/6, and so on. In their product nearly everything cancels.",
            "The product is 3/7. Take the fourth root, then the brevity penalty with c = 7 and "
            "r = 8.",
            "100 · exp(1 − 8/7) · (3/7)^(1/4)",
        ],
        solved="A wrong word at the end spoils one n-gram of each length. In the middle it spoils "
        "up to four of each.",
    )
)


# --- 10.3 · The closest reference ----------------------------------------------------------------


def closest_length(length: int, reference_lengths: Sequence[int]) -> int:
    """The reference length nearest to `length`; of two as near, the shorter."""
    return min(reference_lengths, key=lambda other: (abs(other - length), other))


def _length_probes(rng: np.random.Generator) -> list[Probe]:
    probes = [
        Probe((7, [9, 6]), label="one nearer"),
        Probe((7, [9, 5]), label="a tie, the longer one first"),
        Probe((7, [5, 9]), label="a tie, the shorter one first"),
        Probe((6, [12]), label="one reference"),
        Probe((0, [4, 3, 5]), label="an empty hypothesis"),
        Probe((5, [0, 9]), label="an empty reference"),
        Probe((4, [0, 9, 13]), label="shorter than most"),
        Probe((10, [14, 13, 6, 2, 14]), label="not the shortest, not the last"),
        Probe((8, [8, 3, 12]), label="an exact one"),
    ]
    for _ in range(6):
        lengths = rng.integers(0, 15, size=rng.integers(1, 6)).tolist()
        probes.append(Probe((int(rng.integers(0, 15)), lengths)))
    return probes


def _length_sacrebleu(length: int, reference_lengths: Sequence[int]) -> int:
    from sacrebleu.metrics import BLEU

    return int(BLEU(tokenize="none")._get_closest_ref_len(length, list(reference_lengths)))


def _length_loop(length: int, reference_lengths: Sequence[int]) -> int:
    best = reference_lengths[0]
    for other in reference_lengths:
        if abs(other - length) < abs(best - length):
            best = other
        elif abs(other - length) == abs(best - length):
            best = min(best, other)
    return best


register(
    CodeExercise(
        name="bleu.closest_length",
        title="The closest reference",
        points=2,
        reference=closest_length,
        probes=_length_probes,
        oracle=_length_sacrebleu,
        equivalents={
            "loop": _length_loop,
            "sorted": lambda length, reference_lengths: sorted(
                sorted(reference_lengths), key=lambda other: abs(other - length)
            )[0],
        },
        mistakes=[
            Mistake(
                "first_of_a_tie",
                "Where two references are as near, you return the one that comes first. The "
                "shorter is wanted: the order of the references must not matter.",
                lambda length, lengths: min(lengths, key=lambda other: abs(other - length)),
            ),
            Mistake(
                "longer_of_a_tie",
                "Where two references are as near, you return the longer one. BLEU takes the "
                "shorter: it is generous here.",
                lambda length, lengths: min(
                    lengths, key=lambda other: (abs(other - length), -other)
                ),
            ),
            Mistake(
                "shortest",
                "You return the shortest reference. Another one may be nearer. If you compare "
                "other − length, take its absolute value.",
                lambda length, lengths: min(lengths),
            ),
            Mistake(
                "longest",
                "You return the longest reference. Another one may be nearer. If you compare "
                "length − other, take its absolute value.",
                lambda length, lengths: max(lengths),
            ),
            Mistake(
                "distance",
                "You return how far away the nearest reference is. Its length is wanted.",
                lambda length, lengths: min(abs(other - length) for other in lengths),
            ),
            Mistake(
                "index",
                "You return which reference it is. Its length is wanted.",
                lambda length, lengths: min(
                    range(len(lengths)), key=lambda i: (abs(lengths[i] - length), lengths[i])
                ),
            ),
            Mistake(
                "mean",
                "You return the mean length. BLEU picks one of the lengths that are there.",
                lambda length, lengths: sum(lengths) / len(lengths),
            ),
            Mistake(
                "only_shorter",
                "You look only at references that are at most as long as the hypothesis. A longer "
                "one may be nearer.",
                lambda length, lengths: max(
                    (other for other in lengths if other <= length), default=min(lengths)
                ),
            ),
            Mistake(
                "farthest",
                "You return the reference that is farthest away.",
                lambda length, lengths: max(
                    lengths, key=lambda other: (abs(other - length), other)
                ),
            ),
        ],
        hints=[
            "Nearest means the smallest absolute difference. What if two are as near, one shorter "
            "and one longer?",
            "You get an integer and a list of integers, and return one of those in the list.",
            "`min` with a `key` compares whatever the key returns. Tuples are compared entry by "
            "entry.",
            "The key of a length is the pair of its distance and itself.",
        ],
        survivors={
            "3: other - length → length - other": "the absolute value takes the sign away",
        },
        solved="Summed over a corpus this is r, which the brevity penalty compares with c.",
    )
)


# --- 10.2 · Find the bugs: a precision too good --------------------------------------------------


def given_precision(hypothesis: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """The colleague's clipped precision, as the learner finds it."""
    allowed: Counter[str] = Counter()
    for reference in references:
        allowed += Counter(reference)
    matches = sum(min(n, allowed[token]) for token, n in Counter(hypothesis).items())
    return matches / len(set(hypothesis))


def clipped_precision(hypothesis: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """Clipped precision of single tokens; nothing at all has none right."""
    if len(hypothesis) == 0:
        return 0.0
    matches = 0
    for token, count in Counter(hypothesis).items():
        matches += min(count, max(list(reference).count(token) for reference in references))
    return matches / len(hypothesis)


def _precision_token_by_token(
    hypothesis: Sequence[str], references: Sequence[Sequence[str]]
) -> float:
    used: dict[str, int] = {}
    right = 0
    for token in hypothesis:
        used[token] = used.get(token, 0) + 1
        right += any(list(reference).count(token) >= used[token] for reference in references)
    return right / len(hypothesis) if len(hypothesis) else 0.0


def _precision_probes(rng: np.random.Generator) -> list[Probe]:
    the = ["the"] * 7
    cat = "the cat is on the mat".split()
    there = "there is a cat on the mat".split()
    probes = [
        Probe((the, [cat]), label="“the” seven times, one reference"),
        Probe((the, [cat, there]), label="“the” seven times, two references"),
        Probe((["cat", "dog"], [cat, there]), label="one of two"),
        Probe(([], [cat]), label="an empty hypothesis"),
        Probe((cat, [[], there]), label="an empty reference"),
        Probe((["dog"], [cat]), label="nothing shared"),
        Probe((["on", "on", "mat", "mat", "mat"], [cat, there, cat]), label="three references"),
    ]
    for size, count in ((6, 1), (9, 2), (12, 3), (5, 2)):
        draw = lambda n: rng.choice(list("abcde"), size=n).tolist()  # noqa: E731
        probes.append(Probe((draw(size), [draw(int(rng.integers(3, 9))) for _ in range(count)])))
    return probes


def _precision_sacrebleu(hypothesis: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    from sacrebleu.metrics import BLEU

    bleu = BLEU(tokenize="none", smooth_method="none", max_ngram_order=1)
    joined = [[" ".join(reference)] for reference in references]
    return float(bleu.corpus_score([" ".join(hypothesis)], joined).precisions[0] / 100)


def _shared(tokens: Sequence[str], allowed: Counter[str]) -> int:
    return (Counter(tokens) & allowed).total()


def _precision_union(hypothesis: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    allowed: Counter[str] = Counter()
    for reference in references:
        allowed |= Counter(reference)
    return _shared(hypothesis, allowed) / max(len(hypothesis), 1)


def _allowed_sum(references: Sequence[Sequence[str]]) -> Counter[str]:
    allowed: Counter[str] = Counter()
    for reference in references:
        allowed.update(reference)
    return allowed


def _precision(matches: float, hypothesis: Sequence[str]) -> float:
    return matches / len(hypothesis) if len(hypothesis) else 0.0


def _smallest_count(hypothesis: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    matches = 0
    for token, count in Counter(hypothesis).items():
        matches += min([count, *(list(reference).count(token) for reference in references)])
    return _precision(matches, hypothesis)


register(
    CodeExercise(
        name="bleu.clipped_precision",
        title="Find the bugs: a precision too good",
        points=2,
        reference=clipped_precision,
        given=given_precision,
        probes=_precision_probes,
        oracle=_precision_sacrebleu,
        equivalents={"union": _precision_union, "token by token": _precision_token_by_token},
        mistakes=[
            Mistake(
                "sum_over_references",
                "You still add up what the references allow. Two references with two “the” each do "
                "not vouch for four: take, for each token, the reference that has it most often.",
                lambda h, rs: _precision(_shared(h, _allowed_sum(rs)), h),
            ),
            Mistake(
                "divides_by_kinds",
                "You still divide by the number of different tokens. Each “the” of the hypothesis "
                "counts below the line: divide by its length.",
                lambda h, rs: _precision_union(h, rs) * len(h) / max(len(set(h)), 1),
            ),
            Mistake(
                "not_clipped",
                "You do not clip any more: a token counts as often as the hypothesis has it. Seven "
                "“the” would score 1.",
                lambda h, rs: _precision(len([t for t in h if t in _allowed_sum(rs)]), h),
            ),
            Mistake(
                "kinds_only",
                "You count each kind of token once. A second “the” is right, too, if a reference "
                "has two.",
                lambda h, rs: _precision(len(set(h) & set(_allowed_sum(rs))), h),
            ),
            Mistake(
                "first_reference",
                "You look at the first reference only.",
                lambda h, rs: _precision(_shared(h, Counter(rs[0])), h),
            ),
            Mistake(
                "last_reference",
                "You look at the last reference only.",
                lambda h, rs: _precision(_shared(h, Counter(rs[-1])), h),
            ),
            Mistake(
                "best_reference",
                "You match against each reference as a whole and take the best one. Clipping is "
                "done token by token: one may be vouched for by the first reference, the next by "
                "the second.",
                lambda h, rs: _precision(max(_shared(h, Counter(r)) for r in rs), h),
            ),
            Mistake(
                "smallest_count",
                "You take the reference that has a token least often. The one that has it most "
                "often counts.",
                _smallest_count,
            ),
            Mistake(
                "recall",
                "You divide by the length of the first reference: that is recall. Precision asks "
                "how much of the hypothesis is right.",
                lambda h, rs: _precision_union(h, rs) * len(h) / max(len(rs[0]), 1),
            ),
            Mistake(
                "percent",
                "Right, but a hundred times too large: a fraction is wanted.",
                lambda h, rs: 100 * _precision_union(h, rs),
            ),
        ],
        hints=[
            "Run it on seven times “the” with one reference that has two. It should say 2/7. What "
            "does it say, and which division gives that?",
            "With two references that have two and one “the”, it should still be 2/7. Where do "
            "the references' counts meet?",
            "Counters can be joined with `+` (adds), `|` (the larger count) and `&` (the smaller).",
            "And an empty hypothesis: return 0.0 before you divide.",
        ],
        survivors={
            "7: min(count, max((list(reference).count(token) for reference in references))) → "
            "min(max((list(reference).count(token) for reference in references)), count)": "the "
            "smaller of two numbers, in either order",
            "7: list(reference) → reference": "the probes' references are lists already",
        },
        solved="With the sum, ten references would vouch for twenty “the”. Every added reference "
        "would make clipping weaker.",
    )
)


# --- 10.4 · Changing places ----------------------------------------------------------------------


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


def _randomisation_probes(rng: np.random.Generator) -> list[Probe]:
    probes = []
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
        title="Changing places",
        points=3,
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
                "You count how often the first wins: that is the paired bootstrap's question. Here "
                "count how often the difference is at least as large as the one that was seen.",
                lambda first, second, swaps: _p(first, second, swaps, "wins"),
            ),
            Mistake(
                "means",
                "You average sentence scores. Sum the statistics first, then score each system "
                "once a trial.",
                lambda first, second, swaps: _p(first, second, swaps, "means"),
            ),
            Mistake(
                "one_moves",
                "The first system gets the second's sentences, but the second keeps its own. In a "
                "swap both change.",
                _one_moves,
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


# --- 10.5 · Three tenths of a point (open) -------------------------------------------------------

register(
    OpenExercise(
        name="bleu.three_tenths",
        title="Three tenths of a point",
        points=4,
        rubric=[
            "Asks how sure the difference is: a paired test on the same sentences, the size of the "
            "test set, an interval of the difference.",
            "Asks whether the two scores are comparable: same references, tokenisation, smoothing "
            "and case; a signature.",
            "Says what a difference in BLEU does not show: meaning, negation, paraphrase; has "
            "people read outputs, or tests such cases.",
            "Decides on something other than the score as well: one training run a system is one "
            "sample, cost, kinds of errors.",
        ],
    )
)


# --- 10.6 · Half, a quarter, an eighth -----------------------------------------------------------


def smoothed_matches(matches: Array) -> Array:
    """Put 1/2 for the first zero of each row, 1/4 for the second, and so on; (R, max_order)."""
    zeros = np.cumsum(matches == 0, axis=1)
    return np.where(matches == 0, 0.5**zeros, matches)


def _smoothing_torch(matches: Array) -> Array:
    import torch

    m = torch.from_numpy(matches)
    halves = torch.where(m == 0, 0.5, 1.0).cumprod(dim=1)
    return torch.where(m == 0, halves, m).numpy()


def _smoothing_probes(rng: np.random.Generator) -> list[Probe]:
    probes = [
        Probe((np.array([[3.0, 1.0, 0.0, 0.0]]),), label="two zeros at the end"),
        Probe((np.array([[5.0, 3.0, 2.0, 1.0], [1.0, 0.0, 0.0, 0.0]]),), label="two rows"),
        Probe((np.array([[4.0, 0.0, 2.0, 0.0, 0.0]]),), label="max_order = 5, zeros apart"),
        Probe((np.array([[2.0]]),), label="max_order = 1"),
    ]
    counts = np.array([[3, 1, 0, 0], [2, 0, 0, 0]])
    probes.append(Probe((counts,), label="counts as whole numbers"))
    for R in (3, 6):
        matches = np.maximum(rng.integers(-3, 6, size=(R, 4)), 0).astype(float)
        matches[:, 0] += 1
        probes.append(Probe((matches,)))
    return probes


def _smoothing_sacrebleu(matches: Array) -> Array:
    from sacrebleu.metrics import BLEU

    rows = []
    for row in matches:
        correct, n = [int(entry) for entry in row], len(row)
        found = BLEU.compute_bleu(
            correct, [100] * n, 10, 10, smooth_method="exp", max_ngram_order=n
        )
        rows.append(found.precisions)
    return np.array(rows)


def _smoothing_loop(matches: Array) -> Array:
    return _smoothing_in(matches.astype(float))


def _smoothing_in_a_copy(matches: Array) -> Array:
    return _smoothing_in(matches.copy())


def _smoothing_in(out: Array) -> Array:
    for row in out:
        value = 1.0
        for n in range(len(row)):
            if row[n] == 0:
                value /= 2
                row[n] = value
    return out


register(
    CodeExercise(
        name="bleu.smoothed_matches",
        title="Half, a quarter, an eighth",
        points=2,
        reference=smoothed_matches,
        probes=_smoothing_probes,
        oracle=_smoothing_sacrebleu,
        equivalents={"loop": _smoothing_loop, "torch": _smoothing_torch},
        axes=("RN",),
        mistakes=[
            Mistake(
                "whole_numbers",
                "You write into a copy of `matches`. Where these are whole numbers, the copy takes "
                "no fractions: begin with `matches.astype(float)`.",
                _smoothing_in_a_copy,
            ),
            Mistake(
                "all_halves",
                "Each zero becomes 1/2 with you. The second zero of a row gets 1/4, the third 1/8.",
                lambda matches: np.where(matches == 0, 0.5, matches),
            ),
            Mistake(
                "by_order",
                "Your value depends on n. It depends on how many zeros the row has had: the first "
                "zero gets 1/2 wherever it stands.",
                lambda matches: np.where(
                    matches == 0, 0.5 ** (np.arange(matches.shape[1]) + 1), matches
                ),
            ),
            Mistake(
                "starts_at_one",
                "You begin with 1: the first zero gets 1/2.",
                lambda matches: np.where(
                    matches == 0, 0.5 ** (np.cumsum(matches == 0, axis=1) - 1), matches
                ),
            ),
            Mistake(
                "harmonic",
                "You take 1/2, 1/4, 1/6. Each value is half of the one before: 1/2, 1/4, 1/8.",
                lambda matches: np.where(
                    matches == 0, 1 / np.fmax(2 * np.cumsum(matches == 0, axis=1), 1), matches
                ),
            ),
            Mistake(
                "added",
                "You add to the counts that are not zero as well. Only zeros change.",
                lambda matches: matches + 0.5 ** np.cumsum(matches == 0, axis=1),
            ),
            Mistake(
                "along_the_batch",
                "You count zeros down the columns. Each row is a corpus of its own: count along "
                "axis 1.",
                lambda matches: np.where(
                    matches == 0, 0.5 ** np.cumsum(matches == 0, axis=0), matches
                ),
            ),
            Mistake(
                "whole_batch",
                "You go on counting zeros from one row to the next. Each row begins anew.",
                lambda matches: np.where(
                    matches == 0,
                    0.5 ** np.cumsum(matches == 0).reshape(matches.shape),
                    matches,
                ),
            ),
            Mistake(
                "epsilon",
                "You put a tiny number in place of a zero. Then BLEU is nearly 0 all the same, and "
                "depends on how tiny.",
                lambda matches: np.where(matches == 0, 1e-9, matches),
            ),
        ],
        hints=[
            "Walk along a row. Whenever you meet a zero, halve a value that began at 1, and put it "
            "there.",
            "In: (R, max_order). Out: the same shape, as floats.",
            "Without a loop: the number of zeros so far is a cumulative sum of `matches == 0`.",
            "`0.5 ** np.cumsum(matches == 0, axis=1)` has the right value wherever a zero stands.",
        ],
        solved="Longer n-grams that are missing say less, so they get less. And a single zero no "
        "longer decides alone.",
    )
)
