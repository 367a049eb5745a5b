"""A cache of small and large values shared by all projects of a user, safe to delete at any time.

Values are stored compressed with zstandard, one file each, named by the digest of their key. The folder is
`LBUNDLE_CACHE_DIR`, else `lbundle` under `XDG_CACHE_HOME` or `~/.cache`. Whole files, such as wheels, lie beside them
under their own name, in a folder named by their digest.
"""

import hashlib
import os
from pathlib import Path

import zstandard

from bundler.system.files import write_atomically


def cache_folder() -> Path:
    """Return the folder that holds everything lbundle keeps between runs."""
    if chosen := os.environ.get("LBUNDLE_CACHE_DIR"):
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "lbundle"


def load(namespace: str, key: str) -> bytes | None:
    """Return what was stored under `key`, or `None` when nothing usable is there."""
    try:
        return zstandard.decompress(_path_of(namespace, key).read_bytes())
    except (OSError, zstandard.ZstdError):
        return None


def store(namespace: str, key: str, value: bytes) -> None:
    """Keep `value` under `key`; a cache that cannot be written is no error."""
    try:
        # The checksum makes a damaged value an absent one.
        compressed = zstandard.ZstdCompressor(level=3, write_checksum=True).compress(value)
        write_atomically(_path_of(namespace, key), compressed)
    except OSError:
        return


def kept_file_path(namespace: str, sha256: str, filename: str) -> Path:
    """Return where a file of this content lies in the cache, or is to be put."""
    return cache_folder() / namespace / sha256[:2] / sha256 / filename


def _path_of(namespace: str, key: str) -> Path:
    digest = hashlib.sha256(key.encode()).hexdigest()
    return cache_folder() / namespace / digest[:2] / digest[2:]
