"""Exercise 7.1: four steps of a cell state."""

from __future__ import annotations

import numpy as np

from course.exercises.bank import Mistake, ValueExercise, register

STEPS = ((0.5, 0.5, 0.8), (1.0, 0.0, -0.7), (0.2, 1.0, -0.6), (0.5, 0.5, 0.8))
"""Forget gate, input gate and candidate of each of the four steps; the cell starts at 1."""


def _four_steps() -> float:
    """The last cell state as a sum over the writes, each times the forget gates after it."""
    f, i, g = np.array(STEPS).T
    written = np.concatenate([[1.0], i * g])  # the start counts as the first write
    return float(sum(written[t] * f[t:].prod() for t in range(len(written))))


register(
    ValueExercise(
        name="lstm.four_steps",
        title="Four steps of a cell state",
        points=1,
        answer=0.19,
        tolerance=0.001,
        oracle=_four_steps,
        mistakes=[
            Mistake(
                "stopped_early",
                "This is the cell state after step 3. There is one more step.",
                -0.42,
            ),
            Mistake(
                "stopped_earlier",
                "This is the cell state after steps 1 and 2. Go on to step 4.",
                0.9,
            ),
            Mistake(
                "kept_alone",
                "This is what step 4 keeps of −0.42. Add what it writes, i · g.",
                -0.21,
            ),
            Mistake(
                "written_alone",
                "This is what step 4 writes, i · g. Add what it keeps of the old cell state.",
                0.4,
            ),
            Mistake(
                "share_forgotten",
                "You took f for the share that is forgotten. It is the share that is kept: f = 1 "
                "keeps everything.",
                0.1,
            ),
            Mistake(
                "all_kept",
                "Step 3 keeps only a fifth of c_2 (f = 0.2). You kept all of it.",
                0.55,
            ),
            Mistake(
                "sign_lost",
                "Step 3 writes −0.6, but its minus sign was lost on the way.",
                0.79,
            ),
            Mistake(
                "later_sign_lost",
                "c_3 is negative. You lost its minus sign in step 4.",
                0.61,
            ),
            Mistake(
                "nothing_forgotten",
                "You added up the start and everything that was written. At each step, first "
                "multiply the old cell state by f.",
                1.2,
            ),
            Mistake(
                "whole_candidate",
                "You added the whole candidate g. Only the fraction i of it is written: add i · g.",
                0.56,
            ),
            Mistake(
                "gate_for_candidate",
                "You added the input gate i by itself. What is written is i · g.",
                1.1,
            ),
            Mistake(
                "swapped",
                "You exchanged the gates: f multiplies the old cell state, i the candidate.",
                -0.01,
            ),
            Mistake(
                "started_at_zero",
                "You started at 0. Here the cell state starts at 1.",
                0.14,
            ),
            Mistake(
                "tanh_again",
                "You took the tanh of g. The table gives g itself, so the formula needs no tanh.",
                0.1467,
            ),
            Mistake(
                "shown",
                "This is the tanh of c_4. The question asks for the cell state itself.",
                0.1877,
            ),
        ],
        hints=[
            "Each step multiplies one number by f, and then adds i · g to it.",
            "There is one number after each step. Work down the table; you need no tanh.",
            "c_1 = 0.5 · 1 + 0.5 · 0.8. Step 2 keeps all of c_1 and writes nothing.",
            "c_3 = 0.2 · c_2 + 1 · (−0.6). Then c_4 = 0.5 · c_3 + 0.5 · 0.8.",
        ],
        solved="Step 3 kept a fifth of what was there. Step 2 kept all of it and ignored its "
        "candidate, because its input gate was 0.",
    )
)
