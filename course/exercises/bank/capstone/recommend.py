"""Exercise 14.5: which one should they use? (open)."""

from __future__ import annotations

from course.exercises.bank import (
    OpenExercise,
    register,
)

register(
    OpenExercise(
        name="capstone.recommend",
        title="Which one should they use?",
        points=4,
        rubric=[
            "Names one model, and rests the choice on figures of the record that fit the case: few "
            "pairs, or long sentences, or speed, or memory.",
            "Names what speaks against it, with a figure, too.",
            "Says what the record does not tell about the case (other languages, more data, "
            "larger models), instead of stretching it.",
            "Proposes one measurement on the customer's own data that could overturn the advice, "
            "with a held-out part, several seeds and an interval.",
        ],
    )
)
