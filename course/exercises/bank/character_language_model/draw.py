"""Exercise 4.6: draw a character."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from course.exercises.bank.character_language_model.common import Array, softmax_of


def softmax(y: Array) -> Array:
    """Softmax, under the name that the reader's line calls."""
    return softmax_of(y)


def draw(y: Array, temperature: float, u: float) -> int:
    """The first id at which the cumulative probability is above u."""
    p = softmax(y / temperature)
    return int(np.argmax(np.cumsum(p) > u))


def _trace(y: Array, temperature: float, u: float) -> dict[str, Array]:
    """The lines of the draw by name."""
    p = softmax(y / temperature)
    return {"p": p}


def _probes(rng: np.random.Generator) -> list[Probe]:
    """The text's example; then the same scores cold and hot, and longer rows of scores."""
    paper = np.log([0.2, 0.5, 0.3]).round(4)
    probes = [Probe((paper, 1.0, 0.6), label=EXAMPLE)]
    for temperature, u in ((0.25, 0.02), (0.25, 0.9), (1.0, 0.1), (1.0, 0.95), (4.0, 0.35)):
        probes.append(
            Probe((paper.copy(), temperature, u), label=f"temperature {temperature}, u = {u}")
        )
    for V, temperature in ((5, 0.5), (8, 2.0), (30, 0.7), (30, 1.5)):
        y = 2 * rng.normal(size=V).round(2)
        p = softmax_of(y / temperature)
        ends = np.cumsum(p)
        for i in sorted(rng.choice(V, size=4, replace=False)):
            u = float(ends[i] - p[i] / 2)  # in the middle of a character's stretch
            probes.append(Probe((y.copy(), temperature, u), label=f"V = {V}"))
    return probes


def _torch(y: Array, temperature: float, u: float) -> int:
    import torch

    p = torch.softmax(torch.tensor(y) / temperature, dim=-1)
    return int((p.cumsum(0) <= u).sum())


def _loop(y: Array, temperature: float, u: float) -> int:
    total = 0.0
    for i, chance in enumerate(softmax_of(y / temperature)):
        total += chance
        if total > u:
            return i
    return len(y) - 1


def _searched(y: Array, temperature: float, u: float) -> int:
    return int(np.searchsorted(np.cumsum(softmax_of(y / temperature)), u, side="right"))


def _with(
    chances: Callable[[Array, float], Array] = lambda y, temperature: softmax_of(y / temperature),
    choose: Callable[[Array, float], int] = lambda p, u: int(np.argmax(np.cumsum(p) > u)),
) -> Callable[[Array, float, float], int]:
    """A draw with the given parts."""
    return lambda y, temperature, u: choose(chances(y, temperature), u)


def _normalised(p: Array) -> Array:
    return np.asarray(p / p.sum())


def _by_size(p: Array, u: float) -> int:
    order = np.argsort(-p)
    return int(order[np.argmax(np.cumsum(p[order]) > u)])


