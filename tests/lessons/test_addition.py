"""Addition as text: the corpus, what is counted in training, and the promise's rule."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from course import claims
from course.claims import FAILS, HOLDS, Record
from course.claims import addition as lesson
from course.grammar import addition
from course.maintenance import bench
from helpers import decoding, seq2seq, text

PARTS = addition.generate()
ALL = [pair for pairs in PARTS.values() for pair in pairs]
SMALL = {
    "hidden_size": 8,
    "batch_size": 8,
    "updates_a_round": 3,
    "starts": 2,
    "trial_rounds": 1,
    "rounds": 1,
    "learning_rate": 0.01,
    "dropout": 0.1,
}


# --- the corpus ------------------------------------------------------------------------------


def numbers(question: str) -> tuple[int, int]:
    """The two numbers of a question, which must be written without leading zeros."""
    match = re.fullmatch(r"(0|[1-9]\d{0,2})\+(0|[1-9]\d{0,2})", question)
    assert match is not None, question
    return int(match[1]), int(match[2])


def test_every_answer_is_the_sum():
    for question, answer in ALL:
        assert str(sum(numbers(question))) == answer, question


def test_sizes_are_as_promised():
    assert {part: len(pairs) for part, pairs in PARTS.items()} == {
        "train": 45_000,
        "validation": 2_500,
        "test": 2_500,
    }


def test_no_two_numbers_meet_twice_in_either_order():
    together = {frozenset(numbers(question)) for question, _ in ALL}
    assert len(together) == len(ALL) == 50_000


def test_both_orders_occur_so_that_the_first_number_is_not_always_the_smaller():
    differences = [a - b for a, b in (numbers(question) for question, _ in ALL)]
    assert 0.45 < np.mean([d > 0 for d in differences]) < 0.55


@pytest.mark.parametrize("part", ["validation", "test"])
def test_the_parts_are_alike_in_length(part):
    def shares(pairs):
        digits = np.array([len(question) for question, _ in pairs])
        return np.array([(digits == length).mean() for length in range(3, 8)])

    assert np.abs(shares(PARTS[part]) - shares(PARTS["train"])).max() < 0.03


def test_the_corpus_is_the_same_each_time_and_another_with_another_seed():
    assert addition.load("train")[:3] == [("2+325", "327"), ("27+889", "916"), ("6+749", "755")]
    assert addition.load("test") == PARTS["test"]
    assert addition.generate(seed=1)["test"] != PARTS["test"]


def test_an_unknown_part_is_an_error_that_names_the_parts():
    with pytest.raises(ValueError, match="part='dev' was given, expected one of train, valid"):
        addition.load("dev")


# --- the experiment --------------------------------------------------------------------------


@pytest.fixture
def few_questions(monkeypatch):
    """Deal the experiment a few hundred questions of each part, to save time."""
    monkeypatch.setattr(
        addition, "generate", lambda: {part: pairs[:300] for part, pairs in PARTS.items()}
    )


def weights(module: torch.nn.Module) -> int:
    """The entries of a module's matrices: its multiplications for one vector."""
    return sum(parameter.numel() for parameter in module.parameters() if parameter.ndim == 2)


def test_the_multiplications_are_those_of_torchs_matrices():
    H, V, S, T = 6, 15, 7, 5
    encoder, decoder = seq2seq.Encoder(V, H), seq2seq.AttentionDecoder(V, H)
    forward = (
        S * weights(encoder.recurrent)
        + T * sum(map(weights, (decoder.recurrent, decoder.query, decoder.combine, decoder.output)))
        + T * S * (H + H)  # a product with each state for its score, one for the context
    )
    assert lesson.multiplications(H, V, S, T) == 3 * forward
    layers = (torch.nn.LSTM(16, 128), torch.nn.LSTM(16, 128), torch.nn.Linear(128, 13))
    pair = sum(steps * weights(layer) for steps, layer in zip((7, 4, 4), layers, strict=True))
    assert lesson.peer_multiplications() == 3 * pair * 25 * (45_000 // 128) * 128


def test_the_live_figures_are_the_first_of_the_whole_training(few_questions):
    with torch.random.fork_rng(devices=[]):
        whole = lesson.experiment_addition(7, **SMALL)
        torch.manual_seed(99)
        live = lesson.experiment_addition(7, **{**SMALL, "starts": 1, "rounds": 0})
    at = "network=start 0 updates=3"
    assert set(live) == {f"validation loss {at}", f"validation exact {at}"}
    assert {name: whole[name] for name in live} == pytest.approx(live)
    assert whole["updates"] == 9
    assert whole["multiplications"] == 9 * 8 * lesson.multiplications(8, 15, 7, 5)
    assert whole["training seconds"] > 0


@pytest.mark.parametrize(
    ("write", "finished", "score"),
    [
        (lambda a, b: str(a + b)[::-1], True, 1.0),
        (lambda a, b: str(a + b)[::-1], False, 0.0),
        (lambda a, b: str(a + b + 1)[::-1], True, 0.0),
        (lambda a, b: str(a + b)[::-1].ljust(4, "0"), True, None),
    ],
)
def test_exact_match_counts_answers_written_from_the_last_digit(
    few_questions, monkeypatch, write, finished, score
):
    vocabulary = text.Vocabulary(lesson.CHARACTERS)

    def greedy(model, source, mask, maximum_length):
        assert maximum_length >= 5
        written = [write(*numbers("".join(vocabulary.decode(row)))) for row in source.tolist()]
        return [
            decoding.Decoded(vocabulary.encode(answer), np.zeros((0, 0)), finished)
            for answer in written
        ]

    monkeypatch.setattr(decoding, "greedy", greedy)
    figures = lesson.experiment_addition(0, **SMALL)
    if score is None:  # only answers of four digits are right
        score = np.mean([len(answer) == 4 for _, answer in PARTS["test"][:300]])
    assert figures["exact match"] == pytest.approx(score)


# --- the promise -----------------------------------------------------------------------------


def record(exact: list[float], share: float) -> Record:
    """A record with made-up exact match, and multiplications in units of the peer's."""
    cost = share * lesson.peer_multiplications()
    figures = {"exact match": exact, "multiplications": [cost] * 5, "updates": [10] * 5}
    return Record("addition", list(range(5)), figures, {}, {}, {}, "", "", "")


def test_the_rule_gives_each_verdict_where_it_is_due():
    assert lesson.rule_addition(record([0.99, 1, 1, 1, 1], 0.5)).word == HOLDS
    some = lesson.rule_addition(record([0.98, 1, 1, 1, 1], 0.5))
    assert some.word == FAILS
    assert "4 of 5" in some.reason
    assert lesson.rule_addition(record([0.98] * 5, 0.5)).word == FAILS
    assert lesson.rule_addition(record([1.0] * 5, 1.5)).word == FAILS


def test_the_recorded_verdict_does_not_rest_on_a_clock():
    recorded = claims.record("addition")
    slow = {**recorded.figures, "training seconds": [1e6] * len(recorded.seeds)}
    other = Record(**{**vars(recorded), "figures": slow})
    assert lesson.rule_addition(other) == lesson.rule_addition(recorded)


def test_the_benchmark_reports_the_training_beside_the_peers(few_questions, monkeypatch):
    layer = bench.lstm_contest(T=5, B=3, D=4, H=2)
    monkeypatch.setattr(bench, "lstm_contest", lambda: layer)
    report = bench.addition_report(**SMALL)
    assert "9 updates of 8 questions" in report
    assert "5.7 % plain, 54.1 % reversed, 87.3 % reversed and peeky" in report
    assert "57–75 s" in report
