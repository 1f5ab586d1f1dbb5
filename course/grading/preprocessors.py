"""The three steps that this course adds to nbgrader's own autograding.

`configure` puts them in their places: `TidyCells` first among those that sanitise a submission,
`GradeInChild` in place of nbgrader's `Execute`, `SaveAtOnce` in place of `SaveAutoGrades`. The
formgrader's button and `nbgrader autograde` use them as `python -m course.grading grade` does.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

import nbformat
from nbformat.corpus.words import generate_corpus_id as random_cell_id
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from traitlets import Bool, Float, Int, List, Unicode

from course.exercises.bank import OpenExercise, find
from course.exercises.score import Score
from course.grading.pictures import Pictures
from course.grading.plan import Cell, places, read_cell, sources, suspicious
from course.grading.sandbox import Ask, Finding, Limits, collect, with_points

__all__ = ["MARK", "GradeInChild", "SaveAtOnce", "TidyCells", "read_marks"]

MARK = "sequence_course"
"""Under this name a cell's, an output's or a notebook's metadata hold what the grader notes."""

_CHECK = "-check"


class TidyCells(NbGraderPreprocessor):
    """Give every graded cell of the release its own place and metadata back.

    Students copy cells, delete them, turn code into text and edit what they should not. nbgrader
    knows the cells by their metadata; here these are made what the release made them: one cell for
    each name, the others lose the name and keep their text.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Tidy a submission before nbgrader looks at it."""
        about, pictures = resources["nbgrader"], Pictures()
        for cell in nb.cells:
            attachments = cell.pop("attachments", None)
            if cell.cell_type == "markdown":
                cell.source, kept = pictures.keep(cell.source, attachments)
                cell |= {"attachments": kept} if kept else {}
        with Gradebook(about["db_url"]) as book:
            notebook = book.find_notebook(about["notebook"], about["assignment"])
            released = {cell.name: cell for cell in notebook.source_cells}
            points = {cell.name: float(cell.max_score) for cell in notebook.grade_cells}
            answers = {cell.name for cell in notebook.solution_cells}
            nb.cells = _tidied(nb.cells, released, points, answers)
        _with_ids(nb)
        nb.metadata.pop(MARK, None)
        return nb, resources


def _tidied(
    cells: list[NotebookNode], released: dict[str, Any], points: dict[str, float], answers: set[str]
) -> list[NotebookNode]:
    standing: dict[str, list[int]] = {name: [] for name in released}
    for i, cell in enumerate(cells):
        cell.metadata.pop(MARK, None)
        meta = cell.metadata.get("nbgrader")
        name = meta.get("grade_id") if isinstance(meta, dict) else None
        if isinstance(name, str) and name in released:
            standing[name].append(i)
    chosen = {}
    for name, indices in standing.items():
        if name in answers:  # the last that was worked on
            worked = [
                i for i in indices if cells[i].source.strip() != released[name].source.strip()
            ]
            indices = worked or indices
        if indices:
            chosen[indices[-1]] = name
    made: list[NotebookNode] = []
    for i, cell in enumerate(cells):
        meta = cell.metadata.pop("nbgrader", None)
        name = chosen.get(i)
        if name is None:
            copied = meta.get("grade_id") if isinstance(meta, dict) else None
            if isinstance(copied, str) and copied in released:
                cell.metadata[MARK] = {"copy_of": copied}
            if cell.cell_type not in ("code", "markdown", "raw"):
                continue
            made.append(cell)
            continue
        source = released[name]
        locked = bool(source.locked)
        if locked and cell.source != source.source:  # edited: what was written there stays, above
            if cell.cell_type == "code":
                made.append(new_code_cell(cell.source, metadata={MARK: {"edited": name}}))
        made.append(_cell(source, source.source if locked else cell.source, points, answers))
        if not locked and made[-1].cell_type == "markdown" and cell.get("attachments"):
            made[-1].attachments = cell.attachments
    for name, source in released.items():
        if name not in chosen.values():
            _put_back(made, _cell(source, source.source, points, answers), name)
    return made


