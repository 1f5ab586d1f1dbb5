"""Exercise 2.7: where is the memory?"""

from __future__ import annotations

from course.exercises.bank import OpenExercise, register

register(
    OpenExercise(
        name="rnn.where_memory",
        title="Where is the memory?",
        points=4,
        rubric=[
            "Says that the weights stay the same while the network reads.",
            "Says that the hidden state changes at each step and is what carries the past.",
            "Distinguishes learning (weights change, between sequences) from remembering (state "
            "changes, within one).",
            "Describes an experiment that could prove the claim wrong, for instance: run the "
            "layer on two sequences with the same last input, compare the last states and the "
            "weights before and after.",
        ],
        hints=[
            "List everything that appears in the formula. Which of these have an index t?",
            "`rnn_layer` gets the weights as arguments. Compare them before and after the call.",
            "An experiment needs something to compare: two runs that differ in one thing only.",
            "Use the same weights and last input but a different past: `rnn_layer(…)[:, -1]`.",
        ],
    )
)
