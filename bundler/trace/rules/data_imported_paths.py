"""A path that another module gave a name is used here in ways that are out of sight: all that it leads to ships.

Evidence: botocore 1.44 loaders.py:108 (`botocore.BOTOCORE_ROOT`), Bokeh 3.10 resources.py:63 (`ROOT_DIR`).
Not caught: paths of first-party modules, which ship as `package.patterns` says.
"""

from collections.abc import Hashable, Iterator

from bundler.trace.demand import Demand, FilesDemand, Rule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _imports_names(read: ReadModule) -> bool:
    return any(fact.names for fact in read.facts.imports)


def _defining(view: View, read: ReadModule) -> Hashable:
    imported = view.knowledge.imported.get(read.file.path, ())
    return tuple(name for name in view.knowledge.path_names if name in imported)


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for fact in read.facts.imports:
        name = read.imported_module(fact)
        defining = view.knowledge.path_names.get(name or "") if fact.names else None
        if defining is None:
            continue
        for exported, template in defining.facts.path_names:
            if exported in fact.names:
                files = view.assets.named_by(template, defining.file, view.index)
                yield FilesDemand(files, fact.line, f"{name}.{exported}")


RULE = Rule("data.imported-path", _imports_names, _visit, _defining)
