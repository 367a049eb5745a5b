"""One wheel's table of contents and metadata, read in place: what an install would put where, without installing it.

See https://packaging.python.org/en/latest/specifications/binary-distribution-format/. What was read once is kept in the
cache, since a wheel never changes under its digest.
"""

import csv
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bundler import standards
from bundler.errors import WheelBrokenError
from bundler.model.project import Target
from bundler.model.wheels import Wheel
from bundler.system import cache
from bundler.system.elf import HEADER_BYTES, machine_of
from bundler.system.files import DAMAGES, open_wheel

_NAMESPACE = "contents"
# Raise when the record below changes its form.
_FORM = 8
_DIST_INFO = ".dist-info"
# The list of files names neither itself nor its signatures with a digest, and may leave the signatures out.
_RECORD = "RECORD"
_SHARED_OBJECT = re.compile(r"\.so(?:\.[\d.]+)?$")
# Lists of files of the largest wheels have some megabytes.
_MOST_TEXT_BYTES = 64_000_000
_MOST_EXTRAS = 1000
_QUOTED = re.compile(r"""["']([^"']*)["']""")
# A test of a part of a name answers for each name anew.
_EXTRA_IN = re.compile(r"\bin\b")
_UNLISTED = frozenset({_RECORD, "RECORD.jws", "RECORD.p7s"})
# `pip install --target` puts data files beside the packages, and programs into `bin`; headers serve no function.
_INSTALLED_SCHEMES = {"purelib": "", "platlib": "", "data": "", "scripts": "bin/"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One `Requires-Dist` that holds on the target."""

    name: str
    extras: tuple[str, ...]
    """What it asks of the other distribution."""
    only_with: tuple[str, ...]
    """It holds only with one of these extras of its own distribution; empty: always."""
    versions: str
    """The versions it admits, as a specifier; empty: all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelContents:
    """What one wheel brings."""

    name: str
    version: str
    dist_info: str
    needs: tuple[Need, ...]
    entry_points: tuple[tuple[str, str, str], ...]
    files: tuple[tuple[str, int, int, str], ...]
    """Each as path, size, CRC-32 and member."""
    unlisted: tuple[str, ...]
    """Members that the wheel's own list of files leaves out."""
    machines: tuple[tuple[str, str], ...]
    """Each shared object with the machine it is for."""


def read_wheel_contents(wheel: Wheel, target: Target) -> WheelContents:
    """Return what a wheel brings to a target; raise `WheelBrokenError` when it is no usable wheel."""
    key = f"{_FORM}\0{wheel.sha256}\0{wheel.path.name}\0{target}"
    if kept := cache.load_as(_NAMESPACE, key, lambda content: _from_record(json.loads(content))):
        return kept
    try:
        record = _read_record(wheel, target)
    except DAMAGES as error:
        raise WheelBrokenError(wheel.path.name, str(error)) from error
    cache.store(_NAMESPACE, key, json.dumps(record, separators=(",", ":")).encode())
    return _from_record(record)


def _from_record(record: dict[str, Any]) -> WheelContents:
    moved = record["moved"]
    paths = record["paths"]
    members = [moved.get(path, path) for path in paths] if moved else paths
    return WheelContents(
        name=record["name"],
        version=record["version"],
        dist_info=record["dist_info"],
        needs=tuple(
            Need(name=name, extras=tuple(extras), only_with=tuple(only_with), versions=versions)
            for name, extras, only_with, versions in record["needs"]
        ),
        entry_points=tuple(map(tuple, record["entry_points"])),
        files=tuple(zip(paths, record["sizes"], record["crcs"], members, strict=True)),
        unlisted=tuple(record["unlisted"]),
        machines=tuple(map(tuple, record["machines"])),
    )


def _read_record(wheel: Wheel, target: Target) -> dict[str, Any]:
    """Read a wheel into what the cache keeps: columns, as they are read several times faster than rows."""
    archive = open_wheel(wheel.path)
    members = {info.filename: info for info in archive.infolist() if not info.is_dir()}
    dist_info = _find_dist_info(wheel, members)
    headers = _read_headers(wheel, archive, f"{dist_info}/METADATA")
    installed = dict(_install_paths(wheel, members, dist_info.removesuffix(_DIST_INFO) + ".data/"))
    entry_points = f"{dist_info}/entry_points.txt"
    return {
        "name": standards.normalise_name(headers["Name"][0]),
        "version": headers["Version"][0],
        "dist_info": dist_info,
        "needs": list(read_needs(headers.get("Requires-Dist", []), headers.get("Provides-Extra", []), target)),
        "entry_points": list(read_entry_points(_read_text(archive, entry_points))) if entry_points in members else [],
        "paths": list(installed),
        "sizes": [members[member].file_size for member in installed.values()],
        "crcs": [members[member].CRC for member in installed.values()],
        "moved": {path: member for path, member in installed.items() if path != member},
        "unlisted": _unlisted(archive, members, dist_info),
        "machines": list(_machines(archive, installed)),
    }


def _find_dist_info(wheel: Wheel, members: dict[str, Any]) -> str:
    folders = {name.partition("/")[0] for name in members if f"{_DIST_INFO}/" in name}
    folders = {folder for folder in folders if folder.endswith(_DIST_INFO) and f"{folder}/METADATA" in members}
    for folder in sorted(folders):
        name, _, _ = folder.removesuffix(_DIST_INFO).partition("-")
        if standards.normalise_name(name) == wheel.pin.name:
            return folder
    raise WheelBrokenError(wheel.path.name, f"it has no metadata of `{wheel.pin.name}`")


def _unlisted(archive: zipfile.ZipFile, members: dict[str, Any], dist_info: str) -> list[str]:
    """Return the members that the wheel's list of files does not name, all of them where there is none."""
    record = f"{dist_info}/{_RECORD}"
    lines = _read_text(archive, record).splitlines() if record in members else []
    listed = {row[0].replace("\\", "/") for row in csv.reader(lines) if row}
    return sorted(set(members) - listed - {f"{dist_info}/{name}" for name in _UNLISTED})


def _install_paths(wheel: Wheel, members: dict[str, Any], data_folder: str) -> Iterator[tuple[str, str]]:
    """Yield where each member goes; an install leaves some out."""
    for member in members:
        path = member
        if member.startswith(data_folder):
            scheme, _, path = member.removeprefix(data_folder).partition("/")
            if scheme not in _INSTALLED_SCHEMES:
                continue
            path = f"{_INSTALLED_SCHEMES[scheme]}{path}"
        if path.startswith("/") or "\\" in path or ":" in path.partition("/")[0] or ".." in path.split("/"):
            raise WheelBrokenError(wheel.path.name, f"`{member}` lies outside the folder it is installed to")
        yield path, member


def _machines(archive: zipfile.ZipFile, installed: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the machine of each shared object, by its first bytes alone: they can be large and many."""
    for path, member in installed.items():
        if _SHARED_OBJECT.search(path):
            with archive.open(member) as stream:
                machine = machine_of(stream.read(HEADER_BYTES))
            if machine:
                yield path, machine


def _read_headers(wheel: Wheel, archive: zipfile.ZipFile, member: str) -> dict[str, list[str]]:
    """Return the values of each header, in order. They are as in mail, but `email` is slow to load and to parse."""
    headers = parse_headers(_read_text(archive, member))
    if not (headers.get("Name") and headers.get("Version")):
        raise WheelBrokenError(wheel.path.name, f"`{member}` lacks its name or version")
    _hold_identity(wheel, headers["Name"][0], headers["Version"][0])
    return headers


def _hold_identity(wheel: Wheel, name: str, version: str) -> None:
    """Raise where a wheel is of another distribution or version than its file's name says, which pip refuses too."""
    named = standards.wheel_name_and_version(wheel.path.name)
    if named and (standards.normalise_name(name) != named[0] or not standards.is_same_version(version, named[1])):
        raise WheelBrokenError(wheel.path.name, f"its metadata is that of `{name}` {version}")


def parse_headers(text: str) -> dict[str, list[str]]:
    """Return the values of each header of a METADATA file, in order.

    Only an empty line ends them: one of spaces belongs to a folded header, as those in licences (RFC 5322, 2.2.3).
    """
    headers: dict[str, list[list[str]]] = {}
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if not line:
            break  # the description follows
        if line.startswith((" ", "\t")) and lines:
            lines.append(line)
            continue
        name, _, value = line.partition(":")
        lines = [value.strip()]
        headers.setdefault(name.strip().title(), []).append(lines)
    return {name: ["".join(lines) for lines in values] for name, values in headers.items()}


def _read_text(archive: zipfile.ZipFile, member: str) -> str:
    size_bytes = archive.getinfo(member).file_size
    if size_bytes > _MOST_TEXT_BYTES:
        message = f"`{member}` has {size_bytes:,} bytes, at most {_MOST_TEXT_BYTES:,} are read"
        raise zipfile.BadZipFile(message)
    return archive.read(member).decode("utf-8", errors="replace")


def read_needs(
    requires: list[str], extras: list[str], target: Target
) -> Iterator[tuple[str, list[str], list[str], str]]:
    """Yield each requirement that can hold on the target as the cache keeps it: the fields of `Need` in order."""
    known = dict.fromkeys(map(standards.normalise_name, extras))
    for text in requires:
        try:
            requirement = standards.ParsedRequirement(text)
            marker = requirement.marker
            is_always = marker is None or standards.is_marker_true(marker, target)
            only_with = [] if is_always else _extras_with(marker or "", known, target)
        except (ValueError, RecursionError):
            continue  # pip refuses new wheels like this, and installs old ones without it
        if is_always or only_with:
            # A list of thousands for each of thousands would fill the memory: more ask for it than matters.
            listed = only_with if len(only_with) <= _MOST_EXTRAS else []
            yield requirement.name, list(requirement.extras), listed, requirement.specifier


def _extras_with(marker: str, extras: Mapping[str, object], target: Target) -> list[str]:
    """Return the extras with which a marker holds: those that it does not name answer alike, so one is asked."""
    if "extra" not in marker:
        return []
    named = {standards.normalise_name(text) for text in _QUOTED.findall(marker)}
    others = [extra for extra in extras if extra not in named] if _EXTRA_IN.search(marker) else []
    if len(others) > _MOST_EXTRAS:
        return list(extras)
    asked = [*(named & extras.keys()), *others]
    found = {extra for extra in asked if standards.is_marker_true(marker, target, (extra,))}
    other = next((extra for extra in extras if extra not in named), None)
    if other is not None and not others and standards.is_marker_true(marker, target, (other,)):
        found |= extras.keys() - named
    return sorted(found)


def read_entry_points(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield group, name and value of each line, as leniently as `importlib.metadata` reads them."""
    group = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            group = line[1:-1].strip()
        elif group and "=" in line and not line.startswith(("#", ";")):
            name, _, value = line.partition("=")
            yield group, name.strip(), value.partition("[")[0].strip()
