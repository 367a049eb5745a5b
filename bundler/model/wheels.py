"""What resolving gives: pins, the wheels that answer them, and the site they make together."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from bundler.addresses import public_address
from bundler.model.project import Target

OWN_CODE = ""
GUARD_OWNER = "lbundle-guard"
"""In place of a distribution: who owns what explains at run time that something was left out."""
"""The owner of files that belong to the project itself."""


class Resolver(StrEnum):
    """Who finds versions for requirements that do not fix them."""

    AUTO = "auto"
    """uv where it is installed, else pip-tools."""
    PIP_TOOLS = "pip-tools"
    UV = "uv"


class LockFormat(StrEnum):
    """How a lock is written down."""

    REQUIREMENTS = "requirements"
    """`requirements.txt`, in pip-tools' style."""
    PYLOCK = "pylock"
    """`pylock.toml`, as PEP 751 has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GitSource:
    """A place in a git repository that a distribution is built from."""

    url: str
    """As git takes it; it may hold a login."""
    revision: str
    """A commit, or a branch or tag that stands for one; empty for the default branch."""
    subdirectory: str = ""
    """Where the project lies in it."""

    @property
    def is_commit(self) -> bool:
        return re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", self.revision) is not None

    def __str__(self) -> str:
        revision = f"@{self.revision}" if self.revision else ""
        folder = f"#subdirectory={self.subdirectory}" if self.subdirectory else ""
        return f"git+{self.url}{revision}{folder}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One distribution at one version, as a lock names it."""

    name: str
    """Normalised as PEP 503 says."""
    version: str
    hashes: tuple[str, ...]
    """Accepted digests as `sha256:…`; empty when the lock has none."""
    url: str | None = None
    """Where the lock says the file is, when it does not come from an index."""
    path: Path | None = None
    """The absolute folder of a local project that stands for the distribution; there is nothing to fetch then."""
    git: GitSource | None = None
    """Where the lock says it is to be built from, when that is a repository."""
    index: str | None = None
    """The index that the lock has it from; it is asked before the settings' own."""
    extras: tuple[str, ...] = ()
    """The extras the lock asks for, normalised."""
    asked: str | None = None
    """What the requirements say of its version where a resolver chose it; `None`: it is pinned."""
    origin: str
    """The lock's file and line, for messages."""

    @property
    def is_from_index(self) -> bool:
        return not (self.url or self.path or self.git)

    def __str__(self) -> str:
        if self.version:
            return f"{self.name}=={self.version}"
        return f"{self.name} @ {public_address(str(self.path or self.url or self.git))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexOptions:
    """Where a lock says its files are to be looked for; what it leaves open, pip's own settings answer."""

    index_url: str | None = None
    extra_index_urls: tuple[str, ...] = ()
    supplemental_index_urls: tuple[str, ...] = ()
    """Asked for what none of the others has."""
    explicit_index_urls: tuple[str, ...] = ()
    """Asked for pins that name them, and for nothing else; nobody else is asked for these."""
    find_links: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    no_index: bool = False
    only_binary: tuple[str, ...] = ()
    """Normalised names that are never built from source; `:all:` stands for every one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """Everything a set of functions may install, markers already answered for one target."""

    pins: tuple[Pin, ...]
    paths: tuple[Path, ...]
    """The files it was read from."""
    index: IndexOptions = IndexOptions()
    notes: tuple[str, ...] = ()
    """What the user should know about where its pins come from, one sentence each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockPlan:
    """Which requirements become which lock."""

    sources: tuple[Path, ...]
    output: Path
    working_folder: Path
    """Where pip would run: relative paths of packages start there, in the lock too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenLock:
    """A lock that was compiled and written down."""

    path: Path
    pin_count: int
    targets: tuple[Target, ...]
    resolver: Resolver
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchProgress:
    """How far fetching is; each event replaces the one before."""

    pins_done: int
    pins_total: int
    bytes_done: int
    bytes_total: int
    """Of the downloads begun so far; grows as more begin."""
    name: str
    """The distribution the event is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """A chosen wheel in the cache."""

    pin: Pin
    path: Path
    sha256: str
    is_built: bool = False
    """It was made from a source distribution, or a checkout, of somebody else."""
    doubt: str = ""
    """What is to be known of how it was built, as words that follow its name."""
    yanked: str | None = None
    """Why its index asks to use it no more, empty without a reason; `None`: it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFile:
    """One file of the virtual site-packages, readable where it lies."""

    path: str
    """Where it is imported from or opened, relative to the root of the zip, with forward slashes."""
    owner: str
    """The normalised name of its distribution, or `OWN_CODE`."""
    size_bytes: int
    crc: int
    """The CRC-32 a wheel's table of contents gives; 0 for own files, which have none."""
    container: Path
    """The wheel, or the folder of own code, that holds it."""
    container_sha256: str
    """The wheel's digest; empty for own files, which are known by their content alone."""
    member: str
    """Its name inside the container; a wheel's `X.data/purelib/…` differs from `path`."""
    layer: str = ""
    """The layer of the service that brings it to the function, so that it is traced but does not ship."""
    is_local: bool = False
    """It comes from a local project: a member of a workspace, a path or editable requirement, the project itself."""

    @property
    def is_own(self) -> bool:
        """Whether the user works on it, so that it is traced as such and keeps its source."""
        return self.is_local or self.owner == OWN_CODE

    @property
    def is_program(self) -> bool:
        """Whether an install puts it into `bin`, to be run by its name."""
        return ".data/scripts/" in self.member


