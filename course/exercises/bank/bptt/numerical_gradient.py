"""Exercise 5.2: finite differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from course.exercises.bank.bptt.common import Array

Loss = Callable[[Any], Any]
Answer = Callable[..., Any]


def numerical_gradient(loss: Loss, w: Array, epsilon: float = 1e-5) -> Array:
    """Central differences, entry by entry."""
    gradient = np.zeros_like(w)
    for index in np.ndindex(w.shape):
        nudge = np.zeros_like(w)
        nudge[index] = epsilon
        gradient[index] = (loss(w + nudge) - loss(w - nudge)) / (2 * epsilon)
    return gradient


def _product(w: Any) -> Any:
    """w_0² w_1, the loss of the text's example."""
    return w[0] ** 2 * w[1]


def _factors(w: Array) -> Array:
    return (np.arange(w.size) % 5 + 1.0).reshape(w.shape)


def _cubes(w: Any) -> Any:
    """A loss of any array, the sum of c w³ + c w with c = 1, 2, …, plus the square of its sum."""
    w = np.asarray(w)
    return float((_factors(w) * (w**3 + w)).sum() + w.sum() ** 2)


LOSSES: dict[str, Loss] = {"product": _product, "cubes": _cubes}


def _call(answer: Answer, loss: str, w: Array, epsilon: float) -> Any:
    """Hand over the loss itself; the text's example leaves ε to the default."""
    if loss == "product":
        return answer(LOSSES[loss], w)
    return answer(LOSSES[loss], w, epsilon)


def _by_hand(loss: str, w: Array, epsilon: float) -> Array:
    """The central difference of c w³ is exactly c (3 w² + ε²); that of a square is its slope."""
    if loss == "product":
        return np.array([2 * w[0] * w[1], w[0] ** 2])
    return np.asarray(_factors(w) * (3 * w**2 + epsilon**2 + 1) + 2 * w.sum())


def _probes(rng: np.random.Generator) -> list[Probe]:
    shapes = ((2,), 0.5), ((2, 3), 0.1), ((4, 2), 0.5), ((2, 1, 3), 0.2)
    told = "the loss sum(c * (w**3 + w)) + sum(w)**2 with c = 1, 2, …, w of shape"
    made = [
        Probe(
            ("cubes", rng.uniform(-2, 2, size=shape).round(1), epsilon),
            label=f"{told} {shape}, ε = {epsilon}",
        )
        for shape, epsilon in shapes
    ]
    falling = rng.uniform(-1, -0.5, size=(2, 3)).round(2)  # its first slope is negative
    made.append(Probe(("cubes", falling, 0.1), label=f"{told} (2, 3), ε = 0.1"))
    return [Probe(("product", np.array([3.0, 2.0]), 1e-5), label=EXAMPLE), *made]


def _in_place(loss: Loss, w: Array, epsilon: float = 1e-5) -> Array:
    gradient = np.zeros(w.shape)
    for index in np.ndindex(*w.shape):
        value = w[index]
        w[index] = value + epsilon
        above = loss(w)
        w[index] = value - epsilon
        below = loss(w)
        w[index] = value
        gradient[index] = (above - below) / epsilon / 2
    return gradient


def _flat(loss: Loss, w: Array, epsilon: float = 1e-5) -> Array:
    slopes = []
    for i in range(w.size):
        up, down = w.ravel().copy(), w.ravel().copy()
        up[i] += epsilon
        down[i] -= epsilon
        slopes.append((loss(up.reshape(w.shape)) - loss(down.reshape(w.shape))) / (2 * epsilon))
    return np.array(slopes).reshape(w.shape)


def _wrong(quotient: Callable[[float, float, float, float], float]) -> Answer:
    """Another quotient of the losses above, at and below w, and ε."""

    def wrong(loss: Loss, w: Array, epsilon: float = 1e-5) -> Array:
        gradient, here = np.zeros(w.shape), loss(w)
        for index in np.ndindex(*w.shape):
            up, down = w.copy(), w.copy()
            up[index] += epsilon
            down[index] -= epsilon
            gradient[index] = quotient(loss(up), here, loss(down), epsilon)
        return gradient

    return wrong


def _not_put_back(loss: Loss, w: Array, epsilon: float = 1e-5) -> Array:
    gradient = np.zeros(w.shape)
    for index in np.ndindex(*w.shape):
        w[index] += epsilon
        above = loss(w)
        w[index] -= 2 * epsilon
        gradient[index] = (above - loss(w)) / (2 * epsilon)
    return gradient


