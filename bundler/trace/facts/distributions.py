"""Read what a file asks of installed distributions, but for calls that name one: of all, or for the files of one."""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from bundler.trace.facts.evaluate import Evaluator
from bundler.trace.facts.names import Names
from bundler.trace.facts.nodes import nodes_of
from bundler.trace.facts.source_facts import PatternFact
from bundler.trace.facts.templates import UNKNOWN
from bundler.trace.facts.text import SourceText

_MODULES = ("importlib.metadata", "importlib_metadata", "pkg_resources")
_ALL_NAMES = ("distributions", "packages_distributions", "Distribution.discover", "working_set", "find_distributions")
_ONE_NAMES = ("version", "metadata", "distribution", "files", "requires", "get_distribution", "Distribution.from_name")
_OF_ALL = frozenset(f"{module}.{name}" for module in _MODULES for name in _ALL_NAMES)
_OF_ONE = frozenset(f"{module}.{name}" for module in _MODULES for name in _ONE_NAMES)
_SIGNS = ("importlib.metadata", "importlib_metadata", "pkg_resources")
_IMPORT = re.compile(r"\s*(?:from|import)\b.*\bmetadata\b")


class DistributionFacts(NamedTuple):
    """What a file asks."""

    asked: tuple[PatternFact, ...] = ()
    """Distributions whose metadata it may read, by names with `*` for what nobody can tell."""
    recorded: tuple[PatternFact, ...] = ()
    """Those of them whose files it lists."""


def read_distributions(text: SourceText, tree: ast.Module, names: Names) -> DistributionFacts:
    """Return what a file asks of distributions by other ways than a call that names one."""
    if not _imports_what_tells(text):
        return DistributionFacts()
    evaluator = Evaluator(names)
    asked: list[PatternFact] = []
    recorded: list[PatternFact] = []
    for node in nodes_of(tree, ast.Name, ast.Attribute, ast.Call):
        if _asks_any(node, names):
            asked.append(PatternFact(UNKNOWN, getattr(node, "lineno", 0)))
        elif isinstance(node, ast.Attribute) and node.attr in {"files", "locate_file"}:
            named = {name for first in _named_by(node.value, names) for name in evaluator.evaluate(first)}
            recorded.extend(PatternFact(name, node.lineno) for name in sorted(named - {UNKNOWN}))
    return DistributionFacts(tuple(dict.fromkeys(asked)), tuple(dict.fromkeys(recorded)))


def _imports_what_tells(text: SourceText) -> bool:
    """Tell whether a text may import what tells of distributions; `metadata` alone is a common word."""
    if not text.has("metadata"):
        return text.has("pkg_resources")
    return text.has(*_SIGNS) or any(_IMPORT.match(line) for line in text.split("\n") if "metadata" in line)


def _asks_any(node: ast.AST, names: Names) -> bool:
    """Tell whether all distributions are gone through, or what takes a name is handed on: `map(version, names)`."""
    if isinstance(node, (ast.Name, ast.Attribute)):
        return names.resolve(node) in _OF_ALL
    return isinstance(node, ast.Call) and any(names.resolve(argument) in _OF_ONE for argument in node.args)


def _named_by(node: ast.expr, names: Names) -> Iterator[ast.expr]:
    """Yield what names the distribution that an expression is: `distribution("pkg")`, or what is bound to one."""
    if isinstance(node, ast.Call) and names.resolve(node.func) in _OF_ONE:
        yield from (*node.args, *(word.value for word in node.keywords))[:1]
    elif isinstance(node, ast.Name):
        for value in names.assignments.get(node.id, ()):
            yield from _named_by(value, names) if isinstance(value, ast.Call) else ()
