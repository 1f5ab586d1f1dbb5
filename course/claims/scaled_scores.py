"""Claim 18, measured in lesson 12: division by √d_k."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from unittest import mock

import numpy as np

from course.claims.ledger import (
    FAILS,
    HOLDS,
    HOLDS_WITHIN,
    Claim,
    Figures,
    Record,
    Verdict,
    figure,
    register,
)
from course.claims.trials import Grid, Trial

if TYPE_CHECKING:
    from torch import Tensor, nn

DIVIDED, PLAIN = "divided", "not divided"
SMALL, LARGE = "not divided, smaller start", "divided, larger start"
SCALINGS = (DIVIDED, PLAIN, SMALL, LARGE)
"""Ways to scale scores: by √d_k; not at all; not at all, from weights that give the first scores of
the divided; by √d_k, from weights that give the first scores of the undivided."""
START = {DIVIDED: 0.0, PLAIN: 0.0, SMALL: -0.25, LARGE: 0.25}
"""The power of d_k by which the first maps of queries and of keys are multiplied."""
WIDTHS = (8, 32, 128, 512)


def fresh_scores(d_k: int, S: int, rows: int, seed: int) -> Figures:
    """Measure scores of random queries and keys, and what softmax makes of them.

    Entries of queries and keys are independent, of mean 0 and variance 1. Each query has S keys.
    For the scores as they are and divided by √d_k:

    - "variance": of the scores;
    - "entropy": of the weights, as a share of that of equal weights, ln S;
    - "slope at scores": norm of softmax's Jacobian, of a typical query (the median);
    - "slope at queries": norm of the Jacobian from the query itself to the weights, the median and
      the mean over the queries.
    """
    import torch

    figures: Figures = {}
    generator = torch.Generator().manual_seed(seed)
    query = torch.randn(rows, d_k, dtype=torch.float64, generator=generator)
    key = torch.randn(rows, S, d_k, dtype=torch.float64, generator=generator)
    dots = torch.einsum("nd,nsd->ns", query, key)
    for scaling, factor in ((PLAIN, 1.0), (DIVIDED, 1 / math.sqrt(d_k))):
        scores = factor * dots
        weights = scores.softmax(dim=-1)  # (rows, S)
        entropy = -torch.special.xlogy(weights, weights).sum(dim=-1)
        jacobian = torch.diag_embed(weights) - weights[:, :, None] * weights[:, None, :]
        at_scores = jacobian.flatten(1).norm(dim=1)
        at_query = (factor * jacobian @ key).flatten(1).norm(dim=1)
        parts = {"d_k": d_k, "scores": scaling}
        figures[figure("variance", **parts)] = float(scores.var())
        figures[figure("entropy", **parts)] = float(entropy.mean()) / math.log(S)
        figures[figure("slope at scores", **parts)] = float(at_scores.median())
        figures[figure("slope at queries", **parts)] = float(at_query.median())
        figures[figure("mean slope at queries", **parts)] = float(at_query.mean())
    return figures


def look_up(d_k: int, scaling: str, V: int, D: int) -> nn.Module:
    """Return a network that learns to look up: one head of attention, then a score a symbol.

    The weights begin so that queries and keys have entries of variance 1, as the claim supposes,
    times d_k to the power that `START` names.
    """
    from torch import nn

    class LookUp(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.names, self.contents = nn.Embedding(V, D), nn.Embedding(V, D)
            self.query, self.key = (nn.Linear(D, d_k, bias=False) for _ in range(2))
            self.value, self.output = nn.Linear(D, D), nn.Linear(D, V)
            for layer in (self.query, self.key):
                nn.init.normal_(layer.weight, std=D**-0.5 * d_k ** START[scaling])

        def forward(self, asked: Tensor, names: Tensor, contents: Tensor) -> tuple[Tensor, Tensor]:
            # Both tables begin with entries of variance 1; their sum, divided by √2, has it again.
            source = (self.names(names) + self.contents(contents)) / math.sqrt(2)  # (B, S, D)
            query = self.query(self.names(asked))[:, None]  # (B, 1, d_k)
            scores = query @ self.key(source).transpose(1, 2)  # (B, 1, S)
            if scaling in (DIVIDED, LARGE):
                scores = scores / math.sqrt(d_k)
            context = scores.softmax(dim=-1) @ self.value(source)  # (B, 1, D)
            return self.output(context[:, 0]), scores[:, 0]

    return LookUp()


def look_up_batches(updates: int, B: int, S: int, V: int, seed: int) -> list[Any]:
    """Draw batches (asked, names, contents, wanted): S pairs of a name and its content, a name."""
    import torch

    rng = np.random.default_rng([18, seed])
    batches = []
    for _ in range(updates):
        names = np.argsort(rng.random((B, V)), axis=1)[:, :S]  # S different ones
        contents = rng.integers(0, V, size=(B, S))
        place = rng.integers(0, S, size=B)
        rows = np.arange(B)
        arrays = names[rows, place], names, contents, contents[rows, place]
        batches.append(tuple(torch.from_numpy(array) for array in arrays))
    return batches


LEARNT, LOOK = 0.95, 10
"""The share of right answers that counts as learnt, and the updates between two looks."""


def updates_until_learnt(
    model: nn.Module, batches: Sequence[Any], held_out: Any, rate: float
) -> tuple[int, float]:
    """Train with Adam until 95 % of the answers held out are right, or the batches are used up.

    Returns the updates made, and in what share of them the gradient was clipped.
    """
    import torch
    from torch import nn
    from torch.nn import functional as F

    adam = torch.optim.Adam(model.parameters(), lr=rate, fused=True)
    clipped = 0
    for update, (*given, wanted) in enumerate(batches, start=1):
        loss = F.cross_entropy(model(*given)[0], wanted)
        adam.zero_grad()
        loss.backward()
        clipped += int(nn.utils.clip_grad_norm_(model.parameters(), 1.0) > 1)
        adam.step()
        if update % LOOK == 0 and right_and_variance(model, held_out)[0] >= LEARNT:
            break
    return update, clipped / update


def right_and_variance(model: nn.Module, batch: Any) -> tuple[float, float]:
    """Return the share of right answers and the variance of the scores."""
    import torch

    *given, wanted = batch
    with torch.no_grad():
        answers, scores = model(*given)
    return float((answers.argmax(dim=1) == wanted).double().mean()), float(scores.var())


def experiment_18(
    seed: int,
    fresh: Sequence[int],
    rows: int,
    arms: Mapping[str, Mapping[str, Any]],
    shared: Mapping[str, float],
    updates: int,
    B: int,
    S: int,
    V: int,
    D: int,
) -> Figures:
    """Measure scores of random queries and keys, then train networks that look up.

    Each of `arms` is trained at its own rate and, if `shared` holds a rate for its scaling, once
    more at that: one rate for all widths.
    """
    import torch

    figures: Figures = {}
    for d_k in fresh:
        figures |= fresh_scores(d_k, S, rows, seed)
    batches = look_up_batches(updates, B, S, V, seed)
    [held_out] = look_up_batches(1, 1000, S, V, 10_000 + seed)
    for how in arms.values():
        for kind, rate in (("own", how["rate"]), ("shared", shared.get(how["scores"]))):
            if rate is None:
                continue
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                model = look_up(how["d_k"], how["scores"], V, D)
            made, clipped = updates_until_learnt(model, batches, held_out, rate)
            right, variance = right_and_variance(model, held_out)
            parts = {"d_k": how["d_k"], "scores": how["scores"], "rate": kind}
            figures[figure("updates until learnt", **parts)] = made
            figures[figure("right at last", **parts)] = right
            figures[figure("variance at last", **parts)] = variance
            figures[figure("share clipped", **parts)] = clipped
    return figures


def rule_18(record: Record) -> Verdict:
    """Judge "division by √d_k normalises the scores".

    *Normalises* means that the 95 % interval of the variance over the seeds lies between 0.9 and
    1.1 at every d_k, while without division the variance is off by more than half. If that is not
    so for random queries and keys, the claim does not hold. If it is so for them and for the scores
    of each divided network that has learnt, it holds; if for the random ones alone, it holds within
    the start. How fast the networks learn does not decide.
    """
    widths = record.settings["fresh"]
    scaled = [record.interval("variance", d_k=d, scores=DIVIDED) for d in widths]
    plain = [record.interval("variance", d_k=d, scores=PLAIN).mean for d in widths]
    learnt = [
        float(record.values("variance at last", d_k=d, scores=DIVIDED, rate="own").mean())
        for d in WIDTHS
    ]
    means = [one.mean for one in scaled]
    told = (
        f"variance {min(means):.2f} to {max(means):.2f} at d_k {min(widths)} to {max(widths)}, "
        f"undivided {min(plain):.0f} to {max(plain):.0f}; learnt {min(learnt):.0f} to "
        f"{max(learnt):.0f}"
    )
    if not all(0.9 < v.low and v.high < 1.1 for v in scaled) or any(0.5 < v < 1.5 for v in plain):
        return Verdict(FAILS, told)
    if all(0.9 < v < 1.1 for v in learnt):
        return Verdict(HOLDS, told)
    return Verdict(HOLDS_WITHIN, f"a start of unit variance: {told}")


RATES = {
    DIVIDED: (0.03, 0.03, 0.01, 0.01),
    PLAIN: (0.01, 0.01, 0.003, 0.001),
    SMALL: (0.03, 0.01, 0.003, 0.003),
    LARGE: (0.03, 0.01, 0.01, 0.01),
}
"""Each network's own rate, from the grids: one for each of WIDTHS."""
SHARED = {DIVIDED: 0.03, PLAIN: 0.003, SMALL: 0.003, LARGE: 0.01}
"""For each scaling the one rate with the fewest updates, in the grids' geometric mean over the
widths."""
ARMS: dict[str, dict[str, Any]] = {
    f"{scaling}, {d_k}": {"d_k": d_k, "scores": scaling, "rate": rate}
    for scaling in SCALINGS
    for d_k, rate in zip(WIDTHS, RATES[scaling], strict=True)
}


