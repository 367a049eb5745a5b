"""Pipfile.lock: one table of pins for each category.

Source: https://pipenv.pypa.io/en/latest/pipfile.html and the locks that Pipenv writes.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from bundler import standards
from bundler.errors import LockFormatError
from bundler.model.wheels import Pin
from bundler.resolve.local_project import read_project_name
from bundler.resolve.lock_formats.wishes import Wishes, one_per_name
from bundler.resolve.project_indexes import pipenv_sources

_DEFAULT = "default"
_META = "_meta"
_FORM = "6"


def read_pins(document: Mapping[str, Any], project: Mapping[str, Any], wishes: Wishes) -> list[Pin]:  # noqa: ARG001
    """Return the pins of the default category and those asked for; `dev` stands for `develop`."""
    meta = document.get(_META, {})
    wishes.check_version(meta.get("pipfile-spec", _FORM), _FORM)
    sources = pipenv_sources(document)
    wanted = {"develop" if group == "dev" else group for group in wishes.groups}
    wishes.demand("group", wanted, [name for name in document if name not in {_META, _DEFAULT}])
    wishes.demand("extra", wishes.extras, ())
    return one_per_name(
        (
            _pin(name, entry, sources, wishes)
            for category in (_DEFAULT, *sorted(wanted))
            for name, entry in document[category].items()
            if wishes.is_true(entry.get("markers"))
        ),
        wishes,
    )


def _pin(name: str, entry: Mapping[str, Any], sources: Mapping[str, str], wishes: Wishes) -> Pin:
    version, hashes = entry.get("version", "").removeprefix("=="), entry.get("hashes", ())
    extras = tuple(entry.get("extras", ()))
    if "git" in entry:
        return wishes.git_pin(name, entry["git"], entry.get("ref", ""), entry.get("subdirectory"), extras=extras)
    if place := _place(entry):
        name, path = distribution_name(name, entry, wishes.path.parent), wishes.path.parent / place
        url = place if "://" in place else path.resolve().as_uri() if path.is_file() else None
        if url is None:
            return wishes.local_pin(name, version, place, extras=extras)
        return wishes.pin(name, version, hashes, url=url, extras=extras)
    if version in {"", "*"}:
        # Pipenv locks for the Python that it runs on, and leaves open what only others need.
        raise LockFormatError(wishes.shown, f"`{name}` has no version for {wishes.target}")
    index = sources.get(entry.get("index", ""), next(iter(sources.values()), None))
    return wishes.pin(name, version, hashes, index=index, extras=extras)


def distribution_name(key: str, entry: Mapping[str, Any], folder: Path) -> str:
    """Return the name of what an entry stands for: the key of a path or file is the user's own word for it."""
    place = _place(entry)
    named = standards.wheel_name_and_version(unquote(place).rpartition("/")[2])
    return named[0] if named else (place and read_project_name(folder / place)) or key


def _place(entry: Mapping[str, Any]) -> str:
    """Return the path or address that an entry names, `.` for the project itself; empty for what is from an index."""
    return str(entry.get("path") or entry.get("file") or "")
