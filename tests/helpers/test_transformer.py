"""Blocks, stacks and the translator against torch's Transformer; what no mask may let through."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn

from helpers import decoding, seq2seq, text, training, transformer

# torch says for each reference that it will not use its nested tensors.
pytestmark = pytest.mark.filterwarnings("ignore:enable_nested_tensor is True")


@pytest.fixture(autouse=True)
def seeded() -> None:
    training.set_seed(0)


def rough(module: nn.Module) -> nn.Module:
    """In double precision, with no parameter left at zero or one: gains and biases count, too."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    return module.double().eval()


def token_mask(lengths: list[int]) -> Tensor:
    return torch.arange(max(lengths)) < torch.tensor(lengths).unsqueeze(1)


def copy_attention(ours: transformer.MultiHeadAttention, torchs: nn.MultiheadAttention) -> None:
    torchs.in_proj_weight.data = torch.cat(
        [ours.query.weight, ours.key.weight, ours.value.weight]
    ).data
    torchs.in_proj_bias.data = torch.cat([ours.query.bias, ours.key.bias, ours.value.bias]).data
    torchs.out_proj.load_state_dict(ours.output.state_dict())


def copy_block(ours: nn.Module, torchs: nn.Module) -> None:
    """Give torch's layer, of an encoder or a decoder, the weights of ours."""
    copy_attention(ours.attention, torchs.self_attn)
    torchs.linear1.load_state_dict(ours.feed_forward.inner.state_dict())
    torchs.linear2.load_state_dict(ours.feed_forward.outer.state_dict())
    torchs.norm1.load_state_dict(ours.residual_1.norm.state_dict())
    torchs.norm2.load_state_dict(ours.residual_2.norm.state_dict())
    if isinstance(ours, transformer.DecoderBlock):
        copy_attention(ours.cross_attention, torchs.multihead_attn)
        torchs.norm3.load_state_dict(ours.residual_3.norm.state_dict())


NORMS = pytest.mark.parametrize("norm_first", [True, False])
SHAPES = pytest.mark.parametrize(
    ("d_model", "heads", "d_ff", "source_lengths", "T"),
    [(12, 3, 20, [5, 3, 7], 4), (8, 1, 5, [1, 2], 1), (16, 8, 64, [9], 6)],
)


def two_stacks(
    d_model: int, heads: int, d_ff: int, layers: int, norm_first: bool
) -> tuple[transformer.TransformerEncoder, transformer.TransformerDecoder, nn.Transformer]:
    """Our two stacks, and torch's Transformer with the same weights."""
    arguments = (d_model, heads, layers, d_ff, 0.3, norm_first)
    encoder = rough(transformer.TransformerEncoder(*arguments))
    decoder = rough(transformer.TransformerDecoder(*arguments))
    reference = nn.Transformer(
        d_model, heads, layers, layers, d_ff, batch_first=True, norm_first=norm_first
    )
    reference = reference.double().eval()
    for ours, torchs in ((encoder, reference.encoder), (decoder, reference.decoder)):
        for block, layer in zip(ours.blocks, torchs.layers, strict=True):
            copy_block(block, layer)
        torchs.norm.load_state_dict(ours.norm.state_dict())
    return encoder, decoder, reference


@SHAPES
@NORMS
def test_both_stacks_equal_torchs_transformer(d_model, heads, d_ff, source_lengths, T, norm_first):
    encoder, decoder, reference = two_stacks(d_model, heads, d_ff, 3, norm_first)
    mask = token_mask(source_lengths)
    B, S = mask.shape
    x = torch.randn(B, S, d_model, dtype=torch.float64, requires_grad=True)
    y = torch.randn(B, T, d_model, dtype=torch.float64, requires_grad=True)
    wanted = reference(
        x,
        y,
        tgt_mask=~transformer.causal_mask(T),  # torch's masks are True where one may not look
        src_key_padding_mask=~mask,
        memory_key_padding_mask=~mask,
    )
    states, _ = encoder(x, mask)
    found, _, _ = decoder(y, states, mask)
    torch.testing.assert_close(found, wanted)
    tilt = torch.randn_like(found)
    for a, b in zip(
        torch.autograd.grad((found * tilt).sum(), (x, y)),
        torch.autograd.grad((wanted * tilt).sum(), (x, y)),
        strict=True,
    ):
        torch.testing.assert_close(a, b)


