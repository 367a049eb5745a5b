"""Count what binds each name of one file, in whatever scope and by whatever statement."""

import ast
from collections.abc import Iterator
from functools import cached_property

from bundler.trace.facts.nodes import all_nodes

_STAR = "*"
# Looking at nothing else makes the search cheap: these have a place for a name.
_BINDERS = frozenset(
    kind
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST) and {"name", "names", "arg", "rest", "id"} & {*kind._fields}
) - {ast.alias, ast.keyword}


class BoundNames:
    """The names that one file binds; the file is searched when the first one is asked about."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree

    def is_certain(self, name: str) -> bool:
        """Tell whether a name means one thing all over the file: bound once, by imports of one module, or built in.

        A star may bind any name; it brings no module of a platform under that module's own name.
        """
        binders = self._binders.get(name, set())
        is_module = any(isinstance(binder, str) and "." not in binder for binder in binders)
        return len(binders) <= 1 and (is_module or _STAR not in self._binders)

    @cached_property
    def _binders(self) -> dict[str, set[object]]:
        """Each name → what it is imported as, and every other node that binds it."""
        binders: dict[str, set[object]] = {}
        for node in all_nodes(self._tree):
            if type(node) in _BINDERS:
                for name, binder in _bound_by(node):
                    binders.setdefault(name, set()).add(binder)
        return binders


def _bound_by(node: ast.AST) -> Iterator[tuple[str, object]]:
    match node:
        case ast.Name(ctx=ast.Load()):
            return
        case ast.Name(id=name) | ast.arg(arg=name) | ast.MatchMapping(rest=str(name)):
            yield name, node
        case ast.Import(names=aliases):
            for alias in aliases:
                head = alias.name.partition(".")[0]
                yield alias.asname or head, alias.name if alias.asname else head
        case ast.ImportFrom(module=module, level=level, names=aliases):
            for alias in aliases:
                yield alias.asname or alias.name, f"{'.' * level}{module or ''}.{alias.name}"
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            yield from ((name, node) for name in names)
        case _:
            # Functions, classes, exceptions that are caught, captures of patterns, parameters of types.
            other = getattr(node, "name", None)
            if isinstance(other, str):
                yield other, node
