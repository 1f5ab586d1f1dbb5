"""The exercises of lesson 14, Capstone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
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
Pair = Sequence[str]

# --- 14.1 · The same seeds -----------------------------------------------------------------------


def paired_interval(first: Array, second: Array, quantile: float) -> tuple[float, float, float]:
    """Mean difference over the seeds, and the two ends of its interval."""
    d = first - second
    half = quantile * d.std(ddof=1) / np.sqrt(len(d))
    return d.mean(), d.mean() - half, d.mean() + half


def _interval_probes(rng: np.random.Generator) -> list[Probe]:
    def one(n: int, quantile: float) -> tuple[Array, Array, float]:
        common = rng.normal(70, 6, size=n)  # a hard seed is hard for both
        return common + rng.normal(2, 1, size=n), common + rng.normal(0, 1, size=n), quantile

    example = np.array([70.0, 74, 72, 71, 73]), np.array([69.0, 70, 71, 68, 70])
    return [
        Probe((*example, 2.776), label="the example"),
        Probe(one(7, 2.447)),
        Probe(one(12, 1.796), label="another level"),
        Probe(one(3, 4.303), label="three seeds"),
        Probe((example[1], example[0] - 9.5, 2.776), label="the first one far ahead"),
    ]


def _interval_statistics(first: Array, second: Array, quantile: float) -> Any:
    import statistics

    apart = [float(a) - float(b) for a, b in zip(first, second, strict=True)]
    centre = statistics.fmean(apart)
    half = quantile * statistics.stdev(apart) / math.sqrt(len(apart))
    return centre, centre - half, centre + half


def _interval_torch(first: Array, second: Array, quantile: float) -> Any:
    import torch

    apart = torch.tensor(first) - torch.tensor(second)
    half = quantile * apart.std() / len(apart) ** 0.5
    return apart.mean(), apart.mean() - half, apart.mean() + half


def _interval_with(half: Any) -> Any:
    def answer(first: Array, second: Array, quantile: float) -> tuple[float, float, float]:
        centre, width = (first - second).mean(), half(first, second, quantile)
        return centre, centre - width, centre + width

    return answer


def _half_returned(first: Array, second: Array, quantile: float) -> tuple[float, float, float]:
    mean, _, high = paired_interval(first, second, quantile)
    return mean, mean - high, high - mean


register(
    CodeExercise(
        name="capstone.paired_interval",
        title="The same seeds",
        points=2,
        reference=paired_interval,
        probes=_interval_probes,
        oracle=_interval_statistics,
        equivalents={"torch": _interval_torch, "statistics": _interval_statistics},
        outputs=("mean", "low", "high"),
        mistakes=[
            Mistake(
                "unpaired",
                "This is the interval for two groups that have nothing to do with one another: "
                "both spreads are in it. Here each seed gives a pair, so take the differences "
                "first and then their spread.",
                _interval_with(
                    lambda a, b, q: q * np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(a))
                ),
            ),
            Mistake(
                "divided_by_n",
                "Your standard deviation divides by n. From a sample it divides by n − 1: "
                "`ddof=1`.",
                _interval_with(lambda a, b, q: q * (a - b).std() / np.sqrt(len(a))),
            ),
            Mistake(
                "no_root",
                "This interval would hold single seeds. That of a mean is narrower: divide by √n.",
                _interval_with(lambda a, b, q: q * (a - b).std(ddof=1)),
            ),
            Mistake(
                "divided_twice",
                "You divided by n. The mean of n seeds spreads by 1/√n, not by 1/n.",
                _interval_with(lambda a, b, q: q * (a - b).std(ddof=1) / len(a)),
            ),
            Mistake(
                "normal",
                "You took 1.96, the normal distribution's. With few seeds the spread itself is "
                "uncertain, and Student's quantile, which is given, is larger.",
                _interval_with(lambda a, b, q: 1.96 * (a - b).std(ddof=1) / np.sqrt(len(a))),
            ),
            Mistake(
                "swapped",
                "The sign is the other way round: first minus second, so that a gain of the first "
                "is positive.",
                lambda a, b, q: paired_interval(b, a, q),
            ),
            Mistake(
                "variance",
                "You took the variance for the standard deviation: its root is missing.",
                _interval_with(lambda a, b, q: q * (a - b).var(ddof=1) / np.sqrt(len(a))),
            ),
            Mistake(
                "one_less_twice",
                "You took n − 1 twice. It belongs in the standard deviation (`ddof=1`); the mean "
                "spreads by s/√n.",
                _interval_with(lambda a, b, q: q * (a - b).std(ddof=1) / np.sqrt(len(a) - 1)),
            ),
            Mistake(
                "quantile_fixed",
                "2.776 belongs to five seeds. With other numbers of seeds it is another: take "
                "`quantile`.",
                lambda a, b, q: paired_interval(a, b, 2.776),
            ),
            Mistake(
                "five_fixed",
                "You divided by √5. The number of seeds is `len(first)`; it is five in the example "
                "only.",
                _interval_with(lambda a, b, q: q * (a - b).std(ddof=1) / np.sqrt(5)),
            ),
            Mistake(
                "half_returned",
                "You returned half the width. Wanted are the two ends: the mean minus and plus it.",
                _half_returned,
            ),
        ],
        hints=[
            "What both models owe to the seed falls out of the difference.",
            "Two arrays of shape (n,) go in, and three numbers come out.",
            "Subtract first; then mean and standard deviation (`ddof=1`) of the differences.",
            "`half = quantile * d.std(ddof=1) / np.sqrt(len(d))`",
        ],
        solved="Where a seed is hard for both, the difference does not notice. Two kinds of model "
        "share no weights, so pairing them need not gain anything: there the course takes Welch's "
        "interval.",
    )
)


# --- 14.2 · As wide as allowed -------------------------------------------------------------------


def widest(most: int, square: int, linear: int, constant: int, step: int) -> int:
    """The largest multiple of `step` with which a model has no more than `most` parameters."""
    width = 0
    while True:
        wider = width + step
        if square * wider**2 + linear * wider + constant > most:
            return width
        width = wider


def _widest_probes(rng: np.random.Generator) -> list[Probe]:
    def one(step: int, width: int, over: int) -> tuple[int, ...]:
        square, linear, constant = (int(n) for n in rng.integers(5, 60, size=3))
        linear *= 40
        constant *= 30
        return (
            square * width**2 + linear * width + constant + over,
            square,
            linear,
            constant,
            step,
        )

    return [
        Probe((200_000, 40, 2000, 1000, 4), label="the example"),
        Probe(one(4, 60, 0), label="reached exactly"),
        Probe(one(4, 60, -1), label="missed by one"),
        Probe(one(6, 101, 5), label="a width between two steps"),
        Probe(one(2, 33, 17)),
        Probe(one(1, 45, 3), label="step 1"),
        Probe(one(8, 95, 11)),
        Probe((50, 20, 30, 10, 4), label="nothing fits"),
        Probe((5, 20, 30, 10, 4), label="fewer allowed than the constant alone"),
    ]


def _widest_root(most: int, square: int, linear: int, constant: int, step: int) -> int:
    inside = linear**2 + 4 * square * (most - constant)
    width = (math.isqrt(inside) - linear) // (2 * square)
    return max(width // step * step, 0)


def _widest_list(most: int, square: int, linear: int, constant: int, step: int) -> int:
    widths = np.arange(0, 2000, step)
    return int(widths[square * widths**2 + linear * widths + constant <= most].max(initial=0))


def _widest_bisect(most: int, square: int, linear: int, constant: int, step: int) -> int:
    import bisect

    steps = range(1, 2000)
    fitting = bisect.bisect_right(
        steps, most, key=lambda k: square * (k * step) ** 2 + linear * k * step + constant
    )
    return fitting * step


def _size(width: float, square: int, linear: int, constant: int) -> float:
    return square * width**2 + linear * width + constant


def _first_too_wide(most: int, square: int, linear: int, constant: int, step: int) -> int:
    return widest(most, square, linear, constant, step) + step


def _strictly_less(most: int, square: int, linear: int, constant: int, step: int) -> int:
    return widest(most - 1, square, linear, constant, step)


def _nearest(most: int, square: int, linear: int, constant: int, step: int) -> int:
    below = widest(most, square, linear, constant, step)
    gaps = [abs(most - _size(w, square, linear, constant)) for w in (below, below + step)]
    return below + step * (gaps[1] < gaps[0])


def _rounded(most: int, square: int, linear: int, constant: int, step: int) -> int:
    inside = linear**2 + 4 * square * (most - constant)
    return step * round((math.sqrt(inside) - linear) / (2 * square) / step)


register(
    CodeExercise(
        name="capstone.widest",
        title="As wide as allowed",
        points=2,
        reference=widest,
        probes=_widest_probes,
        oracle=_widest_root,
        equivalents={"root": _widest_root, "list": _widest_list, "bisect": _widest_bisect},
        outputs=("width",),
        mistakes=[
            Mistake(
                "first_too_wide",
                "This is the first width that has too many parameters. Go one step back.",
                _first_too_wide,
            ),
            Mistake(
                "strictly_less",
                "A model with exactly `most` parameters is allowed, too.",
                _strictly_less,
            ),
            Mistake(
                "nearest",
                "This is the width whose size comes nearest, and it may have more parameters than "
                "the other model. A comparison at equal size gives nobody the advantage of more.",
                _nearest,
            ),
            Mistake(
                "any_width",
                "This width is no multiple of `step`. Heads have to divide it.",
                lambda most, a, b, c, step: widest(most, a, b, c, 1),
            ),
            Mistake(
                "no_embeddings",
                "You counted the square term alone. In small models most parameters are in the "
                "embeddings, which grow with the width itself.",
                lambda most, a, b, c, step: _widest_root(most, a, 0, 0, step),
            ),
            Mistake(
                "no_constant",
                "You left out the parameters that do not grow with the width, such as the "
                "output's biases.",
                lambda most, a, b, c, step: widest(most, a, b, 0, step),
            ),
            Mistake(
                "count_of_steps",
                "This is how many steps fit. The width is `step` times as much.",
                lambda most, a, b, c, step: widest(most, a, b, c, step) // step,
            ),
            Mistake(
                "rounded",
                "You rounded to the nearest multiple of `step`. Where that is upwards, the model "
                "has too many parameters: round down.",
                _rounded,
            ),
            Mistake(
                "one_step_at_least",
                "Where not even one step fits, 0 is wanted.",
                lambda most, a, b, c, step: max(step, widest(most, a, b, c, step)),
            ),
        ],
        hints=[
            "The number of parameters grows with the width, so you can walk upwards until it is "
            "too large.",
            "Whole numbers go in, and one comes out. A model of width w has "
            "`square * w**2 + linear * w + constant` parameters.",
            "Begin at 0. As long as the next multiple of `step` still fits, take it.",
            "`if square * wider**2 + linear * wider + constant > most: return width`",
        ],
        solved="The Transformer of this lesson is narrower than the LSTMs and as large: its two "
        "layers have more matrices of d × d.",
    )
)


# --- 14.3 · What decoding must keep --------------------------------------------------------------


def _cache_by_torch() -> int:
    """Count the numbers in the state and memory of a Transformer that keeps keys and values."""
    import torch

    from helpers.transformer import CachedTransformer, Transformer

    model = CachedTransformer(Transformer(20, 20, d_model=64, heads=8, layers=3, d_ff=128))
    source = torch.full((1, 12), 5)
    with torch.no_grad():
        memory, state = model.begin(source, torch.ones_like(source).bool())
        for _ in range(9):
            _, state, _ = model.step(torch.tensor([4]), state, memory)
    return sum(part.numel() for part in (memory.keys, memory.values, *state))


register(
    ValueExercise(
        name="capstone.cache",
        title="What decoding must keep",
        points=1,
        answer=8064,
        oracle=_cache_by_torch,
        mistakes=[
            Mistake(
                "keys_alone",
                "There is a value beside each key: twice as many.",
                4032,
            ),
            Mistake(
                "target_alone",
                "These are the keys and values of the words written. Those of the source are kept "
                "as well.",
                3456,
            ),
            Mistake(
                "source_alone",
                "These are the keys and values of the source. Those of the words written so far "
                "are kept as well.",
                4608,
            ),
            Mistake(
                "one_layer",
                "This is one layer. Each of the three makes keys and values of its own.",
                2688,
            ),
            Mistake(
                "times_heads",
                "The heads share the 64 numbers among them, 8 each: do not multiply by 8.",
                64_512,
            ),
            Mistake(
                "one_head",
                "This is one head of eight. All of them together have 64 numbers a key.",
                1008,
            ),
            Mistake(
                "queries_too",
                "Queries are used once, by the step that makes them. They need not be kept.",
                12_096,
            ),
            Mistake(
                "product",
                "You multiplied 12 by 9. That is the number of attention weights of a head; keys "
                "and values are kept once for each token, so add.",
                41_472,
            ),
            Mistake(
                "encoder_too",
                "You counted the encoder's own keys and values as well. It has read everything, "
                "and the next word needs them no more. What is kept of the source are the keys and "
                "values that the decoder's layers make of it.",
                12_672,
            ),
            Mistake(
                "six_layers",
                "You counted six layers. Only the decoder's three look at anything when the next "
                "word is written.",
                16_128,
            ),
        ],
        hints=[
            "A decoder layer looks at two things, at the source and at the words so far. For "
            "each token of both it keeps a key and a value.",
            "One key has d_model numbers, all heads together, and so has one value.",
            "Layers, times two, times width, times tokens.",
            "`3 * 2 * 64 * (12 + 9)`",
        ],
        solved="It grows with every word. The LSTM's state does not: that is what recurrence is "
        "still good for.",
    )
)


# --- 14.4 · A word is missing --------------------------------------------------------------------


def without_word(
    words: Sequence[str], alignment: Sequence[tuple[int, int]], lost: int
) -> tuple[list[str], list[tuple[int, int]]]:
    """The sentence without one word, and the links of what is left, with their new numbers."""
    left = [word for i, word in enumerate(words) if i != lost]
    links = [(i - (i > lost), j) for i, j in alignment if i != lost]
    return left, links


def _word_probes(rng: np.random.Generator) -> list[Probe]:
    def one(S: int, T: int, lost: int) -> tuple[Any, ...]:
        words = [f"w{n}" for n in rng.integers(0, 9, size=S)]
        dense = rng.random((S, T)) < 0.45
        dense[lost, 0] = True
        return words, [(int(i), int(j)) for i, j in zip(*dense.nonzero(), strict=True)], lost

    student = ["나", "는", "학생", "이다"], [(0, 0), (2, 3), (3, 1)]
    return [
        Probe((*student, 2), label="the example"),
        Probe((*student, 0), label="the first word"),
        Probe((*student, 3), label="the last word"),
        Probe((*student, 1), label="a word without a link"),
        Probe(one(6, 4, 2)),
        Probe(one(5, 7, 3)),
        Probe(
            (["비", "눈", "비", "곰"], [(0, 2), (1, 1), (2, 0), (3, 1)], 2),
            label="a word that is repeated",
        ),
        Probe(
            (["비", "눈", "곰"], [(2, 0), (0, 1), (1, 2), (0, 0)], 1),
            label="links that are not sorted",
        ),
    ]


def _word_numpy(words: Sequence[str], alignment: Sequence[tuple[int, int]], lost: int) -> Any:
    links = np.array(alignment)
    links = links[links[:, 0] != lost]
    links[:, 0] -= links[:, 0] > lost
    left = np.delete(np.array(words, dtype=object), lost).tolist()
    return left, [tuple(link) for link in links.tolist()]


def _word_sorted(words: Sequence[str], alignment: Sequence[tuple[int, int]], lost: int) -> Any:
    left, links = without_word(words, alignment, lost)
    return left, sorted(links)


def _word_mapping(words: Sequence[str], alignment: Sequence[tuple[int, int]], lost: int) -> Any:
    places = [i for i in range(len(words)) if i != lost]
    number = {old: new for new, old in enumerate(places)}
    return [words[i] for i in places], [(number[i], j) for i, j in alignment if i in number]


def _word_with(link: Any, keep: Any = lambda i, j, lost: i != lost) -> Any:
    def answer(words: Sequence[str], alignment: Sequence[tuple[int, int]], lost: int) -> Any:
        left = [word for i, word in enumerate(words) if i != lost]
        return left, [link(i, j, lost) for i, j in alignment if keep(i, j, lost)]

    return answer


def _all_alike(words: Sequence[str], alignment: Sequence[tuple[int, int]], lost: int) -> Any:
    left = [word for word in words if word != words[lost]]
    return left, without_word(words, alignment, lost)[1]


def _first_alike(words: Sequence[str], alignment: Sequence[tuple[int, int]], lost: int) -> Any:
    left = list(words)
    left.remove(words[lost])
    return left, without_word(words, alignment, lost)[1]


register(
    CodeExercise(
        name="capstone.without_word",
        title="A word is missing",
        points=2,
        reference=without_word,
        probes=_word_probes,
        oracle=_word_numpy,
        equivalents={"numpy": _word_numpy, "mapping": _word_mapping},
        outputs=("words", "alignment"),
        mistakes=[
            Mistake(
                "sorted_links",
                "You sorted the links. They are to stay in their old order.",
                _word_sorted,
            ),
            Mistake(
                "old_numbers",
                "The words behind the gap have moved up by one, but your links still give their "
                "old places.",
                _word_with(lambda i, j, lost: (i, j)),
            ),
            Mistake(
                "link_kept",
                "A link of the lost word is still there. It has no source any more: leave it out.",
                _word_with(lambda i, j, lost: (i - (i > lost), j), lambda i, j, lost: True),
            ),
            Mistake(
                "all_moved",
                "You moved every link. The words before the gap stay where they are.",
                _word_with(lambda i, j, lost: (i - 1, j)),
            ),
            Mistake(
                "before_moved",
                "You moved the links before the gap. Those behind it move.",
                _word_with(lambda i, j, lost: (i - (i < lost), j)),
            ),
            Mistake(
                "target_moved",
                "You renumbered the target's side. The gap is in the source; the translation is "
                "whole.",
                _word_with(lambda i, j, lost: (i, j - (j > lost))),
            ),
            Mistake(
                "both_moved",
                "The source's side is right, but you renumbered the target's as well. The "
                "translation is whole.",
                _word_with(lambda i, j, lost: (i - (i > lost), j - (j > lost))),
            ),
            Mistake(
                "all_alike",
                "You left out every word that looks like the lost one. Compare places, not words.",
                _all_alike,
            ),
            Mistake(
                "by_target",
                "You left out the links whose second number is `lost`. The first one counts the "
                "source's words.",
                _word_with(
                    lambda i, j, lost: (i - (i > lost), j),
                    lambda i, j, lost: j != lost,
                ),
            ),
            Mistake(
                "alignment_whole",
                "The words are right, but the alignment is as it was. The lost word's links have "
                "to go, and the words behind the gap have moved up by one.",
                lambda words, alignment, lost: (
                    [word for i, word in enumerate(words) if i != lost],
                    list(alignment),
                ),
            ),
            Mistake(
                "words_whole",
                "The links are right, but the lost word is still among the words.",
                lambda words, alignment, lost: (
                    list(words),
                    without_word(words, alignment, lost)[1],
                ),
            ),
            Mistake(
                "first_alike",
                "You left out the first word that looks like the lost one, as `list.remove` does. "
                "Compare places, not words.",
                _first_alike,
            ),
        ],
        hints=[
            "What happens to the places of the words behind a gap?",
            "A list of words, a list of links (source, target), both counted from 0, and a place.",
            "Leave out one word. Leave out its links. In the other links count the source one "
            "lower if it stood behind the gap.",
            "`(i - (i > lost), j)`",
        ],
        survivors={"6: i > lost → i >= lost": "where i is `lost` the link is left out anyway"},
        solved="Each time a corpus is changed, its annotation has to change with it. A wrong link "
        "raises no error. It only makes a measurement wrong.",
    )
)


# --- 14.5 · Which one should they use? (open) ----------------------------------------------------

register(
    OpenExercise(
        name="capstone.recommend",
        title="Which one should they use?",
        points=4,
        rubric=[
            "Names one model, and rests the choice on figures of the record that fit the case: few "
            "pairs, or long sentences, or speed, or memory.",
            "Names what speaks against it, with a figure, too.",
            "Says what the record does not tell about the case (other languages, more data, "
            "larger models), instead of stretching it.",
            "Proposes one measurement on the customer's own data that could overturn the advice, "
            "with a held-out part, several seeds and an interval.",
        ],
    )
)


# --- 14.6 · Find the bugs: a test that was seen --------------------------------------------------


def given_split(pairs: Sequence[Pair], k: int) -> tuple[list[Pair], list[Pair], list[str]]:
    """The colleague's split, as the learner finds it."""
    train = [pair for n, pair in enumerate(pairs) if n % k != 0]
    test = [pair for n, pair in enumerate(pairs) if n % k == 0]
    vocabulary = sorted({word for source, _ in pairs for word in source.split()})
    return train, test, vocabulary


