"""The glossary and the lessons say the same: the Korean of each term, and who explains it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pytest
from lesson_builder import Notebook, markdown

from course.maintenance import anatomy, refresh

GLOSSARY = refresh.ROOT / "docs" / "glossary.md"
NOTEBOOKS = {
    path.stem[:2]: refresh.read(path) for path in refresh.lessons(refresh.ROOT / "notebooks")
}


class Entry(NamedTuple):
    """A row of the glossary; `names` are the English words for it, `korean` the Korean ones."""

    term: str
    names: list[str]
    korean: list[str]
    lesson: str

    def ends(self, text: str) -> int:
        """Return how many letters at the end of a text name this term, in singular or plural."""
        found = [re.search(rf"{_pattern(name)}$", text, re.IGNORECASE) for name in self.names]
        return max(len(match[0]) if match else 0 for match in found)


def _pattern(name: str) -> str:
    words = [re.escape(word) + "(?:s|es)?" for word in name.split()]
    return rf"(?<![\w-]){' '.join(words)}(?![\w-])"


def entries(text: str) -> list[Entry]:
    """Read the glossary. What is in brackets limits a term, unless it is an abbreviation."""
    found = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if len(cells) == 4 and cells[3].strip().isdecimal():
            term, korean = cells[0], re.sub(r"\(.*\)", "", cells[1]).strip()
            names = re.sub(r" \(([a-z].*)\)", "", term).replace(" (", ", ").replace(")", "")
            found.append(Entry(term, names.split(", "), korean.split(", "), cells[3]))
    return found


def meant(english: str, korean: list[str], glossary: list[Entry]) -> tuple[list[Entry], str]:
    """Return the entries that a lesson's term belongs to, or say why it belongs to none."""
    longest = max(entry.ends(english) for entry in glossary)
    named = [entry for entry in glossary if longest and entry.ends(english) == longest]
    fitting = [entry for entry in named if entry.korean[0] == korean[0]]
    if not named:
        return [], "is not in the glossary; an example is written 배 (*pear*)"
    if not any(set(korean) <= set(entry.korean) for entry in fitting):
        first = " or ".join(", ".join(entry.korean) for entry in named)
        return [], f"is not what the glossary has, the first word first: {first}"
    return fitting, ""


def faults(lessons: Mapping[str, Notebook], glossary: list[Entry]) -> Iterator[str]:
    """Say which terms of the lessons differ from the glossary, and which lessons' numbers do."""
    explained: dict[str, list[str]] = {entry.term: [] for entry in glossary}
    for number, notebook in lessons.items():
        for english, korean in anatomy.terms(notebook):
            found, fault = meant(english, korean, glossary)
            if fault:
                yield f"lesson {number}: {english} ({', '.join(korean)}) {fault}"
            for entry in found:
                explained[entry.term].append(number)
    for entry in glossary:
        if not (numbers := explained[entry.term]):
            numbers = _named(entry, lessons, r"\*\*{}\*\*") or _named(entry, lessons, "{}")
        limited = re.search(r"\([a-z]", entry.term)  # another meaning may have come before
        if entry.lesson not in (numbers if limited else numbers[:1]):
            yield f"{entry.term} has lesson {entry.lesson}, but is explained in {numbers[:1]}"


def _named(entry: Entry, lessons: Mapping[str, Notebook], form: str) -> list[str]:
    """Return the lessons whose prose has one of a term's names, in bold or in any form."""
    patterns = [re.compile(form.format(_pattern(name)), re.IGNORECASE) for name in entry.names]
    return [
        number
        for number, notebook in lessons.items()
        if any(pattern.search(_text(notebook)) for pattern in patterns)
    ]


def _text(notebook: Notebook) -> str:
    cells = [c["source"] for c in notebook["cells"] if c["cell_type"] == "markdown"]
    return " ".join(anatomy.prose("\n".join(cells)).split())


def test_lessons_and_glossary_agree() -> None:
    found = list(faults(NOTEBOOKS, entries(GLOSSARY.read_text(encoding="utf-8"))))
    assert not found, "\n".join(found)


def test_the_glossary_is_in_order_and_has_each_term_once() -> None:
    lines = GLOSSARY.read_text(encoding="utf-8").splitlines()
    glossary = entries("\n".join(lines))
    assert len(glossary) == len([line for line in lines if line.startswith("| ")]) - 2  # the head
    terms = [entry.term.lower() for entry in glossary]
    assert terms == sorted(set(terms))


SMALL = """
| term | Korean | meaning | lesson |
| --- | --- | --- | --- |
| bias | 편향 | added | 02 |
| bias (of an estimate) | 편향 | off | 05 |
| free running | (정해진 용어 없음: 스스로) | own words | 05 |
| gated recurrent unit (GRU) | 게이트 순환 유닛, GRU | a cell | 05 |
| mask, cover | 마스크, 가리개 | hides | 02 |
"""
LESSONS = {
    "02": ["A **mask** (마스크).", "The GRU has masks (마스크, 가리개) and a bias (편향)."],
    "05": ["**GRU**, a bias (편향; off). Free running."],
}


def lessons(**changed: str) -> dict[str, Notebook]:
    texts = LESSONS | {number.strip("_"): [text] for number, text in changed.items()}
    return {n: {"cells": [markdown(text) for text in texts[n]]} for n in sorted(texts)}


def test_lessons_that_agree_pass() -> None:
    assert list(faults(lessons(), entries(SMALL))) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A **mask** (가리개).", "mask (가리개) is not what the glossary has"),
        ("A **mask** (마스크, 편향).", "is not what the glossary has"),
        ("A **bias mask** (편향).", "is not what the glossary has"),
        ("A pear (배).", "pear (배) is not in the glossary"),
        ("An unmask (마스크).", "is not in the glossary"),
        (
            "A gated recurrent unit (게이트 순환 유닛).",
            "(GRU) has lesson 05, but is explained in ['01']",
        ),
        ("**free running**", "free running has lesson 05, but is explained in ['01']"),
        ("A cover · 마스크", "mask, cover has lesson 02, but is explained in ['01']"),
    ],
)
def test_a_term_that_differs_is_named(text: str, said: str) -> None:
    assert any(said in fault for fault in faults(lessons(_01=text), entries(SMALL)))


def test_a_term_that_no_lesson_has_is_named() -> None:
    (fault,) = faults(lessons(_05="**GRU**, a bias (편향)."), entries(SMALL))
    assert fault == "free running has lesson 05, but is explained in []"
