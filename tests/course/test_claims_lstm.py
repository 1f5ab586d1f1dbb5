"""Claims 3 and 4: what their experiments measure, apart from the records."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from course import claims
from course.claims import FAILS, HOLDS, HOLDS_IF, Record, figure
from course.claims import lstm as lesson
from course.claims.recall_networks import recall_model
from helpers.corpora.recall import recall_batch


def changed(number: int, figures: dict[str, float]) -> Record:
    """Return a claim's record in which some figures are the same number for all seeds."""
    record = claims.record(number)
    new = {name: [value] * len(record.seeds) for name, value in figures.items()}
    return Record(**{**vars(record), "figures": {**record.figures, **new}})


def forget_gates(cell: torch.nn.LSTM, x: torch.Tensor) -> torch.Tensor:
    """The forget gates that torch's own cell has, step by step: its c with and without c_prev."""
    step = torch.nn.LSTMCell(cell.input_size, cell.hidden_size)
    step.load_state_dict(
        {name.removesuffix("_l0"): value for name, value in cell.state_dict().items()}
    )
    h, c = torch.zeros(2, len(x), cell.hidden_size)
    gates = []
    for x_t in x.unbind(dim=1):
        gates.append(step(x_t, (h, torch.ones_like(c)))[1] - step(x_t, (h, 0 * c))[1])
        h, c = step(x_t, (h, c))
    return torch.stack(gates, dim=1).detach()


@pytest.mark.parametrize("held", [0.5, 0.9, 0.98, 1.0])
def test_held_forget_gates_stay_through_training_while_the_others_learn(held: float) -> None:
    torch.manual_seed(0)
    cell = lesson.lstm_cell(held=held)(8, 5)
    first = [p.detach().clone() for p in cell.parameters()]
    optimiser = torch.optim.Adam(cell.parameters(), lr=0.1)
    x = torch.randn(3, 6, 8)
    for _ in range(3):
        optimiser.zero_grad()
        cell(x)[0].square().sum().backward()
        optimiser.step()
    assert torch.allclose(forget_gates(cell, x), torch.tensor(held), atol=1e-6)
    for before, after in zip(first, cell.parameters(), strict=True):
        moved = (before != after.detach()).reshape(4, 5, -1).any(dim=2)
        assert not moved[1].any() and moved[[0, 2, 3]].all()


def test_a_forget_bias_is_where_the_gates_start_and_leaves_the_rest_as_torch_draws_it() -> None:
    torch.manual_seed(0)
    plain = torch.nn.LSTM(8, 5, batch_first=True)
    torch.manual_seed(0)
    cell = lesson.lstm_cell(bias=3)(8, 5)
    for (name, one), other in zip(plain.named_parameters(), cell.parameters(), strict=True):
        same = one == other
        if name.startswith("bias"):
            assert same[:5].all() and same[10:].all() and not same[5:10].any()
        else:
            assert same.all()
    total = (cell.bias_ih_l0 + cell.bias_hh_l0)[5:10]
    assert torch.equal(total, torch.full((5,), 3.0))


def test_the_networks_of_claim_3_have_equal_parameters_where_it_says_so() -> None:
    record = claims.record(3)
    counts = {
        name: int(record.values("parameters", network=name)[0])
        for name in record.settings["networks"]
    }
    assert counts["LSTM"] == counts["LSTM, open"]
    assert abs(counts["RNN, equal parameters"] / counts["LSTM"] - 1) < 0.02
    H = record.settings["H"]
    assert counts["RNN"] == 8 * H + H * H + 2 * H + 4 * H + 4


def test_the_gradient_at_the_cell_state_is_that_of_autograd() -> None:
    torch.manual_seed(3)
    lag, B = 6, 200
    model = recall_model(lesson.lstm_cell(bias=1), 5)
    seen = lesson.look_inside(model, lag, seed=2)
    model = model.double()
    ids, answers = recall_batch(B, lag, np.random.default_rng([2, lag, 4]))
    x = torch.nn.functional.one_hot(torch.tensor(ids), 8).double()
    W_x, W_h, b_x, b_h = model.cell.parameters()  # type: ignore[operator, union-attr]
    h, c = torch.zeros(2, B, 5, dtype=torch.float64)
    cells = []
    for x_t in x.unbind(dim=1):
        i, f, g, o = (x_t @ W_x.T + h @ W_h.T + b_x + b_h).chunk(4, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        c.retain_grad()
        h = torch.sigmoid(o) * torch.tanh(c)
        cells.append(c)
    assert torch.allclose(h, model.cell(x)[0][:, -1])  # type: ignore[operator]
    logits = model.head(h)  # type: ignore[operator]
    torch.nn.functional.cross_entropy(logits, torch.tensor(answers), reduction="sum").backward()
    first, last = cells[0], cells[-1]
    assert first.grad is not None and last.grad is not None
    wanted = float(first.grad.norm() / last.grad.norm())
    assert seen["gradient"] == pytest.approx(wanted, rel=1e-9)
    centred = [(s - s.mean(dim=0)).detach().flatten() for s in (first, last)]
    assert seen["likeness"] == pytest.approx(
        float(torch.nn.functional.cosine_similarity(*centred, dim=0)), rel=1e-9
    )
    gates = forget_gates(model.cell.float(), x.float())[:, 1:]  # type: ignore[operator, union-attr]
    assert seen["gate"] == pytest.approx(float(gates.mean()), rel=1e-5)
    product = gates.prod(dim=1).mean(dim=0).max()
    assert seen["product"] == pytest.approx(float(product), rel=1e-4)


def test_claim_3_the_verdict_follows_the_record() -> None:
    rule, record = claims.get(3).rule, claims.record(3)
    assert rule(record).word == HOLDS_IF
    lags = record.settings["lags"]

    def all_lags(network: str, accuracy: float) -> dict[str, float]:
        rates = record.settings["rates"]
        return {
            figure("accuracy", network=network, lag=lag, rate=rate): accuracy
            for lag in lags
            for rate in rates
        }

    assert rule(changed(3, all_lags("LSTM", 1.0))).word == HOLDS
    assert rule(changed(3, all_lags("LSTM, open", 0.25))).word == FAILS
    assert rule(changed(3, all_lags("RNN", 1.0))).word == FAILS


def test_claim_3_each_network_is_judged_at_its_better_rate() -> None:
    record = claims.record(3)
    low, high = record.settings["rates"]
    parts = {"network": "RNN", "lag": 40}
    better = changed(3, {figure("accuracy", **parts, rate=high): 1.0})
    assert lesson.best_rate(better, "RNN", 40) == high
    assert lesson.reach(better, "RNN") >= lesson.reach(record, "RNN")
    assert (
        lesson.best_rate(changed(3, {figure("accuracy", **parts, rate=low): 1.0}), "RNN", 40) == low
    )


def test_claim_4_the_verdict_follows_the_record() -> None:
    rule, record = claims.get(4).rule, claims.record(4)
    assert rule(record).word == HOLDS_IF
    biases = {figure("accuracy", bias=bias): 1.0 for bias in record.settings["biases"]}
    assert rule(changed(4, biases)).word == HOLDS
    assert rule(changed(4, dict.fromkeys(biases, 0.25))).word == FAILS
    assert rule(changed(4, {figure("accuracy", held=0.5): 1.0})).word == FAILS
    assert rule(changed(4, {figure("accuracy", held=1.0): 0.25})).word == FAILS
