"""The exercises of lesson 08, The GRU."""

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
Ten = tuple[Array, ...]

# --- 8.1 · Three steps ---------------------------------------------------------------------------


def _three_steps() -> float:
    """The state after three steps, by torch's lerp: from h to n by the share 1 − z."""
    import torch

    h = torch.tensor(0.8, dtype=torch.float64)
    for z, n in ((1.0, -0.9), (0.5, 0.2), (0.25, -0.6)):
        h = torch.lerp(h, torch.tensor(n, dtype=torch.float64), 1 - z)
    return float(h)


register(
    ValueExercise(
        name="gru.three_steps",
        title="Three steps",
        points=1,
        answer=-0.325,
        tolerance=0.001,
        oracle=_three_steps,
        mistakes=[
            Mistake(
                "other_way_round",
                "You gave `z` to the candidate. Here `z` weighs the past: z = 1 keeps the old "
                "state as it is.",
                -0.4125,
            ),
            Mistake(
                "two_steps",
                "This is the state after step 2. One more step follows.",
                0.5,
            ),
            Mistake(
                "no_share",
                "You added the whole candidate. Old and new share: the candidate gets 1 − z.",
                -0.5625,
            ),
            Mistake(
                "always_from_the_start",
                "You mixed the last candidate with h₀. The old state of step 3 is what step 2 "
                "left.",
                -0.25,
            ),
            Mistake(
                "kept_part_alone",
                "This is what step 3 keeps of the old state. Its candidate's share is still to be "
                "added.",
                0.125,
            ),
            Mistake(
                "candidate_part_alone",
                "This is the candidate's share of step 3. What is kept of the old state is still "
                "to be added.",
                -0.45,
            ),
            Mistake("candidate", "This is the last candidate alone; z = 0.25 keeps a part.", -0.6),
            Mistake(
                "first_step_wrote",
                "At step 1 the gate is 1, so the candidate −0.9 leaves no trace.",
                -0.5375,
            ),
        ],
        hints=[
            "Each step is a mixture of two numbers, the old state and the candidate.",
            "h = z · h_prev + (1 − z) · n. What does that give for z = 1?",
            "h₁ = 0.8. Then h₂ = 0.5 · 0.8 + 0.5 · 0.2.",
            "0.25 · h₂ + 0.75 · (−0.6)",
        ],
        solved="A gate of 1 is a day on which nothing happened.",
    )
)

# --- 8.2 · Two places for the reset gate ---------------------------------------------------------


def _two_resets() -> tuple[float, ...]:
    """Both candidates' pasts, by torch's linear layer."""
    import torch

    W, b, h, r = (
        torch.tensor(a, dtype=torch.float64)
        for a in ([[0, 2], [1, 0]], [0.2, 0.4], [0.6, -0.4], [0.5, 0.25])
    )
    after = r * torch.nn.functional.linear(h, W, b)
    before = torch.nn.functional.linear(r * h, W, b)
    return (*after.tolist(), *before.tolist())


register(
    ValueExercise(
        name="gru.two_resets",
        title="Two places for the reset gate",
        points=2,
        answer=(-0.3, 0.25, 0.0, 0.7),
        tolerance=0.001,
        oracle=_two_resets,
        mistakes=[
            Mistake(
                "exchanged",
                "Right numbers, wrong names: *after* means that the product is taken first, and "
                "then scaled.",
                (0.0, 0.7, -0.3, 0.25),
            ),
            Mistake(
                "bias_outside",
                "In *after*, `b_hn` stands inside the bracket: the gate scales it, too. That is "
                "why torch needs a second bias.",
                (-0.2, 0.55, 0.0, 0.7),
            ),
            Mistake("no_bias", "You left out `b_hn`.", (-0.4, 0.15, -0.2, 0.3)),
            Mistake(
                "transposed",
                "You took the columns of `W_hn` for its rows. Entry 1 of W h is row 1 times h: "
                "0 · 0.6 + 2 · (−0.4).",
                (-0.1, 0.4, 0.1, 1.0),
            ),
            Mistake(
                "bias_in_the_gate_before",
                "In *before* the gate scales the state alone. The bias comes in whole, after the "
                "product.",
                (-0.3, 0.25, -0.1, 0.4),
            ),
            Mistake(
                "bias_in_after_alone",
                "In *before* you left out `b_hn`. It is added after the product, in both.",
                (-0.3, 0.25, -0.2, 0.3),
            ),
            Mistake(
                "all_the_same",
                "You took *after* for both. In *before* the state is scaled, then multiplied.",
                (-0.3, 0.25, -0.3, 0.25),
            ),
        ],
        hints=[
            "Two orders of the same three things: product, bias, gate.",
            "After: W_hn h + b_hn first, two numbers; then times r, entry by entry.",
            "W_hn h = (2 · (−0.4), 1 · 0.6). Before: r ⊙ h = (0.3, −0.1), then the product.",
            "After: (0.5 · (−0.8 + 0.2), 0.25 · (0.6 + 0.4)).",
        ],
        solved="*Before* chooses which units may be heard; *after* chooses which candidates hear.",
    )
)

