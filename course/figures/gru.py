"""The drawings of lesson 08, The GRU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from course.claims import Record
from course.claims import gru as measured
from course.figures.drawing import Point, blank
from helpers.plots import COLOURS, show

__all__ = ["cell", "equal_parameters", "share_left", "smaller_lstm"]

# Two networks whose costs are compared, a colour, a marker, and a label for the legend.
Pair = tuple[str, str, str, str, str]


def share_left(traces: Mapping[float, Sequence[float]]) -> None:
    """Draw what is left of an old state, step by step, for four constant update gates.

    Parameters
    ----------
    traces : mapping of float to T + 1 floats
        The gates 0.5, 0.9, 0.98 and 1.0, and the state from step 0 to step T.
    """
    figure, axes = plt.subplots(figsize=(8, 4.2))
    looks = {0.5: ("vermilion", ":"), 0.9: ("orange", "--"), 0.98: ("green", "-.")}
    looks[1.0] = ("blue", "-")
    for gate, trace in traces.items():
        colour, style = looks[gate]
        axes.plot(range(len(trace)), trace, style, color=COLOURS[colour], label=f"z = {gate}")
    axes.set(xlabel="steps since the state was written", ylabel="share of it that is left")
    axes.set_title("The update gate sets how long a unit remembers")
    axes.legend(loc="center right")
    show(
        figure,
        alt="Share of an old state that is left against steps, for four constant update gates. "
        "With z 0.5 it is gone after about 6 steps, with 0.9 after about 40, with 0.98 an eighth "
        "is left after 100, with 1 all of it.",
    )


def cell() -> None:
    """Draw the GRU's cell: both gates, the candidate and the sum that is the new state."""
    figure, axes = plt.subplots(figsize=(10, 4.4))
    blank(axes, -0.3, 11.4, -1.0, 4.0)
    _boxes_of_cell(axes)
    _arrow(axes, (1.1, 3.4), (7.7, 3.4))
    _arrow(axes, (1.7, 3.4), (1.7, 2.1), (2.15, 2.1))
    _arrow(axes, (4.6, 3.4), (4.6, 1.45))
    _arrow(axes, (4.6, 2.1), (5.35, 2.1))
    _arrow(axes, (1.1, -0.15), (3.6, -0.15), colour="blue")
    _arrow(axes, (2.5, -0.15), (2.5, 1.7), colour="blue")
    _arrow(axes, (1.4, -0.15), (1.4, -0.85), (6.2, -0.85), (6.2, 1.7), colour="blue")
    _arrow(axes, (3.3, 1.7), (3.3, 1.05), (3.9, 1.05), colour="vermilion")
    _arrow(axes, (4.6, 0.65), (4.6, 0.25), colour="vermilion")
    _arrow(axes, (7.05, 2.1), (8.1, 2.1), (8.1, 3.0), colour="green")
    _arrow(axes, (8.1, 2.1), (8.1, 0.25), colour="green")
    _arrow(axes, (5.6, -0.15), (7.35, -0.15), colour="orange")
    _arrow(axes, (9.1, 3.4), (10.6, 3.4), (10.6, 2.1))
    _arrow(axes, (9.45, -0.15), (10.6, -0.15), (10.6, 1.3))
    axes.text(10.35, 0.7, "+", size=16, ha="center", va="center")
    axes.set_title("One gate decides what the candidate hears, the other what stays")
    show(
        figure,
        alt="The GRU as boxes. The old state runs along the top to a box z times h. Old state and "
        "input feed the reset gate and the update gate. The reset gate scales the past, which goes "
        "into the candidate together with the input. The update gate scales the old state by z and "
        "the candidate by 1 − z; their sum is the new state.",
    )


def _boxes_of_cell(axes: Axes) -> None:
    """Draw the named boxes of the cell."""
    boxes = (  # place, text, colour, width
        ((0.5, 3.4), "$h_{t-1}$", "black", 1.0),
        ((0.5, 0.0), "$x_t$", "blue", 1.0),
        ((3.0, 2.1), "reset r", "vermilion", 1.5),
        ((6.2, 2.1), "update z", "green", 1.5),
        ((4.6, 1.05), "r ⊙ past", "vermilion", 1.2),
        ((4.6, -0.15), "candidate n", "orange", 1.8),
        ((8.4, 3.4), "z ⊙ h", "green", 1.2),
        ((8.4, -0.15), "(1 − z) ⊙ n", "green", 1.9),
        ((10.6, 1.7), "$h_t$", "black", 1.0),
    )
    for place, text, colour, width in boxes:
        corner = (place[0] - width / 2, place[1] - 0.32)
        shape = FancyBboxPatch(corner, width, 0.64, boxstyle="round,pad=0.05", zorder=3)
        shape.set(facecolor="white", edgecolor=COLOURS[colour], linewidth=2)
        axes.add_patch(shape)
        axes.text(*place, text, ha="center", va="center", size=12, zorder=4)


