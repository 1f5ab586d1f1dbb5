"""The exercises of lesson 07, The LSTM."""

from __future__ import annotations

from collections.abc import Callable
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
from helpers.lstm import sigmoid

Array = npt.NDArray[Any]
Pair = tuple[Array, Array]

# --- 7.1 · Four steps of a cell state ------------------------------------------------------------

STEPS = ((0.5, 0.5, 0.8), (1.0, 0.0, -0.7), (0.0, 1.0, -0.6), (0.5, 0.5, 0.8))
"""Forget gate, input gate and candidate of each of the four steps; the cell starts at 1."""


def _four_steps() -> float:
    """The last cell state as a sum over the writes, each times the forget gates after it."""
    f, i, g = np.array(STEPS).T
    written = np.concatenate([[1.0], i * g])  # the start counts as the first write
    return float(sum(written[t] * f[t:].prod() for t in range(len(written))))


register(
    ValueExercise(
        name="lstm.four_steps",
        title="Four steps of a cell state",
        points=1,
        answer=0.1,
        tolerance=0.001,
        oracle=_four_steps,
        mistakes=[
            Mistake(
                "stopped_early",
                "This is the cell state after step 3. There is one more step.",
                -0.6,
            ),
            Mistake(
                "stopped_earlier",
                "This is the cell state after step 1, and after step 2 again. Go on to step 4.",
                0.9,
            ),
            Mistake(
                "kept_alone",
                "This is what step 4 keeps of −0.6. Add what it writes, i · g.",
                -0.3,
            ),
            Mistake(
                "not_erased",
                "You kept c_2 in step 3, but there f = 0: all of it is erased.",
                0.55,
            ),
            Mistake(
                "sign_lost",
                "Step 3 writes −0.6; somewhere its minus sign was lost.",
                0.7,
            ),
            Mistake(
                "written_alone",
                "This is what step 4 writes, i · g. It is added to what the forget gate keeps.",
                0.4,
            ),
            Mistake(
                "nothing_forgotten",
                "You added up the start and all that was written. Each step multiplies the old "
                "cell state by its forget gate first.",
                1.2,
            ),
            Mistake(
                "whole_candidate",
                "You added the whole candidate g. The input gate says how much of it is written: "
                "add i · g.",
                0.5,
            ),
            Mistake(
                "gate_for_candidate",
                "You added the input gate. The gate is only the factor; what is written is i · g.",
                1.0,
            ),
            Mistake(
                "swapped",
                "The forget gate f belongs to the old cell state, the input gate i to the "
                "candidate; you have them the other way round.",
                0.05,
            ),
        ],
        hints=[
            "Each step does two things to one number: it keeps a share of it, and adds something.",
            "One number per step. Work down the table; you need no tanh, because g is given.",
            "c_1 = 0.5 · 1 + 0.5 · 0.8. Then go on with c_1 in the place of 1.",
            "c_3 = 0 · c_2 + 1 · (−0.6), whatever c_2 was. Then c_4 = 0.5 · c_3 + 0.5 · 0.8.",
        ],
        solved="Step 3 had f = 0: nothing of steps 1 and 2 is left. That is what erasing means.",
    )
)

# --- 7.2 · The forget gate -----------------------------------------------------------------------


def forget_gate(
    x_t: Array, h_prev: Array, weight_ih: Array, weight_hh: Array, bias_ih: Array, bias_hh: Array
) -> Array:
    """The forget gate of a batch from torch's stacked weights: rows H to 2 H."""
    H = h_prev.shape[1]
    rows = slice(H, 2 * H)
    a = x_t @ weight_ih[rows].T + h_prev @ weight_hh[rows].T + bias_ih[rows] + bias_hh[rows]
    return sigmoid(a)


def _forget_probes(rng: np.random.Generator) -> list[Probe]:
    one = np.array([[0.0], [2.0], [0.0], [0.0]])
    first = np.ones((1, 1)), np.zeros((1, 1)), one, np.zeros((4, 1)), np.zeros(4), np.zeros(4)
    probes = [Probe(first, label="the example")]
    for B, D, H, label in ((3, 2, 4, ""), (2, 5, 3, ""), (1, 4, 2, "B = 1"), (4, 3, 1, "H = 1")):
        arrays = [rng.normal(size=size) for size in ((B, D), (B, H), (4 * H, D), (4 * H, H))]
        arrays += [rng.normal(size=4 * H) for _ in range(2)]
        probes.append(Probe(tuple(arrays), label=label))
    return probes


