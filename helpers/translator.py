"""A translator for sentence pairs of your own.

`train_translator` turns a list of pairs into a `Translator`, which holds all that a translation
needs: how sentences are cut, both vocabularies and the trained networks. Its defaults were chosen
for a few thousand short pairs, where the danger is a network that learns them by heart.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from helpers import bleu, seq2seq, text, training
from helpers.pairs import split_by_source
from helpers.pieces import Units
from helpers.scoring import Example, Score
from helpers.translation import Network, Pair, Translator, builder, checked_pairs

__all__ = ["Example", "Score", "TrainingBatches", "Translator", "smoothed_loss", "train_translator"]


def smoothed_loss(smoothing: float) -> Callable[[Any, tuple[Tensor, ...]], Tensor]:
    """Return `seq2seq.next_token_loss` with a share of each target spread over all tokens.

    Szegedy et al. 2016, arXiv:1512.00567, section 7.
    """

    def loss(model: Any, batch: tuple[Tensor, ...]) -> Tensor:
        source, mask, target = batch
        logits = model(source, mask, target[:, :-1]).flatten(0, 1)
        wanted, ignored = target[:, 1:].flatten(), seq2seq.IGNORED
        return F.cross_entropy(logits, wanted, ignore_index=ignored, label_smoothing=smoothing)

    return loss


class TrainingBatches:
    """Batches of sentence pairs, cut and spoilt in another way in each epoch.

    `unit_dropout` is the `dropout` of `Units.samples`, on both sides; `word_dropout` the share of
    the source units that become ``<unk>``, so that the network gets to know it. `seed` and the
    epoch fix all chance.
    """

    CUTS = 8  # ways to cut a sentence that are drawn beforehand

    def __init__(
        self,
        pairs: Sequence[Pair],
        source: Units,
        target: Units,
        batch_size: int,
        unit_dropout: float = 0.0,
        word_dropout: float = 0.0,
        seed: int = 0,
    ) -> None:
        self.batch_size, self.word_dropout, self.seed = batch_size, word_dropout, seed
        self.sources, self.targets = (
            units.samples(sentences, self.CUTS, unit_dropout, seed)
            for units, sentences in zip((source, target), zip(*pairs, strict=True), strict=True)
        )

    def __call__(self, epoch: int) -> list[tuple[Tensor, ...]]:
        """Return the epoch's batches, each (source, mask, target)."""
        rng = np.random.default_rng([self.seed, 1, epoch])
        sources = [cuts[rng.integers(len(cuts))] for cuts in self.sources]
        targets = [cuts[rng.integers(len(cuts))] for cuts in self.targets]
        if self.word_dropout > 0:
            sources = [
                np.where(rng.random(len(ids)) < self.word_dropout, text.UNK_ID, ids).tolist()
                for ids in sources
            ]
        return seq2seq.PairBatches(sources, targets, self.batch_size, self.seed)(epoch)


UPDATES = 2500  # what an ordinary training aims at, within 10 to 100 epochs


