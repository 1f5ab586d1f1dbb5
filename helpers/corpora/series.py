"""A real time series: the voltage across a cell membrane, recorded for six seconds.

It is `membrane.dat` from matplotlib's sample data, under matplotlib's licence, the curve behind
matplotlib's first logo. The project's history page gives the scale (the numbers times 100 are
millivolts) and the interval between two samples (half a millisecond):
https://matplotlib.org/stable/project/history.html. It names no paper. The shape is that of a nerve
cell that rests for half a second, is then driven and fires, from 1 s to 3.5 s with a steady rhythm
of 72 ms, later without one, and is left alone again at 5.4 s.
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

STEP_MS = 0.5
"""Milliseconds between two samples."""

PARTS = {
    "train": (2000, 5000),
    "validation": (5000, 6000),
    "test": (6000, 7000),
    "later": (7000, 10800),
    "all": (0, 12000),
}
"""First sample of each part and the one after its last: cut by time, nothing shuffled."""


def load(part: str = "all") -> npt.NDArray[np.float64]:
    """Return one part of the recording in millivolts, shape (T,).

    "train", "validation" and "test" follow each other while the rhythm is steady, 1500, 500 and
    500 ms long; "later" comes next, without a steady rhythm; "all" is the whole recording.
    """
    if part not in PARTS:
        raise ValueError(f"load: part={part!r} was given, expected one of {', '.join(PARTS)}")
    first, end = PARTS[part]
    return _recording()[first:end].copy()


@functools.cache
def _recording() -> npt.NDArray[np.float64]:
    import matplotlib
    from matplotlib import cbook

    repair = (
        f"this is matplotlib {matplotlib.__version__}; install the version that "
        "requirements.lock names"
    )
    try:
        path = cbook.get_sample_data("membrane.dat", asfileobj=False)
        raw = np.fromfile(str(path), dtype="<f4")
    except OSError:
        raise FileNotFoundError(
            f"load: matplotlib's sample data have no membrane.dat; {repair}"
        ) from None
    if raw.shape != (12000,):
        raise FileNotFoundError(
            f"load: membrane.dat has {raw.size} numbers, expected 12000; {repair}"
        )
    return 100 * raw.astype(np.float64)
