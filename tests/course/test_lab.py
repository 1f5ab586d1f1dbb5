"""The learner's copy: everything arrives, nothing of theirs is ever written over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.sign import NotebookNotary

from course.maintenance import lab


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of two lessons, and a place for JupyterLab's signatures."""
    for kind in ("DATA", "CONFIG", "RUNTIME"):
        monkeypatch.setenv(f"JUPYTER_{kind}_DIR", str(tmp_path / "jupyter" / kind))
    monkeypatch.setenv("PYTHONPATH", "")  # so that what is added to it is taken away again
    (tmp_path / "notebooks").mkdir()
    publish(tmp_path, "00_start_here", "first edition")
    publish(tmp_path, "02_rnn_cell", "first edition")
    return tmp_path


def lesson(text: str, printed: str | None = "나는 3") -> bytes:
    """Return a lesson's bytes: a text, and a cell that printed something or has not run."""
    code = nbformat.v4.new_code_cell("print('나는', 1 + 2)", id="b")
    if printed is not None:
        code.outputs = [nbformat.v4.new_output("stream", text=printed)]
        code.execution_count = 1
    cells = [nbformat.v4.new_markdown_cell(text, id="a"), code]
    return (nbformat.writes(nbformat.v4.new_notebook(cells=cells)) + "\n").encode()


def publish(course: Path, stem: str, text: str, printed: str = "나는 3") -> bytes:
    """Write a lesson upstream and return the learner's copy of it: without outputs."""
    (course / "notebooks" / f"{stem}.ipynb").write_bytes(lesson(text, printed))
    return lesson(text, printed=None)


def lay_out(course: Path, keep_outputs: bool = False) -> list[str]:
    return lab.lay_out(course / "notebooks", course / "work", keep_outputs)


def contents(course: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (course / "work").glob("*.ipynb")}


def test_the_first_call_copies_every_lesson_and_takes_away_only_its_outputs(course: Path) -> None:
    assert lay_out(course) == []
    bare = lesson("first edition", printed=None)
    assert contents(course) == {"00_start_here.ipynb": bare, "02_rnn_cell.ipynb": bare}


def test_outputs_may_be_kept_and_jupyterlab_shows_them_at_once(course: Path) -> None:
    lay_out(course, keep_outputs=True)
    upstream = {path.name: path.read_bytes() for path in (course / "notebooks").iterdir()}
    assert contents(course) == upstream
    copy = nbformat.read(course / "work" / "02_rnn_cell.ipynb", as_version=4)
    assert NotebookNotary().check_signature(copy)


@pytest.mark.parametrize("remembered", [True, False])
def test_outputs_alone_make_no_lesson_new(course: Path, remembered: bool) -> None:
    """Neither those the learner's run left, nor those that were recorded anew upstream."""
    lay_out(course)
    (course / "work" / "02_rnn_cell.ipynb").write_bytes(lesson("first edition", "it has run"))
    publish(course, "02_rnn_cell", "first edition", printed="recorded anew")
    if not remembered:
        (course / "work" / lab.STATE).unlink()
    assert lay_out(course) == lay_out(course, keep_outputs=True) == []
    assert len(contents(course)) == 2


def test_a_lesson_that_did_not_change_upstream_leaves_the_learners_work_alone(course: Path) -> None:
    lay_out(course)
    (course / "work" / "02_rnn_cell.ipynb").write_text("my answers")
    before = contents(course)
    assert lay_out(course) == []
    assert contents(course) == before


def test_a_changed_lesson_is_laid_beside_and_said_in_one_line(course: Path) -> None:
    lay_out(course)
    (course / "work" / "02_rnn_cell.ipynb").write_text("my answers")
    new = publish(course, "02_rnn_cell", "second edition")
    said = lay_out(course)
    assert len(said) == 1 and "\n" not in said[0]
    assert "02_rnn_cell.updated.ipynb" in said[0]
    assert contents(course)["02_rnn_cell.ipynb"] == b"my answers"
    assert contents(course)["02_rnn_cell.updated.ipynb"] == new
    assert lay_out(course) == []  # and only once


