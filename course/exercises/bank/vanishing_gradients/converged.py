"""Exercise 6.6: has it converged?"""

from __future__ import annotations

from course.exercises.bank import OpenExercise, register

register(
    OpenExercise(
        name="vanishing.converged",
        title="Has it converged?",
        points=4,
        rubric=[
            "Says that a small gradient far back is not a small gradient of the weights, which is "
            "a sum over all distances: its near part is not small, and the weights go on moving.",
            "Says that converged would mean near a minimum of the loss, and that a loss of 1.386 "
            "= log 4 is that of guessing among four symbols: a plateau, not a minimum.",
            "Names a measurement that could prove the colleague wrong: the gradient by distance, "
            "the accuracy at a shorter lag, or another start (orthogonal) that reaches a lower "
            "loss.",
            "Says what would help and what would not: a start or a cell that keeps the gradient or "
            "the state helps; clipping or multiplying the loss does not, because both treat near "
            "and far alike. (A larger learning rate may help: it moves `W_hh`.)",
        ],
        hints=[
            "What does it mean that training has converged? Say it without the word gradient.",
            "What is the cross-entropy of a network that guesses among four symbols?",
            "The gradient of `W_hh` is a sum. Over what, and which of its parts are small?",
            "Which change to the network would bring the loss down, if the colleague is wrong?",
        ],
    )
)
