"""`lbundle build`: one zip per function."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bundler.build_record import Request
from bundler.build_table import render_build, render_built_layers
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
    VerifyOption,
    output_folder,
    read_text,
    say_waiting,
    text_width,
)
from bundler.model.summary import BundleSummary
from bundler.recorded_build import Done, build_or_keep
from bundler.system.locks import announcing

if TYPE_CHECKING:  # an unchanged build defines none of these records
    from bundler.model.build import Built
    from bundler.model.project import Project

_TOLD = ("name", "level", "function", "message")


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
    verify: VerifyOption = False,
    allow_missing: MissingOption = False,
    as_json: JsonOption = False,
) -> None:
    """Build one zip per function, with a metafile beside it."""
    started = time.monotonic()
    request = Request(
        project=str(project.absolute()),
        output=str(output_folder(project, output)),
        settings=read_text(settings) if settings is not None else None,
        stage=stage,
        functions=tuple(function or ()),
        runtime=runtime,
        architecture=architecture,
        allows_missing=allow_missing,
    )

    def build_project(described: "Project") -> "Built":
        from bundler.commands.build_settings import how_to_build  # noqa: PLC0415 - starts fast
        from bundler.display import make_progress  # noqa: PLC0415 - starts fast
        from bundler.whole_pipeline import build_all  # noqa: PLC0415 - starts fast

        with make_progress() as progress:
            how = how_to_build(project, output, jobs, progress, is_offline=offline, allows_missing=allow_missing)
            return build_all(described, how)

    with announcing(say_waiting):
        done = build_or_keep(request, lambda: _read_settings(project, request), build_project, verifies=verify)
    seconds = time.monotonic() - started
    typer.echo(_as_json(done, seconds)) if as_json else _print(done, seconds, is_whole=not function)
    if any(finding.level == "error" for finding in done.summary.findings):
        from bundler.errors import BudgetError  # noqa: PLC0415 - starts fast

        raise typer.Exit(BudgetError.exit_code)


def _print(done: Done, seconds: float, *, is_whole: bool) -> None:
    summary, width = done.summary, text_width()
    for note in summary.notes:
        typer.echo(f"note: {note}", err=True)
    if summary.layers:
        typer.echo(f"{render_built_layers(summary.layers, unchanged=done.unchanged_layers, width=width)}\n")
    typer.echo(render_build(summary, unchanged=done.unchanged, is_whole=is_whole, seconds=seconds, width=width))


def _as_json(done: Done, seconds: float) -> str:
    result = {
        "schema": "lbundle-build/1",
        "seconds": round(seconds, 3),
        "notes": list(done.summary.notes),
        "findings": [dict(zip(_TOLD, finding, strict=False)) for finding in done.summary.findings],
        "functions": [_describe(bundle, done.unchanged) for bundle in done.summary.functions],
        "layers": [_describe(bundle, done.unchanged_layers) for bundle in done.summary.layers],
    }
    return json.dumps(result, indent=1)


def _describe(bundle: BundleSummary, unchanged: frozenset[str]) -> dict[str, Any]:
    metafile = json.loads(Path(bundle.metafile_path).read_bytes())
    return {**metafile, "unchanged": bundle.name in unchanged}


def _read_settings(project: Path, request: Request) -> "Project":
    from bundler.configure import read_project, read_resolved_project  # noqa: PLC0415 - starts fast

    stage, functions, runtime, architecture = request[3:7]
    if request.settings is None:
        return read_project(project, stage=stage, functions=functions, runtime=runtime, architecture=architecture)
    return read_resolved_project(
        project, request.settings, stage=stage, functions=functions, runtime=runtime, architecture=architecture
    )
