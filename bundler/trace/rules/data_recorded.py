"""All that a distribution lists, where code goes through its files: `files("x")` of `importlib.metadata`.

Modules of another package are there to be listed; what they import, whoever imports them needs. A package that lists
its own files is after data or libraries among them.

Evidence: websockets 17.4 version.py:44, NumPy 2.5 testing/_private/utils.py:87.
Not caught: `files("x")` of `importlib.resources`, which is a folder.
"""

from collections.abc import Iterator

from bundler.trace.demand import Demand, FilesDemand, Rule
from bundler.trace.distributions import distributions_named
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for fact in read.facts.recorded:
        for distribution in distributions_named(view, read, fact.pattern):
            text = f"files of {distribution.name}"
            record = view.site.files.get(f"{distribution.dist_info}/RECORD")
            yield FilesDemand((*view.assets.all_of(distribution.name), *filter(None, [record])), fact.line, text)
            if read.file.owner != distribution.name:
                yield FilesDemand(view.assets.modules_of(distribution.name), fact.line, text, is_run=False)


RULE = Rule("data.recorded", lambda read: read.facts.recorded, _visit)