def _forget_torch(
    x_t: Array, h_prev: Array, weight_ih: Array, weight_hh: Array, bias_ih: Array, bias_hh: Array
) -> Array:
    """Torch's cell with c_prev = 1 and with c_prev = 0: the new cell states differ by f."""
    import torch

    H, D = h_prev.shape[1], x_t.shape[1]
    cell = torch.nn.LSTMCell(D, H, dtype=torch.float64)
    arrays = weight_ih, weight_hh, bias_ih, bias_hh
    with torch.no_grad():
        for parameter, array in zip(cell.parameters(), arrays, strict=True):
            parameter.copy_(torch.tensor(array))
        x, h = torch.tensor(x_t), torch.tensor(h_prev)
        kept = cell(x, (h, torch.ones_like(h)))[1] - cell(x, (h, torch.zeros_like(h)))[1]
    return kept.numpy()


def _forget_all_gates(
    x_t: Array, h_prev: Array, weight_ih: Array, weight_hh: Array, bias_ih: Array, bias_hh: Array
) -> Array:
    a = np.concatenate([x_t, h_prev], axis=1) @ np.concatenate([weight_ih, weight_hh], axis=1).T
    return 1 / (1 + np.exp(-np.split(a + bias_ih + bias_hh, 4, axis=1)[1]))


def _forget_with(
    pick: Callable[[int], Any] = lambda H: slice(H, 2 * H),
    squash: Callable[[Array], Array] = sigmoid,
    use: tuple[float, float, float] = (1, 1, 1),
) -> Callable[..., Array]:
    """The gate with other rows, another squashing function, or terms left out."""

    def answer(
        x_t: Array,
        h_prev: Array,
        weight_ih: Array,
        weight_hh: Array,
        bias_ih: Array,
        bias_hh: Array,
    ) -> Array:
        rows = pick(h_prev.shape[1])
        a = x_t @ weight_ih[rows].T + use[0] * h_prev @ weight_hh[rows].T
        return squash(a + use[1] * bias_ih[rows] + use[2] * bias_hh[rows])

    return answer


register(
    CodeExercise(
        name="lstm.forget_gate",
        title="The forget gate",
        points=2,
        reference=forget_gate,
        probes=_forget_probes,
        oracle=_forget_torch,
        equivalents={"torch": _forget_torch, "all gates": _forget_all_gates},
        outputs=("f",),
        axes=("BH",),
        mistakes=[
            Mistake(
                "first_rows",
                "You took the first H rows. Torch stacks its gates in the order i, f, g, o: the "
                "first rows are the input gate's.",
                _forget_with(lambda H: slice(0, H)),
            ),
            Mistake(
                "third_rows",
                "You took the third block of rows, the candidate's. The order is i, f, g, o, "
                "counted from one; slices count from zero.",
                _forget_with(lambda H: slice(2 * H, 3 * H)),
            ),
            Mistake(
                "last_rows",
                "You took the last H rows, the output gate's. The order is i, f, g, o.",
                _forget_with(lambda H: slice(3 * H, 4 * H)),
            ),
            Mistake(
                "every_fourth_row",
                "You took every fourth row. Torch keeps a gate's rows together: H rows of i, then "
                "H rows of f, and so on.",
                _forget_with(lambda H: slice(1, None, 4)),
            ),
            Mistake(
                "one_bias",
                "You left out `bias_hh`. Torch has two biases, and both are added.",
                _forget_with(use=(1, 1, 0)),
            ),
            Mistake(
                "other_bias",
                "You left out `bias_ih`. Torch has two biases, and both are added.",
                _forget_with(use=(1, 0, 1)),
            ),
            Mistake(
                "no_bias",
                "You left out both biases.",
                _forget_with(use=(1, 0, 0)),
            ),
            Mistake(
                "no_state",
                "The gate must hear the hidden state as well as the input: add h_prev's product.",
                _forget_with(use=(0, 1, 1)),
            ),
            Mistake(
                "tanh",
                "You used tanh. A gate is a share between 0 and 1, so it needs σ; tanh is for the "
                "candidate.",
                _forget_with(squash=np.tanh),
            ),
            Mistake(
                "not_squashed",
                "You returned the sum itself. A gate is σ of it.",
                _forget_with(squash=lambda a: a),
            ),
            Mistake(
                "sign_in_sigma",
                "Your σ falls where it should rise: the exponent is −a, 1 / (1 + e^−a). What you "
                "return is 1 − f, the share that is lost.",
                _forget_with(squash=lambda a: sigmoid(-a)),
            ),
            Mistake(
                "all_gates",
                "You returned all four blocks, (B, 4 H). Cut out the forget gate's H.",
                _forget_with(lambda H: slice(None)),
            ),
        ],
        hints=[
            "Torch keeps one tall matrix for all gates. The forget gate's part is a block of rows.",
            "`weight_ih` is (4 H, D), `weight_hh` (4 H, H), both biases (4 H,). A block has H "
            "rows. The result is (B, H).",
            "Find H from `h_prev`. Take the second block of each of the four arrays, form the sum "
            "as in `lstm_step`, and squash it with `sigmoid`.",
            "`rows = slice(H, 2 * H)`",
        ],
        solved="All four gates are one product with the tall matrix, cut in four afterwards. That "
        "is why torch stacks them, and the fast variants of the course do the same.",
    )
)

