"""The drawings of lesson 09, Seq2Seq."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm

from course import claims
from course.claims import Record
from course.figures.drawing import blank
from helpers.plots import COLOURS, show

__all__ = ["beam_widths", "forced_and_free", "learning_to_add", "one_arrow", "way_of_the_gradient"]

Array = npt.NDArray[np.float64]
Mine = Mapping[str, float] | None

STAR: dict[str, Any] = {"marker": "*", "ms": 15, "mfc": "white", "mec": "black", "ls": "none"}
HERE = "run here"
"""How a reader's own run is drawn, and what the legend calls it."""


def one_arrow() -> None:
    """Draw the worked example: an encoder of two steps, a decoder of three."""
    figure, axes = plt.subplots(figsize=(10, 3.9))
    blank(axes, -0.7, 9.2, -1.35, 1.75)
    arrow: dict[str, Any] = {"arrowstyle": "-|>", "color": "black", "lw": 1.6}
    arrow |= {"mutation_scale": 14, "shrinkA": 0, "shrinkB": 0}
    boxes = [
        (0, "0.6, 0, 0", "물", "", "sky"),
        (2, "0.29, 0.6, 0", "산다", "", "sky"),
        (4.5, "0.52, 0.83, 0.8", "<s>", "buy", "orange"),
        (6.5, "0.78, 0.93, 0", "buy", "water", "orange"),
        (8.5, "0.92, 0.95, −0.8", "water", "</s>", "orange"),
    ]
    for index, (place, state, below, above, colour) in enumerate(boxes):
        box: dict[str, Any] = {"boxstyle": "round,pad=0.5", "facecolor": COLOURS[colour]}
        box |= {"edgecolor": "black", "alpha": 0.55}
        axes.text(place, 0, state, ha="center", va="center", size=10, bbox=box)
        axes.text(place, -1.15, below, ha="center", va="center", size=13)
        axes.annotate("", (place, -0.32), (place, -0.92), arrowprops=arrow)
        if above:
            axes.text(place, 1.2, above, ha="center", va="center", size=13, weight="bold")
            axes.annotate("", (place, 0.95), (place, 0.32), arrowprops=arrow)
        if index:
            before = boxes[index - 1][0]
            axes.annotate("", (place - 0.72, 0), (before + 0.72, 0), arrowprops=arrow)
    axes.text(3.25, 0.35, "context\nvector", ha="center", size=11, color=COLOURS["vermilion"])
    axes.set_title("All that the decoder learns of the source passes through one arrow")
    show(
        figure,
        alt="Two blue boxes, the encoder's states for 물 and 산다, and three orange ones, the "
        "decoder's. Arrows lead from left to right through all boxes. The one from the last blue "
        "box to the first orange one is marked context vector. The orange boxes are fed with <s>, "
        "buy, water and write buy, water, </s>.",
    )


def _seeds(axes: Axes, place: float, values: Array, colour: str, label: str | None) -> None:
    """Draw a number a seed as dots above one place, and a bar at their mean."""
    axes.plot(np.full(len(values), place), values, "o", ms=5, color=COLOURS[colour], alpha=0.55)
    axes.plot(place, values.mean(), "_", ms=22, mew=3, color=COLOURS[colour], label=label)


def _own(axes: Axes, place: float, mine: Mine, name: str, factor: float = 100) -> None:
    """Draw a figure of the reader's own run, if there is one."""
    if mine and name in mine:
        label = None if any(line.get_label() == HERE for line in axes.lines) else HERE
        axes.plot(place, factor * mine[name], **STAR, label=label)


