"""The rules about exercises: their cells, their metadata, their solutions, their answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from course.maintenance import answers
from course.maintenance.anatomy import (
    EXERCISE,
    RECORDED,
    Cell,
    Exercise,
    Lesson,
    part,
    sections,
    tags,
)
from course.maintenance.outputs import texts

LEAST_EXERCISES = 5
KINDS = ("code", "value", "bug", "open")
TAGS = re.compile(
    r"exercise|check|solution|open|nbval-ignore-output|package:\w+(?:\.\w+)+|figure:[\w-]+"
)
USE = re.compile(  # f = use("key", f), or Class.method = use("key", f)
    r"""^(?:(\w+)|\w+\.\w+) = use\(["']([\w.]+)["'], *(?(1)\1|\w+)\)"""
)
BUILDS_NOTHING = ("capstone",)  # its reader writes an experiment, not a part of the package


def _exercises(lesson: Lesson) -> Iterator[str]:
    """It has at least five exercises, numbered in order, of every kind."""
    found = lesson.exercises
    if len(found) < LEAST_EXERCISES:
        yield f"has {len(found)} exercises; at least {LEAST_EXERCISES} are needed"
    wanted = [f"{int(lesson.name[:2])}.{index}" for index in range(1, len(found) + 1)]
    if [exercise.number for exercise in found] != wanted:
        yield f"numbers its exercises {[exercise.number for exercise in found]}, not {wanted}"
    for kind in KINDS:
        if all(exercise.kind != kind for exercise in found):
            yield f"has no exercise of the kind “{kind}”"


def _cells(lesson: Lesson) -> Iterator[str]:
    """Each exercise is made of the cells that it needs."""
    for section in sections(lesson.notebook):
        if section.title.startswith("Exercise") and not EXERCISE.match(section.title):
            yield f"has a heading that is no exercise’s: “{section.title}” (… · title ★☆☆)"
    owned = {id(cell) for exercise in lesson.exercises for cell in exercise.cells}
    for cell in lesson.cells:
        if set(tags(cell)) & {"exercise", "check", "open"} and id(cell) not in owned:
            yield f"has a cell tagged {tags(cell)} outside an exercise"
    for exercise in lesson.exercises:
        yield from (f"exercise {exercise.number} {text}" for text in _one_exercise(exercise))


def _one_exercise(exercise: Exercise) -> Iterator[str]:
    """Check the cells of one exercise."""
    if not re.match(r"★+☆*$", exercise.stars):
        yield "has its stars in the wrong order"
    if f"](#Solution-{exercise.number}" not in exercise.text:
        yield f"does not link its solution, (#Solution-{exercise.number})"
    if exercise.kind == "open":
        answers = [c for c in exercise.cells if _nbgrader(c).get("solution") is True]
        if len(answers) != 1 or answers[0]["cell_type"] != "markdown":
            yield "is open but has no markdown cell to answer in"
            return
        yield from _grading(answers[0], grade=True, solution=True, locked=False)
        return
    stubs, checks = exercise.tagged("exercise"), exercise.tagged("check")
    if len(stubs) != 1 or len(checks) != 1:
        yield f"has {len(stubs)} cells tagged exercise and {len(checks)} tagged check, not 1 and 1"
        return
    stub, check = stubs[0], checks[0]
    if exercise.cells.index(check) != exercise.cells.index(stub) + 1:
        yield "does not have its check right after what is checked"
    if exercise.kind in ("code", "bug") and '"""' not in stub["source"]:
        yield "has a stub without a docstring"
    if exercise.name is None:
        yield 'has a check cell that is more than `check("name", answer)`'
    if check["metadata"].get("editable") is not False:
        yield "has a check cell that is editable"
    yield from _grading(stub, grade=False, solution=True, locked=False)
    yield from _grading(check, grade=True, solution=False, locked=True)


def _nbgrader(cell: Cell) -> dict[str, Any]:
    return cell["metadata"].get("nbgrader", {})


def _grading(cell: Cell, **wanted: bool) -> Iterator[str]:
    """Check one cell's nbgrader metadata."""
    grading = _nbgrader(cell)
    wrong = [key for key, value in wanted.items() if grading.get(key) is not value]
    if grading.get("schema_version") != 3:
        wrong.append("schema_version")
    if wanted["grade"] and not (isinstance(grading.get("points"), int | float)):
        wrong.append("points")
    if not re.fullmatch(r"[\w-]+", grading.get("grade_id", "")):
        wrong.append("grade_id")
    if wrong:
        yield f"has a cell ({', '.join(tags(cell)) or 'answer'}) with wrong nbgrader {wrong}"


def _metadata(lesson: Lesson) -> Iterator[str]:
    """Its tags are known; nbgrader's ids are unique and stand on exercises only."""
    ids = [_nbgrader(cell).get("grade_id") for cell in lesson.cells if _nbgrader(cell)]
    for repeated in sorted({str(name) for name in ids if ids.count(name) > 1}):
        yield f"has the grade_id {repeated} more than once"
    owned = {id(cell) for exercise in lesson.exercises for cell in exercise.cells}
    for cell in lesson.cells:
        for tag in tags(cell):
            if not TAGS.fullmatch(tag):
                yield f"has a cell with the unknown tag {tag!r}"
        if _nbgrader(cell) and id(cell) not in owned:
            yield f"has nbgrader metadata outside an exercise: {_nbgrader(cell).get('grade_id')}"


def _solutions(lesson: Lesson) -> Iterator[str]:
    """There is a solution for each exercise, folded, and nowhere else."""
    solutions = part(lesson.notebook, "Solutions")
    if solutions is None:
        return
    inside = {id(cell) for cell in solutions.cells}
    for cell in lesson.cells:
        if "solution" in tags(cell) and id(cell) not in inside:
            yield "has a cell tagged solution outside “## Solutions”"
        if "record=False" in cell["source"] and "solution" not in tags(cell):
            yield "has a solution’s check in a cell that is not tagged solution"
    for cell in solutions.cells[1:]:
        if "solution" not in tags(cell) and not re.fullmatch(r"#+ [^\n]+\s*", cell["source"]):
            start = cell["source"].strip().splitlines()[:1]
            yield f"would give away, in a release, the untagged cell {start} under Solutions"
        if (
            cell["cell_type"] == "code"
            and cell["metadata"].get("jupyter", {}).get("source_hidden") is not True
        ):
            yield f"shows a solution unfolded: {cell['source'].splitlines()[:1]}"
    titles = [section.title for section in sections(lesson.notebook)]
    checked = {name for cell in solutions.cells for name in RECORDED.findall(cell["source"])}
    for exercise in lesson.exercises:
        if not any(re.match(rf"Solution {exercise.number}(?!\d)", title) for title in titles):
            yield f"exercise {exercise.number} has no heading “Solution {exercise.number}”"
        if exercise.kind != "open" and exercise.name and exercise.name not in checked:
            yield f"exercise {exercise.number} has no solution that is checked with record=False"


def _bank(lesson: Lesson) -> Iterator[str]:
    """Its exercises are those that are registered, and their checks said what they have to say."""
    if (bank := lesson.bank) is None:
        return
    found = lesson.exercises
    names = {exercise.name: exercise for exercise in found if exercise.kind != "open"}
    for name, exercise in names.items():
        if name is None:
            continue
        if name not in bank:
            yield f"exercise {exercise.number} checks {name!r}, which is not registered"
            continue
        kind, points = bank[name][:2]
        if kind != exercise.kind:
            yield f"exercise {exercise.number} looks like “{exercise.kind}” but {name} is “{kind}”"
        check = exercise.tagged("check")[0]
        if _nbgrader(check).get("points") != points:
            yield f"exercise {exercise.number} is worth {points} points, its metadata says other"
        if _shown_score(check) != 0.0:
            yield f"exercise {exercise.number}, unsolved, shows {_shown_score(check)}, not 0"
    for name, (kind, *_) in bank.items():
        if kind != "open" and name not in names:
            yield f"does not set the registered exercise {name}"
    for cell in lesson.cells:
        for name in RECORDED.findall(cell["source"])[-1:]:
            if name in bank and _shown_score(cell) != bank[name].points:
                points = bank[name].points
                yield f"shows {_shown_score(cell)} for the solution of {name}, not {points}"
    registered = sorted(entry.points for entry in bank.values() if entry.kind == "open")
    shown = sorted(
        _nbgrader(cell).get("points", 0)
        for exercise in found
        if exercise.kind == "open"
        for cell in exercise.cells
        if _nbgrader(cell).get("grade")
    )
    if registered != shown:
        yield f"has open exercises of {shown} points; registered are {registered}"


def _shown_score(cell: Cell) -> float | None:
    """Return the number that a check cell shows."""
    for output in reversed(cell["outputs"]):
        text = output.get("data", {}).get("text/plain", "")
        try:
            return float(text)
        except ValueError:
            continue
    return None


def _builds(lesson: Lesson) -> Iterator[str]:
    """Its reader builds a part of the package, and the lesson goes on with it."""
    found = 0
    for exercise in lesson.exercises:
        cells, check = lesson.cells, exercise.tagged("check")
        solution = lesson.solution(exercise)
        parts = [t for t in tags(solution or {"metadata": {}}) if t.startswith("package:")]
        known = (lesson.bank or {}).get(exercise.name or "")
        package = bool(parts)
        after = cells[cells.index(check[-1]) + 1 :][:1] if check else []
        use = USE.match(after[0]["source"]) if after and after[0]["cell_type"] == "code" else None
        found += package
        if package and (use is None or use[2] != exercise.name):
            yield (
                f"exercise {exercise.number} is built, but its check is not followed by "
                f"`… = use({exercise.name!r}, …)`"
            )
        if known and [f"package:{known.package}"] * bool(known.package) != parts:
            yield (
                f"exercise {exercise.number} builds {known.package or 'no part'} by the bank, "
                f"but its solution is tagged {parts}"
            )
    if not found and not lesson.name.endswith(BUILDS_NOTHING):
        yield "has no exercise whose solution is a part of the package (tagged `package:…`)"


def _answers(lesson: Lesson) -> Iterator[str]:
    """No answer stands before its exercise, and what is built stands nowhere on the page.

    A bug hunt after a build may start from a broken copy of what was built.
    """
    cells = lesson.cells
    for number, exercise in enumerate(lesson.exercises):
        solution = lesson.solution(exercise)
        if solution is None or not exercise.tagged("exercise"):
            continue
        built = any(tag.startswith("package:") for tag in tags(solution))
        page = cells if built else cells[: cells.index(exercise.cells[0])]
        hunts = [e for e in lesson.exercises[number + 1 :] if e.kind == "bug"]
        page = [cell for cell in page if not any(cell in hunt.cells for hunt in hunts)]
        for cell in page:
            if "solution" not in tags(cell) and _shows(cell, exercise, solution, lesson):
                place = cell["source"].strip().splitlines()[0][:50]
                yield f"gives away exercise {exercise.number} in the cell “{place}”"


def _shows(cell: Cell, exercise: Exercise, solution: Cell, lesson: Lesson) -> bool:
    """Say whether a cell shows the code or the number that an exercise asks for."""
    if exercise.kind == "value":
        known = (lesson.bank or {}).get(exercise.name or "")
        text = "\n".join([cell["source"], *texts(cell.get("outputs", []))])
        return known is not None and answers.tells(text, known.value, known.tolerance)
    given = exercise.tagged("exercise")[0]["source"] if exercise.kind == "bug" else ""
    code = cell["cell_type"] == "code"
    sources = [cell["source"]] if code else answers.python_in(cell["source"])
    return any(
        answers.gives_away(source, function, given)
        for function in answers.solved(solution["source"])
        for source in sources
    )


RULES: dict[str, Callable[[Lesson], Iterator[str]]] = {
    "exercises": _exercises,
    "cells of exercises": _cells,
    "metadata": _metadata,
    "solutions": _solutions,
    "bank": _bank,
    "builds": _builds,
    "answers": _answers,
}
