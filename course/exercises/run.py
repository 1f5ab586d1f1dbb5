"""Call a learner's function so that nothing it does reaches the lesson.

`run` makes every call of a check in a worker thread and returns plain data: arrays, scalars,
strings, tuples. It judges nothing. Time limits work on every operating system: when time is up,
an exception is injected into the worker, again and again, until it leaves; a call that is stuck
inside C code is left behind and said to be so. This is a seat belt for one's own slips, not a
sandbox.
"""

from __future__ import annotations

import builtins
import contextlib
import contextvars
import copy
import ctypes
import io
import os
import random
import sys
import tempfile
import threading
import time
import types
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from course.exercises.explain import (
    Failure,
    explain,
    file_of,
    function_of,
    loop_at,
    short,
    steady,
    type_name,
)

__all__ = [
    "Foreign",
    "Huge",
    "Outcome",
    "Run",
    "Tensor",
    "plain",
    "replaced_note",
    "run",
    "untouched",
]

_MOST_BYTES = 64 * 1024**2
_MOST_LEAVES = 200_000
_MOST_PRINTED = 20_000
_GRACE = 2.0
_IMPORT_LIMIT = 60.0
_STACK = 64 * 1024**2
_WORKER = "exercise"


# --- plain data --------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Tensor:
    """A torch tensor, kept as an array and the name of its dtype."""

    array: np.ndarray
    dtype: str


@dataclass(frozen=True)
class Foreign:
    """Something that is no data: a generator, a class, a ragged array, an object."""

    type: str
    advice: str = ""


@dataclass(frozen=True)
class Huge:
    """An array too large to be copied."""

    shape: tuple[int, ...]
    dtype: str


def plain(value: Any) -> Any:
    """Copy a value into plain data, without calling any of its own methods.

    Parameters
    ----------
    value : object
        Whatever a function returned.

    Returns
    -------
    object
        None, bool, int, float, complex, str, bytes, arrays of numbers or text, tuples, lists,
        dicts and sets of these; `Tensor` for a torch tensor; `Foreign` or `Huge` for the rest.
    """
    try:
        return _plain(value, [_MOST_LEAVES], 0)
    except _TooMuch as error:
        return Foreign(str(error))


class _TooMuch(Exception):
    """Says in which way a value is too large."""


def _plain(value: Any, left: list[int], depth: int) -> Any:
    left[0] -= 1
    kind = type(value)
    if left[0] < 0:
        raise _TooMuch("a collection of more than 200,000 entries")
    if depth > 30:
        raise _TooMuch("a collection nested more than 30 deep")
    if value is None or kind is bool or kind is float or kind is complex:
        return value
    if kind is int:
        return value if value.bit_length() < 4096 else Foreign("an integer of over 1,000 digits")
    if issubclass(kind, np.generic):
        if value.dtype.kind in "biufcUS":
            return np.array(value)
        return Foreign(type_name(value))
    if issubclass(kind, np.ndarray):
        return _plain_array(value, kind)
    if issubclass(kind, str):
        left[0] -= str.__len__(value) // 16
        text = str.__str__(value)
        return text if left[0] >= 0 else Foreign(f"a string of {len(text):,} characters")
    if issubclass(kind, bytes):
        return bytes.__getitem__(value, slice(0, 100_000))
    if issubclass(kind, int):
        return int.__int__(value)
    if issubclass(kind, float):
        return float.__float__(value)
    if issubclass(kind, tuple):
        return tuple(_plain(item, left, depth + 1) for item in tuple.__iter__(value))
    if issubclass(kind, list):
        return [_plain(item, left, depth + 1) for item in list.__iter__(value)]
    if issubclass(kind, dict):
        return {_key(key): _plain(item, left, depth + 1) for key, item in dict.items(value)}
    if issubclass(kind, set | frozenset):
        base = set if issubclass(kind, set) else frozenset
        return {_key(item) for item in base.__iter__(value)}
    torch = sys.modules.get("torch")
    if torch is not None and issubclass(kind, torch.Tensor):
        return _plain_tensor(value, torch)
    return _foreign(value, kind)


