"""Find the code that may make a module which no file is: where there is none, an import of it surely fails."""

import ast
import re
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property

from bundler.model.wheels import SiteFile
from bundler.system.files import read_site_file
from bundler.trace.facts.nodes import all_nodes, walk
from bundler.trace.facts.parse import decode

_MACHINERY = frozenset({"modules", "meta_path", "path_hooks"})
_MACHINERY_WORDS = re.compile(r"\bmodules\b|\bmeta_path\b|\bpath_hooks\b|\b__import__\b")
_PATH_CHANGE = re.compile(
    r"\bsys\.path\.(?:append|insert|extend)\(|\bsys\.path(?:\[[^]\n]*\])?\s*\+?=[^=]|\baddsitedir\("
)


class Makers:
    """The files among those reached that may bring a top-level module at run time.

    First-party code may as soon as it touches the machinery of imports, or changes the path on more lines than are
    known of it, which are `placed`. A package may where it does so and names the module.
    """

    def __init__(self, reached: Iterable[SiteFile], placed: Mapping[str, Collection[int]]) -> None:
        self._reached = tuple(reached)
        self._placed = placed

    def of(self, name: str) -> frozenset[str]:
        """Return the files that may bring a module."""
        quoted = re.compile(rf"""["']{re.escape(name)}["'.]""")
        packages = (makers for makers, texts in self._packages if any(map(quoted.search, texts)))
        return self._first_party.union(*packages)

    @cached_property
    def _first_party(self) -> frozenset[str]:
        own = ((file.path, _text(file)) for file in self._reached if file.is_own)
        return frozenset(path for path, text in own if touches_imports(text) or self._changes_path(path, text))

    def _changes_path(self, path: str, text: str) -> bool:
        return len(_PATH_CHANGE.findall(text)) > len(self._placed.get(path, ()))

    @cached_property
    def _packages(self) -> tuple[tuple[frozenset[str], tuple[str, ...]], ...]:
        """The distributions that touch the machinery of imports: the files that do, and the texts of all."""
        texts: dict[str, dict[str, str]] = {}
        for file in self._reached:
            if not file.is_own:
                texts.setdefault(file.owner, {})[file.path] = _text(file)
        found = ((frozenset(path for path in known if touches_imports(known[path])), known) for known in texts.values())
        return tuple((makers, tuple(known.values())) for makers, known in found if makers)


def runs_always(file: SiteFile, line: int) -> bool:
    """Tell whether neither a loop nor `match` decides if a line of a file runs."""
    try:
        tree = ast.parse(_text(file))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    deciding = (node for node in all_nodes(tree) if isinstance(node, ast.For | ast.AsyncFor | ast.While | ast.Match))
    return not any(node.lineno <= line <= (node.end_lineno or line) for node in deciding)


def names_its_package(file: SiteFile) -> bool:
    """Tell whether a file uses `__package__`, which code may set to make relative imports work."""
    return "__package__" in _text(file)


def touches_imports(text: str) -> bool:
    """Tell whether code uses `sys.modules`, `sys.meta_path` or the like, by whatever name it has `sys`."""
    if not _MACHINERY_WORDS.search(text):
        return False
    try:
        nodes = list(walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True  # Perhaps a newer grammar than this Python's.
    names = {"sys"}
    for node in nodes:
        if isinstance(node, ast.Import):
            names.update(alias.asname for alias in node.names if alias.name == "sys" and alias.asname)
    return any(_is_machinery(node, names) for node in nodes)


def _is_machinery(node: ast.AST, names: Collection[str]) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "sys" and any(alias.name in {*_MACHINERY, "*"} for alias in node.names)
    if not isinstance(node, ast.Attribute):
        return False
    if node.attr == "__import__":
        return isinstance(node.ctx, ast.Store)
    return node.attr in _MACHINERY and isinstance(node.value, ast.Name) and node.value.id in names


def _text(file: SiteFile) -> str:
    """Return the source of a file; what has none may be anything, and says so."""
    if not file.path.endswith(".py"):
        return "sys.modules" if file.is_own and file.path.endswith(".pyc") else ""
    try:
        return decode(read_site_file(file))
    except (SyntaxError, ValueError, LookupError):
        return ""
