"""Exercise 5.1: only the last step counts."""

from __future__ import annotations

import math

from course.exercises.bank import Mistake, ValueExercise, register


def _by_torch() -> tuple[float, float]:
    """Torch's gradients of h_0 and w_hh on paper when the loss looks at step 2 alone."""
    import torch

    w_hh = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    h_0 = torch.tensor(-0.4, dtype=torch.float64, requires_grad=True)
    h = h_0
    for x in ((math.log(2) + 0.1) / 2, (math.log(3) - 0.4) / 2):
        h = torch.tanh(2 * x + w_hh * h + 0.1)
    (0.5 * (2 * h - 0.5 - 0.6) ** 2).backward()
    assert h_0.grad is not None and w_hh.grad is not None
    return float(h_0.grad), float(w_hh.grad)


MISTAKES = [
    Mistake(
        "no_sum",
        "`dw_hh` is only what step 2 contributes. Step 1 used the weight as well: add `da_1` times "
        "`h_0`.",
        (0.0576, 0.216),
    ),
    Mistake(
        "first_use_alone",
        "`dw_hh` is only what step 1 contributes. Step 2 used the weight as well: add `da_2` times "
        "`h_1`.",
        (0.0576, -0.0461),
    ),
    Mistake(
        "both_losses",
        "These are the gradients with both losses. Without the loss of step 1 nothing comes into "
        "`dh_1` from `y_1`; only the path through step 2 is left.",
        (-0.1344, 0.3235),
    ),
    Mistake(
        "new_state",
        "In `dw_hh` you multiplied each da by the state after its step. The weight was multiplied "
        "by the state before it: `h_1` at step 2, `h_0` at step 1.",
        (0.0576, 0.3571),
    ),
    Mistake(
        "nothing_at_step_1",
        "Step 1 has no loss of its own, but that of step 2 comes back through h_1: da_1 is "
        "0.18 · 0.64, not 0.",
        (0.0, 0.216),
    ),
    Mistake(
        "no_slope",
        "You left out the slope of tanh, 1 − h², between dh and da.",
        (0.25, 0.4),
    ),
    Mistake(
        "no_slope_at_step_2",
        "You took dh from step 2 back to step 1 without the slope at step 2: what goes back "
        "through `w_hh` is `da_2`, not `dh_2`.",
        (0.16, 0.088),
    ),
    Mistake(
        "no_slope_at_step_1",
        "You left out the slope of tanh at step 1: `da_1` is `dh_1` times 0.64.",
        (0.09, 0.144),
    ),
    Mistake(
        "slope_of_the_sum",
        "The slope of tanh is 1 − h², with the state itself, not 1 − a², with the sum that tanh "
        "was given.",
        (-0.0269, -0.1027),
    ),
    Mistake(
        "no_loop_weight",
        "Between `da_2` and `dh_1` the gradient passes `w_hh`: multiply by 0.5.",
        (0.1152, 0.1238),
    ),
    Mistake(
        "no_output_weight",
        "Between `y_2` and `h_2` the gradient passes `w_hy`: multiply by 2.",
        (0.0288, 0.085),
    ),
    Mistake(
        "sign",
        "Mind the sign of `h_0` in `dw_hh`: it is −0.4.",
        (0.0576, 0.2621),
    ),
    Mistake(
        "da_1_for_dh_0",
        "Your first number is `da_1`. To reach `h_0`, multiply it by `w_hh`.",
        (0.1152, 0.1699),
    ),
    Mistake(
        "dh_1_for_dh_0",
        "Your first number is `dh_1`. One more step back, through tanh and `w_hh`, leads to `h_0`.",
        (0.18, 0.1699),
    ),
    Mistake(
        "exchanged",
        "The two numbers are right but in the wrong order: `dh_0` comes first.",
        (0.1699, 0.0576),
    ),
    Mistake(
        "dh_0_with_both_losses",
        "`dw_hh` is right, but `dh_0` is still that of both losses. Work it out again from the new "
        "`da_1`.",
        (-0.1344, 0.1699),
    ),
]

register(
    ValueExercise(
        name="bptt.last_step_counts",
        title="Only the last step counts",
        points=1,
        answer=(0.0576, 0.1699),
        tolerance=0.0006,
        oracle=_by_torch,
        mistakes=MISTAKES,
        hints=[
            "Nothing changes on the way forwards. On the way back one of the two losses is gone. "
            "Which term of the worked example does it remove?",
            "`da_2` stays 0.36. `dh_1` now has one path only: `da_2` times `w_hh`.",
            "Then `da_1` is `dh_1` times the slope 0.64, `dh_0` is `da_1` times `w_hh`, and "
            "`dw_hh` has two contributions, as before.",
            "`dw_hh` is 0.216 + `da_1` · (−0.4), with `da_1` = 0.18 · 0.64.",
        ],
        solved="Step 2 alone contributes 0.216 to `dw_hh`, and step 1 takes 0.0461 of it away "
        "again. A loss at one step reaches every earlier use of the weight.",
    )
)