@claims.picture(11)
def _one_network_or_two(record: Record, mine: Mine) -> None:
    """Draw how five networks do on three tasks; claim 11."""
    figure, axes = plt.subplots(figsize=(10.5, 4.6))
    tasks, arms = record.settings["tasks"], record.settings["arms"]
    colours = ("vermilion", "green", "blue", "purple", "orange")
    for shift, arm, colour in zip(np.linspace(-0.32, 0.32, 5), arms, colours, strict=False):
        for place, task in enumerate(tasks):
            values = 100 * record.values("exact", task=task, arm=arm)
            _seeds(axes, place + shift, values, colour, arm if place == 0 else None)
            _own(axes, place + shift, mine, claims.figure("exact", task=task, arm=arm))
    axes.set_xticks(range(len(tasks)), tasks)
    axes.set(ylabel="exact match (%)", ylim=(-4, 108), xlim=(-0.5, len(tasks) - 0.5))
    axes.legend(title="the network", fontsize=10, loc="center left", bbox_to_anchor=(1, 0.5))
    axes.set_title("Reading first helps where words change places; and c has to come along with h")
    show(
        figure,
        alt="Exact match of five networks on three tasks, a dot for each of five seeds. Rename: "
        "all are above 85 percent, the aligned network at 100. Reverse: aligned at 20 percent, "
        "the others near 90 or above. Dates: aligned near 15 percent; the network that reads first "
        "and the two that hand over (h, c) near 99; h through a layer near 87, h alone under 10.",
    )


@claims.picture(26)
def _reversed_source(record: Record, mine: Mine) -> None:
    """Draw what reversing the source does to each task; claim 26."""
    figure, axes = plt.subplots(figsize=(8.5, 4))
    tasks = record.settings["tasks"]
    for shift, direction, colour in ((-0.15, "forward", "blue"), (0.15, "reversed", "orange")):
        for place, task in enumerate(tasks):
            values = 100 * record.values("exact", task=task, source=direction)
            _seeds(axes, place + shift, values, colour, direction if place == 0 else None)
            _own(axes, place + shift, mine, claims.figure("exact", task=task, source=direction))
    axes.set_xticks(range(len(tasks)), tasks)
    axes.set(ylabel="exact match (%)", ylim=(-4, 108), xlim=(-0.5, len(tasks) - 0.5))
    axes.legend(title="source")
    axes.set_title("Reversed sources help copies, but not dates or Korean")
    show(
        figure,
        alt="Exact match with the source forward and reversed, a dot for each of five seeds. "
        "Copies rise from 74 to 82 percent; dates stay at 99; Korean to English stays near 20, its "
        "seeds spread from 13 to 25 either way.",
    )


