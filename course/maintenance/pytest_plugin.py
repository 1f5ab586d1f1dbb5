"""What every test run needs, however it is started; pyproject.toml loads it with `-p`.

A `conftest.py` under tests/ would not be read for `pytest notebooks/02_rnn_cell.ipynb`; this is.
It pins the environment before anything imports NumPy or torch, and orders the files so that the
long ones start first.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from course.maintenance.pinned import UNSET, pinned

for _name in UNSET:
    os.environ.pop(_name, None)
os.environ.update(pinned(os.environ))

_WORKER = "PYTEST_XDIST_WORKER" in os.environ
_SCRATCH = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Give the run an IPython directory of its own, and nbval its rules from any directory."""
    rules = config.getoption("nbval_sanitize_with", None)
    if rules:
        config.option.nbval_sanitize_with = str(config.rootpath / rules)
    if not _WORKER:
        # Somebody's own IPython settings (start-up files, how results are shown) change outputs.
        config.stash[_SCRATCH] = os.environ["IPYTHONDIR"] = tempfile.mkdtemp(prefix="ipython-")


def pytest_sessionstart() -> None:
    """Make matplotlib's list of fonts once, so that no kernel says that it is being made."""
    if not _WORKER:
        import matplotlib.font_manager  # noqa: F401


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the IPython directory of this run."""
    if _SCRATCH in config.stash:
        shutil.rmtree(config.stash[_SCRATCH], ignore_errors=True)


# What takes longest on one core, longest first: a long file that starts last leaves the other
# workers idle. After these come the other lessons, then the rest.
LONG = (
    "test_browser.py",
    "test_grading_roster.py",
    "test_bank.py",
    "test_walkthrough.py",
    "00_start_here.ipynb",
    "test_bench.py",
    "test_bleu.py",
    "test_lesson_07.py",
    "test_lesson_04.py",
    "13_transformer.ipynb",
    "test_language.py",
    "test_environment.py",
    "test_kill_and_resume.py",
    "test_repository.py",
    "test_refresh.py",
    "test_engine.py",
)


def _turn(path: Path) -> int:
    """Say when a file starts."""
    if path.name in LONG:
        return LONG.index(path.name)
    return len(LONG) + (path.suffix != ".ipynb")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the long files start first; within a file the order stays."""
    items.sort(key=lambda item: _turn(item.path))
