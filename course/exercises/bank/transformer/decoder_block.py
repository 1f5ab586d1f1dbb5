"""Exercise 13.3: the decoder block's forward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, register
from course.exercises.bank.transformer.common import Array, count, filled, halving, outputs_of

Forward = Callable[..., Any]


def decoder_block(self: Any, x: Any, states: Any, mask: Any = None, source_mask: Any = None) -> Any:
    """Self-attention, attention to the source, the feed-forward part, each with its residual."""
    y = self.residual_1.read(x)
    y, attention_weights = self.attention(y, y, mask)
    x = self.residual_1.add(x, y)
    y = self.residual_2.read(x)
    y, cross_weights = self.cross_attention(y, states, source_mask)
    x = self.residual_2.add(x, y)
    y = self.feed_forward(self.residual_3.read(x))
    return self.residual_3.add(x, y), attention_weights, cross_weights


def _block(flat: Array, d: int, heads: int, pre: bool) -> Any:
    """The package's block with these weights; their number says how wide its middle is."""
    from helpers.transformer import DecoderBlock

    d_ff = (len(flat) - count(2, d, 0)) // (2 * d + 1)
    return filled(flat, DecoderBlock(d, heads, d_ff, norm_first=pre))


def _call(
    answer: Forward, x: Array, states: Array, source_mask: Array, flat: Array, heads: int, pre: bool
) -> Any:
    """Call a forward on a block with these weights, the future hidden."""
    import torch

    block, mask = _block(flat, x.shape[-1], heads, pre), torch.ones(x.shape[1], x.shape[1]).tril()
    given = torch.tensor(x), torch.tensor(states), mask.bool(), torch.tensor(source_mask)
    return outputs_of(
        answer(block, *given), 3, "the stream, its weights, the weights on the source"
    )


def _probes(rng: np.random.Generator) -> list[Probe]:
    """Pre-norm and post-norm, one head and more, with keys that are masked."""
    probes = []
    for B, T, S, heads, d, d_ff, pre, label in (
        (1, 2, 3, 1, 2, 3, True, "a small block"),
        (2, 3, 4, 2, 6, 5, True, "two heads"),
        (3, 4, 2, 3, 6, 4, False, "post-norm"),
        (2, 3, 3, 2, 4, 7, True, "T = S"),
    ):
        x, states = rng.normal(size=(B, T, d)) + 0.5, rng.normal(size=(B, S, d)) - 0.5
        mask = np.ones((B, 1, S), dtype=bool)
        mask[-1, :, -1] = False
        flat = rng.normal(size=count(2, d, d_ff))
        probes.append(Probe((x, states, mask, flat, heads, pre), label=label))
    return probes


def torch_s(x: Array, states: Array, source_mask: Array, flat: Array, heads: int, pre: bool) -> Any:
    """Torch's layer with the same weights, for the stream; it returns no attention weights."""
    import torch

    ours, d = _block(flat, x.shape[-1], heads, pre), x.shape[-1]
    layer = torch.nn.TransformerDecoderLayer(
        d, heads, ours.feed_forward.inner.out_features, 0.0, batch_first=True, norm_first=pre
    ).double()
    pairs = (ours.attention, layer.self_attn), (ours.cross_attention, layer.multihead_attn)
    for a, theirs in pairs:
        theirs.in_proj_weight.data = torch.cat([m.weight for m in (a.query, a.key, a.value)])
        theirs.in_proj_bias.data = torch.cat([m.bias for m in (a.query, a.key, a.value)])
        theirs.out_proj.load_state_dict(a.output.state_dict())
    for i in (1, 2, 3):
        norm = getattr(ours, f"residual_{i}").norm
        getattr(layer, f"norm{i}").load_state_dict(norm.state_dict())
        setattr(layer, f"dropout{i}", halving())
    layer.linear1.load_state_dict(ours.feed_forward.inner.state_dict())
    layer.linear2.load_state_dict(ours.feed_forward.outer.state_dict())
    future = torch.ones(x.shape[1], x.shape[1]).triu(1).bool()
    hidden = ~torch.tensor(source_mask)[:, 0]
    given, H = torch.tensor(x), torch.tensor(states)
    y = layer.norm1(given) if pre else given
    found, own = layer.self_attn(y, y, y, attn_mask=future, average_attn_weights=False)
    y = given + found / 2
    y = layer.norm2(y) if pre else layer.norm1(y)
    _, cross = layer.multihead_attn(y, H, H, hidden, average_attn_weights=False)
    stream = layer(given, H, tgt_mask=future, memory_key_padding_mask=hidden)
    return tuple(one.detach().numpy() for one in (stream, own, cross))