def test_an_earlier_update_is_not_written_over_either(course: Path) -> None:
    lay_out(course)
    second = publish(course, "02_rnn_cell", "second edition")
    lay_out(course)
    third = publish(course, "02_rnn_cell", "third edition")
    said = lay_out(course)
    assert "02_rnn_cell.updated-2.ipynb" in said[0]
    assert contents(course)["02_rnn_cell.updated.ipynb"] == second
    assert contents(course)["02_rnn_cell.updated-2.ipynb"] == third


def test_an_update_leaves_the_learners_own_library_alone(course: Path) -> None:
    lay_out(course)
    mine = course / "work" / "mine"
    mine.mkdir()
    own = {mine / "rnn.py": b"mine = 1", mine / "02_rnn_cell.ipynb": b"mine, too"}
    for path, content in own.items():
        path.write_bytes(content)
    publish(course, "02_rnn_cell", "second edition")
    lay_out(course)
    assert {path: path.read_bytes() for path in mine.rglob("*")} == own


def test_a_deleted_copy_comes_back_fresh(course: Path) -> None:
    lay_out(course)
    (course / "work" / "02_rnn_cell.ipynb").unlink()
    new = publish(course, "02_rnn_cell", "second edition")
    assert lay_out(course) == []
    assert contents(course)["02_rnn_cell.ipynb"] == new


def test_a_lesson_withdrawn_upstream_stays_with_the_learner(course: Path) -> None:
    lay_out(course)
    (course / "notebooks" / "02_rnn_cell.ipynb").unlink()
    assert lay_out(course) == []
    assert "02_rnn_cell.ipynb" in contents(course)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"cells": [{"source": 3}]}', b"\xff\x00"])
def test_a_damaged_copy_counts_as_the_learners_own(course: Path, content: bytes) -> None:
    lay_out(course)
    (course / "work" / "02_rnn_cell.ipynb").write_bytes(content)
    publish(course, "02_rnn_cell", "second edition")
    assert len(lay_out(course)) == 1
    assert contents(course)["02_rnn_cell.ipynb"] == content


@pytest.mark.parametrize(
    "damage", [None, b"", b"{", b"[1, 2]", b'{"02_rnn_cell.ipynb": 3}', b"\xff"]
)
def test_without_a_readable_memory_nothing_is_lost_and_equal_files_make_no_noise(
    course: Path, damage: bytes | None
) -> None:
    lay_out(course)
    state = course / "work" / lab.STATE
    (course / "work" / "02_rnn_cell.ipynb").write_text("my answers")
    if damage is None:
        state.unlink()
    else:
        state.write_bytes(damage)
    said = lay_out(course)
    assert len(said) == 1 and "02_rnn_cell" in said[0]  # 00 is still as it was copied
    assert contents(course)["02_rnn_cell.ipynb"] == b"my answers"
    assert set(json.loads(state.read_text())) == {"00_start_here.ipynb", "02_rnn_cell.ipynb"}
    assert lay_out(course) == []


def test_a_link_or_folder_in_the_lessons_place_is_left_alone(course: Path) -> None:
    (course / "work" / "02_rnn_cell.ipynb").mkdir(parents=True)
    try:
        os.symlink(course / "nowhere", course / "work" / "00_start_here.ipynb")
    except OSError:
        pytest.skip("this system makes no symbolic links")
    said = lay_out(course)
    assert len(said) == 2
    assert (course / "work" / "02_rnn_cell.ipynb").is_dir()
    assert not (course / "nowhere").exists()


def test_a_file_named_work_is_an_error_that_says_what_to_do(course: Path) -> None:
    (course / "work").write_text("")
    with pytest.raises(SystemExit, match=r"is a file.*move it"):
        lay_out(course)


def test_a_place_that_cannot_be_written_is_an_error_that_says_what_to_do(course: Path) -> None:
    (course / "file").write_text("")
    with pytest.raises(SystemExit, match=r"cannot be written to.*move the course"):
        lab.lay_out(course / "notebooks", course / "file" / "work")


