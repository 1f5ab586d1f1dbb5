"""Exercise 10.6: predict BLEU's order."""

from __future__ import annotations

from course.exercises.bank import Mistake, ValueExercise, register

REFERENCE = "my sister did not open the window last night"
CHANGED = {
    "A": "my sister didn't open the window last night",
    "B": "my sister did open the window last night",
    "C": "last night my sister did not open the window",
}


def _order() -> str:
    from sacrebleu.metrics import BLEU

    bleu = BLEU(tokenize="none", smooth_method="none")
    scores = {
        name: bleu.corpus_score([text], [[REFERENCE]]).score for name, text in CHANGED.items()
    }
    return "".join(sorted(scores, key=lambda name: -scores[name]))


_C_FIRST = (
    "C keeps every word, and most n-grams inside its two parts survive: moving a phrase costs "
    "little."
)
_B_OVER_A = (
    "B lacks one word of the reference. In A two words of the reference have become one that the "
    "reference does not have. Which loses more n-grams?"
)

register(
    ValueExercise(
        name="bleu.predicted_order",
        title="Predict the order",
        points=1,
        answer="CBA",
        oracle=_order,
        mistakes=[
            Mistake(
                "by_meaning",
                "This is an order by meaning: A and C say the same as the reference. BLEU does not "
                "know that. " + _B_OVER_A,
                "CAB",
            ),
            Mistake(
                "by_meaning_and_order",
                "This puts what says the same in the same order first, and the opposite last. BLEU "
                "knows no meaning. " + _C_FIRST + " Then count what A and B lose.",
                "ACB",
            ),
            Mistake(
                "phrase_last",
                "You expect the moved phrase to cost most, and the short form least. " + _C_FIRST,
                "ABC",
            ),
            Mistake(
                "fewest_changes",
                "You are right that B scores higher than A. But C comes before both. " + _C_FIRST,
                "BAC",
            ),
            Mistake(
                "phrase_second",
                "You are right that B and C score higher than A. But C beats B. " + _C_FIRST,
                "BCA",
            ),
        ],
        hints=[
            "Do not ask what the sentences mean. Ask how many of their n-grams the reference has.",
            "Three letters, best score first.",
            "C: which pairs of neighbours are new? A: *didn't* is not in the reference, so every "
            "n-gram with it is lost. B: every single word is right, and *did open* is the one new "
            "pair.",
            "C loses one pair of 8, *night my*. A loses two pairs of 7, B one of 7. A and B both "
            "have 8 words for 9, so they pay the same brevity penalty.",
        ],
        solved="The sentence that says the opposite beats the one that says the same: 61.0 to "
        "52.5. The moved phrase keeps 80.3.",
    )
)
