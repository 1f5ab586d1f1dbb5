"""The exercises of lesson 13, The Transformer."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import (
    CodeExercise,
    Mistake,
    OpenExercise,
    Probe,
    Property,
    ValueExercise,
    register,
)

Array = npt.NDArray[Any]

# --- 13.1 · A simpler normalisation --------------------------------------------------------------


def rms_norm(x: Array, gain: Array, eps: float = 1e-5) -> Array:
    """Divide each vector of x (B, T, d) by its root mean square."""
    mean_square = (x**2).mean(axis=-1, keepdims=True)
    return gain * x / np.sqrt(mean_square + eps)


def _rms_probes(rng: np.random.Generator) -> list[Probe]:
    def one(B: int, T: int, d: int, size: float = 1.0) -> tuple[Array, Array, float]:
        x = size * (rng.normal(size=(B, T, d)) + 0.7)
        return x, rng.uniform(0.5, 2.0, size=d), 1e-5

    return [
        Probe((np.array([[[3.0, 4.0]]]), np.ones(2), 0.0), label="the example"),
        Probe(one(2, 3, 5)),
        Probe(one(4, 1, 3), label="T = 1"),
        Probe(one(1, 4, 2, 0.01), label="small numbers"),
        Probe((*one(3, 2, 4)[:2], 0.3), label="eps = 0.3"),
        Probe((np.zeros((1, 2, 3)), np.ones(3), 1e-5), label="zeros"),
    ]


def _rms_torch(x: Array, gain: Array, eps: float = 1e-5) -> Array:
    import torch

    return torch.nn.functional.rms_norm(
        torch.tensor(x), (x.shape[-1],), torch.tensor(gain), eps
    ).numpy()


def _rms_loop(x: Array, gain: Array, eps: float = 1e-5) -> Array:
    y = np.empty_like(x)
    B, T, d = x.shape
    for b in range(B):
        for t in range(T):
            y[b, t] = x[b, t] * gain * (np.dot(x[b, t], x[b, t]) / d + eps) ** -0.5
    return y


def _rms_mistake(kind: str) -> Any:
    def answer(x: Array, gain: Array, eps: float = 1e-5) -> Array:
        with np.errstate(all="ignore"):
            square = x**2
            if kind == "layer_norm":
                x = x - x.mean(-1, keepdims=True)
                return gain * x / np.sqrt((x**2).mean(-1, keepdims=True) + eps)
            if kind == "spread":
                return gain * x / np.sqrt(x.var(-1, keepdims=True) + eps)
            if kind == "eps_fixed":
                return gain * x / np.sqrt(square.mean(-1, keepdims=True) + 1e-5)
            if kind == "sum":
                return gain * x / np.sqrt(square.sum(-1, keepdims=True) + eps)
            if kind == "eps_outside":
                return gain * x / (np.sqrt(square.mean(-1, keepdims=True)) + eps)
            if kind == "no_root":
                return gain * x / (square.mean(-1, keepdims=True) + eps)
            if kind == "no_eps":
                return gain * x / np.sqrt(square.mean(-1, keepdims=True))
            if kind == "no_gain":
                return x / np.sqrt(square.mean(-1, keepdims=True) + eps)
            axis = 1 if kind == "positions" else None
            return gain * x / np.sqrt(square.mean(axis, keepdims=True) + eps)

    return answer


register(
    CodeExercise(
        name="transformer.rms_norm",
        title="A simpler normalisation",
        points=2,
        reference=rms_norm,
        probes=_rms_probes,
        oracle=_rms_torch,
        equivalents={"torch": _rms_torch, "loop": _rms_loop},
        outputs=("y",),
        axes=("BTd",),
        mistakes=[
            Mistake(
                "layer_norm",
                "You took the mean off first. That is layer normalisation; this one only divides.",
                _rms_mistake("layer_norm"),
            ),
            Mistake(
                "spread",
                "You divided by the root of the variance, which takes the mean off before it "
                "squares. Here the squares are those of `x` itself.",
                _rms_mistake("spread"),
            ),
            Mistake(
                "eps_fixed",
                "You wrote a number where `eps` belongs. It is an argument: each call may bring "
                "another.",
                _rms_mistake("eps_fixed"),
            ),
            Mistake(
                "sum",
                "You divided by the length of the vector, the root of the *sum* of squares. The "
                "root of their *mean* is √d times smaller.",
                _rms_mistake("sum"),
            ),
            Mistake(
                "eps_outside",
                "`eps` stands outside the root. Inside, it counts as much as a square: with small "
                "numbers that shows.",
                _rms_mistake("eps_outside"),
            ),
            Mistake(
                "no_root",
                "You divided by the mean square; its root is missing.",
                _rms_mistake("no_root"),
            ),
            Mistake(
                "no_eps",
                "Where all numbers are zero you divide by zero: `eps` is missing under the root.",
                _rms_mistake("no_eps"),
            ),
            Mistake(
                "no_gain",
                "You left out `gain`, one number for each of the d columns.",
                _rms_mistake("no_gain"),
            ),
            Mistake(
                "positions",
                "You took the mean over the positions, axis 1. Each position is normalised by "
                "itself, over its d numbers.",
                _rms_mistake("positions"),
            ),
            Mistake(
                "everything",
                "You took one mean over the whole batch. Each vector has its own.",
                _rms_mistake("everything"),
            ),
        ],
        hints=[
            "Layer normalisation without the mean: each vector is divided by the root of the mean "
            "of its squares.",
            "`x` is (B, T, d); the mean square is (B, T, 1), so that it can be broadcast.",
            "Square, take the mean over the last axis and keep that axis, add `eps`, take the "
            "root, divide, multiply by `gain`.",
            "`mean_square = (x**2).mean(axis=-1, keepdims=True)`",
        ],
        solved="It saves the mean and the bias, and does as well. Many large language models use "
        "it in place of layer normalisation (Zhang and Sennrich 2019).",
    )
)


# --- 13.2 · Find the bug: a block that leaks -----------------------------------------------------


def given_layer(x: Array, W: Array, gain: Array, bias: Array) -> Array:
    """The colleague's part with its residual, as the learner finds it."""
    mean = x.mean(axis=1, keepdims=True)
    variance = x.var(axis=1, keepdims=True)
    n = gain * (x - mean) / np.sqrt(variance + 1e-5) + bias
    return x + np.maximum(n @ W.T, 0)


