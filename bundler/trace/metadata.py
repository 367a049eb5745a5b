"""Follow what code asks of installed distributions: their metadata, and entry points by group."""

import re
from collections.abc import Iterator

from bundler.model.imports import EdgeKind
from bundler.model.wheels import Distribution, SiteFile
from bundler.standards import normalise_name
from bundler.trace.facts.evaluate import OWN_NAME, OWN_PACKAGE, UNKNOWN
from bundler.trace.facts.source_facts import PatternFact, SourceFacts
from bundler.trace.follow import Follower
from bundler.trace.index import FoundModule
from bundler.trace.modules import Reason
from bundler.trace.read_module import ReadModule

_SCRIPT_GROUPS = frozenset({"console_scripts", "gui_scripts"})


def follow_distributions(
    walk: Follower, read: ReadModule, asks_metadata: dict[str, tuple[tuple[str, int], ...]]
) -> None:
    """Follow `version("name")` and its like to metadata, and `files("name")` to all that it lists.

    Modules of another package are there as source, as they are listed; what they import, whoever imports them needs.
    """
    found, file, facts = read
    asked = [fact for fact in (*facts.metadata, *facts.asks_any) if UNKNOWN in fact.pattern]
    if asked:
        asks_metadata[file.path] = tuple((fact.pattern, fact.line) for fact in asked)
    for fact in facts.metadata:
        for distribution in _distributions_named(walk, found, fact):
            _add_metadata(walk, file, distribution, fact.line, "metadata.asked")
    for fact in facts.recorded:
        for distribution in _distributions_named(walk, found, fact):
            record = walk.site.files.get(f"{distribution.dist_info}/RECORD")
            listed = (*walk.assets.all_of(distribution.name), *filter(None, [record]))
            reason = Reason(EdgeKind.DATA, fact.line, f"files of {distribution.name}", "data.recorded")
            walk.add_files(file, listed, reason)
            # A package that lists its own files is after data or libraries among them.
            for module in walk.assets.modules_of(distribution.name) if file.owner != distribution.name else ():
                walk.add_edge(file.path, module.path, reason)


def _distributions_named(walk: Follower, found: FoundModule, fact: PatternFact) -> Iterator[Distribution]:
    """Yield the distribution of that name, and that of the module of that name."""
    named = fact.pattern.replace(OWN_NAME, found.name).replace(OWN_PACKAGE, found.package)
    owner = walk.owner_of(named.partition(".")[0])
    for name in dict.fromkeys((normalise_name(named), owner)):
        distribution = walk.distributions.get(name or "")
        if distribution is not None:
            yield distribution


def follow_group(walk: Follower, found: FoundModule, file: SiteFile, fact: PatternFact, rule: str) -> None:
    """Follow every entry point of a group, with the metadata that lists it."""
    for distribution in walk.site.distributions:
        if distribution.name in walk.external:
            continue
        for group, name, value in distribution.entry_points:
            if _is_meant(group, fact.pattern, file):
                module = re.split(r"[:\[]", value, maxsplit=1)[0].strip()
                if module in walk.index:
                    # What nobody can load is better not listed either.
                    walk.follow(found, module, Reason(EdgeKind.ENTRY_POINT, fact.line, f"{group}: {name}", rule))
                    _add_metadata(walk, file, distribution, fact.line, rule)


class ToldGroups:
    """Groups of entry points that code is told to look for by a string of its users': pluggy, stevedore."""

    def __init__(self, walk: Follower) -> None:
        self._walk = walk
        self._groups = {group for known in walk.site.distributions for group, _, _ in known.entry_points}
        self._readers: set[str] = set()
        self._waiting: list[tuple[FoundModule, SiteFile, PatternFact]] = []

    def follow(self, found: FoundModule, file: SiteFile, facts: SourceFacts) -> None:
        """Note a module that reads a group it is told of, and strings that may tell it."""
        if any(not fact.pattern.strip("*") for fact in facts.groups):
            self._readers.add(file.owner)
        named = (fact for fact in facts.strings if fact.pattern in self._groups - _SCRIPT_GROUPS)
        self._waiting.extend((found, file, fact) for fact in named)

    def settle(self) -> None:
        """Follow the groups that users of the readers known by now name."""
        waiting, self._waiting = self._waiting, []
        for found, file, fact in waiting:
            if self._readers and (file.is_own or self._walk.uses_any(file.owner, self._readers)):
                follow_group(self._walk, found, file, fact, "plugins.told-group")
            else:
                self._waiting.append((found, file, fact))


def _is_meant(group: str, pattern: str, reader: SiteFile) -> bool:
    """Tell whether a group is meant; one that only a run can tell may be any that bears the reader's name."""
    if pattern.strip("*"):
        return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), group) is not None
    if group in _SCRIPT_GROUPS:
        return False
    plain = re.sub(r"[-_.]", "", group).lower()
    names = (reader.owner, reader.path.partition("/")[0])
    return reader.is_own or any(re.sub(r"[-_.]", "", name).lower() in plain for name in names)


def _add_metadata(walk: Follower, source: SiteFile, distribution: Distribution, line: int, rule: str) -> None:
    for base in ("METADATA", "entry_points.txt"):
        path = f"{distribution.dist_info}/{base}"
        if path in walk.site.files:
            walk.add_edge(source.path, path, Reason(EdgeKind.METADATA, line, distribution.name, rule))
