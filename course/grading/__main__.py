"""The commands of a teacher: release, grade, regrade, report, export, similar, totals.

python -m course.grading release week-2 02 --course ~/my-course
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

__all__ = ["main"]


def _parser() -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python -m course.grading", description=__doc__, formatter_class=form
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    release = commands.add_parser(
        "release",
        help="make an assignment of lessons or exercises",
        formatter_class=form,
        description=(
            "Make an nbgrader assignment: the lessons' notebooks without solutions, with the\n"
            "helper package and the data. The folder is an ordinary nbgrader course; what you\n"
            "hand out stands in COURSE/release/NAME."
        ),
        epilog=(
            "Examples:\n"
            "  python -m course.grading release week-2 02\n"
            "  python -m course.grading release midterm rnn.masked_layer lstm.step \\\n"
            "      --points rnn.masked_layer=5 --due '2027-03-31 18:00'\n\n"
            "The names of all exercises: make exercises"
        ),
    )
    release.add_argument("name", help="what the assignment is to be called, as week-2")
    release.add_argument(
        "what",
        nargs="+",
        help="lessons (02, rnn or 02_rnn_cell) and exercises (rnn.masked_layer). Of a lesson that "
        "is named, all exercises count; of the others, those that are named",
    )
    release.add_argument(
        "--points",
        nargs="+",
        default=[],
        metavar="EXERCISE=POINTS",
        help="points other than the exercise's own; the check in the notebook goes on telling "
        "its own points",
    )
    release.add_argument(
        "--due",
        metavar="'YYYY-MM-DD HH:MM'",
        help="when it is due, in this machine's time zone; a day alone means its last minute",
    )
    release.add_argument(
        "--course-id", default="", help="the course's name for nbgrader's exchange"
    )

    grade = commands.add_parser(
        "grade",
        help="grade submissions",
        formatter_class=form,
        description=(
            "Grade what students handed in, several at a time. Whatever a submission does, the\n"
            "others are graded. Stop it when you like and start it again: it goes on where it\n"
            "was. Open answers wait for you in the formgrader."
        ),
        epilog=(
            "FOLDER may hold, in any mixture:\n"
            "  ada/02_rnn_cell.ipynb    a folder for each student\n"
            "  ada.ipynb  ada.zip       a file for each student\n"
            "as you collected them, or as Moodle, Canvas, Blackboard or D2L name them. An archive\n"
            "in the folder is its sender's alone. To grade a class's archive, name it in place of\n"
            "FOLDER: grade week-2 all.zip. Without FOLDER, what nbgrader has collected in\n"
            "COURSE/submitted is graded. COURSE/roster.csv (id, name, address, number) says who\n"
            "is in the class.\n\n"
            "Limits on students' code stand in COURSE/nbgrader_config.py (c.GradeInChild…).\n"
            "It resists slips and cheap tricks, and on Linux much more; it is no prison: run it\n"
            "where you would run their code. See the notes in course/grading/__init__.py."
        ),
    )
    grade.add_argument("name", help="the assignment, as it was released")
    grade.add_argument(
        "folder", nargs="?", type=Path, help="what was handed in: a folder, or a class's archive"
    )
    grade.add_argument(
        "--jobs", type=int, default=0, metavar="N", help="how many at a time (one for each core)"
    )
    grade.add_argument(
        "--again", action="store_true", help="grade also what is graded already and unchanged"
    )

    regrade = commands.add_parser(
        "regrade",
        help="grade all anew, after a check was corrected",
        formatter_class=form,
        description=(
            "Grade what is stored of an assignment again, and print whose points change. Marks\n"
            "that you gave by hand stay where the answer is the same."
        ),
    )
    regrade.add_argument("name", help="the assignment, as it was graded")
    regrade.add_argument("exercises", nargs="*", help="whose points to print (rnn.step); or all")
    regrade.add_argument(
        "--jobs", type=int, default=0, metavar="N", help="how many at a time (one for each core)"
    )

    report = commands.add_parser(
        "report",
        help="write grades, feedback and the class page",
        formatter_class=form,
        description=(
            "Write COURSE/report/NAME: grades.csv, and a page for the class: the scores, and\n"
            "how often each named mistake was made. Write COURSE/feedback: for each student\n"
            "the own notebook with points and messages. Nothing is sent to anybody."
        ),
    )
    report.add_argument("name", help="the assignment, as it was graded")
    report.add_argument("--no-feedback", action="store_true", help="leave out the students' pages")
    report.add_argument(
        "--jobs", type=int, default=0, metavar="N", help="how many at a time (one for each core)"
    )
    export = commands.add_parser(
        "export",
        help="fill a sheet of Canvas, Moodle or Brightspace; pack the feedback",
        formatter_class=form,
        description=(
            "Fill the column of a sheet that was downloaded from the platform, in a copy that it\n"
            "takes back; and pack the feedback under the names that the submissions had."
        ),
    )
    export.add_argument("name", help="the assignment, as it was graded")
    export.add_argument("sheet", nargs="?", type=Path, help="the platform's CSV file")
    export.add_argument("--column", default="", help="the column for the points")
    export.add_argument("--feedback", action="store_true", help="pack the feedback as a zip")

    similar = commands.add_parser("similar", help="list answers that are alike")
    similar.add_argument("name", help="the assignment, as it was graded")

    totals = commands.add_parser("totals", help="add up a term, with weights and dropped weeks")
    totals.add_argument("names", nargs="+", help="the assignments")
    totals.add_argument(
        "--weight",
        nargs="+",
        default=[],
        metavar="NAME=WEIGHT",
        help="how much an assignment counts (1 where it is not named)",
    )
    totals.add_argument(
        "--drop", type=int, default=0, metavar="N", help="each student's N lowest do not count"
    )
    for command in (release, grade, regrade, report, export, similar, totals):
        command.add_argument(
            "--course",
            type=Path,
            default=Path("course"),
            metavar="FOLDER",
            help="the nbgrader course folder (default: course)",
        )
    return parser


def _numbers(option: str, given: Sequence[str], form: str) -> dict[str, float]:
    """Read NAME=NUMBER as often as it was given; `form` says how it is written."""
    from course.grading.release import Trouble

    made = {}
    for text in given:
        name, _, value = text.partition("=")
        try:
            made[name] = float(value)
        except ValueError:
            raise Trouble(f"{option} {text}: write {form}") from None
    return made


def _due(given: str | None) -> datetime | None:
    from course.grading.release import Trouble

    if given is None:
        return None
    try:
        due = datetime.fromisoformat(given)
    except ValueError:
        raise Trouble(f"--due {given!r}: write YYYY-MM-DD HH:MM, as 2027-03-31 18:00") from None
    if len(given.strip()) <= len("2027-03-31"):  # a day alone: until its end
        due = due.replace(hour=23, minute=59)
    return due if due.tzinfo else due.astimezone()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line, without the program's name.

    Returns
    -------
    int
        0, or 1 where something has to be set right, 130 where it was interrupted.
    """
    chosen = _parser().parse_args(arguments)
    try:
        import nbgrader  # noqa: F401
    except ImportError:
        print("Grading needs nbgrader: pip install '.[grading]'", file=sys.stderr)
        return 1
    from course.grading.release import Trouble

    warnings.filterwarnings("ignore", module="(nbformat|nbgrader|sqlalchemy|alembic)")
    try:
        if chosen.command == "release":
            return _release(chosen)
        if chosen.command == "grade":
            from course.grading.grade import grade

            return grade(
                chosen.course, chosen.name, chosen.folder, jobs=chosen.jobs, again=chosen.again
            )
        if chosen.command == "regrade":
            from course.grading.regrade import regrade

            return regrade(chosen.course, chosen.name, chosen.exercises, jobs=chosen.jobs)
        if chosen.command in ("export", "similar", "totals"):
            return _write(chosen)
        from course.grading.report import report

        return report(chosen.course, chosen.name, feedback=not chosen.no_feedback, jobs=chosen.jobs)
    except Trouble as trouble:
        print(f"{chosen.command}: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _write(chosen: argparse.Namespace) -> int:
    """Write what is wanted of the results: a sheet, a zip, pairs, or totals."""
    from course.grading.exports import export, feedback_zip
    from course.grading.release import Trouble
    from course.grading.similarity import write_similarity
    from course.grading.totals import write_totals

    if chosen.command == "similar":
        print(write_similarity(chosen.course, chosen.name))
    elif chosen.command == "totals":
        weights = _numbers("--weight", chosen.weight, "NAME=WEIGHT, as capstone=3")
        print(write_totals(chosen.course, chosen.names, weights, chosen.drop))
    elif chosen.sheet is None and not chosen.feedback:
        raise Trouble("name a sheet to fill, or give --feedback")
    else:
        if chosen.sheet is not None:
            filled = export(chosen.course, chosen.name, chosen.sheet, chosen.column)
            print(f"{len(filled.matched)} rows filled: {filled.path}")
            for who, what in ((filled.no_row, "have no row"), (filled.nobody, "have no points")):
                if who:
                    print(f"{', '.join(who)} {what}")
        if chosen.feedback:
            print(feedback_zip(chosen.course, chosen.name))
    return 0


def _release(chosen: argparse.Namespace) -> int:
    from course.grading.release import due_of, release

    made = release(
        chosen.course,
        chosen.name,
        chosen.what,
        points=_numbers("--points", chosen.points, "EXERCISE=POINTS, as rnn.masked_layer=5"),
        due=_due(chosen.due),
        course_id=chosen.course_id,
    )
    width = max(len(one.exercise.name) for one in made)
    for one in made:
        by_hand = "  read by you" if one.exercise.kind == "open" else ""
        print(f"{one.exercise.name:<{width}}  {one.points:>5g}{by_hand}")
    print(f"{'together':<{width}}  {sum(one.points for one in made):>5g}")
    due = due_of(chosen.course, chosen.name)
    if due is not None:
        past = ", which is past" if due < datetime.now(due.tzinfo) else ""
        print(f"\nDue {due:%d %B %Y, %H:%M %Z}{past}.")
    print(f"\nFor the students: {chosen.course / 'release' / chosen.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
