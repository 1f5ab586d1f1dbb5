"""Exercise 3.7: judge a perplexity."""

from __future__ import annotations

from course.exercises.bank import OpenExercise, register

register(
    OpenExercise(
        name="language.judge_a_perplexity",
        title="Judge a perplexity",
        points=4,
        rubric=[
            "Sees that per character and per word cannot be compared as they stand, and brings "
            "both to one unit: 2 bits a character are about 12 bits a word of five letters and a "
            "blank, against $\\log_2 90 \\approx 6.5$.",
            "Names the vocabulary: “unknown” is easily said, and spelling the word is not paid "
            "for.",
            "Asks what was read in training, and on which text the settings were chosen.",
            "Computes the sum of $-\\log_2 p$ over the same text, everything included, and divides "
            "by one and the same number.",
        ],
        hints=[
            "Perplexity is counted per token. What is a token here?",
            "How many bits does each model pay for one word of the novel?",
            "What does the third model pay for a word that it does not know?",
            "Four topics: unit, vocabulary, what was read, computation.",
        ],
    )
)
