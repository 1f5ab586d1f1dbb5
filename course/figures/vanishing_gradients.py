"""The drawings of lesson 06, Vanishing gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from course import claims
from helpers.plots import COLOURS, show

__all__ = [
    "clipped_or_not",
    "gradient_in_training",
    "gradient_mended",
    "growth_and_decay",
    "norms_with_tanh",
    "recall_by_lag",
    "singular_values",
    "three_starts",
]

Array = npt.NDArray[np.float64]
DISTANCE = "distance d from the loss (steps)"
WAYS: dict[tuple[str | float, str], tuple[str, str]] = {  # (start, gradient): (label, colour)
    ("torch", "as it is"): ("torch's start\nas it is", "blue"),
    ("torch", "kept"): ("torch's start\nkept", "vermilion"),
    ("torch", "turned"): ("torch's start\nturned", "orange"),
    (1.0, "as it is"): ("orthogonal\nas it is", "green"),
    (1.0, "shrunk"): ("orthogonal\nshrunk", "purple"),
}


def norms_with_tanh(with_tanh: Mapping[float, Array]) -> None:
    """Draw how the gradient fades or grows with distance, beside the linear network's powers.

    Parameters
    ----------
    with_tanh : mapping of float to array, shape (T,)
        For each spectral radius ρ the gradient's norm at the distances 0 … T − 1.
    """
    figure, axes = plt.subplots(figsize=(8.5, 5.2))
    colours = {0.9: "blue", 1.0: "black", 1.1: "vermilion", 2.0: "purple"}
    for rho, norms in with_tanh.items():
        ink, distance = COLOURS[colours[rho]], np.arange(len(norms))
        axes.semilogy(distance, rho**distance, "--", color=ink, lw=1.5)
        axes.semilogy(distance, norms, color=ink, label=f"ρ = {rho:g}")
    axes.semilogy([], [], "--", color="grey", lw=1.5, label="without: ρ to the power of d")
    axes.semilogy([], [], color="grey", label="with tanh")
    axes.set(xlabel=DISTANCE, ylabel="‖∂loss/∂h‖, 1 at the loss")
    axes.set_ylim(1e-16, 1e7)
    axes.set_title("Without tanh straight lines; with it, every gradient below its line")
    axes.legend(loc="lower left", ncols=2, fontsize=11)
    show(
        figure,
        alt="Norm of the gradient against distance from 0 to 100 steps, logarithmic. Dashed "
        "straight lines of the linear network: falling for ρ 0.9, level for 1, rising for 1.1, "
        "leaving the figure for 2. Solid lines with tanh lie below theirs: for 0.9, 1 and 1.1 they "
        "all fall, for 2 the gradient rises to about 10,000.",
    )


def singular_values(spectra: Array, gradient: Array) -> None:
    """Draw the singular values of the product of Jacobians, and the gradient among them.

    Parameters
    ----------
    spectra : array, shape (T, H)
        Those at each distance, the largest first.
    gradient : array, shape (T,)
        The norm of the gradient at the same distances.
    """
    figure, axes = plt.subplots(figsize=(8.5, 4.6))
    axes.semilogy(spectra[:, 1:-1], color="#bbbbbb", lw=0.8)
    axes.semilogy(spectra[:, 0], color=COLOURS["vermilion"], label="largest")
    axes.semilogy(spectra[:, -1], color=COLOURS["blue"], label="smallest")
    axes.semilogy(gradient, color="black", ls="--", label="our gradient")
    axes.set(xlabel=DISTANCE, ylabel="singular values of the product")
    axes.set_title("All 32 directions fade, and some much faster than others (ρ = 1, tanh)")
    axes.legend()
    show(
        figure,
        alt="The 32 singular values of the Jacobian product against distance from 0 to 30, "
        "logarithmic. All start at 1 and fall; the fan opens, the smallest falling fastest. The "
        "norm of the gradient runs inside the fan.",
    )


def growth_and_decay(norms: Array, largest: float, radius: float) -> None:
    """Draw a gradient that grows before it fades, between two powers.

    Parameters
    ----------
    norms : array, shape (T,)
        The norm of the gradient at each distance.
    largest, radius : float
        The matrix's largest singular value and its spectral radius.
    """
    figure, axes = plt.subplots(figsize=(8.5, 4.4))
    far = np.arange(len(norms))
    axes.semilogy(far, norms, color=COLOURS["black"], label="norm of the gradient")
    axes.semilogy(far, largest**far, ":", color=COLOURS["vermilion"], label="σ₁ to the power of d")
    axes.semilogy(far, radius**far, "--", color=COLOURS["blue"], label="ρ to the power of d")
    axes.set(xlabel=DISTANCE, ylabel="‖∂loss/∂h‖", ylim=(1e-6, 1e3))
    axes.set_title("First it grows, as σ₁ > 1 allows; then it dies, as ρ < 1 demands")
    axes.legend()
    show(
        figure,
        alt="Norm of the gradient of a linear network with a non-normal matrix against distance, "
        "logarithmic: it rises from 1 to nearly 4 at distance 9 or 10, then falls. A "
        "dotted line, the powers of the largest singular value, rises above it; a dashed one, "
        "those of the spectral radius, falls from the start and runs parallel to it in the end.",
    )


def recall_by_lag(record: claims.Record) -> None:
    """Draw how far back a plain network remembers; `record` is that of claim 1."""
    lags = record.settings["lags"]
    figure, axes = plt.subplots(figsize=(8.5, 5))
    for name, colour, label, style in (
        ("accuracy", "blue", "trained network", "o-"),
        ("probe before", "orange", "linear probe before training", "^--"),
    ):
        figures = [(name, {"lag": lag}) for lag in lags]
        _spread(axes, lags, record, figures, colour, label, style)
    orthogonal = [("accuracy, orthogonal", {"lag": 40})]
    _spread(axes, [40.6], record, orthogonal, "green", "orthogonal start", "D")
    longer = [("accuracy", {"lag": 20, "steps": 1200})]
    _spread(axes, [20.6], record, longer, "purple", "twice the training", "s")
    axes.axhline(0.25, color="grey", ls=":")
    axes.text(2, 0.2, "chance", color="black")
    axes.set(xlabel="lag (steps)", ylabel="share of the symbols named", ylim=(0.15, 1.05))
    axes.set_title("Recall falls off a cliff; start and training decide where it stands")
    axes.legend(loc="center right", bbox_to_anchor=(0.93, 0.72), fontsize=10)
    show(
        figure,
        alt="Share of the first symbols named against lag, each seed a dot, means with intervals. "
        "The trained network: 1 at lags 2 and 5, nearly at 10, between at 20 where seeds differ, "
        "0.25, which is chance, at 30 and 40. A linear probe of the untrained state is at chance "
        "from lag 10 on. Beside them, with an orthogonal start at lag 40, four of six seeds at 1 "
        "and two at 0.5; with twice the training at lag 20, five of six at 1.",
    )


def _spread(
    axes: Axes,
    at: Sequence[float],
    record: claims.Record,
    figures: Sequence[tuple[str, Mapping[str, Any]]],
    colour: str,
    label: str | None = None,
    style: str = "o",
) -> None:
    """Draw each seed's value, their mean and its 95 % interval within 0 and 1."""
    spans = [record.interval(name, **parts) for name, parts in figures]
    mean = np.array([span.mean for span in spans])
    error = [mean - [max(s.low, 0) for s in spans], [min(s.high, 1) for s in spans] - mean]
    for place, (name, parts) in zip(at, figures, strict=True):
        values = record.values(name, **parts)
        axes.plot(np.full(len(values), place), values, ".", color=COLOURS[colour], alpha=0.4)
    bars = np.maximum(error, 0)
    axes.errorbar(at, mean, bars, fmt=style, color=COLOURS[colour], capsize=4, label=label)


