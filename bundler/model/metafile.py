"""What the metafile beside each zip says: written by one build, read by reports, checks, comparisons and later builds.

The fields have the names that they have in its JSON. One that came later has a default, so that older metafiles are
read too; `None` is not written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipEntry:
    """What a zip weighs, and its digests."""

    bytes: int
    unzipped_bytes: int
    overhead_bytes: int
    """Headers and the table of contents: what the zip weighs beyond its members' data."""
    sha256: str
    """In hexadecimal digits."""
    code_sha256: str
    """In base64, as Lambda's `CodeSha256`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseEntry:
    """What led to a file first."""

    kind: str
    """One of `EdgeKind`, or of those that another release has."""
    source: str
    line: int
    name: str
    """What was asked for."""
    rule: str | None = None
    """The mechanism of tracing that found it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """What one member of the zip weighs and why it is there."""

    path: str
    size: int
    zipped: int
    owner: str
    """Its distribution; empty for own code."""
    kind: str
    """One of `source`, `bytecode`, `native`, `data`, `metadata`."""
    origin: str
    """The path in the site it was made from."""
    cause: CauseEntry
    through: str | None = None
    """The nearest file that every chain to it passes through; empty where there is none, `None` where nobody looked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageEntry:
    """What one owner of files brings; own code goes by an empty name."""

    name: str
    version: str
    size: int
    zipped: int
    files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OmissionEntry:
    """What one rule keeps out of one owner."""

    rule: str
    owner: str
    files: int
    bytes: int
    why: str = ""


class OmittedEntry(NamedTuple):
    """One file that does not ship."""

    path: str
    size: int
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeEntry:
    """How one file leads to another."""

    source: str
    target: str
    kind: str
    line: int
    name: str
    rule: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeakEntry:
    """A distribution that ships for an optional import alone, with the unzipped bytes that would go without it."""

    distribution: str
    bytes: int
    edge: EdgeEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerEntry:
    """A layer of the service that the function runs with."""

    name: str
    bytes: int
    unzipped_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderEntry:
    """What reads or looks for source."""

    source: str
    line: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSourceEntry:
    """A distribution that ships source beside its bytecode."""

    distribution: str
    files: int
    size: int
    zipped: int
    readers: tuple[ReaderEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtEntry:
    """A place where nobody can tell what is loaded or opened, and what ships for it alone."""

    distribution: str
    """Whose code it is; empty for own code."""
    source: str
    line: int
    """0 where lines mean nothing."""
    sink: str
    """What loads or opens it."""
    rule: str = ""
    """The mechanism: what makes code of a value, `doubt.sink`, may want modules of anyone."""
    files: int
    size: int
    zipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesEntry:
    """What a zip was made from."""

    packages: Mapping[str, str]
    """All that is locked, by name: versions, and a digest where a version says too little."""
    files: Mapping[str, str]
    """Digests of the project's own files that ship or hold code, by path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleMetafile:
    """What is known of any zip; its lists are sorted, so equal bundles have equal metafiles."""

    lbundle: str
    """The version that built it."""
    runtime: str
    architecture: str
    settings: Mapping[str, str] = field(default_factory=dict)
    """What of the options decides about size, where it is not the default."""
    inputs: str
    """The digest of all that went into the build, by which what is unchanged is known."""
    locks: tuple[str, ...]
    """The files that pinned its packages, by their paths from the settings."""
    unverified: int | None = None
    """How many of the pins had to be fetched and have no hash that the file could be held against, if any."""
    zip: ZipEntry
    packages: tuple[PackageEntry, ...]
    """The heaviest in the zip first."""
    files: tuple[FileEntry, ...]
    kept_sources: tuple[KeptSourceEntry, ...] = ()
    """The heaviest first."""
    omissions: tuple[OmissionEntry, ...]
    """The heaviest first."""
    omitted: tuple[OmittedEntry, ...]
    warnings: tuple[str, ...]

    @property
    def name(self) -> str:
        """The function's, or the layer's."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Metafile(BundleMetafile):
    """What `<function>.json` holds."""

    function: str
    service: str
    stage: str
    handler: str
    unguarded: str = ""
    """Why the bundle does not explain at run time what it lacks; empty where it does, or where nobody says."""
    sources: SourcesEntry | None = None
    search_folders: tuple[str, ...] = ()
    layers: tuple[LayerEntry, ...] = ()
    doubts: tuple[DoubtEntry, ...] = ()
    """The costliest first; those that cost nothing say which sinks there are."""
    weak_edges: tuple[WeakEntry, ...]
    """The heaviest first."""

    @property
    def name(self) -> str:
        return self.function


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerMetafile(BundleMetafile):
    """What `layers/<layer>.json` holds."""

    layer: str

    @property
    def name(self) -> str:
        return self.layer
