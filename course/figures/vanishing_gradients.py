"""The drawings of lesson 06, Vanishing gradients."""

from __future__ import annotations

from collections.abc import Mapping

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
    "predicted_decay",
    "recall_by_lag",
]

Array = npt.NDArray[np.float64]
DISTANCE = "distance d from the loss (steps)"
ROWS: dict[str, tuple[str, str]] = {  # claim 2's arm: (label, colour), from the top
    "torch": ("torch's start", "blue"),
    "torch, kept": ("gradient kept", "vermilion"),
    "torch, turned": ("random direction", "orange"),
    "1.2": ("orthogonal × 1.2", "green"),
    "1.2, shrunk": ("orthogonal × 1.2, gradient halved", "purple"),
    "torch, near": ("torch's start", "blue"),
    "1, near": ("orthogonal", "green"),
    "1, shrunk, near": ("orthogonal, gradient halved", "purple"),
}


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
    axes.set_title("First it grows, as σ₁ > 1 allows; then it vanishes, as ρ < 1 demands")
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
    figure, axes = plt.subplots(figsize=(11, 5.8))
    places = [place + 0.9 * (place > 4) for place in range(len(ROWS))]
    for place, lag in ((places[0], 100), (places[5], 30)):
        axes.text(0.62, place - 0.85, f"lag {lag}", va="center", ha="center", weight="bold")
    for place, (arm, (_, colour)) in zip(places, ROWS.items(), strict=True):
        accuracy = record.values(figure_2("accuracy", arm))
        heights = place + 0.25 * np.linspace(-1, 1, len(accuracy))
        axes.plot(accuracy, heights, "o", ms=7, color=COLOURS[colour], alpha=0.6, lw=0)
        name = figure_2("accuracy", arm)
        if mine is not None and name in mine:
            axes.plot(mine[name], place, "*", ms=17, mec="black", color=COLOURS[colour], zorder=5)
        for x, figure_name in ((1.12, "received"), (1.29, "state")):
            share = float(np.median(record.values(f"{figure_2(figure_name, arm)} at=start")))
            axes.text(x, place, _share(share), va="center", ha="center")
    for x, head in ((1.12, "gradient\nreceived"), (1.29, "state\nleft")):
        axes.text(x, -0.95, head, va="center", ha="center", style="italic")
    axes.axvline(0.25, color="grey", ls=":")
    axes.set_yticks(places, [label for label, _ in ROWS.values()])
    axes.set(xlabel="share of the symbols named (dotted: chance)", xlim=(0.15, 1.37))
    axes.spines["bottom"].set_bounds(0.15, 1.03)
    axes.set_ylim(places[-1] + 0.5, -1.4)
    axes.set_xticks(np.arange(2, 11, 2) / 10)
    axes.set_title("At lag 100 a kept gradient makes the difference, at lag 30 it does not")
    show(figure, alt=MENDED)


def _share(share: float) -> str:
    """Write a share with two decimals, or as a number times a power of ten where it is tiny."""
    if share >= 0.005:
        return f"{share:.2f}"
    digit, power = f"{share:.0e}".split("e")
    return rf"${digit} \cdot 10^{{{int(power)}}}$"


MENDED = (
    "Rows of dots, six seeds each, by share of symbols named; beside each row the median share of "
    "the gradient received and of the state left before training. At lag 100: torch's start, both "
    "tiny, between chance and 0.95; with its gradient kept, five at 1 and one at a half; in a "
    "random direction, all at chance; 1.2 times an orthogonal matrix, both shares about a half, "
    "three at 1, the others lower; the same with the gradient halved at each step, chance to a "
    "half. At lag 30: torch's start, both shares near 1e-8, and the orthogonal start, both at a "
    "few hundredths, five at 1; the latter with its gradient halved, 0.63 to 1."
)


def predicted_decay(measured: Array, predicted: Array, bound: Array) -> None:
    """Draw the measured norms of the Jacobians beside what ρ and σ₁ predict.

    Parameters
    ----------
    measured, predicted, bound : array, shape (seeds, T)
        For each seed and distance: the largest singular value of the product of Jacobians, and the
        powers of W_hh's spectral radius and of its largest singular value.
    """
    figure, axes = plt.subplots(figsize=(8.5, 4.8))
    looks = (
        (bound, ":", "vermilion", 1.0, "σ₁ to the power of d: the bound"),
        (predicted, "--", "blue", 1.0, "ρ to the power of d: the prediction"),
        (measured, "-", "black", 1.2, "measured"),
    )
    for values, style, colour, width, label in looks:
        axes.semilogy(values.T, style, color=COLOURS[colour], lw=width, alpha=0.7)
        axes.semilogy([], [], style, color=COLOURS[colour], label=label)
    axes.set(xlabel=DISTANCE, ylabel="largest singular value of ∂h$_T$/∂h$_{T−d}$")
    axes.set_ylim(1e-10, 1e4)
    axes.set_title("From torch's start, the gradient vanishes as fast as ρ predicts")
    axes.legend()
    show(
        figure,
        alt="Largest singular value of the product of Jacobians against distance from 0 to 30 for "
        "eight untrained networks, logarithmic. The measured lines fall from 1 to between 1e-8 and "
        "1e-5. Dashed lines, the powers of the spectral radius, run close to them. Dotted lines, "
        "those of the largest singular value, rise.",
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
