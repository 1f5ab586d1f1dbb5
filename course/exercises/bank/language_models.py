"""The exercises of lesson 03, Language models."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
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

# --- 3.1 · Perplexity by hand --------------------------------------------------------------------


def _perplexity_torch() -> float:
    """Give a model these probabilities and take torch's cross-entropy."""
    import torch

    p = torch.tensor([0.5, 0.25, 0.125], dtype=torch.float64)
    logits = torch.log(torch.stack([p, 1 - p], dim=1))
    loss = torch.nn.functional.cross_entropy(logits, torch.zeros(3, dtype=torch.long))
    return float(torch.exp(loss))


register(
    ValueExercise(
        name="language.perplexity_by_hand",
        title="Perplexity by hand",
        points=1,
        answer=4.0,
        tolerance=0.02,
        oracle=_perplexity_torch,
        mistakes=[
            Mistake(
                "arithmetic_mean",
                "You took the arithmetic mean of the probabilities. Probabilities of a sequence "
                "multiply, so the mean is the geometric one.",
                24 / 7,
            ),
            Mistake(
                "mean_of_inverses",
                "You averaged 2, 4 and 8. Multiply them and take the third root: the mean is the "
                "geometric one.",
                14 / 3,
            ),
            Mistake(
                "no_root",
                "That is the inverse of the whole product. The third root is missing: perplexity "
                "is counted per token.",
                64.0,
            ),
            Mistake(
                "bits",
                "These are the bits per token. Perplexity is 2 to this power.",
                2.0,
            ),
            Mistake(
                "not_inverted",
                "That is the geometric mean itself. Perplexity is its inverse.",
                0.25,
            ),
            Mistake(
                "square_root",
                "Three tokens came, so the third root is wanted.",
                8.0,
            ),
            Mistake(
                "natural_logarithm",
                "You mixed two logarithms: 2 to the power of a natural logarithm. Use e with ln, "
                "or 2 with log₂.",
                2 ** math.log(4),
            ),
            Mistake(
                "e_to_the_bits",
                "You mixed two logarithms: e to the power of bits. Use e with ln, or 2 with log₂.",
                math.exp(2),
            ),
            Mistake(
                "nats",
                "This is the mean of −ln p. Perplexity is e to this power.",
                math.log(4),
            ),
        ],
        hints=[
            "Perplexity is the number of faces of the fair die that would have surprised you as "
            "much, per token.",
            "Multiply the three probabilities, take the third root, invert.",
            "1/2 · 1/4 · 1/8 = 1/64. Which number, taken three times as a factor, gives 64?",
        ],
        solved="In bits: 1, 2 and 3, on average 2, and 2² = 4. A perplexity of 4 is a fair die "
        "with four faces.",
    )
)


# --- 3.2 · Find the bug: a mean of means ---------------------------------------------------------

Texts = list[Array]


def given_perplexity(texts: Texts) -> Any:
    """The colleague's mean of perplexities, as the learner finds it."""
    perplexities = []
    for p in texts:
        perplexities.append(np.exp(-np.mean(np.log(p))))
    return np.mean(perplexities)


def perplexity_of_all(texts: Texts) -> Any:
    """Take all tokens together, then the perplexity."""
    p = np.concatenate(texts)
    return np.exp(-np.mean(np.log(p)))


def _texts_probes(rng: np.random.Generator) -> list[Probe]:
    brad_and_crab = [np.array([1.0, 1.0, 1 / 4]), np.array([1 / 6, 3 / 7, 1 / 3])]

    def some(*lengths: int) -> Texts:
        return [rng.uniform(0.05, 0.95, size=T) for T in lengths]

    return [
        Probe((brad_and_crab,), label="brad and crab"),
        Probe((some(1, 7),), label="a short text and a long one"),
        Probe((some(2, 5, 3),)),
        Probe((some(4),), label="one text"),
    ]


def _texts_product(texts: Texts) -> float:
    """Multiply all probabilities and take the root."""
    p = [float(x) for text in texts for x in text]
    return float(math.prod(p) ** (-1 / len(p)))


def _texts_bits(texts: Texts) -> float:
    bits = sum(-np.log2(p).sum() for p in texts)
    return float(2 ** (bits / sum(len(p) for p in texts)))


