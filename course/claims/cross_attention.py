"""Where each head of a translator looks while it writes, against the corpus' gold alignment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy.typing as npt

from course.claims.alignment import error_rate

Array = npt.NDArray[Any]


def cross_weights(model: Any, sources: list[list[int]], targets: list[list[int]]) -> list[Array]:
    """Return the cross-attention of each sentence, (L, N, T + 1, S), the right words fed in.

    Row t belongs to the step that writes word t, fed with word t − 1; the last writes </s>.
    An LSTM with attention has one layer and one head.
    """
    import torch

    from helpers import seq2seq, text

    model.eval()
    found = []
    for start in range(0, len(sources), 250):
        some = slice(start, start + 250)
        source, mask = (torch.from_numpy(array) for array in text.pad(sources[some]))
        rows = [[text.START_ID, *words] for words in targets[some]]
        inputs = torch.from_numpy(text.pad(rows)[0])
        with torch.no_grad():
            if isinstance(model, seq2seq.Seq2Seq):
                memory, state = model.begin(source, mask)
                weights = model.decoder(inputs, state, memory)[2][:, None, None]
            else:
                weights = model.attention_weights(source, mask, inputs).cross
        found += [
            weights[row, :, :, : len(words) + 1, : len(read)].numpy()
            for row, (read, words) in enumerate(zip(sources[some], targets[some], strict=True))
        ]
    return found


def links(weights: Array, offset: int) -> set[tuple[int, int]]:
    """Link each target word with the source word of the largest weight, from weights (T + 1, S).

    At offset 0 the step counts that writes the word, at offset 1 the next one, which is fed it.
    """
    T = len(weights) - 1
    return {(int(weights[j + offset].argmax()), j) for j in range(T)}


def alignment_errors(
    model: Any, sources: list[list[int]], targets: list[list[int]], gold: Sequence[Any]
) -> Iterator[tuple[int, int, float, float]]:
    """Yield offset, layer (from 1), and two alignment error rates: of the heads' mean, of the best.

    The rate counts the target words that have a partner, as in claim 16; the offsets are those of
    `links`.
    """
    looked = cross_weights(model, sources, targets)
    L, N = looked[0].shape[:2]
    for offset in (0, 1):
        for layer in range(L):
            together = error_rate([links(one[layer].mean(axis=0), offset) for one in looked], gold)
            heads = [
                error_rate([links(one[layer, head], offset) for one in looked], gold)
                for head in range(N)
            ]
            yield offset, layer + 1, together, min(heads)
