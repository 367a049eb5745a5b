"""Walk from the handlers through facts to everything they can need: facts in, one graph for all functions out."""

import posixpath
import re
from collections.abc import Iterable
from importlib.util import resolve_name

from bundler.errors import HandlerNotFoundError
from bundler.model.imports import Edge, EdgeKind, ImportGraph, MissingImport, TraceWarning
from bundler.model.project import Function
from bundler.model.wheels import Distribution, Site, SiteFile
from bundler.runtimes import BOTO3_FAMILY, preinstalled_modules, standard_library
from bundler.trace.assets import Assets
from bundler.trace.evaluate import OWN_FILE, OWN_FOLDER, OWN_NAME, OWN_PACKAGE
from bundler.trace.facts import ImportFact, PatternFact, SourceFacts
from bundler.trace.index import FoundModule, ModuleIndex, is_test_path
from bundler.trace.known import Known
from bundler.trace.modules import ModuleFinder, Reason
from bundler.trace.store import FactsStore

_HARD_KINDS = frozenset({EdgeKind.IMPORT, EdgeKind.CONDITIONAL, EdgeKind.PACKAGE, EdgeKind.HANDLER, EdgeKind.INCLUDE})
_TEXT_DATA = (".json", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf")
_LARGEST_TEXT_BYTES = 256_000
_DOTTED_WORD = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+(?::\w+)?")
_SCRIPT_GROUPS = frozenset({"console_scripts", "gui_scripts"})


def external_distributions(function: Function) -> frozenset[str]:
    """Return the distributions a function leaves to something else; one of the boto3 family stands for all of it."""
    chosen = function.options.external
    if chosen is None:
        return frozenset(BOTO3_FAMILY)
    return frozenset(chosen) | (frozenset(BOTO3_FAMILY) if set(chosen) & set(BOTO3_FAMILY) else frozenset())


class Tracer:
    """Makes the graph of functions that share a site, a target and what is external."""

    def __init__(self, site: Site, functions: tuple[Function, ...]) -> None:
        self._site = site
        self._functions = functions
        target = functions[0].target
        self._external = external_distributions(functions[0])
        self._store = FactsStore(target)
        self._index = ModuleIndex(site, target, self._external)
        self._assets = Assets(site)
        self._known = Known.load(site)
        self._finder = ModuleFinder(self._index, self._add_import)
        self._provided = standard_library(target.python) | preinstalled_modules(target.runtime) | self._index.external_modules
        self._distributions = {distribution.name: distribution for distribution in site.distributions}
        self._skipped = {prefix for function in functions for prefix in function.options.exclude_modules}
        self._edges: dict[str, dict[tuple[str, EdgeKind], Edge]] = {}
        self._modules: dict[str, str] = {}
        self._missing: list[MissingImport] = []
        self._warnings: list[TraceWarning] = []
        self._reads_source: set[str] = set()
        self._seen_data: set[str] = set()
        self._loading_owners: set[str] = set()
        """Distributions that import modules by names only a run can tell: dotted strings in them count."""
        self._dotted: dict[str, list[tuple[str, SiteFile, PatternFact]]] = {}
        """Dotted strings of third-party modules, by owner, until the owner turns out to load by name."""

    def trace(self) -> ImportGraph:
        for function in self._functions:
            self._start(function)
        self._drain()
        self._scan_own_data()
        self._drain()
        self._store.save()
        return ImportGraph(
            modules=self._modules,
            edges={path: tuple(found.values()) for path, found in self._edges.items()},
            missing=tuple(self._missing),
            warnings=tuple(self._warnings),
            reads_source=frozenset(self._reads_source),
        )

    # ---- where it starts

    def _start(self, function: Function) -> None:
        found = self._index.find(function.handler.module)
        if found is None or found.file is None or not self._finder.load(function.handler.module):
            raise HandlerNotFoundError(function.name, function.handler.module)
        self._load_ancestors(found)
        for path, file in self._site.files.items():
            if file.is_own and path.endswith(".py") and any(posixpath.normpath(path) == name for name in function.options.include):
                self._load_path(path)

    def _load_path(self, path: str) -> None:
        name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if self._index.find(name) is not None:
            self._finder.load(name)

    def _load_ancestors(self, found: FoundModule) -> None:
        assert found.file is not None  # noqa: S101 - the caller looked
        parent = found.name.rpartition(".")[0]
        if parent:
            self._finder.follow(found.name, parent, (), Reason(EdgeKind.PACKAGE, 0, parent))

    # ---- the walk

    def _drain(self) -> None:
        """Expand modules until no new one is reached; a whole wave of files is read at once."""
        unread = self._finder.unread
        while unread:
            wave = [found for name in unread if (found := self._index.find(name)) is not None]
            unread.clear()
            self._store.prefetch(found.file for found in wave if found.file is not None and found.file.path.endswith(".py"))
            for found in wave:
                self._expand(found)

    def _expand(self, found: FoundModule) -> None:
        file = found.file
        if file is None:
            return
        self._modules[file.path] = found.name
        if found.is_extension:
            self._expand_extension(found, file)
        elif file.path.endswith(".py"):
            self._expand_source(found, file, self._store.source(file))
        for name in self._known.hidden(found.name):
            self._follow(found, name, (), Reason(EdgeKind.KNOWN, 0, name))
        for pattern in self._known.data(found.name):
            self._add_files(file, self._assets.below_package(found.name, pattern, self._index), EdgeKind.KNOWN, 0, pattern)

    def _expand_source(self, found: FoundModule, file: SiteFile, facts: SourceFacts) -> None:
        if facts.error:
            self._warnings.append(TraceWarning(source=file.path, line=0, message=f"cannot be read: {facts.error}"))
        if facts.reads_source:
            self._reads_source.add(file.path)
        for fact in facts.imports:
            self._follow_import(found, fact)
        for fact in facts.dynamic:
            self._follow_pattern(found, fact)
        for fact in facts.walks:
            self._follow_walk(found, file, fact)
        for fact in facts.data:
            self._follow_data(found, file, facts, fact)
        for package, path, line in facts.resources:
            self._add_files(file, self._resource_files(found, package, path), EdgeKind.DATA, line, f"{package}:{path}")
        for fact in facts.metadata:
            self._follow_metadata(found, file, fact)
        for fact in facts.groups:
            self._follow_group(found, file, fact)
        self._follow_strings(found, file, facts)

    # ---- imports

    def _follow_import(self, found: FoundModule, fact: ImportFact) -> None:
        name = _absolute_import(found, fact)
        if name is None:
            return
        reason = Reason(EdgeKind(fact.kind), fact.line, name)
        head = name.partition(".")[0]
        if head not in self._index.top_level:
            if head in self._provided:
                self._follow_provided(found, name, fact)
            elif fact.level == 0:
                self._miss(found, fact, name)
            return
        is_star = fact.names == ("*",)
        if not self._follow(found, name, () if is_star else fact.names, reason):
            self._miss(found, fact, name)
        if is_star:
            self._follow_star(found, name, reason)

    def _follow_star(self, found: FoundModule, name: str, reason: Reason) -> None:
        """`from package import *` also imports the submodules that `__all__` names; those strings are facts of the package."""
        package = self._index.find(name)
        if package is None or package.file is None or not package.is_package or not package.file.path.endswith(".py"):
            return
        for word in self._store.source(package.file).strings:
            if "." not in word.pattern and f"{name}.{word.pattern}" in self._index:
                self._follow(found, f"{name}.{word.pattern}", (), reason)

    def _follow_provided(self, found: FoundModule, name: str, fact: ImportFact) -> None:
        for hidden in self._known.hidden(name):
            if hidden in self._index:
                self._follow(found, hidden, (), Reason(EdgeKind.KNOWN, fact.line, hidden))

    def _miss(self, found: FoundModule, fact: ImportFact, name: str) -> None:
        if found.file is not None and not (name.partition(".")[0] in self._provided):
            self._missing.append(MissingImport(source=found.file.path, line=fact.line, name=name, kind=EdgeKind(fact.kind)))

    def _follow(self, found: FoundModule, name: str, names: tuple[str, ...], reason: Reason) -> bool:
        if any(name == prefix or name.startswith(f"{prefix}.") for prefix in self._skipped):
            return True
        if reason.kind not in _HARD_KINDS and self._is_foreign_test(found, name):
            return True
        return self._finder.follow(found.name, name, names, reason)

    def _is_foreign_test(self, found: FoundModule, name: str) -> bool:
        """Tell whether a weak or guessed edge leads from working code into tests."""
        module = self._index.find(name)
        if module is None or module.file is None or module.file.is_own:
            return False
        return is_test_path(module.file.path) and not (found.file is not None and is_test_path(found.file.path))

    def _add_import(self, source: str, name: str, reason: Reason) -> None:
        """Note an edge between two modules, called by the finder."""
        origin, reached = self._index.find(source), self._index.find(name)
        if origin is None or origin.file is None or reached is None or reached.file is None:
            if reached is not None and origin is not None and origin.file is not None and reached.file is None:
                self._reach_through_namespace(origin, reached)
            return
        self._add_edge(origin.file.path, reached.file.path, reason)

    def _reach_through_namespace(self, origin: FoundModule, reached: FoundModule) -> None:
        """A namespace package has no file; the packages above it may have, and load with it."""
        parent = self._index.find(reached.name.rpartition(".")[0])
        if parent is not None and parent.file is not None and origin.file is not None:
            self._add_edge(origin.file.path, parent.file.path, Reason(EdgeKind.PACKAGE, 0, parent.name))

    def _add_edge(self, source: str, target: str, reason: Reason) -> None:
        if source != target:
            edges = self._edges.setdefault(source, {})
            edge = Edge(source=source, target=target, kind=reason.kind, line=reason.line, name=reason.name)
            edges.setdefault((target, reason.kind), edge)

    # ---- names given as strings

    def _follow_pattern(self, found: FoundModule, fact: PatternFact) -> None:
        pattern = _with_own_names(fact.pattern, found)
        if pattern.startswith("."):
            package = found.name if found.is_package else found.name.rpartition(".")[0]
            pattern = _resolved(pattern, package) or ""
        head = pattern.partition(".")[0]
        if head not in self._index.top_level and "*" not in head:
            self._follow_provided(found, pattern, ImportFact(pattern, 0, (), EdgeKind.DYNAMIC, fact.line))
            return
        names = list(self._index.matching(pattern))
        if not names and "*" not in pattern:
            module = self._index.longest_module(pattern)
            names = [module] if module is not None else []
        for name in names:
            self._follow(found, name, (), Reason(EdgeKind.DYNAMIC, fact.line, pattern))

    def _follow_walk(self, found: FoundModule, file: SiteFile, fact: PatternFact) -> None:
        folder = self._assets._absolute(fact.pattern, file, self._index)[0]  # noqa: SLF001
        if folder:
            for name in self._index.below(folder.replace("/", ".").partition(".*")[0]):
                self._follow(found, name, (), Reason(EdgeKind.DYNAMIC, fact.line, fact.pattern))

    def _follow_strings(self, found: FoundModule, file: SiteFile, facts: SourceFacts) -> None:
        if facts.is_lazy:
            for word in facts.strings:
                self._follow_lazy_word(found, word)
            if not file.is_own:
                self._start_loading_by_name(file.owner)
        if file.is_own:
            for word in facts.strings:
                self._follow_own_word(found, word)
            return
        dotted = [word for word in facts.strings if "." in word.pattern.strip(".")]
        if file.owner in self._loading_owners:
            for word in dotted:
                self._follow_dotted_word(found, word)
        else:
            self._dotted.setdefault(file.owner, []).extend((found.name, file, word) for word in dotted)

    def _start_loading_by_name(self, owner: str) -> None:
        if owner not in self._loading_owners:
            self._loading_owners.add(owner)
            for name, _, word in self._dotted.pop(owner, ()):
                module = self._index.find(name)
                if module is not None:
                    self._follow_dotted_word(module, word)

    def _follow_lazy_word(self, found: FoundModule, word: PatternFact) -> None:
        package = found.name if found.is_package else found.name.rpartition(".")[0]
        text = word.pattern
        candidates = [_resolved(text, package)] if text.startswith(".") else [f"{package}.{text}" if package else text, text]
        for candidate in candidates:
            name = self._index.longest_module(candidate) if candidate and "." in candidate else candidate
            if name and name in self._index and name != package:
                self._follow(found, name, (), Reason(EdgeKind.DYNAMIC, word.line, text))

    def _follow_dotted_word(self, found: FoundModule, word: PatternFact) -> None:
        name = self._index.longest_module(word.pattern)
        if name is not None:
            self._follow(found, name, (), Reason(EdgeKind.DYNAMIC, word.line, word.pattern))

    def _follow_own_word(self, found: FoundModule, word: PatternFact) -> None:
        """Settings name modules in strings: a dotted one, or the whole of an installed package."""
        text = word.pattern
        if text.startswith("."):
            return
        name = self._index.longest_module(text) if "." in text or ":" in text else text
        module = self._index.find(name) if name else None
        if module is None or name is None or module.name == found.name:
            return
        reason = Reason(EdgeKind.DYNAMIC, word.line, text)
        self._follow(found, name, (), reason)
        if module.is_package and name == text:
            for below in self._index.below(name):
                self._follow(found, below, (), reason)

    def _scan_own_data(self) -> None:
        """Read the project's own small settings files for dotted names of modules: logging, frameworks, plugins."""
        origins = [function.handler.module for function in self._functions]
        found = self._index.find(origins[0])
        if found is None:
            return
        for path, file in self._site.files.items():
            if not file.is_own or not path.endswith(_TEXT_DATA) or file.size_bytes > _LARGEST_TEXT_BYTES:
                continue
            text = (file.container / file.member).read_text(encoding="utf-8", errors="replace")
            for word in dict.fromkeys(_DOTTED_WORD.findall(text)):
                name = self._index.longest_module(word)
                module = self._index.find(name) if name is not None else None
                if name is None or module is None or (module.file is not None and module.file.is_own and module.name in origins):
                    continue
                for origin in origins:
                    start = self._index.find(origin)
                    if start is not None:
                        self._follow(start, name, (), Reason(EdgeKind.DYNAMIC, 0, f"{path}: {word}"))

    # ---- files

    def _follow_data(self, found: FoundModule, file: SiteFile, facts: SourceFacts, fact: PatternFact) -> None:
        files = self._assets.named_by(fact.pattern, file, self._index)
        self._add_files(file, files, EdgeKind.DATA, fact.line, _readable(fact.pattern))
        is_own_folder = fact.pattern in {OWN_FILE, OWN_FOLDER} or fact.pattern.startswith(f"{OWN_FOLDER}/*")
        if is_own_folder and facts.imports_unknown:
            package = found.name if found.is_package else found.name.rpartition(".")[0]
            for name in self._index.children(package) if package else ():
                self._follow(found, name, (), Reason(EdgeKind.DYNAMIC, facts.imports_unknown, f"{package}.*"))

    def _resource_files(self, found: FoundModule, package: str, path: str) -> tuple[SiteFile, ...]:
        name = found.name if package == OWN_NAME else package
        module = self._index.find(name)
        if module is not None and not module.is_package and package == OWN_NAME:
            name = name.rpartition(".")[0]
        return self._assets.below_package(name, path, self._index) if name in self._index else ()

    def _add_files(self, source: SiteFile, files: Iterable[SiteFile], kind: EdgeKind, line: int, name: str) -> None:
        for file in files:
            if file.owner in self._external:
                continue
            self._add_edge(source.path, file.path, Reason(kind, line, name))
            if file.path.endswith(".py"):
                self._load_path(file.path)
            elif ".so" in file.path and file.path not in self._seen_data:
                self._seen_data.add(file.path)
                self._follow_links(file)

    # ---- metadata

    def _follow_metadata(self, found: FoundModule, file: SiteFile, fact: PatternFact) -> None:
        pattern = _with_own_names(fact.pattern, found).partition(".")[0]
        name = re.sub(r"[-_.]+", "-", pattern).lower()
        owner = self._owner_of_module(pattern)
        for distribution in (self._distributions.get(name), self._distributions.get(owner or "")):
            if distribution is not None:
                self._add_metadata(file, distribution, fact.line)

    def _owner_of_module(self, name: str) -> str | None:
        module = self._index.find(name)
        return module.file.owner if module is not None and module.file is not None else None

    def _add_metadata(self, source: SiteFile, distribution: Distribution, line: int) -> None:
        for base in ("METADATA", "entry_points.txt"):
            path = f"{distribution.dist_info}/{base}"
            if path in self._site.files:
                self._add_edge(source.path, path, Reason(EdgeKind.METADATA, line, distribution.name))

    def _follow_group(self, found: FoundModule, file: SiteFile, fact: PatternFact) -> None:
        for distribution in self._site.distributions:
            if distribution.name in self._external:
                continue
            for group, name, value in distribution.entry_points:
                if self._is_group(group, fact.pattern, file):
                    module = value.partition(":")[0].partition("[")[0].strip()
                    self._follow(found, module, (), Reason(EdgeKind.ENTRY_POINT, fact.line, f"{group}: {name}"))
                    self._add_metadata(file, distribution, fact.line)

    @staticmethod
    def _is_group(group: str, pattern: str, reader: SiteFile) -> bool:
        """Tell whether a group is meant; one nobody can tell may be any that bears the reader's name."""
        if pattern.strip("*"):
            return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), group) is not None
        if group in _SCRIPT_GROUPS:
            return False
        names = {reader.owner, reader.path.partition("/")[0]}
        plain = re.sub(r"[-_.]", "", group).lower()
        return reader.is_own or any(re.sub(r"[-_.]", "", name).lower() in plain for name in names)

    # ---- native code

    def _expand_extension(self, found: FoundModule, file: SiteFile) -> None:
        for companion in found.companions:
            if companion.path.endswith(".py"):
                for fact in self._store.source(companion).imports:
                    self._follow_import(found, fact._replace(kind=EdgeKind.NATIVE))
        self._follow_links(file)
        facts = self._store.binary(file)
        parent = found.name.rpartition(".")[0]
        words = set(facts.words)
        for name in sorted(words):
            if name in self._index and self._is_plausible(name, file):
                self._follow(found, name, (), Reason(EdgeKind.NATIVE, 0, name))
            relative = f"{parent}.{name}"
            if parent and relative in self._index and self._is_plausible(relative, file):
                self._follow(found, relative, (), Reason(EdgeKind.NATIVE, 0, name))
        self._follow_runs(found, file, words)

    def _follow_runs(self, found: FoundModule, file: SiteFile, words: set[str]) -> None:
        """Find dotted names inside longer text: compilers of other languages than C store strings without an end."""
        runs = "\n".join(word for word in words if "." in word)
        owners = {file.owner}
        for top in sorted({name.partition(".")[0] for name in self._index.top_level}):
            if f"{top}." in runs and self._owner_of(top) in owners:
                for name in self._index.below(top):
                    if name in runs and re.search(rf"{re.escape(name)}(?![\w])|{re.escape(name)}(?=[A-Z_a-z])", runs):
                        self._follow(found, name, (), Reason(EdgeKind.NATIVE, 0, name))

    def _owner_of(self, top: str) -> str | None:
        owner = self._owner_of_module(top)
        if owner is not None:
            return owner
        below = next(iter(self._index.below(top)), None)
        return self._owner_of_module(below) if below else None

    def _is_plausible(self, name: str, file: SiteFile) -> bool:
        """Tell whether a word in a binary that is a module's name means it: any of its own distribution or one it needs."""
        owner = self._owner_of_module(name)
        if owner is None or owner == file.owner:
            return owner is not None
        distribution = self._distributions.get(file.owner)
        return distribution is None or owner in distribution.requires or "." in name

    def _follow_links(self, file: SiteFile) -> None:
        pending = [file]
        seen = {file.path}
        while pending:
            current = pending.pop()
            facts = self._store.binary(current)
            for soname in facts.needed:
                library = self._find_library(current, soname, facts.run_paths)
                if library is not None:
                    self._add_edge(current.path, library.path, Reason(EdgeKind.LINK, 0, soname))
                    if library.path not in seen:
                        seen.add(library.path)
                        pending.append(library)

    def _find_library(self, file: SiteFile, soname: str, run_paths: tuple[str, ...]) -> SiteFile | None:
        folder = file.path.rpartition("/")[0]
        for run_path in (*run_paths, "$ORIGIN"):
            if not run_path.startswith(("$ORIGIN", "${ORIGIN}")):
                continue
            below = run_path.replace("${ORIGIN}", "$ORIGIN").removeprefix("$ORIGIN").lstrip("/")
            path = posixpath.normpath(posixpath.join(folder, below, soname))
            if path in self._site.files:
                return self._site.files[path]
        # A library may be found because another one of its package loaded it before, wherever it lies.
        return self._libraries.get((file.owner, soname))

    @property
    def _libraries(self) -> dict[tuple[str, str], SiteFile]:
        if not hasattr(self, "_libraries_by_name"):
            self._libraries_by_name = {
                (file.owner, path.rpartition("/")[2]): file for path, file in self._site.files.items() if ".so" in path
            }
        return self._libraries_by_name


def _absolute_import(found: FoundModule, fact: ImportFact) -> str | None:
    if not fact.level:
        return fact.name
    package = found.name if found.is_package else found.name.rpartition(".")[0]
    return _resolved("." * fact.level + fact.name, package)


def _resolved(name: str, package: str) -> str | None:
    """Resolve a relative name as the import system does; `None` beyond the top-level package."""
    try:
        return resolve_name(name, package)
    except (ImportError, ValueError):
        return None


def _with_own_names(pattern: str, found: FoundModule) -> str:
    package = found.name if found.is_package else found.name.rpartition(".")[0]
    return pattern.replace(OWN_NAME, found.name).replace(OWN_PACKAGE, package)


def _readable(template: str) -> str:
    """Return a path template without marks, for people."""
    return re.sub("[\x01-\x06]", "", template).lstrip("/") or "."
