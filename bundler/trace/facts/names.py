"""Know what names stand for in one file: what they import, and every value they are assigned."""

import ast
from collections.abc import Iterable, Iterator
from typing import TypeGuard

from bundler.trace.facts.bindings import UNKNOWN_VALUE, bindings_in
from bundler.trace.facts.nodes import nodes_of

_BINDERS = (
    *(ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef),
    *(ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr, ast.For, ast.AsyncFor, ast.comprehension),
    *(ast.withitem, ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping),
)
_INSTANCES = frozenset({"self", "cls"})
# Packages share these among their modules, from one that knows where each Python has them: `from ._compat import …`.
_SHARED_NAMES = {
    "entry_points": "importlib.metadata.entry_points",
    "import_module": "importlib.import_module",
    "importlib_metadata": "importlib_metadata",
    "importlib_resources": "importlib_resources",
    "iter_entry_points": "pkg_resources.iter_entry_points",
    "iter_modules": "pkgutil.iter_modules",
    "metadata": "importlib.metadata",
    "pkg_resources": "pkg_resources",
    "walk_packages": "pkgutil.walk_packages",
}


class Names:
    """The names of one file; scopes are not told apart, so a name may have several values."""

    def __init__(self) -> None:
        self.assignments: dict[str, list[ast.expr]] = {}
        self.attributes: dict[str, list[ast.expr]] = {}
        """Attributes of classes and of their instances; which class has which is not told apart."""
        self.constants: dict[str, ast.expr] = {}
        """Names that were assigned at module level so far, each with its first value."""
        self.imported: dict[str, str] = {}
        """Names that imports bind, each with what it stands for."""

    def collect(self, tree: ast.Module) -> None:
        """Note the assignments and imports of a whole file."""
        for statement in nodes_of(tree, *_BINDERS):
            self._collect_from(statement)

    def _collect_from(self, statement: ast.AST) -> None:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            self.add_import(statement)
        elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            self._add_parameters(statement.args)
        elif isinstance(statement, ast.ClassDef):
            bound = (pair for part in statement.body for pair in bindings_in(part))
            self._add_attributes((name.id, value) for name, value in bound if isinstance(name, ast.Name))
        else:
            for name, value in bindings_in(statement):
                if isinstance(name, ast.Name):
                    self.assignments.setdefault(name.id, []).append(value)
                elif is_of_instance(name):
                    self._add_attributes([(name.attr, value)])

    def _add_parameters(self, arguments: ast.arguments) -> None:
        for argument, default in parameters_of(arguments):
            values = self.assignments.setdefault(argument.arg, [])
            values.extend(filter(None, (UNKNOWN_VALUE, default)))
        for rest in filter(None, (arguments.vararg, arguments.kwarg)):
            self.assignments.setdefault(rest.arg, []).append(UNKNOWN_VALUE)

    def _add_attributes(self, bound: Iterable[tuple[str, ast.expr]]) -> None:
        for name, value in bound:
            self.attributes.setdefault(name, []).append(value)

    def add_import(self, statement: ast.Import | ast.ImportFrom) -> None:
        """Note the names an import statement binds."""
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                head = alias.name.partition(".")[0]
                self.imported[alias.asname or head] = alias.name if alias.asname else head
            return
        prefix = "." * statement.level + (statement.module or "")
        separator = "" if prefix.endswith(".") or not prefix else "."
        for alias in statement.names:
            dotted = _SHARED_NAMES.get(alias.name) or f"{prefix}{separator}{alias.name}"
            self.imported[alias.asname or alias.name] = dotted

    def add_constant(self, statement: ast.Assign) -> None:
        """Note a module-level assignment."""
        for name in statement.targets:
            if isinstance(name, ast.Name):
                self.constants.setdefault(name.id, statement.value)

    def aliases_of(self, dotted_names: frozenset[str]) -> list[str]:
        """Return the names in this file under which any of the dotted names is imported."""
        return [alias for alias, dotted in self.imported.items() if dotted in dotted_names]

    def imported_as(self, dotted: str) -> str | None:
        """Return what a dotted name in this file is imported as, or `None` when its head is not imported."""
        head, dot, tail = dotted.partition(".")
        return f"{self.imported[head]}{dot}{tail}" if head in self.imported else None

    def resolve(self, node: ast.expr) -> str | None:
        """Return the dotted name an expression stands for, imports of this file followed."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or (node.id not in self.imported and node.id in self.assignments):
            return None
        parts.append(self.imported.get(node.id, node.id))
        return ".".join(reversed(parts))


def is_of_instance(node: ast.expr) -> TypeGuard[ast.Attribute]:
    """Tell whether an expression is an attribute of a method's own instance or class."""
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in _INSTANCES


def parameters_of(arguments: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """Yield the parameters of a function that have names, each with its default value or `None`."""
    plain = [*arguments.posonlyargs, *arguments.args]
    missing = len(plain) - len(arguments.defaults)
    yield from zip(plain, [*[None] * missing, *arguments.defaults], strict=True)
    yield from zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
