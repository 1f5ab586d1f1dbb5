"""The exercises of lesson 12, Self-attention."""

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

Array = npt.NDArray[Any]

# --- 12.1 · Four words by hand -------------------------------------------------------------------

LN2, LN5 = float(np.log(2)), float(np.log(5))
W_Q = np.array([[1.0, 0, 0, 0], [1, 2, 2, 2], [1, 0, 0, 0], [1, 0, 0, 0]])
W_K = np.array([[LN2, LN5, LN5, LN5], [LN2, 0, 0, 0], [0, LN5, LN5, LN5], [0, 0, 0, 0]])
W_V = np.array([[0.8, 1.6, 0, 0], [0.8, 0, 1.6, 0], [0.8, 0, 0, 1.6]])
"""The page's three maps, d_k = 4 and d_v = 3, for the vectors of `WORDS`."""
WORDS = {
    "배": [1, 0, 0, 0],
    "를": [0, 0, 0, 0],
    "가": [0, 0, 0, 0],
    "그": [0, 0, 0, 0],
    "먹었다": [0, 1, 0, 0],
    "탔다": [0, 0, 1, 0],
    "아팠다": [0, 0, 0, 1],
}


def _by_hand() -> tuple[float, ...]:
    """What torch makes of 그 배 를 탔다, at 배."""
    import torch

    x = torch.tensor([WORDS[word] for word in ("그", "배", "를", "탔다")], dtype=torch.float64)
    query, key, value = (x @ torch.tensor(W).T for W in (W_Q, W_K, W_V))
    y = torch.nn.functional.scaled_dot_product_attention(query[None], key[None], value[None])[0]
    return tuple(y[1].tolist())


register(
    ValueExercise(
        name="self_attention.by_hand",
        title="Four words by hand",
        points=2,
        answer=(1.6 / 9, 9.6 / 9, 1.6 / 9),
        tolerance=0.004,  # who rounds to two decimals is not wrong
        oracle=_by_hand,
        mistakes=[
            Mistake(
                "own_key_left_out",
                "You left out the word's own key. In self-attention each word stands among those "
                "that it looks at: 배 has a share of its own.",
                (0.0, 8 / 7, 0.0),
            ),
            Mistake(
                "not_divided",
                "You did not divide the scores by √d_k = 2 before softmax.",
                (3.2 / 31, 43.2 / 31, 3.2 / 31),
            ),
            Mistake(
                "word_left_out",
                "This is what 배 gets in 배 를 탔다. 그 has a vector of zeros and so a score of 0, "
                "and exp(0) is 1, not 0: it takes a share.",
                (0.2, 1.2, 0.2),
            ),
            Mistake(
                "both_zeros_left_out",
                "그 and 를 have a score of 0, and exp(0) is 1, not 0: they take a share.",
                (1.6 / 7, 9.6 / 7, 1.6 / 7),
            ),
            Mistake(
                "the_weights",
                "These are the weights. Mix the values with them: the answer has d_v = 3 numbers.",
                (1 / 9, 2 / 9, 1 / 9, 5 / 9),
            ),
            Mistake(
                "not_normalised",
                "You mixed with exp of the scores. Divide by their sum first: weights sum to one.",
                (1.6, 9.6, 1.6),
            ),
            Mistake(
                "verb_alone",
                "This is the value of 탔다 alone. 배 becomes a mixture of all four values, its own "
                "among them.",
                (0.0, 1.6, 0.0),
            ),
            Mistake(
                "eaten",
                "This 배 is a pear. The verb is 탔다; its value fills the second number.",
                (9.6 / 9, 1.6 / 9, 1.6 / 9),
            ),
            Mistake(
                "other_row",
                "This is what 탔다 gets. The question is about 배: use its query.",
                (1.6 / 5, 3.2 / 5, 1.6 / 5),
            ),
        ],
        hints=[
            "One query, that of 배, and four keys. A vector of zeros has a key of zeros.",
            "The scores are 0, 2 ln 2, 0 and 2 ln 5. Divide them by √4.",
            "exp makes 1, 2, 1 and 5 of them. Their sum is 9.",
            "2/9 · (0.8, 0.8, 0.8) + 5/9 · (0, 1.6, 0)",
        ],
        solved="A word with nothing to say still takes a share: softmax gives zero to nobody. "
        "Hiding a word takes a mask.",
    )
)


# --- 12.2 · Three ways back ----------------------------------------------------------------------


def input_gradient(dy: Array, x: Array, W_q: Array, W_k: Array, W_v: Array) -> Array:
    """Gradient of the loss with respect to x: (T, D)."""
    query, key, value = x @ W_q.T, x @ W_k.T, x @ W_v.T
    scale = np.sqrt(query.shape[1])
    scores = query @ key.T / scale
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = e / e.sum(axis=1, keepdims=True)
    dvalue = weights.T @ dy
    dweights = dy @ value.T
    dscores = weights * (dweights - (weights * dweights).sum(axis=1, keepdims=True))
    dquery = dscores @ key / scale
    dkey = dscores.T @ query / scale
    dx: Array = dquery @ W_q + dkey @ W_k + dvalue @ W_v
    return dx


