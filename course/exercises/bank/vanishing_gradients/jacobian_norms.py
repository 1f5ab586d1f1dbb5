"""Exercise 6.2: the norms of the Jacobians."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from course.exercises.bank.vanishing_gradients.common import Array

STATES = np.array([[0.1, -0.4], [0.6, 0.5], [0.8, -0.2]])  # the page's three states, (T, H)
WEIGHTS = np.array([[0.5, 1.0], [-0.5, 0.5]])  # (H, H)


def jacobian_norms(h: Array, W_hh: Array) -> Array:
    """Largest singular value of ∂h_T/∂h_{T−d} for the distances d = 0 … T − 1."""
    product = np.eye(len(W_hh))
    norms = []
    for h_t in h[::-1]:
        norms.append(np.linalg.norm(product, 2))
        J = np.diag(1 - h_t**2) @ W_hh
        product = product @ J
    return np.array(norms)


def _trace(h: Array, W_hh: Array) -> dict[str, Array]:
    """What the loop leaves behind: the oldest step's Jacobian, the whole product, the norms."""
    norms = []
    product = np.eye(len(W_hh))
    for h_t in h[::-1]:
        norms.append(np.linalg.norm(product, 2))
        product = product @ np.diag(1 - h_t**2) @ W_hh
    J = np.diag(1 - h[0] ** 2) @ W_hh
    return {"J": J, "product": product, "norms": np.array(norms)}


def _probes(rng: np.random.Generator) -> list[Probe]:
    probes = [
        Probe((STATES.copy(), WEIGHTS.copy()), label=EXAMPLE),
        Probe((np.array([[0.6], [0.8]]), np.array([[2.0]])), label="one unit"),
    ]
    for T, H, label in ((4, 3, ""), (6, 2, ""), (3, 5, ""), (1, 3, "T = 1")):
        probes.append(
            Probe((rng.uniform(-0.9, 0.9, size=(T, H)), rng.normal(size=(H, H))), label=label)
        )
    return probes


def _by_autograd(h: Array, W_hh: Array) -> Array:
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


def _by_svd(h: Array, W_hh: Array) -> Array:
    """The transposed products, and their singular values."""
    back, found = np.eye(h.shape[1]), []
    for h_t in h[::-1]:
        found.append(np.linalg.svd(back)[1][0])
        back = W_hh.T @ np.diag(1 - h_t * h_t) @ back
    return np.array(found)


def _spectral(product: Array) -> float:
    return float(np.linalg.norm(product, 2))


def _step(h: Array, t: int, W_hh: Array) -> Array:
    return (1 - h[t] ** 2)[:, None] * W_hh


