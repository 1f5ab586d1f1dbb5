"""Claims 1, 2 and 25: what their experiments measure, apart from the records."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from course import claims
from course.claims import FAILS, HOLDS, HOLDS_WITHIN, Record, figure
from course.claims import recall_networks as lesson
from course.claims.vanishing_gradients import Looks, figure_2, working_rates
from helpers.corpora.recall import recall_batch


def changed(number: int, figures: dict[str, float]) -> Record:
    """Return a claim's record in which some figures are the same number for all seeds."""
    record = claims.record(number)
    new = {name: [value] * len(record.seeds) for name, value in figures.items()}
    return Record(**{**vars(record), "figures": {**record.figures, **new}})


def gradients(kind: str, lag: int = 9) -> tuple[torch.Tensor, torch.Tensor, list[torch.Tensor]]:
    """Return the logits of one network, ∂loss/∂x and its parameters' gradients."""
    torch.manual_seed(3)
    model = lesson.recall_model(lesson.plain_rnn(None, kind), 16)
    ids, answers = recall_batch(5, lag, np.random.default_rng(3))
    x = torch.nn.functional.one_hot(torch.tensor(ids), 8).float().requires_grad_()
    logits = model.head(model.cell(x)[0][:, -1])
    torch.nn.functional.cross_entropy(logits, torch.tensor(answers)).backward()
    assert x.grad is not None
    found = [p.grad for p in model.parameters() if p.grad is not None]
    return logits.detach(), x.grad, found


# --- the network and the way back ------------------------------------------------------------


@pytest.mark.parametrize("kind", ["kept", "turned", "shrunk"])
def test_another_way_back_leaves_the_way_forward_as_it_is(kind: str) -> None:
    plain, other = gradients("as it is"), gradients(kind)
    assert torch.allclose(plain[0], other[0], atol=1e-6)
    assert torch.allclose(plain[2][-1], other[2][-1], atol=1e-6)  # the readout hears no difference
    assert not torch.allclose(plain[2][1], other[2][1], rtol=1e-3)  # W_hh does


def test_a_shrunk_gradient_is_halved_once_more_at_each_step_back() -> None:
    lag = 9
    plain, shrunk = gradients("as it is", lag)[1], gradients("shrunk", lag)[1]
    ratio = (shrunk.norm(dim=(0, 2)) / plain.norm(dim=(0, 2))).numpy()
    assert ratio == pytest.approx(0.5 ** np.arange(lag + 1, 0, -1.0), rel=1e-3)


def test_a_kept_gradient_is_as_long_at_the_first_step_as_at_the_last() -> None:
    back: list[torch.Tensor] = []
    torch.manual_seed(3)
    model = lesson.recall_model(lesson.plain_rnn(None, "kept"), 16)
    ids, answers = recall_batch(5, 20, np.random.default_rng(3))
    states = model.cell(torch.nn.functional.one_hot(torch.tensor(ids), 8).float())[0]
    step = states.grad_fn.next_functions[0][
        0
    ]  # the first step's tanh, whose input's slope is 1 − h²
    step.register_prehook(lambda dh: back.append(dh[0]))
    logits = model.head(states[:, -1])
    torch.nn.functional.cross_entropy(logits, torch.tensor(answers)).backward()
    last = (logits.softmax(1) - torch.eye(4)[torch.tensor(answers)]) @ model.head.weight / 5
    assert torch.allclose(back[0].norm(dim=1), last.norm(dim=1), rtol=1e-4)


@pytest.mark.parametrize("gain", [None, 1.5])
def test_the_norms_by_distance_are_those_of_autograd(gain: float | None) -> None:
    torch.manual_seed(0)
    lag, B = 12, 64
    model = lesson.recall_model(lesson.plain_rnn(gain), 16).double()
    ids, answers = recall_batch(B, lag, np.random.default_rng(lag))
    x = torch.nn.functional.one_hot(torch.tensor(ids), 8).double()
    state, states = torch.zeros(1, B, 16, dtype=torch.float64), []
    for t in range(lag + 1):
        _, state = model.cell(x[:, t : t + 1], state)
        state.retain_grad()
        states.append(state)
    torch.nn.functional.cross_entropy(model.head(state[0]), torch.tensor(answers)).backward()
    wanted = [float(s.grad.norm()) for s in reversed(states) if s.grad is not None]
    assert lesson.gradient_norms(model, lag) == pytest.approx(wanted, rel=1e-9)
    assert lesson.share(model, lag) == pytest.approx(wanted[-1] / wanted[0], rel=1e-9)


