"""Encoder, decoder and greedy decoding against independent references; padding must not matter."""

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from helpers import decoding, seq2seq, text, training


@pytest.fixture
def model() -> seq2seq.Seq2Seq:
    training.set_seed(0)
    encoder = seq2seq.Encoder(vocabulary_size=13, hidden_size=8)
    decoder = seq2seq.AttentionDecoder(vocabulary_size=11, hidden_size=8)
    return seq2seq.Seq2Seq(encoder, decoder).double().eval()


def source_batch() -> tuple[torch.Tensor, torch.Tensor]:
    ids, mask = text.pad([[4, 7, 12, 5, 9], [6], [11, 4, 8]])
    return torch.from_numpy(ids), torch.from_numpy(mask)


def test_encoder_equals_torchs_bidirectional_lstm_on_packed_sequences(model):
    encoder = model.encoder
    reference = nn.LSTM(8, 4, batch_first=True, bidirectional=True).double()
    reference.load_state_dict(encoder.recurrent.state_dict())
    source, mask = source_batch()
    packed = pack_padded_sequence(
        encoder.embedding(source), mask.sum(1), batch_first=True, enforce_sorted=False
    )
    outputs, (h, c) = reference(packed)
    wanted, _ = pad_packed_sequence(outputs, batch_first=True)
    memory = encoder(source, mask)
    plus_own = wanted + encoder.embedding(source)  # each state carries its own token's vector
    torch.testing.assert_close(memory.states[mask], plus_own[mask])
    torch.testing.assert_close(memory.hidden, torch.cat([h[0], h[1]], dim=-1))
    torch.testing.assert_close(memory.cell, torch.cat([c[0], c[1]], dim=-1))


def test_plain_encoder_ends_on_the_states_of_torchs_lstm_cell_after_the_last_token():
    training.set_seed(1)
    encoder = seq2seq.PlainEncoder(13, 8).double()
    cell = nn.LSTMCell(8, 8).double()
    cell.load_state_dict(
        {name.removesuffix("_l0"): part for name, part in encoder.recurrent.state_dict().items()}
    )
    source, mask = source_batch()
    memory = encoder(source, mask)
    for row in range(3):
        h = c = torch.zeros(1, 8, dtype=torch.float64)
        for token in source[row][mask[row]]:
            h, c = cell(encoder.embedding(token.view(1)), (h, c))
        torch.testing.assert_close(memory.hidden[row], h[0])
        torch.testing.assert_close(memory.cell[row], c[0])


@pytest.mark.parametrize("kind", [seq2seq.PlainEncoder, seq2seq.Encoder])
def test_padding_changes_neither_hidden_nor_cell_state(kind):
    training.set_seed(2)
    encoder = kind(13, 8).double()
    source, mask = source_batch()
    together = encoder(source, mask)
    wider = encoder(nn.functional.pad(source, (0, 3)), nn.functional.pad(mask, (0, 3)))
    for row in range(3):
        length = int(mask[row].sum())  # alone, the row has no padding: nothing is packed
        alone = encoder(source[row : row + 1, :length], mask[row : row + 1, :length])
        for one in (together, wider):
            torch.testing.assert_close(one.hidden[row], alone.hidden[0])
            torch.testing.assert_close(one.cell[row], alone.cell[0])
            torch.testing.assert_close(one.states[row, :length], alone.states[0])


@pytest.mark.parametrize(
    "kind", [seq2seq.PlainDecoder, seq2seq.PeekyDecoder, seq2seq.AttentionDecoder]
)
@pytest.mark.parametrize("reader", [seq2seq.PlainEncoder, seq2seq.Encoder])
def test_every_decoder_starts_from_what_the_encoder_ended_on(reader, kind):
    training.set_seed(3)
    memory = reader(13, 8)(*source_batch())
    hidden, cell = kind(11, 8).first_state(memory)
    assert torch.equal(hidden, memory.hidden[None]) and torch.equal(cell, memory.cell[None])
    assert not torch.allclose(hidden, cell)


def test_both_directions_begin_by_remembering():
    training.set_seed(0)
    plain = nn.LSTM(8, 4, bidirectional=True)
    training.set_seed(0)
    ours = seq2seq.lstm_layer(8, 4, both_ways=True)
    for name in ("bias_hh_l0", "bias_hh_l0_reverse"):
        difference = (getattr(ours, name) - getattr(plain, name)).view(4, 4)
        assert (difference[1] - 1).abs().max() < 1e-6
        assert not difference[[0, 2, 3]].any()


