"""A translator for sentence pairs of your own: trained, scored, saved and loaded again.

`train_translator` turns a list of pairs into a `Translator`, which holds all that a translation
needs: how sentences are cut, both vocabularies and the trained networks. Its defaults were chosen
for a few thousand short pairs, where the danger is a network that learns them by heart.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter, namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers import bleu, decoding, metrics, seq2seq, text, training, transformer
from helpers.pairs import split_by_source

SPACE = "▁"  # stands for the space before a word
Pair = tuple[str, str]
Network = Callable[[int, int], nn.Module]  # from the sizes of both vocabularies

FORMAT, VERSION = "sequence course: translator", 1


# --- cutting sentences -----------------------------------------------------------------------


def marked_words(sentence: str) -> list[str]:
    """Cut a sentence into words and signs, and mark those that follow a space.

    Parameters
    ----------
    sentence : str

    Returns
    -------
    list of str
        The tokens of `text.tokenise`; one at the beginning or behind a space begins with ``▁``. So
        `joined` can write the sentence again.
    """
    plain = text.normalise(sentence.replace(SPACE, " "))
    words, place = [], 0
    for token in text.tokenise(plain):
        spaced = place == 0 or plain[place] == " "
        place += len(token) + (place > 0 and spaced)
        words.append(SPACE + token if spaced else token)
    return words


def joined(units: Iterable[str]) -> str:
    """Write the sentence that was cut into these units."""
    return "".join(units).replace(SPACE, " ").strip()


class Units:
    """How the sentences of one language are cut into the units that a network reads or writes.

    The units are words, or pieces of words. Pieces come from byte-pair encoding: from single
    characters on, the two neighbours that stand together most often in the training sentences
    become one piece, again and again. A frequent word ends up whole, a rare one in several pieces
    that other words share.

    Parameters
    ----------
    merges : list of (str, str), optional
        The pairs of pieces that become one, the first to be joined first. Without it, units are
        words.
    case : {"keep", "lower", "sentence"}
        "keep" leaves capitals as they are. "lower" makes all letters small, for a source. With
        "sentence" the first word of a sentence is written as it is within sentences, and gets
        its capital back in `join`, for a target.
    within : dict of str to str
        For "sentence": how a word is written within sentences, by its form in small letters.

    References
    ----------
    Sennrich, Haddow & Birch 2016, arXiv:1508.07909 (byte-pair encoding); Provilkov, Emelianenko &
    Voita 2020, arXiv:1910.13267 (the dropout of `cut`).
    """

    def __init__(
        self,
        merges: Iterable[tuple[str, str]] | None = None,
        case: str = "keep",
        within: Mapping[str, str] | None = None,
    ) -> None:
        if case not in ("keep", "lower", "sentence"):
            raise ValueError(f"Units: case is {case!r}, expected 'keep', 'lower' or 'sentence'")
        self.merges = None if merges is None else [(str(a), str(b)) for a, b in merges]
        self.case = case
        self.within = dict(within or {})
        self._ranks = {pair: rank for rank, pair in enumerate(self.merges or [])}
        self._cache: dict[str, list[str]] = {}

    @classmethod
    def learn(cls, sentences: Iterable[str], merges: int | None, case: str = "keep") -> Units:
        """Learn from training sentences how to cut such sentences.

        Parameters
        ----------
        sentences : iterable of str
        merges : int, optional
            How many times two pieces become one; `None` for whole words.
        case : {"keep", "lower", "sentence"}
            As in `Units`. "sentence" becomes "keep" where less than half of the sentences begin
            with a capital.
        """
        cut = [marked_words(sentence) for sentence in sentences]
        within: dict[str, str] = {}
        if case == "sentence":
            first = [_first_letter(joined(words)) for words in cut]
            if sum(letter.isupper() for letter in first) < len(cut) / 2:
                case = "keep"
            else:
                within = _forms_within(cut)
        units = cls(None, case, within)
        counts = Counter(word for words in cut for word in units._cased(words))
        if merges is not None:
            units = cls(_learn_merges(counts, merges), case, within)
        return units

    def cut(
        self, sentence: str, dropout: float = 0.0, rng: np.random.Generator | None = None
    ) -> list[str]:
        """Cut a sentence.

        Parameters
        ----------
        sentence : str
        dropout : float
            Share of the joins that are left out by chance, so that a word is cut now one way, now
            another. For training.
        rng : numpy.random.Generator, optional
            Where chance comes from; needed with `dropout`.

        Returns
        -------
        list of str
        """
        words = self._cased(marked_words(sentence))
        if self.merges is None:
            return words
        pieces: list[str] = []
        for word in words:
            if dropout > 0 and rng is not None:
                pieces += _merge(word, self._ranks, dropout, rng)
                continue
            if word not in self._cache:
                self._cache[word] = _merge(word, self._ranks, 0.0, None)
            pieces += self._cache[word]
        return pieces

    def join(self, units: Iterable[str]) -> str:
        """Write the sentence that these units stand for."""
        sentence = joined(units)
        if self.case == "sentence":
            place = re.search(r"[^\W\d_]", sentence)
            if place is not None:
                i = place.start()
                sentence = sentence[:i] + sentence[i].upper() + sentence[i + 1 :]
        return sentence

    def settings(self) -> dict[str, Any]:
        """Return what `Units(**settings)` needs to be the same again."""
        return {"merges": self.merges, "case": self.case, "within": self.within}

    def _cased(self, words: list[str]) -> list[str]:
        if self.case == "lower":
            return [word.lower() for word in words]
        if self.case == "sentence":
            for i, word in enumerate(words):
                if _first_letter(word):
                    small = word.lower()
                    usual = small if not _all_capitals(word) else word
                    return [*words[:i], self.within.get(small, usual), *words[i + 1 :]]
        return words


def _first_letter(sentence: str) -> str:
    return next((c for c in sentence if c.isalpha()), "")


def _all_capitals(word: str) -> bool:
    return word.isupper() and sum(c.isalpha() for c in word) > 1


def _forms_within(sentences: Iterable[list[str]]) -> dict[str, str]:
    """Return how each word is written most often where it does not begin a sentence."""
    counts: Counter[str] = Counter()
    for words in sentences:
        letters = [i for i, word in enumerate(words) if _first_letter(word)]
        # Behind the end of a sentence, the next one begins.
        counts.update(words[i] for i in letters[1:] if words[i - 1][-1:] not in (*".!?", '"'))
    forms: dict[str, str] = {}
    for word, _ in counts.most_common():
        forms.setdefault(word.lower(), word)
    return {small: form for small, form in forms.items() if form != small}


def _learn_merges(counts: Mapping[str, int], merges: int) -> list[tuple[str, str]]:
    words = {word: _characters(word) for word in counts}
    pairs: Counter[tuple[str, str]] = Counter()
    holders: dict[tuple[str, str], set[str]] = {}
    for word, pieces in words.items():
        for pair in itertools.pairwise(pieces):
            pairs[pair] += counts[word]
            holders.setdefault(pair, set()).add(word)
    learned: list[tuple[str, str]] = []
    while len(learned) < merges and pairs:
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        if pairs[best] < 2:
            break
        learned.append(best)
        for word in sorted(holders[best]):
            pieces = words[word]
            for pair in itertools.pairwise(pieces):
                pairs[pair] -= counts[word]
                if pairs[pair] <= 0:
                    del pairs[pair]
                holders[pair].discard(word)
            words[word] = pieces = _join_pair(pieces, best)
            for pair in itertools.pairwise(pieces):
                pairs[pair] += counts[word]
                holders.setdefault(pair, set()).add(word)
    return learned


def _characters(word: str) -> list[str]:
    """Return a word's characters; the mark of a space stays with the first."""
    return [word[:2], *word[2:]] if word[0] == SPACE else list(word)


