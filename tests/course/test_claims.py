"""The ledger: records that match their code, verdicts that come from rules."""

from __future__ import annotations

import contextlib
import functools
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from course import claims
from course.claims import (
    FAILS,
    HOLDS,
    HOLDS_WITHIN,
    Challenge,
    Claim,
    Record,
    Verdict,
    figure,
    measure,
)
from course.claims.fingerprints import Program
from helpers.corpora import DATA, dates, korean_english

# --- every claim of the ledger ---------------------------------------------------------------

every_claim = pytest.mark.parametrize("number", claims.ordered())


@every_claim
def test_a_claims_record_is_as_new_as_its_experiment(number):
    assert claims.stale(number) == "", f"measure it again: make claims CLAIM={number}"


@every_claim
def test_a_claims_record_says_how_it_was_measured(number):
    record = claims.record(number)
    assert record.claim == number
    assert len(set(record.seeds)) >= 5
    assert set(record.versions) == {"python", "numpy", "torch", "matplotlib"}
    assert set(record.machine) == {"cpu", "cores", "threads", "system"}
    assert len(record.commit) == 40, "measured with uncommitted changes, or outside the repository"
    assert all(math.isfinite(v) for values in record.figures.values() for v in values)


@every_claim
def test_a_claims_rule_turns_its_record_into_a_verdict(number):
    verdict = claims.verdict(number)
    assert verdict.word in (HOLDS, HOLDS_WITHIN, FAILS)
    assert str(verdict).startswith(verdict.word)


@every_claim
def test_a_live_seed_falls_where_the_record_says_and_opens_only_data_that_it_names(number):
    with data_files_opened() as opened:
        agreement = claims.agrees(number, claims.live(number, seed=1000))
    assert agreement, f"\n{agreement}"
    assert opened <= claims.record(number).data.keys()


LISTENERS = []


@functools.cache
def listen():
    """Tell LISTENERS of each file that is opened; Python cannot take an audit hook away again."""

    def hook(event, arguments):
        if event == "open" and isinstance(arguments[0], str | os.PathLike):
            for listener in LISTENERS:
                listener.append(os.fspath(arguments[0]))

    sys.addaudithook(hook)


@contextlib.contextmanager
def data_files_opened():
    """Yield the set of data files that are opened, as paths below the data folder; no records."""
    listen()
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ("helpers", "course"):
            for one in vars(module).values():  # what a reader remembers it would not open again
                getattr(one, "cache_clear", lambda: None)()
    paths, opened = [], set()
    LISTENERS.append(paths)
    try:
        yield opened
    finally:
        LISTENERS.remove(paths)
    below = [Path(path).resolve() for path in paths if isinstance(path, str)]
    names = {str(path.relative_to(DATA)) for path in below if path.is_relative_to(DATA)}
    opened |= {name for name in names if not name.startswith("results")}


def test_the_hook_sees_what_a_reader_opens():
    for _ in range(2):
        with data_files_opened() as opened:
            korean_english.load("validation")
            dates.load("test")
            claims.record(10)
        assert opened == {"korean_english/validation.tsv", "dates/test.tsv"}


def test_there_is_no_record_without_a_claim():
    files = {path.name.replace(".tuning", "") for path in claims.RESULTS.glob("*.json")}
    assert files == {claims.record_path(number).name for number in claims.LEDGER}


def test_importing_the_ledger_takes_no_torch():
    code = "import sys, course.claims; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_slower_machine_agrees_and_a_wrong_figure_does_not():
    record = claims.record("relative_positions")
    live = {name: values[0] for name, values in record.figures.items() if "arm=added" in name}
    clocks = [name for name in live if claims.is_clock(name)]
    assert clocks == ["processor seconds arm=added"]
    assert claims.agrees(record.claim, live | {name: 1e6 for name in clocks})
    assert not claims.agrees(record.claim, live | {"exact arm=added part=test": 0.1})


