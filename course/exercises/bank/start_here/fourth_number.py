"""Exercise 0.1: one number of the context vector, on paper."""

from __future__ import annotations

import numpy as np

from course.exercises.bank import Mistake, ValueExercise, register


def _fourth() -> float:
    weights = np.array([0.1, 0.055, 0.8, 0.045])
    fourth_numbers = np.array([1.0, 2.0, 0.0, 0.0])
    return float(np.average(fourth_numbers, weights=weights))


_OTHERS = [
    Mistake("first", "This is the first number. Take the last number of each state.", 1.0),
    Mistake("second", "This is the second number. Take the last number of each state.", 0.845),
    Mistake("third", "This is the third number, as on the page. Take the last of each state.", 1.6),
]
_TERMS = [
    Mistake("only_first", "This is what 나 contributes. 는 has a 2 in the fourth place.", 0.1),
    Mistake("only_second", "This is what 는 contributes. 나 has a 1 in the fourth place.", 0.11),
    Mistake(
        "one_for_two",
        "This is 0.1 · 1 + 0.055 · 1. The fourth number of 는 is a 2. (The row of 이다 gives this "
        "as well; what you need is the last column, one number from each state.)",
        0.155,
    ),
    Mistake(
        "unweighted",
        "You added the fourth numbers without their weights. Multiply each by its weight first.",
        3.0,
    ),
    Mistake(
        "mean",
        "This is the plain mean of the fourth numbers. Here each has a weight of its own.",
        0.75,
    ),
    Mistake(
        "divided",
        "You divided by 4. The weights sum to one already, so add the products and stop there.",
        0.0525,
    ),
    Mistake(
        "weights_for_products",
        "0.8 · 0 is 0, not 0.8: a state with a 0 in the fourth place adds nothing.",
        1.055,
    ),
    Mistake(
        "added",
        "You added weights and numbers. Multiply each weight by its number, then add the products.",
        4.0,
    ),
    Mistake(
        "two_weights",
        "You added the two weights, but multiplied neither by its state's number. The fourth "
        "number of 는 is a 2, so its weight counts twice.",
        0.1 + 0.055 / 2,
    ),
]
_ORDER = [
    Mistake(
        "reversed",
        "You used the weights in reverse. 나 has 0.1 and 는 has 0.055.",
        1.645,
    ),
    Mistake(
        "student_s_weight",
        "You gave 는 the weight of 학생. Its own weight is 0.055.",
        1.7,
    ),
    Mistake(
        "exchanged",
        "You exchanged two numbers: 나 has a 1 in the fourth place, 는 has a 2. (If you added "
        "0.045 to the right sum: 0.045 · 0 is 0.)",
        0.255,
    ),
    Mistake(
        "student_too",
        "학생 has a 0 in the fourth place. Its 2 stands in the third.",
        1.81,
    ),
    Mistake("place_lost", "Mind the decimal point: 0.055 · 2 is 0.11.", 0.111),
    Mistake("place_gained", "You read 0.055 as 0.55. With 0.055, 는 contributes 0.11.", 1.2),
    Mistake("ten_times", "Mind the decimal point: 0.1 + 0.11 is less than 1.", 2.1),
    Mistake("tenth", "Mind the decimal point: the first product alone is 0.1.", 0.021),
    Mistake("squared", "You squared 0.055. It is multiplied by the state's number, 2.", 0.103025),
    Mistake(
        "last_weight",
        "This is the weight of 이다 alone. Every morpheme contributes: its weight times its fourth "
        "number.",
        0.045,
    ),
    Mistake("rounded", "This is rounded. Give the exact result, two decimals.", 0.2),
]

register(
    ValueExercise(
        name="start.fourth_number",
        title="The fourth number",
        points=1,
        answer=0.21,
        tolerance=0.0004,
        oracle=_fourth,
        mistakes=[*_OTHERS, *_TERMS, *_ORDER],
        hints=[
            "Every number of the mixture is a sum of four products, one for each morpheme.",
            "The fourth numbers are the last column of `states`, read from top to bottom.",
            "The last column is 1, 2, 0, 0. Multiply each by the weight of its morpheme, then add.",
            "0.1 · 1 + 0.055 · 2 + …, where the other two products are zero.",
        ],
        solved="A state contributes to the mixture in proportion to its weight.",
    )
)
