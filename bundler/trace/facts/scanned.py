"""Read what own code gives to those who load modules or look for them: `scan(shop.views)`, `{"includes": "extra"}`."""

import ast
import re
from collections.abc import Iterator

from bundler.trace.facts.names import Names
from bundler.trace.facts.nodes import all_nodes
from bundler.trace.facts.source_facts import PatternFact, ScanFact
from bundler.trace.facts.templates import OWN_PACKAGE

_SCANNING_WORDS = "scan|discover|find|walk|load|import|wire|collect|register"
_SCANNING_NAME = re.compile(_SCANNING_WORDS, re.IGNORECASE)
_DEFINITION = re.compile(rf"(?im)^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w*(?:{_SCANNING_WORDS})\w*)")
# Methods of strings and patterns, whoever else has one of that name.
_METHODS_OF_TEXTS = frozenset({"find", "rfind", "findall", "finditer"})
_LOADING_KEY = re.compile(
    r"include|module|plugin|backend|engine|package|app|extension|import|driver|loader", re.IGNORECASE
)
_NAMES_OF_OWN_PACKAGE = frozenset({"__name__", "__package__"})


def scanned_packages(tree: ast.Module, names: Names) -> Iterator[ScanFact]:
    """Yield what may be a package among the arguments of functions whose name says that they look for something.

    `scan()` alone looks through the package that calls it. A relative name starts with its dots.
    """
    for node in all_nodes(tree):
        if not isinstance(node, ast.Call):
            continue
        function = _imported_as(node.func, names) or _last_name(node.func)
        if function in _METHODS_OF_TEXTS or not _SCANNING_NAME.search(function.rpartition(".")[2]):
            continue
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        if not given and function.rpartition(".")[2] == "scan":
            yield ScanFact(function, OWN_PACKAGE, node.lineno, is_given=False)
        for argument in given:
            name = _named_by(argument, names)
            if name is not None:
                yield ScanFact(function, name, node.lineno, is_given=True)


def defined_scanners(text: str) -> tuple[str, ...]:
    """Return the functions and classes that code defines whose names say that they look for something."""
    return tuple(dict.fromkeys(_DEFINITION.findall(text)))


def keyed_names(tree: ast.Module) -> Iterator[PatternFact]:
    """Yield the words that stand under keys and in keywords which say that they name something to load."""
    for node in all_nodes(tree):
        for key, value in _keyed_values(node):
            if _LOADING_KEY.search(key) and isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield from (PatternFact(word, value.lineno) for word in value.value.split() if word.isidentifier())


def _keyed_values(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value
    elif isinstance(node, ast.Call):
        yield from ((keyword.arg or "", keyword.value) for keyword in node.keywords)


def _imported_as(node: ast.expr, names: Names) -> str | None:
    """Return the dotted name of what an import brings."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return names.imported_as(".".join([node.id, *reversed(parts)])) if isinstance(node, ast.Name) else None


def _last_name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _named_by(argument: ast.expr, names: Names) -> str | None:
    if isinstance(argument, ast.Constant):
        return argument.value if isinstance(argument.value, str) else None
    if isinstance(argument, ast.Name) and argument.id in _NAMES_OF_OWN_PACKAGE:
        return OWN_PACKAGE
    return names.resolve(argument)