# --- 7.3 · Find the bugs -------------------------------------------------------------------------


def given_layer(
    x: Array, h_0: Array, c_0: Array, weight_ih: Array, weight_hh: Array, bias: Array
) -> Pair:
    """The colleague's layer, as the learner finds it."""
    h_t, c_t, h = h_0, c_0, []
    for t in range(x.shape[1]):
        a = x[:, t] @ weight_ih.T + h_t @ weight_hh.T + bias
        i, f, o, g = np.split(a, 4, axis=1)
        c_t = sigmoid(f) * c_0 + sigmoid(i) * np.tanh(g)
        h_t = sigmoid(o) * c_t
        h.append(h_t)
    return np.stack(h, axis=1), c_t


def repaired_layer(
    x: Array, h_0: Array, c_0: Array, weight_ih: Array, weight_hh: Array, bias: Array
) -> Pair:
    """The layer with torch's order, the cell state handed on, and tanh in front of the output."""
    h_t, c_t, h = h_0, c_0, []
    for t in range(x.shape[1]):
        a = x[:, t] @ weight_ih.T + h_t @ weight_hh.T + bias
        i, f, g, o = np.split(a, 4, axis=1)
        c_t = sigmoid(f) * c_t + sigmoid(i) * np.tanh(g)
        h_t = sigmoid(o) * np.tanh(c_t)
        h.append(h_t)
    return np.stack(h, axis=1), c_t


def _layer_probes(rng: np.random.Generator) -> list[Probe]:
    probes = []
    for B, T, D, H, label in ((1, 1, 2, 1, "T = 1"), (2, 3, 4, 1, "H = 1"), (3, 5, 2, 4, "")):
        sizes = (B, T, D), (B, H), (B, H), (4 * H, D), (4 * H, H), (4 * H,)
        probes.append(Probe(tuple(rng.normal(size=size) for size in sizes), label=label))
    return probes


def _layer_torch(
    x: Array, h_0: Array, c_0: Array, weight_ih: Array, weight_hh: Array, bias: Array
) -> Pair:
    import torch

    layer = torch.nn.LSTM(x.shape[2], h_0.shape[1], batch_first=True, dtype=torch.float64)
    arrays = weight_ih, weight_hh, bias, np.zeros_like(bias)
    with torch.no_grad():
        for parameter, array in zip(layer.parameters(), arrays, strict=True):
            parameter.copy_(torch.tensor(array))
        h, (_, c_T) = layer(torch.tensor(x), (torch.tensor(h_0)[None], torch.tensor(c_0)[None]))
    return h.numpy(), c_T[0].numpy()


def _layer_last_h(
    x: Array, h_0: Array, c_0: Array, weight_ih: Array, weight_hh: Array, bias: Array
) -> Pair:
    h, _ = repaired_layer(x, h_0, c_0, weight_ih, weight_hh, bias)
    return h, h[:, -1]


def _layer_with(order: bool, passed: bool, bent: bool) -> Callable[..., Pair]:
    """The layer with some of the three bugs repaired."""

    def answer(
        x: Array, h_0: Array, c_0: Array, weight_ih: Array, weight_hh: Array, bias: Array
    ) -> Pair:
        h_t, c_t, h = h_0, c_0, []
        for t in range(x.shape[1]):
            a = x[:, t] @ weight_ih.T + h_t @ weight_hh.T + bias
            i, f, *others = np.split(a, 4, axis=1)
            g, o = others if order else others[::-1]
            c_t = sigmoid(f) * (c_t if passed else c_0) + sigmoid(i) * np.tanh(g)
            h_t = sigmoid(o) * (np.tanh(c_t) if bent else c_t)
            h.append(h_t)
        return np.stack(h, axis=1), c_t

    return answer


