"""Attention in `helpers.transformer`, against torch's own and against loops."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers import self_attention

SHAPES = [(1, 1, 1, 1, 1), (2, 3, 5, 4, 6), (3, 7, 2, 5, 1), (1, 4, 4, 9, 3)]  # B, T, S, d_k, d_v


def random(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64)


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(5)


# --- scaled dot-product attention ------------------------------------------------------------


@pytest.mark.parametrize(("B", "T", "S", "d_k", "d_v"), SHAPES)
@pytest.mark.parametrize("heads", [(), (2,)], ids=["no heads", "two heads"])
def test_it_equals_torchs_function_with_and_without_a_mask(B, T, S, d_k, d_v, heads):
    query, key = random(B, *heads, T, d_k), random(B, *heads, S, d_k)
    value = random(B, *heads, S, d_v)
    mask = torch.rand(B, *heads, T, S) < 0.5
    mask[..., 0] = True
    for hide in (None, mask):
        context, weights = self_attention.scaled_dot_product_attention(query, key, value, hide)
        wanted = F.scaled_dot_product_attention(query, key, value, attn_mask=hide)
        torch.testing.assert_close(context, wanted)
        torch.testing.assert_close(weights.sum(-1), torch.ones_like(weights[..., 0]))
        assert (weights >= 0).all()
    assert not weights[~mask].any()


def test_masked_places_may_hold_anything():
    query, key, value = random(2, 3, 4), random(2, 5, 4), random(2, 5, 6)
    mask = torch.ones(2, 1, 5, dtype=torch.bool)
    mask[..., 3:] = False
    wanted, _ = self_attention.scaled_dot_product_attention(query, key[:, :3], value[:, :3])
    key[:, 3:], value[:, 3:] = 1e9, -1e9
    context, _ = self_attention.scaled_dot_product_attention(query, key, value, mask)
    torch.testing.assert_close(context, wanted)


def test_its_gradients_are_those_of_differences():
    inputs = [random(2, 3, 4), random(2, 5, 4), random(2, 5, 6)]
    for tensor in inputs:
        tensor.requires_grad_()
    mask = torch.ones(3, 5, dtype=torch.bool).tril(1)
    assert torch.autograd.gradcheck(
        lambda q, k, v: self_attention.scaled_dot_product_attention(q, k, v, mask), inputs
    )


def test_large_scores_do_not_overflow():
    context, weights = self_attention.scaled_dot_product_attention(
        1e4 * random(1, 3, 4), random(1, 3, 4), random(1, 3, 2)
    )
    assert context.isfinite().all() and weights.isfinite().all()


@pytest.mark.parametrize(
    ("shapes", "mask", "said"),
    [
        (((2, 3, 4), (2, 5, 3), (2, 5, 6)), None, r"\(2, 5, 3\)"),
        (((2, 3, 4), (2, 5, 4), (2, 4, 6)), None, r"\(2, 4, 6\)"),
        (((2, 3, 4), (2, 5, 4), (2, 5, 6)), torch.ones(3, 5), "booleans"),
        (((2, 3, 4), (2, 5, 4), (2, 5, 6)), torch.ones(3, 5).tril(-1).bool(), "False throughout"),
    ],
)
def test_what_cannot_be_is_named(shapes, mask, said):
    with pytest.raises(ValueError, match=said):
        self_attention.scaled_dot_product_attention(*(random(*shape) for shape in shapes), mask)


# --- masks and positions ---------------------------------------------------------------------


@pytest.mark.parametrize("T", [1, 2, 7])
def test_the_causal_mask_is_torchs(T):
    query, key, value = random(1, T, 3), random(1, T, 3), random(1, T, 2)
    context, _ = self_attention.scaled_dot_product_attention(
        query, key, value, self_attention.causal_mask(T)
    )
    wanted = F.scaled_dot_product_attention(query, key, value, is_causal=True)
    torch.testing.assert_close(context, wanted)
    hidden = nn.Transformer.generate_square_subsequent_mask(T).isinf()
    assert torch.equal(self_attention.causal_mask(T), ~hidden)


@pytest.mark.parametrize(("T", "d_model"), [(1, 2), (5, 4), (40, 10)])
def test_positions_are_those_of_the_paper(T, d_model):
    positions = self_attention.sinusoidal_positions(T, d_model)
    assert positions.shape == (T, d_model)
    for t in range(T):
        for i in range(d_model // 2):
            angle = t / 10000 ** (2 * i / d_model)
            assert positions[t, 2 * i].item() == pytest.approx(math.sin(angle), abs=1e-5)
            assert positions[t, 2 * i + 1].item() == pytest.approx(math.cos(angle), abs=1e-5)


def test_an_odd_width_has_no_positions():
    with pytest.raises(ValueError, match="d_model is 5; give an even number"):
        self_attention.sinusoidal_positions(3, 5)


def test_turning_is_multiplication_by_complex_numbers_of_length_one():
    x = random(2, 3, 7, 8)
    speeds = 100.0 ** -(torch.arange(0, 8, 2, dtype=torch.float64) / 8)
    places = torch.arange(3, 10).unsqueeze(1)
    turns = torch.polar(torch.ones(7, 4, dtype=torch.float64), places * speeds)
    wanted = torch.complex(x[..., :4], x[..., 4:]) * turns
    turned = self_attention.rotate(x, first=3, base=100.0)
    torch.testing.assert_close(turned, torch.cat([wanted.real, wanted.imag], dim=-1))


def test_turned_vectors_compare_by_their_distance_alone():
    query, key = (self_attention.rotate(random(1, 8).expand(12, 8)) for _ in range(2))
    scores = query @ key.T  # (12, 12), by the places of the query and of the key
    for offset in range(-5, 6):
        along = scores.diagonal(offset)
        torch.testing.assert_close(along, along[:1].expand_as(along))
    assert not torch.allclose(scores, scores.T)  # the distance has a sign


def test_a_vector_of_odd_width_cannot_be_turned():
    with pytest.raises(ValueError, match="have 3 entries; give an even number"):
        self_attention.rotate(torch.zeros(2, 3))


# --- several heads ---------------------------------------------------------------------------


def torchs(ours: self_attention.MultiHeadAttention, d_model: int) -> nn.MultiheadAttention:
    layer = nn.MultiheadAttention(d_model, ours.heads, batch_first=True).double()
    parts = ours.query, ours.key, ours.value
    layer.in_proj_weight.data = torch.cat([part.weight.data for part in parts])
    layer.in_proj_bias.data = torch.cat([part.bias.data for part in parts])
    layer.out_proj.load_state_dict(ours.output.state_dict())
    return layer


@pytest.mark.parametrize(("B", "T", "S", "d_model", "heads"), [(2, 5, 3, 12, 3), (3, 1, 4, 6, 1)])
def test_several_heads_are_torchs_layer(B, T, S, d_model, heads):
    ours = self_attention.MultiHeadAttention(d_model, heads).double()
    x, source = random(B, T, d_model), random(B, S, d_model)
    token = torch.ones(B, S, dtype=torch.bool)
    token[0, S - 1] = False
    for padding in (None, ~token):
        y, weights = ours(x, source, None if padding is None else ~padding[:, None])
        wanted, theirs = torchs(ours, d_model)(
            x, source, source, key_padding_mask=padding, average_attn_weights=False
        )
        torch.testing.assert_close(y, wanted)
        torch.testing.assert_close(weights, theirs)


@pytest.mark.parametrize(
    ("d_model", "heads", "d_k", "d_v"), [(6, 3, 2, 4), (5, 2, 3, 1), (4, 1, 7, 2)]
)
def test_several_heads_are_a_loop_over_heads(d_model, heads, d_k, d_v):
    layer = self_attention.MultiHeadAttention(d_model, heads, d_k, d_v).double()
    x, source, mask = random(2, 4, d_model), random(2, 6, d_model), torch.rand(2, 4, 6) < 0.6
    mask[..., 0] = True
    contexts = []
    for n in range(heads):
        parts = []
        for part, given, d in (
            (layer.query, x, d_k),
            (layer.key, source, d_k),
            (layer.value, source, d_v),
        ):
            rows = slice(n * d, (n + 1) * d)
            parts.append(F.linear(given, part.weight[rows], part.bias[rows]))
        contexts.append(F.scaled_dot_product_attention(*parts, attn_mask=mask))
    y, weights = layer(x, source, mask)
    torch.testing.assert_close(y, layer.output(torch.cat(contexts, dim=-1)))
    assert weights.shape == (2, heads, 4, 6)


def test_shuffled_words_give_shuffled_outputs():
    layer = self_attention.MultiHeadAttention(6, 2).double()
    x, order = random(1, 7, 6), torch.randperm(7)
    shuffled, _ = layer(x[:, order], x[:, order])
    torch.testing.assert_close(shuffled, layer(x, x)[0][:, order])


def test_rotary_heads_see_distances_and_no_places():
    layer = self_attention.MultiHeadAttention(8, 2, rotary=True).double()
    x = random(1, 5, 8)
    y, _ = layer(x, x)
    later = torch.cat([random(1, 2, 8), x], dim=1)  # all stand two places later
    seen = torch.tensor([False] * 2 + [True] * 5).expand(1, 7, 7)
    torch.testing.assert_close(layer(later, later, seen)[0][:, 2:], y)
    assert not torch.allclose(layer(x.flip(1), x.flip(1))[0].flip(1), y)


def test_no_slope_leads_from_a_later_word_to_an_earlier_output():
    layer = self_attention.MultiHeadAttention(6, 2).double()
    mask = self_attention.causal_mask(5)
    jacobian = torch.autograd.functional.jacobian(
        lambda x: layer(x[None], x[None], mask)[0][0], random(5, 6)
    )
    slopes = jacobian.norm(dim=(1, 3))
    assert not slopes.triu(1).any()
    assert (slopes[mask] > 0).all()


def test_heads_that_do_not_divide_the_width_are_named():
    with pytest.raises(ValueError, match="4 heads do not divide d_model 6"):
        self_attention.MultiHeadAttention(6, 4)
    self_attention.MultiHeadAttention(6, 4, d_k=2, d_v=3)
