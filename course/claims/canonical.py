"""The canonical form of a function or class: what it computes, without what it is called.

`fingerprints` says what the form leaves out and why. It does not depend on Python's version.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import importlib
import inspect
import re
import sys
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Protocol

IDLE_DECORATORS = {"shapes", "reads"}
"""Decorators that change no figure."""

_LEFT_OUT = {"annotation", "returns", "type_comment", "type_params", "ctx", "kind"}


class Program(Protocol):
    """What a writer asks of the program that its text is for; see `fingerprints.Program`."""

    roots: tuple[str, ...]
    files: set[str]
    attributes: set[str]

    def number(self, one: Any) -> str:
        """Return what stands for a function or class in the text."""

    def is_ours(self, value: Any, module: str) -> bool:
        """Say whether a value is a function or class of the project, or of the same module."""

    def is_project(self, module: str | None) -> bool:
        """Say whether a module is of the project."""


@dataclass
class _Scope:
    """The names that a function, comprehension or class body binds, with what is written instead.

    An imported name stands for an object of the project, or for an ``_External`` name.
    """

    parent: _Scope | None = None
    names: dict[str, str] = field(default_factory=dict)
    imports: dict[str, Any] = field(default_factory=dict)
    is_class: bool = False

    def find(self, name: str) -> Any:
        scope: _Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            if name in scope.imports:
                return scope.imports[name]
            scope = scope.parent
        return None


@dataclass(frozen=True)
class _External:
    """The full name of something that another package holds: ``math.sqrt``."""

    name: str


class Writer:
    """Writes one function or class."""

    def __init__(self, program: Program, one: Any) -> None:
        self.program = program
        self.number = program.number(one)
        self.module = one.__module__
        self.tree, module_tree = _definition(one)
        known = getattr(one, "__globals__", None) or vars(sys.modules[one.__module__])
        self.known: Mapping[str, Any] = {**known, **_external_names(module_tree, program.roots)}
        self.locals = 0
        self.waiting: dict[str, list[ast.AST]] = {}
        self.methods_scope = _Scope()
        others = [
            base for base in getattr(one, "__mro__", ()) if not program.is_ours(base, self.module)
        ]
        self.inherited = {name for base in others for name in dir(base)}

    def text(self) -> str:
        """Return the canonical text, without methods."""
        return f"{self.number}: {self.write(self.tree, _Scope())}"

    def called_methods(self) -> list[str]:
        """Return the methods that may be called and are not written yet, by name."""
        called = self.program.attributes | self.inherited
        special = {name for name in self.waiting if name.startswith("__")}
        return sorted(self.waiting.keys() & (called | special))

    def method_text(self, name: str) -> str:
        """Return a method's canonical text."""
        return f"{self.number}.{name}: {self.write(self.waiting.pop(name), self.methods_scope)}"

    # --- nodes -------------------------------------------------------------------------------

    def write(self, node: Any, scope: _Scope) -> str:
        """Write a syntax tree, or a list of them, as text."""
        if isinstance(node, list):
            return f"[{','.join(self.write(one, scope) for one in node if not _is_idle(one))}]"
        if not isinstance(node, ast.AST):
            return repr(node)
        special = getattr(self, f"write_{type(node).__name__.lower()}", None)
        return special(node, scope) if special else self.write_fields(node, scope)

    def write_fields(self, node: ast.AST, scope: _Scope, *without: str) -> str:
        """Write a node's fields but those left out."""
        fields = [
            f"{name}={self.write(value, scope)}"
            for name, value in ast.iter_fields(node)
            if name not in _LEFT_OUT and name not in without and value is not None and value != []
        ]
        return f"{type(node).__name__}({','.join(fields)})"

    def write_functiondef(self, node: Any, scope: _Scope) -> str:
        """Write a function: decorators and defaults outside, the body in a scope of its own."""
        decorators = [one for one in node.decorator_list if _last_name(one) not in IDLE_DECORATORS]
        outside = self.write([*decorators, *node.args.defaults, *node.args.kw_defaults], scope)
        kind = type(node).__name__
        name = self.bound(node.name, scope)
        inside = self.inner(scope, node.body, node.args)
        return (
            f"{kind}({name},{outside},{self.arguments(node.args)},{self.write(node.body, inside)})"
        )

    write_asyncfunctiondef = write_functiondef

    def write_lambda(self, node: ast.Lambda, scope: _Scope) -> str:
        """Write a lambda as a function without a name."""
        outside = self.write([*node.args.defaults, *node.args.kw_defaults], scope)
        inside = self.inner(scope, [node.body], node.args)
        return f"Lambda({outside},{self.arguments(node.args)},{self.write(node.body, inside)})"

    @staticmethod
    def arguments(arguments: ast.arguments) -> str:
        """Write the parameters' names and kinds."""
        positional = [one.arg for one in [*arguments.posonlyargs, *arguments.args]]
        starred = [one and one.arg for one in (arguments.vararg, arguments.kwarg)]
        return f"({positional},{starred},{[one.arg for one in arguments.kwonlyargs]})"

    def write_classdef(self, node: ast.ClassDef, scope: _Scope) -> str:
        """Write a class without its methods, which wait until they are called."""
        decorators = [one for one in node.decorator_list if _last_name(one) not in IDLE_DECORATORS]
        head = self.write([*decorators, *node.bases, *node.keywords], scope)
        name = self.bound(node.name, scope)
        names = {bound: f"attribute {bound}" for bound in _bound(node.body)}
        inside = _Scope(scope, names, self.imports(node.body), is_class=True)
        body = node.body
        if node is self.tree:
            body = [one for one in node.body if not isinstance(one, ast.FunctionDef)]
            for method in node.body:
                if isinstance(method, ast.FunctionDef):  # several of one name: getter and setter
                    self.waiting.setdefault(method.name, []).append(method)
            self.methods_scope = inside
        return f"ClassDef({name},{head},{self.write(body, inside)})"

    def write_annassign(self, node: ast.AnnAssign, scope: _Scope) -> str:
        """Write ``x: int = 3`` as ``x = 3``."""
        if node.value is None:
            return f"Declared({self.write(node.target, scope)})"
        return self.write(ast.Assign(targets=[node.target], value=node.value), scope)

    def write_comprehension_of(self, node: Any, scope: _Scope) -> str:
        """Write a comprehension, whose targets are names of its own."""
        targets = [name for one in node.generators for name in _stored(one.target)]
        inside = self.new_scope(scope, targets, {})
        # Generators first: locals are numbered where they are bound.
        body = ",".join(
            self.write(getattr(node, part), inside)
            for part in ("generators", "elt", "key", "value")
            if hasattr(node, part)
        )
        return f"{type(node).__name__}({body})"

    write_listcomp = write_setcomp = write_dictcomp = write_generatorexp = write_comprehension_of

    def write_excepthandler(self, node: ast.ExceptHandler, scope: _Scope) -> str:
        """Write a handler with its variable as a local one."""
        name = self.bound(node.name, scope) if node.name else ""
        return f"{name}{self.write_fields(node, scope, 'name')}"

    def write_name(self, node: ast.Name, scope: _Scope) -> str:
        """Write a local variable by its number, a name of the module by what it stands for."""
        found = scope.find(node.id)
        if isinstance(found, str):
            if found.startswith("attribute"):  # in a class body: it may be a method
                self.program.attributes.add(node.id)
            return self.token(node.id, scope)
        return self.meaning(self.resolve(node, scope), f"Name({node.id})")

    def write_attribute(self, node: ast.Attribute, scope: _Scope) -> str:
        """Write ``module.name`` by what it stands for."""
        found = self.resolve(node, scope)
        if found is None:
            self.program.attributes.add(node.attr)
            return self.write_fields(node, scope)
        return self.meaning(found, f"Attribute({node.attr})")

    def write_constant(self, node: ast.Constant, scope: _Scope) -> str:
        """Write a constant; a string may name a method, for getattr."""
        if isinstance(node.value, str):
            self.program.attributes.add(node.value)
        return self.write_fields(node, scope)

    def write_call(self, node: ast.Call, scope: _Scope) -> str:
        """Write a call; of a reader that is called with a constant, note the one file it reads."""
        reader = self.resolve(node.func, scope)
        first = node.args[0] if node.args else None
        constant = first.value if isinstance(first, ast.Constant) else None
        files: Mapping[Any, str] = getattr(reader, "reads", {})
        if constant in files:
            self.program.files.add(files[constant])
            called = self.program.number(inspect.unwrap(reader))
        else:
            called = self.write(node.func, scope)
        return f"Call({called},{self.write_fields(node, scope, 'func')})"

    # --- names -------------------------------------------------------------------------------

    def resolve(self, node: ast.AST, scope: _Scope) -> Any:
        """Return what `name` or `module.name` stands for, or None if that is not known."""
        if isinstance(node, ast.Name):
            found = scope.find(node.id)
            if isinstance(found, str):
                return None
            if node.id.startswith("__"):  # __name__, __file__: where the module lies
                return None
            return self.known.get(node.id) if found is None else found
        if isinstance(node, ast.Attribute):
            owner = self.resolve(node.value, scope)
            if isinstance(owner, _External):
                return _External(f"{owner.name}.{node.attr}")
            if isinstance(owner, types.ModuleType):
                return vars(owner).get(node.attr)
        return None

    def meaning(self, value: Any, unknown: str = "None") -> str:
        """Write what a name of the module stands for: code by its number, a constant by value."""
        if isinstance(value, _External):
            return value.name
        if isinstance(value, bool | int | float | complex | str | bytes):
            return self.write(ast.Constant(value), _Scope())
        if isinstance(value, list | dict | set) and self.is_store(value):
            value = type(value)()
        if type(value) in (tuple, list):
            kind = type(value).__name__.capitalize()
            items = ",".join(self.meaning(one) for one in value)
            return f"{kind}(elts=[{items}])" if items else f"{kind}()"
        if isinstance(value, set | frozenset):
            return f"Set({sorted(self.meaning(one) for one in value)})"
        if isinstance(value, dict):
            return f"Dict({[(self.meaning(k), self.meaning(v)) for k, v in value.items()]})"
        code = inspect.unwrap(value) if callable(value) else value
        if self.program.is_ours(code, self.module):
            self.program.files.update(getattr(value, "reads", {}).values())
            return self.program.number(code)
        parts = self.parts(value)
        if parts is not None:
            return parts
        if callable(value) and hasattr(value, "__name__"):
            return f"{value.__module__}.{value.__name__}"
        if value is None or isinstance(value, types.ModuleType):
            return unknown
        if isinstance(value, PurePath):  # where the project lies
            return "Path"
        raise TypeError(
            f"fingerprint: {unknown} of {self.module} is a {type(value).__name__}, which cannot be "
            f"written as text; make it a plain constant, or compute it in a function"
        )

    def parts(self, value: Any) -> str | None:
        """Write what consists of other values: a dataclass, a named tuple, a union, a partial."""
        if isinstance(value, functools.partial):
            return f"partial({self.meaning([value.func, value.args, value.keywords])})"
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = [getattr(value, one.name) for one in dataclasses.fields(value)]
            return f"{self.meaning(type(value))}({self.meaning(fields)})"
        if isinstance(value, tuple):  # with names for its items
            return f"{self.meaning(type(value))}({self.meaning(list(value))})"
        if isinstance(value, types.UnionType):
            return f"Union({self.meaning(list(value.__args__))})"
        if isinstance(value, re.Pattern):
            return f"Pattern({value.pattern!r},{value.flags})"
        return None

    def is_store(self, value: Any) -> bool:
        """Say whether a module begins with this container empty, to fill it while it runs."""
        for name, module in list(sys.modules.items()):
            if self.program.is_project(name) or name == self.module:
                for bound in [bound for bound, one in vars(module).items() if one is value]:
                    if _begins_empty(module, bound):
                        return True
        return False

    def token(self, name: str, scope: _Scope) -> str:
        """Return what is written for a local variable; it gets its number where it first stands."""
        where: _Scope | None = scope
        while where is not None and name not in where.names:
            where = where.parent
        assert where is not None
        if not where.names[name]:
            where.names[name] = f"v{self.locals}"
            self.locals += 1
        return where.names[name]

    def bound(self, name: str, scope: _Scope) -> str:
        """Return the token of a name that the scope binds; a definition's own name is not one."""
        return self.token(name, scope) if isinstance(scope.find(name), str) else ""

    def new_scope(self, parent: _Scope, names: Iterable[str], imports: dict[str, Any]) -> _Scope:
        """Open a scope; names in a class body are not seen from the methods in it."""
        above: _Scope | None = parent
        while above is not None and above.is_class:
            above = above.parent
        return _Scope(above, dict.fromkeys(names, ""), imports)

    def inner(self, parent: _Scope, body: list[Any], arguments: ast.arguments) -> _Scope:
        """Open a function's scope."""
        inside = self.new_scope(parent, _bound(body), self.imports(body))
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [one for one in (arguments.vararg, arguments.kwarg) if one]
        inside.names.update({one.arg: f"argument {one.arg}" for one in every})
        return inside

    def imports(self, body: list[Any]) -> dict[str, Any]:
        """Return what a body imports itself."""
        found: dict[str, Any] = {}
        for node in _here(body):
            for name, module, attribute in _imported(node):
                found[name] = self.load(module, attribute)
        return found

    def load(self, module: str, attribute: str) -> Any:
        """Return an object of the project, or the full name of another's."""
        if not self.program.is_project(module):
            return _External(f"{module}.{attribute}".rstrip("."))
        owner = importlib.import_module(module)
        if not attribute:
            return owner
        if hasattr(owner, attribute):
            return getattr(owner, attribute)
        return importlib.import_module(f"{module}.{attribute}")


