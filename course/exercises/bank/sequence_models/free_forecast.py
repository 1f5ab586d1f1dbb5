"""Exercise 1.5: find the bug in a forecast that is too good."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import CodeExercise, Mistake, Probe, Property, register

Array = npt.NDArray[Any]


def given_forecast(x: Array, start: int, weights: Array, steps: int) -> Array:
    """The colleague's forecast, as the learner finds it: it reads the values it should predict."""
    tau = len(weights) - 1
    forecasts = []
    for t in range(start, start + steps):
        window = x[t - tau : t]
        forecasts.append(window @ weights[:-1] + weights[-1])
    return np.array(forecasts)


def free_forecast(x: Array, start: int, weights: Array, steps: int) -> Array:
    """Forecast from the values before `start` and from its own forecasts."""
    tau = len(weights) - 1
    known = list(x[:start])
    for _ in range(steps):
        window = known[len(known) - tau :]
        known.append(window @ weights[:-1] + weights[-1])
    return np.array(known[start:])


def _stable_weights(rng: np.random.Generator, tau: int) -> Array:
    weights = rng.normal(size=tau + 1)
    return np.asarray(weights / (0.3 + np.abs(weights[:-1]).sum()))


def _forecast_probes(rng: np.random.Generator) -> list[Probe]:
    wave = np.array([0.0, 1.0, 1.0, 0.0, -1.0, -1.0, 5.0, 5.0, 5.0])
    probes = [Probe((wave, 6, np.array([-1.0, 1.0, 0.0]), 3), label="the series of the lesson")]
    for tau, start, steps, label in (
        (3, 9, 5, ""),
        (5, 5, 4, "start = τ: the window is all there is"),
        (1, 7, 6, "a window of one"),
        (4, 11, 1, "one step"),
    ):
        x = rng.normal(size=start + steps + 3)
        probes.append(Probe((x, start, _stable_weights(rng, tau), steps), label=label))
    return probes


def _ends_at_start(rng: np.random.Generator) -> list[Probe]:
    """The same past twice, with other values after it."""
    x, weights = rng.normal(size=14), _stable_weights(rng, 3)
    other = np.concatenate([x[:8], rng.normal(size=6)])
    return [
        Probe((x, 8, weights, 5)),
        Probe((other, 8, weights, 5), label="other values from start on"),
        Probe((x[:8].copy(), 8, weights, 5), label="the series ends at start"),
    ]


def _forecast_matrix(x: Array, start: int, weights: Array, steps: int) -> Array:
    """Raise the matrix of one step to the powers 1 … steps."""
    tau = len(weights) - 1
    step = np.zeros((tau + 1, tau + 1))  # on (window, 1)
    step[: tau - 1, 1:tau] = np.eye(tau - 1)
    step[tau - 1] = weights
    step[tau, tau] = 1
    state = np.append(x[start - tau : start], 1.0)
    return np.array(
        [(np.linalg.matrix_power(step, k) @ state)[tau - 1] for k in range(1, steps + 1)]
    )


def _forecast_filled(x: Array, start: int, weights: Array, steps: int) -> Array:
    tau = len(weights) - 1
    filled = np.concatenate([x[:start], np.zeros(steps)])
    for t in range(start, start + steps):
        filled[t] = weights[-1] + np.dot(weights[:tau], filled[t - tau : t])
    return filled[start:]


def _forecast_rolled(x: Array, start: int, weights: Array, steps: int) -> Array:
    tau = len(weights) - 1
    window, out = x[start - tau : start].copy(), np.empty(steps)
    for i in range(steps):
        out[i] = (window * weights[:-1]).sum() + weights[-1]
        window = np.append(window[1:], out[i])
    return out


def _window_stays(x: Array, start: int, weights: Array, steps: int) -> Array:
    window = x[start - (len(weights) - 1) : start]
    return np.array([window @ weights[:-1] + weights[-1] for _ in range(steps)])


def _newest_first(x: Array, start: int, weights: Array, steps: int) -> Array:
    return free_forecast(x, start, np.append(weights[:-1][::-1], weights[-1]), steps)


def _joined_in_front(x: Array, start: int, weights: Array, steps: int) -> Array:
    window, out = x[start - (len(weights) - 1) : start], []
    for _ in range(steps):
        out.append(window @ weights[:-1] + weights[-1])
        window = np.append(out[-1], window[:-1])
    return np.array(out)


