"""Stage 1: call a learner's function, and hand on what it did as a `Run`.

Each call gets copies of its arguments and is made in a thread that can be stopped (`worker`), with
everything around it left as it was (`quiet`). An exception becomes a `Failure` (`failure`).
Nothing is judged here, and no right answer is known. A grader runs this stage in a child process
and the others in its own.
"""

from __future__ import annotations

import builtins
import contextlib
import copy
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from course.exercises import quiet, worker
from course.exercises.data import Foreign, plain, same_bits, short, steady, type_name
from course.exercises.failure import Failure, tell
from course.exercises.source import About, file_of, function_of

__all__ = ["Call", "Given", "Outcome", "Run", "given", "once", "run"]

Call = tuple[tuple[Any, ...], Mapping[str, Any]]


@dataclass(frozen=True)
class Outcome:
    """What one call did.

    Attributes
    ----------
    kind : str
        ``value``, ``raised``, ``late`` (time was up in this call) or ``skipped`` (before it).
    value : object
        The result as plain data.
    changed : tuple of str
        The arguments that the call changed.
    printed : str
        What it printed, shortened.
    failure : Failure, optional
        What it raised.
    seen : dict
        The values of the watched variables where the function returned, as plain data.
    shared : tuple of str
        The arguments, arrays, whose memory the result is or lies in.
    """

    kind: str
    value: Any = None
    changed: tuple[str, ...] = ()
    printed: str = ""
    failure: Failure | None = None
    seen: Mapping[str, Any] = field(default_factory=dict)
    shared: tuple[str, ...] = ()


@dataclass(frozen=True)
class Run:
    """What all calls of a check did.

    Attributes
    ----------
    outcomes : tuple of Outcome
        One for each call.
    again : Outcome, optional
        The first call, made once more at the end.
    warnings : tuple of str
        Python warnings, each once.
    notes : tuple of str
        What was put back: changed variables of the notebook, replaced NumPy functions.
    errors : str
        What went to stderr.
    stuck : bool
        True where a call could not be stopped and was left behind.
    interrupted : bool
        True where the learner pressed stop.
    loop : tuple
        Line and source of the loop that was running when time was up.
    about : About
        What the function itself says.
    """

    outcomes: tuple[Outcome, ...]
    again: Outcome | None = None
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    errors: str = ""
    stuck: bool = False
    interrupted: bool = False
    loop: tuple[int | None, str] = (None, "")
    about: About = field(default_factory=About)


@dataclass(frozen=True)
class Given:
    """What stands in the place of a function and cannot be called.

    Attributes
    ----------
    nothing : bool
        Whether it is None or `...`.
    value : object
        It itself as plain data.
    is_class : bool
        Whether it is a class.
    """

    nothing: bool = False
    value: Any = None
    is_class: bool = False


def given(answer: Any, takes_a_class: bool = False) -> Given | None:
    """Say what stands in a function's place; None where it can be called.

    Parameters
    ----------
    answer : object
        What the learner gave.
    takes_a_class : bool
        Whether a class will do: an adapter makes the call.
    """
    if answer is None or answer is Ellipsis:
        return Given(nothing=True)
    is_class = isinstance(answer, type)
    if callable(answer) and not (is_class and not takes_a_class):
        return None
    return Given(value=plain(answer), is_class=is_class)


def run(
    answer: Any,
    calls: Sequence[Call],
    *,
    names: Sequence[str] = (),
    adapter: Callable[..., Any] | None = None,
    limit: float | None = None,
    repeat: bool = False,
    watch: Sequence[str] = (),
) -> Run:
    """Make all calls of a check and return what they did as plain data.

    Parameters
    ----------
    answer : callable
        The learner's function; or a reference, which is called in the same way.
    calls : sequence of (args, kwargs)
        The arguments. Each call gets a copy.
    names : sequence of str
        The names of the arguments, for the messages.
    adapter : callable, optional
        ``adapter(answer, *args, **kwargs)`` in place of ``answer(*args, **kwargs)``.
    limit : float, optional
        Seconds for all calls together, in a worker thread. None for trusted code: no thread.
    repeat : bool
        Make the first call once more at the end, to see whether it remembers something.
    watch : sequence of str
        Variables of the function whose values at its return are kept.
    """
    job = _Job(answer, calls, names, adapter, watch)
    return job.at_once() if limit is None else job.apart(limit, repeat)


