"""n-gram language models, against brute force counting, torch and worked numbers."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from helpers import language
from helpers.language import AddK, Interpolated, KneserNey, add_k, count_ngrams, interpolate
from helpers.metrics import perplexity

texts = st.text("abcd", min_size=6, max_size=60)
orders = st.integers(1, 5)
LETTERS = "abcde"  # one more than the texts have


def ids(text: str) -> np.ndarray:
    return np.array([LETTERS.index(c) for c in text], dtype=np.int64)


def brute(text: str, gram: str) -> int:
    """Count a string's places one by one."""
    return sum(text.startswith(gram, i) for i in range(len(text)))


MODELS = {
    "add-k": lambda n: AddK(n, len(LETTERS), 0.3),
    "interpolated": lambda n: Interpolated(n, len(LETTERS), 1.7),
    "Kneser-Ney": lambda n: KneserNey(n, len(LETTERS)),
}
every_model = pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)


# --- readable --------------------------------------------------------------------------------


@given(texts, orders)
def test_counts_are_those_of_brute_force(text: str, n: int) -> None:
    counts = count_ngrams(text, n)
    wanted = Counter(text[i : i + n] for i in range(len(text) - n + 1))
    assert {c + x: k for c, row in counts.items() for x, k in row.items()} == wanted
    assert all(brute(text, gram) == k for gram, k in wanted.items())


def test_abracadabra_is_counted_as_on_paper() -> None:
    counts = count_ngrams("abracadabra", 2)
    assert counts["a"] == {"b": 2, "c": 1, "d": 1}
    assert add_k(counts, "a", 0, "abcdr").tolist() == [0, 0.5, 0.25, 0.25, 0]
    assert add_k(counts, "a", 1, "abcdr") == pytest.approx(np.array([1, 3, 2, 2, 1]) / 9)


@given(texts, orders, st.floats(0.01, 5))
def test_add_k_is_a_ratio_of_counts(text: str, n: int, k: float) -> None:
    context = text[-(n - 1) :] if n > 1 else ""
    p = add_k(count_ngrams(text, n), context, k, LETTERS)
    after = [brute(text, context + c) for c in LETTERS]
    assert p == pytest.approx([(a + k) / (sum(after) + k * len(LETTERS)) for a in after])
    assert p.sum() == pytest.approx(1)


@given(texts, st.integers(1, 3), st.floats(0.01, 50))
def test_interpolation_is_a_mixture_with_the_shorter_context(
    text: str, n: int, kappa: float
) -> None:
    tables = [count_ngrams(text, m) for m in range(1, n + 1)]
    context = text[-n:]
    long = interpolate(tables, context, kappa, LETTERS)
    short = interpolate(tables[:-1], context, kappa, LETTERS)
    after = np.array([brute(text, context[len(context) - n + 1 :] + c) for c in LETTERS])
    weight = after.sum() / (after.sum() + kappa)
    raw = after / max(after.sum(), 1)
    assert long == pytest.approx(weight * raw + (1 - weight) * short)
    assert long.sum() == pytest.approx(1) and (long > 0).all()


def test_add_k_is_interpolation_with_the_uniform_distribution() -> None:
    counts = count_ngrams("abracadabra", 1)
    assert interpolate([counts], "", 5 * 0.4, "abcdr") == pytest.approx(
        add_k(counts, "", 0.4, "abcdr")
    )


def test_counting_needs_at_least_one_character() -> None:
    with pytest.raises(ValueError, match="count_ngrams: n is 0"):
        count_ngrams("abc", 0)


# --- fast ------------------------------------------------------------------------------------


@given(texts, texts, orders)
def test_fast_models_give_the_readable_ones_probabilities(text: str, other: str, n: int) -> None:
    tables = [count_ngrams(text, m) for m in range(1, n + 1)]
    slow_k, slow_i = [], []
    for i, character in enumerate(other):
        context = other[max(0, i - n + 1) : i]
        at = LETTERS.index(character)
        slow_k.append(add_k(tables[len(context)], context, 0.3, LETTERS)[at])
        slow_i.append(interpolate(tables, context, 1.7, LETTERS)[at])
    fast_k, fast_i = (MODELS[name](n).fit(ids(text)) for name in ("add-k", "interpolated"))
    assert fast_k.probabilities(ids(other)) == pytest.approx(slow_k)
    assert fast_i.probabilities(ids(other)) == pytest.approx(slow_i)


