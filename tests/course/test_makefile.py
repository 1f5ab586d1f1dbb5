"""The commands on a fresh machine: what is installed, when, and what is said when it cannot be.

A script that writes down its calls stands in for Python, so nothing is installed here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(
    shutil.which("make") is None or os.name != "posix", reason="make is not installed"
)

# Answers as Python does to what the Makefile asks; `-m venv` puts a copy of itself into .venv.
FAKE = """#!/bin/sh
echo "$@" >> "{log}"
case "$*" in
    *version_info*) {version_check} ;;
    *python_version*) echo 3.9.2 ;;
    *ensurepip*) {venv_check} ;;
    *samefile*) [ -e "{folder}/installed" ] && echo True ;;
    "-m venv"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    *"pip install --dry-run"*) [ ! -e "{folder}/offline" ] ;;
    *"pip install"*)
        echo "user=$PIP_USER target=$PIP_TARGET prefix=$PIP_PREFIX" >> "{log}"
        [ ! -e "{folder}/offline" ] && [ ! -e "{folder}/unfit" ] && touch "{folder}/installed" ;;
    *font_manager*) [ ! -e "{folder}/fontless" ] ;;
esac
"""


def outside_make() -> dict[str, str]:
    """Return this environment without what a `make test` around it hands down."""
    own = ("ARGS", "LESSON", "CLAIM", "PYTHON", "WORKERS", "MFLAGS")
    return {k: v for k, v in os.environ.items() if k not in own and not k.startswith("MAKE")}


class Machine:
    """A fresh clone on a machine whose Python is the script above."""

    def __init__(self, folder: Path, version_check: str = "exit 0", venv_check: str = "exit 0"):
        self.folder = folder
        for name in ("Makefile", "pyproject.toml", "requirements.lock"):
            shutil.copy(ROOT / name, folder)
        self.log = folder / "calls"
        self.python = folder / "python3"
        self.python.write_text(
            FAKE.format(
                log=self.log,
                folder=folder,
                version_check=version_check,
                venv_check=venv_check,
            )
        )
        self.python.chmod(0o755)

    def make(self, *arguments: str) -> tuple[int, str, list[str]]:
        """Return the status, what was said, and the calls that were made of Python."""
        self.log.write_text("")
        run = subprocess.run(
            # make 3.81, which macOS has, knows no .SHELLFLAGS: a recipe may not rest on `sh -e`.
            ["make", ".SHELLFLAGS=-c", f"PYTHON={self.python}", *arguments],
            cwd=self.folder,
            capture_output=True,
            encoding="utf-8",
            env=outside_make(),
        )
        calls = [line for line in self.log.read_text().splitlines() if line.startswith("-m")]
        return run.returncode, run.stdout + run.stderr, calls


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def installs(calls: list[str]) -> list[str]:
    return [call.split()[-1] for call in calls if "pip install" in call and "--dry-run" not in call]


def test_a_learner_gets_the_locked_versions_without_the_development_tools(machine: Machine) -> None:
    status, said, calls = machine.make("lab", "ARGS=--no-browser --port 9999")
    assert status == 0, said
    assert calls[0] == "-m venv --clear .venv"
    assert installs(calls) == ["."]
    assert any("-c requirements.lock" in call for call in calls)
    assert calls[-1] == "-m course.maintenance.lab --no-browser --port 9999"
    calls = machine.make("lab", "OUTPUTS=keep")[2]
    assert calls == ["-m course.maintenance.lab --outputs keep"]


def test_a_second_call_installs_nothing(machine: Machine) -> None:
    machine.make("lab")
    assert machine.make("lab")[2] == ["-m course.maintenance.lab"]


def test_the_tests_add_the_development_tools_once(machine: Machine) -> None:
    machine.make("lab")
    calls = machine.make("test", "ARGS=-x")[2]
    assert installs(calls) == [".[dev]"]
    assert calls[-1] == "-m pytest -n 2 -x"
    assert installs(machine.make("test")[2]) == installs(machine.make("lab")[2]) == []


@pytest.mark.parametrize("changed", ["pyproject.toml", "requirements.lock"])
def test_a_changed_list_of_packages_is_installed(machine: Machine, changed: str) -> None:
    machine.make("lab")
    later = (machine.folder / ".venv" / ".for-learners").stat().st_mtime + 5
    os.utime(machine.folder / changed, (later, later))
    assert installs(machine.make("lab")[2]) == ["."]


@pytest.mark.parametrize("fault", ["offline", "unfit", "fontless"])
def test_an_interrupted_installation_is_taken_up_again(machine: Machine, fault: str) -> None:
    (machine.folder / fault).touch()
    assert machine.make("lab")[0] != 0
    assert not (machine.folder / ".venv" / ".for-learners").exists()
    (machine.folder / fault).unlink()
    status, _, calls = machine.make("lab")
    assert status == 0 and installs(calls) == ["."]


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [("offline", "The package index cannot be reached"), ("unfit", "pip says why above")],
)
def test_a_missing_network_is_told_from_other_faults(
    machine: Machine, fault: str, sentence: str
) -> None:
    (machine.folder / fault).touch()
    said = machine.make("lab")[1].splitlines()
    assert [line for line in said if "Run the same command again" in line and sentence in line]
    assert ("cannot be reached" in "".join(said)) == (fault == "offline")


def test_pip_installs_into_the_environment_whatever_its_settings_say(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"USER": "1", "TARGET": "/elsewhere", "PREFIX": "/elsewhere"}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    assert machine.make("lab")[0] == 0
    assert "user=0 target= prefix=\n" in machine.log.read_text()


def test_folders_with_a_space_are_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "my course").mkdir()
    machine = Machine(tmp_path / "my course")
    status, said, calls = machine.make("test")
    assert status == 0, said
    assert calls[0] == "-m venv --clear .venv" and installs(calls) == [".[dev]"]


def test_an_environment_that_lost_its_python_is_made_again(machine: Machine) -> None:
    machine.make("lab")
    (machine.folder / ".venv" / "bin" / "python").unlink()
    status, said, calls = machine.make("lab")
    assert status == 0, said
    assert calls[0] == "-m venv --clear .venv" and installs(calls) == ["."]


def test_an_environment_that_lost_the_package_is_mended(machine: Machine) -> None:
    machine.make("test")
    (machine.folder / "installed").unlink()
    assert installs(machine.make("test")[2]) == [".[dev]"]


def test_an_environment_made_by_hand_is_kept(machine: Machine) -> None:
    (machine.folder / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(machine.python, machine.folder / ".venv" / "bin" / "python")
    calls = machine.make("lab")[2]
    assert not any("venv" in call for call in calls) and installs(calls) == ["."]


def test_an_old_python_is_refused_with_its_version(tmp_path: Path) -> None:
    status, said, calls = Machine(tmp_path, version_check="exit 1").make("lab")
    assert status != 0 and installs(calls) == []
    assert "3.11 or newer" in said and "3.9.2" in said and "make PYTHON=" in said


def test_a_missing_python_is_named(machine: Machine) -> None:
    machine.python.unlink()
    status, said, _ = machine.make("lab")
    assert status != 0 and "Install Python 3.11 or newer" in said


def test_a_python_without_venv_says_what_to_install(tmp_path: Path) -> None:
    status, said, _ = Machine(tmp_path, venv_check="exit 1").make("test")
    assert status != 0 and "sudo apt install python3-venv" in said


@pytest.mark.parametrize(
    ("arguments", "call"),
    [
        (["refresh"], "-m course.maintenance.refresh"),
        (["refresh", "LESSON=02"], "-m course.maintenance.refresh 02"),
        (["refresh", "LESSON=02", "FRESH=1"], "-m course.maintenance.refresh 02 --fresh"),
        (["claims"], "-m course.claims"),
        (["claims", "CLAIM=9"], "-m course.claims --claim 9"),
        (["claims", "JOBS=2"], "-m course.claims --jobs 2"),
        (["bench"], "-m course.maintenance.bench"),
        (["portability", "LESSON=02"], "-m course.maintenance.portability 02"),
    ],
)
def test_the_other_targets_call_their_tool(
    machine: Machine, arguments: list[str], call: str
) -> None:
    assert machine.make(*arguments)[2][-1] == call


@pytest.mark.parametrize("program", ["npm", "configurable-http-proxy", None])
def test_the_hub_gets_its_proxy_once_or_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str | None
) -> None:
    (tmp_path / "bin").mkdir()
    for name in ("bash", "sh", "make", "mkdir", "cp", "touch", "echo"):
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    if program:
        (tmp_path / "bin" / program).write_text(f'#!/bin/sh\necho "-m {program} $*" >> calls\n')
        (tmp_path / "bin" / program).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    status, said, calls = Machine(tmp_path).make("hub", "ARGS=--keep")
    assert installs(calls)[:1] == [".[hub]"]
    if program is None:
        assert status != 0 and "sudo apt install npm" in said
        return
    assert status == 0, said
    assert calls[-1] == "-m course.grading.hub --keep"
    fetched = [call for call in calls if "npm install" in call]
    assert len(fetched) == (program == "npm") and all("--prefix .venv" in one for one in fetched)


def test_make_help_lists_every_target_in_a_line_each() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.findall(r"^\.PHONY: ([a-z ]+)$", makefile, re.MULTILINE)
    targets = {target for line in phony for target in line.split()}
    run = subprocess.run(
        ["make"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True, env=outside_make()
    )
    lines = run.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["make"] * len(targets)
    assert {line.split()[1] for line in lines} == targets
    teaching = {"exercises", "release", "grade", "report", "book", "hub"}
    assert {
        "lab",
        "test",
        "refresh",
        "claims",
        "bench",
        "portability",
        "help",
    } | teaching == targets
    assert all(len(line.split()) > 4 for line in lines)


@pytest.mark.parametrize("browser", [True, False])
def test_ci_installs_a_browser_only_where_none_is_and_then_runs_the_tests(
    tmp_path: Path, browser: bool
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("bash", "dirname", "env"):
        (programs / name).symlink_to(str(shutil.which(name)))
    log = tmp_path / "calls"
    for name, body in {
        "id": "echo 1000",
        "sudo": '"$@"',
        "apt-get": f'echo "apt-get $*" >> {log}',
        "make": f'echo "make $* CI=$CI" >> {log}',
        **({"chromium": ""} if browser else {}),
    }.items():
        (programs / name).write_text(f"#!{shutil.which('bash')}\n{body}\n")
        (programs / name).chmod(0o755)
    script = ROOT / ".ci" / "run"
    run = subprocess.run([script], env={"PATH": str(programs)}, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    installed = ["apt-get update", "apt-get install --yes --no-install-recommends chromium"]
    assert log.read_text().splitlines() == ([] if browser else installed) + ["make test CI=true"]
