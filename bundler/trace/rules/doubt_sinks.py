"""Where a value that nobody can tell becomes code, any module of its own distribution may be meant, tests aside.

So it is with all of a distribution that the option `shake` calls whole, and its data too. First-party code is no
distribution here: what it is told to load, it names.

Evidence: pylint 3.3 loads its checkers by the names of files in a folder that it hands to a function
(utils/utils.py), detect-secrets 1.5 its plugins by walking a package that it was handed.
Not caught: sinks in files that ship in doubt alone, as doubt does not spread.
"""

from collections.abc import Iterator

from bundler.model.imports import EdgeKind
from bundler.model.project import ShakeMode
from bundler.trace.demand import Demand, FilesDemand, ModuleDemand, Rule
from bundler.trace.facts.source_facts import SinkFact
from bundler.trace.openable import openable_of
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View

_WHOLE = SinkFact("shake: whole", 0)


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    owner, shake = read.file.owner, view.shake_of(read.file)
    is_whole = shake is ShakeMode.WHOLE and view.knowledge.first[owner] is read
    sinks = view.knowledge.sinks.of(read.file.path) if shake is not ShakeMode.TRACED else ()
    for sink, line in [*sinks, *([_WHOLE] if is_whole else ())]:
        for name in view.modules_of(owner):
            yield ModuleDemand(name, line, sink, EdgeKind.DOUBT, is_used=False)
    if is_whole:
        yield FilesDemand(openable_of(view, owner), 0, _WHOLE.sink, EdgeKind.DOUBT)


RULE = Rule("doubt.sink", lambda _: True, _visit)