def forced_and_free(forced: npt.ArrayLike, free: npt.ArrayLike, record: Record) -> None:
    """Draw what a network gets right when it is fed the right words and when its own.

    Parameters
    ----------
    forced, free : array, shape (11,)
        The fraction of right characters of an ISO date and its end mark, by position.
    record : Record
        That of claim 12, for Korean to English.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(10.5, 4.2), width_ratios=[2, 1])
    for fraction, style, colour, label in (
        (forced, "o-", "green", "teacher forcing"),
        (free, "s-", "vermilion", "free running"),
    ):
        left.plot(range(11), 100 * np.asarray(fraction), style, color=COLOURS[colour], label=label)
    left.set_xticks(range(11), [*"YYYY-MM-DD", "</s>"])
    left.set(xlabel="character of the ISO date", ylabel="right (%)", ylim=(0, 106))
    left.set_title("Dates: hardly a gap …")
    left.legend()
    ways = [100 * record.values(way) for way in ("forced", "free")]
    right.bar([0, 1], [w.mean() for w in ways], color=[COLOURS["green"], COLOURS["vermilion"]])
    right.plot(np.repeat([0, 1], len(ways[0])), np.concatenate(ways), "k.", markersize=5)
    right.set_xticks([0, 1], ["teacher\nforcing", "free\nrunning"])
    right.set(ylabel="words right (%)", ylim=(0, 112), title="… in sentences, a wide one")
    show(
        figure,
        alt="Left: share of right characters of the ISO date by position, for teacher forcing and "
        "free running; both lie close to 100 percent. Right: bars for Korean to English, five "
        "seeds: far more words are right under teacher forcing than free running.",
    )


def beam_widths(record: Record) -> None:
    """Draw what a wider beam finds, sums and means of log-probabilities compared; claim 12."""
    widths = record.settings["widths"]
    figure, panels = plt.subplots(1, 3, figsize=(12, 4.1))
    for penalty, colour, style in ((1.0, "blue", "o-"), (0.0, "orange", "s--")):
        name = "mean (α = 1)" if penalty else "sum (α = 0)"
        for axes, what, factor in ((panels[1], "beam exact", 100), (panels[2], "words", 1)):
            spans = [record.interval(what, width=w, penalty=penalty) for w in widths]
            means, lows, highs = factor * np.array([(s.mean, s.low, s.high) for s in spans]).T
            axes.plot(widths, means, style, color=COLOURS[colour], label=name)
            axes.fill_between(widths, lows, highs, color=COLOURS[colour], alpha=0.15)
    likelier = [record.values("log-probability", width=w).mean() for w in widths]
    panels[0].plot(widths, likelier, "o-", color=COLOURS["black"])
    for axes in panels:
        axes.set_xscale("log", base=2)
        axes.set_xticks(widths, widths)
        axes.set_xlabel("width K")
    panels[0].set(ylabel="mean log-probability", title="A wider beam finds likelier …")
    panels[1].set(ylabel="exact match (%)", title="… and a few more right sentences")
    panels[2].set(ylabel="words a sentence", title="The sum favours short ones")
    panels[1].legend(fontsize=10)
    show(
        figure,
        alt="Three panels against the beam's width 1, 2, 4, 8. The mean log-probability of what is "
        "found rises. Exact match rises by a few points, most of it from width 1 to 2. The number "
        "of words falls with the width where sums are compared, and stays where means are.",
    )


RUNS = {  # of claim 12: what a run is drawn with
    (2, 1200): ("vermilion", "s-"),
    (8, 1200): ("orange", "^--"),
    (8, 2400): ("orange", "^-"),
    (64, 300): ("sky", "o:"),
    (64, 1200): ("blue", "o--"),
    (64, 2400): ("blue", "o-"),
}


@claims.picture(12)
def _bottleneck(record: Record, mine: Mine) -> None:
    """Draw what gets through the context vector: bits, and Korean by length; claim 12."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.8))
    _bits(left, record, mine)
    _korean_by_length(right, record)
    show(
        figure,
        alt="Left: bits that came through against 1 to 12 symbols, five seeds, below a line of 3 "
        "bits a symbol. K = 2 stays near 5 bits. K = 8 follows the line to 4 symbols and levels "
        "off at 15 bits after 1,200 steps, 18 after 2,400. K = 64 reaches 20 bits after 300 steps, "
        "28 after 1,200, 31 after 2,400. Right: exact match of Korean sentences by length; after "
        "four passes it falls from 62 percent at the short ones to 19 at the longest in training, "
        "and further in a grey part beyond; after one pass it is below 10 percent.",
    )


def _bits(axes: Axes, record: Record, mine: Mine) -> None:
    """Draw the bits that come through against the number of symbols, for each run."""
    lengths = record.settings["lengths"]
    asked = [math.log2(record.settings["V"]) * T for T in lengths]
    axes.plot(lengths, asked, "-", color="black", lw=1, label="asked for: 3 bits a symbol")
    for K, steps in record.settings["runs"]:
        colour, style = RUNS[K, steps]
        parts: dict[str, Any] = {"K": K, "steps": steps}
        values = np.array([record.values("bits", **parts, T=T) for T in lengths])
        look: dict[str, Any] = {"color": COLOURS[colour], "ms": 5, "lw": 1.5}
        axes.plot(lengths, values.mean(axis=1), style, label=f"K = {K}, {steps:,} steps", **look)
        axes.plot(lengths, values, ".", color=COLOURS[colour], ms=3, alpha=0.5)
        for T in lengths:
            _own(axes, T, mine, claims.figure("bits", **parts, T=T), 1)
    axes.set(xlabel="symbols in the source", ylabel="bits that came through", ylim=(-4, 37))
    axes.set_title("Copies: width counts, and so does training")
    axes.legend(fontsize=9, loc="upper left")