def gradient_mended(record: claims.Record) -> None:
    """Draw what recall does when the gradient alone is changed; `record` is that of claim 2."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5))
    for place, ((start, gradient), (_, colour)) in enumerate(WAYS.items()):
        parts = {"start": start, "gradient": gradient}
        _bar(left, place, record, parts, colour)
        probe = record.values("probe before", **parts).mean()
        left.plot([place - 0.4, place + 0.4], [probe, probe], color="black", lw=2)
    left.plot([], [], color="black", label="linear probe before training")
    left.axhline(0.25, color="grey", ls=":")
    left.set_xticks(range(5), [label for label, _ in WAYS.values()], fontsize=10)
    left.set(ylabel="share of the symbols named (lag 30)", ylim=(0, 1.12))
    left.set_title("Mend the gradient alone, and recall comes back")
    left.legend(loc="upper left", fontsize=10)
    _recall_by_share(right, record)
    show(
        figure,
        alt="Left: share of symbols named at lag 30 for five ways, six seeds each. Torch's start: "
        "0.26. The same with the gradient kept: five seeds at 1, one at 0.47; turned: chance. "
        "Orthogonal start: 1. The same with the gradient shrunk: 0.7 to 1. A linear probe of the "
        "untrained state is near chance in all. Right: accuracy against the share of the "
        "gradient that comes back before training, logarithmic: chance for shares near 1e-8 and "
        "5e-6, 0.5 to 1 near 2e-4, 1 from 2e-3 on.",
    )


def _bar(
    axes: Axes, place: float, record: claims.Record, parts: Mapping[str, Any], colour: str
) -> None:
    """Draw a pale bar of the mean accuracy, and the seeds on it."""
    mean = record.interval("accuracy", **parts).mean
    axes.bar(place, mean, color=COLOURS[colour], alpha=0.35)
    _spread(axes, [place], record, [("accuracy", parts)], colour)


def _recall_by_share(axes: Axes, record: claims.Record) -> None:
    """Draw the accuracy against the share of the gradient that comes back before training."""
    starts = ["torch", *record.settings["gains"], 1.0]
    for start, colour in zip(starts, ("blue", "orange", "sky", "purple", "green"), strict=True):
        parts: dict[str, Any] = {"start": start, "gradient": "as it is"}
        label = "torch's start" if start == "torch" else f"orthogonal, ρ = {start:g}"
        shares, recall = record.values("share", **parts, step=0), record.values("accuracy", **parts)
        axes.semilogx(shares, recall, "o", color=COLOURS[colour], alpha=0.7, label=label)
    axes.axhline(0.25, color="grey", ls=":")
    axes.set_xlabel("gradient at the symbol / gradient at the end, before training")
    axes.set_ylim(0, 1.12)
    axes.set_title("Recall sets in where about a ten-thousandth comes back")
    axes.legend(loc="center left", fontsize=10)


def gradient_in_training(record: claims.Record) -> None:
    """Draw how the gradient from afar grows while a network learns; `record`: claim 2's."""
    looks = record.settings["looks"]
    figure, axes = plt.subplots(figsize=(8.5, 4.6))
    for (start, gradient), (label, colour) in WAYS.items():
        parts = {"start": start, "gradient": gradient}
        shares = np.array([record.values("share", **parts, step=step) for step in looks])
        axes.semilogy(looks, shares, color=COLOURS[colour], lw=0.8, alpha=0.5)
        middle = np.median(shares, axis=1)
        axes.semilogy(looks, middle, "o-", color=COLOURS[colour], label=label.replace("\n", ", "))
    axes.set(xlabel="updates", ylabel="gradient at the symbol / at the end", ylim=(1e-10, 1e3))
    axes.set_title("A network that is taught by the far past comes to carry it")
    axes.legend(fontsize=10)
    show(
        figure,
        alt="Ratio of the gradient at the symbol to that at the end against updates, logarithmic, "
        "six thin lines and their median for each of five ways. Torch's start stays far "
        "below 1 throughout, and so does the turned one; with the gradient kept five seeds climb "
        "to about 1 within 200 updates, the sixth falls out of the figure. The orthogonal starts "
        "begin near 0.04 and rise to 1 and above.",
    )