def _each(texts: Texts) -> Array:
    """Return the mean of −ln p of each text."""
    return np.array([-np.mean(np.log(p)) for p in texts])


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
        oracle=_texts_product,
        equivalents={"product": _texts_product, "bits": _texts_bits},
        outputs=("perplexity",),
        axes=("",),
        mistakes=[
            Mistake(
                "mean_of_logarithms",
                "You average the logarithms, which is right, but text by text: a short text still "
                "counts as much as a long one. Let each token count once.",
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
                "That is the inverse of the whole product. Perplexity is counted per token: divide "
                "the sum of logarithms by their number.",
                lambda texts: np.exp(_total(texts)),
            ),
            Mistake(
                "divided_by_texts",
                "You divided by the number of texts. Perplexity is counted per token.",
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
            "Whose mean is it? A perplexity is a mean over tokens already, so a mean of "
            "perplexities is a mean over texts.",
            "The result is one number. The texts have different lengths; together they hold one "
            "row of probabilities.",
            "Put all probabilities into one row. Take their logarithms, the mean with a minus "
            "sign, and the exponential.",
            "`p = np.concatenate(texts)`",
        ],
        solved="A mean over texts and a mean over tokens are two questions. Whoever reports a "
        "perplexity has to say which one was asked.",
    )
)


# --- 3.3 · A mixture of three --------------------------------------------------------------------


def mixed_chances(unigrams: Array, bigrams: Array, shares: Array, ids: Array) -> Array:
    """Mix the uniform distribution, single characters and pairs."""
    V = len(unigrams)
    uniform, single, pair = shares
    chances = []
    for previous, current in pairwise(ids):
        alone = unigrams[current] / unigrams.sum()
        total = bigrams[previous].sum()
        after = bigrams[previous, current] / total if total > 0 else alone
        chances.append(uniform / V + single * alone + pair * after)
    return np.array(chances)


def _abra() -> tuple[Array, Array]:
    letters = ["abcdr".index(c) for c in "abracadabra"]
    bigrams = np.zeros((5, 5), dtype=np.int64)
    for pair in pairwise(letters):
        bigrams[pair] += 1
    return np.bincount(letters, minlength=5), bigrams


def _mixed_probes(rng: np.random.Generator) -> list[Probe]:
    probes = [Probe((*_abra(), np.array([0.1, 0.3, 0.6]), np.array([0, 1])), label="“ab”")]
    for V, length, label in ((4, 6, ""), (7, 12, ""), (3, 2, "two characters")):
        bigrams = rng.integers(1, 9, size=(V, V))
        unigrams = bigrams.sum(axis=0) + rng.integers(0, 4, size=V)
        shares = rng.dirichlet([4.0, 4.0, 4.0])
        ids = rng.integers(0, V, size=length)
        probes.append(Probe((unigrams, bigrams, shares, ids), label=label))
    bigrams = rng.integers(1, 9, size=(5, 5))
    bigrams[2] = 0
    bigrams[4] = [0, 1, 0, 0, 0]
    ids = np.array([0, 2, 1, 3, 2, 4, 1, 2, 2, 0, 4, 2])
    probes.append(
        Probe(
            (bigrams.sum(axis=0), bigrams, rng.dirichlet([4.0, 4.0, 4.0]), ids),
            part="unseen",
            label="a character that nothing was ever seen after",
        )
    )
    unigrams, bigrams = (
        np.array([4, 0, 3, 0]),
        np.array([[1, 0, 2, 0], [0] * 4, [2, 0, 1, 0], [0] * 4]),
    )
    probes.append(
        Probe(
            (unigrams, bigrams, np.array([0.5, 0.25, 0.25]), np.array([0, 2, 0, 1])),
            part="unseen",
            label="two of four characters were never seen",
        )
    )
    return probes


def _mixed_fractions(unigrams: Array, bigrams: Array, shares: Array, ids: Array) -> Array:
    """Count again, in whole numbers and exact fractions."""
    singles = Counter({i: int(n) for i, n in enumerate(unigrams)})
    pairs = Counter({(i, j): int(n) for i, row in enumerate(bigrams) for j, n in enumerate(row)})
    parts = [Fraction(float(share)) for share in shares]
    result = []
    for previous, current in pairwise(ids.tolist()):
        total = sum(n for (i, _), n in pairs.items() if i == previous)
        alone = Fraction(singles[current], sum(singles.values()))
        after = Fraction(pairs[previous, current], total) if total else alone
        result.append(
            float(parts[0] * Fraction(1, len(unigrams)) + parts[1] * alone + parts[2] * after)
        )
    return np.array(result)


