"""What students hand in, in every shape it comes, is found or refused with a reason."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import pytest
from grading_roster import PIXEL
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course.grading.collecting import gather
from course.grading.intake import HandedIn, Piece, Released, read_notebook
from course.grading.pictures import Pictures

KNOWN = Released({"02_rnn_cell": frozenset({"rnn-step", "rnn-step-check"})})
NAMES = set(KNOWN.notebooks)


def notebook(source: str = "x = 1", **metadata: Any) -> Any:
    return new_notebook(cells=[new_code_cell(source, metadata=metadata)])


def text_of(nb: Any) -> str:
    return nbformat.writes(nb)


def archive(**files: str | bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return data.getvalue()


def test_an_archive_that_holds_itself_comes_to_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside: bytes = archive(**{"02_rnn_cell.ipynb": text_of(notebook())})
    for _ in range(9):
        inside = archive(**{"in.zip": inside})
    (tmp_path / "eve.zip").write_bytes(inside)
    (person,) = gather(tmp_path, NAMES)
    assert not person.files and "archive in an archive" in person.problems[0]
    monkeypatch.setattr("course.grading.collecting._MOST_OF_ONE", 10**6)
    bombs = {f"week/{i}.zip": archive(**{"a.ipynb": b" " * 900_000}) for i in range(5)}
    (tmp_path / "eve.zip").write_bytes(archive(**bombs))
    (person,) = gather(tmp_path, NAMES)
    assert len(person.files) <= 1 and "too large" in person.problems[0]


def test_a_files_name_can_be_written_and_moves_no_cursor() -> None:
    name = "\x1b[2J\u202e\udce9.ipynb"
    person = HandedIn("ada", files=[Piece(name, b"{")])
    person.read(KNOWN)
    assert "\x1b" not in person.problems[0] and person.problems[0].encode()


def test_lists_without_end_are_refused_before_they_take_memory() -> None:
    nb, reason = read_notebook(b'{"cells": [' + b"[]," * 6_000_000 + b"[]]}")
    assert nb is None and "too many lists" in reason


def test_a_path_in_an_archive_leads_nowhere(tmp_path: Path) -> None:
    inside = {"../../evil.ipynb": "{}", "/abs/02_rnn_cell.ipynb": text_of(notebook())}
    (tmp_path / "eve.zip").write_bytes(archive(**inside))
    (person,) = gather(tmp_path, NAMES)
    person.read(KNOWN)
    assert list(person.notebooks) == ["02_rnn_cell"]
    assert [path.name for path in tmp_path.rglob("*")] == ["eve.zip"]


def test_a_broken_archive_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "eve.zip").write_bytes(b"PK\x03\x04 nothing")
    (person,) = gather(tmp_path, NAMES)
    person.read(KNOWN)
    assert "cannot be read" in person.problems[0]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes and links")
def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.ipynb"
    secret.write_text(text_of(notebook()))
    handed = tmp_path / "handed"
    (handed / "eve").mkdir(parents=True)
    (handed / "eve" / "02_rnn_cell.ipynb").symlink_to(secret)
    os.mkfifo(handed / "eve" / "pipe.ipynb")
    assert [(one.student, one.files) for one in gather(handed, NAMES)] == [("eve", [])]


REASONS = {
    b"": "empty",
    b"\0\0\n": "empty",
    b'{"cells": [': "line 1, column 12",
    b"[1, 2]": "no cells",
    b"null": "no cells",
    b'{"worksheets": 3}': "cannot be read" if False else "no notebook",
    b"[" * 10**6: "not JSON",
    b"\x89PNG\r\n": "not JSON",
}


@pytest.mark.parametrize("content", REASONS, ids=range(len(REASONS)))
def test_what_is_no_notebook_is_refused_with_the_reason(content: bytes) -> None:
    nb, reason = read_notebook(content)
    assert nb is None and REASONS[content] in reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
def test_other_encodings_are_read_and_named(encoding: str) -> None:
    text = json.dumps(notebook("x = '은닉 상태'"), ensure_ascii=False)
    nb, said = read_notebook(text.encode(encoding))
    assert nb is not None and nb.cells[0].source == "x = '은닉 상태'"
    assert said == ("" if encoding.startswith("utf-8") else f"not UTF-8; read as {encoding}")


def test_an_old_notebook_is_brought_up_to_date() -> None:
    cell = {"cell_type": "code", "input": ["x = 1\n", "y"], "language": "python", "outputs": []}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [cell]}]}
    nb, said = read_notebook(json.dumps(old).encode())
    assert nb is not None and nb.cells[0].source == "x = 1\ny" and "nbformat 3" in said


def test_outputs_are_left_behind_and_a_large_one_is_no_trouble() -> None:
    nb = notebook()
    nb.cells[0].outputs = [new_output("stream", text="x" * 30_000_000)]
    read, said = read_notebook(json.dumps(nb).encode())
    assert read is not None and not said and read.cells[0].outputs == []


def test_a_notebook_without_end_is_refused() -> None:
    for cells in ([{"cell_type": "code", "source": "x"}] * 5000, [{"source": "x" * 10**7}]):
        nb, reason = read_notebook(json.dumps({"cells": cells}).encode())
        assert nb is None and "more than" in reason


def test_odd_cells_are_made_whole() -> None:
    cells = [
        {"cell_type": "code", "source": ["a", 3, "b"], "metadata": {"nbgrader": {"grade_id": 7}}},
        {"cell_type": "code", "source": None, "metadata": None, "outputs": "none", "id": "same"},
        {"cell_type": "video", "source": "x", "id": "same"},
        "no cell",
        {"source": "\ud800 \0", "cell_type": "markdown", "metadata": {"tags": "exercise"}},
    ]
    nb, _ = read_notebook(json.dumps({"cells": cells, "nbformat": 9, "metadata": []}).encode())
    assert nb is not None
    assert [cell.source for cell in nb.cells] == ["ab", "", "x", "? "]
    nbformat.validate(nb)


@settings(max_examples=40, deadline=None)
@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5) | st.sampled_from(["code", "markdown"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["cells", "cell_type", "source", "metadata", "worksheets", "tags"]),
                inner,
                max_size=4,
            )
        ),
    )
)
def test_any_json_is_a_notebook_or_refused(data: Any) -> None:
    nb, reason = read_notebook(json.dumps(data).encode())
    if nb is None:
        assert reason
    else:
        nbformat.validate(nb)


def test_a_notebook_is_known_by_its_cells_under_any_name_and_a_foreign_one_is_not() -> None:
    marked = notebook("a", nbgrader={"grade_id": "rnn-step"})
    called = notebook('check("rnn.step", step)')
    for nb, name in ((marked, "homework.ipynb"), (called, "Untitled (3).ipynb")):
        person = HandedIn("ada", files=[Piece(name, text_of(nb).encode())])
        person.read(KNOWN)
        assert list(person.notebooks) == ["02_rnn_cell"]
        assert "taken as 02_rnn_cell.ipynb" in person.problems[0]
    person = HandedIn("ada", files=[Piece("notes.ipynb", text_of(notebook()).encode())])
    person.read(KNOWN)
    assert not person.notebooks and "no notebook of this assignment" in person.problems[0]


def test_of_two_the_one_under_the_right_name_is_graded_and_the_other_is_named() -> None:
    right, other = notebook("right"), notebook("other", nbgrader={"grade_id": "rnn-step"})
    named = {"z.ipynb": other, "02_rnn_cell.ipynb": right}
    person = HandedIn(
        "ada", files=[Piece(name, text_of(nb).encode()) for name, nb in named.items()]
    )
    person.read(KNOWN)
    assert person.notebooks["02_rnn_cell"].cells[0].source == "right"
    assert any("left aside: z.ipynb" in said for said in person.problems)


@pytest.mark.parametrize(
    ("text", "attachments", "kept", "said"),
    [
        ("![a](attachment:a.png)", {"a.png": {"image/png": PIXEL}}, ["a.png"], ""),
        ("![a](attachment:a.png)", {"a.png": {"image/png": [PIXEL[:9], PIXEL[9:]]}}, ["a.png"], ""),
        ("![a](attachment:a%20b.png)", {"a b.png": {"image/png": PIXEL}}, ["a%20b.png"], ""),
        ('<img src="attachment:a.png">', {"a.png": {"image/png": PIXEL}}, ["a.png"], ""),
        ("no link", {"a.png": {"image/png": PIXEL}}, [], ""),
        ("![a](attachment:a.png)", None, [], "it is not in the file"),
        ("[x]: attachment:a.png\n\n![x]", {}, [], "it is not in the file"),
        ("![a](attachment&#58;a.png)", {}, [], "it is not in the file"),
        ("![a](attachment:a)", {"a": {"image/svg+xml": "<svg/>"}}, [], "it is no PNG"),
        ("![a](attachment:a)", {"a": {"image/png": "***"}}, [], "it cannot be read"),
        ("![a](attachment:a)", {"a": {"image/png": "A" * 6_000_000}}, [], "larger than 4 MB"),
        ("![a](attachment:a)", {"a": [1, 2]}, [], "it is not in the file"),
    ],
)
def test_a_picture_is_kept_within_bounds_or_its_link_goes(
    text: str, attachments: Any, kept: list[str], said: str
) -> None:
    written, pictures = Pictures().keep(text, attachments)
    assert [*pictures] == kept
    assert (said in written) if said else (written == text)
    cell = new_markdown_cell(written)
    if pictures:
        cell.attachments = pictures
    HTMLExporter().from_notebook_node(new_notebook(cells=[cell]))  # stops at a missing picture


def test_pictures_are_counted_over_the_whole_notebook() -> None:
    pictures = Pictures()
    texts = [pictures.keep("![a](attachment:a)", {"a": {"image/png": PIXEL}})[0] for _ in range(61)]
    assert texts[59] == "![a](attachment:a)" and "holds too many" in texts[60]
