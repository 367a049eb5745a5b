"""Unpack a finished zip as Lambda lays it out, for tools that run its files."""

import hashlib
import os
import shutil
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

from bundler.errors import BundleNotDescribedError
from bundler.model.project import Architecture
from bundler.prove.metafile import read_metafile
from bundler.runtimes import make_target
from bundler.system.interpreters import find_interpreter

_FOLDER = "unpacked"
_DIGITS = 16
# A folder of an older build may still be in use: a server started with it imports modules when they are asked for.
_KEPT_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackedBundle:
    """Where a bundle's files are, and what can run them."""

    folder: Path
    runtime: str
    interpreter: Path | None
    """A Python of the runtime's version; `None` where the machine has none."""


def unpack_bundle(zip_path: Path) -> UnpackedBundle:
    """Unpack a zip beside itself, into a folder that its content names: an unchanged zip is unpacked once.

    Raises:
        BundleNotDescribedError: There is no metafile beside it that says for what runtime it was built.
        InterpreterSettingError: A setting names an interpreter of another version.
    """
    metafile_path = zip_path.with_suffix(".json")
    runtime = read_metafile(metafile_path).get("runtime")
    if not isinstance(runtime, str):
        raise BundleNotDescribedError(str(zip_path), metafile_path.name, ("runtime",))
    content = zip_path.read_bytes()
    unpacked = zip_path.parent.absolute() / _FOLDER / zip_path.stem
    folder = unpacked / hashlib.sha256(content).hexdigest()[:_DIGITS]
    if not folder.is_dir():
        _unpack(zip_path, folder)
    os.utime(folder)
    _remove_unused(unpacked)
    python = make_target(runtime, Architecture.X86_64).python
    return UnpackedBundle(folder=folder, runtime=runtime, interpreter=find_interpreter(python))


def extract_files(zip_path: Path, folder: Path) -> None:
    """Lay a zip's files out in a folder, with their modes."""
    with zipfile.ZipFile(zip_path) as archive:
        for entry in archive.infolist():
            Path(archive.extract(entry, folder)).chmod(entry.external_attr >> 16 & 0o777)


def _unpack(zip_path: Path, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".unfinished-"))
    extract_files(zip_path, unfinished)
    unfinished.chmod(0o755)
    try:
        unfinished.rename(folder)
    except OSError:  # another run was faster
        shutil.rmtree(unfinished)


def _remove_unused(unpacked: Path) -> None:
    oldest = time.time() - _KEPT_SECONDS
    for folder in unpacked.iterdir():
        if folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)