def _mixed_vectors(unigrams: Array, bigrams: Array, shares: Array, ids: Array) -> Array:
    V = len(unigrams)
    alone = unigrams / unigrams.sum()  # (V,)
    totals = bigrams.sum(axis=1, keepdims=True)  # (V, 1)
    after = np.where(totals > 0, bigrams / np.maximum(totals, 1), alone)  # (V, V)
    table = shares[0] / V + shares[1] * alone + shares[2] * after  # (V, V)
    return np.asarray(table[ids[:-1], ids[1:]])


def _mixed_with(
    part: Callable[[Array, Array, Array, int, int], float],
) -> Callable[[Array, Array, Array, Array], Array]:
    """A mixture that goes wrong at `part(unigrams, bigrams, shares, previous, current)`."""

    def mixture(unigrams: Array, bigrams: Array, shares: Array, ids: Array) -> Array:
        pairs = pairwise(ids)
        with np.errstate(all="ignore"):
            return np.array([part(unigrams, bigrams, shares, p, c) for p, c in pairs])

    return mixture


def _after(unigrams: Array, bigrams: Array, p: int, c: int) -> float:
    total = bigrams[p].sum()
    return float(bigrams[p, c] / total if total else unigrams[c] / unigrams.sum())


register(
    CodeExercise(
        name="language.mixed_chances",
        title="A mixture of three",
        points={"values": 2, "unseen": 1},
        reference=mixed_chances,
        probes=_mixed_probes,
        oracle=_mixed_fractions,
        equivalents={"fractions": _mixed_fractions, "vectors": _mixed_vectors},
        outputs=("chances",),
        mistakes=[
            Mistake(
                "unseen_is_nan",
                "Where nothing was ever seen after the previous character you divide 0 by 0. There "
                "the pairs know nothing: give their share to the single characters.",
                _mixed_with(
                    lambda u, b, s, p, c: (
                        s[0] / len(u) + s[1] * u[c] / u.sum() + s[2] * b[p, c] / b[p].sum()
                    )
                ),
            ),
            Mistake(
                "unseen_is_zero",
                "Where nothing was ever seen after the previous character you let the pairs' share "
                "go to nobody, and the chances sum to less than one. Give it to the single "
                "characters.",
                _mixed_with(
                    lambda u, b, s, p, c: (
                        s[0] / len(u) + s[1] * u[c] / u.sum() + s[2] * b[p, c] / max(b[p].sum(), 1)
                    )
                ),
            ),
            Mistake(
                "unseen_is_uniform",
                "Where nothing was ever seen after the previous character you give the pairs' "
                "share to all characters alike. The single characters know more: give it to them.",
                _mixed_with(
                    lambda u, b, s, p, c: (
                        s[0] / len(u)
                        + s[1] * u[c] / u.sum()
                        + s[2] * (b[p, c] / b[p].sum() if b[p].sum() else 1 / len(u))
                    )
                ),
            ),
            Mistake(
                "unseen_pair",
                "You leave the pairs' opinion out wherever this one pair was never seen. Zero is "
                "an opinion too, if others came after the previous character: look at the whole "
                "row.",
                _mixed_with(
                    lambda u, b, s, p, c: (
                        s[0] / len(u)
                        + s[1] * u[c] / u.sum()
                        + s[2] * (b[p, c] / b[p].sum() if b[p, c] else u[c] / u.sum())
                    )
                ),
            ),
            Mistake(
                "single_as_row",
                "You divided a pair's count by how often the previous character came. At the end "
                "of a text nothing comes after it: divide by the sum of its row.",
                _mixed_with(
                    lambda u, b, s, p, c: (
                        s[0] / len(u) + s[1] * u[c] / u.sum() + s[2] * b[p, c] / u[p]
                    )
                ),
            ),
            Mistake(
                "transposed",
                "`bigrams[i, j]` counts j after i. You read the table the other way round.",
                lambda u, b, s, ids: mixed_chances(u, b.T, s, ids),
            ),
            Mistake(
                "all_pairs",
                "You divided a pair's count by the count of all pairs. That is the chance of the "
                "pair, not of the second character once the first has come: divide by its row.",
                _mixed_with(
                    lambda u, b, s, p, c: (
                        s[0] / len(u)
                        + s[1] * u[c] / u.sum()
                        + s[2] * (b[p, c] / b.sum() if b[p].sum() else u[c] / u.sum())
                    )
                ),
            ),
            Mistake(
                "shares_reversed",
                "The shares stand in the order uniform, single characters, pairs.",
                lambda u, b, s, ids: mixed_chances(u, b, s[::-1], ids),
            ),
            Mistake(
                "no_uniform",
                "The uniform part is missing: each of the V characters gets its share divided "
                "by V.",
                _mixed_with(
                    lambda u, b, s, p, c: s[1] * u[c] / u.sum() + s[2] * _after(u, b, p, c)
                ),
            ),
            Mistake(
                "uniform_not_divided",
                "You added the uniform part whole. It is shared by V characters.",
                _mixed_with(
                    lambda u, b, s, p, c: s[0] + s[1] * u[c] / u.sum() + s[2] * _after(u, b, p, c)
                ),
            ),
            Mistake(
                "single_of_previous",
                "In the part of the single characters you took the previous character. It is the "
                "current one whose chance is wanted.",
                _mixed_with(
                    lambda u, b, s, p, c: (
                        s[0] / len(u) + s[1] * u[p] / u.sum() + s[2] * _after(u, b, p, c)
                    )
                ),
            ),
        ],
        hints=[
            "Three opinions about the next character: all are alike; as often as it comes; as "
            "often as it comes after the previous one. Each gets its share.",
            "The result has T − 1 numbers for T ids. `bigrams[previous]` is the row (V,) of what "
            "came after `previous`; its sum may be 0.",
            "For each pair of neighbours: share 0 divided by V, plus share 1 times the count of "
            "`current` over all, plus share 2 times its count in the row over the row's sum.",
            "`after = bigrams[previous, current] / total if total > 0 else alone`",
        ],
        solved="Fixed shares like these are Jelinek and Mercer's interpolation (1980). The "
        "lesson's `interpolate` makes the shares depend on how often the context came.",
    )
)


