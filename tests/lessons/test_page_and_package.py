"""Code that a lesson builds is the code that the package has: the two cannot drift apart.

A cell tagged `package:recurrent.rnn_step` defines `rnn_step` as helpers/recurrent.py does, but for
docstrings, annotations and input checks (calls of `_check…`, and `if …: raise …`).
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from course.maintenance import anatomy, refresh

Definition = ast.FunctionDef | ast.ClassDef

TAGGED = [
    (path.stem, tag.removeprefix("package:"), cell["source"])
    for path in refresh.lessons(refresh.ROOT / "notebooks")
    for cell in refresh.read(path)["cells"]
    for tag in anatomy.tags(cell)
    if tag.startswith("package:")
]


class Bare(ast.NodeTransformer):
    """Take out what a page may leave away: docstrings, annotations, input checks."""

    def _body(self, node: ast.AST) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            if ast.get_docstring(node) is not None:
                node.body = node.body[1:]
            node.body = node.body or [ast.Pass()]
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        return node

    visit_FunctionDef = visit_ClassDef = _body

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        self.generic_visit(node)
        return ast.Assign([node.target], node.value) if node.value else None

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name | ast.Attribute):
            name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr
            if name.startswith("_check"):
                return None
        return self.generic_visit(node)

    def visit_If(self, node: ast.If) -> ast.AST | None:
        if len(node.body) == 1 and isinstance(node.body[0], ast.Raise) and not node.orelse:
            return None
        return self.generic_visit(node)


def definitions(source: str) -> dict[str, Definition]:
    """Return the functions and classes at the top level of a source."""
    return {
        node.name: node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def bare(definition: Definition) -> str:
    """Return a definition's syntax tree as text, without what a page may leave away."""
    return ast.dump(Bare().visit(ast.parse(ast.unparse(definition)).body[0]), indent=1)


def differences(page: str, package: str, name: str) -> list[str]:
    """Say how the page's definition of a name differs from the package's."""
    shown, kept = definitions(page), definitions(package)
    if name not in shown:
        return [f"the cell does not define {name}"]
    if name not in kept:
        return [f"the package does not define {name}"]
    if bare(shown[name]) == bare(kept[name]):
        return []
    return [f"page:\n{ast.unparse(shown[name])}\n\npackage:\n{ast.unparse(kept[name])}"]


def module_file(dotted: str) -> Path:
    """Return the file of a tag's module: recurrent.rnn_step is in helpers/recurrent.py."""
    room = "course" if dotted.startswith("claims.") else "helpers"
    return refresh.ROOT / room / f"{dotted.rpartition('.')[0].replace('.', '/')}.py"


@pytest.mark.parametrize(
    ("lesson", "dotted", "source"), TAGGED, ids=[f"{lesson}-{name}" for lesson, name, _ in TAGGED]
)
def test_the_page_shows_what_the_package_runs(lesson: str, dotted: str, source: str) -> None:
    package = module_file(dotted).read_text(encoding="utf-8")
    assert differences(source, package, dotted.rpartition(".")[2]) == []


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
