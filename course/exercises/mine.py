"""A library of one's own: what a reader has built, kept as source in `mine/`.

When `check` passes a part of the package, such as ``rnn.rnn_step``, its source is written to
``mine/rnn.py`` in the learner's folder, with the imports and the functions of the notebook that it
needs. Each part stands under a line ``# %% rnn.step`` and can be edited or deleted by hand; what
stands above the first such line is left alone. Like the progress file, the folder is neither read
nor written under tests and in CI.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import inspect
import linecache
import os
import re
import sys
import textwrap
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.exercises.bank import CodeExercise, Exercise, exercises

__all__ = ["FOLDER", "Kept", "counted", "keep", "load"]

FOLDER = "mine"
_OPENING = '"""Parts of the course that you have built. Later lessons use what still passes."""\n'
_MARKER = re.compile(r"^# %% ([\w.]+)[ \t]*$", re.MULTILINE)


class CannotKeep(Exception):
    """Why a part cannot be kept, as a sentence for the reader."""


@dataclass(frozen=True)
class Kept:
    """A part as it was found in `mine/`.

    Attributes
    ----------
    file : str
        Where it stands, as ``mine/rnn.py``.
    answer : object
        The function or class; None where it could not be loaded.
    trouble : str
        Why it could not be loaded; empty where it could.
    """

    file: str
    answer: Any = None
    trouble: str = ""


def keep(exercise: Exercise, answer: Any) -> str:
    """Write the source of a part that has passed its check into `mine/`.

    Parameters
    ----------
    exercise : Exercise
        Nothing happens for one that builds no part of the package.
    answer : callable
        The reader's function or class.

    Returns
    -------
    str
        What to tell the reader: where the part is, or why it could not be kept.
    """
    if not isinstance(exercise, CodeExercise) or not exercise.package:
        return ""
    module, name = _place(exercise)
    try:
        block = _block(inspect.unwrap(answer), name, module)
        _write(Path.cwd() / FOLDER, module, exercise.name, block)
    except CannotKeep as error:
        return f"It is not kept for later lessons: {error}"
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return f"It could not be kept in `{FOLDER}/{module}.py` ({reason})."
    return f"Kept in `{FOLDER}/{module}.py`: later lessons will run on it."


def load(exercise: Exercise) -> Kept | None:
    """Load a part from `mine/`, or return None if there is none."""
    if not isinstance(exercise, CodeExercise) or not exercise.package:
        return None
    module, name = _place(exercise)
    path = Path.cwd() / FOLDER / f"{module}.py"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    blocks = _blocks(text)
    if exercise.name not in blocks:
        return None
    file = f"{FOLDER}/{module}.py"
    spaces, troubles = _run_blocks(path, text, blocks)
    if exercise.name in troubles:
        return Kept(file, trouble=troubles[exercise.name])
    found = spaces[exercise.name].get(name)
    return Kept(file, found, trouble="" if found is not None else f"it defines no `{name}`")


def counted() -> tuple[int, int]:
    """Count the parts that stand in `mine/`, and all parts that can be built."""
    parts = [e for e in exercises() if isinstance(e, CodeExercise) and e.package]
    found: set[str] = set()
    for module in {_place(part)[0] for part in parts}:
        with contextlib.suppress(OSError, UnicodeDecodeError):
            text = (Path.cwd() / FOLDER / f"{module}.py").read_text(encoding="utf-8")
            found |= _blocks(text).keys()
    return sum(part.name in found for part in parts), len(parts)


def _place(part: CodeExercise) -> tuple[str, str]:
    """Return the file that a part is kept in and its name there: a method has its class's, too."""
    module, name = part.built
    return module, name.replace(".", "_")


# --- the file --------------------------------------------------------------------------------


