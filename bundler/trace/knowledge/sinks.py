"""Which files have sinks, and by which functions of a distribution a value reaches one."""

import re
from collections.abc import Iterable

from bundler.model.wheels import SiteFile
from bundler.system.files import read_site_file
from bundler.trace.facts.source_facts import SinkFact
from bundler.trace.facts.store import FactsStore
from bundler.trace.knowledge.reaching import Reaching
from bundler.trace.read_module import ReadModule

_MOST_STEPS = 8
_WORD = re.compile(rb"\w+")
_LISTING = ("iter_modules", "walk_packages", "find_packages", "find_namespace_packages", "FileFinder", "find_spec")


class Sinks:
    """Where values that nobody can tell become code."""

    def __init__(self, store: FactsStore) -> None:
        self._store = store
        self._found: dict[str, list[SinkFact]] = {}
        self._of_owner: dict[str, list[ReadModule]] = {}
        self._reaching: dict[str, Reaching | None] = {}
        self._words: dict[str, frozenset[bytes]] = {}

    def learn(self, read: ReadModule) -> None:
        """Add a module."""
        self._found.setdefault(read.file.path, []).extend(read.facts.sinks[:1])
        if not read.file.is_own:
            self._of_owner.setdefault(read.file.owner, []).append(read)

    def add(self, path: str, sink: SinkFact) -> None:
        """Add a sink that a rule found in a file."""
        self._found.setdefault(path, []).append(sink)

    def of(self, path: str) -> Iterable[SinkFact]:
        """Return the first sink of a file, and those that rules found in it."""
        return self._found.get(path, ())

    def reaching_in(self, owner: str) -> Reaching | None:
        """Return by which parameters of a distribution a sink is reached; asked once all of it is known."""
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
            self._add_sinks(reaching, unread.pop(read.file.path))
        searched: frozenset[str] = frozenset()
        for _ in range(_MOST_STEPS):
            new, searched = reaching.names - searched, reaching.names
            for path in [path for path, read in unread.items() if self._names_any(read.file, new)]:
                reaching.add(self._store.flows(unread.pop(path).file))
            if not reaching.step():
                break
        return reaching

    def _add_sinks(self, reaching: Reaching, read: ReadModule) -> None:
        flows = self._store.flows(read.file)
        reaching.add(flows)
        for sink in filter(_takes_names, read.facts.sinks):
            for flow in (flow for flow in flows if flow.first <= sink.line <= flow.last):
                reaching.add_sink(flow, sink.sink, sink.line)

    def _names_any(self, file: SiteFile, names: Iterable[str]) -> bool:
        if file.path not in self._words:
            self._words[file.path] = frozenset(_WORD.findall(read_site_file(file)))
        return not self._words[file.path].isdisjoint(name.encode() for name in names)


def _takes_names(sink: SinkFact) -> bool:
    """Tell whether a sink loads what a value names; one that only lists modules does not."""
    return not sink.sink.endswith(_LISTING)
