"""A top-level module that a package of its name hides from imports may be looked for on the path and run.

Evidence: programs of a package that look for `NAME.py` on the path, where `NAME/__init__.py` is imported in its
place.
Not caught: files that no package hides, and first-party ones in the words of packages.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, FilesDemand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for fact in read.facts.file_names:
        hidden = view.site.files.get(fact.pattern) if "/" not in fact.pattern else None
        package = view.index.find(fact.pattern.removesuffix(".py"))
        is_meant = hidden is not None and (read.file.is_own or not hidden.is_own)
        if hidden is not None and is_meant and package is not None and package.is_package:
            yield FilesDemand((hidden,), fact.line, fact.pattern)


RULE = Rule("scripts.hidden", lambda read: read.facts.runs_scripts and read.facts.file_names, _visit)
