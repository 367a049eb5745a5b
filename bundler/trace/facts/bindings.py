"""Tell what statements and expressions bind which names to, in whatever way: `=`, `+=`, `for`, `with`, `:=`, `as`.

A value is an expression: `ast.Starred` for any element of one, `UNKNOWN_VALUE` for what only a run can tell.
"""

import ast
from collections.abc import Iterator

UNKNOWN_VALUE = ast.Name(id="\0")
"""Stands for a value that only a run can tell."""
_DISPLAYS = (ast.List, ast.Tuple, ast.Set)
Binding = tuple[ast.expr, ast.expr]
"""A name, an attribute or a key, and what it is bound to."""


def bindings_in(node: ast.AST) -> Iterator[Binding]:
    """Yield what a node itself binds, imports, functions and classes aside."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _unpacked(target, value)
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
            yield target, value
        case ast.AugAssign(target=target, value=value):
            yield target, value if isinstance(value, _DISPLAYS) else _with_more(node, target, value)
        case ast.For(target=target, iter=values) | ast.AsyncFor(target=target, iter=values):
            yield from _looped(target, values)
        case ast.comprehension(target=target, iter=values):
            yield from _looped(target, values)
        case ast.withitem(optional_vars=ast.expr() as target, context_expr=value):
            yield from _unpacked(target, value)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield ast.Name(id=name), UNKNOWN_VALUE
        case ast.MatchMapping(rest=str(name)):
            yield ast.Name(id=name), UNKNOWN_VALUE
        case _:
            return


def _with_more(node: ast.AugAssign, target: ast.expr, value: ast.expr) -> ast.expr:
    """Return what `name += value` makes of a name."""
    return ast.copy_location(ast.BinOp(left=target, op=node.op, right=value), value)


def _unpacked(target: ast.expr, value: ast.expr) -> Iterator[Binding]:
    """Yield each target with its part of a value; parts that are not written down are unknown."""
    if not isinstance(target, (ast.Tuple, ast.List)):
        yield target, value
        return
    parts = value.elts if isinstance(value, _DISPLAYS) and len(value.elts) == len(target.elts) else []
    is_plain = parts and not any(isinstance(part, ast.Starred) for part in (*parts, *target.elts))
    for position, inner in enumerate(target.elts):
        part = parts[position] if is_plain else _part_of(value, position, target)
        yield from _unpacked(inner.value if isinstance(inner, ast.Starred) else inner, part)


def _part_of(value: ast.expr, position: int, target: ast.Tuple | ast.List) -> ast.expr:
    """Return a part of what is looked up: `module, name = TABLE[key]`; of others it is unknown."""
    if isinstance(value, ast.Subscript) and not any(isinstance(part, ast.Starred) for part in target.elts):
        return ast.copy_location(ast.Subscript(value=value, slice=ast.Constant(value=position)), value)
    return UNKNOWN_VALUE


def _looped(target: ast.expr, values: ast.expr) -> Iterator[Binding]:
    """Yield what a loop binds to what it goes through."""
    if isinstance(values, _DISPLAYS):
        for value in values.elts:
            yield from _unpacked(target, value)
        return
    match target, values:
        case ast.Tuple(elts=[key, value]), ast.Call(func=ast.Attribute(value=table, attr="items"), args=[]):
            call = ast.Call(func=ast.Attribute(value=table, attr="values"), args=[], keywords=[])
            yield from ((key, _element_of(table)), (value, _element_of(ast.copy_location(call, values))))
        case ((ast.Tuple() | ast.List()), _):
            yield from _unpacked(target, UNKNOWN_VALUE)
        case _:
            yield target, _element_of(values)


def _element_of(values: ast.expr) -> ast.expr:
    return ast.copy_location(ast.Starred(value=values), values)
