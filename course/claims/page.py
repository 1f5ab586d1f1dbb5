"""The ledger as a page: data/results/README.md, written from the records."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from course.claims.in_lessons import find_picture
from course.claims.ledger import Challenge, Record, Verdict, get, ordered
from course.claims.records import RESULTS, record, record_path, verdict
from course.claims.trials import tuning

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
HEAD = """\
# What the course measured

Textbooks make many claims about sequence models without evidence. This course measures them. The
first table has each claim with its verdict; below it, lesson by lesson, are the numbers that
decide, the figure, how the settings were chosen, and who tried to overturn the result. No verdict
was typed: each is computed from its record by a rule in `course/claims/`, and so is this page
(`python -m course.claims --page`; a test compares the two). The lessons plot the same records and
run one more seed live beside them.

*Challenges* are attempts by somebody else to overturn a verdict: the same experiment with one thing
changed. Where one succeeded, the verdict above it names the range in which it holds.

"""

FOOT = """\
## Measuring again

`make claims` measures all of them, in as many processes as the machine has processors (`JOBS=1`:
one); `make claims CLAIM=3` measures one, and `make claims ARGS=--stale` those whose code, data or
settings have changed since. `make test` fails while there are such. An interrupted run leaves
`claim_<n>.partial.json`, which the next run takes up; git ignores it.

On another processor the last digits may differ, and figures that are rounding errors (below 1e-12)
differ in any case.

## What is in a record

- `claim`: its number in the ledger; the course's own promises have a name.
- `measured`, `commit`: the day, and the code it was measured with.
- `fingerprint`: a hash of the code that the experiment runs: its own, and that of every function
  and class of this project that it reaches. It does not depend on where the code stands, what
  functions are called or how they check their input (`course/claims/fingerprints.py` says exactly).
- `data`: a hash of each file below `data/` that the experiment may read.
- `versions`, `machine`: Python, NumPy, torch, matplotlib; processor, cores, number of threads. The
  text of Python's documentation and the recorded series come with Python and matplotlib, so these
  versions say which text and which series were read.
- `seconds`: the CPU time of all seeds together, where the record says it; `make claims` plans with
  it.
- `settings`: the experiment's arguments.
- `seeds`: one run each.
- `figures`: for each figure its values in the order of `seeds`, rounded to four digits (to one
  where the value is a rounding error).
- `challenges`, where there are any: attempts to overturn the verdict. Each says what was changed,
  which figures came out, what the rule made of them, and whether the verdict stood.

Beside it, `claim_<n>.tuning.json` holds the grids by which learning rates and the like were chosen,
on other seeds. `make claims ARGS=--tune` and `make claims ARGS=--challenges` run these again.

## Origin and licence

Measured by this project's code on random inputs that the seeds determine, and on the corpora of
`data/`. The licence is that of the course's text (see `LICENSE`).
"""


def page(folder: Path = RESULTS) -> str:
    """Return the ledger as Markdown: the verdicts at a glance, then each claim by lesson."""
    verdicts = {number: verdict(number, folder) for number in ordered()}
    lessons: dict[str, list[int | str]] = {}
    for number in verdicts:
        lessons.setdefault(get(number).lesson, []).append(number)
    parts = [HEAD, _glance(verdicts)]
    for lesson in sorted(lessons):
        parts.append(f"## [{_title(lesson)}](../../notebooks/{lesson}.ipynb)\n\n")
        parts += [_entry(number, verdicts[number], folder) for number in lessons[lesson]]
    return "".join([*parts, FOOT])


def write(folder: Path = RESULTS, numbers: Iterable[int | str] = ()) -> Path:
    """Write the page beside the records, and the figures of some claims; return its path."""
    for number in numbers:
        _draw(number, folder)
    path = folder / "README.md"
    beside = path.with_name(f".README.md.{os.getpid()}")  # several processes may write at once
    beside.write_text(page(folder), encoding="utf-8")
    os.replace(beside, path)
    return path


def figure_path(number: int | str, folder: Path = RESULTS) -> Path:
    """Return the file that holds the figure of a claim, which need not exist."""
    return folder / "figures" / record_path(number).with_suffix(".png").name


def _draw(number: int | str, folder: Path) -> None:
    """Draw a claim's figure, if it has one."""
    from helpers.plots import caught, use_course_style

    draw, path = find_picture(number), figure_path(number, folder)
    if draw is None:
        return
    use_course_style()
    with caught() as figures:
        draw(record(number, folder), None)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(figures[0][0])


def _title(lesson: str) -> str:
    """Return a lesson's heading: 03 · Language models."""
    notebook = json.loads((NOTEBOOKS / f"{lesson}.ipynb").read_text(encoding="utf-8"))
    return "".join(notebook["cells"][0]["source"]).splitlines()[0].lstrip("# ")


