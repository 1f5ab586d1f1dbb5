"""n-gram language models: readable ones over characters, and fast ones over arrays of ids.

The readable functions are those that lesson 03 builds. `AddK`, `Interpolated` and `KneserNey`
compute the same probabilities for a whole text at once. All of them predict each token from the
n − 1 tokens before it, and the first tokens of a text from the fewer that there are. Softmax,
cross-entropy with its gradient and `draw` are those of lesson 04.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from helpers.shapes import shapes

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Counts = dict[str, dict[str, int]]


# --- n-grams, as lesson 03 builds them ---------------------------------------------------------


def count_ngrams(text: str, n: int) -> Counts:
    """Count which character follows each context of n − 1 characters: counts[context][character].

    Contexts that nothing follows have no row, and characters that never follow have no entry.
    """
    if n < 1:
        raise ValueError(f"count_ngrams: n is {n}, expected at least 1; 1 counts characters")
    counts: Counts = {}
    for i in range(n - 1, len(text)):
        context = text[i - n + 1 : i]
        row = counts.setdefault(context, {})
        row[text[i]] = row.get(text[i], 0) + 1
    return counts


def add_k(counts: Counts, context: str, k: float, alphabet: Sequence[str]) -> Floats:
    """Return the next character's distribution (V,), with k added to each count.

    `counts` is what `count_ngrams` returned, `context` the last n − 1 characters, `alphabet` the V
    characters. k = 1 is Laplace's rule; for k = 0 a context never seen gives nan throughout.
    """
    row = counts.get(context, {})
    c = np.array([row.get(x, 0) for x in alphabet])  # (V,)
    return (c + k) / (c.sum() + k * len(alphabet))


def interpolate(
    tables: Sequence[Counts], context: str, kappa: float, alphabet: Sequence[str]
) -> Floats:
    """Return the next character's distribution (V,), mixed from contexts of all lengths.

    `tables` are what `count_ngrams` returned for n = 1, 2, … in this order; of `context` as many of
    the last characters are used as the longest table asks for. The shorter context's distribution
    counts as `kappa` observations (MacKay & Peto 1995, Natural Language Engineering 1(3)).
    """
    p = np.full(len(alphabet), 1 / len(alphabet))  # (V,), before anything is seen
    for n, counts in enumerate(tables, start=1):
        recent = context[len(context) - n + 1 :]  # shorter at the start of a text: it has no row
        row = counts.get(recent, {})
        c = np.array([row.get(x, 0) for x in alphabet])  # (V,)
        p = (c + kappa * p) / (c.sum() + kappa)
    return p


# --- softmax, cross-entropy and sampling, as lesson 04 builds them -----------------------------


@shapes(y="... V", finite=("y",))
def softmax(y: npt.NDArray[Any]) -> Floats:
    """Turn scores (…, V) into a distribution: p_i = e^{y_i} / Σ_j e^{y_j}, over the last axis.

    Scores, also called logits, may have any size, because the largest is subtracted first.
    """
    exps = np.exp(y - y.max(axis=-1, keepdims=True))  # (…, V)
    p: Floats = exps / exps.sum(axis=-1, keepdims=True)
    return p


@shapes(y="... V", finite=("y",))
def cross_entropy(y: npt.NDArray[Any], targets: npt.NDArray[Any]) -> float:
    """Return the mean of −ln p of the targets, in nats; divided by ln 2 it is in bits.

    `y` (…, V) are scores, `targets` (…) the id that came at each position.
    """
    _check_targets("cross_entropy", y, targets)
    shifted = y - y.max(axis=-1, keepdims=True)  # (…, V)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))  # (…, V)
    log_p_target = np.take_along_axis(log_p, targets[..., None], axis=-1)  # (…, 1)
    return float(-log_p_target.mean())


@shapes(y="... V", finite=("y",))
def cross_entropy_backward(y: npt.NDArray[Any], targets: npt.NDArray[Any]) -> Floats:
    """Return the gradient of `cross_entropy` with respect to the scores: (p − one-hot) / N.

    It has the scores' shape (…, V) and sums to zero at each of the N positions.
    """
    _check_targets("cross_entropy_backward", y, targets)
    p = softmax(y)  # (…, V)
    one_hot = np.eye(y.shape[-1])[targets]  # (…, V)
    dy: Floats = (p - one_hot) / targets.size
    return dy


@shapes(y="V", finite=("y",))
def draw(y: npt.NDArray[Any], temperature: float, u: float) -> int:
    """Return the id of a token, drawn from the scores `y` (V,) at a temperature.

    `u`, uniform between 0 and 1, decides: the id is the first at which the sum of the probabilities
    up to and including its own is above `u`.
    """
    if not temperature > 0:
        raise ValueError(f"draw: temperature is {temperature}; give a number above 0")
    p = softmax(y / temperature)  # (V,)
    return int(np.argmax(np.cumsum(p) > u))


def _check_targets(function: str, y: npt.NDArray[Any], targets: npt.NDArray[Any]) -> None:
    """Raise ValueError unless there is an id of the vocabulary for each position of the scores."""
    if targets.shape != y.shape[:-1]:
        raise ValueError(
            f"{function}: targets have shape {targets.shape}, expected one id for each position of "
            f"the scores, {y.shape[:-1]}"
        )
    if y.size == 0:
        raise ValueError(f"{function}: the scores have shape {y.shape}; give at least one, (…, V)")
    if targets.dtype.kind not in "iu" or targets.min() < 0 or targets.max() >= y.shape[-1]:
        raise ValueError(
            f"{function}: targets must be whole numbers from 0 to {y.shape[-1] - 1}, one of the "
            f"V = {y.shape[-1]} scores; got {targets.dtype} from {targets.min()} to {targets.max()}"
        )


# --- n-gram models for whole texts ----------------------------------------------------------------


class _Table:
    """The distinct n-grams of one length; a code is the context's number times V, plus a token."""

    def __init__(self, codes: Ids, contexts: int, V: int) -> None:
        self.contexts, self.V = contexts, V
        self.codes, self.numbers = _numbered(codes, contexts * V)  # (U,), (T − n + 1,)
        self.recount(np.bincount(self.numbers))

    def recount(self, counts: Ids) -> None:
        """Give each n-gram another count, (U,)."""
        self.counts, self.totals = counts, self.sum_by_context(counts)  # (U,), (contexts,)

    def sum_by_context(self, values: npt.NDArray[Any]) -> Floats:
        """Add up one value for each n-gram over those with the same context: (U,) -> (C,)."""
        return np.bincount(self.codes // self.V, values, self.contexts).astype(np.float64)

    def find(self, contexts: Ids, tokens: Ids) -> Ids:
        """Return the numbers of n-grams, −1 for those never seen, from their parts: (M,) each."""
        codes = contexts * self.V + tokens
        place = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        return np.where(self.codes[place] == codes, place, -1)


def _numbered(codes: Ids, limit: int) -> tuple[Ids, Ids]:
    """Do `np.unique(codes, return_inverse=True)` faster, for codes from 0 to below `limit`."""
    if limit <= 4 * len(codes):
        there = np.bincount(codes) > 0
        return np.flatnonzero(there), (np.cumsum(there) - 1)[codes]
    shift = len(codes).bit_length()
    if limit << shift > 2**63:
        return np.unique(codes, return_inverse=True)
    ordered = np.sort(codes << shift | np.arange(len(codes)))  # each code with its place
    new = np.diff(ordered >> shift, prepend=-1) > 0
    numbers = np.empty_like(codes)
    numbers[ordered & (1 << shift) - 1] = np.cumsum(new) - 1
    return ordered[new] >> shift, numbers


class NGram:
    """An n-gram language model over ids 0 … V − 1; use one of its subclasses.

    `order` is n, the number of tokens in an n-gram with the predicted one; `vocabulary_size` is V.
    """

    def __init__(self, order: int, vocabulary_size: int) -> None:
        if order < 1 or not 1 <= vocabulary_size <= 2**31:
            raise ValueError(
                f"{type(self).__name__}: order {order} with a vocabulary of {vocabulary_size}; "
                "both must be at least 1, and the vocabulary at most 2 ** 31"
            )
        self.order, self.vocabulary_size = order, vocabulary_size
        self._tables: list[_Table] = []

    def fit(self, ids: npt.ArrayLike) -> NGram:
        """Count the n-grams of a text, shape (T,); return the model."""
        tokens = self._checked(ids, "fit")
        T, V = len(tokens), self.vocabulary_size
        if T < self.order:
            raise ValueError(f"fit: {T} tokens for order {self.order}; give at least as many")
        self._tables, contexts, numbers = [], 1, np.zeros(T + 1, dtype=np.int64)
        for n in range(1, self.order + 1):
            self._tables.append(_Table(numbers[:-1] * V + tokens[n - 1 :], contexts, V))
            numbers, contexts = self._tables[-1].numbers, len(self._tables[-1].codes)
        self._prepare()
        return self

    def probabilities(self, ids: npt.ArrayLike) -> Floats:
        """Return the probability of each token of a text given those before it: (T,) -> (T,)."""
        tokens = self._checked(ids, "probabilities")
        p = np.full(len(tokens), 1 / self.vocabulary_size)
        numbers = self._numbers(tokens, min(self.order, len(tokens)))
        for n, (contexts, ngrams) in enumerate(pairwise(numbers), start=1):
            p[n - 1 :] = self._step(n, contexts[:-1], ngrams, p[n - 1 :])
        return p

    def distribution(self, context: npt.ArrayLike = ()) -> Floats:
        """Return the probabilities of all next tokens, (V,), after a context of any length."""
        tokens = self._checked(context, "distribution")
        tokens = tokens[max(0, len(tokens) - self.order + 1) :]
        every = np.arange(self.vocabulary_size)
        p = np.full(len(every), 1 / len(every))
        for n, numbers in enumerate(self._numbers(tokens, len(tokens)), start=1):
            contexts = np.full(len(every), numbers[-1])
            p = self._step(n, contexts, self._tables[n - 1].find(contexts, every), p)
        return p

    def bits_per_token(self, ids: npt.ArrayLike) -> float:
        """Return the mean of −log₂ p over a text's tokens; 2 to this power is the perplexity."""
        chances = self.probabilities(ids)
        if len(chances) == 0:
            raise ValueError("bits_per_token: the text is empty; give at least one token")
        with np.errstate(divide="ignore"):
            return float(-np.log2(chances).mean())

    def sample(self, length: int, rng: np.random.Generator, context: npt.ArrayLike = ()) -> Ids:
        """Draw a continuation token by token, shape (length,); each draw is fed back."""
        tokens = self._checked(context, "sample").tolist()
        first = len(tokens)
        for _ in range(length):
            p = self.distribution(tokens[max(0, len(tokens) - self.order + 1) :])
            tokens.append(int(rng.choice(len(p), p=p / p.sum())))
        return np.array(tokens[first:], dtype=np.int64)

    def _prepare(self) -> None:
        """Do what a subclass needs once after counting."""

    def _step(self, n: int, contexts: Ids, ngrams: Ids, p: Floats) -> Floats:
        """Return probabilities (M,) by the n-grams with these numbers, from those of n − 1."""
        raise NotImplementedError

    def _numbers(self, tokens: Ids, longest: int) -> Iterator[Ids]:
        """Yield the numbers of the n-grams at each place of a text: (T − n + 1,) for n = 0, 1, …"""
        if not self._tables:
            raise ValueError(f"{type(self).__name__}: nothing was counted yet; call fit first")
        numbers = np.zeros(len(tokens) + 1, dtype=np.int64)
        yield numbers
        for n in range(1, longest + 1):
            numbers = self._tables[n - 1].find(numbers[:-1], tokens[n - 1 :])
            yield numbers

    def _counted(self, n: int, contexts: Ids, ngrams: Ids) -> tuple[Ids, Floats]:
        """Return how often n-grams and their contexts came, 0 where they did not: two (M,)."""
        counts, totals = self._tables[n - 1].counts, self._tables[n - 1].totals
        return counts[ngrams] * (ngrams >= 0), totals[contexts] * (contexts >= 0)

    def _checked(self, ids: npt.ArrayLike, function: str) -> Ids:
        tokens = np.asarray(ids)
        if tokens.size == 0:
            return np.empty(0, dtype=np.int64)
        if tokens.ndim != 1 or tokens.dtype.kind not in "iu":
            raise ValueError(
                f"{function}: got an array of {tokens.dtype} with shape {tokens.shape}, expected "
                "whole numbers with shape (T,)"
            )
        if tokens.min() < 0 or tokens.max() >= self.vocabulary_size:
            raise ValueError(
                f"{function}: ids run from {tokens.min()} to {tokens.max()}, but the vocabulary "
                f"has {self.vocabulary_size}, so 0 … {self.vocabulary_size - 1}; encode the text "
                "with the vocabulary that the model was made for"
            )
        return tokens.astype(np.int64)


class AddK(NGram):
    """`add_k` for a whole text: only the longest context speaks, and k is added to each count."""

    def __init__(self, order: int, vocabulary_size: int, k: float = 1.0) -> None:
        super().__init__(order, vocabulary_size)
        if k <= 0:
            raise ValueError(f"AddK: k is {k}; give a positive number")
        self.k = k

    def _step(self, n: int, contexts: Ids, ngrams: Ids, p: Floats) -> Floats:
        c, total = self._counted(n, contexts, ngrams)
        return np.asarray((c + self.k) / (total + self.k * self.vocabulary_size))


class Interpolated(NGram):
    """`interpolate` for a whole text: the shorter context counts as `kappa` observations."""

    def __init__(self, order: int, vocabulary_size: int, kappa: float = 5.0) -> None:
        super().__init__(order, vocabulary_size)
        if kappa <= 0:
            raise ValueError(f"Interpolated: kappa is {kappa}; give a positive number")
        self.kappa = kappa

    def _step(self, n: int, contexts: Ids, ngrams: Ids, p: Floats) -> Floats:
        c, total = self._counted(n, contexts, ngrams)
        return np.asarray((c + self.kappa * p) / (total + self.kappa))


class KneserNey(NGram):
    """Interpolated modified Kneser–Ney smoothing (Chen & Goodman 1999, section 3).

    Each count loses a discount, which differs for counts of one, two, and three or more. What is
    taken goes to the shorter context. Shorter contexts count after how many different tokens a
    token came, not how often: they are asked where the longer context has seen little.
    """

    def _prepare(self) -> None:
        for shorter, longer in pairwise(self._tables):
            last = np.empty(len(longer.codes), dtype=np.int64)
            last[longer.numbers] = shorter.numbers[1:]  # the last n tokens of each (n + 1)-gram
            shorter.recount(np.bincount(last, minlength=len(shorter.codes)))
        self._discounts = [discounts(table.counts) for table in self._tables]
        both = zip(self._tables, self._discounts, strict=True)
        self._taken = [t.sum_by_context(lost[np.minimum(t.counts, 3)]) for t, lost in both]

    def _step(self, n: int, contexts: Ids, ngrams: Ids, p: Floats) -> Floats:
        discount, taken = self._discounts[n - 1], self._taken[n - 1][contexts]
        c, total = self._counted(n, contexts, ngrams)
        mixed = (c - discount[np.minimum(c, 3)] + taken * p) / np.maximum(total, 1)
        return np.where(total > 0, mixed, p)


def discounts(counts: npt.NDArray[Any]) -> Floats:
    """Return what counts of 0, 1, 2, and 3 or more lose: Chen and Goodman's estimate.

    With n_r the number of n-grams that came r times and Y = n_1 / (n_1 + 2 n_2), a count of r
    loses r − (r + 1) Y n_{r+1} / n_r. Where too few n-grams are rare for that, so that a discount
    would be undefined or not positive, all counts lose Y, or a half if that is undefined too.
    """
    n1, n2, n3, n4 = (int((counts == r).sum()) for r in (1, 2, 3, 4))
    if min(n1, n2) == 0:
        return np.array([0.0, 0.5, 0.5, 0.5])
    Y = n1 / (n1 + 2 * n2)
    if n3 > 0:
        lost = [1 - 2 * Y * n2 / n1, 2 - 3 * Y * n3 / n2, 3 - 4 * Y * n4 / n3]
        if min(lost) > 0:
            return np.array([0.0, *lost])
    return np.array([0.0, Y, Y, Y])


@functools.cache
def best_ngram() -> NGram:
    """Return the best n-gram model of lesson 03, fitted to the training part of the Python docs.

    It is `KneserNey`, of the order that does best on the validation part; orders are tried until
    two in a row do worse. Compare with it on the same text:
    ``best_ngram().bits_per_token(python_docs.encode(python_docs.load("test")))``.
    """
    from helpers.corpora import python_docs

    train, validation = (python_docs.encode(python_docs.load(p)) for p in ("train", "validation"))
    best = model = KneserNey(1, len(python_docs.alphabet())).fit(train)
    while model.order < best.order + 2:
        model = KneserNey(model.order + 1, model.vocabulary_size).fit(train)
        best = min(best, model, key=lambda one: one.bits_per_token(validation))
    return best
