"""What reporting gives: shares of a bundle, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What files that have something in common weigh together."""

    name: str
    """What they share: a distribution, a kind, a rule, or the path of a single file."""
    files: int
    size_bytes: int
    zipped_bytes: int
    """Their compressed data; 0 for files that do not ship."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a finished bundle is judged for; an error fails the build, a warning and a note do not."""

    name: str
    """In kebab case, the same in every release: `zip-over-limit`."""
    level: Literal["error", "warning", "note"]
    function: str
    message: str
    path: str = ""
    """The project's file that is to blame, where there is one."""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleTime:
    """What one module cost when the handler was imported."""

    module: str
    importer: str
    """The module whose import led to it; empty for the handler's own."""
    own_seconds: float
    """Without the modules that it imports."""
    all_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportTiming:
    """How long importing a handler took in fresh processes; without runs it could not be measured."""

    function: str
    seconds: float = 0.0
    """The median."""
    runs: int = 0
    modules: tuple[ModuleTime, ...] = ()
    """From one more run, in which the interpreter times every import and is slower for it."""
    problem: str = ""
    """Why there is no measurement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What zips were made from, and by which lbundle: what tells its upgrade from growth of the user's."""

    lbundle: str = ""
    """Its version; empty where nothing tells it."""
    packages: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """All that is locked, whether it ships or not, by name: versions, and a digest where a version says too little."""
    own_files: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Digests of the project's own files that ship or hold code, by path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What lies between a handler and something that ships because of it."""

    packages: frozenset[str] = frozenset()
    own_files: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSize:
    """What one distribution brings to a function."""

    version: str
    zipped_bytes: int
    path: str
    """The own file whose import leads to it; empty where none is known."""
    line: int
    module: str
    """What that import asks for."""
    way: Way = Way()


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSize:
    """What one function weighs, with just enough to tell later why it changed."""

    zip_bytes: int
    unzipped_bytes: int
    settings: Mapping[str, str]
    """Whatever of the settings decides about size."""
    packages: Mapping[str, PackageSize]
    own_files: Mapping[str, int]
    """The project's own files that ship, in zipped bytes, bytecode counted with its source."""
    ways: Mapping[str, Way] = field(default_factory=dict)
    """How each of them came to ship; a baseline does not tell."""
    sources: Sources = Sources()


Sizes = Mapping[str, FunctionSize]
"""What the functions of a service weigh, by name: what `lbundle-sizes.json` holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that made a zip larger or smaller."""

    text: str
    zipped_bytes: int
    path: str = ""
    line: int = 0
    is_by_lbundle: bool = False
    """Another lbundle made it of the same sources."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How one function's zip changed."""

    function: str
    before: int | None
    """Bytes of the zip; `None` for a function that was not there."""
    after: int | None
    reasons: tuple[Reason, ...]
    """The largest first."""
    lbundle_bytes: int = 0
    """How much of the growth is that of another lbundle, which is no fault of the user's."""