@pytest.mark.parametrize(
    ("name", "clock"),
    [
        ("seconds layer=RNN n=32", True),
        ("tokens a second kind=plain", True),
        ("exact part=second", False),
        ("second-best score", False),
    ],
)
def test_a_clock_is_told_by_its_name(name, clock):
    assert claims.is_clock(name) is clock


# --- intervals -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("probability", "degrees", "value"),
    [  # from a printed table of Student's distribution
        (0.975, 1, 12.706),
        (0.975, 4, 2.776),
        (0.995, 4, 4.604),
        (0.975, 9, 2.262),
        (0.995, 30, 2.750),
        (0.5, 7, 0.0),
    ],
)
def test_students_quantile_equals_the_printed_table(probability, degrees, value):
    assert claims.student_quantile(probability, degrees) == pytest.approx(value, abs=6e-4)


def simple_record(*values, name="error T=4"):
    return Record(99, list(range(len(values))), {name: list(values)}, {}, {}, {}, "", "", "")


def test_an_interval_is_mean_plus_minus_t_standard_errors():
    interval = simple_record(1.0, 2.0, 3.0, 4.0, 5.0).interval("error", T=4)
    assert interval.mean == pytest.approx(3.0)
    assert interval.high - 3.0 == pytest.approx(2.776 * math.sqrt(2.5) / math.sqrt(5), rel=1e-3)
    assert 3.0 - interval.low == pytest.approx(interval.high - 3.0)


def test_the_difference_of_two_unequally_spread_samples_has_welchs_interval():
    mother = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7]
    son = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.0]
    first, second = np.array([*mother, 21.4]), np.array([*son, 23.9])
    gap = claims.difference(first, second)  # t.test(first, second) in R: t −2.8336, 27.9 degrees
    assert (gap.low, gap.mean, gap.high) == pytest.approx((-4.7665, -2.7667, -0.7669), abs=1e-4)
    assert claims.difference(first, first + 1) != claims.difference(first, first)


def test_equal_values_differ_by_exactly_their_difference():
    gap = claims.difference(np.array([2.0, 2.0]), np.array([1.5, 1.5]))
    assert (gap.low, gap.mean, gap.high) == (0.5, 0.5, 0.5)


def test_a_prediction_is_wider_by_the_further_seeds_own_spread():
    prediction = simple_record(-1.0, 0.0, 1.0, 2.0, 3.0).prediction("error", level=0.95, T=4)
    half = 2.776 * math.sqrt(2.5) * math.sqrt(1 + 1 / 5)
    assert (prediction.low, prediction.high) == pytest.approx((1 - half, 1 + half), rel=1e-3)


@pytest.mark.parametrize("positive", [False, True])
def test_one_further_seed_falls_into_the_prediction_as_often_as_it_says(positive):
    rng = np.random.default_rng(0)
    draws = rng.normal(size=(1000, 7))
    draws = np.exp(draws) if positive else draws - 10
    inside = [
        last in simple_record(*first).prediction("error", level=0.9, T=4) for *first, last in draws
    ]
    assert np.mean(inside) == pytest.approx(0.9, abs=0.03)


# --- a toy claim from registration to verdict ------------------------------------------------

MEASURED = []
INTERRUPT_AT = []


def toy_experiment(seed, sizes):
    """Larger sizes give larger figures."""
    if seed in INTERRUPT_AT:
        raise KeyboardInterrupt
    MEASURED.append(seed)
    noise = np.random.default_rng(seed).normal()
    return {figure("score", size=size): float(10 * size + noise) for size in sizes}


def toy_rule(record):
    first, last = (record.interval("score", size=size) for size in (1, 3))
    return Verdict(HOLDS if last.low > first.high else FAILS, "by the intervals' ends")