def layer(x: Array, W: Array, gain: Array, bias: Array) -> Array:
    """x + ReLU(W LayerNorm(x)) at each position: a part in pre-norm order, (B, T, d)."""
    mean = x.mean(axis=-1, keepdims=True)
    variance = x.var(axis=-1, keepdims=True)
    n = gain * (x - mean) / np.sqrt(variance + 1e-5) + bias
    return x + np.maximum(n @ W.T, 0)


def _layer_probes(rng: np.random.Generator) -> list[Probe]:
    def one(B: int, T: int, d: int) -> tuple[Array, Array, Array, Array]:
        return (
            2 * rng.normal(size=(B, T, d)) + 1,
            rng.normal(size=(d, d)),
            rng.uniform(0.5, 1.5, size=d),
            rng.normal(size=d),
        )

    return [
        Probe(one(2, 3, 4)),
        Probe(one(1, 5, 3), label="B = 1"),
        Probe(one(3, 1, 5), label="T = 1"),
    ]


def _layer_torch(x: Array, W: Array, gain: Array, bias: Array) -> Array:
    import torch
    from torch.nn import functional as F

    n = F.layer_norm(torch.tensor(x), (x.shape[-1],), torch.tensor(gain), torch.tensor(bias))
    return (torch.tensor(x) + F.relu(F.linear(n, torch.tensor(W)))).numpy()


def _layer_by_position(x: Array, W: Array, gain: Array, bias: Array) -> Array:
    y = x.copy()
    for b, t in np.ndindex(*x.shape[:2]):
        centred = x[b, t] - x[b, t].sum() / x.shape[2]
        n = gain * centred / (centred @ centred / x.shape[2] + 1e-5) ** 0.5 + bias
        y[b, t] += (W @ n).clip(0)
    return y


def _normed(x: Array, gain: Array, bias: Array, axis: Any = -1, ddof: int = 0) -> Array:
    mean = x.mean(axis=axis, keepdims=True)
    spread = x.var(axis=axis, ddof=ddof, keepdims=True)
    return np.asarray(gain * (x - mean) / np.sqrt(spread + 1e-5) + bias)


def _stream_normed(x: Array, W: Array, gain: Array, bias: Array) -> Array:
    n = _normed(x, gain, bias)
    return np.asarray(n + np.maximum(n @ W.T, 0))


def _no_leak_probes(rng: np.random.Generator) -> list[Probe]:
    x, W = rng.normal(size=(2, 4, 3)), rng.normal(size=(3, 3))
    later = x.copy()
    later[:, 3] += 1 + rng.random(size=3)
    rest = (W, np.ones(3), np.zeros(3))
    return [Probe((x, *rest), label="before"), Probe((later, *rest), label="position 3 changed")]


