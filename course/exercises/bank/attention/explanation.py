"""Exercise 11.8: does the heatmap explain?"""

from __future__ import annotations

from course.exercises.bank import (
    OpenExercise,
    register,
)

register(
    OpenExercise(
        name="attention.explanation",
        title="Does the heatmap explain?",
        points=4,
        rubric=[
            "Says what the heatmap shows: the shares in which encoder states are mixed at a step; "
            "not which words caused the output.",
            "Says why a state is not a word: it holds its neighbours, too (the one-way encoder "
            "looks at the word behind and translates well).",
            "Proposes an experiment that changes the source or the weights and watches the output: "
            "exchange the word, or set its weight to zero.",
            "Says which result would support the colleague and which would not, on many sentences.",
        ],
    )
)
