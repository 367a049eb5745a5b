"""Read what a file hands to what it imports, where nobody can tell the value: `jsonpickle.decode(event["body"])`."""

import ast
from collections.abc import Callable, Iterator

from bundler.trace.facts.flows import places_of
from bundler.trace.facts.names import Names
from bundler.trace.facts.nodes import all_nodes
from bundler.trace.facts.templates import UNKNOWN, Value


def handed_values(
    tree: ast.Module, names: Names, evaluate: Callable[[ast.expr], Value]
) -> Iterator[tuple[str, str, int]]:
    """Yield what a file imports and hands a value that nobody can tell: name, place of the value and line."""
    for node in all_nodes(tree):
        called = _imported(node.func, names) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and called:
            for place, value in places_of(node):
                made_by = _maker(value, names) if place == "self" else None
                values = [value] if place != "self" else _arguments(made_by)
                if any(_is_open(part, names, evaluate) for part in values):
                    yield called, place, node.lineno


def _maker(node: ast.expr, names: Names) -> ast.Call | None:
    """Return the call that made what a method is called of."""
    if isinstance(node, ast.Name) and len(names.assignments.get(node.id, ())) == 1:
        node = names.assignments[node.id][0]
    return node if isinstance(node, ast.Call) else None


def _arguments(call: ast.Call | None) -> list[ast.expr]:
    return [*call.args, *(word.value for word in call.keywords)] if call is not None else []


def _imported(node: ast.expr, names: Names) -> str:
    """Return the dotted name of what is called: a function, a class, or a method of what one of these makes."""
    parts: list[str] = []
    for _ in range(8):
        match node:
            case ast.Attribute(value=inner, attr=name):
                parts.append(name)
                node = inner
            case ast.Call(func=inner):
                node = inner
            case ast.Name(id=name) if names.imported_as(name) is not None:
                return ".".join([names.imported_as(name) or "", *reversed(parts)])
            case ast.Name(id=name) if len(names.assignments.get(name, ())) == 1:
                node = names.assignments[name][0]
            case _:
                return ""
    return ""


def _is_open(node: ast.expr, names: Names, evaluate: Callable[[ast.expr], Value]) -> bool:
    """Tell whether a value may be anything: no constant, nothing that an import brings, and not made of these alone."""
    match node:
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts) | ast.Dict(values=parts):
            return any(_is_open(part, names, evaluate) for part in parts)
        case ast.Name(id=name) if name in names.assignments and all(map(_is_container, names.assignments[name])):
            return any(_is_open(value, names, evaluate) for value in names.assignments[name])
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id=name)):
            is_open = name in names.assignments and names.imported_as(name) is None
        case _:
            is_open = not isinstance(node, (ast.Constant, ast.Lambda))
    return is_open and any(text.startswith(UNKNOWN) for text in evaluate(node))


def _is_container(node: ast.expr) -> bool:
    return isinstance(node, (ast.Dict, ast.List))
