"""Exercise 2.9: odd or even?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, Property, register
from course.exercises.bank.rnn_cell.common import (
    LISTS,
    OTHER_WEIGHTS,
    Array,
    checked,
    shape_mistakes,
    weights_alone,
)


def parity_weights() -> tuple[Array, ...]:
    """Unit 1: bit or old parity. Unit 2: both of them. Odd: the first without the second."""
    W_xh = np.array([[8.0], [8.0]])
    W_hh = np.array([[4.0, -4.0], [4.0, -4.0]])
    b_h = np.array([-4.0, -12.0])
    W_hy = np.array([[1.0, -1.0]])
    b_y = np.array([-1.0])
    return W_xh, W_hh, b_h, W_hy, b_y


_PARITY_SHAPES = {"W_xh": (2, 1), "W_hh": (2, 2), "b_h": (2,), "W_hy": (1, 2), "b_y": (1,)}


def _parity_sharp() -> tuple[Array, ...]:
    """The same two units in the other order, with steeper switches."""
    W_xh, W_hh = np.full((2, 1), 20.0), np.array([[-10.0, 10.0], [-10.0, 10.0]])
    return W_xh, W_hh, np.array([-30.0, -10.0]), np.array([[-1.0, 1.0]]), np.array([-1.0])


def _said(given: Any, bits: Array, units_alone: bool = False, exchanged: bool = False) -> Any:
    """+1 where the output is positive (odd), −1 where it is negative (even), 0 where it is 0.

    With ``units_alone`` one number: +1 where some read-out of the units, the answer's own or a
    fitted one, tells odd from even at every step, −1 where none does. With ``exchanged`` one
    number as well: −1 where the answer is wrong but right with the two numbers of `b_h` exchanged.
    """
    weights = checked(given, _PARITY_SHAPES)
    if isinstance(weights, str):
        return weights
    W_xh, W_hh, b_h, W_hy, b_y = weights
    if exchanged:
        other = W_xh, W_hh, b_h[::-1], W_hy, b_y
        runs = [_said(each, bits) for each in (weights, other)]
        fits = [np.array_equal(said, _count_odd(bits)) for said in runs]
        return np.array([-1 if fits == [False, True] else 1])
    from_bit, h, states = W_xh[:, 0], np.zeros(2), []
    for bit in bits.tolist():
        h = np.tanh(from_bit * bit + W_hh @ h + b_h)
        states.append(h)
    said = np.sign(np.array(states) @ W_hy[0] + b_y[0]).astype(int)
    if not units_alone:
        return said
    with_one, right = np.column_stack([states, np.ones(len(bits))]), _count_odd(bits)
    fitted = np.sign(with_one @ np.linalg.lstsq(with_one, right, rcond=None)[0])
    return np.array([1 if np.array_equal(said, right) or np.array_equal(fitted, right) else -1])


def _count_odd(bits: Array, units_alone: bool = False, exchanged: bool = False) -> Array:
    """Odd or even by counting."""
    return np.array([1]) if units_alone or exchanged else np.where(np.cumsum(bits) % 2 == 1, 1, -1)


def _parity_probes(rng: np.random.Generator) -> list[Probe]:
    one = np.zeros(100, dtype=int)
    one[4] = 1
    few, ones = np.array([0, 1, 1, 0, 1, 0]), np.ones(12, dtype=int)
    many, more = rng.integers(0, 2, 40), rng.integers(0, 2, 300)
    return [
        Probe((np.array([0, 0, 0]),), part="output", label="no ones"),
        Probe((np.array([1]),), part="output", label="a single one"),
        Probe((few,), part="output", label="a few bits"),
        Probe((ones,), part="output", label="ones only"),
        Probe((one,), part="output", label="a single one, then 95 zeros"),
        Probe((many,), part="output", label="random bits"),
        Probe((more,), part="output", label="300 random bits"),
        Probe(
            (one.copy(), True), part="units", label="your units alone: a single one, then 95 zeros"
        ),
        Probe((more.copy(), True), part="units", label="your units alone: 300 random bits"),
    ]


_FEW, _ONES = np.array([0, 1, 1, 0, 1, 0]), np.ones(12, dtype=int)

_LATCHES = (
    "Your cell latches: once it says “odd”, it says so for ever. The second 1 must return it to "
    "“even”."
)
_FADES = (
    "Parity is in your units at first, but the weights into them are too small: after an even "
    "number of ones the output does not fall below 0. Scale up these weights, and the units' "
    "biases, by the same factor."
)
_OTHER_ORDER = (
    "Your two units stand in the other order than `W_hh` and `W_hy` assume. With the two numbers "
    "of `b_h` exchanged they fit."
)


def _stays_odd_probes(rng: np.random.Generator) -> list[Probe]:
    long = rng.integers(0, 2, 300)
    return [
        Probe((_FEW.copy(),), label="a few bits"),
        Probe((_ONES.copy(),), label="ones only"),
        Probe((_FEW.copy(), True), label="your units alone: a few bits"),
        Probe((long, True), label="your units alone: 300 random bits"),
    ]


def _stays_odd(few: Array, ones: Array) -> bool:
    return few.tolist() == [-1, 1, 1, 1, 1, 1] and bool((ones == 1).all())


def _other_order_probes(rng: np.random.Generator) -> list[Probe]:
    return [Probe((_FEW.copy(), False, True), label="a few bits, the units' biases exchanged")]


_PROPERTIES = [
    Property(
        _LATCHES,
        lambda said, probes: not (_stays_odd(*said[:2]) and said[2][0] == -1),
        probes=_stays_odd_probes,
        part="output",
    ),
    Property(
        _FADES,
        lambda said, probes: not (_stays_odd(*said[:2]) and said[2][0] == 1 and said[3][0] == -1),
        probes=_stays_odd_probes,
        part="output",
    ),
    Property(
        _OTHER_ORDER,
        lambda said, probes: said[0][0] == 1,
        probes=_other_order_probes,
        part="output",
    ),
]


def _parity(W_xh: Any, W_hh: Any, b_h: Any, W_hy: Any, b_y: Any) -> Callable[[], Any]:
    return lambda: tuple(np.array(w, dtype=float) for w in (W_xh, W_hh, b_h, W_hy, b_y))


def _parity_other_way() -> Any:
    """Unit 1: both. Unit 2: neither. Odd: not the one and not the other."""
    return ([[10], [-10]], [[-5, -5], [5, 5]], [-15, 5], [[-3, -3]], [-3])


register(
    CodeExercise(
        name="rnn.parity_weights",
        title="Odd or even?",
        points={"units": 2, "output": 2},
        reference=parity_weights,
        call=weights_alone,
        interpret=_said,
        probes=_parity_probes,
        oracle=_count_odd,
        equivalents={"neither and both": _parity_other_way, "sharper, in turn": _parity_sharp},
        outputs=("the output (1: odd, −1: even)",),
        axes=("T",),
        properties=_PROPERTIES,
        mistakes=[
            Mistake(
                "fades",
                _FADES,
                _parity([[2], [2]], [[1, -1], [1, -1]], [-1, -3], [[1, -1]], [-0.5]),
            ),
            Mistake(
                "other_order",
                _OTHER_ORDER,
                _parity([[8], [8]], [[4, -4], [4, -4]], [-12, -4], [[1, -1]], [-1]),
            ),
            Mistake(
                "latch",
                _LATCHES,
                _parity([[16], [16]], [[8, 0], [0, 8]], [-4, -4], [[1, 1]], [0]),
            ),
            Mistake(
                "last_bit",
                "Your output says what the last bit was. It must depend on the old state too.",
                _parity([[8], [8]], [[0, 0], [0, 0]], [-4, -4], [[1, 1]], [0]),
            ),
            Mistake(
                "transposed",
                "`W_hh` is transposed. Row j holds what flows into unit j; both units need the "
                "old parity, so both rows must be equal here.",
                _parity([[8], [8]], [[4, 4], [-4, -4]], [-4, -12], [[1, -1]], [-1]),
            ),
            Mistake(
                "never_odd",
                "Your output never says “odd”: it is above 0 at no step. Work out by hand what "
                "both units and the output are after the bits 0 and 1.",
                _parity([[8], [8]], [[4, -4], [4, -4]], [0, 0], [[1, -1]], [-1]),
            ),
            Mistake(
                "never_odd_by_the_read_out",
                "Your units are right, but the output never says “odd”. Look at the signs in "
                "`W_hy`, and at `b_y`: it must not be too negative.",
                _parity([[8], [8]], [[4, -4], [4, -4]], [-4, -12], [[1, -1]], [-2.5]),
            ),
            Mistake(
                "swapped",
                "Your cell gets parity right but the sign wrong: positive means odd.",
                _parity([[8], [8]], [[4, -4], [4, -4]], [-4, -12], [[-1, 1]], [1]),
            ),
            Mistake(
                "too_gentle",
                "The plan is right, but the weights are too small: the units never saturate, and "
                "a long run of zeros erases the answer. Scale up the weights into the units, and "
                "their biases, by the same factor.",
                _parity([[2], [2]], [[1, -1], [1, -1]], [-1, -3], [[1, -1]], [-1]),
            ),
            Mistake(
                "no_output_bias",
                "Your output never says “even”. Two units that say “at least one” and “both” are "
                "equal when parity is even, so without a bias the output is about 0. Give it a "
                "negative one.",
                _parity([[8], [8]], [[4, -4], [4, -4]], [-4, -12], [[1, -1]], [0]),
            ),
            Mistake(
                "all_zero",
                "Your output is 0 at every step, neither odd nor even. Does anything reach it?",
                _parity([[0], [0]], [[0, 0], [0, 0]], [0, 0], [[0, 0]], [0]),
            ),
            Mistake(
                "thresholds_on_the_sums",
                "Your thresholds lie at or near the sums 0 and 1, so a unit can stop in between. "
                "Put them halfway: bit + old parity is 0, 1 or 2.",
                _parity([[8], [8]], [[4, -4], [4, -4]], [0, -8], [[1, -1]], [-1]),
            ),
            Mistake(
                "no_minus_in_the_loop",
                "Your units do not get the old parity. As 0 or 1 it is (unit 1 − unit 2) / 2: "
                "in each row of `W_hh` one of the two weights is negative.",
                _parity([[8], [8]], [[4, 4], [4, 4]], [-4, -12], [[1, -1]], [-1]),
            ),
            Mistake(
                "adds_the_units",
                "Your units are right, but your output is positive when both are on. It says “at "
                "least one, but not both”: the unit for “both” has to count against the other.",
                _parity([[8], [8]], [[4, -4], [4, -4]], [-4, -12], [[1, 1]], [-1]),
            ),
            Mistake(
                "reads_one_unit",
                "Your output says “odd” whenever the bit or the old parity is 1, also when both "
                "are. The second unit must prevent that.",
                _parity([[8], [8]], [[4, -4], [4, -4]], [-4, -12], [[1, 0]], [0]),
            ),
            *shape_mistakes(
                parity_weights,
                {
                    "W_xh": "one row for each unit, one column for the bit.",
                    "W_hh": "one row for the unit it flows into, one column for the unit it comes "
                    "from.",
                    "b_h": "one number for each unit.",
                    "W_hy": "one row for the output, one column for each unit.",
                    "b_y": "one number for the one output.",
                },
            ),
        ],
        hints=[
            "New parity = XOR of the bit and the old parity. XOR is true when “at least one” of "
            "the two is, but “not both”. Each of these halves is a threshold, and a tanh with "
            "large weights is a threshold.",
            "Unit 1 says “at least one”, unit 2 says “both”; `W_xh` (2, 1), `W_hh` (2, 2). The old "
            "parity, as 0 or 1, is (unit 1 − unit 2) / 2.",
            "Let s be bit + old parity: 0, 1 or 2. Unit 1 switches at s = 0.5, unit 2 at s = 1.5. "
            "Both rows of `W_hh` compute the old parity. The output compares the units: their "
            "difference is 2 for odd and 0 for even.",
            "`W_hh = 8 * np.array([[0.5, -0.5], [0.5, -0.5]])`, `b_h = 8 * np.array([-0.5, …])`",
        ],
        solved="Two units track parity over any length. A feed-forward network over a window of k "
        "bits cannot: the bit before the window may flip the answer.",
        survivors={
            "3: 8.0 → 9.0": OTHER_WEIGHTS,
            "3: 8.0 → 16.0": OTHER_WEIGHTS,
            "3: 8.0 → 9.0 (2)": OTHER_WEIGHTS,
            "4: 4.0 → 5.0": OTHER_WEIGHTS,
            "4: 4.0 → 5.0 (2)": OTHER_WEIGHTS,
            "4: 4.0 → 5.0 (3)": OTHER_WEIGHTS,
            "4: 4.0 → 5.0 (4)": OTHER_WEIGHTS,
            "5: 4.0 → 5.0": OTHER_WEIGHTS,
            "5: 12.0 → 13.0": OTHER_WEIGHTS,
            "3: np.array([[8.0], [8.0]]) → [[8.0], [8.0]]": LISTS,
            "4: np.array([[4.0, -4.0], [4.0, -4.0]]) → [[4.0, -4.0], [4.0, -4.0]]": LISTS,
            "5: np.array([-4.0, -12.0]) → [-4.0, -12.0]": LISTS,
            "6: np.array([[1.0, -1.0]]) → [[1.0, -1.0]]": LISTS,
            "7: np.array([-1.0]) → [-1.0]": LISTS,
        },
    )
)
