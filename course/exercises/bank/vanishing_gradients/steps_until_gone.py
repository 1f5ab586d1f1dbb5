"""Exercise 6.1: how many steps until it is gone?"""

from __future__ import annotations

from course.exercises.bank import Mistake, ValueExercise, register


def _steps_until_gone() -> int:
    """Walk back until less than a thousandth is left."""
    left, steps = 1.0, 0
    while left >= 1e-3:
        left, steps = left * 0.9, steps + 1
    return steps


def _consequence(steps: float) -> str:
    """Say what follows from a wrong number of steps."""
    if steps < 0:
        return "Both logarithms are negative, so their quotient is positive."
    if steps < 1:
        return "That is a share of the gradient. Asked for is a number of steps."
    if steps != round(steps):
        if 6.8 < steps < 7:
            return (
                "It is the logarithm of 1000 alone. Divide it by what one step contributes, "
                "−log 0.9."
            )
        left = f"After {steps:g} steps {0.9**steps:.1g} of the gradient is left."
        return f"{left} Steps are whole, and less than a thousandth is wanted: which way to round?"
    left = f"After {steps:g} steps {0.9**steps:.2g} of the gradient is left"
    if steps < 66:
        return f"{left}, which is still above a thousandth: it takes more steps."
    return f"{left}. It falls below a thousandth earlier than that."


register(
    ValueExercise(
        name="vanishing.steps_until_gone",
        title="How many steps until it is gone?",
        points=1,
        answer=66,
        oracle=_steps_until_gone,
        consequence=_consequence,
        mistakes=[
            Mistake(
                "rounded_down",
                "Nearly. After 65 steps 0.00106 is left, which is still above a thousandth.",
                65,
            ),
            Mistake(
                "a_tenth_each_time",
                "You took away a tenth of the first value at each step. Each step takes a tenth of "
                "what is left: the gradient is multiplied by 0.9.",
                10,
            ),
            Mistake(
                "a_hundredth",
                "That is where less than a hundredth is left. Asked for is a thousandth.",
                44,
            ),
            Mistake(
                "logarithm_of_the_limit",
                "That is the logarithm of 1000 alone. Divide it by what one step contributes, "
                "−log 0.9.",
                7,
            ),
            Mistake(
                "one_too_many",
                "Nearly. After 66 steps 0.00096 is left, which is already below a thousandth.",
                67,
            ),
            Mistake(
                "three_zeros",
                "0.1 to the power of 3 is a thousandth, but here each step multiplies by 0.9, not "
                "by 0.1.",
                3,
            ),
            Mistake(
                "a_thousand_tenths",
                "A tenth of what is left goes at each step, so each step takes less than the one "
                "before. Multiply: 0.9 · 0.9 · 0.9 …",
                9,
            ),
            Mistake(
                "in_proportion",
                "You scaled the 10 steps of w = 0.5 by 0.9 / 0.5. The number of steps is not in "
                "proportion to w but to 1 / −log w.",
                18,
            ),
            Mistake(
                "in_proportion_to_the_loss",
                "You scaled the 10 steps of w = 0.5 by 0.5 / 0.1, as if each step took the same "
                "amount. Use logarithms: the number of steps is in proportion to 1 / −log w.",
                50,
            ),
            Mistake(
                "a_tenth_left",
                "That is where less than a tenth is left. Asked for is a thousandth.",
                22,
            ),
            Mistake(
                "a_ten_thousandth",
                "That is where less than a ten-thousandth is left. Asked for is a thousandth.",
                88,
            ),
        ],
        hints=[
            "After d steps back the gradient has been multiplied by 0.9 d times.",
            "You look for the smallest whole number d for which 0.9 to the power of d is below "
            "0.001.",
            "Take logarithms: d · log 0.9 < log 0.001. Both are negative, so dividing by log 0.9 "
            "turns the sign round.",
            "d > 6.908 / 0.1054",
        ],
        solved="A weight of 0.9 sounds large, yet 66 steps are less than one line of text.",
    )
)