# --- 3.4 · Judge a perplexity (open) -------------------------------------------------------------

register(
    OpenExercise(
        name="language.judge_a_perplexity",
        title="Judge a perplexity",
        points=4,
        rubric=[
            "Sees that per character and per word cannot be compared as they stand, and brings "
            "both to one unit: 2 bits a character are about 12 bits a word of five letters and a "
            "blank, against $\\log_2 90 \\approx 6.5$.",
            "Names the vocabulary: “unknown” is easily said, and spelling the word is not paid "
            "for.",
            "Asks what was read in training, and on which text the settings were chosen.",
            "Computes the sum of $-\\log_2 p$ over the same text, everything included, and divides "
            "by one and the same number.",
        ],
        hints=[
            "Perplexity is counted per token. What is a token here?",
            "How many bits does each model pay for one word of the novel?",
            "What does the third model pay for a word that it does not know?",
            "Four topics: unit, vocabulary, what was read, computation.",
        ],
    )
)


# --- 3.5 · Who comes in company ------------------------------------------------------------------


def continuation(ids: Array, V: int) -> Array:
    """Count the different tokens that each token comes after."""
    companions: list[set[Any]] = [set() for _ in range(V)]
    for previous, current in pairwise(ids):
        companions[current].add(previous)
    kinds = np.array([len(before) for before in companions])
    return np.divide(kinds, kinds.sum())


def _continuation_probes(rng: np.random.Generator) -> list[Probe]:
    letters = np.array(["abcdr".index(c) for c in "abracadabra"])
    skewed = rng.choice(6, size=40, p=[0.4, 0.25, 0.15, 0.1, 0.07, 0.03])
    return [
        Probe((letters, 5), label="abracadabra"),
        Probe((skewed, 6)),
        Probe((rng.integers(0, 4, size=11), 7), label="ids that never come"),
        Probe((np.array([2, 0, 0, 0, 1, 0, 1]), 3), label="the first id comes once"),
        Probe((np.array([1, 0]), 2), label="a single pair"),
    ]


def _continuation_pairs(ids: Array, V: int) -> Array:
    """Look at all V² pairs one by one."""
    text = list(pairwise(ids.tolist()))
    kinds = [sum((p, c) in text for p in range(V)) for c in range(V)]
    return np.array([float(Fraction(k, sum(kinds))) for k in kinds])


