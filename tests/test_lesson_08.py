"""The parts that lesson 08 builds, against torch's own; what its page says, against the code."""

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from helpers import decoding, seq2seq, text, training

DECODERS = [seq2seq.PlainDecoder, seq2seq.PeekyDecoder]


def source_batch() -> tuple[torch.Tensor, torch.Tensor]:
    ids, mask = text.pad([[4, 7, 12, 5, 9], [6], [11, 4, 8]])
    return torch.from_numpy(ids), torch.from_numpy(mask)


def translator(decoder: type[nn.Module]) -> seq2seq.Seq2Seq:
    training.set_seed(0)
    return seq2seq.Seq2Seq(seq2seq.PlainEncoder(13, 8), decoder(11, 8)).double().eval()


def test_the_context_vector_is_the_last_state_of_torchs_lstm_on_packed_sequences():
    encoder = translator(seq2seq.PlainDecoder).encoder
    source, mask = source_batch()
    packed = pack_padded_sequence(
        encoder.embedding(source), mask.sum(1), batch_first=True, enforce_sorted=False
    )
    _, (last, _) = encoder.recurrent(packed)
    torch.testing.assert_close(encoder(source, mask).summary, last[0])


def test_the_last_state_of_a_row_is_that_of_its_last_token():
    states = torch.arange(24.0).view(2, 4, 3)
    mask = torch.tensor([[True, True, False, False], [True] * 4])
    wanted = torch.stack([states[0, 1], states[1, 3]])
    assert torch.equal(seq2seq.last_state(states, mask), wanted)


@pytest.mark.parametrize("decoder", DECODERS)
def test_padding_changes_no_logit(decoder):
    model = translator(decoder)
    source, mask = source_batch()
    inputs = torch.tensor([[2, 5, 6]] * 3)
    together = model(source, mask, inputs)
    longer = nn.functional.pad(source, (0, 4)), nn.functional.pad(mask, (0, 4))
    torch.testing.assert_close(model(*longer, inputs), together)
    for row in range(3):
        length = int(mask[row].sum())
        alone = model(source[row : row + 1, :length], mask[row : row + 1, :length], inputs[:1])
        torch.testing.assert_close(alone[0], together[row])


@pytest.mark.parametrize("decoder", DECODERS)
def test_one_step_at_a_time_gives_the_logits_of_all_at_once(decoder):
    model = translator(decoder)
    source, mask = source_batch()
    inputs = torch.tensor([[2, 5, 6], [2, 9, 4], [2, 10, 10]])
    wanted = model(source, mask, inputs)
    memory, state = model.begin(source, mask)
    for t in range(3):
        logits, state, weights = model.step(inputs[:, t], state, memory)
        torch.testing.assert_close(logits, wanted[:, t])
        assert weights.shape == source.shape
        assert not weights.any()


@pytest.mark.parametrize("decoder", DECODERS)
def test_the_decoder_knows_of_the_source_what_the_context_vector_says(decoder):
    model = translator(decoder)
    memory = model.encoder(*source_batch())
    inputs = torch.tensor([[2, 5, 6]] * 3)
    wanted = model.decoder(inputs, model.decoder.first_state(memory), memory)[0]
    other = memory._replace(states=torch.randn_like(memory.states))
    torch.testing.assert_close(
        model.decoder(inputs, model.decoder.first_state(other), other)[0], wanted
    )
    changed = memory._replace(summary=memory.summary + 0.1)
    moved = model.decoder(inputs, model.decoder.first_state(changed), changed)[0]
    assert not torch.allclose(moved, wanted)


def test_only_the_peeky_decoder_sees_the_context_after_the_start():
    inputs = torch.tensor([[2, 5, 6]] * 3)
    for decoder, sees in ((seq2seq.PlainDecoder, False), (seq2seq.PeekyDecoder, True)):
        model = translator(decoder)
        memory = model.encoder(*source_batch())
        state = model.decoder.first_state(memory)
        changed = memory._replace(summary=memory.summary + 0.1)
        same = torch.allclose(
            model.decoder(inputs, state, memory)[0], model.decoder(inputs, state, changed)[0]
        )
        assert same is not sees


@pytest.mark.parametrize("decoder", DECODERS)
def test_the_decoder_is_torchs_lstm_between_embedding_and_output(decoder):
    model = translator(decoder)
    part = model.decoder
    memory = model.encoder(*source_batch())
    state = part.first_state(memory)
    inputs = torch.tensor([[2, 5, 6]] * 3)
    x = part.embedding.weight[inputs]
    if decoder is seq2seq.PeekyDecoder:
        x = torch.cat([x, torch.stack([memory.summary] * 3, dim=1)], dim=2)
    reference = nn.LSTM(x.shape[-1], 8, batch_first=True).double()
    reference.load_state_dict(part.recurrent.state_dict())
    s, _ = reference(x, state)
    if decoder is seq2seq.PeekyDecoder:
        context = torch.stack([memory.summary] * 3, dim=1)
        s = torch.tanh(
            torch.einsum("bth,oh->bto", torch.cat([context, s], 2), part.combine.weight)
            + part.combine.bias
        )
    wanted = s @ part.embedding.weight.T + part.output.bias
    torch.testing.assert_close(part(inputs, state, memory)[0], wanted)


@pytest.mark.parametrize("decoder", DECODERS)
def test_greedy_takes_either_decoder(decoder):
    results = decoding.greedy(translator(decoder), *source_batch(), maximum_length=4)
    assert [r.attention_weights.shape for r in results] == [
        (len(r.tokens), length) for r, length in zip(results, (5, 1, 3), strict=True)
    ]


@pytest.mark.parametrize("decoder", DECODERS)
def test_it_learns_to_write_a_sequence_backwards(decoder):
    training.set_seed(0)
    sources = [torch.randint(4, 8, (3,)).tolist() for _ in range(200)]
    targets = [source[::-1] for source in sources]
    model = seq2seq.Seq2Seq(seq2seq.PlainEncoder(8, 16), decoder(8, 16))
    batches = seq2seq.PairBatches(sources, targets, batch_size=20)
    training.fit(
        model, batches, seq2seq.next_token_loss, epochs=20, learning_rate=0.02, progress=False
    )
    ids, mask = text.pad(sources)
    found = decoding.greedy(model, torch.from_numpy(ids), torch.from_numpy(mask), 5)
    hits = sum(one.tokens == wanted for one, wanted in zip(found, targets, strict=True))
    assert hits > 150  # chance gets 3
