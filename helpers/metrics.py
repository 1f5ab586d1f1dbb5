"""How good a model's answers are, and how sure one can be of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt


def exact_match(answers: Sequence[Sequence[Any]], wanted: Sequence[Sequence[Any]]) -> float:
    """Return the fraction of answers that equal what was wanted, token for token.

    Parameters
    ----------
    answers, wanted : sequences of token sequences
        As many of one as of the other; a list equals a tuple of the same tokens.

    Raises
    ------
    ValueError
        If there is none, or the numbers differ.
    """
    if len(answers) != len(wanted) or len(wanted) == 0:
        raise ValueError(
            f"exact_match: {len(answers)} answers for {len(wanted)} wanted sequences; "
            "give one answer for each, and at least one"
        )
    hits = [list(a) == list(w) for a, w in zip(answers, wanted, strict=True)]
    return sum(hits) / len(hits)


def perplexity(log_probabilities: npt.ArrayLike) -> float:
    """Return the perplexity: the inverse geometric mean of the tokens' probabilities.

    Parameters
    ----------
    log_probabilities : array
        Natural logarithm of the probability that the model gave to each token that came.

    Raises
    ------
    ValueError
        If there is no token, or a value is above 0 or not a number.
    """
    values = np.asarray(log_probabilities, dtype=float)
    if values.size == 0 or np.isnan(values).any() or (values > 0).any():
        raise ValueError(
            "perplexity: needs at least one logarithm of a probability, each at most 0; "
            "pass log-probabilities, not probabilities or losses"
        )
    mean = float(values.mean())
    return math.inf if mean < -700 else math.exp(-mean)


def bootstrap_interval(
    values: npt.ArrayLike, level: float = 0.95, resamples: int = 10_000, seed: int = 0
) -> tuple[float, float]:
    """Return a percentile bootstrap interval for the mean.

    Parameters
    ----------
    values : array, shape (n,)
        Independent measurements, for instance one per seed or one per sentence.
    level : float
        Fraction of resampled means that the interval holds.
    resamples : int
        How many samples of size n to draw with replacement.
    seed : int
        Of the draws: the same values give the same interval.

    Returns
    -------
    (float, float)
        Lower and upper end.

    Raises
    ------
    ValueError
        If there are fewer than two values, or `level` is not between 0 and 1.

    References
    ----------
    Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
    """
    data = np.asarray(values, dtype=float)
    if data.ndim != 1 or data.size < 2:
        raise ValueError(
            f"bootstrap_interval: got an array of shape {data.shape}; "
            "give at least two measurements in one dimension"
        )
    if not 0 < level < 1:
        raise ValueError(f"bootstrap_interval: level is {level}; give a fraction such as 0.95")
    rng = np.random.default_rng(seed)
    means = np.empty(resamples)
    # In blocks: 10,000 resamples of 10,000 values at once would take 800 MB.
    block = max(1, 1_000_000 // data.size)
    for start in range(0, resamples, block):
        rows = min(block, resamples - start)
        draws = rng.integers(data.size, size=(rows, data.size))
        means[start : start + rows] = data[draws].mean(axis=1)
    tail = (1 - level) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)


# --- BLEU ------------------------------------------------------------------------------------


def ngram_counts(tokens: Sequence[Any], n: int) -> Counter[tuple[Any, ...]]:
    """Count the n-grams of a sequence.

    Parameters
    ----------
    tokens : sequence of tokens
        A list or tuple, or a string where each character is a token.
    n : int
        How many tokens in a row.

    Returns
    -------
    Counter
        From each n-gram, a tuple, to how often it stands in `tokens`; empty if they are too few.

    Raises
    ------
    ValueError
        If `n` is no whole number of at least 1.
    """
    _check_order("ngram_counts", n, "n")
    return Counter(zip(*(tokens[i:] for i in range(n)), strict=False))


def clipped_matches(
    hypothesis: Sequence[Any], references: Sequence[Sequence[Any]], n: int
) -> tuple[int, int]:
    """Count the n-grams of a hypothesis, and those of them that a reference vouches for.

    Parameters
    ----------
    hypothesis : sequence of tokens
    references : sequence of token sequences
        One or more.
    n : int
        How many tokens in a row.

    Returns
    -------
    (int, int)
        Matches, where an n-gram counts at most as often as it stands in that reference which has
        it most often, and all n-grams of the hypothesis.

    Raises
    ------
    ValueError
        If there is no reference, or a raw string stands in place of one, or `n` is below 1.

    References
    ----------
    Papineni et al. 2002, doi:10.3115/1073083.1073135, section 2.1.1.
    """
    _check_references("clipped_matches", hypothesis, references)
    counts, allowed = ngram_counts(hypothesis, n), ngram_counts(references[0], n)
    for reference in references[1:]:
        allowed |= ngram_counts(reference, n)  # the larger count of each n-gram
    matches = sum([min(count, allowed[gram]) for gram, count in counts.items() if gram in allowed])
    return matches, sum(counts.values())


def closest_length(length: int, reference_lengths: Sequence[int]) -> int:
    """Return the reference length that is nearest to a hypothesis's; of two, the shorter.

    Papineni et al. 2002 call it the best match length; that the shorter one wins a tie is the
    custom of the NIST script mteval-v13a and of sacreBLEU.

    Raises
    ------
    ValueError
        If there is no reference length.
    """
    _check_lengths(reference_lengths)
    return min(reference_lengths, key=lambda other: (abs(other - length), other))


def _check_lengths(reference_lengths: Sequence[int]) -> None:
    """Raise ValueError if there is no reference length."""
    if len(reference_lengths) == 0:
        raise ValueError(
            "closest_length: reference_lengths is empty, expected the length of at least one "
            "reference"
        )


def brevity_penalty(length: npt.ArrayLike, reference_length: npt.ArrayLike) -> Any:
    """Return the factor that BLEU takes off for being short: exp(1 − r/c), and 1 if c ≥ r.

    Parameters
    ----------
    length, reference_length : numbers or arrays of one shape
        c and r: the tokens of all hypotheses together, and of their closest references.

    Returns
    -------
    float or array
        Between 0 and 1. Nothing at all, c = 0, earns 0 where r > 0.

    References
    ----------
    Papineni et al. 2002, doi:10.3115/1073083.1073135, section 2.2.2.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.divide(reference_length, length)  # r / c
    return np.exp(1 - np.fmax(ratio, 1))


