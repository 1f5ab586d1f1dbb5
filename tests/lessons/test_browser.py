"""The lessons in a real browser: JupyterLab opens on the learner's copy, and everything runs.

Judged is the notebook that JupyterLab saved, not the page: cells out of sight are not in it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from course.exercises import bank
from course.maintenance import anatomy, refresh
from course.maintenance.pinned import pinned

LESSONS = [path.stem for path in refresh.lessons(refresh.ROOT / "notebooks")]
RUN = [stem for stem in LESSONS if stem in ("00_start_here", "02_rnn_cell")]
SECONDS_FOR_A_LESSON = 300

# .ci/run looks for the same names.
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Lab:
    """A running JupyterLab: its address, its token, and the course's folder."""

    url: str
    token: str
    root: Path

    def address(self, lesson: str) -> str:
        """Where a lesson opens, in a workspace of its own."""
        return f"{self.url}lab/workspaces/{lesson}/tree/work/{lesson}.ipynb?token={self.token}"

    def saved(self, lesson: str) -> dict[str, Any]:
        """The learner's copy as it is on disk."""
        return refresh.read(self.root / "work" / f"{lesson}.ipynb")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium with a fresh profile."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        reason = (
            "no Chromium found; on Debian: sudo apt install chromium. "
            f"Looked for {', '.join(BROWSERS)} on the PATH."
        )
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def lab(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab, started as `make lab` does, on a copy of the course."""
    root = tmp_path_factory.mktemp("course")
    for folder in ("notebooks", "docs"):
        shutil.copytree(refresh.ROOT / folder, root / folder)
    runtime = root / "runtime"
    environment = pinned(os.environ) | {
        "JUPYTER_CONFIG_DIR": str(root / "config"),
        "JUPYTER_DATA_DIR": str(root / "data"),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "IPYTHONDIR": str(root / "ipython"),
    }
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = [
        "--no-browser",
        f"--ServerApp.port={port}",
        "--LabApp.expose_app_in_browser=True",
    ]
    program = (
        "import sys, pathlib; from course.maintenance import lab; "
        "lab.main(sys.argv[2:], root=pathlib.Path(sys.argv[1]))"
    )
    log = (root / "log").open("wb")
    server = subprocess.Popen(
        [sys.executable, "-c", program, str(root), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield wait_for_server(server, root, runtime)
    finally:
        stop(server)
        log.close()


def wait_for_server(server: subprocess.Popen[bytes], root: Path, runtime: Path) -> Lab:
    """Wait until the server has written where it listens."""
    until = time.monotonic() + 90
    while time.monotonic() < until and server.poll() is None:
        for file in runtime.glob("jpserver-*.json"):
            try:
                info = json.loads(file.read_text())
            except ValueError:  # not yet written to its end
                continue
            return Lab(info["url"], info["token"], root)
        time.sleep(0.1)
    raise AssertionError("JupyterLab did not start:\n" + (root / "log").read_text()[-3000:])


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the server and its kernels: their whole process group."""
    if os.name != "posix":
        server.kill()
    else:
        for number, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
            try:
                os.killpg(server.pid, number)
                server.wait(patience)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
    server.wait(10)


READY = """async () => {
    const panel = window.jupyterapp?.shell?.currentWidget;
    if (!panel?.sessionContext || !panel.context?.isReady || !panel.content?.model) return false;
    await panel.sessionContext.ready;
    const kernel = panel.sessionContext.session?.kernel;
    if (!kernel) return false;
    await kernel.info;
    return true;
}"""
FINISHED = """() => {
    const panel = window.jupyterapp.shell.currentWidget;
    const cells = Array.from(panel.content.model.cells).filter(cell => cell.type === 'code');
    return cells.every(cell => cell.executionCount !== null)
        && panel.sessionContext.session.kernel.status === 'idle';
}"""
FAILED = """() => Array.from(window.jupyterapp.shell.currentWidget.content.model.cells)
    .filter(cell => cell.type === 'code')
    .some(cell => cell.outputs.toJSON().some(output => output.output_type === 'error'))"""
CLEAR = "() => window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')"
SAVE = "() => window.jupyterapp.shell.currentWidget.context.save()"
SHUTDOWN = "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()"


def call(page: Any, script: str, argument: Any = None, seconds: float = 60) -> Any:
    """Run a script on the page; None where it does not answer (a dialog waits for somebody)."""
    late = f"new Promise(resolve => setTimeout(() => resolve(null), {1000 * seconds}))"
    return page.evaluate(f"argument => Promise.race([({script})(argument), {late}])", argument)


def wait_for(page: Any, script: str, argument: Any = None, seconds: float = 90) -> None:
    """Wait until a script is true of the page."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if call(page, script, argument, seconds=10):
            return
        page.wait_for_timeout(200)
    shown = page.locator(".jp-Dialog").all_inner_texts()
    raise AssertionError(f"not true within {seconds} s: {script}\ndialogs: {shown}")


@pytest.fixture
def page(browser: Any, lab: Lab) -> Iterator[Any]:
    """A tab of its own."""
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    tab.set_default_timeout(60_000)
    yield tab
    tab.close()


def run_all(page: Any) -> None:
    """Clear all outputs (committed counts look finished), run all cells, wait, and save."""
    call(page, CLEAR)
    assert not call(page, FINISHED)
    call(page, "name => { window.jupyterapp.commands.execute(name) }", "notebook:run-all-cells")
    either = f"() => ({FINISHED})() || ({FAILED})()"
    wait_for(page, either, seconds=SECONDS_FOR_A_LESSON)
    call(page, SAVE)


def test_make_lab_opens_the_learners_copy_and_asks_nothing(page: Any, lab: Lab) -> None:
    page.goto(f"{lab.url}?token={lab.token}")
    wait_for(page, READY)
    path = call(page, "() => window.jupyterapp.shell.currentWidget.context.path")
    assert path == f"work/{LESSONS[0]}.ipynb"
    assert page.locator(".jp-toast, .Toastify__toast, .jp-Dialog").count() == 0
    call(page, SHUTDOWN)


@pytest.mark.parametrize("lesson", RUN)
def test_a_lesson_runs_from_top_to_bottom(page: Any, lab: Lab, lesson: str) -> None:
    page.goto(lab.address(lesson))
    wait_for(page, READY)
    run_all(page)
    call(page, SHUTDOWN)
    code = anatomy.code_cells(lab.saved(lesson))
    errors = [
        f"{output['ename']}: {output['evalue']}, in\n{cell['source']}"
        for cell in code
        for output in cell["outputs"]
        if output["output_type"] == "error"
    ]
    assert errors == []
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))


def value_exercise(lesson: str) -> tuple[anatomy.Exercise, bank.ValueExercise]:
    """Return the first exercise of a lesson that asks for a value and knows a mistake."""
    for shown in anatomy.exercises(refresh.read(refresh.ROOT / "notebooks" / f"{lesson}.ipynb")):
        known = bank.find(shown.name or "")
        if isinstance(known, bank.ValueExercise) and known.mistakes:
            return shown, known
    raise AssertionError(f"{lesson} has no such exercise")


@pytest.mark.skipif("02_rnn_cell" not in LESSONS, reason="the lesson is not there yet")
def test_a_learner_types_a_wrong_and_a_right_answer(page: Any, lab: Lab) -> None:
    lesson = "02_rnn_cell"
    shown, known = value_exercise(lesson)
    stub, check = shown.tagged("exercise")[0], shown.tagged("check")[0]
    variable = check["source"].rstrip(")").split(",")[-1].strip()
    page.goto(lab.address(lesson))
    wait_for(page, READY)
    call(page, CLEAR)
    imports = next(c for c in anatomy.code_cells(lab.saved(lesson)) if "check" in c["source"])
    run_cell(page, imports["id"])

    mistake = known.mistakes[0]
    answer(page, stub["id"], f"{variable} = {mistake.answer!r}", check["id"])
    wrong = shown_result(lab, lesson, check["id"])
    assert float(wrong["text/plain"]) == 0
    assert words(mistake.message) in words(wrong["text/html"])
    assert words(mistake.message) in words(visible(page, check["id"]))

    answer(page, stub["id"], f"{variable} = {known.value!r}", check["id"])
    right = shown_result(lab, lesson, check["id"])
    assert float(right["text/plain"]) == known.total
    assert words(mistake.message) not in words(visible(page, check["id"]))

    title = f"Solution {shown.number}"
    cell(page, stub["id"])
    page.locator(f'.jp-Notebook a[href$="#{anatomy.anchor(title)}"]').first.click()
    page.get_by_role("heading", name=title).wait_for()
    call(page, SHUTDOWN)


def words(text: str) -> str:
    """Return the bare words of a message: its markup differs between page, file and bank."""
    import html
    import re

    return " ".join(re.findall(r"\w+", html.unescape(re.sub(r"<[^>]*>", " ", text))))


SELECT = """async id => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    const index = notebook.widgets.findIndex(cell => cell.model.id === id);
    notebook.deselectAll();
    notebook.activeCellIndex = index;
    notebook.mode = 'command';
    await notebook.scrollToItem(index, 'center');
    return index;
}"""
COUNT = """id => Array.from(window.jupyterapp.shell.currentWidget.content.model.cells)
    .find(cell => cell.id === id).executionCount"""
RAN_AGAIN = f"([id, count]) => {{ const n = ({COUNT})(id); return n !== null && n !== count; }}"


def cell(page: Any, identity: str) -> Any:
    """Bring a cell into view and return it."""
    index = call(page, SELECT, identity)
    found = page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{index}"]')
    found.wait_for()
    return found


def run_cell(page: Any, identity: str) -> None:
    """Run one cell with Control and Enter, and wait until it has run."""
    cell(page, identity)
    before = call(page, COUNT, identity)
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(50)
    wait_for(page, RAN_AGAIN, [identity, before])


def answer(page: Any, stub: str, text: str, check: str) -> None:
    """Type an answer over a stub, run it and its check, and save."""
    cell(page, stub).locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    page.keyboard.press("Escape")
    run_cell(page, stub)
    run_cell(page, check)
    call(page, SAVE)


def shown_result(lab: Lab, lesson: str, identity: str) -> dict[str, str]:
    """Return what a cell shows in the saved notebook, by kind."""
    (saved,) = [entry for entry in lab.saved(lesson)["cells"] if entry["id"] == identity]
    (output,) = saved["outputs"]
    return output["data"]


def visible(page: Any, identity: str) -> str:
    """Return the text of a cell's output on the page."""
    return cell(page, identity).locator(".jp-OutputArea").inner_text()
