"""A trained translator: it translates, is scored, and is saved to a file and loaded again.

`translator.train_translator` makes one from sentence pairs of your own.
"""

from __future__ import annotations

import functools
import math
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from helpers import decoding, seq2seq, text, training, transformer
from helpers.pieces import SPACE, Units, marked_words
from helpers.scoring import Score, scored

Pair = tuple[str, str]
Network = Callable[[int, int], nn.Module]  # from the sizes of both vocabularies

FORMAT, VERSION = "sequence course: translator", 3


def attention_network(
    source_size: int, target_size: int, hidden_size: int = 128, dropout: float = 0.3
) -> nn.Module:
    """Return an encoder in both directions and a decoder with attention (lesson 11)."""
    return seq2seq.Seq2Seq(
        seq2seq.Encoder(source_size, hidden_size, dropout),
        seq2seq.AttentionDecoder(target_size, hidden_size, dropout),
    )


def transformer_network(
    source_size: int, target_size: int, hidden_size: int = 128, dropout: float = 0.3
) -> nn.Module:
    """Return a Transformer of two layers with four heads (lesson 13)."""
    return transformer.Transformer(
        source_size, target_size, hidden_size, 4, 2, 4 * hidden_size, dropout
    )


NETWORKS: dict[str, Callable[..., nn.Module]] = {
    "attention": attention_network,
    "transformer": transformer_network,
}


class Ensemble(nn.Module):
    """Several networks that write one translation: their probabilities are averaged.

    It has the two calls that `decoding.greedy` and `decoding.beam` need.
    """

    def __init__(self, members: Sequence[nn.Module]) -> None:
        super().__init__()
        if not members:
            raise ValueError("Ensemble: no member was given, expected at least one")
        self.members = nn.ModuleList(members)
        self._sizes: list[int] = []  # parts of each member's memory
        self._makers: list[Callable[[Iterable[Any]], Any]] = []

    def begin(self, source: Tensor, mask: Tensor) -> tuple[Any, tuple[Any, ...]]:
        """Return the members' memories as one NamedTuple, and their states as one tuple."""
        begun = [member.begin(source, mask) for member in self.members]  # type: ignore[operator]
        self._sizes = [len(memory) for memory, _ in begun]
        self._makers = [memory._make for memory, _ in begun]
        parts = [part for memory, _ in begun for part in memory]
        whole = namedtuple("whole", [f"part_{i}" for i in range(len(parts))])  # type: ignore[misc]
        return whole(*parts), tuple(state for _, state in begun)

    def step(
        self, tokens: Tensor, state: tuple[Any, ...], memory: Any
    ) -> tuple[Tensor, tuple[Any, ...], Tensor]:
        """Feed one token (B,); return log-probabilities (B, V), next states, weights (B, S)."""
        place, answers = 0, []
        for member, size, make, own in zip(
            self.members, self._sizes, self._makers, state, strict=True
        ):
            part = make(memory[place : place + size])
            answers.append(member.step(tokens, own, part))  # type: ignore[operator]
            place += size
        log_p = torch.stack([logits.log_softmax(dim=-1) for logits, _, _ in answers])
        mean = log_p.logsumexp(dim=0) - math.log(len(answers))  # (M, B, V) -> (B, V)
        weights = torch.stack([weights for _, _, weights in answers]).mean(dim=0)
        return mean, tuple(state for _, state, _ in answers), weights