def honest_split(pairs: Sequence[Pair], k: int) -> tuple[list[Pair], list[Pair], list[str]]:
    """Every k-th source goes to the test with all its pairs; words come from training alone."""
    sources = list(dict.fromkeys(source for source, _ in pairs))
    chosen = set(sources[::k])
    train = [pair for pair in pairs if pair[0] not in chosen]
    test = [pair for pair in pairs if pair[0] in chosen]
    vocabulary = sorted({word for source, _ in train for word in source.split()})
    return train, test, vocabulary


def _split_probes(rng: np.random.Generator) -> list[Probe]:
    def one(count: int, sources: int, k: int) -> tuple[list[list[str]], int]:
        words = [f"w{n}" for n in range(30)]
        known = [
            " ".join(rng.choice(words, size=int(rng.integers(1, 5))).tolist())
            for _ in range(sources)
        ]
        drawn = rng.integers(0, sources, size=count)
        return [[known[n], f"t{t}"] for t, n in enumerate(drawn)], k

    example = [["비 가 온다", "it rains"], ["비 가 온다", "it is raining"], ["나 는 간다", "I go"]]
    apart = [[f"{a} {b}", f"{b} {a}"] for a, b in zip("abcdefg", "hijklmn", strict=True)]
    return [
        Probe((example, 2), label="the example"),
        Probe((apart, 3), label="each source once"),
        Probe(
            ([["a b", "x"], ["c", "x"], ["d", "y"], ["a b", "y"], ["e", "x"]], 2),
            label="sources that share a target",
        ),
        Probe(one(14, 6, 3)),
        Probe(one(23, 9, 4)),
        Probe(one(17, 12, 2)),
    ]


