"""Exercise 9.4: the decoder's forward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, register
from course.exercises.bank.seq2seq.common import (
    DROPOUT,
    Array,
    built,
    lstm_weights,
    trouble,
)


def decode(self: Any, inputs: Any, state: Any, memory: Any) -> Any:
    """Run over the words of the target."""
    x = self.dropout(self.embedding(inputs))
    s, state = self.recurrent(x, state)
    logits = self.output(self.dropout(s))
    return logits, state, s.new_zeros(*inputs.shape, memory.mask.shape[1])


def _run(answer: Callable[..., Any], inputs: Array, h: Array, c: Array, *rest: Any) -> Any:
    """Call the answer on a decoder with these weights; give logits, both states and zeros."""
    import torch

    from helpers.seq2seq import Memory, PlainDecoder

    context, S, weights, drop = rest
    module = built(PlainDecoder, weights, drop)
    state = torch.tensor(h[None]), torch.tensor(c[None])
    seen = torch.tensor(context)
    B, H = h.shape
    memory = Memory(torch.zeros(B, S, H).double(), torch.ones(B, S).bool(), seen, seen + 1)
    try:
        result = answer(module, torch.tensor(inputs), state, memory)
    except (TypeError, ValueError, AttributeError, NameError) as error:
        if isinstance(error, NotImplementedError):
            raise
        return trouble(error, "`self.recurrent(x, state)` returns `s, state`.")
    if not isinstance(result, tuple | list) or len(result) != 3:
        return "Return three things: the logits, the state, and the zeros of the given line."
    logits, left, zeros = result
    if not isinstance(left, tuple | list) or len(left) != 2:
        return "Your second result is not the LSTM's state, which is the pair `(h, c)`."
    parts = (logits, *left, zeros)
    if not all(isinstance(part, torch.Tensor) for part in parts):
        return "Not all of your results are tensors."
    return tuple(part.detach().numpy() for part in parts)


def _probes(rng: np.random.Generator) -> list[Probe]:
    probes = []
    for B, T, S, V, H, drop, label in (
        (1, 2, 4, 5, 2, 0.0, "one sentence"),
        (3, 4, 2, 7, 3, 0.0, "three sentences"),
        (2, 1, 3, 6, 4, 0.0, "one word each, as in writing"),
        (4, 3, 5, 8, 6, DROPOUT, "with dropout, as in training"),
    ):
        E = rng.normal(size=(V, H))
        weights = {
            "embedding.weight": E,
            **lstm_weights(rng, H),
            "output.weight": E,
            "output.bias": rng.normal(size=V),
        }
        h, c, context = rng.uniform(-1, 1, size=(3, B, H))
        inputs = rng.integers(1, V, size=(B, T))
        probes.append(Probe((inputs, h, c, context, S, weights, drop), label=label))
    return probes


def _by_steps(self: Any, inputs: Any, state: Any, memory: Any) -> Any:
    """Word by word, and the tied matrix written out."""
    import torch

    x = self.dropout(self.embedding.weight[inputs])
    s = []
    for t in range(x.shape[1]):
        one, state = self.recurrent(x[:, t : t + 1], state)
        s.append(one)
    dropped = self.dropout(torch.cat(s, dim=1))
    logits = dropped @ self.embedding.weight.T + self.output.bias
    return logits, state, torch.zeros(*inputs.shape, memory.mask.shape[1], dtype=logits.dtype)


def _with(
    x: Callable[..., Any] = lambda self, inputs: self.dropout(self.embedding(inputs)),
    start: Callable[..., Any] = lambda self, state, memory: state,
    logits: Callable[..., Any] = lambda self, s: self.output(self.dropout(s)),
    left: Callable[..., Any] = lambda given, found, s: found,
    zeros: Callable[..., Any] = lambda B, T, S: (B, T, S),
) -> Callable[..., Any]:
    """The decoder with one of its lines replaced."""

    def wrong(self: Any, inputs: Any, state: Any, memory: Any) -> Any:
        begun = start(self, state, memory)
        s, found = self.recurrent(x(self, inputs), *([begun] if begun is not None else []))
        size = zeros(*inputs.shape, memory.mask.shape[1])
        return logits(self, s), left(state, found, s), s.new_zeros(*size)

    return wrong


register(
    CodeExercise(
        name="seq2seq.decoder",
        title="Build the decoder",
        points=2,
        package="seq2seq.PlainDecoder.forward",
        reference=decode,
        call=_run,
        probes=_probes,
        oracle=lambda *args: _run(_by_steps, *args),
        equivalents={
            "word by word": _by_steps,
            "the state in two names": _with(start=lambda self, state, memory: (state[0], state[1])),
        },
        outputs=("logits", "h", "c", "zeros"),
        axes=("BTV", "", "", "BTS"),
        mistakes=[
            Mistake(
                "state_not_given",
                "The LSTM starts from zeros. Hand it the state: `self.recurrent(x, state)`.",
                _with(start=lambda self, state, memory: None),
            ),
            Mistake(
                "starts_from_memory",
                "You started from the context vector in `memory`. In use, `forward` runs once for "
                "each word, and has to go on from the `state` that it is given.",
                _with(start=lambda self, state, memory: self.first_state(memory)),
            ),
            Mistake(
                "old_state",
                "You returned the state that came in. Return the one that the LSTM ends on: the "
                "next word starts from it.",
                _with(left=lambda given, found, s: given),
            ),
            Mistake(
                "exchanged",
                "You exchanged the two parts of the state that you return: it is (h, c).",
                _with(left=lambda given, found, s: found[::-1]),
            ),
            Mistake(
                "no_dropout",
                "The results are right in use and wrong in training: dropout is missing, both on "
                "the vectors and on the states.",
                _with(x=lambda self, i: self.embedding(i), logits=lambda self, s: self.output(s)),
            ),
            Mistake(
                "no_dropout_out",
                "In training, dropout is missing on the states before `self.output`.",
                _with(logits=lambda self, s: self.output(s)),
            ),
            Mistake(
                "no_dropout_in",
                "In training, dropout is missing on the vectors that enter the LSTM.",
                _with(x=lambda self, inputs: self.embedding(inputs)),
            ),
            Mistake(
                "logits_dropped",
                "In training, you applied dropout to the logits. It belongs to the states, before "
                "`self.output`.",
                _with(logits=lambda self, s: self.dropout(self.output(s))),
            ),
            Mistake(
                "probabilities",
                "You returned probabilities. Logits are the scores before the softmax.",
                _with(logits=lambda self, s: self.output(self.dropout(s)).softmax(dim=-1)),
            ),
            Mistake(
                "log_probabilities",
                "You returned log-probabilities. Logits are the scores before the softmax.",
                _with(logits=lambda self, s: self.output(self.dropout(s)).log_softmax(dim=-1)),
            ),
            Mistake(
                "states_returned",
                "Your first result holds the LSTM's states. `self.output` turns them into logits, "
                "(B, T, V).",
                _with(logits=lambda self, s: self.dropout(s)),
            ),
            Mistake(
                "last_step_only",
                "Your logits are those of the last word. There is a prediction after each of the T "
                "words.",
                _with(logits=lambda self, s: self.output(self.dropout(s))[:, -1]),
            ),
            Mistake(
                "last_state_only",
                "You kept the last state alone, and have logits for one word. All T states go "
                "through `self.output`.",
                _with(logits=lambda self, s: self.output(self.dropout(s[:, -1]))),
            ),
            Mistake(
                "exchanged_at_the_start",
                "The LSTM got its two states exchanged. Hand `state` on as it is, `(h, c)`.",
                _with(start=lambda self, state, memory: state[::-1]),
            ),
            Mistake(
                "no_bias",
                "The bias $b$ of the scores is missing: call `self.output`.",
                _with(logits=lambda self, s: self.dropout(s) @ self.output.weight.T),
            ),
        ],
        hints=[
            "Four steps: ids to vectors, to states, to logits, and then what is returned.",
            "Vectors and states are (B, T, H), logits (B, T, V); `state` is a pair of (1, B, H).",
            "`self.recurrent(x, state)` gives the states at all steps and the pair it ends on.",
            "`logits = self.output(self.dropout(s))`",
        ],
        solved="The same function trains on T words at once and writes one word at a time.",
    )
)
