"""Exercise 14.4: an experiment of your own (open)."""

from __future__ import annotations

from course.exercises.bank import OpenExercise, register

register(
    OpenExercise(
        name="capstone.own_experiment",
        title="An experiment of your own",
        points=6,
        rubric=[
            "Asks a question that figures can answer, and states before the run which result "
            "would answer it yes and which no.",
            "Lists everything in which the two arms differ, and gives each arm a rate chosen on "
            "other seeds than those of the verdict.",
            "Shows whether the training was long enough: the score after more passes.",
            "Reports every seed, Welch's interval and the correlation, and pairs only if the plan "
            "said so.",
            "Gives a verdict no wider than what was tested, and says what was tried and given up.",
            "Names the change most likely to overturn the verdict, runs it and reports it.",
        ],
    )
)
