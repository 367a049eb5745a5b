"""pdm.lock: a list with groups and markers.

Source: https://pdm-project.org/latest/usage/lockfile/ and the locks that pdm writes.
"""

from collections.abc import Mapping
from typing import Any

from bundler.errors import LockFormatError
from bundler.model.wheels import Pin
from bundler.resolve.lock_formats.wishes import Wishes, hashes_of, names_of, one_per_name
from bundler.resolve.project_indexes import pin_pdm_sources

_DEFAULT = "default"


def read_pins(document: Mapping[str, Any], project: Mapping[str, Any], wishes: Wishes) -> list[Pin]:
    """Return the pins of the default group and those asked for; pdm keeps extras as groups."""
    metadata = document["metadata"]
    wishes.check_version(metadata["lock_version"], "4")
    wishes.check_python(target.get("requires_python", "") for target in metadata.get("targets", ()))
    packages = document.get("package", [])
    wanted = names_of((*wishes.groups, *wishes.extras))
    wishes.demand("group", wanted, names_of(metadata.get("groups", ())))
    chosen = [
        package
        for package in packages
        if names_of(package.get("groups", (_DEFAULT,))) & {_DEFAULT, *wanted} and wishes.is_true(package.get("marker"))
    ]
    found = (_pin(package, wishes) for package in chosen)
    is_package = project.get("tool", {}).get("pdm", {}).get("distribution", True)
    pins = one_per_name((*found, *wishes.project_pins(project, is_package=is_package)), wishes)
    return pin_pdm_sources(pins, project)


def _pin(package: Mapping[str, Any], wishes: Wishes) -> Pin:
    name, version = package["name"], package.get("version", "")
    hashes = hashes_of(package.get("files", ()))
    extras = tuple(package.get("extras", ()))
    if "git" in package:
        commit = package.get("revision") or package.get("ref", "")
        return wishes.git_pin(name, package["git"], commit, package.get("subdirectory"), extras=extras)
    if "hg" in package:
        raise wishes.refuse_source(name, package["hg"])
    if "path" in package:
        path = (wishes.path.parent / package["path"]).resolve()
        is_file = path.suffix in {".whl", ".gz", ".zip"}
        if not is_file:
            return wishes.local_pin(name, version, package["path"])
        return wishes.pin(name, version, hashes, url=path.as_uri())
    if "url" in package:
        return wishes.pin(name, version, hashes, url=package["url"])
    if not hashes:
        raise LockFormatError(wishes.shown, f"`{name}` has no files")
    return wishes.pin(name, version, hashes, extras=extras)
