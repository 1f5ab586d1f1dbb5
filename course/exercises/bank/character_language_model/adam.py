"""Exercise 4.4: build one step of Adam."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from course.exercises.bank.character_language_model.common import Array

Step = Callable[[Array, Array, Array, Array, int, float], tuple[Array, Array, Array]]


def adam_step(
    w: Array, g: Array, m: Array, s: Array, step: int, rate: float
) -> tuple[Array, Array, Array]:
    """One step of Adam."""
    m = 0.9 * m + 0.1 * g
    s = 0.999 * s + 0.001 * g**2
    m_hat = m / (1 - 0.9**step)
    s_hat = s / (1 - 0.999**step)
    w = w - rate * m_hat / (np.sqrt(s_hat) + 1e-8)
    return w, m, s


def _trace(w: Array, g: Array, m: Array, s: Array, step: int, rate: float) -> dict[str, Array]:
    """The lines of the step by name."""
    m = 0.9 * m + 0.1 * g
    s = 0.999 * s + 0.001 * g**2
    m_hat = m / (1 - 0.9**step)
    s_hat = s / (1 - 0.999**step)
    w = w - rate * m_hat / (np.sqrt(s_hat) + 1e-8)
    return {"m": m, "s": s, "m_hat": m_hat, "s_hat": s_hat, "w": w}


def _probes(rng: np.random.Generator) -> list[Probe]:
    """The text's example, then later steps; gradients so small that 1e-8 shows."""
    first = np.ones(1), 2 * np.ones(1), np.zeros(1), np.zeros(1)
    probes = [Probe((*first, 1, 0.1), label=EXAMPLE)]
    for shape, step, rate in (((2,), 2, 0.1), ((3, 2), 7, 0.3), ((2, 5), 500, 0.05)):
        w, g, m = (rng.normal(size=shape).round(2) for _ in range(3))
        s = rng.uniform(0.1, 2, size=shape).round(2)
        probes.append(Probe((w, g, m, s, step, rate), label=f"step {step}"))
    w, tiny = rng.normal(size=3).round(2), 1e-8 * rng.uniform(1, 3, size=3)
    quiet = Probe((w, tiny, 0.5 * tiny, tiny**2, 3, 0.1), label="gradients near 1e-8")
    return [*probes, quiet]


def _torch(w: Array, g: Array, m: Array, s: Array, step: int, rate: float) -> tuple[Array, ...]:
    import torch

    weight = torch.tensor(w, requires_grad=True)
    weight.grad = torch.tensor(g)
    optimiser = torch.optim.Adam([weight], lr=rate)
    optimiser.state[weight] = {
        "step": torch.tensor(float(step - 1)),
        "exp_avg": torch.tensor(m),
        "exp_avg_sq": torch.tensor(s),
    }
    optimiser.step()
    kept = optimiser.state[weight]
    return weight.detach().numpy(), kept["exp_avg"].numpy(), kept["exp_avg_sq"].numpy()


def _differences(
    w: Array, g: Array, m: Array, s: Array, step: int, rate: float
) -> tuple[Array, ...]:
    m = m + (g - m) / 10
    s = s + (g * g - s) / 1000
    slow = 1 - 0.999**step
    return w - rate * np.sqrt(slow) / (1 - 0.9**step) * m / (np.sqrt(s) + 1e-8 * slow**0.5), m, s


def _with(
    means: tuple[float, float] = (0.9, 0.999),
    square: Callable[[Array], Array] = np.square,
    correct: tuple[bool, bool] = (True, True),
    later: int = 0,
    below: Callable[[Array], Array] = lambda s_hat: np.sqrt(s_hat) + 1e-8,
    above: Callable[[Array, Array], Array] = lambda m_hat, g: m_hat,
    sign: float = -1.0,
    hats_returned: bool = False,
    start: Callable[[float, int], float] = lambda factor, step: 1 - factor**step,
) -> Step:
    """A step with the given parts."""

    def answer(
        w: Array, g: Array, m: Array, s: Array, step: int, rate: float
    ) -> tuple[Array, Array, Array]:
        fast, slow = means
        m, s = fast * m + (1 - fast) * g, slow * s + (1 - slow) * square(g)
        step = step + later
        with np.errstate(all="ignore"):
            m_hat = m / start(fast, step) if correct[0] else m
            s_hat = s / start(slow, step) if correct[1] else s
            w = w + sign * rate * above(m_hat, g) / below(s_hat)
        return (w, m_hat, s_hat) if hats_returned else (w, m, s)

    return answer


