"""The learner's copy: everything arrives, nothing of theirs is ever written over."""

from __future__ import annotations

import json
import os
from pathlib import Path

import nbformat
import pytest
from nbformat.sign import NotebookNotary

from course.maintenance import lab


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of two lessons, and a place for JupyterLab's signatures."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    (tmp_path / "notebooks").mkdir()
    publish(tmp_path, "00_start_here", "first edition")
    publish(tmp_path, "02_rnn_cell", "first edition")
    return tmp_path


def publish(course: Path, stem: str, text: str) -> bytes:
    """Write a lesson upstream and return its bytes."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text, id="a")])
    path = course / "notebooks" / f"{stem}.ipynb"
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    return path.read_bytes()


def lay_out(course: Path) -> list[str]:
    return lab.lay_out(course / "notebooks", course / "work")


def contents(course: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (course / "work").glob("*.ipynb")}


def test_the_first_call_copies_every_lesson_byte_by_byte(course: Path) -> None:
    assert lay_out(course) == []
    upstream = {path.name: path.read_bytes() for path in (course / "notebooks").iterdir()}
    assert contents(course) == upstream


def test_jupyterlab_shows_a_copys_outputs_at_once(course: Path) -> None:
    lay_out(course)
    copy = nbformat.read(course / "work" / "02_rnn_cell.ipynb", as_version=4)
    assert NotebookNotary().check_signature(copy)


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


def test_jupyterlab_starts_on_the_first_lesson_with_what_was_passed(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(course)
    started: list[list[str]] = []
    lab.main(["--no-browser", "--port=9999"], root=course, launch=started.append)
    (arguments,) = started
    assert arguments[-2:] == ["--no-browser", "--port=9999"]
    assert "--LabApp.default_url=/lab/tree/work/00_start_here.ipynb" in arguments
    assert f"--ServerApp.root_dir={course}" in arguments
    assert (course / "work" / "00_start_here.ipynb").exists()


def test_the_news_question_is_answered_by_the_settings_that_jupyterlab_gets(course: Path) -> None:
    (course / "work").mkdir()
    flag = lab.lab_arguments(course / "work", [])[0]
    settings = json.loads(Path(flag.partition("=")[2], "overrides.json").read_text())
    notification = settings["@jupyterlab/apputils-extension:notification"]
    assert notification == {"fetchNews": "false", "checkForUpdates": False}
