"""Exercise 0.2: the context vector."""

from __future__ import annotations

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, Property, register

Array = np.ndarray


def context_vector(weights: Array, states: Array) -> Array:
    """Add up the states, each times its weight."""
    context = np.zeros(states.shape[1])
    for weight, state in zip(weights, states, strict=True):
        context = context + weight * state
    return context


def context_probes(rng: np.random.Generator) -> list[Probe]:
    """Make sentences of three morphemes, of one, and of as many as a state has numbers."""

    def probe(S: int, H: int, label: str = "") -> Probe:
        weights = rng.dirichlet(np.ones(S)) if S > 1 else np.ones(1)
        return Probe((weights, rng.normal(size=(S, H))), label=label)

    example = np.array([0.5, 0.5]), np.array([[2.0, 0.0], [0.0, 4.0]])
    return [
        Probe(example, label=EXAMPLE),
        probe(3, 2),
        probe(1, 4, "one morpheme"),
        probe(4, 4, "S = H"),
        probe(5, 1, "H = 1"),
    ]


def _context_einsum(weights: Array, states: Array) -> Array:
    return np.einsum("s,sh->h", weights, states)


def _context_product(weights: Array, states: Array) -> Array:
    return weights @ states


def _context_broadcast(weights: Array, states: Array) -> Array:
    return (weights[:, None] * states).sum(axis=0)


def _context_torch(weights: Array, states: Array) -> Array:
    import torch

    w, h = torch.from_numpy(weights), torch.from_numpy(states)
    return torch.nn.functional.linear(w, h.T).numpy()


def _unweighted_sum(weights: Array, states: Array) -> Array:
    return states.sum(axis=0)


def _plain_mean(weights: Array, states: Array) -> Array:
    return states.mean(axis=0)


def _sum_over_numbers(weights: Array, states: Array) -> Array:
    return (weights[:, None] * states).sum(axis=1)


def _not_summed(weights: Array, states: Array) -> Array:
    return weights[:, None] * states


def _divided_again(weights: Array, states: Array) -> Array:
    return weights @ states / len(weights)


def _heaviest_only(weights: Array, states: Array) -> Array:
    return states[weights.argmax()]


def _last_term_only(weights: Array, states: Array) -> Array:
    for weight, state in zip(weights, states, strict=True):
        context = weight * state
    return context


def _turned(weights: Array, states: Array) -> Array:
    return states @ weights


def _weights_along_the_row(weights: Array, states: Array) -> Array:
    return (weights * states).sum(axis=0)


def _everything_added(weights: Array, states: Array) -> Array:
    return (weights[:, None] * states).sum()


def _returns_at_once(weights: Array, states: Array) -> Array:
    return weights[0] * states[0]


def _first_left_out(weights: Array, states: Array) -> Array:
    return weights[1:] @ states[1:]


def _last_left_out(weights: Array, states: Array) -> Array:
    return weights[:-1] @ states[:-1]


def _zeros_for_each_morpheme(weights: Array, states: Array) -> Array:
    context = np.zeros(len(weights))
    for weight, state in zip(weights, states, strict=True):
        context = context + weight * state
    return context


def _over_the_width(weights: Array, states: Array) -> Array:
    context = np.zeros(states.shape[1])
    for j in range(states.shape[1]):
        context = context + weights[j] * states[j]
    return context


def _softmax_first(weights: Array, states: Array) -> Array:
    e = np.exp(weights)
    return (e / e.sum()) @ states


def _weights_added(weights: Array, states: Array) -> Array:
    return (weights[:, None] + states).sum(axis=0)


def _page_s_numbers(weights: Array, states: Array) -> Array:
    return np.array([1.0, 0.845, 1.6, 0.21])


def _columns_unsummed(weights: Array, states: Array) -> Array:
    return weights * states


def _columns_all_added(weights: Array, states: Array) -> Array:
    return (weights * states).sum()


def _always_four(weights: Array, states: Array) -> Array:
    context = np.zeros(4)
    for j in range(4):
        context = context + weights[j] * states[j]
    return context


def _outer(weights: Array, states: Array) -> Array:
    return np.outer(weights, states)


