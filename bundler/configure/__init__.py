"""Configure: settings on disk → `Project`.

In: a project's folder or settings file, and what the command line asks for in place of its settings. Out: the project
with every function it bundles, each with its target, handler file and options; or one error that lists every mistake.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bundler.configure.check import Wishes, make_project
from bundler.configure.options import parse_growth
from bundler.configure.proof_options import read_proof_options
from bundler.configure.pyproject import FILE_NAME as PYPROJECT
from bundler.configure.pyproject import has_settings, read_pyproject
from bundler.configure.run_settings import make_run_settings
from bundler.configure.sam import FILE_NAMES as SAM_NAMES
from bundler.configure.sam import is_template, read_sam
from bundler.configure.serverless import CODE_FILE_NAMES, read_resolved, read_serverless
from bundler.configure.serverless import FILE_NAMES as SERVERLESS_NAMES
from bundler.configure.service import Service
from bundler.configure.tables import Mistakes
from bundler.configure.triggers import read_triggers
from bundler.errors import SettingsMissingError
from bundler.model.invocation import RunSettings
from bundler.model.project import Project
from bundler.model.proof import ProofSettings
from bundler.model.trigger import Trigger

__all__ = [
    "find_template",
    "parse_growth",
    "read_function_triggers",
    "read_project",
    "read_proof_settings",
    "read_resolved_project",
    "read_run_settings",
]


def read_project(
    project: Path,
    *,
    stage: str | None,
    functions: tuple[str, ...],
    runtime: str | None,
    architecture: str | None,
) -> Project:
    """Read a project's settings.

    Args:
        project: The folder that holds the settings, or the settings file itself.
        stage: The stage to deploy, in place of the settings' own.
        functions: Names to limit the project to; empty for all.
        runtime: A runtime in place of every function's own.
        architecture: An architecture in place of every function's own.

    Raises:
        SettingsError: There are no settings, or something in them is wrong.
    """
    files = _find_settings(project.absolute())
    wishes = Wishes(functions=functions, runtime=runtime, architecture=architecture)
    mistakes = Mistakes()
    read = _reader(files[0])
    service = read(files[0], stage, functions, mistakes)
    everything = read(files[0], stage, (), Mistakes()) if functions else service
    described = make_project(service, everything, files[0].parent, wishes, mistakes)
    return replace(described, notes=(*_unread(files), *described.notes))


def read_run_settings(project: Path, function: str, *, stage: str | None) -> RunSettings:
    """Read what Lambda is told of a function beside its code; what its settings leave open stays open.

    Raises:
        SettingsError: There are no settings, they cannot be read, or they have no such function.
    """
    path = _find_settings(project.absolute())[0]
    return make_run_settings(_reader(path)(path, stage, (function,), Mistakes()), function)


def read_proof_settings(project: Path, functions: tuple[str, ...], *, stage: str | None) -> dict[str, ProofSettings]:
    """Read what is said of proving each function; what is wrong with it has been reported with the project.

    Raises:
        SettingsError: There are no settings, they cannot be read, or they have no such function.
    """
    path = _find_settings(project.absolute())[0]
    service = _reader(path)(path, stage, functions, Mistakes())
    return {table.name: read_proof_options(table.options) for table in service.functions}


def read_function_triggers(project: Path, function: str, *, stage: str | None) -> tuple[Trigger, ...]:
    """Read what calls a function, in the order of its settings.

    Raises:
        SettingsError: There are no settings, they cannot be read, or they have no such function.
    """
    path = _find_settings(project.absolute())[0]
    service = _reader(path)(path, stage, (function,), Mistakes())
    return read_triggers(next(table for table in service.functions if table.name == function))


def find_template(project: Path) -> Path:
    """Return the template of SAM in a folder, whatever other settings are there, or the file that is named.

    Raises:
        SettingsMissingError: There is none.
    """
    if project.is_file():
        return project
    if found := _template_in(project):
        return found
    rule = "lbundle sam-build $* --project $(dir $(abspath $(lastword $(MAKEFILE_LIST))))template.yaml"
    hint = f"`--project` says where the template is; in a Makefile beside it: `{rule}`"
    raise SettingsMissingError(str(project.absolute()), SAM_NAMES, (hint,))


def _template_in(folder: Path) -> Path | None:
    return next((path for name in SAM_NAMES if is_template(path := folder / name)), None)


def _find_settings(project: Path) -> tuple[Path, ...]:
    """Return the settings files of a folder, the one to read first; a file that is named is the only one."""
    if project.is_file():
        if project.name == PYPROJECT and not has_settings(project):
            raise SettingsMissingError(str(project), (f"[tool.lbundle] in {PYPROJECT}",))
        return (project,)
    found = [path for name in SERVERLESS_NAMES if (path := project / name).is_file()][:1]
    found += [path for path in (_template_in(project),) if path]
    found += [path for path in (project / PYPROJECT,) if has_settings(path)]
    if not found:
        looked_for = (*SERVERLESS_NAMES, "template.yaml", f"[tool.lbundle] in {PYPROJECT}")
        raise SettingsMissingError(str(project), looked_for, _hints(project))
    return tuple(found)


def _reader(path: Path) -> Callable[[Path, str | None, tuple[str, ...], Mistakes], Service]:
    if path.name == PYPROJECT:
        return read_pyproject
    is_serverless = path.name in SERVERLESS_NAMES or not is_template(path)
    return read_serverless if is_serverless else read_sam


def _unread(files: tuple[Path, ...]) -> tuple[str, ...]:
    """Say which of a folder's settings files were not read."""
    return tuple(f"`{files[0].name}` is read, `{path.name}` is not: name it to read it" for path in files[1:])


def read_resolved_project(
    root: Path,
    text: str,
    *,
    stage: str | None,
    functions: tuple[str, ...],
    runtime: str | None,
    architecture: str | None,
) -> Project:
    """Read the project in `root` from the settings that the framework resolved and handed over as JSON.

    Raises:
        SettingsError: Something in them is wrong.
    """
    root = root.absolute()
    names = (*SERVERLESS_NAMES, *CODE_FILE_NAMES)
    path = next((root / name for name in names if (root / name).is_file()), root / SERVERLESS_NAMES[0])
    mistakes = Mistakes()
    service = read_resolved(path, text, stage, functions, mistakes)
    everything = read_resolved(path, text, stage, (), Mistakes()) if functions else service
    wishes = Wishes(functions=functions, runtime=runtime, architecture=architecture, are_optional=True)
    return make_project(service, everything, root, wishes, mistakes)


def _hints(root: Path) -> tuple[str, ...]:
    return tuple(
        f"`{name}` is code, which lbundle does not run: `serverless print --format yaml` writes what it says"
        for name in CODE_FILE_NAMES
        if (root / name).is_file()
    )
