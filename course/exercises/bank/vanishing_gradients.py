"""The exercises of lesson 06, Vanishing gradients."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import (
    CodeExercise,
    Mistake,
    OpenExercise,
    Probe,
    ValueExercise,
    register,
)

Array = npt.NDArray[Any]
Three = tuple[Array, Array, Array]

# --- 6.1 · How many steps until it is gone? -------------------------------------------------------


def _steps_until_gone() -> int:
    """Walk back until less than a thousandth is left."""
    left, steps = 1.0, 0
    while left >= 1e-3:
        left, steps = left * 0.9, steps + 1
    return steps


register(
    ValueExercise(
        name="vanishing.steps_until_gone",
        title="How many steps until it is gone?",
        points=1,
        answer=66,
        oracle=_steps_until_gone,
        consequence=lambda n: f"After {n:g} steps {0.9**n:.2g} of the gradient is left.",
        mistakes=[
            Mistake(
                "rounded_down",
                "Nearly. After 65 steps 0.00106 is left, which is still above a thousandth.",
                65,
            ),
            Mistake(
                "a_tenth_each_time",
                "You took away a tenth of the first value at each step. Each step takes a tenth of "
                "what is left: the gradient is multiplied by 0.9.",
                10,
            ),
            Mistake(
                "a_hundredth",
                "That is where less than a hundredth is left. Wanted is a thousandth.",
                44,
            ),
            Mistake(
                "logarithm_of_the_limit",
                "That is the logarithm of 1000 alone. Divide it by what one step takes away, "
                "−log 0.9.",
                7,
            ),
            Mistake(
                "one_too_many",
                "Nearly. After 66 steps 0.00096 is left, which is below a thousandth already.",
                67,
            ),
            Mistake(
                "three_zeros",
                "0.1 to the power of 3 is a thousandth. Here each step multiplies by 0.9, not by "
                "0.1.",
                3,
            ),
            Mistake(
                "a_thousand_tenths",
                "A tenth of what is left goes at each step, so each step takes less than the one "
                "before. Multiply: 0.9 · 0.9 · 0.9 …",
                9,
            ),
        ],
        hints=[
            "After d steps back the gradient has been multiplied by 0.9 d times.",
            "You look for the smallest whole number d for which 0.9 to the power of d is below "
            "0.001.",
            "Take logarithms: d · log 0.9 < log 0.001. Both are negative: dividing by log 0.9 "
            "turns the sign around.",
            "d > 6.908 / 0.1054",
        ],
        solved="A weight of 0.9 sounds like much, and 66 steps are one line of text.",
    )
)


# --- 6.2 · How much one state moves another -------------------------------------------------------


def jacobian_norms(h: Array, W_hh: Array) -> Array:
    """Largest singular value of ∂h_T/∂h_{T−d} for the distances d = 0 … T − 1."""
    T, H = h.shape
    product, norms = np.eye(H), []
    for t in reversed(range(T)):
        norms.append(np.linalg.norm(product, 2))
        product = product @ ((1 - h[t] ** 2)[:, None] * W_hh)
    return np.array(norms)


def _jacobian_probes(rng: np.random.Generator) -> list[Probe]:
    probes = [Probe((np.array([[0.6], [0.8]]), np.array([[2.0]])), label="one unit")]
    for T, H, label in ((4, 3, ""), (6, 2, ""), (3, 5, ""), (1, 3, "T = 1")):
        probes.append(
            Probe((rng.uniform(-0.9, 0.9, size=(T, H)), rng.normal(size=(H, H))), label=label)
        )
    return probes


def _jacobian_torch(h: Array, W_hh: Array) -> Array:
    """Autograd's Jacobians of a network whose inputs are chosen such that its states are `h`."""
    import torch

    W = torch.tensor(W_hh)
    inputs = torch.tensor(np.arctanh(h[1:]) - h[:-1] @ W_hh.T)
    norms = []
    for first in reversed(range(len(h))):

        def last_state(state: torch.Tensor, first: int = first) -> torch.Tensor:
            for x in inputs[first:]:
                state = torch.tanh(W @ state + x)
            return state

        jacobian = torch.autograd.functional.jacobian(last_state, torch.tensor(h[first]))
        norms.append(float(torch.linalg.matrix_norm(jacobian, 2)))
    return np.array(norms)


