"""Exercise 9.6: a beam by hand."""

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


def _consequence(p: float) -> str:
    if not 0 <= p <= 1:
        return f"A probability lies between 0 and 1; {p:g} does not."
    return (
        "Write down the two beginnings that are kept after each step, with their probabilities. "
        "The answer is the product of three numbers of the table."
    )


register(
    ValueExercise(
        name="seq2seq.beam_by_hand",
        title="A beam by hand",
        points=2,
        answer=0.162,
        tolerance=0.0005,
        oracle=_beam_of_two,
        consequence=_consequence,
        mistakes=[
            Mistake(
                "per_word",
                "This is the mean per word, the third root of the probability. The question asks "
                "for the probability itself, the product.",
                float(np.cbrt(0.162)),
            ),
            Mistake(
                "per_word_logarithm",
                "This is the mean logarithm per word. The question asks for the probability.",
                float(np.log(0.162) / 3),
            ),
            Mistake(
                "added",
                "You added the three probabilities. Multiply them.",
                1.8,
            ),
            Mistake(
                "a_y",
                "This is `a y` with its `</s>`. After two words, `a x` with 0.189 is likelier than "
                "`a y` with 0.1485, and the beam has room for two beginnings only.",
                0.1485,
            ),
            Mistake(
                "a_x_y",
                "This is `a x y`. Both sentences that begin with `b x` are likelier.",
                0.0756,
            ),
            Mistake(
                "greedy",
                "This is `a x`, which greedy decoding finds. A beam of width 2 also keeps `b`.",
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
                "The sentence is right, but the factor for `</s>` is missing: it is 0.6 after `x`.",
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
                "This is `a` with its `</s>`. It is dropped at step 2, because `b x` and `a x` are "
                "likelier.",
                0.1125,
            ),
            Mistake(
                "goes_on",
                "This is `b x y`. `b x` with `</s>` right after it is likelier.",
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
        "of width 3 would have found it. A beam searches more than greedy decoding, but not all.",
    )
)
