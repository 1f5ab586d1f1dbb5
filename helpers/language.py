"""n-gram language models: readable ones over characters, and fast ones over arrays of ids.

The readable functions are those that lesson 03 builds. `AddK`, `Interpolated` and `KneserNey`
compute the same probabilities for a whole text at once. All of them predict each token from the
n − 1 tokens before it, and the first tokens of a text from the fewer that there are. Softmax and
cross-entropy with its gradient are those of lesson 04.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from helpers.shapes import shapes

Ids = npt.NDArray[np.int64]
Counts = dict[str, Counter[str]]


# --- n-grams, as lesson 03 builds them ---------------------------------------------------------


def count_ngrams(text: str, n: int) -> Counts:
    """Count which character follows each context of n − 1 characters: context -> Counter."""
    if n < 1:
        raise ValueError(f"count_ngrams: n is {n}, expected at least 1; 1 counts characters")
    counts: Counts = {}
    for i in range(n - 1, len(text)):
        context = text[i - n + 1 : i]
        counts.setdefault(context, Counter())[text[i]] += 1
    return counts


def add_k(
    counts: Counts, context: str, k: float, alphabet: Sequence[str]
) -> npt.NDArray[np.float64]:
    """Return the next character's distribution (V,), with k added to each count.

    `counts` is what `count_ngrams` returned, `context` the last n − 1 characters, `alphabet` the V
    characters. k = 1 is Laplace's rule; for k = 0 a context never seen gives nan throughout.
    """
    seen = counts.get(context, Counter())
    c = np.array([seen[character] for character in alphabet])  # (V,)
    return (c + k) / (c.sum() + k * len(alphabet))


def interpolate(
    tables: Sequence[Counts], context: str, kappa: float, alphabet: Sequence[str]
) -> npt.NDArray[np.float64]:
    """Return the next character's distribution (V,), mixed from contexts of all lengths.

    `tables` are what `count_ngrams` returned for n = 1, 2, … in this order; of `context` as many of
    the last characters are used as the longest table asks for. The shorter context's distribution
    counts as `kappa` observations (MacKay & Peto 1995, Natural Language Engineering 1(3)).
    """
    p = np.full(len(alphabet), 1 / len(alphabet))  # (V,), before anything is seen
    for n, counts in enumerate(tables, start=1):
        if len(context) < n - 1:
            break
        seen = counts.get(context[len(context) - n + 1 :], Counter())
        c = np.array([seen[character] for character in alphabet])  # (V,)
        p = (c + kappa * p) / (c.sum() + kappa)
    return p


# --- softmax and cross-entropy, as lesson 04 builds them ---------------------------------------


@shapes(y="... V", finite=("y",))
def softmax(y: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Turn scores (…, V) into a distribution: p_i = e^{y_i} / Σ_j e^{y_j}, over the last axis.

    Scores, also called logits, may have any size, because the largest is subtracted first.
    """
    e = np.exp(y - y.max(axis=-1, keepdims=True))  # (…, V)
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


@shapes(y="... V", finite=("y",))
def cross_entropy(y: npt.NDArray[Any], targets: npt.NDArray[Any]) -> float:
    """Return the mean of −ln p of the targets, in nats; divided by ln 2 it is in bits.

    `y` (…, V) are scores, `targets` (…) the id that came at each position.
    """
    _check_targets("cross_entropy", y, targets)
    shifted = y - y.max(axis=-1, keepdims=True)  # (…, V)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))  # (…, V)
    return float(-np.take_along_axis(log_p, targets[..., None], axis=-1).mean())


