"""Every mention of a lesson or an exercise is held against what it names and what it links to.

A number is checked wherever people or programs read one: in the notebooks with their outputs, in
the guides, in course/ and helpers/ with their comments, docstrings and messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from course.lessons import LESSONS
from course.maintenance import anatomy, refresh

ROOT = refresh.ROOT
NUMBERS = {lesson.number for lesson in LESSONS}
SLUGS = {lesson.module: lesson.slug for lesson in LESSONS}
TITLES = {lesson.title: lesson.number for lesson in LESSONS}
NEW = {"docs/teaching.md": {"2.10"}}  # the walk-through adds this exercise

LIST = r"\d\d(?:(?:, (?:and )?| (?:and|or|to) |–)\d\d)*"
MENTION = re.compile(rf"\blessons? ({LIST})(?![\d.])(?:,? \*([^*]+)\*)?", re.IGNORECASE)
SLUG = re.compile(r"(?<![\w.])(\d\d)_([a-z]\w*?)(?=\.ipynb|\W|$)")
LINK = re.compile(
    r"(?:lesson (?P<before>\d\d),? )?\[(?P<text>[^\[\]]*)\]"
    r"\((?:[\w./]*/)?(?P<number>\d\d)_(?P<module>\w+)\.ipynb(?:#(?P<anchor>[^)]*))?\)",
    re.IGNORECASE,
)
HREF = re.compile(r'href="(\d\d)_\w+\.ipynb"[^>]*>(\d\d)')
NAMED = re.compile(rf"\b(\d\d)(?: · |  | )({'|'.join(map(re.escape, TITLES))})(?![\w-])")
EXERCISE = re.compile(r"\b(?:exercises?|solutions?)[ -](\d+\.\d+)(?!\d)", re.IGNORECASE)
HEADING = re.compile(r"# -{3} (\d+\.\d+) · ")  # an exercise's place in the bank
COMMAND = re.compile(r"""(?:\bLESSON=|--lesson )["']?(\d\d(?: \d\d)*)""")
COLUMN = re.compile(r"^(?:[01]\d(?:, )?)+$")


def flowing(text: str) -> str:
    """Join lines, comments and Python's adjacent strings, so that no mention is cut in two."""
    text = re.sub(r"""["']\n\s*f?["']""", "", text)
    return re.sub(r" *\n[ \t]*(?:# (?!-))?", " ", text)


@cache
def numbered() -> frozenset[str]:
    """Return the numbers of all exercises that the lessons set, as "2.4"."""
    return frozenset(
        exercise.number
        for path in refresh.lessons(ROOT / "notebooks")
        for exercise in anatomy.exercises(refresh.read(path))
    )


def faults(text: str, exercises: frozenset[str] | set[str]) -> Iterator[str]:
    """Say which mentions in a text name what is not there, or something else than they link to."""
    yield from _columns(text)
    text = flowing(text)
    for match in MENTION.finditer(text):
        for number in re.findall(r"\d\d", match[1]):
            if number not in NUMBERS:
                yield f"there is no lesson {number}: {match[0]}"
        if match[2] in TITLES and TITLES[match[2]] != match[1][-2:]:
            yield f"that is lesson {TITLES[match[2]]}: {match[0]}"
    for match in SLUG.finditer(text):
        if match[2] in SLUGS and SLUGS[match[2]] != match[0]:
            yield f"the file is {SLUGS[match[2]]}: {match[0]}"
    for match in LINK.finditer(text):
        yield from _link(match)
    for target, shown in HREF.findall(text):
        if target != shown:
            yield f"a link to {target} shows {shown}"
    for number, title in NAMED.findall(text):
        if TITLES[title] != number:
            yield f"{title} is lesson {TITLES[title]}, not {number}"
    for number in EXERCISE.findall(text) + HEADING.findall(text):
        if number not in exercises:
            yield f"there is no exercise {number}"
    for numbers in COMMAND.findall(text):
        if missing := set(numbers.split()) - NUMBERS:
            yield f"a command names lessons that are not there: {sorted(missing)}"


def _link(match: re.Match[str]) -> Iterator[str]:
    """Hold what a link says, before it and in it, against its target."""
    number, shown = match["number"], match["text"]
    if SLUGS.get(match["module"]) != f"{number}_{match['module']}":
        yield f"the link leads nowhere: {match[0]}"
    said = re.findall(r"(?<![\d.])\d\d(?![\d.])", shown) + [match["before"]] * bool(match["before"])
    said += [
        TITLES[title] for title in TITLES if re.sub(r"[*←→]|\d\d ·", "", shown).strip() == title
    ]
    if any(one != number for one in said):
        yield f"the link leads to {number}: {match[0]}"
    for exercise in EXERCISE.findall(f"{shown} {match['anchor'] or ''}"):
        if int(exercise.partition(".")[0]) != int(number):
            yield f"exercise {exercise} is not in {number}: {match[0]}"


def _columns(text: str) -> Iterator[str]:
    """Look through the columns of a Markdown table that are headed `lesson` or `lessons`."""
    wanted: list[int] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if not line.startswith("|"):
            wanted = []
        elif heads := [i for i, cell in enumerate(cells) if cell in ("lesson", "lessons")]:
            wanted = heads
        for place in wanted:
            if len(cells) > place and COLUMN.match(cells[place]):
                for number in sorted(set(re.findall(r"\d\d", cells[place])) - NUMBERS):
                    yield f"there is no lesson {number}: {line}"