def _key(key: Any) -> Any:
    """Make a dict's key or a set's member plain and hashable."""
    made = plain(key)
    if isinstance(made, np.ndarray):
        return made.item() if made.ndim == 0 else Foreign("array")
    try:
        hash(made)
    except TypeError:
        return Foreign(type_name(key))
    return made


def _plain_array(value: np.ndarray, kind: type) -> Any:
    dtype = np.ndarray.dtype.__get__(value)
    shape = np.ndarray.shape.__get__(value)
    if dtype.kind == "O":
        return Foreign(
            "an array of Python objects", "Its rows probably have different lengths or shapes."
        )
    if dtype.kind not in "biufcUS":
        return Foreign(f"an array of {dtype.name}")
    if np.ndarray.nbytes.__get__(value) > _MOST_BYTES:
        return Huge(tuple(shape), dtype.name)
    if kind is not np.ndarray and kind.__module__.partition(".")[0] == "numpy":
        return Foreign(f"a {type_name(value)}", "Return a plain array: `np.asarray(…)`.")
    return np.array(value, copy=True, subok=False, order="C")


def _plain_tensor(value: Any, torch: Any) -> Any:
    base = torch.Tensor
    dtype = str(value.dtype).removeprefix("torch.")
    shape = tuple(value.shape)
    if value.numel() * value.element_size() > _MOST_BYTES:
        return Huge(shape, dtype)
    if value.is_sparse or value.is_quantized or value.device.type == "meta":
        return Foreign("a sparse, quantised or empty (meta) tensor")
    tensor = base.cpu(base.detach(value))
    if value.dtype is torch.bfloat16:
        tensor = base.float(tensor)
    array = base.numpy(tensor.resolve_conj().resolve_neg())
    return Tensor(np.array(array, copy=True, order="C"), dtype)


def _foreign(value: Any, kind: type) -> Foreign:
    if isinstance(value, types.GeneratorType):
        with contextlib.suppress(BaseException):
            value.close()
        return Foreign("a generator", "A `yield` makes one; collect the values and `return` them.")
    if isinstance(value, types.CoroutineType):
        with contextlib.suppress(BaseException):
            value.close()
        return Foreign("a coroutine", "Take the word `async` off your function.")
    if kind is map or kind is filter or kind is zip or kind is range or kind is enumerate:
        return Foreign(f"a {kind.__name__} object", "Make a list of it: `list(…)`.")
    if issubclass(kind, type):
        return Foreign("a class", "Return a value, not its type.")
    if (
        kind in (types.FunctionType, types.BuiltinFunctionType, types.MethodType)
        or kind is np.ufunc
    ):
        return Foreign("a function", "Are the brackets missing after its name?")
    if value is Ellipsis:
        return Foreign("the placeholder `...`", "Put your result in its place.")
    if value is NotImplemented:
        return Foreign("NotImplemented")
    return Foreign(f"an object of type {type_name(value)}")


