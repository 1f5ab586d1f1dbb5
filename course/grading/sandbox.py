"""Run a student's notebook in a child process, and judge here what came back.

The parent holds the probes, the right answers and the clock. The child gets cells and calls, and
returns plain data (`wire`). A child that hangs is killed with all that it started; one that dies
is started again without the cell or the call that killed it. So a grade never rests on what a
student's process says of itself, and one exercise's trouble is not another's.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from course.exercises.bank import SEEDS, CodeExercise, Exercise, ValueExercise
from course.exercises.bench import Bench
from course.exercises.data import Tensor
from course.exercises.engine import judge_run
from course.exercises.explain import plain_score, refused, unattempted
from course.exercises.run import Given
from course.exercises.score import Score
from course.exercises.value import judge_given
from course.grading import wire
from course.grading.plan import Cell, Place, needed

__all__ = ["Ask", "Finding", "Limits", "collect"]

_ROOT = Path(__file__).resolve().parents[2]
_START = (
    f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from course.grading.child import main; main()"
)
_TOKEN = "SEQUENCE_COURSE_CHILD"
_MOST_THREADS = 250
_MOST_WRITTEN = 1024**3
_MOST_FILES = 20_000


@dataclass(frozen=True)
class Limits:
    """What a student's process may take.

    Attributes
    ----------
    cell : float
        Seconds for one cell of the student's.
    lesson : float
        Seconds for one cell that stands so in the lesson: it may train a network.
    submission : float
        Seconds for one notebook, restarts included.
    memory : int
        Bytes of address space, and of memory in use.
    file : int
        Bytes of one file.
    patience : float
        The check's own time limits are multiplied by it: a busy server is slow.
    kernel_rules : bool
        On Linux, forbid by the kernel new processes, signals, the network and files elsewhere.
    wrapper : tuple of str
        A command put before the child's, ``("bwrap", …)``.
    """

    cell: float = 30.0
    lesson: float = 180.0
    submission: float = 300.0
    memory: int = 3 * 1024**3
    file: int = 64 * 1024**2
    patience: float = 2.0
    kernel_rules: bool = True
    wrapper: tuple[str, ...] = ()


class Gone(Exception):
    """The child ended, broke the protocol or had to be killed; the text says which."""


class _Child:
    """One child process and the pipe to it."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.folder = tempfile.mkdtemp(prefix="grading-")
        self.token = uuid.uuid4().hex
        self.process = subprocess.Popen(
            [*limits.wrapper, sys.executable, "-I", "-B", "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            env=_environment(self.folder, self.token),
            start_new_session=os.name == "posix",
        )
        assert self.process.stdin is not None and self.process.stdout is not None
        self.requests: queue.Queue[bytes | None] = queue.Queue()
        self.replies: queue.Queue[Any] = queue.Queue()
        self.seen: set[Any] = set()
        # Threads, because a child that hangs neither reads nor writes.
        for work, stream, line in (
            (_write_requests, self.process.stdin, self.requests),
            (_read_replies, self.process.stdout, self.replies),
        ):
            threading.Thread(target=work, args=(stream, line), daemon=True).start()
        try:
            self._send(
                {
                    "memory": limits.memory,
                    "processor": int(limits.submission) + 60,
                    "file": limits.file,
                    "kernel_rules": limits.kernel_rules,
                    "writable": [self.folder],
                    "readable": _readable(),
                }
            )
            self.rules = self._reply(120.0, "it did not start")["ready"]
        except BaseException:
            self.close()
            raise

    def _send(self, request: Any) -> None:
        data = pickle.dumps(request)
        self.requests.put(struct.pack(">Q", len(data)) + data)

    def _reply(self, limit: float, late: str, soft: bool = False) -> dict[str, Any]:
        """Wait for a reply; interrupt once, where that may help, before giving up."""
        end = time.monotonic() + limit
        while True:
            left = end - time.monotonic()
            try:
                reply = self.replies.get(timeout=max(0.0, min(left, 0.25)))
            except queue.Empty:
                self._look()
                if left > 0:
                    continue
                if soft and os.name == "posix":
                    with contextlib.suppress(OSError):
                        self.process.send_signal(signal.SIGINT)
                    return self._reply(3.0, late)
                raise Gone(late) from None
            if isinstance(reply, dict):
                return reply
            raise Gone("your code ended Python" if reply is None else "your code broke the pipe")

    def ask(self, request: Any, limit: float, late: str, soft: bool = False) -> dict[str, Any]:
        """Send a request and wait for its reply.

        Raises
        ------
        Gone
            If there is none in time, or nothing that can be read.
        """
        self._send(request)
        return self._reply(limit, late, soft)

    def _look(self) -> None:
        """Look at what the child takes while it is waited for.

        Raises
        ------
        Gone
            If it is too much.
        """
        if self._memory() > self.limits.memory:
            raise Gone("your code takes too much memory")
        try:
            import psutil

            process = psutil.Process(self.process.pid)
            threads = process.num_threads()
            # Not on macOS. It counts files that are removed while they are open, too.
            told = process.io_counters() if hasattr(process, "io_counters") else None
            written = getattr(told, "write_chars", getattr(told, "write_bytes", 0))
        except Exception:
            return
        if threads > _MOST_THREADS:
            raise Gone("your code starts too many threads")
        size, files = _size(self.folder)
        if max(written, size) > _MOST_WRITTEN or files > _MOST_FILES:
            raise Gone("your code writes too much, or too many files")

    def _memory(self) -> int:
        try:
            import psutil

            self.seen |= set(psutil.Process(self.process.pid).children(recursive=True))
            family = [psutil.Process(self.process.pid), *self.seen]
            total = 0
            for one in family:
                with contextlib.suppress(psutil.Error):
                    total += one.memory_info().rss
            return total
        except Exception:
            return 0

    def close(self) -> None:
        """End the child and whatever it has started, and remove its folder."""
        self._memory()  # notes its children while they still are
        if os.name == "posix":
            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            self.process.kill()
        for one in self.seen | set(_marked(self.token)):
            with contextlib.suppress(Exception):
                one.kill()
        self.requests.put(None)
        with contextlib.suppress(Exception):
            self.process.wait(10)
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(Exception):
                if stream is not None:
                    stream.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _size(folder: str) -> tuple[int, int]:
    """Count the bytes and the files below a folder, up to a bit more than is allowed."""
    size = files = 0
    for here, folders, names in os.walk(folder):
        files += len(folders) + len(names)
        for name in names[:_MOST_FILES]:
            with contextlib.suppress(OSError):
                told = os.lstat(os.path.join(here, name))
                size += getattr(told, "st_blocks", 0) * 512 or told.st_size
        if files > _MOST_FILES:
            break
    return size, files


def _marked(token: str) -> Iterator[Any]:
    """Find processes that inherited the child's environment: those that left its group, too."""
    if not sys.platform.startswith("linux"):
        return
    mark = f"{_TOKEN}={token}".encode()
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(Exception):
            if mark in Path(entry.path, "environ").read_bytes():
                import psutil

                yield psutil.Process(int(entry.name))


def _environment(folder: str, token: str) -> dict[str, str]:
    """Make an environment with nothing of the grader's in it."""
    from course.maintenance.pinned import THREADS

    kept = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TZ")
    fonts = Path(folder, "matplotlib")
    fonts.mkdir(mode=0o777)
    with contextlib.suppress(Exception):  # else each child would look for fonts anew
        import matplotlib

        for cache in Path(matplotlib.get_cachedir()).glob("fontlist*.json"):
            shutil.copy(cache, fonts)
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        **dict.fromkeys(THREADS, "1"),
        "HOME": folder,
        "TMPDIR": folder,
        "TEMP": folder,
        "TMP": folder,
        "IPYTHONDIR": str(Path(folder, "ipython")),
        "MPLCONFIGDIR": str(fonts),
        "MPLBACKEND": "agg",
        "CUDA_VISIBLE_DEVICES": "",
        _TOKEN: token,
    }