def _newest_replaced(x: Array, start: int, weights: Array, steps: int) -> Array:
    window, out = x[start - (len(weights) - 1) : start].copy(), []
    for _ in range(steps):
        out.append(window @ weights[:-1] + weights[-1])
        window[-1] = out[-1]
    return np.array(out)


def _no_bias(x: Array, start: int, weights: Array, steps: int) -> Array:
    return free_forecast(x, start, np.append(weights[:-1], 0.0), steps)


def _one_late(x: Array, start: int, weights: Array, steps: int) -> Array:
    return free_forecast(x, start - 1, weights, steps)


def _with_past(x: Array, start: int, weights: Array, steps: int) -> Array:
    return np.concatenate([x[:start], free_forecast(x, start, weights, steps)])


def _appends_the_truth(x: Array, start: int, weights: Array, steps: int) -> Array:
    tau = len(weights) - 1
    known, forecasts = list(x[:start]), []
    for t in range(start, start + steps):
        forecasts.append(np.array(known[len(known) - tau :]) @ weights[:-1] + weights[-1])
        known.append(x[t] if t < len(x) else forecasts[-1])
    return np.array(forecasts)


register(
    CodeExercise(
        name="sequence.free_forecast",
        title="Find the bug: too good to be true",
        points={"values": 2, "no peeking": 1},
        reference=free_forecast,
        given=given_forecast,
        probes=_forecast_probes,
        oracle=_forecast_matrix,
        equivalents={
            "matrix": _forecast_matrix,
            "filled": _forecast_filled,
            "rolled": _forecast_rolled,
        },
        properties=[
            Property(
                "Your forecasts change when the values from `start` on change. Those are the "
                "values to be predicted: nothing may read them.",
                lambda outputs, probes: all(np.allclose(outputs[0], o) for o in outputs[1:]),
                probes=_ends_at_start,
                part="no peeking",
            )
        ],
        outputs=("forecasts",),
        axes=("K",),
        mistakes=[
            Mistake(
                "appends_the_truth",
                "You keep a list of what is known, and then put the true value into it. Append "
                "your own forecast instead.",
                _appends_the_truth,
            ),
            Mistake(
                "window_stays",
                "The window does not move: each step is forecast from the same values, so all "
                "forecasts are equal. Let the newest forecast enter it.",
                _window_stays,
            ),
            Mistake(
                "newest_first",
                "Your window runs from the newest value to the oldest, but the weights run from "
                "the oldest to the newest.",
                _newest_first,
            ),
            Mistake(
                "joined_in_front",
                "The forecast enters your window at the old end. It is the newest value: put it "
                "last, and drop the first.",
                _joined_in_front,
            ),
            Mistake(
                "newest_replaced",
                "The forecast takes the newest value's place, and the others stay where they were. "
                "All move one place towards the old end, and the oldest drops out.",
                _newest_replaced,
            ),
            Mistake(
                "no_bias",
                "You left out the constant, the last of the weights.",
                _no_bias,
            ),
            Mistake(
                "bias_first",
                "You took the first of the weights for the constant. It comes last.",
                lambda x, start, weights, steps: free_forecast(
                    x, start, np.roll(weights, -1), steps
                ),
            ),
            Mistake(
                "starts_early",
                "You begin one step too early: `x[start − 1]` is known, the first forecast is for "
                "the step `start`.",
                _one_late,
            ),
            Mistake(
                "with_past",
                "You return the past as well. Only the `steps` forecasts are wanted, shape "
                "(steps,).",
                _with_past,
            ),
        ],
        hints=[
            "At step `start + 1` the true value of step `start` is not known yet. What is known in "
            "its place?",
            "`x[:start]` are the values known. The result has shape (steps,). The window has "
            "`len(weights) − 1` values, oldest first.",
            "Keep a list of known values that starts as `x[:start]`. At each step take its last τ "
            "values, forecast, and append the forecast to the list. Return what was appended.",
            "`known.append(window @ weights[:-1] + weights[-1])`",
        ],
        solved="Such a bug makes a forecast look better, so nobody looks for it. If an error at 64 "
        "steps is as small as at one, look for a peek first.",
        survivors={
            "5: range(steps) → reversed(range(steps))": "the loop's variable is not used",
            "7: window @ weights[:-1] → weights[:-1] @ window": "both are vectors: one product",
        },
    )
)
