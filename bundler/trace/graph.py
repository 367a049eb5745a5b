"""Walk from a handler through facts to everything it can need."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from bundler.errors import HandlerNotFoundError
from bundler.globs import last_verdict
from bundler.model.bounds import MOST_SOURCE_BYTES
from bundler.model.imports import EdgeKind, ImportGraph, MissingImport, TraceWarning
from bundler.model.project import NO_DEPLOYMENT, Deployment, Function
from bundler.model.wheels import Site, SiteFile
from bundler.trace import metadata
from bundler.trace.bindings import Bindings
from bundler.trace.callers import GivenNames
from bundler.trace.doubt import Doubt
from bundler.trace.dynamic import NamedModules
from bundler.trace.facts.evaluate import FOLDER_END, FOLDER_OF, OWN_FOLDER, OWN_NAME, PATH_NAMED
from bundler.trace.facts.source_facts import ImportFact, PatternFact, SourceFacts
from bundler.trace.facts.store import FactsStore
from bundler.trace.index import FoundModule
from bundler.trace.known import Known
from bundler.trace.lazy import LazyExports
from bundler.trace.listed_folders import ListedFolders
from bundler.trace.makers import Makers, names_its_package, runs_always
from bundler.trace.modules import Reason
from bundler.trace.named_paths import find_named_path
from bundler.trace.native import follow_extension
from bundler.trace.plugins import ListedPlugins
from bundler.trace.scanners import Scanners
from bundler.trace.scripts import FoundScripts
from bundler.trace.settings_files import SettingsFiles
from bundler.trace.source_needs import SourceNeeds
from bundler.trace.unread import follow_whole
from bundler.trace.walk import Walk, absolute_name, package_of

_BASE_MARKS = re.compile("[\x01-\x07\x0f]")


class Tracer:
    """Makes the graph of a function or of a layer."""

    def __init__(
        self,
        site: Site,
        store: FactsStore,
        external: frozenset[str],
        function: Function | None = None,
        deployment: Deployment = NO_DEPLOYMENT,
    ) -> None:
        self._walk = Walk(site, store, external, function, deployment)
        self._named = NamedModules(self._walk)
        self._plugins = ListedPlugins(self._walk, self._named)
        self._groups = metadata.ToldGroups(self._walk)
        self._scanners = Scanners(self._walk)
        self._scripts = FoundScripts(self._walk)
        self._bindings = Bindings(self._walk)
        self._doubt = Doubt(self._walk)
        self._given = GivenNames(self._walk, self._named, self._bindings, self._doubt)
        self._lazy = LazyExports(self._walk, self._named, self._bindings)
        self._known = Known()
        self._modules: dict[str, str] = {}
        self._placed: dict[str, set[int]] = {}
        """Lines of each file that put folders on the path which are there."""
        self._astray: dict[tuple[str, int], MissingImport] = {}
        self._missed: list[tuple[FoundModule, SiteFile, ImportFact]] = []
        self._named_imports: list[tuple[SiteFile, str, ImportFact]] = []
        """Imports of names from modules that are not read yet: each may be a path."""
        self._sources = SourceNeeds(self._walk)
        self._listed = ListedFolders(self._walk, self._sources)

    def trace(self, function: Function) -> ImportGraph:
        """Trace from the function's handler."""
        self._start(function)
        self._drain()
        settings = SettingsFiles(self._walk, self._named, function)
        while settings.follow_new():
            self._drain()
        self._doubt.follow()
        return self._finish()

    def trace_files(self, paths: Collection[str]) -> ImportGraph:
        """Trace from every module among some files of the site."""
        for name in self._walk.index.below(""):
            found = self._walk.index.find(name)
            if found is not None and found.file is not None and found.file.path in paths:
                self._walk.finder.load(name)
        # Who uses a layer is not seen here.
        self._lazy.ask_for_all()
        self._given.expect_anyone()
        return self._finish()

    def _finish(self) -> ImportGraph:
        self._drain()
        sources = self._sources.found()
        self._walk.store.save()
        return ImportGraph(
            external=self._walk.external,
            modules=self._modules,
            edges={path: tuple(found.values()) for path, found in self._walk.edges.items()},
            missing=tuple(
                missing
                for missing in self._missing_imports()
                # A folder that came on the path later may have brought it.
                if missing.name not in self._walk.index
            ),
            astray=tuple(map(self._with_chance, self._astray.values())),
            warnings=tuple(self._walk.warnings),
            sources=sources,
            asks_metadata={path: tuple(asked) for path, asked in self._walk.asks_metadata.items()},
            glibc=self._walk.glibc,
        )

    def _missing_imports(self) -> Iterator[MissingImport]:
        """Yield what was not found, each that a handler may need to load with what may make it when it runs."""
        makers = Makers((self._walk.site.files[path] for path in self._modules), self._placed)
        for missed in self._missed:
            missing = _missing(*missed)
            head = missing.name.partition(".")[0]
            is_absent = head not in self._walk.index
            missing = replace(missing, is_absent=is_absent)
            if is_absent and missing.kind is EdgeKind.IMPORT and missed[1].is_own:
                always_runs = runs_always(missed[1], missing.line)
                missing = replace(missing, always_runs=always_runs, made_by=makers.of(head))
            yield missing

    def _with_chance(self, astray: MissingImport) -> MissingImport:
        """Say of a relative import that leads nowhere whether it surely runs, and does so."""
        file = self._walk.site.files[astray.source]
        return replace(astray, always_runs=runs_always(file, astray.line) and not names_its_package(file))

    def _start(self, function: Function) -> None:
        """Load the handler, and the own modules that the settings include by name."""
        for folder in function.search_folders:
            self._walk.index.add_root(folder)
        found = self._walk.find_start(function)
        if found is None or found.file is None or not self._walk.finder.load(found.name):
            raise HandlerNotFoundError(function.name, function.handler.module)
        parent = found.name.rpartition(".")[0]
        if parent:
            self._walk.follow(found, parent, Reason(EdgeKind.PACKAGE, 0, parent, "package"))
        for name in function.options.include_modules:
            for module in (name, *self._walk.index.below(name)):
                self._walk.follow(found, module, Reason(EdgeKind.INCLUDE, 0, name, "include"))
        for named in function.named:
            self._named.follow_variable(found, named)
        if function.options.include:
            for path, file in self._walk.site.files.items():
                if file.is_own and path.endswith(".py") and last_verdict(path, function.options.include):
                    self._walk.load_file(file)

    def _drain(self) -> None:
        """Expand modules until no new one is reached."""
        while self._walk.finder.unread or self._named_imports:
            self._expand_wave()
            if not self._walk.finder.unread:
                self._plugins.settle()
                self._groups.settle()
                self._scanners.settle()
            if not self._walk.finder.unread:
                self._lazy.settle()
            if not self._walk.finder.unread:
                self._given.settle()
            if not self._walk.finder.unread:
                self._listed.settle()

    def _expand_wave(self) -> None:
        """Expand the modules that were reached by now: their files are read at once."""
        walk = self._walk
        wave = [found for name in walk.finder.unread if (found := walk.index.find(name)) is not None]
        walk.finder.unread.clear()
        files = [found.file for found in wave if found.file is not None]
        walk.store.prefetch(file for file in files if file.path.endswith((".py", ".pyc")))
        # What the last wave imported is in this one, and read together.
        named, self._named_imports = self._named_imports, []
        for source, name, fact in named:
            self._follow_path_names(source, name, fact)
        for found in wave:
            if found.file is not None:
                self._expand(found, found.file)

    def _expand(self, found: FoundModule, file: SiteFile) -> None:
        if not found.is_script:
            self._modules[file.path] = found.name
        if found.is_extension:
            follow_extension(self._walk, found, file)
            for companion in found.companions:
                if companion.path.endswith(".py"):
                    self._expand_source(found, file, self._walk.store.source(companion))
        elif file.path.endswith((".py", ".pyc")):
            self._expand_source(found, file, self._walk.store.source(file))
        self._expand_twins(found, file)
        for pattern in self._known.hidden(found.name):
            for name in self._walk.index.matching(pattern):
                self._walk.follow(found, name, Reason(EdgeKind.KNOWN, 0, name, "known"))
        for path in self._known.data(found.name):
            files = self._walk.assets.below_package(found.name, path, self._walk.index)
            self._walk.add_files(file, files, Reason(EdgeKind.KNOWN, 0, path, "known"))

    def _expand_twins(self, found: FoundModule, file: SiteFile) -> None:
        """All files of one name ship with what each leads to: which folder comes first on `sys.path`, a run decides."""
        reason = Reason(EdgeKind.DYNAMIC, 0, found.name, "twins")
        for twin in found.twins:
            self._walk.add_edge(file.path, twin.path, reason)
            self._walk.add_edge(twin.path, file.path, reason)
            if twin.path not in self._modules:
                self._modules[twin.path] = found.name
                if twin.path.endswith((".py", ".pyc")):
                    self._expand_source(found, twin, self._walk.store.source(twin))

    def _expand_source(self, found: FoundModule, file: SiteFile, facts: SourceFacts) -> None:
        if facts.error:
            self._note_unread(found, file, facts.error)
        for pattern in facts.path_roots:
            self._add_root(found, file, pattern)
        self._sources.note((found, file, facts))
        self._listed.note((found, file, facts))
        self._bindings.note((found, file, facts))
        self._given.note((found, file, facts))
        self._lazy.note(found, file, facts)
        self._doubt.note(found, file, facts)
        for fact in facts.imports:
            self._consider_import(found, file, fact)
        for pattern in facts.data:
            self._follow_data(found, file, pattern)
        self._follow_resources(found, file, facts)
        for folder in facts.folders:
            beside = self._walk.assets.named_by(f"{OWN_FOLDER}/{folder}", file, self._walk.index)
            self._walk.add_files(file, beside, Reason(EdgeKind.DATA, 0, folder, "data.folder-parameter"))
        self._follow_own_names(file, facts)
        for pattern in facts.test_folders:
            opened = self._walk.assets.in_test_folders(pattern.pattern)
            self._walk.add_files(file, opened, Reason(EdgeKind.DATA, pattern.line, pattern.pattern, "data.test-folder"))
        for pattern in facts.file_names if not file.is_own else ():
            reason = Reason(EdgeKind.DATA, pattern.line, pattern.pattern, "data.file-name")
            called = self._walk.assets.called(pattern.pattern, file)
            self._walk.add_files(file, called, reason)
        metadata.follow_distributions(self._walk, found, file, facts)
        for pattern in facts.groups:
            metadata.follow_group(self._walk, found, file, pattern, "plugins.entry-points")
        self._named.follow(found, file, facts)
        self._plugins.follow(found, file, facts)
        self._groups.follow(found, file, facts)
        self._scanners.note(found, file, facts)
        self._scripts.follow(found, file, facts)

    def _note_unread(self, found: FoundModule, file: SiteFile, error: str) -> None:
        """Tell that a file cannot be read, unless a path led to it, and so to text of any kind."""
        message = f"cannot be read: {error}"
        if file.path.endswith(".pyc") or file.size_bytes > MOST_SOURCE_BYTES:
            message = f"{message}, so all that it may ask for ships"
            follow_whole(self._walk, found, file)
        if not found.is_script and self._walk.sure_owners is None:
            self._walk.warnings.append(TraceWarning(source=file.path, line=0, message=message))

    def _follow_own_names(self, file: SiteFile, facts: SourceFacts) -> None:
        """What code names from the root of the zip ships, though it looks like junk: `.env`."""
        named = (self._walk.site.files.get(fact.pattern) for fact in facts.file_names if file.is_own)
        own = [found for found in named if found is not None and found.is_own and not found.path.endswith(".py")]
        for found in own:
            self._walk.add_files(file, (found,), Reason(EdgeKind.DATA, 0, found.path, "data.from-root"))

    def _consider_import(self, found: FoundModule, file: SiteFile, fact: ImportFact) -> None:
        """Follow an import that is reached; a folder that comes on the path later may bring what one waits for."""
        if file.is_own or all(map(self._walk.may_be_there, fact.behind)):
            self._follow_import(found, file, fact)
        else:
            self._missed.append((found, file, fact))

    def _follow_import(self, found: FoundModule, file: SiteFile, fact: ImportFact, rule: str = "import") -> None:
        name = absolute_name("." * fact.level + fact.name, package_of(found)) if fact.level else fact.name
        if name is not None:
            self._follow_name(found, file, fact, name, rule)
        elif self._walk.is_astray(found, file):
            self._astray[file.path, fact.line] = _missing(found, file, fact)

    def _follow_name(self, found: FoundModule, file: SiteFile, fact: ImportFact, name: str, rule: str) -> None:
        walk = self._walk
        reason = Reason(EdgeKind(fact.kind), fact.line, name, rule)
        if name.partition(".")[0] in walk.index.top_level:
            is_star = fact.names == ("*",)
            if fact.names:
                self._named_imports.append((file, name, fact))
            if not walk.follow(found, name, reason, () if is_star else fact.names):
                self._missed.append((found, file, fact))
                self._follow_nearest(found, name, reason)
            if is_star:
                self._follow_star(found, name, reason)
        elif name.partition(".")[0] in walk.provided:
            for hidden in self._known.hidden(name):
                if hidden in walk.index:
                    walk.follow(found, hidden, Reason(EdgeKind.KNOWN, fact.line, hidden, "known"))
        elif not fact.level:
            self._missed.append((found, file, fact))

    def _follow_nearest(self, found: FoundModule, name: str, reason: Reason) -> None:
        """What there is of a dotted name may make the rest when it runs: `sys.modules["pkg.vendored.six"] = six`."""
        nearest = self._walk.index.longest_module(name)
        if nearest is not None:
            self._walk.follow(found, nearest, reason)

    def _follow_path_names(self, file: SiteFile, name: str, fact: ImportFact) -> None:
        """A path that another module gave a name is used here in ways that are out of sight: all it leads to ships."""
        module = self._walk.index.find(name)
        if module is None or module.file is None or module.file.is_own or not module.file.path.endswith(".py"):
            return
        for exported, template in self._walk.store.source(module.file).path_names:
            if exported in fact.names:
                files = self._walk.assets.named_by(template, module.file, self._walk.index)
                self._walk.add_files(
                    file, files, Reason(EdgeKind.DATA, fact.line, f"{name}.{exported}", "data.imported-path")
                )

    def _follow_star(self, found: FoundModule, name: str, reason: Reason) -> None:
        """`from package import *` also imports the submodules that the package's `__all__` names."""
        package = self._walk.index.find(name)
        if package is not None and package.file is not None and package.is_package:
            for exported in self._walk.store.source(package.file).exported if package.file.path.endswith(".py") else ():
                if f"{name}.{exported}" in self._walk.index:
                    self._walk.follow(found, f"{name}.{exported}", reason)

    def _add_root(self, found: FoundModule, file: SiteFile, fact: PatternFact) -> None:
        """Put a folder on the path, and look again for what was missing without it."""
        walk = self._walk
        named = find_named_path(walk, package_of(found), fact.pattern) if PATH_NAMED in fact.pattern else None
        template, source = named or (fact.pattern, file)
        folder = walk.assets.folder_named_by(template, source, walk.index)
        if folder is not None and walk.assets.has_folder(folder):
            self._placed.setdefault(file.path, set()).add(fact.line)
        if not folder or not walk.index.add_root(folder):
            return
        for module in list(walk.index.with_twins()):
            if module.file is not None and module.file.path in self._modules:
                self._expand_twins(module, module.file)
        walk.finder.forget_missing()
        missed, self._missed = self._missed, []
        for importer, source, missing in missed:
            self._consider_import(importer, source, missing)

    def _follow_data(self, found: FoundModule, file: SiteFile, fact: PatternFact) -> None:
        files = self._walk.assets.named_by(fact.pattern, file, self._walk.index)
        package = _folder_module(fact.pattern, package_of(found))
        if package is not None and package in self._walk.index:
            # Whoever opens a resource imports its package.
            self._walk.follow(found, package, Reason(EdgeKind.DYNAMIC, fact.line, package, "data.path"), is_used=False)
        readable = _BASE_MARKS.sub("", fact.pattern).lstrip("/") or "."
        self._walk.add_files(file, files, Reason(EdgeKind.DATA, fact.line, readable, "data.path"))
        for stub in files:
            if stub.path == f"{file.path}i":
                for exported in self._walk.store.source(stub).imports:
                    self._follow_import(found, file, exported._replace(kind=EdgeKind.DYNAMIC), "lazy.stub")

    def _follow_resources(self, found: FoundModule, file: SiteFile, facts: SourceFacts) -> None:
        for package, path, line in facts.resources:
            self._follow_resource(found, file, (package, path), line)
        for package in (name for name in facts.served if self._walk.may_mean(found, name)):
            files = self._walk.assets.data_of_package(package, self._walk.index)
            self._walk.add_files(file, files, Reason(EdgeKind.DATA, 0, package, "data.served"))
            if files:
                self._walk.follow(found, package, Reason(EdgeKind.DYNAMIC, 0, package, "data.served"), is_used=False)
        if facts.opens_resources and not file.is_own:
            # What others tell it to open lies, as a rule, in its own distribution or in theirs.
            reason = Reason(EdgeKind.DATA, 0, file.owner, "data.any-resource")
            self._walk.add_files(file, self._walk.assets.all_of(file.owner), reason)

    def _follow_resource(self, found: FoundModule, file: SiteFile, resource: tuple[str, str], line: int) -> None:
        package, path = resource
        name = package_of(found) if package == OWN_NAME else package
        if name in self._walk.index and self._walk.may_mean(found, name):
            files = self._walk.assets.below_package(name, path, self._walk.index)
            self._walk.add_files(file, files, Reason(EdgeKind.DATA, line, f"{name}:{path}", "data.resource"))
            if files:
                self._walk.follow(found, name, Reason(EdgeKind.DYNAMIC, line, name, "data.resource"), is_used=False)


def _folder_module(template: str, package: str) -> str | None:
    """Return the module whose folder a path template starts from; `None` when that is the file's own."""
    if FOLDER_OF not in template:
        return None
    module = template.partition(FOLDER_OF)[2].partition(FOLDER_END)[0]
    return absolute_name(module, package) if module.startswith(".") else module


def _missing(found: FoundModule, file: SiteFile, fact: ImportFact) -> MissingImport:
    name = absolute_name("." * fact.level + fact.name, package_of(found)) if fact.level else fact.name
    return MissingImport(
        source=file.path, line=fact.line, name=name or "." * fact.level + fact.name, kind=EdgeKind(fact.kind)
    )
