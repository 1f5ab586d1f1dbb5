"""Claim 18, measured in lesson 12: division by √d_k."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course.claims.ledger import (
    FAILS,
    HOLDS,
    HOLDS_IF,
    Claim,
    Figures,
    Record,
    Verdict,
    figure,
    register,
)
from course.claims.self_attention import train

if TYPE_CHECKING:
    from torch import Tensor, nn
# --- claim 18 --------------------------------------------------------------------------------

DIVIDED, PLAIN, SMALL = "divided", "not divided", "not divided, smaller start"
"""Ways to scale scores: by √d_k; not at all; not at all, from weights that give the same scores."""


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

    The weights begin so that queries and keys have entries of variance 1, as the claim supposes.
    With `SMALL` they begin smaller by d_k^(1/4) each, so that the scores begin as divided ones do.
    """
    from torch import nn

    class LookUp(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.names, self.contents = nn.Embedding(V, D), nn.Embedding(V, D)
            self.query, self.key = (nn.Linear(D, d_k, bias=False) for _ in range(2))
            self.value, self.output = nn.Linear(D, D), nn.Linear(D, V)
            for layer in (self.query, self.key):
                nn.init.normal_(layer.weight, std=D**-0.5)
                if scaling == SMALL:
                    layer.weight.data /= d_k**0.25

        def forward(self, asked: Tensor, names: Tensor, contents: Tensor) -> tuple[Tensor, Tensor]:
            # Both tables begin with entries of variance 1; their sum, halved, has it again.
            source = (self.names(names) + self.contents(contents)) / math.sqrt(2)  # (B, S, D)
            query = self.query(self.names(asked))[:, None]  # (B, 1, d_k)
            scores = query @ self.key(source).transpose(1, 2)  # (B, 1, S)
            if scaling == DIVIDED:
                scores = scores / math.sqrt(d_k)
            context = scores.softmax(dim=-1) @ self.value(source)  # (B, 1, D)
            return self.output(context[:, 0]), scores[:, 0]

    return LookUp()


def look_up_batches(steps: int, B: int, S: int, V: int, seed: int) -> list[Any]:
    """Draw batches (asked, names, contents, wanted): S pairs of a name and its content, a name."""
    import torch

    rng = np.random.default_rng([18, seed])
    batches = []
    for _ in range(steps):
        names = np.argsort(rng.random((B, V)), axis=1)[:, :S]  # S different ones
        contents = rng.integers(0, V, size=(B, S))
        place = rng.integers(0, S, size=B)
        rows = np.arange(B)
        arrays = names[rows, place], names, contents, contents[rows, place]
        batches.append(tuple(torch.from_numpy(array) for array in arrays))
    return batches


def trained_look_up(
    seed: int, d_k: int, scaling: str, rate: float, steps: int, B: int, S: int, V: int, D: int
) -> Figures:
    """Train one network to look up; return loss, share right and variance of its scores."""
    import torch
    from torch.nn import functional as F

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = look_up(d_k, scaling, V, D)
        losses = train(
            model,
            look_up_batches(steps, B, S, V, seed),
            lambda model, batch: F.cross_entropy(model(*batch[:3])[0], batch[3]),
            rate,
        )
        [(*given, wanted)] = look_up_batches(1, 1000, S, V, 10_000 + seed)
        with torch.no_grad():
            answers, scores = model(*given)
    return {
        "right": float((answers.argmax(dim=1) == wanted).double().mean()),
        "loss": float(np.mean(losses)),
        "variance": float(scores.var()),
    }


def experiment_18(
    seed: int,
    fresh: Sequence[int],
    trained: Sequence[int],
    rates: Sequence[float],
    S: int,
    rows: int,
    task: dict[str, int],
) -> Figures:
    """Measure scores of random queries and keys, then train with each scaling and each rate."""
    figures: Figures = {}
    for d_k in fresh:
        figures |= fresh_scores(d_k, S, rows, seed)
    for d_k in trained:
        for scaling in (DIVIDED, PLAIN, SMALL):
            for rate in rates:
                parts = {"d_k": d_k, "scores": scaling, "rate": float(rate)}
                for name, value in trained_look_up(seed, d_k, scaling, rate, S=S, **task).items():
                    figures[figure(f"trained {name}", **parts)] = value
    return figures


def best_rate(record: Record, d_k: int, scaling: str) -> float:
    """Return the learning rate with the lowest mean training loss over the seeds."""

    def loss(rate: float) -> float:
        return float(
            record.values("trained loss", d_k=d_k, scores=scaling, rate=float(rate)).mean()
        )

    return float(min(record.settings["rates"], key=loss))


def rule_18(record: Record) -> Verdict:
    """Judge "division by √d_k normalises the scores".

    *Normalises* means a variance between 0.9 and 1.1 at every d_k, where without division it is off
    by more than half at every d_k. If that is not so for random queries and keys, the claim does
    not hold. If it is so there and in the trained network, it holds. If there alone, it holds for
    the beginning of training. What happens without is told in the reason, each network at its best
    rate.
    """
    scaled = [
        record.values("variance", d_k=d, scores=DIVIDED).mean() for d in record.settings["fresh"]
    ]
    plain = [
        record.values("variance", d_k=d, scores=PLAIN).mean() for d in record.settings["fresh"]
    ]
    right, variances = {}, []
    for d_k in record.settings["trained"]:
        for scaling in (DIVIDED, PLAIN):
            parts = {"d_k": d_k, "scores": scaling, "rate": best_rate(record, d_k, scaling)}
            right[d_k, scaling] = 100 * record.values("trained right", **parts).mean()
            if scaling == DIVIDED:
                variances.append(record.values("trained variance", **parts).mean())
    effect = ", ".join(
        f"{right[d, DIVIDED]:.0f} % of look-ups are right with it and {right[d, PLAIN]:.0f} % "
        f"without at d_k {d}"
        for d in record.settings["trained"]
    )
    told = (
        f"variance {min(scaled):.2f} to {max(scaled):.2f} with it at the start, {min(plain):.0f} "
        f"to {max(plain):.0f} without; after training {min(variances):.0f} and more with it; "
        f"{effect}, each at its best learning rate"
    )
    if not all(0.9 < v < 1.1 for v in scaled) or any(0.5 < v < 1.5 for v in plain):
        return Verdict(FAILS, told)
    if all(0.9 < v < 1.1 for v in variances):
        return Verdict(HOLDS, told)
    return Verdict(HOLDS_IF, f"the beginning of training is meant: {told}")


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
            "trained": [8, 512],
            "rates": [0.001, 0.003, 0.01, 0.03],
            "S": 16,
            "rows": 500,
            "task": {"steps": 400, "B": 64, "V": 32, "D": 32},
        },
        live_settings={"trained": [512], "rates": [0.01]},
        seeds=tuple(range(8)),
        tolerance=0.02,
    )
)
