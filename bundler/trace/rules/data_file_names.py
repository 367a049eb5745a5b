"""A string that is the name of a data file of the same distribution: its folder may be worked out elsewhere.

Evidence: xlwt 1.3 ExcelFormulaParser.py (`excel-formula.g`), xyzservices 2026.9 providers.py (`providers.json`).
Not caught: names that no file of the distribution has, and first-party code, whose data ships by patterns.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, FilesDemand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _names_files(read: ReadModule) -> bool:
    return not read.file.is_own and bool(read.facts.file_names)


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for fact in read.facts.file_names:
        yield FilesDemand(view.assets.called(fact.pattern, read.file), fact.line, fact.pattern)


RULE = Rule("data.file-name", _names_files, _visit)