@pytest.mark.parametrize("name", ["helpers.py", "course.py", "helpers/__init__.py", "torch.py"])
def test_a_learners_file_that_would_stand_in_for_a_package_is_named(
    course: Path, name: str
) -> None:
    own = course / "work" / name
    own.parent.mkdir(parents=True)
    own.write_text("answer = 42\n")
    place = own.parent if own.name == "__init__.py" else own
    with pytest.raises(SystemExit, match=rf"{place} has the name of a package.*another name"):
        lab.main([], root=course, launch=lambda arguments: pytest.fail("it was started"))
    assert own.read_text() == "answer = 42\n"


IMPORTED = "import course, helpers; print(course.__file__, helpers.__file__, sep='\\n')"


@pytest.mark.parametrize("name", ["helpers", "course"])
@pytest.mark.parametrize("kind", ["on PYTHONPATH", "an empty folder of the learner's"])
def test_another_package_of_the_name_is_passed_over_and_said_in_one_line(
    course: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str
) -> None:
    said = []
    if kind == "on PYTHONPATH":
        other = course / "other" / name
        monkeypatch.setenv("PYTHONPATH", str(course / "other"))
        monkeypatch.setattr(sys, "path", ["", str(course / "other"), *sys.path])
        said = [f"There is another {name}, {other}: the lessons import the course's own"]
        other.mkdir(parents=True)
        (other / "__init__.py").write_text("")
    else:
        (course / "work" / name).mkdir(parents=True)
    lay_out(course)
    assert lab.put_own_code_first(course / "work") == said
    run = subprocess.run(  # as a kernel does, which starts in the learner's folder
        [sys.executable, "-c", IMPORTED], cwd=course / "work", capture_output=True, text=True
    )
    found = [Path(line).parent for line in run.stdout.splitlines()]
    assert found == [lab.ROOT / "course", lab.ROOT / "helpers"], run.stderr


@pytest.mark.parametrize("locked", [True, False])
def test_a_home_that_cannot_be_written_gives_jupyter_folders_elsewhere(
    course: Path, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    variables = [f"JUPYTER_{kind}_DIR" for kind in ("CONFIG", "DATA", "RUNTIME")]
    for variable in [*variables, "IPYTHONDIR", "MPLCONFIGDIR"]:
        monkeypatch.setenv(variable, "")
        monkeypatch.delenv(variable)
    home = course / "home"
    home.touch() if locked else home.mkdir()  # below a file nobody can write, root neither
    monkeypatch.setenv("HOME", str(home))
    lay_out(course)
    said = lab.find_writable_folders(course / "work")
    if not locked:
        assert said == [] and "IPYTHONDIR" not in os.environ
        return
    (line,) = said
    assert str(home) in line and str(course / "work" / ".jupyter") in line and "\n" not in line
    for variable in [*variables, "IPYTHONDIR", "MPLCONFIGDIR"]:
        assert Path(os.environ[variable]).is_relative_to(course / "work" / ".jupyter")


def test_jupyterlab_starts_on_the_first_lesson_with_what_was_passed(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(course)
    started: list[list[str]] = []
    options = ["--no-browser", "--port=9999"]
    lab.main(["--outputs", "keep", *options], root=course, launch=started.append)
    (arguments,) = started
    assert arguments[-2:] == ["--no-browser", "--port=9999"]
    assert "--LabApp.default_url=/lab/tree/work/00_start_here.ipynb" in arguments
    assert f"--ServerApp.root_dir={course}" in arguments
    assert contents(course)["00_start_here.ipynb"] == lesson("first edition")


def test_the_news_question_is_answered_by_the_settings_that_jupyterlab_gets(course: Path) -> None:
    (course / "work").mkdir()
    flag = lab.lab_arguments(course / "work", [])[0]
    settings = json.loads(Path(flag.partition("=")[2], "overrides.json").read_text())
    notification = settings["@jupyterlab/apputils-extension:notification"]
    assert notification == {"fetchNews": "false", "checkForUpdates": False}
