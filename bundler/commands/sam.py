"""`lbundle sam-build`: what the makefile of an AWS SAM project calls."""

from pathlib import Path
from typing import Annotated

import typer

from bundler.commands.build import build
from bundler.commands.options import JobsOption, OfflineOption, output_folder

_SAM_FOLDER = ".aws-sam"


def sam_build(
    function: Annotated[
        str, typer.Argument(metavar="FUNCTION", show_default=False, help="Its logical id in the template.")
    ],
    *,
    artifacts: Annotated[
        Path, typer.Option("--artifacts", metavar="DIR", envvar="ARTIFACTS_DIR", help="Where its files are to go.")
    ],
    project: Annotated[
        Path | None,
        typer.Option("--project", "-p", metavar="PROJECT", help="The template or its folder; else known from DIR."),
    ] = None,
    jobs: JobsOption = None,
    offline: OfflineOption = False,
) -> None:
    """Build one function of a SAM template, and lay its files out where `sam build` wants them."""
    from bundler.configure import find_template  # noqa: PLC0415 - starts fast
    from bundler.prove import extract_files  # noqa: PLC0415 - starts fast

    template = find_template(project or _project_around(artifacts.absolute()))
    build(template, function=[function], jobs=jobs, offline=offline)
    extract_files(output_folder(template, None) / f"{function}.zip", artifacts)


def _project_around(artifacts: Path) -> Path:
    """Return the folder that SAM builds for: it runs make in a copy of the code, away from the template."""
    return next((folder.parent for folder in artifacts.parents if folder.name == _SAM_FOLDER), Path())
