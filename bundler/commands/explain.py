"""`lbundle why` and `lbundle trace`: what ships, and what led to it."""

import json
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from bundler.commands.options import (
    ArchitectureOption,
    JsonOption,
    OfflineOption,
    ProjectOption,
    RuntimeOption,
    StageOption,
)
from bundler.errors import NothingMatchesError
from bundler.model.plan import Plan


def why(  # noqa: PLR0913 - one parameter per option
    function: Annotated[str, typer.Argument(metavar="FUNCTION")],
    what: Annotated[str, typer.Argument(metavar="WHAT", help="A module, a file, a package or a glob.")],
    *,
    project: ProjectOption = Path(),
    stage: StageOption = None,
    runtime: RuntimeOption = None,
    architecture: ArchitectureOption = None,
    offline: OfflineOption = False,
) -> None:
    """Say why something is in a function's zip, or by which rule it is not."""
    from bundler.plan import explain  # noqa: PLC0415 - starts fast
    from bundler.report import render_explanation  # noqa: PLC0415 - starts fast

    plan = _plan_one(project, function, Choice(stage, runtime, architecture), is_offline=offline)
    explanation = explain(plan, what)
    if not explanation.chains and not explanation.omissions:
        raise NothingMatchesError(function, what)
    typer.echo(render_explanation(explanation.chains, explanation.omissions, what=what))


def trace(  # noqa: PLR0913 - one parameter per option
    function: Annotated[str, typer.Argument(metavar="FUNCTION")],
    *,
    project: ProjectOption = Path(),
    stage: StageOption = None,
    runtime: RuntimeOption = None,
    architecture: ArchitectureOption = None,
    offline: OfflineOption = False,
    as_json: JsonOption = False,
) -> None:
    """List the modules and files a function needs, each with what led to it."""
    plan = _plan_one(project, function, Choice(stage, runtime, architecture), is_offline=offline)
    if as_json:
        files = [
            {
                "path": planned.file.path,
                "module": planned.module,
                "owner": planned.file.owner,
                "kind": str(planned.cause.kind),
                "rule": planned.cause.rule,
                "from": planned.cause.source,
                "line": planned.cause.line,
            }
            for planned in plan.files
        ]
        typer.echo(json.dumps({"function": function, "files": files}, indent=1))
        return
    from bundler.report import render_trace  # noqa: PLC0415 - starts fast

    typer.echo(render_trace(plan))


class Choice(NamedTuple):
    """What the options say in place of the settings."""

    stage: str | None
    runtime: str | None
    architecture: str | None


def _plan_one(project: Path, function: str, chosen: Choice, *, is_offline: bool) -> Plan:
    from bundler.commands.build_settings import how_to_build  # noqa: PLC0415 - starts fast
    from bundler.configure import read_project  # noqa: PLC0415 - starts fast
    from bundler.layer_pipeline import build_layers  # noqa: PLC0415 - starts fast
    from bundler.model.progress import Silence  # noqa: PLC0415 - starts fast
    from bundler.pipeline import plan_project  # noqa: PLC0415 - starts fast
    from bundler.system.locks import in_use  # noqa: PLC0415 - starts fast

    described = read_project(
        project,
        stage=chosen.stage,
        functions=(function,),
        runtime=chosen.runtime,
        architecture=chosen.architecture,
    )
    settings = how_to_build(project, None, 1, Silence(), is_offline=is_offline)
    with in_use():
        return plan_project(described, build_layers(described, settings), settings)[0]
