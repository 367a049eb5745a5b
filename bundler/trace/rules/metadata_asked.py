"""What distributions say of themselves, where code asks by their names: `version("x")`, `metadata("x")`.

Evidence: Flask 3.1 __init__.py:59 asks for its own version, langsmith 0.15 client.py:667 for urllib3's.
Not caught: names that no distribution of the site has; one that only a run can tell is no demand but a question that
planning answers by what ships.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, MetadataDemand, Rule
from bundler.trace.distributions import distributions_named
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for fact in read.facts.metadata:
        for distribution in distributions_named(view, read, fact.pattern):
            yield MetadataDemand(distribution, fact.line)


RULE = Rule("metadata.asked", lambda read: read.facts.metadata, _visit)
