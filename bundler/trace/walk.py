"""The state of a walk through a site: what is reached, by which edges, and how to follow one more."""

import posixpath
from collections.abc import Iterable
from functools import cached_property
from importlib.util import resolve_name

from bundler.model.imports import Edge, EdgeKind, TraceWarning, leads_on_in_doubt
from bundler.model.project import Deployment, Function
from bundler.model.wheels import OWN_CODE, Site, SiteFile
from bundler.runtimes import preinstalled_modules, standard_library
from bundler.trace.assets import Assets
from bundler.trace.facts.scan import TEXT_ENDINGS
from bundler.trace.facts.store import FactsStore
from bundler.trace.index import FoundModule, ModuleIndex, is_test_path
from bundler.trace.modules import ModuleFinder, Reason

# Shared objects aside, only files of these endings are looked into for what they link.
_PROGRAM_ENDINGS = frozenset({"", ".bin"})
_LARGEST_TEXT_BYTES = 1_000_000
_STATEMENTS = frozenset({EdgeKind.IMPORT, EdgeKind.TRY, EdgeKind.CONDITIONAL, EdgeKind.FUNCTION, EdgeKind.PACKAGE})
_HARD_KINDS = frozenset({EdgeKind.IMPORT, EdgeKind.CONDITIONAL, EdgeKind.PACKAGE, EdgeKind.HANDLER, EdgeKind.INCLUDE})


