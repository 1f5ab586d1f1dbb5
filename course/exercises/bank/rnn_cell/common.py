"""What the exercises of lesson 02 share: the garden, torch as the oracle, weights as answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import Mistake
from course.exercises.data import Tensor

Array = npt.NDArray[Any]

GARDEN = (
    np.array([[-0.5, 2.5, -0.1, 0.1], [-0.4, 0.1, 0.4, 0.8]]),  # W_xh (H, D)
    np.array([[0.9, 0.1], [0.2, 0.5]]),  # W_hh (H, H)
    np.array([0.1, -0.1]),  # b_h (H,)
)
W_HY, B_Y = np.array([[-1.0, -0.5], [0.8, 0.2]]), np.array([0.1, -0.1])  # the gardener's output
DAYS = np.array([[0.0, 1.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]])  # (T, D)

# Reasons why a mutant is right.
OTHER_WEIGHTS = "other weights that do the task; any that do are right"
LISTS = "nested lists are taken as well as arrays"

NOTHING_RETURNED = "Your function returns nothing: does it lack its `return` line?"


def torch_states(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """All hidden states (B, T, H) from torch's own layer."""
    import torch

    H, D = W_xh.shape
    layer = torch.nn.RNN(D, H, batch_first=True, dtype=torch.float64)
    weights = (W_xh, W_hh, b_h, np.zeros(H))
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    layer.load_state_dict({n: torch.tensor(w) for n, w in zip(names, weights, strict=True)})
    with torch.no_grad():
        states, _ = layer(torch.tensor(x), torch.tensor(h_0)[None])
    return states.numpy()


def weights_alone(answer: Callable[..., Any], *_probe: Any, **_named: Any) -> Any:
    """Call an answer for its weights; what they do is found out by `interpret`."""
    return answer()


def checked(weights: Any, shapes: dict[str, tuple[int, ...]]) -> list[Array] | str:
    """Turn what a learner returned into arrays, or say in a sentence what is wrong with it."""
    if weights is None:
        return NOTHING_RETURNED
    if isinstance(weights, dict):
        return f"Return the arrays alone, without names, in this order: {', '.join(shapes)}."
    if not isinstance(weights, tuple | list) or len(weights) != len(shapes):
        return f"Return {len(shapes)} arrays, in this order: {', '.join(shapes)}."
    arrays = []
    for (name, shape), weight in zip(shapes.items(), weights, strict=True):
        if isinstance(weight, Tensor):
            weight = weight.array
        try:
            if np.array(weight).dtype.kind in "US":
                raise TypeError  # "6" is no number, though NumPy would make one of it
            array = np.array(weight, dtype=float)
        except (TypeError, ValueError):
            return f"`{name}` is not made of numbers."
        if array.shape != shape:
            return f"`{name}` must have shape {shape}."
        if not np.isfinite(array).all():
            return f"`{name}` holds nan or infinity. Give ordinary numbers."
        arrays.append(array)
    return arrays


def shape_mistakes(right: Callable[[], tuple[Array, ...]], told: dict[str, str]) -> list[Mistake]:
    """One mistake for the number of arrays and one for the shape of each."""
    shapes = {name: array.shape for name, array in zip(told, right(), strict=True)}

    def flat(index: int) -> Callable[[], Any]:
        return lambda: tuple(w.sum() if i == index else w for i, w in enumerate(right()))

    listed = ", ".join(f"`{name}`" for name in told)
    count = f"Return {len(told)} arrays, in this order: {listed}."
    alone = f"You return a dict. Return the arrays alone, in this order: {listed}."
    kinds = [
        Mistake("count", count, lambda: ()),
        Mistake("nothing", NOTHING_RETURNED, lambda: None),
        Mistake("dict", alone, lambda: dict(zip(told, right(), strict=True))),
    ]
    return kinds + [
        Mistake(f"shape_of_{name}", f"`{name}` must have shape {shapes[name]}: {text}", flat(i))
        for i, (name, text) in enumerate(told.items())
    ]