def _jacobian_with(
    factor: Callable[[Array, int, Array], Array] = lambda h, t, W: (1 - h[t] ** 2)[:, None] * W,
    size: Callable[[Array], float] = lambda product: float(np.linalg.norm(product, 2)),
    before: bool = False,
) -> Callable[[Array, Array], Array]:
    """Norms from another factor, another size or another order of the product."""

    def norms(h: Array, W_hh: Array) -> Array:
        product, found = np.eye(len(W_hh)), []
        for t in reversed(range(len(h))):
            found.append(size(product))
            step = factor(h, t, W_hh)
            product = step @ product if before else product @ step
        return np.array(found)

    return norms


def _jacobian_svd(h: Array, W_hh: Array) -> Array:
    """The same by vectors: the products transposed, and their singular values."""
    back, found = np.eye(h.shape[1]), []
    for h_t in h[::-1]:
        found.append(np.linalg.svd(back)[1][0])
        back = W_hh.T @ np.diag(1 - h_t * h_t) @ back
    return np.array(found)


register(
    CodeExercise(
        name="vanishing.jacobian_norms",
        title="How much one state moves another",
        points=2,
        reference=jacobian_norms,
        probes=_jacobian_probes,
        oracle=_jacobian_torch,
        oracle_tolerance=(1e-9, 1e-12),
        equivalents={"torch": _jacobian_torch, "svd": _jacobian_svd},
        outputs=("norms",),
        axes=("T",),
        survivors={
            "7: 1 - h[t] ** 2 → h[t] ** 2 - 1": "the sign of a factor changes no singular value",
        },
        mistakes=[
            Mistake(
                "no_slope",
                "You multiplied `W_hh` alone. Each step also passes a tanh: its slope, 1 − h², "
                "multiplies the rows of `W_hh`.",
                _jacobian_with(lambda h, t, W: W),
            ),
            Mistake(
                "slope_of_the_old_state",
                "The step from $h_{t-1}$ to $h_t$ has the slope at the new state, 1 − $h_t^2$. You "
                "took that of the old one.",
                _jacobian_with(lambda h, t, W: (1 - h[max(t - 1, 0)] ** 2)[:, None] * W),
            ),
            Mistake(
                "slope_on_columns",
                "You multiplied the columns of `W_hh` by the slopes. diag(1 − h²) stands on the "
                "left, so it multiplies the rows: `(1 - h[t]**2)[:, None] * W_hh`.",
                _jacobian_with(lambda h, t, W: (1 - h[t] ** 2) * W),
            ),
            Mistake(
                "other_order",
                "The factors stand in the wrong order. Later steps stand on the left: "
                "$J_T J_{T-1} …$, so an older step is multiplied from the right.",
                _jacobian_with(before=True),
            ),
            Mistake(
                "frobenius",
                "This is the root of the sum of all squares. The largest singular value is "
                "`np.linalg.norm(product, 2)`, with the 2.",
                _jacobian_with(size=lambda product: float(np.linalg.norm(product))),
            ),
            Mistake(
                "eigenvalue",
                "This is the largest absolute eigenvalue. How much a matrix can stretch a vector "
                "is its largest singular value.",
                _jacobian_with(size=lambda product: float(abs(np.linalg.eigvals(product)).max())),
            ),
            Mistake(
                "far_to_near",
                "The order is turned round: entry d is the distance d, so the first entry is 1.",
                lambda h, W_hh: jacobian_norms(h, W_hh)[::-1],
            ),
            Mistake(
                "bound",
                "You multiplied the norms of the steps. That is an upper bound; wanted is the norm "
                "of the product itself.",
                lambda h, W_hh: np.cumprod(
                    [1.0]
                    + [
                        float(np.linalg.norm((1 - h[t] ** 2)[:, None] * W_hh, 2))
                        for t in range(len(h) - 1, 0, -1)
                    ]
                ),
            ),
            Mistake(
                "tanh_of_the_state",
                "`h` is what tanh returned already: its slope is 1 − h². You took the tanh of it "
                "once more.",
                _jacobian_with(lambda h, t, W: (1 - np.tanh(h[t]) ** 2)[:, None] * W),
            ),
            Mistake(
                "slope_without_square",
                "The slope of tanh is 1 − h², with the square.",
                _jacobian_with(lambda h, t, W: (1 - h[t])[:, None] * W),
            ),
            Mistake(
                "transposed",
                "You transposed `W_hh` and left the slopes on the left. The step's Jacobian is "
                "diag(1 − h²) times `W_hh`; transposed it would be `W_hh.T` times diag(1 − h²).",
                _jacobian_with(lambda h, t, W: (1 - h[t] ** 2)[:, None] * W.T),
            ),
            Mistake(
                "from_the_first_state",
                "You began at the first row of `h`. Distance is counted from the last state: "
                "begin with its step, the last row.",
                lambda h, W_hh: jacobian_norms(h[::-1], W_hh),
            ),
            Mistake(
                "one_step_alone",
                "These are the norms of single steps. Wanted is the norm of their product so far.",
                lambda h, W_hh: np.array(
                    [1.0]
                    + [
                        float(np.linalg.norm((1 - h[t] ** 2)[:, None] * W_hh, 2))
                        for t in range(len(h) - 1, 0, -1)
                    ]
                ),
            ),
            Mistake(
                "starts_one_step_late",
                "Your first entry is already one step back. At distance 0 the product is the "
                "identity, whose norm is 1.",
                lambda h, W_hh: np.array(
                    [float(np.linalg.norm(product, 2)) for product in _products(h, W_hh)[1:]]
                ),
            ),
        ],
        hints=[
            "The chain rule for vectors: the Jacobian over several steps is the product of the "
            "Jacobians of the steps, the latest on the left.",
            "`h` is (T, H); row t of it is the state after step t, counted from 0. One step's "
            "Jacobian is (H, H), and so is the product. You return (T,).",
            "Begin with the identity, `np.eye(H)`. T times: note its norm, then multiply it from "
            "the right by the Jacobian of the step that led to the oldest state so far.",
            "`product = product @ ((1 - h[t] ** 2)[:, None] * W_hh)` with t from T − 1 down",
        ],
        solved="The same numbers tell how far a small change of an old state moves the last one, "
        "and how much of a gradient can come back to it.",
    )
)


