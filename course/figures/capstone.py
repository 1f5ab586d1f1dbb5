"""The drawings of lesson 14, the capstone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from course import claims
from course.claims import Record
from helpers.plots import COLOURS, attention_heatmap, show

__all__ = [
    "broken_inputs",
    "four_models",
    "paired_seeds",
    "situations",
    "verdicts",
    "where_it_looked",
]

Array = npt.NDArray[np.float64]

STYLE = {
    "plain": ("orange", "v"),
    "peeky": ("green", "s"),
    "attention": ("blue", "o"),
    "Transformer": ("vermilion", "^"),
}
PARTS = {
    "test": "like those in training",
    "test_combinations": "unseen combinations",
    "test_longer": "longer",
}
INPUTS = {  # input: what is measured, the whole sentences it is compared with, a label
    "reordered": ("BLEU", "whole", "reordered"),
    "no particle": ("BLEU", "whole", "no particle\nbehind the object"),
    "gap": ("words", "whole for gap", "a morpheme\nmissing"),
    "cut": ("words", "whole for cut", "second half\nmissing"),
}


def paired_seeds(first: Array, second: Array, differences: Array, half: float) -> None:
    """Draw the worked example: two translators, five seeds, and their differences.

    Parameters
    ----------
    first, second, differences : array, shape (5,)
        Exact match in percent at each seed, and first minus second.
    half : float
        Half the width of the mean difference's interval.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), width_ratios=[3, 2])
    for seed in range(5):
        left.plot([0, 1], [second[seed], first[seed]], "o-", color=COLOURS["blue"], lw=1.2)
        right.plot(seed, differences[seed], "o", color=COLOURS["blue"])
    for place, values in ((0, second), (1, first)):
        wide = 2.776 * values.std(ddof=1) / np.sqrt(5)
        aside = place + (-0.15, 0.15)[place]
        left.errorbar(aside, values.mean(), wide, fmt="ks", capsize=5)
    right.errorbar(5.5, differences.mean(), half, fmt="ks", capsize=5)
    right.axhline(0, color="black", ls="--", lw=1)
    left.set_xticks([0, 1], ["second", "first"])
    left.set(xlim=(-0.4, 1.4), ylabel="exact match (%)", title="Two intervals overlap …")
    right.set_xticks([*range(5), 5.5], [*range(5), "all"])
    right.set(xlim=(-0.7, 6.2), xlabel="seed", ylabel="first − second (points)")
    right.set_title("… and every seed says the same")
    show(
        figure,
        alt="Left: five lines, one a seed, rise from the second translator to the first; two black "
        "intervals beside them overlap. Right: the five differences, all above zero, with an "
        "interval from 0.7 to 4.1 that does not reach the dashed line at zero.",
    )


def _interval(values: Array) -> tuple[float, float, float]:
    """Return the mean of some seeds' values and the ends of its 95 % interval."""
    half = claims.student_quantile(0.975, len(values) - 1) * values.std(ddof=1)
    half /= np.sqrt(len(values))
    return values.mean(), values.mean() - half, values.mean() + half


def four_models(record: Record) -> None:
    """Draw the BLEU of four models on three kinds of test sentences; claim 23."""
    kinds, (pairs, epochs) = record.settings["kinds"], record.settings["many"]
    longer = record.settings["longer"]["Transformer"]
    columns = [*((kind, epochs) for kind in kinds), ("Transformer", longer)]
    seen: dict[str, list[str]] = {part: [] for part in PARTS}
    figure, axes = plt.subplots(figsize=(9.5, 4.4))
    for place, part in enumerate(PARTS):
        for n, (kind, rounds) in enumerate(columns):
            colour, marker = STYLE[kind]
            values = record.values("BLEU", kind=kind, pairs=pairs, epochs=rounds, part=part)
            label = kind if rounds == epochs else f"{kind}, twice the updates"
            axes.plot(
                place + (n - 2) * 0.14 + np.linspace(-0.04, 0.04, len(values)),
                values,
                marker,
                color=COLOURS[colour],
                mfc=COLOURS[colour] if rounds == epochs else "white",
                label=None if place else label,
            )
            after = "" if rounds == epochs else " after twice the updates"
            seen[part].append(f"{kind} {values.mean():.0f}{after}")
    axes.set_xticks(range(3), PARTS.values())
    axes.set(ylabel="BLEU", xlabel="test sentences", ylim=(-3, 103), xlim=(-0.5, 2.5))
    axes.legend(fontsize=11)
    axes.set_title("Who looks at every word is far ahead")
    show(
        figure,
        alt="BLEU of five seeds for four models on three kinds of test sentences, and for the "
        "Transformer trained for twice as long. "
        + " ".join(f"{name}: {', '.join(seen[part])}." for part, name in PARTS.items()),
    )


def broken_inputs(record: Record, kinds: Sequence[str], pairs: int) -> None:
    """Draw what is left of a model's score when its input is broken; claim 24.

    Parameters
    ----------
    record : Record
    kinds : sequence of str
        The models that are shown.
    pairs : int
        The number of training pairs.
    """
    figure, axes = plt.subplots(figsize=(10, 4.8))
    for n, kind in enumerate(kinds):
        for place, given in enumerate(INPUTS):
            for taught in ("written", "mixed"):
                if taught == "mixed" and kind not in record.settings["taught"]:
                    continue
                here = {"kind": kind, "pairs": pairs, "training": taught}
                at = place + 0.3 * n - 0.15 + (0.1 if taught == "mixed" else 0)
                _share_left(axes, at, record, given, here)
    axes.axhline(90, color="black", ls="--", lw=1)
    axes.text(3.45, 91, "nine tenths", ha="right", va="bottom", size=11)
    axes.set_xticks(range(4), [label for _, _, label in INPUTS.values()])
    axes.set(ylabel="left of what whole sentences give (%)", ylim=(0, 112), xlim=(-0.5, 3.5))
    axes.legend(fontsize=10, loc="lower right", ncols=2)
    axes.set_title("A new order hurts, and training with it is the cure; gaps hurt little")
    show(
        figure,
        alt="What is left of BLEU, or of the words kept, for four kinds of broken input, with 95 "
        "percent intervals. Reordered input leaves attention about eight tenths and the "
        "Transformer nearly nine; the other three leave about nine tenths or more. Open circles: "
        "attention trained with reordered sentences and missing particles keeps over nine tenths "
        "of all four.",
    )


