"""What planning gives: every file that ships with its cause, every one that does not with its rule."""

from dataclasses import dataclass

from bundler.model.imports import Edge, SourceNeed
from bundler.model.project import BytecodeMode, Function, Layer, Target
from bundler.model.wheels import SiteFile


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFile:
    """A file that ships, and the edge that first led to it."""

    file: SiteFile
    cause: Edge
    module: str | None
    """Its dotted name when it is a Python module, else `None`."""
    source_need: SourceNeed | None
    """Why a package's module is not to ship as bytecode alone; `None` where nothing asks for its source."""
    is_alone: bool
    """It is the metadata of a distribution of which nothing else ships, for whoever asks by a name nobody can tell."""
    through: str
    """The nearest other file that every chain from the handler passes through; empty where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Omission:
    """A file of the full install that does not ship."""

    path: str
    owner: str
    size_bytes: int
    rule: str
    """One word of `OMISSION_RULES`."""


OMISSION_RULES = {
    "unreached": "no import leads to it",
    "optional": "only an import inside a function of a package that does not declare it leads there",
    "external": "something else provides its package",
    "layer": "a layer of the function brings it",
    "runtime": "the Lambda runtime provides its package",
    "excluded": "the settings exclude it",
    "tests": "it belongs to a package's own tests",
    "documentation": "it is documentation",
    "stub": "it only serves type checkers",
    "build": "it only serves building: headers, sources of extensions, static libraries",
    "metadata": "only the thin part of a package's metadata is read at run time",
    "unused-data": "no module that ships opens it",
    "unlinked": "no shared object that ships loads it",
    "junk": "only those who build, deploy and test read it: version control, CI, infrastructure, tools, reports",
    "secret": "it may hold secrets: state and variables of Terraform, logins",
    "handler": "it is the handler of another function, and nothing leads to it",
    "settings": "it only says how functions are built and deployed",
    "local": "a local project's folder; what it installs ships from elsewhere",
    "patterns": "`package.patterns` leaves it out",
    "bytecode": "stale bytecode is replaced by our own",
    "symbols": "only debuggers read the symbols of shared libraries",
}
"""What each rule means, for `lbundle why` and the report."""


LeftOut = dict[str, tuple[tuple[str, str, str, str], ...]]
"""What a bundle lacks: for `modules`, `libraries` and `files` groups of rule, reason, remedy and names, one a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeakEdge:
    """A way into another distribution that only optional imports open."""

    edge: Edge
    distribution: str
    paths: frozenset[str]
    """The site's modules that would go if it were cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one function's zip will hold, in order of path."""

    function: Function
    files: tuple[PlannedFile, ...]
    omissions: tuple[Omission, ...]
    weak_edges: tuple[WeakEdge, ...]
    warnings: tuple[str, ...]
    made_of: frozenset[str] = frozenset()
    """Paths of the files whose contents had a say in the plan, whether they ship or not."""
    sinks: tuple[Edge, ...] = ()
    """An edge of doubt for each place in what ships for sure where nobody can tell what is loaded or opened."""
    unimportable: tuple[str, ...] = ()
    """Why the handler surely cannot be imported, one sentence for each module that nothing provides."""

    @property
    def target(self) -> Target:
        return self.function.target

    @property
    def bytecode(self) -> BytecodeMode:
        return self.function.options.bytecode

    @property
    def strip(self) -> bool:
        return self.function.options.strip

    @property
    def folder(self) -> str:
        """Where the files are on Lambda."""
        return "/var/task"

    @property
    def prefix(self) -> str:
        """Where they are in the zip."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerPlan:
    """What the zip of a layer's packages will hold, in order of path."""

    layer: Layer
    files: tuple[PlannedFile, ...]
    omissions: tuple[Omission, ...]
    warnings: tuple[str, ...]

    @property
    def target(self) -> Target:
        return self.layer.target

    @property
    def bytecode(self) -> BytecodeMode:
        return self.layer.options.bytecode if self.layer.options is not None else BytecodeMode.NONE

    @property
    def strip(self) -> bool:
        return self.layer.options is not None and self.layer.options.strip

    @property
    def folder(self) -> str:
        """Where the files are on Lambda, which unpacks layers to `/opt`."""
        return "/opt/python"

    @property
    def prefix(self) -> str:
        """Where they are in the zip."""
        return "python/"
