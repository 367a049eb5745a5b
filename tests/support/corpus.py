"""The applications of `fixtures/apps`: built, laid out in full, and run both ways under one interpreter."""

import json
import os
import shutil
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bundler.model.proof import ProofSettings
from bundler.prove.cases import find_cases
from tests.support.builds import build
from tests.support.isolated import Run, install_full, run_event

APPLICATIONS = Path(__file__).parents[2] / "fixtures" / "apps"
RUNTIME_PYTHON = "3.12"
"""What the applications are pinned for."""

_FUNCTION = "app"
_EVENTS, _ANSWERS = "events", "answers"
_NOT_CODE = ("serverless.yml", "requirements.*", _EVENTS, _ANSWERS, "__pycache__", ".lbundle")

# NumPy's and SciPy's linear algebra picks its kernels by the processor; what the host says of it holds for both runs.
HOST_SETTINGS = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What an application is given, and where the full install's answer to it is kept, so that a drift is seen."""

    name: str
    """`app`, or `app.KIND` for another kind of event."""
    given: object
    answer_path: Path

    @property
    def kind(self) -> str:
        """What is other about it than about the first."""
        return self.name.partition(".")[2]

    @property
    def recorded_answer(self) -> Any:
        return json.loads(self.answer_path.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A folder of `fixtures/apps`, or of a set of `fixtures/blind`."""

    name: str
    folder: Path
    handler: str
    events: tuple[Event, ...]
    """As `lbundle prove` finds them; `app` is the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What `lbundle build` made of an application."""

    archive: Path
    metafile: dict[str, Any]


def find_applications(names: Collection[str] = (), *, folder: Path = APPLICATIONS) -> list[Application]:
    """Return the applications of these names, or all; `KeyError` names one that is not there."""
    folders = {path.parent.name: path.parent for path in sorted(folder.glob("*/serverless.yml"))}
    return [_read_application(folders[name]) for name in names or folders]


def _read_application(folder: Path) -> Application:
    settings = yaml.safe_load((folder / "serverless.yml").read_text(encoding="utf-8"))
    handler = settings["functions"][_FUNCTION]["handler"]
    return Application(name=folder.name, folder=folder, handler=handler, events=tuple(_read_events(folder)))


def _read_events(folder: Path) -> list[Event]:
    given = {Path(case.name).stem: case.event for case in find_cases(folder, _FUNCTION, ProofSettings())}
    names = sorted(given, key=lambda name: (name != _FUNCTION, name))
    return [Event(name=name, given=given[name], answer_path=folder / _ANSWERS / f"{name}.json") for name in names]


def build_application(application: Application, work: Path, *, options: Mapping[str, object] | None = None) -> Bundle:
    """Build through the command line, out of a copy: nothing is written beside the sources.

    `options` are set beside those of the application itself.
    """
    project = shutil.copytree(
        application.folder, work / "project", ignore=shutil.ignore_patterns("__pycache__", ".lbundle")
    )
    if options:
        settings = yaml.safe_load((project / "serverless.yml").read_text(encoding="utf-8"))
        settings.setdefault("custom", {}).setdefault("lbundle", {}).update(options)
        (project / "serverless.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    build(project, work / "bundles")
    metafile = json.loads((work / "bundles" / f"{_FUNCTION}.json").read_text(encoding="utf-8"))
    return Bundle(archive=work / "bundles" / f"{_FUNCTION}.zip", metafile=metafile)


def lay_out_in_full(application: Application, folder: Path, python: Path) -> Path:
    """Fill a folder with all of the application's packages and its own code."""
    install_full(application.folder / "requirements.txt", folder, python)
    shutil.copytree(application.folder, folder, ignore=shutil.ignore_patterns(*_NOT_CODE), dirs_exist_ok=True)
    return folder


def run_application(
    application: Application, task_root: Path, python: Path, packages: Path, *, record: bool
) -> tuple[Run, ...]:
    """Give the application its events, isolated and read-only, each in a fresh process; return what came of each."""
    how = {"python": python, "runtime_packages": packages, "environment": HOST_SETTINGS, "record": record}
    return tuple(
        run_event(task_root, application.handler, event.given, timeout_seconds=300, **how)
        for event in application.events
    )


def record_answers(application: Application, python: Path, packages: Path) -> dict[str, str]:
    """Store what the full install answers; return the errors of the events that it doesn't answer."""
    with tempfile.TemporaryDirectory(prefix="lbundle-apps-") as work:
        full = lay_out_in_full(application, Path(work) / "full", python)
        runs = run_application(application, full, python, packages, record=False)
    for event, run in zip(application.events, runs, strict=True):
        if run.error is None:
            text = json.dumps(run.answer, indent=2, ensure_ascii=False, sort_keys=True)
            event.answer_path.parent.mkdir(exist_ok=True)
            event.answer_path.write_text(text + "\n", encoding="utf-8")
    return {event.name: run.error for event, run in zip(application.events, runs, strict=True) if run.error}
