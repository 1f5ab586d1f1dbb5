"""What makes a notebook, as a file, unfit to be committed.

It has to be executed in order, to bear no traces of a machine or an editor, and to leave nothing
uncompared without an assertion. `hygiene` returns sentences, one for each violation.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import nbformat

from course.maintenance import outputs, refresh
from course.maintenance.anatomy import Cell, Notebook, code_cells, tags

# Cells whose output the tests ignore: (lesson, id of the cell) and why it cannot be compared.
# Each is followed by a compared cell that asserts what matters and says the verdict.
IGNORED: dict[tuple[str, str], str] = {}

ABSOLUTE = re.compile(r"(?<![\w./])/(?:home|root|Users|tmp|opt|mnt|work|var)/\w|\b[A-Z]:\\\w")
NBVAL_COMMENT = re.compile(r"^\s*#\s*(NBVAL_\w+|PYTEST_VALIDATE_\w+)\s*$", re.MULTILINE)


def hygiene(notebook: Notebook, lesson: str) -> list[str]:
    """Say what makes a notebook unfit to be committed.

    Parameters
    ----------
    notebook : dict
        As `refresh.read` returns it.
    lesson : str
        Its name without the ending, as in `IGNORED`.

    Returns
    -------
    list of str
        One sentence a violation.
    """
    code = code_cells(notebook)
    found = [*_file(notebook)]
    for number, cell in enumerate(code, start=1):
        found += [f"code cell {number} {text}" for text in [*_cell(cell), *_unasserted(cell)]]
        if "nbval-ignore-output" in tags(cell):
            if (lesson, cell.get("id", "")) not in IGNORED:
                found.append(f"code cell {number} is ignored without a reason in hygiene.IGNORED")
            after = code[number : number + 1]
            if not after or "assert" not in after[0]["source"] or not after[0]["outputs"]:
                found.append(f"code cell {number} is ignored, but no asserting cell follows")
    found += [f"code cell {number} {text}" for number, text in _out_of_date(code)]
    for cell in notebook["cells"]:
        for match in ABSOLUTE.finditer(cell["source"]):
            found.append(f"names a path of one machine: …{match.group()}…")
        found += _editor(cell)
    return found


def _file(notebook: Notebook) -> Iterator[str]:
    """Check the notebook as a whole."""
    ids = [cell.get("id") for cell in notebook["cells"]]
    if None in ids or len(set(ids)) < len(ids):
        yield "has cells without an id, or two with the same"
    else:  # nbformat would mend ids silently
        try:
            nbformat.validate(nbformat.from_dict(notebook))
        except nbformat.ValidationError as error:
            yield f"is not a valid notebook: {str(error).splitlines()[0]}"
    if notebook["metadata"] != refresh.NOTEBOOK_METADATA:
        yield "has metadata of a machine or a widget; run `make refresh`"
    code = code_cells(notebook)
    counts = [cell["execution_count"] for cell in code]
    if counts != list(range(1, len(code) + 1)):
        yield f"was not run from top to bottom (empty cells count too): {counts}"


def _cell(cell: Cell) -> Iterator[str]:
    """Yield what is wrong with one code cell."""
    if match := NBVAL_COMMENT.search(cell["source"]):
        yield f"steers the comparison by a comment, {match.group(1)}"
    for tag in tags(cell):
        if tag.startswith(("nbval-", "raises-")) and tag != "nbval-ignore-output":
            yield f"steers the comparison by the tag {tag}"
    if outputs.normalise_outputs(cell["outputs"]) != cell["outputs"]:
        yield "has outputs that are not normalised (a widget, pieces of streams); `make refresh`"
    for output in cell["outputs"]:
        if output["output_type"] == "error":
            yield f"ends in an error, {output['ename']}: {output['evalue']}"
    for text in outputs.texts(cell["outputs"]):
        if match := ABSOLUTE.search(text):
            yield f"shows a path of one machine: …{match.group()}…"


def _editor(cell: Cell) -> Iterator[str]:
    """Find metadata that the course did not put there."""
    left = set(cell["metadata"]) - set(refresh.CELL_METADATA)
    left |= set(cell["metadata"].get("jupyter", {})) - set(refresh.JUPYTER_METADATA)
    if left:
        yield f"keeps an editor's metadata: {sorted(left)}; run `make refresh`"


def _unasserted(cell: Cell) -> Iterator[str]:
    """Find masked lines of which the cell asserts nothing, or does not say why it may.

    No comparison sees these lines. What the lesson says about their numbers has to be asserted in
    the same cell, with a reason: a message, or a comment beside the assertion or right above it.
    """
    masked = outputs.masked_lines(cell["outputs"])
    if not masked:
        return
    lines = ["", *cell["source"].splitlines()]
    try:
        tree = ast.parse(cell["source"])
    except SyntaxError:  # a magic command
        tree = ast.Module([], [])
    asserted = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert)
        and any(isinstance(inner, ast.Name) for inner in ast.walk(node.test))
    ]
    reasoned = [
        node
        for node in asserted
        if node.msg or "#" in "".join(lines[node.lineno - 1 : (node.end_lineno or 0) + 1])
    ]
    if not asserted:
        yield f"shows “{masked[0][:40]}” and asserts nothing about it"
    elif not reasoned:
        yield f"gives no reason for the margin of `{lines[asserted[0].lineno].strip()}`"


def _out_of_date(code: list[Cell]) -> Iterator[tuple[int, str]]:
    """Find masked lines that are older than the code that is said to have made them."""
    for number, (cell, wanted) in enumerate(
        zip(code, outputs.code_hashes(code), strict=True), start=1
    ):
        kept = cell["metadata"].get(outputs.HASH)
        if kept is None and wanted is not None:
            yield number, "has measured lines without the hash of their code; run `make refresh`"
        elif kept != wanted:
            yield number, "has measured lines of other code than stands there; run `make refresh`"
