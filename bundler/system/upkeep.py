"""What each part of the cache holds, and what goes when it is made smaller.

What was not used the longest goes first: a file's last use is when it was read or written, as far as its file system
keeps that. Nothing goes while anything works with the cache (`bundler.system.locks`).
"""

import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from bundler.system.home import cache_folder
from bundler.system.locks import LOCKS, alone

_WHOLE = "runtime-packages"
"""Each folder in this part is installed as one, and goes as one."""


class Part(NamedTuple):
    """One kind of things that the cache holds."""

    name: str
    entries: int
    size_bytes: int


class _Entry(NamedTuple):
    path: Path
    part: str
    size_bytes: int
    used: float


def measure_cache() -> tuple[Part, ...]:
    """Return what each part of the cache holds, the heaviest first."""
    sums: dict[str, tuple[int, int]] = {}
    for entry in _entries():
        count, size_bytes = sums.get(entry.part, (0, 0))
        sums[entry.part] = (count + 1, size_bytes + entry.size_bytes)
    parts = (Part(name, count, size_bytes) for name, (count, size_bytes) in sums.items())
    return tuple(sorted(parts, key=lambda part: (-part.size_bytes, part.name)))


def prune_cache(*, most_bytes: int | None, oldest_seconds: float | None) -> Part:
    """Remove what was not used for some time, then what was not used the longest until the rest is small enough.

    Return what went.
    """
    with alone():
        entries = sorted(_entries(), key=lambda entry: entry.used, reverse=True)
        since = time.time() - oldest_seconds if oldest_seconds is not None else 0.0
        return _remove(_too_many([entry for entry in entries if entry.used >= since], most_bytes, since, entries))


def _too_many(kept: list[_Entry], most_bytes: int | None, since: float, entries: Iterable[_Entry]) -> Iterator[_Entry]:
    yield from (entry for entry in entries if entry.used < since)
    total = 0
    for entry in kept:
        total += entry.size_bytes
        if most_bytes is not None and total > most_bytes:
            yield entry


def clear_cache() -> Part:
    """Remove all that the cache holds, and return it."""
    with alone():
        return _remove(_entries())


def _entries() -> Iterator[_Entry]:
    root = cache_folder()
    for part in _list(root):
        if part.name != LOCKS and part.is_dir():
            yield from _entries_of(part)
        elif part.is_file():
            yield _measure(part, part.name)


def _entries_of(part: Path) -> Iterator[_Entry]:
    if part.name == _WHOLE:
        for folder in _list(part):
            files = [_measure(Path(place) / name, part.name) for place, _, names in os.walk(folder) for name in names]
            newest = max((file.used for file in files), default=0.0)
            yield _Entry(folder, part.name, sum(file.size_bytes for file in files), newest)
        return
    for place, _, names in os.walk(part):
        yield from (_measure(Path(place) / name, part.name) for name in names)


def _measure(path: Path, part: str) -> _Entry:
    try:
        status = path.lstat()
    except OSError:
        return _Entry(path, part, 0, 0.0)
    return _Entry(path, part, status.st_size, max(status.st_atime, status.st_mtime))


def _remove(entries: Iterable[_Entry]) -> Part:
    count = size_bytes = 0
    for entry in entries:
        with suppress(OSError):
            shutil.rmtree(entry.path) if entry.path.is_dir() else entry.path.unlink()
            count, size_bytes = count + 1, size_bytes + entry.size_bytes
    _remove_empty(cache_folder())
    return Part("", count, size_bytes)


def _remove_empty(root: Path) -> None:
    for place, _, _ in os.walk(root, topdown=False):
        if LOCKS not in Path(place).parts:
            with suppress(OSError):
                Path(place).rmdir()


def _list(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
