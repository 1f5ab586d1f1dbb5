"""Exercise 14.2: as wide as allowed."""

from __future__ import annotations

import math

import numpy as np

from course.exercises.bank import (
    CodeExercise,
    Mistake,
    Probe,
    register,
)


def widest(most: int, square: int, linear: int, constant: int, step: int) -> int:
    """The largest multiple of `step` with which a model has no more than `most` parameters."""
    width = 0
    while True:
        wider = width + step
        if square * wider**2 + linear * wider + constant > most:
            return width
        width = wider


def _widest_probes(rng: np.random.Generator) -> list[Probe]:
    def one(step: int, width: int, over: int) -> tuple[int, ...]:
        square, linear, constant = (int(n) for n in rng.integers(5, 60, size=3))
        linear *= 40
        constant *= 30
        return (
            square * width**2 + linear * width + constant + over,
            square,
            linear,
            constant,
            step,
        )

    return [
        Probe((200_000, 40, 2000, 1000, 4), label="the example"),
        Probe(one(4, 60, 0), label="reached exactly"),
        Probe(one(4, 60, -1), label="missed by one"),
        Probe(one(6, 101, 5), label="a width between two steps"),
        Probe(one(2, 33, 17)),
        Probe(one(1, 45, 3), label="step 1"),
        Probe(one(8, 95, 11)),
        Probe((50, 20, 30, 10, 4), label="nothing fits"),
        Probe((5, 20, 30, 10, 4), label="fewer allowed than the constant alone"),
    ]


def _widest_root(most: int, square: int, linear: int, constant: int, step: int) -> int:
    inside = linear**2 + 4 * square * (most - constant)
    width = (math.isqrt(inside) - linear) // (2 * square)
    return max(width // step * step, 0)


def _widest_list(most: int, square: int, linear: int, constant: int, step: int) -> int:
    widths = np.arange(0, 2000, step)
    return int(widths[square * widths**2 + linear * widths + constant <= most].max(initial=0))


def _widest_bisect(most: int, square: int, linear: int, constant: int, step: int) -> int:
    import bisect

    steps = range(1, 2000)
    fitting = bisect.bisect_right(
        steps, most, key=lambda k: square * (k * step) ** 2 + linear * k * step + constant
    )
    return fitting * step


def _size(width: float, square: int, linear: int, constant: int) -> float:
    return square * width**2 + linear * width + constant


def _first_too_wide(most: int, square: int, linear: int, constant: int, step: int) -> int:
    return widest(most, square, linear, constant, step) + step


def _strictly_less(most: int, square: int, linear: int, constant: int, step: int) -> int:
    return widest(most - 1, square, linear, constant, step)


def _nearest(most: int, square: int, linear: int, constant: int, step: int) -> int:
    below = widest(most, square, linear, constant, step)
    gaps = [abs(most - _size(w, square, linear, constant)) for w in (below, below + step)]
    return below + step * (gaps[1] < gaps[0])


def _rounded(most: int, square: int, linear: int, constant: int, step: int) -> int:
    inside = linear**2 + 4 * square * (most - constant)
    return step * round((math.sqrt(inside) - linear) / (2 * square) / step)


register(
    CodeExercise(
        name="capstone.widest",
        title="As wide as allowed",
        points=2,
        reference=widest,
        probes=_widest_probes,
        oracle=_widest_root,
        equivalents={"root": _widest_root, "list": _widest_list, "bisect": _widest_bisect},
        outputs=("width",),
        mistakes=[
            Mistake(
                "first_too_wide",
                "This is the first width that has too many parameters. Go one step back.",
                _first_too_wide,
            ),
            Mistake(
                "strictly_less",
                "A model with exactly `most` parameters is allowed, too.",
                _strictly_less,
            ),
            Mistake(
                "nearest",
                "This is the width whose size comes nearest, and it may have more parameters than "
                "the other model. A comparison at equal size gives nobody the advantage of more.",
                _nearest,
            ),
            Mistake(
                "any_width",
                "This width is no multiple of `step`. Heads have to divide it.",
                lambda most, a, b, c, step: widest(most, a, b, c, 1),
            ),
            Mistake(
                "no_embeddings",
                "You counted the square term alone. In small models most parameters are in the "
                "embeddings, which grow with the width itself.",
                lambda most, a, b, c, step: _widest_root(most, a, 0, 0, step),
            ),
            Mistake(
                "no_constant",
                "You left out the parameters that do not grow with the width, such as the "
                "output's biases.",
                lambda most, a, b, c, step: widest(most, a, b, 0, step),
            ),
            Mistake(
                "count_of_steps",
                "This is how many steps fit. The width is `step` times as much.",
                lambda most, a, b, c, step: widest(most, a, b, c, step) // step,
            ),
            Mistake(
                "rounded",
                "You rounded to the nearest multiple of `step`. Where that is upwards, the model "
                "has too many parameters: round down.",
                _rounded,
            ),
            Mistake(
                "one_step_at_least",
                "Where not even one step fits, 0 is wanted.",
                lambda most, a, b, c, step: max(step, widest(most, a, b, c, step)),
            ),
        ],
        hints=[
            "The number of parameters grows with the width, so you can walk upwards until it is "
            "too large.",
            "Whole numbers go in, and one comes out. A model of width w has "
            "`square * w**2 + linear * w + constant` parameters.",
            "Begin at 0. As long as the next multiple of `step` still fits, take it.",
            "`if square * wider**2 + linear * wider + constant > most: return width`",
        ],
        solved="The Transformer of this lesson is narrower than the LSTMs and as large: its two "
        "layers have more matrices of d × d.",
    )
)