def _split_groups(pairs: Sequence[Pair], k: int) -> Any:
    number: dict[str, int] = {}
    for source, _ in pairs:
        number.setdefault(source, len(number))
    parts: tuple[list[Pair], list[Pair]] = ([], [])
    words: Counter[str] = Counter()
    for pair in pairs:
        tested = number[pair[0]] % k == 0
        parts[tested].append(pair)
        if not tested:
            words.update(pair[0].split())
    return parts[0], parts[1], sorted(words)


def _split_numpy(pairs: Sequence[Pair], k: int) -> Any:
    column = np.array([source for source, _ in pairs])
    _, first, group = np.unique(column, return_index=True, return_inverse=True)
    rank = first.argsort().argsort()[group]  # the how-manieth source, by first appearance
    train = [list(pairs[int(n)]) for n in np.flatnonzero(rank % k)]
    test = [list(pairs[int(n)]) for n in np.flatnonzero(rank % k == 0)]
    return train, test, np.unique([w for s, _ in train for w in s.split()]).tolist()


def _vocabulary(pairs: Sequence[Pair]) -> list[str]:
    return sorted({word for source, _ in pairs for word in source.split()})


def _only_vocabulary(pairs: Sequence[Pair], k: int) -> Any:
    train, test, _ = given_split(pairs, k)
    return train, test, _vocabulary(train)