def _arrow(axes: Axes, *places: Point, colour: str = "black") -> None:
    """Draw a line through places, with a head at its end."""
    xs, ys = zip(*places, strict=True)
    axes.plot(xs[:-1], ys[:-1], color=COLOURS[colour], lw=2)
    style: dict[str, Any] = {"arrowstyle": "-|>", "color": COLOURS[colour], "lw": 2}
    style |= {"mutation_scale": 15, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", places[-1], places[-2], arrowprops=style)


def equal_parameters(record: Record) -> None:
    """Draw the LSTM's cost by the GRU's, at equal parameters and at equal size; claim 5."""
    figure, axes = plt.subplots(figsize=(9.5, 4.8))
    pairs = [
        ("LSTM", measured.SAME_PARAMETERS, "blue", "o", "equal parameters"),
        ("LSTM", measured.SAME_SIZE, "orange", "s", "equal hidden size: the trap"),
    ]
    _ratios(axes, record, pairs, (0.3, 1, 3, 10, 100, 1000))
    axes.set_xlabel(
        "cost of the LSTM / cost of the GRU   (left of 1: LSTM better; right: GRU better)"
    )
    axes.set_title("LSTM counts better, GRU recalls better")
    axes.legend(loc="center right")
    show(
        figure,
        alt="Ratio of the LSTM's cost to the GRU's on a logarithmic axis, for four tasks, each at "
        "equal parameters and at equal hidden size, with twelve seeds, mean and interval. Recall "
        "lies far right of 1, near 220 and 90; brackets left of it, near 0.4; letters just right "
        "of 1 at equal parameters, on 1 at equal hidden size; membrane on 1.",
    )


def smaller_lstm(record: Record) -> None:
    """Draw the costs of a GRU and of a smaller LSTM by the LSTM's; claim 6."""
    figure, axes = plt.subplots(figsize=(9.5, 5.2))
    pairs = [
        (measured.SAME_SIZE, "LSTM", "orange", "s", "GRU of equal hidden size / LSTM"),
        (measured.SMALL, "LSTM", "blue", "o", "smaller LSTM / LSTM"),
    ]
    _ratios(axes, record, pairs, (0.0001, 0.001, 0.01, 0.1, 1, 10))
    axes.set(xlabel="cost / cost of the LSTM   (left of 1: better than the LSTM)")
    axes.set_title("A smaller LSTM is not a better LSTM")
    axes.set_xlim(3e-6, 20)
    axes.legend(loc="lower left")
    show(
        figure,
        alt="Cost relative to the LSTM's on a logarithmic axis, for five tasks. The GRU of equal "
        "hidden size: recall far left of 1, near 0.004; brackets right of it, near 2.5; the others "
        "close to 1. "
        "The smaller LSTM: its interval holds 1 or lies right of it in all five tasks.",
    )


def _ratios(axes: Axes, record: Record, pairs: Sequence[Pair], ticks: Sequence[float]) -> None:
    """Draw the ratio of two networks' costs for each task: all seeds, mean and interval."""
    tasks = record.settings["tasks"]
    for place, task in enumerate(tasks):
        for shift, (one, other, colour, marker, _) in enumerate(pairs):
            height = -place - 0.28 * (shift - (len(pairs) - 1) / 2)
            seeds = record.values("cost", task=task, network=one)
            seeds = seeds / record.values("cost", task=task, network=other)
            span = measured.ratio(record, task, one, other)
            axes.plot(seeds, np.full(len(seeds), height), "|", color="#999999", ms=9)
            error = [[span.mean - span.low], [span.high - span.mean]]
            look: dict[str, Any] = {"fmt": marker, "color": COLOURS[colour], "capsize": 4}
            axes.errorbar(span.mean, height, xerr=error, **look)
    for *_, colour, marker, label in pairs:
        axes.plot([], [], marker, color=COLOURS[colour], label=label)
    axes.axvline(1, color="black", lw=1)
    axes.set_yticks([-place for place in range(len(tasks))], tasks)
    axes.set_ylim(0.5 - len(tasks), 0.5)
    axes.set_xscale("log")
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
