"""`lbundle invoke`: give an event to a finished zip, as Lambda would."""

import json
import os
import re
import select
import stat
import statistics
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from bundler.commands.event import OWN_TEMPLATE, make_template
from bundler.commands.options import (
    EnvironmentOption,
    FolderOption,
    OfflineOption,
    StageOption,
    output_folder,
    read_text,
    split_variables,
)
from bundler.documents import parse_json
from bundler.errors import (
    BundleMissingError,
    EventFormError,
    FunctionUnnamedError,
    ProofError,
    SettingsError,
)
from bundler.model.invocation import Invocation, RunSettings
from bundler.model.trigger import TriggerKind

# Of a module its name, of a file its path below the unpacked zip.
_MISSING = re.compile(r"No module named '([\w.]+)'|No such file or directory: '/(?:[^']*/task|var/task)/([^']+)'")
_STDIN_SECONDS = 1.0
# Python itself looks for bytecode where its own lies elsewhere, and for all kinds of metadata.
_NEVER_MISSED = ("bytecode", "metadata")
TEMPLATE_OPTION = "--event-template"


# What a REST API answers to a body that its schema does not let through.
_BAD_REQUEST = {
    "statusCode": 400,
    "headers": {"Content-Type": "application/json", "x-amzn-ErrorType": "BadRequestException"},
    "body": '{"message": "Invalid request body"}',
}


class InvokeCommand(TyperCommand):
    """A command with an option whose value may be left out, which typer does not have."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - typer hides the type
        """Give the option its value where none follows."""
        kinds = {kind.value for kind in TriggerKind}
        told = []
        for index, word in enumerate(args):
            told.append(word)
            if word == TEMPLATE_OPTION and not kinds.intersection(args[index + 1 : index + 2]):
                told.append(OWN_TEMPLATE)
        return super().parse_args(ctx, told)


def invoke(  # noqa: PLR0913 - one parameter per option
    function: Annotated[str | None, typer.Argument(metavar="FUNCTION", show_default=False)] = None,
    project: Annotated[Path, typer.Option("--project", metavar="DIR", help="The service's folder.")] = Path(),
    *,
    named: Annotated[str | None, typer.Option("--function", "-f", metavar="NAME", help="The function.")] = None,
    event: Annotated[
        str, typer.Option("--event", "--path", "-p", metavar="FILE", help="The event as JSON; -: stdin. Default: {}.")
    ] = "",
    data: Annotated[str | None, typer.Option("--data", "-d", metavar="JSON", help="The event itself.")] = None,
    template: Annotated[
        str | None,
        typer.Option(TEMPLATE_OPTION, metavar="[KIND]", help="An event of the function's first trigger, or of a kind."),
    ] = None,
    variables: EnvironmentOption = None,
    timeout: Annotated[
        float | None, typer.Option("--timeout", metavar="SECONDS", min=0.001, help="In place of the function's.")
    ] = None,
    memory: Annotated[
        int | None, typer.Option("--memory", metavar="MB", min=1, help="In place of the function's.")
    ] = None,
    warm: Annotated[int, typer.Option("--warm", metavar="N", min=1, help="Give it N times to one process.")] = 1,
    cold: Annotated[int, typer.Option("--cold", metavar="N", min=0, help="Give it to N fresh processes.")] = 0,
    no_network: Annotated[bool, typer.Option("--no-network", help="Take the network away.")] = False,
    stage: StageOption = None,
    folder: FolderOption = None,
    offline: OfflineOption = False,
) -> None:
    """Run a function's finished zip as Lambda would, and print the handler's answer."""
    from bundler.prove import Circumstances, Seen, invoke_bundle  # noqa: PLC0415 - starts fast
    from bundler.system.locks import in_use  # noqa: PLC0415 - starts fast

    name = named or function
    if name is None:
        raise FunctionUnnamedError
    zip_path = output_folder(project, folder) / f"{name}.zip"
    if not zip_path.is_file():
        raise BundleMissingError(name, str(zip_path.parent))
    content = make_template(project, stage, name, template) if template else _read_event(event, data)
    given = split_variables(variables)
    settings = settings_of(project, stage, name, given, _note)
    settings = replace(
        settings, timeout_seconds=timeout or settings.timeout_seconds, memory_mb=memory or settings.memory_mb
    )
    # Watching takes time, which repeated runs are there to measure.
    seen = Seen() if not cold and warm == 1 else None
    circumstances = Circumstances(
        is_offline=offline,
        has_network=not no_network,
        is_cold=cold > 0,
        seen=seen,
        sink=_write_log,
        note=_note,
        variables=given,
    )
    if refusal := _refusal(project, stage, name, content):
        _note(f"API Gateway answers this itself and does not call the function: {refusal}")
        typer.echo(json.dumps(_BAD_REQUEST))
        raise typer.Exit(ProofError.exit_code)
    done = []
    with in_use():
        for invocation in invoke_bundle(zip_path, [content] * (cold or warm), settings, circumstances):
            _print(invocation, name)
            done.append(invocation)
    if cold:
        _print_init_times(done)
    if seen:
        _note_left_out(zip_path, seen.missed)
    if any(invocation.error is not None for invocation in done):
        raise typer.Exit(ProofError.exit_code)


def _refusal(project: Path, stage: str | None, function: str, content: object) -> str:
    """Return why API Gateway would not hand over an event, by the schemas of the settings."""
    from bundler.configure import read_function_triggers  # noqa: PLC0415 - starts fast
    from bundler.prove import refuse_request  # noqa: PLC0415 - starts fast

    try:
        return refuse_request(content, read_function_triggers(project, function, stage=stage))
    except SettingsError:
        return ""


def _read_event(path: str, data: str | None) -> object:
    text, shown = (data, "--data") if data is not None else (read_text(path), path) if path else (_piped(), "-")
    try:
        return parse_json(text) if text.strip() else {}
    except ValueError as error:
        raise EventFormError(shown, str(error)) from error


def _piped() -> str:
    """Return what is piped to the command; a pipe in which nothing comes soon is nobody's."""
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
        if stat.S_ISREG(mode) or ((stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)) and _is_fed()):
            return sys.stdin.read()
    except (OSError, ValueError, AttributeError):  # there is no stdin
        pass
    return ""


