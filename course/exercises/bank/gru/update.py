"""Exercise 8.1: the update gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from course.exercises.bank.gru.common import (
    CANDIDATE,
    GATE,
    H_PREV,
    SIZES,
    Array,
    by_convention,
    in_both,
    mixed,
)
from helpers.lstm import sigmoid

Mix = Callable[[Array, Array, Array], Any]


def update(h_prev: Array, n: Array, z: Array, *, z_weighs: str = "past") -> Array:
    """Mix the old state with the candidate."""
    if z_weighs == "past":
        return z * h_prev + (1 - z) * n
    return (1 - z) * h_prev + z * n


def _torch(h_prev: Array, n: Array, z: Array, *, z_weighs: str = "past") -> Array:
    """Torch's interpolation from one to the other."""
    import torch

    h, c, share = (torch.tensor(a) for a in (h_prev, n, z))
    mix = torch.lerp(c, h, share) if z_weighs == "past" else torch.lerp(h, c, share)
    return mix.numpy()


def _from_the_candidate(h_prev: Array, n: Array, z: Array, *, z_weighs: str = "past") -> Array:
    share = z if z_weighs == "past" else 1 - z
    return n + share * (h_prev - n)


def _probes(rng: np.random.Generator) -> list[Probe]:
    made: list[tuple[tuple[Any, ...], str]] = [((H_PREV, CANDIDATE, GATE), EXAMPLE)]
    made += [(mixed(rng, B, H), label) for B, H, label in SIZES]
    return in_both("z_weighs", "past", "present", made)


def _mix(past: Mix, present: Mix) -> Callable[..., Any]:
    return by_convention(past, present, "z_weighs", "past")


def _both(change: Callable[[Array, Array, Array], Any]) -> Callable[..., Any]:
    """The same mistake in both conventions: `change(h_prev, n, share of the past)`."""
    return _mix(change, lambda h, n, z: change(h, n, 1 - z))


def _nothing(h: Array, n: Array, z: Array) -> None:
    return None


def _past(h: Array, n: Array, z: Array) -> Array:
    return z * h + (1 - z) * n


def _present(h: Array, n: Array, z: Array) -> Array:
    return (1 - z) * h + z * n


