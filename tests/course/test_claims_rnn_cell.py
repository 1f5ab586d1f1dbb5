"""Claim 10: its rule, its record, and the networks that it compares."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from course import claims
from course.claims import FAILS, HOLDS, HOLDS_WITHIN, Record, figure, rnn_cell


def test_claim_10_does_not_hold_but_the_tied_deep_network_equals_the_rnn():
    verdict = claims.verdict(10)
    assert verdict.word == FAILS
    assert "T tied layers none" in verdict.reason and len(str(verdict)) <= 120
    record = claims.record(10)
    for T in record.settings["steps"]:
        assert record.values("unrolled difference", T=T).max() < 1e-12
        assert record.values("unexplained, no tanh", T=T).max() < 1e-20


def test_claim_10_is_refuted_by_one_unit_whose_artanh_is_not_affine():
    x = np.zeros((3, 2, 1))
    x[:, 0, 0] = 0, 1, 2  # equal steps in x_1
    h = rnn_cell.deep_network(x, [(np.ones((1, 1)), np.ones((1, 1)), np.zeros(1))] * 2)[:, 0]
    first, second = np.diff(np.arctanh(h))
    assert first == pytest.approx(np.tanh(1)) and second < 0.3 * first  # unequal ones in artanh h_2


def test_claim_10_one_step_and_no_recurrence_are_a_layer_and_more_steps_are_not():
    record = claims.record(10)
    settings = record.settings
    for size in settings["inputs"]:
        for gain in settings["gains"]:
            for T in settings["steps"]:
                left = record.interval("unexplained", inputs=size, gain=gain, T=T)
                if T == 1 or gain == 0:
                    assert left.high < 1e-20
                else:
                    assert left.low > 1e-5


def test_claim_10_a_recorded_seed_is_found_again():
    record, again = claims.record(10), claims.live(10, seed=record_seed())
    for name, value in again.items():
        if value > 1e-9:
            recorded = record.figures[name][record.seeds.index(record_seed())]
            assert value == pytest.approx(recorded, rel=1e-3), name


def record_seed():
    return claims.get(10).seeds[3]


def test_claim_10_the_deep_network_equals_torchs_rnn_and_its_layers_need_not_be_equal():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(6, 4, 3))  # (B, T, D)
    cells = [torch.nn.RNNCell(3, 5, dtype=torch.float64) for _ in range(4)]
    layers = [
        tuple(p.detach().numpy() for p in (c.weight_ih, c.weight_hh, c.bias_ih + c.bias_hh))
        for c in cells
    ]
    with torch.no_grad():
        h = torch.zeros(6, 5, dtype=torch.float64)
        for t, cell in enumerate(cells):
            h = cell(torch.tensor(x[:, t]), h)
        module = torch.nn.RNN(3, 5, batch_first=True, dtype=torch.float64)
        for name, parameter in cells[0].named_parameters():
            getattr(module, f"{name}_l0").copy_(parameter)
        states, _ = module(torch.tensor(x))
    assert np.allclose(rnn_cell.deep_network(x, layers), h.numpy(), atol=1e-13)
    tied = rnn_cell.deep_network(x, [layers[0]] * 4)
    assert np.allclose(tied, states[:, -1].numpy(), atol=1e-13)


@pytest.mark.parametrize("T", [1, 8])
def test_claim_10_the_fit_finds_a_wide_layer_where_there_is_one(T):
    rng = np.random.default_rng(T)
    x = rng.normal(size=(400, T, 3))
    A, b = rng.normal(size=(5, 3 * T)) / math.sqrt(T), rng.normal(size=5)
    left, variance = rnn_cell.unexplained(x, np.tanh(x.reshape(400, -1) @ A.T + b))
    assert left / variance < 1e-20


def test_claim_10_no_other_start_finds_a_better_wide_layer():
    rng = np.random.default_rng(5)
    Q = 1.5 * np.linalg.qr(rng.normal(size=(4, 4)))[0]
    x = rng.normal(size=(600, 3, 2))
    layers = [(rng.normal(size=(4, 2)), Q, np.zeros(4))] * 3
    h = rnn_cell.deep_network(x, layers)
    z = np.concatenate([x.reshape(600, -1), np.ones((600, 1))], axis=1)
    fitted = ((h - np.tanh(z @ rnn_cell.fit_wide_layer(z, h))) ** 2).sum()

    inputs, targets = torch.tensor(z), torch.tensor(h)
    for seed in range(3):
        start = np.random.default_rng(seed).normal(size=(7, 4))
        A = torch.tensor(start, requires_grad=True)
        optimiser = torch.optim.LBFGS([A], max_iter=300, line_search_fn="strong_wolfe")

        def loss(A=A, optimiser=optimiser):
            optimiser.zero_grad()
            error = ((targets - torch.tanh(inputs @ A)) ** 2).sum()
            error.backward()
            return error

        optimiser.step(loss)
        assert fitted <= loss().item() * (1 + 1e-6)


def record_10(unexplained):
    """A record of claim 10 with made-up figures: `unexplained(inputs, gain, T)` for each seed."""
    settings = {"inputs": [0.1, 1], "gains": [0, 1], "steps": [1, 2, 4]}
    figures = {figure("unrolled difference", T=T): [1e-16] * 5 for T in settings["steps"]}
    for size in settings["inputs"]:
        for gain in settings["gains"]:
            for T in settings["steps"]:
                name = figure("unexplained", inputs=size, gain=gain, T=T)
                figures[name] = [unexplained(size, gain, T) * (1 + i / 10) for i in range(5)]
    return Record(10, list(range(5)), figures, settings, {}, {}, "", "", "")


def test_claim_10s_rule_gives_each_verdict_where_it_is_due():
    exact = rnn_cell.rule_10(record_10(lambda size, gain, T: 1e-30))
    assert exact.word == HOLDS
    some = rnn_cell.rule_10(record_10(lambda size, gain, T: 1e-30 if size == 0.1 else 0.1))
    assert some.word == HOLDS_WITHIN
    assert some.reason.startswith("2 of 4 settings;")
    trivial = rnn_cell.rule_10(record_10(lambda size, gain, T: 0.1 * T if gain and T > 1 else 0.0))
    assert trivial.word == FAILS
    assert "leaves 24 to 48 % of variance" in trivial.reason


def test_claim_10s_agreement_shows_no_rounding_error_so_that_all_machines_print_the_same():
    text = str(claims.agrees(10, claims.live(10, seed=1000)))
    assert "unrolled difference T=4" in text
    assert "e-" not in text
