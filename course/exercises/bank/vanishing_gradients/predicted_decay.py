"""Exercise 6.3: find the bugs in a predicted decay."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from course.exercises.bank.vanishing_gradients.common import Array


def given_decay(W_hh: Array, lag: int) -> Array:
    """The colleague's prediction, as the learner finds it."""
    rho = np.linalg.eigvals(W_hh).real.max()
    return rho ** np.arange(lag)


def predicted_decay(W_hh: Array, lag: int) -> Array:
    """The powers of the spectral radius for the distances 0 … lag."""
    rho = np.abs(np.linalg.eigvals(W_hh)).max()
    return rho ** np.arange(lag + 1)


def _probes(rng: np.random.Generator) -> list[Probe]:
    return [
        Probe((np.array([[0.0, -0.5], [0.5, 0.0]]), 2), label=EXAMPLE),
        Probe((np.array([[0.5, 3.0], [0.0, -0.8]]), 3), label="a triangle"),
        Probe((np.array([[0.3, -0.4], [0.4, 0.3]]), 3), label="eigenvalues 0.3 ± 0.4i"),
        Probe((np.diag([0.5, 0.25, 1.0, -2.0]), 4), label="a diagonal"),
        Probe((0.6 * rng.normal(size=(5, 5)), 6)),
        Probe((rng.normal(size=(4, 4)) - np.eye(4), 3)),
        Probe((np.array([[-0.7]]), 5), label="H = 1"),
        Probe((0.5 * rng.normal(size=(3, 3)), 0), label="lag 0"),
    ]


def _by_gelfand(W_hh: Array, lag: int) -> Array:
    """Gelfand's formula: the radius is the limit of the d-th root of the norm of the d-th power."""
    power, logarithm, d = W_hh.copy(), 0.0, 1
    for _ in range(40):
        norm = float(np.linalg.norm(power))
        logarithm += math.log(norm) / d
        power = (power / norm) @ (power / norm)
        d *= 2
    return np.exp(logarithm * np.arange(lag + 1))


def _by_torch(W_hh: Array, lag: int) -> Array:
    import torch

    rho = torch.linalg.eigvals(torch.tensor(W_hh)).abs().max()
    return (rho ** torch.arange(lag + 1)).numpy()


def _one_by_one(W_hh: Array, lag: int) -> Array:
    rho = max(abs(complex(value)) for value in np.linalg.eig(W_hh)[0])
    return np.array([rho**d for d in range(lag + 1)])


def _rate(W_hh: Array) -> float:
    return float(np.abs(np.linalg.eigvals(W_hh)).max())


def _with(
    rate: Callable[[Array], float] = _rate,
    far: Callable[[int], Array] = lambda lag: np.arange(lag + 1),
) -> Callable[[Array, int], Array]:
    """Powers of another number, or at other distances."""
    return lambda W_hh, lag: rate(W_hh) ** far(lag)


