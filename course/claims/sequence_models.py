"""Claim 9, measured in lesson 01: an RNN on inputs of any length."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any
from unittest import mock

import numpy as np
import numpy.typing as npt

from course.claims.ledger import (
    FAILS,
    HOLDS_WITHIN,
    Claim,
    Figures,
    Record,
    Verdict,
    figure,
    register,
)
from course.claims.trials import Trial

Bits = npt.NDArray[np.int64]

TASKS = ("third from the end", "first", "marker", "more ones")


def task_batch(task: str, B: int, T: int, rng: np.random.Generator) -> tuple[Bits, Bits]:
    """Make sequences of symbols 0, 1, 2 and one right answer, 0 or 1, for each.

    Parameters
    ----------
    task : str
        What the answer is. "third from the end" and "first": the symbol that stands there.
        "marker": whether the symbol 2 stood anywhere. "more ones": whether there were more ones
        than zeros.
    B, T : int
        How many sequences, and how long; T is odd, so that "more ones" has no tie.

    Returns
    -------
    x : array, shape (B, T)
    answers : array, shape (B,)
        Both answers are equally likely.
    """
    if task not in TASKS or T < 3 or T % 2 == 0:
        raise ValueError(
            f"task_batch: task {task!r} with T {T}, expected one of {', '.join(TASKS)} "
            "and an odd T from 3 on"
        )
    x = rng.integers(0, 2, size=(B, T))
    if task == "third from the end":
        return x, x[:, -3].copy()
    if task == "first":
        return x, x[:, 0].copy()
    if task == "marker":
        answers = rng.integers(0, 2, size=B)
        rows = np.flatnonzero(answers)
        x[rows, rng.integers(0, T, size=B)[rows]] = 2
        return x, answers
    return x, (2 * x.sum(axis=1) > T).astype(np.int64)


def experiment_9(
    seed: int,
    tasks: Sequence[str],
    H: int,
    longest_trained: int,
    steps: int,
    B: int,
    learning_rate: float,
    lengths: Sequence[int],
    sequences: int,
    taken: Sequence[int],
) -> Figures:
    """Train plain RNNs on short sequences and read longer ones with the same weights.

    One RNN for each task, in float64, with Adam; each step takes a batch of one odd length from 3
    to `longest_trained`. Its answer is read off its last state. Accuracy is measured on fresh
    sequences of each of the `lengths`. Besides, the first network is given a random sequence of
    each length in `taken`: the figure is 1 if it returns finite states of the right shape, which
    agree with those of the same sequence cut in half.
    """
    import torch

    figures: Figures = {}
    with torch.random.fork_rng(devices=[]):
        for task in tasks:
            torch.manual_seed(seed)
            rng = np.random.default_rng([seed, TASKS.index(task)])
            cell = torch.nn.RNN(3, H, batch_first=True, dtype=torch.float64)
            output = torch.nn.Linear(H, 2, dtype=torch.float64)
            parameters = [*cell.parameters(), *output.parameters()]
            optimiser = torch.optim.Adam(parameters, learning_rate)
            for _ in range(steps):
                T = 3 + 2 * int(rng.integers(0, (longest_trained - 1) // 2))
                x, answers = task_batch(task, B, T, rng)
                states, _ = cell(torch.eye(3, dtype=torch.float64)[x])  # (B, T, H)
                loss = torch.nn.functional.cross_entropy(
                    output(states[:, -1]), torch.tensor(answers)
                )
                optimiser.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(parameters, 1.0)
                optimiser.step()
            with torch.no_grad():
                for T in lengths:
                    x, answers = task_batch(task, sequences, T, rng)
                    states, _ = cell(torch.eye(3, dtype=torch.float64)[x])
                    right = output(states[:, -1]).argmax(dim=1).numpy() == answers
                    figures[figure("accuracy", task=task, T=T)] = float(right.mean())
                for T in taken if task == tasks[0] else ():
                    one = torch.eye(3, dtype=torch.float64)[rng.integers(0, 3, size=(1, T))]
                    states, _ = cell(one)
                    half, _ = cell(one[:, : (T + 1) // 2])
                    good = (
                        states.shape == (1, T, H)
                        and bool(torch.isfinite(states).all())
                        and torch.allclose(states[:, : half.shape[1]], half)
                    )
                    figures[figure("taken", T=T)] = float(good)
    return figures


def rule_9(record: Record) -> Verdict:
    """Judge "an RNN takes input of any length".

    A task survives if the lower end of the 95 % interval of its accuracy at the longest input is at
    least 0.95. The claim does not hold if a network refused a length, or if no task survives, since
    then only the shapes are right; else it holds within the lengths that were taken, and with tanh:
    the challenges found that states without a bound overflow.
    """
    settings = record.settings
    refused = [T for T in settings["taken"] if record.values("taken", T=T).min() < 1]
    if refused:
        return Verdict(FAILS, f"inputs of {refused[0]:,} steps give no usable answer")
    short, long = settings["longest_trained"], max(settings["lengths"])
    accuracy = {task: record.interval("accuracy", task=task, T=long) for task in settings["tasks"]}
    lost = [task for task, interval in accuracy.items() if interval.low < 0.95]
    times = f"trained up to {short}, tested up to {long:,}"
    if len(lost) == len(accuracy):
        return Verdict(FAILS, f"only the shapes fit: {times}, no task stays right")
    kept = f"{len(accuracy) - len(lost)} of {len(accuracy)} tasks stay right"
    fallen = "".join(f", “{task}” {100 * accuracy[task].mean:.0f} %" for task in lost[:1])
    most = max(settings["taken"])
    return Verdict(HOLDS_WITHIN, f"{most:,} steps with tanh; {times}, {kept}{fallen}")


# --- attempts to overturn the verdict --------------------------------------------------------


def once_or_twice(task: str, B: int, T: int, rng: np.random.Generator) -> tuple[Bits, Bits]:
    """Make sequences in which the symbol 2 stands once or twice; the answer is 1 if twice.

    Three states remember all that matters, however long the sequence. Shapes as in `task_batch`.
    """
    x, answers = rng.integers(0, 2, size=(B, T)), rng.integers(0, 2, size=B)
    places = rng.random((B, T)).argsort(axis=1)[:, :2]
    np.put_along_axis(x, places[:, :1], 2, axis=1)
    twice = np.flatnonzero(answers)
    x[twice, places[twice, 1]] = 2
    return x, answers


def with_once_or_twice(seed: int, **settings: Any) -> Figures:
    """Run experiment 9 on the task "once or twice"."""
    with mock.patch.multiple(__name__, TASKS=("once or twice",), task_batch=once_or_twice):
        return experiment_9(seed, **settings)


def with_relu(seed: int, **settings: Any) -> Figures:
    """Run experiment 9 with max(0, ·) in place of tanh."""
    import torch

    relu = functools.partial(torch.nn.RNN, nonlinearity="relu")
    with mock.patch("torch.nn.RNN", relu):
        return experiment_9(seed, **settings)


register(
    Claim(
        number=9,
        statement="An RNN takes input of any length.",
        source="a standard advantage in introductory texts, for instance Goodfellow, Bengio and "
        "Courville 2016, Deep Learning, chapter 10",
        lesson="01_sequence_models",
        experiment=experiment_9,
        rule=rule_9,
        settings={
            "tasks": list(TASKS),
            "H": 32,
            "longest_trained": 13,
            "steps": 1000,
            "B": 64,
            "learning_rate": 0.003,
            "lengths": [13, 33, 65, 129, 257, 513],
            "sequences": 1000,
            "taken": [1, 2, 17, 1000, 10000],
        },
        live_settings={"tasks": ["first", "more ones"], "taken": [1, 1000]},
        tolerance=0.01,  # ten of a thousand sequences
        conditions={
            "tasks": "name the third symbol from the end, name the first, was there a marker, were "
            "there more ones than zeros; one network each",
            "network": "a plain RNN of 32 tanh units, read after the last step; chance is one half",
            "training": "Adam at 0.003, clipped at norm 1, 1,000 batches of 64 of one odd length "
            "from 3 to 13",
            "test": "1,000 fresh sequences of each length from 13 to 513; shapes to 10,000 steps",
            "seeds": "0 to 9",
        },
        decides=(
            figure("accuracy", task="first", T=513),
            figure("accuracy", task="more ones", T=513),
        ),
        trials=(
            Trial(
                "a task that needs three states at any length: the marker once or twice",
                {"tasks": ["once or twice"], "lengths": [13, 513], "taken": [1, 1000]},
                experiment=with_once_or_twice,
            ),
            Trial(
                "ReLU in place of tanh",
                {"lengths": [13, 513], "sequences": 500},
                experiment=with_relu,
            ),
            Trial(
                "training on 3 and 5 steps only",
                {"longest_trained": 5, "lengths": [5, 513], "sequences": 500, "taken": [1, 1000]},
            ),
            Trial(
                "answers at 10,001 steps, not shapes alone",
                {"lengths": [513, 10001], "sequences": 50},
            ),
        ),
    )
)
