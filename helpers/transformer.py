"""The Transformer with torch, as lesson 13 builds it: blocks, stacks, a translator and its cache.

Its attention is `helpers.self_attention`. `d_model` is the width of a token's vector, an even
number, `d_ff` that between the two layers of a feed-forward part, N the number of `heads`, which
divides `d_model`. Masks are True where a query may look. The parts are those of Vaswani et al.
2017, arXiv:1706.03762.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from helpers.self_attention import (
    MultiHeadAttention,
    causal_mask,
    rotate,
    scaled_dot_product_attention,
    sinusoidal_positions,
)
from helpers.shapes import shapes


class FeedForward(nn.Module):
    """Two linear layers with a ReLU between them, the same for each position (section 3.3)."""

    def __init__(self, d_model: int, d_ff: int) -> None:
        super().__init__()
        self.inner = nn.Linear(d_model, d_ff)
        self.outer = nn.Linear(d_ff, d_model)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, T, d_model) to the same shape; no position sees another."""
        return self.outer(self.inner(x).relu())  # (B, T, d_model) -> (B, T, d_ff) -> back


class Residual(nn.Module):
    """The path around a part: the part reads the stream, and its result is added to the stream.

    `dropout` is the fraction of the entries of what is added that is set to zero in training. With
    `norm_first` the part's input is normalised and the stream is not (pre-norm, Xiong et al. 2020,
    arXiv:2002.04745); without it the sum is, as in the first paper (post-norm).
    """

    def __init__(self, d_model: int, dropout: float = 0.0, norm_first: bool = True) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def read(self, x: Tensor) -> Tensor:
        """Return what the part reads of the stream x (B, T, d_model)."""
        return self.norm(x) if self.norm_first else x

    def add(self, x: Tensor, y: Tensor) -> Tensor:
        """Return the stream x with the part's result y added, both (B, T, d_model)."""
        x = x + self.dropout(y)
        return x if self.norm_first else self.norm(x)


class EncoderBlock(nn.Module):
    """Self-attention over the source, then the feed-forward part at each position."""

    def __init__(
        self, d_model: int, heads: int, d_ff: int, dropout: float = 0.0, norm_first: bool = True
    ) -> None:
        super().__init__()
        self.attention = MultiHeadAttention(d_model, heads)
        self.feed_forward = FeedForward(d_model, d_ff)
        self.residual_1 = Residual(d_model, dropout, norm_first)
        self.residual_2 = Residual(d_model, dropout, norm_first)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return the stream (B, S, d_model) after the block, and its weights (B, N, S, S).

        `mask` is broadcast to (B, S, S): pass ``mask.unsqueeze(1)`` of a (B, S) mask of tokens.
        """
        y = self.residual_1.read(x)
        y, attention_weights = self.attention(y, y, mask)
        x = self.residual_1.add(x, y)
        y = self.feed_forward(self.residual_2.read(x))
        return self.residual_2.add(x, y), attention_weights


class DecoderBlock(nn.Module):
    """Self-attention over the target, attention to the source, then the feed-forward part."""

    def __init__(
        self, d_model: int, heads: int, d_ff: int, dropout: float = 0.0, norm_first: bool = True
    ) -> None:
        super().__init__()
        self.attention = MultiHeadAttention(d_model, heads)
        self.cross_attention = MultiHeadAttention(d_model, heads)
        self.feed_forward = FeedForward(d_model, d_ff)
        self.residual_1 = Residual(d_model, dropout, norm_first)
        self.residual_2 = Residual(d_model, dropout, norm_first)
        self.residual_3 = Residual(d_model, dropout, norm_first)

    def forward(
        self,
        x: Tensor,
        states: Tensor,
        mask: Tensor | None = None,
        source_mask: Tensor | None = None,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return the stream after the block, and its weights on target and source.

        `x` (B, T, d_model), the target so far, makes the queries; `states` (B, S, d_model) are the
        encoder's, from which this block makes its own keys and values. `mask` is broadcast to
        (B, T, T): pass `causal_mask(T)`. `source_mask` is broadcast to (B, T, S): pass
        ``mask.unsqueeze(1)`` of a (B, S) mask of tokens. Weights are (B, N, T, T) and (B, N, T, S).
        """
        y = self.residual_1.read(x)
        y, attention_weights = self.attention(y, y, mask)
        x = self.residual_1.add(x, y)
        y = self.residual_2.read(x)
        y, cross_weights = self.cross_attention(y, states, source_mask)
        x = self.residual_2.add(x, y)
        y = self.feed_forward(self.residual_3.read(x))
        return self.residual_3.add(x, y), attention_weights, cross_weights


