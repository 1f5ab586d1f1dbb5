"""What the exercises of lesson 09 share: encoders and decoders with given weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Weights = Mapping[str, Array]

DROPOUT = 0.5  # in the probes with dropout
LSTM = {"weight_ih_l0": 2, "weight_hh_l0": 2, "bias_ih_l0": 1, "bias_hh_l0": 1}  # axes


def lstm_weights(rng: np.random.Generator, H: int) -> dict[str, Array]:
    """The weights of an LSTM of H units, with inputs of size H, by torch's names."""
    return {f"recurrent.{name}": rng.normal(size=(4 * H, H)[:axes]) for name, axes in LSTM.items()}


def built(kind: type[Any], weights: Weights, dropout: float) -> Any:
    """An encoder or a decoder of the package in float64; with dropout it is in training."""
    import torch

    V, H = weights["embedding.weight"].shape
    module = kind(V, H, dropout).double()
    module.load_state_dict({name: torch.tensor(value) for name, value in weights.items()})
    if dropout:
        module.dropout = _fixed_dropout(dropout)
    return module.train(dropout > 0)


def _fixed_dropout(p: float) -> Any:
    """Dropout that drops the same entries for everybody, however an answer orders its calls."""
    import torch

    class FixedDropout(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            rng = np.random.default_rng(x.numel())
            return x * torch.tensor((rng.random(tuple(x.shape)) >= p) / (1 - p))

    return FixedDropout()


def trouble(error: Exception, help_with: str) -> str:
    """Say what torch complained about."""
    return f"Torch raises {type(error).__name__}: {str(error).splitlines()[0]}. {help_with}"
