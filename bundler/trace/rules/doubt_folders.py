"""The data of a folder that a distribution takes and whose further way is out of sight.

It is taken by a path from `__file__` and its like whose end nobody can tell; of a module that nobody can tell, which
may be one of the distribution itself or one that it finds by an entry point; or of whoever calls, by their frames.

Evidence: jedi 0.19 and mypy 1.13 read stubs, dbt-core 1.8 reads SQL below `include/…/tests/`, mkdocs 1.6 takes
`dirname(theme.load().__file__)`, wordfreq 3.1 asks `locate.this_dir()`.
Not caught: paths that are known to their end, or that are only told.
"""

from collections.abc import Iterator

from bundler.model.imports import EdgeKind
from bundler.model.wheels import SiteFile
from bundler.trace.demand import Demand, FilesDemand, Rule
from bundler.trace.facts.dotted import module_name
from bundler.trace.facts.templates import OWN_FOLDER
from bundler.trace.openable import openable_below, openable_beside, openable_of
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    if view.ships_in_doubt(read.file):
        for files, line, what in _taken(view, read):
            yield FilesDemand(view.unsure(read.file, files), line, what, EdgeKind.DOUBT)


def _taken(view: View, read: ReadModule) -> Iterator[tuple[list[SiteFile], int, str]]:
    """Yield the data of folders that a file takes, with the line and what is told of it."""
    _, file, facts = read
    for fact in facts.data:
        yield openable_below(view, fact.pattern, file), fact.line, "a folder whose way is out of sight"
    if facts.takes_folder or facts.opens_resources:
        yield openable_of(view, file.owner), facts.takes_folder, "the folder of a module nobody can tell"
        for files in _beside_entry_points(view, file):
            yield files, facts.takes_folder, "the folder of an entry point"
    if _asks_callers(view, read):
        yield openable_below(view, OWN_FOLDER, file), 0, "the folder of who calls"


def _beside_entry_points(view: View, file: SiteFile) -> Iterator[list[SiteFile]]:
    """Yield the data beside the modules that a file finds so, which may be any whose folder it takes."""
    for edge in view.sure_edges(file):
        module = view.index.find(module_name(edge.target)) if edge.kind is EdgeKind.ENTRY_POINT else None
        if module is not None and module.file is not None and view.ships_in_doubt(module.file):
            yield openable_beside(view, module, module.file)


def _asks_callers(view: View, read: ReadModule) -> bool:
    """Tell whether a file imports a function that takes the folder of whoever calls it."""
    return any(_is_asker(view, name) for name in read.imported_names())


def _is_asker(view: View, name: str) -> bool:
    takers = view.knowledge.folder_takers
    module, _, function = name.rpartition(".")
    is_function = function in takers.askers and view.owner_of(module) in takers.askers[function]
    return name in takers.asking_modules or is_function


RULE = Rule("doubt.folder", lambda _: True, _visit)
