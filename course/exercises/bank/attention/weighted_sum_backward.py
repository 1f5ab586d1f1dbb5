"""Exercise 11.5: the weighted sum layer, backwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from course.exercises.bank.attention.common import ONE, SIZES, Array, some_weights, states
from helpers.attention import masked_softmax_backward

Pair = tuple[Array, Array]


def weighted_sum_backward(dcontext: Array, h: Array, attention_weights: Array) -> Pair:
    """The gradients of the states and of their weights."""
    dh = attention_weights[:, :, None] * dcontext[:, None]
    dattention_weights = (h * dcontext[:, None]).sum(axis=-1)
    return dh, dattention_weights


def _trace(dcontext: Array, h: Array, attention_weights: Array) -> dict[str, Array]:
    """The two lines by name."""
    dh = attention_weights[:, :, None] * dcontext[:, None]
    dattention_weights = (h * dcontext[:, None]).sum(axis=-1)
    return {"dh": dh, "dattention_weights": dattention_weights}


def _autograd(dcontext: Array, h: Array, attention_weights: Array) -> Pair:
    import torch

    leaves = [torch.tensor(one, requires_grad=True) for one in (h, attention_weights)]
    torch.einsum("bsh,bs->bh", *leaves).backward(torch.tensor(dcontext))
    dh, dweights = (leaf.grad.numpy() for leaf in leaves)  # type: ignore[union-attr]
    return dh, dweights


def _probes(rng: np.random.Generator) -> list[Probe]:
    probes = [Probe((np.array([[1.0, 2.0]]), ONE, np.array([[0.25, 0.75]])), label=EXAMPLE)]
    for B, S, H in SIZES:
        h, dcontext = states(rng, B, S, H)
        probes.append(Probe((dcontext, h, some_weights(rng, B, S))))
    return probes


def _with(
    dh: Callable[..., Any] = lambda dc, h, a: a[:, :, None] * dc[:, None],
    dweights: Callable[..., Any] = lambda dc, h, a: (h * dc[:, None]).sum(axis=-1),
) -> Callable[..., Any]:
    """The layer's way back with one of its lines replaced."""
    return lambda dcontext, h, a: (dh(dcontext, h, a), dweights(dcontext, h, a))


register(
    CodeExercise(
        name="attention.weighted_sum_backward",
        title="The weighted sum, backwards",
        points=2,
        package="attention.weighted_sum_layer_backward",
        reference=weighted_sum_backward,
        trace=_trace,
        probes=_probes,
        oracle=_autograd,
        equivalents={
            "autograd": _autograd,
            "einsum": lambda dc, h, a: (
                np.einsum("bs,bh->bsh", a, dc),
                np.einsum("bsh,bh->bs", h, dc),
            ),
        },
        outputs=("dh", "dattention_weights"),
        axes=("BSH", "BS"),
        mistakes=[
            Mistake(
                "exchanged",
                "The two results are right and exchanged: first `dh`, then `dattention_weights`.",
                lambda dc, h, a: weighted_sum_backward(dc, h, a)[::-1],
            ),
            Mistake(
                "dh_without_weight",
                "`dh` lacks the weight: a state counts in the context by its $\\alpha_j$, so its "
                "gradient is $\\alpha_j\\, dc$.",
                _with(dh=lambda dc, h, a: np.ones_like(h) * dc[:, None]),
            ),
            Mistake(
                "dh_forward",
                "Your `dh` is $\\alpha_j h_j$, the way forward. Each factor gets the *other* one, "
                "times $dc$.",
                _with(dh=lambda dc, h, a: a[:, :, None] * h),
            ),
            Mistake(
                "dh_with_h",
                "`dh` has a factor too many: $h_j$ itself does not stand in its own gradient.",
                _with(dh=lambda dc, h, a: a[:, :, None] * dc[:, None] * h),
            ),
            Mistake(
                "dh_summed",
                "You summed `dh` over S. Each state has a gradient of its own, (B, S, H).",
                _with(dh=lambda dc, h, a: (a[:, :, None] * dc[:, None]).sum(axis=1)),
            ),
            Mistake(
                "dweights_not_summed",
                "`dattention_weights` still has the axis H. A weight multiplies all H numbers of "
                "its state, so their contributions are added.",
                _with(dweights=lambda dc, h, a: h * dc[:, None]),
            ),
            Mistake(
                "dweights_mean",
                "For `dattention_weights` you took the mean over H. The contributions are added.",
                _with(dweights=lambda dc, h, a: (h * dc[:, None]).mean(axis=-1)),
            ),
            Mistake(
                "dweights_with_weight",
                "`dattention_weights` has a factor too many: $\\alpha_j$ does not stand in its own "
                "gradient.",
                _with(dweights=lambda dc, h, a: a * (h * dc[:, None]).sum(axis=-1)),
            ),
            Mistake(
                "dweights_without_h",
                "`dattention_weights` lacks the state: it is $dc · h_j$.",
                _with(dweights=lambda dc, h, a: np.ones_like(a) * dc.sum(axis=-1)[:, None]),
            ),
            Mistake(
                "dweights_over_s",
                "For `dattention_weights` you summed over S, and have (B, H). Sum over H: (B, S).",
                _with(dweights=lambda dc, h, a: (h * dc[:, None]).sum(axis=1)),
            ),
            Mistake(
                "softmax_too",
                "`dattention_weights` has gone back through the softmax already. That is the next "
                "layer; here it is $dc · h_j$.",
                _with(
                    dweights=lambda dc, h, a: masked_softmax_backward(
                        (h * dc[:, None]).sum(axis=-1), a
                    )
                ),
            ),
            Mistake(
                "sign",
                "Both gradients have the wrong sign.",
                lambda dc, h, a: tuple(-one for one in weighted_sum_backward(dc, h, a)),
            ),
        ],
        hints=[
            "The context is a sum of products, $\\alpha_j h_j$. What is the gradient of a factor?",
            "`dcontext` is (B, H); `dh` is (B, S, H), `dattention_weights` is (B, S).",
            "$dh_j = \\alpha_j\\, dc$ and $d\\alpha_j = dc · h_j$, for every sentence.",
            "`dattention_weights = (h * dcontext[:, None]).sum(axis=-1)`",
        ],
        solved="A weight's gradient is large where its state points the way that the loss wants.",
    )
)
