"""Lesson 06: the numbers of its worked example, and what its prose says of theory and records."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import torch

from course import claims
from course.claims import recall_networks as recall
from course.exercises.bank.vanishing_gradients import jacobian_norms as built
from course.maintenance import refresh
from helpers.corpora.recall import recall_batch
from helpers.gradients import clip_by_norm, jacobian_norms, keep_norm
from helpers.rnn import rnn_layer, rnn_layer_backward

NOTEBOOK = refresh.ROOT / "notebooks" / "06_vanishing_gradients.ipynb"


@pytest.fixture(scope="module")
def sources() -> list[str]:
    """The text of each cell."""
    return [cell["source"] for cell in refresh.read(NOTEBOOK)["cells"]]


@pytest.fixture(scope="module")
def page(sources: list[str]) -> dict[str, Any]:
    """The page's hooked network and what makes its cells."""
    space: dict[str, Any] = {"np": np, "torch": torch, "keep_norm": keep_norm}
    for start in ("class HookedRNN", "def maker("):
        exec(next(s for s in sources if s.startswith(start)), space)
    return space


def test_the_table_on_paper_holds_powers_of_the_weight(sources: list[str]) -> None:
    text = next(s for s in sources if s.startswith("## Four steps on paper"))
    rows = [line for line in text.splitlines() if re.match(r"\| [\d.]+ \|", line)]
    assert len(rows) == 3
    for row in rows:
        w, *gradients = (float(n) for n in re.findall(r"\d+(?:\.\d+)?", row))
        assert gradients == [w**d for d in range(5)]


def test_two_steps_on_paper_are_those_of_lesson_05() -> None:
    assert pytest.approx(0.36 * 0.5) == 0.18
    assert pytest.approx(0.18 * 0.5 * 0.64) == 0.0576
    norms = jacobian_norms(np.array([[0.0], [0.6], [0.8]]), np.array([[0.5]]))
    assert norms == pytest.approx([1, 0.18, 0.0576])


def test_a_hook_that_doubles_dh_1_doubles_dh_0_and_leaves_the_states() -> None:
    h_0 = torch.tensor(-0.4, dtype=torch.float64, requires_grad=True)
    h_1 = torch.tanh(0.5 * h_0 + np.arctanh(0.6) + 0.2)
    h_1.register_hook(lambda dh: 2 * dh)
    h_2 = torch.tanh(0.5 * h_1 + np.arctanh(0.8) - 0.3)
    h_2.backward()
    assert (h_1.item(), h_2.item()) == pytest.approx((0.6, 0.8))
    assert h_0.grad is not None and h_0.grad.item() == pytest.approx(0.1152)


@pytest.mark.parametrize("seed", range(8))
def test_from_torchs_start_the_last_ten_steps_make_nearly_all_of_the_gradient(seed: int) -> None:
    torch.manual_seed(seed)
    W_xh, W_hh, b_ih, b_hh = (p.detach().double().numpy() for p in torch.nn.RNN(8, 32).parameters())
    rng = np.random.default_rng(seed)
    x, h_0 = np.eye(8)[recall_batch(64, 30, rng)[0]], np.zeros((64, 32))
    h = rnn_layer(x, h_0, W_xh, W_hh, b_ih + b_hh)
    dh = np.zeros_like(h)
    dh[:, -1] = rng.normal(size=(64, 32)) / 64
    whole = rnn_layer_backward(dh, x, h_0, h, W_xh, W_hh)[3]
    near = rnn_layer_backward(dh[:, -10:], x[:, -10:], h[:, -11], h[:, -10:], W_xh, W_hh)[3]
    assert np.linalg.norm(whole - near) < 0.02 * np.linalg.norm(whole)


def test_the_pages_three_states_are_the_banks_example(sources: list[str]) -> None:
    cell = next(s for s in sources if s.startswith("h = np.array([[0.1"))
    space: dict[str, Any] = {"np": np}
    exec(cell, space)
    assert (space["h"] == built.STATES).all() and (space["W_hh"] == built.WEIGHTS).all()
    slopes = 1 - built.STATES[-1] ** 2
    assert np.array(space["J_3"]) == pytest.approx(slopes[:, None] * built.WEIGHTS)
    text = next(s for s in sources if "### Exercise 6.2" in s)
    stated = [float(n) for n in re.findall(r"\[1, (0\.\d+), (0\.\d+)\]", text)[0]]
    assert jacobian_norms(built.STATES, built.WEIGHTS)[1:] == pytest.approx(stated, abs=5e-5)


def test_no_norm_is_above_the_power_of_the_largest_singular_value() -> None:
    rng = np.random.default_rng(1)
    h, W_hh = rng.uniform(-1, 1, (20, 5)), rng.normal(size=(5, 5))
    bound = np.linalg.norm(W_hh, 2) ** np.arange(20)
    assert (jacobian_norms(h, W_hh) <= bound * (1 + 1e-9)).all()
    assert jacobian_norms(0 * h, W_hh)[:2] == pytest.approx(bound[:2])  # without tanh's slopes


def test_the_norm_is_that_of_what_small_changes_become() -> None:
    """The last norm is that of the Jacobian which finite changes of the first state give."""
    rng = np.random.default_rng(2)
    x, W_xh, W_hh = rng.normal(size=(9, 3)), rng.normal(size=(4, 3)), rng.normal(size=(4, 4))

    def run(first: np.ndarray) -> np.ndarray:
        h = [first]
        for x_t in x:
            h.append(np.tanh(W_xh @ x_t + W_hh @ h[-1]))
        return np.array(h)

    first = rng.uniform(-0.5, 0.5, 4)
    most = jacobian_norms(run(first), W_hh)[-1]
    slopes = np.array(
        [(run(first + 1e-6 * e)[-1] - run(first - 1e-6 * e)[-1]) / 2e-6 for e in np.eye(4)]
    ).T
    assert np.linalg.norm(slopes, 2) == pytest.approx(most, rel=1e-4)


