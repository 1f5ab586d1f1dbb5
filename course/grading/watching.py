"""What a student's code reaches for while it runs: noted in the child, for a person to look at.

Words in a source tell little: a reference can be called under any name. Here the process tells. A
call of a function of the bank, or of the package's own version of what is asked, is noted where a
student's cell is above it on the stack; and so are files of the course that are opened, modules of
the bank that are imported, and looks into frames, objects and the interpreter. It changes no score.
A student's code could undo the watch; setting a profile or a trace is noted as well.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

__all__ = ["Watch"]

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_BANK = os.path.join(_ROOT, "course", "exercises", "bank") + os.sep
_OWN = tuple(os.path.join(_ROOT, name) + os.sep for name in ("course", "helpers", "notebooks"))
_CHILD = os.path.join(_ROOT, "course", "grading", "child.py")  # it answers `use`
_CELL = "<ipython-input"
_DEEPEST = 60  # frames that are looked at
_LOOKS = {
    "gc.get_objects": "looks through all objects (gc)",
    "gc.get_referrers": "looks for who refers to an object (gc)",
    "gc.get_referents": "looks into an object (gc)",
    "sys._getframe": "looks into frames",
    "sys._current_frames": "looks into frames",
    "sys.setprofile": "sets a profile",
    "sys.settrace": "sets a trace",
    "ctypes.dlopen": "loads a library (ctypes)",
    "object.__getattr__": "reads a function's code or a frame",
}


class Watch:
    """Notes what student's code does; one for the process, since an audit hook stays for ever."""

    def __init__(self) -> None:
        self.seen: dict[str, None] = {}
        self.active = self._inside = False
        self.package: CodeType | None = None
        self.reference: CodeType | None = None
        self.handed: set[CodeType] = set()
        self._kinds: dict[CodeType, str] = {}
        sys.addaudithook(self._audited)

    def hand_out(self, reference: Any) -> None:
        """Let a reference be called that `use` gave for an exercise other than the one judged."""
        self.handed.add(reference.__code__)
        self._kinds.pop(reference.__code__, None)

    @contextmanager
    def watching(self, package: Any = None, reference: Any = None) -> Iterator[None]:
        """Watch what runs within.

        `package` and `reference` are the course's own versions of what is asked.
        """
        self.package = getattr(package, "__code__", None)
        self.reference = getattr(reference, "__code__", None)
        self._kinds.clear()
        self.active = True
        threading.setprofile(self._called)  # of threads that start from now on: the answer's
        sys.setprofile(self._called)
        try:
            yield
        finally:
            self.active = False
            sys.setprofile(None)
            threading.setprofile(None)

    def take(self) -> list[str]:
        """Return what was noted, and forget it."""
        seen, self.seen = list(self.seen)[:20], {}
        return seen

    def _called(self, frame: FrameType, event: str, _: Any) -> None:
        """Note calls of references; nothing but a lookup for all other calls."""
        if event != "call":
            return
        code = frame.f_code
        kind = self._kinds.get(code)
        if kind is None:
            kind = self._kinds[code] = self._kind(code)
        if kind and self._from_a_cell(frame):
            self.seen[kind] = None

    def _kind(self, code: CodeType) -> str:
        if code is self.package:
            return f"calls the course's own {code.co_qualname}"
        if code in self.handed and code is not self.reference:
            return ""
        if code.co_filename.startswith(_BANK) and not code.co_name.startswith("<"):
            module = code.co_filename.removeprefix(_BANK).removesuffix(".py").replace(os.sep, ".")
            return f"calls {module}.{code.co_qualname} of the exercises"
        return ""

    def _audited(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.active or self._inside:
            return
        if event in _LOOKS or event in ("open", "import"):
            self._inside = True  # a look at the frame is an event of its own
            try:
                self._noted(event, arguments, sys._getframe(1))
            finally:
                self._inside = False

    def _noted(self, event: str, arguments: tuple[Any, ...], frame: FrameType) -> None:
        if event in _LOOKS:
            if frame.f_code.co_filename.startswith(_CELL) and not self._is_end(event, arguments):
                self.seen[_LOOKS[event]] = None
            return
        name, by_itself = arguments[0], frame.f_code.co_filename.startswith(_CELL)
        from_a_cell = by_itself or self._from_a_cell(frame, importing=event == "import")
        if not isinstance(name, str) or not from_a_cell:
            return
        if event == "import" and name.startswith(("course.exercises.", "course.grading")):
            self.seen[f"imports {name}"] = None
        if event == "open" and os.path.abspath(name).startswith(_OWN):
            self.seen[f"reads {os.path.relpath(name, _ROOT)}"] = None

    @staticmethod
    def _is_end(event: str, arguments: tuple[Any, ...]) -> bool:
        """Reading an attribute is told for many; only code and frames are of interest."""
        return event == "object.__getattr__" and arguments[1] not in ("__code__", "f_locals")

    def _from_a_cell(self, frame: FrameType | None, importing: bool = False) -> bool:
        """Whether a student's cell is above a frame, with no import and none of ours in between."""
        for _ in range(_DEEPEST):
            frame = frame.f_back if frame is not None else None
            if frame is None:
                return False
            if frame.f_code in self.handed and frame.f_code is not self.reference:
                return False
            name = frame.f_code.co_filename
            if name.startswith(_CELL):
                return True
            if name == _CHILD or (name.startswith("<frozen importlib") and not importing):
                return False
        return False