def test_a_probe_reads_a_near_symbol_and_no_far_one() -> None:
    torch.manual_seed(0)
    model = lesson.recall_model(lesson.plain_rnn(), 32)
    assert lesson.probe_accuracy(model, 3, seed=0) > 0.95
    assert lesson.probe_accuracy(model, 30, seed=0) == pytest.approx(0.25, abs=0.04)


def test_training_is_the_same_for_the_same_seed_and_learns_a_near_symbol() -> None:
    runs = [lesson.train_recall(lesson.plain_rnn(), 2, seed=4, steps=150)[0] for _ in range(2)]
    assert runs[0] == runs[1] > 0.9


def test_clipping_limits_what_the_optimiser_gets() -> None:
    def moved(clip: float | None) -> float:
        start: list[torch.Tensor] = []

        def watch(step: int, model: torch.nn.Module) -> None:
            start.extend(p.detach().clone() for p in model.parameters())

        _, model = lesson.train_recall(
            lesson.plain_rnn(2.0), 20, 0, steps=1, optimiser="SGD", rate=1.0, clip=clip, watch=watch
        )
        pairs = zip(model.parameters(), start, strict=True)
        return float(sum((p.detach() - s).square().sum() for p, s in pairs) ** 0.5)

    assert moved(0.5) == pytest.approx(0.5, rel=1e-3)
    assert moved(None) > 1


def test_a_training_stops_where_the_task_is_learnt_and_is_the_same_for_the_same_seed() -> None:
    runs = [
        lesson.train_until_learnt(lesson.rnn_cell("torch"), 2, 4, rate=0.003, steps=400)
        for _ in range(2)
    ]
    assert runs[0][:2] == runs[1][:2]
    assert runs[0].accuracy > 0.9 and runs[0].updates < 400 and runs[0].updates % 25 == 0
    short = lesson.train_until_learnt(lesson.rnn_cell("torch"), 40, 4, rate=0.003, steps=30)
    assert short.updates == 30 and short.accuracy < 0.35


def test_the_identity_start_hands_positive_states_on() -> None:
    cell = lesson.rnn_cell("identity")(8, 5)
    x = torch.zeros(1, 4, 8)
    x[0, 0, 2] = 1  # one symbol, then nothing
    states = cell(x)[0][0]
    assert torch.equal(states, states[:1].expand(4, 5)) and states.max() > 0 <= states.min()


def test_what_is_received_is_the_share_after_the_change_on_the_way_back() -> None:
    torch.manual_seed(0)
    lag, model = 12, lesson.recall_model(lesson.rnn_cell("torch"), 16)
    assert lesson.share(model, lag, "kept") == pytest.approx(1)
    # Of 64 random directions of 16 entries each, the norms are exact as well.
    assert lesson.share(model, lag, "turned") == pytest.approx(1)
    assert lesson.share(model, lag, "shrunk") == pytest.approx(lesson.share(model, lag) / 2**lag)


def test_the_share_of_the_state_is_a_derivative_of_torchs_own_layer() -> None:
    torch.manual_seed(0)
    lag, model = 7, lesson.recall_model(lesson.rnn_cell(0.9), 16).double()
    ids, _ = recall_batch(64, lag, np.random.default_rng(lag))
    other = ids.copy()
    other[:, 0] = (other[:, 0] + 1) % 4
    x = torch.nn.functional.one_hot(torch.tensor(ids), 8).double()
    first, changed_first = (
        model.cell(torch.nn.functional.one_hot(torch.tensor(i[:, :1]), 8).double())[0][:, 0]  # type: ignore[operator]
        for i in (ids, other)
    )

    def last(state: torch.Tensor) -> torch.Tensor:
        return model.cell(x[:, 1:], state[None])[0][:, -1]  # type: ignore[operator, no-any-return]

    _, change = torch.autograd.functional.jvp(last, first, changed_first - first)
    wanted = float(change.norm() / (changed_first - first).norm())
    assert lesson.state_share(model, lag) == pytest.approx(wanted)