def _korean_by_length(axes: Axes, record: Record) -> None:
    """Draw the exact match of Korean to English against the number of morphemes."""
    borders = record.settings["borders"]
    places = np.arange(len(borders))
    for (K, epochs), style in zip(record.settings["korean"]["runs"], ("o:", "o-"), strict=True):
        values = np.array(
            [100 * record.values("Korean exact", K=K, epochs=epochs, S=S) for S in borders]
        )
        colour = COLOURS["sky" if epochs == 1 else "blue"]
        label = f"{epochs} {'pass' if epochs == 1 else 'passes'} over the data"
        axes.plot(places, values.mean(axis=1), style, color=colour, label=label)
        axes.plot(places, values, ".", color=colour, ms=5, alpha=0.6)
    ends = [f"{low}–{high - 1}" for low, high in itertools.pairwise(borders)]
    axes.set_xticks(places, [*ends, f"{borders[-1]}+"], size=10)
    axes.set(xlabel="morphemes in the source", ylabel="exact match (%)", ylim=(-3, 108))
    axes.axvspan(5.5, 7.4, color=COLOURS["black"], alpha=0.08)
    axes.text(6.45, 30, "longer than\nany in training", ha="center", size=10)
    axes.legend(fontsize=10)
    axes.set_title("Korean → English, K = 128")


@claims.picture(13)
def _positions_known(record: Record, mine: Mine) -> None:
    """Draw which symbols of the source the context vector still knows; claim 13."""
    figure, axes = plt.subplots(figsize=(9.5, 4.4))
    positions = range(1, record.settings["T"] + 1)
    looks = (("vermilion", "s-"), ("orange", "^-"), ("sky", "o--"), ("blue", "o-"))
    for cell, (colour, style) in zip(record.settings["cells"], looks, strict=True):
        values = np.array([100 * record.values("right", cell=cell, position=p) for p in positions])
        label = "LSTM, (h, c)" if cell == "LSTM" else cell
        axes.plot(positions, values.mean(axis=1), style, color=COLOURS[colour], label=label, ms=5)
        axes.plot(positions, values, ".", color=COLOURS[colour], ms=4, alpha=0.5)
        for position in positions:
            _own(axes, position, mine, claims.figure("right", cell=cell, position=position))
    axes.axhline(100 / record.settings["V"], color="black", ls=":", lw=1.5)
    axes.text(16, 15, "chance", ha="right", size=11)
    axes.set(xlabel="position of the symbol in the source", ylabel="named right (%)", ylim=(0, 106))
    axes.set_title("The end is known best; the LSTM keeps the beginning, too")
    axes.legend(fontsize=10, loc="center left", bbox_to_anchor=(1, 0.5))
    show(
        figure,
        alt="Symbols named right against their position, 1 to 16, lines through the means of five "
        "seeds and a dot for each. Both plain RNNs are near chance, 12 percent, for the first half "
        "and rise to 100 percent from position 10 on. Both LSTMs know the first symbol always, "
        "fall to 65 and 70 percent in the middle and rise to 100 at the end; (h, c) lies a "
        "little higher than h alone.",
    )


