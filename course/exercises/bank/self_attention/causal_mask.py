"""Exercise 12.3: build the causal mask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, register
from course.exercises.bank.self_attention.common import Array, out_of_torch


def causal_mask(T: int, device: Any = None) -> Any:
    """True at [t, s] where s ≤ t: (T, T)."""
    import torch

    return torch.ones(T, T, dtype=torch.bool, device=device).tril()


def _call(answer: Callable[..., Any], T: int, device: str | None = None) -> Any:
    """Return the mask; with a device, whether it is there, which is asked of right masks alone."""
    result = answer(T)
    if isinstance(result, np.ndarray | list):
        return "Your result is no torch tensor: `masked_fill` would not take it."
    if device is not None:
        found = out_of_torch(result)
        right = found.dtype == bool and np.array_equal(found, np.tri(T, dtype=bool))
        return np.array(not right or str(answer(T, device).device) == device)
    return out_of_torch(result)


def _probes(rng: np.random.Generator) -> list[Probe]:
    sizes = [1, 3, 4, int(rng.integers(5, 12))]
    # Every machine has the device "meta", which holds shapes without numbers.
    return [*(Probe((T,), label=f"T = {T}") for T in sizes), Probe((3, "meta"))]


def _oracle(T: int, device: str | None = None) -> Array:
    """The opposite of the mask that torch's own layers take."""
    import torch

    if device is not None:
        return np.array(True)
    hidden = torch.nn.Transformer.generate_square_subsequent_mask(T)
    return np.asarray((hidden == 0).numpy())


def _compared(T: int, device: Any = None) -> Any:
    import torch

    t = torch.arange(T, device=device)
    return t[None, :] <= t[:, None]


def _by_rows(T: int, device: Any = None) -> Any:
    import torch

    return torch.tensor([[s <= t for s in range(T)] for t in range(T)], device=device)


def _mask(change: Callable[[Any], Any]) -> Callable[..., Any]:
    """The answer that makes something else of a (T, T) tensor of True."""

    def answer(T: int, device: Any = None) -> Any:
        import torch

        return change(torch.ones(T, T, dtype=torch.bool, device=device))

    return answer


MISTAKES = [
    Mistake(
        "device_ignored",
        "The triangle is right, but your tensor is on the CPU whatever `device` says. Pass it on: "
        "`torch.ones(…, device=device)`.",
        lambda T, device=None: causal_mask(T),
    ),
    Mistake(
        "past_hidden",
        "Your mask hides the past and shows the future. Rows are queries: row t is True in columns "
        "0 to t, so the lower triangle is True.",
        _mask(lambda ones: ones.triu()),
    ),
    Mistake(
        "own_place_hidden",
        "A position cannot attend to itself, and the first one to nothing at all. The diagonal is "
        "True.",
        _mask(lambda ones: ones.tril(-1)),
    ),
    Mistake(
        "one_too_far",
        "Each position sees one position ahead: the very word that it should predict. The diagonal "
        "is the last that is True.",
        _mask(lambda ones: ones.tril(1)),
    ),
    Mistake(
        "hidden_is_true",
        "Your mask is True for what is hidden. In this course True means that a query may attend.",
        _mask(lambda ones: ones.triu(1)),
    ),
    Mistake(
        "numbers",
        "Your mask holds numbers. Make it one of booleans: `dtype=torch.bool`.",
        _mask(lambda ones: ones.tril().float()),
    ),
    Mistake(
        "whole_numbers",
        "Your mask holds whole numbers. Make it one of booleans: `dtype=torch.bool`.",
        _mask(lambda ones: ones.tril().long()),
    ),
    Mistake(
        "numbers_to_add",
        "Your mask holds 0 and −∞, to be added to scores. Here a mask is of booleans, True where a "
        "query may attend.",
        _mask(lambda ones: (~ones.tril()).double().masked_fill(~ones.tril(), -np.inf)),
    ),
    Mistake(
        "nothing_hidden",
        "Your mask is True everywhere and so hides nothing.",
        _mask(lambda ones: ones),
    ),
    Mistake(
        "diagonal_alone",
        "Only the diagonal is True, so each position sees itself alone. It may see the past as "
        "well.",
        _mask(lambda ones: ones.tril() & ones.triu()),
    ),
    Mistake(
        "mirrored",
        "Your triangle is mirrored left to right: the first row is True in the last column. Row 0 "
        "may see column 0.",
        _mask(lambda ones: ones.tril().flip(1)),
    ),
    Mistake(
        "a_batch_in_front",
        "Your mask has a third axis. Return (T, T); it is broadcast over the batch later.",
        _mask(lambda ones: ones.tril()[None]),
    ),
    Mistake(
        "all_false",
        "Your mask is False everywhere, so no position may attend to anything. The lower triangle "
        "should be True.",
        _mask(lambda ones: ~ones),
    ),
    Mistake(
        "one_too_small",
        "Your mask is (T − 1, T − 1). It has a row for each of the T positions.",
        _mask(lambda ones: ones[1:, 1:].tril()),
    ),
    Mistake(
        "last_row",
        "You return a single row. Each query has its own row: (T, T).",
        _mask(lambda ones: ones[0]),
    ),
]

register(
    CodeExercise(
        name="self_attention.causal_mask",
        title="Build the causal mask",
        points=1,
        package="self_attention.causal_mask",
        reference=causal_mask,
        probes=_probes,
        call=_call,
        oracle=_oracle,
        equivalents={"compared": _compared, "by rows": _by_rows},
        strict_type=True,
        outputs=("mask",),
        axes=("TS",),
        mistakes=MISTAKES,
        hints=[
            "Row t says what position t may attend to: positions 0 to t.",
            "The mask is (T, T), of booleans, with the diagonal and everything below it True.",
            "Start from a (T, T) tensor that is True everywhere, and clear what is above the "
            "diagonal.",
            "`.tril()` keeps the lower triangle",
        ],
        solved="Torch's own layer takes the opposite mask: True where a position is hidden. "
        "Mixing up the two conventions is a common bug.",
    )
)