@pytest.fixture
def toy():
    """Claim 99, in a ledger of this test's own."""
    kept = dict(claims.LEDGER)
    claims.LEDGER.clear()
    MEASURED.clear()
    INTERRUPT_AT.clear()
    yield claims.register(
        Claim(
            number=99,
            statement="Larger is larger.",
            source="made up",
            lesson="none",
            experiment=toy_experiment,
            rule=toy_rule,
            settings={"sizes": [1, 2, 3]},
            live_settings={"sizes": [2]},
            seeds=(0, 1, 2, 3, 4),
        )
    )
    claims.LEDGER.clear()
    claims.LEDGER.update(kept)


def quiet(_line):
    pass


def test_a_toy_claim_goes_from_registration_to_verdict(toy, tmp_path):
    said = []
    path = claims.run(99, tmp_path, say=said.append)
    assert path == tmp_path / "claim_99.json"
    assert [p.name for p in tmp_path.iterdir()] == ["claim_99.json"]
    record = claims.record(99, tmp_path)
    wanted = [30 + np.random.default_rng(seed).normal() for seed in range(5)]
    assert record.values("score", size=3) == pytest.approx(wanted, rel=1e-3)
    assert str(claims.verdict(99, tmp_path)) == "holds: by the intervals' ends"
    assert claims.stale(99, tmp_path) == ""
    assert claims.agrees(99, claims.live(99, seed=50), folder=tmp_path)
    assert "holds" in said[-1]
    assert "Larger is larger." in claims.listing(tmp_path)
    assert "holds: by" in claims.listing(tmp_path)


def test_a_promise_of_the_courses_own_is_recorded_under_its_name(toy, tmp_path, capsys):
    claims.register(Claim(**{**vars(toy), "number": "larger"}))
    assert claims.main(["--claim", "larger"], tmp_path) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["larger.json"]
    assert claims.record("larger", tmp_path).claim == "larger"
    assert claims.main(["--list"], tmp_path) == 0
    listed = capsys.readouterr().out
    assert listed.index(" 99  Larger") < listed.index("larger  Larger")


@pytest.mark.parametrize("name", ["", "Larger", "larger.json", "../larger"])
def test_a_name_that_is_no_file_name_is_refused(toy, name):
    with pytest.raises(ValueError, match="lower-case letters"):
        Claim(**{**vars(toy), "number": name})


def test_a_live_seed_that_falls_outside_is_named(toy, tmp_path):
    claims.run(99, tmp_path, say=quiet)
    for wrong in (-99.0, 99.0):
        live = {"score size=2": wrong, "score size=1": 10.0}
        agreement = claims.agrees(99, live, folder=tmp_path)
        assert not agreement
        outside, inside = str(agreement).splitlines()
        assert outside.startswith("score size=2")
        assert "OUTSIDE" in outside
        assert "inside" in inside


def test_a_record_is_readable_with_one_line_for_each_figure(toy, tmp_path):
    lines = claims.run(99, tmp_path, say=quiet).read_text(encoding="utf-8").splitlines()
    assert sum(line.strip().startswith('"score size=') for line in lines) == 3
    assert any(line.strip().startswith('"cpu"') for line in lines)
    numbers = json.loads("\n".join(lines))["figures"]["score size=1"]
    assert all(value == float(f"{value:.4g}") for value in numbers)


def test_an_interrupted_run_goes_on_where_it_stopped(toy, tmp_path):
    INTERRUPT_AT.append(3)
    with pytest.raises(KeyboardInterrupt):
        claims.run(99, tmp_path, say=quiet)
    assert MEASURED == [0, 1, 2]
    assert not (tmp_path / "claim_99.json").exists()
    INTERRUPT_AT.clear()
    claims.run(99, tmp_path, say=quiet)
    assert MEASURED == [0, 1, 2, 3, 4]
    resumed = claims.record(99, tmp_path)
    claims.run(99, tmp_path, say=quiet)
    assert MEASURED == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]
    assert claims.record(99, tmp_path).figures == resumed.figures