MISTAKES = [
    Mistake(
        "always_past",
        'Your result is the same for both values of `z_weighs`. With "present", `z` is the weight '
        "of the candidate and 1 − z that of the old state.",
        _mix(_past, _past),
    ),
    Mistake(
        "always_present",
        'Your `z` weighs the present in both cases. With "past", the default, `z` is the weight '
        "of the old state.",
        _mix(_present, _present),
    ),
    Mistake(
        "exchanged",
        'You exchanged the two meanings. With "past", `z` is the weight of the old state; with '
        '"present", that of the candidate.',
        _mix(_present, _past),
    ),
    Mistake(
        "present_missing",
        'With z_weighs="present" your function returns nothing. Is there a `return` for that case?',
        _mix(_past, _nothing),
    ),
    Mistake(
        "candidate_whole",
        "You added the whole candidate. The two weights sum to 1, so the candidate needs one too.",
        _both(lambda h, n, s: s * h + n),
    ),
    Mistake(
        "old_whole",
        "You added the whole old state. The two weights sum to 1, so the old state needs one too.",
        _both(lambda h, n, s: h + (1 - s) * n),
    ),
    Mistake(
        "z_in_one_term",
        "In both cases z stands in one term only, and the other state is added whole. That one "
        "has the weight 1 − z: the two weights sum to 1.",
        _mix(lambda h, n, z: z * h + n, lambda h, n, z: h + z * n),
    ),
    Mistake(
        "candidate_whole_past",
        'With z_weighs="past" you added the whole candidate. It has the weight 1 − z.',
        _mix(lambda h, n, z: z * h + n, _present),
    ),
    Mistake(
        "old_whole_present",
        'With z_weighs="present" you added the whole old state. It has the weight 1 − z.',
        _mix(_past, lambda h, n, z: h + z * n),
    ),
    Mistake(
        "minus_z_present",
        'With z_weighs="present" your weights are −z and 1 + z, as if `-z` stood for 1 − z. The '
        "old state has the weight 1 − z, the candidate z.",
        _mix(_past, lambda h, n, z: -z * h + (1 + z) * n),
    ),
    Mistake(
        "one_plus",
        "You took 1 + z in place of 1 − z. The two weights sum to 1.",
        _mix(lambda h, n, z: z * h + (1 + z) * n, lambda h, n, z: (1 + z) * h + z * n),
    ),
    Mistake(
        "difference_turned",
        "The sign at z is wrong in both cases: your result is 1 + z times one state, minus z "
        "times the other. Their weights are 1 − z and z.",
        _mix(lambda h, n, z: n + z * (n - h), lambda h, n, z: h + z * (h - n)),
    ),
    Mistake(
        "term_with_z_alone",
        "Only the term with z is in your result. The other state, with the weight 1 − z, is "
        "missing.",
        _mix(lambda h, n, z: z * h, lambda h, n, z: z * n),
    ),
    Mistake(
        "term_without_z_alone",
        "Only the term with 1 − z is in your result. The other state, with the weight z, is "
        "missing.",
        _mix(lambda h, n, z: (1 - z) * n, lambda h, n, z: (1 - z) * h),
    ),
    Mistake(
        "kept_alone",
        "This is what is kept of the old state. The candidate's part is missing.",
        _both(lambda h, n, s: s * h),
    ),
    Mistake(
        "candidate_alone",
        "This is the candidate's part. What is kept of the old state is missing.",
        _both(lambda h, n, s: (1 - s) * n),
    ),
    Mistake(
        "z_on_both",
        "You multiplied both terms by z. If one has the weight z, the other has 1 − z.",
        _mix(lambda h, n, z: z * h + z * n, lambda h, n, z: z * h + z * n),
    ),
    Mistake(
        "same_weight",
        'Both terms have the same weight in your result: z with "past", 1 − z with "present". '
        "The two weights must sum to 1.",
        _both(lambda h, n, s: s * h + s * n),
    ),
    Mistake(
        "rest_on_both",
        "You multiplied both terms by 1 − z. If one has the weight 1 − z, the other has z.",
        _mix(lambda h, n, z: (1 - z) * (h + n), lambda h, n, z: (1 - z) * (h + n)),
    ),
    Mistake(
        "minus",
        "You subtracted the candidate's part. Add the two parts.",
        _both(lambda h, n, s: s * h - (1 - s) * n),
    ),
    Mistake(
        "minus_one",
        "You took z − 1 in place of 1 − z, so one part has the wrong sign.",
        _mix(lambda h, n, z: z * h + (z - 1) * n, lambda h, n, z: (z - 1) * h + z * n),
    ),
    Mistake(
        "brackets",
        "`1 - z * n` multiplies first. Put brackets around the difference: `(1 - z) * n`.",
        _mix(lambda h, n, z: z * h + 1 - z * n, lambda h, n, z: 1 - z * h + z * n),
    ),
    Mistake(
        "sigmoid_again",
        "You applied σ to `z`. It is a gate already, a number from 0 to 1.",
        _mix(lambda h, n, z: _past(h, n, sigmoid(z)), lambda h, n, z: _present(h, n, sigmoid(z))),
    ),
    Mistake(
        "tanh_again",
        "You applied tanh to `n`. The candidate has been through tanh already.",
        _both(lambda h, n, s: s * h + (1 - s) * np.tanh(n)),
    ),
    Mistake(
        "tanh_of_the_mixture",
        "You applied tanh to the mixture. The new state is the mixture as it is.",
        _both(lambda h, n, s: np.tanh(s * h + (1 - s) * n)),
    ),
    Mistake(
        "matrix_product",
        "`@` is a matrix product. The gate multiplies entry by entry: `*`.",
        _mix(lambda h, n, z: z @ h + (1 - z) @ n, lambda h, n, z: (1 - z) @ h + z @ n),
    ),
    Mistake(
        "matrix_product_turned",
        "`@` with `.T` is a matrix product and mixes the sequences. Everything happens entry by "
        "entry: `*`.",
        _both(lambda h, n, s: h @ s.T + n @ (1 - s).T),
    ),
    Mistake(
        "one_gate_for_the_batch",
        "You averaged `z` over the batch. Each sequence has a gate of its own.",
        _mix(
            lambda h, n, z: _past(h, n, z.mean(axis=0)),
            lambda h, n, z: _present(h, n, z.mean(axis=0)),
        ),
    ),
    Mistake(
        "candidate_kept",
        'With z_weighs="present" you gave z to both terms. The old state then has the weight '
        "1 − z.",
        _mix(_past, lambda h, n, z: z * h + z * n),
    ),
    Mistake(
        "rest_on_both_present",
        'With z_weighs="present" you gave 1 − z to both terms. The candidate has the weight z.',
        _mix(_past, lambda h, n, z: (1 - z) * (h + n)),
    ),
    Mistake(
        "brackets_present",
        'With z_weighs="present", `1 - z * h_prev` multiplies first. Put brackets around the '
        "difference: `(1 - z) * h_prev`.",
        _mix(_past, lambda h, n, z: 1 - z * h + z * n),
    ),
    Mistake(
        "sum",
        "You added the two states whole. Each needs a weight, z or 1 − z.",
        _both(lambda h, n, s: h + n),
    ),
    Mistake(
        "two_parts",
        "You return the two parts. The new state is their sum.",
        _both(lambda h, n, s: (s * h, (1 - s) * n)),
    ),
    Mistake(
        "half",
        "You took the mean of the two states. The gate says how much of each goes in.",
        _both(lambda h, n, s: (h + n) / 2),
    ),
]

register(
    CodeExercise(
        name="gru.update",
        title="The update gate",
        points=2,
        package="gru.gru_update",
        reference=update,
        probes=_probes,
        oracle=_torch,
        equivalents={"torch": _torch, "from the candidate": _from_the_candidate},
        outputs=("h_t",),
        axes=("BH",),
        mistakes=MISTAKES,
        hints=[
            "The new state is a weighted sum of two arrays, and the two weights sum to 1.",
            "All arrays are (B, H), and everything happens entry by entry, with `*`.",
            'Two cases. With "past" the old state gets z and the candidate the rest. With '
            '"present" it is the other way round.',
            "`return z * h_prev + (1 - z) * n` is one of the two cases.",
        ],
        solved="Where the weight of the past is 1, a unit keeps its state unchanged, whatever the "
        "candidate is.",
    )
)
