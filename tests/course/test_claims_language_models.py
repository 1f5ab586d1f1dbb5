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


def test_claim_27_a_memory_fades_and_ends() -> None:
    """The nearer a bit, the more often the next one agrees with it; beyond m it knows nothing."""
    x, known = lesson.fading_process(60_000, 4, 0.1, np.random.default_rng(0))
    assert known.shape == (60_000 - 4,) and known.min() >= 0.1 and known.max() <= 0.9
    assert -np.log2(known).mean() < 1
    # A bit that is drawn with its known probability has this entropy on average.
    p = np.stack([known, 1 - known])
    assert -np.log2(known).mean() == pytest.approx(-(p * np.log2(p)).sum(axis=0).mean(), abs=0.01)
    counts = lesson.AddK(5, 2, 0.5).fit(x)
    last = [counts.distribution(np.eye(4, dtype=int)[i])[1] for i in range(4)]
    weights = np.array([1, 2, 4, 8]) / 15
    assert np.allclose(last, 0.1 + 0.8 * weights, atol=0.04)


def test_claim_27_what_lesson_03_tells_of_its_challenges() -> None:
    fading, few, wrong, far = claims.record(27).challenges
    assert round(fading.figures[figure("excess", memory=4, window=3)], 3) == 0.002
    assert few.reading.endswith("at most 0.17") and far.reading.endswith("at most 0.46")
    assert "at least 0.12" in wrong.reading
    assert not any(one.stood for one in (fading, few, wrong, far))