def test_an_interrupted_run_of_other_settings_or_other_code_is_not_mixed_in(
    toy, tmp_path, monkeypatch
):
    INTERRUPT_AT.append(3)
    for change in ("settings", "code"):
        with pytest.raises(KeyboardInterrupt):
            claims.run(99, tmp_path, say=quiet)
        MEASURED.clear()
        if change == "settings":
            other = Claim(**{**vars(toy), "settings": {"sizes": [1, 3]}, "live_settings": {}})
            monkeypatch.setitem(claims.LEDGER, 99, other)
        else:
            monkeypatch.setattr(Program, "fingerprint", lambda program: "another")
        with pytest.raises(KeyboardInterrupt):
            claims.run(99, tmp_path, say=quiet)
        assert MEASURED == [0, 1, 2]


def test_a_failed_write_leaves_the_old_record(toy, tmp_path, monkeypatch):
    before = claims.run(99, tmp_path, say=quiet).read_bytes()

    readable = measure._readable_json

    def no_space(content, indent=""):
        if isinstance(content, dict) and "figures" in content:
            raise OSError("no space left on device")
        return readable(content, indent)

    monkeypatch.setattr(measure, "_readable_json", no_space)
    with pytest.raises(OSError, match="no space"):
        claims.run(99, tmp_path, say=quiet)
    assert (tmp_path / "claim_99.json").read_bytes() == before


CHALLENGE = {"what": "twice the sizes", "figures": {"score size=6": [60.5, 59.0]}, "stood": True}


def challenged(path):
    """Enter a challenge into a record."""
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(content | {"challenges": [CHALLENGE]}), encoding="utf-8")


def test_the_listing_shows_challenges_and_whether_the_verdict_stood(toy, tmp_path):
    path = claims.run(99, tmp_path, say=quiet)
    assert "challenged" not in claims.listing(tmp_path)
    challenged(path)
    wanted = "challenged by twice the sizes: score size=6 [60.5, 59.0]; it stood"
    assert wanted in claims.listing(tmp_path)
    assert str(Challenge("x", {"a": 1}, stood=False)) == "challenged by x: a 1; it fell"
    for what, figures in (("", {"a": 1}), ("two\nlines", {"a": 1}), ("x", {})):
        with pytest.raises(ValueError, match="Challenge"):
            Challenge(what, figures, stood=True)


@pytest.mark.parametrize("same", [True, False])
def test_challenges_outlive_a_new_measurement_of_the_same_experiment_only(toy, tmp_path, same):
    challenged(claims.run(99, tmp_path, say=quiet))
    settings = toy.settings if same else {"sizes": [1, 2, 3, 4]}
    claims.LEDGER[99] = Claim(**{**vars(toy), "settings": settings})
    said = []
    path = claims.run(99, tmp_path, say=said.append)
    assert claims.record(99, tmp_path).challenges == ([Challenge(**CHALLENGE)] if same else [])
    assert any("1 challenge(s)" in line for line in said) is not same
    assert ('"what": "twice the sizes"' in path.read_text(encoding="utf-8")) is same


def test_a_data_file_that_changed_makes_a_record_old(toy, tmp_path, monkeypatch):
    monkeypatch.setattr(Program, "data_hashes", lambda program: {"dates/train.tsv": "before"})
    claims.run(99, tmp_path, say=quiet)
    assert claims.record(99, tmp_path).data == {"dates/train.tsv": "before"}
    assert claims.stale(99, tmp_path) == ""
    monkeypatch.setattr(Program, "data_hashes", lambda program: {"dates/train.tsv": "after"})
    assert claims.stale(99, tmp_path).startswith("the data file dates/train.tsv changed")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"settings": {"sizes": [1, 3]}}, "the settings changed"),
        ({"seeds": (0, 1, 2, 3, 4, 5)}, "the seeds changed"),
        ({"experiment": lambda seed, sizes: {}}, "the experiment's code changed"),
    ],
)
def test_a_record_older_than_its_claim_is_found(toy, tmp_path, monkeypatch, change, reason):
    claims.run(99, tmp_path, say=quiet)
    monkeypatch.setitem(claims.LEDGER, 99, Claim(**{**vars(toy), **change}))
    assert claims.stale(99, tmp_path).startswith(reason)
    assert f"out of date: {reason}" in claims.listing(tmp_path)


