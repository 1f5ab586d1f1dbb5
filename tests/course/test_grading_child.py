"""The child's limits: what a student's code cannot do, tried by doing it."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from course.exercises.bank import CodeExercise, find
from course.grading import kernel_rules
from course.grading.plan import Place, read_cell
from course.grading.process import SHORT, Child, clean_up, readable
from course.grading.sandbox import Ask, Limits, collect

ROOT = Path(__file__).resolve().parents[2]
EXERCISE = find("rnn.count_parameters")
assert isinstance(EXERCISE, CodeExercise)
RIGHT = "def count_parameters(T, D, H, O):\n    return H * D + H * H + H + O * H + O"


def graded(*cells: str, limits: Limits | None = None) -> tuple[float, str]:
    """Grade a notebook whose last cell holds the answer."""
    place = Place(len(cells) - 1, ("count_parameters",))
    ask = Ask(EXERCISE, "count_parameters", [place], (4711,))
    found = collect(cells, [read_cell(cell) for cell in cells], [ask], limits or Limits(cell=4))
    return float(found[0].score), found[0].score.message


def under_rules(code: str, folder: Path, *seen: str) -> subprocess.CompletedProcess[str]:
    """Run code under the kernel's rules; `seen` are more folders that it may read."""
    start = f"""
        import os, sys
        sys.path.insert(0, {str(ROOT)!r})
        from course.grading import kernel_rules
        held = kernel_rules.apply([{str(folder)!r}], {[*readable(), *seen]!r})
        if held != ["landlock", "seccomp"] or kernel_rules.available() != held:
            print("not held", held)
            sys.exit()
    """
    return subprocess.run(
        [sys.executable, "-I", "-c", textwrap.dedent(start) + textwrap.dedent(code)],
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        timeout=100,
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="these are Linux's rules")
def test_the_kernel_refuses_what_an_answer_never_needs(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "secret").write_text("secret")
    done = under_rules(
        f"""
        import ctypes, signal, socket, subprocess, threading
        def written(path):
            with open(path, "w") as file:
                file.write("x")
        tries = dict(
            fork=os.fork,
            program=lambda: subprocess.run(["ls"]),
            shell=lambda: os.posix_spawn("/bin/ls", ["ls"], {{}}),
            kill_parent=lambda: os.kill(os.getppid(), 0),
            kill_all=lambda: os.kill(-1, 0),
            network=socket.socket,
            session=os.setsid,
            read=lambda: open({str(tmp_path / "secret")!r}).read(),
            listing=lambda: os.listdir({str(tmp_path)!r}),
            write=lambda: written({str(tmp_path / "new")!r}),
            remove=lambda: os.remove({str(tmp_path / "secret")!r}),
            environment=lambda: open(f"/proc/{{os.getppid()}}/environ", "rb").read(),
            memory=lambda: open(f"/proc/{{os.getppid()}}/mem", "rb").read(1),
            uncounted=lambda: os.memfd_create("x"),
            shared=lambda: os.listdir("/dev/shm"),
        )
        for name, attempt in tries.items():
            try:
                attempt()
                print(name, "WAS ALLOWED")
            except OSError:
                pass
        written({str(tmp_path / "own" / "file")!r})
        thread = threading.Thread(target=lambda: print("thread"))
        thread.start(); thread.join()
        import numpy, json
        print(numpy.linalg.norm(numpy.ones((3, 3)) @ numpy.ones(3)) > 0)
        """,
        tmp_path / "own",
    )
    if "not held" in done.stdout:
        pytest.skip(f"this kernel: {done.stdout}")
    assert done.stdout.split() == ["thread", "True"], done.stdout + done.stderr
    assert (tmp_path / "secret").read_text() == "secret"


