"""Try a class on one server: `make hub`, or `python -m course.grading.hub`.

JupyterHub starts on 127.0.0.1 with docs/hub/jupyterhub_config.py, in a temporary folder and on
free ports. The teacher releases a lesson through the formgrader. Three students log in, fetch
it, answer, run every cell in their own kernels at the same time, and submit. The teacher
collects, grades, and hands out feedback. The scores have to be those that the answers deserve. The
memory of each student's server and kernel is printed. At the end everything that was started is
stopped, also after a failure.

    python -m course.grading.hub [--lesson 02] [--keep]

With `--keep` the hub stays, with its scores, until Control and C: to look at it in a browser.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from course.exercises import bank
from course.maintenance import anatomy, refresh

CONFIG = refresh.ROOT / "docs" / "hub" / "jupyterhub_config.py"
COURSE_ID = "sequence"
ASSIGNMENT = "week-1"
MARK = "COURSE_HUB_TRIAL"
"""What everything that a trial starts has in its environment, with the trial's own value."""

Notebook = dict[str, Any]


class TrialError(Exception):
    """What did not go as it should, in a sentence."""


# --- somebody with a browser


@dataclass
class Person:
    """An account of the hub, and what its browser would do.

    Attributes
    ----------
    name, password : str
        What is typed into the form.
    hub : str
        The hub's address.
    """

    name: str
    password: str
    hub: str
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.Client(base_url=self.hub, follow_redirects=True, timeout=120)

    def log_in(self) -> bool:
        """Fill in the form; say whether the hub let this person in."""
        self.client.get("/hub/login")
        form = {"username": self.name, "password": self.password, "_xsrf": self._xsrf("/hub/")}
        return self.client.post("/hub/login", data=form).status_code == 200

    def start_server(self, seconds: float = 120) -> None:
        """Wait until the person's own server shows JupyterLab."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            answer = self.client.get(f"/user/{self.name}/lab")
            if answer.status_code == 200 and answer.url.path.startswith("/user/"):
                return
            time.sleep(0.5)
        raise TrialError(f"the server of {self.name} did not start in {seconds:g} s")

    def _xsrf(self, path: str) -> str:
        """The token against forged requests, which stands in a cookie."""
        found = [c.value for c in self.client.cookies.jar if c.name == "_xsrf" and c.path == path]
        if not found or found[0] is None:
            raise TrialError(f"{self.name} has no _xsrf cookie for {path}")
        return found[0]

    def ask(self, method: str, path: str, body: Any = None, **parameters: str) -> Any:
        """Send a request to the person's own server, and return its answer, read as JSON."""
        root = f"/user/{self.name}/"
        answer = self.client.request(
            method,
            root + path,
            params=parameters or None,
            json=body,
            headers={"X-XSRFToken": self._xsrf(root)},
            timeout=600,
        )
        if answer.status_code >= 400:
            raise TrialError(f"{self.name}: {method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    def formgrader(self, action: str) -> Any:
        """Press one of the formgrader's buttons."""
        answer = self.ask("POST", f"formgrader/api/{action}")
        if not answer.get("success"):
            raise TrialError(f"{action}: {answer.get('error') or answer.get('log')}")
        return answer

    def run(self, path: str, notebook: Notebook, seconds: float = 300) -> None:
        """Run every code cell in a kernel of the person's own; keep what each shows."""
        import websocket

        kernel = {"name": notebook["metadata"]["kernelspec"]["name"]}
        session = {"path": path, "name": path, "type": "notebook", "kernel": kernel}
        started = self.ask("POST", "api/sessions", session)["kernel"]["id"]
        root = f"/user/{self.name}/"
        cookies = "; ".join(
            f"{c.name}={c.value}" for c in self.client.cookies.jar if c.path in ("/", root)
        )
        address = f"{self.hub.replace('http', 'ws', 1)}{root}api/kernels/{started}/channels"
        channel = websocket.create_connection(
            f"{address}?_xsrf={self._xsrf(root)}", cookie=cookies, timeout=seconds, origin=self.hub
        )
        with contextlib.closing(channel):
            for number, cell in enumerate(anatomy.code_cells(notebook), 1):
                cell["outputs"] = execute(channel, cell["source"])
                cell["execution_count"] = number


def execute(channel: Any, code: str) -> list[dict[str, Any]]:
    """Send a cell to a kernel and return its outputs, as a notebook stores them."""
    identity = uuid.uuid4().hex
    header = {
        "msg_id": identity,
        "msg_type": "execute_request",
        "session": identity,
        "username": "",
        "version": "5.3",
    }
    content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
    channel.send(json.dumps({**message, "channel": "shell", "buffers": []}))
    outputs: list[dict[str, Any]] = []
    while True:
        answer = json.loads(channel.recv())
        if answer["parent_header"].get("msg_id") != identity:
            continue
        kind, content = answer["msg_type"], answer["content"]
        if kind == "status" and content["execution_state"] == "idle":
            return outputs
        if kind in ("stream", "error", "display_data", "execute_result"):
            content.pop("transient", None)
            outputs.append({"output_type": kind, **content})


# --- answers


def solved(released: Notebook, lesson: Notebook) -> Notebook:
    """Return a released lesson with the lesson's own solutions typed into its exercises."""
    answered: Notebook = json.loads(json.dumps(released))
    for shown in anatomy.exercises(answered):
        for stub in shown.tagged("exercise"):
            (solution,) = [
                cell["source"]
                for cell in anatomy.code_cells(lesson)
                if f'check("{shown.name}"' in cell["source"] and "record=False" in cell["source"]
            ]
            code = re.sub(r"^check\(.*$", "", solution, flags=re.MULTILINE)
            stub["source"] = re.sub(r"\b(\w+)_solution\b", r"\1", code).strip()
    return answered


def with_a_mistake(released: Notebook, answered: Notebook) -> tuple[Notebook, bank.Exercise]:
    """Return the answers with a registered mistake in place of the first value, and where."""
    wrong: Notebook = json.loads(json.dumps(answered))
    for shown in anatomy.exercises(wrong):
        known = bank.find(shown.name or "")
        if isinstance(known, bank.ValueExercise) and known.mistakes:
            check = shown.tagged("check")[0]["source"]
            variable = check.rstrip(")").split(",")[-1].strip()
            shown.tagged("exercise")[0]["source"] = f"{variable} = {known.mistakes[0].answer!r}"
            return wrong, known
    raise TrialError("the lesson has no value exercise with a mistake: choose another --lesson")


def points(lesson: Notebook) -> float:
    """Return the points that a lesson's checks give together; open answers are not among them."""
    known = [bank.find(shown.name or "") for shown in anatomy.exercises(lesson)]
    return sum(e.total for e in known if e is not None and e.kind != "open")


# --- the hub


def free_ports(count: int) -> int:
    """Return the first of some neighbouring ports of 127.0.0.1 that nobody listens on."""
    for _ in range(200):
        first = 20000 + secrets.randbelow(20000)
        with contextlib.ExitStack() as held:
            try:
                for port in range(first, first + count):
                    held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
            return first
    raise TrialError(f"no {count} neighbouring ports are free")


def marked(value: str) -> list[psutil.Process]:
    """Return the living processes that a trial started, found by their environment."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if (
                process.environ().get(MARK) == value
                and process.status() != psutil.STATUS_ZOMBIE
                and process.pid != os.getpid()
            ):
                found.append(process)
    return found


@contextlib.contextmanager
def running_hub(folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """Run the hub in a folder; yield its address, and leave no process behind."""
    port = free_ports(3)
    address = f"http://127.0.0.1:{port}"
    value = uuid.uuid4().hex
    log = (folder / "hub.log").open("wb")
    hub = subprocess.Popen(
        [sys.executable, "-m", "jupyterhub", "-f", str(CONFIG)],
        cwd=folder,
        env=environment | {MARK: value, "COURSE_HUB_PORT": str(port)},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        wait_for_hub(hub, address)
        yield address
    finally:
        hub.send_signal(signal.SIGTERM)  # it stops the servers and its proxy, too
        with contextlib.suppress(subprocess.TimeoutExpired):
            hub.wait(30)
        for process in marked(value):
            with contextlib.suppress(psutil.Error):
                process.kill()
        hub.wait(10)
        log.close()
        left = marked(value)
        if left:
            raise TrialError(f"these processes could not be stopped: {left}")


def wait_for_hub(hub: subprocess.Popen[bytes], address: str, seconds: float = 90) -> None:
    """Wait until the hub shows its form."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if hub.poll() is not None:
            raise TrialError("the hub has ended")
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{address}/hub/login").status_code == 200:
                return
        time.sleep(0.3)
    raise TrialError(f"the hub did not answer in {seconds:g} s")


def memory(name: str, mark: str = "JUPYTERHUB_USER") -> dict[str, float]:
    """Return a user's memory in MiB, server and kernels apart.

    Shared pages are divided among those who share them (Linux's PSS), so that the users' figures
    add up. Where the system does not tell, only unshared pages count.
    """
    used = {"server": 0.0, "kernels": 0.0}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(mark) != name:
                continue
            kernel = "ipykernel" in " ".join(process.cmdline())
            figures = process.memory_full_info()
            size = getattr(figures, "pss", figures.uss)
            used["kernels" if kernel else "server"] += size / 2**20
    return used


# --- the trial


def try_a_class(number: str, folder: Path, say: Callable[[str], None], keep: bool = False) -> None:
    """Let three students and a teacher go through an assignment; raise where something is wrong.

    Parameters
    ----------
    number : str
        A lesson's number, as ``02``.
    folder : Path
        An empty folder for the hub, the homes and the exchange.
    say : callable
        Gets each line that is reported.
    keep : bool
        Leave the hub running until it is interrupted.

    Raises
    ------
    TrialError
        If a step fails or a score is not the expected one.
    """
    path = refresh.find_lessons([number], refresh.ROOT / "notebooks")[0]
    lesson = refresh.read(path)
    passwords = {"student": secrets.token_hex(8), "instructor": secrets.token_hex(16)}
    course = folder / "homes" / "teacher" / "course"
    make_course(number, course)
    environment = os.environ | {
        "COURSE_HUB": "trial",
        "COURSE_HUB_STATE": str(folder),
        "COURSE_STUDENTS": "ada,grace,alan",
        "COURSE_INSTRUCTORS": "teacher",
        "COURSE_STUDENT_PASSWORD": passwords["student"],
        "COURSE_INSTRUCTOR_PASSWORD": passwords["instructor"],
    }
    with running_hub(folder, environment) as hub:
        stranger = Person("eve", passwords["student"], hub)
        thief = Person("teacher", passwords["student"], hub)
        if stranger.log_in() or thief.log_in():
            raise TrialError("somebody got in who should not")
        teacher = Person("teacher", passwords["instructor"], hub)
        if not teacher.log_in():
            raise TrialError("the teacher could not log in")
        teacher.start_server()
        teacher.formgrader(f"assignment/{ASSIGNMENT}/release")
        say(f"The teacher has released {path.stem}.")

        students = {n: Person(n, passwords["student"], hub) for n in ("ada", "grace", "alan")}
        with ThreadPoolExecutor(len(students)) as pool:
            expected = dict(pool.map(lambda one: work(one, path.name, lesson), students.values()))
        for name in students:
            used = memory(name)
            say(
                f"[memory] {name}: {sum(used.values()):.0f} MiB, of which the server takes "
                f"{used['server']:.0f} and the kernel {used['kernels']:.0f}"
            )

        teacher.formgrader(f"assignment/{ASSIGNMENT}/collect")
        for name in students:
            teacher.formgrader(f"submission/{ASSIGNMENT}/{name}/autograde")
        rows = teacher.ask("GET", f"formgrader/api/submissions/{ASSIGNMENT}")
        scores = {row["student"]: float(row["score"]) for row in rows}
        for name in students:
            got = scores.get(name)
            say(f"{name}: {got if got is None else f'{got:g}'} of {points(lesson):g} points")
        if scores != expected:
            raise TrialError(f"the scores should be {expected}")
        teacher.formgrader(f"assignment/{ASSIGNMENT}/generate_feedback")
        teacher.formgrader(f"assignment/{ASSIGNMENT}/release_feedback")
        for person in students.values():
            fetch_feedback(person)
        say("Each has their own feedback.")
        if keep:
            say(
                f"{hub} stays until Control and C. Students: ada, grace, alan, password "
                f"{passwords['student']}. Teacher: teacher, password {passwords['instructor']}"
            )
            with contextlib.suppress(KeyboardInterrupt):
                while True:
                    time.sleep(1)
    say("Everything is stopped.")


def make_course(number: str, course: Path) -> None:
    """Make the teacher's course folder with an assignment in it, as a teacher would."""
    command = ["release", ASSIGNMENT, number, "--course", str(course), "--course-id", COURSE_ID]
    done = subprocess.run(
        [sys.executable, "-m", "course.grading", *command],
        cwd=refresh.ROOT,
        capture_output=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise TrialError(f"release: {done.stdout}{done.stderr}")


def work(student: Person, name: str, lesson: Notebook) -> tuple[str, float]:
    """Log in, fetch, answer, run and submit; return the name and the score it deserves."""
    if not student.log_in():
        raise TrialError(f"{student.name} could not log in")
    student.start_server()
    if student.client.get(f"/user/{student.name}/formgrader").status_code != 404:
        raise TrialError(f"{student.name} can open the formgrader")
    order = {"assignment_id": ASSIGNMENT, "course_id": COURSE_ID}
    listed = student.ask("GET", "assignments", course_id=COURSE_ID)["value"]
    if [(entry["assignment_id"], entry["status"]) for entry in listed] != [
        (ASSIGNMENT, "released")
    ]:
        raise TrialError(f"{student.name} sees {listed}")
    student.ask("POST", "assignments/fetch", order)
    file = f"{ASSIGNMENT}/{name}"
    notebook: Notebook = student.ask("GET", f"api/contents/{file}")["content"]
    score = points(lesson)
    answers = solved(notebook, lesson)
    if student.name == "grace":
        answers, missed = with_a_mistake(notebook, answers)
        score -= missed.total
    elif student.name == "alan":
        answers, score = notebook, 0.0
    student.run(file, answers)
    student.ask("PUT", f"api/contents/{file}", {"type": "notebook", "content": answers})
    submitted = student.ask("POST", "assignments/submit", order)
    if not submitted["success"]:
        raise TrialError(f"{student.name} could not submit: {submitted['value']}")
    return student.name, score


def fetch_feedback(student: Person) -> None:
    """Fetch a student's feedback, and see that it is there and nobody else's."""
    order = {"assignment_id": ASSIGNMENT, "course_id": COURSE_ID}
    student.ask("POST", "assignments/fetch_feedback", order)
    (folder,) = student.ask("GET", f"api/contents/{ASSIGNMENT}/feedback")["content"]
    (page,) = student.ask("GET", f"api/contents/{folder['path']}")["content"]
    if not page["name"].endswith(".html"):
        raise TrialError(f"{student.name} got {page['name']} as feedback")


def main(arguments: Sequence[str] | None = None) -> int:
    """Try a class and say how it went.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line, without the program's name.

    Returns
    -------
    int
        0 where every step went well, otherwise 1.
    """
    parser = argparse.ArgumentParser(prog="python -m course.grading.hub", description=__doc__)
    parser.add_argument("--lesson", default="02", help="the number of the lesson to hand out")
    parser.add_argument("--keep", action="store_true", help="keep the hub, to look at it")
    chosen = parser.parse_args(arguments)
    # Whatever ends the trial, it ends what it has started.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix="class-"))
    try:
        try_a_class(chosen.lesson, folder, lambda line: print(line, flush=True), chosen.keep)
    except (TrialError, httpx.HTTPError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        with contextlib.suppress(FileNotFoundError):
            lines = (folder / "hub.log").read_text(encoding="utf-8", errors="replace").splitlines()
            print("\n".join(["The end of the hub's log:", *lines[-40:]]), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; everything is stopped.", file=sys.stderr)
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
