"""Exercise 1.2: the windows and the least-squares fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register

Array = npt.NDArray[Any]
WAVE = np.array([0.0, 1.0, 1.0, 0.0, -1.0, -1.0, 0.0, 1.0, 1.0, 0.0, -1.0, -1.0])


def fit_window(x: Array, tau: int) -> Array:
    """Fit each value to the τ values before it."""
    windows = np.stack([x[t - tau : t] for t in range(tau, len(x))])
    inputs = np.column_stack([windows, np.ones(len(windows))])
    targets = x[tau:]
    weights = np.linalg.lstsq(inputs, targets)[0]
    return weights


def _trace(x: Array, tau: int) -> dict[str, Array]:
    """The lines of the fit by name."""
    windows = np.stack([x[t - tau : t] for t in range(tau, len(x))])
    inputs = np.column_stack([windows, np.ones(len(windows))])
    targets = x[tau:]
    weights = np.linalg.lstsq(inputs, targets)[0]
    return {"windows": windows, "inputs": inputs, "targets": targets, "weights": weights}


def _probes(rng: np.random.Generator) -> list[Probe]:
    """The wave of the text, a short series, then longer ones."""
    probes = [Probe((WAVE.copy(), 2), label=EXAMPLE)]
    for T, tau, label in ((9, 1, "a window of one"), (30, 3, ""), (40, 2, ""), (60, 5, "")):
        series = 3 + np.cumsum(rng.normal(size=T))
        probes.append(Probe((series.round(2), tau), label=label))
    return probes


def _torch(x: Array, tau: int) -> Array:
    import torch

    rows = torch.tensor(x).unfold(0, tau + 1, 1)  # each window with the value after it
    inputs = torch.cat([rows[:, :-1], torch.ones(len(rows), 1, dtype=rows.dtype)], dim=1)
    return torch.linalg.lstsq(inputs, rows[:, -1:], driver="gelsd").solution[:, 0].numpy()


def _normal_equations(x: Array, tau: int) -> Array:
    squares, products = np.zeros((tau + 1, tau + 1)), np.zeros(tau + 1)
    for t in range(tau, len(x)):
        row = np.append(x[t - tau : t], 1.0)
        squares += np.outer(row, row)
        products += row * x[t]
    return np.asarray(np.linalg.solve(squares, products))


def _view(x: Array, tau: int) -> Array:
    windows = np.lib.stride_tricks.sliding_window_view(x, tau)[:-1]
    inputs = np.append(windows, np.ones((len(windows), 1)), axis=1)
    return np.asarray(np.linalg.pinv(inputs) @ x[tau:])


def _with(
    shift: int = 0,
    first: int = 0,
    drop: int = 0,
    every: int = 1,
    change: Callable[[Array], Array] = lambda windows: windows,
    column: Callable[[Array], list[Array]] = lambda w: [w, np.ones(len(w))],
    answer: Callable[[Array, Array, Array], Any] = lambda weights, inputs, targets: weights,
) -> Callable[[Array, int], Any]:
    """A fit that is wrong in one place."""

    def wrong(x: Array, tau: int) -> Any:
        at = range(tau + first, len(x) - max(shift, 0) - drop, every)
        windows = change(np.stack([x[t - tau : t] for t in at]))
        targets = np.array([x[t + shift] for t in at])
        inputs = np.column_stack(column(windows))
        return answer(np.linalg.lstsq(inputs, targets)[0], inputs, targets)

    return wrong


def _one_window_too_many(x: Array, tau: int) -> Array:
    windows = np.stack([x[t - tau : t] for t in range(tau, len(x) + 1)])
    inputs = np.column_stack([windows, np.ones(len(windows))])
    return np.asarray(np.linalg.lstsq(inputs, x[tau:])[0])


def _from_the_start(x: Array, tau: int) -> Array:
    windows = np.stack([x[t - tau : t] for t in range(tau, len(x))])
    inputs = np.column_stack([windows, np.ones(len(windows))])
    return np.asarray(np.linalg.lstsq(inputs, x[:-tau])[0])


def _everything(x: Array, tau: int) -> Any:
    windows = np.stack([x[t - tau : t] for t in range(tau, len(x))])
    return tuple(np.linalg.lstsq(np.column_stack([windows, np.ones(len(windows))]), x[tau:]))


MISTAKES = [
    Mistake(
        "no_constant",
        "The constant is missing. Give `inputs` a last column of ones: its weight is the constant.",
        _with(column=lambda w: [w]),
    ),
    Mistake(
        "constant_first",
        "The constant comes last. Put the column of ones after the windows, not before them.",
        _with(column=lambda w: [np.ones(len(w)), w]),
    ),
    Mistake(
        "column_of_zeros",
        "Your last column holds zeros, so the constant has nothing to act on. It needs ones.",
        _with(column=lambda w: [w, np.zeros(len(w))]),
    ),
    Mistake(
        "newest_first",
        "Your windows run from the newest value back to the oldest. `x[t - tau : t]` already has "
        "the order that is asked for, oldest first.",
        _with(change=lambda w: w[:, ::-1]),
    ),
    Mistake(
        "target_in_window",
        "The target is the last value of its own window, so the fit only has to copy it: all the "
        "weight is on the newest value. The target comes right after the window.",
        _with(shift=-1),
    ),
    Mistake(
        "one_too_far",
        "There is a value between each window and its target. The window `x[t - tau : t]` belongs "
        "to the target `x[t]`.",
        _with(shift=1),
    ),
    Mistake(
        "targets_from_the_start",
        "Your targets are the first T − τ values of the series, so each is the oldest value of its "
        "own window. The first target is `x[tau]`.",
        _from_the_start,
    ),
    Mistake(
        "loses_the_last",
        "The last value of the series is never a target. `range(tau, len(x))` already ends there.",
        _with(drop=1),
    ),
    Mistake(
        "loses_the_first",
        "Your first window is missing. The first value with τ values before it is `x[tau]`.",
        _with(first=1),
    ),
    Mistake(
        "apart",
        "Your windows do not overlap. Every t from τ on has a window of its own, one step after "
        "the previous one.",
        lambda x, tau: _with(every=tau)(x, tau) if tau > 1 else _with(every=2)(x, tau),
    ),
    Mistake(
        "one_window_too_many",
        "`inputs` and targets differ in their number of rows. One row a window, and a column of "
        "ones (axis 1); nothing follows the last τ values of the series, so t ends at "
        "`len(x) - 1`.",
        _one_window_too_many,
    ),
    Mistake(
        "everything",
        "`np.linalg.lstsq` returns four things. The weights are the first: `[0]`.",
        _everything,
    ),
    Mistake(
        "constant_left_behind",
        "The weights are right, but you leave out the last one, the constant. Return all τ + 1.",
        lambda x, tau: fit_window(x, tau)[:-1],
    ),
    Mistake(
        "constant_apart",
        "The numbers are right, but you return the constant by itself. Return one array, "
        "(τ + 1,), with the constant last.",
        lambda x, tau: (fit_window(x, tau)[:-1], fit_window(x, tau)[-1]),
    ),
    Mistake(
        "turned_round",
        "Your result is the right one turned round. The weight of the oldest value comes first, "
        "the constant last.",
        lambda x, tau: fit_window(x, tau)[::-1],
    ),
    Mistake(
        "fitted_values",
        "You return the fitted values, one for each target. The exercise asks for the τ + 1 "
        "weights.",
        _with(answer=lambda weights, inputs, targets: inputs @ weights),
    ),
    Mistake(
        "mean_taken_out",
        "The constant of your result is 0: you subtracted the mean first, or set the constant to "
        "zero. The weights must work on `x` as it is.",
        lambda x, tau: np.append(
            _with(column=lambda w: [w])(x - x.mean(), tau),
            0.0,
        ),
    ),
]

register(
    CodeExercise(
        name="sequence.fit_window",
        title="Build the fit",
        points=3,
        package="sequence.fit_window",
        reference=fit_window,
        trace=_trace,
        probes=_probes,
        oracle=_torch,
        tolerance=(1e-6, 1e-8),
        equivalents={"torch": _torch, "normal equations": _normal_equations, "view": _view},
        outputs=("weights",),
        axes=("W",),
        mistakes=MISTAKES,
        hints=[
            "Turn the series into a table of examples: in each row, τ values in a row from the "
            "series. The target of the row is the value that came next.",
            "With T values there are T − τ examples. `windows` is (T − τ, τ), `inputs` is "
            "(T − τ, τ + 1), `targets` is (T − τ,), and the result is (τ + 1,).",
            "Collect `x[t - tau : t]` for every t from τ to T − 1 and stack them. Put a column of "
            "ones on the right. The targets are `x[tau:]`. Then let `lstsq` do the rest.",
            "`windows = np.stack([x[t - tau : t] for t in range(tau, len(x))])`",
        ],
        solved="The time series has become an ordinary table with T − τ examples. Every step of "
        "the series is one more example for the same τ + 1 weights.",
        survivors={
            "3: np.stack([x[t - tau:t] for t in range(tau, len(x))]) → "
            "[x[t - tau:t] for t in range(tau, len(x))]": "column_stack makes an array of the list",
        },
    )
)