RATES = [  # another number in place of the radius; the first is what the colleague's was
    Mistake(
        "real_part",
        "The number of distances is right. But you still take the real part of the eigenvalues, "
        "and the largest of them: a quarter turn has none, and −0.8 counts like 0.8. What counts "
        "is the absolute value of each.",
        _with(lambda W: float(np.linalg.eigvals(W).real.max())),
    ),
    Mistake(
        "absolute_real_part",
        "You took the absolute value of the real parts. A quarter turn has eigenvalues ±0.5i, "
        "without a real part, and still halves a vector at each step. Take the absolute value of "
        "the complex number, `np.abs`.",
        _with(lambda W: float(np.abs(np.linalg.eigvals(W).real).max())),
    ),
    Mistake(
        "largest_before_absolute",
        "You took the largest eigenvalue and then its absolute value. A negative or a complex one "
        "may be longer: first `np.abs` of all, then the largest.",
        _with(lambda W: float(np.abs(np.linalg.eigvals(W).max()))),
    ),
    Mistake(
        "first_eigenvalue",
        "You took the first eigenvalue. NumPy returns them in no particular order: take the "
        "largest of their absolute values.",
        _with(lambda W: float(np.abs(np.linalg.eigvals(W)[0]))),
    ),
    Mistake(
        "smallest",
        "You took the smallest of the absolute values. In the long run the largest one remains.",
        _with(lambda W: float(np.abs(np.linalg.eigvals(W)).min())),
    ),
    Mistake(
        "mean",
        "You took the mean of the absolute values. In the long run the largest one remains alone.",
        _with(lambda W: float(np.abs(np.linalg.eigvals(W)).mean())),
    ),
    Mistake(
        "singular_value",
        "These are the powers of the largest singular value. They are the bound; asked for is the "
        "largest absolute eigenvalue.",
        _with(lambda W: float(np.linalg.norm(W, 2))),
    ),
    Mistake(
        "symmetric",
        "`np.linalg.eigvalsh` reads one triangle of W and takes the matrix to be symmetric, which "
        "it is not. Use `np.linalg.eigvals`.",
        _with(lambda W: float(np.abs(np.linalg.eigvalsh(W)).max())),
    ),
    Mistake(
        "imaginary_part",
        "You took the imaginary part. That is right for a turn, but an eigenvalue may be real: "
        "take the absolute value, `np.abs`, which counts both parts.",
        _with(lambda W: float(np.abs(np.linalg.eigvals(W).imag).max())),
    ),
    Mistake(
        "frobenius",
        "You took the root of the sum of squares. Asked for is the largest absolute eigenvalue.",
        _with(lambda W: float(np.linalg.norm(W))),
    ),
    Mistake(
        "absolute_after_real_part",
        "You took the absolute value of the largest real part. Take the absolute value of each "
        "eigenvalue, which counts both its parts, and then the largest: `np.abs` first, `max` "
        "last.",
        _with(lambda W: float(abs(np.linalg.eigvals(W).real.max()))),
    ),
    Mistake(
        "larger_part",
        "You took the larger of the real and the imaginary part. The absolute value of a + bi "
        "is √(a² + b²), and −0.7 counts as much as 0.7: use `np.abs`.",
        _with(
            lambda W: float(max(np.linalg.eigvals(W).real.max(), np.linalg.eigvals(W).imag.max()))
        ),
    ),
    Mistake(
        "sum_of_parts",
        "You added the absolute values of the real and the imaginary part. The absolute value "
        "of a + bi is √(a² + b²): use `np.abs`.",
        _with(
            lambda W: float((abs(np.linalg.eigvals(W).real) + abs(np.linalg.eigvals(W).imag)).max())
        ),
    ),
    Mistake(
        "squared",
        "This is the square of the absolute value, a² + b². Take its root, or use `np.abs`.",
        _with(lambda W: _rate(W) ** 2),
    ),
    Mistake(
        "squared_singular_value",
        "These are powers of the largest eigenvalue of `W.T @ W`, which is the square of the "
        "largest singular value. Asked for is the largest absolute eigenvalue of W itself.",
        _with(lambda W: float(np.linalg.norm(W, 2) ** 2)),
    ),
    Mistake(
        "norm_of_all",
        "You took the norm of the vector of all eigenvalues. Only the largest absolute value "
        "counts.",
        _with(lambda W: float(np.linalg.norm(np.linalg.eigvals(W)))),
    ),
    Mistake(
        "sum_of_all",
        "You added the absolute values. In the long run only the largest counts.",
        _with(lambda W: float(np.abs(np.linalg.eigvals(W)).sum())),
    ),
    Mistake(
        "eigenvectors",
        "`np.linalg.eig` returns the eigenvalues and the eigenvectors; you took an entry of an "
        "eigenvector. `np.linalg.eigvals` returns the eigenvalues alone.",
        _with(lambda W: float(np.abs(np.linalg.eig(W)[1]).max())),
    ),
    Mistake(
        "of_absolute_entries",
        "You took the absolute values of the entries of W before the eigenvalues. It is the "
        "eigenvalues of W whose absolute values count.",
        _with(lambda W: float(np.abs(np.linalg.eigvals(np.abs(W))).max())),
    ),
    Mistake(
        "root_of_determinant",
        "The absolute value of the determinant is the product of all absolute eigenvalues, and "
        "its root mixes large ones with small ones. Take the largest.",
        _with(lambda W: float(abs(np.linalg.det(W)) ** 0.5)),
    ),
    Mistake(
        "trace",
        "You took the trace, the sum of the eigenvalues. Asked for is the largest of their "
        "absolute values.",
        _with(lambda W: float(abs(np.trace(W)))),
    ),
    Mistake(
        "largest_entry",
        "You took the largest absolute entry of W. Asked for is its largest absolute eigenvalue.",
        _with(lambda W: float(np.abs(W).max())),
    ),
    Mistake(
        "largest_row_sum",
        "You took the largest row sum of W. Asked for is its largest absolute eigenvalue.",
        _with(lambda W: float(np.abs(W).sum(axis=1).max())),
    ),
    Mistake(
        "never_above_1",
        "You cut the radius off at 1. A gradient may also grow: leave it as it is.",
        _with(lambda W: min(1.0, _rate(W))),
    ),
]

