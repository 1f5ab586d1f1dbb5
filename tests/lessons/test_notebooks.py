"""The lessons as files: executed, clean, and compared by rules that do what they say."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from lesson_builder import (
    LESSON,
    Notebook,
    code,
    find,
    good_lesson,
    markdown,
    result,
    stamp,
    stream,
)
from nbval.plugin import get_sanitize_patterns

from course.maintenance import hygiene, outputs, refresh
from course.maintenance.anatomy import code_cells

PATHS = refresh.lessons(refresh.ROOT / "notebooks")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_lesson_is_fit_to_be_committed(path: Path) -> None:
    notebook = refresh.read(path)
    assert hygiene.hygiene(notebook, path.stem) == []
    # Written in the one form that refresh writes, so that a diff shows what changed.
    written = nbformat.writes(nbformat.from_dict(notebook)).rstrip("\n") + "\n"
    assert path.read_text(encoding="utf-8") == written


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_tagged_figure_is_the_picture_in_docs(path: Path) -> None:
    for name, picture in refresh.tagged_pictures(refresh.read(path)):
        kept = refresh.ROOT / "docs" / f"{name}.png"
        assert kept.exists() and kept.read_bytes() == picture, f"make refresh LESSON={path.stem}"


def test_every_ignored_cell_has_a_reason_and_exists() -> None:
    assert len(hygiene.IGNORED) <= 10
    for (lesson, identity), reason in hygiene.IGNORED.items():
        assert len(reason.split()) >= 3
        cells = refresh.read(refresh.ROOT / "notebooks" / f"{lesson}.ipynb")["cells"]
        assert [cell for cell in cells if cell["id"] == identity]


def test_a_clean_notebook_has_no_violation() -> None:
    assert hygiene.hygiene(good_lesson(), LESSON) == []


def change(text: str, **values: object) -> Callable[[Notebook], None]:
    return lambda notebook: find(notebook, text).update(values)


def rewrite(old: str, new: str) -> Callable[[Notebook], None]:
    def fault(notebook: Notebook) -> None:
        cell = find(notebook, old)
        cell["source"] = cell["source"].replace(old, new)

    return fault


def note(text: str, **values: object) -> Callable[[Notebook], None]:
    return lambda notebook: find(notebook, text)["metadata"].update(values)


def tag(text: str, *names: str) -> Callable[[Notebook], None]:
    return lambda notebook: find(notebook, text)["metadata"].update(tags=list(names))


def output(**values: object) -> Callable[[Notebook], None]:
    made = {"output_type": "display_data", "metadata": {}, "data": values}
    return lambda notebook: find(notebook, "import math")["outputs"].append(made)


def widget_state(notebook: Notebook) -> None:
    notebook["metadata"]["widgets"] = {"state": {}}


def version(notebook: Notebook) -> None:
    notebook["metadata"]["language_info"]["version"] = "3.11.7"


ERROR = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []}
PIECES = [{"output_type": "stream", "name": "stdout", "text": text} for text in ("a", "b")]
SOLUTION, FOLDED = "answer = 0.3235", {"source_hidden": True, "outputs_hidden": True}
BAR = [{"output_type": "stream", "name": "stderr", "text": "10%\r100%\n"}]
WIDGET = {outputs.WIDGET: {"model_id": "1"}, "text/plain": "interactive()"}

FAULTS: list[tuple[str, Callable[[Notebook], None]]] = [
    ("not a valid notebook", change("import math", execution_count="one")),
    ("without an id, or two", change("## Recap", id="cell-0")),
    ("metadata of a machine or a widget", widget_state),
    ("metadata of a machine or a widget", version),
    ("not run from top to bottom", change("import math", execution_count=None)),
    ("not run from top to bottom", change("import math", execution_count=7)),
    ("not run from top to bottom", lambda n: n["cells"].append(code("") | {"id": "new"})),
    ("ends in an error, ValueError: no", change("import math", outputs=[ERROR])),
    ("by a comment, NBVAL_SKIP", change("import math", source="# NBVAL_SKIP\nimport math")),
    ("by a comment", change("import math", source="  #NBVAL_IGNORE_OUTPUT\nimport math")),
    ("by the tag nbval-skip", tag("import math", "nbval-skip")),
    ("by the tag raises-exception", tag("import math", "raises-exception")),
    ("without a reason", tag("import math", "nbval-ignore-output")),
    ("no asserting cell follows", tag("import math", "nbval-ignore-output")),
    ("not normalised", change("import math", outputs=PIECES)),
    ("not normalised", change("import math", outputs=BAR)),
    ("not normalised", output(**WIDGET)),
    ("shows a path of one machine", output(**{"text/plain": "/home/ada/course"})),
    ("shows a path of one machine", output(**{"text/html": "<i>C:\\Users\\ada</i>"})),
    ("shows a path of one machine", output(**{"text/plain": "/tmp/ipykernel_3/4.py:1: Warning"})),
    ("names a path of one machine", change("import math", source="open('/home/ada/x')")),
    ("keeps an editor's metadata: ['collapsed']", note("import math", collapsed=True)),
    ("keeps an editor's metadata: ['id', 'outputId']", note("import math", id="x", outputId="y")),
    ("keeps an editor's metadata: ['colab']", note("## Recap", colab={"base_uri": "https://x"})),
    ("keeps an editor's metadata: ['outputs_hidden']", note(SOLUTION, jupyter=FOLDED)),
    ("asserts nothing about it", rewrite("assert shown > 0.9", "shown > 0.9")),
    ("asserts nothing about it", rewrite("assert shown > 0.9", "assert True")),
    ("asserts nothing about it", rewrite("assert shown > 0.9", "'assert shown > 0.9'")),
    ("no reason for the margin", rewrite("  # five seeds gave 0.94 to 0.97", "")),
    ("without the hash of their code", lambda n: find(n, "≈")["metadata"].clear()),
    ("of other code than stands there", rewrite("> 0.9", "> 0.8")),
    ("of other code than stands there", rewrite("import math", "import cmath")),
    ("of other code than stands there", note("import math", code_hash="0" * 12)),
]


@pytest.mark.parametrize(
    ("message", "fault"), FAULTS, ids=[f"{i}-{m[:30]}" for i, (m, _) in enumerate(FAULTS)]
)
def test_a_single_fault_is_named(message: str, fault: Callable[[Notebook], None]) -> None:
    notebook = good_lesson()
    fault(notebook)
    found = hygiene.hygiene(notebook, LESSON)
    assert any(message in sentence for sentence in found), found


def test_an_ignored_cell_with_a_reason_and_an_assertion_after_it_is_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notebook = good_lesson()
    place = notebook["cells"].index(find(notebook, "## Recap"))
    ignored = code("interact()", result("1"), tags=["nbval-ignore-output"]) | {"id": "i"}
    after = code("assert 1\n'it moves'", result("'it moves'")) | {"id": "a"}
    notebook["cells"][place:place] = [ignored, after]
    for number, cell in enumerate(code_cells(notebook), start=1):
        cell["execution_count"] = number
    monkeypatch.setitem(hygiene.IGNORED, (LESSON, "i"), "its output is a widget")
    assert hygiene.hygiene(notebook, LESSON) == []
    after["source"] = "'it moves'"
    assert len(hygiene.hygiene(notebook, LESSON)) == 1


def test_only_lines_that_begin_with_the_sign_need_an_assertion() -> None:
    notebook = good_lesson()
    measured = find(notebook, "≈")
    measured["source"] = "print(shown)"
    for text, count in [
        ("» I ate an apple.\n", 1),
        ("a table\n≈ 3\n", 1),
        ("about ≈ 3\n≈3\n", 0),
        ("[timing] 3 s\n", 0),
    ]:
        measured["outputs"] = [stream(text)]
        measured["metadata"].clear()
        stamp(notebook["cells"])
        found = hygiene.hygiene(notebook, LESSON)
        assert len(found) == count, text
        assert bool(measured["metadata"]) == bool(count)


def test_an_assertion_may_say_its_reason_in_a_message_or_above() -> None:
    for reason in [
        "assert shown > 0.9, 'five seeds: 0.94'",
        "# Five seeds: 0.94.\nassert shown > 0.9",
    ]:
        notebook = good_lesson()
        rewrite("assert shown > 0.9  # five seeds gave 0.94 to 0.97", reason)(notebook)
        stamp(notebook["cells"])
        assert hygiene.hygiene(notebook, LESSON) == []


def test_the_hash_is_of_what_the_cells_compute() -> None:
    def of(*sources: str) -> str:
        return outputs.code_hash(sources)

    code = "def f(x):\n    return x + 1"
    same = 'def f(x):  # a comment\n\n    """A docstring."""\n    return (x+1)'
    assert of(code) == of(same) == "60e6deff8612"  # under every version of Python
    assert of(code, "f(1)") != of(code)
    assert (
        len({of(code), of(code.replace("1", "2")), of(code.replace("f", "g")), of("%time x")}) == 4
    )
    assert of("a", "b") != of("a\nb") != of("b", "a")


def test_relative_paths_and_addresses_on_the_web_are_no_paths_of_a_machine() -> None:
    notebook = good_lesson()
    notebook["cells"].append(
        markdown("[a](../docs/glossary.md) https://example.org/home/ada data/tmp/x") | {"id": "n"}
    )
    assert hygiene.hygiene(notebook, LESSON) == []


# The rules of the comparison

RULES = outputs.sanitising_rules()


def sanitised(text: str) -> str:
    for pattern, replacement in RULES:
        text = re.sub(pattern, replacement, text)
    return text


def test_nbval_reads_every_rule_that_the_file_states() -> None:
    text = outputs.RULES.read_text(encoding="ascii")
    stated = len(re.findall(r"^regex:", text, re.MULTILINE))
    assert stated == 8
    assert get_sanitize_patterns(text) == RULES  # nbval's own reader
    assert len(RULES) == len(dict(RULES)) == stated  # it keeps them in a dict


BAR_SLOW = "train: 100%|████████  | 20/20 [00:01<00:00, 19.91it/s, loss=0.5]"
BAR_FAST = "train: 100%|██████████| 20/20 [00:00<00:00, 99.91it/s, loss=0.5]"
LONG = "A1b2" * 50_000


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("[timing] 3.1 s\nloss 2", "[timing] 4 s, slower\nloss 2"),
        ("\x1b[31mred\x1b[0m", "\x1b[1;32mred\x1b[39m"),
        ("<object at 0x7fed1a3a7360>", "<object at 0x10c0ffee>"),
        ("/tmp/ipykernel_8/12.py:1: W", r"C:\Users\a\ipykernel_99\345.py:1: W"),
        (BAR_SLOW, BAR_FAST),
        ("1%|▏         | 1.00k/80.0k [00:01<?, ?it/s]", "1%|# | 1.00k/80.0k [09:01<01:10]"),
        (" " * 70 + "\r", " " * 64 + "\r"),
        ("≈ exact 96.3 %\n≈ 3.1\nend", "≈ exact 95.9 % of 1,943\n≈ 3.2\nend"),
        ("» 나는 사과를 먹었다 → I ate an apple.", "» 나는 → she sleeps."),
    ],
)
def test_what_may_differ_does_not_count(one: str, other: str) -> None:
    assert sanitised(one) == sanitised(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("loss 2.1", "loss 2.2"),
        ("loss [timing] 1", "loss [timing] 2"),
        ("[timing] 3\nloss 2", "[timing] 3\nloss 3"),
        ("0x1F", "0x2F"),
        ("100%|██| 20/20 [00:01<00:00]", "100%|██| 21/21 [00:01<00:00]"),
        ("train: 100%|██| 2/2 [0:1]", "valid: 100%|██| 2/2 [0:1]"),
        ("lesson.py:1", "lesson.py:2"),
        ("a    b", "a b"),
        ("≈ exact 96.3 %", "» exact 96.3 %"),
        ("≈ 96.3\n≈ 3.1", "≈ 96.3"),
        ("≈ 96.3\nlength 7", "≈ 96.3\nlength 8"),
        ("about ≈ 96.3", "about ≈ 96.4"),
    ],
)
def test_what_may_not_differ_counts(one: str, other: str) -> None:
    assert sanitised(one) != sanitised(other)


def test_a_long_output_is_sanitised_in_no_time() -> None:
    """A pattern that is quadratic in the length would take minutes here, and time out."""
    assert sanitised(LONG) == LONG


def test_each_fault_was_a_change() -> None:
    clean = good_lesson()
    for _, fault in FAULTS:
        notebook = copy.deepcopy(clean)
        fault(notebook)
        assert notebook != clean
