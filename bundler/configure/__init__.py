"""Configure: settings on disk → `Project`.

In: a project's folder, and what the command line asks for in place of its settings. Out: the project with every
function it bundles, each with its target, handler file and options; or one error that lists every mistake.
"""

from pathlib import Path

from bundler.configure.check import Wishes, make_project
from bundler.configure.options import parse_growth
from bundler.configure.pyproject import FILE_NAME as PYPROJECT
from bundler.configure.pyproject import has_settings, read_pyproject
from bundler.configure.serverless import CODE_FILE_NAMES, FILE_NAMES, read_resolved, read_serverless
from bundler.configure.tables import Mistakes
from bundler.errors import SettingsMissingError
from bundler.model.project import Project

__all__ = ["parse_growth", "read_project", "read_resolved_project"]


def read_project(
    root: Path,
    *,
    stage: str | None,
    functions: tuple[str, ...],
    runtime: str | None,
    architecture: str | None,
) -> Project:
    """Read the settings of the project in `root`.

    Args:
        root: The folder that holds the settings.
        stage: The stage to deploy, in place of the settings' own.
        functions: Names to limit the project to; empty for all.
        runtime: A runtime in place of every function's own.
        architecture: An architecture in place of every function's own.

    Raises:
        SettingsError: There are no settings, or something in them is wrong.
    """
    root = root.absolute()
    wishes = Wishes(functions=functions, runtime=runtime, architecture=architecture)
    mistakes = Mistakes()
    path = next((root / name for name in FILE_NAMES if (root / name).is_file()), None)
    if path is not None:
        service = read_serverless(path, stage, functions, mistakes)
    elif has_settings(root / PYPROJECT):
        service = read_pyproject(root / PYPROJECT, stage, functions, mistakes)
    else:
        raise SettingsMissingError(str(root), (*FILE_NAMES, f"[tool.lbundle] in {PYPROJECT}"), _hints(root))
    return make_project(service, root, wishes, mistakes)


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
    names = (*FILE_NAMES, *CODE_FILE_NAMES)
    path = next((root / name for name in names if (root / name).is_file()), root / FILE_NAMES[0])
    mistakes = Mistakes()
    service = read_resolved(path, text, stage, functions, mistakes)
    wishes = Wishes(functions=functions, runtime=runtime, architecture=architecture)
    return make_project(service, root, wishes, mistakes)


def _hints(root: Path) -> tuple[str, ...]:
    return tuple(
        f"`{name}` is code, which lbundle does not run: `serverless print --format yaml` writes what it says"
        for name in CODE_FILE_NAMES
        if (root / name).is_file()
    )
