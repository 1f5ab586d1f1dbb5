"""The ledger is closed: each of the 28 claims is there, measured, and shown with its verdict.

That each record is as new as its experiment's code, and that a live seed falls inside its interval,
test_claims.py asks of every claim. Here stands that none is missing, and that these questions are
answered with no where they should be.
"""

from __future__ import annotations

import json

import pytest

from course import claims
from course.lessons import LESSONS
from course.maintenance import refresh

TEXTBOOK = range(1, 29)

every_claim = pytest.mark.parametrize("number", TEXTBOOK)


@every_claim
def test_the_claim_is_in_the_ledger_with_its_record(number: int) -> None:
    assert number in claims.LEDGER, "no lesson registers it"
    claim = claims.get(number)
    assert claim.lesson in {lesson.slug for lesson in LESSONS}
    assert claims.record_path(number).is_file(), f"measure it: make claims CLAIM={number}"
    assert claims.stale(number) == ""


def test_there_are_no_others_but_those_with_a_name() -> None:
    assert {number for number in claims.LEDGER if isinstance(number, int)} == set(TEXTBOOK)


def shown(lesson: str) -> str:
    """Return all that a lesson's cells show, in one line."""
    notebook = refresh.read(refresh.ROOT / "notebooks" / f"{lesson}.ipynb")
    texts = []
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            texts.append(output.get("text", ""))
            texts += [text for text in output.get("data", {}).values() if isinstance(text, str)]
    return " ".join(" ".join(texts).split())


# What a rewritten lesson has no room for: lesson 14's table shows it, and `--list`.
ONLY_IN_THE_TABLE = {10}


@every_claim
def test_its_lesson_shows_the_verdict_that_the_record_gives(number: int) -> None:
    shows = str(claims.verdict(number)) in shown(claims.get(number).lesson)
    assert shows is (number not in ONLY_IN_THE_TABLE)


@every_claim
def test_the_last_lesson_shows_the_verdict(number: int) -> None:
    claim, verdict = claims.get(number), claims.verdict(number)
    link = f"[{claim.lesson[:2]}]({claim.lesson}.ipynb)"
    cells = (str(number), claim.statement, link, f"**{verdict.word}**", verdict.reason)
    assert f"| {' | '.join(cells)} |" in shown("14_capstone")


def copied(number, folder):
    """Copy a claim's record, and return its content for a change."""
    content = json.loads(claims.record_path(number).read_text(encoding="utf-8"))
    return claims.record_path(number, folder), content


def test_a_claim_without_a_record_is_noticed(tmp_path) -> None:
    with pytest.raises(FileNotFoundError, match="make claims CLAIM=7"):
        claims.stale(7, tmp_path)
    assert claims.listing(tmp_path).count("not measured yet") == len(claims.LEDGER)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("fingerprint", "0" * 16, "code changed"),
        ("settings", {}, "settings changed"),
        ("seeds", [9, 8, 7, 6, 5], "seeds changed"),
    ],
)
def test_a_record_that_is_older_than_its_claim_is_noticed(tmp_path, field, value, reason) -> None:
    path, content = copied(7, tmp_path)
    content[field] = value
    if field == "seeds":
        content["figures"] = {name: row[:5] for name, row in content["figures"].items()}
    path.write_text(json.dumps(content), encoding="utf-8")
    assert reason in claims.stale(7, tmp_path)


def test_a_live_seed_outside_its_interval_is_noticed() -> None:
    record = claims.record(27)
    name = next(name for name, row in record.figures.items() if min(row) > 0.1)
    live = {name: max(record.figures[name])}
    assert claims.agrees(27, live)
    outside = claims.agrees(27, {name: 10 * live[name]})
    assert not outside and "OUTSIDE" in str(outside)