# --- reading source ----------------------------------------------------------------------------


@functools.lru_cache(maxsize=256)
def _parsed(source: str) -> ast.Module:
    return ast.parse(source)


@functools.cache
def _definition(one: Any) -> tuple[ast.AST, ast.Module]:
    """Return the syntax tree of a function or class, and that of its module."""
    lines, start = inspect.findsource(one)
    tree = _parsed("".join(lines))
    kinds: tuple[type[ast.AST], ...] = (ast.FunctionDef, ast.AsyncFunctionDef)
    if isinstance(one, type):
        kinds = (ast.ClassDef,)
    elif one.__name__ == "<lambda>":
        kinds = (ast.Lambda,)
    for node in ast.walk(tree):
        if isinstance(node, kinds):
            parts: list[Any] = [*getattr(node, "decorator_list", []), node]
            if parts[0].lineno == start + 1:
                return node, tree
    raise OSError(f"fingerprint: no source of {one.__qualname__}; is the file newer?")


@functools.lru_cache(maxsize=256)
def _external_names(tree: ast.Module, roots: tuple[str, ...]) -> dict[str, _External]:
    """Return the names that a module imports from other packages, with their full names."""
    return {
        name: _External(f"{module}.{attribute}".rstrip("."))
        for node in _here(tree.body)
        for name, module, attribute in _imported(node)
        if module and module.partition(".")[0] not in roots
    }


