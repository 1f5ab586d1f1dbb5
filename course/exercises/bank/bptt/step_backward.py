"""Exercise 5.3: the step, backwards."""

from __future__ import annotations

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Probe, register
from course.exercises.bank.bptt.common import Array, Grads
from course.exercises.bank.bptt.step_mistakes import MISTAKES


def step_backward(
    dh_t: Array, x_t: Array, h_prev: Array, h_t: Array, W_xh: Array, W_hh: Array
) -> Grads:
    """Send the gradient of one step back to everything that went into it."""
    da_t = dh_t * (1 - h_t**2)
    dx_t = da_t @ W_xh
    dh_prev = da_t @ W_hh
    dW_xh = da_t.T @ x_t
    dW_hh = da_t.T @ h_prev
    db_h = da_t.sum(axis=0)
    return dx_t, dh_prev, dW_xh, dW_hh, db_h


def _trace(
    dh_t: Array, x_t: Array, h_prev: Array, h_t: Array, W_xh: Array, W_hh: Array
) -> dict[str, Array]:
    """The lines of the derivation's table by name."""
    da_t = dh_t * (1 - h_t**2)
    dx_t = da_t @ W_xh
    dh_prev = da_t @ W_hh
    dW_xh = da_t.T @ x_t
    dW_hh = da_t.T @ h_prev
    db_h = da_t.sum(axis=0)
    return {
        "da_t": da_t,
        "dx_t": dx_t,
        "dh_prev": dh_prev,
        "dW_xh": dW_xh,
        "dW_hh": dW_hh,
        "db_h": db_h,
    }


def _torch(dh_t: Array, x_t: Array, h_prev: Array, h_t: Array, W_xh: Array, W_hh: Array) -> Grads:
    """Autograd; what the bias added, which is no argument, is found from the new state."""
    import torch

    b_h = np.arctanh(h_t) - x_t @ W_xh.T - h_prev @ W_hh.T
    leaves = [torch.tensor(a, requires_grad=True) for a in (x_t, h_prev, W_xh, W_hh)]
    bias = torch.zeros(len(W_hh), dtype=torch.float64, requires_grad=True)
    x, h, W_in, W_loop = leaves
    total = torch.nn.functional.linear(x, W_in) + torch.nn.functional.linear(h, W_loop, bias)
    torch.tanh(total + torch.tensor(b_h)).backward(torch.tensor(dh_t))
    return tuple(leaf.grad.numpy() for leaf in (*leaves, bias))  # type: ignore[union-attr]


def _probes(rng: np.random.Generator) -> list[Probe]:
    """Step 2 on paper, then batches with all sizes different."""
    h_prev = np.tanh(2 * 0.39657 + 0.5 * -0.4 + 0.1)
    h_t = np.tanh(2 * 0.34931 + 0.5 * h_prev + 0.1)
    paper = [np.array([[number]]) for number in (1.0, 0.34931, h_prev, h_t, 2.0, 0.5)]
    probes = [Probe(tuple(paper), label=EXAMPLE)]
    sizes = (
        (1, 1, 2, "two hidden units"),
        (2, 2, 2, "two of everything"),
        (3, 4, 2, ""),
        (4, 2, 3, ""),
        (1, 3, 2, "B = 1"),
        (2, 3, 1, "one hidden unit"),
    )
    for B, D, H, label in sizes:
        x, h_prev = rng.normal(size=(B, D)).round(2), rng.uniform(-1, 1, size=(B, H)).round(2)
        W_xh, W_hh = rng.normal(size=(H, D)).round(2), rng.normal(size=(H, H)).round(2)
        h_t = np.tanh(x @ W_xh.T + h_prev @ W_hh.T + rng.normal(size=H).round(2))
        probes.append(
            Probe((rng.normal(size=(B, H)).round(2), x, h_prev, h_t, W_xh, W_hh), label=label)
        )
    return probes


def _einsum(dh_t: Array, x_t: Array, h_prev: Array, h_t: Array, W_xh: Array, W_hh: Array) -> Grads:
    da = np.einsum("bj,bj->bj", dh_t, 1 - h_t * h_t)
    back = np.einsum("bj,ji->bi", da, W_xh), np.einsum("bj,jk->bk", da, W_hh)
    weights = np.einsum("bj,bi->ji", da, x_t), np.einsum("bj,bk->jk", da, h_prev)
    return *back, *weights, np.einsum("bj->j", da)


def _row_by_row(
    dh_t: Array, x_t: Array, h_prev: Array, h_t: Array, W_xh: Array, W_hh: Array
) -> Grads:
    dx, dh_prev = np.zeros(x_t.shape), np.zeros(h_prev.shape)
    dW_xh, dW_hh, db_h = np.zeros(W_xh.shape), np.zeros(W_hh.shape), np.zeros(len(W_hh))
    for b in range(len(x_t)):
        da = dh_t[b] * (1 - h_t[b] ** 2)
        dx[b], dh_prev[b] = W_xh.T @ da, W_hh.T @ da
        dW_xh += np.outer(da, x_t[b])
        dW_hh += np.outer(da, h_prev[b])
        db_h += da
    return dx, dh_prev, dW_xh, dW_hh, db_h


register(
    CodeExercise(
        name="bptt.step_backward",
        title="The step, backwards",
        points=3,
        package="rnn.rnn_step_backward",
        reference=step_backward,
        trace=_trace,
        probes=_probes,
        oracle=_torch,
        equivalents={"torch": _torch, "einsum": _einsum, "row by row": _row_by_row},
        outputs=("dx_t", "dh_prev", "dW_xh", "dW_hh", "db_h"),
        axes=("BD", "BH", "HD", "HK", "H"),
        mistakes=MISTAKES,
        hints=[
            "Take the table line by line. `da_t` comes from `dh_t` and the slope of tanh. All the "
            "rest are products with `da_t`.",
            "`da_t` is (B, H). The weights' gradients have the shapes of the weights, (H, D) and "
            "(H, H): (H, B) times (B, D) gives the first. `dx_t` is (B, H) times (H, D).",
            "Five lines: `da_t` from `dh_t` and `h_t`; `dx_t` and `dh_prev` as products of `da_t` "
            "with `W_xh` and `W_hh`, not transposed; `dW_xh` and `dW_hh` as products of `da_t.T` "
            "with `x_t` and `h_prev`; `db_h` as a sum over the batch.",
            "`da_t = dh_t * (1 - h_t**2)`",
        ],
        solved="Six lines, and every network with a tanh state uses them. What comes back along "
        "`dh_prev` is `dh_t` times the slope, times `W_hh`: lesson 06 looks at that product.",
    )
)