# --- what a run returns ----------------------------------------------------------------------


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
    """

    kind: str
    value: Any = None
    changed: tuple[str, ...] = ()
    printed: str = ""
    failure: Failure | None = None


@dataclass(frozen=True)
class Run:
    """What all calls of a check did.

    Attributes
    ----------
    outcomes : list of Outcome
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
    """

    outcomes: list[Outcome]
    again: Outcome | None = None
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    errors: str = ""
    stuck: bool = False
    interrupted: bool = False
    loop: tuple[int | None, str] = (None, "")


# --- leaving the lesson as it was ------------------------------------------------------------


def _functions_of(module: Any) -> dict[str, Any]:
    wanted = (types.FunctionType, types.BuiltinFunctionType, type, np.ufunc)
    found = {}
    for name, value in list(vars(module).items()):
        is_function = isinstance(value, wanted) or type(value).__name__.startswith("_ArrayFunction")
        if is_function and not name.startswith("_"):
            found[name] = value
    if module is builtins:
        found.pop("input", None)
    return found


_ORIGINALS: dict[str, dict[str, Any]] = {
    name: _functions_of(sys.modules[name])
    for name in ("numpy", "numpy.linalg", "numpy.random", "math", "builtins")
    if name in sys.modules
}
_SHORT = {"numpy": "np", "numpy.linalg": "np.linalg", "numpy.random": "np.random"}


def _wrapped_by_torch(current: Any, original: Any) -> bool:
    """Say whether torch itself wrapped its function, as the first use of an optimiser does."""
    code = getattr(current, "__code__", None)
    if code is None or getattr(current, "__wrapped__", None) is not original:
        return False
    torch = sys.modules.get("torch")
    home = os.path.dirname(str(getattr(torch, "__file__", ""))) + os.sep
    return torch is not None and code.co_filename.startswith(home)


def _restore_functions() -> dict[tuple[str, str], Any]:
    """Put back functions of NumPy, torch and Python that were replaced; return the replacements."""
    for name in ("torch", "torch.nn.functional"):
        if name in sys.modules and name not in _ORIGINALS:
            _ORIGINALS[name] = _functions_of(sys.modules[name])
    replaced = {}
    missing = object()
    for module_name, functions in _ORIGINALS.items():
        space = vars(sys.modules[module_name])
        for name, original in functions.items():
            current = space.get(name, missing)
            if current is not original and not _wrapped_by_torch(current, original):
                replaced[module_name, name] = current
                space[name] = original
    return {key: value for key, value in replaced.items() if value is not missing}


@contextlib.contextmanager
def untouched() -> Iterator[list[str]]:
    """Run a block and leave random streams, settings and library functions as they were.

    Yields
    ------
    list of str
        Notes on what had been replaced before the block, to be shown to the learner.
    """
    python_state = random.getstate()
    numpy_state = np.random.get_state()  # noqa: NPY002
    torch = _torch()
    if torch is not None:
        torch_state, torch_dtype = torch.get_rng_state(), torch.get_default_dtype()
        has_cuda = torch.cuda.is_initialized()
        cuda_states = torch.cuda.get_rng_state_all() if has_cuda else []
    directory = os.getcwd()
    environment = dict(os.environ)
    recursion = sys.getrecursionlimit()
    numpy_errors = np.geterr()
    hooks = sys.breakpointhook, builtins.input, threading.excepthook
    replaced = _restore_functions()
    names = [f"{_SHORT.get(module, module)}.{name}" for module, name in replaced]
    try:
        yield names
    finally:
        _restore_functions()
        for (module, name), value in replaced.items():
            setattr(sys.modules[module], name, value)
        sys.breakpointhook, builtins.input, threading.excepthook = hooks
        sys.setrecursionlimit(recursion)
        np.seterr(**numpy_errors)
        random.setstate(python_state)
        np.random.set_state(numpy_state)  # noqa: NPY002
        if torch is not None:
            torch.set_rng_state(torch_state)
            torch.set_default_dtype(torch_dtype)
            if cuda_states:
                torch.cuda.set_rng_state_all(cuda_states)
        with contextlib.suppress(OSError):
            if os.getcwd() != directory:
                os.chdir(directory)
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)


def _seed_streams(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  (learners may use the global stream)
    torch = _torch()
    if torch is not None:
        # Not torch.manual_seed: it keeps a stack trace of every call for a GPU not yet started.
        torch.default_generator.manual_seed(seed)
        if torch.cuda.is_initialized():
            torch.cuda.manual_seed_all(seed)


def _torch() -> Any:
    """Give torch where the lesson has imported it, and None while it is being imported."""
    torch = sys.modules.get("torch")
    return torch if hasattr(torch, "default_generator") and hasattr(torch, "cuda") else None


# --- captured output -------------------------------------------------------------------------


class _Sink(io.RawIOBase):
    """Keeps the first bytes written to it and forgets the rest."""

    def __init__(self) -> None:
        self.kept = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        size = len(data)
        room = _MOST_PRINTED - len(self.kept)
        if room > 0:
            self.kept += bytes(data[:room])
        return size

    def take(self) -> str:
        text = self.kept.decode("utf-8", errors="replace")
        self.kept.clear()
        return text


def _stream(sink: _Sink) -> io.TextIOWrapper:
    buffered = io.BufferedWriter(sink, buffer_size=1)
    return io.TextIOWrapper(buffered, encoding="utf-8", errors="replace", write_through=True)


@contextlib.contextmanager
def _descriptors(texts: list[str]) -> Iterator[None]:
    """Send what is written to file descriptors 1 and 2 into temporary files."""
    saved: list[tuple[int, int, Any]] = []
    for stream in (sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(Exception):
            if stream is not None:
                stream.flush()
    for descriptor in (1, 2):
        try:
            duplicate = os.dup(descriptor)
        except OSError:
            continue
        try:
            file = tempfile.TemporaryFile()
            os.dup2(file.fileno(), descriptor)
        except OSError:
            os.close(duplicate)
            continue
        saved.append((descriptor, duplicate, file))
    try:
        yield
    finally:
        for stream in (sys.__stdout__, sys.__stderr__):
            with contextlib.suppress(Exception):
                if stream is not None:
                    stream.flush()
        for descriptor, duplicate, file in saved:
            os.dup2(duplicate, descriptor)
            os.close(duplicate)
            with contextlib.suppress(Exception):
                file.seek(0)
                texts.append(file.read(_MOST_PRINTED).decode("utf-8", errors="replace"))
                file.close()


@contextlib.contextmanager
def _displays() -> Iterator[None]:
    """Swallow what a call displays, and close the figures that it leaves open."""
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython is not None else None
    publisher = getattr(shell, "display_pub", None)
    plots = sys.modules.get("matplotlib.pyplot")
    before = set(plots.get_fignums()) if plots is not None else set()
    if publisher is not None:
        from IPython.core.displaypub import CapturingDisplayPublisher

        shell.display_pub = CapturingDisplayPublisher()
    try:
        yield
    finally:
        if publisher is not None:
            shell.display_pub = publisher
        plots = sys.modules.get("matplotlib.pyplot")
        if plots is not None:
            for number in set(plots.get_fignums()) - before:
                plots.close(number)


class _Muted:
    """Stands in for a stream while a thread that could not be stopped may still print."""

    def __init__(self, stream: Any, thread: threading.Thread) -> None:
        self._stream, self._thread = stream, thread

    def write(self, text: str) -> int:
        if threading.get_ident() == self._thread.ident and self._thread.is_alive():
            return len(text)
        return int(self._stream.write(text) or 0)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


# --- the worker ------------------------------------------------------------------------------


class _TimeIsUp(SystemExit):
    """Injected into a worker that runs on. A SystemExit, so that its thread dies silently.

    Python makes the instance in the worker itself, at the latest when an `except` catches it.
    There it turns tracing on, so that it is raised again at the next line of the learner's code,
    which lies inside that `except` and therefore leaves it: a loop that catches everything ends.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        frame = sys._getframe().f_back
        while frame is not None and frame.f_code is not _call.__code__:
            if frame.f_code.co_filename != __file__:
                frame.f_trace = _leave
            frame = frame.f_back
        if frame is not None:  # inside the learner's call
            sys.settrace(_leave)


