"""`lbundle prove`: does a bundle do what the full install does, event by event."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bundler.commands.event import OWN_TEMPLATE, make_template
from bundler.commands.invoke import settings_of
from bundler.commands.options import (
    EnvironmentOption,
    FolderOption,
    JobsOption,
    OfflineOption,
    ProjectOption,
    StageOption,
    project_folder,
    split_variables,
)
from bundler.commands.report import FileOption, write_result
from bundler.errors import NoTriggerError, ProofError
from bundler.model.proof import Case, Proof, Status, Verdict
from bundler.model.report import Finding

# The full install compiles all it imports, on a machine that may be slow: what takes long there proves nothing.
_LEAST_SECONDS = 60.0


class ProofFormat(StrEnum):
    """How verdicts are written."""

    AUTO = "auto"
    TEXT = "text"
    GITHUB = "github"
    JUNIT = "junit"


def prove(  # noqa: PLR0913 - one parameter per option
    functions: Annotated[list[str] | None, typer.Argument(metavar="[FUNCTION]...", show_default=False)] = None,
    *,
    project: ProjectOption = Path(),
    stage: StageOption = None,
    variables: EnvironmentOption = None,
    endpoint: Annotated[
        str | None, typer.Option("--endpoint", metavar="URL", help="A server that stands in for AWS.")
    ] = None,
    no_network: Annotated[bool, typer.Option("--no-network", help="Take the network away.")] = False,
    allow_unproven: Annotated[bool, typer.Option("--allow-unproven", help="Let events pass that fail alike.")] = False,
    allow_unsteady: Annotated[
        bool, typer.Option("--allow-unsteady", help="Let events pass whose answers move by themselves.")
    ] = False,
    no_build: Annotated[bool, typer.Option("--no-build", help="Take the zips that are there.")] = False,
    form: Annotated[ProofFormat, typer.Option("--format", help="How verdicts are written.")] = ProofFormat.AUTO,
    output: FileOption = None,
    folder: FolderOption = None,
    offline: OfflineOption = False,
    jobs: JobsOption = None,
) -> None:
    """Run events with a full install and with the bundle, and fail unless both do the same."""
    from bundler.commands.build_settings import how_to_build  # noqa: PLC0415 - starts fast
    from bundler.configure import read_project  # noqa: PLC0415 - starts fast
    from bundler.display import make_progress  # noqa: PLC0415 - starts fast
    from bundler.proof_pipeline import prove_project  # noqa: PLC0415 - starts fast
    from bundler.prove import Circumstances  # noqa: PLC0415 - starts fast
    from bundler.report import judge_verdicts  # noqa: PLC0415 - starts fast
    from bundler.system.locks import in_use  # noqa: PLC0415 - starts fast

    described = read_project(project, stage=stage, functions=tuple(functions or ()), runtime=None, architecture=None)
    given = split_variables(variables) | ({"AWS_ENDPOINT_URL": endpoint} if endpoint else {})
    notes = list(described.notes)
    circumstances = Circumstances(
        is_offline=offline, has_network=not no_network, sink=lambda _: None, note=notes.append, variables=given
    )
    names = tuple(function.name for function in described.functions)
    with in_use(), make_progress() as progress:
        settings = how_to_build(project, folder, jobs, progress, is_offline=offline)
        proofs = {name: _proof(project, stage, name, given, notes.append) for name in names}
        verdicts = tuple(prove_project(described, proofs, settings, circumstances, must_build=not no_build))
    for note in dict.fromkeys(notes):
        typer.echo(f"note: {note}", err=True)
    allowed = {Status.UNPROVEN: allow_unproven, Status.UNSTEADY: allow_unsteady}
    findings = judge_verdicts(verdicts, frozenset(status for status, is_allowed in allowed.items() if is_allowed))
    write_result(_render(_choose(form), verdicts, findings, names, os.path.relpath(described.settings_path)), output)
    if any(finding.level == "error" for finding in findings):
        raise typer.Exit(ProofError.exit_code)


def _proof(
    project: Path, stage: str | None, function: str, given: Mapping[str, str], note: Callable[[str], None]
) -> Proof:
    """Return what is proved of a function: its events, run as its settings say and with time enough."""
    from bundler.configure import read_proof_settings  # noqa: PLC0415 - starts fast
    from bundler.prove import find_cases  # noqa: PLC0415 - starts fast

    settings = read_proof_settings(project, (function,), stage=stage)[function]
    run = settings_of(project, stage, function, given, note)
    cases = find_cases(project_folder(project), function, settings) or _own_cases(project, stage, function, note)
    return Proof(
        cases=cases, settings=settings, run=replace(run, timeout_seconds=max(run.timeout_seconds, _LEAST_SECONDS))
    )


def _own_cases(project: Path, stage: str | None, function: str, note: Callable[[str], None]) -> tuple[Case, ...]:
    """Return the event of the function's first trigger, where it has one: a function without events proves little."""
    try:
        content = make_template(project, stage, function, OWN_TEMPLATE)
    except NoTriggerError:
        note(
            f"`{function}` has neither events nor a trigger: `{{}}` stands for what `events/{function}.json` would hold"
        )
        return (Case(name="{}", event={}),)
    note(
        f"`{function}` has no events, so one of its first trigger stands for them: `lbundle event {function}` prints it"
    )
    return (Case(name="--event-template", event=content),)


def _choose(form: ProofFormat) -> ProofFormat:
    if form is not ProofFormat.AUTO:
        return form
    return ProofFormat.GITHUB if os.environ.get("GITHUB_ACTIONS") == "true" else ProofFormat.TEXT


def _render(
    form: ProofFormat,
    verdicts: Sequence[Verdict],
    findings: Sequence[Finding],
    functions: Sequence[str],
    settings_path: str,
) -> str:
    from bundler import report  # noqa: PLC0415 - starts fast

    match form:
        case ProofFormat.GITHUB:
            annotations = report.render_github(findings, settings_path)
            return "\n".join(filter(None, (report.render_verdicts(verdicts), annotations)))
        case ProofFormat.JUNIT:
            return report.render_junit(findings, functions)
        case ProofFormat.TEXT | ProofFormat.AUTO:
            return report.render_verdicts(verdicts)
