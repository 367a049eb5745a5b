"""Evaluate strings and paths as far as they are written down, without running anything.

A value is a set of templates: text in which `*` stands for what is unknown and a base mark for a place that is only
known once the file's module name is:

- `OWN_NAME` and `OWN_PACKAGE` are `__name__` and `__package__`;
- `OWN_FOLDER` is the folder of the file, so `__file__` is `OWN_FOLDER/NAME_OF_FILE`;
- `TASK_ROOT` is the root of the zip, `/var/task` and what `LAMBDA_TASK_ROOT` says;
- `OWN_STUB` is the stub beside the file, for the one library that reads it at run time;
- `FOLDER_OF` + module + `FOLDER_END` is the folder of another module or package;
- `GIVEN` + position + `:` + name + `FOLDER_END` is what a function is given for a parameter, where that is asked for;
- `PATH_NAMED` + dotted name + `FOLDER_END` is the path that another module gives that name, where that is asked for.
"""

import ast
import posixpath
import re
from collections.abc import Callable
from itertools import product

from bundler.trace.facts.elements import elements_of
from bundler.trace.facts.names import Names

OWN_FOLDER = "\x01"
FOLDER_OF = "\x02"
OWN_NAME = "\x03"
OWN_PACKAGE = "\x04"
FOLDER_END = "\x05"
OWN_FILE = "\x06"
FILE_OF_MODULE = f"{FOLDER_END}/*.py"
"""In place of `FOLDER_END`: the file of that module."""
OWN_STUB = "\x07"
PATH_NAMED = "\x08"
GIVEN = "\x0e"
TASK_ROOT = "\x0f"
UNKNOWN = "*"
TOP_LEVEL = "."
"""In place of a package whose modules are listed: all that can be imported."""

Value = frozenset[str]
_ANYTHING: Value = frozenset({UNKNOWN})
_MOST_ALTERNATIVES = 16
_DEEPEST = 40
# No path is longer on Linux; `a = a.join([a, a])`, forty times, would be a terabyte.
_LONGEST = 4096

_SAME_PATH = frozenset(
    {
        "os.path.join",
        "posixpath.join",
        "os.path.abspath",
        "os.path.realpath",
        "os.path.normpath",
        "os.path.expanduser",
        "os.path.expandvars",
        "os.path.normcase",
        "os.fspath",
        "os.fsdecode",
        "str",
        "pathlib.Path",
        "pathlib.PurePath",
        "pathlib.PosixPath",
        "pathlib.PurePosixPath",
        "importlib.resources.as_file",
        "contextlib.ExitStack.enter_context",
    }
)
_SAME_PATH_METHODS = frozenset(
    {
        "resolve",
        "absolute",
        "expanduser",
        "as_posix",
        "strip",
        "lower",
        "rstrip",
        "lstrip",
        "as_uri",
        "__str__",
        "__fspath__",
    }
)
_VARIABLE_CALLS = frozenset({"os.environ.get", "os.getenv"})
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
_ROOT_VARIABLE = "LAMBDA_TASK_ROOT"
_TASK_FOLDER = re.compile(r"\A/var/task(?=/|\Z)")
PACKAGE_FILES = frozenset({"importlib.resources.files", "importlib_resources.files", "pkg_resources.resource_filename"})
_FORMAT_FIELD = re.compile(r"%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]|\{[^{}]*\}")
_BRACE_FIELD = re.compile(r"\{[^{}]*\}")
_PERCENT_FIELD = re.compile(r"%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]")