def _nudge_stays(loss: Loss, w: Array, epsilon: float = 1e-5) -> Array:
    gradient, nudge = np.zeros(w.shape), np.zeros(w.shape)
    for index in np.ndindex(*w.shape):
        nudge[index] = epsilon
        gradient[index] = (loss(w + nudge) - loss(w - nudge)) / (2 * epsilon)
    return gradient


def _along_axis_0(loss: Loss, w: Array, epsilon: float = 1e-5) -> Array:
    gradient = np.zeros(w.shape)
    for i in range(len(w)):
        up, down = w.copy(), w.copy()
        up[i] += epsilon
        down[i] -= epsilon
        gradient[i] = (loss(up) - loss(down)) / (2 * epsilon)
    return gradient


def _at_once(loss: Loss, w: Array, epsilon: float = 1e-5) -> Any:
    return (loss(w + epsilon) - loss(w - epsilon)) / (2 * epsilon)


def _entry_alone(loss: Loss, w: Array, epsilon: float = 1e-5) -> Array:
    gradient = np.zeros(w.shape)
    for index in np.ndindex(*w.shape):
        above, below = loss(w[index] + epsilon), loss(w[index] - epsilon)
        gradient[index] = (above - below) / (2 * epsilon)
    return gradient


def _two_axes(loss: Loss, w: Array, epsilon: float = 1e-5) -> Array:
    gradient = np.zeros(w.shape)
    for i in range(w.shape[0]):
        for j in range(w.shape[1]):
            nudge = np.zeros(w.shape)
            nudge[i, j] = epsilon
            gradient[i, j] = (loss(w + nudge) - loss(w - nudge)) / (2 * epsilon)
    return gradient


def _first_entry(loss: Loss, w: Array, epsilon: float = 1e-5) -> Array:
    gradient, index = np.zeros(w.shape), (0,) * w.ndim
    gradient[index] = RIGHT(loss, w, epsilon)[index]
    return gradient


def _last_entry(loss: Loss, w: Array, epsilon: float = 1e-5) -> Any:
    return RIGHT(loss, w, epsilon)[(-1,) * w.ndim]


RIGHT = _wrong(lambda above, here, below, e: (above - below) / (2 * e))

