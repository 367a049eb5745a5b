"""Unpack finished zips: what is wrong with one is an error of its own, what keeps files from being written another."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bundler.errors import BundleDamagedError, OutputError
from bundler.system.files import DAMAGES, NO_PLACE

_PERMISSIONS = 0o777
_USUAL_MODE = 0o644


def unzip(zip_path: Path, folder: Path) -> dict[Path, int]:
    """Lay a zip's files out in a folder, as one may write to them, and return the mode that each is to have.

    Raises:
        BundleDamagedError: The zip is not as a build leaves it.
        OutputError: There is no room in the folder, or no right to write to it.
    """
    modes = {}
    with _telling(zip_path, folder), zipfile.ZipFile(zip_path) as archive:
        for entry in archive.infolist():
            path = Path(archive.extract(entry, folder))
            if not path.is_dir():
                modes[path] = entry.external_attr >> 16 & _PERMISSIONS or _USUAL_MODE
    return modes


@contextmanager
def _telling(zip_path: Path, folder: Path) -> Iterator[None]:
    try:
        yield
    except DAMAGES as error:
        if isinstance(error, OSError) and error.errno in NO_PLACE:
            raise OutputError(str(error.filename or folder), error.strerror or str(error)) from error
        raise BundleDamagedError(str(zip_path), str(error) or type(error).__name__) from error
