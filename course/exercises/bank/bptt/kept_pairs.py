"""Exercise 5.8: which pairs truncation keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, Property, register
from course.exercises.bank.bptt.common import Array


def kept_pairs(T: int, k1: int, k2: int) -> Array:
    """Loss s goes back from the end of its group of k1 losses through k2 steps."""
    s = np.arange(T)[:, None]
    t = np.arange(T)[None, :]
    start = s // k1 * k1 + k1 - k2
    return (t <= s) & (t >= start)


def _kept_probes(rng: np.random.Generator) -> list[Any]:
    k1 = int(rng.integers(2, 4))
    return [
        (4, 2, 2),
        (6, 1, 3),
        (10, 2, 5),
        (9, 3, 4),
        Probe((1, 1, 1), label="T = 1"),
        (12, k1, int(rng.integers(k1 + 1, 8))),
    ]


def _extremes(rng: np.random.Generator) -> list[Any]:
    T = int(rng.integers(4, 9))
    return [
        Probe((T, T, T), label="k1 = k2 = T"),
        Probe((T, 1, T), label="k1 = 1, k2 = T"),
        Probe((T, 1, 1), label="k1 = k2 = 1"),
    ]


def _kept_torch(T: int, k1: int, k2: int) -> Array:
    """Where torch's gradient is not zero: a one-unit RNN with a copy of its weight at each step."""
    import torch

    kept = np.zeros((T, T), dtype=bool)
    states = [torch.tensor(0.3, dtype=torch.float64)]
    for _ in range(T):
        states.append(torch.tanh(0.9 * states[-1] + 0.2))
    for first in range(0, T, k1):
        start, end = max(first + k1 - k2, 0), min(first + k1, T)
        copies = {
            t: torch.tensor(0.9, dtype=torch.float64, requires_grad=True) for t in range(start, end)
        }
        h = states[start].detach()
        for t in range(start, end):
            h = torch.tanh(copies[t] * h + 0.2)
            if t >= first:
                for copy in copies.values():
                    copy.grad = None
                h.backward(retain_graph=True)
                for u, copy in copies.items():
                    kept[t, u] = copy.grad is not None and bool(copy.grad != 0)
    return kept


def _kept_loops(T: int, k1: int, k2: int) -> Array:
    kept = np.zeros((T, T), dtype=bool)
    for first in range(0, T, k1):
        for s in range(first, min(first + k1, T)):
            kept[s, max(first + k1 - k2, 0) : s + 1] = True
    return kept


def _kept_from_the_end(T: int, k1: int, k2: int) -> Array:
    """Cut out slices whose start may be negative, which NumPy counts from the end."""
    kept = np.zeros((T, T), dtype=bool)
    for s in range(T):
        kept[s, s // k1 * k1 + k1 - k2 : s + 1] = True
    return kept


def _kept_where(condition: Callable[..., Any]) -> Callable[[int, int, int], Array]:
    def kept(T: int, k1: int, k2: int) -> Array:
        s, t = np.indices((T, T))
        return np.asarray(condition(s, t, k1, k2))

    return kept


register(
    CodeExercise(
        name="bptt.kept_pairs",
        title="What truncation keeps",
        points={"values": 2, "extremes": 1},
        reference=kept_pairs,
        probes=_kept_probes,
        oracle=_kept_torch,
        equivalents={"loops": _kept_loops, "torch": _kept_torch},
        properties=[
            Property(
                "Your pairs are wrong at the ends: with k2 = T nothing is cut, so each loss s "
                "keeps all steps t ≤ s; with k2 = 1 each loss keeps its own step alone.",
                lambda outputs, probes: (
                    all(np.array_equal(out, np.tri(len(out), dtype=bool)) for out in outputs[:2])
                    and np.array_equal(outputs[2], np.eye(len(outputs[2]), dtype=bool))
                ),
                probes=_extremes,
                part="extremes",
            )
        ],
        outputs=("kept",),
        mistakes=[
            Mistake(
                "own_window",
                "You let each loss go back k2 steps from its own step. All k1 losses of a group go "
                "back together, to one common start: k2 steps before the group's end.",
                _kept_where(lambda s, t, k1, k2: (t <= s) & (t > s - k2)),
            ),
            Mistake(
                "chunks_only",
                "You cut at the group's first step, as if k2 were k1. The group's losses go back "
                "k2 steps from its end, that is k2 − k1 steps further.",
                _kept_where(lambda s, t, k1, k2: (t <= s) & (t >= s // k1 * k1)),
            ),
            Mistake(
                "k2_before_the_group",
                "You go back k2 steps from the group's first step. The k2 steps are counted from "
                "its end; the group's own k1 steps are among them.",
                _kept_where(lambda s, t, k1, k2: (t <= s) & (t >= s // k1 * k1 - k2)),
            ),
            Mistake(
                "nothing_cut",
                "You keep the whole triangle, as if nothing were cut. k1 and k2 have to play a "
                "part.",
                _kept_where(lambda s, t, k1, k2: t <= s),
            ),
            Mistake(
                "future",
                "Part of your pairs has t > s. A loss does not depend on what happens after it.",
                _kept_where(
                    lambda s, t, k1, k2: (t >= s // k1 * k1 + k1 - k2) & (t < s // k1 * k1 + k1)
                ),
            ),
            Mistake(
                "transposed",
                "Rows and columns are exchanged: row s is the loss, column t the step it reaches.",
                lambda T, k1, k2: kept_pairs(T, k1, k2).T,
            ),
            Mistake(
                "off_by_one",
                "You keep one step too few: the window's first step, group end − k2, belongs to "
                "it.",
                _kept_where(lambda s, t, k1, k2: (t <= s) & (t > s // k1 * k1 + k1 - k2)),
            ),
            Mistake(
                "negative_start",
                "Where a window would begin before step 0, your slice starts at a negative index, "
                "and NumPy counts that from the end. Start it at `max(…, 0)`.",
                _kept_from_the_end,
            ),
            Mistake(
                "chunks_of_k2",
                "You cut into chunks of k2. A window starts k2 before the end of each group of k1 "
                "losses, so windows overlap where k2 > k1.",
                _kept_where(lambda s, t, k1, k2: (t <= s) & (s // k2 == t // k2)),
            ),
            Mistake(
                "one_step_too_many",
                "You let each loss go back k2 steps from its own step, and count that step on top. "
                "All k1 losses of a group share one start: k2 before the group's end.",
                _kept_where(lambda s, t, k1, k2: (t <= s) & (t >= s - k2)),
            ),
            Mistake(
                "not_itself",
                "You left out t = s. A loss reaches the weights of its own step first.",
                _kept_where(lambda s, t, k1, k2: (t < s) & (t >= s // k1 * k1 + k1 - k2)),
            ),
        ],
        hints=[
            "Find for each loss s the group that it belongs to. Its window is the same for all "
            "losses of that group.",
            "Compare two index arrays with each other: `s = np.arange(T)[:, None]`, (T, 1), and "
            "`t = np.arange(T)[None, :]`, (1, T). The result is a bool array, (T, T).",
            "Group: `s // k1`. Its first step: `s // k1 * k1`. Its end, not included: k1 later. "
            "The window starts k2 before that end. Keep t from there up to s.",
            "`(t <= s) & (t >= s // k1 * k1 + k1 - k2)`",
        ],
        solved="The full gradient is the whole triangle. Chunks keep small triangles along the "
        "diagonal, sliding windows a band. Everything else about truncation follows from it.",
        survivors={
            "4: np.arange(T)[None, :] → np.arange(T)": "a vector is taken as a row all the same"
        },
    )
)
