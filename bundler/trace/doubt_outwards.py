"""Keep first-party code that a value from outside may name, where first-party code hands one to a sink itself.

`import_module(event["task"])` may mean any module of the handler's own top-level package or, for a handler at the root
of the code, any of the root and its packages but the handlers of other functions. As such a name may as well be a
package's, all modules of the distributions that first-party code itself imports ship too; no other distribution does.
Evidence: qrcode 8 has its image factories in modules that callers name, `qrcode.image.svg`.
"""

import re
from collections.abc import Iterable, Iterator

from bundler.model.imports import EdgeKind
from bundler.model.project import ShakeMode
from bundler.model.wheels import OWN_CODE, SiteFile
from bundler.own_files import rule_by_name
from bundler.system.files import read_site_file
from bundler.test_paths import is_test_path
from bundler.trace.facts.source_facts import SinkFact
from bundler.trace.follow import Follower
from bundler.trace.index import FoundModule
from bundler.trace.modules import Reason
from bundler.trace.reaching import Reaching
from bundler.trace.read_module import ReadModule

_MOST_STEPS = 8
_WORD = re.compile(rb"\w+")
_LISTING = ("iter_modules", "walk_packages", "find_packages", "find_namespace_packages", "FileFinder", "find_spec")


class OutwardDoubt:
    """What first-party code that was reached for sure hands to sinks."""

    def __init__(self, walk: Follower) -> None:
        self._walk = walk
        self._reads: list[ReadModule] = []
        self._of_owner: dict[str, list[ReadModule]] = {}
        self._reaching: dict[str, Reaching | None] = {}
        """Of each distribution, where it has a sink."""
        self._words: dict[str, frozenset[bytes]] = {}

    def note(self, read: ReadModule) -> None:
        """Remember a first-party file, and those of others that have sinks."""
        if read.file.is_own:
            self._reads.append(read)
        else:
            self._of_owner.setdefault(read.file.owner, []).append(read)

    def follow(self) -> None:
        """Follow what the values may name."""
        for read in self._reads:
            for sink in [*read.facts.sinks, *self._given_to_sinks(read)][:1]:
                self._follow_any(read, sink)

    def _given_to_sinks(self, read: ReadModule) -> Iterator[SinkFact]:
        """Yield the calls of a file that hand a value which nobody can tell to a parameter that reaches a sink."""
        for called, place, line in read.facts.handed_values:
            module = self._module_of(called)
            file = module.file if module is not None else None
            if file is not None and not file.is_own:
                reaching = self._reaching_in(file.owner)
                if reaching is not None and reaching.reaches(called.rpartition(".")[2], (place,)):
                    yield SinkFact(called, line)

    def _reaching_in(self, owner: str) -> Reaching | None:
        if owner not in self._reaching:
            self._reaching[owner] = self._find_reaching(self._of_owner.get(owner, ()))
        return self._reaching[owner]

    def _find_reaching(self, reads: Iterable[ReadModule]) -> Reaching | None:
        """Return which functions hand on to a sink what they are given, by whatever others of their distribution.

        Only files that name one of them are looked into. Many functions share a name, so that what is many steps away
        reaches nothing as a rule.
        """
        unread = {read.file.path: read for read in reads if read.file.path.endswith(".py")}
        sinking = [read for read in unread.values() if any(map(_takes_names, read.facts.sinks))]
        if not sinking:
            return None
        reaching = Reaching()
        for read in sinking:
            flows = self._walk.store.flows(unread.pop(read.file.path).file)
            reaching.add(flows)
            for sink in filter(_takes_names, read.facts.sinks):
                for flow in (flow for flow in flows if flow.first <= sink.line <= flow.last):
                    reaching.add_sink(flow, sink.sink, sink.line)
        searched: frozenset[str] = frozenset()
        for _ in range(_MOST_STEPS):
            new, searched = reaching.names - searched, reaching.names
            for path in [path for path, read in unread.items() if self._names_any(read.file, new)]:
                reaching.add(self._walk.store.flows(unread.pop(path).file))
            if not reaching.step():
                break
        return reaching

    def _names_any(self, file: SiteFile, names: Iterable[str]) -> bool:
        if file.path not in self._words:
            self._words[file.path] = frozenset(_WORD.findall(read_site_file(file)))
        return not self._words[file.path].isdisjoint(name.encode() for name in names)

    def _follow_any(self, read: ReadModule, sink: SinkFact) -> None:
        reason = Reason(EdgeKind.DOUBT, sink.line, sink.sink, "doubt.outwards")
        for name in [*self._first_party(read.file), *self._imported()]:
            self._walk.follow(read.module, name, reason, is_used=False)

    def _first_party(self, file: SiteFile) -> Iterator[str]:
        """Yield the first-party modules that a name in a file may mean of which nothing is known."""
        function = self._walk.function
        if function is None or function.options.shake.default is ShakeMode.TRACED:
            return
        head, dot, _ = function.handler.module.partition(".")
        owners = frozenset({OWN_CODE, file.owner})
        for name in self._walk.index.owned_matching("*", owners):
            found = self._walk.index.find(name)
            is_meant = file.is_local or not dot or name.partition(".")[0] == head
            if found is not None and found.file is not None and is_meant and self._may_ship(found.file, bool(dot)):
                yield name

    def _may_ship(self, file: SiteFile, has_package: bool) -> bool:  # noqa: FBT001 - one caller
        path = file.path
        is_handler = path in self._walk.handler_paths and not has_package
        is_held_back = path in self._walk.site.held_back or rule_by_name(path) is not None
        return not (is_handler or is_held_back or is_test_path(path))

    def _imported(self) -> Iterator[str]:
        """Yield the modules of the distributions that first-party code imports."""
        modules = (self._module_of(name) for read in self._reads for name in read.imported_names())
        files = {found.file.owner: found.file for found in modules if found is not None and found.file is not None}
        heard = frozenset(owner for owner in files if self._walk.shake_of(files[owner]) is not ShakeMode.TRACED)
        yield from self._walk.index.owned_matching("*", heard)

    def _module_of(self, name: str) -> FoundModule | None:
        """Return the module that a dotted name is in: that of a namespace is of no distribution."""
        while name and ((found := self._walk.index.find(name)) is None or found.file is None):
            name = name.rpartition(".")[0]
        return self._walk.index.find(name)


def _takes_names(sink: SinkFact) -> bool:
    """Tell whether a sink loads what a value names; one that only lists modules does not."""
    return not sink.sink.endswith(_LISTING)
