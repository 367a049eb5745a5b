"""Evaluate strings and paths as far as they are written down, without running anything.

A value is a set of templates (`templates.py`); calls are in `calls_of_paths.py`, formats in `formats.py`.
"""

import ast
import re
from collections.abc import Callable

from bundler.trace.facts.calls_of_paths import ROOT_VARIABLE, called, package_named_by
from bundler.trace.facts.elements import elements_of
from bundler.trace.facts.formats import PERCENT_FIELD, filled
from bundler.trace.facts.names import Names
from bundler.trace.facts.templates import (
    ANYTHING,
    FILE_OF_MODULE,
    FOLDER_END,
    FOLDER_OF,
    MOST_ALTERNATIVES,
    OWN_FILE,
    OWN_FOLDER,
    OWN_NAME,
    OWN_PACKAGE,
    PATH_NAMED,
    TASK_ROOT,
    UNKNOWN,
    Value,
    base_name,
    changed,
    combined,
    cut_off,
    has_base,
    joined,
    parent_of,
    without_suffix,
)

_DEEPEST = 40
# What hangs on itself in two ways doubles its work with each level.
_MOST_STEPS = 2_000
_TASK_FOLDER = re.compile(r"\A/var/task(?=/|\Z)")


class Evaluator:
    """Evaluates the expressions of one file."""

    def __init__(
        self, names: Names, assignments: dict[str, list[ast.expr]] | None = None, *, takes_imported: bool = False
    ) -> None:
        """Take the names of a file, and other values of them where these are known better.

        With `takes_imported` a name that is imported is a path that another module gives it; else it is unknown.
        """
        self._names = names
        self.resolve = names.resolve
        self.assignments = names.assignments if assignments is None else assignments
        self._takes_imported = takes_imported
        self._known: dict[str, Value] = {}
        self._open: set[str] = set()
        self._depth = 0
        self._steps = 0
        """How many expressions the one that was asked for took by now."""

    def evaluate(self, node: ast.expr) -> Value:
        """Return what the expression may be; `{"*"}` when nothing of it is known."""
        handler = self._HANDLERS.get(type(node))
        self._steps = self._steps + 1 if self._depth else 0
        if handler is None or self._depth > _DEEPEST or self._steps > _MOST_STEPS:
            return ANYTHING
        self._depth += 1
        try:
            value = handler(self, node)
        finally:
            self._depth -= 1
        return value if len(value) <= MOST_ALTERNATIVES else ANYTHING

    def _constant(self, node: ast.Constant) -> Value:
        if isinstance(node.value, str):
            return frozenset({_TASK_FOLDER.sub(TASK_ROOT, node.value)})
        return frozenset({str(node.value)}) if type(node.value) is int else ANYTHING

    def _name(self, node: ast.Name) -> Value:
        name = node.id
        if name in _DUNDERS:
            return frozenset({_DUNDERS[name]})
        if name in self._known:
            return self._known[name]
        if name in self._open or name not in self.assignments:
            return self._imported(node)
        self._open.add(name)
        values: set[str] = set()
        for assigned in self.assignments[name]:
            values |= self.evaluate(assigned)
        self._open.discard(name)
        self._known[name] = frozenset(values) if len(values) <= MOST_ALTERNATIVES else ANYTHING
        return self._known[name]

    def _element(self, node: ast.Starred) -> Value:
        """Return what any element of an expression may be, as far as it is written down what it goes through."""
        key = f"*{id(node)}"
        if key in self._open:
            return ANYTHING
        self._open.add(key)
        parts = elements_of(node.value, self)
        value = ANYTHING if node.value in parts else self._any_of(parts)
        self._open.discard(key)
        return value

    def _attribute(self, node: ast.Attribute) -> Value:
        module = self._module(node.value) if node.attr in {"__file__", "__path__"} else None
        if module == OWN_NAME:
            return frozenset({OWN_FILE if node.attr == "__file__" else OWN_FOLDER})
        if module is not None:
            end = FILE_OF_MODULE if node.attr == "__file__" else FOLDER_END
            return frozenset({f"{FOLDER_OF}{module}{end}"})
        if isinstance(node.value, ast.Name) and node.value.id == "__spec__":
            return frozenset({_SPEC_ATTRIBUTES.get(node.attr, UNKNOWN)})
        if isinstance(node.value, ast.Name) and node.attr in self._names.attributes:
            return self._attribute_of_class(node.value, node.attr)
        change = {"parent": parent_of, "name": base_name}.get(node.attr)
        return changed(change, self.evaluate(node.value)) if change is not None else self._imported(node)

    def _attribute_of_class(self, holder: ast.Name, name: str) -> Value:
        """Return what an attribute may be that any class of the file has; a derived class may have another."""
        key = f".{name}"
        if key in self._open or holder.id in self._names.imported:
            return ANYTHING
        self._open.add(key)
        values = self._any_of(self._names.attributes[name])
        self._open.discard(key)
        return values | ANYTHING

    def _module(self, node: ast.expr) -> str | None:
        """Return the module that an expression is: an imported one, or one out of `sys.modules`."""
        if not isinstance(node, ast.Subscript) or self.resolve(node.value) != "sys.modules":
            return self.resolve(node)
        key = node.slice
        if isinstance(key, ast.Attribute) and key.attr == "__module__":
            # What is imported from a module was, as a rule, made there.
            module, _, name = (self.resolve(key.value) or "").rpartition(".")
            return module if module.strip(".") and name else None
        named = self.evaluate(key)
        (module,) = named if len(named) == 1 else (UNKNOWN,)
        return None if UNKNOWN in module or has_base(module) or module == OWN_PACKAGE else module

    def _imported(self, node: ast.expr) -> Value:
        dotted = self.resolve(node) if self._takes_imported else None
        return frozenset({f"{PATH_NAMED}{dotted}{FOLDER_END}"}) if dotted and "." in dotted.strip(".") else ANYTHING

    def _subscript(self, node: ast.Subscript) -> Value:
        holder = node.value
        index = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if isinstance(holder, ast.Name) and holder.id == "__path__":
            return frozenset({OWN_FOLDER})
        if isinstance(holder, ast.Attribute) and holder.attr == "__path__":
            return self.evaluate(holder)
        if isinstance(holder, ast.Attribute) and holder.attr == "parents" and type(index) is int:
            value = self.evaluate(holder.value)
            for _ in range(min(index, 8) + 1):
                value = changed(parent_of, value)
            return value
        if isinstance(holder, ast.Call) and holder.args and index == 0:
            change = _PATH_HEADS.get(self.resolve(holder.func) or "")
            return changed(change, self.evaluate(holder.args[0])) if change is not None else ANYTHING
        if isinstance(node.slice, ast.Slice):
            return changed(cut_off, self.evaluate(holder))
        return self._looked_up(holder, index)

    def _looked_up(self, holder: ast.expr, key: object) -> Value:
        """Return any value of a dictionary that is written down, here or where a name is assigned."""
        if key == ROOT_VARIABLE and self.resolve(holder) == "os.environ":
            return frozenset({TASK_ROOT})
        tables = self.assignments.get(holder.id, []) if isinstance(holder, ast.Name) else [holder]
        if not tables or not all(isinstance(table, ast.Dict) for table in tables):
            return ANYTHING
        return self._any_of([value for table in tables if isinstance(table, ast.Dict) for value in table.values])

    def _any_of(self, nodes: list[ast.expr]) -> Value:
        if len(nodes) > MOST_ALTERNATIVES:
            return ANYTHING
        values: set[str] = set()
        for node in nodes:
            values |= self.evaluate(node)
        return frozenset(values) or ANYTHING

    def _binary(self, node: ast.BinOp) -> Value:
        if isinstance(node.op, ast.Add):
            return combined(lambda left, right: left + right, self.evaluate(node.left), self.evaluate(node.right))
        if isinstance(node.op, ast.Div):
            return combined(joined, self.evaluate(node.left), self.evaluate(node.right))
        if isinstance(node.op, ast.Mod):
            arguments = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
            return filled(PERCENT_FIELD, self.evaluate(node.left), arguments, self)
        return ANYTHING

    def _joined(self, node: ast.JoinedStr) -> Value:
        value: Value = frozenset({""})
        for part in node.values:
            piece = self.evaluate(part.value) if isinstance(part, ast.FormattedValue) else self.evaluate(part)
            value = combined(str.__add__, value, piece)
            if len(value) > MOST_ALTERNATIVES:
                return ANYTHING
        return value

    def _either(self, node: ast.IfExp) -> Value:
        return self.evaluate(node.body) | self.evaluate(node.orelse)

    def _or(self, node: ast.BoolOp) -> Value:
        return self._any_of(node.values)

    def _call(self, node: ast.Call) -> Value:
        return called(node, self)

    def package_named_by(self, node: ast.expr) -> Value:
        """Return the folder of a package given as a string or as an imported module."""
        return package_named_by(node, self)

    _HANDLERS: dict[type[ast.expr], Callable[..., Value]] = {  # noqa: RUF012 - a constant table
        ast.Constant: _constant,
        ast.Starred: _element,
        ast.Name: _name,
        ast.Attribute: _attribute,
        ast.Subscript: _subscript,
        ast.BinOp: _binary,
        ast.JoinedStr: _joined,
        ast.IfExp: _either,
        ast.BoolOp: _or,
        ast.Call: _call,
    }


_DUNDERS = {"__file__": OWN_FILE, "__name__": OWN_NAME, "__package__": OWN_PACKAGE, "__path__": OWN_FOLDER}


_PATH_HEADS = {"os.path.split": parent_of, "os.path.splitext": without_suffix}
_SPEC_ATTRIBUTES = {"origin": OWN_FILE, "parent": OWN_PACKAGE, "name": OWN_NAME}
