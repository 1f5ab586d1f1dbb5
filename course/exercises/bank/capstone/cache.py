"""Exercise 14.3: what decoding must keep."""

from __future__ import annotations

from course.exercises.bank import (
    Mistake,
    ValueExercise,
    register,
)


def _cache_by_torch() -> int:
    """Count the numbers in the state and memory of a Transformer that keeps keys and values."""
    import torch

    from helpers.transformer import CachedTransformer, Transformer

    model = CachedTransformer(Transformer(20, 20, d_model=64, heads=8, layers=3, d_ff=128))
    source = torch.full((1, 12), 5)
    with torch.no_grad():
        memory, state = model.begin(source, torch.ones_like(source).bool())
        for _ in range(9):
            _, state, _ = model.step(torch.tensor([4]), state, memory)
    return sum(part.numel() for part in (memory.keys, memory.values, *state))


register(
    ValueExercise(
        name="capstone.cache",
        title="What decoding must keep",
        points=1,
        answer=8064,
        oracle=_cache_by_torch,
        mistakes=[
            Mistake(
                "keys_alone",
                "There is a value beside each key: twice as many.",
                4032,
            ),
            Mistake(
                "target_alone",
                "These are the keys and values of the words written. Those of the source are kept "
                "as well.",
                3456,
            ),
            Mistake(
                "source_alone",
                "These are the keys and values of the source. Those of the words written so far "
                "are kept as well.",
                4608,
            ),
            Mistake(
                "one_layer",
                "This is one layer. Each of the three makes keys and values of its own.",
                2688,
            ),
            Mistake(
                "times_heads",
                "The heads share the 64 numbers among them, 8 each: do not multiply by 8.",
                64_512,
            ),
            Mistake(
                "one_head",
                "This is one head of eight. All of them together have 64 numbers a key.",
                1008,
            ),
            Mistake(
                "queries_too",
                "Queries are used once, by the step that makes them. They need not be kept.",
                12_096,
            ),
            Mistake(
                "product",
                "You multiplied 12 by 9. That is the number of attention weights of a head; keys "
                "and values are kept once for each token, so add.",
                41_472,
            ),
            Mistake(
                "encoder_too",
                "You counted the encoder's own keys and values as well. It has read everything, "
                "and the next word needs them no more. What is kept of the source are the keys and "
                "values that the decoder's layers make of it.",
                12_672,
            ),
            Mistake(
                "six_layers",
                "You counted six layers. Only the decoder's three look at anything when the next "
                "word is written.",
                16_128,
            ),
        ],
        hints=[
            "A decoder layer looks at two things, at the source and at the words so far. For "
            "each token of both it keeps a key and a value.",
            "One key has d_model numbers, all heads together, and so has one value.",
            "Layers, times two, times width, times tokens.",
            "`3 * 2 * 64 * (12 + 9)`",
        ],
        solved="It grows with every word. The LSTM's state does not: that is what recurrence is "
        "still good for.",
    )
)