def _gradient_probes(rng: np.random.Generator) -> list[Probe]:
    def one(T: int, D: int, d_k: int, d_v: int) -> tuple[Array, ...]:
        shapes = (T, d_v), (T, D), (d_k, D), (d_k, D), (d_v, D)
        return tuple(rng.normal(size=shape) for shape in shapes)

    # The first word's scores are above 709, where exp overflows, the second's are not. Those of one
    # word are near each other, so that none underflows.
    high = one(2, 3, 5, 4)
    high[1][:, 0], high[1][:, 1] = 1.0, (1.0, 0.0)
    high[2][0], high[3][0] = (0.0, 60.0, 0.0), (60.0, 0.0, 0.0)

    return [
        Probe(one(3, 4, 2, 5), label="T = 3, D = 4, d_k = 2, d_v = 5"),
        Probe(one(5, 3, 4, 2), label="T = 5, D = 3, d_k = 4, d_v = 2"),
        Probe(one(4, 2, 6, 3), label="T = 4, D = 2, d_k = 6, d_v = 3"),
        Probe(one(1, 3, 2, 4), label="one word"),
        Probe(high, label="large scores"),
    ]


def _gradient_torch(dy: Array, x: Array, W_q: Array, W_k: Array, W_v: Array) -> Array:
    import torch

    given = torch.tensor(x, requires_grad=True)
    query, key, value = (given @ torch.tensor(W).T for W in (W_q, W_k, W_v))
    y = torch.nn.functional.scaled_dot_product_attention(query[None], key[None], value[None])[0]
    (y * torch.tensor(dy)).sum().backward()
    assert given.grad is not None
    return np.asarray(given.grad.numpy())


def _gradient_rows(dy: Array, x: Array, W_q: Array, W_k: Array, W_v: Array) -> Array:
    """One query after the other, with softmax's Jacobian written out."""
    q, k, v = (np.einsum("td,kd->tk", x, W) for W in (W_q, W_k, W_v))
    dx = np.zeros_like(x)
    for t in range(len(x)):
        s = k @ q[t] / len(q[t]) ** 0.5
        a = np.exp(s - s.max())
        a /= a.sum()
        ds = (np.diag(a) - np.outer(a, a)) @ (v @ dy[t]) / len(q[t]) ** 0.5
        dx[t] += W_q.T @ (k.T @ ds)
        dx += np.outer(ds, q[t]) @ W_k + np.outer(a, dy[t]) @ W_v
    return dx


def _gradient_einsum(dy: Array, x: Array, W_q: Array, W_k: Array, W_v: Array) -> Array:
    """All Jacobians of softmax at once, one for each query."""
    q, k, v = x @ W_q.T, x @ W_k.T, x @ W_v.T
    root = q.shape[1] ** 0.5
    s = q @ k.T / root
    a = np.exp(s - s.max(axis=1, keepdims=True))
    a = a / a.sum(axis=1, keepdims=True)
    jacobians = a[:, :, None] * np.eye(len(x)) - a[:, :, None] * a[:, None, :]
    ds = np.einsum("tij,tj->ti", jacobians, dy @ v.T) / root
    return np.asarray(ds @ k @ W_q + ds.T @ q @ W_k + a.T @ dy @ W_v)


def _gradient_with(
    ways: str = "qkv",
    softmax: str = "",
    scale_back: bool = True,
    scale: bool = True,
    turned: str = "kv",
    exchanged: bool = False,
    way_of_keys_plain: bool = False,
) -> Callable[..., Array]:
    """The gradient with something left out."""

    def answer(dy: Array, x: Array, W_q: Array, W_k: Array, W_v: Array) -> Array:
        q, k, v = x @ W_q.T, x @ W_k.T, x @ W_v.T
        root = q.shape[1] ** 0.5
        s = q @ k.T / (root if scale else 1)
        a = np.exp(s - s.max(axis=1, keepdims=True))
        a /= a.sum(axis=1, keepdims=True)
        da = dy @ v.T
        ds = a * (da - (a * da).sum(axis=1, keepdims=True))
        if softmax == "skipped":
            ds = da
        if softmax == "no sum":
            ds = a * da
        if softmax == "sigmoid":
            ds = da * a * (1 - a)
        if softmax == "columns":
            ds = a * (da - (a * da).sum(axis=0, keepdims=True))
        root = root if scale_back and scale else 1
        if exchanged:
            q, k = k, q
        dq = ds @ k / root
        dk = (ds.T if "k" in turned else ds) @ q / (1 if way_of_keys_plain else root)
        dv = (a.T if "v" in turned else a) @ dy
        parts = {"q": dq @ W_q, "k": dk @ W_k, "v": dv @ W_v}
        return np.asarray(sum(parts[way] for way in ways))

    return answer


