"""Trace in waves until nothing new comes: read what was reached, feed the knowledge, ask every rule, follow it."""

from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass

from bundler.errors import HandlerNotFoundError
from bundler.globs import last_verdict
from bundler.model.imports import Edge, EdgeKind, ImportGraph, TraceWarning
from bundler.model.project import NO_DEPLOYMENT, Deployment, Function
from bundler.model.wheels import OWN_CODE, Site, SiteFile
from bundler.trace.demand import (
    Demand,
    FileRule,
    FilesDemand,
    ImportDemand,
    MetadataDemand,
    ModuleDemand,
    Rule,
    SinkDemand,
    SourceDemand,
)
from bundler.trace.facts.source_facts import SinkFact, SourceFacts
from bundler.trace.facts.store import FactsStore
from bundler.trace.follow import Follower
from bundler.trace.index import FoundModule
from bundler.trace.modules import Reason
from bundler.trace.path_roots import PathRoots
from bundler.trace.read_module import ReadModule
from bundler.trace.rules import FILE_RULES, RULES, RULES_IN_DOUBT, SHIPPING_RULES, native_link
from bundler.trace.settings_files import SettingsFiles
from bundler.trace.source_needs import SourceNeeds
from bundler.trace.statements import Statements

_NOTHING = SourceFacts()
"""What a module without source says."""


@dataclass(slots=True)
class _Question:
    """A rule that has something to say of a module, and what its last answer hung on."""

    rule: Rule
    read: ReadModule
    state: Hashable = None


