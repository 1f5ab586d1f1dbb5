"""Where the course's data are, and how a module of the package finds one of the files.

Importing this package reads no file and imports nothing heavy.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

_Reader = TypeVar("_Reader", bound=Callable[..., Any])


def _find_data() -> Path:
    """Return the data folder beside the package, or else what COURSE_DATA names.

    The folder is recognised by its README.md, so that an unrelated `data` folder beside an
    installed package is not taken for the course's.
    """
    beside = Path(__file__).resolve().parents[2] / "data"
    named = os.environ.get("COURSE_DATA")
    if named and not (beside / "README.md").is_file():
        return Path(named).expanduser().resolve()
    return beside


DATA: Path = _find_data()


def data_file(*parts: str) -> Path:
    """Return the path of one of the course's data files: ``data_file("dates", "train.tsv")``."""
    path = DATA.joinpath(*parts)
    if not path.is_file():
        raise FileNotFoundError(
            f"data_file: {'/'.join(parts)} was asked for, but {path} does not exist; run the "
            "course from a clone of its repository, or set the environment variable COURSE_DATA "
            "to the repository's data folder before Python starts"
        )
    return path


def reads(files: Mapping[Any, str]) -> Callable[[_Reader], _Reader]:
    """Say which data files a reader reads; records of experiments hold these files' hashes.

    `files` maps each value of the reader's first argument to a path below the data folder, for
    instance ``{"train": "dates/train.tsv"}``; the decorator hands it on as the attribute `reads`.
    """

    def mark(reader: _Reader) -> _Reader:
        vars(reader)["reads"] = dict(files)
        return reader

    return mark