# --- 8.3 · Find the two bugs ---------------------------------------------------------------------


def given_layer(x: Array, h_0: Array, weights: Ten) -> Array:
    """The colleague's layer, as the learner finds it."""
    W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xn, W_hn, b_n, b_hn = weights
    h_t, h = h_0, []
    for t in range(x.shape[1]):
        r = sigmoid(x[:, t] @ W_xr.T + h_t @ W_hr.T + b_r)
        z = sigmoid(x[:, t] @ W_xz.T + h_t @ W_hz.T + b_z)
        h_t = z * h_t
        n = np.tanh(r * (x[:, t] @ W_xn.T + b_n + h_t @ W_hn.T + b_hn))
        h_t = h_t + (1 - z) * n
        h.append(h_t)
    return np.stack(h, axis=1)


def repaired_layer(x: Array, h_0: Array, weights: Ten) -> Array:
    """A GRU layer by torch's conventions."""
    W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xn, W_hn, b_n, b_hn = weights
    h_t, h = h_0, []
    for t in range(x.shape[1]):
        r = sigmoid(x[:, t] @ W_xr.T + h_t @ W_hr.T + b_r)
        z = sigmoid(x[:, t] @ W_xz.T + h_t @ W_hz.T + b_z)
        n = np.tanh(x[:, t] @ W_xn.T + b_n + r * (h_t @ W_hn.T + b_hn))
        h_t = z * h_t + (1 - z) * n
        h.append(h_t)
    return np.stack(h, axis=1)


def _some_weights(rng: np.random.Generator, D: int, H: int) -> Ten:
    """W_x, W_h and b of r, z and n, and b_hn."""
    arrays: list[Array] = []
    for _ in range(3):
        arrays += [rng.normal(size=(H, D)), rng.normal(size=(H, H)), rng.normal(size=H)]
    return (*arrays, rng.normal(size=H))


def _layer_probes(rng: np.random.Generator) -> list[Probe]:
    probes = []
    for B, T, D, H, label in (
        (1, 2, 1, 2, "a small layer"),
        (3, 4, 5, 2, ""),
        (2, 1, 3, 4, "T = 1"),
    ):
        x, h_0 = rng.normal(size=(B, T, D)), rng.uniform(-1, 1, size=(B, H))
        probes.append(Probe((x, h_0, _some_weights(rng, D, H)), label=label))
    return probes


