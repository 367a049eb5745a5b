"""A module that code imports by the name of a setting, which first-party code gives a value: `import_module(S.ENGINE)`.

Evidence: Django 6.1 contrib/sessions/middleware.py (`import_module(settings.SESSION_ENGINE)`).
Not caught: settings that nothing imports by their name, and values that are no module of the site.
"""

from collections.abc import Hashable, Iterator

from bundler.trace.demand import Demand, ModuleDemand, Rule
from bundler.trace.facts.extract.settings import GIVEN, IMPORTED
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _imports_settings(read: ReadModule) -> bool:
    return any(fact.kind == IMPORTED for fact in read.facts.found)


def _given(view: View, _read: ReadModule) -> Hashable:
    facts = (fact for known in view.knowledge.modules.values() for fact in known.facts.found if fact.kind == GIVEN)
    return tuple(dict.fromkeys(fact.value for fact in facts))


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    lines = {fact.value: fact.line for fact in read.facts.found if fact.kind == IMPORTED}
    facts = (fact for known in view.knowledge.modules.values() for fact in known.facts.found if fact.kind == GIVEN)
    for name, _, value in (fact.value.partition("=") for fact in facts):
        module = view.index.longest_module(value) if name in lines else None
        if module is not None:
            yield ModuleDemand(module, lines[name], f"{name}: {value}")


RULE = Rule("calls.setting", _imports_settings, _visit, _given)
