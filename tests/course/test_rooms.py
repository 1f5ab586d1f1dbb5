"""Which room imports from which: CONTRIBUTING's table says it, and the code keeps to it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from course.maintenance import anatomy, refresh

ROOT = refresh.ROOT
PACKAGES = ("helpers", "course")


def room_of(module: str) -> str:
    """Name a module's room: `helpers`, or the folder of course/ that it is in.

    What stands in course/ itself is in the room `course`.
    """
    package, *rest = module.split(".")
    inner = ROOT / package / rest[0] if rest else None
    return f"{package}/{rest[0]}" if package == "course" and inner and inner.is_dir() else package


def imports(code: str, package: str = "") -> Iterator[tuple[str, int]]:
    """Yield every module that code imports, wherever in it, with its line.

    Parameters
    ----------
    code : str
        Python.
    package : str
        The package that a relative import starts from, `course.grammar` for instance.
    """
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from ((name.name, node.lineno) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")[: 1 - node.level or None] if node.level else []
            base = ".".join([*parts, *filter(None, [node.module])])
            # `from course import claims` is an import of course.claims
            modules = {f"{base}.{name.name}" for name in node.names}
            yield from ((module, node.lineno) for module in sorted(modules))


def drawn(sources: dict[str, tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """Draw the imports between rooms: who from whom, and in which lines.

    Parameters
    ----------
    sources : dict of str to (str, str)
        By a file's name, the package that it is in and its code.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for name, (package, code) in sources.items():
        here = room_of(package) if package else name.partition("/")[0]
        for module, line in imports(code, package):
            there = room_of(module)
            if there.partition("/")[0] in (*PACKAGES, "tests") and there != here:
                places = found.setdefault((here, there), [])
                if (place := f"{name}:{line}") not in places:
                    places.append(place)
    return found


def project() -> dict[str, tuple[str, str]]:
    """Read the packages and the lessons' code cells."""
    sources = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT)
            sources[name.as_posix()] = (".".join(name.parent.parts), path.read_text("utf-8"))
    for path in refresh.lessons(ROOT / "notebooks"):
        cells = anatomy.code_cells(refresh.read(path))
        code = "\n".join(cell["source"] for cell in cells)
        sources[f"notebooks/{path.name}"] = ("", re.sub(r"^[%!].*$", "", code, flags=re.M))
    return sources


def table() -> set[tuple[str, str]]:
    """Read CONTRIBUTING's table: a room, what is in it, and where it may import from."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w/]+)/` \| .* \| (.*) \|$", text, re.M)
    return {(room, there) for room, cell in rows for there in re.findall(r"`([\w/]+?)/?`", cell)}


def test_the_rooms_import_from_each_other_as_contributing_says() -> None:
    said = table()
    unsaid = {way: where for way, where in drawn(project()).items() if way not in said}
    assert not unsaid, "\n".join(f"{a} imports {b}: {w}" for (a, b), w in unsaid.items())


def test_the_directions_that_keep_the_house_in_order() -> None:
    """Whatever the table comes to say: these do not go."""
    goals: dict[str, set[str]] = {}
    for here, there in table():
        goals.setdefault(here, set()).add(there)
    assert "helpers" not in goals
    assert goals["course/figures"] == {"helpers", "course/claims"}  # records are drawn, too
    assert "course/figures" not in goals["course/claims"] | goals["course/exercises"]
    assert goals["course/exercises"].isdisjoint({"course/grading", "course/claims"})
    assert "course/grading" not in goals["notebooks"]
    assert not {"notebooks", "tests"} & set().union(*goals.values())


def test_every_room_stands_in_the_table() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = {room for way in drawn(project()) for room in way}
    rooms |= {
        room_of(".".join(p.parent.relative_to(ROOT).parts)) for p in ROOT.glob("course/*/*.py")
    }
    assert [room for room in sorted(rooms) if f"| `{room}/` |" not in text] == []


def test_an_import_is_seen_wherever_it_stands() -> None:
    code = "from course import lessons\ndef f():\n    import course.grading.plan as p\n"
    assert drawn({"helpers/x.py": ("helpers", code)}) == {
        ("helpers", "course"): ["helpers/x.py:1"],
        ("helpers", "course/grading"): ["helpers/x.py:3"],
    }
    code = "from .. import b\nfrom ...claims import c"
    assert drawn({"course/grammar/a/x.py": ("course.grammar.a", code)}) == {
        ("course/grammar", "course/claims"): ["course/grammar/a/x.py:2"]
    }
    code = "from helpers.text import pad\nimport torch"
    assert drawn({"notebooks/00.ipynb": ("", code)}) == {
        ("notebooks", "helpers"): ["notebooks/00.ipynb:1"]
    }
