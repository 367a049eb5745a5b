"""A module that was reached and read: what rules are asked about."""

from collections.abc import Iterator
from typing import NamedTuple

from bundler.model.wheels import SiteFile
from bundler.trace.facts.dotted import absolute_name
from bundler.trace.facts.source_facts import ImportFact, SourceFacts
from bundler.trace.index import FoundModule


class ReadModule(NamedTuple):
    """A module, the file it was found in, and what that says or the source beside it."""

    module: FoundModule
    file: SiteFile
    facts: SourceFacts

    @property
    def package(self) -> str:
        """What `__package__` is in the module."""
        return self.module.package

    def absolute(self, name: str) -> str | None:
        """Return a dotted name in full; `None` where its dots lead beyond the top-level package."""
        return absolute_name(name, self.package) if name.startswith(".") else name

    def imported_module(self, fact: ImportFact) -> str | None:
        """Return the module that an import statement names, in full."""
        return self.absolute("." * fact.level + fact.name)

    def imported_names(self) -> Iterator[str]:
        """Yield what the import statements name, by dotted names: modules, and things in them."""
        for fact in self.facts.imports:
            base = self.imported_module(fact)
            if base is not None:
                yield from (f"{base}.{name}" for name in fact.names) if fact.names else (base,)
