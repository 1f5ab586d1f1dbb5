"""The drawings of lesson 10, BLEU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from course import claims
from course.claims import Record
from helpers.plots import COLOURS, show

__all__ = ["korean_cuts", "right_orders", "wrong_ngrams"]


def wrong_ngrams(hypothesis: Sequence[str], reference: Sequence[str]) -> None:
    """Draw the n-grams of a hypothesis as bars, filled where the reference has them."""
    figure, axes = plt.subplots(figsize=(9, 4.2))
    row = 0.0
    for n in (1, 2, 3, 4):
        there = [reference[i : i + n] for i in range(len(reference) - n + 1)]
        for i in range(len(hypothesis) - n + 1):
            good = hypothesis[i : i + n] in there
            axes.barh(
                -row - 0.55 * (i % n),
                n - 0.14,
                left=i + 0.07,
                height=0.42,
                color=COLOURS["sky"] if good else "white",
                edgecolor=COLOURS["blue"] if good else COLOURS["vermilion"],
                hatch=None if good else "///",
            )
        axes.text(-0.2, -row - 0.275 * (n - 1), f"n = {n}", ha="right", va="center")
        row += 0.55 * n + 0.5
    axes.set_xticks(np.arange(8) + 0.5, hypothesis)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set(xlim=(-0.9, 8), yticks=[])
    axes.spines[:].set_visible(False)
    axes.set_title("One wrong word damages 1, 2, 3, then 4 n-grams (hatched)")
    show(
        figure,
        alt="The words of the hypothesis in a row; below them bars for its 1-, 2-, 3- and 4-grams. "
        "Bars that stand in the reference are filled, the others hatched: 1 of 8, 2 of 7, 3 of 6, "
        "4 of 5 are hatched, all of them over the word cold.",
    )


@claims.picture(22)
def right_orders(record: Record, mine: Mapping[str, float] | None = None) -> None:
    """Draw how often BLEU puts two translators in the right order, and four cases; from claim 22.

    Left: pairs that differ in the number of errors, against the corpus size, with a seed of the
    reader's own as stars. Right: harmless and wrong changes.
    """
    figure, panels = plt.subplots(1, 2, figsize=(13, 4.8), width_ratios=[1, 1.15])
    _pairs_by_size(panels[0], record, mine or {})
    seen = _changes(panels[1], record)
    show(
        figure,
        alt="Left: share of pairs in the right order against corpus size, ten seeds, three kinds "
        "of errors: for 10 against 11 errors it rises from about seven in ten at 10 sentences to "
        "100 % at 1000, for 10 against 15 it is near 100 % throughout. Right: the BLEU of harmless "
        "and wrong changes in four cases: "
        + ", ".join(f"{name} {harmless} / {wrong}" for name, (harmless, wrong) in seen.items())
        + ".",
    )


def _pairs_by_size(axes: Axes, record: Record, mine: Mapping[str, float]) -> None:
    """Draw the share of pairs in the right order against the number of sentences."""
    sizes, kinds = record.settings["sizes"], record.settings["kinds"]
    looks = {1: ("vermilion", "o"), 2: ("orange", "s"), 5: ("blue", "^")}
    for gap in record.settings["gaps"]:
        means, low, high = [], [], []
        for size in sizes:
            spans = [record.interval("right", kind=k, gap=gap, sentences=size) for k in kinds]
            means.append(100 * np.mean([s.mean for s in spans]))
            low.append(100 * min(s.low for s in spans))
            high.append(min(100 * max(s.high for s in spans), 100))
        colour, marker = looks[gap]
        label = f"10 against {10 + gap} errors in 100 words"
        axes.plot(sizes, means, marker=marker, color=COLOURS[colour], label=label)
        axes.fill_between(sizes, low, high, color=COLOURS[colour], alpha=0.15, lw=0)
        for size in sizes:
            name = claims.figure("right", kind=kinds[0], gap=gap, sentences=size)
            if name in mine:
                axes.plot(size, 100 * mine[name], "*", ms=15, mec="black", color=COLOURS[colour])
    axes.axhline(50, color="black", ls="--", lw=1.2)
    axes.text(1000, 49, "a coin", ha="right", va="top")
    axes.set(
        xscale="log", ylim=(40, 102), xlabel="sentences", ylabel="pairs in the right order (%)"
    )
    axes.set_xticks(sizes, sizes)
    axes.minorticks_off()
    axes.legend(fontsize=11, loc="lower right", bbox_to_anchor=(1, 0.18))
    axes.set_title("Scattered errors of one kind: right, if the corpus is large")


def _changes(axes: Axes, record: Record) -> dict[str, list[str]]:
    """Draw BLEU after a harmless and after a wrong change; return both, rounded, for each case."""
    names = {
        "short form or no negation": "didn't / did",
        "time first or no negation": "time first / did",
        "passive or exchanged roles": "passive / roles exchanged",
        "synonym or another word": "synonym / another word",
    }
    cases = record.settings["cases"]
    seen: dict[str, list[str]] = {name: [] for name in names.values()}
    for i, case in enumerate(cases):
        for side, shift, colour in (("harmless", -0.2, "sky"), ("wrong", 0.2, "vermilion")):
            span = record.interval("BLEU", case=case, side=side)
            axes.barh(
                i + shift,
                span.mean,
                0.38,
                color=COLOURS[colour] if side == "harmless" else "white",
                edgecolor=COLOURS[colour],
                hatch=None if side == "harmless" else "//",
                label=side if i == 0 else None,
            )
            seen[names[case]].append(f"{span.mean:.0f}")
            axes.text(span.mean + 1, i + shift, f"{span.mean:.0f}", va="center", size=11)
    axes.set_yticks(range(4), [names[case] for case in cases])
    axes.set(xlabel="BLEU of 30 sentences", xlim=(0, 100))
    axes.invert_yaxis()
    axes.legend(loc="center right", fontsize=11, bbox_to_anchor=(1, 0.38))
    axes.set_title("Three cases of four: the wrong one scores no lower")
    return seen


CUTS = {  # how the record calls them, and how readers do
    "words": ("어절", "words"),
    "morphemes": ("형태소", "morphemes"),
    "characters": ("음절", "syllables"),
    "jamo": ("자모", "jamo"),
}


def korean_cuts(record: Record) -> None:
    """Draw BLEU of two changes in Korean, one of emphasis and one of meaning; from claim 22."""
    figure, axes = plt.subplots(figsize=(8.6, 4.2))
    cuts, seen = record.settings["korean"], {}
    sides = (
        ("harmless", -0.2, "the same event, another emphasis: 왕은 → 왕이"),
        ("wrong", 0.2, "another event: 왕은 → 군인은"),
    )
    for i, cut in enumerate(cuts):
        for side, shift, text in sides:
            span = record.interval("BLEU", korean=cut, side=side)
            axes.bar(
                i + shift,
                span.mean,
                0.38,
                yerr=[[span.mean - span.low], [span.high - span.mean]],
                capsize=4,
                color=COLOURS["sky"] if side == "harmless" else "white",
                edgecolor=COLOURS["blue" if side == "harmless" else "vermilion"],
                hatch=None if side == "harmless" else "//",
                label=text if i == 0 else None,
            )
            seen[cut, side] = f"{span.mean:.0f}"
            box = {"fc": "white", "ec": "none"}
            axes.text(i + shift, 4, seen[cut, side], ha="center", size=12, bbox=box)
    axes.set_xticks(range(len(cuts)), [" ".join(CUTS[cut]) for cut in cuts])
    axes.set(ylabel="BLEU of 30 sentences", ylim=(0, 124), yticks=range(0, 101, 20))
    axes.legend(loc="upper left", fontsize=11)
    axes.set_title("The same Korean sentences, cut in several ways: each gives another score")
    show(
        figure,
        alt="Bars of BLEU, ten seeds, for another emphasis and another event: "
        + ", ".join(
            f"by {CUTS[cut][1]} {seen[cut, 'harmless']} and {seen[cut, 'wrong']}" for cut in cuts
        )
        + ".",
    )
