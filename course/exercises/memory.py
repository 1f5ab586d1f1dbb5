"""The learner's file, and the map of the course that is drawn from it.

`.progress.json` stands in the kernel's working directory. It is written whole, under another
name, and then put in place; two kernels that write at once keep each other's entries, because each
reads the file again, under a lock, before it writes. What cannot be read is moved aside, never
overwritten. Under tests and in CI there is no file: everything is remembered in this process only.
"""

from __future__ import annotations

import contextlib
import html
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.exercises import mine
from course.exercises.bank import Exercise, OpenExercise, exercises
from course.exercises.score import Score, amount, in_points
from course.lessons import LESSONS, Lesson

__all__ = ["FILE", "Map", "count_hint", "is_on", "progress", "remember"]

FILE = ".progress.json"
_VERSION = 1
_in_process: dict[str, dict[str, Any]] = {}


def is_on() -> bool:
    """Tell whether progress is kept in a file.

    ``COURSE_PROGRESS=off`` turns it off and ``COURSE_PROGRESS=on`` on; otherwise it is off in CI
    and under pytest.
    """
    chosen = os.environ.get("COURSE_PROGRESS", "").strip().lower()
    if chosen in ("off", "0", "no", "false"):
        return False
    if chosen in ("on", "1", "yes", "true"):
        return True
    if os.environ.get("CI", "").strip().lower() not in ("", "0", "no", "false"):
        return False
    return "PYTEST_CURRENT_TEST" not in os.environ and "PYTEST_VERSION" not in os.environ


class _Trouble(Exception):
    """What to tell the learner about the file."""


# --- the file --------------------------------------------------------------------------------


@contextlib.contextmanager
def _locked(path: Path, patience: float = 2.0) -> Iterator[None]:
    """Hold the file's lock; go on without it where another kernel left one lying about."""
    lock = path.with_name(path.name + ".lock")
    end = time.monotonic() + patience
    held = False
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            held = True
            break
        except FileExistsError:
            with contextlib.suppress(OSError):
                if time.time() - lock.stat().st_mtime > 10:
                    lock.unlink()
                    continue
        except PermissionError:
            if os.name != "nt" or not lock.exists():
                raise
        if time.monotonic() > end:
            break
        time.sleep(0.01)
    try:
        yield
    finally:
        if held:
            with contextlib.suppress(OSError):
                lock.unlink()


def _entries(data: Any) -> dict[str, dict[str, Any]]:
    """Take the entries out of the file's content, or raise ValueError."""
    if not isinstance(data, dict) or not isinstance(data.get("exercises"), dict):
        raise ValueError
    if isinstance(data.get("version"), int) and data["version"] > _VERSION:
        raise _Trouble(
            f"`{FILE}` was written by a newer version of the course; it is left as it is, and "
            "this answer is not remembered."
        )
    for name, entry in data["exercises"].items():
        if not isinstance(name, str) or not isinstance(entry, dict):
            raise ValueError
        for key in ("points", "of", "tries", "hints"):
            value = entry.get(key, 0)
            if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
                raise ValueError
    return data["exercises"]


