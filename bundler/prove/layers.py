"""The zips of a function's layers: where they are, whether they are those it was built with, and what they bring."""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bundler.errors import LayerMissingError
from bundler.model.metafile import LayerEntry
from bundler.model.project import Target
from bundler.model.report import Finding
from bundler.system.files import DAMAGES

_FOLDER = "layers"


@dataclass(frozen=True, slots=True, kw_only=True)
class LayersBeside:
    """What the layers of a function bring, as far as their zips are there."""

    unzipped_bytes: int = 0
    libraries: frozenset[str] = frozenset()
    """Names of shared objects, wherever they lie."""


def layer_zip(zip_path: Path, name: str) -> Path:
    """Return where the zip of a layer is, given that of a function."""
    return zip_path.parent / _FOLDER / f"{name}.zip"


def find_layers(zip_path: Path, names: Iterable[str]) -> tuple[Path, ...]:
    """Return the zips of a function's layers, in order; raise `LayerMissingError` for one that is not there."""
    paths = {name: layer_zip(zip_path, name) for name in names}
    for name, path in paths.items():
        if not path.is_file():
            raise LayerMissingError(zip_path.stem, name, str(path))
    return tuple(paths.values())


def search_folders(unpacked: Path, target: Target) -> list[str]:
    """Return the folders of unpacked layers that Python searches after the function's own, in Lambda's order."""
    major, minor = target.python
    folders = (unpacked / "python" / "lib" / f"python{major}.{minor}" / "site-packages", unpacked / "python")
    return [str(folder) for folder in folders if folder.is_dir()]


def read_layers(zip_path: Path, described: Sequence[LayerEntry]) -> LayersBeside:
    """Return what the layers of a metafile bring."""
    libraries = set()
    for layer in described:
        try:
            with zipfile.ZipFile(layer_zip(zip_path, layer.name)) as archive:
                libraries |= {PurePosixPath(name).name for name in archive.namelist() if ".so" in name}
        except DAMAGES:
            continue
    sizes = (layer.unzipped_bytes for layer in described)
    return LayersBeside(unzipped_bytes=sum(sizes), libraries=frozenset(libraries))


def check_layers(zip_path: Path, described: Iterable[LayerEntry]) -> Iterator[Finding]:
    """Give what is wrong with the layers beside a function's zip; the function may be right all the same."""
    for layer in described:
        if found := _find_problem(layer_zip(zip_path, layer.name), layer):
            name, problem = found
            message = f"the zip of the layer `{layer.name}` {problem}"
            yield Finding(name=name, level="warning", function=zip_path.stem, message=message)


def _find_problem(path: Path, layer: LayerEntry) -> tuple[str, str] | None:
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return "layer-missing", f"is not there: `{_FOLDER}/{path.name}`"
    except OSError as error:
        return "layer-missing", f"cannot be read: {error.strerror}"
    is_same = digest == layer.sha256
    return None if is_same else ("layer-changed", "is not the one that the function was built with")
