"""Write down everything about one layer's zip, as a function's metafile does."""

from collections.abc import Iterable
from pathlib import PurePath

from bundler.model.artifact import Artifact
from bundler.model.metafile import LayerMetafile
from bundler.model.paths import show_path
from bundler.model.plan import Omission, PlannedFile
from bundler.model.project import BytecodeMode, Layer
from bundler.model.wheels import Distribution
from bundler.report.kept_sources import describe_kept_sources
from bundler.report.metafile import (
    count_unverified,
    describe_file,
    describe_omitted,
    describe_packages,
    describe_zip,
    stripped,
    sum_omissions,
)
from bundler.version import __version__


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
) -> LayerMetafile:
    """Return the metafile of a layer's zip."""
    return LayerMetafile(
        lbundle=__version__,
        layer=layer.name,
        runtime=layer.target.runtime,
        architecture=layer.target.architecture.value,
        settings=_describe_settings(layer),
        inputs=inputs,
        locks=tuple(show_path(path, layer.options.working_folder) for path in lock_paths) if layer.options else (),
        unverified=count_unverified(distributions),
        zip=describe_zip(artifact),
        packages=describe_packages(artifact.files, distributions),
        files=tuple(describe_file(file) for file in sorted(artifact.files, key=lambda file: file.arcname)),
        kept_sources=describe_kept_sources(planned, artifact.files),
        omissions=sum_omissions((*omissions, *stripped(artifact.files))),
        omitted=describe_omitted(omissions),
        warnings=tuple(dict.fromkeys(warnings)),
    )


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
