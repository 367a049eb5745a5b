"""Names, versions, markers and tags as the Python packaging standards define them, always for the target.

The only file that imports `packaging`; its types stay here.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import compatible_tags, cpython_tags
from packaging.utils import (
    InvalidWheelFilename,
    canonicalize_name,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from bundler.model.project import Target

# The first glibc of PEP 600's scheme, and the names older than it, newest first (PEP 513, 571, 599).
_LEGACY_MANYLINUX = {(2, 17): "manylinux2014", (2, 12): "manylinux2010", (2, 5): "manylinux1"}
_MANYLINUX = re.compile(r"manylinux_(?P<major>\d+)_(?P<minor>\d+)_")
_OLDEST_GLIBC_MINOR = {"x86_64": 5, "aarch64": 17}
# Lambda moves its runtimes to each new patch level, so that one is meant which no early fault excludes: with 0 in its
# place, `!=3.9.0` would forbid what does work there, and `< "3.11.3"` bring what nothing needs.
_PATCH_LEVEL = 99
_EXTRA_TEST = re.compile(r"""\bextra\s*(?P<operator>[!=]=)\s*(?P<quote>['"])(?P<name>[^'"]*)(?P=quote)""")


@cache
def normalise_name(name: str) -> str:
    """Return a distribution's name as PEP 503 normalises it."""
    return str(canonicalize_name(name))


@cache
def target_tags(target: Target) -> tuple[str, ...]:
    """Return every wheel tag the target accepts, best first: each manylinux level down from its glibc, abi3, pure."""
    platforms = target_platforms(target)
    major, minor = target.python
    interpreter = f"cp{major}{minor}"
    return tuple(
        str(tag)
        for tags in (
            cpython_tags(target.python, abis=[interpreter], platforms=platforms),
            compatible_tags(target.python, interpreter=interpreter, platforms=platforms),
        )
        for tag in tags
    )


def target_platforms(target: Target) -> list[str]:
    """Return the platform tags of wheels with native code that the target accepts, best first."""
    machine = target.architecture.machine
    major, newest = target.glibc
    platforms = []
    for minor in range(newest, _OLDEST_GLIBC_MINOR[machine] - 1, -1):
        platforms.append(f"manylinux_{major}_{minor}_{machine}")
        if legacy := _LEGACY_MANYLINUX.get((major, minor)):
            platforms.append(f"{legacy}_{machine}")
    return [*platforms, f"linux_{machine}"]


def wheel_rank(filename: str, target: Target) -> tuple[int, int] | None:
    """Return how well a wheel fits, lower is better, or `None` when it does not fit or its name is not a wheel's.

    The second number prefers the highest build number (PEP 427).
    """
    try:
        _, _, build, tags = parse_wheel_filename(filename)
    except (InvalidWheelFilename, InvalidVersion):
        return None
    ranks = _tag_ranks(target)
    fitting = [ranks[str(tag)] for tag in tags if str(tag) in ranks]
    return (min(fitting), -(build[0] if build else 0)) if fitting else None


@cache
def _tag_ranks(target: Target) -> dict[str, int]:
    return {tag: rank for rank, tag in reversed(list(enumerate(target_tags(target))))}


def promised_machines(filename: str) -> frozenset[str]:
    """Return the machines that a wheel's tags are for, `any` for those of pure wheels."""
    platforms = _wheel_platforms(filename)
    return frozenset(
        next((machine for machine in _OLDEST_GLIBC_MINOR if platform.endswith(f"_{machine}")), platform)
        for platform in platforms
    )


def promised_glibc(filename: str) -> tuple[int, int] | None:
    """Return the oldest glibc that a wheel's tags promise to work with; `None` where they name none."""
    levels = []
    for platform in _wheel_platforms(filename):
        if found := _MANYLINUX.match(platform):
            levels.append((int(found["major"]), int(found["minor"])))
        levels += [glibc for glibc, name in _LEGACY_MANYLINUX.items() if platform.startswith(f"{name}_")]
    return min(levels, default=None)


def _wheel_platforms(filename: str) -> frozenset[str]:
    try:
        _, _, _, tags = parse_wheel_filename(filename)
    except (InvalidWheelFilename, InvalidVersion):
        return frozenset()
    return frozenset(tag.platform for tag in tags)


def wheel_name_and_version(filename: str) -> tuple[str, str] | None:
    """Return the normalised name and version in a wheel's file name, or `None` when it is not a wheel's."""
    try:
        name, version, _, _ = parse_wheel_filename(filename)
    except (InvalidWheelFilename, InvalidVersion):
        return None
    return str(name), str(version)


def is_same_version(one: str, other: str) -> bool:
    """Tell whether two spellings mean the same version (`1.0` and `1.0.0`)."""
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other


@cache
def is_pinned_version(pinned: str, version: str) -> bool:
    """Tell whether `==pinned` admits `version` (PEP 440: `==1.0` admits `1.0+local` too)."""
    try:
        return SpecifierSet(f"=={pinned}").contains(version, prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return pinned == version


def sort_versions(versions: Iterable[str]) -> tuple[str, ...]:
    """Return the versions without doubles, oldest first; those no standard can read come before all others."""
    return tuple(sorted(set(versions), key=_version_order))


def _version_order(version: str) -> tuple[bool, Version, str]:
    try:
        return True, Version(version), version
    except InvalidVersion:
        return False, Version("0"), version


def is_newer_version(one: str, other: str) -> bool:
    """Tell whether `one` is a later version than `other`; unreadable versions are not."""
    try:
        return Version(one) > Version(other)
    except InvalidVersion:
        return False


def full_python_version(target: Target) -> str:
    """Return the target's Python with a patch level that stands for any late one."""
    major, minor = target.python
    return f"{major}.{minor}.{_PATCH_LEVEL}"


def is_prerelease(version: str) -> bool:
    """Tell whether a version is one that is only taken when asked for; unreadable versions are not."""
    try:
        return Version(version).is_prerelease
    except InvalidVersion:
        return False


def marker_environment(target: Target) -> dict[str, str]:
    """Return PEP 508's marker variables as the target would answer them."""
    major, minor = target.python
    return {
        "implementation_name": "cpython",
        "implementation_version": full_python_version(target),
        "os_name": "posix",
        "platform_machine": target.architecture.machine,
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": full_python_version(target),
        "python_version": f"{major}.{minor}",
        "sys_platform": "linux",
        "extra": "",
    }


def is_marker_true(marker: str, target: Target, extras: tuple[str, ...] = ()) -> bool:
    """Answer a PEP 508 marker for the target, true when any of the extras makes it so; `ValueError` if malformed."""
    try:
        parsed = Marker(marker)
    except InvalidMarker as error:
        raise ValueError(str(error)) from error
    environment = marker_environment(target)
    return any(parsed.evaluate({**environment, "extra": extra}) for extra in ("", *extras))


def is_lock_marker_true(marker: str, target: Target, *, extras: Collection[str], groups: Collection[str]) -> bool:
    """Answer a marker of a lock for the target and what is asked of the lock; `ValueError` if malformed.

    Locks ask whether an extra is among those that are wanted: as `"name" in extras` (PEP 751) or as `extra == "name"`,
    which may then hold for several names at once.
    """
    environment = {name: value for name, value in marker_environment(target).items() if name != "extra"}
    wanted = {"extras": frozenset(extras), "dependency_groups": frozenset(groups)}
    try:
        parsed = Marker(_EXTRA_TEST.sub(lambda found: _answer_extra(found, extras), marker))
        return parsed.evaluate({**environment, **wanted}, context="lock_file")
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName) as error:
        raise ValueError(str(error)) from error


def _answer_extra(found: re.Match[str], extras: Collection[str]) -> str:
    """Return the answer as a marker that always or never holds."""
    is_wanted = normalise_name(found["name"]) in {normalise_name(extra) for extra in extras}
    return f"os_name {'==' if is_wanted is (found['operator'] == '==') else '!='} 'posix'"


def order_pylock(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a lock of PEP 751 with its keys in the order of the format; `ValueError` for what it does not allow."""
    from packaging.pylock import Pylock, PylockValidationError  # noqa: PLC0415 - few commands write one

    try:
        return Pylock.from_dict(document).to_dict()
    except PylockValidationError as error:
        raise ValueError(str(error)) from error


def is_version_allowed(version: str, specifier: str) -> bool:
    """Tell whether a version is one that a specifier admits; a specifier of another kind is taken to admit it."""
    try:
        return SpecifierSet(specifier).contains(version, prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return True


def is_python_allowed(requires_python: str, target: Target) -> bool:
    """Tell whether a `Requires-Python` admits the target; a malformed one is taken to."""
    try:
        allowed = SpecifierSet(requires_python)
    except InvalidSpecifier:
        return True
    major, minor = target.python
    # Any patch level of the runtime's minor version will do: `<=3.12` admits python3.12 as `>=3.9.1` does python3.9.
    return any(allowed.contains(f"{major}.{minor}.{patch}", prereleases=True) for patch in (_PATCH_LEVEL, 0))


class ParsedRequirement:
    """A PEP 508 requirement read for one target."""

    __slots__ = ("extras", "marker", "name", "pinned_version", "specifier", "url")

    def __init__(self, text: str) -> None:
        """Read `text`; raise `ValueError` when it is not a requirement."""
        try:
            parsed = Requirement(text)
        except InvalidRequirement as error:
            raise ValueError(str(error)) from error
        self.name = normalise_name(parsed.name)
        self.extras = tuple(sorted(normalise_name(extra) for extra in parsed.extras))
        self.marker = str(parsed.marker) if parsed.marker else None
        self.url = parsed.url
        self.specifier = str(parsed.specifier)
        specifiers = list(parsed.specifier)
        is_pin = (
            len(specifiers) == 1
            and specifiers[0].operator in {"==", "==="}
            and not specifiers[0].version.endswith(".*")
        )
        self.pinned_version = specifiers[0].version if is_pin else None
