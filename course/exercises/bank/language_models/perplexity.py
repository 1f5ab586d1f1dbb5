"""Exercises 3.5 and 3.6: build perplexity, and find the bug in a colleague's mean of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register

Array = npt.NDArray[Any]

# --- 3.5 · Build perplexity ----------------------------------------------------------------------


def perplexity(p: Array) -> Any:
    """2 to the power of the mean number of bits."""
    bits = -np.mean(np.log2(p))
    return 2.0**bits


def _trace(p: Array) -> dict[str, Any]:
    """Bits per character, then the perplexity."""
    bits = -np.mean(np.log2(p))
    perplexity = 2.0**bits
    return {"bits": bits, "perplexity": perplexity}


def _probes(rng: np.random.Generator) -> list[Probe]:
    return [
        Probe((np.array([1.0, 1.0, 1 / 4]),), label=EXAMPLE),
        Probe((np.array([1 / 8]),), label="one character"),
        Probe((np.array([1 / 2, 1 / 4, 1 / 8, 1 / 8]),)),
        Probe((rng.uniform(0.05, 0.95, size=9),)),
        Probe((np.full(50, 1 / 6),), label="a fair die"),
        Probe((rng.uniform(0.001, 0.1, size=2000),), label="2,000 characters", part="long text"),
    ]


def _torch(p: Array) -> float:
    """Torch's cross-entropy of a model that gave these probabilities."""
    import torch

    both = torch.tensor(np.stack([p, 1 - p], axis=1))
    loss = torch.nn.functional.nll_loss(torch.log(both), torch.zeros(len(p), dtype=torch.long))
    return float(torch.exp(loss))


def _nats(p: Array) -> float:
    return math.exp(-sum(math.log(one) for one in p) / len(p))


def _roots(p: Array) -> Any:
    return 1 / np.prod(p ** (1 / len(p)))


def _of(change: Callable[[Array], Any]) -> Callable[[Array], Any]:
    """Compute something else, without NumPy's warnings."""

    def wrong(p: Array) -> Any:
        with np.errstate(all="ignore"):
            return change(p)

    return wrong


def _bits(p: Array) -> Any:
    return -np.mean(np.log2(p))


