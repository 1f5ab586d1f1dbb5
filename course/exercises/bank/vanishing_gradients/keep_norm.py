"""Exercise 6.4: build the hook that keeps a gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from course.exercises.bank.vanishing_gradients.common import Array

if TYPE_CHECKING:
    from torch import Tensor

GUARD = "the number only guards against a division by zero; it changes less than the tolerance"


def keep_norm(dh: Tensor, dh_T: Tensor) -> Tensor:
    """Each row of dh, as long as the same row of dh_T."""
    norm_T = dh_T.norm(dim=1, keepdim=True)
    norm = dh.norm(dim=1, keepdim=True)
    kept = dh * norm_T / (norm + 1e-30)
    return kept


def _trace(dh: Tensor, dh_T: Tensor) -> dict[str, Tensor]:
    norm_T = dh_T.norm(dim=1, keepdim=True)
    norm = dh.norm(dim=1, keepdim=True)
    kept = dh * norm_T / (norm + 1e-30)
    return {"norm_T": norm_T, "norm": norm, "kept": kept}


def _probes(rng: np.random.Generator) -> list[Probe]:
    import torch

    def rows(*sizes: float, H: int) -> Array:
        """Rows of these norms, in random directions."""
        directions = rng.normal(size=(len(sizes), H))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        return np.array(sizes)[:, None] * directions

    pairs = [
        (np.array([[0.3, 0.4], [0.0, 2.0]]), np.array([[6.0, 8.0], [0.0, -1.0]]), EXAMPLE),
        (rows(1e-8, 0.5, 3.0, H=4), rows(2.0, 1.0, 0.25, H=4), "longer and shorter"),
        (rows(0.2, 5.0, H=2), rows(3.0, 0.1, H=2), "two of everything"),
        (rows(0.0, 0.5, 2e-20, H=3), rows(1.0, 0.3, 2.0, H=3), "a row of zeros"),
        (rows(0.7, H=5), rows(0.1, H=5), "B = 1"),
    ]
    return [Probe((torch.tensor(dh), torch.tensor(dh_T)), label=label) for dh, dh_T, label in pairs]


def _by_autograd(dh: Tensor, dh_T: Tensor) -> Tensor:
    """The length of a row as the gradient of its norm, from autograd: dh/‖dh‖."""
    import torch

    leaf = dh.clone().requires_grad_()
    (direction,) = torch.autograd.grad(torch.linalg.vector_norm(leaf, dim=1).sum(), leaf)
    return direction * torch.linalg.vector_norm(dh_T, dim=1)[:, None]


def _by_normalize(dh: Tensor, dh_T: Tensor) -> Tensor:
    import torch

    return torch.nn.functional.normalize(dh, dim=1, eps=1e-30) * dh_T.norm(dim=1)[:, None]


def _row_by_row(dh: Tensor, dh_T: Tensor) -> Tensor:
    kept = dh.clone()
    for b in range(len(dh)):
        length = (dh[b] ** 2).sum() ** 0.5
        if length > 0:
            kept[b] = dh[b] / length * (dh_T[b] ** 2).sum() ** 0.5
    return kept


def _scaled(factor: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """The rows of dh times a factor of the two norms, each (B, 1)."""

    def hook(dh: Tensor, dh_T: Tensor) -> Tensor:
        now, last = (g.norm(dim=1, keepdim=True) for g in (dh, dh_T))
        scaled: Tensor = dh * factor(now + 1e-30, last)
        return scaled

    return hook


def _sized(size: Callable[[Any], Any]) -> Callable[..., Any]:
    """The ratio of another size in place of the norm of a row."""
    return lambda dh, dh_T: dh * size(dh_T) / (size(dh) + 1e-30)


MISTAKES = [
    Mistake(
        "whole_batch",
        "You took one norm of the whole batch. Each row is a sequence of its own: take the norm "
        "along axis 1, with `keepdim=True`.",
        _sized(lambda g: g.norm()),
    ),
    Mistake(
        "order_for_axis",
        "A bare 1, as in `norm(1)`, is the order of the norm: the sum of all absolute values. For "
        "the axis, write `norm(dim=1, keepdim=True)`.",
        _sized(lambda g: g.norm(1)),
    ),
    Mistake(
        "numpy_without_keepdims",
        "`np.linalg.norm(dh, axis=1)` is a NumPy array of shape (B,), and `dh` is (B, H). Take "
        "the tensor's own method: `dh.norm(dim=1, keepdim=True)`.",
        _sized(lambda g: np.linalg.norm(g, axis=1)),
    ),
    Mistake(
        "guard_under_the_root",
        "You added the tiny number under the root, where it counts as much as a norm of 1e-15. "
        "Add it to the norm itself, after the root.",
        lambda dh, dh_T: (
            dh * dh_T.norm(dim=1, keepdim=True) / ((dh**2).sum(dim=1, keepdim=True) + 1e-30).sqrt()
        ),
    ),
    Mistake(
        "mean_of_squares",
        "You took the root of the mean of squares. The norm is the root of their sum.",
        lambda dh, dh_T: (
            dh * dh_T.norm(dim=1, keepdim=True) / ((dh**2).mean(dim=1, keepdim=True).sqrt() + 1e-30)
        ),
    ),
    Mistake(
        "guard_of_torch",
        "The number that you add to the norm is too large: a gradient of 2e-20 no longer gets its "
        "full norm. Add 1e-30.",
        _scaled(lambda now, last: last / (now + 1e-12)),
    ),
    Mistake(
        "columns",
        "You took the norm of each column. Rows are sequences: the norm runs along axis 1.",
        _sized(lambda g: g.norm(dim=0, keepdim=True)),
    ),
    Mistake(
        "no_keepdim",
        "Your norms are (B,), and `dh` is (B, H): they broadcast along the wrong axis or not at "
        "all. `keepdim=True` makes them (B, 1).",
        _sized(lambda g: g.norm(dim=1)),
    ),
    Mistake(
        "upside_down",
        "Your factor is the norm now over the norm at the last state. It has to be the other way "
        "round: divide by what `dh` has and multiply by what it should have.",
        _scaled(lambda now, last: now / (last + 1e-30)),
    ),
    Mistake(
        "unit_norm",
        "Your rows have norm 1. Multiply them by the norm of the same row of `dh_T`.",
        _scaled(lambda now, last: 1 / now),
    ),
    Mistake(
        "not_divided",
        "You multiplied by the norm of `dh_T` but did not divide by the norm of `dh`.",
        _scaled(lambda now, last: last),
    ),
    Mistake(
        "direction_of_the_last",
        "You returned `dh_T`. Only its norm is wanted; the direction is that of `dh`.",
        lambda dh, dh_T: dh_T.clone(),
    ),
    Mistake(
        "roles_swapped",
        "The roles are swapped: you gave `dh_T` the norm of `dh`. Give `dh` the norm of `dh_T`.",
        lambda dh, dh_T: (
            dh_T * dh.norm(dim=1, keepdim=True) / (dh_T.norm(dim=1, keepdim=True) + 1e-30)
        ),
    ),
    Mistake(
        "no_root",
        "You divided sums of squares. The norm is the root of the sum of squares.",
        _sized(lambda g: (g**2).sum(dim=1, keepdim=True)),
    ),
    Mistake(
        "sum_of_sizes",
        "You took the sum of the absolute values. The norm is the root of the sum of squares.",
        _sized(lambda g: g.abs().sum(dim=1, keepdim=True)),
    ),
    Mistake(
        "largest_entry",
        "You took the largest entry of each row. The norm is the root of the sum of squares.",
        _sized(lambda g: g.abs().amax(dim=1, keepdim=True)),
    ),
    Mistake(
        "signed_sum",
        "You took the sum of each row, in which entries of both signs cancel. The norm is the root "
        "of the sum of squares.",
        lambda dh, dh_T: dh * dh_T.sum(dim=1, keepdim=True) / (dh.sum(dim=1, keepdim=True) + 1e-30),
    ),
    Mistake(
        "never_shorter",
        "You lengthen what is too short, but leave what is too long. Every row gets the norm that "
        "it had at the last state.",
        _scaled(lambda now, last: (last / now).clamp(min=1)),
    ),
    Mistake(
        "never_longer",
        "You shorten what is too long, as clipping does, but leave what is too short.",
        _scaled(lambda now, last: (last / now).clamp(max=1)),
    ),
    Mistake(
        "zero_row",
        "A row of zeros becomes nan: you divide by its norm, 0. Add 1e-30 to the norm itself, in "
        "brackets, before you divide.",
        lambda dh, dh_T: dh * dh_T.norm(dim=1, keepdim=True) / dh.norm(dim=1, keepdim=True),
    ),
    Mistake(
        "large_guard",
        "The number that you add to the norm is too large: a gradient of 1e-8 no longer gets its "
        "full norm. Add 1e-30.",
        _scaled(lambda now, last: last / (now + 1e-8)),
    ),
    Mistake(
        "guard_of_a_millionth",
        "The number that you add to the norm is too large: it changes the result of the example in "
        "the sixth digit, and a small gradient by far more. Add 1e-30.",
        _scaled(lambda now, last: last / (now + 1e-6)),
    ),
    Mistake(
        "unchanged",
        "The gradient comes back as it was. Return the new one.",
        lambda dh, dh_T: dh.clone(),
    ),
    Mistake(
        "no_keepdim_in_norm",
        "`norm` is (B,), and `dh` is (B, H): it broadcasts along the wrong axis or not at all. "
        "`keepdim=True` makes it (B, 1), as `norm_T` is.",
        lambda dh, dh_T: dh * dh_T.norm(dim=1, keepdim=True) / (dh.norm(dim=1) + 1e-30),
    ),
    Mistake(
        "no_keepdim_in_norm_T",
        "`norm_T` is (B,), and `dh` is (B, H): it broadcasts along the wrong axis or not at "
        "all. `keepdim=True` makes it (B, 1), as `norm` is.",
        lambda dh, dh_T: dh * dh_T.norm(dim=1) / (dh.norm(dim=1, keepdim=True) + 1e-30),
    ),
    Mistake(
        "no_root_in_norm_T",
        "`norm_T` is a sum of squares without its root.",
        _scaled(lambda now, last: last**2 / now),
    ),
    Mistake(
        "no_root_in_norm",
        "`norm` is a sum of squares without its root.",
        lambda dh, dh_T: (
            dh * dh_T.norm(dim=1, keepdim=True) / (dh.pow(2).sum(dim=1, keepdim=True) + 1e-30)
        ),
    ),
    Mistake(
        "sizes_in_norm",
        "`norm` is the sum of the absolute values. The norm is the root of the sum of squares.",
        lambda dh, dh_T: (
            dh * dh_T.norm(dim=1, keepdim=True) / (dh.abs().sum(dim=1, keepdim=True) + 1e-30)
        ),
    ),
    Mistake(
        "sum_in_norm",
        "`norm` is the sum of each row, in which entries of both signs cancel. The norm is the "
        "root of the sum of squares.",
        lambda dh, dh_T: (
            dh * dh_T.norm(dim=1, keepdim=True) / (dh.sum(dim=1, keepdim=True) + 1e-30)
        ),
    ),
    Mistake(
        "whole_dh_T",
        "Every row gets the norm of the whole of `dh_T`. Take the norm of each of its rows.",
        lambda dh, dh_T: dh * dh_T.norm() / (dh.norm(dim=1, keepdim=True) + 1e-30),
    ),
    Mistake(
        "whole_dh",
        "Every row is divided by the norm of the whole of `dh`. Take the norm of each row.",
        lambda dh, dh_T: dh * dh_T.norm(dim=1, keepdim=True) / (dh.norm() + 1e-30),
    ),
    Mistake(
        "mean_of_the_rows",
        "Every row gets the mean of the norms in the batch. Each row has a norm of its own.",
        lambda dh, dh_T: dh * dh_T.norm(dim=1).mean() / (dh.norm(dim=1, keepdim=True) + 1e-30),
    ),
    Mistake(
        "largest_of_the_rows",
        "Every row gets the largest of the norms in the batch. Each row has a norm of its own.",
        lambda dh, dh_T: dh * dh_T.norm(dim=1).max() / (dh.norm(dim=1, keepdim=True) + 1e-30),
    ),
    Mistake(
        "signs_alone",
        "You multiplied the signs of `dh` by the norm. That keeps no direction: divide `dh` "
        "itself by its norm.",
        lambda dh, dh_T: dh.sign() * dh_T.norm(dim=1, keepdim=True),
    ),
    Mistake(
        "entry_by_entry",
        "You gave each entry the size of the entry of `dh_T`, which changes the direction. All "
        "entries of a row are multiplied by one number.",
        lambda dh, dh_T: dh * dh_T.abs() / (dh.abs() + 1e-30),
    ),
    Mistake(
        "added",
        "You added the difference of the norms to every entry. That changes the direction: "
        "multiply instead.",
        lambda dh, dh_T: dh + dh_T.norm(dim=1, keepdim=True) - dh.norm(dim=1, keepdim=True),
    ),
    Mistake(
        "difference",
        "You multiplied by the difference of the norms. It takes their ratio: multiply by "
        "`norm_T` and divide by `norm`.",
        _scaled(lambda now, last: last - now),
    ),
    Mistake(
        "root_of_the_ratio",
        "You took the root of the ratio. The norms have their roots already.",
        _scaled(lambda now, last: (last / now) ** 0.5),
    ),
    Mistake(
        "both_multiplied",
        "You multiplied by both norms. Multiply by `norm_T` and divide by `norm`.",
        _scaled(lambda now, last: last * now),
    ),
    Mistake(
        "divided_by_the_last",
        "You divided by the norm of `dh_T`. Divide by the norm of `dh`, and multiply by that of "
        "`dh_T`.",
        _scaled(lambda now, last: 1 / (last + 1e-30)),
    ),
    Mistake(
        "times_the_last",
        "You took `dh_T` itself, times its norm over that of `dh`. The direction is that of `dh`.",
        lambda dh, dh_T: (
            dh_T * dh_T.norm(dim=1, keepdim=True) / (dh.norm(dim=1, keepdim=True) + 1e-30)
        ),
    ),
    Mistake(
        "ratio_alone",
        "You return the factor alone. Multiply `dh` by it.",
        lambda dh, dh_T: dh_T.norm(dim=1, keepdim=True) / (dh.norm(dim=1, keepdim=True) + 1e-30),
    ),
    Mistake(
        "sign_turned",
        "The sign is turned: the direction has to stay as it is.",
        _scaled(lambda now, last: -last / now),
    ),
    Mistake(
        "guard_of_a_thousandth",
        "The number that you add to the norm is far too large: even the example's result "
        "changes in its third digit. Add 1e-30.",
        _scaled(lambda now, last: last / (now + 1e-3)),
    ),
    Mistake(
        "huge_guard",
        "You added 1e30, an enormous number. The tiny one is 1e-30, with a minus.",
        _scaled(lambda now, last: last / (now + 1e30)),
    ),
    Mistake(
        "transposed",
        "Your result is transposed: it is (H, B). Transpose it back, or use `keepdim=True` and "
        "no transpose.",
        lambda dh, dh_T: dh.T * dh_T.norm(dim=1) / (dh.norm(dim=1) + 1e-30),
    ),
]

register(
    CodeExercise(
        name="vanishing.keep_norm",
        title="Build the hook",
        points=2,
        package="gradients.keep_norm",
        reference=keep_norm,
        trace=_trace,
        probes=_probes,
        oracle=_by_autograd,
        oracle_tolerance=(1e-9, 1e-12),
        tolerance=(1e-7, 1e-12),
        must_not_change=("dh", "dh_T"),
        equivalents={"normalize": _by_normalize, "row by row": _row_by_row},
        outputs=("kept",),
        axes=("BH",),
        mistakes=MISTAKES,
        survivors={"5: norm + 1e-30 → norm - 1e-30": GUARD, "5: 1e-30 → 2e-30": GUARD},
        hints=[
            "A vector keeps its direction if all of its entries are multiplied by one positive "
            "number. Divide a row by its own norm, and it has norm 1.",
            "`dh` and `dh_T` are (B, H), one row for each sequence. You need one norm for each "
            "row, as (B, 1), so that it broadcasts over the H units.",
            "First line: the norms of the rows of `dh_T`. Second line: those of `dh`. Third line: "
            "`dh` times the first, divided by the second plus 1e-30.",
            "`norm_T = dh_T.norm(dim=1, keepdim=True)`",
        ],
        solved="The direction at each step is still the one that backpropagation gives. Only the "
        "length is no longer lost.",
    )
)
