"""Rotary positions against complex numbers, and what they promise."""

import pytest
import torch

from helpers import decoding, text
from helpers.rotary import RotaryAttention, RotaryTransformer, rotate
from helpers.self_attention import MultiHeadAttention
from helpers.transformer import Transformer

SIZES = (11, 13, 16, 2, 2, 32)


def random_batch():
    torch.manual_seed(0)
    source = torch.randint(4, 11, (3, 5))
    mask = torch.tensor([[True] * 5, [True] * 4 + [False], [True] * 3 + [False] * 2])
    return source, mask, torch.randint(4, 13, (3, 6))


def test_turning_is_multiplication_by_complex_numbers_of_length_one():
    x = torch.randn(2, 3, 7, 8, dtype=torch.float64)
    speeds = 100.0 ** -(torch.arange(0, 8, 2, dtype=torch.float64) / 8)
    turns = torch.polar(
        torch.ones(7, 4, dtype=torch.float64), torch.arange(7)[:, None].double() * speeds
    )
    wanted = torch.view_as_real(torch.view_as_complex(x.unflatten(-1, (-1, 2))) * turns).flatten(-2)
    assert torch.allclose(rotate(x, 100.0), wanted, atol=1e-12)
    assert torch.allclose(rotate(x).norm(dim=-1), x.norm(dim=-1))


def test_the_dot_product_depends_on_the_distance_alone():
    query, key = torch.randn(2, 8, dtype=torch.float64)
    turned_query, turned_key = rotate(query.expand(12, 8)), rotate(key.expand(12, 8))
    scores = turned_query @ turned_key.T  # (12, 12)
    for distance in range(-5, 6):
        along = scores.diagonal(distance)
        assert torch.allclose(along, along[0].expand_as(along), atol=1e-12)


def test_an_odd_width_is_refused():
    with pytest.raises(ValueError, match="even"):
        rotate(torch.zeros(2, 3))


def test_attention_of_one_place_is_not_turned():
    plain, turned = MultiHeadAttention(8, 2), RotaryAttention(8, 2)
    turned.load_state_dict(plain.state_dict())
    x = torch.randn(2, 1, 8)
    assert torch.allclose(plain(x, x)[0], turned(x, x)[0], atol=1e-6)


def test_it_starts_as_a_transformer_of_the_same_sizes():
    torch.manual_seed(1)
    plain = Transformer(*SIZES).state_dict()
    torch.manual_seed(1)
    rotary = RotaryTransformer(*SIZES).state_dict()
    assert list(plain) == list(rotary)
    assert all(torch.equal(plain[name], rotary[name]) for name in plain)


@pytest.mark.parametrize(("within", "across"), [(True, True), (True, False), (False, True)])
def test_a_source_that_stands_later_is_read_alike_where_positions_are_relative(within, across):
    # Two more tokens of padding before both sequences move every place by two; what is relative
    # does not notice. The mask hides the padding, so only places differ.
    torch.manual_seed(2)
    model = RotaryTransformer(*SIZES, within=within, across=across).double().eval()
    x = torch.randn(1, 5, 16, dtype=torch.float64)
    attention = model.decoder.blocks[0].attention if within else (
        model.decoder.blocks[0].cross_attention)  # fmt: skip
    moved = torch.cat([torch.randn(1, 2, 16, dtype=torch.float64), x], dim=1)
    seen = torch.tensor([False] * 2 + [True] * 5).expand(1, 7, 7)
    assert torch.allclose(attention(x, x)[0], attention(moved, moved, seen)[0][:, 2:], atol=1e-12)


def test_without_positions_the_order_of_the_source_does_not_matter():
    source, mask, inputs = random_batch()
    model = RotaryTransformer(*SIZES, within=False, across=False).eval()
    full = torch.ones_like(mask)
    there, back = (model(s, full, inputs) for s in (source, source.flip(1)))
    assert torch.allclose(there, back, atol=1e-5)
    turned = RotaryTransformer(*SIZES).eval()
    assert not torch.allclose(turned(source, full, inputs), turned(source.flip(1), full, inputs))


def test_it_translates_greedily_as_it_reads():
    source, mask, _ = random_batch()
    model = RotaryTransformer(*SIZES).eval()
    found = decoding.greedy(model, source, mask, maximum_length=4)
    first = model(source, mask, torch.full((3, 1), text.START_ID))[:, -1].argmax(dim=-1)
    assert [one.tokens[0] for one in found if one.tokens] == [
        int(token) for one, token in zip(found, first, strict=True) if one.tokens
    ]
