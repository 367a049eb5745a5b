"""Locks that project managers write → `Lock`: what the project needs on one target, and groups where asked for.

Versions and hashes come from the lock, addresses do not: files are fetched from the indexes that pip is set up with,
and those that the project's own settings name, so that mirrors and proxies work, and hashes hold whatever answers.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bundler.documents import parse_json, parse_toml
from bundler.errors import LockFormatError, ResolveError
from bundler.model.paths import show_path
from bundler.model.project import Target
from bundler.model.wheels import IndexOptions, Lock, Pin
from bundler.resolve.lock_formats import pdm, pipfile, poetry, pylock, uv
from bundler.resolve.lock_formats.freshness import freshness_notes
from bundler.resolve.lock_formats.wishes import Wishes
from bundler.resolve.project_indexes import (
    merge_indexes,
    pdm_indexes,
    pipenv_indexes,
    poetry_indexes,
    unset_in_pdm,
    unset_in_pipenv,
    uv_indexes,
)
from bundler.resolve.requirements_index import read_index
from bundler.system.files import read_bounded

Reader = Callable[[Mapping[str, Any], Mapping[str, Any], Wishes], list[Pin]]
_READERS: dict[str, Reader] = {
    "uv.lock": uv.read_pins,
    "poetry.lock": poetry.read_pins,
    "pdm.lock": pdm.read_pins,
    "Pipfile.lock": pipfile.read_pins,
}

_PYLOCK = re.compile(r"pylock(\.[^.]+)?\.toml")

__all__ = ["is_lock_file", "is_pylock", "read_lock_file", "read_sources", "unset_in_lock"]


def is_lock_file(path: Path) -> bool:
    """Tell whether a file is a lock of a project manager, by its name."""
    return path.name in _READERS or is_pylock(path)


def is_pylock(path: Path) -> bool:
    """Tell whether a file is a lock of PEP 751, by its name."""
    return _PYLOCK.fullmatch(path.name) is not None


def read_sources(path: Path) -> tuple[Path, ...]:
    """Return the files that a lock of PEP 751 was made from by `lbundle lock`; none where another tool made it."""
    document = _parse(path, path.name) if is_pylock(path) else {}
    return tuple(path.with_name(name) for name in pylock.own_sources(document))


def read_lock_file(
    path: Path, target: Target, *, root: Path, folder: Path, groups: tuple[str, ...], extras: tuple[str, ...]
) -> Lock:
    """Return the pins of a lock for the project in `root` on a target, with the groups and extras asked for.

    `folder` is where pip would run, from which requirements start that the lock was made from.
    """
    reader = _READERS.get(path.name, pylock.read_pins)
    document, project = _parse(path, show_path(path, folder)), _read_project(path.with_name("pyproject.toml"))
    wishes = Wishes(
        path=path, target=target, groups=frozenset(groups), extras=frozenset(extras), root=root, folder=folder
    )
    try:
        pins = reader(document, project, wishes)
        notes = freshness_notes(document, project, pins, wishes)
    except ResolveError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise LockFormatError(wishes.shown, f"{type(error).__name__}: {error}") from error
    sources = (path.with_name(name) for name in pylock.own_sources(document))
    index = merge_indexes((_indexes(path, document, project), read_index(sources, folder)))
    return Lock(pins=tuple(sorted(pins, key=lambda pin: pin.name)), paths=(path,), index=index, notes=notes)


def unset_in_lock(path: Path) -> tuple[str, ...]:
    """Return what names a variable that is not set among the sources of a lock's tool, one sentence each."""
    project = path.with_name("pyproject.toml")
    named = {path: unset_in_pipenv(_parse(path, path.name))} if path.name == "Pipfile.lock" else {}
    named |= {project: unset_in_pdm(_read_project(project))} if path.name == "pdm.lock" else {}
    return tuple(f"`{name}` in `{place.name}` is not set" for place, names in named.items() for name in names)


def _parse(path: Path, shown: str) -> Mapping[str, Any]:
    try:
        text = read_bounded(path).decode()
        document = parse_json(text) if path.name == "Pipfile.lock" else parse_toml(text)
    except (OSError, ValueError) as error:
        raise LockFormatError(shown, str(error)) from error
    if not isinstance(document, dict):
        raise LockFormatError(shown, "it is not a table")
    return document


def _read_project(path: Path) -> Mapping[str, Any]:
    """Return the project's own settings, empty where there are none: most locks say all by themselves."""
    try:
        return parse_toml(read_bounded(path).decode())
    except (OSError, ValueError):
        return {}


def _indexes(path: Path, document: Mapping[str, Any], project: Mapping[str, Any]) -> IndexOptions:
    """Return the indexes of the tool that keeps a lock; whoever has a lock of the standard may use uv's settings."""
    if path.name == "poetry.lock":
        return poetry_indexes(project)
    if path.name == "pdm.lock":
        return pdm_indexes(project, path.parent)
    return pipenv_indexes(document) if path.name == "Pipfile.lock" else uv_indexes(project, path.parent)