def _torch_gru(stacked: Ten, x: Array, h_0: Array) -> Array:
    """Torch's layer with stacked weights."""
    import torch

    layer = torch.nn.GRU(x.shape[2], h_0.shape[1], batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        for parameter, array in zip(layer.parameters(), stacked, strict=True):
            parameter.copy_(torch.tensor(np.array(array)))
        return layer(torch.tensor(x), torch.tensor(h_0)[None])[0].numpy()


def _layer_torch(x: Array, h_0: Array, weights: Ten) -> Array:
    W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xn, W_hn, b_n, b_hn = weights
    stacked = (
        np.concatenate([W_xr, W_xz, W_xn]),
        np.concatenate([W_hr, W_hz, W_hn]),
        np.concatenate([b_r, b_z, b_n]),
        np.concatenate([0 * b_r, 0 * b_z, b_hn]),
    )
    return _torch_gru(stacked, x, h_0)


def _layer_einsum(x: Array, h_0: Array, weights: Ten) -> Array:
    W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xn, W_hn, b_n, b_hn = weights
    h = np.empty((*x.shape[:2], h_0.shape[1]))
    old = h_0.copy()
    for t in range(x.shape[1]):
        from_x = [np.einsum("bd,hd->bh", x[:, t], W) for W in (W_xr, W_xz, W_xn)]
        from_h = [np.einsum("bk,hk->bh", old, W) for W in (W_hr, W_hz, W_hn)]
        r, z = (1 / (1 + np.exp(-(from_x[i] + from_h[i] + b))) for i, b in ((0, b_r), (1, b_z)))
        n = np.tanh(from_x[2] + b_n + r * (from_h[2] + b_hn))
        old = n + z * (old - n)
        h[:, t] = old
    return h


def _layer_with(
    candidate: Callable[..., Array] = lambda a, r, h, W, b: np.tanh(a + r * (h @ W.T + b)),
    mix: Callable[..., Array] = lambda h, n, z: z * h + (1 - z) * n,
    early: bool = False,
) -> Callable[..., Array]:
    """A layer with the given candidate and mixture."""

    def layer(x: Array, h_0: Array, weights: Ten) -> Array:
        W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xn, W_hn, b_n, b_hn = weights
        h_t, h = h_0, []
        for t in range(x.shape[1]):
            r = sigmoid(x[:, t] @ W_xr.T + h_t @ W_hr.T + b_r)
            z = sigmoid(x[:, t] @ W_xz.T + h_t @ W_hz.T + b_z)
            seen = z * h_t if early else h_t
            n = candidate(x[:, t] @ W_xn.T + b_n, r, seen, W_hn, b_hn)
            h_t = mix(h_t, n, z)
            h.append(h_t)
        return np.stack(h, axis=1)

    return layer


def _b_n_in_the_bracket(x: Array, h_0: Array, weights: Ten) -> Array:
    *others, b_n, b_hn = weights
    return repaired_layer(x, h_0, (*others, 0 * b_n, b_n + b_hn))


register(
    CodeExercise(
        name="gru.repaired_layer",
        title="Find the two bugs",
        points=3,
        reference=repaired_layer,
        given=given_layer,
        probes=_layer_probes,
        oracle=_layer_torch,
        equivalents={"torch": _layer_torch, "einsum": _layer_einsum},
        outputs=("h",),
        axes=("BTH",),
        mistakes=[
            Mistake(
                "replaced_too_early",
                "One bug is left. `h_t = z * h_t` overwrites the old state, and the candidate, "
                "which comes after it, reads what is left of it. Mix old and new in one line.",
                _layer_with(early=True),
            ),
            Mistake(
                "reset_on_the_input",
                "One bug is left. The reset gate scales the input's part as well. It is there to "
                "drop the past: only `h_t @ W_hn.T + b_hn` belongs in its bracket.",
                _layer_with(lambda a, r, h, W, b: np.tanh(r * (a + h @ W.T + b))),
            ),
            Mistake(
                "reset_before",
                "Both bugs are gone, but your reset gate stands before the product. Torch's, and "
                "this layer's, stands after it.",
                _layer_with(lambda a, r, h, W, b: np.tanh(a + (r * h) @ W.T + b)),
            ),
            Mistake(
                "bias_outside",
                "`b_hn` belongs inside the reset gate's bracket.",
                _layer_with(lambda a, r, h, W, b: np.tanh(a + r * (h @ W.T) + b)),
            ),
            Mistake(
                "no_reset",
                "Both bugs are gone, but so is the reset gate. It scales the past: "
                "`h_t @ W_hn.T + b_hn`.",
                _layer_with(lambda a, r, h, W, b: np.tanh(a + h @ W.T + b)),
            ),
            Mistake(
                "b_n_in_the_bracket",
                "`b_n` belongs to the input's part. The reset gate scales the past alone, with its "
                "own bias `b_hn`.",
                _b_n_in_the_bracket,
            ),
            Mistake(
                "kept_twice",
                "The old state is multiplied by z twice: once in a line of its own, once in the "
                "mixture.",
                _layer_with(mix=lambda h, n, z: z * z * h + (1 - z) * n),
            ),
            Mistake(
                "z_weighs_the_present",
                "Both bugs are gone, but you turned the update gate round: here `z` weighs the "
                "past.",
                _layer_with(mix=lambda h, n, z: (1 - z) * h + z * n),
            ),
            Mistake(
                "no_share",
                "The candidate comes in whole. Old and new share: it gets 1 − z.",
                _layer_with(mix=lambda h, n, z: z * h + n),
            ),
            Mistake(
                "no_past",
                "Nothing of the old state is kept: z ⊙ h is missing from the new state.",
                _layer_with(mix=lambda h, n, z: (1 - z) * n),
            ),
            Mistake(
                "reset_outside_tanh",
                "The reset gate scales what tanh returned. It belongs inside, at the past alone.",
                _layer_with(lambda a, r, h, W, b: r * np.tanh(a + h @ W.T + b)),
            ),
        ],
        hints=[
            "Read each line and ask: which state should it see, the old or the new one? And: what "
            "is the reset gate for?",
            "All four lines of a step need the *old* state, (B, H). The reset gate, (B, H), has "
            "one bracket to scale, the one with the past.",
            "Take `h_t = z * h_t` out, and let the last line mix both. In the candidate move the "
            "input's part and `b_n` out of the bracket.",
            "`h_t = z * h_t + (1 - z) * n`",
        ],
        solved="A new state is mixed in one line, because all of the step's gates look at the old "
        "one.",
    )
)

# --- 8.4 · Into torch's convention ---------------------------------------------------------------


def to_torch(weights: Ten) -> Ten:
    """Stack weights whose z weighs the present as torch has them, where it weighs the past."""
    W_xr, W_hr, b_r, W_xz, W_hz, b_z, W_xn, W_hn, b_n, b_hn = weights
    zero = np.zeros(2 * len(b_r))
    weight_ih = np.concatenate([W_xr, -W_xz, W_xn])
    weight_hh = np.concatenate([W_hr, -W_hz, W_hn])
    return weight_ih, weight_hh, np.concatenate([b_r, -b_z, b_n]), np.concatenate([zero, b_hn])


def _to_torch_torch(weights: Ten) -> Ten:
    import torch

    rows = [torch.tensor(a) for a in weights]
    x, h, b = (torch.cat([rows[i], rows[i + 3].neg(), rows[i + 6]]).numpy() for i in range(3))
    return x, h, b, torch.nn.functional.pad(rows[9], (2 * len(rows[9]), 0)).numpy()


def _to_torch_vstack(weights: Ten) -> Ten:
    signs = (1, -1, 1)
    W_x, W_h = (
        np.vstack([s * w for s, w in zip(signs, weights[i:9:3], strict=True)]) for i in (0, 1)
    )
    bias = np.hstack([s * w for s, w in zip(signs, weights[2:9:3], strict=True)])
    return W_x, W_h, bias, np.hstack([0 * weights[2], 0 * weights[5], weights[9]])


def _stack(
    order: str = "rzn", minus: str = "xhb", hidden: str = "second", turned: str = "z"
) -> Callable[[Ten], Ten]:
    """Stack with another order of the gates, other signs, `b_hn` elsewhere."""

    def answer(weights: Ten) -> Ten:
        gates = {gate: list(weights[3 * i : 3 * i + 3]) for i, gate in enumerate("rzn")}
        for gate in turned:
            gates[gate] = [-a if p in minus else a for a, p in zip(gates[gate], "xhb", strict=True)]
        W_x, W_h, first = (np.concatenate([gates[gate][i] for gate in order]) for i in range(3))
        zero = np.zeros_like(weights[9])
        second = np.concatenate([weights[9] if gate == "n" else zero for gate in order])
        if hidden == "first":
            return W_x, W_h, first + second, 0 * second
        return (W_x, W_h, first, second) if hidden == "second" else (W_x, W_h, first, 0 * second)

    return answer


def _biases_twice(weights: Ten) -> Ten:
    W_x, W_h, first, _ = to_torch(weights)
    return W_x, W_h, first, np.concatenate([weights[2], -weights[5], weights[9]])


def _z_bias_in_the_second(weights: Ten) -> Ten:
    W_x, W_h, first, second = to_torch(weights)
    H = len(weights[5])
    first[H : 2 * H], second[H : 2 * H] = 0, -weights[5]
    return W_x, W_h, first, second


def _behaves(output: Any, weights: Ten) -> bool:
    """Torch's layer with the answer does what a GRU does whose z weighs the present."""
    rng = np.random.default_rng(7)
    H, D = weights[0].shape
    x, h_0 = rng.normal(size=(2, 3, D)), rng.normal(size=(2, H))
    wanted = _layer_with(mix=lambda h, n, z: (1 - z) * h + z * n)(x, h_0, weights)
    return bool(np.allclose(_torch_gru(output, x, h_0), wanted))


register(
    CodeExercise(
        name="gru.to_torch",
        title="Into torch's convention",
        points=3,
        reference=to_torch,
        probes=lambda rng: [
            Probe((_some_weights(rng, D, H),), label=label)
            for D, H, label in ((1, 1, "D = H = 1"), (3, 2, ""), (2, 4, ""))
        ],
        oracle=_to_torch_torch,
        equivalents={"torch": _to_torch_torch, "vstack": _to_torch_vstack},
        outputs=("weight_ih", "weight_hh", "bias_ih", "bias_hh"),
        axes=("GD", "GH", "G", "G"),
        properties=[
            Property("torch.nn.GRU with your weights does not do what this GRU does.", _behaves)
        ],
        mistakes=[
            Mistake(
                "no_sign",
                "The order is right, but torch would read your z the other way round. "
                "1 − σ(a) = σ(−a): which weights have to change their sign?",
                _stack(minus=""),
            ),
            Mistake(
                "bias_kept_its_sign",
                "`b_z` has kept its sign. All that is added up inside σ changes it.",
                _stack(minus="xh"),
            ),
            Mistake(
                "input_alone",
                "Only `W_xz` changed its sign. `W_hz` and `b_z` are in the same σ.",
                _stack(minus="x"),
            ),
            Mistake(
                "state_alone",
                "Only `W_hz` changed its sign. `W_xz` and `b_z` are in the same σ.",
                _stack(minus="h"),
            ),
            Mistake(
                "bias_alone",
                "Only `b_z` changed its sign. `W_xz` and `W_hz` are in the same σ.",
                _stack(minus="b"),
            ),
            Mistake(
                "reset_turned_round",
                "You changed the signs of the reset gate. It is the update gate's meaning that "
                "differs.",
                _stack(turned="r"),
            ),
            Mistake(
                "everything_turned_round",
                "You changed the signs of all gates and of the candidate. Only the update gate's "
                "meaning differs.",
                _stack(turned="rzn"),
            ),
            Mistake(
                "biases_twice",
                "Torch adds its two biases. You put those of r and z into both, so they count "
                "twice.",
                _biases_twice,
            ),
            Mistake(
                "z_bias_in_the_second",
                "Torch would do the right thing with it, but the exercise wants the biases of r "
                "and z in `bias_ih`.",
                _z_bias_in_the_second,
            ),
            Mistake(
                "order_rnz",
                "Your rows stand in the order r, n, z. Torch stacks r, z, n.",
                _stack(order="rnz"),
            ),
            Mistake(
                "order_zrn",
                "Torch stacks r, z, n; yours begins with z.",
                _stack(order="zrn"),
            ),
            Mistake(
                "b_hn_in_the_first",
                "You added `b_hn` to `b_n`. Torch's reset gate scales the second bias alone, so "
                "the two stay apart: `b_hn` goes into `bias_hh`.",
                _stack(hidden="first"),
            ),
            Mistake(
                "no_b_hn",
                "`b_hn` is missing: it is the last third of `bias_hh`.",
                _stack(hidden="nowhere"),
            ),
            Mistake(
                "gates_exchanged_in_order_and_sign",
                "The rows begin with z, whose sign has not changed either. Torch stacks r, z, n.",
                _stack(order="zrn", minus=""),
            ),
        ],
        hints=[
            "Two things differ: what z weighs, and how the arrays are laid out.",
            "`weight_ih` is (3H, D), `weight_hh` (3H, H), both biases (3H,), rows in the order r, "
            "z, n.",
            "Change the sign of `W_xz`, `W_hz`, `b_z`; stack; the second bias is zero but for its "
            "last third, `b_hn`.",
            "`np.concatenate([W_xr, -W_xz, W_xn])`",
        ],
        solved="The update gate's two conventions are one model with two names. That is not so for "
        "the reset gate's.",
    )
)

# --- 8.5 · Count the parameters ------------------------------------------------------------------


def count_parameters(cell: str, D: int, H: int, layers: int, biases: int) -> int:
    """Count the parameters of a stack of recurrent layers."""
    blocks = {"RNN": 1, "GRU": 3, "LSTM": 4}[cell]
    lowest = blocks * (H * D + H * H + biases * H)
    above = blocks * (H * H + H * H + biases * H)
    return lowest + (layers - 1) * above


def _count_torch(cell: str, D: int, H: int, layers: int, biases: int) -> int:
    import torch

    module = getattr(torch.nn, cell)(D, H, num_layers=layers)
    counted = {1: ("weight", "bias_ih"), 2: ("weight", "bias"), 0: ("weight",)}[biases]
    return sum(p.numel() for name, p in module.named_parameters() if name.startswith(counted))


def _count_loop(cell: str, D: int, H: int, layers: int, biases: int) -> int:
    total, inputs = 0, D
    for _ in range(layers):
        for _ in range(("RNN", "", "GRU", "LSTM").index(cell) + 1):
            total += H * (inputs + H + biases)
        inputs = H
    return total


_GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}

