"""Learn from the metafile beside a zip what the zip is to be, and check it."""

import hashlib
import json
from pathlib import Path
from typing import Any

from bundler.errors import BundleNotDescribedError, HandlerFormError, UnknownArchitectureError
from bundler.model.imports import EdgeKind
from bundler.model.project import Architecture, Handler, Target
from bundler.model.report import Finding
from bundler.prove.check import check_bundle
from bundler.prove.layers import check_layers, read_layers
from bundler.runtimes import make_target

_SCHEMA = "lbundle-metafile/"
_LAYER_SCHEMA = "lbundle-layer/"


def verify_bundle(
    zip_path: Path, *, runtime: str | None, architecture: str | None, handler: str | None
) -> tuple[Finding, ...]:
    """Return what is wrong with a zip, held against its metafile, or against what the caller says in its place.

    Raises:
        SettingsError: Neither says what the zip is built for, or one says what Lambda does not have.
    """
    metafile_path = zip_path.with_suffix(".json")
    metafile = read_metafile(metafile_path)
    told = {"runtime": runtime, "architecture": architecture, "handler": handler}
    known = {name: value or metafile.get(name) for name, value in told.items()}
    if is_layer := str(metafile.get("schema")).startswith(_LAYER_SCHEMA):
        del known["handler"]
    if missing := tuple(name for name, value in known.items() if not isinstance(value, str)):
        raise BundleNotDescribedError(str(zip_path), metafile_path.name, missing)
    target = make_target(str(known["runtime"]), _architecture(str(known["architecture"])))
    layers = metafile.get("layers", [])
    findings = check_bundle(
        zip_path,
        target=target,
        handler=None if is_layer else _handler(str(known["handler"])),
        handler_path="" if handler else _find_start(metafile),
        layers=read_layers(zip_path, layers),
        is_folder=is_layer and "path" in metafile.get("settings", {}),
    )
    return (*findings, *check_layers(zip_path, layers), *_check_digest(zip_path, metafile_path, metafile))


def read_metafile(path: Path) -> dict[str, Any]:
    """Return the metafile, empty when there is none that can be used."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    is_ours = isinstance(content, dict) and str(content.get("schema")).startswith((_SCHEMA, _LAYER_SCHEMA))
    return content if is_ours else {}


def read_target(metafile: dict[str, Any]) -> tuple[Target, Handler]:
    """Return what a metafile says its zip is built for, and the handler."""
    target = make_target(str(metafile["runtime"]), _architecture(str(metafile["architecture"])))
    return target, _handler(str(metafile["handler"]))


def _find_start(metafile: dict[str, Any]) -> str:
    """Return the file that a metafile names as the one the bundle starts from, empty where it names none."""
    files = metafile.get("files", ())
    return next((file["path"] for file in files if file.get("cause", {}).get("kind") == EdgeKind.HANDLER), "")


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


def _check_digest(zip_path: Path, metafile_path: Path, metafile: dict[str, Any]) -> tuple[Finding, ...]:
    described = metafile.get("zip")
    promised = described.get("sha256") if isinstance(described, dict) else None
    if promised is None:
        return ()
    try:
        with zip_path.open("rb") as stream:
            actual = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ()
    if actual == promised:
        return ()
    message = f"`{metafile_path.name}` describes another zip, whose SHA-256 is {promised}: this one's is {actual}"
    return (Finding(name="metafile-stale", level="warning", function=zip_path.stem, message=message),)
