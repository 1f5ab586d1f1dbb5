"""The drawings of lesson 06, Vanishing gradients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from course import claims
from course.claims.vanishing_gradients import figure_2
from helpers.plots import COLOURS, show

__all__ = [
    "clipped_or_not",
    "gradient_mended",
    "growth_and_decay",
    "norms_with_tanh",
    "predicted_decay",
    "recall_by_lag",
    "singular_values",
    "three_starts",
]

Array = npt.NDArray[np.float64]
DISTANCE = "distance d from the loss (steps)"
WAYS: dict[str, tuple[str, str]] = {  # claim 2's arm: (label, colour)
    "torch": ("torch's\nstart", "blue"),
    "torch, kept": ("gradient\nkept", "vermilion"),
    "torch, turned": ("gradient\nturned", "orange"),
    "1.2": ("orthog.\n× 1.2", "green"),
    "1.2, shrunk": ("× 1.2,\nshrunk", "purple"),
    "torch, near": ("torch's\nstart", "blue"),
    "1, near": ("orthog.", "green"),
    "1, shrunk, near": ("orthog.,\nshrunk", "purple"),
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


@claims.picture(1)
def recall_by_lag(record: claims.Record, mine: Mapping[str, float] | None = None) -> None:
    """Draw how far back a plain network remembers from each start; `record` is claim 1's."""
    figure, axes = plt.subplots(figsize=(9, 5))
    starts = record.settings["starts"]
    lags = sorted({lag for arm in starts.values() for lag in arm["lags"]})
    looks = {"torch": ("blue", "o"), "orthogonal": ("green", "D"), "identity": ("vermilion", "s")}
    for shift, (start, arm) in enumerate(starts.items()):
        colour, mark = looks[start]
        for lag in arm["lags"]:
            place, parts = lags.index(lag) + 0.27 * (shift - 1), {"start": start, "lag": lag}
            _seeds(axes, place, record.values("accuracy", **parts), colour, mark, 0.1)
            _own(axes, place, mine, claims.figure("accuracy", **parts), colour)
            if start == "torch":
                probe = record.values("probe before", **parts)
                _seeds(axes, place, probe, "orange", "_", 0.1)
        axes.plot([], [], mark, color=COLOURS[colour], label=STARTS[start])
    axes.plot([], [], "_", color=COLOURS["orange"], label="probe, torch's start, untrained")
    axes.axhline(0.25, color="grey", ls=":")
    axes.set_xticks(range(len(lags)), map(str, lags))
    axes.set(xlabel="lag (steps)", ylabel="share of the symbols named", ylim=(0.15, 1.05))
    axes.set_title("How far back a plain RNN remembers depends on its start")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=11)
    show(figure, alt=RECALL)


RECALL = (
    "Share of the first symbols named against lag, each of six seeds a dot. Torch's start: near 1 "
    "at lags 5, 10 and 20 but for one seed at 5 and one at 20; at 40 four of six at 1, at 80 two, "
    "the others mostly near a half. Orthogonal: five of six at 1 at 40, three at 80, five at 160. "
    "Identity with ReLU: all near 1 at 40, 80 and 160. A linear probe of the untrained state is at "
    "1 at lag 5 and near chance, 0.25, from lag 10 on."
)
STARTS = {
    "torch": "torch's start",
    "orthogonal": "orthogonal $W_{hh}$",
    "identity": "identity, with ReLU",
}


def _seeds(
    axes: Axes, place: float, values: Array, colour: str, mark: str = "o", width: float = 0.15
) -> None:
    """Draw each seed's value as a dot, side by side around a place."""
    spread = place + width * np.linspace(-1, 1, len(values))
    axes.plot(spread, values, mark, ms=6, color=COLOURS[colour], alpha=0.6, lw=0)


def _own(
    axes: Axes, place: float, mine: Mapping[str, float] | None, name: str, colour: str
) -> None:
    """Draw the reader's own run as a star, if it has this figure."""
    if mine is not None and name in mine:
        axes.plot(place, mine[name], "*", ms=16, mec="black", color=COLOURS[colour], zorder=5)


