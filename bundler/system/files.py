"""Read site files where they lie, and write results whole or not at all."""

import csv
import errno
import hashlib
import lzma
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from bundler.errors import OutputError, OwnFileGoneError, ScratchError, WheelDamagedError
from bundler.model.bounds import MOST_PACKED_BYTES, MOST_SETTINGS_BYTES
from bundler.model.wheels import OWN_CODE, SiteFile
from bundler.system.temporary import PARTIAL, beginning_for, put_in_place, scratch_folders, temporary_file

DAMAGES = (
    *(OSError, EOFError, RuntimeError, ValueError, LookupError, OverflowError),
    *(zipfile.BadZipFile, zlib.error, struct.error, lzma.LZMAError, csv.Error),
)
"""What reading an archive raises that is not as it was written: `zipfile` lets pass what its parts raise.

`RuntimeError` is that of an encrypted member, `NotImplementedError` under it that of a method nobody knows.
"""
_FULL = frozenset({errno.EDQUOT, errno.ENOSPC, errno.EROFS})
NO_PLACE = frozenset({errno.EACCES, errno.EPERM, *_FULL})
"""What writing fails with where there is no room or no right to."""
_START_BYTES = 16
_PIECE_BYTES = 1_000_000
MOST_OPEN_WHEELS = 100

_noted: list[set[str]] = []


@contextmanager
def noting_reads() -> Iterator[set[str]]:
    """Give the set of paths of those own files that are read meanwhile: each has a say in what comes of it."""
    paths: set[str] = set()
    _noted.append(paths)
    try:
        yield paths
    finally:
        _noted.remove(paths)


def note_read(file: SiteFile) -> None:
    """Note that the content of a file has a say, also where it was read before."""
    if not file.container_sha256:
        for paths in _noted:
            paths.add(file.path)


def read_site_file(file: SiteFile) -> bytes:
    """Return the bytes of a site file, from inside its wheel or from the project's folder.

    Raises:
        WheelDamagedError: The wheel has changed since it was put into the cache.
        OwnFileGoneError: The project has changed since its files were listed.
    """
    if file.owner == OWN_CODE or file.container.is_dir():
        with _own_file(file) as stream:
            return stream.read()
    try:
        return open_wheel(file.container).read(file.member)
    except DAMAGES as error:
        raise WheelDamagedError(str(file.container), str(error)) from error


def read_own_file(file: SiteFile) -> tuple[bytes, int]:
    """Return the bytes of a file of the project or of a layer's folder, and its mode."""
    with _own_file(file) as stream:
        return stream.read(), os.fstat(stream.fileno()).st_mode


def mode_of(file: SiteFile) -> int:
    """Return the mode of a file of the project or of a layer's folder."""
    with _own_file(file) as stream:
        return os.fstat(stream.fileno()).st_mode


def digest_site_file(file: SiteFile) -> bytes:
    """Return the SHA-256 of a site file, of which a part at a time is in memory.

    One that is too large to ship is not read: its size and time tell whether it is another.
    """
    if file.owner != OWN_CODE and not file.container.is_dir():
        return hashlib.sha256(read_site_file(file)).digest()
    with _own_file(file) as stream:
        if file.size_bytes > MOST_PACKED_BYTES:
            return hashlib.sha256(f"{file.size_bytes} {os.fstat(stream.fileno()).st_mtime_ns}".encode()).digest()
        digest = hashlib.sha256()
        while piece := stream.read(_PIECE_BYTES):
            digest.update(piece)
        return digest.digest()


def read_bounded(path: Path, most: int = MOST_SETTINGS_BYTES) -> bytes:
    """Return the bytes of a file; raise `OSError` where it has more than that, or never ends."""
    with path.open("rb") as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"it is too large, at most {most:,} bytes are read")
    return content


def read_start(file: SiteFile) -> bytes:
    """Return the first bytes of a site file, by which its format is known."""
    if file.owner != OWN_CODE and not file.container.is_dir():
        try:
            with open_wheel(file.container).open(file.member) as member:
                return member.read(_START_BYTES)
        except DAMAGES as error:
            raise WheelDamagedError(str(file.container), str(error)) from error
    with _own_file(file) as stream:
        return stream.read(_START_BYTES)


@contextmanager
def _own_file(file: SiteFile) -> Iterator[BinaryIO]:
    note_read(file)
    try:
        with (file.container / file.member).open("rb") as stream:
            yield stream
    except OSError as error:
        raise OwnFileGoneError(file.path, error.strerror or str(error)) from error


@lru_cache(maxsize=MOST_OPEN_WHEELS)
def open_wheel(path: Path) -> zipfile.ZipFile:
    """Return the wheel's archive, opened once while it is among the last that were asked for.

    `ZipFile` lets threads read side by side; one that nobody refers to any more closes itself.
    """
    return zipfile.ZipFile(path)


def is_file(path: Path) -> bool:
    """Tell whether a file is there; a name that no system takes, such as one of a thousand letters, is none."""
    return _asks(path, Path.is_file)


def is_folder(path: Path) -> bool:
    """Tell whether a folder is there, as `is_file` does."""
    return _asks(path, Path.is_dir)


def is_there(path: Path) -> bool:
    """Tell whether anything is there, as `is_file` does."""
    return _asks(path, Path.exists)


def _asks(path: Path, question: Callable[[Path], bool]) -> bool:
    try:
        return question(path)
    except (OSError, ValueError):
        return False


@contextmanager
def partial_file(folder: Path) -> Iterator[BinaryIO]:
    """Open a file to be filled bit by bit and then given its place with `publish`; what is not published goes away."""
    with temporary_file(folder, PARTIAL) as stream:
        yield stream


def publish(stream: BinaryIO, path: Path) -> None:
    """Move a partial file to its place, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    put_in_place(stream, path)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that readers see the old content or the new, never a part."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def write_output(path: Path, content: bytes) -> None:
    """Write a result, whole or not at all; raise `OutputError` where it has no place."""
    try:
        write_atomically(path, content)
    except OSError as error:
        raise OutputError(str(path), error.strerror or str(error)) from error


@contextmanager
def scratch_folder(purpose: str) -> Iterator[Path]:
    """Give a folder of its own for a while; raise `ScratchError` where there is no place or no room for it."""
    try:
        folder = tempfile.TemporaryDirectory(prefix=f"lbundle-{purpose}-", ignore_cleanup_errors=True)
    except OSError as error:
        raise ScratchError(error.strerror or str(error)) from error
    try:
        with folder as name:
            place = Path(name).resolve()
            scratch_folders.update((name, str(place)))
            yield place
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise ScratchError(error.strerror or str(error)) from error


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a file to be filled that takes the place of another then; where anything goes wrong, it goes away."""
    with temporary_file(path.parent, beginning_for(path)) as stream:
        yield Path(stream.name)
        put_in_place(stream, path)