@given(st.lists(st.integers(0, 6), min_size=6, max_size=80), orders)
def test_n_grams_have_the_order_and_the_counts_of_their_codes_in_base_v(
    tokens: list[int], n: int
) -> None:
    """A code V**n says which n-gram it is, as long as it fits into 64 bits."""
    V = 7
    table = AddK(n, V).fit(tokens)._tables[n - 1]
    windows = np.lib.stride_tricks.sliding_window_view(np.array(tokens), n)
    codes, counts = np.unique(windows @ V ** np.arange(n)[::-1], return_counts=True)
    assert table.counts.tolist() == counts.tolist()
    assert codes[table.numbers].tolist() == (windows @ V ** np.arange(n)[::-1]).tolist()
    totals = [int(counts[codes // V == c].sum()) for c in np.unique(codes // V)]
    assert [int(total) for total in table.totals if total > 0] == totals


@pytest.mark.parametrize("limit", [5, 10**6, 2**62])
def test_codes_are_numbered_as_by_numpys_unique(limit: int) -> None:
    rng = np.random.default_rng(0)
    codes = rng.choice(rng.integers(0, limit, 30), 200)
    for ours, wanted in zip(
        language._numbered(codes, limit), np.unique(codes, return_inverse=True), strict=True
    ):
        assert ours.tolist() == wanted.tolist()


@given(st.text("abcd", min_size=12, max_size=25), st.integers(28, 36), st.integers(0, 40))
def test_orders_whose_codes_would_not_fit_into_64_bits_are_as_exact(
    piece: str, n: int, length: int
) -> None:
    text = 3 * piece  # long contexts come again; 5 ** 28 is more than 2 ** 63
    context = (text + text)[: len(text) + length][-n + 1 :]
    tables = [count_ngrams(text, m) for m in range(1, n + 1)]
    mixed = Interpolated(n, len(LETTERS), 1.7).fit(ids(text))
    assert mixed.distribution(ids(context)) == pytest.approx(
        interpolate(tables, context, 1.7, LETTERS)
    )
    company = KneserNey(n, len(LETTERS)).fit(ids(text))
    assert company.distribution(ids(context)) == pytest.approx(kneser_ney(text, context, n))


def kneser_ney(text: str, context: str, n: int) -> np.ndarray:
    """Write modified Kneser–Ney down from its definition, by brute force."""
    p = np.full(len(LETTERS), 1 / len(LETTERS))
    for m in range(1, min(n, len(context) + 1) + 1):
        grams = {text[i : i + m] for i in range(len(text) - m + 1)}
        longer = {text[i : i + m + 1] for i in range(len(text) - m)}
        if m == n:
            count = {gram: brute(text, gram) for gram in grams}
        else:  # how many different characters stand before it
            count = {gram: sum(x + gram in longer for x in LETTERS) for gram in grams}
            count = {gram: c for gram, c in count.items() if c}
        of = Counter(count.values())
        Y = of[1] / (of[1] + 2 * of[2]) if of[1] and of[2] else 0.5
        lose = {1: Y, 2: Y, 3: Y}
        if of[1] and of[2] and of[3]:
            estimate = {r: r - (r + 1) * Y * of[r + 1] / of[r] for r in (1, 2, 3)}
            lose = estimate if min(estimate.values()) > 0 else lose
        start = context[len(context) - m + 1 :]
        c = np.array([count.get(start + x, 0) for x in LETTERS])
        if c.sum():
            d = np.array([lose[min(k, 3)] if k else 0 for k in c.tolist()])
            p = (c - d + d.sum() * p) / c.sum()
    return p


@given(texts, st.text("abcd", max_size=5), orders)
def test_kneser_ney_is_its_definition(text: str, context: str, n: int) -> None:
    p = KneserNey(n, len(LETTERS)).fit(ids(text)).distribution(ids(context))
    assert p == pytest.approx(kneser_ney(text, context[max(0, len(context) - n + 1) :], n))


def test_kneser_ney_is_its_definition_where_all_discounts_differ() -> None:
    rng = np.random.default_rng(3)
    text = "".join(rng.choice(list("abcd"), 300, p=[0.6, 0.25, 0.1, 0.05]))
    model = KneserNey(3, len(LETTERS)).fit(ids(text))
    found = language.discounts(model._tables[2].counts)
    assert len(set(found.tolist())) == 4
    for context in ("", "a", "bd", "dd", "ab", "eb"):
        wanted = kneser_ney(text, context, 3)
        assert model.distribution(ids(context)) == pytest.approx(wanted), context


def test_discounts_are_chen_and_goodmans() -> None:
    # n_1 = 8, n_2 = 4, n_3 = 2, n_4 = 1: Y = 8 / 16
    counts = np.array([1] * 8 + [2] * 4 + [3] * 2 + [4] + [9])
    Y = 0.5
    wanted = [0, 1 - 2 * Y * 4 / 8, 2 - 3 * Y * 2 / 4, 3 - 4 * Y * 1 / 2]
    assert language.discounts(counts) == pytest.approx(wanted)


@every_model
@given(texts, st.text("abcde", max_size=7), orders)
def test_every_distribution_sums_to_one(make, text: str, context: str, n: int) -> None:
    p = make(n).fit(ids(text)).distribution(ids(context))
    assert p.shape == (len(LETTERS),)
    assert p.sum() == pytest.approx(1)
    assert (p > 0).all()


@every_model
@given(texts, texts, orders)
def test_a_texts_probabilities_are_those_of_its_distributions(
    make, text: str, other: str, n: int
) -> None:
    model = make(n).fit(ids(text))
    one_by_one = [model.distribution(ids(other[:i]))[ids(c)[0]] for i, c in enumerate(other)]
    assert model.probabilities(ids(other)) == pytest.approx(one_by_one)


@every_model
def test_a_later_token_changes_no_earlier_probability(make) -> None:
    model = make(3).fit(ids("abcabdacbdabcd"))
    one, other = ids("abcdab"), ids("abcdcc")
    assert (model.probabilities(one)[:4] == model.probabilities(other)[:4]).all()


@every_model
def test_what_lies_before_the_window_changes_nothing(make) -> None:
    model = make(3).fit(ids("abcabdacbdabcd"))
    assert (model.distribution(ids("dab")) == model.distribution(ids("cab"))).all()


@given(texts, texts)
def test_bits_agree_with_torchs_cross_entropy_and_with_perplexity(text: str, other: str) -> None:
    model = Interpolated(2, len(LETTERS), 1.0).fit(ids(text))
    rows = np.stack([model.distribution(ids(other[:i])) for i in range(len(other))])
    loss = torch.nn.functional.cross_entropy(
        torch.tensor(np.log(rows)), torch.tensor(ids(other))
    ).item()
    assert model.bits_per_token(ids(other)) == pytest.approx(loss / math.log(2))
    assert 2 ** model.bits_per_token(ids(other)) == pytest.approx(
        perplexity(model.probabilities(ids(other)))
    )


def test_a_fair_die_has_as_many_bits_as_its_faces_ask_for() -> None:
    rolls = np.tile(np.arange(6), 50)
    model = Interpolated(1, 6, 1.0).fit(rolls)
    assert model.bits_per_token(rolls) == pytest.approx(math.log2(6))


def test_samples_come_as_often_as_their_probabilities_say() -> None:
    model = AddK(2, 3, 0.5).fit(np.array([0, 1, 0, 1, 0, 2, 0, 1, 1]))
    drawn = model.sample(10_000, np.random.default_rng(0), context=[0])
    after = np.bincount(drawn[1:][drawn[:-1] == 0], minlength=3)
    expected = model.distribution([0]) * after.sum()
    assert ((after - expected) ** 2 / expected).sum() < 13.8  # χ², 2 degrees of freedom, 0.1 %


def test_a_sample_goes_on_from_its_context_and_is_the_seeds() -> None:
    model = Interpolated(3, len(LETTERS), 1e-9).fit(ids("abcd" * 20))
    one, other = (model.sample(6, np.random.default_rng(4), context=ids("ab")) for _ in range(2))
    assert one.tolist() == other.tolist() == ids("cdabcd").tolist()


MISTAKES = [
    (lambda: Interpolated(0, 5), "order 0"),
    (lambda: Interpolated(2, 2**40), "the vocabulary at most 2 \\*\\* 31"),
    (lambda: KneserNey(40, 100).fit(range(39)), "fit: 39 tokens for order 40; give at least"),
    (lambda: Interpolated(2, 5, kappa=0), "kappa is 0"),
    (lambda: AddK(2, 5, k=-1), "k is -1"),
    (lambda: Interpolated(3, 5).fit([1, 2]), "fit: 2 tokens for order 3"),
    (lambda: Interpolated(1, 5).fit([1, 5]), "ids run from 1 to 5"),
    (lambda: Interpolated(1, 5).fit([0.5]), "whole numbers"),
    (lambda: Interpolated(1, 5).fit([[1, 2]]), "shape \\(1, 2\\)"),
    (lambda: Interpolated(1, 5).distribution(), "call fit first"),
    (lambda: Interpolated(1, 5).fit([1]).bits_per_token([]), "the text is empty"),
]


def test_what_cannot_be_is_named() -> None:
    for call, message in MISTAKES:
        with pytest.raises(ValueError, match=message):
            call()


def test_an_unknown_token_after_an_unknown_context_is_possible() -> None:
    for make in MODELS.values():
        assert make(4).fit(ids("abcabdacbd")).distribution(ids("eee")).min() > 0


def test_the_best_ngrams_order_is_where_the_validation_curve_has_turned() -> None:
    from helpers.corpora import python_docs

    train, validation = (
        python_docs.encode(python_docs.load(part)) for part in ("train", "validation")
    )
    V, best = len(python_docs.alphabet()), language.best_ngram()
    bits = [KneserNey(n, V).fit(train).bits_per_token(validation) for n in range(1, 17)]
    assert best.order == 1 + int(np.argmin(bits[: best.order + 2])) < 15
    assert best.bits_per_token(validation) == bits[best.order - 1]
    assert min(bits) > bits[best.order - 1] - 0.002  # no longer one does better by much


def test_the_best_ngram_beats_its_neighbours_on_the_python_docs() -> None:
    from helpers.corpora import python_docs

    train, test = (python_docs.encode(python_docs.load(part)) for part in ("train", "test"))
    V = len(python_docs.alphabet())
    best = language.best_ngram().bits_per_token(test)
    assert 1.5 < best < 2.1
    assert best < Interpolated(5, V, 5.0).fit(train).bits_per_token(test) - 0.1
    assert best < AddK(4, V, 0.01).fit(train).bits_per_token(test) - 0.3
