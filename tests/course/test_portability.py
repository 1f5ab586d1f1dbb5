"""The settings of other processors take effect, and a lesson that differs is reported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from course.maintenance import portability
from course.maintenance.pinned import pinned

SETTINGS = portability.settings()
on_x86 = pytest.mark.skipif(len(SETTINGS) == 2, reason="this processor has no such variants")


def seen(setting: str, program: str) -> str:
    """Return what a Python with a setting prints."""
    run = subprocess.run(
        [sys.executable, "-c", program],
        env=pinned(os.environ | SETTINGS[setting]),
        capture_output=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


TORCH = "import torch; print(torch.backends.cpu.get_cpu_capability())"
NUMPY = """
from numpy._core import _multiarray_umath as umath
print([name for name in umath.__cpu_dispatch__ if umath.__cpu_features__[name]])
"""


@on_x86
def test_torch_leaves_out_what_it_is_told_to() -> None:
    assert seen("all for a processor without AVX", TORCH) in ("DEFAULT", "NO AVX")


@on_x86
def test_numpy_leaves_out_everything_above_its_baseline() -> None:
    assert seen("NumPy without AVX", NUMPY) == "[]"


def test_the_threads_are_not_pinned_to_one() -> None:
    program = "import os; print(os.environ['OPENBLAS_NUM_THREADS'], os.environ['OMP_NUM_THREADS'])"
    assert seen("two threads", program) == "2 2"


OUTPUT = """
F..
=== short test summary info ===
FAILED notebooks/02_rnn_cell.ipynb::Cell 3 - [91mNotebook cell execution failed[0m
FAILED notebooks/02_rnn_cell.ipynb::Cell 12 - differs
ERROR notebooks/07_lstm.ipynb - could not be read
2 failed, 1 passed in 3 s
"""


def test_failing_cells_are_read_from_pytests_summary() -> None:
    assert portability.failures(OUTPUT) == {
        "02_rnn_cell": ["Cell 3", "Cell 12"],
        "07_lstm": ["not collected"],
    }
    assert portability.failures("3 passed") == {}


@pytest.mark.parametrize("broken", [None, "two threads"])
def test_one_differing_setting_makes_the_command_fail_and_is_named(
    tmp_path: Path, broken: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "02_a.ipynb").touch()

    def compare(paths: list[Path], environment: dict[str, str], log: Path) -> dict[str, list[str]]:
        assert [path.stem for path in paths] == ["02_a"]
        differs = broken is not None and environment == SETTINGS[broken]
        return {"02_a": ["Cell 4"]} if differs else {}

    assert portability.main(["02"], compare=compare, root=tmp_path) == (1 if broken else 0)
    lines = capsys.readouterr().out.splitlines()
    assert len([line for line in lines if "as recorded" in line]) == (len(SETTINGS) - bool(broken))
    assert ("02_a: Cell 4" in "\n".join(lines)) == bool(broken)


def test_an_unknown_lesson_is_an_error(tmp_path: Path) -> None:
    assert portability.main(["77"], root=tmp_path) == 2
