"""See what an expression goes through, where that is written down: the names in `map(import_module, NAMES)`."""

import ast

from bundler.trace.names import Names

_SAME_ELEMENTS = frozenset({"list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "filter"})
_DEEPEST = 8


def elements_of(node: ast.expr, names: Names, depth: int = 0) -> list[ast.expr]:
    """Return what an expression goes through, or the expression itself where that cannot be seen."""
    if depth > _DEEPEST:
        return [node]
    parts = _written_down(node, names)
    if parts is not None:
        return [part for one in parts for part in _unpacked(one, names, depth)]
    holders = _holders(node, names)
    return [part for holder in holders for part in elements_of(holder, names, depth + 1)] or [node]


def _unpacked(node: ast.expr, names: Names, depth: int) -> list[ast.expr]:
    return elements_of(node.value, names, depth + 1) if isinstance(node, ast.Starred) else [node]


def _written_down(node: ast.expr, names: Names) -> list[ast.expr] | None:
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


def _holders(node: ast.expr, names: Names) -> list[ast.expr]:
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
