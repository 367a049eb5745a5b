"""See what an expression goes through, where that is written down: the names in `map(import_module, NAMES)`."""

import ast
from collections.abc import Callable
from typing import Protocol

_SAME_ELEMENTS = frozenset({"list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "filter"})
_MOST = 1000
"""So many parts are looked at; what has more is as good as unknown."""


class Known(Protocol):
    """Whoever knows what names are bound to."""

    assignments: dict[str, list[ast.expr]]

    @property
    def resolve(self) -> Callable[[ast.expr], str | None]:
        """Tell what an expression stands for by what the file imports."""


def elements_of(node: ast.expr, names: Known) -> list[ast.expr]:
    """Return what an expression goes through, or the expression itself where that cannot be seen."""
    found: list[ast.expr] = []
    pending = [(node, True)]
    for _ in range(_MOST):
        if not pending:
            return found
        part, is_whole = pending.pop()
        below = _below(part, names) if is_whole else None
        if below is None:
            found.append(part)
        else:
            pending.extend(reversed(below))
    return [node]


def _below(node: ast.expr, names: Known) -> list[tuple[ast.expr, bool]] | None:
    """Return the parts of an expression, each with whether its own elements count in its place."""
    parts = _written_down(node, names)
    if parts is not None:
        return [(part.value, True) if isinstance(part, ast.Starred) else (part, False) for part in parts]
    return [(holder, True) for holder in _holders(node, names)] or None


def _written_down(node: ast.expr, names: Known) -> list[ast.expr] | None:
    """Return the elements of a display, of a comprehension, of a text that is split, or the values of a dictionary."""
    match node:
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return parts
        case ast.Dict(keys=keys):
            return [key for key in keys if key is not None]
        case ast.ListComp(elt=part) | ast.SetComp(elt=part) | ast.GeneratorExp(elt=part):
            return [part]
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="split"), args=[]):
            return [ast.copy_location(ast.Constant(value=word), node) for word in text.split()]
        case ast.Call(func=ast.Attribute(value=holder, attr="values"), args=[]):
            tables = names.assignments.get(holder.id, []) if isinstance(holder, ast.Name) else [holder]
            values = [value for table in tables if isinstance(table, ast.Dict) for value in table.values]
            return values if all(isinstance(table, ast.Dict) for table in tables) else None
        case _:
            return None


def _holders(node: ast.expr, names: Known) -> list[ast.expr]:
    """Return the expressions whose elements one has."""
    match node:
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            is_of_lists = any(isinstance(side, (ast.List, ast.Tuple)) for side in (left, right))
            return [left, right] if is_of_lists else []
        case ast.Name(id=name):
            return names.assignments.get(name, [])
        case ast.Call(func=ast.Attribute(value=holder, attr="keys"), args=[]):
            return [holder]
        case ast.Call(args=[*_, last]) if names.resolve(node.func) in _SAME_ELEMENTS:
            return [last]
        case _:
            return []
