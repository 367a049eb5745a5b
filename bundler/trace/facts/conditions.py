"""Decide `if` tests that depend on nothing but the target, so that branches for other systems lead nowhere.

A test evaluates to a value where it is known, else to `UNKNOWN`; nothing is executed. A name counts only where it is
bound once in its file and the platform gives its value: `HAS = False` may be set to something else in many ways, and
`from sys import platform` says nothing of a parameter of that name.
"""

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from bundler.model.project import Target
from bundler.trace.facts.bound import BoundNames
from bundler.trace.facts.names import Names


class _Unknown:
    """The value of what only a run can tell."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.eq,
    ast.IsNot: operator.ne,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
_STRING_METHODS = frozenset({"startswith", "endswith", "lower", "upper"})
# Names that stand for the type checker wherever they come from; packages define or import them in many ways.
_TYPE_CHECKER_NAMES = frozenset({"TYPE_CHECKING", "MYPY"})
_MISSING_ATTRIBUTES = frozenset(
    {("sys", "pypy_version_info"), ("sys", "getwindowsversion"), ("sys", "frozen"), ("sys", "_MEIPASS")}
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a target answers to the questions that code asks of its platform."""

    names: dict[str, Any]
    calls: dict[str, Any]


@cache
def target_facts(target: Target) -> Facts:
    """Return the values of platform names and calls on the target."""
    major, minor = target.python
    machine = target.architecture.machine
    version_info = (major, minor)
    names = {
        "sys.version_info": _VersionInfo(version_info),
        "sys.version_info.major": major,
        "sys.version_info.minor": minor,
        "sys.hexversion": (major << 24) | (minor << 16) | 0xF0,
        "sys.platform": "linux",
        "sys.byteorder": "little",
        "sys.maxsize": 2**63 - 1,
        "sys.implementation.name": "cpython",
        "os.name": "posix",
        "os.sep": "/",
        "os.path.sep": "/",
        "typing.TYPE_CHECKING": False,
        "six.PY2": False,
        "six.PY3": True,
        "six.PY34": True,
        "__name__": _ModuleName(),
        "__debug__": True,
    }
    calls = {
        "platform.system": "Linux",
        "platform.machine": machine,
        "platform.python_implementation": "CPython",
        "platform.python_version_tuple": (str(major), str(minor), "0"),
    }
    return Facts(names=names, calls=calls)


class _VersionInfo(tuple[int, ...]):
    """`sys.version_info` known to major and minor only: comparing it to a longer tuple stays honest.

    `(3, 12) >= (3, 12, 1)` depends on the patch level, which Lambda moves; the comparison below raises then.
    """

    __slots__ = ()


class _ModuleName:
    """`__name__` of whatever file: for certain only not `__main__`, as nothing that Lambda starts is a script."""

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        if other == "__main__":
            return False
        raise TypeError(other)


def decide(test: ast.expr, facts: Facts, names: Names, bound: BoundNames) -> bool | None:
    """Return whether a test holds on the target, or `None` when that depends on more."""
    value = _Evaluator(facts, names, bound).evaluate(test)
    return None if value is UNKNOWN else bool(value)


