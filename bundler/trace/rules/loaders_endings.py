"""A dotted string may be a module's name but for an ending that the same distribution puts to it elsewhere.

Evidence: packages that keep a fast and a plain form of a module side by side, `import_module(name + "_py")`.
Not caught: strings that are no module's name with any of these endings.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, ModuleDemand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View
from bundler.trace.words import dotted_words


def _endings(view: View, read: ReadModule) -> frozenset[str]:
    return frozenset(view.knowledge.habits.endings.get(read.file.owner, ()))


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for ending in sorted(_endings(view, read)):
        for fact in dotted_words(read):
            name = f"{fact.pattern}{ending}"
            if name in view.index and view.may_mean(read.module, name):
                yield ModuleDemand(name, fact.line, name)


RULE = Rule("loaders.endings", lambda read: not read.file.is_own, _visit, _endings)
