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

from course import claims
from course.claims import Record
from helpers.plots import COLOURS, show

__all__ = ["forced_and_free"]

Array = npt.NDArray[np.float64]
Mine = Mapping[str, float] | None

STAR: dict[str, Any] = {"marker": "*", "ms": 15, "mfc": "white", "mec": "black", "ls": "none"}
HERE = "run here"
"""How a reader's own run is drawn, and what the legend calls it."""


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


@claims.picture(14)
def _gradient_by_distance(record: Record, mine: Mine) -> None:
    """Draw the gradient against the steps between two words, before and after training."""
    figure, axes = plt.subplots(figsize=(9.5, 4.4))
    distances = record.settings["distances"]
    colours = ("vermilion", "orange", "blue")
    for cell, colour in zip(record.settings["cells"], colours, strict=True):
        for stage, style in (("before", "--"), ("after", "-")):
            parts = {"cell": cell, "stage": stage}
            recorded = [record.values("gradient", **parts, distance=d) for d in distances]
            mean = [np.exp(np.log(values).mean()) for values in recorded]
            label = f"{cell}, {stage} training"
            axes.semilogy(distances, mean, style, color=COLOURS[colour], label=label)
            axes.plot(np.full(len(recorded[-1]), distances[-1]), recorded[-1], ".", c="black", ms=4)
            last = claims.figure("gradient", **parts, distance=distances[-1])
            _own(axes, distances[-1], mine, last, 1)
    axes.set(xlabel="steps between the two words", ylabel="gradient, relative to distance 1")
    axes.set_title("Before training the gradient shrinks with distance; after it, no longer")
    axes.legend(fontsize=10, loc="center left", bbox_to_anchor=(1, 0.5))
    show(
        figure,
        alt="Gradient on a logarithmic axis against 1 to 23 steps between a target word and a "
        "source word, geometric means of five seeds. Before training it falls to about 2e-6 for "
        "plain RNNs, to 0.01 for LSTMs, and to 0.08 for plain RNNs with an orthogonal start. After "
        "training, all three lie between 1 and 4 at 23 steps.",
    )
