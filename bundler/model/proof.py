"""What proving gives: whether a bundle does what the full install does, event by event."""

from dataclasses import dataclass
from enum import StrEnum

from bundler import json_paths
from bundler.model.invocation import RunSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofSettings:
    """What the user says of proving a function."""

    events: tuple[str, ...] = ()
    """Globs of the files that hold its events, in place of those in `events/`."""
    ignored: tuple[json_paths.Path, ...] = ()
    """Places of an outcome that change by nature."""
    expected: tuple[tuple[str, str], ...] = ()
    """Files of events whose right answer is an error, each with the error's type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An event, and what it is held to."""

    name: str
    """The path of its file."""
    event: object
    expected_error: str = ""
    """The type of the error that is its right answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What is to be proved of one function, and how it is run."""

    cases: tuple[Case, ...]
    settings: ProofSettings
    run: RunSettings


class Status(StrEnum):
    """How an event came out."""

    PROVED = "proved"
    DIFFERENT = "different"
    UNSTEADY = "unsteady"
    """The full install does not do the same twice."""
    UNPROVEN = "unproven"
    """Both end in the same error, which may hide what comes after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A place where two runs are not alike; each side as JSON, empty where it has nothing there."""

    path: str
    """As JSON path: `$.answer.body.name`."""
    expected: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacked:
    """A file that the full install used and the bundle does not have."""

    path: str
    reason: str
    """Why it is not there, and what keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of one event, run with the full install and with the bundle."""

    function: str
    event: str
    """What it is called: the path of its file."""
    status: Status
    differences: tuple[Difference, ...] = ()
    """For an unsteady event, what moves."""
    lacked: tuple[Lacked, ...] = ()
    unnamed: int = 0
    """How many files it lacks besides those."""
    note: str = ""
    """How far it came, where that says more than the status."""
