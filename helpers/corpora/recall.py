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
    """Make B sequences whose first symbol is to be named after `lag` further steps, 0 or more.

    There are `symbols` to remember, 0 to symbols − 1, all equally likely; noise of so many
    `fillers` follows, symbols to symbols + fillers − 1. Returns x (B, lag + 1) and the answers
    (B,).
    """
    if min(B, symbols, fillers) < 1 or lag < 0:
        raise ValueError(
            f"recall_batch: B {B}, lag {lag}, symbols {symbols}, fillers {fillers} were given, "
            "expected a lag of 0 or more and at least 1 of each other"
        )
    answers = rng.integers(0, symbols, size=B)
    noise = rng.integers(symbols, symbols + fillers, size=(B, lag))
    return np.concatenate([answers[:, None], noise], axis=1), answers