register(
    CodeExercise(
        name="gru.count_parameters",
        title="Count the parameters",
        points=2,
        reference=count_parameters,
        probes=lambda rng: [
            Probe(args, label=", ".join(map(str, args)))
            for args in (
                ("GRU", 2, 3, 1, 2),
                ("LSTM", 2, 3, 1, 2),
                ("RNN", 4, 3, 1, 1),
                ("GRU", 5, 2, 3, 1),
                ("LSTM", 3, 4, 2, 0),
                ("RNN", int(rng.integers(5, 9)), int(rng.integers(2, 5)), 4, 2),
            )
        ],
        oracle=_count_torch,
        equivalents={"torch": _count_torch, "loop": _count_loop},
        outputs=("count",),
        mistakes=[
            Mistake(
                "candidate_forgotten",
                "You counted the gates alone. The candidate has weights of its own: a GRU has "
                "three blocks, an LSTM four, an RNN one.",
                lambda cell, D, H, layers, biases: (
                    _count_loop(cell, D, H, layers, biases) // _GATES[cell] * (_GATES[cell] - 1)
                ),
            ),
            Mistake(
                "same_input_everywhere",
                "The layers above the first do not read D inputs. They read the H states of the "
                "layer below.",
                lambda cell, D, H, layers, biases: (
                    layers * _GATES[cell] * (H * D + H * H + biases * H)
                ),
            ),
            Mistake(
                "one_layer",
                "You counted one layer. Each of the `layers` has weights of its own.",
                lambda cell, D, H, layers, biases: _GATES[cell] * (H * D + H * H + biases * H),
            ),
            Mistake(
                "always_two_biases",
                "You counted two biases for each block, whatever `biases` says.",
                lambda cell, D, H, layers, biases: _count_loop(cell, D, H, layers, 2),
            ),
            Mistake(
                "always_one_bias",
                "You counted one bias for each block, whatever `biases` says. Torch has two.",
                lambda cell, D, H, layers, biases: _count_loop(cell, D, H, layers, 1),
            ),
            Mistake(
                "no_bias",
                "You counted no bias. Each block has `biases` of them, each of length H.",
                lambda cell, D, H, layers, biases: _count_loop(cell, D, H, layers, 0),
            ),
            Mistake(
                "upper_layers_read_nothing",
                "A layer above the first has two square matrices for each block: one from the "
                "layer below, one from its own old state.",
                lambda cell, D, H, layers, biases: (
                    _count_loop(cell, D, H, layers, biases) - (layers - 1) * _GATES[cell] * H * H
                ),
            ),
            Mistake(
                "one_layer_too_many",
                "You counted a layer too many: the first is one of the `layers`.",
                lambda cell, D, H, layers, biases: _count_loop(cell, D, H, layers + 1, biases),
            ),
            Mistake(
                "gru_has_two",
                "A GRU has two gates and a candidate: three blocks.",
                lambda cell, D, H, layers, biases: (
                    _count_loop(cell, D, H, layers, biases) * (2 if cell == "GRU" else 3) // 3
                ),
            ),
            Mistake(
                "lstm_has_three",
                "An LSTM has three gates and a candidate: four blocks.",
                lambda cell, D, H, layers, biases: (
                    _count_loop(cell, D, H, layers, biases) * (3 if cell == "LSTM" else 4) // 4
                ),
            ),
            Mistake(
                "exchanged",
                "You exchanged the two: the GRU has three blocks, the LSTM four.",
                lambda cell, D, H, layers, biases: _count_loop(
                    {"GRU": "LSTM", "LSTM": "GRU", "RNN": "RNN"}[cell], D, H, layers, biases
                ),
            ),
            Mistake(
                "no_recurrence",
                "The weights from the old state are missing: H · H for each block.",
                lambda cell, D, H, layers, biases: (
                    _count_loop(cell, D, H, layers, biases) - layers * _GATES[cell] * H * H
                ),
            ),
            Mistake(
                "all_alike",
                "You counted a single block, as in the plain RNN.",
                lambda cell, D, H, layers, biases: _count_loop("RNN", D, H, layers, biases),
            ),
        ],
        hints=[
            "Count one block of weights, then ask how many blocks a cell has.",
            "A block is a matrix from the input, a square one from the state, and biases of length "
            "H.",
            "RNN 1 block, GRU 3, LSTM 4. The first layer reads D inputs, each layer above reads H.",
            "`blocks * (H * D + H * H + biases * H)` is the first layer.",
        ],
        solved="Where H is much larger than D, doubling H makes four times as many parameters.",
    )
)

