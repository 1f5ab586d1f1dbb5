"""Claim 20, measured in lesson 12: what self-attention knows of the order, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course.claims.ledger import (
    FAILS,
    HOLDS,
    HOLDS_WITHIN,
    Claim,
    Figures,
    Record,
    Verdict,
    difference,
    figure,
    register,
)
from course.claims.self_attention import train
from course.claims.trials import Grid, Trial

if TYPE_CHECKING:
    from torch import Tensor, nn

NONE, CAUSAL, SINES, LEARNED = "none", "causal mask", "sinusoidal", "learned"
OFFSET, DISTANCE, ROTARY = "signed offset", "distance", "rotary"
MASKED, TWO = "distance, causal mask", "causal mask, two layers"
BAG = "best of the bag"
ORDERS = (NONE, CAUSAL, DISTANCE, MASKED, SINES, LEARNED, OFFSET, ROTARY)
LONGEST = 16
"""The longest sequence in training, and so the last position with a vector of its own."""
CLIP = 8
"""Places that are farther apart than this count as so far apart."""


def reader(
    order: str, V: int, d_model: int, heads: int, layers: int, outputs: int, pooled: bool
) -> nn.Module:
    """Return layers of self-attention that answer at each place, or once (`pooled`).

    `order` says what tells them about order: nothing; a causal mask alone; sinusoidal vectors added
    to the embeddings, or learned ones; a learned number added to each score for the signed offset
    s − t, clipped at 8 places, or for the distance |s − t|, with a causal mask or without; or
    rotation of queries and keys.
    """
    import torch
    from torch import nn

    from helpers.self_attention import MultiHeadAttention, sinusoidal_positions

    class Reader(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(V, d_model)
            self.attentions = nn.ModuleList(
                MultiHeadAttention(d_model, heads, rotary=order == ROTARY) for _ in range(layers)
            )
            self.between = nn.ModuleList(nn.Linear(d_model, d_model) for _ in range(layers - 1))
            self.output = nn.Linear(d_model, outputs)
            if order == LEARNED:
                self.positions = nn.Embedding(LONGEST, d_model)
            if order in (OFFSET, DISTANCE, MASKED):
                self.bias = nn.Parameter(torch.zeros(layers, heads, 2 * CLIP + 1))

        def forward(self, tokens: Tensor) -> Tensor:
            T = tokens.shape[1]
            x = self.embedding(tokens)  # (B, T, d_model)
            if order == SINES:
                x = x + sinusoidal_positions(T, d_model)
            if order == LEARNED:
                x = x + self.positions(torch.arange(T))
            for number, attention in enumerate(self.attentions):
                bias = self.bias[number] if hasattr(self, "bias") else None
                y = attend(attention, x, order, bias)
                if number < layers - 1:
                    x = x + self.between[number](y).relu()
            return self.output(y.mean(dim=1) if pooled else y)

    return Reader()


def attend(attention: Any, x: Tensor, order: str, bias: Tensor | None) -> Tensor:
    """Apply a `MultiHeadAttention` to x itself; `bias` (N, 17) holds a number for each offset."""
    import torch
    from torch.nn import functional as F

    from helpers.self_attention import causal_mask

    T = x.shape[1]
    hidden = order in (CAUSAL, MASKED)
    if bias is None:
        y: Tensor = attention(x, x, causal_mask(T) if hidden else None)[0]
        return y
    places = torch.arange(T)
    offset = (places[None, :] - places[:, None]).clamp(-CLIP, CLIP)  # (T, T), s − t
    added = bias[:, (offset if order == OFFSET else offset.abs()) + CLIP]  # (N, T, T)
    if hidden:
        added = added.masked_fill(~causal_mask(T), -torch.inf)
    query, key, value = (
        attention.split(part(x)) for part in (attention.query, attention.key, attention.value)
    )
    context = F.scaled_dot_product_attention(query, key, value, attn_mask=added)
    joined: Tensor = attention.output(context.transpose(1, 2).flatten(2))
    return joined


def order_batch(task: str, B: int, T: int, V: int, rng: np.random.Generator) -> tuple[Any, Any]:
    """Draw B sequences of T symbols and what is asked about their order.

    Parameters
    ----------
    task : {"first", "previous"}
        "first": symbols 0 and 1 stand once each among others; which comes first? Every second
        sequence is the one before it with the two exchanged, so that no count of symbols helps.
        "previous": at each place, name the symbol before; at the first place nothing is asked (−1).

    Returns
    -------
    tokens : int Tensor, shape (B, T)
    wanted : int Tensor, shape (B,) or (B, T)
    """
    import torch

    if task == "previous":
        tokens = rng.integers(0, V, size=(B, T))
        wanted = np.concatenate([np.full((B, 1), -1), tokens[:, :-1]], axis=1)
        return torch.from_numpy(tokens), torch.from_numpy(wanted)
    half = B // 2
    tokens = rng.integers(2, V, size=(half, T))
    places = np.argsort(rng.random((half, T)), axis=1)[:, :2]
    tokens[np.arange(half), places[:, 0]] = 0
    tokens[np.arange(half), places[:, 1]] = 1
    exchanged = np.where(tokens < 2, 1 - tokens, tokens)
    both = np.stack([tokens, exchanged], axis=1).reshape(2 * half, T)
    wanted = (places[:, 0] > places[:, 1]).astype(np.int64)  # 1 where symbol 1 comes first
    return torch.from_numpy(both), torch.from_numpy(np.stack([wanted, 1 - wanted], 1).ravel())


def best_of_the_bag(task: str, tokens: Tensor) -> float:
    """Return how often somebody is right who knows all symbols of a sequence but no order.

    In "first" that is half of the time. In "previous", at place t, the symbol there is known, and
    how often each occurs; the best guess is the one that occurs most often among the others.
    """
    if task == "first":
        return 0.5
    rows = tokens.numpy()
    T = rows.shape[1]
    counts = np.stack([np.bincount(row, minlength=rows.max() + 1) for row in rows])  # (B, V)
    without = np.repeat(counts[:, None], T, axis=1)  # (B, T, V)
    np.put_along_axis(
        without, rows[..., None], np.take_along_axis(without, rows[..., None], -1) - 1, -1
    )
    return float((without.max(axis=-1) / (T - 1)).mean())


def share_right(model: nn.Module, tokens: Tensor, wanted: Tensor) -> float:
    """Return the share of right answers, where there is something to answer."""
    import torch

    with torch.no_grad():
        hits = model(tokens).argmax(dim=-1) == wanted
    return float(hits[wanted >= 0].double().mean())


def trained(
    seed: int,
    task: str,
    how: Mapping[str, Any],
    lengths: Sequence[int],
    B: int,
    V: int,
    d_model: int,
) -> nn.Module:
    """Return a reader that has learned a task, `how` as in `experiment_20`."""
    import torch
    from torch.nn import functional as F

    def loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
        logits = model(batch[0]).flatten(0, -2)
        return F.cross_entropy(logits, batch[1].flatten(), ignore_index=-1)

    rng = np.random.default_rng([20, seed])
    lots = range(how["steps"])
    batches = [order_batch(task, B, int(rng.choice(lengths)), V, rng) for _ in lots]
    pooled = task == "first"
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        sizes = V, d_model, how["heads"], how["layers"], 2 if pooled else V
        model = reader(how["order"], *sizes, pooled)
        train(model, batches, loss, how["rate"])
    return model


def experiment_20(
    seed: int,
    arms: Mapping[str, Mapping[str, Mapping[str, Any]]],
    lengths: Sequence[int],
    longer: int,
    B: int,
    V: int,
    d_model: int,
) -> Figures:
    """Train self-attention on two tasks about order, told about it in several ways.

    `arms` holds for each task the networks: their "order" (see `reader`), "rate", "steps", "layers"
    and "heads". Training sequences have all `lengths`; "right" is the share of right answers at the
    longest of them, "right longer" at the length `longer`, which no training sequence had. Learned
    positions have no vector there.
    """
    figures: Figures = {}
    for task, of_task in arms.items():
        rng = np.random.default_rng([20, seed, 1])
        tests = {"right": max(lengths), "right longer": longer}
        drawn = {name: order_batch(task, 500, T, V, rng) for name, T in tests.items()}
        for name, (tokens, _) in drawn.items():
            figures[figure(name, task=task, order=BAG)] = best_of_the_bag(task, tokens)
        for arm, how in of_task.items():
            model = trained(seed, task, how, lengths, B, V, d_model)
            for name, test in drawn.items():
                if how["order"] != LEARNED or test[0].shape[1] <= LONGEST:
                    figures[figure(name, task=task, order=arm)] = share_right(model, *test)
    return figures


def rule_20(record: Record) -> Verdict:
    """Judge "self-attention alone does not know the order; adding position values repairs that".

    *Does not know*: in both tasks, all of Welch's 95 % interval of its share of right answers,
    minus that of who knows the symbols but not their order, is below 3 points. *Repairs*: with
    sinusoidal positions, the 95 % interval of the share lies above 95 % in both. If one of the two
    fails, the claim does not hold. If both are so, but a causal mask alone is more than 5 points
    above that limit in a task, or sinusoidal positions are right less than 95 % of the time at the
    longer length, the claim holds within layers without a mask and lengths that were trained.
    """

    def right(task: str, order: str, name: str = "right") -> np.ndarray[Any, Any]:
        return record.values(name, task=task, order=order)

    tasks = list(record.settings["arms"])

    def shares(order: str, name: str = "right") -> str:
        return "/".join(f"{100 * right(task, order, name).mean():.0f}" for task in tasks)

    told = f"sinusoids {shares(SINES)} % right, none {shares(NONE)}; "
    told += f"mask alone {shares(CAUSAL)}; longer {shares(SINES, 'right longer')}"
    blind = all(difference(right(task, NONE), right(task, BAG)).high < 0.03 for task in tasks)
    repaired = all(record.interval("right", task=t, order=SINES).low > 0.95 for t in tasks)
    if not (blind and repaired):
        return Verdict(FAILS, told)
    masked = any(difference(right(t, CAUSAL), right(t, BAG)).low > 0.05 for t in tasks)
    shorter = any(right(task, SINES, "right longer").mean() < 0.95 for task in tasks)
    if masked or shorter:
        V = record.settings["V"]  # with 100 symbols, training is not long enough
        return Verdict(HOLDS_WITHIN, f"V = {V}, trained lengths, no mask: {told}")
    return Verdict(HOLDS, told)


RATES = {
    "first": dict.fromkeys(ORDERS, 0.01),
    "previous": {
        NONE: 0.03,
        CAUSAL: 0.001,
        DISTANCE: 0.1,
        MASKED: 0.1,
        SINES: 0.03,
        LEARNED: 0.01,
        OFFSET: 0.1,
        ROTARY: 0.01,
    },
}
ARMS: dict[str, dict[str, dict[str, Any]]] = {
    task: {
        order: {"order": order, "rate": rate, "steps": 600, "layers": 1, "heads": 2}
        for order, rate in rates.items()
    }
    for task, rates in RATES.items()
}
ARMS["previous"][TWO] = {"order": CAUSAL, "rate": 0.01, "steps": 2400, "layers": 2, "heads": 2}


def _grid(task: str, arm: str) -> Grid:
    tried = task == "previous" and arm != TWO  # two layers diverge at 0.3
    return Grid(
        f"the rate, {arm}, {task}",
        f"arms/{task}/{arm}/rate",
        (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)[task == "first" : 6 + tried],
        figure("right", task=task, order=arm),
        keep={"arms": [task], f"arms/{task}": [arm]},
    )


_JUDGED = {f"arms/{task}": [NONE, CAUSAL, SINES] for task in ARMS}
"""The networks that the rule reads."""

register(
    Claim(
        number=20,
        statement="Self-attention alone does not know the order; adding position values repairs "
        "that.",
        source="Vaswani et al. 2017, arXiv:1706.03762, section 3.5, and texts after it; that a "
        "causal mask tells something about order: Haviv et al. 2022, arXiv:2203.16634",
        lesson="12_self_attention",
        experiment=experiment_20,
        rule=rule_20,
        settings={
            "arms": ARMS,
            "lengths": [8, 12, 16],
            "longer": 32,
            "B": 32,
            "V": 10,
            "d_model": 32,
        },
        live_settings={
            "arms": {"previous": {arm: ARMS["previous"][arm] for arm in (NONE, CAUSAL, SINES)}}
        },
        seeds=tuple(range(8)),
        tolerance=0.01,
        conditions={
            "tasks": "first: which of two symbols comes first, told once from the mean over all "
            "places; previous: name the symbol before, at each place; 10 symbols",
            "arms": "one layer, 32 wide, 2 heads; no positions, a causal mask alone, sinusoidal or "
            "learned vectors added, a number for each signed offset or distance (clipped at 8, as "
            "Shaw's), rotary; distances with the mask; the mask alone with two layers",
            "training": "Adam, clipped at norm 1, 600 batches of 32 sequences of 8, 12 or 16 (two "
            "layers: 2,400); rate rising over a twentieth of them, then half a cosine",
            "test": "500 new sequences of 16, and of 32, which no training had",
            "rates": "each arm's own in each task, from a grid by factors of three on seeds 100 "
            "and 101, by right answers at 16 (in first, none and distance cannot learn: 0.01); the "
            "verdict's seeds are 0 to 7",
        },
        decides=tuple(
            figure("right", task=task, order=order)
            for task in ("first", "previous")
            for order in (NONE, CAUSAL, SINES)
        ),
        grids=tuple(
            _grid(task, arm)
            for task in ARMS
            for arm in ARMS[task]
            if task == "previous" or arm not in (NONE, DISTANCE)  # half right at any rate
        ),
        trials=(
            Trial(
                "four times the lengths: 32 to 64 in training, 128 beyond it",
                {"lengths": [32, 48, 64], "longer": 128},
                keep=_JUDGED,
            ),
            Trial("100 symbols in place of 10", {"V": 100}, keep=_JUDGED),
            Trial("half the width, 16", {"d_model": 16}, keep=_JUDGED),
        ),
    )
)
