"""Plans, artifacts and metafiles made by hand, for tests of what comes after packing."""

import hashlib
from pathlib import Path

from bundler.metafile import read_document
from bundler.model.artifact import Artifact, PackedFile
from bundler.model.imports import Edge, EdgeKind
from bundler.model.metafile import LayerMetafile, Metafile, ZipEntry
from bundler.model.plan import Omission, Plan, PlannedFile, WeakEdge
from bundler.model.project import Function
from bundler.model.wheels import SiteFile
from bundler.system.metafiles import write_metafile

SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


def make_edge(
    source: str, target: str, kind: EdgeKind = EdgeKind.IMPORT, line: int = 1, name: str = "", rule: str = ""
) -> Edge:
    return Edge(source=source, target=target, kind=kind, line=line, name=name, rule=rule)


def make_packed(arcname: str, owner: str, size: int, zipped: int, *, kind: str = "bytecode", **options) -> PackedFile:
    origin = options.get("origin", arcname.removesuffix("c"))
    cause = options.get("cause", make_edge("app.py", origin))
    return PackedFile(
        arcname=arcname, size_bytes=size, zipped_bytes=zipped, owner=owner, kind=kind, cause=cause, origin=origin
    )


def make_artifact(files: tuple[PackedFile, ...], overhead: int = 100) -> Artifact:
    return Artifact(
        path=Path("out/app.zip"),
        zip_bytes=sum(file.zipped_bytes for file in files) + overhead,
        unzipped_bytes=sum(file.size_bytes for file in files),
        sha256=SHA256,
        files=files,
        overhead_bytes=overhead,
    )


def make_planned(path: str, owner: str, cause: Edge, module: str | None) -> PlannedFile:
    file = SiteFile(path=path, owner=owner, size_bytes=1, crc=0, container=Path(), container_sha256="", member=path)
    return PlannedFile(file=file, cause=cause, module=module, source_need=None, is_alone=False, through=cause.source)


def make_plan(
    function: Function,
    files: tuple[PlannedFile, ...] = (),
    omissions: tuple[Omission, ...] = (),
    weak_edges: tuple[WeakEdge, ...] = (),
) -> Plan:
    return Plan(function=function, files=files, omissions=omissions, weak_edges=weak_edges, warnings=())


def make_omission(path: str, owner: str, size: int, rule: str) -> Omission:
    return Omission(path=path, owner=owner, size_bytes=size, rule=rule)


def write_report(zip_path: Path, **parts) -> Path:
    """Write a metafile that describes a zip beside it, and return the zip's path."""
    content = zip_path.read_bytes()
    size = {"sha256": hashlib.sha256(content).hexdigest(), **parts.pop("zip", {})}
    write_metafile(zip_path.with_suffix(".json"), make_report(zip_path.stem, len(content), 0, {}, zip=size, **parts))
    return zip_path


def describe_layer(name: str) -> dict[str, object]:
    """Return what a function's metafile says of a layer, whatever it weighs."""
    return {"name": name, "bytes": 1, "unzipped_bytes": 1, "sha256": SHA256}


def make_report(
    function: str,
    zip_bytes: int,
    unzipped_bytes: int,
    packages: dict[str, tuple[int, int, int]],
    /,
    *,
    omissions: tuple[tuple[str, str, int, int], ...] = (),
    **parts,
) -> Metafile:
    """Return a metafile for packages as files, size and zipped size; `parts` are more of it, as JSON has them."""
    cause = {"kind": "handler", "source": "", "line": 0, "name": ""}
    files = parts.pop("files", None) or [
        {
            "path": f"{name or 'app'}/{number}.pyc",
            "size": size,
            "zipped": zipped,
            "owner": name,
            "kind": "bytecode",
            "origin": f"{name or 'app'}/{number}.py",
            "cause": cause,
        }
        for name, (count, size, zipped) in packages.items()
        for number in range(count)
    ]
    size = {"bytes": zip_bytes, "unzipped_bytes": unzipped_bytes, "overhead_bytes": 0}
    document = {
        "schema": "lbundle-metafile/1",
        "lbundle": "",
        "function": function,
        "service": "",
        "stage": "",
        "runtime": "python3.12",
        "architecture": "x86_64",
        "handler": "app.handler",
        "inputs": "",
        "packages": [
            {"name": name, "version": "1.0", "size": size, "zipped": zipped, "files": count}
            for name, (count, size, zipped) in packages.items()
        ],
        "files": files,
        "omissions": [
            {"rule": rule, "owner": owner, "files": count, "bytes": size} for rule, owner, count, size in omissions
        ],
        "omitted": [],
        "weak_edges": [],
        "locks": [],
        "warnings": [],
        **parts,
        "zip": {**size, "sha256": SHA256, "code_sha256": "", **parts.get("zip", {})},
    }
    metafile = read_document(document, f"{function}.json")
    assert isinstance(metafile, Metafile)
    return metafile


def make_layer_report(layer: str) -> LayerMetafile:
    """Return the metafile of a layer that holds nothing."""
    return LayerMetafile(
        lbundle="",
        layer=layer,
        runtime="python3.12",
        architecture="x86_64",
        inputs="",
        locks=(),
        zip=ZipEntry(bytes=22, unzipped_bytes=0, overhead_bytes=22, sha256=SHA256, code_sha256=""),
        packages=(),
        files=(),
        omissions=(),
        omitted=(),
        warnings=(),
    )
