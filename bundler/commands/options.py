"""Options that several commands share, each declared once."""

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from bundler.model.paths import DEFAULT_OUTPUT, settings_folder

_NARROWEST, _WIDEST = 40, 80
_PROJECT_HELP = "The folder of serverless.yml, template.yaml or pyproject.toml, or such a file."

ProjectArgument = Annotated[Path, typer.Argument(metavar="PROJECT", help=_PROJECT_HELP)]
ProjectOption = Annotated[Path, typer.Option("--project", "-p", metavar="PROJECT", help=_PROJECT_HELP)]
FunctionOption = Annotated[
    list[str] | None, typer.Option("--function", "-f", metavar="NAME", help="Build this function only; repeatable.")
]
StageOption = Annotated[str | None, typer.Option("--stage", "-s", metavar="NAME", help="The stage to build for.")]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="DIR", help="Where zips go; default: PROJECT/.lbundle.")
]
FolderOption = Annotated[
    Path | None, typer.Option("--folder", metavar="DIR", help="Where zips are; default: PROJECT/.lbundle.")
]
RuntimeOption = Annotated[
    str | None, typer.Option("--runtime", metavar="python3.X", help="A runtime in place of every function's own.")
]
ArchitectureOption = Annotated[
    str | None, typer.Option("--architecture", metavar="x86_64|arm64", help="An architecture in place of their own.")
]
JobsOption = Annotated[int | None, typer.Option("--jobs", "-j", min=1, metavar="N", help="How much runs side by side.")]
OfflineOption = Annotated[
    bool, typer.Option("--offline", help="Ask nobody: work from the cache, or say what it lacks.")
]
EnvironmentOption = Annotated[
    list[str] | None,
    typer.Option("--env", "-e", metavar="NAME=VALUE", help="A variable of the function; repeatable."),
]
MissingOption = Annotated[
    bool,
    typer.Option(
        "--allow-missing",
        envvar="LBUNDLE_ALLOW_MISSING",
        help="Build handlers that import what nothing provides, and only warn.",
    ),
]
VerifyOption = Annotated[
    bool, typer.Option("--verify", help="Read everything again, also what its times say is as it was.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def read_text(name: str) -> str:
    """Return what a file holds; `-` is stdin."""
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        from bundler.errors import SettingsUnreadableError  # noqa: PLC0415 - starts fast

        raise SettingsUnreadableError(name, 0, str(error)) from error


def split_variables(texts: list[str] | None) -> dict[str, str]:
    """Return variables that are given as `NAME=VALUE`."""
    parts = [(text, *text.partition("=")) for text in texts or ()]
    if wrong := [text for text, name, separator, _ in parts if not (name and separator)]:
        from bundler.errors import VariableFormError  # noqa: PLC0415 - starts fast

        raise VariableFormError(wrong[0])
    return {name: value for _, name, _, value in parts}


def project_folder(project: Path) -> Path:
    """Return the folder of a project that is named by its folder or by its settings file."""
    return settings_folder(project)


def output_folder(project: Path, chosen: Path | None) -> Path:
    """Return where zips and metafiles go."""
    return (chosen if chosen is not None else settings_folder(project) / DEFAULT_OUTPUT).absolute()


def text_width() -> int:
    """Return how many columns text may fill: those of the terminal, and never more than are read with ease."""
    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns))


def say_waiting(text: str) -> None:
    """Print for whom a command waits."""
    typer.echo(f"note: {text}", err=True)


def write_file(path: Path, text: str) -> None:
    """Write a result to a file the user names, whole or not at all."""
    from bundler.system.files import write_output  # noqa: PLC0415 - starts fast

    write_output(path, text.encode())