def test_the_forget_gates_begin_one_higher_than_torchs():
    training.set_seed(0)
    plain = nn.LSTM(8, 8)
    training.set_seed(0)
    ours = seq2seq.lstm_layer(8, 8)
    difference = (ours.bias_hh_l0 - plain.bias_hh_l0).view(4, 8)  # gates i, f, g, o
    wanted = torch.zeros(4, 8)
    wanted[1] = 1.0
    torch.testing.assert_close(difference, wanted)


def test_attention_equals_torchs_scaled_dot_product_attention(model):
    source, mask = source_batch()
    memory, state = model.begin(source, mask)
    inputs = torch.tensor([[2, 4, 5], [2, 9, 9], [2, 10, 4]])
    decoder = model.decoder
    _, _, weights = decoder(inputs, state, memory)
    s, _ = decoder.recurrent(decoder.embedding(inputs), state)
    context = nn.functional.scaled_dot_product_attention(
        decoder.query(s) * math.sqrt(8),  # torch divides by the root of the width, this decoder not
        memory.states,
        memory.states,
        attn_mask=mask.unsqueeze(1).expand(-1, 3, -1),
    )
    torch.testing.assert_close(weights @ memory.states, context)


def test_attention_weights_sum_to_one_and_are_zero_on_padding(model):
    source, mask = source_batch()
    memory, state = model.begin(source, mask)
    _, _, weights = model.decoder(torch.tensor([[2, 4]] * 3), state, memory)
    torch.testing.assert_close(weights.sum(-1), torch.ones(3, 2, dtype=torch.float64))
    assert (weights[~mask.unsqueeze(1).expand_as(weights)] == 0).all()
    assert (weights[mask.unsqueeze(1).expand_as(weights)] > 0).all()


def test_padding_changes_no_logit_and_no_loss(model):
    source, mask = source_batch()
    target = torch.tensor([[2, 5, 3, 0, 0], [2, 6, 7, 8, 3], [2, 3, 0, 0, 0]])
    together = model(source, mask, target[:, :-1])
    total, count = 0.0, 0
    for row in range(3):
        length = int(mask[row].sum())
        steps = int((target[row] != 0).sum()) - 1
        alone = (source[row : row + 1, :length], mask[row : row + 1, :length])
        logits = model(*alone, target[row : row + 1, :steps])
        torch.testing.assert_close(logits[0], together[row, :steps])
        loss = seq2seq.next_token_loss(model, (*alone, target[row : row + 1, : steps + 1]))
        total += loss.item() * steps
        count += steps
    batch_loss = seq2seq.next_token_loss(model, (source, mask, target))
    assert batch_loss.item() == pytest.approx(total / count, rel=1e-12)


def test_no_target_token_sees_a_later_one(model):
    source, mask = source_batch()
    inputs = torch.tensor([[2, 5, 6, 7]] * 3)
    changed = inputs.clone()
    changed[:, 2] = 9
    before, after = model(source, mask, inputs), model(source, mask, changed)
    assert torch.equal(before[:, :2], after[:, :2])
    assert not torch.equal(before[:, 2], after[:, 2])


def test_one_step_at_a_time_gives_the_logits_of_all_at_once(model):
    source, mask = source_batch()
    inputs = torch.tensor([[2, 5, 6], [2, 9, 4], [2, 10, 10]])
    wanted = model(source, mask, inputs)
    memory, state = model.begin(source, mask)
    for t in range(3):
        logits, state, _ = model.step(inputs[:, t], state, memory)
        torch.testing.assert_close(logits, wanted[:, t])


def test_encoder_needs_an_even_width():
    with pytest.raises(ValueError, match="hidden_size is 7"):
        seq2seq.Encoder(5, 7)


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        ([[True, True]], r"Encoder.forward: mask has shape \(1, 2\), expected"),
        ([[True, True, False], [False, False, False]], "row 1 of the mask"),
        ([[False, True, True], [True, True, True]], "row 0 of the mask"),
        ([[True, False, True], [True, True, True]], "row 0 of the mask"),
    ],
)
def test_encoder_names_a_mask_that_does_not_fit(model, mask, message):
    with pytest.raises(ValueError, match=message):
        model.encoder(torch.full((2, 3), 5), torch.tensor(mask))


def test_pair_batches_hold_every_pair_once_and_wrap_the_target():
    sources = [[4 + i] * (1 + i % 5) for i in range(23)]
    targets = [[4 + i] * (1 + i % 3) for i in range(23)]
    batches = seq2seq.PairBatches(sources, targets, batch_size=4, seed=1)
    seen = []
    for source, mask, target in batches(0):
        assert (target[:, 0] == text.START_ID).all()
        assert ((target == text.END_ID).sum(1) == 1).all()
        for row, keep, written in zip(source, mask, target, strict=True):
            index = int(row[0]) - 4
            assert row[keep].tolist() == sources[index]
            assert written[1 : 1 + len(targets[index])].tolist() == targets[index]
            seen.append(index)
    assert sorted(seen) == list(range(23))


