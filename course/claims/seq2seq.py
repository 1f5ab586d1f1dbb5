"""Claim 11, measured in lesson 09, and the networks and tasks that claims 12 to 14 and 26 share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course.claims.ledger import (
    FAILS,
    HOLDS,
    HOLDS_WITHIN,
    Claim,
    Figures,
    Record,
    Verdict,
    difference,
    figure,
    listed,
    register,
)
from course.claims.seq2seq_challenges import TRIALS_11
from course.claims.trials import Grid
from helpers import text
from helpers.metrics import student_quantile

Array = npt.NDArray[Any]

# --- what claims 11 to 14 and 26 share -------------------------------------------------------

FIRST = 4  # the number of the first symbol, behind <pad>, <unk>, <s> and </s>


def toy_pairs(task: str, B: int, T: int, V: int, rng: Any) -> tuple[Array, Array]:
    """Draw B sequences of T random symbols out of V, and what a task makes of them.

    Parameters
    ----------
    task : {"copy", "reverse", "rename"}
        "copy" gives the source itself, "reverse" from its end, "rename" puts for each symbol the
        next one of the alphabet, so that words stand in step.

    Returns
    -------
    source, target : int arrays, shape (B, T)
    """
    source = rng.integers(FIRST, FIRST + V, size=(B, T))
    if task == "rename":
        return source, FIRST + (source - FIRST + 1) % V
    return source, source[:, ::-1] if task == "reverse" else source


def toy_batches(
    task: str, steps: int, B: int, V: int, lengths: Sequence[int], turned: bool, rng: Any
) -> list[tuple[Any, ...]]:
    """Draw training batches (source, mask, target), each of one length, any of `lengths`.

    With `turned` the source is given from its end, whatever the task.
    """
    import torch

    batches = []
    for _ in range(steps):
        source, target = toy_pairs(task, B, int(rng.choice(lengths)), V, rng)
        source = source[:, ::-1] if turned else source
        edge = np.ones((B, 1), dtype=np.int64)
        target = np.concatenate([text.START_ID * edge, target, text.END_ID * edge], axis=1)
        ids = torch.from_numpy(source.copy())
        batches.append((ids, torch.ones_like(ids).bool(), torch.from_numpy(target)))
    return batches


def toy_exact(
    model: Any, task: str, B: int, T: int, V: int, turned: bool, rng: Any
) -> tuple[float, float]:
    """Return the shares of sequences and of symbols that greedy decoding gets right."""
    import torch

    from helpers import decoding

    source, target = toy_pairs(task, B, T, V, rng)
    given = torch.from_numpy((source[:, ::-1] if turned else source).copy())
    found = decoding.greedy(model, given, torch.ones_like(given).bool(), T + 1)
    wanted = target.tolist()
    exact = [one.tokens == want for one, want in zip(found, wanted, strict=True)]
    symbols = [
        sum(a == b for a, b in zip(one.tokens, want, strict=False)) / T
        for one, want in zip(found, wanted, strict=True)
    ]
    return float(np.mean(exact)), float(np.mean(symbols))


def train(model: Any, batches: Any, epochs: int, rate: float) -> list[float]:
    """Train with Adam, a short rise and a long fall of the rate; return the losses."""
    from helpers import seq2seq, training

    history = training.fit(
        model,
        batches,
        seq2seq.next_token_loss,
        epochs=epochs,
        learning_rate=rate,
        schedule=training.warm_up_then_decay(),
        progress=False,
    )
    return history.losses


def plain(V_source: int, V_target: int, H: int, dropout: float = 0.0) -> Any:
    """Return the lesson's Seq2Seq: plain encoder, context vector, plain decoder."""
    from helpers import seq2seq

    encoder: Any = seq2seq.PlainEncoder(V_source, H, dropout)
    decoder: Any = seq2seq.PlainDecoder(V_target, H, dropout)
    return seq2seq.Seq2Seq(encoder, decoder)


def plain_rnn(input_size: int, H: int) -> Any:
    """Return a plain RNN that is called as an LSTM is: its one state stands for both of them."""
    from torch import nn

    class PlainRNN(nn.RNN):
        def forward(self, x: Any, state: Any = None) -> Any:
            states, h = super().forward(x, state and state[0])
            return states, (h, h)

    return PlainRNN(input_size, H, batch_first=True)


