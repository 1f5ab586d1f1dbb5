"""Exercise 8.3: the whole step."""

from __future__ import annotations

from typing import Any

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from course.exercises.bank.gru.common import (
    H_PREV,
    Array,
    Results,
    mixed,
    some_weights,
    torch_gru,
)
from course.exercises.bank.gru.step_wrong import (
    all_turned,
    bias_outside,
    filled,
    fixed,
    matrix_first,
    mixed_past,
    no_reset,
    one_minus_r,
    other_place,
    past_turned,
    reset_gate,
    step_with,
    unpacked_by_kind,
    update_gate,
    with_one_gate,
    without,
    z_sees_the_reset_state,
)
from helpers.gru import GRUStates, GRUWeights, gru_reset, gru_to_torch, gru_update
from helpers.lstm import sigmoid

PAPER = GRUWeights(
    *(np.array(one) for one in ([[-1.0]], [[0.5]], [-0.5555], [[1.0]], [[0.5]], [-0.2445])),
    *(np.array(one) for one in ([[-1.0]], [[1.0]], [0.0], [0.2])),
)
CASES = [(after, weighs) for after in (True, False) for weighs in ("past", "present")]


def step(
    x_t: Array,
    h_prev: Array,
    weights: GRUWeights,
    *,
    reset_after: bool = True,
    z_weighs: str = "past",
) -> GRUStates:
    """One step of a GRU, in any of its conventions."""
    w = weights
    r = sigmoid(x_t @ w.W_xr.T + h_prev @ w.W_hr.T + w.b_r)
    z = sigmoid(x_t @ w.W_xz.T + h_prev @ w.W_hz.T + w.b_z)
    past = gru_reset(h_prev, r, w.W_hn, w.b_hn, reset_after=reset_after)
    n = np.tanh(x_t @ w.W_xn.T + w.b_n + past)
    h_t = gru_update(h_prev, n, z, z_weighs=z_weighs)  # type: ignore[arg-type]
    return GRUStates(h_t, r, z, n)


def _trace(
    x_t: Array,
    h_prev: Array,
    weights: GRUWeights,
    *,
    reset_after: bool = True,
    z_weighs: str = "past",
) -> dict[str, Array]:
    """The lines of the step by name."""
    w = weights
    r = sigmoid(x_t @ w.W_xr.T + h_prev @ w.W_hr.T + w.b_r)
    z = sigmoid(x_t @ w.W_xz.T + h_prev @ w.W_hz.T + w.b_z)
    past = gru_reset(h_prev, r, w.W_hn, w.b_hn, reset_after=reset_after)
    n = np.tanh(x_t @ w.W_xn.T + w.b_n + past)
    h_t = gru_update(h_prev, n, z, z_weighs=z_weighs)  # type: ignore[arg-type]
    return {"r": r, "z": z, "past": past, "n": n, "h_t": h_t}


def _torch(x_t: Array, h_prev: Array, weights: GRUWeights, **how: Any) -> Results:
    """Torch's functions; in torch's own conventions the state is that of torch's layer."""
    import torch

    w = GRUWeights(*(torch.tensor(array) for array in weights))  # type: ignore[arg-type]
    x, h = torch.tensor(x_t), torch.tensor(h_prev)
    linear = torch.nn.functional.linear
    r, z = (
        torch.sigmoid(linear(x, W_x, b) + linear(h, W_h))  # type: ignore[arg-type]
        for W_x, W_h, b in ((w.W_xr, w.W_hr, w.b_r), (w.W_xz, w.W_hz, w.b_z))
    )
    after, past = how.get("reset_after", True), how.get("z_weighs", "past") == "past"
    seen = r * linear(h, w.W_hn, w.b_hn) if after else linear(r * h, w.W_hn, w.b_hn)  # type: ignore[arg-type]
    n = torch.tanh(linear(x, w.W_xn, w.b_n) + seen)  # type: ignore[arg-type]
    h_t = (torch.lerp(n, h, z) if past else torch.lerp(h, n, z)).numpy()
    if after and past:
        h_t = torch_gru(gru_to_torch(weights), x_t[:, None], h_prev)[:, 0]
    return h_t, r.numpy(), z.numpy(), n.numpy()


def _probes(rng: np.random.Generator) -> list[Probe]:
    probes = [Probe((np.array([[0.9431]]), H_PREV, PAPER), label=EXAMPLE)]
    for B, D, H, label in ((2, 2, 2, "two of everything"), (3, 4, 2, "")):
        for after, weighs in CASES:
            args = rng.normal(size=(B, D)).round(2), mixed(rng, B, H)[0], some_weights(rng, D, H)
            said = f"{label}, reset_after={after}, z_weighs={weighs!r}".removeprefix(", ")
            probes.append(Probe(args, {"reset_after": after, "z_weighs": weighs}, label=said))
    return probes