# Arguments that would work: {path} and {handle} name the same file, which the child may read.
INODE_CALLS = """
chmod path, 0
fchmod handle, 0
fchmodat -100, path, 0, 0
fchmodat2 -100, path, 0, 0
chown path, 1, 1
lchown path, 1, 1
fchown handle, 1, 1
fchownat -100, path, 1, 1, 0
utime path, None
utimes path, None
futimesat -100, path, None
utimensat -100, path, None, 0
utimensat handle, None, None, 0
setxattr path, b"user.x", b"1", 1, 0
lsetxattr path, b"user.x", b"1", 1, 0
fsetxattr handle, b"user.x", b"1", 1, 0
setxattrat -100, path, 0, b"user.x", bytes(16), 16
removexattr path, b"user.kept"
lremovexattr path, b"user.kept"
fremovexattr handle, b"user.kept"
removexattrat -100, path, 0, b"user.kept"
file_setattr -100, path, bytes(24), 24, 0
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="these are Linux's rules")
@pytest.mark.parametrize("place", ["own", "readable"])
def test_permissions_owners_times_and_attributes_cannot_be_changed(
    tmp_path: Path, place: str
) -> None:
    """Each call by its number, on a file that the child may read, and on one of its own."""
    assert {line.split()[0] for line in INODE_CALLS.split("\n") if line} == {*kernel_rules.INODES}
    for name in ("own", "readable"):
        (tmp_path / name).mkdir()
    path = tmp_path / place / "file"
    path.write_text("x")
    before = path.stat()
    done = under_rules(
        f"""
        import ctypes, errno, platform
        libc = ctypes.CDLL(None, use_errno=True)
        column = 0 if platform.machine() == "x86_64" else 1
        path = {os.fsencode(path)!r}
        handle = os.open(path, os.O_RDONLY)
        def call(number, *arguments):
            ctypes.set_errno(0)
            libc.syscall(ctypes.c_long(number), *arguments)
            return ctypes.get_errno()
        for line in {INODE_CALLS.strip()!r}.splitlines():
            name, _, given = line.partition(" ")
            number = kernel_rules.INODES[name][column]
            if number is None:
                continue
            # Without a path and a descriptor the kernel itself would report an error.
            if call(number, *eval(f"({{given}},)")) or call(number, -1, None, None, 0, 0):
                print(name, "REACHED THE KERNEL")
        for request in kernel_rules.FLAGS:
            if call(kernel_rules.IOCTL[column], handle, request, bytes(64)) != errno.EPERM:
                print("ioctl", request, "WAS ALLOWED")
        print("size", os.fstat(handle).st_size)
        """,
        tmp_path / "own",
        str(tmp_path / "readable"),
    )
    if "not held" in done.stdout:
        pytest.skip(f"this kernel: {done.stdout}")
    assert done.stdout.split() == ["size", str(before.st_size)], done.stdout + done.stderr
    after = path.stat()
    assert (after.st_mode, after.st_uid, after.st_mtime_ns) == (
        before.st_mode,
        before.st_uid,
        before.st_mtime_ns,
    )


def test_a_right_answer_earns_its_points_whatever_else_the_notebook_does() -> None:
    noise = """
%matplotlib inline
!pip install nothing
import sys, threading, signal
print("x" * 10**6)
sys.stdout.close()
threading.Thread(target=lambda: [None for _ in iter(int, 1)], daemon=True).start()
sys.setrecursionlimit(10**6)
raise SystemExit
"""
    assert graded(noise, "%matplotlib inline\n!ls\n" + RIGHT)[0] == 1


def test_an_exit_a_crash_and_a_loop_cost_only_their_own_cell() -> None:
    cells = (
        "used = 1\nimport os\nos._exit(0)",
        "used = 2\nimport signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
        f"{RIGHT}\nused\nexit()",
    )
    assert graded(*cells, limits=Limits(cell=2))[0] == 1


def test_memory_is_limited() -> None:
    limits = Limits(memory=1024**3, cell=20)
    points, said = graded(
        "def count_parameters(*_):\n    return bytearray(2 * 10**9)", limits=limits
    )
    assert points == 0 and "MemoryError" in said


FORGED = """
import sys
child = sys.modules["course.grading.child"]
child._Bench.{method} = lambda *_: {reply}
def count_parameters(*_):
    return 0
"""
RUN = {"outcomes": [], "again": None, "warnings": [], "notes": [], "stuck": False, "loop": [1, ""]}


@pytest.mark.parametrize(
    ("method", "reply"),
    [
        ("call", {"score": 1.0, "points": 1, "run": RUN, "about": [None, [], False, False]}),
        ("call", {"value": 20}),
        ("call", {"run": RUN, "about": {}}),
        ("call", {"given": "x" * 10**6, "class": []}),
        ("run_cell", {}),
        ("run_cell", {"error": 3}),
        ("run_cell", {"error": "`<b>" * 10**6}),
    ],
)
def test_what_a_student_s_code_replies_for_the_child_earns_nothing(
    method: str, reply: object
) -> None:
    forged = FORGED.format(method=method, reply=repr(reply))
    points, message = graded(forged, "pass")
    assert points == 0 and len(message) < 2000


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it is counted on Linux")
@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "import threading, time\nthreading.stack_size(32768)\n"
            "for _ in range(100): threading.Thread(target=time.sleep, args=(60,)).start()\n"
            "time.sleep(60)",
            "threads",
        ),
        (
            "import os, time\nfor i in range(3000): os.close(os.open(f'{i}', os.O_CREAT))\n"
            "time.sleep(60)",
            "writes",
        ),
        (
            "import os, time\nfor i in range(3):\n"
            "    with open('x', 'wb') as file: file.write(bytes(2**26 - 1))\n"
            "    os.remove('x')\ntime.sleep(60)",
            "writes",
        ),
    ],
    ids=["threads", "files", "bytes"],
)
def test_threads_and_files_are_counted(
    code: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Few enough that the memory allowed suffices for their stacks: the count has to stop them.
    monkeypatch.setattr("course.grading.process._MOST_THREADS", 50)
    monkeypatch.setattr("course.grading.process._MOST_WRITTEN", 10**8)
    monkeypatch.setattr("course.grading.process._MOST_FILES", 2_000)
    body = "\n".join(f"    {line}" for line in code.splitlines())
    points, message = graded(f"def count_parameters(*_):\n{body}")
    assert points == 0 and said in message


def test_what_stands_beside_the_notebook_and_in_the_environment_is_not_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit")
    (tmp_path / "sitecustomize.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("SECRET", "4711")
    cells = ("import os, numpy as np\nseen = os.listdir('.'), os.environ.get('SECRET')",)
    path = "os.environ.get('PYTHONPATH')"
    answer = f"def count_parameters(*_):\n    raise ValueError((seen, {path}))"
    said = graded(*cells, answer)[1]
    assert "'matplotlib'" in said and "numpy.py" not in said and "None), None)" in said


def test_no_right_answer_and_no_seed_is_in_the_child() -> None:
    hunt = """
