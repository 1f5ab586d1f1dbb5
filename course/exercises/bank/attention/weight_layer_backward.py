"""Exercise 11.6: the attention weight layer, backwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from course.exercises.bank.attention.common import (
    ONE,
    SIZES,
    Array,
    some_mask,
    states,
    torch_attention,
)
from helpers.attention import attention_weight_layer, masked_softmax_backward

Pair = tuple[Array, Array]


def weight_layer_backward(
    dattention_weights: Array, h: Array, s_t: Array, attention_weights: Array
) -> Pair:
    """Back through the softmax, then through the dot products."""
    dscores = masked_softmax_backward(dattention_weights, attention_weights)
    dh = dscores[:, :, None] * s_t[:, None]
    ds_t = (dscores[:, :, None] * h).sum(axis=1)
    return dh, ds_t


def _trace(
    dattention_weights: Array, h: Array, s_t: Array, attention_weights: Array
) -> dict[str, Array]:
    """The three lines by name."""
    dscores = masked_softmax_backward(dattention_weights, attention_weights)
    dh = dscores[:, :, None] * s_t[:, None]
    ds_t = (dscores[:, :, None] * h).sum(axis=1)
    return {"dscores": dscores, "dh": dh, "ds_t": ds_t}


def _autograd(dweights: Array, h: Array, s_t: Array, attention_weights: Array) -> Pair:
    """By torch: a weight that is exactly zero was one of padding."""
    import torch

    weights, *leaves = torch_attention(h, s_t, attention_weights > 0)
    weights.backward(torch.tensor(dweights))
    dh, ds_t = (leaf.grad.numpy() for leaf in leaves)
    return dh, ds_t


def _einsum(dweights: Array, h: Array, s_t: Array, a: Array) -> Pair:
    jacobian = np.einsum("bi,ij->bij", a, np.eye(a.shape[1])) - np.einsum("bi,bj->bij", a, a)
    dscores = np.einsum("bij,bi->bj", jacobian, dweights)
    return np.einsum("bs,bh->bsh", dscores, s_t), np.einsum("bs,bsh->bh", dscores, h)


def _probes(rng: np.random.Generator) -> list[Probe]:
    query = np.array([[1.0, 0.0]])
    example = np.array([[1.0, 0.0]]), ONE, query, attention_weight_layer(ONE, query)
    probes = [Probe(example, label=EXAMPLE)]
    for B, S, H in SIZES:
        h, s_t = states(rng, B, S, H)
        dweights = rng.normal(size=(B, S)).round(2)
        for mask, label in ((None, ""), (some_mask(B, S), "with padding")):
            weights = attention_weight_layer(h, s_t, mask)
            probes.append(Probe((dweights, h, s_t, weights), label=label))
    return probes


def _with(
    softmax: Callable[..., Any] = masked_softmax_backward,
    dh: Callable[..., Any] = lambda de, h, s: de[:, :, None] * s[:, None],
    ds: Callable[..., Any] = lambda de, h, s: (de[:, :, None] * h).sum(axis=1),
) -> Callable[..., Any]:
    """The layer's way back with one of its lines replaced."""

    def wrong(dweights: Array, h: Array, s_t: Array, attention_weights: Array) -> Any:
        dscores = softmax(dweights, attention_weights)
        return dh(dscores, h, s_t), ds(dscores, h, s_t)

    return wrong


