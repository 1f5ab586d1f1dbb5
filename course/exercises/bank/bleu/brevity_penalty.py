"""Exercise 10.3: the brevity penalty."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register


def brevity_penalty(c: float, r: float) -> float:
    """1 for a hypothesis that is long enough, exp(1 − r/c) for a shorter one."""
    return float(min(1.0, np.exp(1 - r / c)))


def _trace(c: float, r: float) -> dict[str, float]:
    return {"ratio": r / c}


def _probes(rng: np.random.Generator) -> list[Probe]:
    probes = [
        Probe((8, 9), label=EXAMPLE),
        Probe((1, 2), label="half as long"),
        Probe((4, 4), label="as long"),
        Probe((6, 4), label="longer"),
        Probe((5, 12), label="less than half as long"),
        Probe((20, 3), label="far too long"),
    ]
    for _ in range(4):
        c, r = rng.integers(1, 40, size=2)
        probes.append(Probe((int(c), int(r))))
    return probes


def _sacrebleu(c: int, r: int) -> float:
    from sacrebleu.metrics import BLEU

    return float(BLEU.compute_bleu([c] * 4, [c] * 4, c, r, smooth_method="none").bp)


def _branch(c: float, r: float) -> float:
    return 1.0 if c >= r else math.e ** (1 - r / c)


def _min(change: Callable[[float, float], float]) -> Callable[[float, float], float]:
    return lambda c, r: min(1.0, change(c, r))


MISTAKES = [
    Mistake(
        "rewards_length",
        "A hypothesis that is longer than its reference gets more than 1. Length earns no reward: "
        "the factor is at most 1.",
        lambda c, r: math.exp(1 - r / c),
    ),
    Mistake(
        "turned",
        "The lengths have changed places: r/c has the reference's length on top. Yours lowers the "
        "score of *long* hypotheses.",
        _min(lambda c, r: math.exp(1 - c / r)),
    ),
    Mistake(
        "turned_and_no_limit",
        "Two things. The lengths have changed places: r/c has the reference's length on top. And "
        "the factor is at most 1.",
        lambda c, r: math.exp(1 - c / r),
    ),
    Mistake(
        "sign",
        "The exponent has the wrong sign: it is 1 − r/c, which is negative for a short hypothesis.",
        _min(lambda c, r: math.exp(r / c - 1)),
    ),
    Mistake(
        "sign_and_no_limit",
        "The exponent has the wrong sign: it is 1 − r/c, which is negative for a short hypothesis. "
        "And the factor is at most 1.",
        lambda c, r: math.exp(r / c - 1),
    ),
    Mistake(
        "plain_ratio",
        "You return the ratio c/r. The penalty is exp(1 − r/c).",
        _min(lambda c, r: c / r),
    ),
    Mistake(
        "ratio_without_limit",
        "You return the ratio c/r. The penalty is exp(1 − r/c), and at most 1.",
        lambda c, r: c / r,
    ),
    Mistake(
        "difference",
        "Your exponent is c − r, a difference. It is 1 − r/c, with a ratio.",
        _min(lambda c, r: math.exp(c - r)),
    ),
    Mistake(
        "no_exp",
        "You return the exponent. The penalty is exp of it.",
        _min(lambda c, r: 1 - r / c),
    ),
    Mistake(
        "exponent_at_most_zero",
        "You return the exponent, limited to 0. The penalty is exp of it.",
        lambda c, r: min(0.0, 1 - r / c),
    ),
    Mistake(
        "larger_of_two",
        "A short hypothesis gets 1 from you, and a long one more. Take the smaller of 1 and "
        "exp(1 − r/c), not the larger; or have your two cases changed places?",
        lambda c, r: max(1.0, math.exp(1 - r / c)),
    ),
    Mistake(
        "zero_if_long",
        "A hypothesis that is long enough gets 0 from you, which would make its BLEU 0. It gets 1.",
        lambda c, r: 0.0 if c >= r else math.exp(1 - r / c),
    ),
    Mistake(
        "zero_if_equal",
        "Where the lengths are equal, the factor is 1.",
        lambda c, r: 1.0 if c > r else 0.0 if c == r else math.exp(1 - r / c),
    ),
    Mistake(
        "no_one",
        "You left the 1 out of the exponent, 1 − r/c.",
        lambda c, r: 1.0 if c >= r else math.exp(-r / c),
    ),
    Mistake(
        "no_one_and_no_limit",
        "You left the 1 out of the exponent, 1 − r/c. And where c ≥ r the factor is 1.",
        lambda c, r: math.exp(-r / c),
    ),
    Mistake(
        "brackets",
        "You divide the whole of 1 − r by c. Only r is divided: 1 − r / c.",
        _min(lambda c, r: math.exp((1 - r) / c)),
    ),
    Mistake(
        "whole_division",
        "`//` drops what is behind the decimal point. Divide with `/`.",
        _min(lambda c, r: math.exp(1 - r // c)),
    ),
    Mistake(
        "percent",
        "Right, but a hundred times too large: the factor is at most 1.",
        lambda c, r: 100 * brevity_penalty(c, r),
    ),
    Mistake(
        "base_ten",
        "You took a power of 10. exp is a power of e: `np.exp`.",
        _min(lambda c, r: 10 ** (1 - r / c)),
    ),
    Mistake(
        "base_two",
        "You took a power of 2. exp is a power of e: `np.exp`.",
        _min(lambda c, r: 2 ** (1 - r / c)),
    ),
    Mistake(
        "constant",
        "You return the example's number whatever the lengths are.",
        lambda c, r: 0.8825,
    ),
]

register(
    CodeExercise(
        name="bleu.brevity_penalty",
        title="The brevity penalty",
        points=1,
        reference=brevity_penalty,
        trace=_trace,
        probes=_probes,
        oracle=_sacrebleu,
        equivalents={"branch": _branch, "minimum": lambda c, r: np.exp(np.minimum(0, 1 - r / c))},
        mistakes=MISTAKES,
        hints=[
            "Two cases: long enough, or too short. What is the factor in each?",
            "Two numbers in, one number out, from 0 to 1.",
            "`np.exp(1 - r / c)` is above 1 exactly when c > r. So take the smaller of it and 1.",
            "`min(1, …)`",
        ],
        survivors={
            "3: float(min(1.0, np.exp(1 - r / c))) → min(1.0, np.exp(1 - r / c))": "the same "
            "number, of NumPy's type",
            "3: min(1.0, np.exp(1 - r / c)) → min(np.exp(1 - r / c), 1.0)": "the smaller of two "
            "numbers, in either order",
        },
        solved="A hypothesis of half the reference's length keeps 37 % of its score.",
    )
)
