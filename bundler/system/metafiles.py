"""Metafiles on disk: one door in, one door out."""

from pathlib import Path

from bundler.errors import MetafileUnreadableError
from bundler.metafile import parse_metafile, render_metafile
from bundler.model.metafile import BundleMetafile, Metafile
from bundler.system.files import write_output


def write_metafile(path: Path, metafile: BundleMetafile) -> None:
    """Write a metafile, whole or not at all."""
    write_output(path, render_metafile(metafile).encode())


def read_metafile(path: Path) -> BundleMetafile | None:
    """Return the metafile at a path; `None` where there is no file, or one that is no metafile.

    Raises:
        MetafileUnreadableError: It is damaged, of a newer release, or cannot be read.
    """
    try:
        return parse_metafile(path.read_bytes(), str(path))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise MetafileUnreadableError(str(path), error.strerror or str(error)) from error


def read_function_metafile(path: Path) -> Metafile | None:
    """Return the metafile at a path if it is that of a function."""
    metafile = read_metafile(path)
    return metafile if isinstance(metafile, Metafile) else None
