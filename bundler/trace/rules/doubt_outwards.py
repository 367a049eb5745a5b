"""First-party code that a value from outside may name, where first-party code hands one to a sink itself.

`import_module(event["task"])` may mean any module of the handler's own top-level package or, for a handler at the root
of the code, any of the root and its packages but the handlers of other functions. As such a name may as well be a
package's, all modules of the distributions that first-party code itself imports ship too; no other distribution does.

Evidence: qrcode 8 has its image factories in modules that callers name, `qrcode.image.svg`.
Not caught: values that are written down, and heads of names that are: what these mean, other rules find.
"""

from collections.abc import Iterator

from bundler.model.imports import EdgeKind
from bundler.model.project import ShakeMode
from bundler.model.wheels import OWN_CODE, SiteFile
from bundler.own_files import rule_by_name
from bundler.test_paths import is_test_path
from bundler.trace.demand import Demand, ModuleDemand, Rule
from bundler.trace.facts.source_facts import SinkFact
from bundler.trace.index import FoundModule
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


def _visit(view: View, read: ReadModule) -> Iterator[Demand]:
    for sink, line in [*read.facts.sinks, *_given_to_sinks(view, read)][:1]:
        for name in [*_first_party(view, read.file), *_imported(view)]:
            yield ModuleDemand(name, line, sink, EdgeKind.DOUBT, is_used=False)


def _given_to_sinks(view: View, read: ReadModule) -> Iterator[SinkFact]:
    """Yield the calls of a file that hand a value which nobody can tell to a parameter that reaches a sink."""
    for called, place, line in read.facts.handed_values:
        module = _module_of(view, called)
        file = module.file if module is not None else None
        if file is not None and not file.is_own:
            reaching = view.knowledge.sinks.reaching_in(file.owner)
            if reaching is not None and reaching.reaches(called.rpartition(".")[2], (place,)):
                yield SinkFact(called, line)


def _first_party(view: View, file: SiteFile) -> Iterator[str]:
    """Yield the first-party modules that a name in a file may mean of which nothing is known."""
    function = view.function
    if function is None or function.options.shake.default is ShakeMode.TRACED:
        return
    head, dot, _ = function.handler.module.partition(".")
    for name in view.index.owned_matching("*", frozenset({OWN_CODE, file.owner})):
        found = view.index.find(name)
        is_meant = file.is_local or not dot or name.partition(".")[0] == head
        if found is not None and found.file is not None and is_meant and _may_ship(view, found.file, bool(dot)):
            yield name


def _may_ship(view: View, file: SiteFile, has_package: bool) -> bool:  # noqa: FBT001 - one caller
    path = file.path
    is_handler = path in view.handler_paths and not has_package
    is_held_back = path in view.site.held_back or rule_by_name(path) is not None
    return not (is_handler or is_held_back or is_test_path(path))


def _imported(view: View) -> Iterator[str]:
    """Yield the modules of the distributions that first-party code imports."""
    reads = (read for read in view.knowledge.reads if read.file.is_own)
    modules = (_module_of(view, name) for read in reads for name in read.imported_names())
    files = {found.file.owner: found.file for found in modules if found is not None and found.file is not None}
    owners = frozenset(owner for owner, file in files.items() if view.ships_in_doubt(file))
    yield from view.index.owned_matching("*", owners)


def _module_of(view: View, name: str) -> FoundModule | None:
    """Return the module that a dotted name is in: that of a namespace is of no distribution."""
    while name and ((found := view.index.find(name)) is None or found.file is None):
        name = name.rpartition(".")[0]
    return view.index.find(name)


RULE = Rule("doubt.outwards", lambda read: read.file.is_own, _visit)
