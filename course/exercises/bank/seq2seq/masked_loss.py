"""Exercise 9.8: find the bug, a loss that rewards padding."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, register
from course.exercises.bank.seq2seq.common import Array

# Why a mutant that walks the other way is right.
_ANY_ORDER = "the rows, and the words of a sum, may be taken in any order"


def given_loss(log_p: Array, wanted: Array) -> float:
    """The colleague's loss, as the learner finds it."""
    B, T, _ = log_p.shape
    total = 0.0
    for b in range(B):
        for t in range(T):
            total -= log_p[b, t, wanted[b, t]]
    return float(total / (B * T))


def masked_loss(log_p: Array, wanted: Array) -> float:
    """Mean negative log-probability of the words wanted; padding (0) does not count."""
    B, T, _ = log_p.shape
    total, count = 0.0, 0
    for b in range(B):
        for t in range(T):
            if wanted[b, t] != 0:
                total -= log_p[b, t, wanted[b, t]]
                count += 1
    return float(total / count)


def _loss_probes(rng: np.random.Generator) -> list[Probe]:
    def one(lengths: Sequence[int], T: int, V: int) -> tuple[Array, Array]:
        logits = rng.normal(size=(len(lengths), T, V))
        log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
        wanted = np.zeros((len(lengths), T), dtype=np.int64)
        for b, length in enumerate(lengths):
            wanted[b, :length] = rng.integers(1, V, size=length)
        return log_p, wanted

    halves = np.log(np.array([[[0.5, 0.25, 0.25], [0.8, 0.1, 0.1]]]))
    return [
        Probe((halves, np.array([[1, 0]])), label="the example"),
        Probe(one([2, 4, 1], 4, 5)),
        Probe(one([3, 3], 3, 6), label="no padding"),
        Probe(one([1, 6, 2, 5], 7, 4), label="padding in every row"),
        Probe(one([1], 1, 3), label="one word"),
    ]


def _loss_torch(log_p: Array, wanted: Array) -> float:
    import torch

    return torch.nn.functional.nll_loss(
        torch.tensor(log_p).flatten(0, 1), torch.tensor(wanted).flatten(), ignore_index=0
    ).item()


def _loss_gathered(log_p: Array, wanted: Array) -> float:
    chosen = np.take_along_axis(log_p, wanted[..., None], axis=-1)[..., 0]
    return float(-chosen[wanted != 0].mean())


def _loss_by_sentence(log_p: Array, wanted: Array) -> float:
    chosen = np.take_along_axis(log_p, wanted[..., None], axis=-1)[..., 0]
    mask = wanted != 0
    return float(-((chosen * mask).sum(axis=1) / mask.sum(axis=1)).mean())


def _of_words_above(log_p: Array, wanted: Array) -> float:
    chosen = np.take_along_axis(log_p, wanted[..., None], axis=-1)[..., 0]
    return float(-chosen[wanted > 3].sum() / (wanted > 3).sum())


def _of_words_above_in_a_loop(log_p: Array, wanted: Array) -> float:
    if not (wanted > 3).any():
        raise ZeroDivisionError("float division by zero")
    return _of_words_above(log_p, wanted)


def _up_to_padding(log_p: Array, wanted: Array) -> float:
    flat = wanted.ravel()
    end = int(flat.argmin()) if (flat == 0).any() else flat.size
    chosen = np.take_along_axis(log_p, wanted[..., None], axis=-1).ravel()
    return float(-chosen[:end].mean())


register(
    CodeExercise(
        name="seq2seq.masked_loss",
        title="A loss that rewards padding",
        points=2,
        reference=masked_loss,
        given=given_loss,
        probes=_loss_probes,
        oracle=_loss_torch,
        equivalents={"torch": _loss_torch, "gathered": _loss_gathered},
        outputs=("loss",),
        mistakes=[
            Mistake(
                "divided_by_all",
                "Padding no longer adds to your sum, but it still counts in the divisor: divide by "
                "the number of words, not by B · T.",
                lambda log_p, wanted: (
                    _loss_gathered(log_p, wanted) * (wanted != 0).sum() / wanted.size
                ),
            ),
            Mistake(
                "padding_summed",
                "You divide by the number of words, but your sum still includes the padding.",
                lambda log_p, wanted: given_loss(log_p, wanted) * wanted.size / (wanted != 0).sum(),
            ),
            Mistake(
                "mean_of_means",
                "You took the mean of each sentence, and then the mean of these means. A word of a "
                "short sentence then counts for more than one of a long sentence. Divide once, by "
                "the number of all words.",
                _loss_by_sentence,
            ),
            Mistake(
                "sum",
                "This is the sum. Divide it by the number of words, without padding.",
                lambda log_p, wanted: _loss_gathered(log_p, wanted) * float((wanted != 0).sum()),
            ),
            Mistake(
                "sign",
                "A loss falls as the model gets better: it is minus the log-probability.",
                lambda log_p, wanted: -_loss_gathered(log_p, wanted),
            ),
            Mistake(
                "reserved_left_out",
                "You leave out more than the padding: ids 1, 2 and 3 are missing, too. The example "
                "then has no word left, and its mean is 0 / 0. Only id 0 is padding.",
                _of_words_above,
            ),
            Mistake(
                "reserved_left_out_by_a_loop",
                "Nothing is left to count in the example, where the wanted id is 1: you leave "
                "out ids 1, 2 and 3 as well. Only id 0 is padding.",
                _of_words_above_in_a_loop,
            ),
            Mistake(
                "stops_at_padding",
                "You stop at the first padding of the batch, so the sentences after it are left "
                "out. Skip the padded position and go on.",
                _up_to_padding,
            ),
            Mistake(
                "by_places",
                "You divided by T, the length of the longest sentence. Divide by the number of "
                "words.",
                lambda log_p, wanted: (
                    _loss_gathered(log_p, wanted) * float((wanted != 0).sum()) / wanted.shape[1]
                ),
            ),
            Mistake(
                "by_sentences",
                "You divided by the number of sentences. Divide by the number of words.",
                lambda log_p, wanted: (
                    _loss_gathered(log_p, wanted) * float((wanted != 0).sum()) / len(wanted)
                ),
            ),
        ],
        hints=[
            "At a padded position, the word wanted is number 0, `<pad>`. What does the model learn "
            "if the loss falls when it writes `<pad>`?",
            "Two numbers have to change: what is summed, and what it is divided by.",
            "While you add, also count the positions where the wanted word is not 0.",
            "`if wanted[b, t] != 0:`",
        ],
        survivors={
            "4: (0.0, 0) → (0, 0.0)": "a sum and a count may be whole numbers or floats",
            "5: range(B) → reversed(range(B))": _ANY_ORDER,
            "6: range(T) → reversed(range(T))": _ANY_ORDER,
            "10: float(total / count) → total / count": "NumPy's float64 is a float",
        },
        solved="`ignore_index=0` in torch's cross-entropy does the same: it leaves padding out of "
        "both the sum and the count.",
    )
)
