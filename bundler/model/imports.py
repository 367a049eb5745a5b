"""What tracing gives: files, and the edges that lead from one to the next."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from enum import StrEnum


class EdgeKind(StrEnum):
    """Why one file needs another; policy and `lbundle why` go by it."""

    HANDLER = "handler"
    """The start: the settings name this module."""
    IMPORT = "import"
    """Runs when the module loads."""
    TRY = "try"
    """Runs when the module loads, inside `try` with an `except ImportError`."""
    CONDITIONAL = "conditional"
    """Runs when the module loads, under an `if` that the target does not decide."""
    FUNCTION = "function"
    """Runs when a function does."""
    PACKAGE = "package"
    """The `__init__` of a package above an imported module."""
    DYNAMIC = "dynamic"
    """A string names the module."""
    ENTRY_POINT = "entry-point"
    METADATA = "metadata"
    DATA = "data"
    NATIVE = "native"
    """A string inside a shared object names the module."""
    LINK = "link"
    """The dynamic linker loads it (DT_NEEDED)."""
    KNOWN = "known"
    """A rule in `known_packages/` says so."""
    OBSERVED = "observed"
    """A recorded run loaded it."""
    DOUBT = "doubt"
    """The file turns a value that nobody can tell into code: any module of its distribution may be meant."""
    INCLUDE = "include"
    """The user's settings name it."""


WEAK_KINDS = frozenset({EdgeKind.TRY, EdgeKind.FUNCTION, EdgeKind.CONDITIONAL})
"""Kinds that often lead to optional dependencies."""


def leads_on_in_doubt(kind: EdgeKind, source: str, target: str, near: Container[str]) -> bool:
    """Tell whether what ships in doubt alone leads on, from one distribution to another.

    It does inside its own, and as it loads into those that are `near`: they ship anyway, or its own requires them.
    What first-party code imports in a function is meant too; it has an empty name.
    """
    return source == target or (target in near and (kind is not EdgeKind.FUNCTION or not source))


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One reason for one file to ship: `source` leads to `target`."""

    source: str
    """The path of the file that needs it; empty for the handler itself."""
    target: str
    kind: EdgeKind
    line: int
    """Where in `source`, from 1; 0 where lines mean nothing."""
    name: str
    """What was asked for: a dotted module, a glob, a library's soname, a distribution."""
    rule: str = ""
    """The mechanism that made it; empty for what only planning knows of, whose kind says it."""

    @property
    def place(self) -> tuple[bool, int, str]:
        """Order the edges of a file as they stand in it; those without a line come last."""
        return self.line == 0, self.line, self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingImport:
    """An import that nothing in the site, the runtime or the standard library provides."""

    source: str
    line: int
    name: str
    kind: EdgeKind
    is_absent: bool = False
    """Not even the package that its name starts with is there."""
    always_runs: bool = True
    """No loop and no `match` decides whether it runs when its module loads."""
    made_by: frozenset[str] = frozenset()
    """Files that may make the module when they run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceWarning:
    """Something the trace could not see through, and what was done about it."""

    source: str
    line: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceNeed:
    """One reason for a module of a package to ship as source too."""

    reader: str
    """The path of the file that reads the source, or looks for it; it counts where that file ships."""
    line: int
    """Where in it, from 1; 0 where lines mean nothing."""
    why: str
    """What the reader does, as a verb and its object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportGraph:
    """Files reached from the handler of a function, or from a layer's modules, and why."""

    external: frozenset[str]
    """Distributions that something else brings to the function: nothing of them was followed."""
    modules: Mapping[str, str]
    """Path of every Python module reached → its dotted name."""
    edges: Mapping[str, tuple[Edge, ...]]
    """Path of a file → what it leads to, in order of appearance."""
    missing: tuple[MissingImport, ...]
    astray: tuple[MissingImport, ...]
    """Relative imports of own modules that lead out of the packages which these lie in: each fails where it runs."""
    warnings: tuple[TraceWarning, ...]
    sources: Mapping[str, tuple[SourceNeed, ...]]
    """Path of a module → what wants its source beside its bytecode."""
    asks_metadata: Mapping[str, tuple[tuple[str, int], ...]]
    """Path of a module that asks for the metadata of distributions nobody can tell → their names, with `*` for what is
    unknown, and the lines."""
    asked: frozenset[str] = frozenset()
    """Paths of files that were looked into, whether anything leads to them or not."""
    glibc: Mapping[str, tuple[int, ...]]
    """Path of a shared object of a package → the newest version of glibc that its symbols ask for."""