def train_translator(
    pairs: Iterable[Pair],
    validation: Iterable[Pair] | None = None,
    *,
    merges: int | tuple[int | None, int | None] | None = None,
    network: str | Network = "attention",
    hidden_size: int = 128,
    dropout: float = 0.3,
    epochs: int | None = None,
    batch_size: int = 32,
    learning_rate: float = 3e-3,
    label_smoothing: float = 0.1,
    unit_dropout: float = 0.1,
    word_dropout: float | None = None,
    members: int = 1,
    seed: int = 0,
    device: torch.device | str | None = None,
    checkpoint: str | Path | None = None,
    progress: bool = True,
) -> Translator:
    """Train a translator on sentence pairs.

    Parameters
    ----------
    pairs, validation : iterables of (source, target)
        For instance ``file.train`` and ``file.validation`` of `pairs.load_pairs`. After each epoch
        the validation pairs are translated, and the weights with the best chrF are kept. Without
        them, a tenth of the training sources is held back for that.
    merges : int, or (int or None, int or None), optional
        How many pieces of words to learn (`Units.learn`), for both languages or for source and
        target; `None` for whole words. Pieces need more epochs; they may be worth it where words
        take many forms, as in Korean: compare on the validation part.
    network : str or callable
        "attention", "transformer", both with `hidden_size` and `dropout`; or a function that makes
        a network like `seq2seq.Seq2Seq` from the sizes of the source and the target vocabulary.
    epochs, batch_size, learning_rate
        By default as many epochs as some thousands of updates need. The rate rises at first, then
        falls along half a cosine.
    label_smoothing, unit_dropout, word_dropout : float
        As in `smoothed_loss` and `TrainingBatches`; `word_dropout` is by default 0.1 where source
        units are words, and 0 where they are pieces, of which few are unknown.
    members : int
        How many networks to train and let write together (`Ensemble`).
    seed, device, progress
        The seed fixes all that is left to chance. By default a GPU is used if there is one, and a
        progress bar is shown for each member.
    checkpoint : path, optional
        Where the training of each member is saved after each epoch, ``.0``, ``.1``, … being added
        to the name. Where these files are, an interrupted training goes on from them, and ends as
        it would have without the interruption if the other arguments are the same.

    Raises
    ------
    ValueError
        If there are too few pairs, a pair has an empty side, or a setting makes no sense.

    References
    ----------
    Sennrich & Zhang 2019, arXiv:1905.11901 (what helps where there are few pairs).
    """
    _check_settings(epochs=epochs, members=members, batch_size=batch_size, merges=merges)
    train, held_out = _parts(pairs, validation, seed)
    made = _untrained(train, merges, network, hidden_size, dropout)
    build = builder(made.settings, "train_translator") if isinstance(network, str) else network
    if word_dropout is None:
        word_dropout = 0.1 if made.source.model is None else 0.0
    if epochs is None:
        epochs = min(max(round(UPDATES * batch_size / len(train)), 10), 100)
    batches = functools.partial(
        TrainingBatches, train, made.source, made.target, batch_size, unit_dropout, word_dropout
    )
    fit = functools.partial(
        training.fit,
        loss=smoothed_loss(label_smoothing),
        epochs=epochs,
        learning_rate=learning_rate,
        schedule=training.warm_up_then_decay(),
        progress=progress,
    )
    for member in range(members):
        with torch.random.fork_rng():
            torch.manual_seed(1000 * seed + member)
            model = build(len(made.source.vocabulary), len(made.target.vocabulary))
            model.to(training.pick_device() if device is None else device)
            drawn: Any = batches(1000 * seed + member)
            if checkpoint is not None:  # a GPU's random numbers are in no checkpoint
                drawn = training.reseeded(drawn, 1000 * seed + member)
            alone = Translator(made.source, made.target, [model], made.settings)
            path = None if checkpoint is None else f"{checkpoint}.{member}"
            history = fit(model, drawn, validate=_validation(alone, held_out), checkpoint=path)
        made.histories.append(history)
        made.members.append(model)
    return made


def _untrained(
    pairs: list[Pair],
    merges: int | tuple[int | None, int | None] | None,
    network: str | Network,
    hidden_size: int,
    dropout: float,
) -> Translator:
    """Learn the units, and what a translator needs to know of the training pairs."""
    read, write = merges if isinstance(merges, tuple) else (merges, merges)
    source = Units.learn((s for s, _ in pairs), read, "lower")
    target = Units.learn((t for _, t in pairs), write, "sentence")
    sizes = np.array([[len(source.encode(s)), len(target.encode(t))] for s, t in pairs])  # (N, 2)
    settings = {
        "network": network if isinstance(network, str) else "given",
        "hidden_size": hidden_size,
        "dropout": dropout,
        "longest_source": int(sizes[:, 0].max()),
        "length_ratio": float(np.quantile(sizes[:, 1] / sizes[:, 0], 0.99)),
    }
    return Translator(source, target, [], settings)


def _validation(translator: Translator, pairs: Sequence[Pair]) -> Callable[[Any], float]:
    """Return what `fit` makes smaller: minus chrF of greedy translations.

    BLEU would be 0 for every epoch where targets have fewer than four words.
    """
    sources = [source for source, _ in pairs]
    wanted = [[text.tokenise(target)] for _, target in pairs]

    def validate(model: Any) -> float:
        found = translator._translate(sources, beam_width=1)
        return -bleu.chrf([text.tokenise(sentence) for sentence in found], wanted)

    return validate


def _check_settings(**given: Any) -> None:
    """Refuse numbers that make no sense."""
    for name, value in given.items():
        least = 0 if name == "merges" else 1
        for number in value if isinstance(value, tuple) else (value,):
            if number is not None and number < least:
                raise ValueError(f"train_translator: {name} is {value}, expected at least {least}")


def _parts(
    pairs: Iterable[Pair], validation: Iterable[Pair] | None, seed: int
) -> tuple[list[Pair], list[Pair]]:
    """Return pairs to train on and pairs to choose the best weights by, a tenth of the sources."""
    train = checked_pairs("train_translator", pairs, 2)
    if validation is not None:
        return train, checked_pairs("train_translator", validation, 1)
    try:
        train, held_out, _ = split_by_source(train, seed, (0.9, 0.1, 0.0))
    except ValueError:
        raise ValueError(
            f"train_translator: {len(train)} pairs of one source sentence were given; give more "
            "pairs, since a source is kept back for validation, or validation=…"
        ) from None
    return train, held_out
