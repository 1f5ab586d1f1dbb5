"""Exercise 0.5: an open question."""

from __future__ import annotations

from course.exercises.bank import OpenExercise, register

register(
    OpenExercise(
        name="start.limits",
        title="Break it yourself",
        points=3,
        rubric=[
            "1 point: at least three sentences that the reader made, with their translations and "
            "whether each is right.",
            "1 point: they change one thing at a time (length, one word, word order), so that a "
            "failure has one possible cause.",
            "1 point: a guess at the reason that fits the examples, and one more sentence that "
            "could have proved the guess wrong.",
        ],
    )
)
