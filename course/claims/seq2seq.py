"""Claims 11 and 26, measured in lesson 09, and the networks and tasks that the others share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

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
    listed,
    register,
    student_quantile,
)
from helpers import text

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


def korean_translator(
    seed: int, H: int, pairs: int, epochs: int, B: int, rate: float, turned: bool = False
) -> tuple[Any, Any]:
    """Train a plain Seq2Seq on the first `pairs` of the Korean–English corpus.

    Returns
    -------
    model : Seq2Seq
    ready : callable
        ``ready(pairs)`` gives source (B, S), mask (B, S) and the wanted targets, as lists of ids.
    """
    import torch

    from helpers import seq2seq
    from helpers.corpora import korean_english

    chosen = korean_english.load("train")[:pairs]
    source_words = text.Vocabulary.from_sentences(pair.morphemes for pair in chosen)
    target_words = text.Vocabulary.from_sentences(pair.english for pair in chosen)
    direction = -1 if turned else 1

    def encode(some: Any) -> tuple[list[list[int]], list[list[int]]]:
        return (
            [source_words.encode(pair.morphemes, text.UNK)[::direction] for pair in some],
            [target_words.encode(pair.english, text.UNK) for pair in some],
        )

    def ready(some: Any) -> tuple[Any, Any, list[list[int]]]:
        sources, targets = encode(some)
        source, mask = text.pad(sources)
        return torch.from_numpy(source), torch.from_numpy(mask), targets

    model = plain(len(source_words), len(target_words), H)
    sources, targets = encode(chosen)
    train(model, seq2seq.PairBatches(sources, targets, B, seed), epochs, rate)
    return model, ready


def falling(values: Array) -> tuple[float, float, float]:
    """Return mean and 95 % interval (Student's t) of one number a seed."""
    half = student_quantile(0.975, len(values) - 1) * values.std(ddof=1) / math.sqrt(len(values))
    return float(values.mean()), float(values.mean() - half), float(values.mean() + half)


# --- claim 11 --------------------------------------------------------------------------------


def one_network(kind: str, V_source: int, V_target: int, H: int) -> Any:
    """Return a single LSTM that writes while it reads, or one that reads first and then writes.

    Both are called as `Seq2Seq` is. "aligned" gives at step t its answer after t source tokens, or
    after the source and padding. "reads first" goes on from its last state with <s> and the words
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
            packed = nn.utils.rnn.pack_padded_sequence(
                self.source_embedding(source), mask.sum(1), batch_first=True, enforce_sorted=False
            )
            _, state = self.recurrent(packed)
            return seq2seq.Memory(mask, mask, mask, mask), state

        def step(self, tokens: Any, state: Any, memory: Any) -> tuple[Any, Any, Any]:
            s, state = self.recurrent(self.embedding(tokens.unsqueeze(1)), state)
            return self.output(s.squeeze(1)), state, memory.mask.float()

        def forward(self, source: Any, mask: Any, inputs: Any) -> Any:
            if kind == "aligned":
                missing = max(inputs.shape[1] - source.shape[1], 0)
                source = nn.functional.pad(source, (0, missing))
                s, _ = self.recurrent(self.source_embedding(source))
                return self.output(s[:, : inputs.shape[1]])
            s, _ = self.recurrent(self.embedding(inputs), self.begin(source, mask)[1])
            return self.output(s)

    return OneNetwork()


def written(model: Any, kind: str, source: Any, mask: Any, T: int) -> list[list[int]]:
    """Return what a network writes by itself, in at most T steps, without </s>."""
    import torch

    from helpers import decoding

    if kind != "aligned":
        return [one.tokens for one in decoding.greedy(model, source, mask, T)]
    with torch.no_grad():
        rows = model(source, mask, source.new_zeros(len(source), T)).argmax(dim=-1).tolist()
    return [row[: row.index(text.END_ID)] if text.END_ID in row else row for row in rows]


def date_parts(pairs: int, sequences: int, turned: bool) -> tuple[Any, Any, Any, tuple[int, int]]:
    """Return dates in ten locales, encoded: training pairs, test sources, and the vocabularies."""
    from helpers.corpora import dates

    parts = [[one for one in dates.load(p) if one.locale in LOCALES] for p in ("train", "test")]
    chosen, tests = parts[0][:pairs], parts[1][:sequences]
    read = text.Vocabulary.from_sentences(one.source for one in chosen)
    write = text.Vocabulary.from_sentences(one.target for one in chosen)
    direction = -1 if turned else 1

    def encode(some: Any) -> tuple[list[list[int]], list[list[int]]]:
        return (
            [read.encode(one.source, text.UNK)[::direction] for one in some],
            [write.encode(one.target) for one in some],
        )

    return encode(chosen), encode(tests)[0], encode(tests)[1], (len(read), len(write))


LOCALES = ("de", "en_GB", "en_US", "es", "fr", "it", "ja", "ko", "nl", "zh_Hans")


def experiment_11(
    seed: int,
    tasks: Sequence[str],
    kinds: Sequence[str],
    H: int,
    V: int,
    longest: int,
    steps: int,
    B: int,
    rate: float,
    sequences: int,
    pairs: int,
    epochs: int,
) -> Figures:
    """Train three kinds of network with equally many parameters on the same pairs.

    "seq2seq" has two LSTMs of H units. "aligned" is one LSTM that writes a symbol for each it
    reads; past the source's end it reads padding. "reads first" is one LSTM, too, but it reads the
    whole source, then <s>, and only then writes, fed with its own words. Their widths are the
    largest with which they have no more parameters than "seq2seq". On the toy tasks sequences have
    1 to `longest` symbols; "dates" are `pairs` dates of ten locales, to be written in ISO 8601.
    """
    import torch

    from helpers import seq2seq, training

    figures: Figures = {}
    with torch.random.fork_rng(devices=[]):
        for task in tasks:
            rng = np.random.default_rng([seed, 11])
            batches: Any
            if task == "dates":
                trained, sources, targets, sizes = date_parts(pairs, sequences, False)
                batches, rounds = seq2seq.PairBatches(trained[0], trained[1], B, seed), epochs
            else:
                lengths, sizes, rounds = range(1, longest + 1), (FIRST + V, FIRST + V), 1
                drawn = toy_batches(task, steps, B, V, lengths, False, rng)
                batches = [drawn].__getitem__
                sources, targets = [], []
                for T in lengths:
                    source, target = toy_pairs(task, sequences // longest, T, V, rng)
                    sources, targets = sources + source.tolist(), targets + target.tolist()
            ids, mask = (torch.from_numpy(array) for array in text.pad(sources))
            most = training.count_parameters(plain(*sizes, H))
            for kind in kinds:
                torch.manual_seed(seed)
                if kind == "seq2seq":
                    model = plain(*sizes, H)
                else:
                    sized = (one_network(kind, *sizes, h) for h in range(2 * H, 0, -1))
                    model = next(m for m in sized if training.count_parameters(m) <= most)
                train(model, batches, rounds, rate)
                found = written(model, kind, ids, mask, max(map(len, targets)) + 1)
                exact = [a == b for a, b in zip(found, targets, strict=True)]
                parts = {"task": task, "kind": kind}
                figures[figure("exact", **parts)] = float(np.mean(exact))
                figures[figure("parameters", **parts)] = training.count_parameters(model)
    return figures


def rule_11(record: Record) -> Verdict:
    """Judge "Seq2Seq handles sequence pairs better than a plain RNN" by exact match.

    A task is won if the lower end of the 95 % interval of the difference, seed by seed, between
    "seq2seq" and "aligned" is above 0.02. The claim holds if all tasks are won, holds if … where
    some are, and does not hold where none is. The reason tells how the network that reads first
    fares on the tasks that are won.
    """
    won: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for task in record.settings["tasks"]:
        pair = [record.values("exact", task=task, kind=k) for k in ("seq2seq", "aligned")]
        low = falling(pair[0] - pair[1])[1]
        shown = f"{task} ({100 * pair[0].mean():.0f} % exact against {100 * pair[1].mean():.0f} %)"
        (won if low > 0.02 else others).append((task, shown))
    if not won:
        return Verdict(FAILS, f"it is no better at {listed(shown for _, shown in others)}")
    alone = listed(
        f"{100 * record.values('exact', task=task, kind='reads first').mean():.0f} % at {task}"
        for task, _ in won
    )
    better = f"it is better at {listed(shown for _, shown in won)}"
    same = f"one RNN that reads all before it writes reaches {alone}"
    if not others:
        return Verdict(HOLDS, f"{better}; {same}")
    return Verdict(
        HOLDS_IF,
        f"the target needs words that come later in the source: {better}, not at "
        f"{listed(shown for _, shown in others)}; {same}",
    )


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
            "kinds": ["aligned", "reads first", "seq2seq"],
            "H": 64,
            "V": 8,
            "longest": 6,
            "steps": 700,
            "B": 32,
            "rate": 0.01,
            "sequences": 600,
            "pairs": 8000,
            "epochs": 5,
        },
        live_settings={"tasks": ["reverse"], "kinds": ["aligned", "seq2seq"]},
        seeds=(0, 1, 2, 3, 4),
        tolerance=0.01,
    )
)


# --- claim 26 --------------------------------------------------------------------------------


def experiment_26(
    seed: int,
    tasks: Sequence[str],
    H: int,
    V: int,
    longest: int,
    steps: int,
    B: int,
    rate: float,
    sequences: int,
    pairs: int,
    epochs: int,
    korean: Mapping[str, Any],
) -> Figures:
    """Train a plain Seq2Seq on each task twice, its sources as they stand and from their ends.

    Tasks are "copy" and "reverse" of 1 to `longest` symbols, "dates" of ten locales to be written
    in ISO 8601 (in batches of B/2), and "Korean" to English. Exact match is measured on fresh or
    held-out sources.
    """
    import torch

    from helpers import decoding, seq2seq
    from helpers.corpora import korean_english

    figures: Figures = {}
    with torch.random.fork_rng(devices=[]):
        for task in tasks:
            for turned in (False, True):
                torch.manual_seed(seed)
                rng = np.random.default_rng([seed, 26])
                direction = "reversed" if turned else "forward"
                if task in ("copy", "reverse"):
                    lengths = range(1, longest + 1)
                    model = plain(FIRST + V, FIRST + V, H)
                    drawn = toy_batches(task, steps, B, V, lengths, turned, rng)
                    train(model, [drawn].__getitem__, 1, rate)
                    each = sequences // longest
                    exact = [toy_exact(model, task, each, T, V, turned, rng)[0] for T in lengths]
                    figures[figure("exact", task=task, source=direction)] = float(np.mean(exact))
                    continue
                if task == "dates":
                    trained, sources, targets, sizes = date_parts(pairs, sequences, turned)
                    model = plain(*sizes, H)
                    train(
                        model,
                        seq2seq.PairBatches(trained[0], trained[1], B // 2, seed),
                        epochs,
                        rate,
                    )
                    source, mask = (torch.from_numpy(array) for array in text.pad(sources))
                else:
                    model, ready = korean_translator(seed, turned=turned, **korean)
                    source, mask, targets = ready(korean_english.load("test"))
                found = decoding.greedy(model, source, mask)
                right = [a.tokens == b for a, b in zip(found, targets, strict=True)]
                figures[figure("exact", task=task, source=direction)] = float(np.mean(right))
    return figures


def rule_26(record: Record) -> Verdict:
    """Judge "reversing the source helps a plain Seq2Seq" by exact match at equal steps.

    It helps a task if the 95 % interval of the difference, seed by seed, is above 0, and harms it
    if it is below 0. The claim holds if it helps all tasks, holds if … where it helps some, and
    does not hold where it helps none.
    """
    helped: list[str] = []
    others: list[str] = []
    for task in record.settings["tasks"]:
        pair = [record.values("exact", task=task, source=s) for s in ("forward", "reversed")]
        _, low, _ = falling(pair[1] - pair[0])
        shown = f"{task} {100 * pair[0].mean():.0f} → {100 * pair[1].mean():.0f} %"
        (helped if low > 0 else others).append(shown)
    if not helped:
        return Verdict(FAILS, f"exact match goes {listed(others)}")
    if not others:
        return Verdict(HOLDS, f"exact match goes {listed(helped)}")
    return Verdict(
        HOLDS_IF,
        f"the target begins with what the source begins with: exact match goes {listed(helped)}, "
        f"but {listed(others)}",
    )


register(
    Claim(
        number=26,
        statement="Reversing the source helps a plain Seq2Seq.",
        source="Sutskever, Vinyals and Le 2014, arXiv:1409.3215, section 3.3",
        lesson="09_seq2seq",
        experiment=experiment_26,
        rule=rule_26,
        settings={
            "tasks": ["copy", "reverse", "dates", "Korean"],
            "H": 48,
            "V": 8,
            "longest": 10,
            "steps": 600,
            "B": 64,
            "rate": 0.01,
            "sequences": 1000,
            "pairs": 6000,
            "epochs": 5,
            "korean": {"H": 96, "pairs": 25_000, "epochs": 2, "B": 32, "rate": 0.005},
        },
        live_settings={"tasks": ["copy"]},
        seeds=(0, 1, 2, 3, 4),
        tolerance=0.01,
    )
)