def _products(h: Array, W_hh: Array) -> list[Array]:
    """The identity, and after it the product of each number of steps up to T."""
    products = [np.eye(len(W_hh))]
    for h_t in h[::-1]:
        products.append(products[-1] @ ((1 - h_t**2)[:, None] * W_hh))
    return products


# --- 6.3 · The top of the hump --------------------------------------------------------------------


def _hump() -> int:
    """The distance at which the gradient is longest, by trying."""
    W, dh, norms = np.array([[0.85, 2.0], [0.0, 0.85]]), np.array([1.0, 0.0]), []
    for _ in range(60):
        norms.append(np.linalg.norm(dh))
        dh = W.T @ dh
    return int(np.argmax(norms))


register(
    ValueExercise(
        name="vanishing.hump",
        title="The top of the hump",
        points=1,
        answer=6,
        oracle=_hump,
        mistakes=[
            Mistake(
                "falls_at_once",
                "You trusted the eigenvalues: both are 0.85. They rule the long run. Before it the "
                "entry 2 moves weight from one direction into the other. Or you multiplied by W: "
                "one step back multiplies by the transposed W.",
                0,
            ),
            Mistake(
                "first_step",
                "One step makes it longer, and the next ones do, too: go on until it falls.",
                1,
            ),
            Mistake(
                "one_too_few",
                "Nearly: the step from 5 to 6 still makes it longer, by 6 / 5 · 0.85 = 1.02.",
                5,
            ),
            Mistake(
                "one_too_many",
                "Nearly: the step from 6 to 7 makes it shorter, by 7 / 6 · 0.85 = 0.99.",
                7,
            ),
            Mistake(
                "the_other_matrix",
                "That is the top for the matrix with 0.9 and 1. Here the diagonal is 0.85: the "
                "second entry grows as long as (d + 1) / d · 0.85 is above 1.",
                9,
            ),
        ],
        hints=[
            "Walk: multiply `dh` by the transposed matrix again and again, and write down its "
            "length.",
            "After d steps `dh` is (0.85 to the power of d, 2 d · 0.85 to the power of d − 1). The "
            "second entry is by far the longer one.",
            "The second entry grows as long as (d + 1) / d · 0.85 is above 1.",
            "(d + 1) / d · 0.85 > 1 means d < 5.67.",
        ],
        solved="A matrix with both eigenvalues at 0.85 makes a gradient more than five times as "
        "long before it lets it die.",
    )
)


