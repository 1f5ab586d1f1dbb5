"""The page that shows the ledger."""

import json
import shutil

from course import claims
from course.claims import page


def test_the_page_is_what_the_records_say():
    written = (claims.RESULTS / "README.md").read_text(encoding="utf-8")
    assert written == page.page(), "run `python -m course.claims --page` and commit the page"


def test_the_page_holds_each_claim_once_with_its_verdict_and_record():
    text = page.page()
    for number in claims.ordered():
        assert text.count(f". {claims.get(number).statement}\n") + text.count(
            f": {claims.get(number).statement}\n"
        ) == 1  # fmt: skip
        assert f"({claims.record_path(number).name})" in text
        assert f"{claims.verdict(number).reason}." in text


def test_a_challenge_stands_below_its_claim(tmp_path):
    for path in claims.RESULTS.glob("*.json"):
        shutil.copy(path, tmp_path)
    before = page.page(tmp_path)
    path = claims.record_path(7, tmp_path)
    challenge = {"what": "twice the width", "figures": {"x": 1}, "stood": False}
    path.write_text(json.dumps(json.loads(path.read_text()) | {"challenges": [challenge]}))
    assert "twice the width" not in before
    below = page.page(tmp_path).partition(claims.get(7).statement)[2]
    assert "- " in below and "twice the width" in below.partition("###")[0]