class Walk:
    """Follows edges in a site, for one function or for a layer."""

    def __init__(
        self,
        site: Site,
        store: FactsStore,
        external: frozenset[str],
        function: Function | None,
        deployment: Deployment,
    ) -> None:
        self.site = site
        self.function = function
        self.deployment = deployment
        self.external = external
        self.store = store
        target = store.target
        self.index = ModuleIndex(site, target, self.external)
        self.assets = Assets(site)
        self.finder = ModuleFinder(self.index, self._add_import)
        self.provided = (
            standard_library(target.python)
            | preinstalled_modules(target.runtime)
            | self.index.external_modules
            # Of what a layer from elsewhere brings, only the name is known.
            | {name.replace("-", "_") for name in external}
        )
        self.distributions = {distribution.name: distribution for distribution in site.distributions}
        self.libraries = {
            (file.owner, path.rpartition("/")[2]): file for path, file in site.files.items() if ".so" in path
        }
        self.own_owners = frozenset({OWN_CODE, *(file.owner for file in site.files.values() if file.is_local)})
        self.warnings: list[TraceWarning] = []
        self.edges: dict[str, dict[tuple[str, EdgeKind, str], Edge]] = {}
        self.reached: set[str] = set()
        """Files that an edge leads to."""
        self._skipped = function.options.exclude_modules if function is not None else ()
        self.glibc: dict[str, tuple[int, ...]] = {}
        self.asks_metadata: dict[str, list[tuple[str, int]]] = {}
        """Who asks for the metadata of distributions nobody can tell: their names with `*`, and the lines."""
        self.named: dict[str, set[tuple[str, str]]] = {}
        """Modules that something else than a statement names → what does, and with which text."""
        self.sure_owners: frozenset[str] | None = None
        """What ships for sure; `None` until that is known: all that is reached later ships in doubt."""
        self._linked: set[str] = set()
        self._searched: set[str] = set()

    # ---- modules

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

    def load_file(self, file: SiteFile) -> None:
        """Reach the module of a Python file that is opened or named by its path; first-party ones have any name."""
        name = module_name(file.path)
        if name in self.index:
            self.finder.load(name)
        elif file.is_own:
            self.finder.load(self.index.add_script(file))

    def follow(
        self, found: FoundModule, name: str, reason: Reason, names: tuple[str, ...] = (), *, is_used: bool = True
    ) -> bool:
        """Follow `from name import names` of a module; tell whether all of `name` is there.

        With `is_used` false the module is only loaded, and nobody asks it for anything.
        """
        if self._is_skipped(name):
            return True
        if reason.kind not in _HARD_KINDS and self._is_foreign_test(found, name, reason.kind):
            return True
        if self.sure_owners is not None and not self._is_near(found, name, reason.kind, self.sure_owners):
            return True
        if is_used and reason.kind not in _STATEMENTS:
            self.named.setdefault(name, set()).add((found.name, reason.name))
        return self.finder.follow(found.name, name, names, reason)

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

    def follow_stored(self, file: SiteFile) -> None:
        """Follow the modules that a file of stored objects names."""
        for name in sorted(self.store.stored_names(file)):
            self.follow_from_data(file, name, "data.stored")

    def follow_from_data(self, file: SiteFile, name: str, rule: str) -> None:
        """Follow the module that a dotted name in a data file starts with; the packages above it come along."""
        module = self.index.longest_module(name)
        if module is None or self._is_skipped(module) or not self.finder.load(module):
            return
        self.named.setdefault(module, set()).add((file.path, name))
        while module:
            found = self.index.find(module)
            if found is not None and found.file is not None:
                self.add_edge(file.path, found.file.path, Reason(EdgeKind.DYNAMIC, 0, name, rule))
            module = module.rpartition(".")[0]

    def _is_skipped(self, name: str) -> bool:
        return any(name == prefix or name.startswith(f"{prefix}.") for prefix in self._skipped)

    def _is_near(self, found: FoundModule, name: str, kind: EdgeKind, sure_owners: frozenset[str]) -> bool:
        """Tell whether an edge is followed though it may start at a module that ships in doubt alone."""
        source, target = found.file.owner if found.file is not None else "", self.owner_of(name)
        if target is None or kind is EdgeKind.DOUBT:
            return True
        distribution = self.distributions.get(source)
        near = sure_owners.union(distribution.requires if distribution is not None else ())
        return leads_on_in_doubt(kind, source, target, near)

    def _is_foreign_test(self, found: FoundModule, name: str, kind: EdgeKind) -> bool:
        """Tell whether a weak or guessed edge leads from working code into tests.

        What the project's own code imports is meant, in a function too.
        """
        if found.file is not None and found.file.is_own and kind in {EdgeKind.FUNCTION, EdgeKind.TRY}:
            return False
        module = self.index.find(name)
        if module is None or (module.file is not None and module.file.is_own):
            return False
        path = module.file.path if module.file is not None else f"{name.replace('.', '/')}/"
        return is_test_path(path) and not (found.file is not None and is_test_path(found.file.path))

    def owner_of(self, name: str) -> str | None:
        """Return the distribution a module belongs to; a namespace package belongs to that of its first module."""
        found = self.index.find(name)
        if found is None:
            return None
        if found.file is not None:
            return found.file.owner
        first = next(iter(self.index.children(name)), None)
        return self.owner_of(first) if first is not None else None

    def uses_any(self, owner: str, others: set[str]) -> bool:
        """Tell whether a distribution is one of the others, or requires one of them."""
        distribution = self.distributions.get(owner)
        return owner in others or (distribution is not None and not others.isdisjoint(distribution.requires))

    # ---- edges

    def _add_import(self, source: str, name: str, reason: Reason) -> None:
        origin, reached = self.index.find(source), self.index.find(name)
        if origin is None or origin.file is None or reached is None:
            return
        if reached.file is not None:
            self.add_edge(origin.file.path, reached.file.path, reason)
            return
        # A namespace package has no file; a package above it may have one, which loads with it.
        parent = self.index.find(reached.name.rpartition(".")[0])
        if parent is not None and parent.file is not None:
            self.add_edge(origin.file.path, parent.file.path, Reason(EdgeKind.PACKAGE, 0, parent.name, "package"))

    def add_edge(self, source: str, target: str, reason: Reason) -> None:
        """Note that one file needs another; the first reason of each kind and rule stays."""
        self.reached.add(target)
        if source == target:
            return
        kind, line, name, rule = reason
        known = self.edges.setdefault(source, {})
        if (target, kind, rule) not in known:
            edge = Edge(source=source, target=target, kind=kind, line=line, name=name, rule=rule)
            known[target, kind, rule] = edge

    def add_files(self, source: SiteFile, files: Iterable[SiteFile], reason: Reason) -> None:
        """Note that a module opens files; Python and shared objects among them lead further."""
        for file in files:
            if file.owner in self.external:
                continue
            self.add_edge(source.path, file.path, reason)
            if file.path.endswith(".py"):
                self.load_file(file)
            elif file.path not in self._searched and not file.is_own and file.path.endswith(TEXT_ENDINGS):
                self._follow_named_files(file)
            elif ".so" in file.path or posixpath.splitext(file.path)[1] in _PROGRAM_ENDINGS:
                self.follow_links(file)
            elif file.path not in self._searched and not file.is_own:
                self._searched.add(file.path)
                self.follow_stored(file)

    def _follow_named_files(self, file: SiteFile) -> None:
        """Text that a package opens may name files beside it, to be opened in turn: `@import constants_en.txt`."""
        self._searched.add(file.path)
        folder, _, name = file.path.rpartition("/")
        if file.size_bytes <= _LARGEST_TEXT_BYTES and not folder.endswith((".dist-info", ".egg-info")):
            paths = (f"{folder}/{other}" for other in self.store.named_files(file) if other != name)
            named = [self.site.files[path] for path in paths if path in self.site.files]
            self.add_files(file, named, Reason(EdgeKind.DATA, 0, name, "data.text"))

    def follow_links(self, file: SiteFile) -> None:
        """Follow the libraries that a shared object needs, and those they need."""
        pending = [file]
        while pending:
            current = pending.pop()
            if current.path in self._linked:
                continue
            self._linked.add(current.path)
            facts = self.store.binary(current)
            if facts.glibc and current.owner != OWN_CODE:
                self.glibc[current.path] = facts.glibc
            for soname in facts.needed:
                library = self._find_library(current, soname, facts.run_paths)
                if library is not None:
                    self.add_edge(current.path, library.path, Reason(EdgeKind.LINK, 0, soname, "native.link"))
                    pending.append(library)

    def _find_library(self, file: SiteFile, soname: str, run_paths: tuple[str, ...]) -> SiteFile | None:
        folder = file.path.rpartition("/")[0]
        for run_path in (*run_paths, "$ORIGIN"):
            plain = run_path.replace("${ORIGIN}", "$ORIGIN")
            if plain.startswith("$ORIGIN"):
                below = plain.removeprefix("$ORIGIN").lstrip("/")
                path = posixpath.normpath(posixpath.join(folder, below, soname))
                if path in self.site.files:
                    return self.site.files[path]
        # A library may be found because another one of its package loaded it before, wherever it lies.
        return self.libraries.get((file.owner, soname))


def module_name(path: str) -> str:
    """Return the dotted name that a Python file has by its path."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def package_of(found: FoundModule) -> str:
    """Return what `__package__` is in a module."""
    return found.name if found.is_package else found.name.rpartition(".")[0]


def absolute_name(name: str, package: str) -> str | None:
    """Resolve a name with leading dots as the import system does; `None` beyond the top-level package."""
    try:
        return resolve_name(name, package)
    except (ImportError, ValueError):
        return None