MISTAKES = [
    Mistake(
        "one_sided",
        "You nudge upwards only, (L(w + ε) − L(w)) / ε. The central difference goes to both sides; "
        "its error shrinks with ε², that of one side only with ε.",
        _wrong(lambda above, here, below, e: (above - here) / e),
    ),
    Mistake(
        "one_sided_below",
        "You nudge downwards only, (L(w) − L(w − ε)) / ε. The central difference goes to both "
        "sides.",
        _wrong(lambda above, here, below, e: (here - below) / e),
    ),
    Mistake(
        "one_epsilon",
        "Your slopes are twice too large: from w − ε to w + ε it is 2ε, so divide by that.",
        _wrong(lambda above, here, below, e: (above - below) / e),
    ),
    Mistake(
        "half_a_difference",
        "You divide by 2ε, but one of your two losses is that of w itself. After going up by ε, go "
        "down by 2ε to reach w − ε.",
        _wrong(lambda above, here, below, e: (above - here) / (2 * e)),
    ),
    Mistake(
        "sign",
        "The sign is wrong: it is the loss above minus the loss below.",
        _wrong(lambda above, here, below, e: (below - above) / (2 * e)),
    ),
    Mistake(
        "no_division",
        "You return the change of the loss. Divide it by 2ε, the distance between the two points.",
        _wrong(lambda above, here, below, e: above - below),
    ),
    Mistake(
        "precedence",
        "`/ 2 * epsilon` divides by 2 and then *multiplies* by ε. Put brackets around "
        "`2 * epsilon`.",
        _wrong(lambda above, here, below, e: (above - below) / 2 * e),
    ),
    Mistake(
        "no_brackets",
        "Only the loss below is divided. Put brackets around the difference of the two losses.",
        _wrong(lambda above, here, below, e: above - below / (2 * e)),
    ),
    Mistake(
        "entry_alone",
        "You pass `loss` a single number. It needs the whole array, with one entry changed: "
        "`loss(w + nudge)`, where `nudge` is zero elsewhere.",
        _entry_alone,
    ),
    Mistake(
        "two_axes",
        "Your loops need a matrix, but `w` may have any number of axes. One loop over "
        "`np.ndindex(w.shape)` reaches every entry of any array.",
        _two_axes,
    ),
    Mistake(
        "at_once_one_sided",
        "You nudge all entries at once, and upwards only. Each entry needs nudges of its own, up "
        "and down, and the result has the shape of `w`.",
        lambda loss, w, epsilon=1e-5: (loss(w + epsilon) - loss(w)) / epsilon,
    ),
    Mistake(
        "own_epsilon",
        "You use 1e-5 whatever is asked for. Take the argument `epsilon`.",
        lambda loss, w, epsilon=1e-5: RIGHT(loss, w),
    ),
    Mistake(
        "not_put_back",
        "You leave each entry at w − ε when you go on to the next one. Put it back first, or work "
        "on a copy.",
        _not_put_back,
    ),
    Mistake(
        "nudge_stays",
        "Your nudges pile up: when you nudge an entry, all those before it are still nudged. Begin "
        "with fresh zeros (or a fresh copy of `w`) for each entry.",
        _nudge_stays,
    ),
    Mistake(
        "at_once",
        "You nudge all entries at once and get a single number. Each entry needs a nudge of its "
        "own, and the result has the shape of `w`.",
        _at_once,
    ),
    Mistake(
        "at_once_filled",
        "Every entry of your result is the same: you nudge all entries at once. Nudge one entry at "
        "a time.",
        lambda loss, w, epsilon=1e-5: np.full(w.shape, _at_once(loss, w, epsilon)),
    ),
    Mistake(
        "whole_rows",
        "`for i in range(len(w))` goes over the first axis only, so in a matrix you nudge a whole "
        "row at once. `np.ndindex(w.shape)` goes over every entry.",
        _along_axis_0,
    ),
    Mistake(
        "same_array",
        "All your slopes are zero. `up = w` makes a second name for the same array, so what you "
        "add for one loss you take away for the other. Make copies: `w.copy()`.",
        lambda loss, w, epsilon=1e-5: np.zeros(w.shape),
    ),
    Mistake(
        "flat",
        "The slopes are right, but in one long row. Return them in the shape of `w`.",
        lambda loss, w, epsilon=1e-5: RIGHT(loss, w, epsilon).ravel(),
    ),
    Mistake(
        "return_in_the_loop",
        "Only the first entry has its slope: `return` is inside the loop. Move it to the left, "
        "below the loop.",
        _first_entry,
    ),
    Mistake(
        "last_entry",
        "You return the slope of the last entry alone. Store each one in `gradient[index]` and "
        "return the array.",
        _last_entry,
    ),
    Mistake(
        "divided_by_epsilon_squared",
        "You divide by ε². The distance between the two points is 2ε.",
        _wrong(lambda above, here, below, e: (above - below) / e**2),
    ),
    Mistake(
        "second_difference",
        "You take the difference of two differences, which measures how the slope changes. "
        "Subtract the loss below from the loss above, and divide by 2ε.",
        _wrong(lambda above, here, below, e: (above - 2 * here + below) / e**2),
    ),
    Mistake(
        "absolute",
        "Your slopes are all positive. A slope has a sign: take no absolute value.",
        _wrong(lambda above, here, below, e: abs(above - below) / (2 * e)),
    ),
    Mistake(
        "norm",
        "You return one number, the length of the gradient. Return the slope for every entry, in "
        "the shape of `w`.",
        lambda loss, w, epsilon=1e-5: np.linalg.norm(RIGHT(loss, w, epsilon)),
    ),
]

register(
    CodeExercise(
        name="bptt.numerical_gradient",
        title="Finite differences",
        points=2,
        package="gradients.numerical_gradient",
        reference=numerical_gradient,
        probes=_probes,
        call=_call,
        oracle=_by_hand,
        oracle_tolerance=(1e-7, 1e-7),
        tolerance=(1e-7, 1e-7),
        equivalents={"in place": _in_place, "flat": _flat},
        outputs=("gradient",),
        mistakes=MISTAKES,
        hints=[
            "A slope is a change of the loss divided by the change of the weight. To see one "
            "weight's slope, everything else must stay as it is.",
            "The result has the shape of `w`. `np.ndindex(w.shape)` yields the index of every "
            "entry, whatever the shape: `for index in np.ndindex(w.shape):`.",
            "Start with `gradient = np.zeros_like(w)`. For each index: make an array of zeros with "
            "ε at that index; compute the loss at `w` plus it and at `w` minus it; store the "
            "difference, divided by 2ε.",
            "`nudge = np.zeros_like(w)`, then `nudge[index] = epsilon`",
        ],
        survivors={"3: np.zeros_like → np.ones_like": "every entry is written by the loop"},
        solved="It needs nothing but the loss, so it checks any gradient. But it computes the loss "
        "twice for every weight: nobody trains with it.",
    )
)
