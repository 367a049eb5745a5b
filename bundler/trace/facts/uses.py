"""Read which attributes of imported modules one source file uses."""

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bundler.trace.facts.parse import decode

# Not the parts of addresses and paths.
_WORDS = r"(?<![\w.@/-])(%s)((?:\.\w+)*)(\.\Z)?"

_STATEMENTS = (ast.stmt, ast.excepthandler, ast.match_case)


class FileUses(NamedTuple):
    """What one file uses of what it imports; relative imports keep their dots."""

    chains: tuple[tuple[str, str], ...]
    """What was imported and the attributes that follow, none where it is handed on whole."""
    shared: tuple[tuple[str, str], ...]
    """Every name that an import binds where other modules can take it from here, with what it stands for."""


def read_uses(content: bytes) -> FileUses | None:
    """Return what a file uses of what it imports: for `import a.b as x` and `x.c.d()` the chain `("a.b", "c.d")`.

    Dotted names in strings count, documentation aside. `None` for a file that cannot be read.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(decode(content))
        aliases = _aliases_in(ast.walk(tree))
        chains = tuple(dict.fromkeys(_chains_in(tree, aliases)))
        outer = _aliases_in(_outside_functions(tree)) if not _has_global(tree) else aliases
        return FileUses(chains, tuple((alias, imported) for alias in outer for imported in sorted(outer[alias])))
    except (SyntaxError, ValueError, LookupError, RecursionError, MemoryError):
        return None


def _chains_in(tree: ast.Module, aliases: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    words = re.compile(_WORDS % "|".join(map(re.escape, aliases))) if aliases else None
    passed: set[ast.AST] = set()
    for node in ast.walk(tree):
        if node in passed or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            passed.update(ast.iter_child_nodes(node))
            continue
        parts = _parts_of(node)
        if parts is not None:
            passed.update(ast.iter_child_nodes(node))
            for imported in sorted(aliases.get(parts[0], ())):
                yield imported, ".".join(parts[1:])
        elif words is not None and isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _chains_in_string(words, node.value, aliases)


def _chains_in_string(words: re.Pattern[str], text: str, aliases: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    """Yield dotted names in a string, such as an annotation; one that a dot ends may go on anyhow."""
    for alias, attributes, is_open in words.findall(text):
        if attributes or is_open:
            for imported in sorted(aliases[alias]):
                yield imported, "" if is_open else attributes.strip(".")


def _outside_functions(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the statements of a module that no function holds."""
    pending: list[ast.AST] = [tree]
    while pending:
        for child in ast.iter_child_nodes(pending.pop()):
            if isinstance(child, _STATEMENTS) and not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield child
                pending.append(child)


def _has_global(tree: ast.Module) -> bool:
    """Tell whether a function may bind names of the module."""
    return any(isinstance(node, ast.Global) for node in ast.walk(tree))


def _aliases_in(nodes: Iterable[ast.AST]) -> dict[str, set[str]]:
    aliases: dict[str, set[str]] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for name in node.names:
                head = name.name.partition(".")[0]
                aliases.setdefault(name.asname or head, set()).add(name.name if name.asname else head)
        elif isinstance(node, ast.ImportFrom):
            prefix = "." * node.level + (f"{node.module}." if node.module else "")
            for name in node.names:
                aliases.setdefault(name.asname or name.name, set()).add(f"{prefix}{name.name}")
    return aliases


def _parts_of(node: ast.AST) -> list[str] | None:
    """Return the parts of `name.attribute.attribute`."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Del) else None
