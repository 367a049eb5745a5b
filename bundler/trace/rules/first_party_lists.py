"""Settings list packages to install, of which a framework then loads any part: such a package is used whole.

Templates, translations and static files too are looked for in every package that is listed.

Evidence: Django 6.1 (`INSTALLED_APPS`).
Not caught: words that are no module of the site.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, FilesDemand, ModuleDemand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for fact in read.facts.listed:
        module = view.index.find(fact.pattern)
        if module is None or module.name == read.module.name:
            continue
        for name in (module.name, *view.index.below(module.name)):
            yield ModuleDemand(name, fact.line, fact.pattern)
        if module.is_package:
            yield FilesDemand(view.assets.data_of_package(module.name, view.index), fact.line, fact.pattern)


RULE = Rule("first-party.lists", lambda read: read.file.is_own and read.facts.listed, _visit)
