"""Exercise 8.5: back through the update gate."""

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
    Results,
    by_convention,
    in_both,
    mixed,
)

Back = Callable[[Array, Array, Array, Array], Any]


def update_backward(
    dh_t: Array, h_prev: Array, n: Array, z: Array, *, z_weighs: str = "past"
) -> Results:
    """Send the gradient back through the mixture."""
    if z_weighs == "past":
        return dh_t * z, dh_t * (1 - z), dh_t * (h_prev - n)
    return dh_t * (1 - z), dh_t * z, dh_t * (n - h_prev)


def _torch(dh_t: Array, h_prev: Array, n: Array, z: Array, *, z_weighs: str = "past") -> Results:
    import torch

    leaves = [torch.tensor(a, requires_grad=True) for a in (h_prev, n, z)]
    h, c, share = leaves
    mix = torch.lerp(c, h, share) if z_weighs == "past" else torch.lerp(h, c, share)
    mix.backward(torch.tensor(dh_t))
    return tuple(leaf.grad.numpy() for leaf in leaves)  # type: ignore[union-attr]


def _by_shares(
    dh_t: Array, h_prev: Array, n: Array, z: Array, *, z_weighs: str = "past"
) -> Results:
    share, sign = (z, 1) if z_weighs == "past" else (1 - z, -1)
    return dh_t * share, dh_t - dh_t * share, sign * (dh_t * h_prev - dh_t * n)


def _probes(rng: np.random.Generator) -> list[Probe]:
    made: list[tuple[tuple[Any, ...], str]] = [
        ((np.array([[1.0]]), H_PREV, CANDIDATE, GATE), EXAMPLE)
    ]
    made += [
        ((rng.normal(size=(B, H)).round(2), *mixed(rng, B, H)), label) for B, H, label in SIZES
    ]
    return in_both("z_weighs", "past", "present", made)


def _past(dh: Array, h: Array, n: Array, z: Array) -> Results:
    return dh * z, dh * (1 - z), dh * (h - n)


def _present(dh: Array, h: Array, n: Array, z: Array) -> Results:
    return dh * (1 - z), dh * z, dh * (n - h)


def _in(past: Back = _past, present: Back = _present) -> Callable[..., Any]:
    return by_convention(past, present, "z_weighs", "past")


def _changed(change: Callable[..., Any]) -> Callable[..., Any]:
    """Both conventions, changed afterwards: `change((dh_prev, dn, dz), dh, h, n, z)`."""
    return _in(
        lambda *args: change(_past(*args), *args), lambda *args: change(_present(*args), *args)
    )


