"""Claims 5, 6 and 7: what their experiments measure, apart from the records."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from course import claims
from course.claims import FAILS, HOLDS, HOLDS_WITHIN, Record, figure
from course.claims import gru as lesson
from course.claims import gru_networks as networks


def changed(number: int, figures: dict[str, float]) -> Record:
    """Return a claim's record in which some figures are the same number for all seeds."""
    record = claims.record(number)
    new = {name: [value] * len(record.seeds) for name, value in figures.items()}
    return Record(**{**vars(record), "figures": {**record.figures, **new}})


def results(number: int, network: str, value: float) -> dict[str, float]:
    """Return a network's results on all tasks of a claim, each this much."""
    tasks = claims.record(number).settings["tasks"]
    return {
        figure(networks.TASKS[task].measure, task=task, network=network): value for task in tasks
    }


# --- counting --------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
@pytest.mark.parametrize(("D", "H"), [(1, 1), (3, 5), (8, 4)])
def test_the_counts_are_those_of_torch(cell: str, D: int, H: int) -> None:
    module = getattr(torch.nn, f"{cell}Cell")(D, H)
    assert networks.parameters(cell, D, H) == sum(p.numel() for p in module.parameters())
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(torch.zeros(1, D))
    products = counter.get_total_flops() // 2  # a multiplication and an addition each
    assert networks.multiplications(cell, D, H) - 3 * H == products


@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_running_makes_the_multiplications_of_the_formula(cell: str) -> None:
    for D, H in ((2, 3), (7, 4)):
        made = networks.count_by_running(cell, D, H, np.random.default_rng(0))
        assert made == networks.multiplications(cell, D, H)
        of_tanh = networks.count_by_running(cell, D, H, np.random.default_rng(0), "tanh")
        assert of_tanh == {"LSTM": 5, "GRU": 3}[cell] * H


@pytest.mark.parametrize("number", [5, 6])
def test_networks_that_are_called_equal_have_nearly_equal_parameters(number: int) -> None:
    record = claims.record(number)
    one, others, most = {
        5: ("LSTM", (lesson.SAME_PARAMETERS,), 0.055),
        6: (lesson.SAME_SIZE, (lesson.SMALL,), 0.08),  # small networks: one unit is a large step
    }[number]
    for task in record.settings["tasks"]:
        count = record.values("parameters", task=task, network=one)[0]
        for other in others:
            ratio = record.values("parameters", task=task, network=other)[0] / count
            assert ratio == pytest.approx(1, abs=most), (task, other)


# --- tasks and training ----------------------------------------------------------------------