def _leave(frame: types.FrameType, event: str, arg: Any) -> Any:
    """A trace function that ends whatever is not the engine's own code."""
    if frame.f_code.co_filename == __file__ or threading.current_thread().name != _WORKER:
        return None
    raise _TimeIsUp


def _inject(thread: threading.Thread) -> None:
    if thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(_TimeIsUp)
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


def _work(
    work: Callable[[], None], limit: float, answer_file: str, give_up: Callable[[], None]
) -> tuple[bool, bool, tuple[int | None, str]]:
    """Run `work` in a thread for at most `limit` seconds; call `give_up` when they are over.

    Returns
    -------
    stuck, interrupted : bool
        Whether the thread had to be left behind, whether stop was pressed.
    loop : tuple
        Line and source of the loop in which time was up.
    """

    def body() -> None:
        try:
            context.run(work)
        except BaseException:
            sys.settrace(None)

    context = contextvars.copy_context()
    thread = threading.Thread(target=body, daemon=True, name=_WORKER)
    before = threading.stack_size()
    with contextlib.suppress(ValueError):
        threading.stack_size(_STACK)
    try:
        thread.start()
    finally:
        threading.stack_size(before)
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
        return False, interrupted, (None, "")
    give_up()
    loop = loop_at(sys._current_frames().get(thread.ident or 0), answer_file)
    # A tiny switch interval lets the exception arrive between two bytecodes of a loop that
    # catches everything, not only inside its `try`.
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
        interrupted = True
    finally:
        sys.setswitchinterval(interval)
    if thread.is_alive():
        _inject(thread)
        return True, interrupted, loop
    return False, interrupted, loop


