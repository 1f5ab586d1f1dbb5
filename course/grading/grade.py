"""Grade a folder of submissions: in parallel, resumable, each apart from the others."""

from __future__ import annotations

import concurrent.futures
import hashlib
import json
import multiprocessing
import os
import queue
import signal
import sys
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC
from pathlib import Path
from typing import Any

from course.exercises import bank
from course.grading import kernel_rules
from course.grading.collecting import gather
from course.grading.intake import HandedIn, Piece, Released
from course.grading.process import clean_up
from course.grading.release import Trouble, open_course
from course.grading.roster import read_roster

__all__ = [
    "Work",
    "api_of",
    "digest_of_checks",
    "grade",
    "read_records",
    "released_cells",
    "what_failed",
]

BANK = Path(bank.__file__).parent


def grade(
    course: Path, assignment: str, folder: Path | None, *, jobs: int = 0, again: bool = False
) -> int:
    """Grade an assignment's submissions.

    Parameters
    ----------
    course : Path
        The course's folder.
    assignment : str
        The assignment.
    folder : Path, optional
        What was handed in, or the archive of a whole class; without it, what is in the course's
        folder ``submitted``.
    jobs : int
        How many at a time; 0 for one on each core.
    again : bool
        Also those that are graded and have not changed.

    Returns
    -------
    int
        0; 1 where the grader failed with somebody; 130 where it was interrupted.

    Raises
    ------
    Trouble
        If there is no such assignment or folder.
    """
    clean_up()
    api = open_course(course)
    released = released_cells(api, assignment)
    if folder is not None and not folder.is_dir() and folder.suffix.lower() != ".zip":
        raise Trouble(f"{folder} is no folder and no .zip archive")
    if folder is not None and not folder.exists():
        raise Trouble(f"there is no {folder}")
    if folder is None:
        people = _collected(course, assignment, set(released.notebooks))
    else:
        people = gather(folder, set(released.notebooks), read_roster(course))
    if not people:
        raise Trouble(f"nothing was handed in in {folder or course / 'submitted'}")
    checks = digest_of_checks(released.notebooks)
    salt = _salt(course, assignment, checks)
    records = course / "grading" / assignment
    records.mkdir(parents=True, exist_ok=True)
    work = Work(_grade_one, course, assignment, jobs)
    state: Counter[str] = Counter()

    def prepare() -> Any:
        """Read one student's files, one at a time: what a notebook holds may be large."""
        for person in people:
            try:
                person.read(released)
            except Exception as error:
                person.problems.append(f"the files cannot be read ({type(error).__name__})")
            if person.late:
                person.problems.append("late, by the platform's word")
            record = {
                "student": person.student,
                "problems": person.problems,
                "digest": _digest(person, salt),
                "state": "graded",
                "late": person.late,
                "came_as": person.names,
                "checks": checks,
            }
            path = records / f"{person.student}.json"
            old = _read_record(path)
            if not person.notebooks:
                record["state"] = "unreadable"
                _write_record(path, record)
                yield person.student, None, record
            elif not again and old == record and _is_there(course, assignment, person.student):
                yield person.student, None, {**record, "state": "unchanged"}
            else:
                path.unlink(missing_ok=True)  # until it is graded again
                _submit(course, assignment, person)
                yield person.student, path, record
            person.files, person.notebooks = [], {}

    failed: list[str] = []
    interrupted = work.run(prepare(), len(people), state, failed)
    _tell(state, failed, len(people), interrupted, records)
    if interrupted:
        return 130
    return 1 if state["failed"] else 0


def released_cells(api: Any, assignment: str) -> Released:
    """Read from the gradebook which notebooks and cells an assignment has.

    Raises
    ------
    Trouble
        If there is no such assignment.
    """
    from nbgrader.api import Gradebook, MissingEntry

    with Gradebook(api.coursedir.db_url, api.coursedir.course_id) as book:
        try:
            found = book.find_assignment(assignment)
        except MissingEntry:
            known = ", ".join(one.name for one in book.assignments) or "none yet"
            raise Trouble(f"there is no assignment {assignment!r}; there are: {known}") from None
        return Released(
            {
                notebook.name: frozenset(cell.name for cell in notebook.source_cells)
                for notebook in found.notebooks
            }
        )


def _collected(course: Path, assignment: str, notebooks: set[str]) -> list[HandedIn]:
    """List what nbgrader has collected."""
    people = []
    for folder in sorted((course / "submitted").glob(f"*/{assignment}")):
        person = HandedIn(folder.parent.name, names=_came_as(course, assignment, folder))
        person.files = [
            Piece(path.name, path)
            for path in sorted(folder.glob("*.ipynb"))
            if path.is_file() and not path.is_symlink()
        ]
        people.append(person)
    return people


