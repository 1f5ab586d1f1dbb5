"""Claims 1, 2 and 25, measured in lesson 06: what a plain RNN forgets, and why.

`train_recall` is the training of the recall task that lessons 06, 07 and 08 share: one budget, one
evaluation, and only the cell differs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

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
from helpers.corpora.recall import recall_batch

if TYPE_CHECKING:
    import torch

SYMBOLS, FILLERS = 4, 4


def train_recall(
    make_cell: Callable[[int, int], Any],
    lag: int,
    seed: int,
    *,
    H: int = 32,
    steps: int = 600,
    B: int = 64,
    optimiser: str = "Adam",
    rate: float = 1e-3,
    clip: float | None = 1.0,
    tests: int = 1000,
    watch: Callable[[int, torch.nn.Module], object] | None = None,
) -> tuple[float, torch.nn.Module]:
    """Train a recurrent network to name the first symbol of a sequence, `lag` steps later.

    The model is one recurrent layer, fed one-hot symbols, and one linear layer on its last hidden
    state. It is trained on fresh batches, so nothing can be learnt by heart. With the budget given
    here torch's plain RNN names the symbol at a lag of 5 and is at chance from 30 on, where an LSTM
    with a forget bias of 2 names it.

    Parameters
    ----------
    make_cell : callable
        ``make_cell(D, H)`` returns a batch-first recurrent layer with D inputs and H hidden units,
        as ``lambda D, H: torch.nn.RNN(D, H, batch_first=True)``; what it draws comes from `seed`.
        Its weights may be set on the way.
    lag : int
        Steps between the symbol and the question.
    seed : int
        For the weights, the training sequences and the test sequences.
    H, steps, B : int
        Hidden units, updates, sequences in a batch.
    optimiser, rate : str, float
        The class in ``torch.optim`` and its learning rate.
    clip : float, optional
        The largest norm that the gradient may have; None leaves it as it is.
    tests : int
        How many fresh sequences the accuracy is measured on.
    watch : callable, optional
        ``watch(step, model)`` is called before each update, with the gradient in place and not yet
        clipped.

    Returns
    -------
    accuracy : float
        The share of the test sequences whose first symbol is named; chance is 0.25.
    model : torch.nn.Module
        The trained model; ``model.cell`` and ``model.head`` are its layers, ``model(x)`` with ids x
        of shape (B, T) returns the logits (B, symbols).
    """
    import torch

    torch.manual_seed(seed)
    rng = np.random.default_rng([seed, lag])
    model = recall_model(make_cell, H)
    update = getattr(torch.optim, optimiser)(model.parameters(), lr=rate)
    for step in range(steps):
        x, answers = recall_batch(B, lag, rng, SYMBOLS, FILLERS)
        logits = model(torch.from_numpy(x))  # (B, symbols)
        loss = torch.nn.functional.cross_entropy(logits, torch.from_numpy(answers))
        update.zero_grad()
        loss.backward()
        if watch is not None:
            watch(step, model)
        if clip is not None:
            torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        update.step()
    x, answers = recall_batch(tests, lag, rng, SYMBOLS, FILLERS)
    with torch.no_grad():
        named = model(torch.from_numpy(x)).argmax(dim=1).numpy()
    return float((named == answers).mean()), model


def recall_model(make_cell: Callable[[int, int], Any], H: int) -> torch.nn.Module:
    """Build the network of `train_recall`: ids (B, T) to logits (B, symbols)."""
    import torch

    class Recall(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.cell = make_cell(SYMBOLS + FILLERS, H)
            self.head = torch.nn.Linear(H, SYMBOLS)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            one_hot = torch.nn.functional.one_hot(x, SYMBOLS + FILLERS).float()
            return self.head(self.cell(one_hot)[0][:, -1])

    return Recall()


# --- cells and what is measured on them ------------------------------------------------------


def plain_rnn(gain: float | None = None, gradient: str = "as it is") -> Callable[[int, int], Any]:
    """Return a `make_cell` for a plain RNN with a chosen start and a chosen way back.

    Parameters
    ----------
    gain : float, optional
        W_hh starts as `gain` times an orthogonal matrix; None leaves torch's own start.
    gradient : str
        "as it is", "kept", "turned" or "shrunk"; what is computed forwards does not change.
        *Kept* scales ∂loss/∂h_t, at each step back and for each sequence, to the norm that it has
        at the last step. *Turned* does so, too, but with a random direction: as long, and without
        meaning. *Shrunk* halves it at each step back.
    """
    import torch

    class Unrolled(torch.nn.RNN):
        def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, None]:  # type: ignore[override]
            W_xh, W_hh, b_ih, b_hh = self.parameters()
            sums = x @ W_xh.T + b_ih + b_hh  # (B, T, H)
            h, states = x.new_zeros(len(x), self.hidden_size), []
            size: list[torch.Tensor] = []  # of the gradient at the last step, which comes first

            def change(dh: torch.Tensor) -> torch.Tensor:
                if gradient == "shrunk":
                    return dh / 2
                if gradient == "turned" and size:
                    dh = torch.randn_like(dh)
                norm = dh.norm(dim=1, keepdim=True)
                size.append(norm)
                return dh * size[0] / (norm + 1e-30)

            for a in sums.unbind(dim=1):
                h = torch.tanh(a + h @ W_hh.T)
                if h.requires_grad:
                    h.register_hook(change)
                states.append(h)
            return torch.stack(states, dim=1), None

    def make_cell(D: int, H: int) -> torch.nn.RNN:
        kind = torch.nn.RNN if gradient == "as it is" else Unrolled
        cell = kind(D, H, batch_first=True)
        if gain is not None:
            torch.nn.init.orthogonal_(cell.get_parameter("weight_hh_l0"), gain)
        return cell

    return make_cell


def gradient_norms(model: Any, lag: int, B: int = 64) -> npt.NDArray[np.float64]:
    """Return ‖∂loss/∂h_t‖ at the distances 0 to `lag` from the loss, untouched, in float64.

    The norm is that of all B sequences together; the sequences are the same at each call.
    """
    import torch

    x, answers = recall_batch(B, lag, np.random.default_rng(lag), SYMBOLS, FILLERS)
    W_xh, W_hh, b_ih, b_hh = (p.detach().double().numpy() for p in model.cell.parameters())
    W_hy, b_y = (p.detach().double().numpy() for p in model.head.parameters())
    h = [np.zeros((B, len(W_hh)))]
    for t in range(lag + 1):
        h.append(np.tanh(W_xh.T[x[:, t]] + b_ih + h[-1] @ W_hh.T + b_hh))
    probabilities = torch.softmax(torch.from_numpy(h[-1] @ W_hy.T + b_y), dim=1).numpy()
    dh = (probabilities - np.eye(SYMBOLS)[answers]) @ W_hy / B
    norms = []
    for h_t in reversed(h[1:]):
        norms.append(float(np.linalg.norm(dh)))
        dh = (dh * (1 - h_t**2)) @ W_hh
    return np.array(norms)


def share(model: Any, lag: int) -> float:
    """Return ‖∂loss/∂h_1‖ over ‖∂loss/∂h_T‖: what the symbol hears, beside the last filler."""
    norms = gradient_norms(model, lag)
    return float(norms[-1] / max(norms[0], 1e-300))


def probe_accuracy(model: Any, lag: int, seed: int, sequences: int = 2000) -> float:
    """Return how often a linear readout of the last state, fitted by least squares, is right.

    It is fitted on `sequences` and tested on as many others, so that it tells whether the first
    symbol can still be read from the state, whatever the model's own readout makes of it.
    """
    import torch

    rng = np.random.default_rng([seed, lag, 1])
    x, answers = recall_batch(2 * sequences, lag, rng, SYMBOLS, FILLERS)
    with torch.no_grad():
        one_hot = torch.nn.functional.one_hot(torch.from_numpy(x), SYMBOLS + FILLERS).float()
        h = model.cell(one_hot)[0][:, -1].double().numpy()
    h = np.concatenate([h, np.ones((len(h), 1))], axis=1)
    wanted = np.eye(SYMBOLS)[answers]
    readout = np.linalg.lstsq(h[:sequences], wanted[:sequences], rcond=None)[0]
    named = (h[sequences:] @ readout).argmax(axis=1)
    return float((named == answers[sequences:]).mean())


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
