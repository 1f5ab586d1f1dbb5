"""What a lesson owes its reader, as far as a machine can see it.

    python -m course.maintenance.contract [02]      lengths and violations of the lessons

`hygiene` looks at a notebook as a file: executed in order, no traces of a machine. `promises`
looks at it as a lesson: its sections, its exercises with their cells and metadata, its figures.
Both return sentences, one for each violation, so that the tests and an author see the same.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nbformat

from course.lessons import LESSONS
from course.maintenance import refresh

Cell = dict[str, Any]
Notebook = dict[str, Any]

# Cells whose output the tests ignore: (lesson, id of the cell) and why it cannot be compared.
# Each is followed by a compared cell that asserts what matters and says the verdict.
IGNORED: dict[tuple[str, str], str] = {}

MOST_WORDS, MOST_CELLS, MOST_MINUTES = 3000, 45, 90
LONG_CELL = 15  # lines; a cell is seldom longer
LEAST_EXERCISES = 4
KINDS = ("code", "value", "bug", "open")

SECTIONS = (
    "What you will be able to do",
    "Recap",
    "What breaks next",
    "Further reading",
    "Solutions",
)
OUTSIDE_CORE = ("Further", "Further reading", "Solutions")
TAGS = re.compile(
    r"exercise|check|solution|open|nbval-ignore-output|package:\w+(?:\.\w+)+|figure:[\w-]+"
)
HEADING = re.compile(r"^(#{1,6}) +(.+?) *$", re.MULTILINE)
EXERCISE = re.compile(r"^Exercise (\d+)\.(\d+) · (.+?) ([★☆]{3})$")
CHECK = re.compile(r"""^check\(["']([\w.]+)["'], *\w+\)$""")
RECORDED = re.compile(r"""check\(\s*["']([\w.]+)["'],.*?record=False\s*,?\s*\)""", re.DOTALL)
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(\s*<?([^)\s>]+)>?[^)]*\)")
TERM = re.compile(
    r"([A-Za-z][A-Za-z ’'-]{0,60}?)\**(?: · |\s\()\**([가-힣][가-힣\s]*[가-힣]|[가-힣])"
)
ABSOLUTE = re.compile(r"(?<![\w./])/(?:home|root|Users|tmp|opt|mnt|work|var)/\w|\b[A-Z]:\\\w")
NBVAL_COMMENT = re.compile(r"^\s*#\s*(NBVAL_\w+|PYTEST_VALIDATE_\w+)\s*$", re.MULTILINE)


def tags(cell: Cell) -> list[str]:
    """Return a cell's tags."""
    return cell["metadata"].get("tags", [])


def code_cells(notebook: Notebook) -> list[Cell]:
    """Return a notebook's code cells."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def prose(text: str) -> str:
    """Return markdown without its fenced code, where `#` starts a comment and no heading."""
    return re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)


# The notebook as a file


def hygiene(notebook: Notebook, lesson: str) -> list[str]:
    """Say what makes a notebook unfit to be committed.

    Parameters
    ----------
    notebook : dict
        As `refresh.read` returns it.
    lesson : str
        Its name without the ending, as in `IGNORED`.

    Returns
    -------
    list of str
        One sentence a violation.
    """
    found = []
    ids = [cell.get("id") for cell in notebook["cells"]]
    if None in ids or len(set(ids)) < len(ids):
        found.append("has cells without an id, or two with the same")
    else:  # nbformat would mend ids silently
        try:
            nbformat.validate(nbformat.from_dict(notebook))
        except nbformat.ValidationError as error:
            found.append(f"is not a valid notebook: {str(error).splitlines()[0]}")
    if notebook["metadata"] != refresh.NOTEBOOK_METADATA:
        found.append("has metadata of a machine or a widget; run `make refresh`")

    code = code_cells(notebook)
    counts = [cell["execution_count"] for cell in code]
    if counts != list(range(1, len(code) + 1)):
        found.append(f"was not run from top to bottom (empty cells count too): {counts}")
    for number, cell in enumerate(code, start=1):
        found += [f"code cell {number} {text}" for text in _cell_hygiene(cell)]
        if "nbval-ignore-output" in tags(cell):
            if (lesson, cell.get("id", "")) not in IGNORED:
                found.append(f"code cell {number} is ignored without a reason in contract.IGNORED")
            after = code[number : number + 1]
            if not after or "assert" not in after[0]["source"] or not after[0]["outputs"]:
                found.append(f"code cell {number} is ignored, but no asserting cell follows")
    for cell in notebook["cells"]:
        for match in ABSOLUTE.finditer(cell["source"]):
            found.append(f"names a path of one machine: …{match.group()}…")
        if left := set(cell["metadata"]) & set(refresh.DROPPED_CELL_METADATA):
            found.append(f"keeps an editor's metadata: {sorted(left)}; run `make refresh`")
    return found


def _cell_hygiene(cell: Cell) -> Iterator[str]:
    """Yield what is wrong with one code cell."""
    if match := NBVAL_COMMENT.search(cell["source"]):
        yield f"steers the comparison by a comment, {match.group(1)}"
    for tag in tags(cell):
        if tag.startswith(("nbval-", "raises-")) and tag != "nbval-ignore-output":
            yield f"steers the comparison by the tag {tag}"
    if refresh.normalise_outputs(cell["outputs"]) != cell["outputs"]:
        yield "has outputs that are not normalised (a widget, pieces of streams); `make refresh`"
    for output in cell["outputs"]:
        if output["output_type"] == "error":
            yield f"ends in an error, {output['ename']}: {output['evalue']}"
        texts = [output.get("text", "")]
        texts += [
            value
            for kind, value in output.get("data", {}).items()
            if kind not in refresh.PICTURES and isinstance(value, str)
        ]
        for text in texts:
            if match := ABSOLUTE.search(text):
                yield f"shows a path of one machine: …{match.group()}…"


# The notebook as a lesson


@dataclass
class Section:
    """A heading and the cells under it, up to the next heading of its level or above."""

    level: int
    title: str
    cells: list[Cell] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The section's prose."""
        return "\n\n".join(c["source"] for c in self.cells if c["cell_type"] == "markdown")