def _came_as(course: Path, assignment: str, folder: Path) -> list[str]:
    """How a stored submission was called when it was graded first."""
    record = _read_record(course / "grading" / assignment / f"{folder.parent.name}.json")
    return record.get("came_as", []) if isinstance(record, dict) else []


def _salt(course: Path, assignment: str, checks: str) -> bytes:
    """Digest what a grade depends on beside the submission: release, configuration and checks."""
    made = hashlib.sha256(checks.encode())
    for path in [
        *sorted((course / "source" / assignment).glob("*.ipynb")),
        course / "nbgrader_config.py",
    ]:
        made.update(path.read_bytes())
    return made.digest()


def digest_of_checks(notebooks: Iterable[str]) -> str:
    """Digest the bank's modules that check the exercises of some lessons (02_rnn_cell)."""
    made = hashlib.sha256()
    for stem in sorted(notebooks):
        for path in sorted((BANK / stem.partition("_")[2]).glob("*.py")):
            made.update(path.read_bytes())
    return made.hexdigest()


def _digest(person: HandedIn, salt: bytes) -> str:
    made = hashlib.sha256(salt)
    for name, nb in sorted(person.notebooks.items()):
        told = [
            [c.cell_type, c.source, c.metadata.get("nbgrader"), c.get("attachments")]
            for c in nb.cells
        ]
        made.update(json.dumps([name, told], sort_keys=True).encode("utf-8", "surrogatepass"))
    return made.hexdigest()


def _is_there(course: Path, assignment: str, student: str) -> bool:
    return any((course / "autograded" / student / assignment).glob("*.ipynb"))


def _submit(course: Path, assignment: str, person: HandedIn) -> None:
    """Lay the cleaned notebooks where nbgrader looks for submissions."""
    import nbformat

    folder = course / "submitted" / person.student / assignment
    folder.mkdir(parents=True, exist_ok=True)
    if person.when:  # nbgrader reads the time from here, and its plugin takes points for lateness
        when = person.when.astimezone(UTC)
        (folder / "timestamp.txt").write_text(f"{when:%Y-%m-%d %H:%M:%S.%f} UTC\n")
    for name, nb in person.notebooks.items():
        path = folder / f"{name}.ipynb"
        text = nbformat.writes(nb)
        if path.exists() and not path.with_suffix(".original").exists():
            old = path.read_bytes()
            if (
                old != text.encode()
                and person.files
                and any(piece.content == path for piece in person.files)
            ):
                path.with_suffix(".original").write_bytes(old)
        temporary = path.with_suffix(".new")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)


