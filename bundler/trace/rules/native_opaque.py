"""Where nothing can be read in an extension, all beside it may be meant, and what its distribution requires.

Evidence: extensions whose strings are packed in a way that is not known here.
Not caught: extensions whose strings are there to be read.
"""

from collections.abc import Iterator

from bundler.model.imports import EdgeKind
from bundler.trace.demand import Demand, ModuleDemand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    if not view.store.binary(read.file).is_opaque:
        return
    parent = read.module.name.rpartition(".")[0]
    for name in view.index.children(parent) if parent else ():
        yield ModuleDemand(name, 0, f"{parent}.*", EdgeKind.NATIVE)
    required = view.requires(read.file.owner)
    for top in view.index.children("") if required else ():
        if view.owner_of(top) in required:
            yield ModuleDemand(top, 0, top, EdgeKind.NATIVE)


RULE = Rule("native.opaque", lambda read: read.module.is_extension, _visit)
