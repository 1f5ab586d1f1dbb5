"""Turn a trained model into sentences, one token after another.

A model has `begin(source, mask)` -> (memory, state) and `step(tokens, state, memory)` -> (logits
(B, V), state, attention weights (B, S)), as `seq2seq.Seq2Seq` does.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from helpers import text


class Decoded(NamedTuple):
    """What came out of decoding one source sentence.

    `tokens` are target ids, without `<s>` and `</s>`; `attention_weights` (T, S) have one row for
    each, over this sentence's source tokens, padding cut off; `finished` says whether `</s>` came
    within the length allowed.
    """

    tokens: list[int]
    attention_weights: npt.NDArray[np.float32]
    finished: bool


@torch.no_grad()
def greedy(model: Any, source: Tensor, mask: Tensor, maximum_length: int = 60) -> list[Decoded]:
    """Take the likeliest token at each step, for a whole batch at once.

    `source` (B, S) holds token ids padded on the right, `mask` (B, S) is True where there is a
    token. A sentence that does not end by itself stops after `maximum_length` tokens.
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


class Hypothesis(NamedTuple):
    """One sentence that a beam search ended with.

    `tokens` are target ids without `<s>` and `</s>`; `log_probability` is the natural logarithm of
    the model's probability of these tokens and, if `finished`, of `</s>` behind them. `score` ranks
    it: the log-probability over the number of tokens, with `</s>`, to the power of the length
    penalty. `finished` says whether `</s>` came within the length allowed.
    """

    tokens: list[int]
    log_probability: float
    score: float
    finished: bool


def pick_rows(state: Any, rows: Tensor) -> Any:
    """Choose `rows` (N,) of a decoder's state: a Tensor (1, B, H), or a nested tuple of them.

    The result is like the state, with shapes (1, N, H).
    """
    if isinstance(state, tuple):
        return tuple(pick_rows(part, rows) for part in state)
    return state[:, rows]  # (1, B, H) -> (1, N, H)


@torch.no_grad()
def beam(
    model: Any,
    source: Tensor,
    mask: Tensor,
    width: int,
    length_penalty: float = 1.0,
    maximum_length: int = 60,
) -> list[list[Hypothesis]]:
    """Keep the `width` likeliest beginnings at each step, for a whole batch at once.

    A finished hypothesis stays in the beam and repeats `</s>` at no cost, so that unfinished ones
    have to beat it. The search ends when all are finished. For each row of `source` it returns at
    most `width` hypotheses, the one with the best score first (Sutskever et al. 2014,
    arXiv:1409.3215; length normalisation: Wu et al. 2016, arXiv:1609.08144).

    The arguments are those of `greedy`; a `width` of 1 is greedy decoding. A `length_penalty` of 0
    ranks by the log-probability, which favours short hypotheses, 1 by its mean over the tokens. The
    model's memory is a NamedTuple of tensors with the batch on the first axis, its state has it on
    the second (`pick_rows`).
    """
    _check_beam(width, maximum_length)
    model.eval()  # no dropout while translating
    device = next(model.parameters()).device
    source, mask = source.to(device), mask.to(device)
    first = torch.arange(len(source), device=device).unsqueeze(1)  # (B, 1)
    memory, state = model.begin(source, mask)
    memory = memory._make(part.repeat_interleave(width, dim=0) for part in memory)  # (B·K, …)
    state = pick_rows(state, first.expand(-1, width).flatten())  # (1, B, H) -> (1, B·K, H)
    tokens = first.new_full((len(source), width, 1), text.START_ID)  # (B, K, 1)
    totals = torch.full((len(source), width), -torch.inf, device=device)  # (B, K)
    totals[:, 0] = 0.0  # all K begin alike: one of them counts
    for _ in range(maximum_length):
        logits, state, _ = model.step(tokens[:, :, -1].flatten(), state, memory)  # (B·K, V)
        log_p = logits.log_softmax(dim=-1).unflatten(0, (-1, width))  # (B, K, V)
        ended = tokens[:, :, -1] == text.END_ID
        log_p[ended] = -torch.inf
        log_p[..., text.END_ID].masked_fill_(ended, 0.0)  # the end may follow the end, for nothing
        candidates = (totals.unsqueeze(-1) + log_p).flatten(1)  # (B, K·V)
        totals, chosen = candidates.topk(width)  # (B, K), (B, K)
        parents, new = chosen // log_p.shape[-1], chosen % log_p.shape[-1]
        state = pick_rows(state, (first * width + parents).flatten())
        tokens = torch.cat([tokens[first, parents], new.unsqueeze(-1)], dim=-1)  # (B, K, T + 1)
        if (new == text.END_ID).all():
            break
    return [
        ranked(rows[:, 1:].tolist(), scores.tolist(), length_penalty)
        for rows, scores in zip(tokens, totals, strict=True)
    ]


def ranked(rows: list[list[int]], totals: list[float], length_penalty: float) -> list[Hypothesis]:
    """Cut each row at its `</s>`, score it, and sort: the best first.

    `rows` hold target ids with `</s>`, which may be repeated, without `<s>`; `totals` are their
    log-probabilities. A row of probability zero is dropped.
    """
    hypotheses = []
    for row, total in zip(rows, totals, strict=True):
        finished = text.END_ID in row
        length = row.index(text.END_ID) if finished else len(row)
        if total > -np.inf:
            score = total / (length + finished) ** length_penalty
            hypotheses.append(Hypothesis(row[:length], total, score, finished))
    return sorted(hypotheses, key=lambda hypothesis: -hypothesis.score)


def _check_beam(width: int, maximum_length: int) -> None:
    if width < 1 or maximum_length < 1:
        raise ValueError(
            f"beam: width is {width} and maximum_length {maximum_length}; give at least 1 of each"
        )


def top_k(logits: Tensor, k: int) -> Tensor:
    """Keep the k largest of the logits (…, V); the others become −∞, so that softmax gives zero.

    Fan, Lewis & Dauphin 2018, arXiv:1805.04833.
    """
    _check_k(logits, k)
    values, places = logits.topk(k, dim=-1)  # (…, k) each
    return torch.full_like(logits, -torch.inf).scatter(-1, places, values)  # (…, V)


def nucleus(logits: Tensor, share: float) -> Tensor:
    """Keep the likeliest tokens that hold `share` of the probability; the others become −∞.

    `logits` are (…, V); the token with which the sum reaches the share is kept as well (Holtzman et
    al. 2020, arXiv:1904.09751).
    """
    if not 0 < share <= 1:
        raise ValueError(f"nucleus: share is {share}; give a number above 0 and at most 1")
    if share == 1:  # a rounded sum may reach 1 before its end
        return logits.clone()
    p, places = logits.softmax(dim=-1).sort(dim=-1, descending=True)  # (…, V) each
    beyond = p.cumsum(dim=-1) - p >= share  # True where the likelier ones hold enough
    return logits.masked_fill(beyond.gather(-1, places.argsort(dim=-1)), -torch.inf)


def _check_k(logits: Tensor, k: int) -> None:
    if not 1 <= k <= logits.shape[-1]:
        raise ValueError(f"top_k: k is {k}, expected 1 to {logits.shape[-1]}, the vocabulary")