def _only_sources(pairs: Sequence[Pair], k: int) -> Any:
    train, test, _ = honest_split(pairs, k)
    return train, test, _vocabulary(pairs)


def _cleaned(keep: str) -> Any:
    def answer(pairs: Sequence[Pair], k: int) -> Any:
        train, test, _ = given_split(pairs, k)
        if keep == "train":
            seen = {source for source, _ in train}
            test = [pair for pair in test if pair[0] not in seen]
        else:
            seen = {source for source, _ in test}
            train = [pair for pair in train if pair[0] not in seen]
        return train, test, _vocabulary(train)

    return answer


def _one_target(pairs: Sequence[Pair], k: int) -> Any:
    return honest_split(list({pair[0]: pair for pair in reversed(pairs)}.values())[::-1], k)


def _sources(pairs: Sequence[Pair]) -> list[str]:
    return list(dict.fromkeys(source for source, _ in pairs))


def _words_of(pair: Pair) -> list[str]:
    return " ".join(pair).split()


def _drawn(pairs: Sequence[Pair], chosen: Sequence[str]) -> Any:
    train = [pair for pair in pairs if pair[0] not in chosen]
    return train, [pair for pair in pairs if pair[0] in chosen], _vocabulary(train)


def _drawn_by_pairs(pairs: Sequence[Pair], k: int) -> Any:
    return _drawn(pairs, [source for source, _ in pairs[::k]])


