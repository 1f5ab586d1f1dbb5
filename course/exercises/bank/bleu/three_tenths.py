"""Exercise 10.7: three tenths of a point."""

from __future__ import annotations

from course.exercises.bank import OpenExercise, register

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
