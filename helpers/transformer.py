"""The Transformer with torch: attention in several heads, positions, blocks, and a translator.

The first part, up to `MultiHeadAttention`, is built in lesson 12; the blocks and what is made of
them in lesson 13. Every mask is True where a query may look.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

# Attention (lesson 12) -----------------------------------------------------------------------


def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Look up values by how well their keys match each query.

    Parameters
    ----------
    query : Tensor, shape (…, T, d_k)
        What each of T places asks for.
    key : Tensor, shape (…, S, d_k)
        What each of S places is found by.
    value : Tensor, shape (…, S, d_v)
        What each of S places hands over.
    mask : bool Tensor, broadcast to (…, T, S), optional
        True where the query may look; at least one True in each row.

    Returns
    -------
    context : Tensor, shape (…, T, d_v)
        For each query the sum of the values, weighted.
    attention_weights : Tensor, shape (…, T, S)
        Non-negative, summing to one over S, exactly zero where the mask is False.

    Raises
    ------
    ValueError
        If the shapes disagree, the mask is not boolean, or a row of it is False throughout.

    References
    ----------
    Vaswani et al. 2017, arXiv:1706.03762, equation 1.
    """
    _check_attention(query, key, value, mask)
    scores = query @ key.transpose(-2, -1)  # (…, T, d_k) @ (…, d_k, S) -> (…, T, S)
    scores = scores / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    attention_weights = scores.softmax(dim=-1)  # over S
    return attention_weights @ value, attention_weights  # (…, T, S) @ (…, S, d_v) -> (…, T, d_v)


def causal_mask(T: int, device: torch.device | None = None) -> Tensor:
    """Return the mask that hides the future: (T, T), True at [t, s] where s ≤ t.

    References
    ----------
    Vaswani et al. 2017, arXiv:1706.03762, section 3.2.3.
    """
    return torch.ones(T, T, dtype=torch.bool, device=device).tril()


def sinusoidal_positions(T: int, d_model: int) -> Tensor:
    """Return a vector for each of T positions: sines in the even columns, cosines in the odd.

    Parameters
    ----------
    T : int
        How many positions.
    d_model : int
        Width of a vector, an even number. Columns 2i and 2i + 1 share the angle
        t / 10000^(2i / d_model).

    Returns
    -------
    Tensor, shape (T, d_model)

    Raises
    ------
    ValueError
        If `d_model` is odd.

    References
    ----------
    Vaswani et al. 2017, arXiv:1706.03762, section 3.5.
    """
    if d_model % 2:
        raise ValueError(f"sinusoidal_positions: d_model is {d_model}; give an even number")
    t = torch.arange(T).unsqueeze(1)  # (T, 1)
    angles = t / 10000 ** (torch.arange(0, d_model, 2) / d_model)  # (T, d_model / 2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)  # (T, d_model)