register(
    CodeExercise(
        name="lstm.repaired_layer",
        title="Find the bugs",
        points=3,
        reference=repaired_layer,
        given=given_layer,
        probes=_layer_probes,
        oracle=_layer_torch,
        equivalents={"torch": _layer_torch, "switches": _layer_with(True, True, True)},
        outputs=("h", "c_T"),
        axes=("BTH", "BH"),
        mistakes=[
            Mistake(
                "hidden_state_for_c",
                "`h` is right now. But the second result is to be the last cell state, `c_t`; you "
                "returned the last hidden state.",
                _layer_last_h,
            ),
            Mistake(
                "order_left",
                "Two of three are mended. Which rows are the candidate's, in torch's order "
                "i, f, g, o?",
                _layer_with(False, True, True),
            ),
            Mistake(
                "not_handed_on",
                "Two of three are mended. Look at which cell state each step starts from: one of "
                "the two states is not handed on.",
                _layer_with(True, False, True),
            ),
            Mistake(
                "no_tanh",
                "Two of three are mended. Compare the line of `h_t` with the formula.",
                _layer_with(True, True, False),
            ),
            Mistake(
                "order_alone",
                "The order is mended; two bugs are left. One shows at T = 1 already, the other "
                "from the second step on.",
                _layer_with(True, False, False),
            ),
            Mistake(
                "cell_state_alone",
                "The cell state is handed on now; two bugs are left. Both show at T = 1 already.",
                _layer_with(False, True, False),
            ),
            Mistake(
                "tanh_alone",
                "The output is mended; two bugs are left. One shows at T = 1 already, the other "
                "from the second step on.",
                _layer_with(False, False, True),
            ),
        ],
        hints=[
            "There are three bugs. Compare line by line with `lstm_step`, `lstm_layer` and with "
            "torch's order.",
            "No shape is wrong: all blocks are (B, H). So ask of each name what it stands for.",
            "One bug is in what the four blocks are called, one in which cell state a step reads, "
            "one in what the output gate is multiplied with.",
            "`i, f, g, o = np.split(a, 4, axis=1)` is the first.",
        ],
        solved="None of the three raises an error, and a network with any of them still trains, a "
        "little worse. A comparison with torch finds them in a second.",
    )
)

# --- 7.4 · Along the cell state ------------------------------------------------------------------


def along_the_cell(f: Array, dc_T: Array) -> Array:
    """The gradient at every cell state that comes back along the cell state alone."""
    dc = np.empty(f.shape)
    dc[:, -1] = dc_T
    for t in reversed(range(f.shape[1] - 1)):
        dc[:, t] = dc[:, t + 1] * f[:, t + 1]
    return dc


def _along_probes(rng: np.random.Generator) -> list[Probe]:
    example = np.array([[[0.9], [0.5], [0.8]]]), np.array([[1.0]])
    probes = [Probe(example, label="the example")]
    for B, T, H, label in ((3, 5, 2, ""), (2, 4, 3, ""), (2, 1, 3, "T = 1"), (1, 2, 4, "B = 1")):
        f = rng.uniform(0.05, 0.95, size=(B, T, H))
        probes.append(Probe((f, rng.normal(size=(B, H))), label=label))
    f = rng.uniform(0.05, 0.95, size=(2, 4, 3))
    f[:, 2, 0] = 0.0  # what lies before it is erased
    probes.append(Probe((f, rng.normal(size=(2, 3))), label="a gate that is shut"))
    return probes


def _along_torch(f: Array, dc_T: Array) -> Array:
    """Autograd through c_t = f_t c_{t−1} + w_t, with the writes w as leaves."""
    import torch

    gates = torch.tensor(f)
    c, states = torch.zeros(f.shape[0], f.shape[2], dtype=torch.float64), []
    for t in range(f.shape[1]):
        c = (gates[:, t] * c).requires_grad_() if t == 0 else gates[:, t] * c
        c.retain_grad()
        states.append(c)
    c.backward(torch.tensor(dc_T))
    return np.stack([state.grad.numpy() for state in states], axis=1)  # type: ignore[union-attr]


def _along_cumprod(f: Array, dc_T: Array) -> Array:
    later = np.concatenate([f[:, 1:], np.ones_like(f[:, :1])], axis=1)  # the gates after t
    return dc_T[:, None] * np.cumprod(later[:, ::-1], axis=1)[:, ::-1]