@NORMS
def test_each_block_equals_torchs_layer(norm_first):
    encoder = rough(transformer.EncoderBlock(12, 3, 20, norm_first=norm_first))
    layer = nn.TransformerEncoderLayer(12, 3, 20, batch_first=True, norm_first=norm_first)
    layer = layer.double().eval()
    copy_block(encoder, layer)
    mask = token_mask([4, 6])
    x = torch.randn(2, 6, 12, dtype=torch.float64)
    found, weights = encoder(x, mask.unsqueeze(1))
    wanted = layer(x, src_key_padding_mask=~mask)
    torch.testing.assert_close(found[mask], wanted[mask])
    assert weights.shape == (2, 3, 6, 6)
    torch.testing.assert_close(encoder(x)[0], layer(x))

    decoder = rough(transformer.DecoderBlock(12, 3, 20, norm_first=norm_first))
    other = nn.TransformerDecoderLayer(12, 3, 20, batch_first=True, norm_first=norm_first)
    other = other.double().eval()
    copy_block(decoder, other)
    y = torch.randn(2, 5, 12, dtype=torch.float64)
    causal = transformer.causal_mask(5)
    found, weights, cross = decoder(y, x, causal, mask.unsqueeze(1))
    torch.testing.assert_close(found, other(y, x, tgt_mask=~causal, memory_key_padding_mask=~mask))
    assert weights.shape == (2, 3, 5, 5)
    assert cross.shape == (2, 3, 5, 6)


def test_float32_stacks_are_within_1e_5_of_torchs():
    encoder, decoder, reference = two_stacks(64, 4, 128, 2, True)
    encoder, decoder, reference = encoder.float(), decoder.float(), reference.float()
    mask = token_mask([11, 7, 9])
    x, y = torch.randn(3, 11, 64), torch.randn(3, 8, 64)
    states, _ = encoder(x, mask)
    wanted = reference(
        x,
        y,
        tgt_mask=~transformer.causal_mask(8),
        src_key_padding_mask=~mask,
        memory_key_padding_mask=~mask,
    )
    torch.testing.assert_close(decoder(y, states, mask)[0], wanted, rtol=1e-5, atol=1e-5)


def test_blocks_of_a_stack_have_their_own_weights():
    decoder = transformer.TransformerDecoder(8, 2, 3, 16)
    one = training.count_parameters(transformer.DecoderBlock(8, 2, 16))
    assert training.count_parameters(decoder) == 3 * one + 16
    keys = [block.cross_attention.key.weight for block in decoder.blocks]
    assert not torch.equal(keys[0], keys[1])


# The translator ------------------------------------------------------------------------------


KINDS = [(True, True), (False, True), (True, False)]


@pytest.fixture(params=KINDS, ids=["pre", "post", "sinusoidal"])
def model(request) -> Iterator[transformer.Transformer]:
    norm_first, rotary = request.param
    new = transformer.Transformer(13, 11, 8, 2, 2, 12, 0.1, norm_first=norm_first, rotary=rotary)
    yield rough(new)


def source_batch() -> tuple[Tensor, Tensor]:
    ids, mask = text.pad([[4, 7, 12, 5, 9], [6], [11, 4, 8]])
    return torch.from_numpy(ids), torch.from_numpy(mask)


INPUTS = torch.tensor([[2, 5, 6, 7], [2, 9, 4, 4], [2, 10, 10, 3]])


@NORMS
def test_logits_are_those_of_torchs_transformer_between_embedding_and_output(norm_first):
    model = rough(
        transformer.Transformer(13, 11, 8, 2, 2, 12, 0.1, norm_first=norm_first, rotary=False)
    )
    reference = nn.Transformer(8, 2, 2, 2, 12, batch_first=True, norm_first=norm_first)
    reference = reference.double().eval()
    for ours, torchs in ((model.encoder, reference.encoder), (model.decoder, reference.decoder)):
        for block, layer in zip(ours.blocks, torchs.layers, strict=True):
            copy_block(block, layer)
        torchs.norm.load_state_dict(ours.norm.state_dict())
    source, mask = source_batch()
    positions = transformer.sinusoidal_positions(5, 8).double()
    wanted = reference(
        8**0.5 * model.source_embedding.weight[source] + positions,
        8**0.5 * model.target_embedding.weight[INPUTS] + positions[:4],
        tgt_mask=~transformer.causal_mask(4),
        src_key_padding_mask=~mask,
        memory_key_padding_mask=~mask,
    )
    wanted = wanted @ model.target_embedding.weight.T + model.output.bias
    torch.testing.assert_close(model(source, mask, INPUTS), wanted)


