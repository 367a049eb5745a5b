"""Follow functions that matter where code has them as values: `load = import_module`, `map(import_module, NAMES)`."""

import ast
from collections.abc import Iterator
from itertools import product
from math import prod
from typing import NamedTuple

from bundler.trace.facts.elements import elements_of
from bundler.trace.facts.names import Names

_MOST_CALLS = 1000
_PARTIAL = frozenset({"functools.partial", "partial"})


class FunctionValue(NamedTuple):
    """A function by its dotted name, and what it is given already."""

    dotted: str
    arguments: tuple[ast.expr, ...] = ()
    keywords: tuple[ast.keyword, ...] = ()

    def called_with(self, call: ast.Call, *arguments: ast.expr) -> ast.Call:
        """Return what becomes of a call where the function is given more arguments."""
        made = ast.Call(func=call.func, args=[*self.arguments, *arguments], keywords=[*self.keywords, *call.keywords])
        return ast.copy_location(made, call)


class FunctionValues:
    """What the names of one file, and the expressions in it, are as functions."""

    def __init__(self, names: Names, wanted: frozenset[str]) -> None:
        """Take the dotted names of the functions that matter."""
        self._names = names
        self._wanted = wanted
        self._known: dict[str, FunctionValue | None] = {}

    def names(self) -> Iterator[str]:
        """Yield the names in the file that are given such a function as their value."""
        yield from (name for name in list(self._names.assignments) if self._assigned(name) is not None)

    def find(self, node: ast.expr) -> FunctionValue | None:
        """Return the function that an expression may be, `None` for all that do not matter."""
        dotted = self._names.resolve(node)
        if dotted in self._wanted:
            return FunctionValue(dotted)
        match node:
            case ast.Name(id=name):
                return self._assigned(name)
            case ast.IfExp(body=first, orelse=second):
                return self.find(first) or self.find(second)
            case ast.BoolOp(values=values):
                return next(filter(None, map(self.find, values)), None)
            case ast.Call(func=function, args=[first, *given], keywords=keywords):
                return self._made_by(function, first, given, keywords)
            case _:
                return None

    def _assigned(self, name: str) -> FunctionValue | None:
        if name not in self._known:
            # A name that is made of itself is none.
            self._known[name] = None
            values = self._names.assignments.get(name, ())
            self._known[name] = next(filter(None, map(self.find, values)), None)
        return self._known[name]

    def _made_by(
        self, function: ast.expr, first: ast.expr, given: list[ast.expr], keywords: list[ast.keyword]
    ) -> FunctionValue | None:
        """Return what `partial(function, …)` or `getattr(module, "function")` gives."""
        maker = self._names.resolve(function)
        if maker == "getattr" and given and isinstance(given[0], ast.Constant):
            dotted = f"{self._names.resolve(first)}.{given[0].value!s}"
            return FunctionValue(dotted) if dotted in self._wanted else None
        inner = self.find(first) if maker in _PARTIAL else None
        if inner is None:
            return None
        return FunctionValue(inner.dotted, (*inner.arguments, *given), (*inner.keywords, *keywords))

    def calls_by(self, call: ast.Call) -> list[tuple[ast.expr, list[ast.Call]]]:
        """Return the functions that a call hands on, each with the calls that this comes to.

        `map(f, NAMES)` calls it with each of them, `submit(f, name)` with what follows; nothing may follow.
        """
        functions = [argument for argument in call.args if self.find(argument) is not None]
        return [(one, list(self._calls_of(one, call.args[call.args.index(one) + 1 :]))) for one in functions]

    def _calls_of(self, function: ast.expr, following: list[ast.expr]) -> Iterator[ast.Call]:
        columns = [elements_of(argument, self._names) for argument in following[:2]]
        if prod(map(len, columns)) > _MOST_CALLS:
            columns = [[argument] for argument in following[:2]]
        for row in product(*columns) if columns else ():
            given = row[0].elts if isinstance(row[0], (ast.Tuple, ast.List)) else row
            yield ast.copy_location(ast.Call(func=function, args=[*given], keywords=[]), function)