register(
    CodeExercise(
        name="character.draw",
        title="Draw a character",
        points=2,
        package="language.draw",
        reference=draw,
        trace=_trace,
        probes=_probes,
        oracle=_torch,
        equivalents={"torch": _torch, "loop": _loop, "searched": _searched},
        outputs=("id",),
        axes=("",),
        mistakes=[
            Mistake(
                "counted",
                "You count the sums that are above `u`. The id is the *place* of the first of "
                "them: `np.argmax` finds the first True.",
                _with(choose=lambda p, u: int((np.cumsum(p) > u).sum())),
            ),
            Mistake(
                "one_too_many",
                "This is the id after the one that is drawn. `np.argmax` counts from 0, as ids do.",
                _with(choose=lambda p, u: int(np.argmax(np.cumsum(p) > u)) + 1),
            ),
            Mistake(
                "equal_stretches",
                "You give every character a stretch of the same length. Its length is the "
                "character's probability.",
                lambda y, temperature, u: int(u * len(y)),
            ),
            Mistake(
                "exponentials_divided",
                "You divide e^y by the temperature. Divide the scores, and apply softmax to them.",
                _with(lambda y, temperature: np.exp(y) / temperature),
            ),
            Mistake(
                "u_divided",
                "You divide `u` by the temperature. Divide the scores, before softmax.",
                lambda y, temperature, u: draw(y, 1.0, u / temperature),
            ),
            Mistake(
                "sum_returned",
                "You return the cumulative sum. Return the *place* where it is first "
                "above `u`: the id.",
                _with(choose=lambda p, u: np.cumsum(p)[np.argmax(np.cumsum(p) > u)]),
            ),
            Mistake(
                "score_returned",
                "You return the score of the character that is drawn. Return its id.",
                lambda y, temperature, u: y[draw(y, temperature, u)],
            ),
            Mistake(
                "nearest_sum",
                "You take the sum nearest to `u`. Take the first that is *above* it.",
                _with(choose=lambda p, u: int(np.argmin(abs(np.cumsum(p) - u)))),
            ),
            Mistake(
                "largest_sum",
                "You always take the last character: its sum is the largest, and is above any `u`. "
                "Take the *first* whose sum is above `u`.",
                _with(choose=lambda p, u: int(np.argmax(np.cumsum(p)))),
            ),
            Mistake(
                "reversed_sums",
                "You reverse the probabilities before adding them up. Keep the order of the ids.",
                _with(choose=lambda p, u: int(np.argmax(np.cumsum(p[::-1]) > u))),
            ),
            Mistake(
                "own_random_number",
                "You draw a random number of your own. Use `u`, so that the draw can be repeated.",
                lambda y, temperature, u: int(
                    np.random.default_rng(0).choice(len(y), p=softmax_of(y / temperature))
                ),
            ),
            Mistake(
                "exponentials",
                "You add up e^y, which is not a probability yet. Use `softmax`.",
                _with(lambda y, temperature: np.exp(y / temperature)),
            ),
            Mistake(
                "scores_added_up",
                "You add up the scores. Turn them into probabilities first.",
                _with(lambda y, temperature: y / temperature),
            ),
            Mistake(
                "sums_returned",
                "You return the cumulative sums. Return the id of the first that is above `u`.",
                lambda y, temperature, u: np.cumsum(softmax_of(y / temperature)),
            ),
            Mistake(
                "probability_of_it",
                "You return the probability of the character that is drawn. Return its id.",
                lambda y, temperature, u: softmax_of(y / temperature)[draw(y, temperature, u)],
            ),
            Mistake(
                "tuple_of_all",
                "`np.where` returns a tuple of arrays, with every id whose sum is above `u`. "
                "Return the first of them, one number.",
                lambda y, temperature, u: np.where(np.cumsum(softmax_of(y / temperature)) > u),
            ),
            Mistake(
                "temperature_ignored",
                "The temperature has no effect here. Divide the *scores* by it, before softmax. "
                "Subtracting it, or dividing probabilities and making them sum to one again, "
                "changes nothing.",
                _with(lambda y, temperature: softmax_of(y)),
            ),
            Mistake(
                "probabilities_divided",
                "You divide the probabilities by the temperature, so they no longer sum to one. "
                "Divide the scores, before softmax.",
                _with(lambda y, temperature: softmax_of(y) / temperature),
            ),
            Mistake(
                "probabilities_divided_searched",
                "You divide the probabilities by the temperature, so their sum is no longer one, "
                "and some numbers `u` find no character. Divide the scores, before softmax.",
                _with(
                    lambda y, temperature: softmax_of(y) / temperature,
                    lambda p, u: int(np.searchsorted(np.cumsum(p), u)),
                ),
            ),
            Mistake(
                "all_above",
                "You return every id whose sum is above u. Return the first of them, one number.",
                lambda y, temperature, u: np.where(np.cumsum(softmax_of(y / temperature)) > u)[0],
            ),
            Mistake(
                "multiplied",
                "You multiply by the temperature, so hot is cold. Divide the scores by it.",
                _with(lambda y, temperature: softmax_of(y * temperature)),
            ),
            Mistake(
                "softmax_twice",
                "You divide probabilities by the temperature and apply softmax again, which "
                "flattens them. Divide the scores, then apply softmax once.",
                _with(lambda y, temperature: softmax_of(softmax_of(y) / temperature)),
            ),
            Mistake(
                "powers",
                "You raise p to the power of the temperature. Dividing scores by τ raises p to "
                "the power of 1/τ and *then* makes it sum to one.",
                _with(lambda y, temperature: softmax_of(y) ** temperature),
            ),
            Mistake(
                "powers_not_normalised",
                "Raised to the power of 1/τ, the probabilities no longer sum to one. Divide them "
                "by their sum, or divide the scores before softmax.",
                _with(lambda y, temperature: softmax_of(y) ** (1 / temperature)),
            ),
            Mistake(
                "greedy",
                "You take the likeliest character, whatever `u` is. Use `u` to draw.",
                _with(choose=lambda p, u: int(np.argmax(p))),
            ),
            Mistake(
                "single_probability",
                "You compare `u` with each probability by itself. Compare it with the sum of the "
                "probabilities up to that character: `np.cumsum`.",
                _with(choose=lambda p, u: int(np.argmax(p > u))),
            ),
            Mistake(
                "below",
                "You take the first character whose sum is *below* u. Take the first whose sum is "
                "above it.",
                _with(choose=lambda p, u: int(np.argmax(np.cumsum(p) < u))),
            ),
            Mistake(
                "one_too_few",
                "You take the last character whose sum is still below u. The one after it is the "
                "first above.",
                _with(choose=lambda p, u: int((np.cumsum(p) <= u).sum()) - 1),
            ),
            Mistake(
                "from_the_end",
                "You add up from the last character, or compare with 1 − `u`. Add up from the "
                "first, and compare with `u`.",
                _with(choose=lambda p, u: len(p) - 1 - int(np.argmax(np.cumsum(p[::-1]) > u))),
            ),
            Mistake(
                "sorted",
                "You add up from the likeliest character down. The order is that of the ids.",
                _with(choose=_by_size),
            ),
            Mistake(
                "nearest",
                "You take the character whose probability is nearest to `u`. Compare `u` with "
                "the running sum.",
                _with(choose=lambda p, u: int(np.argmin(abs(p - u)))),
            ),
            Mistake(
                "truth_values",
                "You return an array that says for each character whether its sum is above u. "
                "Return the id of the first: `np.argmax` finds the first True.",
                lambda y, temperature, u: np.cumsum(softmax_of(y / temperature)) > u,
            ),
            Mistake(
                "probabilities_returned",
                "These are the probabilities. Return the id of the character that is drawn.",
                lambda y, temperature, u: softmax_of(y / temperature),
            ),
        ],
        survivors={
            "4: int(np.argmax(np.cumsum(p) > u)) → np.argmax(np.cumsum(p) > u)": "a NumPy integer "
            "is right too",
            "4: np.cumsum(p) > u → np.cumsum(p) >= u": "no draw falls exactly on a sum",
        },
        hints=[
            "Lay the probabilities end to end on a line from 0 to 1. `u` is a point on it: whose "
            "stretch does it fall into?",
            "`y` and `p` are (V,). `np.cumsum(p)` is (V,) too: where each stretch ends.",
            "`p` is the softmax of the scores divided by the temperature. Then find the first "
            "place at which the cumulative sum is above `u`.",
            "`np.argmax(… > u)` is the place of the first True.",
        ],
        solved="A character with probability 0.3 has a stretch of length 0.3, so three draws in "
        "ten fall into it.",
    )
)