def bleu_statistics(
    hypotheses: Sequence[Sequence[Any]],
    references: Sequence[Sequence[Sequence[Any]]],
    max_order: int = 4,
) -> npt.NDArray[np.int64]:
    """Return what BLEU needs to know of each sentence.

    Sums of these rows are the statistics of a corpus, so a corpus can be put together anew,
    thousands of times, without counting again.

    Parameters
    ----------
    hypotheses : sequence of token sequences
        S of them. An empty one is allowed.
    references : sequence of sequences of token sequences
        For each hypothesis its references, one or more, in a list: ``[["I", "am"]]`` is one. Not
        every hypothesis needs as many as the others.
    max_order : int
        The longest n-grams that count.

    Returns
    -------
    integer array, shape (S, 2 + 2 max_order)
        Length of the hypothesis, closest length of a reference, matches for n = 1 … max_order,
        n-grams for n = 1 … max_order.

    Raises
    ------
    ValueError
        If there is no hypothesis, the numbers differ, a hypothesis has no reference, a raw string
        or a tensor stands where a sequence of tokens belongs, or `max_order` is below 1.
    """
    _check_sentences("bleu_statistics", hypotheses, references, max_order)
    rows = []
    for hypothesis, refs in zip(hypotheses, references, strict=True):
        pairs = [clipped_matches(hypothesis, refs, n) for n in range(1, max_order + 1)]
        closest = closest_length(len(hypothesis), [len(reference) for reference in refs])
        matches, totals = zip(*pairs, strict=True)
        rows.append([len(hypothesis), closest, *matches, *totals])
    return np.array(rows)


