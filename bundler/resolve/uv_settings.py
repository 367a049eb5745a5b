"""uv's own settings for indexes, read where uv reads them: files of the machine, the user and the project, variables.

The later wins where there can be only one; lists are joined. `uv.toml` beside a `pyproject.toml` counts in place of its
`[tool.uv]`. See https://docs.astral.sh/uv/concepts/configuration-files/ and
https://docs.astral.sh/uv/reference/environment/
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bundler.documents import parse_toml
from bundler.errors import PipSettingsError
from bundler.system.home import home_folder

_Table = Mapping[str, Any]
_TRUE_WORDS = frozenset({"1", "y", "yes", "t", "true", "on"})
_NAME = re.compile(r"[\w.-]+")


def read_uv_settings(project: _Table, folder: Path, environment: Mapping[str, str]) -> Iterator[tuple[_Table, Path]]:
    """Yield each table of settings with the folder that its paths start from, the weakest first.

    `project` is what `pyproject.toml` in `folder` says. Raises `PipSettingsError` for a file that cannot be read.
    """
    if chosen := environment.get("UV_CONFIG_FILE"):
        yield _read(Path(chosen)), Path(chosen).parent
    elif environment.get("UV_NO_CONFIG", "").lower() not in _TRUE_WORDS:
        for path in _files(environment):
            if path.is_file():
                yield _read(path), path.parent
        beside = folder / "uv.toml"
        yield (_read(beside) if beside.is_file() else project.get("tool", {}).get("uv", {})), folder
    yield _from_variables(environment), Path()


def _files(environment: Mapping[str, str]) -> Iterator[Path]:
    if os.name == "nt":
        yield Path(environment.get("PROGRAMDATA", r"C:\ProgramData"), "uv", "uv.toml")
        yield Path(environment.get("APPDATA") or home_folder() / "AppData" / "Roaming", "uv", "uv.toml")
        return
    folders = (environment.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep)
    # Of the machine's files uv reads one alone.
    machine = (*(Path(folder, "uv", "uv.toml") for folder in folders), Path("/etc/uv/uv.toml"))
    yield next((path for path in machine if path.is_file()), machine[-1])
    home = Path(environment.get("HOME") or home_folder())
    yield Path(environment.get("XDG_CONFIG_HOME") or home / ".config", "uv", "uv.toml")


def _read(path: Path) -> _Table:
    try:
        return parse_toml(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PipSettingsError(str(path), str(error), tool="uv") from error


def _from_variables(environment: Mapping[str, str]) -> _Table:
    default = environment.get("UV_DEFAULT_INDEX") or environment.get("UV_INDEX_URL") or ""
    table: dict[str, Any] = {
        "index": [
            *(_index(text) for text in environment.get("UV_INDEX", "").split()),
            *({**_index(text), "default": True} for text in default.split()),
        ],
        "extra-index-url": environment.get("UV_EXTRA_INDEX_URL", "").split(),
        "find-links": environment.get("UV_FIND_LINKS", "").replace(",", " ").split(),
        "allow-insecure-host": environment.get("UV_INSECURE_HOST", "").split(),
        "no-index": environment.get("UV_NO_INDEX", "").lower() in _TRUE_WORDS,
    }
    return table


def _index(text: str) -> dict[str, Any]:
    """Read `https://host/simple` or `name=https://host/simple`; with a name there may be a login in variables."""
    name, is_named, url = text.partition("=")
    is_named = is_named if _NAME.fullmatch(name) else ""
    return {"name": name, "url": url} if is_named else {"url": text}
