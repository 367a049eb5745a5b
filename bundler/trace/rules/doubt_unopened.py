"""As a net, the data of a distribution where it is most of what that holds and nothing seems to open it.

Evidence: wordfreq 3.1 has 60 MB of word lists beside 56 kB of code, which finds them by who called whom.
Not caught: data that is little beside the code, as most READMEs and examples are.
"""

from collections.abc import Iterator

from bundler.model.imports import EdgeKind
from bundler.trace.demand import Demand, FilesDemand, Rule
from bundler.trace.openable import openable_of, size_without_builds
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    owner = read.file.owner
    if view.knowledge.first[owner] is not read or not view.ships_in_doubt(read.file):
        return
    data = [file for file in openable_of(view, owner) if file.path not in view.sure_files]
    if 2 * sum(file.size_bytes for file in data) > size_without_builds(view, owner):
        yield FilesDemand(data, 0, "most of it is data that nothing seems to open", EdgeKind.DOUBT)


RULE = Rule("doubt.unopened", lambda _: True, _visit)