class TransformerEncoder(nn.Module):
    """`layers` blocks of equal structure with weights of their own, and a last normalisation."""

    def __init__(
        self,
        d_model: int,
        heads: int,
        layers: int,
        d_ff: int,
        dropout: float = 0.0,
        norm_first: bool = True,
    ) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            EncoderBlock(d_model, heads, d_ff, dropout, norm_first) for _ in range(layers)
        )
        self.norm = nn.LayerNorm(d_model)

    def forward(self, x: Tensor, mask: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Run all blocks; `mask` (B, S) is True where there is a token.

        Returns the states (B, S, d_model) and a list with each block's weights (B, N, S, S).
        """
        all_weights = []
        for block in self.blocks:
            x, attention_weights = block(x, mask.unsqueeze(1))  # (B, S) -> (B, 1, S)
            all_weights.append(attention_weights)
        return self.norm(x), all_weights


class TransformerDecoder(nn.Module):
    """`layers` decoder blocks, which all attend to the encoder's last states."""

    def __init__(
        self,
        d_model: int,
        heads: int,
        layers: int,
        d_ff: int,
        dropout: float = 0.0,
        norm_first: bool = True,
    ) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            DecoderBlock(d_model, heads, d_ff, dropout, norm_first) for _ in range(layers)
        )
        self.norm = nn.LayerNorm(d_model)

    def forward(
        self, x: Tensor, states: Tensor, source_mask: Tensor
    ) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Run all blocks; no position of `x` (B, T, d_model) sees a later one.

        `states` (B, S, d_model) come from the encoder; `source_mask` (B, S) is True where the
        source holds a token. Returns the stream (B, T, d_model) and two lists with each block's
        weights: (B, N, T, T) on the target and (B, N, T, S) on the source.
        """
        mask = causal_mask(x.shape[1], x.device)  # (T, T)
        all_weights, all_cross_weights = [], []
        for block in self.blocks:
            x, attention_weights, cross_weights = block(x, states, mask, source_mask.unsqueeze(1))
            all_weights.append(attention_weights)
            all_cross_weights.append(cross_weights)
        return self.norm(x), all_weights, all_cross_weights


class Memory(NamedTuple):
    """What the encoder hands to the decoder: states (B, S, d_model) and the mask (B, S).

    It holds no keys and no values; each decoder block makes its own from the states.
    """

    states: Tensor
    mask: Tensor


class AttentionWeights(NamedTuple):
    """Where every head of every layer looks, L layers of N heads.

    `encoder` (B, L, N, S, S) from source to source, `decoder` (B, L, N, T, T) from target to
    target, `cross` (B, L, N, T, S) from target to source.
    """

    encoder: Tensor
    decoder: Tensor
    cross: Tensor


class Transformer(nn.Module):
    """A translator without recurrence, called as `seq2seq.Seq2Seq` is.

    There are L `layers` in the encoder and as many in the decoder; `dropout` and `norm_first` are
    those of `Residual`, and dropout applies to the embeddings, too. With `rotary`, every attention
    turns queries and keys by their places; without it, sinusoids are added to the embeddings, as in
    the first paper.
    """

    def __init__(
        self,
        source_vocabulary_size: int,
        target_vocabulary_size: int,
        d_model: int,
        heads: int,
        layers: int,
        d_ff: int,
        dropout: float = 0.0,
        norm_first: bool = True,
        rotary: bool = True,
    ) -> None:
        super().__init__()
        self.encoder = TransformerEncoder(d_model, heads, layers, d_ff, dropout, norm_first)
        self.decoder = TransformerDecoder(d_model, heads, layers, d_ff, dropout, norm_first)
        self.source_embedding = nn.Embedding(source_vocabulary_size, d_model, padding_idx=0)
        self.target_embedding = nn.Embedding(target_vocabulary_size, d_model, padding_idx=0)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(d_model, target_vocabulary_size)
        self.rotary = rotary
        for module in self.modules():
            if isinstance(module, MultiHeadAttention):
                module.rotary = rotary
        initialise(self)
        self.output.weight = self.target_embedding.weight  # read or written: one vector a word

    def embed(self, embedding: nn.Embedding, tokens: Tensor, first: int = 0) -> Tensor:
        """Return vectors for tokens (B, T), which begin at position `first`."""
        x = embedding(tokens) * math.sqrt(embedding.embedding_dim)  # (B, T) -> (B, T, d_model)
        if not self.rotary:
            x = x + sinusoidal_positions(first + tokens.shape[1], x.shape[-1])[first:].to(x)
        return self.dropout(x)

    @shapes(source="int B S", mask="B S")
    def encode(self, source: Tensor, mask: Tensor) -> tuple[Memory, list[Tensor]]:
        """Read `source` (B, S), token ids padded on the right, with `mask` (B, S) True on tokens.

        Returns the memory and a list with each block's weights (B, N, S, S). ValueError is
        raised if the shapes disagree or a row has no token.
        """
        _check_rows(mask)
        states, attention_weights = self.encoder(self.embed(self.source_embedding, source), mask)
        return Memory(states, mask), attention_weights

    def decode(self, inputs: Tensor, memory: Memory) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Return the logits (B, T, V) of what comes after each token of `inputs` (B, T).

        The two lists of weights beside them are those of `TransformerDecoder`.
        """
        x = self.embed(self.target_embedding, inputs)
        x, attention_weights, cross_weights = self.decoder(x, memory.states, memory.mask)
        return self.output(x), attention_weights, cross_weights

    def forward(self, source: Tensor, mask: Tensor, inputs: Tensor) -> Tensor:
        """Return the logits (B, T, V) of each next target token, the right ones being fed in."""
        memory, _ = self.encode(source, mask)
        logits, _, _ = self.decode(inputs, memory)
        return logits

    def begin(self, source: Tensor, mask: Tensor) -> tuple[Memory, Tensor]:
        """Encode; return the memory and the decoder's state, the words so far: none, (1, B, 0)."""
        memory, _ = self.encode(source, mask)
        return memory, source.new_empty(1, len(source), 0)

    def step(self, tokens: Tensor, state: Tensor, memory: Memory) -> tuple[Tensor, Tensor, Tensor]:
        """Feed one token (B,); return logits (B, V), the next state, and weights (B, S).

        The weights are those of the last block's cross-attention, the mean over its heads.
        """
        state = torch.cat([state, tokens.view(1, -1, 1)], dim=-1)  # (1, B, T) -> (1, B, T + 1)
        logits, _, cross_weights = self.decode(state[0], memory)  # all of it once more
        return logits[:, -1], state, cross_weights[-1][:, :, -1].mean(dim=1)  # over the heads

    def attention_weights(self, source: Tensor, mask: Tensor, inputs: Tensor) -> AttentionWeights:
        """Return where every head of every layer looks while `inputs` (B, T) are read.

        Row t of `cross` shows where the decoder looked to choose the token after ``inputs[:, t]``.
        """
        memory, on_source = self.encode(source, mask)
        _, on_target, cross = self.decode(inputs, memory)
        return AttentionWeights(*(torch.stack(w, dim=1) for w in (on_source, on_target, cross)))


