"""Know every module of a site by its dotted name, as the target's import system would find it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bundler.model.project import Target
from bundler.model.wheels import Site, SiteFile


@dataclass(slots=True)
class FoundModule:
    """A module of the site."""

    name: str
    file: SiteFile | None
    """`None` for a namespace package (PEP 420), which is a folder without a file."""
    is_package: bool
    companions: list[SiteFile] = field(default_factory=list)
    """Source beside an extension module of the same name."""
    twins: list[SiteFile] = field(default_factory=list)
    """Own files of the same name in a folder that is put on `sys.path`: which comes first, only a run can tell."""
    is_script: bool = False
    """A file whose name no import can ask for, which is run by its path."""

    @property
    def package(self) -> str:
        """What `__package__` is in the module."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @property
    def is_extension(self) -> bool:
        return self.file is not None and self.file.path.endswith(".so")


class ModuleIndex:
    """Every importable module of a site, and the tree they form."""

    def __init__(self, site: Site, target: Target, external: frozenset[str]) -> None:
        """Index a site for a target, without the distributions that something else provides."""
        self._suffixes = module_suffixes(target)
        self._modules: dict[str, FoundModule] = {}
        self._children: dict[str, list[str]] = {}
        self._roots: set[str] = set()
        self.external_modules: set[str] = set()
        """Top-level modules of external distributions."""
        self._importable: dict[str, SiteFile] = {}
        for path, file in site.files.items():
            if not path.endswith((".py", ".so", ".pyc")):
                continue
            if file.owner in external:
                self.external_modules.add(path.partition("/")[0].partition(".")[0])
            else:
                self._importable[path] = file
                self._add(path, file)
        self._count_children(self._modules)

    def add_root(self, folder: str) -> bool:
        """Make what lies in a folder importable from the top, as putting it on `sys.path` does; tell if that is new."""
        prefix = f"{folder}/"
        known = set(self._modules)
        if prefix in self._roots or not folder:
            return False
        self._roots.add(prefix)
        has_twins = False
        for path, file in self._importable.items():
            if path.startswith(prefix):
                first = self._taken_by(path.removeprefix(prefix), known)
                if first is None:
                    self._add(path.removeprefix(prefix), file)
                elif file.is_own:
                    first.twins.append(file)
                    has_twins = True
        added = self._modules.keys() - known
        self._count_children(added)
        return bool(added) or has_twins

    def add_script(self, file: SiteFile) -> str:
        """Make a file known that nothing can import, `scripts/make.sql.py`, under a name of one part, and return it."""
        name = file.path.replace(".", "\N{MIDDLE DOT}")
        self._modules.setdefault(name, FoundModule(name, file, is_package=False, is_script=True))
        return name

    @property
    def version(self) -> int:
        """What changes when modules may have come."""
        return len(self._roots)

    def is_root(self, folder: str) -> bool:
        """Tell whether what lies in a folder is imported from the top."""
        return f"{folder}/" in self._roots

    def _taken_by(self, path: str, known: set[str]) -> FoundModule | None:
        """Return the module of that name that came first; a namespace goes on in the new folder."""
        folder, _, base = path.rpartition("/")
        stem, _ = self._stem(base)
        name = (folder if stem == "__init__" else f"{folder}/{stem}".lstrip("/")).replace("/", ".")
        return self._modules[name] if name in known and self._modules[name].file is not None else None

    def with_twins(self) -> Iterator[FoundModule]:
        """Yield the modules whose name is there twice."""
        yield from (found for found in self._modules.values() if found.twins)

    def _count_children(self, names: Iterable[str]) -> None:
        for name in sorted(names):
            parent = name.rpartition(".")[0]
            self._children.setdefault(parent, []).append(name)

    @property
    def top_level(self) -> frozenset[str]:
        """The names that can be imported without a dot."""
        return frozenset(self._children.get("", ()))

    def _add(self, path: str, file: SiteFile) -> None:
        folder, _, base = path.rpartition("/")
        stem, rank = self._stem(base)
        if stem is None or "." in folder or "." in stem or not stem:
            return
        is_package = stem == "__init__"
        if is_package and not folder:
            return
        name = (folder if is_package else f"{folder}/{stem}" if folder else stem).replace("/", ".")
        present = self._modules.get(name)
        if present is None or present.file is None:
            self._modules[name] = FoundModule(
                name, file, is_package or (present is not None and present.is_package and is_package)
            )
        else:
            self._add_rival(present, file, is_package=is_package, rank=rank)
        self._add_namespaces(name)

    def _add_rival(self, present: FoundModule, file: SiteFile, *, is_package: bool, rank: int) -> None:
        """Keep the file the import system prefers: a package, then an extension, then source."""
        assert present.file is not None  # noqa: S101 - the caller tells namespaces apart
        present_rank = self._stem(present.file.path.rpartition("/")[2])[1]
        if (not is_package, rank) < (not present.is_package, present_rank):
            if not is_package or present.is_package:
                present.companions.append(present.file)
            present.file, present.is_package = file, is_package
        elif is_package == present.is_package:
            present.companions.append(file)

    def _add_namespaces(self, name: str) -> None:
        parent = name.rpartition(".")[0]
        while parent and parent not in self._modules:
            self._modules[parent] = FoundModule(parent, None, is_package=True)
            parent = parent.rpartition(".")[0]

    def _stem(self, base: str) -> tuple[str | None, int]:
        for rank, suffix in enumerate(self._suffixes):
            if base.endswith(suffix):
                return base[: -len(suffix)], rank
        return None, len(self._suffixes)

    def find(self, name: str) -> FoundModule | None:
        """Return the module of a dotted name."""
        return self._modules.get(name)

    def __contains__(self, name: str) -> bool:
        return name in self._modules

    def children(self, package: str) -> tuple[str, ...]:
        """Return the names of the modules directly inside a package; of the site itself for an empty name."""
        return tuple(self._children.get(package, ()))

    def below(self, package: str) -> Iterator[str]:
        """Yield every module inside a package, however deep."""
        for name in self.children(package):
            yield name
            yield from self.below(name)

    def matching(self, pattern: str) -> Iterator[str]:
        """Yield the modules whose dotted name a pattern may stand for; `*` is any text.

        A pattern whose first part is unknown matches nothing: it would match everything.
        """
        if "*" not in pattern:
            if pattern in self._modules:
                yield pattern
            return
        head = pattern.partition("*")[0]
        package = head.rpartition(".")[0]
        if not package:
            if head:
                fits = re.compile(_as_expression(pattern))
                yield from (name for name in self._children.get("", ()) if fits.fullmatch(name))
            return
        fits = re.compile(_as_expression(pattern))
        yield from (name for name in self.below(package) if fits.fullmatch(name))

    def owned_matching(self, pattern: str, owners: frozenset[str]) -> Iterator[str]:
        """Yield the modules of some owners that a pattern may stand for whose first part is unknown."""
        fits = re.compile(_as_expression(pattern))
        for name, found in self._modules.items():
            if found.file is not None and found.file.owner in owners and fits.fullmatch(name):
                yield name

    def longest_module(self, dotted: str) -> str | None:
        """Return the module that a dotted name is, or that `module.attribute` or `module:attribute` starts with."""
        name, colon, _ = dotted.partition(":")
        if name in self._modules:
            return name
        parent = name.rpartition(".")[0]
        return parent if not colon and parent in self._modules else None


def _as_expression(pattern: str) -> str:
    return ".*".join(re.escape(part) for part in pattern.split("*"))


def module_suffixes(target: Target) -> tuple[str, ...]:
    """Return the file name endings the target imports, in the order in which its import system tries them."""
    major, minor = target.python
    return (
        f".cpython-{major}{minor}-{target.architecture.machine}-linux-gnu.so",
        ".abi3.so",
        ".so",
        ".py",
        ".pyc",
    )