def _cell(source: Any, text: str, points: dict[str, float], answers: set[str]) -> NotebookNode:
    """Make a cell as the release has it, with a text."""
    name = source.name
    meta: dict[str, Any] = {
        "grade": name in points,
        "grade_id": name,
        "locked": bool(source.locked),
        "schema_version": 3,
        "solution": name in answers,
        "task": False,
    }
    if name in points:
        meta["points"] = points[name]
    make = new_code_cell if source.cell_type == "code" else new_markdown_cell
    return make(text, metadata={"nbgrader": meta, "deletable": False})


def _with_ids(nb: NotebookNode) -> None:
    """Give each cell an id of its own: copies share one, cells of old notebooks have none."""
    nb.nbformat, nb.nbformat_minor = 4, 5
    seen: set[str] = set()
    for cell in nb.cells:
        given = cell.get("id")
        if not isinstance(given, str) or not re.fullmatch(r"[\w-]{1,64}", given) or given in seen:
            cell.id = random_cell_id()
        seen.add(cell.id)


def _put_back(cells: list[NotebookNode], cell: NotebookNode, name: str) -> None:
    """Put a cell that the student removed beside its exercise's other one, or at the end."""
    where = {c.metadata.get("nbgrader", {}).get("grade_id"): i for i, c in enumerate(cells)}
    if name.endswith(_CHECK) and name.removesuffix(_CHECK) in where:
        cells.insert(where[name.removesuffix(_CHECK)] + 1, cell)
    elif name + _CHECK in where:
        cells.insert(where[name + _CHECK], cell)
    else:
        cells.append(cell)


class GradeInChild(NbGraderPreprocessor):
    """Grade the exercises of a notebook; its code runs in a child process (see `sandbox`).

    The score is written here as the output of the check cell, where nbgrader reads it.
    """

    secret = Unicode(
        "", help="What the grader's own probes are made from; keep it out of students' sight."
    ).tag(config=True)
    cell_seconds = Float(20.0, help="Seconds that a cell of the student's may take.").tag(
        config=True
    )
    wasted_seconds = Float(
        20.0,
        help="Seconds that cells and answers may take which have to be stopped; then each other "
        "one gets two.",
    ).tag(config=True)
    lesson_seconds = Float(
        180.0, help="Seconds that a cell of the lesson may take, where an answer needs it."
    ).tag(config=True)
    submission_seconds = Float(300.0, help="Seconds that one notebook may take.").tag(config=True)
    memory_megabytes = Int(3072, help="Memory that a student's code may take.").tag(config=True)
    patience = Float(
        2.0, help="The check's time limits times this: a busy server is slower than a laptop."
    ).tag(config=True)
    kernel_rules = Bool(
        True,
        help="On Linux, have the kernel forbid a student's code new processes, signals, the "
        "network and files outside its own folder.",
    ).tag(config=True)
    wrapper = List(Unicode(), help='A command to start students\' code with, as ["bwrap", …].').tag(
        config=True
    )

    @property
    def limits(self) -> Limits:
        """The limits, as the sandbox wants them."""
        return Limits(
            cell=self.cell_seconds,
            wasted=self.wasted_seconds,
            lesson=self.lesson_seconds,
            submission=self.submission_seconds,
            memory=self.memory_megabytes * 1024**2,
            patience=self.patience,
            kernel_rules=self.kernel_rules,
            wrapper=tuple(self.wrapper),
        )

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Grade every check cell, and lay the rubric beside every open answer."""
        about = resources["nbgrader"]
        code = [cell for cell in nb.cells if cell.cell_type == "code"]
        texts = sources(nb)
        cells = [read_cell(text) for text in texts]
        lesson, prose = self._lesson(about)
        for cell in nb.cells:
            if cell.cell_type != "code" and cell.source not in prose:
                cell.source = without_markup(cell.source)
        unread = _unread(nb, prose)
        own = [
            i
            for i, cell in enumerate(code)
            if texts[i] not in lesson and "nbgrader" not in cell.metadata
        ]
        checks: list[NotebookNode] = []
        asks: list[Ask] = []
        for i, cell in enumerate(code):
            cell.outputs, cell.execution_count = [], None
            if utils.is_grade(cell) and cells[i].checks:
                ask = self._ask(code, cells, i, own)
                if ask is not None:
                    checks.append(cell)
                    asks.append(ask)
        known = [i for i, text in enumerate(texts) if text in lesson]
        findings = collect(texts, cells, asks, self.limits, known) if asks else []
        for cell, finding in zip(checks, findings, strict=True):
            _show(cell, finding)
        changed = [
            texts[i]
            for i, cell in enumerate(code)
            if texts[i] not in lesson and not utils.is_grade(cell)
        ]
        nb.metadata[MARK] = {
            "suspicious": list(
                dict.fromkeys([*suspicious(changed), *(text for f in findings for text in f.look)])
            )[:30],
            "unread": unread,
            "seconds": round(findings[0].seconds, 2) if findings else 0.0,
        }
        nb.cells = [part for cell in nb.cells for part in (cell, *_rubric(cell))]
        _with_ids(nb)
        return nb, resources

    def _ask(
        self, code: list[NotebookNode], cells: list[Cell], index: int, own: list[int]
    ) -> Ask | None:
        name, variable = cells[index].checks[0]
        exercise = find(name)
        if exercise is None or variable is None:
            self.log.error("The check of %s names no exercise of this course.", name)
            return None
        check_id = code[index].metadata.nbgrader.grade_id
        stub_id = check_id.removesuffix(_CHECK)

        def marked(wanted: str) -> list[int]:
            return [
                i
                for i, cell in enumerate(code)
                if cell.metadata.get("nbgrader", {}).get("grade_id") == wanted
                or cell.metadata.get(MARK, {}).get("copy_of") == wanted
            ]

        points = float(code[index].metadata.nbgrader.points)
        found = places(cells, name, variable, marked(stub_id), marked(check_id), own)
        return Ask(with_points(exercise, points), variable, found, self._seeds(name))

    def _seeds(self, name: str) -> tuple[int, ...]:
        """Make the seeds of this course's own probes for an exercise."""
        digest = hashlib.sha256(f"{self.secret}|{name}".encode()).digest()
        return tuple(int.from_bytes(digest[4 * i : 4 * i + 4]) + 1000 for i in range(3))

    def _lesson(self, about: dict[str, Any]) -> tuple[set[str], set[str]]:
        """Read the texts that the release itself holds: its code cells', and the others'."""
        directory = _directory(self)
        if directory is None:
            return set(), set()
        folder = directory.format_path(directory.source_directory, ".", about["assignment"])
        try:
            nb = nbformat.read(Path(folder, f"{about['notebook']}.ipynb"), as_version=4)
        except (OSError, ValueError):
            return set(), set()
        return set(sources(nb)), {cell.source for cell in nb.cells if cell.cell_type != "code"}


