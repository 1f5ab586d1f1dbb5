"""Make a call that may run on: in a thread, for a limited time, on every operating system.

When time is up, an exception is injected into the thread, again and again, until it leaves; a call
that is stuck inside C code is left behind and said to be so. This is a seat belt for one's own
slips, not a sandbox.
"""

from __future__ import annotations

import contextlib
import contextvars
import ctypes
import os
import sys
import threading
import time
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from course.exercises.source import loop_at

__all__ = ["WORKER", "TimeIsUp", "Worked", "call", "work"]

WORKER = "exercise"
"""The name of the thread."""

_GRACE = 2.0
_IMPORT_LIMIT = 60.0
_STACK = 64 * 1024**2
_HERE = os.path.dirname(os.path.abspath(__file__))


class TimeIsUp(SystemExit):
    """Injected into a worker that runs on. A SystemExit, so that its thread dies silently.

    Python makes the instance in the worker itself, at the latest when an `except` catches it.
    There it turns tracing on, so that it is raised again at the next line of the learner's code,
    which lies inside that `except` and therefore leaves it: a loop that catches everything ends.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        frame = sys._getframe().f_back
        while frame is not None and frame.f_code is not call.__code__:
            if not _is_ours(frame):
                frame.f_trace = _leave
            frame = frame.f_back
        if frame is not None:  # inside the learner's call
            sys.settrace(_leave)


def _leave(frame: types.FrameType, event: str, arg: Any) -> Any:
    """A trace function that ends whatever is not the engine's own code."""
    if _is_ours(frame) or threading.current_thread().name != WORKER:
        return None
    raise TimeIsUp


def _is_ours(frame: types.FrameType) -> bool:
    """Say whether a frame is the engine's own code."""
    return os.path.dirname(frame.f_code.co_filename) == _HERE


def _inject(thread: threading.Thread) -> None:
    if thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(TimeIsUp)
        )


def _is_importing(thread: threading.Thread) -> bool:
    """Tell whether a thread is inside an `import`: a package stopped there stays broken."""
    frame = sys._current_frames().get(thread.ident or 0)
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _spent(thread: threading.Thread, since: float, patience: list[float]) -> float:
    """Count the seconds since a moment; those of an import count against the patience instead."""
    passed = time.monotonic() - since
    if patience[0] > 0 and thread.is_alive() and _is_importing(thread):
        patience[0] -= passed
        return 0.0
    return passed


@dataclass(frozen=True)
class Worked:
    """How the thread ended.

    Attributes
    ----------
    stuck : bool
        Whether it had to be left behind.
    interrupted : bool
        Whether the learner pressed stop.
    loop : tuple
        Line and source of the loop in which time was up.
    """

    stuck: bool = False
    interrupted: bool = False
    loop: tuple[int | None, str] = (None, "")


def work(
    task: Callable[[], None], limit: float, answer_file: str, give_up: Callable[[], None]
) -> Worked:
    """Run a task in a thread for at most `limit` seconds; call `give_up` when they are over."""
    thread = _start(task)
    patience = [_IMPORT_LIMIT]
    interrupted = False
    try:
        left = limit
        while thread.is_alive() and left > 0:
            since = time.monotonic()
            thread.join(min(left, 0.05))
            left -= _spent(thread, since, patience)
    except KeyboardInterrupt:
        interrupted = True
    if not thread.is_alive():
        return Worked(interrupted=interrupted)
    give_up()
    loop = loop_at(sys._current_frames().get(thread.ident or 0), answer_file)
    interrupted = _end(thread, patience) or interrupted
    if thread.is_alive():
        _inject(thread)
        return Worked(True, interrupted, loop)
    return Worked(False, interrupted, loop)


def _start(task: Callable[[], None]) -> threading.Thread:
    """Start the thread, with room for deep recursion."""

    def body() -> None:
        try:
            context.run(task)
        except BaseException:
            sys.settrace(None)
            sys.setprofile(None)

    context = contextvars.copy_context()
    thread = threading.Thread(target=body, daemon=True, name=WORKER)
    before = threading.stack_size()
    with contextlib.suppress(ValueError):
        threading.stack_size(_STACK)
    try:
        thread.start()
    finally:
        threading.stack_size(before)
    return thread


def _end(thread: threading.Thread, patience: list[float]) -> bool:
    """Inject until the thread leaves or the grace is over; return whether stop was pressed.

    A tiny switch interval lets the exception arrive between two bytecodes of a loop that catches
    everything, not only inside its `try`.
    """
    interval = sys.getswitchinterval()
    try:
        sys.setswitchinterval(1e-6)
        left = _GRACE
        while thread.is_alive() and left > 0:
            since = time.monotonic()
            for _ in range(50):
                if not _is_importing(thread) or patience[0] <= 0:
                    _inject(thread)
                time.sleep(0)
            thread.join(0.001)
            left -= _spent(thread, since, patience)
    except KeyboardInterrupt:
        return True
    finally:
        sys.setswitchinterval(interval)
    return False


def call(answer: Any, args: Any, kwargs: Any, adapter: Callable[..., Any] | None) -> Any:
    """Call the learner's function. `TimeIsUp` knows by this frame that it is inside."""
    if adapter is None:
        return answer(*args, **kwargs)
    return adapter(answer, *args, **kwargs)