def _continuation_unique(ids: Array, V: int) -> Array:
    pairs = np.unique(np.stack([ids[:-1], ids[1:]], axis=1), axis=0)
    counts = np.bincount(pairs[:, 1], minlength=V)
    return np.asarray(counts / len(pairs))


def _share(values: Array, total: float | None = None) -> Array:
    return np.asarray(values / (values.sum() if total is None else total))


def _followers(ids: Array, V: int) -> Array:
    return continuation(ids[::-1], V)


def _plain_counts(ids: Array, V: int) -> Array:
    return _share(np.bincount(ids, minlength=V))


def _pair_counts(ids: Array, V: int) -> Array:
    return _share(np.bincount(ids[1:], minlength=V))


def _kinds(ids: Array, V: int) -> Array:
    pairs = np.unique(np.stack([ids[:-1], ids[1:]], axis=1), axis=0)
    return np.asarray(np.bincount(pairs[:, 1], minlength=V))


def _doubles(ids: Array, V: int) -> Array:
    """Mark the tokens that come after themselves, shape (V,)."""
    return np.isin(np.arange(V), ids[1:][ids[1:] == ids[:-1]])


register(
    CodeExercise(
        name="language.continuation",
        title="In whose company?",
        points=3,
        reference=continuation,
        probes=_continuation_probes,
        oracle=_continuation_pairs,
        equivalents={"all pairs": _continuation_pairs, "unique": _continuation_unique},
        properties=[
            Property(
                "Your shares do not sum to one.",
                lambda output, ids, V: np.isclose(np.sum(output), 1),
            )
        ],
        outputs=("shares",),
        axes=("V",),
        mistakes=[
            Mistake(
                "plain_counts",
                "These are the plain counts. What counts here is after how many different tokens "
                "a token comes, not how often.",
                _plain_counts,
            ),
            Mistake(
                "every_pair",
                "You count each pair as often as it comes. A pair that comes ten times is still "
                "one pair.",
                _pair_counts,
            ),
            Mistake(
                "followers",
                "You count what comes after each token. Wanted is what comes before it: after how "
                "many different tokens it has been seen.",
                _followers,
            ),
            Mistake(
                "not_divided",
                "These are counts of different companions. Divide them by their sum, so that "
                "they are a distribution.",
                lambda ids, V: _kinds(ids, V).astype(float),
            ),
            Mistake(
                "divided_by_V",
                "You divided by V, the number of possible companions. Divide by the number of "
                "different pairs, so that the shares sum to one.",
                lambda ids, V: _share(_kinds(ids, V), V),
            ),
            Mistake(
                "divided_by_tokens",
                "You divided by the number of tokens. Divide by the number of different pairs, so "
                "that the shares sum to one.",
                lambda ids, V: _share(_kinds(ids, V), len(ids)),
            ),
            Mistake(
                "divided_by_pairs",
                "You divided by all pairs of the text, repeated ones too. Divide by the number of "
                "different pairs, so that the shares sum to one.",
                lambda ids, V: _share(_kinds(ids, V), len(ids) - 1),
            ),
            Mistake(
                "no_doubles",
                "You left out the pairs of a token with itself, such as aa. They count like any "
                "other pair.",
                lambda ids, V: _share(_kinds(ids, V) - _doubles(ids, V)),
            ),
            Mistake(
                "start_as_companion",
                "You count the beginning of the text as a companion of the first token. Only pairs "
                "of two tokens count.",
                lambda ids, V: _share(_kinds(ids, V) + (np.arange(V) == ids[0])),
            ),
        ],
        hints=[
            "“Angeles” may come often, but after “Los” alone. As a guess after another word it is "
            "poor. So count companions, not occurrences.",
            "V numbers. For abracadabra the different pairs are ab, br, ra, ac, ca, ad, da: seven.",
            "Collect the set of different pairs (previous, current). Count for each token how many "
            "of them end on it. Divide by the number of pairs in the set.",
            "`pairs = set(zip(ids[:-1].tolist(), ids[1:].tolist()))`",
        ],
        solved="This is the distribution that Kneser and Ney fall back to, in place of plain "
        "counts.",
        survivors={
            "3: range(V) → reversed(range(V))": "the loop's variable is not used",
        },
    )
)