def _readable() -> list[str]:
    """List the folders that Python, its packages and the course are read from."""
    import sysconfig

    paths = {
        sys.prefix,
        sys.base_prefix,
        sys.exec_prefix,
        str(_ROOT / "helpers"),
        str(_ROOT / "course"),
    }
    paths |= {str(_ROOT / name) for name in ("helpers", "course", "data")}
    paths |= {*(p for p in sysconfig.get_paths().values() if p)}
    paths |= {path for path in sys.path if path.endswith(("site-packages", "dist-packages"))}
    system = {"/usr", "/lib", "/lib64", "/bin", "/etc", "/sys", "/opt"}
    system |= {f"/dev/{name}" for name in ("null", "zero", "random", "urandom")}
    system |= {f"/proc/{name}" for name in ("self", "cpuinfo", "meminfo", "stat", "sys")}
    return sorted(paths | system)


def _write_requests(stream: BinaryIO, requests: queue.Queue[bytes | None]) -> None:
    """Write what is queued; a child that is gone shows in its replies."""
    with contextlib.suppress(OSError, ValueError):
        while (data := requests.get()) is not None:
            stream.write(data)
            stream.flush()


def _read_replies(stream: BinaryIO, replies: queue.Queue[Any]) -> None:
    """Put each message into the queue; False after one that cannot be read, None at the end."""
    try:
        while True:
            head = stream.read(wire.HEAD)
            if not head:
                replies.put(None)
                return
            text, block = wire.read_head(head)
            data = wire.unpack(stream.read(text), stream.read(block))
            if not isinstance(data, dict) or replies.qsize() > 1:  # one reply to one request
                raise wire.Malformed("no reply")
            replies.put(data)
    except (wire.Malformed, MemoryError):
        replies.put(False)
    except (OSError, ValueError):
        replies.put(None)