def _check_sentences(
    function: str,
    hypotheses: Sequence[Any],
    references: Sequence[Sequence[Any]],
    max_order: int,
    strings: bool = False,
) -> None:
    """Raise ValueError unless these are token sequences, each with its list of references."""
    _check_order(function, max_order)
    _check_listed(function, "hypotheses", hypotheses, "a list of token sequences")
    _check_listed(function, "references", references, "a list of references for each hypothesis")
    for i, hypothesis in enumerate(hypotheses):
        _check_listed(function, f"hypotheses[{i}]", hypothesis, "a sequence of tokens")
        _check_tokens(function, f"hypotheses[{i}]", hypothesis, strings)
    if len(hypotheses) != len(references) or len(hypotheses) == 0:
        raise ValueError(
            f"{function}: {len(hypotheses)} hypotheses with references for {len(references)}; "
            "give a list of references for each hypothesis, and at least one hypothesis "
            "(sacreBLEU's streams of references are turned round by list(zip(*streams)))"
        )
    for i, refs in enumerate(references):
        _check_listed(function, f"references[{i}]", refs, "a list of references")
        if len(refs) == 0:
            raise ValueError(
                f"{function}: references[{i}] is empty, expected at least one reference; an empty "
                "reference is [[]]"
            )
        for j, reference in enumerate(refs):
            _check_listed(
                function,
                f"references[{i}][{j}]",
                reference,
                "a sequence of tokens",
                "leave an absent reference out"
                if reference is None
                else f"if references[{i}] is the one reference of hypothesis {i}, put it into a "
                "list, as in [[r] for r in references]; a raw sentence has to be cut first",
            )
            _check_tokens(function, f"references[{i}][{j}]", reference, strings)


def _check_listed(function: str, what: str, given: Any, wanted: str, advice: str = "") -> None:
    """Raise ValueError unless `given` is a list, a tuple or an array, and no raw string."""
    if isinstance(given, str | bytes):
        example = str(given).split()[:4] if isinstance(given, str) else []
        advice = advice or f"cut it first, for instance {example or ['I', 'am']}"
        raise ValueError(f"{function}: {what} is the string {given!r}, expected {wanted}; {advice}")
    if not isinstance(given, Sequence) and not (isinstance(given, np.ndarray) and given.ndim):
        if hasattr(given, "tolist"):
            advice = "make a list of it with .tolist()"
        elif hasattr(given, "__iter__"):
            advice = "make a list of it, in which the order counts"
        said = repr(given) if len(repr(given)) < 60 else type(given).__name__
        raise ValueError(
            f"{function}: {what} is {said}, expected {wanted}" + (advice and f"; {advice}")
        )


def _check_tokens(function: str, what: str, tokens: Sequence[Any], strings: bool) -> None:
    """Raise ValueError if a token cannot be counted by its value, or is no string but has to be."""
    for k, token in enumerate(tokens):
        # Lists cannot be counted; of tensors no two are the same, whatever they hold.
        holds = hasattr(token, "tolist") and not isinstance(token, np.generic)
        if holds or isinstance(token, list | set | dict):
            raise ValueError(
                f"{function}: {what}[{k}] is {token!r}, expected a token, a string or a number; "
                + ("call .tolist() first" if holds else "there is one list too many")
            )
        if strings and not isinstance(token, str):
            raise ValueError(
                f"{function}: {what}[{k}] is {token!r}, expected a string, because its characters "
                "are counted; turn ids back into tokens first"
            )


def _check_order(function: str, n: int, name: str = "max_order") -> None:
    """Raise ValueError unless a number of tokens in a row is a whole number, at least 1."""
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise ValueError(f"{function}: {name} is {n!r}, expected a whole number, at least 1")


def _check_references(
    function: str, hypothesis: Sequence[Any], references: Sequence[Sequence[Any]]
) -> None:
    """Raise ValueError unless there is a reference, of tokens if the hypothesis is of tokens."""
    if len(references) == 0 or isinstance(references, str):
        raise ValueError(
            f"{function}: references is {references!r}, expected a list of one or more references"
        )
    if isinstance(references[0], str) and not isinstance(hypothesis, str):
        raise ValueError(
            f"{function}: references[0] is the string {references[0]!r}, expected a sequence of "
            "tokens; put a single reference into a list, as in [reference]"
        )


