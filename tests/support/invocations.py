"""Folders of code, given events as Lambda would by the interpreter that runs the tests."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

from bundler.model.invocation import Invocation, RunSettings
from bundler.model.project import Architecture, Handler
from bundler.prove import Circumstances, Code, invoke_code
from bundler.runtimes import make_target

RUNTIME = f"python3.{sys.version_info.minor}"


@dataclass(slots=True)
class Ran:
    """What came of events, and all that was written on the way."""

    done: list[Invocation]
    log: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def last(self) -> Invocation:
        return self.done[-1]


def make_code(folder: Path, source: str, attribute: str) -> Code:
    """Return a function whose module `app` has this source."""
    task, layers = folder / "task", folder / "opt"
    for path in (task, layers):
        path.mkdir(exist_ok=True)
    (task / "app.py").write_text(source, encoding="utf-8")
    return Code(
        name=attribute,
        handler=Handler(module="app", attribute=attribute),
        target=make_target(RUNTIME, Architecture.X86_64),
        task=task,
        layers=layers,
    )


def run_code(code: Code, *events: object, settings: RunSettings | None = None, **circumstances) -> Ran:
    """Give events to a function and return all that came of them."""
    ran = Ran([])
    logged = bytearray()
    how = Circumstances(**{"is_offline": True, "sink": logged.extend, "note": ran.notes.append, **circumstances})
    ran.done.extend(invoke_code(code, events or ({},), settings or RunSettings(timeout_seconds=10), how))
    ran.log = logged.decode(errors="replace")
    return ran