def _read(path: Path) -> tuple[dict[str, dict[str, Any]], str]:
    """Read the file; move it aside where it cannot be understood, and say so."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return {}, ""
    try:
        return _entries(json.loads(text.decode("utf-8"))), ""
    except (ValueError, RecursionError):
        pass
    for number in range(1, 1000):
        aside = path.with_name(f"{path.name}.broken-{number}")
        if not aside.exists():
            break
    os.replace(path, aside)
    return {}, (
        f"`{FILE}` could not be read. It has been renamed `{aside.name}`, and a new one is started."
    )


def _write(path: Path, entries: dict[str, dict[str, Any]]) -> None:
    """Put the whole file in place at once."""
    data = {"version": _VERSION, "exercises": dict(sorted(entries.items()))}
    text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    draft = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}.new")
    try:
        with open(draft, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        for attempt in range(20):
            try:
                os.replace(draft, path)
                return
            except PermissionError:  # Windows, while another kernel reads it
                if attempt == 19 or os.name != "nt":
                    raise
                time.sleep(0.02)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def _update(name: str, change: Callable[[dict[str, Any]], None]) -> str:
    """Change one entry; return what to tell the learner, usually nothing."""
    if not is_on():
        change(_in_process.setdefault(name, {}))
        return ""
    path = Path.cwd() / FILE
    try:
        with _locked(path):
            entries, note = _read(path)
            change(entries.setdefault(name, {}))
            _write(path, entries)
        return note
    except _Trouble as trouble:
        return str(trouble)
    except OSError as error:
        change(_in_process.setdefault(name, {}))
        reason = error.strerror or type(error).__name__
        return (
            f"Your progress could not be written to `{FILE}` ({reason}); it is remembered until "
            "the kernel stops."
        )


def _known() -> tuple[dict[str, dict[str, Any]], str]:
    """Read all entries and what to tell the learner."""
    if not is_on():
        return {}, ""
    path = Path.cwd() / FILE
    if not path.exists():
        return dict(_in_process), ""
    try:
        with _locked(path):
            entries, note = _read(path)
    except _Trouble as trouble:
        return {}, str(trouble)
    except OSError:
        try:  # a folder that may be read but not written
            entries, note = _entries(json.loads(path.read_text(encoding="utf-8"))), ""
        except (OSError, ValueError, RecursionError, _Trouble):
            return dict(_in_process), f"`{FILE}` could not be read."
    for name, entry in _in_process.items():
        entries[name] = _best(entries.get(name, {}), entry)
    return entries, note


def _best(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    keys = one.keys() | other.keys()
    return {key: max(one.get(key, 0), other.get(key, 0)) for key in keys}


def remember(exercise: Exercise, score: Score) -> str:
    """Keep the best score of an exercise.

    Parameters
    ----------
    exercise : Exercise
        The exercise.
    score : Score
        What `check` found. An answer that was not attempted is not counted.

    Returns
    -------
    str
        What to tell the learner; usually nothing.
    """
    if score.state in ("unattempted", "unknown", "failed"):
        return ""
    points, of = float(score), exercise.total

    def change(entry: dict[str, Any]) -> None:
        if entry.get("of", of) != of:  # the exercise has changed: keep the share
            entry["points"] = entry.get("points", 0) * of / (entry["of"] or of)
        entry["points"] = max(float(entry.get("points", 0)), points)
        entry["of"] = of
        entry["tries"] = int(entry.get("tries", 0)) + 1

    return _update(exercise.name, change)


def count_hint(exercise: Exercise, restart: bool = False) -> tuple[int, str]:
    """Count one more hint.

    Parameters
    ----------
    exercise : Exercise
        The exercise.
    restart : bool
        Begin again with the first.

    Returns
    -------
    number : int
        The number of this hint, from 1; more than there are where all have been given.
    note : str
        What to tell the learner about the file; usually nothing.
    """
    given = 0

    def change(entry: dict[str, Any]) -> None:
        nonlocal given
        before = 0 if restart else int(entry.get("hints", 0))
        given = min(before, len(exercise.hints)) + 1
        entry["hints"] = given

    note = _update(exercise.name, change)
    return max(given, 1), note


# --- the map ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Stop:
    """One lesson on the map."""

    lesson: Lesson
    state: str  # done, begun, open, preparing
    words: str
    rows: tuple[tuple[str, str, str], ...]  # sign, title, words


_SIGNS = {"done": "●", "begun": "◐", "open": "○", "preparing": "·"}


def _notebook_exists(lesson: Lesson) -> bool:
    home = Path(__file__).resolve().parents[2] / "notebooks"
    return (Path.cwd() / lesson.notebook).exists() or (home / lesson.notebook).exists()


def _stops(entries: dict[str, dict[str, Any]]) -> tuple[list[_Stop], Exercise | None]:
    stops, next_one = [], None
    for lesson in LESSONS:
        checked = [e for e in exercises(lesson.word) if not isinstance(e, OpenExercise)]
        open_ones = [e for e in exercises(lesson.word) if isinstance(e, OpenExercise)]
        if not _notebook_exists(lesson):
            stops.append(_Stop(lesson, "preparing", "in preparation", ()))
            continue
        rows: list[tuple[str, str, str]] = []
        done = tried = 0
        earned = 0.0
        for exercise in checked:
            entry = entries.get(exercise.name, {})
            points = min(float(entry.get("points", 0)), exercise.total)
            earned += points
            share = f"{amount(points)} of {in_points(exercise.total)}"
            if points >= exercise.total:
                done += 1
                rows.append(("●", exercise.title, f"done, {share}"))
            elif entry.get("tries"):
                tried += 1
                rows.append(("◐", exercise.title, f"tried, {share}"))
            else:
                rows.append(("○", exercise.title, in_points(exercise.total)))
            if next_one is None and points < exercise.total:
                next_one = exercise
        rows += [("✎", exercise.title, "open: compare with the rubric") for exercise in open_ones]
        total = sum(exercise.total for exercise in checked)
        if not checked:
            stops.append(_Stop(lesson, "open", "no exercises to check", tuple(rows)))
            continue
        state = "done" if done == len(checked) else "begun" if done or tried else "open"
        words = f"{done} of {len(checked)} exercises done, {amount(earned)} of {in_points(total)}"
        stops.append(_Stop(lesson, state, words, tuple(rows)))
    return stops, next_one


_COLOURS = {
    "done": "var(--jp-success-color1, #2e7d32)",
    "begun": "var(--jp-warn-color1, #b26a00)",
    "open": "var(--jp-info-color1, #0277bd)",
    "preparing": "var(--jp-border-color1, #9e9e9e)",
}


class Map:
    """The course as a map: what is done, what was tried, what comes next."""

    def __init__(self) -> None:
        entries, note = _known()
        self._stops, self._next = _stops(entries)
        self._note = note
        if not is_on():
            self._note = "Progress is not kept here (COURSE_PROGRESS=off, CI or a test)."

    def _parts_words(self) -> str:
        """Say how many parts of the package are the reader's own."""
        own, every = mine.counted() if is_on() else (0, 0)
        return f"{own} of {every} parts are yours, in {mine.FOLDER}/." if own else ""

    def _legend(self) -> str:
        return "● done · ◐ begun · ○ to do · ✎ open question"

    def __repr__(self) -> str:
        lines = ["Map of the course"]
        here = self._next.lesson if self._next is not None else None
        for stop in self._stops:
            arrow = "→" if stop.lesson == here else " "
            lines.append(
                f"{arrow} {_SIGNS[stop.state]} {stop.lesson.number}  {stop.lesson.title}"
                f"  ({stop.words})"
            )
            if stop.state in ("begun", "done") or stop.lesson == here:
                lines += [f"       {sign} {title} ({words})" for sign, title, words in stop.rows]
        lines.append(self._legend())
        lines.append(self._next_words())
        if words := self._parts_words():
            lines.append(words)
        if self._note:
            lines.append(self._note)
        return "\n".join(lines)

    def _next_words(self) -> str:
        if self._next is not None and self._next.lesson is not None:
            return f"Next: {self._next.title}, in lesson {self._next.lesson.number}."
        if any(stop.state == "preparing" for stop in self._stops):
            return "Next: all exercises of the lessons so far are done."
        return "Next: all exercises are done. Take your own sentences to lesson 14."

    def _repr_html_(self) -> str:
        tiles = "".join(map(self._tile, self._stops))
        note = f"<p>{html.escape(self._note)}</p>" if self._note else ""
        return (
            '<div role="region" aria-label="Map of the course" '
            'style="color: var(--jp-content-font-color1, inherit); background: transparent;">'
            '<ol style="list-style: none; padding: 0; margin: 0.3em 0; display: grid; gap: 0.5em; '
            "align-items: start; "
            'grid-template-columns: repeat(auto-fill, minmax(15em, 1fr));">'
            f"{tiles}</ol>"
            f"<p>{self._legend()}</p><p><strong>{html.escape(self._next_words())}</strong> "
            f"{html.escape(self._parts_words())}</p>"
            f"{note}</div>"
        )

    def _tile(self, stop: _Stop) -> str:
        lesson = stop.lesson
        is_next = self._next is not None and lesson == self._next.lesson
        name = html.escape(f"{lesson.number} · {lesson.title}")
        if stop.state != "preparing":
            link = "color: var(--jp-content-link-color, inherit);"
            name = f'<a href="{lesson.notebook}" style="{link}">{name}</a>'
        inner = f"<strong>{_SIGNS[stop.state]} {name}</strong>"
        inner += f"<br><em>{html.escape(lesson.question)}</em>"
        inner += f"<br>{html.escape(stop.words)}"
        if is_next:
            inner += "<br><strong>→ next</strong>"
        if stop.rows and (stop.state in ("begun", "done") or is_next):
            shown = "".join(
                f"<li>{sign} {html.escape(title)} ({html.escape(words)})</li>"
                for sign, title, words in stop.rows
            )
            inner += (
                '<ul style="list-style: none; padding: 0; margin: 0.3em 0 0 0; '
                f'font-size: 90%;">{shown}</ul>'
            )
        width = "3px" if is_next else "1px"
        return (
            f'<li style="border: {width} solid {_COLOURS[stop.state]}; border-radius: 6px; '
            "padding: 0.5em 0.7em; margin: 0; color: var(--jp-content-font-color1, inherit);"
            f'">{inner}</li>'
        )


def progress() -> Map:
    """Draw the course as a map with what is done, tried and next.

    Returns
    -------
    Map
        A notebook shows it; `print` writes it as text.
    """
    return Map()
