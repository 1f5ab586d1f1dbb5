"""Exercise 9.7: a beam by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from course.exercises.bank import Mistake, ValueExercise, register

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
