"""`lbundle invoke`: give an event to a finished zip, as Lambda would."""

import json
import re
from pathlib import Path
from typing import Annotated

import typer

from bundler.commands.options import FolderOption, OfflineOption, output_folder, read_text
from bundler.errors import EventFormError, ProofError, VariableFormError

# Of a module its name, of a file its path below the unpacked zip.
_MISSING = re.compile(
    r"^(?:ModuleNotFoundError: No module named '([\w.]+)'|.*No such file or directory: '/[^']*/task/([^']+)')",
    re.MULTILINE,
)


def invoke(  # noqa: PLR0913 - one parameter per option
    function: Annotated[str, typer.Argument(metavar="FUNCTION", show_default=False)],
    project: Annotated[Path, typer.Option("--project", metavar="DIR", help="The service's folder.")] = Path(),
    *,
    event: Annotated[
        str, typer.Option("--event", metavar="FILE", help="The event as JSON; -: stdin. Default: {}.")
    ] = "",
    variables: Annotated[
        list[str] | None, typer.Option("--env", metavar="NAME=VALUE", help="A variable of the function; repeatable.")
    ] = None,
    timeout: Annotated[float, typer.Option("--timeout", metavar="SECONDS", min=0.001, help="As the function's.")] = 30,
    folder: FolderOption = None,
    offline: OfflineOption = False,
) -> None:
    """Run a function's finished zip once as Lambda would, and print the handler's answer."""
    from bundler.prove import invoke_bundle  # noqa: PLC0415 - starts fast

    try:
        content = json.loads(read_text(event)) if event else {}
    except ValueError as error:
        raise EventFormError(event, str(error)) from error
    done = invoke_bundle(
        output_folder(project, folder) / f"{function}.zip",
        content,
        environment=dict(map(_split, variables or ())),
        timeout_seconds=timeout,
        is_offline=offline,
    )
    if done.note:
        typer.echo(f"note: {done.note}", err=True)
    typer.echo(done.printed, err=True, nl=False)
    if done.answer is None:
        typer.echo(done.error, err=True, nl=False)
        if missing := _MISSING.findall(done.error):
            what = next(filter(None, missing[-1]))
            typer.echo(
                f"\nhint: `lbundle why {function} {what}` tells whether it was left out, and how to keep it", err=True
            )
        raise typer.Exit(ProofError.exit_code)
    typer.echo(done.answer)


def _split(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not name or not separator:
        raise VariableFormError(text)
    return name, value