def _join_pair(pieces: list[str], pair: tuple[str, str]) -> list[str]:
    done, i = [], 0
    while i < len(pieces):
        if i + 1 < len(pieces) and (pieces[i], pieces[i + 1]) == pair:
            done.append(pieces[i] + pieces[i + 1])
            i += 2
        else:
            done.append(pieces[i])
            i += 1
    return done


def _merge(
    word: str,
    ranks: Mapping[tuple[str, str], int],
    dropout: float,
    rng: np.random.Generator | None,
) -> list[str]:
    """Join a word's characters into pieces, the pair learnt first first."""
    pieces = _characters(word)
    while len(pieces) > 1:
        found = [
            (ranks[pair], i)
            for i, pair in enumerate(itertools.pairwise(pieces))
            if pair in ranks and (rng is None or rng.random() >= dropout)
        ]
        if not found:
            break
        _, i = min(found)
        pieces[i : i + 2] = [pieces[i] + pieces[i + 1]]
    return pieces


# --- networks --------------------------------------------------------------------------------


def attention_network(
    source_size: int, target_size: int, hidden_size: int = 128, dropout: float = 0.3
) -> nn.Module:
    """Return an encoder in both directions and a decoder with attention (lesson 11)."""
    return seq2seq.Seq2Seq(
        seq2seq.Encoder(source_size, hidden_size, dropout),
        seq2seq.AttentionDecoder(target_size, hidden_size, dropout),
    )