def test_padding_changes_no_logit(model):
    source, mask = source_batch()
    together = model(source, mask, INPUTS)
    longer = nn.functional.pad(source, (0, 4)), nn.functional.pad(mask, (0, 4))
    torch.testing.assert_close(model(*longer, INPUTS), together)
    for row in range(3):
        length = int(mask[row].sum())
        alone = source[row : row + 1, :length], mask[row : row + 1, :length]
        torch.testing.assert_close(model(*alone, INPUTS[row : row + 1])[0], together[row])


def test_no_target_token_sees_a_later_one(model):
    source, mask = source_batch()
    changed = INPUTS.clone()
    changed[:, 2] = 8
    before, after = model(source, mask, INPUTS), model(source, mask, changed)
    assert torch.equal(before[:, :2], after[:, :2])
    assert not torch.allclose(before[:, 2:], after[:, 2:])


@pytest.mark.parametrize("cached", [False, True])
def test_one_step_at_a_time_gives_the_logits_of_all_at_once(model, cached):
    source, mask = source_batch()
    wanted = model(source, mask, INPUTS)
    cross = model.attention_weights(source, mask, INPUTS).cross
    stepper = transformer.CachedTransformer(model) if cached else model
    memory, state = stepper.begin(source, mask)
    for t in range(4):
        logits, state, weights = stepper.step(INPUTS[:, t], state, memory)
        torch.testing.assert_close(logits, wanted[:, t])
        torch.testing.assert_close(weights, cross[:, -1, :, t].mean(dim=1))


def test_the_cache_decodes_the_same_tokens_greedily_and_with_a_beam(model):
    source, mask = source_batch()
    cached = transformer.CachedTransformer(model)
    plain = decoding.greedy(model, source, mask, 12)
    fast = decoding.greedy(cached, source, mask, 12)
    assert [one.tokens for one in plain] == [one.tokens for one in fast]
    for one, other in zip(plain, fast, strict=True):
        assert one.attention_weights == pytest.approx(other.attention_weights, abs=1e-6)
    plain, fast = (decoding.beam(m, source, mask, 3, maximum_length=9) for m in (model, cached))
    for ones, others in zip(plain, fast, strict=True):
        assert [h.tokens for h in ones] == [h.tokens for h in others]
        assert [h.score for h in ones] == pytest.approx([h.score for h in others])


def test_attention_weights_are_distributions_that_keep_to_the_masks(model):
    source, mask = source_batch()
    weights = model.attention_weights(source, mask, INPUTS)
    shapes = [(3, 2, 2, 5, 5), (3, 2, 2, 4, 4), (3, 2, 2, 4, 5)]
    assert [part.shape for part in weights] == shapes
    for part in weights:
        torch.testing.assert_close(part.sum(-1), torch.ones_like(part[..., 0]))
    for part in (weights.encoder, weights.cross):
        assert not part.masked_select(~mask[:, None, None, None]).any()
    assert not weights.decoder.triu(1).any()


def test_output_and_target_embedding_are_one_matrix(model):
    assert model.output.weight is model.target_embedding.weight
    other = transformer.Transformer(13, 11, 8, 2, 2, 12, norm_first=False).double()
    other.load_state_dict(model.state_dict())


def test_with_rotary_positions_every_attention_turns_and_without_none_does(model):
    attentions = [m for m in model.modules() if isinstance(m, transformer.MultiHeadAttention)]
    assert len(attentions) == 6
    assert {attention.rotary for attention in attentions} == {model.rotary}


def test_it_begins_with_the_same_weights_whatever_its_positions():
    both = []
    for rotary in (True, False):
        training.set_seed(1)
        both.append(transformer.Transformer(13, 11, 8, 2, 2, 12, rotary=rotary).state_dict())
    assert all(torch.equal(both[0][name], both[1][name]) for name in both[1])