# --- asking ----------------------------------------------------------------------------------


@dataclass
class Ask:
    """An exercise to be looked for in a notebook.

    Attributes
    ----------
    exercise : Exercise
        With the points that it has in this assignment.
    variable : str
        The name that the release's check cell passes.
    places : list of Place
        Where its answers stand.
    seeds : tuple of int
        What the grader's own probes are made from.
    """

    exercise: Exercise
    variable: str
    places: list[Place]
    seeds: tuple[int, ...]


@dataclass
class Finding:
    """What an exercise earned, and where the answer was.

    Attributes
    ----------
    score : Score
        Points and message.
    notes : list of str
        What a teacher should know: a copied cell, a renamed function.
    seconds : float
        How long it took.
    """

    score: Score
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0


_BENCHES: dict[Any, Bench] = {}


def _bench(exercise: CodeExercise, seeds: tuple[int, ...]) -> Bench:
    """Make an exercise's probes and right answers once in this process."""
    key = exercise.name, exercise.total, seeds
    if key not in _BENCHES:
        bench = Bench(exercise, seeds)
        _ = bench.wanted
        _BENCHES[key] = bench
    return _BENCHES[key]


class _Look:
    """One exercise at one place: the requests to send, and the judgement of the replies."""

    def __init__(self, ask: Ask, place: Place) -> None:
        self.ask, self.place = ask, place
        self.score: Score | None = None
        self.found_as = ""

    def look(self, child: _Child, errors: dict[int, str], patience: float) -> None:
        """Send the requests and judge. Raises `Gone` where the child did not survive them."""
        exercise = self.ask.exercise
        if isinstance(exercise, ValueExercise):
            reply = child.ask(("value", self.place.names), 30.0, "your value cannot be read")
            self.score = self._of_value(exercise, reply, errors)
            return
        assert isinstance(exercise, CodeExercise)
        own = self._code(child, exercise, SEEDS, errors, patience)
        self.score = own
        if own == 0:
            return
        unseen = self._code(child, exercise, self.ask.seeds, errors, patience)
        if unseen < own:
            said = "With the check's own inputs it goes further; the grader uses others as well."
            self.score = unseen.with_note(said)

    def _code(
        self,
        child: _Child,
        exercise: CodeExercise,
        seeds: tuple[int, ...],
        errors: dict[int, str],
        patience: float,
    ) -> Score:
        bench = _bench(exercise, seeds)
        calls = [(probe.args, dict(probe.kwargs)) for probe in bench.probes]
        limit = exercise.time_limit * patience
        reply = child.ask(
            ("code", exercise.name, self.place.names, calls, limit, bench.watch),
            limit + max(5.0, limit),
            f"after {limit:g} seconds your function still ran, and could not be stopped",
        )
        early = self._of_no_answer(reply, errors)
        if early is not None:
            return early
        try:
            if "given" in reply:
                given = Given(value=reply["given"], is_class=bool(reply["class"]))
                return self._judged(lambda: refused(exercise, given))
            done = wire.run_from_data(reply["run"], len(calls))
        except (wire.Malformed, KeyError, ValueError, TypeError):
            raise Gone("your code broke the pipe") from None
        score = self._judged(lambda: judge_run(bench, done))
        if done.stuck:
            self.score = score
            raise Gone("")
        return score

    def _of_value(
        self, exercise: ValueExercise, reply: dict[str, Any], errors: dict[int, str]
    ) -> Score:
        early = self._of_no_answer(reply, errors)
        if early is not None:
            return early
        if "value" not in reply:
            raise Gone("your code broke the pipe")
        value = reply["value"]
        given = value.array if isinstance(value, Tensor) else value
        return self._judged(lambda: judge_given(exercise, given))

    def _judged(self, judge: Callable[[], Score]) -> Score:
        """Judge; a result that the judge itself stumbles over earns nothing."""
        try:
            return judge()
        except Exception as error:
            said = f"The result cannot be compared ({type(error).__name__})."
            return plain_score(self.ask.exercise, "wrong", [said])

    def _of_no_answer(self, reply: dict[str, Any], errors: dict[int, str]) -> Score | None:
        exercise = self.ask.exercise
        if "nothing" in reply:
            return unattempted(exercise)
        if "ours" in reply:
            said = "This is the course's own answer, not yours: it earns nothing."
            return plain_score(exercise, "wrong", [said])
        if "missing" not in reply:
            return None
        error = errors.get(self.place.after)
        if error:
            said = (
                f"The cell stops with `{error.replace('`', chr(39))}`, so there is no "
                f"`{self.ask.variable}` to check."
            )
            return plain_score(exercise, "wrong", [said])
        return None if self.place.elsewhere else missing(self.ask)