def falling(values: Array) -> tuple[float, float, float]:
    """Return mean and 95 % interval (Student's t) of one number a seed."""
    half = student_quantile(0.975, len(values) - 1) * values.std(ddof=1) / math.sqrt(len(values))
    return float(values.mean()), float(values.mean() - half), float(values.mean() + half)


# --- claim 11 --------------------------------------------------------------------------------

ALIGNED, FIRST_READ, TWO = "aligned", "reads first", "(h, c)"  # the arms of claim 11; two more:
H_ALONE, LAYER = "h alone", "h through a layer"


def two_networks(handed: str, V_source: int, V_target: int, H: int) -> Any:
    """Return the lesson's Seq2Seq; what the encoder hands over is "(h, c)" or less than that.

    With "h alone" the decoder begins with an empty cell, as if c were 0. With "h through a layer"
    it begins with the cell W h + b and with tanh(W h + b) beside it; W and b are learnt.
    """
    import torch
    from torch import nn

    from helpers import seq2seq

    class Decoder(seq2seq.PlainDecoder):
        def __init__(self) -> None:
            super().__init__(V_target, H)
            self.start: Any = nn.Linear(H, H) if handed == LAYER else None

        def first_state(self, memory: Any) -> Any:
            h, c = super().first_state(memory)  # (1, B, H) each
            if handed == H_ALONE:
                return h, torch.zeros_like(c)
            if handed == LAYER:
                return self.start(h).tanh(), self.start(h)
            return h, c

    decoder: Any = Decoder()
    encoder: Any = seq2seq.PlainEncoder(V_source, H)
    return seq2seq.Seq2Seq(encoder, decoder)