register(
    CodeExercise(
        name="transformer.leak",
        title="A block that leaks",
        points=2,
        reference=layer,
        given=given_layer,
        probes=_layer_probes,
        oracle=_layer_torch,
        equivalents={"torch": _layer_torch, "by position": _layer_by_position},
        outputs=("x",),
        axes=("BTd",),
        properties=[
            Property(
                "Your results at earlier positions change when the last position of `x` does: "
                "something is still computed over the positions.",
                lambda outputs, probes: np.allclose(outputs[0][:, :3], outputs[1][:, :3]),
                probes=_no_leak_probes,
            )
        ],
        mistakes=[
            Mistake(
                "only_mean",
                "The mean is taken over the columns now, the variance over the positions still.",
                lambda x, W, gain, bias: (
                    x
                    + np.maximum(
                        (
                            gain
                            * (x - x.mean(-1, keepdims=True))
                            / np.sqrt(x.var(1, keepdims=True) + 1e-5)
                            + bias
                        )
                        @ W.T,
                        0,
                    )
                ),
            ),
            Mistake(
                "only_variance",
                "The variance is taken over the columns now, the mean over the positions still.",
                lambda x, W, gain, bias: (
                    x
                    + np.maximum(
                        (
                            gain
                            * (x - x.mean(1, keepdims=True))
                            / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
                            + bias
                        )
                        @ W.T,
                        0,
                    )
                ),
            ),
            Mistake(
                "both_axes",
                "You normalise over positions and columns together. The positions still see each "
                "other through the mean.",
                lambda x, W, gain, bias: (
                    x + np.maximum(_normed(x, gain, bias, axis=(1, 2)) @ W.T, 0)
                ),
            ),
            Mistake(
                "over_the_batch",
                "You normalise over the batch, axis 0. Now the sentences in it see each other.",
                lambda x, W, gain, bias: x + np.maximum(_normed(x, gain, bias, axis=0) @ W.T, 0),
            ),
            Mistake(
                "stream_normed",
                "You added to the normalised vector. The stream goes around the part as it is.",
                _stream_normed,
            ),
            Mistake(
                "no_residual",
                "The residual is gone: what the part makes is *added to* `x`.",
                lambda x, W, gain, bias: np.maximum(_normed(x, gain, bias) @ W.T, 0),
            ),
            Mistake(
                "sum_normed",
                "You normalise the sum, as in post-norm. Here the part reads a normalised `x`, and "
                "the sum stays as it is.",
                lambda x, W, gain, bias: _normed(x + np.maximum(x @ W.T, 0), gain, bias),
            ),
        ],
        hints=[
            "Which numbers go into the mean of one position?",
            "`x` is (B, T, d): axis 0 the sentences, axis 1 the positions, axis 2 the columns of a "
            "vector.",
            "Layer normalisation treats each position by itself: over its d numbers. Two lines "
            "take another axis.",
            "`mean = x.mean(axis=-1, keepdims=True)`",
        ],
        survivors={
            "6: np.maximum(n @ W.T, 0) → np.maximum(0, n @ W.T)": "the larger of two numbers is "
            "the same in either order"
        },
        solved="A mask protects attention alone. Whatever else mixes positions must be masked, or "
        "not be there; and no loss tells, for a decoder that sees the future has a lower one.",
    )
)


# --- 13.3 · How many parameters? -----------------------------------------------------------------

D_MODEL, HEADS, D_FF = 16, 4, 40


def _count_torch() -> int:
    from torch import nn

    layer_ = nn.TransformerDecoderLayer(D_MODEL, HEADS, D_FF)
    return sum(parameter.numel() for parameter in layer_.parameters())


