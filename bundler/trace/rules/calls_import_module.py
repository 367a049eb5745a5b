"""What code imports by a name or glob that is written down: `import_module("x.y")`, `__import__(f"x.{name}")`.

Evidence: phonenumbers 9.0 data/__init__.py:22 (`data.region_*`), wcwidth 0.9 table_grapheme_overrides/__init__.py:29.
Not caught: a name of which nothing is known, which is doubt.
"""

from collections.abc import Iterator

from bundler.model.imports import TraceWarning
from bundler.trace.demand import Demand, ModuleDemand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View
from bundler.trace.words import full_pattern, modules_matching

_UNKNOWN = (
    "imports a module that only a run can tell: what it may mean of your code and of the packages that this imports "
    "ships, `include-modules` adds others"
)


def _imports(read: ReadModule) -> bool:
    return bool(read.facts.dynamic) or (read.file.is_own and bool(read.facts.imports_unknown))


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for fact in read.facts.dynamic:
        pattern = full_pattern(read, fact.pattern)
        for name in modules_matching(view, read, pattern):
            yield ModuleDemand(name, fact.line, pattern)
    if read.file.is_own and read.facts.imports_unknown:
        yield TraceWarning(source=read.file.path, line=read.facts.imports_unknown, message=_UNKNOWN)


RULE = Rule("calls.import-module", _imports, _visit)
