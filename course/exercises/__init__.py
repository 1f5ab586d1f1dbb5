"""Exercises: what a learner calls, and what an author of exercises needs.

A learner calls `check`, `hint`, `use` and `progress`. The author's guide is the docstring of
`course.exercises.bank`.
"""

from course.exercises.bank import (
    CodeExercise,
    Mistake,
    OpenExercise,
    Probe,
    Property,
    ValueExercise,
    register,
)
from course.exercises.engine import check, hint, use
from course.exercises.memory import progress
from course.exercises.score import Score

__all__ = [
    "CodeExercise",
    "Mistake",
    "OpenExercise",
    "Probe",
    "Property",
    "Score",
    "ValueExercise",
    "check",
    "hint",
    "progress",
    "register",
    "use",
]
