"""pylock.toml: the lock that PEP 751 defines.

Source: https://packaging.python.org/en/latest/specifications/pylock-toml/
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bundler.errors import LockFormatError
from bundler.model.wheels import Pin
from bundler.resolve.lock_formats.wishes import Wishes, names_of, one_per_name

_MAJOR = "1"


def read_pins(document: Mapping[str, Any], project: Mapping[str, Any], wishes: Wishes) -> list[Pin]:  # noqa: ARG001
    """Return the pins whose markers hold for the target, the default groups and what else is asked for."""
    wishes.check_version(document["lock-version"], _MAJOR)
    wishes.check_python([document.get("requires-python", "")])
    wishes.check_platform(document.get("environments", ()))
    known_groups = names_of((*document.get("dependency-groups", ()), *document.get("default-groups", ())))
    wishes.demand("group", names_of(wishes.groups), known_groups)
    wishes.demand("extra", names_of(wishes.extras), names_of(document.get("extras", ())))
    groups = names_of((*document.get("default-groups", ()), *wishes.groups))
    extras = names_of(wishes.extras)
    chosen = (one for one in document["packages"] if wishes.is_true(one.get("marker"), extras, groups))
    return one_per_name((_pin(package, wishes) for package in chosen), wishes)


def own_sources(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the paths of the files that lbundle made a lock from."""
    return tuple(document.get("tool", {}).get("lbundle", {}).get("sources", ()))


def _pin(package: Mapping[str, Any], wishes: Wishes) -> Pin:
    name, version = package["name"], package.get("version", "")
    # The format has no word for them: a tool that installs all packages of a lock need not know.
    extras = tuple(package.get("tool", {}).get("lbundle", {}).get("extras", ()))
    if "vcs" in package:
        return _git_pin(name, package["vcs"], extras, wishes)
    if "directory" in package:
        return wishes.local_pin(name, version, package["directory"]["path"], extras=extras)
    if "archive" in package:
        archive = package["archive"]
        url = archive.get("url") or (wishes.path.parent / archive["path"]).resolve().as_uri()
        return wishes.pin(name, version, _hashes(archive), url=url, extras=extras)
    files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else ())]
    if not files:
        raise LockFormatError(wishes.shown, f"`{name}` has no files")
    hashes = [entry for file in files for entry in _hashes(file)]
    return wishes.pin(name, version, hashes, index=package.get("index"), extras=extras)


def _git_pin(name: str, source: Mapping[str, Any], extras: tuple[str, ...], wishes: Wishes) -> Pin:
    url = source.get("url") or (wishes.path.parent / source["path"]).resolve().as_uri()
    if source["type"] != "git":
        raise wishes.refuse_source(name, url)
    return wishes.git_pin(name, url, source["commit-id"], source.get("subdirectory"), extras=extras)


def _hashes(file: Mapping[str, Any]) -> Iterator[str]:
    for algorithm, digest in file["hashes"].items():
        if algorithm in {"sha256", "sha384", "sha512"}:
            yield f"{algorithm}:{digest}"