# --- 8.6 · Which one is better? ------------------------------------------------------------------

register(
    OpenExercise(
        name="gru.which_is_better",
        title="Which one is better?",
        points=4,
        rubric=[
            "Names the unequal sizes: at equal hidden size the LSTM has a third more parameters "
            "and work, so the comparison needs equal parameters (or says which budget counts).",
            "Names the missing seeds: one run each; several seeds, paired, with an interval.",
            "Names the settings: the learning rate (and the bias of the forget gate) was tuned "
            "for one of them, or for neither; each needs its own, chosen on validation data.",
            "Says that one task decides about that task: in the lesson another task has another "
            "winner.",
        ],
        hints=[
            "What else differs between the two networks, apart from the cell?",
            "How often would a coin have said the same?",
            "Whose learning rate was it?",
            "Think of the tasks of claim 5: is there one on which your friend would have found the "
            "opposite?",
        ],
    )
)

# --- 8.7 · One gate ------------------------------------------------------------------------------


def minimal_step(
    x_t: Array, h_prev: Array, W_xf: Array, W_hf: Array, b_f: Array, W_xn: Array, W_hn: Array,
    b_n: Array,
) -> Array:  # fmt: skip
    """One step of the minimal gated unit."""
    f = sigmoid(x_t @ W_xf.T + h_prev @ W_hf.T + b_f)
    n = np.tanh(x_t @ W_xn.T + (f * h_prev) @ W_hn.T + b_n)
    return (1 - f) * h_prev + f * n


