"""Exercise 11.3: the attention weight layer."""

from __future__ import annotations

from collections.abc import Callable

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
from helpers.attention import masked_softmax

Mask = Array | None


def weight_layer(h: Array, s_t: Array, mask: Mask = None) -> Array:
    """Dot products, then softmax."""
    scores = (h * s_t[:, None]).sum(axis=-1)
    return masked_softmax(scores, mask)


def _trace(h: Array, s_t: Array, mask: Mask = None) -> dict[str, Array]:
    """The two lines by name."""
    scores = (h * s_t[:, None]).sum(axis=-1)
    attention_weights = masked_softmax(scores, mask)
    return {"scores": scores, "attention_weights": attention_weights}


def _torch(h: Array, s_t: Array, mask: Mask = None) -> Array:
    weights: Array = torch_attention(h, s_t, mask)[0].detach().numpy()
    return weights


def _by_products(h: Array, s_t: Array, mask: Mask = None) -> Array:
    return masked_softmax((h @ s_t[:, :, None])[..., 0], mask)


def _loop(h: Array, s_t: Array, mask: Mask = None) -> Array:
    rows = []
    for b in range(len(h)):
        scores = [float(s_t[b] @ state) for state in h[b]]
        e = [np.exp(score) for score in scores]
        if mask is not None:
            e = [one if token else 0.0 for one, token in zip(e, mask[b], strict=True)]
        rows.append(np.array(e) / sum(e))
    return np.array(rows)


def _probes(rng: np.random.Generator) -> list[Probe]:
    probes = [Probe((ONE, np.array([[1.0, 1.0]])), label=EXAMPLE)]
    for B, S, H in SIZES:
        h, s_t = states(rng, B, S, H)
        probes.append(Probe((h, s_t)))
        probes.append(Probe((h, s_t, some_mask(B, S)), label="with padding"))
    return probes


def _with(
    score: Callable[[Array, Array], Array] = lambda h, s_t: (h * s_t[:, None]).sum(axis=-1),
    weigh: Callable[[Array, Mask], Array] = masked_softmax,
) -> Callable[..., Array]:
    """The layer with one of its lines replaced."""

    def wrong(h: Array, s_t: Array, mask: Mask = None) -> Array:
        return weigh(score(h, s_t), mask)

    return wrong


def _over_the_batch(scores: Array, mask: Mask) -> Array:
    e = np.exp(scores) if mask is None else np.exp(scores) * mask
    return np.asarray(e / e.sum(axis=0, keepdims=True))


def _masked_afterwards(scores: Array, mask: Mask) -> Array:
    weights = masked_softmax(scores)
    return weights if mask is None else weights * mask


def _multiplied_mask(scores: Array, mask: Mask) -> Array:
    return masked_softmax(scores if mask is None else scores * mask)


register(
    CodeExercise(
        name="attention.weight_layer",
        title="The attention weight layer",
        points=2,
        package="attention.attention_weight_layer",
        reference=weight_layer,
        trace=_trace,
        probes=_probes,
        oracle=_torch,
        equivalents={"a matrix product": _by_products, "a loop": _loop},
        outputs=("attention_weights",),
        axes=("BS",),
        mistakes=[
            Mistake(
                "no_softmax",
                "You returned the scores. `masked_softmax` turns them into weights.",
                _with(weigh=lambda scores, mask: scores),
            ),
            Mistake(
                "mask_dropped",
                "The mask has no effect on your weights: `masked_softmax(scores, mask)`.",
                _with(weigh=lambda scores, mask: masked_softmax(scores)),
            ),
            Mistake(
                "masked_afterwards",
                "You set the padding to zero after the softmax: then the other weights no longer "
                "sum to one. The softmax has to know the mask.",
                _with(weigh=_masked_afterwards),
            ),
            Mistake(
                "mask_multiplied",
                "You multiplied the scores by the mask. A score of 0 gets a weight: $e^0 = 1$.",
                _with(weigh=_multiplied_mask),
            ),
            Mistake(
                "mask_inverted",
                "You gave the weights to the padding: the mask is True where there is a token.",
                _with(
                    weigh=lambda scores, mask: (
                        masked_softmax(scores)
                        if mask is None
                        else np.exp(scores) * ~mask / np.maximum((np.exp(scores) * ~mask).sum(), 1)
                    )
                ),
            ),
            Mistake(
                "over_the_batch",
                "Your weights sum to one over the sentences of the batch. Each sentence's own "
                "weights sum to one over its S places.",
                _with(weigh=_over_the_batch),
            ),
            Mistake(
                "no_exp",
                "You divided the scores by their sum. Softmax takes their exponentials first.",
                _with(
                    weigh=lambda scores, mask: (
                        (scores if mask is None else scores * mask)
                        / (scores if mask is None else scores * mask).sum(axis=-1, keepdims=True)
                    )
                ),
            ),
            Mistake(
                "scaled",
                "You divided the scores by $\\sqrt{H}$. That is the scaled dot product of lesson "
                "12; here nothing is divided.",
                _with(score=lambda h, s_t: (h * s_t[:, None]).sum(-1) / h.shape[-1] ** 0.5),
            ),
            Mistake(
                "mean",
                "You took the mean over H. A dot product is a sum.",
                _with(score=lambda h, s_t: (h * s_t[:, None]).mean(axis=-1)),
            ),
            Mistake(
                "negative",
                "Your scores have the wrong sign: the least like state gets the largest weight.",
                _with(score=lambda h, s_t: -(h * s_t[:, None]).sum(axis=-1)),
            ),
            Mistake(
                "first_query",
                "You compared every sentence with the query of the first one.",
                _with(score=lambda h, s_t: h @ s_t[0]),
            ),
            Mistake(
                "summed_over_s",
                "You summed over S, the states. A dot product sums over H, the last axis.",
                _with(score=lambda h, s_t: (h * s_t[:, None]).sum(axis=1)),
            ),
            Mistake(
                "no_query",
                "You added up the states and never used the query `s_t`.",
                _with(score=lambda h, s_t: h.sum(axis=-1)),
            ),
            Mistake(
                "cosine",
                "You divided by the lengths of the vectors. That is the cosine; here it is the dot "
                "product.",
                _with(
                    score=lambda h, s_t: (
                        (h * s_t[:, None]).sum(axis=-1)
                        / np.linalg.norm(h, axis=-1)
                        / np.linalg.norm(s_t, axis=-1, keepdims=True)
                    )
                ),
            ),
        ],
        hints=[
            "Two steps: a score for each state, then weights from the scores.",
            "`h` is (B, S, H), `s_t` (B, H). With an axis in between, `s_t[:, None]` is (B, 1, H).",
            "Multiply, and sum over the last axis: (B, S). Then `masked_softmax`.",
            "`scores = (h * s_t[:, None]).sum(axis=-1)`",
        ],
        solved="Rows sum to one, and padding gets exactly nothing.",
    )
)
