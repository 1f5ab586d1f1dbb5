"""Exercise 13.4: the parameters of a block."""

from __future__ import annotations

from course.exercises.bank import Mistake, ValueExercise, register

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
