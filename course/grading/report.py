"""What a teacher gets: grades as CSV, each student's feedback, and a page about the class."""

from __future__ import annotations

import base64
import csv
import html
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course.exercises.bank import CodeExercise, Exercise, ValueExercise, exercises, find
from course.exercises.score import as_inline
from course.grading.grade import Work, api_of, read_records, released_cells, what_failed
from course.grading.release import Trouble, open_course

__all__ = ["report"]

AWAITING = "awaiting"


@dataclass
class Item:
    """One graded cell of an assignment."""

    grade_id: str
    exercise: Exercise | None
    points: float

    @property
    def name(self) -> str:
        """The exercise's name, or the cell's."""
        return self.exercise.name if self.exercise is not None else self.grade_id

    @property
    def title(self) -> str:
        """The exercise's title."""
        return self.exercise.title if self.exercise is not None else self.grade_id

    @property
    def by_hand(self) -> bool:
        """Whether a person grades it."""
        return not isinstance(self.exercise, CodeExercise | ValueExercise)


@dataclass
class Row:
    """One student."""

    student: str
    points: dict[str, float] = field(default_factory=dict)
    awaiting: set[str] = field(default_factory=set)
    marks: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    status: str = "graded"
    problems: list[str] = field(default_factory=list)
    look: list[str] = field(default_factory=list)
    penalty: float = 0.0

    @property
    def total(self) -> float:
        """The points so far, late penalty taken off."""
        return max(0.0, sum(self.points.values()) - self.penalty)


def report(course: Path, assignment: str, *, feedback: bool = True, jobs: int = 0) -> int:
    """Write the grades, the feedback and the class page.

    Parameters
    ----------
    course : Path
        The course's folder.
    assignment : str
        The assignment.
    feedback : bool
        Whether to write the students' pages.
    jobs : int
        How many pages at a time; 0 for one on each core.

    Returns
    -------
    int
        0, or 1 where a page could not be written.

    Raises
    ------
    Trouble
        If nothing has been graded.
    """
    api = open_course(course)
    released_cells(api, assignment)
    items, rows = _read(api, course, assignment)
    if not rows:
        raise Trouble(f"nothing of {assignment} has been graded yet: see `grade`")
    folder = course / "report" / assignment
    folder.mkdir(parents=True, exist_ok=True)
    _write_grades(folder / "grades.csv", items, rows)
    mistakes = _mistakes(items, rows)
    _write_mistakes(folder / "mistakes.csv", mistakes)
    (folder / "class.html").write_text(
        _class_page(assignment, items, rows, mistakes), encoding="utf-8"
    )
    graded = [row.student for row in rows if row.status == "graded"]
    failed: list[str] = []
    if feedback:
        work = Work(_feedback_one, course, assignment, jobs)
        tasks = ((student, Path(), None) for student in graded)
        if work.run(tasks, len(graded), Counter(), failed):
            return 130
        for row in rows:
            page = course / "feedback" / row.student / assignment
            if row.status == "graded":
                _write_feedback(page, assignment, items, row)
            else:
                _write_problem(page, row)
    open_answers = sum(len(row.awaiting) for row in rows)
    print(f"{len(graded)} graded, {len(rows) - len(graded)} not graded.")
    if open_answers:
        print(f"{_open(open_answers)} you in the formgrader; the totals are without them.")
    for name in ("grades.csv", "mistakes.csv", "class.html"):
        print(folder / name)
    if feedback:
        print(course / "feedback" / "STUDENT" / assignment / "index.html")
    return 1 if failed else 0


def _open(count: int) -> str:
    return "1 open answer awaits" if count == 1 else f"{count} open answers await"


def _feedback_one(course: str, assignment: str, student: str) -> str:
    return what_failed(api_of(course).generate_feedback(assignment, student, force=True))


# --- reading -----------------------------------------------------------------------------------


