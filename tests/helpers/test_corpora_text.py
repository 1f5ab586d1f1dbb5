"""The readers of real text and of the real series."""

from __future__ import annotations

import sys
import types

import numpy as np
import pytest

from helpers.corpora import python_docs, series

TEXTS = {part: python_docs.load(part) for part in python_docs.PARTS}


def words(paragraph: str) -> str:
    return " ".join(paragraph.split())


# --- Python's documentation --------------------------------------------------------------------


def test_no_paragraph_stands_twice_or_in_two_parts() -> None:
    everywhere = [words(p) for part in python_docs.PARTS for p in python_docs.paragraphs(part)]
    assert len(set(everywhere)) == len(everywhere)


def test_nothing_but_repetitions_is_lost() -> None:
    from pydoc_data.topics import topics

    kept = {words(p) for part in python_docs.PARTS for p in python_docs.paragraphs(part)}
    for text in topics.values():
        for paragraph in text.replace("\n \n", "\n\n").split("\n\n"):
            assert not paragraph.strip() or words(paragraph) in kept


def test_a_split_by_topic_alone_would_leak() -> None:
    from pydoc_data.topics import topics

    held = {name for names in python_docs.TOPICS.values() for name in names}
    train = {words(p) for t in set(topics) - held for p in python_docs.cut(topics[t])}
    test = [words(p) for t in python_docs.TOPICS["test"] for p in python_docs.cut(topics[t])]
    assert sum(len(p) for p in test if p in train) > 0.1 * sum(map(len, test))


def test_the_test_part_shares_next_to_no_long_run_with_training() -> None:
    train, test = words(TEXTS["train"]), words(TEXTS["test"])
    runs = {train[i : i + 60] for i in range(len(train) - 59)}
    shared = sum(test[i : i + 60] in runs for i in range(len(test) - 59))
    assert shared / len(test) < 0.01


def test_the_parts_are_large_enough_to_measure_with() -> None:
    assert len(TEXTS["train"]) > 250_000
    assert min(len(TEXTS["validation"]), len(TEXTS["test"])) > 30_000


def test_the_alphabet_is_trainings_alone() -> None:
    characters = python_docs.alphabet()
    assert characters[0] == python_docs.UNKNOWN
    assert list(characters[1:]) == sorted(set(TEXTS["train"]))
    assert len(characters) ** 9 < 2**63  # so that n-grams of nine characters can be counted


def test_encoding_and_decoding_are_inverse_and_strangers_become_unknown() -> None:
    assert python_docs.decode(python_docs.encode(TEXTS["train"])) == TEXTS["train"]
    ids = python_docs.encode("a학b")
    assert ids.dtype == np.int64 and ids[1] == 0 and 0 not in ids[[0, 2]]
    assert python_docs.decode(ids) == f"a{python_docs.UNKNOWN}b"
    assert python_docs.encode("").shape == (0,)


def test_an_unknown_part_is_named() -> None:
    with pytest.raises(ValueError, match="part='dev' was given, expected one of train"):
        python_docs.load("dev")


def test_a_python_without_its_documentation_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    python_docs._split.cache_clear()
    try:
        with pytest.raises(FileNotFoundError, match="comes without its documentation"):
            python_docs.load("train")
        strange = types.ModuleType("pydoc_data.topics")
        strange.topics = {"renamed": "text"}  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "pydoc_data.topics", strange)
        with pytest.raises(FileNotFoundError, match="no text for validation, test"):
            python_docs.load("train")
    finally:
        monkeypatch.undo()
        python_docs._split.cache_clear()
    assert python_docs.load("train") == TEXTS["train"]


# --- the membrane's voltage --------------------------------------------------------------------


def test_the_parts_follow_each_other_in_time() -> None:
    names = ("train", "validation", "test", "later")
    whole = series.load("all")
    assert np.concatenate([series.load(n) for n in names]).tolist() == whole[2000:10800].tolist()


def test_the_recording_is_matplotlibs_in_millivolts() -> None:
    x = series.load()
    assert x.shape == (12000,) and x.dtype == np.float64
    assert (x[:900] < -65).all()  # at rest
    assert (round(x.min(), 1), round(x.max(), 1)) == (-67.5, 3.8)


def test_the_steady_part_repeats_itself_every_72_milliseconds_and_the_later_part_does_not() -> None:
    def repeats(x: np.ndarray, lag: int) -> float:
        return float(np.corrcoef(x[:-lag], x[lag:])[0, 1])

    x = np.concatenate([series.load(n) for n in ("train", "validation", "test")])
    lags = range(100, 200)
    best = max(lags, key=lambda lag: repeats(x, lag))
    assert best * series.STEP_MS == pytest.approx(72, abs=1)
    assert repeats(x, best) > 0.9
    assert max(repeats(series.load("later"), lag) for lag in lags) < 0.5


def test_what_is_loaded_may_be_changed() -> None:
    series.load("train")[:] = 0
    assert series.load("train").min() < -40


def test_an_unknown_part_of_the_series_is_named() -> None:
    with pytest.raises(ValueError, match="part='dev' was given"):
        series.load("dev")
    with pytest.raises(ValueError, match="part='dev' was given"):
        series.load(part="dev")


def test_a_matplotlib_without_the_recording_is_told_so(monkeypatch, tmp_path) -> None:
    from matplotlib import cbook

    series._recording.cache_clear()
    try:
        monkeypatch.setattr(cbook, "get_sample_data", lambda *a, **k: tmp_path / "gone.dat")
        with pytest.raises(FileNotFoundError, match="sample data have no membrane"):
            series.load()
        (tmp_path / "gone.dat").write_bytes(np.zeros(7, dtype="<f4").tobytes())
        with pytest.raises(FileNotFoundError, match="has 7 numbers, expected 12000"):
            series.load()
    finally:
        series._recording.cache_clear()
