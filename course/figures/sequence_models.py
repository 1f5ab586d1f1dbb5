"""The drawings of lesson 01, Sequence models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt

from course import claims
from helpers.corpora import series
from helpers.plots import COLOURS, show

__all__ = [
    "accuracy_by_length",
    "error_by_width",
    "errors",
    "forecasts",
    "one_step_ahead",
    "recording",
]

Array = npt.NDArray[np.float64]
METHODS = {  # name: (colour, mark)
    "window of 16": ("blue", "o"),
    "Markov chain": ("purple", "^"),
    "state of 8": ("green", "s"),
    "repeat the last value": ("orange", "v"),
}
FINDINGS = {  # what the errors show on each part
    "test": "the state is best at 16 steps",
    "later": "the state is worst there",
}
ONE_START = {
    "test": "a rise, but too early",
    "later": "a rise, and no spike",
}


def recording(whole: Array) -> None:
    """Draw the recording of a nerve cell and its parts; `whole` is in millivolts, (T,)."""
    figure, axes = plt.subplots(figsize=(10, 3.4))
    axes.plot(np.arange(len(whole)) * series.STEP_MS / 1000, whole, color="grey", lw=0.7)
    looks = {"train": "blue", "validation": "orange", "test": "vermilion", "later": "purple"}
    for part, colour in looks.items():
        first, end = series.PARTS[part]
        seconds = np.arange(first, end) * series.STEP_MS / 1000
        axes.plot(seconds, whole[first:end], color=COLOURS[colour], lw=1)
        axes.text(seconds.mean(), 9, part, color=COLOURS[colour], ha="center", weight="bold")
    axes.set(xlabel="time (s)", ylabel="voltage (mV)", ylim=(-72, 18))
    axes.set_title("A steady rhythm, for a while")
    show(
        figure,
        alt="Voltage against time for six seconds. At rest near -67 mV until 0.5 s; from 1 s to "
        "3.5 s sharp spikes up to 0 mV every 72 ms, cut into train, validation and test; then, "
        "called later, spikes without a steady rhythm until 5.4 s.",
    )


def one_step_ahead(ms: Array, measured: Array, window: Array, repeated: Array) -> None:
    """Draw forecasts of the next value beside what was measured.

    Parameters
    ----------
    ms : array, shape (T,)
        The time in milliseconds.
    measured, window, repeated : array, shape (T,)
        In millivolts: what came, the forecast of the window of 16, and the value before.
    """
    figure, axes = plt.subplots(figsize=(10, 3.8))
    axes.plot(ms, measured, color="black", lw=4, alpha=0.25, label="measured")
    axes.plot(ms, window, color=COLOURS["blue"], lw=1.6, label="window of 16")
    axes.plot(ms, repeated, "--", color=COLOURS["orange"], lw=1.6, label="repeat the last value")
    axes.set(xlabel="time in the test part (ms)", ylabel="voltage (mV)")
    axes.legend(loc="upper center", bbox_to_anchor=(0.68, 1))
    axes.set_title("One step ahead every forecast looks right, even repeating")
    show(
        figure,
        alt="Two spikes of the test part. The measured curve, the forecast of the window of 16 and "
        "the last value repeated lie on top of each other at this scale.",
    )


def errors(by_part: Mapping[str, Mapping[str, Array]]) -> None:
    """Draw each model's error against the number of steps ahead, a panel for each part.

    Parameters
    ----------
    by_part : mapping of str to mapping of str to array, shape (64,)
        For each part of the recording each model's error in millivolts.
    """
    figure, panels = plt.subplots(1, 2, figsize=(11, 4.4), sharey=True)
    for axes, (part, found) in zip(panels, by_part.items(), strict=True):
        for name, (colour, mark) in METHODS.items():
            style: dict[str, Any] = {"color": COLOURS[colour], "marker": mark, "label": name}
            k = np.arange(1, len(found[name]) + 1)
            axes.plot(k, found[name], markevery=[0, 3, 15, 63], **style)
        axes.plot(k, found["repeat the mean"], "k:", label="repeat the mean")
        axes.set_xscale("log", base=2)
        axes.set_xticks([1, 4, 16, 64], ["1", "4", "16", "64"])
        axes.set(xlabel="steps ahead k", title=f"The {part} part: {FINDINGS[part]}")
    panels[0].set(ylabel="error (mV)", ylim=(0, 22), yticks=range(0, 21, 5))
    panels[0].legend(loc="upper left", fontsize=10)
    show(
        figure,
        alt="Two panels of error against steps ahead, from 1 to 64. On the test part all models "
        "begin near 2 mV, the mean at 10; at 64 steps the state of 8 has 7, the window of 16 and "
        "the mean 9, the Markov chain 11, repeating 16. On the later part the state of 8 rises to "
        "almost 20 mV at 16 steps, twice the error of the mean; the window stays at or below the "
        "mean.",
    )


def forecasts(
    past: Mapping[str, Array],
    measured: Mapping[str, Array],
    made: Mapping[str, Mapping[str, Array]],
) -> None:
    """Draw the forecasts from one start in each of two parts.

    Parameters
    ----------
    past : mapping of str to array, shape (P,)
        For each part the values up to the start, in millivolts.
    measured : mapping of str to array, shape (64,)
        The values after it.
    made : mapping of str to mapping of str to array, shape (64,)
        Each model's forecasts of them.
    """
    figure, panels = plt.subplots(1, 2, figsize=(11, 4.2), sharey=True)
    for axes, part in zip(panels, measured, strict=True):
        after = np.arange(1, len(measured[part]) + 1)
        axes.plot(np.arange(1 - len(past[part]), 1), past[part], color="black", lw=2.5)
        axes.plot(after, measured[part], color="black", lw=2.5, alpha=0.25, label="measured")
        for name, (colour, _) in METHODS.items():
            axes.plot(after, made[part][name], color=COLOURS[colour], lw=1.6, label=name)
        axes.set(xlabel="step k", title=f"The {part} part: {ONE_START[part]}", ylim=(-62, 12))
    panels[0].set(ylabel="voltage (mV)")
    panels[1].legend(loc="upper left", fontsize=10, ncols=2)
    show(
        figure,
        alt="Forecasts from one start in the test part and one in the later part, beside the "
        "measured voltage. The window, the chain and repeating stay flat. In the test part the "
        "state of 8 rises by 8 mV, 18 steps before the measured spike of 35 mV; in the later part "
        "it rises by 18 mV and falls again, while the measured voltage rises by 6.",
    )


def error_by_width(widths: Sequence[int], by_width: Mapping[str, Sequence[float]]) -> None:
    """Draw the error 64 steps ahead against the width of the window.

    Parameters
    ----------
    widths : sequence of N ints
        In steps.
    by_width : mapping of str to sequence of N floats
        The error in millivolts, on two parts of the recording.
    """
    figure, axes = plt.subplots(figsize=(8.5, 4.2))
    looks = (("blue", "o"), ("vermilion", "s"))
    for (name, values), (colour, mark) in zip(by_width.items(), looks, strict=True):
        ms = np.array(widths) * series.STEP_MS
        axes.plot(ms, values, marker=mark, color=COLOURS[colour], label=name)
    axes.axvline(71.5, color="grey", ls=":")
    axes.text(70, 0.4, "one period", ha="right", color="black")
    axes.set(xlabel="width of the window (ms)", ylabel="error 64 steps ahead (mV)", ylim=(0, 15))
    axes.set_title("A window that holds a whole period wins until the rhythm is lost")
    axes.legend(loc="center left", bbox_to_anchor=(0, 0.42))
    show(
        figure,
        alt="Error 64 steps ahead against the width of the window. On the validation part it is "
        "near 9 mV until about 32 ms and falls below 2 mV once the window is wider than one "
        "period, 71.5 ms. On the later part it is near 9 mV for narrow windows and rises to 13 for "
        "wide ones.",
    )


@claims.picture(9)
def accuracy_by_length(record: claims.Record, mine: Mapping[str, float] | None = None) -> None:
    """Draw how a network answers on inputs longer than those it was trained on."""
    lengths = record.settings["lengths"]
    figure, axes = plt.subplots(figsize=(8.5, 4.2))
    for task, colour, mark, size in (
        ("third from the end", "sky", "v", 14),
        ("first", "blue", "o", 10),
        ("marker", "green", "s", 6),
        ("more ones", "vermilion", "D", 6),
    ):
        ends = [record.interval("accuracy", task=task, T=T) for T in lengths]
        mean = 100 * np.array([e.mean for e in ends])
        bars = 100 * np.array([[e.mean - e.low for e in ends], [e.high - e.mean for e in ends]])
        style: dict[str, Any] = {"color": COLOURS[colour], "marker": mark, "ms": size}
        axes.errorbar(lengths, mean, bars, capsize=4, label=task, **style)
    if mine:
        for task, label in (("first", "your seed"), ("more ones", None)):
            own = [100 * mine[claims.figure("accuracy", task=task, T=T)] for T in lengths]
            axes.plot(lengths, own, "x", color="black", ms=9, mew=2, zorder=3, label=label)
    axes.axhline(50, color="grey", ls=":")
    axes.text(14, 51, "chance")
    axes.set_xscale("log", base=2)
    axes.set_xticks(lengths, lengths)
    axes.set_xlabel("length of the input (steps); trained on at most 13")
    axes.set(ylabel="right answers (%)", ylim=(47, 103))
    axes.set_title("Any length is taken; what must be counted is lost")
    axes.legend(loc="center left", fontsize=10)
    show(
        figure,
        alt="Right answers against the length of the input, from 13 to 513 steps. Three tasks "
        "(third symbol from the end, first symbol, whether a marker came) stay at 100 per cent. "
        "Whether there were more ones falls from 99 to 59 per cent, close to chance, 50.",
    )