def _read_record(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _write_record(path: Path, record: dict[str, Any]) -> None:
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(path)


def read_records(course: Path, assignment: str) -> dict[str, dict[str, Any]]:
    """Read what `grade` noted of each student: the problems of what was handed in."""
    found = {}
    for path in sorted((course / "grading" / assignment).glob("*.json")):
        record = _read_record(path)
        if isinstance(record, dict):
            found[path.stem] = record
    return found


# --- workers -----------------------------------------------------------------------------------

_API: dict[str, Any] = {}


def _begin() -> None:
    """Start a worker: only the parent answers to Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore")  # of SQLAlchemy and nbformat, about what nbgrader does
    if os.name == "posix":
        threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()


def _end_with(parent: int) -> None:
    """End this worker when its parent was killed; else it would wait for work for ever."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def api_of(course: str) -> Any:
    """Load a course's nbgrader once in this process."""
    if course not in _API:
        _API[course] = open_course(Path(course))
    return _API[course]


def _grade_one(course: str, assignment: str, student: str) -> str:
    """Let nbgrader grade one student's submission, here in a worker; return what went wrong."""
    api = api_of(course)
    done: dict[str, Any] = {}
    for _ in range(3):  # another program may hold the gradebook for a moment
        done = api.autograde(assignment, student, force=True, create=True)
        if done["success"] or "database is locked" not in str(done):
            break
    return what_failed(done)


def what_failed(done: dict[str, Any]) -> str:
    """Find the telling line in what nbgrader logged; nothing where all went well."""
    if done["success"]:
        return ""
    lines = [
        line for line in str(done.get("log") or done.get("error")).splitlines() if line.strip()
    ]
    telling = [line for line in lines if "Error" in line or "Exception" in line]
    return (telling or lines or ["nbgrader says nothing"])[-1][:300]


class Work:
    """A few workers, each a process that can die without the others.

    Parameters
    ----------
    call : callable
        ``call(course, assignment, student)``, made in a worker; it returns what went wrong.
    course : Path
        The course's folder.
    assignment : str
        The assignment.
    jobs : int
        How many workers; 0 for one on each core.
    seconds : float, optional
        How long one student may take; the worker is ended then, and a new one begins.
    """

    def __init__(
        self,
        call: Callable[[str, str, str], str],
        course: Path,
        assignment: str,
        jobs: int,
        seconds: float | None = None,
    ) -> None:
        self.call, self.course, self.assignment = call, str(course.resolve()), assignment
        self.jobs, self.seconds = jobs or os.cpu_count() or 1, seconds
        self.stop = threading.Event()

    def run(self, tasks: Any, count: int, state: Counter[str], failed: list[str]) -> bool:
        """Hand out the tasks and count what became of them; return whether it was interrupted."""
        from tqdm import tqdm

        waiting: queue.Queue[Any] = queue.Queue(maxsize=self.jobs)
        done: queue.Queue[tuple[str, str, str]] = queue.Queue()
        threads = [
            threading.Thread(target=self._serve, args=(waiting, done), daemon=True)
            for _ in range(min(self.jobs, count))
        ]
        for thread in threads:
            thread.start()
        bar = tqdm(total=count, unit="student", desc=self.assignment, file=sys.stderr)

        def note(what: str, student: str, said: str) -> None:
            state[what] += 1
            bar.update()
            if said:
                failed.append(f"{student}: {said}")
                bar.write(f"{student}: {said}", file=sys.stderr)

        interrupted = False
        given = 0
        try:
            for student, path, record in tasks:
                if path is None:
                    said = "; ".join(record["problems"]) if record["state"] == "unreadable" else ""
                    note(record["state"], student, said)
                    continue
                while True:
                    with_room = not waiting.full()
                    if with_room:
                        waiting.put((student, path, record))
                        given += 1
                        break
                    note(*done.get())
                    given -= 1
                while not done.empty():
                    note(*done.get())
                    given -= 1
            while given:
                note(*done.get())
                given -= 1
        except KeyboardInterrupt:
            interrupted = True
            self.stop.set()
            bar.write("Finishing those that are being graded …", file=sys.stderr)
        finally:
            for _ in threads:
                waiting.put(None) if not interrupted else None
            for thread in threads:
                thread.join(None if interrupted else 30)
            bar.close()
        return interrupted

    def _serve(self, waiting: queue.Queue[Any], done: queue.Queue[tuple[str, str, str]]) -> None:
        pool: concurrent.futures.ProcessPoolExecutor | None = None
        context = multiprocessing.get_context("spawn")
        while not self.stop.is_set():
            try:
                task = waiting.get(timeout=0.2)
            except queue.Empty:
                continue
            if task is None:
                break
            student, path, record = task
            try:
                if pool is None:
                    pool = concurrent.futures.ProcessPoolExecutor(
                        1, mp_context=context, initializer=_begin
                    )
                job = pool.submit(self.call, self.course, self.assignment, student)
                said = job.result(self.seconds)
            except TimeoutError:
                said = f"this took more than {self.seconds:g} seconds and was left out"
                for process in list(pool._processes.values()) if pool is not None else ():
                    process.kill()
                pool = None
            except Exception as error:  # the worker itself died
                said = f"the grader's worker ended ({type(error).__name__}); start again to retry"
                if pool is not None:
                    pool.shutdown(wait=False, cancel_futures=True)
                pool = None
            if not said and record is not None:
                try:
                    _write_record(path, record)
                except Exception as error:  # a full disk; without an answer all would wait here
                    said = f"what was noted cannot be written ({error})"
            done.put(("failed" if said else "graded", student, said))
        if pool is not None:
            pool.shutdown(wait=True)


def _tell(
    state: Counter[str], failed: list[str], count: int, interrupted: bool, records: Path
) -> None:
    words = {
        "graded": "graded",
        "unchanged": "graded before and unchanged",
        "unreadable": "not to be graded",
        "failed": "failed",
    }
    said = ", ".join(f"{state[key]} {text}" for key, text in words.items() if state[key])
    print(f"{said or 'none'} of {count}.")
    lacking = [rule for rule in ("landlock", "seccomp") if rule not in kernel_rules.available()]
    if lacking:
        print(
            f"This system has no {' and no '.join(lacking)}: students' code ran with more of your "
            "rights than on a newer Linux. See course/grading/__init__.py."
        )
    if interrupted:
        print("Interrupted: give the same command again, and it goes on with the rest.")
    elif failed:
        print(f"What was wrong stands above, in {records} and in the report.")
