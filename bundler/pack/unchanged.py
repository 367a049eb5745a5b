"""Know a function whose zip is still right: before it is traced, and where that says nothing, before it is packed.

Which own files have a say in a plan, only tracing tells. So there are two digests. That of a function's shape leaves
own contents out; under it the cache keeps which of them had a say, with their digests, and what came of it. That of a
plan has all that the zip's bytes depend on: a new file may change a shape and yet no zip. A metafile has both.
"""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TypeVar

from bundler.errors import MetafileUnreadableError
from bundler.model.build import ResolvedGroup
from bundler.model.metafile import BundleMetafile, Metafile
from bundler.model.paths import show_path
from bundler.model.plan import LeftOut, Plan
from bundler.model.project import Function, Layer, Limit, Project
from bundler.model.wheels import Site
from bundler.own_files import rule_by_name
from bundler.pack.compress import compression_name
from bundler.pack.own_contents import OwnContents, is_read_in_place
from bundler.system.cache import is_kept
from bundler.system.files import digest_site_file
from bundler.system.interpreters import Interpreter
from bundler.system.metafiles import read_metafile

Kind = TypeVar("Kind", bound=BundleMetafile)

_NOTHING = hashlib.sha256(b"").digest()


def digest_layer(project: Project, layer: Layer, site: Site, interpreter: Interpreter | None) -> str:
    """Return a digest of all that a layer's zip and metafile depend on."""
    portable = repr(layer).replace(str(project.root), "")
    shared = _shared_digest(project, site, interpreter) + _own_files_digest(site)
    return hashlib.sha256(shared + portable.encode()).hexdigest()


def digest_shapes(
    project: Project, group: ResolvedGroup, interpreter: Interpreter | None, *, allows_missing: bool
) -> dict[str, str]:
    """Return for each function of a group, by name, a digest of all that its plan depends on, but for own contents.

    That is what is locked, how things are set, and which own files there are: each may be what an import, a listing or
    a glob asks for.
    """
    shared = hashlib.sha256(_shared_digest(project, group.site, interpreter))
    for path in sorted(path for path, file in group.site.files.items() if is_read_in_place(file)):
        shared.update(f"{path}\0".encode())
    locks = [show_path(path, group.functions[0].options.working_folder) for path in group.lock.paths]
    shared.update(f"{locks}{allows_missing}".encode())
    return {
        function.name: hashlib.sha256(shared.digest() + portable(function).encode()).hexdigest()
        for function in group.functions
    }


def describe_context(project: Project, site: Site) -> str:
    """Return what zips are for: the service, its stage and the layers that its functions run with."""
    return f"{project.name}\0{project.stage}\0{[(layer.name, layer.sha256) for layer in site.layers]}\0"


def digest_plan(
    context: str, plan: Plan, left_out: LeftOut, contents: OwnContents, interpreter: Interpreter | None
) -> str:
    """Return a digest of all that the bytes of a function's zip depend on; `context` is that of `describe_context`."""
    digest = hashlib.sha256(f"{context}{_tools(interpreter)}{portable(plan.function)}{left_out!r}".encode())
    for planned in plan.files:
        file = planned.file
        content = contents.digest(file) if is_read_in_place(file) else f"{file.container_sha256} {file.member}"
        kinds = (planned.module, planned.source_need is not None, planned.is_alone, file.is_own, file.is_program)
        digest.update(f"{file.path}\0{file.owner}\0{content}\0{kinds}\0".encode())
    return digest.hexdigest()


def _shared_digest(project: Project, site: Site, interpreter: Interpreter | None) -> bytes:
    shared = hashlib.sha256()
    for part in (_tools(interpreter), project.name, project.stage):
        shared.update(f"{part!r}\0".encode())
    for distribution in site.distributions:
        shared.update(f"{distribution}\0{distribution.wheel.sha256}\0".encode())
    for layer in site.layers:
        shared.update(f"{layer.name}\0{layer.sha256}\0".encode())
    held_back = (f"{path}: {rule}" for path, rule in sorted(site.held_back.items()))
    for text in (*_deployed(project), *held_back, *sorted(site.app_folders), *site.warnings):
        shared.update(f"{text}\0".encode())
    return shared.digest()


def _tools(interpreter: Interpreter | None) -> str:
    return f"{_own_version()} {compression_name()} {interpreter and interpreter.magic!r}"


def _deployed(project: Project) -> Iterator[str]:
    """Yield what tracing is told of all functions: none of their handlers is followed as a word of settings."""
    yield from sorted(project.deployment.handlers)
    yield from sorted(os.path.relpath(path, project.root) for path in project.deployment.handler_files)


def join_inputs(plan: str, shape: str) -> str:
    """Return what a metafile tells of what it was made from: of its zip first, and of itself."""
    return f"{plan}-{shape}"


def find_packed(output: Path, name: str, plan: str) -> Metafile | None:
    """Return the metafile of a zip with the bytes that a plan gives, whatever else the metafile tells."""
    return _find(output, name, Metafile, lambda inputs: inputs.startswith(f"{plan}-"))


def find_unchanged(output: Path, name: str, inputs: str, kind: type[Kind]) -> Kind | None:
    """Return the metafile of a zip that was made of the same inputs and is still there as it was made."""
    return _find(output, name, kind, inputs.__eq__)


def _find(output: Path, name: str, kind: type[Kind], is_right: Callable[[str], bool]) -> Kind | None:
    try:
        metafile = read_metafile(output / f"{name}.json")
    except MetafileUnreadableError:
        return None
    if not isinstance(metafile, kind) or not is_right(metafile.inputs):
        return None
    return metafile if is_kept(output / f"{name}.zip", metafile.zip.sha256) else None


def find_kept(shapes: Mapping[str, str], contents: OwnContents, output: Path) -> Iterator[Metafile]:
    """Yield the metafiles of functions that have not changed: nothing that had a say in their plans has."""
    for name, shape in shapes.items():
        plan = contents.recall(shape)
        metafile = find_unchanged(output, name, join_inputs(plan, shape), Metafile) if plan else None
        if metafile is not None:
            yield metafile


def portable(function: Function) -> str:
    """Return everything about a function that its zip may depend on, but where its folder lies."""
    options = replace(function.options, limit=Limit())
    return repr(replace(function, options=options)).replace(str(function.code_root), "")


def _own_files_digest(site: Site) -> bytes:
    digest = hashlib.sha256()
    for path in sorted(site.files):
        file = site.files[path]
        # What a layer brings is known by its digest, what a wheel does by its own.
        if is_read_in_place(file):
            content = _NOTHING if _is_secret(path, site) else digest_site_file(file)
            digest.update(f"{path}\0".encode() + content)
    return digest.digest()


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