class Translator:
    """Units with their vocabularies, and trained networks: all that a translation needs.

    `settings` say how the networks are built; `histories` what happened in the training of each,
    empty where it was loaded.
    """

    def __init__(
        self, source: Units, target: Units, members: Sequence[nn.Module], settings: dict[str, Any]
    ) -> None:
        self.source, self.target = source, target
        self.members = list(members)
        self.settings = settings
        self.histories: list[training.History] = []

    def __repr__(self) -> str:
        size = sum(training.count_parameters(member) for member in self.members)
        return (
            f"Translator ({len(self.source.vocabulary):,} source and "
            f"{len(self.target.vocabulary):,} target units, {len(self.members)} network(s), "
            f"{size:,} parameters)"
        )

    @property
    def model(self) -> nn.Module:
        """What `decoding.greedy` and `decoding.beam` need: a network or several, with a cache."""
        members = [
            transformer.CachedTransformer(m) if isinstance(m, transformer.Transformer) else m
            for m in self.members
        ]
        return members[0] if len(members) == 1 else Ensemble(members)

    def to(self, device: torch.device | str) -> Translator:
        """Move the networks to a device and return the translator."""
        for member in self.members:
            member.to(device)
        return self

    def cut(self, sentence: str) -> list[str]:
        """Return a source sentence's units as the networks see them; ``<unk>`` for unknown ones."""
        units = self.source.cut(sentence)
        return [unit if unit in self.source.vocabulary else text.UNK for unit in units]

    def translate(
        self, sentences: str | Sequence[str], beam_width: int = 5, length_penalty: float = 1.0
    ) -> Any:
        """Translate a sentence, or several: a string for a string, a list for a list.

        `beam_width` 1 takes the likeliest unit at each step; `length_penalty` is that of
        `decoding.beam`. ValueError names a sentence that is empty, holds nothing that stood in the
        training sentences, or is more than twice as long as the longest of them.
        """
        if isinstance(sentences, str):
            return self.translate([sentences], beam_width, length_penalty)[0]
        given = list(sentences)
        if beam_width < 1:
            raise ValueError(f"translate: beam_width is {beam_width}, expected at least 1")
        for sentence in given:
            self._check(sentence)
        return self._translate(given, beam_width, length_penalty)

    def attention(self, sentence: str) -> tuple[list[str], list[str], np.ndarray]:
        """Translate a sentence greedily; return its units, those written, weights (T, S)."""
        self._check(sentence)
        source, mask = self._batch([sentence])
        longest = self.longest_target(source.shape[1])
        found = decoding.greedy(self.model, source, mask, longest)[0]
        units = self.target.vocabulary.decode(found.tokens)
        return self.source.cut(sentence), units, found.attention_weights

    def evaluate(
        self,
        pairs: Iterable[Pair],
        beam_width: int = 5,
        *,
        worst: int = 10,
        casefold: bool = False,
        length_penalty: float = 1.0,
    ) -> Score:
        """Translate the sources of held-out pairs and compare with the targets.

        Keeps so many of the `worst` translations. With `casefold` capitals and small letters count
        as alike. A source that is too long is cut off, and the score's note says so.
        """
        held_out = checked_pairs("evaluate", pairs, 1)
        # A source with several targets is translated once.
        different = list(dict.fromkeys(source for source, _ in held_out))
        written = self._translate(different, beam_width, length_penalty)
        found = dict(zip(different, written, strict=True))
        score = scored(held_out, found, casefold, worst)
        cut = sum(len(self.source.cut(source)) > self.longest_source for source in different)
        if not cut:
            return score
        lost = f"{cut} source(s) of more than {self.longest_source} units were cut off there"
        return replace(score, note="; ".join(filter(None, (score.note, lost))))

    def save(self, path: str | Path) -> None:
        """Write the translator to one file, from which `load` makes it again."""
        weights = [member.state_dict() for member in self.members]
        units = {"source": self.source.settings(), "target": self.target.settings()}
        rest = {"settings": self.settings, "weights": weights}
        torch.save({"format": FORMAT, "version": VERSION} | units | rest, Path(path))

    @classmethod
    def load(
        cls,
        path: str | Path,
        device: torch.device | str | None = None,
        network: Network | None = None,
    ) -> Translator:
        """Read a translator that `save` wrote; its translations are the same.

        The file is read with ``weights_only``: numbers, strings and bytes, no code. `network`
        builds a network, if `train_translator` was given one of your own; the device is by default
        a GPU if there is one. A missing file, or one that holds something else, is an error that
        says what to do.
        """
        state = _read(Path(path))
        source, target = Units(**state["source"]), Units(**state["target"])
        build = network or builder(state["settings"], f"load: {Path(path).name}")
        members = []
        for weights in state["weights"]:
            member = build(len(source.vocabulary), len(target.vocabulary))
            try:
                member.load_state_dict(weights)
            except RuntimeError as error:
                advice = "pass the network=… with which the translator was trained"
                message = f"load: the weights in {path} do not fit the network ({error}); {advice}"
                raise ValueError(message) from None
            members.append(member.eval())
        translator = cls(source, target, members, state["settings"])
        return translator.to(training.pick_device() if device is None else device)

    @property
    def longest_source(self) -> int:
        """How many source units are read: twice as many as in training."""
        return 2 * int(self.settings["longest_source"])

    def longest_target(self, source_units: int) -> int:
        """Return after how many units a translation of so many source units ends at the latest.

        All but one in a hundred training pairs need less.
        """
        return math.ceil(self.settings["length_ratio"] * source_units) + 10

    def _check(self, sentence: str) -> None:
        units = self.source.cut(sentence)
        if not units:
            raise ValueError("translate: an empty sentence was given; give at least one word")
        if len(units) > self.longest_source:
            raise ValueError(
                f"translate: {sentence[:40]!r}… has {len(units)} units, expected at most "
                f"{self.longest_source}, twice the longest in training; translate it in parts"
            )
        known = self.source.vocabulary
        if not any(unit in known and unit != SPACE for unit in units):
            near = text.suggest(marked_words(sentence)[0], known.tokens)
            hint = f" (did you mean {near[0].strip(SPACE)!r}?)" if near else ""
            raise ValueError(
                f"translate: nothing of {sentence[:40]!r} stood in the training sentences{hint}; "
                "check the language, or train on pairs that hold these words"
            )

    def _batch(self, sentences: Sequence[str]) -> tuple[Tensor, Tensor]:
        ids = [self.source.encode(s)[: self.longest_source] or [text.UNK_ID] for s in sentences]
        source, mask = text.pad(ids)
        return torch.from_numpy(source), torch.from_numpy(mask)

    def _translate(
        self, sentences: Sequence[str], beam_width: int, length_penalty: float = 1.0
    ) -> list[str]:
        """Translate in batches of similar length; what is too long is cut off."""
        results = [""] * len(sentences)
        lengths = [len(self.source.cut(sentence)) for sentence in sentences]
        order = sorted(range(len(sentences)), key=lengths.__getitem__)
        model = self.model
        for start in range(0, len(order), 64):
            rows = order[start : start + 64]
            source, mask = self._batch([sentences[i] for i in rows])
            longest = self.longest_target(source.shape[1])
            if beam_width == 1:
                found = [one.tokens for one in decoding.greedy(model, source, mask, longest)]
            else:
                ranked = decoding.beam(model, source, mask, beam_width, length_penalty, longest)
                found = [hypotheses[0].tokens for hypotheses in ranked]
            for i, tokens in zip(rows, found, strict=True):
                results[i] = self.target.decode(tokens)
        return results


