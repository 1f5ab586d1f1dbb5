"""The ambiguous nouns of lesson 12: short sentences, senses, and what is held out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor

TABLE = """\
food    | 배 감 사과 | 먹었다 깎았다 익었다 달았다
ride    | 배 차 말   | 탔다 몰았다 멈췄다 세웠다
body    | 배 눈 다리 | 아팠다 다쳤다 문질렀다 가렸다
drink   | 차         | 마셨다 끓였다
speech  | 말         | 했다 들었다
apology | 사과       | 받았다 전했다
weather | 눈         | 내렸다 녹았다
bridge  | 다리       | 건넜다 무너졌다
feeling | 감         | 잡았다 왔다"""
TIMES = ("어제", "아까", "지난주에", "그때")
HELD_OUT = ("달았다", "세웠다", "가렸다")
"""The verbs that training shows with other nouns, but never with 배."""


class Homonyms(NamedTuple):
    """Sentences of a time, a noun and a verb, as text and as numbers."""

    sentences: list[list[str]]
    tokens: list[str]
    senses: list[str]
    ids: Tensor  # (B, 3), places in tokens
    sense: Tensor  # (B,), places in senses
    test: Tensor  # (B,), True where 배 stands with a verb of HELD_OUT


def homonyms() -> Homonyms:
    """Return every noun with every verb of its senses, at four times."""
    import torch

    rows = [[cell.split() for cell in line.split("|")] for line in TABLE.splitlines()]
    made = [
        ([time, noun, verb], sense)
        for [sense], nouns, verbs in rows
        for noun in nouns
        for verb in verbs
        for time in TIMES
    ]
    tokens = sorted({token for words, _ in made for token in words})
    senses = [sense for [sense], *_ in rows]
    return Homonyms(
        [words for words, _ in made],
        tokens,
        senses,
        torch.tensor([[tokens.index(token) for token in words] for words, _ in made]),
        torch.tensor([senses.index(sense) for _, sense in made]),
        torch.tensor([words[1] == "배" and words[2] in HELD_OUT for words, _ in made]),
    )