def clipped_or_not(record: claims.Record) -> None:
    """Draw what clipping does for exploding and vanishing gradients; `record`: claim 25's."""
    figure, panels = plt.subplots(1, 2, figsize=(13, 4.6))
    places = [(start, clip) for start in ("exploding", "vanishing") for clip in (0.0, 1.0)]
    for place, (start, limit) in enumerate(places):
        parts, colour = {"start": start, "clip": limit}, "vermilion" if place < 2 else "blue"
        _bar(panels[0], place, record, parts, colour)
        _spread(panels[1], [place], record, [("updates with a norm above 1", parts)], colour)
    panels[0].axhline(0.25, color="grey", ls=":")
    names = ["exploding", "exploding,\nclipped", "vanishing", "vanishing,\nclipped"]
    for axes in panels:
        axes.set_xticks(range(4), names)
    panels[0].set(ylabel="share of the symbols named (lag 20)", ylim=(0, 1.05))
    panels[0].set_title("Clipping mends the one, and not the other")
    panels[1].set(ylabel="share of the updates with a norm above 1", ylim=(-0.05, 1.05))
    panels[1].set_title("The vanishing start never reaches the limit")
    show(
        figure,
        alt="Left: share of symbols named, eight seeds: exploding start near chance without "
        "clipping, 1 with it; vanishing start at chance with and without. Right: the share of "
        "updates whose gradient is longer than the limit: about 0.4 for the exploding start "
        "without clipping, 0.06 with it, none for the vanishing one.",
    )


def three_starts(by_kind: Mapping[str, Array]) -> None:
    """Draw how far a gradient comes with three starts of the weights.

    Parameters
    ----------
    by_kind : mapping of str to array, shape (T,)
        For each start the norm of the gradient at each distance, 1 at the loss.
    """
    figure, axes = plt.subplots(figsize=(8.5, 4.6))
    for (kind, norms), colour in zip(by_kind.items(), ("blue", "green", "vermilion"), strict=True):
        axes.semilogy(norms, color=COLOURS[colour], label=kind)
    axes.set(xlabel=DISTANCE, ylabel="‖∂loss/∂h‖, 1 at the loss")
    axes.set_title("How far a gradient comes depends on how the weights start")
    axes.legend()
    show(
        figure,
        alt="Norm of the gradient against distance up to 100 steps, logarithmic, for three starts: "
        "torch's start with tanh falls steeply to below 1e-20, tanh with an orthogonal matrix "
        "falls slowly, ReLU with the identity falls least.",
    )
