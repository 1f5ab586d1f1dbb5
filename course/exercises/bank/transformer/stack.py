"""Exercise 13.5: the forward of the decoder's stack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, register
from course.exercises.bank.transformer import decoder_block
from course.exercises.bank.transformer.common import Array, count, filled

Forward = Callable[..., Any]


def decoder_stack(self: Any, x: Any, states: Any, source_mask: Any) -> Any:
    """All blocks, one after the other, and the last normalisation."""
    from helpers.self_attention import causal_mask

    mask = causal_mask(x.shape[1], x.device)
    all_weights, all_cross_weights = [], []
    for block in self.blocks:
        x, attention_weights, cross_weights = block(x, states, mask, source_mask.unsqueeze(1))
        all_weights.append(attention_weights)
        all_cross_weights.append(cross_weights)
    return self.norm(x), all_weights, all_cross_weights


def _call(answer: Forward, x: Array, states: Array, mask: Array, *rest: Any) -> Any:
    """Call a forward on a stack with these weights; give the lists as arrays of L rows."""
    import torch

    from helpers.transformer import DecoderBlock, TransformerDecoder

    flat, heads, layers = rest
    d = x.shape[-1]
    d_ff = ((len(flat) - 2 * d) // layers - count(2, d, 0)) // (2 * d + 1)
    stack = filled(flat, TransformerDecoder(d, heads, layers, d_ff))
    for block in stack.blocks:  # the course's forward, whatever a lesson put into the class
        block.forward = decoder_block.decoder_block.__get__(block, DecoderBlock)
    result = answer(stack, torch.tensor(x), torch.tensor(states), torch.tensor(mask))
    if result is None:
        return "Your forward returns nothing: does it lack its `return` line?"
    if not isinstance(result, tuple | list) or len(result) != 3:
        return "Return three things: the stream, the list of weights, the list of cross weights."
    stream, *lists = result
    if not isinstance(stream, torch.Tensor):
        return "The first thing that you return is not the stream, a tensor (B, T, d_model)."
    for found in lists:
        if isinstance(found, torch.Tensor) and found.ndim == 4:
            return "You return the weights of one block. Append those of each block to a list."
        if len(found) != layers:
            return f"There are {layers} blocks, and {len(found)} weights in one of your lists."
    arrays = [torch.stack(tuple(found)).detach().numpy() for found in lists]
    return stream.detach().numpy(), *arrays


def _probes(rng: np.random.Generator) -> list[Probe]:
    """One block and more, with padding in the source."""
    probes = []
    for B, T, S, heads, d, d_ff, layers, label in (
        (1, 2, 3, 1, 2, 3, 1, "one block"),
        (2, 3, 4, 2, 4, 5, 2, "two blocks"),
        (3, 4, 4, 2, 4, 3, 3, "three blocks, T = S"),
        (2, 1, 3, 1, 4, 3, 2, "one word each"),
    ):
        x, states = rng.normal(size=(B, T, d)) + 0.5, rng.normal(size=(B, S, d)) - 0.5
        mask = np.ones((B, S), dtype=bool)
        mask[-1, -1] = False
        flat = rng.normal(size=layers * count(2, d, d_ff) + 2 * d)
        probes.append(Probe((x, states, mask, flat, heads, layers), label=label))
    return probes


def _torch_s(x: Array, states: Array, mask: Array, flat: Array, heads: int, layers: int) -> Any:
    """Torch's own decoder layers, and its normalisation."""
    import torch

    d, own, cross = x.shape[-1], [], []
    *blocks, last = np.split(flat, (len(flat) - 2 * d) // layers * np.arange(1, layers + 1))
    for weights in blocks:
        x, on_target, on_source = decoder_block.torch_s(
            x, states, mask[:, None], weights, heads, True
        )
        own.append(on_target)
        cross.append(on_source)
    gain, bias = torch.tensor(last[:d]), torch.tensor(last[d:])
    stream = torch.nn.functional.layer_norm(torch.tensor(x), (d,), gain, bias)
    return stream.numpy(), np.stack(own), np.stack(cross)


def _by_number(self: Any, x: Any, states: Any, source_mask: Any) -> Any:
    import torch

    T, found = x.shape[1], []
    later = torch.arange(T)[None] <= torch.arange(T)[:, None]
    for number in range(len(self.blocks)):
        x, *weights = self.blocks[number](x, states, later, source_mask[:, None])
        found.append(weights)
    own, cross = zip(*found, strict=True)
    return self.norm(x), torch.stack(own), torch.stack(cross)


def _in_tuples(self: Any, x: Any, states: Any, source_mask: Any) -> Any:
    from helpers.self_attention import causal_mask

    masks = {"mask": causal_mask(x.shape[1]), "source_mask": source_mask.unsqueeze(-2)}
    own: tuple[Any, ...] = ()
    cross: tuple[Any, ...] = ()
    for block in self.blocks:
        x, on_target, on_source = block(x, states, **masks)
        own, cross = (*own, on_target), (*cross, on_source)
    return [self.norm(x), own, cross]


def _with(
    start: Callable[..., Any] = lambda self, x: x,
    blocks: Callable[..., Any] = list,
    mask: Callable[..., Any] = lambda causal, source: (causal, source.unsqueeze(1)),
    states: Callable[..., Any] = lambda self, H, x: H,
    given: Callable[..., Any] = lambda block, now, first: now,
    after: Callable[..., Any] = lambda self, new, old: new,
    end: Callable[..., Any] = lambda self, x: self.norm(x),
    result: Callable[..., Any] = lambda x, own, cross: (x, own, cross),
) -> Forward:
    """The stack with one of its lines replaced."""

    def wrong(self: Any, x: Any, H: Any, source_mask: Any) -> Any:
        from helpers.self_attention import causal_mask

        masks = mask(causal_mask(x.shape[1]), source_mask)
        own, cross = [], []
        x = first = start(self, x)
        for block in blocks(self.blocks):
            new, *weights = block(given(block, x, first), states(self, H, x), *masks)
            x = after(self, new, x)
            own.append(weights[0])
            cross.append(weights[1])
        return result(end(self, x), own, cross)

    return wrong


MISTAKES = [
    Mistake(
        "no_last_norm",
        "The last normalisation is missing: in pre-norm order no block has normalised the stream "
        "itself. Return `self.norm(x)`.",
        _with(end=lambda self, x: x),
    ),
    Mistake(
        "norm_in_each_layer",
        "You apply `self.norm` after each block. It belongs after the last one alone.",
        _with(after=lambda self, new, old: self.norm(new), end=lambda self, x: x),
    ),
    Mistake(
        "norm_in_each_layer_and_last",
        "You apply `self.norm` after each block and once more at the end. It belongs after the "
        "last block alone.",
        _with(after=lambda self, new, old: self.norm(new)),
    ),
    Mistake(
        "norm_at_the_start",
        "You apply `self.norm` to what enters the first block. It belongs after the last block.",
        _with(start=lambda self, x: self.norm(x), end=lambda self, x: x),
    ),
    Mistake(
        "states_normalised",
        "You apply `self.norm` to the encoder's states. The encoder has normalised them already.",
        _with(states=lambda self, H, x: self.norm(H)),
    ),
    Mistake(
        "no_causal_mask",
        "The blocks get no causal mask, so each target position attends to later ones.",
        _with(mask=lambda causal, source: (None, source.unsqueeze(1))),
    ),
    Mistake(
        "mask_turned_round",
        "Your causal mask shows the future and hides the past. `causal_mask(T)` is True where a "
        "query may look; pass it as it is.",
        _with(mask=lambda causal, source: (causal.T, source.unsqueeze(1))),
    ),
    Mistake(
        "no_source_mask",
        "The blocks do not get the source's mask, so its padding receives attention weight.",
        _with(mask=lambda causal, source: (causal, None)),
    ),
    Mistake(
        "no_masks",
        "The blocks get no masks at all. Each needs the causal mask and the source's.",
        _with(mask=lambda causal, source: (None, None)),
    ),
    Mistake(
        "masks_exchanged",
        "The masks are exchanged. A block takes the target's mask first, then the source's.",
        _with(mask=lambda causal, source: (source.unsqueeze(1), causal)),
    ),
    Mistake(
        "no_axis",
        "`source_mask` is (B, S), and a block expects an axis for the queries: pass "
        "`source_mask.unsqueeze(1)`, (B, 1, S).",
        _with(mask=lambda causal, source: (causal, source)),
    ),
    Mistake(
        "last_axis",
        "You gave `source_mask` its new axis at the end, (B, S, 1). The axis of the queries comes "
        "before that of the source: `source_mask.unsqueeze(1)`.",
        _with(mask=lambda causal, source: (causal, source.unsqueeze(2))),
    ),
    Mistake(
        "first_block_throughout",
        "You run the first block again and again. Each layer has a block of its own.",
        _with(blocks=lambda blocks: [blocks[0]] * len(blocks)),
    ),
    Mistake(
        "last_block_throughout",
        "You run the last block again and again. Each layer has a block of its own.",
        _with(blocks=lambda blocks: [blocks[-1]] * len(blocks)),
    ),
    Mistake(
        "from_the_top",
        "You run the blocks from the last to the first.",
        _with(blocks=lambda blocks: list(blocks)[::-1]),
    ),
    Mistake(
        "not_passed_on",
        "Each block gets the stream that came in. A block takes what the block before it returned.",
        _with(given=lambda block, now, first: first),
    ),
    Mistake(
        "added_once_more",
        "You add a block's result to the stream. The block has done that: its result is the new "
        "stream.",
        _with(after=lambda self, new, old: old + new),
    ),
    Mistake(
        "looks_at_itself",
        "You pass the target's stream in place of the encoder's states.",
        _with(states=lambda self, H, x: x),
    ),
    Mistake(
        "first_block_alone",
        "Your forward returns inside the loop, after the first block. Move `return` out of it.",
        lambda self, x, H, source_mask: _with(blocks=lambda blocks: [blocks[0]])(
            self, x, H, source_mask
        ),
    ),
    Mistake(
        "weights_of_the_last",
        "You return the weights of the last block alone. Append those of each block to a list.",
        _with(result=lambda x, own, cross: (x, own[-1], cross[-1])),
    ),
    Mistake(
        "lists_exchanged",
        "The two lists are in the wrong order. The weights on the target come first.",
        _with(result=lambda x, own, cross: (x, cross, own)),
    ),
    Mistake(
        "same_list_twice",
        "Both lists hold the weights on the target. The second holds those on the source.",
        _with(result=lambda x, own, cross: (x, own, own)),
    ),
    Mistake(
        "stream_alone",
        "You return the stream alone. Return the two lists of weights after it.",
        _with(result=lambda x, own, cross: x),
    ),
    Mistake(
        "weights_first",
        "The stream comes first, then the two lists.",
        _with(result=lambda x, own, cross: (own, cross, x)),
    ),
]

register(
    CodeExercise(
        name="transformer.stack",
        title="Build the decoder's stack",
        points=2,
        package="transformer.TransformerDecoder.forward",
        reference=decoder_stack,
        probes=_probes,
        call=_call,
        oracle=_torch_s,
        equivalents={"by number": _by_number, "in tuples": _in_tuples},
        outputs=("x", "all_weights", "all_cross_weights"),
        axes=("BTd", "LBNTT", "LBNTS"),
        mistakes=MISTAKES,
        hints=[
            "What one block returns is what the next one takes. The states and the masks are the "
            "same for all of them.",
            "`x` stays (B, T, d_model) throughout. The causal mask is (T, T), the source's mask "
            "(B, 1, S).",
            "Make the mask and two empty lists; loop over `self.blocks`, replace `x`, append both "
            "weights; normalise after the loop.",
            "`x, attention_weights, cross_weights = block(x, states, mask, "
            "source_mask.unsqueeze(1))`",
        ],
        survivors={
            "5: causal_mask(x.shape[1], x.device) → causal_mask(x.shape[1])": "the probes are on "
            "the CPU, where masks are made without the device, too"
        },
        solved="All blocks attend to the same states; what differs is what each asks of them.",
    )
)