def test_radius_and_largest_singular_value_of_a_matrix_that_tells_them_apart() -> None:
    model = lesson.recall_model(lesson.rnn_cell("torch"), 2)
    with torch.no_grad():
        model.cell.weight_hh_l0.copy_(torch.tensor([[0.0, 2.0], [0.5, 0.0]]))  # type: ignore[union-attr, operator]
    assert lesson.radius_and_largest(model) == pytest.approx((1, 2))


def test_looks_end_where_the_network_names_more_than_by_guessing() -> None:
    cell, looks = lesson.rnn_cell("torch"), Looks(3, "as it is")
    torch.manual_seed(4)
    looks(0, lesson.recall_model(cell, 32))
    seen = dict(looks.first)
    assert not looks.begun and seen["received"] > 0.01 and seen["sigma"] > seen["rho"]
    run = lesson.train_until_learnt(cell, 3, 4, rate=0.003, steps=300)
    looks(24, run.model)  # not a multiple of 25
    assert not looks.begun
    looks(25, run.model)
    assert looks.begun and looks.onset == looks.first == seen


# --- the verdicts ----------------------------------------------------------------------------


def test_claim_1_the_verdict_follows_the_record() -> None:
    rule, record = claims.get(1).rule, claims.record(1)
    assert rule(record).word == HOLDS_WITHIN

    def last(start: str, accuracy: float) -> dict[str, float]:
        lag = max(record.settings["starts"][start]["lags"])
        return {figure("accuracy", start=start, lag=lag): accuracy}

    starts = record.settings["starts"]
    lost = {name: value for start in starts for name, value in last(start, 0.25).items()}
    assert rule(changed(1, lost)).word == HOLDS
    lags = starts["torch"]["lags"]
    kept = {figure("accuracy", start="torch", lag=lag): 1.0 for lag in lags}
    assert rule(changed(1, kept)).word == FAILS


def test_claim_2_the_verdict_follows_the_record() -> None:
    rule = claims.get(2).rule

    def named(arm: str, accuracy: float) -> dict[str, float]:
        return {figure_2("accuracy", arm): accuracy}

    clean = {**named("torch", 0.25), **named("torch, kept", 1.0), **named("torch, turned", 0.25)}
    clean |= {**named("1.2, shrunk", 0.25), **named("1, shrunk, near", 0.25)}
    assert rule(changed(2, clean)).word == HOLDS
    assert rule(changed(2, {**clean, **named("1, shrunk, near", 1.0)})).word == HOLDS_WITHIN
    for arm, accuracy in (
        ("torch", 0.95),
        ("torch, kept", 0.26),
        ("torch, turned", 0.95),
        ("1.2, shrunk", 0.95),
    ):
        assert rule(changed(2, {**clean, **named(arm, accuracy)})).word == FAILS, arm


def test_claim_25_the_verdict_follows_the_record() -> None:
    rule, record = claims.get(25).rule, claims.record(25)
    rates = record.settings["rates"]

    def at(arm: str, rate: float, accuracy: float) -> dict[str, float]:
        return {figure("accuracy", arm=arm, rate=rate): accuracy}

    none = {name: 0.25 for rate in rates for name in at("exploding", rate, 0.25)}
    assert rule(record).word == HOLDS_WITHIN
    assert working_rates(changed(25, none), "exploding") == []
    assert rule(changed(25, none)).word == HOLDS
    assert rule(changed(25, at("vanishing, clipped", rates[0], 1.0))).word == FAILS
    assert rule(changed(25, at("exploding", rates[-1], 1.0))).word == FAILS
