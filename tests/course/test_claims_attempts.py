"""Grids that choose settings, and challenges that try to overturn a verdict."""

import json

import pytest

from course import claims
from course.claims import FAILS, HOLDS, Claim, Grid, Trial, Verdict, attempts, changed, trials

SETTINGS = {"arms": {"LSTM": {"rate": 0.01}, "RNN": {"rate": 0.1}}, "steps": 4, "gain": 1.0}
CALLS = []


def experiment(seed, arms, steps, gain):
    """Score best at a rate of 0.01, better with more steps."""
    CALLS.append(seed)
    return {
        claims.figure("score", arm=arm): gain * steps - abs(how["rate"] - 0.01) + seed / 1e6
        for arm, how in arms.items()
    }


def rule(record):
    good = record.values("score", arm="LSTM").mean() > 3
    return Verdict(HOLDS if good else FAILS, "by the score")


@pytest.fixture
def toy():
    kept = dict(claims.LEDGER)
    CALLS.clear()
    rates = {"score": "score arm=LSTM", "keep": {"arms": ["LSTM"]}}
    yield claims.register(
        Claim(
            number=98,
            statement="More is more.",
            source="made up",
            lesson="none",
            experiment=experiment,
            rule=rule,
            settings=SETTINGS,
            seeds=(0, 1, 2, 3, 4),
            decides=("score arm=LSTM",),
            grids=(
                Grid("the LSTM's rate", "arms/LSTM/rate", (0.003, 0.01, 0.03), **rates),
                Grid("the steps", "steps", (2, 4), "score arm=LSTM"),
            ),
            trials=(
                Trial("half the training", {"steps": 2}),
                Trial("another rate", {"arms/LSTM/rate": 0.02}, decides=("score arm=RNN",)),
            ),
        )
    )
    claims.LEDGER.clear()
    claims.LEDGER.update(kept)


def quiet(_line):
    pass


def test_settings_are_changed_at_a_place_and_nowhere_else():
    other = changed(SETTINGS, {"arms/LSTM/rate": 0.5, "steps": 1}, {"arms": ["LSTM"]})
    assert other == {"arms": {"LSTM": {"rate": 0.5}}, "steps": 1, "gain": 1.0}
    assert SETTINGS["arms"] == {"LSTM": {"rate": 0.01}, "RNN": {"rate": 0.1}}
    assert changed({"lags": [1, 2, 3]}, {}, {"lags": [2]}) == {"lags": [2]}


@pytest.mark.parametrize("path", ["arm/LSTM", "arms/GRU/rate", "arms/LSTM/speed"])
def test_a_place_that_does_not_exist_is_named_with_those_that_do(path):
    with pytest.raises(KeyError, match="expected one of"):
        changed(SETTINGS, {path: 1})


def test_a_grid_is_scored_on_its_own_seeds_and_kept(toy, tmp_path):
    said = []
    rate, steps = attempts.tune(98, tmp_path, said.append)
    assert rate.best == 0.01 == rate.chosen and rate.inside
    assert rate.scores[1] == pytest.approx((4.0001, 4.000101), rel=1e-3)
    assert steps.best == 4 and not steps.inside
    assert set(CALLS) == {100, 101} and len(CALLS) == 10
    assert "the best of the LSTM's rate is 0.01, as in the settings" in said[3]
    assert "widen the grid" in said[-1]
    assert claims.tuning(claims.record_path(98, tmp_path)) == [rate, steps]
    attempts.tune(98, tmp_path, quiet)
    assert len(CALLS) == 10  # what was measured is not measured again


def test_the_best_of_equal_values_is_the_middle_one_and_the_least_wins_if_asked():
    equal = trials.Tuned("x", 1, (1, 2, 3), "s", False, (0,), ((1.0,), (1.0,), (1.0,)))
    assert equal.best == 2 and equal.inside
    least = trials.Tuned("x", 1, (1, 2, 3), "s", True, (0,), ((1.0,), (2.0,), (3.0,)))
    assert least.best == 1 and not least.inside


def test_a_challenge_is_judged_by_the_claims_own_rule(toy, tmp_path):
    path = claims.run(98, tmp_path, say=quiet)
    attempts.challenge(98, tmp_path, quiet)
    fell, stood = claims.record(98, tmp_path).challenges
    assert (fell.what, fell.stood, fell.reading) == (
        "half the training",
        False,
        "does not hold: by the score",
    )
    assert fell.figures == {"score arm=LSTM": pytest.approx(2.0, abs=1e-3)}
    assert stood.stood and stood.figures == {"score arm=RNN": pytest.approx(3.910, abs=1e-3)}
    assert CALLS[5:] == [200, 201, 202, 203, 204] * 2
    attempts.challenge(98, tmp_path, quiet)
    assert len(CALLS) == 15  # a challenge is not repeated
    assert len(json.loads(path.read_text())["challenges"]) == 2


def test_the_command_runs_what_it_is_asked_for(toy, tmp_path, capsys):
    claims.run(98, tmp_path, say=quiet)
    assert claims.main(["--claim", "98", "--challenges"], tmp_path) == 0
    assert "half the training measured" in capsys.readouterr().out
    assert claims.main(["--claim", "98", "--tune"], tmp_path) == 0
    assert (tmp_path / "claim_98.tuning.json").exists()
    with pytest.raises(SystemExit):
        claims.main(["--tune", "--challenges"], tmp_path)


@pytest.mark.parametrize("number", [n for n in claims.ordered() if claims.get(n).grids])
def test_what_a_claim_uses_is_the_best_of_its_grids_and_inside(number):
    tuned = claims.tuning(claims.record_path(number))
    assert [one.what for one in tuned] == [grid.what for grid in claims.get(number).grids]
    for one, grid in zip(tuned, claims.get(number).grids, strict=True):
        assert one.inside, f"{one.what}: {one.best} is at the edge"
        assert one.best == grid.chosen(claims.get(number).settings), one.what
        assert one.values == grid.values, "run make claims ARGS=--tune"


@pytest.mark.parametrize("number", [n for n in claims.ordered() if claims.get(n).trials])
def test_a_claims_challenges_are_in_its_record(number):
    entered = [one.what for one in claims.record(number).challenges]
    assert entered[: len(claims.get(number).trials)] == [
        one.what for one in claims.get(number).trials
    ]
