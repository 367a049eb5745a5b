"""What a rule may look at: the site, its index and assets, facts, and what is known by now. Nothing here changes it."""

import re
from collections.abc import Iterable
from functools import cached_property

from bundler.model.imports import Edge
from bundler.model.project import Deployment, Function, ShakeMode
from bundler.model.wheels import OWN_CODE, Site, SiteFile
from bundler.runtimes import BOTO3_FAMILY, preinstalled_modules, standard_library
from bundler.system.files import read_site_file
from bundler.trace.assets import Assets
from bundler.trace.facts.dotted import module_name
from bundler.trace.facts.store import FactsStore
from bundler.trace.index import FoundModule, ModuleIndex
from bundler.trace.knowledge import Knowledge

_PROJECT_FILES = ("/pyproject.toml", "/setup.py")
_TEST_MODULE = re.compile(r"(?:^|/)(?:test_[^/]*|conftest)\.py\Z")
_LISTING = re.compile(rb"\b(?:iter_modules|walk_packages)\b")


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
        self.sure_files: frozenset[str] = frozenset()
        """What an edge leads to for sure; empty until that is known, and what follows is in doubt."""
        self._sure_edges: dict[str, tuple[Edge, ...]] = {}
        self._modules: dict[str, tuple[str, ...]] = {}

    def may_be_there(self, name: str) -> bool:
        """Tell whether anything may bring a module: the site, the runtime, a layer of which nothing is known."""
        head = name.partition(".")[0]
        if self.function is None or self.function.has_foreign_layers:
            return True
        return head in self.index.top_level or head in self.provided

    def is_first_party(self, name: str) -> bool:
        """Tell whether a name is that of a module of the project's own, with a file."""
        found = self.index.find(name)
        return found is not None and found.file is not None and found.file.is_own

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

    @cached_property
    def groups(self) -> frozenset[str]:
        """All groups of entry points of the site."""
        return frozenset(group for known in self.site.distributions for group, _, _ in known.entry_points)

    def scripts_in_folder(self, path: str) -> list[SiteFile]:
        """Return the own Python files below a folder that is no package, named as a path: migrations, for one."""
        parts = path.strip("./").split("/")
        # A prefix may stand for the project's own folder: `%(here)s/migrations`.
        names = ("/".join(parts[start:]) for start in range(len(parts)))
        return next((files for name in names if (files := self._script_folders.get(name))), [])

    @cached_property
    def _script_folders(self) -> dict[str, list[SiteFile]]:
        """Own folders that are no packages and hold no handler, with the Python files below them."""
        files = self.site.files
        # A folder with a project of its own is a member of the workspace, and comes as a package where it is wanted.
        projects = tuple(f"{path.rpartition('/')[0]}/" for path in files if path.endswith(_PROJECT_FILES))
        folders: dict[str, list[SiteFile]] = {}
        for path, file in files.items():
            if file.is_own and path.endswith(".py") and not path.startswith(projects):
                parts = path.split("/")[:-1]
                for depth in range(1, len(parts) + 1):
                    folders.setdefault("/".join(parts[:depth]), []).append(file)
        return {
            folder: found
            for folder, found in folders.items()
            if f"{folder}/__init__.py" not in files
            and not any(path.startswith(f"{folder}/") for path in self.handler_paths)
        }

    @cached_property
    def has_unseen_listers(self) -> bool:
        """Tell whether something that is not traced may list packages: of a layer from elsewhere, or external."""
        external = self.external.difference(BOTO3_FAMILY)
        is_unknown = self.function is None or self.function.has_foreign_layers
        if is_unknown or not external <= self.distributions.keys():
            return True
        owned = (file for file in self.site.files.values() if file.owner in external and file.path.endswith(".py"))
        return any(_LISTING.search(read_site_file(file)) for file in owned)

    def requires(self, owner: str) -> tuple[str, ...]:
        """Return the distributions that one requires."""
        distribution = self.distributions.get(owner)
        return distribution.requires if distribution is not None else ()

    def uses_any(self, owner: str, others: set[str]) -> bool:
        """Tell whether a distribution is one of the others, or requires one of them."""
        return owner in others or not others.isdisjoint(self.requires(owner))

    @cached_property
    def libraries(self) -> dict[tuple[str, str], SiteFile]:
        """The shared objects by their distributions and names."""
        files = self.site.files.items()
        return {(file.owner, path.rpartition("/")[2]): file for path, file in files if ".so" in path}

    # ---- doubt

    def shake_of(self, file: SiteFile) -> ShakeMode:
        """Return how far to go for a file's distribution; nothing first-party is in doubt, nor any of a layer."""
        if self.function is None or file.is_own:
            return ShakeMode.TRACED
        return self.function.options.shake.mode_of(file.owner)

    def ships_in_doubt(self, file: SiteFile) -> bool:
        """Tell whether doubt counts for a file's distribution."""
        return self.shake_of(file) is not ShakeMode.TRACED

    def sure_edges(self, source: SiteFile) -> tuple[Edge, ...]:
        """Return the edges that start at a file for sure, once they are known."""
        return self._sure_edges.get(source.path, ())

    def unsure(self, source: SiteFile, files: Iterable[SiteFile]) -> list[SiteFile]:
        """Return which of some files a file does not lead to for sure."""
        led_to = {edge.target for edge in self.sure_edges(source)}
        return [file for file in files if file.path not in led_to]

    def modules_of(self, owner: str) -> tuple[str, ...]:
        """Return all modules of a distribution, tests aside."""
        if owner not in self._modules:
            self._modules[owner] = tuple(self.index.owned_matching("*", frozenset({owner})))
        return self._modules[owner]

    @cached_property
    def owned(self) -> dict[str, list[SiteFile]]:
        """The files of each distribution."""
        owned: dict[str, list[SiteFile]] = {}
        for file in self.site.files.values():
            owned.setdefault(file.owner, []).append(file)
        return owned

    @cached_property
    def programs(self) -> tuple[SiteFile, ...]:
        """The programs that wheels bring, but for those of layers."""
        return tuple(file for file in self.site.files.values() if file.is_program and not file.layer)

    @cached_property
    def test_folders(self) -> tuple[str, ...]:
        """Folders that hold modules of tests: their data is those tests' own, unlike SQL in a folder called `tests`."""
        modules = (path for path in self.site.files if _TEST_MODULE.search(path))
        return tuple({f"{path.rpartition('/')[0]}/" for path in modules if "/" in path})