def _begins_empty(module: types.ModuleType, name: str) -> bool:
    """Say whether a module assigns an empty list, dict or set to a name."""
    for node in _parsed("".join(inspect.findsource(module)[0])).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(one, ast.Name) and one.id == name for one in targets):
                return ast.unparse(node.value) in ("{}", "[]", "dict()", "list()", "set()")
    return False


def _imported(node: ast.AST) -> list[tuple[str, str, str]]:
    """Return (name, module, attribute) for each name that an import statement binds."""
    if isinstance(node, ast.ImportFrom):
        return [(one.asname or one.name, node.module or "", one.name) for one in node.names]
    if isinstance(node, ast.Import):
        return [
            (one.asname, one.name, "") if one.asname else (one.name.partition(".")[0],) * 2 + ("",)
            for one in node.names
        ]
    return []


def _here(body: Iterable[ast.AST]) -> Iterable[ast.AST]:
    """Walk a body without the functions and classes in it, though with their own nodes."""
    for node in body:
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield from _here(ast.iter_child_nodes(node))


def _stored(node: ast.AST) -> list[str]:
    """Return the names that a tree of targets binds."""
    return [
        one.id
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    ]


def _bound(body: list[Any]) -> list[str]:
    """Return the names that a body binds, imports left out."""
    bound: list[str] = []
    declared: set[str] = set()
    nodes = list(_here(body))
    targets = [node.target for node in nodes if isinstance(node, ast.comprehension)]
    comprehended = {id(one) for target in targets for one in ast.walk(target)}
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound += [] if id(node) in comprehended else [node.id]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.append(node.name)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.append(node.name)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            declared.update(node.names)
    return [name for name in bound if name not in declared]