class MultiHeadAttention(nn.Module):
    """Several attentions side by side, each with its own view of the same vectors.

    Parameters
    ----------
    d_model : int
        Width of the vectors that come in and go out.
    heads : int
        N, how many attentions.
    d_k, d_v : int, optional
        Width of a head's keys and queries, and of its values; `d_model // heads` if not given.

    Raises
    ------
    ValueError
        If a width is to be taken from `d_model` and `heads` does not divide it.

    References
    ----------
    Vaswani et al. 2017, arXiv:1706.03762, section 3.2.2.
    """

    def __init__(
        self, d_model: int, heads: int, d_k: int | None = None, d_v: int | None = None
    ) -> None:
        super().__init__()
        _check_heads(d_model, heads, d_k, d_v)
        d_k, d_v = d_k or d_model // heads, d_v or d_model // heads
        self.heads = heads
        self.query = nn.Linear(d_model, heads * d_k)
        self.key = nn.Linear(d_model, heads * d_k)
        self.value = nn.Linear(d_model, heads * d_v)
        self.output = nn.Linear(heads * d_v, d_model)

    def forward(
        self, x: Tensor, source: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Let each place of `x` look at `source`, which is `x` itself in self-attention.

        Parameters
        ----------
        x : Tensor, shape (B, T, d_model)
            Makes the queries.
        source : Tensor, shape (B, S, d_model)
            Makes the keys and the values.
        mask : bool Tensor, broadcast to (B, T, S), optional
            True where a query may look; the same for all heads.

        Returns
        -------
        y : Tensor, shape (B, T, d_model)
        attention_weights : Tensor, shape (B, N, T, S)
        """
        query = self.split(self.query(x))  # (B, T, d_model) -> (B, N, T, d_k)
        key = self.split(self.key(source))  # (B, S, d_model) -> (B, N, S, d_k)
        value = self.split(self.value(source))  # (B, S, d_model) -> (B, N, S, d_v)
        if mask is not None:
            mask = mask.unsqueeze(-3)  # (B, T, S) -> (B, 1, T, S): the same for all heads
        context, attention_weights = scaled_dot_product_attention(query, key, value, mask)
        joined = context.transpose(1, 2).flatten(2)  # (B, N, T, d_v) -> (B, T, N · d_v)
        return self.output(joined), attention_weights

    def split(self, x: Tensor) -> Tensor:
        """Cut the last axis into heads: (B, T, N · d) -> (B, N, T, d)."""
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)


def _check_attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> None:
    if query.shape[-1] != key.shape[-1] or key.shape[-2] != value.shape[-2]:
        raise ValueError(
            f"scaled_dot_product_attention: query has shape {tuple(query.shape)}, key "
            f"{tuple(key.shape)}, value {tuple(value.shape)}; expected (…, T, d_k), (…, S, d_k) "
            "and (…, S, d_v)"
        )
    if mask is None:
        return
    if mask.dtype != torch.bool:
        raise ValueError(
            f"scaled_dot_product_attention: the mask is of {mask.dtype}; give booleans, True where "
            "a query may look"
        )
    if not mask.any(dim=-1).all():
        raise ValueError(
            f"scaled_dot_product_attention: a row of the mask, of shape {tuple(mask.shape)}, is "
            "False throughout; each query must be allowed to look somewhere"
        )


def _check_heads(d_model: int, heads: int, d_k: int | None, d_v: int | None) -> None:
    if heads < 1 or (d_model % heads and not (d_k and d_v)):
        raise ValueError(
            f"MultiHeadAttention: {heads} heads do not divide d_model {d_model}; choose other "
            "numbers, or give d_k and d_v"
        )


# Blocks and stacks (lesson 13) ---------------------------------------------------------------


class FeedForward(nn.Module):
    """Two linear layers with a bend between them, the same for each position.

    Parameters
    ----------
    d_model : int
        Width of the vectors that come in and go out.
    d_ff : int
        Width between the two layers.

    References
    ----------
    Vaswani et al. 2017, arXiv:1706.03762, section 3.3.
    """

    def __init__(self, d_model: int, d_ff: int) -> None:
        super().__init__()
        self.inner = nn.Linear(d_model, d_ff)
        self.outer = nn.Linear(d_ff, d_model)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, T, d_model) to the same shape; no position sees another."""
        return self.outer(self.inner(x).relu())  # (B, T, d_model) -> (B, T, d_ff) -> back


class Residual(nn.Module):
    """The way around a part: the part reads the stream, and what it makes is added to it.

    Parameters
    ----------
    d_model : int
        Width of the stream.
    dropout : float
        Fraction of the entries of what is added that is set to zero in training.
    norm_first : bool
        True: what a part reads is normalised, the stream is not (pre-norm). False: the sum is
        normalised, as in the first paper (post-norm).

    References
    ----------
    He et al. 2016, arXiv:1512.03385 (residuals); Ba et al. 2016, arXiv:1607.06450 (layer
    normalisation); Xiong et al. 2020, arXiv:2002.04745 (before or after).
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
    """Look around in the source, then think about each position by itself.

    Parameters
    ----------
    d_model : int
        Width of the vectors that come in and go out.
    heads : int
        N, the number of attention heads; it divides `d_model`.
    d_ff : int
        Width between the two layers of the feed-forward part.
    dropout, norm_first
        As for `Residual`.

    References
    ----------
    Vaswani et al. 2017, arXiv:1706.03762, section 3.1.
    """

    def __init__(
        self, d_model: int, heads: int, d_ff: int, dropout: float = 0.0, norm_first: bool = True
    ) -> None:
        super().__init__()
        self.attention = MultiHeadAttention(d_model, heads)
        self.feed_forward = FeedForward(d_model, d_ff)
        self.residual_1 = Residual(d_model, dropout, norm_first)
        self.residual_2 = Residual(d_model, dropout, norm_first)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Run the block.

        Parameters
        ----------
        x : Tensor, shape (B, S, d_model)
        mask : bool Tensor, broadcast to (B, S, S), optional
            True where a query may look: ``mask.unsqueeze(1)`` of a (B, S) mask of tokens.

        Returns
        -------
        x : Tensor, shape (B, S, d_model)
        attention_weights : Tensor, shape (B, N, S, S)
        """
        y = self.residual_1.read(x)
        y, attention_weights = self.attention(y, y, mask)
        x = self.residual_1.add(x, y)
        y = self.feed_forward(self.residual_2.read(x))
        return self.residual_2.add(x, y), attention_weights


class DecoderBlock(nn.Module):
    """Look back in the target, then at the source, then think about each position by itself.

    Parameters
    ----------
    d_model, heads, d_ff, dropout, norm_first
        As for `EncoderBlock`.

    References
    ----------
    Vaswani et al. 2017, arXiv:1706.03762, section 3.1.
    """

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
        """Run the block.

        Parameters
        ----------
        x : Tensor, shape (B, T, d_model)
            The target so far. It makes the queries.
        states : Tensor, shape (B, S, d_model)
            What the encoder gave. This block makes its own keys and values from them.
        mask : bool Tensor, broadcast to (B, T, T), optional
            True where a target position may look at another: `causal_mask(T)`.
        source_mask : bool Tensor, broadcast to (B, T, S), optional
            True where it may look at the source: ``mask.unsqueeze(1)`` of a (B, S) mask of tokens.

        Returns
        -------
        x : Tensor, shape (B, T, d_model)
        attention_weights : Tensor, shape (B, N, T, T)
            On the target.
        cross_weights : Tensor, shape (B, N, T, S)
            On the source.
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
    """Blocks of equal structure and own weights, one upon the other, and a last normalisation.

    Parameters
    ----------
    layers : int
        How many blocks.
    d_model, heads, d_ff, dropout, norm_first
        As for `EncoderBlock`.
    """

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
        """Run all blocks.

        Parameters
        ----------
        x : Tensor, shape (B, S, d_model)
            Vectors of the source's tokens, positions added.
        mask : bool Tensor, shape (B, S)
            True where there is a token.

        Returns
        -------
        states : Tensor, shape (B, S, d_model)
        attention_weights : list of Tensors, each of shape (B, N, S, S)
            One for each block.
        """
        all_weights = []
        for block in self.blocks:
            x, attention_weights = block(x, mask.unsqueeze(1))  # (B, S) -> (B, 1, S)
            all_weights.append(attention_weights)
        return self.norm(x), all_weights


class TransformerDecoder(nn.Module):
    """Blocks of equal structure and own weights, which all look at the encoder's last states.

    Parameters
    ----------
    layers : int
        How many blocks.
    d_model, heads, d_ff, dropout, norm_first
        As for `DecoderBlock`.
    """

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
        """Run all blocks; no position sees a later one.

        Parameters
        ----------
        x : Tensor, shape (B, T, d_model)
            Vectors of the target's tokens, positions added.
        states : Tensor, shape (B, S, d_model)
            From the encoder.
        source_mask : bool Tensor, shape (B, S)
            True where the source holds a token.

        Returns
        -------
        x : Tensor, shape (B, T, d_model)
        attention_weights : list of Tensors, each of shape (B, N, T, T)
            One for each block, on the target.
        cross_weights : list of Tensors, each of shape (B, N, T, S)
            One for each block, on the source.
        """
        mask = causal_mask(x.shape[1], x.device)  # (T, T)
        all_weights, all_cross_weights = [], []
        for block in self.blocks:
            x, attention_weights, cross_weights = block(x, states, mask, source_mask.unsqueeze(1))
            all_weights.append(attention_weights)
            all_cross_weights.append(cross_weights)
        return self.norm(x), all_weights, all_cross_weights


# The translator (lesson 13) ------------------------------------------------------------------


class Memory(NamedTuple):
    """What the encoder hands to the decoder: no keys, no values, but states to make them from.

    Attributes
    ----------
    states : Tensor, shape (B, S, d_model)
        One state a source token.
    mask : bool Tensor, shape (B, S)
        True where there is a token.
    """

    states: Tensor
    mask: Tensor


class AttentionWeights(NamedTuple):
    """Where every head of every layer looks.

    Attributes
    ----------
    encoder : Tensor, shape (B, L, N, S, S)
        From the source to the source.
    decoder : Tensor, shape (B, L, N, T, T)
        From the target to the target.
    cross : Tensor, shape (B, L, N, T, S)
        From the target to the source.
    """

    encoder: Tensor
    decoder: Tensor
    cross: Tensor


class Transformer(nn.Module):
    """A translator without recurrence. Calls are those of `seq2seq.Seq2Seq`.

    Parameters
    ----------
    source_vocabulary_size, target_vocabulary_size : int
        The numbers of tokens.
    d_model : int
        Width of a token's vector, an even number.
    heads : int
        N, the number of attention heads; it divides `d_model`.
    layers : int
        L, how many blocks the encoder has, and how many the decoder.
    d_ff : int
        Width between the two layers of the feed-forward parts.
    dropout : float
        Fraction of entries of the embeddings, and of what each part adds, set to zero in training.
    norm_first : bool
        As for `Residual`.
    maximum_length : int
        The longest source or target, in tokens.

    References
    ----------
    Vaswani et al. 2017, arXiv:1706.03762.
    """

    positions: Tensor

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
        maximum_length: int = 1024,
    ) -> None:
        super().__init__()
        self.encoder = TransformerEncoder(d_model, heads, layers, d_ff, dropout, norm_first)
        self.decoder = TransformerDecoder(d_model, heads, layers, d_ff, dropout, norm_first)
        self.source_embedding = nn.Embedding(source_vocabulary_size, d_model, padding_idx=0)
        self.target_embedding = nn.Embedding(target_vocabulary_size, d_model, padding_idx=0)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(d_model, target_vocabulary_size)
        # A buffer moves to the GPU with the weights, but is not saved or trained.
        positions = sinusoidal_positions(maximum_length, d_model)
        self.register_buffer("positions", positions, persistent=False)
        initialise(self)
        self.output.weight = self.target_embedding.weight  # read or written: one vector a word

    def embed(self, embedding: nn.Embedding, tokens: Tensor, first: int = 0) -> Tensor:
        """Return vectors with positions for tokens (B, T) that begin at place `first`.

        Raises
        ------
        ValueError
            If they end behind `maximum_length`.
        """
        _check_length(first + tokens.shape[1], len(self.positions))
        x = embedding(tokens) * math.sqrt(embedding.embedding_dim)  # (B, T) -> (B, T, d_model)
        return self.dropout(x + self.positions[first : first + tokens.shape[1]])

    def encode(self, source: Tensor, mask: Tensor) -> tuple[Memory, list[Tensor]]:
        """Read the source.

        Parameters
        ----------
        source : int Tensor, shape (B, S)
            Token ids, padded on the right.
        mask : bool Tensor, shape (B, S)
            True where there is a token.

        Returns
        -------
        memory : Memory
        attention_weights : list of Tensors, each of shape (B, N, S, S)

        Raises
        ------
        ValueError
            If the shapes disagree, a row has no token, or the source is too long.
        """
        _check_tokens(source, mask)
        states, attention_weights = self.encoder(self.embed(self.source_embedding, source), mask)
        return Memory(states, mask), attention_weights

    def decode(self, inputs: Tensor, memory: Memory) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Score what comes after each token of `inputs` (B, T).

        Returns
        -------
        logits : Tensor, shape (B, T, V)
        attention_weights, cross_weights : lists of Tensors
            As from `TransformerDecoder`.
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

        Row t of `cross` is what was looked at to choose the token after ``inputs[:, t]``.
        """
        memory, on_source = self.encode(source, mask)
        _, on_target, cross = self.decode(inputs, memory)
        return AttentionWeights(*(torch.stack(w, dim=1) for w in (on_source, on_target, cross)))


def initialise(model: nn.Module) -> None:
    """Draw all weights anew: linear layers after Glorot and Bengio, embeddings of length one.

    An embedding is multiplied by √d_model where it is read, so that its entries have the size of
    the positions'; where it is compared with the decoder's last vector, it is not.

    References
    ----------
    Glorot & Bengio 2010, AISTATS; Vaswani et al. 2017, arXiv:1706.03762, section 3.4.
    """
    for module in model.modules():
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=module.embedding_dim**-0.5)


