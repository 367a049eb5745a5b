"""The one file of each pin that fits the target: the best wheel, else a source to build one from. Fetches nothing."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from bundler import standards
from bundler.errors import LockHashError, PackageMissingError, SourceForbiddenError, WheelMissingError
from bundler.model.project import ALL_PACKAGES, Target
from bundler.model.wheels import Pin

_WHEEL_ENDING = ".whl"
_SDIST_ENDINGS = (".tar.gz", ".zip")
_MOST_SHOWN = 12
_MOST_FILES = 3
# What precedes the version of a system and its machine: `macosx_11_0_arm64`, `manylinux2014_x86_64`, `win_amd64`.
_SYSTEM = re.compile(r"_?\d|_(?=[a-z])")


class OfferedFile(Protocol):
    """What choosing needs to know of a file on an index."""

    @property
    def filename(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def hashes(self) -> tuple[str, ...]: ...
    @property
    def requires_python(self) -> str | None: ...
    @property
    def yanked(self) -> str | None: ...
    @property
    def is_local(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenFile:
    """The file that answers a pin."""

    filename: str
    url: str
    hashes: tuple[str, ...]
    """What its index says it hashes to."""
    yanked: str | None = None
    """Why its index asks to use it no more, empty without a reason; `None`: it does not."""
    others: tuple[str, ...] = ()
    """What there is in place of a wheel that fits, in few lines; empty for a wheel."""

    @property
    def is_wheel(self) -> bool:
        return self.filename.endswith(_WHEEL_ENDING)


def choose_file(
    pin: Pin,
    files: Iterable[OfferedFile],
    target: Target,
    *,
    only_binary: tuple[str, ...],
    places: tuple[str, ...],
) -> ChosenFile:
    """Return the best wheel of a pin for the target, else its sdist; raise where there is neither.

    A yanked file is taken like any other: the lock asks for exactly this version. Files whose hash the lock does not
    allow do not count. Of versions that answer a pin alike (`1.0`, `1.0+cpu`) the newest wins, as in pip.
    """
    files = tuple(files)
    offered = _files_of_pin(pin, files, places)
    allowed = [(version, file) for version, file in offered if is_allowed(pin, file)]
    if wheel := _best_wheel(allowed, target):
        return ChosenFile(filename=wheel.filename, url=wheel.url, hashes=wheel.hashes, yanked=wheel.yanked)
    others = (*_sum_up([file for _, file in offered]), *_nearest_version(pin, files, target))
    if sdist := _best_sdist(allowed, target):
        if may_not_build(pin, only_binary):
            raise SourceForbiddenError(str(pin), str(target), files=others)
        return ChosenFile(
            filename=sdist.filename, url=sdist.url, hashes=sdist.hashes, yanked=sdist.yanked, others=others
        )
    if refused := _best_wheel(offered, target):
        raise LockHashError(str(pin), pin.origin, (_describe(refused),))
    raise WheelMissingError(str(pin), str(target), files=others, tags=describe_tags(target))


def _sum_up(files: Iterable[OfferedFile]) -> Iterator[str]:
    """Name the files of a version where they are few, else what they are for, in one line."""
    named = sorted({_describe(file): file.filename for file in files}.items())
    if len(named) <= _MOST_FILES:
        yield from (f"there is: {described}" for described, _ in named)
        return
    names = [name for _, name in named]
    tags = [name.removesuffix(_WHEEL_ENDING).split("-")[-3:] for name in names if name.endswith(_WHEEL_ENDING)]
    pythons = {python for tag in tags for python in tag[0].split(".")}
    systems = {_SYSTEM.split(system, maxsplit=1)[0] for tag in tags for system in tag[2].split(".")}
    source = " and a source" if len(tags) < len(names) else ""
    yield f"there are {len(tags)} wheels{source}: for {_shorten(pythons)} on {_shorten(systems)}"


def _nearest_version(pin: Pin, files: Iterable[OfferedFile], target: Target) -> Iterator[str]:
    """Name the first version after the pin's that has a wheel for the target, else the last one before it."""
    fitting = standards.sort_versions(
        version
        for file in files
        if file.filename.endswith(_WHEEL_ENDING)
        and (version := _version_in(file.filename, pin.name))
        and (standards.is_prerelease(pin.version) or not standards.is_prerelease(version))
        and standards.wheel_rank(file.filename, target)
        and _admits_python(file, target)
    )
    newer = [version for version in fitting if standards.is_newer_version(version, pin.version)]
    older = [version for version in fitting if standards.is_newer_version(pin.version, version)]
    if newer:
        yield f"{newer[0]} is the first version after it that has one"
    elif older:
        yield f"{older[-1]} is the last version before it that has one"


