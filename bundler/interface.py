"""The Python interface: what `lbundle build` does, for programs, with typed results and nothing printed."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from bundler.build_record import Request
from bundler.errors import ArgumentError, OverLimitError
from bundler.model.paths import DEFAULT_OUTPUT, settings_folder
from bundler.model.summary import BundleSummary, FindingSummary
from bundler.recorded_build import build_or_keep

if TYPE_CHECKING:  # importing the interface is cheap
    from bundler.model.build import Built
    from bundler.model.project import Project as Described


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
        return settings_folder(Path(self.path))

    @property
    def output(self) -> Path:
        """The folder that zips go into unless `build` is told another one."""
        return self.folder / DEFAULT_OUTPUT


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
        jobs: How much runs side by side, at least 1; one for each processor that may be used where it is not given.
        offline: Whether to ask nobody, and work from the cache.
        allow_missing: Whether to build handlers that import what nothing provides, with a warning.

    Raises:
        ArgumentError: An argument is one that there is not; it is a `BundleError` and a `ValueError`.
        BundleError: The build failed; its class says where, its `hints` how to mend it. Zips of earlier builds stay.
        OverLimitError: A bundle is over its limit; the zips are made.
    """
    if jobs is not None and jobs < 1:
        raise ArgumentError(argument="jobs", value=jobs, wanted="at least 1")
    wanted = project if isinstance(project, Project) else Project(project)
    names = (wanted.functions,) if isinstance(wanted.functions, str) else tuple(wanted.functions)
    request = Request(
        project=str(Path(wanted.path).absolute()),
        output=str(Path(output if output is not None else wanted.output).absolute()),
        settings=None,
        stage=wanted.stage,
        functions=names,
        runtime=wanted.runtime,
        architecture=wanted.architecture,
        allows_missing=allow_missing,
    )

    def build_project(described: "Described") -> "Built":
        from bundler.model.build import BuildSettings  # noqa: PLC0415 - importing the interface is cheap
        from bundler.model.progress import Silence  # noqa: PLC0415 - importing the interface is cheap
        from bundler.system.processors import count_processors  # noqa: PLC0415 - importing the interface is cheap
        from bundler.whole_pipeline import build_all  # noqa: PLC0415 - importing the interface is cheap

        settings = BuildSettings(
            output=Path(request.output),
            jobs=jobs or count_processors(),
            progress=Silence(),
            is_offline=offline,
            allows_missing=allow_missing,
        )
        return build_all(described, settings)

    done = build_or_keep(request, lambda: _read(request), build_project)
    findings = done.summary.findings
    if errors := _texts(findings, "error"):
        raise OverLimitError(errors)
    return Build(
        functions=_by_name(_bundle(made, done.unchanged) for made in done.summary.functions),
        layers=_by_name(_bundle(made, done.unchanged_layers) for made in done.summary.layers),
        notes=done.summary.notes,
        warnings=_texts(findings, "warning"),
    )


def _read(request: Request) -> "Described":
    from bundler.configure import read_project  # noqa: PLC0415 - importing the interface is cheap

    return read_project(
        Path(request.project),
        stage=request.stage,
        functions=request.functions,
        runtime=request.runtime,
        architecture=request.architecture,
    )


def _texts(findings: Iterable[FindingSummary], level: str) -> tuple[str, ...]:
    return tuple(f"{found.function}: {found.message}" for found in findings if found.level == level)


def _by_name(bundles: Iterable[Bundle]) -> Mapping[str, Bundle]:
    return MappingProxyType({bundle.name: bundle for bundle in bundles})


def _bundle(made: BundleSummary, unchanged: frozenset[str]) -> Bundle:
    return Bundle(
        name=made.name,
        zip_path=Path(made.zip_path),
        metafile_path=Path(made.metafile_path),
        handler=made.handler,
        runtime=made.runtime,
        architecture=made.architecture,
        zip_bytes=made.zip_bytes,
        unzipped_bytes=made.unzipped_bytes,
        sha256=made.sha256,
        code_sha256=made.code_sha256,
        packages=tuple(
            Package(
                name=package.name,
                version=package.version,
                zip_bytes=package.zipped_bytes,
                unzipped_bytes=package.size_bytes,
            )
            for package in made.packages
        ),
        warnings=made.warnings,
        is_unchanged=made.name in unchanged,
    )
