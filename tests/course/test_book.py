"""The web edition: every page in a browser, at a phone's width and a desktop's."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sphinx", reason="the extra [book] is not installed")

from course.book import sources
from course.lessons import LESSONS

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), None)
WIDTHS = {"phone": (390, 844), "desktop": (1280, 900)}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("book")
    command = [sys.executable, "-m", "course.book", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return out / "html"


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(site))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        assert not os.environ.get("CI"), "continuous integration must have Chromium"
        pytest.skip("there is no Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


def pages(site: Path) -> list[str]:
    found = (path.relative_to(site).as_posix() for path in sorted(site.rglob("*.html")))
    return [name for name in found if not name.startswith("_")]


def test_every_lesson_and_guide_is_a_page(site: Path) -> None:
    found = set(pages(site))
    assert {f"notebooks/{lesson.slug}.html" for lesson in LESSONS} <= found
    assert {name.replace(".md", ".html") for name in sources.GUIDES} <= found


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_the_screen_or_asks_another_host(
    site: Path, address: str, browser: Any, width: str
) -> None:
    size = dict(zip(("width", "height"), WIDTHS[width], strict=True))
    page = browser.new_page(viewport=size)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name in pages(site):
        page.goto(f"{address}/{name}")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
        without = page.evaluate(
            "[...document.querySelectorAll('article img')].filter(i => !i.alt).length"
        )
        assert without == 0, f"{name}: {without} pictures without an alternative text"
    assert asked and all(url.startswith((address, "data:")) for url in asked)
    page.close()


def test_hints_open_one_by_one_and_a_solution_with_the_keyboard_alone(
    address: str, browser: Any
) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{address}/notebooks/00_start_here.html")
    exercise = page.locator("div.exercise").first
    for number in (1, 2, 3):
        hint = exercise.locator("summary", has_text=f"Hint {number} of 4")
        assert not exercise.locator("summary", has_text=f"Hint {number + 1} of 4").is_visible()
        hint.focus()
        page.keyboard.press("Enter")
    assert exercise.locator("summary", has_text="Hint 4 of 4").is_visible()
    page.get_by_role("link", name="Solution", exact=True).first.click()
    solution = page.locator("details.solution").first
    assert not solution.locator("p").first.is_visible()
    solution.locator("summary").focus()
    page.keyboard.press("Enter")
    assert "0.21" in solution.inner_text()
    page.close()


def test_the_search_finds_english_and_korean(address: str, browser: Any) -> None:
    page = browser.new_page()
    for word, found in (("vanishing", "06 · Vanishing gradients"), ("교착어", "00 · Start here")):
        page.goto(f"{address}/search.html?q={word}")
        page.locator("#search-results li", has_text=found).first.wait_for()
    page.close()


def test_hangul_is_drawn_in_the_courses_font(address: str, browser: Any) -> None:
    page = browser.new_page()
    page.goto(f"{address}/docs/glossary.html")
    page.evaluate("document.fonts.ready")
    loaded = page.evaluate(
        "[...document.fonts].filter(f => f.status == 'loaded').map(f => f.family)"
    )
    assert loaded.count('"Nanum Gothic"') + loaded.count("Nanum Gothic") == 2  # bold included
    page.close()


def test_a_term_that_the_glossary_lacks_stops_the_build() -> None:
    with pytest.raises(ValueError, match=r"the term 'made-up word' .* is not in docs/glossary\.md"):
        sources._markdown("A **made-up word** (없는 말) here.", {"batch": "term-batch"}, "02")
    linked = sources._markdown("The **batch** (배치).", {"batch": "term-batch"}, "02")
    assert linked == "The [**batch**](#term-batch) (배치)."


def test_a_broken_link_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "index.md").write_text("# One\n\n[nowhere](nowhere.md)\n")
    command = [sys.executable, "-m", "sphinx", "-W", "-q", "-c", str(ROOT / "course" / "book")]
    done = subprocess.run(
        [*command, str(tmp_path), str(tmp_path / "out")], capture_output=True, text=True
    )
    assert done.returncode != 0 and "nowhere" in done.stderr
