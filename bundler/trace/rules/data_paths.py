"""Data at paths that code builds from its own folder or a package's; whoever opens a resource imports its package.

Evidence: Babel 2.18 opens `locale-data` beside localedata.py:29, Sphinx's extensions their `locales` (applehelp 2.0,
__init__.py:243).
Not caught: a path that is only logged or raised, and what type checkers and compilers alone read.
"""

import re
from collections.abc import Iterator

from bundler.trace.demand import Demand, FilesDemand, ModuleDemand, Rule
from bundler.trace.facts.templates import FOLDER_END, FOLDER_OF
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View

_BASE_MARKS = re.compile("[\x01-\x07\x0f]")


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for fact in read.facts.data:
        package = _folder_module(read, fact.pattern)
        if package is not None and package in view.index:
            yield ModuleDemand(package, fact.line, package, is_used=False)
        readable = _BASE_MARKS.sub("", fact.pattern).lstrip("/") or "."
        yield FilesDemand(view.assets.named_by(fact.pattern, read.file, view.index), fact.line, readable)


def _folder_module(read: ReadModule, template: str) -> str | None:
    """Return the module whose folder a path template starts from; `None` when that is the file's own."""
    if FOLDER_OF not in template:
        return None
    return read.absolute(template.partition(FOLDER_OF)[2].partition(FOLDER_END)[0])


RULE = Rule("data.path", lambda read: read.facts.data, _visit)
