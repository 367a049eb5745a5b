"""Follow Python files that code finds by looking into a folder: plugins, rules, migrations."""

from bundler.model.imports import EdgeKind
from bundler.model.wheels import SiteFile
from bundler.trace.facts.evaluate import FILE_OF_MODULE, OWN_FILE, OWN_FOLDER
from bundler.trace.facts.programs import program_modules
from bundler.trace.facts.source_facts import PatternFact, SourceFacts
from bundler.trace.follow import Follower
from bundler.trace.index import FoundModule
from bundler.trace.modules import Reason


class FoundScripts:
    """Python files found by their path; they ship as source, since code looks for names that end with `.py`."""

    def __init__(self, walk: Follower) -> None:
        self._walk = walk
        self._runners: set[str] = set()
        """Distributions that execute files by their path, or import what they find."""
        self._folders: dict[str, list[tuple[SiteFile, PatternFact]]] = {}
        """Folders that each distribution names, for when it turns out to be one of these."""

    def follow(self, found: FoundModule, file: SiteFile, facts: SourceFacts) -> None:
        """Follow the globs for Python files of a module, and its folders where its distribution runs what it finds."""
        # A folder on the path holds modules, which come when they are imported.
        roots = {fact.pattern for fact in facts.path_roots}
        new = []
        for fact in facts.data:
            if fact.pattern.endswith(".py"):
                self._add(file, fact)
            elif fact.pattern not in roots:
                new.append((file, fact))
        self._follow_programs(found, file, facts)
        folders = self._folders.setdefault(file.owner, [])
        folders.extend(new)
        is_first = facts.runs_scripts and file.owner not in self._runners
        if facts.runs_scripts or facts.imports_unknown:
            self._follow_own_folder(found, file, facts)
        if facts.runs_scripts:
            self._runners.add(file.owner)
            self._follow_named_packages(file, facts)
            self._follow_hidden(file, facts)
        if file.owner in self._runners:
            for source, fact in folders if is_first else new:
                self._add(source, fact)

    def _follow_programs(self, found: FoundModule, file: SiteFile, facts: SourceFacts) -> None:
        """A module that is run as a program ships; a package means one of its own, or of what it requires."""
        distribution = self._walk.distributions.get(file.owner)
        requires = distribution.requires if distribution is not None else ()
        for fact in facts.programs:
            for name in program_modules(fact.pattern):
                if file.is_own or self._walk.owner_of(fact.pattern) in {file.owner, *requires}:
                    self._walk.follow(
                        found, name, Reason(EdgeKind.DYNAMIC, fact.line, f"-m {fact.pattern}", "scripts.program")
                    )

    def _add(self, source: SiteFile, fact: PatternFact) -> None:
        if fact.pattern.endswith(FILE_OF_MODULE):
            return
        files = self._walk.assets.scripts_named_by(fact.pattern, source, self._walk.index)
        name = files[0].path.rpartition("/")[0] if files else ""
        self._walk.add_files(source, files, Reason(EdgeKind.DATA, fact.line, f"{name}/*.py", "scripts.folder"))

    def _follow_named_packages(self, file: SiteFile, facts: SourceFacts) -> None:
        """A package that code which runs scripts names is a folder of them."""
        for fact in facts.strings:
            if "." in fact.pattern and self._walk.owner_of(fact.pattern) == file.owner:
                scripts = self._walk.assets.scripts_in(fact.pattern, self._walk.index)
                self._walk.add_files(
                    file, scripts, Reason(EdgeKind.DATA, fact.line, f"{fact.pattern}.*", "scripts.package")
                )

    def _follow_hidden(self, file: SiteFile, facts: SourceFacts) -> None:
        """A top-level module that a package of its name hides from imports may be looked for on the path and run."""
        for fact in facts.file_names:
            hidden = self._walk.site.files.get(fact.pattern) if "/" not in fact.pattern else None
            package = self._walk.index.find(fact.pattern.removesuffix(".py"))
            is_meant = hidden is not None and (file.is_own or not hidden.is_own)
            if hidden is not None and is_meant and package is not None and package.is_package:
                self._walk.add_files(file, [hidden], Reason(EdgeKind.DATA, fact.line, fact.pattern, "scripts.hidden"))

    def _follow_own_folder(self, found: FoundModule, file: SiteFile, facts: SourceFacts) -> None:
        """A module that lists its own folder runs what it finds there."""
        package = found.package
        own = [fact for fact in facts.data if _is_own_folder(fact.pattern)]
        if not own or not package:
            return
        line = own[0].line
        # A glob says which of them it looks for.
        finds_any = facts.runs_scripts and not any(fact.pattern.endswith(".py") for fact in facts.data)
        index = self._walk.index
        for name in index.below(package) if facts.walks_folders else index.children(package):
            self._walk.follow(found, name, Reason(EdgeKind.DYNAMIC, line, f"{package}.*", "scripts.own-folder"))
            module = index.find(name) if finds_any else None
            if module is not None and module.file is not None and module.file.owner == file.owner:
                self._walk.add_files(
                    file, [module.file], Reason(EdgeKind.DATA, line, f"{package}.*", "scripts.own-folder")
                )


def _is_own_folder(pattern: str) -> bool:
    return pattern in {OWN_FILE, OWN_FOLDER} or pattern.startswith(f"{OWN_FOLDER}/*")
