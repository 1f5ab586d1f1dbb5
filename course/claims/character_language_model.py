"""The promise of lesson 04: a recurrent network predicts held-out text better than the n-grams."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from course.claims.ledger import (
    FAILS,
    HOLDS,
    HOLDS_WITHIN,
    Claim,
    Figures,
    Interval,
    Record,
    Verdict,
    figure,
    register,
)
from helpers.corpora import python_docs
from helpers.language import KneserNey, best_ngram

# --- as the lesson builds it -----------------------------------------------------------------


def character_model(
    V: int, D: int, H: int, cell: str = "RNN", dropped: float = 0.0, seed: int = 0
) -> Any:
    """Return the lesson's network: embedding (V, D), one layer of H units, output (V, H).

    Parameters
    ----------
    V, D, H : int
        Characters, width of their vectors, hidden units.
    cell : {"RNN", "GRU", "LSTM"}
        Which of torch's layers reads the vectors. A plain RNN's W_hh starts orthogonal.
    dropped : float
        Share of the vectors' and the states' entries that are zeroed at random in training.
    seed : int
        What torch is seeded with before the weights are drawn.

    Returns
    -------
    torch.nn.Module
        ``model(ids, state)`` -> scores (B, T, V), the state after the last character.
    """
    import torch

    class CharacterModel(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = torch.nn.Embedding(V, D)
            self.layer = getattr(torch.nn, cell)(D, H, batch_first=True)
            self.output = torch.nn.Linear(H, V)
            self.drop = torch.nn.Dropout(dropped)

        def forward(self, ids: Any, state: Any = None) -> Any:
            h, state = self.layer(self.drop(self.embedding(ids)), state)  # (B, T, H)
            return self.output(self.drop(h)), state  # (B, T, V)

    torch.manual_seed(seed)
    model = CharacterModel()
    if cell == "RNN":
        torch.nn.init.orthogonal_(model.layer.weight_hh_l0)
    return model


def train(
    model: Any,
    ids: Any,
    B: int,
    T: int,
    steps: int,
    rate: float,
    after: Callable[[int], None] = lambda done: None,
) -> None:
    """Train as the lesson does: B rows of text, T characters at a time, the state carried along.

    Parameters
    ----------
    model : torch.nn.Module
        What `character_model` returned.
    ids : array, shape (N,)
        The text, as ids.
    B, T, steps : int
        Rows, characters of each that a step reads, number of steps.
    rate : float
        Adam's learning rate at the first step; it falls linearly, and would be 0 after the last.
    after : callable
        ``after(done)`` is called after each step with the number of steps done.
    """
    import torch

    L = (len(ids) - 1) // B
    rows = torch.as_tensor(ids[: B * L]).reshape(B, L)  # each row is a piece of the text
    following = torch.as_tensor(ids[1 : B * L + 1]).reshape(B, L)  # the character after each
    optimiser = torch.optim.Adam(model.parameters(), rate)
    model.train()
    start, state = 0, None
    for step in range(steps):
        scores, state = model(rows[:, start : start + T], state)  # (B, T, V)
        targets = following[:, start : start + T]
        loss = torch.nn.functional.cross_entropy(scores.flatten(0, 1), targets.flatten())
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.param_groups[0]["lr"] = rate * (1 - step / steps)
        optimiser.step()
        state, start = state.detach(), start + T
        if start + T > L:  # the rows are read: begin again, with an empty memory
            start, state = 0, None
        after(step + 1)


def bits_per_character(model: Any, ids: Any) -> float:
    """Return the mean of −log₂ p over a text, read from its beginning to its end in one go.

    A line break, which ends a paragraph, is read before the first character, so that each of the
    text's characters is predicted, as by the n-gram models.
    """
    import torch

    begin = python_docs.encode("\n")
    text = torch.cat([torch.as_tensor(begin), torch.as_tensor(ids)])  # (1 + N,)
    model.eval()
    state, total = None, 0.0
    with torch.no_grad():
        for start in range(0, len(ids), 1000):
            read = text[start : start + 1001]
            scores, state = model(read[None, :-1], state)
            total += float(torch.nn.functional.cross_entropy(scores[0], read[1:], reduction="sum"))
    model.train()
    return total / len(ids) / math.log(2)


# --- the experiment --------------------------------------------------------------------------


@functools.cache
def ngram_bits(order: int) -> float:
    """Return the bits per character that Kneser and Ney's model of this order needs on the test."""
    train_ids, test_ids = (python_docs.encode(python_docs.load(p)) for p in ("train", "test"))
    return KneserNey(order, len(python_docs.alphabet())).fit(train_ids).bits_per_token(test_ids)


