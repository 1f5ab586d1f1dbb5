"""Exercise 8.9: find the two bugs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, register
from course.exercises.bank.gru.common import Array, some_weights, torch_gru
from helpers.gru import GRUWeights, gru_to_torch
from helpers.lstm import sigmoid

Ten = tuple[Array, ...]


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


def _layer_probes(rng: np.random.Generator) -> list[Probe]:
    probes = []
    for B, T, D, H, label in (
        (1, 2, 1, 2, "a small layer"),
        (3, 4, 5, 2, ""),
        (2, 1, 3, 4, "T = 1"),
    ):
        x, h_0 = rng.normal(size=(B, T, D)), rng.uniform(-1, 1, size=(B, H))
        probes.append(Probe((x, h_0, tuple(some_weights(rng, D, H))), label=label))
    return probes


def _layer_torch(x: Array, h_0: Array, weights: Ten) -> Array:
    return torch_gru(gru_to_torch(GRUWeights(*weights)), x, h_0)


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


def _in_place(x: Array, h_0: Array, weights: Ten) -> Array:
    last = repaired_layer(x, h_0, weights)[:, -1:]
    return np.repeat(last, x.shape[1], axis=1)


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
                "too_early_and_reset_before",
                "Two things. `h_t = z * h_t` still overwrites the old state before the candidate "
                "reads it, and your reset gate stands before the product; torch's stands after.",
                _layer_with(lambda a, r, h, W, b: np.tanh(a + (r * h) @ W.T + b), early=True),
            ),
            Mistake(
                "too_early_and_bias_outside",
                "Two things. `h_t = z * h_t` still overwrites the old state before the candidate "
                "reads it, and `b_hn` belongs inside the reset gate's bracket.",
                _layer_with(lambda a, r, h, W, b: np.tanh(a + r * (h @ W.T) + b), early=True),
            ),
            Mistake(
                "rest_on_both",
                "Old and new have the same weight, 1 − z. The old state has z.",
                _layer_with(mix=lambda h, n, z: (1 - z) * h + (1 - z) * n),
            ),
            Mistake(
                "reset_on_the_input_alone",
                "The reset gate scales the input's part in place of the past. It belongs before "
                "the bracket with `h_t @ W_hn.T + b_hn`.",
                _layer_with(lambda a, r, h, W, b: np.tanh(r * a + h @ W.T + b)),
            ),
            Mistake(
                "reset_twice",
                "The reset gate is in the candidate twice, at the state and before the bracket. "
                "Torch's stands after the product: before the bracket alone.",
                _layer_with(lambda a, r, h, W, b: np.tanh(a + r * ((r * h) @ W.T + b))),
            ),
            Mistake(
                "gates_exchanged",
                "`r` and `z` are exchanged. r, from W_xr, W_hr and b_r, scales the past in the "
                "candidate; z mixes.",
                lambda x, h_0, w: repaired_layer(x, h_0, (*w[3:6], *w[:3], *w[6:])),
            ),
            Mistake(
                "in_place",
                "All steps of your result are the last one. `h_t *= …` and `h_t += …` change the "
                "array that is in the list already: make a new one, `h_t = …`.",
                _in_place,
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
