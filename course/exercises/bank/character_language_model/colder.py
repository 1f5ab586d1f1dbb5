"""Exercise 4.5: colder."""

from __future__ import annotations

from course.exercises.bank import Mistake, ValueExercise, register


def _colder() -> float:
    """The share of the likelier of two characters at half the temperature, by torch."""
    import torch

    y = torch.tensor([0.8, 0.2], dtype=torch.float64).log()
    return float((y / 0.5).softmax(dim=0)[0])


def _consequence(p: float) -> str:
    """Say what odds a probability means."""
    if 0 < p < 1:
        odds = p / (1 - p)
        return (
            f"It means odds of {odds:.3g} to 1. At temperature 1 they are 4 to 1. What happens to "
            "e^y, and so to the odds, when the scores are divided by 0.5?"
        )
    if 1 < p <= 100:
        return (
            "A probability is at most 1. Write a percentage as a fraction, and odds of a to 1 as "
            "a / (a + 1)."
        )
    return "A probability is between 0 and 1."


register(
    ValueExercise(
        name="character.colder",
        title="Colder",
        points=1,
        answer=0.9412,
        tolerance=0.003,
        oracle=_colder,
        mistakes=[
            Mistake(
                "unchanged",
                "Dividing the probabilities changes nothing once they are made to sum to one. The "
                "temperature divides the scores.",
                0.8,
            ),
            Mistake(
                "hotter",
                "This is temperature 2: the root of the odds. At temperature 0.5 the scores are "
                "doubled, so the odds are squared.",
                0.668,  # 2/3, rounded to 0.67 or not
            ),
            Mistake(
                "not_normalised",
                "You squared 0.8. Now divide by the sum of the two squares.",
                0.64,
            ),
            Mistake("greedy", "That is temperature zero, the likeliest character always.", 1.0),
            Mistake(
                "odds_doubled",
                "You doubled the odds, 4 to 1 into 8 to 1. Doubling the scores squares them.",
                0.8889,
            ),
            Mistake(
                "the_other",
                "This is the other character, which becomes rarer. Give the likelier one's.",
                0.0588,
            ),
            Mistake(
                "rest_of_the_square",
                "You squared 0.2 and took it from 1. Square both, then divide by their sum.",
                0.96,
            ),
            Mistake(
                "probability_divided",
                "You divided the probability itself by 0.5. The temperature divides the score, "
                "ln 0.8, and then both are made to sum to one.",
                1.6,
            ),
            Mistake(
                "softmax_of_probabilities",
                "You put 0.8 and 0.2 into softmax as if they were scores. The scores are their "
                "logarithms.",
                0.7685,
            ),
            Mistake(
                "rest_of_the_other_square",
                "0.68 is the sum of the two squares. Divide 0.64 by it.",
                0.68,
            ),
            Mistake(
                "fourth_power",
                "You raised the odds to the fourth power. The scores are doubled once, so the odds "
                "are squared.",
                0.9961,
            ),
            Mistake(
                "multiplied_by_the_temperature",
                "You multiplied the probability by 0.5. The temperature divides the score, ln 0.8, "
                "and then both are made to sum to one.",
                0.4,
            ),
            Mistake(
                "odds",
                "Those are the odds, 16 to 1. As a probability that is 16 of 17.",
                16.0,
            ),
        ],
        consequence=_consequence,
        hints=[
            "The temperature divides the scores before softmax. Divided by 0.5, they are doubled.",
            "p is proportional to e^y. What becomes of it when y is doubled?",
            "It is squared. Square both probabilities, then make them sum to one again.",
            "0.8² / (0.8² + 0.2²)",
        ],
        solved="4 to 1 became 16 to 1. In general the odds are raised to the power 1/τ.",
    )
)
