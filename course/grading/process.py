"""The child process of a student's code, as its parent sees it: limits, requests, its end."""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from course.grading import wire

__all__ = ["SHORT", "Child", "Gone", "Limits", "clean_up", "readable"]

_ROOT = Path(__file__).resolve().parents[2]
_START = (
    f"import sys; sys.path.insert(0, {str(_ROOT)!r}); from course.grading.child import main; main()"
)
_TOKEN = "SEQUENCE_COURSE_CHILD"
_FOLDER = "sequence-course-grading-"
_MOST_THREADS = 250
_MOST_WRITTEN = 1024**3
_MOST_FILES = 20_000


SHORT = 2.0  # seconds: an answer takes less, and a notebook full of loops ends


@dataclass(frozen=True)
class Limits:
    """What a student's process may take.

    Attributes
    ----------
    cell : float
        Seconds for one cell of the student's.
    wasted : float
        Seconds that cells and answers may take which have to be stopped; after these, each other
        one of the student's gets `SHORT`.
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

    cell: float = 20.0
    wasted: float = 20.0
    lesson: float = 180.0
    submission: float = 300.0
    memory: int = 3 * 1024**3
    file: int = 64 * 1024**2
    patience: float = 2.0
    kernel_rules: bool = True
    wrapper: tuple[str, ...] = ()


def clean_up() -> None:
    """Remove the folders that graders left behind which were killed."""
    import psutil

    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*"):
        owner = folder.name.removeprefix(_FOLDER).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


class Gone(Exception):
    """The child ended, broke the protocol or had to be killed; the text says which."""


class Child:
    """One child process and the pipe to it."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.folder = tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-")
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
                    "readable": readable(),
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


def readable() -> list[str]:
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
