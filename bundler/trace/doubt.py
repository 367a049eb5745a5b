"""Keep what nobody can see through: where a value that nobody can tell becomes code, any module may be meant.

Doubt leads from the file in which that happens to all modules of its own distribution, tests aside. It does not
spread: what ships in doubt alone has none of its own. Evidence: pylint 3.3 loads its checkers by the names of files in
a folder that it hands to a function (utils/utils.py), detect-secrets 1.5 its plugins by walking a package that it was
handed. First-party code is no distribution here: what it is told to load, it names.
"""

from bundler.model.imports import EdgeKind
from bundler.model.project import ShakeMode
from bundler.model.wheels import SiteFile
from bundler.trace.doubt_folders import FolderDoubt
from bundler.trace.doubt_outwards import OutwardDoubt
from bundler.trace.doubt_programs import ProgramDoubt
from bundler.trace.facts.source_facts import SinkFact
from bundler.trace.follow import Follower
from bundler.trace.index import FoundModule
from bundler.trace.modules import Reason
from bundler.trace.read_module import ReadModule

_WHOLE = SinkFact("shake: whole", 0)


class Doubt:
    """The sinks of the files that were reached for sure, and what they lead to."""

    def __init__(self, walk: Follower) -> None:
        self._walk = walk
        self._sinks: list[tuple[FoundModule, SiteFile, SinkFact]] = []
        self._owners: set[str] = set()
        self._modules: dict[str, list[str]] = {}
        self._folders = FolderDoubt(walk)
        self._programs = ProgramDoubt(walk)
        self._outwards = OutwardDoubt(walk)

    def note(self, read: ReadModule) -> None:
        """Remember the first sink of a file, and the first file of a distribution that is to ship whole."""
        found, file, facts = read
        if self._walk.sure_owners is None:
            self._folders.note(read)
            self._programs.note(read)
            self._outwards.note(read)
        for fact in facts.sinks[:1]:
            self.add(found, file, fact)
        if file.owner not in self._owners and self._walk.shake_of(file) is ShakeMode.WHOLE:
            self._owners.add(file.owner)
            self.add(found, file, _WHOLE)

    def add(self, found: FoundModule, file: SiteFile, sink: SinkFact) -> None:
        """Remember a sink of a file."""
        if self._walk.sure_owners is None and self._walk.shake_of(file) is not ShakeMode.TRACED:
            self._sinks.append((found, file, sink))

    def follow(self) -> None:
        """Follow all that the sinks may load; whatever is reached from here on ships in doubt."""
        self._walk.sure_owners = frozenset(self._walk.site.files[path].owner for path in self._walk.reached)
        self._folders.follow()
        self._programs.follow()
        self._outwards.follow()
        for found, file, sink in self._sinks:
            reason = Reason(EdgeKind.DOUBT, sink.line, sink.sink, "doubt.sink")
            for name in self._modules_of(file.owner):
                self._walk.follow(found, name, reason, is_used=False)
            if sink is _WHOLE:
                self._folders.follow_all(file, reason)

    def _modules_of(self, owner: str) -> list[str]:
        if owner not in self._modules:
            self._modules[owner] = list(self._walk.index.owned_matching("*", frozenset({owner})))
        return self._modules[owner]
