"""Follow what is demanded: edges from file to file, modules through modulegraph, libraries as the linker would."""

from collections.abc import Iterable

from bundler.model.imports import Edge, EdgeKind, TraceWarning, leads_on_in_doubt
from bundler.model.project import Deployment, Function
from bundler.model.wheels import Distribution, Site, SiteFile
from bundler.test_paths import is_test_path
from bundler.trace.facts.dotted import module_name
from bundler.trace.facts.store import FactsStore
from bundler.trace.index import FoundModule
from bundler.trace.knowledge import Mention
from bundler.trace.modules import ModuleFinder, Reason
from bundler.trace.view import View

_THIN_METADATA = ("METADATA", "entry_points.txt")
_STATEMENTS = frozenset({EdgeKind.IMPORT, EdgeKind.TRY, EdgeKind.CONDITIONAL, EdgeKind.FUNCTION, EdgeKind.PACKAGE})
_HARD_KINDS = frozenset({EdgeKind.IMPORT, EdgeKind.CONDITIONAL, EdgeKind.PACKAGE, EdgeKind.HANDLER, EdgeKind.INCLUDE})


class Follower(View):
    """A view that the engine alone has in this form: it can add to what is reached."""

    def __init__(
        self,
        site: Site,
        store: FactsStore,
        external: frozenset[str],
        function: Function | None,
        deployment: Deployment,
    ) -> None:
        super().__init__(site, store, external, function, deployment)
        self.finder = ModuleFinder(self.index, self._add_import)
        self.warnings: list[TraceWarning] = []
        self.edges: dict[str, dict[tuple[str, EdgeKind, str], Edge]] = {}
        self.reached: set[str] = set()
        """Files that an edge leads to."""
        self.sure_owners: frozenset[str] | None = None
        """What ships for sure; `None` until that is known: all that is reached later ships in doubt."""
        self.opened: dict[str, SiteFile] = {}
        """By their paths."""
        self.unopened: list[SiteFile] = []
        """What was opened and not looked into by now."""
        self._skipped = function.options.exclude_modules if function is not None else ()

    def begin_doubt(self) -> None:
        """Take all that is reached by now for sure: what is reached from here on ships in doubt."""
        self.sure_owners = frozenset(self.site.files[path].owner for path in self.reached)
        self.sure_files = frozenset(self.reached)
        self._sure_edges = {source: tuple(found.values()) for source, found in self.edges.items()}

    # ---- modules

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
            self.knowledge.mention(name, Mention(found.name, reason.name, reason.rule))
        kept = tuple(part for part in names if not self._is_skipped(f"{name}.{part}"))
        return self.finder.follow(found.name, name, kept, reason)

    def follow_from_data(self, file: SiteFile, name: str, rule: str) -> None:
        """Follow the module that a dotted name in a data file starts with; the packages above it come along."""
        module = self.index.longest_module(name)
        if module is None or self._is_skipped(module) or not self.finder.load(module):
            return
        self.knowledge.mention(module, Mention(file.path, name, rule))
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
        return leads_on_in_doubt(kind, source, target, sure_owners.union(self.requires(source)))

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
        """Note that one file needs another; of each kind and rule the reason that stands first stays."""
        self.reached.add(target)
        if source == target:
            return
        kind, line, name, rule = reason
        known = self.edges.setdefault(source, {})
        edge = Edge(source=source, target=target, kind=kind, line=line, name=name, rule=rule)
        present = known.get((target, kind, rule))
        if present is None or edge.place < present.place:
            known[target, kind, rule] = edge

    def add_metadata(self, source: SiteFile, distribution: Distribution, reason: Reason) -> None:
        """Note that a module asks for what a distribution says of itself."""
        for path in (f"{distribution.dist_info}/{base}" for base in _THIN_METADATA):
            if path in self.site.files:
                self.add_edge(source.path, path, reason)

    def add_files(self, source: SiteFile, files: Iterable[SiteFile], reason: Reason, *, is_run: bool = True) -> None:
        """Note that a module opens files; shared objects among them, and Python that is run, lead further."""
        for file in files:
            if file.owner in self.external:
                continue
            self.add_edge(source.path, file.path, reason)
            if file.path.endswith(".py"):
                if is_run:
                    self.load_file(file)
            else:
                self.open(file)

    def open(self, file: SiteFile) -> None:
        """Take a file for opened: it may lead further."""
        if file.path not in self.opened:
            self.opened[file.path] = file
            self.unopened.append(file)
