"""What is known about each Lambda Python runtime: Python, C library, packages, limits, sources.

The facts stand in `runtimes.json`, `standard_library.json` and `python_exports.json` beside this file; `null` there is
unknown and stays unknown here.
"""

import json
from collections.abc import Collection
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any

from bundler.errors import SettingsError
from bundler.model.project import Architecture, Target
from bundler.model.wheels import NarrowNeed, Site

BOTO3_FAMILY = ("boto3", "botocore", "s3transfer", "jmespath")
"""Packages the runtime brings that only work together: all are left to the runtime or none (AWS says the same)."""
_FITS_MANY = "jmespath"
"""The one of them that the others work with in many versions."""


class UnknownRuntimeError(SettingsError):
    """The settings ask for a runtime that Lambda does not have for Python."""

    def __init__(self, runtime: str) -> None:
        super().__init__(
            f"`{runtime}` is not a Python runtime of Lambda",
            hints=(f"the runtimes are: {', '.join(runtime_names())}",),
        )


def external_distributions(
    chosen: tuple[str, ...] | None, site: Site, among: Collection[str] | None = None
) -> frozenset[str]:
    """Return the distributions that are not shipped for an `external` setting, `None` being none.

    By default they are the runtime's boto3 family, but for those that a distribution works with in few versions: nobody
    can tell which version a runtime brings. `among` names those that ship, where that is known.
    """
    if chosen is None:
        return frozenset(BOTO3_FAMILY).difference(own_boto3(site, among))
    return frozenset(chosen) | frozenset(BOTO3_FAMILY if set(chosen) & set(BOTO3_FAMILY) else ())


def own_boto3(site: Site, among: Collection[str] | None = None) -> dict[str, tuple[str, NarrowNeed]]:
    """Return which of the boto3 family the lock's own are needed of, each with who needs it and what exactly.

    One of them brings its kin along, as boto3 works with few versions of botocore; jmespath does not: both take many.
    """
    others = [known for known in site.distributions if known.name not in BOTO3_FAMILY]
    found: dict[str, tuple[str, NarrowNeed]] = {}
    for distribution in others if among is None else (known for known in others if known.name in among):
        for need in distribution.narrow:
            if need.name in BOTO3_FAMILY:
                found.setdefault(need.name, (distribution.name, need))
    if not found.keys() <= {_FITS_MANY}:
        # The others are released together.
        first = next(iter(found.values()))
        found.update({name: first for name in BOTO3_FAMILY if name not in found})
    return found


def runtime_names() -> tuple[str, ...]:
    """Return every Python runtime there is, oldest first."""
    return tuple(_facts()["runtimes"])


def make_target(runtime: str, architecture: Architecture) -> Target:
    """Return the target of a runtime's name, `python3.12`; raise `UnknownRuntimeError` for any other word."""
    known = _runtime(runtime)
    return Target(
        runtime=runtime,
        architecture=architecture,
        python=_pair(known["python"]),
        glibc=_pair(known["glibc"]),
    )


def max_glibcxx(runtime: str) -> tuple[int, ...] | None:
    """Return the newest GLIBCXX symbol version of the runtime's libstdc++, or `None` where unknown."""
    version = _runtime(runtime)["max_glibcxx"]
    return None if version is None else tuple(int(part) for part in version.split("."))


def deprecation_date(runtime: str) -> str | None:
    """Return the ISO date on which AWS ends support for the runtime, or `None` where unknown."""
    date: str | None = _runtime(runtime)["deprecation_date"]
    return date


def preinstalled_versions(runtime: str) -> dict[str, str | None]:
    """Return the packages the runtime is known to carry, each with its version where that is known."""
    return {
        name: package["version"] for name, package in _runtime(runtime)["preinstalled"].items() if package["present"]
    }


def preinstalled_modules(runtime: str) -> frozenset[str]:
    """Return the top-level modules the runtime brings beside the standard library."""
    return frozenset(
        module
        for package in _runtime(runtime)["preinstalled"].values()
        if package["present"]
        for module in package["import_names"]
    )


def possible_modules(runtime: str) -> frozenset[str]:
    """Return the top-level modules of packages that the runtime has, or that nobody knows it to lack."""
    packages = _runtime(runtime)["preinstalled"].values()
    return frozenset(
        name for package in packages if package["present"] is not False for name in package["import_names"]
    )


def system_libraries(runtime: str) -> frozenset[str]:
    """Return the sonames the runtime's operating system is known to have."""
    return frozenset(_facts()["system_libraries"][_runtime(runtime)["os"]]["present"])


@cache
def standard_library(python: tuple[int, int]) -> frozenset[str]:
    """Return the top-level names of the standard library of a CPython version."""
    names = json.loads(_text("standard_library.json"))
    major, minor = python
    return frozenset(names["common"].split()) | frozenset(names["versions"][f"{major}.{minor}"].split())


@cache
def python_exports(python: tuple[int, int]) -> frozenset[str] | None:
    """Return the symbols of the C API that a CPython version has for extensions, `None` where that is not known.

    `PyInit_…` of modules is none of them.
    """
    known = json.loads(_text("python_exports.json"))
    version = f"{python[0]}.{python[1]}"
    if version not in known["versions"]:
        return None
    groups = (names for versions, names in known["exports"].items() if version in versions.split())
    return frozenset(chain.from_iterable(names.split() for names in groups))


def direct_upload_limit_bytes() -> int:
    """Return the size a zip must stay below to be uploaded without S3."""
    return int(_facts()["limits"]["zip_direct_upload_bytes"])


def unzipped_limit_bytes() -> int:
    """Return the size a function and its layers must stay below once unzipped."""
    return int(_facts()["limits"]["zip_unzipped_bytes"])


def _runtime(name: str) -> dict[str, Any]:
    runtimes: dict[str, dict[str, Any]] = _facts()["runtimes"]
    if name not in runtimes:
        raise UnknownRuntimeError(name)
    return runtimes[name]


@cache
def _facts() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(_text("runtimes.json"))
    return facts


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _pair(version: str) -> tuple[int, int]:
    major, minor = version.split(".")
    return int(major), int(minor)