def _minimal_torch(*args: Array) -> Array:
    import torch

    linear = torch.nn.functional.linear
    x, h, W_xf, W_hf, b_f, W_xn, W_hn, b_n = (torch.tensor(a) for a in args)
    f = torch.sigmoid(linear(x, W_xf, b_f) + linear(h, W_hf))
    return torch.lerp(h, torch.tanh(linear(x, W_xn, b_n) + linear(f * h, W_hn)), f).numpy()


def _minimal_joined(*args: Array) -> Array:
    x, h, W_xf, W_hf, b_f, W_xn, W_hn, b_n = args
    f = 1 / (1 + np.exp(-np.hstack([x, h]) @ np.hstack([W_xf, W_hf]).T - b_f))
    n = np.tanh(np.hstack([x, f * h]) @ np.hstack([W_xn, W_hn]).T + b_n)
    return h + f * (n - h)


def _minimal_with(change: Callable[..., Array]) -> Callable[..., Array]:
    """A step from `change(f, a, h, W_hn)`, where a is the input's part of the candidate."""

    def step(*args: Array) -> Array:
        x, h, W_xf, W_hf, b_f, W_xn, W_hn, b_n = args
        return change(sigmoid(x @ W_xf.T + h @ W_hf.T + b_f), x @ W_xn.T + b_n, h, W_hn)

    return step


