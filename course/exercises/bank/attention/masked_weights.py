"""Exercise 11.2: find the bug, weights on padding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import (
    CodeExercise,
    Mistake,
    Probe,
    register,
)

Array = npt.NDArray[Any]


def given_weights(scores: Array, mask: Array) -> Array:
    """The colleague's weights, as the learner finds them."""
    scores = scores * mask
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def masked_weights(scores: Array, mask: Array) -> Array:
    """Attention weights (B, S) that are exactly zero on padding, where the mask is False."""
    scores = np.where(mask, scores, -np.inf)
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights: Array = e / e.sum(axis=-1, keepdims=True)
    return weights


def _masked_probes(rng: np.random.Generator) -> list[Probe]:
    def one(lengths: Sequence[int], S: int, scale: float = 2.0) -> tuple[Array, Array]:
        mask = np.arange(S) < np.array(lengths)[:, None]
        return scale * rng.normal(size=mask.shape), mask

    far = np.array([[-40.0, -41.0, 3.0], [700.0, 800.0, -3.0]])
    return [
        Probe((np.array([[1.0, 0.0, 9.0]]), np.array([[True, True, False]])), label="a padded row"),
        Probe(one([4, 2, 3], 5), label="padding in every row"),
        Probe(one([3, 3], 3), label="no padding"),
        Probe(one([1, 4], 4), label="one token"),
        Probe((far, np.array([[True, True, False], [True, True, False]])), label="scores far off"),
        Probe(
            (np.array([[1.0, 2.0, 2000.0]]), np.array([[True, True, False]])),
            label="a large score on padding",
        ),
        Probe(
            (np.array([[-800.0, -801.0, 0.0]]), np.array([[True, True, False]])),
            label="all scores of words below -800",
        ),
    ]


def _masked_torch(scores: Array, mask: Array) -> Array:
    import torch

    filled = torch.tensor(scores).masked_fill(~torch.tensor(mask), -torch.inf)
    return np.asarray(filled.softmax(dim=-1).numpy())


def _masked_by_row(scores: Array, mask: Array) -> Array:
    weights = np.zeros(scores.shape)
    for b, keep in enumerate(mask):
        row = scores[b, keep]
        row = np.exp(row - row.max())
        weights[b, keep] = row / row.sum()
    return weights


def _softmax(scores: Array, axis: int = -1) -> Array:
    e = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return np.asarray(e / e.sum(axis=axis, keepdims=True))


def _masked_with(largest: Callable[[Array], Any]) -> Any:
    """Mask, and take away something else than each row's largest score."""

    def answer(scores: Array, mask: Array) -> Array:
        filled = np.where(mask, scores, -np.inf)
        with np.errstate(all="ignore"):
            e = np.exp(filled - largest(filled))
            return np.asarray(e / e.sum(axis=-1, keepdims=True))

    return answer


def _infinity_by_zero(scores: Array, mask: Array) -> Array:
    with np.errstate(invalid="ignore"):
        return _softmax(scores - np.inf * (1 - mask))


def _over_the_batch(scores: Array, mask: Array) -> Array:
    filled = np.where(mask, scores, -np.inf)
    with np.errstate(invalid="ignore"):
        return _softmax(filled, axis=0)


def _shifted(scores: Array, mask: Array) -> Array:
    """Softmax whose maximum is taken over all places, and whose sum over tokens alone."""
    e = np.exp(scores - scores.max(axis=-1, keepdims=True)) * mask
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


register(
    CodeExercise(
        name="attention.masked_weights",
        title="Weights on padding",
        points=2,
        reference=masked_weights,
        given=given_weights,
        probes=_masked_probes,
        oracle=_masked_torch,
        equivalents={"torch": _masked_torch, "row by row": _masked_by_row},
        outputs=("weights",),
        axes=("BS",),
        mistakes=[
            Mistake(
                "masked_after",
                "Padding gets zero now, but the rows no longer sum to one: its share was cut off "
                "after softmax had given it away. Take padding out before softmax.",
                lambda scores, mask: _softmax(scores) * mask,
            ),
            Mistake(
                "no_mask",
                "The mask is not used at all.",
                lambda scores, mask: _softmax(scores),
            ),
            Mistake(
                "not_far_enough",
                "You put −10 where padding is. That is little beside most scores, not beside all: "
                "of the probes one has scores near −40. Only −∞ is below every number.",
                lambda scores, mask: _softmax(np.where(mask, scores, -10.0)),
            ),
            Mistake(
                "mask_inverted",
                "You look at the padding alone. The mask is True where there is a token.",
                lambda scores, mask: _softmax(np.where(mask, -1e300, scores)),
            ),
            Mistake(
                "over_the_batch",
                "Your columns sum to one, not your rows: softmax ran over the batch. Each sentence "
                "shares out its own look, over its S positions.",
                _over_the_batch,
            ),
            Mistake(
                "zero_is_padding",
                "A token whose score is exactly 0 has lost its weight: you took it for padding. "
                "Ask the mask, not the product.",
                lambda scores, mask: _softmax(np.where(scores * mask == 0, -np.inf, scores)),
            ),
            Mistake(
                "infinity_by_zero",
                "∞ · 0 is not 0, it is nan, and so every token's score is lost. Choose between the "
                "score and −∞ with `np.where`.",
                _infinity_by_zero,
            ),
            Mistake(
                "overflow",
                "The mask is right. But with scores near 800, e^score is infinite, and infinity by "
                "infinity is nan. The given code took the row's largest score away first; keep it.",
                _masked_with(lambda scores: 0.0),
            ),
            Mistake(
                "largest_of_all",
                "The mask is right. But you took away the largest score of the whole batch: where "
                "a row lies far below it, e^score is zero, and zero by zero is nan. Take away each "
                "row's own largest.",
                _masked_with(lambda scores: scores.max()),
            ),
            Mistake(
                "zeros_in_the_maximum",
                "The scores are still multiplied by the mask, and the row's largest is taken among "
                "these zeros. Where the tokens' scores lie far below 0, every e^score is then 0, "
                "and 0 / 0 is nan. Put −∞ on the padding first.",
                lambda scores, mask: _shifted(scores * mask, mask),
            ),
            Mistake(
                "maximum_of_padding",
                "The row's largest score is taken with the padding in it. Where padding scores far "
                "more, every e^score of a token is 0, and 0 / 0 is nan. Put −∞ on the padding "
                "first.",
                lambda scores, mask: _shifted(scores, mask),
            ),
            Mistake(
                "one_axis_more",
                "Every weight is 1: your softmax ran over an axis of length one. Look at the shape "
                "before you take softmax; it must run over S.",
                lambda scores, mask: _softmax(scores[..., None])[..., 0] * mask,
            ),
        ],
        hints=[
            "What is $e^0$? And to which score does softmax give a share of exactly zero?",
            "`scores` and `mask` are (B, S). Softmax runs over S, the last axis.",
            "Padding needs a score that is below every number, before softmax sees it.",
            "`scores = np.where(mask, scores, -np.inf)`",
        ],
        survivors={
            "4: -1 → 1": "the scores have two axes, so these are the same",
            "5: -1 → 1": "the scores have two axes, so these are the same",
        },
        solved="A score of 0 is no score below the others, it is one among them. A test that asks "
        "for sums of one and for exact zeros on padding finds this bug and its relatives.",
    )
)