class NarrowNeed(NamedTuple):
    """A distribution that another one needs in few versions."""

    name: str
    """Normalised."""
    versions: str
    """A specifier: `<0.11`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """An installed distribution as its metadata describes it."""

    name: str
    version: str
    dist_info: str
    """Its metadata folder in the site: `requests-2.32.3.dist-info`."""
    wheel: Wheel
    requires: tuple[str, ...]
    """Normalised names it needs on the target, with the extras that are asked for."""
    narrow: tuple[NarrowNeed, ...]
    """Those of `requires` that it wants no later minor versions of than the lock has."""
    outgrown: tuple[str, ...] = ()
    """Those of `requires` that it wants in other versions than the runtime is known to bring."""
    optional: tuple[str, ...]
    """Normalised names it needs only with extras that nobody asks for."""
    entry_points: tuple[tuple[str, str, str], ...]
    """Each as group, name and `module:attribute`."""

    def __str__(self) -> str:
        return f"{self.name}=={self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerContents:
    """What a finished layer brings to the functions that use it."""

    name: str
    files: Mapping[str, SiteFile]
    """What can be imported from it, by the path it has below the layer's `python` folder."""
    distributions: tuple[Distribution, ...]
    sha256: str
    """Of its zip."""
    zip_bytes: int
    unzipped_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A path that several distributions bring with different content."""

    owner: str
    """The distribution whose file the site has."""
    others: tuple[str, ...]
    is_code: bool
    """Whether it matters which of them it is."""
    is_last: bool
    """Whether the owner requires all others, and so is installed after them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The virtual site-packages of one target: every file a full install would have, own code among them."""

    files: Mapping[str, SiteFile]
    distributions: tuple[Distribution, ...]
    warnings: tuple[str, ...]
    layers: tuple[LayerContents, ...] = ()
    """Layers that come with the function and whose files are among these."""
    held_back: Mapping[str, str] = field(default_factory=dict)
    """Path of an own file that does not ship by itself → the rule, where its name alone does not tell."""
    app_folders: frozenset[str] = frozenset()
    """Own folders, each with a `/` at its end, that hold code of a CDK app."""
    missing: tuple[str, ...] = ()
    """Distributions that others need and that neither the lock, a layer nor the runtime's boto3 family brings."""
    clashes: Mapping[str, Clash] = field(default_factory=dict)
    """By path; what own files and layers hide is among them."""
