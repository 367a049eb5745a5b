"""Data of first-party code in folders called `tests`, at paths that start where nobody can tell.

Evidence: first-party code that answers with recorded responses, `BASE / "tests" / "fixtures" / name`.
Not caught: tests themselves, and folders of tests in packages.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, FilesDemand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for fact in read.facts.test_folders:
        yield FilesDemand(view.assets.in_test_folders(fact.pattern), fact.line, fact.pattern)


RULE = Rule("data.test-folder", lambda read: read.facts.test_folders, _visit)