def _disjoint(output: Any, pairs: Any, k: Any) -> bool:
    train, test, vocabulary = output
    seen = {pair[0] for pair in train}
    return not seen & {pair[0] for pair in test} and set(vocabulary) == {
        word for source in seen for word in source.split()
    }


register(
    CodeExercise(
        name="capstone.split",
        title="A test that was seen",
        points=3,
        reference=honest_split,
        given=given_split,
        probes=_split_probes,
        oracle=_split_groups,
        equivalents={"groups": _split_groups, "numpy": _split_numpy},
        outputs=("train", "test", "vocabulary"),
        properties=[
            Property(
                "In your split a source of the test part is in training too, or the words hold one "
                "that only the test part has.",
                _disjoint,
            ),
        ],
        mistakes=[
            Mistake(
                "source_in_both",
                "The vocabulary is right now. But a source with two translations is still in both "
                "parts: the model is tested on what it was trained on.",
                _only_vocabulary,
            ),
            Mistake(
                "vocabulary_of_all",
                "The parts are right now. But the vocabulary still holds words that only the test "
                "part has. A word that was never trained would count as known.",
                _only_sources,
            ),
            Mistake(
                "test_thinned",
                "You took the test pairs out whose source is in training. No leak is left, but "
                "these pairs are lost to both parts, and sources with several translations are "
                "hardly tested any more. Draw sources, not pairs.",
                _cleaned("train"),
            ),
            Mistake(
                "train_thinned",
                "You took the training pairs out whose source is in the test part. No leak is "
                "left, but these pairs are lost to both parts. Draw sources, not pairs.",
                _cleaned("test"),
            ),
            Mistake(
                "one_target",
                "You kept one translation of each source. The others are right, too, and belong "
                "in the same part.",
                _one_target,
            ),
            Mistake(
                "exchanged",
                "The two parts have changed places: one source in k is for the test.",
                lambda pairs, k: (
                    honest_split(pairs, k)[1],
                    honest_split(pairs, k)[0],
                    _vocabulary(honest_split(pairs, k)[1]),
                ),
            ),
            Mistake(
                "drawn_by_pairs",
                "No leak is left. But you count pairs, so a source with many of them is drawn more "
                "often, and more than one source in k goes to the test. Count different sources.",
                _drawn_by_pairs,
            ),
            Mistake(
                "first_left_out",
                "Every k-th source is counted from the first one, which goes to the test, too.",
                lambda pairs, k: _drawn(pairs, _sources(pairs)[k - 1 :: k]),
            ),
            Mistake(
                "alphabetical",
                "You sorted the sources before you counted. Take them in the order in which they "
                "first appear; `dict.fromkeys` keeps it, `set` and `sorted` do not.",
                lambda pairs, k: _drawn(pairs, sorted(_sources(pairs))[::k]),
            ),
            Mistake(
                "regrouped",
                "The right pairs are in the right parts, but you have put those of one source "
                "together. Leave the pairs in their order.",
                lambda pairs, k: honest_split(
                    [pair for source in _sources(pairs) for pair in pairs if pair[0] == source], k
                ),
            ),
            Mistake(
                "targets_too",
                "The vocabulary holds words of the targets as well. The source words are wanted.",
                lambda pairs, k: (
                    *honest_split(pairs, k)[:2],
                    sorted({w for pair in honest_split(pairs, k)[0] for w in _words_of(pair)}),
                ),
            ),
        ],
        hints=[
            "비 가 온다 has two translations in the example. In which parts is it?",
            "Three lists: pairs for training, pairs for the test, and the source words of "
            "training, sorted.",
            "List the different sources in the order in which they first appear. Every k-th of "
            "them, the first one included, goes to the test with all its pairs. Then the "
            "vocabulary, from training alone.",
            "`sources = list(dict.fromkeys(source for source, _ in pairs))`",
        ],
        survivors={
            "4: set(sources[::k]) → sources[::k]": "a list answers `in` as a set does, more slowly"
        },
        solved="`pairs.load_pairs` does both, and compares sources without regard to capitals and "
        "punctuation besides.",
    )
)
