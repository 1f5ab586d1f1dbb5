"""What a fork's continuous integration runs: pinned, with few rights, and commands that exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from course import claims

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in read(path)["jobs"].values() for step in job["steps"]]


def test_there_are_workflows() -> None:
    assert {path.stem for path in WORKFLOWS} == {"book", "claims", "tests"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_read_and_nothing_else_and_ends(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        assert job["timeout-minutes"] <= 180
        if name == "publish":  # this one job writes, to Pages, and runs nothing of the repository
            assert job.pop("permissions") == {"pages": "write", "id-token": "write"}
            assert not any("run" in step for step in job["steps"])
        assert "permissions" not in job
        assert re.fullmatch(r"ubuntu-\d\d\.\d\d", job["runs-on"])  # not `latest`, which moves
    assert not re.search(r"\$\{\{\s*(secrets|github\.event)", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_an_action_is_pinned_by_its_hash_and_named_by_its_version(path: Path) -> None:
    used = [line for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert used
    for line in used:
        assert re.search(r"uses: [\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line
    for step in steps(path):
        if step.get("uses", "").startswith("actions/checkout"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_what_a_workflow_runs_is_there(path: Path) -> None:
    commands = "\n".join(step["run"] for step in steps(path) if "run" in step)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake ([a-z]+)", commands):
        assert f"\n{target}:" in makefile
    for name in re.findall(r"bash (\S+)|(?:ARGS=)(\S+)", commands):
        assert (ROOT / "".join(name)).exists()


def test_every_claim_comes_in_turn() -> None:
    """In 28 weeks the workflow's formula has named each claim three times."""
    text = (ROOT / ".github" / "workflows" / "claims.yml").read_text(encoding="utf-8")
    assert "first=$((week / 604800 * 3 % 28))" in text
    assert "CLAIM=$(((first + step) % 28 + 1))" in text
    numbers = [(week * 3 % 28 + step) % 28 + 1 for week in range(28) for step in range(3)]
    assert {n: numbers.count(n) for n in range(1, 29)} == dict.fromkeys(range(1, 29), 3)
    assert {one for one in claims.ordered() if isinstance(one, int)} == set(numbers)
