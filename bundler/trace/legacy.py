"""Mechanisms that are not rules yet, asked by the engine as they were."""

import re

from bundler.model.bounds import MOST_SOURCE_BYTES
from bundler.model.imports import EdgeKind, TraceWarning
from bundler.model.project import Function
from bundler.model.wheels import SiteFile
from bundler.trace import metadata
from bundler.trace.callers import GivenNames
from bundler.trace.doubt import Doubt
from bundler.trace.dynamic import NamedModules
from bundler.trace.facts.dotted import absolute_name
from bundler.trace.facts.evaluate import FOLDER_END, FOLDER_OF, OWN_FOLDER, OWN_NAME
from bundler.trace.facts.source_facts import PatternFact, SourceFacts
from bundler.trace.follow import Follower
from bundler.trace.index import FoundModule
from bundler.trace.lazy import LazyExports
from bundler.trace.listed_folders import ListedFolders
from bundler.trace.modules import Reason
from bundler.trace.native import follow_extension
from bundler.trace.plugins import ListedPlugins
from bundler.trace.read_module import ReadModule
from bundler.trace.scanners import Scanners
from bundler.trace.scripts import FoundScripts
from bundler.trace.settings_files import SettingsFiles
from bundler.trace.source_needs import SourceNeeds
from bundler.trace.statements import Statements
from bundler.trace.unread import follow_whole

_BASE_MARKS = re.compile("[\x01-\x07\x0f]")


class Legacy:
    """What is to become rules, one by one."""

    def __init__(self, walk: Follower, sources: SourceNeeds, statements: Statements, doubt: Doubt) -> None:
        self._walk = walk
        self._statements = statements
        self._named = NamedModules(walk)
        self._plugins = ListedPlugins(walk, self._named)
        self._groups = metadata.ToldGroups(walk)
        self._scanners = Scanners(walk)
        self._scripts = FoundScripts(walk)
        self._given = GivenNames(walk, self._named, walk.knowledge.bindings, doubt)
        self._lazy = LazyExports(walk, self._named, walk.knowledge.bindings)
        self._listed = ListedFolders(walk, sources)
        self._settings: SettingsFiles | None = None
        self.asks_metadata: dict[str, tuple[tuple[str, int], ...]] = {}

    def follow_settings(self, function: Function) -> bool:
        self._settings = self._settings or SettingsFiles(self._walk, self._named, function)
        return self._settings.follow_new()

    def follow_variables(self, found: FoundModule, function: Function) -> None:
        for named in function.named:
            self._named.follow_variable(found, named)

    def expect_anyone(self) -> None:
        self._lazy.ask_for_all()
        self._given.expect_anyone()

    def settle(self) -> None:
        unread = self._walk.finder.unread
        for settle in (self._plugins.settle, self._groups.settle, self._scanners.settle):
            settle()
        for settle in (self._lazy.settle, self._given.settle, self._listed.settle):
            if not unread:
                settle()

    def follow_extension(self, found: FoundModule, file: SiteFile) -> None:
        follow_extension(self._walk, found, file)

    def follow(self, read: ReadModule) -> None:
        found, file, facts = read
        if facts.error:
            self._note_unread(found, file, facts.error)
        self._listed.note(read)
        self._given.note(read)
        self._lazy.note(read)
        for pattern in facts.data:
            self._follow_data(read, pattern)
        self._follow_resources(found, file, facts)
        for folder in facts.folders:
            beside = self._walk.assets.named_by(f"{OWN_FOLDER}/{folder}", file, self._walk.index)
            self._walk.add_files(file, beside, Reason(EdgeKind.DATA, 0, folder, "data.folder-parameter"))
        self._follow_own_names(file, facts)
        for pattern in facts.test_folders:
            opened = self._walk.assets.in_test_folders(pattern.pattern)
            reason = Reason(EdgeKind.DATA, pattern.line, pattern.pattern, "data.test-folder")
            self._walk.add_files(file, opened, reason)
        for pattern in facts.file_names if not file.is_own else ():
            reason = Reason(EdgeKind.DATA, pattern.line, pattern.pattern, "data.file-name")
            called = self._walk.assets.called(pattern.pattern, file)
            self._walk.add_files(file, called, reason)
        metadata.follow_distributions(self._walk, read, self.asks_metadata)
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

    def _follow_data(self, read: ReadModule, fact: PatternFact) -> None:
        found, file, _ = read
        files = self._walk.assets.named_by(fact.pattern, file, self._walk.index)
        package = _folder_module(fact.pattern, found.package)
        if package is not None and package in self._walk.index:
            # Whoever opens a resource imports its package.
            self._walk.follow(found, package, Reason(EdgeKind.DYNAMIC, fact.line, package, "data.path"), is_used=False)
        readable = _BASE_MARKS.sub("", fact.pattern).lstrip("/") or "."
        self._walk.add_files(file, files, Reason(EdgeKind.DATA, fact.line, readable, "data.path"))
        for stub in files:
            if stub.path == f"{file.path}i":
                for exported in self._walk.store.source(stub).imports:
                    self._statements.follow_one(read, exported, EdgeKind.DYNAMIC, "lazy.stub")

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
        name = found.package if package == OWN_NAME else package
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