def _glance(verdicts: dict[int | str, Verdict]) -> str:
    """Count the verdicts and list them, a row for each claim."""
    counts = Counter(one.word for one in verdicts.values())
    told = ", ".join(f"{n} *{word}*" for word, n in counts.most_common())
    rows = [
        f"| {number if isinstance(number, int) else ''} | [{get(number).statement}]"
        f"(#{_anchor(number)}) | **{one.word}**{_joined(one)} | {get(number).lesson[:2]} |"
        for number, one in verdicts.items()
    ]
    head = ["| | claim | verdict | lesson |", "| --- | --- | --- | --- |"]
    return "\n".join([f"Of {len(verdicts)} claims: {told}.", "", *head, *rows, "", ""])


def _heading(number: int | str) -> str:
    """Return a claim's heading: 9. An RNN takes input of any length."""
    name = f"{number}." if isinstance(number, int) else f"`{number}`:"
    return f"{name} {get(number).statement}"


def _anchor(number: int | str) -> str:
    """Return the name that a heading gets as the target of a link, by GitHub's rule."""
    return re.sub(r"[^\w\- ]", "", _heading(number).lower()).replace(" ", "-")


def _entry(number: int | str, outcome: Verdict, folder: Path) -> str:
    """One claim: what is said, what we found, how it was measured, who tried to overturn it."""
    claim, recorded = get(number), record(number, folder)
    minutes = f" in {max(1, round(recorded.seconds / 60))} min of CPU" if recorded.seconds else ""
    lines = [
        f"### {_heading(number)}",
        "",
        f"**{outcome.word.capitalize()}**{_joined(outcome)}",
        "",
        *_deciding(recorded),
        *_pictured(number, outcome),
        f"Record: [{len(recorded.seeds)} seeds]({record_path(number, folder).name}), measured on "
        f"{recorded.measured}{minutes}. Source: {claim.source}.",
        "",
        *_tuned(number, folder),
    ]
    if recorded.challenges:
        lines += ["Challenges:", "", *map(_challenge, recorded.challenges), ""]
    return "\n".join(lines) + "\n"


def _challenge(one: Challenge) -> str:
    """An attempt to overturn the verdict, and what came of it."""
    outcome = "stood" if one.stood else "fell"
    return f"- *It {outcome}* with {one.what}. Reading: {one.reading or 'see the record'}."


def _named(figure: str) -> str:
    """Write the name of a figure for a person: accuracy task=first T=513 is accuracy: first, T 513.

    A word is its own description; a number keeps the name of what it counts.
    """
    what, *parts = re.split(r" (?=[^\s=]+=)", figure)
    told = []
    for part in parts:
        name, _, value = part.partition("=")
        told.append(f"{name} {value}" if re.fullmatch(r"-?[\d.e+-]+", value) else value)
    return f"{what}: {', '.join(told)}" if told else what


def _number(value: float) -> str:
    """Three digits; in full up to a million, and without the minus of a rounded zero."""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e6 else f"{value:.3g}".replace("-", "−")


def _deciding(recorded: Record) -> list[str]:
    """The figures that decide, with their intervals, as a table."""
    names = get(recorded.claim).decides
    if not names:
        return []
    rows = []
    for name in names:
        span = recorded.interval(name)
        low, high = _number(span.low), _number(span.high)
        rows.append(f"| {_named(name)} | {_number(span.mean)} | {low} to {high} |")
    return ["| decides | mean | 95 % interval |", "| --- | --- | --- |", *rows, ""]


def _tuned(number: int | str, folder: Path) -> list[str]:
    """The settings that were chosen on other seeds, folded away: what, the best, the grid."""
    tuned = tuning(record_path(number, folder))
    if not tuned:
        return []
    rows = [
        f"| {_named(one.what.removeprefix('the '))} | {one.best:g} | {_listed(one.values)} |"
        for one in tuned
    ]
    head = ["| chosen on other seeds | best | tried |", "| --- | --- | --- |"]
    summary = f"<summary>How {len(tuned)} settings were chosen</summary>"
    if len(tuned) == 1:
        summary = "<summary>How one setting was chosen</summary>"
    return ["<details>", summary, "", *head, *rows, "", "</details>", ""]


def _pictured(number: int | str, outcome: Verdict) -> list[str]:
    """The claim's figure, if it has one."""
    if find_picture(number) is None:
        return []
    return [f"![{get(number).statement} {outcome}](figures/{figure_path(number).name})", ""]


def _listed(values: Sequence[float]) -> str:
    return ", ".join(f"{value:g}" for value in values)


def _joined(outcome: Verdict) -> str:
    """What stands behind the word of a verdict."""
    conditional = outcome.word.endswith(("if", "within"))
    return f" {outcome.reason}." if conditional else f": {outcome.reason}."
