"""Read site files where they lie, and write results whole or not at all."""

import os
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from bundler.errors import WheelDamagedError
from bundler.model.wheels import OWN_CODE, SiteFile

DAMAGES = (OSError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error)
"""What reading an archive raises that is not as it was written."""
_START_BYTES = 16

_open_wheels: dict[Path, zipfile.ZipFile] = {}
_lock = threading.Lock()


def read_site_file(file: SiteFile) -> bytes:
    """Return the bytes of a site file, from inside its wheel or from the project's folder.

    Raise `WheelDamagedError` when the wheel has changed since it was put into the cache.
    """
    if file.owner == OWN_CODE or file.container.is_dir():
        return (file.container / file.member).read_bytes()
    try:
        return open_wheel(file.container).read(file.member)
    except DAMAGES as error:
        raise WheelDamagedError(str(file.container), str(error)) from error


def read_start(file: SiteFile) -> bytes:
    """Return the first bytes of a site file, by which its format is known."""
    if file.owner != OWN_CODE and not file.container.is_dir():
        try:
            with open_wheel(file.container).open(file.member) as member:
                return member.read(_START_BYTES)
        except DAMAGES as error:
            raise WheelDamagedError(str(file.container), str(error)) from error
    with (file.container / file.member).open("rb") as stream:
        return stream.read(_START_BYTES)


def open_wheel(path: Path) -> zipfile.ZipFile:
    """Return the wheel's archive, opened once per process; `ZipFile` lets threads read side by side."""
    with _lock:
        if path not in _open_wheels:
            _open_wheels[path] = zipfile.ZipFile(path)
        return _open_wheels[path]


@contextmanager
def partial_file(folder: Path) -> Iterator[BinaryIO]:
    """Open a file to be filled bit by bit and then given its place with `publish`; what is not published goes away."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".partial-", delete=False) as stream:
        try:
            yield cast("BinaryIO", stream)
        finally:
            stream.close()
            Path(stream.name).unlink(missing_ok=True)


def publish(stream: BinaryIO, path: Path) -> None:
    """Close a partial file and move it to its place, whole."""
    stream.close()
    path.parent.mkdir(parents=True, exist_ok=True)
    Path(stream.name).chmod(0o644)
    Path(stream.name).replace(path)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that readers see the old content or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
