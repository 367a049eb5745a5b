"""Keep first-party code that a value from outside may name, where first-party code hands one to a sink itself.

`import_module(event["task"])` may mean any module of the handler's own top-level package or, for a handler at the root
of the code, any of the root and its packages but the handlers of other functions. As such a name may as well be a
package's, all modules of the distributions that first-party code itself imports ship too; no other distribution does.
Evidence: qrcode 8 has its image factories in modules that callers name, `qrcode.image.svg`.
"""

from collections.abc import Iterator

from bundler.model.imports import EdgeKind
from bundler.model.project import ShakeMode
from bundler.model.wheels import OWN_CODE, SiteFile
from bundler.own_files import rule_by_name
from bundler.test_paths import is_test_path
from bundler.trace.facts.source_facts import SinkFact
from bundler.trace.follow import Follower
from bundler.trace.index import FoundModule
from bundler.trace.modules import Reason
from bundler.trace.read_module import ReadModule


class OutwardDoubt:
    """What first-party code that was reached for sure hands to sinks."""

    def __init__(self, walk: Follower) -> None:
        self._walk = walk
        self._reads: list[ReadModule] = []

    def note(self, read: ReadModule) -> None:
        """Remember a first-party file."""
        if read.file.is_own:
            self._reads.append(read)

    def follow(self) -> None:
        """Follow what the values may name."""
        for read in self._reads:
            for sink in read.facts.sinks[:1]:
                self._follow_any(read, sink)

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
