"""The Python interface: what `lbundle build` does, for programs, with typed results and nothing printed."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from types import MappingProxyType

from bundler.errors import ArgumentError, OverLimitError
from bundler.model.metafile import BundleMetafile, Metafile, PackageEntry
from bundler.model.report import Finding

_DEFAULT_OUTPUT = ".lbundle"


@dataclass(frozen=True, slots=True)
class Project:
    """Which project to build, and what is asked for in place of its settings."""

    path: str | os.PathLike[str] = "."
    """The folder of serverless.yml, template.yaml or pyproject.toml, or such a file."""
    _: KW_ONLY
    stage: str | None = None
    functions: str | Sequence[str] = ()
    """Names of the functions to build, or the name of one; empty for all."""
    runtime: str | None = None
    """In place of every function's own."""
    architecture: str | None = None
    """In place of every function's own."""

    @property
    def folder(self) -> Path:
        """The folder of the settings."""
        path = Path(self.path)
        return path.parent if path.is_file() else path

    @property
    def output(self) -> Path:
        """The folder that zips go into unless `build` is told another one."""
        return self.folder / _DEFAULT_OUTPUT


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What one distribution brings to a bundle."""

    name: str
    """Normalised; empty for the project's own code."""
    version: str
    zip_bytes: int
    unzipped_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The finished zip of a function or of a layer."""

    name: str
    zip_path: Path
    """Absolute."""
    metafile_path: Path
    """All that is known of the zip, as JSON."""
    handler: str
    """What Lambda is to call; empty for a layer."""
    runtime: str
    architecture: str
    zip_bytes: int
    unzipped_bytes: int
    sha256: str
    """In hexadecimal digits."""
    code_sha256: str
    """In base64, as Lambda's `CodeSha256`."""
    packages: tuple[Package, ...]
    """The heaviest in the zip first."""
    warnings: tuple[str, ...]
    is_unchanged: bool
    """The zip of an earlier build was still right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """What a build made, by name, in the order of the settings."""

    functions: Mapping[str, Bundle]
    layers: Mapping[str, Bundle]
    notes: tuple[str, ...]
    """What was left alone, such as functions in other languages."""
    warnings: tuple[str, ...]
    """What is wrong with a bundle and yet no error, such as a zip that is too large to be uploaded directly."""


def build(
    project: Project | str | os.PathLike[str] = ".",
    *,
    output: str | os.PathLike[str] | None = None,
    jobs: int | None = None,
    offline: bool = False,
    allow_missing: bool = False,
) -> Build:
    """Build a zip for every function and layer of a project, with a metafile beside each.

    Args:
        project: The project, or the path of its folder or settings file.
        output: The folder for zips; the project's own, `.lbundle` in its folder, where it is not given.
        jobs: How much runs side by side, at least 1; one for each processor where it is not given.
        offline: Whether to ask nobody, and work from the cache.
        allow_missing: Whether to build handlers that import what nothing provides, with a warning.

    Raises:
        ArgumentError: An argument is one that there is not; it is a `BundleError` and a `ValueError`.
        BundleError: The build failed; its class says where, its `hints` how to mend it. Zips of earlier builds stay.
        OverLimitError: A bundle is over its limit; the zips are made.
    """
    from bundler.configure import read_project  # noqa: PLC0415 - importing the interface is cheap
    from bundler.model.build import BuildSettings  # noqa: PLC0415 - importing the interface is cheap
    from bundler.model.progress import Silence  # noqa: PLC0415 - importing the interface is cheap
    from bundler.whole_pipeline import build_all  # noqa: PLC0415 - importing the interface is cheap

    if jobs is not None and jobs < 1:
        raise ArgumentError(argument="jobs", value=jobs, wanted="at least 1")
    wanted = project if isinstance(project, Project) else Project(project)
    names = (wanted.functions,) if isinstance(wanted.functions, str) else tuple(wanted.functions)
    described = read_project(
        Path(wanted.path),
        stage=wanted.stage,
        functions=names,
        runtime=wanted.runtime,
        architecture=wanted.architecture,
    )
    settings = BuildSettings(
        output=Path(output if output is not None else wanted.output).absolute(),
        jobs=jobs or os.cpu_count() or 1,
        progress=Silence(),
        is_offline=offline,
        allows_missing=allow_missing,
    )
    built = build_all(described, settings)
    if errors := _texts(built.findings, "error"):
        raise OverLimitError(errors)
    return Build(
        functions=_by_name(
            _bundle(made.zip_path, made.metafile, is_unchanged=made.is_unchanged) for made in built.functions
        ),
        layers=_by_name(_bundle(made.zip_path, made.metafile, is_unchanged=made.is_unchanged) for made in built.layers),
        notes=described.notes,
        warnings=_texts(built.findings, "warning"),
    )


def _texts(findings: Iterable[Finding], level: str) -> tuple[str, ...]:
    return tuple(f"{found.function}: {found.message}" for found in findings if found.level == level)


def _by_name(bundles: Iterable[Bundle]) -> Mapping[str, Bundle]:
    return MappingProxyType({bundle.name: bundle for bundle in bundles})


def _bundle(zip_path: Path, metafile: BundleMetafile, *, is_unchanged: bool) -> Bundle:
    size = metafile.zip
    return Bundle(
        name=zip_path.stem,
        zip_path=zip_path,
        metafile_path=zip_path.with_suffix(".json"),
        handler=metafile.handler if isinstance(metafile, Metafile) else "",
        runtime=metafile.runtime,
        architecture=metafile.architecture,
        zip_bytes=size.bytes,
        unzipped_bytes=size.unzipped_bytes,
        sha256=size.sha256,
        code_sha256=size.code_sha256,
        packages=tuple(map(_package, metafile.packages)),
        warnings=metafile.warnings,
        is_unchanged=is_unchanged,
    )


def _package(entry: PackageEntry) -> Package:
    return Package(name=entry.name, version=entry.version, zip_bytes=entry.zipped, unzipped_bytes=entry.size)
