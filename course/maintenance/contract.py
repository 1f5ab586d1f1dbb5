"""What a lesson owes its reader, as far as a machine can see it.

    python -m course.maintenance.contract [02]      lengths and violations of the lessons

`promises` looks at a notebook as a lesson, rule by rule: its sections, its lengths, its exercises
and where their answers stand. (`hygiene`, beside this module, looks at it as a file.) A lesson
that is not rewritten yet may break the rules that `EXCEPTIONS` lists for it, and no other.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from course.lessons import LESSONS
from course.maintenance import exercise_rules, refresh
from course.maintenance.anatomy import (
    LINK,
    Cell,
    Lesson,
    Notebook,
    Registered,
    Section,
    anchor,
    code_cells,
    part,
    pictures,
    prose,
    sections,
    tags,
    terms,
)
from course.maintenance.exceptions import EXCEPTIONS
from course.maintenance.hygiene import hygiene
from course.maintenance.lengths import (
    CORE,
    LONGEST_CELL,
    MOST_MINUTES,
    THIRD,
    Size,
    code_lines,
    excess,
    minutes,
    size,
    table,
    visible,
)
from course.maintenance.outputs import texts

SECTIONS = (
    "What you will be able to do",
    "Recap",
    "What breaks next",
    "Further reading",
    "Solutions",
)
OUTCOMES = (3, 5)  # least and most
RECAP_LINES, RECAP_WORDS = 5, 30  # a line of the recap is an item of its list, and short
MOST_EXPERIMENTS = 2
VERDICT_LENGTH = 120  # characters
FIXED_LENGTH = 25  # characters of a sentence that is printed whatever comes out
ITEM = re.compile(r"^(?:[-*]|\d+\.) +(.*(?:\n(?![-*]|\d+\.|\n).*)*)", re.MULTILINE)
VERDICT = re.compile(r"""\bverdict\((\d+|["']\w+["'])""")


class Broken(NamedTuple):
    """A rule that a lesson breaks, and how."""

    rule: str
    text: str


# The opening and the close


def _title(lesson: Lesson) -> Iterator[str]:
    """Its heading is its number and its title, and asks its question."""
    found = sections(lesson.notebook)
    cells = lesson.notebook["cells"]
    known = {entry.slug: entry for entry in LESSONS}.get(lesson.name)
    first = found[0] if found and cells[0] is found[0].cells[0] else Section(0, "")
    title = f"{lesson.name[:2]} · " + (known.title if known else "")
    if first.level != 1 or not first.title.startswith(title):
        yield f"does not begin with the heading “# {title}”"
    if sum(section.level == 1 for section in found) > 1:
        yield "has more than one heading of the first level"
    if known and known.question not in cells[0]["source"]:
        yield f"does not ask its question, “{known.question}”, under its title"


def _sections(lesson: Lesson) -> Iterator[str]:
    """It has the sections that every lesson has, in their order."""
    titles = [section.title for section in sections(lesson.notebook) if section.level == 2]
    missing = [title for title in SECTIONS if titles.count(title) != 1]
    for title in missing:
        yield f"does not have the section “## {title}” once"
    if not missing and sorted(SECTIONS, key=titles.index) != list(SECTIONS):
        yield f"does not have its sections in the order {', '.join(SECTIONS)}"
    if titles and titles[-1] != "Solutions":
        yield "does not end on “## Solutions”"


def _opening(lesson: Lesson) -> Iterator[str]:
    """It says how long it takes and what to know first."""
    counted = minutes(lesson.notebook)
    if counted is None:
        yield "does not state the minutes that it needs"
    elif counted > MOST_MINUTES:
        yield f"needs {counted} minutes; at most {MOST_MINUTES} are allowed"
    opening = part(lesson.notebook, SECTIONS[0])
    if opening and "Prerequisites:" not in opening.text:
        yield "does not say what to know first"


def _outcomes(lesson: Lesson) -> Iterator[str]:
    """Each of its three to five outcomes names the exercise that practises it."""
    opening = part(lesson.notebook, SECTIONS[0])
    outcomes = ITEM.findall(opening.text) if opening else []
    least, most = OUTCOMES
    if not least <= len(outcomes) <= most:
        yield f"has {len(outcomes)} outcomes; {least} to {most} are wanted"
    known = {exercise.number for exercise in lesson.exercises}
    for outcome in outcomes:
        named = re.findall(rf"\b{int(lesson.name[:2])}\.\d+\b", outcome)
        if not named:
            yield f"names no exercise beside the outcome “{outcome[:40].strip()}…”"
        for number in sorted(set(named) - known):
            yield f"names exercise {number} beside an outcome, but has none"


def _recap(lesson: Lesson) -> Iterator[str]:
    """Its recap is a list of five lines."""
    recap = part(lesson.notebook, "Recap")
    items = ITEM.findall(recap.text) if recap else []
    if recap and len(items) != RECAP_LINES:
        yield f"has {len(items)} lines in its recap, not a list of {RECAP_LINES}"
    for item in items:
        if len(item.split()) > RECAP_WORDS:
            yield f"has a line of {len(item.split())} words in its recap; at most {RECAP_WORDS}"


def _close(lesson: Lesson) -> Iterator[str]:
    """It leads to the next lesson and to further reading."""
    nexts, following = part(lesson.notebook, "What breaks next"), lesson.following
    if following and nexts and f"({following}.ipynb)" not in nexts.text:
        yield f"does not link the next lesson, {following}.ipynb, under “What breaks next”"
    reading = part(lesson.notebook, "Further reading")
    if reading and "](http" not in reading.text:
        yield "has no link under “Further reading”"


# What is read on the way


def _korean(lesson: Lesson) -> Iterator[str]:
    """It gives Korean terms beside the English ones."""
    if not list(terms(lesson.notebook)):
        yield "gives no Korean term beside an English one"


def _figures(lesson: Lesson) -> Iterator[str]:
    """It shows a picture, and each has words for those who do not see it."""
    found = list(pictures(lesson.notebook))
    if not found:
        yield "shows no figure"
    for number, alternative in found:
        if len(alternative.split()) < 3:
            yield f"code cell {number} shows a figure without alternative text; use plots.show"
    for mark, text, target in _all_links(lesson.notebook):
        if mark and not text.strip():
            yield f"has a picture without alternative text: {target}"


def _links(lesson: Lesson) -> Iterator[str]:
    """Its links to itself lead to a heading."""
    anchors = {anchor(section.title) for section in sections(lesson.notebook)}
    for _, _, target in _all_links(lesson.notebook):
        if target.startswith("#") and unquote(target[1:]) not in anchors:
            yield f"has a link to {target}, but no such heading"


def _all_links(notebook: Notebook) -> Iterator[tuple[str, str, str]]:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            yield from LINK.findall(prose(cell["source"]))


def _limit(name: str) -> Callable[[Lesson], Iterator[str]]:
    """Return the rule that a limit of the core and a third of it for *Further* make."""

    def rule(lesson: Lesson) -> Iterator[str]:
        core, further = visible(lesson.notebook)
        yield from excess(size(core), CORE, name, "its core")
        yield from excess(size(further), THIRD, name, "“Further”")

    return rule


def _long_cells(lesson: Lesson) -> Iterator[str]:
    """None of its visible cells is long."""
    core, further = visible(lesson.notebook)
    seen = {id(cell) for cell in core + further}
    for number, cell in enumerate(code_cells(lesson.notebook), start=1):
        if id(cell) in seen and code_lines(cell) > LONGEST_CELL:
            yield (
                f"code cell {number} has {code_lines(cell)} lines; "
                f"at most {LONGEST_CELL} are allowed"
            )


def _fixed_sentences(lesson: Lesson) -> Iterator[str]:
    """What its cells show has been computed."""
    for number, cell in enumerate(code_cells(lesson.notebook), start=1):
        if "solution" not in tags(cell) and _fixed(cell):
            yield f"code cell {number} shows nothing but a sentence that stands in it"


def _fixed(cell: Cell) -> bool:
    """Say whether each line that a cell shows stands in its code, and one is a sentence."""
    source = "".join(re.findall(r"[^\s\"'()]+", cell["source"]))
    if any(kind.startswith("image/") for out in cell["outputs"] for kind in out.get("data", {})):
        return False
    lines = [line.strip(" '\"") for text in texts(cell["outputs"]) for line in text.splitlines()]
    lines = [line for line in lines if line]
    return any(len(line) >= FIXED_LENGTH and " " in line for line in lines) and all(
        "".join(re.findall(r"[^\s\"'()]+", line)) in source for line in lines
    )


def _experiments(lesson: Lesson) -> Iterator[str]:
    """At most two experiments stand in its core, and a verdict is one short line."""
    core, further = visible(lesson.notebook)
    code = [cell for cell in core if cell["cell_type"] == "code"]
    claims = {claim for cell in code for claim in VERDICT.findall(cell["source"])}
    if len(claims) > MOST_EXPERIMENTS:
        yield f"has {len(claims)} verdicts in its core; at most {MOST_EXPERIMENTS} are allowed"
    for cell in core + further:
        if cell["cell_type"] != "code" or not VERDICT.search(cell["source"]):
            continue
        lines = [line for text in texts(cell["outputs"]) for line in text.splitlines()]
        longest = max(map(len, lines), default=0)
        if "textwrap" in cell["source"] or longest > VERDICT_LENGTH:
            claim = ", ".join(VERDICT.findall(cell["source"]))
            yield (
                f"gives the verdict on claim {claim} in {longest} characters or in several lines; "
                f"one of {VERDICT_LENGTH} is allowed"
            )


RULES: dict[str, Callable[[Lesson], Iterator[str]]] = {
    "title": _title,
    "sections": _sections,
    "opening": _opening,
    "outcomes": _outcomes,
    "recap": _recap,
    "close": _close,
    "Korean": _korean,
    "figures": _figures,
    "links": _links,
    **{name: _limit(name) for name in Size.__annotations__},
    "long cells": _long_cells,
    "fixed sentences": _fixed_sentences,
    "experiments": _experiments,
    **exercise_rules.RULES,
}


def promises(
    notebook: Notebook,
    name: str,
    following: str | None,
    bank: Mapping[str, Registered] | None,
) -> list[Broken]:
    """Say which rules a lesson breaks.

    Parameters
    ----------
    notebook : dict
        As `refresh.read` returns it.
    name : str
        Its name without the ending, as `02_rnn_cell`.
    following : str or None
        The name of the course's next lesson, if it is written.
    bank : mapping of str to Registered, or None
        The registered exercises of this lesson by name. None leaves the comparison with them out.

    Returns
    -------
    list of Broken
        One entry a violation.
    """
    lesson = Lesson(notebook, name, following, bank)
    return [Broken(rule, text) for rule, look in RULES.items() for text in look(lesson)]


def unsettled(
    found: Sequence[Broken], name: str, exceptions: Mapping[str, Sequence[str]] = EXCEPTIONS
) -> list[str]:
    """Say what a lesson's exceptions do not cover, and which of them it needs no more.

    Parameters
    ----------
    found : sequence of Broken
        From `promises`.
    name : str
        The lesson's.
    exceptions : mapping of str to sequence of str
        The rules that each lesson may still break.

    Returns
    -------
    list of str
        Nothing if the lesson breaks just the rules listed for it.
    """
    excused = exceptions.get(name, ())
    broken = {rule for rule, _ in found}
    return [
        *(f"{text} (rule “{rule}”)" for rule, text in found if rule not in excused),
        *(
            f"keeps the rule “{rule}” now: take it off its exceptions"
            for rule in excused
            if rule not in broken
        ),
    ]


def registered(name: str) -> dict[str, Registered]:
    """Return the exercises that the package holds for a lesson, by name."""
    from course.exercises import bank

    word = {entry.slug: entry.word for entry in LESSONS}[name]
    return {
        exercise.name: Registered(
            "bug" if getattr(exercise, "given", None) is not None else exercise.kind,
            exercise.total,
            getattr(exercise, "value", None),
            getattr(exercise, "tolerance", 0.0),
            getattr(exercise, "package", ""),
        )
        for exercise in bank.exercises(word)
    }


def following_lesson(name: str, folder: Path) -> str | None:
    """Return the name of the course's next lesson, or None where it is not written yet."""
    slugs = [entry.slug for entry in LESSONS]
    following = slugs[slugs.index(name) + 1 :][:1]
    return next((slug for slug in following if (folder / f"{slug}.ipynb").exists()), None)


def main(argv: Sequence[str] | None = None) -> int:
    """Print lengths and violations of the lessons named, or of all; return the exit status."""
    parser = argparse.ArgumentParser(description="Check what lessons owe their readers.")
    parser.add_argument("lesson", nargs="*", help="02, 02_rnn_cell or a path; all by default")
    parser.add_argument("--all", action="store_true", help="print what is excused, too")
    options = parser.parse_args(argv)
    folder = refresh.ROOT / "notebooks"
    try:
        files = [Path(name) for name in options.lesson if name.endswith(".ipynb")]
        names = [name for name in options.lesson if not name.endswith(".ipynb")]
        paths = files + (refresh.find_lessons(names, folder) if names or not files else [])
        print(table(paths))
        count = 0
        for path in paths:
            notebook = refresh.read(path)
            following = following_lesson(path.stem, folder)
            found = promises(notebook, path.stem, following, registered(path.stem))
            wrong = hygiene(notebook, path.stem) + unsettled(found, path.stem)
            count += len(wrong)
            for sentence in wrong:
                print(f"{path.stem} {sentence}")
            excused = [b for b in found if b.rule in EXCEPTIONS.get(path.stem, ())]
            for rule, text in excused if options.all or options.lesson else ():
                print(f"{path.stem} (excused for now: {rule}) {text}")
    except refresh.LessonError as error:
        print(error, file=sys.stderr)
        return 2
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
