"""What the exercises of lesson 05 share: layers to walk back through, torch as the oracle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import EXAMPLE, Probe

Array = npt.NDArray[Any]
Grads = tuple[Any, ...]
Backward = Callable[..., Grads]

GRADIENTS = ("dx", "dh_0", "dW_xh", "dW_hh", "db_h")
AXES = ("BTD", "BH", "HD", "HK", "H")


def states(x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """All hidden states (B, T, H)."""
    h_t, h = h_0, []
    for t in range(x.shape[1]):
        h_t = np.tanh(x[:, t] @ W_xh.T + h_t @ W_hh.T + b_h)
        h.append(h_t)
    return np.stack(h, axis=1)


def on_paper() -> tuple[Array, ...]:
    """The network on paper: dh, x, h_0, h, W_xh, W_hh."""
    x, h_0 = np.array([[[0.39657], [0.34931]]]), np.array([[-0.4]])
    W_xh, W_hh = np.array([[2.0]]), np.array([[0.5]])
    h = states(x, h_0, W_xh, W_hh, np.array([0.1]))
    return np.array([[[-0.6], [1.0]]]), x, h_0, h, W_xh, W_hh


def layer(rng: np.random.Generator, B: int, T: int, D: int, H: int) -> tuple[Array, ...]:
    """A layer's dh, x, h_0, h, W_xh, W_hh."""
    x, h_0 = rng.normal(size=(B, T, D)), rng.uniform(-1, 1, size=(B, H))
    W_xh, W_hh, b_h = rng.normal(size=(H, D)), rng.normal(size=(H, H)), rng.normal(size=H)
    h = states(x, h_0, W_xh, W_hh, b_h)
    return rng.normal(size=h.shape), x, h_0, h, W_xh, W_hh


def layer_probes(rng: np.random.Generator) -> list[Probe]:
    """The network on paper, then layers with all sizes different and special lengths."""
    sizes = (
        (1, 2, 1, 2, "a small layer"),
        (2, 2, 2, 2, "two of everything"),
        (3, 4, 5, 2, ""),
        (2, 5, 3, 4, ""),
        (4, 1, 2, 3, "T = 1"),
    )
    made = [Probe(layer(rng, *size), label=label) for *size, label in sizes]
    return [Probe(on_paper(), label=EXAMPLE), *made]


def by_torch(
    dh: Array, x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array, k: int | None = None
) -> Grads:
    """Torch's gradients, cut every k steps; the bias, no argument, is found from the first step."""
    import torch

    b_h = np.arctanh(h[0, 0]) - W_xh @ x[0, 0] - W_hh @ h_0[0]
    leaves = [torch.tensor(a, requires_grad=True) for a in (x, h_0, W_xh, W_hh, b_h)]
    inputs, h_t, W_in, W_loop, bias = leaves
    total = torch.zeros((), dtype=torch.float64)
    for t in range(x.shape[1]):
        if k is not None and t > 0 and t % k == 0:
            h_t = h_t.detach()
        h_t = torch.tanh(inputs[:, t] @ W_in.T + h_t @ W_loop.T + bias)
        total = total + (h_t * torch.tensor(dh[:, t])).sum()
    total.backward()
    return tuple(leaf.grad.numpy() for leaf in leaves)  # type: ignore[union-attr]


def gathered(dh: Array, x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array) -> Grads:
    """The layer backwards, with the weights' gradients taken once at the end."""
    da, back = np.empty_like(h), np.zeros_like(h_0)
    for t in range(h.shape[1] - 1, -1, -1):
        da[:, t] = (1 - h[:, t] ** 2) * (dh[:, t] + back)
        back = np.einsum("bj,jk->bk", da[:, t], W_hh)
    before = np.concatenate([h_0[:, None], h[:, :-1]], axis=1)
    return (
        da @ W_xh,
        back,
        np.einsum("bth,btd->hd", da, x),
        np.einsum("bth,btk->hk", da, before),
        da.sum(axis=(0, 1)),
    )


def state_before(h: Array, h_0: Array, t: int) -> Array:
    """The state that step t starts from."""
    return h[:, t - 1] if t > 0 else h_0


def walked(
    *,
    steps: Callable[[int], Any] = lambda T: reversed(range(T)),
    arriving: Callable[[Array, int, Array], Array] = lambda dh, t, back: dh[:, t] + back,
    slope: Callable[[Array], Array] = lambda h_t: 1 - h_t**2,
    before: Callable[[Array, Array, int], Array] = state_before,
    back: Callable[[Array, Array, Array], Array] = lambda da, W_hh, dh_t: da @ W_hh,
    add: bool = True,
) -> Backward:
    """A walk back through the layer, with one of its parts replaced."""

    def backward(dh: Array, x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array) -> Grads:
        dx, dh_next = np.zeros(x.shape), np.zeros(h_0.shape)
        dW_xh, dW_hh, db_h = np.zeros(W_xh.shape), np.zeros(W_hh.shape), np.zeros(len(W_hh))
        for t in steps(x.shape[1]):
            dh_t = arriving(dh, t, dh_next)
            da_t = dh_t * slope(h[:, t])
            dx[:, t] = da_t @ W_xh
            dh_next = back(da_t, W_hh, dh_t)
            new = da_t.T @ x[:, t], da_t.T @ before(h, h_0, t), da_t.sum(axis=0)
            old = (dW_xh, dW_hh, db_h) if add else (0, 0, 0)
            dW_xh, dW_hh, db_h = (one + other for one, other in zip(old, new, strict=True))
        return dx, dh_next, dW_xh, dW_hh, db_h

    return backward


RIGHT = walked()


def changed(change: Callable[..., Grads], walk: Backward = RIGHT) -> Backward:
    """A walk whose five gradients are changed afterwards: `change(gradients, *arguments)`."""
    return lambda *args: change(walk(*args), *args)