# --- arguments and variables -----------------------------------------------------------------


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


def same_bits(left: Any, right: Any) -> bool:
    """Tell whether two pieces of plain data are the same, dtype and not-a-numbers included."""
    if type(left) is not type(right):
        return False
    if isinstance(left, np.ndarray):
        if left.shape != right.shape or left.dtype != right.dtype:
            return False
        return bool(np.array_equal(left, right, equal_nan=left.dtype.kind in "fc"))
    if isinstance(left, Tensor):
        return left.dtype == right.dtype and same_bits(left.array, right.array)
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same_bits, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same_bits(left[k], right[k]) for k in left)
    if isinstance(left, float) and left != left:
        return right != right
    return bool(left == right)


_GENERATORS = (np.random.Generator, np.random.RandomState, random.Random)


class _Globals:
    """Remembers the variables of the notebook that a function could change."""

    def __init__(self, answer: Any) -> None:
        function = function_of(answer)
        self.space: dict[str, Any] = {} if function is None else function.__globals__
        self.names = set() if function is None else set(function.__code__.co_names)
        self.before = dict(self.space)
        self.states: list[tuple[Any, Any]] = []
        for value in self.before.values():
            if type(value) is np.random.Generator:
                self.states.append((value, copy.deepcopy(value.bit_generator.state)))
            elif type(value) in (np.random.RandomState, random.Random):
                get = "getstate" if type(value) is random.Random else "get_state"
                self.states.append((value, getattr(value, get)()))
        self.copies: dict[str, Any] = {}
        for name in self.names & self.before.keys():
            value = self.before[name]
            if type(value) is np.ndarray and value.dtype != object and value.nbytes < 2**22:
                self.copies[name] = value.copy()
            elif type(value) in (list, dict) and len(value) < 10_000:
                self.copies[name] = copy.copy(value)

    def restore(self) -> list[str]:
        """Put everything back; return the names of what had changed."""
        changed = []
        for name, value in self.copies.items():
            now = self.before[name]
            if type(value) is np.ndarray:
                if not same_bits(now, value):
                    changed.append(name)
                    with contextlib.suppress(Exception):
                        now[...] = value
            elif len(now) != len(value) or not _same_members(now, value):
                changed.append(name)
                now.clear()
                (now.extend if type(now) is list else now.update)(value)
        for name in list(self.space.keys() | self.before.keys()):
            if name.startswith("__"):
                continue
            if name not in self.before:
                changed.append(name)
                del self.space[name]
            elif self.space.get(name, self) is not self.before[name]:
                changed.append(name)
                self.space[name] = self.before[name]
        for generator, state in self.states:
            if type(generator) is np.random.Generator:
                generator.bit_generator.state = state
            elif type(generator) is random.Random:
                generator.setstate(state)
            else:
                generator.set_state(state)
        return sorted(set(changed))


def _same_members(left: Any, right: Any) -> bool:
    if type(left) is list:
        return all(a is b for a, b in zip(left, right, strict=False))
    return all(key in left and left[key] is value for key, value in right.items())


def _call(answer: Any, args: Any, kwargs: Any, adapter: Callable[..., Any] | None) -> Any:
    """Call the learner's function. `_TimeIsUp` knows by this frame that it is inside."""
    if adapter is None:
        return answer(*args, **kwargs)
    return adapter(answer, *args, **kwargs)


def _no_input(*_: Any) -> str:
    raise EOFError("input() is not available while a check runs")


@dataclass
class _State:
    outcomes: list[Outcome] = field(default_factory=list)
    again: Outcome | None = None
    over: bool = False