def sections(notebook: Notebook) -> list[Section]:
    """Split a notebook at its headings.

    A cell belongs to the last heading in it. The other headings of that cell are sections without
    cells of their own.
    """
    result: list[Section] = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            for hashes, title in HEADING.findall(prose(cell["source"])):
                result.append(Section(len(hashes), title))
        if result:
            result[-1].cells.append(cell)
    return result


def part(notebook: Notebook, title: str) -> Section | None:
    """Return a section with everything under it, subsections included; None without one."""
    whole: Section | None = None
    for section in sections(notebook):
        if whole is not None:
            if section.level <= whole.level:
                break
            whole.cells += section.cells
        elif section.title == title:
            whole = section
    return whole


def anchor(title: str) -> str:
    """Return the name that a heading can be linked by in JupyterLab, on GitHub and in nbviewer."""
    return re.sub(r"[*`]", "", title).replace(" ", "-")


@dataclass
class Exercise:
    """An exercise as the notebook shows it."""

    number: str
    stars: str
    text: str
    cells: list[Cell]

    def tagged(self, tag: str) -> list[Cell]:
        """The cells of the exercise with a tag."""
        return [cell for cell in self.cells if tag in tags(cell)]

    @property
    def kind(self) -> str:
        """One of KINDS, by the cell that the learner fills in."""
        stubs = self.tagged("exercise")
        if not stubs or stubs[0]["cell_type"] == "markdown":
            return "open"
        source = stubs[0]["source"]
        if re.search(r"^\w+ = None", source, re.MULTILINE) and "def " not in source:
            return "value"
        return "code" if "raise NotImplementedError" in source else "bug"

    @property
    def name(self) -> str | None:
        """The name in its check cell."""
        for cell in self.tagged("check"):
            if match := CHECK.match(cell["source"].strip()):
                return match.group(1)
        return None


def exercises(notebook: Notebook) -> list[Exercise]:
    """Return a lesson's exercises in their order."""
    result = []
    for section in sections(notebook):
        if match := EXERCISE.match(section.title):
            number = f"{match.group(1)}.{match.group(2)}"
            result.append(Exercise(number, match.group(4), section.text, section.cells))
    return result


@dataclass(frozen=True)
class Lengths:
    """How long a lesson's core is: all but Further, Further reading and Solutions."""

    words: int
    cells: int
    long_cells: int
    longest: int
    minutes: int | None
    figures: int
    exercises: int


def lengths(notebook: Notebook) -> Lengths:
    """Count a lesson's core."""
    outside = {
        id(cell)
        for title in OUTSIDE_CORE
        if (section := part(notebook, title)) is not None
        for cell in section.cells
    }
    core = [cell for cell in notebook["cells"] if id(cell) not in outside]
    words = sum(len(cell["source"].split()) for cell in core if cell["cell_type"] == "markdown")
    code = [cell for cell in core if cell["cell_type"] == "code"]
    lines = [sum(bool(x.strip()) for x in cell["source"].splitlines()) for cell in code]
    return Lengths(
        words=words,
        cells=len(code),
        long_cells=sum(count > LONG_CELL for count in lines),
        longest=max(lines, default=0),
        minutes=_minutes(notebook),
        figures=len(list(_pictures(notebook))),
        exercises=len(exercises(notebook)),
    )