def missing(ask: Ask) -> Score:
    """Say that an exercise's answer is not in the notebook."""
    said = (
        f"There is no `{ask.variable}` in this notebook: the exercise's cell was removed, or its "
        "name was changed, and no other cell gives it."
    )
    return plain_score(ask.exercise, "unattempted", [said])


def collect(
    sources: Sequence[str],
    cells: Sequence[Cell],
    asks: Sequence[Ask],
    limits: Limits,
    lesson: Collection[int] = (),
) -> list[Finding]:
    """Run what is needed of a notebook and judge each exercise.

    Parameters
    ----------
    sources : sequence of str
        The texts of the code cells.
    cells : sequence of Cell
        The same cells, read.
    asks : sequence of Ask
        The exercises.
    limits : Limits
        What the student's process may take.
    lesson : collection of int
        The cells that stand so in the lesson.

    Returns
    -------
    list of Finding
        In the order of the asks.
    """
    end = time.monotonic() + limits.submission
    started = time.monotonic()
    looks = [_Look(ask, place) for ask in asks for place in ask.places]
    plan = needed(cells, sorted({look.place.after for look in looks}))
    patience = [limits.lesson if i in lesson else limits.cell for i in range(len(sources))]
    _run(sources, patience, plan, looks, limits, end)
    again = [look for look in looks if _lacks_a_name(look, cells, plan)]
    if again:  # reading did not tell all: run everything, as the student did
        for look in again:
            look.score = None
        everything = {i for i, cell in enumerate(cells) if not cell.only_checks}
        _run(sources, patience, everything, again, limits, end)
    seconds = time.monotonic() - started
    return [_finding(ask, [look for look in looks if look.ask is ask], seconds) for ask in asks]


