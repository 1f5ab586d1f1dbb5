"""Lesson 05: the numbers of its worked example stand in prose, where no output is compared."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from course import claims
from course.exercises.bank import CodeExercise, find
from course.exercises.bank.bptt.common import on_paper
from course.exercises.engine import judge
from course.figures import bptt as figures
from course.maintenance import refresh
from helpers import rnn
from helpers.gradients import relative_difference

NOTEBOOK = refresh.ROOT / "notebooks" / "05_bptt.ipynb"


@pytest.fixture(scope="module")
def sources() -> list[str]:
    """The text of each cell."""
    return [cell["source"] for cell in refresh.read(NOTEBOOK)["cells"]]


def cell(sources: list[str], beginning: str) -> str:
    """The one cell that begins so."""
    (found,) = [source for source in sources if source.startswith(beginning)]
    return found


def numbers(text: str) -> list[float]:
    """Every number in a text, with a typographic minus sign."""
    return [float(n.replace("−", "-")) for n in re.findall(r"[−-]?\d+(?:\.\d+)?", text)]


@pytest.fixture(scope="module")
def paper() -> dict[str, float]:
    """The two steps on paper by autograd, with every intermediate gradient."""
    torch.set_default_dtype(torch.float64)
    w_hh, h_0 = (torch.tensor(v, requires_grad=True) for v in (0.5, -0.4))
    kept = {"w_hh": w_hh, "h_0": h_0}
    h, loss = h_0, torch.zeros(())
    for t, (x, target) in enumerate(((0.39657, 1.0), (0.34931, 0.6)), start=1):
        a = 2 * x + w_hh * h + 0.1
        h = torch.tanh(a)
        y = 2 * h - 0.5
        loss = loss + 0.5 * (y - target) ** 2
        kept |= {f"a_{t}": a, f"h_{t}": h, f"y_{t}": y}
    for value in kept.values():
        value.retain_grad()
    loss.backward()
    torch.set_default_dtype(torch.float32)
    values = {name: value.item() for name, value in kept.items()}
    return values | {f"d{name}": value.grad.item() for name, value in kept.items()}


def test_the_table_on_paper_is_the_networks(sources: list[str], paper: dict[str, float]) -> None:
    text = cell(sources, "## Two steps on paper")
    rows = [line for line in text.splitlines() if re.match(r"\| [12] \|", line)]
    assert len(rows) == 2
    for t, (row, target) in enumerate(zip(rows, (1.0, 0.6), strict=True), start=1):
        a, h, y, wanted, loss = numbers(row)[-5:]
        assert wanted == target
        assert [a, h, y] == pytest.approx([paper[f"{n}_{t}"] for n in "ahy"], abs=6e-5)
        assert loss == pytest.approx(0.5 * (paper[f"y_{t}"] - target) ** 2, abs=6e-5)


def test_the_gradients_on_paper_are_autograds(sources: list[str], paper: dict[str, float]) -> None:
    text = cell(sources, "## Two steps on paper").replace(r"\mathbf{", "**").replace("}$$", "**")
    bold = [numbers(b)[0] for b in re.findall(r"\*\*([−\d.]+)\*\*", text)]
    wanted = [paper[name] for name in ("da_2", "da_1", "dh_0", "dw_hh")]
    assert bold == pytest.approx(wanted, abs=5e-5)


def test_the_examples_of_the_builds_are_what_their_functions_give(sources: list[str]) -> None:
    dh, x, h_0, h, W_xh, W_hh = on_paper()
    step = rnn.rnn_step_backward(dh[:, 1], x[:, 1], h[:, 0], h[:, 1], W_xh, W_hh)
    told = numbers(cell(sources, "### Exercise 5.3").partition("the results are")[2])[:5]
    assert told == pytest.approx([float(g.item()) for g in step], abs=6e-5)
    dx, dh_0, *_ = rnn.rnn_layer_backward(dh, x, h_0, h, W_xh, W_hh)
    text = cell(sources, "### Exercise 5.4").partition("a `dx` of")[2].replace("`dh_0`", "")
    told = numbers(text)[:3]
    assert told == pytest.approx([*dx.ravel(), *dh_0.ravel()], abs=6e-5)


def test_every_slip_leaves_another_mark() -> None:
    rng = np.random.default_rng(0)
    x, h_0 = rng.normal(size=(3, 6, 2)), rng.normal(size=(3, 4)) / 2
    W_xh, W_hh, b_h = rng.normal(size=(4, 2)), rng.normal(size=(4, 4)) / 2, rng.normal(size=4)
    h = rnn.rnn_layer(x, h_0, W_xh, W_hh, b_h)
    dh = np.zeros_like(h)
    dh[:, -1] = rng.normal(size=(3, 4))
    right = figures._each_by_name(rnn.rnn_layer_backward(dh, x, h_0, h, W_xh, W_hh))
    marks = []
    for slip in range(6):
        wrong = figures._each_by_name(figures._slipped(slip, dh, x, h_0, h, W_xh, W_hh))
        off = [relative_difference(wrong[name], right[name]) for name in right]
        marks.append("".join("." if d < 1e-12 else "0" if d > 1 - 1e-12 else "x" for d in off))
    nothing, no_way_back, no_sum, new_state, slope, turned = marks
    assert nothing == "." * 10
    assert no_way_back == "xxx0" + "00000."
    assert no_sum == "xxx." + "......"
    assert new_state == ".x.." + "......"
    assert slope == "xxxx" + "xxxxxx"
    assert turned == "xxxx" + "xxxxx."


def test_what_the_text_says_of_the_record_is_in_it(sources: list[str]) -> None:
    record = claims.record(8)
    text = cell(sources, "Chunks of 8 need about a quarter")

    def work(method: str, lag: int) -> float:
        values = record.values(
            "multiplications until learnt", method=method, lag=lag, batch=1, gain=1
        )
        return float(np.exp(np.log(values).mean()))

    assert work("chunks", 2) / work("full", 2) == pytest.approx(1 / 4, abs=0.03)
    assert work("chunks", 4) / work("full", 4) == pytest.approx(1 / 3, abs=0.05)
    angle = record.interval("angle", method="chunks", k=8, lag=10).mean
    assert f"{angle:.0f}°" in text


def build(name: str) -> CodeExercise:
    exercise = find(name)
    assert isinstance(exercise, CodeExercise)
    return exercise


def test_a_finite_difference_may_be_taken_in_place_with_rounding() -> None:
    def answer(loss, w, epsilon=1e-5):  # type: ignore[no-untyped-def]
        gradient = np.zeros(w.shape)
        for index in np.ndindex(*w.shape):
            w[index] += epsilon
            above = loss(w)
            w[index] -= 2 * epsilon
            gradient[index] = (above - loss(w)) / (2 * epsilon)
            w[index] += epsilon
        return gradient

    assert judge(build("bptt.numerical_gradient"), answer).state == "solved"


def test_the_step_names_the_first_line_of_the_table_that_is_wrong() -> None:
    def answer(dh_t, x_t, h_prev, h_t, W_xh, W_hh):  # type: ignore[no-untyped-def]
        da_t = dh_t * (1 - h_t**3)
        dx_t = da_t @ W_xh
        dh_prev = da_t @ W_hh
        return dx_t, dh_prev, da_t.T @ x_t, da_t.T @ h_prev, da_t.sum(axis=0)

    score = judge(build("bptt.step_backward"), answer)
    assert float(score) == 0 and "`da_t`" in score.message


def test_a_cut_in_a_single_walk_is_right_and_one_that_is_a_step_late_is_named() -> None:
    def cut_at(offset):  # type: ignore[no-untyped-def]
        def answer(dh, x, h_0, h, W_xh, W_hh, k):  # type: ignore[no-untyped-def]
            dx, dh_next, total = np.zeros(x.shape), np.zeros(h_0.shape), [0, 0, 0]
            for t in reversed(range(x.shape[1])):
                if (t + offset) % k == 0:
                    dh_next = np.zeros(h_0.shape)
                h_prev = h[:, t - 1] if t > 0 else h_0
                dh_t = dh[:, t] + dh_next
                step = rnn.rnn_step_backward(dh_t, x[:, t], h_prev, h[:, t], W_xh, W_hh)
                dx[:, t], dh_next = step[:2]
                total = [old + new for old, new in zip(total, step[2:], strict=True)]
            return dx, dh_next, *total

        return answer

    assert judge(build("bptt.chunks_backward"), cut_at(1)).state == "solved"
    assert judge(build("bptt.chunks_backward"), cut_at(2)).tag == "one_step_late"
