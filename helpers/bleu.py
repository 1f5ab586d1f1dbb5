"""BLEU as lesson 10 builds it, its interval and a paired test.

A corpus is a list of hypotheses and, for each, a list of one or more references; a sentence is a
list of tokens. Scores, from 0 to 100, equal sacreBLEU's, and a test says so. Tokens are compared as
they are: bring Hangul to NFC first (`helpers.text.normalise`), because '한' in one code point and
in three are different tokens. A wrong argument raises ValueError with advice.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Tokens: TypeAlias = Sequence[Any]
References: TypeAlias = Sequence[Sequence[Tokens]]
Counts: TypeAlias = npt.NDArray[np.float64]
Smoothing: TypeAlias = Callable[[Counts, Counts], tuple[Counts, Counts]]


def ngram_counts(tokens: Tokens, n: int) -> Counter[tuple[Any, ...]]:
    """Count the n-grams of a sequence, each a tuple; a string is a sequence of characters."""
    _check_whole("ngram_counts", n, "n")
    return Counter(zip(*(tokens[i:] for i in range(n)), strict=False))


def clipped_matches(hypothesis: Tokens, references: Sequence[Tokens], n: int) -> tuple[int, int]:
    """Return how many n-grams of a hypothesis are in a reference, and how many it has.

    An n-gram counts at most as often as in the reference that has it most often (Papineni et al.
    2002, doi:10.3115/1073083.1073135, section 2.1.1).
    """
    _check_references("clipped_matches", hypothesis, references)
    counts, allowed = ngram_counts(hypothesis, n), ngram_counts(references[0], n)
    for reference in references[1:]:
        allowed |= ngram_counts(reference, n)  # the larger count of each n-gram
    matches = sum([min(count, allowed[gram]) for gram, count in counts.items() if gram in allowed])
    return matches, sum(counts.values())


def closest_length(length: int, reference_lengths: Sequence[int]) -> int:
    """Return the reference length that is nearest to a hypothesis's; of two, the shorter.

    That the shorter one wins is the custom of the NIST script mteval-v13a and of sacreBLEU.
    """
    if len(reference_lengths) == 0:
        raise ValueError(
            "closest_length: reference_lengths is empty, expected at least one reference's length"
        )
    return min(reference_lengths, key=lambda other: (abs(other - length), other))


def brevity_penalty(length: npt.ArrayLike, reference_length: npt.ArrayLike) -> Any:
    """Return the factor by which BLEU punishes short hypotheses: exp(1 − r/c), and 1 if c ≥ r.

    `length` c and `reference_length` r are the tokens of all hypotheses together and of their
    closest references, or arrays of such numbers. For c = 0 the factor is 0, if r > 0.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.divide(reference_length, length)  # r / c
    return np.exp(1 - np.fmax(ratio, 1))


def bleu_statistics(
    hypotheses: Sequence[Tokens], references: References, max_order: int = 4
) -> npt.NDArray[np.int64]:
    """Return what BLEU needs to know of each of S sentences, (S, 2 + 2 max_order).

    A row holds the length of the hypothesis, the closest length of a reference, the matches for
    n = 1 … max_order and the n-grams for n = 1 … max_order. Sums of rows are the statistics of a
    corpus, so thousands of corpora can be drawn from one without counting again. `references` has a
    list for each hypothesis, ``[["I", "am"]]`` for one reference; a hypothesis may be empty.
    """
    _check_corpus("bleu_statistics", hypotheses, references, max_order)
    rows = []
    for hypothesis, refs in zip(hypotheses, references, strict=True):
        pairs = [clipped_matches(hypothesis, refs, n) for n in range(1, max_order + 1)]
        closest = closest_length(len(hypothesis), [len(reference) for reference in refs])
        matches, totals = zip(*pairs, strict=True)
        rows.append([len(hypothesis), closest, *matches, *totals])
    return np.array(rows)


def smooth_none(matches: Counts, totals: Counts) -> tuple[Counts, Counts]:
    """Leave the counts (..., max_order) as they are: one order without a match makes BLEU 0."""
    return matches, totals


def smooth_floor(matches: Counts, totals: Counts, value: float = 0.1) -> tuple[Counts, Counts]:
    """Put `value` in place of each zero among the matches (Chen & Cherry's method 1)."""
    return np.where(matches == 0, value, matches), totals


def smooth_add_k(matches: Counts, totals: Counts, value: float = 1) -> tuple[Counts, Counts]:
    """Add `value` to matches and totals of all n-grams longer than one token (Lin & Och 2004)."""
    added = np.where(np.arange(matches.shape[-1]) > 0, value, 0)
    return matches + added, totals + added


