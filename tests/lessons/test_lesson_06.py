"""Lesson 06: the numbers of its worked example, and what its prose says about theory."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import torch

from course import claims
from course.claims import recall_networks as lesson
from course.exercises.bank.vanishing_gradients import given_clip, jacobian_norms
from course.maintenance import refresh

NOTEBOOK = refresh.ROOT / "notebooks" / "06_vanishing_gradients.ipynb"


@pytest.fixture(scope="module")
def sources() -> list[str]:
    """The text of each cell."""
    return [cell["source"] for cell in refresh.read(NOTEBOOK)["cells"]]


def defined(sources: list[str], name: str) -> Any:
    """Run the cell that defines a function, and return the function."""
    code = next(s for s in sources if f"def {name}(" in s)
    space: dict[str, Any] = {"np": np, "torch": torch}
    exec(code.split("\n\n\n")[0], space)
    return space[name]


def test_the_table_on_paper_holds_powers_of_the_weight(sources: list[str]) -> None:
    text = next(s for s in sources if s.startswith("## Four steps on paper"))
    rows = [line for line in text.splitlines() if re.match(r"\| [\d.]+ \|", line)]
    assert len(rows) == 3
    for row in rows:
        w, *gradients = (float(n) for n in re.findall(r"\d+(?:\.\d+)?", row))
        assert gradients == [w**d for d in range(5)]


def test_the_walk_back_is_the_transposed_product(sources: list[str]) -> None:
    walk, rng = defined(sources, "gradient_by_distance"), np.random.default_rng(0)
    h, W_hh, dh_T = rng.uniform(-1, 1, (6, 3)), rng.normal(size=(3, 3)), rng.normal(size=3)
    product = np.eye(3)
    for d, dh in enumerate(walk(dh_T, h, W_hh)):
        assert dh == pytest.approx(product.T @ dh_T)
        product = product @ np.diag(1 - h[5 - d] ** 2) @ W_hh


def test_no_gradient_is_longer_than_the_largest_singular_value_allows(sources: list[str]) -> None:
    walk, rng = defined(sources, "gradient_by_distance"), np.random.default_rng(1)
    h, W_hh, dh_T = rng.uniform(-1, 1, (20, 5)), rng.normal(size=(5, 5)), rng.normal(size=5)
    norms = np.linalg.norm(walk(dh_T, h, W_hh), axis=1)
    most = jacobian_norms(h, W_hh) * np.linalg.norm(dh_T)
    assert (norms <= most * (1 + 1e-9)).all()
    assert (most <= np.linalg.norm(W_hh, 2) ** np.arange(20) * np.linalg.norm(dh_T) + 1e-9).all()


def test_the_colleagues_clipping_is_the_one_that_the_bank_knows(sources: list[str]) -> None:
    page, rng = defined(sources, "clip"), np.random.default_rng(2)
    arrays = rng.normal(size=(4, 3)), rng.normal(size=(4, 4)), rng.normal(size=4)
    for ours, theirs in zip(page(*arrays, 0.5), given_clip(*arrays, 0.5), strict=True):
        assert ours == pytest.approx(theirs)


def test_the_page_keeps_the_gradient_as_the_experiment_does(sources: list[str]) -> None:
    torch.manual_seed(0)
    cell = lesson.plain_rnn(None, "kept")(8, 16).double()
    plain = torch.nn.RNN(8, 16, batch_first=True, dtype=torch.float64)
    plain.load_state_dict(cell.state_dict())
    x = torch.randn(5, 20, 8, dtype=torch.float64, requires_grad=True)
    page, package = defined(sources, "states_with_gradient_kept")(plain, x), cell(x)[0]
    assert torch.allclose(page, package, rtol=1e-12)
    ours, theirs = (torch.autograd.grad(h[:, -1].square().sum(), x)[0] for h in (page, package))
    assert torch.allclose(ours, theirs, rtol=1e-9)
    through_time = torch.autograd.grad(plain(x)[0][:, -1].square().sum(), x)[0]
    assert ours[:, 0].norm() > 1e3 * through_time[:, 0].norm()  # without the hook it vanishes


def learnt(number: int, **parts: object) -> int:
    """How many seeds of a record name more than 90 % of the symbols."""
    return int((claims.record(number).values("accuracy", **parts) > 0.9).sum())


def test_the_prose_about_seeds_is_that_of_the_records() -> None:
    assert all(len(claims.record(number).seeds) == 6 for number in (1, 2, 25))
    torch_start = {lag: learnt(1, start="torch", lag=lag) for lag in (5, 10, 20, 40, 80)}
    assert torch_start == {5: 5, 10: 6, 20: 5, 40: 4, 80: 2}
    assert [learnt(1, start="orthogonal", lag=lag) for lag in (40, 80, 160)] == [5, 3, 5]
    assert [learnt(1, start="identity", lag=lag) for lag in (40, 80, 160)] == [6, 6, 6]
    probe = claims.record(1).values("probe before", start="torch", lag=10)
    assert probe.max() < 0.3  # "next to nothing"
    unclipped = [learnt(25, arm="exploding", rate=rate) for rate in (0.03, 0.1, 0.3, 1.0, 3.0)]
    assert unclipped == [6, 2, 0, 0, 0]  # "all six seeds at 0.03, two at 0.1"
    clipped = [learnt(25, arm="exploding, clipped", rate=r) for r in (0.03, 0.1, 0.3, 1.0, 3.0)]
    assert clipped == [6, 6, 6, 0, 0]
    near = [learnt(25, arm="near", rate=rate) for rate in (0.03, 0.1, 0.3)]
    assert near == [6, 6, 6]  # "lag 3 at the three lower ones"
