"""Exercise 4.1: build softmax."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, Property, register
from course.exercises.bank.character_language_model.common import HELLO, Array

LARGE = "large scores"


def softmax(y: Array) -> Array:
    """Probabilities from scores, over the last axis."""
    exps = np.exp(y - y.max(axis=-1, keepdims=True))
    p: Array = exps / exps.sum(axis=-1, keepdims=True)
    return p


def _trace(y: Array) -> dict[str, Array]:
    """The lines of softmax by name."""
    exps = np.exp(y - y.max(axis=-1, keepdims=True))
    p = exps / exps.sum(axis=-1, keepdims=True)
    return {"exps": exps, "p": p}


def _probes(rng: np.random.Generator) -> list[Probe]:
    """Step 1 of *hello*, then batches; scores so large that e^y overflows, alone and mixed."""
    probes = [Probe((HELLO[:1].copy(),), label=EXAMPLE)]
    for shape in ((3,), (2, 3), (3, 3), (2, 3, 4), (3, 2, 2)):
        probes.append(Probe((2 * rng.normal(size=shape).round(2),), label=f"shape {shape}"))
    low = rng.normal(size=(2, 3)).round(2)
    probes += [
        Probe((2000 + low,), part=LARGE, label="scores near 2000"),
        Probe((-2000 + low,), part=LARGE, label="scores near −2000"),
        Probe(
            (np.array([[2000.0, 2001.0, 1999.0], [0.0, 1.0, -1.0]]),),
            part=LARGE,
            label="one position near 2000, the next near 0",
        ),
    ]
    return probes


def _torch(y: Array) -> Array:
    import torch

    return torch.tensor(y).softmax(dim=-1).numpy()


def _from_log(y: Array) -> Array:
    top = y.max(axis=-1, keepdims=True)
    return np.asarray(np.exp(y - top - np.log(np.exp(y - top).sum(axis=-1, keepdims=True))))


def _rows(y: Array) -> Array:
    def one(row: Array) -> Array:
        exps = np.exp(row - max(row))
        return np.asarray(exps / sum(exps))

    return np.apply_along_axis(one, -1, y)


def _with(
    raise_: Callable[[Array], Array] = np.exp,
    largest: Callable[[Array], Array] = lambda y: y.max(axis=-1, keepdims=True),
    total: Callable[[Array], Array] = lambda exps: exps.sum(axis=-1, keepdims=True),
) -> Callable[[Array], Array]:
    """A softmax with the given parts."""

    def answer(y: Array) -> Array:
        with np.errstate(all="ignore"):
            exps = raise_(y - largest(y))
            return np.asarray(exps / total(exps))

    return answer


def _no_division(y: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(np.exp(y))


def _plain_shares(y: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(y / y.sum(axis=-1, keepdims=True))


def _log(y: Array) -> Array:
    return np.asarray(np.log(softmax(y)))


def _argmax(y: Array) -> Array:
    return np.asarray((y == y.max(axis=-1, keepdims=True)).astype(float))


def _quietly(answer: Callable[[], Array]) -> Array:
    with np.errstate(all="ignore"):
        return answer()


def _shares(values: Array) -> Array:
    return np.asarray(values / values.sum(axis=-1, keepdims=True))


def _exponential_of_the_sum(y: Array) -> Array:
    shifted = y - y.max(axis=-1, keepdims=True)
    return np.asarray(np.exp(shifted) / np.exp(shifted.sum(axis=-1, keepdims=True)))


_KEEP = "Keep the axis, with `keepdims=True`, so that each position is divided by its own sum."

register(
    CodeExercise(
        name="character.softmax",
        title="Build softmax",
        points={"values": 1, LARGE: 1},
        package="language.softmax",
        reference=softmax,
        trace=_trace,
        probes=_probes,
        oracle=_torch,
        equivalents={"torch": _torch, "from the logarithm": _from_log, "row by row": _rows},
        outputs=("p",),
        axes=("V",),
        properties=[
            Property(
                "At one position your probabilities do not sum to one.",
                lambda output, y: bool(np.allclose(output.sum(axis=-1), 1, atol=1e-5)),
            )
        ],
        mistakes=[
            Mistake(
                "largest_of_all_and_no_axis_kept",
                f"Your sum loses its axis. {_KEEP} And subtract each position's own largest score.",
                _with(largest=lambda y: y.max(), total=lambda exps: exps.sum(axis=-1)),
            ),
            Mistake(
                "second_axis",
                "You work along axis 1. The V scores are on the last axis, whatever the number of "
                "axes: `axis=-1`.",
                _with(
                    largest=lambda y: y.max(axis=1, keepdims=True),
                    total=lambda exps: exps.sum(axis=1, keepdims=True),
                ),
            ),
            Mistake(
                "divided_by_the_largest",
                "You divide by the largest exponential. Divide by the sum of all V.",
                lambda y: _quietly(lambda: np.exp(y) / np.exp(y).max(axis=-1, keepdims=True)),
            ),
            Mistake(
                "subtracted_afterwards",
                "You subtract the largest score from the exponentials. Subtract it from the "
                "scores, before `np.exp`.",
                lambda y: _quietly(lambda: _shares(np.exp(y) - y.max(axis=-1, keepdims=True))),
            ),
            Mistake(
                "scores_divided_by_the_largest",
                "You divide the scores by the largest. Subtract it: only differences may count.",
                lambda y: _quietly(lambda: _shares(np.exp(y / y.max(axis=-1, keepdims=True)))),
            ),
            Mistake(
                "exponential_of_the_sum",
                "You divide by e to the power of the summed scores. Divide by the sum of the "
                "exponentials.",
                lambda y: _quietly(lambda: _exponential_of_the_sum(y)),
            ),
            Mistake(
                "sum_not_shifted",
                "The largest score is subtracted above the fraction line only. Divide by the sum "
                "of the same exponentials, `exps`.",
                lambda y: _quietly(
                    lambda: (
                        np.exp(y - y.max(axis=-1, keepdims=True))
                        / np.exp(y).sum(axis=-1, keepdims=True)
                    )
                ),
            ),
            Mistake(
                "both_returned",
                "You return two arrays. Return `p` alone.",
                lambda y: (np.exp(y - y.max(axis=-1, keepdims=True)), softmax(y)),
            ),
            Mistake(
                "overflow",
                "With scores near 2000, e^y is infinite, and infinity divided by infinity is "
                "nan. Subtract the largest score first: the probabilities do not change.",
                _with(largest=lambda y: np.zeros(1)),
            ),
            Mistake(
                "largest_of_all",
                "You subtract the largest of *all* scores. Where a position's own scores are all "
                "far below it, each e^y is zero, and zero divided by zero is nan. Subtract each "
                "position's own largest: `axis=-1`.",
                _with(largest=lambda y: y.max()),
            ),
            Mistake(
                "sum_of_all",
                "You divide by the sum over the whole array. Each position has probabilities of "
                "its own: sum over the last axis alone.",
                _with(total=lambda exps: exps.sum()),
            ),
            Mistake(
                "first_axis",
                "You work along the first axis, over the batch. The V scores of one position are "
                "on the last axis.",
                _with(
                    largest=lambda y: y.max(axis=0, keepdims=True),
                    total=lambda exps: exps.sum(axis=0, keepdims=True),
                ),
            ),
            Mistake(
                "sum_over_first_axis",
                "The largest score is right, but the sum runs over the first axis, over the batch. "
                "Sum over the last.",
                _with(total=lambda exps: exps.sum(axis=0, keepdims=True)),
            ),
            Mistake(
                "axis_one",
                "Your sum runs along axis 1. That is the last axis only where there are two: count "
                "from the end, `axis=-1`.",
                _with(total=lambda exps: exps.sum(axis=1, keepdims=True)),
            ),
            Mistake(
                "sum_without_axis_kept",
                f"Your sum loses its axis, so the division does not fit position by position. "
                f"{_KEEP}",
                _with(total=lambda exps: exps.sum(axis=-1)),
            ),
            Mistake(
                "largest_without_axis_kept",
                f"Your largest scores lose their axis, so they do not fit position by position. "
                f"{_KEEP}",
                _with(largest=lambda y: y.max(axis=-1)),
            ),
            Mistake(
                "no_axis_kept",
                f"Both the largest score and the sum lose their axis. {_KEEP}",
                _with(
                    largest=lambda y: y.max(axis=-1),
                    total=lambda exps: exps.sum(axis=-1),
                ),
            ),
            Mistake(
                "not_divided",
                "These are the exponentials of the scores. Divide them by their sum.",
                _no_division,
            ),
            Mistake(
                "shifted_not_divided",
                "These are the exponentials, with the largest score subtracted: the largest is 1. "
                "Divide them by their sum.",
                _with(total=lambda exps: np.ones(1)),
            ),
            Mistake(
                "mean",
                "You divide by the mean of the exponentials, so they sum to V. Divide by their "
                "sum.",
                _with(total=lambda exps: exps.mean(axis=-1, keepdims=True)),
            ),
            Mistake(
                "sign",
                "The largest score gets the smallest probability here: the sign of the exponent "
                "is wrong.",
                _with(
                    raise_=lambda shifted: np.exp(-shifted),
                    largest=lambda y: y.min(axis=-1, keepdims=True),
                ),
            ),
            Mistake(
                "power_of_two",
                "You raise 2 to the power of each score. Softmax raises e: `np.exp`.",
                _with(raise_=np.exp2),
            ),
            Mistake(
                "shares_of_the_scores",
                "You divide the scores by their sum. Take e to the power of each first; a score "
                "may be negative, a probability may not.",
                _plain_shares,
            ),
            Mistake(
                "logarithm",
                "These are the logarithms of the probabilities.",
                _log,
            ),
            Mistake(
                "argmax",
                "All of the probability goes to the largest score. Softmax gives each its share.",
                _argmax,
            ),
            Mistake(
                "sigmoid",
                "This is the sigmoid, which treats each score by itself, so they do not sum to "
                "one. Divide by the sum over all V scores.",
                lambda y: 1 / (1 + np.exp(-np.clip(y, -700, 700))),
            ),
        ],
        survivors={
            "3: y.max → y.min": "e to the power of the largest difference is a number in every "
            "probe; with 710 between two scores the right answer would make Python warn"
        },
        hints=[
            "A probability is positive, and the V of them sum to one. Exponentials make the scores "
            "positive; dividing by their sum does the rest.",
            "`y` is (…, V). `y.max(axis=-1, keepdims=True)` is (…, 1): one number for each "
            "position, in a shape that can be subtracted from `y`.",
            "First line: `exps` is e to the power of the scores, with the position's largest "
            "score subtracted. Second line: `p` is `exps` divided by its sum over the last axis, "
            "axis kept. Third line: return it.",
            "`exps = np.exp(y - y.max(axis=-1, keepdims=True))`",
        ],
        solved="Only differences between scores count: adding 5 to all of them changes nothing.",
    )
)
