"""Claims 1, 2 and 25, measured in lesson 05: what a plain RNN forgets, and why.

`train_recall` is the training of the recall task that lessons 05, 06 and 07 share: one budget, one
evaluation, and only the cell differs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

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
