"""Code that a lesson builds is the code that the package has: the two cannot drift apart.

A cell tagged `package:rnn.rnn_step` defines `rnn_step` as helpers/rnn.py does, but for docstrings,
annotations and input checks (the decorator `shapes`, calls of `_check…`, `if …: raise …`). In a
solution it may have another name, the one that is checked there. A tag may name a method, too:
`package:transformer.EncoderBlock.forward`.
"""

from __future__ import annotations

import ast
import copy
from pathlib import Path

import pytest

from course.maintenance import anatomy, refresh
from course.maintenance.answers import bare, checked_name

Definition = ast.FunctionDef | ast.ClassDef

TAGGED = [
    (path.stem, tag.removeprefix("package:"), cell["source"])
    for path in refresh.lessons(refresh.ROOT / "notebooks")
    for cell in refresh.read(path)["cells"]
    for tag in anatomy.tags(cell)
    if tag.startswith("package:")
]


def definitions(source: str) -> dict[str, Definition]:
    """Return the functions and classes at the top level of a source, and `Class.method`s."""
    found: dict[str, Definition] = {}
    for node in bare(source).body:
        if isinstance(node, Definition):
            found[node.name] = node
        for inner in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(inner, ast.FunctionDef):
                found[f"{node.name}.{inner.name}"] = inner
    return found


def named(definition: Definition, name: str) -> str:
    """Return a definition's code under a name."""

    class Rename(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.Name:
            return ast.Name(name) if node.id == definition.name else node

    renamed = Rename().visit(copy.deepcopy(definition))
    renamed.name = name
    return ast.unparse(ast.fix_missing_locations(renamed))


def differences(page: str, package: str, name: str) -> list[str]:
    """Say how the page's definition of a name differs from the package's."""
    shown, kept = definitions(page), definitions(package)
    called = name if name in shown else checked_name(page)
    if called not in shown:
        return [f"the cell does not define {name}"]
    if name not in kept:
        return [f"the package does not define {name}"]
    short = name.rpartition(".")[2]
    one, other = named(shown[called], short), named(kept[name], short)
    return [] if one == other else [f"page:\n{one}\n\npackage:\n{other}"]


def module_file(dotted: str) -> tuple[Path, str]:
    """Return the file of a tag's module, and the name in it: rnn.rnn_step is in helpers/rnn.py."""
    parts = dotted.split(".")
    room = "course" if parts[0] == "claims" else "helpers"
    for split in range(len(parts) - 1, 0, -1):
        path = refresh.ROOT.joinpath(room, *parts[:split]).with_suffix(".py")
        if path.exists():
            return path, ".".join(parts[split:])
    raise FileNotFoundError(f"no module in {room}/ for {dotted}")


@pytest.mark.parametrize(
    ("lesson", "dotted", "source"), TAGGED, ids=[f"{lesson}-{name}" for lesson, name, _ in TAGGED]
)
def test_the_page_shows_what_the_package_runs(lesson: str, dotted: str, source: str) -> None:
    path, name = module_file(dotted)
    assert differences(source, path.read_text(encoding="utf-8"), name) == []


@pytest.mark.parametrize("path", refresh.lessons(refresh.ROOT / "notebooks"), ids=lambda p: p.stem)
def test_a_lesson_does_not_import_what_it_builds(path: Path) -> None:
    built = {dotted for lesson, dotted, _ in TAGGED if lesson == path.stem}
    for cell in anatomy.code_cells(refresh.read(path)):
        if cell["source"].lstrip().startswith(("%", "!")):
            continue
        for node in ast.walk(ast.parse(cell["source"])):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("helpers."):
                module = (node.module or "").removeprefix("helpers.")
                assert not built & {f"{module}.{alias.name}" for alias in node.names}


PACKAGE = '''
@shapes(x="B D", w="D")
def step(x: Array, w: Array, rate: float = 0.1) -> Array:
    """Take a step.

    Long text.
    """
    _check_shapes(x, w)
    checks._check_more(x)
    if x.ndim != 2:
        raise ValueError("step: x has another number of axes")
    total: float = 0.0
    for row in x:
        total = total + row @ w
    if rate > 1:
        total = total / rate
    return total - rate * (x @ w)
'''
PAGE = """
def step(x, w, rate=0.1):
    total = 0.0
    for row in x:  # (D,)
        total = total + row @ w
    if rate > 1:
        total = total / rate
    return total - rate * (x @ w)
"""


def test_docstrings_annotations_and_input_checks_may_be_left_away() -> None:
    assert differences(PAGE, PACKAGE, "step") == []
    assert differences(PACKAGE, PAGE, "step") == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("total - rate", "total + rate"),
        ("x @ w", "w @ x"),
        ("rate=0.1", "rate=0.2"),
        ("total = 0.0", "total = 0"),
        ("if rate > 1", "if rate >= 1"),
        ("total / rate", "total * rate"),
        ("def step(x, w", "def step(w, x"),
        ("    return", "    print(total)\n    return"),
        ("    total = 0.0", "    if x is None:\n        return 0\n    total = 0.0"),
        ("def step", "def other"),
    ],
)
def test_every_other_change_of_the_page_is_noticed(old: str, new: str) -> None:
    assert old in PAGE
    assert differences(PAGE.replace(old, new), PACKAGE, "step")


def test_classes_are_compared_with_their_methods() -> None:
    page = "class A:\n    def f(self, x):\n        return x + 1\n"
    package = page.replace("x)", "x: int) -> int").replace("class A:", 'class A:\n    """Doc."""\n')
    assert differences(page, package, "A") == []
    assert differences(page.replace("+", "-"), package, "A")


def test_a_name_that_the_package_lacks_is_named() -> None:
    assert differences(PAGE, "", "step") == ["the package does not define step"]


def test_a_solution_may_have_another_name() -> None:
    solution = PAGE.replace("def step", "def mine") + '\n\ncheck("a.step", mine, record=False)\n'
    assert differences(solution, PACKAGE, "step") == []
    assert differences(solution.replace("total - rate", "total + rate"), PACKAGE, "step")
    again = "def {0}(n):\n    return {0}(n - 1)\n"
    solution = again.format("mine") + 'check("a.f", mine, record=False)'
    assert differences(solution, again.format("f"), "f") == []
    assert differences(solution.replace("mine(n -", "other(n -"), again.format("f"), "f")


def test_a_function_of_the_page_may_be_a_method_of_the_package() -> None:
    package = "class A:\n    def forward(self, x: int):\n        return self.f(x)\n"
    page = "def block(self, x):\n    return self.f(x)\n\ncheck('a.b', block, record=False)"
    assert differences(page, package, "A.forward") == []
    assert differences(page.replace("self.f", "self.g"), package, "A.forward")


def test_other_decorators_count() -> None:
    page = "@torch.no_grad()\ndef f(x):\n    return x\n"
    assert differences(page, page, "f") == []
    assert differences(page.replace("@torch.no_grad()\n", ""), page, "f")
