"""Exercise 3.4: perplexity by hand."""

from __future__ import annotations

import math

from course.exercises.bank import Mistake, ValueExercise, register


def _perplexity_torch() -> float:
    """Give a model these probabilities and take torch's cross-entropy."""
    import torch

    p = torch.tensor([0.5, 0.25, 0.125], dtype=torch.float64)
    logits = torch.log(torch.stack([p, 1 - p], dim=1))
    loss = torch.nn.functional.cross_entropy(logits, torch.zeros(3, dtype=torch.long))
    return float(torch.exp(loss))


register(
    ValueExercise(
        name="language.perplexity_by_hand",
        title="Perplexity by hand",
        points=1,
        answer=4.0,
        tolerance=0.02,
        oracle=_perplexity_torch,
        mistakes=[
            Mistake(
                "arithmetic_mean",
                "You took the arithmetic mean of the probabilities. Probabilities of a sequence "
                "multiply, so the mean is the geometric one.",
                24 / 7,
            ),
            Mistake(
                "mean_of_inverses",
                "You averaged 2, 4 and 8. Multiply them and take the third root: the mean is the "
                "geometric one.",
                14 / 3,
            ),
            Mistake(
                "no_root",
                "That is the inverse of the whole product. The third root is missing: perplexity "
                "is counted per character.",
                64.0,
            ),
            Mistake(
                "bits",
                "These are the bits per character. Perplexity is 2 to this power.",
                2.0,
            ),
            Mistake(
                "not_inverted",
                "That is the geometric mean itself. Perplexity is its inverse.",
                0.25,
            ),
            Mistake(
                "square_root",
                "Three characters came, so the third root is wanted.",
                8.0,
            ),
            Mistake(
                "natural_logarithm",
                "You mixed two logarithms: 2 to the power of a natural logarithm. Use e with ln, "
                "or 2 with log₂.",
                2 ** math.log(4),
            ),
            Mistake(
                "e_to_the_bits",
                "You mixed two logarithms: e to the power of bits. Use e with ln, or 2 with log₂.",
                math.exp(2),
            ),
            Mistake(
                "nats",
                "This is the mean of −ln p. Perplexity is e to this power.",
                math.log(4),
            ),
        ],
        hints=[
            "Perplexity is the number of faces of the fair die that would have surprised you as "
            "much, per character.",
            "How many bits does each of the three characters cost? −log₂ 1/2 is 1.",
            "The mean of the three costs is the exponent of 2. Or multiply the three "
            "probabilities, take the third root, and invert.",
            "1/2 · 1/4 · 1/8 = 1/64. Which number, taken three times as a factor, gives 64?",
        ],
        solved="In bits: 1, 2 and 3, on average 2, and 2² = 4. A perplexity of 4 is a fair die "
        "with four faces.",
    )
)
