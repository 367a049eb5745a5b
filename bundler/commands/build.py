"""`lbundle build`: one zip per function."""

import json
import time
from pathlib import Path
from typing import Annotated

import typer

from bundler.commands.options import (
    ArchitectureOption,
    FunctionOption,
    JobsOption,
    JsonOption,
    MissingOption,
    OfflineOption,
    OutputOption,
    ProjectArgument,
    RuntimeOption,
    StageOption,
    read_text,
    text_width,
)
from bundler.errors import BudgetError
from bundler.model.project import Project
from bundler.model.report import Finding


def build(  # noqa: PLR0913 - one parameter per option
    project: ProjectArgument = Path(),
    *,
    function: FunctionOption = None,
    stage: StageOption = None,
    output: OutputOption = None,
    runtime: RuntimeOption = None,
    architecture: ArchitectureOption = None,
    jobs: JobsOption = None,
    settings: Annotated[
        str | None,
        typer.Option(
            "--settings", metavar="FILE", help="A serverless.yml as the framework resolved it: JSON; -: stdin."
        ),
    ] = None,
    offline: OfflineOption = False,
    allow_missing: MissingOption = False,
    as_json: JsonOption = False,
) -> None:
    """Build one zip per function, with a metafile beside it."""
    from bundler.commands.build_settings import how_to_build  # noqa: PLC0415 - starts fast
    from bundler.display import make_progress  # noqa: PLC0415 - starts fast
    from bundler.metafile import describe_metafile  # noqa: PLC0415 - starts fast
    from bundler.report import render_layers, render_table  # noqa: PLC0415 - starts fast
    from bundler.whole_pipeline import build_all  # noqa: PLC0415 - starts fast

    started = time.monotonic()
    described = _read_settings(project, settings, stage, tuple(function or ()), runtime, architecture)
    with make_progress() as progress:
        how = how_to_build(project, output, jobs, progress, is_offline=offline, allows_missing=allow_missing)
        built = build_all(described, how)
    metafiles = [bundle.metafile for bundle in built.functions]
    layer_metafiles = [layer.metafile for layer in built.layers]
    unchanged, kept_layers = built.unchanged, built.unchanged_layers
    seconds = time.monotonic() - started
    if as_json:
        result = {
            "schema": "lbundle-build/1",
            "seconds": round(seconds, 3),
            "notes": list(described.notes),
            "findings": [_describe_finding(finding) for finding in built.findings],
            "functions": [
                {**describe_metafile(metafile), "unchanged": metafile.name in unchanged} for metafile in metafiles
            ],
            "layers": [
                {**describe_metafile(metafile), "unchanged": metafile.name in kept_layers}
                for metafile in layer_metafiles
            ],
        }
        typer.echo(json.dumps(result, indent=1))
    else:
        for note in described.notes:
            typer.echo(f"note: {note}", err=True)
        if layer_metafiles:
            typer.echo(f"{render_layers(layer_metafiles, unchanged=kept_layers, width=text_width())}\n")
        text = render_table(
            metafiles,
            built.findings,
            unchanged=unchanged,
            is_whole=not function,
            seconds=seconds,
            width=text_width(),
        )
        typer.echo(text)
    if any(finding.level == "error" for finding in built.findings):
        raise typer.Exit(BudgetError.exit_code)


def _read_settings(
    project: Path,
    settings: str | None,
    stage: str | None,
    functions: tuple[str, ...],
    runtime: str | None,
    architecture: str | None,
) -> Project:
    from bundler.configure import read_project, read_resolved_project  # noqa: PLC0415 - starts fast

    if settings is None:
        return read_project(project, stage=stage, functions=functions, runtime=runtime, architecture=architecture)
    text = read_text(settings)
    return read_resolved_project(
        project, text, stage=stage, functions=functions, runtime=runtime, architecture=architecture
    )


def _describe_finding(found: Finding) -> dict[str, str]:
    return {"name": found.name, "level": found.level, "function": found.function, "message": found.message}
