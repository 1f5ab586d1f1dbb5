"""The page about a class: points, exercises, mistakes, and what a teacher should look at."""

from __future__ import annotations

import base64
import html
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from course.exercises.score import as_inline
from course.grading.results import ABSENT, Item, Made, Row

__all__ = ["class_page", "open_answers", "page"]


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


def page(title: str, body: str) -> str:
    """Return an HTML page with the course's style."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head>\n"
        f"<body><main>\n<h1>{html.escape(title)}</h1>\n{body}\n</main></body></html>\n"
    )


def open_answers(count: int) -> str:
    """Say how many open answers await a reader."""
    return "1 open answer awaits" if count == 1 else f"{count} open answers await"


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


def class_page(
    assignment: str, items: Sequence[Item], rows: Sequence[Row], mistakes: Sequence[Made]
) -> str:
    """Return the page about a class as HTML."""
    graded = [row for row in rows if row.status == "graded"]
    not_graded = [row for row in rows if row.status != "graded"]
    absent = sum(row.status == ABSENT for row in rows)
    awaiting = sum(len(row.awaiting) for row in rows)
    of = sum(item.points for item in items)
    wait = f" {open_answers(awaiting)} a reader; the points below are without them."
    parts = [
        f"<p>Handed in: {len(rows) - absent}. Graded: {len(graded)}"
        f"{f'. Not graded: {len(not_graded)}' if not_graded else ''}. "
        f"{of:g} points can be earned.{wait if awaiting else ''}</p>"
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
    late = [row for row in rows if row.late]
    if late:
        parts.append("<h2>Late</h2>")
        lines = [[row.student, f"{row.late:.1f}", f"{row.penalty:g}"] for row in late]
        parts.append(_table(["student", "#hours", "#points taken off"], lines))
    unread = [row for row in graded if row.unread]
    if unread:
        parts.append(
            "<h2>Written beside an answer's place</h2><p>The formgrader shows no field for this "
            "text, so nobody reads it unless you do. It may be an answer.</p>"
        )
        lines = [[row.student, text] for row in unread for text in row.unread]
        parts.append(_table(["student", "text"], lines))
    look = [row for row in graded if row.look]
    if look:
        parts.append(
            "<h2>Worth a look</h2><p>These students' code does what an answer seldom needs. It "
            "has changed no score and may be harmless: read it before you judge.</p>"
        )
        parts.append(
            _table(["student", "what"], [[row.student, "; ".join(row.look)] for row in look])
        )
    return page(f"{assignment}: the class", "\n".join(parts))


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