def _by_hand(self: Any, x: Any, states: Any, mask: Any = None, source_mask: Any = None) -> Any:
    """Without `read` and `add`: the two orders spelt out."""
    one, two, three = self.residual_1, self.residual_2, self.residual_3
    pre = one.norm_first
    n = one.norm(x) if pre else x
    found, own = self.attention(n, n, mask)
    x = x + one.dropout(found)
    x = x if pre else one.norm(x)
    found, cross = self.cross_attention(two.norm(x) if pre else x, states, source_mask)
    x = x + two.dropout(found)
    x = x if pre else two.norm(x)
    x = x + three.dropout(self.feed_forward(three.norm(x) if pre else x))
    return x if pre else three.norm(x), own, cross


def _one_name_each(
    self: Any, x: Any, states: Any, mask: Any = None, source_mask: Any = None
) -> Any:
    n_1 = self.residual_1.read(x)
    a, own = self.attention(x=n_1, source=n_1, mask=mask)
    x_1 = self.residual_1.add(x, a)
    c, cross = self.cross_attention(self.residual_2.read(x_1), states, mask=source_mask)
    x_2 = self.residual_2.add(x_1, c)
    return [self.residual_3.add(x_2, self.feed_forward(self.residual_3.read(x_2))), own, cross]


def _with(
    own_mask: bool = True,
    source_masked: bool = True,
    own_source: str = "n",
    cross_query: str = "n",
    cross_source: Callable[[Any, Any], Any] = lambda self, H: H,
    attention: str = "cross_attention",
    norms: str = "123",
    old: bool = False,
    bare: str = "",
    turned: bool = False,
    given: Callable[..., Any] = lambda *three: three,
) -> Forward:
    """A forward with some of its parts changed; `bare` parts have no residual."""

    def answer(self: Any, x: Any, states: Any, mask: Any = None, source_mask: Any = None) -> Any:
        one, two, three = (getattr(self, f"residual_{i}") for i in norms)

        def add(residual: Any, stream: Any, y: Any, number: str) -> Any:
            if number in bare:
                return y
            return residual.add(y, stream) if turned else residual.add(stream, y)

        n = one.read(x)
        y, own = self.attention(n, {"n": n, "x": x}[own_source], mask if own_mask else None)
        first = add(one, x, y, "1")
        now = x if old else first
        y = two.read(now) if cross_query == "n" else now
        H = cross_source(two, states)
        y, cross = getattr(self, attention)(y, H, source_mask if source_masked else None)
        second = add(two, first, y, "2")
        y = self.feed_forward(three.read(second))
        return given(add(three, second, y, "3"), own, cross)

    return answer


def _source_first(self: Any, x: Any, states: Any, mask: Any = None, source_mask: Any = None) -> Any:
    y, cross = self.cross_attention(self.residual_1.read(x), states, source_mask)
    x = self.residual_1.add(x, y)
    y = self.residual_2.read(x)
    y, own = self.attention(y, y, mask)
    x = self.residual_2.add(x, y)
    return self.residual_3.add(x, self.feed_forward(self.residual_3.read(x))), own, cross


def _masks_exchanged(
    self: Any, x: Any, states: Any, mask: Any = None, source_mask: Any = None
) -> Any:
    return decoder_block(self, x, states, source_mask, mask)


def _roles_exchanged(
    self: Any, x: Any, states: Any, mask: Any = None, source_mask: Any = None
) -> Any:
    y = self.residual_1.read(x)
    y, own = self.attention(y, y, mask)
    x = self.residual_1.add(x, y)
    y, cross = self.cross_attention(states, self.residual_2.read(x), source_mask)
    x = self.residual_2.add(x, y)
    return self.residual_3.add(x, self.feed_forward(self.residual_3.read(x))), own, cross


def _looks_at_itself(
    self: Any, x: Any, states: Any, mask: Any = None, source_mask: Any = None
) -> Any:
    y = self.residual_1.read(x)
    y, own = self.attention(y, y, mask)
    x = self.residual_1.add(x, y)
    y = self.residual_2.read(x)
    y, cross = self.cross_attention(y, y, mask)
    x = self.residual_2.add(x, y)
    return self.residual_3.add(x, self.feed_forward(self.residual_3.read(x))), own, cross


def _no_feed_forward(
    self: Any, x: Any, states: Any, mask: Any = None, source_mask: Any = None
) -> Any:
    y = self.residual_1.read(x)
    y, own = self.attention(y, y, mask)
    x = self.residual_1.add(x, y)
    y, cross = self.cross_attention(self.residual_2.read(x), states, source_mask)
    return self.residual_2.add(x, y), own, cross