def _minutes(notebook: Notebook) -> int | None:
    """Return the minutes that the objectives state: `90 minutes` or `Minutes: 90`."""
    section = part(notebook, SECTIONS[0])
    text = re.sub(r"\*", "", section.text) if section else ""
    match = re.search(r"(\d+)\s+minutes|minutes:?\s+(\d+)", text, re.IGNORECASE)
    return int(match.group(1) or match.group(2)) if match else None


def _pictures(notebook: Notebook) -> Iterator[tuple[int, str]]:
    """Yield each picture among the outputs: its code cell's number and its alternative text."""
    for number, cell in enumerate(code_cells(notebook), start=1):
        for output in cell["outputs"]:
            for kind in ("image/png", "image/jpeg", "image/svg+xml"):
                if kind in output.get("data", {}):
                    yield number, output.get("metadata", {}).get(kind, {}).get("alt", "")


def promises(
    notebook: Notebook,
    lesson: str,
    following: str | None,
    bank: Mapping[str, tuple[str, float]] | None,
) -> list[str]:
    """Say which of its promises a lesson does not keep.

    Parameters
    ----------
    notebook : dict
        As `refresh.read` returns it.
    lesson : str
        Its name without the ending, as `02_rnn_cell`.
    following : str or None
        The name of the course's next lesson, if it is written.
    bank : mapping of str to (kind, points), or None
        The registered exercises of this lesson by name; open ones count by their kind. None
        leaves the comparison with them out.

    Returns
    -------
    list of str
        One sentence a violation.
    """
    return [
        *_structure(notebook, lesson, following),
        *_figures(notebook),
        *_links(notebook),
        *_lengths(notebook),
        *_claims(notebook, lesson),
        *_exercises(notebook, lesson),
        *_metadata(notebook),
        *_solutions(notebook),
        *(_bank(notebook, bank) if bank is not None else ()),
    ]


def _structure(notebook: Notebook, lesson: str, following: str | None) -> Iterator[str]:
    """Check the headings and what stands under those that every lesson has."""
    found = sections(notebook)
    known = {entry.slug: entry for entry in LESSONS}.get(lesson)
    first = found[0] if found and notebook["cells"][0] is found[0].cells[0] else Section(0, "")
    title = f"{lesson[:2]} · " + (known.title if known else "")
    if first.level != 1 or not first.title.startswith(title):
        yield f"does not begin with the heading “# {title}”"
    if sum(section.level == 1 for section in found) > 1:
        yield "has more than one heading of the first level"
    if known and known.question not in notebook["cells"][0]["source"]:
        yield f"does not ask its question, “{known.question}”, under its title"

    titles = [section.title for section in found if section.level == 2]
    missing = [title for title in SECTIONS if titles.count(title) != 1]
    for title in missing:
        yield f"does not have the section “## {title}” once"
    if not missing and sorted(SECTIONS, key=titles.index) != list(SECTIONS):
        yield f"does not have its sections in the order {', '.join(SECTIONS)}"
    if titles and titles[-1] != "Solutions":
        yield "does not end on “## Solutions”"

    minutes = _minutes(notebook)
    if minutes is None:
        yield "does not state the minutes that it needs"
    elif minutes > MOST_MINUTES:
        yield f"needs {minutes} minutes; at most {MOST_MINUTES} are allowed"
    objectives = part(notebook, SECTIONS[0])
    if objectives and not re.search(r"\bknow\b", objectives.text, re.IGNORECASE):
        yield "does not say what to know first"
    recap = part(notebook, "Recap")
    if recap and len(recap.text.split()) < 20:
        yield "has next to nothing in its recap"
    nexts = part(notebook, "What breaks next")
    if following and nexts and f"({following}.ipynb)" not in nexts.text:
        yield f"does not link the next lesson, {following}.ipynb, under “What breaks next”"
    reading = part(notebook, "Further reading")
    if reading and "](http" not in reading.text:
        yield "has no link under “Further reading”"
    if not list(terms(notebook)):
        yield "gives no Korean term beside an English one"