class _Evaluator:
    """Evaluates the few expressions that platform tests are made of."""

    def __init__(self, facts: Facts, names: Names, bound: BoundNames) -> None:
        self._facts = facts
        self._names = names
        self._bound = bound
        self._open: set[str] = set()

    def evaluate(self, node: ast.expr) -> Any:  # noqa: ANN401 - the value of any expression
        handler = self._HANDLERS.get(type(node))
        return UNKNOWN if handler is None else handler(self, node)

    def _constant(self, node: ast.Constant) -> Any:  # noqa: ANN401
        return node.value

    def _name(self, node: ast.Name | ast.Attribute) -> Any:  # noqa: ANN401
        if _name_of(node) in _TYPE_CHECKER_NAMES:
            return False
        dotted = self._names.resolve(node)
        if dotted in self._facts.names:
            return self._facts.names[dotted] if self._is_certain(node) else UNKNOWN
        return self._constant_of(node.id) if isinstance(node, ast.Name) else UNKNOWN

    def _constant_of(self, name: str) -> Any:  # noqa: ANN401
        """Return the value of a name of the module that the platform gives; a literal is there to be changed."""
        constant = self._names.constants.get(name)
        if constant is None or name in self._open:
            return UNKNOWN
        self._open.add(name)
        value = self.evaluate(constant) if self._is_of_platform(constant) else UNKNOWN
        self._open.discard(name)
        return value if value is not UNKNOWN and self._bound.is_certain(name) else UNKNOWN

    def _is_of_platform(self, node: ast.expr) -> bool:
        """Tell whether the platform has a say in every part that may decide a value alone."""
        if isinstance(node, ast.BoolOp):
            return all(map(self._is_of_platform, node.values))
        asks = isinstance(node, (ast.Name, ast.Attribute)) and self.evaluate(node) is not UNKNOWN
        if asks or (isinstance(node, ast.Call) and self._asked(node) is not UNKNOWN):
            return True
        return any(self._is_of_platform(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))

    def _is_certain(self, node: ast.expr) -> bool:
        """Tell whether nothing else in the file binds the name that a dotted name starts with."""
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and self._bound.is_certain(node.id)

    def _not(self, node: ast.UnaryOp) -> Any:  # noqa: ANN401
        value = self.evaluate(node.operand)
        if value is UNKNOWN:
            return UNKNOWN
        if isinstance(node.op, ast.Not):
            return not value
        return -value if isinstance(node.op, ast.USub) and isinstance(value, int) else UNKNOWN

    def _boolean(self, node: ast.BoolOp) -> Any:  # noqa: ANN401
        values = [self.evaluate(value) for value in node.values]
        decisive = isinstance(node.op, ast.Or)
        if any(value is not UNKNOWN and bool(value) is decisive for value in values):
            return decisive
        return UNKNOWN if any(value is UNKNOWN for value in values) else not decisive

    def _compare(self, node: ast.Compare) -> Any:  # noqa: ANN401
        if len(node.ops) != 1:
            return UNKNOWN
        left, right = self.evaluate(node.left), self.evaluate(node.comparators[0])
        if left is UNKNOWN or right is UNKNOWN or _needs_patch_level(left, right):
            return UNKNOWN
        try:
            return _COMPARISONS[type(node.ops[0])](left, right)
        except TypeError:
            return UNKNOWN

    def _tuple(self, node: ast.Tuple | ast.List | ast.Set) -> Any:  # noqa: ANN401
        values = tuple(self.evaluate(element) for element in node.elts)
        return UNKNOWN if any(value is UNKNOWN for value in values) else values

    def _subscript(self, node: ast.Subscript) -> Any:  # noqa: ANN401
        value = self.evaluate(node.value)
        if not isinstance(value, (tuple, str)):
            return UNKNOWN
        if isinstance(node.slice, ast.Slice):
            bounds = [None if part is None else self.evaluate(part) for part in (node.slice.lower, node.slice.upper)]
            if node.slice.step is not None or any(not isinstance(bound, int | None) for bound in bounds):
                return UNKNOWN
            part = value[bounds[0] : bounds[1]]
            wanted = bounds[1]
            known = isinstance(value, str) or (wanted is not None and 0 < wanted <= len(value))
            return part if known else UNKNOWN
        index = self.evaluate(node.slice)
        return value[index] if isinstance(index, int) and -len(value) <= index < len(value) and index >= 0 else UNKNOWN

    def _call(self, node: ast.Call) -> Any:  # noqa: ANN401
        asked = self._asked(node)
        if asked is not UNKNOWN:
            return asked
        if self._names.resolve(node.func) == "bool" and len(node.args) == 1 and self._is_certain(node.func):
            return self.evaluate(node.args[0])
        if isinstance(node.func, ast.Attribute) and node.func.attr in _STRING_METHODS:
            return self._string_method(node.func, node.args)
        return UNKNOWN

    def _asked(self, node: ast.Call) -> Any:  # noqa: ANN401
        """Return what a call is told of the platform: `platform.system()`, `hasattr(sys, "frozen")`."""
        dotted = self._names.resolve(node.func)
        if dotted in self._facts.calls and not node.args:
            return self._facts.calls[dotted] if self._is_certain(node.func) else UNKNOWN
        if dotted not in {"hasattr", "getattr"} or len(node.args) < 2:  # noqa: PLR2004 - object and name
            return UNKNOWN
        owner, name, *default = node.args
        if (self._names.resolve(owner), self.evaluate(name)) not in _MISSING_ATTRIBUTES:
            return UNKNOWN
        if not (self._is_certain(node.func) and self._is_certain(owner)):
            return UNKNOWN
        return self.evaluate(default[0]) if default else False

    def _string_method(self, function: ast.Attribute, arguments: list[ast.expr]) -> Any:  # noqa: ANN401
        value = self.evaluate(function.value)
        given = [self.evaluate(argument) for argument in arguments]
        if not isinstance(value, str) or any(argument is UNKNOWN for argument in given):
            return UNKNOWN
        try:
            return getattr(value, function.attr)(*given)
        except TypeError:
            return UNKNOWN

    def _power(self, node: ast.BinOp) -> Any:  # noqa: ANN401
        left, right = self.evaluate(node.left), self.evaluate(node.right)
        is_small = isinstance(left, int) and isinstance(right, int) and abs(left) <= 2**16 and 0 <= right <= 64  # noqa: PLR2004
        if not is_small:
            return UNKNOWN
        if isinstance(node.op, ast.Pow):
            return left**right
        if isinstance(node.op, ast.LShift):
            return left << right
        return UNKNOWN

    _HANDLERS: dict[type[ast.expr], Callable[..., Any]] = {  # noqa: RUF012 - a constant table
        ast.Constant: _constant,
        ast.Name: _name,
        ast.Attribute: _name,
        ast.UnaryOp: _not,
        ast.BoolOp: _boolean,
        ast.Compare: _compare,
        ast.Tuple: _tuple,
        ast.List: _tuple,
        ast.Set: _tuple,
        ast.Subscript: _subscript,
        ast.Call: _call,
        ast.BinOp: _power,
    }


def _name_of(node: ast.Name | ast.Attribute) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id


def _needs_patch_level(left: object, right: object) -> bool:
    """Tell whether comparing versions hangs on the patch level, which a runtime's name leaves open."""
    for version, other in ((left, right), (right, left)):
        if isinstance(version, _VersionInfo) and isinstance(other, tuple) and len(other) > len(version):
            return other[: len(version)] == tuple(version)
    return False
