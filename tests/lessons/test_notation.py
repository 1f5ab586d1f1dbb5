"""docs/notation.md: its symbols are those of the lessons that it names."""

from __future__ import annotations

import re

import pytest

from course.maintenance import refresh

TABLES = (refresh.ROOT / "docs" / "notation.md").read_text(encoding="utf-8").split("\n## ")
LESSONS = {
    path.name[:2]: "\n".join(
        cell["source"] for cell in refresh.read(path)["cells"] if cell["cell_type"] == "markdown"
    )
    for path in refresh.lessons(refresh.ROOT / "notebooks")
}


def numbers(text: str) -> list[str]:
    """Read "00, 09–11" as 00, 09, 10, 11."""
    found: list[str] = []
    for first, last in re.findall(r"(\d\d)(?:–(\d\d))?", text):
        found += [f"{n:02}" for n in range(int(first), int(last or first) + 1)]
    return found


def rows() -> list[tuple[str, str]]:
    """Return a symbol and a lesson for each that a row of the symbols' tables names."""
    pairs = []
    for table in TABLES[2:4]:
        for line in table.splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            for symbol in re.findall(r"\$([^$]+)\$", cells[0]) if len(cells) == 4 else ():
                pairs += [(symbol, lesson) for lesson in numbers(cells[3])]
    return pairs


def plain(text: str) -> str:
    """Leave out braces, spaces and the marks of formulas: `W_{xh}` and `W_xh` are alike."""
    return re.sub(r"[{}\s$\\]", "", text)


def test_ranges_are_read() -> None:
    assert numbers("00, 09–11") == ["00", "09", "10", "11"]
    assert len(rows()) > 40


@pytest.mark.parametrize(("symbol", "lesson"), rows())
def test_a_symbol_stands_in_the_lessons_that_are_named(symbol: str, lesson: str) -> None:
    assert plain(symbol) in plain(LESSONS[lesson])


def test_every_lesson_with_a_table_of_symbols_is_named() -> None:
    named = set(numbers("".join(TABLES)))
    with_table = {n for n, text in LESSONS.items() if re.search(r"^\| symbol \|", text, re.M)}
    assert with_table <= named