Counts = npt.NDArray[np.float64]
Smoothing = Callable[[Counts, Counts], tuple[Counts, Counts]]


def smooth_none(matches: Counts, totals: Counts) -> tuple[Counts, Counts]:
    """Leave the counts (..., max_order) as they are: one order without a match makes BLEU 0."""
    return matches, totals


def smooth_floor(matches: Counts, totals: Counts, value: float = 0.1) -> tuple[Counts, Counts]:
    """Put `value` in place of each zero among the matches.

    Chen & Cherry 2014, doi:10.3115/v1/W14-3346, method 1; sacreBLEU's "floor".
    """
    return np.where(matches == 0, value, matches), totals


def smooth_add_k(matches: Counts, totals: Counts, value: float = 1) -> tuple[Counts, Counts]:
    """Add `value` to the matches and to the totals of all n-grams longer than one token.

    Lin & Och 2004, doi:10.3115/1220355.1220427; sacreBLEU's "add-k".
    """
    added = np.where(np.arange(matches.shape[-1]) > 0, value, 0)
    return matches + added, totals + added


def smooth_exp(matches: Counts, totals: Counts) -> tuple[Counts, Counts]:
    """Put 1/2 in place of the first zero among the matches, 1/4 of the second, and so on.

    Method 3 of Chen & Cherry 2014, doi:10.3115/v1/W14-3346, as in mteval-v13a; sacreBLEU's "exp"
    and its default.
    """
    zeros = np.cumsum(matches == 0, axis=-1)
    return np.where(matches == 0, 0.5**zeros, matches), totals


SMOOTHING: dict[str, Smoothing] = {
    "none": smooth_none,
    "floor": smooth_floor,
    "add-k": smooth_add_k,
    "exp": smooth_exp,
}


def bleu_from_statistics(
    statistics: npt.ArrayLike,
    smoothing: str | Smoothing = "none",
    effective_order: bool = False,
) -> Any:
    """Return BLEU of one corpus or of many, from their statistics.

    Parameters
    ----------
    statistics : array, shape (..., 2 + 2 max_order)
        Rows of `bleu_statistics`, or sums of rows; each row is scored by itself.
    smoothing : str or callable
        What to do where no n-gram of some length matches: a name in `SMOOTHING`, or a function as
        those there, from matches and totals (..., max_order) to both. Where no token at all
        matches, BLEU is 0 in any case.
    effective_order : bool
        Whether to leave out n-grams that are longer than the hypothesis. If not, a hypothesis of
        three tokens scores 0, right or wrong.

    Returns
    -------
    float or array, shape (...)
        Between 0 and 100.

    Raises
    ------
    ValueError
        If the name of the smoothing is unknown, the last axis holds no such statistics, or a count
        is negative.

    References
    ----------
    Papineni et al. 2002, doi:10.3115/1073083.1073135; the conventions are those of sacreBLEU
    (Post 2018, doi:10.18653/v1/W18-6319).
    """
    values = np.asarray(statistics, dtype=float)
    _check_statistics(values, smoothing)
    smooth = smoothing if callable(smoothing) else SMOOTHING[smoothing]
    length, reference_length = values[..., 0], values[..., 1]
    matches, totals = np.split(values[..., 2:], 2, axis=-1)  # (..., max_order) each
    hits = matches[..., 0] > 0
    matches, totals = smooth(matches, totals)
    there = totals > 0  # some hypothesis is long enough
    orders = np.fmax(there.sum(axis=-1), 1) if effective_order else totals.shape[-1]
    with np.errstate(divide="ignore"):
        logs = np.log(matches / np.where(there, totals, np.inf))  # log p_n, −∞ for none
    logs = np.where(there | (not effective_order), logs, 0)
    scores = 100 * brevity_penalty(length, reference_length) * np.exp(logs.sum(axis=-1) / orders)
    return np.where(hits, scores, 0)[()]


