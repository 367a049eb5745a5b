"""A file that a glob for Python files of its own finds, keeps its source: it is to find itself.

Evidence: sqlfluff 4.5 rules, each a package that lists `*.py` of its own folder.
Not caught: globs that find other files alone, which `scripts.folder` follows.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, Rule, SourceDemand
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for fact in read.facts.data:
        is_glob = fact.pattern.endswith(".py") and "*" in fact.pattern
        if is_glob and read.file in view.assets.scripts_named_by(fact.pattern, read.file, view.index):
            yield SourceDemand(read.file.path, fact.line, "finds itself")


RULE = Rule("scripts.own-glob", lambda read: read.facts.data, _visit)
