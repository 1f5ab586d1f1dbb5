"""The project as a whole: one list of dependencies, no dead links, clean code, honest commands."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from course.maintenance import anatomy, pytest_plugin, refresh
from helpers import __version__

ROOT = refresh.ROOT
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEEDED = [Requirement(text) for text in PROJECT["dependencies"]]
DEVELOPMENT = [Requirement(text) for text in PROJECT["optional-dependencies"]["dev"]]

# What conda-forge calls a package whose name differs from PyPI's. matplotlib-base is matplotlib
# without Qt, which no notebook needs.
CONDA_NAMES = {"torch": "pytorch", "matplotlib": "matplotlib-base"}

TOP_LEVEL = {
    "README.md",
    "environment.yml",
    "pyproject.toml",
    "requirements.lock",
    "Makefile",
    "notebooks",
    "helpers",
    "course",
    "data",
    "docs",
    "tests",
    ".ci",
    ".github",
    "LICENSE",
    "CITATION.cff",
    "CONTRIBUTING.md",
    ".gitignore",
    ".gitattributes",
}


def tracked() -> list[Path]:
    """Return the files that git has or would take; every file where there is no git."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return [path for path in ROOT.rglob("*") if path.is_file()]
    paths = [ROOT / name for name in listed.decode("utf-8").split("\0") if name]
    return [path for path in paths if path.exists()]


# --- dependencies


def test_conda_gets_the_same_packages_in_the_same_ranges() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    plain = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    conda = {(need := Requirement(entry)).name: need.specifier for entry in plain}
    wanted = {CONDA_NAMES.get(need.name, need.name): need.specifier for need in NEEDED}
    wanted["python"] = Requirement(f"python{PROJECT['requires-python']}").specifier
    wanted["pip"] = Requirement("pip").specifier
    assert conda == wanted
    assert environment["channels"][0] == "conda-forge"
    assert environment["name"] == PROJECT["name"]


def test_conda_installs_the_package_itself_and_nothing_else_with_pip() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    by_pip = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    assert by_pip == [["-e ."]]


def locked() -> dict[str, str]:
    """Return the lock's versions by canonical name; a line that pins nothing fails."""
    pins: dict[str, str] = {}
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        match = re.fullmatch(r"([A-Za-z0-9._-]+)==([0-9][0-9a-z.]*)", line)
        assert match, f"requirements.lock: {line!r} is no exact version without a local suffix"
        name = canonicalize_name(match.group(1))
        assert name not in pins, f"requirements.lock: {name} stands twice"
        pins[name] = match.group(2)
    return pins


@pytest.mark.parametrize("need", NEEDED + DEVELOPMENT, ids=str)
def test_the_lock_pins_each_dependency_within_its_range(need: Requirement) -> None:
    assert need.specifier.contains(locked()[canonicalize_name(need.name)], prereleases=True)


def test_the_lock_pins_what_the_dependencies_bring_along() -> None:
    """Everything reachable from pyproject.toml, on this machine, has a version in the lock."""
    pins, reached = locked(), set()
    waiting = [(need.name, frozenset(need.extras)) for need in NEEDED + DEVELOPMENT]
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in reached:
            continue
        reached.add((name, extras))
        try:
            requires = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue  # for another platform
        for need in map(Requirement, requires):
            environments = [{"extra": extra} for extra in extras or {""}]
            if need.marker is None or any(need.marker.evaluate(e) for e in environments):
                waiting.append((need.name, frozenset(need.extras)))
    names = {canonicalize_name(name) for name, _ in reached}
    unpinned = names - set(pins) - {"setuptools", "pip"}
    # CUDA's packages come with PyPI's Linux build of torch; their versions follow from torch's.
    assert {
        name for name in unpinned if not name.startswith(("nvidia-", "cuda-", "triton"))
    } == set()


def test_the_lock_can_be_installed_with_the_oldest_python() -> None:
    """Debian 12 has Python 3.11.2; a version that wants 3.11.5 would stop `make lab` there."""
    oldest, refusing = "3.11.2", []
    for name, pin in locked().items():
        try:
            installed = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # for another platform
        wanted = installed.metadata["Requires-Python"]
        if installed.version.partition("+")[0] == pin and wanted:
            if not SpecifierSet(wanted).contains(oldest):
                refusing.append(f"{name} {pin} wants Python {wanted}")
    assert refusing == []