# --- what changes no figure ----------------------------------------------------------------------


def _is_check(name: str) -> bool:
    """Say whether a function's name is that of an input check: `_check`, `check_finite`."""
    return name.lstrip("_").partition("_")[0] == "check"


def _last_name(node: ast.AST) -> str:
    """Return `name` for `name`, `module.name` and calls of them."""
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_idle(node: Any) -> bool:
    """Say whether a statement changes no figure: a docstring, an import, a check of the input."""
    if isinstance(node, ast.Expr):
        value = node.value
        if isinstance(value, ast.Constant):
            return isinstance(value.value, str)
        return isinstance(value, ast.Call) and _is_check(_last_name(value))
    if isinstance(node, ast.If):
        if _only_raises(node.body) and not node.orelse:
            return True
        return all(_is_idle(one) for one in [*node.body, *node.orelse])
    if isinstance(node, ast.For):
        return all(_is_idle(one) for one in [*node.body, *node.orelse])
    return isinstance(node, ast.Import | ast.ImportFrom | ast.Assert)


def _only_raises(body: list[ast.stmt]) -> bool:
    """Say whether a block only raises: a run that enters it has no figure."""
    *before, last = body
    return isinstance(last, ast.Raise) and all(
        isinstance(one, ast.Assign | ast.AnnAssign | ast.If) for one in before
    )