def _old_means(
    w: Array, g: Array, m: Array, s: Array, step: int, rate: float
) -> tuple[Array, Array, Array]:
    moved, *_ = adam_step(w, g, m, s, step, rate)
    return moved, m, s


def _weights_turned(
    w: Array, g: Array, m: Array, s: Array, step: int, rate: float
) -> tuple[Array, Array, Array]:
    return _with(means=(0.1, 0.001))(w, g, m, s, step, rate)


def _descent(
    w: Array, g: Array, m: Array, s: Array, step: int, rate: float
) -> tuple[Array, Array, Array]:
    _, m, s = adam_step(w, g, m, s, step, rate)
    return w - rate * g, m, s


def _momentum(
    w: Array, g: Array, m: Array, s: Array, step: int, rate: float
) -> tuple[Array, Array, Array]:
    return _with(below=np.ones_like)(w, g, m, s, step, rate)


def _added(
    w: Array, g: Array, m: Array, s: Array, step: int, rate: float
) -> tuple[Array, Array, Array]:
    m, s = m + 0.1 * g, s + 0.001 * g**2
    m_hat, s_hat = m / (1 - 0.9**step), s / (1 - 0.999**step)
    return w - rate * m_hat / (np.sqrt(s_hat) + 1e-8), m, s


def _no_brackets(
    w: Array, g: Array, m: Array, s: Array, step: int, rate: float
) -> tuple[Array, Array, Array]:
    m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
    m_hat, s_hat = m / 1 - 0.9**step, s / 1 - 0.999**step
    with np.errstate(all="ignore"):
        return w - rate * m_hat / (np.sqrt(s_hat) + 1e-8), m, s


def _mean_squared(
    w: Array, g: Array, m: Array, s: Array, step: int, rate: float
) -> tuple[Array, Array, Array]:
    m, s = 0.9 * m + 0.1 * g, (0.999 * s + 0.001 * g) ** 2
    m_hat, s_hat = m / (1 - 0.9**step), s / (1 - 0.999**step)
    return w - rate * m_hat / (np.sqrt(s_hat) + 1e-8), m, s


