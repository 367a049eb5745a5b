"""Know a function that has not changed since its zip was made, before anything is traced."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

from bundler.errors import MetafileUnreadableError
from bundler.model.metafile import BundleMetafile
from bundler.model.project import Function, Layer, Project
from bundler.model.wheels import OWN_CODE, Site
from bundler.own_files import is_brought_back, rule_by_name
from bundler.pack.compress import compression_name
from bundler.system.files import digest_site_file
from bundler.system.interpreters import Interpreter
from bundler.system.metafiles import read_metafile

Kind = TypeVar("Kind", bound=BundleMetafile)

_NOTHING = hashlib.sha256(b"").digest()


def digest_inputs(
    project: Project, functions: Iterable[Function], site: Site, interpreter: Interpreter | None
) -> dict[str, str]:
    """Return for each function of a site, by name, a digest of all that its zip and metafile depend on."""
    shared = _shared_digest(project, site, interpreter)
    return {
        function.name: hashlib.sha256(
            shared + _portable(function).encode() + _secrets_digest(function, site)
        ).hexdigest()
        for function in functions
    }


def digest_layer(project: Project, layer: Layer, site: Site, interpreter: Interpreter | None) -> str:
    """Return a digest of all that a layer's zip and metafile depend on."""
    portable = repr(layer).replace(str(project.root), "")
    return hashlib.sha256(_shared_digest(project, site, interpreter) + portable.encode()).hexdigest()


def _shared_digest(project: Project, site: Site, interpreter: Interpreter | None) -> bytes:
    shared = hashlib.sha256()
    tools = (_own_version(), compression_name(), interpreter and interpreter.magic)
    for part in (*tools, project.name, project.stage):
        shared.update(f"{part!r}\0".encode())
    for distribution in site.distributions:
        shared.update(f"{distribution}\0{distribution.wheel.sha256}\0".encode())
    for layer in site.layers:
        shared.update(f"{layer.name}\0{layer.sha256}\0".encode())
    held_back = (f"{path}: {rule}" for path, rule in sorted(site.held_back.items()))
    for text in (*_deployed(project), *held_back, *site.warnings):
        shared.update(f"{text}\0".encode())
    shared.update(_own_files_digest(site))
    return shared.digest()


def _deployed(project: Project) -> Iterator[str]:
    """Yield what tracing is told of all functions: none of their handlers is followed as a word of settings."""
    yield from sorted(project.deployment.handlers)
    yield from sorted(os.path.relpath(path, project.root) for path in project.deployment.handler_files)


def find_unchanged(output: Path, name: str, inputs: str, kind: type[Kind]) -> Kind | None:
    """Return the metafile of a zip that was made of the same inputs and is still there as it was made."""
    try:
        metafile = read_metafile(output / f"{name}.json")
        if not isinstance(metafile, kind) or metafile.inputs != inputs:
            return None
        is_as_written = hashlib.sha256((output / f"{name}.zip").read_bytes()).hexdigest() == metafile.zip.sha256
    except (OSError, MetafileUnreadableError):
        return None
    return metafile if is_as_written else None


def _portable(function: Function) -> str:
    """Return everything about a function but where its folder lies."""
    return repr(function).replace(str(function.code_root), "")


def _own_files_digest(site: Site) -> bytes:
    digest = hashlib.sha256()
    for path in sorted(site.files):
        file = site.files[path]
        # What a layer brings is known by its digest, what a wheel does by its own.
        if not (file.container_sha256 or file.layer):
            content = _NOTHING if _is_secret(path, site) else digest_site_file(file)
            digest.update(f"{path}\0".encode() + content)
    return digest.digest()


def _secrets_digest(function: Function, site: Site) -> bytes:
    """Digest what may hold secrets where the function ships it; elsewhere each run of Terraform would change it."""
    own = sorted(path for path, file in site.files.items() if file.owner == OWN_CODE)
    shipped = (path for path in own if _is_secret(path, site) and is_brought_back(path, function))
    return b"".join(digest_site_file(site.files[path]) for path in shipped)


def _is_secret(path: str, site: Site) -> bool:
    return (site.held_back.get(path) or rule_by_name(path)) == "secret"


@cache
def _own_version() -> str:
    """Return what changes when lbundle itself does, also in a checkout that someone works on."""
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.toml"), *package.rglob("*.json")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()
