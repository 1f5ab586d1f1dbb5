"""Build the web edition.

python -m course.book [--out build/book]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from course.book.fonts import write_fonts
from course.book.sources import ROOT, write_sources


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the sources and build the site; a warning is an error."""
    parser = argparse.ArgumentParser(prog="python -m course.book", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "book", metavar="FOLDER")
    out = parser.parse_args(arguments).out
    try:
        from sphinx.cmd.build import build_main
    except ImportError:
        print("The book needs Sphinx: pip install '.[book]'", file=sys.stderr)
        return 1
    try:
        write_sources(out / "sources")
        write_fonts(out / "sources", out / "fonts")
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    here = Path(__file__).parent
    options = ["-W", "--keep-going", "-q", "-j", "auto", "-b", "html", "-c", str(here)]
    options += ["-D", f"html_static_path={here / 'static'},{(out / 'fonts').resolve()}"]
    done = build_main(
        [*options, "-d", str(out / "doctrees"), str(out / "sources"), str(out / "html")]
    )
    if done == 0:
        print(out / "html" / "index.html")
    return int(done)


if __name__ == "__main__":
    sys.exit(main())
