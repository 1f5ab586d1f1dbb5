"""Claim 17, measured in lesson 11: the similarity measures compared."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from course.claims.attention import korean_parts
from course.claims.attention_challenges import TRIALS_17
from course.claims.ledger import (
    FAILS,
    HOLDS_WITHIN,
    Claim,
    Figures,
    Record,
    Verdict,
    difference,
    figure,
    register,
)
from course.claims.seq2seq import FIRST, toy_batches, toy_exact, train
from course.claims.trials import Grid
from helpers import text

# --- claim 17 --------------------------------------------------------------------------------

SCALED_COSINE = "cosine × β"


def scored(score: str, V_source: int, V_target: int, H: int) -> Any:
    """Return a network of claim 15 with attention, whose scores are one of `helpers.attention`.

    Queries and keys are linear maps of the states, H wide, with the same weights and biases for
    every score. Beyond that the additive score has H numbers more, and "cosine × β" one: a learned
    factor that begins at 5.
    """
    import torch
    from torch import nn
    from torch.nn import functional as F

    from helpers import seq2seq

    class ScoredDecoder(seq2seq.AttentionDecoder):
        def __init__(self) -> None:
            super().__init__(V_target, H)
            self.key = nn.Linear(H, H)
            if score == "additive":
                self.v = nn.Linear(H, 1, bias=False)
            elif score == SCALED_COSINE:
                self.beta = nn.Parameter(torch.tensor(5.0))

        def compare(self, q: Any, k: Any) -> Any:
            if score == "dot":
                return q @ k.transpose(1, 2)  # (B, T, H)·(B, H, S) -> (B, T, S)
            if score == "scaled_dot":
                return q @ k.transpose(1, 2) / math.sqrt(H)
            if score == "euclidean":
                return -torch.cdist(q, k, compute_mode="donot_use_mm_for_euclid_dist")
            if score == "additive":
                return self.v((q.unsqueeze(2) + k.unsqueeze(1)).tanh()).squeeze(-1)
            cosine = F.normalize(q, dim=-1) @ F.normalize(k, dim=-1).transpose(1, 2)
            return cosine * self.beta if score == SCALED_COSINE else cosine

        def forward(self, inputs: Any, state: Any, memory: Any) -> Any:
            s, state = self.recurrent(self.embedding(inputs), state)
            scores = self.compare(self.query(s), self.key(memory.states))
            scores = scores.masked_fill(~memory.mask.unsqueeze(1), -torch.inf)
            attention_weights = scores.softmax(dim=-1)
            context = attention_weights @ memory.states
            combined = self.combine(torch.cat([context, s], dim=-1)).tanh()
            return self.output(combined), state, attention_weights

    encoder: Any = seq2seq.PlainEncoder(V_source, H)
    return seq2seq.Seq2Seq(encoder, ScoredDecoder())


def operations(score: str, T: int, S: int, H: int) -> dict[str, int]:
    """Count what T queries and S keys of width H cost to compare, softmax not included.

    Returns
    -------
    dict
        "multiplications" (and divisions), "additions" (and subtractions), "functions" (square roots
        and tanh), and "stored": how many numbers beside scores, queries and keys stand in memory if
        all pairs are compared at once.
    """
    pairs = T * S
    counts = {
        "multiplications": pairs * H,
        "additions": pairs * (H - 1),
        "functions": 0,
        "stored": 0,
    }
    if score == "scaled_dot":
        counts["multiplications"] += pairs
    elif score.startswith("cosine"):  # each vector's length once, and the vector divided by it
        counts["multiplications"] += 2 * (T + S) * H + pairs * (score == SCALED_COSINE)
        counts["additions"] += (T + S) * (H - 1)
        counts["functions"] += T + S
        counts["stored"] += (T + S) * H
    elif score == "euclidean":  # an entry's difference and its square, then a root for each pair
        counts["additions"] += pairs * H
        counts["functions"] += pairs
        counts["stored"] += pairs * H
    elif score == "additive":  # an entry's sum and its tanh, then the product with v
        counts["additions"] += pairs * H
        counts["functions"] += pairs * H
        counts["stored"] += pairs * H
    return counts


def experiment_17(
    seed: int,
    tasks: Sequence[str],
    scores: Sequence[str],
    H: int,
    V: int,
    longest: int,
    steps: int,
    B: int,
    rates: Mapping[str, Mapping[str, float]],
    sequences: int,
    korean: Mapping[str, Any],
    T: int,
    S: int,
) -> Figures:
    """Train the same network with each score, and count what the score costs.

    "copy" is the task of claims 12 and 15, tested on fresh sources of all lengths; "Korean" to
    English is tested on a `part` of the corpus. `rates` holds each score's learning rate on each
    task. Operations are those of T queries and S keys of width H.
    """
    import torch

    from helpers import decoding, seq2seq, training
    from helpers.corpora import korean_english

    figures: Figures = {}
    with torch.random.fork_rng(devices=[]):
        for score in scores:
            for kind, count in operations(score, T, S, H).items():
                figures[figure(kind, score=score)] = count
        for task in tasks:
            batches: Any
            if task == "Korean":
                trained, encode, sizes = korean_parts(korean["pairs"])
                batches = seq2seq.PairBatches(trained[0], trained[1], korean["B"], seed)
                epochs = korean["epochs"]
                sources, targets = encode(korean_english.load(korean["part"]))
                source, mask = (torch.from_numpy(array) for array in text.pad(sources))
            else:
                sizes, epochs = (FIRST + V, FIRST + V), 1
                rng = np.random.default_rng([seed, 17])
                drawn = toy_batches(task, steps, B, V, range(1, longest + 1), False, rng)
                batches = [drawn].__getitem__
            for score in scores:
                torch.manual_seed(seed)
                model = scored(score, *sizes, H)
                train(model, batches, epochs, rates[task][score])
                parts = {"task": task, "score": score}
                figures[figure("parameters", **parts)] = training.count_parameters(model)
                if task == "Korean":
                    found = decoding.greedy(model, source, mask)
                    right = [a.tokens == b for a, b in zip(found, targets, strict=True)]
                else:
                    each = sequences // longest
                    right = [
                        toy_exact(
                            model, task, each, n, V, False, np.random.default_rng([seed, 17, n])
                        )[0]
                        for n in range(1, longest + 1)
                    ]
                figures[figure("exact", **parts)] = float(np.mean(right))
    return figures


def rule_17(record: Record) -> Verdict:
    """Judge "of the similarity measures the dot product is the fastest and simplest".

    It is if no other score needs fewer operations or stored numbers of any kind, and each other
    more of some kind. That is arithmetic; the verdict says beside it how many scores are better at
    a task, by Welch's 95 % interval of the difference in exact match, each at its own rate.
    """
    settings = record.settings
    kinds = ("multiplications", "additions", "functions", "stored")

    def cost(score: str) -> list[int]:
        return [int(record.values(kind, score=score)[0]) for kind in kinds]

    dot = cost("dot")
    others = [score for score in settings["scores"] if score != "dot"]
    cheapest = all(
        cost(other) != dot and all(a <= b for a, b in zip(dot, cost(other), strict=True))
        for other in others
    )
    told: list[str] = []
    for task in settings["tasks"]:
        exact = {s: record.values("exact", task=task, score=s) for s in settings["scores"]}
        ahead = sum(difference(exact[s], exact["dot"]).low > 0 for s in others)
        does = "" if told else " does better" if ahead == 1 else " do better"
        told.append(f"{ahead}{does} at {task} ({100 * exact['dot'].mean():.0f} % exact)")
    better = f"of {len(others)} others, {' and '.join(told)}"
    if not cheapest:
        return Verdict(FAILS, f"not the fewest operations; {better}")
    # A score without multiplications (Manhattan), or a narrower one, needs fewer.
    return Verdict(HOLDS_WITHIN, f"these {len(others) + 1}: fewest operations; {better}")


SCORES = ("dot", "scaled_dot", "cosine", SCALED_COSINE, "euclidean", "additive")


def _grid(task: str, score: str) -> Grid:
    return Grid(
        f"the learning rate of {score.replace('_', ' ')} at {task}",
        f"rates/{task}/{score}",
        (0.005, 0.01, 0.02) if score == "dot" else (0.01, 0.02, 0.04),
        figure("exact", task=task, score=score),
        keep={"tasks": [task], "scores": [score]},
        changes={"korean/part": "validation", "sequences": 1200},
        seeds=(100,),
    )


register(
    Claim(
        number=17,
        statement="Of the similarity measures the dot product is the fastest and simplest.",
        source="a standard statement of introductory texts; Vaswani et al. 2017, "
        "arXiv:1706.03762, section 3.2.1, compare it with the additive score",
        lesson="11_attention",
        experiment=experiment_17,
        rule=rule_17,
        settings={
            "tasks": ["copy", "Korean"],
            "scores": list(SCORES),
            "H": 64,
            "V": 8,
            "longest": 12,
            "steps": 600,
            "B": 64,
            "rates": {
                "copy": dict.fromkeys(SCORES, 0.01),
                "Korean": dict.fromkeys(SCORES, 0.02) | {"dot": 0.01},
            },
            "sequences": 2400,
            "korean": {"pairs": 20_000, "epochs": 2, "B": 64, "part": "test"},
            "T": 10,
            "S": 10,
        },
        live_settings={"tasks": ["copy"], "scores": ["dot"]},
        seeds=(0, 1, 2, 3, 4),
        tolerance=0.02,
        conditions={
            "tasks": "copies of 1 to 12 symbols of 8; Korean into English, 20,000 pairs, tested on "
            "unseen sentences",
            "arms": "one LSTM translator of 64 units with six ways to compare query and key; the "
            "same first weights, at most 65 weights more",
            "training": "Adam, clipped at norm 1; 600 batches of 64 copies; two passes of 313 "
            "batches of 64 sentences",
            "rates": "copies 0.01, where all but one learn them; Korean each its own, of a grid by "
            "factors of two, seed 100",
            "seeds": "0 to 4",
        },
        decides=(
            figure("multiplications", score="dot"),
            figure("multiplications", score="scaled_dot"),
            figure("exact", task="Korean", score="dot"),
            figure("exact", task="Korean", score="scaled_dot"),
        ),
        grids=tuple(_grid("Korean", score) for score in SCORES),
        trials=TRIALS_17,
    )
)