def _share_left(
    axes: Axes, place: float, record: Record, given: str, here: Mapping[str, Any]
) -> None:
    """Draw, with its interval, what is left with one input for one model and training."""
    name, whole, _ = INPUTS[given]
    left = record.values(name, **here, input=given) / record.values(name, **here, input=whole)
    mean, low, high = _interval(100 * left)
    kind, mixed = here["kind"], here["training"] == "mixed"
    colour, marker = STYLE[kind]
    axes.errorbar(
        place,
        mean,
        [[mean - low], [high - mean]],
        fmt=marker,
        color=COLOURS[colour],
        mfc="white" if mixed else COLOURS[colour],
        capsize=3,
        markersize=8,
        label=None if given != "reordered" else f"{kind}, trained with such" if mixed else kind,
    )


def situations(record_23: Record, record_24: Record) -> None:
    """Draw each model's BLEU, or the words it kept, in eight situations; claims 23 and 24."""
    shown = _values_of_situations(record_23, record_24)
    kinds, small = record_23.settings["kinds"], record_23.settings["small"]
    figure, axes = plt.subplots(figsize=(10, 5.6))
    for row, values in enumerate(shown.values()):
        axes.axhline(-row, color="0.85", lw=1, zorder=0)
        for kind in kinds if row else small:
            colour, marker = STYLE[kind]
            mean, low, high = _interval(values(kind))
            axes.errorbar(
                mean,
                -row + (1.5 - kinds.index(kind)) * 0.13,
                xerr=[[mean - low], [high - mean]],
                fmt=marker,
                color=COLOURS[colour],
                capsize=2,
                markersize=8,
                label=kind if row == 1 else None,
            )
    axes.set_yticks([-row for row in range(len(shown))], list(shown))
    axes.set(xlabel="BLEU, or words kept (%)", xlim=(-3, 103))
    axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1.07), ncols=4, fontsize=11)
    axes.set_title("After so few updates, LSTMs with attention lead everywhere")
    told = [
        ", ".join(f"{kind} {values(kind).mean():.0f}" for kind in (kinds if row else small))
        for row, values in enumerate(shown.values())
    ]
    show(
        figure,
        alt="Eight situations, one a row, and for each the models' BLEU or words kept, with 95 "
        "percent intervals of five seeds. "
        + " ".join(f"{label}: {means}." for label, means in zip(shown, told, strict=True)),
    )


def _values_of_situations(
    record_23: Record, record_24: Record
) -> dict[str, Callable[[str], Array]]:
    """Return for each situation what gives a kind of model's values, one for each seed."""
    (few, many_rounds), (pairs, rounds) = record_23.settings["few"], record_23.settings["many"]

    def bleu(part: str, pairs: int, epochs: int) -> Callable[[str], Array]:
        return lambda kind: record_23.values(
            "BLEU", kind=kind, pairs=pairs, epochs=epochs, part=part
        )

    def broken(name: str, given: str) -> Callable[[str], Array]:
        scale, parts = (1 if name == "BLEU" else 100), {"training": "written", "input": given}
        return lambda kind: scale * record_24.values(name, kind=kind, pairs=pairs, **parts)

    shown = {
        f"BLEU, {few:,} pairs": bleu("test", few, many_rounds),
        f"BLEU, {pairs:,} pairs": bleu("test", pairs, rounds),
        "BLEU, unseen combinations": bleu("test_combinations", pairs, rounds),
        "BLEU, longer sentences": bleu("test_longer", pairs, rounds),
    }
    for given, (name, _, label) in INPUTS.items():
        shown[f"{name}, {label}".replace("\n", " ")] = broken(name, given)
    return shown


def verdicts(groups: Mapping[str, Sequence[int | str]]) -> None:
    """Draw the numbers of the claims, a row for each verdict."""
    colours = {claims.HOLDS: "blue", claims.HOLDS_WITHIN: "green"}
    colours |= {claims.HOLDS_IF: "orange", claims.FAILS: "vermilion"}
    figure, axes = plt.subplots(figsize=(11, 0.6 + 0.8 * len(groups)))
    for row, (word, numbers) in enumerate(groups.items()):
        face = COLOURS[colours[word]]
        box: dict[str, Any] = {"boxstyle": "round,pad=0.35", "facecolor": face, "alpha": 0.35}
        for place, number in enumerate(numbers):
            axes.text(place, -row, f"{number:2}", ha="center", va="center", size=12, bbox=box)
        axes.text(-0.9, -row, f"{word}: {len(numbers)}", ha="right", va="center", size=13)
    axes.set(xlim=(-6, max(map(len, groups.values()))), ylim=(0.4 - len(groups), 0.6))
    axes.axis("off")
    plain, total = len(groups[claims.HOLDS]), sum(map(len, groups.values()))
    axes.set_title(f"Of {total} claims, {plain} hold as they stand")
    show(
        figure,
        alt="The claims' numbers, a row for each verdict. "
        + "; ".join(f"{word}: {', '.join(map(str, numbers))}" for word, numbers in groups.items())
        + ".",
    )


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
