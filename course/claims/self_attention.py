"""Claims 20 and 21, measured in lesson 12: order and the causal mask."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
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

if TYPE_CHECKING:
    from torch import Tensor, nn

# --- what the claims share -------------------------------------------------------------------


def train(
    model: nn.Module, batches: Sequence[Any], loss: Callable[..., Tensor], rate: float
) -> list[float]:
    """Train once over the batches with Adam, a short rise and a long fall of the rate."""
    from helpers import training

    history = training.fit(
        model,
        lambda epoch: batches,
        loss,
        epochs=1,
        learning_rate=rate,
        schedule=training.warm_up_then_decay(),
        progress=False,
    )
    return history.losses


# --- claim 20 --------------------------------------------------------------------------------

NONE, CAUSAL, SINES, LEARNED, RELATIVE = "none", "causal mask", "sinusoidal", "learned", "relative"
LONGEST = 16
"""The longest sequence in training, and so the last position with a vector of its own."""


def reader(order: str, V: int, d_model: int, heads: int, outputs: int, pooled: bool) -> nn.Module:
    """Return one layer of self-attention that answers at each place, or once (`pooled`).

    `order` says what tells it about order: nothing, a causal mask alone, sinusoidal vectors added
    to the embeddings, learned ones, or a learned number added to each score for its distance,
    clipped at 8 places.
    """
    import torch
    from torch import nn
    from torch.nn import functional as F

    from helpers.self_attention import MultiHeadAttention, causal_mask, sinusoidal_positions

    class Reader(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(V, d_model)
            self.attention = MultiHeadAttention(d_model, heads)
            self.output = nn.Linear(d_model, outputs)
            if order == LEARNED:
                self.positions = nn.Embedding(LONGEST, d_model)
            if order == RELATIVE:
                self.bias = nn.Parameter(torch.zeros(heads, 17))

        def forward(self, tokens: Tensor) -> Tensor:
            T = tokens.shape[1]
            x = self.embedding(tokens)  # (B, T, d_model)
            if order == SINES:
                x = x + sinusoidal_positions(T, d_model)
            if order == LEARNED:
                x = x + self.positions(torch.arange(T))
            if order == RELATIVE:
                y = self.relative(x)
            else:
                y, _ = self.attention(x, x, causal_mask(T) if order == CAUSAL else None)
            return self.output(y.mean(dim=1) if pooled else y)

        def relative(self, x: Tensor) -> Tensor:
            part = self.attention
            query, key, value = (part.split(f(x)) for f in (part.query, part.key, part.value))
            places = torch.arange(x.shape[1])
            distance = (places[None, :] - places[:, None]).clamp(-8, 8) + 8  # (T, T), from 0 to 16
            context = F.scaled_dot_product_attention(
                query, key, value, attn_mask=self.bias[:, distance]
            )
            return part.output(context.transpose(1, 2).flatten(2))

    return Reader()


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


def best_of_the_bag(tokens: Tensor) -> float:
    """Return how often the symbol before is guessed right by who knows all symbols but no order.

    At place t he knows the symbol there and how often each occurs; the best guess is the one that
    occurs most often among the others.
    """
    rows = tokens.numpy()
    T = rows.shape[1]
    counts = np.stack([np.bincount(row, minlength=rows.max() + 1) for row in rows])  # (B, V)
    without = np.repeat(counts[:, None], T, axis=1)  # (B, T, V)
    np.put_along_axis(
        without, rows[..., None], np.take_along_axis(without, rows[..., None], -1) - 1, -1
    )
    return float((without.max(axis=-1) / (T - 1)).mean())


def experiment_20(
    seed: int,
    tasks: Sequence[str],
    orders: Sequence[str],
    lengths: Sequence[int],
    longer: int,
    steps: int,
    B: int,
    V: int,
    d_model: int,
    heads: int,
    rate: float,
) -> Figures:
    """Train one layer of self-attention on two tasks about order, told about it in several ways.

    It is trained on sequences of all `lengths`; "right" is the share of right answers at the
    longest of them, "right longer" at the length `longer`, which no training sequence had. Learned
    positions have no vector there, so they are left out.
    """
    import torch
    from torch.nn import functional as F

    figures: Figures = {}
    for task in tasks:
        rng = np.random.default_rng([20, seed])
        batches = [order_batch(task, B, int(rng.choice(lengths)), V, rng) for _ in range(steps)]
        tests = {"right": max(lengths), "right longer": longer}
        drawn = {name: order_batch(task, 500, T, V, rng) for name, T in tests.items()}
        if task == "previous":
            for name, (tokens, _) in drawn.items():
                figures[figure(name, task=task, order="best of the bag")] = best_of_the_bag(tokens)
        for order in orders:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                outputs = 2 if task == "first" else V
                model = reader(order, V, d_model, heads, outputs, task == "first")

                def loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
                    return F.cross_entropy(
                        model(batch[0]).flatten(0, -2), batch[1].flatten(), ignore_index=-1
                    )

                train(model, batches, loss, rate)
            for name, (tokens, wanted) in drawn.items():
                if order == LEARNED and tokens.shape[1] > LONGEST:
                    continue
                with torch.no_grad():
                    hits = model(tokens).argmax(dim=-1) == wanted
                right = float(hits[wanted >= 0].double().mean())
                figures[figure(name, task=task, order=order)] = right
    return figures


def rule_20(record: Record) -> Verdict:
    """Judge "self-attention alone does not know the order; adding position values repairs that".

    *Does not know*: without any, the network is right no more often than who knows the symbols but
    not their order, within 3 percentage points, in both tasks. *Repairs*: with sinusoidal positions
    it is right at least 95 % of the time in both. Else the claim does not hold. If a causal mask,
    with no positions, brings the network more than 5 points above that limit in any task, the claim
    holds if nothing like it is there.
    """
    tasks = record.settings["tasks"]

    def right(task: str, order: str) -> float:
        return float(record.values("right", task=task, order=order).mean())

    limit = {task: right(task, "best of the bag") if task == "previous" else 0.5 for task in tasks}
    blind = [right(task, NONE) for task in tasks]
    told = "; ".join(
        f"“{task}”: {100 * right(task, NONE):.0f} % right without, "
        f"{100 * right(task, SINES):.0f} % with, {100 * right(task, CAUSAL):.0f} % with a causal "
        "mask alone"
        for task in tasks
    )
    if any(one > limit[task] + 0.03 for task, one in zip(tasks, blind, strict=True)):
        return Verdict(FAILS, told)
    if any(right(task, SINES) < 0.95 for task in tasks):
        return Verdict(FAILS, told)
    if any(right(task, CAUSAL) > limit[task] + 0.05 for task in tasks):
        return Verdict(
            HOLDS_IF, f"nothing else, such as a causal mask, breaks the symmetry: {told}"
        )
    return Verdict(HOLDS, told)


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
            "tasks": ["first", "previous"],
            "orders": [NONE, CAUSAL, SINES, LEARNED, RELATIVE],
            "lengths": [8, 12, 16],
            "longer": 32,
            "steps": 600,
            "B": 32,
            "V": 10,
            "d_model": 32,
            "heads": 2,
            "rate": 0.01,
        },
        live_settings={"tasks": ["previous"], "orders": [NONE, CAUSAL, SINES]},
        seeds=tuple(range(8)),
        tolerance=0.01,
    )
)


# --- claim 21 --------------------------------------------------------------------------------

NO_MASK, RIGHT = "no mask", "causal mask"
TOO_FAR, ZEROED, AFTER = "one place too far", "zeros before softmax", "zeros after softmax"
MASKS = (NO_MASK, RIGHT, TOO_FAR, ZEROED, AFTER)


def attend(part: Any, x: Tensor, how: str) -> Tensor:
    """Apply a `MultiHeadAttention` to x itself, with one of the ways to hide the future.

    `RIGHT` puts −∞ in place of the scores that look ahead. `TOO_FAR` does so from one place
    further on. `ZEROED` puts 0 there, and `AFTER` multiplies the finished weights by 0 there.
    """
    from helpers.self_attention import causal_mask

    past = causal_mask(x.shape[1])
    if how in (NO_MASK, RIGHT, TOO_FAR):
        mask = {NO_MASK: past | True, RIGHT: past, TOO_FAR: past | past.roll(1, 1).tril(1)}[how]
        return part(x, x, mask)[0]
    query, key, value = (part.split(f(x)) for f in (part.query, part.key, part.value))
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    if how == ZEROED:
        weights = (scores * past).softmax(dim=-1)
    else:
        weights = scores.softmax(dim=-1) * past
    return part.output((weights @ value).transpose(1, 2).flatten(2))


def leaks(layer: Callable[[Tensor], Tensor], T: int, d_model: int) -> tuple[float, float]:
    """Return the largest slope from a later input to an earlier output, and the smallest else.

    A slope is the norm of the matrix ∂y_t/∂x_s, at random inputs.
    """
    import torch

    x = torch.randn(T, d_model, dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(lambda one: layer(one[None])[0], x)
    slopes = jacobian.norm(dim=(1, 3))  # (T, d_model, T, d_model) -> (T, T), [t, s]
    ahead = torch.ones(T, T, dtype=torch.bool).triu(1)
    return float(slopes[ahead].max()), float(slopes[~ahead].min())


def next_symbol(how: str, V: int, d_model: int, heads: int) -> nn.Module:
    """Return one layer of self-attention with sinusoidal positions: scores of the next symbol."""
    from torch import nn

    from helpers.self_attention import MultiHeadAttention, sinusoidal_positions

    class NextSymbol(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(V, d_model)
            self.attention = MultiHeadAttention(d_model, heads)
            self.output = nn.Linear(d_model, V)

        def forward(self, tokens: Tensor) -> Tensor:
            x = self.embedding(tokens) + sinusoidal_positions(tokens.shape[1], d_model)
            return self.output(attend(self.attention, x, how))

    return NextSymbol()


def experiment_21(
    seed: int,
    masks: Sequence[str],
    n: int,
    V: int,
    d_model: int,
    heads: int,
    steps: int,
    B: int,
    rate: float,
) -> Figures:
    """Look for leaks by gradients; then train on sequences whose second half renames the first.

    There each symbol is the next one of the alphabet: 2, 0, 1 is followed by 3, 1, 2. The n symbols
    of the first half are random: nobody can do better than a loss of ln V there.
    "loss of the random half" is the loss there on new sequences, all inputs given, "right, given
    all" the share of right symbols in the second half, and "right, writing" the same when the
    network is given the first half and writes the second one itself, symbol by symbol.
    """
    import torch
    from torch.nn import functional as F

    from helpers.self_attention import MultiHeadAttention

    figures: Figures = {}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        first, second = (MultiHeadAttention(d_model, heads).double() for _ in range(2))
        for how in masks:
            ahead, back = leaks(partial(attend, first, how=how), 2 * n - 1, d_model)
            figures[figure("leak", mask=how)] = ahead
            figures[figure("slope to the past", mask=how)] = back
        for name, below in (
            ("two layers, both masked", RIGHT),
            ("two layers, one masked", NO_MASK),
        ):

            def both(x: Tensor, below: str = below) -> Tensor:
                return attend(second, attend(first, x, below), RIGHT)

            ahead, _ = leaks(both, 2 * n - 1, d_model)
            figures[figure("leak", mask=name)] = ahead
    rng = np.random.default_rng([21, seed])
    halves = torch.from_numpy(rng.integers(0, V, size=(steps + 10, B, n)))
    rows = torch.cat([halves, (halves + 1) % V], dim=2)  # (…, B, 2n)
    new = rows[steps:].flatten(0, 1)

    def loss(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
        return F.cross_entropy(model(batch[0][:, :-1]).flatten(0, 1), batch[0][:, 1:].flatten())

    for how in masks:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            model = next_symbol(how, V, d_model, heads)
            train(model, [(one,) for one in rows[:steps]], loss, rate)
        with torch.no_grad():
            logits = model(new[:, :-1])  # scores of the symbols 1 to 2n − 1
            unknown = F.cross_entropy(logits[:, : n - 1].flatten(0, 1), new[:, 1:n].flatten())
            given = (logits[:, n - 1 :].argmax(dim=-1) == new[:, n:]).double().mean()
            written = new[:, :n]
            for _ in range(n):
                following = model(written)[:, -1].argmax(dim=-1, keepdim=True)
                written = torch.cat([written, following], dim=1)
        figures[figure("loss of the random half", mask=how)] = float(unknown)
        figures[figure("right, given all", mask=how)] = float(given)
        hits = (written == new)[:, n:].double().mean()
        figures[figure("right, writing", mask=how)] = float(hits)
    return figures


def rule_21(record: Record) -> Verdict:
    """Judge "the mask keeps the decoder from seeing the future".

    It holds if, for every seed, no slope leads from a later input to an earlier output, not even
    through two layers (all are exactly 0), while without the mask some do; and if the masked
    network's loss on the random half is at least 0.9 ln V, where nobody can know, while without the
    mask it is less than half of that. It does not hold if a slope is left. Else it holds if the
    slopes are meant.
    """
    V = record.settings["V"]
    both = [record.values("leak", mask=how).max() for how in (RIGHT, "two layers, both masked")]
    without = record.values("leak", mask=NO_MASK).min()
    lost = {
        how: record.values("loss of the random half", mask=how).mean() for how in (RIGHT, NO_MASK)
    }
    wrote = {
        how: 100 * record.values("right, writing", mask=how).mean() for how in (RIGHT, NO_MASK)
    }
    told = (
        f"slopes to the future are {max(both):.2g} with it and at least {without:.2g} without; "
        f"loss on what nobody can know {lost[RIGHT]:.2f} with and {lost[NO_MASK]:.2f} without, "
        f"ln {V} is {math.log(V):.2f}; {wrote[RIGHT]:.0f} % right with and {wrote[NO_MASK]:.0f} % "
        "without when the network writes by itself"
    )
    if max(both) > 0 or without == 0:
        return Verdict(FAILS, told)
    if lost[RIGHT] >= 0.9 * math.log(V) and lost[NO_MASK] < 0.45 * math.log(V):
        return Verdict(HOLDS, told)
    return Verdict(HOLDS_IF, f"the gradient is meant: {told}")


register(
    Claim(
        number=21,
        statement="The mask keeps the decoder from seeing the future.",
        source="Vaswani et al. 2017, arXiv:1706.03762, section 3.2.3, and texts after it",
        lesson="12_self_attention",
        experiment=experiment_21,
        rule=rule_21,
        settings={
            "masks": list(MASKS),
            "n": 6,
            "V": 8,
            "d_model": 64,
            "heads": 4,
            "steps": 600,
            "B": 32,
            "rate": 0.005,
        },
        live_settings={"masks": [NO_MASK, RIGHT]},
        seeds=tuple(range(8)),
        tolerance=0.01,
    )
)
