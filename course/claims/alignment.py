"""Claim 16, measured in lesson 11: whether attention weights point at related words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course.claims.attention import korean_parts
from course.claims.attention_challenges import TRIALS_16
from course.claims.ledger import (
    FAILS,
    HOLDS_WITHIN,
    Claim,
    Figures,
    Record,
    Verdict,
    difference,
    figure,
    register,
)
from course.claims.seq2seq import train
from course.claims.trials import Grid
from helpers import text

Array = npt.NDArray[Any]

# --- claim 16 --------------------------------------------------------------------------------


def reader(name: str, V: int, H: int) -> Any:
    """Return an encoder: "one way" or "two ways", with or without the token's own vector.

    `Encoder` is "two ways + token": its states are what the two directions hold, plus the vector of
    the token itself.
    """
    from helpers import seq2seq

    base: Any = seq2seq.Encoder if name.startswith("two ways") else seq2seq.PlainEncoder

    class Reader(base):
        def forward(self, source: Any, mask: Any) -> Any:
            memory = super().forward(source, mask)
            x = self.embedding(source)  # (B, S) -> (B, S, H)
            if name == "one way + token":
                return memory._replace(states=memory.states + x)
            if name == "two ways":
                return memory._replace(states=memory.states - x)
            return memory

    return Reader(V, H)


def weights_of(model: Any, sources: list[list[int]], targets: list[list[int]]) -> list[Array]:
    """Return the attention weights while the right words are fed in, (T + 1, S) a sentence.

    Row t belongs to the step that writes word t, fed with word t − 1; the last writes </s>.
    """
    import torch

    source, mask = (torch.from_numpy(array) for array in text.pad(sources))
    inputs = torch.from_numpy(text.pad([[text.START_ID, *words] for words in targets])[0])
    model.eval()
    with torch.no_grad():
        memory, state = model.begin(source, mask)
        _, _, weights = model.decoder(inputs, state, memory)  # (B, T + 1, S)
    return [
        weights[row, : len(words) + 1, : len(read)].numpy()
        for row, (read, words) in enumerate(zip(sources, targets, strict=True))
    ]


def error_rate(alignments: Any, gold: Any, first: int = 0) -> float:
    """Return the alignment error rate over the target words that have a partner.

    Parameters
    ----------
    alignments, gold : sequences of sets of (source index, target index)
    first : int
        Leave out the target words before this one.
    """
    from helpers import metrics

    found, wanted = [], []
    for links, right in zip(alignments, gold, strict=True):
        partners = {j for _, j in right if j >= first}
        found.append({(i, j) for i, j in links if j in partners})
        wanted.append({(i, j) for i, j in right if j in partners})
    return metrics.alignment_error_rate(found, wanted)


def by_position(train: Sequence[Any], tested: Sequence[Any]) -> list[set[tuple[int, int]]]:
    """Link each target word with the place, counted from the source's end, that its place had most.

    It knows the lengths and nothing of the words. A place that training did not have is linked with
    the first source word.
    """
    counts: dict[tuple[int, int], Counter[int]] = {}
    for pair in train:
        for i, j in pair.alignment:
            seen = counts.setdefault((len(pair.english), j), Counter())
            seen[len(pair.morphemes) - i] += 1
    usual = {place: seen.most_common(1)[0][0] for place, seen in counts.items()}
    return [
        {
            (max(len(pair.morphemes) - usual.get((len(pair.english), j), 99), 0), j)
            for j in range(len(pair.english))
        }
        for pair in tested
    ]


def experiment_16(
    seed: int,
    readers: Sequence[str],
    offsets: Sequence[int],
    H: int,
    pairs: int,
    epochs: int,
    B: int,
    rate: float,
    part: str,
) -> Figures:
    """Train Korean–English translators with attention; compare their weights with gold alignments.

    Each target word is linked with the source word of the largest weight at the step that writes it
    (offset 0), at the step before (−1) or at the step after (1), which is fed with it. To be
    comparable, "shifted" leaves out each sentence's first word, which has no step before it.
    Articles, "do" and other words without a partner are left out, but for "AER with all words".
    "behind" is the share of words linked with the source word right behind a partner. Two baselines
    read nothing and are judged on the same words: "diagonal" by the lengths, "position" by where
    the partners stood in training. "best" links each word with one of its partners, and errs
    because some have two.
    """
    import torch

    from helpers import decoding, metrics, seq2seq
    from helpers.corpora import korean_english

    figures: Figures = {}
    tested = korean_english.load(part)
    gold = [pair.alignment for pair in tested]
    baselines: dict[str, Sequence[Collection[tuple[int, int]]]] = {
        "diagonal": [metrics.diagonal_alignment(len(p.morphemes), len(p.english)) for p in tested],
        "position": by_position(korean_english.load("train")[:pairs], tested),
    }
    for name, guesses in baselines.items():
        figures[figure("AER", network=name)] = error_rate(guesses, gold)
        figures[figure("AER with all words", network=name)] = metrics.alignment_error_rate(
            guesses, gold
        )
        figures[figure("shifted", network=name)] = error_rate(guesses, gold, 1)
    best = [{(min(i for i, k in links if k == j), j) for _, j in links} for links in gold]
    figures[figure("AER", network="best")] = error_rate(best, gold)
    trained, encode, sizes = korean_parts(pairs)
    sources, targets = encode(tested)
    source, mask = (torch.from_numpy(array) for array in text.pad(sources))
    with torch.random.fork_rng(devices=[]):
        for name in readers:
            torch.manual_seed(seed)
            decoder = seq2seq.AttentionDecoder(sizes[1], H)
            model = seq2seq.Seq2Seq(reader(name, sizes[0], H), decoder)
            train(model, seq2seq.PairBatches(trained[0], trained[1], B, seed), epochs, rate)
            found = decoding.greedy(model, source, mask)
            exact = [a.tokens == b for a, b in zip(found, targets, strict=True)]
            figures[figure("exact", network=name)] = float(np.mean(exact))
            looked = weights_of(model, sources, targets)
            links = [metrics.hard_alignment(one[:-1]) for one in looked]
            figures[figure("AER", network=name)] = error_rate(links, gold)
            figures[figure("AER with all words", network=name)] = metrics.alignment_error_rate(
                links, gold
            )
            pairs_found = [
                ((i, j), right)
                for one, right in zip(links, gold, strict=True)
                for i, j in one
                if any(j == k for _, k in right)
            ]
            behind = [
                link not in right and (link[0] - 1, link[1]) in right for link, right in pairs_found
            ]
            figures[figure("behind", network=name)] = float(np.mean(behind))
            for offset in offsets:
                moved = [
                    {(int(one[j + offset].argmax()), j) for j in range(1, len(one) - 1)}
                    for one in looked
                ]
                figures[figure("shifted", network=name, offset=offset)] = error_rate(moved, gold, 1)
    return figures


def rule_16(record: Record) -> Verdict:
    """Judge "attention weights point at the related source words" by the alignment error rate.

    An encoder's states are pointed at if its rate is at least 0.2 below that of the better of two
    baselines on the same words, by the upper end of its 95 % interval, and does not lag behind the
    best encoder: not by more than 0.05 with all of Welch's interval of the difference above 0. The
    claim holds within the encoders of which this is so; it does not hold if there is none.
    """
    rates = {name: record.values("AER", network=name) for name in record.settings["readers"]}
    blind = min(record.values("AER", network=n).mean() for n in ("diagonal", "position"))
    lowest = min(rates.values(), key=lambda values: float(values.mean()))
    point = []
    for name, values in rates.items():
        behind = difference(values, lowest)
        lags = behind.mean > 0.05 and behind.low > 0
        if record.interval("AER", network=name).high < blind - 0.2 and not lags:
            point.append(name)
    shown = ", ".join(f"{name} {values.mean():.2f}" for name, values in rates.items())
    if not point:
        return Verdict(FAILS, f"error rates: {shown}; by position alone {blind:.2f}")
    few = f"{len(point)} of {len(rates)} encoders"
    return Verdict(HOLDS_WITHIN, f"{few}; errors: {shown}, by position {blind:.2f}")


register(
    Claim(
        number=16,
        statement="Attention weights point at the related source words.",
        source="Bahdanau, Cho and Bengio 2015, arXiv:1409.0473, section 5.2.1; a standard "
        "statement of introductory texts",
        lesson="11_attention",
        experiment=experiment_16,
        rule=rule_16,
        settings={
            "readers": ["one way", "one way + token", "two ways + token"],
            "offsets": [-1, 0, 1],
            "H": 64,
            "pairs": 36_000,
            "epochs": 1,
            "B": 32,
            "rate": 0.01,
            "part": "test",
        },
        live_settings={"readers": ["two ways + token"]},
        seeds=(0, 1, 2, 3, 4),
        tolerance=0.02,
        conditions={
            "task": "Korean into English, 36,000 pairs; gold alignments of the 2,000 test "
            "sentences",
            "arms": "LSTM translators with attention, 64 units, whose encoder reads one way or two "
            "ways, its states with or without the token's own vector",
            "training": "Adam at 0.01 (the best of a grid for the last arm), clipped at norm 1, "
            "one pass of 1,125 batches of 32",
            "measured": "alignment error rate of the largest weight over the words that have a "
            "partner; the baselines, and the network, on the same words",
            "seeds": "0 to 4",
        },
        decides=(
            figure("AER", network="two ways + token"),
            figure("AER", network="one way"),
            figure("AER", network="position"),
        ),
        grids=(
            Grid(
                "the learning rate",
                "rate",
                (0.0025, 0.005, 0.01, 0.02),
                figure("exact", network="two ways + token"),
                keep={"readers": ["two ways + token"]},
                changes={"part": "validation"},
            ),
        ),
        trials=TRIALS_16,
    )
)
