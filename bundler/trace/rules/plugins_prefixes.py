"""Top-level modules whose names start as a string says, for who lists all that can be imported: `flask_*`.

Evidence: pyexcel 0.7 internal/__init__.py and pyexcel-io 0.6 __init__.py (`pyexcel_`), by lml's scan.
Not caught: prefixes in packages that neither list everything nor use who does, and first-party modules that share a
short prefix by chance.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, ModuleDemand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _lists_everything(view: View, read: ReadModule) -> bool:
    listers = view.knowledge.habits.list_everything
    return bool(listers) and (read.file.is_own or view.uses_any(read.file.owner, listers))


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for prefix in read.facts.prefixes if _lists_everything(view, read) else ():
        # First-party modules are plugins of a package by its own name alone.
        is_own_name = prefix.startswith(read.module.name.partition(".")[0])
        for name in view.index.matching(f"{prefix}*"):
            if is_own_name or view.may_mean(read.module, name):
                yield ModuleDemand(name, 0, f"{prefix}*")


RULE = Rule("plugins.prefix", lambda read: read.facts.prefixes, _visit, _lists_everything)
