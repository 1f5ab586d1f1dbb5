"""The environment in which lessons are executed and compared: the same for tests and refresh.

Results of floating-point sums depend on how many threads share them, and sets of strings on the
hash seed. Kernels inherit these values from the process that starts them.
"""

from __future__ import annotations

from collections.abc import Mapping

PINNED = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "CUDA_VISIBLE_DEVICES": "",
    # A run of the tests neither reads nor marks anybody's progress.
    "COURSE_PROGRESS": "off",
}
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

# MPLBACKEND=agg would remove every figure; a terminal's width changes text progress bars.
UNSET = ("MPLBACKEND", "COLUMNS", "LINES")


def pinned(environment: Mapping[str, str]) -> dict[str, str]:
    """Return a copy of an environment with everything that changes outputs held fixed.

    `COURSE_THREADS` in the environment replaces the one thread: that is how `make portability`
    asks whether a lesson depends on it.

    Parameters
    ----------
    environment : mapping of str to str
        Usually `os.environ`.

    Returns
    -------
    dict of str to str
        The environment to start a kernel in.
    """
    fixed = {key: value for key, value in environment.items() if key not in UNSET}
    fixed.update(PINNED)
    if threads := environment.get("COURSE_THREADS"):
        fixed.update(dict.fromkeys(THREADS, threads))
    return fixed
