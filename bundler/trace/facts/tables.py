"""Read the names that a look-up in tables which are written down may give, however many these hold."""

import ast
from collections.abc import Iterator

from bundler.trace.facts.names import Names

_DEEPEST = 6


def looked_up(node: ast.expr, names: Names) -> frozenset[str]:
    """Return every string that an expression may be where it comes out of such a table; nothing for any other."""
    texts = list(_texts(node, names, 0))
    return frozenset(text for text in texts if text is not None) if texts and None not in texts else frozenset()


def _texts(node: ast.expr, names: Names, depth: int) -> Iterator[str | None]:
    """Yield what a look-up may give, `None` for what is no text that is written down."""
    match node:
        case ast.Name(id=name) if depth < _DEEPEST and names.assignments.get(name):
            for value in names.assignments[name]:
                yield from _texts(value, names, depth + 1)
        case ast.Subscript(value=ast.Subscript(value=holder), slice=ast.Constant(value=int(position))):
            for element in _elements(holder, names, depth):
                parts = element.elts if isinstance(element, (ast.Tuple, ast.List)) else []
                yield _text_of(parts[position] if position < len(parts) else None)
        case ast.Subscript(value=holder):
            yield from map(_text_of, _elements(holder, names, depth))
        case _:
            yield None


def _elements(node: ast.expr, names: Names, depth: int) -> Iterator[ast.expr | None]:
    """Yield the values of the tables that an expression may be, `None` where it may be anything else."""
    match node:
        case ast.Dict(values=values):
            yield from values
        case ast.IfExp(body=first, orelse=second):
            yield from (*_elements(first, names, depth), *_elements(second, names, depth))
        case ast.Name(id=name) if depth < _DEEPEST and names.assignments.get(name):
            for value in names.assignments[name]:
                yield from _elements(value, names, depth + 1)
        case _:
            yield None


def _text_of(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
