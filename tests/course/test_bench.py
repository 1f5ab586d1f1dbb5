"""The benchmark's arithmetic, on a clock that the tests turn by hand."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

import numpy as np
import pytest

from course.maintenance import bench
from course.maintenance.bench import Contest, Measurement


class Clock:
    """A clock that stands still until some work advances it; the machine may get slower."""

    def __init__(self):
        self.now = 0.0
        self.slowness = 1.0
        self.calls = []

    def __call__(self):
        return self.now

    def work(self, name, seconds):
        def call():
            self.calls.append(name)
            self.now += seconds * self.slowness
            return [np.ones(2)]

        return call


def contest(clock, **seconds):
    return Contest("a contest", "torch", {n: clock.work(n, s) for n, s in seconds.items()})


def test_a_ratio_is_a_contenders_time_over_the_references():
    clock = Clock()
    results = bench.measure(contest(clock, fast=0.5, slow=3.0, torch=2.0), rounds=4, clock=clock)
    assert {name: result.ratio for name, result in results.items()} == pytest.approx(
        {"fast": 0.25, "slow": 1.5, "torch": 1.0}
    )
    assert results["slow"].seconds == pytest.approx(3.0)


def test_a_machine_that_slows_down_changes_no_ratio():
    clock = Clock()
    both = contest(clock, fast=0.5, torch=2.0)
    fast = both.contenders["fast"]

    def slower_each_time():
        clock.slowness = 1.0 + clock.now / 50
        return fast()

    steady = bench.measure(both, rounds=10, calls=1, warm_up=0, clock=clock)
    drifting = Contest("", "torch", {**both.contenders, "fast": slower_each_time})
    results = bench.measure(drifting, rounds=10, calls=1, warm_up=0, clock=clock)
    assert clock.slowness > 1.5
    assert results["fast"].ratio == pytest.approx(steady["fast"].ratio, rel=0.05)


def test_contenders_take_turns_and_each_goes_first_equally_often():
    clock = Clock()
    bench.measure(contest(clock, a=1.0, torch=1.0), rounds=4, calls=2, warm_up=1, clock=clock)
    turns = clock.calls[::3]
    assert turns == ["a", "torch", "torch", "a", "a", "torch", "torch", "a"]


def test_calls_at_the_beginning_of_a_turn_are_not_timed():
    clock = Clock()
    before = []

    def cold_start():
        last = before[-1] if before else None
        before.append("a")
        clock.now += 1.0 if last == "a" else 100.0
        return [np.ones(2)]

    def reference():
        before.append("torch")
        clock.now += 1.0
        return [np.ones(2)]

    both = Contest("", "torch", {"a": cold_start, "torch": reference})
    warm = bench.measure(both, rounds=4, calls=1, warm_up=1, clock=clock)
    cold = bench.measure(both, rounds=4, calls=1, warm_up=0, clock=clock)
    assert warm["a"].ratio == pytest.approx(1.0)
    assert cold["a"].ratio > 1


def test_the_spread_is_the_middle_of_the_rounds_and_one_odd_round_does_not_count():
    clock = Clock()
    times = iter([1.0] * 10 + [50.0])

    def once_interrupted():
        clock.now += next(times)

    both = Contest("", "torch", {"a": once_interrupted, "torch": clock.work("torch", 1.0)})
    result = bench.measure(both, rounds=11, calls=1, warm_up=0, clock=clock)["a"]
    assert result.ratio == pytest.approx(1.0)
    assert (result.low, result.high) == pytest.approx((1.0, 1.0))


def test_one_round_is_refused_because_it_has_no_spread():
    clock = Clock()
    with pytest.raises(ValueError, match="expected at least 2"):
        bench.measure(contest(clock, torch=1.0), rounds=1, clock=clock)


@pytest.mark.parametrize(
    ("other", "part"),
    [
        ([np.array([1.0, 2.1])], "differs from torch by 5.0e-02"),
        ([np.array([[1.0, 2.0]])], "returns shapes"),
        ([np.array([1.0, np.nan])], "differs from torch by nan"),
    ],
)
def test_contenders_that_do_not_do_the_same_work_are_refused(other, part):
    unequal = Contest("sum", "torch", {"a": lambda: other, "torch": lambda: [np.array([1.0, 2.0])]})
    with pytest.raises(ValueError, match=r"^sum: ") as caught:
        bench.compare_results(unequal)
    assert part in str(caught.value)


def test_the_rnns_contenders_do_the_same_work():
    prepared = bench.rnn_contest(T=5, B=3, D=4, H=2)
    bench.compare_results(prepared)
    shapes = [np.asarray(array).shape for array in prepared.contenders["NumPy, fast"]()]
    assert shapes == [(3, 5, 2), (3, 5, 4), (3, 2), (2, 4), (2, 2), (2,)]
    assert prepared.goals["NumPy, fast"] <= 1.0


def test_the_report_gives_ratios_fastest_first_and_says_if_a_goal_is_met():
    two = Contest("Work · size 3", "torch", {}, goals={"mine": 1.0, "slow": 1.0})
    text = bench.report(
        two,
        {
            "torch": Measurement(1.0, 1.0, 1.0, 0.010),
            "slow": Measurement(1.5, 1.4, 1.6, 0.015),
            "mine": Measurement(0.7, 0.65, 0.75, 0.007),
        },
    )
    lines = text.splitlines()
    assert lines[0] == "Work · size 3"
    assert [line.split()[0] for line in lines[2:]] == ["mine", "torch", "slow"]
    assert "0.70" in lines[2]
    assert "0.65 –  0.75" in lines[2]
    assert lines[2].endswith("goal ≤ 1: met")
    assert lines[4].endswith("goal ≤ 1: missed")


def test_an_unknown_benchmark_is_answered_with_those_that_exist(capsys):
    assert bench.main(["--only", "lstn"]) == 2
    assert "'lstn' is no benchmark, expected one of: rnn" in capsys.readouterr().err


def test_a_benchmarks_name_is_given_once():
    with pytest.raises(ValueError, match="taken"):
        bench.benchmark("rnn")(bench.rnn_contest)


def test_the_command_sets_its_own_threads_and_prints_ratios():
    command = [sys.executable, "-m", "course.maintenance.bench", "--only", "rnn", "--rounds", "2"]
    environment = {**os.environ, **dict.fromkeys(bench.THREAD_SETTINGS, "1")}
    environment["OMP_WAIT_POLICY"] = "PASSIVE"  # two threads that spin would starve other tests
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert answer.stdout.startswith("2 thread(s)")
    assert "ratio to torch.nn.RNN" in answer.stdout
    assert "NumPy, fast" in answer.stdout


# --- trainings -------------------------------------------------------------------------------


def test_dates_are_learnt_from_the_training_part_alone_and_tested_on_others():
    figures = bench.train_dates(0, hidden_size=16, epochs=1, pairs=512)
    assert figures["updates"] == 2
    assert 0 <= figures["test"] <= 1
    assert figures["seconds"] > 0


def test_the_peers_multiplications_are_those_of_its_three_layers():
    # Its encoder alone: 29 characters, gates of 4 × 256 from 16 + 256 numbers, 3 epochs, 3 passes.
    encoder = 29 * 4 * 256 * (16 + 256) * 45_000 * 9
    assert encoder < bench.dates_peer_multiplications() < 2 * encoder


def test_the_report_of_dates_names_each_seed_and_says_if_the_goal_is_met(monkeypatch):
    def train(seed, **changed):
        return {"test": 0.9992, "seconds": 5.0 + seed, "updates": 352, "multiplications": 1e11}

    monkeypatch.setattr(bench, "train_dates", train)
    text = bench.dates_report(seeds=3)
    assert [f"seed {seed}: 99.92 %" in text for seed in (1, 2, 3)] == [True] * 3
    assert "99.9 % reached by 3 of 3 seeds    goal < 11.1 s: met [6.0 – 8.0 s]" in text
    assert "goal < 11.1 s: missed" in bench.dates_report(seeds=7)


def test_a_file_of_pairs_is_trained_on_and_scored(tmp_path):
    words = dict(zip("eins zwei drei vier".split(), "one two three four".split(), strict=True))
    lines = [
        f"{a} {b} {c}\t{words[a]} {words[b]} {words[c]}\n"
        for a in words
        for b in words
        for c in words
    ]
    path = tmp_path / "counting.tsv"
    path.write_text("".join(lines), encoding="utf-8")
    text = bench.pairs_report(str(path), seeds=2, train_pairs=40, epochs=1, members=1)
    assert "counting.tsv: 40 pairs to train on, 6 to choose the weights by, 6 held out" in text
    assert "seed 1: BLEU" in text and "seed 2: BLEU" in text
    assert "BLEU 54.0, exact match 34.5 %" in text


def test_without_a_file_the_benchmark_of_pairs_says_what_it_needs(capsys):
    assert "--only pairs --pairs my.tsv" in bench.pairs_report()
    with pytest.raises(SystemExit, match=r"bench: load_pairs: there is no file 'gone\.tsv'"):
        bench.pairs_report("gone.tsv")


def test_an_option_reaches_the_benchmark_that_has_an_argument_of_its_name():
    options = argparse.Namespace(only=None, seeds=2, rounds=3, pairs="x.tsv")
    assert bench._options_for(bench.dates_report, options) == {"seeds": 2}
    assert bench._options_for(bench.pairs_report, options) == {"seeds": 2, "pairs": "x.tsv"}
    assert bench._options_for(bench.rnn_contest, options) == {}
