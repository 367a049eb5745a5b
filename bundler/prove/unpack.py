"""Unpack a finished zip as Lambda lays it out, for tools that run its files."""

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bundler.errors import OutputError
from bundler.model.metafile import BundleMetafile, Metafile
from bundler.model.project import Architecture
from bundler.own_files import UNPACKED_FOLDER
from bundler.prove.layers import find_layers, search_folders
from bundler.prove.metafile import read_described
from bundler.runtimes import make_target
from bundler.system.archives import unzip
from bundler.system.interpreters import find_interpreter
from bundler.system.temporary import remove_old_folders

_DIGITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackedBundle:
    """Where a bundle's files are, and what can run them."""

    folder: Path
    layers: tuple[str, ...]
    """Folders of its layers that Python searches after it, in order."""
    runtime: str
    interpreter: Path | None
    """A Python of the runtime's version; `None` where the machine has none."""


def unpack_bundle(zip_path: Path) -> UnpackedBundle:
    """Unpack a zip and its layers beside itself, into folders that their content names: what stays is unpacked once.

    Raises:
        LayerMissingError: There is no zip of one of its layers.
        BundleNotDescribedError: There is no metafile beside it that says for what runtime it was built.
        InterpreterSettingError: A setting names an interpreter of another version.
    """
    metafile = read_described(zip_path, BundleMetafile)
    runtime = metafile.runtime
    unpacked = zip_path.parent.absolute() / UNPACKED_FOLDER / zip_path.stem
    target = make_target(runtime, Architecture.X86_64)
    used = metafile.layers if isinstance(metafile, Metafile) else ()
    layers = find_layers(zip_path, [layer.name for layer in used])
    folder = _unpack_once((zip_path,), unpacked)
    searched = search_folders(_unpack_once(layers, unpacked), target) if layers else []
    remove_old_folders(unpacked.iterdir())
    interpreter = find_interpreter(target.python)
    return UnpackedBundle(folder=folder, layers=tuple(searched), runtime=runtime, interpreter=interpreter)


def extract_files(zip_path: Path, folder: Path) -> None:
    """Lay a zip's files out in a folder, with their modes."""
    for path, mode in unzip(zip_path, folder).items():
        path.chmod(mode)


def _unpack_once(zip_paths: tuple[Path, ...], unpacked: Path) -> Path:
    """Unpack zips over each other, unless that has been done, and return the folder."""
    digests = "".join(hashlib.sha256(path.read_bytes()).hexdigest() for path in zip_paths)
    name = digests if len(zip_paths) == 1 else hashlib.sha256(digests.encode()).hexdigest()
    folder = unpacked / name[:_DIGITS]
    try:
        if not folder.is_dir():
            _unpack(zip_paths, folder)
        os.utime(folder)
    except OSError as error:
        raise OutputError(str(folder), error.strerror or str(error)) from error
    return folder


def _unpack(zip_paths: tuple[Path, ...], folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".unfinished-"))
    try:
        for zip_path in zip_paths:
            extract_files(zip_path, unfinished)
        unfinished.chmod(0o755)
        unfinished.rename(folder)
    except OSError:
        if not folder.is_dir():  # else another run was faster
            raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