def initialise(model: nn.Module) -> None:
    """Draw all weights anew: linear layers after Glorot and Bengio, embeddings of length one.

    An embedding is multiplied by √d_model where it is read, so that its entries have the size of
    the positions'; where it is compared with the decoder's last vector, it is not (section 3.4).
    """
    for module in model.modules():
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=module.embedding_dim**-0.5)


class CachedMemory(NamedTuple):
    """`Memory`, with the keys and values that each decoder block makes of it, made once.

    `states` (B, S, d_model), `mask` (B, S), `keys` and `values` (B, L, N, S, d_k).
    """

    states: Tensor
    mask: Tensor
    keys: Tensor
    values: Tensor


def turned(attention: MultiHeadAttention, x: Tensor, first: int = 0) -> Tensor:
    """Return queries or keys x (B, T, N · d_k), by heads, and turned if the attention is rotary."""
    split = attention.split(x)  # (B, N, T, d_k)
    return rotate(split, first) if attention.rotary else split


def look_up(
    attention: MultiHeadAttention,
    x: Tensor,
    keys: Tensor,
    values: Tensor,
    mask: Tensor | None = None,
    first: int = 0,
) -> tuple[Tensor, Tensor]:
    """Do what `attention` does, for queries from x (B, T, d_model), with keys and values given.

    These have shapes (B, N, S, d_k) and (B, N, S, d_v), the keys turned already if the attention
    is rotary; `mask` is broadcast to (B, N, T, S), and x begins at place `first`. Returns y (B, T,
    d_model) and the weights (B, N, T, S).
    """
    query = turned(attention, attention.query(x), first)
    context, weights = scaled_dot_product_attention(query, keys, values, mask)
    return attention.output(context.transpose(1, 2).flatten(2)), weights


