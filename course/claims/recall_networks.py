"""Networks for the recall task: their training, and what is measured on them.

`train_recall` trains for a fixed number of updates; `train_until_learnt`, used by the claims, stops
once the task is learnt and says when that was. Only the cell differs between networks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from helpers.corpora.recall import recall_batch

if TYPE_CHECKING:
    import torch
SYMBOLS, FILLERS = 4, 4
GOAL = 0.98
"""The share of validation sequences that has to be named for a run to stop; chance is 0.25."""
LEARNT = 0.9
"""A run has learnt its task when it names more than this share of the test sequences."""
MOST = 0.8
"""The share of the seeds that must have learnt a task, for it to count as learnt."""


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


class Run(NamedTuple):
    """A training: the share of test sequences named, the updates that it took, and the model."""

    accuracy: float
    updates: int
    model: Any


def train_until_learnt(
    make_cell: Callable[[int, int], Any],
    lag: int,
    seed: int,
    *,
    rate: float,
    steps: int,
    H: int = 32,
    B: int = 64,
    optimiser: str = "Adam",
    clip: float | None = 1.0,
    watch: Callable[[int, Any], object] | None = None,
) -> Run:
    """Train as `train_recall` does, but stop once the task is learnt.

    Every 25 updates 256 validation sequences are named, which are used for nothing else; the
    training stops where `GOAL` of them are right, and after `steps` updates in any case. The other
    parameters are those of `train_recall`. The accuracy is that of 1,000 test sequences.
    """
    import torch

    torch.manual_seed(seed)
    train, check, test = (np.random.default_rng([seed, lag, use]) for use in (5, 6, 7))
    model, validation = recall_model(make_cell, H), recall_batch(256, lag, check)
    update = getattr(torch.optim, optimiser)(model.parameters(), lr=rate)
    for step in range(1, steps + 1):
        x, answers = map(torch.from_numpy, recall_batch(B, lag, train))
        update.zero_grad()
        torch.nn.functional.cross_entropy(model(x), answers).backward()
        if watch is not None:
            watch(step - 1, model)
        if clip is not None:
            torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        update.step()
        if step % 25 == 0 and named(model, *validation) >= GOAL:
            break
    return Run(named(model, *recall_batch(1000, lag, test)), step, model)


def named(model: Any, x: npt.NDArray[np.int64], answers: npt.NDArray[np.int64]) -> float:
    """Return the share of the sequences x (B, T) whose first symbol a model names."""
    import torch

    with torch.no_grad():
        return float((model(torch.from_numpy(x)).argmax(dim=1).numpy() == answers).mean())


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


def rnn_cell(start: str | float, gradient: str = "as it is") -> Callable[[int, int], Any]:
    """Return a `make_cell` for a plain RNN by the name of its start.

    "torch"; "identity", which has ReLU in place of tanh, W_hh the identity matrix and no biases
    (Le, Jaitly and Hinton 2015, arXiv:1504.00941); or a number, the gain of an orthogonal W_hh,
    which "orthogonal" sets to 1. `gradient` is what `plain_rnn` does to the way back.
    """
    import torch

    def identity(D: int, H: int) -> torch.nn.RNN:
        cell = torch.nn.RNN(D, H, batch_first=True, nonlinearity="relu")
        _, weight_hh, *biases = cell.parameters()
        torch.nn.init.eye_(weight_hh)
        for bias in biases:
            torch.nn.init.zeros_(bias)
        return cell

    if start == "identity":
        return identity
    gains = {"torch": None, "orthogonal": 1.0}
    return plain_rnn(gains[start] if isinstance(start, str) else start, gradient)


def gradient_norms(
    model: Any, lag: int, B: int = 64, gradient: str = "as it is"
) -> npt.NDArray[np.float64]:
    """Return ‖∂loss/∂h_t‖ at the distances 0 to `lag` from the loss, in float64.

    The norm is that of all B sequences together; the sequences are the same at each call.
    `gradient` says what is done to it on its way back, as in `plain_rnn`: what a tanh network
    receives in that training.
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
    norms: list[float] = []
    size, rng = np.linalg.norm(dh, axis=1, keepdims=True), np.random.default_rng(0)
    for h_t in reversed(h[1:]):
        if gradient == "shrunk":
            dh = dh / 2
        elif gradient in ("kept", "turned"):
            dh = rng.normal(size=dh.shape) if gradient == "turned" and norms else dh
            dh = dh * size / np.linalg.norm(dh, axis=1, keepdims=True)
        norms.append(float(np.linalg.norm(dh)))
        dh = (dh * (1 - h_t**2)) @ W_hh
    return np.array(norms)


def share(model: Any, lag: int, gradient: str = "as it is") -> float:
    """Return ‖∂loss/∂h_1‖ over ‖∂loss/∂h_T‖: what the symbol gets, beside the last filler.

    With the `gradient` of the training it is the share that is received there.
    """
    norms = gradient_norms(model, lag, gradient=gradient)
    return float(norms[-1] / max(norms[0], 1e-300))


def state_share(model: Any, lag: int, B: int = 64) -> float:
    """Return how much of a change in the first symbol's state is left in the last, in float64.

    The change, from one symbol's first state to another's, is carried forwards by the Jacobians:
    the norm of what becomes of it over its norm, of all B sequences together.
    """
    x, _ = recall_batch(B, lag, np.random.default_rng(lag), SYMBOLS, FILLERS)
    W_xh, W_hh, b_ih, b_hh = (p.detach().double().numpy() for p in model.cell.parameters())
    other = (x[:, 0] + 1) % SYMBOLS
    h = np.tanh(W_xh.T[x[:, 0]] + b_ih + b_hh)
    change = np.tanh(W_xh.T[other] + b_ih + b_hh) - h
    first = float(np.linalg.norm(change))
    for t in range(1, lag + 1):
        h = np.tanh(W_xh.T[x[:, t]] + b_ih + h @ W_hh.T + b_hh)
        change = (1 - h**2) * (change @ W_hh.T)
    return float(np.linalg.norm(change)) / first


def radius_and_largest(model: Any) -> tuple[float, float]:
    """Return the spectral radius and the largest singular value of a network's W_hh."""
    W_hh = model.cell.weight_hh_l0.detach().double().numpy()
    return float(np.abs(np.linalg.eigvals(W_hh)).max()), float(np.linalg.norm(W_hh, 2))


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