register(
    CodeExercise(
        name="language.perplexity",
        title="Build perplexity",
        points={"values": 1, "long text": 1},
        package="metrics.perplexity",
        reference=perplexity,
        trace=_trace,
        probes=_probes,
        oracle=_torch,
        equivalents={"torch": _torch, "nats": _nats, "roots": _roots},
        outputs=("perplexity",),
        axes=("",),
        mistakes=[
            Mistake(
                "bits",
                "These are the bits per character. Perplexity is 2 to this power.",
                _bits,
            ),
            Mistake(
                "not_inverted",
                "The minus sign is missing: this is the geometric mean of the probabilities. "
                "Perplexity is its inverse.",
                lambda p: 2.0 ** -_bits(p),
            ),
            Mistake(
                "negative_bits",
                "This is the mean of log₂ p, which is negative. Change its sign for bits, then "
                "take 2 to this power.",
                lambda p: -_bits(p),
            ),
            Mistake(
                "no_mean",
                "You added up the bits of all characters. Perplexity is counted per character: "
                "take the mean.",
                _of(lambda p: 2.0 ** (-np.log2(p).sum())),
            ),
            Mistake(
                "summed_bits",
                "These are the bits of the whole text. Take the mean, then 2 to this power.",
                lambda p: -np.log2(p).sum(),
            ),
            Mistake(
                "product",
                "Right for a short text. The product of 2,000 probabilities is too small for a "
                "floating-point number and becomes 0. Add logarithms instead.",
                _of(lambda p: np.float64(1.0) / np.prod(p) ** (1 / len(p))),
            ),
            Mistake(
                "e_to_the_bits",
                "You mixed two logarithms: e to the power of bits. Use 2 with log₂, or e with ln.",
                lambda p: np.exp(_bits(p)),
            ),
            Mistake(
                "two_to_the_nats",
                "You mixed two logarithms: 2 to the power of a natural logarithm. Use 2 with "
                "log₂, or e with ln.",
                lambda p: 2.0 ** -np.mean(np.log(p)),
            ),
            Mistake(
                "nats",
                "This is the mean of −ln p. Use `np.log2`, and take 2 to the power of the mean.",
                lambda p: -np.mean(np.log(p)),
            ),
            Mistake(
                "arithmetic_mean",
                "You averaged the probabilities. Average their logarithms.",
                lambda p: 1 / np.mean(p),
            ),
            Mistake(
                "mean_of_inverses",
                "You averaged 1/p. Average −log₂ p, then take 2 to the power of that.",
                lambda p: np.mean(1 / p),
            ),
            Mistake(
                "entropy",
                "You weighted each logarithm by p, as for the entropy of a distribution. These p "
                "belong to characters that came, each once: take the plain mean.",
                lambda p: 2.0 ** -np.sum(p * np.log2(p)),
            ),
            Mistake(
                "mean_entropy",
                "You multiplied each logarithm by its p before you took the mean. These characters "
                "came, each once: take the plain mean of the logarithms.",
                lambda p: 2.0 ** -np.mean(p * np.log2(p)),
            ),
            Mistake(
                "log10",
                "You mixed two logarithms: 2 to the power of one to base 10. Use `np.log2`.",
                lambda p: 2.0 ** -np.mean(np.log10(p)),
            ),
            Mistake(
                "minus_in_front",
                "The minus sign belongs into the exponent: `2.0 ** (-…)`, not `-(2.0 ** …)`.",
                lambda p: -(2.0 ** np.mean(np.log2(p))),
            ),
            Mistake(
                "each_token",
                "You return a number for each character. Take the mean of the logarithms first.",
                lambda p: 2.0 ** -np.log2(p),
            ),
            Mistake(
                "squared",
                "You took the bits to the power of 2. It is 2 to the power of the bits: "
                "`2.0**bits`.",
                lambda p: _bits(p) ** 2,
            ),
            Mistake(
                "rounded",
                "You round the bits to whole numbers. Keep the mean as it is.",
                lambda p: 2.0 ** np.round(_bits(p)),
            ),
        ],
        hints=[
            "Each character costs −log₂ p bits. Perplexity turns the mean cost back into a number "
            "of equally likely choices.",
            "`np.log2(p)` is (T,). The bits and the result are one number each.",
            "First line: `bits` is minus the mean of the logarithms. Second line: return 2 to this "
            "power.",
            "`bits = -np.mean(…)`",
        ],
        solved="Logarithms turn the product into a sum, so a text of any length can be scored.",
    )
)


# --- 3.6 · Find the bug: a mean of means ---------------------------------------------------------

Texts = list[Array]


def given_perplexity(texts: Texts) -> Any:
    """The colleague's mean of perplexities, as the learner finds it."""
    perplexities = []
    for p in texts:
        perplexities.append(2 ** -np.mean(np.log2(p)))
    return np.mean(perplexities)


def perplexity_of_all(texts: Texts) -> Any:
    """Take all characters together, then the perplexity."""
    p = np.concatenate(texts)
    return 2.0 ** -np.mean(np.log2(p))


def _texts_probes(rng: np.random.Generator) -> list[Probe]:
    brad_and_crab = [np.array([1.0, 1.0, 1 / 4]), np.array([1 / 6, 3 / 7, 1 / 3])]

    def some(*lengths: int) -> Texts:
        return [rng.uniform(0.05, 0.95, size=T) for T in lengths]

    return [
        Probe((brad_and_crab,), label="brad and crab"),
        Probe((some(1, 7),), label="a short text and a long one"),
        Probe((some(2, 5, 3),)),
        Probe((some(4),), label="one text"),
        Probe(([np.full(2000, 0.3), np.full(1500, 0.2)],), label="texts of a thousand characters"),
    ]


def _texts_product(texts: Texts) -> Any:
    """Multiply all probabilities and take the root: of a long text, the product is 0."""
    p = np.concatenate(texts)
    with np.errstate(divide="ignore", under="ignore"):
        return np.prod(p) ** (-1 / len(p))