def has_base(template: str) -> bool:
    """Tell whether a template names a place in the site."""
    return any(mark in template for mark in (OWN_FOLDER, OWN_FILE, OWN_STUB, FOLDER_OF, TASK_ROOT))


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

    def evaluate(self, node: ast.expr) -> Value:
        """Return what the expression may be; `{"*"}` when nothing of it is known."""
        handler = self._HANDLERS.get(type(node))
        if handler is None or self._depth > _DEEPEST:
            return _ANYTHING
        self._depth += 1
        try:
            value = handler(self, node)
        finally:
            self._depth -= 1
        return value if len(value) <= _MOST_ALTERNATIVES else _ANYTHING

    def _constant(self, node: ast.Constant) -> Value:
        if isinstance(node.value, str):
            return frozenset({_TASK_FOLDER.sub(TASK_ROOT, node.value)})
        return frozenset({str(node.value)}) if type(node.value) is int else _ANYTHING

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
        self._known[name] = frozenset(values) if len(values) <= _MOST_ALTERNATIVES else _ANYTHING
        return self._known[name]

    def _element(self, node: ast.Starred) -> Value:
        """Return what any element of an expression may be, as far as it is written down what it goes through."""
        parts = elements_of(node.value, self)
        return _ANYTHING if node.value in parts else self._any_of(parts)

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
        change = {"parent": _parent, "name": _base_name}.get(node.attr)
        return _map(change, self.evaluate(node.value)) if change is not None else self._imported(node)

    def _attribute_of_class(self, holder: ast.Name, name: str) -> Value:
        """Return what an attribute may be that any class of the file has; a derived class may have another."""
        key = f".{name}"
        if key in self._open or holder.id in self._names.imported:
            return _ANYTHING
        self._open.add(key)
        values = self._any_of(self._names.attributes[name])
        self._open.discard(key)
        return values | _ANYTHING

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
        return frozenset({f"{PATH_NAMED}{dotted}{FOLDER_END}"}) if dotted and "." in dotted.strip(".") else _ANYTHING

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
                value = _map(_parent, value)
            return value
        if isinstance(holder, ast.Call) and holder.args and index == 0:
            change = _PATH_HEADS.get(self.resolve(holder.func) or "")
            return _map(change, self.evaluate(holder.args[0])) if change is not None else _ANYTHING
        if isinstance(node.slice, ast.Slice):
            return _map(_cut, self.evaluate(holder))
        return self._looked_up(holder, index)

    def _looked_up(self, holder: ast.expr, key: object) -> Value:
        """Return any value of a dictionary that is written down, here or where a name is assigned."""
        if key == _ROOT_VARIABLE and self.resolve(holder) == "os.environ":
            return frozenset({TASK_ROOT})
        tables = self.assignments.get(holder.id, []) if isinstance(holder, ast.Name) else [holder]
        if not tables or not all(isinstance(table, ast.Dict) for table in tables):
            return _ANYTHING
        return self._any_of([value for table in tables if isinstance(table, ast.Dict) for value in table.values])

    def _any_of(self, nodes: list[ast.expr]) -> Value:
        if len(nodes) > _MOST_ALTERNATIVES:
            return _ANYTHING
        values: set[str] = set()
        for node in nodes:
            values |= self.evaluate(node)
        return frozenset(values) or _ANYTHING

    def _binary(self, node: ast.BinOp) -> Value:
        if isinstance(node.op, ast.Add):
            return _combine(lambda left, right: left + right, self.evaluate(node.left), self.evaluate(node.right))
        if isinstance(node.op, ast.Div):
            return _combine(_join, self.evaluate(node.left), self.evaluate(node.right))
        if isinstance(node.op, ast.Mod):
            arguments = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
            return self._fill(_PERCENT_FIELD, self.evaluate(node.left), arguments)
        return _ANYTHING

    def _fill(self, field: re.Pattern[str], templates: Value, arguments: list[ast.expr]) -> Value:
        """Put arguments in the places of a format, in order; a place that names its argument stays unknown."""
        filled: set[str] = set()
        for template in templates:
            alternatives: Value = frozenset({""})
            end = 0
            for number, match in enumerate(field.finditer(template)):
                is_plain = not re.search(r"\w{2,}", match[0].strip("{}%")) and number < len(arguments)
                value = self.evaluate(arguments[number]) if is_plain else _ANYTHING
                head = frozenset({template[end : match.start()]})
                alternatives = _combine(str.__add__, _combine(str.__add__, alternatives, head), value)
                end = match.end()
            filled |= _combine(str.__add__, alternatives, frozenset({template[end:]}))
        return frozenset(filled)

    def _joined(self, node: ast.JoinedStr) -> Value:
        value: Value = frozenset({""})
        for part in node.values:
            piece = self.evaluate(part.value) if isinstance(part, ast.FormattedValue) else self.evaluate(part)
            value = _combine(str.__add__, value, piece)
            if len(value) > _MOST_ALTERNATIVES:
                return _ANYTHING
        return value

    def _either(self, node: ast.IfExp) -> Value:
        return self.evaluate(node.body) | self.evaluate(node.orelse)

    def _or(self, node: ast.BoolOp) -> Value:
        return self._any_of(node.values)

    def _call(self, node: ast.Call) -> Value:
        dotted = self.resolve(node.func) or ""
        if dotted in PACKAGE_FILES:
            return self._package_files(node)
        if dotted in _VARIABLE_CALLS and node.args:
            return self._variable(node)
        if dotted in _SAME_PATH and node.args:
            return self._joined_path(node.args)
        if dotted in _PATH_PARTS and node.args:
            return _map(_PATH_PARTS[dotted], self.evaluate(node.args[0]))
        return self._method(node.func, node.args) if isinstance(node.func, ast.Attribute) else _ANYTHING

    def _variable(self, node: ast.Call) -> Value:
        """Return what a variable of the environment may hold: anything, or the value in its place."""
        if self.evaluate(node.args[0]) == {_ROOT_VARIABLE}:
            return frozenset({TASK_ROOT})
        keywords = (word.value for word in node.keywords if word.arg == "default")
        return _ANYTHING.union(*map(self.evaluate, (*node.args[1:], *keywords)))

    def _package_files(self, node: ast.Call) -> Value:
        """Return the folder that `importlib.resources.files(package)` opens, the file below it where one is given."""
        if not node.args:
            return frozenset({OWN_FOLDER}) if not node.keywords else _ANYTHING
        package = self.package_named_by(node.args[0])
        if len(node.args) > 1:
            return _combine(_join, package, self._joined_path(node.args[1:]))
        return package

    def package_named_by(self, node: ast.expr) -> Value:
        """Return the folder of a package given as a string or as an imported module."""
        module = self.resolve(node)
        if module is not None and not module.startswith("__"):
            return frozenset({f"{FOLDER_OF}{module}{FOLDER_END}"})
        return _map(_folder_of_package, self.evaluate(node))

    def _joined_path(self, nodes: list[ast.expr]) -> Value:
        value = self.evaluate(nodes[0])
        for node in nodes[1:]:
            value = _combine(_join, value, _ANYTHING if isinstance(node, ast.Starred) else self.evaluate(node))
        return value

    def _method(self, function: ast.Attribute, arguments: list[ast.expr]) -> Value:
        if function.attr == "join" and len(arguments) == 1 and isinstance(arguments[0], (ast.List, ast.Tuple)):
            return self._separated(self.evaluate(function.value), arguments[0].elts)
        if function.attr == "format":
            return self._fill(_BRACE_FIELD, self.evaluate(function.value), arguments)
        value = self.evaluate(function.value)
        if function.attr in _SAME_PATH_METHODS:
            return value
        if function.attr in {"joinpath", "glob", "rglob", "iterdir", "with_name"} and any(map(has_base, value)):
            return self._below(function.attr, value, arguments)
        if function.attr in {"replace", "with_suffix", "removesuffix"}:
            return _map(_cut, value)
        return _ANYTHING

    def _separated(self, separators: Value, nodes: list[ast.expr]) -> Value:
        if not nodes or len(separators) != 1:
            return _ANYTHING
        value = self.evaluate(nodes[0])
        for node in nodes[1:]:
            value = _combine(str.__add__, _combine(str.__add__, value, separators), self.evaluate(node))
        return value

    def _below(self, method: str, value: Value, arguments: list[ast.expr]) -> Value:
        if method == "with_name":
            value = _map(_parent, value)
        below = [self.evaluate(argument) for argument in arguments] or [_ANYTHING]
        if method == "rglob":
            below = [_map(lambda name: UNKNOWN + name, part) for part in below]
        for part in below:
            value = _combine(_join, value, part)
        return value

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


