"""Read names of modules that a function puts together from what its callers give it.

`def load(kind): return import_module(f"pkg.{kind}.main")` says which modules it may load only with all of its calls.
"""

import ast
import warnings
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from bundler.trace.facts.dotted import absolute_name
from bundler.trace.facts.evaluate import Evaluator
from bundler.trace.facts.names import Names, parameters_of
from bundler.trace.facts.templates import FOLDER_END, GIVEN, OWN_NAME, OWN_PACKAGE, UNKNOWN, Value

# Whoever has these of the function's own module may take it from there.
_NAMESPACES = frozenset({"globals", "vars", "locals", "sys.modules"})
Call = dict[str, list[str]]
"""What a call gives: position or keyword → the strings that it may be."""


def evaluate_inside(function: ast.FunctionDef, node: ast.expr, names: Names) -> Value:
    """Return what an expression inside a function at module level may be, with marks for what callers give."""
    inner = Names()
    inner.collect(ast.Module(body=function.body, type_ignores=[]))
    assignments = {**names.assignments, **inner.assignments}
    marks = dict(_marks_of(function.args))
    for name, (mark, default) in marks.items():
        is_none = isinstance(default, ast.Constant) and default.value is None
        defaults = [default] if default is not None and not is_none else []
        assignments[name] = [mark, *defaults, *inner.assignments.get(name, ())]
    return Evaluator(names, assignments).evaluate(node)


def _marks_of(arguments: ast.arguments) -> Iterator[tuple[str, tuple[ast.expr, ast.expr | None]]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    for argument, default in parameters_of(arguments):
        position = str(positional.index(argument)) if argument in positional else ""
        yield argument.arg, (ast.Constant(value=f"{GIVEN}{position}:{argument.arg}{FOLDER_END}"), default)


def without_marks(template: str) -> str:
    """Return a template with `*` for all that callers give."""
    head, *rest = template.split(GIVEN)
    return head + "".join(UNKNOWN + part.partition(FOLDER_END)[2] for part in rest)


def fill(template: str, call: Call) -> set[str]:
    """Return what a template becomes by a call; nothing where the call lacks what it needs."""
    head, *rest = template.split(GIVEN)
    texts = [head]
    choices = []
    for part in rest:
        key, _, text = part.partition(FOLDER_END)
        position, _, name = key.partition(":")
        choices.append(call.get(name, call.get(position, [])))
        texts.append(text)
    return {
        head + "".join(chosen + text for chosen, text in zip(combination, texts[1:], strict=True))
        for combination in product(*choices)
    }


class Caller(NamedTuple):
    """The module that calls are looked for in."""

    module: str
    package: str
    """What relative imports start at."""


def read_calls(content: str, path: str, caller: Caller) -> list[Call] | None:
    """Return every call of a function, by its dotted name, in a file; `None` where it is used in any other way."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    names = Names()
    names.collect(tree)
    home, _, function = path.rpartition(".")
    evaluator = Evaluator(names)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    calls = []
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Name, ast.Attribute)) or not isinstance(node.ctx, ast.Load):
            continue
        dotted = names.resolve(node)
        if home == caller.module and dotted in _NAMESPACES:
            return None
        is_own = home == caller.module and isinstance(node, ast.Name) and node.id == function
        if not is_own and (dotted is None or absolute_name(dotted, caller.package) != path):
            continue
        call = parents.get(node)
        given = _arguments_of(call, evaluator, caller) if isinstance(call, ast.Call) and call.func is node else None
        if given is None:
            return None
        calls.append(given)
    return calls


def _arguments_of(call: ast.Call, evaluator: Evaluator, caller: Caller) -> Call | None:
    given: Call = {}
    arguments = [*enumerate(call.args), *((keyword.arg, keyword.value) for keyword in call.keywords)]
    for key, node in arguments:
        if key is None or isinstance(node, ast.Starred):
            return None
        elements = node.elts if isinstance(node, (ast.List, ast.Tuple, ast.Set)) else [node]
        values = {value for element in elements for value in evaluator.evaluate(element)}
        own = {OWN_NAME: caller.module, OWN_PACKAGE: caller.package}
        given[str(key)] = sorted(own.get(value, value) for value in values)
    return given
