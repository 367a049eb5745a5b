"""Resolve dotted names as the import system does: the only place that does so."""

from importlib.util import resolve_name


def absolute_name(name: str, package: str) -> str | None:
    """Resolve a name with leading dots; `None` beyond the top-level package."""
    try:
        return resolve_name(name, package)
    except (ImportError, ValueError):
        return None


def module_name(path: str) -> str:
    """Return the dotted name that a Python file has by its path."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