def _with(
    factor: Callable[[Array, int, Array], Array] = _step,
    size: Callable[[Array], float] = _spectral,
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


def _single_norms(h: Array, W_hh: Array) -> list[float]:
    return [1.0] + [_spectral(_step(h, t, W_hh)) for t in range(len(h) - 1, 0, -1)]


def _products(h: Array, W_hh: Array) -> list[Array]:
    """The identity, and after it the product of each number of steps up to T."""
    products = [np.eye(len(W_hh))]
    for t in reversed(range(len(h))):
        products.append(products[-1] @ _step(h, t, W_hh))
    return products


def _started(
    start: Callable[[int, Array], Array],
    joined: Callable[[Array, Array], Array] = np.matmul,
    around: bool = False,
) -> Callable[[Array, Array], Array]:
    """Norms of a product with another start, or joined with the steps in another way."""

    def norms(h: Array, W_hh: Array) -> Array:
        product, found = start(len(W_hh), W_hh), []
        for t in reversed(range(len(h))):
            found.append(_spectral(product))
            if around:
                product = np.diag(1 - h[t] ** 2) @ product @ W_hh
            else:
                product = joined(product, _step(h, t, W_hh))
        return np.array(found)

    return norms


def _from_0(h: Array) -> Array:
    """The states such that their last rows are h[0], h[-1], h[-2] …, as `h[-t]` takes them."""
    return np.array([h[-t] for t in range(len(h))])[::-1]


MISTAKES = [
    Mistake(
        "no_slope",
        "You multiplied `W_hh` alone. Each step also goes through a tanh, whose slope, 1 − h², "
        "multiplies the rows of `W_hh`.",
        _with(lambda h, t, W: W),
    ),
    Mistake(
        "slope_of_the_old_state",
        "The step from $h_{t-1}$ to $h_t$ has the slope at the new state, 1 − $h_t^2$. You took "
        "the slope at the old one.",
        _with(lambda h, t, W: (1 - h[max(t - 1, 0)] ** 2)[:, None] * W),
    ),
    Mistake(
        "slope_on_columns",
        "The slopes multiply the columns of `W_hh` here. diag(1 − h²) stands on the left, so it "
        "multiplies the rows: `np.diag(1 - h_t**2) @ W_hh`.",
        _with(lambda h, t, W: (1 - h[t] ** 2) * W),
    ),
    Mistake(
        "other_order",
        "The factors are in the wrong order. Later steps stand on the left, $J_T J_{T-1} …$, so "
        "an older step is multiplied from the right.",
        _with(before=True),
    ),
    Mistake(
        "frobenius",
        "This is the root of the sum of all squares. The largest singular value is "
        "`np.linalg.norm(product, 2)`, with the 2.",
        _with(size=lambda product: float(np.linalg.norm(product))),
    ),
    Mistake(
        "eigenvalue",
        "This is the largest absolute eigenvalue. How far a matrix can stretch a vector is its "
        "largest singular value.",
        _with(size=lambda product: float(abs(np.linalg.eigvals(product)).max())),
    ),
    Mistake(
        "smallest",
        "This is the smallest singular value. `np.linalg.svd` returns the largest first, and "
        "`np.linalg.norm` with a 2 returns the largest.",
        _with(size=lambda product: float(np.linalg.norm(product, -2))),
    ),
    Mistake(
        "far_to_near",
        "Your result is in the opposite order. Entry d belongs to the distance d, so the first "
        "entry is 1.",
        lambda h, W_hh: jacobian_norms(h, W_hh)[::-1],
    ),
    Mistake(
        "bound",
        "You multiplied the norms of the steps. That gives an upper bound; asked for is the norm "
        "of the product itself.",
        lambda h, W_hh: np.cumprod(_single_norms(h, W_hh)),
    ),
    Mistake(
        "tanh_of_the_state",
        "`h` is what tanh has already returned, so its slope is 1 − h². You took the tanh of `h` "
        "once more.",
        _with(lambda h, t, W: (1 - np.tanh(h[t]) ** 2)[:, None] * W),
    ),
    Mistake(
        "slope_without_square",
        "The slope of tanh is 1 − h², with the square.",
        _with(lambda h, t, W: (1 - h[t])[:, None] * W),
    ),
    Mistake(
        "transposed",
        "You transposed `W_hh` but left the slopes where they were. The Jacobian is diag(1 − h²) "
        "times `W_hh`; its transpose would be `W_hh.T` times diag(1 − h²).",
        _with(lambda h, t, W: (1 - h[t] ** 2)[:, None] * W.T),
    ),
    Mistake(
        "from_the_first_state",
        "You began at the first row of `h`. Distance is counted from the last state, so begin "
        "with the last row.",
        lambda h, W_hh: jacobian_norms(h[::-1], W_hh),
    ),
    Mistake(
        "one_step_alone",
        "These are the norms of single steps. Asked for is the norm of their product so far.",
        lambda h, W_hh: np.array(_single_norms(h, W_hh)),
    ),
    Mistake(
        "starts_one_step_late",
        "Your first entry is already one step back. At distance 0 the product is the identity, "
        "whose norm is 1. Note the norm before you multiply.",
        lambda h, W_hh: np.array([_spectral(product) for product in _products(h, W_hh)[1:]]),
    ),
    Mistake(
        "entry_by_entry",
        "Two matrices are multiplied entry by entry here, diag(1 − h²) and `W_hh` or the product "
        "and `J`, so only the diagonals count. A matrix product is written `@`.",
        _with(lambda h, t, W: np.diag(1 - h[t] ** 2) * W),
    ),
    Mistake(
        "square_of_the_difference",
        "You squared the whole bracket: (1 − h)². The slope of tanh is 1 − h².",
        _with(lambda h, t, W: ((1 - h[t]) ** 2)[:, None] * W),
    ),
    Mistake(
        "largest_entry",
        "This is the largest entry of the product. The largest singular value is "
        "`np.linalg.norm(product, 2)`.",
        _with(size=lambda product: float(np.abs(product).max())),
    ),
    Mistake(
        "largest_row_sum",
        "This is the largest sum of absolute values in a row. The largest singular value is "
        "`np.linalg.norm(product, 2)`.",
        _with(size=lambda product: float(np.linalg.norm(product, np.inf))),
    ),
    Mistake(
        "all_singular_values",
        "You noted all H singular values at each distance. Note the largest alone.",
        lambda h, W_hh: np.array([np.linalg.svd(p)[1] for p in _products(h, W_hh)[:-1]]),
    ),
    Mistake(
        "one_minus_the_diagonal",
        "You took 1 − diag(h²), which puts a 1 in every place off the diagonal. diag(1 − h²) "
        "has zeros there: subtract first, then make the diagonal matrix.",
        _with(lambda h, t, W: (1 - np.diag(h[t] ** 2)) @ W),
    ),
    Mistake(
        "plus_the_square",
        "The slope of tanh is 1 − h². You added h².",
        _with(lambda h, t, W: (1 + h[t] ** 2)[:, None] * W),
    ),
    Mistake(
        "slope_of_the_sigmoid",
        "h (1 − h) is the slope of the sigmoid function. That of tanh is 1 − h².",
        _with(lambda h, t, W: (h[t] * (1 - h[t]))[:, None] * W),
    ),
    Mistake(
        "weights_squared",
        "You squared the entries of `W_hh`. Only h is squared.",
        _with(lambda h, t, W: (1 - h[t] ** 2)[:, None] * W**2),
    ),
    Mistake(
        "state_as_slope",
        "You put the state itself on the diagonal. The slope of tanh is 1 − h².",
        _with(lambda h, t, W: h[t][:, None] * W),
    ),
    Mistake(
        "diagonal_forgotten",
        "You multiplied the vector 1 − h² by `W_hh`, which gives a vector. diag(1 − h²) is a "
        "matrix: `np.diag(1 - h_t**2)`.",
        _with(lambda h, t, W: (1 - h[t] ** 2) @ W),
    ),
    Mistake(
        "minus_the_product",
        "Python computes `h_t**2 @ W_hh` before it subtracts. Put 1 − h² in brackets, and make "
        "it a diagonal matrix.",
        _with(lambda h, t, W: 1 - h[t] ** 2 @ W),
    ),
    Mistake(
        "largest_column_sum",
        "This is the largest sum of absolute values in a column, which `np.linalg.norm` gives "
        "with a 1. The largest singular value needs a 2.",
        _with(size=lambda product: float(np.linalg.norm(product, 1))),
    ),
    Mistake(
        "squared",
        "This is the square of the largest singular value, the largest eigenvalue of `product.T "
        "@ product`. Take the root.",
        _with(size=lambda product: _spectral(product) ** 2),
    ),
    Mistake(
        "second_singular_value",
        "`np.linalg.svd` returns three things. The second holds the singular values, and its "
        "first entry is the largest: you took its second entry.",
        _with(size=lambda product: float(np.linalg.svd(product)[1][1])),
    ),
    Mistake(
        "not_the_singular_values",
        "`np.linalg.svd` returns three things. You took an entry of the first, a matrix; the "
        "singular values are the second.",
        _with(size=lambda product: float(np.linalg.svd(product)[0][0][0])),
    ),
    Mistake(
        "determinant",
        "This is the determinant, the product of all eigenvalues. Asked for is the largest "
        "singular value, `np.linalg.norm(product, 2)`.",
        _with(size=lambda product: float(np.linalg.det(product))),
    ),
    Mistake(
        "trace",
        "This is the sum of the diagonal. Asked for is the largest singular value, "
        "`np.linalg.norm(product, 2)`.",
        _with(size=lambda product: float(np.trace(product))),
    ),
    Mistake(
        "root_of_the_eigenvalue",
        "You took the root of the largest absolute eigenvalue of the product. The root belongs "
        "to an eigenvalue of `product.T @ product`; `np.linalg.norm(product, 2)` is shorter.",
        _with(size=lambda product: float(abs(np.linalg.eigvals(product)).max() ** 0.5)),
    ),
    Mistake(
        "mean_entry",
        "This is the mean of the absolute entries. Asked for is the largest singular value, "
        "`np.linalg.norm(product, 2)`.",
        _with(size=lambda product: float(np.abs(product).mean())),
    ),
    Mistake(
        "sum_of_steps",
        "You added the Jacobians. The chain rule multiplies them.",
        _started(lambda H, W: np.eye(H), lambda product, J: product + J),
    ),
    Mistake(
        "from_zeros",
        "The product begins as zeros, so it stays zero. Begin with the identity.",
        _started(lambda H, W: np.zeros((H, H))),
    ),
    Mistake(
        "from_ones",
        "The product begins as a matrix full of ones. The identity has ones on its diagonal "
        "alone: `np.eye`.",
        _started(lambda H, W: np.ones((H, H))),
    ),
    Mistake(
        "from_the_weights",
        "The product begins as `W_hh`. At distance 0 it has no factors yet: begin with the "
        "identity.",
        _started(lambda H, W: W),
    ),
    Mistake(
        "slope_outside",
        "You put diag(1 − h²) on the left of the whole product and `W_hh` on its right. "
        "Multiply the two into J first; then J goes on the right of the product.",
        _started(lambda H, W: np.eye(H), around=True),
    ),
    Mistake(
        "T_entries_and_one",
        "Your result has T + 1 entries. Its last belongs to the state before the first row of "
        "`h`; T states have the distances 0 … T − 1.",
        lambda h, W_hh: np.array([_spectral(product) for product in _products(h, W_hh)]),
    ),
    Mistake(
        "last_distance_missing",
        "The last distance is missing: T states have the distances 0 … T − 1.",
        lambda h, W_hh: jacobian_norms(h, W_hh)[:-1],
    ),
    Mistake(
        "return_in_the_loop",
        "Your result ends after the first distance: is `return` inside the loop? Return all norms "
        "after it.",
        lambda h, W_hh: jacobian_norms(h, W_hh)[:1],
    ),
    Mistake(
        "return_after_one_factor",
        "Your result holds the norm after one step alone: is `return` inside the loop? Distance 0 "
        "is missing as well: note the norm before you multiply.",
        lambda h, W_hh: np.array([_spectral(product) for product in _products(h, W_hh)])[1:2],
    ),
    Mistake(
        "distance_0_missing",
        "Distance 0 is missing. There the product is the identity, whose norm is 1.",
        lambda h, W_hh: jacobian_norms(h, W_hh)[1:],
    ),
    Mistake(
        "two_ones",
        "You put a 1 before norms that begin with that of the identity, so the 1 is there twice.",
        lambda h, W_hh: np.array([1.0, *jacobian_norms(h, W_hh)]),
    ),
    Mistake(
        "last_state_left_out",
        "You left out the last row of `h`. The step that led to it is the first factor.",
        lambda h, W_hh: jacobian_norms(h[:-1], W_hh),
    ),
    Mistake(
        "largest_norm_alone",
        "You return the largest of the norms alone. Return one for each distance.",
        lambda h, W_hh: np.float64(jacobian_norms(h, W_hh).max()),
    ),
    Mistake(
        "single_steps_from_J",
        "These are the norms of single steps, the first of them already one step back. Note the "
        "norm of the product, before you multiply it by J.",
        lambda h, W_hh: np.array([_spectral(_step(h, t, W_hh)) for t in reversed(range(len(h)))]),
    ),
    Mistake(
        "bound_from_J",
        "You multiplied the norms of single steps, the first of them already one step back. "
        "Asked for is the norm of the product, which may be smaller.",
        lambda h, W_hh: np.cumprod([_spectral(_step(h, t, W_hh)) for t in reversed(range(len(h)))]),
    ),
    Mistake(
        "minus_0_is_0",
        "`h[-t]` for t = 0 is `h[0]`, the first row. The last row is `h[-1]`, so take `h[-1 - t]`.",
        lambda h, W_hh: jacobian_norms(_from_0(h), W_hh),
    ),
    Mistake(
        "minus_0_is_0_short",
        "`h[-t]` for t = 0 is `h[0]`, the first row; the last is `h[-1]`. And the last distance "
        "is missing: T states have the distances 0 … T − 1.",
        lambda h, W_hh: jacobian_norms(_from_0(h), W_hh)[:-1],
    ),
    Mistake(
        "other_order_frobenius",
        "Two slips: a new factor goes on the right of the product, and the largest singular "
        "value is `np.linalg.norm(product, 2)`, with the 2.",
        _with(size=lambda product: float(np.linalg.norm(product)), before=True),
    ),
    Mistake(
        "last_norm_alone",
        "You return the last norm alone. Collect one for each distance in a list.",
        lambda h, W_hh: np.float64(jacobian_norms(h, W_hh)[-1]),
    ),
]

register(
    CodeExercise(
        name="vanishing.jacobian_norms",
        title="The norms of the Jacobians",
        points=3,
        package="gradients.jacobian_norms",
        reference=jacobian_norms,
        trace=_trace,
        probes=_probes,
        oracle=_by_autograd,
        oracle_tolerance=(1e-9, 1e-12),
        must_not_change=("h", "W_hh"),
        equivalents={"torch": _by_autograd, "svd": _by_svd},
        outputs=("norms",),
        mistakes=MISTAKES,
        survivors={
            "7: 1 - h_t ** 2 → h_t ** 2 - 1": "the sign of a factor changes no singular value",
        },
        hints=[
            "The chain rule for vectors: the Jacobian over several steps is the product of the "
            "Jacobians of the steps, the latest on the left.",
            "`h` is (T, H), and `h[::-1]` has its rows from the last to the first. One step's "
            "Jacobian is (H, H), and so is the product. You return (T,).",
            "Begin with the identity, `np.eye(len(W_hh))`, and an empty list. For each state, from "
            "the last to the first: append the product's norm to the list, then multiply the "
            "product, from the right, by the Jacobian of the step that led to this state.",
            "In the loop: `J = np.diag(1 - h_t**2) @ W_hh`, then `product = product @ …`",
        ],
        solved="The same numbers say how far a small change of an old state can move the last one, "
        "and how much of a gradient can come back to the old one.",
    )
)