MISTAKES = [
    Mistake(
        "no_brackets",
        "`m / 1 - 0.9**step` divides by 1 and then subtracts. Put brackets round the whole "
        "divisor, in both lines.",
        _no_brackets,
    ),
    Mistake(
        "times_the_step",
        "You multiply 0.9 and 0.999 by the step. They are raised to its power: `0.9**step`.",
        _with(start=lambda factor, step: 1 - factor * step),
    ),
    Mistake(
        "ninety_nine_hundredths",
        "The second mean keeps 0.999 of its old value and takes 0.001 of the new square. You took "
        "0.99 and 0.01.",
        _with(means=(0.9, 0.99)),
    ),
    Mistake(
        "mean_squared",
        "You square the running mean. Average the squared gradients: `g**2` inside the sum.",
        _mean_squared,
    ),
    Mistake(
        "not_corrected",
        "The running means start at zero and are too small at first. Divide `m` by 1 − 0.9^step "
        "and `s` by 1 − 0.999^step before you use them.",
        _with(correct=(False, False)),
    ),
    Mistake("m_not_corrected", "You correct `s` but not `m`.", _with(correct=(False, True))),
    Mistake(
        "s_not_corrected",
        "You correct `m` but not `s`. It starts at zero too: divide by 1 − 0.999^step.",
        _with(correct=(True, False)),
    ),
    Mistake(
        "one_step_late",
        "`step` counts from 1 already: do not add one.",
        _with(later=1),
    ),
    Mistake(
        "no_root",
        "You divide by `s_hat` itself. It is a mean of squares: take its root.",
        _with(below=lambda s_hat: s_hat + 1e-8),
    ),
    Mistake(
        "epsilon_inside",
        "The 1e-8 belongs outside the root: it is added to the root.",
        _with(below=lambda s_hat: np.sqrt(s_hat + 1e-8)),
    ),
    Mistake(
        "no_epsilon",
        "The 1e-8 is missing: without it, a weight whose gradients are all zero is divided by "
        "zero.",
        _with(below=np.sqrt),
    ),
    Mistake(
        "not_squared",
        "`s` is the running mean of the *squares* of the gradients.",
        _with(square=lambda g: g),
    ),
    Mistake(
        "absolute",
        "`s` averages the gradients' sizes. Adam averages their squares and takes the root later.",
        _with(square=np.abs),
    ),
    Mistake(
        "swapped",
        "0.9 belongs to `m`, 0.999 to `s`.",
        _with(means=(0.999, 0.9)),
    ),
    Mistake(
        "weights_turned",
        "The old mean should count 0.9 and the new gradient 0.1, not the other way round; and "
        "0.999 and 0.001 for the squares.",
        _weights_turned,
    ),
    Mistake(
        "added_up",
        "You add to the old means without shrinking them: multiply the old `m` by 0.9 and the old "
        "`s` by 0.999.",
        _added,
    ),
    Mistake(
        "uphill",
        "This step goes uphill: subtract it from the weight.",
        _with(sign=1.0),
    ),
    Mistake(
        "gradient_above",
        "You use `g` above the fraction line. Adam steps along the running mean, `m_hat`.",
        _with(above=lambda m_hat, g: g),
    ),
    Mistake(
        "descent",
        "The weight takes a step of plain gradient descent: `m` and `s` are computed but not used.",
        _descent,
    ),
    Mistake(
        "momentum",
        "You step along `m_hat`, but do not divide by the root of `s_hat`, so a large gradient "
        "still makes a large step.",
        _momentum,
    ),
    Mistake(
        "hats_returned",
        "Return `m` and `s` themselves. The corrected ones serve this step alone; handed on, they "
        "would be corrected again.",
        _with(hats_returned=True),
    ),
    Mistake(
        "old_means_returned",
        "The new weight is right, but you return the old `m` and `s`, so the next step remembers "
        "nothing.",
        _old_means,
    ),
    Mistake(
        "weight_alone",
        "You return the weight alone. The next step needs the new `m` and `s` too: `return w, m, "
        "s`.",
        lambda w, g, m, s, step, rate: adam_step(w, g, m, s, step, rate)[0],
    ),
]

register(
    CodeExercise(
        name="character.adam_step",
        title="Build one step of Adam",
        points=2,
        package="training.adam_step",
        reference=adam_step,
        trace=_trace,
        probes=_probes,
        oracle=_torch,
        must_not_change=("w", "m", "s"),
        equivalents={"torch": _torch, "differences": _differences},
        outputs=("w", "m", "s"),
        axes=("", "", ""),
        mistakes=MISTAKES,
        hints=[
            "Two running means, a correction for each, then the move: the table has one line of "
            "code in each row.",
            "`w`, `g`, `m` and `s` are arrays of one shape, `step` and `rate` are numbers. All "
            "operations are entry by entry.",
            "New `m` and `s` first. From them `m_hat` and `s_hat`, which are used in this step "
            "only. Then `w`. Return `w, m, s`.",
            "`s_hat = s / (1 - 0.999**step)`",
        ],
        solved="At step 1 the move is the rate, whatever the size of the gradient: `m_hat` is g "
        "and the root of `s_hat` is its size.",
    )
)