def _along_products(f: Array, dc_T: Array) -> Array:
    T = f.shape[1]
    return np.stack([dc_T * f[:, t + 1 :].prod(axis=1) for t in range(T)], axis=1)


def _own_gate(f: Array, dc_T: Array) -> Array:
    dc = np.empty(f.shape)
    dc[:, -1] = dc_T
    for t in reversed(range(f.shape[1] - 1)):
        dc[:, t] = dc[:, t + 1] * f[:, t]
    return dc


def _own_gate_too(f: Array, dc_T: Array) -> Array:
    return dc_T[:, None] * np.cumprod(f[:, ::-1], axis=1)[:, ::-1]


def _from_the_start(f: Array, dc_T: Array) -> Array:
    return dc_T[:, None] * np.cumprod(f, axis=1)


def _one_step_only(f: Array, dc_T: Array) -> Array:
    dc = dc_T[:, None] * np.concatenate([f[:, 1:], np.ones_like(f[:, :1])], axis=1)
    return np.asarray(dc)


def _no_start(f: Array, dc_T: Array) -> Array:
    return _along_cumprod(f, np.ones_like(dc_T))


def _reversed(f: Array, dc_T: Array) -> Array:
    return _along_cumprod(f, dc_T)[:, ::-1]


def _slope_of_the_gate(f: Array, dc_T: Array) -> Array:
    return _along_cumprod(f * (1 - f), dc_T)


def _lost_share(f: Array, dc_T: Array) -> Array:
    return _along_cumprod(1 - f, dc_T)


register(
    CodeExercise(
        name="lstm.along_the_cell",
        title="Along the cell state",
        points=2,
        reference=along_the_cell,
        probes=_along_probes,
        oracle=_along_torch,
        equivalents={
            "torch": _along_torch,
            "cumprod": _along_cumprod,
            "products": _along_products,
        },
        outputs=("dc",),
        axes=("BTH",),
        mistakes=[
            Mistake(
                "own_gate",
                "You multiplied by the gate of the step you arrive at. From c_{t+1} back to c_t "
                "the gradient passes f_{t+1}: the gate of the step that read c_t.",
                _own_gate,
            ),
            Mistake(
                "own_gate_too",
                "You are off by one step: nothing lies between c_T and itself, so `dc[:, -1]` is "
                "`dc_T`, without a gate.",
                _own_gate_too,
            ),
            Mistake(
                "from_the_start",
                "You multiplied the gates from the first step on. The gradient comes from the end: "
                "what counts for c_t are the gates after t.",
                _from_the_start,
            ),
            Mistake(
                "one_step_only",
                "Each of your gradients passes one gate alone. What arrives at c_{t+1} has passed "
                "all later gates already: go on from it.",
                _one_step_only,
            ),
            Mistake(
                "no_start",
                "You left out `dc_T`, what the walk begins with.",
                _no_start,
            ),
            Mistake(
                "reversed",
                "The numbers are right, their order is that of the walk. `dc[:, t]` belongs to "
                "step t: turn the time axis round.",
                _reversed,
            ),
            Mistake(
                "slope_of_the_gate",
                "You multiplied by f (1 − f). That slope is on the way into the gate; on the way "
                "along the cell state the gate is a plain factor, f.",
                _slope_of_the_gate,
            ),
            Mistake(
                "lost_share",
                "You multiplied by 1 − f, the share that is lost. The gradient shrinks as the "
                "content does: by f.",
                _lost_share,
            ),
        ],
        hints=[
            "c_{t+1} = f_{t+1} ⊙ c_t + …, so a nudge of c_t arrives in c_{t+1} times f_{t+1}. The "
            "gradient comes back with the same factor.",
            "`f` is (B, T, H), `dc_T` (B, H), the result (B, T, H). `dc[:, -1]` is `dc_T`.",
            "Walk from the last step to the first. Each step multiplies what stands one step later "
            "by the forget gate of that later step.",
            "`dc[:, t] = dc[:, t + 1] * f[:, t + 1]`",
        ],
        solved="A product of forget gates and nothing else: no matrix, no slope of tanh. With "
        "f = 0.5 it halves at each step; with f = 0.99 it takes 69 steps to halve.",
    )
)

# --- 7.5 · Is it gone? ---------------------------------------------------------------------------

