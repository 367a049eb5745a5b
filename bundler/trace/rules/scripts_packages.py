"""A package of its own distribution that code which runs scripts names is a folder of them.

Evidence: sqlfluff 4.5 core/rules/loader.py:17 (`sqlfluff.rules`), scikit-learn 1.9 utils/_testing.py:506.
Not caught: packages of other distributions.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, FilesDemand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for fact in read.facts.strings:
        if "." in fact.pattern and view.owner_of(fact.pattern) == read.file.owner:
            yield FilesDemand(view.assets.scripts_in(fact.pattern, view.index), fact.line, f"{fact.pattern}.*")


RULE = Rule("scripts.package", lambda read: read.facts.runs_scripts and read.facts.strings, _visit)