class CachedMemory(NamedTuple):
    """`Memory`, with the keys and values that each decoder block makes of it, made once.

    Attributes
    ----------
    states : Tensor, shape (B, S, d_model)
    mask : bool Tensor, shape (B, S)
    keys, values : Tensors, shape (B, L, N, S, d_k)
    """

    states: Tensor
    mask: Tensor
    keys: Tensor
    values: Tensor


def look_up(
    attention: MultiHeadAttention,
    x: Tensor,
    keys: Tensor,
    values: Tensor,
    mask: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Do what `attention` does, for queries from x, with keys and values that are made already.

    Parameters
    ----------
    attention : MultiHeadAttention
    x : Tensor, shape (B, T, d_model)
    keys, values : Tensors, shapes (B, N, S, d_k) and (B, N, S, d_v)
    mask : bool Tensor, broadcast to (B, N, T, S), optional
        True where a query may look.

    Returns
    -------
    y : Tensor, shape (B, T, d_model)
    attention_weights : Tensor, shape (B, N, T, S)
    """
    query = attention.split(attention.query(x))
    context, weights = scaled_dot_product_attention(query, keys, values, mask)
    return attention.output(context.transpose(1, 2).flatten(2)), weights


class CachedTransformer(nn.Module):
    """The same Transformer, decoding faster: it keeps the keys and values of the words so far.

    Parameters
    ----------
    model : Transformer
        Its weights are shared, not copied.
    """

    def __init__(self, model: Transformer) -> None:
        super().__init__()
        self.model = model

    def begin(self, source: Tensor, mask: Tensor) -> tuple[CachedMemory, tuple[Tensor, Tensor]]:
        """Encode; return the memory and the state: keys and values (L, B, N, 0, d_k) of no word."""
        memory, _ = self.model.encode(source, mask)
        blocks: list[Any] = list(self.model.decoder.blocks)
        attentions = [block.cross_attention for block in blocks]
        keys = torch.stack([a.split(a.key(memory.states)) for a in attentions], dim=1)
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
        x = self.model.embed(
            self.model.target_embedding, tokens.unsqueeze(1), first=old_keys.shape[3]
        )  # (B, 1, d_model)
        all_keys, all_values = [], []
        blocks: list[Any] = list(self.model.decoder.blocks)
        for layer, block in enumerate(blocks):
            own, cross = block.attention, block.cross_attention
            y = block.residual_1.read(x)
            keys = torch.cat([old_keys[layer], own.split(own.key(y))], dim=2)  # (B, N, t, d_k)
            values = torch.cat([old_values[layer], own.split(own.value(y))], dim=2)
            y, _ = look_up(own, y, keys, values)
            x = block.residual_1.add(x, y)
            y = block.residual_2.read(x)
            y, weights = look_up(
                cross, y, memory.keys[:, layer], memory.values[:, layer], source_mask
            )
            x = block.residual_2.add(x, y)
            y = block.feed_forward(block.residual_3.read(x))
            x = block.residual_3.add(x, y)
            all_keys.append(keys)
            all_values.append(values)
        logits = self.model.output(self.model.decoder.norm(x)).squeeze(1)  # (B, 1, V) -> (B, V)
        state = torch.stack(all_keys), torch.stack(all_values)
        return logits, state, weights.squeeze(2).mean(dim=1)  # (B, N, 1, S) -> (B, S)


def _check_length(length: int, longest: int) -> None:
    if length > longest:
        raise ValueError(
            f"Transformer: a sequence has {length} tokens, and there are positions for {longest}; "
            "cut it, or make the Transformer with a larger maximum_length"
        )


def _check_tokens(source: Tensor, mask: Tensor) -> None:
    if source.ndim != 2 or source.shape != mask.shape or not mask.any(dim=1).all():
        raise ValueError(
            f"Transformer: source has shape {tuple(source.shape)} and mask {tuple(mask.shape)}; "
            "both must be (B, S) with at least one token in each row: text.pad returns such a pair"
        )
