"""Leave the lesson as it was: streams, settings, variables and displays around a call."""

from __future__ import annotations

import builtins
import contextlib
import copy
import io
import os
import random
import sys
import tempfile
import threading
import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from course.exercises.data import same_bits
from course.exercises.source import function_of

__all__ = [
    "Globals",
    "Muted",
    "Sink",
    "changed_note",
    "descriptors",
    "displays",
    "replaced_note",
    "seed_streams",
    "stream",
    "untouched",
]

_MOST_PRINTED = 20_000


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
    put_back = [_random_streams(), _settings()]
    replaced = _restore_functions()
    names = [f"{_SHORT.get(module, module)}.{name}" for module, name in replaced]
    try:
        yield names
    finally:
        _restore_functions()
        for (module, name), value in replaced.items():
            setattr(sys.modules[module], name, value)
        for work in put_back:
            work()


def _random_streams() -> Callable[[], None]:
    """Remember the random streams; the function that comes back restores them."""
    python_state = random.getstate()
    numpy_state = np.random.get_state()  # noqa: NPY002
    torch = _torch()
    if torch is not None:
        torch_state, torch_dtype = torch.get_rng_state(), torch.get_default_dtype()
        has_cuda = torch.cuda.is_initialized()
        cuda_states = torch.cuda.get_rng_state_all() if has_cuda else []

    def restore() -> None:
        random.setstate(python_state)
        np.random.set_state(numpy_state)  # noqa: NPY002
        if torch is not None:
            torch.set_rng_state(torch_state)
            torch.set_default_dtype(torch_dtype)
            if cuda_states:
                torch.cuda.set_rng_state_all(cuda_states)

    return restore


def _settings() -> Callable[[], None]:
    """Remember folder, environment, hooks and limits; the function that comes back restores."""
    directory, environment = os.getcwd(), dict(os.environ)
    recursion, numpy_errors = sys.getrecursionlimit(), np.geterr()
    hooks = sys.breakpointhook, builtins.input, threading.excepthook

    def restore() -> None:
        sys.breakpointhook, builtins.input, threading.excepthook = hooks
        sys.setrecursionlimit(recursion)
        np.seterr(**numpy_errors)
        with contextlib.suppress(OSError):
            if os.getcwd() != directory:
                os.chdir(directory)
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)

    return restore


def seed_streams(seed: int) -> None:
    """Begin the global random streams anew: learners may use them."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
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


class Sink(io.RawIOBase):
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
        """Give what was written so far, and forget it."""
        text = self.kept.decode("utf-8", errors="replace")
        self.kept.clear()
        return text


def stream(sink: Sink) -> io.TextIOWrapper:
    """Make a text stream that writes into a sink."""
    buffered = io.BufferedWriter(sink, buffer_size=1)
    return io.TextIOWrapper(buffered, encoding="utf-8", errors="replace", write_through=True)


def _flush() -> None:
    for standard in (sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(Exception):
            if standard is not None:
                standard.flush()


@contextlib.contextmanager
def descriptors(texts: list[str]) -> Iterator[None]:
    """Send what is written to file descriptors 1 and 2 into temporary files."""
    saved: list[tuple[int, int, Any]] = []
    _flush()
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
        _flush()
        for descriptor, duplicate, file in saved:
            os.dup2(duplicate, descriptor)
            os.close(duplicate)
            with contextlib.suppress(Exception):
                file.seek(0)
                texts.append(file.read(_MOST_PRINTED).decode("utf-8", errors="replace"))
                file.close()


@contextlib.contextmanager
def displays() -> Iterator[None]:
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


class Muted:
    """Stands in for a stream while a thread that could not be stopped may still print."""

    def __init__(self, stream: Any, thread: threading.Thread) -> None:
        self._stream, self._thread = stream, thread

    def write(self, text: str) -> int:
        if threading.get_ident() == self._thread.ident and self._thread.is_alive():
            return len(text)
        return int(self._stream.write(text) or 0)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Globals:
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


def changed_note(names: Sequence[str]) -> list[str]:
    """Say which variables of the notebook a function changed; nothing where it changed none."""
    if not names:
        return []
    return [f"Your function changes {_listed(names)} outside itself; the check put that back."]


def replaced_note(names: Sequence[str]) -> list[str]:
    """Say which library functions had been replaced; nothing where none had."""
    if not names:
        return []
    return [f"{_listed(names)} had been replaced in this notebook; the check used the original."]


def _listed(names: Sequence[str]) -> str:
    """List names as a sentence does: `a`, `b` and `c`."""
    quoted = [f"`{name}`" for name in names[:6]]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
