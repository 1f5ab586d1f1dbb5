"""The teaching guide says what is so: its tables, its commands, its configurations of a hub.

The walk-through for a new exercise is followed in test_walkthrough.py.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from traitlets.config import Config

from course.exercises import bank
from course.grading import hub
from course.lessons import LESSONS, Lesson
from course.maintenance import anatomy, refresh

ROOT = refresh.ROOT
GUIDE = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
HUB = ROOT / "docs" / "hub"
HUB_README = (HUB / "README.md").read_text(encoding="utf-8")
NUMBERS = [lesson.number for lesson in LESSONS]
WRITTEN = [lesson for lesson in LESSONS if (ROOT / "notebooks" / lesson.notebook).exists()]


def table(first_head: str) -> list[list[str]]:
    """Return the rows of the guide's table that begins with a head, without head and rule."""
    lines = GUIDE[GUIDE.index(f"\n| {first_head} |") + 1 :].splitlines()
    end = next(i for i, line in enumerate(lines) if not line.startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:end]]


def in_code(text: str) -> list[str]:
    """Return what stands between backticks."""
    return re.findall(r"`([^`]+)`", text)


def with_points(cell: str) -> dict[str, float]:
    """Read "`rnn.one` 2, `rnn.two` 1"."""
    return {name: float(points) for name, points in re.findall(r"`([\w.]+)` ([\d.]+)", cell)}


GLANCE = {re.search(r"\d\d", row[0]).group(): row for row in table("lesson | minutes")}  # type: ignore[union-attr]
WEEKS = table("week")
DAYS = table("day")
MISTAKES = table("lesson | exercise")


# --- the lessons


def facts(lesson: Lesson) -> tuple[int, set[str], set[str]]:
    """Read from a notebook its minutes, the lessons to know first, and what is in *Further*."""
    notebook = refresh.read(ROOT / "notebooks" / lesson.notebook)
    text = "\n\n".join(c["source"] for c in notebook["cells"] if c["cell_type"] == "markdown")
    minutes = re.search(r"\*\*Minutes:\*\* (\d+)", text)
    first = re.search(r"\*\*Prerequisites:\*\*(.*?)(?:\n\n|\Z)", text, re.DOTALL)
    assert minutes and first
    known = re.findall(r"\((\d\d)_\w+\.ipynb|lesson\s+(\d\d)", first.group(1))
    further = anatomy.part(notebook, "Further")
    inside = {cell["id"] for cell in further.cells} if further else set()
    beyond = {
        exercise.name or ""
        for exercise in anatomy.exercises(notebook)
        if inside & {cell["id"] for cell in exercise.cells}
    }
    return int(minutes.group(1)), {one or other for one, other in known}, beyond


@pytest.mark.parametrize("lesson", WRITTEN, ids=lambda lesson: lesson.slug)
def test_the_glance_names_each_lesson_with_what_it_asks_and_gives(lesson: Lesson) -> None:
    name, minutes, after, graded, read, beyond = GLANCE[lesson.number]
    really, known, further = facts(lesson)
    assert name == f"[{lesson.number}](../notebooks/{lesson.notebook}) {lesson.title}"
    assert int(minutes) == really
    assert set(re.findall(r"\d\d", after)) == known
    listed: dict[str, dict[str, float]] = {"set": {}, "read": {}, "further": {}}
    for exercise in bank.exercises(lesson.word):
        kind = "read" if exercise.kind == "open" else "set"
        listed["further" if exercise.name in further else kind][exercise.name] = exercise.total
    assert with_points(graded) == listed["set"]
    assert with_points(read) == listed["read"]
    assert with_points(beyond) == listed["further"]


def test_fifteen_weeks_set_every_exercise_of_the_core_once() -> None:
    assert list(GLANCE) == NUMBERS == [row[1] for row in WEEKS]
    assert [row[0] for row in WEEKS] == [str(week) for week in range(1, 16)]
    for _, number, _, inside, home, points in WEEKS:
        graded = with_points(GLANCE[number][3])
        here = {name: bank.find(name) for name in in_code(inside) + in_code(home)}
        assert set(here) == set(graded)
        assert float(points) == sum(graded.values())
        kinds = {name: exercise.kind for name, exercise in here.items() if exercise}
        assert all(kinds[name] == "value" for name in in_code(inside))
        assert all(kinds[name] == "code" for name in in_code(home))


def test_three_days_add_up_and_take_nothing_before_its_time() -> None:
    known = {"00", "01"}  # at home
    for _, lessons, minutes, _ in DAYS:
        parts, _, total = minutes.partition(" = ")
        numbers = re.findall(r"\d\d", lessons)
        assert [int(GLANCE[number][1]) for number in numbers] == [
            int(part) for part in parts.split(" + ")
        ]
        assert int(total) == sum(int(part) for part in parts.split(" + ")) <= 360
        for number in numbers:
            assert set(re.findall(r"\d\d", GLANCE[number][2])) <= known, number
            known.add(number)
    assert known == set(NUMBERS) - {"08"}


