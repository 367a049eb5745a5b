"""Groups of entry points that a string names, in code that uses a package which reads whatever group it is given.

Evidence: plaster 1.1 loaders.py (`plaster.loader_factory`), Babel 2.18 through setuptools' commands
(`babel.checkers`).
Not caught: such a string where nothing that ships reads groups by parameters, and groups of scripts.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, Rule
from bundler.trace.entry_points import SCRIPT_GROUPS, demand_group
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _uses_reader(view: View, read: ReadModule) -> bool:
    readers = view.knowledge.habits.read_groups
    return bool(readers) and (read.file.is_own or view.uses_any(read.file.owner, readers))


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    if _uses_reader(view, read):
        for fact in read.facts.strings:
            if fact.pattern in view.groups - SCRIPT_GROUPS:
                yield from demand_group(view, read, fact)


RULE = Rule("plugins.named-group", lambda read: read.facts.strings, _visit, _uses_reader)
