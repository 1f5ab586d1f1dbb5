"""Sequence to sequence with torch: encoders, decoders without and with attention, and their data.

Lesson 09 builds the plain ones, lesson 11 those with attention. Everywhere `vocabulary_size` is V,
`hidden_size` H is the width of a token's vector and of a state, and `dropout` is the fraction of
entries of the embeddings, and of a decoder's last layer, set to zero in training. `source` (B, S)
holds token ids padded on the right; `mask` (B, S) is True where there is a token. Every encoder
hands over the hidden and the cell state of its LSTM after the last token, and every decoder starts
from them.

The recurrent layer of `AttentionDecoder` does not see the context vector: the states of all target
steps come from one call, and attention over all of them is one matrix product, which makes training
fast (Luong's wiring without input feeding).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from helpers import text
from helpers.shapes import shapes

IGNORED = text.PAD_ID
State = tuple[Tensor, Tensor]  # hidden and cell state of an LSTM, each (1, B, H)


class Memory(NamedTuple):
    """What the encoder hands to the decoder: a state per token (B, S, H) and the mask (B, S).

    `hidden` and `cell` (B, H) are the LSTM's states after the whole source. Together they are the
    context vector; the decoder starts from them.
    """

    states: Tensor
    mask: Tensor
    hidden: Tensor
    cell: Tensor


# Without attention, as lesson 09 builds them ----------------------------------------------------


def read_source(recurrent: nn.LSTM, x: Tensor, mask: Tensor) -> tuple[Tensor, State]:
    """Run an LSTM over the tokens of each row of x (B, S, D), and over no padding.

    Returns the states (B, S, H) and what the LSTM is left with after each row's last token, its
    hidden and its cell state, (1, B, H) each. An LSTM that reads in both directions has states of
    (B, S, 2H), zero on padding, and is left with two states, (2, B, H).
    """
    if mask.all():
        return recurrent(x)  # nothing to leave out
    lengths = mask.sum(dim=1).cpu()  # (B,)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    states, last = recurrent(packed)
    return pad_packed_sequence(states, batch_first=True, total_length=x.shape[1])[0], last


class PlainEncoder(nn.Module):
    """Read the source once, from left to right; what the LSTM is left with is the context vector.

    Sutskever et al. 2014, arXiv:1409.3215; Cho et al. 2014, arXiv:1406.1078.
    """

    def __init__(self, vocabulary_size: int, hidden_size: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.embedding = embedding_layer(vocabulary_size, hidden_size)
        self.dropout = nn.Dropout(dropout)
        self.recurrent = lstm_layer(hidden_size, hidden_size)

    @shapes(source="int B S", mask="B S")
    def forward(self, source: Tensor, mask: Tensor) -> Memory:
        """Encode a batch, as `Encoder` does."""
        _check_padding(mask)
        x = self.dropout(self.embedding(source))  # (B, S) -> (B, S, H)
        states, (h, c) = read_source(self.recurrent, x, mask)  # (B, S, H), 2 × (1, B, H)
        return Memory(states, mask, h[0], c[0])


class PlainDecoder(nn.Module):
    """Write the target from the context vector alone, which is the first state."""

    def __init__(self, vocabulary_size: int, hidden_size: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.embedding = embedding_layer(vocabulary_size, hidden_size)
        self.dropout = nn.Dropout(dropout)
        self.recurrent = lstm_layer(hidden_size, hidden_size)
        self.output = nn.Linear(hidden_size, vocabulary_size)
        self.output.weight = self.embedding.weight  # a word read and a word written: one vector

    def first_state(self, memory: Memory) -> State:
        """Return hidden and cell state before the first word: those that the encoder ended on."""
        return memory.hidden.unsqueeze(0), memory.cell.unsqueeze(0)  # (B, H) -> (1, B, H)

    def forward(self, inputs: Tensor, state: State, memory: Memory) -> tuple[Tensor, State, Tensor]:
        """Run over one or more target tokens, as `AttentionDecoder` does.

        The third result stands for the attention weights (B, T, S). It is zero, because the decoder
        does not look at the source again.
        """
        x = self.dropout(self.embedding(inputs))  # (B, T) -> (B, T, H)
        s, state = self.recurrent(x, state)  # (B, T, H) -> (B, T, H)
        logits = self.output(self.dropout(s))  # (B, T, H) -> (B, T, V)
        return logits, state, s.new_zeros(*inputs.shape, memory.mask.shape[1])


class Seq2Seq(nn.Module):
    """An encoder and a decoder, with the two calls that training and decoding need."""

    def __init__(self, encoder: Encoder, decoder: AttentionDecoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def forward(self, source: Tensor, mask: Tensor, inputs: Tensor) -> Tensor:
        """Return the logits (B, T, V) of each next target token, the right ones being fed in."""
        memory = self.encoder(source, mask)
        logits, _, _ = self.decoder(inputs, self.decoder.first_state(memory), memory)
        return logits

    def begin(self, source: Tensor, mask: Tensor) -> tuple[Memory, State]:
        """Encode, and return the memory and the decoder's first state."""
        memory = self.encoder(source, mask)
        return memory, self.decoder.first_state(memory)

    def step(self, tokens: Tensor, state: State, memory: Memory) -> tuple[Tensor, State, Tensor]:
        """Feed one token (B,); return logits (B, V), the next state, and weights (B, S)."""
        logits, state, weights = self.decoder(tokens.unsqueeze(1), state, memory)
        return logits.squeeze(1), state, weights.squeeze(1)


