"""What every kind of settings file is brought to: functions with the tables that decide about them, unchecked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bundler.configure.tables import Setting
from bundler.errors import UnknownFunctionError


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How a kind of settings file spells what describes a function."""

    runtime: str
    architecture: str
    handler: str
    code: str | None
    """What names the folder of the code; `None` where it is always the settings' own."""
    environment: tuple[str, ...]
    """The keys that lead to a function's variables."""
    timeout: str
    memory: str


PLAIN_WORDS = Words(
    runtime="runtime",
    architecture="architecture",
    handler="handler",
    code=None,
    environment=("environment",),
    timeout="timeout",
    memory="memorySize",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionTable:
    """One function as the settings write it."""

    name: str
    setting: Setting
    """The function's own table: where its mistakes are reported."""
    words: Words
    providers: tuple[Setting, ...]
    """Tables that answer what the function does not say, nearest first."""
    patterns: tuple[str, ...]
    options: tuple[Setting, ...]
    """Tables of lbundle's options; a later one wins."""
    code: Setting | None
    """What names the folder of the code in place of the settings that `words` says."""
    skipped: str | None
    """Why lbundle has nothing to do with it, or `None`."""
    layers: tuple[str, ...] = ()
    """Layers of this service that it uses, in order, by their names in the settings."""
    foreign_layers: tuple[str, ...] = ()
    """Layers from elsewhere, each in words: ``the layer `arn:…` ``."""
    told: Mapping[str, str] = field(default_factory=dict)
    """What a plugin tells its code, as variables would."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerTable:
    """One layer of the service as the settings write it."""

    name: str
    setting: Setting
    """The layer's own table: where its mistakes are reported."""
    path: Setting | None
    """The folder that is shipped as it is; `None` where lbundle builds the layer."""
    options: Setting | None
    """What lbundle builds it from; `None` for a folder."""
    code: Setting | None
    """The folder whose modules and data lbundle puts beside the packages; `None` for packages alone."""
    runtimes: Setting | None
    architectures: Setting | None
    """What it says it is for; where it says nothing, `providers` answer."""
    providers: tuple[Setting, ...]
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A settings file, read."""

    settings_path: Path
    name: str
    stage: str
    functions: tuple[FunctionTable, ...]
    options: Setting | None
    """lbundle's options for all functions."""
    layers: tuple[LayerTable, ...] = ()
    notes: tuple[str, ...] = ()
    more_settings: tuple[Path, ...] = ()
    """Files that plugins write for single functions, and that are no data of the others."""


def choose_names(known: Iterable[str], wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return the functions to read: those wanted, else all; raise `UnknownFunctionError` for unknown names."""
    names = tuple(known)
    if unknown := tuple(dict.fromkeys(name for name in wanted if name not in names)):
        raise UnknownFunctionError(unknown, names)
    return tuple(name for name in names if name in wanted) if wanted else names
