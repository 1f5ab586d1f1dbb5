"""A gated cell between LSTM and GRU, for claim 4: each of their differences can be set alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

SHOWN: dict[str, tuple[bool, bool, float]] = {  # output gate, tanh, factor
    "o tanh(c)": (True, True, 1.0),
    "o c": (True, False, 1.0),
    "tanh(c)": (False, True, 1.0),
    "c": (False, False, 1.0),
    "2 o tanh(c)": (True, True, 2.0),
    "c / 2": (False, False, 0.5),
}
"""What the rest of the network sees of the state c, as `h`."""


def cell_between(coupled: bool, shown: str, reset: bool) -> Callable[[int, int], torch.nn.Module]:
    """Return ``make_cell(D, H)`` for a cell with a forget gate and what else is asked for.

    Not coupled, "o tanh(c)" shown, without reset it is an LSTM; coupled, "c" shown, with reset a
    GRU. All start from the same weights, drawn as torch draws them.

    Parameters
    ----------
    coupled : bool
        Whether the input gate is one less the forget gate: the state is a convex mixture.
    shown : str
        What is handed on as hidden state: a key of `SHOWN`.
    reset : bool
        Whether a gate stands before the candidate's recurrent sum, as in the GRU.
    """
    import torch

    gated, squashed, factor = SHOWN[shown]

    class Between(torch.nn.Module):
        def __init__(self, D: int, H: int) -> None:
            super().__init__()
            self.H, bound = H, H**-0.5
            sizes = ((5 * H, D), (5 * H, H), (5 * H,), (5 * H,))  # f, i, r, o and the candidate
            drawn = (torch.empty(size).uniform_(-bound, bound) for size in sizes)
            self.weights = torch.nn.ParameterList(drawn)

        def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, None]:
            W_x, W_h, b_x, b_h = self.weights
            h = c = x.new_zeros(len(x), self.H)  # (B, H)
            for a_x in (x @ W_x.T + b_x).unbind(dim=1):
                h, c = self.step(a_x, h @ W_h.T + b_h, c)
            return h[:, None], None

        def step(self, a_x: torch.Tensor, a_h: torch.Tensor, c: torch.Tensor) -> Any:
            H = self.H
            f, i, r, o = torch.sigmoid(a_x[:, : 4 * H] + a_h[:, : 4 * H]).split(H, dim=1)
            g = torch.tanh(a_x[:, 4 * H :] + (r * a_h[:, 4 * H :] if reset else a_h[:, 4 * H :]))
            c = f * c + ((1 - f) if coupled else i) * g
            h = torch.tanh(c) if squashed else c
            return factor * (o * h if gated else h), c

    return Between
