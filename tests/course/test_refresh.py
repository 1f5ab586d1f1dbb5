"""Refreshing: what is written is stable, and what is compared agrees with nbval."""

from __future__ import annotations

import base64
import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from course.maintenance import outputs, refresh

RULES = outputs.sanitising_rules()

EDITORS = ["colab", "outputId", "languageId", "_uuid"]
CELLS = [
    ("markdown", "# 02 · A lesson\n\n## The first part", []),
    (
        "code",
        "import sys, time\nfrom tqdm import tqdm\nfrom IPython.display import display\n"
        'print("one"); print("two", file=sys.stderr); print("three")',
        [],
    ),
    (
        "code",
        'for step in tqdm(range(3), desc="train"):\n    time.sleep(0.01)\n'
        'print("[timing]", time.perf_counter())\nobject()',
        [],
    ),
    ("code", "for step in tqdm(range(3), leave=False):\n    time.sleep(0.15)", []),
    (
        "code",
        "import matplotlib.pyplot as plt\nfrom helpers.plots import show\n"
        "figure, axes = plt.subplots(figsize=(1, 1))\n"
        'show(figure, alt="an empty square")',
        ["figure:square"],
    ),
    ("code", "time.time()", ["nbval-ignore-output"]),
    ("code", "6 * 7", []),
    ("code", "6 * 7", []),
    ("code", "", []),
]


