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
        heading = f"### {page._heading(number)}\n"
        assert text.count(heading) == 1 and claims.get(number).statement in heading
        assert text.count(f"](#{page._anchor(number)}) | ") == 1  # its row in the first table
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
    below = page.page(tmp_path).partition(f"### {page._heading(7)}\n")[2]
    assert "- " in below and "twice the width" in below.partition("###")[0]


def test_a_figure_is_named_for_a_person_and_a_heading_gets_the_anchor_that_github_gives():
    assert page._named("accuracy task=more ones T=513") == "accuracy: more ones, T 513"
    assert page._named("variance at last d_k=512 scores=divided") == (
        "variance at last: d_k 512, divided"
    )
    assert page._named("unrolled difference") == "unrolled difference"
    assert page._anchor(18) == "18-division-by-d_k-normalises-the-scores"
    assert page._anchor("addition").startswith("addition-an-encoderdecoder-with-attention")