register(
    OpenExercise(
        name="lstm.no_vanishing",
        title="Is it gone?",
        points=4,
        rubric=[
            "Right: along the cell state the gradient is multiplied by forget gates alone, by no "
            "matrix and no slope of tanh; with gates near one it hardly shrinks.",
            "Wrong: a forget gate below one is a factor below one, at each step. With 0.5 the "
            "gradient is below a thousandth after ten steps.",
            "Wrong too: the other way, through the hidden state and the gates, shrinks (or "
            "explodes) as in any RNN.",
            "An experiment that could have come out otherwise, with its figure: the forget gate "
            "held at 0.5; another bias at the start; the product of a trained network's gates.",
        ],
    )
)

# --- 7.6 · One gate for two ----------------------------------------------------------------------


def coupled_step(c_prev: Array, a_f: Array, a_g: Array, a_o: Array) -> Pair:
    """A step whose input gate is what the forget gate leaves: i = 1 − f."""
    f = sigmoid(a_f)
    c_t = f * c_prev + (1 - f) * np.tanh(a_g)
    h_t = sigmoid(a_o) * np.tanh(c_t)
    return h_t, c_t


def _coupled_probes(rng: np.random.Generator) -> list[Probe]:
    example = [np.array([[number]]) for number in (1.0, 0.0, 0.0, 100.0)]
    probes = [Probe(tuple(example), label="the example")]
    for B, H, label in ((3, 2, ""), (2, 4, ""), (1, 3, "B = 1")):
        arrays = tuple(2 * rng.normal(size=(B, H)) for _ in range(4))
        probes.append(Probe(arrays, label=label))
    return probes


def _coupled_torch(c_prev: Array, a_f: Array, a_g: Array, a_o: Array) -> Pair:
    """Torch's cell, whose input gate's sum is set to −a_f, because 1 − σ(a) = σ(−a)."""
    import torch

    H = c_prev.shape[1]
    cell = torch.nn.LSTMCell(4 * H, H, dtype=torch.float64)
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.zero_()
        cell.weight_ih.copy_(torch.eye(4 * H))  # the input holds the four sums themselves
        sums = torch.tensor(np.concatenate([-a_f, a_f, a_g, a_o], axis=1))
        c = torch.tensor(c_prev)
        h_t, c_t = cell(sums, (torch.zeros_like(c), c))
    return h_t.numpy(), c_t.numpy()


def _coupled_mix(c_prev: Array, a_f: Array, a_g: Array, a_o: Array) -> Pair:
    g = np.tanh(a_g)
    c_t = g + (c_prev - g) / (1 + np.exp(-a_f))
    return np.tanh(c_t) / (1 + np.exp(-a_o)), c_t


def _coupled_all_shown(c_prev: Array, a_f: Array, a_g: Array, a_o: Array) -> Pair:
    _, c_t = coupled_step(c_prev, a_f, a_g, a_o)
    return np.tanh(c_t), c_t


def _coupled_old_shown(c_prev: Array, a_f: Array, a_g: Array, a_o: Array) -> Pair:
    _, c_t = coupled_step(c_prev, a_f, a_g, a_o)
    return sigmoid(a_o) * np.tanh(c_prev), c_t


def _coupled_with(
    keep: Callable[[Array], Array] = sigmoid,
    write: Callable[[Array], Array] = lambda a: 1 - sigmoid(a),
    candidate: Callable[[Array], Array] = np.tanh,
    bend: Callable[[Array], Array] = np.tanh,
) -> Callable[..., Pair]:
    """The step with another function in one of its places."""

    def answer(c_prev: Array, a_f: Array, a_g: Array, a_o: Array) -> Pair:
        c_t = keep(a_f) * c_prev + write(a_f) * candidate(a_g)
        return sigmoid(a_o) * bend(c_t), c_t

    return answer


