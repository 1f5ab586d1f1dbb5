"""Exercise 9.7: too narrow, or not learnt?"""

from __future__ import annotations

from course.exercises.bank import OpenExercise, register

register(
    OpenExercise(
        name="seq2seq.capacity",
        title="Too narrow, or not learnt?",
        points=4,
        rubric=[
            "Says that the falling curve alone has two causes that it cannot tell apart: the "
            "vector cannot hold more, or the network has not learnt to fill it.",
            "Names the evidence in the record for each: at equal training a narrower context falls "
            "earlier; at equal width more training falls later.",
            "Proposes an experiment that changes one thing only and could come out either way.",
            "Says which result would speak for which cause.",
        ],
    )
)
