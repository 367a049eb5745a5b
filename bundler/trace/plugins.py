"""Follow plugins that are found by listing all that can be imported: `pkgutil.iter_modules()` and a test of names."""

from bundler.model.imports import EdgeKind
from bundler.model.wheels import SiteFile
from bundler.trace.dynamic import NamedModules
from bundler.trace.facts.evaluate import TOP_LEVEL
from bundler.trace.facts.source_facts import SourceFacts
from bundler.trace.follow import Follower
from bundler.trace.index import FoundModule
from bundler.trace.modules import Reason


class ListedPlugins:
    """Top-level modules whose names start as a string says, in code that lists them or that uses who does."""

    def __init__(self, walk: Follower, named: NamedModules) -> None:
        self._walk = walk
        self._named = named
        self._listers: set[str] = set()
        self._plugins: set[str] = set()
        self._waiting: list[tuple[FoundModule, SiteFile, SourceFacts]] = []

    def follow(self, found: FoundModule, file: SiteFile, facts: SourceFacts) -> None:
        """Note a module that lists everything, or that may say what such a module looks for."""
        if any(fact.pattern == TOP_LEVEL for fact in facts.walks):
            self._listers.add(file.owner)
        if found.name in self._plugins:
            self._named.follow_strings(found, facts, "plugins.strings")
        if facts.prefixes or facts.strings:
            self._waiting.append((found, file, facts))

    def settle(self) -> None:
        """Follow the plugins that are known of so far, once who lists is known."""
        if not self._listers:
            return
        waiting, self._waiting = self._waiting, []
        for found, file, facts in waiting:
            uses_lister = self._walk.uses_any(file.owner, self._listers)
            if uses_lister and file.owner not in self._listers:
                self._named.follow_strings(found, facts, "plugins.strings")
            if uses_lister or file.is_own:
                for prefix in facts.prefixes:
                    self._follow_prefix(found, prefix)
            else:
                self._waiting.append((found, file, facts))

    def _follow_prefix(self, found: FoundModule, prefix: str) -> None:
        """Follow the modules whose names start so; own ones are plugins of a package by its own name alone."""
        is_own_name = prefix.startswith(found.name.partition(".")[0])
        for name in self._walk.index.matching(f"{prefix}*"):
            if is_own_name or self._walk.may_mean(found, name):
                self._plugins.add(name)
                self._walk.follow(found, name, Reason(EdgeKind.DYNAMIC, 0, f"{prefix}*", "plugins.prefix"))