_SUM = "For both gates, add the input's part, the state's part and the bias."

MISTAKES = [
    Mistake(
        "reset_convention_dropped",
        "`reset_after` has no effect on your result. Hand it on: "
        "`gru_reset(…, reset_after=reset_after)`.",
        step_with(seen=fixed(gru_reset)),
    ),
    Mistake(
        "update_convention_dropped",
        "`z_weighs` has no effect on your result. Hand it on: `gru_update(…, z_weighs=z_weighs)`.",
        step_with(mix=fixed(gru_update)),
    ),
    Mistake(
        "both_conventions_dropped",
        "Neither `reset_after` nor `z_weighs` has any effect on your result. Hand both on to the "
        "functions that you built.",
        step_with(seen=fixed(gru_reset), mix=fixed(gru_update)),
    ),
    Mistake(
        "gates_exchanged",
        "`r` and `z` are exchanged: `r` has the weights W_xr, W_hr, b_r and resets, `z` has W_xz, "
        "W_hz, b_z and mixes.",
        step_with(r=update_gate, z=reset_gate),
    ),
    Mistake(
        "reset_values_exchanged",
        "You exchanged the two values of `reset_after`. Hand it on as it is: "
        "`gru_reset(…, reset_after=reset_after)`.",
        step_with(seen=other_place),
    ),
    Mistake(
        "z_is_r",
        "`z` is `r` once more. It has weights of its own: W_xz, W_hz and b_z.",
        filled(W_xz="W_xr", W_hz="W_hr", b_z="b_r"),
    ),
    Mistake(
        "biases_exchanged",
        "`b_n` and `b_hn` are exchanged. `b_hn` goes into `gru_reset`, and `b_n` is added with "
        "the input's part.",
        filled(b_n="b_hn", b_hn="b_n"),
    ),
    Mistake(
        "b_n_into_the_reset",
        "You handed `b_n` to `gru_reset` with `b_hn`, so with reset_after=True the gate scales it, "
        "too. Add it with the input's part.",
        lambda x, h, w, **how: step(x, h, w._replace(b_n=0 * w.b_n, b_hn=w.b_n + w.b_hn), **how),
    ),
    Mistake(
        "unpacked_by_kind",
        "You took `weights` apart in another order. It is W_xr, W_hr, b_r, then z's three and n's "
        "three, then b_hn. Names are safer: `weights.W_xr`.",
        unpacked_by_kind,
    ),
    Mistake(
        "W_xz_is_W_xr",
        "`W_xr` stands where `W_xz` belongs, in the line of `z`.",
        filled(W_xz="W_xr"),
    ),
    Mistake(
        "W_hz_is_W_hr",
        "`W_hr` stands where `W_hz` belongs, in the line of `z`.",
        filled(W_hz="W_hr"),
    ),
    Mistake(
        "b_z_is_b_r",
        "`b_r` stands where `b_z` belongs, in the line of `z`.",
        filled(b_z="b_r"),
    ),
    Mistake(
        "W_xr_is_W_xz",
        "`W_xz` stands where `W_xr` belongs, in the line of `r`.",
        filled(W_xr="W_xz"),
    ),
    Mistake(
        "W_hr_is_W_hz",
        "`W_hz` stands where `W_hr` belongs, in the line of `r`.",
        filled(W_hr="W_hz"),
    ),
    Mistake(
        "b_r_is_b_z",
        "`b_z` stands where `b_r` belongs, in the line of `r`.",
        filled(b_r="b_z"),
    ),
    Mistake(
        "W_xn_is_W_xz",
        "`W_xz` stands where `W_xn` belongs, in the line of `n`.",
        filled(W_xn="W_xz"),
    ),
    Mistake(
        "W_hn_is_W_hz",
        "`W_hz` stands where `W_hn` belongs, in the line of `past`.",
        filled(W_hn="W_hz"),
    ),
    Mistake(
        "b_n_is_b_z",
        "`b_z` stands where `b_n` belongs, in the line of `n`.",
        filled(b_n="b_z"),
    ),
    Mistake(
        "z_sees_the_reset_state",
        "`z` sees `r * h_prev`. Both gates look at the old state as it is; the reset is for the "
        "candidate alone.",
        z_sees_the_reset_state,
    ),
    Mistake(
        "matrix_first",
        "`W_xr @ x_t` takes the rows of the batch for units. Rows are sequences here: write "
        "`x_t @ W_xr.T`, and the other products likewise.",
        matrix_first,
    ),
    Mistake(
        "all_turned",
        "Your products lack `.T`. Rows of a matrix are units: write `x_t @ W_xr.T`, "
        "`h_prev @ W_hr.T` and the others likewise.",
        all_turned,
    ),
    Mistake(
        "r_and_z_returned_exchanged",
        "The numbers are right, but `r` and `z` are exchanged in what you return. The order is "
        "h_t, r, z, n.",
        step_with(result=lambda h, r, z, n, past: (h, z, r, n)),
    ),
    Mistake(
        "state_last",
        "The numbers are right but in another order. Return `GRUStates(h_t, r, z, n)`: the new "
        "state comes first.",
        step_with(result=lambda h, r, z, n, past: (r, z, n, h)),
    ),
    Mistake(
        "state_alone",
        "You return only the new state. The gates and the candidate are needed on the way back: "
        "return `GRUStates(h_t, r, z, n)`.",
        step_with(result=lambda h, r, z, n, past: h),
    ),
    Mistake(
        "past_too",
        "You return `past` as well. Return `GRUStates(h_t, r, z, n)`.",
        step_with(result=lambda h, r, z, n, past: (h, r, z, past, n)),
    ),
    Mistake(
        "past_for_candidate",
        "The last of your four results is `past`, what the reset gate let through. It should be "
        "the candidate `n`.",
        step_with(result=lambda h, r, z, n, past: (h, r, z, past)),
    ),
    Mistake(
        "no_b_r",
        f"`r` lacks its bias. {_SUM}",
        step_with(r=lambda x, h, w: reset_gate(x, h, w._replace(b_r=0 * w.b_r))),
    ),
    Mistake(
        "no_b_z",
        f"`z` lacks its bias. {_SUM}",
        step_with(z=lambda x, h, w: update_gate(x, h, w._replace(b_z=0 * w.b_z))),
    ),
    Mistake(
        "no_gate_biases",
        f"Both gates lack their biases. {_SUM}",
        step_with(
            r=lambda x, h, w: reset_gate(x, h, w._replace(b_r=0 * w.b_r)),
            z=lambda x, h, w: update_gate(x, h, w._replace(b_z=0 * w.b_z)),
        ),
    ),
    Mistake(
        "no_b_n",
        "The candidate lacks the bias `b_n`. `b_hn` is another one, inside `gru_reset`.",
        step_with(n=lambda x, past, r, w: np.tanh(x @ w.W_xn.T + past)),
    ),
    Mistake(
        "gates_without_state",
        f"Your gates do not depend on the old state. {_SUM}",
        step_with(
            r=lambda x, h, w: reset_gate(x, 0 * h, w), z=lambda x, h, w: update_gate(x, 0 * h, w)
        ),
    ),
    Mistake(
        "gates_turned",
        "`W_hr` and `W_hz` are the wrong way round. The products are `h_prev @ W_hr.T` and "
        "`h_prev @ W_hz.T`; square matrices fit either way.",
        step_with(
            r=lambda x, h, w: sigmoid(x @ w.W_xr.T + h @ w.W_hr + w.b_r),
            z=lambda x, h, w: sigmoid(x @ w.W_xz.T + h @ w.W_hz + w.b_z),
        ),
    ),
    Mistake(
        "r_turned",
        "`W_hr` is the wrong way round: `h_prev @ W_hr.T`.",
        step_with(r=lambda x, h, w: sigmoid(x @ w.W_xr.T + h @ w.W_hr + w.b_r)),
    ),
    Mistake(
        "tanh_gates",
        "Your gates use tanh, so they can be negative. A gate is a weight from 0 to 1: use "
        "`sigmoid`.",
        step_with(
            r=lambda x, h, w: np.tanh(x @ w.W_xr.T + h @ w.W_hr.T + w.b_r),
            z=lambda x, h, w: np.tanh(x @ w.W_xz.T + h @ w.W_hz.T + w.b_z),
        ),
    ),
    Mistake(
        "gates_not_squashed",
        "Your gates are the sums themselves. Apply `sigmoid` to them.",
        step_with(
            r=lambda x, h, w: x @ w.W_xr.T + h @ w.W_hr.T + w.b_r,
            z=lambda x, h, w: x @ w.W_xz.T + h @ w.W_hz.T + w.b_z,
        ),
    ),
    Mistake(
        "sigmoid_candidate",
        "Your candidate uses σ. It is a state, from −1 to 1: use `np.tanh`.",
        step_with(n=lambda x, past, r, w: sigmoid(x @ w.W_xn.T + w.b_n + past)),
    ),
    Mistake(
        "no_tanh",
        "Your candidate is the sum itself. Apply `np.tanh` to it.",
        step_with(n=lambda x, past, r, w: x @ w.W_xn.T + w.b_n + past),
    ),
    Mistake(
        "tanh_of_the_input_alone",
        "You added `past` after tanh. It belongs inside, with the input's part.",
        step_with(n=lambda x, past, r, w: np.tanh(x @ w.W_xn.T + w.b_n) + past),
    ),
    Mistake(
        "reset_on_the_sum",
        "The reset gate scales your whole candidate's sum. `gru_reset` has done its work already; "
        "the input's part is not scaled.",
        step_with(n=lambda x, past, r, w: np.tanh(r * (x @ w.W_xn.T + w.b_n) + past)),
    ),
    Mistake(
        "reset_twice",
        "You multiplied `past` by `r` once more. `gru_reset` has done that already.",
        step_with(n=lambda x, past, r, w: np.tanh(x @ w.W_xn.T + w.b_n + r * past)),
    ),
    Mistake(
        "b_hn_twice",
        "`b_hn` is in your candidate twice: `gru_reset` has added it already.",
        step_with(n=lambda x, past, r, w: np.tanh(x @ w.W_xn.T + w.b_n + w.b_hn + past)),
    ),
    Mistake(
        "no_bias_at_all",
        "`r`, `z` and the candidate lack their biases `b_r`, `b_z` and `b_n`.",
        without("b_r", "b_z", "b_n"),
    ),
    Mistake(
        "one_minus_r",
        "`past` is scaled by 1 − r. Hand `r` itself to `gru_reset`.",
        step_with(seen=one_minus_r),
    ),
    Mistake(
        "past_turned",
        "In `past` the matrix `W_hn` is the wrong way round. Hand `W_hn` itself to `gru_reset`, "
        "which does the rest.",
        step_with(seen=past_turned),
    ),
    Mistake(
        "no_reset",
        "`r` has no effect on your candidate. What it sees of the past is the result of "
        "`gru_reset`.",
        step_with(seen=no_reset),
    ),
    Mistake(
        "bias_outside",
        "With reset_after=True the gate scales `b_hn`, too: hand it to `gru_reset`.",
        step_with(seen=bias_outside),
    ),
    Mistake(
        "tanh_of_the_mixture",
        "You applied tanh to the new state. It is the mixture as it is.",
        step_with(mix=lambda h, n, z, **how: np.tanh(gru_update(h, n, z, **how))),
    ),
    Mistake(
        "no_past",
        "Your candidate does not depend on the old state. Add `past`, the result of `gru_reset`.",
        step_with(n=lambda x, past, r, w: np.tanh(x @ w.W_xn.T + w.b_n)),
    ),
    Mistake(
        "mixed_the_other_way",
        "In your new state the old state and the candidate have each other's weight. Look at the "
        "order, `gru_update(h_prev, n, z, …)`, and whether `z_weighs` goes in as it is.",
        step_with(mix=lambda h, n, z, **how: gru_update(n, h, z, **how)),
    ),
    Mistake(
        "mixed_past",
        "You handed `past` to `gru_update` as the old state. What is kept is `h_prev` itself.",
        mixed_past,
    ),
    Mistake(
        "not_mixed",
        "Your new state is the candidate. Mix it with the old state: `gru_update`.",
        step_with(mix=lambda h, n, z, **how: n),
    ),
    Mistake(
        "reset_by_z",
        "You handed `z` to `gru_reset`. The reset gate is `r`.",
        lambda x, h, w, **how: with_one_gate(x, h, w, "z", **how),
    ),
    Mistake(
        "update_by_r",
        "You handed `r` to `gru_update`. The update gate is `z`.",
        lambda x, h, w, **how: with_one_gate(x, h, w, "r", **how),
    ),
]


register(
    CodeExercise(
        name="gru.step",
        title="The whole step",
        points=3,
        package="gru.gru_step",
        reference=step,
        trace=_trace,
        probes=_probes,
        oracle=_torch,
        must_not_change=("h_prev",),
        equivalents={"torch": _torch, "plain tuple": lambda *a, **k: tuple(step(*a, **k))},
        outputs=("h_t", "r", "z", "n"),
        axes=("BH", "BH", "BH", "BH"),
        mistakes=MISTAKES,
        hints=[
            "Five lines, one for each of the formulas and one for `past`, in the order in which "
            "the results are needed.",
            "`r`, `z`, `past`, `n` and `h_t` are all (B, H). From the input, (B, D) times (D, H) "
            "gives that: `x_t @ w.W_xr.T`.",
            "r and z by `sigmoid`, each from its own three arrays; past by `gru_reset`; n by tanh "
            "from the input's part, `b_n` and past; h_t by `gru_update`. Hand on both conventions.",
            "`past = gru_reset(h_prev, r, w.W_hn, w.b_hn, reset_after=reset_after)`",
        ],
        solved="One function, four cells. Which of them somebody means by *GRU*, you have to ask.",
    )
)
