"""The drawings of lesson 09, Seq2Seq."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm

from course.claims import Record
from course.figures.drawing import blank
from helpers.plots import COLOURS, show

__all__ = [
    "beam_widths",
    "bottleneck",
    "forced_and_free",
    "learning_to_add",
    "one_arrow",
    "positions_known",
    "reversed_source",
    "three_networks",
    "way_of_the_gradient",
]

Array = npt.NDArray[np.float64]


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


def three_networks(record: Record) -> None:
    """Draw how three networks do on three tasks; claim 11."""
    figure, axes = plt.subplots(figsize=(9, 4.2))
    tasks, kinds = record.settings["tasks"], record.settings["kinds"]
    looks = zip((-0.27, 0, 0.27), kinds, ("orange", "green", "blue"), strict=True)
    for shift, kind, colour in looks:
        values = np.array([100 * record.values("exact", task=t, kind=kind) for t in tasks])
        _bars(axes, values, shift, 0.25, colour, kind)
    axes.set_xticks(range(len(tasks)), tasks)
    axes.set(ylabel="exact match (%)", ylim=(0, 118))
    axes.legend(ncols=3, loc="upper right", fontsize=11)
    axes.set_title("What helps is to read first, not to have two networks")
    show(
        figure,
        alt="Bars of exact match for three tasks and three networks, with a dot for each of five "
        "seeds. Rename: all high, the aligned network at 100 percent. Reverse and dates: the "
        "aligned network is low, seq2seq higher, and the single network that reads first highest.",
    )


def reversed_source(record: Record) -> None:
    """Draw what reversing the source does to four tasks; claim 26."""
    figure, axes = plt.subplots(figsize=(8.5, 4))
    tasks = record.settings["tasks"]
    for shift, direction, colour in ((-0.2, "forward", "blue"), (0.2, "reversed", "orange")):
        parts = [100 * record.values("exact", task=task, source=direction) for task in tasks]
        _bars(axes, np.array(parts), shift, 0.38, colour, direction)
    axes.set_xticks(range(len(tasks)), tasks)
    axes.set(ylabel="exact match (%)")
    axes.legend(title="source")
    axes.set_title("It helps where both begin alike, and harms where they do not")
    show(
        figure,
        alt="Bars of exact match with the source forward and reversed, dots for five seeds. "
        "Reversing raises the copies and leaves Korean to English as low as it was; it lowers "
        "reversals and dates.",
    )


def _bars(axes: Axes, values: Array, shift: float, width: float, colour: str, label: str) -> None:
    """Draw a bar for each row of `values` (groups, seeds), its seeds as dots, and its mean."""
    place = np.arange(len(values)) + shift
    axes.bar(place, values.mean(axis=1), width, color=COLOURS[colour], label=label)
    axes.plot(np.repeat(place, values.shape[1]), values.ravel(), "k.", markersize=4)
    for x, row in zip(place, values, strict=True):
        axes.text(x, row.max() + 2, f"{row.mean():.0f}", ha="center")


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
    left.set(xlabel="character of the ISO date", ylabel="right (%)")
    left.set_title("Dates: own errors tell at the end …")
    left.legend()
    ways = [100 * record.values(way) for way in ("forced", "free")]
    right.bar([0, 1], [w.mean() for w in ways], color=[COLOURS["green"], COLOURS["vermilion"]])
    right.plot(np.repeat([0, 1], len(ways[0])), np.concatenate(ways), "k.", markersize=5)
    right.set_xticks([0, 1], ["teacher\nforcing", "free\nrunning"])
    right.set(ylabel="words right (%)", ylim=(0, 112), title="… in sentences, more")
    show(
        figure,
        alt="Left: share of right characters of the ISO date by position, for teacher forcing and "
        "free running; the two lines part in month and day. Right: bars for Korean to English, "
        "five seeds: far more words are right under teacher forcing than free running.",
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


def bottleneck(record: Record) -> None:
    """Draw what fits through the context vector: copies, and Korean to English; claim 12."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.4))
    _copies(left, record)
    _korean_by_length(right, record)
    show(
        figure,
        alt="Left: exact match of copies against the source's length, 1 to 12 symbols, five seeds. "
        "All curves begin at 100 percent and fall; the narrowest context, 2 numbers, falls at "
        "once. Those of 8 and 64 lie close together; 64 after a quarter of the training falls "
        "earlier. Right: exact match of Korean sentences falls from its highest value at 4 to 5 "
        "morphemes to a few percent at 14 to 18, the longest in training, and to zero in a grey "
        "part beyond.",
    )