def _unread(nb: NotebookNode, prose: set[str]) -> list[str]:
    """Find text of the student's own that no reader is shown: it is beside an answer's place."""
    own = [
        " ".join(cell.source.split())
        for cell in nb.cells
        if cell.cell_type != "code" and "nbgrader" not in cell.metadata
        if cell.source not in prose and cell.metadata.get(MARK) != "rubric"
    ]
    return [text[:200] for text in own if len(text) >= _SHORTEST_ANSWER]


_SHORTEST_ANSWER = 20  # characters; a shorter note is hardly an answer
_MARKUP = re.compile(
    r"<(?=[a-z/!?])|&(?=#?\w+;)|(?:javascript|vbscript|data)(?=\s*\\*:)", re.IGNORECASE
)


def without_markup(text: str) -> str:
    """Keep a student's own text from being HTML; it reads as before.

    The formgrader shows it in the teacher's browser, logged in: a script in it could set points. A
    space of no width after ``<`` makes it the sign that it is.

    Parameters
    ----------
    text : str
        Markdown.
    """
    return _MARKUP.sub(lambda found: f"{found.group()}\u200b", text)


def _show(cell: NotebookNode, finding: Finding) -> None:
    """Write the score and its message as the output of a check cell."""
    score: Score = finding.score
    note = {
        "exercise": score.exercise,
        "points": float(score),
        "of": score.of,
        "state": score.state,
        "tag": score.tag,
        "message": score.message,
        "notes": finding.notes,
    }
    cell.execution_count = 1
    cell.outputs = [
        new_output(
            "execute_result",
            data={"text/plain": repr(score), "text/html": score._repr_html_()},
            metadata={MARK: note},
            execution_count=1,
        )
    ]