import gc
def count_parameters(T, D, H, O):
    for thing in gc.get_objects():
        if type(thing).__name__ in ("Bench", "Ask", "Finding"):
            raise ValueError("found")
        if isinstance(thing, (list, tuple)) and 4711 in [x for x in thing if type(x) is int]:
            if len(thing) < 5:
                raise ValueError(f"seed {thing}")
    return -1
"""
    said = graded(hunt)[1]
    assert "-1" in said, said


@pytest.mark.skipif(os.name != "posix", reason="a wrapper is a command")
def test_a_wrapper_is_put_before_the_child() -> None:
    limits = Limits(wrapper=("env", "WRAPPED=yes"))
    answer = "import os\ndef count_parameters(*_):\n    raise ValueError(os.environ['WRAPPED'])"
    assert "ValueError: yes" in graded(answer, limits=limits)[1]


def test_a_name_that_reading_missed_makes_everything_run() -> None:
    cells = ("vars()['hidden_helper'] = 1", "other = 5\ndef hidden(): return other", RIGHT)
    assert graded(*cells)[0] == 1
    secret = (
        "def count_parameters(T, D, H, O):\n    return __builtins__.eval('H*D+H*H+H+O*H+O+zero')"
    )
    assert graded("zero = 0", "one = 1", secret)[0] == 1


def test_a_cell_may_await() -> None:
    waiting = "import asyncio\nvalue = await asyncio.sleep(0, 5)\n"
    assert graded(waiting + RIGHT)[0] == 1
    score, said = graded(waiting + "raise ValueError(value)\n" + RIGHT)
    assert score == 0 and "ValueError: 5" in said


def test_integers_without_end_are_wrong_and_no_trouble() -> None:
    for value in ("10**1000", "-(10**5000)"):
        score, said = graded(f"def count_parameters(*_):\n    return {value}")
        assert score == 0 and "an integer of" in said


def test_a_notebook_full_of_loops_comes_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once enough was lost to loops, each cell gets two seconds."""
    given: list[float] = []
    ask = Child.ask

    def noted(self: Any, request: Any, limit: float, late: str, soft: bool = False) -> Any:
        if request[0] == "cell":
            given.append(limit)
        return ask(self, request, limit, late, soft)

    monkeypatch.setattr(Child, "ask", noted)
    cells = [f"value_{i} = 1\nwhile True:\n    pass" for i in range(4)]
    names = " + ".join(f"value_{i}" for i in range(4))
    last = f"def count_parameters(*_):\n    return {names}"
    assert graded(*cells, last, limits=Limits(cell=4, wasted=3))[0] == 0
    assert given == [4, SHORT, SHORT, SHORT, SHORT]


PATCHED = """
import math
import numpy as np

math.tanh = lambda a: 0.9 if a > 0 else -0.9
np.tanh = lambda a: np.sign(a)
np.sign = lambda a: a


def {name}():
    return {weights}
"""


@pytest.mark.parametrize(
    ("exercise", "weights"),
    [
        ("rnn.switch_weights", "[[0.1, -0.1]], [[0.0]], [-0.01]"),
        ("rnn.parity_weights", "[[1], [1]], [[1, -1], [1, -1]], [-0.5, -1.5], [[1, -1]], [-0.5]"),
    ],
)
def test_a_patched_tanh_earns_nothing_where_a_network_is_judged(
    exercise: str, weights: str
) -> None:
    """The parent runs the network, with its own functions."""
    known = find(exercise)
    assert isinstance(known, CodeExercise)
    variable = exercise.partition(".")[2]
    cell = PATCHED.format(name=variable, weights=weights)
    ask = Ask(known, variable, [Place(0, (variable,))], (4711,))
    (found,) = collect([cell], [read_cell(cell)], [ask], Limits())
    assert float(found.score) < found.score.of


def test_what_a_killed_grader_left_is_removed_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for owner in (gone.pid, os.getpid()):
        (tmp_path / f"sequence-course-grading-{owner}-x").mkdir()
    (tmp_path / "sequence-course-grading-notes").mkdir()
    clean_up()
    left = {path.name.removeprefix("sequence-course-grading-") for path in tmp_path.iterdir()}
    assert left == {f"{os.getpid()}-x", "notes"}