def _is_fed() -> bool:
    return bool(select.select([sys.stdin], [], [], _STDIN_SECONDS)[0])


def settings_of(
    project: Path, stage: str | None, function: str, given: Mapping[str, str], note: Callable[[str], None]
) -> RunSettings:
    """Return how a function is run as far as its settings say; what only a deployment knows is noted."""
    from bundler.configure import read_run_settings  # noqa: PLC0415 - starts fast

    try:
        settings = read_run_settings(project, function, stage=stage)
    except SettingsError:
        # The zip alone can be run too: it may have come from elsewhere.
        return RunSettings()
    if unknown := [variable for variable in settings.unknown_variables if variable not in given]:
        shown = ", ".join(f"`{variable}`" for variable in unknown)
        note(f"only a deployment knows the value of {shown}: `--env NAME=VALUE` gives one")
    return settings


def _print(invocation: Invocation, function: str) -> None:
    if invocation.error is None:
        typer.echo(invocation.answer)
        return
    typer.echo(json.dumps(invocation.error, ensure_ascii=False), err=True)
    if missing := _MISSING.findall(str(invocation.error["errorMessage"])):
        what = next(filter(None, missing[-1]))
        hint = f"hint: `lbundle why {function} {what}` tells whether it was left out, and how to keep it"
        typer.echo(f"\n{hint}", err=True)


def _note_left_out(zip_path: Path, missed: Collection[str]) -> None:
    """Say which files the function asked for and lbundle left out, whatever the function made of that."""
    from bundler.model.plan import OMISSION_RULES  # noqa: PLC0415 - starts fast
    from bundler.system.metafiles import read_function_metafile  # noqa: PLC0415 - starts fast

    metafile = read_function_metafile(zip_path.with_suffix(".json")) if missed else None
    for omitted in metafile.omitted if metafile else ():
        if omitted.path in missed and omitted.rule not in _NEVER_MISSED:
            why = f"`lbundle why {zip_path.stem} {omitted.path}` tells how to keep it"
            _note(f"`{omitted.path}` was asked for and is left out ({OMISSION_RULES[omitted.rule]}): {why}")


def _print_init_times(done: Sequence[Invocation]) -> None:
    times = sorted(invocation.init_seconds * 1000 for invocation in done if invocation.init_seconds is not None)
    if times:
        median = f"init of {len(times)} cold starts: median {statistics.median(times):.1f} ms"
        typer.echo(f"{median}, from {times[0]:.1f} to {times[-1]:.1f} ms", err=True)


def _write_log(content: bytes) -> None:
    try:
        sys.stderr.buffer.write(content)
    except AttributeError:  # a program's own stream in the place of stderr
        sys.stderr.write(content.decode(errors="replace"))
    sys.stderr.flush()


def _note(text: str) -> None:
    typer.echo(f"note: {text}", err=True)
