"""Claims 1, 2 and 25, measured in lesson 06: what a plain RNN forgets, and why."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course.claims.ledger import (
    FAILS,
    HOLDS,
    HOLDS_IF,
    Claim,
    Figures,
    Interval,
    Record,
    Verdict,
    figure,
    register,
    student_quantile,
)
from course.claims.recall_networks import plain_rnn, probe_accuracy, share, train_recall

if TYPE_CHECKING:
    pass

# --- claim 1 ---------------------------------------------------------------------------------


def experiment_1(
    seed: int, lags: Sequence[int], orthogonal_lags: Sequence[int], longer: Mapping[str, int]
) -> Figures:
    """Train on each lag; read the first symbol from the state before and after.

    At the `orthogonal_lags` also with W_hh orthogonal at the start, and at the one lag of
    `longer` (a lag from its name to a number of updates) with more training.
    """
    figures: Figures = {}
    for lag in lags:
        before: list[float] = []

        def watch(step: int, model: Any, lag: int = lag, before: list[float] = before) -> None:
            if step == 0:
                before.append(probe_accuracy(model, lag, seed))

        accuracy, model = train_recall(plain_rnn(), lag, seed, watch=watch)
        figures[figure("accuracy", lag=lag)] = accuracy
        figures[figure("probe before", lag=lag)] = before[0]
        figures[figure("probe after", lag=lag)] = probe_accuracy(model, lag, seed)
    for lag in orthogonal_lags:
        figures[figure("accuracy, orthogonal", lag=lag)] = train_recall(plain_rnn(1.0), lag, seed)[
            0
        ]
    for name, steps in longer.items():
        accuracy, _ = train_recall(plain_rnn(), int(name), seed, steps=steps)
        figures[figure("accuracy", lag=int(name), steps=steps)] = accuracy
    return figures


def rule_1(record: Record) -> Verdict:
    """Judge "a plain RNN loses early information as the sequence grows".

    It does where the accuracy is above 0.9 at the shortest lag and its interval ends below 0.35 at
    the longest one (chance is 0.25). If the same network with an orthogonal start is clearly above
    chance at that lag (its interval begins above 0.35), the loss belongs to how the network starts,
    and the claim holds if …
    """
    short, long = min(record.settings["lags"]), max(record.settings["lags"])
    near, far = (record.interval("accuracy", lag=lag) for lag in (short, long))
    other = record.interval("accuracy, orthogonal", lag=long)
    seen = (
        f"after {short} steps it names {100 * near.mean:.0f} % of the symbols, after {long} steps "
        f"{100 * far.mean:.0f} % (chance 25 %)"
    )
    if near.low < 0.9 or far.high > 0.35:
        return Verdict(FAILS, seen)
    if other.low > 0.35:
        return Verdict(
            HOLDS_IF,
            f"its recurrent weights start small, as torch's do: {seen}; with an orthogonal W_hh at "
            f"the start {100 * other.mean:.0f} %",
        )
    return Verdict(HOLDS, seen)


# --- claim 2 ---------------------------------------------------------------------------------


def experiment_2(
    seed: int,
    lag: int,
    gains: Sequence[float],
    ways: Sequence[Sequence[Any]],
    looks: Sequence[int],
    near_lag: int,
    scale: float,
) -> Figures:
    """Change the gradient and leave the network, or the other way round, and look at recall.

    Each of the `ways` is a start ("torch", or a gain of an orthogonal W_hh) and what happens to the
    gradient on its way back (see `plain_rnn`). The `gains` are further starts whose gradient is
    left as it is. In a last run, at `near_lag`, the whole gradient is multiplied by `scale`.
    """
    figures: Figures = {}
    for start, gradient in [*ways, *((gain, "as it is") for gain in gains)]:
        parts = {"start": start, "gradient": gradient}

        def watch(step: int, model: Any, parts: dict[str, Any] = parts) -> None:
            if step in looks:
                figures[figure("share", **parts, step=step)] = share(model, lag)
            if step == 0:
                figures[figure("probe before", **parts)] = probe_accuracy(model, lag, seed)

        gain = None if start == "torch" else float(start)
        accuracy, model = train_recall(plain_rnn(gain, gradient), lag, seed, watch=watch)
        figures[figure("accuracy", **parts)] = accuracy
        figures[figure("probe after", **parts)] = probe_accuracy(model, lag, seed)

    def shrink(step: int, model: Any) -> None:
        for parameter in model.parameters():
            parameter.grad *= scale

    accuracy, _ = train_recall(plain_rnn(), near_lag, seed, watch=shrink)
    figures[figure("accuracy, all of the gradient scaled", lag=near_lag)] = accuracy
    return figures


def difference(record: Record, one: str, other: str) -> Interval:
    """Return the mean of the paired difference of two figures with its 95 % interval."""
    values = record.values(one) - record.values(other)
    n, mean = len(values), float(values.mean())
    half = student_quantile(0.975, n - 1) * float(values.std(ddof=1)) / math.sqrt(n)
    return Interval(mean, mean - half, mean + half)


def rule_2(record: Record) -> Verdict:
    """Judge "because its gradient shrinks towards zero with distance".

    First the link: torch's start has a share below 0.001 and a recall below 0.35. Then the cause:
    the same start, forwards untouched, with the gradient's norm kept on its way back; the paired
    gain in accuracy has to end above 0.2, over the gradient as it is and over one as long that
    points anywhere. It is the only cause if, besides, halving the gradient at
    each step brings an orthogonal start down to chance (below 0.35), and if a gradient that is
    small everywhere, not only far away, stops learning, too. Otherwise the claim holds if …
    """
    lag, near = record.settings["lag"], record.settings["near_lag"]
    torch_start, kept, shrunk = (
        {"start": "torch", "gradient": "as it is"},
        {"start": "torch", "gradient": "kept"},
        {"start": 1.0, "gradient": "shrunk"},
    )
    plain, mended, cut = (
        record.interval("accuracy", **parts) for parts in (torch_start, kept, shrunk)
    )
    shares = record.values("share", **torch_start, step=0)
    turned = {"start": "torch", "gradient": "turned"}
    gained = min(
        difference(record, figure("accuracy", **kept), figure("accuracy", **other)).low
        for other in (torch_start, turned)
    )
    small = record.interval("accuracy, all of the gradient scaled", lag=near)
    seen = (
        f"at a lag of {lag} a plain RNN names {100 * plain.mean:.0f} %; with its gradient kept "
        f"from shrinking, and nothing else changed, {100 * mended.mean:.0f} %"
    )
    if shares.max() > 1e-3 or plain.high > 0.35 or gained < 0.2:
        return Verdict(FAILS, seen)
    if cut.high < 0.35 and small.high < 0.35:
        return Verdict(HOLDS, seen)
    return Verdict(
        HOLDS_IF,
        "small means small beside the gradient of the near past, and if it is not taken for the "
        f"only cause: {seen}; an orthogonal start whose gradient is made to shrink still names "
        f"{100 * cut.mean:.0f} %",
    )


# --- claim 25 --------------------------------------------------------------------------------


def experiment_25(
    seed: int, lag: int, near_lag: int, rate: float, gain: float, clips: Sequence[float]
) -> Figures:
    """Train with stochastic gradient descent, with and without clipping, from two starts.

    *Exploding*: W_hh is `gain` times an orthogonal matrix. *Vanishing*: torch's start. A clip of 0
    means that nothing is clipped. At `near_lag` the second start shows that the budget suffices.
    """
    figures: Figures = {}
    starts = {"exploding": (gain, lag), "vanishing": (None, lag), "near": (None, near_lag)}
    for name, (start, distance) in starts.items():
        for clip in clips if name != "near" else clips[:1]:
            norms: list[float] = []
            parts = {"start": name, "clip": clip}

            def watch(
                step: int,
                model: Any,
                norms: list[float] = norms,
                parts: dict[str, Any] = parts,
                distance: int = distance,
            ) -> None:
                if step == 0:
                    figures[figure("share", **parts)] = share(model, distance)
                squares = sum(float((p.grad.double() ** 2).sum()) for p in model.parameters())
                norms.append(math.sqrt(squares))

            figures[figure("accuracy", **parts)] = train_recall(
                plain_rnn(start),
                distance,
                seed,
                optimiser="SGD",
                rate=rate,
                clip=clip or None,
                watch=watch,
            )[0]
            figures[figure("norm at the start", **parts)] = norms[0]
            figures[figure("updates with a norm above 1", **parts)] = float(
                np.mean(np.array(norms) > 1)
            )
    return figures


def rule_25(record: Record) -> Verdict:
    """Judge "clipping cures exploding, not vanishing".

    Exploding is cured if clipping raises the accuracy: the interval of the paired difference ends
    above 0.2. Vanishing is not cured if the accuracy with clipping stays below 0.35, at a budget
    that is enough for a near symbol (above 0.9).
    """
    clip = max(record.settings["clips"])

    def accuracy(start: str, clip: float) -> Interval:
        return record.interval("accuracy", start=start, clip=clip)

    means = {
        name: (accuracy(name, 0.0).mean, accuracy(name, clip).mean)
        for name in ("exploding", "vanishing")
    }
    raised = difference(
        record,
        figure("accuracy", start="exploding", clip=clip),
        figure("accuracy", start="exploding", clip=0.0),
    )
    still = accuracy("vanishing", clip)
    enough = accuracy("near", 0.0).low > 0.9
    cures, leaves = raised.low > 0.2, enough and still.high < 0.35
    seen = "; ".join(
        f"{name}: {100 * plain:.0f} % without clipping, {100 * clipped:.0f} % with it"
        for name, (plain, clipped) in means.items()
    )
    if cures and leaves:
        return Verdict(HOLDS, seen)
    if cures:
        return Verdict(HOLDS_IF, f"it is about exploding alone: {seen}")
    return Verdict(FAILS, seen)


register(
    Claim(
        number=1,
        statement="A plain RNN loses early information as the sequence grows.",
        source="said of recurrent networks in introductory texts; Bengio, Simard and Frasconi "
        "1994, doi:10.1109/72.279181",
        lesson="06_vanishing_gradients",
        experiment=experiment_1,
        rule=rule_1,
        settings={
            "lags": [2, 5, 10, 20, 30, 40],
            "orthogonal_lags": [40],
            "longer": {"20": 1200},
        },
        live_settings={"lags": [5, 40], "orthogonal_lags": [], "longer": {}},
        seeds=tuple(range(6)),
        tolerance=0.06,
    )
)

register(
    Claim(
        number=2,
        statement="It does so because its gradient shrinks towards zero with distance.",
        source="said of recurrent networks in introductory texts; Bengio, Simard and Frasconi "
        "1994, doi:10.1109/72.279181; Pascanu, Mikolov and Bengio 2013, arXiv:1211.5063",
        lesson="06_vanishing_gradients",
        experiment=experiment_2,
        rule=rule_2,
        settings={
            "lag": 30,
            "gains": [0.7, 0.8, 0.9],
            "ways": [
                ["torch", "as it is"],
                ["torch", "kept"],
                ["torch", "turned"],
                [1.0, "as it is"],
                [1.0, "shrunk"],
            ],
            "looks": [0, 200, 400, 599],
            "near_lag": 5,
            "scale": 1e-3,
        },
        live_settings={
            "gains": [],
            "ways": [["torch", "as it is"], ["torch", "kept"]],
        },
        seeds=tuple(range(6)),
        tolerance=0.06,
    )
)

register(
    Claim(
        number=25,
        statement="Clipping cures exploding, not vanishing.",
        source="Pascanu, Mikolov and Bengio 2013, On the difficulty of training recurrent neural "
        "networks, arXiv:1211.5063",
        lesson="06_vanishing_gradients",
        experiment=experiment_25,
        rule=rule_25,
        settings={
            "lag": 20,
            "near_lag": 3,
            "rate": 0.2,
            "gain": 2.0,
            "clips": [0.0, 1.0],
        },
        seeds=tuple(range(8)),
        tolerance=0.06,
    )
)
