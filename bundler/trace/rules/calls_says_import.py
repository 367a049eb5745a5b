"""Names of modules by the words around them: in calls whose name says that they import, statements inside strings.

A module that registers a package which it lies in asks nothing of it: `register_backend("pkg")`.

Evidence: Jinja 3.1 compiler.py:843 (`from jinja2.runtime import …` in a string), pydantic 2.14 v1/__init__.py:21.
Not caught: names of first-party modules in the words of packages.
"""

from collections.abc import Iterable, Iterator

from bundler.trace.demand import Demand, ModuleDemand, Rule
from bundler.trace.facts.source_facts import PatternFact
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View
from bundler.trace.words import full_pattern, modules_matching


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    yield from demand_named(view, read, read.facts.named_by_words)
    for demand in demand_named(view, read, read.facts.registered):
        yield demand._replace(is_used=not read.module.name.startswith(f"{demand.name}."))


def demand_named(view: View, read: ReadModule, facts: Iterable[PatternFact]) -> Iterator[ModuleDemand]:
    """Yield every module that one of some names or globs may stand for."""
    for fact in facts:
        pattern = full_pattern(read, fact.pattern)
        for name in modules_matching(view, read, pattern):
            if view.may_mean(read.module, name):
                yield ModuleDemand(name, fact.line, pattern)


RULE = Rule("calls.says-import", lambda read: read.facts.named_by_words or read.facts.registered, _visit)
