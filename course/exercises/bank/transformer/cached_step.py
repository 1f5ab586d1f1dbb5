"""Exercise 13.7: One step with a cache."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import CodeExercise, Mistake, Probe, register

Array = npt.NDArray[Any]


def cached_step(
    x: Array, keys: Array, values: Array, W_q: Array, W_k: Array, W_v: Array
) -> tuple[Array, Array, Array]:
    """Attention of one new vector x (d,), with t old keys (t, d_k) and values (t, d_v)."""
    keys = np.concatenate([keys, (W_k @ x)[None]])  # (t + 1, d_k)
    values = np.concatenate([values, (W_v @ x)[None]])  # (t + 1, d_v)
    scores = keys @ (W_q @ x) / np.sqrt(keys.shape[1])  # (t + 1,)
    weights = np.exp(scores - scores.max())
    return weights @ values / weights.sum(), keys, values


def _cache_probes(rng: np.random.Generator) -> list[Probe]:
    def one(t: int, d: int, d_k: int, d_v: int) -> tuple[Array, ...]:
        W_q, W_k = (rng.normal(size=(d_k, d)) for _ in "qk")
        W_v = rng.normal(size=(d_v, d))
        past = rng.normal(size=(t, d))
        return rng.normal(size=d), past @ W_k.T, past @ W_v.T, W_q, W_k, W_v

    def large(t: int, d: int, d_k: int, d_v: int) -> tuple[Array, ...]:
        """Scores of more than a thousand, but near each other, so that no weight underflows."""
        x, _, values, _, W_k, W_v = one(t, d, d_k, d_v)
        key = W_k @ x
        W_q = 2000 * np.sqrt(d_k) * np.outer(key, x) / (key @ key * (x @ x))
        return x, key + 1e-3 * key * rng.normal(size=(t, d_k)), values, W_q, W_k, W_v

    return [
        Probe(one(2, 5, 3, 4)),
        Probe(one(6, 4, 2, 3), label="t = 6"),
        Probe(one(0, 4, 3, 2), label="an empty cache"),
        Probe(large(3, 3, 5, 2), label="large scores"),
    ]


def _cache_torch(x: Array, keys: Array, values: Array, *weights: Array) -> Any:
    import torch

    new, W_q, W_k, W_v = (torch.tensor(array) for array in (x, *weights))
    all_keys = torch.cat([torch.tensor(keys), (W_k @ new).unsqueeze(0)])
    all_values = torch.cat([torch.tensor(values), (W_v @ new).unsqueeze(0)])
    context = torch.nn.functional.scaled_dot_product_attention(
        (W_q @ new)[None, None], all_keys[None], all_values[None]
    )
    return context[0, 0].numpy(), all_keys.numpy(), all_values.numpy()


def _cache_loop(x: Array, keys: Array, values: Array, W_q: Array, W_k: Array, W_v: Array) -> Any:
    keys, values = np.vstack([keys, W_k @ x]), np.vstack([values, W_v @ x])
    query = W_q @ x
    scores = np.array([query @ key / keys.shape[1] ** 0.5 for key in keys])
    total, context = 0.0, np.zeros(values.shape[1])
    for score, value in zip(scores - scores.max(), values, strict=True):
        total += np.exp(score)
        context += np.exp(score) * value
    return context / total, keys, values


def _attend(query: Array, keys: Array, values: Array, scale: float) -> Array:
    scores = keys @ query * scale
    weights = np.exp(scores - scores.max())
    return np.asarray(weights @ values / weights.sum())


def _cache_mistake(kind: str) -> Any:
    def answer(x: Array, keys: Array, values: Array, W_q: Array, W_k: Array, W_v: Array) -> Any:
        key, value, query = (W_k @ x)[None], (W_v @ x)[None], W_q @ x
        scale = keys.shape[1] ** -0.5
        new_keys, new_values = np.concatenate([keys, key]), np.concatenate([values, value])
        if kind == "in_front":
            new_keys, new_values = np.concatenate([key, keys]), np.concatenate([value, values])
        elif kind == "not_itself":
            return _attend(query, keys, values, scale), new_keys, new_values
        elif kind == "not_kept":
            return _attend(query, new_keys, new_values, scale), keys, values
        elif kind == "no_scale":
            scale = 1.0
        elif kind == "no_root":
            scale = 1 / keys.shape[1]
        elif kind == "scale_of_model":
            scale = len(x) ** -0.5
        elif kind == "scale_of_length":
            scale = len(new_keys) ** -0.5
        return _attend(query, new_keys, new_values, scale), new_keys, new_values

    return answer


def _cache_overflow(
    x: Array, keys: Array, values: Array, W_q: Array, W_k: Array, W_v: Array
) -> Any:
    new_keys, new_values = np.vstack([keys, W_k @ x]), np.vstack([values, W_v @ x])
    with np.errstate(all="ignore"):
        weights = np.exp(new_keys @ (W_q @ x) / np.sqrt(new_keys.shape[1]))
        return weights @ new_values / weights.sum(), new_keys, new_values


register(
    CodeExercise(
        name="transformer.cached_step",
        title="One step with a cache",
        points=3,
        reference=cached_step,
        probes=_cache_probes,
        oracle=_cache_torch,
        equivalents={"torch": _cache_torch, "loop": _cache_loop},
        outputs=("context", "keys", "values"),
        axes=("d", "td", "td"),
        mistakes=[
            Mistake(
                "not_itself",
                "The new vector does not look at itself: append its key and value before you "
                "compute the scores.",
                _cache_mistake("not_itself"),
            ),
            Mistake(
                "not_kept",
                "The context is right, but the cache is returned as it came. The next step would "
                "miss this word.",
                _cache_mistake("not_kept"),
            ),
            Mistake(
                "in_front",
                "You put the new key and value in front. The context is the same, but the cache "
                "runs backwards; append them.",
                _cache_mistake("in_front"),
            ),
            Mistake(
                "no_scale",
                "The scores are not divided by √d_k.",
                _cache_mistake("no_scale"),
            ),
            Mistake(
                "no_root",
                "You divided by d_k; its root is missing.",
                _cache_mistake("no_root"),
            ),
            Mistake(
                "scale_of_model",
                "You divided by the root of the width of `x`. It is the width of a key, √d_k.",
                _cache_mistake("scale_of_model"),
            ),
            Mistake(
                "scale_of_length",
                "You divided by the root of the number of keys, axis 0. The width of a key is on "
                "axis 1.",
                _cache_mistake("scale_of_length"),
            ),
            Mistake(
                "overflow",
                "With large scores `exp` overflows. Subtract the largest score first; the weights "
                "stay the same.",
                _cache_overflow,
            ),
        ],
        hints=[
            "Keys and values of old words do not change: a word never looks at later ones. Only "
            "the new word's are missing.",
            "W_k @ x is (d_k,), the cache (t, d_k); after the step it is (t + 1, d_k). The context "
            "is (d_v,).",
            "Append the new key and value. Then one query against all t + 1 keys: scores, softmax, "
            "weighted sum.",
            "`keys = np.concatenate([keys, (W_k @ x)[None]])`",
        ],
        survivors={
            "8: scores.max → scores.min": "the large scores lie near each other. With 710 between "
            "them the right answer would make Python warn of underflow.",
        },
        solved="One row of scores a step in place of a whole triangle. The cache grows by one key "
        "and one value a step, for each head and each layer: memory is the price.",
    )
)