def _minimal_probes(rng: np.random.Generator) -> list[Probe]:
    one = [
        np.array(a) for a in ([[1.0]], [[0.8]], [[1.0]], [[0.5]], [-0.3], [[2.0]], [[1.5]], [0.1])
    ]
    probes = [Probe(tuple(one), label="one unit")]
    for B, D, H in ((3, 4, 2), (2, 3, 5)):
        sizes = ((B, D), (B, H), (H, D), (H, H), (H,), (H, D), (H, H), (H,))
        probes.append(Probe(tuple(rng.normal(size=size) for size in sizes)))
    return probes


register(
    CodeExercise(
        name="gru.minimal_step",
        title="One gate",
        points=3,
        reference=minimal_step,
        probes=_minimal_probes,
        oracle=_minimal_torch,
        equivalents={"torch": _minimal_torch, "joined": _minimal_joined},
        outputs=("h_t",),
        axes=("BH",),
        mistakes=[
            Mistake(
                "weighs_the_past",
                "Your gate weighs the past. In this unit f is the weight of the candidate.",
                _minimal_with(lambda f, a, h, W: f * h + (1 - f) * np.tanh(a + (f * h) @ W.T)),
            ),
            Mistake(
                "reset_after",
                "Your gate stands after the product with `W_hn`. Here it scales the state first.",
                _minimal_with(lambda f, a, h, W: (1 - f) * h + f * np.tanh(a + f * (h @ W.T))),
            ),
            Mistake(
                "no_reset",
                "The candidate hears the whole past. In it, too, the gate does its work: f ⊙ h.",
                _minimal_with(lambda f, a, h, W: (1 - f) * h + f * np.tanh(a + h @ W.T)),
            ),
            Mistake(
                "gate_on_the_input",
                "Your gate scales the input's part of the candidate as well. It scales the old "
                "state alone.",
                _minimal_with(lambda f, a, h, W: (1 - f) * h + f * np.tanh(f * (a + h @ W.T))),
            ),
            Mistake(
                "no_b_f",
                "The gate's bias `b_f` is missing.",
                lambda x, h, W_xf, W_hf, b_f, *rest: minimal_step(x, h, W_xf, W_hf, 0 * b_f, *rest),
            ),
            Mistake(
                "no_b_n",
                "The candidate's bias `b_n` is missing.",
                lambda x, h, W_xf, W_hf, b_f, W_xn, W_hn, b_n: minimal_step(
                    x, h, W_xf, W_hf, b_f, W_xn, W_hn, 0 * b_n
                ),
            ),
            Mistake(
                "gate_ignores_the_state",
                "The gate reads the input alone. `W_hf` brings in the old state.",
                lambda x, h, W_xf, W_hf, *rest: minimal_step(x, h, W_xf, 0 * W_hf, *rest),
            ),
            Mistake(
                "no_share",
                "The old state stays whole. Old and new share: it keeps 1 − f.",
                _minimal_with(lambda f, a, h, W: h + f * np.tanh(a + (f * h) @ W.T)),
            ),
            Mistake(
                "no_mixture",
                "You returned the candidate. It is mixed with the old state, by the same gate.",
                _minimal_with(lambda f, a, h, W: np.tanh(a + (f * h) @ W.T)),
            ),
            Mistake(
                "opposite_reset",
                "In the candidate you took 1 − f. There, too, it is f.",
                _minimal_with(
                    lambda f, a, h, W: (1 - f) * h + f * np.tanh(a + ((1 - f) * h) @ W.T)
                ),
            ),
        ],
        hints=[
            "The formulas are those of the GRU with r and z replaced by one gate.",
            "f and the candidate are (B, H), as the state.",
            "First f, by σ. Then the candidate, in which f scales the old state before the "
            "product. Then the mixture, in which f weighs the candidate.",
            "`return (1 - f) * h_prev + f * n`",
        ],
        solved="One gate does both: where it is open, the candidate hears the past and takes over.",
    )
)
