"""Learn from the metafile beside a zip what the zip is to be, and check it."""

import hashlib
from pathlib import Path
from typing import TypeVar

from bundler.errors import (
    BundleNotDescribedError,
    HandlerFormError,
    MetafileUnreadableError,
    UnknownArchitectureError,
)
from bundler.model.imports import EdgeKind
from bundler.model.metafile import BundleMetafile, LayerMetafile, Metafile
from bundler.model.project import Architecture, Handler, Target
from bundler.model.report import Finding
from bundler.prove.check import check_bundle
from bundler.prove.layers import check_layers, read_layers
from bundler.runtimes import make_target
from bundler.system.metafiles import read_metafile

Kind = TypeVar("Kind", bound=BundleMetafile)


def verify_bundle(
    zip_path: Path, *, runtime: str | None, architecture: str | None, handler: str | None
) -> tuple[Finding, ...]:
    """Return what is wrong with a zip, held against its metafile, or against what the caller says in its place.

    Raises:
        SettingsError: Neither says what the zip is built for, or one says what Lambda does not have.
    """
    metafile_path = zip_path.with_suffix(".json")
    told = {"runtime": runtime, "architecture": architecture, "handler": handler}
    metafile = _read_unless(metafile_path, is_told=all(told.values()))
    known = {name: value or getattr(metafile, name, None) for name, value in told.items()}
    if isinstance(metafile, LayerMetafile):
        del known["handler"]
    if missing := tuple(name for name, value in known.items() if not value):
        raise BundleNotDescribedError(str(zip_path), metafile_path.name, missing)
    target = make_target(str(known["runtime"]), _architecture(str(known["architecture"])))
    layers = metafile.layers if isinstance(metafile, Metafile) else ()
    findings = check_bundle(
        zip_path,
        target=target,
        handler=_handler(str(known["handler"])) if "handler" in known else None,
        handler_path="" if handler else _find_start(metafile),
        layers=read_layers(zip_path, layers),
        is_folder=isinstance(metafile, LayerMetafile) and "path" in metafile.settings,
    )
    return (*findings, *check_layers(zip_path, layers), *_check_digest(zip_path, metafile_path, metafile))


def read_described(zip_path: Path, kind: type[Kind]) -> Kind:
    """Return the metafile beside a zip, which is that of a function or a layer.

    Raises:
        BundleNotDescribedError: There is none.
        MetafileUnreadableError: It is damaged, or of a newer release.
    """
    metafile_path = zip_path.with_suffix(".json")
    metafile = read_metafile(metafile_path)
    if not isinstance(metafile, kind):
        raise BundleNotDescribedError(str(zip_path), metafile_path.name, ("runtime", "architecture", "handler"))
    return metafile


def read_target(metafile: Metafile) -> tuple[Target, Handler]:
    """Return what a metafile says its zip is built for, and the handler."""
    return make_target(metafile.runtime, _architecture(metafile.architecture)), _handler(metafile.handler)


def _read_unless(path: Path, *, is_told: bool) -> BundleMetafile | None:
    """Return the metafile; where everything is told, one that cannot be read is none."""
    try:
        return read_metafile(path)
    except MetafileUnreadableError:
        if is_told:
            return None
        raise


def _find_start(metafile: BundleMetafile | None) -> str:
    """Return the file that a metafile names as the one the bundle starts from, empty where it names none."""
    files = metafile.files if metafile is not None else ()
    return next((file.path for file in files if file.cause.kind == EdgeKind.HANDLER), "")


def _architecture(name: str) -> Architecture:
    try:
        return Architecture(name)
    except ValueError as error:
        raise UnknownArchitectureError(name, tuple(Architecture)) from error


def _handler(text: str) -> Handler:
    """Read a handler as Lambda does: slashes and dots both lead to the module."""
    module, _, attribute = text.removeprefix("./").replace("/", ".").rpartition(".")
    if not attribute or not all(module.split(".")):
        raise HandlerFormError(text)
    return Handler(module=module, attribute=attribute)


def _check_digest(zip_path: Path, metafile_path: Path, metafile: BundleMetafile | None) -> tuple[Finding, ...]:
    if metafile is None:
        return ()
    try:
        with zip_path.open("rb") as stream:
            actual = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ()
    promised = metafile.zip.sha256
    if actual == promised:
        return ()
    message = f"`{metafile_path.name}` describes another zip, whose SHA-256 is {promised}: this one's is {actual}"
    return (Finding(name="metafile-stale", level="warning", function=zip_path.stem, message=message),)
