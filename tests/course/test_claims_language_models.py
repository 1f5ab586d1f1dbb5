"""Claim 27: what its experiment measures, apart from the record."""

from __future__ import annotations

import math

import numpy as np
import pytest

from course import claims
from course.claims import FAILS, HOLDS_WITHIN, Record, figure
from course.claims import language_models as lesson


def changed(number: int, figures: dict[str, float]) -> Record:
    """Return a claim's record in which some figures are the same number for all seeds."""
    record = claims.record(number)
    new = {name: [value] * len(record.seeds) for name, value in figures.items()}
    return Record(**{**vars(record), "figures": {**record.figures, **new}})


@pytest.mark.parametrize("memory", [1, 3, 8])
def test_claim_27_a_copy_agrees_with_its_source_and_with_nothing_nearer(memory: int) -> None:
    x = lesson.copying_process(40_000, memory, 0.1, np.random.default_rng(memory))
    assert set(x.tolist()) == {0, 1} and x.shape == (40_000,)
    for lag in range(1, memory + 1):
        agreement = (x[lag:] == x[:-lag]).mean()
        assert agreement == pytest.approx(0.9 if lag == memory else 0.5, abs=0.03)


def test_claim_27_ones_come_in_pairs() -> None:
    x = lesson.paired_process(20_000, np.random.default_rng(0))
    runs = "".join(map(str, x)).split("0")[:-1]
    assert all(len(run) % 2 == 0 for run in runs)
    assert {len(run) for run in runs} >= {0, 2, 4, 6}
    assert x.mean() == pytest.approx(2 / 3, abs=0.02)


def test_claim_27_the_state_knows_whether_a_pair_is_complete() -> None:
    assert lesson.half_pairs(np.array([1, 1, 0, 1, 1, 1])).tolist() == [1, 0, 0, 1, 0, 1]
    x = lesson.paired_process(5000, np.random.default_rng(1))
    state = lesson.half_pairs(x)
    assert (x[1:][state[:-1] == 1] == 1).all()
    assert x[1:][state[:-1] == 0].mean() == pytest.approx(0.5, abs=0.04)


def test_claim_27_a_window_that_is_too_short_misses_what_theory_says() -> None:
    """A copy with 10 % errors has 1 − H(0.1) bits of information that a short window cannot see."""
    hidden = 1 + 0.1 * math.log2(0.1) + 0.9 * math.log2(0.9)
    record = claims.record(27)
    for memory in record.settings["memories"]:
        for window in record.settings["windows"]:
            excess = record.interval("excess", memory=memory, window=window)
            wanted = hidden if window < memory else 0
            assert excess.mean == pytest.approx(wanted, abs=0.03)


def test_claim_27_the_verdict_follows_the_record() -> None:
    record = claims.record(27)
    assert claims.get(27).rule(record).word == HOLDS_WITHIN
    grid = [(m, w) for m in record.settings["memories"] for w in record.settings["windows"]]
    names = {figure("excess", memory=m, window=w) for m, w in grid}
    assert claims.get(27).rule(changed(27, dict.fromkeys(names, 0.5))).word == FAILS
    assert claims.get(27).rule(changed(27, dict.fromkeys(names, 0.0))).word == FAILS