def one_network(kind: str, V_source: int, V_target: int, H: int) -> Any:
    """Return a single LSTM that writes while it reads, or one that reads first and then writes.

    Both are called as `Seq2Seq` is. "aligned" gives at step t its answer after t source tokens, or
    after the source and padding. "reads first" goes on from its last states with <s> and the words
    before.
    """
    from torch import nn

    from helpers import seq2seq

    class OneNetwork(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.source_embedding = seq2seq.embedding_layer(V_source, H)
            self.recurrent = seq2seq.lstm_layer(H, H)
            self.embedding = seq2seq.embedding_layer(V_target, H)
            self.output = nn.Linear(H, V_target)
            self.output.weight = self.embedding.weight

        def begin(self, source: Any, mask: Any) -> tuple[Any, Any]:
            x = self.source_embedding(source)
            _, state = seq2seq.read_source(self.recurrent, x, mask)
            return seq2seq.Memory(mask, mask, mask, mask), state

        def step(self, tokens: Any, state: Any, memory: Any) -> tuple[Any, Any, Any]:
            s, state = self.recurrent(self.embedding(tokens.unsqueeze(1)), state)
            return self.output(s.squeeze(1)), state, memory.mask.float()

        def forward(self, source: Any, mask: Any, inputs: Any) -> Any:
            if kind == ALIGNED:
                missing = max(inputs.shape[1] - source.shape[1], 0)
                source = nn.functional.pad(source, (0, missing))
                s, _ = self.recurrent(self.source_embedding(source))
                return self.output(s[:, : inputs.shape[1]])
            s, _ = self.recurrent(self.embedding(inputs), self.begin(source, mask)[1])
            return self.output(s)

    return OneNetwork()


def of_equal_size(arm: str, V_source: int, V_target: int, H: int) -> Any:
    """Return an arm's network, the widest with no more parameters than "(h, c)" of width H has."""
    from helpers import training

    make = one_network if arm in (ALIGNED, FIRST_READ) else two_networks
    most = training.count_parameters(two_networks(TWO, V_source, V_target, H))
    every = (make(arm, V_source, V_target, width) for width in range(2 * H, 0, -1))
    return next(model for model in every if training.count_parameters(model) <= most)


def written(model: Any, arm: str, source: Any, mask: Any, T: int) -> list[list[int]]:
    """Return what a network writes by itself, in at most T steps, without </s>."""
    import torch

    from helpers import decoding

    if arm != ALIGNED:
        return [one.tokens for one in decoding.greedy(model, source, mask, T)]
    with torch.no_grad():
        rows = model(source, mask, source.new_zeros(len(source), T)).argmax(dim=-1).tolist()
    return [row[: row.index(text.END_ID)] if text.END_ID in row else row for row in rows]


LOCALES = ("de", "en_GB", "en_US", "es", "fr", "it", "ja", "ko", "nl", "zh_Hans")

Rows = list[list[int]]


def date_parts(pairs: int, sequences: int) -> tuple[dict[str, tuple[Rows, Rows]], tuple[int, int]]:
    """Return dates in ten locales as ids, (sources, targets) by part, and the vocabularies' sizes.

    Of the part "train" there are `pairs`, of "validation" and "test" `sequences` each.
    """
    from helpers.corpora import dates

    counts = {"train": pairs, "validation": sequences, "test": sequences}
    parts = {
        part: [one for one in dates.load(part) if one.locale in LOCALES][:count]
        for part, count in counts.items()
    }
    read = text.Vocabulary.from_sentences(one.source for one in parts["train"])
    write = text.Vocabulary.from_sentences(one.target for one in parts["train"])
    encoded = {
        part: (
            [read.encode(one.source, text.UNK) for one in some],
            [write.encode(one.target) for one in some],
        )
        for part, some in parts.items()
    }
    return encoded, (len(read), len(write))


def drawn_parts(
    task: str, count: int, V: int, longest: int, rng: Any
) -> dict[str, tuple[Rows, Rows]]:
    """Draw `count` sequences for validation and for the test, 1 to `longest` symbols by turns."""
    parts: dict[str, tuple[Rows, Rows]] = {}
    for part in ("validation", "test"):
        sources: Rows = []
        targets: Rows = []
        for T in range(1, longest + 1):
            source, target = toy_pairs(task, count // longest, T, V, rng)
            sources, targets = sources + source.tolist(), targets + target.tolist()
        parts[part] = (sources, targets)
    return parts


def experiment_11(
    seed: int,
    tasks: Sequence[str],
    arms: Mapping[str, Mapping[str, float]],
    H: int,
    V: int,
    longest: int,
    steps: int,
    B: int,
    sequences: int,
    pairs: int,
    epochs: int,
) -> Figures:
    """Train networks of equally many parameters on the same pairs, each at its own rate.

    "aligned" is one LSTM that writes a symbol for each it reads; past the source's end it reads
    padding. "reads first" is one LSTM, too, but it reads the whole source, then <s>, and only then
    writes, fed with its own words. The others have two LSTMs (`two_networks`); "(h, c)" of H units
    is the lesson's. On the toy tasks sequences have 1 to `longest` symbols; "dates" are `pairs`
    dates of ten locales, to be written in ISO 8601.
    """
    import torch

    from helpers import seq2seq, training

    figures: Figures = {}
    with torch.random.fork_rng(devices=[]):
        for task in tasks:
            rng = np.random.default_rng([seed, 11])
            batches: Any
            if task == "dates":
                parts, sizes = date_parts(pairs, sequences)
                batches, rounds = seq2seq.PairBatches(*parts["train"], B, seed), epochs
            else:
                sizes, rounds = (FIRST + V, FIRST + V), 1
                lengths = range(1, longest + 1)
                batches = [toy_batches(task, steps, B, V, lengths, False, rng)].__getitem__
                parts = drawn_parts(task, sequences, V, longest, rng)
            for arm, how in arms.items():
                torch.manual_seed(seed)
                model = of_equal_size(arm, *sizes, H)
                train(model, batches, rounds, how["rate"])
                scores = {
                    "exact": exact_match(model, arm, *parts["test"]),
                    "validation loss": loss_of(model, *parts["validation"]),
                    "parameters": training.count_parameters(model),
                }
                for name, score in scores.items():
                    figures[figure(name, task=task, arm=arm)] = score
    return figures


def exact_match(model: Any, arm: str, sources: Rows, targets: Rows) -> float:
    """Return the fraction of sources for which an arm of claim 11 writes the target exactly."""
    import torch

    ids, mask = (torch.from_numpy(array) for array in text.pad(sources))
    found = written(model, arm, ids, mask, max(map(len, targets)) + 1)
    return float(np.mean([a == b for a, b in zip(found, targets, strict=True)]))


def loss_of(model: Any, sources: Rows, targets: Rows) -> float:
    """Return the mean cross-entropy of the next word, the right ones being fed in."""
    import torch

    from helpers import seq2seq

    [batch] = seq2seq.PairBatches(sources, targets, len(sources))(0)
    model.eval()
    with torch.no_grad():
        return float(seq2seq.next_token_loss(model, batch))


def rule_11(record: Record) -> Verdict:
    """Judge "Seq2Seq handles sequence pairs better than a plain RNN" by exact match.

    A task is won if Welch's 95 % interval of the difference between "(h, c)", which is Seq2Seq as
    it is used, and "aligned", the RNN that writes while it reads, lies above 0.02. The claim holds
    if all tasks are won, holds within those that are, and does not hold where none is. The reason
    tells how the single network that reads first fares on the tasks that are won.
    """
    won: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for task in record.settings["tasks"]:
        two, aligned = (record.values("exact", task=task, arm=arm) for arm in (TWO, ALIGNED))
        shown = f"{task} {100 * two.mean():.0f} % against {100 * aligned.mean():.0f}"
        (won if difference(two, aligned).low > 0.02 else others).append((task, shown))
    told = listed(shown for _, shown in [*won, *others])
    if not won:
        return Verdict(FAILS, told)
    first = listed(
        f"{100 * record.values('exact', task=task, arm=FIRST_READ).mean():.0f}" for task, _ in won
    )
    tasks = listed(task for task, _ in won)
    if not others:
        shorter = told.replace(" % against", " :")
        return Verdict(HOLDS, f"{shorter} %; one network that reads first: {first} %")
    scores = ", ".join(shown.removeprefix(task + " ") for task, shown in won)
    return Verdict(
        HOLDS_WITHIN,
        f"{tasks} ({scores}), not {listed(t for t, _ in others)}; one network that reads first: "
        f"{first}",
    )


def _rates(arm: str) -> Grid:
    return Grid(
        f"the rate of {arm!r}",
        f"arms/{arm}/rate",
        (0.01, 0.03, 0.1) if arm == ALIGNED else (0.003, 0.01, 0.03),
        figure("validation loss", task="dates", arm=arm),
        least=True,
        keep={"arms": [arm], "tasks": ["dates"]},
        changes={"epochs": 3},
    )


ARMS_11 = {
    ALIGNED: {"rate": 0.03},
    FIRST_READ: {"rate": 0.01},
    TWO: {"rate": 0.01},
    H_ALONE: {"rate": 0.01},
    LAYER: {"rate": 0.01},
}

register(
    Claim(
        number=11,
        statement="Seq2Seq handles sequence pairs better than a plain RNN.",
        source="a standard motivation in introductory texts; Sutskever, Vinyals and Le 2014, "
        "arXiv:1409.3215, section 2",
        lesson="09_seq2seq",
        experiment=experiment_11,
        rule=rule_11,
        settings={
            "tasks": ["rename", "reverse", "dates"],
            "arms": ARMS_11,
            "H": 64,
            "V": 8,
            "longest": 6,
            "steps": 600,
            "B": 32,
            "sequences": 600,
            "pairs": 8000,
            "epochs": 6,
        },
        live_settings={"tasks": ["reverse"], "arms": {arm: ARMS_11[arm] for arm in (ALIGNED, TWO)}},
        seeds=(0, 1, 2, 3, 4),
        tolerance=0.01,
        conditions={
            "tasks": "rename 1 to 6 symbols of 8 one for one; reverse them; dates of ten locales "
            "to ISO 8601 (8,000 to learn from, 600 new ones to test)",
            "arms": "one LSTM that writes while it reads (aligned); one that reads first; an "
            "encoder and a decoder that hand over (h, c), h alone (c = 0), or h through a layer",
            "equal": "parameters (the widest network with no more than two LSTMs of 64 units), "
            "batches and their order, seeds, embeddings and open forget gates",
            "training": "Adam, batches of 32, gradients clipped to norm 1; 600 steps on symbols, "
            "6 passes over the dates; the rate rises over 5 % and falls to 1 %",
            "rates": "each arm its own, from 0.003 to 0.1 by factors of 3, by validation loss on "
            "dates after 3 passes, seeds 100 and 101; the record has seeds 0 to 4",
        },
        decides=tuple(
            figure("exact", task=task, arm=arm)
            for task in ("reverse", "dates")
            for arm in (ALIGNED, TWO)
        ),
        grids=tuple(_rates(arm) for arm in ARMS_11),
        trials=TRIALS_11,
    )
)