def _rubric(cell: NotebookNode) -> list[NotebookNode]:
    """Make the cell that shows a grader what an open answer is read for."""
    if not (utils.is_grade(cell) and utils.is_solution(cell)):
        return []
    exercise = find(open_name(cell.metadata.nbgrader.grade_id))
    if not isinstance(exercise, OpenExercise) or not exercise.rubric:
        return []
    lines = "\n".join(f"- {line}" for line in exercise.rubric)
    return [
        new_markdown_cell(f"**What this answer is read for**\n\n{lines}", metadata={MARK: "rubric"})
    ]


def open_name(grade_id: str) -> str:
    """Turn a grade id, ``rnn-where-memory``, into the exercise's name, ``rnn.where_memory``."""
    from course.exercises.bank import exercises

    for exercise in exercises():
        if exercise.name.replace(".", "-").replace("_", "-") == grade_id:
            return exercise.name
    return ""


def read_marks(nb: NotebookNode) -> list[dict[str, Any]]:
    """Read what the grader noted in an autograded notebook, one entry for each check."""
    return [
        {**output.metadata[MARK], "html": str(output.data.get("text/html", ""))}
        for cell in nb.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "execute_result" and MARK in output.metadata
    ]


class SaveAtOnce(SaveAutoGrades):
    """Write all grades of a notebook in one transaction: an interruption leaves none or all.

    A mark that a person gave stays while the answer is the same, word for word; nbgrader would have
    each confirmed anew. What the answers were is noted beside the grader's records.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Save the grades."""
        about = resources["nbgrader"]
        self.notebook_id, self.assignment_id = about["notebook"], about["assignment"]
        self.student_id, self.db_url = about["student"], about["db_url"]
        self.gradebook = Gradebook(self.db_url)
        with self.gradebook:
            session = self.gradebook.db
            commit, session.commit = session.commit, session.flush
            try:
                for index, cell in enumerate(nb.cells):
                    nb.cells[index], resources = self.preprocess_cell(cell, resources, index)
                answers = _answers(nb)
                self._settle(answers)
            finally:
                session.commit = commit
            commit()
        self._note(answers)
        return nb, resources

    def _settle(self, answers: dict[str, str]) -> None:
        """Keep the marks of a hand, and no "No response." where points were earned elsewhere."""
        known = self._noted().get(self.notebook_id, {})
        notebook = self.gradebook.find_submission_notebook(
            self.notebook_id, self.assignment_id, self.student_id
        )
        earned = set()
        for grade in notebook.grades:
            if grade.manual_score is not None and known.get(grade.name) == answers.get(grade.name):
                grade.needs_manual_grade = False
            if (grade.auto_score or 0) > 0:
                earned.add(grade.name.removesuffix(_CHECK))
        for comment in notebook.comments:
            if comment.name in earned and comment.auto_comment == "No response.":
                comment.auto_comment = None

    @property
    def _path(self) -> Path | None:
        directory = _directory(self)
        if directory is None:
            return None
        folder = Path(directory.root) / "grading" / self.assignment_id / "answers"
        return folder / f"{self.student_id}.json"

    def _noted(self) -> dict[str, dict[str, str]]:
        """Read which answers were graded last: a digest for each graded cell of each notebook."""
        try:
            noted = json.loads(self._path.read_text("utf-8")) if self._path else {}
        except (OSError, ValueError):
            return {}
        return noted if isinstance(noted, dict) else {}

    def _note(self, answers: dict[str, str]) -> None:
        path = self._path
        if path is None:
            return
        noted = {**self._noted(), self.notebook_id: answers}
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(f".{os.getpid()}.new")
        beside.write_text(json.dumps(noted, indent=1) + "\n", encoding="utf-8")
        beside.replace(path)


def _answers(nb: NotebookNode) -> dict[str, str]:
    """Digest the answer of each graded cell: its own text, or that of the cell it checks."""
    texts = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in nb.cells
        if utils.is_grade(cell) or utils.is_solution(cell)
    }
    return {
        cell.metadata.nbgrader.grade_id: hashlib.sha256(
            texts.get(cell.metadata.nbgrader.grade_id.removesuffix(_CHECK), cell.source).encode(
                "utf-8", "surrogatepass"
            )
        ).hexdigest()
        for cell in nb.cells
        if utils.is_grade(cell)
    }


def _directory(step: NbGraderPreprocessor) -> Any:
    """The course's folders, as the program knows them in which this step runs; or None."""
    converter = getattr(step.parent, "parent", None)
    return getattr(converter, "coursedir", None)