MISTAKES = [
    Mistake(
        "no_causal_mask",
        "The self-attention does not get `mask`, so each target position attends to later ones.",
        _with(own_mask=False),
    ),
    Mistake(
        "no_source_mask",
        "The cross-attention does not get `source_mask`, so the source's "
        "padding receives attention weight.",
        _with(source_masked=False),
    ),
    Mistake(
        "no_mask_at_all",
        "Neither attention gets a mask. Pass `mask` to the first and `source_mask` to the second.",
        _with(own_mask=False, source_masked=False),
    ),
    Mistake(
        "keys_not_normalised",
        "In the self-attention only the queries come from the "
        "normalised copy. Both arguments are what `residual_1.read` returned.",
        _with(own_source="x"),
    ),
    Mistake(
        "queries_not_normalised",
        "The cross-attention's queries come from `x` itself. Use "
        "what `residual_2.read(x)` returns.",
        _with(cross_query="x"),
    ),
    Mistake(
        "states_normalised_again",
        "You pass the encoder's states through `residual_2.read`. "
        "The encoder has normalised them already: pass `states`.",
        _with(cross_source=lambda residual, H: residual.read(H)),
    ),
    Mistake(
        "one_attention_twice",
        "You call `self.attention` for the source, too. The source has "
        "an attention of its own, `self.cross_attention`.",
        _with(attention="attention"),
    ),
    Mistake(
        "residual_2_twice",
        "You use `residual_2` for the last part, too. The feed-forward part "
        "has its own, `residual_3`.",
        _with(norms="122"),
    ),
    Mistake(
        "residual_1_throughout",
        "You use `residual_1` for all three parts. Each part has its own.",
        _with(norms="111"),
    ),
    Mistake(
        "queries_from_the_old_stream",
        "The cross-attention's queries come from the stream as it "
        "came into the block. Use the stream after the self-attention's result was added.",
        _with(old=True),
    ),
    Mistake(
        "no_first_residual",
        "The self-attention's result replaces the stream. Add it to the stream.",
        _with(bare="1"),
    ),
    Mistake(
        "no_second_residual",
        "The cross-attention's result replaces the stream. Add it to the stream.",
        _with(bare="2"),
    ),
    Mistake(
        "no_third_residual",
        "The feed-forward part's result replaces the stream. Add it to the stream.",
        _with(bare="3"),
    ),
    Mistake(
        "added_the_wrong_way_round",
        "`add` takes the stream first: dropout applies to its second "
        "argument, and here that is the stream. Write `add(x, y)`.",
        _with(turned=True),
    ),
    Mistake(
        "source_first",
        "The cross-attention comes first here. The self-attention is the first of the three parts.",
        _source_first,
    ),
    Mistake(
        "weights_exchanged",
        "The two kinds of weights are in the wrong order. Those on the target come first.",
        _with(given=lambda x, own, cross: (x, cross, own)),
    ),
    Mistake(
        "masks_exchanged",
        "The masks are exchanged: `mask` (T, T) hides the future of the target, `source_mask` "
        "hides the padding of the source.",
        _masks_exchanged,
    ),
    Mistake(
        "roles_exchanged",
        "The queries come from the source here. The target makes the queries: pass its vectors "
        "first, then `states`.",
        _roles_exchanged,
    ),
    Mistake(
        "looks_at_itself",
        "The cross-attention's keys and values come from the target. They come from `states`, "
        "with `source_mask`.",
        _looks_at_itself,
    ),
    Mistake(
        "no_feed_forward",
        "The feed-forward part, the third of the block, is missing.",
        _no_feed_forward,
    ),
    Mistake(
        "stream_alone",
        "You return the stream alone. Return both kinds of attention weights after it.",
        _with(given=lambda x, own, cross: x),
    ),
]

register(
    CodeExercise(
        name="transformer.decoder_block",
        title="Build the decoder block",
        points=3,
        package="transformer.DecoderBlock.forward",
        reference=decoder_block,
        probes=_probes,
        call=_call,
        oracle=torch_s,
        equivalents={"by hand": _by_hand, "one name each": _one_name_each},
        outputs=("x", "attention_weights", "cross_weights"),
        axes=("BTd", "BNTT", "BNTS"),
        mistakes=MISTAKES,
        hints=[
            "It is the encoder block with one part between the two: attention from the target to "
            "the source.",
            "`x` and each `y` are (B, T, d_model), `states` is (B, S, d_model). The weights on the "
            "target are (B, N, T, T), those on the source (B, N, T, S).",
            "Read, `attention`, add; read, `cross_attention`, add; read, `feed_forward`, add. Each "
            "part has its own residual. Return the stream and both kinds of weights.",
            "`y, cross_weights = self.cross_attention(y, states, source_mask)`",
        ],
        solved="The target's positions exchange vectors in the first attention and take from the "
        "source in the second. The feed-forward part handles each position alone.",
    )
)