def test_pair_batches_depend_on_the_epoch_and_the_seed_alone():
    pairs = [[4 + i] * 3 for i in range(40)]
    batches = seq2seq.PairBatches(pairs, pairs, batch_size=8, seed=1)
    again = seq2seq.PairBatches(pairs, pairs, batch_size=8, seed=1)

    def order(epoch_batches):
        return torch.cat([source[:, 0] for source, _, _ in epoch_batches]).tolist()

    assert order(batches(3)) == order(again(3)) != order(batches(4))


def test_pair_batches_refuse_nothing():
    with pytest.raises(ValueError, match="0 sources"):
        seq2seq.PairBatches([], [], batch_size=4)


def test_greedy_of_a_batch_equals_a_plain_loop_over_each_sentence(model):
    source, mask = source_batch()
    for row, result in enumerate(decoding.greedy(model, source, mask, maximum_length=7)):
        length = int(mask[row].sum())
        tokens: list[int] = []
        while len(tokens) < 7 and (not tokens or tokens[-1] != text.END_ID):
            inputs = torch.tensor([[text.START_ID, *tokens]])
            logits = model(source[row : row + 1, :length], mask[row : row + 1, :length], inputs)
            tokens.append(int(logits[0, -1].argmax()))
        finished = tokens[-1] == text.END_ID
        assert result.tokens == (tokens[:-1] if finished else tokens)
        assert result.finished == finished
        assert result.attention_weights.shape == (len(result.tokens), length)


class Spelled(nn.Module):
    """Says a fixed sentence for each row, then `</s>`."""

    def __init__(self, rows: list[list[int]]) -> None:
        super().__init__()
        self.rows = rows
        self.unused = nn.Parameter(torch.zeros(1))

    def begin(self, source, mask):
        return mask, 0

    def step(self, tokens, state, memory):
        logits = torch.zeros(len(self.rows), 9)
        for row, sentence in enumerate(self.rows):
            logits[row, [*sentence, *[text.END_ID] * 9][state]] = 1.0
        return logits, state + 1, memory / memory.sum(1, keepdim=True)


def test_greedy_stops_each_sentence_at_its_own_end():
    source, mask = torch.ones(3, 2, dtype=torch.long), torch.ones(3, 2, dtype=torch.bool)
    results = decoding.greedy(Spelled([[5, 6], [], [7, 8, 5, 5]]), source, mask, maximum_length=3)
    assert [r.tokens for r in results] == [[5, 6], [], [7, 8, 5]]
    assert [r.finished for r in results] == [True, True, False]
    np.testing.assert_array_equal(results[0].attention_weights, np.full((2, 2), 0.5))
    assert results[1].attention_weights.shape == (0, 2)


def test_greedy_translates_the_same_whatever_mode_the_model_was_in():
    training.set_seed(3)
    encoder = seq2seq.Encoder(13, 8, dropout=0.5)
    dropping = seq2seq.Seq2Seq(encoder, seq2seq.AttentionDecoder(11, 8, dropout=0.5)).train()
    source, mask = source_batch()
    first, second = (decoding.greedy(dropping, source, mask, 9) for _ in range(2))
    assert [r.tokens for r in first] == [r.tokens for r in second]
    assert np.allclose(first[0].attention_weights, second[0].attention_weights)


def test_greedy_refuses_an_empty_answer_length(model):
    with pytest.raises(ValueError, match="maximum_length is 0"):
        decoding.greedy(model, *source_batch(), maximum_length=0)


def test_the_model_learns_to_reverse_a_sequence_better_than_without_attention():
    training.set_seed(0)
    rng = np.random.default_rng(0)
    sources = [rng.integers(4, 10, size=rng.integers(5, 9)).tolist() for _ in range(600)]
    targets = [source[::-1] for source in sources]
    encoder = seq2seq.Encoder(10, 24)
    model = seq2seq.Seq2Seq(encoder, seq2seq.AttentionDecoder(10, 24))
    batches = seq2seq.PairBatches(sources[:500], targets[:500], batch_size=50)
    training.fit(
        model, batches, seq2seq.next_token_loss, epochs=25, learning_rate=0.01, progress=False
    )
    ids, mask = text.pad(sources[500:])
    results = decoding.greedy(model, torch.from_numpy(ids), torch.from_numpy(mask), 10)
    hits = sum(r.tokens == wanted for r, wanted in zip(results, targets[500:], strict=True))
    # Seeds 0 to 4 got 89 to 99 of 100 right; with the context vector set to zero, 4 to 27.
    assert hits >= 55