def _read(api: Any, course: Path, assignment: str) -> tuple[list[Item], list[Row]]:
    import nbformat
    from nbgrader.api import Gradebook

    from course.grading.preprocessors import MARK, open_name, read_marks

    by_id = {e.name.replace(".", "-").replace("_", "-"): e for e in exercises()}
    rows: dict[str, Row] = {}
    items: list[Item] = []
    with Gradebook(api.coursedir.db_url, api.coursedir.course_id) as book:
        found = book.find_assignment(assignment)
        for notebook in sorted(found.notebooks, key=lambda one: one.name):
            for cell in notebook.grade_cells:
                exercise = by_id.get(cell.name.removesuffix("-check")) or find(open_name(cell.name))
                items.append(Item(cell.name, exercise, float(cell.max_score)))
        order = {exercise.name: place for place, exercise in enumerate(exercises())}
        items.sort(key=lambda item: order.get(item.name, 10**6))
        names = {item.grade_id: item for item in items}
        for submission in found.submissions:
            row = rows.setdefault(submission.student_id, Row(submission.student_id))
            for notebook in submission.notebooks:
                row.penalty += float(notebook.late_submission_penalty or 0.0)
                for comment in notebook.comments:
                    if comment.comment:
                        row.comments[comment.name] = str(comment.comment)
                for grade in notebook.grades:
                    item = names[grade.name]
                    row.points[item.name] = float(grade.score or 0.0)
                    if item.by_hand and grade.needs_manual_grade:
                        row.awaiting.add(item.name)
                        row.points[item.name] = 0.0
    records = read_records(course, assignment)
    for student, record in records.items():
        row = rows.setdefault(student, Row(student))
        row.problems = [str(said) for said in record.get("problems", [])]
        if record.get("state") == "unreadable":
            row.status, row.points, row.awaiting = "not graded", {}, set()
    for row in rows.values():
        if row.status != "graded":
            continue
        paths = sorted((course / "autograded" / row.student / assignment).glob("*.ipynb"))
        if not paths:
            row.status = "not graded"
            row.problems.append("grading was interrupted or failed: start `grade` again")
        for path in paths:
            nb = nbformat.read(path, as_version=4)
            row.marks.update({mark["exercise"]: mark for mark in read_marks(nb)})
            row.look += nb.metadata.get(MARK, {}).get("suspicious", [])
            for cell in nb.cells:
                meta = cell.metadata.get("nbgrader", {})
                if meta.get("solution"):
                    row.answers[meta["grade_id"]] = cell.source
        row.problems += [
            f"{name}: {note}" for name, mark in row.marks.items() for note in mark["notes"]
        ]
    return items, [rows[student] for student in sorted(rows)]


@dataclass
class Made:
    """How often a named mistake was made."""

    item: Item
    tag: str
    message: str
    students: list[str]


def _mistakes(items: Sequence[Item], rows: Sequence[Row]) -> list[Made]:
    made = []
    for item in items:
        if item.by_hand or not isinstance(item.exercise, CodeExercise | ValueExercise):
            continue
        for mistake in item.exercise.mistakes:
            who = [
                row.student
                for row in rows
                if row.marks.get(item.name, {}).get("tag") == mistake.tag
            ]
            made.append(Made(item, mistake.tag, mistake.message, who))
    return made


# --- writing -----------------------------------------------------------------------------------


def _safe(text: Any) -> Any:
    """Keep a spreadsheet from taking a student's text for a formula."""
    return (
        f"'{text}" if isinstance(text, str) and text[:1] in "=+-@\t\r\n＝＋－＠" and text else text
    )


