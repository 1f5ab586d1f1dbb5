"""Exercise 2.8: count the parameters."""

from __future__ import annotations

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, register


def count_parameters(T: int, D: int, H: int, O: int) -> int:  # noqa: E741
    """W_xh, W_hh, b_h, W_hy, b_y; the number of steps plays no part."""
    return H * D + H * H + H + O * H + O


def _count_probes(rng: np.random.Generator) -> list[tuple[int, int, int, int]]:
    sizes = [tuple(int(n) for n in rng.permutation(np.arange(2, 40))[:4]) for _ in range(4)]
    return [(3, 4, 2, 2), (50, 5, 3, 2), (1, 100, 64, 10), *sizes]  # type: ignore[list-item]


def _count_torch(T: int, D: int, H: int, O: int) -> int:  # noqa: E741
    import torch

    # torch's RNN has two biases of H numbers where one is enough
    layer, output = torch.nn.RNN(D, H), torch.nn.Linear(H, O)
    return sum(p.numel() for m in (layer, output) for p in m.parameters()) - H


def _count_shapes(T: int, D: int, H: int, O: int) -> int:  # noqa: E741
    return int(sum(np.prod(shape) for shape in ((H, D), (H, H), (H,), (O, H), (O,))))


def _count_rows(T: int, D: int, H: int, O: int) -> int:  # noqa: E741
    return H * (D + H + 1) + O * (H + 1)


