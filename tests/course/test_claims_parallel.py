"""Measuring several claims at once."""

import sys

import pytest

from course import claims
from course.claims import commands, measure
from course.claims.parallel import UNMEASURED, expected, run_all

WRITES = "import sys; open(sys.argv[1], 'a').write(sys.argv[2] + ' '); print('claim measured')"
FAILS = "import sys; print('no data'); sys.exit(1)"


def test_the_longest_claim_starts_first_and_each_runs_once(tmp_path, monkeypatch):
    costs = {7: 1.0, 27: 5.0, 9: 120.0}
    monkeypatch.setattr("course.claims.parallel.expected", lambda number, _: costs[number])
    order = tmp_path / "order"
    failed = run_all(
        list(costs),
        1,
        tmp_path,
        "",
        lambda n, _: [sys.executable, "-c", WRITES, str(order), str(n)],
    )
    assert order.read_text().split() == ["9", "27", "7"]
    assert failed == {}


def test_a_claim_that_fails_is_named_and_the_others_are_measured(tmp_path):
    order = tmp_path / "order"
    codes = {7: [FAILS], 27: [WRITES, str(order), "27"]}
    failed = run_all([7, 27], 2, tmp_path, "", lambda n, _: [sys.executable, "-c", *codes[n]])
    assert failed == {7: "no data"}
    assert order.read_text().split() == ["27"]


def test_a_record_tells_how_long_a_claim_will_take(tmp_path):
    assert expected(7, tmp_path) == UNMEASURED
    claims.run(7, tmp_path, say=lambda _: None)
    seconds = claims.record(7, tmp_path).seconds
    assert expected(7, tmp_path) == (seconds or UNMEASURED)


def test_only_old_and_missing_records_are_measured_if_one_asks(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(measure, "run", lambda number, *_, **__: asked.append(number))
    monkeypatch.setattr(commands, "ordered", lambda: [7, 9, 27])

    def reason(number, folder):
        if number == 27:
            raise FileNotFoundError
        return {7: "", 9: "the seeds changed"}[number]

    monkeypatch.setattr(commands, "stale", reason)
    assert claims.main(["--stale", "--jobs", "1"], tmp_path) == 0
    assert asked == [9, 27]


def test_a_failure_among_several_is_the_commands_failure(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(commands, "run_all", lambda *_: {9: "no data"})
    assert claims.main(["--jobs", "2"], tmp_path) == 1
    assert "9 could not be measured" in capsys.readouterr().err


@pytest.mark.parametrize("jobs", ["0", "-1", "two"])
def test_a_number_of_jobs_below_one_is_refused(jobs, tmp_path):
    with pytest.raises(SystemExit):
        claims.main(["--jobs", jobs], tmp_path)