register(
    CodeExercise(
        name="lstm.coupled_step",
        title="One gate for two",
        points=2,
        reference=coupled_step,
        probes=_coupled_probes,
        oracle=_coupled_torch,
        equivalents={"torch": _coupled_torch, "mixture": _coupled_mix},
        outputs=("h_t", "c_t"),
        axes=("BH", "BH"),
        properties=[
            Property(
                "Your new cell state does not lie between the old one and the candidate, as a "
                "mixture of the two does.",
                lambda output, c_prev, a_f, a_g, a_o: bool(
                    ((output[1] - c_prev) * (output[1] - np.tanh(a_g)) <= 1e-12).all()
                ),
            )
        ],
        mistakes=[
            Mistake(
                "swapped",
                "The forget gate weighs the candidate in your step, and 1 − f the old cell state. "
                "f says how much of the old is kept.",
                _coupled_with(keep=lambda a: 1 - sigmoid(a), write=sigmoid),
            ),
            Mistake(
                "same_gate",
                "You wrote with i = f. When all is kept nothing is to be written: i = 1 − f.",
                _coupled_with(write=sigmoid),
            ),
            Mistake(
                "always_written",
                "You wrote the whole candidate. The input gate is still there, it is 1 − f.",
                _coupled_with(write=lambda a: np.ones_like(a)),
            ),
            Mistake(
                "sum_for_gate",
                "You took 1 − a_f. The gate is σ(a_f); what it leaves is 1 − σ(a_f).",
                _coupled_with(write=lambda a: 1 - a),
            ),
            Mistake(
                "one_minus_inside",
                "σ(1 − a) is not 1 − σ(a). (It is σ(−a) that would be.)",
                _coupled_with(write=lambda a: sigmoid(1 - a)),
            ),
            Mistake(
                "no_tanh_of_candidate",
                "The candidate is tanh(a_g); you wrote a_g itself.",
                _coupled_with(candidate=lambda a: a),
            ),
            Mistake(
                "no_tanh_of_cell",
                "The hidden state is o ⊙ tanh(c_t); you left out this tanh.",
                _coupled_with(bend=lambda a: a),
            ),
            Mistake(
                "sigmoid_candidate",
                "You squashed the candidate with σ. It is no share: it is tanh(a_g).",
                _coupled_with(candidate=sigmoid),
            ),
            Mistake(
                "no_output_gate",
                "You showed all of tanh(c_t). The output gate is not coupled; it is σ(a_o), as "
                "always.",
                _coupled_all_shown,
            ),
            Mistake(
                "old_cell_shown",
                "What is shown is the new cell state: h_t is o ⊙ tanh(c_t), not of c_prev.",
                _coupled_old_shown,
            ),
            Mistake(
                "other_order",
                "The two states are right but in another order: `h_t`, `c_t`.",
                lambda *arrays: coupled_step(*arrays)[::-1],
            ),
        ],
        hints=[
            "Two gates that always sum to one are one gate and what it leaves.",
            "All arrays are (B, H), and so are both results.",
            "Compute `f` first. The cell state mixes the old one and tanh(a_g) with the shares f "
            "and 1 − f. The hidden state is formed as always.",
            "`c_t = f * c_prev + (1 - f) * np.tanh(a_g)`",
        ],
        solved="One gate fewer, a quarter of the weights saved. The GRU of lesson 08 does just "
        "this, and drops the output gate too.",
    )
)

# --- 7.7 · Peepholes -----------------------------------------------------------------------------


def peephole_step(
    c_prev: Array,
    a_i: Array,
    a_f: Array,
    a_g: Array,
    a_o: Array,
    p_i: Array,
    p_f: Array,
    p_o: Array,
) -> Pair:
    """A step whose gates look at the cell state, each unit's gates at their own unit alone."""
    i = sigmoid(a_i + p_i * c_prev)
    f = sigmoid(a_f + p_f * c_prev)
    c_t = f * c_prev + i * np.tanh(a_g)
    o = sigmoid(a_o + p_o * c_t)
    return o * np.tanh(c_t), c_t


def _peephole_probes(rng: np.random.Generator) -> list[Probe]:
    one = [np.array([[number]]) for number in (1.0, 0.0, 0.0, 0.0, 0.0)]
    example = (*one, np.zeros(1), np.zeros(1), np.array([2.0]))
    probes = [Probe(example, label="the example")]
    for B, H, label in ((3, 2, ""), (2, 4, ""), (1, 3, "B = 1")):
        arrays = [1.5 * rng.normal(size=(B, H)) for _ in range(5)]
        peepholes = [rng.normal(size=H) for _ in range(3)]
        probes.append(Probe((*arrays, *peepholes), label=label))
    return probes


def _peephole_torch(
    c_prev: Array,
    a_i: Array,
    a_f: Array,
    a_g: Array,
    a_o: Array,
    p_i: Array,
    p_f: Array,
    p_o: Array,
) -> Pair:
    """Torch's cell on sums that hold the peepholes already: once for c_t, once more for h_t."""
    import torch

    H = c_prev.shape[1]
    cell = torch.nn.LSTMCell(4 * H, H, dtype=torch.float64)
    c = torch.tensor(c_prev)
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.zero_()
        cell.weight_ih.copy_(torch.eye(4 * H))
        inner = [a_i + c_prev @ np.diag(p_i), a_f + c_prev @ np.diag(p_f), a_g]
        sums = torch.tensor(np.concatenate([*inner, a_o], axis=1))
        _, c_t = cell(sums, (torch.zeros_like(c), c))
        sums[:, 3 * H :] += c_t @ torch.diag(torch.tensor(p_o))
        h_t, c_t = cell(sums, (torch.zeros_like(c), c))
    return h_t.numpy(), c_t.numpy()