register(
    CodeExercise(
        name="rnn.count_parameters",
        title="Count the parameters",
        points=1,
        reference=count_parameters,
        probes=_count_probes,
        oracle=_count_torch,
        equivalents={"shapes": _count_shapes, "rows": _count_rows},
        outputs=("count",),
        mistakes=[
            Mistake(
                "every_step",
                "You counted the weights once for each step. They are shared: all T steps use the "
                "same numbers, so T plays no part.",
                lambda T, D, H, Y: T * (H * D + H * H + H + Y * H + Y),
            ),
            Mistake(
                "every_step_but_output",
                "You counted the cell once for each step. Its weights are shared: all T steps use "
                "the same numbers, so T plays no part.",
                lambda T, D, H, Y: T * (H * D + H * H + H) + Y * H + Y,
            ),
            Mistake(
                "no_biases",
                "You left out the biases, `b_h` with H numbers and `b_y` with O.",
                lambda T, D, H, Y: H * D + H * H + Y * H,
            ),
            Mistake(
                "no_recurrence",
                "You left out `W_hh`, the weights from the state to the state. These make the "
                "network recurrent.",
                lambda T, D, H, Y: H * D + H + Y * H + Y,
            ),
            Mistake(
                "recurrence_of_h",
                "You counted H numbers for `W_hh`. Each of the H units receives all H old values, "
                "so `W_hh` is (H, H).",
                lambda T, D, H, Y: H * D + H + H + Y * H + Y,
            ),
            Mistake(
                "two_biases",
                "You counted H too many: either a second bias, as in torch, or `h_0`, which is a "
                "state, not a parameter.",
                lambda T, D, H, Y: H * D + H * H + 2 * H + Y * H + Y,
            ),
            Mistake(
                "no_b_h",
                "You left out `b_h`, the bias of the cell: one number for each hidden unit.",
                lambda T, D, H, Y: H * D + H * H + Y * H + Y,
            ),
            Mistake(
                "no_b_y",
                "You left out `b_y`, the bias of the output: one number for each output.",
                lambda T, D, H, Y: H * D + H * H + H + Y * H,
            ),
            Mistake(
                "no_W_hy",
                "You left out `W_hy`, the weights from the state to the output.",
                lambda T, D, H, Y: H * D + H * H + H + Y,
            ),
            Mistake(
                "no_output",
                "You counted only the cell. The output has parameters too, `W_hy` and `b_y`.",
                lambda T, D, H, Y: H * D + H * H + H,
            ),
            Mistake(
                "every_step_input",
                "You counted `W_xh` once for each step. All T steps use the same weights, so T "
                "plays no part.",
                lambda T, D, H, Y: T * H * D + H * H + H + Y * H + Y,
            ),
            Mistake(
                "every_step_recurrence",
                "You counted `W_hh` once for each step. All T steps use the same weights, so T "
                "plays no part.",
                lambda T, D, H, Y: H * D + T * H * H + H + Y * H + Y,
            ),
            Mistake(
                "every_step_output",
                "You counted the output's weights once for each step. All T steps use the same "
                "ones, so T plays no part.",
                lambda T, D, H, Y: H * D + H * H + H + T * (Y * H + Y),
            ),
            Mistake(
                "plus_T",
                "You added T. The number of steps is no parameter, and no parameter depends on it.",
                lambda T, D, H, Y: H * D + H * H + H + Y * H + Y + T,
            ),
            Mistake(
                "plus_states",
                "You counted the T states, too. States are computed, not learnt.",
                lambda T, D, H, Y: H * D + H * H + H + Y * H + Y + T * H,
            ),
            Mistake(
                "plus_inputs",
                "You counted the T inputs, too. Inputs are given, not learnt.",
                lambda T, D, H, Y: H * D + H * H + H + Y * H + Y + T * D,
            ),
            Mistake(
                "output_of_size_D",
                "Your output has D numbers, as many as the input. It has O: `W_hy` is (O, H), "
                "`b_y` is (O,).",
                lambda T, D, H, Y: H * D + H * H + H + D * H + D,
            ),
            Mistake(
                "output_from_input",
                "Your `W_hy` leads from the D inputs to the output. It leads from the H units: "
                "(O, H).",
                lambda T, D, H, Y: H * D + H * H + H + Y * D + Y,
            ),
            Mistake(
                "product",
                "You multiplied the sizes of the five arrays. Add them.",
                lambda T, D, H, Y: (H * D) * (H * H) * H * (Y * H) * Y,
            ),
            Mistake(
                "five_numbers",
                "You return the five sizes. Return one number: add them.",
                lambda T, D, H, Y: (H * D, H * H, H, Y * H, Y),
            ),
            Mistake(
                "gardeners_count",
                "You return the gardener's 20 whatever the sizes are. Compute it from D, H and O.",
                lambda T, D, H, Y: 20,
            ),
            Mistake(
                "sums",
                "You added the two axes of each matrix. A matrix of (H, D) has H · D entries: "
                "multiply them.",
                lambda T, D, H, Y: (H + D) + (H + H) + H + (Y + H) + Y,
            ),
            Mistake(
                "recurrence_of_D",
                "You counted D · D numbers for `W_hh`. It leads from the H units to the H "
                "units: (H, H).",
                lambda T, D, H, Y: H * D + D * D + H + Y * H + Y,
            ),
            Mistake(
                "one_number_for_each_bias",
                "You counted one number for each of the two biases. `b_h` has H numbers, `b_y` "
                "has O.",
                lambda T, D, H, Y: H * D + H * H + Y * H + 2,
            ),
            Mistake(
                "biases_every_step",
                "You counted the biases once for each step. All T steps use the same ones, so T "
                "plays no part.",
                lambda T, D, H, Y: H * D + H * H + Y * H + T * (H + Y),
            ),
            Mistake(
                "number_of_arrays",
                "You counted the arrays. Count the numbers in them, and add.",
                lambda T, D, H, Y: 5,
            ),
        ],
        hints=[
            "Parameters are what learning may change. Inputs and states are not parameters: they "
            "are different for each sequence.",
            "Five arrays: `W_xh` (H, D), `W_hh` (H, H), `b_h` (H,), `W_hy` (O, H), `b_y` (O,).",
            "The number of entries of each array is the product of its axes. Add the five "
            "products. Then ask what T changes.",
            "`return H * D + …` and so on for the other four; the gardener's parts are "
            "8 + 4 + 2 + 4 + 2.",
        ],
        solved="T plays no part: a sequence of a million steps needs no extra parameters. The "
        "count grows with H²: once H is much larger than D and O, twice the state costs about "
        "four times the weights.",
    )
)
