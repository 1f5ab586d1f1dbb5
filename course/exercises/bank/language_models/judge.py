"""Exercise 3.7: judge a perplexity."""

from __future__ import annotations

from course.exercises.bank import OpenExercise, register

register(
    OpenExercise(
        name="language.judge_a_perplexity",
        title="Judge a perplexity",
        points=4,
        rubric=[
            "Says that per character and per word cannot be compared as they stand, and converts "
            "both to one unit: 2 bits per character are about 12 bits for a word of five letters "
            "and a blank, against $\\log_2 90 \\approx 6.5$.",
            "Names the vocabulary: *unknown* does not say which word it is, and the third model "
            "does not pay for spelling it.",
            "Asks what was in the training text, and on which text the settings were chosen.",
            "Adds up $-\\log_2 p$ over the same text for each model, with everything included, and "
            "divides by the same number.",
        ],
        hints=[
            "Perplexity is counted per token. What is a token here?",
            "How many bits does each model pay for one word of the novel?",
            "What does the third model pay for a word that it does not know?",
            "Four topics: unit, vocabulary, training text, computation.",
        ],
    )
)