_COLUMNS = (
    "`weights * states` gives each *column* a weight. Each row should get one: give `weights` a "
    "second axis, `weights[:, None]`, or use a loop."
)
_MORE = [
    Mistake(
        "columns_unsummed",
        f"Two things. {_COLUMNS} Then add up the rows.",
        _columns_unsummed,
    ),
    Mistake(
        "columns_all_added",
        f"Two things. {_COLUMNS} Then add up over the rows only, so that H numbers are left.",
        _columns_all_added,
    ),
    Mistake(
        "always_four",
        "Your function works for four morphemes with four numbers each. S and H may be any: take "
        "them from the shapes, `S, H = states.shape`.",
        _always_four,
    ),
    Mistake(
        "outer",
        "`np.outer` multiplies every weight by every number of every state. Each weight belongs to "
        "one row: weight times row, all added up.",
        _outer,
    ),
    Mistake(
        "turned",
        "The product is the wrong way round: it pairs the weights with the numbers of one state. "
        "Each weight belongs to a row of `states`.",
        _turned,
    ),
    Mistake(
        "weights_along_the_row",
        _COLUMNS,
        _weights_along_the_row,
    ),
    Mistake(
        "everything_added",
        "You added everything up to a single number. Add over the morphemes only, so that H "
        "numbers are left.",
        _everything_added,
    ),
    Mistake(
        "returns_at_once",
        "Only the first morpheme counts: `return` stands inside the loop and ends it at once.",
        _returns_at_once,
    ),
    Mistake(
        "first_left_out",
        "The first morpheme is left out. Python counts from 0.",
        _first_left_out,
    ),
    Mistake(
        "last_left_out",
        "The last morpheme is left out. `range(n)` already ends at n − 1.",
        _last_left_out,
    ),
    Mistake(
        "zeros_for_each_morpheme",
        "You start from S zeros, one for each morpheme. The context vector has H numbers: start "
        "from `np.zeros(states.shape[1])`.",
        _zeros_for_each_morpheme,
    ),
    Mistake(
        "over_the_width",
        "Your loop runs H times. It should run once for each morpheme, S times: `len(weights)`.",
        _over_the_width,
    ),
    Mistake(
        "softmax_first",
        "The weights are final: use them as they are. (A softmax would change them once more.)",
        _softmax_first,
    ),
    Mistake(
        "weights_added",
        "You added the weights to the states. Multiply.",
        _weights_added,
    ),
    Mistake(
        "page_s_numbers",
        "Your function always returns the context vector of 나는 학생이다. Compute it from the "
        "arguments `weights` and `states`.",
        _page_s_numbers,
    ),
]

register(
    CodeExercise(
        name="start.context_vector",
        title="The context vector",
        points=2,
        reference=context_vector,
        probes=context_probes,
        oracle=_context_torch,
        outputs=("context",),
        axes=("H",),
        equivalents={
            "einsum": _context_einsum,
            "matrix product": _context_product,
            "broadcasting": _context_broadcast,
            "torch": _context_torch,
        },
        mistakes=[
            Mistake(
                "unweighted",
                "You added the states without their weights. Multiply each state by its weight "
                "before you add.",
                _unweighted_sum,
            ),
            Mistake(
                "mean",
                "That is the plain mean: it gives every state the same weight. Here each state "
                "has a weight of its own.",
                _plain_mean,
            ),
            Mistake(
                "wrong_axis",
                "You added along the wrong axis: the result has one number for each morpheme. Add "
                "over the morphemes, so that one number is left for each entry of a state.",
                _sum_over_numbers,
            ),
            Mistake(
                "not_summed",
                "The weighted states are right, but they have not been added up yet. The "
                "context vector is their sum, of shape (H,).",
                _not_summed,
            ),
            Mistake(
                "divided_again",
                "You divided by the number of morphemes. The weights sum to one already, so the "
                "weighted sum is an average as it stands.",
                _divided_again,
            ),
            Mistake(
                "heaviest_only",
                "You took the state with the largest weight and dropped the others. They count, "
                "too, each by its weight.",
                _heaviest_only,
            ),
            Mistake(
                "last_term_only",
                "Only the last morpheme's product is left: each turn of the loop overwrites the "
                "one before. Add to what is there.",
                _last_term_only,
            ),
            *_MORE,
        ],
        properties=[
            Property(
                "Your context vector is not the state of the one morpheme that has all the weight.",
                lambda outputs, probes: all(
                    np.allclose(output, probe.args[1][probe.args[0].argmax()])
                    for output, probe in zip(outputs, probes, strict=True)
                ),
                probes=lambda rng: [
                    Probe((np.eye(4)[2], rng.normal(size=(4, 3))), label="all weight on one")
                ],
            )
        ],
        hints=[
            "The context vector is a mixture of the states. A state with weight 0.8 gives 80 % of "
            "itself to the mixture.",
            "`weights` has shape (S,), `states` has shape (S, H): one row a morpheme. The result "
            "has shape (H,): as many numbers as one state.",
            "Begin with zeros. Go through weights and rows together; add weight times row each "
            "time. (A matrix product does the same without a loop.)",
            "`context = context + weights[j] * states[j]`",
        ],
        solved="You have written the second half of an attention layer. Lesson 11 finds the "
        "weights.",
        survivors={
            "4: zip(weights, states, strict=True) → zip(states, weights, strict=True)": "each pair "
            "is multiplied, and a product does not depend on the order",
        },
    )
)