@functools.cache
def best_ngram_bits() -> float:
    """Return the bits per character of lesson 03's best model on the test part."""
    return best_ngram().bits_per_token(python_docs.encode(python_docs.load("test")))


def experiment_character_model(
    seed: int, models: Mapping[str, Mapping[str, Any]], orders: Sequence[int]
) -> Figures:
    """Train networks on the Python documentation and compare them with n-grams on its test part.

    `models` holds, for each name, what the network and its training are given: D, H, cell,
    dropped, B, T, steps, rate, and `looks`, the numbers of steps after which it is measured. Its
    figure "above n-gram" is its bits per character on the test part less those of lesson 03's best
    n-gram model on the same text: below zero, it is the better one. "n-gram bits" are those of
    Kneser and Ney's models of the given orders, on the same text.
    """
    import torch

    figures: Figures = {}
    ids = {part: python_docs.encode(python_docs.load(part)) for part in ("train", "test")}
    for name, given in models.items():
        sizes = {key: given[key] for key in ("D", "H", "cell", "dropped")}
        course = {key: given[key] for key in ("B", "T", "steps", "rate")}
        with torch.random.fork_rng(devices=[]):
            model = character_model(len(python_docs.alphabet()), **sizes, seed=seed)
            measured: dict[int, float] = {}

            def look(done: int, model: Any = model, measured: dict[int, float] = measured) -> None:
                if done in given["looks"]:  # noqa: B023 - called within this turn of the loop
                    measured[done] = bits_per_character(model, ids["test"])

            train(model, ids["train"], **course, after=look)
        for done, bits in measured.items():
            label = figure("above n-gram", model=name, steps=done)
            figures[label] = bits - best_ngram_bits()
    for order in orders:
        figures[figure("n-gram bits", order=order)] = ngram_bits(order)
    if orders:
        figures["n-gram bits, best"] = best_ngram_bits()
    return figures


# --- the rule --------------------------------------------------------------------------------


def margin(record: Record, model: str) -> Interval:
    """Return a model's bits per character above the best n-gram's after its training."""
    steps = record.settings["models"][model]["steps"]
    return record.interval("above n-gram", model=model, steps=steps)


def rule_character_model(record: Record) -> Verdict:
    """Judge "a recurrent network predicts held-out text better than the best n-gram model".

    A network is better if the upper end of the 95 % interval of its bits per character above the
    n-gram model's is below zero. The two large networks have as many parameters and steps. The
    claim holds if both are better, holds within the cells that are, and does not hold where none
    is.
    """
    above = {name: margin(record, name) for name in ("plain", "gated")}
    better = [name for name, a in above.items() if a.high < 0]
    told = ", ".join(f"{name} {a.mean:+.2f}".replace("-", "−") for name, a in above.items())
    seen = f"bits per character beside it, at equal size: {told}"
    if len(better) == 2:
        return Verdict(HOLDS, seen)
    if better:
        return Verdict(HOLDS_WITHIN, f"{better[0]} cells; {seen}")
    return Verdict(FAILS, seen)


# The one that the lesson trains before the reader's eyes.
SMALL: dict[str, Any] = {
    "cell": "RNN",
    "D": 32,
    "H": 128,
    "dropped": 0.0,
    "B": 32,
    "T": 32,
    "steps": 600,
    "rate": 0.004,
    "looks": [600],
}


register(
    Claim(
        number="character_model",
        statement="A recurrent network predicts held-out text better than the best n-gram model.",
        source="the promise of lesson 04; Mikolov, Karafiát, Burget, Černocký and Khudanpur 2010, "
        "Recurrent neural network based language model, Interspeech, found it for words",
        lesson="04_character_language_model",
        experiment=experiment_character_model,
        rule=rule_character_model,
        seeds=(0, 1, 2, 3, 4),
        settings={
            "models": {
                "small": SMALL,
                "plain": {
                    "cell": "RNN",
                    "D": 48,
                    "H": 551,
                    "dropped": 0.05,
                    "B": 32,
                    "T": 32,
                    "steps": 3000,
                    "rate": 0.0015,
                    "looks": [500, 1000, 2000, 3000],
                },
                "gated": {
                    "cell": "GRU",
                    "D": 48,
                    "H": 320,
                    "dropped": 0.1,
                    "B": 32,
                    "T": 32,
                    "steps": 3000,
                    "rate": 0.004,
                    "looks": [500, 1000, 2000, 3000],
                },
            },
            "orders": [1, 2, 3, 4, 5, 6, 7, 8, 9],
        },
        live_settings={"models": {"small": SMALL}, "orders": []},
        tolerance=0.03,  # bits: Python's documentation changes a little with its version
    )
)
