"""A claim as a lesson shows it."""

import pytest

from course import claims
from course.claims import in_lessons
from helpers.plots import caught, show


@pytest.fixture
def drawn(monkeypatch):
    """Enter a picture of claim 7, which lists what it is called with."""
    calls = []
    in_lessons.find_picture(7)  # the module that has a picture of its own is not read any more
    monkeypatch.setattr(in_lessons, "PICTURES", {})
    claims.picture(7)(lambda record, mine: calls.append((record.claim, mine)))
    return calls


def test_two_lines_give_conditions_figure_and_verdict(drawn):
    experiment = claims.experiment(7)
    shown = experiment._repr_markdown_()
    assert shown.startswith(f"**{claims.get(7).statement}**")
    assert f"*Verdict:* {claims.verdict(7)}." in shown
    assert str(claims.verdict(7)) in repr(experiment)
    experiment.figure()
    mine = experiment.live()
    experiment.figure(mine=mine)
    assert drawn == [(7, None), (7, mine)]


def test_a_lesson_sees_each_challenge_and_how_the_verdict_read_where_it_fell():
    experiment = claims.experiment(2)
    fallen = [one for one in experiment.record.challenges if not one.stood]
    assert fallen, "of claim 2's challenges at least one fell when this was written"
    for shown in (experiment._repr_markdown_(), repr(experiment)):
        for one in experiment.record.challenges:
            assert f"{one.what}: it {'stood' if one.stood else 'fell'}" in shown
        assert all(one.reading in shown for one in fallen)


def test_a_seed_of_ones_own_that_falls_outside_is_drawn_and_then_named(drawn):
    experiment = claims.experiment(7)
    name = next(iter(experiment.record.figures))
    with pytest.raises(AssertionError, match="OUTSIDE"):
        experiment.figure(mine={name: 1e9})
    assert len(drawn) == 1


def test_an_unknown_claim_is_answered_with_those_that_exist():
    with pytest.raises(KeyError, match="expected one of"):
        claims.experiment(1234)


def test_a_shown_figure_can_be_caught():
    from matplotlib import pyplot as plt

    with caught() as figures:
        show(plt.figure(figsize=(1, 1)), "empty")
    [(image, alt)] = figures
    assert image.startswith(b"\x89PNG") and alt == "empty"
