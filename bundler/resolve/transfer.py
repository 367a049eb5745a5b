"""Files of an index → files in the cache: whole, hashed on the way, and only if they are what was promised."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bundler.errors import CacheUnwritableError, HashMismatchError
from bundler.model.wheels import FetchProgress, Pin
from bundler.resolve.choose import ChosenFile
from bundler.resolve.index import PackageIndex
from bundler.system.cache import is_kept, kept_file_path
from bundler.system.files import is_folder, partial_file, publish
from bundler.system.home import cache_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file of the cache, offered in an index's place."""

    filename: str
    url: str
    hashes: tuple[str, ...]
    requires_python: str | None = None
    yanked: str | None = None
    is_local: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedFile:
    """A file in the cache."""

    path: Path
    sha256: str


class ProgressTally:
    """Adds up what all threads do, and tells it one event at a time."""

    def __init__(self, on_progress: Callable[[FetchProgress], None], *, pins_done: int, pins_total: int) -> None:
        self._on_progress = on_progress
        self._lock = threading.Lock()
        self._pins_total = pins_total
        self._pins_done = pins_done
        self._bytes_done = 0
        self._bytes_total = 0
        self._is_stopped = False

    def stop(self) -> None:
        """End every transfer at its next piece: one has failed for all, or the user wants no more."""
        self._is_stopped = True

    def add(self, name: str, *, pins: int = 0, bytes_done: int = 0, bytes_total: int = 0) -> None:
        """Count and tell; raise `CancelledError` once stopped."""
        if self._is_stopped:
            raise CancelledError
        with self._lock:
            self._pins_done += pins
            self._bytes_done += bytes_done
            self._bytes_total += bytes_total
            self._on_progress(
                FetchProgress(
                    pins_done=self._pins_done,
                    pins_total=self._pins_total,
                    bytes_done=self._bytes_done,
                    bytes_total=max(self._bytes_total, self._bytes_done),
                    name=name,
                )
            )


class _Transfer:
    """One download's bytes, digests and share of the progress; each try starts it anew."""

    def __init__(self, pin: Pin, tally: ProgressTally, algorithms: set[str], write: Callable[[bytes], int]) -> None:
        self._name = pin.name
        self._tally = tally
        self._algorithms = algorithms
        self._write = write
        self._expected_bytes = 0
        self._received_bytes = 0
        self.hashers = {name: hashlib.new(name) for name in algorithms}

    def begin(self, size_bytes: int) -> None:
        self._tally.add(self._name, bytes_done=-self._received_bytes, bytes_total=size_bytes - self._expected_bytes)
        self._expected_bytes, self._received_bytes = size_bytes, 0
        self.hashers = {name: hashlib.new(name) for name in self._algorithms}

    def receive(self, piece: bytes) -> None:
        self._write(piece)
        for hasher in self.hashers.values():
            hasher.update(piece)
        self._received_bytes += len(piece)
        self._tally.add(self._name, bytes_done=len(piece))


def download_file(
    index: PackageIndex, pin: Pin, chosen: ChosenFile, namespace: str, tally: ProgressTally
) -> CachedFile:
    """Return a file of an index from the cache, downloaded first if it is not there.

    The lock's hashes and the index's own must both hold, else the file is thrown away.
    """
    if kept := _find_kept(chosen, namespace):
        return kept
    promises = [hashes for hashes in (pin.hashes, _usable(chosen.hashes)) if hashes]
    algorithms = {"sha256", *(entry.partition(":")[0] for hashes in promises for entry in hashes)}
    with _partial_file(namespace) as stream:

        def begin(size_bytes: int) -> None:
            stream.seek(0)
            stream.truncate()
            transfer.begin(size_bytes)

        transfer = _Transfer(pin, tally, algorithms, stream.write)
        index.download(chosen.url, begin, transfer.receive)
        digests = {name: hasher.hexdigest() for name, hasher in transfer.hashers.items()}
        for promised in promises:
            _verify(chosen, promised, digests)
        path = kept_file_path(namespace, digests["sha256"], chosen.filename)
        publish(stream, path)
    return CachedFile(path=path, sha256=digests["sha256"])


def list_kept(namespace: str, pin: Pin) -> tuple[KeptFile, ...]:
    """Return the files of a pin that lie in the cache already, found by the lock's hashes."""
    digests = (entry.removeprefix("sha256:") for entry in pin.hashes if entry.startswith("sha256:"))
    folders = (kept_file_path(namespace, digest, "") for digest in digests)
    return tuple(
        KeptFile(filename=path.name, url=path.as_uri(), hashes=(f"sha256:{folder.name}",))
        for folder in folders
        if is_folder(folder)
        for path in folder.iterdir()
        if is_kept(path, folder.name)
    )


def keep_file(source: Path, namespace: str) -> CachedFile:
    """Copy a file of this machine into the cache."""
    content = source.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    path = kept_file_path(namespace, sha256, source.name)
    with _partial_file(namespace) as stream:
        stream.write(content)
        publish(stream, path)
    return CachedFile(path=path, sha256=sha256)


def _find_kept(chosen: ChosenFile, namespace: str) -> CachedFile | None:
    """Return the file if another lock or project brought it here before; its folder is named by its digest."""
    for entry in chosen.hashes:
        algorithm, _, digest = entry.partition(":")
        if algorithm == "sha256":
            path = kept_file_path(namespace, digest, chosen.filename)
            if is_kept(path, digest):
                return CachedFile(path=path, sha256=digest)
    return None


@contextmanager
def _partial_file(namespace: str) -> Iterator[BinaryIO]:
    folder = cache_folder() / namespace
    try:
        with partial_file(folder) as stream:
            yield stream
    except OSError as error:
        raise CacheUnwritableError(str(folder), error.strerror or str(error)) from error


def _usable(hashes: tuple[str, ...]) -> tuple[str, ...]:
    """Return an index's hashes that prove something; md5 and sha1 do not."""
    return tuple(entry for entry in hashes if entry.partition(":")[0] in {"sha256", "sha384", "sha512"})


def _verify(chosen: ChosenFile, promised: tuple[str, ...], digests: dict[str, str]) -> None:
    if any(digests[algorithm] == digest for algorithm, _, digest in (entry.partition(":") for entry in promised)):
        return
    algorithm = promised[0].partition(":")[0]
    raise HashMismatchError(chosen.filename, chosen.url, expected=promised, actual=f"{algorithm}:{digests[algorithm]}")
