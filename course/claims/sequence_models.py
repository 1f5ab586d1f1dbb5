"""Claims 9 and 27, measured in lesson 01: inputs of any length, and windows of a fixed one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from course.claims.ledger import (
    FAILS,
    HOLDS,
    HOLDS_IF,
    Claim,
    Figures,
    Record,
    Verdict,
    figure,
    register,
)
from helpers.language import AddK

Bits = npt.NDArray[np.int64]


# --- claim 9 ---------------------------------------------------------------------------------

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

    It does not hold if a network refused a length. A task survives the longest input if the lower
    end of the 95 % interval of its accuracy there is at least 0.95. The claim holds if all tasks
    do, and holds if … where only some do, or none and only the shapes are right.
    """
    settings = record.settings
    refused = [T for T in settings["taken"] if record.values("taken", T=T).min() < 1]
    if refused:
        return Verdict(FAILS, f"inputs of {refused[0]} steps were not taken")
    short, long = settings["longest_trained"], max(settings["lengths"])
    accuracy = {task: record.interval("accuracy", task=task, T=long) for task in settings["tasks"]}
    kept = [task for task, interval in accuracy.items() if interval.low >= 0.95]
    lost = [task for task in accuracy if task not in kept]
    times = f"trained on at most {short} steps and tested on {long}"
    if not lost:
        return Verdict(HOLDS, f"each length was taken, and every task solved, {times}")
    fallen = ", ".join(f"“{task}” falls to {100 * accuracy[task].mean:.0f} %" for task in lost)
    if not kept:
        return Verdict(HOLDS_IF, f"only the shapes are meant: {times}, {fallen}")
    named = ", ".join(f"“{task}”" for task in kept)
    return Verdict(
        HOLDS_IF,
        f"the task is like {named}: every length is taken, but, {times}, these stay right while "
        f"{fallen}",
    )


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
    )
)


# --- claim 27 --------------------------------------------------------------------------------


def copying_process(length: int, memory: int, flips: float, rng: np.random.Generator) -> Bits:
    """Make bits each of which repeats the one `memory` steps earlier, or, with probability
    `flips`, its opposite. The first ones are random. Shape (length,).
    """
    rows = -(-length // memory)
    turned = rng.random((rows, memory)) < flips  # each column is a chain of its own
    turned[0] = rng.random(memory) < 0.5
    bits: Bits = (np.cumsum(turned, axis=0) % 2).reshape(-1)[:length]
    return bits


def paired_process(length: int, rng: np.random.Generator) -> Bits:
    """Make bits whose ones come in pairs: every run of ones has an even length. Shape (length,).

    After a zero, or after a whole pair, the next bit is 0 or 1 with equal chance. Half of a pair is
    always completed. In symbolic dynamics this is the even process: no finite window of it says
    whether a pair is complete if the window holds nothing but ones.
    """
    bits, half = np.zeros(length, dtype=np.int64), False
    for t, begins in enumerate((rng.random(length) < 0.5).tolist()):
        bits[t] = half or begins
        half = not half and begins
    return bits


def experiment_27(
    seed: int,
    memories: Sequence[int],
    windows: Sequence[int],
    length: int,
    flips: float,
    k: float,
) -> Figures:
    """Predict processes of known memory from windows of known width.

    A model that sees a window of τ bits is a table of counts with k added, for all contexts of τ
    bits, made from `length` bits and judged on as many fresh ones. Its excess is what it needs on
    these, in bits per symbol, above what the process itself would need, which no predictor can
    beat on average. The state keeps one bit of its own (is a pair half complete?) and counts what
    follows it.
    """
    figures: Figures = {}
    rng = np.random.default_rng(seed)
    for memory in memories:
        train, fresh = (copying_process(length, memory, flips, rng) for _ in range(2))
        turned = fresh[memory:] != fresh[:-memory]
        least = (memory - np.log2(np.where(turned, flips, 1 - flips)).sum()) / length
        for window in windows:
            bits = AddK(window + 1, 2, k).fit(train).bits_per_token(fresh)
            figures[figure("excess", memory=memory, window=window)] = bits - least
    train, fresh = (paired_process(length, rng) for _ in range(2))
    least = (length - half_pairs(fresh)[:-1].sum()) / length  # a bit wherever both may come
    for window in windows:
        bits = AddK(window + 1, 2, k).fit(train).bits_per_token(fresh)
        figures[figure("excess", memory="unbounded", window=window)] = bits - least
    counts = np.full((2, 2), k)  # (state, next bit)
    np.add.at(counts, (half_pairs(train)[:-1], train[1:]), 1)
    chances = counts / counts.sum(axis=1, keepdims=True)
    bits = (1 - np.log2(chances[half_pairs(fresh)[:-1], fresh[1:]]).sum()) / length
    figures["excess, one bit of state"] = bits - least
    return figures


def half_pairs(bits: Bits) -> Bits:
    """Return a state that is updated at each bit: 1 while a pair of ones is half complete."""
    state, states = 0, np.empty(len(bits), dtype=np.int64)
    for t, bit in enumerate(bits.tolist()):
        state = 1 - state if bit else 0
        states[t] = state
    return states


def rule_27(record: Record) -> Verdict:
    """Judge "a Markov model's window limits it".

    A window is too short for a process if the lower end of the 95 % interval of its excess is
    above 0.25 bits, and wide enough if the upper end is below 0.1 bits. The claim holds if even
    windows that reach back as far as the process remembers are too short; it holds if … where the
    shorter ones are too short and those are wide enough; else it does not hold.
    """
    settings = record.settings
    pairs = [(memory, window) for memory in settings["memories"] for window in settings["windows"]]
    excess = {p: record.interval("excess", memory=p[0], window=p[1]) for p in pairs}
    short = [excess[m, w] for m, w in pairs if w < m]
    wide = [excess[m, w] for m, w in pairs if w >= m]
    if all(e.low > 0.25 for e in short + wide):
        return Verdict(HOLDS, "every window falls short, however far it reaches back")
    if not all(e.low > 0.25 for e in short) or not all(e.high < 0.1 for e in wide):
        return Verdict(
            FAILS, "the window's width does not separate what is predicted from what not"
        )
    widest = max(settings["windows"])
    never = record.interval("excess", memory="unbounded", window=widest)
    state = record.interval("excess, one bit of state")
    lasting = (
        f"; where the memory has no bound even {widest} steps miss {never.mean:.3f} bits a symbol, "
        f"and one bit of state misses {state.mean:.4f}"
        if never.low > state.high
        else ""
    )
    return Verdict(
        HOLDS_IF,
        f"the process remembers further back than the window: then at least "
        f"{min(e.mean for e in short):.2f} bits a symbol are missing, otherwise at most "
        f"{max(e.mean for e in wide):.2f}{lasting}",
    )


register(
    Claim(
        number=27,
        statement="A Markov model's window limits it.",
        source="the usual reason given for recurrent networks; Bengio, Ducharme, Vincent and "
        "Jauvin 2003, A neural probabilistic language model, JMLR 3, section 1",
        lesson="01_sequence_models",
        experiment=experiment_27,
        rule=rule_27,
        settings={
            "memories": [1, 2, 4, 8],
            "windows": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
            "length": 20000,
            "flips": 0.1,
            "k": 0.5,
        },
        live_settings={"memories": [1, 4]},
        tolerance=0.001,
    )
)
