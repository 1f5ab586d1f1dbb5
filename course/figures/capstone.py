"""The drawings of lesson 14, the capstone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from course import claims
from course.claims import Record
from course.claims.broken_input import INPUTS, interval_of, most_pairs
from course.claims.ledger import listed
from helpers.plots import COLOURS, attention_heatmap, show

__all__ = [
    "broken_inputs",
    "learning_curves",
    "two_intervals",
    "where_it_looked",
]

Array = npt.NDArray[np.float64]

STYLE = {
    "plain": ("orange", "v"),
    "peeky": ("green", "s"),
    "attention": ("blue", "o"),
    "Transformer": ("vermilion", "^"),
    "Transformer, sinusoids": ("purple", "D"),
}
PARTS = {
    "test": "unseen sentences",
    "test_combinations": "unseen combinations",
    "test_longer": "longer sentences",
}
LABELS = {
    "reordered": "reordered",
    "no particle": "no particle\nbehind the object",
    "gap": "a morpheme\nmissing",
    "cut": "second half\nmissing",
}


def two_intervals(first: Array, second: Array) -> None:
    """Draw the worked example: two networks, five seeds, and two intervals of the difference.

    Parameters
    ----------
    first, second : array, shape (5,)
        Exact match in percent at each seed.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), width_ratios=[3, 2])
    for a, b in zip(first, second, strict=True):
        left.plot([0, 1], [b, a], "o-", color=COLOURS["blue"], lw=1.2)
    for place, values in ((-0.15, second), (1.15, first)):
        _whiskers(left, place, interval_of(values))
    _whiskers(right, 0, claims.difference(first, second))
    _whiskers(right, 1, interval_of(first - second))
    right.plot(np.full(len(first), 1.25), first - second, "o", color=COLOURS["blue"])
    right.axhline(0, color="black", ls="--", lw=1)
    left.set_xticks([0, 1], ["second", "first"])
    left.set(xlim=(-0.4, 1.4), ylabel="exact match (%)", title="A line for each seed")
    right.set_xticks([0, 1], ["two groups\n(Welch)", "paired"])
    right.set(xlim=(-0.5, 1.6), ylabel="first − second (points)", title="The mean difference")
    told = [claims.difference(first, second), interval_of(first - second)]
    show(
        figure,
        alt="Left: five lines, one a seed, rise from the second network to the first; the black "
        "intervals of the two means, beside them, overlap. Right: two intervals of the mean "
        f"difference above a dashed line at zero: {_ends(told[0])} for two groups, "
        f"{_ends(told[1])} paired, with the five differences beside it.",
    )


def _whiskers(axes: Axes, place: float, interval: claims.Interval, **style: Any) -> None:
    """Draw an interval upright, with its mean."""
    mean, low, high = interval.mean, interval.low, interval.high
    look: dict[str, Any] = {"fmt": "s", "color": "black", "capsize": 5, **style}
    axes.errorbar(place, mean, [[mean - low], [high - mean]], **look)


def _ends(interval: claims.Interval) -> str:
    return f"{interval.low:.1f} to {interval.high:.1f}"


@claims.picture(23)
def learning_curves(record: Record, mine: Mapping[str, float] | None = None) -> None:
    """Draw each kind's exact match over passes through all pairs, a panel for each test part."""
    pairs = max(map(int, record.settings["trainings"]))
    passes = record.settings["trainings"][str(pairs)]
    figure, panels = plt.subplots(1, 3, figsize=(13, 4.9), sharex=True, sharey=True)
    told = []
    for axes, (part, name) in zip(panels, PARTS.items(), strict=True):
        curves = [
            _curve(axes, record, {"kind": kind, "pairs": pairs}, part, mine or {})
            for kind in record.settings["kinds"][str(pairs)]
        ]
        told.append(f"{name.capitalize()}: {'; '.join(curves)}.")
        axes.set_title(name)
        axes.set_xscale("log")
        axes.set_xticks(passes, passes)
        axes.minorticks_off()
    panels[1].set_xlabel(f"passes over {pairs:,} pairs (logarithmic)")
    panels[0].set(ylabel="exact match (%)", ylim=(-3, 103))
    handles, labels = panels[0].get_legend_handles_labels()
    if any(f" pairs={pairs} " in name for name in mine or {}):
        handles += panels[0].plot([], [], "k*", markersize=16, markerfacecolor="white")
        labels.append("your run")
    figure.legend(handles, labels, loc="outside lower center", ncols=6, fontsize=11)
    figure.suptitle("What longer training does for each translator", size=14, weight="bold")
    show(
        figure,
        alt=f"Exact match in percent after {listed(passes)} passes, means of "
        f"{len(record.seeds)} seeds with a dot for each, in three panels. {' '.join(told)}",
    )