def test_what_may_be_cut_is_in_the_lessons() -> None:
    (paragraph,) = re.findall(r"^Where time runs short.*?\n\n", GUIDE, re.MULTILINE | re.DOTALL)
    titles = re.findall(r"\*([^*]+)\*", " ".join(paragraph.split()))
    there = {
        section.title
        for lesson in WRITTEN
        for section in anatomy.sections(refresh.read(ROOT / "notebooks" / lesson.notebook))
    }
    assert len(titles) == 4
    assert all(any(title.startswith(named) for title in there) for named in titles)


# --- exercises and mistakes


@pytest.mark.parametrize("row", MISTAKES, ids=lambda row: " ".join(row[1:3]))
def test_a_typical_mistake_is_one_that_the_check_knows(row: list[str]) -> None:
    number, (name,), (tag,) = row[0], in_code(row[1]), in_code(row[2])
    exercise = bank.find(name)
    assert isinstance(exercise, bank.CodeExercise | bank.ValueExercise)
    assert exercise.lesson is not None and exercise.lesson.number == number
    assert tag in {mistake.tag for mistake in exercise.mistakes}


def test_every_written_lesson_has_two_typical_mistakes() -> None:
    for lesson in WRITTEN:
        assert sum(row[0] == lesson.number for row in MISTAKES) >= 2, lesson.slug


def test_every_exercise_that_the_guide_names_is_registered() -> None:
    words = "|".join(lesson.word for lesson in LESSONS)
    named = set(re.findall(rf"(?<![\w/.])((?:{words})\.[a-z_]+)", GUIDE))
    named -= {"rnn.last_real_state"}  # the walk-through adds it
    assert named and {name for name in named if bank.find(name) is None} == set()


# --- commands


def fenced(text: str, language: str) -> list[str]:
    """Return a page's code blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", [GUIDE, HUB_README], ids=["teaching", "hub"])
def test_every_make_target_that_is_named_exists(page: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^ *|`)make ([a-z]+)", page, re.MULTILINE))
    assert named and all(f"\n{target}:" in makefile for target in named)


@pytest.mark.skipif(os.name != "posix", reason="the commands are for a POSIX shell")
@pytest.mark.filterwarnings("ignore:Object of type")
def test_deleting_one_student_leaves_nothing_of_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a gradebook and files as `grade` and `report` leave them."""
    api = pytest.importorskip("nbgrader.api", reason="nbgrader is not installed")
    monkeypatch.setenv(
        "PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    )
    people = ("adalovelace", "alanturing")
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    with api.Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as book:
        book.add_assignment("week-3")
        for name in people:
            book.add_student(name, first_name=name.title())
            book.add_submission("week-3", name)
    for name in people:
        for folder in ("submitted", "autograded", "feedback"):
            (tmp_path / folder / name / "week-3").mkdir(parents=True)
            (tmp_path / folder / name / "week-3" / "02_rnn_cell.ipynb").write_text(name)
        (tmp_path / "grading" / "week-3").mkdir(parents=True, exist_ok=True)
        (tmp_path / "grading" / "week-3" / f"{name}.json").write_text(name)
        (tmp_path / "grading" / "week-3" / "answers").mkdir(exist_ok=True)
        (tmp_path / "grading" / "week-3" / "answers" / f"{name}.json").write_text(name)
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "grades.csv").write_text("\n".join(people))
    commands = fenced(GUIDE, "sh")[0].replace("ada", people[0])
    assert "student remove" in commands
    script = "set -eu\n" + commands
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    files = {path: path.read_bytes().lower() for path in tmp_path.rglob("*") if path.is_file()}
    assert not [path for path, content in files.items() if b"adalovelace" in content]
    assert not [path for path in tmp_path.rglob("*") if "adalovelace" in path.name]
    assert any(b"alanturing" in content for content in files.values())


# --- the trial of a hub


@pytest.mark.parametrize("lesson", WRITTEN, ids=lambda lesson: lesson.slug)
def test_the_trial_can_answer_every_lesson(lesson: Lesson) -> None:
    """The lesson's solutions are typed into its stubs; one student makes a known mistake."""
    notebook = refresh.read(ROOT / "notebooks" / lesson.notebook)
    answered = hub.solved(notebook, notebook)
    for shown in anatomy.exercises(answered):
        for stub in shown.tagged("exercise"):
            compile(stub["source"], shown.number, "exec")
            assert "NotImplementedError" not in stub["source"]
            assert "_solution" not in stub["source"] and "check(" not in stub["source"]
    wrong, missed = hub.with_a_mistake(notebook, answered)
    assert sum(a != b for a, b in zip(wrong["cells"], answered["cells"], strict=True)) == 1
    assert missed.kind == "value" and 0 < missed.total < hub.points(notebook)


