"""What an experiment's figures come from: the code that it runs and the data files that it reads.

A record carries a hash of both. A record is out of date when one of them has changed, and only
then: the code is written in a form that does not depend on where it stands, what it is called, how
it is laid out, or how it checks its input. Each function or class of the project that the
experiment reaches gets a number, in the order in which the code mentions them, and is written with
these numbers in place of names. So these change no fingerprint:

- moving a function to another module, splitting a file, another way of importing;
- another name for a function, a class, a constant or a local variable (parameters keep theirs,
  because calls may name them), another order of a class's methods;
- comments, docstrings, annotations, layout;
- checks of the input: a call of ``_check_…`` or ``check_…`` whose result nobody takes, an
  ``assert``, an ``if`` that does nothing but raise, the decorator ``@shapes``;
- methods that nothing calls.

Any operator, number, default, base class, called function or order of statements does.
"""

from __future__ import annotations

import hashlib
import inspect
import types
from collections.abc import Callable
from typing import Any

from course.claims.canonical import Writer
from helpers.corpora import data_file

ROOTS = ("helpers", "course")
"""The packages whose code counts."""


def fingerprint(experiment: Callable[..., Any]) -> str:
    """Return a hash of the code that an experiment's figures come from, sixteen hex digits."""
    return Program(experiment).fingerprint()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


class Program:
    """All the code that an experiment reaches, in canonical form.

    Parameters
    ----------
    experiment : callable
        What ``Claim.experiment`` holds.
    roots : tuple of str
        The packages whose functions and classes count; those of others are known by their names.

    Attributes
    ----------
    numbers : dict
        From each function or class reached, the experiment first, to its number.
    texts : list of str
        The canonical text of each, and of each method that may be called, in the order in which
        they were found.
    attributes : set of str
        What follows a dot in these texts, or stands in them as a string: such methods may be
        called. Special methods and those that a base from elsewhere has may be called in any case.
    files : set of str
        The data files that it may read, as paths below the data folder. The readers say which they
        read (`helpers.corpora.reads`). Of a reader that is called with a constant,
        ``load("train")``, only the file that this names counts; otherwise all do.
    """

    def __init__(self, experiment: Callable[..., Any], roots: tuple[str, ...] = ROOTS) -> None:
        self.roots = roots
        self.numbers: dict[Any, int] = {}
        self.texts: list[str] = []
        self.files: set[str] = set()
        self.attributes: set[str] = set()
        self._writers: list[Writer] = []
        self.number(inspect.unwrap(experiment))
        # Writing one text gives numbers to others, and may call methods of classes written before.
        while len(self._writers) < len(self.numbers) or self._write_method():
            for one in list(self.numbers)[len(self._writers) :]:
                self._writers.append(Writer(self, one))
                self.texts.append(self._writers[-1].text())

    def _write_method(self) -> bool:
        """Write one method that is called and not written yet; return False if there is none."""
        for writer in self._writers:
            for name in writer.called_methods():
                self.texts.append(writer.method_text(name))
                return True
        return False

    def fingerprint(self) -> str:
        """Return a hash of the code."""
        return _hash("\n".join(self.texts).encode())

    def data_hashes(self) -> dict[str, str]:
        """Return a hash of each data file that may be read, by its path below the data folder."""
        return {name: _hash(data_file(name).read_bytes()) for name in sorted(self.files)}

    def source_files(self) -> list[str]:
        """Return the Python files that hold the code."""
        return sorted({str(inspect.getsourcefile(one)) for one in self.numbers})

    def number(self, one: Any) -> str:
        """Return what stands for a function or class in the text."""
        return f"@{self.numbers.setdefault(one, len(self.numbers))}"

    def is_ours(self, value: Any, module: str) -> bool:
        """Say whether a value is a function or class of the project, or of the same module."""
        if not isinstance(value, types.FunctionType | type):
            return False
        return value.__module__ == module or self.is_project(value.__module__)

    def is_project(self, module: str | None) -> bool:
        """Say whether a module is of the project."""
        return (module or "").partition(".")[0] in self.roots
