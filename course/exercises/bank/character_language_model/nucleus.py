"""Exercise 4.10: the nucleus."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, Property, register
from course.exercises.bank.character_language_model.common import Array, softmax_of


def nucleus(p: Array, share: float) -> Array:
    """Keep the likeliest characters that hold `share` together, and rescale."""
    order = np.argsort(-p)
    before = np.cumsum(p[order]) - p[order]
    kept = order[before < share]
    cut = np.zeros(len(p))
    cut[kept] = p[kept]
    return cut / cut.sum()


def _nucleus_probes(rng: np.random.Generator) -> list[Probe]:
    paper = np.array([0.3, 0.05, 0.5, 0.15])
    probes = [Probe((paper, share), label=f"share {share}") for share in (0.7, 0.1, 0.9)]
    for V, share in ((7, 0.8), (12, 0.5), (30, 0.95), (30, 0.05)):
        probes.append(Probe((rng.dirichlet(np.full(V, 0.7)), share), label=f"V = {V}"))
    exact = np.array([0.125, 0.625, 0.25])
    probes.append(Probe((exact, 0.625), label="one character holds the share exactly"))
    # Sixteenths, whose sums are exact: an answer may add up in any order. No two are equal.
    sixteenths = np.array([0.25, 0.1875, 0.5, 0.0625])
    probes.append(Probe((sixteenths, 1.0), label="share 1: nothing is cut"))
    return probes


def _nucleus_torch(p: Array, share: float) -> Array:
    import torch

    values, places = torch.tensor(p).sort(descending=True)
    beyond = values.cumsum(0) - values >= share
    kept = torch.zeros(len(p), dtype=torch.float64)
    kept[places] = values.masked_fill(beyond, 0.0)
    return torch.nn.functional.normalize(kept, p=1, dim=0).numpy()


def _nucleus_one_by_one(p: Array, share: float) -> Array:
    cut, held = np.zeros_like(p), 0.0
    for i in sorted(range(len(p)), key=lambda i: -p[i]):
        if held >= share:
            break
        cut[i] = p[i]
        held += p[i]
    return np.asarray(cut / cut.sum())


def _nucleus_with(
    extra: int = 0, rescale: bool = True, put_back: bool = True, softmax: bool = False
) -> Callable[..., Array]:
    """A nucleus with the given parts."""

    def answer(p: Array, share: float) -> Array:
        order = np.argsort(-p)
        size = int((np.cumsum(p[order]) - p[order] < share).sum()) + extra
        kept = order[: max(size, 0)]
        cut = np.zeros(len(p))
        if put_back:
            cut[kept] = p[kept]
        else:
            cut[: len(kept)] = p[kept]
        if softmax:
            return np.asarray(softmax_of(np.where(cut > 0, cut, -np.inf)))
        with np.errstate(all="ignore"):
            return np.asarray(cut / cut.sum() if rescale else cut)

    return answer


def _nucleus_cut(
    inside: Callable[[Array, Array, float], Array] = lambda q, held, share: held - q < share,
    back: bool = True,
    by_share: bool = False,
    order: Callable[[Array], Array] = lambda p: np.argsort(-p),
) -> Callable[..., Array]:
    """A nucleus whose members are chosen by `inside` from sorted shares and their sums."""

    def answer(p: Array, share: float) -> Array:
        places = order(p)
        keep = inside(p[places], np.cumsum(p[places]), share)
        mask = np.zeros(len(p), dtype=bool)
        mask[places if back else np.arange(len(p))] = keep
        cut = np.where(mask, p, 0)
        with np.errstate(all="ignore"):
            return np.asarray(cut / (share if by_share else cut.sum()))

    return answer


def _nucleus_threshold(p: Array, share: float) -> Array:
    cut = np.where(p >= share * p.max(), p, 0)
    return np.asarray(cut / cut.sum())


def _nucleus_each(keep: Callable[[Array, float], Array]) -> Callable[..., Array]:
    """Keep each character by its own probability."""

    def answer(p: Array, share: float) -> Array:
        cut = np.where(keep(p, share), p, 0)
        return np.asarray(cut / max(cut.sum(), 1e-300))

    return answer


def _nucleus_equal(p: Array, share: float) -> Array:
    kept = nucleus(p, share) > 0
    return np.asarray(kept / kept.sum())


register(
    CodeExercise(
        name="character.nucleus",
        title="The nucleus",
        points=3,
        reference=nucleus,
        probes=_nucleus_probes,
        oracle=_nucleus_torch,
        equivalents={"torch": _nucleus_torch, "one by one": _nucleus_one_by_one},
        outputs=("p",),
        axes=("V",),
        must_not_change=("p",),
        properties=[
            Property(
                "What your function leaves does not sum to one.",
                lambda output, p, share: bool(np.isclose(output.sum(), 1)),
            )
        ],
        mistakes=[
            Mistake(
                "one_too_few",
                "The character with which the sum passes the share belongs to the nucleus. Keep a "
                "character if those *before* it hold less than the share.",
                _nucleus_with(extra=-1),
            ),
            Mistake(
                "rescaled_by_the_largest",
                "You divide by the largest probability. Divide by the sum of what you kept.",
                lambda p, share: nucleus(p, share) / nucleus(p, share).max(),
            ),
            Mistake(
                "times_the_share",
                "You multiply by the share. Divide by the sum of what you kept.",
                lambda p, share: _nucleus_with(rescale=False)(p, share) * share,
            ),
            Mistake(
                "minus_infinity",
                "A *score* of −∞ means a probability of zero. These are probabilities: "
                "set the others to 0.",
                lambda p, share: np.where(nucleus(p, share) > 0, nucleus(p, share), -np.inf),
            ),
            Mistake(
                "rescaled_by_the_rest",
                "You divide by one minus the share. Divide by the sum of what you kept.",
                lambda p, share: _nucleus_with(rescale=False)(p, share) / (1 - share),
            ),
            Mistake(
                "stops_before",
                "You keep a character if the sum *with* it is at most the share. The one with "
                "which the sum passes the share belongs to the nucleus too: look at the sum "
                "before it.",
                _nucleus_cut(lambda q, held, share: held <= share),
            ),
            Mistake(
                "exactly_reached",
                "Where the sum reaches the share exactly, stop: keep a character if those before "
                "it hold *less* than the share.",
                _nucleus_cut(lambda q, held, share: held - q <= share),
            ),
            Mistake(
                "mask_in_sorted_order",
                "You found which places of the sorted row to keep, and kept these places of the "
                "unsorted one. `order[…]` says which ids they are.",
                _nucleus_cut(back=False),
            ),
            Mistake(
                "not_sorted",
                "You added up in the order of the ids. Go from the likeliest down.",
                _nucleus_cut(order=lambda p: np.arange(len(p))),
            ),
            Mistake(
                "divided_by_the_share",
                "The nucleus holds a little more than the share as a rule, so dividing by the "
                "share leaves too much. Divide by its sum.",
                _nucleus_cut(by_share=True),
            ),
            Mistake(
                "one_too_many",
                "You kept one character too many: stop as soon as the share is reached.",
                _nucleus_with(extra=1),
            ),
            Mistake(
                "not_rescaled",
                "What is left does not sum to one. Divide by its sum.",
                _nucleus_with(rescale=False),
            ),
            Mistake(
                "sorted",
                "The probabilities are in sorted order. Put each back to its own character.",
                _nucleus_with(put_back=False),
            ),
            Mistake(
                "softmax_again",
                "You took a softmax of probabilities: that flattens them. They only need dividing "
                "by their sum.",
                _nucleus_with(softmax=True),
            ),
            Mistake(
                "least_likely",
                "You kept the least likely ones: sort from the largest down.",
                _nucleus_cut(order=np.argsort),
            ),
            Mistake(
                "exactly_reached_searched",
                "Where the sum reaches the share exactly, stop there: look for the first sum that "
                "is *at least* the share, not above it.",
                _nucleus_cut(lambda q, held, share: np.arange(len(q)) <= np.argmax(held > share)),
            ),
            Mistake(
                "the_rest",
                "You kept what the nucleus leaves out. Keep the characters up to the share.",
                _nucleus_cut(lambda q, held, share: held - q >= share),
            ),
            Mistake(
                "beyond_the_share",
                "You kept the characters whose sum is above the share: those are the unlikely "
                "ones.",
                _nucleus_cut(lambda q, held, share: held > share),
            ),
            Mistake(
                "each_with_the_share",
                "You compared each probability with the share. Add up from the likeliest until "
                "the *sum* reaches it.",
                _nucleus_each(lambda p, share: p >= share),
            ),
            Mistake(
                "each_with_the_rest",
                "You compared each probability with one minus the share. Add up from the "
                "likeliest until the *sum* reaches the share.",
                _nucleus_each(lambda p, share: p > 1 - share),
            ),
            Mistake(
                "share_of_the_alphabet",
                "You kept a share of the V characters. The share is of the probability: add up "
                "from the likeliest until it is reached.",
                _nucleus_cut(lambda q, held, share: np.arange(len(q)) < int(share * len(q))),
            ),
            Mistake(
                "equal_shares",
                "All that you keep get the same probability. Keep their own, divided by the sum.",
                _nucleus_equal,
            ),
            Mistake(
                "ids_returned",
                "You return the ids of the nucleus. Return an array of V probabilities, zero for "
                "all other ids.",
                lambda p, share: np.argsort(-p)[: int((nucleus(p, share) > 0).sum())],
            ),
            Mistake(
                "short",
                "You return the kept probabilities alone. Return V of them, each at its own id, "
                "and zero elsewhere.",
                lambda p, share: -np.sort(-nucleus(p, share)[nucleus(p, share) > 0]),
            ),
            Mistake(
                "threshold",
                "You compared each probability with a threshold. The share is of the sum: add up "
                "from the likeliest until it is reached.",
                _nucleus_threshold,
            ),
        ],
        hints=[
            "Go from the likeliest character down, adding up, and stop when the sum reaches the "
            "share. The last one added belongs to it.",
            "`np.argsort(-p)` is (V,): the ids from the likeliest to the least likely.",
            "Sort; take the cumulative sum without the character's own share; keep those for which "
            "it is below `share`; write them into an array of zeros at their own ids; rescale.",
            "`before = np.cumsum(p[order]) - p[order]`",
        ],
        survivors={},
        solved="Where the network is sure, the nucleus is one character; where it is not, it is "
        "many. Top-k takes k in both cases.",
    )
)
