"""Exercise 5.1: only the last step counts."""

from __future__ import annotations

import math

from course.exercises.bank import Mistake, ValueExercise, register


def _last_step_counts() -> float:
    """Torch's gradient at w_hh of the paper network when the loss looks at step 2 alone."""
    import torch

    w_hh = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    h = torch.tensor(-0.4, dtype=torch.float64)
    for x in ((math.log(2) + 0.1) / 2, (math.log(3) - 0.4) / 2):
        h = torch.tanh(2 * x + w_hh * h + 0.1)
    (0.5 * (2 * h - 0.5 - 0.6) ** 2).backward()
    assert w_hh.grad is not None
    return float(w_hh.grad)


register(
    ValueExercise(
        name="bptt.last_step_counts",
        title="Only the last step counts",
        points=1,
        answer=0.1699,
        tolerance=0.001,
        oracle=_last_step_counts,
        mistakes=[
            Mistake(
                "no_sum",
                "This is what step 2 contributes. The weight works at step 1 as well: walk on, and "
                "add `da_1` · `h_0`.",
                0.216,
            ),
            Mistake(
                "both_losses",
                "This is the gradient with both losses. Without the loss of step 1 nothing comes "
                "into `dh_1` from `y_1`; only the way through step 2 is left.",
                0.3235,
            ),
            Mistake(
                "new_state",
                "You multiplied each da by the state after its step. The weight was multiplied by "
                "the state before it: `h_1` at step 2, `h_0` at step 1.",
                0.3571,
            ),
            Mistake(
                "no_slope",
                "You left out the slope of tanh, 1 − h², on the way from dh to da.",
                0.4,
            ),
            Mistake(
                "slope_once",
                "You took dh from step 2 back to step 1 without the slope at step 2: what goes "
                "back through `w_hh` is `da_2`, not `dh_2`.",
                0.088,
            ),
            Mistake(
                "no_loop_weight",
                "On its way back from `da_2` to `dh_1` the gradient passes `w_hh`: multiply by "
                "0.5.",
                0.1238,
            ),
            Mistake(
                "slope_of_the_sum",
                "The slope of tanh is 1 − h², with the state itself, not 1 − a² with the sum that "
                "tanh was given.",
                -0.1027,
            ),
            Mistake(
                "no_output_weight",
                "On its way from `y_2` to `h_2` the gradient passes `w_hy`: multiply by 2.",
                0.085,
            ),
            Mistake(
                "sign",
                "Mind the sign of `h_0`: it is −0.4.",
                0.2621,
            ),
            Mistake(
                "first_use_alone",
                "This is what step 1 contributes. The weight worked at step 2 as well: add "
                "`da_2` · `h_1`.",
                -0.0461,
            ),
            Mistake(
                "no_slope_at_step_1",
                "You left out the slope of tanh at step 1: `da_1` is `dh_1` · 0.64.",
                0.144,
            ),
            Mistake(
                "da_alone",
                "This is `da_2`. The weight's gradient is da times the state that the weight was "
                "multiplied by, added up over both steps.",
                0.36,
            ),
        ],
        hints=[
            "Nothing changes on the way forward. On the way back one of the two losses is gone. "
            "Which line of the worked example does it take away?",
            "The gradient is a sum of two numbers, one for each step at which `w_hh` was used. "
            "The first, from step 2, is the one of the worked example.",
            "Find `dh_1` again: this time it is `da_2` · `w_hh` alone. Then `da_1` with the slope "
            "0.64. Then the sum.",
            "0.216 + `da_1` · (−0.4), with `da_1` = 0.18 · 0.64.",
        ],
        solved="Step 2 gives 0.216, step 1 gives −0.0461. The rest of 0.3235 had come from the "
        "loss of step 1.",
    )
)
