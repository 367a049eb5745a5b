"""Read what a lazy module loads for which of its names, where its `__getattr__` can be seen through.

PEP 562: an attribute that a module lacks is asked of its `__getattr__`, with the name. Where that function has nothing
to go by but the name and what dictionaries written down in the same file say of it, a name that nobody asks for loads
nothing. Whatever else it uses makes it opaque, and then all that the module's strings name counts.
"""

import ast
import builtins
from collections.abc import Iterator
from typing import NamedTuple

from bundler.trace.facts.nodes import all_nodes, walk
from bundler.trace.facts.source_facts import ExportFact

_GETATTR = "__getattr__"
_LOADERS = frozenset({"import_module", "__import__", "resolve_name", "run_module", "exec", "eval", "LazyLoader"})
_OWN_NAMES = frozenset({"__name__", "__package__", "__spec__", "__file__", "__doc__", "__all__"})
_BUILTINS = frozenset(dir(builtins)) - _LOADERS
_READING_METHODS = frozenset({"get", "keys", "items", "values"})
_READING_CALLS = frozenset({"list", "tuple", "set", "frozenset", "sorted", "len", "dir", "dict"})
# These look into what is loaded already.
_HARMLESS_CALLS = frozenset({"getattr", "hasattr", "setattr", "isinstance"})
_LITERALS = (ast.Constant, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.expr_context)


class Exports(NamedTuple):
    """What a `__getattr__` loads."""

    function: ast.FunctionDef
    texts: tuple[ExportFact, ...]
    deferred: tuple[str, ...]
    """Strings that stand in its dictionaries and nowhere else in the file."""


def read_exports(tree: ast.Module) -> Exports | None:
    """Return what the names of a lazy module load, or `None` where that cannot be seen."""
    functions = list(_functions_named(tree.body))
    return _Reader(tree, functions[0]).read() if len(functions) == 1 else None