def builder(settings: Mapping[str, Any], caller: str) -> Network:
    name = settings["network"]
    if name == "given":
        message = (
            "was trained with a network of your own; pass network=…, the function that built it"
        )
        raise ValueError(f"{caller} {message}")
    if name not in NETWORKS:
        raise ValueError(f"{caller}: network is {name!r}, expected one of {', '.join(NETWORKS)}")
    sizes = {"hidden_size": settings["hidden_size"], "dropout": settings["dropout"]}
    return functools.partial(NETWORKS[name], **sizes)


def checked_pairs(caller: str, pairs: Iterable[Pair], least: int) -> list[Pair]:
    given = list(pairs)
    if len(given) < least:
        counted = "1 pair was" if len(given) == 1 else f"{len(given)} pairs were"
        advice = f"expected at least {least}; pairs.load_pairs reads them from a file"
        raise ValueError(f"{caller}: {counted} given, {advice}")
    for i, pair in enumerate(given):
        if isinstance(pair, str) or len(pair) != 2 or not all(isinstance(s, str) for s in pair):
            raise ValueError(f"{caller}: pair {i} is {pair!r}, expected (source, target), two str")
        for side, sentence in zip(("source", "target"), pair, strict=True):
            if not marked_words(sentence):
                raise ValueError(f"{caller}: pair {i} has an empty {side}: {pair!r}; leave it out")
    return given


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise FileNotFoundError(f"load: there is no file {path}; check the path")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        state = error
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise ValueError(
            f"load: {path.name} is not a translator ({type(state).__name__}); pass a file that "
            "Translator.save wrote"
        )
    if state.get("version") != VERSION:
        version = f"version {state.get('version')}, expected {VERSION}"
        raise ValueError(f"load: {path.name} has {version}; train and save it again with this one")
    return state
