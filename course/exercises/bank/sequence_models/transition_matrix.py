"""Exercise 1.6: a Markov chain from counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, Property, register

Array = npt.NDArray[Any]


def transition_matrix(states: Array, n: int) -> Array:
    """Count pairs, then divide each row by its sum."""
    counts = np.zeros((n, n))
    for now, following in pairwise(states):
        counts[now, following] += 1
    P = counts / counts.sum(axis=1, keepdims=True)
    return P


def _trace(states: Array, n: int) -> dict[str, Array]:
    """The two arrays by name."""
    counts = np.zeros((n, n))
    for now, following in pairwise(states):
        counts[now, following] += 1
    P = counts / counts.sum(axis=1, keepdims=True)
    return {"counts": counts, "P": P}


def _probes(rng: np.random.Generator) -> list[Probe]:
    """The text's six states, then longer walks in which each state has a successor."""
    probes = [Probe((np.array([0, 0, 1, 1, 0, 1]), 2), label=EXAMPLE)]
    probes.append(Probe((np.array([2, 0, 1, 0, 2, 2, 1, 0]), 3), label="three states"))
    for n, more in ((3, 20), (4, 30), (5, 40)):
        states = np.concatenate([rng.permutation(n), rng.integers(0, n, size=more)])
        probes.append(Probe((states, n)))
    return probes


def _histogram(states: Array, n: int) -> Array:
    edges = np.arange(n + 1) - 0.5
    counts = np.histogram2d(states[:-1], states[1:], bins=[edges, edges])[0]
    return np.asarray(counts / counts.sum(axis=1)[:, None])


def _counter(states: Array, n: int) -> Array:
    pairs = Counter((int(a), int(b)) for a, b in pairwise(states))
    leaves = Counter(int(a) for a in states[:-1])
    return np.array([[pairs[i, j] / leaves[i] for j in range(n)] for i in range(n)])


def _one_hot(states: Array, n: int) -> Array:
    rows = np.eye(n)[states]
    counts = rows[:-1].T @ rows[1:]
    return np.asarray((counts.T / counts.sum(axis=1)).T)


def _counts(states: Array, n: int, lag: int = 1) -> Array:
    counts = np.zeros((n, n))
    for now, following in zip(states[:-lag], states[lag:], strict=True):
        counts[now, following] += 1
    return counts


def _rows(counts: Array) -> Array:
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))


def _then(change: Callable[[Array], Any]) -> Callable[[Array, int], Any]:
    return lambda states, n: change(_counts(states, n))


def _in_a_circle(states: Array, n: int) -> Array:
    counts = _counts(states, n)
    counts[states[-1], states[0]] += 1
    return _rows(counts)


def _by_visits(states: Array, n: int) -> Array:
    return np.asarray(_counts(states, n) / np.bincount(states, minlength=n)[:, None])


MISTAKES = [
    Mistake(
        "counts_alone",
        "These are the counts. Divide each row by its sum to turn it into probabilities.",
        _then(lambda counts: counts),
    ),
    Mistake(
        "columns_to_one",
        "Your columns sum to one, not your rows: you summed along axis 0. Row i answers the "
        "question “where to from i?”, so each row has to sum to one.",
        _then(lambda counts: counts / counts.sum(axis=0)),
    ),
    Mistake(
        "wrong_way_round",
        "You counted with the two states swapped: the row is the state before, the column the one "
        "that follows.",
        _then(lambda counts: _rows(counts.T)),
    ),
    Mistake(
        "transposed",
        "Your result is the transpose of the right one: row and column are swapped, in the counts "
        "and in the division.",
        _then(lambda counts: _rows(counts).T),
    ),
    Mistake(
        "sums_lie_flat",
        "`counts.sum(axis=1)` has shape (n,), and NumPy lays it along the rows, so column j is "
        "divided by the sum of row j. `keepdims=True` keeps it upright, (n, 1).",
        _then(lambda counts: counts / counts.sum(axis=1)),
    ),
    Mistake(
        "of_all_pairs",
        "You divided by the number of all pairs, so the whole matrix sums to one. Each row has to "
        "sum to one by itself.",
        _then(lambda counts: counts / counts.sum()),
    ),
    Mistake(
        "by_length",
        "You divided by the length of the sequence. Each row has to sum to one by itself: divide "
        "it by its own sum.",
        lambda states, n: _counts(states, n) / len(states),
    ),
    Mistake(
        "shares_of_states",
        "You counted how often each state occurs. A Markov chain counts pairs: how often does j "
        "follow i?",
        lambda states, n: np.bincount(states, minlength=n) / len(states),
    ),
    Mistake(
        "by_visits",
        "You divided by how often each state occurs. The last state of the sequence has no "
        "successor, so its row does not quite sum to one. Divide by the row's sum.",
        _by_visits,
    ),
    Mistake(
        "once_each",
        "Every pair that occurs counts as one for you, however often it occurs. In a loop, write "
        "`+= 1`, not `= 1`. With arrays of indices, `counts[a, b] += 1` adds once a place only: "
        "use `np.add.at`.",
        _then(lambda counts: _rows((counts > 0).astype(float))),
    ),
    Mistake(
        "both_ways",
        "You counted each pair in both directions. Time has only one.",
        _then(lambda counts: _rows(counts + counts.T)),
    ),
    Mistake(
        "in_a_circle",
        "You counted a step from the last state back to the first. Nothing follows the last one.",
        _in_a_circle,
    ),
    Mistake(
        "two_apart",
        "You counted what comes two steps later. `pairwise(states)` gives neighbours.",
        lambda states, n: _rows(_counts(states, n, lag=2)),
    ),
    Mistake(
        "last_pair_missing",
        "The last pair is missing from your counts.",
        lambda states, n: _rows(_counts(states[:-1], n)),
    ),
    Mistake(
        "first_pair_missing",
        "The first pair is missing from your counts.",
        lambda states, n: _rows(_counts(states[1:], n)),
    ),
    Mistake(
        "one_more_each",
        "Your counts begin at one, not at zero.",
        _then(lambda counts: _rows(counts + 1)),
    ),
]

register(
    CodeExercise(
        name="sequence.transition_matrix",
        title="Build the chain",
        points=2,
        package="sequence.transition_matrix",
        reference=transition_matrix,
        trace=_trace,
        probes=_probes,
        oracle=_histogram,
        equivalents={"histogram": _histogram, "counter": _counter, "one-hot": _one_hot},
        properties=[
            Property(
                "The rows of your matrix do not sum to one.",
                lambda P, states, n: np.allclose(P.sum(axis=1), 1),
            )
        ],
        outputs=("P",),
        axes=("NN",),
        mistakes=MISTAKES,
        hints=[
            "Go through the sequence pair by pair and keep a tally: how often did j follow i?",
            "`counts` is (n, n): a row for the state before, a column for the state after. The "
            "sums of its rows have to be (n, 1), so that each row is divided by its own sum.",
            "Start from zeros. For each pair of `pairwise(states)`, add one at that row and "
            "column. Then divide by the sums along axis 1, with `keepdims=True`.",
            "`counts[now, following] += 1`",
        ],
        solved="A whole model from one pass over the data, with nothing to tune. It knows the "
        "present state and nothing else.",
        survivors={
            "5: counts[now, following] += 1 → counts[now, following] -= 1": "both signs of a tally "
            "cancel in the division",
            "5: 1 → 2": "a tally in twos has the same shares",
        },
    )
)