class Ensemble(nn.Module):
    """Several networks that write one translation: their probabilities are averaged.

    It has the two calls that `decoding.greedy` and `decoding.beam` need.

    Parameters
    ----------
    members : sequence of nn.Module
        Each with `begin` and `step`, for the same vocabularies.
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


def smoothed_loss(smoothing: float) -> Callable[[Any, tuple[Tensor, ...]], Tensor]:
    """Return `seq2seq.next_token_loss` with a share of each target spread over all tokens.

    References
    ----------
    Szegedy et al. 2016, arXiv:1512.00567, section 7.
    """

    def loss(model: Any, batch: tuple[Tensor, ...]) -> Tensor:
        source, mask, target = batch
        logits = model(source, mask, target[:, :-1])
        return F.cross_entropy(
            logits.flatten(0, 1),
            target[:, 1:].flatten(),
            ignore_index=seq2seq.IGNORED,
            label_smoothing=smoothing,
        )

    return loss


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


# --- the translator --------------------------------------------------------------------------


@dataclass(frozen=True)
class Example:
    """One translation beside what was wanted, with its chrF (0 to 100)."""

    source: str
    reference: str
    translation: str
    chrf: float

    def __str__(self) -> str:
        return f"{self.source}\n  wanted: {self.reference}\n  given:  {self.translation}"


@dataclass(frozen=True)
class Score:
    """How good a translator is on some pairs.

    Attributes
    ----------
    pairs : int
        How many were translated.
    exact_match : float
        Share of the translations, in [0, 1], that equal the pair's own target.
    accepted : float
        Share that equals any target which the pairs give for this source.
    bleu : float
        Corpus BLEU, 0 to 100, one reference a pair.
    bleu_interval : (float, float)
        Its 95 % bootstrap interval over the sentences; (nan, nan) for a single pair.
    worst : list of Example
        The translations that are furthest from what was wanted, by chrF, the worst first.
    """

    pairs: int
    exact_match: float
    accepted: float
    bleu: float
    bleu_interval: tuple[float, float]
    worst: list[Example] = field(repr=False)

    def __str__(self) -> str:
        low, high = self.bleu_interval
        return (
            f"{self.pairs:,} pairs: BLEU {self.bleu:.1f} (95 % interval {low:.1f} – {high:.1f}), "
            f"exact match {100 * self.exact_match:.1f} %"
        )


class Translator:
    """All that a translation needs: units, vocabularies and trained networks.

    Made by `train_translator` or `Translator.load`.

    Attributes
    ----------
    source_units, target_units : Units
        How sentences are cut and put together.
    source_vocabulary, target_vocabulary : text.Vocabulary
    members : list of nn.Module
        One or more trained networks.
    settings : dict
        How the networks are built and were trained.
    histories : list of training.History
        What happened in the training of each member; empty in a loaded translator.
    """

    def __init__(
        self,
        source_units: Units,
        target_units: Units,
        source_vocabulary: text.Vocabulary,
        target_vocabulary: text.Vocabulary,
        members: Sequence[nn.Module],
        settings: Mapping[str, Any],
    ) -> None:
        self.source_units, self.target_units = source_units, target_units
        self.source_vocabulary, self.target_vocabulary = source_vocabulary, target_vocabulary
        self.members = list(members)
        self.settings = dict(settings)
        self.histories: list[training.History] = []

    def __repr__(self) -> str:
        size = sum(training.count_parameters(member) for member in self.members)
        return (
            f"Translator ({len(self.source_vocabulary):,} source and "
            f"{len(self.target_vocabulary):,} target units, {len(self.members)} network(s), "
            f"{size:,} parameters)"
        )

    @property
    def model(self) -> nn.Module:
        """The network, or the ensemble of several, for `decoding.greedy` and `decoding.beam`."""
        return self.members[0] if len(self.members) == 1 else Ensemble(self.members)

    def to(self, device: torch.device | str) -> Translator:
        """Move the networks to a device and return the translator."""
        for member in self.members:
            member.to(device)
        return self

    def cut(self, sentence: str) -> list[str]:
        """Return a source sentence's units as the networks see them; ``<unk>`` for unknown ones."""
        units = self.source_units.cut(sentence)
        return [unit if unit in self.source_vocabulary else text.UNK for unit in units]

    def translate(
        self, sentences: str | Sequence[str], beam_width: int = 5, length_penalty: float = 1.0
    ) -> Any:
        """Translate a sentence, or several.

        Parameters
        ----------
        sentences : str or sequence of str
        beam_width : int
            K of the beam search; 1 takes the likeliest unit at each step.
        length_penalty : float
            As in `decoding.beam`.

        Returns
        -------
        str or list of str
            A translation for each sentence: a string for a string, a list for a list.

        Raises
        ------
        ValueError
            If a sentence is empty, holds nothing that stood in the training sentences, or is more
            than twice as long as the longest of them; the message names the sentence.
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
        """Translate one sentence greedily and say where the decoder looked.

        Returns
        -------
        source units (S), target units (T), attention weights : array, shape (T, S)
        """
        self._check(sentence)
        source, mask = self._batch([sentence])
        found = decoding.greedy(self.model, source, mask, 2 * self.settings["longest_target"])[0]
        units = self.source_units.cut(sentence)
        return units, self.target_vocabulary.decode(found.tokens), found.attention_weights

    def evaluate(
        self,
        pairs: Iterable[Pair],
        beam_width: int = 5,
        *,
        worst: int = 10,
        casefold: bool = False,
        length_penalty: float = 1.0,
    ) -> Score:
        """Translate the sources and compare with the targets, token for token of `text.tokenise`.

        Parameters
        ----------
        pairs : iterable of (source, target)
            Held-out pairs.
        beam_width, length_penalty
            As in `translate`.
        worst : int
            How many of the worst translations to keep.
        casefold : bool
            Whether capitals and small letters count as alike.

        Returns
        -------
        Score

        Raises
        ------
        ValueError
            If there is no pair, or one has an empty side.
        """
        held_out = _checked_pairs("evaluate", pairs, 1)
        sources = [source for source, _ in held_out]
        # A source with several targets is translated once.
        different = list(dict.fromkeys(sources))
        found = dict(
            zip(different, self._translate(different, beam_width, length_penalty), strict=True)
        )

        def tokens(sentence: str) -> list[str]:
            return text.tokenise(sentence.lower() if casefold else sentence)

        answers = [tokens(found[source]) for source in sources]
        wanted = [tokens(target) for _, target in held_out]
        every: dict[str, list[list[str]]] = {}
        for source, target in zip(sources, wanted, strict=True):
            every.setdefault(source, []).append(target)
        statistics = bleu.bleu_statistics(answers, [[target] for target in wanted])
        interval = (math.nan, math.nan)
        if len(held_out) > 1:
            interval = bleu.bleu_interval(statistics)
        examples = [
            Example(source, target, found[source], bleu.chrf([answer], [[tokens_wanted]]))
            for (source, target), answer, tokens_wanted in zip(
                held_out, answers, wanted, strict=True
            )
        ]
        return Score(
            pairs=len(held_out),
            exact_match=metrics.exact_match(answers, wanted),
            accepted=float(np.mean([a in every[s] for a, s in zip(answers, sources, strict=True)])),
            bleu=float(bleu.bleu_from_statistics(statistics.sum(axis=0))),
            bleu_interval=interval,
            worst=sorted(examples, key=lambda example: example.chrf)[:worst],
        )

    def save(self, path: str | Path) -> None:
        """Write the translator to one file, from which `load` makes it again."""
        torch.save(
            {
                "format": FORMAT,
                "version": VERSION,
                "source_units": self.source_units.settings(),
                "target_units": self.target_units.settings(),
                "source_tokens": self.source_vocabulary.tokens,
                "target_tokens": self.target_vocabulary.tokens,
                "settings": self.settings,
                "weights": [member.state_dict() for member in self.members],
            },
            Path(path),
        )

    @classmethod
    def load(
        cls,
        path: str | Path,
        device: torch.device | str | None = None,
        network: Network | None = None,
    ) -> Translator:
        """Read a translator that `save` wrote; its translations are the same.

        Parameters
        ----------
        path : path
            The file. It is read with ``weights_only``: numbers and strings, no code.
        device : torch.device or str, optional
            Where to put the networks; by default a GPU if there is one, whatever they were trained
            on.
        network : callable, optional
            What builds a network, if `train_translator` was given one of your own.

        Raises
        ------
        FileNotFoundError, ValueError
            If there is no such file, or it holds something else; the message says what to do.
        """
        state = _read(Path(path))
        settings = state["settings"]
        source = text.Vocabulary(state["source_tokens"])
        target = text.Vocabulary(state["target_tokens"])
        build = network or _builder(settings, f"load: {Path(path).name}")
        members = []
        for weights in state["weights"]:
            member = build(len(source), len(target))
            try:
                member.load_state_dict(weights)
            except RuntimeError as error:
                raise ValueError(
                    f"load: the weights in {path} do not fit the network ({error}); pass the same "
                    "network=… with which the translator was trained"
                ) from None
            members.append(member.eval())
        translator = cls(
            Units(**state["source_units"]),
            Units(**state["target_units"]),
            source,
            target,
            members,
            settings,
        )
        return translator.to(training.pick_device() if device is None else device)

    def _check(self, sentence: str) -> None:
        units = self.source_units.cut(sentence)
        longest = 2 * self.settings["longest_source"]
        if not units:
            raise ValueError("translate: an empty sentence was given; give at least one word")
        if len(units) > longest:
            raise ValueError(
                f"translate: {sentence[:40]!r}… has {len(units)} units, expected at most "
                f"{longest}: twice as many as the longest sentence in training; translate "
                "it in parts"
            )
        if not any(unit in self.source_vocabulary for unit in units):
            near = text.suggest(units[0], self.source_vocabulary.tokens)
            hint = f" (did you mean {joined(near[:1])!r}?)" if near else ""
            raise ValueError(
                f"translate: nothing of {sentence[:40]!r} stood in the training sentences{hint}; "
                "check the language, or train on pairs that hold these words"
            )

    def _batch(self, sentences: Sequence[str]) -> tuple[Tensor, Tensor]:
        longest = 2 * self.settings["longest_source"]
        ids = [
            self.source_vocabulary.encode(self.source_units.cut(s)[:longest], unknown=text.UNK)
            or [text.UNK_ID]
            for s in sentences
        ]
        source, mask = text.pad(ids)
        return torch.from_numpy(source), torch.from_numpy(mask)

    def _translate(
        self,
        sentences: Sequence[str],
        beam_width: int,
        length_penalty: float,
        longest: int | None = None,
    ) -> list[str]:
        """Translate in batches of similar length; what is too long is cut off."""
        if not sentences:
            return []
        lengths = [len(self.source_units.cut(sentence)) for sentence in sentences]
        results = [""] * len(sentences)
        order = sorted(range(len(sentences)), key=lambda i: lengths[i])
        longest = longest or 2 * self.settings["longest_target"]
        model = self.model
        for start in range(0, len(order), 64):
            rows = order[start : start + 64]
            source, mask = self._batch([sentences[i] for i in rows])
            if beam_width == 1:
                found = [one.tokens for one in decoding.greedy(model, source, mask, longest)]
            else:
                with torch.no_grad():
                    ranked = decoding.beam(model, source, mask, beam_width, length_penalty, longest)
                found = [hypotheses[0].tokens for hypotheses in ranked]
            for i, tokens in zip(rows, found, strict=True):
                results[i] = self.target_units.join(self.target_vocabulary.decode(tokens))
        return results


# --- training --------------------------------------------------------------------------------


class TrainingBatches:
    """Batches of sentence pairs, cut and spoilt in another way in each epoch.

    Parameters
    ----------
    pairs : sequence of (source, target)
    source, target : (Units, text.Vocabulary)
    batch_size : int
    unit_dropout : float
        As `dropout` of `Units.cut`, on both sides; nothing for units that are words.
    word_dropout : float
        Share of the source units that become ``<unk>``, so that the network gets to know it.
    seed : int
        With the epoch's number it fixes all that is left to chance.
    """

    CUTS = 8  # ways to cut a sentence that are drawn beforehand

    def __init__(
        self,
        pairs: Sequence[Pair],
        source: tuple[Units, text.Vocabulary],
        target: tuple[Units, text.Vocabulary],
        batch_size: int,
        unit_dropout: float = 0.0,
        word_dropout: float = 0.0,
        seed: int = 0,
    ) -> None:
        self.batch_size, self.word_dropout, self.seed = batch_size, word_dropout, seed
        rng = np.random.default_rng([seed, 0])
        self.sources = self._cuts([s for s, _ in pairs], *source, unit_dropout, rng)
        self.targets = self._cuts([t for _, t in pairs], *target, unit_dropout, rng)

    def _cuts(
        self,
        sentences: Sequence[str],
        units: Units,
        vocabulary: text.Vocabulary,
        dropout: float,
        rng: np.random.Generator,
    ) -> list[list[list[int]]]:
        ways = self.CUTS if units.merges and dropout > 0 else 1
        return [
            [
                vocabulary.encode(units.cut(sentence, dropout, rng), unknown=text.UNK)
                for _ in range(ways)
            ]
            for sentence in sentences
        ]

    def __call__(self, epoch: int) -> list[tuple[Tensor, ...]]:
        """Return the epoch's batches, each (source, mask, target)."""
        rng = np.random.default_rng([self.seed, 1, epoch])
        sources = [cuts[rng.integers(len(cuts))] for cuts in self.sources]
        targets = [cuts[rng.integers(len(cuts))] for cuts in self.targets]
        if self.word_dropout > 0:
            sources = [
                [
                    text.UNK_ID if lost else unit
                    for unit, lost in zip(
                        units, rng.random(len(units)) < self.word_dropout, strict=True
                    )
                ]
                for units in sources
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
    pairs : iterable of (source, target)
        The training part, for instance ``pairs.load_pairs(path).train``.
    validation : iterable of (source, target), optional
        After each epoch they are translated, and the weights of the epoch with the best BLEU are
        kept. Without it, a tenth of the training sources is held back for that.
    merges : int, or (int or None, int or None), optional
        How many pieces of words to learn (`Units`), for both languages or for source and target.
        `None` for whole words. Pieces need more epochs; they may be worth it where words take many
        forms, as in Korean: compare on the validation part.
    network : str or callable
        "attention", "transformer", or a function that makes a network from the sizes of the source
        and the target vocabulary. It needs the calls of `seq2seq.Seq2Seq`: ``forward(source, mask,
        inputs)``, `begin` and `step`.
    hidden_size, dropout
        Of the two named networks.
    epochs : int, optional
        How often to go through the pairs. By default as often as some thousands of updates need.
    batch_size, learning_rate
        Of each step; the rate rises at first, then falls along half a cosine.
    label_smoothing : float
        Share of each target that is spread over all units.
    unit_dropout : float
        As in `TrainingBatches`.
    word_dropout : float, optional
        As in `TrainingBatches`. By default 0.1 where source units are words, so that the network
        meets ``<unk>`` before it has to read it; 0 where they are pieces, of which few are unknown.
    members : int
        How many networks to train, from other weights and in another order. They write each
        translation together (`Ensemble`); training takes so many times as long.
    seed : int
        Fixes all that is left to chance.
    device : torch.device or str, optional
        By default a GPU if there is one.
    checkpoint : path, optional
        Where the training of each member is saved after each epoch, ``.0``, ``.1``, … being added
        to the name. Where these files are, an interrupted training goes on from them, and ends as
        it would have without the interruption if the other arguments are the same. Delete them to
        start anew.
    progress : bool
        Whether to show a progress bar for each member.

    Returns
    -------
    Translator

    Raises
    ------
    ValueError
        If there are too few pairs, a pair has an empty side, or a setting makes no sense.

    References
    ----------
    Sennrich & Zhang 2019, arXiv:1905.11901 (what helps where there are few pairs).
    """
    for name, value, least in (
        ("epochs", 1 if epochs is None else epochs, 1),
        ("members", members, 1),
        ("batch_size", batch_size, 1),
        ("merges", min(m or 0 for m in (merges if isinstance(merges, tuple) else (merges,))), 0),
    ):
        if value < least:
            raise ValueError(f"train_translator: {name} is {value}, expected at least {least}")
    train = _checked_pairs("train_translator", pairs, 2)
    if validation is None:
        train, held_out = _divided(train, seed)
    else:
        held_out = _checked_pairs("train_translator", validation, 1)
    read, write = merges if isinstance(merges, tuple) else (merges, merges)
    source_units = Units.learn((s for s, _ in train), read, "lower")
    target_units = Units.learn((t for _, t in train), write, "sentence")
    sources = [source_units.cut(s) for s, _ in train]
    targets = [target_units.cut(t) for _, t in train]
    source_vocabulary = _vocabulary(sources, source_units)
    target_vocabulary = _vocabulary(targets, target_units)
    settings: dict[str, Any] = {
        "network": network if isinstance(network, str) else "given",
        "hidden_size": hidden_size,
        "dropout": dropout,
        "longest_source": max(map(len, sources)),
        "longest_target": max(map(len, targets)) + 1,  # with </s>
    }
    if word_dropout is None:
        word_dropout = 0.1 if source_units.merges is None else 0.0
    if epochs is None:
        epochs = min(max(round(UPDATES * batch_size / len(train)), 10), 100)
    build = _builder(settings, "train_translator") if isinstance(network, str) else network
    device = training.pick_device() if device is None else device
    trained, histories = [], []
    for member in range(members):
        with torch.random.fork_rng():
            torch.manual_seed(1000 * seed + member)
            model = build(len(source_vocabulary), len(target_vocabulary)).to(device)
            translator = Translator(
                source_units, target_units, source_vocabulary, target_vocabulary, [model], settings
            )
            batches: Callable[[int], Sequence[training.Batch]] = TrainingBatches(
                train,
                (source_units, source_vocabulary),
                (target_units, target_vocabulary),
                batch_size,
                unit_dropout,
                word_dropout,
                1000 * seed + member,
            )
            if checkpoint is not None:  # a GPU's random numbers are in no checkpoint
                batches = training.reseeded(batches, 1000 * seed + member)
            histories.append(
                training.fit(
                    model,
                    batches,
                    smoothed_loss(label_smoothing),
                    epochs=epochs,
                    learning_rate=learning_rate,
                    schedule=training.warm_up_then_decay(),
                    validate=_validation(translator, held_out),
                    checkpoint=None if checkpoint is None else f"{checkpoint}.{member}",
                    progress=progress,
                )
            )
            trained.append(model)
    translator = Translator(
        source_units, target_units, source_vocabulary, target_vocabulary, trained, settings
    )
    translator.histories = histories
    return translator


def _vocabulary(sentences: list[list[str]], units: Units) -> text.Vocabulary:
    """Number the units of the training sentences and, where units are pieces, every character."""
    letters: list[list[str]] = []
    if units.merges is not None:
        letters = [[c for unit in sentence for c in _characters(unit)] for sentence in sentences]
    return text.Vocabulary.from_sentences(sentences + letters)


def _validation(translator: Translator, pairs: Sequence[Pair]) -> Callable[[Any], float]:
    """Return what `fit` makes smaller: minus BLEU of greedy translations."""
    wanted = [[text.tokenise(target)] for _, target in pairs]
    sources = [source for source, _ in pairs]

    def validate(model: Any) -> float:
        found = translator._translate(sources, 1, 1.0, translator.settings["longest_target"])
        return -bleu.corpus_bleu([text.tokenise(t) for t in found], wanted, smoothing="exp")

    return validate


def _builder(settings: Mapping[str, Any], caller: str) -> Network:
    name = settings["network"]
    if name == "given":
        raise ValueError(
            f"{caller} was trained with a network of your own; pass network=…, the function that "
            "built it"
        )
    if name not in NETWORKS:
        raise ValueError(f"{caller}: network is {name!r}, expected one of {', '.join(NETWORKS)}")

    def build(source_size: int, target_size: int) -> nn.Module:
        return NETWORKS[name](
            source_size, target_size, settings["hidden_size"], settings["dropout"]
        )

    return build


def _checked_pairs(caller: str, pairs: Iterable[Pair], least: int) -> list[Pair]:
    given = list(pairs)
    if len(given) < least:
        counted = "1 pair was" if len(given) == 1 else f"{len(given)} pairs were"
        raise ValueError(
            f"{caller}: {counted} given, expected at least {least}; pairs.load_pairs reads them "
            "from a file"
        )
    for i, pair in enumerate(given):
        if isinstance(pair, str) or len(pair) != 2 or not all(isinstance(s, str) for s in pair):
            raise ValueError(f"{caller}: pair {i} is {pair!r}, expected (source, target), two str")
        for side, sentence in zip(("source", "target"), pair, strict=True):
            if not text.normalise(sentence):
                raise ValueError(f"{caller}: pair {i} has an empty {side}: {pair!r}; leave it out")
    return given


def _divided(pairs: list[Pair], seed: int) -> tuple[list[Pair], list[Pair]]:
    """Keep a tenth of the sources back, to choose the best weights by."""
    try:
        train, held_out, _ = split_by_source(pairs, seed, (0.9, 0.1, 0.0))
    except ValueError:
        raise ValueError(
            f"train_translator: {len(pairs)} pairs of one source sentence were given, expected at "
            "least two sources, since one is kept back for validation; give more pairs, or "
            "validation=…"
        ) from None
    return train, held_out


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise FileNotFoundError(f"load: there is no file {path}; check the path")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise ValueError(
            f"load: {path.name} is not a translator ({type(error).__name__}); pass a file that "
            "Translator.save wrote"
        ) from None
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise ValueError(
            f"load: {path.name} holds something else than a translator; pass a file that "
            "Translator.save wrote"
        )
    if state.get("version") != VERSION:
        raise ValueError(
            f"load: {path.name} has version {state.get('version')}, expected {VERSION}; train and "
            "save it again with this version of the course"
        )
    return state
