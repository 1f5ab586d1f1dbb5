"""Exercise 13.4: Three masks."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import CodeExercise, Mistake, Probe, register

Array = npt.NDArray[Any]


def masks(source: Array, target: Array) -> tuple[Array, Array, Array]:
    """Masks of encoder (B, S, S), decoder (B, T, T) and cross-attention (B, T, S)."""
    S, T = source.shape[1], target.shape[1]
    of_source = source[:, None, :] != 0  # (B, 1, S)
    encoder = np.repeat(of_source, S, axis=1)
    decoder = (target[:, None, :] != 0) & np.tri(T, dtype=bool)
    cross = np.repeat(of_source, T, axis=1)
    return encoder, decoder, cross


def _mask_probes(rng: np.random.Generator) -> list[Probe]:
    def rows(lengths: list[int]) -> Array:
        ids = np.zeros((len(lengths), max(lengths)), dtype=np.int64)
        for b, length in enumerate(lengths):
            ids[b, :length] = rng.integers(4, 30, size=length)
        return ids

    return [
        Probe((np.array([[7, 0]]), np.array([[2, 8, 0]])), label="the example"),
        Probe((rows([3, 5]), rows([4, 2]))),
        Probe((rows([2, 1, 4]), rows([1, 3, 2])), label="S = 4, T = 3"),
        Probe((rows([3]), rows([5])), label="no padding"),
        Probe((rows([1]), rows([1])), label="one token each"),
        Probe(
            (np.array([[2, 9, 3, 1, 0], [2, 3, 0, 0, 0]]), np.array([[2, 1, 3], [2, 3, 0]])),
            label="ids 1, 2 and 3 are no padding",
        ),
    ]


def _masks_torch(source: Array, target: Array) -> tuple[Array, Array, Array]:
    """As where torch's scaled dot product attention, with torch's own masks, puts any weight."""
    import torch
    from torch import nn

    hidden_source = torch.tensor(source == 0)
    T, S = target.shape[1], source.shape[1]

    def look(queries: int, keys: int, hidden: Any, causal: bool) -> Array:
        bias = torch.zeros(len(hidden), queries, keys)
        if causal:
            bias = bias + nn.Transformer.generate_square_subsequent_mask(queries)
        bias = bias.masked_fill(hidden.unsqueeze(1), -torch.inf)
        weights = bias.softmax(dim=-1)
        return np.asarray((weights > 0).numpy())

    return (
        look(S, S, hidden_source, False),
        look(T, T, torch.tensor(target == 0), True),
        look(T, S, hidden_source, False),
    )


def _masks_loop(source: Array, target: Array) -> tuple[Array, Array, Array]:
    B, S = source.shape
    T = target.shape[1]
    encoder, decoder = np.zeros((B, S, S), bool), np.zeros((B, T, T), bool)
    cross = np.zeros((B, T, S), bool)
    for b in range(B):
        for j in range(S):
            encoder[b, :, j] = cross[b, :, j] = source[b, j] > 0
        for t in range(T):
            for s in range(t + 1):
                decoder[b, t, s] = target[b, s] > 0
    return encoder, decoder, cross


def _mask_mistake(kind: str) -> Any:
    def answer(source: Array, target: Array) -> Any:
        encoder, decoder, cross = masks(source, target)
        T = target.shape[1]
        if kind == "hidden":
            return ~encoder, ~decoder, ~cross
        if kind == "queries":
            return (
                np.swapaxes(encoder, 1, 2),
                (target[:, :, None] != 0) & np.tri(T, dtype=bool),
                np.repeat(target[:, :, None] != 0, source.shape[1], axis=2),
            )
        if kind == "both":
            tokens = target[:, :, None] != 0
            return encoder & (source[:, :, None] != 0), decoder & tokens, cross & tokens
        if kind == "source_padding":
            return np.ones_like(encoder), decoder, np.ones_like(cross)
        if kind == "cross_padding":
            return encoder, decoder, np.ones_like(cross)
        if kind == "cross_queries":
            return encoder, decoder, np.repeat(target[:, :, None] != 0, source.shape[1], axis=2)
        if kind == "past_hidden":
            return encoder, (target[:, None, :] != 0) & np.tri(T, dtype=bool).T, cross
        if kind == "not_itself":
            return encoder, (target[:, None, :] != 0) & np.tri(T, k=-1, dtype=bool), cross
        if kind == "no_padding":
            return encoder, np.repeat(np.tri(T, dtype=bool)[None], len(target), axis=0), cross
        if kind == "no_causal":
            return encoder, np.repeat(target[:, None, :] != 0, T, axis=1), cross
        if kind == "cross_swapped":
            return encoder, decoder, np.swapaxes(cross, 1, 2)
        if kind == "cross_causal":
            return encoder, decoder, cross & np.tri(T, source.shape[1], dtype=bool)
        return encoder & np.tri(source.shape[1], dtype=bool), decoder, cross

    return answer


register(
    CodeExercise(
        name="transformer.masks",
        title="Three masks",
        points=3,
        reference=masks,
        probes=_mask_probes,
        oracle=_masks_torch,
        equivalents={"torch": _masks_torch, "loop": _masks_loop},
        outputs=("encoder", "decoder", "cross"),
        axes=("BSS", "BTT", "BTS"),
        mistakes=[
            Mistake(
                "hidden",
                "Your masks are True where a query may *not* look. That is how torch's "
                "Transformer has it; here True means that it may.",
                _mask_mistake("hidden"),
            ),
            Mistake(
                "queries",
                "You masked the rows, the queries. It is padded *keys*, the last axis, that must "
                "not be looked at; what a padded query makes is thrown away.",
                _mask_mistake("queries"),
            ),
            Mistake(
                "both",
                "You masked keys *and* queries. A padded query then has a row that is False "
                "throughout, and the softmax of nothing is NaN. Leave its row as the others are: "
                "what it makes is thrown away.",
                _mask_mistake("both"),
            ),
            Mistake(
                "source_padding",
                "Nobody may look at the source's padding: neither the encoder nor "
                "cross-attention, whose keys come from the source as well.",
                _mask_mistake("source_padding"),
            ),
            Mistake(
                "cross_padding",
                "In your mask cross-attention looks at the source's padding.",
                _mask_mistake("cross_padding"),
            ),
            Mistake(
                "cross_queries",
                "In cross-attention the keys come from the source: its padding is what must not be "
                "looked at. You masked the target's, which makes queries.",
                _mask_mistake("cross_queries"),
            ),
            Mistake(
                "past_hidden",
                "In the decoder's mask past and future are exchanged: row t may look at columns 0 "
                "to t.",
                _mask_mistake("past_hidden"),
            ),
            Mistake(
                "not_itself",
                "A target position may not look at itself in your mask; then the first one has "
                "nowhere to look. The token fed in at t is known at t.",
                _mask_mistake("not_itself"),
            ),
            Mistake(
                "no_padding",
                "The decoder's mask hides the future, but not the target's padding.",
                _mask_mistake("no_padding"),
            ),
            Mistake(
                "no_causal",
                "The decoder's mask hides the padding, but not the future.",
                _mask_mistake("no_causal"),
            ),
            Mistake(
                "cross_swapped",
                "The mask of cross-attention has its axes exchanged: the target asks, so its T "
                "positions are the rows, and the source's S are the columns.",
                _mask_mistake("cross_swapped"),
            ),
            Mistake(
                "cross_causal",
                "Cross-attention needs no causal mask: the whole source is known before the first "
                "word is written.",
                _mask_mistake("cross_causal"),
            ),
            Mistake(
                "encoder_causal",
                "The encoder needs no causal mask: it may look ahead in the source.",
                _mask_mistake("encoder_causal"),
            ),
        ],
        hints=[
            "For each attention ask two questions: which tokens make the keys, and which of these "
            "keys does a query know nothing of, or must it not know?",
            "Rows are queries, columns are keys: (B, S, S), (B, T, T), (B, T, S). Padding is id 0.",
            "Encoder and cross-attention look at the source: True in the columns of its tokens, "
            "in every row. The decoder's mask is that of the target's tokens *and* the lower "
            "triangle.",
            "`decoder = (target[:, None, :] != 0) & np.tri(T, dtype=bool)`",
        ],
        solved="With padding behind the tokens, the causal mask hides the target's padding from "
        "every token already. That is why the package's decoder gets along without the other half.",
    )
)