def run(
    answer: Any,
    calls: Sequence[tuple[tuple[Any, ...], dict[str, Any]]],
    *,
    names: Sequence[str] = (),
    may_change: Sequence[str] = (),
    adapter: Callable[..., Any] | None = None,
    limit: float | None = None,
    repeat: bool = False,
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
    may_change : sequence of str
        Those that a call may change.
    adapter : callable, optional
        ``adapter(answer, *args, **kwargs)`` in place of ``answer(*args, **kwargs)``.
    limit : float, optional
        Seconds for all calls together, in a worker thread. None for trusted code: no thread.
    repeat : bool
        Make the first call once more at the end, to see whether it remembers something.
    """
    state = _State()
    out, err = _Sink(), _Sink()
    count = len(calls)

    def name_of(position: int) -> str:
        return names[position] if position < len(names) else f"number {position + 1}"

    def one(index: int) -> Outcome:
        args, kwargs = calls[index]
        args, kwargs = _copy(tuple(args)), _copy(dict(kwargs))
        before = [plain(arg) for arg in args], {key: plain(arg) for key, arg in kwargs.items()}
        _seed_streams(index)
        out.take()
        failure: Failure | None = None
        try:
            value = plain(_call(answer, args, kwargs, adapter))
        except _TimeIsUp:
            raise
        except BaseException as error:
            own_call = adapter is None
            failure = explain(error, answer, args, list(names), own_call)
            error.__traceback__ = None
            kind, value = "raised", None
        else:
            kind = "value"
        changed = [
            name_of(i) for i, arg in enumerate(args) if not same_bits(plain(arg), before[0][i])
        ]
        changed += [key for key in kwargs if not same_bits(plain(kwargs[key]), before[1][key])]
        listed = tuple(name for name in changed if name not in may_change)
        return Outcome(kind, value, listed, out.take(), failure)

    def work() -> None:
        np.seterr(all="warn")
        for index in range(count):
            outcome = one(index)
            if state.over:  # it swallowed the exception that was to end it
                return
            state.outcomes.append(outcome)
        if repeat and count:
            state.again = one(0)

    def give_up() -> None:
        state.over = True

    file = file_of(answer)
    caught: list[str] = []
    texts: list[str] = []
    notes: list[str] = []
    stuck = interrupted = False
    loop: tuple[int | None, str] = (None, "")
    variables = _Globals(answer if limit is not None else None)
    streams = sys.stdout, sys.stderr

    def remember(message: Any, category: type, *_: Any, **__: Any) -> None:
        if len(caught) < 50 and not issubclass(category, DeprecationWarning):
            caught.append(f"{category.__name__}: {short(steady(str(message)), 160)}")

    with contextlib.ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("always")
        warnings.showwarning = remember
        replaced: list[str] = []
        if limit is None:
            stack.enter_context(contextlib.redirect_stdout(_stream(out)))
            stack.enter_context(contextlib.redirect_stderr(_stream(err)))
            stack.enter_context(np.errstate())
            work()
        else:
            replaced = stack.enter_context(untouched())
            stack.enter_context(_descriptors(texts))
            stack.enter_context(_displays())
            builtins.input = _no_input
            sys.breakpointhook = lambda *_, **__: None
            threading.excepthook = lambda _: None  # a second injection while the first leaves
            sys.stdout, sys.stderr = _stream(out), _stream(err)
            stuck, interrupted, loop = _work(work, limit, file, give_up)
        outcomes = list(state.outcomes)
        printed = out.take()
    sys.stdout, sys.stderr = streams
    if stuck:
        threads = [t for t in threading.enumerate() if t.name == _WORKER and t.is_alive()]
        if threads:
            sys.stdout, sys.stderr = (_Muted(s, threads[-1]) for s in streams)
    changed = variables.restore()
    if changed:
        notes.append(
            f"Your function changes {_listed(changed)} outside itself; the check put that back."
        )
    notes += replaced_note(replaced)
    if len(outcomes) < count:
        outcomes.append(Outcome("late", printed=printed))
    outcomes += [Outcome("skipped")] * (count - len(outcomes))
    low_level = "".join(texts)
    if low_level and outcomes and not outcomes[0].printed:
        first = outcomes[0]
        outcomes[0] = Outcome(first.kind, first.value, first.changed, low_level, first.failure)
    return Run(
        outcomes,
        state.again,
        tuple(dict.fromkeys(caught)),
        tuple(notes),
        err.take(),
        stuck,
        interrupted,
        loop,
    )


def replaced_note(names: Sequence[str]) -> list[str]:
    """Say which library functions had been replaced; nothing where none had."""
    if not names:
        return []
    return [f"{_listed(names)} had been replaced in this notebook; the check used the original."]


def _listed(names: Sequence[str]) -> str:
    """List names as a sentence does: `a`, `b` and `c`."""
    quoted = [f"`{name}`" for name in names[:6]]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
