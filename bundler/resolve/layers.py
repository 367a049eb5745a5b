"""What layers bring: folders of the user's own, and what a finished layer leaves out of a function's lock."""

import csv
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from bundler.errors import OwnFileGoneError
from bundler.model.project import Layer, Target
from bundler.model.wheels import Distribution, LayerContents, Lock, Pin, Site, SiteFile, Wheel
from bundler.resolve.wheel_contents import parse_headers, read_entry_points, read_needs
from bundler.standards import is_same_version, normalise_name
from bundler.system.files import read_site_file

_DIST_INFO = ".dist-info"
_PYTHON = "python/"
# Version control and what file managers leave; everything else ships as it is.
_JUNK = frozenset({".git", ".hg", ".svn", ".DS_Store"})


def read_layer_folder(folder: Path, name: str) -> Site:
    """Return the files of a layer that ships as it is, by their paths in its zip; links are followed."""
    paths = sorted(_walk(folder))
    owners = dict(_owners(folder, paths))
    files = {
        path: SiteFile(
            path=path,
            owner=owners.get(path, name),
            size_bytes=_size_of(folder, path),
            crc=0,
            container=folder,
            container_sha256="",
            member=path,
        )
        for path in paths
    }
    return Site(files=files, distributions=(), warnings=())


def _size_of(folder: Path, path: str) -> int:
    try:
        return (folder / path).stat().st_size
    except OSError as error:
        raise OwnFileGoneError(path, error.strerror or str(error)) from error


def describe_layer(
    layer: Layer, site: Site, origins: Collection[str], target: Target, sizes: tuple[str, int, int]
) -> LayerContents:
    """Return what a finished layer brings to functions of a target.

    Args:
        layer: The layer.
        site: What it was built from.
        origins: The paths in the site of what ships.
        target: What the functions are built for.
        sizes: The digest of its zip, the zip's bytes, and those of its files.
    """
    if layer.folder is None:
        files: Mapping[str, SiteFile] = {path: site.files[path] for path in origins}
        distributions = site.distributions
    else:
        files = _importable(site, target)
        distributions = tuple(_distributions(files, layer.folder, target))
    sha256, zip_bytes, unzipped_bytes = sizes
    return LayerContents(
        name=layer.name,
        files={
            path: replace(file, path=path, layer=layer.name, owner=file.owner or layer.name)
            for path, file in files.items()
        },
        distributions=distributions,
        sha256=sha256,
        zip_bytes=zip_bytes,
        unzipped_bytes=unzipped_bytes,
    )


def leave_to_layers(lock: Lock, layers: tuple[LayerContents, ...]) -> Lock:
    """Return a lock without the pins that layers bring, noting each that they bring in another version."""
    brought = {distribution.name: (layer, distribution) for layer in layers for distribution in layer.distributions}
    notes = tuple(
        _describe_conflict(pin, *brought[pin.name])
        for pin in lock.pins
        if pin.name in brought and pin.version and not is_same_version(pin.version, brought[pin.name][1].version)
    )
    pins = tuple(pin for pin in lock.pins if pin.name not in brought)
    return replace(lock, pins=pins, notes=(*lock.notes, *notes))


def _describe_conflict(pin: Pin, layer: LayerContents, distribution: Distribution) -> str:
    return (
        f"the layer `{layer.name}` brings {distribution.name} {distribution.version}, which is used, "
        f"though {pin.origin} asks for {pin.version}"
    )


def _walk(folder: Path) -> Iterator[str]:
    for where, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [name for name in folders if name not in _JUNK]
        for name in names:
            path = Path(where, name)
            if name not in _JUNK and path.is_file():
                yield path.relative_to(folder).as_posix()


def _owners(folder: Path, paths: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the distribution of each file that a `RECORD` lists, as `pip install --target` writes them."""
    for path in paths:
        root, slash, tail = path.rpartition(f"{_DIST_INFO}/")
        if slash and tail == "RECORD":
            base, _, name = root.rpartition("/")
            for listed in _listed_files(folder / path):
                yield f"{base}/{listed}".lstrip("/"), normalise_name(name.rpartition("-")[0])


def _listed_files(record: Path) -> Iterator[str]:
    """Yield the files that a `RECORD` lists, as far as it can be read."""
    with suppress(OSError, csv.Error):
        lines = record.read_text(encoding="utf-8", errors="replace").splitlines()
        yield from (row[0] for row in csv.reader(lines) if row)


def _importable(site: Site, target: Target) -> dict[str, SiteFile]:
    """Return what the target's Python can import, by its path there; the narrower of two folders comes first."""
    major, minor = target.python
    narrow = f"{_PYTHON}lib/python{major}.{minor}/site-packages/"
    found = {path.removeprefix(_PYTHON): file for path, file in site.files.items() if path.startswith(_PYTHON)}
    return found | {path.removeprefix(narrow): file for path, file in site.files.items() if path.startswith(narrow)}


def _distributions(files: Mapping[str, SiteFile], folder: Path, target: Target) -> Iterator[Distribution]:
    for path, file in files.items():
        dist_info, _, tail = path.partition("/")
        if not dist_info.endswith(_DIST_INFO) or tail != "METADATA":
            continue
        headers = parse_headers(_text(file))
        if headers.get("Name") and headers.get("Version"):
            name, version = normalise_name(headers["Name"][0]), headers["Version"][0]
            needs = list(read_needs(headers.get("Requires-Dist", []), headers.get("Provides-Extra", []), target))
            required = {need for need, _, only_with, _ in needs if not only_with}
            entry_points = files.get(f"{dist_info}/entry_points.txt")
            yield Distribution(
                name=name,
                version=version,
                dist_info=dist_info,
                wheel=Wheel(pin=Pin(name=name, version=version, hashes=(), origin=folder.name), path=folder, sha256=""),
                requires=tuple(sorted(required)),
                narrow=(),
                optional=tuple(sorted({need for need, *_ in needs} - required)),
                entry_points=tuple(read_entry_points(_text(entry_points))) if entry_points is not None else (),
            )


def _text(file: SiteFile) -> str:
    return read_site_file(file).decode("utf-8", errors="replace")
