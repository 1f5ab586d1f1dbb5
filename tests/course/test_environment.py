"""The check that lesson 00 shows: the same text on every sound machine, a repair on the others."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import matplotlib
import pytest

from course.maintenance import environment
from helpers import plots


@pytest.fixture(autouse=True)
def sound_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory and disk enough, whatever this machine has free at the moment."""
    memory = namedtuple("memory", "available")
    disk = namedtuple("disk", "free")
    monkeypatch.setattr("psutil.virtual_memory", lambda: memory(16 * 10**9))
    monkeypatch.setattr(shutil, "disk_usage", lambda path: disk(100 * 10**9))


def test_a_sound_machine_reads_the_same_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    report = environment.report()
    assert report.ok
    assert repr(report).endswith("All is well: the course will run here.")
    shown = repr(report) + report._repr_html_()
    monkeypatch.setattr("platform.python_version", lambda: "3.13.5")
    memory = namedtuple("memory", "available")
    monkeypatch.setattr("psutil.virtual_memory", lambda: memory(4 * 10**9))
    again = environment.report()
    assert repr(again) + again._repr_html_() == shown


def test_an_old_python_is_named_with_its_repair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.python_version", lambda: "3.9.2")
    report = environment.report()
    assert not report.ok
    assert "3.9.2" in repr(report) and "make lab PYTHON=" in repr(report)
    assert "1 of 5" in repr(report)


@pytest.mark.parametrize("version", [None, "1.26.4", "3.0.0"])
def test_a_missing_or_unfit_package_is_named(
    monkeypatch: pytest.MonkeyPatch, version: str | None
) -> None:
    real = environment._installed
    monkeypatch.setattr(
        environment, "_installed", lambda name: version if name == "numpy" else real(name)
    )
    text = repr(environment.report())
    assert "numpy is " + (version or "missing") in text
    assert "make lab" in text and "requirements.lock" in text


BLOCKED = """
import sys
from importlib.abc import MetaPathFinder

class Block(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in sys.argv[1:]:
            raise {error}("blocked " + name)

sys.meta_path.insert(0, Block())
from course.maintenance import environment
report = environment.report()
print(repr(report), report._repr_html_(), report.details(), sep="\\n")
"""


@pytest.mark.parametrize("error", ["ModuleNotFoundError", "OSError"])
@pytest.mark.parametrize("package", ["numpy", "torch", "matplotlib", "packaging", "IPython"])
def test_a_package_that_does_not_start_is_named_and_the_report_is_whole(
    package: str, error: str
) -> None:
    code = BLOCKED.replace("{error}", error)
    blocked = [package, "torch"]  # torch, too: it takes the longest to start
    done = subprocess.run(
        [sys.executable, "-c", code, *blocked], capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    shown, verdict, _ = done.stdout.partition("need your attention")
    assert verdict and f"blocked {package}" in shown
    assert "a folder to write your answers to" in shown  # the last row
    if package != "IPython":  # the row of the packages imports only the heavy ones
        assert f"{package} does not start (blocked {package}" in shown
        assert "delete the folder .venv, run `make lab` again" in shown
        assert "pip install --force-reinstall -c requirements.lock" in shown


def test_a_local_build_of_a_package_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    real = environment._installed
    monkeypatch.setattr(
        environment, "_installed", lambda name: "2.13.0+cpu" if name == "torch" else real(name)
    )
    assert environment.report().ok


def test_a_font_without_hangul_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plots, "use_course_style", lambda: None)
    monkeypatch.setitem(matplotlib.rcParams, "font.family", ["DejaVu Sans"])  # it has no Hangul
    report = environment.report()
    assert [row.name for row in report.rows if not row.ok] == ["Hangul in figures"]
    assert "git checkout helpers/fonts" in report._repr_html_()


def test_a_lost_font_file_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(plots, "HANGUL_FONT", tmp_path / "NanumGothic.ttf")
    assert not environment.report().ok


def test_little_memory_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = namedtuple("memory", "available")
    monkeypatch.setattr("psutil.virtual_memory", lambda: memory(10**8))
    assert "close other programs" in repr(environment.report())


def test_a_read_only_folder_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert "read-only" in repr(environment.report())


def test_the_details_name_every_dependency_and_the_machine() -> None:
    details = environment.report().details()
    for name in ["system", "processors", "helpers", "CUDA", "numpy", "torch", "jupyterlab"]:
        assert f"\n{name}: " in details


@pytest.mark.parametrize(
    ("place", "repair"),
    [
        ("work/helpers.py", "give helpers.py in this folder another name"),
        ("other/helpers/__init__.py", "out of PYTHONPATH"),
        ("site/course/__init__.py", "run `make lab`, which passes over"),
    ],
)
def test_another_package_in_the_courses_place_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, repair: str
) -> None:
    other = tmp_path / place
    other.parent.mkdir(parents=True)
    other.write_text("")
    folder = other.parent if other.name == "__init__.py" else other
    (tmp_path / "work").mkdir(exist_ok=True)
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "other"))
    monkeypatch.setattr(sys, "path", [str(folder.parent), *sys.path])
    for name in environment.OURS:
        monkeypatch.delitem(sys.modules, name)
    first = environment.report().rows[0]
    assert not first.ok and str(folder) in first.found and repair in first.repair


def test_of_two_copies_of_the_course_the_one_around_the_notebook_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("course/maintenance", "helpers", "work"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "course" / "maintenance" / "environment.py").touch()
    monkeypatch.chdir(tmp_path / "work")
    first = environment.report().rows[0]
    assert not first.ok and str(environment.ROOT / "helpers") in first.found
