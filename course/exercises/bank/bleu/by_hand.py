"""Exercise 10.1: BLEU by hand."""

from __future__ import annotations

import math

from course.exercises.bank import Mistake, ValueExercise, register

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
                "Your factor is larger than 1. The penalty is exp(1 − r/c) with the reference's "
                "length on top: exp(1 − 8/7).",
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
                "square_root",
                "You took the square root of the product. There are four precisions: the fourth "
                "root.",
                _PENALTY * (3 / 7) ** 0.5,
            ),
            Mistake(
                "no_minus",
                "You took exp(−r/c). The exponent is 1 − r/c, so that the penalty is 1 where the "
                "lengths are equal.",
                100 * math.exp(-8 / 7) * (3 / 7) ** 0.25,
            ),
            Mistake(
                "penalty_under_the_root",
                "You put the brevity penalty under the root. The root is of the four precisions "
                "alone.",
                100 * (math.exp(1 - 8 / 7) * 3 / 7) ** 0.25,
            ),
            Mistake(
                "arithmetic_no_penalty",
                "Two things. BLEU takes the geometric mean of the precisions, not the arithmetic "
                "one. And the brevity penalty is missing.",
                100 * (6 / 7 + 5 / 6 + 4 / 5 + 3 / 4) / 4,
            ),
            Mistake(
                "product_alone",
                "This is the product of the precisions. Take its fourth root, then multiply by the "
                "brevity penalty.",
                100 * 3 / 7,
            ),
            Mistake(
                "one_word_alone",
                "You used p₁ alone. BLEU needs all four precisions.",
                _PENALTY * 6 / 7,
            ),
            Mistake(
                "all_of_seven",
                "You divided every count by 7. There are only 6 pairs, 5 triples and 4 runs of "
                "four words.",
                _PENALTY * (6 * 5 * 4 * 3 / 7**4) ** 0.25,
            ),
            Mistake(
                "first_pair",
                "This is the score of the pair in the text. Work out that of the new pair.",
                44.12,
            ),
            Mistake(
                "fraction",
                "Right as a fraction. In this course, as in papers, BLEU runs to 100: multiply by "
                "100.",
                0.7014,
            ),
        ],
        hints=[
            "Start with the four precisions: how many of the hypothesis's n-grams are in the "
            "reference, and out of how many? The last word is wrong, so each count misses one.",
            "6/7, 5/6, and so on. In their product nearly everything cancels.",
            "The product is 3/7. Take the fourth root, then the brevity penalty with c = 7 and "
            "r = 8.",
            "100 · exp(1 − 8/7) · (3/7)^(1/4)",
        ],
        solved="A wrong word at the end damages one n-gram of each length. In the middle it "
        "damages up to n n-grams of length n.",
    )
)