class _Reader:
    """One file with one `__getattr__`."""

    def __init__(self, tree: ast.Module, function: ast.FunctionDef) -> None:
        self._tree = tree
        self._function = function
        self._parents = {child: node for node in all_nodes(tree) for child in ast.iter_child_nodes(node)}
        self._inside = {node for statement in function.body for node in walk(statement)}

    def read(self) -> Exports | None:
        arguments = [argument.arg for argument in walk(self._function.args) if isinstance(argument, ast.arg)]
        if len(arguments) != 1 or not self._inside.isdisjoint(self._opaque_nodes()):
            return None
        names = [node for node in walk(self._function) if isinstance(node, ast.Name) and node in self._inside]
        loads = [node for node in names if _is_load(node)]
        local = {*arguments, *(node.id for node in names if not _is_load(node)), *self._imported_inside()}
        called = {node.id for node in loads if self._is_called(node)} - _BUILTINS
        known = local | called | _BUILTINS | _OWN_NAMES
        wanted = dict.fromkeys(node.id for node in loads if node.id not in known and not self._is_searched(node))
        tables = [table for name in wanted if (table := self._literal_table(name)) is not None]
        if len(tables) < len(wanted) or not (tables or self._has_loader_inside()):
            return None
        return self._exports(tables) if self._is_closed(called, frozenset(wanted)) else None

    def _exports(self, tables: list[ast.Dict]) -> Exports:
        within = {node for table in tables for node in walk(table)}
        elsewhere = {text for node in self._parents if node not in within and (text := _string(node)) is not None}
        texts = [fact for table in tables for fact in _texts_of(table)]
        # What the function itself says belongs to every name.
        inside = {text for node in self._inside if (text := _string(node)) is not None}
        return Exports(
            self._function,
            tuple(dict.fromkeys([*texts, *(ExportFact("", text, self._function.lineno) for text in sorted(inside))])),
            tuple(dict.fromkeys(fact.text for fact in texts if fact.text not in elsewhere)),
        )

    def _imported_inside(self) -> Iterator[str]:
        for node in self._inside:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)

    def _opaque_nodes(self) -> Iterator[ast.AST]:
        """Yield what goes through more than the one name: inner functions, and loops whose names are handed on."""
        for node in self._inside:
            if isinstance(node, (ast.Lambda, ast.FunctionDef, ast.ClassDef, ast.comprehension, ast.While)):
                yield node
            elif isinstance(node, ast.For):
                targets = {part.id for part in walk(node.target) if isinstance(part, ast.Name)}
                yield from (call for call in walk(node) if _hands_on(call, targets))

    def _is_called(self, node: ast.Name) -> bool:
        """Tell whether a name is a function that is called, or the module of one: `importlib.import_module(…)`."""
        parent = self._parents[node]
        function: ast.AST = node
        if isinstance(parent, ast.Attribute) and parent.attr not in _READING_METHODS:
            function, parent = parent, self._parents[parent]
        return isinstance(parent, ast.Call) and parent.func is function

    def _is_searched(self, node: ast.Name) -> bool:
        """Tell whether a name is only asked whether it holds something: `name in submodules`."""
        parent = self._parents[node]
        return isinstance(parent, ast.Compare) and all(isinstance(test, (ast.In, ast.NotIn)) for test in parent.ops)

    def _has_loader_inside(self) -> bool:
        return any(_last_name(node) in _LOADERS for node in self._inside)

    def _literal_table(self, name: str) -> ast.Dict | None:
        """Return the one dictionary of literals that a name at module level stands for."""
        values = [
            statement.value
            for statement in self._tree.body
            if isinstance(statement, (ast.Assign, ast.AnnAssign)) and name in map(_last_name, _targets_of(statement))
        ]
        stores = [node for node in all_nodes(self._tree) if isinstance(node, ast.Name) and node.id == name]
        if len(values) != 1 or sum(not _is_load(node) for node in stores) != 1:
            return None
        return values[0] if isinstance(values[0], ast.Dict) and _is_table(values[0]) else None

    def _is_closed(self, called: set[str], tables: frozenset[str]) -> bool:
        """Tell whether nothing else in the file loads modules, calls what `__getattr__` calls, or hands a table on."""
        for node in self._parents:
            if node in self._inside:
                continue
            name = _last_name(node)
            # `sys.modules[__name__]` asks the module itself for its exports.
            if name in {_GETATTR, "modules"} or (name in _LOADERS and _is_load(node)):
                return False
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name in called:
                return False
            if isinstance(node, ast.Name) and _is_load(node):
                if node.id in called and not self._is_module_of_name(node):
                    return False
                if node.id in tables and not self._is_read(node):
                    return False
        return True

    def _is_module_of_name(self, node: ast.Name) -> bool:
        """Tell whether a name is a module of which something else is used: `importlib.metadata`, `sys.path`."""
        return isinstance(self._parents[node], ast.Attribute)

    def _is_read(self, node: ast.Name) -> bool:
        """Tell whether a table is only listed: `sorted(table)`, `[*table]`, `table.keys()`, `name in table`."""
        parent = self._parents[node]
        if isinstance(parent, ast.Call):
            return isinstance(parent.func, ast.Name) and parent.func.id in _READING_CALLS
        if isinstance(parent, ast.Attribute):
            return parent.attr == "keys"
        return isinstance(parent, ast.Starred) or self._is_searched(node)


def _functions_named(block: list[ast.stmt]) -> Iterator[ast.FunctionDef]:
    """Yield each `__getattr__` of the module itself, also below conditions."""
    for statement in block:
        if isinstance(statement, ast.FunctionDef) and statement.name == _GETATTR:
            yield statement
        elif isinstance(statement, (ast.If, ast.Try)):
            yield from _functions_named([*statement.body, *statement.orelse])


def _hands_on(node: ast.AST, names: set[str]) -> bool:
    if not isinstance(node, ast.Call) or _last_name(node.func) in _HARMLESS_CALLS | _READING_METHODS:
        return False
    return any(isinstance(part, ast.Name) and part.id in names for part in walk(node))


def _is_load(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Load)


def _last_name(node: ast.AST) -> str | None:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None


def _targets_of(statement: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return statement.targets if isinstance(statement, ast.Assign) else [statement.target]


def _is_table(node: ast.Dict) -> bool:
    """Tell whether a dictionary has strings for keys, and for values literals and names of the module itself."""
    keys = all(key is not None and _string(key) is not None for key in node.keys)
    return keys and all(_is_literal(part) for value in node.values for part in walk(value))


def _is_literal(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return isinstance(node.value, ast.Name) and node.value.id in _OWN_NAMES
    return isinstance(node, _LITERALS) or (isinstance(node, ast.Name) and node.id in _OWN_NAMES)


def _string(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _texts_of(table: ast.Dict) -> Iterator[ExportFact]:
    for key, value in zip(table.keys, table.values, strict=True):
        for part in walk(value):
            name, text = _string(key) if key is not None else None, _string(part)
            if name is not None and text is not None:
                yield ExportFact(name, text, value.lineno)
