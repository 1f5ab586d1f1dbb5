"""The child: it runs a student's cells and calls their answers, and is trusted with nothing.

The parent (`sandbox`) starts it with `python -I`, sends it cells and calls, and reads plain data
back. No expected value ever comes here. Whatever the student's code does to this process, the
worst that it can send is a wrong answer or no message at all.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import os
import pickle
import signal
import struct
import sys
from typing import Any, BinaryIO

from course.grading.watching import Watch

__all__ = ["main"]

_EXERCISES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "exercises")


def main() -> None:
    """Read requests from stdin until it is closed, and answer each on what was stdout."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = _receive(requests)
    # For cells with `await`: a loop holds a pair of sockets, which cannot be made under the rules.
    from IPython.core.async_helpers import get_asyncio_loop

    get_asyncio_loop()
    rules = _limit(settings)
    from course.grading.wire import pack

    bench = _Bench()
    replies.write(pack({"ready": rules}))
    replies.flush()
    while (request := _receive(requests)) is not None:
        kind, *rest = request
        if kind == "cell":
            answer = bench.run_cell(*rest)
        elif kind == "code":
            answer = bench.call(*rest)
        else:
            answer = bench.value(*rest)
        replies.write(pack(answer))
        replies.flush()


def _receive(stream: BinaryIO) -> Any:
    """Read one request of the parent's, which is trusted, or None at the end."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    (size,) = struct.unpack(">Q", head)
    return pickle.loads(stream.read(size))


def _limit(settings: dict[str, Any]) -> list[str]:
    """Set the limits that no code in here can lift again, and say which ones hold."""
    rules: list[str] = []
    os.umask(0o077)
    try:
        import resource
    except ImportError:  # Windows
        return rules
    for name, limit in (
        ("RLIMIT_CORE", 0),
        ("RLIMIT_AS", settings["memory"]),
        ("RLIMIT_CPU", settings["processor"]),
        ("RLIMIT_FSIZE", settings["file"]),
    ):
        with contextlib.suppress(AttributeError, ValueError, OSError):
            number = getattr(resource, name)
            hard = resource.getrlimit(number)[1]
            limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
            resource.setrlimit(number, (limit, limit))
            rules.append(name)
    with contextlib.suppress(AttributeError, ValueError):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # an error where the file is written
    if settings["kernel_rules"]:
        from course.grading import kernel_rules

        rules += kernel_rules.apply(settings["writable"], settings["readable"])
    return rules


class _Bench:
    """The notebook's namespace, in IPython's own shell so that magics work."""

    def __init__(self) -> None:
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config

        import course.exercises
        from course.exercises import Score

        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        self.shell = InteractiveShell.instance(config=config)
        self.shell.ask_exit = _nothing  # type: ignore[attr-defined]
        # `!pip install` in an answer's cell is no reason to stop.
        self.shell.system = _nothing  # type: ignore[method-assign]
        # Figures are drawn by nobody here, whatever `%matplotlib` asks for.
        self.shell.magics_manager.register_function(_nothing, magic_name="matplotlib")
        self.space = self.shell.user_ns
        self.watch = Watch()
        # The notebook's own checks judge nothing here: they would only cost time.
        nothing = Score(0.0, 0.0)
        for name in ("check", "hint", "progress"):
            setattr(course.exercises, name, lambda *_, **__: nothing)
        course.exercises.use = self._use

    def _use(self, name: str, answer: Any = None) -> Any:
        """Give the student's own answer where there is one; the course's only stands in for none.

        Parameters
        ----------
        name : str
            The exercise.
        answer : object, optional
            The student's function or value; what somebody keeps in `mine/` is never read here.
        """
        from course.exercises.bank import CodeExercise, ValueExercise, find

        exercise = find(name)
        code = getattr(answer, "__code__", None)
        unsolved = code is not None and code.co_names == ("NotImplementedError",)
        if exercise is None or not (answer is None or answer is Ellipsis or unsolved):
            return answer
        if isinstance(exercise, CodeExercise):
            self.watch.hand_out(exercise.reference)
            return exercise.reference
        return exercise.value if isinstance(exercise, ValueExercise) else answer

    def run_cell(self, source: str) -> dict[str, Any]:
        """Run a cell to its end or to its error."""
        handler = getattr(signal, "default_int_handler", signal.SIG_DFL)
        signal.signal(signal.SIGINT, handler)
        try:
            with self.watch.watching():
                result = self.shell.run_cell(source, store_history=False, silent=False)
            error = result.error_before_exec or result.error_in_exec
        except BaseException as caught:
            error = caught
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            with contextlib.suppress(Exception):
                pyplot.close("all")
        return {"error": _told(error) if error is not None else "", "seen": self.watch.take()}

    def _find(self, names: tuple[str, ...]) -> tuple[bool, Any]:
        for name in names:
            if name in self.space:
                return True, self.space[name]
        return False, None

    def call(
        self,
        exercise: str,
        names: tuple[str, ...],
        calls: list[Any],
        limit: float,
        watch: tuple[str, ...],
    ) -> dict[str, Any]:
        """Make the calls of a code exercise and return what they did."""
        from course.exercises.bank import CodeExercise, find
        from course.exercises.run import given, run
        from course.exercises.source import function_of
        from course.grading.wire import run_as_data

        known = find(exercise)
        assert isinstance(known, CodeExercise)
        found, answer = self._find(names)
        if not found:
            return {"missing": True}
        instead = given(answer, takes_a_class=known.call is not None)
        if instead is not None:
            return (
                {"nothing": True}
                if instead.nothing
                else {
                    "given": instead.value,
                    "class": instead.is_class,
                }
            )
        function = function_of(answer)
        if function is not None and os.path.dirname(function.__code__.co_filename) == _EXERCISES:
            return {"ours": True}
        with self.watch.watching(_of_package(known), known.reference):
            done = run(
                answer,
                calls,
                names=known.argument_names,
                adapter=known.call,
                limit=limit,
                repeat=True,
                watch=watch,
            )
        return {"run": run_as_data(done), "seen": self.watch.take()}

    def value(self, names: tuple[str, ...]) -> dict[str, Any]:
        """Give a variable as plain data."""
        from course.exercises.data import plain

        found, answer = self._find(names)
        if not found:
            return {"missing": True}
        if answer is None or answer is Ellipsis:
            return {"nothing": True}
        return {"value": plain(answer)}


def _told(error: BaseException) -> str:
    """Tell an exception in one line."""
    from course.exercises.data import short, steady

    name = type(error).__name__
    if isinstance(error, SyntaxError):
        return short(steady(f"{name}: {error.msg} in line {error.lineno}"), 300)
    try:
        text = str(error).strip()
    except Exception:
        text = ""
    return short(steady(f"{name}: {text}".splitlines()[0]), 300) if text else name


def _of_package(exercise: Any) -> Any:
    """The package's own version of what an exercise asks for; None where there is none."""
    if not exercise.package:
        return None
    module, name = exercise.built
    found: Any = importlib.import_module(f"helpers.{module}")
    for part in name.split("."):
        found = getattr(found, part)
    return inspect.unwrap(found)


def _nothing(*_: Any, **__: Any) -> None:
    """Do nothing."""


if __name__ == "__main__":
    main()
