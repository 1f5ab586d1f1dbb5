"""Every lesson keeps its promises, and a lesson that breaks one is noticed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from lesson_builder import (
    BANK,
    LESSON,
    STEP,
    Cell,
    Notebook,
    code,
    exercise,
    find,
    good_lesson,
    markdown,
    result,
    stream,
)

from course.lessons import LESSONS
from course.maintenance import anatomy, contract, lengths, refresh
from course.maintenance.exceptions import EXCEPTIONS

NOTEBOOKS = refresh.ROOT / "notebooks"
PATHS = refresh.lessons(NOTEBOOKS)
each_lesson = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


@each_lesson
def test_a_lesson_keeps_its_promises(path: Path) -> None:
    following = contract.following_lesson(path.stem, NOTEBOOKS)
    bank = contract.registered(path.stem)
    found = contract.promises(refresh.read(path), path.stem, following, bank)
    assert contract.unsettled(found, path.stem) == []


def test_exceptions_are_rules_of_the_contract_and_lessons_of_the_course() -> None:
    assert set(EXCEPTIONS) <= {entry.slug for entry in LESSONS}
    for name, rules in EXCEPTIONS.items():
        assert rules and len(set(rules)) == len(rules), name
        assert set(rules) <= set(contract.RULES), name


def test_an_exception_covers_its_rule_alone_and_has_to_be_needed() -> None:
    words = [contract.Broken("words", "has 2,300 words"), contract.Broken("words", "and more")]
    assert contract.unsettled(words, LESSON, {LESSON: ["words"]}) == []
    assert len(contract.unsettled(words, LESSON, {"03_other": ["words"]})) == 2
    assert len(contract.unsettled(words, LESSON, {LESSON: ["cells", "words"]})) == 1
    (stale,) = contract.unsettled([], LESSON, {LESSON: ["words"]})
    assert "keeps the rule “words” now" in stale


@each_lesson
def test_the_readme_links_the_lesson(path: Path) -> None:
    assert f"(notebooks/{path.name})" in (refresh.ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_names_every_lesson_with_its_question() -> None:
    lines = (refresh.ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    for lesson in LESSONS:
        title = f"{lesson.number} {lesson.title}"
        assert any(title in line and lesson.question in line for line in lines), title


def test_every_notebook_is_a_lesson_of_the_course_and_there_is_one() -> None:
    assert PATHS
    assert {path.stem for path in NOTEBOOKS.glob("*.ipynb")} <= {entry.slug for entry in LESSONS}


# A good lesson passes, and each single fault in it is named.


def violations(notebook: Notebook, following: str | None = "03_next") -> list[str]:
    return [text for _, text in contract.promises(notebook, LESSON, following, BANK)]


def test_a_good_lesson_breaks_no_promise() -> None:
    assert violations(good_lesson()) == []


def replace(old: str, new: str) -> Callable[[Notebook], None]:
    def change(notebook: Notebook) -> None:
        cell = find(notebook, old)
        cell["source"] = cell["source"].replace(old, new)

    return change


def drop(text: str) -> Callable[[Notebook], None]:
    return lambda notebook: notebook["cells"].remove(find(notebook, text))


def metadata(text: str, **values: object) -> Callable[[Notebook], None]:
    return lambda notebook: find(notebook, text)["metadata"].update(values)


def grade(text: str, **values: object) -> Callable[[Notebook], None]:
    return lambda notebook: find(notebook, text)["metadata"]["nbgrader"].update(values)


def show(text: str, value: str) -> Callable[[Notebook], None]:
    def change(notebook: Notebook) -> None:
        find(notebook, text)["outputs"][0]["data"]["text/plain"] = value

    return change


def insert(before: str, *cells: Cell) -> Callable[[Notebook], None]:
    def change(notebook: Notebook) -> None:
        place = notebook["cells"].index(find(notebook, before))
        notebook["cells"][place:place] = cells

    return change


def no_alternative(notebook: Notebook) -> None:
    find(notebook, "import math")["outputs"][0]["metadata"] = {}


def no_figure(notebook: Notebook) -> None:
    find(notebook, "import math")["outputs"] = []


def solutions_first(notebook: Notebook) -> None:
    place = notebook["cells"].index(find(notebook, "## Solutions"))
    start = notebook["cells"].index(find(notebook, "## Recap"))
    cells = notebook["cells"]
    notebook["cells"] = cells[:start] + cells[place:] + cells[start:place]


def forget_exercise(notebook: Notebook) -> None:
    for text in ["### Exercise 2.5", "def five", 'check("rnn.five", five)']:
        drop(text)(notebook)


def outcomes(*numbers: str) -> Callable[[Notebook], None]:
    def change(notebook: Notebook) -> None:
        items = "".join(f"- do it ({number})\n" for number in numbers)
        find(notebook, "## What you will")["source"] = (
            "## What you will be able to do\n\n" + items + "\n60 minutes. Prerequisites: 은닉 상태."
        )

    return change


def further(*cells: Cell) -> Callable[[Notebook], None]:
    return insert("## Further reading", markdown("## Further"), *cells)


def print_verdict(text: str) -> Callable[[Notebook], None]:
    def change(notebook: Notebook) -> None:
        find(notebook, "claims.verdict(3)")["outputs"][0]["text"] = text

    return change


def lines(count: int, line: str = "x = {}") -> Cell:
    return code("\n".join(line.format(i) for i in range(count)))


SENTENCE = "Both layers are equal, to twelve digits."
FIXED = code(f'assert ok\nprint("{SENTENCE}")', stream(f"{SENTENCE}\n"))
CHOSEN = code("'The future is well hidden' if ok else 'no'", result("'The future is well hidden'"))
MEAN = "mean = (a * b).sum(axis=1) / b.sum(axis=1)"
CHECK_ONE, CHECK_TWO = 'check("rnn.one", one)', 'check("rnn.two", two)'
FAULTS: list[tuple[str, Callable[[Notebook], None]]] = [
    ("does not begin with the heading", replace("# 02 ·", "# 03 ·")),
    ("does not begin with the heading", replace("The RNN cell", "Cells")),
    ("more than one heading of the first level", replace("## Recap", "# Recap")),
    ("does not ask its question", replace("How does a network remember?", "What?")),
    ("“## What you will be able to do” once", replace("What you will be able to do", "Aims")),
    ("“## Recap” once", drop("## Recap")),
    ("“## Further reading” once", replace("## Further reading", "## Reading")),
    ("in the order", solutions_first),
    ("does not end on", insert("### Solution 2.4", markdown("## More"))),
    ("does not state the minutes", replace("**Minutes:** 60.", "")),
    ("needs 120 minutes", replace("60", "120")),
    ("what to know first", replace("**Prerequisites:** sums.", "")),
    ("has 2 outcomes; 3 to 5", outcomes("2.1", "2.2")),
    ("has 6 outcomes; 3 to 5", outcomes("2.1", "2.2", "2.3", "2.4", "2.5", "2.1")),
    ("no exercise beside the outcome “work it out", replace("paper (2.2)", "paper")),
    ("no exercise beside the outcome “work it out", replace("paper (2.2)", "paper (1.2)")),
    ("names exercise 2.9 beside an outcome, but has none", replace("(2.2)", "(2.9)")),
    ("has 0 lines in its recap", replace("- A sum", "A sum")),
    ("has 6 lines in its recap", replace("## Recap\n", "## Recap\n\n- One more.")),
    ("a line of 43 words in its recap", replace("## Recap\n", "## Recap\n\n-" + " word" * 43)),
    ("does not link the next lesson", replace("(03_next.ipynb)", "(04_other.ipynb)")),
    ("no link under “Further reading”", replace("(https://arxiv.org/abs/1)", "")),
    ("shows no figure", no_figure),
    ("without alternative text", no_alternative),
    ("picture without alternative text", replace("See", "![](a.png)")),
    ("link to #Recap, but no such heading", replace("## Recap", "## Summary")),
    ("words in its core; at most 2,200", replace("See", "word " * 2200)),
    ("words in “Further”; at most 733", further(markdown("word " * 731))),
    ("code cells in its core; at most 32", insert("## Recap", *[lines(1)] * 32)),
    ("code cells in “Further”; at most 10", further(*[lines(1)] * 11)),
    ("lines of code in its core; at most 300", insert("## Recap", *[lines(15)] * 20)),
    ("lines of code in “Further”; at most 100", further(*[lines(15)] * 7)),
    ("42 lines of code that draw", insert("## Recap", *[lines(14, "axes.plot({})")] * 3)),
    ("14 lines of code that draw in “Further”", further(lines(14, "plt.plot({})"))),
    ("has 16 lines; at most 15", insert("## Recap", lines(16))),
    ("has 16 lines; at most 15", further(lines(16))),
    ("at least 5 are needed", forget_exercise),
    ("numbers its exercises", replace("Exercise 2.2", "Exercise 2.7")),
    ("no exercise of the kind “value”", replace("two = None", "two = 7")),
    ("no exercise of the kind “bug”", replace("return (h * m)", "raise NotImplementedError")),
    ("no exercise of the kind “open”", drop("### Exercise 2.4")),
    ("a heading that is no exercise’s", replace("2.1 · Do it ★☆☆", "2.1 · Do it")),
    ("stars in the wrong order", replace("Do it ★☆☆", "Do it ☆☆★")),
    ("exercise 2.2 does not link its solution", replace("(#Solution-2.2)", "(#Recap)")),
    ("link to #Solution-2.1, but no such heading", drop("### Solution 2.1")),
    ("no heading “Solution 2.3”", replace("### Solution 2.3", "### The third")),
    ("outside an exercise", insert("## Recap", markdown("## X"), code("1", tags=["check"]))),
    ("2 cells tagged exercise and 1", insert(CHECK_ONE, code("1", tags=["exercise"]))),
    ("right after what is checked", insert(CHECK_ONE, code("1"))),
    ("without a docstring", replace('    """Do it."""\n', "")),
    ("more than `check", replace(CHECK_ONE, CHECK_ONE + "\nprint(1)")),
    ("more than `check", replace(CHECK_ONE, 'check("rnn.one", one, record=True)')),
    ("is editable", metadata(CHECK_ONE, editable=True)),
    ("wrong nbgrader ['locked']", grade(CHECK_ONE, locked=False)),
    ("wrong nbgrader ['grade']", grade(CHECK_ONE, grade=False)),
    ("wrong nbgrader ['solution']", grade("two = None", solution=False)),
    ("wrong nbgrader ['schema_version']", grade(CHECK_ONE, schema_version=2)),
    ("wrong nbgrader ['points']", grade(CHECK_ONE, points=None)),
    ("wrong nbgrader ['grade_id']", grade(CHECK_ONE, grade_id="rnn.one!")),
    ("grade_id one more than once", grade(CHECK_ONE, grade_id="one")),
    ("has nbgrader metadata outside", metadata("## Recap", nbgrader={"grade_id": "x"})),
    ("no markdown cell to answer in", drop("*Your answer.*")),
    ("unknown tag 'soluton'", metadata("answer = 0.3235", tags=["soluton"])),
    ("outside “## Solutions”", metadata("import math", tags=["solution"])),
    ("not tagged solution", metadata("answer = 0.3235", tags=[])),
    ("would give away", metadata("Three points", tags=[])),
    ("shows a solution unfolded", metadata("answer = 0.3235", jupyter={})),
    ("2.1 has no solution that is checked", replace(", answer, record=False)", ", answer)")),
    ("claim 3 in 121 characters", print_verdict("v" * 121)),
    ("or in several lines", replace("print(claims.verdict(3))", "textwrap.fill(verdict(3))")),
    ("has 3 verdicts in its core", insert("## Recap", code("verdict(4)"), code("verdict(5)"))),
    ("is built, but its check is not followed", drop('use("rnn.one"')),
    ("is built, but its check is not followed", insert('use("rnn.one"', code("1"))),
    ("is built, but its check is not followed", replace('use("rnn.one"', 'use("rnn.three"')),
    ("a part of the package", metadata("def answer(x, h, W, U)", tags=["solution"])),
    ("builds no part by the bank", metadata("answer(x):", tags=["solution", "package:rnn.f"])),
    ("builds rnn.rnn_step by the bank", metadata(STEP, tags=["solution", "package:rnn.f"])),
    ("builds rnn.rnn_step by the bank", metadata(STEP, tags=["solution"])),
    ("gives away exercise 2.1", insert("### Exercise 2.1", code(STEP))),
    ("gives away exercise 2.1", insert("## Recap", code(STEP.replace("answer", "cell")))),
    ("gives away exercise 2.1", insert("## Recap", markdown(f"So:\n\n```python\n{STEP}```"))),
    ("gives away exercise 2.2", replace("A **mask**", "It is 0.3235. A **mask**")),
    ("gives away exercise 2.2", insert("### Exercise 2.2", code("p()", result("0.3234")))),
    ("gives away exercise 2.3", insert("### Exercise 2.3", code(MEAN))),
    ("shows nothing but a sentence", insert("## Recap", FIXED)),
    ("shows nothing but a sentence", insert("## Recap", CHOSEN)),
    ("gives no Korean term", replace("은닉 상태", "h")),
    ("which is not registered", replace(CHECK_ONE, 'check("rnn.uno", one)')),
    ("does not set the registered exercise", replace(CHECK_ONE, 'check("rnn.uno", one)')),
    ("looks like “bug” but rnn.one", replace("raise NotImplementedError", "return 3")),
    ("is worth 1.0 points", grade(CHECK_TWO, points=5)),
    ("unsolved, shows 2.0, not 0", show(CHECK_ONE, "2")),
    ("for the solution of rnn.two, not 1.0", show("answer = 0.3235", "0")),
    ("open exercises of [1.0] points", grade("*Your answer.*", points=1.0)),
]


@pytest.mark.parametrize(
    ("message", "fault"), FAULTS, ids=[f"{i}-{m[:30]}" for i, (m, _) in enumerate(FAULTS)]
)
def test_a_single_fault_is_named(message: str, fault: Callable[[Notebook], None]) -> None:
    lesson = good_lesson()
    fault(lesson)
    if message == "gives no Korean term":
        replace("(마스크)", "")(lesson)
    found = violations(lesson)
    assert any(message in sentence for sentence in found), found


def test_the_last_lesson_needs_no_link_to_a_next_one() -> None:
    lesson = good_lesson()
    replace("(03_next.ipynb)", "(x)")(lesson)
    assert violations(lesson, following=None) == []


def test_the_next_lesson_is_the_courses_next_if_it_is_written(tmp_path: Path) -> None:
    for slug in ("01_sequence_models", "02_rnn_cell", "14_capstone"):
        (tmp_path / f"{slug}.ipynb").touch()
    following = [contract.following_lesson(entry.slug, tmp_path) for entry in LESSONS]
    assert following[:3] == ["01_sequence_models", "02_rnn_cell", None]
    assert following[-2:] == ["14_capstone", None]


def test_terms_are_found_in_both_forms_and_examples_are_none() -> None:
    text = (
        "**n-gram precision** (n-gram 정밀도, 정밀도) and 배 (*pear*); a **bias** (편향; not *b*)."
    )
    lesson = good_lesson()
    insert("## Recap", markdown(text))(lesson)
    assert list(anatomy.terms(lesson)) == [
        ("The hidden state", ["은닉 상태"]),
        ("A mask", ["마스크"]),
        ("n-gram precision", ["n-gram 정밀도", "정밀도"]),
        ("a bias", ["편향"]),
    ]


def test_lengths_leave_out_what_is_outside_the_core() -> None:
    lesson = good_lesson()
    before = lengths.lengths(lesson)
    insert("### Solution 2.4", markdown("many more words", tags=["solution"]), lines(16))(lesson)
    assert lengths.lengths(lesson) == before
    insert("## Recap", markdown("three more words"), lines(16))(lesson)
    after = lengths.lengths(lesson)
    assert (after.core.words - before.core.words, after.core.cells - before.core.cells) == (3, 1)
    assert (after.core.lines - before.core.lines, after.longest) == (16, 16)
    assert (after.minutes, after.figures, after.exercises) == (60, 1, 5)
    assert after.further == before.further
    further(markdown("two words"), lines(3, "axes[{}].plot()"))(lesson)
    more = lengths.lengths(lesson)
    assert more.core == after.core
    assert (more.further.cells, more.further.lines, more.further.drawing) == (1, 3, 3)
    assert more.further.words - after.further.words == 4  # with the heading


def test_an_exercise_in_another_part_is_one_too() -> None:
    lesson = good_lesson()
    extra = exercise(6, "rnn.one", "x = None", "x")
    insert("## Further reading", markdown("## Further"), *extra)(lesson)
    assert [entry.number for entry in anatomy.exercises(lesson)][-1] == "2.6"


def test_what_is_not_built_may_stand_below_its_exercise_and_what_is_computed_is_shown() -> None:
    lesson = good_lesson()
    insert("## Recap", code(MEAN), code("print(len(SENTENCE))", stream("41\n")))(lesson)
    insert("## Recap", code("print(f'{n} of the sentences')", stream("12 of the sentences\n")))(
        lesson
    )
    insert("## Recap", code("'short'", result("'short'")))(lesson)
    assert violations(lesson) == []


def test_headings_in_code_are_no_headings() -> None:
    text = "## Real\n\n```python\n# comment\n```\n\n### Also real"
    found = anatomy.sections({"cells": [markdown(text)]})
    assert [section.title for section in found] == ["Real", "Also real"]


def test_anchors_are_those_that_jupyterlab_makes() -> None:
    assert anatomy.anchor("Solution 2.1") == "Solution-2.1"
    assert anatomy.anchor("Equal to `torch.nn.RNN`") == "Equal-to-torch.nn.RNN"
    assert not re.search(r"\s", anatomy.anchor("a b c"))
