"""nbgrader's configuration for this course, and the file that holds it."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

__all__ = ["CONFIG", "configure", "write_config"]

CONFIG = "nbgrader_config.py"

_TEXT = '''"""nbgrader's configuration of this course. Keep it out of students' sight."""

from course.grading.config import configure

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = {course!r}

# What the grader's own probes are made from. With another value every grade can still be
# repeated, but with other inputs.
c.GradeInChild.secret = {secret!r}

# What a student's code may take. More of this: python -m course.grading grade --help
# c.GradeInChild.cell_seconds = 30
# c.GradeInChild.submission_seconds = 300
# c.GradeInChild.memory_megabytes = 3072

configure(c)
'''


def write_config(course: Path, course_id: str) -> bool:
    """Write the configuration of a new course folder; one that is there stays as it is.

    Parameters
    ----------
    course : Path
        The course's folder.
    course_id : str
        What nbgrader's exchange calls the course.

    Returns
    -------
    bool
        Whether it was written.
    """
    path = course / CONFIG
    if path.exists():
        return False
    path.touch(mode=0o600)
    path.write_text(_TEXT.format(course=course_id, secret=secrets.token_hex(16)), encoding="utf-8")
    return True


def configure(c: Any) -> None:
    """Set what this course needs of nbgrader.

    Parameters
    ----------
    c : traitlets.config.Config
        The configuration that is being loaded.
    """
    from nbconvert.preprocessors import TagRemovePreprocessor
    from nbgrader.preprocessors import (
        AssignLatePenalties,
        CheckCellMetadata,
        ClearOutput,
        ComputeChecksums,
        DeduplicateIds,
        LockCells,
        OverwriteCells,
        OverwriteKernelspec,
        SaveCells,
    )

    from course.grading.preprocessors import GradeInChild, SaveAtOnce, TidyCells

    # The helper package and the data lie in release/NAME for whoever hands that folder out. They
    # are copied neither for each student nor through the exchange: a hub has the course installed.
    c.CourseDirectory.ignore = [
        ".ipynb_checkpoints",
        "*.pyc",
        "__pycache__",
        "helpers",
        "course",
        "data",
        ".progress.json",
    ]
    # Solutions are cells with a tag; without `enabled` the preprocessor does nothing at all.
    # ClearSolutions is left out: it would replace every stub.
    c.TagRemovePreprocessor.enabled = True
    c.TagRemovePreprocessor.remove_cell_tags = {"solution"}
    c.GenerateAssignment.preprocessors = [
        TagRemovePreprocessor,
        LockCells,
        ClearOutput,
        CheckCellMetadata,
        ComputeChecksums,
        SaveCells,
        CheckCellMetadata,
    ]
    c.GenerateAssignment.post_convert_hook = "course.grading.release.add_package"
    c.OverwriteCells.add_missing_cells = True
    c.Autograde.sanitize_preprocessors = [
        TidyCells,
        ClearOutput,
        DeduplicateIds,
        OverwriteKernelspec,
        OverwriteCells,
        CheckCellMetadata,
    ]
    c.Autograde.autograde_preprocessors = [
        GradeInChild,
        SaveAtOnce,
        AssignLatePenalties,
        CheckCellMetadata,
    ]
    # The validate button runs the whole lesson, trainings included.
    c.Execute.timeout = 180
    c.ExecutePreprocessor.timeout = 180
