"""Pipfile.lock: one table of pins for each category.

Source: https://pipenv.pypa.io/en/latest/pipfile.html and the locks that Pipenv writes.
"""

from collections.abc import Mapping
from typing import Any

from bundler.errors import LockFormatError
from bundler.model.wheels import Pin
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
    if "git" in entry:
        extras = tuple(entry.get("extras", ()))
        return wishes.git_pin(name, entry["git"], entry.get("ref", ""), entry.get("subdirectory"), extras=extras)
    if "path" in entry:
        return wishes.local_pin(name, version, entry["path"])
    if "file" in entry:
        return wishes.pin(name, version, hashes, url=entry["file"])
    if version in {"", "*"}:
        # Pipenv locks for the Python that it runs on, and leaves open what only others need.
        raise LockFormatError(wishes.path.name, f"`{name}` has no version for {wishes.target}")
    index = sources.get(entry.get("index", ""), next(iter(sources.values()), None))
    return wishes.pin(name, version, hashes, index=index, extras=tuple(entry.get("extras", ())))
