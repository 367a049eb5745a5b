"""Locks between processes: one for each folder of zips, build of source and runtime package. They end with their owner.

A lock is a file in the cache, as folders of zips hold nothing but zips and what describes them; what its owner says of
itself lies beside it, for whoever waits. Where the cache cannot be written, nobody waits.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from bundler.system.home import cache_folder

if TYPE_CHECKING:
    from filelock import BaseFileLock

LOCKS = "locks"
"""The part of the cache that is no cache."""
_USES = "uses"
_MAKES_SMALLER = "makes the cache smaller"
# Who takes a place among those who work with the cache holds the same lock for a moment.
_PATIENCE_SECONDS = 5.0
_ENDING, _OWNER = ".lock", ".owner"

_says: list[Callable[[str], None]] = []


@contextmanager
def announcing(say: Callable[[str], None]) -> Iterator[None]:
    """Let `say` tell, in a sentence, when something waits for another process."""
    _says.append(say)
    try:
        yield
    finally:
        _says.remove(say)


@contextmanager
def held(what: str, *, patience_seconds: float = 0) -> Iterator[None]:
    """Hold the lock of one thing, such as ``builds into `/shop/.lbundle```; wait until no other process holds it.

    Nothing is said of that for `patience_seconds`.
    """
    lock = _acquire(lock_path(what), what, patience_seconds)
    try:
        yield
    finally:
        if lock is not None:
            lock.release()


@contextmanager
def in_use() -> Iterator[None]:
    """Work with the cache for a while, side by side with others that do, but with nobody who makes it smaller."""
    path = _folder() / _USES / f"{os.getpid()}-{token_hex(4)}{_ENDING}"
    # As one takes its place among those who work, nobody looks whether there are any.
    with held(_MAKES_SMALLER, patience_seconds=_PATIENCE_SECONDS):
        lock = _acquire(path, _USES)
    try:
        yield
    finally:
        if lock is not None:
            lock.release()
            _clear(path)


@contextmanager
def alone() -> Iterator[None]:
    """Work with the cache once nobody else does; who comes meanwhile waits."""
    with held(_MAKES_SMALLER):
        for path in sorted((_folder() / _USES).glob(f"*{_ENDING}")):
            lock = _acquire(path, "works with the cache")
            if lock is not None:
                lock.release()
            _clear(path)
        yield


def lock_path(what: str) -> Path:
    """Return the file that is locked for one thing."""
    return _folder() / f"{sha256(what.encode()).hexdigest()}{_ENDING}"


def _folder() -> Path:
    return cache_folder() / LOCKS


def _acquire(path: Path, what: str, patience_seconds: float = 0) -> "BaseFileLock | None":
    """Return a lock that is held now; `None` where there is no place for locks, or a file system has none."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 - an unchanged build locks nothing

    owner = path.with_suffix(_OWNER)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        try:
            lock.acquire(timeout=patience_seconds)
        except Timeout:
            _say(f"waiting for {_read(owner)}, which {what}")
            lock.acquire()
        owner.write_text(f"process {os.getpid()} ({' '.join([Path(sys.argv[0]).name, *sys.argv[1:]])})", "utf-8")
    except (OSError, NotImplementedError):
        return None
    return lock


def _clear(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
        path.with_suffix(_OWNER).unlink(missing_ok=True)


def _read(owner: Path) -> str:
    try:
        return owner.read_text("utf-8")
    except OSError:
        return "another process"


def _say(text: str) -> None:
    for say in _says:
        say(text)
