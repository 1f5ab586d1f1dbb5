"""Exercise 9.2: the state after each row's last token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from course.exercises.bank.seq2seq.common import Array


def last_state(states: Array, mask: Array) -> Array:
    """The state after each row's last token."""
    lengths = mask.sum(axis=1)
    last = states[np.arange(len(states)), lengths - 1]
    return last


def _trace(states: Array, mask: Array) -> dict[str, Array]:
    """The two lines by name."""
    lengths = mask.sum(axis=1)
    last = states[np.arange(len(states)), lengths - 1]
    return {"lengths": lengths, "last": last}


def _loop(states: Array, mask: Array) -> Array:
    rows = []
    for row, tokens in zip(states, mask, strict=True):
        kept = [state for state, is_token in zip(row, tokens, strict=True) if is_token]
        rows.append(kept[-1])
    return np.array(rows)


def _torch(states: Array, mask: Array) -> Array:
    import torch

    places = torch.tensor(mask).sum(1) - 1
    index = places[:, None, None].expand(-1, 1, states.shape[2])
    return torch.tensor(states).gather(1, index)[:, 0].numpy()


def _probes(rng: np.random.Generator) -> list[Probe]:
    def one(lengths: tuple[int, ...], S: int, H: int) -> tuple[Array, Array]:
        mask = np.arange(S) < np.array(lengths)[:, None]
        return rng.normal(size=(len(lengths), S, H)).round(2), mask

    example = np.array([[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]]), np.array([[True, True, False]])
    return [
        Probe(example, label=EXAMPLE),
        Probe(one((2, 1), 3, 2), label="two rows"),
        Probe(one((3, 1, 4, 2), 5, 3)),
        Probe(one((2, 4, 4), 4, 5), label="two rows without padding"),
        Probe(one((1, 1), 1, 2), label="one token in each row"),
    ]


def _picked(place: Callable[[Array, int], Any]) -> Callable[[Array, Array], Array]:
    """Take the state at a place of each row, given its mask and the number of places."""
    return lambda states, mask: np.array(
        [states[b, place(mask[b], states.shape[1])] for b in range(len(states))]
    )


def _masked(states: Array, mask: Array) -> Array:
    return states * mask[..., None]


register(
    CodeExercise(
        name="seq2seq.last_state",
        title="The last state",
        points=2,
        reference=last_state,
        trace=_trace,
        probes=_probes,
        oracle=_loop,
        equivalents={"torch": _torch, "a loop": _loop},
        outputs=("last",),
        axes=("BH",),
        mistakes=[
            Mistake(
                "last_place",
                "You took the state at the last place of the batch. In the shorter sentences that "
                "is padding.",
                lambda states, mask: states[:, -1],
            ),
            Mistake(
                "one_too_late",
                "You took the state one place behind the last token. Places count from 0: the last "
                "token of a sentence of n tokens stands at place n − 1.",
                _picked(lambda mask, S: min(mask.sum(), S - 1)),
            ),
            Mistake(
                "length_as_place",
                "You took the length as the place. Places count from 0: the last token of a "
                "sentence of n tokens stands at place n − 1.",
                lambda states, mask: states[np.arange(len(states)), mask.sum(axis=1)],
            ),
            Mistake(
                "first_sentence",
                "You took all states from the first sentence. Each row has its own states: give "
                "the row numbers as the first index.",
                lambda states, mask: states[0, mask.sum(axis=1) - 1],
            ),
            Mistake(
                "all_tokens",
                "`states[mask]` gives the states of all tokens. One state of each row is wanted.",
                lambda states, mask: states[mask],
            ),
            Mistake(
                "one_too_early",
                "You took the state one place before the last token.",
                _picked(lambda mask, S: max(mask.sum() - 2, 0)),
            ),
            Mistake(
                "wraps_around",
                "You took the state one place before the last token; for a sentence of one token, "
                "the index −1 is the last place of the batch.",
                _picked(lambda mask, S: mask.sum() - 2),
            ),
            Mistake(
                "first_state",
                "You took the state after the first token of each sentence.",
                lambda states, mask: states[:, 0],
            ),
            Mistake(
                "mean",
                "You took the mean over the tokens. Only the state after the last one is wanted.",
                lambda states, mask: _masked(states, mask).sum(axis=1) / mask.sum(1)[:, None],
            ),
            Mistake(
                "sum",
                "You added the states of all tokens. Only the state after the last one is wanted.",
                lambda states, mask: _masked(states, mask).sum(axis=1),
            ),
            Mistake(
                "zeros_at_the_end",
                "You set the padding to zero and took the last place. That is zero in the shorter "
                "sentences.",
                lambda states, mask: _masked(states, mask)[:, -1],
            ),
            Mistake(
                "same_for_all",
                "You took the same place in each row, that of the longest sentence. Each row has a "
                "length of its own.",
                lambda states, mask: states[:, mask.sum(axis=1).max() - 1],
            ),
            Mistake(
                "first_row_s",
                "You took the length of the first sentence for all of them.",
                lambda states, mask: states[:, mask[0].sum() - 1],
            ),
            Mistake(
                "every_pair",
                "Your result has an axis too many: `states[:, lengths - 1]` picks all these places "
                "in each row. Give an index for the row as well: `np.arange(B)`.",
                lambda states, mask: states[:, mask.sum(axis=1) - 1],
            ),
            Mistake(
                "from_padding",
                "You counted the padding instead of the tokens.",
                _picked(lambda mask, S: (~mask).sum() - 1),
            ),
        ],
        hints=[
            "The mask of a row has as many True entries as the sentence has tokens.",
            "The lengths are (B,). From states (B, S, H), one place per row gives (B, H).",
            "Index with two arrays of B entries: the row numbers, and the place in each row.",
            "`states[np.arange(len(states)), lengths - 1]`",
        ],
        solved="Indexing with two arrays pairs their entries: each row with its own place.",
    )
)
