"""A local project: the folder of a path or editable requirement, which becomes a wheel whenever its files change.

Only its own build backend knows which of its files an install brings and under which names, so it is asked.
"""

import ast
import configparser
import hashlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bundler import standards
from bundler.documents import parse_toml
from bundler.errors import OwnFileGoneError
from bundler.model.wheels import SiteFile
from bundler.resolve.own_code import read_own_code
from bundler.system.files import read_own_file

_PROJECT_FILES = ("pyproject.toml", "setup.py")
# Old builds lie in them, which setuptools would pack again.
_OUTPUT_FOLDERS = ("build", "dist")


def project_problem(folder: Path) -> str | None:
    """Say why a folder holds no project that can be built."""
    if not folder.is_dir():
        return f"there is no folder `{folder}`"
    if not any((folder / name).is_file() for name in _PROJECT_FILES):
        return f"`{folder}` has neither `pyproject.toml` nor `setup.py`"
    return None


def read_project_name(folder: Path) -> str | None:
    """Return the normalised name that a project's files state, without running any of them."""
    for reader in (_name_in_pyproject, _name_in_setup_cfg, _name_in_setup_py):
        name = reader(folder)
        if name:
            return standards.normalise_name(name)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFile:
    """What is known of one file that a build of a project may read."""

    mode: int
    """Who may run it."""
    sha256: str


def read_project_files(folder: Path) -> dict[str, ProjectFile]:
    """Return all files that a build of the project may read, by their path in it."""
    found = {}
    for file in _project_files(folder):
        content, mode = read_own_file(file)
        found[file.path] = ProjectFile(mode=mode & 0o111, sha256=hashlib.sha256(content).hexdigest())
    return found


def digest_project(folder: Path) -> str:
    """Return a digest of all files that a build of the project may read, and of their names."""
    return digest_files(read_project_files(folder))


def digest_files(files: Mapping[str, ProjectFile]) -> str:
    """Return the digest of a project's files, as they were read."""
    digest = hashlib.sha256()
    for path, file in files.items():
        digest.update(f"{path}\0{file.mode}\0{file.sha256}\0".encode())
    return digest.hexdigest()


def copy_project(folder: Path, destination: Path) -> None:
    """Copy the files of a project, so that its build leaves nothing in it and reads no others."""
    for file in _project_files(folder):
        path = destination / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copy2(file.container / file.member, path)
        except FileNotFoundError as error:
            raise OwnFileGoneError(file.path, error.strerror or str(error)) from error


def _project_files(folder: Path) -> Iterator[SiteFile]:
    ignore = tuple(folder / name for name in _OUTPUT_FOLDERS if not (folder / name / "__init__.py").is_file())
    yield from read_own_code(folder, ignore=ignore).files


def _name_in_pyproject(folder: Path) -> str | None:
    try:
        content = parse_toml((folder / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    tool = _table(content, "tool")
    for table in (_table(content, "project"), _table(tool, "poetry")):
        if isinstance(name := table.get("name"), str):
            return name
    return None


def _table(parent: dict[str, Any], name: str) -> dict[str, Any]:
    found = parent.get(name)
    return found if isinstance(found, dict) else {}


def _name_in_setup_cfg(folder: Path) -> str | None:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read(folder / "setup.cfg", encoding="utf-8")
        return parser.get("metadata", "name", fallback=None)
    except (configparser.Error, ValueError):
        return None


def _name_in_setup_py(folder: Path) -> str | None:
    try:
        tree = ast.parse((folder / "setup.py").read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_setup(node.func)]
    values = [keyword.value for call in calls for keyword in call.keywords if keyword.arg == "name"]
    names = [value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)]
    return names[0] if names else None


def _is_setup(function: ast.expr) -> bool:
    return ast.unparse(function).rpartition(".")[2] == "setup"