def _grid(arm: str, how: Mapping[str, Any]) -> Grid:
    return Grid(
        f"the rate, {arm}",
        f"arms/{arm}/rate",
        (*([0.0003] if how["scores"] == PLAIN else []), 0.001, 0.003, 0.01, 0.03, 0.1),
        figure("updates until learnt", d_k=how["d_k"], scores=how["scores"], rate="own"),
        least=True,
        keep={"arms": [arm]},
        changes={"fresh": [], "shared": {}},
    )


# --- attempts to overturn the verdict --------------------------------------------------------


def scores_of_torchs_maps(d_k: int, S: int, rows: int, seed: int) -> Figures:
    """Measure the variance of scores whose queries and keys come from maps that torch began.

    What the two maps read has independent entries of mean 0 and variance 1, as it leaves a
    normalisation.
    """
    import torch
    from torch import nn

    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        query = nn.Linear(d_k, d_k)(torch.randn(rows, d_k))
        key = nn.Linear(d_k, d_k)(torch.randn(rows, S, d_k))
    variance = float(torch.einsum("nd,nsd->ns", query, key).var())
    return {
        figure("variance", d_k=d_k, scores=PLAIN): variance,
        figure("variance", d_k=d_k, scores=DIVIDED): variance / d_k,
    }


def with_torchs_maps(seed: int, **settings: Any) -> Figures:
    """Run experiment 18 with the fresh scores of `scores_of_torchs_maps`."""
    with mock.patch(f"{__name__}.fresh_scores", scores_of_torchs_maps):
        return experiment_18(seed, **settings)


