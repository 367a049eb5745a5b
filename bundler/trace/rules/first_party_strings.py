"""Settings name modules, and things inside them, by dotted strings, and folders of scripts by paths.

Evidence: Celery 5.7 (`config_from_object("shop.settings")`), Django 6.1 (`ROOT_URLCONF`).
Not caught: words without a dot that are given to no function, and dotted strings that name no module of the site.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, FilesDemand, ModuleDemand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    paths = (fact for fact in read.facts.strings if "/" in fact.pattern)
    for fact in (*paths, *read.facts.folder_words):
        if scripts := view.scripts_in_folder(fact.pattern):
            yield FilesDemand(scripts, fact.line, fact.pattern)
    for fact in read.facts.strings:
        text = fact.pattern
        is_name = not text.startswith(".") and ("." in text or ":" in text)
        name = view.index.longest_module(text) if is_name else None
        if name is not None and name != read.module.name:
            yield ModuleDemand(name, fact.line, text)


RULE = Rule("first-party.strings", lambda read: read.file.is_own and read.facts.strings, _visit)