# --- 6.4 · To a given spectral radius -------------------------------------------------------------


def rescaled(W: Array, rho: float) -> Array:
    """W times a number, such that its largest absolute eigenvalue is rho."""
    return W * (rho / np.abs(np.linalg.eigvals(W)).max())


def _rescaled_probes(rng: np.random.Generator) -> list[Probe]:
    turn = 2.0 * np.array([[0.0, -1.0], [1.0, 0.0]])
    return [
        Probe((np.array([[2.0, 3.0], [0.0, -4.0]]), 0.5), label="a triangle"),
        Probe((turn, 0.9), label="a turn by 90°, made longer"),
        Probe((np.diag([1.0, 3.0, -2.0]), 0.9), label="a diagonal"),
        Probe((rng.normal(size=(5, 5)), 1.0)),
        Probe((rng.normal(size=(4, 4)) - 2 * np.eye(4), 1.3)),
        Probe((rng.normal(size=(1, 1)), 0.7), label="H = 1"),
    ]


def _rescaled_one_by_one(W: Array, rho: float) -> Array:
    largest = max(abs(complex(value)) for value in np.linalg.eig(W)[0])
    return np.array([[rho * entry / largest for entry in row] for row in W])


def _rescaled_power(W: Array, rho: float) -> Array:
    """Gelfand's formula: the radius is the limit of the d-th root of the norm of the d-th power."""
    power, logarithm, d = W.copy(), 0.0, 1
    for _ in range(40):
        norm = np.linalg.norm(power)
        logarithm += math.log(norm) / d
        power = (power / norm) @ (power / norm)
        d *= 2
    return W * (rho / math.exp(logarithm))


def _rescaled_torch(W: Array, rho: float) -> Array:
    import torch

    tensor = torch.tensor(W)
    return (tensor / torch.linalg.eigvals(tensor).abs().max() * rho).numpy()


