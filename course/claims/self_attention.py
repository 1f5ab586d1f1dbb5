"""Claim 21, measured in lesson 12: the causal mask; and a training that claim 20 uses, too."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
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
    difference,
    figure,
    register,
)
from course.claims.trials import Grid, Trial

if TYPE_CHECKING:
    from torch import Tensor, nn


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


def fresh_leaks(masks: Sequence[str], n: int, d_model: int, heads: int) -> Figures:
    """Look for leaks in fresh layers, one and two of them, by gradients."""
    from helpers.self_attention import MultiHeadAttention

    figures: Figures = {}
    first, second = (MultiHeadAttention(d_model, heads).double() for _ in range(2))
    for how in masks:
        ahead, back = leaks(partial(attend, first, how=how), 2 * n - 1, d_model)
        figures[figure("leak", mask=how)] = ahead
        figures[figure("slope to the past", mask=how)] = back
    for name, below in (("two layers, both masked", RIGHT), ("two layers, one masked", NO_MASK)):

        def both(x: Tensor, below: str = below) -> Tensor:
            return attend(second, attend(first, x, below), RIGHT)

        figures[figure("leak", mask=name)] = leaks(both, 2 * n - 1, d_model)[0]
    return figures


def write(model: nn.Module, given: Tensor, n: int) -> Tensor:
    """Return the n symbols that a network writes after those that are given, the best each time."""
    import torch

    written = given
    for _ in range(n):
        following = model(written)[:, -1].argmax(dim=-1, keepdim=True)
        written = torch.cat([written, following], dim=1)
    return written[:, given.shape[1] :]


def judged(model: nn.Module, new: Tensor, n: int, V: int) -> Figures:
    """Measure a trained network on new sequences; see `experiment_21`."""
    import torch
    from torch.nn import functional as F

    with torch.no_grad():
        logits = model(new[:, :-1])  # scores of the symbols 1 to 2n − 1
        losses = F.cross_entropy(logits.transpose(1, 2), new[:, 1:], reduction="none")
        other = new.clone()
        other[:, n] = (new[:, n] + 1) % V
        moved = (model(other[:, :-1]) - logits)[:, :n].abs().max()
        right = (logits[:, n - 1 :].argmax(dim=-1) == new[:, n:]).double().mean()
        wrote = (write(model, new[:, :n], n) == new[:, n:]).double().mean()
    return {
        "loss": float(losses.mean()),
        "loss of the random half": float(losses[:, : n - 1].mean()),
        "moved by a later symbol": float(moved),
        "right, given all": float(right),
        "right, writing": float(wrote),
    }


def experiment_21(
    seed: int,
    masks: Mapping[str, float],
    n: int,
    V: int,
    d_model: int,
    heads: int,
    steps: int,
    B: int,
) -> Figures:
    """Look for leaks by gradients; then train on sequences whose second half renames the first.

    There each symbol is the next one of the alphabet: 2, 0, 1 is followed by 3, 1, 2. The n symbols
    of the first half are random: nobody can do better than a loss of ln V there. `masks` holds the
    learning rate of each.

    On new sequences, all inputs given: "loss" over all places, "loss of the random half", "right,
    given all", the share of right symbols in the second half, and "moved by a later symbol", the
    most that an earlier score changes if symbol n is another one. "right, writing" is the share
    when the network is given the first half and writes the second one itself, symbol by symbol.
    """
    import torch
    from torch.nn import functional as F

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        figures = fresh_leaks(list(masks), n, d_model, heads)
    rng = np.random.default_rng([21, seed])
    halves = torch.from_numpy(rng.integers(0, V, size=(steps + 10, B, n)))
    rows = torch.cat([halves, (halves + 1) % V], dim=2)  # (…, B, 2n)

    def loss(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
        return F.cross_entropy(model(batch[0][:, :-1]).flatten(0, 1), batch[0][:, 1:].flatten())

    for how, rate in masks.items():
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            model = next_symbol(how, V, d_model, heads)
            train(model, [(one,) for one in rows[:steps]], loss, rate)
        for name, value in judged(model, rows[steps:].flatten(0, 1), n, V).items():
            figures[figure(name, mask=how)] = value
    return figures


def rule_21(record: Record) -> Verdict:
    """Judge "the mask keeps the decoder from seeing the future".

    It does not hold if, with any seed, a slope leads from a later input to an earlier output, even
    through two layers (all have to be exactly 0), or a later symbol moves an earlier score of the
    trained network; nor if without the mask none does. It holds if, besides, the masked network's
    loss on the random half is at least 0.95 ln V, the least that is possible, and the whole of
    Welch's 95 % interval by which the unmasked one's is lower is above half of ln V. Otherwise it
    holds within the gradients: a training was not seen to use what the mask hides.
    """
    floor = math.log(record.settings["V"])
    with_it = [record.values("leak", mask=one) for one in (RIGHT, "two layers, both masked")]
    with_it.append(record.values("moved by a later symbol", mask=RIGHT))
    without = record.values("leak", mask=NO_MASK).min()
    lost, peeped = (record.values("loss of the random half", mask=one) for one in (RIGHT, NO_MASK))
    most = max(float(one.max()) for one in with_it)
    told = (
        f"slopes to later inputs {most:.2g} (unmasked at least {without:.2f}); "
        f"loss {lost.mean():.2f} ({peeped.mean():.2f}), guessing {floor:.2f}"
    )
    if most > 0 or without == 0:
        return Verdict(FAILS, told)
    if lost.mean() >= 0.95 * floor and difference(lost, peeped).low > floor / 2:
        return Verdict(HOLDS, told)
    return Verdict(HOLDS_WITHIN, f"the gradients: {told}")


RATES = {NO_MASK: 0.04, RIGHT: 0.005, TOO_FAR: 0.04, ZEROED: 0.015, AFTER: 0.005}


def _grid(how: str) -> Grid:
    return Grid(
        f"the rate, {how}",
        f"masks/{how}",
        (0.002, 0.005, 0.015, 0.04, 0.1),
        figure("loss", mask=how),
        least=True,
        keep={"masks": [how]},
    )


# --- attempts to overturn the verdict --------------------------------------------------------


def with_finite_mask(seed: int, **settings: Any) -> Figures:
    """Run experiment 21 with −10,000 in place of −∞, as is done for half precision."""
    from helpers.self_attention import causal_mask

    usual = attend

    def finite(part: Any, x: Tensor, how: str) -> Tensor:
        if how != RIGHT:
            return usual(part, x, how)
        query, key, value = (part.split(f(x)) for f in (part.query, part.key, part.value))
        scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
        weights = scores.masked_fill(~causal_mask(x.shape[1]), -10_000).softmax(dim=-1)
        y: Tensor = part.output((weights @ value).transpose(1, 2).flatten(2))
        return y

    with mock.patch(f"{__name__}.attend", finite):
        return experiment_21(seed, **settings)


_TWO = {"masks": [NO_MASK, RIGHT]}
"""The masks that the rule reads."""

register(
    Claim(
        number=21,
        statement="The mask keeps the decoder from seeing the future.",
        source="Vaswani et al. 2017, arXiv:1706.03762, section 3.2.3, and texts after it",
        lesson="12_self_attention",
        experiment=experiment_21,
        rule=rule_21,
        settings={
            "masks": RATES,
            "n": 6,
            "V": 8,
            "d_model": 64,
            "heads": 4,
            "steps": 600,
            "B": 32,
        },
        live_settings={"masks": {how: RATES[how] for how in (NO_MASK, RIGHT)}},
        seeds=tuple(range(8)),
        tolerance=0.01,
        conditions={
            "task": "name the next symbol of 12: six random ones of 8, then the same six, each "
            "moved on by one in the alphabet",
            "arms": "one layer of self-attention with sinusoidal positions, 64 wide, 4 heads; no "
            "mask, the causal one, and three that people get wrong",
            "leaks": "slopes ∂y_t/∂x_s of fresh layers, one and two of them; one later symbol "
            "exchanged in the trained network",
            "training": "Adam, clipped at norm 1, 600 batches of 32, rate rising over a twentieth "
            "of them, then half a cosine",
            "rates": "each mask's own, from a grid by factors of two and a half, by the loss on "
            "new sequences, seeds 100 and 101; the verdict's seeds are 0 to 7",
        },
        decides=tuple(
            figure(name, mask=how)
            for name in ("leak", "loss of the random half")
            for how in (RIGHT, NO_MASK)
        ),
        grids=tuple(_grid(how) for how in MASKS),
        trials=(
            Trial("64 symbols in place of 8", {"V": 64}, keep=_TWO),
            Trial("24 random symbols before they come again, not 6", {"n": 24}, keep=_TWO),
            Trial("−10,000 in place of −∞", keep=_TWO, experiment=with_finite_mask),
        ),
    )
)
