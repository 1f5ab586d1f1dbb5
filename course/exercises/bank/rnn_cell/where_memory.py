"""Exercise 2.6: where is the memory?"""

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
            "Names a result of the lesson that could have turned out otherwise, for instance: "
            "gardens with the same weights and the same last input end in different states.",
        ],
        hints=[
            "List everything that appears in the formula. Which of these have an index t?",
            "`rnn_layer` gets the weights as arguments. Does any line of yours write into them?",
            "A convincing result compares two runs that differ in one thing only: their past.",
            "Look at the three gardens again. The first two have the same weights and the same "
            "last input.",
        ],
    )
)
