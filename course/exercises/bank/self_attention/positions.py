"""Exercise 12.6: build the sinusoidal positions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from course.exercises.bank.self_attention.common import Array, out_of_torch


def sinusoidal_positions(T: int, d_model: int) -> Any:
    """Sine and cosine of t / 10000^(2i / d_model) in columns 2i and 2i + 1: (T, d_model)."""
    import torch

    t = torch.arange(T).unsqueeze(1)
    angles = t / 10000 ** (torch.arange(0, d_model, 2) / d_model)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


def _call(answer: Callable[..., Any], T: int, d_model: int) -> Any:
    result = answer(T, d_model)
    if isinstance(result, np.ndarray | list):
        return "Your result is no torch tensor: it could not be added to the embeddings."
    return out_of_torch(result)


def _probes(rng: np.random.Generator) -> list[Probe]:
    return [
        Probe((2, 4), label=EXAMPLE),
        Probe((3, 2), label="T = 3, d_model = 2"),
        Probe((4, 8), label="T = 4, d_model = 8"),
        Probe((1, 6), label="T = 1"),
        Probe((int(rng.integers(9, 30)), 10), label="many positions"),
    ]


def _trace(T: int, d_model: int) -> dict[str, Array]:
    angles = np.arange(T)[:, None] / 10000 ** (np.arange(0, d_model, 2) / d_model)
    positions = np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(T, d_model)
    return {"angles": angles, "positions": positions}


def _oracle(T: int, d_model: int) -> Array:
    """By complex numbers: a rotation by one position, raised to the power t."""
    turns = np.exp(1j * 10000.0 ** -(np.arange(0, d_model, 2) / d_model))
    rows, row = [], np.ones(d_model // 2, dtype=complex)
    for _ in range(T):
        rows.append(np.stack([row.imag, row.real], axis=1).ravel())
        row = row * turns
    return np.array(rows)


def _filled(T: int, d_model: int) -> Any:
    import torch

    positions = torch.zeros(T, d_model)
    speeds = torch.exp(torch.arange(0, d_model, 2) * (-np.log(10000.0) / d_model))
    positions[:, 0::2] = torch.sin(torch.arange(T)[:, None] * speeds)
    positions[:, 1::2] = torch.cos(torch.arange(T)[:, None] * speeds)
    return positions


def _looped(T: int, d_model: int) -> Any:
    import torch

    positions = torch.zeros(T, d_model, dtype=torch.float64)
    for t in range(T):
        for i in range(d_model // 2):
            angle = torch.tensor(t / 10000 ** (2 * i / d_model), dtype=torch.float64)
            positions[t, 2 * i], positions[t, 2 * i + 1] = angle.sin(), angle.cos()
    return positions


def _with(
    speeds: Callable[[Array, int], Array] = lambda i, d: 10000.0 ** (-2 * i / d),
    entries: Callable[[Array], list[Array]] = lambda a: [np.sin(a), np.cos(a)],
    first: int = 0,
    axis: int = -1,
    turned: bool = False,
) -> Callable[..., Any]:
    """Positions with a slip: other speeds, other functions, another first position."""

    def answer(T: int, d_model: int) -> Any:
        import torch

        angles = (first + np.arange(T))[:, None] * speeds(np.arange(d_model // 2), d_model)
        rows = np.stack(entries(angles), axis=axis).reshape(T, -1)
        return torch.tensor(rows.T if turned else rows)

    return answer


def _own_speeds(T: int, d_model: int) -> Any:
    import torch

    angles = torch.arange(T)[:, None] / 10000 ** (torch.arange(d_model) / d_model)
    even = torch.arange(d_model) % 2 == 0
    return torch.where(even, angles.sin(), angles.cos())


def _as_a_row(T: int, d_model: int) -> Any:
    import torch

    angles = torch.arange(T) / 10000 ** (torch.arange(0, d_model, 2) / d_model)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


def _without_brackets(T: int, d_model: int) -> Any:
    import torch

    angles = torch.arange(T).unsqueeze(1) / 10000 ** torch.arange(0, d_model, 2) / d_model
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


def _of_columns(T: int, d_model: int) -> Any:
    import torch

    angles = torch.arange(T)[:, None] / 10000 ** (2 * torch.arange(d_model) / d_model)
    return torch.where(torch.arange(d_model) % 2 == 0, angles.sin(), angles.cos())


MISTAKES = [
    Mistake(
        "cosines_first",
        "Sine and cosine are exchanged. Even columns hold sines: position 0 begins with 0, 1.",
        _with(entries=lambda a: [np.cos(a), np.sin(a)]),
    ),
    Mistake(
        "halves",
        "All sines stand first and all cosines after them. Here they alternate: the sine of pair i "
        "is in column 2i, its cosine in column 2i + 1.",
        _with(axis=1),
    ),
    Mistake(
        "exponent_halved",
        "Your exponent is i / d_model, where i counts pairs. It should be 2i / d_model.",
        _with(lambda i, d: 10000.0 ** (-i / d)),
    ),
    Mistake(
        "exponent_doubled",
        "Your exponent is 4i / d_model. If your i already runs 0, 2, 4, …, it stands for 2i.",
        _with(lambda i, d: 10000.0 ** (-4 * i / d)),
    ),
    Mistake(
        "half_width",
        "Your exponent divides by the number of pairs less one, so that the last pair turns by "
        "1/10000. Divide 2i by d_model.",
        _with(lambda i, d: 10000.0 ** (-i / max(d // 2 - 1, 1))),
    ),
    Mistake(
        "times_power",
        "You multiplied t by the power of 10000. Divide by it: later pairs turn more slowly.",
        _with(lambda i, d: 10000.0 ** (2 * i / d)),
    ),
    Mistake(
        "one_speed",
        "All your pairs turn at the same speed. Divide t by 10000^(2i / d_model).",
        _with(lambda i, d: np.ones(len(i))),
    ),
    Mistake(
        "width_outside_the_power",
        "You raised 10000 to the power 2i and then divided by d_model. The whole fraction "
        "2i / d_model is the exponent.",
        _with(lambda i, d: 1 / (10000.0 ** (2.0 * i) / d)),
    ),
    Mistake(
        "base_1000",
        "Your base is 1000. It should be 10000.",
        _with(lambda i, d: 1000.0 ** (-2 * i / d)),
    ),
    Mistake(
        "own_speeds",
        "Sine and cosine of a pair turn at different speeds here. Both columns of pair i share the "
        "exponent 2i / d_model.",
        _own_speeds,
    ),
    Mistake(
        "no_column",
        "Your positions are a row. Make them a column, (T, 1), so that each is divided by all the "
        "powers: `torch.arange(T).unsqueeze(1)`.",
        _as_a_row,
    ),
    Mistake(
        "not_joined",
        "Your result is (T, d_model / 2, 2). Join the last two axes with `flatten(1)`.",
        lambda T, d_model: sinusoidal_positions(T, d_model).unflatten(1, (-1, 2)),
    ),
    Mistake(
        "without_brackets",
        "Without brackets around the exponent, Python computes (t / 10000^(2i)) / d_model. Put "
        "brackets around 2i / d_model.",
        _without_brackets,
    ),
    Mistake(
        "odd_exponents",
        "Your exponents run 1, 3, 5, … over d_model. They should run 0, 2, 4, …",
        _with(lambda i, d: 10000.0 ** (-(2 * i + 1) / d)),
    ),
    Mistake(
        "exponent_of_columns",
        "You used the number of the column for i, so the exponents are too large. i counts pairs: "
        "columns 2i and 2i + 1 share it.",
        _of_columns,
    ),
    Mistake(
        "from_one",
        "Your first position is 1. Positions begin with t = 0.",
        _with(first=1),
    ),
    Mistake(
        "sines_alone",
        "Both columns of a pair hold the sine. The odd one holds the cosine.",
        _with(entries=lambda a: [np.sin(a), np.sin(a)]),
    ),
    Mistake(
        "half_the_columns",
        "Only the sines are there. Each pair has two columns, a sine and a cosine.",
        _with(entries=lambda a: [np.sin(a)]),
    ),
    Mistake(
        "columns_are_positions",
        "Your result is transposed. Each row should be a position: (T, d_model).",
        _with(turned=True),
    ),
    Mistake(
        "the_angles",
        "These are the angles. Take their sines and cosines.",
        _with(entries=lambda a: [a, a]),
    ),
    Mistake(
        "in_degrees",
        "You took the angles for degrees. They are in radians: `.sin()` takes them as they are.",
        _with(lambda i, d: 10000.0 ** (-2 * i / d) * np.pi / 180),
    ),
    Mistake(
        "in_turns",
        "You multiplied the angles by 2π. They are in radians as they are.",
        _with(lambda i, d: 10000.0 ** (-2 * i / d) * 2 * np.pi),
    ),
]

register(
    CodeExercise(
        name="self_attention.positions",
        title="Build the positions",
        points=3,
        package="self_attention.sinusoidal_positions",
        reference=sinusoidal_positions,
        probes=_probes,
        call=_call,
        oracle=_oracle,
        oracle_tolerance=(1e-4, 1e-4),  # the reference is in float32
        tolerance=(2e-5, 2e-5),
        equivalents={"filled in": _filled, "number by number": _looped},
        trace=_trace,
        outputs=("positions",),
        axes=("TD",),
        mistakes=MISTAKES,
        hints=[
            "Each position has d_model / 2 angles, one for each pair of columns.",
            "`angles` is (T, d_model / 2): t as a column, divided by a row of powers of 10000.",
            "2i runs 0, 2, 4, …: `torch.arange(0, d_model, 2)`. Stack sines and cosines along a "
            "new last axis, then join the last two axes.",
            "`torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)`",
        ],
        solved="Moving on by three positions rotates each pair by an angle that does not depend on "
        "t, so one matrix does it everywhere.",
    )
)