register(
    ValueExercise(
        name="transformer.parameters",
        title="The parameters of a block",
        points=1,
        answer=3608,
        oracle=_count_torch,
        mistakes=[
            Mistake(
                "no_biases",
                "The biases are missing: each linear layer has one number more for each of its "
                "outputs.",
                8 * 256 + 2 * 16 * 40 + 96,
            ),
            Mistake(
                "encoder_block",
                "This is an *encoder* block. A decoder block has a second attention and a third "
                "normalisation.",
                4 * 272 + 2 * 16 * 40 + 56 + 64,
            ),
            Mistake(
                "heads_multiply",
                "You counted the attention four times over, once for each head. The heads share "
                "the width: four of width 4 have as many weights as one of width 16.",
                4 * 2 * 4 * 272 + 2 * 16 * 40 + 56 + 96,
            ),
            Mistake(
                "no_norms",
                "The three normalisations are missing, each with gain and bias, (d_model,) both.",
                8 * 272 + 2 * 16 * 40 + 56,
            ),
            Mistake(
                "no_output",
                "Each attention has four linear layers, not three: the last one joins the heads.",
                6 * 272 + 2 * 16 * 40 + 56 + 96,
            ),
            Mistake(
                "one_norm_number",
                "A normalisation has two numbers for each column, gain and bias.",
                8 * 272 + 2 * 16 * 40 + 56 + 48,
            ),
            Mistake(
                "two_norms",
                "Two normalisations are an encoder block's. Here there are three parts, and one "
                "normalisation for each.",
                8 * 272 + 2 * 16 * 40 + 56 + 64,
            ),
            Mistake(
                "own_feed_forward",
                "You counted a feed-forward part for each attention; the block has one.",
                8 * 272 + 2 * (2 * 16 * 40 + 56) + 96,
            ),
        ],
        hints=[
            "Write down the block's parts: two attentions, one feed-forward part, three "
            "normalisations.",
            "An attention has four linear layers d_model → d_model, whatever the number of heads.",
            "A linear layer a → b has a · b weights and b biases. A normalisation has 2 · d_model.",
            "2 · 4 · (16 · 16 + 16) + (16 · 40 + 40) + (40 · 16 + 16) + 3 · 2 · 16",
        ],
        solved="With d_ff = 4 d_model, the paper's choice, the feed-forward part holds as many "
        "weights as two attentions, 8 d_model². The number of heads costs nothing.",
    )
)


# --- 13.4 · Three masks --------------------------------------------------------------------------


def masks(source: Array, target: Array) -> tuple[Array, Array, Array]:
    """Masks of encoder (B, S, S), decoder (B, T, T) and cross-attention (B, T, S)."""
    S, T = source.shape[1], target.shape[1]
    of_source = source[:, None, :] != 0  # (B, 1, S)
    encoder = np.repeat(of_source, S, axis=1)
    decoder = (target[:, None, :] != 0) & np.tri(T, dtype=bool)
    cross = np.repeat(of_source, T, axis=1)
    return encoder, decoder, cross


def _mask_probes(rng: np.random.Generator) -> list[Probe]:
    def rows(lengths: list[int]) -> Array:
        ids = np.zeros((len(lengths), max(lengths)), dtype=np.int64)
        for b, length in enumerate(lengths):
            ids[b, :length] = rng.integers(4, 30, size=length)
        return ids

    return [
        Probe((np.array([[7, 0]]), np.array([[2, 8, 0]])), label="the example"),
        Probe((rows([3, 5]), rows([4, 2]))),
        Probe((rows([2, 1, 4]), rows([1, 3, 2])), label="S = 4, T = 3"),
        Probe((rows([3]), rows([5])), label="no padding"),
        Probe((rows([1]), rows([1])), label="one token each"),
        Probe(
            (np.array([[2, 9, 3, 1, 0], [2, 3, 0, 0, 0]]), np.array([[2, 1, 3], [2, 3, 0]])),
            label="ids 1, 2 and 3 are no padding",
        ),
    ]


def _masks_torch(source: Array, target: Array) -> tuple[Array, Array, Array]:
    """As where torch's scaled dot product attention, with torch's own masks, puts any weight."""
    import torch
    from torch import nn

    hidden_source = torch.tensor(source == 0)
    T, S = target.shape[1], source.shape[1]

    def look(queries: int, keys: int, hidden: Any, causal: bool) -> Array:
        bias = torch.zeros(len(hidden), queries, keys)
        if causal:
            bias = bias + nn.Transformer.generate_square_subsequent_mask(queries)
        bias = bias.masked_fill(hidden.unsqueeze(1), -torch.inf)
        weights = bias.softmax(dim=-1)
        return np.asarray((weights > 0).numpy())

    return (
        look(S, S, hidden_source, False),
        look(T, T, torch.tensor(target == 0), True),
        look(T, S, hidden_source, False),
    )


def _masks_loop(source: Array, target: Array) -> tuple[Array, Array, Array]:
    B, S = source.shape
    T = target.shape[1]
    encoder, decoder = np.zeros((B, S, S), bool), np.zeros((B, T, T), bool)
    cross = np.zeros((B, T, S), bool)
    for b in range(B):
        for j in range(S):
            encoder[b, :, j] = cross[b, :, j] = source[b, j] > 0
        for t in range(T):
            for s in range(t + 1):
                decoder[b, t, s] = target[b, s] > 0
    return encoder, decoder, cross


