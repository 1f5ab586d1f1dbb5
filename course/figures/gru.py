"""The drawings of lesson 08, The GRU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from course import claims
from course.claims import Record
from course.claims import gru as measured
from course.claims.gru_networks import TASKS
from course.figures.drawing import Point, blank
from helpers.plots import COLOURS, show

__all__ = ["cell", "share_left"]

NAMED = {"updates until learnt": "updates until learnt", "wrong": "wrong answers"}
LOOKS = {
    "LSTM": ("black", "o"),
    measured.SAME_PARAMETERS: ("blue", "s"),
    measured.SAME_SIZE: ("orange", "^"),
    measured.SMALL: ("green", "D"),
}


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
    axes.set_title("One gate decides what the candidate sees, the other what stays")
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


@claims.picture(5)
def _two_cells(record: Record, mine: Mapping[str, float] | None) -> None:
    """Draw both cells' results, at equal parameters and at equal size; claim 5."""
    figure, axes = plt.subplots(figsize=(9.5, 4.8))
    networks = ("LSTM", measured.SAME_PARAMETERS, measured.SAME_SIZE)
    _by_the_lstm(axes, record, networks, mine)
    axes.set_title("The LSTM wins brackets; the GRU wins letters, at equal parameters")
    show(
        figure,
        alt="Results divided by the LSTM's mean result, on a logarithmic axis, for four tasks and "
        "three networks, a mark for each of eight seeds. Recall: all networks overlap, near 1 and "
        "below, one LSTM seed near 3. Brackets: both GRUs near 3, the LSTM near 1. Letters: the "
        "GRU of equal parameters a little left of 1, that of equal size on 1. Membrane: all "
        "overlap around 1.",
    )


@claims.picture(6)
def _smaller(record: Record, mine: Mapping[str, float] | None) -> None:
    """Draw the results of a GRU and of an LSTM with as few parameters; claim 6."""
    figure, axes = plt.subplots(figsize=(9.5, 4.8))
    networks = ("LSTM", measured.SAME_SIZE, measured.SMALL)
    _by_the_lstm(axes, record, networks, mine)
    axes.set_title("Fewer parameters: no gain beyond the seeds' spread")
    show(
        figure,
        alt="Results divided by the LSTM's mean result, on a logarithmic axis, for four tasks and "
        "three networks, a mark for each of eight seeds. Recall: the GRU of equal size overlaps "
        "the LSTM, the smaller LSTM takes about twice as long. Brackets: the GRU is near 4, the "
        "smaller LSTM overlaps the LSTM. Membrane and few letters: all overlap around 1.",
    )


def _by_the_lstm(
    axes: Axes, record: Record, networks: Sequence[str], mine: Mapping[str, float] | None
) -> None:
    """Draw each network's seeds by the LSTM's geometric mean, task by task; less is better."""
    tasks = list(record.settings["tasks"])
    for place, task in enumerate(tasks):
        unit = np.exp(np.log(measured.measured(record, task, "LSTM")).mean())
        for shift, network in enumerate(networks):
            colour, marker = LOOKS[network]
            height = -place - 0.25 * (shift - 1)
            seeds = measured.measured(record, task, network) / unit
            rows = np.full(len(seeds), height)
            axes.plot(seeds, rows, marker, ms=5, color=COLOURS[colour], alpha=0.5)
            mean = np.exp(np.log(seeds).mean())
            axes.plot(mean, height, "|", ms=17, mew=2.5, color=COLOURS[colour])
            own = claims.figure(TASKS[task].measure, task=task, network=network)
            if mine and own in mine:
                axes.plot(mine[own] / unit, height, "x", ms=9, mew=2.5, color=COLOURS["vermilion"])
    for network in networks:
        colour, marker = LOOKS[network]
        axes.plot([], [], marker, color=COLOURS[colour], label=network)
    axes.plot([], [], "k|", ms=12, mew=2.5, label="geometric mean")
    if mine:
        axes.plot([], [], "x", ms=9, mew=2.5, color=COLOURS["vermilion"], label="your seed")
    names = [f"{task}\n{NAMED.get(TASKS[task].measure, 'loss')}" for task in tasks]
    axes.axvline(1, color="black", lw=1)
    axes.set_yticks([-place for place in range(len(tasks))], names)
    axes.set(ylim=(0.5 - len(tasks), 0.5), xscale="log")
    ticks = (0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_xlabel("result / mean result of the LSTM   (left of 1: better than the LSTM)")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=10)


@claims.picture(7)
def _work(record: Record, mine: Mapping[str, float] | None) -> None:
    """Draw what a GRU's step computes, by the LSTM's; claim 7."""
    figure, panels = plt.subplots(1, 2, figsize=(10.5, 4.2), sharey=True)
    pairs = [(D, H) for D in record.settings["inputs"] for H in record.settings["sizes"]]
    for axes, what in zip(panels, ("multiplications", "tanh"), strict=True):
        for network in (measured.SAME_SIZE, measured.SAME_PARAMETERS):
            colour, marker = LOOKS[network]
            shares = measured.shares(record, network, what)
            sizes = [H * (0.93 if network == measured.SAME_SIZE else 1.07) for _, H in pairs]
            axes.plot(sizes, shares, marker, color=COLOURS[colour], alpha=0.6, label=network)
        axes.axhline(1, color="black", lw=1)
        axes.set(xscale="log", xlabel="units of the LSTM, H", ylim=(0, 1.15))
        axes.set_xticks(record.settings["sizes"], record.settings["sizes"])
        axes.minorticks_off()
    panels[0].set_ylabel("GRU / LSTM, one step")
    panels[0].set_title("Multiplications: three quarters, or all")
    panels[1].set_title("tanh and σ: fewer in either case")
    panels[0].legend(loc="lower left")
    show(
        figure,
        alt="What a step of a GRU computes, divided by what a step of the LSTM does, against the "
        "LSTM's units, for five input sizes each. Multiplications: 0.75 to 0.76 at equal size, "
        "0.95 to 1.01 at equal parameters. Evaluations of tanh: 0.6 at equal size, 0.68 to 0.79 "
        "at equal parameters.",
    )
