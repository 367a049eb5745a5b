"""The metafile's text: written and read here, and nowhere else.

Its JSON begins with the schema and its version, which changes when a reader would have to; what came later within a
version has a default in `model/metafile.py`.
"""

import json
import re
from pathlib import PurePosixPath
from typing import Any

from bundler.documents import parse_json
from bundler.errors import MetafileUnreadableError
from bundler.model.metafile import BundleMetafile, LayerMetafile, Metafile
from bundler.model.names import name_problem
from bundler.records import MisfitError, to_json, to_record

_VERSION = 1
_KINDS: dict[str, type[BundleMetafile]] = {"lbundle-metafile": Metafile, "lbundle-layer": LayerMetafile}
_SCHEMA = re.compile(r"(lbundle-metafile|lbundle-layer)/(\d{1,9})")
_SURROGATE = re.compile(rb"\\u[dD]")
_HEADS = tuple(f'{{\n"schema": "{kind}/'.encode() for kind in _KINDS)
# Lists of as many entries as the zip has files: behind all else, a line for each.
_LONG = ("sources", "packages", "files", "kept_sources", "omissions", "omitted", "doubts", "weak_edges", "warnings")


def describe_metafile(metafile: BundleMetafile) -> dict[str, Any]:
    """Return a metafile as JSON, the schema first."""
    kind = next(name for name, kind in _KINDS.items() if isinstance(metafile, kind))
    described = to_json(metafile)
    short = {name: value for name, value in described.items() if name not in _LONG}
    return {"schema": f"{kind}/{_VERSION}", **short, **{name: described[name] for name in _LONG if name in described}}


def render_metafile(metafile: BundleMetafile) -> str:
    """Return a metafile's text, with a line for each file: `indent` would take five times as long and as many lines."""
    members = describe_metafile(metafile).items()
    return "{\n" + ",\n".join(f"{_encode(name)}: {_render_value(value)}" for name, value in members) + "\n}\n"


def parse_metafile(content: bytes, name: str) -> BundleMetafile | None:
    """Read a metafile of this release or an older one; `None` for the JSON of something else.

    Raises:
        MetafileUnreadableError: It is damaged, or of a newer release; `name` tells which.
    """
    try:
        document = parse_shown(content)
    except ValueError as error:
        raise MetafileUnreadableError(name, f"it is no JSON: {error}") from error
    return read_document(document, name)


def parse_shown(content: bytes) -> Any:  # noqa: ANN401 - JSON is of any type
    """Return what JSON says that may be shown; raise `ValueError` for anything else."""
    document = parse_json(content)
    if _SURROGATE.search(content):
        # Half of a character, `"\\ud800"`, would end every attempt to print it.
        json.dumps(document, ensure_ascii=False).encode()
    return document


def read_document(document: object, name: str) -> BundleMetafile | None:
    """Make a metafile of its JSON, as `parse_metafile` does."""
    schema = document.get("schema") if isinstance(document, dict) else None
    found = _SCHEMA.fullmatch(schema) if isinstance(schema, str) else None
    if found is None:
        return None
    if int(found[2]) > _VERSION:
        raise MetafileUnreadableError(name, f"its schema `{found[0]}` is that of a newer lbundle")
    try:
        metafile = to_record(_KINDS[found[1]], document)
        _hold_paths(metafile)
    except MisfitError as error:
        raise MetafileUnreadableError(name, str(error)) from error
    return metafile


def _hold_paths(metafile: BundleMetafile) -> None:
    """Raise where what becomes a path would lead out of its folder."""
    if not isinstance(metafile, Metafile):
        return
    for layer in metafile.layers:
        if problem := name_problem(layer.name):
            problem = f"is no name of a layer: {problem}"
            raise MisfitError(problem, "layers")
    for folder in map(PurePosixPath, metafile.search_folders):
        if folder.is_absolute() or ".." in folder.parts:
            problem = "names a folder that is not in the zip"
            raise MisfitError(problem, "search_folders")


def is_metafile_head(content: bytes) -> bool:
    """Tell whether a file that begins like this is a metafile."""
    return content.startswith(_HEADS)


def _render_value(value: object) -> str:
    if not isinstance(value, list) or not value:
        return _encode(value)
    return "[\n  " + ",\n  ".join(map(_encode, value)) + "\n]"


_encode = json.JSONEncoder(ensure_ascii=False).encode