# --- the hub's configurations


def configured(
    monkeypatch: pytest.MonkeyPatch, state: Path, more: str = "", **variables: str
) -> tuple[Config, dict[str, Any]]:
    """Load jupyterhub_config.py as JupyterHub does; return what it sets and its names."""
    for name in [name for name in os.environ if name.startswith("COURSE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COURSE_HUB_STATE", str(state))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    config = Config()
    names: dict[str, Any] = {"get_config": lambda: config}
    source = (HUB / "jupyterhub_config.py").read_text(encoding="utf-8")
    exec(compile(source + "\n" + more, "jupyterhub_config.py", "exec"), names)
    return config, names


class Spawner:
    """What `pre_spawn_hook` gets."""

    class user:
        name = ""

    def __init__(self, name: str, config: Config) -> None:
        self.user.name = name
        self.environment = config.Spawner.environment
        self.args: list[str] = []
        self.default_url = config.Spawner.default_url


posix = pytest.mark.skipif(os.name != "posix", reason="JupyterHub needs Linux or macOS")


@posix
def test_the_hub_for_trying_out_listens_here_alone_and_asks_for_a_password(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config, _ = configured(monkeypatch, tmp_path / "state")
    assert config.JupyterHub.bind_url.startswith("http://127.0.0.1:")
    assert config.JupyterHub.hub_ip == "127.0.0.1"
    assert config.ConfigurableHTTPProxy.api_url.startswith("http://127.0.0.1:")
    assert config.JupyterHub.authenticator_class == "shared-password"
    passwords = config.SharedPasswordAuthenticator
    assert len(passwords.user_password) >= 8 and len(passwords.admin_password) >= 32
    assert config.Authenticator.allowed_users == {"ada", "grace", "alan"}
    assert (tmp_path / "state" / "private").stat().st_mode & 0o077 == 0
    assert (tmp_path / "state" / "exchange").stat().st_mode & 0o7777 == 0o1777


@posix
def test_students_get_no_formgrader_and_each_kernel_one_thread(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config, _ = configured(monkeypatch, tmp_path)
    roles = {}
    for name in ("ada", "teacher"):
        spawner = Spawner(name, config)
        config.Spawner.pre_spawn_hook(spawner)
        roles[name] = any("formgrader=False" in argument for argument in spawner.args)
        assert spawner.environment["OMP_NUM_THREADS"] == "1"
        settings = Path(spawner.environment["JUPYTER_CONFIG_PATH"]) / "nbgrader_config.py"
        read = Config()
        monkeypatch.setenv("JUPYTERHUB_USER", name)
        exec(settings.read_text(), {"get_config": lambda read=read: read})
        assert read.CourseDirectory.course_id == "sequence"
        told = read.CourseDirectory
        assert ("root" in told) == (name == "teacher")
        assert ("ignore" in told and ".progress.json" in told.ignore) == (name == "ada")
    assert roles == {"ada": True, "teacher": False}


@posix
def test_with_accounts_of_the_machine_the_system_asks_for_passwords(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (service,) = [block for block in fenced(HUB_README, "python") if "services" in block]
    config, names = configured(
        monkeypatch, tmp_path, service, COURSE_HUB="system", COURSE_EXCHANGE=str(tmp_path / "ex")
    )
    assert config.JupyterHub.authenticator_class == "pam"
    assert config.LocalAuthenticator.allowed_groups == {"course-students", "course-instructors"}
    assert "SharedPasswordAuthenticator" not in config
    (shared,) = config.JupyterHub.services
    assert shared["url"].startswith("http://127.0.0.1:")
    assert shared["environment"]["JUPYTER_CONFIG_PATH"] == names["SETTINGS"]["instructor"]
    assert config.JupyterHub.load_roles[0]["groups"] == list(config.JupyterHub.load_groups)


@posix
def test_the_cluster_is_told_the_same_as_the_single_server(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    values = yaml.safe_load((HUB / "values.yaml").read_text(encoding="utf-8"))
    config, names = configured(monkeypatch, tmp_path)
    threads = {name: config.Spawner.environment[name] for name in names["THREADS"]}
    assert threads.items() <= values["singleuser"]["extraEnv"].items()
    files = values["singleuser"]["extraFiles"]
    read = Config()
    exec(files["nbgrader"]["stringData"], {"get_config": lambda: read})
    assert read.CourseDirectory.course_id == names["COURSE_ID"]
    storage = values["singleuser"]["storage"]
    assert read.Exchange.root == storage["extraVolumeMounts"][0]["mountPath"]
    claim = yaml.safe_load(fenced(HUB_README, "yaml")[0])
    volume = storage["extraVolumes"][0]["persistentVolumeClaim"]["claimName"]
    assert claim["metadata"]["name"] == volume
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    hook = values["hub"]["extraConfig"]["roles"]
    compile(hook, "values.yaml", "exec")
    assert "formgrader=False" in hook