MISTAKES = [
    Mistake(
        "always_past",
        'Your gradients are the same for both values of `z_weighs`. With "present" the weights '
        "z and 1 − z change places, and so does the sign of `dz`.",
        _in(present=_past),
    ),
    Mistake(
        "always_present",
        'Your z weighs the present in both cases. With "past", the default, `h_prev` was '
        "multiplied by z.",
        _in(past=_present),
    ),
    Mistake(
        "exchanged",
        'You exchanged the two meanings. With "past", `h_prev` was multiplied by z.',
        _in(_present, _past),
    ),
    Mistake(
        "present_missing",
        'With z_weighs="present" your function returns nothing. Is there a `return` for that case?',
        _in(present=lambda *args: None),
    ),
    Mistake(
        "dz_same_sign",
        '`dz` has the wrong sign with "present": z multiplies `n` there, and 1 − z the old state.',
        _in(present=lambda dh, h, n, z: (dh * (1 - z), dh * z, dh * (h - n))),
    ),
    Mistake(
        "dz_sign",
        "`dz` has the wrong sign. What z multiplies counts positively, what 1 − z multiplies "
        "negatively.",
        _changed(lambda g, dh, h, n, z: (g[0], g[1], -g[2])),
    ),
    Mistake(
        "dz_one_path",
        "`dz` has one path of two. z is in both terms of the mixture, in the second as 1 − z.",
        _in(
            lambda dh, h, n, z: (dh * z, dh * (1 - z), dh * h),
            lambda dh, h, n, z: (dh * (1 - z), dh * z, dh * n),
        ),
    ),
    Mistake(
        "dz_the_other_path",
        "`dz` has only the path through 1 − z. z is in the other term of the mixture, too.",
        _in(
            lambda dh, h, n, z: (dh * z, dh * (1 - z), -dh * n),
            lambda dh, h, n, z: (dh * (1 - z), dh * z, -dh * h),
        ),
    ),
    Mistake(
        "dz_sum",
        "`dz` adds up the two paths with the same sign. The slope of 1 − z is −1.",
        _changed(lambda g, dh, h, n, z: (g[0], g[1], dh * (h + n))),
    ),
    Mistake(
        "dz_without_dh",
        "`dz` is the slope alone. Multiply it by `dh_t`, the gradient that arrives.",
        _in(
            lambda dh, h, n, z: (dh * z, dh * (1 - z), h - n),
            lambda dh, h, n, z: (dh * (1 - z), dh * z, n - h),
        ),
    ),
    Mistake(
        "slopes_alone",
        "Your results are the slopes alone. Multiply each by `dh_t`, the gradient that arrives.",
        _in(lambda dh, h, n, z: (z, 1 - z, h - n), lambda dh, h, n, z: (1 - z, z, n - h)),
    ),
    Mistake(
        "weights_exchanged",
        "`dh_prev` and `dn` have each other's weight. The slope along a path is what the quantity "
        "was multiplied by.",
        _changed(lambda g, dh, h, n, z: (g[1], g[0], g[2])),
    ),
    Mistake(
        "one_weight_for_both",
        "`dn` has the weight of `dh_prev`. The two weights are z and 1 − z.",
        _changed(lambda g, dh, h, n, z: (g[0], g[0], g[2])),
    ),
    Mistake(
        "dz_sign_past",
        '`dz` has the wrong sign with "past": z multiplies the old state there, and 1 − z the '
        "candidate.",
        _in(past=lambda dh, h, n, z: (dh * z, dh * (1 - z), dh * (n - h))),
    ),
    Mistake(
        "dz_from_the_gradients",
        "`dz` is made of `dh_prev` and `dn`, so the weights are in it. The slope with respect to "
        "z is the difference of the two states alone.",
        _in(
            lambda dh, h, n, z: (dh * z, dh * (1 - z), dh * z * h - dh * (1 - z) * n),
            lambda dh, h, n, z: (dh * (1 - z), dh * z, dh * z * n - dh * (1 - z) * h),
        ),
    ),
    Mistake(
        "dh_through_tanh",
        "You multiplied `dh_prev` by the slope of tanh. The old state goes into the mixture as it "
        "is.",
        _changed(lambda g, dh, h, n, z: (g[0] * (1 - h**2), g[1], g[2])),
    ),
    Mistake(
        "dh_slope_alone",
        "`dh_prev` is the slope alone. Multiply it by `dh_t`, the gradient that arrives.",
        _in(
            lambda dh, h, n, z: (z, dh * (1 - z), dh * (h - n)),
            lambda dh, h, n, z: (1 - z, dh * z, dh * (n - h)),
        ),
    ),
    Mistake(
        "dn_slope_alone",
        "`dn` is the slope alone. Multiply it by `dh_t`, the gradient that arrives.",
        _in(
            lambda dh, h, n, z: (dh * z, 1 - z, dh * (h - n)),
            lambda dh, h, n, z: (dh * (1 - z), z, dh * (n - h)),
        ),
    ),
    Mistake(
        "matrix_product",
        "`@` is a matrix product. The mixture was made entry by entry, and so are its gradients: "
        "`*`.",
        _in(
            lambda dh, h, n, z: (dh @ z.T, dh @ (1 - z).T, dh * (h - n)),
            lambda dh, h, n, z: (dh @ (1 - z).T, dh @ z.T, dh * (n - h)),
        ),
    ),
    Mistake(
        "minus_z",
        "Where the weight is 1 − z, you took −z as the slope. The slope along a path is the whole "
        "weight, 1 − z.",
        _in(
            lambda dh, h, n, z: (dh * z, -dh * z, dh * (h - n)),
            lambda dh, h, n, z: (-dh * z, dh * z, dh * (n - h)),
        ),
    ),
    Mistake(
        "weights_as_with_past",
        'With "present", `dh_prev` and `dn` have the weights that they have with "past". There '
        "`n` was multiplied by z and `h_prev` by 1 − z.",
        _in(present=lambda dh, h, n, z: (dh * z, dh * (1 - z), dh * (n - h))),
    ),
    Mistake(
        "sigmoid_slope_on_all",
        "You multiplied all three by z (1 − z), the slope of σ. It belongs to none of them: z is "
        "a number here, and σ comes later on the way back.",
        _changed(lambda g, dh, h, n, z: tuple(one * z * (1 - z) for one in g)),
    ),
    Mistake(
        "dz_first",
        "The three gradients are right but in another order. Return `dh_prev, dn, dz`.",
        _changed(lambda g, *args: (g[2], g[0], g[1])),
    ),
    Mistake(
        "dz_second",
        "`dn` and `dz` are exchanged. Return `dh_prev, dn, dz`.",
        _changed(lambda g, *args: (g[0], g[2], g[1])),
    ),
    Mistake(
        "dz_missing",
        "One of three is missing: return `dz` as well.",
        _changed(lambda g, *args: g[:2]),
    ),
    Mistake(
        "through_sigmoid",
        "You multiplied `dz` by the slope of σ. That comes later, on the way from z to its sum; "
        "`dz` is the gradient at z itself.",
        _changed(lambda g, dh, h, n, z: (g[0], g[1], g[2] * z * (1 - z))),
    ),
    Mistake(
        "through_tanh",
        "You multiplied `dn` by the slope of tanh. That comes later, on the way from n to its sum; "
        "`dn` is the gradient at n itself.",
        _changed(lambda g, dh, h, n, z: (g[0], g[1] * (1 - n**2), g[2])),
    ),
    Mistake(
        "through_both",
        "You multiplied by the slopes of tanh and σ. They come later, on the way from n and z to "
        "their sums.",
        _changed(lambda g, dh, h, n, z: (g[0], g[1] * (1 - n**2), g[2] * z * (1 - z))),
    ),
    Mistake(
        "forwards",
        "`dh_prev` and `dn` are the two terms of the mixture. The slope with respect to a factor "
        "is the *other* factor.",
        _in(
            lambda dh, h, n, z: (dh * z * h, dh * (1 - z) * n, dh * (h - n)),
            lambda dh, h, n, z: (dh * (1 - z) * h, dh * z * n, dh * (n - h)),
        ),
    ),
    Mistake(
        "no_z_for_dh",
        "`dh_prev` is `dh_t` itself. The old state was multiplied by a weight on the way.",
        _changed(lambda g, dh, h, n, z: (dh, g[1], g[2])),
    ),
    Mistake(
        "no_weight_for_dn",
        "`dn` is `dh_t` itself. The candidate was multiplied by a weight on the way.",
        _changed(lambda g, dh, h, n, z: (g[0], dh, g[2])),
    ),
    Mistake(
        "dz_over_the_batch_in_a_row",
        "`dz` is one row, the sum over the batch. Each sequence has gates of its own: (B, H).",
        _changed(lambda g, *args: (g[0], g[1], g[2].sum(axis=0, keepdims=True))),
    ),
    Mistake(
        "dz_over_the_batch",
        "`dz` is summed over the batch. Each sequence has gates of its own: (B, H).",
        _changed(lambda g, *args: (g[0], g[1], g[2].sum(axis=0))),
    ),
]

register(
    CodeExercise(
        name="gru.update_backward",
        title="Back through the update gate",
        points=2,
        package="gru.gru_update_backward",
        reference=update_backward,
        probes=_probes,
        oracle=_torch,
        equivalents={"torch": _torch, "by shares": _by_shares},
        outputs=("dh_prev", "dn", "dz"),
        axes=("BH", "BH", "BH"),
        mistakes=MISTAKES,
        hints=[
            "Each of the three goes into the mixture by multiplication. The slope along a path is "
            "what the quantity was multiplied by.",
            "All three gradients are (B, H): `dh_t` times a slope, entry by entry.",
            "With z on the past, `h_prev` was multiplied by z, `n` by 1 − z. z occurs twice, once "
            "as z and once as −z, so two paths add up.",
            "`dz = dh_t * (h_prev - n)` is one of the two cases.",
        ],
        solved="`dh_prev` goes back without a matrix and without tanh. This is the GRU's direct "
        "path.",
    )
)
