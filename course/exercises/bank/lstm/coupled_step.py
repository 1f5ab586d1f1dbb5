"""Exercise 7.7: one gate for two."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, Property, register
from course.exercises.bank.lstm.common import Answer, Array
from helpers.lstm import sigmoid


def coupled_step(c_prev: Array, a_f: Array, a_g: Array, a_o: Array) -> tuple[Array, Array]:
    """A step whose input gate is what the forget gate leaves: i = 1 − f."""
    f = sigmoid(a_f)
    c_t = f * c_prev + (1 - f) * np.tanh(a_g)
    h_t = sigmoid(a_o) * np.tanh(c_t)
    return h_t, c_t


def _coupled_probes(rng: np.random.Generator) -> list[Probe]:
    example = [np.array([[number]]) for number in (1.0, 0.0, 0.0, 100.0)]
    probes = [Probe(tuple(example), label=EXAMPLE)]
    for B, H, label in ((3, 2, ""), (2, 4, ""), (1, 3, "B = 1")):
        arrays = tuple(2 * rng.normal(size=(B, H)) for _ in range(4))
        probes.append(Probe(arrays, label=label))
    return probes


def _coupled_torch(c_prev: Array, a_f: Array, a_g: Array, a_o: Array) -> tuple[Array, Array]:
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


def _coupled_mix(c_prev: Array, a_f: Array, a_g: Array, a_o: Array) -> tuple[Array, Array]:
    g = np.tanh(a_g)
    c_t = g + (c_prev - g) / (1 + np.exp(-a_f))
    return np.tanh(c_t) / (1 + np.exp(-a_o)), c_t


def _coupled_all_shown(c_prev: Array, a_f: Array, a_g: Array, a_o: Array) -> tuple[Array, Array]:
    _, c_t = coupled_step(c_prev, a_f, a_g, a_o)
    return np.tanh(c_t), c_t


def _coupled_old_shown(c_prev: Array, a_f: Array, a_g: Array, a_o: Array) -> tuple[Array, Array]:
    _, c_t = coupled_step(c_prev, a_f, a_g, a_o)
    return sigmoid(a_o) * np.tanh(c_prev), c_t


def _coupled_with(
    keep: Callable[[Array], Array] = sigmoid,
    write: Callable[[Array], Array] = lambda a: 1 - sigmoid(a),
    candidate: Callable[[Array], Array] = np.tanh,
    bend: Callable[[Array], Array] = np.tanh,
) -> Answer:
    """The step with another function in one of its places."""

    def answer(c_prev: Array, a_f: Array, a_g: Array, a_o: Array) -> tuple[Array, Array]:
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
                "You wrote with i = f. Where everything is kept, nothing is written: i = 1 − f.",
                _coupled_with(write=sigmoid),
            ),
            Mistake(
                "always_written",
                "You wrote the whole candidate. There still is an input gate: it is 1 − f.",
                _coupled_with(write=lambda a: np.ones_like(a)),
            ),
            Mistake(
                "sum_for_gate",
                "You took 1 − a_f. The forget gate is σ(a_f), so the input gate is 1 − σ(a_f).",
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
                "You squashed the candidate with σ. It may be negative: it is tanh(a_g).",
                _coupled_with(candidate=sigmoid),
            ),
            Mistake(
                "no_output_gate",
                "You left out the output gate. It is not coupled: it is σ(a_o), as before.",
                _coupled_all_shown,
            ),
            Mistake(
                "old_cell_shown",
                "You took the old cell state for h_t. It is o ⊙ tanh(c_t), with the new one.",
                _coupled_old_shown,
            ),
            Mistake(
                "other_order",
                "The two states are right but in another order: `h_t`, `c_t`.",
                lambda *arrays: coupled_step(*arrays)[::-1],
            ),
        ],
        hints=[
            "Two gates that always sum to one need only one of them to be computed.",
            "All arrays are (B, H), and so are both results.",
            "Compute `f` first. The new cell state is a mixture of the old one, with weight f, and "
            "tanh(a_g), with weight 1 − f. The hidden state is computed as before.",
            "`c_t = f * c_prev + (1 - f) * np.tanh(a_g)`",
        ],
        solved="With one gate fewer, a quarter of the weights is saved. The GRU of lesson 08 does "
        "this, too, and has no output gate.",
    )
)