def _write_csv(path: Path, lines: list[list[Any]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([[_safe(value) for value in line] for line in lines])
    path.write_text(text.getvalue(), encoding="utf-8-sig", newline="")


def _write_grades(path: Path, items: Sequence[Item], rows: Sequence[Row]) -> None:
    head = ["student", "status", "points", "of", "awaiting", *(i.name for i in items)]
    lines: list[list[Any]] = [[*head, "late penalty", "what was odd", "worth a look"]]
    of = sum(item.points for item in items)
    for row in rows:
        cells = [
            AWAITING if item.name in row.awaiting else f"{row.points.get(item.name, 0.0):g}"
            for item in items
        ]
        lines.append(
            [
                row.student,
                row.status,
                f"{row.total:g}",
                f"{of:g}",
                len(row.awaiting),
                *cells,
                f"{row.penalty:g}",
                "; ".join(row.problems),
                "; ".join(row.look),
            ]
        )
    _write_csv(path, lines)


def _write_mistakes(path: Path, mistakes: Sequence[Made]) -> None:
    lines: list[list[Any]] = [["exercise", "mistake", "students", "message"]]
    lines += [[one.item.name, one.tag, len(one.students), one.message] for one in mistakes]
    _write_csv(path, lines)


_STYLE = """
:root { color-scheme: light dark; }
body { font: 17px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
       color: #1b1b1b; background: #fff; }
h1, h2, h3 { line-height: 1.2; } h2 { margin-top: 2.4rem; }
table { border-collapse: collapse; margin: 1rem 0; }
caption { text-align: left; color: #444; white-space: nowrap; }
pre { overflow-x: auto; }
th, td { border-bottom: 1px solid #bbb; padding: .3rem .8rem .3rem 0; text-align: left;
         vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
figure { margin: 1rem 0; } figure img { max-width: 100%; background: #fff; }
code { background: #eee; padding: 0 .2em; }
@media (prefers-color-scheme: dark) {
  body { color: #e6e6e6; background: #161616; } caption { color: #bbb; } code { background: #333; }
  th, td { border-color: #555; }
}
"""


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head>\n"
        f"<body><main>\n<h1>{html.escape(title)}</h1>\n{body}\n</main></body></html>\n"
    )


def _write_problem(folder: Path, row: Row) -> None:
    """Tell a student why nothing was graded."""
    folder.mkdir(parents=True, exist_ok=True)
    said = "".join(f"<li>{html.escape(problem)}</li>" for problem in row.problems)
    body = (
        "<p>What you handed in could not be graded:</p>"
        f"<ul>{said}</ul><p>Please hand it in again, or talk to your teacher.</p>"
    )
    (folder / "index.html").write_text(_page("Not graded", body), encoding="utf-8")


def _write_feedback(folder: Path, assignment: str, items: Sequence[Item], row: Row) -> None:
    """Write a student's page: points, messages and answers, exercise by exercise."""
    of = sum(item.points for item in items)
    parts = [f"<p><strong>{row.total:g} of {of:g} points</strong> for {html.escape(row.student)}"]
    if row.awaiting:
        parts.append(", and what your open answers will earn: they have not been read yet")
    parts.append(".")
    if row.penalty:
        parts.append(f" {row.penalty:g} points were taken off because it came late.")
    parts.append("</p>")
    for item in items:
        earned = "not read yet" if item.name in row.awaiting else f"{row.points[item.name]:g}"
        points = f"{earned} of {item.points:g}" if item.name not in row.awaiting else earned
        parts.append(f"<h2>{html.escape(item.title)}: {points}</h2>")
        mark = row.marks.get(item.name)
        if mark is not None:
            parts.append(mark["html"])
            if mark["points"] != row.points[item.name]:
                parts.append("<p>Your teacher has set these points by hand.</p>")
            parts += [f"<p>Note: {html.escape(note)}.</p>" for note in mark["notes"]]
        stub = item.grade_id.removesuffix("-check")
        for key in dict.fromkeys((stub, item.grade_id)):
            if row.comments.get(key):
                parts.append(f"<p>Comment: {html.escape(row.comments[key])}</p>")
        if row.answers.get(stub):
            parts.append(
                "<details><summary>Your answer</summary>"
                f"<pre>{html.escape(row.answers[stub])}</pre></details>"
            )
    pages = sorted(path.name for path in folder.glob("*.html") if path.name != "index.html")
    links = ", ".join(f'<a href="{html.escape(n)}">{html.escape(n)}</a>' for n in pages)
    if links:
        parts.append(f"<h2>The whole notebook</h2><p>{links}</p>")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(_page(assignment, "".join(parts)), encoding="utf-8")


def _table(head: Sequence[str], lines: Sequence[Sequence[Any]], caption: str = "") -> str:
    """Write a table; columns whose head begins with # hold numbers."""
    numbers = [name.startswith("#") for name in head]

    def cell(tag: str, value: Any, number: bool) -> str:
        inner = as_inline(str(value).removeprefix("#"))
        marks = (" class=n" if number else "") + (" scope=col" if tag == "th" else "")
        return f"<{tag}{marks}>{inner}</{tag}>"

    top = "".join(cell("th", name, n) for name, n in zip(head, numbers, strict=True))
    body = "".join(
        f"<tr>{''.join(cell('td', v, n) for v, n in zip(line, numbers, strict=True))}</tr>\n"
        for line in lines
    )
    told = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    return f"<table>{told}<thead><tr>{top}</tr></thead><tbody>\n{body}</tbody></table>"


def _figure(figure: Any, alternative: str) -> str:
    data = io.BytesIO()
    figure.savefig(data, format="png", bbox_inches="tight")
    shown = base64.b64encode(data.getvalue()).decode("ascii")
    return (
        f'<figure><img src="data:image/png;base64,{shown}" alt="{html.escape(alternative)}">'
        "</figure>"
    )


def _class_page(
    assignment: str, items: Sequence[Item], rows: Sequence[Row], mistakes: Sequence[Made]
) -> str:
    graded = [row for row in rows if row.status == "graded"]
    not_graded = [row for row in rows if row.status != "graded"]
    awaiting = sum(len(row.awaiting) for row in rows)
    of = sum(item.points for item in items)
    parts = [
        f"<p>Handed in: {len(rows)}. Graded: {len(graded)}"
        f"{f'. Not graded: {len(not_graded)}' if not_graded else ''}. "
        f"{of:g} points can be earned."
        + (f" {_open(awaiting)} a reader; the points below are without them." if awaiting else "")
        + "</p>"
    ]
    if graded:
        parts.append("<h2>Points</h2>")
        parts.append(_score_figure([row.total for row in graded], of))
        parts.append("<h2>Exercises</h2>")
        parts.append(_exercise_table(items, graded))
        parts.append("<h2>Mistakes</h2>")
        parts += _mistake_parts(items, graded, mistakes)
    if not_graded:
        parts.append("<h2>Not graded</h2>")
        parts.append(
            _table(
                ["student", "why"], [[row.student, "; ".join(row.problems)] for row in not_graded]
            )
        )
    odd = [row for row in graded if row.problems]
    if odd:
        parts.append("<h2>What was odd, and was graded all the same</h2>")
        parts.append(
            _table(["student", "what"], [[row.student, "; ".join(row.problems)] for row in odd])
        )
    look = [row for row in graded if row.look]
    if look:
        parts.append(
            "<h2>Worth a look</h2><p>These students' code does what an answer seldom needs. It "
            "has changed no score and may be harmless: read it before you judge.</p>"
        )
        parts.append(
            _table(["student", "what"], [[row.student, "; ".join(row.look)] for row in look])
        )
    return _page(f"{assignment}: the class", "\n".join(parts))


def _score_figure(totals: list[float], of: float) -> str:
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt
    import numpy as np
    from matplotlib.ticker import MaxNLocator

    from helpers.plots import COLOURS, use_course_style

    use_course_style()
    bins = int(min(20, max(5, np.ceil(of))))
    edges = np.linspace(0, of, bins + 1)
    figure, axes = plt.subplots(figsize=(8, 3.6))
    counts, _, _ = axes.hist(totals, edges.tolist(), color=COLOURS["blue"], edgecolor="white")
    middle = float(np.median(totals))
    axes.axvline(middle, color=COLOURS["orange"], lw=3, ls="--")
    axes.annotate(
        f"median {middle:g}",
        (middle, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(6 if middle < of / 2 else -6, -16),
        textcoords="offset points",
        ha="left" if middle < of / 2 else "right",
    )
    axes.set(
        xlabel=f"points, of {of:g}",
        ylabel="students",
        xlim=(0, of),
        title=f"The median is {middle:g} of {of:g} points",
    )
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    low = sum(1 for total in totals if total < of / 2)
    alternative = (
        f"Histogram of the points of {len(totals)} students. Median {middle:g} of {of:g}, lowest "
        f"{min(totals):g}, highest {max(totals):g}; {low} students have less than half."
    )
    shown = _figure(figure, alternative)
    plt.close(figure)
    lines = [
        [f"{edges[i]:.3g} to {edges[i + 1]:.3g}", int(count)]
        for i, count in enumerate(counts)
        if count
    ]
    return shown + _table(["points", "#students"], lines, "The same in numbers")


def _exercise_table(items: Sequence[Item], graded: Sequence[Row]) -> str:
    lines: list[list[Any]] = []
    for item in items:
        states = Counter(row.marks.get(item.name, {}).get("state", "") for row in graded)
        mean = sum(row.points.get(item.name, 0.0) for row in graded) / len(graded)
        waiting = sum(1 for row in graded if item.name in row.awaiting)
        if item.by_hand:
            words = f"{item.title} (read by you{f', {waiting} awaiting' if waiting else ''})"
            lines.append([item.name, words, "", "", f"{mean:.2f}", f"{item.points:g}"])
            continue
        tried = len(graded) - states["unattempted"] - states[""]
        lines.append(
            [item.name, item.title, tried, states["solved"], f"{mean:.2f}", f"{item.points:g}"]
        )
    head = ["exercise", "title", "#tried", "#solved", "#mean points", "#of"]
    return _table(head, lines)


def _mistake_parts(
    items: Sequence[Item], graded: Sequence[Row], mistakes: Sequence[Made]
) -> Iterator[str]:
    made = sorted((one for one in mistakes if one.students), key=lambda one: -len(one.students))
    unnamed = Counter(
        name
        for row in graded
        for name, mark in row.marks.items()
        if mark["state"] in ("wrong", "partly", "stopped") and not mark["tag"]
    )
    if not made:
        yield "<p>Nobody made a mistake that has a name.</p>"
    else:
        shown = made[:15]
        yield _mistake_figure(shown, len(graded))
        if len(made) > len(shown):
            yield f"<p>The figure shows the {len(shown)} most frequent of {len(made)}.</p>"
        yield _table(
            ["exercise", "mistake", "#students", "what the students were told"],
            [[one.item.name, one.tag, len(one.students), one.message] for one in made],
        )
    if unnamed:
        yield _table(
            ["exercise", "#students"],
            [[item.name, unnamed[item.name]] for item in items if unnamed[item.name]],
            "Wrong in a way that has no name",
        )


def _mistake_figure(shown: Sequence[Made], students: int) -> str:
    import matplotlib.pyplot as plt
    from matplotlib.ticker import MaxNLocator

    from helpers.plots import COLOURS

    labels = [f"{one.item.name}: {one.tag}" for one in shown]
    counts = [len(one.students) for one in shown]
    figure, axes = plt.subplots(figsize=(8, 0.8 + 0.42 * len(shown)))
    places = range(len(shown))
    axes.barh(places, counts, color=COLOURS["blue"])
    axes.set_yticks(places, labels)
    axes.invert_yaxis()
    for place, count in zip(places, counts, strict=True):
        axes.text(count, place, f" {count}", va="center")
    axes.set(
        xlabel=f"students, of {students}",
        xlim=(0, max(counts) * 1.12),
        title=f"Most frequent: {shown[0].tag} in {shown[0].item.name}",
    )
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    told = "; ".join(f"{label}: {count}" for label, count in zip(labels, counts, strict=True))
    shown_figure = _figure(figure, f"Bar chart of how many students made each mistake. {told}.")
    plt.close(figure)
    return shown_figure