def _check_statistics(values: npt.NDArray[np.float64], smoothing: str | Smoothing) -> None:
    """Raise ValueError unless the last axis can hold statistics and the smoothing is known."""
    if values.ndim == 0 or values.shape[-1] < 4 or values.shape[-1] % 2:
        raise ValueError(
            f"bleu_from_statistics: got an array of shape {values.shape}, expected "
            "(..., 2 + 2 max_order); pass rows of bleu_statistics, or sums of rows"
        )
    if not (values >= 0).all():
        raise ValueError(
            "bleu_from_statistics: a count is negative or not a number; pass rows of "
            "bleu_statistics, or sums of rows"
        )
    if not callable(smoothing) and smoothing not in SMOOTHING:
        raise ValueError(
            f"bleu_from_statistics: smoothing {smoothing!r} is unknown, expected one of "
            f"{list(SMOOTHING)} or a function"
        )


def corpus_bleu(
    hypotheses: Sequence[Sequence[Any]],
    references: Sequence[Sequence[Sequence[Any]]],
    max_order: int = 4,
    smoothing: str | Smoothing = "none",
    effective_order: bool = False,
) -> float:
    """Return the BLEU of a corpus: counts are summed over all sentences, then scored once.

    Equal to sacreBLEU's ``BLEU(tokenize="none", smooth_method=smoothing, effective_order=…)`` on
    the tokens joined by spaces, if no token is empty or holds a space. Tokens are compared as they
    are: bring Hangul to NFC first (`helpers.text.normalise`), because '한' in one code point and in
    three are different tokens.

    Parameters
    ----------
    hypotheses : sequence of token sequences
        One a sentence.
    references : sequence of sequences of token sequences
        For each hypothesis a list of one or more references.
    max_order, smoothing, effective_order
        As in `bleu_statistics` and `bleu_from_statistics`. The default is Papineni's definition;
        sacreBLEU's own default differs in ``smoothing="exp"``.

    Returns
    -------
    float
        Between 0 and 100.

    Raises
    ------
    ValueError
        As `bleu_statistics` and `bleu_from_statistics`.
    """
    statistics = bleu_statistics(hypotheses, references, max_order)
    return float(bleu_from_statistics(statistics.sum(axis=0), smoothing, effective_order))


def sentence_bleu(
    hypothesis: Sequence[Any],
    references: Sequence[Sequence[Any]],
    max_order: int = 4,
    smoothing: str | Smoothing = "exp",
    effective_order: bool = True,
) -> float:
    """Return the BLEU of one sentence against its references.

    The defaults are those of sacreBLEU's ``sentence_bleu``. Do not average these scores to judge a
    system: the mean is not the corpus's BLEU.

    Parameters
    ----------
    hypothesis : sequence of tokens
    references : sequence of token sequences
        One or more.
    max_order, smoothing, effective_order
        As in `corpus_bleu`.

    Returns
    -------
    float
        Between 0 and 100.

    Raises
    ------
    ValueError
        As `corpus_bleu`.
    """
    return corpus_bleu([hypothesis], [references], max_order, smoothing, effective_order)


def resampled(
    statistics: npt.ArrayLike, resamples: int = 1000, seed: int = 0
) -> npt.NDArray[np.float64]:
    """Return the summed statistics of corpora drawn from one corpus with replacement.

    Parameters
    ----------
    statistics : array, shape (S, K)
        One row a sentence. Arrays of as many rows with the same seed are drawn alike, sentence for
        sentence: that is what makes a test paired.
    resamples : int
        R, how many corpora to draw, each of S sentences.
    seed : int
        Of the draws.

    Returns
    -------
    array, shape (R, K)

    Raises
    ------
    ValueError
        If there are fewer than two sentences, or no corpus is to be drawn.
    """
    _check_resampling("resampled", statistics, resamples=resamples)
    rows = np.asarray(statistics, dtype=float)
    S, rng = len(rows), np.random.default_rng(seed)
    sums = np.empty((resamples, rows.shape[1]))
    for r in range(resamples):
        drawn = np.bincount(rng.integers(S, size=S), minlength=S)  # (S,) how often each is drawn
        sums[r] = drawn @ rows
    return sums