def _copies(axes: Axes, record: Record) -> None:
    """Draw the exact match of copies against the number of symbols, for each width K."""
    lengths, runs = record.settings["lengths"], record.settings["runs"]
    looks = {2: ("vermilion", "s-"), 8: ("orange", "^-"), 64: ("blue", "o-")}
    longest_training = max(steps for _, steps in runs)
    for K, steps in runs:
        spans = [record.interval("exact", K=K, steps=steps, T=T) for T in lengths]
        colour, style = looks[K] if steps == longest_training else ("sky", "o:")
        label = f"K = {K}" + ("" if steps == longest_training else ", ¼ of the training")
        axes.plot(lengths, [100 * s.mean for s in spans], style, color=COLOURS[colour], label=label)
        low, high = [100 * s.low for s in spans], [100 * s.high for s in spans]
        axes.fill_between(lengths, low, high, color=COLOURS[colour], alpha=0.15)
    axes.set(xlabel="symbols in the source", ylabel="exact match (%)", ylim=(-3, 108))
    axes.set_title("Copies: all curves fall, the narrowest first")
    axes.legend(fontsize=10, loc="upper right")


def _korean_by_length(axes: Axes, record: Record) -> None:
    """Draw the exact match of Korean to English against the number of morphemes."""
    borders = record.settings["borders"]
    spans = [record.interval("Korean exact", S=S) for S in borders]
    centres = range(len(borders))
    below, above = [100 * (s.mean - s.low) for s in spans], [100 * (s.high - s.mean) for s in spans]
    look: dict[str, Any] = {"fmt": "o-", "color": COLOURS["blue"], "capsize": 3}
    axes.errorbar(centres, [100 * s.mean for s in spans], [below, above], **look)
    ends = [f"{low}–{high - 1}" for low, high in itertools.pairwise(borders)]
    axes.set_xticks(centres, [*ends, f"{borders[-1]}+"], size=10)
    axes.set(xlabel="morphemes in the source", ylabel="exact match (%)", ylim=(-3, 108))
    axes.axvspan(5.5, 7.4, color=COLOURS["black"], alpha=0.08)
    axes.text(6.45, 30, "longer than\nany in training", ha="center", size=10)
    axes.set_title("Korean → English: long sentences fail")


def positions_known(record: Record) -> None:
    """Draw which symbols of the source the context vector still knows; claim 13."""
    figure, axes = plt.subplots(figsize=(8.5, 4.2))
    positions = range(1, record.settings["T"] + 1)
    for cell, colour, style in (("RNN", "vermilion", "s-"), ("LSTM", "blue", "o-")):
        spans = [record.interval("right", cell=cell, position=p) for p in positions]
        mean = [100 * s.mean for s in spans]
        axes.plot(positions, mean, style, color=COLOURS[colour], label=cell)
        low, high = [100 * s.low for s in spans], [100 * s.high for s in spans]
        axes.fill_between(positions, low, high, color=COLOURS[colour], alpha=0.15)
    axes.axhline(100 / record.settings["V"], color="black", ls=":", lw=1.5)
    axes.text(16, 15, "chance", ha="right", size=11)
    axes.set(xlabel="position of the symbol in the source", ylabel="named right (%)", ylim=(0, 106))
    axes.set_title("The end is known best; the LSTM keeps the beginning, too")
    axes.legend(loc="upper left", bbox_to_anchor=(0.22, 1))
    show(
        figure,
        alt="Share of symbols named right against their position, 1 to 16, for two cells. The "
        "plain RNN is near chance for the first half and rises to 100 percent at the end. The LSTM "
        "is high at position 1, lowest in the middle and rises to 100 percent at the end.",
    )


def way_of_the_gradient(grids: Mapping[str, npt.ArrayLike], record: Record) -> None:
    """Draw how much of the gradient gets from a target word to a source word; claim 14.

    Parameters
    ----------
    grids : mapping of str to array, shape (T, S)
        The gradient's norm in a fresh RNN and in a fresh LSTM.
    record : Record
        That of claim 14, before and after training.
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
    _gradient_by_distance(panels[2], record)
    show(
        figure,
        alt="Two heatmaps of the gradient from target word k to source word j, 12 by 12, before "
        "training: brightest in the upper right corner, where both are near the context vector, "
        "and darkest in the lower left; far darker for the RNN. Right: gradient against steps "
        "between them on a logarithmic axis; before training the RNN falls to a millionth and the "
        "LSTM to a hundredth over 23 steps, after training both stay near or above 1.",
    )


def _gradient_by_distance(axes: Axes, record: Record) -> None:
    """Draw the gradient against the steps between two words, before and after training."""
    distances = record.settings["distances"]
    for cell, colour in (("RNN", "vermilion"), ("LSTM", "blue")):
        for stage, style in (("before", "--"), ("after", "-")):
            parts = {"cell": cell, "stage": stage}
            recorded = [record.values("gradient", **parts, distance=d) for d in distances]
            mean = [np.exp(np.log(values).mean()) for values in recorded]
            label = f"{cell} {stage} training"
            axes.semilogy(distances, mean, style, color=COLOURS[colour], label=label)
    axes.set(xlabel="steps between them", ylabel="gradient / that at distance 1")
    axes.set_title("Learning opens the way")
    axes.legend(fontsize=10)


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
