"""The exercises of lesson 01, Sequence models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import (
    CodeExercise,
    Mistake,
    OpenExercise,
    Probe,
    Property,
    ValueExercise,
    register,
)

Array = npt.NDArray[Any]

# --- 1.1 · Three steps ahead ---------------------------------------------------------------------


def _three_steps() -> tuple[float, float, float]:
    """Multiply (4, 6) by the matrix of one step, three times over."""
    step = np.array([[0.0, 1.0], [-0.5, 1.5]])  # (older, newer) -> (newer, next)
    return tuple(  # type: ignore[return-value]
        float((np.linalg.matrix_power(step, k) @ [4.0, 6.0])[1]) for k in (1, 2, 3)
    )


register(
    ValueExercise(
        name="sequence.three_steps",
        title="Three steps ahead",
        points=1,
        answer=(7.0, 7.5, 7.75),
        tolerance=0.004,
        oracle=_three_steps,
        mistakes=[
            Mistake(
                "swapped_weights",
                "You gave 1.5 to the older value. In the rule it belongs to the newer one, $x_t$.",
                (3.0, 7.5, 0.75),
            ),
            Mistake(
                "read_backwards",
                "You took 4 for the newest value. The values stand in order of time: 6 is $x_t$, 4 "
                "is $x_{t-1}$.",
                (3.0, 2.5, 2.25),
            ),
            Mistake(
                "same_again",
                "You forecast one step and repeated it. After the first step the window moves on: "
                "the newest value is 7 now.",
                (7.0, 7.0, 7.0),
            ),
            Mistake(
                "old_stays",
                "The newer value moved on, the older one did not. At the second step the two "
                "values are 6 and 7, not 4 and 7.",
                (7.0, 8.5, 10.75),
            ),
            Mistake(
                "new_stays",
                "The forecast has to become the newer value, and 6 the older one. You kept 6 as "
                "the newer value and put the forecast into the older one's place.",
                (7.0, 5.5, 6.25),
            ),
            Mistake(
                "plus",
                "The second weight is −0.5, with a minus sign.",
                (11.0, 19.5, 34.75),
            ),
            Mistake(
                "straight_line",
                "You drew a straight line through 4 and 6. The rule adds only half of the last "
                "difference: 6 + 0.5 · (6 − 4).",
                (8.0, 10.0, 12.0),
            ),
        ],
        hints=[
            "A forecast of several steps uses its own forecasts as if they were values.",
            "The first step sees 4 and 6. The second sees 6 and the first forecast. The third sees "
            "the first two forecasts.",
            "First: 1.5 · 6 − 0.5 · 4 = 7. Put 7 behind 6, forget 4, and go on.",
        ],
        solved="From the second step on the rule works on its own output. If the first forecast is "
        "off, the others inherit it.",
    )
)


# --- 1.2 · Find the bug: the forecast that is too good -------------------------------------------


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
                "You took the first of the weights for the constant. It stands last.",
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


# --- 1.3 · The colleague's forecast (open) -------------------------------------------------------

register(
    OpenExercise(
        name="sequence.judge_a_forecast",
        title="Judge a forecast",
        points=4,
        rubric=[
            "Asks for a baseline: how well does repeating the last hour's (or the last day's) "
            "value do on the same hours?",
            "Asks at which horizon the forecast is needed, and to see the error there, with the "
            "forecasts fed back.",
            "Asks how the data were split: by time, or shuffled so that neighbours of each test "
            "hour stand in training; and whether anything was computed from the test part.",
            "Names the window: a window shorter than a day (or a week) cannot see the rhythm; and "
            "says what would show that it is too short.",
        ],
        hints=[
            "Compare with the cheapest forecast that there is.",
            "What is known at the moment when the forecast is made?",
            "Electricity has a rhythm of a day, and one of a week. What does the window see?",
            "Four topics: baseline, horizon, split, window.",
        ],
    )
)


# --- 1.4 · Straight to the horizon ---------------------------------------------------------------


def fit_direct(x: Array, tau: int, k: int) -> Array:
    """Fit one linear map from each window to the value k steps after it."""
    rows, targets = [], []
    for t in range(tau, len(x) - k + 1):
        rows.append([*x[t - tau : t], 1.0])
        targets.append(x[t + k - 1])
    return np.linalg.lstsq(np.array(rows), np.array(targets), rcond=None)[0]


def _direct_probes(rng: np.random.Generator) -> list[Probe]:
    wave = np.tile([0.0, 1.0, 1.0, 0.0, -1.0, -1.0], 3)
    return [
        Probe((wave, 2, 2), label="the series of the lesson"),
        Probe((rng.normal(size=30), 3, 4)),
        Probe((rng.normal(size=25) + 5.0, 4, 2), label="a mean of 5"),
        Probe((rng.normal(size=18), 1, 6), label="a window of one"),
        Probe((rng.normal(size=20), 5, 1), label="k = 1"),
    ]


def _direct_torch(x: Array, tau: int, k: int) -> Array:
    import torch

    windows = torch.tensor(x).unfold(0, tau, 1)[: len(x) - tau - k + 1]
    ones = torch.ones(len(windows), 1, dtype=torch.float64)
    targets = torch.tensor(x[tau + k - 1 :])[:, None]
    return (
        torch.linalg.lstsq(torch.cat([windows, ones], 1), targets, driver="gelsd").solution[:, 0]
    ).numpy()


def _direct_normal(x: Array, tau: int, k: int) -> Array:
    windows = np.lib.stride_tricks.sliding_window_view(x, tau)[: len(x) - tau - k + 1]
    z = np.column_stack([windows, np.ones(len(windows))])
    return np.asarray(np.linalg.solve(z.T @ z, z.T @ x[tau + k - 1 :]))


def _direct_with(
    shift: int = 0, bias: bool = True, reverse: bool = False, drop: int = 0
) -> Callable[[Array, int, int], Array]:
    def fit(x: Array, tau: int, k: int) -> Array:
        k = k + shift
        windows = np.lib.stride_tricks.sliding_window_view(x, tau)[: len(x) - tau - k + 1]
        targets = x[tau + k - 1 :]
        windows = windows[:, ::-1] if reverse else windows
        z = np.column_stack([windows, np.ones(len(windows))]) if bias else windows
        end = len(z) - drop
        return np.asarray(np.linalg.lstsq(z[:end], targets[:end], rcond=None)[0])

    return fit


def _direct_bias_first(x: Array, tau: int, k: int) -> Array:
    return np.roll(fit_direct(x, tau, k), 1)


def _direct_one_step(x: Array, tau: int, k: int) -> Array:
    return fit_direct(x, tau, 1)


def _direct_fed_back(x: Array, tau: int, k: int) -> Array:
    """The one-step rule, put into itself k times."""
    step = np.zeros((tau + 1, tau + 1))  # on (window, 1)
    step[: tau - 1, 1:tau] = np.eye(tau - 1)
    step[tau - 1] = fit_direct(x, tau, 1)
    step[tau, tau] = 1
    return np.asarray(np.linalg.matrix_power(step, k)[tau - 1])


def _direct_apart(x: Array, tau: int, k: int) -> Array:
    """Only every τ-th window, so that they do not overlap."""
    windows = np.lib.stride_tricks.sliding_window_view(x, tau)[: len(x) - tau - k + 1]
    z = np.column_stack([windows, np.ones(len(windows))])[::tau]
    return np.asarray(np.linalg.lstsq(z, x[tau + k - 1 :][::tau], rcond=None)[0])


register(
    CodeExercise(
        name="sequence.fit_direct",
        title="Straight to the horizon",
        points=2,
        reference=fit_direct,
        probes=_direct_probes,
        oracle=_direct_torch,
        tolerance=(1e-6, 1e-8),
        equivalents={"torch": _direct_torch, "normal equations": _direct_normal},
        outputs=("weights",),
        axes=("W",),
        mistakes=[
            Mistake(
                "one_too_far",
                "Your target lies one step too far: k = 1 means the value right after the window.",
                _direct_with(shift=1),
            ),
            Mistake(
                "one_step",
                "You fitted the value right after the window, whatever k is. The target is k steps "
                "after the window's last value.",
                _direct_one_step,
            ),
            Mistake(
                "one_too_near",
                "Your target lies one step too near: k = 1 means the value right after the window, "
                "not its last one.",
                _direct_with(shift=-1),
            ),
            Mistake(
                "fed_back",
                "You fitted one step and fed it back k times. Here the weights are to be fitted to "
                "the value k steps on itself, which gives others.",
                _direct_fed_back,
            ),
            Mistake(
                "no_bias",
                "The constant is missing: give each row a last entry 1.",
                _direct_with(bias=False),
            ),
            Mistake(
                "bias_first",
                "The constant stands last: the τ weights first, oldest value first.",
                _direct_bias_first,
            ),
            Mistake(
                "newest_first",
                "Your weights run from the newest value to the oldest. Oldest first is wanted.",
                _direct_with(reverse=True),
            ),
            Mistake(
                "loses_the_last",
                "You leave out the last window. The last target is the last value of the series.",
                _direct_with(drop=1),
            ),
            Mistake(
                "apart",
                "You took windows that do not overlap. Every start is a row of its own.",
                _direct_apart,
            ),
        ],
        hints=[
            "The one-step fit, with another target: what stands k steps after the window's last "
            "value.",
            "With T values there are T − τ − k + 1 windows that have a target. The table of inputs "
            "is (T − τ − k + 1, τ + 1): the window, oldest first, and a 1.",
            "For each t from τ on: the row is `x[t − tau : t]` and a 1, the target `x[t + k − 1]`, "
            "as long as that exists. Then least squares.",
            "`np.linalg.lstsq(np.array(rows), np.array(targets), rcond=None)[0]`",
        ],
        solved="One fit for each horizon, and no forecast is fed back. It cannot do better than "
        "its window either.",
        survivors={
            "4: range(tau, len(x) - k + 1) → reversed(range(tau, len(x) - k + 1))": "the order of "
            "the rows does not change the best fit",
            "7: np.linalg.lstsq(np.array(rows), np.array(targets), rcond=None) → "
            "np.linalg.lstsq(np.array(rows), np.array(targets))": "rcond=None is NumPy 2's default",
            "7: np.array(rows) → rows": "lstsq makes arrays of lists by itself",
            "7: np.array(targets) → targets": "lstsq makes arrays of lists by itself",
        },
    )
)
