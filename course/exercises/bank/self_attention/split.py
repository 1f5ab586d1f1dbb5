"""Exercise 12.7: cut into heads."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, register
from course.exercises.bank.self_attention.common import Array, into_torch, out_of_torch


def split(self: Any, x: Any) -> Any:
    """(B, T, N · d) -> (B, N, T, d)."""
    return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)


def _call(answer: Callable[..., Any], heads: int, x: Array) -> Any:
    return out_of_torch(answer(SimpleNamespace(heads=heads), into_torch(x, True)), trained=True)


def _probes(rng: np.random.Generator) -> list[Probe]:
    return [
        Probe((2, np.arange(8.0).reshape(1, 2, 4)), label="(0, 1, 2, 3) and (4, 5, 6, 7), N = 2"),
        Probe((3, rng.normal(size=(2, 4, 15))), label="B = 2, T = 4, N = 3, d = 5"),
        Probe((2, rng.normal(size=(3, 5, 8))), label="B = 3, T = 5, N = 2, d = 4"),
        Probe((1, rng.normal(size=(2, 3, 4))), label="one head"),
        Probe((4, rng.normal(size=(1, 1, 8))), label="one word"),
    ]


def _oracle(heads: int, x: Array) -> Array:
    return np.stack(np.split(x, heads, axis=-1), axis=1)


def _chunks(self: Any, x: Any) -> Any:
    import torch

    return torch.stack(x.chunk(self.heads, dim=-1), dim=1)


def _reshaped(self: Any, x: Any) -> Any:
    B, T, width = x.shape
    return x.reshape(B, T, self.heads, width // self.heads).permute(0, 2, 1, 3)


MISTAKES = [
    Mistake(
        "reshaped_at_once",
        "You reshaped straight to (B, N, T, d). That cuts up words, not columns: a head gets "
        "pieces of several words. Make it (B, T, N, d) first, then swap two axes.",
        lambda self, x: x.reshape(x.shape[0], self.heads, x.shape[1], -1),
    ),
    Mistake(
        "not_swapped",
        "Your result is (B, T, N, d). Swap axes 1 and 2, so that each head has its own (T, d).",
        lambda self, x: x.unflatten(-1, (self.heads, -1)),
    ),
    Mistake(
        "interleaved",
        "Your heads take every N-th column. A head owns adjacent columns: cut the last axis into "
        "(N, d), not (d, N).",
        lambda self, x: x.unflatten(-1, (-1, self.heads)).permute(0, 3, 1, 2),
    ),
    Mistake(
        "width_first",
        "You cut the last axis into (d, N). It should be (N, d): `(self.heads, -1)`.",
        lambda self, x: x.unflatten(-1, (-1, self.heads)).transpose(1, 2),
    ),
    Mistake(
        "last_axes_swapped",
        "You swapped the last two axes, so the result is (B, T, d, N). Swap axes 1 and 2.",
        lambda self, x: x.unflatten(-1, (self.heads, -1)).transpose(-2, -1),
    ),
    Mistake(
        "words_and_width_swapped",
        "Your result is (B, N, d, T). Its last two axes should be T and d.",
        lambda self, x: split(self, x).transpose(-2, -1),
    ),
    Mistake(
        "heads_in_front",
        "Your result is (N, B, T, d), or a list of N heads. The batch stays in front: "
        "(B, N, T, d).",
        lambda self, x: split(self, x).transpose(0, 1),
    ),
    Mistake(
        "batch_swapped",
        "You swapped axes 0 and 1, batch and time. Swap axes 1 and 2.",
        lambda self, x: x.unflatten(-1, (self.heads, -1)).transpose(0, 1),
    ),
    Mistake(
        "words_cut",
        "You cut the words into groups, not the columns. Cut the last axis.",
        lambda self, x: x.unflatten(1, (self.heads, -1)),
    ),
    Mistake(
        "joined_along_time",
        "You joined the heads along the time axis. Stack them along a new axis 1: (B, N, T, d).",
        lambda self, x: split(self, x).flatten(1, 2),
    ),
    Mistake(
        "batch_joined",
        "You joined batch and heads into one axis. Return four: (B, N, T, d).",
        lambda self, x: split(self, x).flatten(0, 1),
    ),
]

register(
    CodeExercise(
        name="self_attention.split",
        title="Cut into heads",
        points=2,
        package="self_attention.MultiHeadAttention.split",
        reference=split,
        probes=_probes,
        call=_call,
        oracle=_oracle,
        must_not_use=("a loop",),
        equivalents={"chunks": _chunks, "reshaped": _reshaped},
        outputs=("cut",),
        axes=("BNTd",),
        mistakes=MISTAKES,
        hints=[
            "A head owns a group of adjacent columns. No number changes; only the axes do.",
            "(B, T, N · d) → (B, T, N, d) → (B, N, T, d).",
            "`unflatten` cuts one axis into several; `transpose` swaps two.",
            "`x.unflatten(-1, (self.heads, -1))` is (B, T, N, d)",
        ],
        survivors={
            "3: x.unflatten(-1, (self.heads, -1)).transpose(1, 2) → "
            "x.unflatten(-1, (self.heads, -1)).transpose(2, 1)": "swapping is the same either way",
        },
        solved="Batch and heads are now both in front, and `@` works on the last two axes: one "
        "product serves all sentences and all heads.",
    )
)