def may_not_build(pin: Pin, only_binary: tuple[str, ...]) -> bool:
    """Tell whether pip's settings, the lock's or the project's forbid to build a pin from source."""
    return not {pin.name, ALL_PACKAGES}.isdisjoint(only_binary)


def older_version_with_wheel(pin: Pin, files: Iterable[OfferedFile], target: Target) -> str | None:
    """Return the newest version before the pin's that has a wheel for the target, where the pin's own has none.

    `None` where nothing is to be gained by it: the pin has a wheel that fits, or it never had any and is made to be
    built, or no older version has one either.
    """
    named = [(version, file) for file in files if (version := _version_in(file.filename, pin.name))]
    wheels = [(version, file) for version, file in named if file.filename.endswith(_WHEEL_ENDING)]
    own = [(version, file) for version, file in wheels if standards.is_pinned_version(pin.version, version)]
    if not own or _best_wheel(own, target):
        return None
    older = standards.sort_versions(
        version
        for version, file in wheels
        if standards.is_newer_version(pin.version, version)
        and (standards.is_prerelease(pin.version) or not standards.is_prerelease(version))
        and standards.wheel_rank(file.filename, target)
        and _admits_python(file, target)
    )
    return older[-1] if older else None


def files_of_version(pin: Pin, files: Iterable[OfferedFile]) -> tuple[OfferedFile, ...]:
    """Return the wheels and source distributions of a pin, whatever they are for."""
    named = ((file, _version_in(file.filename, pin.name)) for file in files)
    return tuple(file for file, version in named if version and standards.is_pinned_version(pin.version, version))


def describe_tags(target: Target) -> str:
    """Return the best and the last of the wheel tags that fit a target."""
    first, *_, last = standards.target_tags(target)
    return f"{first}, or any down to {last}"


def _files_of_pin(pin: Pin, files: Iterable[OfferedFile], places: tuple[str, ...]) -> list[tuple[str, OfferedFile]]:
    named = [(version, file) for file in files if (version := _version_in(file.filename, pin.name))]
    found = [(version, file) for version, file in named if standards.is_pinned_version(pin.version, version)]
    if not found:
        versions = standards.sort_versions(version for version, _ in named)
        raise PackageMissingError(str(pin), versions=versions[-_MOST_SHOWN:], places=places)
    return found


def _version_in(filename: str, name: str) -> str | None:
    """Return the version in the name of a wheel or sdist of `name`; `None` for any other file.

    Index pages have thousands of names, so this splits text; the few that matter are parsed in full by `wheel_rank`.
    """
    if filename.endswith(_WHEEL_ENDING):
        found, _, rest = filename.partition("-")
        version = rest.partition("-")[0]
    else:
        ending = next((ending for ending in _SDIST_ENDINGS if filename.endswith(ending)), None)
        if ending is None:
            return None
        found, _, version = filename.removesuffix(ending).rpartition("-")
    return version if standards.normalise_name(found) == name else None


def is_allowed(pin: Pin, file: OfferedFile) -> bool:
    """Tell whether the lock's hashes admit a file; one whose hash is not known yet is checked once it is here."""
    algorithms = {entry.partition(":")[0] for entry in pin.hashes}
    known = {entry for entry in file.hashes if entry.partition(":")[0] in algorithms}
    return not known or bool(known & set(pin.hashes))


def _best_wheel(files: list[tuple[str, OfferedFile]], target: Target) -> OfferedFile | None:
    fitting = [
        (version, rank, file)
        for version, file in files
        if (rank := standards.wheel_rank(file.filename, target)) and _admits_python(file, target)
    ]
    if not fitting:
        return None
    newest = standards.sort_versions(version for version, _, _ in fitting)[-1]
    ranked = [(rank, not file.is_local, file) for version, rank, file in fitting if version == newest]
    return min(ranked, key=lambda entry: entry[:2])[2]


def _best_sdist(files: list[tuple[str, OfferedFile]], target: Target) -> OfferedFile | None:
    sdists = [file for _, file in files if not file.filename.endswith(_WHEEL_ENDING) and _admits_python(file, target)]
    return min(sdists, key=lambda file: not file.filename.endswith(".tar.gz"), default=None)


def _admits_python(file: OfferedFile, target: Target) -> bool:
    return file.requires_python is None or standards.is_python_allowed(file.requires_python, target)


def _describe(file: OfferedFile) -> str:
    return f"{file.filename} (for Python {file.requires_python})" if file.requires_python else file.filename


def _shorten(words: Iterable[str]) -> str:
    shown = sorted(words, key=lambda word: (int("".join(filter(str.isdigit, word)) or 0), word))
    more = f" and {len(shown) - _MOST_SHOWN} more" if len(shown) > _MOST_SHOWN else ""
    return ", ".join(shown[:_MOST_SHOWN]) + more
