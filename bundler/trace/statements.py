"""Follow import statements, and those that lead nowhere again when a folder comes on the path."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from bundler.model.imports import EdgeKind, MissingImport
from bundler.trace.facts.source_facts import ImportFact
from bundler.trace.follow import Follower
from bundler.trace.makers import Makers, names_its_package, runs_always
from bundler.trace.modules import Reason
from bundler.trace.read_module import ReadModule


class Statements:
    """The import statements of all modules that were read."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower
        self._missed: list[tuple[ReadModule, ImportFact]] = []
        self._astray: dict[tuple[str, int], MissingImport] = {}

    def follow(self, read: ReadModule) -> None:
        """Follow all import statements of a module that are reached."""
        for fact in read.facts.imports:
            self._consider(read, fact)

    def follow_again(self) -> None:
        """Look again for what was missing, since the index has grown."""
        missed, self._missed = self._missed, []
        for read, fact in missed:
            self._consider(read, fact)

    def _consider(self, read: ReadModule, fact: ImportFact) -> None:
        if read.file.is_own or all(map(self._follower.may_be_there, fact.behind)):
            self.follow_one(read, fact, EdgeKind(fact.kind), "import")
        else:
            self._missed.append((read, fact))

    def follow_one(self, read: ReadModule, fact: ImportFact, kind: EdgeKind, rule: str) -> None:
        """Follow one import statement of a module, or what stands for one."""
        name = read.imported_module(fact)
        if name is not None:
            self._follow_name(read, fact, Reason(kind, fact.line, name, rule))
        elif self._follower.is_astray(read.module, read.file):
            self._astray[read.file.path, fact.line] = _missing(read, fact)

    def _follow_name(self, read: ReadModule, fact: ImportFact, reason: Reason) -> None:
        follower, name = self._follower, reason.name
        head = name.partition(".")[0]
        if head in follower.index.top_level:
            is_star = fact.names == ("*",)
            if not follower.follow(read.module, name, reason, () if is_star else fact.names):
                self._missed.append((read, fact))
                self._follow_nearest(read, reason)
            if is_star:
                self._follow_star(read, reason)
        elif head not in follower.provided and not fact.level:
            self._missed.append((read, fact))

    def _follow_nearest(self, read: ReadModule, reason: Reason) -> None:
        """What there is of a dotted name may make the rest when it runs: `sys.modules["pkg.vendored.six"] = six`."""
        nearest = self._follower.index.longest_module(reason.name)
        if nearest is not None:
            self._follower.follow(read.module, nearest, reason)

    def _follow_star(self, read: ReadModule, reason: Reason) -> None:
        """`from package import *` also imports the submodules that the package's `__all__` names."""
        package = self._follower.index.find(reason.name)
        if package is None or package.file is None or not package.is_package or not package.file.path.endswith(".py"):
            return
        for exported in self._follower.store.source(package.file).exported:
            if f"{package.name}.{exported}" in self._follower.index:
                self._follower.follow(read.module, f"{package.name}.{exported}", reason)

    # ---- what is not there

    def missing(self, reached: Iterable[str], placed: Mapping[str, Collection[int]]) -> Iterator[MissingImport]:
        """Yield what was not found, each that a handler may need to load with what may make it when it runs.

        `reached` are the files of the modules that were reached, `placed` has the lines of each that put folders on the
        path which are there.
        """
        index, files = self._follower.index, self._follower.site.files
        makers = Makers((files[path] for path in reached), placed)
        for read, fact in self._missed:
            missing = _missing(read, fact)
            head = missing.name.partition(".")[0]
            missing = replace(missing, is_absent=head not in index)
            if missing.is_absent and missing.kind is EdgeKind.IMPORT and read.file.is_own:
                always_runs = runs_always(read.file, missing.line)
                missing = replace(missing, always_runs=always_runs, made_by=makers.of(head))
            # A folder that came on the path later may have brought it.
            if missing.name not in index:
                yield missing

    def astray(self) -> Iterator[MissingImport]:
        """Yield the relative imports that lead nowhere, each with whether it surely runs, and fails."""
        for astray in self._astray.values():
            file = self._follower.site.files[astray.source]
            yield replace(astray, always_runs=runs_always(file, astray.line) and not names_its_package(file))


def _missing(read: ReadModule, fact: ImportFact) -> MissingImport:
    name = read.imported_module(fact) or "." * fact.level + fact.name
    return MissingImport(source=read.file.path, line=fact.line, name=name, kind=EdgeKind(fact.kind))
