"""Exercise 9.1: what another word leaves of the first one."""

from __future__ import annotations

import numpy as np

from course.exercises.bank import Mistake, ValueExercise, register


def _loop() -> float:
    """The encoder of the page's example, with a vector of zeros between the two words."""
    h = np.zeros(3)
    for x in ([np.log(2), 0, 0], [0, 0, 0], [0, np.log(2), 0]):
        h = np.tanh(np.array(x) + 0.5 * h)
    return float(h[0])


def _consequence(n: float) -> str:
    return (
        f"If the noun's entry is {n:g} before a word, it is tanh(0.5 · {n:g}) = "
        f"{np.tanh(0.5 * n):.4f} after it. Start from 0.6, the entry after 물."
    )


register(
    ValueExercise(
        name="seq2seq.word_between",
        title="A word in between",
        points=1,
        answer=float(np.tanh(0.5 * np.tanh(0.5 * 0.6))),
        tolerance=0.0004,
        oracle=_loop,
        consequence=_consequence,
        mistakes=[
            Mistake(
                "first_sum",
                "This is what goes into the tanh at the adverb. The tanh is missing, and the verb "
                "follows.",
                0.3,
            ),
            Mistake(
                "one_step",
                "This is the noun's number after one more word. There are two after it now: the "
                "adverb and the verb.",
                float(np.tanh(0.3)),
            ),
            Mistake(
                "three_steps",
                "This is what three words after the noun would leave. There are two.",
                float(np.tanh(0.5 * np.tanh(0.5 * np.tanh(0.3)))),
            ),
            Mistake(
                "no_last_tanh",
                "You halved the number once more, and left out the last tanh.",
                0.5 * float(np.tanh(0.3)),
            ),
            Mistake(
                "no_tanh",
                "You halved 0.6 twice. Each step also takes the tanh.",
                0.15,
            ),
            Mistake(
                "unchanged",
                "0.6 is the noun's number right after 물, and the verb's at the end. Each later "
                "word leaves about half of the noun's, even one whose vector is zero.",
                0.6,
            ),
            Mistake(
                "verb_added",
                "You added the verb's 0.6931 to the noun's number. Each word's vector has its "
                "number at a unit of its own.",
                float(np.tanh(np.log(2) + 0.5 * np.tanh(0.3))),
            ),
            Mistake(
                "starts_from_x",
                "You began with 0.6931, the noun's $x_t$. Its state is tanh(0.6931) = 0.6.",
                float(np.tanh(0.5 * np.tanh(0.5 * np.log(2)))),
            ),
            Mistake(
                "nothing_left",
                "The adverb's vector is zero, but half of the old state is added.",
                0.0,
            ),
            Mistake(
                "not_halved",
                "You took the tanh twice without halving: the old state counts with the factor "
                "0.5.",
                float(np.tanh(np.tanh(0.6))),
            ),
        ],
        hints=[
            "Only the first unit matters. What does the encoder do with it at a word whose vector "
            "is zero there?",
            "At each such word: new number = tanh(0.5 · old number).",
            "After 물 it is 0.6. Apply the rule for the adverb, and again for the verb.",
            "tanh(0.3) = 0.2913; take the tanh of half of it.",
        ],
        solved="About half is lost at each word.",
    )
)
