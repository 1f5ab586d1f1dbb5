"""The recall task: name, at the end of a sequence, the symbol that it began with.

Only the first symbol matters; all that follow are noise. The lag, the number of steps between the
symbol and the question, is all that makes it hard, so the task measures how far back a network can
remember.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]


def recall_batch(
    B: int, lag: int, rng: np.random.Generator, symbols: int = 4, fillers: int = 4
) -> tuple[Ids, Ids]:
    """Make B sequences whose first symbol is to be named after `lag` further steps.

    Parameters
    ----------
    B, lag : int
        How many sequences, and the steps from the first symbol to the last one, 0 or more.
    rng : numpy.random.Generator
        Where the sequences are drawn from.
    symbols : int
        How many symbols there are to remember: 0 to symbols − 1, all equally likely.
    fillers : int
        How many others follow them as noise: symbols to symbols + fillers − 1.

    Returns
    -------
    x : array of int64, shape (B, lag + 1)
    answers : array of int64, shape (B,)
    """
    if min(B, symbols, fillers) < 1 or lag < 0:
        raise ValueError(
            f"recall_batch: B {B}, lag {lag}, symbols {symbols}, fillers {fillers} were given, "
            "expected a lag of 0 or more and at least 1 of each other"
        )
    answers = rng.integers(0, symbols, size=B)
    noise = rng.integers(symbols, symbols + fillers, size=(B, lag))
    return np.concatenate([answers[:, None], noise], axis=1), answers