register(
    CodeExercise(
        name="vanishing.rescaled",
        title="To a given spectral radius",
        points=1,
        reference=rescaled,
        probes=_rescaled_probes,
        oracle=_rescaled_power,
        oracle_tolerance=(1e-6, 1e-9),
        equivalents={"torch": _rescaled_torch, "one by one": _rescaled_one_by_one},
        outputs=("W",),
        axes=("HK",),
        mistakes=[
            Mistake(
                "singular_value",
                "You made the largest singular value rho. The spectral radius is the largest "
                "absolute eigenvalue.",
                lambda W, rho: W * (rho / np.linalg.norm(W, 2)),
            ),
            Mistake(
                "frobenius",
                "You divided by `np.linalg.norm(W)`, the root of the sum of squares. The spectral "
                "radius comes from `np.linalg.eigvals`.",
                lambda W, rho: W * (rho / np.linalg.norm(W)),
            ),
            Mistake(
                "largest_entry",
                "You divided by the largest entry of W. Wanted is its largest absolute eigenvalue.",
                lambda W, rho: W * (rho / np.abs(W).max()),
            ),
            Mistake(
                "real_part",
                "You took the real part of the eigenvalues. A turn has eigenvalues without real "
                "part and does not shrink anything: take their absolute value, `np.abs`.",
                lambda W, rho: W * (rho / max(np.abs(np.linalg.eigvals(W).real).max(), 1e-9)),
            ),
            Mistake(
                "first_eigenvalue",
                "You took the first eigenvalue. NumPy returns them in no order: take the largest "
                "of their absolute values.",
                lambda W, rho: W * (rho / np.abs(np.linalg.eigvals(W)[0])),
            ),
            Mistake(
                "largest_before_absolute",
                "You took the largest eigenvalue and then its absolute value. A negative or "
                "complex one may be longer: first `np.abs` of all, then the largest.",
                lambda W, rho: W * (rho / np.abs(np.linalg.eigvals(W).max())),
            ),
            Mistake(
                "symmetric",
                "`np.linalg.eigvalsh` looks at one triangle of W and takes it for symmetric, and "
                "it is not. Use `np.linalg.eigvals`.",
                lambda W, rho: W * (rho / np.abs(np.linalg.eigvalsh(W)).max()),
            ),
            Mistake(
                "no_division",
                "You multiplied by rho without dividing by the spectral radius that W has.",
                lambda W, rho: W * rho,
            ),
            Mistake(
                "always_one",
                "You divided by the spectral radius and left out rho.",
                lambda W, rho: W / np.abs(np.linalg.eigvals(W)).max(),
            ),
        ],
        hints=[
            "Multiply a matrix by a number, and each eigenvalue is multiplied by it.",
            "W is (H, H), rho a number; return (H, H).",
            "Find the eigenvalues with `np.linalg.eigvals(W)`. They may be complex; how large one "
            "is says `np.abs`.",
            "`radius = np.abs(np.linalg.eigvals(W)).max()`",
        ],
        solved="Multiplying by a number keeps the directions and sets the pace of the long run. "
        "It does not make W orthogonal: its singular values still differ.",
    )
)


# --- 6.5 · Find the bugs: clipping ----------------------------------------------------------------

# Why mutants of the small number in the divisor pass.
_TINY = "it guards against a division by zero and changes less than the tolerance, as it should"


def given_clip(dW_xh: Array, dW_hh: Array, db_h: Array, limit: float) -> Three:
    """The colleague's clipping, as the learner finds it."""
    clipped = []
    for gradient in (dW_xh, dW_hh, db_h):
        norm = np.sqrt((gradient**2).sum())
        clipped.append(gradient * limit / (norm + 1e-6))
    return clipped[0], clipped[1], clipped[2]


def repaired_clip(dW_xh: Array, dW_hh: Array, db_h: Array, limit: float) -> Three:
    """Clip three gradients by their joint norm."""
    norm = np.sqrt((dW_xh**2).sum() + (dW_hh**2).sum() + (db_h**2).sum())
    factor = min(1.0, limit / (norm + 1e-6))
    return factor * dW_xh, factor * dW_hh, factor * db_h


def _clip_probes(rng: np.random.Generator) -> list[Probe]:
    probes = [
        Probe((np.array([[3.0]]), np.array([[4.0]]), np.array([12.0]), 6.5), label="norm 13"),
        Probe((np.array([[0.3]]), np.array([[0.4]]), np.array([1.2]), 6.5), label="norm 1.3"),
    ]
    for D, H, scale, limit, label in (
        (3, 4, 5.0, 1.0, "all too long"),
        (2, 3, 0.01, 1.0, "all short"),
        (4, 2, 1.0, 2.5, "together too long, each short enough"),
        (3, 5, 0.0, 0.5, "all zero"),
    ):
        shapes = (H, D), (H, H), (H,)
        arrays = [rng.normal(size=shape) for shape in shapes]
        if limit == 2.5:
            arrays = [array * (2.0 / np.linalg.norm(array)) for array in arrays]
        probes.append(Probe((*(scale * array for array in arrays), limit), label=label))
    arrays = [rng.normal(size=shape) for shape in ((4, 3), (4, 4), (4,))]
    probes.append(Probe((0.01 * arrays[0], 10 * arrays[1], arrays[2], 3.0), label="one dominates"))
    return probes


