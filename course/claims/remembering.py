"""The task of lesson 07's gates: keep the number that came with a mark, and say it when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

if TYPE_CHECKING:
    import torch

Array = npt.NDArray[np.float64]


def remember_batch(B: int, T: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return inputs (B, T, 3), number, mark and question, and targets (B, T).

    The target is the number that was marked last where there is a question, and 0 elsewhere.
    """
    number = rng.uniform(-1, 1, size=(B, T))
    mark = rng.random((B, T)) < 0.15
    ask = (rng.random((B, T)) < 0.2) & ~mark
    target, kept = np.zeros((B, T)), np.zeros(B)
    for t in range(T):
        kept = np.where(mark[:, t], number[:, t], kept)
        target[:, t] = np.where(ask[:, t], kept, 0)
    return np.stack([number, mark, ask], axis=2), target


def remember_model(H: int = 2) -> torch.nn.Module:
    """Build an LSTM in float64, forget bias 1, with one linear output: (B, T, 3) to (B, T)."""
    import torch

    class Remember(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm = torch.nn.LSTM(3, H, batch_first=True, dtype=torch.float64)
            self.head = torch.nn.Linear(H, 1, dtype=torch.float64)
            with torch.no_grad():
                self.lstm.get_parameter("bias_ih_l0")[H : 2 * H] = 1
                self.lstm.get_parameter("bias_hh_l0")[H : 2 * H] = 0

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            output: torch.Tensor = self.head(self.lstm(x)[0])[..., 0]
            return output

    return Remember()


def train_remember(seed: int, H: int = 2, steps: int = 1200) -> Any:
    """Train such a network on fresh batches of 64 sequences of 20 steps, by Adam at 0.03."""
    import torch

    torch.manual_seed(seed)
    rng, model = np.random.default_rng(seed), remember_model(H)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in tqdm(range(steps), desc="training", ascii=True, mininterval=2):
        x, target = (torch.tensor(array) for array in remember_batch(64, 20, rng))
        loss = ((model(x) - target) ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
    return model
