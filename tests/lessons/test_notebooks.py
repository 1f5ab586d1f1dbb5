"""The lessons as files: executed, clean, and compared by rules that do what they say."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from lesson_builder import LESSON, Notebook, code, find, good_lesson, markdown, result
from nbval.plugin import get_sanitize_patterns

from course.maintenance import contract, refresh

PATHS = refresh.lessons(refresh.ROOT / "notebooks")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_lesson_is_fit_to_be_committed(path: Path) -> None:
    notebook = refresh.read(path)
    assert contract.hygiene(notebook, path.stem) == []
    # Written in the one form that refresh writes, so that a diff shows what changed.
    written = nbformat.writes(nbformat.from_dict(notebook)).rstrip("\n") + "\n"
    assert path.read_text(encoding="utf-8") == written


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_tagged_figure_is_the_picture_in_docs(path: Path) -> None:
    for name, picture in refresh.tagged_pictures(refresh.read(path)):
        kept = refresh.ROOT / "docs" / f"{name}.png"
        assert kept.exists() and kept.read_bytes() == picture, f"make refresh LESSON={path.stem}"


def test_every_ignored_cell_has_a_reason_and_exists() -> None:
    assert len(contract.IGNORED) <= 10
    for (lesson, identity), reason in contract.IGNORED.items():
        assert len(reason.split()) >= 3
        cells = refresh.read(refresh.ROOT / "notebooks" / f"{lesson}.ipynb")["cells"]
        assert [cell for cell in cells if cell["id"] == identity]


def test_a_clean_notebook_has_no_violation() -> None:
    assert contract.hygiene(good_lesson(), LESSON) == []


def change(text: str, **values: object) -> Callable[[Notebook], None]:
    return lambda notebook: find(notebook, text).update(values)


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
BAR = [{"output_type": "stream", "name": "stderr", "text": "10%\r100%\n"}]
WIDGET = {refresh.WIDGET: {"model_id": "1"}, "text/plain": "interactive()"}

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
    ("keeps an editor's metadata", change("import math", metadata={"collapsed": True})),
]


@pytest.mark.parametrize(
    ("message", "fault"), FAULTS, ids=[f"{i}-{m[:30]}" for i, (m, _) in enumerate(FAULTS)]
)
def test_a_single_fault_is_named(message: str, fault: Callable[[Notebook], None]) -> None:
    notebook = good_lesson()
    fault(notebook)
    found = contract.hygiene(notebook, LESSON)
    assert any(message in sentence for sentence in found), found


def test_an_ignored_cell_with_a_reason_and_an_assertion_after_it_is_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notebook = good_lesson()
    place = notebook["cells"].index(find(notebook, "## Recap"))
    ignored = code("interact()", result("1"), tags=["nbval-ignore-output"]) | {"id": "i"}
    after = code("assert 1\n'it moves'", result("'it moves'")) | {"id": "a"}
    notebook["cells"][place:place] = [ignored, after]
    for number, cell in enumerate(contract.code_cells(notebook), start=1):
        cell["execution_count"] = number
    monkeypatch.setitem(contract.IGNORED, (LESSON, "i"), "its output is a widget")
    assert contract.hygiene(notebook, LESSON) == []
    after["source"] = "'it moves'"
    assert len(contract.hygiene(notebook, LESSON)) == 1


def test_relative_paths_and_addresses_on_the_web_are_no_paths_of_a_machine() -> None:
    notebook = good_lesson()
    notebook["cells"].append(
        markdown("[a](../docs/glossary.md) https://example.org/home/ada data/tmp/x") | {"id": "n"}
    )
    assert contract.hygiene(notebook, LESSON) == []


# The rules of the comparison

RULES = refresh.sanitising_rules()


def sanitised(text: str) -> str:
    for pattern, replacement in RULES:
        text = re.sub(pattern, replacement, text)
    return text


def test_nbval_reads_every_rule_that_the_file_states() -> None:
    text = refresh.RULES.read_text(encoding="ascii")
    stated = len(re.findall(r"^regex:", text, re.MULTILINE))
    assert stated == 6
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