register(
    CodeExercise(
        name="self_attention.input_gradient",
        title="Three ways back",
        points=3,
        reference=input_gradient,
        probes=_gradient_probes,
        oracle=_gradient_torch,
        equivalents={"row by row": _gradient_rows, "all at once": _gradient_einsum},
        must_not_use=("torch",),
        outputs=("dx",),
        axes=("TD",),
        mistakes=[
            Mistake(
                "no_key_way",
                "The way through the keys is missing. Each word is looked at, too: its key has a "
                "part in the scores of all queries.",
                _gradient_with("qv"),
            ),
            Mistake(
                "no_query_way",
                "The way through the queries is missing: `dquery @ W_q`.",
                _gradient_with("kv"),
            ),
            Mistake(
                "no_value_way",
                "The way through the values is missing: `dvalue @ W_v`.",
                _gradient_with("qk"),
            ),
            Mistake(
                "only_values",
                "Only the way through the values is there. The weights depend on x as well, "
                "through queries and keys.",
                _gradient_with("v"),
            ),
            Mistake(
                "not_divided_on_the_way_back",
                "Forwards you divide by √d_k, backwards you do not. The factor of the way out is "
                "the factor of the way back.",
                _gradient_with(scale_back=False),
            ),
            Mistake(
                "not_divided",
                "The scores are divided by √d_k: `query @ key.T / np.sqrt(d_k)`, and so are their "
                "gradients on the way back.",
                _gradient_with(scale=False),
            ),
            Mistake(
                "softmax_skipped",
                "You passed the gradient through softmax as if it were not there. Its slope is "
                "missing: `weights * (dweights - sum)`, row by row.",
                _gradient_with(softmax="skipped"),
            ),
            Mistake(
                "softmax_without_sum",
                "Softmax's shares compete: what one gains the others lose. In `dscores` the sum is "
                "missing that is subtracted from each `dweights`.",
                _gradient_with(softmax="no sum"),
            ),
            Mistake(
                "softmax_as_sigmoid",
                "`weights * (1 - weights)` is the slope of a share to its own score alone. Each "
                "share depends on all scores of its row.",
                _gradient_with(softmax="sigmoid"),
            ),
            Mistake(
                "softmax_down_the_columns",
                "The sum in softmax's gradient runs along a row, over the words looked at: axis 1.",
                _gradient_with(softmax="columns"),
            ),
            Mistake(
                "not_turned",
                "Keys and values collect from all queries that looked at them: `dscores.T` and "
                "`weights.T`. You took the rows of the queries.",
                _gradient_with(turned=""),
            ),
            Mistake(
                "keys_not_turned",
                "The way through the keys takes `dscores.T`: column s of `dscores` holds what all "
                "queries say about key s.",
                _gradient_with(turned="v"),
            ),
            Mistake(
                "values_not_turned",
                "`dvalue` takes `weights.T`: column s of the weights holds the shares of value "
                "s in all outputs.",
                _gradient_with(turned="k"),
            ),
            Mistake(
                "key_way_not_divided",
                "The way through the queries is divided by √d_k, the way through the keys is not. "
                "Both are factors of the same divided product.",
                _gradient_with(way_of_keys_plain=True),
            ),
            Mistake(
                "query_and_key_exchanged",
                "In a product each factor gets the other: `dquery` is made with `key`, `dkey` with "
                "`query`.",
                _gradient_with(exchanged=True),
            ),
        ],
        hints=[
            "x is used three times, so its gradient is a sum of three parts, as in lesson 05.",
            "`weights` is (T, T), rows are queries. Work back: `dvalue` (T, d_v), `dweights` and "
            "`dscores` (T, T), `dquery` and `dkey` (T, d_k).",
            "`dvalue = weights.T @ dy`, `dweights = dy @ value.T`; softmax as in lesson 11; the "
            "scores are a product divided by √d_k, so both factors get a part.",
            "`return dquery @ W_q + dkey @ W_k + dvalue @ W_v`",
        ],
        survivors={
            "6: scores.max → scores.min": "any score of the row serves, unless two are 709 apart",
        },
        solved="Each place sends its gradient to each other in one step, however far apart they "
        "are. In the RNN of lesson 06 it had to travel through every state between them.",
    )
)


# --- 12.3 · A shift is a rotation ----------------------------------------------------------------


def shift_matrix(k: int, d_model: int) -> Array:
    """The matrix M with M p_t = p_{t+k} for every t: (d_model, d_model)."""
    M = np.zeros((d_model, d_model))
    for i in range(0, d_model, 2):
        angle = k / 10000 ** (i / d_model)
        M[i, i], M[i, i + 1] = np.cos(angle), np.sin(angle)
        M[i + 1, i], M[i + 1, i + 1] = -np.sin(angle), np.cos(angle)
    return M