@shapes(y="... V", finite=("y",))
def cross_entropy_backward(y: npt.NDArray[Any], targets: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the gradient of `cross_entropy` with respect to the scores: (p − one-hot) / N.

    It has the scores' shape (…, V) and sums to zero at each of the N positions.
    """
    _check_targets("cross_entropy_backward", y, targets)
    one_hot = np.eye(y.shape[-1])[targets]  # (…, V)
    return np.asarray((softmax(y) - one_hot) / targets.size)


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
    """The distinct n-grams of one length, sorted by code, and what stands behind each context."""

    def __init__(self, codes: Ids, counts: Ids, V: int) -> None:
        self.codes, self.counts, self.V = codes, counts, V  # (U,), (U,)
        self.contexts, which = np.unique(codes // V, return_inverse=True)  # (C,), (U,)
        self._which = which
        self.totals = self.sum_by_context(counts)  # (C,)
        self.kinds = self.sum_by_context(np.ones(len(codes)))  # (C,), distinct next tokens

    def sum_by_context(self, values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Add up one value for each n-gram over those with the same context: (U,) -> (C,)."""
        sums = np.bincount(self._which, weights=values, minlength=len(self.contexts))
        return np.asarray(sums, dtype=np.float64)

    def find(self, codes: Ids) -> tuple[npt.NDArray[Any], ...]:
        """Return where n-grams and their contexts stand, and whether they do: four (M,)."""
        return *_find(self.codes, codes), *_find(self.contexts, codes // self.V)


def _find(ordered: Ids, wanted: Ids) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return the place of each wanted number in a sorted array, and whether it is there."""
    place = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    return place, ordered[place] == wanted


class NGram:
    """An n-gram language model over ids 0 … V − 1; use one of its subclasses.

    `order` is n, the number of tokens in an n-gram with the predicted one; `vocabulary_size` is V.
    """

    def __init__(self, order: int, vocabulary_size: int) -> None:
        if order < 1 or vocabulary_size < 1 or vocabulary_size**order > 2**63:
            raise ValueError(
                f"{type(self).__name__}: order {order} with a vocabulary of {vocabulary_size}; "
                "both must be at least 1, and vocabulary_size ** order at most 2 ** 63"
            )
        self.order, self.vocabulary_size = order, vocabulary_size
        self._tables: list[_Table] = []

    def fit(self, ids: npt.ArrayLike) -> NGram:
        """Count the n-grams of a text, shape (T,); return the model."""
        tokens = self._checked(ids, "fit")
        if len(tokens) < self.order:
            raise ValueError(
                f"fit: {len(tokens)} tokens for order {self.order}; give at least as many"
            )
        V, code = self.vocabulary_size, np.zeros(len(tokens), dtype=np.int64)
        self._tables = []
        for n in range(1, self.order + 1):
            code = code[: len(tokens) - n + 1] * V + tokens[n - 1 :]
            self._tables.append(_Table(*np.unique(code, return_counts=True), V))
        self._prepare()
        return self

    def probabilities(self, ids: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the probability of each token of a text given those before it: (T,) -> (T,)."""
        tokens = self._checked(ids, "probabilities")
        n, T = self.order, len(tokens)
        start = [self._chances(tokens[None, : i + 1]) for i in range(min(n - 1, T))]
        if T < n:
            return np.concatenate([*start, np.empty(0)])
        windows = np.lib.stride_tricks.sliding_window_view(tokens, n)  # (T − n + 1, n)
        return np.concatenate([*start, self._chances(windows)])

    def distribution(self, context: npt.ArrayLike = ()) -> npt.NDArray[np.float64]:
        """Return the probabilities of all next tokens, (V,), after a context of any length."""
        tokens = self._checked(context, "distribution")
        tokens = tokens[max(0, len(tokens) - self.order + 1) :]
        V = self.vocabulary_size
        rows = np.concatenate([np.tile(tokens, (V, 1)), np.arange(V)[:, None]], axis=1)
        return self._chances(rows)

    def bits_per_token(self, ids: npt.ArrayLike) -> float:
        """Return the mean of −log₂ p over a text's tokens; 2 to this power is the perplexity."""
        chances = self.probabilities(ids)
        if len(chances) == 0:
            raise ValueError("bits_per_token: the text is empty; give at least one token")
        with np.errstate(divide="ignore"):
            return float(-np.log2(chances).mean())

    def sample(
        self, length: int, rng: np.random.Generator, context: npt.ArrayLike = ()
    ) -> npt.NDArray[np.int64]:
        """Draw a continuation token by token, shape (length,); each draw is fed back."""
        tokens = self._checked(context, "sample").tolist()
        first = len(tokens)
        for _ in range(length):
            p = self.distribution(tokens[max(0, len(tokens) - self.order + 1) :])
            tokens.append(int(rng.choice(len(p), p=p / p.sum())))
        return np.array(tokens[first:], dtype=np.int64)

    def _prepare(self) -> None:
        """Do what a subclass needs once after counting."""

    def _step(self, n: int, codes: Ids, p: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return probabilities (M,) by n-grams with these codes, from those of order n − 1."""
        raise NotImplementedError

    def _chances(self, windows: Ids) -> npt.NDArray[Any]:
        """Return the probability of the last column given the columns before: (M, m) -> (M,)."""
        if not self._tables:
            raise ValueError(f"{type(self).__name__}: nothing was counted yet; call fit first")
        V, m = self.vocabulary_size, windows.shape[1]
        p = np.full(len(windows), 1 / V)
        for n in range(1, m + 1):
            codes = np.zeros(len(windows), dtype=np.int64)
            for column in range(m - n, m):
                codes = codes * V + windows[:, column]
            p = self._step(n, codes, p)
        return p

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

    def _step(self, n: int, codes: Ids, p: npt.NDArray[Any]) -> npt.NDArray[Any]:
        table, V = self._tables[n - 1], self.vocabulary_size
        place, known, context, seen = table.find(codes)
        c = np.where(known, table.counts[place], 0)
        total = np.where(seen, table.totals[context], 0)
        return np.asarray((c + self.k) / (total + self.k * V))


class Interpolated(NGram):
    """`interpolate` for a whole text: the shorter context counts as `kappa` observations."""

    def __init__(self, order: int, vocabulary_size: int, kappa: float = 5.0) -> None:
        super().__init__(order, vocabulary_size)
        if kappa <= 0:
            raise ValueError(f"Interpolated: kappa is {kappa}; give a positive number")
        self.kappa = kappa

    def _step(self, n: int, codes: Ids, p: npt.NDArray[Any]) -> npt.NDArray[Any]:
        table = self._tables[n - 1]
        place, known, context, seen = table.find(codes)
        c = np.where(known, table.counts[place], 0)
        total = np.where(seen, table.totals[context], 0)
        return np.asarray((c + self.kappa * p) / (total + self.kappa))


class KneserNey(NGram):
    """Interpolated modified Kneser–Ney smoothing (Chen & Goodman 1999, section 3).

    Each count loses a discount, which differs for counts of one, two, and three or more. What is
    taken goes to the shorter context. Shorter contexts count after how many different tokens a
    token came, not how often: they are asked where the longer context has seen little.
    """

    def _prepare(self) -> None:
        V = self.vocabulary_size
        raw, self._tables = self._tables, []
        for n in range(1, self.order + 1):
            if n == self.order:
                table = raw[n - 1]
            else:  # the last n tokens of each distinct (n + 1)-gram
                table = _Table(*np.unique(raw[n].codes % V**n, return_counts=True), V)
            self._tables.append(table)
        self._discounts = [discounts(table.counts) for table in self._tables]
        self._taken = [
            table.sum_by_context(discount[np.minimum(table.counts, 3)])
            for table, discount in zip(self._tables, self._discounts, strict=True)
        ]

    def _step(self, n: int, codes: Ids, p: npt.NDArray[Any]) -> npt.NDArray[Any]:
        table, discount, taken = self._tables[n - 1], self._discounts[n - 1], self._taken[n - 1]
        place, known, context, seen = table.find(codes)
        c = np.where(known, table.counts[place], 0)
        left = c - discount[np.minimum(c, 3)]
        mixed = (left + taken[context] * p) / table.totals[context]
        return np.asarray(np.where(seen, mixed, p))


def discounts(counts: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
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

    It is `KneserNey`, of the order that does best on the validation part. Compare with it on the
    same text: ``best_ngram().bits_per_token(python_docs.encode(python_docs.load("test")))``.
    """
    from helpers.corpora import python_docs

    train, validation = (python_docs.encode(python_docs.load(p)) for p in ("train", "validation"))
    V = len(python_docs.alphabet())
    orders = [n for n in range(2, 10) if V**n <= 2**63]
    models = [KneserNey(n, V).fit(train) for n in orders]
    return min(models, key=lambda model: model.bits_per_token(validation))