def notebook_text(path: Path) -> str:
    """Return all that a notebook says: its cells and the text of their outputs."""
    parts = []
    for cell in refresh.read(path)["cells"]:
        parts.append(cell["source"])
        for output in cell.get("outputs", ()):
            shown = [output.get("text", ""), *output.get("data", {}).items()]
            parts += [one if isinstance(one, str) else one[1] for one in shown if _is_text(one)]
    return "\n\n".join(parts)


def _is_text(shown: str | tuple[str, object]) -> bool:
    return isinstance(shown, str) or (shown[0].startswith("text/") and isinstance(shown[1], str))


def texts() -> Iterator[tuple[str, str]]:
    """Yield every text that mentions lessons, with its file's name."""
    for path in refresh.lessons(ROOT / "notebooks"):
        yield path.name, notebook_text(path)
    pages = [ROOT / "Makefile", *ROOT.glob("*.md")]
    for folder, pattern in [
        ("docs", "*.md"),
        ("data", "*.md"),
        ("course", "*.py"),
        ("helpers", "*.py"),
    ]:
        pages += sorted((ROOT / folder).rglob(pattern))
    for path in pages:
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def test_every_mention_of_a_lesson_names_what_is_there_and_what_it_links_to() -> None:
    found = [
        f"{name}: {fault}"
        for name, text in texts()
        for fault in faults(text, numbered() | NEW.get(name, set()))
    ]
    assert not found, "\n".join(found)


def test_an_exercise_in_the_bank_and_a_lessons_test_stand_under_the_lessons_number() -> None:
    for lesson in LESSONS:
        home = ROOT / "course" / "exercises" / "bank" / lesson.module
        files = sorted(home.glob("*.py")) or [home.with_suffix(".py")]
        for source in files:
            text = source.read_text(encoding="utf-8")
            opening = rf"The exercises of lesson {lesson.number}\b"
            if source.parent == home and source.name != "__init__.py":  # a part of them
                own = int(lesson.number)
                opening = rf"(?:Exercises? {own}\.\d|.*\blesson {lesson.number}\b)"
            assert re.match(rf'"""{opening}', text), source
            heads = {int(number.partition(".")[0]) for number in HEADING.findall(text)}
            assert heads <= {int(lesson.number)}, source
    for path in (ROOT / "tests" / "lessons").glob("test_lesson_[0-9]*.py"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert re.search(rf"(?i)\blesson {path.stem[-2:]}\b", first), path.name


def test_the_texts_are_all_read() -> None:
    read = {name for name, _ in texts()}
    assert {lesson.notebook for lesson in LESSONS} <= read
    assert {"README.md", "docs/teaching.md", "docs/glossary.md", "data/results/README.md"} <= read
    assert {"course/exercises/bank/rnn_cell/step.py", "helpers/language.py", "Makefile"} <= read


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("as in lesson 15", "no lesson 15"),
        ("lessons 03, 07 and\n# 19 share", "no lesson 19"),
        ("lessons 02 to 31", "no lesson 31"),
        ('"the gates of lesson "\n        "77 are"', "no lesson 77"),
        ("Lesson 03, *BLEU*, asks", "that is lesson 10"),
        ('lesson="06_lstm"', "the file is 07_lstm"),
        ("see `notebooks/08_lstm.ipynb`", "the file is 07_lstm"),
        ("[lesson\n06](07_lstm.ipynb)", "leads to 07"),
        ("[06](../notebooks/07_lstm.ipynb) The LSTM", "leads to 07"),
        ("[← 06 · The LSTM](07_lstm.ipynb)", "leads to 07"),
        ("Lesson 06, [The\nLSTM](07_lstm.ipynb), asks", "leads to 07"),
        ("[The GRU](07_lstm.ipynb)", "leads to 07"),
        ("[lesson 06](06_gated.ipynb)", "leads nowhere"),
        ('<a href="07_lstm.ipynb" style="">06 · Some</a>', "a link to 07 shows 06"),
        ("  ○ 06  The LSTM  (0 of 6 exercises done)", "is lesson 07, not 06"),
        ("that of Exercise 7.44", "no exercise 7.44"),
        ("[Solution](#Solution-9.55)", "no exercise 9.55"),
        ("\n# --- 6.66 · A title ---\n", "no exercise 6.66"),
        ("[Exercise 2.1](07_lstm.ipynb#Exercise-2.1)", "is not in 07"),
        ('make refresh LESSON="00 15"', "a command names"),
        ('[ARGS="--lesson 16 --keep"]', "a command names"),
        ("| part | lessons |\n| --- | --- |\n| encoder | 02, 17 |", "no lesson 17"),
    ],
)
def test_a_wrong_mention_is_noticed(text: str, said: str) -> None:
    (fault,) = {fault for fault in faults(text, numbered()) if said in fault}
    assert fault


def test_right_mentions_pass() -> None:
    right = """Lesson 07, [The
LSTM](07_lstm.ipynb), as [lesson 07](07_lstm.ipynb) and lessons 00, 01 to 14;
[02 · The RNN cell →](02_rnn_cell.ipynb) [← 12 · Self-attention](12_self_attention.ipynb)
[Exercise 2.1](02_rnn_cell.ipynb#Exercise-2.1) `02_lesson.ipynb` `make refresh LESSON=02`
| term | lesson |
| --- | --- |
| mask | 02 |
"""
    assert list(faults(right, numbered())) == []