@pytest.mark.parametrize(("way", "hook"), [("kept", keep_norm), ("shrunk", lambda dh, _: dh / 2)])
def test_the_page_changes_the_gradient_as_the_experiment_does(
    page: dict[str, Any], way: str, hook: Any
) -> None:
    torch.manual_seed(0)
    theirs = recall.plain_rnn(1.0, way)(8, 16).double()
    torch.manual_seed(0)
    ours = page["maker"](hook, orthogonal=True)(8, 16).double()
    x = torch.randn(5, 20, 8, dtype=torch.float64, requires_grad=True)
    states = [cell(x)[0] for cell in (ours, theirs)]
    assert torch.allclose(*states, rtol=0, atol=1e-12)
    one, other = (torch.autograd.grad(h[:, -1].square().sum(), x)[0] for h in states)
    assert torch.allclose(one, other, rtol=1e-9)
    plain = page["maker"](lambda dh, _: dh, orthogonal=True)(8, 16).double()
    plain.load_state_dict(ours.state_dict())
    untouched = torch.autograd.grad(plain(x)[0][:, -1].square().sum(), x)[0]
    ratio = (one[:, 0].norm() / untouched[:, 0].norm()).item()
    assert ratio > 2 if way == "kept" else ratio == pytest.approx(0.5**20, rel=0.9)


def test_a_network_with_an_empty_hook_is_torchs(page: dict[str, Any]) -> None:
    cell = page["maker"](lambda dh, dh_T: dh)(8, 16).double()
    plain = torch.nn.RNN(8, 16, batch_first=True, dtype=torch.float64)
    plain.load_state_dict(cell.state_dict())
    x = torch.randn(3, 7, 8, dtype=torch.float64, requires_grad=True)
    assert torch.allclose(cell(x)[0], plain(x)[0])
    ours, theirs = (
        torch.autograd.grad(network(x)[0][:, -1].sum(), x)[0] for network in (cell, plain)
    )
    assert torch.allclose(ours, theirs)


@pytest.mark.parametrize("scale", [10.0, 1e-3, 0.0])
def test_clipping_is_torchs(scale: float) -> None:
    rng = np.random.default_rng(3)
    gradients = [scale * rng.normal(size=shape) for shape in ((32, 8), (32, 32), (32,))]
    weights = [torch.nn.Parameter(torch.zeros(g.shape, dtype=torch.float64)) for g in gradients]
    for weight, gradient in zip(weights, gradients, strict=True):
        weight.grad = torch.tensor(gradient)
    torch.nn.utils.clip_grad_norm_(weights, max_norm=1.0)
    for ours, weight in zip(clip_by_norm(gradients, 1.0), weights, strict=True):
        assert weight.grad is not None
        assert ours == pytest.approx(weight.grad.numpy(), rel=1e-12)


def learnt(number: int, **parts: object) -> int:
    """How many seeds of a record name more than 90 % of the symbols."""
    return int((claims.record(number).values("accuracy", **parts) > 0.9).sum())


def test_the_prose_about_seeds_is_that_of_the_records() -> None:
    assert all(len(claims.record(number).seeds) == 6 for number in (1, 2, 25))
    torch_start = {lag: learnt(1, start="torch", lag=lag) for lag in (5, 10, 20, 40, 80)}
    assert torch_start == {5: 5, 10: 6, 20: 5, 40: 4, 80: 2}
    assert [learnt(1, start="identity", lag=lag) for lag in (40, 80, 160)] == [6, 6, 6]
    probe = claims.record(1).values("probe before", start="torch", lag=10)
    assert probe.max() < 0.3  # "next to nothing"
    unclipped = [learnt(25, arm="exploding", rate=rate) for rate in (0.03, 0.1, 0.3, 1.0, 3.0)]
    assert unclipped == [6, 2, 0, 0, 0]  # "all six seeds at 0.03, two at 0.1"
    clipped = [learnt(25, arm="exploding, clipped", rate=r) for r in (0.03, 0.1, 0.3, 1.0, 3.0)]
    assert clipped == [6, 6, 6, 0, 0]
    near = [learnt(25, arm="near", rate=rate) for rate in (0.03, 0.1, 0.3)]
    assert near == [6, 6, 6]  # "although it does at lag 3"
    for arm in ("vanishing", "vanishing, clipped"):
        assert not any(learnt(25, arm=arm, rate=rate) for rate in (0.03, 0.1, 0.3, 1.0, 3.0))


def test_the_prose_about_the_two_repairs_is_that_of_the_record() -> None:
    record = claims.record(2)
    plain, kept, turned = (
        learnt(2, start="torch", gradient=way) for way in ("as it is", "kept", "turned")
    )
    assert (plain, kept, turned) == (1, 5, 0)
    assert learnt(2, start=1.2, gradient="shrunk") == 0
    assert learnt(2, start="torch", gradient="as it is", lag=30) == 5
    assert record.settings["arms"]["torch, near"]["rate"] == 0.03
    shrunk = record.values("accuracy", start=1, gradient="shrunk", lag=30)
    assert (shrunk > 0.9).sum() == 3 and shrunk.min() > 0.6  # "far above chance"
    assert record.values("received", start=1, gradient="shrunk", lag=30, at="start").max() < 1e-9
    moved = record.values("rho", start="torch", gradient="as it is", lag=30, at="onset")
    assert (moved > 1).sum() == 4  # of the five that learn, so it no longer shrinks the gradient
