"""Describe functions for the HTML page: rows of files and what led to them, as small as JSON makes them."""

from typing import Any

from bundler.model.artifact import METADATA_ONLY
from bundler.model.metafile import CauseEntry, FileEntry, Metafile
from bundler.model.report import FunctionSize
from bundler.model.wheels import OWN_CODE

_NONE = -1


def describe_metafile(metafile: Metafile) -> dict[str, object]:
    """Return what the page shows of one bundle; paths that several files share stand there once, by number."""
    origins = _Origins()
    files = metafile.files
    owners = sorted({_owner(file) for file in files})
    kinds = sorted({file.kind for file in files})
    for file in files:
        origins.add(file.origin, file.cause, file.through or "")
    return {
        "runtime": metafile.runtime,
        "architecture": metafile.architecture,
        "handler": metafile.handler,
        "zip": metafile.zip.bytes,
        "overhead": metafile.zip.overhead_bytes,
        "versions": {package.name: package.version for package in metafile.packages if package.version},
        "exact": all(file.through is not None for file in files),
        "coarse": False,
        "owners": owners,
        "kinds": kinds,
        "files": [
            [
                file.path,
                file.size,
                file.zipped,
                owners.index(_owner(file)),
                kinds.index(file.kind),
                origins.number(file.origin),
            ]
            for file in files
        ],
        "origins": origins.rows,
    }


def _owner(file: FileEntry) -> str:
    """Return what a file is shown with: metadata alone is of packages that do not ship."""
    return "(metadata alone)" if file.kind == METADATA_ONLY else file.owner


def describe_size(size: FunctionSize) -> dict[str, object]:
    """Return what the page shows of a function of which only a baseline is known: each package as one file."""
    origins = _Origins()
    owners = sorted({OWN_CODE, *size.packages})
    files = []
    for path, zipped_bytes in size.own_files.items():
        files.append([path, 0, zipped_bytes, owners.index(OWN_CODE), 0, origins.number(path)])
    for name, package in size.packages.items():
        if package.path:
            cause = CauseEntry(kind="import", source=package.path, line=package.line, name=package.module)
            origins.add(name, cause, "")
        files.append([name, 0, package.zipped_bytes, owners.index(name), 0, origins.number(name)])
    settings = {key: size.settings.get(key, "") for key in ("runtime", "architecture", "handler")}
    return {
        **settings,
        "zip": size.zip_bytes,
        "overhead": 0,
        "versions": {name: package.version for name, package in size.packages.items() if package.version},
        "exact": False,
        "coarse": True,
        "owners": owners,
        "kinds": ["package"],
        "files": files,
        "origins": origins.rows,
    }


class _Origins:
    """Numbers for the paths that files are made from, with what first led to each.

    A row is path, kind of cause, number of its source, line, what was asked for, number of the file that every chain
    passes through, mechanism that found it. Paths that nothing describes, since they do not ship, have an empty kind.
    """

    def __init__(self) -> None:
        self.rows: list[list[Any]] = []
        self._numbers: dict[str, int] = {}

    def number(self, path: str) -> int:
        if not path:
            return _NONE
        if path not in self._numbers:
            self._numbers[path] = len(self.rows)
            self.rows.append([path, "", _NONE, 0, "", _NONE, ""])
        return self._numbers[path]

    def add(self, path: str, cause: CauseEntry, through: str) -> None:
        source, gate = self.number(cause.source), self.number(through)
        self.rows[self.number(path)] = [path, cause.kind, source, cause.line, cause.name, gate, cause.rule or ""]
