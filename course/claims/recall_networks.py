"""Networks for the recall task: their training, and what is measured on them.

`train_recall` is the training that lessons 06, 07 and 08 share: one budget, one evaluation, and
only the cell differs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

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
