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


def _turn(path: Path) -> int:
    """Say when a file starts: the browser first, then the lessons, then the short ones."""
    if path.name == "test_browser.py":
        return 0
    if path.suffix == ".ipynb":
        return 1
    return 2 if path.name == "test_repository.py" else 3  # mypy takes a while


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the long files start first; within a file the order stays."""
    items.sort(key=lambda item: _turn(item.path))