@claims.picture(2)
def gradient_mended(record: claims.Record, mine: Mapping[str, float] | None = None) -> None:
    """Draw what recall does when gradient or state is kept; `record` is claim 2's."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5.4), sharey=True)
    for place, (arm, (label, colour)) in enumerate(WAYS.items()):
        accuracy, mark = record.values(figure_2("accuracy", arm)), "D" if "near" in arm else "o"
        received = record.values(f"{figure_2('received', arm)} at=start")
        _seeds(left, place, accuracy, colour, mark, 0.25)
        _own(left, place, mine, figure_2("accuracy", arm), colour)
        name = f"{label.replace(chr(10), ' ')}, lag {30 if 'near' in arm else 100}"
        style: dict[str, Any] = {"color": COLOURS[colour], "ms": 7, "alpha": 0.7, "lw": 0}
        right.semilogx(received, accuracy, mark, label=name, **style)
    for axes in (left, right):
        axes.axhline(0.25, color="grey", ls=":")
    left.axvline(4.5, color="black", lw=1)
    left.set_xticks(range(len(WAYS)), [label for label, _ in WAYS.values()], fontsize=9)
    left.set(xlabel="lag 100   |   lag 30", ylabel="share of the symbols named", ylim=(0.15, 1.05))
    left.set_title("With its gradient kept, the same start learns")
    right.set(xlabel="share of the gradient received, before training")
    right.set_title("What is received at first does not settle it")
    right.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=9)
    show(figure, alt=MENDED)


MENDED = (
    "Left: share of symbols named, six seeds for each arm. At lag 100: torch's start between "
    "chance and 0.95; with its gradient kept, five at 1 and one at a half; turned, all at chance; "
    "1.2 times an orthogonal matrix, three at 1, the others lower; the same with its gradient "
    "shrunk, chance to a half. At lag 30: torch's start and the orthogonal one, five at 1; the "
    "latter with its gradient shrunk, 0.63 to 1. Right: the same against the share of the gradient "
    "received before training, from 1e-33 to 1, logarithmic. High and low answers stand at both "
    "ends."
)


def predicted_decay(norms: Array, radii: Array, largest: Array) -> None:
    """Draw the measured decay of torch's start beside what ρ and σ₁ predict.

    Parameters
    ----------
    norms : array, shape (seeds, T)
        For each seed the gradient's norm at each distance, 1 at the loss.
    radii, largest : array, shape (seeds,)
        Spectral radius and largest singular value of each seed's W_hh.
    """
    figure, axes = plt.subplots(figsize=(8.5, 4.8))
    far = np.arange(norms.shape[1])
    looks = (
        (largest, ":", "vermilion", "σ₁ to the power of d: the bound"),
        (radii, "--", "blue", "ρ to the power of d"),
    )
    for values, style, colour, label in looks:
        for one in values:
            axes.semilogy(far, one**far, style, color=COLOURS[colour], lw=1, alpha=0.6)
        axes.semilogy([], [], style, color=COLOURS[colour], label=label)
    axes.semilogy(norms.T, color="black", lw=1.2, alpha=0.7)
    axes.semilogy([], [], color="black", label="measured")
    axes.set(xlabel=DISTANCE, ylabel="‖∂loss/∂h‖, 1 at the loss", ylim=(1e-12, 1e3))
    axes.set_title("torch's start loses its gradient a little faster than ρ says")
    axes.legend()
    show(
        figure,
        alt="Norm of the gradient against distance from 0 to 30 for eight untrained networks, "
        "logarithmic. The measured lines fall to between 1e-9 and 1e-6. Dashed lines, the powers "
        "of the spectral radius, run above them, at 1e-7 to 1e-6 in the end. Dotted lines, those "
        "of the largest singular value, rise.",
    )


@claims.picture(25)
def clipped_or_not(record: claims.Record, mine: Mapping[str, float] | None = None) -> None:
    """Draw what clipping does at each learning rate; `record` is claim 25's."""
    figure, panels = plt.subplots(1, 2, figsize=(13, 4.8), sharey=True)
    looks = {False: ("vermilion", "o", "not clipped"), True: ("blue", "D", "clipped")}
    for axes, start in zip(panels, ("exploding", "vanishing"), strict=True):
        for clipped, (colour, mark, label) in looks.items():
            arm = f"{start}, clipped" if clipped else start
            for place, rate in enumerate(record.settings["rates"]):
                parts, at = {"arm": arm, "rate": rate}, place + (0.2 if clipped else -0.2)
                _seeds(axes, at, record.values("accuracy", **parts), colour, mark, 0.14)
                _own(axes, at, mine, claims.figure("accuracy", **parts), colour)
            axes.plot([], [], mark, color=COLOURS[colour], label=label)
        axes.set_xticks(range(len(record.settings["rates"])), map(str, record.settings["rates"]))
        axes.axhline(0.25, color="grey", ls=":")
        axes.set(xlabel="learning rate", ylim=(0.1, 1.05))
        axes.legend(loc="center right" if start == "vanishing" else "center left", fontsize=11)
    panels[0].set_ylabel("share of the symbols named (lag 20)")
    panels[0].set_title("Exploding start: clipping admits higher rates")
    panels[1].set_title("Vanishing start: no rate works, clipped or not")
    show(figure, alt=CLIPPED)


CLIPPED = (
    "Two panels of dots, six seeds for each learning rate from 0.03 to 3. Left, the exploding "
    "start: not clipped, all seeds are near 1 at 0.03, two at 0.1, none at higher rates; clipped, "
    "all are near 1 at 0.03, 0.1 and 0.3, none at higher rates. Right, the vanishing start: all "
    "seeds are near the dotted chance line, 0.25, at every rate, clipped or not."
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