register(
    CodeExercise(
        name="attention.weight_layer_backward",
        title="The weight layer, backwards",
        points=3,
        package="attention.attention_weight_layer_backward",
        reference=weight_layer_backward,
        trace=_trace,
        probes=_probes,
        oracle=_autograd,
        equivalents={"autograd": _autograd, "the softmax's Jacobian": _einsum},
        outputs=("dh", "ds_t"),
        axes=("BSH", "BH"),
        mistakes=[
            Mistake(
                "no_softmax",
                "You left out the softmax: `dattention_weights` went straight into the dot "
                "products. `masked_softmax_backward` gives the gradient of the scores.",
                _with(softmax=lambda dweights, a: dweights),
            ),
            Mistake(
                "diagonal_only",
                "Your softmax goes back as $\\alpha_j\\, d\\alpha_j$ alone. A score moves *all* "
                "weights: the mean $\\sum_i \\alpha_i\\, d\\alpha_i$ is missing.",
                _with(softmax=lambda dweights, a: a * dweights),
            ),
            Mistake(
                "sigmoid_s",
                "Your softmax goes back as $\\alpha_j (1 - \\alpha_j)\\, d\\alpha_j$, as a sigmoid "
                "does. A score moves the other weights, too.",
                _with(softmax=lambda dweights, a: a * (1 - a) * dweights),
            ),
            Mistake(
                "plain_mean",
                "You subtracted the plain mean of `dattention_weights`. The mean is weighted by "
                "$\\alpha$.",
                _with(softmax=lambda dw, a: a * (dw - dw.mean(axis=-1, keepdims=True))),
            ),
            Mistake(
                "no_outer_weight",
                "The softmax's way back lacks the factor $\\alpha_j$ in front of the bracket.",
                _with(softmax=lambda dw, a: dw - (a * dw).sum(axis=-1, keepdims=True)),
            ),
            Mistake(
                "softmax_twice",
                "You went back through the softmax twice.",
                _with(
                    softmax=lambda dw, a: masked_softmax_backward(masked_softmax_backward(dw, a), a)
                ),
            ),
            Mistake(
                "first_query_s",
                "You took the query of the first sentence for all of them.",
                _with(dh=lambda de, h, s: de[:, :, None] * s[0]),
            ),
            Mistake(
                "arguments_exchanged",
                "The two arguments of `masked_softmax_backward` are exchanged: first the gradient, "
                "then the weights.",
                _with(softmax=lambda dweights, a: masked_softmax_backward(a, dweights)),
            ),
            Mistake(
                "exchanged",
                "The two results are right and exchanged: first `dh`, then `ds_t`.",
                lambda *args: weight_layer_backward(*args)[::-1],
            ),
            Mistake(
                "dh_with_h",
                "Your `dh` is $de_j\\, h_j$. The score is $s_t · h_j$, so $h_j$ gets the other "
                "factor: $de_j\\, s_t$.",
                _with(dh=lambda de, h, s: de[:, :, None] * h),
            ),
            Mistake(
                "ds_with_s",
                "Your `ds_t` is $\\sum_j de_j\\, s_t$. The score is $s_t · h_j$, so $s_t$ gets the "
                "other factor: $\\sum_j de_j\\, h_j$.",
                _with(ds=lambda de, h, s: (de[:, :, None] * s[:, None]).sum(axis=1)),
            ),
            Mistake(
                "ds_not_summed",
                "`ds_t` still has the axis S. The query is compared with every state: its "
                "gradients are added over S.",
                _with(ds=lambda de, h, s: de[:, :, None] * h),
            ),
            Mistake(
                "ds_mean",
                "You took the mean over S for `ds_t`. The gradients are added.",
                _with(ds=lambda de, h, s: (de[:, :, None] * h).mean(axis=1)),
            ),
            Mistake(
                "dh_summed",
                "You summed `dh` over S. Each state has a gradient of its own, (B, S, H).",
                _with(dh=lambda de, h, s: (de[:, :, None] * s[:, None]).sum(axis=1)),
            ),
            Mistake(
                "ds_whole_batch",
                "You added `ds_t` over the batch, too. Each sentence has a query of its own.",
                _with(ds=lambda de, h, s: (de[:, :, None] * h).sum(axis=(0, 1))),
            ),
            Mistake(
                "sign",
                "Both gradients have the wrong sign.",
                lambda *args: tuple(-one for one in weight_layer_backward(*args)),
            ),
        ],
        hints=[
            "Forward: dot products, then softmax. Backward: softmax first, then dot products.",
            "`dscores` is (B, S), from `masked_softmax_backward(dattention_weights, "
            "attention_weights)`.",
            "$dh_j = de_j\\, s_t$, and $ds_t = \\sum_j de_j\\, h_j$.",
            "`ds_t = (dscores[:, :, None] * h).sum(axis=1)`",
        ],
        solved="Each state was used twice, as a key here and as a value in the sum: its two "
        "gradients are added.",
    )
)