def _map(change: Callable[[str], str], value: Value) -> Value:
    return frozenset(change(template) for template in value)


def _combine(join: Callable[[str, str], str], left: Value, right: Value) -> Value:
    if len(left) * len(right) > _MOST_ALTERNATIVES:
        return _ANYTHING
    if max(map(len, left), default=0) + max(map(len, right), default=0) > _LONGEST:
        return _ANYTHING
    return frozenset(join(one, other) for one, other in product(left, right))


def _join(left: str, right: str) -> str:
    return posixpath.join(left, right) if right else left


def _parent(template: str) -> str:
    if template == OWN_FILE:
        return OWN_FOLDER
    if template == UNKNOWN:
        return UNKNOWN
    head, _, last = template.rpartition("/")
    return head if head and last != ".." else f"{template}/.."


def _cut(template: str) -> str:
    """Return what is left of a template after its end was cut off or replaced."""
    return posixpath.join(_parent(template), UNKNOWN) if has_base(template) else UNKNOWN


def _base_name(template: str) -> str:
    return UNKNOWN if template == OWN_FILE else template.rpartition("/")[2]


def _without_suffix(template: str) -> str:
    return f"{OWN_FOLDER}/{UNKNOWN}" if template == OWN_FILE else posixpath.splitext(template)[0]


_PATH_PARTS = {"os.path.dirname": _parent, "os.path.basename": _base_name}
_PATH_HEADS = {"os.path.split": _parent, "os.path.splitext": _without_suffix}
_SPEC_ATTRIBUTES = {"origin": OWN_FILE, "parent": OWN_PACKAGE, "name": OWN_NAME}


def _folder_of_package(template: str) -> str:
    if template in {OWN_NAME, OWN_PACKAGE}:
        return OWN_FOLDER
    return template if template == UNKNOWN else f"{FOLDER_OF}{template}{FOLDER_END}"
