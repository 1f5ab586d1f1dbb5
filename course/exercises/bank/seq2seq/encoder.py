"""Exercise 9.3: the encoder's forward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, register
from course.exercises.bank.seq2seq.common import (
    DROPOUT,
    Array,
    Weights,
    built,
    lstm_weights,
    trouble,
)

PARTS = ("states", "mask", "hidden", "cell")


def encode(self: Any, source: Any, mask: Any) -> Any:
    """Read the source once."""
    from helpers.seq2seq import Memory, read_source

    x = self.dropout(self.embedding(source))
    states, (h, c) = read_source(self.recurrent, x, mask)
    return Memory(states, mask, h[0], c[0])


def _read(answer: Callable[..., Any], source: Array, mask: Array, w: Weights, drop: float) -> Any:
    """Call the answer on an encoder with these weights; give the four parts of its `Memory`."""
    import torch

    from helpers.seq2seq import Memory, PlainEncoder

    module = built(PlainEncoder, w, drop)
    try:
        memory = answer(module, torch.tensor(source), torch.tensor(mask))
    except (TypeError, ValueError, AttributeError, NameError) as error:
        if isinstance(error, NotImplementedError):
            raise
        return trouble(error, "`read_source(self.recurrent, x, mask)` returns `states, (h, c)`.")
    if memory is None:
        return "Your function returns nothing. Return a `Memory`."
    if not isinstance(memory, Memory):
        return "Your function does not return a `Memory`: `Memory(states, mask, hidden, cell)`."
    for name, part in zip(PARTS, memory, strict=True):
        if not isinstance(part, torch.Tensor):
            return f"`{name}` of your `Memory` is not a tensor."
    return tuple(part.detach().numpy() for part in memory)


def _probes(rng: np.random.Generator) -> list[Probe]:
    probes = []
    for lengths, V, H, drop, label in (
        ((2, 1), 5, 2, 0.0, "a sentence of two tokens and one of one"),
        ((3, 1, 4, 2), 9, 3, 0.0, "four sentences"),
        ((3, 3), 6, 4, 0.0, "no padding"),
        ((3,), 6, 2, 0.0, "a batch of one sentence"),
        ((4, 2, 3), 7, 6, DROPOUT, "with dropout, as in training"),
    ):
        S = max(lengths)
        mask = np.arange(S) < np.array(lengths)[:, None]
        source = rng.integers(1, V, size=mask.shape) * mask
        weights = {"embedding.weight": rng.normal(size=(V, H)), **lstm_weights(rng, H)}
        probes.append(Probe((source, mask, weights, drop), label=label))
    return probes


def _by_cell(self: Any, source: Any, mask: Any) -> Any:
    """Token by token, with a cell, and a row that has ended keeps its states."""
    import torch

    from helpers.seq2seq import Memory

    x = self.dropout(self.embedding(source))
    h = c = x.new_zeros(len(x), x.shape[2])
    states = []
    for t in range(x.shape[1]):
        _, (one, other) = self.recurrent(x[:, t : t + 1], (h[None], c[None]))
        on = mask[:, t, None]
        h, c = torch.where(on, one[0], h), torch.where(on, other[0], c)
        states.append(torch.where(on, h, 0.0))
    return Memory(torch.stack(states, dim=1), mask, h, c)


def _with(
    x: Callable[..., Any] = lambda self, source: self.dropout(self.embedding(source)),
    read: str = "packed",
    made: Callable[..., tuple[Any, ...]] = lambda states, mask, h, c: (states, mask, h[0], c[0]),
) -> Callable[..., Any]:
    """The encoder with one of its lines replaced."""

    def wrong(self: Any, source: Any, mask: Any) -> Any:
        from helpers.seq2seq import Memory, read_source

        vectors = x(self, source)
        if read == "packed":
            states, (h, c) = read_source(self.recurrent, vectors, mask)
        elif read == "all":
            states, (h, c) = self.recurrent(vectors)
        else:
            states, (h, c) = self.recurrent(vectors * mask[..., None])
        return Memory(*made(states, mask, h, c))

    return wrong


def _states_dropped(self: Any, source: Any, mask: Any) -> Any:
    from helpers.seq2seq import Memory, read_source

    states, (h, c) = read_source(self.recurrent, self.embedding(source), mask)
    return Memory(self.dropout(states), mask, h[0], c[0])


def _vectors_as_states(self: Any, source: Any, mask: Any) -> Any:
    from helpers.seq2seq import Memory, read_source

    x = self.dropout(self.embedding(source))
    _, (h, c) = read_source(self.recurrent, x, mask)
    return Memory(x, mask, h[0], c[0])


register(
    CodeExercise(
        name="seq2seq.encoder",
        title="Build the encoder",
        points=2,
        package="seq2seq.PlainEncoder.forward",
        reference=encode,
        call=_read,
        probes=_probes,
        oracle=lambda source, mask, w, drop: _read(_by_cell, source, mask, w, drop),
        equivalents={
            "token by token": _by_cell,
            "squeezed": _with(
                made=lambda states, mask, h, c: (states, mask, h.squeeze(0), c.squeeze(0))
            ),
        },
        outputs=PARTS,
        axes=("BSH", "BS", "BH", "BH"),
        mistakes=[
            Mistake(
                "reads_padding",
                "You called `self.recurrent` itself, which reads the padding, too: in the shorter "
                "sentences the last states are not those after the last token. Call "
                "`read_source(self.recurrent, x, mask)`.",
                _with(read="all"),
            ),
            Mistake(
                "zeroed_padding",
                "You set the vectors of the padding to zero and read on. The LSTM changes its "
                "states at a zero vector, too. Call `read_source(self.recurrent, x, mask)`.",
                _with(read="zeroed"),
            ),
            Mistake(
                "no_dropout",
                "The results are right in use and wrong in training: `self.dropout` is missing "
                "around the vectors.",
                _with(x=lambda self, source: self.embedding(source)),
            ),
            Mistake(
                "states_dropped",
                "You applied dropout to the states. It belongs to the vectors that enter the LSTM.",
                _states_dropped,
            ),
            Mistake(
                "exchanged",
                "`hidden` and `cell` are exchanged: the LSTM returns `(h, c)` in this order.",
                _with(made=lambda states, mask, h, c: (states, mask, c[0], h[0])),
            ),
            Mistake(
                "hidden_twice",
                "`cell` holds the hidden state. It is `c[0]`.",
                _with(made=lambda states, mask, h, c: (states, mask, h[0], h[0])),
            ),
            Mistake(
                "layers_axis",
                "`h` and `c` still have the axis of the layers, (1, B, H). There is one layer: "
                "take `h[0]` and `c[0]`.",
                _with(made=lambda states, mask, h, c: (states, mask, h, c)),
            ),
            Mistake(
                "last_place",
                "`hidden` is the state at the last place of the batch, which is padding in the "
                "shorter sentences. Take `h[0]`, which `read_source` returns.",
                _with(made=lambda states, mask, h, c: (states, mask, states[:, -1], c[0])),
            ),
            Mistake(
                "first_place",
                "`hidden` is the state after the first token. Take `h[0]`, the state after the "
                "last.",
                _with(made=lambda states, mask, h, c: (states, mask, states[:, 0], c[0])),
            ),
            Mistake(
                "squeezed",
                "`squeeze()` drops every axis of length 1, the batch's too if it has one sentence. "
                "Drop the first alone: `h[0]`.",
                _with(made=lambda states, mask, h, c: (states, mask, h.squeeze(), c.squeeze())),
            ),
            Mistake(
                "first_sentence",
                "You took the states of the first sentence alone. The first axis of `h` is that of "
                "the layers: `h[0]` has all sentences.",
                _with(made=lambda states, mask, h, c: (states, mask, h[0, 0], c[0, 0])),
            ),
            Mistake(
                "vectors_as_states",
                "The first part of your `Memory` holds the vectors x. The states are what "
                "`read_source` returns first.",
                _vectors_as_states,
            ),
            Mistake(
                "dropout_twice",
                "You applied dropout twice. Once is enough, to the vectors that enter the LSTM.",
                _with(x=lambda self, source: self.dropout(self.dropout(self.embedding(source)))),
            ),
            Mistake(
                "mask_lost",
                "The second part of `Memory` is the mask, as it was given.",
                _with(made=lambda states, mask, h, c: (states, ~mask, h[0], c[0])),
            ),
        ],
        survivors={
            "7: 0 → -1": "there is one layer: the first is the last",
            "7: 0 → -1 (2)": "there is one layer: the first is the last",
        },
        hints=[
            "Three steps: ids to vectors, vectors to states, and what the decoder will need.",
            "`self.embedding(source)` is (B, S, H). `h` and `c` are (1, B, H): one layer, B rows.",
            "`x = self.dropout(…)`, then `states, (h, c) = read_source(…)`, then `Memory(…)`.",
            "`return Memory(states, mask, h[0], c[0])`",
        ],
        solved="The decoder of this lesson takes `hidden` and `cell` alone. That of lesson 11 will "
        "look at `states` as well.",
    )
)
