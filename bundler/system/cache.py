"""A cache of small and large values shared by all projects of a user, safe to delete at any time.

Values are stored compressed with zstandard, one file each, named by the digest of their key and led by a digest of
their own: what is not there as it was put there is not there at all. The folder is `LBUNDLE_CACHE_DIR`, else `lbundle`
under `XDG_CACHE_HOME` or `~/.cache`. Whole files, such as wheels, lie beside them under their own name, in a folder
named by their digest.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import zstandard

from bundler.system.files import write_atomically
from bundler.system.home import cache_folder

Value = TypeVar("Value")

_DIGEST_BYTES = 32
_reads_again = False
# Two changes within a tick of the clock that file systems go by, which is coarse on some, have one time.
_TICK_NANOSECONDS = 3_000_000_000
# What reading a value in another form than the one looked for raises.
_MISREADS = (ValueError, LookupError, TypeError, AttributeError, RecursionError)


def load(namespace: str, key: str) -> bytes | None:
    """Return what was stored under `key`, or `None` when it is not there as it was stored."""
    try:
        entry = _path_of(namespace, key).read_bytes()
        compressed = entry[_DIGEST_BYTES:]
        is_as_stored = entry[:_DIGEST_BYTES] == _digest(namespace, key, compressed)
        return zstandard.decompress(compressed) if is_as_stored else None
    except (OSError, zstandard.ZstdError):
        return None


def load_as(namespace: str, key: str, read: Callable[[bytes], Value]) -> Value | None:
    """Return what `read` makes of a stored value, or `None` when there is none that it can read."""
    content = load(namespace, key)
    try:
        return None if content is None else read(content)
    except _MISREADS:
        return None


def store(namespace: str, key: str, value: bytes) -> None:
    """Keep `value` under `key`; a cache that cannot be written is no error."""
    compressed = zstandard.compress(value, level=3)
    try:
        write_atomically(_path_of(namespace, key), _digest(namespace, key, compressed) + compressed)
    except OSError:
        return


def kept_file_path(namespace: str, sha256: str, filename: str) -> Path:
    """Return where a file of this content lies in the cache, or is to be put."""
    return cache_folder() / namespace / sha256[:2] / sha256 / filename


@contextmanager
def reading_again() -> Iterator[None]:
    """Believe no stamp for a while: every file that is asked for is read."""
    global _reads_again  # noqa: PLW0603 - of the process, as its threads ask too
    _reads_again = True
    try:
        yield
    finally:
        _reads_again = False


def is_kept(path: Path, sha256: str) -> bool:
    """Tell whether a file of the cache is what its digest says: disks fill up, and files are replaced.

    A file that was found right is not read again until it is touched. Who writes to it, or puts another in its place,
    changes the time of its entry in the folder, which nobody can set.
    """
    try:
        stamp = _stamp(path)
        if not _reads_again and load("kept", f"{sha256} {path}") == stamp:
            return True
        with path.open("rb") as stream:
            is_right = hashlib.file_digest(stream, "sha256").hexdigest() == sha256
        if is_right and time.time_ns() - path.stat().st_ctime_ns > _TICK_NANOSECONDS:
            store("kept", f"{sha256} {path}", stamp)
    except OSError:
        return False
    return is_right


def _stamp(path: Path) -> bytes:
    status = path.stat()
    return f"{status.st_dev} {status.st_ino} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}".encode()


def _path_of(namespace: str, key: str) -> Path:
    digest = hashlib.sha256(key.encode()).hexdigest()
    return cache_folder() / namespace / digest[:2] / digest[2:]


def _digest(namespace: str, key: str, compressed: bytes) -> bytes:
    """Return the digest of an entry: its place is part of it, as files get moved too."""
    digest = hashlib.sha256(f"{namespace}\0{key}\0".encode())
    digest.update(compressed)
    return digest.digest()