def _clip_torch(dW_xh: Array, dW_hh: Array, db_h: Array, limit: float) -> Three:
    import torch

    weights = []
    for gradient in (dW_xh, dW_hh, db_h):
        weight = torch.nn.Parameter(torch.zeros(gradient.shape, dtype=torch.float64))
        weight.grad = torch.tensor(gradient)
        weights.append(weight)
    torch.nn.utils.clip_grad_norm_(weights, limit)
    first, second, third = (weight.grad.numpy() for weight in weights)  # type: ignore[union-attr]
    return first, second, third


def _clip_if(dW_xh: Array, dW_hh: Array, db_h: Array, limit: float) -> Three:
    """The same without the small number."""
    flat = np.concatenate([dW_xh.ravel(), dW_hh.ravel(), db_h])
    norm = np.linalg.norm(flat)
    if norm > limit:
        flat = flat / norm * limit
    a, b = dW_xh.size, dW_xh.size + dW_hh.size
    return flat[:a].reshape(dW_xh.shape), flat[a:b].reshape(dW_hh.shape), flat[b:]


def _norm(array: Array) -> float:
    return float(np.linalg.norm(array))


def _clip_with(factors: Callable[[list[Array], float], list[float]]) -> Callable[..., Three]:
    """Clip by factors that depend on the three gradients."""

    def clip(dW_xh: Array, dW_hh: Array, db_h: Array, limit: float) -> Three:
        a, b, c = factors([dW_xh, dW_hh, db_h], limit)
        return a * dW_xh, b * dW_hh, c * db_h

    return clip


def _joint(size: Callable[[list[Array]], float]) -> Callable[..., Three]:
    """Clip all by one factor, from another size than the joint norm."""
    return _clip_with(lambda g, limit: [min(1.0, limit / (size(g) + 1e-6))] * 3)


