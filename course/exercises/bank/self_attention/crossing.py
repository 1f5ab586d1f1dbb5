"""Exercise 12.9: where the counts cross."""

from __future__ import annotations

from collections.abc import Callable

from course.exercises.bank import Mistake, ValueExercise, register


def _crossing() -> int:
    """The length at which torch counts equally many multiplications."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    d = 96
    attention, cell = torch.nn.MultiheadAttention(d, 1, batch_first=True), torch.nn.LSTMCell(d, d)

    def counted(run: Callable[[], object]) -> int:
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            run()
        return int(counter.get_total_flops())

    def difference(n: int) -> int:
        x = torch.zeros(1, n, d)
        mine = counted(lambda: attention(x, x, x, need_weights=True))
        return mine - n * counted(lambda: cell(x[:, 0]))

    low, high = 1, 1024
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if difference(middle) <= 0 else (low, middle)
    assert difference(low) == 0
    return low


def _consequence(n: float) -> str:
    """Say what both layers need at this length, if it is one."""
    if not 0 < n < 10**6:
        return ""
    d = 96
    attention, cell = 4 * n * d**2 + 2 * n**2 * d, 8 * n * d**2
    return f"For n = {n:g}, self-attention needs {attention:,.0f} and the LSTM {cell:,.0f}."


MISTAKES = [
    Mistake(
        "width",
        "At n = d, n²d and nd² are equal, but the counts have factors. Solve 4nd² + 2n²d = 8nd².",
        96,
    ),
    Mistake(
        "part_left_out",
        "One part of self-attention is missing. It needs 4nd² for the linear layers, and 2n²d for "
        "scores and weighted sums.",
        384,
    ),
    Mistake(
        "three_maps",
        "You counted three linear layers. There are four: for queries, keys and values, and the "
        "output layer.",
        240,
    ),
    Mistake(
        "added",
        "You added 4d and 2d. From 2d + n = 4d it follows that n = 4d − 2d.",
        576,
    ),
    Mistake(
        "halved",
        "You divided by 2 where you should have multiplied: the result is half of the width.",
        48,
    ),
    Mistake(
        "other_width",
        "This is the crossing for a width of 64. Here the width is 96.",
        128,
    ),
]

register(
    ValueExercise(
        name="self_attention.crossing",
        title="Where the counts cross",
        points=1,
        answer=192,
        oracle=_crossing,
        consequence=_consequence,
        mistakes=MISTAKES,
        hints=[
            "Write down both counts and set them equal.",
            "Self-attention 4nd² + 2n²d, LSTM 8nd². Divide both by 2nd.",
            "2d + n = 4d.",
        ],
        solved="Beyond n = 2d, self-attention makes more multiplications than an LSTM, because of "
        "the part with n².",
    )
)
