"""Keep the data of a folder that a distribution takes and whose further way is out of sight.

A folder is taken by a path from `__file__` and its like whose end nobody can tell; of a module that nobody can tell,
which may be one of the distribution itself, one that it finds by an entry point, or one that hands itself to it; or of
whoever calls, by their frames. Evidence: jedi 0.19 and mypy 1.13 read stubs, dbt-core 1.8 reads SQL below
`include/…/tests/`, mkdocs 1.6 takes `dirname(theme.load().__file__)`, wordfreq 3.1 asks `locate.this_dir()`.

As a net, the data of a distribution ships where it is most of what that holds and nothing seems to open it.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain

from bundler.model.imports import EdgeKind
from bundler.model.project import ShakeMode
from bundler.model.wheels import SiteFile
from bundler.system.files import read_site_file
from bundler.test_paths import is_test_path
from bundler.trace.facts.dotted import module_name
from bundler.trace.facts.templates import FOLDER_END, FOLDER_OF, OWN_FOLDER, OWN_NAME
from bundler.trace.follow import Follower
from bundler.trace.index import FoundModule
from bundler.trace.modules import Reason
from bundler.trace.read_module import ReadModule

_MODULE = re.compile(r"\.(?:pyc?|cpython-\d+[^/]*\.so|abi3\.so)\Z")
# What only compilers, installers and type checkers read.
_FOR_BUILDS = re.compile(
    r"\.(?:pyx|pxd|pxi|h|hh|hpp|hxx|inl|c|cc|cpp|cu|cuh|f|f90|a|lib|pdb|la|cmake|pc)\Z"
    r"|(?:^|/)py\.typed\Z|(?:^|/)__pycache__/|^[^/]+\.(?:dist-info|egg-info|data)/|\.pth\Z",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"\.([A-Za-z_]\w*)")
_TEST_MODULE = re.compile(r"(?:^|/)(?:test_[^/]*|conftest)\.py\Z")
_LISTING = ("iter_modules", "walk_packages")


class FolderDoubt:
    """What the files that were reached for sure do with folders."""

    def __init__(self, walk: Follower) -> None:
        self._walk = walk
        self._users: list[ReadModule] = []
        self._attributes: dict[str, frozenset[str]] = {}

    def note(self, user: ReadModule) -> None:
        """Remember a file."""
        self._users.append(user)

    def follow(self) -> None:
        """Let all that may be opened in the folders ship."""
        for file, files, line, what in list(chain(self._taken(), self._named(), self._handed(), self._unopened())):
            led_to = {edge.target for edge in self._walk.edges.get(file.path, {}).values()}
            new = [found for found in files if found.path not in led_to]
            self._walk.add_files(file, new, Reason(EdgeKind.DOUBT, line, what, "doubt.folder"))

    def follow_all(self, file: SiteFile, reason: Reason) -> None:
        """Let all data of a file's distribution ship."""
        self._walk.add_files(file, self._all_of(file.owner), reason)

    # ---- who takes what

    def _taken(self) -> Iterator[tuple[SiteFile, list[SiteFile], int, str]]:
        """Yield the data of folders that files of distributions take, with the line and what is told of it."""
        for user in self._users:
            _, file, facts = user
            if not self._is_heard(file):
                continue
            for fact in facts.data:
                yield file, self._below(user, fact.pattern), fact.line, "a folder whose way is out of sight"
            if facts.takes_folder or facts.opens_resources:
                yield file, self._all_of(file.owner), facts.takes_folder, "the folder of a module nobody can tell"
                for module in self._found_by_entry_points(file):
                    yield file, self._below_module(module), facts.takes_folder, "the folder of an entry point"
            if self._asks_callers(user):
                yield file, self._below(user, OWN_FOLDER), 0, "the folder of who calls"

    def _named(self) -> Iterator[tuple[SiteFile, list[SiteFile], int, str]]:
        """Yield the data of folders that a module gives a name, which others import or take as its attribute."""
        holders = {
            user.module.name: user for user in self._users if user.facts.path_names and self._is_heard(user.file)
        }
        for user in self._users:
            for imported in dict.fromkeys(user.imported_names()):
                module, _, name = imported.rpartition(".")
                if (holder := holders.get(module)) is not None:
                    yield from self._taken_of(holder, user, frozenset({name}))
                if (holder := holders.get(imported)) is not None:
                    yield from self._taken_of(holder, user, self._attributes_in(user))

    def _taken_of(
        self, holder: ReadModule, user: ReadModule, names: frozenset[str]
    ) -> Iterator[tuple[SiteFile, list[SiteFile], int, str]]:
        for name, template in holder.facts.path_names:
            if name in names and holder is not user:
                yield user.file, self._below(holder, template), 0, f"{holder.module.name}.{name}"

    def _attributes_in(self, user: ReadModule) -> frozenset[str]:
        path = user.file.path
        if path not in self._attributes:
            text = read_site_file(user.file).decode(errors="replace") if path.endswith(".py") else ""
            self._attributes[path] = frozenset(_ATTRIBUTE.findall(text))
        return self._attributes[path]

    def _handed(self) -> Iterator[tuple[SiteFile, list[SiteFile], int, str]]:
        """Yield the data of modules that are handed to a distribution which takes their folders."""
        takers = {user[1].owner for user in self._users if self._takes_modules(user)}
        for user in self._users if takers else ():
            found, file, facts = user
            for fact in facts.handed if self._walk.uses_any(file.owner, takers) or file.is_own else ():
                name = fact.pattern.replace(OWN_NAME, found.name)
                module = self._walk.index.find(user.absolute(name) or "")
                if module is not None and module.file is not None and self._is_heard(module.file):
                    modules = self._modules_below(module) if fact.pattern != OWN_NAME else []
                    yield file, [*self._below_module(module), *modules], fact.line, f"{module.name} is handed on"

    @staticmethod
    def _takes_modules(user: ReadModule) -> bool:
        _, file, facts = user
        lists = any(fact.sink.endswith(_LISTING) for fact in facts.sinks)
        return not file.is_own and bool(facts.takes_folder or facts.opens_resources or lists)

    def _asks_callers(self, user: ReadModule) -> bool:
        """Tell whether a file imports a function that takes the folder of whoever calls it."""
        return any(name in self._asking_modules or self._is_asker(name) for name in user.imported_names())

    def _is_asker(self, name: str) -> bool:
        module, _, function = name.rpartition(".")
        return function in self._askers and self._walk.owner_of(module) in self._askers[function]

    @cached_property
    def _asking_modules(self) -> frozenset[str]:
        return frozenset(user.module.name for user in self._users if user.facts.asks_callers)

    @cached_property
    def _askers(self) -> dict[str, set[str]]:
        """The functions that look at frames for a folder → their distributions."""
        found: dict[str, set[str]] = {}
        for _, file, facts in self._users:
            for name in facts.asks_callers:
                found.setdefault(name, set()).add(file.owner)
        return found

    def _found_by_entry_points(self, file: SiteFile) -> Iterator[FoundModule]:
        """Yield the modules that a file finds so, which may be any whose folder it takes."""
        for edge in self._walk.edges.get(file.path, {}).values():
            module = self._walk.index.find(module_name(edge.target)) if edge.kind is EdgeKind.ENTRY_POINT else None
            if module is not None and module.file is not None and self._is_heard(module.file):
                yield module

    # ---- the net

    def _unopened(self) -> Iterator[tuple[SiteFile, list[SiteFile], int, str]]:
        first: dict[str, SiteFile] = {}
        for _, file, _ in self._users:
            first.setdefault(file.owner, file)
        for owner, file in first.items():
            if self._is_heard(file):
                data = [found for found in self._all_of(owner) if found.path not in self._walk.reached]
                whole = (found.size_bytes for found in self._owned[owner] if not _FOR_BUILDS.search(found.path))
                if 2 * sum(found.size_bytes for found in data) > sum(whole):
                    yield file, data, 0, "most of it is data that nothing seems to open"

    # ---- files

    def _is_heard(self, file: SiteFile) -> bool:
        return self._walk.shake_of(file) is not ShakeMode.TRACED

    def _below(self, user: ReadModule, template: str) -> list[SiteFile]:
        files = self._walk.assets.everything_at(template, user[1], self._walk.index)
        return self._openable(files)

    def _below_module(self, module: FoundModule) -> list[SiteFile]:
        assert module.file is not None  # noqa: S101 - the caller tells namespaces apart
        template = f"{FOLDER_OF}{module.name}{FOLDER_END}"
        return self._openable(self._walk.assets.everything_at(template, module.file, self._walk.index))

    def _modules_below(self, package: FoundModule) -> list[SiteFile]:
        """Return the modules of a package that was handed on as such: who takes it may look for them."""
        below = (self._walk.index.find(name) for name in self._walk.index.below(package.name))
        files = (found.file for found in below if found is not None and found.file is not None)
        return [file for file in files if not is_test_path(file.path)]

    def _all_of(self, owner: str) -> list[SiteFile]:
        return self._openable(self._owned.get(owner, ()))

    def _openable(self, files: Iterable[SiteFile]) -> list[SiteFile]:
        """Return what a run may open of some files, whatever their endings and the names of their folders."""
        return [file for file in files if self._may_be_opened(file)]

    def _may_be_opened(self, file: SiteFile) -> bool:
        path = file.path
        if path.endswith(".pyi"):
            return file.owner in self._stub_readers
        is_compiled = path.endswith(".po") and f"{path.removesuffix('.po')}.mo" in self._walk.site.files
        if is_test_path(path) and path.startswith(self._test_folders):
            return False
        return not (is_compiled or file.is_program or _MODULE.search(path) or _FOR_BUILDS.search(path))

    @cached_property
    def _test_folders(self) -> tuple[str, ...]:
        """Folders that hold modules of tests: their data is those tests' own, unlike SQL in a folder called `tests`."""
        modules = (path for path in self._walk.site.files if _TEST_MODULE.search(path))
        return tuple({f"{path.rpartition('/')[0]}/" for path in modules if "/" in path})

    @cached_property
    def _stub_readers(self) -> frozenset[str]:
        return frozenset(user[1].owner for user in self._users if user[2].reads_stubs)

    @cached_property
    def _owned(self) -> dict[str, list[SiteFile]]:
        owned: dict[str, list[SiteFile]] = {}
        for file in self._walk.site.files.values():
            owned.setdefault(file.owner, []).append(file)
        return owned
