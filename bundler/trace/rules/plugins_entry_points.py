"""Every entry point of a group that code reads, with the metadata that lists it: `entry_points(group="x")`.

Evidence: spaCy 3.8 util.py:1839 (`spacy_architectures`), opentelemetry-api 1.45 propagate/__init__.py:137.
Not caught: entry points of modules that are not there, and of other groups.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, Rule
from bundler.trace.entry_points import demand_group
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for fact in read.facts.groups:
        yield from demand_group(view, read, fact)


RULE = Rule("plugins.entry-points", lambda read: read.facts.groups, _visit)
