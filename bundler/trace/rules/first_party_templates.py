"""Names of modules that first-party code puts together in one place, to import them in another: `f"shop.jobs.{name}"`.

Evidence: first-party code that hands `f"{package}.{name}"` to a queue or a registry, whose worker imports it.
Not caught: names with one dot alone, which may as well be those of loggers or events.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, ModuleDemand, Rule
from bundler.trace.facts.templates import UNKNOWN
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View
from bundler.trace.words import of_template


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for template in read.facts.templates:
        if "." in template.partition(UNKNOWN)[0].rstrip("."):
            for name in of_template(view, read, template):
                yield ModuleDemand(name, 0, template)


RULE = Rule("first-party.templates", lambda read: read.file.is_own and read.facts.templates, _visit)