def way_of_the_gradient(
    grids: Mapping[str, npt.ArrayLike], record: Record, mine: Mine = None
) -> None:
    """Draw how much of the gradient gets from a target word to a source word; claim 14.

    Parameters
    ----------
    grids : mapping of str to array, shape (T, S)
        The gradient's norm in a fresh RNN and in a fresh LSTM.
    record : Record
        That of claim 14, before and after training.
    mine : dict, optional
        What a seed of one's own gave.
    """
    figure, panels = plt.subplots(1, 3, figsize=(13, 4.3), width_ratios=[1, 1, 1.35])
    for axes, (cell, slopes) in zip(panels, grids.items(), strict=False):
        grid = np.asarray(slopes)
        image = axes.imshow(grid / grid[0, -1], cmap="cividis", norm=LogNorm(1e-6, 1))
        arrives = "next to nothing arrives" if cell == "RNN" else "a little arrives"
        axes.set(xlabel="source word j", ylabel="target word k", title=f"Fresh {cell}: {arrives}")
        axes.set_xticks([0, 5, 11], [1, 6, 12])
        axes.set_yticks([0, 5, 11], [1, 6, 12])
    figure.colorbar(image, ax=panels[1], label="gradient / largest", fraction=0.046)
    _gradient_by_distance(panels[2], record, mine)
    show(
        figure,
        alt="Two heatmaps of the gradient from target word k to source word j, 12 by 12, before "
        "training: brightest in the upper right corner, where both are near the context vector, "
        "and darkest in the lower left; far darker for the RNN. Right: gradient against steps "
        "between them on a logarithmic axis; before training the RNN falls to a millionth over 23 "
        "steps, the LSTM to a hundredth, an RNN with an orthogonal start to a twelfth; after "
        "training all three stay near or above 1.",
    )


def _gradient_by_distance(axes: Axes, record: Record, mine: Mine) -> None:
    """Draw the gradient against the steps between two words, before and after training."""
    distances = record.settings["distances"]
    colours = ("vermilion", "orange", "blue")
    for cell, colour in zip(record.settings["cells"], colours, strict=True):
        for stage, style in (("before", "--"), ("after", "-")):
            parts = {"cell": cell, "stage": stage}
            recorded = [record.values("gradient", **parts, distance=d) for d in distances]
            mean = [np.exp(np.log(values).mean()) for values in recorded]
            axes.semilogy(distances, mean, style, color=COLOURS[colour], label=f"{cell}, {stage}")
            axes.plot(np.full(len(recorded[-1]), distances[-1]), recorded[-1], ".", c="black", ms=4)
            last = claims.figure("gradient", **parts, distance=distances[-1])
            _own(axes, distances[-1], mine, last, 1)
    axes.set(xlabel="steps between them", ylabel="gradient / that at distance 1")
    axes.set_title("Before and after training")
    axes.legend(fontsize=9)


def learning_to_add(record: Record) -> None:
    """Draw how networks learn to add, those tried and those chosen among them."""
    figure, axes = plt.subplots(figsize=(8.5, 4))
    starts, trial = (record.settings[name] for name in ("starts", "trial_rounds"))
    tried = np.hstack([_validated(record, f"start {n}", trial) for n in range(starts)])
    chosen = _validated(record, "chosen", record.settings["rounds"])
    x = record.settings["updates_a_round"] * np.arange(1, trial + len(chosen) + 1)
    orange, blue = COLOURS["vermilion"], COLOURS["blue"]
    axes.plot(x[:trial], tried, "s--", color=orange, lw=1, markersize=4)
    axes.plot(x[trial:], chosen, "o-", color=blue, lw=1, markersize=4)
    axes.axhline(99, color="black", ls=":", lw=1.5)
    axes.text(650, 12, f"{tried.shape[1]} starts, some of them slow", size=11, color=orange)
    axes.text(
        1500, 66, f"the best of three at each of {chosen.shape[1]} seeds", size=11, color=blue
    )
    axes.text(x[-1], 91, "99 %", ha="right", size=11)
    axes.set(xlabel="updates of this network", ylabel="sums exact (%), validation", ylim=(0, 105))
    axes.set_title("Chosen from three starts, each network learns to add")
    show(
        figure,
        alt="Exact validation answers against updates. Dashed lines, three starts for each of "
        "seven seeds, reach between 20 and 85 percent after 600 updates. The seven chosen ones go "
        "on from there, and all end above a dotted line at 99 percent.",
    )


def _validated(record: Record, network: str, rounds: int) -> Array:
    """Return the exact answers in percent of a network after each round: (rounds, seeds)."""
    every = record.settings["updates_a_round"]
    return np.array(
        [
            100 * record.values("validation exact", network=network, updates=n * every)
            for n in range(1, rounds + 1)
        ]
    )
