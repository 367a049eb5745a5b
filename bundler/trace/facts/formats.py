"""Fill the places of formats, `"%s.%s" % (a, b)` and `"{}.{}".format(a, b)`, as far as it is written down what with."""

import ast
import re
from collections.abc import Callable
from typing import Protocol

from bundler.trace.facts.templates import ANYTHING, Value, combined

BRACE_FIELD = re.compile(r"\{[^{}]*\}")
PERCENT_FIELD = re.compile(r"%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]")


class Evaluating(Protocol):
    """Whoever knows what expressions of a file may be."""

    @property
    def resolve(self) -> Callable[[ast.expr], str | None]:
        """Tell what an expression stands for by what the file imports."""

    def evaluate(self, node: ast.expr) -> Value:
        """Tell what an expression may be."""


def filled(field: re.Pattern[str], templates: Value, arguments: list[ast.expr], evaluator: Evaluating) -> Value:
    """Put arguments in the places of a format, in order; a place that names its argument stays unknown."""
    values: set[str] = set()
    for template in templates:
        alternatives: Value = frozenset({""})
        end = 0
        for number, match in enumerate(field.finditer(template)):
            is_plain = not re.search(r"\w{2,}", match[0].strip("{}%")) and number < len(arguments)
            value = evaluator.evaluate(arguments[number]) if is_plain else ANYTHING
            head = frozenset({template[end : match.start()]})
            alternatives = combined(str.__add__, combined(str.__add__, alternatives, head), value)
            end = match.end()
        values |= combined(str.__add__, alternatives, frozenset({template[end:]}))
    return frozenset(values)