def _mask_mistake(kind: str) -> Any:
    def answer(source: Array, target: Array) -> Any:
        encoder, decoder, cross = masks(source, target)
        T = target.shape[1]
        if kind == "hidden":
            return ~encoder, ~decoder, ~cross
        if kind == "queries":
            return (
                np.swapaxes(encoder, 1, 2),
                (target[:, :, None] != 0) & np.tri(T, dtype=bool),
                np.repeat(target[:, :, None] != 0, source.shape[1], axis=2),
            )
        if kind == "both":
            tokens = target[:, :, None] != 0
            return encoder & (source[:, :, None] != 0), decoder & tokens, cross & tokens
        if kind == "source_padding":
            return np.ones_like(encoder), decoder, np.ones_like(cross)
        if kind == "cross_padding":
            return encoder, decoder, np.ones_like(cross)
        if kind == "cross_queries":
            return encoder, decoder, np.repeat(target[:, :, None] != 0, source.shape[1], axis=2)
        if kind == "past_hidden":
            return encoder, (target[:, None, :] != 0) & np.tri(T, dtype=bool).T, cross
        if kind == "not_itself":
            return encoder, (target[:, None, :] != 0) & np.tri(T, k=-1, dtype=bool), cross
        if kind == "no_padding":
            return encoder, np.repeat(np.tri(T, dtype=bool)[None], len(target), axis=0), cross
        if kind == "no_causal":
            return encoder, np.repeat(target[:, None, :] != 0, T, axis=1), cross
        if kind == "cross_swapped":
            return encoder, decoder, np.swapaxes(cross, 1, 2)
        if kind == "cross_causal":
            return encoder, decoder, cross & np.tri(T, source.shape[1], dtype=bool)
        return encoder & np.tri(source.shape[1], dtype=bool), decoder, cross

    return answer


register(
    CodeExercise(
        name="transformer.masks",
        title="Three masks",
        points=3,
        reference=masks,
        probes=_mask_probes,
        oracle=_masks_torch,
        equivalents={"torch": _masks_torch, "loop": _masks_loop},
        outputs=("encoder", "decoder", "cross"),
        axes=("BSS", "BTT", "BTS"),
        mistakes=[
            Mistake(
                "hidden",
                "Your masks are True where a query may *not* look. That is how torch's "
                "Transformer has it; here True means that it may.",
                _mask_mistake("hidden"),
            ),
            Mistake(
                "queries",
                "You masked the rows, the queries. It is padded *keys*, the last axis, that must "
                "not be looked at; what a padded query makes is thrown away.",
                _mask_mistake("queries"),
            ),
            Mistake(
                "both",
                "You masked keys *and* queries. A padded query then has a row that is False "
                "throughout, and the softmax of nothing is NaN. Leave its row as the others are: "
                "what it makes is thrown away.",
                _mask_mistake("both"),
            ),
            Mistake(
                "source_padding",
                "Nobody may look at the source's padding: neither the encoder nor "
                "cross-attention, whose keys come from the source as well.",
                _mask_mistake("source_padding"),
            ),
            Mistake(
                "cross_padding",
                "In your mask cross-attention looks at the source's padding.",
                _mask_mistake("cross_padding"),
            ),
            Mistake(
                "cross_queries",
                "In cross-attention the keys come from the source: its padding is what must not be "
                "looked at. You masked the target's, which makes queries.",
                _mask_mistake("cross_queries"),
            ),
            Mistake(
                "past_hidden",
                "In the decoder's mask past and future are exchanged: row t may look at columns 0 "
                "to t.",
                _mask_mistake("past_hidden"),
            ),
            Mistake(
                "not_itself",
                "A target position may not look at itself in your mask; then the first one has "
                "nowhere to look. The token fed in at t is known at t.",
                _mask_mistake("not_itself"),
            ),
            Mistake(
                "no_padding",
                "The decoder's mask hides the future, but not the target's padding.",
                _mask_mistake("no_padding"),
            ),
            Mistake(
                "no_causal",
                "The decoder's mask hides the padding, but not the future.",
                _mask_mistake("no_causal"),
            ),
            Mistake(
                "cross_swapped",
                "The mask of cross-attention has its axes exchanged: the target asks, so its T "
                "positions are the rows, and the source's S are the columns.",
                _mask_mistake("cross_swapped"),
            ),
            Mistake(
                "cross_causal",
                "Cross-attention needs no causal mask: the whole source is known before the first "
                "word is written.",
                _mask_mistake("cross_causal"),
            ),
            Mistake(
                "encoder_causal",
                "The encoder needs no causal mask: it may look ahead in the source.",
                _mask_mistake("encoder_causal"),
            ),
        ],
        hints=[
            "For each attention ask two questions: which tokens make the keys, and which of these "
            "keys does a query know nothing of, or must it not know?",
            "Rows are queries, columns are keys: (B, S, S), (B, T, T), (B, T, S). Padding is id 0.",
            "Encoder and cross-attention look at the source: True in the columns of its tokens, "
            "in every row. The decoder's mask is that of the target's tokens *and* the lower "
            "triangle.",
            "`decoder = (target[:, None, :] != 0) & np.tri(T, dtype=bool)`",
        ],
        solved="With padding behind the tokens, the causal mask hides the target's padding from "
        "every token already. That is why the package's decoder gets along without the other half.",
    )
)


