"""The exercises of lesson 09, Sequence to sequence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import (
    CodeExercise,
    Mistake,
    OpenExercise,
    Probe,
    ValueExercise,
    register,
)

Array = npt.NDArray[Any]
Rows = Sequence[Sequence[int]]

# Why a mutant that walks the other way is right.
_ANY_ORDER = "the rows, and the words of a sum, may be taken in any order"

# --- 9.1 · What goes in, what is wanted ----------------------------------------------------------


def shift(targets: Rows) -> tuple[Array, Array]:
    """Decoder inputs and wanted words, both padded with 0: (B, T)."""
    T = max(len(target) for target in targets) + 1
    inputs = np.zeros((len(targets), T), dtype=np.int64)
    wanted = np.zeros((len(targets), T), dtype=np.int64)
    for b, target in enumerate(targets):
        inputs[b, : len(target) + 1] = [2, *target]
        wanted[b, : len(target) + 1] = [*target, 3]
    return inputs, wanted


def _shift_probes(rng: np.random.Generator) -> list[Probe]:
    def rows(lengths: Sequence[int]) -> list[list[int]]:
        return [rng.integers(4, 30, size=length).tolist() for length in lengths]

    return [
        Probe(([[5, 6], [7]],), label="the example"),
        Probe((rows([3, 1, 4, 2]),)),
        Probe((rows([5, 5, 2]),)),
        Probe((rows([4]),), label="one sentence"),
        Probe(([[9], []],), label="an empty sentence"),
    ]


def _shift_torch(targets: Rows) -> tuple[Array, Array]:
    import torch
    from torch.nn.utils.rnn import pad_sequence

    whole = [torch.tensor([2, *target, 3]) for target in targets]
    inputs = pad_sequence([row[:-1] for row in whole], batch_first=True)
    wanted = pad_sequence([row[1:] for row in whole], batch_first=True)
    return inputs.numpy(), wanted.numpy()


def _shift_lists(targets: Rows) -> tuple[Array, Array]:
    longest = max(map(len, targets))
    inputs = [[2, *t] + [0] * (longest - len(t)) for t in targets]
    wanted = [[*t, 3] + [0] * (longest - len(t)) for t in targets]
    return np.array(inputs), np.array(wanted)


def _cut_columns(targets: Rows) -> tuple[Array, Array]:
    longest = max(map(len, targets))
    whole = np.array([[2, *t, 3] + [0] * (longest - len(t)) for t in targets])
    return whole[:, :-1], whole[:, 1:]


def _shifted_with(front: int, back: int, pad: int = 0) -> Any:
    def answer(targets: Rows) -> tuple[Array, Array]:
        longest = max(map(len, targets))
        inputs = [[front, *t] + [pad] * (longest - len(t)) for t in targets]
        wanted = [[*t, back] + [pad] * (longest - len(t)) for t in targets]
        return np.array(inputs), np.array(wanted)

    return answer


def _end_last(targets: Rows) -> tuple[Array, Array]:
    longest = max(map(len, targets))
    inputs = [[2, *t] + [0] * (longest - len(t)) for t in targets]
    wanted = [[*t, *[0] * (longest - len(t)), 3] for t in targets]
    return np.array(inputs), np.array(wanted)


register(
    CodeExercise(
        name="seq2seq.shift",
        title="What goes in, what is wanted",
        points=2,
        reference=shift,
        probes=_shift_probes,
        oracle=_shift_torch,
        equivalents={"torch": _shift_torch, "lists": _shift_lists},
        outputs=("inputs", "wanted"),
        axes=("BT", "BT"),
        mistakes=[
            Mistake(
                "end_goes_in",
                "`</s>` stands among the inputs of the shorter sentences. You padded first and cut "
                "the last column; nothing follows `</s>`, so it is never fed in.",
                _cut_columns,
            ),
            Mistake(
                "not_shifted",
                "Inputs and wanted words stand in step: at each place the decoder is shown the "
                "word that it is to write. It would learn to copy. `<s>` goes in front of the "
                "inputs.",
                lambda targets: (_shift_lists(targets)[1], _shift_lists(targets)[1]),
            ),
            Mistake(
                "swapped",
                "You returned them the other way round: inputs first, then the words wanted.",
                lambda targets: _shift_lists(targets)[::-1],
            ),
            Mistake(
                "end_behind_padding",
                "In the shorter sentences `</s>` stands behind the padding. It comes right after "
                "the last word; padding fills up behind it.",
                _end_last,
            ),
            Mistake(
                "no_end",
                "`</s>` is never wanted, so the decoder never learns to stop.",
                _shifted_with(2, 0),
            ),
            Mistake(
                "ids_exchanged",
                "You exchanged the two marks: `<s>` is 2, `</s>` is 3.",
                _shifted_with(3, 2),
            ),
            Mistake(
                "padded_with_end",
                "You padded with `</s>`. Padding is 0: then it can be told from an end and left "
                "out of the loss.",
                _shifted_with(2, 3, 3),
            ),
        ],
        hints=[
            "At step t the decoder is shown the word before the one that it is to write. Before "
            "the first word stands `<s>`, after the last one `</s>`.",
            "Both have as many columns as the longest sentence has words, and one more.",
            "For each sentence write `[2, *target]` into a row of `inputs` and `[*target, 3]` into "
            "the same row of `wanted`. What is left of the row stays 0.",
            "`inputs[b, : len(target) + 1] = [2, *target]`",
        ],
        solved="In each row the words wanted are the inputs, one place on. `target[:, :-1]` and "
        "`target[:, 1:]` do the same to a padded array, but for an `</s>` that is fed in where "
        "padding is wanted: harmless, because padding has no loss.",
    )
)


# --- 9.2 · Find the bug: a loss that is too low --------------------------------------------------


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
                "Padding adds nothing to your sum any more, but it is counted still: divide by the "
                "number of words, not by B · T.",
                lambda log_p, wanted: (
                    _loss_gathered(log_p, wanted) * (wanted != 0).sum() / wanted.size
                ),
            ),
            Mistake(
                "padding_summed",
                "You divide by the number of words, but the sum holds the padding still.",
                lambda log_p, wanted: given_loss(log_p, wanted) * wanted.size / (wanted != 0).sum(),
            ),
            Mistake(
                "mean_of_means",
                "You took the mean of each sentence, and then of these. Then a word of a short "
                "sentence weighs more than one of a long one. Divide once, by all words.",
                _loss_by_sentence,
            ),
            Mistake(
                "sum",
                "This is the sum. Divide by the number of words that are no padding.",
                lambda log_p, wanted: _loss_gathered(log_p, wanted) * float((wanted != 0).sum()),
            ),
            Mistake(
                "sign",
                "A loss falls as the model gets better: it is minus the log-probability.",
                lambda log_p, wanted: -_loss_gathered(log_p, wanted),
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
            "The word wanted at a padded place is number 0, `<pad>`. What does the model learn if "
            "it is paid for writing it?",
            "Two numbers have to change: what is summed, and what it is divided by.",
            "Count, beside the sum, the places whose wanted word is not 0.",
            "`if wanted[b, t] != 0:`",
        ],
        survivors={
            "4: (0.0, 0) → (0, 0.0)": "a sum and a count may be whole numbers or floats",
            "5: range(B) → reversed(range(B))": _ANY_ORDER,
            "6: range(T) → reversed(range(T))": _ANY_ORDER,
            "10: float(total / count) → total / count": "NumPy's float64 is a float",
        },
        solved="`ignore_index=0` in torch's cross-entropy does both halves: it leaves padding out "
        "of the sum and out of the count.",
    )
)


# --- 9.3 · A beam by hand ------------------------------------------------------------------------

BY_HAND = {
    "<s>": {"a": 0.45, "b": 0.3, "c": 0.25},
    "a": {"x": 0.42, "y": 0.33, "</s>": 0.25},
    "b": {"x": 0.9, "</s>": 0.1},
    "c": {"</s>": 1.0},
    "x": {"</s>": 0.6, "y": 0.4},
    "y": {"</s>": 1.0},
}
"""The probabilities of the next word, by the last one."""


def _beam_of_two() -> float:
    """The package's beam search on the table."""
    import torch
    from torch import nn

    from helpers import decoding, seq2seq

    words = ["<pad>", "<unk>", "<s>", "</s>", "a", "b", "c", "x", "y"]
    table = torch.full((9, 9), 1e-30, dtype=torch.float64)
    for last, following in BY_HAND.items():
        for word, probability in following.items():
            table[words.index(last), words.index(word)] = probability

    class Table(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.logits = nn.Parameter(table.log())

        def begin(self, source: Any, mask: Any) -> Any:
            return seq2seq.Memory(mask, mask, mask, mask), torch.zeros(1, len(source), 1)

        def step(self, tokens: Any, state: Any, memory: Any) -> Any:
            return self.logits[tokens], state, memory.mask

    one = torch.ones(1, 1, dtype=torch.long)
    [[best, *_]] = decoding.beam(Table(), one, one.bool(), width=2, length_penalty=0.0)
    return float(np.exp(best.log_probability))


register(
    ValueExercise(
        name="seq2seq.beam_by_hand",
        title="A beam by hand",
        points=2,
        answer=0.162,
        tolerance=0.0005,
        oracle=_beam_of_two,
        mistakes=[
            Mistake(
                "greedy",
                "This is what greedy decoding finds, `a x`. A beam of two keeps `b` as well.",
                0.1134,
            ),
            Mistake(
                "exhaustive",
                "`c` is the likeliest of all sentences, but is `c` among the two beginnings that "
                "are kept at the first step?",
                0.25,
            ),
            Mistake(
                "no_end",
                "The sentence is right, and `</s>` is missing in its probability: after `x` it has "
                "0.6.",
                0.27,
            ),
            Mistake(
                "greedy_no_end",
                "This is `a x` without its `</s>`. At that step `b x` is likelier, and the "
                "sentence has to be finished.",
                0.189,
            ),
            Mistake(
                "logarithm",
                "This is the logarithm. The question asks for the probability.",
                -1.8202,
            ),
            Mistake(
                "no_start",
                "You left out the probability of the first word after `<s>`.",
                0.54,
            ),
            Mistake(
                "first_end",
                "`a` alone ends with 0.1125, but two beginnings of two words are likelier then: it "
                "is dropped.",
                0.1125,
            ),
            Mistake(
                "goes_on",
                "`b x y` is a sentence, too, but `b x` with `</s>` right after it is likelier.",
                0.108,
            ),
        ],
        hints=[
            "At each step extend both beginnings in every way, multiply, and keep the two largest "
            "products. A beginning that has ended stays as it is.",
            "After the first step the beam holds `a` with 0.45 and `b` with 0.3.",
            "After the second it holds `b x` with 0.27 and `a x` with 0.189; all others are less.",
            "Extend these two: 0.27 · 0.6, 0.27 · 0.4, 0.189 · 0.6, 0.189 · 0.4.",
        ],
        solved="The likeliest sentence of all, `c` with 0.25, was lost at the first step. A beam "
        "of three would have found it: the search is wider than greedy decoding, not complete.",
    )
)


# --- 9.4 · Another penalty -----------------------------------------------------------------------


def rank(log_probabilities: Array, lengths: Array, alpha: float) -> tuple[Array, Array]:
    """Order of the hypotheses, the best first, and their scores in this order."""
    penalty = ((5 + lengths) / 6) ** alpha
    scores = log_probabilities / penalty
    order = np.argsort(-scores)
    return order, scores[order]


def _rank_probes(rng: np.random.Generator) -> list[Probe]:
    def one(K: int) -> tuple[Array, Array]:
        return -rng.uniform(1, 20, size=K), rng.integers(1, 30, size=K)

    return [
        Probe((np.array([-2.0, -2.4]), np.array([1, 7]), 1.0), label="the example"),
        Probe((*one(5), 0.6)),
        Probe((*one(4), 0.0), label="alpha = 0"),
        Probe((*one(6), 1.0), label="alpha = 1"),
        Probe((*one(1), 0.7), label="one hypothesis"),
    ]


def _rank_python(log_probabilities: Array, lengths: Array, alpha: float) -> tuple[Array, Array]:
    import math

    scored = [
        (total / math.pow((5 + int(length)) / 6, alpha), index)
        for index, (total, length) in enumerate(zip(log_probabilities, lengths, strict=True))
    ]
    scored.sort(reverse=True)
    return np.array([index for _, index in scored]), np.array([score for score, _ in scored])


def _rank_torch(log_probabilities: Array, lengths: Array, alpha: float) -> tuple[Array, Array]:
    import torch

    scores = torch.tensor(log_probabilities) / ((5 + torch.tensor(lengths)) / 6.0).double() ** alpha
    values, order = scores.sort(descending=True)
    return order.numpy(), values.numpy()


def _rank_with(score: Any, ascending: bool = False) -> Any:
    def answer(log_probabilities: Array, lengths: Array, alpha: float) -> tuple[Array, Array]:
        scores = score(log_probabilities, lengths, alpha)
        order = np.argsort(scores if ascending else -scores)
        return order, scores[order]

    return answer


register(
    CodeExercise(
        name="seq2seq.rank",
        title="Another penalty",
        points=2,
        reference=rank,
        probes=_rank_probes,
        oracle=_rank_python,
        equivalents={"python": _rank_python, "torch": _rank_torch},
        outputs=("order", "scores"),
        axes=("K", "K"),
        mistakes=[
            Mistake(
                "power_of_length",
                "You divided by the length to the power of α. This penalty is ((5 + n) / 6) to the "
                "power of α.",
                _rank_with(lambda p, n, a: p / n.astype(float) ** a),
            ),
            Mistake(
                "multiplied",
                "You multiplied by the penalty. That makes long hypotheses still worse: divide.",
                _rank_with(lambda p, n, a: p * ((5 + n) / 6) ** a),
            ),
            Mistake(
                "worst_first",
                "Your order has the worst first. Log-probabilities are negative: the best is the "
                "largest, the one nearest to 0.",
                _rank_with(lambda p, n, a: p / ((5 + n) / 6) ** a, ascending=True),
            ),
            Mistake(
                "power_inside",
                "Only n was raised to the power of α. The whole fraction is: ((5 + n) / 6) ** "
                "alpha.",
                _rank_with(lambda p, n, a: p / ((5 + n.astype(float) ** a) / 6)),
            ),
            Mistake(
                "no_brackets",
                "Without brackets 5 + n / 6 divides only the n.",
                _rank_with(lambda p, n, a: p / (5 + n / 6) ** a),
            ),
            Mistake(
                "scores_unsorted",
                "The order is right; the scores stand in the order in which they came. Return them "
                "in the order of the ranks.",
                lambda p, n, a: (
                    rank(p, n, a)[0],
                    p / ((5 + n) / 6) ** a,
                ),
            ),
            Mistake(
                "probabilities",
                "You divided probabilities. The penalty divides their logarithms.",
                _rank_with(lambda p, n, a: np.exp(p) / ((5 + n) / 6) ** a),
            ),
        ],
        hints=[
            "A long hypothesis has a low log-probability because it is a sum of many negative "
            "numbers. Dividing by something that grows with the length takes part of that away.",
            "`log_probabilities` and `lengths` are arrays (K,), alpha a number. Return two arrays "
            "(K,).",
            "Scores first, all at once. Then `np.argsort`, which sorts upwards.",
            "`penalty = ((5 + lengths) / 6) ** alpha`",
        ],
        solved="With α = 0 nothing is divided. The 5 makes the penalty gentle for short sentences: "
        "from one word to two it grows by a sixth, where the plain length doubles.",
    )
)


# --- 9.5 · Capacity or training (open) -----------------------------------------------------------

register(
    OpenExercise(
        name="seq2seq.capacity",
        title="Too narrow, or not learned?",
        points=4,
        rubric=[
            "Says that the falling curve alone has two causes that it cannot tell apart: the "
            "vector cannot hold more, or the network has not learned to fill it.",
            "Names the evidence in the record for each: at equal training a narrower context falls "
            "earlier; at equal width more training falls later.",
            "Proposes an experiment that changes one thing only and could come out either way.",
            "Says which result would speak for which cause.",
        ],
    )
)


# --- 9.6 · The source, turned round --------------------------------------------------------------


def reverse_source(source: Array, mask: Array) -> Array:
    """Each row's tokens from last to first, its padding behind them: (B, S)."""
    turned = np.zeros_like(source)
    for b in range(len(source)):
        length = mask[b].sum()
        turned[b, :length] = source[b, :length][::-1]
    return turned


def _reverse_probes(rng: np.random.Generator) -> list[Probe]:
    def one(lengths: Sequence[int], S: int) -> tuple[Array, Array]:
        mask = np.arange(S) < np.array(lengths)[:, None]
        return rng.integers(4, 30, size=mask.shape) * mask, mask

    return [
        Probe((np.array([[5, 6, 7, 0]]), np.array([[True, True, True, False]])), label="example"),
        Probe(one([4, 1, 3], 4)),
        Probe(one([2, 5, 3, 1], 6), label="padding in every row"),
        Probe(one([3, 3], 3), label="no padding"),
        Probe(one([1], 1), label="one token"),
    ]


def _reverse_torch(source: Array, mask: Array) -> Array:
    import torch
    from torch.nn.utils.rnn import pad_sequence

    rows = [torch.tensor(row[keep]).flip(0) for row, keep in zip(source, mask, strict=True)]
    short = pad_sequence(rows, batch_first=True).numpy()
    return np.pad(short, ((0, 0), (0, source.shape[1] - short.shape[1])))


def _reverse_gathered(source: Array, mask: Array) -> Array:
    place = np.arange(source.shape[1])
    order = np.where(mask, mask.sum(axis=1, keepdims=True) - 1 - place, place)
    return np.take_along_axis(source, order, axis=1)


def _keep_first(source: Array, mask: Array) -> Array:
    turned = _reverse_gathered(source, mask)
    turned[:, 0] = source[:, 0]
    return turned


register(
    CodeExercise(
        name="seq2seq.reverse_source",
        title="The source, turned round",
        points=2,
        reference=reverse_source,
        probes=_reverse_probes,
        oracle=_reverse_torch,
        equivalents={"torch": _reverse_torch, "gathered": _reverse_gathered},
        outputs=("turned",),
        axes=("BS",),
        mistakes=[
            Mistake(
                "padding_first",
                "You turned whole rows round, and the padding came to the front. Turn each row's "
                "tokens alone; padding stays behind.",
                lambda source, mask: source[:, ::-1].copy(),
            ),
            Mistake(
                "batch_reversed",
                "You turned the batch round: its sentences stand in another order, each as it was.",
                lambda source, mask: source[::-1].copy(),
            ),
            Mistake(
                "unchanged",
                "The source is still as it was.",
                lambda source, mask: source.copy(),
            ),
            Mistake(
                "one_short",
                "The last token of each row has stayed behind: `source[b, : length - 1]` leaves "
                "out one token.",
                lambda source, mask: np.stack(
                    [
                        np.concatenate([row[: keep.sum() - 1][::-1], row[keep.sum() - 1 :]])
                        for row, keep in zip(source, mask, strict=True)
                    ]
                ),
            ),
            Mistake(
                "first_kept",
                "The first token of each row is still the old one. All tokens change places.",
                _keep_first,
            ),
        ],
        hints=[
            "The rows have different lengths; the mask knows them.",
            "`source` and `mask` are (B, S), and so is the result. `mask[b].sum()` is the number "
            "of tokens in row b.",
            "Begin with zeros. For each row put its tokens, from last to first, at the row's "
            "beginning.",
            "`turned[b, :length] = source[b, :length][::-1]`",
        ],
        survivors={"4: range(len(source)) → reversed(range(len(source)))": _ANY_ORDER},
        solved="`source[:, ::-1]` would be right only for a batch without padding: a bug that "
        "shows in batches of several lengths alone.",
    )
)
