"""Exercise 13.2: the encoder block's forward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, register
from course.exercises.bank.transformer.common import Array, count, filled, halving, outputs_of

Forward = Callable[..., Any]


def encoder_block(self: Any, x: Any, mask: Any = None) -> Any:
    """Attention, then the feed-forward part, each with its residual."""
    y = self.residual_1.read(x)
    y, attention_weights = self.attention(y, y, mask)
    x = self.residual_1.add(x, y)
    y = self.feed_forward(self.residual_2.read(x))
    return self.residual_2.add(x, y), attention_weights


def _call(answer: Forward, x: Array, mask: Array, flat: Array, heads: int, pre: bool) -> Any:
    """Call a forward on a block with these weights."""
    import torch

    from helpers.transformer import EncoderBlock

    block = filled(flat, EncoderBlock(x.shape[-1], heads, _d_ff(flat, x), norm_first=pre))
    result = answer(block, torch.tensor(x), torch.tensor(mask))
    return outputs_of(result, 2, "the stream, then the attention weights")


def _d_ff(flat: Array, x: Array) -> int:
    """Say how wide the feed-forward part is in a block of so many weights."""
    d = x.shape[-1]
    return (len(flat) - count(1, d, 0)) // (2 * d + 1)


def _probes(rng: np.random.Generator) -> list[Probe]:
    """Pre-norm and post-norm, one head and more, with keys that are masked."""
    probes = []
    for B, S, heads, d, d_ff, pre, label in (
        (1, 2, 1, 2, 3, True, "a small block"),
        (2, 4, 2, 6, 5, True, "two heads"),
        (3, 5, 3, 6, 4, False, "post-norm"),
        (2, 3, 2, 4, 7, True, "B = 2"),
    ):
        x = rng.normal(size=(B, S, d)) + 0.5
        mask = np.ones((B, 1, S), dtype=bool)
        mask[-1, :, -1] = False
        probes.append(Probe((x, mask, rng.normal(size=count(1, d, d_ff)), heads, pre), label=label))
    return probes


def _torch_s(x: Array, mask: Array, flat: Array, heads: int, pre: bool) -> Any:
    """Torch's layer with the same weights; its weights are those of its attention's."""
    import torch

    from helpers.transformer import EncoderBlock

    ours = filled(flat, EncoderBlock(x.shape[-1], heads, _d_ff(flat, x)))
    layer = torch.nn.TransformerEncoderLayer(
        x.shape[-1], heads, _d_ff(flat, x), 0.0, batch_first=True, norm_first=pre
    ).double()
    a = ours.attention
    layer.self_attn.in_proj_weight.data = torch.cat([m.weight for m in (a.query, a.key, a.value)])
    layer.self_attn.in_proj_bias.data = torch.cat([m.bias for m in (a.query, a.key, a.value)])
    layer.self_attn.out_proj.load_state_dict(a.output.state_dict())
    layer.norm1.load_state_dict(ours.residual_1.norm.state_dict())
    layer.norm2.load_state_dict(ours.residual_2.norm.state_dict())
    layer.linear1.load_state_dict(ours.feed_forward.inner.state_dict())
    layer.linear2.load_state_dict(ours.feed_forward.outer.state_dict())
    layer.dropout1, layer.dropout2 = halving(), halving()
    hidden = ~torch.tensor(mask)[:, 0]
    given = torch.tensor(x)
    y = layer.norm1(given) if pre else given
    _, weights = layer.self_attn(y, y, y, hidden, average_attn_weights=False)
    return layer(given, src_key_padding_mask=hidden).detach().numpy(), weights.detach().numpy()


def _by_hand(self: Any, x: Any, mask: Any = None) -> Any:
    """Without `read` and `add`: the two orders spelt out."""
    one, two = self.residual_1, self.residual_2
    if one.norm_first:
        n = one.norm(x)
        found, weights = self.attention(n, n, mask)
        x = x + one.dropout(found)
        return x + two.dropout(self.feed_forward(two.norm(x))), weights
    found, weights = self.attention(x, x, mask)
    x = one.norm(x + one.dropout(found))
    return two.norm(x + two.dropout(self.feed_forward(x))), weights


def _one_name_each(self: Any, x: Any, mask: Any = None) -> Any:
    n_1 = self.residual_1.read(x)
    a, attention_weights = self.attention(n_1, n_1, mask=mask)
    x_1 = self.residual_1.add(x, a)
    n_2 = self.residual_2.read(x_1)
    units = self.feed_forward.inner(n_2).clamp(min=0)
    return [self.residual_2.add(x_1, self.feed_forward.outer(units)), attention_weights]


def _with(
    source: str = "y",
    masked: bool = True,
    first_read: bool = True,
    first_onto: str = "x",
    second_read: str = "residual_2",
    second_of: str = "x",
    second_add: str = "residual_2",
    given: Callable[[Any, Any], Any] = lambda x, weights: (x, weights),
) -> Forward:
    """A forward with some of its parts changed."""

    def answer(self: Any, x: Any, mask: Any = None) -> Any:
        n = self.residual_1.read(x) if first_read else x
        y, weights = self.attention(n, {"y": n, "x": x}[source], mask if masked else None)
        if first_onto:
            new = self.residual_1.add({"x": x, "n": n}[first_onto], y)
        else:
            new = y
        part = {"x": new, "y": y, "old": x}[second_of]
        n = getattr(self, second_read).read(part) if second_read else part
        z = self.feed_forward(n)
        if second_add == "old":
            new = self.residual_2.add(x, z)
        else:
            new = getattr(self, second_add).add(new, z) if second_add else z
        return given(new, weights)

    return answer


def _added_the_wrong_way_round(self: Any, x: Any, mask: Any = None) -> Any:
    y = self.residual_1.read(x)
    y, attention_weights = self.attention(y, y, mask)
    x = self.residual_1.add(y, x)
    y = self.feed_forward(self.residual_2.read(x))
    return self.residual_2.add(y, x), attention_weights


def _plain_sums(self: Any, x: Any, mask: Any = None) -> Any:
    y = self.residual_1.read(x)
    y, attention_weights = self.attention(y, y, mask)
    x = x + y
    return x + self.feed_forward(self.residual_2.read(x)), attention_weights


def _other_order(self: Any, x: Any, mask: Any = None) -> Any:
    x = self.residual_1.add(x, self.feed_forward(self.residual_1.read(x)))
    y = self.residual_2.read(x)
    y, attention_weights = self.attention(y, y, mask)
    return self.residual_2.add(x, y), attention_weights


def _not_unpacked(self: Any, x: Any, mask: Any = None) -> Any:
    y = self.residual_1.read(x)
    y = self.attention(y, y, mask)
    return self.residual_1.add(x, y), y


def _mask_as_source(self: Any, x: Any, mask: Any = None) -> Any:
    y, attention_weights = self.attention(self.residual_1.read(x), mask)
    return self.residual_1.add(x, y), attention_weights


def _one_more_axis(self: Any, x: Any, mask: Any = None) -> Any:
    return encoder_block(self, x, mask.unsqueeze(1))


def _mask_turned_round(self: Any, x: Any, mask: Any = None) -> Any:
    return encoder_block(self, x, ~mask)


def _nothing_read(self: Any, x: Any, mask: Any = None) -> Any:
    y, attention_weights = self.attention(x, x, mask)
    x = self.residual_1.add(x, y)
    return self.residual_2.add(x, self.feed_forward(x)), attention_weights


def _no_feed_forward(self: Any, x: Any, mask: Any = None) -> Any:
    y = self.residual_1.read(x)
    y, attention_weights = self.attention(y, y, mask)
    return self.residual_1.add(x, y), attention_weights


MISTAKES = [
    Mistake(
        "no_mask",
        "You do not pass `mask` to the attention, so padding receives attention weight.",
        _with(masked=False),
    ),
    Mistake(
        "keys_not_normalised",
        "Only the queries come from the normalised copy. In self-attention, both arguments are "
        "what `residual_1.read` returned.",
        _with(source="x"),
    ),
    Mistake(
        "attention_reads_the_stream",
        "The attention gets `x` itself. Give it what `residual_1.read(x)` returns.",
        _with(first_read=False),
    ),
    Mistake(
        "added_to_the_copy",
        "You add the attention's result to the normalised copy. Add it to the stream `x`.",
        _with(first_onto="n"),
    ),
    Mistake(
        "no_first_residual",
        "The attention's result replaces the stream. Add it: `self.residual_1.add(x, y)`.",
        _with(first_onto=""),
    ),
    Mistake(
        "feed_forward_reads_the_stream",
        "The feed-forward part gets `x` itself. Give it what `residual_2.read(x)` returns.",
        _with(second_read=""),
    ),
    Mistake(
        "first_norm_twice",
        "You read through `residual_1` both times. The second part has its own, `residual_2`.",
        _with(second_read="residual_1"),
    ),
    Mistake(
        "first_residual_twice",
        "You use `residual_1` for both parts. The second part has its own, `residual_2`.",
        _with(second_read="residual_1", second_add="residual_1"),
    ),
    Mistake(
        "feed_forward_reads_the_attention",
        "The feed-forward part reads the attention's result alone. It reads the stream after "
        "that result was added.",
        _with(second_of="y"),
    ),
    Mistake(
        "side_by_side",
        "Both parts read the stream as it came in. The feed-forward part reads it after the "
        "attention's result was added.",
        _with(second_of="old"),
    ),
    Mistake(
        "added_to_the_old_stream",
        "The feed-forward part's result is added to the stream as it came in, so the attention's "
        "is lost. Add it to the new `x`.",
        _with(second_add="old"),
    ),
    Mistake(
        "no_second_residual",
        "The feed-forward part's result replaces the stream. Add it: `self.residual_2.add(x, y)`.",
        _with(second_add=""),
    ),
    Mistake(
        "other_order",
        "The feed-forward part comes first here. The attention is the first of the two.",
        _other_order,
    ),
    Mistake(
        "added_the_wrong_way_round",
        "`add` takes the stream first: dropout applies to its second argument, and here that is "
        "the stream. Write `add(x, y)`.",
        _added_the_wrong_way_round,
    ),
    Mistake(
        "plain_sums",
        "You add with `+`, which leaves out the dropout and, in a post-norm block, the "
        "normalisation. Use `add`.",
        _plain_sums,
    ),
    Mistake(
        "not_unpacked",
        "`self.attention` returns two things. Unpack both: `y, attention_weights = …`.",
        _not_unpacked,
    ),
    Mistake(
        "mask_as_source",
        "The attention's second argument makes the keys and values, and you pass the mask there. "
        "Pass the normalised copy twice, then the mask.",
        _mask_as_source,
    ),
    Mistake(
        "one_more_axis",
        "`mask` has the axis that it needs: it is (B, 1, S). Pass it on as it is.",
        _one_more_axis,
    ),
    Mistake(
        "mask_turned_round",
        "You turn the mask round. It is True where a query may look, as the attention expects.",
        _mask_turned_round,
    ),
    Mistake(
        "nothing_read",
        "Both parts get `x` itself. Each gets what its residual's `read` returns.",
        _nothing_read,
    ),
    Mistake(
        "no_feed_forward",
        "The feed-forward part is missing. It reads the stream after the attention's result was "
        "added.",
        _no_feed_forward,
    ),
    Mistake(
        "stream_alone",
        "You return the stream alone. Return the attention weights after it.",
        _with(given=lambda x, weights: x),
    ),
    Mistake(
        "turned_round",
        "You return the weights first. Return the stream, then the weights.",
        _with(given=lambda x, weights: (weights, x)),
    ),
]

register(
    CodeExercise(
        name="transformer.encoder_block",
        title="Build the encoder block",
        points=3,
        package="transformer.EncoderBlock.forward",
        reference=encoder_block,
        probes=_probes,
        call=_call,
        oracle=_torch_s,
        equivalents={"by hand": _by_hand, "one name each": _one_name_each},
        outputs=("x", "attention_weights"),
        axes=("BSd", "BNSS"),
        mistakes=MISTAKES,
        hints=[
            "There are two parts, and each takes the same three steps: read the stream, compute, "
            "add the result to the stream.",
            "`x` and each `y` are (B, S, d_model). The attention returns two things, a `y` and its "
            "weights (B, N, S, S).",
            "`residual_1.read`, `attention`, `residual_1.add`; then `residual_2.read`, "
            "`feed_forward`, `residual_2.add`; return the stream and the weights.",
            "`y, attention_weights = self.attention(y, y, mask)`",
        ],
        solved="The block's order of normalisation is set in `Residual` alone. Your forward is the "
        "same for pre-norm and post-norm.",
    )
)
