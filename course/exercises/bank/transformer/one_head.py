"""Exercise 13.7: What a head is evidence of."""

from __future__ import annotations

from course.exercises.bank import OpenExercise, register

register(
    OpenExercise(
        name="transformer.evidence",
        title="What a head is evidence of",
        points=4,
        rubric=(
            "The picture is one head of one layer, chosen afterwards from many; others look "
            "elsewhere. One sentence proves nothing.",
            "A weight says how much of a value is mixed in, not what the value holds (states have "
            "already been mixed in the encoder) nor what later parts make of it.",
            "An experiment that changes something: hide this source position from this head, or "
            "from all, or exchange the source word, and see whether the written word changes; "
            "beside a control, as hiding another position.",
            "Says over how many sentences and against which baseline (gold alignments, the "
            "diagonal, a random head), and what each result would mean.",
        ),
    )
)
