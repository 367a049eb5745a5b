"""Follow own packages that are given to whoever looks through them for modules: `scan(shop.views)`, `config.scan()`.

Many functions are called so: `table.scan()` reads a table. A call counts where something that ships defines a function
of its name and either lists packages that only a run can tell, or imports modules by names that only a run can tell.
"""

import re
from functools import cached_property

from bundler.model.imports import EdgeKind
from bundler.model.wheels import SiteFile
from bundler.runtimes import BOTO3_FAMILY
from bundler.system.files import read_site_file
from bundler.trace.facts.dotted import absolute_name
from bundler.trace.facts.evaluate import FOLDER_END, FOLDER_OF, OWN_NAME, OWN_PACKAGE, UNKNOWN
from bundler.trace.facts.scanned import defined_scanners
from bundler.trace.facts.source_facts import ScanFact, SourceFacts
from bundler.trace.follow import Follower
from bundler.trace.index import FoundModule
from bundler.trace.modules import Reason

_UNKNOWN_PATH = f"{UNKNOWN}/{FOLDER_OF}{FOLDER_END}"
_LISTING = re.compile(rb"\b(?:iter_modules|walk_packages)\b")
_User = tuple[FoundModule, SourceFacts]


class Scanners:
    """Who looks through packages, and the calls of own code that may ask for that."""

    def __init__(self, walk: Follower) -> None:
        self._walk = walk
        self._listers: set[str] = set()
        """Distributions that list packages only a run can tell."""
        self._loaders: set[str] = set()
        """Distributions that import modules by names only a run can tell."""
        self._unsearched: dict[str, list[SiteFile]] = {}
        self._defined: dict[str, set[str]] = {}
        """What the code of each distribution defines, as far as somebody asked."""
        self._waiting: list[tuple[_User, ScanFact]] = []

    def note(self, found: FoundModule, file: SiteFile, facts: SourceFacts) -> None:
        """Remember what a module does with packages, and what own code gives away."""
        if not all(fact.pattern.strip(_UNKNOWN_PATH) for fact in facts.walks):
            self._listers.add(file.owner)
        if facts.imports_unknown:
            self._loaders.add(file.owner)
        if file.path.endswith(".py"):
            self._unsearched.setdefault(file.owner, []).append(file)
        self._waiting.extend(((found, facts), fact) for fact in facts.scanned)

    def settle(self) -> None:
        """Follow the packages that are known by now to be looked through."""
        waiting, self._waiting = self._waiting, []
        for user, fact in waiting:
            if self._is_looked_through(user[0], fact):
                self._follow(user, fact)
            else:
                self._waiting.append((user, fact))

    def _is_looked_through(self, found: FoundModule, fact: ScanFact) -> bool:
        """Tell whether what a call may mean looks through packages; own code may hand on what it is given."""
        name = absolute_name(fact.function, found.package) if "." in fact.function else None
        owner = self._walk.owner_of(name.partition(".")[0]) if name is not None else None
        if self._is_out_of_sight:
            return True
        if name is not None and owner not in self._walk.own_owners:
            return owner is not None and self._may_look(owner, fact)
        owners = [*self._unsearched.keys() | self._defined.keys()]
        lookers = [owner for owner in owners if self._may_look(owner, fact)]
        own = self._walk.own_owners if lookers else ()
        return any(self._defines(owner, fact.function.rpartition(".")[2]) for owner in (*own, *lookers))

    def _may_look(self, owner: str, fact: ScanFact) -> bool:
        return self._walk.uses_any(owner, self._listers) or (fact.is_given and owner in self._loaders)

    def _defines(self, owner: str, name: str) -> bool:
        """Tell whether code of a distribution that is reached by now defines something of a name."""
        defined = self._defined.setdefault(owner, set())
        for file in self._unsearched.pop(owner, ()):
            defined.update(defined_scanners(read_site_file(file).decode(errors="replace")))
        return name in defined

    @cached_property
    def _is_out_of_sight(self) -> bool:
        """Tell whether something that is not traced may be called: of a layer from elsewhere or of what is external."""
        function = self._walk.function
        external = self._walk.external.difference(BOTO3_FAMILY)
        if function is None or function.has_foreign_layers or not external <= self._walk.distributions.keys():
            return True
        files = (
            file for file in self._walk.site.files.values() if file.owner in external and file.path.endswith(".py")
        )
        return any(_LISTING.search(read_site_file(file)) for file in files)

    def _follow(self, user: _User, fact: ScanFact) -> None:
        found, facts = user
        package = found.package
        name = absolute_name(fact.pattern.replace(OWN_PACKAGE, package), package) or ""
        if self._is_for_data(name, package, fact.line, facts):
            return
        module = self._walk.index.find(name)
        if module is not None and module.is_package and (module.file is None or module.file.is_own):
            for below in self._walk.index.below(name):
                self._walk.follow(
                    found, below, Reason(EdgeKind.DYNAMIC, fact.line, f"every module of {name}", "plugins.scan")
                )

    def _is_for_data(self, package: str, own_package: str, line: int, facts: SourceFacts) -> bool:
        """Tell whether a call names a folder of data in the package as well: `PackageLoader("shop", "templates")`."""
        index = self._walk.index
        return any(
            (own_package if name == OWN_NAME else name, where) == (package, line)
            and f"{package}.{path}" not in index
            and self._walk.assets.below_package(package, path, index)
            for name, path, where in facts.resources
        )