register(
    CodeExercise(
        name="vanishing.repaired_clip",
        title="Find the bugs: clipping",
        points=2,
        reference=repaired_clip,
        given=given_clip,
        probes=_clip_probes,
        oracle=_clip_torch,
        oracle_tolerance=(1e-9, 1e-12),
        tolerance=(1e-5, 1e-8),
        equivalents={"torch": _clip_torch, "without 1e-6": _clip_if},
        outputs=("dW_xh", "dW_hh", "db_h"),
        axes=("HD", "HK", "H"),
        mistakes=[
            Mistake(
                "each_by_itself",
                "Each gradient is still clipped by its own norm. That turns the direction: the "
                "long ones are shortened, the short ones are not. Compute one norm of all three.",
                _clip_with(lambda g, limit: [min(1.0, limit / (_norm(x) + 1e-6)) for x in g]),
            ),
            Mistake(
                "short_ones_made_long",
                "The norm is one of all three now, but a gradient that is short enough is made as "
                "long as the limit. Clipping only shortens: a factor of 1 at most.",
                _clip_with(
                    lambda g, limit: (
                        [limit / (math.sqrt(sum(float((x**2).sum()) for x in g)) + 1e-6)] * 3
                    )
                ),
            ),
            Mistake(
                "sum_of_norms",
                "You added the three norms. The joint norm is the root of the sum of their "
                "squares.",
                _joint(lambda g: sum(float(np.linalg.norm(x)) for x in g)),
            ),
            Mistake(
                "no_root",
                "You left out the root: the norm is the root of the sum of squares.",
                _joint(lambda g: sum(float((x**2).sum()) for x in g)),
            ),
            Mistake(
                "longest_alone",
                "You divided by the longest of the three norms. Together they can still be longer "
                "than the limit: take the root of the sum of all squares.",
                _joint(lambda g: max(float(np.linalg.norm(x)) for x in g)),
            ),
            Mistake(
                "bias_forgotten",
                "Your norm leaves out `db_h`. It belongs to the gradient, too: all three count.",
                _joint(lambda g: math.sqrt(sum(float((x**2).sum()) for x in g[:2]))),
            ),
            Mistake(
                "upside_down",
                "Your factor is the norm over the limit. A gradient twice as long as the limit "
                "has to be halved: limit over norm.",
                _clip_with(
                    lambda g, limit: (
                        [min(1.0, math.sqrt(sum(float((x**2).sum()) for x in g)) / limit)] * 3
                    )
                ),
            ),
            Mistake(
                "larger_of_the_two",
                "You took the larger of 1 and limit / norm, so that nothing is shortened. Clipping "
                "only shortens: the smaller of the two.",
                _clip_with(
                    lambda g, limit: (
                        [
                            max(
                                1.0,
                                limit / (math.sqrt(sum(float((x**2).sum()) for x in g)) + 1e-6),
                            )
                        ]
                        * 3
                    )
                ),
            ),
            Mistake(
                "by_value",
                "This cuts entry by entry, which is clipping by value. By norm, all entries are "
                "multiplied by one and the same number.",
                lambda dW_xh, dW_hh, db_h, limit: (
                    dW_xh.clip(-limit, limit),
                    dW_hh.clip(-limit, limit),
                    db_h.clip(-limit, limit),
                ),
            ),
            Mistake(
                "nothing_clipped",
                "Nothing is clipped: the gradients come back as they were.",
                lambda dW_xh, dW_hh, db_h, limit: (dW_xh, dW_hh, db_h),
            ),
        ],
        hints=[
            "Clipping must not turn the gradient. For which change of a vector does its direction "
            "stay?",
            "There are two bugs. One shows when the three norms differ, the other when all of them "
            "are small.",
            "Compute one norm: the root of the sum of the squares of all entries of all three. "
            "Then one factor for all, and never more than 1.",
            "`factor = min(1.0, limit / (norm + 1e-6))`",
        ],
        survivors={
            "4: min(1.0, limit / (norm + 1e-06)) → min(limit / (norm + 1e-06), 1.0)": "the smaller "
            "of two numbers does not depend on their order",
            "4: norm + 1e-06 → norm - 1e-06": _TINY,
            "4: norm + 1e-06 → norm": _TINY,
            "4: 1e-06 → 2e-06": _TINY,
        },
        solved="One factor for all weights keeps the direction: the step gets shorter and goes "
        "where it went before.",
    )
)


# --- 6.6 · Has it converged? ----------------------------------------------------------------------

register(
    OpenExercise(
        name="vanishing.converged",
        title="Has it converged?",
        points=4,
        rubric=[
            "Says that a small gradient far back is not a small gradient: the weights' gradient is "
            "a sum over distances, the near ones go on, and the weights go on moving.",
            "Says that converged would mean near a minimum of the loss, and that a loss of 1.386 "
            "= log 4 is that of guessing among four symbols: a plateau, not a minimum.",
            "Names a measurement that could prove the colleague wrong: the gradient by distance, "
            "the accuracy at a shorter lag, or another start (orthogonal) that reaches a lower "
            "loss.",
            "Says what would help and what would not: a start or a cell that keeps the gradient; "
            "not clipping, and not a larger learning rate or a scaled loss alone, since what "
            "counts is the far part beside the near part.",
        ],
        hints=[
            "What does it mean for a training to have converged? Say it without the word gradient.",
            "What is the cross-entropy of a network that guesses among four symbols?",
            "Of which parts is the gradient of `W_hh` the sum, and which of them are small?",
            "Which change to the network would bring the loss down, if the colleague is wrong?",
        ],
    )
)
