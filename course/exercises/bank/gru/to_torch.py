"""Exercise 8.4: a GRU's weights as torch has them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register
from course.exercises.bank.gru.common import Array, Results, some_weights
from helpers.gru import GRUWeights

Ten = GRUWeights


def to_torch(weights: Ten, *, z_weighs: str = "past") -> Results:
    """Stack the weights as torch has them; its z weighs the past."""
    w = weights
    sign = 1 if z_weighs == "past" else -1
    weight_ih = np.concatenate([w.W_xr, sign * w.W_xz, w.W_xn])
    weight_hh = np.concatenate([w.W_hr, sign * w.W_hz, w.W_hn])
    bias_ih = np.concatenate([w.b_r, sign * w.b_z, w.b_n])
    bias_hh = np.concatenate([0 * w.b_r, 0 * w.b_z, w.b_hn])
    return weight_ih, weight_hh, bias_ih, bias_hh


def _torch(weights: Ten, *, z_weighs: str = "past") -> Results:
    import torch

    rows = [torch.tensor(a) for a in weights]
    sign = {"past": 1, "present": -1}[z_weighs]
    x, h, b = (torch.cat([rows[i], sign * rows[i + 3], rows[i + 6]]).numpy() for i in range(3))
    return x, h, b, torch.nn.functional.pad(rows[9], (2 * len(rows[9]), 0)).numpy()


def _vstack(weights: Ten, *, z_weighs: str = "past") -> Results:
    signs = (1, 1 if z_weighs == "past" else -1, 1)
    W_x, W_h = (
        np.vstack([s * w for s, w in zip(signs, weights[i:9:3], strict=True)]) for i in (0, 1)
    )
    bias = np.hstack([s * w for s, w in zip(signs, weights[2:9:3], strict=True)])
    return W_x, W_h, bias, np.hstack([0 * weights[2], 0 * weights[5], weights[9]])


def _numbered() -> Ten:
    """D = H = 1 and the weights 1, 2, …, 10."""
    arrays = [np.array([[float(i)]]) if i % 3 else np.array([float(i)]) for i in range(1, 10)]
    return GRUWeights(*[*arrays, np.array([10.0])])


def _probes(rng: np.random.Generator) -> list[Probe]:
    probes = [
        Probe((_numbered(),), {"z_weighs": "present"}, label=EXAMPLE),
        Probe((_numbered(),), {"z_weighs": "past"}, label="z_weighs='past'"),
    ]
    for D, H in ((3, 2), (2, 4)):
        for weighs in ("past", "present"):
            probes.append(
                Probe(
                    (some_weights(rng, D, H),), {"z_weighs": weighs}, label=f"z_weighs={weighs!r}"
                )
            )
    return probes


def _stack(
    order: str = "rzn",
    minus: str = "xhb",
    hidden: str = "second",
    turned: str = "z",
    when: tuple[str, ...] = ("present",),
    down: bool = True,
) -> Callable[..., Results]:
    """Stack with another order of the gates, other signs, `b_hn` elsewhere."""

    def answer(weights: Ten, *, z_weighs: str = "past") -> Results:
        gates = {gate: list(weights[3 * i : 3 * i + 3]) for i, gate in enumerate("rzn")}
        for gate in turned if z_weighs in when else "":
            gates[gate] = [-a if p in minus else a for a, p in zip(gates[gate], "xhb", strict=True)]
        W_x, W_h = (
            np.concatenate([gates[gate][i] for gate in order], axis=0 if down else 1)
            for i in range(2)
        )
        first = np.concatenate([gates[gate][2] for gate in order])
        zero = np.zeros_like(weights[9])
        second = np.concatenate([weights[9] if gate == "n" else zero for gate in order])
        if hidden == "first":
            return W_x, W_h, first + second, 0 * second
        return (W_x, W_h, first, second) if hidden == "second" else (W_x, W_h, first, 0 * second)

    return answer


def _changed(change: Callable[..., Results]) -> Callable[..., Results]:
    """What is right, changed afterwards: `change(weights, *the four arrays)`."""
    return lambda w, **how: change(w, *to_torch(w, **how))


def _one_minus(weights: Ten, *, z_weighs: str = "past") -> Results:
    w = weights
    if z_weighs == "present":
        w = w._replace(W_xz=1 - w.W_xz, W_hz=1 - w.W_hz, b_z=1 - w.b_z)
    return to_torch(w)


def _bias_one_minus(weights: Ten, *, z_weighs: str = "past") -> Results:
    W_x, W_h, first, second = to_torch(weights, z_weighs=z_weighs)
    H = len(weights.b_z)
    return W_x, W_h, first + (z_weighs == "present") * np.repeat([0, 1, 0], H), second


def _candidate_turned(weights: Ten, *, z_weighs: str = "past") -> Results:
    """The signs of z and of all four arrays of n changed."""
    *others, second = _stack(turned="zn")(weights, z_weighs=z_weighs)
    return *others, second if z_weighs == "past" else -second


def _halved(w: Ten, W_x: Array, W_h: Array, first: Array, second: Array) -> Results:
    gates = np.repeat([1, 1, 0], len(w.b_r)) * first / 2
    return W_x, W_h, first - gates, second + gates


def _three_entries(w: Ten, W_x: Array, W_h: Array, first: Array, second: Array) -> Results:
    return W_x, W_h, first, np.array([0, 0, w.b_hn[0]])


def _blocks_transposed(w: Ten, W_x: Array, W_h: Array, first: Array, second: Array) -> Results:
    H = len(w.b_r)
    x, h = (np.concatenate([W[i * H : i * H + H].T for i in range(3)]) for W in (W_x, W_h))
    return x, h, first, second


def _z_bias_second(w: Ten, *, z_weighs: str = "past") -> Results:
    W_x, W_h, first, second = to_torch(w, z_weighs=z_weighs)
    H = len(w.b_z)
    return (
        W_x,
        W_h,
        np.concatenate([0 * first[: 2 * H], first[2 * H :]]),
        np.concatenate([first[: 2 * H], second[2 * H :]]),
    )


_SIGN = 'With z_weighs="present", '

MISTAKES = [
    Mistake(
        "no_sign",
        "The order is right, but `z_weighs` has no effect: torch would read this z the other way "
        "round. 1 − σ(a) = σ(−a): which arrays have to change their sign?",
        _stack(minus=""),
    ),
    Mistake(
        "always_signed",
        'You change signs in both cases. With z_weighs="past" torch means the same, and nothing '
        "changes.",
        _stack(when=("past", "present")),
    ),
    Mistake(
        "signed_when_past",
        'You change signs with z_weighs="past". That is torch\'s own meaning; change them with '
        '"present".',
        _stack(when=("past",)),
    ),
    Mistake(
        "bias_kept_its_sign",
        f"{_SIGN}`b_z` has kept its sign. Everything that is added up inside σ changes it.",
        _stack(minus="xh"),
    ),
    Mistake(
        "input_alone",
        f"{_SIGN}only `W_xz` changed its sign. `W_hz` and `b_z` are in the same σ.",
        _stack(minus="x"),
    ),
    Mistake(
        "state_alone",
        f"{_SIGN}only `W_hz` changed its sign. `W_xz` and `b_z` are in the same σ.",
        _stack(minus="h"),
    ),
    Mistake(
        "bias_alone",
        f"{_SIGN}only `b_z` changed its sign. `W_xz` and `W_hz` are in the same σ.",
        _stack(minus="b"),
    ),
    Mistake(
        "state_kept_its_sign",
        f"{_SIGN}`W_hz` has kept its sign. Everything that is added up inside σ changes it: "
        "`W_xz`, `W_hz` and `b_z`.",
        _stack(minus="xb"),
    ),
    Mistake(
        "input_kept_its_sign",
        f"{_SIGN}`W_xz` has kept its sign. Everything that is added up inside σ changes it: "
        "`W_xz`, `W_hz` and `b_z`.",
        _stack(minus="hb"),
    ),
    Mistake(
        "one_minus_b",
        f"{_SIGN}you took 1 − b_z. The gate becomes 1 − z; the sum inside σ, and so `b_z`, only "
        "changes its sign.",
        _bias_one_minus,
    ),
    Mistake(
        "gates_exchanged_when_present",
        f"{_SIGN}you exchanged the rows of r and z. Each gate keeps its place; what changes is "
        "the sign of z's sum.",
        lambda w, z_weighs="past": _stack(order="rzn" if z_weighs == "past" else "zrn", minus="")(
            w, z_weighs=z_weighs
        ),
    ),
    Mistake(
        "one_minus",
        f"{_SIGN}you took 1 − W. It is the *gate* that becomes 1 − z; the sum inside σ only "
        "changes its sign.",
        _one_minus,
    ),
    Mistake(
        "reset_turned_round",
        "You changed the signs of the reset gate. It is the update gate's meaning that differs.",
        _stack(turned="r"),
    ),
    Mistake(
        "both_gates_turned_round",
        "You changed the signs of both gates. Only the update gate's meaning differs.",
        _stack(turned="rz"),
    ),
    Mistake(
        "candidate_turned_round",
        "You changed the signs of the candidate. It is the update gate's meaning that differs.",
        _stack(turned="n"),
    ),
    Mistake(
        "z_and_candidate_turned_round",
        "You changed the signs of z and of the candidate. The candidate keeps its own.",
        _stack(turned="zn"),
    ),
    Mistake(
        "z_and_all_of_the_candidate_turned_round",
        "You changed the signs of z, of the candidate and of `b_hn`. The last two keep theirs.",
        _candidate_turned,
    ),
    Mistake(
        "everything_turned_round",
        "You changed the signs of both gates and of the candidate. Only the update gate's meaning "
        "differs.",
        _stack(turned="rzn"),
    ),
    Mistake(
        "biases_twice",
        "Torch adds its two biases. You put those of r and z into both, so they count twice.",
        _changed(
            lambda w, W_x, W_h, first, second: (
                W_x,
                W_h,
                first,
                np.concatenate([first[: 2 * len(w.b_r)], w.b_hn]),
            )
        ),
    ),
    Mistake(
        "biases_in_the_second",
        "Torch would do the right thing with it, but the exercise asks for the biases of r and z "
        "in `bias_ih`.",
        _z_bias_second,
    ),
    Mistake(
        "order_rnz",
        "Your rows are in the order r, n, z. Torch stacks r, z, n.",
        _stack(order="rnz"),
    ),
    Mistake(
        "order_nrz",
        "Your rows are in the order n, r, z. Torch stacks r, z, n.",
        _stack(order="nrz"),
    ),
    Mistake(
        "order_nzr",
        "Your rows are in the order n, z, r. Torch stacks r, z, n.",
        _stack(order="nzr"),
    ),
    Mistake(
        "order_znr",
        "Your rows are in the order z, n, r. Torch stacks r, z, n.",
        _stack(order="znr"),
    ),
    Mistake(
        "order_zrn",
        "Your rows are in the order z, r, n, as in Keras. Torch stacks r, z, n.",
        _stack(order="zrn"),
    ),
    Mistake(
        "order_zrn_no_sign",
        "Two things. Your rows begin with z; torch stacks r, z, n. And `z_weighs` has no effect.",
        _stack(order="zrn", minus=""),
    ),
    Mistake(
        "bias_in_another_order",
        "In `bias_ih` the order is z, r, n; in the matrices it is r, z, n. All have one order.",
        _changed(
            lambda w, W_x, W_h, first, second: (
                W_x,
                W_h,
                np.concatenate([np.roll(first[: 2 * len(w.b_r)], len(w.b_r)), w.b_n]),
                second,
            )
        ),
    ),
    Mistake(
        "biases_twice_no_sign",
        "Torch adds its two biases. Yours of r and z are in both, and in `bias_hh` `b_z` keeps "
        "its sign whatever `z_weighs` is. Zeros belong there.",
        _changed(
            lambda w, W_x, W_h, first, second: (
                W_x,
                W_h,
                first,
                np.concatenate([*w[2:6:3], w.b_hn]),
            )
        ),
    ),
    Mistake(
        "ones_for_zeros",
        "`bias_hh` has ones for r and z. Torch adds them to the other bias: zeros.",
        _changed(
            lambda w, W_x, W_h, first, second: (
                W_x,
                W_h,
                first,
                second + np.repeat([1, 1, 0], len(w.b_r)),
            )
        ),
    ),
    Mistake(
        "b_n_alone",
        "`bias_ih` must be (3H,): `b_r`, `b_z` with its sign, and `b_n`.",
        _changed(lambda w, W_x, W_h, first, second: (W_x, W_h, w.b_n, second)),
    ),
    Mistake(
        "no_candidate",
        "Your arrays hold two gates. The candidate's rows, n, come third.",
        _changed(lambda w, *four: tuple(one[: 2 * len(w.b_r)] for one in four)),
    ),
    Mistake(
        "biases_halved",
        "Torch would do the right thing with half of a bias in each, but the exercise asks for "
        "the biases of r and z in `bias_ih`, whole.",
        _changed(_halved),
    ),
    Mistake(
        "second_biases_exchanged",
        "`b_n` and `b_hn` are exchanged. `b_hn` is the second one, for `bias_hh`: torch's reset "
        "gate scales it.",
        lambda w, **how: to_torch(w._replace(b_n=w.b_hn, b_hn=w.b_n), **how),
    ),
    Mistake(
        "three_entries",
        "Your `bias_hh` has three entries, whatever H is. It has H for each of r, z and n, and "
        "the last H are `b_hn`.",
        _changed(_three_entries),
    ),
    Mistake(
        "b_hn_in_the_first",
        "You added `b_hn` to `b_n`. Torch's reset gate scales the second bias alone, so the two "
        "stay apart: `b_hn` goes into `bias_hh`.",
        _stack(hidden="first"),
    ),
    Mistake(
        "b_hn_in_the_first_no_sign",
        "Two things. You added `b_hn` to `b_n`; it goes into `bias_hh`. And `z_weighs` has no "
        "effect.",
        _stack(minus="", hidden="first"),
    ),
    Mistake(
        "no_b_hn", "`b_hn` is missing: it is the last third of `bias_hh`.", _stack(hidden="no")
    ),
    Mistake(
        "b_hn_alone",
        "`bias_hh` must be (3H,). Put zeros for r and z in front of `b_hn`.",
        _changed(lambda w, W_x, W_h, first, second: (W_x, W_h, first, w.b_hn)),
    ),
    Mistake(
        "b_hn_first",
        "`b_hn` is in the first third of `bias_hh`. The candidate's rows come last.",
        _changed(
            lambda w, W_x, W_h, first, second: (W_x, W_h, first, np.roll(second, len(w.b_hn)))
        ),
    ),
    Mistake(
        "b_hn_everywhere",
        "`b_hn` is in all thirds of `bias_hh`. The gates r and z have no second bias: zeros.",
        _changed(lambda w, W_x, W_h, first, second: (W_x, W_h, first, np.tile(w.b_hn, 3))),
    ),
    Mistake(
        "side_by_side",
        "You put the matrices side by side. Torch stacks them one below the other: axis 0.",
        _stack(down=False),
    ),
    Mistake(
        "own_axis",
        "`np.stack` makes a new axis, (3, H, D). Torch's array is (3H, D): `np.concatenate`.",
        _changed(
            lambda w, W_x, W_h, first, second: (
                W_x.reshape(3, -1, W_x.shape[1]),
                W_h.reshape(3, -1, W_h.shape[1]),
                first.reshape(3, -1),
                second.reshape(3, -1),
            )
        ),
    ),
    Mistake(
        "transposed",
        "Your matrices are transposed. Torch has rows for units, (3H, D) and (3H, H), as here.",
        _changed(lambda w, W_x, W_h, first, second: (W_x.T, W_h.T, first, second)),
    ),
    Mistake(
        "blocks_transposed",
        "You transposed each matrix before stacking. Its rows are units, as torch has them: stack "
        "it as it is.",
        _changed(_blocks_transposed),
    ),
    Mistake(
        "exchanged",
        "`weight_ih` and `weight_hh` are exchanged: *ih* is from input to hidden.",
        _changed(lambda w, W_x, W_h, first, second: (W_h, W_x, first, second)),
    ),
    Mistake(
        "three_results",
        "One of the four arrays is missing: return `bias_hh` as well.",
        _changed(lambda w, W_x, W_h, first, second: (W_x, W_h, first)),
    ),
]

register(
    CodeExercise(
        name="gru.to_torch",
        title="Into torch's convention",
        points=3,
        package="gru.gru_to_torch",
        reference=to_torch,
        probes=_probes,
        oracle=_torch,
        equivalents={"torch": _torch, "vstack": _vstack},
        outputs=("weight_ih", "weight_hh", "bias_ih", "bias_hh"),
        axes=("GD", "GH", "G", "G"),
        mistakes=MISTAKES,
        survivors={
            f"8: 0 * w.{one} → 0 / w.{one}": "0 divided by a bias is 0, too"
            for one in ("b_r", "b_z")
        },
        hints=[
            "Two things can differ: what z weighs, and how the arrays are laid out.",
            "`weight_ih` is (3H, D), `weight_hh` (3H, H), both biases (3H,), with rows in the "
            "order r, z, n.",
            "A sign that is −1 when z weighs the present goes in front of `W_xz`, `W_hz` and "
            "`b_z`. Concatenate. `bias_hh` is zero but for its last third, `b_hn`.",
            "`weight_ih = np.concatenate([w.W_xr, sign * w.W_xz, w.W_xn])`",
        ],
        solved="The update gate's two conventions are one model with two names. That is not so for "
        "the reset gate's.",
    )
)