def test_one_version_is_stated_everywhere() -> None:
    assert __version__ == PROJECT["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == __version__


HEAVY = ("torch", "matplotlib", "IPython", "pandas", "scipy", "sacrebleu", "nbformat", "sympy")


@pytest.mark.parametrize(
    ("line", "heavy"),
    [
        ("import helpers", (*HEAVY, "numpy")),
        ("from course import check, hint, use, progress", HEAVY),
        ("from course.maintenance import environment", (*HEAVY, "numpy")),
    ],
)
def test_what_every_lesson_imports_first_loads_nothing_heavy(
    line: str, heavy: tuple[str, ...]
) -> None:
    program = f"import sys; {line}; print([m for m in {heavy} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8")
    assert run.stdout.strip() == "[]", run.stderr


# --- code


def tool(*command: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_mypy_finds_nothing() -> None:
    tool("mypy")


def test_ruff_finds_nothing_in_code_and_notebooks() -> None:
    tool("ruff", "check", ".")


def test_code_and_notebooks_are_formatted() -> None:
    tool("ruff", "format", "--check", ".")


# --- helpers/ can be read in an afternoon


HELPERS = sorted((ROOT / "helpers").rglob("*.py"))
LINES, LINES_OF_A_FILE, LINES_OF_A_FUNCTION = 6_600, 500, 40


def own_lines(function: ast.FunctionDef) -> int:
    """Count the lines of a function's body, without its docstring and input checks."""
    lines: set[int] = set()
    for statement in function.body:
        text = ast.unparse(statement)
        if not text.startswith(("_check", "'", '"')):
            lines.update(range(statement.lineno, (statement.end_lineno or 0) + 1))
    return len(lines)


def test_helpers_is_small() -> None:
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in HELPERS}
    assert {path.name for path, size in sizes.items() if size > LINES_OF_A_FILE} == set()
    assert sum(sizes.values()) <= LINES


def test_no_function_of_helpers_is_long() -> None:
    found = {
        node.name
        for path in HELPERS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and own_lines(node) > LINES_OF_A_FUNCTION
    }
    assert found == set()


def test_helpers_imports_nothing_of_the_course() -> None:
    for path in HELPERS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.partition(".")[0] == "course" for name in names), path


# --- commands


def test_ci_runs_the_readmes_test_command_and_nothing_else() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    lines = [line for line in script.splitlines() if not line.startswith("#")]
    assert lines[-1] == "exec make test </dev/null"
    assert "export CI=true" in lines
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")
    listed = subprocess.run(
        ["git", "ls-files", "--stage", ".ci/run"], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    assert listed.returncode != 0 or not listed.stdout or listed.stdout.startswith("100755")


def test_the_files_that_start_first_are_there() -> None:
    names = [path.name for path in tracked()]
    assert [names.count(name) for name in pytest_plugin.LONG] == [1] * len(pytest_plugin.LONG)


@pytest.mark.skipif(not (shutil.which("git") and shutil.which("sh")), reason="needs git and sh")
def test_git_shows_a_lessons_changes_as_text_in_any_folder(tmp_path: Path) -> None:
    """The command that both pages give, and a real `git diff`."""
    clone = tmp_path / "Zoë's course (1)"
    (clone / "notebooks").mkdir(parents=True)
    shutil.copy(ROOT / ".gitattributes", clone)
    lesson = clone / "notebooks" / "lesson.ipynb"
    cell = {"cell_type": "code", "source": "x = 1", "metadata": {}, "outputs": []}
    notebook = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell]}
    lesson.write_text(json.dumps(notebook))
    # What pip would write into .venv/bin, whose first line must not name a path with a space.
    program = clone / ".venv" / "bin" / "jupytext"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m jupytext "$@"\n')
    program.chmod(0o755)

    def run(*command: str) -> str:
        done = subprocess.run(command, cwd=clone, capture_output=True, encoding="utf-8")
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("git", "init", "--quiet")
    run("git", "add", "notebooks", ".gitattributes")
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md")]
    found = [re.findall(r"^git config diff\.nb\.textconv .*$", text, re.M) for text in texts]
    assert found[0] == found[1]
    (line,) = found[0]
    run("sh", "-c", line)
    cell["source"], cell["outputs"] = "x = 2", [{"output_type": "stream", "name": "stdout"}]
    cell["outputs"][0]["text"] = "printed"
    lesson.write_text(json.dumps(notebook))
    changed = [one for one in run("git", "diff").splitlines() if re.match(r"[-+][^-+]", one)]
    assert changed == ["-x = 1", "+x = 2"]


