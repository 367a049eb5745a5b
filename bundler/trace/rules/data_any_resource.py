"""A package that opens resources which only a run can tell: they lie, as a rule, in its own distribution.

Evidence: lark 1.3 load_grammar.py reads `grammars/` through a loader that is given a package.
Not caught: first-party code, whose data ships as `package.patterns` says.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, FilesDemand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _opens_any(read: ReadModule) -> bool:
    return read.facts.opens_resources and not read.file.is_own


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    yield FilesDemand(view.assets.all_of(read.file.owner), 0, read.file.owner)


RULE = Rule("data.any-resource", _opens_any, _visit)
