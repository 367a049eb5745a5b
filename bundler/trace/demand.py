"""What a rule is, and what it may ask for. Demands only ever add, so the order in which rules are asked matters not."""

from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple

from bundler.model.imports import EdgeKind, TraceWarning
from bundler.model.wheels import Distribution, SiteFile
from bundler.trace.facts.source_facts import ImportFact
from bundler.trace.read_module import ReadModule
from bundler.trace.view import View


class ModuleDemand(NamedTuple):
    """A module of the site, by its dotted name."""

    name: str
    line: int
    """Where the module that the rule was asked about says so; 0 where lines mean nothing."""
    text: str
    """What was asked for, for people: a name, a glob, a group of entry points."""
    kind: EdgeKind = EdgeKind.DYNAMIC
    """How certain it is."""
    is_used: bool = True
    """Whether anything may ask the module for something; else it is only loaded."""


class FilesDemand(NamedTuple):
    """Files that are opened; Python and shared objects among them lead further."""

    files: Iterable[SiteFile]
    line: int
    text: str
    kind: EdgeKind = EdgeKind.DATA
    is_run: bool = True
    """Whether Python among them is loaded or run; else it is only there."""


class MetadataDemand(NamedTuple):
    """What a distribution says of itself."""

    distribution: Distribution
    line: int


class ImportDemand(NamedTuple):
    """What an import statement in the place of the module would ask for."""

    fact: ImportFact
    kind: EdgeKind = EdgeKind.DYNAMIC


class SourceDemand(NamedTuple):
    """The source of a module beside its bytecode, where the module that the rule was asked about ships."""

    path: str
    line: int
    why: str


class SinkDemand(NamedTuple):
    """Where a value that nobody can tell becomes code, which is doubt."""

    sink: str
    line: int


Demand = ModuleDemand | FilesDemand | MetadataDemand | ImportDemand | SourceDemand | SinkDemand | TraceWarning


def always(_view: View, _read: ReadModule) -> Hashable:
    """Say that an answer hangs on the module and on the index of the site alone."""
    return None


class Rule(NamedTuple):
    """One mechanism: what it asks for on behalf of a module that was read."""

    id: str
    wants: Callable[[ReadModule], object]
    """Tells whether it has anything to say of a module, ever."""
    visit: Callable[[View, ReadModule], Iterable[Demand]]
    hangs_on: Callable[[View, ReadModule], Hashable] = always
    """What of the knowledge the answer hangs on: the rule is asked again when that is another."""


class FileRule(NamedTuple):
    """One mechanism: what it asks for on behalf of a file that is no source, modules by their dotted names in it."""

    id: str
    wants: Callable[[SiteFile], object]
    """Tells by its name and size whether it has anything to say of a file."""
    visit: Callable[[View, SiteFile], Iterable[Demand]]