# --- 13.5 · The paper's schedule -----------------------------------------------------------------


def learning_rate(step: int, d_model: int, warm_up: int) -> float:
    """The rate of Vaswani et al. 2017 at a step, counted from 1."""
    return float(d_model**-0.5 * min(step**-0.5, step * warm_up**-1.5))


def _rate_probes(rng: np.random.Generator) -> list[Probe]:
    chosen = [(64, 100), (128, 30), (512, 4000)]
    probes = [Probe((100, 64, 100), label="the example")]
    for d_model, warm_up in chosen:
        for step in (1, warm_up // 3, warm_up, 2 * warm_up, int(rng.integers(3, 9)) * warm_up):
            probes.append(Probe((step, d_model, warm_up), label=f"step {step}"))
    return probes


def _rate_on_log_paper(step: int, d_model: int, warm_up: int) -> float:
    """Read off a drawing: two straight lines on doubly logarithmic paper, slopes 1 and −1/2."""
    peak, corner, far = -np.log(d_model * warm_up) / 2, np.log(warm_up), 20.0
    places, heights = [0, corner, corner + far], [peak - corner, peak, peak - far / 2]
    return float(np.exp(np.interp(np.log(step), places, heights)))


def _rate_branches(step: int, d_model: int, warm_up: int) -> float:
    peak = 1 / np.sqrt(d_model * warm_up)
    return float(peak * step / warm_up if step < warm_up else peak * np.sqrt(warm_up / step))


register(
    CodeExercise(
        name="transformer.learning_rate",
        title="The paper’s schedule",
        points=1,
        reference=learning_rate,
        probes=_rate_probes,
        oracle=_rate_on_log_paper,
        equivalents={"on log paper": _rate_on_log_paper, "branches": _rate_branches},
        outputs=("rate",),
        mistakes=[
            Mistake(
                "larger",
                "You took the larger of the two. In the beginning the first is the larger one: "
                "there would be no warm-up.",
                lambda step, d, w: float(d**-0.5 * max(step**-0.5, step * w**-1.5)),
            ),
            Mistake(
                "no_width",
                "The factor $d_{model}^{-1/2}$ is missing: wider models get smaller rates.",
                lambda step, d, w: float(min(step**-0.5, step * w**-1.5)),
            ),
            Mistake(
                "not_continuous",
                "The rise has the slope `1 / warm_up`. It should meet the fall at `warm_up`, with "
                "the value `warm_up ** -0.5`; so the power is −1.5.",
                lambda step, d, w: float(d**-0.5 * min(step**-0.5, step / w)),
            ),
            Mistake(
                "constant",
                "After the warm-up your rate stays where it is; it should fall with $step^{-1/2}$.",
                lambda step, d, w: float(d**-0.5 * min(w**-0.5, step * w**-1.5)),
            ),
            Mistake(
                "no_warm_up",
                "There is no warm-up: the rate falls from the first step on.",
                lambda step, d, w: float(d**-0.5 * step**-0.5),
            ),
            Mistake(
                "precedence",
                "Python reads `a**-1/2` as `(a**-1) / 2`. Write `a**-0.5`, or put the exponent in "
                "brackets.",
                lambda step, d, w: float(d**-1 / 2 * min(step**-1 / 2, step * w**-3 / 2)),
            ),
            Mistake(
                "power_of_width",
                "The power of `d_model` is −1/2: wider models get smaller rates.",
                lambda step, d, w: float(d**0.5 * min(step**-0.5, step * w**-1.5)),
            ),
            Mistake(
                "from_zero",
                "You count the steps from 0; the first step has the number 1.",
                lambda step, d, w: float(d**-0.5 * min((step + 1) ** -0.5, (step + 1) * w**-1.5)),
            ),
        ],
        hints=[
            "Two curves, a straight line upwards and a root that falls; the smaller one counts.",
            "All are plain numbers; `step` counts from 1.",
            "Write both, take `min`, and multiply by `d_model ** -0.5`.",
            "`min(step ** -0.5, step * warm_up ** -1.5)`",
        ],
        survivors={
            "3: float(d_model ** (-0.5) * min(step ** (-0.5), step * warm_up ** (-1.5))) → "
            "d_model ** (-0.5) * min(step ** (-0.5), step * warm_up ** (-1.5))": "it is a float "
            "already",
            "3: min(step ** (-0.5), step * warm_up ** (-1.5)) → "
            "min(step * warm_up ** (-1.5), step ** (-0.5))": "of two numbers the smaller is the "
            "same in either order",
        },
        solved="At `step = warm_up` both curves meet at $(d_{model} · warm\\_up)^{-1/2}$, the "
        "highest rate. The lesson's own schedule rises in the same way and falls along a cosine.",
    )
)


# --- 13.6 · What a head is evidence of -----------------------------------------------------------

register(
    OpenExercise(
        name="transformer.evidence",
        title="What a head is evidence of",
        points=4,
        rubric=(
            "The picture is one head of one layer, chosen afterwards from many; others look "
            "elsewhere. One sentence proves nothing.",
            "A weight says how much of a value is mixed in, not what the value holds (states have "
            "already been mixed in the encoder) nor what later parts make of it.",
            "An experiment that changes something: hide this source position from this head, or "
            "from all, or exchange the source word, and see whether the written word changes; "
            "beside a control, as hiding another position.",
            "Says over how many sentences and against which baseline (gold alignments, the "
            "diagonal, a random head), and what each result would mean.",
        ),
    )
)


# --- 13.7 · One step with a cache ----------------------------------------------------------------


def cached_step(
    x: Array, keys: Array, values: Array, W_q: Array, W_k: Array, W_v: Array
) -> tuple[Array, Array, Array]:
    """Attention of one new vector x (d,), with t old keys (t, d_k) and values (t, d_v)."""
    keys = np.concatenate([keys, (W_k @ x)[None]])  # (t + 1, d_k)
    values = np.concatenate([values, (W_v @ x)[None]])  # (t + 1, d_v)
    scores = keys @ (W_q @ x) / np.sqrt(keys.shape[1])  # (t + 1,)
    weights = np.exp(scores - scores.max())
    return weights @ values / weights.sum(), keys, values


def _cache_probes(rng: np.random.Generator) -> list[Probe]:
    def one(t: int, d: int, d_k: int, d_v: int) -> tuple[Array, ...]:
        W_q, W_k = (rng.normal(size=(d_k, d)) for _ in "qk")
        W_v = rng.normal(size=(d_v, d))
        past = rng.normal(size=(t, d))
        return rng.normal(size=d), past @ W_k.T, past @ W_v.T, W_q, W_k, W_v

    def large(t: int, d: int, d_k: int, d_v: int) -> tuple[Array, ...]:
        """Scores of more than a thousand, but near each other, so that no weight underflows."""
        x, _, values, _, W_k, W_v = one(t, d, d_k, d_v)
        key = W_k @ x
        W_q = 2000 * np.sqrt(d_k) * np.outer(key, x) / (key @ key * (x @ x))
        return x, key + 1e-3 * key * rng.normal(size=(t, d_k)), values, W_q, W_k, W_v

    return [
        Probe(one(2, 5, 3, 4)),
        Probe(one(6, 4, 2, 3), label="t = 6"),
        Probe(one(0, 4, 3, 2), label="an empty cache"),
        Probe(large(3, 3, 5, 2), label="large scores"),
    ]


def _cache_torch(x: Array, keys: Array, values: Array, *weights: Array) -> Any:
    import torch

    new, W_q, W_k, W_v = (torch.tensor(array) for array in (x, *weights))
    all_keys = torch.cat([torch.tensor(keys), (W_k @ new).unsqueeze(0)])
    all_values = torch.cat([torch.tensor(values), (W_v @ new).unsqueeze(0)])
    context = torch.nn.functional.scaled_dot_product_attention(
        (W_q @ new)[None, None], all_keys[None], all_values[None]
    )
    return context[0, 0].numpy(), all_keys.numpy(), all_values.numpy()


def _cache_loop(x: Array, keys: Array, values: Array, W_q: Array, W_k: Array, W_v: Array) -> Any:
    keys, values = np.vstack([keys, W_k @ x]), np.vstack([values, W_v @ x])
    query = W_q @ x
    scores = np.array([query @ key / keys.shape[1] ** 0.5 for key in keys])
    total, context = 0.0, np.zeros(values.shape[1])
    for score, value in zip(scores - scores.max(), values, strict=True):
        total += np.exp(score)
        context += np.exp(score) * value
    return context / total, keys, values


def _attend(query: Array, keys: Array, values: Array, scale: float) -> Array:
    scores = keys @ query * scale
    weights = np.exp(scores - scores.max())
    return np.asarray(weights @ values / weights.sum())


def _cache_mistake(kind: str) -> Any:
    def answer(x: Array, keys: Array, values: Array, W_q: Array, W_k: Array, W_v: Array) -> Any:
        key, value, query = (W_k @ x)[None], (W_v @ x)[None], W_q @ x
        scale = keys.shape[1] ** -0.5
        new_keys, new_values = np.concatenate([keys, key]), np.concatenate([values, value])
        if kind == "in_front":
            new_keys, new_values = np.concatenate([key, keys]), np.concatenate([value, values])
        elif kind == "not_itself":
            return _attend(query, keys, values, scale), new_keys, new_values
        elif kind == "not_kept":
            return _attend(query, new_keys, new_values, scale), keys, values
        elif kind == "no_scale":
            scale = 1.0
        elif kind == "no_root":
            scale = 1 / keys.shape[1]
        elif kind == "scale_of_model":
            scale = len(x) ** -0.5
        elif kind == "scale_of_length":
            scale = len(new_keys) ** -0.5
        return _attend(query, new_keys, new_values, scale), new_keys, new_values

    return answer


def _cache_overflow(
    x: Array, keys: Array, values: Array, W_q: Array, W_k: Array, W_v: Array
) -> Any:
    new_keys, new_values = np.vstack([keys, W_k @ x]), np.vstack([values, W_v @ x])
    with np.errstate(all="ignore"):
        weights = np.exp(new_keys @ (W_q @ x) / np.sqrt(new_keys.shape[1]))
        return weights @ new_values / weights.sum(), new_keys, new_values


register(
    CodeExercise(
        name="transformer.cached_step",
        title="One step with a cache",
        points=3,
        reference=cached_step,
        probes=_cache_probes,
        oracle=_cache_torch,
        equivalents={"torch": _cache_torch, "loop": _cache_loop},
        outputs=("context", "keys", "values"),
        axes=("d", "td", "td"),
        mistakes=[
            Mistake(
                "not_itself",
                "The new vector does not look at itself: append its key and value before you "
                "compute the scores.",
                _cache_mistake("not_itself"),
            ),
            Mistake(
                "not_kept",
                "The context is right, but the cache is returned as it came. The next step would "
                "miss this word.",
                _cache_mistake("not_kept"),
            ),
            Mistake(
                "in_front",
                "You put the new key and value in front. The context is the same, but the cache "
                "runs backwards; append them.",
                _cache_mistake("in_front"),
            ),
            Mistake(
                "no_scale",
                "The scores are not divided by √d_k.",
                _cache_mistake("no_scale"),
            ),
            Mistake(
                "no_root",
                "You divided by d_k; its root is missing.",
                _cache_mistake("no_root"),
            ),
            Mistake(
                "scale_of_model",
                "You divided by the root of the width of `x`. It is the width of a key, √d_k.",
                _cache_mistake("scale_of_model"),
            ),
            Mistake(
                "scale_of_length",
                "You divided by the root of the number of keys, axis 0. The width of a key is on "
                "axis 1.",
                _cache_mistake("scale_of_length"),
            ),
            Mistake(
                "overflow",
                "With large scores `exp` overflows. Subtract the largest score first; the weights "
                "stay the same.",
                _cache_overflow,
            ),
        ],
        hints=[
            "Keys and values of old words do not change: a word never looks at later ones. Only "
            "the new word's are missing.",
            "W_k @ x is (d_k,), the cache (t, d_k); after the step it is (t + 1, d_k). The context "
            "is (d_v,).",
            "Append the new key and value. Then one query against all t + 1 keys: scores, softmax, "
            "weighted sum.",
            "`keys = np.concatenate([keys, (W_k @ x)[None]])`",
        ],
        survivors={
            "8: scores.max → scores.min": "the large scores lie near each other. With 710 between "
            "them the right answer would make Python warn of underflow.",
        },
        solved="One row of scores a step in place of a whole triangle. The cache grows by one key "
        "and one value a step, for each head and each layer: memory is the price.",
    )
)
