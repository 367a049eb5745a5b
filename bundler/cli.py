"""The command line: what to do, what to print, how to end. The only file that prints results or exits."""

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bundler import __version__
from bundler.errors import BudgetError, BuildInterruptedError, BundleError, ProofError
from bundler.model.wheels import Resolver

app = typer.Typer(
    name="lbundle",
    help="Bundle Python functions for AWS Lambda: only what runs, in one small reproducible zip each.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_DEFAULT_OUTPUT = ".lbundle"
_OVER_LIMIT = BudgetError.exit_code
# How long running threads have to clean up after Ctrl-C; a second one ends everything at once.
_GRACE_SECONDS = 1.0
_SHOW_CURSOR = "\x1b[?25h"
_NOT_PROVEN = ProofError.exit_code

ProjectArgument = Annotated[Path, typer.Argument(metavar="PROJECT", help="The folder of serverless.yml.")]
ProjectOption = Annotated[Path, typer.Option("--project", "-p", metavar="DIR", help="The folder of serverless.yml.")]
FunctionOption = Annotated[
    list[str] | None, typer.Option("--function", "-f", metavar="NAME", help="Build this function only; repeatable.")
]
StageOption = Annotated[str | None, typer.Option("--stage", "-s", metavar="NAME", help="The stage to build for.")]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="DIR", help="Where zips go; default: PROJECT/.lbundle.")
]
RuntimeOption = Annotated[
    str | None, typer.Option("--runtime", metavar="python3.X", help="A runtime in place of every function's own.")
]
ArchitectureOption = Annotated[
    str | None, typer.Option("--architecture", metavar="x86_64|arm64", help="An architecture in place of their own.")
]
JobsOption = Annotated[int | None, typer.Option("--jobs", "-j", min=1, metavar="N", help="How much runs side by side.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.callback(invoke_without_command=True)
def start(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,  # noqa: FBT002 - typer's way
) -> None:
    """Bundle Python functions for AWS Lambda."""
    if version:
        typer.echo(f"lbundle {__version__}")
        raise typer.Exit


@app.command()
def build(  # noqa: PLR0913 - one parameter per option
    project: ProjectArgument = Path(),
    *,
    function: FunctionOption = None,
    stage: StageOption = None,
    output: OutputOption = None,
    runtime: RuntimeOption = None,
    architecture: ArchitectureOption = None,
    jobs: JobsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Build one zip per function, with a metafile beside it."""
    from bundler.configure import read_project  # noqa: PLC0415 - the command line starts fast
    from bundler.display import make_progress  # noqa: PLC0415
    from bundler.pipeline import BuildSettings, build_project  # noqa: PLC0415
    from bundler.report import find_findings, render_table  # noqa: PLC0415

    started = time.monotonic()
    described = read_project(
        project, stage=stage, functions=tuple(function or ()), runtime=runtime, architecture=architecture
    )
    with make_progress() as progress:
        settings = BuildSettings(output=_output(project, output), jobs=jobs or os.cpu_count() or 1, progress=progress)
        bundles = build_project(described, settings)
    metafiles = [bundle.metafile for bundle in bundles]
    findings = find_findings(metafiles, {known.name: known.options.limit for known in described.functions})
    seconds = time.monotonic() - started
    unchanged = frozenset(bundle.name for bundle in bundles if bundle.is_unchanged)
    if as_json:
        _print_json(metafiles, findings, unchanged, described.notes, seconds)
    else:
        for note in described.notes:
            typer.echo(f"note: {note}", err=True)
        typer.echo(render_table(metafiles, findings, unchanged=unchanged, is_whole=not function, seconds=seconds))
    if any(finding.level == "error" for finding in findings):
        raise typer.Exit(_OVER_LIMIT)


@app.command()
def lock(
    project: ProjectArgument = Path(),
    *,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="The lock to write.")] = None,
    resolver: Annotated[Resolver, typer.Option("--resolver", help="Who finds the versions.")] = Resolver.AUTO,
    upgrade: Annotated[bool, typer.Option("--upgrade", "-U", help="Take newer versions than the lock has.")] = False,
    stage: StageOption = None,
) -> None:
    """Find versions for requirements.in and write them to requirements.txt, with hashes, for every target."""
    from bundler.configure import read_project  # noqa: PLC0415
    from bundler.display import make_progress  # noqa: PLC0415
    from bundler.pipeline import lock_project  # noqa: PLC0415
    from bundler.report import format_count  # noqa: PLC0415

    described = read_project(project, stage=stage, functions=(), runtime=None, architecture=None)
    with make_progress() as progress:
        locks = lock_project(described, output=output, resolver=resolver, is_upgrade=upgrade, progress=progress)
    for written in locks:
        for note in written.notes:
            typer.echo(f"warning: {note}", err=True)
        pins, targets = format_count(written.pin_count, "pin"), ", ".join(map(str, written.targets))
        typer.echo(f"Wrote {written.path} for {targets}: {pins} by {written.resolver}")
    described = read_project(project, stage=stage, functions=(), runtime=None, architecture=None)
    named = {path for known in described.functions for path in known.options.requirements}
    for written in locks:
        if written.path not in named:
            typer.echo(f"note: to build from it, set `requirements: {written.path.name}`", err=True)


@app.command()
def why(
    function: Annotated[str, typer.Argument(metavar="FUNCTION")],
    what: Annotated[str, typer.Argument(metavar="WHAT", help="A module, a file, a package or a glob.")],
    *,
    project: ProjectOption = Path(),
    stage: StageOption = None,
) -> None:
    """Say why something is in a function's zip, or by which rule it is not."""
    from bundler.plan import explain  # noqa: PLC0415
    from bundler.report import render_explanation  # noqa: PLC0415

    explanation = explain(_plan_one(project, function, stage), what)
    if not explanation.chains and not explanation.omissions:
        from bundler.errors import NothingMatchesError  # noqa: PLC0415

        raise NothingMatchesError(function, what)
    typer.echo(render_explanation(explanation.chains, explanation.omissions, what=what))


@app.command()
def trace(
    function: Annotated[str, typer.Argument(metavar="FUNCTION")],
    *,
    project: ProjectOption = Path(),
    stage: StageOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the modules and files a function needs, each with what led to it."""
    plan = _plan_one(project, function, stage)
    if as_json:
        files = [
            {
                "path": planned.file.path,
                "module": planned.module,
                "owner": planned.file.owner,
                "kind": str(planned.cause.kind),
                "from": planned.cause.source,
                "line": planned.cause.line,
            }
            for planned in plan.files
        ]
        typer.echo(json.dumps({"function": function, "files": files}, indent=1))
        return
    from bundler.report import render_trace  # noqa: PLC0415

    typer.echo(render_trace(plan))


@app.command()
def verify(
    zips: Annotated[list[Path], typer.Argument(metavar="ZIP...", exists=True, dir_okay=False, show_default=False)],
    *,
    runtime: RuntimeOption = None,
    architecture: ArchitectureOption = None,
    handler: Annotated[
        str | None, typer.Option("--handler", metavar="MODULE.FUNCTION", help="A handler in place of their own.")
    ] = None,
) -> None:
    """Check finished zips without running them, each against the metafile beside it."""
    from bundler.prove import verify_bundle  # noqa: PLC0415
    from bundler.report import render_finding  # noqa: PLC0415

    has_errors = False
    for zip_path in zips:
        findings = verify_bundle(zip_path, runtime=runtime, architecture=architecture, handler=handler)
        for finding in findings:
            typer.echo(render_finding(finding))
        if not findings:
            typer.echo(f"ok: {zip_path.stem}")
        has_errors |= any(finding.level == "error" for finding in findings)
    if has_errors:
        raise typer.Exit(_NOT_PROVEN)


if TYPE_CHECKING:
    from bundler.model.plan import Plan
    from bundler.model.report import Finding


def _plan_one(project: Path, function: str, stage: str | None) -> "Plan":
    from bundler.configure import read_project  # noqa: PLC0415
    from bundler.model.progress import Silence  # noqa: PLC0415
    from bundler.pipeline import BuildSettings, plan_project  # noqa: PLC0415

    described = read_project(project, stage=stage, functions=(function,), runtime=None, architecture=None)
    return plan_project(described, BuildSettings(output=_output(project, None), jobs=1, progress=Silence()))[0]


def _output(project: Path, chosen: Path | None) -> Path:
    return (chosen if chosen is not None else project / _DEFAULT_OUTPUT).absolute()


def _print_json(
    metafiles: list[dict[str, Any]],
    findings: "tuple[Finding, ...]",
    unchanged: frozenset[str],
    notes: tuple[str, ...],
    seconds: float,
) -> None:
    result = {
        "schema": "lbundle-build/1",
        "seconds": round(seconds, 3),
        "notes": list(notes),
        "findings": [
            {"name": found.name, "level": found.level, "function": found.function, "message": found.message}
            for found in findings
        ],
        "functions": [{**metafile, "unchanged": metafile["function"] in unchanged} for metafile in metafiles],
    }
    typer.echo(json.dumps(result, indent=1))


def main() -> None:
    """Run the command line; every known error ends with its message, its hints and its exit code."""
    leaving = threading.Timer(_GRACE_SECONDS, _leave)
    leaving.daemon = True

    def interrupt(*_: object) -> None:
        """End as an error of ours does, so that files are cleaned up and nothing else reports it."""
        if leaving.is_alive():
            _leave()
        leaving.start()
        raise BuildInterruptedError

    signal.signal(signal.SIGINT, interrupt)
    try:
        app()
    except BundleError as error:
        leaving.cancel()
        _print_error(error)
        sys.exit(error.exit_code)


def _leave() -> None:
    """End at once, as nothing wakes a thread that waits for a server; what is not whole by then never appears."""
    if sys.stderr.isatty():
        sys.stderr.write(_SHOW_CURSOR)
    error = BuildInterruptedError()
    _print_error(error)
    sys.stderr.flush()
    os._exit(error.exit_code)


def _print_error(error: BundleError) -> None:
    is_colourful = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    typer.echo(f"{typer.style('error', fg='red', bold=True) if is_colourful else 'error'}: {error.message}", err=True)
    if error.hints:
        typer.echo("", err=True)
    for hint in error.hints:
        typer.echo(f"{typer.style('hint', fg='cyan', bold=True) if is_colourful else 'hint'}: {hint}", err=True)