def _curve(
    axes: Axes, record: Record, which: Mapping[str, Any], part: str, mine: Mapping[str, float]
) -> str:
    """Draw a kind's exact match on a part over its passes; return its means in words."""
    colour, marker = STYLE[which["kind"]]
    passes = record.settings["trainings"][str(which["pairs"])]
    names = [claims.figure("exact", **which, epochs=epochs, part=part) for epochs in passes]
    shares = np.array([100 * record.values(name) for name in names])
    axes.plot(passes, shares, ".", color=COLOURS[colour], alpha=0.5)
    means = shares.mean(axis=1)
    axes.plot(passes, means, f"{marker}-", color=COLOURS[colour], label=which["kind"])
    for epochs, name in zip(passes, names, strict=True):
        if name in mine:
            style: dict[str, Any] = {"markerfacecolor": COLOURS[colour], "markersize": 16}
            axes.plot(epochs, 100 * mine[name], "k*", **style)
    return f"{which['kind']} {', '.join(f'{mean:.0f}' for mean in means)}"


def _judged(record: Record) -> list[str]:
    """Return the kinds whose BLEU on whole sentences is at least 20, as claim 24's rule does."""
    here = {"pairs": most_pairs(record), "training": "written", "input": "whole"}
    return [
        kind
        for kind in STYLE
        if claims.figure("BLEU", kind=kind, **here) in record.figures
        and record.values("BLEU", kind=kind, **here).mean() >= 20
    ]


@claims.picture(24)
def broken_inputs(record: Record, mine: Mapping[str, float] | None = None) -> None:
    """Draw what is left of a translator's score when its input is damaged; claim 24."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5.2), sharey=True)
    most = most_pairs(record)
    runs = [(kind, pairs, order) for kind, pairs, _, order in record.settings["runs"]]
    written = [(kind, most, "written") for kind in _judged(record)]
    mixed = [run for run in runs if run[2] == "mixed"]
    again = [run for kind, *_ in mixed for run in ((kind, most, "written"), (kind, most, "mixed"))]
    few = [run for run in runs if run[1] != most]
    told = [_shares(left, record, written), _shares(right, record, [*again, *few], mine)]
    for axes, title in (
        (left, "Trained on sentences as they are written"),
        (right, "Trained with such input, or on fewer pairs"),
    ):
        axes.axhline(90, color="black", ls="--", lw=1)
        axes.set_xticks(range(len(LABELS)), LABELS.values(), size=11)
        axes.set(xlim=(-0.5, len(LABELS) - 0.5), title=title)
        axes.legend(fontsize=10, loc="lower right", ncols=1)
    left.set(ylabel="left of what whole sentences give (%)", ylim=(0, 112))
    show(
        figure,
        alt="What is left, in percent, of BLEU (reordered, no particle) or of the words kept (a "
        "morpheme or the second half missing), means of five seeds with 95 percent intervals and "
        "a dashed line at nine tenths. Left, trained on sentences as they are written: "
        f"{told[0]}. Right, trained with such input or on fewer pairs: {told[1]}.",
    )


def _shares(
    axes: Axes,
    record: Record,
    runs: Sequence[tuple[str, int, str]],
    mine: Mapping[str, float] | None = None,
) -> str:
    """Draw what is left with each kind of input after these trainings; return it in words."""
    told, most, star = [], most_pairs(record), "your run"
    for n, (kind, pairs, training) in enumerate(runs):
        colour, marker = STYLE[kind]
        label = kind + (", with such input" if training == "mixed" else "")
        label += "" if pairs == most else f", {pairs:,} pairs"
        plain = training == "written" and pairs == most
        here = {"kind": kind, "pairs": pairs, "training": training}
        means = []
        for place, (given, (name, whole)) in enumerate(INPUTS.items()):
            at = place + 0.14 * (n - (len(runs) - 1) / 2)
            part, of = (record.values(name, **here, input=one) for one in (given, whole))
            shares = 100 * part / of
            means.append(f"{shares.mean():.0f}")
            axes.plot(np.full(len(shares), at), shares, ".", color=COLOURS[colour], alpha=0.5)
            style: dict[str, Any] = {
                "fmt": marker if pairs == most else "x",
                "color": COLOURS[colour],
            }
            style |= {"mfc": COLOURS[colour] if plain else "white", "markersize": 8, "capsize": 3}
            _whiskers(axes, at, interval_of(shares), **style, label=None if place else label)
            names = [claims.figure(name, **here, input=one) for one in (given, whole)]
            if mine and all(one in mine for one in names):
                ratio = 100 * mine[names[0]] / mine[names[1]]
                axes.plot(at + 0.06, ratio, "k*", markersize=12, label=star)
                star = "_nolegend_"
        told.append(f"{label} {', '.join(means)}")
    return "; ".join(told)


def where_it_looked(
    sentence: str, units: Sequence[str], pieces: Sequence[str], weights: npt.ArrayLike
) -> None:
    """Draw where the reader's translator looked; `weights` are of shape (T pieces, S units)."""
    title = "Your translator can be asked where it looked, too"
    figure = attention_heatmap(weights, units, pieces, title)
    figure.axes[0].set(xlabel="source · pieces (▁ where a word begins)", ylabel="target · words")
    show(
        figure,
        alt=f"Heatmap of attention weights for {sentence}: pieces of the source across, words of "
        "the translation down; a row is dark where the network looked as it wrote the word.",
    )
