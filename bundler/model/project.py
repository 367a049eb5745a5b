"""What configuring gives: a project, its functions, and what each is built for."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Architecture(StrEnum):
    """An instruction set, spelled as Lambda spells it."""

    X86_64 = "x86_64"
    ARM64 = "arm64"

    @property
    def machine(self) -> str:
        """The name `platform.machine()`, wheel tags and ELF tools use."""
        return "aarch64" if self is Architecture.ARM64 else "x86_64"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The runtime and architecture a bundle is built for, whatever machine builds it."""

    runtime: str
    """As Lambda names it: `python3.12`."""
    architecture: Architecture
    python: tuple[int, int]
    glibc: tuple[int, int]
    """The runtime's C library: wheels and shared objects may need no newer one."""

    def __str__(self) -> str:
        return f"{self.runtime} on {self.architecture}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """The function object that Lambda calls, as `module.attribute`."""

    module: str
    """Dotted, as the runtime imports it: `handlers.users`."""
    attribute: str

    def __str__(self) -> str:
        return f"{self.module}.{self.attribute}"


class BytecodeMode(StrEnum):
    """Which of source and bytecode ships."""

    AUTO = "auto"
    """Own code as both, packages as bytecode alone unless they read their source."""
    ONLY = "only"
    BESIDE = "beside"
    NONE = "none"


class ShakeMode(StrEnum):
    """How much of a distribution that is reached stays out."""

    WHOLE = "whole"
    """Nothing but its tests."""
    SAFE = "safe"
    """What nothing leads to, unless something that is reached may load what nobody can tell."""
    TRACED = "traced"
    """All that no name leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shake:
    """How far to go in leaving things out, for each distribution."""

    default: ShakeMode = ShakeMode.SAFE
    distributions: tuple[tuple[str, ShakeMode], ...] = ()
    """Those that differ, by their normalised names."""

    def mode_of(self, distribution: str) -> ShakeMode:
        """Return the mode of a distribution."""
        return dict(self.distributions).get(distribution, self.default)

    def __str__(self) -> str:
        others = "".join(f", {name}: {mode.value}" for name, mode in self.distributions)
        return f"{self.default.value}{others}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How much larger a zip may become before a check fails: whichever of the two allows more."""

    percent: float = 0.0
    size_bytes: int = 0

    def allowed_bytes(self, before: int) -> int:
        """Return by how many bytes a zip of `before` bytes may grow."""
        return max(int(before * self.percent / 100), self.size_bytes)


DEFAULT_GROWTH = Growth(percent=5.0, size_bytes=10_000)
"""Few people care for less, and small functions grow by a tenth with one new file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The most a bundle may weigh, in bytes, and may take to import; `None` is no limit of the user's."""

    zip_bytes: int | None = None
    unzipped_bytes: int | None = None
    packages: tuple[tuple[str, int], ...] = ()
    """The most that single distributions may bring unzipped, by their normalised names."""
    imports_seconds: float | None = None
    """The most that importing the handler may take."""
    growth: Growth = DEFAULT_GROWTH
    """Against the baseline."""


ALL_PACKAGES = ":all:"
"""Stands for every name in a list of distributions, as in pip's options."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the user asks of lbundle for one function, defaults filled in."""

    requirements: tuple[Path, ...]
    """Requirements files and locks, in order; empty for a function without packages."""
    working_folder: Path
    """Where pip would run: relative paths of packages in requirements files start there."""
    groups: tuple[str, ...] = ()
    """Dependency groups of the lock that ship beside the project's own dependencies."""
    extras: tuple[str, ...] = ()
    """The project's own extras that ship."""
    only_binary: tuple[str, ...] = ()
    """Normalised names of distributions that are never built from source; `:all:` stands for every one."""
    include: tuple[str, ...]
    """Globs of own files that ship even though nothing leads to them; a Python file named here is traced too."""
    exclude: tuple[str, ...]
    """Ordered globs of bundle paths that never ship; a later `!glob` takes files back in."""
    include_modules: tuple[str, ...]
    """Dotted modules that ship in any case, with all below them: the user's answer to what nobody can see."""
    exclude_modules: tuple[str, ...]
    """Dotted modules that are not followed, with all below them: the user's answer to a weak edge."""
    external: tuple[str, ...] | None
    """Distributions that something else provides; `None` stands for the runtime's own boto3 family."""
    bytecode: BytecodeMode
    shake: Shake = Shake()
    strip: bool = True
    """Whether packages' shared libraries lose their debugging symbols."""
    guard: bool = True
    """Whether the bundle explains at run time what it lacks."""
    limit: Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A layer of the service: a folder that ships as it is, or packages that lbundle puts into one."""

    name: str
    """The key in the user's settings, which names the zip too."""
    target: Target
    """What it is built for; a folder serves whatever its files fit."""
    folder: Path | None
    """The user's own, `None` where lbundle builds the layer."""
    options: Options | None
    """How to build it, `None` for a folder."""
    code_root: Path | None = None
    """The folder whose modules and data go beside the packages; `None` for packages alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCode:
    """A name of a module, or of something in one, that one of a function's variables holds."""

    variable: str
    name: str
    """Dotted; a `:` may stand before the last part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One Lambda function to bundle."""

    name: str
    """The key in the user's settings, which names the zip too."""
    handler: Handler
    handler_path: str
    """The handler's file, relative to `code_root`, with forward slashes; empty until a package is found to hold it.

    Where a layer that nothing is known of brings the handler, it is the file that one of the variables names.
    """
    handler_problem: str = ""
    """The mistake to report where no package holds the handler either."""
    target: Target
    code_root: Path
    """The folder that becomes the root of the zip: `/var/task`."""
    patterns: tuple[str, ...]
    """Serverless `package.patterns` over own files: `!` negates, the last that matches decides, none: it ships."""
    options: Options
    layers: tuple[str, ...] = ()
    """The service's own layers it runs with, in order: files of a later one hide those of an earlier one."""
    has_foreign_layers: bool = False
    """Layers of which nothing is known bring modules too, or folders outside of the function."""
    search_folders: tuple[str, ...] = ()
    """Folders of the code that its variables put on Python's path."""
    named: tuple[NamedCode, ...] = ()
    """What its variables name of the code, as frameworks and wrappers read it from them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What the settings say of all functions together, whichever of them are built."""

    handlers: frozenset[str] = frozenset()
    """Of every function, dotted: `handlers.users.create_user`."""
    handler_files: frozenset[Path] = frozenset()
    """Where those of own code are."""
    settings_files: frozenset[Path] = frozenset()
    """What the settings are read from: no data of a function, unless its code opens one."""


NO_DEPLOYMENT = Deployment()


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A service: where it is and what it deploys."""

    root: Path
    name: str
    stage: str
    settings_path: Path
    """The file the functions were read from."""
    functions: tuple[Function, ...]
    growth: Growth = DEFAULT_GROWTH
    """How much all zips together may grow."""
    layers: tuple[Layer, ...] = ()
    """Those that are built: all, or those of the functions that are asked for."""
    layer_folders: tuple[Path, ...] = ()
    """Folders that ship as layers, whoever uses them, and so are no code of a function's."""
    deployment: Deployment = NO_DEPLOYMENT
    notes: tuple[str, ...]
    """What was skipped or left alone, one sentence each: image functions, other runtimes, …"""
