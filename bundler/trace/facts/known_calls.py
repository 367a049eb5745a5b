"""Know the functions of the standard library and its kin that ask for modules, files and metadata."""

import ast
from collections.abc import Callable

from bundler.trace.facts.templates import UNKNOWN, Value

IMPORT_CALLS = frozenset(
    {
        "importlib.import_module",
        "importlib.__import__",
        "__import__",
        "builtins.__import__",
        "importlib.util.find_spec",
        "importlib.find_loader",
        "pkgutil.find_loader",
        "pkgutil.get_loader",
        "pkgutil.resolve_name",
        "pydoc.locate",
        "pydoc.safeimport",
        "runpy.run_module",
        "importlib.util.LazyLoader",
    }
)
# Finding is not loading: `find_spec(name)` with an unknown name only asks whether something is there.
LOADING_CALLS = frozenset(
    {
        "importlib.import_module",
        "importlib.__import__",
        "__import__",
        "builtins.__import__",
        "pkgutil.resolve_name",
        "pydoc.locate",
        "pydoc.safeimport",
        "runpy.run_module",
    }
)
WALK_CALLS = frozenset(
    {
        "pkgutil.iter_modules",
        "pkgutil.walk_packages",
        "pkgutil.extend_path",
        "importlib.resources.contents",
        "setuptools.find_packages",
    }
)
PACKAGE_RESOURCE_CALLS = frozenset(
    {
        "pkgutil.get_data",
        "importlib.resources.read_text",
        "importlib.resources.read_binary",
        "importlib.resources.open_text",
        "importlib.resources.open_binary",
        "importlib.resources.path",
        "importlib.resources.is_resource",
        "importlib_resources.read_text",
        "importlib_resources.read_binary",
        "importlib_resources.open_text",
        "importlib_resources.open_binary",
        "importlib_resources.path",
        "pkg_resources.resource_filename",
        "pkg_resources.resource_string",
        "pkg_resources.resource_stream",
        "pkg_resources.resource_listdir",
        "pkg_resources.resource_exists",
        "pkg_resources.resource_isdir",
    }
)
METADATA_CALLS = frozenset(
    f"{module}.{function}"
    for module in ("importlib.metadata", "importlib_metadata", "pkg_resources")
    for function in (
        "version",
        "metadata",
        "distribution",
        "files",
        "requires",
        "require",
        "get_distribution",
        "Distribution.from_name",
    )
)
RECORD_CALLS = frozenset({"importlib.metadata.files", "importlib_metadata.files"})
GROUP_CALLS = frozenset(
    {"importlib.metadata.entry_points", "importlib_metadata.entry_points", "pkg_resources.iter_entry_points"}
)
# Whoever goes through all distributions is after their entry points, of a group that it compares itself.
ALL_DISTRIBUTIONS_CALLS = frozenset(
    {"importlib.metadata.distributions", "importlib_metadata.distributions", "importlib.metadata.Distribution.discover"}
)
PATH_ROOT_CALLS = frozenset({"sys.path.insert", "sys.path.append", "sys.path.extend", "site.addsitedir"})
CALLS = ALL_DISTRIBUTIONS_CALLS | IMPORT_CALLS | WALK_CALLS | PACKAGE_RESOURCE_CALLS | METADATA_CALLS | GROUP_CALLS
"""Every function that matters, by its dotted name."""
_FROMLIST_POSITION, _LEVEL_POSITION = 3, 4


def modules_of_fromlist(node: ast.Call, packages: Value, evaluate: Callable[[ast.expr], Value]) -> Value:
    """Return the modules that the `fromlist` of a call of `__import__` asks of known packages."""
    given = argument(node, _FROMLIST_POSITION, "fromlist")
    parts = given.elts if isinstance(given, (ast.List, ast.Tuple)) else filter(None, [given])
    # `[None]` and `['']` only ask for the package itself, not for the first part of its name.
    asked = (part for part in parts if not isinstance(part, ast.Constant) or isinstance(part.value, str))
    below = {name for part in asked for name in evaluate(part) if name}
    heads = (f"{package.rstrip('.')}." if package.strip(".") else package for package in packages)
    return frozenset(f"{head}{name}" for head in heads if head and UNKNOWN not in head for name in below)


def level_of(node: ast.Call) -> int:
    """Return the `level` of a call of `__import__`: how many packages up its name starts."""
    given = argument(node, _LEVEL_POSITION, "level")
    return given.value if isinstance(given, ast.Constant) and type(given.value) is int and given.value > 0 else 0


def argument(node: ast.Call, position: int, name: str) -> ast.expr | None:
    """Return what a call gives a parameter, by its place or its name."""
    return node.args[position] if len(node.args) > position else keyword(node, frozenset({name}))


def keyword(node: ast.Call, names: frozenset[str]) -> ast.expr | None:
    """Return what a call gives by any of some keywords."""
    return next((word.value for word in node.keywords if word.arg in names), None)
