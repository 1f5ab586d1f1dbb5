"""Exercise 8.7: as many parameters."""

from __future__ import annotations

from typing import Any

from course.exercises.bank import Mistake, ValueExercise, register


def _nearest() -> int:
    """Torch counts: without the second bias that it keeps for each block."""
    import torch

    def count(kind: Any, H: int) -> int:
        named = kind(4, H).named_parameters()
        return sum(p.numel() for name, p in named if not name.startswith("bias_hh"))

    wanted = count(torch.nn.LSTM, 16)
    return min(range(1, 60), key=lambda H: abs(count(torch.nn.GRU, H) - wanted))


def _consequence(n: Any) -> str:
    if n < 1:
        return "A layer has at least one unit."
    if n > 200:
        return "The LSTM has 16 units. Is this a number of parameters? How many units are they?"
    whole = (
        "" if n == n // 1 else "Units are whole: which whole number comes nearest in parameters? "
    )
    return (
        f"{whole}A GRU of {n:g} units has 3 · ({n:g} · 4 + {n:g} · {n:g} + {n:g}) = "
        f"{3 * n * (n + 5):g} parameters. Compare that with the LSTM's."
    )


register(
    ValueExercise(
        name="gru.equal_units",
        title="As many parameters",
        points=1,
        answer=19,
        oracle=_nearest,
        consequence=_consequence,
        mistakes=[
            Mistake(
                "gates_for_blocks",
                "Did you count the gates alone, two against three? The candidate has weights of "
                "its own: a GRU has three blocks, an LSTM four.",
                20,
            ),
            Mistake(
                "four_thirds",
                "Four thirds of 16 would be right if parameters grew in proportion to the units. "
                "The matrix from the old state, H · H, grows faster.",
                21,
            ),
            Mistake(
                "four_thirds_rounded_up",
                "Four thirds of 16, rounded up? Parameters grow faster than units: the matrix from "
                "the old state has H · H entries.",
                22,
            ),
            Mistake(
                "two_blocks",
                "Did you give the GRU two blocks? Two gates and a candidate make three.",
                24,
            ),
            Mistake(
                "rounded_down",
                "18 units give 1,242 parameters, 102 fewer than the LSTM's 1,344. One unit more "
                "comes nearer.",
                18,
            ),
            Mistake(
                "equal_units",
                "16 units of each make equal *sizes*. The GRU then has a quarter fewer parameters.",
                16,
            ),
            Mistake(
                "fewer_units",
                "The GRU has fewer blocks, so with as many parameters it gets *more* units.",
                12,
            ),
            Mistake(
                "fewer_by_the_root",
                "The GRU has fewer blocks, so with as many parameters it gets *more* units, not "
                "fewer.",
                14,
            ),
            Mistake("parameters", "This is the LSTM's number of parameters. How many units?", 1344),
            Mistake("grus_parameters", "This is the number of parameters. How many units?", 1368),
            Mistake("lstms_block", "That is one block of the LSTM. It has four.", 336),
            Mistake(
                "block_of_the_gru",
                "This is a third of the LSTM's parameters: what one of the GRU's blocks may have. "
                "How many units does such a block have?",
                448,
            ),
            Mistake(
                "equal_size_parameters",
                "That is the number of parameters of a GRU with 16 units. How many units bring it "
                "to the LSTM's number?",
                1008,
            ),
            Mistake(
                "one_block_for_the_lstm",
                "Which blocks did you count? A GRU has three, an LSTM four.",
                10,
            ),
        ],
        hints=[
            "Count one block first: a matrix from the input, a matrix from the state, a bias.",
            "With D = 4 and H units a block has 4 H + H · H + H parameters.",
            "Four blocks for the LSTM with H = 16. Then try values of H in three blocks.",
            "LSTM: 4 · (64 + 256 + 16) = 1,344. A GRU has 3 · H · (H + 5).",
        ],
        solved="Three more units, not a third more: a block grows with the square of the units.",
    )
)