def once(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Outcome:
    """Call a function of our own once, without any care: see `run` for the learner's."""
    try:
        value = plain(
            function(*map(_copy, args), **{key: _copy(arg) for key, arg in kwargs.items()})
        )
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return Outcome("raised", failure=Failure(type_name(error)))
    return Outcome("value", value)


class _Job:
    """The calls of one check on their way."""

    def __init__(
        self,
        answer: Any,
        calls: Sequence[Call],
        names: Sequence[str],
        adapter: Callable[..., Any] | None,
        watch: Sequence[str],
    ) -> None:
        self.answer, self.calls, self.names, self.adapter = answer, calls, list(names), adapter
        self.watch = watch
        self.out, self.err = quiet.Sink(), quiet.Sink()
        self.outcomes: list[Outcome] = []
        self.again: Outcome | None = None
        self.caught: list[str] = []
        self.over = False

    def at_once(self) -> Run:
        """Make the calls here: the code is our own."""
        with self._catching_warnings():
            with contextlib.redirect_stdout(quiet.stream(self.out)):
                with contextlib.redirect_stderr(quiet.stream(self.err)), np.errstate():
                    self._all(False)
        return Run(tuple(self.outcomes), warnings=tuple(dict.fromkeys(self.caught)))

    def apart(self, limit: float, repeat: bool) -> Run:
        """Make the calls in a thread that can be stopped."""
        variables, texts = quiet.Globals(self.answer), list[str]()
        streams = sys.stdout, sys.stderr
        with contextlib.ExitStack() as stack:
            stack.enter_context(self._catching_warnings())
            replaced = stack.enter_context(quiet.untouched())
            stack.enter_context(quiet.descriptors(texts))
            stack.enter_context(quiet.displays())
            builtins.input = _no_input
            sys.breakpointhook = lambda *_, **__: None
            threading.excepthook = lambda _: None  # a second injection while the first leaves
            sys.stdout, sys.stderr = quiet.stream(self.out), quiet.stream(self.err)
            worked = worker.work(
                lambda: self._all(repeat), limit, file_of(self.answer), self._give_up
            )
            outcomes, printed = list(self.outcomes), self.out.take()
        sys.stdout, sys.stderr = streams
        if worked.stuck:
            _mute_the_thread()
        notes = quiet.changed_note(variables.restore()) + quiet.replaced_note(replaced)
        return Run(
            _filled(outcomes, len(self.calls), printed, "".join(texts)),
            self.again,
            tuple(dict.fromkeys(self.caught)),
            tuple(notes),
            self.err.take(),
            worked.stuck,
            worked.interrupted,
            worked.loop,
            About.of(self.answer),
        )

    def _give_up(self) -> None:
        self.over = True

    @contextlib.contextmanager
    def _catching_warnings(self) -> Iterator[None]:
        def remember(message: Any, category: type, *_: Any, **__: Any) -> None:
            if len(self.caught) < 50 and not issubclass(category, DeprecationWarning):
                said = short(steady(str(message)), 160)
                self.caught.append(f"{category.__name__}: {said}")

        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.showwarning = remember
            yield

    def _all(self, repeat: bool) -> None:
        np.seterr(all="warn")
        for index in range(len(self.calls)):
            outcome = self._one(index)
            if self.over:  # it swallowed the exception that was to end it
                return
            self.outcomes.append(outcome)
        if repeat and self.calls:
            self.again = self._one(0)

    def _one(self, index: int) -> Outcome:
        args, kwargs = self.calls[index]
        # One by one, so that no two arguments are the same array.
        args = tuple(_copy(arg) for arg in args)
        kwargs = {key: _copy(arg) for key, arg in kwargs.items()}
        named = {**{self._name(i): arg for i, arg in enumerate(args)}, **kwargs}
        before = {name: plain(arg) for name, arg in named.items()}
        quiet.seed_streams(index)
        self.out.take()
        failure: Failure | None = None
        value: Any = None
        seen: dict[str, Any] = {}
        shared: tuple[str, ...] = ()
        try:
            with _watching(self.answer, self.watch, seen):
                result = worker.call(self.answer, args, kwargs, self.adapter)
                shared = tuple(name for name, arg in named.items() if _is_in(result, arg))
                value = plain(result)
        except worker.TimeIsUp:
            raise
        except BaseException as error:
            failure = tell(error, self.answer, args, self.names, self.adapter is None)
            error.__traceback__ = None
        changed = [name for name, arg in named.items() if not same_bits(plain(arg), before[name])]
        kind = "value" if failure is None else "raised"
        return Outcome(kind, value, tuple(changed), self.out.take(), failure, seen, shared)

    def _name(self, position: int) -> str:
        return self.names[position] if position < len(self.names) else f"number {position + 1}"


def _filled(
    outcomes: list[Outcome], count: int, printed: str, low_level: str
) -> tuple[Outcome, ...]:
    """Add what is missing: the call in which time was up, and those that it kept from being."""
    if len(outcomes) < count:
        outcomes.append(Outcome("late", printed=printed))
    outcomes += [Outcome("skipped")] * (count - len(outcomes))
    if low_level and outcomes and not outcomes[0].printed:
        outcomes[0] = replace(outcomes[0], printed=low_level)
    return tuple(outcomes)


def _mute_the_thread() -> None:
    """Keep what a thread that was left behind still prints out of the lesson."""
    threads = [t for t in threading.enumerate() if t.name == worker.WORKER and t.is_alive()]
    if threads:
        sys.stdout, sys.stderr = (
            quiet.Muted(stream, threads[-1]) for stream in (sys.stdout, sys.stderr)
        )


def _copy(value: Any) -> Any:
    try:
        return copy.deepcopy(value)
    except Exception:
        if isinstance(value, tuple):
            return tuple(_copy(item) for item in value)
        if isinstance(value, list):
            return [_copy(item) for item in value]
        torch = sys.modules.get("torch")
        if torch is not None and isinstance(value, torch.Tensor):
            return value.detach().clone().requires_grad_(value.requires_grad)
        return value


@contextlib.contextmanager
def _watching(answer: Any, names: Sequence[str], seen: dict[str, Any]) -> Iterator[None]:
    """Keep the values that a function's variables have where it returns."""
    function = function_of(answer)
    watched = set(names) & set(() if function is None else function.__code__.co_varnames)
    if function is None or not watched:
        yield
        return
    code = function.__code__

    def hook(frame: Any, event: str, arg: Any) -> None:
        if event == "return" and frame.f_code is code:
            values = {name: plain(frame.f_locals[name]) for name in watched & {*frame.f_locals}}
            seen.clear()
            seen.update({n: v for n, v in values.items() if not isinstance(v, Foreign)})

    before = sys.getprofile()
    sys.setprofile(hook)
    try:
        yield
    finally:
        sys.setprofile(before)


def _is_in(result: Any, arg: Any) -> bool:
    """Tell whether a result, or an array in it, lies in an argument's memory."""
    if type(result) in (tuple, list):
        return any(_is_in(item, arg) for item in result[:100])
    both = type(result) is np.ndarray and type(arg) is np.ndarray
    return both and np.may_share_memory(result, arg)


def _no_input(*_: Any) -> str:
    raise EOFError("input() is not available while a check runs")