def _texts_bits(texts: Texts) -> float:
    bits = sum(-np.log2(p).sum() for p in texts)
    return float(2 ** (bits / sum(len(p) for p in texts)))


def _each(texts: Texts) -> Array:
    """Return the mean of −ln p of each text."""
    return np.array([-np.mean(np.log(p)) for p in texts])


def _texts_weighted(texts: Texts) -> float:
    return float(np.exp(np.average(_each(texts), weights=[len(p) for p in texts])))


def _total(texts: Texts) -> float:
    """Return the sum of −ln p over all texts."""
    return float(-np.log(np.concatenate(texts)).sum())


register(
    CodeExercise(
        name="language.perplexity_of_all",
        title="Find the bug: a mean of means",
        points=2,
        reference=perplexity_of_all,
        given=given_perplexity,
        probes=_texts_probes,
        oracle=_texts_bits,
        equivalents={"bits": _texts_bits, "weighted": _texts_weighted},
        outputs=("perplexity",),
        axes=("",),
        mistakes=[
            Mistake(
                "product",
                "The root of the product is right on paper, but a product of thousands of "
                "probabilities is 0 to the computer. Average logarithms instead.",
                _texts_product,
            ),
            Mistake(
                "bits_returned",
                "These are the bits per character of all texts. Perplexity is 2 to this power.",
                lambda texts: np.log2(_texts_bits(texts)),
            ),
            Mistake(
                "mean_of_logarithms",
                "You average the logarithms, which is right, but text by text: a short text still "
                "counts as much as a long one. Let each character count once.",
                lambda texts: np.exp(_each(texts).mean()),
            ),
            Mistake(
                "weighted_mean",
                "You weigh each text by its length, which is right, but you average perplexities. "
                "Probabilities multiply: average their logarithms.",
                lambda texts: np.average(np.exp(_each(texts)), weights=[len(p) for p in texts]),
            ),
            Mistake(
                "arithmetic_mean",
                "You took the arithmetic mean of the probabilities. Probabilities of a sequence "
                "multiply, so the mean is the geometric one.",
                lambda texts: 1 / np.mean(np.concatenate(texts)),
            ),
            Mistake(
                "mean_of_inverses",
                "You averaged 1/p. Average −ln p, and take the exponential of that.",
                lambda texts: np.mean(1 / np.concatenate(texts)),
            ),
            Mistake(
                "not_inverted",
                "That is the geometric mean of the probabilities. Perplexity is its inverse.",
                lambda texts: np.exp(-_total(texts) / sum(len(p) for p in texts)),
            ),
            Mistake(
                "no_root",
                "That is the inverse of the whole product. Perplexity is counted per character: "
                "divide the sum of logarithms by their number.",
                lambda texts: np.exp(_total(texts)),
            ),
            Mistake(
                "divided_by_texts",
                "You divided by the number of texts. Perplexity is counted per character.",
                lambda texts: np.exp(_total(texts) / len(texts)),
            ),
            Mistake(
                "nats",
                "This is the mean of −ln p. Perplexity is e to this power.",
                lambda texts: _total(texts) / sum(len(p) for p in texts),
            ),
            Mistake(
                "mixed_logarithms",
                "You mixed two logarithms: 2 to the power of a natural logarithm. Use e with ln, "
                "or 2 with log₂.",
                lambda texts: 2 ** (_total(texts) / sum(len(p) for p in texts)),
            ),
        ],
        hints=[
            "What is the mean taken over? A perplexity is a mean over characters already, so a "
            "mean of perplexities is a mean over texts.",
            "The result is one number. The texts have different lengths; together they hold one "
            "row of probabilities.",
            "Put all probabilities into one row. Take their logarithms, the mean with a minus "
            "sign, and the exponential.",
            "`p = np.concatenate(texts)`",
        ],
        solved="A mean over texts and a mean over characters answer different questions. Whoever "
        "reports a perplexity should say which mean it is.",
    )
)