def test_brackets_are_open_where_counting_says_so() -> None:
    x, wanted = networks.brackets(20, np.random.default_rng(0), "train")
    assert x.shape == (20, 40) and wanted.shape == (20, 40, 3)
    for row, told in zip(x, wanted, strict=True):
        depth = [0, 0, 0]
        for symbol, is_open in zip(row, told, strict=True):
            depth[symbol // 2] += 1 if symbol % 2 == 0 else -1
            assert min(depth) >= 0
            assert is_open.tolist() == [d > 0 for d in depth]


@pytest.mark.parametrize("name", networks.TASKS)
@pytest.mark.parametrize("cell", networks.BLOCKS)
def test_the_gradient_of_training_is_that_of_differences(name: str, cell: str) -> None:
    task, rng = networks.TASKS[name], np.random.default_rng(1)
    pieces = [rng.normal(size=size) for size in networks.shapes(cell, task.D, 3, task.O)]
    x, wanted = task.draw(3, rng, "train")
    gradient = networks.loss_and_gradient(task, cell, pieces, x, wanted)[1]
    direction = [rng.normal(size=piece.shape) for piece in pieces]
    losses = []
    for step in (1e-6, -1e-6):
        moved = [p + step * d for p, d in zip(pieces, direction, strict=True)]
        losses.append(networks.measure(task, cell, moved, x, wanted)[0])
    slope = (losses[0] - losses[1]) / 2e-6
    assert slope == pytest.approx(gradient @ np.concatenate([d.ravel() for d in direction]), 1e-5)


def test_no_window_of_the_held_out_letters_is_drawn_from_training() -> None:
    few = networks.letters_of("train")[:4000]
    x, wanted = networks.few_letters(50, np.random.default_rng(0), "train")
    text = " ".join(map(str, few))
    assert all(" ".join(map(str, row)) in text for row in x.tolist())
    assert np.array_equal(x[:, 1:], wanted[:, :-1])
    for part in ("validation", "test"):
        assert not np.array_equal(networks.letters_of(part)[:4000], few)
        held_out, _ = networks.few_letters(50, np.random.default_rng(0), part)
        told = " ".join(map(str, networks.letters_of(part)))
        assert all(" ".join(map(str, row)) in told for row in held_out.tolist())


def test_the_share_of_wrong_answers_is_counted_by_hand() -> None:
    task, rng = networks.TASKS["recall"], np.random.default_rng(1)
    pieces = [rng.normal(size=size) for size in networks.shapes("GRU", task.D, 3, task.O)]
    x, wanted = task.draw(50, rng, "test")
    h = networks.states_of("GRU", pieces[:-2], np.eye(task.D)[x]).h[:, -1]
    answers = [int(np.argmax(pieces[-2] @ one + pieces[-1])) for one in h]
    wrong = sum(a != w for a, w in zip(answers, wanted, strict=True)) / 50
    assert networks.measure(task, "GRU", pieces, x, wanted)[1] == pytest.approx(wrong)


def test_what_is_learnt_stays_learnt_and_what_is_not_takes_all_updates() -> None:
    task = networks.TASKS["recall"]
    outcome = networks.train(task, "GRU", 16, 0, 150, 0.08, 2, "validation")
    assert outcome.wrong < 0.05 and 0 < outcome.needed < 150 and outcome.needed % 5 == 0
    outcome = networks.train(task, "LSTM", 16, 0, 30, 0.0001, 0, "validation")
    assert outcome.wrong > 0.5 and outcome.needed == 30


# --- verdicts --------------------------------------------------------------------------------


def test_claim_5_the_verdict_follows_the_record() -> None:
    rule = claims.get(5).rule
    others = (lesson.SAME_PARAMETERS, lesson.SAME_SIZE)
    one = results(5, "LSTM", 1.0)
    level = {name: value for o in others for name, value in results(5, o, 1.05).items()}
    assert rule(changed(5, one | level)).word == HOLDS
    lstm_wins = {name: value for o in others for name, value in results(5, o, 2.0).items()}
    assert rule(changed(5, one | lstm_wins)).word == FAILS
    parts = [
        figure(networks.TASKS["recall"].measure, task="recall", network=other) for other in others
    ]
    assert rule(changed(5, one | lstm_wins | dict.fromkeys(parts, 0.5))).word == HOLDS
    within = rule(changed(5, one | lstm_wins | {parts[0]: 0.5}))
    assert within.word == HOLDS_WITHIN and within.reason.startswith("equal parameters: LSTM better")


def test_claim_6_the_verdict_follows_the_record() -> None:
    rule = claims.get(6).rule
    gru_wins = results(6, "LSTM", 2.0) | results(6, lesson.SAME_SIZE, 1.0)
    smaller_wins = results(6, lesson.SMALL, 1.5)
    assert rule(changed(6, gru_wins | results(6, lesson.SMALL, 2.5))).word == FAILS  # no reason
    assert rule(changed(6, gru_wins | smaller_wins)).word == HOLDS
    once = figure(networks.TASKS["recall"].measure, task="recall", network=lesson.SAME_SIZE)
    seldom = results(6, "LSTM", 2.0) | results(6, lesson.SAME_SIZE, 2.5) | smaller_wins
    assert rule(changed(6, seldom | {once: 1.0})).word == HOLDS_WITHIN  # but for that reason
    level = results(6, "LSTM", 1.0) | results(6, lesson.SAME_SIZE, 1.1)
    assert rule(changed(6, level)).word == FAILS


def test_both_cells_are_tuned_on_the_same_values_and_on_validation_data() -> None:
    for number in (5, 6):
        tried: dict[tuple[str, str], set[tuple[float, ...]]] = {}
        for grid in claims.get(number).grids:
            assert grid.changes["part"] == "validation"
            what, task = grid.what.split()[0], grid.what.rpartition(", ")[2]
            tried.setdefault((what, task), set()).add(grid.values)
        assert all(len(values) == 1 for values in tried.values())


def test_what_claim_5_tuned_claim_6_uses() -> None:
    five, six = (claims.get(number).settings["tasks"] for number in (5, 6))
    for task in set(five) & set(six):
        for network in ("LSTM", lesson.SAME_SIZE):
            assert five[task]["networks"][network] == six[task]["networks"][network]


def test_claim_7_the_counts_are_the_formula_and_just_above_three_quarters() -> None:
    record = claims.record(7)
    for D, H in itertools.product(record.settings["inputs"], record.settings["sizes"]):
        for network in ("LSTM", lesson.SAME_SIZE, lesson.SAME_PARAMETERS):
            parts = {"D": D, "H": H, "network": network}
            made = record.values("multiplications made", **parts)
            assert np.array_equal(made, record.values("multiplications", **parts))
    shares = [
        (3 * (D + H) + 3) / (4 * (D + H) + 3)
        for D, H in itertools.product(record.settings["inputs"], record.settings["sizes"])
    ]
    assert lesson.shares(record, lesson.SAME_SIZE) == pytest.approx(shares)


def test_claim_7_the_verdict_follows_the_record() -> None:
    rule, record = claims.get(7).rule, claims.record(7)
    assert rule(record).word == HOLDS_WITHIN
    pairs = list(itertools.product(record.settings["inputs"], record.settings["sizes"]))
    for share, word in ((0.5, HOLDS), (1.0, FAILS)):
        made = {
            figure("multiplications made", D=D, H=H, network=network): value
            for D, H in pairs
            for network, value in (
                ("LSTM", 1000.0),
                (lesson.SAME_SIZE, 1000 * share),
                (lesson.SAME_PARAMETERS, 1000 * share),
            )
        }
        assert rule(changed(7, made)).word == word