def terms(notebook: Notebook) -> Iterator[tuple[str, str]]:
    """Yield the pairs “hidden state · 은닉 상태” or “**mask** (마스크)” in a lesson's prose.

    The English part may have words too many in front: nothing marks where it begins.
    """
    for cell in notebook["cells"]:
        if cell["cell_type"] != "markdown" or "solution" in tags(cell):
            continue
        for match in TERM.finditer(prose(cell["source"])):
            bracket = "(" in match.group(0)[len(match.group(1)) :]
            if bracket and not match.group(0)[len(match.group(1)) :].startswith("**"):
                continue  # a bracket after plain words is an example: “pear (배)”
            yield match.group(1).strip(), " ".join(match.group(2).split())


def _figures(notebook: Notebook) -> Iterator[str]:
    """Check that there is a picture, and words for each."""
    pictures = list(_pictures(notebook))
    if not pictures:
        yield "shows no figure"
    for number, alternative in pictures:
        if len(alternative.split()) < 3:
            yield f"code cell {number} shows a figure without alternative text; use plots.show"
    for cell in notebook["cells"]:
        if cell["cell_type"] != "markdown":
            continue
        for mark, text, target in LINK.findall(prose(cell["source"])):
            if mark and not text.strip():
                yield f"has a picture without alternative text: {target}"


def _links(notebook: Notebook) -> Iterator[str]:
    """Check that links within the lesson lead to a heading."""
    anchors = {anchor(section.title) for section in sections(notebook)}
    for cell in notebook["cells"]:
        if cell["cell_type"] != "markdown":
            continue
        for _, _, target in LINK.findall(prose(cell["source"])):
            if target.startswith("#") and unquote(target[1:]) not in anchors:
                yield f"has a link to {target}, but no such heading"


def _lengths(notebook: Notebook) -> Iterator[str]:
    """Check the limits of the core."""
    counted = lengths(notebook)
    if counted.words > MOST_WORDS:
        yield f"has {counted.words} words in its core; at most {MOST_WORDS} are allowed"
    if counted.cells > MOST_CELLS:
        yield f"has {counted.cells} code cells in its core; at most {MOST_CELLS} are allowed"


def _claims(notebook: Notebook, lesson: str) -> Iterator[str]:
    """Check that a claim goes through both tiers: the record read, one seed run live, a verdict."""
    if lesson.startswith("00"):  # it shows what will be built, and claims nothing
        return
    source = "\n".join(cell["source"] for cell in code_cells(notebook))
    numbers = set(re.findall(r"""\bverdict\((\d+|["']\w+["'])""", source))  # or a name
    if not numbers:
        yield "measures no claim: claims.verdict(number) is never asked"
    for number in sorted(numbers):
        for step in ("record", "live", "agrees"):
            if not re.search(rf"\b{step}\({re.escape(number)}(?!\w)", source):
                yield f"gives a verdict on claim {number} without claims.{step}({number}, …)"


def _exercises(notebook: Notebook, lesson: str) -> Iterator[str]:
    """Check that the exercises are there, numbered, and made of the cells that they need."""
    found = exercises(notebook)
    if len(found) < LEAST_EXERCISES:
        yield f"has {len(found)} exercises; at least {LEAST_EXERCISES} are needed"
    wanted = [f"{int(lesson[:2])}.{index}" for index in range(1, len(found) + 1)]
    if [exercise.number for exercise in found] != wanted:
        yield f"numbers its exercises {[exercise.number for exercise in found]}, not {wanted}"
    for kind in KINDS:
        if all(exercise.kind != kind for exercise in found):
            yield f"has no exercise of the kind “{kind}”"
    for section in sections(notebook):
        if section.title.startswith("Exercise") and not EXERCISE.match(section.title):
            yield f"has a heading that is no exercise’s: “{section.title}” (… · title ★☆☆)"
    owned = {id(cell) for exercise in found for cell in exercise.cells}
    for cell in notebook["cells"]:
        if set(tags(cell)) & {"exercise", "check", "open"} and id(cell) not in owned:
            yield f"has a cell tagged {tags(cell)} outside an exercise"
    for exercise in found:
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


def _metadata(notebook: Notebook) -> Iterator[str]:
    """Check tags, and that nbgrader's ids are unique and stand on exercises only."""
    ids = [_nbgrader(cell).get("grade_id") for cell in notebook["cells"] if _nbgrader(cell)]
    for repeated in sorted({str(name) for name in ids if ids.count(name) > 1}):
        yield f"has the grade_id {repeated} more than once"
    owned = {id(cell) for exercise in exercises(notebook) for cell in exercise.cells}
    for cell in notebook["cells"]:
        for tag in tags(cell):
            if not TAGS.fullmatch(tag):
                yield f"has a cell with the unknown tag {tag!r}"
        if _nbgrader(cell) and id(cell) not in owned:
            yield f"has nbgrader metadata outside an exercise: {_nbgrader(cell).get('grade_id')}"