# --- mistakes --------------------------------------------------------------------------------


def test_an_unknown_claim_is_answered_with_those_that_exist(capsys):
    assert claims.main(["--claim", "1234"]) == 2
    known = ", ".join(str(n) for n in claims.ordered())
    assert f"claim 1234 is not in the ledger, expected one of: {known}" in capsys.readouterr().err
    for function in (claims.record, claims.verdict, claims.live, claims.run):
        with pytest.raises(KeyError, match="expected one of"):
            function(1234)


def test_the_command_measures_lists_and_keeps_what_an_interrupt_left(toy, tmp_path, capsys):
    assert claims.main(["--list"], tmp_path) == 0
    assert "not measured yet: make claims CLAIM=99" in capsys.readouterr().out
    INTERRUPT_AT.append(2)
    assert claims.main(["--claim", "99"], tmp_path) == 130
    assert "kept" in capsys.readouterr().out
    INTERRUPT_AT.clear()
    assert claims.main([], tmp_path) == 0
    assert "going on after 2 seed(s)" in capsys.readouterr().out


def test_a_missing_or_broken_record_says_which_command_writes_it(toy, tmp_path):
    with pytest.raises(FileNotFoundError, match="make claims CLAIM=99"):
        claims.record(99, tmp_path)
    path = claims.run(99, tmp_path, say=quiet)
    content = json.loads(path.read_text(encoding="utf-8"))
    short = {**content, "figures": {"score size=1": [1.0]}}
    for broken in ("", "{", '{"claim": 99}', "[1, 2]", json.dumps(short)):
        path.write_text(broken, encoding="utf-8")
        with pytest.raises(ValueError, match="make claims CLAIM=99"):
            claims.record(99, tmp_path)


def test_an_unknown_figure_is_answered_with_those_that_exist(toy, tmp_path):
    claims.run(99, tmp_path, say=quiet)
    with pytest.raises(KeyError, match="no figure 'score size=7', expected one of its 3: score"):
        claims.record(99, tmp_path).values("score", size=7)


@pytest.mark.parametrize("figures", [{"a": math.nan}, {"a": math.inf}, {}])
def test_figures_that_are_no_numbers_are_refused(toy, tmp_path, monkeypatch, figures):
    broken = Claim(**{**vars(toy), "experiment": lambda seed, sizes: figures})
    monkeypatch.setitem(claims.LEDGER, 99, broken)
    with pytest.raises(ValueError, match="claim 99: seed 0 returned"):
        claims.run(99, tmp_path, say=quiet)


def test_a_claim_needs_five_different_seeds_and_a_number_of_its_own(toy):
    with pytest.raises(ValueError, match="one run is an anecdote"):
        Claim(**{**vars(toy), "number": 98, "seeds": (0, 0, 0, 0, 0)})
    with pytest.raises(ValueError, match="live_settings name"):
        Claim(**{**vars(toy), "number": 98, "live_settings": {"size": 1}})
    with pytest.raises(ValueError, match="in the ledger already"):
        claims.register(toy)


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("perhaps", "x"),
        (HOLDS, " "),
        (FAILS, "x\ny"),
        (HOLDS_WITHIN, "lags up to 320" + "." * 100),
        (FAILS, "x" * 106),
    ],
)
def test_a_verdict_is_one_of_three_words_and_a_line(word, reason):
    with pytest.raises(ValueError, match="Verdict"):
        Verdict(word, reason)


def test_a_verdict_has_at_most_120_characters():
    verdict = Verdict(HOLDS_WITHIN, "lags up to 320: ".ljust(107, "."))
    assert str(verdict).startswith("holds within lags up to 320") and len(str(verdict)) == 120