def smooth_exp(matches: Counts, totals: Counts) -> tuple[Counts, Counts]:
    """Put 1/2 in place of the first zero among the matches, 1/4 of the second, and so on.

    Method 3 of Chen & Cherry 2014, doi:10.3115/v1/W14-3346, and sacreBLEU's default.
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
    statistics: npt.ArrayLike, smoothing: str | Smoothing = "none", effective_order: bool = False
) -> Any:
    """Return BLEU of one corpus or of many, following Papineni et al. 2002 and sacreBLEU.

    `statistics` (..., 2 + 2 max_order) are rows of `bleu_statistics`, or sums of rows; each is
    scored by itself. `smoothing`, for orders without a match, is a name in `SMOOTHING` or such a
    function; where no single token matches, BLEU is 0 in any case. `effective_order` leaves out
    n-grams that are longer than the hypothesis; otherwise one of three tokens scores 0, right or
    wrong.
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


def corpus_bleu(
    hypotheses: Sequence[Tokens],
    references: References,
    max_order: int = 4,
    smoothing: str | Smoothing = "none",
    effective_order: bool = False,
) -> float:
    """Return the BLEU of a corpus: counts are summed over all sentences, then scored once.

    The arguments are those of `bleu_statistics` and `bleu_from_statistics`. The defaults are
    Papineni's definition; sacreBLEU's own default differs in ``smoothing="exp"``.
    """
    statistics = bleu_statistics(hypotheses, references, max_order)
    return float(bleu_from_statistics(statistics.sum(axis=0), smoothing, effective_order))


def sentence_bleu(
    hypothesis: Tokens,
    references: Sequence[Tokens],
    max_order: int = 4,
    smoothing: str | Smoothing = "exp",
    effective_order: bool = True,
) -> float:
    """Return the BLEU of one sentence, with the defaults of sacreBLEU's ``sentence_bleu``.

    Do not average these scores to judge a system: the mean is not the corpus's BLEU.
    """
    return corpus_bleu([hypothesis], [references], max_order, smoothing, effective_order)


def signature(
    references: References,
    smoothing: str = "none",
    effective_order: bool = False,
    case: str = "mixed",
    tokeniser: str = "none",
) -> str:
    """Say how a score was made, in sacreBLEU's words; a score without it compares with nothing.

    For instance ``nrefs:1|case:mixed|eff:no|tok:none|smooth:none``: the references of a hypothesis,
    whether case was kept (``mixed``) or not (``lc``), whether the order was effective, what cut the
    sentences into tokens, and the smoothing.
    """
    numbers = {len(refs) for refs in references}
    several = numbers.pop() if len(numbers) == 1 else "var"
    effective = "yes" if effective_order else "no"
    return f"nrefs:{several}|case:{case}|eff:{effective}|tok:{tokeniser}|smooth:{smoothing}"