class CachedTransformer(nn.Module):
    """The same Transformer, with the same weights, decoding faster.

    It keeps the keys and values of the words so far, so that each step computes one word only.
    """

    def __init__(self, model: Transformer) -> None:
        super().__init__()
        self.model = model

    def begin(self, source: Tensor, mask: Tensor) -> tuple[CachedMemory, tuple[Tensor, Tensor]]:
        """Encode; return the memory and the state: keys and values (L, B, N, 0, d_k) of no word."""
        memory, _ = self.model.encode(source, mask)
        blocks: list[Any] = list(self.model.decoder.blocks)
        attentions = [block.cross_attention for block in blocks]
        keys = torch.stack([turned(a, a.key(memory.states)) for a in attentions], dim=1)
        values = torch.stack([a.split(a.value(memory.states)) for a in attentions], dim=1)
        nothing = keys.transpose(0, 1)[:, :, :, :0], values.transpose(0, 1)[:, :, :, :0]
        return CachedMemory(*memory, keys, values), nothing

    def step(
        self, tokens: Tensor, state: tuple[Tensor, Tensor], memory: CachedMemory
    ) -> tuple[Tensor, tuple[Tensor, Tensor], Tensor]:
        """Feed one token (B,); return logits (B, V), the next state, and weights (B, S).

        Only the new token goes through the blocks; keys and values of the others are in `state`.
        """
        source_mask = memory.mask[:, None, None]  # (B, S) -> (B, 1, 1, S)
        old_keys, old_values = state
        t = old_keys.shape[3]  # the place of the new token
        x = self.model.embed(self.model.target_embedding, tokens.unsqueeze(1), t)  # (B, 1, d_model)
        all_keys, all_values = [], []
        blocks: list[Any] = list(self.model.decoder.blocks)
        for layer, block in enumerate(blocks):
            own, cross = block.attention, block.cross_attention
            y = block.residual_1.read(x)
            keys = torch.cat([old_keys[layer], turned(own, own.key(y), t)], dim=2)
            values = torch.cat([old_values[layer], own.split(own.value(y))], dim=2)
            y, _ = look_up(own, y, keys, values, first=t)  # keys (B, N, t + 1, d_k)
            x = block.residual_1.add(x, y)
            y = block.residual_2.read(x)
            y, weights = look_up(
                cross, y, memory.keys[:, layer], memory.values[:, layer], source_mask, t
            )
            x = block.residual_2.add(x, y)
            y = block.feed_forward(block.residual_3.read(x))
            x = block.residual_3.add(x, y)
            all_keys.append(keys)
            all_values.append(values)
        logits = self.model.output(self.model.decoder.norm(x)).squeeze(1)  # (B, 1, V) -> (B, V)
        state = torch.stack(all_keys), torch.stack(all_values)
        return logits, state, weights.squeeze(2).mean(dim=1)  # (B, N, 1, S) -> (B, S)


def _check_rows(mask: Tensor) -> None:
    if not mask.any(dim=1).all():
        raise ValueError(
            f"Transformer: a row of the mask, of shape {tuple(mask.shape)}, is False throughout, "
            "expected at least one token in each row; text.pad returns such a mask"
        )