def _solutions(notebook: Notebook) -> Iterator[str]:
    """Check that there is a solution for each exercise, folded, and nowhere else."""
    solutions = part(notebook, "Solutions")
    if solutions is None:
        return
    inside = {id(cell) for cell in solutions.cells}
    for cell in notebook["cells"]:
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
    titles = [section.title for section in sections(notebook)]
    checked = {name for cell in solutions.cells for name in RECORDED.findall(cell["source"])}
    for exercise in exercises(notebook):
        if not any(re.match(rf"Solution {exercise.number}(?!\d)", title) for title in titles):
            yield f"exercise {exercise.number} has no heading “Solution {exercise.number}”"
        if exercise.kind != "open" and exercise.name and exercise.name not in checked:
            yield f"exercise {exercise.number} has no solution that is checked with record=False"


def _bank(notebook: Notebook, bank: Mapping[str, tuple[str, float]]) -> Iterator[str]:
    """Hold the exercises against those that are registered, and against what their checks said."""
    found = exercises(notebook)
    names = {exercise.name: exercise for exercise in found if exercise.kind != "open"}
    for name, exercise in names.items():
        if name is None:
            continue
        if name not in bank:
            yield f"exercise {exercise.number} checks {name!r}, which is not registered"
            continue
        kind, points = bank[name]
        if kind != exercise.kind:
            yield f"exercise {exercise.number} looks like “{exercise.kind}” but {name} is “{kind}”"
        check = exercise.tagged("check")[0]
        if _nbgrader(check).get("points") != points:
            yield f"exercise {exercise.number} is worth {points} points, its metadata says other"
        if _shown_score(check) != 0.0:
            yield f"exercise {exercise.number}, unsolved, shows {_shown_score(check)}, not 0"
    for name, (kind, _) in bank.items():
        if kind != "open" and name not in names:
            yield f"does not set the registered exercise {name}"
    for cell in notebook["cells"]:
        for name in RECORDED.findall(cell["source"])[-1:]:
            if name in bank and _shown_score(cell) != bank[name][1]:
                yield f"shows {_shown_score(cell)} for the solution of {name}, not {bank[name][1]}"
    registered = sorted(points for kind, points in bank.values() if kind == "open")
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


def registered(lesson: str) -> dict[str, tuple[str, float]]:
    """Return the exercises that the package holds for a lesson, by name: kind and points."""
    from course.exercises import bank

    word = {entry.slug: entry.word for entry in LESSONS}[lesson]
    return {
        exercise.name: (
            "bug" if getattr(exercise, "given", None) is not None else exercise.kind,
            exercise.total,
        )
        for exercise in bank.exercises(word)
    }


def following_lesson(lesson: str, folder: Path) -> str | None:
    """Return the name of the course's next lesson, or None where it is not written yet."""
    slugs = [entry.slug for entry in LESSONS]
    following = slugs[slugs.index(lesson) + 1 :][:1]
    return next((slug for slug in following if (folder / f"{slug}.ipynb").exists()), None)


def table(paths: Sequence[Path]) -> str:
    """Return the lengths of lessons, a line each."""
    lines = [
        "lesson                       words  cells  >15 lines  longest  minutes  figures  exercises"
    ]
    for path in paths:
        n = lengths(refresh.read(path))
        lines.append(
            f"{path.stem:27} {n.words:6} {n.cells:6} {n.long_cells:10} {n.longest:8} "
            f"{n.minutes or '?':>8} {n.figures:8} {n.exercises:10}"
        )
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Print lengths and violations of the lessons named, or of all; return the exit status."""
    parser = argparse.ArgumentParser(description="Check what lessons owe their readers.")
    parser.add_argument("lesson", nargs="*", help="02, 02_rnn_cell or a path; all by default")
    wanted = parser.parse_args(argv).lesson
    folder = refresh.ROOT / "notebooks"
    try:
        files = [Path(name) for name in wanted if name.endswith(".ipynb")]
        names = [name for name in wanted if not name.endswith(".ipynb")]
        paths = files + (refresh.find_lessons(names, folder) if names or not files else [])
        print(table(paths))
        count = 0
        for path in paths:
            notebook = refresh.read(path)
            following = following_lesson(path.stem, folder)
            bank = registered(path.stem)
            found = hygiene(notebook, path.stem)
            found += promises(notebook, path.stem, following, bank)
            count += len(found)
            for sentence in found:
                print(f"{path.stem} {sentence}")
    except refresh.LessonError as error:
        print(error, file=sys.stderr)
        return 2
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