# --- files and links


def test_nothing_stands_at_the_top_that_has_no_place_there() -> None:
    tops = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert tops <= TOP_LEVEL, f"find a place for {sorted(tops - TOP_LEVEL)}"


def pages() -> list[tuple[Path, str]]:
    """Return every file with links: its path and its markdown."""
    found = []
    for path in tracked():
        if path.suffix == ".md":
            found.append((path, path.read_text(encoding="utf-8")))
        elif path.suffix == ".ipynb" and path.parent == ROOT / "notebooks":
            cells = refresh.read(path)["cells"]
            texts = [cell["source"] for cell in cells if cell["cell_type"] == "markdown"]
            found.append((path, "\n\n".join(texts)))
    return found


def links(markdown: str) -> list[str]:
    """Return the targets of a page's links and pictures, in markdown and in HTML."""
    text = re.sub(r"`[^`\n]*`", "", anatomy.prose(markdown))
    return [target for _, _, target in anatomy.LINK.findall(text)] + re.findall(
        r"""(?:href|src)=["']([^"']+)["']""", text
    )


def slugs(markdown: str) -> set[str]:
    """Return the names by which GitHub links a page's headings."""
    titles = [title for _, title in anatomy.HEADING.findall(anatomy.prose(markdown))]
    plain = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).lower() for title in titles]
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in plain}


def dead_links(page: Path, markdown: str, files: set[Path]) -> list[str]:
    """Return the links of a page that lead to no file that git has, or to no heading in it."""
    dead = []
    folders = {parent for file in files for parent in file.parents}
    for target in links(markdown):
        if re.match(r"[a-z][a-z0-9+.-]*:", target) or target.startswith("//"):
            continue
        name, _, fragment = unquote(target).partition("#")
        goal = (page.parent / name).resolve() if name else page
        missing = goal not in files and goal not in folders
        if not missing and fragment and goal.suffix == ".md":
            text = markdown if goal == page else goal.read_text(encoding="utf-8")
            missing = fragment not in slugs(text)
        elif not missing and fragment and goal.suffix == ".ipynb" and goal != page:
            found = anatomy.sections(refresh.read(goal))
            missing = fragment not in {anatomy.anchor(section.title) for section in found}
        if missing:
            dead.append(target)
    return dead


PAGES = {str(page.relative_to(ROOT)): (page, markdown) for page, markdown in pages()}


@pytest.mark.parametrize("name", PAGES)
def test_every_link_between_files_leads_somewhere(name: str) -> None:
    page, markdown = PAGES[name]
    assert dead_links(page, markdown, set(tracked())) == []


def test_a_dead_link_is_noticed_and_a_live_one_is_not(tmp_path: Path) -> None:
    other = tmp_path / "docs" / "other.md"
    other.parent.mkdir()
    other.write_text("# Über a thing, or `two`\n", encoding="utf-8")
    page = tmp_path / "page.md"
    markdown = """# Top
[live](docs/other.md) [heading](docs/other.md#über-a-thing-or-two) [here](#top) [folder](docs)
[web](https://example.org/x) [mail](mailto:a@example.org) `[code](nowhere.md)` ![p](docs/other.md)
```
[fenced](nowhere.md)
```
[a](gone.md) ![b](docs/gone.png) [c](docs/other.md#gone) [d](#gone) <img src="gone.svg">
[ignored by git](work/mine.md)
"""
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "mine.md").write_text("")
    dead = dead_links(page, markdown, {other, page})
    assert set(dead) == {
        "gone.md",
        "docs/gone.png",
        "docs/other.md#gone",
        "#gone",
        "gone.svg",
        "work/mine.md",
    }