_DIVIDED: dict[str, Any] = {"arms": [f"{DIVIDED}, {d_k}" for d_k in WIDTHS]}
"""The networks that the rule reads."""

register(
    Claim(
        number=18,
        statement="Division by √d_k normalises the scores.",
        source="Vaswani et al. 2017, arXiv:1706.03762, section 3.2.1, and texts after it",
        lesson="12_self_attention",
        experiment=experiment_18,
        rule=rule_18,
        settings={
            "fresh": [4, 16, 64, 256, 1024],
            "rows": 500,
            "arms": ARMS,
            "shared": SHARED,
            "updates": 1600,
            "B": 64,
            "S": 16,
            "V": 32,
            "D": 32,
        },
        live_settings={
            "fresh": [4, 64, 1024],
            "arms": {name: how for name, how in ARMS.items() if how["d_k"] == 128},
        },
        seeds=tuple(range(8)),
        tolerance=0.02,
        conditions={
            "scores": "500 random queries with 16 random keys each, entries of mean 0 and variance "
            "1, d_k 4 to 1,024",
            "task": "16 pairs of a name and a content are shown, one name is asked for; 32 names, "
            "32 contents, vectors of 32; one head of attention",
            "arms": "divided or not; and each from first maps of queries and keys that give the "
            "first scores of the other (× d_k^±¼); d_k 8, 32, 128, 512",
            "training": "Adam, clipped at norm 1 (that acted in 0 to 76 % of the updates), 64 in a "
            "batch, until 95 % of 1,000 answers held out are right, looked at every 10 updates; at "
            "most 1,600",
            "rates": "each network's own, from a grid by factors of three on seeds 100 and 101; "
            "and for each scaling the one rate that is best over the four widths; the verdict's "
            "seeds are 0 to 7",
        },
        decides=(
            figure("variance", d_k=1024, scores=DIVIDED),
            figure("variance at last", d_k=512, scores=DIVIDED, rate="own"),
        ),
        grids=tuple(_grid(arm, how) for arm, how in ARMS.items()),
        trials=(
            Trial(
                "queries and keys from maps that begin as torch begins them",
                {"shared": {}},
                keep=_DIVIDED,
                experiment=with_torchs_maps,
            ),
            Trial(
                "a tenth of each rate, so that the maps move less",
                {
                    "shared": {},
                    **{f"arms/{arm}/rate": ARMS[arm]["rate"] / 10 for arm in _DIVIDED["arms"]},
                },
                keep=_DIVIDED,
            ),
            Trial(
                "an easier task: 4 pairs are shown, of 8 names and contents",
                {"shared": {}, "S": 4, "V": 8},
                keep=_DIVIDED,
            ),
        ),
    )
)