def bleu_interval(
    statistics: npt.ArrayLike, level: float = 0.95, resamples: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """Return a percentile bootstrap interval of a corpus's BLEU.

    Parameters
    ----------
    statistics : array, shape (S, 2 + 2 max_order)
        What `bleu_statistics` returns.
    level : float
        Fraction of the resampled scores that the interval holds.
    resamples, seed : int
        As in `resampled`.

    Returns
    -------
    (float, float)
        Lower and upper end.

    Raises
    ------
    ValueError
        If `level` is not between 0 and 1, there are fewer than two sentences, or no resample.

    References
    ----------
    Koehn 2004, Statistical significance tests for machine translation evaluation, EMNLP.
    """
    _check_resampling("bleu_interval", statistics, level=level, resamples=resamples)
    scores = bleu_from_statistics(resampled(statistics, resamples, seed))  # (R,)
    low, high = np.quantile(scores, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


class PairedBootstrap(NamedTuple):
    """The result of `paired_bootstrap`: first system minus second.

    `difference` of the corpus scores, the ends `low` and `high` of its interval, and `wins`, the
    share of resampled corpora on which the first scores higher (a tie counts one half).
    """

    difference: float
    low: float
    high: float
    wins: float


def paired_bootstrap(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> PairedBootstrap:
    """Compare the BLEU of two systems on the same sentences.

    Parameters
    ----------
    first, second : arrays, shape (S, 2 + 2 max_order)
        What `bleu_statistics` returns for each system, sentence for sentence.
    level, resamples, seed
        As in `bleu_interval`.

    Returns
    -------
    PairedBootstrap

    Raises
    ------
    ValueError
        If the shapes differ, there are fewer than two sentences or no resample, or `level` is not
        between 0 and 1.

    References
    ----------
    Koehn 2004, Statistical significance tests for machine translation evaluation, EMNLP.
    """
    _check_resampling("paired_bootstrap", first, second, level=level, resamples=resamples)
    scores = [
        bleu_from_statistics(resampled(statistics, resamples, seed))  # (R,) the same sentences
        for statistics in (first, second)
    ]
    apart = scores[0] - scores[1]
    whole = [bleu_from_statistics(np.sum(statistics, axis=0)) for statistics in (first, second)]
    low, high = np.quantile(apart, [(1 - level) / 2, (1 + level) / 2])
    wins = (apart > 0).mean() + 0.5 * (apart == 0).mean()
    return PairedBootstrap(float(whole[0] - whole[1]), float(low), float(high), float(wins))


def paired_randomisation(
    first: npt.ArrayLike, second: npt.ArrayLike, trials: int = 10_000, seed: int = 0
) -> float:
    """Return the p-value of a difference in BLEU by approximate randomisation.

    If the two systems were equally good, it would not matter which of them wrote which of the two
    hypotheses. So each sentence's two hypotheses change places at random, many times, and the
    p-value is the share of trials that set the systems at least as far apart as they are.

    Parameters
    ----------
    first, second : arrays, shape (S, 2 + 2 max_order)
        What `bleu_statistics` returns for each system, sentence for sentence.
    trials : int
        How often the hypotheses change places.
    seed : int
        Of the changes.

    Returns
    -------
    float
        (hits + 1) / (trials + 1), in both directions.

    Raises
    ------
    ValueError
        If the shapes differ, or there are fewer than two sentences or no trial.

    References
    ----------
    Riezler & Maxwell 2005, On some pitfalls in automatic evaluation and significance testing for
    MT.
    """
    _check_resampling("paired_randomisation", first, second, resamples=trials)
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    rng = np.random.default_rng(seed)
    hits, seen = 0, abs(bleu_from_statistics(a.sum(axis=0)) - bleu_from_statistics(b.sum(axis=0)))
    for begin in range(0, trials, 500):
        swaps = rng.integers(2, size=(min(500, trials - begin), len(a)))  # 1: changed places
        moved = swaps @ (b - a)
        apart = bleu_from_statistics(a.sum(axis=0) + moved)
        apart = apart - bleu_from_statistics(b.sum(axis=0) - moved)
        hits += int((np.abs(apart) >= seen - 1e-9).sum())  # 1e-9: rounding is no difference
    return (hits + 1) / (trials + 1)


def _check_resampling(
    function: str, *statistics: npt.ArrayLike, level: float = 0.95, resamples: int = 1
) -> None:
    """Raise ValueError unless there are sentences to draw, as many of each system."""
    shapes = [np.shape(rows) for rows in statistics]
    if any(len(shape) != 2 or shape != shapes[0] for shape in shapes) or shapes[0][0] < 2:
        raise ValueError(
            f"{function}: got arrays of shape {' and '.join(map(str, shapes))}, expected "
            "(sentences, 2 + 2 max_order) with at least two sentences, the same for both systems; "
            "pass what bleu_statistics returns"
        )
    if not 0 < level < 1:
        raise ValueError(f"{function}: level is {level}; give a fraction such as 0.95")
    _check_order(function, resamples, "the number of resamples or trials")


# --- chrF ------------------------------------------------------------------------------------


def chrf_statistics(
    hypotheses: Sequence[Sequence[str]],
    references: Sequence[Sequence[Sequence[str]]],
    max_order: int = 6,
) -> npt.NDArray[np.int64]:
    """Return what chrF needs to know of each sentence, spaces left out.

    Parameters
    ----------
    hypotheses, references
        As in `bleu_statistics`; the tokens are joined.
    max_order : int
        The longest character n-grams that count.

    Returns
    -------
    integer array, shape (S, 3, max_order)
        For each n: n-grams of the hypothesis (0 if the reference has none), of the reference, and
        of both. Of several references that with the best F-score is taken.

    Raises
    ------
    ValueError
        As `bleu_statistics`, and if a token is no string.
    """
    _check_sentences("chrf_statistics", hypotheses, references, max_order, strings=True)
    rows = []
    for hypothesis, refs in zip(hypotheses, references, strict=True):
        choices = []
        for reference in refs:
            counts = []
            for n in range(1, max_order + 1):
                h = ngram_counts("".join(hypothesis), n)
                r = ngram_counts("".join(reference), n)
                counts.append((sum(h.values()) * bool(r), sum(r.values()), (h & r).total()))
            choices.append(np.transpose(counts))  # (3, max_order)
        rows.append(max(choices, key=chrf_from_statistics))
    return np.array(rows)


def chrf_from_statistics(statistics: npt.ArrayLike, beta: float = 2) -> float:
    """Return chrF from statistics of one sentence or their sum, shape (3, max_order).

    Parameters
    ----------
    statistics : array, shape (3, max_order)
        N-grams of the hypothesis, of the reference, of both.
    beta : float
        How many times as much recall counts as precision.

    Returns
    -------
    float
        Between 0 and 100.

    Raises
    ------
    ValueError
        If the shape is another.
    """
    _check_chrf(statistics)
    hypothesis, reference, both = np.asarray(statistics, dtype=float)  # (max_order,) each
    there = (hypothesis > 0) & (reference > 0)
    if not both.any():
        return 0.0
    precision = (both[there] / hypothesis[there]).mean()
    recall = (both[there] / reference[there]).mean()
    score = (1 + beta**2) * precision * recall / (beta**2 * precision + recall)
    return float(100 * score)


def _check_chrf(statistics: npt.ArrayLike) -> None:
    """Raise ValueError unless the shape is (3, max_order)."""
    shape = np.shape(statistics)
    if len(shape) != 2 or shape[0] != 3:
        raise ValueError(
            f"chrf_from_statistics: got an array of shape {shape}, expected (3, max_order); pass a "
            "row of chrf_statistics, or a sum of rows"
        )


def chrf(
    hypotheses: Sequence[Sequence[str]],
    references: Sequence[Sequence[Sequence[str]]],
    max_order: int = 6,
    beta: float = 2,
) -> float:
    """Return the chrF of a corpus: the F-score of its character n-grams.

    Equal to sacreBLEU's ``CHRF(char_order=max_order, beta=beta)``, for β = 2 also where a
    sentence has several references.

    Parameters
    ----------
    hypotheses, references
        As in `bleu_statistics`; the tokens are joined, spaces do not count.
    max_order : int
        The longest character n-grams that count.
    beta : float
        How many times as much recall counts as precision.

    Returns
    -------
    float
        Between 0 and 100.

    Raises
    ------
    ValueError
        As `bleu_statistics`.

    References
    ----------
    Popović 2015, doi:10.18653/v1/W15-3049.
    """
    return chrf_from_statistics(chrf_statistics(hypotheses, references, max_order).sum(0), beta)


# --- alignment -------------------------------------------------------------------------------


def hard_alignment(attention_weights: npt.ArrayLike) -> frozenset[tuple[int, int]]:
    """Link each target word with the source word that it looked at most.

    Parameters
    ----------
    attention_weights : array, shape (T, S)
        One distribution over the source for each target word, without rows and columns of padding
        or `</s>`.

    Returns
    -------
    frozenset of (int, int)
        T links (source index, target index); of equal weights the first.

    Raises
    ------
    ValueError
        If the shape is another, the source is empty, or a weight is not a number.
    """
    weights = np.asarray(attention_weights, dtype=float)
    if weights.ndim != 2 or weights.shape[1] == 0 or np.isnan(weights).any():
        raise ValueError(
            f"hard_alignment: got an array of shape {weights.shape}, expected numbers (T, S) with "
            "at least one source word; pass the weights of one pair of sentences"
        )
    return frozenset((int(i), j) for j, i in enumerate(weights.argmax(axis=1)))


def diagonal_alignment(source_length: int, target_length: int) -> frozenset[tuple[int, int]]:
    """Link each target word with the source word at the same place: a baseline that reads nothing.

    The middle of target word j lies (j + ½) / T of the way through its sentence; the link goes to
    the source word there.

    Parameters
    ----------
    source_length, target_length : int
        S and T, in words.

    Returns
    -------
    frozenset of (int, int)
        T links (source index, target index).

    Raises
    ------
    ValueError
        If a length is below one.
    """
    if source_length < 1 or target_length < 1:
        raise ValueError(
            f"diagonal_alignment: the lengths are {source_length} and {target_length}; "
            "each sentence needs at least one word"
        )
    links = ((2 * j + 1) * source_length // (2 * target_length) for j in range(target_length))
    return frozenset((i, j) for j, i in enumerate(links))


def alignment_error_rate(
    alignments: Sequence[Collection[tuple[int, int]]],
    sure: Sequence[Collection[tuple[int, int]]],
    possible: Sequence[Collection[tuple[int, int]]] | None = None,
) -> float:
    """Return the alignment error rate of a corpus; 0 is perfect.

    AER = 1 − (|A ∩ S| + |A ∩ P|) / (|A| + |S|), with the links A that were found, the sure links S
    that should be found and the possible links P that may be. The counts are summed over all
    sentences first. Without further possible links it is 1 − F₁ of the links.

    Parameters
    ----------
    alignments : sequence of collections of (int, int)
        A: for each pair of sentences the links (source index, target index).
    sure : sequence of collections of (int, int)
        S: the gold links, for instance `Pair.alignment` of `helpers.corpora.korean_english`.
    possible : sequence of collections of (int, int), optional
        P: links that are no mistake. Sure links are possible, whether listed here or not.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ValueError
        If the numbers of sentences differ, there is no link at all, or a link is no pair.

    References
    ----------
    Och & Ney 2003, A systematic comparison of various statistical alignment models, Computational
    Linguistics 29(1).
    """
    sides = [alignments, sure, sure if possible is None else possible]
    if len({len(side) for side in sides}) > 1:
        raise ValueError(
            f"alignment_error_rate: {len(alignments)} alignments, but links of {len(sides[1])} "
            f"(sure) and {len(sides[2])} (possible) sentences; give one set for each sentence"
        )
    if not all(isinstance(link, tuple) and len(link) == 2 for s in sides for c in s for link in c):
        raise ValueError(
            "alignment_error_rate: a link is no pair (source index, target index); "
            "give a list of sets of pairs, one set for each sentence"
        )
    hits = links = 0
    for found, s, p in zip(*(map(frozenset, side) for side in sides), strict=True):
        hits += len(found & s) + len(found & (s | p))
        links += len(found) + len(s)
    if links == 0:
        raise ValueError("alignment_error_rate: there is no link at all; the rate is undefined")
    return 1 - hits / links