def resampled(
    statistics: npt.ArrayLike, resamples: int = 1000, seed: int = 0
) -> npt.NDArray[np.float64]:
    """Return the summed statistics (R, K) of R corpora drawn from one of S sentences, (S, K).

    Each holds S sentences, drawn with replacement. Arrays of as many rows with the same `seed` are
    drawn alike, sentence for sentence: that is what makes a test paired.
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
    """Return both ends of a percentile bootstrap interval of a corpus's BLEU (Koehn 2004).

    `statistics` (S, 2 + 2 max_order) are those of `bleu_statistics`; `level` is the fraction of the
    resampled scores that the interval holds.
    """
    _check_resampling("bleu_interval", statistics, level=level, resamples=resamples)
    scores = bleu_from_statistics(resampled(statistics, resamples, seed))  # (R,)
    low, high = np.quantile(scores, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def randomisation_p(
    first: npt.NDArray[Any], second: npt.NDArray[Any], swaps: npt.NDArray[np.bool_]
) -> float:
    """Return the p-value of the difference in BLEU of two systems on the same S sentences.

    That is approximate randomisation (Riezler & Maxwell 2005): in each of R trials the systems
    change places in the sentences where a row of `swaps`, (R, S), is True. The p-value is the
    share of the trials, the one without a swap among them, in which the scores are at least as far
    apart as without a swap. `first` and `second`, (S, 2 + 2 max_order), are of `bleu_statistics`.
    """
    _check_resampling("randomisation_p", first, second)
    seen = abs(bleu_from_statistics(first.sum(axis=0)) - bleu_from_statistics(second.sum(axis=0)))
    hits = 0
    for swap in swaps:  # (S,)
        a = np.where(swap[:, None], second, first).sum(axis=0)
        b = np.where(swap[:, None], first, second).sum(axis=0)
        hits += abs(bleu_from_statistics(a) - bleu_from_statistics(b)) >= seen - 1e-9
    return float((hits + 1) / (len(swaps) + 1))


def chrf(
    hypotheses: Sequence[Sequence[str]], references: Sequence[Sequence[Sequence[str]]]
) -> float:
    """Return sacreBLEU's chrF (Popović 2015): the F-score of the character n-grams of a corpus.

    Spaces between tokens do not count, so Korean need not be cut the same way.
    """
    from sacrebleu.metrics import CHRF  # takes a moment to import

    _check_corpus("chrf", hypotheses, references, 1, strings=True)
    streams: list[Any] = [
        [None if reference is None else "".join(reference) for reference in stream]
        for stream in itertools.zip_longest(*references)  # None where one has fewer than others
    ]
    return float(CHRF().corpus_score(["".join(tokens) for tokens in hypotheses], streams).score)


def _check_corpus(
    function: str, hypotheses: Any, references: Any, max_order: int, strings: bool = False
) -> None:
    """Raise ValueError unless these are token sequences, each with its list of references."""
    _check_whole(function, max_order, "max_order")
    _check_listed(function, "hypotheses", hypotheses, "a list of token sequences")
    _check_listed(function, "references", references, "a list of references for each hypothesis")
    for i, hypothesis in enumerate(hypotheses):
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
        advice = (
            f"if references[{i}] is the one reference of hypothesis {i}, put it into a list, as in "
            "[[r] for r in references]; a raw sentence has to be cut first"
        )
        for j, reference in enumerate(refs):
            absent = "leave an absent reference out" if reference is None else advice
            _check_tokens(function, f"references[{i}][{j}]", reference, strings, absent)


def _check_listed(function: str, what: str, given: Any, wanted: str, advice: str = "") -> None:
    """Raise ValueError unless `given` is a list, a tuple or an array, and no raw string."""
    if isinstance(given, str | bytes):
        example = str(given).split()[:4] if isinstance(given, str) else []
        advice = advice or f"cut it first, for instance {example or ['I', 'am']}"
    elif isinstance(given, Sequence) or (isinstance(given, np.ndarray) and given.ndim):
        return
    elif hasattr(given, "tolist"):
        advice = "make a list of it with .tolist()"
    elif hasattr(given, "__iter__"):
        advice = "make a list of it, in which the order counts"
    kind = "the string " if isinstance(given, str | bytes) else ""
    said = repr(given) if kind or len(repr(given)) < 60 else type(given).__name__
    raise ValueError(
        f"{function}: {what} is {kind}{said}, expected {wanted}" + (advice and f"; {advice}")
    )


def _check_tokens(
    function: str, what: str, tokens: Any, strings: bool = False, advice: str = ""
) -> None:
    """Raise ValueError if a token cannot be counted by its value, or is no string but has to be."""
    _check_listed(function, what, tokens, "a sequence of tokens", advice)
    for k, token in enumerate(tokens):
        # Lists cannot be counted; of tensors no two are the same, whatever they hold.
        holds = hasattr(token, "tolist") and not isinstance(token, np.generic)
        if holds or isinstance(token, list | set | dict):
            wanted, advice = "a token, a string or a number", "there is one list too many"
            advice = "call .tolist() first" if holds else advice
        elif strings and not isinstance(token, str):
            wanted, advice = "a string", "turn ids back into tokens first"
        else:
            continue
        raise ValueError(f"{function}: {what}[{k}] is {token!r}, expected {wanted}; {advice}")


def _check_references(function: str, hypothesis: Any, references: Any) -> None:
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


def _check_whole(function: str, n: Any, name: str) -> None:
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise ValueError(f"{function}: {name} is {n!r}, expected a whole number, at least 1")


def _check_statistics(values: npt.NDArray[np.float64], smoothing: str | Smoothing) -> None:
    if values.ndim == 0 or values.shape[-1] < 4 or values.shape[-1] % 2 or not (values >= 0).all():
        raise ValueError(
            f"bleu_from_statistics: got an array of shape {values.shape}, expected counts, none "
            "negative or NaN, (..., 2 + 2 max_order); pass rows of bleu_statistics, or sums of rows"
        )
    if not callable(smoothing) and smoothing not in SMOOTHING:
        raise ValueError(
            f"bleu_from_statistics: smoothing {smoothing!r} is unknown, expected one of "
            f"{list(SMOOTHING)} or a function"
        )


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
    _check_whole(function, resamples, "the number of resamples")
