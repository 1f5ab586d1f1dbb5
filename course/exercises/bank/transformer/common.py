"""What the build exercises of lesson 13 share: a block with the probe's weights."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

Array = npt.NDArray[Any]


def filled(flat: Array, module: Any) -> Any:
    """Put one long vector of numbers into a module's weights, in their order; give the module.

    Its dropouts halve what they are given: so they are the same each time, and a check sees whether
    they are applied, and to what.
    """
    import torch

    module = module.double()
    torch.nn.utils.vector_to_parameters(torch.tensor(flat), module.parameters())
    for residual in [m for m in module.modules() if hasattr(m, "norm_first")]:
        residual.dropout = halving()
    return module


def halving() -> Any:
    """Return a module that halves, in place of a dropout."""
    import torch

    class Halving(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            return x / 2

    return Halving()


def count(attentions: int, d: int, d_ff: int) -> int:
    """Count the weights of a block: its attentions, its feed-forward part, a norm for each part."""
    return attentions * 4 * (d * d + d) + 2 * d * d_ff + d_ff + d + (attentions + 1) * 2 * d


def outputs_of(result: Any, length: int, names: str) -> Any:
    """Turn a block's tensors into arrays, or say what is wrong with what it returned."""
    import torch

    if result is None:
        return "Your forward returns nothing: does it lack its `return` line?"
    if not isinstance(result, tuple | list) or len(result) != length:
        return f"Return {length} things: {names}."
    if not all(isinstance(one, torch.Tensor) for one in result):
        return f"One of the things that you return is no tensor. Return {names}."
    return tuple(one.detach().numpy() for one in result)