def _lacks_a_name(look: _Look, cells: Sequence[Cell], plan: set[int]) -> bool:
    """Tell whether an answer failed for want of a name that a cell left out would give."""
    if look.score is None or look.score.state not in ("wrong", "partly"):
        return False
    left_out = set().union(
        *(cell.gives for i, cell in enumerate(cells) if i not in plan and i < look.place.after)
    )
    names = re.findall(r"NameError: name '(\w+)' is not defined", look.score.message)
    return any(name in left_out for name in names)


def _run(
    sources: Sequence[str],
    patience: Sequence[float],
    plan: set[int],
    looks: Sequence[_Look],
    limits: Limits,
    end: float,
) -> None:
    """Run the cells in order and look at the answers, with a new child after each death."""
    bad: set[int] = set()
    errors: dict[int, str] = {}
    child: _Child | None = None
    try:
        while any(look.score is None for look in looks):
            if time.monotonic() > end:
                for look in looks:
                    if look.score is None:
                        look.score = _stopped(look, "The time for the whole notebook was over.")
                return
            current: int | _Look | None = None
            try:
                child = _Child(limits)
                for i, source in enumerate(sources):
                    if not any(k.score is None and k.place.after >= i for k in looks):
                        break
                    if i in plan and i not in bad:
                        current = i
                        left = min(patience[i], max(1.0, end - time.monotonic()))
                        late = f"the cell still ran after {left:.0f} seconds"
                        said = child.ask(("cell", source), left, late, soft=True).get("error")
                        if not isinstance(said, str):
                            raise Gone("your code broke the pipe")
                        errors[i] = said[:400]
                    for look in looks:
                        if look.place.after == i and look.score is None:
                            current = look
                            look.look(child, errors, limits.patience)
                            if look.score is None:
                                look.score = missing(look.ask)
            except Gone as gone:
                if isinstance(current, _Look):
                    if current.score is None or str(gone):
                        current.score = _stopped(current, _sentence(gone))
                elif current is not None:
                    bad.add(current)
                    errors[current] = str(gone)
                else:
                    raise RuntimeError(f"the child process cannot be started: {gone}") from None
            finally:
                if child is not None:
                    child.close()
                    child = None
    finally:
        if child is not None:
            child.close()


def _sentence(gone: Gone) -> str:
    text = str(gone)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _stopped(look: _Look, text: str) -> Score:
    return plain_score(look.ask.exercise, "stopped", [text])


def _finding(ask: Ask, looks: list[_Look], seconds: float) -> Finding:
    """Choose among the places: the last attempt counts, the exercise's own cells first."""
    if not looks:
        return Finding(missing(ask), ["no cell of this exercise was found"], seconds)
    scored = [look for look in looks if look.score is not None]

    def attempts(elsewhere: bool) -> list[_Look]:
        return [
            look
            for look in scored
            if look.place.elsewhere is elsewhere
            and look.score is not None
            and look.score.state != "unattempted"
        ]

    chosen = (attempts(False) or attempts(True) or scored)[-1]
    assert chosen.score is not None
    notes = []
    if chosen.place.elsewhere and chosen.score.state != "unattempted":
        notes.append("the answer was found in a cell of the student's own")
    if len({look.score.message for look in attempts(False) if look.score is not None}) > 1:
        notes.append("the exercise stands more than once; the last attempt counted")
    return Finding(chosen.score, notes, seconds)


def with_points(exercise: Exercise, points: float) -> Exercise:
    """Give an exercise other points; its parts keep their shares.

    Parameters
    ----------
    exercise : Exercise
        From the bank.
    points : float
        What it is worth in this assignment.
    """
    if points == exercise.total:
        return exercise
    factor = points / exercise.total
    return replace(exercise, points={part: of * factor for part, of in exercise.parts.items()})
