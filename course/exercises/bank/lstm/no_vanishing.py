"""Exercise 7.6: is the gradient safe in an LSTM?"""

from __future__ import annotations

from course.exercises.bank import OpenExercise, register

register(
    OpenExercise(
        name="lstm.no_vanishing",
        title="Is it gone?",
        points=4,
        rubric=[
            "Right: along the cell state the gradient is multiplied by forget gates alone, by no "
            "matrix and no slope of tanh. With gates near one it hardly shrinks.",
            "Wrong: a forget gate below one is a factor below one, at each step. At ½, less than "
            "a thousandth of the gradient is left after ten steps.",
            "Wrong too: the paths through the hidden state and the gates can shrink or explode as "
            "in any RNN.",
            "An experiment that could have come out otherwise, with its numbers: forget gates held "
            "at 0.5, another bias at the start, or the product of a trained network's gates.",
        ],
    )
)