def next_token_loss(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
    """Return the mean cross-entropy of the next target token; padding does not count.

    `model(source, mask, inputs)` gives logits (B, T, V). A batch is (source, mask, target) of
    shapes (B, S), (B, S) and (B, T); the target begins with `<s>` and ends with `</s>`.
    """
    source, mask, target = batch
    logits = model(source, mask, target[:, :-1])  # each token sees only those before it
    return F.cross_entropy(logits.flatten(0, 1), target[:, 1:].flatten(), ignore_index=IGNORED)


class PeekyDecoder(nn.Module):
    """Write the target with the encoder's last state in view at each step (Cho et al. 2014).

    It feeds into the recurrent layer beside the token, and into the last layer beside the state,
    where `AttentionDecoder` has the context of its own step. The two differ in nothing else.
    """

    def __init__(self, vocabulary_size: int, hidden_size: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.embedding = embedding_layer(vocabulary_size, hidden_size)
        self.dropout = nn.Dropout(dropout)
        self.recurrent = lstm_layer(2 * hidden_size, hidden_size)
        self.combine = nn.Linear(2 * hidden_size, hidden_size)
        self.output = nn.Linear(hidden_size, vocabulary_size)
        self.output.weight = self.embedding.weight

    def first_state(self, memory: Memory) -> State:
        """Return hidden and cell state before the first word: those that the encoder ended on."""
        return memory.hidden.unsqueeze(0), memory.cell.unsqueeze(0)  # (B, H) -> (1, B, H)

    def forward(self, inputs: Tensor, state: State, memory: Memory) -> tuple[Tensor, State, Tensor]:
        """Run over one or more target tokens, as `AttentionDecoder` does; the weights are zero."""
        x = self.dropout(self.embedding(inputs))  # (B, T) -> (B, T, H)
        context = memory.hidden.unsqueeze(1).expand_as(x)  # (B, H) -> (B, T, H)
        s, state = self.recurrent(torch.cat([x, context], dim=-1), state)  # -> (B, T, H)
        combined = torch.tanh(self.combine(torch.cat([context, s], dim=-1)))  # (B, T, H)
        logits = self.output(self.dropout(combined))  # (B, T, H) -> (B, T, V)
        return logits, state, s.new_zeros(*inputs.shape, memory.mask.shape[1])


# With attention, as lesson 11 builds them --------------------------------------------------------


class Encoder(nn.Module):
    """Read the source in both directions, with half the width H, an even number, for each."""

    def __init__(self, vocabulary_size: int, hidden_size: int, dropout: float = 0.0) -> None:
        super().__init__()
        if hidden_size % 2:
            raise ValueError(f"Encoder: hidden_size is {hidden_size}; give an even number")
        self.embedding = embedding_layer(vocabulary_size, hidden_size)
        self.dropout = nn.Dropout(dropout)
        self.recurrent = lstm_layer(hidden_size, hidden_size // 2, both_ways=True)

    @shapes(source="int B S", mask="B S")
    def forward(self, source: Tensor, mask: Tensor) -> Memory:
        """Encode a batch; padding must stand behind the last token of each row."""
        _check_padding(mask)
        x = self.dropout(self.embedding(source))  # (B, S) -> (B, S, H)
        around, (h, c) = read_source(self.recurrent, x, mask)  # (B, S, H), 2 × (2, B, H/2)
        states = x + around  # a state tells the token itself and what stands around it
        return Memory(states, mask, torch.cat([*h], dim=-1), torch.cat([*c], dim=-1))


class AttentionDecoder(nn.Module):
    """Write the target one token after another, attending to every encoder state.

    `hidden_size` is the encoder's, so that a dot product can compare their states (Luong et al.
    2015, arXiv:1508.04025, section 3.1).
    """

    def __init__(self, vocabulary_size: int, hidden_size: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.embedding = embedding_layer(vocabulary_size, hidden_size)
        self.dropout = nn.Dropout(dropout)
        self.recurrent = lstm_layer(hidden_size, hidden_size)
        self.query = nn.Linear(hidden_size, hidden_size, bias=False)
        self.combine = nn.Linear(2 * hidden_size, hidden_size)
        self.output = nn.Linear(hidden_size, vocabulary_size)
        self.output.weight = self.embedding.weight  # a word read and a word written: one vector

    def first_state(self, memory: Memory) -> State:
        """Return hidden and cell state before the first word: those that the encoder ended on."""
        return memory.hidden.unsqueeze(0), memory.cell.unsqueeze(0)  # (B, H) -> (1, B, H)

    def forward(self, inputs: Tensor, state: State, memory: Memory) -> tuple[Tensor, State, Tensor]:
        """Run over one or more target tokens `inputs` (B, T), the first of them `<s>`.

        `state` is the hidden and the cell state before them, (1, B, H) each. Returns the logits (B,
        T, V), the state after them, and the attention weights (B, T, S): non-negative, summing to
        one over S, zero on padding.
        """
        x = self.dropout(self.embedding(inputs))  # (B, T) -> (B, T, H)
        s, state = self.recurrent(x, state)  # (B, T, H) -> (B, T, H)
        scores = self.query(s) @ memory.states.transpose(1, 2)  # (B, T, H) @ (B, H, S) -> (B, T, S)
        scores = scores.masked_fill(~memory.mask.unsqueeze(1), -torch.inf)
        attention_weights = scores.softmax(dim=-1)  # over S
        context = attention_weights @ memory.states  # (B, T, S) @ (B, S, H) -> (B, T, H)
        combined = torch.tanh(
            self.combine(torch.cat([context, s], dim=-1))
        )  # (B, T, 2H) -> (B, T, H)
        return self.output(self.dropout(combined)), state, attention_weights


# Layers and batches ------------------------------------------------------------------------------


def embedding_layer(vocabulary_size: int, width: int) -> nn.Embedding:
    """Return an embedding whose entries begin small; torch's own spread of 1 learns far slower."""
    embedding = nn.Embedding(vocabulary_size, width, padding_idx=IGNORED)
    with torch.no_grad():
        embedding.weight.mul_(0.3)
    return embedding


def lstm_layer(input_size: int, hidden_size: int, both_ways: bool = False) -> nn.LSTM:
    """Return an LSTM that begins by remembering: its forget gates' biases are raised by one.

    Jozefowicz et al. 2015, An empirical exploration of recurrent network architectures, ICML.
    """
    lstm = nn.LSTM(input_size, hidden_size, batch_first=True, bidirectional=both_ways)
    with torch.no_grad():
        for name in ("bias_hh_l0", "bias_hh_l0_reverse")[: 1 + both_ways]:
            bias = lstm.get_parameter(name)  # four gates in torch's order: i, f, g, o
            bias[hidden_size : 2 * hidden_size] += 1.0
    return lstm


class PairBatches:
    """Batches of sentence pairs of similar length, in another order in each epoch.

    `sources` and `targets` are id lists without `<s>` and `</s>`, as many of one as of the other; a
    batch holds `batch_size` of them or, once an epoch, fewer. The epoch's number and `seed` fix the
    order.
    """

    def __init__(
        self,
        sources: Sequence[Sequence[int]],
        targets: Sequence[Sequence[int]],
        batch_size: int,
        seed: int = 0,
    ) -> None:
        if len(sources) != len(targets) or len(sources) == 0:
            raise ValueError(
                f"PairBatches: {len(sources)} sources and {len(targets)} targets; "
                "give as many of one as of the other, and at least one"
            )
        self.sources = sources
        self.targets = [[text.START_ID, *target, text.END_ID] for target in targets]
        self.batch_size = batch_size
        self.seed = seed

    def __call__(self, epoch: int) -> list[tuple[Tensor, ...]]:
        """Return the epoch's batches, each (source, mask, target)."""
        rng = np.random.default_rng([self.seed, epoch])
        # Attention needs no padding where lengths agree: the target's decides, then the source's.
        lengths = [
            100 * len(target) + len(source)
            for source, target in zip(self.sources, self.targets, strict=True)
        ]
        groups = text.bucketed_batches(lengths, self.batch_size, rng)
        return [self._batch(group) for group in groups]

    def _batch(self, group: Iterable[int]) -> tuple[Tensor, ...]:
        members = list(group)
        source, mask = text.pad([self.sources[i] for i in members])
        target, _ = text.pad([self.targets[i] for i in members])
        return torch.from_numpy(source), torch.from_numpy(mask), torch.from_numpy(target)


def _check_padding(mask: Tensor) -> None:
    well_padded = mask[:, 0] & ~(mask[:, 1:] & ~mask[:, :-1]).any(dim=1)
    if not well_padded.all() or len(mask) == 0:
        row = int((~well_padded).nonzero()[0]) if len(mask) else 0
        raise ValueError(
            f"Encoder: row {row} of the mask is {mask[row : row + 1].int().tolist()}; a sequence "
            "needs at least one token, and padding stands behind the last"
        )
