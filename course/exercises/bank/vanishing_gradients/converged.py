"""Exercise 6.6: has it converged?"""

from __future__ import annotations

from course.exercises.bank import OpenExercise, register

register(
    OpenExercise(
        name="vanishing.converged",
        title="Has it converged?",
        points=4,
        rubric=[
            "Says that a small gradient far back is not a small gradient: the weights' gradient is "
            "a sum over distances, the near ones go on, and the weights go on moving.",
            "Says that converged would mean near a minimum of the loss, and that a loss of 1.386 "
            "= log 4 is that of guessing among four symbols: a plateau, not a minimum.",
            "Names a measurement that could prove the colleague wrong: the gradient by distance, "
            "the accuracy at a shorter lag, or another start (orthogonal) that reaches a lower "
            "loss.",
            "Says what would help and what would not: a start or a cell that keeps the gradient; "
            "not clipping, and not a larger learning rate or a scaled loss alone, since what "
            "counts is the far part beside the near part.",
        ],
        hints=[
            "What does it mean for a training to have converged? Say it without the word gradient.",
            "What is the cross-entropy of a network that guesses among four symbols?",
            "Of which parts is the gradient of `W_hh` the sum, and which of them are small?",
            "Which change to the network would bring the loss down, if the colleague is wrong?",
        ],
    )
)