class Engine:
    """Makes the graph of a function or of a layer."""

    def __init__(
        self,
        site: Site,
        store: FactsStore,
        external: frozenset[str],
        function: Function | None = None,
        deployment: Deployment = NO_DEPLOYMENT,
    ) -> None:
        self._follower = Follower(site, store, external, function, deployment)
        self._statements = Statements(self._follower)
        self._roots = PathRoots(self._follower)
        self._sources = SourceNeeds(self._follower)
        self._modules: dict[str, str] = {}
        self._questions: list[_Question] = []

    def trace(self, function: Function) -> ImportGraph:
        """Trace from the function's handler."""
        self._start(function)
        self._drain()
        settings = SettingsFiles(self._follower, function)
        while new := settings.find_new():
            for file in new:
                self._ask_of(file, SHIPPING_RULES)
            self._drain()
        self._follow_doubt()
        return self._finish()

    def trace_files(self, paths: Collection[str]) -> ImportGraph:
        """Trace from every module among some files of the site."""
        for name in self._follower.index.below(""):
            found = self._follower.index.find(name)
            if found is not None and found.file is not None and found.file.path in paths:
                self._follower.finder.load(name)
        return self._finish()

    def _start(self, function: Function) -> None:
        """Load the handler, and the own modules that the settings include by name."""
        follower = self._follower
        for folder in function.search_folders:
            follower.index.add_root(folder)
        found = follower.find_start(function)
        if found is None or found.file is None or not follower.finder.load(found.name):
            raise HandlerNotFoundError(function.name, function.handler.module)
        parent = found.name.rpartition(".")[0]
        if parent:
            follower.follow(found, parent, Reason(EdgeKind.PACKAGE, 0, parent, "package"))
        for name in function.options.include_modules:
            for module in (name, *follower.index.below(name)):
                follower.follow(found, module, Reason(EdgeKind.INCLUDE, 0, name, "include"))
        if function.options.include:
            for path, file in follower.site.files.items():
                if file.is_own and path.endswith(".py") and last_verdict(path, function.options.include):
                    follower.load_file(file)

    def _finish(self) -> ImportGraph:
        self._drain()
        follower = self._follower
        sources = self._sources.found()
        follower.store.save()
        return ImportGraph(
            external=follower.external,
            modules=self._modules,
            edges={path: tuple(sorted(found.values(), key=_place)) for path, found in follower.edges.items()},
            missing=tuple(self._statements.missing(self._modules, self._roots.placed)),
            astray=tuple(self._statements.astray()),
            warnings=tuple(follower.warnings),
            sources=sources,
            asks_metadata=follower.knowledge.asks_metadata,
            glibc=self._glibc(),
        )

    def _glibc(self) -> dict[str, tuple[int, ...]]:
        """Return what the shared objects that were looked into need of the target's glibc, but for first-party ones."""
        follower = self._follower
        linked = [file for file in follower.opened.values() if native_link.RULE.wants(file) and file.owner != OWN_CODE]
        return {file.path: glibc for file in linked if (glibc := follower.store.binary(file).glibc)}

    # ---- waves

    def _drain(self) -> None:
        """Go on until no new module is reached, and no rule has anything to add."""
        is_new = True
        while is_new:
            self._ask_of_files()
            while self._follower.finder.unread:
                self._expand_wave()
                self._ask_of_files()
            is_new = self._ask(self._questions)

    def _expand_wave(self) -> None:
        """Read the modules that were reached by now, all at once, and follow what they say."""
        follower = self._follower
        wave = [found for name in follower.finder.unread if (found := follower.index.find(name)) is not None]
        follower.finder.unread.clear()
        files = [found.file for found in wave if found.file is not None]
        follower.store.prefetch(file for file in files if file.path.endswith((".py", ".pyc")))
        self._learn([read for found in wave if found.file is not None for read in self._read(found, found.file)])

    def _learn(self, new: list[ReadModule]) -> None:
        for read in (read for read in new if read.facts is not _NOTHING):
            self._follower.knowledge.learn(read)
            self._sources.note(read)
        has_grown = [self._roots.add(read) for read in new if read.facts.path_roots]
        if any(has_grown):
            self._look_again()
        questions = [_Question(rule, read) for read in new for rule in RULES if rule.wants(read)]
        self._questions.extend(questions)
        for read in new:
            self._statements.follow(read)
        self._ask(questions)

    def _look_again(self) -> None:
        """What lies in a folder that came on the path may bring what was missing, and have the name of what was not."""
        follower = self._follower
        follower.finder.forget_missing()
        self._statements.follow_again()
        twice = [found for found in follower.index.with_twins() if found.file and found.file.path in self._modules]
        self._learn([read for found in twice if found.file for read in self._read_twins(found, found.file)])

    def _read(self, found: FoundModule, file: SiteFile) -> list[ReadModule]:
        """Return what is to be read of a module: its file, source beside an extension, others of the same name."""
        store = self._follower.store
        if not found.is_script:
            self._modules[file.path] = found.name
        reads = []
        if found.is_extension:
            self._follower.open(file)
            companions = [other for other in found.companions if other.path.endswith(".py")]
            reads = [ReadModule(found, file, store.source(other)) for other in companions]
        if file.path.endswith((".py", ".pyc")):
            reads.append(ReadModule(found, file, store.source(file)))
        return [*(reads or [ReadModule(found, file, _NOTHING)]), *self._read_twins(found, file)]

    def _read_twins(self, found: FoundModule, file: SiteFile) -> list[ReadModule]:
        """All files of one name ship with what each leads to: which folder comes first on `sys.path`, a run decides."""
        reason = Reason(EdgeKind.DYNAMIC, 0, found.name, "twins")
        reads = []
        for twin in found.twins:
            self._follower.add_edge(file.path, twin.path, reason)
            self._follower.add_edge(twin.path, file.path, reason)
            if twin.path not in self._modules:
                self._modules[twin.path] = found.name
                if twin.path.endswith((".py", ".pyc")):
                    reads.append(ReadModule(found, twin, self._follower.store.source(twin)))
        return reads

    # ---- rules

    def _ask(self, questions: Iterable[_Question]) -> bool:
        """Ask each rule of each module unless nothing that its last answer hung on has changed; tell if any had."""
        is_any = False
        for question in tuple(questions):
            rule, read = question.rule, question.read
            state = (self._follower.index.version, rule.hangs_on(self._follower, read))
            if question.state != state:
                question.state, is_any = state, True
                for demand in rule.visit(self._follower, read):
                    self._serve(rule.id, read, demand)
        return is_any

    def _ask_of_files(self) -> None:
        """Ask what the files that were opened by now lead to, and those that they lead to."""
        follower = self._follower
        while follower.unopened:
            self._ask_of(follower.unopened.pop(), FILE_RULES)

    def _ask_of(self, file: SiteFile, rules: Iterable[FileRule]) -> None:
        for rule in (rule for rule in rules if rule.wants(file)):
            for demand in rule.visit(self._follower, file):
                self._serve_file(rule.id, file, demand)

    def _serve_file(self, rule: str, file: SiteFile, demand: Demand) -> None:
        """Follow what a rule demands on behalf of a file that is no source."""
        match demand:
            case ModuleDemand(name):
                self._follower.follow_from_data(file, name, rule)
            case FilesDemand(files, line, text, kind):
                self._follower.add_files(file, files, Reason(kind, line, text, rule))
            case _:
                raise TypeError(demand)

    def _follow_doubt(self) -> None:
        """Ask the rules in doubt, once.

        They come after all others, as doubt is about what those left open: it starts at files that ship for sure, what
        it brings has no doubt of its own, and it leads only into what ships for sure or is required.
        """
        self._ask_of_files()
        self._follower.begin_doubt()
        for rule in RULES_IN_DOUBT:
            for read in filter(rule.wants, self._follower.knowledge.reads):
                for demand in rule.visit(self._follower, read):
                    self._serve(rule.id, read, demand)

    def _serve(self, rule: str, read: ReadModule, demand: Demand) -> None:
        """Follow what a rule demands."""
        follower = self._follower
        match demand:
            case ModuleDemand(name, line, text, kind, is_used):
                follower.follow(read.module, name, Reason(kind, line, text, rule), is_used=is_used)
            case FilesDemand(files, line, text, kind, is_run):
                follower.add_files(read.file, files, Reason(kind, line, text, rule), is_run=is_run)
            case MetadataDemand(distribution, line):
                follower.add_metadata(read.file, distribution, Reason(EdgeKind.METADATA, line, distribution.name, rule))
            case ImportDemand(fact, kind):
                self._statements.follow_one(read, fact, kind, rule)
            case SourceDemand(path, line, why):
                self._sources.add(path, read.file.path, line, why)
            case SinkDemand(sink, line):
                follower.knowledge.sinks.add(read.file.path, SinkFact(sink, line))
            case TraceWarning():
                if follower.sure_owners is None and demand not in follower.warnings:
                    follower.warnings.append(demand)


def _place(edge: Edge) -> tuple[object, ...]:
    """Order the edges of a file, whichever was found first."""
    return *edge.place, edge.target, edge.kind, edge.rule
