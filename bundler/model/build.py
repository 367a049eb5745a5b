"""What goes into building and locking, and what comes out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from bundler.model.metafile import BundleMetafile, LayerMetafile
from bundler.model.progress import Progress
from bundler.model.project import Function, Layer, Target
from bundler.model.summary import BuildSummary
from bundler.model.wheels import Lock, LockFormat, Resolver, Site

Described_co = TypeVar("Described_co", bound=BundleMetafile, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSettings:
    """How to build, whatever is built."""

    output: Path
    jobs: int
    progress: Progress
    is_offline: bool
    """Nobody is asked for what the cache lacks."""
    allows_missing: bool = False
    """Zips are made even of handlers that surely cannot be imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockSettings:
    """How to lock."""

    output: Path | None
    lock_format: LockFormat | None
    """`None` stands for that of the lock in use."""
    resolver: Resolver
    is_upgrade: bool
    is_offline: bool
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedGroup:
    """Functions that share a target, requirements, code and externals, and what resolving gave them."""

    functions: tuple[Function, ...]
    lock: Lock
    site: Site

    @property
    def target(self) -> Target:
        return self.functions[0].target


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle(Generic[Described_co]):
    """The zip of a function or of a layer, as its metafile describes it."""

    name: str
    zip_path: Path
    metafile: Described_co
    is_unchanged: bool
    """The zip of an earlier build was still right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltLayer:
    """A finished layer, and what it was built from."""

    layer: Layer
    bundle: Bundle[LayerMetafile]
    site: Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build says of itself; metafiles lie on the disk, as those of hundreds are too many to hold."""

    summary: BuildSummary
    unchanged: frozenset[str]
    """The functions whose zips of an earlier build were still right."""
    unchanged_layers: frozenset[str]
    """The layers whose zips of an earlier build were still right."""
