"""Turn a trained model into sentences, one token after another."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from helpers import text


class Decoded(NamedTuple):
    """What came out of decoding one source sentence.

    Attributes
    ----------
    tokens : list of int
        Target ids, without `<s>` and `</s>`.
    attention_weights : array, shape (T, S)
        One row for each token, over this sentence's S source tokens, padding cut off.
    finished : bool
        Whether `</s>` came within the length allowed.
    """

    tokens: list[int]
    attention_weights: npt.NDArray[np.float32]
    finished: bool


@torch.no_grad()
def greedy(model: Any, source: Tensor, mask: Tensor, maximum_length: int = 60) -> list[Decoded]:
    """Take the likeliest token at each step, for a whole batch at once.

    Parameters
    ----------
    model : Seq2Seq
        Anything with `begin(source, mask)` -> (memory, state) and
        `step(tokens, state, memory)` -> (logits (B, V), state, attention weights (B, S)).
    source : int Tensor, shape (B, S)
        Token ids, padded on the right.
    mask : bool Tensor, shape (B, S)
        True where there is a token.
    maximum_length : int
        Where to stop a sentence that does not end by itself.

    Returns
    -------
    list of Decoded
        One for each row of `source`.

    Raises
    ------
    ValueError
        If `maximum_length` is below 1.
    """
    if maximum_length < 1:
        raise ValueError(f"greedy: maximum_length is {maximum_length}; give at least 1")
    model.eval()  # no dropout while translating
    device = next(model.parameters()).device
    source, mask = source.to(device), mask.to(device)
    memory, state = model.begin(source, mask)
    last = torch.full((len(source),), text.START_ID, device=device)  # (B,)
    ended = torch.zeros_like(last, dtype=torch.bool)
    tokens: list[Tensor] = []
    weights: list[Tensor] = []
    for _ in range(maximum_length):
        logits, state, step_weights = model.step(last, state, memory)
        last = logits.argmax(dim=-1)  # (B, V) -> (B,)
        tokens.append(last)
        weights.append(step_weights)
        ended |= last == text.END_ID
        if ended.all():
            break
    return _cut_at_end(tokens, weights, mask)


def _cut_at_end(tokens: list[Tensor], weights: list[Tensor], mask: Tensor) -> list[Decoded]:
    """Cut each row at its `</s>`, and its attention weights at its padding."""
    lengths = mask.sum(dim=1).tolist()
    ids = torch.stack(tokens, dim=1).tolist()  # (B, T)
    all_weights = torch.stack(weights, dim=1).float().cpu().numpy()  # (B, T, S)
    results = []
    for row in range(len(mask)):
        finished = text.END_ID in ids[row]
        length = ids[row].index(text.END_ID) if finished else len(ids[row])
        results.append(
            Decoded(ids[row][:length], all_weights[row, :length, : lengths[row]], finished)
        )
    return results
