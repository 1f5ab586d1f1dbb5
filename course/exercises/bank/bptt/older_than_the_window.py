"""Exercise 5.7: older than the window."""

from __future__ import annotations

from course.exercises.bank import OpenExercise, register

register(
    OpenExercise(
        name="bptt.older_than_the_window",
        title="Older than the window",
        points=4,
        rubric=[
            "Says that the state is carried forward over the boundary, so a network trained in "
            "chunks of k can use what is older than k steps.",
            "Says that the gradient is what stops: no loss reaches a step in an earlier "
            "chunk, so nothing teaches the network to store something for longer than k.",
            "Draws the conclusion: it can carry old information by luck or because storing helped "
            "within k steps, but learning to do so is not driven by the loss.",
            "Describes an experiment that could come out otherwise, for instance: train on an echo "
            "with lag below and above k, compare held-out errors; or change an old input and look "
            "at both the outputs and the gradient.",
        ],
        hints=[
            "Two things travel through time, in two directions. Which of them is cut?",
            "Look again at the cell that changed the first input. What was zero, and what was not?",
            "Remembering goes forwards, learning backwards. What happens to each at a boundary?",
            "An experiment: the echo of claim 8, lag 4 and lag 10, with k = 8.",
        ],
    )
)