def _peephole_swapped(
    c_prev: Array,
    a_i: Array,
    a_f: Array,
    a_g: Array,
    a_o: Array,
    p_i: Array,
    p_f: Array,
    p_o: Array,
) -> Pair:
    return peephole_step(c_prev, a_i, a_f, a_g, a_o, p_f, p_i, p_o)


def _peephole_with(
    sees: tuple[str, str, str] = ("prev", "prev", "now"),
    look: Callable[[Array], Array] = lambda c: c,
    candidate_peeks: bool = False,
    bend: Callable[[Array], Array] = np.tanh,
) -> Callable[..., Pair]:
    """The step with gates that look elsewhere."""

    def answer(
        c_prev: Array,
        a_i: Array,
        a_f: Array,
        a_g: Array,
        a_o: Array,
        p_i: Array,
        p_f: Array,
        p_o: Array,
    ) -> Pair:
        nothing = np.zeros_like(c_prev)
        seen = {"prev": look(c_prev), "nothing": nothing}
        i = sigmoid(a_i + p_i * seen[sees[0]])
        f = sigmoid(a_f + p_f * seen[sees[1]])
        g = np.tanh(a_g + (p_i * c_prev if candidate_peeks else 0))
        c_t = f * c_prev + i * g
        seen["now"] = look(c_t)
        o = sigmoid(a_o + p_o * seen[sees[2]])
        return o * bend(c_t), c_t

    return answer


register(
    CodeExercise(
        name="lstm.peephole_step",
        title="Peepholes",
        points=2,
        reference=peephole_step,
        probes=_peephole_probes,
        oracle=_peephole_torch,
        equivalents={"torch": _peephole_torch, "switches": _peephole_with()},
        outputs=("h_t", "c_t"),
        axes=("BH", "BH"),
        mistakes=[
            Mistake(
                "output_sees_the_old",
                "Your output gate looks at c_prev. It decides about the new cell state, which is "
                "known by then: it looks at c_t.",
                _peephole_with(sees=("prev", "prev", "prev")),
            ),
            Mistake(
                "no_peepholes",
                "This is the plain step: no gate looks at the cell state.",
                _peephole_with(sees=("nothing", "nothing", "nothing")),
            ),
            Mistake(
                "output_does_not_look",
                "The output gate has a peephole too, `p_o`; it looks at c_t.",
                _peephole_with(sees=("prev", "prev", "nothing")),
            ),
            Mistake(
                "only_the_output_looks",
                "The input gate and the forget gate have peepholes too; they look at c_prev.",
                _peephole_with(sees=("nothing", "nothing", "now")),
            ),
            Mistake(
                "forget_does_not_look",
                "The forget gate has a peephole too, `p_f`; it looks at c_prev.",
                _peephole_with(sees=("prev", "nothing", "now")),
            ),
            Mistake(
                "input_does_not_look",
                "The input gate has a peephole too, `p_i`; it looks at c_prev.",
                _peephole_with(sees=("nothing", "prev", "now")),
            ),
            Mistake(
                "looks_at_tanh",
                "Your gates look at tanh(c). They look at the cell state itself.",
                _peephole_with(look=np.tanh),
            ),
            Mistake(
                "swapped_peepholes",
                "Each gate has its own peephole: `p_i` belongs to the input gate, `p_f` to the "
                "forget gate.",
                _peephole_swapped,
            ),
            Mistake(
                "candidate_looks",
                "The candidate has no peephole; only the three gates look.",
                _peephole_with(candidate_peeks=True),
            ),
            Mistake(
                "no_tanh_of_cell",
                "The hidden state is o ⊙ tanh(c_t); you left out this tanh.",
                _peephole_with(bend=lambda c: c),
            ),
        ],
        hints=[
            "A peephole adds one term to a gate's sum: a weight times the cell state of the same "
            "unit.",
            "The sums are (B, H), the peepholes (H,): one weight for each unit, no matrix.",
            "Input and forget gate come first and look at `c_prev`. Then `c_t`. The output gate "
            "comes last and looks at `c_t`.",
            "`o = sigmoid(a_o + p_o * c_t)`",
        ],
        solved="A peephole lets a gate see what is in the cell even while the output gate hides "
        "it from h.",
    )
)
