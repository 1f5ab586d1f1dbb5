"""Claim 27, measured in lesson 03: what a window of fixed width costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from course.claims.ledger import (
    FAILS,
    HOLDS_WITHIN,
    Claim,
    Figures,
    Record,
    Verdict,
    difference,
    figure,
    register,
)
from course.claims.trials import Trial
from helpers.language import AddK

Bits = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


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
    above 0.25 bits, and wide enough if the upper end is below 0.1 bits. The claim holds within what
    was tested, copies of one earlier bit and as many bits to count, if every window that is
    narrower than the memory is too short and every other one wide enough, and where the memory has
    no bound the widest window still misses more than one bit of state does (all of Welch's interval
    above 0).
    """
    settings = record.settings
    pairs = [(memory, window) for memory in settings["memories"] for window in settings["windows"]]
    excess = {p: record.interval("excess", memory=p[0], window=p[1]) for p in pairs}
    short = [excess[m, w] for m, w in pairs if w < m]
    wide = [excess[m, w] for m, w in pairs if w >= m]
    never = record.values("excess", memory="unbounded", window=max(settings["windows"]))
    behind = difference(never, record.values("excess, one bit of state"))
    least, most = min(e.mean for e in short), max(e.mean for e in wide)
    separate = all(e.low > 0.25 for e in short) and all(e.high < 0.1 for e in wide)
    if not separate or behind.low <= 0:
        told = f"narrower windows lose at least {least:.2f} bits per symbol, others at most "
        return Verdict(FAILS, f"{told}{most:.2f}")
    copies = f"copies up to {max(settings['memories'])} bits back, {100 * settings['flips']:.0f} %"
    told = f"narrower windows lose ≥ {least:.2f} bits, others ≤ {most:.2f}"
    return Verdict(HOLDS_WITHIN, f"{copies} wrong, of {settings['length']:,}: {told}")


# --- attempts to overturn the verdict --------------------------------------------------------


def fading_process(
    length: int, memory: int, flips: float, rng: np.random.Generator
) -> tuple[Bits, Floats]:
    """Make bits each of which repeats one of the last `memory`, the nearer the likelier.

    The one j steps back is chosen with a chance in proportion to 2^−j, and its opposite is taken
    with probability `flips`. Returns the bits (length,) and the probability with which each of them
    came, given those before (length − memory,).
    """
    chances = 0.5 ** np.arange(1, memory + 1)
    chances /= chances.sum()
    back = 1 + rng.choice(memory, size=length, p=chances)
    turned, bits = rng.random(length) < flips, rng.integers(0, 2, size=length)
    for t in range(memory, length):
        bits[t] = bits[t - back[t]] ^ turned[t]
    now = bits[memory:]
    same = sum(c * (now == bits[memory - j : -j]) for j, c in enumerate(chances, start=1))
    return bits, flips + (1 - 2 * flips) * same


def with_fading_memory(
    seed: int, memories: Sequence[int], windows: Sequence[int], length: int, flips: float, k: float
) -> Figures:
    """Run experiment 27 on processes whose memory fades in place of ending."""
    figures, rng = Figures(), np.random.default_rng([seed, 1])
    for memory in memories:
        (train, _), (fresh, known) = (fading_process(length, memory, flips, rng) for _ in range(2))
        least = (memory - np.log2(known).sum()) / length
        for window in windows:
            bits = AddK(window + 1, 2, k).fit(train).bits_per_token(fresh)
            figures[figure("excess", memory=memory, window=window)] = bits - least
    return figures | experiment_27(seed, [], windows, length, flips, k)


register(
    Claim(
        number=27,
        statement="A Markov model's window limits it.",
        source="the usual reason given for recurrent networks; Bengio, Ducharme, Vincent and "
        "Jauvin 2003, A neural probabilistic language model, JMLR 3, section 1",
        lesson="03_language_models",
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
        conditions={
            "task": "predict the next bit of a process that repeats the bit 1, 2, 4 or 8 steps "
            "back, except one in ten; and of one whose ones come in pairs, without a bound",
            "models": "tables of counts with 0.5 added, for windows of 1 to 10 bits, and one that "
            "keeps a single bit of state",
            "data": "20,000 bits to count, as many to judge on; the excess is in bits per symbol "
            "above what the process itself needs",
            "seeds": "0 to 9",
        },
        decides=(
            figure("excess", memory=4, window=3),
            figure("excess", memory=4, window=4),
        ),
        trials=(
            Trial(
                "memories that fade: each bit repeats one of the last m, the nearer the likelier",
                experiment=with_fading_memory,
            ),
            Trial("a tenth of the data", {"length": 2000}),
            Trial("copies of which three in ten are wrong, not one", {"flips": 0.3}),
            Trial(
                "a memory of 16 bits",
                {"memories": [1, 2, 4, 8, 16], "windows": [1, 3, 4, 8, 12, 16]},
            ),
        ),
    )
)