def notebook(cells: list[tuple[str, str, list[str]]]) -> dict[str, Any]:
    """A notebook as an editor leaves it: without ids, with clocks and versions in its metadata."""
    made = []
    for kind, source, tags in cells:
        cell: dict[str, Any] = {"cell_type": kind, "source": source, "metadata": {"tags": tags}}
        if kind == "code":
            cell |= {"outputs": [], "execution_count": None}
            cell["metadata"] |= {
                "execution": {"iopub.execute_input": "2026-01-01T00:00:00Z"},
                "collapsed": False,
                "jupyter": {"outputs_hidden": True},
                "colab": {"base_uri": "https://localhost:8080/"},  # Colab's
                "outputId": "0bc1a2d3-4e5f",
                "vscode": {"languageId": "python"},
                "_uuid": "8f2839f25d",  # Kaggle's
            }
        made.append(cell)
    metadata = {"language_info": {"version": "3.8.1"}, "widgets": {"state": {}}}
    return {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", *identity, *arguments]
    return subprocess.run(
        command, cwd=folder, check=True, capture_output=True, encoding="utf-8"
    ).stdout


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A committed course whose one lesson has been refreshed once."""
    root = tmp_path_factory.mktemp("course")
    (root / "notebooks").mkdir()
    lesson = root / "notebooks" / "02_lesson.ipynb"
    lesson.write_text(json.dumps(notebook(CELLS)), encoding="utf-8")
    assert refresh.main([], root=root) == 0
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "a lesson")
    return root


@pytest.fixture(scope="module")
def lesson(course: Path) -> Path:
    return course / "notebooks" / "02_lesson.ipynb"


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_refreshed_lesson_is_valid_and_run_in_order(lesson: Path) -> None:
    nbformat.validate(nbformat.read(lesson, as_version=4))
    code = [cell for cell in load(lesson)["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == [1, 2, 3, 4, 5, 6, 7, None]


def test_nothing_of_the_machine_or_the_moment_is_written(lesson: Path) -> None:
    text = lesson.read_text(encoding="utf-8")
    assert load(lesson)["metadata"] == refresh.NOTEBOOK_METADATA
    for trace in ["iopub", "outputs_hidden", "collapsed", "widgets", "3.8.1", sys.prefix, *EDITORS]:
        assert trace not in text
    assert text.endswith("}\n") and not text.endswith("\n\n")


def test_streams_are_joined_and_bars_reduced_to_their_last_state(lesson: Path) -> None:
    code = [cell for cell in load(lesson)["cells"] if cell["cell_type"] == "code"]
    first, second, third = ([out for out in cell["outputs"]] for cell in code[:3])
    assert [(out["name"], "".join(out["text"])) for out in first] == [
        ("stdout", "one\nthree\n"),
        ("stderr", "two\n"),
    ]
    bar = "".join(second[0]["text"])
    assert bar.startswith("train: 100%|") and bar.count("3/3") == 1 and "\r" not in bar
    assert third[0]["text"] == ["\r"]


def test_a_tagged_figure_is_also_a_picture_in_docs(course: Path, lesson: Path) -> None:
    (output,) = [
        output
        for cell in load(lesson)["cells"]
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    picture = base64.b64decode(output["data"]["image/png"])
    assert (course / "docs" / "square.png").read_bytes() == picture
    assert output["metadata"]["image/png"]["alt"] == "an empty square"


def test_a_second_refresh_leaves_git_clean_and_a_conversion_from_elsewhere_too(
    course: Path, lesson: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = load(lesson)
    for number, cell in enumerate(other["cells"]):
        cell["id"] = f"elsewhere-{number}"
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    lesson.write_text(json.dumps(other), encoding="utf-8")
    assert refresh.main(["2"], root=course) == 0
    assert git(course, "status", "--short") == ""
    assert "02_lesson: changed" in capsys.readouterr().out


MEASURED = "import os\nprint('≈ right', os.times().elapsed)\nprint('» ' + os.urandom(9).hex())"


def test_a_measured_line_stays_until_all_is_asked_for_anew(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    path = tmp_path / "notebooks" / "05_measured.ipynb"
    cells = [("code", "a = 1", []), ("code", MEASURED, []), ("code", "a + 1", [])]
    path.write_text(json.dumps(notebook(cells)), encoding="utf-8")

    def shown(*arguments: str) -> list[str]:
        assert refresh.main([*arguments], root=tmp_path) == 0
        return load(path)["cells"][1]["outputs"][0]["text"]

    first, before = shown(), path.read_bytes()
    keys = [set(cell["metadata"]) for cell in load(path)["cells"]]
    assert keys == [set(), {"code_hash"}, set()]
    assert shown() == first and path.read_bytes() == before
    fresh = shown("--fresh")
    assert fresh[0] != first[0] and fresh[1] != first[1]
    path.write_text(path.read_text(encoding="utf-8").replace("a = 1", "a = 2"), encoding="utf-8")
    assert shown()[0] != fresh[0]  # no git is here: the file itself is what was committed


def run_of(text: str, *sources: str) -> list[dict[str, Any]]:
    """The code cells of a lesson as just executed; the second shows a text."""
    cells = [
        {"cell_type": "code", "id": f"c{i}", "source": source, "metadata": {}, "outputs": []}
        for i, source in enumerate(sources)
    ]
    cells[1]["outputs"] = [stream(text)]
    return cells


@pytest.mark.parametrize(
    ("text", "sources", "stays"),
    [
        ("loss 2\n≈ 96.2\n» b\n", ("a = 1", "f(a)", "b"), True),
        ("loss 2\n≈ 96.2\n» b\n", ("a = 1  # one", "f( a )", "c"), True),  # nothing above changed
        ("loss 2\n≈ 96.2\n» b\n", ("a = 2", "f(a)", "b"), False),  # the code above it
        ("loss 2\n≈ 96.2\n» b\n", ("a = 1", "g(a)", "b"), False),  # its own code
        ("loss 3\n≈ 96.2\n» b\n", ("a = 1", "f(a)", "b"), False),  # what is compared
        ("loss 2\n≈ 96.2\n≈ 1\n» b\n", ("a = 1", "f(a)", "b"), False),  # a line more
    ],
)
def test_a_measured_line_stays_beside_the_code_that_made_it(
    text: str, sources: tuple[str, ...], stays: bool
) -> None:
    committed = run_of("loss 2\n≈ 96.3\n» a\n", "a = 1", "f(a)", "b")
    refresh.keep_what_says_the_same(committed, [], RULES)
    assert [set(cell["metadata"]) for cell in committed] == [set(), {"code_hash"}, set()]
    cells = run_of(text, *sources)
    refresh.keep_what_says_the_same(cells, [{"cells": committed}], RULES)
    assert (cells[1]["outputs"] == committed[1]["outputs"]) == stays
    assert cells[1]["metadata"]["code_hash"] == outputs.code_hash(sources[:2])


@pytest.mark.parametrize("metadata", [{}, {"code_hash": "0" * 12}])
def test_a_measured_line_of_unknown_code_does_not_stay(metadata: dict[str, str]) -> None:
    committed, cells = run_of("≈ 96.3\n", "a", "b"), run_of("≈ 96.2\n", "a", "b")
    committed[1]["metadata"] = metadata
    refresh.keep_what_says_the_same(cells, [{"cells": committed}], RULES)
    assert cells[1]["outputs"] == [stream("≈ 96.2\n")]


def test_a_failing_cell_is_named_and_leaves_the_file_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notebooks").mkdir()
    broken = tmp_path / "notebooks" / "03_broken.ipynb"
    cells = [
        ("markdown", "# 03 · Broken\n\n## The bad part", []),
        ("code", "a = 1", []),
        ("code", "a / 0", []),
    ]
    broken.write_text(json.dumps(notebook(cells)), encoding="utf-8")
    before = broken.read_bytes()
    assert refresh.main(["03_broken"], root=tmp_path) == 1
    said = capsys.readouterr().err
    for part in ["03_broken", "code cell 2", "The bad part", "ZeroDivisionError", "a / 0"]:
        assert part in said
    assert broken.read_bytes() == before
    assert list((tmp_path / "notebooks").iterdir()) == [broken]


def test_nbval_agrees_with_what_is_kept_and_notices_what_is_not(
    lesson: Path, tmp_path: Path
) -> None:
    varied = load(lesson)
    code = [cell for cell in varied["cells"] if cell["cell_type"] == "code"]
    for index, old, new in [(1, "[timing]", "[timing] 99 s"), (1, "it/s]", "9it/s, loss=3]")]:
        text = json.dumps(code[index]["outputs"])
        assert old in text
        code[index]["outputs"] = json.loads(text.replace(old, new))
    wrong = copy.deepcopy(varied)
    wrong["cells"][6]["outputs"][0]["data"]["text/plain"] = ["43"]
    for name, state in [("same", varied), ("wrong", wrong)]:
        (tmp_path / f"{name}.ipynb").write_text(json.dumps(state), encoding="utf-8")
    settings = ["-c", str(refresh.ROOT / "pyproject.toml"), f"--rootdir={refresh.ROOT}"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *settings, "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,  # the settings hold from any directory
        capture_output=True,
        encoding="utf-8",
    )
    assert "1 failed, 15 passed" in run.stdout, run.stdout
    assert "wrong.ipynb::Cell 5" in run.stdout


def test_an_unknown_lesson_lists_those_there_are(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refresh.main(["07"], root=course) == 2
    assert "'07'" in (said := capsys.readouterr().err) and "02_lesson" in said


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"nbformat": 3, "worksheets": []}'])
def test_a_file_that_is_no_notebook_is_an_error_not_a_traceback(
    tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "04_none.ipynb").write_text(content, encoding="utf-8")
    assert refresh.main([], root=tmp_path) == 1
    assert "04_none.ipynb is not a notebook" in capsys.readouterr().err


def cell(source: str, identity: str | None = None) -> dict[str, Any]:
    made = {"cell_type": "markdown", "source": source, "metadata": {}}
    return made if identity is None else made | {"id": identity}


def test_ids_are_kept_derived_stably_and_unique() -> None:
    def ids(cells: list[dict[str, Any]], committed: list[dict[str, Any]] | None = None) -> list:
        refresh.assign_ids(cells, committed or [])
        return [cell["id"] for cell in cells]

    assert ids([cell("a", "x"), cell("b", "y")]) == ["x", "y"]
    derived = ids([cell("a"), cell("a"), cell("b")])
    assert len(set(derived)) == 3
    assert ids([cell("new"), cell("a"), cell("a"), cell("b")])[1:] == derived
    doubled = ids([cell("a", "x"), cell("b", "x")])
    assert doubled[0] == "x" and doubled[1] == derived[2]
    # The committed cell keeps its id although its copy stands before it.
    committed = [cell("a", "x"), cell("b", "y")]
    assert ids([cell("b", "q"), cell("a", "x")], committed) == ["y", "x"]
    assert ids([cell("c", "x"), cell("a", "z"), cell("b", "y")], committed) == ["x", "z", "y"]


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def shown(**data: str) -> dict[str, Any]:
    kinds = {kind.replace("_", "/"): value for kind, value in data.items()}
    return {"output_type": "display_data", "metadata": {}, "data": kinds}


def test_only_what_may_differ_counts_as_the_same() -> None:
    def same(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> bool:
        return outputs.essence(one, RULES) == outputs.essence(other, RULES)

    assert same([stream("[timing] 3 s\n")], [stream("[timing] 4 s\n")])
    assert not same([stream("3 s\n")], [stream("4 s\n")])
    assert not same([stream("loss [timing] 3\n")], [stream("loss [timing] 4\n")])
    assert same([stream("a"), stream("b", "stderr")], [stream("b", "stderr"), stream("a")])
    assert not same([stream("a"), shown(text_plain="p")], [shown(text_plain="p"), stream("a")])
    assert not same([shown(image_png="AAAA")], [shown(image_png="AAAB")])
    assert not same([shown(text_html="<b>1</b>")], [shown(text_html="<b>2</b>")])
    assert not same([stream("a")], [])


def test_widgets_are_dropped_and_pictures_are_one_line() -> None:
    widget = shown(text_plain="interactive(…)") | {}
    widget["data"][outputs.WIDGET] = {"model_id": "1"}
    normal = outputs.normalise_outputs([widget, shown(image_png="AA\nBB\n")])
    assert normal == [shown(image_png="AABB")]
