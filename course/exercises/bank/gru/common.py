"""What the exercises of lesson 08 share: numbers worked by hand, weights, torch as the oracle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import EXAMPLE, Probe
from helpers.gru import GRUWeights

Array = npt.NDArray[Any]
Results = tuple[Any, ...]

# One unit on paper: the old state, the candidate, the update gate.
H_PREV, CANDIDATE, GATE = np.array([[0.8]]), np.array([[-0.6]]), np.array([[0.75]])
# Two units: the old state, the reset gate, W_hn with rows (0, 3) and (1, 0), b_hn. With 2 for 3 the
# gradient of *before* would be that of *after* with a wrong transpose.
TWO = (
    np.array([[0.6, -0.4]]),
    np.array([[0.5, 0.25]]),
    np.array([[0.0, 3.0], [1.0, 0.0]]),
    np.array([0.2, 0.4]),
)
SIZES = ((2, 2, "two of everything"), (3, 2, ""), (2, 4, ""), (4, 1, "H = 1"))


def in_both(
    name: str, first: Any, second: Any, made: list[tuple[tuple[Any, ...], str]]
) -> list[Probe]:
    """Each call in both conventions; the keyword is in the probe's label."""
    probes = []
    for args, label in made:
        for value in (first, second):
            said = f"{label}, {name}={value!r}" if label and label != EXAMPLE else label
            told = said if label and value == first else f"{label}, {name}={value!r}".strip(", ")
            probes.append(Probe(args, {name: value}, label=told))
    return probes


def mixed(rng: np.random.Generator, B: int, H: int) -> tuple[Array, Array, Array]:
    """An old state, a candidate and a gate, (B, H) each."""
    h_prev, n = rng.uniform(-1, 1, size=(2, B, H)).round(2)
    return h_prev, n, rng.uniform(0.05, 0.95, size=(B, H)).round(2)


def reset_call(rng: np.random.Generator, B: int, H: int) -> tuple[Array, ...]:
    """An old state, a reset gate, W_hn and b_hn."""
    h_prev, _, r = mixed(rng, B, H)
    return h_prev, r, rng.normal(size=(H, H)).round(2), rng.normal(size=H).round(2)


def some_weights(rng: np.random.Generator, D: int, H: int) -> GRUWeights:
    """W_x, W_h and b of r, z and n, and b_hn."""
    sizes = [(H, D), (H, H), (H,)] * 3 + [(H,)]
    return GRUWeights(*(rng.normal(size=size).round(2) for size in sizes))


def torch_gru(stacked: tuple[Array, ...], x: Array, h_0: Array) -> Array:
    """All states of torch's layer with stacked weights."""
    import torch

    layer = torch.nn.GRU(x.shape[2], h_0.shape[1], batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        for parameter, array in zip(layer.parameters(), stacked, strict=True):
            parameter.copy_(torch.tensor(np.array(array)))
        return layer(torch.tensor(x), torch.tensor(h_0)[None])[0].numpy()


def by_convention(
    one: Callable[..., Any], other: Callable[..., Any], name: str, first: Any
) -> Callable[..., Any]:
    """A function that does `one` where its keyword has the first value, and `other` otherwise."""

    def chosen(*args: Any, **how: Any) -> Any:
        return (one if how.get(name, first) == first else other)(*args)

    return chosen
