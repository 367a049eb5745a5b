"""pylock.toml: the lock that PEP 751 defines.

Source: https://packaging.python.org/en/latest/specifications/pylock-toml/
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bundler import standards
from bundler.errors import LockFormatError
from bundler.model.wheels import Pin
from bundler.resolve.lock_formats.wishes import Wishes, names_of, one_per_name

_MAJOR = "1."


def read_pins(document: Mapping[str, Any], project: Mapping[str, Any], wishes: Wishes) -> list[Pin]:  # noqa: ARG001
    """Return the pins whose markers hold for the target, the default groups and what else is asked for."""
    if not str(document["lock-version"]).startswith(_MAJOR):
        raise LockFormatError(wishes.path.name, f"its version is {document['lock-version']}, known is {_MAJOR}x")
    known_groups = names_of((*document.get("dependency-groups", ()), *document.get("default-groups", ())))
    wishes.demand("group", names_of(wishes.groups), known_groups)
    wishes.demand("extra", names_of(wishes.extras), names_of(document.get("extras", ())))
    groups = names_of((*document.get("default-groups", ()), *wishes.groups))
    chosen = []
    for package in document["packages"]:
        marker = package.get("marker")
        try:
            is_wanted = not marker or standards.is_lock_marker_true(
                marker, wishes.target, extras=names_of(wishes.extras), groups=groups
            )
        except ValueError as error:
            raise LockFormatError(wishes.path.name, f"the marker `{marker}` cannot be read") from error
        if is_wanted and package.get("directory", {}).get("path") != ".":
            chosen.append(package)
    return one_per_name((_pin(package, wishes) for package in chosen), wishes.path)


def _pin(package: Mapping[str, Any], wishes: Wishes) -> Pin:
    name, version = package["name"], package.get("version", "")
    if "vcs" in package:
        raise wishes.refuse_source(name, package["vcs"].get("url", ""))
    if "directory" in package:
        return wishes.local_pin(name, version, package["directory"]["path"])
    if "archive" in package:
        archive = package["archive"]
        url = archive.get("url") or (wishes.path.parent / archive["path"]).resolve().as_uri()
        return wishes.pin(name, version, _hashes(archive), url=url)
    files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else ())]
    if not files:
        raise LockFormatError(wishes.path.name, f"`{name}` has no files")
    return wishes.pin(name, version, [entry for file in files for entry in _hashes(file)])


def _hashes(file: Mapping[str, Any]) -> Iterator[str]:
    for algorithm, digest in file["hashes"].items():
        if algorithm in {"sha256", "sha384", "sha512"}:
            yield f"{algorithm}:{digest}"
