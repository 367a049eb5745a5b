"""The applications of `fixtures/apps`: built, laid out in full, and run both ways under one interpreter."""

import json
import os
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.support.builds import build
from tests.support.isolated import Run, install_full, run_event, unzip

APPLICATIONS = Path(__file__).parents[2] / "fixtures" / "apps"
RUNTIME_PYTHON = "3.12"
"""What the applications are pinned for."""

_FUNCTION = "app"
_NOT_CODE = ("serverless.yml", "requirements.*", "event.json", "answer.json", "__pycache__", ".lbundle")
# NumPy's and SciPy's linear algebra picks its kernels by the processor; what the host says of it holds for both runs.
_HOST_SETTINGS = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A folder of `fixtures/apps`."""

    name: str
    folder: Path
    handler: str

    @property
    def event(self) -> Any:
        return json.loads((self.folder / "event.json").read_text(encoding="utf-8"))

    @property
    def answer_path(self) -> Path:
        """Where the full install's answer is kept, so that a drift is seen."""
        return self.folder / "answer.json"

    @property
    def recorded_answer(self) -> Any:
        return json.loads(self.answer_path.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What `lbundle build` made of an application."""

    archive: Path
    metafile: dict[str, Any]


def find_applications(names: Collection[str] = ()) -> list[Application]:
    """Return the applications of these names, or all; `KeyError` names one that is not there."""
    folders = {path.parent.name: path.parent for path in sorted(APPLICATIONS.glob("*/serverless.yml"))}
    return [_read_application(folders[name]) for name in names or folders]


def _read_application(folder: Path) -> Application:
    settings = yaml.safe_load((folder / "serverless.yml").read_text(encoding="utf-8"))
    return Application(name=folder.name, folder=folder, handler=settings["functions"][_FUNCTION]["handler"])


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


def run_application(application: Application, task_root: Path, python: Path, packages: Path, *, record: bool) -> Run:
    """Give the application its event, isolated and read-only."""
    return run_event(
        task_root,
        application.handler,
        application.event,
        python=python,
        runtime_packages=packages,
        environment=_HOST_SETTINGS,
        record=record,
        timeout_seconds=300,
    )


def run_bundle(application: Application, bundle: Bundle, work: Path, python: Path, packages: Path) -> Run:
    """Unzip a bundle alone, give it the event, and record what the run touches."""
    return run_application(application, unzip(bundle.archive, work / "unzipped"), python, packages, record=True)
