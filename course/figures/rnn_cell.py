"""The drawings of lesson 02, The RNN cell."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path

from course.figures.drawing import Point, arrow, blank, signed, unit
from helpers.plots import COLOURS, show

__all__ = ["five_shapes", "fixed_points", "two_days", "unrolled"]


def two_days() -> None:
    """Draw the worked example, unit by unit: rain and wind on day 1, sun on day 2."""
    figure, axes = plt.subplots(figsize=(9.5, 6.0))
    blank(axes, -0.7, 8.6, -1.4, 5.1)
    first = _day(axes, 0.0, "day 1: rain, wind", (0, 1, 1, 0), (0.9866, 0.3799), (-1.0766, 0.7653))
    second = _day(axes, 5.4, "day 2: sun", (1, 0, 0, 0), (0.4823, -0.1122), (-0.3262, 0.2634))
    memory = ((0, 0, 0.9, 0.5), (0, 1, 0.2, 0.36), (1, 0, 0.1, 0.7), (1, 1, 0.5, 0.4))
    for start, end, weight, at in memory:
        ends = first[start], second[end]
        arrow(axes, *ends, "vermilion", 5 * weight, 0.4, str(weight), at=at)
    axes.set_title("The memory: yesterday's state feeds into today's")
    show(
        figure,
        alt="Two copies of the same small network side by side: four inputs below, two hidden "
        "units in the middle, two outputs on top. Day 1, rain and wind: wet 0.99, cold 0.38, water "
        "-1.08, wait 0.77. Day 2, sun: wet 0.48, cold -0.11, water -0.33, wait 0.26. Four arrows "
        "run from the hidden units of day 1 to those of day 2, the thickest, 0.9, from wet to wet.",
    )


def _day(
    axes: Axes,
    left: float,
    title: str,
    seen: Sequence[int],
    state: Sequence[float],
    scores: Sequence[float],
) -> list[Point]:
    """Draw one day of the worked example and return where its hidden units are."""
    inputs = [(left + 0.85 * i, 0.0) for i in range(4)]
    hidden = [(left + 0.5, 2.6), (left + 2.05, 1.4)]
    outputs = [(left + 0.5, 4.2), (left + 2.05, 4.2)]
    for place, name, on in zip(inputs, ("sun", "rain", "wind", "frost"), seen, strict=True):
        for end in hidden:
            arrow(axes, place, end, "blue" if on else "sky", 2 if on else 0.4)
        fill, ink = (COLOURS["blue"], "white") if on else ("white", "black")
        unit(axes, place, str(on), "blue", 0.28, fill, ink)
        axes.text(place[0], -0.6, name, ha="center", size=11)
    for start in hidden:
        for end in outputs:
            arrow(axes, start, end, "green", 1.2, 0.4)
    for place, name, value in zip(hidden, ("wet", "cold"), state, strict=True):
        unit(axes, place, signed(value), "black", 0.38)
        side = 0.32 if name == "cold" else -0.85
        axes.text(place[0] + side, place[1] + 0.33, name, size=11, weight="bold")
    for place, name, value in zip(outputs, ("water", "wait"), scores, strict=True):
        unit(axes, place, signed(value), "green", 0.38)
        axes.text(place[0], place[1] + 0.5, name, ha="center", size=11, weight="bold")
    axes.text(left + 1.28, -1.15, title, ha="center", weight="bold")
    return hidden


def unrolled() -> None:
    """Draw a cell with its loop, and the same cell once for each of three steps."""
    figure, axes = plt.subplots(figsize=(10, 4.2))
    blank(axes, -0.9, 10.2, -0.6, 3.6)
    _cell(axes, 0, "t")
    loop = Path([(0.33, 1.35), (1.6, 0.6), (1.6, 2.4), (0.33, 1.65)], [1, 4, 4, 4])
    colour = COLOURS["vermilion"]
    turn = FancyArrowPatch(path=loop, arrowstyle="-|>", color=colour, lw=2, mutation_scale=14)
    axes.add_patch(turn)
    axes.text(1.62, 1.5, "$W_{hh}$", color=colour, ha="center", va="center")
    axes.text(2.5, 1.5, "=", size=26, ha="center", va="center")
    unit(axes, (3.4, 1.5), "$h_0$", "black", 0.36, "#e8e8e8")
    for t in (1, 2, 3):
        _cell(axes, 3.4 + 1.75 * t, str(t))
        ends = (3.4 + 1.75 * (t - 1), 1.5), (3.4 + 1.75 * t, 1.5)
        arrow(axes, *ends, "vermilion", 2, label="$W_{hh}$", shift=(0, 0.25))
    arrow(axes, (8.65, 1.5), (9.9, 1.5), "vermilion", 2)
    axes.text(9.85, 1.5, "…", size=18, ha="center", va="center")
    axes.set_title("A cell with a loop is the same cell repeated at every step")
    show(
        figure,
        alt="Left: a cell h_t reads x_t from below through W_xh, writes y_t above through W_hy, "
        "and loops back to itself through W_hh. Right, after an equals sign: h_0 leads to h_1, "
        "h_2, h_3 and on, each with its own x below and y above. Arrows of one colour carry the "
        "same weight.",
    )


def _cell(axes: Axes, x: float, t: str) -> None:
    """Draw a cell at step t with its input and its output."""
    unit(axes, (x, 0), f"$x_{t}$", "blue", 0.36)
    unit(axes, (x, 1.5), f"$h_{t}$", "black", 0.36)
    unit(axes, (x, 3), f"$y_{t}$", "green", 0.36)
    arrow(axes, (x, 0), (x, 1.5), "blue", label="$W_{xh}$", shift=(-0.42, 0))
    arrow(axes, (x, 1.5), (x, 3), "green", label="$W_{hy}$", shift=(-0.42, 0))


def fixed_points(w_hh: float, b_h: float) -> None:
    """Draw the fixed points of a one-unit cell that gets no input.

    Parameters
    ----------
    w_hh, b_h : float
        The unit's recurrent weight and its bias.
    """
    figure, axes = plt.subplots(figsize=(6, 4.6))
    line = np.linspace(-1, 1, 20_001)
    curve = np.tanh(w_hh * line + b_h)
    axes.plot(line, line, "--", color="grey", lw=1, label="the state stays as it is")
    axes.plot(line, curve, color=COLOURS["blue"], label="one step without input")
    meetings = np.flatnonzero(np.diff(np.sign(curve - line)))
    for i in meetings:
        rests = curve[i + 1] - curve[i] < line[i + 1] - line[i]
        fill = COLOURS["blue"] if rests else "white"
        axes.plot(line[i], line[i], "o", ms=10, mfc=fill, mec=COLOURS["blue"], zorder=3)
    axes.set(xlabel="state before", ylabel="state after")
    axes.set_title("Without input, the state moves to a filled circle")
    axes.legend(loc="upper left", fontsize=10)
    met = ", ".join(f"{line[i]:.2f}" for i in meetings)
    show(
        figure,
        alt="The state after a step without input, against the state before it, with the diagonal. "
        f"The curve meets the diagonal at {met}. A filled circle marks a stable fixed point, a "
        "hollow one an unstable one.",
    )


def five_shapes() -> None:
    """Draw which inputs are read and which outputs are used, for the five shapes of a network."""
    shapes = {  # name: (steps with an input, steps with an output)
        "one-to-one\n일대일": ([0], [0]),
        "one-to-many\n일대다": ([0], [0, 1, 2]),
        "many-to-one\n다대일": ([0, 1, 2], [2]),
        "many-to-many,\naligned · 다대다": ([0, 1, 2], [0, 1, 2]),
        "many-to-many,\ndelayed · 다대다": ([0, 1, 2], [3, 4, 5]),
    }
    figure, axes = plt.subplots(figsize=(11, 3.4))
    blank(axes, -1.3, 21.6, -0.5, 5.0)
    left = 0.0
    for name, (reads, writes) in shapes.items():
        steps = max(reads + writes) + 1
        for t in range(steps):
            _step_of_shape(axes, left + t, t > 0, t in reads, t in writes)
        axes.text(left + (steps - 1) / 2, 3.6, name, ha="center", va="bottom", size=11)
        left += max(steps, 2) + 1.25
    axes.set_title("Which inputs carry something, and which outputs are used, makes the shape")
    show(
        figure,
        alt="Five small unrolled networks. One-to-one: one input, one output. One-to-many: an "
        "input at the first of three steps, an output at each. Many-to-one: three inputs, an "
        "output at the last step. Many-to-many, aligned: input and output at each of three steps. "
        "Many-to-many, delayed: three steps with an input, then three with an output.",
    )


def _step_of_shape(axes: Axes, x: float, follows: bool, reads: bool, writes: bool) -> None:
    """Draw one step of a small unrolled network."""
    if follows:
        arrow(axes, (x - 1, 1.5), (x, 1.5), "vermilion", gap=0.3)
    if reads:
        unit(axes, (x, 0), colour="blue", fill=COLOURS["blue"])
        arrow(axes, (x, 0), (x, 1.5), "blue", gap=0.33)
    if writes:
        unit(axes, (x, 3), colour="green", fill=COLOURS["green"])
        arrow(axes, (x, 1.5), (x, 3), "green", gap=0.33)
    unit(axes, (x, 1.5))