@pytest.mark.parametrize("rotary", [True, False])
def test_a_new_transformer_begins_with_logits_of_about_unit_size(rotary):
    new = transformer.Transformer(500, 400, 64, 4, 2, 128, rotary=rotary).eval()
    x = new.embed(new.source_embedding, torch.randint(4, 500, (20, 10)))
    assert 0.8 < (x if rotary else x - transformer.sinusoidal_positions(10, 64)).std() < 1.2
    source = torch.randint(4, 500, (20, 10))
    logits = new(source, torch.ones_like(source).bool(), torch.randint(4, 400, (20, 12)))
    assert 0.7 < logits.std() < 1.3


def test_linear_layers_begin_after_glorot_with_biases_of_zero():
    new = transformer.Transformer(50, 40, 64, 4, 2, 128)
    bound = (6 / (64 + 128)) ** 0.5
    for block in [*new.encoder.blocks, *new.decoder.blocks]:
        for layer in (block.feed_forward.inner, block.feed_forward.outer):
            assert 0.95 * bound < layer.weight.abs().max() <= bound
    assert not any(m.bias.any() for m in new.modules() if isinstance(m, nn.Linear))


@NORMS
def test_dropout_falls_on_embeddings_and_on_what_each_part_adds_in_training_alone(norm_first):
    model = transformer.Transformer(13, 11, 8, 2, 2, 12, dropout=1.0, norm_first=norm_first)
    source, mask = source_batch()
    x, y = torch.randn(3, 5, 8), torch.randn(3, 4, 8)

    def run() -> list[Tensor]:
        embedded = model.embed(model.source_embedding, source)
        return [embedded, model.encoder(x, mask)[0], model.decoder(y, x, mask)[0]]

    # All that is added is dropped, so nothing but the stream is left, normalised at the end.
    wanted = [torch.zeros(3, 5, 8), *(nn.functional.layer_norm(z, (8,)) for z in (x, y))]
    for found, stream in zip(run(), wanted, strict=True):
        torch.testing.assert_close(found, stream, rtol=1e-3, atol=1e-3)
    model.eval()
    for found, stream in zip(run(), wanted, strict=True):
        assert not torch.allclose(found, stream, atol=0.1)


def test_it_learns_to_write_a_sequence_backwards():
    sources = [torch.randint(4, 8, (3,)).tolist() for _ in range(200)]
    targets = [source[::-1] for source in sources]
    model = transformer.Transformer(8, 8, 16, 2, 1, 32)
    batches = seq2seq.PairBatches(sources, targets, batch_size=20)
    training.fit(
        model, batches, seq2seq.next_token_loss, epochs=20, learning_rate=0.01, progress=False
    )
    ids, mask = text.pad(sources)
    found = decoding.greedy(model, torch.from_numpy(ids), torch.from_numpy(mask), 5)
    hits = sum(one.tokens == wanted for one, wanted in zip(found, targets, strict=True))
    assert hits > 150  # chance gets 3


def test_what_is_empty_is_refused_by_name():
    model = transformer.Transformer(9, 9, 4, 1, 1, 4)
    source = torch.full((1, 7), 5)
    with pytest.raises(ValueError, match="at least one token in each row"):
        model(source[:, :3], torch.zeros(1, 3, dtype=torch.bool), source[:, :2])
    with pytest.raises(ValueError, match=r"mask has shape \(1, 4\), expected \(B, S\) = \(1, 3\)"):
        model(source[:, :3], source[:, :4].bool(), source[:, :2])


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_on_a_gpu_it_gives_what_it_gives_on_the_cpu(model):  # pragma: no cover
    source, mask = source_batch()
    wanted = model(source, mask, INPUTS)
    tokens = [one.tokens for one in decoding.greedy(model, source, mask, 9)]
    model.cuda()
    found = model(source.cuda(), mask.cuda(), INPUTS.cuda())
    torch.testing.assert_close(found.cpu(), wanted)
    for one in (model, transformer.CachedTransformer(model)):
        assert [d.tokens for d in decoding.greedy(one, source, mask, 9)] == tokens
        assert decoding.beam(one, source, mask, 2, maximum_length=5)
