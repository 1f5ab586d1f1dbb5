"""Claims 3 and 4: what their experiments measure, apart from the records."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from course import claims
from course.claims import FAILS, HOLDS, HOLDS_WITHIN, Record, figure
from course.claims import lstm as lesson
from course.claims.cells_between import cell_between
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


def test_an_update_bias_is_where_the_grus_gates_start() -> None:
    torch.manual_seed(0)
    plain = torch.nn.GRU(8, 5, batch_first=True)
    torch.manual_seed(0)
    cell = lesson.gru_cell(bias=4)(8, 5)
    assert torch.equal((cell.bias_ih_l0 + cell.bias_hh_l0)[5:10], torch.full((5,), 4.0))
    for (name, one), other in zip(plain.named_parameters(), cell.parameters(), strict=True):
        same = one == other
        assert same[:5].all() and same[10:].all() and same.all() == (not name.startswith("bias"))
    # The gate at 5 … 10 is the one that keeps: held wide open, a state stays as it is.
    with torch.no_grad():
        cell.bias_ih_l0[5:10] = 40
    h = torch.rand(1, 2, 5)
    assert torch.allclose(cell(torch.rand(2, 3, 8), h)[0][:, -1], h[0], atol=1e-6)


def test_the_ends_of_the_cells_between_are_torchs_lstm_and_gru() -> None:
    torch.manual_seed(0)
    D, H = 3, 4
    x = torch.rand(2, 6, D)

    def rows(weights: list[torch.Tensor], *blocks: int) -> list[torch.Tensor]:
        return [torch.cat([w.split(H)[block] for block in blocks]) for w in weights]

    between = cell_between(coupled=False, shown="o tanh(c)", reset=False)(D, H)
    weights = [p.detach() for p in between.parameters()]  # blocks f, i, r, o, candidate
    lstm = torch.nn.LSTM(D, H, batch_first=True)
    for own, new in zip(lstm.parameters(), rows(weights, 1, 0, 4, 3), strict=True):
        own.data.copy_(new)
    assert torch.allclose(between(x)[0][:, -1], lstm(x)[0][:, -1], atol=1e-6)

    between = cell_between(coupled=True, shown="c", reset=True)(D, H)
    weights = [p.detach() for p in between.parameters()]
    gru = torch.nn.GRU(D, H, batch_first=True)
    for own, new in zip(gru.parameters(), rows(weights, 2, 0, 4), strict=True):
        own.data.copy_(new)
    assert torch.allclose(between(x)[0][:, -1], gru(x)[0][:, -1], atol=1e-6)


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


def all_lags(record: Record, network: str, accuracy: float) -> dict[str, float]:
    """Return an accuracy for each lag of a network of claim 3."""
    lags = record.settings["arms"][network]["lags"]
    return {figure("accuracy", network=network, lag=lag): accuracy for lag in lags}


def test_claim_3_the_verdict_follows_the_record() -> None:
    rule, record = claims.get(3).rule, claims.record(3)
    plain = {
        name: value
        for network, arm in record.settings["arms"].items()
        if arm["cell"] == "RNN"
        for name, value in all_lags(record, network, 0.25).items()
    }
    opened = all_lags(record, "LSTM, open", 1.0)
    assert rule(changed(3, {**plain, **opened})).word == HOLDS
    assert rule(changed(3, {**opened, **all_lags(record, "RNN, identity", 1.0)})).word == FAILS
    shut = {**all_lags(record, "LSTM, open", 0.25), **all_lags(record, "LSTM", 0.25)}
    assert rule(changed(3, shut)).word == FAILS


def test_claim_4_the_verdict_follows_the_record() -> None:
    rule, record = claims.get(4).rule, claims.record(4)
    held = {figure("accuracy", held=value): 0.25 for value in record.settings["held"]}
    only_one = {**held, figure("accuracy", held=1.0): 1.0}
    assert rule(changed(4, only_one)).word == HOLDS
    assert rule(changed(4, {**only_one, figure("accuracy", held=0.9): 1.0})).word == HOLDS_WITHIN
    assert rule(changed(4, held)).word == FAILS
    assert rule(changed(4, {figure("accuracy", held=0.5): 1.0})).word == FAILS
