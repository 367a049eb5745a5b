"""What a rule may look at: the site, its index and assets, facts, and what is known by now. Nothing here changes it."""

from functools import cached_property

from bundler.model.project import Deployment, Function
from bundler.model.wheels import OWN_CODE, Site, SiteFile
from bundler.runtimes import preinstalled_modules, standard_library
from bundler.trace.assets import Assets
from bundler.trace.facts.dotted import module_name
from bundler.trace.facts.store import FactsStore
from bundler.trace.index import FoundModule, ModuleIndex
from bundler.trace.knowledge import Knowledge


class View:
    """One function's or layer's site, as far as it was traced by now."""

    def __init__(
        self,
        site: Site,
        store: FactsStore,
        external: frozenset[str],
        function: Function | None,
        deployment: Deployment,
    ) -> None:
        self.site = site
        self.store = store
        self.external = external
        self.function = function
        self.deployment = deployment
        self.index = ModuleIndex(site, store.target, external)
        self.assets = Assets(site)
        self.provided = (
            standard_library(store.target.python)
            | preinstalled_modules(store.target.runtime)
            | self.index.external_modules
            # Of what a layer from elsewhere brings, only the name is known.
            | {name.replace("-", "_") for name in external}
        )
        self.distributions = {distribution.name: distribution for distribution in site.distributions}
        self.own_owners = frozenset({OWN_CODE, *(file.owner for file in site.files.values() if file.is_local)})
        self.knowledge = Knowledge(store)

    def may_be_there(self, name: str) -> bool:
        """Tell whether anything may bring a module: the site, the runtime, a layer of which nothing is known."""
        head = name.partition(".")[0]
        if self.function is None or self.function.has_foreign_layers:
            return True
        return head in self.index.top_level or head in self.provided

    def is_handler(self, module: str) -> bool:
        """Tell whether a module is the one that the runtime calls."""
        return self.function is not None and self.function.handler.module == module

    @cached_property
    def handler_paths(self) -> frozenset[str]:
        """The files of all handlers of the settings that lie in the function's own code."""
        if self.function is None:
            return frozenset()
        root = self.function.code_root
        known = (path for path in self.deployment.handler_files if root in path.parents)
        return frozenset(path.relative_to(root).as_posix() for path in known) | {self.function.handler_path}

    def find_start(self, function: Function) -> FoundModule | None:
        """Return the module of a function's handler, or of the file that stands for one which a layer brings."""
        return self.index.find(function.handler.module) or self.index.find(module_name(function.handler_path))

    def is_astray(self, found: FoundModule, file: SiteFile) -> bool:
        """Tell whether a relative import of a module that leads out of its packages surely does.

        A module in a folder that is put on the path may be imported by its longer name as well, but not the handler.
        """
        return file.is_own and (found.name == module_name(file.path) or self.is_handler(found.name))

    def may_mean(self, found: FoundModule, name: str) -> bool:
        """Tell whether a string in a module may name another one.

        In a package it says nothing of the project's own modules, which have short names: `gen.py`, `utils.py`. What
        a package is to load of them, own code says by strings of its own.
        """
        is_own = found.file is not None and found.file.is_own
        return is_own or self.owner_of(name) not in self.own_owners

    def owner_of(self, name: str) -> str | None:
        """Return the distribution a module belongs to; a namespace package belongs to that of its first module."""
        found = self.index.find(name)
        if found is None:
            return None
        if found.file is not None:
            return found.file.owner
        first = next(iter(self.index.children(name)), None)
        return self.owner_of(first) if first is not None else None

    def requires(self, owner: str) -> tuple[str, ...]:
        """Return the distributions that one requires."""
        distribution = self.distributions.get(owner)
        return distribution.requires if distribution is not None else ()

    def uses_any(self, owner: str, others: set[str]) -> bool:
        """Tell whether a distribution is one of the others, or requires one of them."""
        return owner in others or not others.isdisjoint(self.requires(owner))