def _shift_probes(rng: np.random.Generator) -> list[Probe]:
    return [
        Probe((1, 2), label="k = 1, d_model = 2"),
        Probe((3, 4), label="k = 3, d_model = 4"),
        Probe((int(rng.integers(2, 40)), 10)),
        Probe((-2, 6), label="backwards"),
        Probe((0, 4), label="no shift"),
    ]


def _shift_exponential(k: int, d_model: int) -> Array:
    """Rotation as the exponential of what moves a position by an infinitely small step."""
    import torch

    generator = torch.zeros(d_model, d_model, dtype=torch.float64)
    for pair in range(d_model // 2):
        speed = 10000.0 ** (-2 * pair / d_model)
        generator[2 * pair, 2 * pair + 1], generator[2 * pair + 1, 2 * pair] = speed, -speed
    return np.asarray(torch.linalg.matrix_exp(k * generator).numpy())


def _shift_blocks(k: int, d_model: int) -> Array:
    angles = k / 10000 ** (np.arange(0, d_model, 2) / d_model)
    M = np.zeros((d_model, d_model))
    even = np.arange(0, d_model, 2)
    M[even, even] = M[even + 1, even + 1] = np.cos(angles)
    M[even, even + 1] = np.sin(angles)
    return M - np.triu(M, 1).T


def _shift_halves(k: int, d_model: int) -> Array:
    angles = k / 10000 ** (np.arange(0, d_model, 2) / d_model)
    c, s = np.diag(np.cos(angles)), np.diag(np.sin(angles))
    return np.block([[c, s], [-s, c]])


def _shift_speeds(speed: Callable[[Array, int], Array]) -> Callable[[int, int], Array]:
    def answer(k: int, d_model: int) -> Array:
        M = np.zeros((d_model, d_model))
        for pair, angle in enumerate(k * speed(np.arange(d_model // 2), d_model)):
            c, s = np.cos(angle), np.sin(angle)
            M[2 * pair : 2 * pair + 2, 2 * pair : 2 * pair + 2] = [[c, s], [-s, c]]
        return M

    return answer


register(
    CodeExercise(
        name="self_attention.shift_matrix",
        title="A shift is a rotation",
        points=2,
        reference=shift_matrix,
        probes=_shift_probes,
        oracle=_shift_exponential,
        equivalents={"torch": _shift_exponential, "no loop": _shift_blocks},
        outputs=("M",),
        mistakes=[
            Mistake(
                "backwards",
                "Your matrix leads k places back. With p_t = (sin, cos), sin(a + b) is sin a cos b "
                "+ cos a sin b: the plus stands in the row of the sine.",
                lambda k, d_model: shift_matrix(k, d_model).T,
            ),
            Mistake(
                "sines_first",
                "Your matrix is for vectors that hold all sines first and all cosines behind. Here "
                "a sine and its cosine stand side by side, in columns 2i and 2i + 1.",
                _shift_halves,
            ),
            Mistake(
                "no_minus",
                "A minus is missing: cos(a + b) = cos a cos b − sin a sin b.",
                lambda k, d_model: (
                    np.abs(np.eye(d_model)) * shift_matrix(k, d_model)
                    + np.triu(shift_matrix(k, d_model), 1)
                    + np.triu(shift_matrix(k, d_model), 1).T
                ),
            ),
            Mistake(
                "one_speed",
                "All your pairs turn at the same speed. The angle of pair i is k / 10000^(2i / "
                "d_model).",
                _shift_speeds(lambda pair, d: np.ones(len(pair))),
            ),
            Mistake(
                "exponent_halved",
                "Your exponent is i / d_model with i counting pairs. It is 2i / d_model: the "
                "column of the sine by d_model.",
                _shift_speeds(lambda pair, d: 10000.0 ** (-pair / d)),
            ),
            Mistake(
                "exponent_doubled",
                "Your exponent is twice as large as it should be. If i runs over the even columns, "
                "0, 2, 4, it is 2i already: i / d_model.",
                _shift_speeds(lambda pair, d: 10000.0 ** (-4 * pair / d)),
            ),
            Mistake(
                "times_speed",
                "Your pairs turn faster and faster. The angle is divided by 10000^(2i / d_model).",
                _shift_speeds(lambda pair, d: 10000.0 ** (2 * pair / d)),
            ),
            Mistake(
                "one_step",
                "This shifts by one place, whatever k is.",
                lambda k, d_model: shift_matrix(1, d_model),
            ),
        ],
        hints=[
            "How do sin(a + b) and cos(a + b) follow from sin a and cos a?",
            "Columns 2i and 2i + 1 of a position share an angle. M is zero but for blocks of 2 × 2 "
            "on its diagonal.",
            "A block turns by the angle k / 10000^(2i / d_model). Its first row makes the new sine "
            "from (sin, cos), its second the new cosine.",
            "`M[i, i], M[i, i + 1] = np.cos(angle), np.sin(angle)`, with `i` the even column",
        ],
        survivors={
            "4: range(0, d_model, 2) → reversed(range(0, d_model, 2))": "blocks in any order",
        },
        solved="One matrix for each distance, the same at every place. So a query can ask for "
        "“three places back” with one linear map, wherever it stands.",
    )
)


# --- 12.4 · Find the bug: a mask that leaks ------------------------------------------------------


def given_causal(query: Array, key: Array, value: Array) -> tuple[Array, Array]:
    """The colleague's causal attention, as the learner finds it."""
    scores = query @ key.T / np.sqrt(query.shape[1])
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = e / e.sum(axis=1, keepdims=True)
    weights = weights * np.tril(np.ones(scores.shape))
    return weights @ value, weights


def causal_attention(query: Array, key: Array, value: Array) -> tuple[Array, Array]:
    """Context (T, d_v) and weights (T, T) of attention that sees no future."""
    scores = query @ key.T / np.sqrt(query.shape[1])
    past = np.tri(len(scores), dtype=bool)
    scores = np.where(past, scores, -np.inf)
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = e / e.sum(axis=1, keepdims=True)
    return weights @ value, weights


def _causal_probes(rng: np.random.Generator) -> list[Probe]:
    def one(T: int, d_k: int, d_v: int, size: float = 1.0) -> tuple[Array, ...]:
        return tuple(size * rng.normal(size=shape) for shape in ((T, d_k), (T, d_k), (T, d_v)))

    # Above 709, where exp overflows, but for the second word's; near each other in each row.
    high = one(4, 3, 2)
    high[0][:, 0], high[1][:, 0] = (40.0, 0.0, 40.0, 40.0), 40.0

    return [
        Probe(one(3, 4, 2), label="T = 3"),
        Probe(one(5, 2, 3), label="T = 5"),
        Probe(one(1, 3, 2), label="one word"),
        Probe(one(4, 3, 5, 5.0), label="scores far apart"),
        Probe(high, label="large scores"),
        Probe(
            (np.array([[0.0], [1.0], [0.0]]), np.array([[0.0], [0.0], [900.0]]), np.eye(3)),
            label="a future that would win",
        ),
    ]


def _same_past(rng: np.random.Generator) -> list[Probe]:
    first = [rng.normal(size=shape) for shape in ((4, 3), (4, 3), (4, 2))]
    second = [array.copy() for array in first]
    for array in second:
        array[2:] = rng.normal(size=array[2:].shape)
    return [
        Probe(tuple(first), label="T = 4"),
        Probe(tuple(second), label="T = 4, the last two words changed"),
    ]


def _causal_torch(query: Array, key: Array, value: Array) -> tuple[Array, Array]:
    import torch

    q, k, v = (torch.tensor(array)[None] for array in (query, key, value))
    attention = torch.nn.functional.scaled_dot_product_attention
    eye = torch.eye(len(value), dtype=torch.float64)[None]  # as values, they show the weights
    return (
        np.asarray(attention(q, k, v, is_causal=True)[0].numpy()),
        np.asarray(attention(q, k, eye, is_causal=True)[0].numpy()),
    )


def _causal_renormalised(query: Array, key: Array, value: Array) -> tuple[Array, Array]:
    """Zeros after softmax do no harm where each row is divided by its sum once more."""
    scores = query @ key.T / np.sqrt(query.shape[1])
    top = np.array([scores[t, : t + 1].max() for t in range(len(scores))])[:, None]
    e = np.tril(np.exp(np.minimum(scores - top, 0)))
    weights = e / e.sum(axis=1, keepdims=True)
    return weights @ value, weights


def _causal_prefixes(query: Array, key: Array, value: Array) -> tuple[Array, Array]:
    weights = np.zeros((len(query), len(key)))
    for t in range(len(query)):
        scores = key[: t + 1] @ query[t] / query.shape[1] ** 0.5
        e = np.exp(scores - scores.max())
        weights[t, : t + 1] = e / e.sum()
    return weights @ value, weights


def _causal_with(
    hide: Callable[[Array], Array] = lambda scores: np.where(
        np.tri(len(scores)) == 1, scores, -np.inf
    ),
    axis: int = 1,
    scaled: bool = True,
) -> Callable[..., tuple[Array, Array]]:
    def answer(query: Array, key: Array, value: Array) -> tuple[Array, Array]:
        with np.errstate(all="ignore"):
            scores = hide(query @ key.T / (np.sqrt(query.shape[1]) if scaled else 1))
            e = np.exp(scores - scores.max(axis=axis, keepdims=True))
            weights = e / e.sum(axis=axis, keepdims=True)
            return weights @ value, weights

    return answer


def _divided_once_more(query: Array, key: Array, value: Array) -> tuple[Array, Array]:
    scores = query @ key.T / np.sqrt(query.shape[1])
    with np.errstate(all="ignore"):
        e = np.tril(np.exp(scores - scores.max(axis=1, keepdims=True)))
        weights = e / e.sum(axis=1, keepdims=True)
        return weights @ value, weights


register(
    CodeExercise(
        name="self_attention.causal_attention",
        title="A mask that leaks",
        points=2,
        reference=causal_attention,
        given=given_causal,
        probes=_causal_probes,
        oracle=_causal_torch,
        equivalents={
            "torch": _causal_torch,
            "renormalised": _causal_renormalised,
            "prefix by prefix": _causal_prefixes,
        },
        properties=[
            Property(
                "Your earlier outputs change when a later word does: something of the future still "
                "reaches them.",
                lambda outputs, probes: all(
                    np.allclose(outputs[0][part][:2], outputs[1][part][:2]) for part in range(2)
                ),
                probes=_same_past,
            ),
        ],
        outputs=("context", "weights"),
        axes=("TV", "TT"),
        mistakes=[
            Mistake(
                "zero_scores",
                "You set the scores of the future to 0. A score of 0 is a score like any other: "
                "exp(0) is 1. To give a place no weight at all, its score has to be −∞.",
                _causal_with(lambda scores: scores * np.tri(len(scores))),
            ),
            Mistake(
                "divided_once_more",
                "Zeros after exp, and each row divided by its new sum: that mends the leak, until "
                "a score of the future is so large that all others underflow. Then it is 0 / 0. "
                "Hide the future before softmax.",
                _divided_once_more,
            ),
            Mistake(
                "minus_one",
                "You set the scores of the future to −1. exp(−1) is still a share. Take −∞.",
                _causal_with(lambda scores: np.where(np.tri(len(scores)) == 1, scores, -1.0)),
            ),
            Mistake(
                "one_too_far",
                "Each word sees one place ahead: the very word that it is to predict. The diagonal "
                "is the last that may be seen.",
                _causal_with(
                    lambda scores: np.where(np.tri(len(scores), k=1) == 1, scores, -np.inf)
                ),
            ),
            Mistake(
                "past_hidden",
                "You hid the past and show the future. Rows are queries: row t may see columns up "
                "to t.",
                _causal_with(lambda scores: np.where(np.tri(len(scores)).T == 1, scores, -np.inf)),
            ),
            Mistake(
                "own_place_hidden",
                "A word does not see itself, and the first one sees nothing at all. The diagonal "
                "belongs to what may be seen.",
                _causal_with(
                    lambda scores: np.where(np.tri(len(scores), k=-1) == 1, scores, -np.inf)
                ),
            ),
            Mistake(
                "columns_sum_to_one",
                "Your softmax runs down the columns. Each query's weights, a row, sum to one.",
                _causal_with(axis=0),
            ),
            Mistake(
                "not_divided",
                "The mask is right. But the division by √d_k got lost.",
                _causal_with(scaled=False),
            ),
        ],
        hints=[
            "The weights of the future are zero. But what were the other weights divided by?",
            "A row of the colleague's weights no longer sums to one, and how much is missing "
            "depends on the future.",
            "Hide the future before softmax: what score gives a weight of exactly 0?",
            "`scores = np.where(past, scores, -np.inf)`",
        ],
        survivors={
            "4: np.tri(len(scores), dtype=bool) → np.tri(len(scores))": "1.0 counts as True",
        },
        solved="Zeros after softmax hide the values, and not the keys: the sum under the fraction "
        "has read them all. The record of claim 21 shows that a network finds such a crack.",
    )
)


# --- 12.5 · All heads at once --------------------------------------------------------------------


def heads_at_once(query: Array, key: Array, value: Array, N: int) -> Array:
    """Contexts of N heads side by side: (T, N · d_v)."""
    T = len(query)
    q, k, v = (array.reshape(T, N, -1).transpose(1, 0, 2) for array in (query, key, value))
    scores = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = e / e.sum(axis=-1, keepdims=True)
    return (weights @ v).transpose(1, 0, 2).reshape(T, -1)


def _heads_probes(rng: np.random.Generator) -> list[Probe]:
    def one(T: int, N: int, d_k: int, d_v: int) -> tuple[Any, ...]:
        shapes = (T, N * d_k), (T, N * d_k), (T, N * d_v)
        return *(rng.normal(size=shape) for shape in shapes), N

    # Scores above 709, where exp overflows, but for the second word's. Those of one word are near
    # each other, so that none underflows.
    high = one(3, 4, 3, 2)
    high[0][:, ::3] = high[1][:, ::3] = 40.0  # the first column of each head
    high[0][1, ::3] = 0.0

    return [
        Probe(one(3, 2, 4, 5), label="T = 3, N = 2, d_k = 4, d_v = 5"),
        Probe(one(5, 3, 2, 4), label="T = 5, N = 3, d_k = 2, d_v = 4"),
        Probe(one(4, 1, 3, 2), label="one head"),
        Probe(one(1, 2, 3, 4), label="one word"),
        Probe(high, label="large scores"),
    ]


def _heads_loop(query: Array, key: Array, value: Array, N: int) -> Array:
    parts = zip(*(np.split(array, N, axis=1) for array in (query, key, value)), strict=True)
    contexts = []
    for q, k, v in parts:
        scores = q @ k.T / q.shape[1] ** 0.5
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        contexts.append(e / e.sum(axis=1, keepdims=True) @ v)
    return np.concatenate(contexts, axis=1)


def _heads_torch(query: Array, key: Array, value: Array, N: int) -> Array:
    import torch

    q, k, v = (torch.tensor(a).unflatten(1, (N, -1)).transpose(0, 1) for a in (query, key, value))
    context = torch.nn.functional.scaled_dot_product_attention(q[None], k[None], v[None])[0]
    return np.asarray(context.transpose(0, 1).flatten(1).numpy())


def _heads_swapped(query: Array, key: Array, value: Array, N: int) -> Array:
    q, k, v = (array.reshape(len(array), N, -1).swapaxes(0, 1) for array in (query, key, value))
    scores = q @ k.swapaxes(1, 2) * k.shape[2] ** -0.5
    e = np.exp(scores - scores.max(-1, keepdims=True))
    return np.asarray((e @ v / e.sum(-1, keepdims=True)).swapaxes(0, 1).reshape(len(query), -1))


def _heads_einsum(query: Array, key: Array, value: Array, N: int) -> Array:
    q, k, v = (array.reshape(len(array), N, -1) for array in (query, key, value))
    scores = np.einsum("tnd,snd->nts", q, k) / q.shape[2] ** 0.5
    e = np.exp(scores - scores.max(axis=2, keepdims=True))
    return np.einsum("nts,snv->tnv", e / e.sum(axis=2, keepdims=True), v).reshape(len(q), -1)


def _heads_with(
    split: Callable[[Array, int], Array] = lambda a, N: a.reshape(len(a), N, -1).transpose(1, 0, 2),
    join: Callable[[Array], Array] = lambda c: c.transpose(1, 0, 2).reshape(c.shape[1], -1),
    axis: int = -1,
    whole_width: bool = False,
    scaled: bool = True,
) -> Callable[..., Array]:
    def answer(query: Array, key: Array, value: Array, N: int) -> Array:
        q, k, v = (split(array, N) for array in (query, key, value))
        width = (query.shape[1] if whole_width else q.shape[-1]) if scaled else 1
        scores = q @ k.transpose(0, 2, 1) / np.sqrt(width)
        e = np.exp(scores - scores.max(axis=axis, keepdims=True))
        return join(e / e.sum(axis=axis, keepdims=True) @ v)

    return answer


register(
    CodeExercise(
        name="self_attention.heads_at_once",
        title="All heads at once",
        points=3,
        reference=heads_at_once,
        probes=_heads_probes,
        oracle=_heads_loop,
        equivalents={"einsum": _heads_einsum, "swapped axes": _heads_swapped},
        must_not_use=("a loop", "torch"),
        outputs=("context",),
        axes=("TV",),
        mistakes=[
            Mistake(
                "reshaped_at_once",
                "`reshape(N, T, …)` cuts the words apart, not the columns: a head gets pieces of "
                "several words. Reshape to (T, N, …) and then exchange the first two axes.",
                _heads_with(split=lambda a, N: a.reshape(N, len(a), -1)),
            ),
            Mistake(
                "joined_at_once",
                "The heads are right; joining them is not. From (N, T, d_v) exchange the first two "
                "axes before you reshape to (T, N · d_v).",
                _heads_with(join=lambda c: c.reshape(c.shape[1], -1)),
            ),
            Mistake(
                "both_at_once",
                "Neither cutting nor joining may be a mere reshape: words and heads get mixed up. "
                "Reshape to (T, N, …), exchange two axes, and the same way back.",
                _heads_with(
                    split=lambda a, N: a.reshape(N, len(a), -1),
                    join=lambda c: c.reshape(c.shape[1], -1),
                ),
            ),
            Mistake(
                "interleaved",
                "Your heads take every N-th column. A head has columns that stand side by side: "
                "reshape to (T, N, d), not to (T, d, N).",
                _heads_with(
                    split=lambda a, N: a.reshape(len(a), -1, N).transpose(2, 0, 1),
                    join=lambda c: c.transpose(1, 2, 0).reshape(c.shape[1], -1),
                ),
            ),
            Mistake(
                "heads_look_at_heads",
                "Your weights are (T, N, N): within each word the heads look at each other. After "
                "reshaping to (T, N, d), exchange the first two axes.",
                _heads_with(
                    split=lambda a, N: a.reshape(len(a), N, -1),
                    join=lambda c: c.reshape(len(c), -1),
                ),
            ),
            Mistake(
                "interleaved_and_joined_by_heads",
                "Your heads are made of every N-th column. A head has columns that stand side by "
                "side: reshape to (T, N, d), not to (T, d, N).",
                _heads_with(split=lambda a, N: a.reshape(len(a), -1, N).transpose(2, 0, 1)),
            ),
            Mistake(
                "joined_in_turns",
                "The heads are right, but in the result their columns take turns. All of head 0 "
                "comes first: from (T, N, d_v) reshape to (T, N · d_v).",
                _heads_with(join=lambda c: c.transpose(1, 2, 0).reshape(c.shape[1], -1)),
            ),
            Mistake(
                "over_the_heads",
                "Your weights sum to one over the heads. Softmax runs over the last axis, the "
                "words looked at.",
                _heads_with(axis=0),
            ),
            Mistake(
                "whole_width",
                "You divided by the root of all heads' width, N · d_k. Each score sums over the "
                "d_k products of its own head.",
                _heads_with(whole_width=True),
            ),
            Mistake(
                "not_divided",
                "The division by √d_k is missing.",
                _heads_with(scaled=False),
            ),
            Mistake(
                "wrong_axis",
                "Your weights sum to one over the queries. Softmax runs over the last axis, the "
                "words looked at.",
                _heads_with(axis=-2),
            ),
            Mistake(
                "one_head",
                "This is one head of the whole width. N heads have N distributions over the words.",
                lambda query, key, value, N: heads_at_once(query, key, value, 1),
            ),
            Mistake(
                "averaged",
                "You took the mean of the heads. They stand side by side: (T, N · d_v).",
                lambda query, key, value, N: (
                    heads_at_once(query, key, value, N).reshape(len(query), N, -1).mean(axis=1)
                ),
            ),
        ],
        hints=[
            "A head is a group of columns that stand side by side. What the loop does with one, a "
            "matrix product does with a stack of them.",
            "(T, N · d) → (T, N, d) → (N, T, d). In NumPy `@` multiplies the last two axes and "
            "walks over the ones before.",
            "Cut all three; scores (N, T, T), softmax over the last axis, context (N, T, d_v); "
            "then (T, N, d_v) and (T, N · d_v).",
            "`q = query.reshape(T, N, -1).transpose(1, 0, 2)`",
        ],
        survivors={
            "6: scores.max → scores.min": "any score of the row serves, unless two are 709 apart",
            "4: 1 → 2": "NumPy takes any negative number for the size that is left open",
            "8: 1 → 2 (2)": "NumPy takes any negative number for the size that is left open",
        },
        solved="More heads cost no more multiplications: N heads of width d / N make as many as "
        "one of width d. What they cost is narrower queries and keys.",
    )
)


# --- 12.6 · Where the counts cross ---------------------------------------------------------------


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


register(
    ValueExercise(
        name="self_attention.crossing",
        title="Where the counts cross",
        points=1,
        answer=192,
        oracle=_crossing,
        mistakes=[
            Mistake(
                "width",
                "At n = d the two parts n²d and nd² are equal, without their factors. With all "
                "four maps, both products and the LSTM's eight, set 4nd² + 2n²d = 8nd².",
                96,
            ),
            Mistake(
                "part_left_out",
                "One part of self-attention is missing: beside the four maps, 4nd², there are two "
                "products of n² pairs, scores and sums.",
                384,
            ),
            Mistake(
                "three_maps",
                "There are four maps: those to queries, keys and values, and the one behind.",
                240,
            ),
        ],
        hints=[
            "Write down both counts and set them equal.",
            "Self-attention 4nd² + 2n²d, LSTM 8nd². Divide both by 2nd.",
            "2d + n = 4d.",
        ],
        solved="Beyond n = 2d it makes more multiplications than an LSTM, and the part that grows "
        "is the one with n².",
    )
)


# --- 12.7 · Too good to be true ------------------------------------------------------------------

register(
    OpenExercise(
        name="self_attention.too_good",
        title="Too good to be true",
        points=4,
        rubric=[
            "Says why the loss alone gives it away: text has an entropy, and a loss far below what "
            "any good model reaches means that the answer was among the inputs.",
            "Names the gap between being given the right symbols and writing alone, and why "
            "validation with all inputs given does not show it.",
            "Names at least three possible leaks, such as: no mask; a mask one place too far, or "
            "inputs that are not shifted; zeros in place of −∞, or zeros after softmax; a layer "
            "without the mask.",
            "Gives a test that finds all of them before training: change a later symbol, or take "
            "the gradient, and see whether an earlier output moves.",
        ],
    )
)