def _blocks(text: str) -> dict[str, tuple[int, int]]:
    """Find each part's place in a file: from the line after its marker to the next marker."""
    marks = list(_MARKER.finditer(text))
    ends = [*(mark.start() for mark in marks), len(text)][1:]
    return {mark[1]: (mark.end(), end) for mark, end in zip(marks, ends, strict=True)}


def _write(folder: Path, module: str, exercise: str, block: str) -> None:
    """Put a part into its file: in its old place, or at the end."""
    folder.mkdir(exist_ok=True)
    (folder / "__init__.py").touch()
    path = folder / f"{module}.py"
    text = path.read_text(encoding="utf-8") if path.exists() else _OPENING
    if exercise in (blocks := _blocks(text)):
        start, end = blocks[exercise]
        rest = text[end:]
        text = f"{text[:start]}\n{block}" + (f"\n\n{rest}" if rest else "")
    else:
        text = f"{text.rstrip()}\n\n\n# %% {exercise}\n{block}"
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8", newline="\n")
    os.replace(draft, path)


def _run_blocks(
    path: Path, text: str, blocks: dict[str, tuple[int, int]]
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Run the parts of a file, each with names of its own: a broken one does not hide the others.

    What a part does not define itself, such as the step that a layer repeats, it gets from the
    others.
    """
    spaces: dict[str, dict[str, Any]] = {}
    troubles: dict[str, str] = {}
    sys.path.insert(0, str(path.parents[1]))  # a part may import one of another file in mine/
    linecache.checkcache(str(path))
    try:
        for exercise, (start, end) in blocks.items():
            space = {"__name__": f"{FOLDER}.{path.stem}", "__file__": str(path)}
            lines_above = "\n" * text.count("\n", 0, start)
            try:
                exec(compile(lines_above + text[start:end], str(path), "exec"), space)
                spaces[exercise] = space
            except SyntaxError as error:
                troubles[exercise] = f"line {error.lineno} is not valid Python ({error.msg})"
            except Exception as error:
                troubles[exercise] = f"it raises {type(error).__name__}: {error}"
    finally:
        sys.path.remove(str(path.parents[1]))
    every = {name: value for space in spaces.values() for name, value in space.items()}
    for space in spaces.values():
        space.update({name: value for name, value in every.items() if name not in space})
    return spaces, troubles


# --- the source of a part ----------------------------------------------------------------------


def _block(answer: Any, name: str, module: str) -> str:
    """Write a part with everything of the notebook that it needs, as source."""
    imports: list[str] = []
    sources: dict[str, str] = {}
    _collect(answer, module, vars(sys.modules["__main__"]), imports, sources)
    written = answer.__name__
    lines = "\n".join(sorted(set(imports)))
    parts = [*([lines] if lines else []), *sources.values()]
    if written != name:
        parts.append(f"{name} = {written}")
    return "\n\n\n".join(parts) + "\n"


def _collect(
    answer: Any, module: str, space: dict[str, Any], imports: list[str], sources: dict[str, str]
) -> None:
    """Add the source of a function or class, after that of what it calls in the notebook."""
    source = _source(answer)
    own = answer.__name__
    if own in sources:
        return
    sources[own] = ""  # a function that calls itself is not followed again
    space = _globals_of(answer, space)
    needed: dict[str, str] = {}
    for name in _free_names(source):
        if name == own or name not in space or space[name] is answer:
            continue
        value = inspect.unwrap(space[name]) if callable(space[name]) else space[name]
        line = _import_line(name, value, module)
        if line is None:
            line = _kept_line(name, value, module)
        if line is not None:
            imports += [line] if line else []
        elif isinstance(value, types.FunctionType | type):
            _collect(value, module, space, imports, sources)
            if value.__name__ != name:
                needed[name] = f"{name} = {value.__name__}"
        elif _is_literal(value):
            needed[name] = f"{name} = {value!r}"
        else:
            raise CannotKeep(
                f"`{own}` reads `{name}` from the notebook. Make it an argument, or set it inside "
                f"`{own}`, and run the check again."
            )
    del sources[own]
    sources[own] = "\n".join([*needed.values(), *(["", ""] if needed else []), source])


def _import_line(name: str, value: Any, module: str) -> str | None:
    """Return the line that imports a value, "" if none is needed, None if none can."""
    if isinstance(value, types.ModuleType):
        path = value.__name__
        return f"import {path}" if path == name else f"import {path} as {name}"
    own = getattr(value, "__qualname__", None) or getattr(value, "__name__", "")
    home = getattr(value, "__module__", None) or "numpy"  # NumPy's own functions name no module
    if not isinstance(home, str) or home == "__main__" or not own or "." in own:
        return None
    if home == f"{FOLDER}.{module}":
        return ""  # another part in the same file
    found = getattr(sys.modules.get(home), own, None)
    is_wrapped = getattr(found, "__wrapped__", None) is value
    if found is not value and not is_wrapped and not home.startswith(FOLDER):
        return None
    return f"from {home} import {own}" + ("" if own == name else f" as {name}")


def _kept_line(name: str, value: Any, module: str) -> str | None:
    """Return what imports a function of the notebook that is a kept part itself, as above."""
    if not isinstance(value, types.FunctionType):
        return None
    for part in (e for e in exercises() if isinstance(e, CodeExercise) and e.package):
        home, own = _place(part)
        with contextlib.suppress(OSError, UnicodeDecodeError, CannotKeep):
            text = (Path.cwd() / FOLDER / f"{home}.py").read_text(encoding="utf-8")
            start, end = _blocks(text).get(part.name, (0, 0))
            if value.__name__ == name == own and _source(value) in text[start:end]:
                return "" if home == module else f"from {FOLDER}.{home} import {own}"
    return None


def _is_literal(value: Any) -> bool:
    """Tell whether a value is a number, a text, a truth value, None, or a tuple of such."""
    if type(value) is tuple:
        return all(map(_is_literal, value))
    return value is None or type(value) in (bool, int, float, str)


def _free_names(source: str) -> Iterator[str]:
    """Yield the names that a definition reads and does not bind itself, in order."""
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    bound = {n.arg for n in nodes if isinstance(n, ast.arg)}
    bound |= {n.id for n in nodes if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    read = [n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
    for name in dict.fromkeys(read):
        if name not in bound and not hasattr(builtins, name):
            yield name


def _globals_of(answer: Any, otherwise: dict[str, Any]) -> dict[str, Any]:
    """Return the notebook's variables, as a function or a class's own methods see them."""
    if isinstance(answer, types.FunctionType):
        return answer.__globals__
    for value in vars(answer).values():
        if isinstance(value, types.FunctionType) and value.__module__ == answer.__module__:
            if answer.__name__ in value.__globals__:  # a NamedTuple's methods are made elsewhere
                return value.__globals__
    return otherwise


def _source(answer: Any) -> str:
    """Return the source of a function or class that a notebook's cell defines."""
    found = ""
    with contextlib.suppress(OSError, SyntaxError, TypeError):
        if isinstance(answer, type):
            found = _source_of_class(answer.__name__)
        elif isinstance(answer, types.FunctionType) and answer.__name__ != "<lambda>":
            found = textwrap.dedent(inspect.getsource(answer)).rstrip()
            ast.parse(found)
    if not found:
        raise CannotKeep("its source could not be read. Write it with `def` in a cell of its own.")
    return found


def _source_of_class(name: str) -> str:
    """Find a class in the notebook's cells, the newest first; `inspect` knows files alone."""
    cells = [file for file in linecache.cache if not os.path.isfile(file)]
    for file in reversed(cells):
        cell = "".join(linecache.getlines(file))
        with contextlib.suppress(SyntaxError):
            for node in ast.parse(cell).body:
                if isinstance(node, ast.ClassDef) and node.name == name:
                    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                    return "\n".join(cell.splitlines()[first - 1 : node.end_lineno])
    return ""
