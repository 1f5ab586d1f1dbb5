"""Answers that are alike beyond what the exercise explains: pairs, with their evidence.

Names, numbers, comments and layout do not count, and neither does what an answer shares with the
stub or with the course's own solution, which is public. What is left is compared in runs of
`RUN` tokens. A pair is a reason to read both answers, and no proof of anything.
"""

from __future__ import annotations

import builtins
import html
import inspect
import io
import itertools
import keyword
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from course.exercises.bank import CodeExercise
from course.grading.class_page import page
from course.grading.release import Trouble, open_course
from course.grading.results import Item, read_results

__all__ = ["Pair", "alike", "tokens_of", "write_similarity"]

RUN = 6  # tokens; shorter runs are in every answer
FEWEST = 12  # runs that an answer must have of its own
SHARE = 0.7  # of the smaller answer's runs that must be in the other
_KEPT = {*keyword.kwlist, *dir(builtins), "np", "torch", "math"}


@dataclass(frozen=True)
class Pair:
    """Two students' answers to one exercise, and how much of the smaller is in the other."""

    exercise: str
    first: str
    second: str
    share: float
    runs: int


def tokens_of(source: str) -> list[str]:
    """Return the tokens of some code; a name that is no keyword, builtin or module is N."""
    found: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.NAME:
                after_dot = bool(found) and found[-1] == "."
                found.append(token.string if token.string in _KEPT or after_dot else "N")
            elif token.type in (tokenize.NUMBER, tokenize.STRING):
                found.append("0" if token.type == tokenize.NUMBER else "S")
            elif token.type == tokenize.OP:
                found.append(token.string)
    except (tokenize.TokenError, SyntaxError, ValueError):  # as far as it goes
        pass
    return found


def _runs(source: str) -> set[tuple[str, ...]]:
    tokens = tokens_of(source)
    return {tuple(tokens[i : i + RUN]) for i in range(len(tokens) - RUN + 1)}


def alike(
    exercise: str, answers: dict[str, str], known: Sequence[str], share: float = SHARE
) -> list[Pair]:
    """Find pairs of answers that share more than what is known explains.

    Parameters
    ----------
    exercise : str
        Its name.
    answers : dict
        For each student the source of the answer.
    known : sequence of str
        Sources that everybody has: the stub, the reference.
    share : float
        The least share of the smaller answer's own runs that must be in the other.
    """
    common = set().union(*(_runs(source) for source in known)) if known else set()
    own = {student: _runs(source) - common for student, source in answers.items()}
    large = {student: runs for student, runs in own.items() if len(runs) >= FEWEST}
    pairs = []
    for (first, ours), (second, theirs) in itertools.combinations(sorted(large.items()), 2):
        both = len(ours & theirs)
        part = both / min(len(ours), len(theirs))
        if part >= share:
            pairs.append(Pair(exercise, first, second, part, both))
    return sorted(pairs, key=lambda pair: (-pair.share, -pair.runs))


def write_similarity(course: Path, assignment: str) -> Path:
    """Write ``report/<assignment>/similarity.html``: pairs of answers to be read side by side.

    Raises
    ------
    Trouble
        If nothing has been graded.
    """
    items, rows = read_results(open_course(course), course, assignment)
    if not any(row.answers for row in rows):
        raise Trouble(f"nothing of {assignment} has been graded yet: see `grade`")
    parts = [
        "<p>Each pair shares most of what is in the smaller answer and neither in the stub nor in "
        "the course's solution. Names, numbers, comments and layout do not count. Read both "
        "before you judge: a short exercise has few solutions.</p>"
    ]
    count = 0
    for item in items:
        if not isinstance(item.exercise, CodeExercise):
            continue
        stub = item.grade_id.removesuffix("-check")
        answers = {row.student: row.answers[stub] for row in rows if row.answers.get(stub)}
        for pair in alike(item.name, answers, _known(course, assignment, item)):
            count += 1
            parts += _shown(pair, answers)
    if not count:
        parts.append("<p>There is no such pair.</p>")
    path = course / "report" / assignment / "similarity.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(f"{assignment}: answers that are alike", "\n".join(parts)), "utf-8")
    return path


def _known(course: Path, assignment: str, item: Item) -> list[str]:
    """The stub as it was released, and the course's own answers."""
    import nbformat

    known = []
    for path in (course / "release" / assignment).glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == item.grade_id.removesuffix(
                "-check"
            ):
                known.append(cell.source)
    assert isinstance(item.exercise, CodeExercise)
    for answer in (item.exercise.reference, *item.exercise.equivalents.values()):
        try:
            known.append(inspect.getsource(answer))
        except (OSError, TypeError):
            continue
    return known


def _shown(pair: Pair, answers: dict[str, str]) -> Iterator[str]:
    """A pair's share, and both answers."""
    yield f"<h2>{html.escape(pair.exercise)}: {pair.first} and {pair.second}</h2>"
    yield f"<p>{pair.share:.0%} of the smaller answer, {pair.runs} runs of {RUN} tokens.</p>"
    for student in (pair.first, pair.second):
        yield f"<h3>{html.escape(student)}</h3><pre>{html.escape(answers[student])}</pre>"