DISTANCES = [
    Mistake(
        "one_distance_short",
        "Your radius is right, but the last distance is missing: from 0 to `lag` there are "
        "lag + 1 of them.",
        _with(far=np.arange),
    ),
    Mistake(
        "complex",
        "Your result is complex: take the absolute value of each eigenvalue before the largest.",
        lambda W_hh, lag: np.linalg.eigvals(W_hh).max() ** np.arange(lag + 1),
    ),
    Mistake(
        "all_eigenvalues",
        "You raised all H eigenvalues to the powers. Take the largest of their absolute values, "
        "one number.",
        lambda W_hh, lag: np.abs(np.linalg.eigvals(W_hh)) ** np.arange(lag + 1),
    ),
    Mistake(
        "determinant",
        "You took the determinant, the product of all eigenvalues. Asked for is the largest of "
        "their absolute values.",
        _with(lambda W: float(abs(np.linalg.det(W)))),
    ),
    Mistake(
        "without_distance_0",
        "Your first entry is already one step back. At distance 0 all of the gradient is there, "
        "so the first entry is 1.",
        _with(far=lambda lag: np.arange(1, lag + 1)),
    ),
    Mistake(
        "starts_at_1",
        "Your first entry is already one step back: the distances are 0 … lag, not 1 … lag + 1.",
        _with(far=lambda lag: np.arange(1, lag + 2)),
    ),
    Mistake(
        "times_distance",
        "You multiplied the radius by the distance. Each step multiplies by it once more: a power.",
        lambda W_hh, lag: _rate(W_hh) * np.arange(lag + 1),
    ),
    Mistake(
        "last_distance_alone",
        "This is what is left at the last distance alone. Return all distances from 0 to `lag`.",
        lambda W_hh, lag: np.array(_rate(W_hh) ** lag),
    ),
    Mistake(
        "norms_of_powers",
        "These are the norms of the powers of W, or of their bound. Asked for is the "
        "prediction: powers of one number, the largest absolute eigenvalue.",
        lambda W_hh, lag: np.array(
            [np.linalg.norm(np.linalg.matrix_power(W_hh, d), 2) for d in range(lag + 1)]
        ),
    ),
    Mistake(
        "two_too_many",
        "Your result has one entry too many: from 0 to `lag` there are lag + 1 distances.",
        _with(far=lambda lag: np.arange(lag + 2)),
    ),
    Mistake(
        "one_step_too_far",
        "This is one number, at distance lag + 1. Return all distances from 0 to `lag`: "
        "`np.arange(lag + 1)`.",
        lambda W_hh, lag: np.array(_rate(W_hh) ** (lag + 1)),
    ),
    Mistake(
        "steps_not_whole",
        "You divided 0 … `lag` into `lag` points, so the distances are not whole numbers. There "
        "are lag + 1 of them.",
        _with(far=lambda lag: np.linspace(0, lag, lag)),
    ),
    Mistake(
        "reversed",
        "The distances stand in reverse order. The first entry belongs to distance 0 and is 1.",
        _with(far=lambda lag: np.arange(lag, -1, -1)),
    ),
    Mistake(
        "one_over",
        "Your result is one over the right one: the exponent is d, not −d.",
        _with(far=lambda lag: -np.arange(lag + 1)),
    ),
    Mistake(
        "exponential",
        "You took exp(−ρ d). Each step multiplies by ρ, so after d steps ρ to the power of d is "
        "left.",
        lambda W_hh, lag: np.exp(-_rate(W_hh) * np.arange(lag + 1)),
    ),
    Mistake(
        "what_is_lost",
        "You took the powers of 1 − ρ. Each step multiplies by ρ.",
        lambda W_hh, lag: (1 - _rate(W_hh)) ** np.arange(lag + 1),
    ),
    Mistake(
        "base_and_exponent",
        "Base and exponent are swapped: it is ρ to the power of d.",
        lambda W_hh, lag: np.arange(lag + 1) ** _rate(W_hh),
    ),
    Mistake(
        "constant",
        "Every entry is the radius itself. At distance d it has been multiplied d times: a power.",
        lambda W_hh, lag: _rate(W_hh) * np.ones(lag + 1),
    ),
]


def _short(mistake: Mistake) -> Mistake:
    """The same mistake, with the last distance still missing."""
    return Mistake(
        f"{mistake.tag}_short",
        f"Still two bugs. One is the last distance, which is missing. The other: {mistake.message}",
        lambda W_hh, lag: mistake.answer(W_hh, lag)[:-1],
    )


MISTAKES = [*RATES, *map(_short, RATES[1:]), *DISTANCES]

register(
    CodeExercise(
        name="vanishing.predicted_decay",
        title="Find the bugs",
        points=2,
        reference=predicted_decay,
        given=given_decay,
        probes=_probes,
        oracle=_by_gelfand,
        oracle_tolerance=(1e-6, 1e-9),
        equivalents={"torch": _by_torch, "one by one": _one_by_one},
        outputs=("decay",),
        mistakes=MISTAKES,
        hints=[
            "There are two bugs. Run the example, and count the entries of the result. Then print "
            "the eigenvalues.",
            "`np.linalg.eigvals` returns H numbers, which may be complex. The result has one "
            "entry for each of the distances 0 … lag, that is lag + 1.",
            "The matrix of the example turns a vector by 90° and halves it. Its eigenvalues are "
            "0.5i and −0.5i. What is their real part, and what their absolute value?",
            "`rho = np.abs(np.linalg.eigvals(W_hh)).max()`",
        ],
        solved="An eigenvalue may be negative or complex. Only its absolute value says whether "
        "repeated products shrink.",
    )
)
