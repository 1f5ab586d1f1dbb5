"""Claims 5, 6 and 7: what their experiments measure, apart from the records."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from course import claims
from course.claims import FAILS, HOLDS, HOLDS_IF, Record, figure
from course.claims import gru as lesson
from course.claims import gru_networks as networks


def changed(number: int, figures: dict[str, float]) -> Record:
    """Return a claim's record in which some figures are the same number for all seeds."""
    record = claims.record(number)
    new = {name: [value] * len(record.seeds) for name, value in figures.items()}
    return Record(**{**vars(record), "figures": {**record.figures, **new}})


def costs(number: int, network: str, value: float) -> dict[str, float]:
    tasks = claims.record(number).settings["tasks"]
    return {figure("cost", task=task, network=network): value for task in tasks}


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


@pytest.mark.parametrize("number", [5, 6])
def test_networks_that_are_called_equal_have_nearly_equal_parameters(number: int) -> None:
    record = claims.record(number)
    one, others, most = {
        5: ("LSTM", (lesson.SAME_PARAMETERS, lesson.MINIMAL), 0.055),
        6: (lesson.SAME_SIZE, (lesson.SMALL,), 0.08),  # small networks: one unit is a large step
    }[number]
    for task in record.settings["tasks"]:
        count = record.values("parameters", task=task, network=one)[0]
        for other in others:
            ratio = record.values("parameters", task=task, network=other)[0] / count
            assert ratio == pytest.approx(1, abs=most), (task, other)


# --- tasks and training ----------------------------------------------------------------------


def test_brackets_are_open_where_counting_says_so() -> None:
    x, wanted = networks.brackets(20, np.random.default_rng(0), False)
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
    x, wanted = task.draw(3, rng, False)
    gradient = networks.loss_and_gradient(task, cell, pieces, x, wanted)[1]
    direction = [rng.normal(size=piece.shape) for piece in pieces]
    losses = []
    for step in (1e-6, -1e-6):
        moved = [p + step * d for p, d in zip(pieces, direction, strict=True)]
        losses.append(networks.loss_and_gradient(task, cell, moved, x, wanted, gradient=False)[0])
    slope = (losses[0] - losses[1]) / 2e-6
    assert slope == pytest.approx(gradient @ np.concatenate([d.ravel() for d in direction]), 1e-5)


def test_no_window_of_the_held_out_letters_is_drawn_from_training() -> None:
    few = networks.letters_of("train")[:4000]
    x, wanted = networks.few_letters(50, np.random.default_rng(0), False)
    text = " ".join(map(str, few))
    assert all(" ".join(map(str, row)) in text for row in x.tolist())
    assert np.array_equal(x[:, 1:], wanted[:, :-1])
    assert not np.array_equal(networks.letters_of("validation")[:4000], few)


# --- verdicts --------------------------------------------------------------------------------


def test_claim_5_the_verdict_follows_the_record() -> None:
    rule = claims.get(5).rule
    assert rule(claims.record(5)).word == HOLDS
    level = costs(5, "LSTM", 1.0) | costs(5, lesson.SAME_PARAMETERS, 1.05)
    assert rule(changed(5, costs(5, "LSTM", 1.0) | costs(5, lesson.SAME_PARAMETERS, 1.0))).word == (
        HOLDS
    )
    assert rule(changed(5, level)).word == HOLDS
    lstm_wins = costs(5, "LSTM", 1.0) | costs(5, lesson.SAME_PARAMETERS, 2.0)
    assert rule(changed(5, lstm_wins)).word == FAILS


def test_claim_6_the_verdict_follows_the_record() -> None:
    rule = claims.get(6).rule
    gru_wins = costs(6, "LSTM", 2.0) | costs(6, lesson.SAME_SIZE, 1.0)
    smaller_wins = costs(6, lesson.SMALL, 1.5)
    assert rule(changed(6, gru_wins | costs(6, lesson.SMALL, 2.5))).word == FAILS  # no reason
    assert rule(changed(6, gru_wins | smaller_wins)).word == HOLDS
    once = figure("cost", task="recall", network=lesson.SAME_SIZE)
    seldom = costs(6, "LSTM", 2.0) | costs(6, lesson.SAME_SIZE, 2.5) | smaller_wins | {once: 1.0}
    assert rule(changed(6, seldom)).word == HOLDS_IF  # not often, but for that reason
    assert rule(changed(6, costs(6, "LSTM", 1.0) | costs(6, lesson.SAME_SIZE, 1.1))).word == FAILS


def test_settings_are_tried_in_the_same_way_for_every_cell() -> None:
    chosen = claims.get(6).settings["tasks"]
    for name, task in chosen.items():
        share = 1 / 8 if name == "few letters" else 1
        for cell in set(task) & set(networks.BLOCKS):
            rate, keep = task[cell]
            assert rate in {share * r for r in lesson.RATES} and keep in lesson.KEEPS
    costs_ = lesson.tune("recall", "GRU", rates=(0.02, 0.08), keeps=(0,), seeds=(900,), updates=60)
    assert min(costs_, key=lambda setting: costs_[setting]) == (0.08, 0)


def test_claim_7_the_verdict_follows_the_record() -> None:
    rule, record = claims.get(7).rule, claims.record(7)
    assert rule(record).word == HOLDS_IF
    sizes = record.settings["sizes"]
    for share, word in ((0.5, HOLDS), (1.0, FAILS)):
        made = {
            figure("multiplications made", D=D, H=H, network=network): value
            for D, H in sizes
            for network, value in (
                ("LSTM", 1000.0),
                (lesson.SAME_SIZE, 1000 * share),
                (lesson.SAME_PARAMETERS, 1000 * share),
            )
        }
        assert rule(changed(7, made)).word == word
