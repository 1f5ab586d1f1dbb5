"""Exercise 13.5: The paper's schedule."""

from __future__ import annotations

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, register


def learning_rate(step: int, d_model: int, warm_up: int) -> float:
    """The rate of Vaswani et al. 2017 at a step, counted from 1."""
    return float(d_model**-0.5 * min(step**-0.5, step * warm_up**-1.5))


def _rate_probes(rng: np.random.Generator) -> list[Probe]:
    chosen = [(64, 100), (128, 30), (512, 4000)]
    probes = [Probe((100, 64, 100), label="the example")]
    for d_model, warm_up in chosen:
        for step in (1, warm_up // 3, warm_up, 2 * warm_up, int(rng.integers(3, 9)) * warm_up):
            probes.append(Probe((step, d_model, warm_up), label=f"step {step}"))
    return probes


def _rate_on_log_paper(step: int, d_model: int, warm_up: int) -> float:
    """Read off a drawing: two straight lines on doubly logarithmic paper, slopes 1 and −1/2."""
    peak, corner, far = -np.log(d_model * warm_up) / 2, np.log(warm_up), 20.0
    places, heights = [0, corner, corner + far], [peak - corner, peak, peak - far / 2]
    return float(np.exp(np.interp(np.log(step), places, heights)))


def _rate_branches(step: int, d_model: int, warm_up: int) -> float:
    peak = 1 / np.sqrt(d_model * warm_up)
    return float(peak * step / warm_up if step < warm_up else peak * np.sqrt(warm_up / step))


register(
    CodeExercise(
        name="transformer.learning_rate",
        title="The paper’s schedule",
        points=1,
        reference=learning_rate,
        probes=_rate_probes,
        oracle=_rate_on_log_paper,
        equivalents={"on log paper": _rate_on_log_paper, "branches": _rate_branches},
        outputs=("rate",),
        mistakes=[
            Mistake(
                "larger",
                "You took the larger of the two. In the beginning the first is the larger one: "
                "there would be no warm-up.",
                lambda step, d, w: float(d**-0.5 * max(step**-0.5, step * w**-1.5)),
            ),
            Mistake(
                "no_width",
                "The factor $d_{model}^{-1/2}$ is missing: wider models get smaller rates.",
                lambda step, d, w: float(min(step**-0.5, step * w**-1.5)),
            ),
            Mistake(
                "not_continuous",
                "The rise has the slope `1 / warm_up`. It should meet the fall at `warm_up`, with "
                "the value `warm_up ** -0.5`; so the power is −1.5.",
                lambda step, d, w: float(d**-0.5 * min(step**-0.5, step / w)),
            ),
            Mistake(
                "constant",
                "After the warm-up your rate stays where it is; it should fall with $step^{-1/2}$.",
                lambda step, d, w: float(d**-0.5 * min(w**-0.5, step * w**-1.5)),
            ),
            Mistake(
                "no_warm_up",
                "There is no warm-up: the rate falls from the first step on.",
                lambda step, d, w: float(d**-0.5 * step**-0.5),
            ),
            Mistake(
                "precedence",
                "Python reads `a**-1/2` as `(a**-1) / 2`. Write `a**-0.5`, or put the exponent in "
                "brackets.",
                lambda step, d, w: float(d**-1 / 2 * min(step**-1 / 2, step * w**-3 / 2)),
            ),
            Mistake(
                "power_of_width",
                "The power of `d_model` is −1/2: wider models get smaller rates.",
                lambda step, d, w: float(d**0.5 * min(step**-0.5, step * w**-1.5)),
            ),
            Mistake(
                "from_zero",
                "You count the steps from 0; the first step has the number 1.",
                lambda step, d, w: float(d**-0.5 * min((step + 1) ** -0.5, (step + 1) * w**-1.5)),
            ),
        ],
        hints=[
            "Two curves, a straight line upwards and a root that falls; the smaller one counts.",
            "All are plain numbers; `step` counts from 1.",
            "Write both, take `min`, and multiply by `d_model ** -0.5`.",
            "`min(step ** -0.5, step * warm_up ** -1.5)`",
        ],
        survivors={
            "3: float(d_model ** (-0.5) * min(step ** (-0.5), step * warm_up ** (-1.5))) → "
            "d_model ** (-0.5) * min(step ** (-0.5), step * warm_up ** (-1.5))": "it is a float "
            "already",
            "3: min(step ** (-0.5), step * warm_up ** (-1.5)) → "
            "min(step * warm_up ** (-1.5), step ** (-0.5))": "of two numbers the smaller is the "
            "same in either order",
        },
        solved="At `step = warm_up` both curves meet at $(d_{model} · warm\\_up)^{-1/2}$, the "
        "highest rate. The lesson's own schedule rises in the same way and falls along a cosine.",
    )
)
