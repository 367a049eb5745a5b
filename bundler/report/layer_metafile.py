"""Write down everything about one layer's zip as plain JSON, as a function's metafile does."""

from collections.abc import Iterable
from pathlib import PurePath

from bundler.model.artifact import Artifact
from bundler.model.plan import Omission, PlannedFile
from bundler.model.project import BytecodeMode, Layer
from bundler.model.wheels import Distribution
from bundler.report.kept_sources import describe_kept_sources
from bundler.report.metafile import describe_file, describe_packages, describe_zip, stripped, sum_omissions
from bundler.version import __version__

LAYER_SCHEMA = "lbundle-layer/1"
"""Changes whenever a reader of the metafile would have to."""


def make_layer_metafile(  # noqa: PLR0913 - everything that is known of a build, each by name
    layer: Layer,
    artifact: Artifact,
    *,
    planned: Iterable[PlannedFile],
    omissions: tuple[Omission, ...],
    distributions: tuple[Distribution, ...],
    lock_paths: Iterable[PurePath],
    inputs: str,
    warnings: tuple[str, ...],
) -> dict[str, object]:
    """Return the metafile of a layer's zip; its lists are sorted, so equal layers have equal metafiles."""
    return {
        "schema": LAYER_SCHEMA,
        "lbundle": __version__,
        "layer": layer.name,
        "runtime": layer.target.runtime,
        "architecture": layer.target.architecture.value,
        "settings": _describe_settings(layer),
        "inputs": inputs,
        "locks": [path.name for path in lock_paths],
        "zip": describe_zip(artifact),
        "packages": describe_packages(artifact.files, distributions),
        "files": [describe_file(file) for file in sorted(artifact.files, key=lambda file: file.arcname)],
        "kept_sources": describe_kept_sources(planned, artifact.files),
        "omissions": sum_omissions((*omissions, *stripped(artifact.files))),
        "omitted": sorted([omission.path, omission.size_bytes, omission.rule] for omission in omissions),
        "warnings": list(dict.fromkeys(warnings)),
    }


def _describe_settings(layer: Layer) -> dict[str, str]:
    options = layer.options
    if options is None:
        return {"path": layer.folder.name if layer.folder is not None else ""}
    told = {"exclude": ", ".join(options.exclude)} if options.exclude else {}
    if options.external is not None:
        told["external"] = ", ".join(options.external) or "none"
    if options.bytecode is not BytecodeMode.AUTO:
        told["bytecode"] = options.bytecode.value
    if not options.strip:
        told["strip"] = "false"
    return told
