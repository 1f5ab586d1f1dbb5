"""Exercise 8.8: which one is better? Read by a person."""

from __future__ import annotations

from course.exercises.bank import OpenExercise, register

register(
    OpenExercise(
        name="gru.which_is_better",
        title="Which one is better?",
        points=4,
        rubric=[
            "Names the unequal sizes: at equal hidden size the LSTM has a third more parameters "
            "and work, so the comparison needs equal parameters (or says which budget counts).",
            "Names the missing seeds: one run each. Several seeds of each cell are needed, with an "
            "interval for the difference.",
            "Names the settings: the learning rate was tuned for neither, and the bias of the "
            "forget gate was left as it came. Each cell needs its own, chosen on validation data.",
            "Says that one task decides about that task only: in the lesson another task has "
            "another winner.",
        ],
        hints=[
            "What else differs between the two networks, apart from the cell?",
            "How often would a coin have said the same?",
            "Whose learning rate was it?",
            "Think of the tasks of claim 5: is there one on which your friend would have found the "
            "opposite?",
        ],
    )
)
