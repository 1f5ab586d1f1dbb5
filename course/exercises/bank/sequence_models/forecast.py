"""Exercise 1.3: the free-running forecast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register

Array = npt.NDArray[Any]
Wrong = Callable[[Array, Array, int], Any]


def forecast(windows: Array, weights: Array, steps: int) -> Array:
    """Forecast step by step; each forecast enters its window."""
    forecasts = []
    for _ in range(steps):
        x_hat = windows @ weights[:-1] + weights[-1]
        forecasts.append(x_hat)
        windows = np.column_stack([windows[:, 1:], x_hat])
    return np.stack(forecasts, axis=1)


def stable_weights(rng: np.random.Generator, tau: int) -> Array:
    """Weights whose forecasts stay bounded, and a constant."""
    weights = rng.normal(size=tau + 1)
    return np.asarray(weights / (0.3 + np.abs(weights[:-1]).sum()))


def _probes(rng: np.random.Generator) -> list[Probe]:
    probes = [Probe((np.array([[0.0, 1.0]]), np.array([-1.0, 1.0, 0.0]), 3), label=EXAMPLE)]
    for B, tau, steps, label in (
        (1, 2, 3, "one window"),
        (2, 2, 2, "two of everything"),
        (3, 4, 5, ""),
        (4, 1, 3, "windows of one value"),
        (2, 3, 1, "one step"),
    ):
        windows = rng.normal(size=(B, tau)).round(2)
        probes.append(Probe((windows, stable_weights(rng, tau).round(3), steps), label=label))
    whole = np.array([[3, 1], [2, 4]])
    probes.append(Probe((whole, np.array([0.5, 0.25, 0.1]), 2), label="windows of whole numbers"))
    return probes


def _matrix(windows: Array, weights: Array, steps: int) -> Array:
    """Raise the matrix of one step to the powers 1 … steps."""
    B, tau = windows.shape
    step = np.zeros((tau + 1, tau + 1))  # on (window, 1)
    step[: tau - 1, 1:tau] = np.eye(tau - 1)
    step[tau - 1] = weights
    step[tau, tau] = 1
    start = np.column_stack([windows, np.ones(B)])
    powers = [np.linalg.matrix_power(step, k)[tau - 1] for k in range(1, steps + 1)]
    return np.asarray(start @ np.array(powers).T)


def _rows(windows: Array, weights: Array, steps: int) -> Array:
    result = np.zeros((len(windows), steps))
    for b, window in enumerate(windows):
        known = list(window)
        for k in range(steps):
            known.append(np.dot(weights[:-1], known[-len(window) :]) + weights[-1])
            result[b, k] = known[-1]
    return result


def _filled(windows: Array, weights: Array, steps: int) -> Array:
    tau = windows.shape[1]
    values = np.concatenate([windows, np.zeros((len(windows), steps))], axis=1)
    for k in range(steps):
        values[:, tau + k] = (values[:, k : tau + k] * weights[:-1]).sum(axis=1) + weights[-1]
    return values[:, tau:]


def _with(
    move: Callable[[Array, Array], Array] = lambda w, new: np.column_stack([w[:, 1:], new]),
    once: Callable[[Array, Array, int], Array] = lambda w, v, k: w @ v[:-1] + v[-1],
    end: Callable[[list[Array]], Any] = lambda made: np.stack(made, axis=1),
    more: int = 0,
) -> Wrong:
    """A forecast that is wrong in one place."""

    def wrong(windows: Array, weights: Array, steps: int) -> Any:
        made = []
        for k in range(steps + more):
            made.append(once(windows, weights, k))
            windows = move(windows, made[-1])
        return end(made)

    return wrong


def _newest_replaced(windows: Array, new: Array) -> Array:
    return np.column_stack([windows[:, :-1], new])


MISTAKES = [
    Mistake(
        "window_stays",
        "Your window does not move: every step is forecast from the same values, so all forecasts "
        "of a row are equal. The new value has to enter the window.",
        _with(move=lambda w, new: w),
    ),
    Mistake(
        "joined_in_front",
        "The forecast enters your window at the old end. It is now the newest value: put it last, "
        "and drop the first.",
        _with(move=lambda w, new: np.column_stack([new, w[:, :-1]])),
    ),
    Mistake(
        "oldest_replaced",
        "The forecast takes the oldest value's place, so the order in the window is lost. Drop the "
        "oldest value on the left and add the forecast on the right.",
        _with(move=lambda w, new: np.column_stack([new, w[:, 1:]])),
    ),
    Mistake(
        "newest_replaced",
        "The forecast takes the newest value's place, and the others do not move. Drop the oldest, "
        "keep the rest, and add the forecast on the right.",
        _with(move=_newest_replaced),
    ),
    Mistake(
        "window_grows",
        "Your window grows: from the second step on it holds more values than there are weights. "
        "Drop the oldest value whenever a forecast enters.",
        _with(move=lambda w, new: np.column_stack([w, new])),
    ),
    Mistake(
        "no_constant",
        "You left out the constant, the last of the weights.",
        _with(once=lambda w, v, k: w @ v[:-1]),
    ),
    Mistake(
        "constant_once",
        "The constant is in the first forecast only. It belongs in each step.",
        _with(once=lambda w, v, k: w @ v[:-1] + (0.0 if k else v[-1])),
    ),
    Mistake(
        "constant_first",
        "You took the first weight for the constant. The constant is the last one.",
        _with(once=lambda w, v, k: w @ v[1:] + v[0]),
    ),
    Mistake(
        "newest_first",
        "Your weights run from the newest value to the oldest. In the windows and in the weights, "
        "the oldest comes first.",
        _with(once=lambda w, v, k: w[:, ::-1] @ v[:-1] + v[-1]),
    ),
    Mistake(
        "steps_in_rows",
        "Your result is (steps, B). Stack the steps along axis 1, so that each window keeps its "
        "row: (B, steps).",
        _with(end=lambda made: np.stack(made)),
    ),
    Mistake(
        "last_step_alone",
        "You return the last forecast alone. Keep the forecast of each step, too.",
        _with(end=lambda made: made[-1]),
    ),
    Mistake(
        "last_step_as_column",
        "Your result holds the last step alone: the others were never appended, or the list is "
        "filled after the loop.",
        _with(end=lambda made: made[-1][:, None]),
    ),
    Mistake(
        "end_to_end",
        "You joined the forecasts of all steps end to end. `np.stack` with `axis=1` puts them side "
        "by side: (B, steps).",
        _with(end=np.concatenate),
    ),
    Mistake(
        "one_step_more",
        "You return one step too many.",
        _with(more=1),
    ),
    Mistake(
        "first_step_missing",
        "The first forecast, made from the given window itself, is missing from your result. "
        "Append it before the window moves.",
        _with(more=1, end=lambda made: np.stack(made[1:], axis=1)),
    ),
    Mistake(
        "next_window",
        "You return the windows after the last step. What is asked for is the forecasts, "
        "(B, steps).",
        lambda windows, weights, steps: np.column_stack(
            [windows, forecast(windows, weights, steps)]
        )[:, -windows.shape[1] :],
    ),
]

register(
    CodeExercise(
        name="sequence.forecast",
        title="Build the forecast",
        points=3,
        package="sequence.forecast",
        reference=forecast,
        probes=_probes,
        oracle=_matrix,
        equivalents={"matrix": _matrix, "rows": _rows, "filled": _filled},
        outputs=("forecasts",),
        axes=("BK",),
        mistakes=MISTAKES,
        hints=[
            "One step is a weighted sum of the window, plus the constant. Then the window moves on "
            "by one: it loses its oldest value and gains the forecast.",
            "`windows` is (B, τ) and `weights[:-1]` is (τ,), so their product is (B,): one "
            "forecast for each window. After the move, `windows` has to be (B, τ) again.",
            "Begin with an empty list. In a loop over the steps: compute `x_hat`, append it, and "
            "make the new `windows` from `windows[:, 1:]` and `x_hat`. After the loop, stack the "
            "list along axis 1.",
            "`windows = np.column_stack([windows[:, 1:], x_hat])`",
        ],
        solved="From the second step on, the forecast is an input. If the first is off, the "
        "others inherit the error.",
        survivors={
            "4: range(steps) → reversed(range(steps))": "the loop's variable is not used",
        },
    )
)
