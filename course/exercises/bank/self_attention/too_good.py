"""Exercise 12.5: too good to be true, an open question."""

from __future__ import annotations

from course.exercises.bank import OpenExercise, register

register(
    OpenExercise(
        name="self_attention.too_good",
        title="Too good to be true",
        points=4,
        rubric=[
            "Says why the loss alone gives it away: text has an entropy, and a loss far below what "
            "any good model reaches means that the answer was among the inputs.",
            "Names the gap between being given the right symbols and writing alone, and why "
            "validation with all inputs given does not show it.",
            "Names at least three possible leaks, such as: no mask; a mask one place too far, or "
            "inputs that are not shifted; zeros in place of −∞, or zeros after softmax; a layer "
            "without the mask.",
            "Gives a test that finds all of them before training: change a later symbol, or take "
            "the gradient, and see whether an earlier output moves.",
        ],
    )
)
