"""Exercise 4.8: too good?."""

from __future__ import annotations

from course.exercises.bank import OpenExercise, register

register(
    OpenExercise(
        name="character.too_good",
        title="Too good?",
        points=4,
        rubric=[
            "Asks what the figure was measured on, and how that text was split from the training "
            "text: repeated paragraphs, the same topics, or the training text itself.",
            "Asks for a baseline on the same text: the best n-gram model, in the same unit.",
            "Asks for the unit: bits or nats, and per character or per word or token.",
            "Names an experiment that could come out otherwise: for instance the share of long "
            "pieces of its writing that stand word for word in the training text.",
        ],
    )
)
