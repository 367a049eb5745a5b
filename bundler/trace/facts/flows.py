"""Read what functions hand to which others of what they are given."""

import ast
import warnings
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bundler.trace.facts.nodes import walk

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_MADE_BY = frozenset({"__init__", "__new__", "__call__"})
_ROUNDS = 2
# What values of built-in types do with themselves says nothing of others who have a method of that name.
_BUILT_IN = frozenset(name for kind in (str, bytes, dict, list, set, int) for name in dir(kind))


class Hand(NamedTuple):
    """A value that a function hands to another one."""

    to: str
    """The last part of its name; with `()` at its end, what that one returns."""
    place: str
    """The position or the keyword of the argument, `self` for what a method is called of, `*` for any."""
    given: tuple[str, ...]
    """The parameters that the value is made of."""
    line: int


class Flow(NamedTuple):
    """A function and what becomes of what it is given."""

    name: str
    """Of a class, where it makes its instances."""
    first: int
    last: int
    """Its lines."""
    parameters: tuple[str, ...]
    hands: tuple[Hand, ...]
    returns: tuple[str, ...]
    """Functions that it returns."""


def read_flows(text: str) -> tuple[Flow, ...]:
    """Return every function of a file; a name that is given to another function stands for it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return tuple(_flows_in(tree.body, ""))


def _flows_in(body: Iterable[ast.stmt], inside: str) -> Iterator[Flow]:
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            yield from _flows_in(statement.body, statement.name)
        elif isinstance(statement, _FUNCTIONS):
            name = inside if statement.name in _MADE_BY and inside else statement.name
            yield _FunctionReader(statement).read(name)
        elif isinstance(statement, ast.Assign):
            yield from _aliases(statement)
        else:
            for field in ("body", "orelse", "finalbody"):
                yield from _flows_in(getattr(statement, field, []), inside)


def _aliases(statement: ast.Assign) -> Iterator[Flow]:
    """Yield the names that a statement gives to functions: `load, loads = pickle.load, pickle.loads`."""
    first, last = statement.lineno, statement.end_lineno or statement.lineno
    values = tuple(_mentioned(statement.value))
    for name in _bound(statement.targets) if values else ():
        hands = tuple(Hand(value, "*", ("*",), first) for value in values)
        yield Flow(name, first, last, ("*",), hands, ())


class _FunctionReader:
    """Follows what a function is given through its own names."""

    def __init__(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._function = function
        self._nodes = walk(function)
        arguments = function.args
        plain = [*arguments.posonlyargs, *arguments.args]
        others = [*arguments.kwonlyargs, *filter(None, (arguments.vararg, arguments.kwarg))]
        self._parameters = tuple(argument.arg for argument in (*plain, *others))
        self._made_of: dict[str, set[str]] = {name: {name} for name in self._parameters}
        self._stands_for: dict[str, set[str]] = {}
        self._names: dict[int, frozenset[str]] = {}

    def read(self, name: str) -> Flow:
        for _ in range(_ROUNDS):
            for target, value in self._bindings():
                self._bind(target, value)
        calls = (node for node in self._nodes if isinstance(node, ast.Call))
        hands = tuple(dict.fromkeys(hand for call in calls for hand in self._hands_of(call)))
        returned = (node.value for node in self._nodes if isinstance(node, ast.Return) and node.value is not None)
        returns = tuple(sorted({function for value in returned for function in self._functions_in(value)}))
        first, last = self._function.lineno, self._function.end_lineno or self._function.lineno
        return Flow(name, first, last, self._parameters, hands, returns)

    def _bindings(self) -> Iterator[tuple[ast.expr, ast.expr]]:
        for node in self._nodes:
            match node:
                case ast.Assign(targets=targets, value=value):
                    yield from ((target, value) for target in targets)
                case (
                    ast.AnnAssign(target=target, value=ast.expr() as value) | ast.AugAssign(target=target, value=value)
                ):
                    yield target, value
                case ast.NamedExpr(target=target, value=value):
                    yield target, value
                case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
                    yield target, value
                case ast.comprehension(target=target, iter=value):
                    yield target, value
                case ast.withitem(optional_vars=ast.expr() as target, context_expr=value):
                    yield target, value
                case _:
                    pass

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        parts, functions = self._made(value), set(self._functions_in(value))
        for name in _bound([target]):
            self._made_of.setdefault(name, set()).update(parts)
            self._stands_for.setdefault(name, set()).update(functions)

    def _made(self, node: ast.AST) -> set[str]:
        """Return the parameters that an expression is made of."""
        return {given for name in self._names_in(node) for given in self._made_of.get(name, ())}

    def _names_in(self, node: ast.AST) -> frozenset[str]:
        """Return the names that an expression holds; each is looked through once."""
        known = self._names.get(id(node))
        if known is None:
            own = {node.id} if isinstance(node, ast.Name) else ()
            parts = (part for field in node._fields for part in _nodes_of(getattr(node, field, None)))
            known = self._names[id(node)] = frozenset(own).union(*map(self._names_in, parts))
        return known

    def _functions_in(self, node: ast.expr) -> Iterator[str]:
        """Yield what an expression may be as a function: what it mentions, or what a call returns."""
        if isinstance(node, ast.Call):
            yield f"{_last_part(node.func)}()"
        else:
            for name in _mentioned(node):
                yield from self._stands_for.get(name, {name} if name not in self._made_of else ())

    def _hands_of(self, call: ast.Call) -> Iterator[Hand]:
        name = _last_part(call.func)
        names = self._stands_for.get(name) if isinstance(call.func, ast.Name) else None
        for place, value in places_of(call):
            given = tuple(sorted(self._made(value)))
            if given:
                yield from (Hand(to, place, given, call.lineno) for to in sorted(names or {name} - _BUILT_IN))


def _nodes_of(value: object) -> list[ast.AST]:
    if isinstance(value, list):
        return [part for part in value if isinstance(part, ast.AST)]
    return [value] if isinstance(value, ast.AST) and not isinstance(value, ast.expr_context) else []


def places_of(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """Yield what a call gives, each with its position or keyword: `self` for what a method is of, `*` for any."""
    is_starred = any(isinstance(argument, ast.Starred) for argument in call.args)
    for position, argument in enumerate(call.args):
        yield "*" if is_starred else str(position), argument
    yield from ((word.arg or "*", word.value) for word in call.keywords)
    if isinstance(call.func, ast.Attribute):
        yield "self", call.func.value


def _mentioned(node: ast.expr) -> Iterator[str]:
    """Yield the functions that an expression may be, by the last parts of their names."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            yield name
        case ast.IfExp(body=first, orelse=second):
            yield from (*_mentioned(first), *_mentioned(second))
        case ast.BoolOp(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Dict(values=parts):
            yield from (name for part in parts for name in _mentioned(part))
        case ast.Subscript(value=inner):
            yield from _mentioned(inner)
        case _:
            return


def _bound(targets: Iterable[ast.expr]) -> set[str]:
    return {part.id for target in targets for part in walk(target) if isinstance(part, ast.Name)}


def _last_part(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
